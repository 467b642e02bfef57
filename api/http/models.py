"""What do answers look like? The shapes of everything that the routes give and take, each with an example."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Annotated, Any, Literal

import polars as pl
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from graphmodel.declare import Choice
from graphmodel.text import Text

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


_STAMP: dict[str, Any] = {"revision": 3, "as_of": "2016-06-12"}
_PAGE: dict[str, Any] = {**_STAMP, "total": 1, "next": None}
_NODE: dict[str, Any] = {
    "type": "Street",
    "id": "510104022",
    "name": "春熙路街道",
    "fields": {"code": "510104022", "valid_from": None},
}
_NEIGHBOUR = {
    "edge": "GUIDES", "outward": False, "label": {"zh": "受属地指导", "en": "guided by"}, "type": "Street",
    "id": "510104022", "name": "春熙路街道", "state": "actual", "year": None,
}  # fmt: skip


class NodeOut(BaseModel):
    """A node: `fields` by the names of the schema."""

    model_config = example(**_NODE)

    type: str
    id: str
    name: str | None
    fields: dict[str, Value]


class NodeRead(NodeOut, OfRevision):
    """One node at a revision."""

    model_config = example(**_STAMP, **_NODE)


class NodePage(Paged):
    """Nodes of a type."""

    model_config = example(**_PAGE, items=[_NODE])

    items: list[NodeOut]


class Lookup(BaseModel):
    """Which nodes are wanted: ids, or credit codes of organisations."""

    model_config = example(ids=[], codes=["51510104M101458013"])

    ids: list[Id] = Field(default_factory=list, max_length=1000)
    codes: list[Annotated[str, Field(max_length=40)]] = Field(default_factory=list, max_length=1000)


class Looked(OfRevision):
    """The nodes that were found, and the ids and codes of which there is none, as they were asked for."""

    model_config = example(**_STAMP, items=[_NODE], missing=["51510104M101458021"])

    items: list[NodeOut]
    missing: list[str]


class Neighbour(BaseModel):
    """A relation at a node: `outward` leads away from it, `label` is read from it; the other end; state and year, where it has such."""

    model_config = example(**_NEIGHBOUR)

    edge: str
    outward: bool
    label: Words
    type: str
    id: str
    name: str | None
    state: str | None
    year: int | None


class NeighbourPage(Paged):
    """Relations at a node."""

    model_config = example(**_PAGE, items=[_NEIGHBOUR])

    items: list[Neighbour]


_HIT = {
    "type": "Organization", "id": "usc:51510104M101458013", "name": "锦江区金苗商会", "street": "春熙路街道",
    "kind": {"zh": "社会团体", "en": "association"},
}  # fmt: skip


class Found(BaseModel):
    """A node by its address."""

    model_config = example(type="Street", id="510104022", name="春熙路街道")

    type: str
    id: str
    name: str | None


class HitOut(Found):
    """What was found, and what tells it apart: the name of the street in which it lies, and its kind; null where not known."""

    model_config = example(**_HIT)

    street: str | None
    kind: Words | None


class SearchOut(OfRevision):
    """What a text may mean, the likeliest first; `more` says that it may mean others too."""

    model_config = example(**_STAMP, more=False, items=[_HIT])

    more: bool
    items: list[HitOut]


class Step(Found):
    """A node on a path, and the relations that join it to the one before."""

    model_config = example(type="Street", id="510104022", name="春熙路街道", relations=["PART_OF"])

    relations: list[str]


class PathOut(OfRevision):
    """A shortest chain of relations between two nodes; null where nothing joins them."""

    model_config = example(
        **_STAMP, steps=[{"type": "Street", "id": "510104022", "name": "春熙路街道", "relations": []}]
    )

    steps: list[Step] | None


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


class ChoiceOut(BaseModel):
    """A stored word and what it is called."""

    model_config = example(value="registered", title={"zh": "登记", "en": "registered"})

    value: str
    title: Words


_FIELD: dict[str, Any] = {
    "name": "code", "title": {"zh": "区划代码", "en": "division code"}, "kind": "text", "unit": None, "ge": None, "le": None,
    "choices": None, "key": False, "restricted": False, "note": None,
}  # fmt: skip


class NodeTypeOut(BaseModel):
    """A node type."""

    model_config = example(name="Street", title={"zh": "街道", "en": "street"}, fields=[_FIELD])

    name: str
    title: Words
    fields: list[FieldOut]


class EdgeTypeOut(NodeTypeOut):
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
        nodes=[{"name": "Street", "title": {"zh": "街道", "en": "street"}, "fields": [_FIELD]}],
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


class Basis(OfRevision):
    """On what a figure rests: revision, day, policy, and the parameters it used."""

    today: dt.date
    policy: str
    policy_title: Words
    policy_digest: str
    parameters: dict[str, Value | dict[str, str]]


_BASIS: dict[str, Any] = {
    **_STAMP, "today": "2016-06-12", "policy": "jinjiang-2016",
    "policy_title": {"zh": "成都市锦江区", "en": "Jinjiang District, Chengdu"}, "policy_digest": "9f86d081884c7d65",
    "parameters": {"branch_min_members": 3},
}  # fmt: skip
_QUESTION: dict[str, Any] = {
    "id": "branch-required", "kind": "judged", "term": {"zh": "应建未建", "en": "branch required"},
    "text": {"zh": "哪些组织应单独建立党支部而没有？", "en": "Which organisations must have a branch and have none?"},
    "group": {"value": "coverage", "title": {"zh": "覆盖", "en": "Coverage"}}, "clauses": ["N1"], "anchor": "Organization",
    "severity": {"value": "high", "title": {"zh": "高", "en": "high"}}, "remedy": {"zh": "建立党支部。", "en": "Found a branch."},
    "reasons": {"no-own": {"zh": "没有自己的党组织", "en": "it has none of its own"}}, "columns": [], "parameters": ["branch_min_members"],
    "places": ["street", "authority"], "needs_history": False,
}  # fmt: skip


class ColumnOut(BaseModel):
    """A column of an answer."""

    model_config = example(name="full_members", title={"zh": "正式党员", "en": "full members"}, unit=None, choices=None)

    name: str
    title: Words
    unit: Words | None
    choices: list[ChoiceOut] | None


class QuestionOut(BaseModel):
    """A question of the catalogue: one that judges rows, or a table."""

    model_config = example(**_QUESTION)

    id: str
    kind: Literal["judged", "table"]
    term: Words
    text: Words
    group: ChoiceOut
    clauses: list[str]
    parameters: list[str]
    columns: list[ColumnOut]
    anchor: str | None = Field(description="判断对象 · what is judged; null for a table")
    severity: ChoiceOut | None
    remedy: Words | None
    reasons: dict[str, Words]
    places: list[Literal["street", "authority"]] = Field(
        description="明细可按哪些地点筛选 · by which places its findings can be chosen"
    )
    needs_history: bool = Field(description="须给出较早的一版 · asked only with an earlier revision")


class Catalogue(BaseModel):
    """All questions, in the order of their groups."""

    model_config = example(items=[_QUESTION])

    items: list[QuestionOut]


class TrackCount(BaseModel):
    """Figures of one track."""

    model_config = example(total=300, gaps=12, cannot_tell=0)

    total: int
    gaps: int
    cannot_tell: int


class LackOut(BaseModel):
    """What a question lacks: what would do, in words, and the types whose rows it takes."""

    model_config = example(
        types=["SUPERVISES"], title={"zh": "业务指导（SUPERVISES）", "en": "supervises (SUPERVISES)"}
    )

    types: list[str]
    title: Words


class AnswerOut(Basis):
    """The figures of one question: `total` in scope, of which `gaps`, `cannot_tell`, `passes`; `no_data`: all of `lacking` was never imported."""

    model_config = example(
        **_BASIS, question="branch-required", no_data=False, lacking=[], total=359, gaps=16, cannot_tell=0, passes=343,
        tracks={"registered": {"total": 300, "gaps": 12, "cannot_tell": 0}},
    )  # fmt: skip

    question: str
    no_data: bool
    lacking: list[LackOut]
    total: int
    gaps: int
    cannot_tell: int
    passes: int
    tracks: dict[str, TrackCount]


class FindingOut(BaseModel):
    """A gap, or a row of which it cannot be told; `identity` is the same from revision to revision."""

    model_config = example(
        identity="branch-required|Organization|usc:51510104M101458013", id="usc:51510104M101458013", name="锦江区金苗商会",
        verdict="gap", reasons=["no-own"], missing=[], street="牛市口街道", authority=None, values={"full_members": 5},
    )  # fmt: skip

    identity: str
    id: str
    name: str | None
    verdict: Literal["gap", "cannot-tell"]
    reasons: list[str]
    missing: list[str]
    street: str | None = Field(description="所在街道 · name of the street, where rows have one and it is known")
    authority: str | None = Field(description="业务主管单位 · names of the competent authorities")
    values: dict[str, Value]


class FindingPage(Basis):
    """Findings of one question, gaps first, each by id."""

    model_config = example(
        **_BASIS, question="branch-required", no_data=False, lacking=[], total=1, next=None,
        items=[
            {
                "identity": "branch-required|Organization|usc:51510104M101458013", "id": "usc:51510104M101458013",
                "name": "锦江区金苗商会", "verdict": "gap", "reasons": ["no-own"], "missing": [], "street": "牛市口街道",
                "authority": None, "values": {"full_members": 5},
            }
        ],
    )  # fmt: skip

    question: str
    no_data: bool
    lacking: list[LackOut]
    total: int
    next: str | None
    items: list[FindingOut]


class TablePage(Basis):
    """Rows of a table, by the names of its columns."""

    model_config = example(
        **_BASIS, question="scorecard", no_data=False, lacking=[], total=1, next=None, columns=[],
        items=[{"kind": "street", "id": "510104022", "name": "春熙路街道", "organisations": 31, "covered": 25}],
    )  # fmt: skip

    question: str
    no_data: bool
    lacking: list[LackOut]
    columns: list[ColumnOut]
    total: int
    next: str | None
    items: list[dict[str, Value | list[str]]]


class SceneOut(Basis):
    """The tier board, in pixels from its upper left corner: rows by column name, see `columns` of each part.

    `glyphs` stand for `count` nodes each; `edges` join glyphs by their place in the list; `drawn` of `total` nodes stand on it.
    """

    model_config = example(
        **_BASIS, width=1800, height=2400, per_glyph=1, drawn=2, total=2, truncated=False,
        lanes=[{"lane": "streets", "x": 300.0, "width": 200.0}], bands=[], glyphs=[], edges=[],
    )  # fmt: skip

    width: int
    height: int
    per_glyph: int
    drawn: int
    total: int
    truncated: bool
    lanes: list[dict[str, Value]]
    bands: list[dict[str, Value]]
    glyphs: list[dict[str, Value]]
    edges: list[dict[str, Value]]


class RevisionOut(BaseModel):
    """One act of the log, and how many rows it added, removed and changed, by type."""

    model_config = example(
        revision=1, recorded_at="2016-06-12T08:00:00Z", kind="import", account="planner-office", source="jinjiang-2016",
        as_of="2016-06-12", note="", undoes=None, counts={"Organization": {"added": 400, "removed": 0, "changed": 0}},
    )  # fmt: skip

    revision: int
    recorded_at: dt.datetime
    kind: str
    account: str
    source: str
    as_of: dt.date
    note: str
    undoes: int | None
    counts: dict[str, Counts]


class Counts(BaseModel):
    """Rows touched."""

    model_config = example(added=400, removed=0, changed=0)

    added: int
    removed: int
    changed: int


_REVISION: dict[str, Any] = {
    "revision": 1, "recorded_at": "2016-06-12T08:00:00Z", "kind": "import", "account": "planner-office",
    "source": "jinjiang-2016", "as_of": "2016-06-12", "note": "", "undoes": None,
    "counts": {"Organization": {"added": 400, "removed": 0, "changed": 0}},
}  # fmt: skip


class RevisionPage(BaseModel):
    """The log, the newest act first."""

    model_config = example(total=1, next=None, items=[_REVISION])

    total: int
    next: str | None
    items: list[RevisionOut]


class CellOut(BaseModel):
    """One cell of a difference; field `_row` with a tick says that the whole row came or went."""

    model_config = example(type="Street", key="510104022", field="name", before="春熙路", after="春熙路街道")

    type: str
    key: str
    field: str
    before: str | None
    after: str | None


class Difference(BaseModel):
    """What turns one revision into another: rows by type, and cell by cell, a page at a time."""

    model_config = example(
        old=1, new=2, counts={"Street": {"added": 0, "removed": 0, "changed": 1}}, total=1, next=None,
        items=[{"type": "Street", "key": "510104022", "field": "name", "before": "春熙路", "after": "春熙路街道"}],
    )  # fmt: skip

    old: int
    new: int
    counts: dict[str, Counts]
    total: int
    next: str | None
    items: list[CellOut]


class UndoIn(BaseModel):
    """Why an act is undone."""

    model_config = example(note="误导入")

    note: str = Field(default="", max_length=1000)


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
