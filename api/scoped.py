"""How does an account use a workspace? As one whose store holds only what its scope lets it see."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import polars as pl

from api.origins import Origins, origins
from api.scope import DistrictOnly, Scope, own_rows, visible
from api.workspace import Workspace
from graphmodel.changes import ChangeSet
from graphmodel.declare import SOURCES
from graphmodel.network import Network, Stamp
from graphmodel.paths import NodeKey, row_of
from graphmodel.policy import Values
from graphmodel.stores.protocol import Act, Record, Revision, Store
from graphmodel.stores.telling import Progress as Rows
from graphmodel.tables import Tables
from graphmodel.text import Refusal, Text
from graphmodel.vectors import Flags, Kleene
from queries.answer import Answer, ask
from queries.context import Context
from queries.pushed_down import Engine
from queries.question import Question, Table
from queries.registry import question
from visualizations.report import Progress, Report, reads_restricted, without_restricted_columns
from visualizations.words import named


class NotAllowed(Refusal):
    """The account's role does not include what was asked for."""

    def __init__(self) -> None:
        message = Text("本账号没有这项权限。", "The account's role does not allow this.")
        super().__init__(message, Text("请换用其他账号。", "Use another account."), code="not-allowed")


class MembersHidden(Refusal):
    """Member counts decide or are what was asked for, and the account does not see them (settled point 8)."""

    def __init__(self, what: Text) -> None:
        message = Text(
            "“{what}”涉及党员人数或可据以推算的金额，本账号不可查看。",
            "'{what}' rests on member counts, or on money that tells them, which the account does not see.",
        )
        hint = Text(
            "党员人数只对区委组织部门和本单位显示。", "They are shown to the planner's office and the own body only."
        )
        super().__init__(message.format(what=what), hint, code="restricted")


class ScopedStore:
    """A store as a scope sees it: networks and changes restricted, nothing written, records of nobody; see `protocol.Store`."""

    def __init__(self, store: Store, scope: Scope, whole: Workspace) -> None:
        self._store, self._scope, self._whole = store, scope, whole

    @property
    def head(self) -> int:
        """See `protocol.Store.head`."""
        return self._store.head

    def revisions(self) -> list[Revision]:
        """See `protocol.Store.revisions`. A body's account is told when acts were, not what of others they touched."""
        found = self._store.revisions()
        return found if self._scope.body is None else [_bare(revision) for revision in found]

    def read(self, revision: int | None = None) -> Network:
        """See `protocol.Store.read`."""
        return self._scope.network(self._whole.network(revision))

    def changes(self, revision: int) -> ChangeSet:
        """See `protocol.Store.changes`. Who asserts a row is not told. Cost: both networks, where something is hidden."""
        self._store.changes(revision)  # refuses a revision that there is not
        old, new = (_unsigned(self.read(number).tables()) for number in (revision - 1, revision))
        return ChangeSet.between(old, new)

    def apply(  # the protocol's
        self,
        changes: ChangeSet,  # noqa: ARG002
        act: Act,  # noqa: ARG002
        expected: int,  # noqa: ARG002
        progress: Rows | None = None,  # noqa: ARG002
    ) -> Revision:
        """Errors: `NotAllowed`, always: who does not see the whole writes nothing."""
        raise NotAllowed

    def restore(  # the protocol's
        self,
        tables: Tables,  # noqa: ARG002
        acts: Iterable[tuple[Revision, ChangeSet]],  # noqa: ARG002
        records: Iterable[Record],  # noqa: ARG002
        progress: Rows | None = None,  # noqa: ARG002
    ) -> None:
        """Errors: `NotAllowed`, always."""
        raise NotAllowed

    def get(self, kind: str, key: str) -> Record | None:  # noqa: ARG002 - the protocol's
        """No record: they speak of the whole district."""
        return None

    def records(self, kind: str | None = None) -> list[Record]:  # noqa: ARG002 - the protocol's
        """No records: they speak of the whole district."""
        return []

    def put(self, kind: str, key: str, value: Any, expected: int) -> Record:  # noqa: ARG002 - the protocol's
        """Errors: `NotAllowed`, always."""
        raise NotAllowed

    def remove(self, kind: str, key: str, expected: int) -> None:  # noqa: ARG002 - the protocol's
        """Errors: `NotAllowed`, always."""
        raise NotAllowed

    def close(self) -> None:
        """Nothing: the store is another's."""


def _unsigned(tables: Tables) -> dict[str, pl.DataFrame]:
    return {n: t.with_columns(pl.lit(None, t.schema[SOURCES]).alias(SOURCES)) for n, t in tables.items()}


def _bare(revision: Revision) -> Revision:
    return replace(revision, act=replace(revision.act, actor="–", source="–", note=""), counts={})


class ScopedWorkspace(Workspace):
    """A workspace as a scope sees it.

    Answers are computed on the whole, since a rule may count what the account does not see (J7's groups), and told of
    what is its own alone.
    """

    def __init__(self, whole: Workspace, scope: Scope) -> None:
        self._whole, self._scope = whole, scope
        super().__init__(whole.folder, store=ScopedStore(whole.store, scope, whole), policy=whole.policy)

    def network(self, revision: int | None = None) -> Network:
        """See `Workspace.network`."""
        return self._scope.network(self._whole.network(revision))

    def rules(self, stamp: Stamp, day: dt.date | None = None, **policy: Any) -> tuple[Values, dt.date]:
        """See `Workspace.rules`. Errors besides: `DistrictOnly` where a body's account supposes another policy.

        A threshold that is moved until a verdict turns would count what the account does not see (J7's groups).
        """
        if policy and self._scope.body is not None:
            raise DistrictOnly
        return super().rules(stamp, day, **policy)

    def under(self, revision: int, values: Values, today: dt.date) -> Context:
        """See `Workspace.under`."""
        context = self._whole.under(revision, values, today)
        earlier = context.earlier and replace(context.earlier, network=self._scope.network(context.earlier.network))
        return replace(context, network=self._scope.network(context.network), earlier=earlier)

    def ask(
        self, id_: str, context: Context, earlier: Sequence[Context] = (), engine: Engine = "process"
    ) -> Answer | pl.DataFrame:
        """See `Workspace.ask`. Errors besides: `MembersHidden`; `DistrictOnly` for what is of no node of a type."""
        asked = question(id_)
        if not self._scope.members and reads_restricted(asked):
            raise MembersHidden(named(asked))
        if isinstance(asked, Table):
            if self._scope.body is not None:
                raise DistrictOnly
            return asked.answer(context, *earlier)
        asked = self.as_seen(asked)
        if self._scope.body is None:
            return self.asking(engine)(asked, context)
        if asked.anchor.element is None or engine != "process":  # a server answers for the whole district
            raise DistrictOnly
        whole = self._unrestricted(context)
        earlier_whole = context.earlier and self._unrestricted(context.earlier)
        try:
            return self._own(ask(asked, replace(whole, earlier=earlier_whole)), whole.network, context.network)
        finally:
            if self._supposed(context):
                whole.network.forget()  # made for this question

    def as_seen(self, asked: Question) -> Question:
        """See `Workspace.as_seen`. Nothing stands beside a body's findings.

        On what it sees such a column may be wrong (a mode, a load, a sum counts what others have, too), on the whole it
        names, counts or sums what is not its own.
        """
        seen = asked if self._scope.members else without_restricted_columns(asked)
        return seen if self._scope.body is None else replace(seen, beside={})

    def report(
        self,
        context: Context,
        progress: Progress | None = None,
        engine: Engine = "process",
        *,
        earlier: Context | None = None,
        include_restricted: bool = True,
    ) -> Report:
        """See `Workspace.report`. Errors besides: `DistrictOnly` for a body's account."""
        if self._scope.body is not None:
            raise DistrictOnly
        seen = include_restricted and self._scope.members
        return super().report(context, progress, engine, earlier=earlier, include_restricted=seen)

    def origins(self, node: NodeKey) -> Origins:
        """See `Workspace.origins`, of relations that are seen. Errors besides: `NoSuchNode` for what is not seen.

        A body's account is not told the names of sources and files, which may speak of others.
        """
        row_of(self.network(), node)
        found = origins(self._whole.store, self.network(), node)
        if self._scope.body is None:
            return found
        return Origins(*(rows.with_columns(source=pl.lit("–"), file=pl.lit("–")) for rows in found))

    def _unrestricted(self, context: Context) -> Context:
        network = self._whole.network(context.network.stamp.revision)
        return replace(context, network=network.afresh() if self._supposed(context) else network)

    @staticmethod
    def _supposed(context: Context) -> bool:
        """Whether a question is asked otherwise than everybody asks it, so that its answer serves nobody else."""
        return bool(context.values.changed) or context.today != context.network.stamp.as_of

    def _own(self, answer: Answer, whole: Network, seen: Network) -> Answer:
        """An answer on the whole as one on what is seen, with nothing told of what is not one's own."""
        body, element = self._scope.body, answer.question.anchor.element
        assert body is not None
        assert element is not None
        name = element.type_name
        rows = np.flatnonzero(visible(whole, body)[name]).astype(np.int32)
        own = own_rows(whole, body)[name][rows]

        def cut(truth: Kleene) -> Kleene:
            taken = truth.take(rows)
            return Kleene(taken.yes & own, taken.no | ~own)

        def missing(where: Flags) -> Mapping[str, Flags]:
            there = np.zeros(len(answer.rows), dtype=np.bool_)
            there[rows[where]] = True
            return {label: mask[rows] for label, mask in answer.missing(there).items()}

        reasons = {code: cut(truth) for code, truth in answer.reasons.items()}
        scope, gap = cut(answer.scope), cut(answer.gap)
        return replace(answer, rows=seen[element], scope=scope, gap=gap, reasons=reasons, missing=missing)
