"""How are jobs sent? Their shape, and the answer to a request that began one."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Annotated, Any

from fastapi import Path, Request, Response
from pydantic import BaseModel

from api.accounts import Permission
from api.http.caller import Caller
from api.http.models import Words, example
from api.job_records import Job, NoSuchJob, Progress

JobId = Annotated[
    str, Path(max_length=40, description="任务编号 · id of the job", examples=["5f2c0a1b9d8e7f6a5b4c3d2e"])
]
JOB: dict[str, Any] = {
    "id": "5f2c0a1b9d8e7f6a5b4c3d2e", "kind": "plan", "account": "planner-office", "state": "running", "created": "2016-06-12T08:00:00Z",
    "done": 1, "of": 3, "what": "比较差异 / comparing", "cancelling": False, "code": None, "failure": None,
}  # fmt: skip


class JobOut(BaseModel):
    """A job: `done` of `of` steps; `state` lost means that the process which ran it is gone; `code` and `failure` why it failed."""

    model_config = example(**JOB)

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


class JobPage(BaseModel):
    """Jobs, the newest first."""

    model_config = example(total=1, next=None, items=[JOB])

    total: int
    next: str | None
    items: list[JobOut]


def leads_to(*operations: str) -> dict[int | str, dict[str, Any]]:
    """The links of an answer that is a job, for the OpenAPI document: to what follows any, and to these operations."""
    followed = ("read_job", "read_job_result", "follow_job", "cancel_job", *operations)
    given = {"id": "$response.body#/id"}
    return {202: {"links": {name: {"operationId": name, "parameters": given} for name in followed}}}


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


def begin(who: Caller, kind: str, work: Callable[[Progress], Any], id_: str | None = None) -> Job:
    """Begin a job of the caller's. Errors: `TooManyJobs`."""
    return who.served.jobs.start(kind, who.account.name, work, id_, _seen_by(who))


def _seen_by(who: Caller) -> str:
    """What the results of an account may hold: of which body, with member counts or without."""
    scope = who.account.scope
    return f"{scope.body or '–'}, {'members' if scope.members else 'no members'}"


def sees(who: Caller, job: Job) -> bool:
    """Whether a job is the caller's to see: of those who may change the data everybody's, else one's own.

    What an account began that saw more, or others, under the same name is not.
    """
    own = job.account == who.account.name and job.seen_by == _seen_by(who)
    return own or Permission.CHANGE in who.account.role.permissions


def job_of(who: Caller, id_: str, kind: str | None = None) -> Job:
    """A job that the caller may see, of a kind if one is named. Errors: `NoSuchJob`, of somebody else's too."""
    job = who.served.jobs.get(id_)
    if not sees(who, job) or kind not in (None, job.kind):
        raise NoSuchJob(id_)
    return job
