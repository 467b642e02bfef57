"""How is a network kept in a Neo4j server, for many processes at once and for staff with Neo4j Browser?

The present stands as labelled nodes and relationships, the past in the log of ChangeSets, as in the SQLite store. An act
is one transaction that holds the lock of one node. Neo4j shows readers whatever is committed while they read, no snapshot:
so a reader takes that lock for a moment before and after, and what it read counts only if no act came in between.
"""

from __future__ import annotations

import datetime as dt
import json
import logging
import os
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from typing import Any, ClassVar, TypeVar
from urllib.parse import urlsplit

import neo4j
from neo4j.exceptions import DriverError, Neo4jError

from graphmodel.changes import ChangeSet, check_before
from graphmodel.network import Network, Stamp
from graphmodel.stores import neo4j_cypher as cypher
from graphmodel.stores import neo4j_log as log
from graphmodel.stores import payload
from graphmodel.stores.guard import check_rows
from graphmodel.stores.neo4j_failures import (
    LASTING,
    UNREACHABLE,
    Taken,
    Torn,
    Undecided,
    kept_from,
    refusal,
    unknown_outcome,
)
from graphmodel.stores.neo4j_loading import IN_ONE, PackedAct, clear_broken_load, load
from graphmodel.stores.neo4j_rows import Run, alter, fetch_all
from graphmodel.stores.protocol import Act, NoSuchRevision, Record, RecordMoved, Revision
from graphmodel.stores.refusals import NewerStore, NotOurStore, StoreBusy, StoreClosed, StoreFailed
from graphmodel.stores.telling import Progress, Told, rows_of
from graphmodel.tables import Tables, empty_frame
from graphmodel.text import Text

logging.getLogger("neo4j").addHandler(
    logging.NullHandler()
)  # what fails is told as a refusal, not in the driver's words
T = TypeVar("T")


class Neo4jStore:
    """A store in one database of a Neo4j server, 5.26 or later; see `protocol.Store`.

    Parameters: `url` as `neo4j+s://host:7687`, with `/name` for a database other than the user's own; `user`, `password`,
    `database`; `patience` how many seconds to try again where the server is away or busy. Nothing shows the password.
    Errors: `NotOurStore` where the database holds other data, which is left as it is; `NewerStore`; `StoreFailed`.
    Threads may share one store.
    """

    schemes: ClassVar[tuple[str, ...]] = ("bolt", "neo4j", "bolt+s", "bolt+ssc", "neo4j+s", "neo4j+ssc")

    def __init__(
        self,
        url: str,
        *,
        user: str = "neo4j",
        password: str | None = None,
        database: str | None = None,
        patience: float = 15.0,
    ) -> None:
        auth = neo4j.basic_auth(user, password) if password else None
        self._server = _Server(url, auth, database, patience)
        self._do = self._server.transaction
        try:
            self._prepare()
            with suppress(StoreBusy):  # somebody is loading indeed
                clear_broken_load(self._server)
        except BaseException:
            self.close()
            raise

    @classmethod
    def at(cls, url: str) -> Neo4jStore:
        """The store at an address, with NEO4J_USER, NEO4J_PASSWORD and NEO4J_DATABASE of the environment."""
        setting = os.environ.get
        return cls(
            url,
            user=setting("NEO4J_USER") or "neo4j",
            password=setting("NEO4J_PASSWORD"),
            database=setting("NEO4J_DATABASE") or None,
        )

    def _prepare(self) -> None:
        """Make constraints, names and the store's node in an empty database; refuse any other untouched."""
        where, foreign = self._server.where, self._do(lambda run: run(cypher.IS_FOREIGN))[0][0]
        found = self._do(lambda run: run(cypher.FOUND))  # asked last, since another process may be making it
        if foreign and not found:
            raise NotOurStore(where, Text("它已有其他数据。", "it holds other data."))
        if found and found[0][0] > cypher.FORMAT:
            raise NewerStore(where, f"format {found[0][0]}")
        present = {name for (name,) in self._do(lambda run: run("SHOW INDEXES YIELD name"))}
        missing = [text for name, text in cypher.schema_statements().items() if name not in present]
        for statement in missing:
            try:
                self._do(lambda run, text=statement: run(text))  # type: ignore[misc]
            except StoreFailed as failed:  # despite IF NOT EXISTS where another process makes the same at this moment
                if getattr(failed.__cause__, "code", None) != cypher.MADE_MEANWHILE:
                    raise
        if missing or not found:
            for statement, names in cypher.token_statements():
                self._do(lambda run, text=statement, given=names: run(text, **given))  # type: ignore[misc]
            self._do(lambda run: run(cypher.MAKE_STORE, format=cypher.FORMAT))

    def close(self) -> None:
        """See `protocol.Store.close`."""
        self._server.close()

    # reading

    @property
    def head(self) -> int:
        """See `protocol.Store.head`."""
        return self._do(log.published)[0]

    def revisions(self) -> list[Revision]:
        """See `protocol.Store.revisions`."""
        head, _ = self._do(log.locked)
        return self._do(lambda run: log.revisions(run, head))

    def read(self, revision: int | None = None) -> Network:
        """See `protocol.Store.read`. Cost: the present, then the acts since `revision` reversed in one pass."""
        head, tables = self._whole(lambda run, loading: {} if loading else fetch_all(run, self._server.where))
        wanted = head if revision is None else revision
        if not 0 <= wanted <= head:
            raise NoSuchRevision(wanted, head)
        if wanted < head:
            tables = payload.rewound(tables, [self.changes(number) for number in range(wanted + 1, head + 1)])
        return Network.from_tables(tables, self._do(lambda run: log.stamp(run, wanted)))

    def changes(self, revision: int) -> ChangeSet:
        """See `protocol.Store.changes`."""
        head, _ = self._do(log.locked)
        if not 1 <= revision <= head:
            raise NoSuchRevision(revision, head)
        return payload.unpack_changes(self._do(lambda run: log.packed(run, revision)))

    def query(self, statement: str, given: Callable[[Stamp], Mapping[str, Any]]) -> tuple[Stamp, list[list[Any]]]:
        """What one reading statement says of the newest revision: its stamp, and the records as lists of values.

        Parameters: `given` the values of the statement's parameters for that revision.
        Errors: `StoreBusy` while a first load is under way.
        """

        def look(run: Run, loading: bool) -> tuple[Stamp, list[list[Any]]]:
            if loading:
                raise StoreBusy
            stamp = log.stamp(run, log.published(run)[0])
            return stamp, run(statement, **given(stamp))

        return self._whole(look)[1]

    def _whole(self, look: Callable[[Run, bool], T]) -> tuple[int, T]:
        """What `look` sees of one revision, whoever writes meanwhile; at the third try it keeps writers out."""
        for _ in range(2):
            before = self._do(log.locked)
            try:
                found = self._do(lambda run, loading=before[1]: look(run, loading))  # type: ignore[misc]
            except Torn:
                continue
            if self._do(log.locked) == before:
                return before[0], found

        def keeping_out(run: Run) -> tuple[int, T]:
            head, loading = log.locked(run)
            return head, look(run, loading)

        return self._do(keeping_out)

    # writing

    def apply(self, changes: ChangeSet, act: Act, expected: int, progress: Progress | None = None) -> Revision:
        """See `protocol.Store.apply`. Errors besides: `UnfitRows`; `StoreFailed` for over 200,000 rows beside other data.

        An act of more rows goes into an empty network in batches; what a broken one
        leaves is never seen, and is removed when a store is opened.
        """
        check_rows(changes, act)
        packed = payload.pack_changes(changes)
        counts = {name: (added, removed, changed) for name, added, removed, changed in changes.counts().iter_rows()}
        told = Told(rows_of(changes), progress)
        revision = Revision(expected + 1, dt.datetime.now(dt.UTC), act, counts)
        if told.total > IN_ONE:
            for name, delta in changes.deltas.items():
                check_before(name, empty_frame(name), delta.before)
            tables = {name: delta.after for name, delta in changes.deltas.items()}
            self._load(tables, [(revision, packed)], (), expected, told)
            return revision

        def write(run: Run) -> None:
            log.expect_head(run, expected)
            told.done = 0
            alter(run, changes, self._server.where, told)
            log.add_act(run, revision, packed)
            run(cypher.PUBLISH, head=revision.number)

        clear_broken_load(self._server)
        self._decided(lambda: self._do(write), revision)
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
        self._load(tables, ((r, payload.pack_changes(c)) for r, c in acts), records, 0, told)

    def _load(
        self, tables: Tables, acts: Iterable[PackedAct], records: Iterable[Record], expected: int, told: Told
    ) -> None:
        whole = list(acts)
        last = whole[-1][0] if whole else None
        self._decided(lambda: load(self._server, tables, whole, list(records), expected, told), last)

    def _decided(self, write: Callable[[], None], last: Revision | None) -> None:
        """Write, and where the connection broke while committing, ask the log. Errors: `StoreFailed` where it is away."""
        try:
            write()
        except Undecided:
            if last is None:
                raise
            try:
                written = last in self.revisions()
            except StoreFailed as error:
                raise unknown_outcome(self._server.where, last.number) from error
            if not written:
                raise

    # records

    def get(self, kind: str, key: str) -> Record | None:
        """See `protocol.Store.get`."""
        return self._do(lambda run: log.record(run, kind, key))

    def records(self, kind: str | None = None) -> list[Record]:
        """See `protocol.Store.records`."""
        return self._do(lambda run: log.records(run, kind))

    def put(self, kind: str, key: str, value: Any, expected: int) -> Record:
        """See `protocol.Store.put`."""
        record = Record(kind, key, json.loads(json.dumps(value, allow_nan=False)), expected + 1)

        def write(run: Run) -> None:
            log.expect_version(run, kind, key, expected)
            (log.set_record if expected else log.add_record)(run, record)

        try:
            self._do(write)
        except Taken as error:
            found = self.get(kind, key)
            raise RecordMoved(kind, key, expected, found.version if found else 0) from error
        return record

    def remove(self, kind: str, key: str, expected: int) -> None:
        """See `protocol.Store.remove`."""

        def write(run: Run) -> None:
            log.expect_version(run, kind, key, expected)
            run(cypher.DELETE_RECORD, kind=kind, key=key)

        self._do(write)


class _Server:
    """The driver: transactions on one database, its errors as refusals."""

    def __init__(self, url: str, auth: neo4j.Auth | None, database: str | None, patience: float) -> None:
        address, named = _address(url)
        self.where = address if named is None else f"{address}/{named}"
        self._database, self._closed, self._reached = named or database, False, False
        with self._translating():
            self._driver = neo4j.GraphDatabase.driver(
                address,
                auth=auth,
                max_transaction_retry_time=patience,
                connection_timeout=10.0,
                notifications_min_severity="OFF",
                telemetry_disabled=True,
            )

    def close(self) -> None:
        self._closed = True
        self._driver.close()

    def transaction(self, work: Callable[[Run], T], timeout: float | None = None) -> T:
        """What `work` gives, run in a transaction of its own, again where the server was away or two writers met."""
        unit = neo4j.unit_of_work(timeout=timeout)(lambda transaction: work(_runner(transaction)))
        with self._translating(), self._session() as session:
            if not self._reached:
                self._meet()
            done: T = session.execute_write(unit)
            self._reached = True
            return done

    def _meet(self) -> None:
        """Fail at once where TLS does not fit; whatever else fails is tried again as any transaction is."""
        try:
            self._driver.verify_connectivity()
        except DriverError as error:
            if kept_from(error) in LASTING:
                raise

    @contextmanager
    def holding(self, work: Callable[[Run], None]) -> Iterator[None]:
        """A transaction that does `work`, stays open inside the block and is undone after it."""
        with self._translating(), self._session() as session, session.begin_transaction() as transaction:
            work(_runner(transaction))
            yield

    def _session(self) -> neo4j.Session:
        seen = self._driver.execute_query_bookmark_manager  # so that in a cluster each reads what was written before
        return self._driver.session(database=self._database, bookmark_manager=seen)

    @contextmanager
    def _translating(self) -> Iterator[None]:
        """Errors of driver and server as refusals that a user understands."""
        if self._closed:
            raise StoreClosed
        try:
            yield
        except (Neo4jError, DriverError, UnicodeEncodeError) as error:
            if self._closed:
                raise StoreClosed from error
            name = type(error).__name__
            if name in UNREACHABLE and not self._reached:
                name = kept_from(error) or name
            raise refusal(name, getattr(error, "code", None) or "", self.where) from error


def _runner(transaction: neo4j.Transaction | neo4j.ManagedTransaction) -> Run:
    def run(statement: str, /, **parameters: Any) -> list[list[Any]]:
        return [record.values() for record in transaction.run(cypher.DIALECT + statement, parameters)]

    return run


def _address(url: str) -> tuple[str, str | None]:
    """The server's address and the database it names. Errors: `StoreFailed` where it holds a password or no host."""
    try:
        parts = urlsplit(url)
        port, host = parts.port, parts.hostname
    except ValueError:
        parts, port, host = urlsplit(""), None, None
    if not host or parts.username is not None or parts.query or parts.fragment:
        why = Text("地址应写成 neo4j://主机:端口/数据库。", "an address reads neo4j://host:port/database.")
        hint = Text(
            "用户名和密码请用环境变量 NEO4J_USER、NEO4J_PASSWORD 给出，不要写在地址里。",
            "Give user and password by the environment variables NEO4J_USER and NEO4J_PASSWORD, not in the address.",
        )
        raise StoreFailed("Neo4j", why, hint, "store-bad-address")
    shown = f"[{host}]" if ":" in host else host
    return f"{parts.scheme}://{shown}:{port or 7687}", parts.path.strip("/") or None
