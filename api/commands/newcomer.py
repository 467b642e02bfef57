"""The command for organisations that are not registered yet."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import click
import polars as pl

from api.cli import Session, both, command
from api.descriptions import ENDS, FORM, described, from_file
from api.newcomers import plain, receptions
from api.terminal import Terminal
from graphmodel.schema.nodes import Organization
from graphmodel.text import Refusal, Text
from planning.newcomer import Advice, Paper, Reception, Verdict
from queries.context import Context

_ENDS = {
    "authority": Text("业务主管单位；直接登记写“无”", "competent authority; 无 for direct registration"),
    "street": Text("街道", "street"),
    "community": Text("社区", "community"),
}
_OPTIONS = {"name": Text("名称", "name")} | {name: Organization.columns[name].title for name in FORM}


def _described_by_options(function: click.Command) -> click.Command:
    for name, title in (_OPTIONS | _ENDS).items():
        function.params.append(click.Option([f"--{name.replace('_', '-')}", name], help=both(title.zh, title.en)))
    return function


@_described_by_options
@command(
    "newcomer",
    "尚未登记的组织：责任单位、组建形式、指导站、平台、联盟、材料与期限；什么都不写入",
    "not yet registered: responsible body, form, station, hub, alliance, papers and days; nothing is stored",
    (
        "partygraph newcomer --track 登记 --industry 民办教育 --authority 锦江区教育局 --street 春熙路 --full-members 2",
        "partygraph newcomer 新申请.csv --json",
    ),
)
@click.argument("file", required=False, type=click.Path(exists=True, dir_okay=False, path_type=Path))
def newcomer(session: Session, /, file: Path | None, **told: str | None) -> None:
    """Describe, ask, show."""
    given = {name: text for name, text in told.items() if text is not None}
    if (file is None) == (not given):
        message = Text("请描述一个组织，或给出一个文件。", "Describe an organisation, or name a file: one of the two.")
        hint = Text("例如 --industry 民办教育 --street 春熙路。", "For example --industry 民办教育 --street 春熙路.")
        raise Refusal(message, hint, code="nothing-described")
    with session.open() as workspace:
        context = workspace.context()
        network = context.network
        told_of = (described(network, [_titled(given)], "newcomer"), ()) if file is None else from_file(network, file)
        newcomers, left_out = told_of
        found = receptions(context, newcomers)
    terminal = session.terminal
    for notice in left_out:
        terminal.say(notice, "yellow")
    answers = [plain(context, replace(one, notices=(*left_out, *one.notices))) for one in found]
    terminal.give(answers[0] if file is None else answers)
    for one in found if not terminal.as_json else ():
        _show(terminal, context, one)


def _titled(given: dict[str, str]) -> dict[str, str | None]:
    """What the options say, by the titles that messages call fields by."""
    return {ENDS[name][0] if name in ENDS else _OPTIONS[name].zh: text for name, text in given.items()}


def _show(terminal: Terminal, context: Context, found: Reception) -> None:
    rows: list[tuple[str, str, str | None]] = []
    styles: list[str] = []
    for advice in found.advice:
        clauses = ", ".join(advice.clauses) or None
        rows.append((terminal.word(advice.topic.title), _word(terminal, advice.title), clauses))
        styles.append(_STYLES[advice.verdict])
        rows += [("", f"· {line}", clause) for line, clause in _why(terminal, advice)]
        styles += ["dim"] * (len(rows) - len(styles))
    frame = pl.DataFrame(rows, dict.fromkeys(("topic", "answer", "clauses"), pl.String), orient="row")
    title = Text("{name}（尚未登记，未写入）", "{name} (not yet registered, nothing is stored)")
    terminal.table(title.format(name=found.newcomer.name), frame.fill_null(""), _HEADS, None, styles)
    _papers(terminal, Text("应交材料与期限", "Papers and days"), found.due, "by")
    _papers(terminal, Text("以后可以申请", "What it may ask for later"), found.later, "from")
    for notice in found.notices:
        terminal.say(notice, "yellow")
    stamp = context.network.stamp
    basis = Text(
        "第 {r} 版，数据截至 {d}；以 {t} 为今天；政策 {p}",
        "revision {r}, as of {d}; {t} is taken as today; policy {p}",
    )
    told = basis.format(r=stamp.revision, d=stamp.as_of, t=context.today, p=context.values.title)
    terminal.say(told, "dim")


def _why(terminal: Terminal, advice: Advice) -> list[tuple[str, str | None]]:
    """Reasons with their clauses, then the runner-up, the way out and what would tell."""
    lines = [(_word(terminal, reason.text), reason.clause) for reason in advice.reasons]
    for label, text in ((_RUNNER_UP, advice.runner_up), (_CHEAPEST, advice.cheapest)):
        lines += [(terminal.word(label.format(text=text)), None)] if text is not None else []
    if advice.missing:
        names = Text("、".join(m.zh for m in advice.missing), ", ".join(m.en for m in advice.missing))
        lines.append((terminal.word(_MISSING.format(names=names)), None))
    return lines


def _word(terminal: Terminal, text: Text) -> str:
    return text.zh if text.zh == text.en else terminal.word(text)


def _papers(terminal: Terminal, title: Text, papers: tuple[Paper, ...], day: str) -> None:
    rows = [
        (terminal.word(paper.what), paper.clause, None if paper.on is None else paper.on.isoformat())
        for paper in papers
    ]
    schema = dict.fromkeys(("what", "clauses", day), pl.String)
    terminal.table(title, pl.DataFrame(rows, schema, orient="row"), _HEADS, None)


_RUNNER_UP = Text("其次：{text}", "runner-up: {text}")
_CHEAPEST = Text("可行的办法：{text}", "what would allow one: {text}")
_MISSING = Text("需补：{names}", "would tell: {names}")
_STYLES = {Verdict.TOLD: "bold", Verdict.CANNOT_TELL: "yellow", Verdict.NONE: ""}
_HEADS = {
    "topic": Text("事项", "topic"),
    "answer": Text("结论与理由", "answer and reasons"),
    "clauses": Text("依据", "clauses"),
    "what": Text("内容", "what"),
    "by": Text("期限", "by"),
    "from": Text("自", "from"),
}
