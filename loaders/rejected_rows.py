"""Which rows were rejected? Written to a file of their own in the source's layout, to be corrected and imported again."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

import polars as pl

from loaders.formulas import neutralised
from loaders.layout import Layout
from loaders.raw import Checked
from loaders.write_tables import new_workbook, write_column

_LONGEST_NAME = 31  # of a sheet


def write_rejected(path: Path, layouts: Sequence[Layout], checked: Checked) -> None:
    """Write the rejected rows of these sheets, under what stood above their data.

    A path that ends in .csv takes a single sheet, any other is a workbook with a sheet for each that has rejected rows.
    Columns and cells about persons are blank, and no cell is a formula.
    Errors: `ValueError` for several sheets in a CSV, which is the caller's mistake.
    """
    wanted = set(checked.rejected.select("file", "sheet").unique().iter_rows())
    chosen = [layout for layout in layouts if (layout.grid.file, layout.grid.name) in wanted]
    if path.suffix.lower() == ".csv":
        if len(chosen) > 1:
            raise ValueError("a CSV holds one sheet")
        frames = [returned_rows(layout, checked) for layout in chosen] or [pl.DataFrame({"c0": [""]})]
        frames[0].with_columns(neutralised(pl.all())).write_csv(
            path, include_header=False, include_bom=True, quote_style="non_numeric"
        )
        return
    with new_workbook(path) as book:
        for layout, name in zip(chosen, sheet_names(chosen), strict=True):
            sheet = book.add_worksheet(name)
            rows = returned_rows(layout, checked)
            for at, column in enumerate(rows.columns):
                write_column(book, sheet, at, 0, rows[column])


def returned_rows(layout: Layout, checked: Checked) -> pl.DataFrame:
    """What stands above the data, and the rejected rows, as they may be given back."""
    here = pl.col("file").eq(layout.grid.file) & pl.col("sheet").eq(layout.grid.name)
    rejected = layout.grid.rows.cast(pl.Int64).is_in(checked.rejected.filter(here)["row"].implode())
    above = pl.int_range(layout.grid.height, eager=True) < layout.top
    return layout.safe().filter(rejected | above)


def sheet_names(layouts: Sequence[Layout]) -> list[str]:
    """What each sheet is called in a workbook: its own name where that is allowed and not taken, else one like it."""
    names: list[str] = []
    for layout in layouts:
        plain = re.sub(r"[\[\]:*?/\\\x00-\x1f]", "_", layout.grid.name).strip("'")[:_LONGEST_NAME] or "_"
        tries = (plain, *(f"{plain[: _LONGEST_NAME - 4]} {i}" for i in range(2, 1_000)))
        taken = {name.lower() for name in names}
        names.append(next(name for name in tries if name.lower() not in taken))
    return names
