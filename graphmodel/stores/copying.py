"""How does everything go from one store to another? Present, log and records as they are, then both ends are compared."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import polars as pl

from graphmodel.changes import ChangeSet
from graphmodel.network import same
from graphmodel.stores.protocol import Record, Revision, Store
from graphmodel.stores.refusals import StoreFailed
from graphmodel.stores.telling import Progress, Told
from graphmodel.tables import key_columns
from graphmodel.text import Refusal, Text


@dataclass(frozen=True, slots=True)
class Copied:
    """What was copied and found equal at both ends: revisions, rows of the present, records."""

    revisions: int
    rows: int
    records: int


class StoreNotEmpty(Refusal):
    """The store to be filled holds something already; it was left as it is."""

    def __init__(self) -> None:
        message = Text("目标数据库不是空的，没有复制。", "The target store is not empty; nothing was copied.")
        hint = Text("请换一个空的数据库。", "Choose an empty one.")
        super().__init__(message, hint, code="store-not-empty")


class CopyDiffers(Refusal):
    """After a copy the two ends differ; `where` says in what."""

    def __init__(self, where: list[Text]) -> None:
        named = Text("；".join(one.zh for one in where), "; ".join(one.en for one in where))
        message = Text("复制后两端不一致：{where}。", "After the copy both ends differ: {where}.").format(where=named)
        hint = Text(
            "请不要使用该副本；请重新复制到空数据库。",
            "Do not use the copy; copy again into an empty store.",
        )
        super().__init__(message, hint, code="copy-differs")
        self.where = where


class CopyBroken(Refusal):
    """One of the stores failed during a copy; says which and how, and what that leaves in the target."""

    def __init__(self, failure: StoreFailed, left: Text, hint: Text) -> None:
        message = Text("{what}{left}", "{what} {left}").format(what=failure.message, left=left)
        hints = Text("{one}{other}", "{one} {other}").format(one=failure.hint, other=hint) if failure.hint else hint
        super().__init__(message, hints, failure.code)


_NOTHING_COPIED = (
    Text("复制没有完成，目标里没有写成任何内容。", "The copy was not finished; nothing of it stands in the target."),
    Text(
        "恢复后对同一目标重新运行，残留的部分会先自动清除。",
        "Once it is back, run the copy again into the same target: what was left over is cleared first.",
    ),
)
_NOT_COMPARED = (
    Text("内容已全部复制，但没有比较完。", "Everything was copied, but not compared to the end."),
    Text(
        "请用 partygraph --store 副本 verify 核对，或另行复制到空数据库。",
        "Check the copy with partygraph --store COPY verify, or copy into another empty store.",
    ),
)


@contextmanager
def _telling(left: Text, hint: Text) -> Iterator[None]:
    """Failures of a store inside the block say what they leave in the target."""
    try:
        yield
    except StoreFailed as failure:
        if failure.code == "store-outcome-unknown":  # which says itself what to do
            raise
        raise CopyBroken(failure, left, hint) from failure


def copy(source: Store, target: Store, progress: Progress | None = None) -> Copied:
    """Copy everything of one store, as of one moment, into an empty one and compare both ends.

    What is written to the source meanwhile is not copied: it goes on, and the copy is whole as of the moment it began.
    `progress` is told of rows of the present written, and of acts read and then compared, as one count.
    Cost: linear in rows and log; the log of a large store is read twice from either end.
    Errors: `StoreNotEmpty`, before anything is written; `CopyBroken` where a store fails; `CopyDiffers`; others of the stores.
    """
    if target.head or target.records():
        raise StoreNotEmpty
    with _telling(*_NOTHING_COPIED):
        head, records = _moment(source)
        network, log = source.read(head), source.revisions()[:head]
    tables = network.tables()
    told = Told(2 * len(log) + sum(frame.height for frame in tables.values()), progress)

    def acts() -> Iterator[tuple[Revision, ChangeSet]]:
        for revision in log:
            yield revision, source.changes(revision.number)
            told(1)

    before = 0

    def rows(done: int, _: int) -> None:
        nonlocal before
        told(done - before)
        before = done

    with _telling(*_NOTHING_COPIED):
        target.restore(tables, acts(), records, rows)
    with _telling(*_NOT_COMPARED):
        found = list(_differences(source, target, head, records, told))
    if found:
        raise CopyDiffers(found)
    return Copied(len(log), sum(frame.height for frame in tables.values()), len(records))


def _moment(source: Store) -> tuple[int, list[Record]]:
    """The newest revision and all records, none of which speaks of a later one."""
    while True:
        head, records = source.head, source.records()
        if source.head == head:
            return head, records


def _differences(source: Store, target: Store, head: int, records: list[Record], told: Told) -> Iterator[Text]:
    """In what the target differs from the source as of the moment that was copied."""
    one, other = source.revisions()[:head], target.revisions()
    if one != other:
        yield Text(f"改动记录（{len(one)} 与 {len(other)} 版）", f"the log ({len(one)} and {len(other)} revisions)")
    for revision in one[: len(other)]:
        if not _same_act(source.changes(revision.number), target.changes(revision.number)):
            yield Text(f"第 {revision.number} 版的内容", f"what revision {revision.number} altered")
        told(1)
    if not same(source.read(head), target.read()):
        yield Text("现状", "the present")
    if records != target.records():
        yield Text("记录（个案、方案、用户等）", "records (cases, plans, users …)")


def _same_act(one: ChangeSet, other: ChangeSet) -> bool:
    here, there = one.deltas, other.deltas
    return (
        here.keys() == there.keys()
        and all(_same_rows(name, here[name].before, there[name].before) for name in here)
        and all(_same_rows(name, here[name].after, there[name].after) for name in here)
        and one.origins.keys() == other.origins.keys()
        and all(one.origins[name].equals(other.origins[name]) for name in one.origins)
    )


def _same_rows(name: str, one: pl.DataFrame, other: pl.DataFrame) -> bool:
    key = key_columns(name)
    return one.sort(key, nulls_last=True).equals(other.sort(key, nulls_last=True))
