"""Which rows come next? Filters by any field of the schema, any order, and pages that begin where a cursor says."""

from __future__ import annotations

import base64
import binascii
import datetime as dt
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import reduce
from typing import Any

import polars as pl

from graphmodel.declare import Column
from graphmodel.network import Network
from graphmodel.schema import NODE_TYPES
from graphmodel.tables import frame_schema
from graphmodel.text import Refusal, Text
from graphmodel.vectors import Flags

_OPERATORS: dict[str, Callable[[pl.Expr, Any], pl.Expr]] = {
    "eq": lambda field, value: field == value,
    "ne": lambda field, value: field != value,
    "lt": lambda field, value: field < value,
    "le": lambda field, value: field <= value,
    "gt": lambda field, value: field > value,
    "ge": lambda field, value: field >= value,
}
_OF_TEXT: dict[str, Callable[[pl.Expr, Any], pl.Expr]] = {
    "contains": lambda field, value: field.str.contains(value, literal=True),
    "begins": lambda field, value: field.str.starts_with(value),
}
_IS = {"known": pl.Expr.is_not_null, "unknown": pl.Expr.is_null}
_MEANT = {
    "flag": Text("须为 true 或 false", "true or false is meant"),
    "integer": Text("须为整数", "a whole number is meant"),
    "number": Text("须为数字", "a number is meant"),
    "date": Text("须为日期，写作 2016-06-12", "a date is meant, as 2016-06-12"),
}
OPERATORS = (*_OPERATORS, *_OF_TEXT, "is")
"""What a filter may ask of a field; `is` takes `known` or `unknown`."""


class BadFilter(Refusal):
    """A filter, an order or a choice of fields is not one for this type."""

    def __init__(self, text: str, why: Text) -> None:
        message = Text("“{text}”：{why}", "'{text}': {why}").format(text=text[:80], why=why)
        hint = Text(
            "筛选写作 字段:运算:值（{all}），排序写作 字段 或 -字段；字段见 /api/v1/schema。",
            "Write filters as field:operator:value ({all}) and orders as field or -field; fields are at /api/v1/schema.",
        )
        super().__init__(message, hint.format(all=", ".join(OPERATORS)), code="bad-filter")


class BadCursor(Refusal):
    """A cursor is none that was given out for this list and order."""

    def __init__(self) -> None:
        message = Text("游标无效，或属于另一个列表。", "The cursor is none of this list's.")
        super().__init__(message, Text("请从第一页开始。", "Begin with the first page."), code="bad-cursor")


@dataclass(frozen=True, slots=True)
class Page:
    """A part of a list: its rows, how many there are in all, and where the next part begins, None at the end."""

    frame: pl.DataFrame
    total: int
    next: str | None


_PLACE = "\x1fplace"  # no column is called so


def paged(
    frame: pl.DataFrame,
    keys: Sequence[str],
    cursor: str | None,
    limit: int,
    *,
    descending: Sequence[bool] = (),
    ordered: bool = False,
) -> Page:
    """The rows after a cursor, at most `limit`; unknown values come last in either direction.

    `keys` order the rows, no two of which may be alike in all of them; a cursor holds the keys of the last row shown, so
    that rows which come or go between two pages neither repeat nor hide others. `ordered` says that the frame is in that order.
    Cost: a sort of the keys, unless it is. Errors: `BadCursor`.
    """
    down = [*descending, *[False] * (len(keys) - len(descending))]
    order = ",".join(f"-{key}" if falls else key for key, falls in zip(keys, down, strict=True))
    rest = frame.select(keys).with_row_index(_PLACE)
    if cursor is not None:
        rest = rest.filter(_after(keys, _opened(cursor, order, keys, rest.schema), down))
    rest = rest if ordered else rest.sort(keys, descending=down, nulls_last=True)
    shown, more = frame[rest[_PLACE].head(limit)], rest.height > limit
    return Page(shown, frame.height, _closed(order, [shown[key][-1] for key in keys]) if more else None)


def _after(keys: Sequence[str], last: Sequence[pl.Expr | None], down: Sequence[bool]) -> pl.Expr:
    parts = []
    for place, key in enumerate(keys):
        field, value = pl.col(key), last[place]
        if value is None:
            continue  # nothing comes after what is unknown
        beyond = (field < value if down[place] else field > value).fill_null(value=True)
        same = [pl.col(k).is_null() if v is None else pl.col(k) == v for k, v in zip(keys[:place], last, strict=False)]
        parts.append(reduce(pl.Expr.__and__, same, beyond))
    return pl.any_horizontal(parts)


def _closed(order: str, values: Sequence[Any]) -> str:
    text = json.dumps([order, *values], ensure_ascii=False, default=str)
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def _opened(cursor: str, order: str, keys: Sequence[str], schema: pl.Schema) -> list[pl.Expr | None]:
    try:
        named, *values = json.loads(base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True))
        if named != order or len(values) != len(keys):
            raise BadCursor
        return [None if v is None else _literal(v, schema[k]) for k, v in zip(keys, values, strict=True)]
    except (ValueError, TypeError, binascii.Error, pl.exceptions.PolarsError) as fault:
        raise BadCursor from fault


def _literal(value: Any, dtype: pl.DataType) -> pl.Expr:
    if isinstance(value, list | dict):
        raise TypeError
    made = pl.Series([dt.date.fromisoformat(value) if dtype == pl.Date else value]).cast(dtype)
    return pl.lit(made.item(), dtype)


def nodes_of_type(
    network: Network,
    type_name: str,
    filters: Sequence[str] = (),
    sort: str | None = None,
    cursor: str | None = None,
    limit: int = 100,
    among: Flags | None = None,
) -> Page:
    """The nodes of a type that pass every filter, of those `among` bool[n] or of all, ordered by a field and by id.

    `filters` as `track:eq:registered`, `members:ge:3`, `status:is:unknown`; a value that is unknown passes no comparison.
    `sort` a field, with `-` before it from the greatest on. Errors: `BadFilter`, `BadCursor`. Cost: linear, and a sort.
    """
    frame = network.nodes[type_name].frame
    if among is not None:
        frame = frame.filter(pl.Series(among))
    if filters:
        frame = frame.filter([_filter(type_name, text) for text in filters])
    name = (sort or "id").removeprefix("-")
    field_of(type_name, name)
    keys = [name] if name == "id" else [name, "id"]
    down = (sort or "").startswith("-")
    return paged(frame, keys, cursor, limit, descending=[down], ordered=keys == ["id"] and not down)


def field_of(type_name: str, name: str) -> Column | None:
    """A field of a node type that rows are chosen or ordered by; None for the id. Errors: `BadFilter`."""
    if name == "id":
        return None
    columns = NODE_TYPES[type_name].columns
    if name not in columns:
        title = NODE_TYPES[type_name].title
        raise BadFilter(name, Text("{title}没有这个字段", "{title} has no such field").format(title=title))
    return columns[name]


def _filter(type_name: str, text: str) -> pl.Expr:
    name, _, rest = text.partition(":")
    operator, colon, value = rest.partition(":")
    column, field = field_of(type_name, name), pl.col(name)
    if not colon or operator not in OPERATORS:
        raise BadFilter(text, Text("不是 字段:运算:值", "it is not field:operator:value"))
    if operator == "is":
        if value not in _IS:
            raise BadFilter(text, Text("须为 known 或 unknown", "known or unknown is meant"))
        return _IS[value](field)
    kind = "text" if column is None else column.kind
    if operator in _OF_TEXT:
        if kind != "text":
            raise BadFilter(text, Text("这个字段不是文字", "the field is no text"))
        return _OF_TEXT[operator](field, value)
    return _OPERATORS[operator](field, _value(text, kind, value, frame_schema(type_name)[name]))


def _meant(kind: str, dtype: pl.DataType) -> Text:
    """What values a field of that kind has."""
    if isinstance(dtype, pl.Enum):
        known = ", ".join(dtype.categories)
        return Text("须为 {all} 之一", "one of {all} is meant").format(all=known)
    return _MEANT[kind]


def _value(text: str, kind: str, value: str, dtype: pl.DataType) -> Any:
    try:
        match kind:
            case "flag":
                return {"true": True, "false": False}[value]
            case "integer":
                return pl.Series([int(value)], dtype=pl.Int64).item()
            case "number":
                return float(value)
            case "date":
                return dt.date.fromisoformat(value)
            case "choice":
                return pl.Series([value]).cast(dtype).item()
    except (KeyError, ValueError, OverflowError, TypeError, pl.exceptions.PolarsError) as fault:
        raise BadFilter(text, _meant(kind, dtype)) from fault
    return value
