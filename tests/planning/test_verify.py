"""Does the verifier see what is wrong with a plan? Plans spoilt on purpose."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from typing import Any

import polars as pl
import pytest

from graphmodel.changes import ChangeSet, Conflict, Delta
from graphmodel.tables import conform
from planning.plan import ActionKind, Plan, Proposal, without
from planning.planner import plan
from planning.verify import verify
from queries.context import Context
from tests.planning.small import district
from tests.planning.test_branches import everywhere, joint, together
from tests.planning.test_guidance import schools
from tests.planning.test_joints import few
from tests.queries.small import context
from tests.queries.verdicts import actual


def spoilt(made: Plan, kind: ActionKind, **rows: list[dict[str, Any]]) -> Plan:
    """The plan whose first proposal of a kind adds these rows too."""
    first = next(p for p in made.proposals if p.kind is kind)
    deltas = dict(first.changes.deltas)
    for name, more in rows.items():
        extra = conform(name, pl.DataFrame(more))
        old = deltas.get(name, Delta(extra.clear(), extra.clear()))
        deltas[name] = Delta(old.before, pl.concat([old.after, extra]))
    worse: Proposal = replace(first, changes=ChangeSet(deltas))
    return replace(made, proposals=tuple(worse if p is first else p for p in made.proposals))


def planned(source: tuple[str, str], target: tuple[str, str]) -> dict[str, Any]:
    return {
        "source_type": source[0],
        "source": source[1],
        "target_type": target[0],
        "target": target[1],
        "state": "planned",
    }


def broken(given: Context, made: Plan) -> set[tuple[str, str]]:
    return {(b.rule, b.node.id) for b in verify(given, made).breaches}


def test_too_many_at_one_post_or_station_is_seen() -> None:
    given = context(schools(6, posts=1, capacity=5))
    made = plan(given)
    assert broken(given, made) == set()
    left = next(u.subject.id for u in made.unplaced if u.kind is ActionKind.INSTRUCTOR)
    more = {"INSTRUCTS": [planned(("InstructorPost", "p0"), ("Organization", left))],
            "STATION_GUIDES": [planned(("GuidanceStation", "g"), ("Organization", left))]}  # fmt: skip
    assert broken(given, spoilt(made, ActionKind.INSTRUCTOR, **more)) == {("post-room", "p0"), ("station-room", "g")}


def test_a_post_of_another_station_and_a_station_of_another_kind_are_seen() -> None:
    given = context(schools(1, GuidanceStation=[{"id": "m", "kind": "medical"}], InstructorPost=[{"id": "pm"}],
                            POSTED_TO=[{"source": "pm", "target": "m"}]))  # fmt: skip
    made = plan(given)
    other = {"INSTRUCTS": [planned(("InstructorPost", "pm"), ("Organization", "o0"))]}
    assert broken(given, spoilt(made, ActionKind.INSTRUCTOR, **other)) == {("station-stays", "o0")}
    wrong = {"STATION_GUIDES": [planned(("GuidanceStation", "m"), ("Organization", "o0"))]}
    assert broken(given, spoilt(made, ActionKind.INSTRUCTOR, **wrong)) == {("station-kind", "o0")}


def test_a_branch_too_wide_too_weak_or_unrelated_is_seen() -> None:
    orgs = few("a", "b", "c", "d", "e", "f") | few("none", members=0) | few("far")
    branches = together(joint("a", "b", "c", "d"))
    where = everywhere("a", "b", "c", "d", "e", "f", "none") | {"far": "s3:a"}
    given = context(district(orgs, where, **branches))
    made = plan(given)
    wide = {"COVERS": [planned(("PartyOrganization", "j"), ("Organization", "none")),
                       planned(("PartyOrganization", "j"), ("Organization", "far"))]}  # fmt: skip
    seen = broken(given, spoilt(made, ActionKind.JOIN_JOINT, **wide))
    assert {("joint-units", "j"), ("joint-related", "j")} <= seen
    new = {"PartyOrganization": [{"id": "weak", "form": "joint", "state": "planned"}],
           "COVERS": [planned(("PartyOrganization", "weak"), ("Organization", o)) for o in ("none", "f")]}  # fmt: skip
    assert ("joint-members", "weak") in broken(given, spoilt(made, ActionKind.JOIN_JOINT, **new))


def test_one_unit_too_many_and_one_member_too_few_are_seen() -> None:
    orgs = few("a", "b", "c", "d", "e", "f", "g", "h") | few("none", members=0)
    where = everywhere(*orgs) | everywhere("g", "h", at="s3:a")
    given = context(district(orgs, where, **joint("a", "b", "c", "d")))
    made = plan(given)
    (joins,) = [p for p in made.proposals if p.kind is ActionKind.JOIN_JOINT]
    assert broken(given, made) == set()  # five units are allowed
    left = next(o for o in ("e", "f", "none") if o != joins.subjects[0].id)
    sixth = {"COVERS": [planned(("PartyOrganization", "j"), ("Organization", left))]}
    assert broken(given, spoilt(made, ActionKind.JOIN_JOINT, **sixth)) == {("joint-units", "j")}
    weak = {"PartyOrganization": [{"id": "weak", "form": "joint", "state": "planned"}],
            "COVERS": [planned(("PartyOrganization", "weak"), ("Organization", o)) for o in ("g", "h")]}  # fmt: skip
    assert broken(given, spoilt(made, ActionKind.JOIN_JOINT, **weak)) == {("joint-members", "weak")}
    alone = {**weak, "COVERS": weak["COVERS"][:1]}
    assert ("joint-units", "weak") in broken(given, spoilt(made, ActionKind.JOIN_JOINT, **alone))


@pytest.mark.parametrize(
    ("rows", "seen"),
    [
        ({"COVERS": [planned(("PartyOrganization", "po:o"), ("Organization", "closed"))]},
         {("operates", "closed"), ("branch-strength", "closed")}),
        ({"INSTRUCTS": [planned(("InstructorPost", "p"), ("Organization", "closed"))]},
         {("shows-activity", "closed"), ("station-stays", "closed")}),
        ({"COVERS": [planned(("PartyOrganization", "j"), ("Organization", "closed"))]},
         {("operates", "closed"), ("shows-activity", "closed")}),
        ({"INCUBATES": [planned(("Hub", "h"), ("Organization", o)) for o in ("filed", "closed")]},
         {("hub-room", "h"), ("hub-reach", "filed"), ("hub-reach", "closed")}),  # nobody knows where the hub is
        ({"INCUBATES": [planned(("Hub", "h"), ("Organization", "filed"))]}, {("hub-reach", "filed")}),
        ({"INCUBATES": [planned(("Hub", "h"), ("PartyOrganization", f"x{k}")) | {"kind": "demonstration"} for k in range(6)]},
         {("demonstration-quota", "h")}),
        ({"INCUBATES": [planned(("Hub", "h"), ("PartyOrganization", f"x{k}")) | {"kind": "demonstration"} for k in range(5)]},
         set()),
        ({"HOSTS": [planned(("Venue", "v"), ("PartyOrganization", "po:o"))]}, {("shareable", "v")}),
        ({"SUPERVISES": [planned(("Authority", "z"), ("Organization", "a"))]}, {("due-authority", "a")}),
        ({"ANSWERS_FOR": [planned(("Community", "s2:a"), ("Organization", "a"))]}, {("due-community", "a")}),
    ],
)  # fmt: skip
def test_every_other_hard_rule_is_seen_to_be_broken(rows: dict[str, Any], seen: set[tuple[str, str]]) -> None:
    orgs = few("a", "b", "c", "d", registration="direct") | {"o": {"full_members": 3, "registration": "direct"}}
    more: dict[str, list[dict[str, Any]]] = {
        "Hub": [{"id": "h", "kind": "incubation-centre", "capacity": 1}],
        "Venue": [{"id": "v", "kind": "own"}],
        "InstructorPost": [{"id": "p"}],
        "PartyOrganization": [{"id": f"x{k}", "form": "standalone", "state": "actual"} for k in range(6)],
    }
    given = context(district(orgs, everywhere(*orgs), **together(joint("a", "b", "c", "d"), more)))
    made = plan(given)
    assert broken(given, made) == set()
    assert broken(given, spoilt(made, ActionKind.STANDALONE, **rows)) == seen


def test_an_own_branch_below_strength_and_a_body_that_is_not_due_are_seen() -> None:
    given = context(
        district({"o": {"full_members": 3, "registration": "direct"}} | few("one", members=2), everywhere("o", "one"))
    )
    made = plan(given)
    weak = {"PartyOrganization": [{"id": "po:one", "form": "standalone", "state": "planned"}],
            "COVERS": [planned(("PartyOrganization", "po:one"), ("Organization", "one"))]}  # fmt: skip
    assert ("branch-strength", "one") in broken(given, spoilt(made, ActionKind.STANDALONE, **weak))
    wrong = {"GUIDES": [planned(("Street", "s3"), ("Organization", "o"))]}
    assert ("due-street", "o") in broken(given, spoilt(made, ActionKind.STANDALONE, **wrong))


def test_a_superior_that_leads_nowhere_is_seen() -> None:
    given = context(
        district({"o": {"full_members": 3}}, everywhere("o"), PartyOrganization=[{"id": "lost", "state": "actual"}])
    )
    made = plan(given)
    bad = {"SUBORDINATE_TO": [planned(("PartyOrganization", "po:o"), ("PartyOrganization", "lost"))]}
    assert broken(given, spoilt(made, ActionKind.STANDALONE, **bad)) == {("superior", "po:o")}


def test_what_is_declared_and_not_closed_is_seen() -> None:
    given = context(district({"o": {"full_members": 3}}, everywhere("o")))
    made = plan(given)
    first = made.proposals[0]
    boast = replace(first, closes=(*first.closes, "uncovered|Organization|nobody"))
    found = verify(given, replace(made, proposals=(boast, *made.proposals[1:])))
    assert found.missing == ("uncovered|Organization|nobody",)
    assert not found.sound


def test_what_opens_is_seen() -> None:
    orgs = few("a", "b", "c") | {"o": {"full_members": 3}}
    given = context(district(orgs, everywhere(*orgs), **joint("a", "b", "c")))
    made = plan(given)
    place = given.network.table("COVERS").filter(target="a")
    first = made.proposals[0]
    loss = Delta(pl.concat([first.changes.deltas["COVERS"].before, place]), first.changes.deltas["COVERS"].after)
    worse = replace(first, changes=ChangeSet({**first.changes.deltas, "COVERS": loss}))
    found = verify(given, replace(made, proposals=(worse, *made.proposals[1:])))
    assert "uncovered|Organization|a" in found.opened
    assert not found.sound


def test_a_joint_branch_that_is_left_too_small_is_seen() -> None:
    orgs = few("a", "b") | {"o": {"full_members": 3}}
    given = context(district(orgs, everywhere(*orgs), **joint("a", "b")))
    made = plan(given)
    place = given.network.table("COVERS").filter(target="a")
    first = made.proposals[0]
    loss = Delta(pl.concat([first.changes.deltas["COVERS"].before, place]), first.changes.deltas["COVERS"].after)
    worse = replace(first, changes=ChangeSet({**first.changes.deltas, "COVERS": loss}))
    spoilt_ = replace(made, proposals=(worse, *made.proposals[1:]))
    assert ("branch-left-sound", place["source"][0]) in broken(given, spoilt_)


def test_a_hub_out_of_reach_is_seen() -> None:
    hubs = [
        {"id": "near", "kind": "organisations", "capacity": 9},
        {"id": "far", "kind": "organisations", "capacity": 9},
    ]
    where = {"o": "s1:a", "Hub/near": "s1", "Hub/far": "s3"}
    given = context(district({"o": {"registered_on": dt.date(2016, 5, 1)}}, where, Hub=hubs))
    made = plan(given)
    assert broken(given, made) == set()
    more = {"INCUBATES": [{**planned(("Hub", "far"), ("Organization", "o")), "kind": "temporary"}]}
    assert ("hub-reach", "o") in broken(given, spoilt(made, ActionKind.INCUBATE, **more))


def test_what_is_asked_of_the_covered_only_comes_into_question_and_does_not_open() -> None:
    marks = {"grade": "4A", "activity_regular": False, "union": True}
    guided = {"InstructorPost": [{"id": "x"}], "INSTRUCTS": [actual("x", "filed")]}
    guided |= {"GuidanceStation": [{"id": "g"}], "STATION_GUIDES": [actual("g", "filed")]}
    given = context(district({"o": {"full_members": 3, **marks}}, everywhere("o"), **guided))
    found = verify(given, plan(given))
    assert "grade-above-ceiling|Organization|o" in found.entered
    assert found.opened == ()


def test_capacity_that_is_set_free_is_told_apart_from_what_opens() -> None:
    given = context(schools(1, GuidanceStation=[{"id": "m", "kind": "medical"}], STATION_GUIDES=[actual("m", "o0")]))
    found = verify(given, plan(given))
    assert "wrong-station|Organization|o0" in found.closed
    assert "station-load|GuidanceStation|m" in found.followed
    assert found.opened == ()
    assert found.line.en.endswith(f"leaves {len(found.followed)} bodies idle or more critical")


def test_a_plan_that_no_longer_fits_is_refused() -> None:
    given = context(
        district({"o": {"full_members": 3, "registration": "direct"}}, everywhere("o"), GUIDES=[actual("s2", "o")])
    )
    made = plan(given)
    moved = context(given.network.apply(made.proposals[0].changes))
    with pytest.raises(Conflict):
        verify(moved, made)


def test_a_plan_without_one_proposal_is_a_plan() -> None:
    given = context(district({"o": {"full_members": 3}, "p": {"full_members": 3}}, everywhere("o", "p")))
    made = plan(given)
    first = made.proposals[0].id
    assert first not in [p.id for p in without(made, first).proposals]
    assert verify(given, without(made, first)).sound
    assert without(made, first).id != made.id
