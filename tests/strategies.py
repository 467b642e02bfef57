"""Which networks can there be? Hypothesis strategies and full examples, derived from the schema like everything else."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Any

import polars as pl
from hypothesis import strategies as st

from graphmodel.declare import SOURCES, Column, Edge, Node
from graphmodel.schema import EDGE_TYPES, NODE_TYPES
from graphmodel.stores.guard import single_ends
from graphmodel.tables import ENDS, Tables, all_types, conform, frame_schema, key_columns, type_named

HOSTILE = (
    "a",
    "a\x00b",
    "a\nb\r\n",
    "'; DROP TABLE log; --",
    '" OR ""="',
    "{props} $id `x` \\u0027",
    "=HYPERLINK(1)",
    "锦江区某某协会",
    "👩‍👩‍👧 🏳️‍🌈",
    "\u202eمرحبا\u202c",
    "e\u0301 é",
    "null",
    "NaN",
    " ",
    "\ufeff\uffff",
)
"""Texts that break careless programs: quoting, NUL, line ends, right-to-left, look-alikes, words that mean something."""

texts = st.sampled_from(HOSTILE) | st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
ids = st.sampled_from([*HOSTILE, "b", "c", "d"])
"""A small pool, so that two tables drawn apart share rows, and edges meet in them."""


def values(column: Column) -> st.SearchStrategy[Any]:
    """Values that a field may hold, unknown among them."""
    return st.none() | known_values(column)


def known_values(column: Column) -> st.SearchStrategy[Any]:
    """Values that a field may hold when it is known."""
    match column.kind:
        case "choice":
            assert column.choices is not None
            return st.sampled_from(column.choices.values())
        case "flag":
            return st.booleans()
        case "date":
            return st.dates()
        case "integer":
            low, high = _bounds(column)
            return st.integers(low, high)
        case "number":
            return st.floats(column.ge, column.le, allow_nan=False, allow_infinity=False)
        case "text":
            return texts


def _bounds(column: Column) -> tuple[int, int]:
    low = -(2**60) if column.ge is None else int(column.ge)
    return low, 2**60 if column.le is None else int(column.le)


@st.composite
def _fields(draw: st.DrawFn, element: type[Node] | type[Edge]) -> dict[str, Any]:
    """A few fields of a row; the others are unknown. Key fields of edges are always drawn."""
    chosen = draw(st.sets(st.sampled_from(sorted(element.columns)), max_size=4)) if element.columns else set()
    keys = {name for name, column in element.columns.items() if column.key}
    row = {name: draw(values(element.columns[name])) for name in sorted(chosen | keys)}
    return {**row, SOURCES: draw(st.sampled_from(["ledger-2016", "ledger-2016|plan:1", None]))}


def frame(name: str, rows: Iterable[dict[str, Any]]) -> pl.DataFrame:
    """Rows of a type as its frame; fields that a row lacks are unknown."""
    schema = frame_schema(name)
    written = {
        c: pl.String() if isinstance(t, pl.Enum) else t for c, t in schema.items()
    }  # Polars makes a wrong choice unknown
    return conform(name, pl.DataFrame([{**dict.fromkeys(schema), **row} for row in rows], schema=written, orient="row"))


@st.composite
def nodes(draw: st.DrawFn, element: type[Node], max_size: int = 4) -> pl.DataFrame:
    """A table of nodes of one type."""
    chosen = draw(st.lists(ids, unique=True, max_size=max_size))
    return frame(element.type_name, [{"id": one, **draw(_fields(element))} for one in chosen])


@st.composite
def edges(draw: st.DrawFn, element: type[Edge], tables: Tables, max_size: int = 5) -> pl.DataFrame:
    """A table of edges of one type between nodes of `tables`: parallel ones differ in key fields, cycles are allowed."""
    rows: dict[tuple[Any, ...], dict[str, Any]] = {}
    pairs = [(s.type_name, t.type_name) for s, t in element.pairs]
    possible = [(s, t) for s, t in pairs if all(n in tables and tables[n].height for n in (s, t))]
    for _ in range(draw(st.integers(0, max_size)) if possible else 0):
        source_type, target_type = draw(st.sampled_from(possible))
        source = draw(st.sampled_from(tables[source_type]["id"].to_list()))
        target = draw(st.sampled_from(tables[target_type]["id"].to_list()))
        if element.undirected:
            source, target = sorted((source, target), key=lambda one: one.encode())
            if source == target:
                continue
        ends = dict(zip(ENDS, (source_type, source, target_type, target), strict=True))
        row = {**ends, **draw(_fields(element))}
        rows[tuple(row[c] for c in key_columns(element.type_name))] = row
    return single(element.type_name, frame(element.type_name, rows.values()))


def single(name: str, table: pl.DataFrame) -> pl.DataFrame:
    """The rows that keep to the cardinality of their type: the first at each end that may stand once only."""
    for end in single_ends(name):
        table = table.unique([f"{end}_type", end], keep="first", maintain_order=True)
    return table


PAIRS = [(name, s.type_name, t.type_name) for name, edge in EDGE_TYPES.items() for s, t in edge.pairs]


@st.composite
def tables(draw: st.DrawFn, max_pairs: int = 3, max_size: int = 4) -> dict[str, pl.DataFrame]:
    """A small network as tables: a few edge types with nodes at both their ends, and a node type more."""
    chosen = draw(st.lists(st.sampled_from(PAIRS), max_size=max_pairs))
    ends = {end for _, source, target in chosen for end in (source, target)} | {
        draw(st.sampled_from(sorted(NODE_TYPES)))
    }
    drawn = {name: draw(nodes(NODE_TYPES[name], max_size)) for name in sorted(ends)}
    for name in sorted({name for name, _, _ in chosen}):
        drawn[name] = draw(edges(EDGE_TYPES[name], drawn))
    return {name: table for name, table in drawn.items() if table.height}


def histories(max_size: int = 3) -> st.SearchStrategy[list[dict[str, pl.DataFrame]]]:
    """What a network was at several times; the ChangeSet between any two is valid."""
    return st.lists(tables(), min_size=1, max_size=max_size)


def complete() -> dict[str, pl.DataFrame]:
    """Every node type, edge pair and field: a row of unknowns, of lowest, of highest values, and one for each hostile text."""
    made = {}
    extremes = ("none", "low", "high", *HOSTILE)
    for name in all_types():
        rows = []
        for place, extreme in enumerate(extremes):
            fields = {c.name: _extreme(c, extreme) for c in type_named(name).columns.values()} | {SOURCES: extreme}
            here, there = f"{place:02}", f"{(place + 1) % len(extremes):02}"
            if name in NODE_TYPES:
                rows.append({"id": here, **fields})
                continue
            for source, target in EDGE_TYPES[name].pairs:
                targets = [t for s, t in EDGE_TYPES[name].pairs if s is source]
                if single_ends(name) and targets[place % len(targets)] is not target:
                    continue
                ends = sorted((here, there)) if EDGE_TYPES[name].undirected else (here, there)
                row = (source.type_name, ends[0], target.type_name, ends[1])
                rows.append({**dict(zip(ENDS, row, strict=True)), **fields})
        made[name] = frame(name, rows)
    return made


def _extreme(column: Column, extreme: str) -> Any:
    low, high = _bounds(column)
    by_kind: dict[str, tuple[Any, Any]] = {
        "flag": (False, True),
        "date": (dt.date.min, dt.date.max),
        "integer": (low, high),
        "number": (0.0 if column.ge is None else column.ge, 1e300 if column.le is None else column.le),
        "choice": (column.choices.values()[0], column.choices.values()[-1]) if column.choices else (None, None),
        "text": ("", "龘" * 1000),
    }
    match extreme:
        case "none":
            return None
        case "low":
            return by_kind[column.kind][0]
        case "high":
            return by_kind[column.kind][1]
        case _:
            return extreme if column.kind == "text" else None
