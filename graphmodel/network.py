"""What does the whole look like at one revision? An immutable, dense, integer-indexed picture of it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

import numpy as np
import polars as pl

from graphmodel.changes import ChangeSet, Delta, apply_delta, differing
from graphmodel.declare import Edge, Node
from graphmodel.rows import EdgeRows, NodeRows, find_rows
from graphmodel.schema import EDGE_TYPES, NODE_TYPES
from graphmodel.tables import ENDS, Tables, empty_frame, key_columns, lean
from graphmodel.text import Refusal, Text
from graphmodel.vectors import Indices

T = TypeVar("T")
Pair = tuple[str, str, str]  # edge type, source type, target type


@dataclass(frozen=True, slots=True)
class Stamp:
    """Which picture is this? Every figure carries it: revision of the store and the day it speaks of."""

    revision: int
    as_of: dt.date


class DanglingEdges(Refusal):
    """Edges name nodes that do not exist; `rows` has the edges."""

    def __init__(self, name: str, rows: pl.DataFrame) -> None:
        first = rows.row(0, named=True)
        message = Text(
            "{type}：{n} 条关系的端点不存在，例如 {source} → {target}。",
            "{type}: {n} edges name a node that does not exist, for example {source} → {target}.",
        ).format(type=EDGE_TYPES[name].title, n=rows.height, source=first["source"], target=first["target"])
        hint = Text("请先录入端点，或更正标识。", "Add the node first, or correct the id.")
        super().__init__(message, hint, code="dangling-edge")
        self.rows = rows


class Network:
    """All nodes and edges of one revision, dense.

    `network[Organization]` gives the nodes of a type, `network.edges(Covers, PartyOrganization, Organization)` the
    edges of a pair. Nothing is ever changed in place: `apply` gives a new network that shares what it can.
    """

    def __init__(self, nodes: Mapping[str, NodeRows], edges: Mapping[Pair, EdgeRows], stamp: Stamp) -> None:
        self.nodes, self.pairs, self.stamp = nodes, edges, stamp
        self._memo: dict[Any, Any] = {}

    @staticmethod
    def from_tables(tables: Tables, stamp: Stamp) -> Network:
        """Build it from checked tables. Cost: a sort per type and two joins per edge pair.

        Errors: `DanglingEdges` where an edge names no node; ids are taken to be unique (loaders and stores see to it).
        """
        nodes = {
            name: NodeRows(element, lean(tables.get(name, empty_frame(name))).sort("id"))
            for name, element in NODE_TYPES.items()
        }
        edges: dict[Pair, EdgeRows] = {}
        for name in EDGE_TYPES:
            edges.update(_index(name, tables.get(name, empty_frame(name)), nodes))
        return Network(nodes, edges, stamp)

    def __getitem__(self, element: type[Node]) -> NodeRows:
        return self.nodes[element.type_name]

    def edges(self, edge: type[Edge], source: type[Node], target: type[Node]) -> EdgeRows:
        """The edges of one type between two node types; `KeyError` where the schema has no such pair."""
        return self.pairs[edge.type_name, source.type_name, target.type_name]

    def edge_sets(self, edge: type[Edge]) -> list[EdgeRows]:
        """The edges of one type, one set for each pair of node types."""
        return [rows for (name, _, _), rows in self.pairs.items() if name == edge.type_name]

    def memo(self, key: Any, make: Callable[[], T]) -> T:
        """What `make` gives, computed once for this network: derived facts that several questions share."""
        found = self._memo.get(key, self)
        if found is self:
            found = self._memo.setdefault(key, make())  # of several threads that make it, all get the first one's
        value: T = found
        return value

    def forget(self, *, but: Collection[Any] = ()) -> None:
        """Let go of what is remembered, and of what networks made of this one remember, `but` what these keys name.

        Answers speak of their network in turn: without this both would stay until somebody looks for circles of objects.
        Whoever still reads it computes anew.
        """
        for key in list(self._memo):
            value = None if key in but else self._memo.pop(key, None)
            if (
                isinstance(value, Network) and value is not self
            ):  # with nothing planned it is what it would be if confirmed
                value.forget()

    def afresh(self) -> Network:
        """The same picture with nothing remembered: what a what-if computes on it is forgotten with it."""
        return Network(self.nodes, self.pairs, self.stamp)

    def table(self, name: str) -> pl.DataFrame:
        """One type as a table with ids again, as loaders and stores have it."""
        if name in self.nodes:
            return self.nodes[name].frame
        parts = [_with_ids(rows, self.nodes) for rows in self.edge_sets(EDGE_TYPES[name])]
        return pl.concat(parts) if parts else empty_frame(name)

    def tables(self) -> dict[str, pl.DataFrame]:
        """Every type that has rows, as tables."""
        names = [*NODE_TYPES, *EDGE_TYPES]
        return {name: frame for name in names if (frame := self.table(name)).height}

    def apply(self, changes: ChangeSet, stamp: Stamp | None = None) -> Network:
        """The network after an act; untouched types are shared, and columns of nodes where only values change.

        Indices into node types that gain or lose nodes are mapped anew.

        Errors: `Conflict` where a row is not as the act expects; `DanglingEdges` where an edge would lose its end.
        """
        nodes = dict(self.nodes)
        moved: dict[str, Indices] = {}
        for name in changes.deltas.keys() & NODE_TYPES.keys():
            old, delta = self.nodes[name], changes.deltas[name]
            changed = _changed(old, delta)
            if changed is not None:
                nodes[name] = changed
                continue
            frame = apply_delta(name, old.frame, delta).sort("id")
            nodes[name] = NodeRows(NODE_TYPES[name], frame)
            if not frame["id"].equals(old.ids):
                moved[name] = find_rows(old.ids, frame["id"])
        edges = {}
        for pair, rows in self.pairs.items():
            name, source, target = pair
            if name not in changes.deltas:
                edges[pair] = _moved(rows, moved.get(source), moved.get(target))
        for name in changes.deltas.keys() & EDGE_TYPES.keys():
            delta, sets = changes.deltas[name], self.edge_sets(EDGE_TYPES[name])
            altered = _altered(name, delta, sets, self.nodes, nodes, moved)
            if altered is None:  # by ids all is compared again, so that the refusal names what does not fit
                altered = _index(name, apply_delta(name, self.table(name), delta), nodes)
            edges.update(altered)
        return Network(nodes, edges, stamp or self.stamp)


def _changed(rows: NodeRows, delta: Delta) -> NodeRows | None:
    """The nodes of a type after an act that only changes values, columns without a change shared; None after any other.

    None too where a row is not as the act expects, so that the refusal is worded in one place.
    """
    before, after = delta.before.sort("id"), delta.after.sort("id")
    if not before["id"].equals(after["id"]):
        return None
    at = rows.find(before["id"])
    if (at < 0).any() or differing(rows.frame[at], before).any():
        return None
    places = np.arange(len(rows), dtype=np.uint32)
    places[at] = np.arange(len(rows), len(rows) + len(at), dtype=np.uint32)
    for column in after.iter_columns():
        if before[column.name].ne_missing(column).any():
            rows = rows.replaced(pl.concat([rows.frame[column.name], column]).gather(places))
    return rows


def _index(name: str, frame: pl.DataFrame, nodes: Mapping[str, NodeRows]) -> dict[Pair, EdgeRows]:
    element, frame = EDGE_TYPES[name], lean(frame)
    if not frame.height:
        none, bare = np.empty(0, dtype=np.int32), frame.drop(ENDS)
        return {(name, s.type_name, t.type_name): EdgeRows(element, (s, t), none, none, bare) for s, t in element.pairs}
    sets: dict[Pair, EdgeRows] = {}
    allowed = 0
    for source_type, target_type in element.pairs:
        ends = pl.col("source_type").eq(source_type.type_name) & pl.col("target_type").eq(target_type.type_name)
        part = frame.filter(ends)
        allowed += part.height
        places = part.drop(ENDS).with_columns(
            pl.Series("_source", find_rows(part["source"], nodes[source_type.type_name].ids)),
            pl.Series("_target", find_rows(part["target"], nodes[target_type.type_name].ids)),
        )
        lost = (places["_source"] < 0) | (places["_target"] < 0)
        if lost.any():
            raise DanglingEdges(name, part.filter(lost))
        if element.key_fields:
            places = places.sort(*element.key_fields)
        ends_key = places["_source"].to_numpy().astype(np.int64) << 32 | places["_target"].to_numpy()
        if (ends_key[1:] < ends_key[:-1]).any():
            places = places[np.argsort(ends_key, kind="stable")]
        source, target = places["_source"].to_numpy(), places["_target"].to_numpy()
        rows = EdgeRows(element, (source_type, target_type), source, target, places.drop("_source", "_target"))
        sets[name, source_type.type_name, target_type.type_name] = rows
    if allowed != frame.height:
        raise ValueError(f"{name}: {frame.height - allowed} edges between types that the schema does not join")
    return sets


def _altered(
    name: str,
    delta: Delta,
    sets: Iterable[EdgeRows],
    old: Mapping[str, NodeRows],
    new: Mapping[str, NodeRows],
    moved: Mapping[str, Indices],
) -> dict[Pair, EdgeRows] | None:
    """The edges of one type after an act, found by rows instead of ids; None where anything does not fit.

    `sets` are its edges among the `old` nodes, `moved` the new rows of these by type. Cost: joins over whole numbers; ids
    are looked up for the rows of the act alone.
    """
    key, made, left = [*_PLACES, *EDGE_TYPES[name].key_fields], dict[Pair, EdgeRows](), 0
    for rows in sets:
        ends = rows.source_type.type_name, rows.target_type.type_name
        before, after = (_placed(side, ends, among) for side, among in ((delta.before, old), (delta.after, new)))
        left += before.height + after.height
        if not (before.height or after.height or moved.keys() & set(ends)):
            made[name, *ends] = rows
            continue
        there = rows.frame.with_columns(pl.Series("_source", rows.source), pl.Series("_target", rows.target))
        known = before.join(there, on=key, how="left", nulls_equal=True, maintain_order="left", suffix="_there")
        values = [column for column in rows.frame.columns if column not in key]
        alike = pl.all_horizontal(pl.lit(value=True), *(pl.col(c).eq_missing(pl.col(f"{c}_there")) for c in values))
        if not known.select(alike.all()).item():
            return None
        rest = there.join(before.select(key), on=key, how="anti", nulls_equal=True, maintain_order="left")
        if rest.height != there.height - before.height:
            return None
        for place, type_ in zip(_PLACES, ends, strict=True):
            if type_ in moved:
                rest = rest.with_columns(pl.Series(place, moved[type_][rest[place].to_numpy()]))
        whole = pl.concat([rest, after.select(rest.columns)])
        if whole.select(pl.any_horizontal(pl.col(_PLACES) < 0).any()).item() or (
            rest.join(after.select(key), on=key, how="semi", nulls_equal=True).height
        ):
            return None
        whole = whole.sort(key) if after.height else whole  # ids ascend, so what is left is in order
        source, target = (whole[place].to_numpy() for place in _PLACES)
        between = rows.source_type, rows.target_type
        made[name, *ends] = EdgeRows(rows.element, between, source, target, whole.drop(_PLACES))
    return made if left == delta.before.height + delta.after.height else None


_PLACES = ["_source", "_target"]


def _placed(side: pl.DataFrame, ends: tuple[str, str], nodes: Mapping[str, NodeRows]) -> pl.DataFrame:
    """The edges between two node types of one side of an act, their ends as rows, -1 where there is no such node."""
    part = side.filter(pl.col("source_type").eq(ends[0]) & pl.col("target_type").eq(ends[1]))
    found = (nodes[type_].find(part[end]) for type_, end in zip(ends, ("source", "target"), strict=True))
    return part.drop(ENDS).with_columns(pl.Series(place, rows) for place, rows in zip(_PLACES, found, strict=True))


def _with_ids(rows: EdgeRows, nodes: Mapping[str, NodeRows]) -> pl.DataFrame:
    ends = [
        pl.Series("source_type", [rows.source_type.type_name]).new_from_index(0, len(rows)),
        nodes[rows.source_type.type_name].ids.gather(rows.source).rename("source"),
        pl.Series("target_type", [rows.target_type.type_name]).new_from_index(0, len(rows)),
        nodes[rows.target_type.type_name].ids.gather(rows.target).rename("target"),
    ]
    return pl.DataFrame(ends).hstack(rows.frame)


def _moved(rows: EdgeRows, source: Indices | None, target: Indices | None) -> EdgeRows:
    if source is None and target is None:
        return rows
    new_source = rows.source if source is None else source[rows.source]
    new_target = rows.target if target is None else target[rows.target]
    lost = (new_source < 0) | (new_target < 0)
    if lost.any():
        name = rows.element.type_name
        first = pl.DataFrame({"source": rows.source[lost].astype(str), "target": rows.target[lost].astype(str)})
        raise DanglingEdges(name, first)
    order = np.lexsort((new_target, new_source))  # stable, so that key fields stay in order
    ends = (rows.source_type, rows.target_type)
    return EdgeRows(rows.element, ends, new_source[order], new_target[order], rows.frame[order])


def deletion(network: Network, element: type[Node], ids: pl.Series) -> ChangeSet:
    """What removes nodes together with every edge at them or naming them, which it lists (DESIGN, settled point 5)."""
    name = element.type_name
    gone = {name: network.table(name).filter(pl.col("id").is_in(ids.to_list()))}
    for edge_name, edge in EDGE_TYPES.items():
        naming = [column.name for column in edge.columns.values() if column.refers_to == name]
        if not naming and not any(element in pair for pair in edge.pairs):
            continue
        frame = network.table(edge_name)
        at_source = pl.col("source_type").eq(name) & pl.col("source").is_in(ids.to_list())
        at_target = pl.col("target_type").eq(name) & pl.col("target").is_in(ids.to_list())
        named = (pl.col(column).is_in(ids.to_list()).fill_null(value=False) for column in naming)
        gone[edge_name] = frame.filter(pl.any_horizontal(at_source, at_target, *named))
    kept = {n: empty_frame(n) for n in gone}
    return ChangeSet.between(gone, kept)


def same(one: Network, other: Network) -> bool:
    """Whether two networks hold the same rows in every type, whatever their revisions."""
    return all(
        one.table(n).sort(key_columns(n), nulls_last=True).equals(other.table(n).sort(key_columns(n), nulls_last=True))
        for n in (*NODE_TYPES, *EDGE_TYPES)
    )
