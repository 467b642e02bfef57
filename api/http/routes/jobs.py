"""Jobs: how far long work is, as it goes on, its result, its end."""

from __future__ import annotations

import asyncio
import datetime as dt
import json
from collections.abc import AsyncIterator
from typing import Annotated, Any

from fastapi import APIRouter, Path, Request, Response
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import StreamingResponse
from pydantic import BaseModel

from api.http.caller import Caller, Changing
from api.http.models import Words, example
from api.jobs import Job, JobNotDone

router = APIRouter(tags=["jobs"])
JobId = Annotated[
    str, Path(max_length=40, description="任务编号 · id of the job", examples=["5f2c0a1b9d8e7f6a5b4c3d2e"])
]
_JOB: dict[str, Any] = {
    "id": "5f2c0a1b9d8e7f6a5b4c3d2e", "kind": "plan", "account": "planner-office", "state": "running", "created": "2016-06-12T08:00:00Z",
    "done": 1, "of": 3, "what": "比较差异 / comparing", "cancelling": False, "code": None, "failure": None,
}  # fmt: skip
_EVENT = {
    "schema": {"type": "object", "properties": {"event": {"const": "job"}, "data": {"type": "string"}}},
    "example": {"event": "job", "data": json.dumps(_JOB, ensure_ascii=False)},
}
_PAUSE = 0.3  # seconds between two looks at a job


class JobOut(BaseModel):
    """A job: `done` of `of` steps; `state` lost means that the process which ran it is gone; `code` and `failure` why it failed."""

    model_config = example(**_JOB)

    id: str
    kind: str
    account: str
    state: str
    created: dt.datetime
    done: int
    of: int
    what: str
    cancelling: bool
    code: str | None
    failure: Words | None


class JobList(BaseModel):
    """All jobs, the newest first."""

    model_config = example(items=[_JOB])

    items: list[JobOut]


def job_out(job: Job) -> JobOut:
    """A job as it is sent."""
    failure = job.failure
    return JobOut(
        **job.model_dump(include={"id", "kind", "account", "state", "created", "done", "of", "what"}),
        cancelling=job.cancel and not job.ended,
        code=failure and failure.code,
        failure=failure and Words(zh=failure.zh, en=failure.en),
    )


def accepted(response: Response, request: Request, job: Job) -> JobOut:
    """The answer to a request that began a job: where to follow it."""
    response.headers["Location"] = str(request.url_for("read_job", id=job.id).path)
    return job_out(job)


@router.get("/jobs")
def list_jobs(who: Changing) -> JobList:
    """全部任务，新的在前 · all jobs, the newest first."""
    return JobList(items=[job_out(job) for job in who.served.jobs.all()])


@router.get("/jobs/{id}")
def read_job(id: JobId, who: Changing) -> JobOut:  # noqa: A002 - the name in the address
    """一个任务进行到哪里 · how far a job is."""
    return job_out(who.served.jobs.get(id))


@router.get("/jobs/{id}/result")
def read_job_result(id: JobId, who: Changing) -> dict[str, Any]:  # noqa: A002 - the name in the address
    """任务的结果 · the result of a job that is done."""
    job = who.served.jobs.get(id)
    if job.state != "done":
        raise JobNotDone(job.state)
    found: dict[str, Any] = job.result
    return found


@router.delete("/jobs/{id}", status_code=202)
def cancel_job(id: JobId, who: Changing) -> JobOut:  # noqa: A002 - the name in the address
    """取消任务：在下一步停止 · cancel a job: it stops at its next step."""
    return job_out(who.served.jobs.cancel(id))


@router.get(
    "/jobs/{id}/events",
    response_class=StreamingResponse,
    responses={200: {"content": {"text/event-stream": _EVENT}}},
)
async def follow_job(id: JobId, request: Request, who: Changing) -> StreamingResponse:  # noqa: A002 - the name in the address
    """随时告知进度，直到结束（server-sent events） · progress as it goes on, until the end."""
    first = await run_in_threadpool(who.served.jobs.get, id)
    return StreamingResponse(_events(who, request, first), media_type="text/event-stream")


async def _events(who: Caller, request: Request, job: Job) -> AsyncIterator[str]:
    told = None
    while True:
        shown = job_out(job)
        if shown != told:
            yield f"event: job\ndata: {shown.model_dump_json()}\n\n"
            told = shown
        if job.ended or request.app.state.stopping.is_set() or await request.is_disconnected():
            return
        await asyncio.sleep(_PAUSE)
        job = await run_in_threadpool(who.served.jobs.get, job.id)
