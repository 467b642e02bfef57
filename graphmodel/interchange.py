"""How does the network meet NetworkX? As a MultiDiGraph that holds every field, and back with nothing lost.

Nodes are keyed `Type/id`, edges by edge type and key fields; unknown fields are absent. The node attribute `type`
and the edge attribute `type` say what they are. Dates become ISO text in files (`plain=True`), else `datetime.date`.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from functools import cache
from typing import Any

import networkx as nx
import polars as pl

from graphmodel.network import Network, Stamp
from graphmodel.paths import NodeKey
from graphmodel.schema import EDGE_TYPES, NODE_TYPES
from graphmodel.tables import ENDS, conform, frame_schema


def to_networkx(
    network: Network, only: Iterable[NodeKey] | None = None, *, plain: bool = False
) -> nx.MultiDiGraph[str]:
    """The network, or the part that `only` names with the edges inside it. Cost: a Python object per node and edge."""
    kept = None if only is None else {str(key) for key in only}
    graph: nx.MultiDiGraph[str] = nx.MultiDiGraph(
        revision=network.stamp.revision, as_of=network.stamp.as_of.isoformat()
    )
    for name in NODE_TYPES:
        for row in network.table(name).iter_rows(named=True):
            key = f"{name}/{row.pop('id')}"
            if kept is None or key in kept:
                graph.add_node(key, type=name, **_known(row, plain=plain))
    for name in EDGE_TYPES:
        for row in network.table(name).iter_rows(named=True):
            source, target = f"{row['source_type']}/{row['source']}", f"{row['target_type']}/{row['target']}"
            if kept is None or (source in kept and target in kept):
                key = "|".join([name, *(str(row[field]) for field in EDGE_TYPES[name].key_fields)])
                fields = {field: value for field, value in row.items() if field not in ENDS}
                graph.add_edge(source, target, key=key, type=name, **_known(fields, plain=plain))
    return graph


def from_networkx(graph: nx.MultiDiGraph[str]) -> Network:
    """The network that such a graph holds, whether its values are Python's or a file's plain ones.

    Errors: `KeyError` or `ValueError` where a type, field or value is not the schema's; `DanglingEdges`.
    """
    rows: dict[str, list[dict[str, Any]]] = {}
    for key, attributes in graph.nodes(data=True):
        fields = dict(attributes)
        name = fields.pop("type")
        rows.setdefault(name, []).append({"id": NodeKey.parse(key).id, **_fields(name, fields)})
    for source, target, attributes in graph.edges(data=True):
        fields = dict(attributes)
        name = fields.pop("type")
        one, other = NodeKey.parse(source), NodeKey.parse(target)
        ends = {"source_type": one.type, "source": one.id, "target_type": other.type, "target": other.id}
        rows.setdefault(name, []).append({**ends, **_fields(name, fields)})
    tables = {name: _frame(name, dicts) for name, dicts in rows.items()}
    as_of = dt.date.fromisoformat(str(graph.graph.get("as_of", "1970-01-01")))
    return Network.from_tables(tables, Stamp(int(graph.graph.get("revision", 0)), as_of))


def _known(row: dict[str, Any], *, plain: bool) -> dict[str, Any]:
    known = {field: value for field, value in row.items() if value is not None}
    if plain:
        return {field: value.isoformat() if isinstance(value, dt.date) else value for field, value in known.items()}
    return known


def _fields(name: str, fields: dict[str, Any]) -> dict[str, Any]:
    dtypes = frame_schema(name)
    return {field: _value(value, dtypes[field]) for field, value in fields.items()}


def _value(value: Any, dtype: pl.DataType) -> Any:
    if isinstance(dtype, pl.Date) and isinstance(value, str):
        return dt.date.fromisoformat(value)
    if isinstance(dtype, pl.Float64) and isinstance(value, int):
        return float(value)
    if isinstance(dtype, pl.Enum) and value not in _words(dtype):  # Polars would make it unknown
        raise ValueError(f"{value!r} is none of {sorted(_words(dtype))}")
    return value


@cache
def _words(dtype: pl.Enum) -> frozenset[str]:
    return frozenset(dtype.categories)


def _frame(name: str, dicts: list[dict[str, Any]]) -> pl.DataFrame:
    dtypes = {field: dtype for field, dtype in frame_schema(name).items() if any(field in row for row in dicts)}
    return conform(name, pl.DataFrame(dicts, schema=dtypes))
