"""How do records become a grid? Their keys are row 0, and they follow from row 1."""

from __future__ import annotations

import polars as pl

from graphmodel.text import Text
from loaders.errors import FileRefused, refused
from loaders.grid import Grid, Limits, refuse_long_cells, refuse_nul, tidy, too_large


def records_grid(file: str, name: str, records: object, limits: Limits) -> Grid:
    """The records of one type as text: truth values as TRUE and FALSE, null as blank.

    Errors: `FileRefused` for what is no list of records with plain values, and beyond the limits.
    """
    if not isinstance(records, list):
        raise no_bundle(file, name, None)
    for number, record in enumerate(records, start=1):
        if not isinstance(record, dict) or any(isinstance(value, dict | list) for value in record.values()):
            raise no_bundle(file, name, number)
    keys = list(dict.fromkeys(key for record in records for key in record))
    if len(keys) > limits.columns:
        raise too_large(file, Text("列数", "The number of columns is"), str(limits.columns), sheet=name)
    if len(records) * len(keys) > limits.workbook_cells:
        what = Text("单元格数（行 × 列）", "Rows x columns are")
        raise too_large(file, what, f"{limits.workbook_cells:,}", sheet=name)
    columns = {f"c{at}": [key, *(_text(record.get(key)) for record in records)] for at, key in enumerate(keys)}
    frame = tidy(pl.DataFrame(columns, schema=dict.fromkeys(columns or ("c0",), pl.String)))
    refuse_long_cells(file, name, frame, limits)
    refuse_nul(file, name, frame)
    rows = pl.int_range(frame.height, dtype=pl.UInt32, eager=True).alias("row")
    return Grid(file, name, frame, rows)


def _text(value: object) -> str | None:
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    return None if value is None else str(value)


def no_bundle(file: str, sheet: str | None, row: int | None) -> FileRefused:
    """The refusal of JSON that maps no types to records."""
    return refused(
        file,
        "not-a-bundle",
        Text(
            "JSON 的结构应为：类型名 → 记录列表，每条记录是“字段: 值”，值只能是文字、数字、真假或空。",
            "The JSON must map type names to lists of records, each with plain values: text, number, true, false, null.",
        ),
        Text(
            '例如 {"Organization": [{"id": "…", "name": "…"}]}。',
            'For example {"Organization": [{"id": "…", "name": "…"}]}.',
        ),
        sheet=sheet,
        row=row,
    )
