"""Scenes: the tier board as any renderer draws it."""

from __future__ import annotations

from functools import partial
from typing import Annotated

from fastapi import APIRouter, Query

from api.answers import answer_to
from api.http.caller import Seeing
from api.http.models import SceneOut, rows_of
from api.http.overseeing import seen_whole
from api.http.reading import UNCHANGED, Asking, asking
from api.http.routes.plans import named_plan
from api.http.routes.questions import basis
from api.whatif import as_founded, plan_seen
from visualizations.board_selection import Filters
from visualizations.scene import MOST_GLYPHS, scene

router = APIRouter(tags=["scenes"], responses=UNCHANGED)

Supposed = Annotated[
    str | None,
    Query(
        max_length=80,
        description="假设这个方案未驳回的都已落实，newest 为最新 · as if all of a plan that was not rejected were founded",
    ),
]


def _plan(who: Seeing, plan: Supposed = None) -> tuple[object, ...]:
    return () if plan is None else plan_seen(seen_whole(who).workspace, named_plan(plan))


@router.get("/scenes")
def read_scene(
    asked: Annotated[Asking, asking(_plan)],
    street: Annotated[str | None, Query(max_length=200, description="只画一个街道 · one street alone, by id")] = None,
    authority: Annotated[
        str | None, Query(max_length=200, description="只画一个主管单位 · one authority alone, by id")
    ] = None,
    question: Annotated[
        str | None, Query(max_length=80, description="只画一个问题的结果 · what one question finds alone")
    ] = None,
    plan: Supposed = None,
    most: Annotated[
        int, Query(ge=1, le=MOST_GLYPHS, description="最多几个图形 · at most so many glyphs")
    ] = MOST_GLYPHS,
) -> SceneOut:
    """分层图：坐标、图形、关系；画不下的合并并说明 · the tier board; what is too much is grouped, and said so."""
    context = asked.context
    if plan is not None:
        context = as_founded(asked.who.workspace, context, named_plan(plan))
    answer = question and answer_to(asked.who.workspace, question, context)
    filters = Filters(street, authority, answer or None)
    draw = partial(scene, context, filters, most)
    first = not filters.any and most == MOST_GLYPHS  # the board that everybody opens
    board = context.memo("scene", draw) if first else draw()
    return SceneOut(
        **basis(context, {name: context.values[name] for name in context.values}),
        width=board.width,
        height=board.height,
        per_glyph=board.per_glyph,
        drawn=board.drawn,
        total=board.total,
        truncated=board.truncated,
        lanes=rows_of(board.lanes),
        bands=rows_of(board.bands),
        glyphs=rows_of(board.glyphs),
        edges=rows_of(board.edges),
    )
