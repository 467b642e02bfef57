"""Instructors and stations: the best there is, within capacity and kind, and why not where there is none."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import polars as pl
from hypothesis import given
from hypothesis import strategies as st
from scipy.optimize import Bounds, LinearConstraint, milp

from graphmodel.changes import ChangeSet
from graphmodel.network import Network
from graphmodel.paths import NodeKey
from graphmodel.schema.nodes import InstructorPost, Organization
from planning.distance import Places, between, places
from planning.guidance import guided
from planning.guidance_work import GuidanceWork
from planning.plan import ActionKind, Plan, Proposal
from planning.planner import plan
from planning.problem import Problem
from planning.verify import verify
from queries.context import Context
from tests.planning.districts import POLICIES, context, crowds, districts
from tests.planning.small import district
from tests.planning.test_planner import Tables, quick
from tests.queries.small import context as judged
from tests.queries.verdicts import actual

SCHOOL = {"industry": "教育", "full_members": None}


def schools(count: int, load: int = 0, capacity: int = 10, posts: int = 1, **more: Any) -> Network:
    """Uncovered schools of unknown strength, so that none founds or joins; one station with posts; some guided already."""
    orgs = {f"o{k}": dict(SCHOOL) for k in range(count)}
    busy = {f"b{k}": {**SCHOOL, "union": True} for k in range(load)}
    rows: dict[str, list[dict[str, Any]]] = {
        "GuidanceStation": [{"id": "g", "kind": "schools", "capacity": capacity}],
        "InstructorPost": [*({"id": f"p{k}"} for k in range(posts)), {"id": "elsewhere"}],
        "POSTED_TO": [{"source": f"p{k}", "target": "g"} for k in range(posts)],
        "STATION_GUIDES": [actual("g", b) for b in busy],
        "INSTRUCTS": [actual("elsewhere", "filed"), *(actual("p0", b) for b in busy)],
    }
    every = {name: [*given_, *more.get(name, [])] for name, given_ in rows.items()}
    return district(orgs | busy, dict.fromkeys(orgs, "s1:a") | {"GuidanceStation/g": "s1"}, **every)


def sent(made: Plan) -> dict[str, str]:
    return {p.subjects[0].id: p.target.id for p in made.proposals if p.kind is ActionKind.INSTRUCTOR and p.target}


def test_load_is_levelled_over_posts_of_one_place() -> None:
    made = plan(judged(schools(4, load=2, posts=3)))
    assert sorted(sent(made).values()) == ["p1", "p1", "p2", "p2"]
    proposal = next(p for p in made.proposals if p.kind is ActionKind.INSTRUCTOR)
    assert {r.rule for r in proposal.reasons} >= {"station-kind", "station-room", "post-room", "distance", "load"}
    assert {r.clause for r in proposal.reasons if r.hard} == {"J11", "N12"}
    assert proposal.runner_up is not None
    assert set(proposal.runner_up.costs) == {"distance", "load"}


def test_a_new_station_comes_with_the_instructor_and_an_old_one_stays() -> None:
    made = plan(judged(schools(1)))
    changes = next(p for p in made.proposals if p.kind is ActionKind.INSTRUCTOR).changes.deltas
    assert set(changes) == {"INSTRUCTS", "STATION_GUIDES"}
    assert set(changes["INSTRUCTS"].after["state"]) == {"planned"}


def test_what_is_short_is_said_as_a_number_with_the_cheapest_change() -> None:
    made = plan(judged(schools(12, posts=1, capacity=100)))
    assert len(sent(made)) == 5
    assert [(s.what.en, s.short) for s in made.shortages if "instructor" in s.what.en] == [
        ("instructor posts at stations of private schools", 2)
    ]
    why = {u.cheapest.en for u in made.unplaced if u.kind is ActionKind.INSTRUCTOR}
    assert why == {"one more instructor post at g"}
    made = plan(judged(schools(12, posts=3, capacity=8)))
    assert len(sent(made)) == 8
    assert {u.cheapest.en for u in made.unplaced if u.kind is ActionKind.INSTRUCTOR} == {"raise the capacity of g by 1"}


def test_an_unknown_industry_is_said_not_guessed() -> None:
    network = district(
        {"o": {"full_members": None}},
        {"o": "s1:a"},
        GuidanceStation=[{"id": "g", "kind": "schools"}],
        InstructorPost=[{"id": "p"}],
        INSTRUCTS=[actual("p", "filed")],
    )
    made = plan(judged(network))
    assert sent(made) == {}
    assert "record its industry" in {u.cheapest.en for u in made.unplaced if u.kind is ActionKind.INSTRUCTOR}


def test_the_wrong_station_ends_and_the_right_one_of_several_stays() -> None:
    network = district(
        {"wrong": {"industry": "医疗", "union": True, "full_members": None}, "two": {"industry": "教育", "union": True, "full_members": None}},
        {"wrong": "s1:a", "two": "s2:a"},
        GuidanceStation=[{"id": "g", "kind": "schools"}, {"id": "m", "kind": "medical"}],
        STATION_GUIDES=[actual("g", "wrong"), actual("g", "two"), actual("m", "two")],
        InstructorPost=[{"id": "p"}],
        INSTRUCTS=[actual("p", "wrong"), actual("p", "two")],
    )  # fmt: skip
    found = {p.subjects[0].id: p for p in plan(judged(network)).proposals if p.kind is ActionKind.STATION}
    assert {k: p.target.id for k, p in found.items() if p.target} == {"wrong": "m", "two": "g"}
    ended = {k: p.changes.deltas["STATION_GUIDES"].before["source"].to_list() for k, p in found.items()}
    assert ended == {"wrong": ["g"], "two": ["m"]}
    assert found["two"].changes.deltas["STATION_GUIDES"].after.height == 0


def test_a_rejected_post_is_not_sent_again_while_another_has_room() -> None:
    given_ = judged(schools(1, posts=2))
    first = next(p for p in plan(given_).proposals if p.kind is ActionKind.INSTRUCTOR)
    assert sent(plan(given_, rejections=[first])) == {"o0": "p1"}
    both = [first, next(p for p in plan(given_, rejections=[first]).proposals if p.kind is ActionKind.INSTRUCTOR)]
    none = plan(given_, rejections=both)
    assert sent(none) == {}
    assert any("rejected" in u.why.en for u in none.unplaced if u.kind is ActionKind.INSTRUCTOR)


def test_all_may_reject_one_post_and_the_others_take_what_they_can() -> None:
    given_ = judged(schools(6, posts=2))
    rejections: list[Proposal] = []
    for _ in range(2):  # half of them are sent to p0 at first, the others once these have rejected it
        made = plan(given_, rejections=rejections)
        assert len(sent(made)) == 6
        rejections += [p for p in made.proposals if p.target is not None and p.target.id == "p0"]
    made = plan(given_, rejections=rejections)
    assert list(sent(made).values()) == ["p1"] * 5
    assert [p.runner_up for p in made.proposals if p.kind is ActionKind.INSTRUCTOR] == [None] * 5
    (left_out,) = [u for u in made.unplaced if u.kind is ActionKind.INSTRUCTOR]
    assert left_out.subject.id not in sent(made)
    assert left_out.cheapest.en == "withdraw the rejection, or one more instructor post at g"
    assert not [s for s in made.shortages if "station" in s.what.en]  # what was rejected is there, and not short


def test_a_place_at_a_station_stays_taken_where_its_holder_gets_no_instructor() -> None:
    held = [actual("g", o) for o in ("o0", "o1")]
    given_ = judged(schools(4, capacity=2, STATION_GUIDES=held))
    first = plan(given_)
    assert sorted(sent(first)) == ["o0", "o1"]
    rejections = [p for p in first.proposals if p.kind is ActionKind.INSTRUCTOR]
    again = plan(given_, rejections=rejections)
    assert sent(again) == {}  # the station is full all the same
    assert verify(given_, again).breaches == ()
    one = plan(given_, rejections=rejections[:1])
    assert sorted(sent(one)) == [rejections[1].subjects[0].id]


def objective(work: GuidanceWork) -> tuple[int, int, int, int]:
    """What the assignment puts first: placed, placed of those guided already, distance, load (the latter two to be low)."""
    supply, where = work.supply, places(work.problem.context, Organization)
    post, station = np.flatnonzero(work.post >= 0), np.flatnonzero((work.station >= 0) & work.asking & ~work.due)
    far = between(work.problem.context, where.take(post), supply.where.take(work.post[post])).sum()
    far += between(work.problem.context, where.take(station), supply.at.take(work.station[station])).sum()
    load = sum(sum(range(a, b)) for a, b in zip(supply.load.tolist(), work.load_after.tolist(), strict=True))
    kept = int((work.current.kept[post] >= 0).sum())
    return -len(post) - len(station), -kept, int(far), load


Pair = tuple[int, int, int, int, int]  # organisation, station, post, its load before, guided already


def pairs(work: GuidanceWork) -> list[Pair]:
    """Every choice there is: of a place in the load of a post, or of a station alone."""
    supply, kept = work.supply, work.current.kept
    found: list[Pair] = []
    for o in np.flatnonzero(work.asking).tolist():
        fits = (
            [int(kept[o])]
            if kept[o] >= 0
            else np.flatnonzero((supply.kind == work.kind[o]) & (work.kind[o] >= 0)).tolist()
        )
        for s in fits:
            posts = np.flatnonzero(supply.station == s).tolist() if work.due[o] else []
            levels = [(p, level) for p in posts for level in range(supply.load[p], supply.limit[p])]
            found += [(o, s, p, level, int(kept[o] >= 0)) for p, level in (levels if work.due[o] else [(-1, 0)])]
    refused = work.problem.refused_pairs(ActionKind.INSTRUCTOR, Organization, InstructorPost)
    return [pair for pair in found if (pair[0], pair[2]) not in refused]


def exact(work: GuidanceWork) -> tuple[int, int, int, int]:
    """The same, by an integer program over every pair of organisation and post, or station."""
    chosen = pairs(work)
    if not chosen:
        return 0, 0, 0, 0
    supply, home = work.supply, places(work.problem.context, Organization)
    o, s, p, level, guided = (np.array(c) for c in zip(*chosen, strict=True))
    at_post = Places(np.append(supply.where.community, -1)[p], np.append(supply.where.street, -1)[p])
    target = Places(
        np.where(p >= 0, at_post.community, supply.at.community[s]),
        np.where(p >= 0, at_post.street, supply.at.street[s]),
    )
    far = between(work.problem.context, home.take(o), target)
    slots = [(p == one) & (level == step) for one, step in {(a, b) for a, b in zip(p, level, strict=True) if a >= 0}]
    full = [(s == one) & (work.current.kept[o] < 0) for one in np.unique(s) if supply.spare[one] >= 0]
    most = (
        [1] * len(np.unique(o))
        + [1] * len(slots)
        + [int(supply.spare[one]) for one in np.unique(s) if supply.spare[one] >= 0]
    )
    rows = np.array([*(o == one for one in np.unique(o)), *slots, *full], dtype=float)
    result = milp(
        -1e7 - 1e5 * guided + 200.0 * far + level,
        constraints=LinearConstraint(rows, ub=most),
        integrality=np.ones(len(o), dtype=np.int64),
        bounds=Bounds(0, 1),
    )
    assert result.x is not None
    x = result.x.round().astype(bool)
    return -int(x.sum()), -int(guided[x].sum()), int(far[x].sum()), int(level[x].sum())


REFUSED = st.sets(st.tuples(st.integers(0, 13), st.sampled_from(["p1", "p2", "p3"])))


def refusing(given_: Context, refused: set[tuple[int, str]]) -> Problem:
    """The problem where the planner has refused these posts (number of organisation, post)."""
    pairs = {((NodeKey("Organization", f"o{o:02}"),), NodeKey("InstructorPost", post)) for o, post in refused}
    return replace(Problem.of(given_), refused={ActionKind.INSTRUCTOR: frozenset(pairs)})


@given(districts() | crowds(), POLICIES, REFUSED)
@quick
def test_no_assignment_is_better(drawn: Tables, policy: dict[str, Any], refused: set[tuple[int, str]]) -> None:
    """Of all that the planner has not refused."""
    problem = refusing(context(drawn, **policy), refused)
    work = GuidanceWork(problem, np.zeros(len(problem.network[Organization]), dtype=np.bool_))
    assert objective(work) == exact(work)


@given(districts() | crowds(), POLICIES, REFUSED)
@quick
def test_a_runner_up_would_do_and_was_not_rejected(
    drawn: Tables, policy: dict[str, Any], refused: set[tuple[int, str]]
) -> None:
    problem = refusing(context(drawn, **policy), refused)
    nobody = np.zeros(len(problem.network[Organization]), dtype=np.bool_)
    work, (instructors, _) = GuidanceWork(problem, nobody), guided(problem, nobody)
    supply, posts, orgs = work.supply, problem.network[InstructorPost], problem.network[Organization]
    barred = problem.refused_pairs(ActionKind.INSTRUCTOR, Organization, InstructorPost)
    for draft in instructors.drafts:
        if draft.runner_up is None:
            continue
        one = int(orgs.find([draft.subjects[0].id])[0])
        post = int(posts.find([draft.runner_up.target.id])[0])
        station, own = supply.station[post], work.station[one]
        assert draft.target != draft.runner_up.target
        assert (one, post) not in barred
        assert work.load_after[post] < supply.limit[post]
        if station != own:
            assert work.current.kept[one] < 0
            assert supply.kind[station] == work.kind[one]
            assert supply.spare[station] < 0 or work.fresh[station] < supply.spare[station]


@given(districts(), POLICIES, st.sampled_from(["p1", "p2", "p3"]), st.integers(1, 3))
@quick
def test_more_capacity_never_makes_an_assignment_worse(
    drawn: Tables, policy: dict[str, Any], post: str, more: int
) -> None:
    def solved(tables: Tables) -> tuple[int, int, int, int]:
        problem = Problem.of(context(tables, **policy))
        return objective(GuidanceWork(problem, np.zeros(len(problem.network[Organization]), dtype=np.bool_)))

    raised = pl.when(pl.col("id") == post).then(pl.col("capacity") + more).otherwise(pl.col("capacity"))
    posts = drawn["InstructorPost"].with_columns(raised.alias("capacity"))
    assert solved({**drawn, "InstructorPost": posts}) <= solved(drawn)


def test_a_rejected_station_gives_way_to_the_next_of_its_kind() -> None:
    stations = [{"id": "h", "kind": "schools"}, {"id": "m", "kind": "medical"}]
    given_ = judged(schools(0, load=1, GuidanceStation=stations, STATION_GUIDES=[actual("m", "b0")]))
    (first,) = (p for p in plan(given_).proposals if p.kind is ActionKind.STATION)
    again = plan(given_, rejections=[first])
    (second,) = (p for p in again.proposals if p.kind is ActionKind.STATION)
    assert [p.target.id for p in (first, second) if p.target] == ["g", "h"]
    assert set(first.closes) == set(second.closes) == {"wrong-station|Organization|b0"}
    assert second.changes.deltas["STATION_GUIDES"].before["source"].to_list() == ["g", "m"]


def test_an_inactive_organisation_gets_no_instructor_and_it_is_said_why() -> None:
    network = schools(2)
    rows = network.table("Organization")
    quiet = rows.with_columns(reachable=pl.when(pl.col("id") == "o0").then(pl.lit(value=False)).otherwise("reachable"))
    made = plan(judged(network.apply(ChangeSet.between({"Organization": rows}, {"Organization": quiet}))))
    assert set(sent(made)) == {"o1"}
    why = [u for u in made.unplaced if u.kind is ActionKind.INSTRUCTOR]
    assert [(u.subject.id, "sign of inactivity" in u.why.en) for u in why] == [("o0", True)]
