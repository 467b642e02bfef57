"""What shape has a table of nodes or edges? The frames that loaders make, stores keep and networks are built from.

`Tables` maps a type's name (`Organization`, `COVERS`) to a frame with exactly the columns of `frame_schema`.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

import polars as pl

from graphmodel.declare import SOURCES, Edge, Node
from graphmodel.schema import EDGE_TYPES, NODE_TYPES

Tables = Mapping[str, pl.DataFrame]
ENDS = ("source_type", "source", "target_type", "target")


@cache
def type_named(name: str) -> type[Node] | type[Edge]:
    """The node or edge type of that name; `KeyError` where the schema has none."""
    return NODE_TYPES[name] if name in NODE_TYPES else EDGE_TYPES[name]


@cache
def key_columns(name: str) -> tuple[str, ...]:
    """The columns that identify a row: `id`, or both ends and the edge type's key fields (DESIGN, point 5)."""
    return ("id",) if name in NODE_TYPES else (*ENDS, *EDGE_TYPES[name].key_fields)


@cache
def frame_schema(name: str) -> pl.Schema:
    """Column names and Polars types of a type's frame: identity, declared fields, `sources`."""
    ends = ("id",) if name in NODE_TYPES else ENDS
    fields = {column.name: column.dtype for column in type_named(name).columns.values()}
    return pl.Schema({**dict.fromkeys(ends, pl.String()), **fields, SOURCES: pl.String()})


@cache
def empty_frame(name: str) -> pl.DataFrame:
    """A frame of that type without rows."""
    return pl.DataFrame(schema=frame_schema(name))


def conform(name: str, frame: pl.DataFrame) -> pl.DataFrame:
    """The frame with every column of its type, absent ones unknown, in declared order and type.

    Errors: `polars` errors where a column is not of the type or not in the schema: callers check first.
    """
    schema = frame_schema(name)
    unknown = [column for column in frame.columns if column not in schema]
    if unknown:
        raise ValueError(f"{name} has no columns {unknown}")
    missing = [pl.lit(None, dtype).alias(column) for column, dtype in schema.items() if column not in frame.columns]
    return frame.with_columns(missing).select(pl.col(c).cast(t) for c, t in schema.items())


def lean(frame: pl.DataFrame) -> pl.DataFrame:
    """The same table with each column of which nothing is known kept as one value: a text takes 16 bytes a row, known or not."""
    unknown = [column.name for column in frame.iter_columns() if column.null_count() == frame.height]
    if not unknown or not frame.height:
        return frame
    return frame.with_columns(pl.lit(None, frame.schema[name]).alias(name) for name in unknown)


def all_types() -> tuple[str, ...]:
    """Names of all node types, then of all edge types: the order in which tables are written and read."""
    return (*NODE_TYPES, *EDGE_TYPES)
