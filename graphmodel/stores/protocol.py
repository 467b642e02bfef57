"""What does every store promise? One protocol; `tests/stores/contract.py` is its suite."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Literal, Protocol

from graphmodel.changes import ChangeSet
from graphmodel.network import Network
from graphmodel.stores.telling import Progress
from graphmodel.tables import Tables
from graphmodel.text import Refusal, Text

ActKind = Literal["import", "edit", "plan", "confirm", "undo"]


@dataclass(frozen=True, slots=True)
class Act:
    """Who does what and why: what the log keeps beside the ChangeSet.

    `actor` is a unit's account, never a person; `source` who asserts the rows (a ledger, a plan, a hand edit);
    `as_of` the day of which the data speaks, kept apart from the time it is recorded; `undoes` the revision undone.
    """

    kind: ActKind
    actor: str
    source: str
    as_of: dt.date
    note: str = ""
    undoes: int | None = None


@dataclass(frozen=True, slots=True)
class Revision:
    """One act of the log: its number (1, 2, …; 0 is the empty network), its time (UTC), and rows touched by type.

    `counts` maps a type's name to (added, removed, changed).
    """

    number: int
    recorded_at: dt.datetime
    act: Act
    counts: Mapping[str, tuple[int, int, int]]


@dataclass(frozen=True, slots=True)
class Record:
    """A small JSON document beside the network: a case, a plan's decision, a user, a job. `version` counts writes."""

    kind: str
    key: str
    value: Any
    version: int


class RevisionMoved(Refusal):
    """Somebody else wrote since the expected revision; nothing was written."""

    def __init__(self, expected: int, actual: int) -> None:
        message = Text(
            "数据已更新到第 {actual} 版，而操作基于第 {expected} 版。",
            "The data is at revision {actual}; the act expects {expected}.",
        )
        hint = Text("请查看变化后重试。", "Look at what changed, then repeat the act.")
        super().__init__(message.format(expected=expected, actual=actual), hint, code="revision-moved")
        self.expected, self.actual = expected, actual


class RecordMoved(Refusal):
    """A record has another version than expected; nothing was written."""

    def __init__(self, kind: str, key: str, expected: int, actual: int) -> None:
        message = Text(
            "记录 {kind}/{key} 为第 {actual} 次修改，而操作基于第 {expected} 次。",
            "Record {kind}/{key} has version {actual}; the act expects {expected}.",
        )
        hint = Text("请重新读取后再试。", "Read it again, then repeat the act.")
        super().__init__(
            message.format(kind=kind, key=key, expected=expected, actual=actual), hint, code="record-moved"
        )
        self.expected, self.actual = expected, actual


class NoSuchRevision(Refusal):
    """The store holds no such revision."""

    def __init__(self, wanted: int, head: int) -> None:
        message = Text(
            "没有第 {wanted} 版；最新为第 {head} 版。", "There is no revision {wanted}; the newest is {head}."
        )
        super().__init__(message.format(wanted=wanted, head=head), code="no-such-revision")


class Store(Protocol):
    """Where networks and their history are kept. Every method sees only whole revisions."""

    @property
    def head(self) -> int:
        """The newest revision's number; 0 in an empty store."""

    def revisions(self) -> list[Revision]:
        """The log, oldest first."""

    def read(self, revision: int | None = None) -> Network:
        """The network at a revision, the newest by default. Errors: `NoSuchRevision`."""

    def changes(self, revision: int) -> ChangeSet:
        """What the act of that revision altered. Errors: `NoSuchRevision`."""

    def apply(self, changes: ChangeSet, act: Act, expected: int, progress: Progress | None = None) -> Revision:
        """Write an act, whole or not at all; gives its revision, `expected + 1`; `progress` is told of rows written.

        Errors: `RevisionMoved` where the newest revision is not `expected`; `Conflict` where rows are not as the
        ChangeSet says; `DanglingEdges` where an edge would name no node.
        """

    def restore(
        self,
        tables: Tables,
        acts: Iterable[tuple[Revision, ChangeSet]],
        records: Iterable[Record],
        progress: Progress | None = None,
    ) -> None:
        """Fill an empty store with what another one holds: present, log and records, whole or not at all.

        `tables` are taken to be what `acts`, oldest first, lead to; `progress` is told of their rows written.
        Errors: `RevisionMoved` where it is not empty.
        """

    def get(self, kind: str, key: str) -> Record | None:
        """A record, or None."""

    def records(self, kind: str | None = None) -> list[Record]:
        """All records of a kind, or of every kind, ordered by kind and key."""

    def put(self, kind: str, key: str, value: Any, expected: int) -> Record:
        """Write a record by compare-and-set; `expected` is the version replaced, 0 for a new one. Errors: `RecordMoved`."""

    def remove(self, kind: str, key: str, expected: int) -> None:
        """Delete a record by compare-and-set. Errors: `RecordMoved`."""

    def close(self) -> None:
        """Let go of files and connections; further calls fail."""
