"""`partygraph serve` and `users` as real processes: the link, the log, several workers beside a writer, a graceful end."""

import json
import shutil
import socket
import subprocess
import sys
import threading
import time
from contextlib import closing
from pathlib import Path
from typing import Any

import httpx
import polars as pl
import pytest
import uvicorn
from click.testing import CliRunner

from api.cli import main
from api.commands.serving import listen
from api.workspace import Workspace
from graphmodel.changes import ChangeSet
from graphmodel.stores.protocol import Act
from tests.api.http.conftest import PASSWORD
from tests.api.http.processes import API, serving, signed_in


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
    assert len(shell(own_folder, "users", "token", "street-510104022")["token"]) > 40
    shell(own_folder, "users", "password", "street-510104022", "--password-file", "-", given=PASSWORD + "?\n")
    shell(own_folder, "users", "remove", "street-510104022")
    assert shell(own_folder, "users", "list") == []
    assert shell(own_folder, "users", "remove", "street-510104022", code=3)["error"]["code"] == "no-such-account"


def test_other_addresses_are_refused_before_anything_listens(own_folder: Path) -> None:
    refused = shell(own_folder, "serve", "--host", "0.0.0.0", code=3)  # noqa: S104 - it is refused
    assert refused["error"]["code"] == "users-needed"
    assert shell(own_folder / "none", "serve", code=3)["error"]["code"] == "no-store"


def test_answers_do_not_wait_for_acknowledgements() -> None:
    with closing(listen(uvicorn.Config("api.http.app:from_environment", port=0))) as listening:
        listening.listen()
        with socket.create_connection(listening.getsockname()):
            accepted, _ = listening.accept()
        with accepted:
            assert accepted.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)


def test_a_link_opens_it_once_and_the_log_holds_no_values(own_folder: Path, tmp_path: Path) -> None:
    log = tmp_path / "log"
    with serving(own_folder, log=log) as (_, address, link), signed_in(link) as client:
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


WRITES = 6


def test_two_workers_beside_a_writer_answer_and_come_to_its_revision(own_folder: Path) -> None:
    """Every answer is whole and of one revision; each worker comes to the newest; none ever fails."""
    answers: list[tuple[int, str]] = []
    failures: list[str] = []
    done = threading.Event()

    def read(link_client: httpx.Client) -> None:
        headers = {
            "X-CSRF-Token": link_client.headers["X-CSRF-Token"],
            "Connection": "close",
        }  # so that any worker may answer
        while not done.is_set():
            found = link_client.get(f"{API}/nodes/Street/510104022", headers=headers)
            if found.status_code != httpx.codes.OK:
                failures.append(found.text)
            else:
                answers.append((found.json()["revision"], found.json()["fields"]["aliases"]))

    with serving(own_folder, "--workers", "2") as (_, _, link), signed_in(link) as client:
        readers = [threading.Thread(target=read, args=[client]) for _ in range(3)]
        for reader in readers:
            reader.start()
        writer = subprocess.run(
            [sys.executable, "-m", "tests.api.http.test_serve", str(own_folder)],
            capture_output=True,
            text=True,
            check=False,
        )
        assert writer.returncode == 0, writer.stderr
        deadline = time.monotonic() + 60
        while (len(answers) < 50 or {r for r, _ in answers[-20:]} != {2 + WRITES}) and time.monotonic() < deadline:
            time.sleep(0.2)
        done.set()
        for reader in readers:
            reader.join()
    assert failures == []
    assert {revision for revision, _ in answers[-20:]} == {2 + WRITES}
    expected = {2: "春熙", **{2 + n: f"第{n}次" for n in range(1, WRITES + 1)}}
    assert all(expected[revision] == aliases for revision, aliases in answers)


def _write(folder: Path) -> None:
    """Give a street another alias, again and again, as another process."""
    with Workspace(folder) as workspace:
        for number in range(1, WRITES + 1):
            frame = workspace.network().table("Street").filter(pl.col("id") == "510104022")
            changes = ChangeSet.between(
                {"Street": frame}, {"Street": frame.with_columns(aliases=pl.lit(f"第{number}次"))}
            )
            stamp = workspace.network().stamp
            workspace.store.apply(changes, Act("edit", "writer", "hand", stamp.as_of), stamp.revision)
            time.sleep(0.3)


if __name__ == "__main__":
    _write(Path(sys.argv[1]))
