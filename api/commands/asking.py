"""Commands that ask: one question, nodes, paths."""

from __future__ import annotations

import datetime as dt
import sys

import click
import polars as pl

from api.cli import Session, both, command
from api.terminal import GAPS, titled
from graphmodel.paths import NodeKey, relation_between, row_of
from graphmodel.schema import EDGE_TYPES, NODE_TYPES
from graphmodel.text import Refusal, Text
from queries.answer import Answer, by_track
from queries.question import Question, Severity
from queries.registry import catalogue

DAY = click.DateTime(["%Y-%m-%d"])


def _ids(_: click.Context, __: click.Parameter, begun: str) -> list[str]:
    return [id_ for id_ in catalogue() if id_.startswith(begun)]


def policy_changes(pairs: tuple[str, ...]) -> dict[str, object]:
    """The what-if that `--set parameter=value` writes. Errors: `Refusal` where one is not of that form."""
    changes: dict[str, object] = {}
    for pair in pairs:
        name, equals, value = pair.partition("=")
        if not equals:
            message = Text("“{pair}”不是 参数=值。", "'{pair}' is not parameter=value.").format(pair=pair)
            raise Refusal(message, code="bad-parameter")
        changes[name] = _literal(value)
    return changes


def _literal(value: str) -> object:
    if value in ("true", "false"):
        return value == "true"
    for kind in (int, float):
        try:
            return kind(value)
        except ValueError:
            continue
    return value


@command(
    "ask",
    "问目录中的一个问题，列出缺口、待核实与依据",
    "ask one question of the catalogue: gaps, what cannot be told, and what it rests on",
    ("partygraph ask --list", "partygraph ask uncovered", "partygraph ask branch-required --set branch_min_members=5"),
)
@click.argument("question", required=False, shell_complete=_ids)
@click.option("--list", "list_all", is_flag=True, help=both("列出全部问题", "list all questions"))
@click.option("--revision", type=int, help=both("问某一版", "ask an earlier revision"))
@click.option("--day", type=DAY, help=both("以某日为今天", "take this day as today"))
@click.option("--set", "changes", multiple=True, metavar="参数=值", help=both("改用其他阈值", "with another threshold"))
@click.option("--limit", default=50, show_default=True, help=both("最多显示行数，0 为全部", "rows shown, 0 for all"))
@click.option("--fail-on-gap", is_flag=True, help=both("有缺口时退出码为 10", "exit with 10 where there is a gap"))
def ask(
    session: Session,
    question: str | None,
    *,
    list_all: bool,
    revision: int | None,
    day: dt.datetime | None,
    changes: tuple[str, ...],
    limit: int,
    fail_on_gap: bool,
) -> None:
    """Answer one question, or list them."""
    if list_all or question is None:
        _list(session)
        return
    with session.open() as workspace:
        context = workspace.context(revision, day.date() if day else None, **policy_changes(changes))
        answer = workspace.ask(question, context)
    if isinstance(answer, pl.DataFrame):
        _show_table(session, question, answer, limit)
        return
    _show(session, answer, limit)
    if fail_on_gap and answer.gaps:
        sys.exit(GAPS)


def _list(session: Session) -> None:
    rows = [
        (q.id, q.term, session.terminal.word(q.text), q.group.value, ", ".join(q.clauses)) for q in catalogue().values()
    ]
    schema = ["id", "term", "text", "group", "clauses"]
    frame = pl.DataFrame(rows, schema=schema, orient="row")
    session.terminal.give(frame.to_dicts())
    heads = {"id": Text("编号", "id"), "term": Text("术语", "term"), "text": Text("问题", "question")}
    heads["clauses"] = Text("依据", "clauses")
    session.terminal.table(Text("问题目录", "Catalogue of questions"), frame.drop("group"), heads, limit=None)


def _show_table(session: Session, id_: str, frame: pl.DataFrame, limit: int) -> None:
    terminal, table = session.terminal, catalogue()[id_]
    assert not isinstance(table, Question)
    terminal.give({"question": id_, "rows": frame.to_dicts()})
    for name, column in table.columns.items():
        if column.choices is not None:
            frame = titled(frame, name, column.choices, terminal.shown)
    terminal.table(Text(table.term, id_), frame, {n: c.title for n, c in table.columns.items()}, limit or None)


def _show(session: Session, answer: Answer, limit: int) -> None:
    terminal, question = session.terminal, answer.question
    findings = answer.findings()
    terminal.give(
        {
            "question": question.id,
            "term": question.term,
            "revision": answer.stamp.revision,
            "as_of": answer.stamp.as_of,
            "severity": question.severity.value,
            "clauses": question.clauses,
            "parameters": answer.used,
            "no_data": answer.no_data,
            "total": answer.total,
            "gaps": answer.gaps,
            "cannot_tell": answer.unknowns,
            "passes": answer.passes,
            "tracks": by_track(answer),
            "findings": findings.to_dicts(),
        }
    )
    terminal.say(Text(f"{question.term}：{question.text.zh}", f"{question.id}: {question.text.en}"), "bold")
    if answer.no_data:
        terminal.say(Text("没有数据：所需内容尚未导入。", "No data: what it needs was never imported."), "yellow")
        return
    terminal.say(
        Text(
            "范围内 {total}，缺口 {gaps}，待核实 {unknown}，符合 {passes}。",
            "{total} in scope, {gaps} gaps, {unknown} cannot be told, {passes} pass.",
        ).format(total=answer.total, gaps=answer.gaps, unknown=answer.unknowns, passes=answer.passes)
    )
    _show_findings(session, answer, findings, limit)
    used = "，".join(f"{name}={value}" for name, value in answer.used.items()) or "–"
    severity = next(s for s in Severity if s is question.severity).title
    terminal.say(Text("程度 {s}；依据 {c}；参数 {u}", "severity {s}; clauses {c}; parameters {u}").format(
        s=severity, c=", ".join(question.clauses) or "–", u=used), "dim")  # fmt: skip
    terminal.say(
        Text("第 {r} 版，数据截至 {d}；措施：{zh}", "revision {r}, as of {d}; remedy: {en}").format(
            r=answer.stamp.revision, d=answer.stamp.as_of, zh=question.remedy.zh, en=question.remedy.en
        ),
        "dim",
    )


def _show_findings(session: Session, answer: Answer, findings: pl.DataFrame, limit: int) -> None:
    terminal, question = session.terminal, answer.question
    if findings.is_empty():
        return
    reasons = {code: terminal.word(reason.text) for code, reason in question.reasons.items()}
    element = question.anchor.element
    columns = {} if element is None else {n: element.columns[n].title for n in question.columns if element}
    missing = {} if element is None else {n: terminal.word(c.title) for n, c in element.columns.items()}
    missing |= {n: terminal.word(e.title) for n, e in EDGE_TYPES.items()}
    verdicts = {"gap": terminal.word(Text("缺口", "gap")), "cannot-tell": terminal.word(Text("待核实", "cannot tell"))}
    shown = findings.drop("identity").with_columns(
        pl.col("verdict").replace(verdicts),
        pl.col("reasons").list.eval(pl.element().replace(reasons)),
        pl.col("missing").list.eval(pl.element().replace(missing)),
    )
    if element is not None:
        for name in question.columns:
            choices = element.columns[name].choices
            if choices is not None:
                shown = titled(shown, name, choices, terminal.shown)
    if not findings["missing"].list.len().sum():
        shown = shown.drop("missing")
    heads = {"id": Text("标识", "id"), "name": Text("名称", "name"), "verdict": Text("结论", "verdict")}
    heads |= {"reasons": Text("原因", "reasons"), "missing": Text("缺少", "missing"), **columns}
    terminal.table(Text("明细", "Findings"), shown, heads, limit or None)


@command(
    "nodes",
    "按名称或标识查找节点；给出地址时显示其全部关系",
    "find nodes by name or id; with an address, show every relation of that node",
    ("partygraph nodes 教育局", "partygraph nodes --type Street", "partygraph nodes Street/510104022"),
)
@click.argument("text", default="")
@click.option("--type", "types", multiple=True, type=click.Choice(list(NODE_TYPES)), help=both("类型", "node type"))
@click.option("--limit", default=50, show_default=True, help=both("最多显示行数，0 为全部", "rows shown, 0 for all"))
def nodes(session: Session, text: str, types: tuple[str, ...], limit: int) -> None:
    """Find nodes, or show one."""
    terminal = session.terminal
    with session.open() as workspace:
        if "/" in text and text.partition("/")[0] in NODE_TYPES:
            node = NodeKey.parse(text)
            network = workspace.network()
            fields = network.nodes[node.type].frame.row(row_of(network, node), named=True)
            beside = workspace.neighbours(node)
        else:
            found = workspace.find(text, types, limit or 1_000_000)
            terminal.give(found.to_dicts())
            terminal.table(Text("节点", "Nodes"), found, _NODE_HEADS, limit or None)
            return
    terminal.give({"node": str(node), "fields": fields, "neighbours": beside.to_dicts()})
    columns = NODE_TYPES[node.type].columns
    known = [(terminal.word(columns[n].title), str(v)) for n, v in fields.items() if v is not None and n in columns]
    heads = {"field": Text("字段", "field"), "value": Text("值", "value")}
    title = Text(f"{NODE_TYPES[node.type].title.zh} {node.id}", f"{NODE_TYPES[node.type].title.en} {node.id}")
    terminal.table(title, pl.DataFrame(known, schema=["field", "value"], orient="row"), heads, None)
    label = "label_zh" if terminal.shown == "zh" else "label_en"
    words = pl.concat_str("label_zh", "label_en", separator=" / ") if terminal.shown == "both" else pl.col(label)
    shown = beside.select(words.alias("label"), "type", "id", "name", "state")
    terminal.table(Text("关系", "Relations"), shown, _NODE_HEADS, limit or None)


_NODE_HEADS = {
    "label": Text("关系", "relation"),
    "type": Text("类型", "type"),
    "id": Text("标识", "id"),
    "name": Text("名称", "name"),
    "state": Text("状态", "state"),
}


@command(
    "path",
    "两个节点之间的最短关系链",
    "the shortest chain of relations between two nodes",
    ("partygraph path Street/510104022 Authority/authority:锦江区教育局",),
)
@click.argument("start")
@click.argument("end")
def path(session: Session, start: str, end: str) -> None:
    """Show how two nodes hang together."""
    terminal = session.terminal
    with session.open() as workspace:
        one, other = NodeKey.parse(start), NodeKey.parse(end)
        found = workspace.path(one, other)
        network = workspace.network()
    if found is None:
        terminal.give({"path": None})
        terminal.say(Text("两者没有任何关系相连。", "Nothing joins the two."), "yellow")
        return
    rows = []
    for before, node in zip([None, *found], found, strict=False):
        name = network.nodes[node.type].frame["name"][row_of(network, node)]
        words = [EDGE_TYPES[e].title for e in relation_between(network, before, node)] if before else []
        relations = [terminal.word(word) for word in words]
        rows.append((relations, terminal.word(NODE_TYPES[node.type].title), node.id, name))
    frame = pl.DataFrame(rows, schema=["label", "type", "id", "name"], orient="row")
    terminal.give({"path": [str(node) for node in found], "rows": frame.to_dicts()})
    terminal.table(Text("关系链", "Path"), frame, _NODE_HEADS, None)
