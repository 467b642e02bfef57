"""What stands in a workbook? Each sheet as a grid of text, parsed in a process that cannot take this one with it."""

from __future__ import annotations

import marshal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO, Any

import numpy as np
import polars as pl

from graphmodel.text import Text
from loaders import parse_workbook
from loaders.errors import FileRefused, RowError, cell_name, refused
from loaders.grid import Grid, Limits, no_merges, refuse_long_cells, refuse_nul, tidy, too_large
from loaders.xlsx_package import MOST_REMARKS, SheetFacts, check_package, damaged

_NAMED_CELLS = 10
_EXHAUSTED = ("", "MemoryError")  # without a last word where a limit has killed it
_PASSWORD = "PasswordError"  # noqa: S105 - the name of an exception


def read_workbook(path: Path, limits: Limits, *, is_xlsx: bool) -> list[Grid]:
    """Which rows has each sheet of this workbook?

    Hidden sheets are read too, with a notice; sheets that hold no table (charts, macros) give an empty grid with a
    notice. Numbers become text without exponent and ".0", days yyyy-mm-dd, truth values TRUE and FALSE; a formula is
    its stored value. Cells with an error value, formulas without a stored value (.xlsx; the older format does not
    tell) and numbers of over fifteen digits, whose last digits the spreadsheet has lost, stand among the notices.
    Memory of the parsing process is limited; of this one it is about that of the text.

    Errors: `FileRefused` for a damaged, encrypted, hostile or too large workbook.
    """
    if path.stat().st_size > limits.workbook_bytes:
        raise too_large(path.name, Text("文件大小", "The file's size is"), f"{limits.workbook_bytes >> 20} MB")
    facts = check_package(path, limits) if is_xlsx else {}
    with _parser(path, limits) as parser:
        sheets: list[list[str]] = parser.next()["sheets"]
        if len(sheets) > limits.sheets:
            raise too_large(path.name, Text("工作表数", "The number of sheets is"), str(limits.sheets))
        return [
            _read_sheet(path.name, name, visibility, parser, facts.get(name, SheetFacts()), limits)
            if kind.endswith("WorkSheet")
            else _no_table(path.name, name)
            for name, kind, visibility in sheets
        ]


class _Parser:
    """The messages of the parsing process, one after the other."""

    def __init__(self, file: str, answers: IO[bytes], agree: IO[bytes], limits: Limits) -> None:
        self.file, self._answers, self._agree, self._limit = file, answers, agree, limits.text_bytes
        self._left = self._limit

    def agree(self) -> None:
        """Asks for the rows of the sheet whose shape was just told."""
        with suppress(BrokenPipeError):  # the next message says how it ended
            self._agree.write(b"\n")
            self._agree.flush()

    def next(self) -> Any:
        """The next message. Errors: `FileRefused` where the process failed or sends too much."""
        length = int.from_bytes(self._answers.read(8), "little")
        self._left -= length
        if self._left < 0:
            raise too_large(
                self.file, Text("全部单元格的文字总量", "The text of all cells is"), f"{self._limit >> 20} MB"
            )
        data = self._answers.read(length)
        if not data or len(data) < length:
            raise _failed(self.file, "")
        message = marshal.loads(data)  # noqa: S302 - from our own process
        if isinstance(message, dict) and "error" in message:
            raise _failed(self.file, message["error"])
        return message


@contextmanager
def _parser(path: Path, limits: Limits) -> Iterator[_Parser]:
    command = [sys.executable, "-I", parse_workbook.__file__, str(path.resolve())]
    command += [str(limits.memory_bytes), str(limits.seconds)]
    with subprocess.Popen(  # noqa: S603 - our own file, no shell
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        try:
            yield _Parser(path.name, process.stdout, process.stdin, limits)
        except BaseException:
            process.kill()
            raise


def _read_sheet(file: str, name: str, visibility: str, parser: _Parser, facts: SheetFacts, limits: Limits) -> Grid:
    shape = parser.next()
    height, left = shape["height"], shape["first_column"]
    width = left + shape["width"] if shape["width"] else 0
    if width > limits.columns:
        raise too_large(file, Text("列数", "The number of columns is"), str(limits.columns), sheet=name)
    if height * width > limits.workbook_cells:
        what = Text("单元格数（行 × 列）", "Rows x columns are")
        raise too_large(file, what, f"{limits.workbook_cells:,}", sheet=name)
    parser.agree()
    blank = {f"c{index}": pl.String for index in range(left)}
    schema = {f"c{index}": pl.String for index in range(left, width)}
    frames = [pl.DataFrame(schema={**blank, **schema})]
    while isinstance(batch := parser.next(), list):
        some = pl.DataFrame(batch, schema=schema, orient="col")
        frames.append(some.select(*(pl.lit(None, pl.String).alias(column) for column in blank), *schema))
    frame = tidy(pl.concat(frames)) if width else pl.DataFrame(schema={"c0": pl.String})
    refuse_long_cells(file, name, frame, limits)
    refuse_nul(file, name, frame)
    merges = np.array(shape["merges"], dtype=np.int64).reshape(-1, 4) if shape["merges"] else no_merges()
    long_numbers = [cell_name(row + 1, column + 1) for row, column in batch["long_numbers"]]
    return Grid(
        file,
        name,
        frame,
        pl.int_range(1, frame.height + 1, dtype=pl.UInt32, eager=True).alias("row"),
        merges=merges,
        notices=tuple(_notices(file, name, visibility, facts, long_numbers)),
    )


def _notices(file: str, name: str, visibility: str, facts: SheetFacts, long_numbers: list[str]) -> Iterator[RowError]:
    if not visibility.endswith(".Visible"):
        yield _notice(
            file,
            name,
            "hidden-sheet",
            Text("这张工作表是隐藏的，也读取了。", "This sheet is hidden; it was read all the same."),
            Text("如果不该导入，请删去它。", "Delete it if it is not meant to be imported."),
        )
    kinds = (
        (
            "error-cell",
            facts.errors,
            Text(
                "{count} 个单元格是错误值（如 #REF!），按空白读取：{cells}。",
                "{count} cells hold an error value such as #REF! and are read as blank: {cells}",
            ),
            Text("请更正公式后重新保存。", "Mend the formulas and save again."),
        ),
        (
            "formula-without-value",
            facts.formulas_without_value,
            Text(
                "{count} 个公式没有保存计算结果，按空白读取：{cells}。",
                "{count} formulas have no stored result and are read as blank: {cells}",
            ),
            Text("请用 Excel 或 WPS 打开并保存一次。", "Open the file in Excel or WPS once and save it."),
        ),
        (
            "long-number",
            long_numbers,
            Text(
                "{count} 个超过 15 位的编号按数字保存，末尾几位已被电子表格改成 0：{cells}。",
                "{count} codes of over 15 digits are stored as numbers, so the spreadsheet has lost their last digits: {cells}.",
            ),
            Text("请把该列设为文本格式并重新录入。", "Format the column as text and enter them again."),
        ),
    )
    for code, cells, message, hint in kinds:
        if cells:
            shown = " ".join(cells[:_NAMED_CELLS]) + (" …" if len(cells) > _NAMED_CELLS else "")
            count = f"≥ {len(cells)}" if len(cells) == MOST_REMARKS else str(len(cells))
            yield _notice(file, name, code, message.format(count=count, cells=shown), hint, cells[0])


def _notice(file: str, sheet: str, code: str, message: Text, hint: Text, cell: str | None = None) -> RowError:
    return RowError(file, sheet, None, None, None, code, message, hint, cell)


def _no_table(file: str, name: str) -> Grid:
    notice = _notice(
        file,
        name,
        "not-a-table",
        Text("这一页是图表或宏，不是表格，没有读取。", "This is a chart or macro sheet, no table; it was not read."),
        Text("如果其中有数据，请移到普通工作表。", "Move data in it, if any, to a normal sheet."),
    )
    frame = pl.DataFrame(schema={"c0": pl.String})
    return Grid(file, name, frame, pl.Series("row", [], pl.UInt32), notices=(notice,))


def encrypted(file: str) -> FileRefused:
    """The refusal of a workbook with a password."""
    return refused(
        file,
        "encrypted-workbook",
        Text("工作簿设有打开密码，无法读取。", "The workbook is protected by a password and cannot be read."),
        Text("请取消密码，另存为 .xlsx 后再导入。", "Remove the password, save as .xlsx and import that."),
    )


def _failed(file: str, error: str) -> FileRefused:
    if error == _PASSWORD:
        return encrypted(file)
    if error not in _EXHAUSTED:
        return damaged(file)
    return refused(
        file,
        "workbook-exhausts-limits",
        Text(
            "读取这个工作簿所需的内存或时间超过上限：它已损坏、异常庞大，或是有意构造的。",
            "Reading this workbook takes more memory or time than allowed: it is damaged, far too large, or forged.",
        ),
        Text(
            "请用 Excel 或 WPS 打开，把数据复制到新的工作簿，另存为 .xlsx。",
            "Open it in Excel or WPS, copy the data into a new workbook and save that as .xlsx.",
        ),
    )
