"""How does a report become a workbook? A summary, a sheet for every question, statistics and tables, ready to filter."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from graphmodel.parameters import PARAMETERS
from graphmodel.text import Text
from queries.answer import Answer
from queries.context import Context
from queries.lacking import Lack, how_to_bring_in, lacks, no_data
from queries.question import Question, Severity, Table
from queries.registry import question
from visualizations import report_sheets as sheets
from visualizations.case_words import CASES, case_listing, counted, urgent, urgent_rows
from visualizations.headline import Figure, basis, figures
from visualizations.report import Report
from visualizations.report_sheets import NOTHING_LISTED, SUMMARY, Page, on_paper, split
from visualizations.statistics import DIMENSIONS, statistic
from visualizations.styles import SIGNS
from visualizations.table_sheet import TableSheet, neutral
from visualizations.words import Listing, context_of, listing, named, parameter_in_words, table_listing

MOST_URGENT = 10  # cases that head the summary; the rest are counted and stand on their sheet
Progress = Callable[[int, int, str], None]


def write_workbook(report: Report, path: Path, *, progress: Progress | None = None) -> None:
    """Write the report as a workbook: 总览, cases, one sheet a question, statistics by street, authority, category, tables.

    No row is left out: a sheet that would be too long goes on in a second one. Cost: linear in findings.
    Errors: `OSError` where the file cannot be written.
    """
    pages = list(_pages(report))
    for page, name in zip(pages, sheets.sheet_names([SUMMARY, *(p.title for p in pages)])[1:], strict=True):
        page.name = name
    book = sheets.open_book(path)
    try:
        formats = sheets.make_formats(book)
        _summary(book.add_worksheet(SUMMARY), report, pages, formats)
        for done, page in enumerate(pages):
            if progress is not None:
                progress(done, len(pages), page.title)
            sheets.write_sheet(book.add_worksheet(page.name, TableSheet), page, formats)
    finally:
        book.close()


def _pages(report: Report) -> Iterator[Page]:
    context = context_of(report)
    if report.cases.height:
        above = [("title", CASES.both()), ("text", counted(report.cases).both())]
        yield from split(Page(CASES.zh, above, case_listing(report.cases, context), NOTHING_LISTED))
    for answer in report.answers:
        yield from split(
            Page(answer.question.term, _above(answer), listing(answer, context), _nothing(answer, context), answer)
        )
    for dimension in DIMENSIONS:
        lines = statistic(report, dimension)
        title = Text(f"按{dimension.title.zh}统计", f"statistics by {dimension.title.en}")
        note = Text(
            "率以登记组织为分母（按政策）；每个组织按最重的缺口计一次；有几个主管单位的在各单位都计入。",
            "Rates are of the registered, as the policy says; an organisation counts once, by its gravest gap, and under "
            "each of its authorities.",
        )
        yield from split(
            Page(
                title.zh,
                [("title", title.both()), ("note", note.both())],
                Listing(lines.heads, {}, lines.frame.select(list(lines.heads))),
                NOTHING_LISTED,
            )
        )
    for id_, frame in report.tables.items():
        table = question(id_)
        assert isinstance(table, Table)
        above = [("title", named(table).both()), ("text", table.text.zh), ("note", table.text.en)]
        lacking = lacks(table.needs, context)
        nothing = _without_data(lacking) if lacking else NOTHING_LISTED
        yield from split(Page(table.term, above, table_listing(table, frame), nothing))


def _nothing(answer: Answer, context: Context) -> Text:
    if answer.no_data:
        return _without_data(lacks(answer.question.needs, context))
    return Text("没有发现缺口，也没有待核实的。", "Nothing found: no gap, and nothing that cannot be told.")


def _without_data(lacking: tuple[Lack, ...]) -> Text:
    said, how = no_data(lacking), how_to_bring_in(lacking)
    return said if how is None else Text(f"{said.zh}{how.zh}", f"{said.en} {how.en}")


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


def _summary(sheet: Worksheet, report: Report, pages: list[Page], formats: dict[str, Format]) -> None:
    sheet.write_string(0, 0, "社会组织党建缺口报告 Report on Party building in social organisations", formats["title"])
    rates, notes = (
        [_rate(figure).both() for figure in figures(context_of(report))],
        [line.both() for line in basis(report)],
    )
    late = _cases(report)
    lines = [*late, *(("text", rate) for rate in rates), *(("note", note) for note in notes)]
    for row, (form, line) in enumerate(lines, 1):
        sheet.write_string(row, 0, neutral(line), formats[form])
    top = len(lines) + 2
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
            _summary_row(sheet, row, page.answer, page.nothing, formats)
    sheet.freeze_panes(top + 1, 1)
    sheet.autofilter(top, 0, max(row, top + 1), len(_SUMMARY_HEADS) - 1)
    on_paper(sheet, top)


def _cases(report: Report) -> list[tuple[str, str]]:
    """The cases that head the summary: how many, then the most urgent ones."""
    if not report.cases.height:
        return []
    rows = urgent_rows(report.cases, context_of(report), MOST_URGENT)
    lines = [f"{' · '.join(t.zh for t in row)} / {' · '.join(t.en for t in row)}" for row in rows]
    rest = urgent(report.cases).height - MOST_URGENT
    if rest > 0:
        lines.append(Text("……另有 {n} 件", "… {n} more").format(n=rest).both())
    return [("strong", f"{CASES.both()}: {counted(report.cases).both()}"), *(("text", line) for line in lines)]


def _rate(figure: Figure) -> Text:
    share = figure.share
    if share.rate is None or share.lowest is None or share.highest is None:
        return Text("{title}：没有可计的组织", "{title}: nobody to count").format(title=figure.title)
    return Text(
        "{title} {rate:.1%} = {part} / {whole}（{low:.1%}–{high:.1%}）；计划落实后 {after:.1%}（{note}）",
        "{title} {rate:.1%} = {part} / {whole} ({low:.1%}–{high:.1%}); {after:.1%} after what is planned ({note})",
    ).format(title=figure.title, rate=figure.rate, part=figure.part, whole=figure.whole, low=share.lowest,
             high=share.highest, after=figure.then or 0, note=figure.note)  # fmt: skip


def _summary_row(sheet: Worksheet, row: int, answer: Answer, nothing: Text, formats: dict[str, Format]) -> None:
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
    sheet.write_string(row, 9, (nothing if answer.no_data else asked.remedy).both(), formats["wrapped"])
