"""How is a node type, an edge type, a field or a choice declared? The machinery behind `schema`."""

from __future__ import annotations

import datetime as dt
import enum
import re
import types
import typing
from dataclasses import dataclass
from functools import cache
from typing import Any, ClassVar, Literal, Self

import polars as pl
from pydantic import BaseModel, ConfigDict, Field
from pydantic.config import JsonDict
from pydantic.fields import FieldInfo

from graphmodel.text import Text

Kind = Literal["text", "integer", "number", "flag", "date", "choice"]
SOURCES = "sources"  # system column of every row: who asserts it, see graphmodel.asserted


class Choice(enum.StrEnum):
    """An enumeration whose members carry a title in both languages and the words ledgers use.

    A member is declared as `NAME = "stored value", "中文", "English", "alias", …`. Members are ordered as
    declared, so that `grade >= 3A` means what it says.
    """

    title: Text  # type: ignore[assignment]  # hides str.title(), which no choice needs
    aliases: tuple[str, ...]

    def __new__(cls, value: str, zh: str, en: str, *aliases: str) -> Self:
        """A member that is its stored value, with titles and aliases."""
        member = str.__new__(cls, value)
        member._value_ = value
        member.title = Text(zh, en)
        member.aliases = aliases
        return member

    @classmethod
    def values(cls) -> tuple[str, ...]:
        """The stored values in declared order; a value's place here is its code in dense columns."""
        return tuple(member.value for member in cls)

    @classmethod
    def of(cls, value: str) -> Self:
        """The member that is stored as `value`. Errors: `KeyError`."""
        return {member.value: member for member in cls}[value]

    @classmethod
    @cache
    def synonyms(cls) -> dict[str, str]:
        """Every accepted wording, lower case → stored value."""
        words: dict[str, str] = {}
        for member in cls:
            for word in (member.value, member.title.zh, member.title.en, *member.aliases):
                other = words.setdefault(word.lower(), member.value)
                if other != member.value:
                    raise ValueError(f"{cls.__name__}: {word!r} means both {other} and {member.value}")
        return words


@dataclass(frozen=True, slots=True)
class Column:
    """One field of a node or edge type: what it is called, what it may hold, where it may go.

    `title` in both languages; `aliases` as ledgers write the header; `unit` of the number; `ge`, `le` the
    range, bounds included; `choices` for kind *choice*; `code` names a value type of `graphmodel.codes.CODE_TYPES`
    that checks the text; `key` says that the field is part of an edge's identity (DESIGN, settled point 5);
    `restricted` that it is shown to the planner's office and the organisation's own body only (point 8);
    `refers_to` names the node type of which the text is an id; `past` says that the day cannot lie ahead of the day
    that the data speaks of.
    """

    name: str
    title: Text
    kind: Kind
    aliases: tuple[str, ...] = ()
    unit: Text | None = None
    ge: float | None = None
    le: float | None = None
    choices: type[Choice] | None = None
    code: str | None = None
    key: bool = False
    restricted: bool = False
    note: Text | None = None
    refers_to: str | None = None
    past: bool = False

    @property
    def dtype(self) -> pl.DataType:
        """The Polars type of the column in a network's frame."""
        match self.kind:
            case "text":
                return pl.String()
            case "integer":
                return pl.Int64()
            case "number":
                return pl.Float64()
            case "flag":
                return pl.Boolean()
            case "date":
                return pl.Date()
            case "choice":
                assert self.choices is not None
                return pl.Enum(list(self.choices.values()))


def column(
    zh: str,
    en: str,
    *aliases: str,
    unit: Text | None = None,
    ge: float | None = None,
    le: float | None = None,
    code: str | None = None,
    key: bool = False,
    restricted: bool = False,
    note: Text | None = None,
    refers_to: str | None = None,
    past: bool = False,
) -> Any:
    """Declare a field of a node or edge type; see `Column` for the parameters."""
    extra = {
        "aliases": aliases, "unit": unit, "code": code, "key": key, "restricted": restricted, "note": note,
        "refers_to": refers_to, "past": past,
    }  # fmt: skip
    described = f"{zh} / {en}" + (f" ({unit.both()})" if unit else "") + (f". {note.both()}" if note else "")
    schema_extra: JsonDict = {"title_zh": zh, "title_en": en, "x-restricted": restricted}
    field: Any = Field(default=None, title=zh, description=described, ge=ge, le=le, json_schema_extra=schema_extra)
    field.metadata.append(_Declared(Text(zh, en), extra, ge, le))
    return field


@dataclass(frozen=True)
class _Declared:
    title: Text
    extra: dict[str, Any]
    ge: float | None
    le: float | None


_KINDS: dict[type, Kind] = {str: "text", int: "integer", float: "number", bool: "flag", dt.date: "date"}


def _column(name: str, field: FieldInfo, owner: str) -> Column:
    declared = next((m for m in field.metadata if isinstance(m, _Declared)), None)
    if declared is None:
        raise TypeError(f"{owner}.{name} has no titles: declare it with column(zh, en)")
    annotation = field.annotation
    inner = [a for a in typing.get_args(annotation) if a is not types.NoneType] or [annotation]
    if len(inner) != 1 or not isinstance(inner[0], type):
        raise TypeError(f"{owner}.{name}: {annotation} is not one plain type or None")
    plain = inner[0]
    choices = plain if issubclass(plain, Choice) else None
    kind: Kind = "choice" if choices else _KINDS[plain]
    return Column(name, declared.title, kind, ge=declared.ge, le=declared.le, choices=choices, **declared.extra)


class Element(BaseModel):
    """What node types and edge types have in common: a title and declared columns. Every field may be unknown."""

    model_config = ConfigDict(extra="forbid", frozen=True, str_strip_whitespace=True)
    type_name: ClassVar[str]
    title: ClassVar[Text]
    columns: ClassVar[dict[str, Column]]

    def __init_subclass__(cls, **_: Any) -> None:
        super().__init_subclass__()  # titles and pairs are taken once pydantic has built the fields

    @classmethod
    def _declare(cls, type_name: str, title: Text) -> None:
        cls.type_name, cls.title = type_name, title
        skip = {"id", "source", "target", "source_type", "target_type"}
        cls.columns = {n: _column(n, f, type_name) for n, f in cls.model_fields.items() if n not in skip}


class Node(Element):
    """A node type. `id` is unique within the type; `name` is what people call it."""

    id: str = Field(min_length=1, max_length=200, title="标识", description="标识 / identifier, unique in its type")
    name: str | None = column("名称", "name", "单位名称", "机构名称")

    @classmethod
    def __pydantic_init_subclass__(cls, *, zh: str = "", en: str = "", **_: Any) -> None:
        cls._declare(cls.__name__, Text(zh, en))


class Edge(Element):
    """An edge type between one or more pairs of node types.

    `title` is read from the source, `reverse` from the target; `undirected` edges are stored with source < target;
    `one_target` / `one_source` state the cardinality: *enforced* ones are refused on import when broken, *expected*
    ones are found by a question, because a ledger that breaks them is what the planner has to see.
    """

    source: str = Field(min_length=1, title="起点", description="起点标识 / id of the source node")
    target: str = Field(min_length=1, title="终点", description="终点标识 / id of the target node")
    source_type: str | None = Field(default=None, title="起点类型", description="起点类型 / type of the source node")
    target_type: str | None = Field(default=None, title="终点类型", description="终点类型 / type of the target node")

    reverse: ClassVar[Text]
    pairs: ClassVar[tuple[tuple[type[Node], type[Node]], ...]]
    undirected: ClassVar[bool]
    one_target: ClassVar[Literal["enforced", "expected"] | None]
    one_source: ClassVar[Literal["enforced", "expected"] | None]
    key_fields: ClassVar[tuple[str, ...]]

    @classmethod
    def __pydantic_init_subclass__(
        cls,
        *,
        zh: str = "",
        en: str = "",
        reverse: Text | None = None,
        pairs: tuple[tuple[type[Node], type[Node]], ...] = (),
        undirected: bool = False,
        one_target: Literal["enforced", "expected"] | None = None,
        one_source: Literal["enforced", "expected"] | None = None,
        **_: Any,
    ) -> None:
        if not pairs:  # a shared base such as Stated, no edge type of its own
            return
        cls._declare(re.sub(r"(?<!^)(?=[A-Z])", "_", cls.__name__).upper(), Text(zh, en))
        cls.reverse = cls.title if reverse is None else reverse
        cls.pairs, cls.undirected, cls.one_target, cls.one_source = pairs, undirected, one_target, one_source
        cls.key_fields = tuple(name for name, c in cls.columns.items() if c.key)
