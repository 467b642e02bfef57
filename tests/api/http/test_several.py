"""Two servers over one store, SQLite's file or Neo4j, beside a writer: every answer is whole, each comes to the newest revision."""

import shutil
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Any

import httpx
import polars as pl
import pytest
from click.testing import CliRunner
from neo4j import Driver

from api.cli import main
from api.workspace import STORE_FILE, Workspace
from graphmodel.changes import ChangeSet
from graphmodel.stores.protocol import Act
from tests.api.http.processes import API, PATIENCE, serving, signed_in
from tests.stores.server import emptied

STREET = "510104022"
BEFORE, WRITES = 2, 6  # revisions of the example, and that the writer adds
EXPECTED = {BEFORE: "春熙", **{BEFORE + n: f"第{n}次" for n in range(1, WRITES + 1)}}

NEWEST = (BEFORE + WRITES, EXPECTED[BEFORE + WRITES])


@pytest.fixture
def own_folder(example_folder: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(example_folder, tmp_path / "workspace"))


class Reader(threading.Thread):
    """Reads one street from one server until told to stop: `seen` are revision and alias, `failures` what was no answer."""

    def __init__(self, client: httpx.Client) -> None:
        super().__init__()
        self._client, self.over = client, threading.Event()
        self.seen: list[tuple[int, str]] = []
        self.failures: list[str] = []

    def run(self) -> None:
        while not self.over.is_set():
            answer = self._client.get(f"{API}/nodes/Street/{STREET}")
            if answer.status_code == httpx.codes.OK:
                self.seen.append((answer.json()["revision"], answer.json()["fields"]["aliases"]))
            else:
                self.failures.append(answer.text)


def test_over_one_file(own_folder: Path, tmp_path: Path) -> None:
    _beside_a_writer(own_folder, str(own_folder / STORE_FILE), tmp_path)


@pytest.mark.timeout(900)  # two servers, a copy and a writer over a third
def test_over_neo4j(own_folder: Path, tmp_path: Path, neo4j_uri: str, neo4j_driver: Driver) -> None:
    emptied(neo4j_driver)
    copied = CliRunner().invoke(main, ["store", "copy", str(own_folder / STORE_FILE), neo4j_uri])
    assert copied.exit_code == 0, copied.output
    (own_folder / STORE_FILE).unlink()
    _beside_a_writer(own_folder, neo4j_uri, tmp_path)


def _beside_a_writer(folder: Path, store: str, tmp_path: Path) -> None:
    settings = tmp_path / "server.toml"
    settings.write_text(f'store = "{store}"\nrate = 1000000\n', encoding="utf-8")
    given = ("--settings", str(settings))
    with (
        serving(folder, *given, log=tmp_path / "one") as (_, _, one_link),
        serving(folder, *given, log=tmp_path / "other") as (_, _, other_link),
        signed_in(one_link) as one,
        signed_in(other_link) as other,
    ):
        readers = [Reader(client) for client in (one, other)]
        for reader in readers:
            reader.start()
        command = [sys.executable, "-m", "tests.api.http.test_several", str(folder), store]
        try:
            writer = subprocess.run(command, capture_output=True, text=True, check=False)
            assert writer.returncode == 0, writer.stderr
            deadline = time.monotonic() + PATIENCE
            while any(r.is_alive() and r.seen[-1:] != [NEWEST] for r in readers):
                assert time.monotonic() < deadline, [r.seen[-1:] for r in readers]
                time.sleep(0.1)
        finally:
            for reader in readers:
                reader.over.set()
            for reader in readers:
                reader.join()
        for reader in readers:
            assert reader.failures == []
            assert all(alias == EXPECTED[revision] for revision, alias in reader.seen)
            assert [r for r, _ in reader.seen] == sorted(r for r, _ in reader.seen)  # never back to an earlier one
            assert len({r for r, _ in reader.seen}) > 1  # it came along while it answered
        _what_one_writes_the_other_reads(one, other)


def _what_one_writes_the_other_reads(one: httpx.Client, other: httpx.Client) -> None:
    head = BEFORE + WRITES

    def edit(client: httpx.Client, alias: str, revision: int) -> Any:
        body = {"type": "Street", "id": STREET, "fields": {"aliases": alias}}
        return client.post(f"{API}/edits", json=body, headers={"If-Match": f'"{revision}"'})

    assert edit(one, "经一", head).json()["revision"] == head + 1
    read = other.get(f"{API}/nodes/Street/{STREET}").json()
    assert (read["revision"], read["fields"]["aliases"]) == (head + 1, "经一")
    late = edit(other, "经二", head)
    assert (late.status_code, late.json()["code"], late.json()["revision"]) == (409, "revision-moved", head + 1)
    assert late.json()["changed"] == [{"type": "Street", "added": 0, "removed": 0, "changed": 1}]
    assert edit(other, "经二", head + 1).json()["revision"] == head + 2
    job = one.post(f"{API}/exports", json={"what": "network", "format": "json"}).json()
    told = other.get(f"{API}/jobs/{job['id']}/events").text  # any process tells how a job of another is
    assert '"state":"done"' in told
    streets = other.get(f"{API}/exports/{job['id']}/file").json()["Street"]
    assert [street["aliases"] for street in streets if street["id"] == STREET] == ["经二"]


def _write(folder: Path, store: str) -> None:
    """Give a street another alias, again and again, as another process."""
    with Workspace(folder, store=store) as workspace:
        for number in range(1, WRITES + 1):
            network = workspace.network()
            frame = network.table("Street").filter(pl.col("id") == STREET)
            renamed = {"Street": frame.with_columns(aliases=pl.lit(EXPECTED[BEFORE + number]))}
            act = Act("edit", "writer", "hand", network.stamp.as_of)
            workspace.store.apply(ChangeSet.between({"Street": frame}, renamed), act, network.stamp.revision)
            time.sleep(0.3)


if __name__ == "__main__":
    _write(Path(sys.argv[1]), sys.argv[2])
