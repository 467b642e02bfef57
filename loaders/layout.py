"""How does a source's sheet go back to its user? In its own layout, without what concerns persons."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

import polars as pl

from loaders.grid import Grid
from loaders.headers import Sheet, header_key
from loaders.personal import is_personal_column, is_personal_header, without_personal

_SERIAL = frozenset(("序号", "no", "no.", "serialnumber"))
_MAY_NAME_PERSONS = ("signature", "note")


@dataclass(frozen=True, slots=True, eq=False)
class Layout:
    """A sheet as it was read, and what of it must not be given back.

    Parameters: `grid` the sheet; `top` how many of its rows stand above the data; `withheld` its columns (`c0` …) that
    are not read, as nobody knows what they hold; `silent` rows of the source that may name persons, such as signatures;
    `groups` headers that stand over columns which are read, and stay wherever they are written.
    """

    grid: Grid
    top: int
    withheld: frozenset[str]
    silent: frozenset[int] = frozenset()
    groups: frozenset[str] = frozenset()

    @staticmethod
    def of_sheet(grid: Grid, sheet: Sheet, known: Collection[str]) -> Layout:
        """The layout of a sheet whose table `find_table` found, and of whose columns `known` are read."""
        named = {column.name: column.header for column in sheet.columns}
        first = min((int(sheet.rows[0]),) if sheet.rows.len() else (), default=grid.height + 1)
        aside = sheet.set_aside.filter(pl.col("reason").is_in(_MAY_NAME_PERSONS))["row"]
        top = int((grid.rows < first).sum())
        personal = {c for c in known if is_personal_header(named[c]) or is_personal_column(grid.frame[c].slice(top))}
        groups = frozenset(header_key(part) for c in known if c not in personal for part in named[c].split("/")[:-1])
        return Layout(grid, top, withheld(grid, named, set(known) - personal), frozenset(aside.to_list()), groups)

    def safe(self) -> pl.DataFrame:
        """The grid's texts as they may be given back; all else is blank."""
        silent = self.grid.rows.is_in(list(self.silent)) if self.silent else None
        frame = without_personal(self.grid.frame, self.withheld)
        if self.groups:
            frame = frame.with_columns(self._with_groups(column) for column in sorted(self.withheld))
        if silent is None:
            return frame
        return frame.select(pl.when(~pl.lit(silent)).then(pl.col(c)).alias(c) for c in frame.columns)

    def _with_groups(self, column: str) -> pl.Series:
        """A column that is withheld, with the headers above the data that belong to others beside it."""
        texts = self.grid.frame[column].head(self.top).to_list()
        above = [text if text and header_key(text) in self.groups else None for text in texts]
        return pl.Series(column, above, dtype=pl.String).extend_constant(None, self.grid.height - len(above))


def withheld(grid: Grid, headers: Mapping[str, str], known: Collection[str]) -> frozenset[str]:
    """Which columns of a grid are not given back: all that are not `known`, but for the serial number."""
    serial = {c for c, header in headers.items() if header_key(header) in _SERIAL}
    return frozenset(set(grid.frame.columns) - serial - set(known))
