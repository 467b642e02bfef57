"""Does a plan keep what it says? It is applied as if confirmed, the catalogue asked again, and every hard rule tested.

Nothing of the solver is used but the rules: what they say is looked up in the network that comes out.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl

from graphmodel.network import Network
from graphmodel.text import Text
from planning import rules
from planning.breaches import Breach, breaches
from planning.plan import ASKED, Plan, together
from queries.answer import Answer, ask
from queries.context import Context
from queries.planned import as_if_confirmed
from queries.registry import judged

__all__ = ["Breach", "Verification", "verify"]


@dataclass(frozen=True, slots=True)
class Verification:
    """What becomes of the findings, and of the rules.

    `closed` identities of gaps that end, of `asked` gaps in the questions that plans are made for; `beside` of those
    that end in other questions; `opened` of gaps that begin although the row was in question before; `entered` of gaps
    of rows that come into question, or nearer to what is asked, only now (a newly covered organisation is asked about
    training, say), or whose capacity the plan sets free; `undeclared` those that end by several proposals, none of which is needed alone; `missing` declared
    ones that do not end.
    """

    closed: tuple[str, ...]
    asked: int
    beside: tuple[str, ...]
    opened: tuple[str, ...]
    entered: tuple[str, ...]
    undeclared: tuple[str, ...]
    missing: tuple[str, ...]
    breaches: tuple[Breach, ...]

    @property
    def sound(self) -> bool:
        """Whether it breaks no rule, opens nothing and closes all that it declares."""
        return not (self.breaches or self.opened or self.missing)

    @property
    def line(self) -> Text:
        """In one line: closes 37 of 41, opens 0."""
        more = Text("；新进入范围的缺口 {n} 项", "; {n} come into question").format(n=len(self.entered))
        broken = Text("；违反 {n} 项规则", "; breaks {n} rules").format(n=len(self.breaches))
        line = Text("销号 {closed}/{asked}，新开 {opened}", "closes {closed} of {asked}, opens {opened}").format(
            closed=len(self.closed), asked=self.asked, opened=len(self.opened)
        )
        for tail in (more if self.entered else None, broken if self.breaches else None):
            line = line if tail is None else Text(line.zh + tail.zh, line.en + tail.en)
        return line


_NEARER = ("purchase-one-step-short", "single-point-of-failure")
"""Questions of which a new finding means that somebody came nearer, or that more is held up by a body: no harm done."""


def verify(context: Context, plan: Plan) -> Verification:
    """Verify a plan against the network that it was made for, or a newer one.

    Errors: `Conflict`, `DanglingEdges` where the network has moved so that the plan does not fit it any more.
    Cost: the catalogue twice.
    """
    changes = together(plan.proposals)
    before = _confirmed(context, context.network)
    after = _confirmed(context, context.network.apply(changes))
    declared = {identity for p in plan.proposals for identity in p.closes}
    closed: list[str] = []
    opened: list[str] = []
    entered: list[str] = []
    asked = 0
    for question in judged():
        then, now = ask(question, before), ask(question, after)
        was, is_ = set(then.ids("gap")), set(now.ids("gap"))
        unsure = set(now.ids("cannot-tell"))
        scoped = set(then.rows.frame["id"].filter(pl.Series(then.scope.possible)).to_list())
        name = f"{question.id}|{question.anchor.name}|"
        closed += [name + id_ for id_ in sorted(was - is_ - unsure)] if not now.no_data else []
        there = set[str]() if question.id in _NEARER or then.no_data else scoped - _entering(now)
        opened += [name + id_ for id_ in sorted((is_ - was) & there)]
        entered += [name + id_ for id_ in sorted((is_ - was) - there)]
        asked += len(was) if question.id in ASKED else 0
    found = set(closed)
    return Verification(
        tuple(i for i in closed if i.split("|", 1)[0] in ASKED),
        asked,
        tuple(i for i in closed if i.split("|", 1)[0] not in ASKED),
        tuple(opened),
        tuple(entered),
        tuple(sorted(found - declared)),
        tuple(sorted(declared - found)),
        tuple(breaches(after, changes)),
    )


_OF_COVERED = tuple(("grade-above-ceiling", mark) for mark in ("activity", "members", "party-life"))
"""Reasons that are asked of covered organisations only: whoever is newly covered comes into question (J16)."""


def _entering(now: Answer) -> set[str]:
    """The rows that are gaps only for having nothing to do any more, or for what is asked of the covered."""
    codes = [code for code in now.reasons if (now.question.id, code) in (*rules.IDLE, *_OF_COVERED)]
    free = np.zeros(len(now.rows), dtype=np.bool_)
    for code in codes:
        free |= now.reasons[code].yes
    for code, truth in now.reasons.items():
        if code not in codes:
            free &= ~truth.yes
    return set(now.rows.frame["id"].filter(pl.Series(free))) if codes else set()


def _confirmed(context: Context, network: Network) -> Context:
    return Context(as_if_confirmed(network), context.values, context.today, context.earlier)
