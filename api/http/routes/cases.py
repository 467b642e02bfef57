"""Cases: gaps that somebody follows, opened, assigned, commented, moved and kept (建账销号)."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Path, Query, status
from pydantic import BaseModel, Field

from api.http.caller import Changing
from api.http.models import Id, example, rows_of
from api.http.problems import documented
from api.http.reading import Cursor, Limit, page_size
from api.listing import paged
from queries.case_history import CaseState
from queries.cases import Case, advance, assign, comment, keep

router = APIRouter(tags=["cases"])
QuestionId = Annotated[str, Path(max_length=80, description="问题编号 · id of the question", examples=["uncovered"])]
_CASE: dict[str, Any] = {
    "identity": "uncovered|Organization|usc:51510104M101458013", "question": "uncovered", "subject": "usc:51510104M101458013",
    "state": "to-do", "version": 1,
}  # fmt: skip


class CasePage(BaseModel):
    """Cases as tables show them, the overdue first: identity, state, body, measure, deadline, days left, version."""

    model_config = example(total=1, next=None, items=[_CASE])

    total: int
    next: str | None
    items: list[dict[str, Any]]


class CaseList(BaseModel):
    """Cases with their whole history."""

    model_config = example(items=[_CASE])

    items: list[dict[str, Any]]


class OpenIn(BaseModel):
    """Of which gaps cases are opened: ids or whole names; all gaps of the question where there are none."""

    model_config = example(subjects=["usc:51510104M101458013"])

    subjects: list[Id] = Field(default_factory=list, max_length=1000)


class CaseChange(BaseModel):
    """What happens to a case; what is not given stays. `seen` is the version that was looked at: another one is told."""

    model_config = example(
        body="春熙路街道", measure="派驻指导员", deadline="2016-09-30", state="under-way", comment="已约谈", seen=1
    )

    body: str | None = Field(default=None, max_length=300)
    measure: str | None = Field(default=None, max_length=2000)
    deadline: dt.date | None = None
    state: Literal["to-do", "under-way", "to-verify"] | None = None
    kept_until: dt.date | None = Field(default=None, description="保留到哪一天，须写理由 · kept until; needs a reason")
    comment: str | None = Field(
        default=None, max_length=2000, description="说明，或保留的理由 · a remark, or why it is kept"
    )
    seen: int | None = Field(default=None, ge=0, le=2**31 - 1)


def _sent(case: Case) -> dict[str, Any]:
    return {**case.model_dump(mode="json"), "version": case.version}


@router.get("/cases")
def list_cases(
    who: Changing,
    question: Annotated[str | None, Query(max_length=80, description="只要一个问题的 · of one question alone")] = None,
    cursor: Cursor = None,
    limit: Limit = 100,
) -> CasePage:
    """全部整改记录，逾期在前 · all cases, the overdue first."""
    table = who.workspace.casework(who.account.name).table(who.workspace.context())
    if question is not None:
        table = table.filter(table["question"] == question)
    page = paged(table.with_row_index("place"), ["place"], cursor, page_size(who, limit))
    return CasePage(total=page.total, next=page.next, items=rows_of(page.frame.drop("place")))


@router.post("/cases/{question}", status_code=status.HTTP_201_CREATED, responses=documented(409))
def open_cases(question: QuestionId, wanted: OpenIn, who: Changing) -> CaseList:
    """立案：跟进一个问题的全部或部分缺口 · follow all gaps of a question, or some."""
    opened = who.workspace.casework(who.account.name).open(question, wanted.subjects)
    return CaseList(items=[_sent(case) for case in opened])


@router.get("/cases/{question}/{subject:path}")
def read_case(
    question: QuestionId,
    subject: Annotated[str, Path(max_length=200, examples=["usc:51510104M101458013"])],
    who: Changing,
) -> CaseList:
    """一个缺口的整改记录及其历史 · the case of one gap with its history."""
    work = who.workspace.casework(who.account.name)
    work.settle()
    return CaseList(items=[_sent(work.find(question, subject))])


@router.put("/cases/{question}/{subject:path}", responses=documented(409))
def change_case(
    question: QuestionId,
    subject: Annotated[str, Path(max_length=200, examples=["usc:51510104M101458013"])],
    wanted: CaseChange,
    who: Changing,
) -> CaseList:
    """交办、备注、推进或保留 · assign, note, move or keep a case; it closes only when the question no longer finds it."""
    unit, now = who.account.name, dt.datetime.now(dt.UTC)
    work, today = who.workspace.casework(unit), who.workspace.context().today
    body = work.body(wanted.body) if wanted.body else None

    def act(case: Case) -> Case:
        if body or wanted.measure or wanted.deadline:
            case = assign(case, body=body, measure=wanted.measure, deadline=wanted.deadline)
        if wanted.kept_until is not None:
            return keep(case, wanted.kept_until, wanted.comment or "", today)
        if wanted.state is not None:
            case = advance(case, CaseState(wanted.state))  # type: ignore[call-arg]  # an enumeration's look-up
        return case if wanted.comment is None else comment(case, wanted.comment, unit, now)

    return CaseList(items=[_sent(case) for case in work.change(question, [subject], act, wanted.seen)])
