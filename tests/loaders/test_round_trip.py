"""Can the blank workbook be filled, come back marked, be mended there, and be imported without loss?"""

from __future__ import annotations

from pathlib import Path

import openpyxl
from openpyxl.worksheet.worksheet import Worksheet

from loaders.files import read_file
from loaders.ledger import Ledger, read_ledger
from loaders.ledger_mapping_file import default_mapping
from loaders.ledger_template import write_ledger_template
from loaders.marked_workbook import write_marked
from loaders.rejected_rows import write_rejected
from loaders.template import ERRORS_SHEET
from tests.loaders.test_ledger import CODE, NETWORK

LEDGER, REGISTER = "社会组织党建台账", "基本信息"
TOLD = {"name": "甲服务中心", "code": CODE, "authority": "锦江区教育局", "Organization.staff": "many"}
ALSO = {"name": "甲服务中心", "Organization.credit_code": CODE, "Organization.track": "登记"}


def read(path: Path) -> Ledger:
    return read_ledger(read_file(path), existing=NETWORK)


def fill(sheet: Worksheet, found: Ledger, values: dict[str, str]) -> int:
    """Write a row below the example, each value under the header of its key; the number of the row."""
    (table,) = (table for table in found.tables if table.grid.name == sheet.title)
    row = table.grid.height + 1
    for key, value in values.items():
        header = table.header(key)
        assert header is not None
        assert header.index is not None
        sheet.cell(row, header.index, value)
    return row


def texts(sheet: Worksheet) -> list[list[object]]:
    return [[cell.value for cell in row] for row in sheet.iter_rows()]


def test_the_blank_workbook_comes_back_marked_and_is_imported_once_mended(tmp_path: Path) -> None:
    own, marked, again = (tmp_path / name for name in ("台账.xlsx", "台账-标注.xlsx", "again.xlsx"))
    write_ledger_template(own, default_mapping())
    book = openpyxl.load_workbook(own)
    found = read(own)
    row = fill(book[LEDGER], found, TOLD)
    fill(book[REGISTER], found, ALSO)
    headers = {cell.value: cell.column for line in book[LEDGER].iter_rows(max_row=row - 2) for cell in line}
    for header, value in {"备注": "等待换届", "行业性": "√", "序号": "1"}.items():
        column = headers[header]
        assert column is not None
        book[LEDGER].cell(row, column, value)
    book.save(own)
    found = read(own)
    checked = found.check(NETWORK)
    assert [(e.code, e.sheet, e.row) for e in checked.errors if e.sheet == LEDGER] == [
        ("not-a-whole-number", LEDGER, row)
    ]
    write_marked(marked, found.layouts, checked, own)
    copy = openpyxl.load_workbook(marked)
    assert copy.sheetnames == [ERRORS_SHEET, LEDGER, REGISTER]
    for name in (LEDGER, REGISTER):
        assert texts(copy[name]) == texts(book[name])
        assert copy[name].data_validations.count == book[name].data_validations.count > 0
        assert copy[name].merged_cells == book[name].merged_cells
    cell = next(cell for cell in copy[LEDGER][row] if cell.value == "many")
    assert cell.comment is not None
    cell.value = 12
    copy.save(again)
    found = read(again)
    checked = found.check(NETWORK)
    assert checked.errors == ()
    assert checked.tables["Organization"]["staff"].to_list() == [12]
    assert not [notice for notice in checked.notices if notice.sheet == ERRORS_SHEET]


def test_the_rejected_rows_of_the_blank_workbook_are_imported_once_mended(tmp_path: Path) -> None:
    own, rejected = tmp_path / "台账.xlsx", tmp_path / "台账-未通过.xlsx"
    write_ledger_template(own, default_mapping())
    book = openpyxl.load_workbook(own)
    found = read(own)
    row = fill(book[LEDGER], found, TOLD)
    fill(book[REGISTER], found, ALSO)
    column = next(cell.column for line in book[LEDGER].iter_rows(max_row=4) for cell in line if cell.value == "备注")
    book[LEDGER].cell(row, column, "等待换届")
    book.save(own)
    found = read(own)
    write_rejected(rejected, found.layouts, found.check(NETWORK))
    copy = openpyxl.load_workbook(rejected)
    cell = next(cell for line in copy[LEDGER].iter_rows() for cell in line if cell.value == "many")
    assert copy[LEDGER].cell(cell.row, column).value == "等待换届"
    cell.value = 12
    copy.save(rejected)
    checked = read(rejected).check(NETWORK)
    assert checked.errors == ()
    assert checked.tables["Organization"]["staff"].to_list() == [12]
