"""What the pages show first: legend, state, headline, matrix, flow and trend, what is found at one node, where it came from."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Any

import numpy as np
from fastapi import APIRouter, Query, Request, Response
from pydantic import BaseModel

from api.answers import answer_to
from api.casework import Casework
from api.examples import label_of
from api.http.caller import Seeing
from api.http.models import Basis, Found, OfRevision, Value, Words, example
from api.http.reading import UNCHANGED, Asked, Engined, Read, give_tag
from api.http.routes.nodes import NodeId, NodeType
from api.http.routes.questions import basis
from api.views import answers_seen, cover_flow, found_at, matrix, trend
from graphmodel.paths import NodeKey, row_of
from graphmodel.schema import NODE_TYPES
from graphmodel.schema.nodes import Organization
from queries.breakdown import EVERYBODY
from queries.coverage import Cover, Share, coverage
from queries.responsibility import due_bodies
from visualizations.headline import figures, rests_on
from visualizations.lanes import KIND_LOOKS
from visualizations.legend import legend
from visualizations.styles import cover_title

router = APIRouter(tags=["pages"], responses=UNCHANGED)
_WORDS = {"zh": "党组织覆盖率（登记类）", "en": "coverage rate of the registered"}
_SHARE = {"value": 0.947, "lowest": 0.947, "highest": 0.95}
_STAMP: dict[str, Any] = {"revision": 1, "as_of": "2016-06-12"}


class Stamp(OfRevision):
    """The newest revision; `generated` where example data, which are labelled so, are in it."""

    model_config = example(**_STAMP, generated=True)

    generated: bool


class StatusOut(BaseModel):
    """How the workspace stands: its newest revision, null while it is empty, and what waits for somebody, by page."""

    model_config = example(stamp={**_STAMP, "generated": True}, badges={"cases": 2})

    stamp: Stamp | None
    badges: dict[str, int]


class ShareOut(BaseModel):
    """A rate: what is certain, and the lowest and highest that the unknown allows; null of nothing."""

    model_config = example(**_SHARE)

    value: float | None
    lowest: float | None
    highest: float | None


class FigureOut(BaseModel):
    """A rate of the headline with numerator, denominator, target and what it will be after what is planned."""

    model_config = example(
        title=_WORDS, note=_WORDS, part=340, whole=359, share=_SHARE, planned=_SHARE, target=0.95, short=2
    )

    title: Words
    note: Words
    part: int
    whole: int
    share: ShareOut
    planned: ShareOut
    target: float | None
    short: int | None


class Flow(BaseModel):
    """How many registered organisations of an authority are covered in one way; `look` names the cover's glyph."""

    model_config = example(authority="锦江区教育局", look="joint", count=12)

    authority: str
    look: str
    count: int


class OverviewOut(Basis):
    """The headline of a revision."""

    model_config = example(
        **_STAMP, today="2016-06-12", policy="jinjiang-2016",
        policy_title={"zh": "成都市锦江区", "en": "Jinjiang District, Chengdu"}, policy_digest="9f86d081884c7d65", parameters={},
        figures=[], rests_on=[_WORDS], flow=[{"authority": "锦江区教育局", "look": "joint", "count": 12}],
    )  # fmt: skip

    figures: list[FigureOut]
    rests_on: list[Words]
    flow: list[Flow]


class CountOut(BaseModel):
    """The figures of one question; `no_data`: nothing was imported for it."""

    model_config = example(question="uncovered", no_data=False, total=359, gaps=16, cannot_tell=0)

    question: str
    no_data: bool
    total: int
    gaps: int
    cannot_tell: int


class CountsOut(OfRevision):
    """The figures of every question that judges rows, the gravest first."""

    model_config = example(
        **_STAMP, items=[{"question": "uncovered", "no_data": False, "total": 359, "gaps": 16, "cannot_tell": 0}]
    )

    items: list[CountOut]


class LineOut(BaseModel):
    """A row or column of the matrix; `id` is null for what is not stated and for the sums."""

    model_config = example(id="510104022", name="牛市口街道")

    id: str | None
    name: str


class MatrixOut(OfRevision):
    """Gaps and rows in scope, streets by authorities; the last row and column are the sums."""

    model_config = example(
        **_STAMP, question="uncovered", rows=[{"id": None, "name": "全部 / all"}],
        columns=[{"id": None, "name": "全部 / all"}], gaps=[[16]], totals=[[359]],
    )  # fmt: skip

    question: str
    rows: list[LineOut]
    columns: list[LineOut]
    gaps: list[list[int]]
    totals: list[list[int]]


class PointOut(BaseModel):
    """The rates of the registered at one revision."""

    model_config = example(**_STAMP, coverage=0.947, standalone=0.357, work=0.986)

    revision: int
    as_of: dt.date
    coverage: float | None
    standalone: float | None
    work: float | None


class TrendOut(BaseModel):
    """The rates of the last revisions, the last of each day, oldest first."""

    model_config = example(items=[{**_STAMP, "coverage": 0.947, "standalone": 0.357, "work": 0.986}])

    items: list[PointOut]


class FoundHere(BaseModel):
    """What one question finds at the node, and what stands beside it."""

    model_config = example(question="uncovered", verdict="gap", reasons=["none"], missing=[], beside={})

    question: str
    verdict: str
    reasons: list[str]
    missing: list[str]
    beside: dict[str, Value]


class FoundOut(OfRevision):
    """What the questions find at a node; of an organisation also how it is covered and which body should answer for it."""

    model_config = example(
        **_STAMP, cover="none", cover_title={"zh": "无覆盖", "en": "none"},
        responsible={"type": "Street", "id": "510104022", "name": "牛市口街道"}, items=[],
    )  # fmt: skip

    cover: str | None
    cover_title: Words | None
    responsible: Found | None
    items: list[FoundHere]


_ORIGIN = {"revision": 1, "source": "jinjiang-2016", "file": "台账.xlsx", "sheet": "台账", "row": 7}
_RELATION = {"edge": "LICENSED_BY", "outward": True, "type": "Authority", "id": "authority:教育局", "name": "教育局",
             "label": {"zh": "业务主管", "en": "licensed by"}}  # fmt: skip


class OriginOut(BaseModel):
    """A row of a file that a node came from."""

    model_config = example(**_ORIGIN)

    revision: int
    source: str
    file: str | None
    sheet: str | None
    row: int | None


class RelationOriginOut(OriginOut):
    """A row of a file that a relation at a node came from; `outward` where it leads away from the node to the other end."""

    model_config = example(**_ORIGIN, **_RELATION)

    edge: str
    outward: bool
    type: str
    id: str
    name: str | None
    label: Words


class OriginsOut(BaseModel):
    """The rows a node came from, and those its relations came from, the newest act first."""

    model_config = example(items=[_ORIGIN], relations=[_ORIGIN | _RELATION])

    items: list[OriginOut]
    relations: list[RelationOriginOut]


@router.get("/legend", responses={200: {"content": {"application/json": {"example": {"covers": []}}}}})
def read_legend(request: Request, response: Response, who: Seeing) -> dict[str, Any]:
    """图例：形状、颜色、线型 · the legend: shapes, colours, lines."""
    give_tag(request, response, who)
    return legend()


@router.get("/status")
def read_status(who: Seeing) -> StatusOut:
    """工作区现状与待办数 · how the workspace stands, and how much waits."""
    network = who.workspace.network()
    if network.stamp.revision == 0:
        return StatusOut(stamp=None, badges={})
    generated = label_of(who.served.workspace.revisions()) is not None
    stamp = Stamp(revision=network.stamp.revision, as_of=network.stamp.as_of, generated=generated)
    badges = {}
    if who.account.scope.whole:
        late = Casework(who.workspace, who.account.name).table(who.workspace.context())
        badges["cases"] = int((late["overdue"] | late["due_soon"]).sum())
    return StatusOut(stamp=stamp, badges=badges)


def share_out(share: Share) -> ShareOut:
    """A rate as it is sent."""
    return ShareOut(value=share.rate, lowest=share.lowest, highest=share.highest)


@router.get("/overview")
def read_overview(asked: Asked) -> OverviewOut:
    """首页数字：比例、目标、区间、计划落实后 · the headline: rates, targets, ranges, after what is planned."""
    shown = [
        FigureOut(
            title=Words.of(f.title), note=Words.of(f.note), part=f.part, whole=f.whole, share=share_out(f.share),
            planned=share_out(f.planned), target=f.target, short=f.short,
        )
        for f in figures(asked.context)
    ]  # fmt: skip
    flow = [Flow(authority=a, look=look, count=n) for a, look, n in cover_flow(asked.context)]
    lines = [Words.of(line) for line in rests_on(asked.context)]
    return OverviewOut(**basis(asked.context, {}), figures=shown, rests_on=lines, flow=flow)


@router.get("/figures")
def read_figures(asked: Asked) -> CountsOut:
    """全部问题的数字，最严重的在前 · the figures of every question, the gravest first."""
    items = [
        CountOut(question=a.question.id, no_data=a.no_data, total=a.total, gaps=a.gaps, cannot_tell=a.unknowns)
        for a in answers_seen(asked.who.workspace, asked.context)
    ]
    stamp = asked.context.network.stamp
    return CountsOut(revision=stamp.revision, as_of=stamp.as_of, items=items)


@router.get("/matrix")
def read_matrix(
    asked: Asked,
    question: Annotated[str, Query(max_length=80, description="问题编号 · id of the question")] = "uncovered",
    engine: Engined = "process",
) -> MatrixOut:
    """街道 × 主管单位：缺口与范围内数 · gaps and rows in scope, streets by authorities."""
    answer = answer_to(asked.who.workspace, question, asked.context, engine)
    found, stamp = matrix(answer, asked.context, EVERYBODY), asked.context.network.stamp
    return MatrixOut(
        revision=stamp.revision,
        as_of=stamp.as_of,
        question=question,
        rows=[LineOut(id=key, name=name) for key, name in found.rows],
        columns=[LineOut(id=key, name=name) for key, name in found.columns],
        gaps=found.gaps.tolist(),
        totals=found.totals.tolist(),
    )


@router.get("/trend")
def read_trend(asked: Asked) -> TrendOut:
    """历次版本的比例 · the rates of the revisions so far."""
    return TrendOut(
        items=[
            PointOut(
                revision=stamp.revision,
                as_of=stamp.as_of,
                coverage=rates.coverage.rate,
                standalone=rates.standalone_share.rate,
                work=rates.work.rate,
            )
            for stamp, rates in trend(asked.who.workspace, asked.context)
        ]
    )


@router.get("/findings/{type}/{id:path}")
def read_findings_at(type: NodeType, id: NodeId, asked: Asked) -> FoundOut:  # noqa: A002 - the names in the address
    """一个节点被哪些问题查出 · what the questions find at a node."""
    node, context = NodeKey(type, id), asked.context
    found = found_at(asked.who.workspace, node, context)
    items = [
        FoundHere(
            question=q.id,
            verdict=f["verdict"],
            reasons=f["reasons"],
            missing=f["missing"],
            beside={name: f[name] for name in q.beside},
        )
        for q, f in found
    ]
    stamp = context.network.stamp
    out = FoundOut(
        revision=stamp.revision, as_of=stamp.as_of, cover=None, cover_title=None, responsible=None, items=items
    )
    if NODE_TYPES[type] is Organization:
        row = row_of(context.network, node)
        place = int(coverage(context).kind[row])
        cover = list(Cover)[place] if place >= 0 else None
        out.cover, out.cover_title = KIND_LOOKS[place], Words.of(cover_title(cover))
        out.responsible = _responsible(asked, row)
    return out


def _responsible(asked: Asked, row: int) -> Found | None:
    """The body that should answer; told to the district's own accounts, since a rule may count what others do not see."""
    if asked.who.account.scope.body is not None:
        return None
    body = due_bodies(asked.context)[np.array([row])].to_dicts()[0]
    if body["body_id"] is None:
        return None
    return Found(type=body["body_type"], id=body["body_id"], name=body["body_name"])


@router.get("/origins/{type}/{id:path}")
def read_origins(type: NodeType, id: NodeId, read: Read) -> OriginsOut:  # noqa: A002 - the names in the address
    """一个节点及其关系来自哪些文件的哪些行 · which rows of which files a node and its relations came from."""
    node, workspace = NodeKey(type, id), read.who.workspace
    row_of(read.network, node)
    found = workspace.origins(node)
    relations = [
        RelationOriginOut(label=Words(zh=row.pop("label_zh"), en=row.pop("label_en")), **row)
        for row in found.relations.to_dicts()
    ]
    return OriginsOut(items=[OriginOut(**row) for row in found.node.to_dicts()], relations=relations)
