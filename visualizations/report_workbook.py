"""How does a report become a workbook? A summary, a sheet for every question, statistics and tables, ready to filter."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import polars as pl
import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from graphmodel.parameters import PARAMETERS, SHARE
from graphmodel.text import Text
from loaders.errors import printable
from loaders.formulas import is_formula
from queries.answer import Answer
from queries.question import Question, Severity, Table
from queries.registry import question
from visualizations.headline import Figure, basis, figures
from visualizations.report import Report
from visualizations.statistics import DIMENSIONS, statistic
from visualizations.styles import INK, RAMP, SEVERITIES, SIGNS, STRIPE
from visualizations.words import Listing, context_of, listing, named, parameter_in_words, table_listing

MOST_ROWS = 1_048_576  # of a sheet, by the file format
LARGE = 50_000  # rows from which on the workbook is written in constant memory
LONGEST_TEXT = 32_767  # characters of a cell, by the file format
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

Progress = Callable[[int, int, str], None]


def neutral(text: str) -> str:
    """A text that no spreadsheet takes for a formula, nor chokes on; an apostrophe goes before what would be one."""
    safe = printable(f"'{text}" if is_formula(text) else text, LONGEST_TEXT)
    return safe.replace("\ufffe", "�").replace("\uffff", "�")


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


@dataclass(slots=True)
class _Page:
    """One sheet to be: what stands above the table, and the table; split over several where rows are too many."""

    title: str
    above: list[tuple[str, str]]  # format and text of each line
    listing: Listing
    answer: Answer | None = None
    part: int = 1
    of: int = 1
    name: str = field(default="", init=False)


def write_workbook(report: Report, path: Path, *, progress: Progress | None = None) -> None:
    """Write the report as a workbook: 总览, one sheet a question, statistics by street, authority, category, and tables.

    No row is left out: a sheet that would be too long goes on in a second one. Cost: linear in findings, about 8 µs a cell; from
    50,000 rows on in constant memory. Errors: `OSError` where the file cannot be written.
    """
    pages = list(_pages(report))
    for page, name in zip(pages, sheet_names(["总览 Summary", *(p.title for p in pages)])[1:], strict=True):
        page.name = name
    large = sum(p.listing.frame.height for p in pages) > LARGE
    options = {
        "constant_memory": large,
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
    }
    book = xlsxwriter.Workbook(path, options)
    try:
        formats = _formats(book)
        _summary(book.add_worksheet("总览 Summary"), report, pages, formats)
        for done, page in enumerate(pages):
            if progress is not None:
                progress(done, len(pages), page.title)
            _write(book.add_worksheet(page.name), page, formats)
    finally:
        book.close()


def _pages(report: Report) -> Iterator[_Page]:
    context = context_of(report)
    for answer in report.answers:
        yield from _split(_Page(answer.question.term, _above(answer), listing(answer, context), answer))
    for dimension in DIMENSIONS:
        lines = statistic(report, dimension)
        title = Text(f"按{dimension.title.zh}统计", f"statistics by {dimension.title.en}")
        note = Text(
            "率以登记组织为分母（按政策）；每个组织按最重的缺口计一次；有几个主管单位的在各单位都计入。",
            "Rates are of the registered, as the policy says; an organisation counts once, by its gravest gap, and under "
            "each of its authorities.",
        )
        yield from _split(
            _Page(
                title.zh,
                [("title", title.both()), ("note", note.both())],
                Listing(lines.heads, {}, lines.frame.select(list(lines.heads))),
            )
        )
    for id_, frame in report.tables.items():
        table = question(id_)
        assert isinstance(table, Table)
        above = [("title", named(table).both()), ("text", table.text.zh), ("note", table.text.en)]
        yield from _split(_Page(table.term, above, table_listing(table, frame)))


def _split(page: _Page) -> Iterator[_Page]:
    room = MOST_ROWS - len(page.above) - 3
    height = page.listing.frame.height
    parts = max(1, -(-height // room))
    for part in range(parts):
        frame = page.listing.frame.slice(part * room, room)
        cut = Listing(page.listing.heads, page.listing.units, frame)
        yield _Page(page.title, page.above, cut, page.answer, part + 1, parts)


def _above(answer: Answer) -> list[tuple[str, str]]:
    asked = answer.question
    figures = Text(
        f"范围内 {answer.total}，缺口 {answer.gaps}，待核实 {answer.unknowns}，符合 {answer.passes}",
        f"{answer.total} in scope, {answer.gaps} gaps, {answer.unknowns} cannot be told, {answer.passes} pass",
    )
    used = (
        "；".join(f"{PARAMETERS[n].title.both()}={parameter_in_words(n, v, Text.both)}" for n, v in answer.used.items())
        or "–"
    )
    severity = f"{SIGNS[asked.severity]} {asked.severity.title.both()}"
    return [
        ("title", named(asked).both()),
        ("text", asked.text.zh),
        ("note", asked.text.en),
        ("text", f"程度 severity: {severity}　{figures.both()}"),
        ("text", f"措施 remedy: {asked.remedy.both()}"),
        ("note", f"依据 clauses: {', '.join(asked.clauses) or '–'}　参数 parameters: {used}"),
    ]


def _formats(book: xlsxwriter.Workbook) -> dict[str, Format]:
    ink, line = {"font_color": INK, "valign": "top"}, {"bottom": 4, "bottom_color": "#C9D1D9"}
    cell = ink | line
    return {
        "title": book.add_format({"bold": True, "font_size": 14, "font_color": INK}),
        "text": book.add_format({"font_color": INK}),
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


def _write(sheet: Worksheet, page: _Page, formats: dict[str, Format]) -> None:
    frame, heads = page.listing.frame, page.listing.heads
    top = len(page.above) + 1
    for row, (form, text) in enumerate(page.above):
        shown = text if page.of == 1 or row else f"{text} ({page.part}/{page.of})"
        sheet.write_string(row, 0, neutral(shown), formats[form])
    sheet.write_url(top - 1, 0, "internal:'总览 Summary'!A1", formats["back"], "← 总览 Summary")
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
        sheet.write_string(top + 1, 0, _nothing(page.answer).both(), formats["text"])
    else:
        _rows(sheet, frame.select(list(heads)), top + 1, kinds, formats)
    _on_paper(sheet, top)


def _nothing(answer: Answer | None) -> Text:
    if answer is not None and answer.no_data:
        return Text("没有数据：所需内容尚未导入。", "No data: what it needs was never imported.")
    if answer is not None:
        return Text("没有发现缺口，也没有待核实的。", "Nothing found: no gap, and nothing that cannot be told.")
    return Text("没有可列的内容。", "There is nothing to list.")


def _rows(sheet: Worksheet, frame: pl.DataFrame, top: int, kinds: dict[str, str], formats: dict[str, Format]) -> None:
    writers: list[Callable[[int, int, Any], object]] = []
    for name, kind in kinds.items():
        writers.append(_writer(sheet, name, kind, formats[kind], formats))
    for row, values in enumerate(frame.iter_rows(), top):
        for place, value in enumerate(values):
            if value is not None:
                writers[place](row, place, value)


def _writer(
    sheet: Worksheet, name: str, kind: str, form: Format, formats: dict[str, Format]
) -> Callable[[int, int, Any], object]:
    if kind == "date":
        return lambda row, place, day: _date(sheet, row, place, day, form, formats["cell"])
    if kind != "cell":
        return lambda row, place, number: sheet.write_number(row, place, number, form)
    if name == "verdict":
        gap, doubt = formats["gap"], formats["doubt"]
        return lambda row, place, text: sheet.write_string(row, place, text, gap if "gap" in text else doubt)
    return lambda row, place, text: sheet.write_string(row, place, neutral(text), form)


def _date(sheet: Worksheet, row: int, place: int, day: dt.date, form: Format, as_text: Format) -> object:
    if day.year < 1900:  # spreadsheets have no earlier day
        return sheet.write_string(row, place, day.isoformat(), as_text)
    return sheet.write_datetime(row, place, dt.datetime(day.year, day.month, day.day), form)  # noqa: DTZ001  # a day has no zone


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


def _on_paper(sheet: Worksheet, top: int) -> None:
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(top)
    sheet.set_footer("&L&A&R&P / &N")


_SUMMARY_HEADS = {
    "sheet": (Text("工作表", "sheet"), 30),
    "text": (Text("问题", "question"), 52),
    "text_en": (Text("问题（英文）", "question in English"), 62),
    "severity": (Text("程度", "severity"), 14),
    "total": (Text("范围内", "in scope"), 10),
    "gaps": (Text("缺口", "gaps"), 9),
    "cannot_tell": (Text("待核实", "cannot tell"), 10),
    "rate": (Text("缺口占比", "share of gaps"), 10),
    "clauses": (Text("依据", "clauses"), 16),
    "remedy": (Text("措施", "remedy"), 110),
}


def _summary(sheet: Worksheet, report: Report, pages: list[_Page], formats: dict[str, Format]) -> None:
    sheet.write_string(0, 0, "社会组织党建缺口报告 Report on Party building in social organisations", formats["title"])
    rates, notes = [_rate(figure).both() for figure in figures(report)], [line.both() for line in basis(report)]
    for row, (form, line) in enumerate([*(("text", r) for r in rates), *(("note", n) for n in notes)], 1):
        sheet.write_string(row, 0, neutral(line), formats[form])
    top = len(rates) + len(notes) + 2
    for place, (title, width) in enumerate(_SUMMARY_HEADS.values()):
        sheet.write_string(top, place, f"{title.zh}\n{title.en}", formats["head"])
        sheet.set_column(place, place, width)
    sheet.set_row(top, 34)
    row = top
    for row, page in enumerate((p for p in pages if p.part == 1), top + 1):
        sheet.set_row(row, 31)  # two lines: not every program finds the height of wrapped text
        sheet.write_url(row, 0, f"internal:'{page.name}'!A1", formats["link"], page.name)
        if page.answer is None:
            sheet.write_string(
                row, 1, neutral(page.above[1][1] if len(page.above) > 1 else page.title), formats["wrapped"]
            )
        else:
            _summary_row(sheet, row, page.answer, formats)
    sheet.freeze_panes(top + 1, 1)
    sheet.autofilter(top, 0, max(row, top + 1), len(_SUMMARY_HEADS) - 1)
    _on_paper(sheet, top)


def _rate(figure: Figure) -> Text:
    share, planned = figure.share, figure.planned
    if share.rate is None or share.lowest is None or share.highest is None:
        return Text("{title}：没有可计的组织", "{title}: nobody to count").format(title=figure.title)
    return Text(
        "{title} {rate:.1%} = {part} / {whole}（{low:.1%}–{high:.1%}）；计划落实后 {after:.1%}",
        "{title} {rate:.1%} = {part} / {whole} ({low:.1%}–{high:.1%}); {after:.1%} after what is planned",
    ).format(title=figure.title, rate=share.rate, part=figure.part, whole=figure.whole, low=share.lowest,
             high=share.highest, after=planned.rate or 0)  # fmt: skip


def _summary_row(sheet: Worksheet, row: int, answer: Answer, formats: dict[str, Format]) -> None:
    asked: Question = answer.question
    severity: Severity = asked.severity
    sheet.write_string(row, 1, asked.text.zh, formats["wrapped"])
    sheet.write_string(row, 2, asked.text.en, formats["wrapped"])
    sheet.write_string(row, 3, f"{SIGNS[severity]} {severity.title.both()}", formats[f"severity:{severity.value}"])
    if answer.no_data:
        sheet.write_string(row, 4, Text("没有数据", "no data").both(), formats["doubt"])
    else:
        for place, number in ((4, answer.total), (5, answer.gaps), (6, answer.unknowns)):
            sheet.write_number(row, place, number, formats["whole"])
        if answer.total:
            sheet.write_number(row, 7, answer.gaps / answer.total, formats["rate"])
    sheet.write_string(row, 8, ", ".join(asked.clauses), formats["cell"])
    sheet.write_string(row, 9, asked.remedy.both(), formats["wrapped"])
