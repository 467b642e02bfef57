"""Long work that is cancelled at any of its steps leaves nothing half done, and can be begun anew."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from api.exporting import Export
from api.imports import Import, bring_in
from api.job_records import Cancelled, Progress, files_of
from api.workspace import Workspace
from examples.generator import scale
from examples.generator.output import write_bundle
from graphmodel.changes import ChangeSet
from graphmodel.stores.protocol import Act


def cancelled_at(step: int, do: Callable[[Progress], Any]) -> int:
    """Do it, cancelled when it comes to that step (0: never); gives how many steps it came to."""
    steps = 0

    def progress(*_: object) -> None:
        nonlocal steps
        steps += 1
        if steps == step:
            raise Cancelled

    if step:
        with pytest.raises(Cancelled):
            do(progress)
    else:
        do(progress)
    return steps


def test_an_import_is_written_whole_or_not_at_all(tmp_path: Path) -> None:
    files = tmp_path / "files"
    files.mkdir()
    write_bundle(scale.tables(200), files)
    wanted = Import(tuple(sorted(files.iterdir())), "区", scale.DAY)
    with Workspace(tmp_path / "workspace", create=True) as workspace:

        def come_in(progress: Progress) -> object:
            return bring_in(workspace, wanted, progress, account="office", expected=0)

        for step in (1, 2, 3, 4, 9):
            assert cancelled_at(step, come_in) == step
            assert workspace.store.head == 0
            assert workspace.network().tables() == {}
            assert len(list(files.iterdir())) == len(wanted.paths)
        assert cancelled_at(0, come_in) > 9
        assert workspace.store.head == 1
        assert workspace.verified()


@pytest.mark.parametrize(
    "export", [Export("report"), Export("network", "csv"), Export("findings", question="uncovered")]
)
def test_an_export_leaves_a_whole_file_or_none(tmp_path: Path, export: Export) -> None:
    with Workspace(tmp_path / "workspace", create=True) as workspace:
        workspace.store.apply(ChangeSet.between({}, scale.tables(200)), Act("import", "office", "区", scale.DAY), 0)

        def leave(progress: Progress) -> Path:
            return export.of(workspace, progress).into(files_of(tmp_path / "exports", "job"))

        steps = cancelled_at(0, leave)
        (made,) = (tmp_path / "exports" / "job").iterdir()
        assert made.stat().st_size
        made.unlink()
        made.parent.rmdir()
        for step in sorted({1, 2, steps // 2, steps} - {0}):
            cancelled_at(step, leave)
            assert not (tmp_path / "exports" / "job").exists()
