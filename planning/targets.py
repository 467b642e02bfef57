"""Which fewest actions reach the targets of coverage and of own branches, and what does each gain? (J11)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from graphmodel.schema import Organization
from graphmodel.text import Text
from planning.plan import ActionKind, Proposal, Shortage, Step
from queries.context import Context
from queries.coverage import Cover, coverage

_COVERING = (ActionKind.STANDALONE, ActionKind.JOIN_JOINT, ActionKind.NEW_JOINT, ActionKind.FUNCTIONAL)


@dataclass(frozen=True, slots=True)
class _Gain:
    """What one action brings: organisations newly covered, and newly with a branch of their own."""

    proposal: str
    covers: int
    own: int


def ranked(base: Context, proposals: Sequence[Proposal]) -> tuple[tuple[Step, ...], tuple[Shortage, ...]]:
    """The actions that raise the rates, the fewest that reach both targets first; what no action here can reach.

    `base` is the context as if all planned before were confirmed. Each organisation counts once and no two actions
    are for the same one, so gains add up. Fewest, exactly: as many own branches as that target lacks, those of the
    uncovered first; then whatever covers most, until the other is reached.
    """
    found = coverage(base)
    rates = found.rates()
    gains = _gains(base, proposals)
    by_own = sorted((g for g in gains if g.own), key=lambda g: (-g.own, -g.covers, g.proposal))
    needed, own = [], 0
    while own < rates.standalone_short and by_own:
        needed.append(by_own.pop(0))
        own += needed[-1].own
    chosen = {g.proposal for g in needed}
    covered = sum(g.covers for g in needed)
    rest = sorted((g for g in gains if g.proposal not in chosen), key=lambda g: (-g.covers, -g.own, g.proposal))
    while covered < rates.coverage_short and rest and rest[0].covers:
        needed.append(rest.pop(0))
        covered += needed[-1].covers
    needed.sort(key=lambda g: (-g.covers - g.own, g.proposal))
    hits = round((rates.coverage.rate or 0.0) * rates.total)
    steps = _steps([*needed, *rest], hits, rates.standalone, rates.total)
    short = (
        (_SHORT_COVERED, rates.coverage_short - sum(g.covers for g in gains)),
        (_SHORT_OWN, rates.standalone_short - sum(g.own for g in gains)),
    )
    return steps, tuple(Shortage(what, number) for what, number in short if number > 0)


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


_SHORT_COVERED = Text(
    "距覆盖率目标还差的组织（没有可行的动作）",
    "organisations short of the coverage target, without any action that covers them",
)
_SHORT_OWN = Text(
    "距单建率目标还差的组织（没有可行的动作）",
    "organisations short of the target of own branches, without any action for them",
)
