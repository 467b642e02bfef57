"""Commands about cases (建账销号): who mends which gap by when, and what became of it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click
import polars as pl

from api.case_terminal import show_cases, show_written
from api.casework import CHOICES, Casework, chosen_cases, of_street
from api.cli import Session, both, command, group
from api.commands.asking import DAY, ENGINE, QUESTION_NAME
from api.outputs import refuse_existing, whole
from api.terminal import Terminal, moment
from api.workspace import ACTOR, Workspace
from graphmodel.personal import is_personal
from graphmodel.text import Refusal, Text
from queries.case_history import AUTOMATIC, FIELDS, told
from queries.pushed_down import Engine
from visualizations.case_words import CASES, HEADS, bodies_of, case_listing, counted
from visualizations.report_sheets import write_listing

_ENTRY_HEADS = {
    "version": Text("修改次数", "version"),
    "at": Text("时间", "at"),
    "unit": Text("单位账号", "account"),
    "what": Text("内容", "what"),
}


cases = group(
    "cases",
    "整改台账（建账销号）：缺口由谁整改、何时完成、是否销号",
    "cases: who mends which gap by when, and whether it is closed",
    (
        "partygraph cases",
        "partygraph cases list --state overdue --street 柳江街道",
        "partygraph cases open uncovered",
        "partygraph cases assign uncovered 组织标识 --body 柳江街道 --deadline 2016-09-30 --measure 选派指导员",
        "partygraph cases move uncovered 组织标识 --to under-way",
        "partygraph cases show uncovered 组织标识",
    ),
    default="list",
)

UNIT = click.option(
    "--as",
    "unit",
    default=ACTOR,
    show_default=True,
    help=both("单位账号（不是个人）", "the unit's account, never a person's"),
)
QUESTION = click.argument("question", type=QUESTION_NAME)
SUBJECT = click.argument("subject")


@contextmanager
def working(session: Session, unit: str = ACTOR) -> Iterator[tuple[Workspace, Casework]]:
    """The workspace and its cases as a unit's account works on them. Errors: `Refusal` for personal data."""
    if not unit.strip() or is_personal(unit):
        message = Text("单位账号不能为空，也不能是个人信息。", "A unit's account is needed, and no personal data.")
        raise Refusal(message, code="bad-unit")
    with session.open() as workspace:
        yield workspace, workspace.casework(unit)


@cases.add_command
@command(
    "list",
    "列出整改台账：逾期的在前，然后是即将到期的",
    "list the cases: the overdue first, then those due soon",
    (
        "partygraph cases list --state open --body 柳江街道",
        "partygraph cases list --question uncovered --out 整改台账.xlsx",
    ),
)
@click.option("--state", type=click.Choice(CHOICES), help=both("只看这一状态", "of this state alone"))
@click.option("--question", type=QUESTION_NAME, help=both("只看一个问题", "of one question alone"))
@click.option(
    "--body", help=both("只看一个责任单位（名称、标识或地址）", "of one responsible body, by name or address")
)
@click.option("--street", help=both("只看一个街道（名称或标识）", "of one street alone, by name or id"))
@click.option("--day", type=DAY, help=both("以某日为今天", "take this day as today"))
@click.option("--limit", default=50, show_default=True, help=both("最多显示行数，0 为全部", "rows shown, 0 for all"))
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), help=both("写成工作簿", "write a workbook"))
@click.option("--force", is_flag=True, help=both("覆盖已有文件", "overwrite a file that is there"))
@ENGINE
def _list(
    session: Session,
    *,
    state: str | None,
    question: str | None,
    body: str | None,
    street: str | None,
    day: dt.datetime | None,
    limit: int,
    out: Path | None,
    force: bool,
    engine: Engine,
) -> None:
    """List cases."""
    terminal = session.terminal
    if out is not None:
        refuse_existing([out], force=force)
    with working(session) as (workspace, work):
        context = workspace.context(None, day.date() if day else None)
        table = work.table(context, engine)
        chosen = table.filter(chosen_cases(state, question))
        if body is not None:
            who = work.body(body)
            chosen = chosen.filter((pl.col("body_type") == who.type) & (pl.col("body_id") == who.id))
        if street is not None:
            chosen = of_street(chosen, context, street)
        words = case_listing(chosen, context, terminal.word)
        sums = counted(chosen)
        if out is not None:
            title = CASES.both()
            above = [("title", title), ("text", sums.both()), ("note", _basis(context.today).both())]
            with whole(out) as made:
                write_listing(made, CASES.zh, above, case_listing(chosen, context))
    names = words.frame.select("name", "street", "body")
    terminal.give(
        {
            "today": context.today,
            "revision": context.network.stamp.revision,
            "total": chosen.height,
            "overdue": int(chosen["overdue"].sum()),
            "due_soon": int(chosen["due_soon"].sum()),
            "cases": chosen.hstack(names).to_dicts(),
            "written": [] if out is None else [str(out)],
        }
    )
    if not table.height:
        hint = Text(
            "还没有立案的缺口；立案：partygraph cases open 问题",
            "No gap is followed yet: partygraph cases open QUESTION",
        )
        terminal.say(hint)
        return
    terminal.say(Text(f"{CASES.zh}：{sums.zh}。", f"Cases: {sums.en}."), "bold")
    show_cases(terminal, chosen, words.frame, limit or None)
    terminal.say(_basis(context.today), "dim")
    if out is not None:
        terminal.say(Text("已写出 {path}", "written: {path}").format(path=out), "green")


def _basis(today: dt.date) -> Text:
    text = Text(
        "以 {day} 为今天；期限当日不算逾期。",
        "{day} is taken as today; a case is not overdue on the day of its deadline.",
    )
    return text.format(day=today)


@cases.add_command
@command(
    "open",
    "立案：跟进一个问题的全部缺口，或其中几个组织的",
    "follow all gaps of a question, or those of some organisations",
    ("partygraph cases open uncovered", "partygraph cases open uncovered 组织标识或名称 --as 民政局"),
)
@QUESTION
@click.argument("subjects", nargs=-1)
@UNIT
@ENGINE
def _open(session: Session, question: str, subjects: tuple[str, ...], *, unit: str, engine: Engine) -> None:
    """Open cases; those that are there already stay as they are."""
    with working(session, unit) as (workspace, work):
        before = len(work.book.cases())
        opened = work.open(question, subjects, engine)
        after = len(work.book.cases())
        done = Text(
            "新立案 {new} 件；已在跟进 {known} 件。", "{new} cases opened; {known} were followed already."
        ).format(new=after - before, known=len(opened) - (after - before))
        show_written(session.terminal, workspace, opened, done)


@cases.add_command
@command(
    "show",
    "查看一件及其全部经过：何时、哪个单位、改了什么",
    "show a case and all that happened to it: when, which unit, what",
    ("partygraph cases show uncovered 组织标识",),
)
@QUESTION
@SUBJECT
@ENGINE
def _show(session: Session, question: str, subject: str, *, engine: Engine) -> None:
    """Show one case with its history."""
    terminal = session.terminal
    with working(session) as (workspace, work):
        work.settle(engine)
        case = work.find(question, subject)
        context = workspace.context()
        words = case_listing(work.shown([case], context), context, terminal.word)
        names = bodies_of(case, context)
    terminal.give({**case.model_dump(mode="json"), "version": case.version})
    known = [(terminal.word(HEADS[n]), str(v)) for n, v in words.frame.row(0, named=True).items() if v is not None]
    if case.kept_reason is not None:
        known.append((terminal.word(FIELDS["kept_reason"]), case.kept_reason))
    heads = {"field": Text("字段", "field"), "value": Text("值", "value")}
    terminal.table(CASES, pl.DataFrame(known, schema=["field", "value"], orient="row"), heads, None)
    entries = [
        (each.version, moment(each.at), _account(terminal, each.unit), terminal.word(told(each, names)))
        for each in case.history
    ]
    frame = pl.DataFrame(entries, schema=list(_ENTRY_HEADS), orient="row")
    terminal.table(Text("经过", "History"), frame, _ENTRY_HEADS, None)


def _account(terminal: Terminal, unit: str) -> str:
    return terminal.word(Text("自动核对", "by the question")) if unit == AUTOMATIC else unit
