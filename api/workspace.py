"""What can be done with a workspace? The one service layer: the shell and the HTTP API are thin over it."""

from __future__ import annotations

import datetime as dt
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any
from weakref import WeakSet

import polars as pl

from api import memory
from api.casework import Casework
from api.origins import Origins, origins
from api.search import KEY, bring_up, find
from graphmodel import history
from graphmodel.changes import ChangeSet
from graphmodel.network import Network, Stamp
from graphmodel.paths import NodeKey, neighbours, shortest_path
from graphmodel.policy import Policy, Values, load_default
from graphmodel.stores.opening import open_store
from graphmodel.stores.protocol import NoSuchRevision, Revision, Store
from graphmodel.stores.unmade import UnmadeStore
from graphmodel.text import Refusal, Text
from graphmodel.values import TODAY, check_day
from queries.answer import Answer, ask
from queries.case_book import KIND as CASE
from queries.context import Context
from queries.pushed_down import Asked, Engine, NewestOnly, NoServer, ask_beside
from queries.question import Question, Table
from queries.registry import question
from visualizations.report import Progress, Report, compose

STORE_FILE = "network.sqlite"
ACTOR = "planner-office"


class Workspace:
    """A folder with a store, asked and altered under one policy.

    Parameters: `folder` holds the workspace's files; `store` an address other than the folder's own SQLite file, or an
    open store; `policy` a policy file other than the default, or a policy; `create` that it is made where it is not there
    yet, `provisional` that it is made with the first write and not before. Threads may share a workspace.
    Errors: `Refusal` where one of them cannot be used, `NoStore` where there is none.
    """

    def __init__(
        self,
        folder: Path,
        *,
        store: str | Store | None = None,
        policy: Path | Policy | None = None,
        create: bool = False,
        provisional: bool = False,
    ) -> None:
        self.folder = folder
        self.store: Store
        if isinstance(store, str):
            self.store = open_store(store, create=create)
        elif store is not None:
            self.store = store
        elif create and provisional:
            self.store = UnmadeStore(folder / STORE_FILE)
        else:
            if create:
                folder.mkdir(parents=True, exist_ok=True)
            self.store = open_store(folder / STORE_FILE, create=create)
        if policy is None:
            policy = load_default()
        self.policy = policy if isinstance(policy, Policy) else Policy.load(policy)
        self._newest: Network | None = None
        self._past: Network | None = None
        self._former = WeakSet[Network]()  # networks that somebody may still read
        self._lock, self._past_lock = threading.Lock(), threading.Lock()

    def __enter__(self) -> Workspace:
        return self

    def __exit__(self, *_: object) -> None:
        self.store.close()

    def network(self, revision: int | None = None) -> Network:
        """The network at a revision; that of the newest is kept until the revision moves.

        While one thread reads a newer one, others that ask for the newest go on with the one before.
        """
        head, kept = self.store.head, self._newest
        if kept is not None and kept.stamp.revision == (head if revision is None else revision):
            return kept
        if revision is not None and revision != head:
            return history.network_at(self.store, kept, revision)
        if not self._lock.acquire(blocking=kept is None or revision is not None):
            assert kept is not None
            return kept
        try:
            head, newest = self.store.head, self._newest
            if newest is None or newest.stamp.revision != head:
                before, newest = newest, history.network_at(self.store, newest)
                if before is not None:
                    bring_up(newest, before)
                self._newest = newest
                self._retire(before)
        finally:
            self._lock.release()
        if revision is not None and newest.stamp.revision != revision:  # somebody wrote meanwhile
            return history.network_at(self.store, newest, revision)
        return newest

    def _retire(self, network: Network | None) -> None:
        """Let all that was computed on a network go, and its memory, as soon as nobody reads it; who does may still search it."""
        if network is not None:
            self._former.add(network)
        for former in tuple(self._former):
            former.forget(but=(KEY,))
        memory.give_back()

    def stamp(self, revision: int | None = None) -> Stamp:
        """Which picture `network` would give, told without reading it. Errors: `NoSuchRevision`."""
        if not revision:  # the newest is in memory, and nothing is read of the empty one
            return self.network(revision).stamp
        log = self.revisions()
        if not 0 < revision <= len(log):
            raise NoSuchRevision(revision, len(log))
        return Stamp(revision, log[revision - 1].act.as_of)

    def rules(self, stamp: Stamp, day: dt.date | None = None, **policy: Any) -> tuple[Values, dt.date]:
        """The policy's values, changed as said, and the day on which questions are asked of a picture, its own by default.

        Errors: `Refusal` where the workspace is empty; `BadDay`; `PolicyRefused` for a bad change.
        """
        if stamp.revision == 0:
            message = Text("工作区还是空的。", "The workspace is empty.")
            hint = Text(
                "先导入台账（partygraph import 文件），或试用示例（partygraph demo）。",
                "Import a ledger first (partygraph import FILE), or try the example (partygraph demo).",
            )
            raise Refusal(message, hint, code="empty-workspace")
        today = day or stamp.as_of
        check_day(today, TODAY)
        return self.policy.at(today).replace(**policy), today

    def context(self, revision: int | None = None, day: dt.date | None = None, **policy: Any) -> Context:
        """What questions are asked of: a revision, and the rules as `rules` gives them; see `under`.

        Errors: those of `stamp` and `rules`.
        """
        stamp = self.stamp(revision)
        return self.under(stamp.revision, *self.rules(stamp, day, **policy))

    def under(self, revision: int, values: Values, today: dt.date) -> Context:
        """What questions are asked of: a revision, and rules that `rules` gave for it.

        What is computed for another day or policy is forgotten with the context. Errors: those of `network`.
        """
        network = self.network(revision)
        if values.changed or today != network.stamp.as_of:
            network = network.afresh()
        context = Context.of(network, values, today)
        past = self._long_ago(context)
        return context if past is None else context.since(past)

    @contextmanager
    def passing(self, context: Context) -> Iterator[Context]:
        """A context for a block; what was computed on a picture that only the block asks is forgotten after it.

        Answers speak of their network in turn, so that both would stay until somebody looks for circles of objects. The
        newest network, which everybody asks, keeps what it has.
        """
        shared = context.network is self.network()
        try:
            yield context
        finally:
            if not shared:
                context.network.forget()

    def _long_ago(self, context: Context) -> Network | None:
        """The newest revision before the context's that speaks of a day long enough ago to tell how long a gap stood."""
        latest = context.ago(months=context.values.integer("abnormal_risk_months"))
        before = self.store.revisions()[: max(0, context.network.stamp.revision - 1)]
        found = next((r.number for r in reversed(before) if r.act.as_of <= latest), None)
        if found is None:
            return None
        if (kept := self._past) is not None and kept.stamp.revision == found:
            return kept
        with self._past_lock:
            kept = self._past
            if kept is None or kept.stamp.revision != found:
                past, self._past = kept, history.network_at(self.store, context.network, found)
                self._retire(past)
                kept = self._past
            return kept

    def ask(
        self, id_: str, context: Context, earlier: Sequence[Context] = (), engine: Engine = "process"
    ) -> Answer | pl.DataFrame:
        """The answer to one question: judged rows, or a table, since the first of `earlier`, the newest first.

        Errors: `NoSuchQuestion`, `NeedsHistory`; those of `asking`.
        """
        asked = question(id_)
        if isinstance(asked, Table):
            context = self.with_cases(context)
        return asked.answer(context, *earlier) if isinstance(asked, Table) else self.asking(engine)(asked, context)

    def as_seen(self, asked: Question) -> Question:
        """The question with the columns that may be shown here: all of them."""
        return asked

    def asking(self, engine: Engine) -> Callable[[Question, Context], Answer]:
        """What answers questions that judge rows: this process, or the store, where it is a Neo4j and the question has Cypher.

        Errors: `NoServer`; when asked, `NewestOnly` of any network but the newest, `RevisionMoved`.
        """
        if engine == "process":
            return ask
        server = self.store
        if not isinstance(server, Asked):
            raise NoServer

        def asking(asked: Question, context: Context) -> Answer:
            if (
                asked.in_process_only is None and context.network.nodes is not self.network().nodes
            ):  # a what-if on it shares them
                raise NewestOnly
            return ask_beside(asked, context, server)

        return asking

    def report(
        self,
        context: Context,
        progress: Progress | None = None,
        engine: Engine = "process",
        *,
        earlier: Context | None = None,
        include_restricted: bool = True,
    ) -> Report:
        """The whole catalogue asked; see `compose`. Errors: those of `asking`."""
        asking, context = self.asking(engine), self.with_cases(context, engine)
        return compose(
            context, progress=progress, earlier=earlier, include_restricted=include_restricted, asking=asking
        )

    def casework(self, unit: str = ACTOR) -> Casework:
        """The cases, as one unit's account works on them."""
        return Casework(self, unit)

    def with_cases(self, context: Context, engine: Engine = "process") -> Context:
        """The context with the cases that are followed, if any; only the newest revision has them."""
        if context.network.stamp.revision != self.store.head:
            return context
        cases = self.casework().table(context, engine)
        return replace(context, cases=cases) if cases.height else context

    def cases_seen(self) -> list[tuple[str, int]]:
        """Which cases there are, in which versions: what tables rest on beside a revision. Cost: linear in the cases."""
        return [(record.key, record.version) for record in self.store.records(CASE)]

    def find(self, text: str, types: tuple[str, ...] = (), limit: int = 50) -> pl.DataFrame:
        """Nodes that a text may mean, the likeliest first: `type`, `id`, `name`; see `api.search.find`."""
        return find(self.network(), text, types, limit)

    def neighbours(self, node: NodeKey) -> pl.DataFrame:
        """Every relation at a node; see `graphmodel.paths.neighbours`."""
        return neighbours(self.network(), node)

    def origins(self, node: NodeKey) -> Origins:
        """Which rows of which files a node and its relations came from; see `api.origins`."""
        return origins(self.store, self.network(), node)

    def path(self, start: NodeKey, end: NodeKey) -> list[NodeKey] | None:
        """A shortest path between two nodes; see `graphmodel.paths.shortest_path`."""
        return shortest_path(self.network(), start, end)

    def revisions(self) -> list[Revision]:
        """The log, oldest first."""
        return self.store.revisions()

    def difference(self, old: int, new: int) -> ChangeSet:
        """What turns one revision into another. Errors: `Refusal` for a revision that there is not."""
        for revision in (old, new):
            if not 0 <= revision <= self.store.head:
                raise NoSuchRevision(revision, self.store.head)
        return history.difference(self.store, old, new)

    def undo(self, revision: int, note: str = "", actor: str = ACTOR, *, expected: int | None = None) -> Revision:
        """Reverse one act by a new one; see `history.undo`."""
        return history.undo(self.store, revision, actor, note, expected=expected)

    def verified(self) -> bool:
        """Whether the log replayed gives the state that the store holds."""
        return history.verified(self.store)
