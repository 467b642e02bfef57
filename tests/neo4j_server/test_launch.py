"""Does the launched Neo4j answer, keep what was committed, lose what was not, and end with its owner?"""

from __future__ import annotations

import re
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest
import yaml  # type: ignore[import-untyped]  # it is read as plain data
from neo4j import Driver, GraphDatabase, TrustCustomCAs, basic_auth
from neo4j.exceptions import AuthError, DriverError, Neo4jError, ServiceUnavailable

from graphmodel.text import Refusal
from tests.neo4j_server import build, launch
from tests.neo4j_server.build import ToolMissing, server_command
from tests.neo4j_server.certificate import self_signed
from tests.neo4j_server.launch import LOOPBACK, running_server
from tests.neo4j_server.plugin import empty_database, is_empty, refuse_unless_ours, server_missing

pytestmark = [pytest.mark.neo4j, pytest.mark.slow]

BATCH = 1_000
HEAP = "512m"


@pytest.fixture(scope="module")
def data_dir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One data folder for the tests that start servers on it one after another; ends them where there is no Java."""
    try:
        server_command(HEAP)
    except ToolMissing as missing:
        server_missing(missing)
    return tmp_path_factory.mktemp("kept")


def count(driver: Driver, label: str) -> int:
    return int(driver.execute_query(f"MATCH (x:{label}) RETURN count(x) AS n").records[0]["n"])


def listens(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex((LOOPBACK, port)) == 0


def test_answers_and_keeps_its_data_over_stop_and_start(data_dir: Path) -> None:
    with running_server(data_dir, heap=HEAP) as first, GraphDatabase.driver(first.uri) as driver:
        assert driver.execute_query("RETURN 1 AS one").records[0]["one"] == 1
        components = driver.execute_query("CALL dbms.components() YIELD versions, edition RETURN versions[0], edition")
        version, edition = components.records[0]
        assert f"<neo4j.version>{version}</neo4j.version>" in build.POM.read_text("utf-8")
        assert edition == "community"
        driver.execute_query("UNWIND range(1, 100) AS n CREATE (:Kept {n: n})")
    assert first.process.returncode == 0
    assert not listens(first.port)

    with running_server(data_dir, port=first.port, heap=HEAP) as second:
        assert second.uri == first.uri
        with GraphDatabase.driver(f"neo4j://{LOOPBACK}:{second.port}") as driver:  # routed back to the same address
            assert count(driver, "Kept") == 100


def test_a_kill_leaves_no_half_written_transaction(data_dir: Path) -> None:
    acknowledged: list[int] = []

    def write(uri: str) -> None:
        with GraphDatabase.driver(uri) as driver, driver.session() as session:
            while True:
                batch = len(acknowledged)
                create = "UNWIND range(1, $size) AS n CREATE (:Batch {batch: $batch})"
                try:
                    session.run(create, size=BATCH, batch=batch).consume()
                except (Neo4jError, DriverError):
                    return
                acknowledged.append(batch)

    with (
        running_server(data_dir, heap=HEAP) as server,
        GraphDatabase.driver(server.uri) as driver,
        driver.session() as session,
    ):
        open_transaction = session.begin_transaction()
        open_transaction.run("UNWIND range(1, 5000) AS n CREATE (:Uncommitted)").consume()
        writer = threading.Thread(target=write, args=[server.uri])
        writer.start()
        while len(acknowledged) < 20:  # the writer is in full swing
            assert writer.is_alive()
            time.sleep(0.01)
        server.kill()
        writer.join(60)
        assert not writer.is_alive()
        with pytest.raises((Neo4jError, DriverError)):
            open_transaction.commit()
    assert server.process.returncode == -signal.SIGKILL

    with running_server(data_dir, heap=HEAP) as again, GraphDatabase.driver(again.uri) as driver:
        assert count(driver, "Uncommitted") == 0
        found = driver.execute_query("MATCH (x:Batch) RETURN x.batch AS batch, count(*) AS n").records
        assert {row["n"] for row in found} == {BATCH}, "a batch is there whole or not at all"
        assert {row["batch"] for row in found} >= set(acknowledged), "what was acknowledged is there"
        assert len(found) - len(acknowledged) in {0, 1}, "the last one may be there without its acknowledgement"


def test_password_and_certificate(tmp_path: Path, data_dir: Path) -> None:
    certificate = self_signed(tmp_path)
    password = f"四通八达 {secrets.token_urlsafe(9)}"
    secured = tmp_path / "data"
    with running_server(secured, heap=HEAP, password=password, certificate=tmp_path) as server:
        assert server.uri.startswith("bolt+ssc://")
        with GraphDatabase.driver(server.uri, auth=server.auth) as driver:
            assert count(driver, "Anything") == 0
        plain = f"bolt://{LOOPBACK}:{server.port}"
        known = TrustCustomCAs(str(certificate))
        with GraphDatabase.driver(plain, auth=server.auth, encrypted=True, trusted_certificates=known) as driver:
            assert count(driver, "Anything") == 0
        with GraphDatabase.driver(plain, auth=server.auth) as driver, pytest.raises(ServiceUnavailable):
            driver.verify_connectivity()
        for wrong in (basic_auth("neo4j", "neo4j"), basic_auth("neo4j", "wrong-wrong"), None):
            with GraphDatabase.driver(server.uri, auth=wrong) as driver, pytest.raises(AuthError):
                driver.verify_connectivity()
    assert secured.stat().st_mode & 0o077 == 0
    assert not [file for file in secured.rglob("*") if file.is_file() and password.encode() in file.read_bytes()]

    with pytest.raises(Refusal, match=r"不是这个密码.*not this one"):
        running_server(secured, heap=HEAP, password=f"{password}!")
    with (
        running_server(secured, heap=HEAP, password=password) as again,
        GraphDatabase.driver(again.uri, auth=again.auth) as driver,
    ):
        assert count(driver, "Anything") == 0


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM, signal.SIGINT])
def test_the_server_ends_with_its_owner(number: signal.Signals, data_dir: Path) -> None:
    command = [sys.executable, "-m", launch.__name__, f"--data={data_dir}", "--port=0", f"--heap={HEAP}"]
    owner = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=Path(launch.__file__).parents[2])
    assert owner.stdout is not None
    chinese, english = owner.stdout.readline(), owner.stdout.readline()
    address = re.search(r"bolt://127\.0\.0\.1:(\d+)", chinese)
    assert address is not None
    assert "已就绪" in chinese
    assert f"Neo4j is ready: {address[0]}" in english
    assert listens(int(address[1]))
    owner.send_signal(number)
    owner.wait(60)
    owner.stdout.close()
    deadline = time.monotonic() + 60
    while "Stopped." not in (data_dir / "console.log").read_text("utf-8"):  # in order, whatever became of the owner
        assert time.monotonic() < deadline
        time.sleep(0.05)
    assert not listens(int(address[1]))


def test_what_cannot_start_says_why(tmp_path: Path, data_dir: Path) -> None:
    with socket.socket() as other:
        other.bind((LOOPBACK, 0))
        other.listen()
        port = other.getsockname()[1]
        with pytest.raises(Refusal, match=f"端口 {port} 不能使用.*Port {port} cannot be used"):
            running_server(tmp_path / "busy", port=port)
    with pytest.raises(Refusal, match=r"(?s)没有启动.*did not start.*no.such.setting"):
        running_server(tmp_path / "misspelt", settings={"server.no.such.setting": "1"})
    for password in ("short", "two lines\nof text"):
        with pytest.raises(Refusal, match=r"密码.*password"):
            running_server(tmp_path / "weak", password=password)
    with running_server(data_dir, heap=HEAP), pytest.raises(Refusal, match=r"(?s)did not start.*lock"):
        running_server(data_dir, heap=HEAP)


def test_the_server_takes_the_settings_of_the_compose_file(tmp_path: Path, data_dir: Path) -> None:
    """Read as the official image reads them; no container is run here."""
    composed = yaml.safe_load((Path(build.__file__).parents[2] / "compose.yaml").read_text("utf-8"))
    service = composed["services"]["neo4j"]
    assert (
        f"<neo4j.version>{service['image'].removeprefix('neo4j:').removesuffix('-community')}." in build.POM.read_text()
    )
    given = {name: value for name, value in service["environment"].items() if name != "NEO4J_AUTH"}
    assert all(isinstance(value, str) and name.startswith("NEO4J_") for name, value in given.items())
    settings = {
        name.removeprefix("NEO4J_").replace("_", ".").replace("..", "_"): value for name, value in given.items()
    }
    assert "server.memory.heap.max_size" in settings
    with running_server(tmp_path / "composed", heap=HEAP, settings=settings):
        pass  # one that does not know a setting does not start
    assert service["healthcheck"]["test"][-1] == "http://localhost:7474"
    assert service["ports"] == ["127.0.0.1:7474:7474", "127.0.0.1:7687:7687"]
    assert {volume.partition(":")[0] for volume in service["volumes"]} == set(composed["volumes"])


def test_a_machine_without_java_or_maven_is_told_how_to_get_them(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    java = shutil.which("java")
    monkeypatch.setattr(build, "CACHE", tmp_path / "cache")
    monkeypatch.delenv("JAVA_HOME", raising=False)
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(ToolMissing, match=r"找不到 Java.*apt-get install openjdk-17-jre-headless maven") as missing:
        running_server(tmp_path / "data")
    monkeypatch.setenv("CI", "true")
    with pytest.raises(pytest.fail.Exception, match=r"Java was not found"):
        server_missing(missing.value)
    monkeypatch.delenv("CI")
    with pytest.raises(pytest.skip.Exception, match=r"Java was not found"):
        server_missing(missing.value)
    if java is None:
        return
    (tmp_path / "java").symlink_to(java)
    with pytest.raises(ToolMissing, match=r"找不到 Maven.*Maven was not found"):
        running_server(tmp_path / "data")


def test_empty_database_deletes_everything(empty_neo4j: Driver, monkeypatch: pytest.MonkeyPatch) -> None:
    driver = empty_neo4j
    fresh = driver.execute_query("SHOW INDEXES YIELD name RETURN collect(name) AS names").records[0]["names"]
    driver.execute_query("CREATE CONSTRAINT `编号 ``唯一` FOR (x:组织) REQUIRE x.id IS UNIQUE")
    driver.execute_query("CREATE INDEX plain FOR (x:组织) ON (x.name)")
    driver.execute_query("UNWIND range(1, 25000) AS n CREATE (x:组织 {id: n, name: '甲'})")
    driver.execute_query("MATCH (x:组织) MATCH (hub:组织 {id: 1}) CREATE (x)-[:属于]->(hub)")
    assert not is_empty(driver)
    monkeypatch.delenv("PYTEST_XDIST_WORKER_COUNT", raising=False)
    with pytest.raises(Refusal, match=r"里有数据.*holds data"):
        refuse_unless_ours(driver)
    empty_database(driver)
    refuse_unless_ours(driver)
    assert is_empty(driver)
    left = driver.execute_query("SHOW INDEXES YIELD name RETURN collect(name) AS names").records[0]["names"]
    assert sorted(left) == sorted(fresh)
    assert not driver.execute_query("SHOW CONSTRAINTS YIELD name").records
    monkeypatch.setenv("PYTEST_XDIST_WORKER_COUNT", "2")
    with pytest.raises(Refusal, match=r"多个测试进程.*Several workers"):
        refuse_unless_ours(driver)
