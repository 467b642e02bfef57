"""How do tables leave as a bundle? A folder of CSV files, a workbook or JSON, which read back give the same tables."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import polars as pl
import xlsxwriter

from graphmodel.declare import SOURCES, Choice
from graphmodel.schema import NODE_TYPES
from graphmodel.tables import ENDS, Tables, all_types, conform, type_named
from graphmodel.text import Text
from loaders.errors import refused
from loaders.faults import title_of
from loaders.formulas import neutralised

_SURE_DIGITS = 15  # a spreadsheet keeps no more of a number
_ROWS = 1_048_575  # of a sheet, under its header
_FLAGS = {True: "是", False: "否"}


def bundle_frame(name: str, table: pl.DataFrame) -> pl.DataFrame:
    """A type's table as a bundle has it: identity, and the fields of which something is known.

    Who asserts a row is no part of a bundle: whoever imports it does.
    """
    ends = ("id",) if name in NODE_TYPES else ENDS
    whole = conform(name, table)
    return whole.select(
        c for c in whole.columns if c in ends or (c != SOURCES and whole[c].null_count() < whole.height)
    )


def write_csv_folder(folder: Path, tables: Tables) -> list[Path]:
    """Write one UTF-8 CSV a type, with a mark that spreadsheet programs know it by; gives the files written.

    Headers are the names of the fields. A text that a spreadsheet would take for a formula gets an apostrophe in front,
    which readers take off again.
    """
    folder.mkdir(parents=True, exist_ok=True)
    written = []
    for name in (n for n in all_types() if n in tables):
        path = folder / f"{name}.csv"
        frame = bundle_frame(name, tables[name])
        frame.with_columns(neutralised(pl.col(pl.String))).write_csv(
            path,
            include_bom=True,
            quote_style="non_numeric",  # so that a semicolon in a text is not taken for a separator
        )
        written.append(path)
    return written


def write_json(path: Path, tables: Tables) -> None:
    """Write a JSON bundle: type → records; unknown fields are left out, dates are yyyy-mm-dd."""
    records: dict[str, list[dict[str, Any]]] = {}
    for name in (n for n in all_types() if n in tables):
        frame = bundle_frame(name, tables[name]).with_columns(pl.col(pl.Date).cast(pl.String))
        records[name] = [{k: v for k, v in row.items() if v is not None} for row in frame.iter_rows(named=True)]
    path.write_text(json.dumps(records, ensure_ascii=False, indent=1, allow_nan=False) + "\n", encoding="utf-8")


def write_workbook(path: Path, tables: Tables) -> None:
    """Write a workbook with one sheet a type, headers and choices in Chinese; no cell of it is a formula.

    Texts and codes are text cells, dates are dates, and a number that a spreadsheet would shorten is text.
    Errors: `FileRefused` for more rows than a sheet holds.
    """
    with new_workbook(path) as book:
        header = book.add_format({"bold": True, "bottom": 1})
        for name in (n for n in all_types() if n in tables):
            frame = bundle_frame(name, tables[name])
            if frame.height > _ROWS:
                raise _too_many_rows(path, name, frame.height)
            sheet = book.add_worksheet(name)
            sheet.freeze_panes(1, 0)
            for at, column in enumerate(frame.columns):
                sheet.write_string(0, at, title_of(name, column).zh, header)
                write_column(book, sheet, at, 1, as_cells(name, frame[column]))


def new_workbook(path: Path) -> Any:
    """A workbook to be filled, in which no text becomes a formula, a link or a number; written when it is closed."""
    quiet = ("strings_to_formulas", "strings_to_urls", "strings_to_numbers")
    return xlsxwriter.Workbook(str(path), {**dict.fromkeys(quiet, False), "default_date_format": "yyyy-mm-dd"})


def as_cells(name: str, values: pl.Series) -> pl.Series:
    """A column as a workbook shows it: choices and ticks in Chinese, numbers too long for a spreadsheet as text."""
    column = type_named(name).columns.get(values.name)
    if column is None or column.kind == "text":
        return values
    if column.choices is not None:
        return values.cast(pl.String).replace_strict(_titles(column.choices), return_dtype=pl.String)
    if column.kind == "flag":
        return values.replace_strict(_FLAGS, return_dtype=pl.String)
    if column.kind in ("integer", "number"):
        exact = (values.cast(pl.Float64).round_sig_figs(_SURE_DIGITS) == values).all()
        return values if exact else values.cast(pl.String)
    return values


def _titles(choices: type[Choice]) -> Mapping[str, str]:
    return {member.value: member.title.zh for member in choices}


def write_column(book: Any, sheet: Any, at: int, first_row: int, values: pl.Series) -> None:
    """Write a column under row `first_row` (from 0): text as text, so that codes keep their zeros; unknown stays empty."""
    text, date = book.add_format({"num_format": "@"}), book.add_format({"num_format": "yyyy-mm-dd"})
    sheet.set_column(at, at, 16, date if values.dtype == pl.Date else text if values.dtype == pl.String else None)
    for row, value in enumerate(values, start=first_row):
        if isinstance(value, str):
            sheet.write_string(row, at, value, text)
        elif value is not None:
            sheet.write(row, at, value, date if values.dtype == pl.Date else None)


def _too_many_rows(path: Path, name: str, rows: int) -> Exception:
    return refused(
        path.name,
        "too-large",
        Text(
            f"{name} 有 {rows:,} 行，超过一张工作表的 {_ROWS:,} 行。",
            f"{name} has {rows:,} rows; a sheet holds {_ROWS:,}.",
        ),
        Text("请导出为 CSV。", "Export it as CSV."),
        sheet=name,
    )
