"""Which edges join what may be joined? Their ends are found, typed, put in order, and followed when they are lost."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from graphmodel.network import Network
from graphmodel.schema import EDGE_TYPES, NODE_TYPES
from graphmodel.tables import ENDS, Tables
from graphmodel.text import Text
from loaders.faults import Problem
from loaders.judging import Findings, Judged
from loaders.references import Known, missing_end, read_end_types


def judge_ends(judged: Sequence[Judged], existing: Network | Tables | None, findings: Findings) -> None:
    """Type the ends of all edges, put those of undirected ones in order, and reject edges that join nothing.

    Ends may name any node of the import, rejected ones too: see `judge_lost_ends`.
    """
    known = Known(existing, _nodes(judged))
    for one in judged:
        if one.raw.name in EDGE_TYPES:
            _judge_edges(one, known, findings)


def _judge_edges(judged: Judged, known: Known, findings: Findings) -> None:
    name, frame = judged.raw.name, judged.frame
    edge = EDGE_TYPES[name]
    ends = {}
    for side in ("source", "target"):
        said = frame[f"{side}_type"] if f"{side}_type" in frame.columns else None
        types, problems = read_end_types(name, side, said, frame[side], known)
        findings.add(judged, f"{side}_type", problems)
        doubted = pl.Series([False]).new_from_index(0, frame.height)
        for problem in problems:
            doubted = doubted | problem.wrong
        sure = frame[side].set(doubted, None) if doubted.any() else frame[side]
        findings.add(judged, side, [missing_end(name, side, types, sure, known)])
        ends[f"{side}_type"] = types.alias(f"{side}_type")
    judged.frame = frame.with_columns(ends.values()).select(*ENDS, *(c for c in frame.columns if c not in ENDS))
    judged.rejected = judged.rejected | judged.frame["source_type"].is_null() | judged.frame["target_type"].is_null()
    pairs = [(one.type_name, other.type_name) for one, other in edge.pairs]
    if len({s for s, _ in pairs}) * len({t for _, t in pairs}) > len(pairs):
        allowed = pl.any_horizontal(pl.col("source_type").eq(s) & pl.col("target_type").eq(t) for s, t in pairs)
        wrong = judged.frame.select(~allowed).to_series().fill_null(value=False)
        findings.add(judged, "target_type", [Problem("wrong-pair", wrong, *_WRONG_PAIR)])
    if any(one is other for one, other in edge.pairs):
        same = pl.col("source").eq(pl.col("target")) & pl.col("source_type").eq(pl.col("target_type"))
        loop = judged.frame.select(same).to_series().fill_null(value=False)
        findings.add(judged, "target", [Problem("joined-to-itself", loop, *_LOOP)])
    if edge.undirected:
        turned = pl.col("source") > pl.col("target")
        judged.frame = judged.frame.with_columns(
            pl.when(turned).then(pl.col(other)).otherwise(pl.col(one)).alias(one) for one, other in _TURNED.items()
        )


_WRONG_PAIR = (
    Text("这种关系不连接这两类。", "This relation does not join these two types."),
    Text("请对照数据字典更正。", "Correct it by the description of the schema."),
)
_LOOP = (
    Text("两端是同一个，不能和自己相连。", "Both ends are the same: nothing is joined to itself."),
    Text("请更正一端。", "Correct one end."),
)
_TURNED = {"source": "target", "target": "source", "source_type": "target_type", "target_type": "source_type"}


def _nodes(judged: Sequence[Judged], *, kept: bool = False) -> dict[str, list[pl.DataFrame]]:
    """`id` and, where stated, `name` of the nodes of this import; `kept` of those not rejected."""
    nodes: dict[str, list[pl.DataFrame]] = {}
    for one in judged:
        if one.raw.name in NODE_TYPES:
            frame = one.frame.select(c for c in ("id", "name") if c in one.frame.columns)
            nodes.setdefault(one.raw.name, []).append(frame.filter(~one.rejected) if kept else frame)
    return nodes


def judge_lost_ends(judged: Sequence[Judged], existing: Network | Tables | None, findings: Findings) -> bool:
    """Reject edges that name a node which was rejected; whether there were any. Cost: nothing where none was."""
    wrong_nodes = [one for one in judged if one.raw.name in NODE_TYPES and one.rejected.any()]
    known = Known(existing, _nodes(judged, kept=True))
    lost = pl.concat([_LOST, *(_lost_nodes(one, known) for one in wrong_nodes)]).unique(["type", "id"])
    if not lost.height:
        return False
    before = len(findings.faults)
    for one in (one for one in judged if one.raw.name in EDGE_TYPES):
        for side in ("source", "target"):
            findings.add(one, side, [_lost_end(one, side, lost)])
    return len(findings.faults) > before


_LOST = pl.DataFrame(schema={"type": pl.String, "id": pl.String, "place": pl.String, "row": pl.Int64})


def _lost_nodes(one: Judged, known: Known) -> pl.DataFrame:
    """The rejected nodes of one Raw that are not known otherwise, with the place of their rows."""
    ids = one.frame["id"]
    gone = one.rejected & known.lacks(one.raw.name, ids)
    place = f"{one.raw.file} / {one.raw.sheet}"
    found = pl.DataFrame({"id": ids, "row": one.raw.rows.cast(pl.Int64)}).filter(gone)
    return found.select(pl.lit(one.raw.name).alias("type"), "id", pl.lit(place).alias("place"), "row")


def _lost_end(judged: Judged, side: str, lost: pl.DataFrame) -> Problem:
    wanted = judged.frame.select(type=pl.col(f"{side}_type"), id=pl.col(side))
    joined = wanted.join(lost, on=["type", "id"], how="left", maintain_order="left")
    hint = Text("请先更正那一行。", "Correct that row first.")

    def explain(at: pl.Series) -> list[tuple[Text, Text]]:
        found = joined.select("place", "row").select(pl.all().gather(at))
        return [(_REJECTED.format(where=_WHERE.format(place=place, row=row)), hint) for place, row in found.iter_rows()]

    wrong = joined["row"].is_not_null() & ~judged.rejected
    return Problem("refers-to-rejected", wrong, _REJECTED.format(where=""), hint, explain)


_REJECTED = Text("它所指的那一行{where}没有通过检查。", "The row it refers to{where} was rejected.")
_WHERE = Text("（{place}，第 {row} 行）", " ({place}, row {row})")
