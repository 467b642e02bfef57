"""Commands about servers: copy a store to another kind, and take the catalogue's Cypher to Neo4j Browser."""

from __future__ import annotations

import datetime as dt
from contextlib import closing
from pathlib import Path

import click

from api.cli import Session, both, command, group
from api.commands.asking import DAY, QUESTION_NAME
from api.outputs import refuse_existing, whole
from api.policy_words import policy_changes
from api.usage import Misuse
from graphmodel.network import Network, Stamp
from graphmodel.stores.copying import copy as copy_store
from graphmodel.stores.opening import open_store
from graphmodel.text import Text
from queries.context import Context
from queries.pushed_down import saved_query
from queries.registry import catalogue, question

store = group(
    "store",
    "数据库：在文件与 Neo4j 之间复制",
    "stores: copy between file and Neo4j",
    ("partygraph store copy workspace/network.sqlite neo4j://localhost:7687",),
)


@store.add_command
@command(
    "copy",
    "把一个数据库全部复制到另一个空数据库（含历史与记录），并比较两端",
    "copy everything of one store, history and records included, into an empty one and compare both ends",
    (
        "partygraph store copy workspace/network.sqlite neo4j://localhost:7687",
        "NEO4J_PASSWORD=… partygraph store copy neo4j+s://graph.example:7687/district backup.sqlite",
    ),
)
@click.argument("source")
@click.argument("target")
def _copy(session: Session, source: str, target: str) -> None:
    """Copy, compare, and say so."""
    terminal = session.terminal
    with (
        closing(open_store(source, create=False)) as one,
        closing(open_store(target)) as other,
        terminal.progress() as step,
    ):
        what = terminal.word(Text("复制与比较", "copying and comparing"))
        copied = copy_store(one, other, lambda done, of: step(done, of, what))
    found = {"revisions": copied.revisions, "rows": copied.rows, "records": copied.records}
    terminal.give({**found, "equal": True})
    told = Text(
        "已复制 {revisions} 版历史、{rows} 行现状、{records} 条记录；两端逐行比较一致。",
        "Copied {revisions} revisions, {rows} rows of the present and {records} records; both ends are equal, row by row.",
    )
    terminal.say(told.format(**found), "green")


@command(
    "cypher",
    "打印一个问题的 Cypher，可粘贴到 Neo4j Browser；或把整个目录写成查询文件",
    "print a question's Cypher for Neo4j Browser, or write the whole catalogue as a file of saved queries",
    ("partygraph cypher uncovered", "partygraph cypher --all 目录.cypher"),
)
@click.argument("id_", metavar="[问题]", required=False, type=QUESTION_NAME)
@click.option(
    "--all", "out", type=click.Path(dir_okay=False, path_type=Path), help=both("全部问题写入文件", "all into this file")
)
@click.option("--day", type=DAY, help=both("以某日为今天", "take this day as today"))
@click.option("--set", "changes", multiple=True, metavar="参数=值", help=both("改用其他阈值", "with another threshold"))
@click.option("--force", is_flag=True, help=both("覆盖已有文件", "overwrite a file that is there"))
def cypher(
    session: Session,
    id_: str | None,
    *,
    out: Path | None,
    day: dt.datetime | None,
    changes: tuple[str, ...],
    force: bool,
) -> None:
    """Print one question's statement, or write all."""
    terminal = session.terminal
    if (id_ is None) == (out is None):
        raise Misuse(Text("请给出一个问题，或用 --all 给出文件。", "Give one question, or a file with --all."))
    context = _context(session, day, changes)
    if id_ is not None:
        text = saved_query(question(id_), context)
        terminal.give({"question": id_, "cypher": text})
        if not terminal.as_json:
            click.echo(text)
        return
    assert out is not None
    refuse_existing([out], force=force)
    asked = [each for each in catalogue().values() if each.in_process_only is None]
    with whole(out) as place:
        place.write_text("\n\n".join(saved_query(each, context) for each in asked) + "\n", "utf-8")
    others = [each.id for each in catalogue().values() if each.in_process_only is not None]
    terminal.give({"written": str(out), "questions": [each.id for each in asked], "in_process_only": others})
    told = Text(
        "{n} 个问题已写入 {out}；另有 {m} 个只能在进程内计算（partygraph ask）。",
        "{n} questions are in {out}; {m} more are answered in process only (partygraph ask).",
    )
    terminal.say(told.format(n=len(asked), m=len(others), out=out), "green")


def _context(session: Session, day: dt.datetime | None, changes: tuple[str, ...]) -> Context:
    """Policy and day of the workspace; its network has no part in a statement."""
    with session.open() as workspace:
        acts = workspace.revisions()
        today = day.date() if day else acts[-1].act.as_of if acts else dt.date.today()  # noqa: DTZ011 - the user's own day
        values = workspace.policy.at(today).replace(**policy_changes(changes))
    return Context.of(Network.from_tables({}, Stamp(0, today)), values)
