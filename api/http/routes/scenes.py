"""Scenes: the tier board as any renderer draws it."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query

from api.answers import answer_to
from api.http.models import SceneOut, rows_of
from api.http.reading import UNCHANGED, Asked
from api.http.routes.questions import basis
from visualizations.board_selection import Filters
from visualizations.scene import MOST_GLYPHS, scene

router = APIRouter(tags=["scenes"], responses=UNCHANGED)


@router.get("/scenes")
def read_scene(
    asked: Asked,
    street: Annotated[str | None, Query(max_length=200, description="只画一个街道 · one street alone, by id")] = None,
    authority: Annotated[
        str | None, Query(max_length=200, description="只画一个主管单位 · one authority alone, by id")
    ] = None,
    question: Annotated[
        str | None, Query(max_length=80, description="只画一个问题的结果 · what one question finds alone")
    ] = None,
    most: Annotated[
        int, Query(ge=1, le=MOST_GLYPHS, description="最多几个图形 · at most so many glyphs")
    ] = MOST_GLYPHS,
) -> SceneOut:
    """分层图：坐标、图形、关系；画不下的合并并说明 · the tier board; what is too much is grouped, and said so."""
    answer = question and answer_to(asked.who.workspace, question, asked.context)
    filters = Filters(street, authority, answer or None)
    if not filters.any and most == MOST_GLYPHS:  # the board that everybody opens first
        board = asked.context.memo("scene", lambda: scene(asked.context, filters, most))
    else:
        board = scene(asked.context, filters, most)
    return SceneOut(
        **basis(asked.context, {name: asked.context.values[name] for name in asked.context.values}),
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
