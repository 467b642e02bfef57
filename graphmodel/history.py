"""How do revisions relate? Undo, difference and replay, the same over every store."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import replace
from functools import reduce

import polars as pl

from graphmodel.changes import ChangeSet, Conflict
from graphmodel.network import DanglingEdges, Network, Stamp, same
from graphmodel.schema import NODE_TYPES
from graphmodel.stores.protocol import Act, Revision, RevisionMoved, Store
from graphmodel.tables import key_columns, type_named
from graphmodel.text import Text


def undo(store: Store, revision: int, actor: str, note: str = "", *, expected: int | None = None) -> Revision:
    """Reverse one act by a new one; allowed where nothing later touched its rows (DESIGN, settled point 6).

    The data then speak of the day of the newest act that still stands.
    Errors: `Conflict` where a later act touched its rows, naming that act; `NoSuchRevision`; `RevisionMoved` where
    `expected` is not the newest. Cost: the acts since.
    """
    revisions, changes = store.revisions(), store.changes(revision)
    head = revisions[-1].number
    if expected not in (None, head):
        raise RevisionMoved(expected, head)
    for later in reversed(standing(revisions[revision:])):
        _refuse_touched(changes, store.changes(later.number), later.number)
    act = Act("undo", actor, revisions[revision - 1].act.source, revisions[0].act.as_of, note, undoes=revision)
    if left := standing([*revisions, replace(revisions[-1], number=head + 1, act=act)]):
        act = replace(act, as_of=left[-1].act.as_of)
    return store.apply(changes.inverse(), act, head)


def standing(revisions: list[Revision]) -> list[Revision]:
    """Those that no other of them undoes, and that undo none of them: together the rest altered nothing."""
    numbers, undone = {r.number for r in revisions}, set[int]()
    for revision in reversed(revisions):
        if revision.number not in undone and revision.act.undoes in numbers:
            undone |= {revision.number, revision.act.undoes}
    return [r for r in revisions if r.number not in undone]


def _refuse_touched(changes: ChangeSet, later: ChangeSet, number: int) -> None:
    for name in (n for n in changes.deltas if n in later.deltas):
        key = list(key_columns(name))
        mine, theirs = (
            pl.concat([delta.before.select(key), delta.after.select(key)])
            for delta in (changes.deltas[name], later.deltas[name])
        )
        touched = mine.unique().join(theirs, on=key, how="semi", nulls_equal=True)
        if touched.height:
            first = _called(name, touched.sort(key, nulls_last=True).head(1), (later, changes))
            message = Text(
                "第 {number} 版后来又动过{name}“{first}”等 {n} 行。",
                "Revision {number} touched {n} of its rows of {name} since, '{first}' among them.",
            ).format(number=number, name=type_named(name).title, first=first, n=touched.height)
            hint = Text(
                "请先撤销第 {number} 版（partygraph undo {number}）。",
                "Undo revision {number} first (partygraph undo {number}).",
            )
            raise Conflict(message, touched, hint.format(number=number))


def _called(kind: str, row: pl.DataFrame, acts: Sequence[ChangeSet]) -> str:
    """What the node, or the ends of the relation, of a key are called: by name where one of these acts has it, else by id."""
    ends = [("id", kind)] if kind in NODE_TYPES else [(end, row.item(0, f"{end}_type")) for end in ("source", "target")]
    called = []
    for end, type_ in ends:
        id_ = str(row.item(0, end))
        frames = [
            frame.filter(pl.col("id") == id_)["name"].drop_nulls()
            for act in acts
            if (delta := act.deltas.get(type_)) is not None
            for frame in (delta.after, delta.before)
        ]
        called.append(next((str(names[0]) for names in frames if len(names)), id_))
    return " → ".join(called)


def network_at(store: Store, known: Network | None, revision: int | None = None) -> Network:
    """The store's network at a revision, the newest by default: `known`, one of another, led there by the acts between.

    What the acts do not touch stays shared with `known`. Read whole where none is known, where many acts lie between, or where
    they do not fit. A store that was replaced by another is not known as such while its acts fit. Cost: the rows of the types
    that the acts touch, else the present. Errors: `NoSuchRevision`.
    """
    log = store.revisions()
    wanted = len(log) if revision is None else revision
    if known is None or not (0 < wanted <= len(log) and 0 < known.stamp.revision <= len(log)):
        return store.read(revision)
    start = known.stamp.revision
    if abs(wanted - start) > _FEW:
        return store.read(revision)
    back = wanted < start
    try:
        for number in range(start, wanted, -1) if back else range(start + 1, wanted + 1):
            changes, after = store.changes(number), number - back
            stamp = Stamp(after, log[after - 1].act.as_of)
            known = known.apply(changes.inverse() if back else changes, stamp)
    except (Conflict, DanglingEdges):
        return store.read(revision)
    return known


_FEW = 16  # acts after which reading everything is as cheap


def difference(store: Store, old: int, new: int) -> ChangeSet:
    """What turns revision `old` into `new`, whichever is the later. Cost: the acts in between."""
    if old > new:
        return difference(store, new, old).inverse()
    acts = (store.changes(number) for number in range(old + 1, new + 1))
    return reduce(ChangeSet.then, acts, ChangeSet({}))


def replay(store: Store, revision: int | None = None) -> Network:
    """The network made anew from the log alone, from the empty one on."""
    upto = store.head if revision is None else revision
    whole = difference(store, 0, upto)
    as_of = store.revisions()[upto - 1].act.as_of if upto else dt.date(1970, 1, 1)
    return Network.from_tables(whole.apply_to({}), Stamp(upto, as_of))


def verified(store: Store) -> bool:
    """Whether the log replayed gives the state that the store holds."""
    return same(replay(store), store.read())
