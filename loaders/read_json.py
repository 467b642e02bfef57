"""What stands in a JSON bundle? One grid for each type: {"Organization": [{"id": ..., "name": ...}], "COVERS": [...]}."""

from __future__ import annotations

import json
import re
from collections import Counter
from pathlib import Path
from typing import Any, NoReturn

import polars as pl

from graphmodel.text import Text
from loaders.errors import FileRefused, refused
from loaders.grid import Grid, Limits, refuse_long_cells, refuse_nul, tidy, too_large
from loaders.text_files import open_text, survey

_HALF_CHARACTER = re.compile(r"\\u[dD][89a-fA-F]")


def read_json(path: Path, limits: Limits) -> list[Grid]:
    """Which records of which type has this file?

    The first row of each grid holds the keys, as row 0; the records follow from row 1. Numbers keep the digits they
    are written with, truth values become TRUE and FALSE, null is blank. Memory: about twenty times the file at worst,
    whose size is limited.

    Errors: `FileRefused` for text that is no JSON (with its line), another shape, a value that is itself a list or
    an object, or a key that stands twice in a record.
    """
    if path.stat().st_size > limits.json_bytes:
        raise too_large(path.name, Text("文件大小", "The file's size is"), f"{limits.json_bytes >> 20} MB")
    # JSON is often one long line, so only the size limits it
    found = survey(path, Limits(line_bytes=limits.json_bytes + 1))
    with open_text(path, found) as text:
        bundle = _parse(path.name, text.read())
    if not isinstance(bundle, dict):
        raise _shape(path.name, None, None)
    return [_grid(path.name, name, records, limits) for name, records in bundle.items()]


def _parse(file: str, text: str) -> object:
    def once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        record = dict(pairs)
        if len(record) < len(pairs):
            twice, _ = Counter(key for key, _ in pairs).most_common(1)[0]
            raise refused(
                file,
                "duplicate-key",
                Text(f"同一个对象里有两个“{twice[:80]}”。", f'The key "{twice[:80]}" stands twice in one object.'),
                Text("请只保留一个。", "Keep one of them."),
            )
        return record

    def no_constant(name: str) -> NoReturn:
        raise json.JSONDecodeError(name, text, max(text.find(name), 0))

    try:
        bundle = json.loads(text, object_pairs_hook=once, parse_int=str, parse_float=str, parse_constant=no_constant)
        if _HALF_CHARACTER.search(text):
            json.dumps(bundle, ensure_ascii=False).encode()
    except json.JSONDecodeError as fault:
        raise refused(
            file,
            "not-json",
            Text(
                f"第 {fault.lineno} 行第 {fault.colno} 个字符处不是合法的 JSON。",
                f"Not JSON at line {fault.lineno}, character {fault.colno}.",
            ),
            Text("请检查括号、引号和逗号。", "Check brackets, quotes and commas there."),
            row=fault.lineno,
        ) from fault
    except RecursionError as fault:
        raise _shape(file, None, None) from fault
    except UnicodeEncodeError as fault:
        raise refused(
            file,
            "broken-character",
            Text(
                "有一个 \\uD800–\\uDFFF 转义不成对，不是完整的字符。",
                "A \\uD800-\\uDFFF escape without its pair is no character.",
            ),
            Text("请更正写出该文件的程序。", "Mend the program that wrote the file."),
        ) from fault
    return bundle


def _grid(file: str, name: str, records: object, limits: Limits) -> Grid:
    if not isinstance(records, list):
        raise _shape(file, name, None)
    for number, record in enumerate(records, start=1):
        if not isinstance(record, dict) or any(isinstance(value, dict | list) for value in record.values()):
            raise _shape(file, name, number)
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


def _text(value: str | bool | None) -> str | None:
    return ("TRUE" if value else "FALSE") if isinstance(value, bool) else value


def _shape(file: str, sheet: str | None, row: int | None) -> FileRefused:
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
