"""From gaps to a plan that is decided on, applied and confirmed: what shell and HTTP API call for it.

Every function takes a workspace, says who acts by the account of a unit, and refuses as a whole or does the whole.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from functools import reduce

from api.workspace import ACTOR, Workspace
from graphmodel.changes import ChangeSet, Conflict
from graphmodel.network import DanglingEdges
from graphmodel.paths import NodeKey
from graphmodel.stores.protocol import Act, Revision, RevisionMoved
from graphmodel.stores.refusals import StoreBusy
from graphmodel.text import Refusal, Text
from planning.applying import (
    CannotApply,
    Objection,
    Ready,
    assigned,
    broken_by,
    changed_at,
    made_ready,
    parted,
    remaining,
    unfit,
)
from planning.confirming import confirmation, unconfirmed
from planning.decisions import KEPT, Decision, DecisionState, Wish, decide_all
from planning.heeding import heeding
from planning.plan import Proposal
from planning.plan_book import Kept, PlanBook
from planning.planner import plan
from planning.verify import verify
from queries.context import Context

Progress = Callable[[int, int, str], None]
SOLVING, VERIFYING, KEEPING = (
    Text("求解", "solving"),
    Text("校验", "verifying"),
    Text("保存", "keeping"),
)


@dataclass(frozen=True, slots=True)
class Applied:
    """What applying did: `revision` is None where everything accepted was in place already."""

    kept: Kept
    ready: Ready
    revision: Revision | None


@dataclass(frozen=True, slots=True)
class Standing:
    """How far a plan has come: proposals by state; of the accepted ones, by id, which are in place, and which actual."""

    kept: Kept
    counts: dict[DecisionState, int]
    there: frozenset[str]
    actual: frozenset[str]

    @property
    def in_place(self) -> int:
        """How many of the accepted ones are written."""
        return len(self.there)

    @property
    def is_open(self) -> bool:
        """Whether something is still to be decided, or accepted and not written."""
        decided = self.counts[DecisionState.ACCEPTED] - self.in_place
        return bool(self.counts[DecisionState.OPEN] + self.counts[DecisionState.PINNED] + decided)

    @property
    def line(self) -> Text:
        """In one line, for reports."""
        return Text(
            "方案 {name}：待定 {open}，采纳 {accepted}（已应用 {there}），锁定 {pinned}，驳回 {rejected}。",
            "Plan {name}: {open} open, {accepted} accepted ({there} applied), {pinned} pinned, {rejected} rejected.",
        ).format(
            name=self.kept.name, there=self.in_place, **{state.value: number for state, number in self.counts.items()}
        )


def book(workspace: Workspace) -> PlanBook:
    """The plans and decisions of a workspace."""
    return PlanBook(workspace.store)


def _quiet(*_: object) -> None:
    """Tells nobody."""


def make(workspace: Workspace, unit: str = ACTOR, *, expected: int | None = None, progress: Progress = _quiet) -> Kept:
    """A plan of the newest revision, verified and kept. The same network gives the same plan, which is kept once.

    Where `progress` raises, nothing is kept. Errors: `RevisionMoved` where `expected` is not the newest.
    """
    context = _newest(workspace, expected)
    with _step(progress, 0, SOLVING):
        made = plan(context)
    with _step(progress, 1, VERIFYING):
        verified = verify(context, made)
    progress(2, 3, KEEPING.both())
    return book(workspace).keep(made, verified, unit, _now())


@contextmanager
def _step(progress: Progress, done: int, what: Text) -> Iterator[None]:
    """One of the three steps: told as it begins and again and again, so that it ends where `progress` raises.

    A store that is too busy to say whether the work is still wanted ends nothing: it is asked again.
    """

    def tell() -> None:
        progress(done, 3, what.both())

    def ask() -> None:
        with suppress(StoreBusy):
            tell()

    tell()
    with heeding(ask):
        yield


def _newest(workspace: Workspace, expected: int | None) -> Context:
    context = workspace.context()
    _refuse_moved(expected, context.network.stamp.revision)
    return context


def _refuse_moved(expected: int | None, newest: int) -> None:
    if expected is not None and newest != expected:
        raise RevisionMoved(expected, newest)


def again(
    workspace: Workspace,
    name: str | None = None,
    unit: str = ACTOR,
    *,
    expected: int | None = None,
    progress: Progress = _quiet,
) -> Kept:
    """The rest of a plan solved anew on the newest revision: pinned and accepted ones stay, rejected ones do not come again.

    Where nothing has changed it is the same plan. Errors: `NoSuchPlan`; `CannotApply` where one that stays does not fit
    the network any more; `RecordMoved` where somebody else solved it anew meanwhile; those of `make`.
    """
    plans = book(workspace)
    kept = plans.plan(plans.plan(name).series)
    context = _newest(workspace, expected)
    stay = plans.judged(*KEPT, series=kept.series)
    rejected = plans.judged(DecisionState.REJECTED, series=kept.series)
    lacking = zip(stay.values(), remaining(list(stay.values()), context.network), strict=True)
    pins = [replace(proposal, changes=changes) for proposal, changes in lacking if not changes.empty]
    try:
        with _step(progress, 0, SOLVING):
            made = plan(context, pins=pins, rejections=rejected.values())
    except (Conflict, DanglingEdges) as fault:
        raise CannotApply(unfit(context.network, pins) or [Objection(pins[0], fault.message)]) from fault
    whole = tuple(replace(p, changes=stay[p.id].changes) if p.id in stay else p for p in made.proposals)
    with _step(progress, 1, VERIFYING):
        verified = verify(context, made)
    progress(2, 3, KEEPING.both())
    broken = [
        Text("{title}：{why}", "{title}: {why}").format(title=one.proposal.title, why=one.why)
        for one in broken_by(context.network, made.proposals, verified)
        if one.proposal.id in made.pins
    ]
    return plans.keep(replace(made, proposals=whole, _places={}), verified, unit, _now(), after=kept, broken=broken)


def decide(
    workspace: Workspace, name: str | None, wishes: Sequence[Wish], unit: str = ACTOR
) -> tuple[Kept, tuple[Decision, ...]]:
    """Accept, reject, pin or undecide proposals of a plan; gives the decisions that changed, none of those that say so already.

    A proposal may be named by its number. Errors: `NoSuchPlan`; `DecisionRefused`, `DecisionsMoved` of `planning.decisions`.
    """
    plans = book(workspace)
    kept = plans.plan(name)
    named = [Wish(kept.proposal(w.proposal).id, w.state, w.reason, w.seen) for w in wishes]
    now = plans.standing(kept)
    return kept, plans.save(decide_all(now, named, unit, _now(), kept.called), kept.called)


def ready(workspace: Workspace, name: str | None = None, *, expected: int | None = None) -> tuple[Kept, Ready]:
    """What applying a plan would write today. Errors: as `apply`."""
    plans = book(workspace)
    kept = plans.plan(name)
    states = plans.standing(kept)
    accepted = [p for p in kept.plan.proposals if states[p.id].state is DecisionState.ACCEPTED]
    if not accepted:
        message = Text("方案 {name} 还没有采纳任何一项。", "Nothing of plan {name} is accepted yet.").format(
            name=kept.name
        )
        hint = Text("先审核：partygraph plan decide accept …", "Decide first: partygraph plan decide accept …")
        raise Refusal(message, hint, "nothing-accepted")
    context = _newest(workspace, expected)
    since = _since(workspace, kept, context.network.stamp.revision)
    return kept, made_ready(context, kept.plan, accepted, since)


def apply(
    workspace: Workspace,
    name: str | None = None,
    *,
    note: str = "",
    unit: str = ACTOR,
    body: str | None = None,
    deadline: dt.date | None = None,
    expected: int | None = None,
) -> Applied:
    """Write the accepted proposals of a plan as planned relations, in one act; what is in place already is not written again.

    Every proposal is looked at again on the newest revision, `expected`, first. `body` is responsible for them, by `deadline`.
    Errors: `NoSuchPlan`; `Refusal` where nothing is accepted; `CannotApply`; `RevisionMoved`; those of the store.
    """
    kept, found = ready(workspace, name, expected=expected)
    if found.changes.empty:
        return Applied(kept, found, None)
    source = f"plan:{kept.name}"
    changes = assigned(found.changes, source, body, deadline)
    stamp = found.stamp  # of the network that was looked at: what was written since is met by a refusal
    said = note or Text("应用方案的 {n} 项", "{n} proposals of the plan").format(n=len(found.proposals)).both()
    act = Act("plan", unit, source, stamp.as_of, said)
    return Applied(kept, found, workspace.store.apply(changes, act, stamp.revision))


def confirm(
    workspace: Workspace,
    what: Sequence[str],
    *,
    on: dt.date,
    number: str | None = None,
    name: str | None = None,
    note: str = "",
    unit: str = ACTOR,
    expected: int | None = None,
) -> Revision:
    """Confirm as founded since a day what is planned: node addresses (`Type/id`), or proposals of a plan that was applied.

    A Party organisation and its relations become actual together. The data then speak of that day where it is the
    later one. Errors: `Refusal` for a day to come; `NothingPlanned`, `NoSuchNode`, `NoSuchPlan`; `RevisionMoved`, where
    `expected` is not the newest; those of the store.
    """
    if on > dt.datetime.now(dt.UTC).date():
        message = Text("确认日期 {on} 还没有到。", "The day {on} has not come yet.").format(on=on)
        raise Refusal(message, Text("请填写实际成立的日期。", "Give the day on which it was founded."), "bad-date")
    network = workspace.network()
    _refuse_moved(expected, network.stamp.revision)
    plans = book(workspace)
    nodes = [NodeKey.parse(text) for text in what if _is_address(text)]
    said = [text for text in what if not _is_address(text)]
    kept = plans.plan(name) if said else None
    applied = plans.judged(DecisionState.ACCEPTED)
    proposals = [_named(kept, applied, text) for text in said] if kept is not None else []
    if undecided := [p for p in proposals if p.id not in applied]:
        message = Text("未采纳，不能确认：{title}", "Not accepted, so it cannot be confirmed: {title}")
        raise Refusal(message.format(title=undecided[0].title), code="not-accepted")
    changes = confirmation(network, nodes, proposals, list(applied.values()), on, number)
    source = "confirmation" if kept is None else f"plan:{kept.name}"
    act = Act("confirm", unit, source, max(on, network.stamp.as_of), note)
    return workspace.store.apply(changes, act, network.stamp.revision)


def _named(kept: Kept, applied: Mapping[str, Proposal], said: str) -> Proposal:
    """A proposal by number or id; one that was accepted also where a later solution has it no more, since it is written."""
    return applied.get(kept.id_of(said)) or kept.proposal(said)


def meant(workspace: Workspace, what: Sequence[str], name: str | None = None) -> list[Text]:
    """What numbers or ids of proposals mean in a plan. Node addresses are left out. Errors: `NoSuchPlan`."""
    said = [text for text in what if not _is_address(text)]
    if not said:
        return []
    plans = book(workspace)
    kept, applied = plans.plan(name), plans.judged(DecisionState.ACCEPTED)
    return [
        Text("{plan} 第 {text} 项：{title}", "{plan}, {text}: {title}").format(
            plan=kept.name, text=text, title=_named(kept, applied, text).title
        )
        for text in said
    ]


def standing(workspace: Workspace, kept: Kept) -> Standing:
    """How far a plan has come."""
    states = book(workspace).standing(kept)
    counts = Counter(decision.state for decision in {**book(workspace).decisions(kept.series), **states}.values())
    accepted = [p for p in kept.plan.proposals if states[p.id].state is DecisionState.ACCEPTED]
    network = workspace.network()
    _, there = parted(accepted, network)
    written = frozenset(p.id for p in there)
    actual = written - unconfirmed(network, there)
    return Standing(kept, {state: counts[state] for state in DecisionState}, written, actual)


def changed(workspace: Workspace, stands: Standing, head: int) -> dict[str, tuple[NodeKey, ...]]:
    """Of each proposal that is not in place, by id, the nodes at which others changed something from the plan's revision to `head`.

    Whether it holds for all that, applying says. Cost: the changes since, and one join with what the plan touches.
    """
    kept = stands.kept
    waiting = [p for p in kept.plan.proposals if p.id not in stands.there]
    return changed_at(waiting, _since(workspace, kept, head))


def open_plan(workspace: Workspace) -> Standing | None:
    """The newest plan, where something of it is still to be decided or written."""
    plans = book(workspace).plans()
    if not plans:
        return None
    found = standing(workspace, plans[-1])
    return found if found.is_open else None


def _since(workspace: Workspace, kept: Kept, head: int) -> ChangeSet:
    """What others changed after the revision that a plan was made on; its own series' acts, and their undoing, are none."""
    log = workspace.revisions()[kept.plan.revision : head]
    others = (r.number for r in log if not r.act.source.startswith(f"plan:{kept.series}."))
    return reduce(ChangeSet.then, map(workspace.store.changes, others), ChangeSet({}))


def _is_address(text: str) -> bool:
    return "/" in text and ":" not in text.partition("/")[0]


def _now() -> dt.datetime:
    return dt.datetime.now(dt.UTC)
