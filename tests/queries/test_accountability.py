"""Do score cards and changes count each gap once, where it belongs, and say what they do not know?"""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from typing import Any

import polars as pl
import pytest

from graphmodel.network import Network
from graphmodel.schema.nodes import Organization
from queries.accountability import scorecard
from queries.answer import ask
from queries.case_overview import overview
from queries.cases import Body, Case
from queries.changes_between import change_counts, gap_changes
from queries.context import Context
from queries.question import NeedsHistory, Severity, Table
from queries.registry import judged, question
from tests.queries.small import DAY, context, network

Row = dict[str, Any]


def org(id_: str, **values: Any) -> Row:
    return {
        "id": id_,
        "name": f"组织{id_}",
        "track": "registered",
        "status": "operating",
        "registration": "dual",
        "industry": "教育",
        "full_members": 0,
        "members": 0,
        "union": False,
        "youth_league": False,
        "womens_federation": False,
        **values,
    }


def covered(*ids: str) -> list[Row]:
    return [{"source": "branch", "target": id_, "state": "actual"} for id_ in ids]


def district(organizations: list[Row], covers: list[Row], streets: dict[str, str], **more: list[Row]) -> Network:
    located = [
        {"source_type": "Organization", "source": id_, "target_type": "Street", "target": street}
        for id_, street in streets.items()
    ]
    authorities = [{"id": "A", "name": "教育局"}, {"id": "B"}]
    return network(
        DAY,
        **{
            "Organization": organizations,
            "PartyOrganization": [{"id": "branch", "form": "standalone", "state": "actual"}],
            "COVERS": covers,
            "Street": [{"id": "S1", "name": "一街道"}, {"id": "S2"}],
            "LOCATED_IN": located,
            "Authority": authorities,
            "LICENSED_BY": [{"source": o["id"], "target": "A"} for o in organizations],
            **more,
        },
    )


def cards(frame: pl.DataFrame, *names: str) -> dict[tuple[str, str], tuple[Any, ...]]:
    return {(row["kind"], row["id"]): tuple(row[name] for name in names) for row in frame.iter_rows(named=True)}


def test_coverage_with_its_denominator_and_rank() -> None:
    orgs = [org(id_) for id_ in "abcd"] + [org("filed", track="filed"), org("gone", status="deregistered")]
    streets = {**dict.fromkeys("abc", "S1"), "d": "S2", "gone": "S2"}
    net = district(orgs, covered("a", "b", "d", "filed"), streets)
    found = scorecard(context(net, scorecard_min_denominator=1))
    names = ("organisations", "denominator", "covered", "rank")
    assert cards(found, *names) == {
        ("authority", "A"): (5, 4, 3, 1),
        ("authority", "B"): (0, 0, 0, None),
        ("street", "S1"): (3, 3, 2, 2),
        ("street", "S2"): (1, 1, 1, 1),
    }
    assert cards(found, "coverage_rate")["street", "S1"] == (pytest.approx(2 / 3),)
    assert cards(scorecard(context(net, scorecard_min_denominator=3)), "rank")["street", "S2"] == (None,)
    assert cards(scorecard(context(net)), "rank")["authority", "A"] == (None,)  # ten by default


def test_the_last_review_on_record_stands_on_the_card() -> None:
    def review(year: int, score: float | None) -> dict[str, Any]:
        return {
            "source_type": "GoverningBody",
            "source": "c",
            "target_type": "Street",
            "target": "S1",
            "year": year,
            "score": score,
        }

    net = district(
        [org("a")], [], {"a": "S1"}, GoverningBody=[{"id": "c"}], APPRAISES=[review(2014, 90.0), review(2015, 81.5)]
    )
    found = cards(scorecard(context(net)), "review_year", "review_score")
    assert found["street", "S1"] == (2015, 81.5)
    assert found["street", "S2"] == found["authority", "A"] == (None, None)


def test_what_is_not_known_shows_as_a_range() -> None:
    net = district([org("a"), org("b")], [{"source": "branch", "target": "a"}], {"a": "S1", "b": "S1"})
    found = cards(scorecard(context(net)), "covered", "coverage_lowest", "coverage_highest")
    assert found["street", "S1"] == (0, 0.0, 0.5)


def test_each_organisation_once_by_its_gravest_gap() -> None:
    # `a` must have a branch and is uncovered besides; `b` is covered, guided and answered for, and in no alliance
    streets = {"a": "S1", "b": "S1"}
    guides = [{"source": "S1", "target": "b", "state": "actual"}]
    net = district([org("a", full_members=4, members=4), org("b")], covered("b"), streets, GUIDES=guides)
    asked_of = context(net)
    order = [Severity.HIGH, Severity.MIDDLE, Severity.ADVICE]
    of = {
        id_: [q.severity for q in judged() if q.anchor.element is Organization and id_ in ask(q, asked_of).ids()]
        for id_ in streets
    }
    assert len(of["a"]) > 1
    worst = [min(order.index(severity) for severity in each if severity in order) for each in of.values() if each]
    found = cards(scorecard(asked_of), "high", "middle", "advice")
    assert found["street", "S1"] == tuple(worst.count(place) for place in range(3))
    assert found["street", "S1"][0] >= 1
    assert found["street", "S2"] == (0, 0, 0)


def test_history_and_cases_fill_the_rest() -> None:
    streets = {"a": "S1", "b": "S2"}
    before = context(district([org("a", full_members=4, members=4), org("b")], covered("b"), streets))
    now = context(district([org("a", full_members=4, members=4), org("b", full_members=4)], covered("a"), streets))
    assert cards(scorecard(now), "opened", "closed", "overdue")["street", "S1"] == (None, None, None)
    bodies = [("Street", "S1")] * 2 + [("Authority", "S1")] * 3 + [("Hub", "A")]
    late = [
        Case(
            identity=f"branch-required|Organization|{place}",
            question="branch-required",
            anchor="Organization",
            subject=str(place),
            opened_in=1,
            body=Body(type=kind, id=id_),
            deadline=DAY - dt.timedelta(days=1),
        )
        for place, (kind, id_) in enumerate(bodies)
    ]
    followed = replace(now, cases=overview(late, DAY, 14))
    found = cards(scorecard(followed, before), "opened", "closed", "overdue")
    changes = gap_changes(before, now)
    closed_of_a = changes.filter((pl.col("id") == "a") & (pl.col("change") == "closed"))
    assert "branch-required" in closed_of_a["question"].to_list()
    assert found["street", "S1"][1:] == (closed_of_a.height, 2)
    opened_of_b = changes.filter((pl.col("id") == "b") & (pl.col("change") == "new"))
    assert "branch-required" in opened_of_b["question"].to_list()
    assert found["street", "S2"] == (opened_of_b.height, 0, 0)

    assert found["authority", "B"] == (0, 0, 0)
    table = question("scorecard")
    assert isinstance(table, Table)
    assert not table.needs_history
    assert cards(table.answer(now, before), "opened", "overdue")["street", "S2"] == (opened_of_b.height, None)


def test_what_a_street_s_party_organisation_and_communities_are_late_with_is_the_street_s() -> None:
    bodies = [
        ("PartyOrganization", "po"),
        ("PartyOrganization", "pc"),
        ("Community", "C"),
        ("Street", "S1"),
        ("PartyOrganization", "pa"),
    ]
    tables = {
        "Street": [{"id": "S1"}, {"id": "S2"}], "Authority": [{"id": "A"}], "Community": [{"id": "C"}],
        "PartyOrganization": [{"id": "po"}, {"id": "pc"}, {"id": "pa"}],
        "PART_OF": [{"source_type": "Community", "source": "C", "target_type": "Street", "target": "S1"}],
        "PARTY_BODY_OF": [
            {"source_type": "PartyOrganization", "source": source, "target_type": kind, "target": target}
            for source, kind, target in (("po", "Street", "S1"), ("pc", "Community", "C"), ("pa", "Authority", "A"))
        ],
    }  # fmt: skip
    late = [
        Case(identity=f"uncovered|Organization|{n}", question="uncovered", anchor="Organization", subject=str(n), opened_in=1,
             body=Body(type=kind, id=id_), deadline=DAY - dt.timedelta(days=1))
        for n, (kind, id_) in enumerate(bodies)
    ]  # fmt: skip
    followed = replace(context(network(DAY, **tables)), cases=overview(late, DAY, 14))
    assert {key: value for key, (value,) in cards(scorecard(followed), "overdue").items()} == {
        ("authority", "A"): 1, ("street", "S1"): 4, ("street", "S2"): 0,
    }  # fmt: skip


def required(found: pl.DataFrame) -> dict[str, tuple[str, bool]]:
    part = found.filter(pl.col("question") == "branch-required")
    return {row["id"]: (row["change"], row["told"]) for row in part.iter_rows(named=True)}


def test_gaps_new_open_closed_and_open_again() -> None:
    def at(covers: list[str], **members: int | None) -> Context:
        orgs = [org(id_, full_members=n, members=None) for id_, n in members.items()]
        return context(district(orgs, covered(*covers), dict.fromkeys(members, "S1")))

    first = at(["closed"], again=4, open=4, closed=4)
    old = at(["again"], again=4, open=4, closed=4, untold=4, left=4)
    new = at(["closed"], again=4, open=4, closed=4, untold=None, fresh=4)
    changes = gap_changes(old, new, [first])
    assert required(changes) == {
        "again": ("reopened", True),
        "closed": ("closed", True),
        "fresh": ("new", True),
        "left": ("closed", True),
        "open": ("open", True),
        "untold": ("open", False),
    }
    assert required(gap_changes(old, new))["again"] == ("new", True)
    row = changes.row(by_predicate=(pl.col("id") == "fresh") & (pl.col("question") == "branch-required"), named=True)
    assert (row["identity"], row["anchor"]) == ("branch-required|Organization|fresh", "Organization")
    assert (row["name"], row["street"]) == ("组织fresh", "S1")
    counted = change_counts(changes, "question").row(by_predicate=pl.col("question") == "branch-required", named=True)
    expected = {"question": "branch-required", "new": 1, "reopened": 1, "open": 2, "closed": 2}
    assert counted == expected


def test_what_was_never_imported_closes_nothing() -> None:
    with_covers = context(
        district([org("a", full_members=4)], covered("b"), {}, Organization=[org("a", full_members=4), org("b")])
    )
    without = context(district([org("a", full_members=4)], [], {}))
    assert required(gap_changes(with_covers, without)) == {"a": ("open", False)}


def test_the_table_of_changes_needs_two_revisions() -> None:
    table = question("changes")
    assert isinstance(table, Table)
    assert table.needs_history
    old = context(
        district(
            [org("a", full_members=4)], covered("b"), {"a": "S1"}, Organization=[org("a", full_members=4), org("b")]
        )
    )
    with pytest.raises(NeedsHistory):
        table.answer(old)
    found = table.answer(old, old)
    assert set(found["by"]) == {"question", "street"}
    assert found["new"].sum() == found["closed"].sum() == 0
    street = found.row(by_predicate=pl.col("key") == "S1", named=True)
    assert street["name"] == "一街道"
    assert street["open"] >= 1
    assert (
        found.filter(pl.col("by") == "question")["open"].sum() == found.filter(pl.col("by") == "street")["open"].sum()
    )


def test_empty_networks() -> None:
    nothing = context(network())
    assert scorecard(nothing, nothing).height == 0
    assert gap_changes(nothing, nothing).height == 0
    bodies = scorecard(context(network(DAY, Street=[{"id": "S"}], Authority=[{"id": "A"}])))
    assert cards(bodies, "denominator", "coverage_rate", "rank", "high")["street", "S"] == (0, None, None, 0)


def test_no_gap_of_either_revision_is_left_out() -> None:
    old = context(district([org("a", full_members=4), org("b")], covered("b"), {"a": "S1"}))
    new = context(district([org("a"), org("c", full_members=4)], covered("a"), {"a": "S1", "c": "S2"}))
    changes = gap_changes(old, new)
    for of, kept in ((old, ("open", "closed")), (new, ("open", "new"))):
        answers = [ask(q, of).findings().filter(pl.col("verdict") == "gap") for q in judged()]
        gaps = {identity for answer in answers for identity in answer["identity"]}
        told = changes.filter(pl.col("change").is_in(kept) & (pl.col("told") | pl.lit(of is old)))
        assert set(told["identity"]) == gaps
