"""Questions of the catalogue: what there is to ask, the figures, the findings, the tables."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Literal

import polars as pl
from fastapi import APIRouter, Depends, Path, Query, Request, Response

from api.answers import answer_to, rows_of_table
from api.http.caller import Seeing
from api.http.models import Words, choice_out, choices_out, parameter_values, rows_of
from api.http.question_models import (
    AnswerOut,
    Catalogue,
    ColumnOut,
    FindingOut,
    FindingPage,
    LackOut,
    QuestionOut,
    TablePage,
    TrackCount,
)
from api.http.reading import LARGEST, UNCHANGED, Asked, Asking, Cursor, Engined, Limit, asking, give_tag, page_size
from api.listing import BadFilter, paged
from api.views import Place, located, places_of
from api.workspace import Workspace
from graphmodel.declare import Element
from graphmodel.text import Text
from queries.answer import by_track
from queries.context import Context
from queries.lacking import lacks
from queries.question import Question, Table
from queries.registry import catalogue, question
from visualizations.words import named

router = APIRouter(tags=["questions"], responses=UNCHANGED)
SCORECARD = "scorecard"

Judged = Annotated[str, Path(max_length=80, description="问题编号 · id of the question", examples=["uncovered"])]
Tabled = Annotated[str, Path(max_length=80, description="统计表编号 · id of the table", examples=["coverage-rates"])]
Since = Annotated[
    list[int] | None,
    Query(
        max_length=10,
        description="与较早的版本比较 · compare with earlier revisions",
        json_schema_extra={"items": {"type": "integer", "minimum": 0, "maximum": LARGEST}},
    ),
]


def _lacking(asked: Question | Table, context: Context) -> list[LackOut]:
    return [LackOut(types=list(lack.types), title=Words.of(lack.text)) for lack in lacks(asked.needs, context)]


def _columns(asked: Question | Table) -> list[ColumnOut]:
    if isinstance(asked, Table):
        columns: Mapping[str, Any] = asked.columns
    else:
        fields = asked.anchor.fields.columns if asked.anchor.fields is not Element else {}
        columns = {name: fields[name] for name in asked.columns} | dict(asked.beside)
    return [
        ColumnOut(name=n, title=Words.of(c.title), unit=Words.perhaps(c.unit), choices=choices_out(c.choices))
        for n, c in columns.items()
    ]


def _question(asked: Question | Table, workspace: Workspace) -> QuestionOut:
    judged = workspace.as_seen(asked) if isinstance(asked, Question) else None
    return QuestionOut(
        id=asked.id,
        kind="judged" if judged else "table",
        term=Words.of(named(asked)),
        text=Words.of(asked.text),
        group=choice_out(asked.group),
        clauses=list(asked.clauses),
        parameters=list(judged.all_parameters if judged else asked.parameters),
        columns=_columns(judged or asked),
        anchor=judged and judged.anchor.name,
        severity=judged and choice_out(judged.severity),
        remedy=judged and Words.of(judged.remedy),
        reasons={code: Words.of(reason.text) for code, reason in judged.reasons.items()} if judged else {},
        places=list(places_of(judged.anchor.element)) if judged else [],
        needs_history=isinstance(asked, Table) and asked.needs_history,
    )


def basis(context: Context, used: Mapping[str, Any]) -> dict[str, Any]:
    """What an answer rests on, as it is sent."""
    stamp, values = context.network.stamp, context.values
    told = {"revision": stamp.revision, "as_of": stamp.as_of, "today": context.today}
    return {
        **told,
        "policy": values.policy,
        "policy_title": Words.of(values.title),
        "policy_digest": values.digest,
        "parameters": parameter_values(used),
    }


WHERE = ("street", "authority")


def _place(
    street: Annotated[
        str | None, Query(max_length=200, description="只看一个街道，标识或名称 · of one street, by id or name")
    ] = None,
    authority: Annotated[
        str | None, Query(max_length=200, description="只看一个主管单位，标识或名称 · of one authority, by id or name")
    ] = None,
    verdict: Annotated[
        Literal["gap", "cannot-tell"] | None, Query(description="只看缺口或待核实 · gaps alone, or what cannot be told")
    ] = None,
    reason: Annotated[str | None, Query(max_length=80, description="只看一种原因 · for one reason")] = None,
) -> Place:
    return Place(street, authority, verdict, reason)


Placed = Annotated[Place, Depends(_place)]


def _sortable(found: pl.DataFrame) -> list[str]:
    return [name for name, dtype in found.schema.items() if not dtype.is_nested()]


@router.get("/questions")
def list_questions(request: Request, response: Response, who: Seeing) -> Catalogue:
    """问题目录 · the catalogue of questions."""
    give_tag(request, response, who)
    return Catalogue(items=[_question(asked, who.workspace) for asked in catalogue().values()])


@router.get("/questions/{id}")
def read_question(id: Judged, request: Request, response: Response, who: Seeing) -> QuestionOut:  # noqa: A002 - the name in the address
    """一个问题：措辞、依据、措施、参数 · one question: wording, clauses, remedy, parameters."""
    give_tag(request, response, who)
    return _question(question(id), who.workspace)


@router.get("/questions/{id}/answer")
def read_answer(id: Judged, asked: Asked, engine: Engined = "process") -> AnswerOut:  # noqa: A002 - the name in the address
    """一个问题的数字：范围内、缺口、待核实、符合 · the figures of one question."""
    answer = answer_to(asked.who.workspace, id, asked.context, engine)
    tracks = {
        track: TrackCount(total=total, gaps=gaps, cannot_tell=unknown)
        for track, (total, gaps, unknown) in by_track(answer).items()
    }
    return AnswerOut(
        **basis(asked.context, answer.used),
        question=id,
        no_data=answer.no_data,
        lacking=_lacking(answer.question, asked.context) if answer.no_data else [],
        total=answer.total,
        gaps=answer.gaps,
        cannot_tell=answer.unknowns,
        passes=answer.passes,
        tracks=tracks,
    )


@router.get("/questions/{id}/findings")
def list_findings(
    id: Judged,  # noqa: A002 - the name in the address
    asked: Asked,
    place: Placed,
    sort: Annotated[
        str | None,
        Query(max_length=60, description="排序的列，前加 - 为倒序 · a column, with - before it from the greatest on"),
    ] = None,
    cursor: Cursor = None,
    limit: Limit = 100,
    engine: Engined = "process",
) -> FindingPage:
    """一个问题的明细，缺口在前 · the findings of one question, gaps first."""
    answer = answer_to(asked.who.workspace, id, asked.context, engine)
    found = located(answer, asked.context, place)
    by = (sort or "").removeprefix("-")
    if by and by not in _sortable(found):
        raise BadFilter(by, Text("不能按这一列排序", "rows are not ordered by this column"))
    keys, down = ([by, "id"], [(sort or "").startswith("-")]) if by and by != "id" else (["verdict", "id"], [True])
    as_told = keys == ["verdict", "id"]
    page = paged(found, keys, cursor, page_size(asked.who, limit), descending=down, ordered=as_told)
    items = [
        FindingOut(
            **{name: row.get(name) for name in ("identity", "id", "name", "verdict", "reasons", "missing", *WHERE)},
            values={name: row[name] for name in (*answer.question.columns, *answer.question.beside)},
        )
        for row in rows_of(page.frame)
    ]
    return FindingPage(
        **basis(asked.context, answer.used),
        question=id,
        no_data=answer.no_data,
        lacking=_lacking(answer.question, asked.context) if answer.no_data else [],
        total=page.total,
        next=page.next,
        items=items,
    )


def _cases(who: Seeing) -> list[tuple[str, int]]:
    return who.workspace.cases_seen()


Key = Annotated[
    str | None,
    Query(
        max_length=200,
        description="只要标识为此的行，如一个街道；没有标识的表则无行 · lines with that key alone, as of a street; none of a table without keys",
        examples=["510104022"],
    ),
]
AskedWithCases = Annotated[Asking, asking(_cases)]  # tables count cases, which move without a revision


@router.get("/tables/{id}")
def read_table(
    id: Tabled,  # noqa: A002 - the name in the address
    asked: AskedWithCases,
    since: Since = None,
    key: Key = None,
    cursor: Cursor = None,
    limit: Limit = 100,
) -> TablePage:
    """一张统计表；给出 since 时与较早的版本比较 · a table; with `since`, compared with earlier revisions."""
    table, frame = rows_of_table(asked.who.workspace, id, asked.context, since or [])
    if key is not None:
        frame = frame.filter(pl.col("key") == key) if "key" in table.columns else frame.clear()
    page = paged(frame.with_row_index("place"), ["place"], cursor, page_size(asked.who, limit), ordered=True)
    return TablePage(
        **basis(asked.context, {name: asked.context.values[name] for name in table.parameters}),
        question=table.id,
        no_data=table.no_data(asked.context),
        lacking=_lacking(table, asked.context),
        columns=_columns(table),
        total=page.total,
        next=page.next,
        items=rows_of(page.frame.drop("place")),
    )


@router.get("/score-cards")
def read_score_cards(
    asked: AskedWithCases, since: Since = None, cursor: Cursor = None, limit: Limit = 100
) -> TablePage:
    """各主管单位与街道的述职评议单（J18） · the score cards of authorities and streets (J18)."""
    return read_table(SCORECARD, asked, since, None, cursor, limit)
