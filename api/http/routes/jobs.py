"""Jobs: how far long work is, as it goes on, its result, its end."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Any

import polars as pl
from fastapi import APIRouter, Request
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import StreamingResponse

from api.http.caller import Caller, Seeing
from api.http.job_out import JOB, JobId, JobOut, JobPage, job_of, job_out, sees
from api.http.reading import Cursor, Limit, page_size
from api.job_records import Job, JobNotDone
from api.listing import paged

router = APIRouter(tags=["jobs"])
_STREAM = {
    "schema": {
        "anyOf": [
            {"type": "string", "description": "整个流 · the whole stream, once it has ended"},
            {
                "type": "object",
                "description": "流中的一个事件，data 为 JSON 写成的任务 · one event of it; data is the job, as JSON",
                "properties": {"event": {"const": "job"}, "data": {"type": "string"}},
                "required": ["event", "data"],
            },
        ]
    },
    "example": f"event: job\ndata: {json.dumps(JOB, ensure_ascii=False)}\n\n",
}
_PAUSE = 0.3  # seconds between two looks at a job
_LONGEST_PAUSE = 3.0  # seconds, however many look: a server that stops waits for it too
_AT_ONCE = 10  # followers who are looked after so often; of more, each waits the longer


@router.get("/jobs")
def list_jobs(who: Seeing, cursor: Cursor = None, limit: Limit = 100) -> JobPage:
    """任务，新的在前：可修改数据者见全部，其他账号见自己的 · jobs, the newest first: all for those who may change the data, else one's own."""
    jobs = {job.id: job for job in who.served.jobs.all() if sees(who, job)}
    rows = [(f"{job.created:%Y%m%dT%H%M%S.%f}", job.id) for job in jobs.values()]
    began = pl.DataFrame(rows, {"created": pl.String, "id": pl.String}, orient="row")
    page = paged(began, ["created", "id"], cursor, page_size(who, limit), descending=[True, True])
    return JobPage(total=page.total, next=page.next, items=[job_out(jobs[id_]) for id_ in page.frame["id"]])


@router.get("/jobs/{id}")
def read_job(id: JobId, who: Seeing) -> JobOut:  # noqa: A002 - the name in the address
    """一个任务进行到哪里 · how far a job is."""
    return job_out(job_of(who, id))


@router.get("/jobs/{id}/result")
def read_job_result(id: JobId, who: Seeing) -> dict[str, Any]:  # noqa: A002 - the name in the address
    """任务的结果 · the result of a job that is done."""
    job = job_of(who, id)
    if job.state != "done":
        raise JobNotDone(job)
    found: dict[str, Any] = job.result
    return found


@router.delete("/jobs/{id}", status_code=202)
def cancel_job(id: JobId, who: Seeing) -> JobOut:  # noqa: A002 - the name in the address
    """取消任务：在下一步停止 · cancel a job: it stops at its next step."""
    cancelled = who.served.jobs.cancel(job_of(who, id).id)
    who.served.audit.note(who.account.name, f"cancel {cancelled.kind}", "done", request=who.request_id)
    return job_out(cancelled)


@router.get(
    "/jobs/{id}/events",
    response_class=StreamingResponse,
    responses={200: {"content": {"text/event-stream": _STREAM}}},
)
async def follow_job(id: JobId, request: Request, who: Seeing) -> StreamingResponse:  # noqa: A002 - the name in the address
    """随时告知进度，直到结束（server-sent events） · progress as it goes on, until the end."""
    first = await run_in_threadpool(job_of, who, id)
    return StreamingResponse(_events(who, request, first), media_type="text/event-stream")


async def _events(who: Caller, request: Request, job: Job) -> AsyncIterator[str]:
    told, followers = None, who.served.followers
    followers.add(own := object())
    try:
        while True:
            shown = job_out(job)
            if shown != told:
                yield f"event: job\ndata: {shown.model_dump_json()}\n\n"
                told = shown
            if job.ended or request.app.state.stopping.is_set() or await request.is_disconnected():
                return
            await asyncio.sleep(min(_LONGEST_PAUSE, _PAUSE * max(1.0, len(followers) / _AT_ONCE)))
            job = await run_in_threadpool(who.served.jobs.get, job.id)
    finally:
        followers.remove(own)
