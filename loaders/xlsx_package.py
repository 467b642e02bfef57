"""Is this .xlsx safe to parse, and what does the parser not tell? Found by unzipping it once in bounded memory."""

from __future__ import annotations

import posixpath
import re
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO
from xml.parsers import expat

from openpyxl.utils import column_index_from_string

from graphmodel.text import Text
from loaders.errors import FileRefused, refused
from loaders.grid import Limits, too_large

_CHUNK = 1 << 20
_FREE_OF_RATIO = 32 << 20
MOST_REMARKS = 1_000
_LOCAL_HEADER = 30
_LONGEST_MARK = 16
_ENCRYPTED_PART = 1
_FORBIDDEN = re.compile(rb"<!(?:DOCTYPE|ENTITY)", re.IGNORECASE)
_BEGINS_AS_XML = re.compile(rb"(?:\xef\xbb\xbf|\xff\xfe|\xfe\xff)?\0?\s*(?:<|$)")
_BINARY = ("/vbaProject", "/attachedToolbars", "/powerPivotData")  # what a book may relate to that is no XML
_CELL = rb"<(?:\w+:)?c r=\"([A-Z]{1,3}"
_FILLED = re.compile(rb"<(?:\w+:)?c r=\"([A-Z]{1,3})([0-9]{1,7})\"[^>/]*>")
_FAILED = re.compile(_CELL + rb"[0-9]{1,7})\"[^>/]*\bt=\"e\"")
_EMPTY_FORMULA = re.compile(
    _CELL + rb"[0-9]{1,7})\"[^>/]*>\s*<(?:\w+:)?f\b(?:[^>]*/>|[^>]*>[^<]*</(?:\w+:)?f>)"
    rb"\s*(?:<(?:\w+:)?v\s*/>|<(?:\w+:)?v>\s*</(?:\w+:)?v>)?\s*</(?:\w+:)?c>"
)


@dataclass(slots=True)
class SheetFacts:
    """What the XML of one sheet tells.

    Parameters: the last row and column with a value; cells such as `C5` whose formula has no stored value, and those
    whose value is an error (the first thousand of each).
    """

    last_row: int = 0
    last_column: int = 0
    formulas_without_value: list[str] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)

    def add(self, xml: bytes) -> None:
        """Takes in a piece of the sheet's XML that cuts no cell."""
        filled = _FILLED.findall(xml)
        if filled:
            letters = {column for column, _ in filled}
            self.last_column = max(self.last_column, *(column_index_from_string(each.decode()) for each in letters))
            self.last_row = max(self.last_row, int(filled[0][1]), int(filled[-1][1]))
        if b't="e"' in xml:
            self.errors += [each.decode() for each in _FAILED.findall(xml)]
            del self.errors[MOST_REMARKS:]
        if b"<f" in xml or b":f" in xml:
            self.formulas_without_value += [each.decode() for each in _EMPTY_FORMULA.findall(xml)]
            del self.formulas_without_value[MOST_REMARKS:]


def check_package(path: Path, limits: Limits) -> dict[str, SheetFacts]:
    """May this .xlsx be parsed? And, by the sheet's name, what its XML tells.

    Every part is unzipped and counted, whatever size it claims; nothing is kept but the piece at hand. Linear in the
    unzipped size, which is limited.

    Errors: `FileRefused` for a damaged or encrypted archive, too many or too large parts, too high a ratio, a sheet
    that reaches too far, or a document type declaration.
    """
    try:
        with zipfile.ZipFile(path) as archive, path.open("rb") as file:
            return _check(path, archive, file, limits)
    except FileRefused:
        raise
    except (zipfile.BadZipFile, zlib.error, expat.ExpatError, EOFError, RuntimeError, ValueError, OSError) as fault:
        raise damaged(path.name) from fault


def damaged(file: str) -> FileRefused:
    """The refusal of a workbook that cannot be read."""
    return refused(
        file,
        "damaged-workbook",
        Text("工作簿不完整或已损坏，无法读取。", "The workbook is cut off or damaged and cannot be read."),
        Text(
            "请重新传送文件，或用 Excel、WPS 打开后另存为 .xlsx。",
            "Transfer the file again, or open it in Excel or WPS and save it as .xlsx.",
        ),
    )


def _check(path: Path, archive: zipfile.ZipFile, file: BinaryIO, limits: Limits) -> dict[str, SheetFacts]:
    parts = archive.infolist()
    if len(parts) > limits.parts:
        raise too_large(path.name, Text("压缩包内的文件数", "The number of parts is"), f"{limits.parts:,}")
    _check_claims(path.name, parts, limits)
    names, called_xml = _sheet_names(path.name, archive)
    facts: dict[str, SheetFacts] = {}
    total = 0
    for part in parts:
        if part.flag_bits & _ENCRYPTED_PART:
            raise damaged(path.name)
        name = part.filename.lower().lstrip("/")
        sheet = names.get(name)
        is_xml = name in called_xml.parts or name.endswith((*called_xml.endings, ".xml", ".rels", ".vml"))
        found = facts.setdefault(sheet, SheetFacts()) if sheet is not None else None
        carry = b""
        size = 0
        for piece in _unzipped(part, file):
            size += len(piece)
            _check_size(path.name, part, size, total + size, limits)
            is_xml = is_xml or (size == len(piece) and _BEGINS_AS_XML.match(piece) is not None)
            if not is_xml:
                continue
            data = carry + piece
            if _FORBIDDEN.search(data) or b"\0" in data:
                raise _forbidden(path.name)
            if found is None:
                carry = data[-_LONGEST_MARK:]
                continue
            cut = data.rfind(b"<", 0, data.rfind(b' r="') + 1)  # the last cell may go on in the next piece
            found.add(data[:cut])
            _check_reach(path.name, sheet, found, limits)
            carry = data[cut:] if len(data) - cut < _CHUNK else data[-_LONGEST_MARK:]
        if found is not None:
            found.add(carry)
            _check_reach(path.name, sheet, found, limits)
        total += size
    return facts


def _unzipped(part: zipfile.ZipInfo, file: BinaryIO) -> Iterator[bytes]:
    """The part's real content, piece by piece, though it be longer than it claims."""
    file.seek(part.header_offset)
    header = file.read(_LOCAL_HEADER)
    if len(header) < _LOCAL_HEADER:
        raise EOFError
    file.seek(int.from_bytes(header[26:28], "little") + int.from_bytes(header[28:30], "little"), 1)
    left = part.compress_size
    if part.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        raise NotImplementedError
    inflate = zlib.decompressobj(-zlib.MAX_WBITS) if part.compress_type == zipfile.ZIP_DEFLATED else None
    size = 0
    while left and not (inflate and inflate.eof):
        piece = file.read(min(_CHUNK, left))
        if not piece:
            raise EOFError
        left -= len(piece)
        while piece:
            out = inflate.decompress(piece, _CHUNK) if inflate else piece
            piece = inflate.unconsumed_tail if inflate else b""
            size += len(out)
            yield out
    if inflate and part.compress_size and not inflate.eof:
        raise EOFError
    if size != part.file_size:
        raise EOFError


def _check_size(file: str, part: zipfile.ZipInfo, size: int, total: int, limits: Limits) -> None:
    if total > limits.unzipped_bytes:
        what = Text("解压后的大小", "The unzipped size is")
        raise too_large(file, what, f"{limits.unzipped_bytes >> 20} MB")
    if size > max(_FREE_OF_RATIO, limits.ratio * part.compress_size):
        what = Text("压缩比（疑似压缩炸弹）", "The ratio of compression (a zip bomb?) is")
        raise too_large(file, what, f"{limits.ratio} : 1")


def _check_claims(file: str, parts: Sequence[zipfile.ZipInfo], limits: Limits) -> None:
    """Refuses by the sizes that the archive's own directory gives, before anything is unzipped; they may be too small."""
    total = 0
    for part in parts:
        total += part.file_size
        _check_size(file, part, part.file_size, total, limits)


def _check_reach(file: str, sheet: str | None, found: SheetFacts, limits: Limits) -> None:
    if found.last_column > limits.columns:
        raise too_large(file, Text("列数", "The number of columns is"), str(limits.columns), sheet=sheet)
    if found.last_row * found.last_column > limits.workbook_cells:
        what = Text("单元格数（行 × 列）", "Rows x columns are")
        raise too_large(file, what, f"{limits.workbook_cells:,}", sheet=sheet)


@dataclass(frozen=True, slots=True)
class _CalledXml:
    """What the package calls XML, whatever its name ends in: parts by name in lower case, and endings of names."""

    parts: frozenset[str]
    endings: tuple[str, ...]


def _sheet_names(file: str, archive: zipfile.ZipFile) -> tuple[dict[str, str], _CalledXml]:
    """The sheet's name of each part that holds a sheet, by the part's name in lower case; and what is called XML."""
    sheets = _elements(file, archive, "xl/workbook.xml", "sheet")
    ids = {value: each.get("name", "") for each in sheets for key, value in each.items() if key.endswith(":id")}
    relations = _elements(file, archive, "xl/_rels/workbook.xml.rels", "Relationship")
    targets = {each.get("Id", ""): _part(each.get("Target", "")) for each in relations}
    typed = [
        each
        for tag in ("Override", "Default")
        for each in _elements(file, archive, "[Content_Types].xml", tag)
        if each.get("ContentType", "").lower().endswith("xml")
    ]
    names = {targets[each]: name for each, name in ids.items() if each in targets}
    related = {_part(each.get("Target", "")) for each in relations if not each.get("Type", "").endswith(_BINARY)}
    parts = {_part(each["PartName"]) for each in typed if "PartName" in each}
    endings = {"." + each["Extension"].lower() for each in typed if each.get("Extension")}
    return names, _CalledXml(frozenset(names.keys() | related | parts), tuple(endings))


def _elements(file: str, archive: zipfile.ZipFile, part: str, kind: str) -> list[dict[str, str]]:
    """The attributes of every element of a kind in one part. Errors: `FileRefused` for a missing part or a doctype."""
    found: list[dict[str, str]] = []

    def begin(tag: str, attributes: dict[str, str]) -> None:
        if tag.rpartition(":")[2] == kind:
            found.append(attributes)

    parser = expat.ParserCreate("utf-8")
    parser.StartElementHandler = begin
    parser.StartDoctypeDeclHandler = lambda *_: _refuse_doctype(file)
    try:
        with archive.open(part) as content:
            parser.Parse(content.read(_CHUNK * 8), True)
    except KeyError as fault:
        raise damaged(file) from fault
    return found


def _part(target: str) -> str:
    """The name of the part that the book means by a target, in lower case."""
    return posixpath.normpath(posixpath.join("/xl", target)).lstrip("/").lower()


def _refuse_doctype(file: str) -> None:
    raise _forbidden(file)


def _forbidden(file: str) -> FileRefused:
    return refused(
        file,
        "unsafe-xml",
        Text(
            "工作簿内含有文档类型或实体声明，正常软件不会这样写，可能用于攻击。",
            "The workbook holds a document type or entity declaration, which no office program writes: a likely attack.",
        ),
        Text("请用 Excel 或 WPS 打开后另存为 .xlsx。", "Open it in Excel or WPS and save it as .xlsx."),
    )
