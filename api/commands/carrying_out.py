"""Commands that write what was accepted and say that it is founded: apply, confirm."""

from __future__ import annotations

import datetime as dt

import click

from api import plans
from api.case_terminal import say_settled, settled_for_programs
from api.cli import Session, both, command
from api.commands.asking import DAY
from api.commands.planning import PLAN, UNIT
from api.plan_terminal import percent
from api.plan_views import names
from api.usage import Misuse
from graphmodel.text import Text
from queries.coverage import coverage


@command(
    "apply",
    "应用方案：采纳的项写为待落实的关系，一次写入，可撤销",
    "apply a plan: what is accepted becomes planned relations, in one act that can be undone",
    ("partygraph apply", "partygraph apply a489099b --deadline 2016-09-01 --body 区民政局党委"),
)
@click.argument("named", metavar="[方案]", required=False)
@PLAN
@click.option("--note", default="", help=both("说明", "why"))
@click.option("--body", help=both("责任单位", "the responsible body"))
@click.option("--deadline", type=DAY, help=both("完成时限", "by when"))
@click.option("--dry-run", is_flag=True, help=both("只复核，不写入", "look again only, write nothing"))
@UNIT
def apply(
    session: Session,
    *,
    named: str | None,
    name: str | None,
    note: str,
    body: str | None,
    deadline: dt.datetime | None,
    dry_run: bool,
    unit: str,
) -> None:
    """Write what is accepted."""
    if named and name and named != name:
        raise Misuse(Text("方案写了两个：{a}、{b}。", "Two plans are named: {a}, {b}.").format(a=named, b=name))
    name = named or name
    terminal = session.terminal
    with session.open() as workspace:
        if dry_run:
            kept, ready = plans.ready(workspace, name)
            revision = None
        else:
            day = deadline.date() if deadline else None
            done = plans.apply(workspace, name, note=note, unit=unit, body=body, deadline=day)
            kept, ready, revision = done.kept, done.ready, done.revision
        settled = workspace.casework().settle() if revision is not None else []
        called = names(workspace.network(), [key for keys in ready.since.values() for key in keys])
    counts = ready.changes.counts()
    terminal.give(
        {
            "plan": kept.name,
            "revision": None if revision is None else revision.number,
            "proposals": [p.id for p in ready.proposals],
            "in_place": [p.id for p in ready.there],
            "changed_since": {id_: [str(k) for k in keys] for id_, keys in ready.since.items()},
            "verified": None if ready.verified is None else [ready.verified.line.zh, ready.verified.line.en],
            "counts": counts.to_dicts(),
            "cases": settled_for_programs(settled),
        }
    )
    for id_, keys in ready.since.items():
        told = Text(
            "自第 {old} 版以来有变化，已复核：{title}（{nodes}）",
            "changed since revision {old}, looked at again: {title} ({nodes})",
        )
        nodes = "、".join(called[k] for k in keys[:5])
        terminal.say(told.format(old=kept.plan.revision, title=kept.plan.proposal(id_).title, nodes=nodes), "yellow")
    if ready.verified is not None:
        terminal.say(ready.verified.line)
    if dry_run:
        text = Text(
            "复核通过：{n} 项可以写入，{there} 项已在其中；没有写入。",
            "Looked at again: {n} can be written, {there} are in place. Nothing was written.",
        )
        terminal.say(text.format(n=len(ready.proposals), there=len(ready.there)), "green")
        return
    if revision is None:
        text = Text("没有写入；已在其中 {n} 项。", "Nothing was written; {n} are in place.").format(n=len(ready.there))
        terminal.say(text, "dim")
        return
    text = Text(
        "已应用 {n} 项，现为第 {new} 版；撤销：partygraph undo {new}",
        "{n} applied; the newest revision is {new}. To undo: partygraph undo {new}",
    )
    terminal.say(text.format(n=len(ready.proposals), new=revision.number), "green")
    say_settled(terminal, settled)


@command(
    "confirm",
    "确认已落实：待落实的关系或支部成为实际",
    "confirm as founded: planned relations or a branch become actual",
    (
        "partygraph confirm 12 13 --on 2016-07-01 --number 锦两新〔2016〕12号",
        "partygraph confirm PartyOrganization/po:reg:某号 --on 2016-07-01",
    ),
)
@click.argument("what", nargs=-1, required=True)
@click.option("--on", required=True, type=DAY, help=both("成立或落实日期", "the day on which it was founded"))
@click.option("--number", help=both("批复文号", "approval number"))
@PLAN
@click.option("--note", default="", help=both("说明", "why"))
@UNIT
def confirm(
    session: Session,
    *,
    what: tuple[str, ...],
    on: dt.datetime,
    number: str | None,
    name: str | None,
    note: str,
    unit: str,
) -> None:
    """Make what is planned actual."""
    terminal = session.terminal
    with session.open() as workspace:
        found, meant = coverage(workspace.context()), plans.meant(workspace, what, name)
        before, targets = found.rates(), (found.coverage_target, found.standalone_target)
        done = plans.confirm(workspace, what, on=on.date(), number=number, name=name, note=note, unit=unit)
        after = coverage(workspace.context()).rates()
        settled = workspace.casework().settle()
    rates = [(r.coverage.rate, r.standalone_share.rate) for r in (before, after)]
    told = {"revision": done.number, "counts": done.counts, "before": rates[0], "after": rates[1]}
    terminal.give({**told, "cases": settled_for_programs(settled)})
    for proposal in meant:
        terminal.say(proposal)
    text = Text(
        "已确认，现为第 {new} 版；撤销：partygraph undo {new}",
        "Confirmed; the newest revision is {new}. To undo: partygraph undo {new}",
    )
    terminal.say(text.format(new=done.number), "green")
    said = Text("覆盖率 {a} → {b}，单建率 {c} → {d}", "coverage {a} → {b}, own branches {c} → {d}")
    (a, c), (b, d) = ([percent(one, target) for one, target in zip(both, targets, strict=True)] for both in rates)
    terminal.say(said.format(a=a, b=b, c=c, d=d))
    if after.coverage_short:  # a share that is rounded may look like the target
        short = Text("覆盖率距目标还差 {n} 家", "the coverage target is {n} organisations away")
        terminal.say(short.format(n=after.coverage_short), "yellow")
    say_settled(terminal, settled)
