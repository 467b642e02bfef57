"""Where are plans and the decisions about them kept? As records of the store: plans never change, decisions by compare-and-set.

A plan that is solved anew is the next solution of its series. Decisions belong to the series, by the stable id of the
proposal, so that they hold in every solution of it and nothing has to be carried over.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from graphmodel.stores.protocol import Record, RecordMoved, Store
from graphmodel.text import Refusal, Text
from planning.decisions import Called, Decision, DecisionsMoved, DecisionState
from planning.plan import Plan, Proposal, digest
from planning.verify import Verification

PLAN, DECISION = "plan", "plan-decision"
_NAME = 8  # characters of a plan's id that name its series


class NoSuchPlan(Refusal):
    """There is no plan, or no proposal in it, of that name; or the name fits several."""

    def __init__(self, message: Text, hint: Text | None = None) -> None:
        super().__init__(
            message, hint or Text("用 partygraph plan show 查看。", "See: partygraph plan show"), "no-such-plan"
        )


@dataclass(frozen=True)
class Kept:
    """A plan as it is kept: the `number`-th solution of its `series`, who had it made and when, and what was verified.

    `line` is the verifier's ("closes 37 of 41, opens 0"), `sound` whether it found nothing wrong.
    """

    series: str
    number: int
    made_at: dt.datetime
    unit: str
    line: Text
    sound: bool
    text: str

    @property
    def name(self) -> str:
        """What people call it: series and number."""
        return f"{self.series}.{self.number}"

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
        return Text("{n}. {title}", "{n}. {title}").format(n=self.plan.place(id_), title=one.title)

    def proposal(self, said: str) -> Proposal:
        """A proposal by its id, or by its place in the plan from 1. Errors: `NoSuchPlan`."""
        proposals = self.plan.proposals
        if said.isascii() and said.isdigit() and 0 < int(said) <= len(proposals):
            return proposals[int(said) - 1]
        try:
            return self.plan.proposal(said)
        except KeyError:
            message = Text("方案 {plan} 没有“{id}”这一项。", "Plan {plan} has no proposal '{id}'.")
            raise NoSuchPlan(message.format(plan=self.name, id=said[:120])) from None


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

    def keep(self, plan: Plan, verified: Verification, unit: str, at: dt.datetime, after: Kept | None = None) -> Kept:
        """Store a plan: as the first of a series, or as the solution that comes `after` another. The same plan is stored once.

        Errors: `RecordMoved` where somebody else solved that series anew meanwhile.
        """
        text = plan.to_json()
        if after is not None and after.text == text:
            return after
        series, number = (digest(text)[:_NAME], 1) if after is None else (after.series, after.number + 1)
        kept = Kept(series, number, at, unit, verified.line, verified.sound, text)
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
    )
