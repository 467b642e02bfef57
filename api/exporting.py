"""What leaves as one file? The network in a format, the report's workbook, one question's findings: at once or as a job."""

from __future__ import annotations

import datetime as dt
import shutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import Any, Literal

import polars as pl

from api.answers import answer_to, judging
from api.job_records import Progress
from api.outputs import EXPORTS
from api.views import Place, at_place, check_place
from api.workspace import Workspace
from graphmodel.text import Text
from loaders.formulas import neutralised
from queries.context import Context
from queries.pushed_down import Engine
from visualizations.report_sheets import write_listing
from visualizations.report_workbook import write_workbook
from visualizations.words import Listing, listing, named

Writes = Callable[[Path], object]
What = Literal["network", "report", "findings"]
_TITLES: Mapping[What, str] = {"network": "党建网络", "report": "问题报告"}
ASKING = Text("读取与计算", "reading and asking")
WRITING = Text("写文件", "writing the file")


@dataclass(frozen=True, slots=True)
class Leaving:
    """A file that leaves: its name without the ending ("" of a folder, which leaves as a zip), and what writes it."""

    name: Text
    ending: str
    write: Writes

    def into(self, folder: Path) -> Path:
        """The file, written to a folder under its English name; where that fails the folder goes."""
        made = folder / f"{self.name.en}{self.ending}"
        try:
            self.write(made)
            if self.ending:
                return made
            packed = shutil.make_archive(str(made), "zip", made)
            shutil.rmtree(made)
            return Path(packed)
        except BaseException:
            shutil.rmtree(folder, ignore_errors=True)
            raise


@dataclass(frozen=True, slots=True)
class Export:
    """What is to leave: `form` of the network, by its name in `EXPORTS`, of findings csv or xlsx; `question` whose findings, at which `place`.

    Of which revision, day and policy, and by which `engine`.
    """

    what: What
    form: str = ""
    question: str = ""
    revision: int | None = None
    day: dt.date | None = None
    values: Mapping[str, Any] = field(default_factory=dict)
    place: Place = field(default_factory=Place)
    engine: Engine = "process"

    def check(self, workspace: Workspace) -> None:
        """Refuse at once what `of` would refuse before it computes.

        Errors: `NoSuchRevision`, `NoSuchQuestion`, `OtherKind`, `NoServer`; those of `Workspace.rules` and `check_place`.
        """
        workspace.rules(workspace.stamp(self.revision), self.day, **self.values)
        if self.what == "findings":
            check_place(judging(self.question), workspace.network(), self.place)
        if self.what != "network":
            workspace.asking(self.engine)

    def of(self, workspace: Workspace, progress: Progress) -> Leaving:
        """The file of a workspace, asked and ready to be written. Errors: those of `Workspace.context` and `Workspace.ask`."""
        progress(0, 2, ASKING.both())
        context = workspace.context(self.revision, self.day, **self.values)
        name = Text(f"{self._title}-第{{r}}版", f"{self.question or self.what}-r{{r}}")
        ending, write = self._writing(workspace, context, progress)
        progress(1, 2, WRITING.both())
        return Leaving(name.format(r=context.network.stamp.revision), ending, write)

    @property
    def _title(self) -> str:
        return named(judging(self.question)).zh if self.what == "findings" else _TITLES[self.what]

    def _writing(self, workspace: Workspace, context: Context, progress: Progress) -> tuple[str, Writes]:
        match self.what:
            case "network":
                form = EXPORTS[self.form]
                return form.ending, partial(form.write, context.network)
            case "report":
                report = workspace.report(context, progress, self.engine)
                return ".xlsx", partial(write_workbook, report, progress=progress)
            case "findings":
                answer = answer_to(workspace, self.question, context, self.engine)
                found, wanted = listing(answer, context), at_place(answer, context, self.place)
                found = replace(found, frame=found.frame.filter(pl.Series(wanted)))
                if self.form == "xlsx":
                    return ".xlsx", partial(_write_sheet, named(answer.question), context, found)
                return ".csv", partial(_write_csv, found)


def _write_csv(found: Listing, path: Path) -> None:
    heads = {name: head.both() for name, head in found.heads.items()}
    table = found.frame.with_columns(neutralised(pl.col(pl.String))).rename(heads)
    table.write_csv(path, include_bom=True)  # by which Excel knows UTF-8


def _write_sheet(question: Text, context: Context, found: Listing, path: Path) -> None:
    stamp = context.network.stamp
    basis = Text(
        "明细 {n} 条；以 {day} 为今天，第 {r} 版。", "{n} findings; {day} counts as today, revision {r}."
    ).format(n=found.frame.height, day=context.today, r=stamp.revision)
    write_listing(path, question.zh, [("title", question.both()), ("note", basis.both())], found)


def exported(workspace: Workspace) -> Path:
    """Where files that jobs made wait to be fetched, in a folder for each job."""
    return workspace.folder / "exports"
