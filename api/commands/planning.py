"""Commands that make a plan and show it: plan, plan again, plan show; the others of the group are in `deciding`."""

from __future__ import annotations

import click

from api import plan_views, plans
from api.cli import Session, both, command, group
from api.plan_explained import explain_all
from api.plan_terminal import show_list, show_plan
from api.plan_views import Choice
from api.usage import OneOf
from api.workspace import ACTOR
from graphmodel.paths import NodeKey
from graphmodel.schema.nodes import InstructorPost, Organization
from planning.decisions import DecisionState
from planning.plan import ActionKind

UNIT = click.option(
    "--as", "unit", default=ACTOR, show_default=True, help=both("以哪个单位账号", "as which unit's account")
)
PLAN = click.option(
    "--plan", "name", metavar="方案", help=both("哪个方案，默认最新", "which plan, the newest by default")
)
KIND = click.option(
    "--kind", "kinds", multiple=True, type=OneOf(ActionKind),
    help=both("只要这类动作，也可写中文，如 单建", "this kind of action only; its Chinese name will do"),
)  # fmt: skip
STREET = click.option("--street", "streets", multiple=True, help=both("只要这个街道", "this street only"))


plan = group(
    "plan",
    "从缺口到方案：作方案、查看、审核、重新求解",
    "from gaps to a plan: make, show, decide, solve again",
    (
        "partygraph plan",
        "partygraph plan show --kind 单建",
        "partygraph plan show 12",
        "partygraph plan decide accept 1 2 3",
        "partygraph plan decide reject 4 --reason 年内并入",
        "partygraph plan again",
    ),
    default="make",
)


@plan.add_command
@command(
    "make", "作方案（直接写 partygraph plan 即可）", "make a plan (partygraph plan alone does so)", ("partygraph plan",)
)
@UNIT
def _make(session: Session, unit: str) -> None:
    with session.open() as workspace:
        plans.make(workspace, unit)
        show_plan(session.terminal, workspace, plan_views.view(workspace), limit=20)


@plan.add_command
@command(
    "again",
    "其余重新求解：采纳与锁定的保留，驳回的不再出现",
    "solve the rest anew: accepted and pinned ones stay, rejected ones do not come again",
    ("partygraph plan again",),
)
@PLAN
@UNIT
def _again(session: Session, name: str | None, unit: str) -> None:
    with session.open() as workspace:
        kept = plans.again(workspace, name, unit)
        show_plan(session.terminal, workspace, plan_views.view(workspace, kept.name), limit=20)


@plan.add_command
@command(
    "show",
    "查看方案；写出号码则逐条说明理由",
    "show a plan; given numbers or ids, explain these proposals in full",
    (
        "partygraph plan show",
        "partygraph plan show 12",
        "partygraph plan show --for 某协会",
        "partygraph plan show --list",
    ),
)
@click.argument("proposals", nargs=-1)
@PLAN
@click.option("--list", "listed", is_flag=True, help=both("列出全部方案", "list all plans"))
@click.option(
    "--for",
    "subject",
    help=both(
        "关于这个组织（名称、标识或地址）：逐条说明，并列出现有的关系",
        "about this organisation (name, id, address), in full, with what it has",
    ),
)
@click.option(
    "--instructor",
    help=both(
        "关于这个指导员岗位：新派去哪些组织，现联系哪些",
        "about this instructor post: whom it is sent to, and whom it has",
    ),
)
@KIND
@STREET
@click.option(
    "--state", "states", multiple=True, type=OneOf(DecisionState),
    help=both("只要这种决定", "with this decision only"),
)  # fmt: skip
@click.option("--limit", default=50, show_default=True, help=both("最多显示行数，0 为全部", "rows shown, 0 for all"))
def _show(
    session: Session,
    *,
    proposals: tuple[str, ...],
    name: str | None,
    listed: bool,
    subject: str | None,
    instructor: str | None,
    kinds: tuple[str, ...],
    streets: tuple[str, ...],
    states: tuple[str, ...],
    limit: int,
) -> None:
    terminal = session.terminal
    with session.open() as workspace:
        if listed:
            show_list(terminal, workspace)
            return
        about: tuple[NodeKey, ...] = ()
        if subject or instructor:
            element = InstructorPost if instructor else Organization
            about = (plan_views.found(workspace.network(), instructor or subject or "", element),)
        shown = plan_views.view(workspace, name, Choice(kinds, states, streets, about))
        if proposals:
            explain_all(terminal, workspace.network(), shown, [shown.kept.proposal(text) for text in proposals])
        else:
            whole, rejected = not (about or kinds or streets or states), DecisionState.REJECTED.value in states
            show_plan(terminal, workspace, shown, limit, whole=whole, rejected=rejected)
