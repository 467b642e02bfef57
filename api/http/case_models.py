"""What do cases look like over HTTP? Shapes of lists, histories and changes, each with an example."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Any, Literal

from pydantic import BaseModel, Field

from api.http.models import ChoiceOut, Found, Id, Paged, Words, example

_CASE: dict[str, Any] = {
    "identity": "uncovered|Organization|usc:51510104M101458013", "question": "uncovered", "anchor": "Organization",
    "subject": "usc:51510104M101458013", "name": "锦江区晨光托育中心", "street": "春熙路街道",
    "state": {"value": "under-way", "title": {"zh": "整改中", "en": "under way"}},
    "body": {"type": "Street", "id": "510104022", "name": "春熙路街道"}, "measure": "选派指导员", "deadline": "2016-06-30",
    "days_left": 18, "overdue": False, "due_soon": True, "kept_until": None, "comments": 1, "opened_in": 1, "closed_in": None,
    "closed_as": None, "version": 3,
}  # fmt: skip
_ENTRY: dict[str, Any] = {
    "version": 3, "at": "2016-06-13T08:00:00Z", "unit": "planner-office",
    "text": {"zh": "状态：待整改 → 整改中", "en": "state: to do → under way"},
}  # fmt: skip


class CaseOut(BaseModel):
    """A gap that is followed: who mends it, how, by when; `days_left` while a deadline runs; `closed_as` why a closed one is; `version` counts changes."""

    model_config = example(**_CASE)

    identity: str
    question: str
    anchor: str
    subject: str
    name: str
    street: str | None
    state: ChoiceOut
    body: Found | None
    measure: str | None
    deadline: dt.date | None
    days_left: int | None
    overdue: bool
    due_soon: bool
    kept_until: dt.date | None
    comments: int
    opened_in: int
    closed_in: int | None
    closed_as: ChoiceOut | None
    version: int


class EntryOut(BaseModel):
    """One writing of a case: when, by which unit's account, what it changed."""

    model_config = example(**_ENTRY)

    version: int
    at: dt.datetime
    unit: str
    text: Words


class CommentOut(BaseModel):
    """What a unit's account noted."""

    model_config = example(text="已约谈负责单位", at="2016-06-13T08:00:00Z", unit="planner-office")

    text: str
    at: dt.datetime
    unit: str


class CaseRead(CaseOut):
    """A case with all that happened to it, the oldest first."""

    model_config = example(**_CASE, kept_reason=None, notes=[], history=[_ENTRY], warnings=[])

    kept_reason: str | None
    notes: list[CommentOut]
    history: list[EntryOut]
    warnings: list[Words] = Field(
        default_factory=list, description="对刚写入内容的提醒 · what to look at in what was just written"
    )


class CasePage(Paged):
    """Cases that were asked for, the overdue first, then those due soon; how many of them there are of each kind."""

    model_config = example(
        revision=3, as_of="2016-06-12", today="2016-06-12", total=1, next=None, overdue=0, due_soon=1,
        counts={"under-way": 1}, items=[_CASE],
    )  # fmt: skip

    today: dt.date
    overdue: int
    due_soon: int
    counts: dict[str, int]
    items: list[CaseOut]


class CasesIn(BaseModel):
    """Gaps to follow: of a question, those of `ids`, or all where none is given."""

    model_config = example(question="uncovered", ids=[])

    question: str = Field(min_length=1, max_length=80)
    ids: list[Id] = Field(default=[], max_length=10_000)


class CaseList(BaseModel):
    """The cases that are followed now."""

    model_config = example(items=[_CASE])

    items: list[CaseOut]


class KeepIn(BaseModel):
    """Accept a gap until a day, that day included, for a reason."""

    model_config = example(until="2016-12-31", reason="年内注销")

    until: dt.date
    reason: Annotated[str, Field(min_length=1, max_length=2000)]


class CaseChange(BaseModel):
    """What to do with a case in one writing over the `version` that was seen: assign (a body by name or type/id), move, keep, note."""

    model_config = example(
        version=3, body="Street/510104022", measure="选派指导员", deadline="2016-09-30", state="under-way"
    )

    version: int = Field(ge=1, le=2**31 - 1)
    body: str | None = Field(default=None, min_length=1, max_length=300)
    measure: str | None = Field(default=None, max_length=2000)
    deadline: dt.date | None = None
    state: Literal["to-do", "under-way", "to-verify"] | None = None
    keep: KeepIn | None = None
    comment: str | None = Field(default=None, max_length=2000)
