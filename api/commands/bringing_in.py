"""Commands that bring data in: import, template, demo."""

from __future__ import annotations

import datetime as dt
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import click
import polars as pl

from api.case_terminal import say_settled, settled_for_programs
from api.cli import Session, both, command
from api.descriptions import write_form
from api.giving_back import left_out
from api.imports import Import, Proposed, propose
from api.outputs import refuse_ending, refuse_existing, whole
from api.terminal import Terminal
from api.workspace import ACTOR
from graphmodel import asserted
from graphmodel.changes import ChangeSet, Delta
from graphmodel.declare import SOURCES
from graphmodel.network import Network
from graphmodel.schema import EDGE_TYPES, NODE_TYPES
from graphmodel.stores.protocol import Revision
from graphmodel.tables import key_columns
from graphmodel.text import Refusal, Text
from loaders.errors import RowError
from loaders.ledger_mapping import wordings
from loaders.ledger_mapping_file import default_mapping, read_mapping
from loaders.ledger_template import write_ledger_template
from loaders.raw import Checked
from loaders.renamed import KEEP_ID
from loaders.template import write_template
from loaders.verdict import gathered
from queries.cases import Case
from visualizations.words import cells_in_words

SHOWN_ERRORS = 20
_HEADS = {
    "type": Text("类型", "type"),
    "name": Text("名称", "name"),
    "added": Text("新增", "added"),
    "changed": Text("修改", "changed"),
    "removed": Text("删除", "removed"),
    "unchanged": Text("不变", "unchanged"),
    "gone": Text("文件中已无", "gone from the file"),
    "file": Text("文件", "file"),
    "sheet": Text("工作表", "sheet"),
    "read": Text("读入", "read"),
    "accepted": Text("通过", "accepted"),
    "rejected": Text("未通过", "rejected"),
    "key": Text("标识", "key"),
    "field": Text("字段", "field"),
    "old": Text("原值", "was"),
    "new": Text("新值", "becomes"),
    "sources": Text("其他来源", "other sources"),
}
_KEYS = {
    "name": Text("名称", "name"),
    "id": Text("标识", "id"),
    "source_type": Text("起点类型", "type of the source"),
    "source": Text("起点", "source"),
    "target_type": Text("终点类型", "type of the target"),
    "target": Text("终点", "target"),
}
_TITLES = {name: element.title for name, element in {**NODE_TYPES, **EDGE_TYPES}.items()}


@command(
    "import",
    "导入台账或数据包：先检查，再显示差异，确认后整体写入",
    "import ledgers and bundles: checked first, shown as a difference, stored as a whole once confirmed",
    (
        "partygraph import 台账.xlsx",
        "partygraph import 台账.xlsx 数据包/ --source jinjiang-2016 --as-of 2016-06-12 --yes",
        "partygraph import 台账.csv --accept-valid --yes",
    ),
)
@click.argument("paths", nargs=-1, required=True, type=click.Path(exists=True, path_type=Path))
@click.option(
    "--source", help=both("来源名称（默认为第一个文件名）", "who asserts the rows (the first file's name by default)")
)
@click.option(
    "--as-of", "as_of", type=click.DateTime(["%Y-%m-%d"]), help=both("数据截至日期", "the day the data speaks of")
)
@click.option("--note", default="", help=both("说明", "note for the log"))
@click.option(
    "--accept-valid",
    is_flag=True,
    help=both("只导入通过的行，被拒行另存", "store the valid rows, write the others to a file"),
)
@click.option(
    "--remove-gone",
    is_flag=True,
    help=both("删除本来源中文件已没有的行", "delete what this source had and the file has no more"),
)
@click.option(
    "--mapping", type=click.Path(exists=True, path_type=Path), help=both("台账对照文件", "mapping file of the ledger")
)
@click.option(
    "--column",
    "columns",
    multiple=True,
    metavar="HEADER=COLUMN",
    help=both(
        "台账中没有认出的表头是哪一列，可多次", "which column of the ledger an unknown header is; may be repeated"
    ),
)
@click.option(
    "--out", type=click.Path(path_type=Path), default=Path(), help=both("标注文件存放处", "folder for marked workbooks")
)
@click.option("--dry-run", is_flag=True, help=both("只看差异，不写入", "show the difference, write nothing"))
@click.option(
    "--marked", is_flag=True, help=both("只看差异时也写出标注文件", "write marked workbooks in a dry run too")
)
@click.option("--force", is_flag=True, help=both("覆盖已有的标注文件", "overwrite marked workbooks that are there"))
@click.option(
    "--limit",
    default=20,
    show_default=True,
    help=both("每张表最多显示行数，0 为全部", "rows shown of each table, 0 for all"),
)
@click.option("--yes", is_flag=True, help=both("不再询问", "do not ask"))
def import_(
    session: Session,
    paths: tuple[Path, ...],
    *,
    source: str | None,
    as_of: dt.datetime | None,
    note: str,
    accept_valid: bool,
    remove_gone: bool,
    mapping: Path | None,
    columns: tuple[str, ...],
    out: Path,
    dry_run: bool,
    marked: bool,
    force: bool,
    limit: int,
    yes: bool,
) -> None:
    """Check, show, confirm, store."""
    terminal = session.terminal
    day = as_of.date() if as_of else dt.datetime.now().astimezone().date()
    with session.open(create=True) as workspace:
        stated, using = source or paths[0].stem, read_mapping(mapping) if mapping else None
        if columns:
            using = (using or default_mapping()).matched(wordings(columns))
        wanted = Import(paths, stated, day, note, accept_valid, remove_gone, using)
        with terminal.progress() as step:
            network = workspace.network()
            proposed = propose(network, wanted, step)
        shown = proposed.shown
        _tell(terminal, proposed, network, limit or None)
        if proposed.taken.checked.error_counts and (marked or not dry_run):
            try:
                given = proposed.give_back(out, rejected=accept_valid, force=force)
            except Refusal as refusal:
                sys.exit(terminal.refuse(refusal, _told(proposed)))
            for path in given:
                terminal.say(Text("已写出 {path}", "written: {path}").format(path=path), "yellow")
            for text in left_out(proposed.taken):
                terminal.say(text, "yellow")
        if shown.rejected and not accept_valid:
            sys.exit(terminal.refuse(_rows_rejected(shown.rejected), _told(proposed)))
        if dry_run:
            terminal.give(_told(proposed))
            return
        if shown.changes.empty:
            terminal.give(_told(proposed))
            terminal.say(Text("没有变化，未写入。", "Nothing changes; nothing was written."))
            return
        if not yes and not _confirmed(terminal):
            terminal.say(Text("已取消，未写入。", "Cancelled; nothing was written."), "yellow")
            return
        with terminal.progress() as step:
            revision = proposed.store(workspace, ACTOR, step)
        settled = workspace.casework().settle()
    terminal.give(_told(proposed, revision, settled))
    done = Text(
        "已写入，现为第 {n} 版；可用 partygraph undo {n} 撤销。",
        "Stored as revision {n}; undo it with: partygraph undo {n}",
    )
    terminal.say(done.format(n=revision.number), "green")
    say_settled(terminal, settled)


def _confirmed(terminal: Terminal) -> bool:
    if not sys.stdin.isatty():
        message = Text("没有终端可以确认。", "There is no terminal to confirm on.")
        raise Refusal(message, Text("请加 --yes。", "Add --yes."), code="not-confirmed")
    return terminal.confirmed(Text("写入以上变化？", "Store these changes?"))


def _rows_rejected(n: int) -> Refusal:
    message = Text("有 {n} 行未通过，什么都没有写入。", "{n} rows were rejected; nothing was written.").format(n=n)
    hint = Text(
        "改正后再导入，或加 --accept-valid 只导入其余各行。", "Correct them, or add --accept-valid to store the rest."
    )
    return Refusal(message, hint, code="rows-rejected")


def _tell(terminal: Terminal, proposed: Proposed, network: Network, limit: int | None) -> None:
    _tell_read(terminal, proposed.taken.checked)
    shown = proposed.shown
    titles = {name: terminal.word(title) for name, title in _TITLES.items()}
    numbers = [name for name in shown.counts.columns if name != "type"]
    counts = shown.counts.filter(pl.sum_horizontal(numbers) > 0).with_columns(pl.col("type").replace(titles))
    moved = [c for c in counts.columns if c == "type" or counts[c].sum()]  # a column of zeros tells nothing
    if counts.height:
        terminal.table(Text("与现有数据的差异", "Difference from what is stored"), counts.select(moved), _HEADS, None)
    if (likely := _likely_source(shown.changes, network, proposed.wanted.source)) is not None:
        terminal.say(_OTHER_SOURCE.format(source=proposed.wanted.source, likely=likely), "yellow")
    _tell_changed(terminal, shown.changes, network, limit)
    _tell_moved(terminal, shown.moved, limit)
    for name, frame in shown.gone.items():
        title = Text("文件中已无：{title}（{n}）", "gone from the file: {title} ({n})")
        told = title.format(title=_TITLES[name], n=frame.height)
        terminal.table(told, _named(terminal, frame, name, network), _KEYS, limit)
    if any(frame.height for frame in shown.gone.values()):
        terminal.say(_REMOVED if proposed.wanted.remove_gone else _KEPT, "yellow")
    if proposed.wanted.remove_gone:
        _tell_unjudged(terminal, shown.unjudged)
    _tell_renamed(terminal, shown.renamed, limit)
    if shown.conflicts.height:
        conflicts = cells_in_words(shown.conflicts, ("old", "new"), terminal.word)
        terminal.table(Text("与其他来源不一致", "Other sources say otherwise"), conflicts, _HEADS, limit)


def _tell_read(terminal: Terminal, checked: Checked) -> None:
    """Notices, errors, and how many rows of each sheet were read, accepted and rejected."""
    for remark in checked.notices:
        _remark(terminal, remark, "cyan")
    for remark in gathered(checked.errors)[:SHOWN_ERRORS]:
        _remark(terminal, remark, "red")
    total = sum(checked.error_counts.values())
    if total > SHOWN_ERRORS:
        more = Text("……共 {n} 处错误，全部见标注的工作簿。", "… {n} errors in all; the marked workbook has every one.")
        terminal.say(more.format(n=total), "red")
    if checked.sheets.height:
        terminal.table(Text("读入 = 通过 + 未通过", "read = accepted + rejected"), checked.sheets, _HEADS, None)


def _kept(changes: ChangeSet) -> dict[str, Delta]:
    """What alters rows that are there before and after."""
    kept = {}
    for type_, delta in changes.deltas.items():
        key = list(key_columns(type_))
        before = delta.before.join(delta.after.select(key), on=key, how="semi", nulls_equal=True)
        kept[type_] = Delta(before, delta.after.join(before.select(key), on=key, how="semi", nulls_equal=True))
    return kept


def _likely_source(changes: ChangeSet, network: Network, source: str) -> str | None:
    """The source that most rows of the file have already, where its own is new to the network."""
    stored = (asserted.names(frame[SOURCES].unique()) for frame in network.tables().values())
    if any(source in written.split(asserted.BETWEEN) for each in stored for written in each):
        return None
    met = pl.concat(
        [pl.Series([], dtype=pl.String), *(asserted.names(delta.before[SOURCES]) for delta in _kept(changes).values())]
    )
    by_source = met.str.split(asserted.BETWEEN).explode().drop_nulls().value_counts(sort=True, name="rows")
    come = sum(delta.after.height for delta in changes.deltas.values())
    return str(by_source.item(0, 0)) if by_source.height and by_source.item(0, "rows") * 2 > come else None


def _tell_changed(terminal: Terminal, changes: ChangeSet, network: Network, limit: int | None) -> None:
    """Cell by cell what becomes of rows that are there already, by name; of those alone whose sources change, how many."""
    every = ChangeSet(_kept(changes)).fields()
    cells = every.filter(pl.col("field") != SOURCES)
    if cells.height:
        called = _called(network).rename({"id": "key"})
        first = cells.join(called, on=["type", "key"], how="left", maintain_order="left")
        worded = cells_in_words(first.rename({"before": "old", "after": "new"}), ("old", "new"), terminal.word)
        columns = ["type", "name", "field", "old", "new", "key"]
        title = Text("修改：原值 → 新值（{n} 处）", "Changed: was → becomes ({n} cells)").format(n=cells.height)
        terminal.table(title, worded.select(columns), _HEADS, limit)
    if n := every.select("type", "key").n_unique() - cells.select("type", "key").n_unique():
        terminal.say(_SOURCES_ALONE.format(n=n), "dim")


def _tell_moved(terminal: Terminal, moved: pl.DataFrame, limit: int | None) -> None:
    """Relations that lead elsewhere, by the names of their ends."""
    if moved.is_empty():
        return
    titles = {name: terminal.word(title) for name, title in _TITLES.items()}
    shown = moved.select(
        pl.col("type").replace(titles),
        pl.coalesce("name", "id").alias("name"),
        pl.coalesce("old_name", "old").alias("old"),
        pl.coalesce("new_name", "new").alias("new"),
    )
    title = Text("改到别处的关系：原 → 现（{n} 条）", "Relations led elsewhere: was → becomes ({n})")
    terminal.table(title.format(n=moved.height), shown, _HEADS, limit)


def _called(network: Network) -> pl.DataFrame:
    """What every node is called: `type`, `id`, `name` (the id where it has none)."""
    return pl.concat(
        rows.frame.select(pl.lit(type_).alias("type"), "id", pl.coalesce("name", "id").alias("name"))
        for type_, rows in network.nodes.items()
    )


def _named(terminal: Terminal, frame: pl.DataFrame, type_: str, network: Network) -> pl.DataFrame:
    """Rows that are gone as people know them: a node by name and id, a relation by the names of its ends."""
    if type_ in NODE_TYPES:
        return frame.select("name", "id")
    shown, called = frame, _called(network)
    for end in ("source", "target"):
        names = called.rename({"type": f"{end}_type", "id": end, "name": f"{end}_name"})
        shown = shown.join(names, on=[f"{end}_type", end], how="left", maintain_order="left")
    titles = {name: terminal.word(title) for name, title in _TITLES.items()}
    more = [name for name in key_columns(type_) if name not in ("source_type", "source", "target_type", "target")]
    ends = [
        column
        for end in ("source", "target")
        for column in (pl.col(f"{end}_type").replace(titles), pl.coalesce(f"{end}_name", end).alias(end))
    ]
    return shown.select(*ends, *more)


_UNJUDGED = Text(
    "有的行没有通过，因此分不清谁已不在，以下类型没有删除：{types}。",
    "Rows were rejected, so that it cannot be told who is gone; nothing was deleted of: {types}.",
)
_SOURCES_ALONE = Text("另有 {n} 行内容不变，只是来源有变。", "Of {n} more rows nothing changes but who asserts them.")
_OTHER_SOURCE = Text(
    "来源“{source}”是新的，而这些行大多来自“{likely}”。是不是“{likely}”的新版？是，请加 --source {likely}，差异才按同一来源比较。",
    "The source '{source}' is new, and most of these rows are of '{likely}'. Is it a newer version of that? Then add "
    "--source {likely}, so that they are compared as one source.",
)
_KEPT = Text(
    "以上文件中已无的仍然保留；要删除，请加 --remove-gone。",
    "What is gone from the file is kept; use --remove-gone to delete it.",
)
_REMOVED = Text(
    "以上文件中已无、又没有其他来源的将删除。", "What is gone from the file, and no other source has, will be deleted."
)


def _tell_unjudged(terminal: Terminal, unjudged: Sequence[str]) -> None:
    if unjudged:
        titles = [_TITLES[name] for name in unjudged]
        types = Text("、".join(title.zh for title in titles), ", ".join(title.en for title in titles))
        terminal.say(_UNJUDGED.format(types=types), "yellow")


def _tell_renamed(terminal: Terminal, renamed: pl.DataFrame, limit: int | None) -> None:
    if renamed.is_empty():
        return
    for old, new, id_ in renamed.head(limit or renamed.height).select("old_name", "new_name", "old").iter_rows():
        said = Text("可能改名：{old} → {new}（原标识 {id}）", "perhaps renamed: {old} → {new} (old id {id})")
        terminal.say(said.format(old=old, new=new, id=id_), "yellow")
    if limit is not None and renamed.height > limit:
        more = Text("……另有 {n} 家（--limit 0 显示全部）", "… {n} more (--limit 0 shows all)")
        terminal.say(more.format(n=renamed.height - limit), "yellow")
    terminal.say(KEEP_ID)


def _remark(terminal: Terminal, remark: RowError, style: str) -> None:
    terminal.say(Text(remark.as_text("zh"), remark.as_text("en")), style)


def _told(proposed: Proposed, revision: Revision | None = None, settled: Sequence[Case] = ()) -> dict[str, Any]:
    return {
        **proposed.told(revision=None if revision is None else revision.number),
        "cases": settled_for_programs(settled),
    }


@command(
    "template",
    "写出空白工作簿：下拉选项、批注、示例行",
    "write a blank workbook with drop-downs, notes and an example row",
    (
        "partygraph template 空白台账.xlsx --ledger",
        "partygraph template 空白.xlsx --type Organization --type COVERS",
        "partygraph template 新申请.xlsx --newcomers",
    ),
)
@click.argument("out", type=click.Path(dir_okay=False, path_type=Path))
@click.option("--ledger", is_flag=True, help=both("台账版式（一张表）", "in the ledger's layout"))
@click.option(
    "--type", "types", multiple=True, type=click.Choice(list(_TITLES)), help=both("只要这些类型", "these types only")
)
@click.option(
    "--mapping", type=click.Path(exists=True, path_type=Path), help=both("台账对照文件", "mapping file of the ledger")
)
@click.option(
    "--newcomers",
    is_flag=True,
    help=both(
        "尚未登记的组织（newcomer、whatif --with 用）",
        "of organisations not yet registered, for newcomer and whatif --with",
    ),
)
@click.option("--force", is_flag=True, help=both("覆盖已有文件", "overwrite a file that is there"))
def template(
    session: Session,
    out: Path,
    *,
    ledger: bool,
    types: tuple[str, ...],
    mapping: Path | None,
    newcomers: bool,
    force: bool,
) -> None:
    """Write a blank workbook."""
    refuse_ending(out, ".xlsx")
    refuse_existing([out], force=force)
    with whole(out) as made:
        if newcomers:
            write_form(made)
        elif ledger:
            write_ledger_template(made, read_mapping(mapping) if mapping else default_mapping())
        else:
            write_template(made, types)
    session.terminal.give({"written": str(out)})
    session.terminal.say(Text("已写出 {out}", "written: {out}").format(out=out), "green")
