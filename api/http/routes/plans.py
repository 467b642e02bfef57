"""The recommendation: who takes on a newcomer; plans made, followed, decided on, applied and confirmed."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Path, Query, Request, Response, status
from fastapi.encoders import jsonable_encoder
from pydantic import BaseModel, Field

from api import plans
from api.http.caller import Changing
from api.http.models import RevisionOut, Words, example
from api.http.problems import documented
from api.http.reading import Asked, IfMatch, expected_revision
from api.http.routes.imports import IdempotencyKey
from api.http.routes.jobs import JobOut, accepted
from api.http.routes.revisions import revision_out
from api.newcomers import MOST, described, plain, receptions
from api.plan_views import Choice, as_values, decision_values, kept_values, view
from api.scope import DistrictOnly
from graphmodel.paths import NodeKey
from graphmodel.text import Text
from planning.decisions import DecisionState, Wish

router = APIRouter(tags=["plans"])
PlanName = Annotated[
    str,
    Path(
        max_length=40, description="方案编号，newest 为最新 · id of a plan; newest for the newest", examples=["newest"]
    ),
]
NEWEST = "newest"


class NewcomersIn(BaseModel):
    """Organisations that are not registered yet: values as text, by names or titles of fields; authority and place by name or id."""

    model_config = example(
        items=[
            {
                "name": "锦江区晨光托育中心",
                "industry": "教育",
                "registration": "dual",
                "authority": "锦江区教育局",
                "street": "春熙路街道",
            }
        ]
    )

    items: list[dict[Annotated[str, Field(max_length=60)], Annotated[str, Field(max_length=500)] | None]] = Field(
        min_length=1, max_length=MOST
    )


class NewcomersOut(BaseModel):
    """For each: what is due by which clause, who answers, and until when; nothing is stored."""

    model_config = example(
        items=[
            {
                "name": "锦江区晨光托育中心",
                "revision": 1,
                "as_of": "2016-06-12",
                "stored": False,
                "advice": [],
                "due": [],
                "later": [],
            }
        ]
    )

    items: list[dict[str, Any]]


class PlanIn(BaseModel):
    """A plan of the newest revision; `after` a plan whose rest is solved anew, what was decided of it kept."""

    model_config = example(after=None)

    after: str | None = Field(default=None, max_length=40)


class PlanBrief(BaseModel):
    """A plan as lists show it; `verified` is the independent verifier's line, `sound` whether it found nothing wrong."""

    model_config = example(
        plan="5f2c0a1b.1", made_at="2016-06-12T08:00:00+00:00", unit="planner-office", revision=1, day="2016-06-12", size=41,
        verified={"zh": "补上 37 个缺口", "en": "closes 37 of 41"}, sound=True,
    )  # fmt: skip

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

    model_config = example(items=[])

    items: list[PlanBrief]


class PlanOut(PlanBrief):
    """A plan as it stands: decisions counted, a page of the proposals that were chosen, each with its decision and place."""

    model_config = example(
        plan="5f2c0a1b.1", made_at="2016-06-12T08:00:00+00:00", unit="planner-office", revision=1, day="2016-06-12", size=41,
        verified={"zh": "补上 37 个缺口", "en": "closes 37 of 41"}, sound=True, counts={"open": 41}, applied=0, total=41,
        next=None, proposals=[], unplaced=[], shortages=[], steps=[],
    )  # fmt: skip

    counts: dict[str, int]
    applied: int
    total: int
    next: int | None = Field(description="下一页从第几项开始 · the place from which the next page begins")
    proposals: list[dict[str, Any]]
    unplaced: list[dict[str, Any]]
    shortages: list[Any]
    steps: list[Any]


class WishIn(BaseModel):
    """One decision: a proposal's id or place, the state, why it is rejected, and the version of the decision that was seen."""

    model_config = example(proposal="1", state="accepted", reason=None, seen=None)

    proposal: str = Field(min_length=1, max_length=300)
    state: Literal["open", "accepted", "rejected", "pinned"]
    reason: str | None = Field(default=None, max_length=2000)
    seen: int | None = Field(default=None, ge=0, le=2**31 - 1)


class DecisionsIn(BaseModel):
    """Decisions to make together: all or none."""

    model_config = example(items=[{"proposal": "1", "state": "accepted"}])

    items: list[WishIn] = Field(min_length=1, max_length=1000)


class DecisionsOut(BaseModel):
    """The decisions that changed."""

    model_config = example(items=[{"proposal": "found-branch|…", "state": "accepted", "reason": None, "version": 1}])

    items: list[dict[str, Any]]


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


@router.post("/newcomers", responses=documented(409))
def receive_newcomers(wanted: NewcomersIn, asked: Asked) -> NewcomersOut:
    """尚未登记的组织由谁负责、如何组建、多少天内办什么（N7），什么都不存 · who takes on an organisation not yet registered; nothing is stored."""
    if asked.who.account.scope.body is not None:
        raise DistrictOnly
    context = asked.context
    found = receptions(context, described(context.network, wanted.items, "request"))
    return NewcomersOut(items=[_sent(plain(context, one)) for one in found])


def _sent(value: Any) -> dict[str, Any]:
    encoders = {Text: lambda text: {"zh": text.zh, "en": text.en}}
    found: dict[str, Any] = jsonable_encoder(value, custom_encoder=encoders)
    return found


def _brief(values: dict[str, Any]) -> dict[str, Any]:
    zh, en = values["verified"]
    return {**values, "verified": Words(zh=zh, en=en)}


def _named(name: str) -> str | None:
    return None if name == NEWEST else name


@router.post("/plans", status_code=status.HTTP_202_ACCEPTED, responses=documented(428))
def make_plan(
    wanted: PlanIn,
    request: Request,
    response: Response,
    who: Changing,
    if_match: IfMatch = None,
    idempotency_key: IdempotencyKey = None,
) -> JobOut:
    """求解方案；作为任务运行 · solve a plan; it runs as a job."""
    jobs, workspace, name = who.served.jobs, who.workspace, who.account.name

    def work(step: Any) -> dict[str, Any]:
        step(0, 1, Text("求解并校验", "solving and verifying").both())
        kept = plans.again(workspace, wanted.after, name) if wanted.after else plans.make(workspace, name)
        return {"plan": kept.name}

    def begin() -> str:
        expected_revision(who, if_match)
        return jobs.start("plan", name, work).id

    return accepted(response, request, jobs.get(jobs.once(name, idempotency_key, ("plan", wanted.after), begin)))


@router.get("/plans")
def list_plans(who: Changing) -> PlanList:
    """全部方案 · all plans."""
    found = plans.book(who.workspace).plans()
    return PlanList(items=[PlanBrief(**_brief(kept_values(kept))) for kept in found])


@router.get("/plans/{name}")
def read_plan(
    name: PlanName,
    who: Changing,
    kind: Annotated[list[str] | None, Query(max_length=20, description="只要这些种类 · of these kinds")] = None,
    state: Annotated[list[str] | None, Query(max_length=4, description="只要这些状态 · in these states")] = None,
    street: Annotated[list[str] | None, Query(max_length=100, description="只要这些街道 · in these streets")] = None,
    about: Annotated[
        str | None, Query(max_length=300, description="关于一个节点：组织、指导员岗位等 · about one node")
    ] = None,
    first: Annotated[int, Query(ge=1, le=10_000_000, description="从第几项开始 · from which place on")] = 1,
    limit: Annotated[int, Query(ge=1, le=1000, description="每页最多条数 · most of a page")] = 100,
) -> PlanOut:
    """一个方案：各项提议、理由、次选、决定 · a plan: proposals with reasons, runners-up and decisions."""
    choice = Choice(tuple(kind or ()), tuple(state or ()), tuple(street or ()), NodeKey.parse(about) if about else None)
    values = as_values(view(who.workspace, _named(name), choice))
    rest = [proposal for proposal in values["proposals"] if proposal["number"] >= first]
    return PlanOut(
        **{
            name: value
            for name, value in _brief(values).items()
            if name in PlanOut.model_fields and name != "proposals"
        },
        total=len(values["proposals"]),
        next=rest[limit]["number"] if len(rest) > limit else None,
        proposals=rest[:limit],
    )


@router.post("/plans/{name}/decisions", responses=documented(409))
def decide_proposals(name: PlanName, wanted: DecisionsIn, who: Changing) -> DecisionsOut:
    """采纳、驳回、锁定或撤回若干提议 · accept, reject, pin or undecide proposals."""
    wishes = [Wish(w.proposal, DecisionState(w.state), w.reason, w.seen) for w in wanted.items]  # type: ignore[call-arg]  # an enumeration's look-up
    _, changed = plans.decide(who.workspace, _named(name), wishes, who.account.name)
    return DecisionsOut(items=[{"proposal": one.proposal, **decision_values(one)} for one in changed])


@router.post("/plans/{name}/apply", responses=documented(409, 428))
def apply_plan(
    name: PlanName, how: ApplyIn, who: Changing, if_match: IfMatch = None, idempotency_key: IdempotencyKey = None
) -> AppliedOut:
    """把采纳的提议写成计划中的关系，作为一次改动 · write what was accepted as planned relations, as one act."""

    def do() -> dict[str, Any]:
        expected_revision(who, if_match)
        done = plans.apply(
            who.workspace, _named(name), note=how.note, unit=who.account.name, body=how.body, deadline=how.deadline
        )
        return {
            "plan": done.kept.name,
            "written": len(done.ready.proposals),
            "in_place": len(done.ready.there),
            "revision": done.revision and done.revision.number,
        }

    request = (name, how.model_dump(mode="json"))
    return AppliedOut(**who.served.jobs.once(who.account.name, idempotency_key, request, do))


@router.post("/confirmations", status_code=status.HTTP_201_CREATED, responses=documented(409, 428))
def confirm_founded(what: ConfirmationIn, who: Changing, if_match: IfMatch = None) -> RevisionOut:
    """确认计划中的已经落实 · confirm as actual what was planned."""
    expected_revision(who, if_match)
    done = plans.confirm(
        who.workspace, what.what, on=what.on, number=what.number, name=what.plan, note=what.note, unit=who.account.name
    )
    return revision_out(done)
