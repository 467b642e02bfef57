"""How does one proposal read in full? Rule by rule, its runner-up, evidence, what it closes, and each row that it changes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import polars as pl

from api import plan_views
from api.plan_views import View
from api.terminal import Terminal
from graphmodel.network import Network
from graphmodel.paths import NodeKey
from graphmodel.schema import EDGE_TYPES, NODE_TYPES
from graphmodel.tables import key_columns
from graphmodel.text import Text
from planning.plan import Proposal, no_other
from planning.rules import RULES
from queries.registry import question

_HEADS = {
    "rule": Text("规则", "rule"),
    "hard": Text("硬性", "hard"),
    "clause": Text("依据", "clause"),
    "says": Text("说明", "says"),
}


def explain_all(terminal: Terminal, network: Network, shown: View, proposals: Sequence[Proposal]) -> None:
    """Each of these proposals of a plan in full."""
    plan = shown.kept.plan
    chosen = tuple((shown.kept.number_of(id_), plan.proposal(id_)) for id_ in dict.fromkeys(p.id for p in proposals))
    terminal.give(plan_views.as_values(plan_views.only(shown, chosen))["proposals"])
    for _, one in chosen:
        explain(terminal, network, shown, one)


def explain(terminal: Terminal, network: Network, shown: View, one: Proposal) -> None:
    """One proposal in full; `network` names the nodes."""
    if terminal.as_json:
        return
    decision = shown.decisions[one.id]
    terminal.say(shown.kept.called(one.id), "bold")
    terminal.say(Text("标识 {id}", "id {id}").format(id=one.id), "dim")
    terminal.say(decision.said if decision.version else decision.state.title)
    if decision.reason:
        terminal.say(Text("理由：{why}", "reason: {why}").format(why=decision.reason))
    rows = [
        {
            "rule": terminal.word(_title(reason.rule)),
            "hard": reason.hard,
            "clause": reason.clause,
            "says": terminal.word(reason.text),
        }
        for reason in one.reasons
    ]
    if rows:
        frame = pl.DataFrame(rows, schema_overrides={"clause": pl.String}, infer_schema_length=None)
        terminal.table(Text("理由", "Reasons"), frame, _HEADS, None)
    terminal.say(_runner_up(one))
    for fact in one.evidence:
        terminal.say(Text("事实：{fact}", "evidence: {fact}").format(fact=fact))
    for id_ in one.needs:
        terminal.say(Text("须同时采纳：{title}", "needs: {title}").format(title=shown.kept.called(id_)))
    closes = [each.split("|", 2) for each in one.closes]
    said = list(_changed(one))
    ends = {NodeKey(type_, id_) for _, type_, id_ in closes if type_ in NODE_TYPES}
    ends |= {end for _, _, row in said for end in row}
    called = {**plan_views.names(network, sorted(ends)), **_founded(one)}
    for id_, type_, node in closes:
        name = called.get(NodeKey(type_, node), node)
        terminal.say(
            Text("销号：{term}（{name}）", "closes: {id} ({name})").format(term=question(id_).term, id=id_, name=name)
        )
    for act, relation, row in said:
        names = [called[end] for end in row]
        told = _RELATION if len(row) > 1 else _NODE
        terminal.say(told.format(act=act, relation=relation, one=names[0], other=names[-1]))


def _title(rule: str) -> Text:
    """What a rule asks; its name where a plan of an earlier release is read and the rule is gone."""
    return RULES[rule].title if rule in RULES else Text(rule, rule)


def _runner_up(one: Proposal) -> Text:
    other = one.runner_up
    if other is None:
        return Text("次选：没有：{why}", "runner-up: none: {why}").format(why=no_other(one.kind))
    costs = [(_title(rule), cost) for rule, cost in other.costs.items() if cost]
    if not costs:
        return Text("次选：{text}", "runner-up: {text}").format(text=other.text)
    zh = "、".join(f"{rule.zh} {cost:+g}" for rule, cost in costs)
    en = ", ".join(f"{rule.en} {cost:+g}" for rule, cost in costs)
    return Text("次选：{text}（代价：{costs}）", "runner-up: {text} (costs: {costs})").format(
        text=other.text, costs=Text(zh, en)
    )


def _changed(one: Proposal) -> Iterator[tuple[Text, Text, tuple[NodeKey, ...]]]:
    """Every row that a proposal adds, alters or ends: which of these, the title of its type, and the node or both ends."""
    for name, delta in one.changes.deltas.items():
        key = list(key_columns(name))
        both = delta.after.join(delta.before, on=key, how="semi", nulls_equal=True)
        new = delta.after.join(delta.before, on=key, how="anti", nulls_equal=True)
        gone = delta.before.join(delta.after, on=key, how="anti", nulls_equal=True)
        title = (EDGE_TYPES if name in EDGE_TYPES else NODE_TYPES)[name].title
        for act, rows in ((_ADDS, new), (_ALTERS, both), (_ENDS, gone)):
            for row in rows.iter_rows(named=True):
                if name in NODE_TYPES:
                    yield act, title, (NodeKey(name, row["id"]),)
                else:
                    ends = (NodeKey(row[f"{end}_type"], row[end]) for end in ("source", "target"))
                    yield act, title, tuple(ends)


def _founded(one: Proposal) -> dict[NodeKey, str]:
    """The names of the nodes that a proposal brings."""
    return {
        NodeKey(name, row["id"]): row["name"] or row["id"]
        for name, delta in one.changes.deltas.items()
        if name in NODE_TYPES
        for row in delta.after.iter_rows(named=True)
    }


_ADDS, _ALTERS, _ENDS = Text("拟定", "plans"), Text("改为", "alters"), Text("终止", "ends")
_RELATION = Text("改动：{act} {one} —{relation}→ {other}", "changes: {act} {one} —{relation}→ {other}")
_NODE = Text("改动：{act} {relation}“{one}”", "changes: {act} {relation} '{one}'")
