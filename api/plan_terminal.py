"""How is a plan shown in a terminal? Figures, proposals, ranked steps; one explained in full is in `plan_explained`."""

from __future__ import annotations

import polars as pl

from api import plan_views, plans
from api.plan_explained import explain
from api.plan_views import View
from api.plots import curve
from api.terminal import Terminal, moment
from api.workspace import Workspace
from graphmodel.choices import State
from graphmodel.paths import NodeKey
from graphmodel.text import Text
from planning.decisions import DecisionState
from planning.plan import Plan
from planning.targets import TARGETS
from queries.coverage import Coverage, coverage_after_plans
from queries.coverage import shown as shown_share

_STYLES = {DecisionState.ACCEPTED: "green", DecisionState.REJECTED: "red", DecisionState.PINNED: "blue"}
_HEADS = {
    "number": Text("号", "no."),
    "state": Text("决定", "decision"),
    "kind": Text("动作", "action"),
    "title": Text("内容", "what"),
    "closes": Text("销号", "closes"),
    "other": Text("另销", "beside"),
    "gaps": Text("缺口", "gaps"),
    "unit": Text("单位账号", "account"),
    "reason": Text("决定理由", "why decided so"),
    "plan": Text("方案", "plan"),
    "made_at": Text("时间", "made at"),
    "revision": Text("版本", "revision"),
    "size": Text("项", "proposals"),
    "verified": Text("验证", "verified"),
    "rank": Text("次序", "rank"),
    "gain": Text("新覆盖", "newly covered"),
    "own": Text("新单建", "newly own"),
    "coverage": Text("此后覆盖率", "coverage after"),
    "standalone": Text("此后单建率", "own branches after"),
    "part": Text("部分", "part"),
    "measure": Text("目标", "measure"),
    "status": Text("状态", "status"),
    "candidates": Text("候选", "candidates"),
    "value": Text("解", "value"),
    "bound": Text("界", "bound"),
    "gap": Text("差距", "gap"),
    "subject": Text("对象", "for"),
    "relation": Text("关系", "relation"),
    "standing": Text("状态", "state"),
    "name": Text("名称", "name"),
    "why": Text("为何没有", "why none"),
    "cheapest": Text("最省的改变", "cheapest change"),
}
_STEPS = 10  # ranked actions shown unless all are asked for
_STATUS = {"optimal": Text("已证最优", "proven optimal"), "feasible": Text("可行", "feasible")}


def show_list(terminal: Terminal, workspace: Workspace) -> None:
    """All plans, the newest first."""
    kept = plans.book(workspace).plans()[::-1]
    rows = [plan_views.kept_values(each) for each in kept]
    terminal.give(rows)
    if not rows:
        terminal.say(Text("还没有方案（partygraph plan）。", "There is no plan yet (partygraph plan)."))
        return
    columns = ("plan", "made_at", "unit", "revision", "size", "verified")
    words = [
        {c: row[c] for c in columns}
        | {"made_at": moment(each.made_at), "verified": terminal.word(Text(*row["verified"]))}
        for each, row in zip(kept, rows, strict=True)
    ]
    terminal.table(Text("方案", "Plans"), pl.DataFrame(words), _HEADS, None)


def show_plan(
    terminal: Terminal, workspace: Workspace, shown: View, limit: int, *, whole: bool = True, rejected: bool = False
) -> None:
    """A plan as it stands: its figures where the `whole` is wanted, then up to `limit` proposals, 0 for all.

    What earlier solutions had and was `rejected` stands below them, of the whole too.
    """
    terminal.give(plan_views.as_values(shown))
    made = shown.kept.plan
    if whole and not terminal.as_json:
        _show_figures(terminal, workspace, shown, limit)
    titled = plan_views.titles(workspace.network(), [one for _, one in shown.chosen])
    rows = [
        {
            "number": place,
            "state": terminal.word(shown.decisions[one.id].state.title),
            "kind": terminal.word(one.kind.title),
            "title": terminal.word(titled[one.id]),
            "closes": one.counted[0],
            "other": one.counted[1],
            "reason": shown.decisions[one.id].reason,
        }
        for place, one in shown.chosen
    ]
    if shown.about:
        if not shown.chosen:
            terminal.say(Text("方案中没有涉及它的项。", "The plan has nothing that concerns it."))
        for _, one in shown.chosen:
            explain(terminal, workspace.network(), shown, one)
        for node in shown.about:
            _show_beside(terminal, workspace, node)
    elif rows:
        styles = [_STYLES.get(shown.decisions[one.id].state, "") for _, one in shown.chosen]
        title = Text("方案项 {n}/{all}", "Proposals {n} of {all}").format(n=len(rows), all=len(made.proposals))
        frame = pl.DataFrame(rows, schema_overrides={"reason": pl.String}, infer_schema_length=None)
        frame = frame if frame["reason"].count() else frame.drop("reason")
        terminal.table(title, frame, _HEADS, limit or None, styles)
    else:
        terminal.say(Text("没有这样的方案项。", "There is no such proposal."))
    if rejected or (whole and not terminal.as_json):
        _show_dropped(terminal, workspace, shown)
    if shown.unplaced:
        names = plan_views.names(workspace.network(), [u.subject for u in shown.unplaced])
        lacking = [
            {
                "subject": names[u.subject],
                "gaps": terminal.word(gaps),
                "why": terminal.word(u.why),
                "cheapest": terminal.word(u.cheapest),
            }
            for u, gaps in plan_views.lacking(shown.unplaced)
        ]
        terminal.table(Text("没有方案的", "Without a proposal"), pl.DataFrame(lacking), _HEADS, limit or None)


def _show_dropped(terminal: Terminal, workspace: Workspace, shown: View) -> None:
    """What was rejected in earlier solutions, so that this one has it no more, and how to take that back."""
    dropped = plans.book(workspace).dropped(shown.kept)
    if not dropped:
        return
    rows = [
        {
            "plan": kept.name,
            "title": terminal.word(kept.called(one.proposal)),
            "unit": one.unit,
            "reason": one.reason,
        }
        for kept, one in dropped
    ]
    terminal.table(Text("此前驳回的", "Rejected before"), pl.DataFrame(rows), _HEADS, None)
    kept, one = dropped[0]
    back = Text(
        "撤回：partygraph plan decide undecide {number} --plan {plan}，再重新求解",
        "To take it back: partygraph plan decide undecide {number} --plan {plan}, then solve anew",
    )
    terminal.say(back.format(number=kept.number_of(one.proposal), plan=kept.name), "dim")


def _show_beside(terminal: Terminal, workspace: Workspace, node: NodeKey) -> None:
    """What the node is joined to in the data, planned relations too: what a proposal for it comes on top of."""
    beside = workspace.neighbours(node)
    if beside.is_empty():
        return
    states = {state.value: terminal.word(state.title) for state in State}
    rows = [
        {
            "relation": terminal.word(Text(row["label_zh"], row["label_en"])),
            "name": row["name"] or row["id"],
            "standing": states.get(row["state"]),
        }
        for row in beside.iter_rows(named=True)
    ]
    frame = pl.DataFrame(rows, schema_overrides={"standing": pl.String}, infer_schema_length=None)
    terminal.table(Text("现有的关系（{n}）", "What it has now ({n})").format(n=len(rows)), frame, _HEADS, None)


def _show_figures(terminal: Terminal, workspace: Workspace, shown: View, limit: int) -> None:
    kept, made = shown.kept, shown.kept.plan
    based = Text("基于第 {revision} 版，以 {day} 为今天", "made on revision {revision}, {day} taken as today")
    terminal.say(Text("方案 {name}", "Plan {name}").format(name=kept.name), "bold")
    terminal.say(based.format(revision=made.revision, day=made.day))
    terminal.say(kept.line, "green" if kept.sound else "bold red")
    for line in kept.broken:
        terminal.say(line, "bold red")
    for line in kept.reckoning:
        terminal.say(line)
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
                "candidates": s.candidates,
                "status": terminal.word(_STATUS[s.status]),
                "value": s.value,
                "bound": s.bound,
                "gap": percent(s.gap),
            }
            for s in made.solved
        ]
        terminal.table(Text("求解", "Solved"), pl.DataFrame(solved), _HEADS, None)
    for unproven in (s.unproven for s in made.solved if s.unproven):
        terminal.say(unproven, "dim")
    for shortage in made.shortages:
        terminal.say(Text("{what}：缺 {n}", "{what}: {n} short").format(what=shortage.what, n=shortage.short), "yellow")
    if made.steps:
        _show_steps(terminal, workspace, shown, limit)


def _show_steps(terminal: Terminal, workspace: Workspace, shown: View, limit: int) -> None:
    made = shown.kept.plan
    before = coverage_after_plans(workspace.context(made.revision))
    target = before.coverage_target
    rows = [
        {
            "rank": rank,
            "title": terminal.word(made.proposal(step.proposal).title),
            "gain": step.gain,
            "own": step.own,
            "coverage": percent(step.coverage, target),
            "standalone": percent(step.standalone, before.standalone_target),
        }
        for rank, step in enumerate(made.steps, 1)
    ]
    terminal.say(to_targets(before, made))
    terminal.table(Text("按增益排序", "Ranked by gain"), pl.DataFrame(rows), _HEADS, min(limit, _STEPS) or None)
    caption = Text(
        "覆盖率（计划与采纳全部落实后）随动作数，虚线为目标 {target}",
        "coverage as if all is confirmed, by number of actions; dotted: the target of {target}",
    )
    terminal.say(caption.format(target=percent(target)), "dim")
    terminal.draw(curve([step.coverage for step in made.steps], target))


def to_targets(before: Coverage, made: Plan) -> Text:
    """How many actions both targets take, counted from what is so once everything planned before is confirmed.

    They are called the fewest only where that is proven.
    """
    rates, covered, own = before.rates(), 0, 0
    fewest = None if rates.coverage_short or rates.standalone_short else 0
    for place, step in enumerate(made.steps, 1):
        covered, own = covered + step.gain, own + step.own
        if fewest is None and covered >= rates.coverage_short and own >= rates.standalone_short:
            fewest = place
    proven = any(solved.part == TARGETS and solved.status == "optimal" for solved in made.solved)
    reached = _REACHED if proven else _REACHED_AT_MOST
    said = _NOT_REACHED if fewest is None else reached if fewest else _REACHED_ALREADY
    return said.format(n=fewest, target=percent(before.coverage_target), own=percent(before.standalone_target))


_REACHED = Text(
    "达到两项目标（覆盖率 {target}、单建率 {own}）最少须 {n} 项动作，即下表前 {n} 项",
    "the fewest actions to both targets (coverage {target}, own branches {own}): {n}, the first {n} below",
)
_REACHED_AT_MOST = Text(
    "达到两项目标（覆盖率 {target}、单建率 {own}）至多须 {n} 项动作，即下表前 {n} 项；是否最少未证明",
    "both targets (coverage {target}, own branches {own}) take at most {n} actions, the first {n} below; not proven the fewest",
)
_REACHED_ALREADY = Text(
    "拟定的全部落实后，两项目标（覆盖率 {target}、单建率 {own}）已经达到",
    "once all that is planned already is confirmed, both targets (coverage {target}, own branches {own}) are reached",
)
_NOT_REACHED = Text(
    "全部动作落实，仍达不到两项目标（覆盖率 {target}、单建率 {own}）",
    "all actions together do not reach both targets (coverage {target}, own branches {own})",
)


def percent(share: float | None, target: float | None = None) -> str:
    """A share in words, a dash where it is not known; it reaches no target by rounding."""
    told = shown_share(share, target)
    return "–" if told is None else f"{told:.1%}"
