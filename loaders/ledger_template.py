"""What does a blank ledger look like? The staff's layout by the mapping, with drop-downs, notes and an example row."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from typing import NamedTuple

import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from graphmodel.text import Text
from loaders.ledger_mapping import Kind, LedgerColumn, LedgerMapping
from loaders.template import EXAMPLE

ROWS = 5_000  # rows below the header that have drop-downs and formats
_LONGEST_LIST = 255  # characters that a spreadsheet takes as a list
_PERSONAL = Text(
    "不要填写姓名、电话、证件号：这些列不在模板中，填了也不会读取。",
    "Enter no names, telephone or ID numbers: such columns are left out here and are never read.",
)
_GREY, _WIDTH, _HEIGHT = "#D9D9D9", 14, 30


class _Leaf(NamedTuple):
    """One column of the workbook: its stacked headers and what the mapping says of it."""

    parts: tuple[str, ...]
    column: LedgerColumn


class _Cell(NamedTuple):
    """One header cell, merged over a block."""

    top: int
    left: int
    height: int
    width: int
    text: str


@dataclass(frozen=True)
class _Formats:
    title: Format
    header: Format
    unread: Format
    text: Format
    number: Format
    example: Format


def write_ledger_template(path: Path, mapping: LedgerMapping) -> None:
    """Write the blank workbook of a mapping: one sheet of each kind.

    Headers are stacked and merged as the mapping groups them; columns with personal data are left out, columns that are
    not imported are grey. The first row below the header is an example, which an import ignores. Same mapping, same
    bytes. Errors: `OSError` where the file cannot be written.
    """
    with xlsxwriter.Workbook(path, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}) as book:
        box = {"border": 1, "text_wrap": True, "align": "center", "valign": "vcenter"}
        formats = _Formats(
            book.add_format({"bold": True, "font_size": 14, **box}),
            book.add_format({"bold": True, **box}),
            book.add_format({"bold": True, "bg_color": _GREY, **box}),
            book.add_format({"num_format": "@"}),
            book.add_format({"num_format": "0"}),
            book.add_format({"num_format": "@", "italic": True, "font_color": "#595959"}),
        )
        for kind, name in mapping.names.items():
            _sheet(book.add_worksheet(name), mapping, kind, formats)


def _sheet(sheet: Worksheet, mapping: LedgerMapping, kind: Kind, formats: _Formats) -> None:
    leaves = [leaf for column in mapping.of(kind) for leaf in _leaves(column)]
    title = f"{mapping.title.zh} · {mapping.title.en}" if kind == "ledger" else mapping.names[kind]
    sheet.merge_range(0, 0, 0, len(leaves) - 1, f"{title}　{_PERSONAL.zh} {_PERSONAL.en}", formats.title)
    sheet.set_row(0, _HEIGHT)
    depth = max(len(leaf.parts) for leaf in leaves)
    for top, left, height, width, text in _header(leaves, depth):
        unread = all(leaf.column.use == "not-imported" for leaf in leaves[left : left + width])
        shown = formats.unread if unread else formats.header
        if height > 1 or width > 1:
            sheet.merge_range(top + 1, left, top + height, left + width - 1, text, shown)
        else:
            sheet.write_string(top + 1, left, text, shown)
    first = 1 + depth
    for place, leaf in enumerate(leaves):
        field = leaf.column.field
        is_number = field is not None and field.kind == "integer"
        sheet.set_column(place, place, _WIDTH, formats.number if is_number else formats.text)
        # xlsxwriter keeps a comment in the first cell of a merged header
        top = next(cell.top for cell in _header(leaves, depth) if cell.left == place and cell.text == leaf.parts[-1])
        sheet.write_comment(top + 1, place, _note(leaf.column), {"x_scale": 2.5, "y_scale": 2})
        _drop_down(sheet, leaf.column, first, place)
        if leaf.column.example:
            sheet.write_string(first, place, leaf.column.example, formats.example)
    sheet.write_string(first, 0, f"{EXAMPLE}（导入时忽略 / ignored on import）", formats.example)
    sheet.freeze_panes(first, 2)


def _leaves(column: LedgerColumn) -> Iterator[_Leaf]:
    """The columns under a header: one, or one for each option; none for personal data."""
    if column.use in ("personal", "instructor"):
        return
    parts = tuple(part.replace("／", "/") for part in column.header.split("/"))
    for option in column.options or ("",):
        yield _Leaf((*parts, option) if option else parts, column)


def _header(leaves: Sequence[_Leaf], depth: int) -> Iterator[_Cell]:
    """The header's cells: groups merged sideways, short stacks downwards."""
    for top in range(depth):
        there = [(place, leaf.parts) for place, leaf in enumerate(leaves) if len(leaf.parts) > top]
        runs = groupby(enumerate(there), key=lambda each: (each[1][0] - each[0], each[1][1][: top + 1]))
        for _, run in runs:
            cells = [cell for _, cell in run]
            left, parts = cells[0]
            yield _Cell(top, left, depth - top if len(parts) == top + 1 else 1, len(cells), parts[top])


def _words(column: LedgerColumn) -> list[str]:
    """The words that a cell may hold, Chinese; none where anything may stand."""
    if column.says:
        return list(column.says)
    field = column.field
    if field is not None and field.choices:
        return [member.title.zh for member in field.choices]
    return ["是", "否"] if field is not None and field.kind == "flag" else []


def _drop_down(sheet: Worksheet, column: LedgerColumn, first: int, place: int) -> None:
    words = _words(column)
    if words and len(",".join(words)) <= _LONGEST_LIST:
        options = {"validate": "list", "source": words, "error_type": "warning", "ignore_blank": True}
        sheet.data_validation(first, place, first + ROWS, place, options)


def _note(column: LedgerColumn) -> str:
    """What the comment on a header says, Chinese first."""
    field = column.field
    lines = [column.note.both()] if column.note else []
    if field is not None:
        lines.append(field.title.both() + (f"（{field.unit.both()}）" if field.unit else ""))
    if words := _words(column):
        lines.append(f"可填 / one of: {'、'.join(words)}")
    if column.use == "not-imported":
        lines.append("不导入 / not imported")
    else:
        lines.append("不知道就留空 / leave empty where not known")
    return "\n".join(lines)
