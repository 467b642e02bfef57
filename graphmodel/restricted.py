"""What tells how many members an organisation has? Fields that the planner's office and the own body alone see (settled point 8)."""

from __future__ import annotations

import polars as pl

from graphmodel.choices import Purpose
from graphmodel.declare import Element
from graphmodel.schema.edges import Funds
from graphmodel.vectors import Flags

_TELLING: dict[type[Element], pl.Expr] = {Funds: (pl.col("purpose") == Purpose.TRAINING.value).fill_null(value=True)}
"""In which rows of a type its restricted fields tell of members, where not in all: training is paid by the head (J14)."""


def without_restricted(element: type[Element], frame: pl.DataFrame, seen: Flags | None = None) -> pl.DataFrame:
    """The rows of a type with their restricted fields unknown, but in those that are `seen`, bool[n]."""
    hidden = _TELLING.get(element, pl.lit(value=True))
    if seen is not None:
        hidden &= pl.Series(~seen)
    fields = [column.name for column in element.columns.values() if column.restricted]
    return frame.with_columns(pl.when(~hidden).then(pl.col(name)).alias(name) for name in fields)
