"""Is a street parted as well as can be? The integer program beside every way there is."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product

from hypothesis import example, given, settings
from hypothesis import strategies as st

from planning.street_program import Class, Limits, part_branches, part_street, seeds

LIMITS = Limits(2, 5, 3)


def test_seeds_are_the_smallest_sets_that_are_strong_enough() -> None:
    assert seeds((1, 2), LIMITS) == ((1, 2), (2, 2), (1, 1, 1))
    assert seeds((), LIMITS) == ()
    assert seeds((4,), LIMITS) == ((4,),)


def ways(members: list[int], homes: list[int], rooms: dict[int, int]) -> Iterator[tuple[int, int, int]]:
    """(placed, -spread, -branches) of every way to send each organisation to a seat, to rooms, or nowhere."""
    seats = sorted(set(homes))
    places = [None, *(("seat", s) for s in seats), *(("room", r) for r in sorted(rooms))]
    for chosen in product(places, repeat=len(members)):
        counts = {r: sum(c == ("room", r) for c in chosen) for r in rooms}
        if any(counts[r] > rooms[r] for r in rooms):
            continue
        branches = 0
        for seat in seats:
            units = [m for m, c in zip(members, chosen, strict=True) if c == ("seat", seat)]
            fewest = next((k for k in range(1, 4) if part_branches(units, k, LIMITS)), None) if units else 0
            if fewest is None:
                break
            branches += fewest
        else:
            placed = [(h, c) for h, c in zip(homes, chosen, strict=True) if c is not None]
            spread = sum(h != c[1] or h < 0 for h, c in placed)
            yield len(placed), -spread, -branches


@given(
    st.lists(st.tuples(st.sampled_from([-1, 0, 1]), st.integers(0, 2)), min_size=1, max_size=6),
    st.dictionaries(st.sampled_from([0, 1]), st.integers(0, 2), max_size=1),
)
@example([(0, 1)] * 6, {})  # six of one place are two branches, never one of six
@example([(0, 2), (1, 2)], {0: 2})  # two are enough where they are strong
@settings(max_examples=60, deadline=None, derandomize=True)
def test_a_street_is_parted_best(organizations: list[tuple[int, int]], rooms: dict[int, int]) -> None:
    kinds = sorted(set(organizations))
    classes = [Class(home, m, joins=True, founds=True, count=organizations.count((home, m))) for home, m in kinds]
    found = part_street(classes, rooms, LIMITS)
    assert found.status == "optimal"
    seats = sorted({c.home for c in classes})
    away = sum(
        int(found.founding[i, k]) * (c.home != seat or c.home < 0)
        for i, c in enumerate(classes)
        for k, seat in enumerate(seats)
    )
    away += sum(
        int(found.joining[i, k]) * (c.home != r or c.home < 0)
        for i, c in enumerate(classes)
        for k, r in enumerate(sorted(rooms))
    )
    placed = int(found.founding.sum() + found.joining.sum())
    best = max(ways([m for _, m in organizations], [h for h, _ in organizations], rooms))
    assert (placed, -away, -int(found.branches.sum())) == best
    assert found.bound >= placed


@given(st.lists(st.integers(0, 2), min_size=1, max_size=12), st.integers(1, 4))
def test_parted_branches_keep_the_limits_and_lose_nobody(members: list[int], branches: int) -> None:
    parts = part_branches(members, branches, LIMITS)
    if parts:
        assert sorted(i for part in parts for i in part) == list(range(len(members)))
        assert all(2 <= len(part) <= 5 and sum(members[i] for i in part) >= 3 for part in parts)


def test_neighbours_in_the_order_stay_together_where_that_can_be() -> None:
    assert part_branches([1] * 6, 2, LIMITS) == [[0, 1, 2], [3, 4, 5]]
    assert part_branches([0, 0, 0, 2, 2, 2, 2], 2, LIMITS)[0] != [0, 1, 2, 3]
    assert part_branches([0, 0, 2], 1, LIMITS) == []
