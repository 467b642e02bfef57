"""What does a report hold? The whole catalogue asked of one network, worst first, each figure with what it rests on."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable
from dataclasses import dataclass

import polars as pl

from graphmodel.network import Network
from graphmodel.policy import Values
from queries.answer import Answer, ask
from queries.context import Context
from queries.question import Question, Severity, Table
from queries.registry import catalogue

Progress = Callable[[int, int, str], None]
"""Told how many of how many questions are done, and the term of the one that comes next."""


@dataclass(frozen=True, slots=True)
class Report:
    """All answers on one network: `answers` ordered by severity, then by number of gaps; `tables` by question id."""

    network: Network
    values: Values
    today: dt.date
    answers: tuple[Answer, ...]
    tables: dict[str, pl.DataFrame]

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
) -> Report:
    """Ask every question, or those given, of one context. Cost: the sum of the questions; shared facts once.

    Tables that compare two revisions are in it where there is an `earlier` one.
    """
    asked = catalogue().values() if questions is None else questions
    wanted = [q for q in asked if isinstance(q, Question) or earlier is not None or not q.needs_history]
    answers: list[Answer] = []
    tables: dict[str, pl.DataFrame] = {}
    for done, question in enumerate(wanted):
        if progress is not None:
            progress(done, len(wanted), question.term)
        if isinstance(question, Question):
            answers.append(ask(question, context))
        else:
            tables[question.id] = question.answer(context, earlier)
    severities = list(Severity)
    answers.sort(key=lambda a: (a.no_data, severities.index(a.question.severity), -a.gaps, a.question.id))
    return Report(context.network, context.values, context.today, tuple(answers), tables)
