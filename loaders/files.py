"""What kind of file is this, and which grids does it hold? The content decides, not the name."""

from __future__ import annotations

import zipfile
from collections import Counter
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

from graphmodel.text import Text
from loaders.errors import LONGEST_VALUE, FileRefused, RowError, printable, refused
from loaders.grid import Grid, Limits
from loaders.read_csv import read_csv
from loaders.read_graph import is_graph, read_graph_file
from loaders.read_json import read_json
from loaders.read_workbook import encrypted, read_workbook
from loaders.xlsx_package import damaged

_AT_ONCE = 2
_HEAD = 4096
_PIECE = 1 << 20
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_WPS_ENDINGS = {".et": "WPS 表格", ".ett": "WPS 表格", ".wps": "WPS 文字", ".dps": "WPS 演示"}
_EXCEL = (".xlsx", ".xlsm", ".xls")
_NO_TEXT = ("nul-byte", "unknown-encoding")
_FEWEST_COLUMNS = 2
_BINARY = {
    b"%PDF": "PDF",
    b"\x89PNG": "PNG",
    b"\xff\xd8\xff": "JPEG",
    b"GIF8": "GIF",
    b"BM": "BMP",
    b"II*\0": "TIFF",
    b"MM\0*": "TIFF",
    b"Rar!": "RAR",
    b"7z\xbc\xaf": "7-Zip",
    b"\x1f\x8b": "gzip",
    b"\x7fELF": "ELF",
    b"MZ": "EXE",
    b"{\\rtf": "RTF",
}
_MARKUP = (b"<html", b"<!doctype", b"<table", b"<?xml", b"<meta", b"<head", b"<style", b"<body", b"<script")


def read_files(paths: Sequence[Path], limits: Limits | None = None) -> dict[Path, list[Grid]]:
    """Which grids do these files hold, each file under a name that no other of them has?

    A file's name is what a row is known by, beside sheet and number; files of one name in several folders therefore go
    by as much of their paths as tells them apart (`east/Organization.csv`). A file that is given twice is read once.
    Errors: as `read_file`.
    """
    files = list({path.resolve(): path for path in reversed(paths)}.values())[::-1]
    named = list(zip(files, _names(files), strict=True))
    with ThreadPoolExecutor(_AT_ONCE) as pool:  # while one file is parsed, the next is surveyed
        return dict(zip(files, pool.map(lambda one: _read_as(one[0], one[1], limits), named), strict=True))


def _names(files: Sequence[Path]) -> list[str]:
    parts = [path.absolute().parts for path in files]
    depths = [1] * len(files)
    while True:
        names = ["/".join(part[-depth:]) for part, depth in zip(parts, depths, strict=True)]
        count = Counter(names)
        deeper = [d + (count[n] > 1 and d < len(p)) for n, d, p in zip(names, depths, parts, strict=True)]
        if deeper == depths:
            break
        depths = deeper
    return _shown(names)


def _shown(names: Sequence[str]) -> list[str]:
    """The names as remarks show them, which refer to rows by them; no two alike."""
    shown: dict[str, None] = {}
    for name in map(printable, names):
        tries = (name, *(f"{printable(name, LONGEST_VALUE - 6)} ({i})" for i in range(2, len(names) + 1)))
        shown[next(one for one in tries if one not in shown)] = None
    return list(shown)


def _read_as(path: Path, name: str, limits: Limits | None) -> list[Grid]:
    def renamed(remark: RowError, sheet: str) -> RowError:
        return replace(remark, file=name, sheet=remark.sheet and sheet)

    try:
        grids = read_file(path, limits)
    except FileRefused as fault:
        raise FileRefused(replace(fault.error, file=name)) from fault
    return [
        replace(
            grid,
            file=name,
            name=sheet,
            errors=tuple(renamed(error, sheet) for error in grid.errors),
            notices=tuple(renamed(notice, sheet) for notice in grid.notices),
        )
        for grid, sheet in zip(grids, _shown([grid.name for grid in grids]), strict=True)
    ]


def read_file(path: Path, limits: Limits | None = None) -> list[Grid]:
    """Which grids of text does this file hold: one for a CSV, one for each sheet of a workbook or type of a graph or bundle?

    Parameters: `limits` how large it may be; by default those of `Limits`.
    Errors: `FileRefused`, in both languages and with what to do, for anything that is not a readable table: see the
    readers. A missing file raises it too.
    """
    limits = limits or Limits()
    try:
        if not path.is_file():
            raise _missing(path.name)
        with path.open("rb") as file:
            head = file.read(_HEAD)
        return _read(path, head, limits)
    except PermissionError as fault:
        raise refused(
            path.name,
            "no-permission",
            Text("没有读取这个文件的权限。", "This file may not be read with your permissions."),
            Text(
                "请检查文件权限，或关闭正在占用它的程序。", "Check its permissions, or close the program that holds it."
            ),
        ) from fault


def _read(path: Path, head: bytes, limits: Limits) -> list[Grid]:
    if not head:
        raise refused(
            path.name,
            "empty-file",
            Text("文件是空的，一个字节也没有。", "The file is empty: it has no byte at all."),
            Text("请重新导出或传送。", "Export or transfer it again."),
        )
    ending = path.suffix.lower()
    if ending in _WPS_ENDINGS:
        raise _save_as_xlsx(path.name, _WPS_ENDINGS[ending])
    if head.startswith(_OLE):
        return _read_ole(path, limits)
    if head.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return _read_zip(path, limits)
    for magic, kind in _BINARY.items():
        # two letters may begin a text as well; a binary file has a NUL early on
        if head.startswith(magic) and (len(magic) > 2 or b"\0" in head):
            raise _save_as_xlsx(path.name, kind)
    start = head.removeprefix(b"\xef\xbb\xbf").lstrip().lower()
    if is_graph(start, ending):
        return read_graph_file(path, limits)
    if start.startswith(_MARKUP):
        raise _save_as_xlsx(path.name, "HTML / XML")
    if ending == ".json" or (ending != ".csv" and start.startswith(b"{")):
        return read_json(path, limits)
    return [_text_for_a_workbook(path, limits) if ending in _EXCEL else read_csv(path, limits)]


def _text_for_a_workbook(path: Path, limits: Limits) -> Grid:
    """The table of a text that is named as a workbook, as some programs export them; any other text is refused as none."""
    try:
        grid = read_csv(path, limits)
    except FileRefused as fault:
        if fault.code not in _NO_TEXT:
            raise
        raise _no_workbook(path.name) from fault
    if grid.frame.width < _FEWEST_COLUMNS:
        raise _no_workbook(path.name)
    return grid


def _no_workbook(file: str) -> FileRefused:
    return refused(
        file,
        "not-a-workbook",
        Text("文件名像 Excel 工作簿，内容却不是。", "It is named as an Excel workbook and is none."),
        Text(
            "请用 Excel 或 WPS 打开原来的文件，另存为 .xlsx，不要只改文件名。",
            "Open the original in Excel or WPS and save it as .xlsx; renaming a file does not make it one.",
        ),
    )


def _read_ole(path: Path, limits: Limits) -> list[Grid]:
    if _holds(path, "EncryptedPackage"):
        raise encrypted(path.name)
    if not (_holds(path, "Workbook") or _holds(path, "Book")):
        raise _save_as_xlsx(path.name, "Word / PowerPoint / WPS")
    return read_workbook(path, limits, is_xlsx=False)


def _holds(path: Path, stream: str) -> bool:
    """Whether an entry of this name stands in the directory of a compound file; a directory keeps names in UTF-16."""
    name = stream.encode("utf-16-le") + b"\0\0"
    with path.open("rb") as file:
        last = b""
        while piece := file.read(_PIECE):
            if name in last + piece:
                return True
            last = piece[-len(name) :]
    return False


def _read_zip(path: Path, limits: Limits) -> list[Grid]:
    try:
        with zipfile.ZipFile(path) as archive:
            names = {name.lower() for name in archive.namelist()}
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError) as fault:
        raise damaged(path.name) from fault
    if "[content_types].xml" in names and "xl/workbook.xml" in names:
        return read_workbook(path, limits, is_xlsx=True)
    kinds = {
        "xl/workbook.bin": ".xlsb",
        "word/document.xml": ".docx",
        "ppt/presentation.xml": ".pptx",
        "content.xml": ".ods",
    }
    raise _save_as_xlsx(path.name, next((kind for part, kind in kinds.items() if part in names), "zip"))


def _save_as_xlsx(file: str, kind: str) -> FileRefused:
    return refused(
        file,
        "unsupported-format",
        Text(f"文件内容是 {kind}，不能作为表格读取。", f"The file's content is {kind}, which is not read as a table."),
        Text(
            "请用 Excel 或 WPS 打开，另存为 .xlsx（或 CSV）后再导入。",
            "Open it in Excel or WPS, save as .xlsx (or CSV) and import that.",
        ),
    )


def _missing(file: str) -> FileRefused:
    return refused(
        file,
        "no-such-file",
        Text("没有这个文件，或者它不是普通文件。", "There is no such file, or it is not a plain file."),
        Text("请检查路径和文件名。", "Check its path and name."),
    )
