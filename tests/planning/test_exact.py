"""Do joint branches take as many as can be, and keep to their rules? Beside a peer that shares nothing with the planner (N1, N2)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest

from benchmarks.exact_planner import SmallDistrict, most_covered
from planning.plan import ActionKind, Plan, Proposal, together
from planning.planner import plan
from tests.planning.districts import context
from tests.planning.test_planner import on_many_districts

LIMITS: tuple[dict[str, int], ...] = (
    {},
    {"joint_min_members": 2},
    {"joint_max_units": 3, "joint_max_hops": 0},
    {"joint_max_hops": 2},
)
NAMES = ("joint_min_units", "joint_max_units", "joint_min_members", "joint_max_hops")


def planned(examples: int) -> Iterator[tuple[SmallDistrict, Plan, dict[str, int]]]:
    """Small districts, the plan of each, and what a joint branch must keep to there."""
    for seed in range(examples):
        district = SmallDistrict.drawn(seed)
        given_ = context(district.tables(), **LIMITS[seed % len(LIMITS)])
        yield district, plan(given_), {name: given_.values.integer(name) for name in NAMES}


def joined(made: Plan) -> list[Proposal]:
    return [p for p in made.proposals if p.kind in (ActionKind.JOIN_JOINT, ActionKind.NEW_JOINT)]


@on_many_districts(4, 200)
def test_as_many_are_placed_as_any_plan_can_place(examples: int) -> None:
    for seed, (district, made, limit) in enumerate(planned(examples)):
        solved = next(s for s in made.solved if s.part == "joint-cover")
        least, most, members, hops = (limit[name] for name in NAMES)
        best = most_covered(district, least=least, most=most, members=members, hops=hops)
        assert (solved.value, solved.bound, solved.status) == (best, best, "optimal"), seed
        assert len([unit for p in joined(made) for unit in p.subjects]) == best, seed


@pytest.mark.parametrize("large", [False, True])
@on_many_districts(8, 200)
def test_every_joint_branch_keeps_its_rules_as_counted_by_hand(
    examples: int, monkeypatch: pytest.MonkeyPatch, *, large: bool
) -> None:
    """Units, members, streets and superiors are read off the tables, by nothing that planner or verifier use.

    Once more as if the district were `large`, where nothing is placed over all streets at once.
    """
    if large:
        monkeypatch.setattr("planning.joints.WHOLE_UP_TO", 0)
        monkeypatch.setattr("planning.joints.EXACT_STREETS", 0)
    founded = 0
    for seed, (district, made, limit) in enumerate(planned(examples)):
        for branch, units, added in branches(district, made):
            count = len(units)
            assert limit["joint_min_units"] <= count <= limit["joint_max_units"], (seed, branch)
            assert district.together(units, limit["joint_max_hops"]), (seed, branch)
            if branch in district.branches:
                continue
            founded += 1
            assert sum(district.members[u] for u in units) >= limit["joint_min_members"], (seed, branch)
            assert added["members"] == sum(district.members[u] for u in units), (seed, branch)
            homes = Counter(district.street[u] for u in units if district.street[u] is not None)
            seats = [f"po:{s}" for s, n in homes.items() if n == max(homes.values())] or ["po:c"]
            assert added["superior"] in seats, (seed, branch)
            assert branch.startswith(f"joint:{added['superior']}:"), (seed, branch)
    assert founded


def branches(district: SmallDistrict, made: Plan) -> Iterator[tuple[str, list[str], dict[str, Any]]]:
    """Each joint branch that the plan gives units: its id, all its units then, and of a new one `members` and `superior`."""
    deltas = together(joined(made)).deltas
    covers = deltas["COVERS"].after if "COVERS" in deltas else None
    rows = () if covers is None else covers.select("source", "target").iter_rows()
    units: dict[str, list[str]] = {}
    for branch, unit in rows:
        units.setdefault(branch, list(district.branches.get(branch, ()))).append(unit)
    new: dict[str, dict[str, Any]] = {branch: {} for branch in units}
    if "PartyOrganization" in deltas:
        for branch, members in deltas["PartyOrganization"].after.select("id", "members").iter_rows():
            new[branch]["members"] = members
        for branch, superior in deltas["SUBORDINATE_TO"].after.select("source", "target").iter_rows():
            new[branch]["superior"] = superior
    yield from ((branch, found, new[branch]) for branch, found in units.items())


@pytest.mark.parametrize(
    ("members", "best"), [((1, 1, 1, 1, 1), 5), ((1, 1, 1, 1, 1, 1), 6), ((1, 1, 0, 0, 0), 0), ((2, 1, 0), 3)]
)
def test_the_peer_counts_what_can_be_counted_by_hand(members: tuple[int, ...], best: int) -> None:
    street = {f"o{k}": "s0" for k in range(len(members))}
    alike = SmallDistrict(street, dict.fromkeys(street), dict(zip(street, members, strict=True)), {})
    assert most_covered(alike, least=2, most=5, members=3, hops=1) == best
    apart = SmallDistrict(dict.fromkeys(street), dict.fromkeys(street), alike.members, {})
    assert most_covered(apart, least=2, most=5, members=3, hops=1) == 0
