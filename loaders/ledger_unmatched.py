"""What is told of a ledger's columns that its mapping does not know, so that a person can say what they are?"""

from __future__ import annotations

from collections.abc import Callable

import polars as pl

from graphmodel.text import Text
from graphmodel.values import parse_dates, parse_flags, parse_numbers
from loaders.errors import RowError, cell_name
from loaders.headers import Column, Sheet

UNMATCHED = "unmatched-column"
_MOST = 0.8  # of a column's values that are of one kind, where the column is called so
_KINDS: tuple[tuple[Text, Callable[[pl.Expr], pl.Expr]], ...] = (
    (Text("是或否", "yes or no"), parse_flags),
    (Text("数字", "numbers"), parse_numbers),
    (Text("日期", "dates"), lambda text: parse_dates(text).struct.field("date")),
)
_TEXTS = Text("文字", "text")


def unmatched(sheet: Sheet, column: Column) -> RowError | None:
    """The notice that a column was not read: how many values it has and of which kind, none of them shown; None where it is empty."""
    values = sheet.frame[column.name].drop_nulls()
    if not values.len():
        return None
    kind = _kind(values)
    message = Text(
        f"台账里没有这一列，{values.len()} 个单元格没有读取；填的是{kind.zh}。",
        f"The ledger has no such column; {values.len()} cells were not read; they hold {kind.en}.",
    )
    hint = Text(
        "需要的，请说明它是台账的哪一列（网页上选择，命令行用 --column）；不需要的可以忽略。",
        "If it is needed, say which column of the ledger it is (chosen on the page, --column in the shell); else ignore it.",
    )
    cell = cell_name(1, column.index)[:-1]
    return RowError(sheet.file, sheet.name, None, column.header, None, UNMATCHED, message, hint, cell)


def _kind(values: pl.Series) -> Text:
    for title, parse in _KINDS:
        read = values.to_frame("value").select(parse(pl.col("value"))).to_series()
        if values.len() - read.null_count() >= _MOST * values.len():
            return title
    return _TEXTS
