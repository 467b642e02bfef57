"""Where are plans and the decisions about them kept? As records of the store: plans never change, decisions by compare-and-set.

A plan that is solved anew is the next solution of its series. Decisions belong to the series, by the stable id of the
proposal, so that they hold in every solution of it and nothing has to be carried over; so do the numbers that people write down.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from itertools import count
from typing import Any

from graphmodel.stores.protocol import Record, RecordMoved, Store
from graphmodel.text import Refusal, Text
from planning.account import Account, start_line
from planning.decisions import Called, Decision, DecisionsMoved, DecisionState
from planning.plan import Plan, Proposal, digest
from planning.verify import Verification

PLAN, DECISION = "plan", "plan-decision"
_NAME = 8  # characters of a plan's id that name its series
_PLAN_NAME = re.compile(r"[0-9a-f]{2,8}\.[0-9]+|[0-9a-f]{8}")
_DIGITS = 10  # no plan has a number as long


class NoSuchPlan(Refusal):
    """There is no plan, or no proposal in it, of that name; or the name fits several."""

    def __init__(self, message: Text, hint: Text | None = None) -> None:
        super().__init__(
            message, hint or Text("用 partygraph plan show 查看。", "See: partygraph plan show"), "no-such-plan"
        )


@dataclass(frozen=True)
class Kept:
    """A plan as it is kept: the `number`-th solution of its `series`, who had it made and when, and what was verified.

    `line` is the verifier's ("closes 37 of 41, opens 0"), `sound` whether it found nothing wrong, `account` how the figures
    add up, `broken` which proposals that stay break a hard rule by now, and which. `numbers` are what people call the
    proposals by, in the plan's order: a proposal has one number in all solutions of the series, and no other ever has it.
    `gone` are the ids of those of earlier solutions that are not in this one, each with its number and the last solution
    that had it. A plan of an earlier release has neither account nor numbers: its proposals are counted.
    """

    series: str
    number: int
    made_at: dt.datetime
    unit: str
    line: Text
    sound: bool
    text: str
    account: Account | None = None
    broken: tuple[Text, ...] = ()
    numbers: tuple[int, ...] | None = None
    gone: Mapping[str, tuple[int, int]] = field(default_factory=dict)

    @property
    def name(self) -> str:
        """What people call it: series and number."""
        return f"{self.series}.{self.number}"

    @property
    def reckoning(self) -> tuple[Text, ...]:
        """From where it starts, and how its figures add up: line by line, none of a plan of an earlier release."""
        begun = self.plan.start
        return (*((start_line(begun),) if begun else ()), *(self.account.lines if self.account else ()))

    @cached_property
    def plan(self) -> Plan:
        """The plan itself; read when it is first asked for."""
        return Plan.from_json(self.text)

    def called(self, id_: str) -> Text:
        """What people call a proposal: its place in this solution and its title; the id of one that is not in it."""
        try:
            one = self.plan.proposal(id_)
        except KeyError:
            return Text(id_, id_)
        return Text("{n}. {title}", "{n}. {title}").format(n=self.number_of(id_), title=one.title)

    @cached_property
    def _numbers(self) -> dict[str, int]:
        """The number of each proposal of this solution, by id."""
        numbers = self.numbers or range(1, len(self.plan.proposals) + 1)
        return {one.id: number for one, number in zip(self.plan.proposals, numbers, strict=True)}

    @cached_property
    def _named(self) -> dict[int, str]:
        """The id of each number of the series that is known here."""
        return {number: id_ for id_, (number, _) in self.gone.items()} | {n: id_ for id_, n in self._numbers.items()}

    def number_of(self, id_: str) -> int:
        """The number of a proposal of this solution; `KeyError` where it has none of that id."""
        return self._numbers[id_]

    def id_of(self, said: str) -> str:
        """The id that a number means, also of a proposal that only earlier solutions had; anything else means itself."""
        if said.isascii() and said.isdigit() and len(said) < _DIGITS:
            return self._named.get(int(said), said)
        return said

    def proposal(self, said: str) -> Proposal:
        """A proposal by its id, or by its number. Errors: `NoSuchPlan`."""
        id_ = self.id_of(said)
        try:
            return self.plan.proposal(id_)
        except KeyError:
            raise self._unknown(said, id_) from None

    def _unknown(self, said: str, id_: str) -> NoSuchPlan:
        if id_ in self.gone:
            number, solution = self.gone[id_]
            figures = {"plan": self.name, "n": number, "of": f"{self.series}.{solution}"}
            return NoSuchPlan(_NO_MORE.format(**figures), _SHOWN_IN.format(**figures))
        hint = _PLAN_AFTER.format(id=said) if _PLAN_NAME.fullmatch(said) else None
        return NoSuchPlan(_NONE.format(plan=self.name, id=said[:120]), hint)

    def next_numbers(self, plan: Plan) -> tuple[tuple[int, ...], dict[str, tuple[int, int]]]:
        """The numbers of the proposals of the solution that follows, and which are gone then: who stays, or comes back, keeps its own."""
        known = {id_: number for id_, (number, _) in self.gone.items()} | self._numbers
        fresh = count(max(known.values(), default=0) + 1)
        numbers = tuple(known[one.id] if one.id in known else next(fresh) for one in plan.proposals)
        there = {one.id for one in plan.proposals}
        last = dict(self.gone) | {id_: (number, self.number) for id_, number in self._numbers.items()}
        return numbers, {id_: was for id_, was in last.items() if id_ not in there}


_NONE = Text("方案 {plan} 没有“{id}”这一项。", "Plan {plan} has no proposal '{id}'.")
_PLAN_AFTER = Text("方案的名称写在 --plan 之后：--plan {id}", "The name of a plan goes after --plan: --plan {id}")
_NO_MORE = Text("方案 {plan} 已没有第 {n} 项。", "Plan {plan} has number {n} no more.")
_SHOWN_IN = Text(
    "它在方案 {of} 中：partygraph plan show {n} --plan {of}", "It is in {of}: partygraph plan show {n} --plan {of}"
)


class PlanBook:
    """The plans and decisions of one store."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def plans(self) -> list[Kept]:
        """All plans, the oldest first."""
        kept = (_kept(record) for record in self._store.records(PLAN))
        return sorted(kept, key=lambda one: (one.made_at, one.series, one.number))

    def plan(self, name: str | None = None) -> Kept:
        """A plan by its name; by a series or the beginning of one, its newest solution; by nothing, the newest of all.

        Errors: `NoSuchPlan`.
        """
        record = self._store.get(PLAN, name) if name else None
        if record is not None:
            return _kept(record)
        found = [one for one in self.plans() if name is None or one.series.startswith(name)]
        if not found:
            none = Text("还没有方案。", "There is no plan yet.")
            hint = Text("用 partygraph plan 作一个。", "Make one: partygraph plan")
            raise NoSuchPlan(
                Text("没有方案“{name}”。", "There is no plan '{name}'.").format(name=name[:80]) if name else none, hint
            )
        if name is not None and len({one.series for one in found}) > 1:
            raise NoSuchPlan(Text("“{name}”不止一个方案。", "'{name}' fits several plans.").format(name=name))
        return found[-1] if name is None else max(found, key=lambda one: one.number)

    def keep(self, plan: Plan, verified: Verification, unit: str, at: dt.datetime, after: Kept | None = None,
             broken: Iterable[Text] = ()) -> Kept:  # fmt: skip
        """Store a plan: as the first of a series, or as the solution that comes `after` another. The same plan is stored once.

        Errors: `RecordMoved` where somebody else solved that series anew meanwhile.
        """
        text = plan.to_json()
        if after is not None and after.text == text:
            return after
        account, first = Account.of(plan, verified), digest(text)[:_NAME]
        kept = Kept(first, 1, at, unit, verified.line, verified.sound, text, account, tuple(broken))
        if after is not None:
            numbers, gone = after.next_numbers(plan)
            kept = replace(kept, series=after.series, number=after.number + 1, numbers=numbers, gone=gone)
        try:
            self._store.put(PLAN, kept.name, _value(kept), 0)
        except RecordMoved:
            there = self._store.get(PLAN, kept.name)
            if there is None or _kept(there).text != text:
                raise
            return _kept(there)
        return kept

    def decisions(self, series: str) -> dict[str, Decision]:
        """The decisions of a series, by the id of the proposal; what nobody decided has none."""
        found = (_decision(record) for record in self._store.records(DECISION))
        return {one.proposal: one for one in found if one.series == series}

    def decision(self, kept: Kept, proposal: str) -> Decision:
        """The decision on one proposal; open, version 0, where nobody decided."""
        record = self._store.get(DECISION, _key(kept.series, proposal))
        return _open(kept, proposal) if record is None else _decision(record)

    def standing(self, kept: Kept) -> dict[str, Decision]:
        """The decision on every proposal of a plan, in the plan's order."""
        made = self.decisions(kept.series)
        return {p.id: made.get(p.id) or _open(kept, p.id) for p in kept.plan.proposals}

    def dropped(self, kept: Kept) -> list[tuple[Kept, Decision]]:
        """What was rejected and is in this solution no more, in the order of ids; each with the newest solution that has it."""
        there = {p.id for p in kept.plan.proposals}
        decisions = self.decisions(kept.series).values()
        left = {d.proposal: d for d in decisions if d.state is DecisionState.REJECTED and d.proposal not in there}
        found: dict[str, Kept] = {}
        solutions = (one for one in reversed(self.plans()) if one.series == kept.series and one.number < kept.number)
        for one in solutions if left else ():
            found = dict.fromkeys((p.id for p in one.plan.proposals if p.id in left), one) | found
        return [(found[id_], left[id_]) for id_ in sorted(found)]

    def save(self, decisions: Iterable[Decision], called: Called) -> tuple[Decision, ...]:
        """Write decisions, each over the version it was made from; gives them with their new versions.

        `called` names a proposal that somebody else decided on meanwhile.

        Each stands alone: those that another writer was quicker with are left as they are, the others are written.
        Errors: `DecisionsMoved` with those that were not written.
        """
        saved, moved = [], []
        for one in decisions:
            key = _key(one.series, one.proposal)
            try:
                record = self._store.put(DECISION, key, one.model_dump(mode="json"), one.version)
            except RecordMoved:
                there = self._store.get(DECISION, key)
                moved.append(one if there is None else _decision(there))
                continue
            saved.append(one.model_copy(update={"version": record.version}))
        if moved:
            raise DecisionsMoved(moved, called, len(saved))
        return tuple(saved)

    def judged(self, *states: DecisionState, series: str | None = None) -> dict[str, Proposal]:
        """The proposals in one of these states by id, each as last proposed; of one series, or of all."""
        found: dict[str, Proposal] = {}
        for name in {one.series for one in self.plans()} if series is None else {series}:
            wanted = {one.proposal for one in self.decisions(name).values() if one.state in states}
            for solution in sorted((p for p in self.plans() if p.series == name), key=lambda one: -one.number):
                if wanted <= found.keys():
                    break
                found = {p.id: p for p in solution.plan.proposals if p.id in wanted} | found
        return dict(sorted(found.items()))


def _key(series: str, proposal: str) -> str:
    return f"{series}/{proposal}"


def _open(kept: Kept, proposal: str) -> Decision:
    return Decision(series=kept.series, proposal=proposal)


def _decision(record: Record) -> Decision:
    return Decision.model_validate({**record.value, "version": record.version})


def _value(kept: Kept) -> dict[str, Any]:
    return {
        "series": kept.series,
        "number": kept.number,
        "made_at": kept.made_at.isoformat(),
        "unit": kept.unit,
        "line": [kept.line.zh, kept.line.en],
        "sound": kept.sound,
        "plan": kept.text,
        "account": kept.account and kept.account.plain(),
        "broken": [[one.zh, one.en] for one in kept.broken],
        "numbers": None if kept.numbers is None else list(kept.numbers),
        "gone": {id_: list(was) for id_, was in kept.gone.items()},
    }


def _kept(record: Record) -> Kept:
    value = record.value
    return Kept(
        value["series"],
        value["number"],
        dt.datetime.fromisoformat(value["made_at"]),
        value["unit"],
        Text(*value["line"]),
        value["sound"],
        value["plan"],
        Account.from_plain(value["account"]) if value.get("account") else None,
        tuple(Text(*pair) for pair in value.get("broken", ())),
        None if value.get("numbers") is None else tuple(value["numbers"]),
        {id_: (was[0], was[1]) for id_, was in value.get("gone", {}).items()},
    )
