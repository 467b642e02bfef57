"""Places in joint branches and new ones: near, strong enough, and most organisations covered (N2)."""

from __future__ import annotations

from itertools import combinations
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from scipy.optimize import Bounds, LinearConstraint, milp

from benchmarks.uncovered import uncovered_context
from graphmodel.schema.nodes import Organization, PartyOrganization
from planning import candidates
from planning.joint_state import JointBranches
from planning.joint_whole import Whole, place_all
from planning.joints import join, limits
from planning.plan import ActionKind
from planning.planner import plan
from planning.problem import Problem
from tests.planning.districts import POLICIES, context, districts
from tests.planning.small import district
from tests.planning.test_branches import everywhere, joint, of
from tests.planning.test_planner import Tables, quick
from tests.queries.small import context as judged


def few(*ids: str, members: int = 1, **fields: Any) -> dict[str, dict[str, Any]]:
    return {id_: {"full_members": members, **fields} for id_ in ids}


def test_the_nearest_branch_with_room_is_joined() -> None:
    network = district(
        few("o", "a", "b", "c", "d", "e", "f"),
        everywhere("o", "a", "b", "c") | everywhere("d", "e", "f", at="s2:a"),
        **{
            name: rows + joint("d", "e", "f", number="far")[name]
            for name, rows in joint("a", "b", "c", number="near").items()
        },
    )
    (joins,) = of(plan(judged(network)), ActionKind.JOIN_JOINT)
    assert joins.target is not None
    assert joins.target.id == "near"
    assert joins.runner_up is not None
    assert (joins.runner_up.target.id, joins.runner_up.costs) == ("far", {"spread": 2.0})
    assert [r.rule for r in joins.reasons if r.hard] == ["joint-units", "joint-related"]


def test_what_is_left_founds_a_branch_named_by_its_place() -> None:
    network = district(few("a", "b", "c"), everywhere("a", "b") | {"c": "s2:a"})
    (new,) = of(plan(judged(network)), ActionKind.NEW_JOINT)
    assert [s.id for s in new.subjects] == ["a", "b", "c"]
    founded = new.changes.deltas["PartyOrganization"].after.row(0, named=True)
    assert founded["id"] == "joint:po:s1:s1:a社会组织联合党支部"
    assert (founded["form"], founded["members"], founded["state"]) == ("joint", 3, "planned")
    assert new.target is None


def test_far_streets_join_only_within_one_industry() -> None:
    apart = {"a": "s1:a", "b": "s3:a", "c": "s3:b"}
    assert of(plan(judged(district(few("a", "b", "c"), apart))), ActionKind.NEW_JOINT) == []
    trade = district(few("a", "b", "c", industry="养老"), apart)
    (new,) = of(plan(judged(trade)), ActionKind.NEW_JOINT)
    assert len(new.subjects) == 3


@pytest.mark.parametrize("up_to", [0, 200])
def test_streets_near_a_third_are_not_near_each_other(up_to: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("planning.joints.WHOLE_UP_TO", up_to)
    row = {"a": "s1:a", "b": "s2:a", "c": "s3:a"}
    assert of(plan(judged(district(few("a", "b", "c"), row))), ActionKind.NEW_JOINT) == []
    (new,) = of(plan(judged(district(few("a", "b", "c", "d"), row | {"d": "s2:b"}))), ActionKind.NEW_JOINT)
    assert {"b", "d"} < {s.id for s in new.subjects}
    assert len(new.subjects) == 3


def test_too_few_members_together_found_nothing_and_it_is_said_why() -> None:
    made = plan(judged(district(few("a", "b"), everywhere("a", "b"))))
    assert of(made, ActionKind.NEW_JOINT) == []
    why = {u.finding: u for u in made.unplaced if u.kind is ActionKind.JOIN_JOINT}
    both = ("uncovered|Organization|", "few-members-uncovered|Organization|")
    assert set(why) == {question + one for question in both for one in "ab"}


def test_members_that_are_not_known_are_not_guessed() -> None:
    made = plan(judged(district({"o": {}}, everywhere("o"))))
    assert "record the number of full members" in {u.cheapest.en for u in made.unplaced}


def test_a_rejected_new_branch_does_not_come_again() -> None:
    given_ = judged(district(few("a", "b", "c", "d", members=2), everywhere("a", "b", "c", "d")))
    (new,) = of(plan(given_), ActionKind.NEW_JOINT)
    again = plan(given_, rejections=[new])
    assert all(set(p.subjects) != set(new.subjects) for p in again.proposals)
    assert [len(p.subjects) for p in of(again, ActionKind.NEW_JOINT)] == [3]


def test_a_branch_of_one_industry_takes_in_its_own_only_unless_all_are_near() -> None:
    network = district(
        few("a", "b", "c", industry="养老") | few("near", industry="教育"),
        {"a": "s1:a", "b": "s3:a", "c": "s3:a", "near": "s2:a"},
        **joint("a", "b", "c"),
    )
    assert of(plan(judged(network)), ActionKind.JOIN_JOINT) == []


def test_a_branch_of_one_industry_that_takes_in_a_neighbour_says_so() -> None:
    network = district(
        few("o", industry="医疗") | few("a", "b", "c", industry="教育"),
        everywhere("o", "a", "b", "c"),
        **joint("a", "b", "c"),
    )
    (joins,) = of(plan(judged(network)), ActionKind.JOIN_JOINT)
    (said,) = [r for r in joins.reasons if r.rule == "one-industry"]
    assert (said.hard, said.cost) == (False, 1.0)
    assert said.text.en == (
        "its units are of 2 industries; they were of one before: who is near may join all the same, and the branch keeps its name"
    )


@given(districts(), POLICIES)
@quick
def test_of_few_as_many_are_placed_as_any_set_of_branches_can(drawn: Tables, policy: dict[str, Any]) -> None:
    problem = Problem.of(context(drawn, **policy))
    joints = JointBranches(problem)
    rooms, units = list(joints.room), joints.units
    found = join(problem, joints, np.zeros(len(problem.network[Organization]), dtype=np.bool_))
    placed = len(found.wanted) - len(found.left)
    assert placed == found.bound == _most(problem, found.wanted.tolist(), rooms, units)


def test_where_street_by_street_leaves_somebody_out_all_streets_are_placed_at_once(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    problem = Problem.of(uncovered_context(100))

    def placed() -> tuple[int, int]:
        nobody = np.zeros(len(problem.network[Organization]), dtype=np.bool_)
        found = join(problem, JointBranches(problem), nobody)
        return len(found.wanted) - len(found.left), found.bound

    together, bound = placed()
    assert together == bound
    monkeypatch.setattr("planning.joints.WHOLE_UP_TO", 0)
    assert placed()[0] < together


def test_where_nobody_is_left_to_be_placed_none_is() -> None:
    problem = Problem.of(uncovered_context(100))
    nobody = np.empty(0, dtype=np.int64)
    assert place_all(problem, JointBranches(problem), nobody, [], limits(problem), set()) == Whole([], "optimal", 0)


def _most(problem: Problem, wanted: list[int], rooms: list[int], units: Any) -> int:
    """The most organisations that any set of new branches and of groups that join old ones covers, by an integer program."""
    limits = problem.context.values
    least, most = limits.integer("joint_min_units"), limits.integer("joint_max_units")
    members = candidates.full_members(problem.context).lo
    groups = [g for size in range(least, most + 1) for g in combinations(wanted, size)]
    strong = [g for g in groups if members[list(g)].sum() >= limits.integer("joint_min_members")]
    columns: list[tuple[tuple[int, ...], int]] = []
    if strong:
        numbers = np.repeat(np.arange(len(strong)), [len(g) for g in strong])
        near, like = candidates.related(
            problem.context, numbers, np.concatenate([np.array(g) for g in strong]), len(strong)
        )
        columns += [(g, -1) for k, g in enumerate(strong) if near[k] or like[k]]
    for branch in range(len(problem.network[PartyOrganization])):
        now = units.filter(branch=branch)["organization"].to_list()
        joining = [g for size in range(1, rooms[branch] + 1) for g in combinations(wanted, size)]
        if not joining:
            continue
        numbers = np.repeat(np.arange(len(joining)), [len(now) + len(g) for g in joining])
        together = np.concatenate([np.array([*now, *g]) for g in joining])
        near, like = candidates.related(problem.context, numbers, together, len(joining))
        columns += [(g, branch) for k, g in enumerate(joining) if near[k] or like[k]]
    if not columns:
        return 0
    rows = [[float(o in g) for g, _ in columns] for o in wanted]
    most_of = [1] * len(wanted)
    for branch in {b for _, b in columns if b >= 0}:
        rows.append([float(b == branch) for _, b in columns])
        most_of.append(1)
    cost = np.array([-float(len(g)) for g, _ in columns])
    result = milp(cost, constraints=LinearConstraint(np.array(rows), ub=most_of),
                  integrality=np.ones(len(columns), dtype=np.int64), bounds=Bounds(0, 1))  # fmt: skip
    assert result.fun is not None
    return round(-result.fun)
