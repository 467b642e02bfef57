"""`partygraph serve` and `users` as real processes: the link, the log, a backup, a graceful end."""

import datetime as dt
import errno
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest
import uvicorn
from click.testing import CliRunner
from fastapi import FastAPI

from api.accounts import Role
from api.audit import Audit
from api.cli import main
from api.commands.serving import WORKER_SILENT, CannotListen, listen
from api.http.acts import act_in_words
from api.workspace import Workspace
from tests.api.http.conftest import PASSWORD
from tests.api.http.processes import API, PATIENCE, serving, signed_in, workers_of


@pytest.fixture
def own_folder(example_folder: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(example_folder, tmp_path / "workspace"))


def shell(folder: Path, *args: str, code: int = 0, given: str = "") -> Any:
    result = CliRunner().invoke(
        main, ["--workspace", str(folder), "--json", *args], input=given, catch_exceptions=False
    )
    assert result.exit_code == code, result.output
    return json.loads(result.stdout)


def test_accounts_are_kept_by_the_shell(own_folder: Path) -> None:
    clerk = (
        "users",
        "add",
        "street-510104022",
        "--role",
        "street-clerk",
        "--body",
        "510104022",
        "--password-file",
        "-",
    )
    assert shell(own_folder, *clerk, given=PASSWORD + "\n")["body"] == "510104022"
    assert shell(own_folder, *clerk, given=PASSWORD + "\n", code=3)["error"]["code"] == "account-exists"
    assert [a["name"] for a in shell(own_folder, "users", "list")] == ["street-510104022"]
    token = shell(own_folder, "users", "token", "street-510104022", "--days", "30")
    assert len(token["token"]) > 40
    left = dt.datetime.fromisoformat(token["expires"]) - dt.datetime.now(dt.UTC)
    assert dt.timedelta(days=29, hours=23) < left <= dt.timedelta(days=30)
    shell(own_folder, "users", "password", "street-510104022", "--password-file", "-", given=PASSWORD + "?\n")
    shell(own_folder, "users", "remove", "street-510104022")
    assert shell(own_folder, "users", "list") == []
    assert shell(own_folder, "users", "remove", "street-510104022", code=3)["error"]["code"] == "no-such-account"
    with Workspace(own_folder) as workspace:
        trail = [(e.act, e.subject, e.role) for e in reversed(Audit(workspace.store).entries())]
    acts = [f"users {act}" for act in ("add", "token", "password", "remove")]
    assert trail == [(act, "street-510104022", Role.STREET_CLERK) for act in acts]
    assert all(act_in_words(FastAPI(), act) for act in acts)


def test_other_addresses_are_refused_before_anything_listens(own_folder: Path) -> None:
    refused = shell(own_folder, "serve", "--host", "0.0.0.0", code=3)  # noqa: S104 - it is refused
    assert refused["error"]["code"] == "users-needed"
    assert shell(own_folder / "none", "serve", code=3)["error"]["code"] == "no-store"


def test_a_port_that_is_taken_is_told_with_what_to_do(own_folder: Path) -> None:
    with closing(socket.create_server(("127.0.0.1", 0))) as other:
        before = dict(os.environ)
        told = shell(own_folder, "serve", "--port", str(other.getsockname()[1]), code=3)["error"]
    assert dict(os.environ) == before
    assert told["code"] == "cannot-listen"
    assert "端口已被占用" in json.dumps(told, ensure_ascii=False)


@pytest.mark.parametrize(
    ("fault", "zh", "en"),
    [
        (errno.EADDRINUSE, "端口已被占用", "runs already"),
        (errno.EADDRNOTAVAIL, "本机没有这个地址", "--host"),
        (errno.EACCES, "没有使用这个端口的权限", "1024"),
        (errno.EAFNOSUPPORT, "系统报错", "Cannot listen"),
    ],
)
def test_why_it_cannot_listen_is_said_with_what_helps(fault: int, zh: str, en: str) -> None:
    told = CannotListen("192.0.2.1", 80, OSError(fault, os.strerror(fault)))
    said = f"{told.message.both()} {told.hint.both() if told.hint else ''}"
    assert zh in said
    assert en in said
    assert ("runs already" in said) == (fault == errno.EADDRINUSE)


def test_answers_do_not_wait_for_acknowledgements() -> None:
    with closing(listen(uvicorn.Config("no app", port=0))) as listening:
        with socket.create_connection(listening.getsockname()):
            accepted, _ = listening.accept()
        with accepted:
            assert accepted.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)


def test_a_first_visit_begins_with_an_empty_workspace(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    result = CliRunner().invoke(main, ["--json", "serve", "--host", "0.0.0.0"], catch_exceptions=False)  # noqa: S104
    assert json.loads(result.stdout)["error"]["code"] == "users-needed"  # not that there is no workspace
    assert (tmp_path / "workspace" / "network.sqlite").is_file()


def test_a_folder_that_was_made_and_is_empty_begins_a_workspace_and_one_that_is_not_there_is_refused(
    tmp_path: Path,
) -> None:
    (tmp_path / "volume").mkdir()
    (tmp_path / "secret").write_text("correct horse battery", encoding="utf-8")

    def told(name: str, *args: str) -> Any:
        result = CliRunner().invoke(
            main, ["--json", "--workspace", str(tmp_path / name), *args], catch_exceptions=False
        )
        return json.loads(result.stdout)

    secret = ("--password-file", str(tmp_path / "secret"))
    for args in (("serve",), ("users", "add", "office", "--role", "planner", *secret)):
        assert told("mistyped", *args)["error"]["code"] == "no-store"
    assert not (tmp_path / "mistyped").exists()
    assert told("volume", "users", "add", "office", "--role", "planner", *secret)["name"] == "office"
    assert [account["name"] for account in told("volume", "users", "list")] == ["office"]


@contextmanager
def looked_at(link: str) -> Iterator[None]:
    """Before it is opened, a program that shows where a link leads has looked there, and again on the same connection."""
    with httpx.Client() as program:
        for _ in range(2):
            told = program.head(link)
            assert (told.status_code, told.headers["Location"], told.content) == (httpx.codes.SEE_OTHER, "/", b"")
    yield


def test_a_link_opens_it_once_and_the_log_holds_no_values(own_folder: Path, tmp_path: Path) -> None:
    log = tmp_path / "log"
    with serving(own_folder, log=log) as (_, address, link), looked_at(link), signed_in(link) as client:
        assert httpx.get(link).status_code == httpx.codes.UNAUTHORIZED
        found = client.get(f"{API}/search", params={"q": "锦江区金苗商会"}).json()["items"]
        assert client.get(f"{API}/nodes/{found[0]['type']}/{found[0]['id']}").status_code == httpx.codes.OK
        assert httpx.get(f"{address}{API}/schema").status_code == httpx.codes.UNAUTHORIZED
    lines = [json.loads(line) for line in log.read_text(encoding="utf-8").splitlines()]
    assert lines[-2]["event"] == "Application shutdown complete."  # told to end, it ended in order
    requests = [line for line in lines if line["event"] == "request"]
    assert {"/search", "/nodes/{type}/{id:path}"} <= {line["route"] for line in requests}
    assert all(len(line["request"]) == 16 for line in requests)
    for value in ("金苗", found[0]["id"], link.partition("token=")[2]):
        assert value not in log.read_text(encoding="utf-8")


def test_a_worker_that_dies_while_it_is_asked_whether_it_lives_is_replaced_at_once(own_folder: Path) -> None:
    with serving(own_folder, "--workers", "2") as (process, address, _):
        before = workers_of(process.pid)
        for worker in before:
            os.kill(worker, signal.SIGSTOP)  # it answers no more …
        time.sleep(2)  # … and its parent, which asks twice a second, waits for the answer
        for worker in before:
            os.kill(worker, signal.SIGKILL)
        deadline = time.monotonic() + WORKER_SILENT / 2
        while len(after := set(workers_of(process.pid)) - set(before)) < len(before):
            assert time.monotonic() < deadline, after
            time.sleep(0.2)
        assert httpx.get(f"{address}{API}/health/live", timeout=PATIENCE).status_code == httpx.codes.OK


def test_a_backup_is_taken_while_it_serves_and_serves_again(own_folder: Path, tmp_path: Path) -> None:
    backup, restored = tmp_path / "backup.sqlite", tmp_path / "restored"
    restored.mkdir()
    clerk = ("users", "add", "clerk", "--role", "street-clerk", "--body", "510104022", "--password-file", "-")
    shell(own_folder, *clerk, given=PASSWORD + "\n")
    with serving(own_folder) as (_, _, link), signed_in(link) as client:
        copying = [sys.executable, "-c", "from api.cli import main; main()", "store", "copy"]
        for source, target in ((own_folder / "network.sqlite", backup), (backup, restored / "network.sqlite")):
            done = subprocess.run([*copying, str(source), str(target)], capture_output=True, text=True, check=False)
            assert done.returncode == 0, done.stderr
        before = client.get(f"{API}/revisions").json()
    assert shell(restored, "verify")["verified"] is True
    with serving(restored) as (_, address, link), signed_in(link) as client:
        assert client.get(f"{API}/revisions").json() == before
        answer = httpx.post(f"{address}{API}/session", json={"name": "clerk", "password": PASSWORD}, timeout=60)
        assert answer.status_code == httpx.codes.CREATED
