"""What do plans look like over HTTP? Shapes of proposals, decisions, previews and confirmations, each with an example."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Any, Literal

from pydantic import BaseModel, Field

from api.http.models import ChoiceOut, Found, OfRevision, Words, example
from api.http.revision_models import CellOut, Counts

_WORDS = {"zh": "春熙路第三党支部", "en": "branch 3 of Chunxi Road"}
_KIND = {"value": "join-joint", "title": {"zh": "加入联合党支部", "en": "join a joint branch"}}
_SUBJECT = {"type": "Organization", "id": "usc:51510104M101458013", "name": "锦江区晨光托育中心"}
_BRIEF: dict[str, Any] = {
    "plan": "5f2c0a1b.1", "made_at": "2016-06-12T08:00:00Z", "unit": "planner-office", "revision": 1, "day": "2016-06-12",
    "size": 41, "verified": {"zh": "销号 37/41，新开 0", "en": "closes 37 of 41, opens 0"}, "sound": True,
}  # fmt: skip
_DECISION: dict[str, Any] = {
    "proposal": "join-joint:usc:51510104M101458013:0a1b2c3d", "state": "accepted", "reason": None, "unit": "planner-office",
    "at": "2016-06-13T08:00:00Z", "version": 1,
}  # fmt: skip
_REASON: dict[str, Any] = {
    "rule": "same-street", "text": {"zh": "在同一街道", "en": "in the same street"}, "clause": "J6", "hard": False, "cost": 0.0,
    "rank": 1,
}  # fmt: skip
_PROPOSAL: dict[str, Any] = {
    "number": 1, "id": _DECISION["proposal"], "kind": _KIND, "title": _WORDS, "subjects": [_SUBJECT], "target": None,
    "closes": ["uncovered|Organization|usc:51510104M101458013"], "reasons": [_REASON], "runner_up": None, "evidence": [],
    "needs": [], "rank": None, "decision": _DECISION, "applied": False, "confirmed": False, "changed": [],
}  # fmt: skip
_STATES = Literal["open", "accepted", "rejected", "pinned"]


class PlanIn(BaseModel):
    """A plan of the newest revision; `after` a plan whose rest is solved anew, what was decided of it kept."""

    model_config = example(after=None)

    after: str | None = Field(default=None, max_length=40)


class PlanBrief(BaseModel):
    """A plan as lists show it; `verified` is the independent verifier's line, `sound` whether it found nothing wrong."""

    model_config = example(**_BRIEF)

    plan: str
    made_at: dt.datetime
    unit: str
    revision: int
    day: dt.date
    size: int
    verified: Words
    sound: bool


class PlanList(BaseModel):
    """All plans, the oldest first."""

    model_config = example(items=[_BRIEF])

    items: list[PlanBrief]


class DecisionOut(BaseModel):
    """What was decided about a proposal, by which unit's account, and when; version 0: nobody ever decided."""

    model_config = example(**_DECISION)

    proposal: str
    state: _STATES
    reason: str | None
    unit: str | None
    at: dt.datetime | None
    version: int


class ReasonOut(BaseModel):
    """What one rule says of a choice: soft rules have a `cost`, 0 the best, and their `rank` in the lexicographic order."""

    model_config = example(**_REASON)

    rule: str
    text: Words
    clause: str | None
    hard: bool
    cost: float
    rank: int | None


class RunnerUpOut(BaseModel):
    """The next best target and what it would cost more, by rule."""

    model_config = example(
        target=_SUBJECT, costs={"distance": 2.0}, text={"zh": "远 2 个街道", "en": "2 streets farther"}
    )

    target: Found
    costs: dict[str, float]
    text: Words


class Needed(BaseModel):
    """A proposal that must be accepted with another."""

    model_config = example(id=_PROPOSAL["id"], title=_WORDS)

    id: str
    title: Words


class ProposalOut(BaseModel):
    """A proposal: for whom, what, why rule by rule, the runner-up, recorded facts, what it needs, the decision about it.

    `number` is its own in every solution of the series; `closes` identities of findings; `applied` whether it was accepted and is written,
    `confirmed` whether nothing of it is planned any more; `changed` at which nodes others changed something since the plan was made,
    while it waits.
    """

    model_config = example(**_PROPOSAL)

    number: int
    id: str
    kind: ChoiceOut
    title: Words
    subjects: list[Found]
    target: Found | None
    closes: list[str]
    reasons: list[ReasonOut]
    runner_up: RunnerUpOut | None
    evidence: list[Words]
    needs: list[Needed]
    rank: int | None
    decision: DecisionOut
    applied: bool
    confirmed: bool
    changed: list[Found]


class ProposalRead(ProposalOut):
    """A proposal of a plan with the rows that it would write, cell by cell."""

    model_config = example(**_PROPOSAL, plan="5f2c0a1b.1", writes=[])

    plan: str
    writes: list[CellOut]


class ProposalsOut(BaseModel):
    """What the newest plan proposes about a node; `plan` is null, and nothing proposed, where there is no plan."""

    model_config = example(plan="5f2c0a1b.1", items=[_PROPOSAL])

    plan: str | None
    items: list[ProposalOut]


class UnplacedOut(BaseModel):
    """Who has no proposal, why, and the cheapest change that would allow one."""

    model_config = example(kind=_KIND, subject=_SUBJECT, finding="uncovered|Organization|usc:51510104M101458013",
                           why=_WORDS, cheapest=_WORDS)  # fmt: skip

    kind: ChoiceOut
    subject: Found
    finding: str
    why: Words
    cheapest: Words


class SolvedOut(BaseModel):
    """How well one part was solved: what was reached, what can be reached at most, and the relative gap, 0 where proven."""

    model_config = example(
        part="joint-cover", measure=_WORDS, status="optimal", value=11, bound=11, gap=0, candidates=11
    )

    part: str
    measure: Words
    status: Literal["optimal", "feasible"]
    value: float
    bound: float
    gap: float
    candidates: int
    unproven: Words | None = Field(default=None, description="没有证明的 · what is not proven of it")


class ShortageOut(BaseModel):
    """How much of something is missing."""

    model_config = example(what=_WORDS, short=1)

    what: Words
    short: int


class StepOut(BaseModel):
    """One step towards the targets: the proposal by its number, organisations newly covered, and the rates after it."""

    model_config = example(number=38, gain=1, own=1, coverage=0.955, standalone=0.365)

    number: int
    gain: int
    own: int
    coverage: float
    standalone: float


class KindCount(ChoiceOut):
    """A kind of proposal, and how many of them a plan has."""

    model_config = example(**_KIND, count=11)

    count: int


class PlanOut(PlanBrief):
    """A plan as it stands: decisions counted, a page of the proposals that were chosen, how it was solved, who has none."""

    model_config = example(
        **_BRIEF, reckoning=[_WORDS], policy="jinjiang-2016", counts={"open": 41}, applied=0, confirmed=0, newest=1, changed=0, kinds=[{**_KIND, "count": 11}],
        total=41, next=None, proposals=[_PROPOSAL], unplaced=[], solved=[], shortages=[], steps=[],
    )  # fmt: skip

    reckoning: list[Words] = Field(
        description="起点和各数如何相加，逐行 · from where it starts, and how its figures add up"
    )
    policy: str
    counts: dict[str, int]
    applied: int
    confirmed: int
    newest: int = Field(description="最新的版本 · the newest revision")
    changed: int = Field(
        description="待落实的各项中，拟定以来他处有变化的 · of those that wait, how many others changed something at since"
    )
    kinds: list[KindCount]
    total: int
    next: int | None = Field(description="下一页从第几项开始 · the place from which the next page begins")
    proposals: list[ProposalOut]
    unplaced: list[UnplacedOut]
    solved: list[SolvedOut]
    shortages: list[ShortageOut]
    steps: list[StepOut]


class WishIn(BaseModel):
    """One decision: a proposal's id or number, the state, why it is rejected, and the version of the decision that was seen."""

    model_config = example(proposal="1", state="accepted", reason=None, seen=None)

    proposal: str = Field(min_length=1, max_length=300)
    state: _STATES
    reason: str | None = Field(default=None, max_length=2000)
    seen: int | None = Field(default=None, ge=0, le=2**31 - 1)


class DecisionsIn(BaseModel):
    """Decisions to make together: all or none."""

    model_config = example(items=[{"proposal": "1", "state": "accepted"}])

    items: list[WishIn] = Field(min_length=1, max_length=1000)


class DecisionsOut(BaseModel):
    """The decisions that changed."""

    model_config = example(items=[_DECISION])

    items: list[DecisionOut]


class ToWrite(BaseModel):
    """A proposal that would be written, and at which of its nodes others changed something since the plan was made."""

    model_config = example(id=_PROPOSAL["id"], title=_WORDS, changed=[])

    id: str
    title: Words
    changed: list[Found]


class PreviewOut(OfRevision):
    """What applying would write on this revision: proposals, rows by type and cell by cell, and what the verifier says."""

    model_config = example(revision=2, as_of="2016-06-12", plan="5f2c0a1b.1", proposals=[], in_place=0, counts={},
                           verified={"zh": "销号 12/41，新开 0", "en": "closes 12 of 41, opens 0"}, cells=[])  # fmt: skip

    plan: str
    proposals: list[ToWrite]
    in_place: int
    counts: dict[str, Counts]
    verified: Words | None
    cells: list[CellOut]


class ApplyIn(BaseModel):
    """Who is responsible for what is planned, by when, and why."""

    model_config = example(note="六月方案", body=None, deadline="2016-09-30")

    note: str = Field(default="", max_length=1000)
    body: str | None = Field(default=None, max_length=200)
    deadline: dt.date | None = None


class AppliedOut(BaseModel):
    """What applying did: how many proposals it wrote and how many were in place; null where nothing was left to write."""

    model_config = example(plan="5f2c0a1b.1", written=12, in_place=0, revision=2)

    plan: str
    written: int
    in_place: int
    revision: int | None


class ConfirmationIn(BaseModel):
    """What is founded in truth: node addresses, or proposals of a plan that was applied; since when, by which approval."""

    model_config = example(
        what=["PartyOrganization/po:usc:51510104M101458013"],
        on="2016-07-01",
        number="锦组〔2016〕12号",
        plan=None,
        note="",
    )

    what: list[Annotated[str, Field(min_length=1, max_length=300)]] = Field(min_length=1, max_length=1000)
    on: dt.date
    number: str | None = Field(default=None, max_length=100)
    plan: str | None = Field(default=None, max_length=40)
    note: str = Field(default="", max_length=1000)
