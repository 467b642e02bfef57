"""How do rows get into Neo4j and out of it? Tables to packed columns and back, batch by batch, inside of a transaction.

Every function is given `run`, which sends one statement within the transaction in hand; no driver is known here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, Protocol, TypeVar

import numpy as np
import numpy.typing as npt
import polars as pl

from graphmodel.changes import ChangeSet, Delta, check_before, refuse_taken
from graphmodel.network import DanglingEdges
from graphmodel.schema import EDGE_TYPES, NODE_TYPES
from graphmodel.stores import neo4j_cypher as cypher
from graphmodel.stores.guard import refuse_shared, removed_nodes, single_ends
from graphmodel.stores.refusals import NotOurStore
from graphmodel.tables import ENDS, all_types, conform, empty_frame, frame_schema, key_columns
from graphmodel.text import Text

T = TypeVar("T", pl.DataFrame, pl.Series)
BATCH = 10_000  # rows a statement: measured better than 1,000 and 50,000; a type of more repays a plan of its own
Told = Callable[[int], None]
"""Told how many rows more are done."""


class Run(Protocol):
    """Sends one statement and gives its records as lists of values."""

    def __call__(self, statement: str, /, **parameters: Any) -> list[list[Any]]:
        """The records of `statement` with `$name` taken from `parameters`."""


# out


def fetch_all(run: Run, where: str) -> dict[str, pl.DataFrame]:
    """Every row of every type. Errors: `NotOurStore` (of `where`) where a value is none of the schema's."""
    tables: dict[str, pl.DataFrame] = {}
    places: dict[str, pl.DataFrame] = {}
    for name in NODE_TYPES:
        parts = run(cypher.all_nodes(name), chunk=BATCH)
        tables[name] = _frame(name, (row for part in parts for row in part[1]), where)
        places[name] = pl.DataFrame({"at": _integers(parts, 0)})
    nodes = pl.concat(
        [
            frame.select("at", pl.lit(name).alias("type"), tables[name]["id"].alias("id"))
            for name, frame in places.items()
        ]
    ).sort("at")
    for name in EDGE_TYPES:
        parts = run(cypher.all_edges(name), chunk=BATCH)
        frame = _frame(name, (row for part in parts for row in part[2]), where)
        ends = {end: _named(nodes, _integers(parts, k), end) for k, end in ((0, "source"), (1, "target")) if parts}
        tables[name] = _joined(name, frame, ends) if parts else empty_frame(name)
    return tables


def _integers(parts: Sequence[Sequence[Any]], place: int) -> npt.NDArray[np.int64]:
    return np.concatenate([np.empty(0, np.int64), *(np.array(part[place], dtype=np.int64) for part in parts)])


def _named(nodes: pl.DataFrame, at: npt.NDArray[np.int64], end: str) -> list[pl.Series]:
    """Type and id of the nodes with these internal ids, null where one is no node of ours."""
    known = nodes["at"].to_numpy()
    place = np.minimum(np.searchsorted(known, at), max(0, len(known) - 1))
    if not len(known):
        return [pl.Series(f"{end}_type", [None] * len(at), pl.String), pl.Series(end, [None] * len(at), pl.String)]
    rows = pl.Series(np.where(known[place] == at, place, -1)).replace(-1, None)
    return [nodes["type"].gather(rows).alias(f"{end}_type"), nodes["id"].gather(rows).alias(end)]


def _joined(name: str, frame: pl.DataFrame, ends: Mapping[str, list[pl.Series]]) -> pl.DataFrame:
    """Edges with their ends; relationships that somebody drew to nodes of another kind are not ours."""
    whole = frame.drop(ENDS).with_columns(*ends["source"], *ends["target"])
    pairs = [(source.type_name, target.type_name) for source, target in EDGE_TYPES[name].pairs]
    ours = pl.any_horizontal(pl.col("source_type").eq(s) & pl.col("target_type").eq(t) for s, t in pairs)
    return whole.filter(ours).select(frame_schema(name).names())


def _frame(name: str, rows: Iterator[Sequence[Any]] | Sequence[Sequence[Any]], where: str) -> pl.DataFrame:
    """Rows in stored order as a frame of the type, ends of edges still unknown."""
    schema, columns = frame_schema(name), cypher.stored(name)
    values = list(zip(*rows, strict=True)) or [()] * len(columns)
    series = []
    for column, cells in zip(columns, values, strict=True):
        dtype = schema[column]
        try:
            if dtype == pl.Date:
                series.append(pl.Series(column, cells, pl.String).str.to_date("%Y-%m-%d"))
            else:
                plain = pl.Series(column, cells, pl.String if dtype == pl.Enum else dtype)
                series.append(plain.cast(dtype))
        except (pl.exceptions.PolarsError, TypeError) as error:
            what = Text(
                "{name}.{column} 有不合规的值，是在本软件之外改动的。",
                "{name}.{column} holds a value that the schema lacks: it was altered outside of this program.",
            )
            raise NotOurStore(where, what.format(name=name, column=column)) from error
    return conform(name, pl.DataFrame(series))


def fetch_nodes(run: Run, name: str, ids: pl.Series, where: str) -> pl.DataFrame:
    """The nodes of a type with these ids, those that exist. Cost: a look-up each."""
    parts = [run(cypher.nodes_at(name), ids=part.to_list())[0][0] for part in _slices(ids)]
    return _frame(name, (row for part in parts for row in part), where)


def fetch_edges(run: Run, name: str, keys: pl.DataFrame, where: str) -> tuple[pl.DataFrame, pl.Series]:
    """The edges of a type that have one of the keys, and their internal ids."""
    found, at = [empty_frame(name)], [pl.Series("at", [], pl.Int64)]
    pairs = keys.select(ENDS).unique(maintain_order=True)
    for (source, target), group in pairs.group_by("source_type", "target_type", maintain_order=True):
        for part in _slices(group):
            ends = {"n": part.height, "sources": part["source"].to_list(), "targets": part["target"].to_list()}
            [[internal, places, rows]] = run(cypher.edges_between(name, str(source), str(target)), **ends)
            frame = _frame(name, rows, where).drop(ENDS)
            found.append(frame.hstack(part[places].select(ENDS)).select(frame_schema(name).names()))
            at.append(pl.Series("at", internal, pl.Int64))
    whole = pl.concat(found).with_columns(pl.concat(at))
    key = list(key_columns(name))
    wanted = whole.join(keys.select(key), on=key, how="semi", nulls_equal=True)
    return wanted.drop("at"), wanted["at"]


# in


def alter(run: Run, changes: ChangeSet, where: str, told: Told) -> None:
    """Make the state what it is after an act, provided that it is as the act says.

    Errors: `Conflict`, `DanglingEdges`; the transaction is to be given up then.
    """
    deltas = changes.deltas
    # asked before anything is written: a count inside of a transaction goes through all that it wrote
    empty, present, places = run(cypher.IS_EMPTY)[0][0], {name for (name,) in run(cypher.EDGE_TYPES_IN_USE)}, Places()
    for name in (n for n in all_types() if n in deltas):
        _remove_edges(run, name, deltas[name], where, told) if name in EDGE_TYPES else _check_nodes(
            run, name, deltas[name], where
        )
    _check_left(run, changes)
    for name in (n for n in NODE_TYPES if n in deltas):
        _alter_nodes(run, name, deltas[name], where, told, places, empty=empty)
    for name in (n for n in EDGE_TYPES if n in deltas):
        if name in present:
            refuse_taken(name, fetch_edges(run, name, deltas[name].after, where)[0])
        insert_edges(run, name, deltas[name].after, places)
        if name in present:
            _check_singles(run, name, deltas[name].after)
        told(deltas[name].after.height)


def _check_nodes(run: Run, name: str, delta: Delta, where: str) -> None:
    if delta.before.height:
        check_before(name, fetch_nodes(run, name, delta.before["id"], where), delta.before)


def _remove_edges(run: Run, name: str, delta: Delta, where: str, told: Told) -> None:
    if not delta.before.height:
        return
    found, at = fetch_edges(run, name, delta.before, where)
    check_before(name, found, delta.before)
    for part in _slices(at):
        run(cypher.DELETE_EDGES, at=part.to_list())
        told(len(part))


def _alter_nodes(run: Run, name: str, delta: Delta, where: str, told: Told, places: Places, *, empty: bool) -> None:
    before, after = delta.before, delta.after
    for gone in _slices(before.join(after, on="id", how="anti")["id"]):
        run(cypher.delete_nodes(name), ids=gone.to_list())
        told(len(gone))
    come, changed = after.join(before, on="id", how="anti"), after.join(before, on="id", how="semi")
    for part in _slices(changed):
        run(cypher.set_nodes(name), rows=_rows(name, part))
        told(2 * part.height)  # the row before and the row after
    if not empty:
        taken = come["id"].filter(places.of(run, name, come["id"]).is_not_null())
        refuse_taken(name, fetch_nodes(run, name, taken, where))
    places.learn(name, insert_nodes(run, name, come))
    told(come.height)


def _check_left(run: Run, changes: ChangeSet) -> None:
    """Refuse to remove a node at which an edge of the schema is left."""
    for name, ids in removed_nodes(changes).items():
        for part in _slices(ids):
            known = {"types": [*EDGE_TYPES], "labels": [*NODE_TYPES]}
            left = run(cypher.edges_left(name), ids=part.to_list(), **known)
            if left:
                schema = ["type", "source_type", "source", "target_type", "target"]
                rows = pl.DataFrame(left, schema=schema, orient="row")
                first = str(rows["type"][0])
                raise DanglingEdges(first, conform(first, rows.filter(pl.col("type") == first).drop("type")))


def _check_singles(run: Run, name: str, after: pl.DataFrame) -> None:
    """Refuse new edges beside those of the state where an end may stand once only."""
    for end in single_ends(name):
        for (node_type,), group in after.group_by(f"{end}_type", maintain_order=True):
            for part in _slices(group):
                shared = run(cypher.sharing(name, end, str(node_type)), ids=part[end].to_list())[0][0]
                refuse_shared(name, end, part.filter(pl.col(end).is_in(shared)))


class Places:
    """Internal ids of nodes: of those that were just made, and of others once they are asked for."""

    def __init__(self) -> None:
        self._known: dict[str, pl.DataFrame] = {}

    def learn(self, name: str, found: pl.DataFrame) -> None:
        """Remember nodes of a type."""
        self._known[name] = pl.concat([self._known[name], found]) if name in self._known else found

    def of(self, run: Run, name: str, ids: pl.Series) -> pl.Series:
        """The internal ids of nodes of a type, null where there is none. Cost: a look-up for each that is not known yet."""
        wanted = ids.alias("id").to_frame()
        known = self._known.get(name, _NOWHERE)
        strange = wanted.unique().join(known, on="id", how="anti")["id"]
        for part in _slices(strange):
            self.learn(name, _places(run(cypher.places_of(name), ids=part.to_list())))
        return wanted.join(self._known.get(name, _NOWHERE), on="id", how="left", maintain_order="left")["at"]


_NOWHERE = pl.DataFrame(schema={"id": pl.String, "at": pl.Int64})


def _places(found: list[list[Any]]) -> pl.DataFrame:
    [[ids, at]] = found
    return pl.DataFrame({"id": ids, "at": at}, schema=_NOWHERE.schema)


def insert_nodes(run: Run, name: str, frame: pl.DataFrame) -> pl.DataFrame:
    """Add nodes of a type that are not there yet; gives their places."""
    if frame.height > BATCH:
        known = _known(name, frame)
        text, columns = cypher.create_nodes(name, tuple(known)), _plain(frame.select(known))
        made = (run(text, **part.to_dict(as_series=False)) for part in _slices(columns))
    else:
        made = (run(cypher.CREATE_NODES, label=name, rows=_rows(name, part)) for part in _slices(frame))
    return pl.concat([_NOWHERE, *map(_places, made)])


def insert_edges(run: Run, name: str, frame: pl.DataFrame, places: Places) -> None:
    """Add edges of a type. Errors: `DanglingEdges` where one has an end that is not there."""
    known = _known(name, frame)
    for (source, target), group in frame.group_by("source_type", "target_type", maintain_order=True):
        sources, targets = places.of(run, str(source), group["source"]), places.of(run, str(target), group["target"])
        made = np.zeros(group.height, dtype=np.bool_)
        for start in range(0, group.height, BATCH):
            batch = slice(start, start + BATCH)
            part, ends = group[batch], {"s": sources[batch].to_list(), "t": targets[batch].to_list()}
            if frame.height > BATCH:
                columns = _plain(part.select(known)).to_dict(as_series=False)
                [[created]] = run(cypher.create_edges(name, tuple(known)), **ends, **columns)
            else:
                [[created]] = run(cypher.CREATE_EDGES, type=name, rows=_rows(name, part), **ends)
            made[batch][created] = True
        if not made.all():
            raise DanglingEdges(name, group.filter(~made))


def _rows(name: str, frame: pl.DataFrame) -> list[dict[str, Any]]:
    """Properties, row by row; a column that no row knows is left out."""
    known = _known(name, frame)
    if not known:  # polars has no rows without columns
        return [{} for _ in range(frame.height)]
    return _plain(frame.select(known)).to_dicts()


def _known(name: str, frame: pl.DataFrame) -> list[str]:
    """The columns to be stored of which some row knows anything."""
    return [column for column in cypher.stored(name) if frame[column].null_count() < frame.height]


def _plain(frame: pl.DataFrame) -> pl.DataFrame:
    """With choices as text, as a server takes them."""
    return frame.with_columns(pl.col(pl.Enum).cast(pl.String))


def _slices(rows: T) -> Iterator[T]:
    for start in range(0, len(rows), BATCH):
        yield rows.slice(start, BATCH)
