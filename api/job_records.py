"""What is a job? The record of a piece of long work, its files, and why something may not be had of it."""

from __future__ import annotations

import datetime as dt
import secrets
from collections.abc import Callable
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from api.runner import Runner
from graphmodel.text import Refusal, Text

JobState = Literal["queued", "running", "done", "failed", "cancelled", "lost"]
Progress = Callable[[int, int, str], None]
WAIT = 10  # seconds after which one with too many jobs may look again: the shorter ones take as long
_ENDED = ("done", "failed", "cancelled", "lost")


class Cancelled(Exception):
    """A job was cancelled while it ran; raised inside it."""


class Failure(BaseModel):
    """Why a job failed, in both languages."""

    model_config = ConfigDict(frozen=True)

    code: str
    zh: str
    en: str

    @staticmethod
    def of(code: str, text: Text) -> Failure:
        """A text as it is kept."""
        return Failure(code=code, zh=text.zh, en=text.en)


class Job(BaseModel):
    """One piece of long work: who began it, how far it is, what came of it.

    It counts as lost once `by`, the process that runs it, is known to be gone, or where `lease` passes without being renewed.
    """

    model_config = ConfigDict(frozen=True)

    id: str
    kind: str
    account: str
    seen_by: str = ""
    state: JobState
    created: dt.datetime
    lease: dt.datetime
    by: Runner | None = None
    done: int = 0
    of: int = 0
    what: str = ""
    cancel: bool = False
    result: Any = None
    failure: Failure | None = None
    version: int = Field(default=0, exclude=True)

    @property
    def ended(self) -> bool:
        """Whether nothing more will come of it."""
        return self.state in _ENDED


class NoSuchJob(Refusal):
    """There is no job of that id."""

    def __init__(self, id_: str) -> None:
        message = Text("没有编号为“{id}”的任务。", "There is no job '{id}'.").format(id=id_[:40])
        super().__init__(message, code="no-such-job")


class FilesGone(Refusal):
    """A job's files are there no more."""

    def __init__(self, id_: str) -> None:
        message = Text("任务“{id}”的文件已不在。", "The files of job '{id}' are there no more.").format(id=id_[:40])
        hint = Text(
            "导入已存入或已放弃，或工作区由备份恢复（备份不含文件）：请重新上传或导出。",
            "The import was stored or dropped, or the workspace is from a backup, which has no files: send or export them again.",
        )
        super().__init__(message, hint, code="files-gone")


class JobEnded(Refusal):
    """A job that has ended cannot be cancelled."""

    def __init__(self, state: str) -> None:
        message = Text("任务已经结束（{state}）。", "The job has ended ({state}).").format(state=state)
        super().__init__(message, code="job-ended")


class JobNotDone(Refusal):
    """A job's result was asked for before there is one."""

    def __init__(self, job: Job) -> None:
        message = Text("任务没有结果（{state}）。", "The job has no result ({state}).").format(state=job.state)
        if job.failure is not None:
            why = Text("{message}{why}", "{message} {why}")
            message = why.format(message=message, why=Text(job.failure.zh, job.failure.en))
        super().__init__(message, code="job-not-done")


class TooManyJobs(Refusal):
    """An account has begun as many jobs of a kind as may wait."""

    def __init__(self, most: int) -> None:
        message = Text(
            "本账号已有 {n} 个同类任务尚未结束。", "The account has {n} jobs of this kind that have not ended."
        )
        hint = Text("请等它们结束，或取消几个。", "Let them end, or cancel some.")
        super().__init__(message.format(n=most), hint, code="too-many-jobs")
        self.members = {"retry_after": WAIT}


def new_id() -> str:
    """A job's id that nobody can guess."""
    return secrets.token_hex(12)


def files_of(folder: Path, id_: str) -> Path:
    """The folder for a job's files, made where it is not there yet; nobody else on the machine looks into it."""
    folder.mkdir(parents=True, exist_ok=True)
    folder.chmod(0o700)
    made = folder / id_
    made.mkdir(mode=0o700, exist_ok=True)
    return made
