"""What do shapes have in common? Values, words, revisions, pages, and what figures rest on."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Annotated, Any

import polars as pl
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from graphmodel.declare import Choice
from graphmodel.text import Text
from queries.coverage import Share

Value = str | int | float | bool | None
"""A stored value: text, number, flag; dates as ISO text, choices by their stored word; null is unknown."""

_EXACT = 2**53  # up to which every whole number is a float
_ROUNDED = Text("数字过大，可能已被舍入，请写成文字", "so large a number may have been rounded: send it as text")


def _written(value: Any) -> Any:
    """A value as a form would write it: numbers in digits, true and false as they are written in JSON.

    Errors: `ValueError` for a number that may have been rounded when it was read.
    """
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float) and not abs(value) <= _EXACT:  # of nan neither is so
        raise ValueError(_ROUNDED.both())
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value) if isinstance(value, int | float) else value


WRITTEN = BeforeValidator(_written, json_schema_input_type=str | float | bool)
"""Of values that are read as text: numbers and flags are taken as well."""

Id = Annotated[str, Field(min_length=1, max_length=200)]


def example(**values: Any) -> ConfigDict:
    """The configuration of a shape with an example; shapes refuse what they do not know."""
    return ConfigDict(extra="forbid", json_schema_extra={"examples": [values]})


class Words(BaseModel):
    """A text in both languages."""

    model_config = example(zh="应建未建", en="branch required")

    zh: str
    en: str

    @staticmethod
    def of(text: Text) -> Words:
        """The text as it is sent."""
        return Words(zh=text.zh, en=text.en)

    @staticmethod
    def perhaps(text: Text | None) -> Words | None:
        """The same of a text that there may not be."""
        return None if text is None else Words.of(text)


class OfRevision(BaseModel):
    """What every read of the network says: which revision it is of, and of which day the data speak."""

    revision: int = Field(ge=0, description="版本 · revision")
    as_of: dt.date = Field(description="数据截至 · the day the data speak of")


class Paged(OfRevision):
    """A page of a list."""

    total: int = Field(ge=0, description="总数 · items in all")
    next: str | None = Field(description="下一页的游标 · cursor of the next page; null at the end")


STAMP: dict[str, Any] = {"revision": 3, "as_of": "2016-06-12"}
PAGE: dict[str, Any] = {**STAMP, "total": 1, "next": None}
"""What examples have of these two, as of `BASIS` below."""


class Found(BaseModel):
    """A node by its address."""

    model_config = example(type="Street", id="510104022", name="春熙路街道")

    type: str
    id: str
    name: str | None


class ChoiceOut(BaseModel):
    """A stored word and what it is called."""

    model_config = example(value="registered", title={"zh": "登记", "en": "registered"})

    value: str
    title: Words


class Basis(OfRevision):
    """On what a figure rests: revision, day, policy, and the parameters it used."""

    today: dt.date
    policy: str
    policy_title: Words
    policy_digest: str
    parameters: dict[str, Value | dict[str, str]]


BASIS: dict[str, Any] = {
    **STAMP, "today": "2016-06-12", "policy": "jinjiang-2016",
    "policy_title": {"zh": "成都市锦江区", "en": "Jinjiang District, Chengdu"}, "policy_digest": "9f86d081884c7d65",
    "parameters": {"branch_min_members": 3},
}  # fmt: skip


SHARE = {"value": 0.947, "lowest": 0.947, "highest": 0.95}


class ShareOut(BaseModel):
    """A rate: what is certain, and the lowest and highest that the unknown allows; null of nothing."""

    model_config = example(**SHARE)

    value: float | None
    lowest: float | None
    highest: float | None

    @staticmethod
    def of(share: Share) -> ShareOut:
        """A rate as it is sent."""
        return ShareOut(value=share.rate, lowest=share.lowest, highest=share.highest)


def choices_out(choices: type[Choice] | None) -> list[ChoiceOut] | None:
    """The words of a choice as they are sent."""
    return None if choices is None else [choice_out(choice) for choice in choices]


def choice_out(choice: Choice) -> ChoiceOut:
    """One word of a choice as it is sent."""
    return ChoiceOut(value=choice.value, title=Words.of(choice.title))


def rows_of(frame: pl.DataFrame) -> list[dict[str, Any]]:
    """The rows of a frame as they are sent: dates as ISO text."""
    return frame.with_columns(pl.col(pl.Date, pl.Enum).cast(pl.String)).to_dicts()


def parameter_values(values: Mapping[str, Any]) -> dict[str, Any]:
    """Values of parameters as they are sent: dates as ISO text."""
    return {name: value.isoformat() if isinstance(value, dt.date) else value for name, value in values.items()}
