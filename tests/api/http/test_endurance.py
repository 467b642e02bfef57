"""Imports and plans while workers are killed at random: nothing lost, nothing done twice, no memory that only grows."""

import itertools
import json
import logging
import os
import random
import shutil
import signal
import statistics
import threading
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest

from api.workspace import Workspace
from tests.api.http.processes import API, PATIENCE, serving, signed_in, workers_of

LOG = logging.getLogger(__name__)
STREET = "510104022"
ENDED = ("done", "failed", "cancelled", "lost")
GROWTH = 1.3  # of the worker that is never killed, from the second fifth of the time to the last
WARM = 60  # seconds until what is kept by revision is there, and memory says something
LEASE = 3  # seconds


class Office(threading.Thread):
    """One who works through the API until told to stop, and asks again where a worker died."""

    def __init__(self, address: str, token: str, work: Callable[["Office", int], None]) -> None:
        super().__init__()
        self._client = httpx.Client(
            base_url=address + API, headers={"Authorization": f"Bearer {token}"}, timeout=PATIENCE
        )
        self._work, self.over = work, threading.Event()
        self.counts: Counter[str] = Counter()
        self.done: list[Any] = []
        self.fault: BaseException | None = None

    def run(self) -> None:
        try:
            with self._client:
                for number in itertools.count(1):
                    if self.over.is_set():
                        return
                    self._work(self, number)
        except BaseException as fault:  # noqa: BLE001 - told by the test itself
            self.fault = fault

    def send(self, method: str, path: str, **given: Any) -> httpx.Response:
        """The answer, which is no fault of the server's; asked again while a dead worker is replaced."""
        deadline = time.monotonic() + PATIENCE
        while True:
            try:
                answer = self._client.request(method, path, **given)
            except httpx.TransportError:
                self.counts["asked again"] += 1
                assert time.monotonic() < deadline, "nobody answers"
                time.sleep(0.1)
                continue
            assert answer.status_code < httpx.codes.INTERNAL_SERVER_ERROR, answer.text
            return answer

    def head(self) -> int:
        """The newest revision."""
        revision: int = self.send("GET", "/status").json()["stamp"]["revision"]
        return revision

    def end_of(self, job: dict[str, Any]) -> dict[str, Any]:
        """A job once it has ended."""
        deadline = time.monotonic() + PATIENCE
        while job["state"] not in ENDED:
            assert time.monotonic() < deadline, job
            time.sleep(0.05)
            job = self.send("GET", f"/jobs/{job['id']}").json()
        self.counts[f"{job['kind']} {job['state']}"] += 1
        return job

    def written(self, note: str) -> bool:
        """Whether an act with that note stands in the log."""
        return note in [act["note"] for act in self.send("GET", "/revisions?limit=1000").json()["items"]]


def bring_in(office: Office, number: int) -> None:
    """One import, from the file to its act: sent, previewed and confirmed again until it is in the log."""
    note, text = f"第{number}批", f"id,name,aliases\n{STREET},春熙路街道,第{number}次\n"
    for attempt in itertools.count():
        files = {"files": ("Street.csv", text.encode(), "text/csv")}
        form = {"source": "endurance", "as_of": "2016-07-01", "note": note}
        job = office.end_of(office.send("POST", "/imports", files=files, data=form).json())
        if job["state"] != "done":
            continue
        headers = {"If-Match": f'"{office.head()}"', "Idempotency-Key": f"import-{number}-{attempt}"}
        begun = office.send("POST", f"/imports/{job['id']}/confirm", json={}, headers=headers)
        if begun.status_code == httpx.codes.ACCEPTED:
            office.end_of(begun.json())
        if office.written(note):
            office.done.append(note)
            return


def plan(office: Office, number: int) -> None:
    """One plan, made once; somebody else's write meanwhile makes it fail."""
    headers = {"If-Match": f'"{office.head()}"', "Idempotency-Key": f"plan-{number:08}"}
    begun = office.send("POST", "/plans", json={}, headers=headers)
    if begun.status_code == httpx.codes.ACCEPTED:
        job = office.end_of(begun.json())
        if job["state"] == "done":
            result = office.send("GET", f"/jobs/{job['id']}/result").json()
            office.done.append(result["plan"])


def read(office: Office, number: int) -> None:
    """What pages ask all day."""
    for path in (f"/nodes/Street/{STREET}", "/questions/uncovered/findings?limit=50", "/search?q=jj", "/scenes"):
        office.send("GET", path)
    office.done.append(number)


def memory_of(process: int) -> int:
    """Bytes that a process has resident."""
    pages = int(Path(f"/proc/{process}/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE")


@pytest.mark.slow
@pytest.mark.timeout(0)
@pytest.mark.parametrize("seconds", [15, pytest.param(300, marks=pytest.mark.soak)])
def test_nothing_is_lost_while_workers_are_killed(example_folder: Path, tmp_path: Path, seconds: int) -> None:
    folder = Path(shutil.copytree(example_folder, tmp_path / "endured"))
    settings, dice = tmp_path / "server.toml", random.Random(20160612)
    settings.write_text(f"rate = 1000000\njob_lease = {LEASE}\n", encoding="utf-8")
    with serving(folder, "--settings", str(settings), "--workers", "2") as (process, address, link):
        with signed_in(link) as client:
            token = client.post(f"{API}/tokens", json={"note": "endurance"}).json()["token"]
        offices = [Office(address, token, work) for work in (bring_in, plan, read)]
        elder, *_ = workers_of(process.pid)
        for office in offices:
            office.start()
        memory, killed, over = list[int](), 0, time.monotonic() + seconds
        latest = over + PATIENCE  # on a busy machine a plan alone may take longer than a short run

        def busy() -> bool:
            short = not killed or not all(office.done for office in offices)
            return time.monotonic() < (latest if short else over)

        next_kill = time.monotonic() + dice.uniform(2, 5)
        while busy() and all(office.is_alive() for office in offices):
            time.sleep(0.5)
            memory.append(memory_of(elder))
            younger = [pid for pid in workers_of(process.pid) if pid != elder]
            if time.monotonic() > next_kill and younger:
                os.kill(younger[-1], signal.SIGKILL)
                killed, next_kill = killed + 1, time.monotonic() + dice.uniform(3, 15)
        for office in offices:
            office.over.set()
        for office in offices:
            office.join()
        assert [office.fault for office in offices] == [None] * 3
        assert process.poll() is None
        assert elder in workers_of(process.pid)
        importer, planner, reader = offices
        assert importer.done and planner.done and reader.done  # noqa: PT018 - each did something
        assert killed >= 1
        log = client_of(address, token, "/revisions?limit=1000")["items"]
        plans = {each["plan"] for each in client_of(address, token, "/plans")["items"]}
    notes = Counter(act["note"] for act in log if act["source"] == "endurance")
    assert notes == Counter(importer.done)  # each once
    assert set(planner.done) <= plans
    with Workspace(folder) as workspace:
        assert workspace.verified()
        streets = workspace.network().table("Street")
        last = importer.done[-1].removeprefix("第").removesuffix("批")
        assert streets.filter(id=STREET)["aliases"].to_list() == [f"第{last}次"]
    fifth = len(memory) // 5
    early, late = (statistics.median(part) for part in (memory[fifth : 2 * fifth], memory[-fifth:]))
    told = {
        "seconds": seconds,
        "workers killed": killed,
        "imports": len(importer.done),
        "plans": len(planner.done),
        "rounds of reading": len(reader.done),
        "revision": log[0]["revision"],
        "memory, MB": [round(early / 1e6), round(late / 1e6)],
        **sum((office.counts for office in offices), Counter()),
    }
    LOG.info(json.dumps(told, ensure_ascii=False))  # shown by --log-cli-level=INFO, or where the test fails
    assert late < GROWTH * early or seconds < WARM


def client_of(address: str, token: str, path: str) -> Any:
    """What an address of the API gives."""
    answer = httpx.get(address + API + path, headers={"Authorization": f"Bearer {token}"}, timeout=PATIENCE)
    return answer.raise_for_status().json()
