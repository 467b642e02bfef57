"""What tables does the SQLite store have, and how are they asked? SQL derived from the schema; nothing here touches a file.

Names and choices in the SQL come from the schema alone; values of users travel as parameters.
"""
# ruff: noqa: S608 - see above

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cache
from typing import Literal

import polars as pl

from graphmodel.declare import SOURCES, Column
from graphmodel.schema import EDGE_TYPES, NODE_TYPES
from graphmodel.tables import ENDS, all_types, conform, frame_schema, key_columns, type_named

FORMAT = 1  # of the tables below that are not derived; a file with a higher one is newer than this program
APPLICATION = 0x50_47_52_46  # "PGRF", in the header of every file of ours

_AFFINITY = {
    "text": "TEXT",
    "integer": "INTEGER",
    "number": "REAL",
    "flag": "INTEGER",
    "date": "TEXT",
    "choice": "TEXT",
}

HISTORY = {
    "log": """CREATE TABLE "log" (
  revision INTEGER PRIMARY KEY, recorded_at TEXT NOT NULL, actor TEXT NOT NULL, source TEXT NOT NULL, as_of TEXT NOT NULL,
  note TEXT NOT NULL, kind TEXT NOT NULL, undoes INTEGER REFERENCES log (revision), counts TEXT NOT NULL
) STRICT""",
    "change": """CREATE TABLE "change" (
  revision INTEGER NOT NULL REFERENCES log (revision), type TEXT NOT NULL, before BLOB, after BLOB, origin BLOB,
  PRIMARY KEY (revision, type)
) STRICT""",
    "record": """CREATE TABLE "record" (
  kind TEXT NOT NULL, key TEXT NOT NULL, value TEXT NOT NULL, version INTEGER NOT NULL CHECK (version > 0),
  PRIMARY KEY (kind, key)
) STRICT, WITHOUT ROWID""",
}


def quoted(name: str) -> str:
    """An identifier of the schema in SQL."""
    return '"' + name.replace('"', '""') + '"'


def _literal(value: str) -> str:
    return "'" + value.replace("'", "''") + "'"


def _checks(column: Column) -> str:
    name, bounds = quoted(column.name), []
    match column.kind:
        case "choice":
            assert column.choices is not None
            return _one_of(name, map(_literal, column.choices.values()))
        case "flag":
            return _one_of(name, ("0", "1"))
        case "date":
            bounds.append(f"{name} GLOB '[0-9][0-9][0-9][0-9]-[0-1][0-9]-[0-3][0-9]'")
    bounds += [f"{name} >= {column.ge!r}"] if column.ge is not None else []
    bounds += [f"{name} <= {column.le!r}"] if column.le is not None else []
    return f" CHECK ({' AND '.join(bounds)})" if bounds else ""


def _one_of(name: str, values: Iterable[str]) -> str:
    """No IN: SQLite builds its list anew for every row, which makes an insert of organisations four times slower."""
    return f" CHECK ({' OR '.join(f'{name} = {value}' for value in values)})"


@cache
def table_sql(name: str) -> str:
    """The statement that makes a type's table. Where every key column is always known, the key is the table's order."""
    ends = [f"{quoted(c)} TEXT NOT NULL CHECK ({quoted(c)} <> '')" for c in key_columns(name) if c == "id" or c in ENDS]
    fields = [f"{quoted(c.name)} {_AFFINITY[c.kind]}{_checks(c)}" for c in type_named(name).columns.values()]
    parts = [*ends, *fields, f"{quoted(SOURCES)} TEXT"]
    if name in EDGE_TYPES:
        pairs = [(_literal(s.type_name), _literal(t.type_name)) for s, t in EDGE_TYPES[name].pairs]
        parts.append(f"CHECK ({' OR '.join(f'(source_type = {s} AND target_type = {t})' for s, t in pairs)})")
        if EDGE_TYPES[name].undirected:
            parts.append("CHECK (source < target)")
    if not _nullable_key(name):
        parts.append(f"PRIMARY KEY ({', '.join(_ordered_key(name))})")
    ordered = "" if _nullable_key(name) else ", WITHOUT ROWID"
    lines = ",\n  ".join(parts)
    return f"CREATE TABLE {quoted(name)} (\n  {lines}\n) STRICT{ordered}"


def _nullable_key(name: str) -> bool:
    return name in EDGE_TYPES and bool(EDGE_TYPES[name].key_fields)


def _ordered_key(name: str) -> list[str]:
    if name in NODE_TYPES:
        return ["id"]
    # two unknown key fields are equal here, which UNIQUE alone would not say; no choice, text or date is a BLOB
    return [*ENDS, *(f"ifnull({quoted(c)}, x'')" for c in EDGE_TYPES[name].key_fields)]


@cache
def index_sql(name: str) -> str | None:
    """The statement that makes a type's key unique where the table itself does not."""
    if not _nullable_key(name):
        return None
    return f"CREATE UNIQUE INDEX {quoted(name + ' key')} ON {quoted(name)} ({', '.join(_ordered_key(name))})"


@cache
def stored_schema(name: str) -> pl.Schema:
    """The Polars types of a type's rows as SQLite holds them: dates and choices as text, flags as numbers."""
    plain = {pl.Boolean: pl.Int64(), pl.Date: pl.String(), pl.Enum: pl.String()}
    return pl.Schema({c: plain.get(t.base_type(), t) for c, t in frame_schema(name).items()})


def expected_objects() -> dict[str, str]:
    """Every table and index by name with the statement that makes it; a file of ours holds nothing else."""
    tables = {name: table_sql(name) for name in all_types()}
    indices = {f"{name} key": sql for name in all_types() if (sql := index_sql(name))}
    return {**HISTORY, **tables, **indices}


def _same_key(name: str, other: str) -> str:
    """A row `t` of the type's table has the key given as `other`: `?`, or `k.{}` for the columns of k."""
    alike = [(quoted(c), "=" if c == "id" or c in ENDS else "IS") for c in key_columns(name)]
    return " AND ".join(f"t.{column} {equal} {other.format(column)}" for column, equal in alike)


@cache
def select_sql(name: str, origin: str = "") -> str:
    """All rows of a type, as `t`, in the schema's columns; `origin` is a join that comes first."""
    columns = ", ".join(f"t.{quoted(column)}" for column in stored_schema(name))
    return f"SELECT {columns} FROM {origin}{quoted(name)} AS t"


@cache
def select_wanted_sql(name: str) -> str:
    """The rows of a type whose keys are in `temp.wanted`; CROSS keeps the small table the outer one."""
    return f"{select_sql(name, 'temp.wanted AS k CROSS JOIN ')} ON {_same_key(name, 'k.{}')}"


def packed_columns(name: str) -> list[str]:
    """The columns of a type that travel as JSON: all but fractions, which SQLite writes with 15 digits only."""
    return [column for column, dtype in stored_schema(name).items() if not dtype.is_float()]


def plain_columns(name: str) -> list[str]:
    """The columns of a type that travel value by value."""
    return [column for column, dtype in stored_schema(name).items() if dtype.is_float()]


def pack_sql(name: str, rows: str) -> str:
    """How many of the `rows` (a SELECT of the type) there are, and each packed column as one JSON array, NULL if all unknown."""
    arrays = [f"iif(count({c}), json_group_array({c}), NULL)" for c in map(quoted, packed_columns(name))]
    return f"SELECT count(*), {', '.join(arrays)} FROM ({rows} LIMIT ? OFFSET ?)"


def plain_sql(name: str, rows: str) -> str:
    """The plain columns of the same rows in the same order: no index holds a fraction, so both walk the table itself."""
    return f"SELECT {', '.join(map(quoted, plain_columns(name)))} FROM ({rows} LIMIT ? OFFSET ?)"


@cache
def delete_sql(name: str) -> str:
    """The row of one key goes."""
    return f"DELETE FROM {quoted(name)} AS t WHERE {_same_key(name, '?')}"


def insert_sql(table: str, columns: Sequence[str]) -> str:
    """A row of these columns comes; the others stay unknown."""
    return f"INSERT INTO {table} ({', '.join(map(quoted, columns))}) VALUES ({', '.join('?' * len(columns))})"


@cache
def missing_nodes_sql(name: str) -> str:
    """Which ids of `temp.wanted` name no node of the type?"""
    return f"SELECT id FROM temp.wanted WHERE id NOT IN (SELECT id FROM {quoted(name)})"


@cache
def edges_at_wanted_sql(name: str, end: Literal["source", "target"]) -> str:
    """The edges of a type at nodes of one type (the parameter) that are in `temp.wanted`."""
    return f"{select_sql(name)} WHERE t.{end}_type = ? AND t.{end} IN (SELECT id FROM temp.wanted)"


@cache
def edges_with_wanted_sql(name: str, end: Literal["source", "target"]) -> str:
    """The edges of a type at the nodes, of any type, that `temp.wanted` names."""
    origin = select_sql(name, "temp.wanted AS k CROSS JOIN ")
    return f"{origin} ON t.{end}_type = k.{end}_type AND t.{end} = k.{end}"


def copy_sql(source: str, target: str, columns: Sequence[str]) -> str:
    """All rows of one table into another."""
    both = ", ".join(map(quoted, columns))
    return f"INSERT INTO {quoted(target)} ({both}) SELECT {both} FROM {quoted(source)}"


def encoded(frame: pl.DataFrame) -> pl.DataFrame:
    """Rows as SQLite is to hold them."""
    return frame.with_columns(pl.col(pl.Date, pl.Enum).cast(pl.String), pl.col(pl.Boolean).cast(pl.Int64))


def decoded(name: str, frame: pl.DataFrame) -> pl.DataFrame:
    """Rows as the schema types them, from what `encoded` made."""
    dates = [c for c, t in frame_schema(name).items() if t == pl.Date]
    return conform(name, frame.with_columns(pl.col(dates).str.to_date("%Y-%m-%d")))
