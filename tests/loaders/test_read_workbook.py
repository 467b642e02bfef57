"""Does a workbook come out as the text its user sees, each row where it stood?"""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import openpyxl
import pytest
import xlsxwriter
import xlwt
from openpyxl.styles import Font

from loaders.files import read_file
from loaders.grid import Grid


def cell(grid: Grid, name: str) -> str | None:
    column, row = openpyxl.utils.cell.coordinate_from_string(name)
    index = openpyxl.utils.column_index_from_string(column) - 1
    assert grid.rows[row - 1] == row
    value = grid.frame.item(row - 1, index)
    assert value is None or isinstance(value, str)
    return value


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (3, "3"),
        (-12.0, "-12"),
        (1.5, "1.5"),
        (0.1 + 0.2, "0.3"),
        (2015.6, "2015.6"),
        (0.00001, "0.00001"),
        (123456789012345, "123456789012345"),
        ("91510104567890123X", "91510104567890123X"),
        ("００１２", "００１２"),
        (True, "TRUE"),
        (False, "FALSE"),
        (dt.date(2015, 6, 1), "2015-06-01"),
        (dt.datetime(2015, 6, 1, 9, 30), "2015-06-01 09:30:00"),  # noqa: DTZ001 - a cell knows no zone
        ("  锦江区　", "锦江区"),
        ("　 ", None),
        ("", None),
        ("两\n行", "两\n行"),
        ("未建立", "未建立"),
    ],
)
def test_a_cell_becomes_the_text_its_user_sees(
    tmp_path: Path, value: str | float | bool | dt.date, text: str | None
) -> None:
    book = openpyxl.Workbook()
    assert book.active is not None
    book.active["C4"] = value
    book.active["D5"] = "末"
    book.save(tmp_path / "a.xlsx")
    (grid,) = read_file(tmp_path / "a.xlsx")
    assert cell(grid, "C4") == text
    assert cell(grid, "D5") == "末"
    assert grid.frame.shape == (5, 4)
    assert grid.notices == ()


def test_codes_that_a_spreadsheet_has_cut_are_noticed(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    book.active["B3"] = 915101045678901234  # type: ignore[index]
    book.active["B4"] = "915101045678901234"  # type: ignore[index]
    book.save(tmp_path / "codes.xlsx")
    (grid,) = read_file(tmp_path / "codes.xlsx")
    assert cell(grid, "B3") == "915101045678901000"
    assert cell(grid, "B4") == "915101045678901234"
    assert [(notice.code, notice.cell) for notice in grid.notices] == [("long-number", "B3")]


def test_formulas_give_their_stored_value_or_a_notice(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    book.active["A1"] = "=1+1"  # type: ignore[index] # openpyxl stores no value
    book.active["A2"] = 5  # type: ignore[index]
    failed = book.active["A3"]  # type: ignore[index]
    failed.value, failed.data_type = "#REF!", "e"
    book.active["A4"] = "末"  # type: ignore[index]
    book.save(tmp_path / "f.xlsx")
    (grid,) = read_file(tmp_path / "f.xlsx")
    assert grid.frame.to_series().to_list() == [None, "5", None, "末"]
    assert {notice.code: notice.cell for notice in grid.notices} == {"formula-without-value": "A1", "error-cell": "A3"}
    assert "A1" in grid.notices[1].as_text("zh")
    assert "A1" in grid.notices[1].as_text("en")


def test_a_stored_value_of_a_formula_is_read(tmp_path: Path) -> None:
    with xlsxwriter.Workbook(tmp_path / "f.xlsx") as book:
        sheet = book.add_worksheet("表")
        sheet.write_formula("A1", "=40+2", None, 42)
        sheet.write_formula("A2", '="甲"&"乙"', None, "甲乙")
    (grid,) = read_file(tmp_path / "f.xlsx")
    assert grid.frame.to_series().to_list() == ["42", "甲乙"]
    assert grid.notices == ()


def test_hidden_sheets_are_read_and_charts_are_not(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    book.active.title = "台账"  # type: ignore[union-attr]
    hidden = book.create_sheet("旧表")
    hidden["A1"] = "甲"
    hidden.sheet_state = "veryHidden"
    book.create_sheet("空")
    book.create_chartsheet("图")
    book.save(tmp_path / "h.xlsx")
    grids = {grid.name: grid for grid in read_file(tmp_path / "h.xlsx")}
    assert list(grids) == ["台账", "旧表", "空", "图"]
    assert grids["旧表"].frame.rows() == [("甲",)]
    assert {name: [notice.code for notice in grid.notices] for name, grid in grids.items()} == {
        "台账": [],
        "旧表": ["hidden-sheet"],
        "空": [],
        "图": ["not-a-table"],
    }
    assert grids["空"].height == 0


def test_formats_without_values_take_no_room(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    book.active["A1"] = "甲"  # type: ignore[index]
    book.active["ZZ1048576"].font = Font(bold=True)  # type: ignore[index]
    book.save(tmp_path / "formatted.xlsx")
    (grid,) = read_file(tmp_path / "formatted.xlsx")
    assert grid.frame.rows() == [("甲",)]


def test_merged_ranges_are_told_as_positions(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    book.active["B2"], book.active["D4"] = "合", "末"  # type: ignore[index]
    book.active.merge_cells("B2:C3")  # type: ignore[union-attr]
    book.save(tmp_path / "m.xlsx")
    (grid,) = read_file(tmp_path / "m.xlsx")
    assert grid.merges.tolist() == [[1, 2, 1, 2]]


def test_the_older_format_reads_the_same(tmp_path: Path) -> None:
    book = xlwt.Workbook()
    sheet = book.add_sheet("一")
    sheet.write_merge(0, 0, 1, 3, "标题")
    sheet.write(2, 1, "名称")
    sheet.write(3, 1, 51.0)
    sheet.write(3, 2, dt.date(2015, 6, 1), xlwt.easyxf(num_format_str="yyyy-mm-dd"))
    sheet.write(3, 3, True)
    book.save(str(tmp_path / "old.xls"))
    (grid,) = read_file(tmp_path / "old.xls")
    assert grid.frame.rows() == [
        (None, "标题", None, None),
        (None, None, None, None),
        (None, "名称", None, None),
        (None, "51", "2015-06-01", "TRUE"),
    ]
    assert grid.merges.tolist() == [[0, 0, 1, 3]]
    assert grid.rows.to_list() == [1, 2, 3, 4]


def test_a_large_sheet_arrives_in_order(tmp_path: Path) -> None:
    rows = 60_000  # several batches
    with xlsxwriter.Workbook(tmp_path / "large.xlsx", {"constant_memory": True}) as book:
        sheet = book.add_worksheet()
        for row in range(rows):
            sheet.write_row(row, 0, [row, f"组织{row}", None, row / 2])
    (grid,) = read_file(tmp_path / "large.xlsx")
    assert grid.frame["c0"].to_list() == [str(row) for row in range(rows)]
    assert grid.frame.row(59_999) == ("59999", "组织59999", None, "29999.5")
    assert grid.frame["c2"].null_count() == rows
