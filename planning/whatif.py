"""What would be otherwise? A ChangeSet or another policy laid over the network and asked again; nothing is stored."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, replace

import polars as pl

from graphmodel.changes import ChangeSet
from graphmodel.policy import Values
from graphmodel.vectors import Kleene
from planning.isolation import confirmed
from planning.plan import ActionKind, Plan, Shortage
from planning.planner import plan
from queries.answer import Answer, ask
from queries.changes_between import Change, gap_changes
from queries.context import Context
from queries.coverage import Rates, coverage
from queries.planned import as_if_confirmed
from queries.question import Question
from queries.registry import judged

MOVED = pl.Schema(
    {
        "question": pl.String(),
        "identity": pl.String(),
        "id": pl.String(),
        "name": pl.String(),
        "change": pl.String(),
        "there": pl.Boolean(),
    }
)
_SIDES = {Change.NEW.value: "opened", Change.CLOSED.value: "closed"}


@dataclass(frozen=True, slots=True)
class Counts:
    """One question's answer in numbers; with `no_data` they are 0 and say nothing."""

    total: int
    gaps: int
    cannot_tell: int
    no_data: bool

    @staticmethod
    def of(answer: Answer) -> Counts:
        """Those of an answer."""
        return Counts(answer.total, answer.gaps, answer.unknowns, answer.no_data)


@dataclass(frozen=True, slots=True)
class Difference:
    """One question before and after; `opened` and `closed` count gaps that begin and end.

    A gap that can no longer be told, or whose question has no data any more, is not closed.
    """

    question: Question
    before: Counts
    after: Counts
    opened: int
    closed: int

    @property
    def differs(self) -> bool:
        """Whether anything about it is otherwise."""
        return self.before != self.after or bool(self.opened or self.closed)


@dataclass(frozen=True, slots=True)
class Needs:
    """What a plan would need: `shortages`, how many `proposals` and how many `unplaced` of each kind.

    `registered` are the rates of coverage were all of it confirmed.
    """

    plan: Plan
    shortages: tuple[Shortage, ...]
    proposals: dict[ActionKind, int]
    unplaced: dict[ActionKind, int]
    registered: Rates

    @staticmethod
    def of(context: Context) -> Needs:
        """The plan for a context and what it needs. Cost: that of `plan`."""
        made = plan(context)
        return Needs(
            made,
            made.shortages,
            dict(Counter(p.kind for p in made.proposals)),
            dict(Counter(u.kind for u in made.unplaced)),
            coverage(confirmed(context, made.proposals)).rates(),
        )


@dataclass(frozen=True, slots=True)
class WhatIf:
    """Before and after, question by question.

    `moved` has a row for every gap that opens or closes: `question`, `identity`, `id`, `name`, `change` (opened,
    closed), `there` (whether the row exists on both sides: one that is gone has closed nothing by merit, one that is
    new opens what it brings). `plans` are the needs before and after, where they were asked for.
    """

    before: Context
    after: Context
    changes: ChangeSet
    differences: tuple[Difference, ...]
    moved: pl.DataFrame
    plans: tuple[Needs, Needs] | None = None

    def rates(self, *, filed: bool = False) -> tuple[Rates, Rates]:
        """The rates of coverage before and after, by the policy's denominator, or of the filed."""
        before, after = coverage(self.before), coverage(self.after)

        def scope(which: Kleene) -> Kleene | None:
            return which if filed else None

        return before.rates(scope=scope(before.filed)), after.rates(scope=scope(after.filed))


def laid_over(
    context: Context, changes: Iterable[ChangeSet] = (), values: Values | None = None, *, planned: bool = False
) -> tuple[Context, ChangeSet]:
    """The context with ChangeSets laid over its network, one after another, and with other values of the policy.

    What the network has was imported, even where they leave nothing of it: a question that needs it stays asked.
    `planned` takes all that is planned, by the ChangeSets too, as confirmed. Also gives all changes as one.
    Errors: `Conflict`, `DanglingEdges` where a ChangeSet does not fit.
    """
    network, whole = context.network, ChangeSet({})
    for one in changes:
        network, whole = network.apply(one), whole.then(one)
    if network is context.network:
        network = network.afresh()  # what another policy makes of it is forgotten with the answer
    after = replace(
        context,
        network=as_if_confirmed(network) if planned else network,
        values=values or context.values,
        imported=context.imported or context.network,
    )
    return after if context.earlier is None else after.since(context.earlier.network), whole


def compare(before: Context, after: Context, changes: ChangeSet | None = None, *, with_plan: bool = False) -> WhatIf:
    """Ask the catalogue of both and put the answers side by side.

    Cost: the catalogue twice; with `with_plan` a plan for each side too.
    """
    asked = judged()
    moved = pl.concat([pl.DataFrame(schema=MOVED), *(_moved(q, before, after) for q in asked)])
    tally = Counter(moved.select("question", "change").iter_rows())
    differences = (
        Difference(
            question,
            Counts.of(ask(question, before)),
            Counts.of(ask(question, after)),
            tally[question.id, "opened"],
            tally[question.id, "closed"],
        )
        for question in asked
    )
    plans = (Needs.of(before), Needs.of(after)) if with_plan else None
    return WhatIf(before, after, changes or ChangeSet({}), tuple(differences), moved, plans)


def _moved(question: Question, before: Context, after: Context) -> pl.DataFrame:
    changes = gap_changes(before, after, questions=[question])
    moved = changes.filter(pl.col("change").is_in(list(_SIDES)))
    there = pl.Series("there", [True], dtype=pl.Boolean).new_from_index(0, moved.height)
    for side in (before, after):
        there &= moved["id"].is_in(question.anchor.rows(side).frame["id"].implode())
    return moved.with_columns(pl.col("change").cast(pl.String).replace(_SIDES), there).select(MOVED.names())
