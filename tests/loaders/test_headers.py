"""Is the table found under titles and stacked headers, and is every other row set aside with its reason?"""

from __future__ import annotations

from pathlib import Path

import openpyxl
import polars as pl
import pytest

from loaders.files import read_file
from loaders.grid import Grid, half_width
from loaders.headers import Sheet, find_table, likely_columns

KNOWN = ["社会组织名称", "登记证号", "党员人数/合计", "党组织设置/是", "建立党组织时间", "审批单位"]


def grid(*rows: tuple[str | None, ...], merges: list[str] | None = None, folder: Path | None = None) -> Grid:
    """The rows as a real workbook reads, or as a CSV where no folder is given."""
    if folder is None:
        frame = pl.DataFrame(rows, orient="row", schema={f"c{n}": pl.String for n in range(len(rows[0]))})
        return Grid("f.csv", "f", frame, pl.int_range(1, len(rows) + 1, dtype=pl.UInt32, eager=True))
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)  # type: ignore[union-attr]
    for each in merges or ():
        book.active.merge_cells(each)  # type: ignore[union-attr]
    book.save(folder / "t.xlsx")
    return read_file(folder / "t.xlsx")[0]


def found(source: Grid, known: list[str] | None = None) -> Sheet:
    sheet = find_table(source, known or KNOWN)
    assert sheet is not None
    assert source.height == sheet.frame.height + sheet.set_aside.height
    assert sorted([*sheet.rows, *sheet.set_aside["row"]]) == source.rows.to_list()
    return sheet


LEDGER = (
    ("锦江区社会组织党建工作台账", None, None, None, None, None, None),
    ("填报单位：", None, None, "填报日期：", "2015.6", None, None),
    ("序号", "社会组织名称", "登记证号", "党员人数", None, "党组织\n设置", None),
    (None, None, None, "合 计", "领导班子", "是", "否"),
    ("1", "甲协会", "51", "3", "1", "√", None),
    ("2", "乙中心", "52", "5", None, None, "√"),
    (None, None, None, "2", None, None, "√"),
    (None, None, None, None, None, None, None),
    ("合计", None, None, "10", None, None, None),
    ("填表人：", None, "审核人：", None, None, None, None),
    ("说明：党员人数含预备党员", None, None, None, None, None, None),
)
MERGES = ["A1:G1", "A3:A4", "B3:B4", "C3:C4", "D3:E3", "F3:G3", "B6:B7", "A9:C9", "A11:G11"]
HEADERS = ["序号", "社会组织名称", "登记证号", "党员人数/合计", "党员人数/领导班子", "党组织设置/是", "党组织设置/否"]
REASONS = [
    (1, "title"),
    (2, "title"),
    (3, "header"),
    (4, "header"),
    (8, "blank"),
    (9, "total"),
    (10, "signature"),
    (11, "note"),
]


def test_a_ledger_as_staff_keep_it(tmp_path: Path) -> None:
    sheet = found(grid(*LEDGER, merges=MERGES, folder=tmp_path))
    assert [column.header for column in sheet.columns] == HEADERS
    assert [(column.index, column.group) for column in sheet.columns][2:4] == [(3, ""), (4, "党员人数")]
    assert sheet.rows.to_list() == [5, 6, 7]
    assert sheet.frame["c1"].to_list() == ["甲协会", "乙中心", "乙中心"]  # merged over rows 6 and 7
    assert sheet.frame["c2"].to_list() == ["51", "52", None]  # blank, not merged
    assert sheet.frame["c3"].to_list() == ["3", "5", "2"]
    assert sheet.set_aside.rows() == REASONS
    assert [(notice.code, notice.cell) for notice in sheet.notices] == [("merged-cells", "B6")]
    assert "第 6 至 7 行" in sheet.notices[0].message.zh


def test_the_same_ledger_without_merges_as_a_csv_has_it() -> None:
    sheet = found(grid(*LEDGER))
    assert [column.header for column in sheet.columns] == HEADERS
    assert sheet.frame["c1"].to_list() == ["甲协会", "乙中心", None]
    assert sheet.set_aside.rows() == REASONS


def test_a_merged_group_does_not_reach_past_its_range(tmp_path: Path) -> None:
    rows = (("社会组织名称", "党员人数", None, None), (None, "合计", "其中", "审批单位"), ("甲", "1", "2", "乙"))
    sheet = found(grid(*rows, merges=["B1:C1", "A1:A2"], folder=tmp_path))
    assert [column.header for column in sheet.columns] == ["社会组织名称", "党员人数/合计", "党员人数/其中", "审批单位"]


def test_three_stacked_rows_and_sections_above(tmp_path: Path) -> None:
    rows = (
        ("基本", None, "党员", None),
        ("社会组织名称", "登记证号", "党员人数", None),
        (None, None, "合计", "领导班子"),
        ("甲", "51", "3", "1"),
    )
    merges = ["A1:B1", "C1:D1", "C2:D2", "A2:A3", "B2:B3"]
    sheet = found(grid(*rows, merges=merges, folder=tmp_path))
    assert sheet.rows.to_list() == [4]
    assert all("党员人数/合计" in column.forms for column in sheet.columns if column.name == "c2")


def test_a_header_merged_downwards_is_found_and_its_repeats_are_no_data(tmp_path: Path) -> None:
    header = ("社会组织名称", "登记证号", "审批单位")
    blank = (None, None, None)
    rows = (header, blank, ("甲", "51", "乙"), header, blank, ("丙", "52", "乙"))
    merges = [f"{letter}{top}:{letter}{top + 1}" for top in (1, 4) for letter in "ABC"]
    sheet = found(grid(*rows, merges=merges, folder=tmp_path))
    assert [column.header for column in sheet.columns] == list(header)
    assert sheet.rows.to_list() == [3, 6]
    assert [reason for _, reason in sheet.set_aside.rows()] == [
        "header",
        "header",
        "repeated-header",
        "repeated-header",
    ]


def test_headers_match_in_any_width_and_spacing() -> None:
    rows = (("社会\n组织 名称", "ＩＤ（登记）"), ("甲", "1"))
    sheet = found(grid(*rows), ["社会组织名称", "id(登记)"])
    assert [column.forms for column in sheet.columns] == [("社会组织名称",), ("id(登记)",)]


def test_a_unit_in_brackets_behind_a_header_is_no_part_of_its_name() -> None:
    sheet = found(grid(("社会组织名称", "党员\n人数（人）"), ("甲", "1")), ["社会组织名称", "党员人数"])
    assert [column.forms[-1] for column in sheet.columns] == ["社会组织名称", "党员人数"]


def test_a_plain_table_needs_no_more_than_its_first_row() -> None:
    sheet = found(grid(("id", "name"), ("a", "甲"), ("b", "乙")), ["id", "name", "street"])
    assert sheet.frame.rows() == [("a", "甲"), ("b", "乙")]
    assert sheet.set_aside.rows() == [(1, "header")]


def test_column_numbers_and_repeated_headers_are_no_data() -> None:
    header = ("社会组织名称", "登记证号", "审批单位")
    sheet = found(grid(header, ("1", "2", "3"), ("甲", "51", "乙"), header, ("1", "2", "3")))
    assert sheet.set_aside.rows() == [(1, "header"), (2, "column-numbers"), (4, "repeated-header")]
    assert sheet.rows.to_list() == [3, 5]


def test_units_under_the_header_are_no_data() -> None:
    header = ("社会组织名称", "登记证号", "从业人员数", "联合支部")
    sheet = found(
        grid(
            header,
            ("1", "2", "3", "4"),
            (None, None, "（人）", "是/否"),
            ("甲", "51", "3", "是"),
            (None, None, "人", "个"),
        )
    )
    assert sheet.set_aside.rows() == [(1, "header"), (2, "column-numbers"), (3, "units")]
    assert sheet.rows.to_list() == [4, 5]  # further down they are somebody's mistake, which the validator tells


def test_headings_between_rows_are_no_data_and_names_alone_are(tmp_path: Path) -> None:
    rows = (
        ("社会组织名称", "登记证号", "审批单位"),
        ("春熙路街道", None, None), ("甲", "51", "乙"), ("一、学术类", None, None), ("丙", None, None),
        ("志愿类组织", None, None), (None, None, None), ("丁", None, None), ("戊", "53", "春熙路街道"),
    )  # fmt: skip
    sheet = found(grid(*rows, merges=["A4:C4", "A6:C7", "B8:C8"], folder=tmp_path))
    assert sheet.set_aside.rows() == [(1, "header"), (2, "heading"), (4, "heading"), (6, "heading"), (7, "heading")]
    assert sheet.rows.to_list() == [3, 5, 8, 9]  # a name alone may be an organisation of which nothing else is known


@pytest.mark.parametrize("label", ["合计", "合 计", "总计：", "小计", "春熙路街道小计", "Total", "subtotal:"])
def test_total_rows_are_known_by_their_label(label: str) -> None:
    rows = (("社会组织名称", "登记证号"), ("甲", "51"), (label, "2"))
    assert found(grid(*rows)).set_aside.rows()[-1] == (3, "total")


@pytest.mark.parametrize(
    "label", ["填表人：", "审核（盖章）：", "负责人签字：", "盖章：", "单位（章）", "经办人(签字):"]
)
def test_signature_rows_are_known_by_their_label(label: str) -> None:
    rows = (("社会组织名称", "登记证号"), ("甲", "51"), (label, None))
    assert found(grid(*rows)).set_aside.rows()[-1] == (3, "signature")


@pytest.mark.parametrize(
    "name",
    [
        "锦江区合计算法研究会",
        "负责人签字协会",
        "审核协会",
        "负责人联谊会",
        "说明书设计协会",
        "备注行业协会",
        "制表行业协会",
        "签章技术协会",
    ],
)
def test_names_are_not_taken_for_labels(name: str) -> None:
    rows = (("社会组织名称", "登记证号"), (name, "51"))
    assert found(grid(*rows)).frame.rows() == [(name, "51")]


def test_values_without_a_header_are_noticed() -> None:
    rows = (("社会组织名称", None, "登记证号"), ("甲", None, "51"), ("乙", "临时", "52"))
    sheet = found(grid(*rows))
    assert [column.index for column in sheet.columns] == [1, 3]
    assert [(notice.code, notice.cell) for notice in sheet.notices] == [("column-without-header", "B3")]
    assert "临时" not in sheet.notices[0].as_text("zh")


def test_a_sheet_without_known_headers_is_no_table() -> None:
    assert find_table(grid(("随便", "写写"), ("1", "2")), KNOWN) is None
    assert (
        find_table(Grid("f", "s", pl.DataFrame(schema={"c0": pl.String}), pl.Series([], dtype=pl.UInt32)), KNOWN)
        is None
    )


def test_a_merge_beyond_the_sheet_is_cut_off(tmp_path: Path) -> None:
    rows = (("社会组织名称", "登记证号"), ("甲", "51"), (None, "52"))
    sheet = found(grid(*rows, merges=["A2:A2000"], folder=tmp_path))
    assert sheet.frame["c0"].to_list() == ["甲", "甲"]


def test_full_width_becomes_half_width_only_where_asked() -> None:
    text = pl.Series(["ＡＢ－１２（三）　丙", "！～", None, "锦江"])
    halved = text.to_frame("t").select(half_width(pl.col("t"))).to_series()
    assert halved.to_list() == ["AB-12(三) 丙", "!~", None, "锦江"]


@pytest.mark.parametrize("as_workbook", [True, False])
def test_likely_columns_have_the_titles_of_all_rows_of_their_header(tmp_path: Path, as_workbook: bool) -> None:
    source = grid(*LEDGER, merges=MERGES if as_workbook else None, folder=tmp_path if as_workbook else None)
    assert [column.header for column in likely_columns(source)] == HEADERS


def test_a_single_row_above_data_is_the_header_whatever_stands_above() -> None:
    titled = grid(("台账", None, None), ("报送：", "某街道", None), ("单位", "街", "备注"), ("甲", "乙街", "无"), ("丙", "丁街", "无"))  # fmt: skip
    assert [column.header for column in likely_columns(titled)] == ["单位", "街", "备注"]
    numbers = grid(("1", "2"), ("3", "4"))
    assert likely_columns(numbers) == ()
