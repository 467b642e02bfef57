"""Exports: the whole network in every format, the report's workbook, the findings of one question."""

from __future__ import annotations

import shutil
import tempfile
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any
from urllib.parse import quote

import polars as pl
from fastapi import APIRouter, Query, Response
from fastapi import Path as InPath
from fastapi.responses import FileResponse
from pydantic import AfterValidator
from starlette.background import BackgroundTask

from api.answers import answer_to
from api.http.caller import Exporting, Seeing
from api.http.reading import Changes, Day, Revision
from api.outputs import EXPORTS
from api.policy_words import policy_changes
from graphmodel.text import Refusal, Text
from loaders.formulas import neutralised
from loaders.ledger_mapping_file import default_mapping
from loaders.ledger_template import write_ledger_template
from loaders.template import write_template
from visualizations.report_workbook import write_workbook
from visualizations.words import listing

router = APIRouter(tags=["exports"])
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


def _form(name: str) -> str:
    if name not in EXPORTS:
        raise ValueError(f"no format; there are {', '.join(EXPORTS)}")
    return name


Form = Annotated[
    str,
    AfterValidator(_form),
    InPath(description="格式 · format", examples=["json"], json_schema_extra={"enum": list(EXPORTS)}),
]


def file_of(*endings: str) -> dict[int | str, dict[str, Any]]:
    """What an operation that sends a file of these kinds answers with, for the OpenAPI document."""
    binary = {"schema": {"type": "string", "format": "binary"}, "example": "…"}
    plain = {"schema": {"type": "object"}, "example": {"Street": [{"id": "510104022", "name": "春熙路街道"}]}}
    content = {_MEDIA[e].partition(";")[0]: plain if e == ".json" else binary for e in endings}
    return {200: {"description": "文件 · the file", "content": content}}


def sent_file(name: str, ending: str, write: Callable[[Path], object]) -> Response:
    """A file that is written to a place of its own, sent, and then forgotten."""
    folder = Path(tempfile.mkdtemp(prefix="partygraph-"))
    made = folder / f"{name}{ending or '.zip'}"
    try:
        if ending:
            write(made)
        else:
            write(folder / name)
            shutil.make_archive(str(folder / name), "zip", folder / name)
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)
        raise
    return _file(made, folder)


def _zipped(files: list[Path], path: Path) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as packed:
        for file in files:
            packed.write(file, file.name)
    return path


def _file(made: Path, folder: Path) -> Response:
    headers = {"Content-Disposition": f"attachment; filename*=UTF-8''{quote(made.name)}"}
    forget = BackgroundTask(shutil.rmtree, folder, ignore_errors=True)
    return FileResponse(made, media_type=_MEDIA[made.suffix], headers=headers, background=forget)


def send_files(name: str, write: Callable[[Path], list[Path]]) -> Response:
    """The file that is written to a folder, or a zip of several. Errors: `NothingToSend` where there is none."""
    folder = Path(tempfile.mkdtemp(prefix="partygraph-"))
    try:
        made = write(folder)
        if not made:
            raise NothingToSend
        sent = made[0] if len(made) == 1 else _zipped(made, folder / f"{name}.zip")
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)
        raise
    return _file(sent, folder)


@router.get("/exports/template.xlsx", response_class=Response, responses=file_of(".xlsx"))
def export_template(
    who: Seeing,  # noqa: ARG001 - by which the operation names its permission
    ledger: Annotated[bool, Query(description="台账版式（一张表） · in the ledger's layout, one sheet")] = True,
) -> Response:
    """空白工作簿：下拉选项、批注、示例行 · a blank workbook with drop-downs, notes and an example row."""
    if ledger:
        return sent_file("台账模板", ".xlsx", lambda path: write_ledger_template(path, default_mapping()))
    return sent_file("数据包模板", ".xlsx", write_template)


@router.get(
    "/exports/network/{format}",
    response_class=Response,
    responses=file_of(".json", ".xlsx", ".zip", ".graphml", ".gexf"),
)
def export_network(format: Form, who: Exporting, revision: Revision = None) -> Response:  # noqa: A002 - the name in the address
    """整个网络，以某种格式 · the whole network in one format; csv is a zip of files."""
    network = who.workspace.context(revision).network
    export = EXPORTS[format]
    return sent_file(f"network-r{network.stamp.revision}", export.ending, lambda path: export.write(network, path))


@router.get("/exports/report.xlsx", response_class=Response, responses=file_of(".xlsx"))
def export_report(who: Exporting, changes: Changes, revision: Revision = None, day: Day = None) -> Response:
    """全部问题的工作簿 · the workbook of all questions."""
    context = who.workspace.context(revision, day, **policy_changes(changes))
    report = who.workspace.report(context, include_restricted=who.account.scope.members)
    return sent_file(f"report-r{context.network.stamp.revision}", ".xlsx", lambda path: write_workbook(report, path))


@router.get("/exports/findings/{id}.csv", response_class=Response, responses=file_of(".csv"))
def export_findings(
    id: Annotated[str, InPath(max_length=80, description="问题编号 · id of the question", examples=["uncovered"])],  # noqa: A002 - the name in the address
    who: Exporting,
    changes: Changes,
    revision: Revision = None,
    day: Day = None,
) -> Response:
    """一个问题的明细，CSV（UTF-8 带 BOM） · the findings of one question as CSV, with a byte order mark."""
    context = who.workspace.context(revision, day, **policy_changes(changes))
    found = listing(answer_to(who.workspace, id, context), context)
    heads = {name: head.both() for name, head in found.heads.items()}
    texts = [neutralised(pl.col(name)) for name, dtype in found.frame.schema.items() if dtype == pl.String]
    table = found.frame.with_columns(texts).rename(heads)

    def write(path: Path) -> None:
        path.write_bytes(b"\xef\xbb\xbf" + table.write_csv().encode())

    return sent_file(f"{id}-r{context.network.stamp.revision}", ".csv", write)
