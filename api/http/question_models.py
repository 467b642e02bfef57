"""What do questions look like over HTTP? Shapes of the catalogue, figures, findings and tables, each with an example."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import BaseModel, Field

from api.http.models import BASIS, Basis, ChoiceOut, Value, Words, example

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
        **BASIS, question="branch-required", no_data=False, lacking=[], total=359, gaps=16, cannot_tell=0, passes=343,
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
        **BASIS, question="branch-required", no_data=False, lacking=[], total=1, next=None,
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
        **BASIS, question="scorecard", no_data=False, lacking=[], total=1, next=None, columns=[],
        items=[{"kind": "street", "id": "510104022", "name": "春熙路街道", "organisations": 31, "covered": 25}],
    )  # fmt: skip

    question: str
    no_data: bool
    lacking: list[LackOut]
    columns: list[ColumnOut]
    total: int
    next: str | None
    items: list[dict[str, Value | list[str]]]
