"""The fewest actions to the targets, exactly, and what each gains (J11)."""

from __future__ import annotations

from itertools import combinations
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.plan_terminal import to_targets
from planning import solve
from planning.isolation import confirmed
from planning.plan import ActionKind
from planning.planner import plan
from planning.targets import TARGETS as PART
from queries.coverage import coverage
from tests.planning.districts import POLICIES, context, districts
from tests.planning.small import district
from tests.planning.test_branches import everywhere, joint, together
from tests.planning.test_joints import few
from tests.planning.test_planner import Tables, quick
from tests.queries.small import context as judged

TARGETS = st.fixed_dictionaries(
    {"coverage_target": st.sampled_from([0.5, 0.95]), "standalone_target": st.sampled_from([0.1, 0.35])}
)


@given(districts(most=9), POLICIES, TARGETS)
@quick
def test_no_smaller_set_of_actions_reaches_the_targets(
    drawn: Tables, policy: dict[str, Any], targets: dict[str, float]
) -> None:
    given_ = context(drawn, **policy, **targets)
    made = plan(given_)
    base = coverage(confirmed(given_, ())).rates()
    if not base.total or base.coverage.rate is None or base.standalone_share.rate is None:
        return
    gains = [(s.gain, s.own) for s in made.steps]

    def enough(chosen: tuple[tuple[int, int], ...]) -> bool:
        covers, own = sum(c for c, _ in chosen), sum(o for _, o in chosen)
        return covers >= base.coverage_short and own >= base.standalone_short

    fewest = next((k for k in range(len(gains) + 1) if any(enough(c) for c in combinations(gains, k))), None)
    first = next((k for k in range(len(gains) + 1) if enough(tuple(gains[:k]))), None)
    assert first == fewest
    told = [(s.status, s.value, s.bound) for s in made.solved if s.part == PART]
    assert fewest is None or told == ([("optimal", fewest, fewest)] if fewest else [])
    assert (fewest is None) == bool([s for s in made.shortages if "target" in s.what.en])


@given(districts(), POLICIES)
@quick
def test_the_curve_is_what_the_rates_become(drawn: Tables, policy: dict[str, Any]) -> None:
    given_ = context(drawn, **policy)
    made = plan(given_)
    taken = []
    for step in made.steps:
        taken.append(made.proposal(step.proposal))
        rates = coverage(confirmed(given_, taken)).rates()
        assert rates.coverage.rate is not None
        assert rates.standalone_share.rate is not None
        assert abs(rates.coverage.rate - step.coverage) < 1e-9
        assert abs(rates.standalone_share.rate - step.standalone) < 1e-9


def test_a_branch_of_five_comes_before_places_for_one() -> None:
    orgs = few("a", "b", "c", "d", "e") | {"own": {"full_members": 3}}
    made = plan(judged(district(orgs, everywhere(*orgs)), standalone_target=0.1, coverage_target=1.0))
    assert [(s.gain, s.own) for s in made.steps] == [(5, 0), (1, 1)]
    assert [made.proposal(s.proposal).rank for s in made.steps] == [1, 2]
    assert made.steps[-1].coverage == 1.0
    assert {made.proposal(s.proposal).kind for s in made.steps} == {ActionKind.NEW_JOINT, ActionKind.STANDALONE}


def test_the_fewest_are_called_so_only_where_that_is_proven(monkeypatch: pytest.MonkeyPatch) -> None:
    """Left without effort the solver finds nothing: what is taken then reaches the targets, and nothing is claimed of it."""
    orgs = few("z", "k", "l", "m") | {o: {"full_members": 3} for o in ("a", "aa", "b", "d")}
    branches = together(joint("a", "aa", "z"), joint("k", "l", "m", number="other"))
    given_ = judged(district(orgs, everywhere(*orgs), **branches), standalone_target=0.25, coverage_target=1.0)
    base = coverage(confirmed(given_, ()))
    proven = plan(given_)
    found = next(s for s in proven.solved if s.part == PART)
    assert (found.status, found.value, found.bound, found.gap, found.candidates) == ("optimal", 2, 2, 0, 3)
    assert "最少须 2 项" in to_targets(base, proven).zh
    monkeypatch.setattr(solve, "EFFORT", 0.0)
    made = plan(given_)
    unproven = next(s for s in made.solved if s.part == PART)
    assert (unproven.status, unproven.value, unproven.bound, unproven.gap) == ("feasible", 2, 0, 1)
    said = to_targets(base, made)
    assert "至多须 2 项" in said.zh
    assert "at most 2 actions" in said.en
    assert "最少须" not in said.zh


def test_two_branches_founded_in_one_action_are_taken_only_where_that_is_fewest() -> None:
    """a and aa leave their branch together, which brings two own branches and no cover; b and d bring all that is short."""
    orgs = few("z", "k", "l", "m") | {o: {"full_members": 3} for o in ("a", "aa", "b", "d")}
    branches = together(joint("a", "aa", "z"), joint("k", "l", "m", number="other"))
    given_ = judged(district(orgs, everywhere(*orgs), **branches), standalone_target=0.25, coverage_target=1.0)
    made = plan(given_)
    assert [(s.gain, s.own) for s in made.steps] == [(1, 1), (1, 1), (0, 2)]
    assert (made.steps[1].coverage, made.steps[1].standalone) == (1.0, 0.25)
