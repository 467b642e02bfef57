"""Where in the user's own workbook is what wrong? A copy with the cells coloured, notes on them, and a list of errors."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Collection, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import openpyxl
import polars as pl
from openpyxl.cell import Cell
from openpyxl.comments import Comment
from openpyxl.formatting.formatting import ConditionalFormattingList
from openpyxl.packaging.core import DocumentProperties
from openpyxl.packaging.custom import CustomPropertyList
from openpyxl.styles import Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.workbook import Workbook
from openpyxl.workbook.defined_name import DefinedNameDict
from openpyxl.worksheet.datavalidation import DataValidationList
from openpyxl.worksheet.header_footer import HeaderFooter
from openpyxl.worksheet.hyperlink import Hyperlink
from openpyxl.worksheet.worksheet import Worksheet

from graphmodel.personal import is_personal
from graphmodel.text import Text
from loaders.errors import RowError
from loaders.formulas import is_formula
from loaders.layout import Layout
from loaders.raw import Checked
from loaders.rejected_rows import returned_rows, sheet_names
from loaders.template import ERRORS_SHEET
from loaders.verdict import hidden_errors

_WRONG, _ROW = PatternFill("solid", "FFE3A5A0", "FFE3A5A0"), PatternFill("solid", "FFF9EDEC", "FFF9EDEC")
_MOST_CELLS = 500_000  # beyond this, only headers and rejected rows are copied
_MOST_BYTES = 30 << 20  # of an unzipped workbook, of which a copy in memory takes many times as much
_LONGEST_NOTE = 2_000
_MARKS = (_WRONG.start_color, _ROW.start_color)
_PLAIN = re.compile(r'"[^"]*"|-?[0-9.]+|\$?[A-Z]{1,3}\$?[0-9]+(?::\$?[A-Z]{1,3}\$?[0-9]+)?')
_NEVER_COPIED = Text(
    "原有的批注、超链接、页眉页脚、图片和没有读取的工作表不在这份副本里；公式是它的值。",
    "Earlier notes, links, page headers, pictures and sheets that were not read are not in this copy; a formula is its value.",
)
_COLUMNS = {
    "文件\nfile": 22,
    "工作表\nsheet": 22,
    "行\nrow": 8,
    "列\ncolumn": 22,
    "单元格\ncell": 10,
    "值\nvalue": 24,
    "问题\nwhat is wrong": 60,
    "怎么办\nwhat to do": 60,
}  # header → width


def write_marked(path: Path, layouts: Sequence[Layout], checked: Checked, own: Path | None = None) -> None:
    """Write a workbook in the user's own layout with every wrong cell coloured and noted, and a sheet of all errors.

    Parameters: `layouts` the sheets as they were read; `own` the user's .xlsx, whose looks are kept; without it, or
    where it cannot be opened, the sheets are made anew from what was read, as for CSV and .xls. Only sheets among
    `layouts` are copied. Nothing about persons is copied: their columns and cells are blank, so are earlier notes, page
    headers, links, names and properties; formulas are text. Of a large file only headers and rejected rows are copied.
    """
    small = sum(layout.grid.frame.height * layout.grid.frame.width for layout in layouts) <= _MOST_CELLS
    opened = _opened(own, layouts) if own is not None and small else None
    names = [layout.grid.name for layout in layouts] if opened else sheet_names(layouts)
    book = opened if opened is not None else _made(layouts, names, checked, whole=small)
    places = {(layout.grid.file, layout.grid.name): name for layout, name in zip(layouts, names, strict=True)}
    if small:
        noted: dict[str, list[RowError]] = {name: [] for name in names}
        for error in checked.errors:
            if error.row and (name := _sheet_of(error, places)):
                noted[name].append(error)
        for name, errors in noted.items():
            _mark(book[name], errors)
    _list_errors(book, checked, places if small else {}, layouts)
    _anonymous(book)
    book.save(path)


def _sheet_of(error: RowError, places: Mapping[tuple[str, str], str]) -> str | None:
    """In which sheet of the copy an error stands; one of a CSV names no sheet."""
    if error.sheet is not None:
        return places.get((error.file, error.sheet))
    return next((name for (file, _), name in places.items() if file == error.file), None)


# --- the copy ---


def _opened(own: Path, layouts: Sequence[Layout]) -> Workbook | None:
    """The user's workbook without anything that is not to be given back; None where it cannot be opened."""
    if not zipfile.is_zipfile(own):
        return None
    try:
        with zipfile.ZipFile(own) as package:
            if sum(part.file_size for part in package.infolist()) > _MOST_BYTES:
                return None
        book = openpyxl.load_workbook(own, keep_links=False)
    except Exception:  # noqa: BLE001 - a file that readers accept and this library does not is made anew
        return None
    by_name = {layout.grid.name: layout for layout in layouts}
    for chart in book.chartsheets:
        book.remove(chart)
    for sheet in book.worksheets:
        if sheet.title not in by_name:
            book.remove(sheet)
        else:
            _strip(sheet, by_name[sheet.title])
    return book if len(book.sheetnames) == len(by_name) else None


def _strip(sheet: Worksheet, layout: Layout) -> None:
    """Leave only the texts that may be given back, where they stood, as plain values."""
    safe = layout.safe()
    withheld = pl.DataFrame({c: safe[c].is_null() & layout.grid.frame[c].is_not_null() for c in safe.columns})
    texts, hidden = safe.rows(), withheld.rows()
    withheld_at = {layout.grid.frame.columns.index(column) for column in layout.withheld}
    for row in sheet.iter_rows():
        for cell in row:
            if not isinstance(cell, Cell):
                continue
            at, column = cell.row - 1, cell.column - 1
            known = at < len(texts) and column < safe.width
            if not known or hidden[at][column] or (column in withheld_at and texts[at][column] is None):
                cell.value = None
            elif cell.data_type == "f":
                _write(cell, texts[at][column])
            cell.comment = cell.hyperlink = None
            if cell.fill.fill_type and cell.fill.start_color in _MARKS:  # of a marked workbook that comes again
                cell.fill = PatternFill()
    sheet.data_validations = _drop_downs(sheet, withheld_at)
    sheet.conditional_formatting = ConditionalFormattingList()
    sheet.HeaderFooter = HeaderFooter()
    sheet.tables.clear()
    for made in ("_images", "_charts", "_pivots"):
        setattr(sheet, made, [])
    sheet.legacy_drawing = None


def _drop_downs(sheet: Worksheet, withheld_at: Collection[int]) -> DataValidationList:
    """Those of columns that are given back, as long as they need nothing but themselves and this sheet."""
    kept = DataValidationList()
    for one in sheet.data_validations.dataValidation:
        over = any(area.min_col <= at + 1 <= area.max_col for area in one.sqref.ranges for at in withheld_at)
        plain = all(_PLAIN.fullmatch(formula) for formula in (one.formula1, one.formula2) if formula)
        said = (one.formula1, one.formula2, one.prompt, one.promptTitle, one.error, one.errorTitle)
        if plain and not over and not any(map(is_personal, said)):
            kept.append(one)
    return kept


def _write(cell: Any, text: str | None) -> None:
    """A text as text, whatever it begins with."""
    cell.value = text
    if text is not None:
        cell.data_type = "s"
        cell.quotePrefix = is_formula(text)


def _made(layouts: Sequence[Layout], names: Sequence[str], checked: Checked, *, whole: bool) -> Workbook:
    """A workbook with the sheets as they were read; of large ones, the rows above the data and the rejected ones."""
    book = Workbook()
    book.remove(book.worksheets[0])
    for layout, name in zip(layouts, names, strict=True):
        sheet = book.create_sheet(name)
        frame = layout.safe()
        for number, row in enumerate((frame if whole else returned_rows(layout, checked)).iter_rows(), start=1):
            for at, text in enumerate(row, start=1):
                if text is not None:
                    _write(sheet.cell(number, at), text)
        if whole:
            for first, last, left, right in layout.grid.merges.tolist():
                sheet.merge_cells(None, first + 1, left + 1, last + 1, right + 1)
    return book


def _anonymous(book: Workbook) -> None:
    """Take away who made the file, and names that formulas could stand behind."""
    book.properties = DocumentProperties(creator="partygraph")
    book.custom_doc_props = CustomPropertyList()  # type: ignore[attr-defined]  # the stubs lack it
    book.defined_names = DefinedNameDict()
    for sheet in book.worksheets:
        sheet.defined_names = DefinedNameDict()


# --- the marks ---


def _mark(sheet: Worksheet, errors: Iterable[RowError]) -> None:
    """Colour the rows and cells of these errors, and note on the cells what is wrong."""
    noted: dict[str, list[RowError]] = {}
    for error in errors:
        assert error.row is not None
        for one in sheet[error.row]:
            if not one.fill.fill_type:
                one.fill = _ROW
        noted.setdefault(error.cell or f"A{error.row}", []).append(error)
    for place, found in noted.items():
        cell = sheet[place]
        if isinstance(cell, Cell):  # the rest of a merged range takes no note
            cell.fill = _WRONG
            said = "\n".join(f"{e.message.zh}{e.hint.zh}\n{e.message.en} {e.hint.en}" for e in found)
            cell.comment = Comment(said[:_LONGEST_NOTE], "partygraph", width=360, height=140)


def _in_words(code: str, checked: Checked) -> str:
    """What the errors of a code say; the first of them as an example where they differ."""
    said = list(dict.fromkeys(error.message for error in checked.errors if error.code == code))
    if not said:
        return code  # none of them is shown
    return said[0].both() if len(said) == 1 else f"如 such as: {said[0].both()}"


def _list_errors(
    book: Workbook, checked: Checked, places: Mapping[tuple[str, str], str], layouts: Sequence[Layout]
) -> None:
    """Put a sheet of all errors in front; each leads to its cell where the copy has it. Below them, what is left out."""
    taken = {title.lower() for title in book.sheetnames}
    title = next(t for t in (ERRORS_SHEET, *(f"{ERRORS_SHEET} {i}" for i in range(2, 200))) if t.lower() not in taken)
    sheet = book.create_sheet(title, 0)
    book.active = 0
    for at, (heading, width) in enumerate(_COLUMNS.items(), start=1):
        sheet.cell(1, at, heading).font = Font(bold=True)
        sheet.column_dimensions[get_column_letter(at)].width = width
    for row, error in enumerate(checked.errors, start=2):
        shown = (
            error.file,
            error.sheet,
            None,
            error.column,
            error.cell,
            error.value,
            error.message.both(),
            error.hint.both(),
        )
        for at, text in enumerate(shown, start=1):
            _write(sheet.cell(row, at), text)
        sheet.cell(row, 3, error.row)
        if error.cell and (name := _sheet_of(error, places)):
            quoted = name.replace("'", "''")
            sheet.cell(row, 5).hyperlink = Hyperlink(ref=f"E{row}", location=f"'{quoted}'!{error.cell}")
    last = len(checked.errors) + 1
    if hidden := hidden_errors(checked):
        _write(sheet.cell(last + 2, 1), f"另有 {hidden} 处错误未列出 / {hidden} more errors are not shown")
    for row, (code, count) in enumerate(sorted(checked.error_counts.items()), start=last + 3):
        _write(sheet.cell(row, 1), _in_words(code, checked))
        sheet.cell(row, 2, count)
    left_out = (layout.left_out() for layout in layouts)
    told = [*filter(None, left_out), _NEVER_COPIED]
    for row, said in enumerate(told, start=last + 4 + len(checked.error_counts)):
        _write(sheet.cell(row, 1), said.both())
    sheet.freeze_panes = "A2"
    sheet.auto_filter.ref = f"A1:H{max(2, last)}"
