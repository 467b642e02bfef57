"""Imports: files in, a preview first, one act once confirmed."""

from __future__ import annotations

import datetime as dt
import json
import shutil
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Annotated, Any

from fastapi import APIRouter, File, Form, Query, Request, Response, UploadFile, status
from pydantic import BaseModel, Field

from api.examples import BUNDLE, DAY, LABEL, LEDGER, SOURCE
from api.http.called import NamedIn
from api.http.caller import Caller, Changing
from api.http.job_out import JobId, JobOut, accepted, begin, job_of, leads_to
from api.http.models import Words, example
from api.http.parameters import form_example
from api.http.problems import documented
from api.http.routes.exports import file_of, send_files
from api.http.writing import WRITES, Writing
from api.imports import Import, NotEmpty, bring_in, forget, propose, uploads
from api.job_records import FilesGone, Job, Progress, files_of, new_id
from graphmodel.text import Refusal, Text
from loaders.bundle import headers_seen
from loaders.errors import printable
from loaders.ledger_mapping import wordings
from loaders.ledger_mapping_file import default_mapping

router = APIRouter(tags=["imports"])
MOST_FILES = 200
_PREVIEWED = leads_to("match_columns", "confirm_import", "export_marked", "forget_import")


class Confirm(BaseModel):
    """How an import that was previewed is stored."""

    model_config = example(accept_valid=False, remove_gone=False)

    accept_valid: bool = Field(default=False, description="只存通过的行 · store the valid rows only")
    remove_gone: bool = Field(
        default=False, description="删除本来源中文件已无的行 · delete what the files have no more"
    )


class LedgerColumn(BaseModel):
    """A column that a ledger may have: its header, and what it is called in both languages."""

    header: str
    title: Words


class LedgerColumns(BaseModel):
    """The columns that a ledger may have, in its order."""

    model_config = example(items=[{"header": "从业人员数/合计", "title": {"zh": "从业人员数", "en": "staff"}}])

    items: list[LedgerColumn]


class SheetHeaders(BaseModel):
    """What was seen as the headers of one sheet."""

    file: str
    sheet: str
    headers: list[str]


class HeadersSeen(BaseModel):
    """The headers of the files of an import, sheet by sheet; those about persons are left out."""

    model_config = example(items=[{"file": "台账.csv", "sheet": "台账", "headers": ["单位", "哪条街", "主管部门"]}])

    items: list[SheetHeaders]


Header = Annotated[str, Field(min_length=1, max_length=200)]


class Matched(BaseModel):
    """What the headers of a ledger are that its preview did not know: header of the file → header of a column."""

    model_config = example(columns={"主管部门": "业务主管单位"})

    columns: dict[Header, Header] = Field(min_length=1, max_length=200)


class BadUpload(Refusal):
    """Files were sent in a way that cannot be taken."""


@router.post(
    "/imports",
    status_code=status.HTTP_202_ACCEPTED,
    responses=_PREVIEWED,
    openapi_extra=form_example(
        files=["…"], source="区委组织部", as_of="2016-07-01", note="七月台账", remove_gone=False
    ),
)
def preview_import(
    request: Request,
    response: Response,
    who: Changing,
    files: Annotated[list[UploadFile], File(description="台账或数据包 · ledgers and bundles", max_length=MOST_FILES)],
    source: Annotated[str, Form(min_length=1, max_length=100, description="来源名称 · who asserts the rows")],
    as_of: Annotated[dt.date, Form(description="数据截至 · the day the data speak of")],
    note: Annotated[str, Form(max_length=1000, description="说明 · note for the log")] = "",
    remove_gone: Annotated[bool, Form(description="也看看文件已无的行 · look at what is gone too")] = False,
    columns: Annotated[
        list[str] | None,
        Form(
            max_length=200,
            description="没有认出的表头是台账的哪一列：表头=列 · what an unknown header is: HEADER=COLUMN",
        ),
    ] = None,
) -> JobOut:
    """上传文件并预览差异，什么都不写入 · send files and preview the difference; nothing is written."""

    def keep(folder: Path) -> None:
        for file in files:
            _keep(folder, file)

    wanted = Import((), source, as_of, note, remove_gone=remove_gone)
    return accepted(response, request, _begun(who, keep, wanted, wordings(columns or ())))


def _begun(who: Caller, keep: Callable[[Path], object], wanted: Import, columns: Mapping[str, str]) -> Job:
    """The preview of files that `keep` puts into a folder, as a job under whose id they wait; `columns` what headers are."""
    wanted = replace(wanted, mapping=default_mapping().matched(columns) if columns else None)
    id_, name, workspace = new_id(), who.account.name, who.workspace
    folder = files_of(uploads(workspace), id_) / "files"
    folder.mkdir()
    told = {"source": wanted.source, "as_of": wanted.as_of.isoformat(), "note": wanted.note, "columns": columns}
    (folder.parent / "import.json").write_text(json.dumps(told), encoding="utf-8")
    try:
        keep(folder)
        kept = replace(wanted, paths=tuple(sorted(folder.iterdir())))
        return begin(who, "preview", lambda step: bring_in(workspace, kept, step, account=name), id_)
    except BaseException:
        forget(workspace, id_)
        raise


@router.post("/imports/example", status_code=status.HTTP_202_ACCEPTED, responses={**documented(409), **_PREVIEWED})
def preview_example(request: Request, response: Response, who: Changing) -> JobOut:
    """预览生成的示例，与上传文件相同；仅限空的工作区 · preview the generated example as if it were sent; of an empty workspace only."""
    if who.workspace.store.head:
        raise NotEmpty

    def keep(folder: Path) -> None:
        shutil.copytree(BUNDLE, folder, dirs_exist_ok=True)
        shutil.copy(LEDGER, folder)

    return accepted(response, request, _begun(who, keep, Import((), SOURCE, DAY, LABEL.both()), {}))


@router.get("/imports/columns")
def list_ledger_columns(who: Changing) -> LedgerColumns:  # noqa: ARG001 - by which the operation names its permission
    """台账可有的列 · the columns that a ledger may have."""
    found = {column.header: column for column in default_mapping().columns if not column.is_skipped}
    titles = {header: column.field.title if column.field else Text(header, header) for header, column in found.items()}
    return LedgerColumns(items=[LedgerColumn(header=header, title=Words.of(text)) for header, text in titles.items()])


@router.get("/imports/{id}/headers")
def list_headers_seen(id: JobId, who: Changing) -> HeadersSeen:  # noqa: A002 - the name in the address
    """上传的文件里看到的表头，没有认出的文件据此对应列 · the headers seen in the files, by which columns are matched where no table was known."""
    job_of(who, id, "preview")
    kept, _ = _kept(who, id)
    seen = headers_seen(kept.paths)
    return HeadersSeen(items=[SheetHeaders(file=file, sheet=sheet, headers=found) for file, sheet, found in seen])


@router.post("/imports/{id}/columns", status_code=status.HTTP_202_ACCEPTED, responses=_PREVIEWED)
def match_columns(
    id: JobId,  # noqa: A002 - the name in the address
    said: Matched,
    request: Request,
    response: Response,
    who: Changing,
) -> JobOut:
    """说明没有认出的列是什么，另作一次预览，文件不必再传 · say what unknown columns are: a preview of its own of the same files."""
    job_of(who, id, "preview")
    before, columns = _kept(who, id)

    def keep(folder: Path) -> None:
        for file in before.paths:
            shutil.copy(file, folder)

    return accepted(response, request, _begun(who, keep, replace(before, paths=()), {**columns, **said.columns}))


@router.get("/imports/{id}/marked", response_class=Response, responses=file_of(".xlsx", ".zip"))
def export_marked(
    id: JobId,  # noqa: A002 - the name in the address
    who: Changing,
    language: NamedIn,
    rejected: Annotated[bool, Query(description="连同被拒的行 · with the rejected rows as files of their own")] = False,
) -> Response:
    """标出错误单元格的工作簿；多个文件时为 zip · the files with their wrong cells marked; a zip of several."""
    job_of(who, id, "preview")
    wanted, _ = _kept(who, id)
    proposed = propose(who.workspace.network(), wanted, lambda *_: None)
    return send_files(Text("标注", "marked"), lambda out: proposed.give_back(out, rejected=rejected), language)


def _kept(who: Caller, id_: str) -> tuple[Import, dict[str, str]]:
    """The import whose files wait under an id, and what was said of its headers. Errors: `FilesGone` where they were stored or dropped before."""
    folder = uploads(who.workspace) / id_
    if not (folder / "files").is_dir():
        raise FilesGone(id_)
    told = json.loads((folder / "import.json").read_text(encoding="utf-8"))
    day, columns = dt.date.fromisoformat(told["as_of"]), told.get("columns", {})
    mapping = default_mapping().matched(columns) if columns else None
    files = tuple(sorted((folder / "files").iterdir()))
    return Import(files, told["source"], day, told["note"], mapping=mapping), columns


def _keep(folder: Path, file: UploadFile) -> None:
    name = Path((file.filename or "").replace("\\", "/")).name
    if not name or name.startswith(".") or printable(name, 200) != name:
        message = Text("文件没有可用的名称。", "A file has no usable name.")
        raise BadUpload(message, Text("请换个文件名。", "Give it another name."), code="bad-file-name")
    if (folder / name).exists():
        message = Text("两个文件同名：{name}", "Two files are called {name}").format(name=name)
        raise BadUpload(message, Text("请改名后重试。", "Rename one."), code="bad-file-name")
    with (folder / name).open("wb") as kept:
        shutil.copyfileobj(file.file, kept)


@router.post("/imports/{id}/confirm", status_code=status.HTTP_202_ACCEPTED, responses={**WRITES, **leads_to()})
def confirm_import(id: JobId, how: Confirm, write: Writing) -> JobOut:  # noqa: A002 - the name in the address
    """把预览过的文件整体写入，作为一次改动 · store what was previewed, as one act."""
    who = write.who
    job_of(who, id, "preview")

    def prepare(expected: int) -> Callable[[Progress], dict[str, Any]]:
        kept, _ = _kept(who, id)
        wanted = replace(kept, accept_valid=how.accept_valid, remove_gone=how.remove_gone)

        def work(step: Progress) -> dict[str, Any]:
            done = bring_in(who.workspace, wanted, step, account=who.account.name, expected=expected)
            forget(who.workspace, id)
            return done

        return work

    return write.begin("import", how.model_dump(), prepare)


@router.delete("/imports/{id}", status_code=status.HTTP_204_NO_CONTENT)
def forget_import(id: JobId, who: Changing) -> None:  # noqa: A002 - the name in the address
    """放弃导入，删除上传的文件 · drop an import and its files."""
    job_of(who, id, "preview")
    forget(who.workspace, id)
