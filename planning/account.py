"""Do a plan's figures add up? What was asked, what is closed, what is stated, what is left to others; and from where it starts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from typing import Any

import polars as pl

from graphmodel.schema import EDGE_TYPES
from graphmodel.schema.edges import Stated
from graphmodel.schema.nodes import Organization
from graphmodel.text import Text
from planning.plan import ASKED, Moved, Plan, Start
from planning.verify import Verification
from queries.answer import Answer
from queries.context import Context
from queries.planned import STATE
from queries.registry import question


def start(context: Context, real: Mapping[str, Answer], then: Mapping[str, Answer]) -> Start:
    """From where a plan starts: everything that is planned already counts as there.

    `real` and `then` are the answers as things are, and as if all of that were confirmed. Cost: the relations that can be planned.
    """
    relations, organizations = 0, set[str]()
    for name, edge in EDGE_TYPES.items():
        if issubclass(edge, Stated):
            planned = context.network.table(name).filter(pl.col(STATE) == "planned")
            relations += planned.height
            for end in ("source", "target"):
                of = planned.filter(pl.col(f"{end}_type") == Organization.type_name)
                organizations |= set(of[end])
    moved = [
        Moved(id_, real[id_].gaps, then[id_].gaps) for id_ in ASKED if relations and real[id_].ids() != then[id_].ids()
    ]
    return Start(relations, len(organizations), tuple(moved))


def start_line(begun: Start) -> Text:
    """In one line, with the questions in which `ask` shows other gaps than the plan starts from."""
    if not begun.relations:
        return Text("起点：现状（没有拟定的关系）", "it starts from what is: nothing is planned yet")
    line = _START.format(relations=begun.relations, organizations=begun.organizations)
    if not begun.moved:
        return line
    told = [_MOVED.format(term=question(m.question).term, id=m.question, now=m.now, then=m.then) for m in begun.moved]
    return Text(
        f"{line.zh}；缺口因此与现状不同：{_and(told).zh}",
        f"{line.en}; so gaps differ from those of today: {_and(told).en}",
    )


@dataclass(frozen=True, slots=True)
class Account:
    """How the gaps of a plan add up: `asked` = `closed` + `stated` + `unstated`.

    `column` is the sum over proposals of the gaps each closes in the questions that plans are made for, `other` of those
    in other questions; there `beside` gaps end. `shared` are gaps that several proposals close together, each counting
    them, and `common` those that end by several, none of which is needed, or of which that was too much to try. `beyond`
    are the gaps of other questions that no plan is made for, question by question.
    """

    asked: int
    closed: int
    stated: int
    unstated: int
    column: int
    beside: int
    other: int
    shared: int
    common: int
    beyond: Mapping[str, int]

    @staticmethod
    def of(plan: Plan, verified: Verification) -> Account:
        """The account of a plan, as it was verified."""
        declared = Counter(finding for one in plan.proposals for finding in one.closes)
        column = sum(one.counted[0] for one in plan.proposals)
        told = {one.finding for one in plan.unplaced}
        stated = sum(finding in told for finding in verified.left)
        return Account(
            asked=verified.asked,
            closed=len(verified.closed),
            stated=stated,
            unstated=len(verified.left) - stated,
            column=column,
            beside=len(verified.beside),
            other=declared.total() - column,
            shared=sum(times > 1 for times in declared.values()),
            common=len(verified.undeclared),
            beyond=dict(verified.beyond),
        )

    @staticmethod
    def from_plain(raw: Mapping[str, Any]) -> Account:
        """The account that `plain` wrote."""
        return Account(**raw)

    def plain(self) -> dict[str, Any]:
        """The account as JSON holds it."""
        return asdict(self)

    @property
    def lines(self) -> tuple[Text, ...]:
        """The sum; what the columns add up to, where that differs; and what is left to other means."""
        total = _SUM.format(asked=self.asked, closed=self.closed, stated=self.stated)
        if self.unstated:
            more = _UNSTATED.format(n=self.unstated)
            total = Text(total.zh + more.zh, total.en + more.en)
        return (total, *self._columns(), *self._beyond())

    def _columns(self) -> Iterable[Text]:
        if (self.column, self.other) == (self.closed, self.beside):
            return
        line = _COLUMNS.format(column=self.column, other=self.other, closed=self.closed, beside=self.beside)
        notes = [note.format(n=n) for note, n in ((_SHARED, self.shared), (_COMMON, self.common)) if n]
        yield Text(f"{line.zh}：{_and(notes).zh}", f"{line.en}: {_and(notes).en}") if notes else line

    def _beyond(self) -> Iterable[Text]:
        if not self.beyond:
            return
        told = [_OF_QUESTION.format(term=question(id_).term, id=id_, n=n) for id_, n in self.beyond.items()]
        yield _BEYOND.format(n=sum(self.beyond.values()), which=_and(told))


def _and(texts: Iterable[Text]) -> Text:
    told = list(texts)
    return Text("，".join(t.zh for t in told), ", ".join(t.en for t in told))


_START = Text(
    "起点：已拟定的视为落实（{relations} 条关系，涉及 {organizations} 家组织），不再列入方案",
    "it starts as if all that is planned were in place ({relations} relations of {organizations} organisations), and plans none of it again",
)
_MOVED = Text("{term} {now}→{then}", "{id} {now} → {then}")
_SUM = Text(
    "缺口 {asked} 项 = 方案销号 {closed} + 写明原因 {stated}",
    "{asked} gaps = {closed} closed by the plan + {stated} with a stated reason",
)
_UNSTATED = Text(" + 未写明 {n}", " + {n} without one")
_COLUMNS = Text(
    "各项相加：销号 {column}（应为 {closed}），另销 {other}（应为 {beside}）",
    "the columns add up to {column} closed (of {closed}) and {other} beside (of {beside})",
)
_SHARED = Text("{n} 项由几项方案共同销号（各计一次）", "{n} end by several proposals together, and count at each")
_COMMON = Text("{n} 项由几项方案共同促成（不记在任何一项）", "{n} end by several together, and count at none")
_BEYOND = Text(
    "另有 {n} 项缺口属于方案不针对的问题，按各自的清单或整改台账办理：{which}",
    "{n} gaps more are of questions that no plan is made for (see their lists, or follow them as cases): {which}",
)
_OF_QUESTION = Text("{term} {n}", "{id} {n}")
