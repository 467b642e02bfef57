"""What does a reader hand on? Grids of text that know where each row stood, and the limits they were read within."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import polars as pl
from numpy.typing import NDArray

from graphmodel.text import Text
from loaders.errors import RowError, refused

_HALF_WIDTH = {chr(code): chr(code - 0xFEE0) for code in range(0xFF01, 0xFF5F)} | {"\u3000": " "}
_MEGABYTE = 1 << 20


@dataclass(frozen=True, slots=True)
class Limits:
    """How large may a file be? A file beyond one of these is refused with that limit in the message.

    Bytes are of the file on disk, except `unzipped_bytes` (all parts of an .xlsx together), `ratio` (how many times a
    part may grow when unzipped; parts under 32 MB are free), `text_bytes` (all cells of a workbook together) and
    `memory_bytes` (address space of the process that parses a workbook). `cells` are rows x columns up to the last
    cell with a value. Columns and the length of a cell are those of a spreadsheet program or fewer.
    """

    csv_bytes: int = 512 * _MEGABYTE
    json_bytes: int = 64 * _MEGABYTE
    workbook_bytes: int = 200 * _MEGABYTE
    line_bytes: int = _MEGABYTE
    unzipped_bytes: int = 1024 * _MEGABYTE
    ratio: int = 250
    parts: int = 5_000
    sheets: int = 100
    workbook_cells: int = 20_000_000
    csv_cells: int = 100_000_000
    columns: int = 500
    cell_characters: int = 32_767
    text_bytes: int = 1024 * _MEGABYTE
    memory_bytes: int = 3072 * _MEGABYTE
    seconds: int = 300


def no_merges() -> NDArray[np.int64]:
    """The merged ranges of a table that has none."""
    return np.empty((0, 4), dtype=np.int64)


@dataclass(frozen=True, slots=True, eq=False)
class Grid:
    """One sheet as text, exactly where it stood, judged by nobody yet.

    Parameters: `file` the file's name, `name` the sheet's (of a CSV the file's name without its ending, of JSON the
    key); `frame` String columns c0 .. cN, c0 being the sheet's first column, blank cells null, white space around a
    text removed; `rows` the source row of each row of the frame, from 1 (of a CSV the number of the record, so a line
    break inside quotes does not count; of JSON the number of the record, its keys being row 0); `merges` int64 of
    shape (n, 4): first row, last row, first column, last column of each merged range as positions in the frame, from
    0, inclusive; `errors` rows that cannot be used though they stay in the frame (`read = accepted + rejected`);
    `notices` what a person should know; `is_delimited` that it was text with separators, where a cell may be cut in two.
    """

    file: str
    name: str
    frame: pl.DataFrame
    rows: pl.Series
    merges: NDArray[np.int64] = field(default_factory=no_merges)
    errors: tuple[RowError, ...] = ()
    notices: tuple[RowError, ...] = ()
    is_delimited: bool = False

    @property
    def height(self) -> int:
        """How many rows were read."""
        return self.frame.height


def tidy(frame: pl.DataFrame) -> pl.DataFrame:
    """The same texts without white space around them (the full-width space too), blank ones null."""
    length, bare = pl.all().str.len_bytes(), pl.all().str.strip_chars()
    untidy = frame.select(((length != bare.str.len_bytes()) | (length == 0)).any()).row(0) if frame.width else ()
    return frame.with_columns(
        pl.col(name).str.strip_chars().replace("", None)
        for name, is_untidy in zip(frame.columns, untidy, strict=True)
        if is_untidy
    )


def half_width(text: pl.Expr) -> pl.Expr:
    """The same text with full-width digits, letters, punctuation and space as half-width ones; Hanzi stay.

    For comparing and parsing; messages show the text as it was.
    """
    return text.str.replace_many(_HALF_WIDTH)


def ragged_row(file: str, sheet: str, row: int, width: int) -> RowError:
    """The error of a row of delimited text that has more cells than the table's `width`: one of them was cut in two."""
    message = Text(
        f"这一行的单元格多于表格的 {width} 列。", f"This row has more cells than the table's {width} columns."
    )
    hint = Text(
        "常见原因是单元格里的逗号没有用引号括起来；请更正，或另存为 .xlsx。",
        "A comma inside a cell without quotes is a common cause; mend it, or save the table as .xlsx.",
    )
    return RowError(file, sheet, row, None, None, "ragged-row", message, hint)


def refuse_long_cells(file: str, sheet: str, frame: pl.DataFrame, limits: Limits) -> None:
    """Refuses a grid with a cell that is too long. Errors: `FileRefused` naming the first such row of its column."""
    longest = frame.select(pl.all().str.len_bytes().max())  # in bytes: quick, and never too few
    for name in (name for name in longest.columns if (longest[name].item() or 0) > limits.cell_characters):
        row = frame.select((pl.col(name).str.len_chars() > limits.cell_characters).arg_true().first()).item()
        if row is not None:
            column = int(name[1:]) + 1
            raise refused(
                file,
                "cell-too-long",
                Text(
                    f"第 {column} 列有一个单元格超过 {limits.cell_characters:,} 个字符。",
                    f"A cell in column {column} has more than {limits.cell_characters:,} characters.",
                ),
                Text(
                    "请缩短该单元格；常见原因是前面少了一个引号。",
                    "Shorten it; a missing quote before it is a common cause.",
                ),
                sheet=sheet,
                row=row + 1,
            )


def refuse_nul(file: str, sheet: str, frame: pl.DataFrame) -> None:
    """Refuses a grid with a NUL character in a cell. Errors: `FileRefused` naming the first such row."""
    row = frame.select(pl.any_horizontal(pl.all().str.contains("\0", literal=True)).arg_true().first()).item()
    if row is not None:
        raise nul_refused(file, sheet, row + 1)


def nul_refused(file: str, sheet: str | None, row: int) -> Exception:
    """The refusal of a file that holds a NUL character."""
    return refused(
        file,
        "nul-byte",
        Text(
            "文件里有空字符（NUL），不是正常的文本表格。", "The file holds a NUL character, which no text table does."
        ),
        Text(
            "文件可能已损坏，或是没有 BOM 的 UTF-16。请用 Excel 或 WPS 打开后另存为 .xlsx。",
            "It may be damaged, or UTF-16 without a BOM. Open it in Excel or WPS and save it as .xlsx.",
        ),
        sheet=sheet,
        row=row,
    )


def too_large(
    file: str, what: Text, limit: str | Text, *, sheet: str | None = None, row: int | None = None
) -> Exception:
    """The refusal of a file that is beyond a limit; `what` names the limited thing."""
    return refused(
        file,
        "too-large",
        Text("{what}超过上限 {limit}。", "{what} beyond the limit of {limit}.").format(what=what, limit=limit),
        Text(
            "请删去多余的行、列、工作表或格式，或拆成几个文件再导入。",
            "Remove rows, columns, sheets or formats that are not needed, or split the file.",
        ),
        sheet=sheet,
        row=row,
    )
