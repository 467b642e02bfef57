"""Is the workbook whole, safe to open and in words?"""

import datetime as dt
import io
import re
from pathlib import Path

import openpyxl
import polars as pl
import pytest
import xlsxwriter
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl.worksheet.worksheet import Worksheet

from graphmodel.schema import NODE_TYPES
from loaders.formulas import is_formula
from queries.answer import Answer
from queries.lacking import Lack, lacks
from queries.question import Severity
from queries.registry import question
from tests.strategies import HOSTILE
from tests.visualizations.examples import closed as closed_report
from tests.visualizations.examples import empty, extreme, hostile, small
from visualizations import report_sheets
from visualizations.report import Report, reads_restricted
from visualizations.report_sheets import sheet_names
from visualizations.report_workbook import write_workbook
from visualizations.table_sheet import LONGEST_TEXT, TableSheet, look, neutral
from visualizations.words import context_of, listing

REPORTS = {"small": small, "hostile": hostile, "extreme": extreme, "empty": empty}


def written(report: Report, folder: Path) -> openpyxl.Workbook:
    write_workbook(report, folder / "report.xlsx")
    return openpyxl.load_workbook(folder / "report.xlsx")


def header(sheet: Worksheet) -> tuple[int, list[str]]:
    assert sheet.freeze_panes
    row = int("".join(c for c in sheet.freeze_panes if c.isdigit())) - 1
    return row, [str(cell.value).split("\n")[0].split("（")[0] for cell in sheet[row] if cell.value is not None]


@pytest.mark.parametrize("name", REPORTS)
def test_every_question_has_a_sheet_that_can_be_filtered(name: str, tmp_path: Path) -> None:
    report = REPORTS[name]()
    book = written(report, tmp_path)
    assert len(book.sheetnames) == 1 + len(report.answers) + 3 + len(report.tables)
    for sheet in book.worksheets:
        assert sheet.auto_filter.ref
        assert len(sheet.title) <= 31
        row, heads = header(sheet)
        assert heads
        assert all("\n" in str(c.value) for c in sheet[row] if c.value is not None)


@pytest.mark.parametrize("name", ["small", "extreme"])
def test_no_finding_is_lost(name: str, tmp_path: Path) -> None:
    report = REPORTS[name]()
    book = written(report, tmp_path)
    for answer, sheet in zip(report.answers, book.worksheets[1:], strict=False):
        top, _ = header(sheet)
        rows = [r for r in sheet.iter_rows(min_row=top + 1, values_only=True) if any(c is not None for c in r)]
        if answer.gaps + answer.unknowns:
            assert [str(r[0]).split(" / ")[1] for r in rows] == ["gap"] * answer.gaps + [
                "cannot tell"
            ] * answer.unknowns
        else:
            assert len(rows) == 1  # says that nothing was found, or that there is no data
            assert ("没有" in str(rows[0][0])) is True
            assert all(f"--type {name}" in str(rows[0][0]) for lack in _lacking(report, answer) for name in lack.types)


def _lacking(report: Report, answer: Answer) -> tuple[Lack, ...]:
    return lacks(answer.question.needs, context_of(report)) if answer.no_data else ()


def test_a_finding_is_in_words(tmp_path: Path) -> None:
    report = small()
    frame = listing(report.answer("uncovered"), context_of(report)).frame
    row = frame.filter(pl.col("id") == "o3").row(0, named=True)
    assert (row["verdict"], row["street"], row["clauses"]) == ("缺口 / gap", "乙街道", "J11, N6")
    assert "没有党组织覆盖" in row["reasons"]
    assert row["remedy"]
    doubt = listing(report.answer("branch-required"), context_of(report)).frame.filter(pl.col("id") == "o5")
    assert "正式党员" in doubt["missing"][0]
    sheet = written(report, tmp_path)["未覆盖"]
    top, heads = header(sheet)
    ids = [sheet.cell(r, heads.index("标识") + 1).value for r in range(top + 1, sheet.max_row + 1)]
    assert "o3" in ids


@pytest.mark.parametrize("name", ["hostile", "extreme"])
def test_hostile_text_is_text(name: str, tmp_path: Path) -> None:
    for sheet in written(REPORTS[name](), tmp_path).worksheets:
        for cells in sheet.iter_rows():
            for cell in cells:
                assert cell.data_type != "f"
                if isinstance(cell.value, str):
                    assert not cell.value.startswith(("=", "+", "-", "@", "\t", "\r"))


@given(st.text() | st.sampled_from(HOSTILE))
def test_neutral_text_begins_with_no_sign_of_a_formula(text: str) -> None:
    assert not neutral(text).startswith(("=", "+", "-", "@", "\t", "\r"))
    assert not is_formula(neutral(text))
    assert neutral("\uff1dHYPERLINK(1)").startswith("'")
    assert len(neutral(text)) <= LONGEST_TEXT


@given(st.lists(st.text(max_size=20) | st.sampled_from([*HOSTILE, "𠮷" * LONGEST_TEXT, "2016", "A\u2028", "甲 乙"])))
@settings(max_examples=30)
def test_a_table_says_what_its_cells_say_one_by_one(texts: list[str]) -> None:
    """Texts that Polars finds harmless are not judged again; each must be what `neutral` makes of it."""
    days = [dt.date(1899, 12, 31), dt.date(1900, 2, 28), dt.date(1900, 3, 1), None]
    file = io.BytesIO()
    with xlsxwriter.Workbook(file) as book:
        sheet, plain, day = (
            book.add_worksheet("甲", TableSheet),
            book.add_format({"bold": True}),
            book.add_format({"num_format": "yyyy-mm-dd"}),
        )
        sheet.write_string(0, 0, "名")
        frame = pl.DataFrame(
            {"text": texts, "number": [1.5] * len(texts)}, schema={"text": pl.String, "number": pl.Float64}
        )
        sheet.write_table(1, frame, dict.fromkeys(frame.columns, look(plain)))
        dated = book.add_worksheet("乙", TableSheet)
        dated.write_table(0, pl.DataFrame({"day": days}), {"day": look(day)})
    read = openpyxl.load_workbook(file)
    rows = list(read["甲"].iter_rows(min_row=2, values_only=True))
    unescaped = [(re.sub(r"_x([0-9A-F]{4})_", lambda m: chr(int(m[1], 16)), str(text or "")), n) for text, n in rows]
    assert unescaped == [(neutral(text), 1.5) for text in texts]
    shown = [cell.value for (cell,) in read["乙"].iter_rows(max_row=4)]
    assert shown == ["1899-12-31", dt.datetime(1900, 2, 28), dt.datetime(1900, 3, 1), None]  # noqa: DTZ001  # as read: no zone


def test_a_table_that_a_sheet_cannot_hold_is_refused() -> None:
    with xlsxwriter.Workbook(io.BytesIO()) as book:
        sheet, form = book.add_worksheet("甲", TableSheet), look(book.add_format())
        with pytest.raises(ValueError, match="not finite"):
            sheet.write_table(0, pl.DataFrame({"n": [1.0, float("nan")]}), {"n": form})
        with pytest.raises(ValueError, match="no room"):
            sheet.write_table(report_sheets.MOST_ROWS - 1, pl.DataFrame({"n": [1, 2]}), {"n": form})


@given(
    st.lists(st.text(max_size=40) | st.sampled_from(["History", "应建未建", "[a]:*?/\\", "'", "长" * 40]), max_size=30)
)
def test_sheet_names_are_legal_and_distinct(titles: list[str]) -> None:
    names = sheet_names(titles)
    assert len({n.lower() for n in names}) == len(titles)
    assert "history" not in {n.lower() for n in names}
    for name in names:
        assert 1 <= len(name) <= 31
        assert not set(name) & set("[]:*?/\\")
        assert not name.startswith("'")
        assert not name.endswith("'")


def test_what_is_too_long_for_one_sheet_goes_on_in_the_next(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    report = extreme()
    whole = sum(a.gaps + a.unknowns for a in report.answers)
    monkeypatch.setattr(report_sheets, "MOST_ROWS", 14)
    book = written(report, tmp_path)
    assert all(sheet.max_row <= 14 for sheet in book.worksheets[1:])
    verdicts = ("缺口 / gap", "待核实 / cannot tell")
    assert (
        sum(row[0] in verdicts for sheet in book.worksheets[1:] for row in sheet.iter_rows(values_only=True)) == whole
    )


def test_member_counts_are_left_out_where_they_are_not_for_the_reader(tmp_path: Path) -> None:
    report = small()
    open_book, closed = written(report, tmp_path), written(closed_report(), tmp_path)
    assert "应建未建" in open_book.sheetnames  # decided by member counts
    assert "应建未建" not in closed.sheetnames
    restricted = {c.title.zh for t in NODE_TYPES.values() for c in t.columns.values() if c.restricted}
    assert restricted & {head for sheet in open_book.worksheets for head in header(sheet)[1]}
    assert not restricted & {head for sheet in closed.worksheets for head in header(sheet)[1]}
    open_ids = {a.question.id for a in report.answers if not reads_restricted(a.question)}
    open_tables = [id_ for id_ in report.tables if not reads_restricted(question(id_))]
    assert len(report.tables) - len(open_tables) == 2  # of money that tells them
    assert len(closed.sheetnames) == 1 + len(open_ids) + 3 + len(open_tables)
    heads = [str(c.value) for sheet in closed.worksheets for c in sheet[header(sheet)[0]]]
    assert not any("branch-required" in head for head in heads)


def test_the_summary_links_to_every_sheet_and_counts_as_the_answers_do(tmp_path: Path) -> None:
    report = small()
    book = written(report, tmp_path)
    summary = book.worksheets[0]
    top, _ = header(summary)
    rows = list(summary.iter_rows(min_row=top + 1, max_row=top + len(report.answers), values_only=True))
    for row, answer in zip(rows, report.answers, strict=True):
        assert row[0] in book.sheetnames
        if not answer.no_data:
            assert row[4:7] == (answer.total, answer.gaps, answer.unknowns)
    severities = {s.title.zh for s in Severity}
    assert all(str(row[3])[2:].split(" / ")[0] in severities for row in rows)
    links = {link.location for cells in summary.iter_rows(max_col=1) for c in cells if (link := c.hyperlink)}
    assert links == {f"'{name}'!A1" for name in book.sheetnames[1:]}
