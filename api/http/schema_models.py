"""What do schema and policy look like over HTTP? Shapes of types, fields, clauses and parameters, each with an example."""

from __future__ import annotations

import datetime as dt
from typing import Any

from pydantic import BaseModel

from api.http.models import ChoiceOut, Value, Words, example


class FieldOut(BaseModel):
    """A field as the schema declares it."""

    model_config = example(
        name="track", title={"zh": "登记备案", "en": "track"}, kind="choice", unit=None, ge=None, le=None,
        choices=[{"value": "registered", "title": {"zh": "登记", "en": "registered"}}], key=False, restricted=False, note=None,
    )  # fmt: skip

    name: str
    title: Words
    kind: str
    unit: Words | None
    ge: float | None
    le: float | None
    choices: list[ChoiceOut] | None
    key: bool
    restricted: bool
    note: Words | None


_FIELD: dict[str, Any] = {
    "name": "code", "title": {"zh": "区划代码", "en": "division code"}, "kind": "text", "unit": None, "ge": None, "le": None,
    "choices": None, "key": False, "restricted": False, "note": None,
}  # fmt: skip


class _TypeOut(BaseModel):
    name: str
    title: Words
    fields: list[FieldOut]


class NodeTypeOut(_TypeOut):
    """A node type: `places` by which its nodes, and what is found of them, can be chosen: their street, their authority."""

    model_config = example(name="Street", title={"zh": "街道", "en": "street"}, fields=[_FIELD], places=["street"])

    places: list[str]


class EdgeTypeOut(_TypeOut):
    """An edge type: `reverse` is the title read from the target; `pairs` of source and target types."""

    model_config = example(
        name="PART_OF", title={"zh": "隶属街道", "en": "part of"}, fields=[], reverse={"zh": "下辖", "en": "consists of"},
        pairs=[["Community", "Street"]], undirected=False,
    )  # fmt: skip

    reverse: Words
    pairs: list[tuple[str, str]]
    undirected: bool


class ClauseOut(BaseModel):
    """A clause on which rules, questions and parameters rest: what it is about, and its document as published."""

    model_config = example(
        id="N1", title={"zh": "三名以上正式党员应建支部", "en": "Three full members or more set up a branch"},
        document="中国共产党支部工作条例（试行）（2018）",
    )  # fmt: skip

    id: str
    title: Words
    document: str


class SchemaOut(BaseModel):
    """Everything that is declared of the network, and the clauses that it rests on."""

    model_config = example(
        nodes=[{"name": "Street", "title": {"zh": "街道", "en": "street"}, "fields": [_FIELD], "places": ["street"]}],
        edges=[
            {
                "name": "PART_OF", "title": {"zh": "隶属街道", "en": "part of"}, "fields": [], "undirected": False,
                "reverse": {"zh": "下辖", "en": "consists of"}, "pairs": [["Community", "Street"]],
            }
        ],
        clauses=[{"id": "J6", "title": {"zh": "领导体制：条块结合", "en": "Chain of leadership: by line and by area"},
                  "document": "锦江区委组织部文章（2016年6月12日）"}],
    )  # fmt: skip

    nodes: list[NodeTypeOut]
    edges: list[EdgeTypeOut]
    clauses: list[ClauseOut]


class ParameterOut(BaseModel):
    """A parameter of the policy: its value on the day, the clauses it rests on, from when to when it is in force."""

    model_config = example(
        name="branch_min_members", title={"zh": "单独建立党支部的最少正式党员数", "en": "full members from which a branch is due"},
        kind="integer", unit={"zh": "人", "en": "people"}, value=3, clauses=["N1"], begins="2016-01-01", ends=None,
        choices=None,
    )  # fmt: skip

    name: str
    title: Words
    kind: str
    unit: Words | None
    value: Value | dict[str, str]
    clauses: list[str]
    begins: dt.date | None
    ends: dt.date | None
    choices: list[ChoiceOut] | None


class PolicyOut(BaseModel):
    """The policy on a day."""

    model_config = example(
        policy="jinjiang-2016", title={"zh": "成都市锦江区", "en": "Jinjiang District, Chengdu"}, day="2016-06-12",
        digest="9f86d081884c7d65", parameters=[],
    )  # fmt: skip

    policy: str
    title: Words
    day: dt.date
    digest: str
    parameters: list[ParameterOut]
