"""In which encoding is a text file written, and is it safe to parse? Found in one pass of bounded memory."""

from __future__ import annotations

import codecs
import io
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from graphmodel.text import Text
from loaders.errors import refused
from loaders.grid import Limits, nul_refused, too_large

_CHUNK = 1 << 20
_BOMS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))
# GB18030 text fails as UTF-8 within a few characters; one that got this far is UTF-8 with a damaged byte in it
_SURELY_UTF8 = 64


@dataclass(frozen=True, slots=True)
class Survey:
    """What one pass over a text file tells.

    Parameters: `encoding` utf-8, gb18030, utf-16-le or utf-16-be; `bom` its length in bytes; `lines` how many line
    ends; `quotes` how many quotation marks; `lone_returns` how many carriage returns without a line feed.
    """

    encoding: str
    bom: int
    lines: int
    quotes: int
    lone_returns: int


class _Undecodable(Exception):
    """Bytes that this encoding does not know: where, after how many lines, and after how many surplus bytes."""

    def __init__(self, offset: int, line: int, multibyte: int) -> None:
        super().__init__(offset)
        self.offset, self.line, self.multibyte = offset, line, multibyte


def survey(path: Path, limits: Limits) -> Survey:
    """Which encoding has this file, and how many lines?

    A BOM decides; else strict UTF-8; else strict GB18030. Reads in pieces of one megabyte, so memory does not depend
    on the file, and stops at the first fault. Linear in the file's size.

    Errors: `FileRefused` for bytes of no known encoding (with their offset), a NUL character, a line over the limit.
    """
    with path.open("rb") as file:
        start = file.read(4)
    for bom, encoding in _BOMS:
        if start.startswith(bom):
            try:
                return _survey(path, encoding, len(bom), limits)
            except _Undecodable as fault:
                raise _unknown_encoding(path.name, fault) from fault
    try:
        return _survey(path, "utf-8", 0, limits)
    except _Undecodable as fault:
        if fault.multibyte >= _SURELY_UTF8:
            raise _unknown_encoding(path.name, fault) from fault
        try:
            return _survey(path, "gb18030", 0, limits)
        except _Undecodable as second:
            raise _unknown_encoding(path.name, max(fault, second, key=lambda each: each.offset)) from second


def open_text(path: Path, found: Survey) -> io.TextIOWrapper:
    """The file as text, line ends as they are; to be closed by the caller."""
    file = path.open("rb")
    file.seek(found.bom)
    return io.TextIOWrapper(file, encoding=found.encoding, newline="")


def as_utf8(path: Path, found: Survey) -> bytes:
    """The whole file in UTF-8 without a BOM. Memory: the file's size, up to one and a half times."""
    with open_text(path, found) as text:
        out = io.BytesIO()
        while piece := text.read(_CHUNK):
            out.write(piece.encode())
    return out.getvalue()


def _pieces(path: Path, encoding: str, bom: int, size: int) -> Iterator[bytes]:
    """The file in UTF-8, piece by piece."""
    decoder = codecs.getincrementaldecoder(encoding)()
    offset, multibyte = bom, 0
    with path.open("rb") as file:
        file.seek(bom)
        while True:
            piece = file.read(size)
            try:
                text = decoder.decode(piece, final=not piece)
            except UnicodeDecodeError as fault:
                known = fault.object[: fault.start]
                at = offset - (len(fault.object) - len(piece)) + fault.start
                here = len(known) - len(known.decode(encoding, errors="ignore"))
                raise _Undecodable(at, known.count(b"\n"), multibyte + here) from fault
            yield piece if encoding == "utf-8" else text.encode()
            if not piece:
                return
            offset += len(piece)
            multibyte += len(piece) - len(text)


def _survey(path: Path, encoding: str, bom: int, limits: Limits) -> Survey:
    quotes = returns = pairs = open_line = 0
    line = 1
    last = b""
    try:
        for piece in _pieces(path, encoding, bom, limits.line_bytes):  # so no line within a piece is too long
            nul = piece.find(b"\0")
            if nul >= 0:
                raise nul_refused(path.name, None, line + piece.count(b"\n", 0, nul))
            first_end = min((at for at in (piece.find(b"\n"), piece.find(b"\r")) if at >= 0), default=len(piece))
            if open_line + first_end > limits.line_bytes:
                what = Text(f"第 {line} 行的长度", f"The length of line {line} is")
                limit = Text(f"{limits.line_bytes:,} 字节", f"{limits.line_bytes:,} bytes")
                raise too_large(path.name, what, limit, row=line)
            last_end = max(piece.rfind(b"\n"), piece.rfind(b"\r"))
            open_line = open_line + len(piece) if last_end < 0 else len(piece) - last_end - 1
            line += piece.count(b"\n")
            quotes += piece.count(b'"')
            if b"\r" in piece:
                returns += piece.count(b"\r")
                pairs += piece.count(b"\r\n")
            pairs += last == b"\r" and piece.startswith(b"\n")
            last = piece[-1:]
    except _Undecodable as fault:
        fault.line += line
        raise
    return Survey(encoding, bom, line - 1, quotes, returns - pairs)


def _unknown_encoding(file: str, fault: _Undecodable) -> Exception:
    return refused(
        file,
        "unknown-encoding",
        Text(
            f"从第 {fault.offset} 个字节起（第 {fault.line} 行）既不是 UTF-8，也不是 GB18030 或带 BOM 的 UTF-16。",
            f"From byte {fault.offset} (line {fault.line}) on it is neither UTF-8 nor GB18030 nor UTF-16 with a BOM.",
        ),
        Text(
            "请用 Excel 或 WPS 打开，检查该行后另存为“CSV UTF-8”或 .xlsx。",
            'Open it in Excel or WPS, look at that line, and save it as "CSV UTF-8" or .xlsx.',
        ),
        row=fault.line,
    )
