"""How does everything go from one store to another? Present, log and records as they are, then both ends are compared."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import polars as pl

from graphmodel.changes import ChangeSet
from graphmodel.network import same
from graphmodel.stores.protocol import Revision, Store
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
            "若其间有人写入来源，请重新复制到空数据库；否则请不要使用该副本。",
            "If somebody wrote to the source meanwhile, copy again into an empty store; else do not use the copy.",
        )
        super().__init__(message, hint, code="copy-differs")
        self.where = where


def copy(source: Store, target: Store, progress: Progress | None = None) -> Copied:
    """Copy everything of one store into an empty one and compare both ends.

    `progress` is told of rows of the present written, and of acts read and then compared, as one count.
    Cost: linear in rows and log; the log of a large store is read twice from either end.
    Errors: `StoreNotEmpty`, before anything is written; `CopyDiffers`; those of the stores.
    """
    if target.head or target.records():
        raise StoreNotEmpty
    network = source.read()
    log, records = source.revisions()[: network.stamp.revision], source.records()
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

    target.restore(tables, acts(), records, rows)
    if found := list(_differences(source, target, told)):
        raise CopyDiffers(found)
    return Copied(len(log), sum(frame.height for frame in tables.values()), len(records))


def _differences(source: Store, target: Store, told: Told) -> Iterator[Text]:
    one, other = source.revisions(), target.revisions()
    if one != other:
        yield Text(f"改动记录（{len(one)} 与 {len(other)} 版）", f"the log ({len(one)} and {len(other)} revisions)")
    for revision in one[: len(other)]:
        if not _same_act(source.changes(revision.number), target.changes(revision.number)):
            yield Text(f"第 {revision.number} 版的内容", f"what revision {revision.number} altered")
        told(1)
    if not same(source.read(), target.read()):
        yield Text("现状", "the present")
    if source.records() != target.records():
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
