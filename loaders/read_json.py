"""What stands in a JSON bundle? One grid for each type: {"Organization": [{"id": ..., "name": ...}], "COVERS": [...]}.

A graph in node-link JSON is read as the bundle of the same nodes and edges.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from pathlib import Path
from typing import Any, NoReturn

from graphmodel.text import Text
from loaders.errors import refused
from loaders.grid import Grid, Limits, too_large
from loaders.read_graph import is_node_link, node_link_records
from loaders.records import no_bundle, records_grid
from loaders.text_files import open_text, survey

_HALF_CHARACTER = re.compile(r"\\u[dD][89a-fA-F]")


def read_json(path: Path, limits: Limits) -> list[Grid]:
    """Which records of which type has this file?

    The first row of each grid holds the keys, as row 0; the records follow from row 1. Numbers keep the digits they
    are written with, truth values become TRUE and FALSE, null is blank. Memory: about twenty times the file at worst,
    whose size is limited.

    Errors: `FileRefused` for text that is no JSON (with its line), another shape than a bundle's or a graph's, a value that is itself a list or
    an object, or a key that stands twice in a record.
    """
    if path.stat().st_size > limits.json_bytes:
        raise too_large(path.name, Text("文件大小", "The file's size is"), f"{limits.json_bytes >> 20} MB")
    # JSON is often one long line, so only the size limits it
    found = survey(path, Limits(line_bytes=limits.json_bytes + 1))
    with open_text(path, found) as text:
        bundle = _parse(path.name, text.read())
    if not isinstance(bundle, dict):
        raise no_bundle(path.name, None, None)
    tables = node_link_records(path.name, bundle) if is_node_link(bundle) else bundle
    return [records_grid(path.name, name, records, limits) for name, records in tables.items()]


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
        raise no_bundle(file, None, None) from fault
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
