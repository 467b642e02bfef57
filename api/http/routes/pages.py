"""What the pages show first: legend, state, headline, matrix, flow and trend, what is found at one node, where it came from."""

from __future__ import annotations

from typing import Annotated, Any

import numpy as np
from fastapi import APIRouter, Query, Request, Response

from api.answers import answer_to
from api.casework import Casework
from api.examples import label_of
from api.http.caller import Seeing
from api.http.models import Found, ShareOut, Words
from api.http.page_models import (
    CountOut,
    CountsOut,
    FigureOut,
    Flow,
    FoundHere,
    FoundOut,
    LineOut,
    MatrixOut,
    OriginOut,
    OriginsOut,
    OverviewOut,
    PointOut,
    RelationOriginOut,
    Stamp,
    StatusOut,
    TrendOut,
)
from api.http.reading import UNCHANGED, Asked, Engined, Read, give_tag
from api.http.routes.nodes import NodeId, NodeType
from api.http.routes.questions import basis
from api.views import answers_seen, cover_flow, found_at, matrix, trend
from graphmodel.paths import NodeKey, row_of
from graphmodel.schema import NODE_TYPES
from graphmodel.schema.nodes import Organization
from queries.breakdown import EVERYBODY
from queries.coverage import Cover, coverage
from queries.responsibility import due_bodies
from visualizations.headline import figures, rests_on
from visualizations.lanes import KIND_LOOKS
from visualizations.legend import legend
from visualizations.styles import cover_title

router = APIRouter(tags=["pages"], responses=UNCHANGED)


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


@router.get("/overview")
def read_overview(asked: Asked) -> OverviewOut:
    """首页数字：比例、目标、区间、计划落实后 · the headline: rates, targets, ranges, after what is planned."""
    shown = [
        FigureOut(
            title=Words.of(f.title), note=Words.of(f.note), part=f.part, whole=f.whole, share=ShareOut.of(f.share),
            planned=ShareOut.of(f.planned), target=f.target, short=f.short,
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
