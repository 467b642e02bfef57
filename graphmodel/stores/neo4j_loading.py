"""How does more than one transaction holds get into Neo4j, and never half? Batch by batch, published by the last one.

Only an empty network is loaded, so whoever reads meanwhile is shown an empty one. A load lives as long as a connection of
its process holds the lock of its node: the server frees it when the process dies, and what is left is then removed.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, suppress
from typing import Protocol, TypeVar

import polars as pl

from graphmodel.schema import EDGE_TYPES, NODE_TYPES
from graphmodel.stores import neo4j_cypher as cypher
from graphmodel.stores import neo4j_log as log
from graphmodel.stores.neo4j_failures import too_large
from graphmodel.stores.neo4j_rows import BATCH, Places, Run, insert_edges, insert_nodes
from graphmodel.stores.payload import Packed
from graphmodel.stores.protocol import Record, Revision
from graphmodel.stores.refusals import StoreBusy
from graphmodel.stores.telling import Told
from graphmodel.tables import Tables
from graphmodel.text import Refusal

T = TypeVar("T")
PackedAct = tuple[Revision, list[Packed]]
Group = Sequence[tuple[str, pl.DataFrame]]
"""Rows of some types that go into one transaction."""
IN_ONE = 200_000  # rows of one transaction; a million nodes in one exhaust a heap of 6 GB
IN_STEP = 5 * BATCH  # rows of one transaction of a load
BYTES_IN_STEP = 8 * log.PART  # of the log
LOCK_WAIT_S = 2.0  # how long to wait for the lock that a living load holds


class Server(Protocol):
    """Where statements are sent; `where` names it."""

    @property
    def where(self) -> str:
        """The address as users are shown it."""

    def transaction(self, work: Callable[[Run], T], timeout: float | None = None) -> T:
        """What `work` gives, in a transaction of its own."""

    def holding(self, work: Callable[[Run], None]) -> AbstractContextManager[None]:
        """A transaction that does `work`, stays open inside the block and is undone after it."""


def load(
    server: Server,
    tables: Tables,
    acts: Sequence[PackedAct],
    records: Sequence[Record],
    expected: int,
    told: Told,
) -> None:
    """Write tables, log and records into an empty network and publish them together; whatever fails leaves nothing.

    Errors: `RevisionMoved`; `StoreFailed` where there is data; `DanglingEdges`; `StoreBusy`.
    """
    clear_broken_load(server)
    loading = _Load(server, told)
    server.transaction(lambda run: loading.begin(run, expected))
    try:
        with server.holding(_alive(loading.token)):
            loading.fill(tables)
            for some in _together(part for revision, packed in acts for part in log.parts(revision.number, packed)):
                loading.step(lambda run, some=some: [run(cypher.ADD_PART, **part) for part in some])  # type: ignore[misc]
        revisions = [revision for revision, _ in acts]
        loading.step(lambda run: loading.publish(run, expected, revisions, records))
    except BaseException:
        with suppress(Refusal):  # where the server is away, the next opening does it
            clear_broken_load(server)
        raise


class _Load:
    """One load under way, known by its token."""

    def __init__(self, server: Server, told: Told) -> None:
        self.token, self._server, self._told = uuid.uuid4().hex, server, told

    def begin(self, run: Run, expected: int) -> None:
        log.expect_head(run, expected)
        if not run(cypher.IS_EMPTY)[0][0]:
            raise too_large(self._server.where, self._told.total, IN_ONE)
        run(cypher.BEGIN_LOADING, token=self.token)

    def step(self, work: Callable[[Run], T], /) -> T:
        """What `work` gives in one transaction of the load, provided that nobody took it for a broken one."""

        def guarded(run: Run) -> T:
            if not run(cypher.IS_LOADING, token=self.token)[0][0]:
                raise StoreBusy
            return work(run)

        return self._server.transaction(guarded)

    def fill(self, tables: Tables) -> None:
        """Write the tables. Errors: `DanglingEdges`."""
        places = Places()
        for group in _groups(tables, NODE_TYPES):
            made = self.step(lambda run, group=group: [insert_nodes(run, name, piece) for name, piece in group])  # type: ignore[misc]
            for (name, piece), found in zip(group, made, strict=True):
                places.learn(name, found)
                self._told(piece.height)
        for group in _groups(tables, EDGE_TYPES):

            def join(run: Run, group: Group = group) -> None:
                for name, piece in group:
                    insert_edges(run, name, piece, places)

            self.step(join)
            for _, piece in group:
                self._told(piece.height)

    def publish(self, run: Run, expected: int, revisions: Sequence[Revision], records: Sequence[Record]) -> None:
        run(cypher.LOCK)
        for revision in revisions:
            log.add_revision(run, revision)
        for record in records:
            log.add_record(run, record)
        run(cypher.PUBLISH, head=expected + len(revisions))
        run(cypher.END_LOADING, token=self.token)


def _groups(tables: Tables, names: Iterable[str]) -> Iterator[Group]:
    """The rows of these types in pieces, as many together as one transaction takes: a commit costs whatever is in it."""
    group, room = list[tuple[str, pl.DataFrame]](), IN_STEP
    for name in (n for n in names if n in tables):
        for piece in tables[name].iter_slices(IN_STEP):
            if piece.height > room:
                yield group
                group, room = [], IN_STEP
            group.append((name, piece))
            room -= piece.height
    if group:
        yield group


def _together(parts: Iterable[log.Part]) -> Iterator[list[log.Part]]:
    """Parts of the log, as many as one transaction takes."""
    some, size = list[log.Part](), 0
    for part in parts:
        if size + len(part["data"]) > BYTES_IN_STEP:
            yield some
            some, size = [], 0
        some.append(part)
        size += len(part["data"])
    if some:
        yield some


def _alive(token: str) -> Callable[[Run], None]:
    def hold(run: Run) -> None:
        if not run(cypher.HOLD_LOADING, token=token)[0][0]:
            raise StoreBusy

    return hold


def clear_broken_load(server: Server) -> None:
    """Remove what a load left whose process is gone, if there is any. Errors: `StoreBusy` where the load lives."""
    head, loading = server.transaction(log.published)
    if not loading:
        return
    token = uuid.uuid4().hex
    server.transaction(lambda run: run(cypher.TAKE_LOADING, token=token), timeout=LOCK_WAIT_S)
    with server.holding(_alive(token)):
        for statement in cypher.unpublished():
            while server.transaction(lambda run, text=statement: run(text, n=BATCH, head=head))[0][0]:  # type: ignore[misc]
                pass
    server.transaction(lambda run: run(cypher.END_LOADING, token=token))
