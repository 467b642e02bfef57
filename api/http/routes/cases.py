"""Cases (建账销号): which gap is mended by whom until when; opened, assigned, moved, kept, and closed by their question."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Literal

import polars as pl
from fastapi import APIRouter, Path, Query, status

from api.casework import CHOICES, Casework, chosen_cases, of_street
from api.http.caller import Caller, Changing
from api.http.case_models import (
    CaseChange,
    CaseList,
    CaseOut,
    CasePage,
    CaseRead,
    CasesIn,
    CommentOut,
    EntryOut,
)
from api.http.models import Found, Words, choice_out
from api.http.overseeing import Overseeing
from api.http.problems import documented
from api.http.reading import Cursor, Day, Engined, Limit, page_size
from api.listing import paged
from graphmodel.text import Refusal, Text
from queries.case_book import CaseMoved
from queries.case_history import CaseState, Closing, told
from queries.cases import Case, advance, assign, comment, keep, passed
from queries.context import Context
from visualizations.case_words import bodies_of, placed

router = APIRouter(tags=["cases"])
Asked = Annotated[str, Path(max_length=80, description="问题编号 · id of the question", examples=["uncovered"])]
Subject = Annotated[
    str,
    Path(
        max_length=300,
        description="有缺口者的标识或全名 · id or whole name of what has the gap",
        examples=["usc:51510104M101458013"],
    ),
]


class NothingToChange(Refusal):
    """A change of a case says nothing to change."""

    def __init__(self) -> None:
        message = Text("没有写明要改什么。", "It does not say what to change.")
        hint = Text(
            "请填写责任单位、措施、期限、状态、保留或备注之一。",
            "Give a body, measure, deadline, state, keep or comment.",
        )
        super().__init__(message, hint, code="nothing-to-change")


def _out(table: pl.DataFrame, context: Context) -> list[CaseOut]:
    rows = placed(table, context).iter_rows(named=True)
    plain = [name for name in CaseOut.model_fields if name not in ("state", "closed_as", "body")]
    return [
        CaseOut(
            **{name: row[name] for name in plain},
            state=choice_out(CaseState.of(row["state"])),
            closed_as=choice_out(Closing.of(row["closed_as"])) if row["closed_as"] else None,
            body=row["body_id"] and Found(type=row["body_type"], id=row["body_id"], name=row["body"]),
        )
        for row in rows
    ]


def _read(work: Casework, case: Case, context: Context) -> CaseRead:
    (shown,) = _out(work.shown([case], context), context)
    names = bodies_of(case, context)
    return CaseRead(
        **shown.model_dump(),
        kept_reason=case.kept_reason,
        notes=[CommentOut(**each.model_dump()) for each in case.comments],
        history=[
            EntryOut(version=each.version, at=each.at, unit=each.unit, text=Words.of(told(each, names)))
            for each in case.history
        ],
    )


def _work(who: Caller) -> Casework:
    return who.workspace.casework(who.account.name)


@router.get("/cases")
def list_cases(
    who: Overseeing,
    state: Annotated[
        Literal[CHOICES] | None,  # type: ignore[valid-type]  # the words of one place
        Query(description="逾期、即将到期、未销号，或一种状态 · overdue, due-soon, open, or one state"),
    ] = None,
    question: Annotated[str | None, Query(max_length=80, description="只看一个问题 · of one question")] = None,
    body: Annotated[
        str | None,
        Query(max_length=300, description="只看一个责任单位，名称或 类型/标识 · of one body, by name or type/id"),
    ] = None,
    street: Annotated[
        str | None,
        Query(
            max_length=200,
            description="只看一个街道，标识或名称；数据中已无的，按最后所在的街道 · of one street, by id or name; what is gone counts where it lay last",
        ),
    ] = None,
    subject: Annotated[
        str | None, Query(max_length=300, description="只看一个有缺口者，标识 · of what has the gap, by its id")
    ] = None,
    day: Day = None,
    cursor: Cursor = None,
    limit: Limit = 100,
    engine: Engined = "process",
) -> CasePage:
    """整改台账：逾期的在前，然后是即将到期的 · cases: the overdue first, then those due soon."""
    work = _work(who)
    with who.workspace.passing(who.workspace.context(None, day)) as context:
        table = work.table(context, engine).filter(chosen_cases(state, question))
        if subject is not None:
            table = table.filter(pl.col("subject") == subject)
        if body is not None:
            one = work.body(body)
            table = table.filter((pl.col("body_type") == one.type) & (pl.col("body_id") == one.id))
        if street is not None:
            table = of_street(table, context, street)
        page = paged(table.with_row_index("place"), ["place"], cursor, page_size(who, limit))
        counts = dict(table["state"].cast(pl.String).value_counts().iter_rows())
        return CasePage(
            revision=context.network.stamp.revision,
            as_of=context.network.stamp.as_of,
            today=context.today,
            total=page.total,
            next=page.next,
            overdue=int(table["overdue"].sum()),
            due_soon=int(table["due_soon"].sum()),
            counts=counts,
            items=_out(page.frame.drop("place"), context),
        )


@router.post("/cases", status_code=status.HTTP_201_CREATED, responses=documented(409))
def open_cases(wanted: CasesIn, who: Changing, engine: Engined = "process") -> CaseList:
    """立案：跟进一个问题的全部缺口，或其中几个 · follow all gaps of a question, or some; those followed already stay as they are."""
    work, context = _work(who), who.workspace.context()
    return CaseList(items=_out(work.shown(work.open(wanted.question, wanted.ids, engine), context), context))


@router.get("/cases/{question}/{subject:path}")
def read_case(question: Asked, subject: Subject, who: Overseeing, engine: Engined = "process") -> CaseRead:
    """一件及其全部经过 · one case with all that happened to it."""
    work, context = _work(who), who.workspace.context()
    work.settle(engine)
    return _read(work, work.find(question, subject), context)


@router.patch("/cases/{question}/{subject:path}", responses=documented(409))
def change_case(question: Asked, subject: Subject, wanted: CaseChange, who: Changing) -> CaseRead:
    """交办、推进、保留或备注，须写明所见的版本 · assign, move, keep or note, over the version that was seen."""
    if not wanted.model_dump(exclude_none=True, exclude={"version"}):
        raise NothingToChange
    work, context = _work(who), who.workspace.context()
    body = None if wanted.body is None else work.body(wanted.body)

    def act(case: Case) -> Case:
        if any(value is not None for value in (wanted.body, wanted.measure, wanted.deadline)):
            case = assign(case, body=body, measure=wanted.measure, deadline=wanted.deadline)
        if wanted.state is not None:
            case = advance(case, CaseState.of(wanted.state))
        if wanted.keep is not None:
            case = keep(case, wanted.keep.until, wanted.keep.reason, context.today)
        if wanted.comment is not None:
            case = comment(case, wanted.comment, who.account.name, dt.datetime.now(dt.UTC))
        return case

    try:
        (changed,) = work.change(question, [subject], act, wanted.version)
    except CaseMoved as fault:
        newest = _read(work, work.find(question, subject), context)
        fault.members = {"case": newest.model_dump(mode="json")}  # type: ignore[attr-defined]
        raise
    warning = None if wanted.deadline is None else passed(wanted.deadline, context.today)
    told_of = [] if warning is None else [Words.of(warning)]
    return _read(work, changed, context).model_copy(update={"warnings": told_of})
