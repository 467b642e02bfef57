"""What is a store before anything is in it? An empty one, whose file is made with the first write and not before.

So whoever only looks leaves nothing behind, and nobody has to take away a file that others may have opened meanwhile.
"""

from __future__ import annotations

import threading
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from graphmodel.changes import ChangeSet
from graphmodel.network import Network, Stamp
from graphmodel.stores.guard import check_rows
from graphmodel.stores.opening import open_store
from graphmodel.stores.protocol import Act, NoSuchRevision, Record, RecordMoved, Revision, RevisionMoved, Store
from graphmodel.stores.sqlite import EMPTY_AS_OF
from graphmodel.stores.telling import Progress
from graphmodel.tables import Tables


class UnmadeStore:
    """The store of a file at `path` that need not be there yet, nor its folder; see `protocol.Store`.

    Once the file is there, made by a write of this or by another process, it is that store. Errors besides, where it is made:
    those of opening a store. Threads may share one.
    """

    def __init__(self, path: Path) -> None:
        self._path, self._lock = path, threading.Lock()
        self._store: Store | None = None

    def _found(self) -> Store | None:
        with self._lock:
            if self._store is None and self._path.is_file():
                self._store = open_store(self._path)
            return self._store

    def _made(self) -> Store:
        self._path.parent.mkdir(parents=True, exist_ok=True)
        with self._lock:
            if self._store is None:
                self._store = open_store(self._path)
            return self._store

    @property
    def head(self) -> int:
        """See `protocol.Store.head`."""
        store = self._found()
        return 0 if store is None else store.head

    def revisions(self) -> list[Revision]:
        """See `protocol.Store.revisions`."""
        store = self._found()
        return [] if store is None else store.revisions()

    def read(self, revision: int | None = None) -> Network:
        """See `protocol.Store.read`."""
        store = self._found()
        if store is not None:
            return store.read(revision)
        if revision:
            raise NoSuchRevision(revision, 0)
        return Network.from_tables({}, Stamp(0, EMPTY_AS_OF))

    def changes(self, revision: int) -> ChangeSet:
        """See `protocol.Store.changes`."""
        store = self._found()
        if store is None:
            raise NoSuchRevision(revision, 0)
        return store.changes(revision)

    def apply(self, changes: ChangeSet, act: Act, expected: int, progress: Progress | None = None) -> Revision:
        """See `protocol.Store.apply`."""
        store = self._found()
        if store is None:
            if expected:
                raise RevisionMoved(expected, 0)
            check_rows(changes, act)  # what is refused leaves no file
            store = self._made()
        return store.apply(changes, act, expected, progress)

    def restore(
        self,
        tables: Tables,
        acts: Iterable[tuple[Revision, ChangeSet]],
        records: Iterable[Record],
        progress: Progress | None = None,
    ) -> None:
        """See `protocol.Store.restore`."""
        self._made().restore(tables, acts, records, progress)

    def get(self, kind: str, key: str) -> Record | None:
        """See `protocol.Store.get`."""
        store = self._found()
        return None if store is None else store.get(kind, key)

    def records(self, kind: str | None = None) -> list[Record]:
        """See `protocol.Store.records`."""
        store = self._found()
        return [] if store is None else store.records(kind)

    def put(self, kind: str, key: str, value: Any, expected: int) -> Record:
        """See `protocol.Store.put`."""
        if expected and self._found() is None:
            raise RecordMoved(kind, key, expected, 0)
        return self._made().put(kind, key, value, expected)

    def remove(self, kind: str, key: str, expected: int) -> None:
        """See `protocol.Store.remove`."""
        store = self._found()
        if store is None:
            raise RecordMoved(kind, key, expected, 0)
        store.remove(kind, key, expected)

    def close(self) -> None:
        """See `protocol.Store.close`."""
        if self._store is not None:
            self._store.close()
