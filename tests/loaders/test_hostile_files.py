"""Does every hostile, broken or wrong file end in a clear refusal, in bounded memory?"""

from __future__ import annotations

import io
import re
import resource
import struct
import subprocess
import sys
import time
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path

import openpyxl
import pytest
import xlwt

from graphmodel.text import Text
from loaders.errors import FileRefused, RowError
from loaders.files import read_file
from loaders.grid import Limits
from loaders.xlsx_package import check_package

SHEET = "xl/worksheets/sheet1.xml"
MAIN = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
MEGABYTE = 1 << 20
WORSE = 300 * MEGABYTE  # what reading may add to the memory in use


def sheet_xml(rows: str, before: str = "") -> bytes:
    return f"{before}<worksheet {MAIN}><sheetData>{rows}</sheetData></worksheet>".encode()


def workbook(parts: dict[str, bytes]) -> bytes:
    """A real workbook with some of its parts replaced or added."""
    plain = io.BytesIO()
    openpyxl.Workbook().save(plain)
    out = io.BytesIO()
    with zipfile.ZipFile(plain) as source, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as target:
        for name in source.namelist():
            target.writestr(name, parts.get(name, source.read(name)))
        for name in parts.keys() - set(source.namelist()):
            target.writestr(name, parts[name])
    return out.getvalue()


def compound(streams: dict[str, bytes]) -> bytes:
    """A compound file (the container of .xls, .doc and encrypted .xlsx) with these streams, in 512-byte sectors."""
    end, free, fat_sector = 0xFFFFFFFE, 0xFFFFFFFF, 0xFFFFFFFD
    fat, body, entries = [fat_sector, end], b"", [("Root Entry", 5, end, 0)]
    for name, content in streams.items():
        padded = content.ljust(4096, b"\0")
        padded += b"\0" * (-len(padded) % 512)
        first, count = len(fat), len(padded) // 512
        fat += [*range(first + 1, first + count), end]
        body += padded
        entries.append((name, 2, first, len(padded)))
    directory = b"".join(
        name.encode("utf-16-le").ljust(64, b"\0")
        + struct.pack(
            "<HBBIII", 2 * len(name) + 2, kind, 1, free, at + 1 if 0 < at < len(entries) - 1 else free, int(at == 0)
        )
        + b"\0" * 36
        + struct.pack("<IQ", first, size)
        for at, (name, kind, first, size) in enumerate(entries)
    ).ljust(512, b"\0")
    header = struct.pack(
        "<8s16xHHHHH6xIIIIIIIII",
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1",
        0x3E,
        3,
        0xFFFE,
        9,
        6,
        0,
        1,
        1,
        0,
        4096,
        end,
        0,
        end,
        0,
    )
    header += struct.pack("<I", 0) + b"\xff" * 4 * 108
    return header + struct.pack(f"<{len(fat)}I", *fat).ljust(512, b"\xff") + directory + body


def old_workbook() -> bytes:
    out = io.BytesIO()
    book = xlwt.Workbook()
    book.add_sheet("一").write(0, 0, "甲")
    book.save(out)
    return out.getvalue()


def records(*each: tuple[int, bytes]) -> bytes:
    """Records of the old format, as they follow each other in its stream."""
    return b"".join(struct.pack("<HH", kind, len(content)) + content for kind, content in each)


def forged_old_sheet(row: int, column: int) -> bytes:
    """An old workbook whose two cells lie as far apart as the format can say."""
    start = (0x0809, struct.pack("<HHHHII", 0x0600, 0x0005, 0, 0, 0, 0))
    sheet_start = (0x0809, struct.pack("<HHHHII", 0x0600, 0x0010, 0, 0, 0, 0))
    name = (0x0085, struct.pack("<IBBBB", 0, 0, 0, 1, 0) + b"S")
    offset = len(records(start, name, (0x000A, b"")))
    name = (0x0085, struct.pack("<IBBBB", offset, 0, 0, 1, 0) + b"S")
    cells = [(0x0203, struct.pack("<HHHd", *at, 0, 1.0)) for at in ((0, 0), (row, column))]
    return compound({"Workbook": records(start, name, (0x000A, b""), sheet_start, *cells, (0x000A, b""))})


def declared_small(content: bytes) -> bytes:
    """A workbook whose sheet claims to be ten bytes long, with the checksum of those, and unzips to all of it."""
    data = bytearray(workbook({SHEET: content}))
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        part = archive.getinfo(SHEET)
    central = data.rfind(SHEET.encode()) - 46
    for start, offset in ((part.header_offset, 14), (central, 16)):
        struct.pack_into("<I", data, start + offset, zlib.crc32(content[:10]))
        struct.pack_into("<I", data, start + offset + 8, 10)
    return bytes(data)


def refusal(folder: Path, content: bytes, name: str = "表.xlsx", limits: Limits | None = None) -> RowError:
    path = folder / name
    path.write_bytes(content)
    with pytest.raises(FileRefused) as caught:
        read_file(path, limits)
    error = caught.value.error
    assert error.file == name
    assert error.as_text("zh").startswith(name)
    assert error.as_text("en").startswith(name)
    return error


def test_the_workbooks_that_these_tests_forge_are_read_when_sound(tmp_path: Path) -> None:
    (tmp_path / "a.xlsx").write_bytes(workbook({SHEET: sheet_xml('<row r="1"><c r="A1"><v>1</v></c></row>')}))
    (tmp_path / "b.xls").write_bytes(forged_old_sheet(1, 1))
    assert read_file(tmp_path / "a.xlsx")[0].frame.rows() == [("1",)]
    assert read_file(tmp_path / "b.xls")[0].frame.rows() == [("1", None), (None, "1")]


FAR = '<row r="1"><c r="A1"><v>1</v></c></row><row r="1048576"><c r="XFD1048576"><v>2</v></c></row>'
TALL = '<row r="1"><c r="A1"><v>1</v></c></row><row r="1048576"><c r="SF1048576"><v>2</v></c></row>'
WIDE = '<row r="1">' + "".join(f'<c r="A{n}"><v>1</v></c>' for n in range(3)) + '<c r="ZZZ1"><v>1</v></c></row>'
UNNAMED = "<row>" + "<c><v>1</v></c>" * 1_000_000 + "</row>"
UNNAMED_FAR = "<row>" + "<c><v>1</v></c>" * 400_000 + "</row>" + "<row/>" * 400_000 + "<row><c><v>1</v></c></row>"
PREFIXED = re.sub("<(/?)", r"<\1x:", f"<worksheet><sheetData>{FAR}</sheetData></worksheet>").replace(
    "x:worksheet>", f"x:worksheet xmlns:x={MAIN[6:]}>", 1
)
LAUGHS = '<!DOCTYPE lolz [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;">]>'
EXTERNAL = '<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]>'
BOMB = sheet_xml('<row r="1"><c r="A1"><v>1</v></c></row>' + " " * 64 * MEGABYTE)


@pytest.mark.parametrize(
    ("content", "code"),
    [
        pytest.param(workbook({SHEET: sheet_xml(FAR)}), "too-large", id="two cells far apart"),
        pytest.param(workbook({SHEET: sheet_xml(TALL)}), "too-large", id="two cells within the columns"),
        pytest.param(workbook({SHEET: sheet_xml(WIDE)}), "too-large", id="a column beyond the format"),
        pytest.param(workbook({SHEET: sheet_xml(UNNAMED)}), "too-large", id="a million columns"),
        pytest.param(
            workbook({SHEET: sheet_xml(UNNAMED_FAR)}), "workbook-exhausts-limits", id="more cells than memory"
        ),
        pytest.param(workbook({SHEET: PREFIXED.encode()}), "too-large", id="far apart under a prefix"),
        pytest.param(workbook({SHEET: sheet_xml("", LAUGHS)}), "unsafe-xml", id="billion laughs"),
        pytest.param(workbook({SHEET: sheet_xml("", EXTERNAL)}), "unsafe-xml", id="external entity"),
        pytest.param(workbook({"xl/sharedStrings.xml": LAUGHS.encode()}), "unsafe-xml", id="laughs in strings"),
        pytest.param(workbook({"xl/workbook.xml": LAUGHS.encode()}), "unsafe-xml", id="laughs in the book"),
        pytest.param(workbook({SHEET: sheet_xml("").decode().encode("utf-16")}), "unsafe-xml", id="xml in utf-16"),
        pytest.param(workbook({SHEET: BOMB}), "too-large", id="zip bomb"),
        pytest.param(declared_small(BOMB), "too-large", id="zip bomb that claims to be small"),
        pytest.param(declared_small(sheet_xml("")), "damaged-workbook", id="part longer than it claims"),
        pytest.param(workbook({})[:-200], "damaged-workbook", id="cut off"),
        pytest.param(workbook({})[:2000], "damaged-workbook", id="cut in half"),
        pytest.param(workbook({SHEET: b"<worksheet"}), "damaged-workbook", id="broken xml"),
        pytest.param(workbook({f"xl/media/{n}.png": b"" for n in range(6000)}), "too-large", id="too many parts"),
        pytest.param(b"PK\x03\x04" + b"\xff" * 500, "damaged-workbook", id="no archive at all"),
        pytest.param(
            compound({"EncryptedPackage": b"x", "EncryptionInfo": b"y"}), "encrypted-workbook", id="encrypted"
        ),
        pytest.param(compound({"WordDocument": b"x"}), "unsupported-format", id="a text document"),
        pytest.param(compound({"Workbook": b"\xff" * 5000}), "damaged-workbook", id="nonsense in an old workbook"),
        pytest.param(forged_old_sheet(1, 1)[:1500], "damaged-workbook", id="old workbook cut off"),
        pytest.param(forged_old_sheet(65535, 65535), "workbook-exhausts-limits", id="old cells far apart"),
        pytest.param(forged_old_sheet(65535, 400), "too-large", id="old cells beyond the limit"),
        pytest.param(b"", "empty-file", id="empty"),
        pytest.param(b"%PDF-1.7\n", "unsupported-format", id="pdf"),
        pytest.param(b"\x89PNG\r\n\x1a\n", "unsupported-format", id="picture"),
        pytest.param(b"BM\x36\0\0\0", "unsupported-format", id="bitmap"),
        pytest.param(b"\xef\xbb\xbf \n<HTML><table><tr><td>1", "unsupported-format", id="html under another name"),
        pytest.param(b'<?xml version="1.0"?><Workbook/>', "unsupported-format", id="xml of 2003"),
    ],
)
def test_is_refused_with_a_code_and_what_to_do(tmp_path: Path, content: bytes, code: str) -> None:
    error = refusal(tmp_path, content)
    assert error.code == code
    if code != "unsafe-xml" or error.sheet is None:
        assert error.hint.zh
    assert str(tmp_path) not in error.as_text("zh")


@pytest.mark.parametrize("kind", ["xl/workbook.bin", "word/document.xml", "content.xml", "notes.txt"])
def test_other_archives_are_named(tmp_path: Path, kind: str) -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("[Content_Types].xml", "")
        archive.writestr(kind, "")
    error = refusal(tmp_path, out.getvalue())
    assert error.code == "unsupported-format"
    assert "xlsx" in error.hint.zh


@pytest.mark.parametrize("name", ["台账.et", "台账.ET", "说明.wps"])
def test_the_formats_of_wps_are_told_to_be_saved_as_xlsx(tmp_path: Path, name: str) -> None:
    error = refusal(tmp_path, old_workbook(), name)
    assert error.code == "unsupported-format"
    assert "另存为 .xlsx" in error.hint.zh
    assert "save as .xlsx" in error.hint.en


def test_a_sheet_is_looked_at_whatever_its_part_is_called(tmp_path: Path) -> None:
    odd, rels = "xl/worksheets/sheet1.dat", "xl/_rels/workbook.xml.rels"
    with zipfile.ZipFile(io.BytesIO(workbook({}))) as plain:
        named = plain.read(rels).replace(b"sheet1.xml", b"sheet1.dat")
    rows = '<row r="1"><c r="A1"><v>1</v></c></row>'
    (tmp_path / "sound.xlsx").write_bytes(workbook({rels: named, odd: sheet_xml(rows)}))
    assert read_file(tmp_path / "sound.xlsx")[0].frame.rows() == [("1",)]
    for content, code in ((sheet_xml(rows, LAUGHS), "unsafe-xml"), (sheet_xml(FAR), "too-large")):
        assert refusal(tmp_path, workbook({rels: named, odd: content})).code == code


@pytest.mark.parametrize("how", ["relation", "part", "ending", "content", "wide content"])
def test_every_part_that_is_xml_is_looked_at_whatever_its_name(tmp_path: Path, how: str) -> None:
    rels, types = "xl/_rels/workbook.xml.rels", "[Content_Types].xml"
    with zipfile.ZipFile(io.BytesIO(workbook({}))) as plain:
        parts = {rels: plain.read(rels), types: plain.read(types)}
    if how == "relation":
        kind = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/sharedStrings"
        related = f'<Relationship Id="odd" Type="{kind}" Target="odd.dat"/></Relationships>'
        parts[rels] = parts[rels].replace(b"</Relationships>", related.encode())
    elif how in ("part", "ending"):
        named = 'Override PartName="/xl/odd.dat"' if how == "part" else 'Default Extension="dat"'
        typed = (
            f'<{named} ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.styles+xml"/></Types>'
        )
        parts[types] = parts[types].replace(b"</Types>", typed.encode())
    before = "" if "content" in how else "text before "  # so that its own beginning does not give it away
    encoding = "utf-16" if how == "wide content" else "utf-8"
    assert (
        refusal(tmp_path, workbook({**parts, "xl/odd.dat": f"{before}{LAUGHS}<sst/>".encode(encoding)})).code
        == "unsafe-xml"
    )
    pictures = {
        "image1.png": b"\x89PNG\r\n\x1a\n\0\0<!DOCTYPE",
        "image2.ico": b"\0\0\1\0\1\0",
        "movie.mp4": b"\0\0\0\x18ftyp",
    }
    (tmp_path / "picture.xlsx").write_bytes(workbook({f"xl/media/{name}": data for name, data in pictures.items()}))
    assert len(read_file(tmp_path / "picture.xlsx")) == 1


def test_more_error_cells_than_are_kept_are_not_told_as_exactly_so_many(tmp_path: Path) -> None:
    rows = "".join(f'<row r="{n}"><c r="A{n}" t="e"><v>#REF!</v></c></row>' for n in range(1, 1_502))
    (tmp_path / "a.xlsx").write_bytes(workbook({SHEET: sheet_xml(rows)}))
    (notice,) = read_file(tmp_path / "a.xlsx")[0].notices
    assert "≥ 1000" in notice.message.zh
    assert "≥ 1000" in notice.message.en


def test_the_content_decides_and_not_the_name(tmp_path: Path) -> None:
    (tmp_path / "a.xls").write_bytes("名称\t街道\n甲\t乙\n".encode("gb18030"))
    (tmp_path / "b.xls").write_bytes(workbook({SHEET: sheet_xml('<row r="1"><c r="A1"><v>7</v></c></row>')}))
    (tmp_path / "c.csv").write_bytes(old_workbook())
    (tmp_path / "d.csv").write_text("{not json},2\n")
    (tmp_path / "e.csv").write_text("BMW协会,2\n")
    assert read_file(tmp_path / "a.xls")[0].frame.rows() == [("名称", "街道"), ("甲", "乙")]
    assert read_file(tmp_path / "b.xls")[0].frame.rows() == [("7",)]
    assert read_file(tmp_path / "c.csv")[0].frame.rows() == [("甲",)]
    assert read_file(tmp_path / "d.csv")[0].frame.rows() == [("{not json}", "2")]
    assert read_file(tmp_path / "e.csv")[0].frame.rows() == [("BMW协会", "2")]


@pytest.mark.parametrize("make", [Path.absolute, Path.mkdir, lambda path: path.symlink_to("/dev/zero")])
def test_only_plain_files_are_read(tmp_path: Path, make: Callable[[Path], object]) -> None:
    make(tmp_path / "x.csv")
    with pytest.raises(FileRefused) as caught:
        read_file(tmp_path / "x.csv")
    assert caught.value.error.code == "no-such-file"


@pytest.mark.parametrize(
    ("limits", "limit"),
    [
        (Limits(workbook_bytes=10), "0 MB"),
        (Limits(sheets=0), "0"),
        (Limits(unzipped_bytes=100), "0 MB"),
        (Limits(text_bytes=100), "text of all cells"),
    ],
)
def test_each_limit_is_named(tmp_path: Path, limits: Limits, limit: str) -> None:
    error = refusal(tmp_path, workbook({SHEET: sheet_xml('<row r="1"><c r="A1"><v>1</v></c></row>')}), limits=limits)
    assert limit in error.message.en


def test_many_long_strings_from_few_bytes_end_at_the_limit(tmp_path: Path) -> None:
    cells = "".join(f'<row r="{n}"><c r="A{n}" t="s"><v>0</v></c></row>' for n in range(1, 200_001))
    strings = f"<sst {MAIN}><si><t>{'x' * 32_000}</t></si></sst>"
    content = workbook({SHEET: sheet_xml(cells), "xl/sharedStrings.xml": strings.encode()})
    assert len(content) < 2 * MEGABYTE
    assert refusal(tmp_path, content).code in {"workbook-exhausts-limits", "too-large"}


MEASURE = """
import resource, sys
from pathlib import Path
from loaders.errors import FileRefused
from loaders.files import read_file
(Path(sys.argv[1]).parent / "warm.csv").write_text("a,b\\n1,2\\n")
read_file(Path(sys.argv[1]).parent / "warm.csv")
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
try:
    read_file(Path(sys.argv[1]))
except FileRefused as refused:
    print(refused.error.code, refused.error.row, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before)
"""


def measured(path: Path) -> tuple[str, str, int]:
    """The code and row of the refusal, and the bytes that the reading process grew by."""
    done = subprocess.run([sys.executable, "-c", MEASURE, str(path)], check=True, capture_output=True, text=True)
    code, row, kilobytes = done.stdout.split()
    return code, row, int(kilobytes) * 1024


def test_one_line_of_300_megabytes_is_refused_after_about_one(tmp_path: Path) -> None:
    path = tmp_path / "line.csv"
    with path.open("wb") as file:
        file.write(b"a,b\n" + b"x" * 3 * MEGABYTE)
        file.truncate(300 * MEGABYTE)  # the rest is a hole
    code, row, grown = measured(path)
    assert (code, row) == ("too-large", "2")
    assert grown < 20 * MEGABYTE


def test_300_megabytes_of_nothing_are_refused_at_once(tmp_path: Path) -> None:
    path = tmp_path / "hole.csv"
    with path.open("wb") as file:
        file.truncate(300 * MEGABYTE)
    code, row, grown = measured(path)
    assert (code, row) == ("nul-byte", "1")
    assert grown < 20 * MEGABYTE


def test_a_file_over_the_limit_is_not_opened_for_its_size(tmp_path: Path) -> None:
    path = tmp_path / "huge.csv"
    with path.open("wb") as file:
        file.write(b"x")
        file.truncate(2 << 30)
    code, _, grown = measured(path)
    assert code == "too-large"
    assert grown < 20 * MEGABYTE


@pytest.mark.parametrize("content", [BOMB, sheet_xml(FAR), sheet_xml(UNNAMED)], ids=["bomb", "far", "wide"])
def test_a_hostile_workbook_costs_this_process_little(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "hostile.xlsx"
    path.write_bytes(workbook({SHEET: content}))
    code, _, grown = measured(path)
    assert code == "too-large"
    assert grown < 60 * MEGABYTE


def test_the_parsing_process_ends_with_the_reading(tmp_path: Path) -> None:
    before = resource.getrusage(resource.RUSAGE_CHILDREN).ru_nvcsw
    refusal(tmp_path, workbook({SHEET: sheet_xml(UNNAMED)}))
    assert resource.getrusage(resource.RUSAGE_CHILDREN).ru_nvcsw > before  # counted once the child is reaped


def test_names_and_values_cannot_steer_a_terminal(tmp_path: Path) -> None:
    error = RowError(
        "a\x1b[2J.csv", "s\u202e", 3, "列", "x" * 500, "c", Text(zh="错。", en="Wrong."), Text(zh="改。", en="Mend.")
    )
    assert error.as_text("zh") == f"a�[2J.csv，工作表“s�”，第 3 行，“列”列，值为“{'x' * 79}…”：错。改。"
    assert error.as_text("en") == f'a�[2J.csv, sheet "s�", row 3, column "列", value "{"x" * 79}…": Wrong. Mend.'
    assert error.as_json()["message"] == {"zh": "错。", "en": "Wrong."}
    assert refusal(tmp_path, b"", "a\u200b.csv".replace("\u200b", "b")).code == "empty-file"


def test_a_bomb_that_says_so_is_refused_before_it_is_unzipped(tmp_path: Path) -> None:
    bomb = tmp_path / "bomb.xlsx"
    with (
        zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as archive,
        archive.open("xl/media/a.bin", "w", force_zip64=True) as part,
    ):
        for _ in range(300):
            part.write(bytes(1 << 20))
    began = time.process_time()
    with pytest.raises(FileRefused) as fault:
        check_package(bomb, Limits())
    assert fault.value.code == "too-large"
    assert "压缩比" in fault.value.message.zh
    assert time.process_time() - began < 0.2


@pytest.mark.parametrize("content", ["假的一页".encode(), b"\0\1\2\3\4", "甲\n乙\n".encode("gb18030")])
def test_a_text_that_is_only_named_as_a_workbook_is_said_to_be_none(content: bytes, tmp_path: Path) -> None:
    path = tmp_path / "假.xlsx"
    path.write_bytes(content)
    with pytest.raises(FileRefused, match="is none") as fault:
        read_file(path)
    assert fault.value.code == "not-a-workbook"


def test_a_table_of_text_that_is_named_as_a_workbook_is_read_as_what_it_is(tmp_path: Path) -> None:
    path = tmp_path / "导出.xls"
    path.write_text("名称\t代码\n甲\tA1\n", encoding="gb18030")
    (grid,) = read_file(path)
    assert grid.frame.rows() == [("名称", "代码"), ("甲", "A1")]
