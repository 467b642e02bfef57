"""What would be otherwise? A ChangeSet or another policy laid over the network and asked again; nothing is stored."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from functools import cache

import numpy as np
import polars as pl

from graphmodel.changes import ChangeSet
from graphmodel.network import Network
from graphmodel.policy import Values
from graphmodel.rows import find_rows
from graphmodel.vectors import Kleene
from planning.isolation import confirmed
from planning.plan import ActionKind, Plan, Shortage
from planning.planner import plan
from queries.answer import Answer, ask
from queries.changes_between import Change, answer_changes
from queries.context import Context
from queries.coverage import Rates, coverage
from queries.needs import Those, groups
from queries.parts import types_read
from queries.planned import as_if_confirmed
from queries.question import Question
from queries.registry import judged
from queries.relations import Hop

MOVED = pl.Schema(
    {
        "question": pl.String(),
        "identity": pl.String(),
        "id": pl.String(),
        "name": pl.String(),
        "change": pl.String(),
        "there": pl.Boolean(),
        "asked": pl.Boolean(),
        "reasons": pl.List(pl.String()),
    }
)
_SIDES = {Change.NEW: "opened", Change.CLOSED: "closed"}


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
class Turn:
    """Gaps that open, or that close: how many, and why.

    `absent` of them are rows that are not there on the other side, `unasked` such as are there and out of scope;
    `reasons` code → how many are, or were, a gap for that reason (a gap may have several).
    """

    total: int
    absent: int
    unasked: int
    reasons: dict[str, int]

    @staticmethod
    def of(moved: pl.DataFrame) -> Turn:
        """Of rows of `WhatIf.moved`."""
        there, asked = moved["there"], moved["asked"]
        reasons = (
            moved["reasons"]
            .explode()
            .drop_nulls()
            .value_counts(sort=True)
            .sort("count", "reasons", descending=[True, False])
        )
        return Turn(moved.height, int((~there).sum()), int((there & ~asked).sum()), dict(reasons.iter_rows()))


@dataclass(frozen=True, slots=True)
class Difference:
    """One question before and after, the gaps that open and close, and what it rests on that is otherwise.

    A gap that can no longer be told, or whose question has no data any more, is not closed. `types` are those of which the
    question reads rows that were changed, `parameters` those of the policy that it depends on and that were.
    """

    question: Question
    before: Counts
    after: Counts
    opens: Turn
    closes: Turn
    types: tuple[str, ...]
    parameters: tuple[str, ...]

    @property
    def opened(self) -> int:
        """How many gaps begin."""
        return self.opens.total

    @property
    def closed(self) -> int:
        """How many end."""
        return self.closes.total

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
    new opens what it brings), `asked` (whether the other side has it in scope, or may), `reasons` (codes). `plans` are
    the needs before and after, where they were asked for.
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


def otherwise(context: Context, network: Network, values: Values | None = None, *, planned: bool = False) -> Context:
    """The context as it would be: with changes laid over its network, and with other values of the policy.

    `network` is the context's own with the changes applied; `planned` takes all that is planned in it as confirmed. What
    the context's network has was imported, even where nothing of it is left: a question that needs it stays asked.
    """
    if network is context.network:
        network = network.afresh()  # what another policy makes of it is forgotten with the answer
    after = replace(
        context,
        network=as_if_confirmed(network) if planned else network,
        values=values or context.values,
        imported=context.imported or context.network,
    )
    return after if context.earlier is None else after.since(context.earlier.network)


def compare(before: Context, after: Context, changes: ChangeSet | None = None, *, with_plan: bool = False) -> WhatIf:
    """Ask the catalogue of both and put the answers side by side.

    Cost: the catalogue twice; with `with_plan` a plan for each side too.
    """
    both = [(ask(question, before), ask(question, after)) for question in judged()]
    changed, other = changes or ChangeSet({}), _other_parameters(before, after)
    moved = [_moved(was, before, now, after) for was, now in both]
    differences = (
        Difference(
            was.question,
            Counts.of(was),
            Counts.of(now),
            Turn.of(frame.filter(pl.col("change") == "opened")),
            Turn.of(frame.filter(pl.col("change") == "closed")),
            tuple(name for name in changed.deltas if name in _rests_on(was.question)),
            tuple(name for name in other if name in was.question.all_parameters),
        )
        for (was, now), frame in zip(both, moved, strict=True)
    )
    plans = (Needs.of(before), Needs.of(after)) if with_plan else None
    return WhatIf(before, after, changed, tuple(differences), pl.concat([pl.DataFrame(schema=MOVED), *moved]), plans)


def _other_parameters(before: Context, after: Context) -> list[str]:
    return [name for name in after.values if after.values[name] != before.values[name]]


@cache
def _rests_on(question: Question) -> set[str]:
    """The types whose rows a question is about, asks of, needs at all, or shows as evidence."""
    needed = [need.hop if isinstance(need, Those) else need for group in groups(question.needs) for need in group]
    rests = [question.anchor.element, *needed, *question.evidence]
    found = [one.edge_type if isinstance(one, Hop) else one for one in rests]
    return {one.type_name for one in found if isinstance(one, type)} | types_read(*question.expressions)


def _moved(was: Answer, before: Context, now: Answer, after: Context) -> pl.DataFrame:
    """The gaps of one question that open, then those that close; columns as `MOVED`."""
    changes = answer_changes(was, before, now, after)
    return pl.concat([_turned(changes, Change.NEW, now, was), _turned(changes, Change.CLOSED, was, now)])


def _turned(changes: pl.DataFrame, change: Change, side: Answer, other: Answer) -> pl.DataFrame:
    """The gaps that came or went, which are gaps on one side and set against the other."""
    rows = changes.filter(pl.col("change") == change.value)
    here, there = (find_rows(rows["id"], answer.rows.frame["id"]) for answer in (side, other))
    return rows.with_columns(
        change=pl.lit(_SIDES[change]),
        there=pl.Series(there >= 0),
        asked=pl.Series(np.append(other.scope.possible, False)[there]),
        reasons=side.codes("gap", here),
    ).select(MOVED.names())
