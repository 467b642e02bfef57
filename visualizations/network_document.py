"""What does the network page know? The scene with fields, relations and findings, compact, every text in both languages."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Any

import numpy as np
import polars as pl
from pypinyin import Style, lazy_pinyin

from graphmodel.declare import Edge, Element
from graphmodel.schema import EDGE_TYPES, NODE_TYPES
from graphmodel.text import Text
from graphmodel.vectors import Indices
from loaders.errors import printable
from queries.context import Context
from visualizations.headline import basis
from visualizations.lanes import BOARD, Lane, Tie
from visualizations.legend import Pair, glyph_values, line_values, looks, pair
from visualizations.report import Report
from visualizations.scene import Scene
from visualizations.styles import CANNOT_TELL, LINES, PLANNED, SEVERITIES
from visualizations.words import FLAGS, VERDICTS, context_of, named

LONGEST = 200
ENDED = Text("（已撤销）", " (abolished)")  # of a street
MOST_BEYOND = 20_000  # relations to what does not stand on the board


def network_document(report: Report, scene: Scene) -> dict[str, Any]:
    """Everything the page shows beside the glyphs themselves; JSON values only. Cost: linear in what is drawn."""
    context = context_of(report)
    lanes = {lane.value: pair(lane.title) for lane in Lane}
    return {
        "lanes": [{"title": lanes[lane], "x": x, "width": w} for lane, x, w in scene.lanes.iter_rows()],
        "bands": [band | {"name": printable(band["name"], LONGEST)} for band in scene.bands.to_dicts()],
        "ended": pair(ENDED),
        "looks": looks(BOARD),
        "types": {e.type_name: _type(e, report.network[e].frame) for e in BOARD},
        "edgeTypes": {name: _edge_type(edge) for name, edge in EDGE_TYPES.items()},
        "ties": {tie.value: pair(tie.title) for tie in Tie},
        "planned": line_values(PLANNED),
        "flags": [pair(FLAGS[False]), pair(FLAGS[True])],
        "verdicts": {verdict: pair(text) for verdict, text in VERDICTS.items()},
        "otherTypes": {name: pair(element.title) for name, element in NODE_TYPES.items()},
        "beyond": _beyond(context, scene),
        "questions": [_question(a.question) for a in report.answers],
        "findings": _findings(report, scene),
        "basis": [pair(line) for line in basis(report)],
        "asOf": scene.stamp.as_of.isoformat(),
        "revision": scene.stamp.revision,
        "perGlyph": scene.per_glyph,
        "drawn": scene.drawn,
        "total": scene.total,
        "size": [scene.width, scene.height],
    }


def initials(name: str) -> str:
    """The first letters of a Chinese name's pinyin, lower case; other letters stand as they are."""
    return "".join(lazy_pinyin(name, style=Style.FIRST_LETTER)).lower().replace(" ", "")


def fields_of(report: Report, scene: Scene) -> list[dict[str, Any]]:
    """For each glyph the known fields of its node by name, as stored; none for one that stands for several."""
    found: list[dict[str, Any]] = [{}] * scene.glyphs.height
    places = scene.glyphs.with_row_index("glyph").filter(pl.col("count") == 1)
    for element in BOARD:
        part = places.filter(pl.col("type") == element.type_name)
        shown = [n for n in element.columns if n != "name"]
        rows = report.network[element].frame[part["row"]].select(shown)
        for glyph, row in zip(part["glyph"], rows.iter_rows(named=True), strict=True):
            found[glyph] = {name: _value(value) for name, value in row.items() if value is not None}
    return found


def _value(value: Any) -> Any:
    if isinstance(value, dt.date):
        return value.isoformat()
    return printable(value, LONGEST) if isinstance(value, str) else value


def _type(element: type[Element], known: pl.DataFrame) -> dict[str, Any]:
    """A node type with those of its fields that any node has."""
    fields = {
        name: {
            "title": pair(column.title),
            "unit": None if column.unit is None else pair(column.unit),
            "words": {m.value: pair(m.title) for m in column.choices} if column.choices else None,
        }
        for name, column in element.columns.items()
        if known[name].null_count() < known.height
    }
    return {"title": pair(element.title), "fields": fields}


def _edge_type(edge: type[Edge]) -> dict[str, Any]:
    ends = {"title": pair(edge.title), "reverse": pair(edge.reverse), "undirected": edge.undirected}
    return ends | line_values(LINES[edge])


def _beyond(context: Context, scene: Scene) -> dict[str, Any]:
    """Relations of what is drawn to what is not: `others` (type, name), `ties` (glyph, edge type, forward, other)."""
    alone = scene.glyphs.with_row_index("glyph").filter(pl.col("count") == 1)
    on_board = {element: _places(alone, element.type_name, len(context.network[element])) for element in BOARD}
    nowhere = np.full(1, -1, dtype=np.int32)
    parts = []
    for edges in context.network.pairs.values():
        one = on_board.get(edges.source_type, nowhere)[
            edges.source if edges.source_type in on_board else 0 * edges.source
        ]
        two = on_board.get(edges.target_type, nowhere)[
            edges.target if edges.target_type in on_board else 0 * edges.target
        ]
        for glyph, hidden, row, far, forward in (
            (one, two, edges.target, edges.target_type, True),
            (two, one, edges.source, edges.source_type, False),
        ):
            at = np.flatnonzero((glyph >= 0) & (hidden < 0))
            parts.append(_ties(context, edges.element.type_name, far.type_name, glyph[at], row[at], forward=forward))
    ties = pl.concat(parts)
    cut = ties.head(MOST_BEYOND)
    others = cut.select("far", "name").unique(maintain_order=True).with_row_index("other")
    joined = cut.join(others, on=["far", "name"], how="left", maintain_order="left", nulls_equal=True)
    return {
        "others": [[far, printable(name, LONGEST)] for far, name in others.select("far", "name").iter_rows()],
        "ties": joined.select("glyph", "edge", "forward", "other").rows(),
        "left": ties.height - cut.height,
    }


def _places(alone: pl.DataFrame, name: str, size: int) -> Indices:
    place = np.full(size, -1, dtype=np.int32)
    part = alone.filter(pl.col("type") == name)
    place[part["row"].to_numpy()] = part["glyph"].cast(pl.Int32).to_numpy()
    return place


def _ties(context: Context, edge: str, far: str, glyph: Indices, row: Indices, *, forward: bool) -> pl.DataFrame:
    names = context.network.nodes[far].frame.select(pl.coalesce("name", "id").alias("name"))[row]
    return names.select(
        pl.Series("glyph", glyph, dtype=pl.Int32),
        pl.lit(edge).alias("edge"),
        pl.lit(forward).cast(pl.Int8).alias("forward"),
        pl.lit(far).alias("far"),
        "name",
    )


def _question(asked: Any) -> dict[str, Any]:
    return {
        "name": pair(named(asked)),
        "text": pair(asked.text),
        "remedy": pair(asked.remedy),
        "severity": pair(asked.severity.title),
        "mark": glyph_values(SEVERITIES[asked.severity], asked.severity.title),
        "clauses": list(asked.clauses),
        "reasons": [pair(reason.text) for reason in asked.reasons.values()],
    }


def _findings(report: Report, scene: Scene) -> list[tuple[int, int, str, list[int]]]:
    """What was found at each glyph: glyph, question, verdict, reasons."""
    alone = scene.glyphs.with_row_index("glyph").filter(pl.col("count") == 1)
    found: list[tuple[int, int, str, list[int]]] = []
    for number, answer in enumerate(report.answers):
        element = answer.question.anchor.element
        if element not in BOARD:
            continue
        codes = {code: place for place, code in enumerate(answer.question.reasons)}
        here = alone.filter(pl.col("type") == element.type_name).select("id", "glyph")
        rows = answer.findings().join(here, on="id", how="inner", maintain_order="left")
        for glyph, verdict, reasons in rows.select("glyph", "verdict", "reasons").iter_rows():
            found.append((glyph, number, verdict, [codes[code] for code in reasons]))
    return found


def legend_lines(scene: Scene) -> Iterable[str]:
    """The edge types that have a relation on the board, in the schema's order."""
    here = set(scene.edges["type"])
    return [name for name in EDGE_TYPES if name in here]


_TEXTS = {
    "title": Text("社会组织党建网络", "Network of Party building in social organisations"),
    "asOf": Text("数据截至", "as of"),
    "revision": Text("版本", "revision"),
    "search": Text("搜索名称、标识或拼音首字母（/）", "search name, id or pinyin initials (/)"),
    "legend": Text("图例与筛选", "Legend and filters"),
    "organisations": Text("社会组织：怎样覆盖", "organisations: how covered"),
    "tracks": Text("登记备案", "track"),
    "registered": Text("登记", "registered"),
    "filed": Text("备案（有底线）", "filed (on a bar)"),
    "others": Text("其他节点", "other nodes"),
    "relations": Text("关系（选中节点时显示）", "relations (drawn on selection)"),
    "details": Text("节点详情", "Details"),
    "choose": Text(
        "点选一个节点，或用方向键移动、回车选定；再看它的字段、关系和缺口。",
        "Click a node, or move with the arrow keys and choose with Enter, to see its fields, relations and gaps.",
    ),
    "findings": Text("缺口与待核实", "Gaps and doubts"),
    "none": Text("没有发现缺口。", "No gap was found."),
    "fields": Text("字段", "Fields"),
    "links": Text("关系", "Relations"),
    "noLinks": Text("没有记录任何关系。", "No relation is recorded."),
    "remedy": Text("措施", "remedy"),
    "more": Text("另有", "more:"),
    "group": Text("家合为一个图形", "organisations to a glyph"),
    "fit": Text("全图", "fit"),
    "in": Text("放大", "zoom in"),
    "out": Text("缩小", "zoom out"),
    "png": Text("存为图片", "save PNG"),
    "clear": Text("清除选择", "clear"),
    "noHit": Text("没有找到", "nothing found"),
    "shown": Text("图上节点", "nodes shown"),
    "cover": Text("覆盖", "cover"),
    "truncated": Text("过多，未全部画出", "too many: not all are drawn"),
    "manyEdges": Text(
        "关系超过 40 条，只突出相邻节点。", "Over 40 relations: the nodes at their other ends are lit instead."
    ),
    "keys": Text(
        "键：/ 搜索 · 方向键移动 · 回车选定 · Esc 清除 · f 全图 · + − 缩放",
        "Keys: / search · arrows move · Enter choose · Esc clear · f fit · + − zoom",
    ),
    "shortcuts": Text("单键快捷键", "single-key shortcuts"),
    "board": Text("网络看板", "board of the network"),
    "selected": Text("已选定", "selected"),
    "missing": Text("应有而缺的关系", "relations missing though due"),
    "planned": Text("拟定、待落实的关系", "planned relations"),
    "cannotTell": CANNOT_TELL,
    "all": Text("全部显示", "show all"),
    "basis": Text("口径说明", "What the figures rest on"),
}


def texts() -> dict[str, Pair]:
    """Every word of the page itself."""
    return {name: pair(text) for name, text in _TEXTS.items()}
