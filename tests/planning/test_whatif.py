"""What is laid over shows what opens and closes, and leaves the network as it was."""

from __future__ import annotations

import datetime as dt
from typing import Any

import polars as pl
import pytest
from hypothesis import given, settings

from graphmodel.changes import ChangeSet
from graphmodel.choices import StationKind
from graphmodel.network import Network, deletion, same
from graphmodel.paths import NodeKey
from graphmodel.schema.edges import Guides, PostedTo
from graphmodel.schema.nodes import Organization, PartyOrganization
from graphmodel.tables import conform
from graphmodel.text import Refusal
from planning.boundaries import Way
from planning.plan import ActionKind
from planning.redistrict import redistricted
from planning.suppositions import more_posts, new_station, without
from planning.whatif import Counts, WhatIf, compare, otherwise
from queries.context import Context
from tests.planning.districts import POLICIES, context, districts
from tests.planning.small import district
from tests.planning.test_guidance import schools
from tests.queries.small import context as judged_by
from tests.queries.small import network
from tests.queries.verdicts import actual

TODAY = dt.date(2016, 6, 12)


def supposed(
    before: Context, *changes: ChangeSet, planned: bool = False, with_plan: bool = False, **values: Any
) -> WhatIf:
    network, whole = before.network, ChangeSet({})
    for one in changes:
        network, whole = network.apply(one), whole.then(one)
    after = otherwise(before, network, before.values.replace(**values), planned=planned)
    return compare(before, after, whole, with_plan=with_plan)


def counts(found: WhatIf, question: str) -> tuple[Counts, Counts, int, int]:
    one = next(d for d in found.differences if d.question.id == question)
    return one.before, one.after, one.opened, one.closed


def moved(found: WhatIf, question: str, change: str) -> list[str]:
    rows = found.moved.filter((pl.col("question") == question) & (pl.col("change") == change))
    return rows["id"].to_list()


def test_another_threshold_opens_and_closes_by_name() -> None:
    orgs = {"three": {"full_members": 3}, "two": {"full_members": 2}, "five": {"full_members": 5}}
    before = judged_by(district(orgs, dict.fromkeys(orgs, "s1:a")))
    strict = supposed(before, branch_min_members=4)
    assert counts(strict, "branch-required")[:2] == (Counts(2, 2, 0, no_data=False), Counts(1, 1, 0, no_data=False))
    assert moved(strict, "branch-required", "closed") == ["three"]
    assert moved(strict, "branch-required", "opened") == []
    mild = supposed(before, branch_min_members=2)
    assert moved(mild, "branch-required", "opened") == ["two"]
    assert strict.changes.empty


def test_nothing_supposed_moves_nothing() -> None:
    before = judged_by(district({"a": {"full_members": 3}}, {"a": "s1:a"}))
    found = supposed(before)
    assert not any(d.differs for d in found.differences)
    assert found.moved.is_empty()


def test_posts_fill_a_shortage_of_the_plan() -> None:
    before = judged_by(schools(6, posts=1, capacity=9))
    found = supposed(before, more_posts(before.network, "g", 1), with_plan=True)
    assert found.plans is not None
    assert [side.unplaced.get(ActionKind.INSTRUCTOR, 0) for side in found.plans] == [1, 0]
    assert [[s.short for s in side.shortages if "指导员" in s.what.zh] for side in found.plans] == [[1], []]
    assert len(found.after.network.edge_sets(PostedTo)[0]) == len(before.network.edge_sets(PostedTo)[0]) + 1
    opened = found.moved.filter((pl.col("question") == "instructor-load") & (pl.col("change") == "opened"))
    assert opened["there"].to_list() == [False]  # a new post that nobody has yet


def test_a_new_station_with_posts_gives_places_where_there_were_none() -> None:
    before = judged_by(schools(3, posts=3, capacity=0))
    station = new_station(before.network, StationKind.SCHOOLS, "s1", 5, TODAY)
    posts = more_posts(before.network.apply(station), "what-if:s1:1", 1)
    found = supposed(before, station, posts, with_plan=True)
    assert found.plans is not None
    assert [side.unplaced.get(ActionKind.INSTRUCTOR, 0) for side in found.plans] == [3, 0]
    assert {p.target.id for p in found.plans[1].plan.proposals if p.kind is ActionKind.INSTRUCTOR and p.target} == {
        "what-if:what-if:s1:1:1"
    }


def test_a_body_that_is_gone_takes_its_relations_along() -> None:
    orgs = {"a": {"full_members": 0}}
    covered = district(
        orgs,
        {"a": "s1:a"},
        PartyOrganization=[{"id": "po:a", "form": "standalone", "state": "actual"}],
        COVERS=[actual("po:a", "a")],
        SUBORDINATE_TO=[actual("po:a", "po:c")],
    )
    before = judged_by(covered)
    found = supposed(before, without(covered, [NodeKey(PartyOrganization.type_name, "po:a")]))
    assert moved(found, "uncovered", "opened") == ["a"]
    below = found.moved.filter((pl.col("question") == "standalone-below-strength") & (pl.col("change") == "closed"))
    assert below.select("id", "there").rows() == [("po:a", False)]
    one, other = found.rates()
    assert (one.standalone, other.standalone) == (1, 0)


def test_where_the_last_of_a_kind_goes_its_questions_stay_asked() -> None:
    orgs = {"a": {"full_members": 0, "industry": "教育", "registration": "dual"}}
    whole = district(
        orgs,
        {"a": "s1:a"},
        Hub=[{"id": "hub"}],
        Fund=[{"id": "fund"}],
        Project=[{"id": "pr", "kind": "purchase", "packaging_due": True}],
        FUNDED_BY=[{"source": "pr", "target": "fund"}],
        PACKAGED_BY=[{"source": "pr", "target": "hub"}],
        COMMISSIONED_TO=[{"source_type": "Project", "source": "pr", "target_type": "Organization", "target": "a"}],
        BENEFITS=[{"source": "pr", "target": "s1:a"}],
        LICENSED_BY=[{"source": "a", "target": "z"}],
        SUPERVISES=[actual("z", "a")],
    )
    before = judged_by(whole, vertical_threshold=1, vertical_threshold_reading="at-least")
    found = supposed(before, without(whole, [NodeKey("Hub", "hub")]))
    asked = Counts(1, 0, 0, no_data=False), Counts(1, 1, 0, no_data=False)
    assert counts(found, "purchase-chain-incomplete") == (*asked, 1, 0)
    found = supposed(before, without(whole, [NodeKey("Authority", "z")]))
    assert moved(found, "responsibility-gaps", "opened") == ["a"]
    branches = [NodeKey("PartyOrganization", id_) for id_ in whole[PartyOrganization].ids]
    found = supposed(before, without(whole, branches), with_plan=True)
    assert [d.question.id for d in found.differences if d.after.no_data and not d.before.no_data] == []
    assert found.rates()[1].coverage.rate == 0  # not unknown: nothing covers them any more
    assert found.plans is not None
    assert found.plans[1].unplaced or found.plans[1].proposals


def test_what_is_planned_counts_once_it_is_supposed() -> None:
    planned = district(
        {"a": {"full_members": 3}},
        {"a": "s1:a"},
        PartyOrganization=[{"id": "po:a", "form": "standalone", "state": "planned"}],
        COVERS=[{"source": "po:a", "target": "a", "state": "planned"}],
    )
    before = judged_by(planned)
    assert moved(supposed(before, planned=True), "branch-required", "closed") == ["a"]
    assert moved(supposed(before), "branch-required", "closed") == []


def test_bad_suppositions_are_refused() -> None:
    net = district({"a": {}}, {"a": "s1:a"}, GuidanceStation=[{"id": "g", "kind": "schools"}])
    for station, posts in (("nowhere", 1), ("g", 0), ("g", 10_000)):
        with pytest.raises(Refusal):
            more_posts(net, station, posts)
    with pytest.raises(Refusal):
        new_station(net, StationKind.SCHOOLS, "nowhere", None, TODAY)
    with pytest.raises(Refusal):
        without(net, [NodeKey("Hub", "nowhere")])


@settings(max_examples=15, deadline=None, derandomize=True)
@given(districts(8), POLICIES)
def test_differences_add_up_on_any_district(tables: dict[str, pl.DataFrame], policy: dict[str, Any]) -> None:
    before = context(tables)
    kept = Network.from_tables(tables, before.network.stamp)
    gone = deletion(before.network, Organization, before.network[Organization].ids[:1])
    found = supposed(before, gone, **policy)
    assert found.moved["reasons"].list.len().min() != 0  # nothing is a gap for no reason
    for one in found.differences:
        assert one.opens.absent + one.opens.unasked <= one.opened
        if not one.before.no_data and not one.after.no_data:
            still = one.before.gaps - one.closed  # those that cannot be told any more are still counted here
            lost = still + one.opened - one.after.gaps
            assert 0 <= lost <= one.after.cannot_tell, one.question.id
    assert same(found.after.network, before.network.apply(found.changes))  # by what is laid over, and by nothing else
    assert same(before.network, kept)
    assert same(before.network.apply(found.changes).apply(found.changes.inverse()), kept)


# --- boundaries ---


def _boundaries() -> tuple[Network, dict[str, pl.DataFrame]]:
    """Streets p, q, r; p ends and goes to q by document, r is divided: r:x stays, r:y goes to the new street n."""
    ends = {"source_type": "Street", "target_type": "Street"}
    over = {"source_type": "Community", "target_type": "Community"}
    place = {"source_type": "Organization", "target_type": "Community"}
    placed = {"in-p": "p:a", "in-lost": "p:z", "in-r": "r:x", "in-y": "r:y", "in-z": "r:z"}
    net = network(
        Street=[{"id": s, "name": s} for s in "pqrs"],
        Community=[{"id": c, "name": c} for c in ("p:a", "p:z", "q:b", "r:x", "r:w", "r:y", "r:z", "s:c")],
        PART_OF=[{"source": c, "target": c[0]} for c in ("p:a", "p:z", "q:b", "r:x", "r:w", "r:y", "r:z", "s:c")],
        NEIGHBOURS=[{"source": "p", "target": "q"}, {"source": "p", "target": "r"}],
        Organization=[{"id": o, "track": "filed", "status": "operating"} for o in (*placed, "known-street")],
        LOCATED_IN=[
            *({**place, "source": o, "target": c} for o, c in placed.items()),
            {"source_type": "Organization", "source": "known-street", "target_type": "Street", "target": "p"},
        ],
        GUIDES=[
            *(actual(c[0], o) for o, c in placed.items()),
            {**actual("q", "in-p"), "state": "planned"},
        ],
        ANSWERS_FOR=[actual(c, o) for o, c in placed.items()],
        PartyOrganization=[{"id": "joint", "form": "joint", "state": "actual"}],
        COVERS=[actual("joint", "in-r"), actual("joint", "in-y")],
    )  # fmt: skip
    change: dict[str, list[dict[str, Any]]] = {
        "Street": [
            {"id": "p", "valid_until": dt.date(2019, 12, 24)},
            {"id": "n", "name": "n", "valid_from": dt.date(2019, 12, 25)},
        ],
        "Community": [
            *({"id": c, "valid_until": dt.date(2019, 12, 24)} for c in ("p:a", "p:z", "r:y", "r:z")),
            {"id": "q:a", "valid_from": dt.date(2019, 12, 25)},
            {"id": "n:y", "valid_from": dt.date(2019, 12, 25)},
        ],
        "PART_OF": [
            {"source_type": "Community", "source": c, "target_type": "Street", "target": c[0]} for c in ("q:a", "n:y")
        ],
        "SUCCEEDED_BY": [
            {**ends, "source": "p", "target": "q", "inferred": False},
            {**ends, "source": "r", "target": "n", "inferred": True},
            {**over, "source": "p:a", "target": "q:a", "inferred": True},
            {**over, "source": "r:y", "target": "n:y", "inferred": True},
        ],
    }
    return net, {name: conform(name, pl.DataFrame(rows, infer_schema_length=None)) for name, rows in change.items()}


def test_communities_go_by_name_by_document_and_by_majority() -> None:
    net, change = _boundaries()
    found = redistricted(net, change, TODAY)
    ways = {row["id"]: (row["to"], row["to_street"], row["way"]) for row in found.communities.to_dicts()}
    assert ways == {
        "p:a": ("q:a", "q", "name"),
        "p:z": ("p:z", "q", "documented"),
        "q:b": ("q:b", "q", "name"),
        "r:x": ("r:x", "r", "name"),
        "r:w": ("r:w", "r", "name"),
        "r:y": ("n:y", "n", "name"),
        "r:z": ("r:z", "r", "majority"),
        "s:c": ("s:c", "s", "name"),
    }
    assert found.ways() == {Way.NAME: 6, Way.DOCUMENTED: 1, Way.MAJORITY: 1}
    assert found.organizations == {"name": 3, "documented": 1, "majority": 1, "street": 1}
    assert found.streets == {"p": "q"}
    assert (found.ended, found.begun, found.standing) == (("p",), ("n",), (4, 4))
    assert found.inferred().rows() == [("r", "r", 1, 2, 3)]  # r:x and r:w stay, r:y goes to n, so r:z stays too


def test_what_a_street_does_goes_to_its_successor_and_the_wrong_street_is_found() -> None:
    net, change = _boundaries()
    found = redistricted(net, change, TODAY)
    after = net.apply(found.changes)
    guides = {(r["source"], r["target"]): r["state"] for r in after.table("GUIDES").to_dicts()}
    assert guides == {
        ("q", "in-p"): "actual",  # p guided it, q was to: one relation, the actual one
        ("q", "in-lost"): "actual",
        ("r", "in-r"): "actual",
        ("r", "in-y"): "actual",
        ("r", "in-z"): "actual",
    }
    assert after.table("NEIGHBOURS").select("source", "target").sort("source").rows() == [("n", "r"), ("q", "r")]
    located = dict(after.table("LOCATED_IN").select("source", "target").iter_rows())
    assert (located["known-street"], located["in-y"], located["in-z"]) == ("q", "n:y", "r:z")
    assert len(after.edge_sets(Guides)[0]) == 5
    with pytest.raises(Refusal) as refused:
        new_station(after, StationKind.SCHOOLS, "p", None, TODAY)
    assert refused.value.code == "no-such-street"
    new_station(after, StationKind.SCHOOLS, "n", None, TODAY)
    before = judged_by(net)
    over = supposed(before, found.changes)
    assert moved(over, "responsibility-gaps", "opened") == ["in-y"]  # guided by r, and in n today
    assert found.crossing == (1, 0)
    assert found.merged == 1  # p guided what q was to guide
    assert same(after.apply(found.changes.inverse()), net)


def test_a_change_that_is_in_force_or_is_of_other_streets_is_refused() -> None:
    net, change = _boundaries()
    found = redistricted(net, change, TODAY)
    with pytest.raises(Refusal) as refused:
        redistricted(net.apply(found.changes), change, TODAY)
    assert refused.value.code == "already-redistricted"
    elsewhere = network(Street=[{"id": "x"}], Organization=[{"id": "o"}])
    with pytest.raises(Refusal) as refused:
        redistricted(elsewhere, change, TODAY)
    assert refused.value.code == "no-such-streets"
