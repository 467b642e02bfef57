"""How do files that somebody sent come in? Kept beside the workspace until they are confirmed, read anew when they are."""

from __future__ import annotations

import datetime as dt
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from api.intake import take_in
from api.jobs import Progress
from api.workspace import Workspace
from graphmodel.stores.protocol import Act, RevisionMoved
from graphmodel.text import Text
from loaders.importing import commit, preview

MOST_SHOWN = 200  # errors, notices and conflicts that a preview lists; all are counted


@dataclass(frozen=True, slots=True)
class Import:
    """What is to come in: the `folder` its files lie in, who asserts them, of which day they speak."""

    folder: Path
    source: str
    as_of: dt.date
    note: str = ""
    accept_valid: bool = False
    remove_gone: bool = False


def uploads(workspace: Workspace) -> Path:
    """Where files wait to be confirmed."""
    return workspace.folder / "uploads"


def bring_in(
    workspace: Workspace, wanted: Import, progress: Progress, *, account: str, expected: int | None = None
) -> dict[str, Any]:
    """Read, check and compare the files; with `expected`, write them as one act on that revision. Gives what happened.

    Errors: `FileRefused`, `ImportRefused`, `RevisionMoved`; nothing is written where one is raised.
    """
    network = workspace.network()
    if expected is not None and network.stamp.revision != expected:
        raise RevisionMoved(expected, network.stamp.revision)
    progress(0, 3, Text("读取并检查", "reading and checking").both())
    taken = take_in(sorted(wanted.folder.iterdir()), network, day=wanted.as_of)
    progress(1, 3, Text("比较差异", "comparing").both())
    shown = preview(network, taken.checked, wanted.source, remove_gone=wanted.remove_gone)
    checked = taken.checked
    told: dict[str, Any] = {
        "base": network.stamp.revision,
        "read": checked.read,
        "accepted": checked.accepted,
        "rejected": checked.read - checked.accepted,
        "errors": [error.as_json() for error in checked.errors[:MOST_SHOWN]],
        "error_counts": dict(checked.error_counts),
        "notices": [notice.as_json() for notice in checked.notices[:MOST_SHOWN]],
        "sheets": checked.sheets.to_dicts(),
        "columns": taken.columns.to_dicts(),
        "difference": shown.counts.to_dicts(),
        "conflicts": shown.conflicts.head(MOST_SHOWN).to_dicts(),
        "conflict_count": shown.conflicts.height,
        "gone": {name: frame.height for name, frame in shown.gone.items()},
        "revision": None,
    }
    if expected is not None and not shown.changes.empty:
        progress(2, 3, Text("写入", "writing").both())
        act = Act("import", account, wanted.source, wanted.as_of, wanted.note)
        told["revision"] = commit(workspace.store, shown, act, expected, accept_valid=wanted.accept_valid).number
        workspace.network(told["revision"])  # so that whoever brought it in reads it
    return told


def forget(workspace: Workspace, id_: str) -> None:
    """Delete the files that were sent under an id."""
    shutil.rmtree(uploads(workspace) / id_, ignore_errors=True)
