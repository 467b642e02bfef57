"""What is a plan? Proposals that are valid alone, each with its reasons, and a stated reason where there is none."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Literal

from graphmodel.changes import ChangeSet
from graphmodel.declare import Choice
from graphmodel.paths import NodeKey
from graphmodel.text import Text
from planning.book import Book, gathered

Status = Literal["optimal", "feasible"]


class ActionKind(Choice):
    """What a proposal would do; the order is that of the plan."""

    RESPONSIBILITY = "responsibility", "落实责任单位", "name the responsible body", "责任单位", "归口"
    STANDALONE = "standalone", "单独组建党支部", "found a branch of its own", "单建", "单独组建"
    JOIN_JOINT = "join-joint", "加入联合党支部", "join a joint branch", "加入联建"
    NEW_JOINT = "new-joint", "新建联合党支部", "found a joint branch", "新建联建"
    FUNCTIONAL = "functional", "组建功能型党组织", "found a functional Party organisation", "功能型"
    INSTRUCTOR = "instructor", "派指导员", "send an instructor", "指导员"
    STATION = "station", "落实指导站", "name a guidance station", "指导站"
    INCUBATE = "incubate", "临时纳入孵化", "take in for incubation", "孵化", "纳入孵化"
    NEXT_HOME = "next-home", "孵化期满去向", "next home after incubation", "期满去向"
    DEMONSTRATION = "demonstration", "示范孵化", "take in for demonstration", "示范"
    ALLIANCE = "alliance", "加入党建联盟", "join an alliance", "联盟", "入联盟"
    VENUE = "venue", "共用活动阵地", "share a venue", "阵地"


_KINDS = {kind.value: kind for kind in ActionKind}
_ANSWERING = (ActionKind.RESPONSIBILITY, ActionKind.NEXT_HOME, ActionKind.INCUBATE)
_COVERING = (ActionKind.STANDALONE, ActionKind.JOIN_JOINT, ActionKind.NEW_JOINT, ActionKind.FUNCTIONAL)
ASKED: Mapping[str, tuple[ActionKind, ...]] = {
    "responsibility-gaps": _ANSWERING,
    "managed-by-neither": _ANSWERING,
    "branch-required": (ActionKind.STANDALONE,),
    "uncovered": (*_COVERING, ActionKind.INCUBATE),
    "few-members-uncovered": _COVERING,
    "instructor-due": (ActionKind.INSTRUCTOR, *_COVERING),
    "wrong-station": (ActionKind.STATION, ActionKind.INSTRUCTOR),
    "no-work-coverage": (ActionKind.STATION, ActionKind.INSTRUCTOR, *_COVERING),
    "incubation-overdue": (ActionKind.NEXT_HOME, *_COVERING),
    "demonstration-quota": (ActionKind.DEMONSTRATION,),
    "outside-alliance": (ActionKind.ALLIANCE,),
    "isolated-component": (ActionKind.ALLIANCE,),
    "venue-missing": (ActionKind.VENUE,),
}
"""The questions whose gaps a plan is made for, each with the kinds of action that answer it; gaps of others may end beside them."""


def no_other(kind: ActionKind) -> Text:
    """Why a proposal of a kind without runner-up has none."""
    return _NO_OTHER.get(kind, _NONE_FITS)


_DUE = Text("规则已定，没有别的选择", "the rules leave no choice")
_NONE_FITS = Text(
    "其余的不合硬性规则、没有余位，或已被驳回", "all others break a hard rule, have no room, or were rejected"
)
_NO_OTHER = {
    ActionKind.RESPONSIBILITY: _DUE,
    ActionKind.NEXT_HOME: _DUE,
    ActionKind.STANDALONE: _DUE,
    ActionKind.FUNCTIONAL: _DUE,
    ActionKind.NEW_JOINT: Text("近处没有有余位的联合党支部", "no joint branch near has room"),
    ActionKind.DEMONSTRATION: Text("名额先给获表彰的，再给近的", "places go to honoured ones first, then to near ones"),
}


@dataclass(frozen=True, slots=True)
class Reason:
    """What one rule says of a choice.

    `rule` its name in `planning.rules`; `text` in words, with the figures of this case; `clause` or None where the
    rule is ours; `hard` whether it may never be broken; `cost` of a soft rule, 0 the best; `rank` its place in the
    lexicographic order (hard rules have none).
    """

    rule: str
    text: Text
    clause: str | None
    hard: bool
    cost: float = 0.0
    rank: int | None = None


@dataclass(frozen=True, slots=True)
class RunnerUp:
    """The next best target and what it would cost more, rule by rule (rule name → additional cost)."""

    target: NodeKey
    name: str | None
    costs: Mapping[str, float]
    text: Text


@dataclass(frozen=True, slots=True)
class Proposal:
    """The smallest action that is valid alone.

    `id` is stable, see `identity`; `subjects` the nodes it is for; `target` the body that takes them on, None where
    the action founds it. `changes` are planned relations only (and relations to end), as a ChangeSet on
    the plan's revision. `closes` are the identities of findings that would open again without it, were the rest of the
    plan confirmed. `evidence` are relations and facts in words; `needs` ids of proposals that must be accepted with it.
    """

    id: str
    kind: ActionKind
    subjects: tuple[NodeKey, ...]
    target: NodeKey | None
    title: Text
    changes: ChangeSet
    closes: tuple[str, ...]
    reasons: tuple[Reason, ...]
    runner_up: RunnerUp | None = None
    evidence: tuple[Text, ...] = ()
    needs: tuple[str, ...] = ()
    rank: int | None = None

    @property
    def counted(self) -> tuple[int, int]:
        """How many gaps it closes in the questions that plans are made for, and how many in others."""
        asked = sum(finding.split("|", 1)[0] in ASKED for finding in self.closes)
        return asked, len(self.closes) - asked


@dataclass(frozen=True, slots=True)
class Unplaced:
    """An organisation in question without a proposal: why not, and the cheapest change that would allow one."""

    kind: ActionKind
    subject: NodeKey
    finding: str
    why: Text
    cheapest: Text


DORMANT = (
    Text(
        "有“僵尸型”情形，不占联合支部名额和指导员",
        "it shows a sign of inactivity, so it takes no place in a joint branch and no instructor",
    ),
    Text(
        "先核实是否仍在活动：仍在的补录近期活动，不在的改列停止活动",
        "verify first whether it is active: if so record its latest activity, if not mark it inactive",
    ),
)
"""Why an inactive organisation is given nothing that is scarce, and what would change that (N11)."""


@dataclass(frozen=True, slots=True)
class Solved:
    """How well one part of the plan was solved.

    `value` what the solver reached and `bound` what can be reached at most (or at least, for costs), in `measure`;
    `gap` relative, 0 where proven optimal; `unproven` what of the choice is found in order, but not proven.
    """

    part: str
    measure: Text
    status: Status
    value: float
    bound: float
    gap: float
    candidates: int
    unproven: Text | None = None


@dataclass(frozen=True, slots=True)
class Shortage:
    """How much of something is missing: "3 instructor posts short at private schools"."""

    what: Text
    short: int


@dataclass(frozen=True, slots=True)
class Step:
    """One step on the way to the targets: an action, its marginal gain, and the rates after it.

    `gain` organisations newly covered, `own` newly with a branch of their own.
    """

    proposal: str
    gain: int
    own: int
    coverage: float
    standalone: float


@dataclass(frozen=True, slots=True)
class Moved:
    """A question of which the gaps are others once all that is planned counts as there: how many `now`, and `then`."""

    question: str
    now: int
    then: int


@dataclass(frozen=True, slots=True)
class Start:
    """From where a plan starts: `relations` planned before count as there, at so many `organizations`."""

    relations: int
    organizations: int
    moved: tuple[Moved, ...]


@dataclass(frozen=True, slots=True)
class Plan:
    """All proposals for one revision under one policy on one day; the same input gives the same plan, bit for bit.

    `unplaced` tells of every gap in the questions asked that no proposal closes; `start` is None in a plan of an earlier release.
    """

    revision: int
    policy: str
    day: dt.date
    proposals: tuple[Proposal, ...]
    unplaced: tuple[Unplaced, ...]
    solved: tuple[Solved, ...]
    shortages: tuple[Shortage, ...] = ()
    steps: tuple[Step, ...] = ()
    pins: tuple[str, ...] = ()
    rejections: tuple[str, ...] = ()
    start: Start | None = None
    _places: dict[str, int] = field(default_factory=dict, compare=False, repr=False)

    @property
    def id(self) -> str:
        """A digest of everything the plan says; two plans of one id are the same plan."""
        return digest(self.to_json())

    def place(self, id_: str) -> int:
        """The place of a proposal, from 1; `KeyError` where the plan has none of that id."""
        if not self._places:
            self._places.update({p.id: place for place, p in enumerate(self.proposals, 1)})
        return self._places[id_]

    def proposal(self, id_: str) -> Proposal:
        """One proposal; errors as `place`."""
        return self.proposals[self.place(id_) - 1]

    def about(self, node: NodeKey) -> list[Proposal]:
        """The proposals for an organisation, or those whose target a body is."""
        return [p for p in self.proposals if node in p.subjects or p.target == node]

    def to_json(self) -> str:
        """The plan as JSON text, the changes of all proposals as columns; `from_json` gives it back."""
        return json.dumps(_plain(self), ensure_ascii=False, sort_keys=True, separators=(",", ":"))

    @staticmethod
    def from_json(text: str) -> Plan:
        """The plan that `to_json` wrote."""
        return _plan(json.loads(text))


def digest(text: str) -> str:
    """The id of the plan that `to_json` wrote as this text."""
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def identity(kind: ActionKind, subjects: tuple[NodeKey, ...], target: NodeKey | None) -> str:
    """The id of a proposal: its kind, its first subject, and a digest of all subjects and of the target.

    So one that comes again for another target is another proposal, and a decision on the first says nothing of it.
    """
    said = "\n".join((kind.value, *map(str, subjects), "" if target is None else str(target)))
    more = f"+{len(subjects) - 1}" if len(subjects) > 1 else ""
    return f"{kind.value}:{subjects[0].id}{more}:{hashlib.sha256(said.encode()).hexdigest()[:8]}"


def together(proposals: tuple[Proposal, ...] | list[Proposal]) -> ChangeSet:
    """The changes of several proposals as one ChangeSet; rows that two of them bring alike come once."""
    return gathered([p.changes for p in proposals])


def without(plan: Plan, *ids: str) -> Plan:
    """The plan without some proposals."""
    kept = tuple(p for p in plan.proposals if p.id not in ids)
    return replace(plan, proposals=kept, _places={})


def _plain(value: Any) -> Any:
    if isinstance(value, str | int | float | None):
        return value
    if isinstance(value, Text):
        return [value.zh, value.en]
    if isinstance(value, NodeKey):
        return str(value)
    if isinstance(value, tuple | list):
        return [_plain(item) for item in value]
    if isinstance(value, dt.date):
        return value.isoformat()
    if isinstance(value, Plan):
        book = Book.binding([p.changes for p in value.proposals])
        return {**_fields(value), "changes": book.plain()}
    if isinstance(value, Mapping):
        return {str(k): _plain(v) for k, v in value.items()}
    return _fields(value)


def _fields(value: Any) -> dict[str, Any]:
    """The fields of a dataclass; changes stand once, in the plan."""
    names = (n for n in value.__dataclass_fields__ if not n.startswith("_") and n != "changes")
    return {name: _plain(getattr(value, name)) for name in names}


def _text(pair: list[str]) -> Text:
    return Text(pair[0], pair[1])


def _plan(raw: dict[str, Any]) -> Plan:
    book = Book.from_plain(raw["changes"])
    return Plan(
        revision=raw["revision"],
        policy=raw["policy"],
        day=dt.date.fromisoformat(raw["day"]),
        proposals=tuple(_proposal(p, book.page(place)) for place, p in enumerate(raw["proposals"])),
        unplaced=tuple(
            Unplaced(
                _KINDS[u["kind"]], NodeKey.parse(u["subject"]), u["finding"], _text(u["why"]), _text(u["cheapest"])
            )
            for u in raw["unplaced"]
        ),
        solved=tuple(_solved(s) for s in raw["solved"]),
        shortages=tuple(Shortage(_text(s["what"]), s["short"]) for s in raw["shortages"]),
        steps=tuple(Step(**s) for s in raw["steps"]),
        pins=tuple(raw["pins"]),
        rejections=tuple(raw["rejections"]),
        start=_start(raw.get("start")),
    )


def _solved(raw: dict[str, Any]) -> Solved:
    unproven = raw.get("unproven")
    return Solved(**{**raw, "measure": _text(raw["measure"]), "unproven": unproven and _text(unproven)})


def _start(raw: dict[str, Any] | None) -> Start | None:
    if raw is None:  # a plan of an earlier release
        return None
    return Start(raw["relations"], raw["organizations"], tuple(Moved(**m) for m in raw["moved"]))


def _proposal(raw: dict[str, Any], changes: ChangeSet) -> Proposal:
    runner = raw["runner_up"]
    return Proposal(
        id=raw["id"],
        kind=_KINDS[raw["kind"]],
        subjects=tuple(NodeKey.parse(s) for s in raw["subjects"]),
        target=None if raw["target"] is None else NodeKey.parse(raw["target"]),
        title=_text(raw["title"]),
        changes=changes,
        closes=tuple(raw["closes"]),
        reasons=tuple(Reason(**{**r, "text": _text(r["text"])}) for r in raw["reasons"]),
        runner_up=None
        if runner is None
        else RunnerUp(NodeKey.parse(runner["target"]), runner["name"], runner["costs"], _text(runner["text"])),
        evidence=tuple(_text(e) for e in raw["evidence"]),
        needs=tuple(raw["needs"]),
        rank=raw["rank"],
    )
