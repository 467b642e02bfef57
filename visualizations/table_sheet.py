"""How do many rows get onto a sheet quickly, and what may its cells say? Columns become cells as a whole; no text is a formula."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

import polars as pl
from xlsxwriter.format import Format
from xlsxwriter.utility import xl_col_to_name
from xlsxwriter.worksheet import Worksheet

from loaders.errors import printable
from loaders.formulas import is_formula

FIRST_YEAR = 1900  # spreadsheets have no earlier day; what is earlier stands as text
LONGEST_TEXT = 32_767  # UTF-16 units of a cell, by the file format
_SAFE = r"^[\p{L}\p{N}][^\p{C}\p{Zl}\p{Zp}]*$"  # what `neutral` leaves as it is: most texts, told by Polars a column at a time
_AT_ONCE = 20_000  # rows whose cells are in memory at a time
_ROW = "_row"
_BEFORE_FIRST_DAY = dt.date(1899, 12, 31)
_LAST_RIGHT_DAY = 59  # after it spreadsheets count a 29 February 1900 that never was


def neutral(text: str) -> str:
    """A text that no spreadsheet takes for a formula, nor chokes on; an apostrophe goes before what would be one."""
    safe = printable(f"'{text}" if is_formula(text) else text, LONGEST_TEXT)
    if len(safe) > LONGEST_TEXT // 2:  # some signs take two units
        safe = safe.encode("utf-16-le")[: 2 * LONGEST_TEXT].decode("utf-16-le", "ignore")
    return safe.replace("\ufffe", "�").replace("\uffff", "�")


def look(form: Format) -> pl.Expr:
    """A format as `TableSheet.write_table` takes it."""
    return pl.lit(form._get_xf_index())  # noqa: SLF001  # the library has no public name for it


class TableSheet(Worksheet):  # type: ignore[misc]  # xlsxwriter ships no types
    """A sheet that also takes a whole table, below everything else that stands on it.

    The library writes a cell a call and looks its text up every time. Here each distinct text is looked up once a
    table, and Polars makes the cells.
    """

    dim_rowmax: int

    def __init__(self) -> None:
        """An empty sheet, as the library makes one."""
        super().__init__()
        self._top, self._cells, self._width = 0, pl.DataFrame(), 0

    def write_table(self, top: int, frame: pl.DataFrame, looks: Mapping[str, pl.Expr]) -> None:
        """Write the rows of a frame from row `top` (counted from 0) on, null as no cell; `looks` say by column how cells look.

        A look may hang on the values (`pl.when(…).then(look(…))`). Columns are texts, numbers or dates; texts are made
        `neutral`, and a date that no spreadsheet has is a text. Errors: `ValueError` for a number that is not finite
        and for more rows or columns than a sheet holds.
        """
        last = top + frame.height - 1
        if frame.height and (self._check_dimensions(top, 0) or self._check_dimensions(last, frame.width - 1)):
            raise ValueError(f"a sheet has no room for {frame.height} rows of {frame.width} columns from row {top} on")
        parts: dict[str, pl.Series] = {}
        for place, (column, form) in enumerate(zip(frame, frame.with_columns(**looks), strict=True)):
            number, text = _told(column)
            parts |= {f"look{place}": form, f"number{place}": number, f"text{place}": self._indices(text)}
        self._top, self._cells, self._width = top, pl.DataFrame(parts), frame.width

    def _indices(self, texts: pl.Series) -> pl.Series:
        """Where the workbook keeps these texts, each distinct one once."""
        distinct, known = texts.drop_nulls().unique(maintain_order=True), self.str_table
        safe = zip(distinct, distinct.str.contains(_SAFE) & (distinct.str.len_chars() < LONGEST_TEXT // 2), strict=True)
        said = (text if plain else neutral(text) for text, plain in safe)
        kept = [known._get_shared_string_index(text) for text in said]  # noqa: SLF001  # no public name
        known.count += len(texts) - texts.null_count() - len(distinct)
        return texts.replace_strict(distinct, kept, default=None, return_dtype=pl.UInt32)

    def _write_rows(self) -> None:
        """The rows as XML: the library's own cells, which all stand above the table, and then the table's."""
        if self._cells.is_empty():
            super()._write_rows()
            return
        last, self.dim_rowmax = self.dim_rowmax, self._top - 1
        super()._write_rows()
        self.dim_rowmax = last
        row = pl.col(_ROW)
        whole = pl.concat_str(pl.format('<row r="{}">', row), *map(_cell, range(self._width)), pl.lit("</row>"))
        for piece in self._cells.with_row_index(_ROW, self._top + 1).iter_slices(_AT_ONCE):
            self.fh.write(piece.select(whole.str.join("")).item())


def _told(column: pl.Series) -> tuple[pl.Series, pl.Series]:
    """A column as the numbers and the texts that its cells hold, each null where the other, or nothing, is told."""
    nothing = pl.repeat(None, len(column), dtype=pl.String, eager=True)
    if column.dtype == pl.Date:
        day = pl.col(column.name)
        days, known = (day - _BEFORE_FIRST_DAY).dt.total_days(), day.dt.year() >= FIRST_YEAR
        serial, said = pl.when(known).then(days + (days > _LAST_RIGHT_DAY)), pl.when(~known).then(day.dt.to_string())
        number, text = column.to_frame().select(serial.alias("number"), said.alias("text"))
        return number, text
    if not column.dtype.is_numeric():
        return nothing, column.cast(pl.String)
    if not column.is_finite().all():
        raise ValueError(f"no cell can hold a number of column {column.name} that is not finite")
    return column, nothing


def _cell(place: int) -> pl.Expr:
    """The cell of a column as XML, or an empty text where there is none."""
    begin = pl.format(f'<c r="{xl_col_to_name(place)}{{}}" s="{{}}"', _ROW, f"look{place}")
    number = pl.format("{}><v>{}</v></c>", begin, f"number{place}")
    text = pl.format('{} t="s"><v>{}</v></c>', begin, f"text{place}")
    return pl.coalesce(number, text, pl.lit(""))
