"""How does a table become a sheet that can be filtered and printed? Names, formats, widths; nothing that is a formula."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import polars as pl
import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from graphmodel.parameters import SHARE
from graphmodel.text import Text
from loaders.errors import printable
from queries.answer import Answer
from visualizations.styles import INK, RAMP, SEVERITIES, STRIPE
from visualizations.table_sheet import FIRST_YEAR, TableSheet, look, neutral
from visualizations.words import VERDICTS, Listing

MOST_ROWS = 1_048_576  # of a sheet, by the file format
LONGEST_NAME = 31
_WIDTHS = {
    "name": 34,
    "id": 26,
    "reasons": 34,
    "missing": 30,
    "remedy": 52,
    "authority": 28,
    "street": 14,
    "clauses": 12,
}

SUMMARY = "总览 Summary"
"""What the first sheet of a report is called."""


def sheet_names(titles: list[str]) -> list[str]:
    """Legal and distinct names for sheets: at most 31 characters, none of the signs `[]:*?/` and backslash, told apart by a number."""
    taken: set[str] = {"history"}  # a name that spreadsheets keep for themselves
    names = []
    for title in titles:
        plain = re.sub(r"[\[\]:*?/\\'\x00-\x1f]", "", printable(title, 200)).strip() or "–"
        name, copy = plain[:LONGEST_NAME], 1
        while name.lower() in taken:
            copy += 1
            ending = f" ({copy})"
            name = plain[: LONGEST_NAME - len(ending)] + ending
        taken.add(name.lower())
        names.append(name)
    return names


NOTHING_LISTED = Text("没有可列的内容。", "There is nothing to list.")


@dataclass(slots=True)
class Page:
    """One sheet to be: what stands above the table, and the table; split over several where rows are too many."""

    title: str
    above: list[tuple[str, str]]  # format and text of each line
    listing: Listing
    nothing: Text  # what stands in place of rows
    answer: Answer | None = None
    part: int = 1
    of: int = 1
    name: str = field(default="", init=False)


def split(page: Page) -> Iterator[Page]:
    """The page, or several where it has more rows than a sheet holds."""
    room = MOST_ROWS - len(page.above) - 3
    height = page.listing.frame.height
    parts = max(1, -(-height // room))
    for part in range(parts):
        frame = page.listing.frame.slice(part * room, room)
        cut = Listing(page.listing.heads, page.listing.units, frame)
        yield Page(page.title, page.above, cut, page.nothing, page.answer, part + 1, parts)


def open_book(path: Path) -> xlsxwriter.Workbook:
    """A workbook to write, whose texts stay texts."""
    as_written = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    return xlsxwriter.Workbook(path, as_written)


def write_listing(path: Path, title: str, above: Sequence[tuple[str, str]], listing: Listing) -> None:
    """Write one list as a workbook of its own; `above` are lines over it, as (format, text).

    Errors: `OSError` where the file cannot be written.
    """
    book = open_book(path)
    try:
        formats = make_formats(book)
        pages = list(split(Page(title, list(above), listing, NOTHING_LISTED)))
        for page, name in zip(pages, sheet_names([page.title for page in pages]), strict=True):
            write_sheet(book.add_worksheet(name, TableSheet), page, formats, back=False)
    finally:
        book.close()


def make_formats(book: xlsxwriter.Workbook) -> dict[str, Format]:
    """How cells look, by name."""
    ink, line = {"font_color": INK, "valign": "top"}, {"bottom": 4, "bottom_color": "#C9D1D9"}
    cell = ink | line
    return {
        "title": book.add_format({"bold": True, "font_size": 14, "font_color": INK}),
        "text": book.add_format({"font_color": INK}),
        "strong": book.add_format({"font_color": INK, "bold": True}),
        "note": book.add_format({"font_color": "#55616E"}),
        "head": book.add_format(
            ink | {"bold": True, "bg_color": "#DDE3EA", "text_wrap": True, "border": 1, "border_color": "#9AA5B1"}
        ),
        "cell": book.add_format(cell | {"num_format": "@"}),
        "wrapped": book.add_format(cell | {"text_wrap": True, "num_format": "@"}),
        "number": book.add_format(cell | {"num_format": "#,##0.##"}),
        "whole": book.add_format(cell | {"num_format": "#,##0"}),
        "year": book.add_format(cell | {"num_format": "0"}),
        "rate": book.add_format(cell | {"num_format": "0.0%"}),
        "date": book.add_format(cell | {"num_format": "yyyy-mm-dd"}),
        "link": book.add_format(cell | {"font_color": "#0B5CAD", "underline": 1, "num_format": "@"}),
        "back": book.add_format({"font_color": "#0B5CAD", "underline": 1}),
        "doubt": book.add_format(cell | {"italic": True, "bg_color": STRIPE, "num_format": "@"}),
        "gap": book.add_format(cell | {"bold": True, "bg_color": RAMP[1], "num_format": "@"}),
        **{
            f"severity:{s.value}": book.add_format(cell | {"font_color": g.colour, "bold": True})
            for s, g in SEVERITIES.items()
        },
    }


def write_sheet(sheet: TableSheet, page: Page, formats: dict[str, Format], *, back: bool = True) -> None:
    """Write a page: what stands above, the heads, the rows; with a way `back` to the summary where there is one."""
    frame, heads = page.listing.frame, page.listing.heads
    top = len(page.above) + 1
    for row, (form, text) in enumerate(page.above):
        shown = text if page.of == 1 or row else f"{text} ({page.part}/{page.of})"
        sheet.write_string(row, 0, neutral(shown), formats[form])
    if back:
        sheet.write_url(top - 1, 0, f"internal:'{SUMMARY}'!A1", formats["back"], f"← {SUMMARY}")
    kinds = {n: _kind(n, dtype, page.listing.units) for n, dtype in frame.schema.items()}
    for place, (name, title) in enumerate(heads.items()):
        unit = None if kinds[name] == "rate" else page.listing.units.get(name)
        words = f"{title.zh}（{unit.zh}）\n{title.en} ({unit.en})" if unit else f"{title.zh}\n{title.en}"
        sheet.write_string(top, place, words, formats["head"])
        sheet.set_column(place, place, _width(name, kinds[name], title))
    sheet.set_row(top, 62)
    sheet.freeze_panes(top + 1, 1 if page.answer is None else 2)
    sheet.autofilter(top, 0, top + max(frame.height, 1), max(len(heads) - 1, 0))
    if frame.is_empty():
        sheet.write_string(top + 1, 0, page.nothing.both(), formats["text"])
    else:
        sheet.write_table(top + 1, frame.select(list(heads)), {n: _look(n, kinds[n], formats) for n in heads})
    on_paper(sheet, top)


def _look(name: str, kind: str, formats: dict[str, Format]) -> pl.Expr:
    if name == "verdict":
        return (
            pl.when(pl.col(name) == VERDICTS["gap"].both()).then(look(formats["gap"])).otherwise(look(formats["doubt"]))
        )
    if kind == "date":
        return pl.when(pl.col(name).dt.year() < FIRST_YEAR).then(look(formats["cell"])).otherwise(look(formats["date"]))
    return look(formats[kind])


def _kind(name: str, dtype: pl.DataType, units: dict[str, Text]) -> str:
    if dtype == pl.Date:
        return "date"
    if dtype.is_float():
        return "rate" if units.get(name, SHARE) == SHARE else "number"
    if dtype.is_integer():
        return "year" if units.get(name) is not None and units[name].en == "year" else "whole"
    return "cell"


def _width(name: str, kind: str, title: Text) -> float:
    if name in _WIDTHS:
        return _WIDTHS[name]
    return 22 if kind == "cell" else min(max(11, len(title.en) / 2 + 3, len(title.zh) * 2 + 2), 20)


def on_paper(sheet: Worksheet, top: int) -> None:
    """Print a sheet on A4, as wide as the paper, with its heads on every page."""
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(top)
    sheet.set_footer("&L&A&R&P / &N")
