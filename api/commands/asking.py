"""Commands that ask: one question, nodes, paths."""

from __future__ import annotations

import datetime as dt
import sys
from collections.abc import Mapping, Sequence
from typing import Any, get_args

import click
import polars as pl
from click.shell_completion import CompletionItem

from api.cli import Session, both, command
from api.naming import node_meant, nothing_called
from api.policy_words import policy_changes
from api.terminal import GAPS, Terminal
from graphmodel.choices import State
from graphmodel.parameters import PARAMETERS
from graphmodel.paths import NodeKey, row_of, ties_between
from graphmodel.schema import NODE_TYPES
from graphmodel.text import Refusal, Text
from queries.answer import Answer, beside, by_track
from queries.context import Context
from queries.lacking import Lack, how_to_bring_in, lacks, no_data
from queries.pushed_down import Engine
from queries.question import Question, Table
from queries.registry import catalogue, id_of
from queries.registry import question as find_question
from visualizations.words import TITLES, between, listing, named, parameter_in_words, table_listing, values_in_words

DAY = click.DateTime(["%Y-%m-%d"])


class _QuestionName(click.ParamType[str]):
    """A question by its id or its title in either language; a name that is none is told by the command itself."""

    name = "question"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:  # noqa: ARG002  # click's signature
        """The id, or what was written."""
        return id_of(str(value))

    def shell_complete(self, ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:  # noqa: ARG002  # click's signature
        """Ids and terms that begin so."""
        words = [word for asked in catalogue().values() for word in (asked.id, asked.term)]
        return [CompletionItem(word) for word in words if word.startswith(incomplete)]


QUESTION_NAME = _QuestionName()


ENGINE = click.option(
    "--engine",
    type=click.Choice(get_args(Engine)),
    default="process",
    show_default=True,
    help=both("在本进程计算，或由 Neo4j 自己回答", "answered in this process, or by the Neo4j itself"),
)


@command(
    "ask",
    "问目录中的一个问题，列出缺口、待核实与依据",
    "ask one question of the catalogue: gaps, what cannot be told, and what it rests on",
    (
        "partygraph ask --list",
        "partygraph ask uncovered",
        "partygraph ask 未覆盖",
        "partygraph ask branch-required --set branch_min_members=5",
        "partygraph ask changes --since 1",
    ),
)
@click.argument("question", required=False, type=QUESTION_NAME)
@click.option("--list", "list_all", is_flag=True, help=both("列出全部问题", "list all questions"))
@click.option("--revision", type=int, help=both("问某一版", "ask an earlier revision"))
@click.option(
    "--since",
    type=int,
    multiple=True,
    help=both(
        "与较早的一版比较；再给更早的版本，可看出“再次出现”",
        "compare with an earlier revision; still earlier ones tell what is open again",
    ),
)
@click.option("--day", type=DAY, help=both("以某日为今天", "take this day as today"))
@click.option("--set", "changes", multiple=True, metavar="参数=值", help=both("改用其他阈值", "with another threshold"))
@click.option("--limit", default=50, show_default=True, help=both("最多显示行数，0 为全部", "rows shown, 0 for all"))
@ENGINE
@click.option("--fail-on-gap", is_flag=True, help=both("有缺口时退出码为 10", "exit with 10 where there is a gap"))
def ask(
    session: Session,
    question: str | None,
    *,
    list_all: bool,
    revision: int | None,
    since: tuple[int, ...],
    day: dt.datetime | None,
    changes: tuple[str, ...],
    limit: int,
    engine: Engine,
    fail_on_gap: bool,
) -> None:
    """Answer one question, or list them."""
    if list_all or question is None:
        _list(session)
        return
    with session.open() as workspace:
        policy = policy_changes(changes)
        context = workspace.context(revision, day.date() if day else None, **policy)
        earlier = [workspace.context(each, None, **policy) for each in sorted(set(since), reverse=True)]
        refuse_later(context, earlier)
        asked = find_question(question)
        if engine == "neo4j" and asked.in_process_only is not None:
            session.terminal.say(asked.in_process_only, "dim")
        answer = workspace.ask(question, context, earlier, engine)
    if isinstance(answer, pl.DataFrame):
        assert isinstance(asked, Table)
        _show_table(session, context, asked, answer, limit)
        return
    _show(session, context, answer, limit)
    if fail_on_gap and answer.gaps:
        sys.exit(GAPS)


def refuse_later(context: Context, earlier: Sequence[Context]) -> None:
    """Errors: `Refusal` where a revision to compare with is no earlier one than that which is asked."""
    asked = context.network.stamp.revision
    for each in earlier:
        if each.network.stamp.revision >= asked:
            message = Text(
                "第 {old} 版不早于第 {new} 版，无从比较。", "Revision {old} is not earlier than revision {new}."
            )
            hint = Text("请用 --since 给出更早的一版。", "Give an earlier one by --since.")
            raise Refusal(message.format(old=each.network.stamp.revision, new=asked), hint, code="not-earlier")


def _list(session: Session) -> None:
    word = session.terminal.word
    rows = [(q.id, word(named(q)), word(q.text), q.group.value, ", ".join(q.clauses)) for q in catalogue().values()]
    schema = ["id", "term", "text", "group", "clauses"]
    frame = pl.DataFrame(rows, schema=schema, orient="row")
    session.terminal.give(frame.to_dicts())
    heads = {"id": Text("编号", "id"), "term": Text("术语", "term"), "text": Text("问题", "question")}
    heads["clauses"] = Text("依据", "clauses")
    session.terminal.table(Text("问题目录", "Catalogue of questions"), frame.drop("group"), heads, limit=None)


def _basis(context: Context, asked: Question | Table, used: Mapping[str, Any]) -> dict[str, Any]:
    """What an answer rests on, for programs."""
    stamp = context.network.stamp
    return {
        "question": asked.id,
        "term": asked.term,
        "revision": stamp.revision,
        "as_of": stamp.as_of,
        "today": context.today,
        "policy": context.values.policy,
        "policy_digest": context.values.digest,
        "clauses": asked.clauses,
        "parameters": used,
    }


def _say_basis(terminal: Terminal, context: Context, asked: Question | Table, used: Mapping[str, Any]) -> None:
    stamp = context.network.stamp
    told = between(terminal.word).join(
        f"{terminal.word(PARAMETERS[name].title)}={parameter_in_words(name, value, terminal.word)}"
        for name, value in used.items()
    )
    terminal.say(
        Text("依据 {c}；参数：{u}", "clauses {c}; parameters: {u}").format(
            c=", ".join(asked.clauses) or "–", u=told or "–"
        ),
        "dim",
    )
    terminal.say(
        Text(
            "第 {r} 版，数据截至 {d}；以 {t} 为今天；政策 {p}",
            "revision {r}, as of {d}; {t} is taken as today; policy {p}",
        ).format(r=stamp.revision, d=stamp.as_of, t=context.today, p=context.values.title),
        "dim",
    )


def _show_table(session: Session, context: Context, asked: Table, frame: pl.DataFrame, limit: int) -> None:
    terminal = session.terminal
    used = {name: context.values[name] for name in asked.parameters}
    lacking = lacks(asked.needs, context)
    told = {"no_data": bool(lacking), "lacking": [lack.as_json() for lack in lacking], "rows": frame.to_dicts()}
    terminal.give({**_basis(context, asked, used), **told})
    if lacking:
        _say_no_data(terminal, lacking)
    else:
        found = table_listing(asked, frame, terminal.word)
        terminal.table(named(asked), found.frame, found.heads, limit or None, units=found.units)
    _say_basis(terminal, context, asked, used)


def _show(session: Session, context: Context, answer: Answer, limit: int) -> None:
    terminal, question = session.terminal, answer.question
    lacking = lacks(question.needs, context) if answer.no_data else ()
    terminal.give(
        {
            **_basis(context, question, answer.used),
            "severity": question.severity.value,
            "no_data": answer.no_data,
            "lacking": [lack.as_json() for lack in lacking],
            "total": answer.total,
            "gaps": answer.gaps,
            "cannot_tell": answer.unknowns,
            "passes": answer.passes,
            "tracks": by_track(answer),
            "findings": answer.findings().hstack(beside(answer, context)).to_dicts(),
        }
    )
    name = named(question)
    terminal.say(Text(f"{name.zh}：{question.text.zh}", f"{name.en}: {question.text.en}"), "bold")
    if answer.no_data:
        _say_no_data(terminal, lacking)
        return
    terminal.say(
        Text(
            "范围内 {total}，缺口 {gaps}，待核实 {unknown}，符合 {passes}。",
            "{total} in scope, {gaps} gaps, {unknown} cannot be told, {passes} pass.",
        ).format(total=answer.total, gaps=answer.gaps, unknown=answer.unknowns, passes=answer.passes)
    )
    found = listing(answer, context, terminal.word)
    told = [n for n in found.heads if n not in _ONCE and found.frame[n].null_count() < found.frame.height]
    if told:
        terminal.table(
            Text("明细", "Findings"), found.frame.select(told), found.heads, limit or None, units=found.units
        )
    terminal.say(Text("程度：{s}；措施：{r}", "severity: {s}; remedy: {r}").format(
        s=question.severity.title, r=question.remedy), "dim")  # fmt: skip
    _say_basis(terminal, context, question, answer.used)


def _say_no_data(terminal: Terminal, lacking: tuple[Lack, ...]) -> None:
    terminal.say(no_data(lacking), "yellow")
    if (how := how_to_bring_in(lacking)) is not None:
        terminal.say(how)


_ALL = 1_000_000  # nodes
_ONCE = ("remedy", "clauses")  # the same for every finding, told below the table


@command(
    "nodes",
    "按名称或标识查找节点；给出地址时显示其全部关系",
    "find nodes by name or id; with an address, show every relation of that node",
    (
        "partygraph nodes 教育局",
        "partygraph nodes --type Street",
        "partygraph nodes Street/510104022",
        "partygraph nodes Street/510104022 --origin",
    ),
)
@click.argument("text", default="")
@click.option("--type", "types", multiple=True, type=click.Choice(list(NODE_TYPES)), help=both("类型", "node type"))
@click.option(
    "--origin",
    is_flag=True,
    help=both(
        "给出地址时，列出它和各项关系来自哪个文件哪一行",
        "of one node: which rows of which files it and its relations came from",
    ),
)
@click.option("--limit", default=50, show_default=True, help=both("最多显示行数，0 为全部", "rows shown, 0 for all"))
def nodes(session: Session, text: str, *, types: tuple[str, ...], origin: bool, limit: int) -> None:
    """Find nodes, or show one."""
    terminal = session.terminal
    with session.open() as workspace:
        if "/" in text and text.partition("/")[0] in NODE_TYPES:
            node = NodeKey.parse(text)
            network = workspace.network()
            row = network.nodes[node.type].frame[int(row_of(network, node))]
            fields = row.row(0, named=True)
            beside = workspace.neighbours(node)
            origins = workspace.origins(node) if origin else None
        else:
            found = workspace.find(text, types, limit or _ALL if text else _ALL)
            if not text:
                found = found.sort("type", "id")
                found = found.head(limit or _ALL) if terminal.as_json else found
            if text and found.is_empty() and not terminal.as_json:
                raise nothing_called(workspace.network(), text, types)
            terminal.give(found.to_dicts())
            terminal.table(Text("节点", "Nodes"), _types_in_words(terminal, found), _NODE_HEADS, limit or None)
            return
    told = {"node": str(node), "fields": fields, "neighbours": beside.to_dicts()}
    if origins is not None:
        told |= {"origins": origins.node.to_dicts(), "relation_origins": origins.relations.to_dicts()}
    terminal.give(told)
    columns = NODE_TYPES[node.type].columns
    worded = values_in_words(row, columns, terminal.word).row(0, named=True)
    known = [(terminal.word(columns[n].title), str(v)) for n, v in worded.items() if v is not None and n in columns]
    heads = {"field": Text("字段", "field"), "value": Text("值", "value")}
    title = Text(f"{NODE_TYPES[node.type].title.zh} {node.id}", f"{NODE_TYPES[node.type].title.en} {node.id}")
    terminal.table(title, pl.DataFrame(known, schema=["field", "value"], orient="row"), heads, None)
    label = "label_zh" if terminal.shown == "zh" else "label_en"
    words = pl.concat_str("label_zh", "label_en", separator=" / ") if terminal.shown == "both" else pl.col(label)
    states = {state.value: terminal.word(state.title) for state in State}
    shown = beside.select(words.alias("label"), "type", "id", "name", pl.col("state").replace(states))
    terminal.table(Text("关系", "Relations"), _types_in_words(terminal, shown), _NODE_HEADS, limit or None)
    if origins is not None:
        terminal.table(Text("来自", "Where it came from"), origins.node, _ORIGIN_HEADS, limit or None)
        related = origins.relations.select(words.alias("label"), "type", "id", "name", *_ORIGIN_HEADS)
        rows = _types_in_words(terminal, related)
        heads = _NODE_HEADS | _ORIGIN_HEADS
        terminal.table(Text("关系来自", "Where its relations came from"), rows, heads, limit or None)


def _types_in_words(terminal: Terminal, frame: pl.DataFrame) -> pl.DataFrame:
    return frame.with_columns(pl.col("type").replace({name: terminal.word(t) for name, t in TITLES.items()}))


_ORIGIN_HEADS = {
    "revision": Text("版本", "revision"),
    "source": Text("来源", "source"),
    "file": Text("文件", "file"),
    "sheet": Text("工作表", "sheet"),
    "row": Text("行", "row"),
}


_PLANNED = Text("{label}（计划中）", "{label} (planned)")

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
    ("partygraph path Street/510104022 Authority/authority:锦江区教育局", "partygraph path 柳江街道 锦江区教育局"),
)
@click.argument("start")
@click.argument("end")
def path(session: Session, start: str, end: str) -> None:
    """Show how two nodes hang together."""
    terminal = session.terminal
    with session.open() as workspace:
        network = workspace.network()
        one, other = node_meant(network, start), node_meant(network, end)
        found = workspace.path(one, other)
    if found is None:
        terminal.give({"path": None})
        terminal.say(Text("两者没有任何关系相连。", "Nothing joins the two."), "yellow")
        return
    rows = []
    for before, node in zip([None, *found], found, strict=False):
        name = network.nodes[node.type].frame["name"][row_of(network, node)]
        ties = ties_between(network, before, node) if before else []
        planned = [_PLANNED.format(label=tie.label) if tie.state == State.PLANNED else tie.label for tie in ties]
        relations = [terminal.word(label) for label in planned]
        states = [tie.state for tie in ties]
        rows.append((relations, terminal.word(NODE_TYPES[node.type].title), node.id, name, states))
    schema: dict[str, pl.DataType | type[pl.DataType]] = {
        "label": pl.List(pl.String),
        "type": pl.String,
        "id": pl.String,
        "name": pl.String,
        "state": pl.List(pl.String),
    }
    frame = pl.DataFrame(rows, schema=schema, orient="row")
    terminal.give({"path": [str(node) for node in found], "rows": frame.to_dicts()})
    terminal.table(Text("关系链", "Path"), frame.drop("state"), _NODE_HEADS, None)
