"""Does a CSV come out the same in each encoding, with the right row numbers, and its faults named?"""

from __future__ import annotations

import codecs
from pathlib import Path

import pytest

from loaders.errors import FileRefused
from loaders.files import read_file
from loaders.grid import Grid, Limits
from loaders.read_csv import read_csv

TABLE = "名称,街道,人数\n锦江区甲协会,春熙路街道,3\n乙中心,,12\n"
ROWS = [("名称", "街道", "人数"), ("锦江区甲协会", "春熙路街道", "3"), ("乙中心", None, "12")]


def read(folder: Path, content: bytes, name: str = "表.csv", limits: Limits | None = None) -> Grid:
    path = folder / name
    path.write_bytes(content)
    return read_csv(path, limits or Limits())


def refusal(folder: Path, content: bytes, limits: Limits | None = None) -> FileRefused:
    with pytest.raises(FileRefused) as caught:
        read(folder, content, limits=limits)
    return caught.value


@pytest.mark.parametrize(
    "content",
    [
        TABLE.encode(),
        codecs.BOM_UTF8 + TABLE.encode(),
        TABLE.encode("gb18030"),
        TABLE.encode("utf-16"),
        codecs.BOM_UTF16_LE + TABLE.encode("utf-16-le"),
        codecs.BOM_UTF16_BE + TABLE.encode("utf-16-be"),
        TABLE.replace("\n", "\r\n").encode(),
        TABLE.replace("\n", "\r").encode(),
        TABLE.replace("\n", "\r\n", 1).encode("gb18030"),
        TABLE.replace("\n", "\r", 1).encode(),
        TABLE.replace(",", ";").encode(),
        TABLE.replace(",", "\t").encode("utf-16"),
        TABLE.rstrip("\n").encode(),
        TABLE.replace("乙中心", ' "乙中心"').replace(' "', '"').encode(),
        TABLE.replace("乙中心", "  乙中心　").encode(),
    ],
)
def test_every_way_of_writing_a_table_gives_the_same_rows(tmp_path: Path, content: bytes) -> None:
    grid = read(tmp_path, content)
    assert grid.frame.rows() == ROWS
    assert grid.rows.to_list() == [1, 2, 3]
    assert (grid.name, grid.file, grid.errors) == ("表", "表.csv", ())


def test_rare_characters_of_gb18030_survive(tmp_path: Path) -> None:
    text = "名称\n㐀𠀀社\n"  # four bytes each
    assert read(tmp_path, text.encode("gb18030")).frame.rows() == [("名称",), ("㐀𠀀社",)]


@pytest.mark.parametrize("ends", ["\n", "\r\n", "\r"])
def test_a_row_is_a_record_whatever_line_breaks_stand_in_quotes(tmp_path: Path, ends: str) -> None:
    grid = read(tmp_path, f'a,b{ends}"1{ends}{ends}2",x{ends}{ends}3,"y"{ends}'.encode())
    texts = [("a", "b"), (f"1{ends}{ends}2", "x"), (None, None), ("3", "y")]
    assert grid.frame.rows() == texts
    assert grid.rows.to_list() == [1, 2, 3, 4]


def test_titles_and_short_lines_end_in_blanks(tmp_path: Path) -> None:
    grid = read(tmp_path, "\n台账\n名称,街道,人数\n甲\n乙,丙,1\n".encode())
    assert grid.frame.rows() == [
        (None, None, None),
        ("台账", None, None),
        ("名称", "街道", "人数"),
        ("甲", None, None),
        ("乙", "丙", "1"),
    ]


def test_a_ragged_record_stays_and_is_an_error_of_its_own(tmp_path: Path) -> None:
    lines = ["a,b", *(f"{n},x" for n in range(100)), "1,x,y", '"2,x",y', "3,x,,", "4,x"]
    grid = read(tmp_path, "\n".join(lines).encode())
    assert grid.height == len(lines)
    assert [(error.code, error.row) for error in grid.errors] == [("ragged-row", 102)]
    assert grid.frame.row(101)[:3] == ("1", "x", "y")
    assert grid.frame.row(104)[:2] == ("4", "x")


def test_mostly_ragged_is_refused_at_its_first_row(tmp_path: Path) -> None:
    content = "a,b\n" * 60 + "1,2,3\n" * 2_000
    error = refusal(tmp_path, content.encode()).error
    assert (error.code, error.row) == ("ragged-rows", 61)


def test_stray_quotes_are_text_as_a_spreadsheet_shows_them(tmp_path: Path) -> None:
    grid = read(tmp_path, '名称,尺寸\n甲,5" 管\n="001",6\n'.encode())
    assert grid.frame.rows() == [("名称", "尺寸"), ("甲", '5" 管'), ('="001"', "6")]


def test_a_quote_never_closed_is_refused_at_the_row_where_it_opens(tmp_path: Path) -> None:
    error = refusal(tmp_path, b'a,b\n1,x\n2,"y\n3,z\n4,z\n').error
    assert (error.code, error.row) == ("unclosed-quote", 3)


def test_a_damaged_byte_is_named_and_not_taken_for_gb18030(tmp_path: Path) -> None:
    sound = "名称,街道\n" + "锦江区甲协会,春熙路街道\n" * 20
    content = sound.encode() + "乙".encode()[:2] + ",丙\n".encode()
    error = refusal(tmp_path, content).error
    assert (error.code, error.row) == ("unknown-encoding", 22)
    assert str(len(sound.encode())) in error.message.zh
    assert str(len(sound.encode())) in error.message.en


def test_bytes_of_no_encoding_are_refused_with_their_place(tmp_path: Path) -> None:
    error = refusal(tmp_path, "名,称\n".encode("gb18030") + b"\xff\xff,1\n").error
    assert (error.code, error.row) == ("unknown-encoding", 2)
    assert "6" in error.message.en


def test_a_fault_beyond_the_first_piece_keeps_its_line(tmp_path: Path) -> None:
    sound = "锦江区,1\n".encode() * 200_000
    error = refusal(tmp_path, sound + b"\x80\n").error
    assert error.row == 200_001
    assert f"{len(sound)} " in error.message.en


def test_pieces_may_cut_characters_and_line_ends(tmp_path: Path) -> None:
    text = "锦江,1\r\n" * 50
    for size in range(20, 40):
        grid = read(tmp_path, text.encode(), limits=Limits(line_bytes=size))
        assert grid.frame.rows() == [("锦江", "1")] * 50


@pytest.mark.parametrize(
    ("content", "limits", "code"),
    [
        (b"a" * 200 + b"\n1\n", Limits(line_bytes=100), "too-large"),
        (b"1,2\n" + b"a" * 50 + b",\n" * 3, Limits(cell_characters=40), "cell-too-long"),
        (b"," * 600 + b"\n", Limits(), "too-large"),
        (b"a,b\n" * 60 + b"," * 600 + b"\n", Limits(), "too-large"),
        (b"a,b\n" * 100, Limits(csv_cells=150), "too-large"),
        (b"a,b\n" * 100, Limits(csv_bytes=150), "too-large"),
        (b"a,b\n1,\0\n", Limits(), "nul-byte"),
        (b'a,b\n1,"' + b"x\n" * 100_000 + b'"\n', Limits(), "cell-too-long"),
    ],
)
def test_limits_are_kept_and_named(tmp_path: Path, content: bytes, limits: Limits, code: str) -> None:
    fault = refusal(tmp_path, content, limits)
    assert fault.error.code == code
    assert fault.error.hint.zh in str(fault)
    assert fault.error.hint.en in str(fault)


def test_the_row_of_a_nul_is_named(tmp_path: Path) -> None:
    assert refusal(tmp_path, b"a,b\n1,2\n3,\0\n").error.row == 3


def test_a_name_with_a_pattern_is_only_a_name(tmp_path: Path) -> None:
    (tmp_path / "b.csv").write_text("x,y\n")
    (tmp_path / "*.csv").write_text(TABLE)
    assert read_file(tmp_path / "*.csv")[0].frame.rows() == ROWS
