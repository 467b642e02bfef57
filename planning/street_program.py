"""How are the organisations of one street parted into joint branches? A small integer program, solved to the proof.

Organisations of one community with the same number of members are alike, so the program counts them instead of naming
them. Lexicographic: most organisations placed, least spread, fewest new branches (N2).
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from dataclasses import dataclass
from functools import cache
from itertools import combinations_with_replacement, pairwise

import numpy as np
from scipy.sparse import coo_array, csr_array

from planning.plan import Status
from planning.problem import Ints
from planning.solve import cheapest_integers


@dataclass(frozen=True, slots=True)
class Limits:
    """What a joint branch must keep to: units from `least` to `most`, `members` full members together."""

    least: int
    most: int
    members: int


@dataclass(frozen=True, slots=True)
class Class:
    """Organisations that are alike: `count` of them in community `home` (-1: not known) with `members` full members.

    `joins` whether they may take rooms of existing branches, `founds` whether they may found.
    """

    home: int
    members: int
    joins: bool
    founds: bool
    count: int


@dataclass(frozen=True, slots=True)
class Parted:
    """Who goes where.

    `founding` [class, seat] how many found at the community of each seat, `branches` [seat] how many branches there,
    `joining` [class, room] how many take rooms of existing branches of each community.
    """

    founding: Ints
    branches: Ints
    joining: Ints
    status: Status
    bound: int


@cache
def seeds(members: tuple[int, ...], limits: Limits) -> tuple[tuple[int, ...], ...]:
    """Every smallest set of units, by their members, that has enough members together: what each branch must hold."""
    return tuple(
        one
        for size in range(1, limits.most + 1)
        for one in combinations_with_replacement(members, size)
        if sum(one) >= limits.members and sum(one) - min(one) < limits.members
    )


def part_streets(streets: Iterable[tuple[Sequence[Class], dict[int, int]]], limits: Limits) -> list[Parted]:
    """Part each street, as `part_street` does: side by side, for no street hangs on another, and in their order."""
    given = list(streets)
    asked = [copy_context() for _ in given]  # whether this may go on is asked in every thread
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        return list(pool.map(lambda street, at: at.run(part_street, *street, limits), given, asked))


def part_street(classes: Sequence[Class], rooms: dict[int, int], limits: Limits) -> Parted:
    """Part the organisations of one street; `rooms` how many rooms existing branches of each community have.

    Seats are the communities of the classes; who has none of them known is one apart. Cost of the program: exponential
    at worst, a few hundredths of a second for a street.
    """
    seats = sorted({c.home for c in classes})
    halls = sorted(rooms)
    kinds = seeds(tuple(sorted({c.members for c in classes if c.members > 0})), limits)
    n, s, h, k = len(classes), len(seats), len(halls), len(kinds)
    founds = np.arange(n * s).reshape(n, s)
    joins = n * s + np.arange(n * h).reshape(n, h)
    opens = n * s + n * h + np.arange(s * k).reshape(s, k)
    total = sum(c.count for c in classes)
    weight_spread = total + 1
    weight_placed = weight_spread * (2 * total + 1)
    upper = np.zeros(n * s + n * h + s * k, dtype=np.int64)
    cost = np.zeros_like(upper)
    for i, one in enumerate(classes):
        for places, targets, allowed in ((founds[i], seats, one.founds), (joins[i], halls, one.joins)):
            for place, target in zip(places, targets, strict=True):
                away = one.home != target or target < 0
                upper[place] = one.count if allowed else 0
                cost[place] = away * weight_spread - weight_placed
    upper[opens] = total
    cost[opens] = 1
    program = Rows()
    for i, one in enumerate(classes):
        program.add(np.concatenate((founds[i], joins[i])), 1, most=one.count)
    for place, hall in enumerate(halls):
        program.add(joins[:, place], 1, most=rooms[hall])
    for seat in range(s):
        for members in sorted({c.members for c in classes if c.members > 0}):
            has = [i for i, c in enumerate(classes) if c.members == members]
            needed = np.array([-kind.count(members) for kind in kinds], dtype=np.int64)
            program.add(
                np.concatenate((founds[has, seat], opens[seat])), np.concatenate((np.ones(len(has)), needed)), least=0
            )
        units = np.concatenate((founds[:, seat], opens[seat]))
        program.add(units, np.concatenate((np.ones(n), np.full(k, -limits.most))), most=0)
        fewest = np.array([-max(len(kind), limits.least) for kind in kinds], dtype=np.int64)
        program.add(units, np.concatenate((np.ones(n), fewest)), least=0)
    solution = cheapest_integers(*program.matrix(len(upper)), upper, cost)
    x = solution.values
    bound = int(np.floor((-solution.bound + weight_spread * 2 * total) / weight_placed + 1e-9))
    return Parted(x[founds], x[opens].sum(axis=1), x[joins], solution.status, min(bound, total))


class Rows:
    """Constraints in the making."""

    def __init__(self) -> None:
        self.columns: list[Ints] = []
        self.data: list[Ints] = []
        self.least: list[int] = []
        self.most: list[int] = []

    def add(self, columns: Ints, factors: Ints | int, *, least: int = -(10**9), most: int = 10**9) -> None:
        """Ask that `factors` times the variables at `columns` add up to something between `least` and `most`."""
        self.columns.append(columns)
        self.data.append(np.broadcast_to(np.asarray(factors, dtype=np.int64), columns.shape))
        self.least.append(least)
        self.most.append(most)

    def matrix(self, variables: int) -> tuple[csr_array, Ints, Ints]:
        """The constraints over so many variables, with their lower and upper limits, as `cheapest_integers` takes them."""
        rows = np.repeat(np.arange(len(self.columns)), [len(c) for c in self.columns])
        entries = (np.concatenate(self.data), (rows, np.concatenate(self.columns)))
        shape = (len(self.columns), variables)
        return csr_array(coo_array(entries, shape=shape)), np.array(self.least), np.array(self.most)


def part_branches(members: Sequence[int], branches: int, limits: Limits) -> list[list[int]]:
    """The units of one seat, by place in `members` and in that order, as so many branches that keep the limits.

    Neighbours in the order stay together where that can be; else each branch gets a seed first. Empty where it cannot be.
    """
    n = len(members)
    cuts = np.linspace(0, n, branches + 1).round().astype(int)
    parts = [list(range(a, b)) for a, b in pairwise(cuts.tolist())]
    if all(_keeps([members[i] for i in part], limits) for part in parts):
        return parts
    left = sorted(range(n), key=lambda i: (-members[i], i))
    kinds = seeds(tuple(sorted({m for m in members if m > 0})), limits)
    chosen = _seed(kinds, [members[i] for i in left], branches)
    if chosen is None:
        return []
    parts = []
    for kind in chosen:
        part = []
        for wanted in kind:
            place = next(i for i in left if members[i] == wanted)
            left.remove(place)
            part.append(place)
        parts.append(part)
    for place in sorted(left):
        min(parts, key=len).append(place)
    return [sorted(part) for part in parts] if all(_keeps([members[i] for i in p], limits) for p in parts) else []


def _keeps(members: Sequence[int], limits: Limits) -> bool:
    return limits.least <= len(members) <= limits.most and sum(members) >= limits.members


def _seed(kinds: Sequence[tuple[int, ...]], members: Sequence[int], branches: int) -> list[tuple[int, ...]] | None:
    """So many seeds that these units hold together, found by search; None where they hold fewer."""
    counts = {m: members.count(m) for m in set(members)}

    def search(start: int, left: int) -> list[tuple[int, ...]] | None:
        if not left:
            return []
        for place in range(start, len(kinds)):
            kind = kinds[place]
            if all(counts.get(m, 0) >= kind.count(m) for m in set(kind)):
                for m in kind:
                    counts[m] -= 1
                rest = search(place, left - 1)
                if rest is not None:
                    return [kind, *rest]
                for m in kind:
                    counts[m] += 1
        return None

    return search(0, branches)
