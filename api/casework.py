"""How are gaps followed in a workspace? Cases opened, moved and listed, and brought in line with every new revision."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, suppress
from typing import Protocol

import polars as pl

from api.naming import node_addressed, node_named
from graphmodel.changes import ChangeSet
from graphmodel.declare import Node
from graphmodel.network import Network
from graphmodel.paths import NodeKey, row_of
from graphmodel.policy import Policy
from graphmodel.schema import NODE_TYPES
from graphmodel.schema.nodes import Authority, Community, GoverningBody, Hub, PartyOrganization, Street
from graphmodel.stores.protocol import RecordMoved, Store
from graphmodel.text import Refusal, Text
from queries.answer import Answer
from queries.case_book import CaseBook
from queries.case_history import CaseState
from queries.case_overview import overview
from queries.cases import OPEN, Body, Case
from queries.context import Context
from queries.pushed_down import Engine
from queries.question import Question
from queries.registry import question
from visualizations.case_words import placed

BODIES: tuple[type[Node], ...] = (Street, Authority, GoverningBody, PartyOrganization, Hub, Community)
"""Who may be responsible for a case, the likeliest first."""

CHOICES = ("overdue", "due-soon", "open", *CaseState.values())
"""Which cases a list may be of: urgent ones, those in which a deadline runs, those in one state."""

_SETTLED = "settled"


class Workplace(Protocol):
    """What cases need of a workspace."""

    store: Store
    policy: Policy

    def network(self, revision: int | None = None) -> Network:
        """The network at a revision, the newest by default."""
        ...

    def context(self, revision: int | None = None) -> Context:
        """What questions are asked of: a revision, the newest by default, on the data's own day."""
        ...

    def passing(self, context: Context) -> AbstractContextManager[Context]:
        """A context for a block, after which what was computed on it alone is forgotten."""
        ...

    def asking(self, engine: Engine) -> Callable[[Question, Context], Answer]:
        """What answers questions that judge rows."""
        ...


class NoSuchCase(Refusal):
    """Nobody follows that gap."""

    def __init__(self, asked: Question, subject: str) -> None:
        message = Text("“{term}”没有“{subject}”的整改记录。", "There is no case of '{term}' for '{subject}'.")
        hint = Text("先立案：partygraph cases open {q} {s}", "Open it first: partygraph cases open {q} {s}")
        super().__init__(
            message.format(term=asked.term, subject=subject[:80]),
            hint.format(q=asked.id, s=subject[:80]),
            "no-such-case",
        )


class Casework:
    """The cases of a workspace as one unit's account works on them; `unit` is never a person."""

    def __init__(self, workspace: Workplace, unit: str) -> None:
        self._workspace, self.book = workspace, CaseBook(workspace.store, unit)

    def settle(self, engine: Engine = "process") -> list[Case]:
        """Let the questions close and open again what they find on the newest revision; gives the cases that changed.

        Questions are judged by the workspace's own policy on the data's own day, never by a what-if, and only those that
        somebody follows a gap of are asked. Once for each revision and policy: cases that are opened later are of it.
        Cost: the questions; where something is gone, the way back to the revision that was settled before, too.
        """
        cases = self.book.cases()
        if not cases:
            return []
        context = self._workspace.context()
        if context.network.stamp.revision != self._workspace.store.head:
            return []  # somebody reads a newer one just now: on this one what came since would be gone
        key = self._workspace.policy.name
        found = self._workspace.store.get(_SETTLED, key)
        now = [context.network.stamp.revision, context.values.digest]
        if found is not None and (found.value == now or found.value[0] > now[0]):
            return []
        asking = self._workspace.asking(engine)
        followed = [question(id_) for id_ in sorted({case.question for case in cases})]
        answers = (asking(each, context) for each in followed if isinstance(each, Question))
        before = max([found.value[0] if found else 0, *(case.opened_in for case in cases)])
        changed = self.book.reconcile(
            answers, context.network.stamp.revision, context.today, lambda gone: self._lay(gone, context, before)
        )
        with suppress(RecordMoved):  # somebody settled this revision meanwhile, by the same questions
            self._workspace.store.put(_SETTLED, key, now, found.version if found else 0)
        return changed

    def _lay(self, gone: Sequence[Case], context: Context, since: int) -> dict[str, str]:
        """The streets in which the subjects of cases lay before they went, at `since` or later, by the cases' identities."""
        streets, left = dict[str, str](), list(gone)
        for number in range(context.network.stamp.revision, since, -1):
            went = _removed(left, self._workspace.store.changes(number))
            streets |= self._lay_at(went, context, number - 1)
            left = [case for case in left if case not in went]
        return streets | self._lay_at(left, context, since)

    def _lay_at(self, cases: Sequence[Case], context: Context, revision: int) -> dict[str, str]:
        if not cases:
            return {}
        with self._workspace.passing(context.over(self._workspace.network(revision))) as then:
            rows = placed(self.shown(cases, then), then).select("identity", "street_id").drop_nulls()
            return dict(rows.iter_rows())

    def table(self, context: Context, engine: Engine = "process") -> pl.DataFrame:
        """All cases, the overdue first, as they stand on the day of a context; see `overview`."""
        self.settle(engine)
        return self.shown(self.book.cases(), context)

    def shown(self, cases: Sequence[Case], context: Context) -> pl.DataFrame:
        """Some cases as `overview` tables them."""
        return overview(cases, context.today, context.values.integer("case_due_soon_days"))

    def open(self, id_: str, subjects: Sequence[str] = (), engine: Engine = "process") -> list[Case]:
        """Follow all gaps of a question, or those of `subjects` (ids or whole names); see `CaseBook.open`.

        Errors: `CaseRefused` where one is no gap; those of `Workspace.asking`.
        """
        self.settle(engine)
        asked, context = judged_question(id_), self._workspace.context()
        answer = self._workspace.asking(engine)(asked, context)
        ids = [_subject(answer, subject) for subject in subjects] or None
        return self.book.open(answer, context, ids)

    def find(self, id_: str, subject: str) -> Case:
        """The case of one question's gap, by the id or whole name of what has it, or once had it. Errors: `NoSuchCase`."""
        asked = judged_question(id_)
        found = self.book.get(f"{asked.id}|{asked.anchor.name}|{subject}")
        if found is None:
            rows = asked.anchor.rows(self._workspace.context()).frame
            named = set(rows.filter(pl.col("name") == subject)["id"])
            of_this = (case for case in self.book.cases() if case.question == asked.id)
            cases = [case for case in of_this if case.subject in named or (case.name == subject and not named)]
            if len(cases) != 1:
                raise NoSuchCase(asked, subject)
            found = cases[0]
        return found

    def change(
        self, id_: str, subjects: Sequence[str], act: Callable[[Case], Case], expected: int | None = None
    ) -> list[Case]:
        """Write what `act` makes of the cases of a question's gaps, over `expected`, the version somebody looked at.

        Nothing is written where `act` refuses one of them, nor of a case that stays as it is. Errors: `NoSuchCase`; `CaseMoved` where one has another
        version by now, when those before it are written; those of `act`.
        """
        read = [self.find(id_, subject) for subject in subjects]
        made = [act(case) for case in read]
        over = [case.version if expected is None else expected for case in read]
        return [
            before if after == before else self.book.save(after.model_copy(update={"version": version}))
            for before, after, version in zip(read, made, over, strict=True)
        ]

    def body(self, text: str) -> Body:
        """The body that an address (`Street/510104022`) or a whole name means. Errors: `Refusal`."""
        network = self._workspace.network()
        if text.partition("/")[0] in network.nodes:
            node = NodeKey.parse(text)
            row_of(network, node)
            return Body(type=node.type, id=node.id)
        for element in BODIES:
            frame = network[element].frame
            names = [name for name in ("id", "name", "aliases") if name in frame.columns]
            found = frame.filter(pl.any_horizontal(pl.col(names) == text))["id"]
            if len(found) == 1:
                return Body(type=element.type_name, id=found[0])
        message = Text("没有叫“{text}”的单位。", "There is no body called '{text}'.").format(text=text[:80])
        hint = Text(
            "写全名，或写地址 类型/标识（partygraph nodes 可查）。",
            "Give the full name, or its address type/id (partygraph nodes finds it).",
        )
        raise Refusal(message, hint, code="no-such-body")


def _removed(cases: Sequence[Case], act: ChangeSet) -> list[Case]:
    """Those about nodes that an act removed."""
    lost = {
        name: set(delta.before["id"]).difference(delta.after["id"])
        for name, delta in act.deltas.items()
        if name in NODE_TYPES
    }
    return [case for case in cases if case.subject in lost.get(case.anchor, ())]


def chosen_cases(state: str | None, question: str | None) -> pl.Expr:
    """Which rows of a table of cases are meant: of `CHOICES`, and of a question by its id; None asks nothing."""
    where = pl.lit(value=True)
    if question is not None:
        where &= pl.col("question") == question
    if state in ("overdue", "due-soon"):
        return where & pl.col(state.replace("-", "_"))
    if state is not None:
        states = [each.value for each in OPEN] if state == "open" else [state]
        where &= pl.col("state").cast(pl.String).is_in(states)
    return where


def of_street(cases: pl.DataFrame, context: Context, street: str) -> pl.DataFrame:
    """The cases of what lies in a street, given by address, id or name, and of what lay there last before it was gone.

    Errors: `Refusal` where there is no such street.
    """
    network = context.network
    key = node_addressed(network, street) or NodeKey(Street.type_name, node_named(network, Street, street))
    row_of(network, key)
    return cases.filter(placed(cases, context)["street_id"] == key.id)


def judged_question(id_: str) -> Question:
    """A question whose gaps can be followed. Errors: `NoSuchQuestion`; `Refusal` for a table."""
    found = question(id_)
    if isinstance(found, Question):
        return found
    message = Text("“{term}”是统计表，没有可跟进的缺口。", "'{term}' is a table: it has no gaps to follow.")
    raise Refusal(message.format(term=found.term), code="no-gaps-to-follow")


def _subject(answer: Answer, text: str) -> str:
    """The id of the row that a text names, by id or else by whole name; the text itself where none or several are."""
    rows = answer.rows.frame
    if (rows["id"] == text).any():
        return text
    named = rows.filter(pl.col("name") == text)["id"]
    return str(named[0]) if len(named) == 1 else text
