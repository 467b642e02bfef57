"""Commands about time: history, difference, undo, verification."""

from __future__ import annotations

import sys

import click
import polars as pl

from api.case_terminal import say_settled, settled_for_programs
from api.cli import Session, both, command
from api.terminal import UNSOUND, moment
from graphmodel.stores.protocol import Revision
from graphmodel.text import Text
from visualizations.words import TITLES, cells_in_words

_KINDS = {
    "import": Text("导入", "import"),
    "edit": Text("编辑", "edit"),
    "plan": Text("应用方案", "plan"),
    "confirm": Text("确认落实", "confirmation"),
    "undo": Text("撤销", "undo"),
}
_HEADS = {
    "revision": Text("版本", "revision"),
    "recorded_at": Text("记录时间（本地）", "recorded at (local)"),
    "kind": Text("操作", "act"),
    "actor": Text("单位账号", "account"),
    "source": Text("来源", "source"),
    "as_of": Text("数据截至", "as of"),
    "note": Text("说明", "note"),
    "added": Text("新增", "added"),
    "removed": Text("删除", "removed"),
    "changed": Text("修改", "changed"),
    "type": Text("类型", "type"),
    "key": Text("标识", "key"),
    "field": Text("字段", "field"),
    "before": Text("前", "before"),
    "after": Text("后", "after"),
}


def _summary(revision: Revision) -> dict[str, object]:
    counts = revision.counts.values()
    added, removed, changed = (sum(c[i] for c in counts) for i in range(3))
    act = revision.act
    return {
        "revision": revision.number,
        "recorded_at": revision.recorded_at.isoformat(timespec="seconds"),
        "kind": act.kind,
        "actor": act.actor,
        "source": act.source,
        "as_of": act.as_of.isoformat(),
        "note": act.note,
        "added": added,
        "removed": removed,
        "changed": changed,
    }


@command("history", "列出每一次改动", "list every act of the log", ("partygraph history",))
@click.option("--limit", default=50, show_default=True, help=both("最多显示行数，0 为全部", "rows shown, 0 for all"))
def history(session: Session, limit: int) -> None:
    """Show the log, newest first."""
    terminal = session.terminal
    with session.open() as workspace:
        revisions = workspace.revisions()[::-1]
    rows = [_summary(revision) for revision in revisions]
    terminal.give(rows)
    if not rows:
        terminal.say(Text("还没有任何改动。", "Nothing has been recorded yet."))
        return
    frame = pl.DataFrame(rows, infer_schema_length=None)
    words = pl.col("kind").replace({k: terminal.word(t) for k, t in _KINDS.items()})
    shown = frame.with_columns(words, pl.Series("recorded_at", [moment(each.recorded_at) for each in revisions]))
    terminal.table(Text("改动记录", "History"), shown, _HEADS, limit or None)


@command(
    "diff",
    "比较两版，逐行逐字段列出差异",
    "compare two revisions, row by row and field by field",
    ("partygraph diff 1 3", "partygraph --json diff 1 3"),
)
@click.argument("old", type=int)
@click.argument("new", type=int)
@click.option("--limit", default=50, show_default=True, help=both("最多显示行数，0 为全部", "rows shown, 0 for all"))
def diff(session: Session, old: int, new: int, limit: int) -> None:
    """Show what turns one revision into another."""
    terminal = session.terminal
    with session.open() as workspace:
        changes = workspace.difference(old, new)
    counts, cells = changes.counts(), changes.fields()
    terminal.give({"old": old, "new": new, "counts": counts.to_dicts(), "fields": cells.to_dicts()})
    if changes.empty:
        terminal.say(Text("两版相同。", "The two revisions are equal."))
        return
    touched = pl.sum_horizontal("added", "removed", "changed") > 0
    in_words = pl.col("type").replace({name: terminal.word(title) for name, title in TITLES.items()})
    worded = cells_in_words(cells, ("before", "after"), terminal.word)
    terminal.table(
        Text(f"{old} → {new}", f"{old} → {new}"), counts.filter(touched).with_columns(in_words), _HEADS, None
    )
    terminal.table(Text("逐字段", "Field by field"), worded, _HEADS, limit or None)


@command(
    "undo",
    "撤销一次改动（之后没有人改过相同的行才可以）",
    "reverse one act, where nothing later touched its rows",
    ("partygraph undo 3 --note 误导入",),
)
@click.argument("revision", type=int)
@click.option("--note", default="", help=both("说明", "why"))
@click.option("--yes", is_flag=True, help=both("不再询问", "do not ask"))
def undo(session: Session, revision: int, note: str, *, yes: bool) -> None:
    """Undo one revision by a new one; asked for once more where somebody sits at a terminal."""
    asked = Text("撤销第 {n} 版？", "Undo revision {n}?").format(n=revision)
    if not yes and sys.stdin.isatty() and not session.terminal.confirmed(asked):
        session.terminal.say(Text("已取消，未写入。", "Cancelled; nothing was written."), "yellow")
        return
    with session.open() as workspace:
        done = workspace.undo(revision, note)
        settled = workspace.casework().settle()
    session.terminal.give({**_summary(done), "cases": settled_for_programs(settled)})
    text = Text("已撤销第 {old} 版，现为第 {new} 版。", "Revision {old} is undone; the newest is {new}.")
    session.terminal.say(text.format(old=revision, new=done.number), "green")
    say_settled(session.terminal, settled)


@command(
    "verify",
    "重放全部改动并与现状比较",
    "replay the whole log and compare it with the state",
    ("partygraph verify",),
)
def verify(session: Session) -> None:
    """Check that log and state agree."""
    with session.open() as workspace:
        head, sound = workspace.store.head, workspace.verified()
    session.terminal.give({"revision": head, "verified": sound})
    if not sound:
        session.terminal.say(
            Text("记录与现状不符！请从备份恢复。", "Log and state differ! Restore a backup."), "bold red"
        )
        sys.exit(UNSOUND)
    text = Text("第 {head} 版：记录重放与现状一致。", "Revision {head}: the log replayed equals the state.")
    session.terminal.say(text.format(head=head), "green")
