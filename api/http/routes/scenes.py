"""Scenes: the tier board as any renderer draws it, as it is or as it would be, and any view of it as one page to take along."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Depends, Query, Response

from api.answers import answer_to
from api.examples import label_of
from api.http.called import NamedIn, saved_as
from api.http.caller import Caller, Exporting, Seeing
from api.http.models import BASIS, Basis, Value, example, rows_of
from api.http.overseeing import seen_whole
from api.http.reading import LARGEST, UNCHANGED, Asking, Engined, asking
from api.http.routes.plans import named_plan
from api.http.routes.questions import basis
from api.http.routes.suppositions import read_supposed, refuse_unseen, supposition
from api.whatif import as_founded, laid, plan_seen
from graphmodel.paths import NodeKey
from graphmodel.text import Text
from queries.context import Context
from visualizations.board_selection import Filters, Group
from visualizations.scene import MOST_GLYPHS, Scene, scene

router = APIRouter(tags=["scenes"], responses=UNCHANGED)


class SceneOut(Basis):
    """The tier board, in pixels from its upper left corner: rows by column name, see `columns` of each part.

    `glyphs` stand for `count` nodes each; `edges` join glyphs by their place in the list; `drawn` of `total` nodes stand on it.
    """

    model_config = example(
        **BASIS, width=1800, height=2400, per_glyph=1, drawn=2, total=2, truncated=False,
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


@dataclass(frozen=True, slots=True)
class View:
    """What of the network is looked at, by whom, and as it is or would be."""

    who: Caller
    context: Context
    filters: Filters

    def scene(self, most: int = MOST_GLYPHS) -> Scene:
        """The board of the view; that which everybody opens is kept."""
        if self.filters.any or most != MOST_GLYPHS:
            return scene(self.context, self.filters, most)
        return self.context.memo("scene", lambda: scene(self.context, self.filters))


Planned = Annotated[
    str | None,
    Query(
        max_length=80,
        description="假设这个方案未驳回的都已落实，newest 为最新 · as if all of a plan that was not rejected were founded",
    ),
]
Supposed = Annotated[
    str | None,
    Query(
        max_length=10_000,
        description="假设（/what-if 的请求内容，JSON） · what is supposed, in JSON as `/what-if` takes it: the board as it would be",
    ),
]


def _beside(who: Seeing, plan: Planned = None, suppose: Supposed = None) -> list[object]:
    """What else a view rests on: the decisions about the plans that it takes as founded."""
    named = [plan]
    if suppose is not None:
        refuse_unseen(who)
        named.append(read_supposed(suppose).plan)
    return [plan_seen(seen_whole(who).workspace, named_plan(name)) for name in named if name is not None]


def view(
    asked: Annotated[Asking, asking(_beside)],
    street: Annotated[str | None, Query(max_length=200, description="只画一个街道 · one street alone, by id")] = None,
    authority: Annotated[
        str | None, Query(max_length=200, description="只画一个主管单位 · one authority alone, by id")
    ] = None,
    question: Annotated[
        str | None, Query(max_length=80, description="只画一个问题的结果 · what one question finds alone")
    ] = None,
    plan: Planned = None,
    suppose: Supposed = None,
    group: Annotated[
        str | None,
        Query(
            max_length=300,
            description="只画一个合并图形所代表的：第一个的 类型/标识 · what one glyph stands for alone: its first, as type/id",
        ),
    ] = None,
    of: Annotated[int, Query(ge=1, le=LARGEST, description="该图形代表几个 · how many it stands for")] = 1,
    engine: Engined = "process",
) -> View:
    """The view that a request asks for. Errors: `NoSuchNode`, `NoSuchPlan`, those of a supposition, `Unchanged`."""
    context, workspace = asked.context, asked.who.workspace
    before = None if plan is None and suppose is None else context
    if plan is not None:
        context = as_founded(workspace, context, named_plan(plan))
    if suppose is not None:
        context = laid(context, supposition(asked.who, read_supposed(suppose), context.network)).context
    answer = question and answer_to(workspace, question, context, engine)
    only = None if group is None else Group(NodeKey.parse(group), of)
    return View(asked.who, context, Filters(street, authority, answer or None, only, before))


Viewed = Annotated[View, Depends(view)]


@router.get("/scenes")
def read_scene(
    seen: Viewed,
    most: Annotated[
        int, Query(ge=1, le=MOST_GLYPHS, description="最多几个图形 · at most so many glyphs")
    ] = MOST_GLYPHS,
) -> SceneOut:
    """分层图：坐标、图形、关系；画不下的合并并说明 · the tier board; what is too much is grouped, and said so."""
    board, values = seen.scene(most), seen.context.values
    return SceneOut(
        **basis(seen.context, {name: values[name] for name in values}),
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


@router.get(
    "/exports/network.html",
    response_class=Response,
    responses={200: {"content": {"text/html": {"schema": {"type": "string"}, "example": "<!doctype html>…"}}}},
)
def export_view(seen: Viewed, who: Exporting, language: NamedIn) -> Response:
    """这张图的单文件网页，可离线打开 · the view as one page that opens from disk and asks nobody."""
    from visualizations.pyvis_export import network_page  # noqa: PLC0415  # pyvis loads IPython, half a second that others need not wait

    report = who.workspace.report(seen.context, include_restricted=who.account.scope.members)
    label = label_of(who.served.workspace.revisions())
    page = network_page(report, seen.scene(), shown=language, label=label)
    name = Text("党建网络图-第{r}版", "network-r{r}").format(r=seen.context.network.stamp.revision)
    return Response(page, media_type="text/html", headers={"Content-Disposition": saved_as(name, ".html", language)})
