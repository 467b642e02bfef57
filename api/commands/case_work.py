"""Commands that work on cases: assign, comment, move, keep; each written over the version that was looked at."""

from __future__ import annotations

import datetime as dt

import click

from api.case_terminal import show_written
from api.cli import Session, both, command
from api.commands.asking import DAY
from api.commands.cases import QUESTION, SUBJECT, UNIT, cases, working
from graphmodel.text import Text
from queries.case_history import CaseState
from queries.cases import advance, assign, comment, keep, passed

_SUBJECTS = click.argument("subjects", nargs=-1, required=True)
_WRITTEN = Text("已写入。", "Written.")
_VERSION = click.option(
    "--version",
    "version",
    type=int,
    help=both("所看到的修改次数；他人已改动则拒绝", "the version you looked at; refused where somebody wrote since"),
)


@cases.add_command
@command(
    "assign",
    "交办：责任单位、措施、期限",
    "give cases a responsible body, a measure, a deadline",
    ("partygraph cases assign uncovered 组织标识 --body 柳江街道 --deadline 2016-09-30 --measure 选派党建指导员",),
)
@QUESTION
@_SUBJECTS
@click.option("--body", help=both("责任单位（名称、标识或地址）", "responsible body, by name, id or address"))
@click.option("--measure", help=both("措施", "what is done"))
@click.option("--deadline", type=DAY, help=both("期限", "deadline"))
@UNIT
@_VERSION
def _assign(
    session: Session,
    question: str,
    subjects: tuple[str, ...],
    *,
    body: str | None,
    measure: str | None,
    deadline: dt.datetime | None,
    unit: str,
    version: int | None,
) -> None:
    """Assign cases."""
    if body is None and measure is None and deadline is None:
        raise click.UsageError(both("请给出责任单位、措施或期限。", "Give a body, a measure or a deadline."))
    with working(session, unit) as (workspace, work):
        who, day = None if body is None else work.body(body), deadline.date() if deadline else None
        changed = work.change(
            question, subjects, lambda case: assign(case, body=who, measure=measure, deadline=day), version
        )
        warning = None if day is None else passed(day, workspace.context().today)
        show_written(session.terminal, workspace, changed, _WRITTEN, warning)


@cases.add_command
@command(
    "comment",
    "备注",
    "note something about cases",
    ("partygraph cases comment uncovered 组织标识 已与街道联系",),
)
@QUESTION
@SUBJECT
@click.argument("text")
@UNIT
@_VERSION
def _comment(session: Session, question: str, subject: str, text: str, *, unit: str, version: int | None) -> None:
    """Comment on a case."""
    now = dt.datetime.now(dt.UTC)
    with working(session, unit) as (workspace, work):
        changed = work.change(question, (subject,), lambda case: comment(case, text, unit, now), version)
        show_written(session.terminal, workspace, changed, _WRITTEN)


@cases.add_command
@command(
    "move",
    "改变状态：待整改、整改中、待核验（销号由查询自动完成，不能手工勾选）",
    "move cases: to do, under way, to be verified (only the question closes a case)",
    ("partygraph cases move uncovered 组织标识 --to under-way",),
)
@QUESTION
@_SUBJECTS
@click.option(
    "--to", "state", type=click.Choice(CaseState.values()), required=True, help=both("新的状态", "the new state")
)
@UNIT
@_VERSION
def _move(
    session: Session, question: str, subjects: tuple[str, ...], *, state: str, unit: str, version: int | None
) -> None:
    """Move cases among the open states."""
    with working(session, unit) as (workspace, work):
        changed = work.change(question, subjects, lambda case: advance(case, CaseState.of(state)), version)
        show_written(session.terminal, workspace, changed, _WRITTEN)


@cases.add_command
@command(
    "keep",
    "保留：在某日之前接受这一缺口，须写明理由",
    "accept gaps until a date, for a reason",
    ("partygraph cases keep uncovered 组织标识 --until 2016-12-31 --reason 将并入兄弟单位",),
)
@QUESTION
@_SUBJECTS
@click.option("--until", type=DAY, required=True, help=both("保留至（含当日）", "the last day"))
@click.option("--reason", required=True, help=both("理由", "why"))
@UNIT
@_VERSION
def _keep(
    session: Session,
    question: str,
    subjects: tuple[str, ...],
    *,
    until: dt.datetime,
    reason: str,
    unit: str,
    version: int | None,
) -> None:
    """Keep cases until a day."""
    with working(session, unit) as (workspace, work):
        today = workspace.context().today
        changed = work.change(question, subjects, lambda case: keep(case, until.date(), reason, today), version)
        show_written(session.terminal, workspace, changed, _WRITTEN)
