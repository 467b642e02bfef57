"""Commands from gaps to a plan and back to the network: plan, apply, confirm."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import click
import polars as pl

from api import plan_views, plan_workbooks, plans
from api.case_terminal import say_settled, settled_for_programs
from api.cli import Session, both, command, group
from api.commands.asking import DAY
from api.plan_views import Choice, View
from api.plots import curve
from api.terminal import Terminal
from api.workspace import ACTOR, Workspace
from graphmodel.schema import InstructorPost, Organization
from graphmodel.text import Text
from planning.decisions import DecisionState, Wish
from planning.plan import ActionKind, Proposal
from queries.coverage import coverage

_ACTS = {
    "accept": DecisionState.ACCEPTED,
    "reject": DecisionState.REJECTED,
    "pin": DecisionState.PINNED,
    "undecide": DecisionState.OPEN,
}
_STYLES = {DecisionState.ACCEPTED: "green", DecisionState.REJECTED: "red", DecisionState.PINNED: "blue"}
_UNIT = click.option(
    "--as", "unit", default=ACTOR, show_default=True, help=both("以哪个单位账号", "as which unit's account")
)
_PLAN = click.option(
    "--plan", "name", metavar="方案", help=both("哪个方案，默认最新", "which plan, the newest by default")
)
_KIND = click.option(
    "--kind", "kinds", multiple=True, type=click.Choice([k.value for k in ActionKind]),
    help=both("只要这类动作", "this kind of action only"),
)  # fmt: skip
_STREET = click.option("--street", "streets", multiple=True, help=both("只要这个街道", "this street only"))
_HEADS = {
    "number": Text("号", "no."),
    "state": Text("决定", "decision"),
    "kind": Text("动作", "action"),
    "title": Text("内容", "what"),
    "closes": Text("销号", "closes"),
    "unit": Text("单位账号", "account"),
    "reason": Text("理由", "reason"),
    "plan": Text("方案", "plan"),
    "made_at": Text("时间", "made at"),
    "revision": Text("版本", "revision"),
    "size": Text("项", "proposals"),
    "verified": Text("验证", "verified"),
    "rule": Text("规则", "rule"),
    "clause": Text("依据", "clause"),
    "hard": Text("硬性", "hard"),
    "says": Text("说明", "says"),
    "rank": Text("次序", "rank"),
    "gain": Text("新覆盖", "newly covered"),
    "own": Text("新单建", "newly own"),
    "coverage": Text("此后覆盖率", "coverage after"),
    "standalone": Text("此后单建率", "own branches after"),
    "part": Text("部分", "part"),
    "measure": Text("目标", "measure"),
    "status": Text("状态", "status"),
    "value": Text("解", "value"),
    "bound": Text("界", "bound"),
    "gap": Text("差距", "gap"),
    "subject": Text("对象", "for"),
    "why": Text("为何没有", "why none"),
    "cheapest": Text("最省的改变", "cheapest change"),
}
_STATUS = {"optimal": Text("已证最优", "proven optimal"), "feasible": Text("可行", "feasible")}


plan = group(
    "plan",
    "从缺口到方案：作方案、查看、审核、重新求解",
    "from gaps to a plan: make, show, decide, solve again",
    (
        "partygraph plan",
        "partygraph plan show --kind standalone",
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
@_UNIT
def _make(session: Session, unit: str) -> None:
    with session.open() as workspace:
        plans.make(workspace, unit)
        _show_plan(session.terminal, workspace, plan_views.view(workspace), limit=20)


@plan.add_command
@command(
    "again",
    "其余重新求解：采纳与锁定的保留，驳回的不再出现",
    "solve the rest anew: accepted and pinned ones stay, rejected ones do not come again",
    ("partygraph plan again",),
)
@_PLAN
@_UNIT
def _again(session: Session, name: str | None, unit: str) -> None:
    with session.open() as workspace:
        kept = plans.again(workspace, name, unit)
        _show_plan(session.terminal, workspace, plan_views.view(workspace, kept.name), limit=20)


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
@_PLAN
@click.option("--list", "listed", is_flag=True, help=both("列出全部方案", "list all plans"))
@click.option(
    "--for", "subject", help=both("关于这个组织（名称、标识或地址）", "about this organisation (name, id, address)")
)
@click.option("--instructor", help=both("关于这个指导员岗位", "about this instructor post"))
@_KIND
@_STREET
@click.option(
    "--state", "states", multiple=True, type=click.Choice([s.value for s in DecisionState]),
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
            _list(terminal, workspace)
            return
        about = None
        if subject or instructor:
            element = InstructorPost if instructor else Organization
            about = plan_views.found(workspace.network(), instructor or subject or "", element)
        shown = plan_views.view(workspace, name, Choice(kinds, states, streets, about))
        if proposals:
            _explain_all(terminal, shown, [shown.kept.proposal(text) for text in proposals])
        else:
            _show_plan(terminal, workspace, shown, limit, whole=not (about or kinds or streets or states))


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
@_PLAN
@click.option("--reason", help=both("理由（驳回必填）", "the reason, needed to reject"))
@_KIND
@_STREET
@click.option("--all", "everything", is_flag=True, help=both("全部待定的", "all that are open"))
@click.option(
    "--seen", type=int, help=both("所见的版本，用以更改他人的决定", "the version seen, to change another's decision")
)
@_UNIT
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
        raise click.UsageError(usage.both())
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
    told = Text("{n} 项定为“{state}”。", "{n} made '{state}'.").format(n=len(changed), state=_ACTS[act].title)
    session.terminal.say(told, "green")
    session.terminal.say(standing.line)


@plan.add_command
@command(
    "workbook",
    "写出审批表：一项一行，决定列可下拉选择",
    "write the workbook for approval: one row a proposal, decisions by drop-down",
    ("partygraph plan workbook 审批.xlsx", "partygraph plan workbook 春熙路.xlsx --street 春熙路街道"),
)
@click.argument("out", type=click.Path(dir_okay=False, path_type=Path))
@_PLAN
@_KIND
@_STREET
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
@_PLAN
@_UNIT
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


@command(
    "apply",
    "应用方案：采纳的项写为待落实的关系，一次写入，可撤销",
    "apply a plan: what is accepted becomes planned relations, in one act that can be undone",
    ("partygraph apply", "partygraph apply a489099b --deadline 2016-09-01 --body 区民政局党委"),
)
@click.argument("name", required=False)
@click.option("--note", default="", help=both("说明", "why"))
@click.option("--body", help=both("责任单位", "the responsible body"))
@click.option("--deadline", type=DAY, help=both("完成时限", "by when"))
@click.option("--dry-run", is_flag=True, help=both("只复核，不写入", "look again only, write nothing"))
@_UNIT
def apply(
    session: Session,
    *,
    name: str | None,
    note: str,
    body: str | None,
    deadline: dt.datetime | None,
    dry_run: bool,
    unit: str,
) -> None:
    """Write what is accepted."""
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
        nodes = "、".join(str(k) for k in keys[:5])
        terminal.say(told.format(old=kept.plan.revision, title=kept.plan.proposal(id_).title, nodes=nodes), "yellow")
    if ready.verified is not None:
        terminal.say(ready.verified.line)
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
@_PLAN
@click.option("--note", default="", help=both("说明", "why"))
@_UNIT
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
        before = coverage(workspace.context()).rates()
        done = plans.confirm(workspace, what, on=on.date(), number=number, name=name, note=note, unit=unit)
        after = coverage(workspace.context()).rates()
        settled = workspace.casework().settle()
    rates = [(r.coverage.rate, r.standalone_share.rate) for r in (before, after)]
    told = {"revision": done.number, "counts": done.counts, "before": rates[0], "after": rates[1]}
    terminal.give({**told, "cases": settled_for_programs(settled)})
    text = Text(
        "已确认，现为第 {new} 版；撤销：partygraph undo {new}",
        "Confirmed; the newest revision is {new}. To undo: partygraph undo {new}",
    )
    terminal.say(text.format(new=done.number), "green")
    said = Text("覆盖率 {a} → {b}，单建率 {c} → {d}", "coverage {a} → {b}, own branches {c} → {d}")
    (a, c), (b, d) = ((_percent(one), _percent(two)) for one, two in rates)
    terminal.say(said.format(a=a, b=b, c=c, d=d))
    say_settled(terminal, settled)


def _list(terminal: Terminal, workspace: Workspace) -> None:
    rows = [plan_views.kept_values(kept) for kept in reversed(plans.book(workspace).plans())]
    terminal.give(rows)
    if not rows:
        terminal.say(Text("还没有方案（partygraph plan）。", "There is no plan yet (partygraph plan)."))
        return
    columns = ("plan", "made_at", "unit", "revision", "size", "verified")
    words = [{c: row[c] for c in columns} | {"verified": terminal.word(Text(*row["verified"]))} for row in rows]
    terminal.table(Text("方案", "Plans"), pl.DataFrame(words), _HEADS, None)


def _show_plan(terminal: Terminal, workspace: Workspace, shown: View, limit: int, *, whole: bool = True) -> None:
    terminal.give(plan_views.as_values(shown))
    made = shown.kept.plan
    if whole and not terminal.as_json:
        _show_figures(terminal, workspace, shown)
    rows = [
        {
            "number": place,
            "state": terminal.word(shown.decisions[one.id].state.title),
            "kind": terminal.word(one.kind.title),
            "title": terminal.word(one.title),
            "closes": len(one.closes),
            "reason": shown.decisions[one.id].reason,
        }
        for place, one in shown.chosen
    ]
    if rows:
        styles = [_STYLES.get(shown.decisions[one.id].state, "") for _, one in shown.chosen]
        title = Text("方案项 {n}/{all}", "Proposals {n} of {all}").format(n=len(rows), all=len(made.proposals))
        frame = pl.DataFrame(rows, schema_overrides={"reason": pl.String}, infer_schema_length=None)
        terminal.table(title, frame, _HEADS, limit or None, styles)
    else:
        terminal.say(Text("没有这样的方案项。", "There is no such proposal."))
    if shown.unplaced:
        names = plan_views.names(workspace.network(), [u.subject for u in shown.unplaced])
        lacking = [
            {"subject": names[u.subject], "why": terminal.word(u.why), "cheapest": terminal.word(u.cheapest)}
            for u in shown.unplaced
        ]
        terminal.table(Text("没有方案的", "Without a proposal"), pl.DataFrame(lacking), _HEADS, limit or None)


def _show_figures(terminal: Terminal, workspace: Workspace, shown: View) -> None:
    kept, made = shown.kept, shown.kept.plan
    based = Text("基于第 {revision} 版，以 {day} 为今天", "made on revision {revision}, {day} taken as today")
    terminal.say(Text("方案 {name}", "Plan {name}").format(name=kept.name), "bold")
    terminal.say(based.format(revision=made.revision, day=made.day))
    terminal.say(kept.line, "green" if kept.sound else "bold red")
    terminal.say(shown.standing.line)
    if (head := workspace.store.head) > made.revision:
        late = Text(
            "现已是第 {head} 版；应用前会逐项复核。",
            "The data is at revision {head} by now; applying looks at each again.",
        )
        terminal.say(late.format(head=head), "yellow")
    if made.solved:
        solved = [
            {
                "measure": terminal.word(s.measure),
                "status": terminal.word(_STATUS[s.status]),
                "value": s.value,
                "bound": s.bound,
                "gap": _percent(s.gap),
            }
            for s in made.solved
        ]
        terminal.table(Text("求解", "Solved"), pl.DataFrame(solved), _HEADS, None)
    for shortage in made.shortages:
        terminal.say(Text("{what}：缺 {n}", "{what}: {n} short").format(what=shortage.what, n=shortage.short), "yellow")
    if made.steps:
        _show_steps(terminal, workspace, shown)


def _show_steps(terminal: Terminal, workspace: Workspace, shown: View) -> None:
    made = shown.kept.plan
    rows = [
        {
            "rank": rank,
            "title": terminal.word(made.proposal(step.proposal).title),
            "gain": step.gain,
            "own": step.own,
            "coverage": _percent(step.coverage),
            "standalone": _percent(step.standalone),
        }
        for rank, step in enumerate(made.steps, 1)
    ]
    terminal.table(Text("按增益排序", "Ranked by gain"), pl.DataFrame(rows), _HEADS, 10)
    target = coverage(workspace.context()).coverage_target
    caption = Text(
        "覆盖率（计划与采纳全部落实后）随动作数，虚线为目标 {target}",
        "coverage as if all is confirmed, by number of actions; dotted: the target of {target}",
    )
    terminal.say(caption.format(target=_percent(target)), "dim")
    terminal.draw(curve([step.coverage for step in made.steps], target))


def _explain_all(terminal: Terminal, shown: View, proposals: list[Proposal]) -> None:
    wanted = {p.id for p in proposals}
    every = View(
        shown.kept,
        tuple((n, p) for n, p in enumerate(shown.kept.plan.proposals, 1) if p.id in wanted),
        shown.decisions,
        (),
        shown.standing,
    )
    terminal.give(plan_views.as_values(every)["proposals"])
    for place, one in every.chosen:
        _explain(terminal, shown, place, one)


def _explain(terminal: Terminal, shown: View, place: int, one: Proposal) -> None:
    terminal.say(Text("{n}. {title}", "{n}. {title}").format(n=place, title=one.title), "bold")
    terminal.say(Text("标识 {id}", "id {id}").format(id=one.id), "dim")
    decision = shown.decisions[one.id]
    terminal.say(decision.said if decision.version else decision.state.title)
    if decision.reason:
        terminal.say(Text("理由：{why}", "reason: {why}").format(why=decision.reason))
    rows = [
        {
            "rule": reason.rule,
            "hard": reason.hard,
            "clause": reason.clause,
            "says": terminal.word(reason.text),
        }
        for reason in one.reasons
    ]
    if rows:
        frame = pl.DataFrame(rows, schema_overrides={"clause": pl.String}, infer_schema_length=None)
        terminal.table(Text("理由", "Reasons"), frame, _HEADS, None)
    if one.runner_up is not None:
        costs = "、".join(f"{rule} +{cost:g}" for rule, cost in one.runner_up.costs.items()) or "–"
        other = Text("次选：{text}（多付 {costs}）", "runner-up: {text} (costs more: {costs})")
        terminal.say(other.format(text=one.runner_up.text, costs=costs))
    for fact in one.evidence:
        terminal.say(Text("依据：{fact}", "evidence: {fact}").format(fact=fact))
    for id_ in one.needs:
        terminal.say(Text("须同时采纳：{id}", "needs: {id}").format(id=id_))
    terminal.say(Text("销号：{all}", "closes: {all}").format(all="、".join(one.closes) or "–"))
    counts = one.changes.counts()
    lines = [f"{r['type']} +{r['added']} −{r['removed']} ~{r['changed']}" for r in counts.iter_rows(named=True)]
    terminal.say(Text("改动：{all}", "changes: {all}").format(all="；".join(lines)))


def _percent(share: float | None) -> str:
    return "–" if share is None else f"{share:.1%}"
