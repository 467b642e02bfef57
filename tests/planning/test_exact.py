"""Do joint branches take as many as can be? Beside every set of units, packed by another solver (N1, N2)."""

from __future__ import annotations

import pytest

from benchmarks.exact_planner import SmallDistrict, most_covered
from planning.plan import ActionKind
from planning.planner import plan
from tests.planning.districts import context
from tests.planning.test_planner import on_many_districts

LIMITS: tuple[dict[str, int], ...] = (
    {},
    {"joint_min_members": 2},
    {"joint_max_units": 3, "joint_max_hops": 0},
    {"joint_max_hops": 2},
)


@on_many_districts(4, 200)
def test_as_many_are_placed_as_any_plan_can_place(examples: int) -> None:
    for seed in range(examples):
        policy = LIMITS[seed % len(LIMITS)]
        district = SmallDistrict.drawn(seed)
        given_ = context(district.tables(), **policy)
        made = plan(given_)
        solved = next(s for s in made.solved if s.part == "joint-cover")
        names = ("joint_min_units", "joint_max_units", "joint_min_members", "joint_max_hops")
        least, most, members, hops = (given_.values.integer(name) for name in names)
        best = most_covered(district, least=least, most=most, members=members, hops=hops)
        assert (solved.value, solved.bound, solved.status) == (best, best, "optimal"), seed
        joined = [p for p in made.proposals if p.kind in (ActionKind.JOIN_JOINT, ActionKind.NEW_JOINT)]
        assert len([unit for p in joined for unit in p.subjects]) == best, seed


@pytest.mark.parametrize(
    ("members", "best"), [((1, 1, 1, 1, 1), 5), ((1, 1, 1, 1, 1, 1), 6), ((1, 1, 0, 0, 0), 0), ((2, 1, 0), 3)]
)
def test_the_peer_counts_what_can_be_counted_by_hand(members: tuple[int, ...], best: int) -> None:
    street = {f"o{k}": "s0" for k in range(len(members))}
    alike = SmallDistrict(street, dict.fromkeys(street), dict(zip(street, members, strict=True)), {})
    assert most_covered(alike, least=2, most=5, members=3, hops=1) == best
    apart = SmallDistrict(dict.fromkeys(street), dict.fromkeys(street), alike.members, {})
    assert most_covered(apart, least=2, most=5, members=3, hops=1) == 0
