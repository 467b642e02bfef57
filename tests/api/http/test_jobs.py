"""Long work over HTTP: imports and plans as jobs, followed to their end, done once, and told honestly when a process dies."""

import datetime as dt
import io
import json
import os
import shutil
import signal
import sqlite3
import stat
import subprocess
import sys
import threading
import time
import zipfile
from collections.abc import Iterator
from contextlib import closing, suppress
from itertools import pairwise
from pathlib import Path
from typing import Any

import httpx
import openpyxl
import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from api.accounts import LOCAL
from api.examples import BUNDLE, LEDGER
from api.job_records import WAIT, JobState, TooManyJobs
from api.jobs import AT_ONCE, LEASE, MOST_BEGUN, Jobs
from api.keys import KeyInUse, KeyReused
from api.runner import Runner, this_process
from api.workspace import Workspace
from examples.generator import scale
from graphmodel.changes import ChangeSet
from graphmodel.stores.protocol import Act
from graphmodel.stores.refusals import StoreBusy
from graphmodel.stores.sqlite import SqliteStore
from graphmodel.text import Refusal, Text
from loaders.returned_plan import SHEET
from planning import solve
from planning.heeding import heeding
from tests.api.http.processes import API, serving, signed_in, workers_of
from tests.planning.test_heeding import a_program_nobody_solves

PATIENCE = 120.0
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
STREETS = "id,name,aliases\n510104022,春熙路街道,第二次\n"


def ended(client: Any, job: dict[str, Any], state: JobState = "done") -> Any:
    """The result of a job once it has ended, and in that state."""
    deadline = time.monotonic() + PATIENCE
    while job["state"] in ("queued", "running"):
        assert time.monotonic() < deadline, job
        time.sleep(0.05)
        job = client.get(f"{API}/jobs/{job['id']}").json()
    assert job["state"] == state, job
    return client.get(f"{API}/jobs/{job['id']}/result").json()


def send(client: Any, text: str = STREETS, **form: str) -> Any:
    files = {"files": ("Street.csv", text.encode(), "text/csv")}
    return client.post(f"{API}/imports", files=files, data={"source": "更名", "as_of": "2016-07-01", **form})


def head(client: Any) -> int:
    revision: int = client.get(f"{API}/nodes/Street?limit=1").json()["revision"]
    return revision


def confirm(client: Any, job: str, revision: int, key: str | None = None, **how: bool) -> Any:
    headers = {"If-Match": f'"{revision}"', **({"Idempotency-Key": key} if key else {})}
    return client.post(f"{API}/imports/{job}/confirm", json=how, headers=headers)


def test_an_import_is_shown_first_and_stored_once(client: TestClient, workspace: Workspace) -> None:
    before = head(client)
    job = send(client)
    assert job.status_code == 202
    assert job.headers["Location"] == f"{API}/jobs/{job.json()['id']}"
    shown = ended(client, job.json())
    assert (shown["read"], shown["rejected"], shown["base"], shown["revision"]) == (1, 0, before, None)
    assert shown["difference"] == [
        {"type": "Street", "added": 0, "changed": 1, "removed": 0, "unchanged": 0, "gone": 0}
    ]
    assert head(client) == before
    id_ = job.json()["id"]
    assert client.post(f"{API}/imports/{id_}/confirm", json={}).status_code == 428
    first = confirm(client, id_, before, "the-key-of-this-import")
    assert first.status_code == 202, first.text
    done = ended(client, first.json())
    assert done["revision"] == before + 1
    again = confirm(client, id_, before, "the-key-of-this-import")
    assert again.json()["id"] == first.json()["id"]
    assert head(client) == before + 1
    other = confirm(client, id_, before, "the-key-of-this-import", remove_gone=True)
    assert (other.status_code, other.json()["code"]) == (409, "key-reused")
    assert not (workspace.folder / "uploads" / id_).exists()
    act = client.get(f"{API}/revisions/{before + 1}").json()
    assert (act["account"], act["kind"], act["source"], act["as_of"]) == (
        "planner-office",
        "import",
        "更名",
        "2016-07-01",
    )


def test_a_write_on_an_older_revision_is_told_what_changed(client: TestClient) -> None:
    revision = head(client)
    job = send(client, STREETS.replace("第二次", "第三次"))
    ended(client, job.json())
    ended(client, confirm(client, job.json()["id"], revision).json())
    late = send(client, STREETS.replace("第二次", "第四次"))
    ended(client, late.json())
    refused = confirm(client, late.json()["id"], revision)
    assert (refused.status_code, refused.json()["code"]) == (409, "revision-moved")
    assert refused.json()["revision"] == revision + 1
    assert refused.json()["changed"] == [{"type": "Street", "added": 0, "removed": 0, "changed": 1}]
    undo = client.post(
        f"{API}/revisions/{revision + 1}/undo", json={"note": "误导入"}, headers={"If-Match": f'"{revision}"'}
    )
    assert undo.status_code == 409
    undo = client.post(
        f"{API}/revisions/{revision + 1}/undo", json={"note": "误导入"}, headers={"If-Match": f'"{revision + 1}"'}
    )
    assert undo.status_code == 201
    assert undo.json()["undoes"] == revision + 1
    assert client.delete(f"{API}/imports/{late.json()['id']}").status_code == 204


def test_wrong_rows_are_told_and_stored_by_nobody(client: TestClient) -> None:
    revision = head(client)
    wrong = send(client, "id,name,valid_from\n510104022,春熙路街道,2016-13-45\n510104023,书院街街道,2016-01-01\n")
    shown = ended(client, wrong.json())
    assert (shown["read"], shown["accepted"], shown["rejected"]) == (2, 1, 1)
    error = shown["errors"][0]
    assert (error["file"], error["row"]) == ("Street.csv", 2)
    marked = f"{API}/imports/{wrong.json()['id']}/marked"
    alone = client.get(marked)
    assert (alone.status_code, alone.headers["content-type"]) == (200, XLSX)
    both = client.get(marked, params={"rejected": "true"})
    with zipfile.ZipFile(io.BytesIO(both.content)) as sent:
        assert sorted(sent.namelist()) == ["Street-未通过.xlsx", "Street-标注.xlsx"]
        rejected = openpyxl.load_workbook(io.BytesIO(sent.read("Street-未通过.xlsx")))
    cells = [[cell.value for cell in row] for sheet in rejected for row in sheet]
    assert any("510104022" in row for row in cells)
    assert not any("510104023" in row for row in cells), "that row was accepted"
    refused = confirm(client, wrong.json()["id"], revision)
    deadline = time.monotonic() + PATIENCE
    job = refused.json()
    while job["state"] in ("queued", "running") and time.monotonic() < deadline:
        job = client.get(f"{API}/jobs/{job['id']}").json()
    assert (job["state"], job["code"]) == ("failed", "rows-rejected")
    assert job["failure"]["zh"] != job["failure"]["en"]
    assert head(client) == revision
    assert client.get(f"{API}/jobs/{job['id']}/result").json()["code"] == "job-not-done"


def test_an_import_of_nothing_but_wrong_rows_does_not_count_as_done(client: TestClient) -> None:
    revision = head(client)
    wrong = send(client, "id,name,valid_from\n510104022,春熙路街道,2016-13-45\n").json()
    assert ended(client, wrong)["rejected"] == 1
    job = confirm(client, wrong["id"], revision).json()
    assert ended(client, job, "failed")["code"] == "job-not-done"
    assert client.get(f"{API}/jobs/{job['id']}").json()["code"] == "rows-rejected"
    assert head(client) == revision
    nothing = send(client, "this is no table at all")
    deadline = time.monotonic() + PATIENCE
    job = nothing.json()
    while job["state"] in ("queued", "running") and time.monotonic() < deadline:
        job = client.get(f"{API}/jobs/{job['id']}").json()
    assert job["state"] == "failed"
    result = client.get(f"{API}/jobs/{job['id']}/result").json()
    assert job["failure"]["zh"] in result["detail"]
    misspelt = send(client, STREETS, remove_gon="true")
    assert [fault["where"] for fault in misspelt.json()["errors"]] == ["body.remove_gon"]
    hidden = client.post(
        f"{API}/imports", files={"files": (".hidden", b"x", "text/csv")}, data={"source": "a", "as_of": "2016-07-01"}
    )
    assert (hidden.status_code, hidden.json()["code"]) == (422, "bad-file-name")


def test_a_ledger_comes_in_as_by_the_shell(tmp_path: Path, example_folder: Path) -> None:
    """The real ledger and bundle through HTTP give the same rows as revision 1 of the example."""
    folder = tmp_path / "fresh"
    Workspace(folder, create=True).store.close()
    with serving(folder) as (_, _, link), signed_in(link) as client:
        files = [("files", (path.name, path.read_bytes())) for path in (LEDGER, *sorted(BUNDLE.iterdir()))]
        form = {"source": "jinjiang-2016", "as_of": "2016-06-12"}
        job = client.post(f"{API}/imports", files=files, data=form)
        assert job.status_code == 202, job.text
        assert ended(client, job.json())["rejected"] == 0
        done = ended(client, confirm(client, job.json()["id"], 0).json())
        assert done["revision"] == 1
    with Workspace(folder) as one, Workspace(Path(shutil.copytree(example_folder, tmp_path / "other"))) as other:
        assert one.network().table("Organization").equals(other.network(1).table("Organization"))


def test_progress_is_told_until_the_end(client: TestClient) -> None:
    job = send(client).json()
    with client.stream("GET", f"{API}/jobs/{job['id']}/events") as events:
        assert events.headers["Content-Type"].startswith("text/event-stream")
        told = [json.loads(line.removeprefix("data: ")) for line in events.iter_lines() if line.startswith("data: ")]
    assert told[-1]["state"] == "done"
    assert all(one != other for one, other in pairwise(told))


def test_one_of_many_followers_hears_of_the_end_soon(client: TestClient, app: FastAPI) -> None:
    others = [object() for _ in range(400)]
    app.state.served.followers.update(others)
    go, jobs = threading.Event(), app.state.served.jobs
    job = jobs.start("test", LOCAL.name, lambda _: go.wait(PATIENCE))
    until(jobs, job.id, "running")
    soon = threading.Timer(0.5, go.set)
    soon.start()
    began = time.monotonic()
    with client.stream("GET", f"{API}/jobs/{job.id}/events") as events:
        told = [json.loads(line.removeprefix("data: ")) for line in events.iter_lines() if line.startswith("data: ")]
    assert time.monotonic() - began < 8
    assert told[-1]["state"] == "done"
    app.state.served.followers.difference_update(others)


@pytest.mark.parametrize(
    ("wanted", "same"),
    [
        ({"what": "network", "format": "json"}, "network/json"),
        ({"what": "network", "format": "csv", "revision": 1}, "network/csv?revision=1"),
        ({"what": "findings", "question": "uncovered"}, "findings/uncovered.csv"),
        (
            {"what": "findings", "question": "uncovered", "format": "xlsx", "street": "春熙路街道", "verdict": "gap"},
            "findings/uncovered.xlsx?street=春熙路街道&verdict=gap",
        ),
        ({"what": "report", "set": ["branch_min_members=5"]}, "report.xlsx?set=branch_min_members=5"),
    ],
)
def test_an_export_runs_as_a_job_and_its_file_is_the_one_sent_at_once(
    client: TestClient, workspace: Workspace, wanted: dict[str, Any], same: str
) -> None:
    job = client.post(f"{API}/exports", json=wanted)
    assert job.status_code == 202, job.text
    done = ended(client, job.json())
    sent = client.get(f"{API}/exports/{job.json()['id']}/file")
    assert (sent.status_code, len(sent.content)) == (200, done["bytes"])
    at_once = client.get(f"{API}/exports/{same}")
    assert sent.headers["Content-Disposition"] == at_once.headers["Content-Disposition"]
    assert texts(sent.content) == texts(at_once.content)
    folder = workspace.folder / "exports" / job.json()["id"]
    assert [p.name for p in folder.iterdir()] == [done["file"]]
    assert [stat.S_IMODE(each.stat().st_mode) for each in (folder.parent, folder)] == [0o700, 0o700]
    shutil.rmtree(folder)  # as after a restore: the store has the job, not its file
    answer = client.get(f"{API}/exports/{job.json()['id']}/file", headers={"Accept-Language": "en"})
    assert (answer.status_code, answer.json()["code"]) == (404, "files-gone")
    assert "backup" in answer.json()["hint"]


def texts(content: bytes) -> dict[str, bytes]:
    """What a file holds; of an archive every part but those that say when it was made."""
    if content[:2] != b"PK":
        return {"": content}
    with zipfile.ZipFile(io.BytesIO(content)) as packed:
        return {name: packed.read(name) for name in packed.namelist() if "docProps" not in name}


def test_an_export_that_cannot_be_made_says_why_and_leaves_no_file(client: TestClient, workspace: Workspace) -> None:
    begun = client.get(f"{API}/jobs").json()["total"]
    for wanted, same, code in (
        ({"what": "findings", "question": "nonsense"}, "findings/nonsense.csv", "no-such-question"),
        ({"what": "findings", "question": "dues-by-year"}, "findings/dues-by-year.csv", "other-kind"),
        (
            {"what": "findings", "question": "uncovered", "street": "没有这条街"},
            "findings/uncovered.csv?street=没有这条街",
            "no-such-node",
        ),
        ({"what": "network", "format": "json", "revision": 99}, "network/json?revision=99", "no-such-revision"),
        ({"what": "report", "engine": "neo4j"}, "report.xlsx?engine=neo4j", "no-server"),
        (
            {"what": "report", "set": ["branch_min_members=-1"]},
            "report.xlsx?set=branch_min_members=-1",
            "policy-refused",
        ),
    ):
        answers = client.post(f"{API}/exports", json=wanted), client.get(f"{API}/exports/{same}")
        assert {answer.json()["code"] for answer in answers} == {code}
        assert len({answer.status_code for answer in answers}) == 1
    assert client.get(f"{API}/jobs").json()["total"] == begun
    running = client.post(f"{API}/exports", json={"what": "report"}).json()
    client.delete(f"{API}/jobs/{running['id']}")
    assert ended(client, running, "cancelled")["code"] == "job-not-done"
    answer = client.get(f"{API}/exports/{running['id']}/file")
    assert (answer.status_code, answer.json()["code"]) == (409, "job-not-done")
    assert not (workspace.folder / "exports" / running["id"]).exists()
    for wrong in ({"what": "network"}, {"what": "findings"}, {"what": "report", "format": "json"}, {"what": "all"},
                  {"what": "network", "format": "doc"}, {"what": "report", "street": "春熙路街道"},
                  {"what": "network", "format": "json", "question": "uncovered"},
                  {"what": "findings", "question": "uncovered", "format": "json"}):  # fmt: skip
        assert client.post(f"{API}/exports", json=wrong).json()["code"] == "invalid-request"
    preview = send(client).json()
    assert client.get(f"{API}/exports/{preview['id']}/file").json()["code"] == "no-such-job"


def test_jobs_are_listed_a_page_at_a_time(client: TestClient) -> None:
    for _ in range(3):
        ended(client, send(client).json())
    whole = client.get(f"{API}/jobs?limit=1000").json()
    assert whole["total"] == len(whole["items"]) >= 3
    created = [job["created"] for job in whole["items"]]
    assert created == sorted(created, reverse=True)
    items, cursor = [], ""
    while True:
        page = client.get(f"{API}/jobs?limit=2{cursor}").json()
        items += page["items"]
        if page["next"] is None:
            break
        cursor = f"&cursor={page['next']}"
    assert [job["id"] for job in items] == [job["id"] for job in whole["items"]]


@pytest.fixture
def store(tmp_path: Path) -> Iterator[SqliteStore]:
    store = SqliteStore(tmp_path / "jobs.sqlite")
    yield store
    store.close()


@pytest.fixture(scope="module")
def ten_thousand(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("ten-thousand") / "workspace"
    with Workspace(folder, create=True) as workspace:
        act = Act("import", "office", "区", scale.DAY)
        workspace.store.apply(ChangeSet.between({}, scale.tables(10_000)), act, 0)
    return folder


@pytest.fixture
def large(ten_thousand: Path, tmp_path: Path) -> Path:
    """A workspace whose plan takes seconds."""
    return Path(shutil.copytree(ten_thousand, tmp_path / "large"))


def until(jobs: Jobs, id_: str, *states: str) -> str:
    deadline = time.monotonic() + PATIENCE
    while (state := jobs.get(id_).state) not in states:
        assert time.monotonic() < deadline, state
        time.sleep(0.02)
    return state


def test_a_job_stops_where_it_is_cancelled_and_never_changes_again(store: SqliteStore) -> None:
    jobs, begun, go = Jobs(store), threading.Event(), threading.Event()

    def work(step: Any) -> str:
        step(1, 2, "first")
        begun.set()
        assert go.wait(PATIENCE)
        step(2, 2, "second")
        return "never"

    job = jobs.start("test", "unit", work)
    assert begun.wait(PATIENCE)
    assert jobs.cancel(job.id).cancel
    go.set()
    assert until(jobs, job.id, "cancelled", "done") == "cancelled"
    with pytest.raises(Exception, match="已经结束"):
        jobs.cancel(job.id)
    jobs.stop(1)


def test_exports_hold_up_nobodys_work_and_do_not_pile_up(store: SqliteStore) -> None:
    jobs, go = Jobs(store), threading.Event()
    begun = [jobs.start("export", "viewer", lambda _: go.wait(PATIENCE)).id for _ in range(MOST_BEGUN)]
    with pytest.raises(TooManyJobs, match=str(MOST_BEGUN)) as fault:
        jobs.start("export", "viewer", lambda _: "never")
    assert fault.value.members == {"retry_after": WAIT}  # by which the answer says so in its header too
    other = jobs.start("export", "another", lambda _: "its turn").id
    assert until(jobs, jobs.start("import", "viewer", lambda _: "stored").id, "done") == "done"
    assert jobs.get(other).state == "queued"
    go.set()
    for id_ in (*begun, other):
        until(jobs, id_, "done")
    jobs.start("export", "viewer", lambda _: "again")
    jobs.stop(PATIENCE)


def test_what_ended_long_ago_is_forgotten_with_its_files_and_keys(store: SqliteStore, tmp_path: Path) -> None:
    jobs, go, files = Jobs(store, folders=[tmp_path / "files"]), threading.Event(), tmp_path / "files"
    old = jobs.keys.once("office", "the-key", "request", lambda: jobs.start("test", "office", lambda _: "done").id)
    until(jobs, old, "done")
    running = jobs.start("test", "office", lambda _: go.wait(PATIENCE)).id
    until(jobs, running, "running")
    now = dt.datetime.now(dt.UTC)
    week, day = dt.timedelta(days=7), dt.timedelta(days=1)
    for name, at in ((old, now - day), (running, now - day), ("of-no-job", now - day), ("just-sent", now + day)):
        (files / name).mkdir(parents=True)
        os.utime(files / name, (at.timestamp(), at.timestamp()))
    jobs.prune(now + week - 2 * day)
    assert {job.id for job in jobs.all()} == {old, running}
    assert sorted(p.name for p in files.iterdir()) == sorted([old, running, "of-no-job", "just-sent"])
    jobs.prune(now + week + dt.timedelta(hours=1))
    assert [job.id for job in jobs.all()] == [running]
    assert sorted(p.name for p in files.iterdir()) == sorted([running, "just-sent"])
    assert jobs.keys.once("office", "the-key", "another request", lambda: "free again") == "free again"
    go.set()
    until(jobs, running, "done")
    jobs.stop(1)


def test_what_fails_in_a_beat_leaves_the_heart_going(
    store: SqliteStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    jobs, go = Jobs(store, lease=1, folders=[tmp_path]), threading.Event()
    failed = threading.Event()

    def fails(*_: object) -> None:
        failed.set()
        raise FileNotFoundError

    monkeypatch.setattr(jobs, "prune", fails)

    def work(step: Any) -> str:
        assert go.wait(PATIENCE)
        step(1, 1, "end")
        return "whole"

    job = jobs.start("test", "office", work)
    monkeypatch.setattr("api.jobs._HOUR", dt.timedelta(0))
    assert failed.wait(PATIENCE)
    time.sleep(2)  # two leases
    go.set()
    assert until(jobs, job.id, "done", "lost") == "done"
    jobs.stop(1)


def test_what_another_process_has_forgotten_meanwhile_hinders_nobody(
    store: SqliteStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    jobs = Jobs(store, folders=[tmp_path])
    (tmp_path / "stays").mkdir()
    gone = [tmp_path / "was-here", tmp_path / "stays"]
    monkeypatch.setattr(Path, "iterdir", lambda _: iter(gone))
    jobs.prune(dt.datetime.now(dt.UTC) + dt.timedelta(days=8))
    assert not (tmp_path / "stays").exists()
    jobs.stop(1)


def test_who_was_told_lost_does_nothing_more(store: SqliteStore) -> None:
    jobs, begun, go, wrote = Jobs(store), threading.Event(), threading.Event(), threading.Event()

    def work(step: Any) -> None:
        begun.set()
        assert go.wait(PATIENCE)
        step(1, 2, "writing")
        wrote.set()

    job = jobs.start("test", "office", work)
    assert begun.wait(PATIENCE)
    record = store.get("job", job.id)
    assert record is not None
    store.put("job", job.id, {**record.value, "state": "lost"}, record.version)
    go.set()
    jobs.stop(PATIENCE)
    assert not wrote.is_set()
    assert jobs.get(job.id).state == "lost"


def test_what_was_done_is_told_as_done_although_another_process_took_it_for_lost(store: SqliteStore) -> None:
    jobs, begun, go = Jobs(store), threading.Event(), threading.Event()

    def work(step: Any) -> str:
        step(2, 3, "writing")
        begun.set()
        assert go.wait(PATIENCE)
        return "written"

    job = jobs.start("import", "office", work)
    assert begun.wait(PATIENCE)
    record = store.get("job", job.id)
    assert record is not None
    store.put("job", job.id, {**record.value, "lease": "2016-06-12T00:00:00Z"}, record.version)
    other = Jobs(store)
    assert other.get(job.id).state == "lost"
    go.set()
    jobs.stop(PATIENCE)
    found = other.get(job.id)
    other.stop(0)
    assert (found.state, found.result, found.failure) == ("done", "written", None)


def solving(step: Any) -> None:
    """Work in the solver that goes on for days, and asks whether it may."""
    with heeding(lambda: step(0, 1, "solving")):
        a_program_nobody_solves()


def test_a_job_in_the_solver_stops_soon_after_it_is_cancelled(
    store: SqliteStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(solve, "EFFORT", 1e6)
    jobs = Jobs(store)
    job = jobs.start("plan", "office", solving)
    while jobs.get(job.id).what != "solving":
        time.sleep(0.02)
    time.sleep(1)
    asked = time.monotonic()
    jobs.cancel(job.id)
    assert until(jobs, job.id, "cancelled", "done", "failed") == "cancelled"
    assert time.monotonic() - asked < 15
    assert jobs.get(job.id).failure is None
    jobs.stop(1)


def test_a_job_in_the_solver_ends_with_its_server_and_says_so(
    store: SqliteStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(solve, "EFFORT", 1e6)
    monkeypatch.setattr("api.jobs.LAST_STEP", 30.0)
    jobs = Jobs(store)
    job = jobs.start("plan", "office", solving)
    while jobs.get(job.id).what != "solving":
        time.sleep(0.02)
    jobs.stop(0.1)
    other = Jobs(store)
    found = other.get(job.id)
    other.stop(0)
    assert found.state == "cancelled"
    assert found.failure is not None
    assert found.failure.code == "stopping"


def test_work_that_asks_whether_to_go_on_waits_for_nobody_who_writes(store: SqliteStore) -> None:
    jobs, told, go = Jobs(store), threading.Event(), threading.Event()
    asks = 0

    def work(step: Any) -> int:
        nonlocal asks
        step(0, 1, "solving")
        told.set()
        while not go.is_set():
            step(0, 1, "solving")
            asks += 1
        return asks

    with closing(sqlite3.connect(store.path, isolation_level=None)) as writer:
        job = jobs.start("plan", "office", work)
        assert told.wait(PATIENCE)
        writer.execute("BEGIN IMMEDIATE")
        before = asks
        time.sleep(1)
        assert asks > before + 20
        writer.execute("ROLLBACK")
    jobs.cancel(job.id)
    assert until(jobs, job.id, "cancelled", "done") == "cancelled"
    go.set()
    jobs.stop(1)


def test_a_server_that_stops_takes_back_what_is_being_written_and_says_so(store: SqliteStore) -> None:
    jobs, writing, go = Jobs(store), threading.Event(), threading.Event()

    def work(step: Any) -> None:
        step(2, 3, "writing")

        def go_on(*_: object) -> None:
            writing.set()
            assert go.wait(PATIENCE)
            step(2, 3, "writing")

        store.apply(ChangeSet.between({}, scale.tables(200)), Act("import", "office", "区", scale.DAY), 0, go_on)

    job = jobs.start("import", "office", work)
    assert writing.wait(PATIENCE)
    threading.Timer(0.5, go.set).start()
    jobs.stop(0)
    told = jobs.get(job.id)
    assert (told.state, told.failure and told.failure.code) == ("cancelled", "stopping")
    assert store.head == 0


def test_a_server_that_stops_says_which_jobs_began(store: SqliteStore, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("api.jobs.LAST_STEP", 0.2)
    jobs, go = Jobs(store), threading.Event()
    running = [jobs.start("test", "office", lambda _: go.wait(PATIENCE)).id for _ in range(AT_ONCE)]
    waiting = jobs.start("test", "office", lambda _: "never").id
    for id_ in running:
        until(jobs, id_, "running")
    jobs.stop(0.2)
    assert [jobs.get(id_).state for id_ in (*running, waiting)] == ["lost"] * AT_ONCE + ["cancelled"]
    go.set()


def test_jobs_stop_although_the_store_is_too_busy_to_be_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("api.jobs.LAST_STEP", 0.1)
    before = set(threading.enumerate())
    with closing(SqliteStore(tmp_path / "busy.sqlite", patience=0.1)) as store:
        jobs, go = Jobs(store, lease=1), threading.Event()
        running = [jobs.start("test", "office", lambda _: go.wait(PATIENCE)).id for _ in range(AT_ONCE)]
        waiting = jobs.start("test", "office", lambda _: "never").id
        for id_ in running:
            until(jobs, id_, "running")
        with closing(sqlite3.connect(store.path, isolation_level=None)) as writer:
            writer.execute("BEGIN IMMEDIATE")
            jobs.stop(0)
            assert "job-leases" not in {thread.name for thread in set(threading.enumerate()) - before}
            writer.execute("ROLLBACK")
        go.set()
        other = Jobs(store, lease=1)
        assert until(other, waiting, "lost") == "lost"
        other.stop(0)


def test_what_is_done_has_done_all_of_its_steps(store: SqliteStore) -> None:
    jobs = Jobs(store)

    def work(step: Any) -> str:
        step(67, 68, "asking")
        return "all of it"

    job = jobs.start("test", "office", work)
    until(jobs, job.id, "done")
    assert (jobs.get(job.id).done, jobs.get(job.id).of) == (68, 68)
    jobs.stop(1)


@pytest.mark.parametrize(("fault", "state"), [(None, "done"), (Refusal(Text("坏", "bad"), code="bad"), "failed")])
def test_how_a_job_ended_is_told_although_the_store_was_busy_just_then(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, fault: Refusal | None, state: str
) -> None:
    monkeypatch.setattr("api.jobs.AGAIN", 0.05)
    with (
        closing(SqliteStore(tmp_path / "busy.sqlite", patience=0.1)) as store,
        closing(sqlite3.connect(store.path, isolation_level=None, check_same_thread=False)) as writer,
    ):
        jobs, ending = Jobs(store, lease=1), threading.Event()

        def work(_: Any) -> str:
            writer.execute("BEGIN IMMEDIATE")
            ending.set()
            if fault is not None:
                raise fault
            return "what it made"

        job = jobs.start("test", "office", work)
        assert ending.wait(PATIENCE)
        time.sleep(1.5)  # longer than its lease
        assert jobs.get(job.id).state == "running"
        writer.execute("ROLLBACK")
        other = Jobs(store, lease=1)
        assert until(other, job.id, state) == state
        told = other.get(job.id)
        assert (told.result, told.failure and told.failure.code) == (
            "what it made" if fault is None else None,
            fault and "bad",
        )
        for each in (jobs, other):
            each.stop(1)


def test_a_fault_is_told_without_its_text(store: SqliteStore) -> None:
    jobs = Jobs(store)

    def work(step: Any) -> None:
        raise ValueError("a value of the data")

    job = jobs.start("test", "unit", work)
    assert until(jobs, job.id, "failed") == "failed"
    assert "a value" not in json.dumps([r.value for r in store.records()])
    jobs.stop(1)


def test_a_lease_is_renewed_while_work_says_nothing_and_lapses_with_its_process(store: SqliteStore) -> None:
    jobs, go = Jobs(store, lease=1), threading.Event()
    job = jobs.start("test", "unit", lambda _: go.wait(PATIENCE))
    until(jobs, job.id, "running")
    time.sleep(2.5)
    assert jobs.get(job.id).state == "running"
    go.set()
    until(jobs, job.id, "done")
    jobs.stop(1)
    gone = {**jobs.get(job.id).model_dump(mode="json"), "state": "running", "lease": "2016-06-12T00:00:00Z"}
    store.put("job", "gone", {**gone, "id": "gone"}, 0)
    other = Jobs(store, lease=1)
    lost = other.get("gone")
    assert lost.state == "lost"
    assert lost.failure is not None
    assert lost.failure.code == "job-lost"
    other.stop(1)


def test_a_long_write_makes_no_process_take_its_own_job_for_lost(store: SqliteStore) -> None:
    jobs, go = Jobs(store), threading.Event()
    job = jobs.start("import", "office", lambda _: go.wait(PATIENCE))
    until(jobs, job.id, "running")
    record = store.get("job", job.id)
    assert record is not None
    late = store.put("job", job.id, {**record.value, "lease": "2016-06-12T00:00:00Z"}, record.version)
    assert jobs.get(job.id).state == jobs.all()[0].state == "running"
    assert store.get("job", job.id) == late
    go.set()
    assert until(jobs, job.id, "done", "lost") == "done"
    jobs.stop(1)


def test_what_a_process_held_that_is_gone_is_free_at_once_and_its_job_lost(store: SqliteStore) -> None:
    me = this_process()
    assert me is not None
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as other:
        parts = Path(f"/proc/{other.pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
        there = Runner(host=me.host, pid=other.pid, started=int(parts[19]))
        assert not there.gone()
        assert there.model_copy(update={"started": there.started - 1}).gone()  # its number came again
        other.kill()
        os.waitid(os.P_PID, other.pid, os.WEXITED | os.WNOWAIT)
        assert there.gone()  # although its parent has not heard of it
    assert there.gone()
    elsewhere = there.model_copy(update={"host": "another"})
    assert not elsewhere.gone()
    jobs = Jobs(store)
    first = jobs.start("test", "office", lambda _: None)
    until(jobs, first.id, "done")
    running = {**first.model_dump(mode="json"), "state": "running"}
    states: dict[str, JobState] = {"here": "lost", "elsewhere": "running", "unnamed": "running"}
    for id_, by in (("here", there), ("elsewhere", elsewhere), ("unnamed", None)):
        lease = dt.datetime.now(dt.UTC) + dt.timedelta(minutes=2)
        store.put("job", id_, {**running, "id": id_, "lease": lease.isoformat(), "by": by and by.model_dump()}, 0)
    assert {id_: jobs.get(id_).state for id_ in states} == states
    for by, free in ((elsewhere, False), (there, True)):
        jobs.keys.once("office", f"key of {by.host}", "request", lambda: "done")
        (record,) = [each for each in store.records("idempotency") if each.value["by"] == me.model_dump()]
        left = {"asked": record.value["asked"], "at": record.value["at"], "by": by.model_dump()}
        store.put("idempotency", record.key, left, record.version)
        if free:
            assert jobs.keys.once("office", f"key of {by.host}", "request", lambda: "again") == "again"
        else:
            with pytest.raises(KeyInUse):
                jobs.keys.once("office", f"key of {by.host}", "request", lambda: "again")
    jobs.stop(1)


def test_a_key_is_held_while_its_work_lasts_longer_than_a_lease(store: SqliteStore) -> None:
    jobs, done = Jobs(store, lease=1), []

    def work() -> str:
        time.sleep(2.5)
        done.append("once")
        return "answer"

    first = threading.Thread(target=jobs.keys.once, args=("office", "key", "request", work))
    first.start()
    time.sleep(1.8)
    with pytest.raises(KeyInUse) as refused:
        jobs.keys.once("office", "key", "request", work)
    assert refused.value.members == {"retry_after": 1}
    with pytest.raises(KeyReused):
        jobs.keys.once("office", "key", "another request", work)
    first.join()
    assert jobs.keys.once("office", "key", "request", work) == "answer"
    assert done == ["once"]
    jobs.stop(1)


def test_the_answer_of_a_key_is_kept_although_the_store_is_busy_just_then(
    store: SqliteStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    jobs, put, busy, done = Jobs(store), store.put, [True, True], list[str]()

    def put_later(kind: str, key: str, value: Any, expected: int) -> Any:
        if kind == "idempotency" and "answer" in value and busy:
            busy.pop()
            raise StoreBusy
        return put(kind, key, value, expected)

    monkeypatch.setattr(store, "put", put_later)

    def work() -> str:
        done.append("once")
        return "answer"

    assert [jobs.keys.once("office", "a-key-of-one", "request", work) for _ in range(2)] == ["answer", "answer"]
    assert (done, busy) == (["once"], [])
    jobs.stop(1)


def test_a_store_that_is_busy_once_ends_no_lease(store: SqliteStore, monkeypatch: pytest.MonkeyPatch) -> None:
    jobs, busy = Jobs(store, lease=1), threading.Event()
    put = SqliteStore.put

    def busy_once(self: SqliteStore, *given: Any) -> Any:
        if not busy.is_set() and threading.current_thread().name == "job-leases":
            busy.set()
            raise Refusal(Text("忙", "busy"), code="store-busy")
        return put(self, *given)

    monkeypatch.setattr(SqliteStore, "put", busy_once)
    job = jobs.start("test", "office", lambda _: time.sleep(2.5))
    assert busy.wait(5)
    time.sleep(1.5)
    assert jobs.get(job.id).state in ("running", "done")
    jobs.stop(5)
    assert jobs.get(job.id).state == "done"


def test_what_runs_when_the_server_is_killed_is_told_as_lost_by_the_next_one(large: Path) -> None:
    with serving(large) as (process, _, link), signed_in(link) as client:
        job = client.post(f"{API}/plans", json={}, headers={"If-Match": '"1"'}).json()
        process.send_signal(signal.SIGKILL)
        process.wait()
    with serving(large) as (_, _, link), signed_in(link) as client:  # its lease runs for two minutes more
        found = client.get(f"{API}/jobs/{job['id']}").json()
        assert (found["state"], found["code"]) == ("lost", "job-lost")
        assert head(client) == 1


def test_what_a_killed_worker_ran_is_told_as_lost_at_once_by_the_others(large: Path) -> None:
    key = {"If-Match": '"1"', "Idempotency-Key": "plan-of-june"}
    with serving(large, "--workers", "2") as (process, _, link), signed_in(link) as client:
        job = client.post(f"{API}/plans", json={}, headers=key).json()
        while job["state"] == "queued":
            job = client.get(f"{API}/jobs/{job['id']}").json()
        with closing(SqliteStore(large / "network.sqlite")) as store:
            record = store.get("job", job["id"])
        assert record is not None
        assert record.value["by"]["pid"] in workers_of(process.pid)
        os.kill(record.value["by"]["pid"], signal.SIGKILL)
        killed, told = time.monotonic(), None
        while told is None:
            with suppress(httpx.TransportError):  # the worker was the one that this connection led to
                told = client.post(f"{API}/plans", json={}, headers=key).json()
        assert (told["id"], told["state"], told["code"]) == (job["id"], "lost", "job-lost")
        assert time.monotonic() - killed < LEASE / 4


def test_a_server_told_to_stop_ends_the_plan_it_makes_and_the_next_one_says_so(large: Path, tmp_path: Path) -> None:
    folder, settings = large, tmp_path / "server.toml"
    settings.write_text("grace = 0\n", encoding="utf-8")
    with serving(folder, "--settings", str(settings)) as (process, _, link), signed_in(link) as client:
        job = client.post(f"{API}/plans", json={}, headers={"If-Match": '"1"'}).json()
        while client.get(f"{API}/jobs/{job['id']}").json()["state"] == "queued":
            time.sleep(0.05)
        process.send_signal(signal.SIGTERM)
        told = time.monotonic()
        process.wait(PATIENCE)
        assert time.monotonic() - told < 30
    with serving(folder, "--settings", str(settings)) as (_, _, link), signed_in(link) as client:
        found = client.get(f"{API}/jobs/{job['id']}").json()
        assert (found["state"], found["code"]) == ("cancelled", "stopping")
        assert client.get(f"{API}/plans").json()["items"] == []


def test_a_plan_is_made_followed_decided_on_applied_and_confirmed(example_folder: Path, tmp_path: Path) -> None:
    folder = Path(shutil.copytree(example_folder, tmp_path / "plan"))
    with serving(folder) as (_, _, link), signed_in(link) as client:
        job = client.post(f"{API}/plans", json={}, headers={"If-Match": '"2"', "Idempotency-Key": "plan-of-june"})
        assert job.status_code == 202
        name = ended(client, job.json())["plan"]
        again = client.post(f"{API}/plans", json={}, headers={"If-Match": '"2"', "Idempotency-Key": "plan-of-june"})
        assert again.json()["id"] == job.json()["id"]
        assert [p["plan"] for p in client.get(f"{API}/plans").json()["items"]] == [name]
        plan = client.get(f"{API}/plans/newest?limit=3").json()
        assert (plan["plan"], plan["sound"], len(plan["proposals"])) == (name, True, 3)
        walked: list[int] = []
        first: Any = 1
        while first is not None:
            page = client.get(f"{API}/plans/{name}?first={first}&limit=200").json()
            walked += [p["number"] for p in page["proposals"]]
            first = page["next"]
        assert walked == list(range(1, plan["total"] + 1))
        subject = plan["proposals"][0]["subjects"][0]
        about = client.get(f"{API}/plans/{name}?about={subject['type']}/{subject['id']}").json()
        assert 1 in [p["number"] for p in about["proposals"]]
        other = plan["proposals"][1]["subjects"][0]
        both = f"about={subject['type']}/{subject['id']}&about={other['type']}/{other['id']}"
        of_both = {p["number"] for p in client.get(f"{API}/plans/{name}?{both}").json()["proposals"]}
        assert {1, 2, *(p["number"] for p in about["proposals"])} <= of_both
        sent = client.get(f"{API}/plans/{name}/workbook.xlsx?{both}").content
        rows = openpyxl.load_workbook(io.BytesIO(sent))[SHEET].iter_rows(max_col=1, values_only=True)
        assert {number for (number,) in rows if isinstance(number, int)} == of_both
        decide = {"items": [{"proposal": "1", "state": "accepted"}, {"proposal": "2", "state": "rejected"}]}
        assert client.post(f"{API}/plans/{name}/decisions", json=decide).json()["code"] == "reason-missing"
        decide["items"][1]["reason"] = "已有安排"
        decided = client.post(f"{API}/plans/{name}/decisions", json=decide).json()["items"]
        assert [d["state"] for d in decided] == ["accepted", "rejected"]
        assert client.get(f"{API}/plans/{name}?state=rejected").json()["total"] == 1
        assert client.post(f"{API}/plans/{name}/apply", json={}).status_code == 428
        write = {"If-Match": '"2"', "Idempotency-Key": "apply-of-june"}
        applied = client.post(f"{API}/plans/{name}/apply", json={"note": "六月"}, headers=write)
        assert applied.json() == {"plan": name, "written": 1, "in_place": 0, "revision": 3}
        assert client.post(f"{API}/plans/{name}/apply", json={"note": "六月"}, headers=write).json() == applied.json()
        assert head(client) == 3
        anew = client.post(f"{API}/plans", json={"after": name}, headers={"If-Match": '"3"'})
        assert ended(client, anew.json())["plan"].partition(".")[0] == name.partition(".")[0]
        proposal = decided[0]["proposal"]
        founded = {"what": [proposal], "on": "2016-07-01", "number": "锦组〔2016〕12号", "plan": name}
        confirmed = client.post(f"{API}/confirmations", json=founded, headers={"If-Match": '"3"'})
        assert confirmed.status_code == 201, confirmed.text
        assert (confirmed.json()["kind"], confirmed.json()["revision"]) == ("confirm", 4)
        assert client.get(f"{API}/plans/none").status_code == 404


def test_a_plan_that_is_cancelled_is_not_kept(client: TestClient) -> None:
    before = client.get(f"{API}/plans").json()["items"]
    job = client.post(f"{API}/plans", json={}, headers={"If-Match": f'"{head(client)}"'})
    assert job.status_code == 202, job.text
    assert client.delete(f"{API}/jobs/{job.json()['id']}").status_code == 202
    assert ended(client, job.json(), "cancelled")["code"] == "job-not-done"
    assert client.get(f"{API}/plans").json()["items"] == before


def test_newcomers_are_answered_and_nothing_is_stored(client: TestClient) -> None:
    before = head(client)
    item = {
        "name": "锦江区晨光托育中心",
        "行业": "教育",
        "registration": "dual",
        "authority": "锦江区教育局",
        "street": "春熙路街道",
    }
    answer = client.post(f"{API}/newcomers", json={"items": [item]})
    assert answer.status_code == 200, answer.text
    found = answer.json()["items"][0]
    assert (found["name"], found["stored"]) == ("锦江区晨光托育中心", False)
    assert found["advice"]
    assert found["due"] or found["later"]
    assert client.post(f"{API}/newcomers", json={"items": [{"nonsense": "1"}]}).json()["code"] == "unknown-field"
    assert client.post(f"{API}/newcomers", json={"items": [{}]}).json()["code"] == "no-fields"
    wrong = client.post(f"{API}/newcomers", json={"items": [item, {"name": "甲", "authority": "没有这个局"}]})
    assert (wrong.status_code, wrong.json()["code"], wrong.json()["item"]) == (404, "no-such-node", 1)
    assert wrong.json()["detail"].startswith("第 2 项：")
    typed, told = (
        [{**item, "track": "registered", "full_members": n, "union": u}] for n, u in ((3, True), ("3", "是"))
    )
    answers = [client.post(f"{API}/newcomers", json={"items": items}).json() for items in (typed, told)]
    assert answers[0] == answers[1]
    assert answers[0]["items"][0]["advice"] != found["advice"]
    for never in (3.5, -1, 1e300):
        refused = client.post(f"{API}/newcomers", json={"items": [{**item, "full_members": never}]})
        assert refused.status_code == 422, refused.text
    assert head(client) == before


def test_a_number_that_is_none_is_no_value(client: TestClient) -> None:
    body = b'{"items": [{"name": "\xe7\x94\xb2", "staff": NaN}]}'
    answer = client.post(f"{API}/newcomers", content=body, headers={"Content-Type": "application/json"})
    assert answer.status_code == 422
    assert [fault["why"] for fault in answer.json()["errors"]] != []


def test_data_of_a_day_that_nothing_speaks_of_are_refused_at_once(client: TestClient) -> None:
    for day in ("0001-01-01", "9999-12-31"):
        refused = send(client, as_of=day)
        assert (refused.status_code, refused.json()["code"]) == (422, "bad-day"), refused.text
