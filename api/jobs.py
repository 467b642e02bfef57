"""What runs for long, and how far is it? Jobs as records with a lease, so that a restart is told honestly and any process can tell."""

from __future__ import annotations

import datetime as dt
import logging
import shutil
import threading
import time
from collections.abc import Callable, Collection, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from typing import Any

from api.job_records import Cancelled, Failure, Job, JobEnded, JobState, NoSuchJob, Progress, TooManyJobs, new_id
from api.keys import AGAIN, Keys
from api.runner import lives, this_process
from graphmodel.stores.protocol import Record, RecordMoved, Store
from graphmodel.stores.refusals import StoreBusy
from graphmodel.text import Refusal, Text

KIND = "job"
AT_ONCE = 2  # jobs that run in one process; others wait
APART = {"export": 1}  # kinds that every account may begin: threads of their own, so that they hold up nobody's work
MOST_BEGUN = 20  # jobs of one kind that an account may have begun and not seen end
LEASE = 120  # seconds without a sign of life; while an act is written nobody gives one, and nobody waits longer for that than 60
LAST_STEP = 5.0  # seconds for what is cancelled when the server stops to come to its next step
_HOUR = dt.timedelta(hours=1)  # between two looks at what is old
LOG = logging.getLogger("partygraph.jobs")

_LOST = Text(
    "运行它的进程已中断，结果未知：请查看版本记录后再试。",
    "The process that ran it is gone: look at the log before you try again.",
)
_NOT_BEGUN = Text("服务器已关闭，任务没有开始。", "The server stopped before the job began.")
_ENDED_EARLY = Text(
    "服务器关闭，任务中途停止，没有写入任何内容。",
    "The server stopped, and the job with it: nothing of it was written.",
)


def _now() -> dt.datetime:
    return dt.datetime.now(dt.UTC)


class Jobs:
    """The jobs of one store, and those that this process runs; beside them `keys`, whose holds live as long as jobs do.

    Parameters: `lease` seconds without a sign of life after which a job counts as lost; `days` that what has ended is
    kept, idempotency keys and files too; `folders` in which a job may have files, in a folder that is called by its id.
    """

    def __init__(self, store: Store, lease: int = LEASE, days: int = 7, folders: Sequence[Path] = ()) -> None:
        self._store, self._lease = store, dt.timedelta(seconds=lease)
        self._kept, self._folders = dt.timedelta(days=days), folders
        self._pool = ThreadPoolExecutor(AT_ONCE, thread_name_prefix="job")
        self._apart = {kind: ThreadPoolExecutor(n, thread_name_prefix=kind) for kind, n in APART.items()}
        self._me = this_process()
        self._mine: set[str] = set()
        self._lock = threading.Lock()
        self._closing, self._stopped = threading.Event(), threading.Event()
        self.keys = Keys(store, self._lease, self._closing)
        self._beating = threading.Thread(target=self._beat, name="job-leases", daemon=True)
        self._beating.start()

    def start(
        self, kind: str, account: str, work: Callable[[Progress], Any], id_: str | None = None, seen_by: str = ""
    ) -> Job:
        """Begin work that gives a JSON result; it is told how to report progress, which is also where it can be cancelled.

        `seen_by` says what the account sees, and so what the result may hold. Errors: `TooManyJobs`. Cost: reads all jobs.
        """
        now = _now()
        begun = [job for job in self.all() if (job.kind, job.account) == (kind, account) and not job.ended]
        if len(begun) >= MOST_BEGUN:
            raise TooManyJobs(MOST_BEGUN)
        named = {"id": id_ or new_id(), "kind": kind, "account": account, "seen_by": seen_by, "by": self._me}
        job = self._written(Job(**named, state="queued", created=now, lease=now + self._lease))
        with self._lock:
            self._mine.add(job.id)
        self._apart.get(kind, self._pool).submit(self._run, job.id, work)
        return job

    def get(self, id_: str) -> Job:
        """A job as it stands; one whose process is gone is lost. Errors: `NoSuchJob`."""
        return self._as_it_stands(self._record(id_))

    def _as_it_stands(self, record: Record) -> Job:
        """A job whose process is gone, or whose lease has run out, is lost.

        Not this process's own: a long write keeps it from renewing leases.
        """
        while True:
            job = _job(record)
            with self._lock:
                mine = job.id in self._mine
            if job.ended or mine or lives(job.by, job.lease):
                return job
            try:
                return self._written(job.model_copy(update={"state": "lost", "failure": Failure.of("job-lost", _LOST)}))
            except RecordMoved:  # somebody renewed it while this waited to write
                record = self._record(job.id)

    def _record(self, id_: str) -> Record:
        record = self._store.get(KIND, id_)
        if record is None:
            raise NoSuchJob(id_)
        return record

    def all(self) -> list[Job]:
        """Every job, the newest first."""
        jobs = [self._as_it_stands(record) for record in self._store.records(KIND)]
        return sorted(jobs, key=lambda job: (job.created, job.id), reverse=True)

    def cancel(self, id_: str) -> Job:
        """Ask a job to stop; it does at its next step, or ends before that. Errors: `NoSuchJob`, `JobEnded`."""
        job = self.get(id_)
        if job.ended:
            raise JobEnded(job.state)
        return self._change(id_, cancel=True)

    def prune(self, now: dt.datetime | None = None) -> None:
        """Forget jobs that ended long ago, with their files and keys; how long is said when `Jobs` are made.

        Files that belong to no job go too, once they are as old. Cost: linear in jobs and keys.
        """
        before = (now or _now()) - self._kept
        for record in self._store.records(KIND):
            job = _job(record)
            if job.lease < before and job.ended:
                with suppress(RecordMoved):  # another process was quicker
                    self._store.remove(KIND, job.id, record.version)
            elif job.lease < before:
                self.get(job.id)  # lost, and from now on counted as ended
        self.keys.prune(before)
        for folder in self._folders:
            for files in folder.iterdir() if folder.is_dir() else ():
                with suppress(FileNotFoundError):  # another process was quicker
                    old = files.lstat().st_mtime < before.timestamp()
                    if old and self._store.get(KIND, files.name) is None:
                        shutil.rmtree(files, ignore_errors=True)

    def stop(self, grace: float) -> None:
        """Let what runs end within `grace` seconds; what waits is cancelled, and then what runs on, at its next step.

        What comes to no step within `LAST_STEP` seconds more is lost: nobody sees its end. Nothing half done stays, since acts
        are whole.
        """
        for pool in self._pools:
            pool.shutdown(wait=False, cancel_futures=True)
        self._await(grace)
        self._closing.set()
        try:
            self._try(self._end_left, ("queued",), "cancelled", Failure.of("stopping", _NOT_BEGUN))
            self._await(LAST_STEP)
            self._try(self._end_left, ("queued", "running"), "lost", Failure.of("job-lost", _LOST))
        finally:
            self._stopped.set()
            self._beating.join()

    @property
    def _pools(self) -> tuple[ThreadPoolExecutor, ...]:
        return (self._pool, *self._apart.values())

    def _await(self, seconds: float) -> None:
        """Wait until everything that runs has ended, so long at the most."""
        until = time.monotonic() + seconds
        for pool in self._pools:
            waiting = threading.Thread(target=pool.shutdown, daemon=True)
            waiting.start()
            waiting.join(max(0.0, until - time.monotonic()))

    def _left(self) -> tuple[str, ...]:
        with self._lock:
            return tuple(self._mine)

    def _end_left(self, those: Collection[JobState], state: JobState, failure: Failure) -> None:
        """Say of those jobs how they end; where the store is too busy, they are lost once their leases run out."""
        for id_ in self._left():
            if self.get(id_).state in those:
                self._change(id_, state=state, failure=failure)

    def _run(self, id_: str, work: Callable[[Progress], Any]) -> None:
        try:
            end = self._end(id_, work)
            while not self._told(id_, end):
                if self._stopped.wait(AGAIN):
                    return  # it is lost once its lease runs out
        finally:
            with self._lock:
                self._mine.discard(id_)

    def _end(self, id_: str, work: Callable[[Progress], Any]) -> dict[str, Any]:
        """Do a job's work; gives what its record says of how it ended."""
        try:
            self._step(id_, state="running")
            result = work(lambda done, of, what: self._step(id_, done=done, of=of, what=what))
        except Cancelled:
            return {"state": "cancelled"}
        except Refusal as refusal:
            said, hint = refusal.message, refusal.hint
            told = Text(f"{said.zh}{hint.zh}", f"{said.en} {hint.en}") if hint else said
            return {"state": "failed", "failure": Failure.of(refusal.code, told)}
        except Exception as fault:  # noqa: BLE001 - whatever happens in a job is told as its end
            LOG.error("job failed", extra={"job": id_, "fault": type(fault).__name__})
            return {"state": "failed", "failure": Failure.of("failed", Text("服务器内部出错。", "The server failed."))}
        return {"state": "done", "result": result, "failure": None}

    def _told(self, id_: str, end: dict[str, Any]) -> bool:
        """Tell how a job ended, as far as it came: all of its steps where it is done. False where the store is too busy."""
        try:
            job = _job(self._record(id_))
            if end["state"] == "done":
                end = {**end, "done": job.of}
            elif end["state"] == "cancelled" and self._closing.is_set() and not job.cancel:
                end = {**end, "failure": Failure.of("stopping", _ENDED_EARLY)}
            self._change(id_, **end)
        except StoreBusy:
            return False
        return True

    def _step(self, id_: str, **changes: Any) -> None:
        """Tell how far it is, where that is news: who only asks whether to go on reads, and waits for nobody who writes."""
        job = _job(self._record(id_))
        if any(getattr(job, name) != value for name, value in changes.items()):
            job = self._change(id_, **changes)
        if (
            job.cancel or job.ended or self._closing.is_set()
        ):  # ended: others were told that it is lost, and may have begun it anew
            raise Cancelled

    def _change(self, id_: str, **changes: Any) -> Job:
        """Write changes over whatever others wrote meanwhile; what has ended stays so, but what came to its end was not lost."""
        while True:
            job = _job(self._record(id_))
            found = job.state == "lost" and changes.get("state") in ("done", "failed")
            if job.ended and not found:
                return job
            try:
                return self._written(job.model_copy(update={**changes, "lease": _now() + self._lease}))
            except RecordMoved:
                continue

    def _written(self, job: Job) -> Job:
        record = self._store.put(KIND, job.id, job.model_dump(mode="json"), job.version)
        return job.model_copy(update={"version": record.version})

    def _beat(self) -> None:
        """Renew the leases of this process's jobs and held keys until it stops; what fails now is tried at the next beat."""
        looked = _now() - _HOUR
        while not self._stopped.wait(self._lease.total_seconds() / 3):
            if _now() - looked >= _HOUR:
                looked = _now()
                self._try(self.prune)
            for id_ in self._left():
                self._try(self._change, id_)
            for place in self.keys.held():
                self._try(self.keys.renew, place)

    @staticmethod
    def _try(beat: Callable[..., object], *of: object) -> None:
        """What fails in a beat, or while the server stops, is no reason to call everything lost that runs here."""
        try:
            beat(*of)
        except Refusal:
            pass
        except Exception as fault:  # noqa: BLE001 - the heart goes on
            LOG.error("beat failed", extra={"fault": type(fault).__name__})


def _job(record: Record) -> Job:
    return Job(**record.value, version=record.version)
