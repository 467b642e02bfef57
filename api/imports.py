"""How do files that somebody sent come in? Read, judged and compared once, for shell and HTTP alike; written when confirmed."""

from __future__ import annotations

import datetime as dt
import shutil
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import polars as pl

from api.giving_back import give_back
from api.intake import Intake, take_in
from api.job_records import Progress
from api.workspace import Workspace
from graphmodel.network import Network
from graphmodel.schema import NODE_TYPES
from graphmodel.stores.protocol import Act, Revision, RevisionMoved
from graphmodel.text import Refusal, Text
from graphmodel.values import AS_OF, check_day
from loaders.dated import behind, outdated
from loaders.errors import RowError, of_each_kind, printable
from loaders.importing import ImportRefused, Preview, commit, preview
from loaders.ledger_mapping import LedgerMapping
from loaders.renamed import KEEP_ID

MOST_SHOWN = 200  # errors, notices, conflicts, moved relations and renamed organisations that a preview lists for a page; all are counted
_DIRECTORIES = {"unknown-street": "Street", "unknown-community": "Community", "unknown-authority": "Authority"}
READING = Text("读取并检查", "reading and checking")
COMPARING = Text("比较差异", "comparing")
WRITING = Text("写入", "writing")


class NotEmpty(Refusal):
    """The example is brought into an empty workspace only: generated data never mix with real ones."""

    def __init__(self) -> None:
        message = Text("工作区里已有数据，不能再加入示例。", "The workspace has data: the example does not join them.")
        super().__init__(message, Text("请换一个空的工作区。", "Use an empty workspace."), code="not-empty")


@dataclass(frozen=True, slots=True)
class Import:
    """What is to come in: files and folders, who asserts them, of which day they speak; `mapping` other than the default.

    Errors: `BadDay`.
    """

    paths: tuple[Path, ...]
    source: str
    as_of: dt.date
    note: str = ""
    accept_valid: bool = False
    remove_gone: bool = False
    mapping: LedgerMapping | None = None

    def __post_init__(self) -> None:
        """Refuse a day of which no data speak, before anything is read."""
        check_day(self.as_of, AS_OF)


@dataclass(frozen=True, slots=True, eq=False)
class Proposed:
    """An import that was judged against revision `base`: what its files hold, and what they would change."""

    wanted: Import
    base: int
    taken: Intake
    shown: Preview

    def told(self, most: int | None = None, revision: int | None = None) -> dict[str, Any]:
        """All of it as JSON values; of notices, conflicts, the moved and the renamed the first `most`, of errors as many, some of each kind.

        `revision` that it was written as.
        """
        checked, shown = self.taken.checked, self.shown
        return {
            "base": self.base,
            "read": checked.read,
            "accepted": checked.accepted,
            "rejected": checked.read - checked.accepted,
            "errors": [error.as_json() for error in of_each_kind(checked.errors, most or len(checked.errors))],
            "error_counts": dict(checked.error_counts),
            "notices": [notice.as_json() for notice in checked.notices[:most]],
            "sheets": checked.sheets.to_dicts(),
            "columns": self.taken.columns.to_dicts(),
            "difference": shown.counts.to_dicts(),
            "conflicts": shown.conflicts.head(most or shown.conflicts.height).to_dicts(),
            "conflict_count": shown.conflicts.height,
            "moved": shown.moved.head(most or shown.moved.height).to_dicts(),
            "moved_count": shown.moved.height,
            "unjudged": list(shown.unjudged),
            "gone": {name: frame.height for name, frame in shown.gone.items()},
            "renamed": shown.renamed.head(most or shown.renamed.height).to_dicts(),
            "renamed_count": shown.renamed.height,
            "renamed_hint": {"zh": KEEP_ID.zh, "en": KEEP_ID.en} if shown.renamed.height else None,
            "revision": revision,
        }

    def give_back(self, out: Path, *, rejected: bool, force: bool = False) -> list[Path]:
        """Write the files that have errors, marked; with `rejected` their rejected rows too. See `api.giving_back`."""
        return give_back(self.taken, out, rejected=rejected, force=force)

    def store(self, workspace: Workspace, account: str, progress: Progress | None = None) -> Revision:
        """Write it as one act. Errors: `ImportRefused`, `RevisionMoved` and others of `commit`."""
        wanted = self.wanted
        act = Act("import", account, wanted.source, wanted.as_of, wanted.note)
        says = WRITING.both()
        step = None if progress is None else lambda done, of: progress(done, of, says)
        return commit(workspace.store, self.shown, act, self.base, accept_valid=wanted.accept_valid, progress=step)


def propose(network: Network, wanted: Import, progress: Progress) -> Proposed:
    """Read, check and compare the files of an import; nothing is written.

    Notices tell of older data that would speak of today or go over newer, and of a directory that is missing. Errors: `FileRefused`; those of `preview`.
    """
    progress(0, 3, READING.both())
    taken = take_in(wanted.paths, network, wanted.mapping, day=wanted.as_of)
    checked, first = taken.checked, wanted.paths[0].resolve().name
    notices = [
        outdated(checked, wanted.as_of) if wanted.as_of >= dt.datetime.now().astimezone().date() else None,
        behind(wanted.as_of, network.stamp.as_of, first) if network.stamp.revision else None,
        _no_directory(first, taken, network),
    ]
    told = (*(notice for notice in notices if notice), *checked.notices)
    taken = replace(taken, checked=replace(checked, notices=told))
    progress(1, 3, COMPARING.both())
    shown = preview(network, taken.checked, wanted.source, remove_gone=wanted.remove_gone)
    if (strangers := _nameless(first, shown)) is not None:
        taken = replace(taken, checked=replace(taken.checked, notices=(strangers, *taken.checked.notices)))
    return Proposed(wanted, network.stamp.revision, taken, shown)


def _nameless(file: str, shown: Preview) -> RowError | None:
    """A notice where nodes come anew that have no name: their ids were given out elsewhere, or before others of theirs."""
    fresh = {
        name: delta.after.filter(pl.col("name").is_null()).join(delta.before, on="id", how="anti")
        for name, delta in shown.changes.deltas.items()
        if name in NODE_TYPES
    }
    found = {name: rows for name, rows in fresh.items() if rows.height}
    if not found:
        return None
    zh = "、".join(f"{NODE_TYPES[name].title.zh} {rows.height} 个" for name, rows in found.items())
    en = ", ".join(f"{NODE_TYPES[name].title.en} {rows.height}" for name, rows in found.items())
    example = printable(next(iter(found.values()))["id"][0])
    message = Text(
        f"新增的这些没有名称：{zh}，例如标识“{example}”。",
        f"These come anew and have no name: {en}, for example id '{example}'.",
    )
    hint = Text(
        "若它们就是现有的，标识对不上会成两份：请先导入写有名称的台账或名录，或与它一起导入，再导入只写标识的表。",
        "If they are known already, they will be there twice under two ids: import the ledger or directory that names them first, or "
        "together with these.",
    )
    return RowError(file, None, None, None, None, "nameless", message, hint)


def _no_directory(file: str, taken: Intake, network: Network) -> RowError | None:
    """A notice where names are not known because there is no directory of such names at all."""
    given = {raw.name for raw in taken.raws}
    lacking = [
        name
        for code, name in _DIRECTORIES.items()
        if code in taken.checked.error_counts and name not in given and network.table(name).is_empty()
    ]
    if not lacking:
        return None
    titles = [NODE_TYPES[name].title for name in lacking]
    zh, en = "、".join(title.zh for title in titles), ", ".join(title.en for title in titles)
    message = Text(
        f"还没有{zh}的名录，台账里的这些名称都认不出。",
        f"There is no directory yet of: {en}. No name of these is known.",
    )
    command = "partygraph template 名录.xlsx --type Street --type Community --type PART_OF --type Authority"
    hint = Text(f"请先导入名录（空白名录：{command}）。", f"Import the directory first (a blank one: {command}).")
    return RowError(file, None, None, None, None, "no-directory", message, hint)


def uploads(workspace: Workspace) -> Path:
    """Where files wait to be confirmed."""
    return workspace.folder / "uploads"


def bring_in(
    workspace: Workspace, wanted: Import, progress: Progress, *, account: str, expected: int | None = None
) -> dict[str, Any]:
    """Propose an import; with `expected`, write it as one act on that revision. Gives what happened.

    Errors: `FileRefused`, `ImportRefused`, `RevisionMoved`; nothing is written where one is raised.
    """
    network = workspace.network()
    if expected is not None and network.stamp.revision != expected:
        raise RevisionMoved(expected, network.stamp.revision)
    proposed = propose(network, wanted, progress)
    revision, shown = None, proposed.shown
    if expected is not None and shown.rejected and not wanted.accept_valid:
        raise ImportRefused(shown.rejected, shown.accepted)
    if expected is not None and not shown.changes.empty:
        progress(2, 3, WRITING.both())

        def go_on(*_: object) -> None:
            progress(2, 3, WRITING.both())  # no news, by which it only asks: the store is taken by what is written

        revision = proposed.store(workspace, account, go_on).number
        workspace.network(revision)  # so that whoever brought it in reads it
    return proposed.told(MOST_SHOWN, revision)


def forget(workspace: Workspace, id_: str) -> None:
    """Delete the files that were sent under an id."""
    shutil.rmtree(uploads(workspace) / id_, ignore_errors=True)
