"""How is a plan shown in a terminal? Figures, proposals, ranked steps, and one explained in full."""

from __future__ import annotations

import polars as pl

from api import plan_views, plans
from api.plan_views import View
from api.plots import curve
from api.terminal import Terminal
from api.workspace import Workspace
from graphmodel.text import Text
from planning.decisions import DecisionState
from planning.plan import Proposal
from queries.coverage import coverage

_STYLES = {DecisionState.ACCEPTED: "green", DecisionState.REJECTED: "red", DecisionState.PINNED: "blue"}
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


def show_list(terminal: Terminal, workspace: Workspace) -> None:
    """All plans, the newest first."""
    rows = [plan_views.kept_values(kept) for kept in reversed(plans.book(workspace).plans())]
    terminal.give(rows)
    if not rows:
        terminal.say(Text("还没有方案（partygraph plan）。", "There is no plan yet (partygraph plan)."))
        return
    columns = ("plan", "made_at", "unit", "revision", "size", "verified")
    words = [{c: row[c] for c in columns} | {"verified": terminal.word(Text(*row["verified"]))} for row in rows]
    terminal.table(Text("方案", "Plans"), pl.DataFrame(words), _HEADS, None)


def show_plan(terminal: Terminal, workspace: Workspace, shown: View, limit: int, *, whole: bool = True) -> None:
    """A plan as it stands: its figures where the `whole` is wanted, then up to `limit` proposals, 0 for all."""
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
                "gap": percent(s.gap),
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
            "coverage": percent(step.coverage),
            "standalone": percent(step.standalone),
        }
        for rank, step in enumerate(made.steps, 1)
    ]
    terminal.table(Text("按增益排序", "Ranked by gain"), pl.DataFrame(rows), _HEADS, 10)
    target = coverage(workspace.context()).coverage_target
    caption = Text(
        "覆盖率（计划与采纳全部落实后）随动作数，虚线为目标 {target}",
        "coverage as if all is confirmed, by number of actions; dotted: the target of {target}",
    )
    terminal.say(caption.format(target=percent(target)), "dim")
    terminal.draw(curve([step.coverage for step in made.steps], target))


def explain_all(terminal: Terminal, shown: View, proposals: list[Proposal]) -> None:
    """Each of these proposals in full: rule by rule, runner-up and its cost, evidence, what it closes and changes."""
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


def percent(share: float | None) -> str:
    """A share in words, a dash where it is not known."""
    return "–" if share is None else f"{share:.1%}"
