"""What runs for long, and how far is it? Jobs as records with a lease, so that a restart is told honestly and any process can tell."""

from __future__ import annotations

import datetime as dt
import hashlib
import logging
import secrets
import shutil
import threading
import time
from collections.abc import Callable, Collection, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from api.runner import Runner, this_process
from graphmodel.stores.protocol import Record, RecordMoved, Store
from graphmodel.stores.refusals import StoreBusy
from graphmodel.text import Refusal, Text

KIND, KEYS = "job", "idempotency"
AT_ONCE = 2  # jobs that run in one process; others wait
APART = {"export": 1}  # kinds that every account may begin: threads of their own, so that they hold up nobody's work
MOST_BEGUN = 20  # jobs of one kind that an account may have begun and not seen end
WAIT = 10  # seconds after which one with too many jobs may look again: the shorter ones take as long
LEASE = 120  # seconds without a sign of life; while an act is written nobody gives one, and nobody waits longer for that than 60
AGAIN = 1.0  # seconds until a store that was too busy to hear how a job or a key's request ended is told again
LAST_STEP = 5.0  # seconds for what is cancelled when the server stops to come to its next step
_HOUR = dt.timedelta(hours=1)  # between two looks at what is old
LOG = logging.getLogger("partygraph.jobs")

JobState = Literal["queued", "running", "done", "failed", "cancelled", "lost"]
Progress = Callable[[int, int, str], None]
_ENDED = ("done", "failed", "cancelled", "lost")


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


class KeyReused(Refusal):
    """An idempotency key came with another request than the first time."""

    def __init__(self) -> None:
        message = Text("这个幂等键已用于另一个请求。", "The idempotency key belongs to another request.")
        super().__init__(message, Text("请换一个键。", "Use another key."), code="key-reused")


class KeyInUse(Refusal):
    """An idempotency key came again while its first request runs."""

    def __init__(self) -> None:
        message = Text("用这个幂等键的请求仍在进行。", "The request of this idempotency key still runs.")
        hint = Text(
            "请稍候用同一个键重发，会得到第一次的结果；换键会再做一次。",
            "Send it again with the same key a little later: it gets the first one's answer; another key would do it twice.",
        )
        super().__init__(message, hint, code="key-in-use")
        self.members = {"retry_after": 1}


class Cancelled(Exception):
    """A job was cancelled while it ran; raised inside it."""


class Failure(BaseModel):
    """Why a job failed, in both languages."""

    model_config = ConfigDict(frozen=True)

    code: str
    zh: str
    en: str


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


def files_of(folder: Path, id_: str) -> Path:
    """The folder for a job's files, made where it is not there yet; nobody else on the machine looks into it."""
    folder.mkdir(parents=True, exist_ok=True)
    folder.chmod(0o700)
    made = folder / id_
    made.mkdir(mode=0o700, exist_ok=True)
    return made


class Jobs:
    """The jobs of one store, and those that this process runs.

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
        self._held: dict[str, Record] = {}  # idempotency keys of what this process does now
        self._lock, self._holding = threading.Lock(), threading.Lock()  # of jobs; of keys, which waits for the store
        self._closing, self._stopped = threading.Event(), threading.Event()
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
            if job.ended or mine or _lives(job.by, job.lease):
                return job
            try:
                return self._written(job.model_copy(update={"state": "lost", "failure": _failure("job-lost", _LOST)}))
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

    def once(self, account: str, key: str | None, request: Any, do: Callable[[], Any]) -> Any:
        """What `do` gives, done once for an account's idempotency key: the second time the first answer is given.

        Errors: `KeyReused` where the key came with another request, `KeyInUse` while the first one runs; those of `do`,
        which leave the key free.
        """
        if key is None:
            return do()
        place = hashlib.sha256(f"{account}\0{key}".encode()).hexdigest()
        asked = hashlib.sha256(repr(request).encode()).hexdigest()
        record = self._store.get(KEYS, place)
        if record is not None:
            if record.value["asked"] != asked:
                raise KeyReused
            if "answer" in record.value:
                return record.value["answer"]
            began, by = dt.datetime.fromisoformat(record.value["at"]), record.value.get("by")
            if _lives(by and Runner(**by), began + self._lease):
                raise KeyInUse
        hold = {"asked": asked, "at": _now().isoformat(), "by": self._me and self._me.model_dump()}
        try:
            held = self._store.put(KEYS, place, hold, record.version if record else 0)
        except RecordMoved:
            raise KeyInUse from None
        with self._holding:
            self._held[place] = held
        try:
            answer = do()
        except BaseException:
            with suppress(StoreBusy):  # the key is free once its hold is not renewed any more
                self._store.remove(KEYS, place, self._let_go(place).version)
            raise
        while not self._answered(place, answer):
            if self._closing.wait(AGAIN):
                break
        return answer

    def _answered(self, place: str, answer: Any) -> bool:
        """Keep the answer of a key, held until then. False where the store is too busy."""
        held = self._let_go(place)
        try:
            self._store.put(KEYS, place, {**held.value, "answer": answer}, held.version)
        except StoreBusy:
            with self._holding:
                self._held[place] = held
            return False
        return True

    def _let_go(self, place: str) -> Record:
        """Renew a key's hold no more; gives its record as it stands."""
        with self._holding:
            return self._held.pop(place)

    def prune(self, now: dt.datetime | None = None) -> None:
        """Forget jobs that ended long ago, with their files and keys; how long is said when `Jobs` are made.

        Files that belong to no job go too, once they are as old. Cost: linear in jobs and keys.
        """
        before = (now or _now()) - self._kept
        for record in self._store.records(KIND):
            job = _job(record)
            if job.lease < before and job.ended:
                self._remove(record)
            elif job.lease < before:
                self.get(job.id)  # lost, and from now on counted as ended
        for record in self._store.records(KEYS):
            if dt.datetime.fromisoformat(record.value["at"]) < before:
                self._remove(record)
        for folder in self._folders:
            for files in folder.iterdir() if folder.is_dir() else ():
                with suppress(FileNotFoundError):  # another process was quicker
                    old = files.lstat().st_mtime < before.timestamp()
                    if old and self._store.get(KIND, files.name) is None:
                        shutil.rmtree(files, ignore_errors=True)

    def _remove(self, record: Record) -> None:
        with suppress(RecordMoved):  # another process was quicker
            self._store.remove(record.kind, record.key, record.version)

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
            self._try(self._end_left, ("queued",), "cancelled", _failure("stopping", _NOT_BEGUN))
            self._await(LAST_STEP)
            self._try(self._end_left, ("queued", "running"), "lost", _failure("job-lost", _LOST))
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
            return {"state": "failed", "failure": _failure(refusal.code, told)}
        except Exception as fault:  # noqa: BLE001 - whatever happens in a job is told as its end
            LOG.error("job failed", extra={"job": id_, "fault": type(fault).__name__})
            return {"state": "failed", "failure": _failure("failed", Text("服务器内部出错。", "The server failed."))}
        return {"state": "done", "result": result, "failure": None}

    def _told(self, id_: str, end: dict[str, Any]) -> bool:
        """Tell how a job ended, as far as it came: all of its steps where it is done. False where the store is too busy."""
        try:
            job = _job(self._record(id_))
            if end["state"] == "done":
                end = {**end, "done": job.of}
            elif end["state"] == "cancelled" and self._closing.is_set() and not job.cancel:
                end = {**end, "failure": _failure("stopping", _ENDED_EARLY)}
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
            with self._lock:
                mine = tuple(self._mine)
            with self._holding:
                held = tuple(self._held)
            for id_ in mine:
                self._try(self._change, id_)
            for place in held:
                self._try(self._renew, place)

    @staticmethod
    def _try(beat: Callable[..., object], *of: object) -> None:
        """What fails in a beat, or while the server stops, is no reason to call everything lost that runs here."""
        try:
            beat(*of)
        except Refusal:
            pass
        except Exception as fault:  # noqa: BLE001 - the heart goes on
            LOG.error("beat failed", extra={"fault": type(fault).__name__})

    def _renew(self, place: str) -> None:
        with self._holding:  # so that no answer is written between the two
            record = self._held.get(place)
            if record is not None:
                value = {**record.value, "at": _now().isoformat()}
                self._held[place] = self._store.put(KEYS, place, value, record.version)


def new_id() -> str:
    """A job's id that nobody can guess."""
    return secrets.token_hex(12)


def _lives(by: Runner | None, lease: dt.datetime) -> bool:
    """Whether what a process holds until `lease` may still be done by it."""
    return lease > _now() and not (by is not None and by.gone())


def _job(record: Record) -> Job:
    return Job(**record.value, version=record.version)


def _failure(code: str, text: Text) -> Failure:
    return Failure(code=code, zh=text.zh, en=text.en)
