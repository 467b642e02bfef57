"""What is wrong at many rows at once? One fault for each kind of problem of a column, turned into remarks on demand."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

import polars as pl

from graphmodel.personal import personal_shape
from graphmodel.tables import type_named
from graphmodel.text import Text
from loaders.errors import RowError, cell_name, of_each_kind, printable
from loaders.raw import Header, Raw

Explain = Callable[[pl.Series], Sequence[tuple[Text, Text]]]
"""Message and hint for each of some positions, where they differ from row to row."""

_ENDS = {
    "id": Text("标识", "id"),
    "source": Text("起点", "source"),
    "target": Text("终点", "target"),
    "source_type": Text("起点类型", "source type"),
    "target_type": Text("终点类型", "target type"),
}


@dataclass(frozen=True, slots=True, eq=False)
class Problem:
    """One kind of problem in one column.

    Parameters: `code` stable and kebab-case; `wrong` bool[n], which rows have it; `message`, `hint` for all of them;
    `explain` says more about single rows, and is asked only for those that are shown.
    """

    code: str
    wrong: pl.Series
    message: Text
    hint: Text
    explain: Explain | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Fault:
    """A problem in a column of one Raw; `field` None where it is about the whole row."""

    raw: Raw
    field: str | None
    problem: Problem


def title_of(name: str, field: str) -> Text:
    """What a field, an id or an end is called, in both languages."""
    columns = type_named(name).columns
    return columns[field].title if field in columns else _ENDS[field]


def header_of(raw: Raw, field: str) -> Header:
    """Under which header a field stood, else its Chinese title."""
    return raw.headers.get(field, Header(title_of(raw.name, field).zh))


def unsaid(texts: Iterable[str]) -> list[str]:
    """The texts as they may be shown: those with the shape of personal data become …, control characters �."""
    listed = pl.Series("text", list(texts), dtype=pl.String)
    return ["…" if secret else printable(text) for text, secret in zip(listed, personal_shape(listed), strict=True)]


def remarks(faults: Sequence[Fault], most: int) -> tuple[list[RowError], Counter[str]]:
    """At most `most` errors, of each kind some, by file, sheet and row as the faults were met, and how many there are by code."""
    counts: Counter[str] = Counter()
    order: dict[tuple[str, str], int] = {}
    shown: list[tuple[int, int, int, RowError]] = []
    for number, fault in enumerate(faults):
        counts[fault.problem.code] += int(fault.problem.wrong.sum())
        at = fault.problem.wrong.arg_true().head(most)
        place = order.setdefault(fault.raw.place, len(order))
        shown += [(place, error.row or 0, number, error) for error in _errors(fault, at)]
    shown.sort(key=lambda each: each[:3])
    return of_each_kind([error for *_, error in shown], most), counts


def _errors(fault: Fault, at: pl.Series) -> list[RowError]:
    raw, problem = fault.raw, fault.problem
    texts = problem.explain(at) if problem.explain else [(problem.message, problem.hint)] * len(at)
    rows = raw.rows.gather(at).to_list()
    headers: list[Header | None] = [header_of(raw, fault.field) if fault.field else None] * len(at)
    if fault.field is not None and fault.field in raw.elsewhere:
        other, there = raw.elsewhere[fault.field]
        headers = [other if is_there else header for header, is_there in zip(headers, there.gather(at), strict=True)]
    values: list[str | None] = [None] * len(at)
    if fault.field in raw.frame.columns:
        found = raw.frame.get_column(fault.field).gather(at)
        values = [None if secret else value for value, secret in zip(found, personal_shape(found), strict=True)]
    return [
        RowError(
            raw.file,
            raw.sheet,
            row,
            header.text if header else None,
            value,
            problem.code,
            message,
            hint,
            cell_name(row, header.index) if header and header.index and row else None,
        )
        for row, header, value, (message, hint) in zip(rows, headers, values, texts, strict=True)
    ]
