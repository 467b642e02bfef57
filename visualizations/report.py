"""What does a report hold? The whole catalogue asked of one network, worst first, each figure with what it rests on."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace

import polars as pl

from graphmodel import restricted
from graphmodel.network import Network
from graphmodel.policy import Values
from graphmodel.tables import type_named
from graphmodel.text import Text
from queries.answer import Answer, ask
from queries.case_overview import overview
from queries.context import Context
from queries.parts import walk
from queries.question import Question, Severity, Table
from queries.registry import catalogue, judged
from queries.values import Field, Flag

Progress = Callable[[int, int, str], None]
"""Told how many of how many questions are done, and the term of the one that comes next."""


@dataclass(frozen=True, slots=True)
class Report:
    """All answers on one network: `answers` ordered by severity, then by number of gaps; `tables` by question id.

    `cases` are those that are followed, as `case_overview.overview` tables them: no row where there are none.
    `notes` are further lines under what the figures rest on, such as how far an open plan has come.
    """

    network: Network
    values: Values
    today: dt.date
    answers: tuple[Answer, ...]
    tables: dict[str, pl.DataFrame]
    cases: pl.DataFrame
    notes: tuple[Text, ...] = ()

    @property
    def summary(self) -> pl.DataFrame:
        """One row a judged question, in the report's order.

        Columns: `id`, `term`, `severity` (stored value), `total`, `gaps`, `cannot_tell`, `rate` (gaps / total, null
        without total), `no_data`, `clauses`.
        """
        rows = [
            (
                a.question.id,
                a.question.term,
                a.question.severity.value,
                a.total,
                a.gaps,
                a.unknowns,
                a.gaps / a.total if a.total else None,
                a.no_data,
                ", ".join(a.question.clauses),
            )
            for a in self.answers
        ]
        return pl.DataFrame(rows, schema=_SUMMARY, orient="row")

    def answer(self, id_: str) -> Answer:
        """The answer to one judged question; `KeyError` where the report has none."""
        return {a.question.id: a for a in self.answers}[id_]


_SUMMARY = {
    "id": pl.String,
    "term": pl.String,
    "severity": pl.String,
    "total": pl.Int64,
    "gaps": pl.Int64,
    "cannot_tell": pl.Int64,
    "rate": pl.Float64,
    "no_data": pl.Boolean,
    "clauses": pl.String,
}


def compose(
    context: Context,
    questions: Iterable[Question | Table] | None = None,
    progress: Progress | None = None,
    earlier: Context | None = None,
    *,
    include_restricted: bool = True,
    asking: Callable[[Question, Context], Answer] = ask,
) -> Report:
    """Ask every question, or those given, of one context. Cost: the sum of the questions; shared facts once.

    Tables that compare two revisions are in it where there is an `earlier` one. Without restricted fields (settled
    point 8) the report rests on a network that does not have them, so that nothing made of it can tell them:
    questions that they decide are left out, and no column shows them. `asking` answers questions that judge rows.
    """
    asked = list(catalogue().values() if questions is None else questions)
    if not include_restricted:
        context, earlier = without_restricted(context), earlier and without_restricted(earlier)
        asked = [q if isinstance(q, Table) else without_restricted_columns(q) for q in asked if not reads_restricted(q)]
    wanted = [q for q in asked if isinstance(q, Question) or earlier is not None or not q.needs_history]
    answers: list[Answer] = []
    tables: dict[str, pl.DataFrame] = {}
    for done, question in enumerate(wanted):
        if progress is not None:
            progress(done, len(wanted), question.term)
        if isinstance(question, Question):
            answers.append(asking(question, context))
        else:
            tables[question.id] = question.answer(context, earlier)
    severities = list(Severity)
    answers.sort(key=lambda a: (a.no_data, severities.index(a.question.severity), -a.gaps, a.question.id))
    cases = overview((), context.today, 0) if context.cases is None else context.cases
    return Report(context.network, context.values, context.today, tuple(answers), tables, cases)


def reads_restricted(question: Question | Table) -> bool:
    """Whether restricted fields decide it, so that its findings are the planner's office's alone (settled point 8)."""
    if isinstance(question, Table):
        return question.restricted
    expressions = [question.scope, *(reason.when for reason in question.reasons.values())]
    parts = (part for expression in expressions for part in walk(expression) if isinstance(part, Field | Flag))
    return any(part.element.columns[part.name].restricted for part in parts)


def without_restricted(context: Context) -> Context:
    """The same context on a network whose restricted fields are all unknown, without cases that they decide."""
    earlier = context.earlier and without_restricted(context.earlier)
    told = [q.id for q in judged() if not reads_restricted(q)]
    cases = context.cases if context.cases is None else context.cases.filter(pl.col("question").is_in(told))
    return replace(context, network=without_members(context.network), earlier=earlier, cases=cases)


def without_members(network: Network) -> Network:
    """The network with every restricted field unknown."""
    tables = {name: restricted.without_restricted(type_named(name), frame) for name, frame in network.tables().items()}
    return Network.from_tables(tables, network.stamp)


def without_restricted_columns(asked: Question) -> Question:
    """The same question without the columns that show restricted fields, or what these can be told from."""
    fields = asked.anchor.fields.columns if asked.columns else {}
    columns = tuple(name for name in asked.columns if not fields[name].restricted)
    beside = {name: column for name, column in asked.beside.items() if not column.restricted}
    return replace(asked, columns=columns, beside=beside)
