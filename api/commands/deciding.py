"""Commands that review a plan, here or in a workbook: plan decide, plan workbook, plan read."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import click

from api import plan_views, plan_workbooks, plans
from api.cli import Session, both, command
from api.commands.planning import KIND, PLAN, STREET, UNIT, plan
from api.plan_views import Choice
from api.usage import Misuse
from graphmodel.text import Text
from planning.decisions import Decision, DecisionState, Wish
from planning.plan_book import Kept

_ACTS = {
    "accept": DecisionState.ACCEPTED,
    "reject": DecisionState.REJECTED,
    "pin": DecisionState.PINNED,
    "undecide": DecisionState.OPEN,
}


@plan.add_command
@command(
    "decide",
    "审核：采纳、驳回（写明理由）、锁定、撤回",
    "decide: accept, reject with a reason, pin, undecide",
    (
        "partygraph plan decide accept 1 2 3",
        "partygraph plan decide accept --kind station --street 春熙路街道",
        "partygraph plan decide reject 4 --reason 年内并入兄弟单位",
    ),
)
@click.argument("act", type=click.Choice(list(_ACTS)))
@click.argument("proposals", nargs=-1)
@PLAN
@click.option("--reason", help=both("理由（驳回必填）", "the reason, needed to reject"))
@KIND
@STREET
@click.option("--all", "everything", is_flag=True, help=both("全部待定的", "all that are open"))
@click.option(
    "--seen", type=int, help=both("所见的版本，用以更改他人的决定", "the version seen, to change another's decision")
)
@UNIT
def _decide(
    session: Session,
    *,
    act: str,
    proposals: tuple[str, ...],
    name: str | None,
    reason: str | None,
    kinds: tuple[str, ...],
    streets: tuple[str, ...],
    everything: bool,
    seen: int | None,
    unit: str,
) -> None:
    by_filter = bool(everything or kinds or streets)
    if bool(proposals) == by_filter:
        usage = Text(
            "写明哪些项，或用 --kind、--street、--all 选择。", "Name proposals, or choose by --kind, --street, --all."
        )
        raise Misuse(usage)
    with session.open() as workspace:
        if by_filter:
            choice = Choice(kinds, (DecisionState.OPEN.value,), streets)
            proposals = tuple(p.id for _, p in plan_views.view(workspace, name, choice).chosen)
        wishes = [Wish(text, _ACTS[act], reason, seen) for text in proposals]
        kept, changed = plans.decide(workspace, name, wishes, unit)
        standing = plans.standing(workspace, kept)
    session.terminal.give(
        {
            "plan": kept.name,
            "changed": [{"id": d.proposal, **plan_views.decision_values(d)} for d in changed],
            "counts": {state.value: number for state, number in standing.counts.items()},
        }
    )
    told = Text("{n} 项定为“{state}”：", "{n} made '{state}':") if changed else Text("{n} 项有变化。", "{n} changed.")
    session.terminal.say(told.format(n=len(changed), state=_ACTS[act].title), "green")
    _name(session, kept, changed)
    session.terminal.say(standing.line)


def _name(session: Session, kept: Kept, changed: Sequence[Decision]) -> None:
    """What was decided, by number and title: numbers are those of this solution, and another may have others."""
    for one in changed[:_NAMED]:
        session.terminal.say(kept.called(one.proposal))
    if len(changed) > _NAMED:
        session.terminal.say(Text("……另有 {n} 项", "… {n} more").format(n=len(changed) - _NAMED), "dim")


_NAMED = 20  # of what was decided at once, so many are named


@plan.add_command
@command(
    "workbook",
    "写出审批表：一项一行，决定列可下拉选择",
    "write the workbook for approval: one row a proposal, decisions by drop-down",
    ("partygraph plan workbook 审批.xlsx", "partygraph plan workbook 春熙路.xlsx --street 春熙路街道"),
)
@click.argument("out", type=click.Path(dir_okay=False, path_type=Path))
@PLAN
@KIND
@STREET
@click.option("--force", is_flag=True, help=both("覆盖已有文件", "overwrite a file that is there"))
def _workbook(
    session: Session, *, out: Path, name: str | None, kinds: tuple[str, ...], streets: tuple[str, ...], force: bool
) -> None:
    with session.open() as workspace:
        kept, number = plan_workbooks.write(workspace, out, name, Choice(kinds, (), streets), force=force)
    session.terminal.give({"plan": kept.name, "proposals": number, "written": str(out)})
    text = Text("已写出 {path}：方案 {name} 的 {n} 项", "written: {path}, {n} proposals of plan {name}")
    session.terminal.say(text.format(path=out, name=kept.name, n=number), "green")


@plan.add_command
@command(
    "read",
    "读入填好的审批表；有错则逐格指出，一项也不记",
    "read a workbook that was filled in; wrong cells are named, and then nothing is decided",
    ("partygraph plan read 审批.xlsx --as jinjiang-mzj",),
)
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@PLAN
@UNIT
def _read(session: Session, *, file: Path, name: str | None, unit: str) -> None:
    with session.open() as workspace:
        kept, changed = plan_workbooks.read(workspace, file, name, unit)
        standing = None if kept is None else plans.standing(workspace, kept)
    session.terminal.give(
        {
            "plan": None if kept is None else kept.name,
            "changed": [{"id": d.proposal, **plan_views.decision_values(d)} for d in changed],
        }
    )
    session.terminal.say(Text("记下 {n} 项决定。", "{n} decisions were taken.").format(n=len(changed)), "green")
    if standing is not None:
        session.terminal.say(standing.line)
