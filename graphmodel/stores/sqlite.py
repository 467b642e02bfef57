"""How is a network kept in one file? The embedded default store, on SQLite.

The present stands in one table per type, the past in the log of reversible ChangeSets; both change in one transaction, so
that a process killed at any moment leaves the last whole revision. Several processes may read and write at once.

Nothing else in the process may open the file, not even to copy it: SQLite's locks belong to the process, and whoever closes
the file drops them. A second SQLite library even deletes the log of writes, and committed rows are lost.
"""

from __future__ import annotations

import datetime as dt
import json
import os
import sqlite3
import threading
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, ClassVar

import polars as pl

from graphmodel.changes import ChangeSet, Delta
from graphmodel.network import Network, Stamp
from graphmodel.stores import payload, sqlite_file
from graphmodel.stores import sqlite_rows as rows
from graphmodel.stores import sqlite_tables as sql
from graphmodel.stores.guard import check_rows
from graphmodel.stores.protocol import Act, NoSuchRevision, Record, Revision, RevisionMoved
from graphmodel.stores.refusals import NotOurStore, StoreBusy, StoreClosed, StoreFailed
from graphmodel.stores.telling import Progress, Told, rows_of
from graphmodel.tables import Tables, all_types, empty_frame
from graphmodel.text import Refusal, Text

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
                sqlite_file.prepare(connection, self.path.name)
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
            return rows.head(connection)

    def revisions(self) -> list[Revision]:
        """See `protocol.Store.revisions`."""
        with self._transaction() as connection:
            found = connection.execute(
                "SELECT revision, recorded_at, kind, actor, source, as_of, note, undoes, counts FROM log ORDER BY revision"
            ).fetchall()
        return [
            Revision(
                number,
                dt.datetime.fromisoformat(recorded_at),
                Act(kind, actor, source, dt.date.fromisoformat(as_of), note, undoes),
                {name: (added, removed, changed) for name, (added, removed, changed) in json.loads(counts).items()},
            )
            for number, recorded_at, kind, actor, source, as_of, note, undoes, counts in found
        ]

    def read(self, revision: int | None = None) -> Network:
        """See `protocol.Store.read`. Cost: the present, then the acts since `revision` reversed in one pass."""
        with self._transaction() as connection:  # one snapshot, whoever writes meanwhile
            head = rows.head(connection)
            wanted = head if revision is None else revision
            if not 0 <= wanted <= head:
                raise NoSuchRevision(wanted, head)
            row = connection.execute("SELECT as_of FROM log WHERE revision = ?", (wanted,)).fetchone()
            stamp = Stamp(wanted, dt.date.fromisoformat(row[0]) if row else EMPTY_AS_OF)
            if wanted == head:
                network = Network.from_tables(_Present(connection), stamp)
                connection.execute("PRAGMA shrink_memory")  # 64 MB of pages that nobody reads again
                return network
            tables = dict(_Present(connection))
        later = [self.changes(number) for number in range(wanted + 1, head + 1)]
        return Network.from_tables(payload.rewound(tables, later), stamp)

    def changes(self, revision: int) -> ChangeSet:
        """See `protocol.Store.changes`."""
        with self._transaction() as connection:
            head = rows.head(connection)
            if not 1 <= revision <= head:
                raise NoSuchRevision(revision, head)
            packed = connection.execute(
                "SELECT type, before, after, origin FROM change WHERE revision = ? ORDER BY rowid", (revision,)
            ).fetchall()
        return payload.unpack_changes(packed)

    # writing

    def apply(self, changes: ChangeSet, act: Act, expected: int, progress: Progress | None = None) -> Revision:
        """See `protocol.Store.apply`. Errors besides: `UnfitRows` where rows break the schema; `PersonalData`."""
        check_rows(changes, act)
        packed = payload.pack_changes(changes)
        counts = {name: (added, removed, changed) for name, added, removed, changed in changes.counts().iter_rows()}
        told = Told(rows_of(changes), progress)
        with self._transaction("IMMEDIATE") as connection:
            head = rows.head(connection)
            if head != expected:
                raise RevisionMoved(expected, head)
            for name, delta in changes.deltas.items():
                rows.alter(connection, name, delta)
                told(delta.before.height + delta.after.height)
            rows.check_ends(connection, changes)
            rows.check_singles(connection, changes)
            revision = Revision(head + 1, dt.datetime.now(dt.UTC), act, counts)
            rows.log(connection, revision, packed)
        return revision

    def restore(
        self,
        tables: Tables,
        acts: Iterable[tuple[Revision, ChangeSet]],
        records: Iterable[Record],
        progress: Progress | None = None,
    ) -> None:
        """See `protocol.Store.restore`."""
        told = Told(sum(frame.height for frame in tables.values()), progress)
        with self._transaction("IMMEDIATE") as connection:
            if head := rows.head(connection):
                raise RevisionMoved(0, head)
            for name, frame in tables.items():
                rows.alter(connection, name, Delta(empty_frame(name), frame))
                told(frame.height)
            for revision, changes in acts:
                rows.log(connection, revision, payload.pack_changes(changes))
            values = ((r.kind, r.key, json.dumps(r.value), r.version) for r in records)
            connection.executemany("INSERT INTO record VALUES (?, ?, ?, ?)", values)

    # records

    def get(self, kind: str, key: str) -> Record | None:
        """See `protocol.Store.get`."""
        with self._transaction() as connection:
            row = connection.execute(
                "SELECT value, version FROM record WHERE kind = ? AND key = ?", (kind, key)
            ).fetchone()
        return Record(kind, key, json.loads(row[0]), row[1]) if row else None

    def records(self, kind: str | None = None) -> list[Record]:
        """See `protocol.Store.records`."""
        wanted, given = ("", ()) if kind is None else ("WHERE kind = ?", (kind,))
        with self._transaction() as connection:
            statement = f"SELECT kind, key, value, version FROM record {wanted} ORDER BY kind, key"  # noqa: S608 - no user's text
            found = connection.execute(statement, given).fetchall()
        return [Record(kind, key, json.loads(value), version) for kind, key, value, version in found]

    def put(self, kind: str, key: str, value: Any, expected: int) -> Record:
        """See `protocol.Store.put`."""
        text = json.dumps(value, allow_nan=False)
        with self._transaction("IMMEDIATE") as connection:
            rows.expect_version(connection, kind, key, expected)
            connection.execute("INSERT OR REPLACE INTO record VALUES (?, ?, ?, ?)", (kind, key, text, expected + 1))
        return Record(kind, key, json.loads(text), expected + 1)

    def remove(self, kind: str, key: str, expected: int) -> None:
        """See `protocol.Store.remove`."""
        with self._transaction("IMMEDIATE") as connection:
            rows.expect_version(connection, kind, key, expected)
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


class _Present(Mapping[str, pl.DataFrame]):
    """The rows of every type, each read when it is asked for: relations as the file has them are several times a network."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def __getitem__(self, name: str) -> pl.DataFrame:
        return rows.fetch(self._connection, name, sql.select_sql(name))

    def __iter__(self) -> Iterator[str]:
        return iter(all_types())

    def __len__(self) -> int:
        return len(all_types())


def _make_private(path: Path) -> None:
    try:
        os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600))
    except FileExistsError:
        pass
    except (OSError, ValueError) as error:  # a name may hold what no file name can
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
