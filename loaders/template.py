"""What does a blank workbook look like? One sheet a type, with titles, notes, drop-downs and one row as an example."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from graphmodel.declare import SOURCES, Column
from graphmodel.schema import EDGE_TYPES
from graphmodel.tables import all_types, frame_schema, type_named
from graphmodel.text import Refusal, Text
from loaders.faults import title_of
from loaders.references import end_types
from loaders.write_tables import new_workbook

EXAMPLE = "示例/example"
"""What the first cell of an example row begins with; such rows are no data."""

GUIDE = "说明 Guide"
ERRORS_SHEET = "错误清单 Errors"  # of a marked workbook
"""The page of instructions, which is no table."""

MARK_LEFT = (
    Text(
        "行首还写着“示例”，内容却不是模板的示例。",
        "It still begins with 示例 (example), beside what is no template's example.",
    ),
    Text("是数据就删去“示例”，是示例就删去整行。", "Remove the mark if it is data, or the row if it is an example."),
)
"""Message and hint for a row that was typed over an example, with the mark of it left."""

_LAST_ROW = 10_000  # how far down drop-downs and text formats reach
_SAMPLES = {"integer": "3", "number": "20000", "date": "2015-06-03", "flag": "是"}


@dataclass(frozen=True, slots=True)
class Heading:
    """One column of a blank sheet.

    Parameters: `title` the header as it is imported; `note` what the cell's comment says, both languages; `words` for
    the drop-down, empty where anything may be written; `sample` the example row's value; `needed` whether a row is
    nothing without it.
    """

    title: str
    note: str
    words: tuple[str, ...] = ()
    sample: str = ""
    needed: bool = False


def write_template(path: Path, types: Sequence[str] = ()) -> None:
    """Write a blank workbook of these types, of all where none is named.

    It can be filled and imported as it is: the example row is known by its first cell, which begins with `EXAMPLE`.
    Errors: `Refusal` for a name that is no type.
    """
    for name in types:
        if name not in all_types():
            message = Text("没有“{name}”这一类。", 'There is no type "{name}".').format(name=name)
            names = ", ".join(all_types())
            raise Refusal(message, Text(f"可用：{names}", f"One of: {names}"), code="unknown-type")
    chosen = [name for name in all_types() if not types or name in types]
    with new_workbook(path) as book:
        _write_guide(book, chosen)
        for name in chosen:
            write_blank_sheet(book, type_named(name).title.zh, headings(name))


def headings(name: str) -> list[Heading]:
    """The columns of a type, in the schema's order; everything said about them is derived from it."""
    columns = type_named(name).columns
    made = []
    for field in frame_schema(name):
        if field == SOURCES:
            continue
        made.append(heading_of(columns[field]) if field in columns else _end_heading(name, field))
    return made


def samples(name: str) -> dict[str, str]:
    """What the example row of a type's blank sheet has under each field."""
    fields = (field for field in frame_schema(name) if field != SOURCES)
    return {field: heading.sample for field, heading in zip(fields, headings(name), strict=True)}


def heading_of(column: Column, title: str | None = None) -> Heading:
    """One field as a column of a blank sheet; `title` where a layout of its own names it otherwise."""
    words: tuple[str, ...] = ()
    if column.choices is not None:
        words = tuple(member.title.zh for member in column.choices)
    elif column.kind == "flag":
        words = ("是", "否")
    sample = words[0] if words else _SAMPLES.get(column.kind, "")
    if column.ge is not None and column.ge > float(_SAMPLES["integer"]):
        sample = "2015"  # years
    return Heading(title or column.title.zh, _note(column), words, sample)


def _note(column: Column) -> str:
    lines = [f"{column.title.zh} / {column.title.en}"]
    if column.unit:
        lines.append(f"单位 / unit: {column.unit.both()}")
    if column.ge is not None or column.le is not None:
        low = "" if column.ge is None else f"{column.ge:.0f}"
        high = "" if column.le is None else f"{column.le:.0f}"
        lines.append(f"范围 / range: {low} – {high}")
    if column.choices is not None:
        lines.append("可填 / one of: " + "；".join(f"{m.title.zh} ({m.title.en})" for m in column.choices))
    if column.kind == "date":
        lines.append("日期 / date: 2015-06-03, 2015.6")
    if column.aliases:
        lines.append("也可叫 / also: " + "、".join(column.aliases))
    if column.note:
        lines.append(column.note.both())
    lines.append("不知道就留空 / leave empty where unknown")
    return "\n".join(lines)


def _end_heading(name: str, field: str) -> Heading:
    title = title_of(name, field)
    if field == "id":
        note = f"{title.both()}\n这一类里唯一，必填 / unique in its type, required"
        return Heading(title.zh, note, sample=EXAMPLE, needed=True)
    side = field.removesuffix("_type")
    types = [type_named(each).title.zh for each in end_types(name, side)]
    if field.endswith("_type"):
        note = f"{title.both()}\n只有一种可能时可留空 / may stay empty where only one is possible"
        return Heading(title.zh, note, tuple(types), types[0])
    note = f"{title.both()}\n所指{'或'.join(types)}的标识，必填 / id of the node it names, required"
    return Heading(title.zh, note, sample=EXAMPLE, needed=True)


def write_blank_sheet(book: Any, title: str, columns: Sequence[Heading]) -> None:
    """Add a blank sheet with these columns to a workbook made by `new_workbook`: header, notes, drop-downs, example."""
    sheet = book.add_worksheet(title)
    formats = _Formats(book)
    for at, column in enumerate(columns):
        write_heading(book, sheet, 0, at, column, formats)
        sheet.write_string(1, at, column.sample, formats.example)
    sheet.write_string(1, 0, _example_label(columns[0].sample), formats.example)
    sheet.freeze_panes(1, 1)


def _example_label(sample: str) -> str:
    """What marks the example row: its first cell."""
    return sample if sample.startswith(EXAMPLE) else f"{EXAMPLE} {sample}".rstrip()


class _Formats:
    """The looks of a blank sheet's cells."""

    def __init__(self, book: Any) -> None:
        self.needed = book.add_format({"bold": True, "bottom": 1, "text_wrap": True, "bg_color": "#F3E3E1"})
        self.header = book.add_format({"bold": True, "bottom": 1, "text_wrap": True})
        self.example = book.add_format({"italic": True, "font_color": "#767676", "num_format": "@"})
        self.text = book.add_format({"num_format": "@"})


def write_heading(book: Any, sheet: Any, row: int, at: int, column: Heading, formats: _Formats | None = None) -> None:
    """Write one header cell with its note, and format and validate the column under it.

    All cells are text, so that codes keep their zeros and dates stay as they are written.
    """
    formats = formats or _Formats(book)
    sheet.write_string(row, at, column.title, formats.needed if column.needed else formats.header)
    sheet.write_comment(row, at, column.note, {"x_scale": 2.2, "y_scale": 1.8})
    sheet.set_column(at, at, max(12, 2 * len(column.title) + 2), formats.text)
    if column.words:
        sheet.data_validation(row + 1, at, _LAST_ROW, at, {**_RULE, "source": list(column.words)})


_RULE = {
    "validate": "list",
    "error_type": "warning",
    "error_title": "不在可选的词里",
    "error_message": "请从下拉列表里选 / choose from the list",
}


def _write_guide(book: Any, types: Iterable[str]) -> None:
    """The first sheet: how to fill in the others, and what each is for."""
    sheet = book.add_worksheet(GUIDE)
    sheet.set_column(0, 0, 24)
    sheet.set_column(1, 2, 44)
    formats = _Formats(book)
    for row, text in enumerate(_HOW_TO):
        sheet.write_string(row, 0, text.zh)
        sheet.write_string(row, 2, text.en)
    first = len(_HOW_TO) + 1
    for at, title in enumerate(("工作表 / sheet", "内容", "content")):
        sheet.write_string(first, at, title, formats.header)
    for row, name in enumerate(types, start=first + 1):
        element = type_named(name)
        joined = (
            "；".join(f"{s.title.zh} → {t.title.zh}" for s, t in EDGE_TYPES[name].pairs) if name in EDGE_TYPES else ""
        )
        sheet.write_string(row, 0, element.title.zh)
        sheet.write_string(row, 1, joined or "每行一个 / one a row")
        sheet.write_string(row, 2, f"{name}: {element.title.en}")


_HOW_TO = (
    Text(
        "每行填一个；红底的列必填，其余不知道就留空（留空不等于 0 或“否”）。",
        "One a row; red columns are required, others stay empty where unknown (empty is not 0 or no).",
    ),
    Text(
        "以“示例/example”开头的行不会导入，可以删去。",
        "Rows that begin with 示例/example are not imported; delete them or not.",
    ),
    Text(
        "把鼠标移到表头上可看说明；有下拉列表的从列表里选。",
        "Headers have notes; choose from the list where there is one.",
    ),
    Text(
        "不要填写个人信息：姓名、电话、证件号等一律不导入。",
        "Enter nothing about persons: names, phones and ID numbers are never imported.",
    ),
    Text(
        "填好后运行 partygraph import 文件名；空表不影响已有数据。",
        "Then run partygraph import FILE; empty sheets change nothing.",
    ),
)
