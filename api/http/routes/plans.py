"""Plans: made and followed, read proposal by proposal, decided on, previewed, applied and confirmed."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from typing import TYPE_CHECKING, Annotated, Any, Literal

from fastapi import APIRouter, Depends, Path, Query, Request, Response, status

from api import plans
from api.http.caller import Changing
from api.http.job_out import JobOut, leads_to
from api.http.models import Words
from api.http.overseeing import Overseeing
from api.http.plan_models import (
    AppliedOut,
    ApplyIn,
    ConfirmationIn,
    DecisionsIn,
    DecisionsOut,
    PlanIn,
    PlanList,
    PlanOut,
    PreviewOut,
    ProposalRead,
    ProposalsOut,
    ToWrite,
)
from api.http.plan_out import brief_out, decision_out, node_out, plan_out, proposals_out
from api.http.problems import documented
from api.http.reading import UNCHANGED, Limit, give_tag, page_size
from api.http.revision_models import CellOut, RevisionOut
from api.http.routes.revisions import counts_out, revision_out
from api.http.writing import WRITES, Writing
from api.job_records import Progress
from api.plan_views import Choice, View, names, titles, view
from graphmodel.changes import ChangeSet
from graphmodel.paths import NodeKey, row_of
from planning.applying import CannotApply, written
from planning.decisions import DecisionsMoved, DecisionState, Wish
from planning.plan import ActionKind

router = APIRouter(tags=["plans"])
PlanName = Annotated[
    str,
    Path(
        max_length=40, description="方案编号，newest 为最新 · id of a plan; newest for the newest", examples=["newest"]
    ),
]
if TYPE_CHECKING:
    KindName = str
    StateName = str
else:
    KindName, StateName = (Literal[tuple(each.value for each in names)] for names in (ActionKind, DecisionState))
NEWEST = "newest"
_CELLS = 500  # cells of a preview or a proposal that are told; the counts are of all


def _chosen(
    kind: Annotated[list[KindName] | None, Query(max_length=20, description="只要这些种类 · of these kinds")] = None,
    state: Annotated[list[StateName] | None, Query(max_length=4, description="只要这些状态 · in these states")] = None,
    street: Annotated[list[str] | None, Query(max_length=100, description="只要这些街道 · in these streets")] = None,
    about: Annotated[
        list[str] | None,
        Query(max_length=200, description="关于这些节点：组织、指导员岗位等 · about any of these nodes"),
    ] = None,
    question: Annotated[
        str | None, Query(max_length=80, description="只要能销一个问题缺口的 · that close gaps of one question")
    ] = None,
) -> Choice:
    nodes = tuple(NodeKey.parse(one) for one in about or ())
    return Choice(tuple(kind or ()), tuple(state or ()), tuple(street or ()), nodes, question)


Chosen = Annotated[Choice, Depends(_chosen)]


def named_plan(name: str) -> str | None:
    """How a service names the plan that an address names."""
    return None if name == NEWEST else name


def _tag(request: Request, response: Response, who: Overseeing, shown: View) -> None:
    versions = [one.version for one in shown.decisions.values()]
    give_tag(request, response, who, who.workspace.store.head, shown.kept.name, versions)


def _cells(changes: ChangeSet) -> list[CellOut]:
    return [CellOut(**row) for row in changes.fields().head(_CELLS).iter_rows(named=True)]


@contextmanager
def conflicts_told() -> Iterator[None]:
    """Let a refusal by what others decided tell programs what they decided: member `decisions`."""
    try:
        yield
    except DecisionsMoved as fault:
        fault.members = {"decisions": [decision_out(one).model_dump(mode="json") for one in fault.moved]}  # type: ignore[attr-defined]
        raise


@contextmanager
def objections_told() -> Iterator[None]:
    """Let a refusal to apply tell programs which proposals do not hold, and why: member `objections`."""
    try:
        yield
    except CannotApply as fault:
        told = [
            {
                "proposal": o.proposal.id,
                "title": Words.of(o.proposal.title).model_dump(),
                "why": Words.of(o.why).model_dump(),
            }
            for o in fault.objections
        ]
        fault.members = {"objections": told}  # type: ignore[attr-defined]
        raise


@router.post("/plans", status_code=status.HTTP_202_ACCEPTED, responses={**WRITES, **leads_to()})
def make_plan(wanted: PlanIn, write: Writing) -> JobOut:
    """求解方案；作为任务运行，取消后什么都不保存 · solve a plan; it runs as a job, and where that is cancelled nothing is kept."""
    workspace, unit = write.who.workspace, write.who.account.name

    def work(expected: int, step: Progress) -> dict[str, Any]:
        if wanted.after is None:
            kept = plans.make(workspace, unit, expected=expected, progress=step)
        else:
            kept = plans.again(workspace, wanted.after, unit, expected=expected, progress=step)
        return {"plan": kept.name}

    return write.begin("plan", wanted.model_dump(), lambda expected: partial(work, expected))


@router.get("/plans")
def list_plans(who: Overseeing) -> PlanList:
    """全部方案 · all plans."""
    return PlanList(items=[brief_out(kept) for kept in plans.book(who.workspace).plans()])


@router.get("/plans/{name}", responses=UNCHANGED)
def read_plan(
    name: PlanName,
    request: Request,
    response: Response,
    who: Overseeing,
    chosen: Chosen,
    first: Annotated[int, Query(ge=1, le=10_000_000, description="从第几项开始 · from which place on")] = 1,
    limit: Limit = 100,
) -> PlanOut:
    """一个方案：各项提议、理由、次选、决定 · a plan: proposals with reasons, runners-up and decisions."""
    shown = view(who.workspace, named_plan(name), chosen)
    _tag(request, response, who, shown)
    return plan_out(shown, first, page_size(who, limit), who.workspace.network())


@router.get("/proposals", responses=UNCHANGED)
def list_proposals(
    about: Annotated[
        str,
        Query(
            max_length=300,
            description="一个节点，写作 类型/标识 · a node, as type/id",
            examples=["Organization/usc:51510104M101458013"],
        ),
    ],
    request: Request,
    response: Response,
    who: Overseeing,
) -> ProposalsOut:
    """最新方案对一个组织（或机构、岗位）提出什么 · what the newest plan proposes for an organisation, a body or a post."""
    node = NodeKey.parse(about)
    if not plans.book(who.workspace).plans():
        row_of(who.workspace.network(), node)
        return ProposalsOut(plan=None, items=[])
    shown = view(who.workspace, None, Choice(about=(node,)))
    _tag(request, response, who, shown)
    return ProposalsOut(plan=shown.kept.name, items=proposals_out(shown, shown.chosen, who.workspace.network()))


@router.get("/plans/{name}/proposals/{id:path}", responses=UNCHANGED)
def read_proposal(
    name: PlanName,
    id: Annotated[str, Path(max_length=300, description="方案项编号或号 · id or number", examples=["1"])],  # noqa: A002 - the name in the address
    request: Request,
    response: Response,
    who: Overseeing,
) -> ProposalRead:
    """一项提议，连同它会写入的内容 · one proposal with what it would write."""
    shown = view(who.workspace, named_plan(name))
    _tag(request, response, who, shown)
    one = shown.kept.proposal(id)
    (told,) = proposals_out(shown, [(shown.kept.plan.proposals.index(one) + 1, one)], who.workspace.network())
    return ProposalRead(**told.model_dump(), plan=shown.kept.name, writes=_cells(written(one.changes)))


@router.post("/plans/{name}/decisions", responses=documented(409))
def decide_proposals(name: PlanName, wanted: DecisionsIn, who: Changing) -> DecisionsOut:
    """采纳、驳回、锁定或撤回若干提议 · accept, reject, pin or undecide proposals."""
    wishes = [Wish(w.proposal, DecisionState(w.state), w.reason, w.seen) for w in wanted.items]  # type: ignore[call-arg]  # an enumeration's look-up
    with conflicts_told():
        _, changed = plans.decide(who.workspace, named_plan(name), wishes, who.account.name)
    return DecisionsOut(items=[decision_out(one) for one in changed])


@router.get("/plans/{name}/preview", responses=documented(409))
def preview_plan(name: PlanName, who: Overseeing) -> PreviewOut:
    """现在应用会写入什么，什么都不写入 · what applying would write today; nothing is written."""
    with objections_told():
        kept, ready = plans.ready(who.workspace, named_plan(name))
    network = who.workspace.network()
    called, titled = (
        names(network, [key for keys in ready.since.values() for key in keys]),
        titles(network, ready.proposals),
    )
    return PreviewOut(
        revision=ready.stamp.revision,
        as_of=ready.stamp.as_of,
        plan=kept.name,
        proposals=[
            ToWrite(
                id=one.id,
                title=Words.of(titled[one.id]),
                changed=[node_out(key, called) for key in ready.since.get(one.id, ())],
            )
            for one in ready.proposals
        ],
        in_place=len(ready.there),
        counts=counts_out(ready.changes),
        verified=ready.verified and Words.of(ready.verified.line),
        cells=_cells(ready.changes),
    )


@router.post("/plans/{name}/apply", responses=WRITES)
def apply_plan(name: PlanName, how: ApplyIn, write: Writing) -> AppliedOut:
    """把采纳的提议写成计划中的关系，作为一次改动 · write what was accepted as planned relations, as one act."""

    def do(expected: int) -> dict[str, Any]:
        with objections_told():
            done = plans.apply(
                write.who.workspace,
                named_plan(name),
                note=how.note,
                unit=write.who.account.name,
                body=how.body,
                deadline=how.deadline,
                expected=expected,
            )
        return {
            "plan": done.kept.name,
            "written": len(done.ready.proposals),
            "in_place": len(done.ready.there),
            "revision": done.revision and done.revision.number,
        }

    return AppliedOut(**write.once(how.model_dump(mode="json"), do))


@router.post("/confirmations", status_code=status.HTTP_201_CREATED, responses=WRITES)
def confirm_founded(what: ConfirmationIn, write: Writing) -> RevisionOut:
    """确认计划中的已经落实 · confirm as actual what was planned."""
    told = what.model_dump(exclude={"what", "plan"})

    def do(expected: int) -> dict[str, Any]:
        who = write.who
        done = plans.confirm(who.workspace, what.what, name=what.plan, unit=who.account.name, expected=expected, **told)
        return revision_out(done).model_dump(mode="json")

    return RevisionOut(**write.once(what.model_dump(mode="json"), do))
