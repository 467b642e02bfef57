"""The process that parses one workbook: `python parse_workbook.py PATH MEMORY_BYTES SECONDS`.

Workbooks are hostile and their parser is native code: a forged one can ask it for more memory than there is, which
ends the process that asks. So it runs here, in a process of its own that has a limit of memory and time, knows nothing
of this project, starts in 0.05 s, and writes text to its standard output:

    {"sheets": [[name, kind, visibility], ...]}
    for each sheet that holds a table: {"height", "width", "first_row", "first_column", "merges"}, and after the reader
    answered one byte, batches of columns (lists of text or None), then {"long_numbers": [[row, column], ...]}
    or, at any time, {"error": name of the exception, "message": its text}

each a `marshal` value behind its length in eight bytes.
"""

from __future__ import annotations

import datetime as dt
import marshal
import resource
import sys
from collections.abc import Callable, Iterator
from decimal import Decimal
from itertools import islice
from typing import BinaryIO

from python_calamine import CalamineSheet, SheetTypeEnum, load_workbook

Cell = int | float | str | bool | dt.time | dt.date | dt.datetime | dt.timedelta

_BATCH_CELLS = 200_000
_EXACT = 10**15  # a spreadsheet number keeps fifteen digits


def number(value: float) -> str:
    """The number as its user sees it: fifteen digits, no exponent, no ".0"."""
    if abs(value) < _EXACT and value.is_integer():
        return str(int(value))
    text = f"{value:.15g}"
    return format(Decimal(text), "f") if "e" in text else text


def moment(value: dt.datetime) -> str:
    """The day, and the time of day unless it is midnight."""
    return value.date().isoformat() if value.time() == dt.time() else value.isoformat(sep=" ", timespec="seconds")


_TEXT: dict[type, Callable[..., str]] = {
    str: str,
    float: number,
    int: str,
    bool: lambda value: "TRUE" if value else "FALSE",
    dt.date: dt.date.isoformat,
    dt.datetime: moment,
    dt.time: dt.time.isoformat,
    dt.timedelta: str,
}


def texts(column: tuple[Cell, ...]) -> list[str]:
    """One column as text."""
    if set(map(type, column)) == {str}:
        return list(column)  # type: ignore[arg-type] # just seen
    return [_TEXT[type(value)](value) for value in column]


def long_numbers(column: tuple[Cell, ...]) -> Iterator[int]:
    """Where in a column stand numbers of more digits than a spreadsheet keeps?"""
    if float in set(map(type, column)):
        yield from (at for at, value in enumerate(column) if isinstance(value, float) and abs(value) >= _EXACT)


def send(out: BinaryIO, value: dict[str, object] | list[list[str]]) -> None:
    """One value to the reader."""
    data = marshal.dumps(value)
    out.write(len(data).to_bytes(8, "little"))
    out.write(data)
    out.flush()


def send_sheet(out: BinaryIO, asked: BinaryIO, sheet: CalamineSheet) -> None:
    """One sheet: its shape, and its rows once the reader has agreed to the shape."""
    first_row, first_column = sheet.start or (0, 0)
    send(
        out,
        {
            "height": sheet.end[0] + 1 if sheet.end else 0,
            "width": sheet.width,
            "first_row": first_row,
            "first_column": first_column,
            "merges": [(top, bottom, left, right) for (top, left), (bottom, right) in sheet.merged_cell_ranges or ()],
        },
    )
    asked.read(1)
    rows = sheet.iter_rows()
    batch = max(1, _BATCH_CELLS // max(1, sheet.width))
    found: list[tuple[int, int]] = []
    done = 0
    while some := list(islice(rows, batch)):
        columns = list(zip(*some, strict=True))
        for index, column in enumerate(columns):
            found += ((done + at, first_column + index) for at in long_numbers(column))
        send(out, [texts(column) for column in columns])
        done += len(some)
    send(out, {"long_numbers": found[:_BATCH_CELLS]})


def main() -> None:
    """Parses the workbook named on the command line."""
    path, memory, seconds = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    out, asked = sys.stdout.buffer, sys.stdin.buffer
    try:
        # a file object, so that the content decides on the format and not the name
        with open(path, "rb") as file, load_workbook(file) as book:  # noqa: PTH123 - pathlib is slow to import
            known = book.sheets_metadata
            send(out, {"sheets": [[one.name, str(one.typ), str(one.visible)] for one in known]})
            for one in known:
                if one.typ == SheetTypeEnum.WorkSheet:
                    send_sheet(out, asked, book.get_sheet_by_name(one.name))
    except BaseException as fault:  # noqa: BLE001 - a panic of the parser is no Exception
        send(out, {"error": type(fault).__name__, "message": str(fault)})


if __name__ == "__main__":
    main()
