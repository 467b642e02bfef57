"""How is a network kept in one file? The embedded default store, on SQLite.

The present stands in one table per type, the past in the log of reversible ChangeSets; both change in one transaction, so
that a process killed at any moment leaves the last whole revision. Several processes may read and write at once.
"""

from __future__ import annotations

import datetime as dt
import json
import os
import sqlite3
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import astuple, fields
from pathlib import Path
from typing import Any, ClassVar

import polars as pl

from graphmodel.changes import ChangeSet, Delta, check_before, refuse_taken
from graphmodel.network import DanglingEdges, Network, Stamp
from graphmodel.stores import payload
from graphmodel.stores import sqlite_tables as sql
from graphmodel.stores.guard import check_rows, edges_at, ends_at, needed_nodes, removed_nodes
from graphmodel.stores.protocol import Act, NoSuchRevision, Record, RecordMoved, Revision, RevisionMoved
from graphmodel.stores.refusals import NewerStore, NotOurStore, StoreBusy, StoreClosed, StoreFailed
from graphmodel.tables import all_types, empty_frame, key_columns
from graphmodel.text import Refusal, Text

CHUNK = 250_000  # rows packed at once: SQLite holds no text of more than a billion bytes
EMPTY_AS_OF = dt.date(1970, 1, 1)

_REASONS = {
    "SQLITE_FULL": (
        Text("磁盘已满。", "the disk is full."),
        Text("请腾出空间后重试。", "Free some space, then try again."),
    ),
    "SQLITE_READONLY": (
        Text("文件不可写。", "the file cannot be written."),
        Text("请检查权限。", "Check its permissions."),
    ),
    "SQLITE_CANTOPEN": (
        Text("无法打开文件。", "the file cannot be opened."),
        Text("请检查路径与权限。", "Check path and permissions."),
    ),
    "SQLITE_CORRUPT": (
        Text("文件已损坏。", "the file is damaged."),
        Text("请从备份恢复。", "Restore it from a backup."),
    ),
    "SQLITE_TOOBIG": (Text("单次改动过大。", "the act is too big."), Text("请分批导入。", "Import it in parts.")),
}


class SqliteStore:
    """A store in one file, which is made (for its owner alone) where there is none; see `protocol.Store`.

    Parameters: `path` the file; `patience` how many seconds to wait for other writers.
    Errors: `NotOurStore` and `NewerStore` for a file that is left as it is; `StoreFailed`. Threads may share one store.
    """

    schemes: ClassVar[tuple[str, ...]] = ("sqlite",)

    def __init__(self, path: str | os.PathLike[str], patience: float = 60.0) -> None:
        self.path, self._patience = Path(path).absolute(), patience
        self._idle: list[sqlite3.Connection] = []
        self._closed = False
        self._lock = threading.Lock()
        if not self.path.parent.is_dir():
            why = Text("所在文件夹不存在。", "its folder does not exist.")
            raise StoreFailed(str(path), why, Text("请先建立文件夹。", "Make the folder first."))
        with self._translating():
            _make_private(self.path)
            connection = self._connect()
            try:
                _prepare(connection, self.path.name)
            except BaseException:
                connection.close()
                raise
            self._idle.append(connection)

    @classmethod
    def at(cls, url: str) -> SqliteStore:
        """The store that a `sqlite://path` address names."""
        return cls(url.partition("://")[2])

    # reading

    @property
    def head(self) -> int:
        """See `protocol.Store.head`."""
        with self._transaction() as connection:
            return _head(connection)

    def revisions(self) -> list[Revision]:
        """See `protocol.Store.revisions`."""
        with self._transaction() as connection:
            rows = connection.execute(
                "SELECT revision, recorded_at, kind, actor, source, as_of, note, undoes, counts FROM log ORDER BY revision"
            ).fetchall()
        return [
            Revision(
                number,
                dt.datetime.fromisoformat(recorded_at),
                Act(kind, actor, source, dt.date.fromisoformat(as_of), note, undoes),
                {name: (added, removed, changed) for name, (added, removed, changed) in json.loads(counts).items()},
            )
            for number, recorded_at, kind, actor, source, as_of, note, undoes, counts in rows
        ]

    def read(self, revision: int | None = None) -> Network:
        """See `protocol.Store.read`. Cost: the present, then the acts since `revision` reversed in one pass."""
        with self._transaction() as connection:  # one snapshot, whoever writes meanwhile
            head = _head(connection)
            wanted = head if revision is None else revision
            if not 0 <= wanted <= head:
                raise NoSuchRevision(wanted, head)
            tables = {name: _fetch(connection, name, sql.select_sql(name)) for name in all_types()}
            row = connection.execute("SELECT as_of FROM log WHERE revision = ?", (wanted,)).fetchone()
        if wanted < head:
            tables = payload.rewound(tables, [self.changes(number) for number in range(wanted + 1, head + 1)])
        return Network.from_tables(tables, Stamp(wanted, dt.date.fromisoformat(row[0]) if row else EMPTY_AS_OF))

    def changes(self, revision: int) -> ChangeSet:
        """See `protocol.Store.changes`."""
        with self._transaction() as connection:
            head = _head(connection)
            if not 1 <= revision <= head:
                raise NoSuchRevision(revision, head)
            packed = connection.execute(
                "SELECT type, before, after, origin FROM change WHERE revision = ? ORDER BY rowid", (revision,)
            ).fetchall()
        return payload.unpack_changes(packed)

    # writing

    def apply(self, changes: ChangeSet, act: Act, expected: int) -> Revision:
        """See `protocol.Store.apply`. Errors besides: `UnfitRows` where rows break the schema."""
        check_rows(changes)
        packed = payload.pack_changes(changes)
        counts = {name: (added, removed, changed) for name, added, removed, changed in changes.counts().iter_rows()}
        with self._transaction("IMMEDIATE") as connection:
            head = _head(connection)
            if head != expected:
                raise RevisionMoved(expected, head)
            for name, delta in changes.deltas.items():
                _alter(connection, name, delta)
            _check_ends(connection, changes)
            revision = Revision(head + 1, dt.datetime.now(dt.UTC), act, counts)
            _log(connection, revision, packed)
        return revision

    # records

    def get(self, kind: str, key: str) -> Record | None:
        """See `protocol.Store.get`."""
        with self._transaction() as connection:
            row = connection.execute(
                "SELECT value, version FROM record WHERE kind = ? AND key = ?", (kind, key)
            ).fetchone()
        return Record(kind, key, json.loads(row[0]), row[1]) if row else None

    def records(self, kind: str) -> list[Record]:
        """See `protocol.Store.records`."""
        with self._transaction() as connection:
            rows = connection.execute(
                "SELECT key, value, version FROM record WHERE kind = ? ORDER BY key", (kind,)
            ).fetchall()
        return [Record(kind, key, json.loads(value), version) for key, value, version in rows]

    def put(self, kind: str, key: str, value: Any, expected: int) -> Record:
        """See `protocol.Store.put`."""
        text = json.dumps(value, allow_nan=False)
        with self._transaction("IMMEDIATE") as connection:
            _expect_version(connection, kind, key, expected)
            connection.execute("INSERT OR REPLACE INTO record VALUES (?, ?, ?, ?)", (kind, key, text, expected + 1))
        return Record(kind, key, json.loads(text), expected + 1)

    def remove(self, kind: str, key: str, expected: int) -> None:
        """See `protocol.Store.remove`."""
        with self._transaction("IMMEDIATE") as connection:
            _expect_version(connection, kind, key, expected)
            connection.execute("DELETE FROM record WHERE kind = ? AND key = ?", (kind, key))

    # connections

    def close(self) -> None:
        """See `protocol.Store.close`."""
        with self._lock:
            self._closed = True
            idle, self._idle = self._idle, []
        for connection in idle:
            connection.close()

    def _connect(self) -> sqlite3.Connection:
        connection = sqlite3.connect(self.path, timeout=self._patience, isolation_level=None, check_same_thread=False)
        for setting in ("trusted_schema = OFF", "synchronous = FULL", "temp_store = MEMORY", "cache_size = -65536"):
            connection.execute(f"PRAGMA {setting}")
        connection.execute("PRAGMA journal_size_limit = 67108864")
        return connection

    @contextmanager
    def _transaction(self, mode: str = "DEFERRED") -> Iterator[sqlite3.Connection]:
        """A connection that no other thread uses, in a transaction that is kept whole or not at all."""
        with self._translating():
            with self._lock:
                if self._closed:
                    raise StoreClosed
                connection = self._idle.pop() if self._idle else None
            connection = connection or self._connect()
            try:
                connection.execute(f"BEGIN {mode}")
                yield connection
                connection.execute("COMMIT")
            finally:
                if connection.in_transaction:
                    connection.execute("ROLLBACK")
                with self._lock:
                    keep = not self._closed
                    if keep:
                        self._idle.append(connection)
                if not keep:
                    connection.close()

    @contextmanager
    def _translating(self) -> Iterator[None]:
        """Errors of SQLite as refusals that a user understands."""
        try:
            yield
        except sqlite3.Error as error:
            raise _refusal(error, self.path.name) from error
        except UnicodeEncodeError as error:
            why = Text("文字含有无效字符。", "a text holds characters that are not valid Unicode.")
            raise StoreFailed(
                self.path.name, why, Text("请更正后重试。", "Correct it, then try again."), "bad-text"
            ) from error


def _make_private(path: Path) -> None:
    try:
        os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600))
    except FileExistsError:
        pass
    except OSError as error:
        raise StoreFailed(path.name, *_REASONS["SQLITE_CANTOPEN"]) from error


def _refusal(error: sqlite3.Error, where: str) -> Refusal:
    name = getattr(error, "sqlite_errorname", "")
    if name.startswith(("SQLITE_BUSY", "SQLITE_LOCKED")):
        return StoreBusy()
    if name.startswith("SQLITE_NOTADB"):
        return NotOurStore(where, Text("不是 SQLite 文件。", "it is no SQLite file."))
    for prefix, (why, hint) in _REASONS.items():
        if name.startswith(prefix):
            return StoreFailed(where, why, hint)
    hint = Text("请检查磁盘与文件后重试。", "Check disk and file, then try again.")
    return StoreFailed(
        where, Text("存储出错（{name}）。", "storage failed ({name}).").format(name=name or type(error).__name__), hint
    )


def _prepare(connection: sqlite3.Connection, where: str) -> None:
    """Make the tables of a new file, fit those of an older one to today's schema, and refuse any other file untouched."""
    application = connection.execute("PRAGMA application_id").fetchone()[0]
    version = connection.execute("PRAGMA user_version").fetchone()[0]
    present = _objects(connection)
    if application != sql.APPLICATION and (application or version or present):
        raise NotOurStore(where, Text("它属于另一个程序。", "it belongs to another program."))
    if version > sql.FORMAT:
        raise NewerStore(where, f"format {version}")
    expected = sql.expected_objects()
    for name, made_by in present.items():
        if not made_by.startswith(("CREATE TABLE", "CREATE UNIQUE INDEX")) or (
            name in sql.HISTORY and made_by != expected[name]
        ):
            raise NotOurStore(
                where, Text("内部结构被改动（{name}）。", "its structure was altered ({name}).").format(name=name)
            )
        if name not in expected:
            raise NewerStore(where, name)
    if present == expected:
        return
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("BEGIN IMMEDIATE")
    try:
        connection.execute(f"PRAGMA application_id = {sql.APPLICATION}")
        connection.execute(f"PRAGMA user_version = {sql.FORMAT}")
        for name, statement in expected.items():
            found = _objects(connection).get(name)
            if found != statement:
                _renew(connection, name, statement, found, where)
        connection.execute("COMMIT")
    finally:
        if connection.in_transaction:
            connection.execute("ROLLBACK")


def _objects(connection: sqlite3.Connection) -> dict[str, str]:
    rows = connection.execute(r"SELECT name, sql FROM sqlite_master WHERE name NOT LIKE 'sqlite\_%' ESCAPE '\'")
    return {name: statement for name, statement in rows if statement}


def _renew(connection: sqlite3.Connection, name: str, statement: str, found: str | None, where: str) -> None:
    """Make one table or index as `statement` says, keeping the rows of the table that was `found`."""
    if found is not None and name in all_types():
        old = f"{name} old"
        columns = [row[1] for row in connection.execute(f"PRAGMA table_info({sql.quoted(name)})")]
        unknown = [column for column in columns if column not in sql.stored_schema(name)]
        if unknown:
            raise NewerStore(where, f"{name}.{unknown[0]}")
        connection.execute(f"ALTER TABLE {sql.quoted(name)} RENAME TO {sql.quoted(old)}")
        connection.execute(statement)
        try:
            connection.execute(sql.copy_sql(old, name, columns))
        except sqlite3.IntegrityError as error:
            raise NewerStore(where, f"values of {name}") from error
        connection.execute(f"DROP TABLE {sql.quoted(old)}")
    else:
        if found is not None:
            connection.execute(f"DROP INDEX {sql.quoted(name)}")
        connection.execute(statement)


def _head(connection: sqlite3.Connection) -> int:
    return int(connection.execute("SELECT ifnull(max(revision), 0) FROM log").fetchone()[0])


def _fetch(connection: sqlite3.Connection, name: str, rows: str, parameters: tuple[str, ...] = ()) -> pl.DataFrame:
    """The rows of a type that the statement `rows` selects.

    SQLite packs each column into one JSON array, which Polars reads in one go: faster than row by row through Python, and
    inside of the transaction. (A second SQLite library in the process, such as connectorx brings, would break the locks of
    this one, and committed rows are lost.)
    """
    parts = []
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
def _wanted(connection: sqlite3.Connection, keys: pl.DataFrame) -> Iterator[None]:
    """A table `temp.wanted` of these keys, for a join; it lives as long as the block."""
    connection.execute(f"CREATE TEMP TABLE wanted ({', '.join(map(sql.quoted, keys.columns))})")
    try:
        connection.executemany(sql.insert_sql("temp.wanted", keys.columns), keys.iter_rows())
        yield
    finally:
        connection.execute("DROP TABLE IF EXISTS temp.wanted")


def _fetch_at(connection: sqlite3.Connection, name: str, keys: pl.DataFrame) -> pl.DataFrame:
    """The rows of a type that have one of the keys. Cost: one look-up a key."""
    with _wanted(connection, sql.encoded(keys.select(key_columns(name)))):
        return _fetch(connection, name, sql.select_wanted_sql(name))


def _alter(connection: sqlite3.Connection, name: str, delta: Delta) -> None:
    """Replace the rows before an act by those after it, provided that they are as the act says."""
    if delta.before.height:
        check_before(name, _fetch_at(connection, name, delta.before), delta.before)
        keys = sql.encoded(delta.before.select(key_columns(name)))
        connection.executemany(sql.delete_sql(name), keys.iter_rows())
    if delta.after.height:
        connection.execute("SAVEPOINT added")
        try:
            _insert(connection, name, delta.after)
        except sqlite3.IntegrityError:
            connection.execute("ROLLBACK TO added")
            refuse_taken(name, _fetch_at(connection, name, delta.after))
            raise
        connection.execute("RELEASE added")


def _insert(connection: sqlite3.Connection, name: str, frame: pl.DataFrame) -> None:
    known = [column.name for column in frame if column.null_count() < frame.height]  # unknown is what SQLite fills in
    rows = sql.encoded(frame.sort(key_columns(name)).select(known))  # in the table's order, so that it grows at its end
    connection.executemany(sql.insert_sql(sql.quoted(name), known), rows.iter_rows(buffer_size=50_000))


def _check_ends(connection: sqlite3.Connection, changes: ChangeSet) -> None:
    """Refuse edges of the state that name no node: new ones, and those left at removed nodes."""
    for node_type, ids in needed_nodes(changes).items():
        with _wanted(connection, ids.to_frame()):
            missing = [row[0] for row in connection.execute(sql.missing_nodes_sql(node_type))]
        for name, edges in edges_at(changes, node_type, pl.Series(missing, dtype=pl.String)):
            raise DanglingEdges(name, edges)
    for node_type, ids in removed_nodes(changes).items():
        with _wanted(connection, ids.to_frame()):
            for name, end in ends_at(node_type):
                left = _fetch(connection, name, sql.edges_at_wanted_sql(name, end), (node_type,))
                if left.height:
                    raise DanglingEdges(name, left)


def _log(connection: sqlite3.Connection, revision: Revision, packed: list[payload.Packed]) -> None:
    columns = ("revision", "recorded_at", *(field.name for field in fields(Act)), "counts")
    act = (value.isoformat() if isinstance(value, dt.date) else value for value in astuple(revision.act))
    row = (revision.number, revision.recorded_at.isoformat(), *act, json.dumps(revision.counts))
    connection.execute(sql.insert_sql("log", columns), row)
    change = sql.insert_sql("change", ("revision", "type", "before", "after", "origin"))
    connection.executemany(change, ((revision.number, *one) for one in packed))


def _expect_version(connection: sqlite3.Connection, kind: str, key: str, expected: int) -> None:
    row = connection.execute("SELECT version FROM record WHERE kind = ? AND key = ?", (kind, key)).fetchone()
    if (row[0] if row else 0) != expected:
        raise RecordMoved(kind, key, expected, row[0] if row else 0)
