"""Which fewest actions reach the targets of coverage and of own branches, and what does each gain? (J11)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil

import numpy as np

from graphmodel.schema.nodes import Organization
from graphmodel.text import Text
from planning.plan import ActionKind, Proposal, Shortage, Solved, Status, Step
from planning.solve import cheapest_integers
from planning.street_program import Rows
from queries.context import Context
from queries.coverage import Cover, coverage

_COVERING = (ActionKind.STANDALONE, ActionKind.JOIN_JOINT, ActionKind.NEW_JOINT, ActionKind.FUNCTIONAL)


@dataclass(frozen=True, slots=True)
class _Gain:
    """What one action brings: organisations newly covered, and newly with a branch of their own."""

    proposal: str
    covers: int
    own: int


@dataclass(frozen=True, slots=True)
class Ranked:
    """The actions that raise the rates, those that reach both targets first, and how near they are to the fewest.

    `solved` holds one entry where a target is short and an action raises it; `shortages` what no action here can reach.
    """

    steps: tuple[Step, ...]
    solved: tuple[Solved, ...]
    shortages: tuple[Shortage, ...]


def ranked(base: Context, proposals: Sequence[Proposal]) -> Ranked:
    """Rank the actions that raise the rates, the fewest that reach both targets, or come as near as can be, first.

    `base` is the context as if all planned before were confirmed. Each organisation counts once and no two actions
    are for the same one, so gains add up. Of the fewest those that gain most come first. Where the solver's effort ends
    before the fewest are proven, `Ranked.solved` says how few there may be.
    """
    found = coverage(base)
    rates = found.rates()
    gains = sorted(_gains(base, proposals), key=lambda g: (-g.covers, -g.own, g.proposal))
    reachable = (
        min(rates.coverage_short, sum(g.covers for g in gains)),
        min(rates.standalone_short, sum(g.own for g in gains)),
    )
    taken, status, bound = _fewest(gains, *reachable)
    needed = sorted(taken, key=lambda g: (-g.covers - g.own, g.proposal))
    chosen = {g.proposal for g in needed}
    order = [*needed, *(g for g in gains if g.proposal not in chosen)]
    hits = round((rates.coverage.rate or 0.0) * rates.total)
    steps = _steps(order, hits, rates.standalone, rates.total)
    count = _reaching(order, *reachable)
    solved = Solved(TARGETS, _ACTIONS, status, count, bound, (count - bound) / count if count else 0.0, len(gains))
    short = (
        (_SHORT_COVERED, rates.coverage_short - reachable[0]),
        (_SHORT_OWN, rates.standalone_short - reachable[1]),
    )
    shortages = tuple(Shortage(what, number) for what, number in short if number > 0)
    return Ranked(steps, (solved,) if any(reachable) else (), shortages)


def _reaching(order: Sequence[_Gain], covers: int, own: int) -> int:
    """How many of the first actions reach both; together they do."""
    sums = np.cumsum([(g.covers, g.own) for g in order], axis=0).reshape(-1, 2)
    return int((sums < (covers, own)).any(axis=1).sum()) + 1 if covers or own else 0


def _fewest(gains: Sequence[_Gain], covers: int, own: int) -> tuple[list[_Gain], Status, int]:
    """The fewest actions that bring so much cover and so many own branches, whether proven, and how few there may be.

    All together must bring as much. Actions of equal gain are counted, so the program is small. Of equally few those
    that gain most together. Where nothing is proven the actions may bring less.
    """
    if not (covers or own):
        return [], "optimal", 0
    alike: dict[tuple[int, int], list[_Gain]] = {}
    for gain in gains:
        alike.setdefault((gain.covers, gain.own), []).append(gain)
    brings, k = np.array(list(alike), dtype=np.int64), len(alike)
    one = int(sum(g.covers + g.own for g in gains)) + 1  # an action outweighs all that may be gained beside
    upper = np.array([*map(len, alike.values()), covers, own], dtype=np.int64)
    cost = np.append(one - brings.sum(axis=1), [-one * len(gains)] * 2)
    program = Rows()
    for place in range(2):  # what is reached of a target is at most what the chosen bring
        program.add(np.append(np.arange(k), k + place), np.append(-brings[:, place], 1), most=0)
    found = cheapest_integers(*program.matrix(k + 2), upper, cost)
    counts = found.values[:k].tolist()
    chosen = [gain for of, many in zip(alike.values(), counts, strict=True) for gain in of[:many]]
    if found.status == "optimal":
        return chosen, "optimal", len(chosen)
    # the cheapest reaches all, so that beside what the reached weighs its cost is that of its actions less their gains
    return chosen, "feasible", max(0, ceil((found.bound + one * len(gains) * (covers + own)) / one))


def _gains(base: Context, proposals: Sequence[Proposal]) -> list[_Gain]:
    found, rows = coverage(base), base.network[Organization]
    counts = found.denominator.yes
    uncovered = counts & ((found.possible & np.uint8(~found.counted & 0xFF)) != 0)
    without_own = counts & (found.kind != list(Cover).index(Cover.STANDALONE))
    counted = base.values.flag("functional_counts")
    acting = [p for p in proposals if p.kind in _COVERING and (counted or p.kind is not ActionKind.FUNCTIONAL)]
    at = rows.find([s.id for p in acting for s in p.subjects])
    of = np.repeat(np.arange(len(acting)), [len(p.subjects) for p in acting])
    there = at >= 0
    covers, own = (
        np.bincount(of[there], weights=mask[at[there]], minlength=len(acting)).astype(int).tolist()
        for mask in (uncovered, without_own)
    )
    gains = [_Gain(p.id, covers[k], own[k] if p.kind is ActionKind.STANDALONE else 0) for k, p in enumerate(acting)]
    return [gain for gain in gains if gain.covers or gain.own]


def _steps(gains: Sequence[_Gain], covered: int, own: int, total: int) -> tuple[Step, ...]:
    steps = []
    for gain in gains:
        covered, own = covered + gain.covers, own + gain.own
        steps.append(Step(gain.proposal, gain.covers, gain.own, covered / total, own / total))
    return tuple(steps)


TARGETS = "targets"
"""The part of a plan's `solved` that tells of the fewest actions to the targets."""
_ACTIONS = Text("达到两项目标的最少动作", "fewest actions to both targets")
_SHORT_COVERED = Text(
    "距覆盖率目标还差的组织（没有可行的动作）",
    "organisations short of the coverage target, without any action that covers them",
)
_SHORT_OWN = Text(
    "距单建率目标还差的组织（没有可行的动作）",
    "organisations short of the target of own branches, without any action for them",
)
