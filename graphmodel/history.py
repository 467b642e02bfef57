"""How do revisions relate? Undo, difference and replay, the same over every store."""

from __future__ import annotations

import datetime as dt
from functools import reduce

from graphmodel.changes import ChangeSet
from graphmodel.network import Network, Stamp, same
from graphmodel.stores.protocol import Act, NoSuchRevision, Revision, Store


def undo(store: Store, revision: int, actor: str, note: str = "") -> Revision:
    """Reverse one act by a new one; allowed where nothing later touched its rows (DESIGN, settled point 6).

    Errors: `Conflict` where a later act did, naming the rows; `NoSuchRevision`.
    """
    done = next((r for r in store.revisions() if r.number == revision), None)
    if done is None:
        raise NoSuchRevision(revision, store.head)
    head = store.head
    act = Act("undo", actor, done.act.source, done.act.as_of, note, undoes=revision)
    return store.apply(store.changes(revision).inverse(), act, head)


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
