"""How are generated nodes and edges gathered? Rows by type, each owned by the ledger or by the bundle."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Literal

import polars as pl

from graphmodel.declare import SOURCES
from graphmodel.schema import EDGE_TYPES, NODE_TYPES
from graphmodel.tables import conform, frame_schema, key_columns

Owner = Literal["ledger", "bundle"]
Ref = tuple[str, str]
"""Type and id of a node."""


def evaluate(expression: Callable[..., pl.Expr], *values: str | None) -> str:
    """One text by the vectorised rule, so that rules of identity are written once."""
    return str(pl.select(expression(*(pl.lit(v, pl.String) for v in values))).item())


class Rows:
    """Nodes and edges as they are made. A node may be told twice: the ledger knows its fields, the bundle others."""

    def __init__(self) -> None:
        self.rows: dict[str, list[dict[str, Any]]] = {}

    def node(self, type_name: str, id_: str, name: str | None = None, owner: Owner = "bundle", **fields: Any) -> Ref:
        """Add a node, or what this owner knows of it; returns its reference."""
        row = {"id": id_, "name": name, **fields, SOURCES: owner}
        self.rows.setdefault(type_name, []).append(row)
        return type_name, id_

    def edge(self, type_name: str, source: Ref, target: Ref, owner: Owner = "bundle", **fields: Any) -> None:
        """Add an edge; the ends of an undirected one are put in order."""
        if EDGE_TYPES[type_name].undirected and source > target:
            source, target = target, source
        ends = {"source_type": source[0], "source": source[1], "target_type": target[0], "target": target[1]}
        self.rows.setdefault(type_name, []).append({**ends, **fields, SOURCES: owner})

    def frame(self, type_name: str, owner: Owner | None = None) -> pl.DataFrame:
        """The rows of one type, of one owner or merged from both, ordered by key, with all columns of the schema."""
        schema = frame_schema(type_name)
        chosen = [row for row in self.rows.get(type_name, []) if owner in {None, row[SOURCES]}]
        frame = pl.DataFrame(
            [{c: row.get(c) for c in schema} for row in chosen], schema=schema, infer_schema_length=None
        )
        keys = key_columns(type_name)
        told = [pl.col(c).drop_nulls().first() for c in schema if c not in {*keys, SOURCES}]
        merged = frame.group_by(keys, maintain_order=True).agg(*told, pl.col(SOURCES).unique().sort().str.join("|"))
        return conform(type_name, merged).sort(keys)

    def tables(self, owner: Owner | None = None) -> dict[str, pl.DataFrame]:
        """Every type that has rows."""
        names = [n for n in (*NODE_TYPES, *EDGE_TYPES) if n in self.rows]
        frames = {name: self.frame(name, owner) for name in names}
        return {name: frame for name, frame in frames.items() if frame.height}


def bundle_frame(type_name: str, frame: pl.DataFrame) -> pl.DataFrame:
    """A bundle's table: identity and the columns that hold anything, without provenance."""
    kept = [
        c
        for c in frame.columns
        if c != SOURCES and (c in key_columns(type_name) or frame[c].null_count() < frame.height)
    ]
    return frame.select(kept)
