"""How do rows, acts and records get into the tables of SQLite and out again? Statements in a transaction that the caller has opened.

The library itself is spoken to in `sqlite.py` alone; here a connection is whatever carries out statements.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import astuple, fields
from typing import Any, Protocol

import polars as pl

from graphmodel.changes import ChangeSet, Delta, check_before, refuse_taken
from graphmodel.network import DanglingEdges
from graphmodel.stores import payload
from graphmodel.stores import sqlite_tables as sql
from graphmodel.stores.guard import check_single, edges_at, ends_at, needed_nodes, removed_nodes, single_ends
from graphmodel.stores.protocol import Act, RecordMoved, Revision
from graphmodel.tables import empty_frame, key_columns

CHUNK = 250_000  # rows packed at once: SQLite holds no text of more than a billion bytes


class Connection(Protocol):
    """What carries out statements."""

    @property
    def in_transaction(self) -> bool:
        """Whether a transaction is open."""

    def execute(self, sql: str, parameters: Sequence[Any] = ..., /) -> Any:
        """One statement; gives its rows."""

    def executemany(self, sql: str, parameters: Iterable[Sequence[Any]], /) -> Any:
        """One statement for each row of parameters."""


def breaks_constraint(error: Exception) -> bool:
    """Whether SQLite refused rows: a key that is taken, or a value that a column may not hold."""
    return str(getattr(error, "sqlite_errorname", "")).startswith("SQLITE_CONSTRAINT")


def fetch(connection: Connection, name: str, rows: str, parameters: tuple[str, ...] = ()) -> pl.DataFrame:
    """The rows of a type that the statement `rows` selects.

    SQLite packs each column into one JSON array, which Polars reads in one go: faster than row by row through Python, and
    inside of the transaction.
    """
    parts: list[pl.DataFrame] = []
    while not parts or parts[-1].height == CHUNK:
        values = (*parameters, CHUNK, CHUNK * len(parts))
        height, *packed = connection.execute(sql.pack_sql(name, rows), values).fetchone()
        plain = (
            connection.execute(sql.plain_sql(name, rows), values).fetchall()
            if height and sql.plain_columns(name)
            else []
        )
        columns = {
            **dict(zip(sql.packed_columns(name), packed, strict=True)),
            **dict(zip(sql.plain_columns(name), zip(*plain, strict=True), strict=False)),
        }
        parts.append(_frame(name, height, columns))
    return pl.concat(parts)


def _frame(name: str, height: int, columns: Mapping[str, str | Sequence[float | None] | None]) -> pl.DataFrame:
    if not height:
        return empty_frame(name)
    series = []
    for column, dtype in sql.stored_schema(name).items():
        match columns[column]:
            case None:
                series.append(pl.Series(column, [None], dtype).new_from_index(0, height))
            case str(packed):
                series.append(pl.Series(column, [packed]).str.json_decode(pl.List(dtype)).explode())
            case plain:
                series.append(pl.Series(column, plain, dtype))
    return sql.decoded(name, pl.DataFrame(series))


@contextmanager
def _wanted(connection: Connection, keys: pl.DataFrame) -> Iterator[None]:
    """A table `temp.wanted` of these keys, for a join; it lives as long as the block."""
    connection.execute(f"CREATE TEMP TABLE wanted ({', '.join(map(sql.quoted, keys.columns))})")
    try:
        connection.executemany(sql.insert_sql("temp.wanted", keys.columns), keys.iter_rows())
        yield
    finally:
        connection.execute("DROP TABLE IF EXISTS temp.wanted")


def fetch_at(connection: Connection, name: str, keys: pl.DataFrame) -> pl.DataFrame:
    """The rows of a type that have one of the keys. Cost: one look-up a key."""
    with _wanted(connection, sql.encoded(keys.select(key_columns(name)))):
        return fetch(connection, name, sql.select_wanted_sql(name))


def alter(connection: Connection, name: str, delta: Delta) -> None:
    """Replace the rows before an act by those after it, provided that they are as the act says."""
    if delta.before.height:
        check_before(name, fetch_at(connection, name, delta.before), delta.before)
        keys = sql.encoded(delta.before.select(key_columns(name)))
        connection.executemany(sql.delete_sql(name), keys.iter_rows())
    if delta.after.height:
        connection.execute("SAVEPOINT added")
        try:
            _insert(connection, name, delta.after)
        except Exception as error:
            if breaks_constraint(error):
                connection.execute("ROLLBACK TO added")
                refuse_taken(name, fetch_at(connection, name, delta.after))
            raise
        connection.execute("RELEASE added")


def _insert(connection: Connection, name: str, frame: pl.DataFrame) -> None:
    known = [column.name for column in frame if column.null_count() < frame.height]  # unknown is what SQLite fills in
    rows = sql.encoded(frame.sort(key_columns(name)).select(known))  # in the table's order, so that it grows at its end
    connection.executemany(sql.insert_sql(sql.quoted(name), known), rows.iter_rows(buffer_size=50_000))


def check_ends(connection: Connection, changes: ChangeSet) -> None:
    """Refuse edges of the state that name no node: new ones, and those left at removed nodes."""
    for node_type, ids in needed_nodes(changes).items():
        with _wanted(connection, ids.to_frame()):
            missing = [row[0] for row in connection.execute(sql.missing_nodes_sql(node_type))]
        for name, edges in edges_at(changes, node_type, pl.Series(missing, dtype=pl.String)):
            raise DanglingEdges(name, edges)
    for node_type, ids in removed_nodes(changes).items():
        with _wanted(connection, ids.to_frame()):
            for name, end in ends_at(node_type):
                left = fetch(connection, name, sql.edges_at_wanted_sql(name, end), (node_type,))
                if left.height:
                    raise DanglingEdges(name, left)


def check_singles(connection: Connection, changes: ChangeSet) -> None:
    """Refuse new edges beside those of the state, after the act, where an end may stand once only; see `check_single`."""
    for name, delta in changes.deltas.items():
        for end in single_ends(name) if delta.after.height else ():
            if connection.execute(f"SELECT count(*) FROM {sql.quoted(name)}").fetchone()[0] == delta.after.height:  # noqa: S608 - no user's text
                continue  # all there are came with the act, and were checked with it
            with _wanted(connection, delta.after.select(f"{end}_type", end)):
                check_single(name, fetch(connection, name, sql.edges_with_wanted_sql(name, end)))


def head(connection: Connection) -> int:
    """The newest revision."""
    return int(connection.execute("SELECT ifnull(max(revision), 0) FROM log").fetchone()[0])


def log(connection: Connection, revision: Revision, packed: list[payload.Packed]) -> None:
    """Write an act and its ChangeSet to the log."""
    columns = ("revision", "recorded_at", *(field.name for field in fields(Act)), "counts")
    act = (value.isoformat() if isinstance(value, dt.date) else value for value in astuple(revision.act))
    row = (revision.number, revision.recorded_at.isoformat(), *act, json.dumps(revision.counts))
    connection.execute(sql.insert_sql("log", columns), row)
    change = sql.insert_sql("change", ("revision", "type", "before", "after", "origin"))
    connection.executemany(change, ((revision.number, *one) for one in packed))


def expect_version(connection: Connection, kind: str, key: str, expected: int) -> None:
    """Refuse where a record has another version than expected; 0 says that there is none."""
    row = connection.execute("SELECT version FROM record WHERE kind = ? AND key = ?", (kind, key)).fetchone()
    if (row[0] if row else 0) != expected:
        raise RecordMoved(kind, key, expected, row[0] if row else 0)
