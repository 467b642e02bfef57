"""Imports: files in, a preview first, one act once confirmed."""

from __future__ import annotations

import datetime as dt
import json
import shutil
from pathlib import Path
from typing import Annotated, Any

from fastapi import APIRouter, File, Form, Header, Request, Response, UploadFile, status
from pydantic import BaseModel, Field

from api.http.caller import Changing
from api.http.models import example
from api.http.problems import documented
from api.http.reading import IfMatch, expected_revision
from api.http.routes.jobs import JobId, JobOut, accepted
from api.imports import Import, bring_in, forget, uploads
from api.jobs import NoSuchJob, new_id
from graphmodel.text import Refusal, Text
from loaders.errors import printable

router = APIRouter(tags=["imports"])
MOST_FILES = 200
IdempotencyKey = Annotated[
    str | None,
    Header(min_length=8, max_length=100, description="幂等键：同一键只执行一次 · the same key is done once only"),
]


class Confirm(BaseModel):
    """How an import that was previewed is stored."""

    model_config = example(accept_valid=False, remove_gone=False)

    accept_valid: bool = Field(default=False, description="只存通过的行 · store the valid rows only")
    remove_gone: bool = Field(
        default=False, description="删除本来源中文件已无的行 · delete what the files have no more"
    )


class BadUpload(Refusal):
    """Files were sent in a way that cannot be taken."""


@router.post("/imports", status_code=status.HTTP_202_ACCEPTED)
def preview_import(
    request: Request,
    response: Response,
    who: Changing,
    files: Annotated[list[UploadFile], File(description="台账或数据包 · ledgers and bundles", max_length=MOST_FILES)],
    source: Annotated[str, Form(min_length=1, max_length=100, description="来源名称 · who asserts the rows")],
    as_of: Annotated[dt.date, Form(description="数据截至 · the day the data speak of")],
    note: Annotated[str, Form(max_length=1000, description="说明 · note for the log")] = "",
    remove_gone: Annotated[bool, Form(description="也看看文件已无的行 · look at what is gone too")] = False,
) -> JobOut:
    """上传文件并预览差异，什么都不写入 · send files and preview the difference; nothing is written."""
    id_ = new_id()
    folder = uploads(who.workspace) / id_ / "files"
    folder.mkdir(parents=True)
    told = {"source": source, "as_of": as_of.isoformat(), "note": note}
    (folder.parent / "import.json").write_text(json.dumps(told), encoding="utf-8")
    try:
        for file in files:
            _keep(folder, file)
    except BaseException:
        forget(who.workspace, id_)
        raise
    wanted = Import(folder, source, as_of, note, remove_gone=remove_gone)
    name, workspace = who.account.name, who.workspace
    job = who.served.jobs.start("preview", name, lambda step: bring_in(workspace, wanted, step, account=name), id_)
    return accepted(response, request, job)


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


@router.post("/imports/{id}/confirm", status_code=status.HTTP_202_ACCEPTED, responses=documented(428))
def confirm_import(
    id: JobId,  # noqa: A002 - the name in the address
    how: Confirm,
    request: Request,
    response: Response,
    who: Changing,
    if_match: IfMatch = None,
    idempotency_key: IdempotencyKey = None,
) -> JobOut:
    """把预览过的文件整体写入，作为一次改动 · store what was previewed, as one act."""
    jobs, workspace, name = who.served.jobs, who.workspace, who.account.name
    if jobs.get(id).kind != "preview":
        raise NoSuchJob(id)

    def begin() -> str:
        if not (uploads(workspace) / id / "files").is_dir():  # stored or dropped before
            raise NoSuchJob(id)
        expected = expected_revision(who, if_match)
        told = json.loads((uploads(workspace) / id / "import.json").read_text(encoding="utf-8"))
        wanted = Import(
            uploads(workspace) / id / "files",
            told["source"],
            dt.date.fromisoformat(told["as_of"]),
            told["note"],
            how.accept_valid,
            how.remove_gone,
        )

        def work(step: Any) -> dict[str, Any]:
            done = bring_in(workspace, wanted, step, account=name, expected=expected)
            forget(workspace, id)
            return done

        return jobs.start("import", name, work).id

    begun = jobs.once(name, idempotency_key, (id, how.model_dump()), begin)
    return accepted(response, request, jobs.get(begun))


@router.delete("/imports/{id}", status_code=status.HTTP_204_NO_CONTENT)
def forget_import(id: JobId, who: Changing) -> None:  # noqa: A002 - the name in the address
    """放弃导入，删除上传的文件 · drop an import and its files."""
    if who.served.jobs.get(id).kind != "preview":
        raise NoSuchJob(id)
    forget(who.workspace, id)
