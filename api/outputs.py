"""How do files leave? Whole or not at all, and never over one that is there unless that was asked for."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from graphmodel.network import Network
from graphmodel.tables import Tables, all_types
from graphmodel.text import Refusal, Text
from loaders.errors import printable
from loaders.graph_files import WRITERS
from loaders.write_tables import write_csv_folder, write_json
from loaders.write_tables import write_workbook as write_bundle_workbook
from visualizations.board_selection import Filters
from visualizations.report import Report
from visualizations.report_page import report_page
from visualizations.report_workbook import write_workbook
from visualizations.scene import scene
from visualizations.words import Shown, context_of

Progress = Callable[[int, int, str], None]
REPORT_FILES = ("report.xlsx", "report.html", "network.html")


@dataclass(frozen=True, slots=True)
class Export:
    """A format in which the whole network leaves: the ending of its files ("" for a folder), and what writes it."""

    ending: str
    write: Callable[[Network, Path], object]


def _of_tables(write: Callable[[Path, Tables], object]) -> Callable[[Network, Path], object]:
    return lambda network, path: write(path, network.tables())


EXPORTS: dict[str, Export] = {
    "csv": Export("", _of_tables(write_csv_folder)),
    "xlsx": Export(".xlsx", _of_tables(write_bundle_workbook)),
    "json": Export(".json", _of_tables(write_json)),
    **{name: Export(ending, write) for name, (ending, write) in WRITERS.items()},
}
"""Every format by name."""


class FileExists(Refusal):
    """A file that would be written is there already."""

    def __init__(self, path: Path) -> None:
        message = Text("已经存在：{path}；什么都没有写入。", "It exists already: {path}; nothing was written.").format(
            path=path
        )
        hint = Text(
            "换个位置（--out），或加 --force 覆盖。", "Choose another place (--out), or overwrite it with --force."
        )
        super().__init__(message, hint, code="file-exists")


class CannotWrite(Refusal):
    """A file cannot be written."""

    def __init__(self, path: Path, fault: OSError) -> None:
        message = Text("无法写入 {path}：{why}", "{path} cannot be written: {why}").format(
            path=path, why=fault.strerror
        )
        hint = Text(
            "请检查权限和磁盘空间，或关闭正在打开它的程序。",
            "Check permissions and free space, or close the program that has it open.",
        )
        super().__init__(message, hint, code="cannot-write")


def refuse_existing(paths: Iterable[Path], *, force: bool) -> None:
    """Errors: `FileExists` for the first of the paths that is there, an empty folder excepted, unless `force`."""
    for path in paths:
        taken = any(path.iterdir()) if path.is_dir() else path.exists()
        if taken and not force:
            raise FileExists(path)


class WrongEnding(Refusal):
    """A file would be called as another kind of file is."""

    def __init__(self, path: Path, ending: str) -> None:
        message = Text(
            "“{name}”的扩展名与内容不符；什么都没有写入。",
            "The ending of '{name}' does not fit what it would hold; nothing was written.",
        )
        hint = Text("请把文件名写成以 {ending} 结尾。", "Let the name end in {ending}.")
        if not ending:
            hint = Text("这里写出的是文件夹，名称不要扩展名。", "A folder is written: give it no ending.")
        super().__init__(message.format(name=printable(path.name)), hint.format(ending=ending), code="wrong-ending")


def refuse_ending(path: Path, ending: str) -> None:
    """Errors: `WrongEnding` where the name ends otherwise than in `ending`; where a folder is meant (""), like a file."""
    found = path.suffix.lower()
    if found != ending if ending else found in _OF_FILES:
        raise WrongEnding(path, ending)


_OF_FILES = {".xlsx", ".xls", ".et", ".csv", ".html", ".htm", ".pdf", ".doc", ".docx", ".json", ".graphml", ".gexf"}


@contextmanager
def whole(path: Path) -> Iterator[Path]:
    """A place beside `path` to write a file or a folder to; it becomes `path` once the block is done, else nothing does.

    A folder that is there keeps all that was not written anew, but for the tables of an earlier bundle. Errors: `CannotWrite`.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        beside = Path(tempfile.mkdtemp(prefix=f".{path.name[:40]}.", dir=path.parent))
    except OSError as fault:
        raise CannotWrite(path, fault) from fault
    try:
        made = beside / path.name
        yield made
        if made.is_dir():
            _move_folder(made, path)
        else:
            made.replace(path)
    except OSError as fault:
        raise CannotWrite(path, fault) from fault
    finally:
        shutil.rmtree(beside, ignore_errors=True)


def _move_folder(made: Path, path: Path) -> None:
    if not path.exists():
        made.replace(path)
        return
    new = {file.name for file in made.iterdir()}
    ours = {name + Path(each).suffix for name in all_types() for each in new}
    stale = [old for old in path.iterdir() if old.name in ours - new and old.is_file()]
    for file in sorted(made.iterdir()):
        file.replace(path / file.name)
    for old in stale:
        old.unlink()


def write_report(
    report: Report,
    folder: Path,
    *,
    shown: Shown = "both",
    label: Text | None = None,
    force: bool = False,
    progress: Progress | None = None,
) -> list[Path]:
    """Write report.xlsx, report.html and network.html to a folder; gives the files written.

    `label` stands under the titles, such as that the data are generated. Errors: `FileExists`, `CannotWrite`.
    """
    workbook, page, network = paths = [folder / name for name in REPORT_FILES]
    refuse_existing(paths, force=force)
    with whole(workbook) as made:
        write_workbook(report, made, progress=progress)
    with whole(page) as made:
        written = report_page(report, shown=shown, label=label)
        made.write_text(written, encoding="utf-8")
    draw(report, network, shown=shown, label=label, force=True)
    return paths


def draw(
    report: Report,
    path: Path,
    filters: Filters | None = None,
    *,
    shown: Shown = "both",
    label: Text | None = None,
    force: bool = False,
) -> None:
    """Write the network, or the part that filters leave, as one page. Errors: as `write_report`; `NoSuchNode`."""
    from visualizations.pyvis_export import network_page  # noqa: PLC0415  # pyvis loads IPython, half a second that others need not wait

    refuse_existing([path], force=force)
    board = scene(context_of(report), filters)
    with whole(path) as made:
        text = network_page(report, board, shown=shown, label=label)
        made.write_text(text, encoding="utf-8")
