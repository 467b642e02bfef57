"""What goes back to the user: marked workbook, rejected rows, text and JSON, without persons and without formulas."""

from __future__ import annotations

import csv
import datetime as dt
import json
import zipfile
from pathlib import Path

import openpyxl
import pytest
import xlwt
from openpyxl.comments import Comment
from openpyxl.styles import Font
from openpyxl.worksheet.datavalidation import DataValidation

from loaders.bundle import Bundle, read_bundle
from loaders.marked_workbook import write_marked
from loaders.raw import Checked
from loaders.rejected_rows import write_rejected
from loaders.template import ERRORS_SHEET
from loaders.validate import check
from loaders.verdict import as_json, as_text

SECRETS = ("张三丰", "13800138000", "11010519491231002X", "某人@example.org", "someone@example.org", "李四光")
ROWS = (
    ("标识", "名称", "从业人员数", "负责人姓名", "五类", "备注"),
    ("a", "甲", "3", "张三丰", "服务", "11010519491231002X"),
    ("b", "乙", "many", "李四光", "服物", "=1+1"),
    ("c", "丙", "-4", "张三丰", "活动", "ok"),
)


def judged(path: Path) -> tuple[Bundle, Checked]:
    bundle = read_bundle(path)
    return bundle, check(bundle.raws, errors=bundle.errors, notices=bundle.notices)


@pytest.fixture
def own(tmp_path: Path) -> Path:
    """A workbook as users have them: looks, formulas, notes, other sheets, and persons everywhere."""
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = "社会组织"
    for row in ROWS:
        sheet.append(row)
    sheet["B2"].font = Font(bold=True, name="黑体")
    sheet["B3"].comment = Comment("问张三丰 13800138000", "李四光")
    sheet["C4"] = 13800138000
    sheet["F4"].hyperlink = "mailto:someone@example.org"
    sheet["F2"] = "张某 13800138000"
    sheet.column_dimensions["B"].width = 33
    assert sheet.oddHeader is not None
    sheet.oddHeader.center.text = "填表人 张三丰"
    other = book.create_sheet("通讯录")
    other.append(["李四光", "13800138000"])
    book.properties.creator = "张三丰"
    path = tmp_path / "ledger.xlsx"
    book.save(path)
    return path


def everything(path: Path) -> str:
    if path.suffix != ".xlsx":
        return path.read_text("utf-8")
    with zipfile.ZipFile(path) as package:
        return "".join(package.read(name).decode("utf-8", "replace") for name in package.namelist())


def test_wrong_cells_are_marked_in_the_users_own_workbook(own: Path, tmp_path: Path) -> None:
    bundle, checked = judged(own)
    assert {(error.cell, error.code) for error in checked.errors} == {
        ("C3", "not-a-whole-number"),
        ("E3", "not-a-choice"),
        ("C4", "above-range"),
    }
    out = tmp_path / "marked.xlsx"
    write_marked(out, bundle.layouts, checked, own)
    book = openpyxl.load_workbook(out)
    assert book.sheetnames == [ERRORS_SHEET, "社会组织"]
    sheet = book["社会组织"]
    assert {cell.coordinate for row in sheet for cell in row if cell.comment} == {"C3", "C4", "E3"}
    assert sheet["C3"].comment.text.startswith("不是整数。")
    assert "It is no whole number." in sheet["C3"].comment.text
    assert sheet["C3"].fill.start_color.rgb != sheet["A3"].fill.start_color.rgb != sheet["A2"].fill.start_color.rgb
    assert (sheet["B2"].value, sheet["B2"].font.name, sheet.column_dimensions["B"].width) == ("甲", "黑体", 33)
    listed = [[cell.value for cell in row] for row in book[ERRORS_SHEET].iter_rows(min_row=2, max_row=4)]
    assert [row[1:6] for row in listed] == [
        ["社会组织", 3, "从业人员数", "C3", "many"],
        ["社会组织", 3, "五类", "E3", "服物"],
        ["社会组织", 4, "从业人员数", "C4", None],
    ]
    assert book[ERRORS_SHEET]["E2"].hyperlink.location == "'社会组织'!C3"


@pytest.mark.parametrize("looks", [True, False])
def test_no_person_and_no_formula_gets_into_the_marked_workbook(own: Path, looks: bool, tmp_path: Path) -> None:
    bundle, checked = judged(own)
    out = tmp_path / "marked.xlsx"
    write_marked(out, bundle.layouts, checked, own if looks else None)
    text = everything(out)
    assert not [secret for secret in SECRETS if secret in text]
    assert "<f>" not in text
    assert "1+1" in everything(own)
    sheet = openpyxl.load_workbook(out)["社会组织"]
    assert {sheet.cell(row, 4).value for row in range(2, 5)} == {None}
    assert sheet["D1"].value is None
    assert (sheet["F1"].value, sheet["F2"].value, sheet["F4"].value) == ("备注", None, "ok")


def test_what_the_office_keeps_beside_the_data_comes_back_and_what_does_not_is_told(own: Path, tmp_path: Path) -> None:
    book = openpyxl.load_workbook(own)
    sheet = book["社会组织"]
    sheet.insert_rows(1, 2)
    sheet["A1"] = "春熙路街道台账"
    sheet["A2"], sheet["B2"] = "填表人：", "李四光"
    sheet["G3"], sheet["G4"], sheet["G5"] = "专长", "专业性", dt.date(2015, 6, 3)
    words = DataValidation("list", formula1='"专业性,学术性"', sqref="G4:G99")
    elsewhere = DataValidation("list", formula1="通讯录!$A$1:$A$2", sqref="F4:F99")
    persons = DataValidation("list", formula1='"张三丰,李四光"', sqref="D4:D99")
    for one in (words, elsewhere, persons):
        sheet.add_data_validation(one)
    book.save(own)
    bundle, checked = judged(own)
    out = tmp_path / "marked.xlsx"
    write_marked(out, bundle.layouts, checked, own)
    marked = openpyxl.load_workbook(out)
    sheet = marked["社会组织"]
    assert [sheet[cell].value for cell in ("A1", "A2", "B2", "F3", "F6", "G3", "G4")] == [
        "春熙路街道台账", None, None, "备注", "ok", "专长", "专业性",
    ]  # fmt: skip
    assert str(sheet["G5"].value).startswith("2015-06-03")
    assert [(str(one.sqref), one.formula1) for one in sheet.data_validations.dataValidation] == [
        ("G4:G99", words.formula1)
    ]
    told = [str(cell.value) for row in marked[ERRORS_SHEET].iter_rows(max_col=1) for cell in row]
    assert any(
        text.startswith("“社会组织”中没有退回的（涉及个人信息）：“负责人姓名”列；4 个含个人信息的单元格。")
        for text in told
    ), told
    assert not [secret for secret in SECRETS if secret in everything(out)]


def test_a_marked_workbook_comes_again_without_its_old_marks(own: Path, tmp_path: Path) -> None:
    bundle, checked = judged(own)
    first, second = tmp_path / "first.xlsx", tmp_path / "second.xlsx"
    write_marked(first, bundle.layouts, checked, own)
    book = openpyxl.load_workbook(first)
    book["社会组织"]["E3"] = "服务"
    book.save(first)
    bundle, checked = judged(first)
    assert {(error.cell, error.code) for error in checked.errors} == {("C3", "not-a-whole-number")}
    assert not [notice for notice in checked.notices if notice.code == "unknown-table"]
    write_marked(second, bundle.layouts, checked, first)
    sheet = openpyxl.load_workbook(second)["社会组织"]
    assert {cell.coordinate for row in sheet for cell in row if cell.comment} == {"C3"}
    assert sheet["E3"].fill.start_color.rgb == sheet["D3"].fill.start_color.rgb
    assert sheet["C4"].fill.fill_type is None


def test_the_signature_below_the_table_is_not_copied(tmp_path: Path) -> None:
    path = tmp_path / "Organization.csv"
    path.write_text("某街道台账,,\n标识,名称,从业人员数\na,甲,many\n填表人：张三丰,,\n", encoding="utf-8")
    bundle, checked = judged(path)
    assert sum(checked.error_counts.values()) == 1
    write_marked(tmp_path / "marked.xlsx", bundle.layouts, checked, path)
    sheet = openpyxl.load_workbook(tmp_path / "marked.xlsx")["Organization"]
    assert sheet["A1"].value == "某街道台账"
    assert sheet["C3"].comment is not None
    assert "张三丰" not in everything(tmp_path / "marked.xlsx")


def test_csv_and_xls_give_a_new_workbook(tmp_path: Path) -> None:
    old = xlwt.Workbook()
    sheet = old.add_sheet("Organization")
    for row, cells in enumerate(ROWS):
        for column, text in enumerate(cells):
            sheet.write(row, column, text)
    old.save(str(tmp_path / "ledger.xls"))
    with (tmp_path / "Organization.csv").open("w", encoding="gb18030", newline="") as file:
        csv.writer(file).writerows(ROWS)
    for name in ("ledger.xls", "Organization.csv"):
        bundle, checked = judged(tmp_path / name)
        out = tmp_path / f"{name}.marked.xlsx"
        write_marked(out, bundle.layouts, checked, tmp_path / name)
        marked = openpyxl.load_workbook(out)["Organization"]
        assert marked["C3"].comment is not None
        assert [cell.value for cell in marked["F"]] == ["备注", None, "=1+1", "ok"]
        assert not [secret for secret in SECRETS if secret in everything(out)]


def test_a_large_file_gives_back_its_rejected_rows_only(tmp_path: Path) -> None:
    path = tmp_path / "Organization.csv"
    lines = [f"o{i},机构{i},{'many' if i % 100_000 == 7 else 3}" for i in range(200_000)]
    path.write_text("\n".join(["id,name,staff", *lines]), encoding="utf-8")
    bundle, checked = judged(path)
    write_marked(tmp_path / "marked.xlsx", bundle.layouts, checked, path)
    book = openpyxl.load_workbook(tmp_path / "marked.xlsx")
    assert [[cell.value for cell in row] for row in book["Organization"]] == [
        ["id", "name", "staff"],
        ["o7", "机构7", "many"],
        ["o100007", "机构100007", "many"],
    ]


def test_names_that_no_sheet_may_have_are_changed(tmp_path: Path) -> None:
    path = tmp_path / "Organization.json"
    path.write_text(
        json.dumps({"Organization": [{"id": "a", "staff": "x"}], "[社会组织]/": [{"id": "a"}]}), encoding="utf-8"
    )
    bundle, checked = judged(path)
    write_marked(tmp_path / "marked.xlsx", bundle.layouts, checked)
    assert openpyxl.load_workbook(tmp_path / "marked.xlsx").sheetnames == [ERRORS_SHEET, "Organization"]
    assert [notice.code for notice in checked.notices] == ["unknown-table"]


def test_rejected_rows_are_written_in_the_layout_they_came_in(own: Path, tmp_path: Path) -> None:
    bundle, checked = judged(own)
    write_rejected(tmp_path / "rejected.xlsx", bundle.layouts, checked)
    sheet = openpyxl.load_workbook(tmp_path / "rejected.xlsx")["社会组织"]
    assert [[cell.value for cell in row] for row in sheet.iter_rows(max_col=3)] == [
        ["标识", "名称", "从业人员数"],
        ["b", "乙", "many"],
        ["c", "丙", None],
    ]
    assert not [secret for secret in SECRETS if secret in everything(tmp_path / "rejected.xlsx")]


def test_rejected_rows_once_mended_are_imported(tmp_path: Path) -> None:
    path = tmp_path / "Organization.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows((*row, "=1+1" if n else "行业") for n, row in enumerate(ROWS))
    bundle, checked = judged(path)
    out = tmp_path / "again" / "Organization.csv"
    out.parent.mkdir()
    write_rejected(out, bundle.layouts, checked)
    text = out.read_text("utf-8-sig")
    assert not [secret for secret in SECRETS if secret in text]
    assert "'=1+1" in text
    out.write_text(text.replace("many", "5").replace("服物", "服务").replace("-4", "4"), encoding="utf-8")
    again, mended = judged(out)
    assert not mended.errors
    assert mended.tables["Organization"]["staff"].to_list() == [5, 4]
    with pytest.raises(ValueError, match="one sheet"):
        write_rejected(out, (*bundle.layouts, *again.layouts), _both(checked, mended))


def _both(one: Checked, other: Checked) -> Checked:
    """Two sheets with rejected rows."""
    moved = one.rejected.with_columns(sheet=one.rejected["sheet"] + "")
    return Checked(one.parts, one.errors, one.error_counts, (), one.sheets, moved)


def test_the_outcome_is_told_in_both_languages_and_as_json(own: Path) -> None:
    _, checked = judged(own)
    assert "读取 3 行 = 接受 1 行 + 拒绝 2 行" in as_text(checked)
    assert "3 rows read = 1 accepted + 2 rejected" in as_text(checked, "en")
    assert "ledger.xlsx，工作表“社会组织”，第 3 行，“从业人员数”列，C3，值为“many”：不是整数。" in as_text(checked)
    told = json.loads(json.dumps(as_json(checked), ensure_ascii=False))
    assert told["rejected_rows"] == [
        {"file": "ledger.xlsx", "sheet": "社会组织", "row": 3},
        {"file": "ledger.xlsx", "sheet": "社会组织", "row": 4},
    ]
    assert told["read"] == told["accepted"] + told["rejected"] == 3
    shown = as_text(checked) + as_text(checked, "en") + json.dumps(told, ensure_ascii=False)
    assert not [secret for secret in SECRETS if secret in shown]


def test_errors_beyond_those_shown_are_counted_in_every_form(tmp_path: Path) -> None:
    path = tmp_path / "Organization.csv"
    path.write_text("id,staff\n" + "\n".join(f"o{i},many" for i in range(30)), encoding="utf-8")
    bundle = read_bundle(path)
    checked = check(bundle.raws, most=10)
    assert "20 more errors" in as_text(checked, "en")
    assert as_json(checked)["errors_not_shown"] == 20
    write_marked(tmp_path / "marked.xlsx", bundle.layouts, checked)
    cells = [cell.value for row in openpyxl.load_workbook(tmp_path / "marked.xlsx")[ERRORS_SHEET] for cell in row]
    assert "另有 20 处错误未列出 / 20 more errors are not shown" in cells
    assert 30 in cells
