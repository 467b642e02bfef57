"""What is answered? Pass, gap or cannot tell for every row in scope, with reasons, evidence and what it rests on."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property, partial, reduce
from typing import Any, Literal

import numpy as np
import polars as pl

from graphmodel.network import Stamp
from graphmodel.rows import NodeRows, Rows, find_rows
from graphmodel.vectors import Flags, Indices, Kleene
from queries.context import Context
from queries.missing import missing, unknown_of
from queries.needs import present, unmet
from queries.question import Question

Verdict = Literal["gap", "cannot-tell", "pass"]


@dataclass(frozen=True)
class Answer:
    """The answer to one question on one network.

    `scope` and `gap` are three-valued over the anchor's rows; `gap` already includes the scope. `reasons` code →
    where it is given as a reason. `used` are the policy values that the answer depends on; `no_data` says that
    what the question needs was never imported, and then nothing is counted. `missing` tells of rows that cannot be told
    (bool[n]) which fields and relations leave them open: label → bool[n].
    """

    question: Question
    stamp: Stamp
    rows: Rows
    scope: Kleene
    gap: Kleene
    reasons: Mapping[str, Kleene]
    used: Mapping[str, Any]
    no_data: bool
    missing: Callable[[Flags], Mapping[str, Flags]]

    @property
    def total(self) -> int:
        """How many rows are in scope for certain: the denominator."""
        return 0 if self.no_data else int(self.scope.yes.sum())

    @property
    def gaps(self) -> int:
        """How many are gaps for certain."""
        return len(self.gap_rows)

    @property
    def unknowns(self) -> int:
        """Of how many it cannot be told whether they are gaps."""
        return len(self.unknown_rows)

    @property
    def passes(self) -> int:
        """How many are in scope for certain and certainly no gap."""
        return 0 if self.no_data else int((self.scope.yes & self.gap.no).sum())

    @cached_property
    def gap_rows(self) -> Indices:
        """int32[gaps]: the rows that are gaps, ascending."""
        return self._where(self.gap.yes)

    @cached_property
    def unknown_rows(self) -> Indices:
        """int32[unknowns]: the rows of which it cannot be told, ascending."""
        return self._where(self.gap.unknown)

    def _where(self, mask: Flags) -> Indices:
        found = np.flatnonzero(mask).astype(np.int32)
        return found[:0] if self.no_data else found

    def ids(self, verdict: Verdict = "gap") -> list[str]:
        """The ids of the rows with that verdict, ascending."""
        return self._rows(verdict)["id"].to_list()

    def _rows(self, verdict: Verdict) -> pl.DataFrame:
        places = {"gap": self.gap_rows, "cannot-tell": self.unknown_rows}.get(verdict)
        if places is None:
            places = self._where(self.scope.yes & self.gap.no)
        return self.rows.frame[places]

    def findings(self) -> pl.DataFrame:
        """Gaps, then rows that cannot be told, each ordered by id.

        Columns: `identity` (stable from revision to revision), `id`, `name`, `verdict`, `reasons` (list of codes, for
        cannot-tell those that may hold), `missing` (list of the fields and relations whose unknown value leaves it open), then the question's columns.
        """
        parts = []
        for verdict, places in (("gap", self.gap_rows), ("cannot-tell", self.unknown_rows)):
            frame = self.rows.frame[places]
            shown = frame.select("id", "name", pl.lit(verdict).alias("verdict"), *self.question.columns)
            lists = [self.codes(verdict, places).alias("reasons"), self._missing(verdict, places).alias("missing")]
            parts.append(shown.with_columns(lists))
        findings = pl.concat(parts)
        columns = ["identity", "id", "name", "verdict", "reasons", "missing", *self.question.columns]
        return findings.with_columns(identity=identities(self.question, pl.col("id"))).select(columns)

    def codes(self, verdict: str, places: Indices) -> pl.Series:
        """The reasons for which rows are gaps, or of cannot-tell those that may hold: a list of codes for each of `places`."""
        masks = {}
        for code, truth in self.reasons.items():
            holds = truth.yes if verdict == "gap" else truth.possible
            masks[code] = np.where(holds[places], code, "")
        return _listed(masks, len(places))

    def _missing(self, verdict: str, places: Indices) -> pl.Series:
        if verdict == "gap":
            return _listed({}, len(places))
        where = np.zeros(len(self.rows), dtype=np.bool_)
        where[places] = True
        masks = {label: np.where(mask[places], label, "") for label, mask in self.missing(where).items()}
        missing = _listed(masks, len(places))
        fields = self.question.anchor.fields.columns  # not those of the frame: of a server's answer it holds a few
        relations = [label for label in masks if label not in fields]  # records that contradict each other
        beyond = _alike(relations, len(places))
        return pl.select(pl.when(missing.list.len() > 0).then(missing).otherwise(beyond)).to_series()


def beside(answer: Answer, context: Context) -> pl.DataFrame:
    """What stands beside the findings of an answer, in their order: the columns of `Question.beside`.

    Made in process of the network that was asked, whoever answered. Cost: linear in the relations that are shown.
    """
    shown = answer.question.beside
    if not shown:
        return pl.DataFrame()
    rows = answer.question.anchor.rows(context)
    ids = pl.Series([*answer.ids("gap"), *answer.ids("cannot-tell")], dtype=pl.String)
    at = find_rows(ids, rows.frame["id"])
    return pl.DataFrame([column.made(rows, context, at).alias(name) for name, column in shown.items()])


def _alike(words: list[str], height: int) -> pl.Series:
    """The same list so many times, without a look at each."""
    return pl.Series([words], dtype=pl.List(pl.String)).new_from_index(0, height)


def _listed(masks: Mapping[str, Any], height: int) -> pl.Series:
    if not masks:
        return _alike([], height)
    frame = pl.DataFrame({name: pl.Series(values, dtype=pl.String) for name, values in masks.items()})
    return frame.select(pl.concat_list(pl.all()).list.eval(pl.element().filter(pl.element() != ""))).to_series()


def identities(question: Question, ids: pl.Expr) -> pl.Expr:
    """The identities of a question's findings about rows of those ids, stable from revision to revision."""
    return pl.lit(f"{question.id}|{question.anchor.name}|") + ids


def ask(question: Question, context: Context) -> Answer:
    """Answer a question in process. Cost: linear in the nodes and edges that it reads; shared facts are free."""
    rows = question.anchor.rows(context)
    scope = question.scope.evaluate(rows, context)
    reasons = {code: reason.when.evaluate(rows, context) for code, reason in question.reasons.items()}
    no_data = bool(unmet(question.needs, present(context)))
    return answered(
        question, context, rows, scope, reasons, partial(_missing, question, rows, context), no_data=no_data
    )


def _missing(question: Question, rows: Rows, context: Context, where: Flags) -> Mapping[str, Flags]:
    return missing(question.expressions, unknown_of(rows, context), where)


def answered(
    question: Question,
    context: Context,
    rows: Rows,
    scope: Kleene,
    reasons: Mapping[str, Kleene],
    missing: Callable[[Flags], Mapping[str, Flags]],
    *,
    no_data: bool,
) -> Answer:
    """The answer that the truth of scope and reasons over some rows makes: a gap is in scope and has any reason."""
    within = {code: scope & truth for code, truth in reasons.items()}
    gap = reduce(Kleene.__or__, within.values())
    used = {name: context.values[name] for name in question.all_parameters}
    return Answer(question, context.network.stamp, rows, scope, gap, within, used, no_data, missing)


def by_track(answer: Answer) -> dict[str, tuple[int, int, int]]:
    """Registered and filed apart: track → (total, gaps, cannot tell); rows of unknown track under "unknown".

    A track of which nothing is in scope is left out.
    """
    if not isinstance(answer.rows, NodeRows) or "track" not in answer.rows.element.columns or answer.no_data:
        return {}
    track = answer.rows.frame["track"].cast(pl.String).fill_null("unknown").to_numpy()
    return {
        word: tuple(int(mask[track == word].sum()) for mask in (answer.scope.yes, answer.gap.yes, answer.gap.unknown))  # type: ignore[misc]
        for word in ("registered", "filed", "unknown")
        if (answer.scope.possible & (track == word)).any()
    }
