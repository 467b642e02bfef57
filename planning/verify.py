"""Does a plan keep what it says? It is applied as if confirmed, the catalogue asked again, and every hard rule tested.

Nothing of the solver is used but the rules: what they say is looked up in the network that comes out.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

import numpy as np
import polars as pl

from graphmodel.network import Network
from graphmodel.text import Text
from planning import rules
from planning.breaches import Breach, breaches
from planning.heeding import heed
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
    training, say); `followed` of gaps of bodies whom the plan leaves without work, or on whom more hangs than before;
    `left` those in the questions that plans are made for that do not end; `beyond` how many do not in each other question.
    `undeclared` those that end by several proposals, none of which is needed alone; `missing` declared ones that do not
    end.
    """

    closed: tuple[str, ...]
    asked: int
    beside: tuple[str, ...]
    opened: tuple[str, ...]
    entered: tuple[str, ...]
    followed: tuple[str, ...]
    undeclared: tuple[str, ...]
    missing: tuple[str, ...]
    breaches: tuple[Breach, ...]
    left: tuple[str, ...]
    beyond: Mapping[str, int]

    @property
    def sound(self) -> bool:
        """Whether it breaks no rule, opens nothing and closes all that it declares."""
        return not (self.breaches or self.opened or self.missing)

    @property
    def line(self) -> Text:
        """In one line: closes 37 of 41, opens 0."""
        beside = Text("；另销不在分母内的 {n} 项", "; beside them {n} of other questions").format(n=len(self.beside))
        more = Text("；新进入范围的缺口 {n} 项", "; {n} come into question").format(n=len(self.entered))
        followed = Text("；附带：{n} 个单位闲置或更显关键", "; leaves {n} bodies idle or more critical")
        followed = followed.format(n=len(self.followed))
        broken = Text("；违反 {n} 项规则", "; breaks {n} rules").format(n=len(self.breaches))
        line = Text("销号 {closed}/{asked}，新开 {opened}", "closes {closed} of {asked}, opens {opened}").format(
            closed=len(self.closed), asked=self.asked, opened=len(self.opened)
        )
        for tail, told in (
            (beside, self.beside),
            (more, self.entered),
            (followed, self.followed),
            (broken, self.breaches),
        ):
            line = Text(line.zh + tail.zh, line.en + tail.en) if told else line
        return line


_NEARER = "purchase-one-step-short"
"""The question of which a new finding means that somebody came nearer to what is asked: no harm done."""
_CRITICAL = "single-point-of-failure"
"""The question of which a new finding means that more hangs on a body than before."""


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
    followed: list[str] = []
    left: list[str] = []
    beyond: dict[str, int] = {}
    asked = 0
    for question in judged():
        heed()
        then, now = ask(question, before), ask(question, after)
        was, is_ = set(then.ids("gap")), set(now.ids("gap"))
        unsure = set(now.ids("cannot-tell"))
        scoped = set(then.rows.frame["id"].filter(pl.Series(then.scope.possible)).to_list())
        name = f"{question.id}|{question.anchor.name}|"
        ended = set() if now.no_data else was - is_ - unsure
        closed += [name + id_ for id_ in sorted(ended)]
        if question.id in ASKED:
            left += [name + id_ for id_ in sorted(was - ended)]
        elif was - ended:
            beyond[question.id] = len(was - ended)
        new = is_ - was
        after_it = new if question.id == _CRITICAL else new & scoped & _only_by(now, rules.IDLE)
        into = new if question.id == _NEARER or then.no_data else (new - scoped) | (new & _only_by(now, _OF_COVERED))
        into -= after_it
        opened += [name + id_ for id_ in sorted(new - after_it - into)]
        entered += [name + id_ for id_ in sorted(into)]
        followed += [name + id_ for id_ in sorted(after_it)]
        asked += len(was) if question.id in ASKED else 0
    found = set(closed)
    return Verification(
        tuple(i for i in closed if i.split("|", 1)[0] in ASKED),
        asked,
        tuple(i for i in closed if i.split("|", 1)[0] not in ASKED),
        tuple(opened),
        tuple(entered),
        tuple(followed),
        tuple(sorted(found - declared)),
        tuple(sorted(declared - found)),
        tuple(breaches(after, changes)),
        tuple(left),
        beyond,
    )


_OF_COVERED = tuple(("grade-above-ceiling", mark) for mark in ("activity", "members", "party-life"))
"""Reasons that are asked of covered organisations only: whoever is newly covered comes into question (J16)."""


def _only_by(now: Answer, reasons: Collection[tuple[str, str]]) -> set[str]:
    """The rows that are gaps for these reasons, (question, code), and for no other."""
    these, others = (np.zeros(len(now.rows), dtype=np.bool_) for _ in range(2))
    for code, truth in now.reasons.items():
        side = these if (now.question.id, code) in reasons else others
        side |= truth.yes
    return set(now.rows.frame["id"].filter(pl.Series(these & ~others)))


def _confirmed(context: Context, network: Network) -> Context:
    return context.over(as_if_confirmed(network))
