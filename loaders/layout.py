"""How does a source's sheet go back to its user? In its own layout, without what concerns persons."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

import polars as pl

from loaders.grid import Grid
from loaders.headers import Sheet
from loaders.personal import is_personal_column, is_personal_header, without_personal

_MAY_NAME_PERSONS = ("signature", "note")


@dataclass(frozen=True, slots=True, eq=False)
class Layout:
    """A sheet as it was read, and what of it must not be given back.

    Parameters: `grid` the sheet; `top` how many of its rows stand above the data; `withheld` its columns (`c0` …) with
    personal data, or without a header to judge them by; `silent` rows of the source that may name persons, such as
    signatures.
    """

    grid: Grid
    top: int
    withheld: frozenset[str]
    silent: frozenset[int] = frozenset()

    @staticmethod
    def of_sheet(grid: Grid, sheet: Sheet) -> Layout:
        """The layout of a sheet whose table `find_table` found."""
        named = {column.name: column.header for column in sheet.columns}
        first = min((int(sheet.rows[0]),) if sheet.rows.len() else (), default=grid.height + 1)
        aside = sheet.set_aside.filter(pl.col("reason").is_in(_MAY_NAME_PERSONS))["row"]
        top = int((grid.rows < first).sum())
        return Layout(grid, top, withheld(grid, named, top), frozenset(aside.to_list()))

    def safe(self) -> pl.DataFrame:
        """The grid's texts as they may be given back; all else is blank."""
        silent = self.grid.rows.is_in(list(self.silent)) if self.silent else None
        frame = without_personal(self.grid.frame, self.withheld)
        if silent is None:
            return frame
        return frame.select(pl.when(~pl.lit(silent)).then(pl.col(c)).alias(c) for c in frame.columns)


def withheld(grid: Grid, headers: Mapping[str, str], top: int, known: Collection[str] = ()) -> frozenset[str]:
    """Which columns of a grid are not given back: personal by header or values, or without a header.

    Parameters: `headers` of the grid's columns, groups first; `top` how many rows stand above the data; `known` columns
    that are fields of the schema, whose values the validator judges.
    """
    body = grid.frame.slice(top)
    return frozenset(
        c
        for c in grid.frame.columns
        if c not in known and (c not in headers or is_personal_header(headers[c]) or is_personal_column(body[c]))
    )
