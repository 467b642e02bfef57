"""What stands in a CSV file? Read whole by Polars, or carefully record by record where Polars finds a fault."""

from __future__ import annotations

import csv
import io
from contextlib import suppress
from itertools import chain, islice
from pathlib import Path

import polars as pl

from graphmodel.text import Text
from loaders.errors import RowError, refused
from loaders.grid import Grid, Limits, ragged_row, refuse_long_cells, tidy, too_large
from loaders.text_files import Survey, as_utf8, open_text, survey

_SEPARATORS = ",\t;"
_HEAD_RECORDS = 50
_HEAD_CHARACTERS = 1 << 20
_MOST_RAGGED = 1_000
_BATCH_CELLS = 500_000
# stands behind the last line: where it does not come back as a record of its own, a quote was never closed
_END = "\0"


def read_csv(path: Path, limits: Limits) -> Grid:
    """Which rows has this CSV file?

    Encodings as in `survey`; comma, tab or semicolon. A row's number is that of its record, as a spreadsheet counts
    rows: a line break inside quotes starts no new row, a blank line is a row. The usual file goes to Polars as it is;
    one with stray quotes, lone carriage returns or lines of unequal length is read record by record, about ten times
    slower. A record with more cells than the first fifty ever have stays in the grid and stands among its errors;
    a shorter one ends in empty cells. Memory: about that of the frame, and the file once more if it is not UTF-8.

    Errors: `FileRefused` as in `survey`, and for a size over a limit or a quote that is never closed.
    """
    if path.stat().st_size > limits.csv_bytes:
        raise too_large(path.name, Text("文件大小", "The file's size is"), f"{limits.csv_bytes >> 20} MB")
    found = survey(path, limits)
    separator, width = _shape(path, found)
    if width > limits.columns:
        raise too_large(path.name, Text("列数", "The number of columns is"), str(limits.columns))
    if (found.lines + found.lone_returns + 1) * width > limits.csv_cells:
        raise too_large(path.name, Text("单元格数（行 × 列）", "Rows x columns are"), f"{limits.csv_cells:,}")
    frame = _whole(path, found, separator, width)
    if frame is None:
        frame = _record_by_record(path, found, separator, width, limits)
    frame = tidy(frame)
    refuse_long_cells(path.name, path.stem, frame, limits)
    rows = pl.int_range(1, frame.height + 1, dtype=pl.UInt32, eager=True).alias("row")
    errors = _ragged(path, frame, rows, width)
    return Grid(path.name, path.stem, frame, rows, errors=errors, is_delimited=True)


def _shape(path: Path, found: Survey) -> tuple[str, int]:
    """The separator and the number of columns, by the first records; more cells win, then the comma."""
    with open_text(path, found) as text:
        head = text.read(_HEAD_CHARACTERS)
    shapes = []
    for separator in _SEPARATORS:
        widths: list[int] = []
        with suppress(csv.Error):  # a field over csv's own limit: either not this separator, or refused with its row
            records = csv.reader(io.StringIO(head, newline=""), delimiter=separator)
            widths.extend(map(len, islice(records, _HEAD_RECORDS)))
        shapes.append((sum(widths) - len(widths), max(widths, default=0), separator))
    _, width, separator = max(shapes, key=lambda shape: shape[0])
    if not width and head.strip():
        raise _field_too_long(path.name, 1)
    return separator, width


def _schema(width: int) -> dict[str, type[pl.String]]:
    return {f"c{index}": pl.String for index in range(width)}


def _whole(path: Path, found: Survey, separator: str, width: int) -> pl.DataFrame | None:
    """The file as Polars reads it; None where it must be read carefully."""
    if width == 0:
        return pl.DataFrame(schema={"c0": pl.String})
    if found.lone_returns or found.quotes % 2:
        return None
    source = path if found.encoding == "utf-8" else as_utf8(path, found)
    try:
        return pl.read_csv(
            source,
            has_header=False,
            schema=_schema(width),
            separator=separator,
            missing_columns="insert",
            extra_columns="raise",
            glob=False,
        )
    except pl.exceptions.PolarsError:
        return None


def _record_by_record(path: Path, found: Survey, separator: str, width: int, limits: Limits) -> pl.DataFrame:
    frames: list[pl.DataFrame] = []
    batch: list[list[str]] = []
    count = 0
    with open_text(path, found) as text:
        records = csv.reader(chain(text, [_END]), delimiter=separator)
        try:
            for record in records:
                batch.append(record)
                count += 1
                if len(record) > width:
                    width = len(record)
                if width > limits.columns:
                    what = Text("列数", "The number of columns is")
                    raise too_large(path.name, what, str(limits.columns), row=count)
                if len(batch) * width > _BATCH_CELLS:
                    frames.append(_frame(batch[:-1], width))
                    batch = batch[-1:]
        except csv.Error as fault:
            raise _field_too_long(path.name, count + 1) from fault
    if batch[-1] != [_END]:
        raise refused(
            path.name,
            "unclosed-quote",
            Text(
                f"第 {count} 行有一个引号没有成对，其后的内容都被当成一个单元格。",
                f"A quote that opens in row {count} is never closed, so all that follows is one cell.",
            ),
            Text("请在该行补上或删去引号。", "Close or remove the quote in that row."),
            row=count,
        )
    return pl.concat([*frames, _frame(batch[:-1], width)], how="diagonal")


def _frame(records: list[list[str]], width: int) -> pl.DataFrame:
    columns = [[record[index] if index < len(record) else None for record in records] for index in range(width)]
    return pl.DataFrame(columns, schema=_schema(width), orient="col")


def _ragged(path: Path, frame: pl.DataFrame, rows: pl.Series, width: int) -> tuple[RowError, ...]:
    """One error for each record with cells beyond the table's width."""
    beyond = frame.columns[width:]
    if not beyond:
        return ()
    faulty = rows.filter(frame.select(pl.any_horizontal(pl.col(beyond).is_not_null())).to_series())
    if faulty.len() > _MOST_RAGGED:
        raise refused(
            path.name,
            "ragged-rows",
            Text(
                f"有 {faulty.len()} 行的单元格多于表格的 {width} 列，第一处在第 {faulty[0]} 行。",
                f"{faulty.len()} rows have more cells than the table's {width} columns, row {faulty[0]} first.",
            ),
            Text("请检查分隔符和引号，或另存为 .xlsx。", "Check separators and quotes, or save the table as .xlsx."),
            row=int(faulty[0]),
        )
    return tuple(ragged_row(path.name, path.stem, row, width) for row in faulty)


def _field_too_long(file: str, row: int) -> Exception:
    return refused(
        file,
        "cell-too-long",
        Text("有一个单元格长得不合理。", "A cell is unreasonably long."),
        Text("常见原因是少了一个引号；请检查该行。", "A missing quote is a common cause; look at that row."),
        row=row,
    )
