"""Exports: the whole network in every format, the report's workbook, the findings of one question; at once or as a job."""

from __future__ import annotations

import datetime as dt
import shutil
import tempfile
import zipfile
from collections.abc import Callable
from dataclasses import asdict
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal, Self

from fastapi import APIRouter, Query, Request, Response, status
from fastapi import Path as InPath
from fastapi.responses import FileResponse
from pydantic import BaseModel, Field, model_validator
from starlette.background import BackgroundTask

from api.exporting import Export, Leaving, What, exported
from api.http.called import NamedIn, saved_as
from api.http.caller import Caller, Exporting, Seeing
from api.http.job_out import JobId, JobOut, accepted, begin, job_of, leads_to
from api.http.models import example
from api.http.problems import documented
from api.http.reading import LARGEST, UNCHANGED, Changes, Day, Engined, Revision
from api.http.routes.questions import Placed
from api.job_records import FilesGone, JobNotDone, Progress, files_of, new_id
from api.outputs import EXPORTS
from api.policy_words import policy_changes
from api.views import Place
from graphmodel.text import Language, Refusal, Text
from loaders.ledger_mapping_file import default_mapping
from loaders.ledger_template import write_ledger_template
from loaders.template import write_template
from queries.pushed_down import Engine

router = APIRouter(tags=["exports"], responses=UNCHANGED)
_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_MEDIA = {
    ".xlsx": _XLSX,
    ".json": "application/json",
    ".zip": "application/zip",
    ".graphml": "application/graphml+xml",
    ".gexf": "application/gexf+xml",
    ".csv": "text/csv; charset=utf-8",
}


class NothingToSend(Refusal):
    """There is no file to send."""

    def __init__(self) -> None:
        super().__init__(Text("没有错误，无需标注。", "There are no errors to mark."), code="nothing-to-send")


if TYPE_CHECKING:
    Form = str
else:
    Form = Literal[tuple(EXPORTS)]


def file_of(*endings: str) -> dict[int | str, dict[str, Any]]:
    """What an operation that sends a file of these kinds answers with, for the OpenAPI document.

    A workbook comes first, if it is one of them: generated clients read all as the first kind that they know.
    """
    binary = {"schema": {"type": "string", "format": "binary"}, "example": "…"}
    plain = {"schema": {"type": "object"}, "example": {"Street": [{"id": "510104022", "name": "春熙路街道"}]}}
    content = {
        _MEDIA[e].partition(";")[0]: plain if e == ".json" else binary for e in sorted(endings, key=list(_MEDIA).index)
    }
    return {200: {"description": "文件 · the file", "content": content}}


def sent_file(leaving: Leaving, language: Language) -> Response:
    """A file that is written to a place of its own, sent, and then forgotten."""
    folder = Path(tempfile.mkdtemp(prefix="partygraph-"))
    return _file(
        leaving.into(folder), language, leaving.name, BackgroundTask(shutil.rmtree, folder, ignore_errors=True)
    )


def _zipped(files: list[Path], path: Path) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as packed:
        for file in files:
            packed.write(file, file.name)
    return path


def _file(made: Path, language: Language, name: Text, after: BackgroundTask | None = None) -> Response:
    headers = {"Content-Disposition": saved_as(name, made.suffix, language)}
    return FileResponse(made, media_type=_MEDIA[made.suffix], headers=headers, background=after)


def send_files(name: Text, write: Callable[[Path], list[Path]], language: Language) -> Response:
    """The file that is written to a folder, or a zip of several. Errors: `NothingToSend` where there is none."""
    folder = Path(tempfile.mkdtemp(prefix="partygraph-"))
    try:
        made = write(folder)
        if not made:
            raise NothingToSend
        sent = made[0] if len(made) == 1 else _zipped(made, folder / f"{name.en}.zip")
        called = Text(made[0].stem, made[0].stem) if len(made) == 1 else name
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)
        raise
    return _file(sent, language, called, BackgroundTask(shutil.rmtree, folder, ignore_errors=True))


@router.get("/exports/template.xlsx", response_class=Response, responses=file_of(".xlsx"))
def export_template(
    who: Seeing,  # noqa: ARG001 - by which the operation names its permission
    language: NamedIn,
    ledger: Annotated[bool, Query(description="台账版式（一张表） · in the ledger's layout, one sheet")] = True,
) -> Response:
    """空白工作簿：下拉选项、批注、示例行 · a blank workbook with drop-downs, notes and an example row."""
    if ledger:
        write = partial(write_ledger_template, mapping=default_mapping())
        return sent_file(Leaving(Text("台账模板", "ledger-template"), ".xlsx", write), language)
    return sent_file(Leaving(Text("数据包模板", "bundle-template"), ".xlsx", write_template), language)


def _sent(who: Caller, language: Language, export: Export) -> Response:
    return sent_file(export.of(who.workspace, lambda *_: None), language)


@router.get(
    "/exports/network/{format}",
    response_class=Response,
    responses=file_of(".json", ".xlsx", ".zip", ".graphml", ".gexf"),
)
def export_network(
    format: Annotated[Form, InPath(description="格式 · format", examples=["json"])],  # noqa: A002 - the name in the address
    who: Exporting,
    language: NamedIn,
    revision: Revision = None,
) -> Response:
    """整个网络，以某种格式 · the whole network in one format; csv is a zip of files."""
    return _sent(who, language, Export("network", form=format, revision=revision))


@router.get("/exports/report.xlsx", response_class=Response, responses=file_of(".xlsx"))
def export_report(
    who: Exporting,
    language: NamedIn,
    changes: Changes,
    revision: Revision = None,
    day: Day = None,
    engine: Engined = "process",
) -> Response:
    """全部问题的工作簿 · the workbook of all questions."""
    return _sent(
        who, language, Export("report", revision=revision, day=day, values=policy_changes(changes), engine=engine)
    )


@router.get("/exports/findings/{id}.{format}", response_class=Response, responses=file_of(".csv", ".xlsx"))
def export_findings(
    id: Annotated[str, InPath(max_length=80, description="问题编号 · id of the question", examples=["uncovered"])],  # noqa: A002 - the name in the address
    format: Annotated[Literal["csv", "xlsx"], InPath(description="格式 · format", examples=["csv"])],  # noqa: A002 - the name in the address
    who: Exporting,
    language: NamedIn,
    changes: Changes,
    place: Placed,
    revision: Revision = None,
    day: Day = None,
    engine: Engined = "process",
) -> Response:
    """一个问题的明细，CSV（UTF-8 带 BOM）或工作簿 · the findings of one question as CSV, with a byte order mark, or as a workbook."""
    values = policy_changes(changes)
    return _sent(who, language, Export("findings", format, id, revision, day, values, place, engine))


_FORMATS: dict[What, tuple[str | None, ...]] = {
    "network": tuple(EXPORTS), "report": (None,), "findings": (None, "csv", "xlsx"),
}  # fmt: skip
_OF_FINDINGS = ("question", "street", "authority", "verdict", "reason")


class ExportIn(BaseModel):
    """What is to leave as a file: the network in a `format`, the report's workbook, or the findings of a `question`.

    Findings leave as csv, or as the `format` says, and may be of one street or authority, with one verdict or reason.
    """

    model_config = example(what="network", format="xlsx", question=None, revision=None, day=None, set=[])

    what: What
    format: Form | None = Field(default=None, description="格式；明细只有 csv、xlsx · of findings csv or xlsx only")
    question: str | None = Field(default=None, max_length=80, description="问题编号 · of the findings")
    street: str | None = Field(default=None, max_length=200, description="明细：一个街道 · of findings: in one street")
    authority: str | None = Field(default=None, max_length=200, description="明细：一个主管单位 · of one authority")
    verdict: Literal["gap", "cannot-tell"] | None = Field(default=None, description="明细：缺口或待核实 · of findings")
    reason: str | None = Field(default=None, max_length=80, description="明细：一个原因 · of findings: for one reason")
    revision: int | None = Field(default=None, ge=0, le=LARGEST)
    day: dt.date | None = None
    set: list[str] = Field(default_factory=list, max_length=50, description="改用其他政策参数 · as name=value")
    engine: Engine = "process"

    @model_validator(mode="after")
    def _said(self) -> Self:
        """Errors: `ValueError` for a format that it has not, and for what belongs to findings alone."""
        formats = _FORMATS[self.what]
        if self.format not in formats:
            message = Text("what={w} 时 format 为：{all}", "with what={w} format is one of: {all}")
            raise ValueError(message.format(w=self.what, all=", ".join(f or "null" for f in formats)).both())
        given = [name for name in _OF_FINDINGS if getattr(self, name) is not None]
        if (given and self.what != "findings") or (self.what == "findings" and "question" not in given):
            message = Text(
                "{all} 只属于 what=findings，question 必填", "{all}: of what=findings alone, which needs question"
            )
            raise ValueError(message.format(all=", ".join(given or _OF_FINDINGS)).both())
        return self

    @property
    def meant(self) -> Export:
        """The export that it describes."""
        values, form = policy_changes(self.set), self.format or ("csv" if self.what == "findings" else "")
        place = Place(self.street, self.authority, self.verdict, self.reason)
        return Export(self.what, form, self.question or "", self.revision, self.day, values, place, self.engine)


@router.post("/exports", status_code=status.HTTP_202_ACCEPTED, responses=leads_to("export_file"))
def begin_export(wanted: ExportIn, request: Request, response: Response, who: Exporting) -> JobOut:
    """在后台导出：跟随任务，完成后取文件 · export as a job: follow it, then fetch the file."""
    id_, export, workspace = new_id(), wanted.meant, who.workspace
    export.check(workspace)

    def work(step: Progress) -> dict[str, Any]:
        leaving = export.of(workspace, step)
        made = leaving.into(files_of(exported(workspace), id_))
        return {"file": made.name, "name": asdict(leaving.name), "bytes": made.stat().st_size}

    return accepted(response, request, begin(who, "export", work, id_))


@router.get(
    "/exports/{id}/file",
    response_class=Response,
    responses={**file_of(*_MEDIA), **documented(409)},
)
def export_file(id: JobId, who: Exporting, language: NamedIn) -> Response:  # noqa: A002 - the name in the address
    """取导出任务的文件 · the file that an export made."""
    job = job_of(who, id, "export")
    if job.state != "done":
        raise JobNotDone(job)
    made = exported(who.workspace) / id / job.result["file"]
    if not made.is_file():
        raise FilesGone(id)
    name = job.result.get("name", {"zh": made.stem, "en": made.stem})  # jobs of earlier versions tell none
    return _file(made, language, Text(**name))
