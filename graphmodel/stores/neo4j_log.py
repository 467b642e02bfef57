"""How are acts and records kept in Neo4j? Nodes of their own, told to a transaction by `run`; no driver is known here."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterator
from itertools import groupby
from typing import Any

from graphmodel.network import Stamp
from graphmodel.stores import neo4j_cypher as cypher
from graphmodel.stores import payload
from graphmodel.stores.neo4j_rows import Run
from graphmodel.stores.protocol import Act, Record, RecordMoved, Revision, RevisionMoved
from graphmodel.stores.refusals import StoreBusy

EMPTY_AS_OF = dt.date(1970, 1, 1)
PART = 4 << 20  # bytes of a payload that one node holds
SIDES = ("before", "after", "origin")
Part = dict[str, Any]


def published(run: Run) -> tuple[int, bool]:
    """The newest revision, and whether a load is under way."""
    head, loading = run(cypher.PUBLISHED)[0]
    return head, loading is not None


def locked(run: Run) -> tuple[int, bool]:
    """The same, with the store's lock held until the transaction ends."""
    run(cypher.LOCK)
    return published(run)


def expect_head(run: Run, expected: int) -> None:
    """Lock the store and refuse where its newest revision is another than expected, or a load is under way."""
    head, loading = locked(run)
    if head != expected:
        raise RevisionMoved(expected, head)
    if loading:
        raise StoreBusy


def parts(number: int, packed: list[payload.Packed]) -> Iterator[Part]:
    """The payload of an act in parts, as parameters of `cypher.ADD_PART`."""
    for place, (name, *sides) in enumerate(packed):
        for side, data in zip(SIDES, sides, strict=True):
            for part, start in enumerate(range(0, len(data or b""), PART)):
                piece = (data or b"")[start : start + PART]
                yield {"revision": number, "place": place, "type": name, "side": side, "part": part, "data": piece}


def packed(run: Run, number: int) -> list[payload.Packed]:
    """The payload of an act, put together again."""
    found = []
    for name, rows in groupby(run(cypher.PARTS, revision=number), key=lambda row: str(row[0])):
        sides: dict[str, bytes] = {}
        for _, side, data in rows:
            sides[side] = sides.get(side, b"") + bytes(data)
        found.append((name, sides.get("before"), sides.get("after"), sides.get("origin")))
    return found


def add_act(run: Run, revision: Revision, packed: list[payload.Packed]) -> None:
    """Write an act into the log."""
    for part in parts(revision.number, packed):
        run(cypher.ADD_PART, **part)
    add_revision(run, revision)


def add_revision(run: Run, revision: Revision) -> None:
    """Write an act's entry of the log, without its payload."""
    act = revision.act
    entry = {
        "number": revision.number,
        "recorded_at": revision.recorded_at.isoformat(),
        "kind": act.kind,
        "actor": act.actor,
        "source": act.source,
        "as_of": act.as_of.isoformat(),
        "note": act.note,
        "undoes": act.undoes,
        "counts": json.dumps(revision.counts),
    }
    run(cypher.ADD_REVISION, revision=entry)


def stamp(run: Run, revision: int) -> Stamp:
    """Revision and as-of day of a picture."""
    acts = revisions(run, revision, first=revision)
    return Stamp(revision, acts[0].act.as_of if acts else EMPTY_AS_OF)


def revisions(run: Run, last: int, first: int = 1) -> list[Revision]:
    """The acts from one revision to another, oldest first."""
    return [_revision(entry) for (entry,) in run(cypher.REVISIONS, first=first, last=last)]


def _revision(entry: dict[str, Any]) -> Revision:
    as_of = dt.date.fromisoformat(entry["as_of"])
    act = Act(entry["kind"], entry["actor"], entry["source"], as_of, entry["note"], entry.get("undoes"))
    counts = {
        name: (added, removed, changed) for name, (added, removed, changed) in json.loads(entry["counts"]).items()
    }
    return Revision(entry["number"], dt.datetime.fromisoformat(entry["recorded_at"]), act, counts)


def record(run: Run, kind: str, key: str) -> Record | None:
    """One record."""
    found = run(cypher.RECORD_AT, kind=kind, key=key)
    return Record(kind, key, json.loads(found[0][0]), found[0][1]) if found else None


def records(run: Run, kind: str | None) -> list[Record]:
    """The records of a kind, of every kind for None, ordered by kind and key."""
    rows = run(cypher.RECORDS) if kind is None else run(cypher.RECORDS_OF, kind=kind)
    found = [Record(kind, key, json.loads(value), version) for kind, key, value, version in rows]
    return sorted(found, key=lambda r: (r.kind.encode(), r.key.encode()))


def expect_version(run: Run, kind: str, key: str, expected: int) -> None:
    """Lock a record and refuse where it has another version than expected, 0 being none at all."""
    run(cypher.LOCK_RECORD, kind=kind, key=key)  # the lock first, then a statement that reads what it guards
    found = record(run, kind, key)
    actual = found.version if found else 0
    if actual != expected:
        raise RecordMoved(kind, key, expected, actual)


def add_record(run: Run, record: Record) -> None:
    """Write a record that is not there yet."""
    run(cypher.ADD_RECORD, kind=record.kind, key=record.key, value=json.dumps(record.value), version=record.version)


def set_record(run: Run, record: Record) -> None:
    """Write a new version of a record."""
    run(cypher.SET_RECORD, kind=record.kind, key=record.key, value=json.dumps(record.value), version=record.version)
