"""How does a source's sheet go back to its user? In its own layout, without what concerns persons."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

import polars as pl

from graphmodel.text import Text
from loaders.grid import Grid
from loaders.headers import Sheet, header_key
from loaders.personal import is_personal_column, is_personal_header, without_personal


@dataclass(frozen=True, slots=True, eq=False)
class Layout:
    """A sheet as it was read, and what of it must not be given back.

    Parameters: `grid` the sheet; `top` how many of its rows stand above the data, the first `titles` of them above its
    header; `headers` column (`c0` …) → its header; `withheld` the columns about persons; `silent` rows of the source
    that may name persons, as signatures do.
    """

    grid: Grid
    titles: int
    top: int
    headers: Mapping[str, str]
    withheld: frozenset[str]
    silent: frozenset[int] = frozenset()

    @staticmethod
    def of_sheet(grid: Grid, sheet: Sheet, read: Collection[str], personal: Collection[str] = ()) -> Layout:
        """The layout of a sheet whose table `find_table` found.

        Parameters: `read` its columns that are read; `personal` those that are known to be about persons, beside the
        ones that `about_persons` finds.
        """
        headers = {column.name: column.header for column in sheet.columns}
        first = min((int(sheet.rows[0]),) if sheet.rows.len() else (), default=grid.height + 1)
        top = int((grid.rows < first).sum())
        titles = int((sheet.set_aside["reason"] == "title").sum())
        silent = frozenset(sheet.set_aside.filter(pl.col("reason") == "signature")["row"].to_list())
        return Layout(grid, titles, top, headers, frozenset(personal) | about_persons(grid, headers, top, read), silent)

    def safe(self) -> pl.DataFrame:
        """The grid's texts as they may be given back; all else is blank."""
        frame = without_personal(self.grid.frame)
        frame = frame.with_columns(self._above(frame[column]) for column in sorted(self.withheld))
        if not self.silent:
            return frame
        said = pl.lit(~self.grid.rows.is_in(list(self.silent)))
        return frame.select(pl.when(said).then(pl.col(c)).alias(c) for c in frame.columns)

    def _above(self, column: pl.Series) -> pl.Series:
        """What stays of a column that is withheld: titles, and headers that stand over others beside it."""
        groups = {
            header_key(part)
            for name, header in self.headers.items()
            if name not in self.withheld
            for part in header.split("/")[:-1]
        }
        above = [
            text if at < self.titles or (text and header_key(text) in groups) else None
            for at, text in enumerate(column.head(self.top))
        ]
        return pl.Series(column.name, above, dtype=pl.String).extend_constant(None, self.grid.height - len(above))

    def left_out(self) -> Text | None:
        """What is not given back of this sheet, None where all of it is."""
        safe, frame = self.safe(), self.grid.frame
        columns = [self.headers.get(c, c) for c in frame.columns if c in self.withheld and c in self.headers]
        said = ~self.grid.rows.is_in(list(self.silent))
        rest = [c for c in frame.columns if c not in self.withheld]
        cells = sum(int((said & safe[c].is_null() & frame[c].is_not_null()).sum()) for c in rest)
        parts = [Text(f"“{'、'.join(columns)}”列", f"columns {', '.join(columns)}")] if columns else []
        if cells:
            parts.append(Text(f"{cells} 个含个人信息的单元格", f"{cells} cells with personal data"))
        if self.silent:
            rows = sorted(self.silent)
            parts.append(
                Text(f"签章第 {'、'.join(map(str, rows))} 行", f"signatures in row {', '.join(map(str, rows))}")
            )
        if not parts:
            return None
        return Text(
            f"“{self.grid.name}”中没有退回的（涉及个人信息）：{'；'.join(part.zh for part in parts)}。",
            f'Left out of "{self.grid.name}", being about persons: {"; ".join(part.en for part in parts)}.',
        )


def about_persons(grid: Grid, headers: Mapping[str, str], top: int, read: Collection[str]) -> frozenset[str]:
    """Which columns of a grid hold data about persons: by their header, or where they are not `read` by their values."""
    named = {c for c, header in headers.items() if is_personal_header(header)}
    others = set(grid.frame.columns) - named - set(read)
    return frozenset(named | {c for c in others if is_personal_column(grid.frame[c].slice(top))})
