"""Do the commands about servers do what they say: copies, statements, answers by either engine?"""

import datetime as dt
import json
import re
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from fastapi.testclient import TestClient
from neo4j import Driver

from api.accounts import LOCAL
from api.cli import main
from api.examples import BUNDLE, DAY, LEDGER, SOURCE
from api.http.app import create_app
from api.http.settings import Settings
from api.workspace import Workspace
from graphmodel.stores.neo4j import Neo4jStore
from queries.answer import ask
from queries.registry import catalogue, judged
from tests.stores.server import emptied


def run(*args: str, code: int = 0) -> Result:
    result = CliRunner().invoke(main, args, catch_exceptions=False)
    assert result.exit_code == code, result.output
    return result


def as_json(*args: str) -> Any:
    return json.loads(run("--json", *args).stdout)


@pytest.fixture(scope="module")
def example(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("example")
    given = [str(LEDGER), str(BUNDLE), "--source", SOURCE, "--as-of", DAY.isoformat(), "--yes"]
    run("--workspace", str(folder), "import", *given)
    return folder


@pytest.fixture(scope="module")
def server(example: Path, neo4j_uri: str, neo4j_driver: Driver) -> str:
    """The example on a server, copied there by the shell."""
    emptied(neo4j_driver)
    told = as_json("store", "copy", str(example / "network.sqlite"), neo4j_uri)
    assert told["equal"] is True
    assert (told["revisions"], told["records"]) == (1, 0)
    return neo4j_uri


def test_a_store_goes_to_a_server_and_back(server: str, example: Path, tmp_path: Path) -> None:
    said = run("store", "copy", server, str(tmp_path / "back.sqlite"), "--lang", "zh").stdout
    assert "两端逐行比较一致" in said
    there, back = (as_json("--store", where, "history") for where in (server, str(tmp_path / "back.sqlite")))
    assert there == back == as_json("--workspace", str(example), "history")
    assert "不是空的" in run("store", "copy", str(example / "network.sqlite"), server, code=3).stderr


@pytest.mark.parametrize("id_", ["uncovered", "responsibility-gaps", "broken-chain", "near-threshold"])
def test_both_engines_answer_alike(server: str, id_: str) -> None:
    here, there = (as_json("--store", server, "ask", id_, "--engine", engine) for engine in ("process", "neo4j"))
    assert here == there
    assert here["gaps"] > 0


def test_a_question_without_cypher_says_why_and_is_answered(server: str) -> None:
    said = run("--store", server, "ask", "broken-chain", "--engine", "neo4j", "--lang", "en").stdout
    reason = catalogue()["broken-chain"].in_process_only
    assert reason is not None
    assert reason.en in said
    assert "in scope" in said


def test_the_report_is_the_same_by_either_engine(server: str, tmp_path: Path) -> None:
    told = [
        as_json("--store", server, "report", "--engine", engine, "--out", str(tmp_path / engine))
        for engine in ("process", "neo4j")
    ]
    assert told[0]["summary"] == told[1]["summary"]
    assert told[0]["figures"] == told[1]["figures"]


def test_the_api_and_the_picture_show_the_servers_own_answers_alike(
    server: str, example: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked_of: list[str] = []
    query = Neo4jStore.query

    def counted(self: Neo4jStore, statement: str, given: Any) -> Any:
        asked_of.append(statement)
        return query(self, statement, given)

    monkeypatch.setattr(Neo4jStore, "query", counted)
    with TestClient(create_app(Settings(workspace=tmp_path, store=server)), base_url="http://localhost") as client:
        app: Any = client.app
        token = app.state.served.accounts.issue(LOCAL, "api", dt.timedelta(hours=1))
        client.headers["Authorization"] = f"Bearer {token}"
        for address in (
            "questions/uncovered/answer",
            "questions/responsibility-gaps/findings",
            "questions/broken-chain/answer",
            "matrix?question=no-work-coverage",
            "scenes?question=branch-required",
            "exports/findings/three-none.csv",
            "cases",
        ):
            before, mark = len(asked_of), "&" if "?" in address else "?"
            here = client.get(f"/api/v1/{address}")
            assert here.status_code == 200, here.text
            assert len(asked_of) == before
            there = client.get(f"/api/v1/{address}{mark}engine=neo4j")
            assert (there.status_code, there.content) == (200, here.content)
            assert (len(asked_of) > before) == (address not in ("questions/broken-chain/answer", "cases"))
    pages = []
    for engine in ("process", "neo4j"):
        before = len(asked_of)
        out = tmp_path / f"{engine}.html"
        run("--store", server, "draw", "--street", "春熙路街道", "--engine", engine, "--out", str(out))
        assert (len(asked_of) > before) == (engine == "neo4j")
        pages.append(out.read_bytes())
    assert pages[0] == pages[1]
    with TestClient(create_app(Settings(workspace=example)), base_url="http://localhost") as client:
        app = client.app
        token = app.state.served.accounts.issue(LOCAL, "api", dt.timedelta(hours=1))
        client.headers["Authorization"] = f"Bearer {token}"
        refused = client.get("/api/v1/questions/uncovered/answer?engine=neo4j")
        assert (refused.status_code, refused.json()["code"]) == (422, "no-server")


def test_cases_are_opened_and_settled_by_the_servers_own_answers(server: str) -> None:
    opened = as_json("--store", server, "cases", "open", "uncovered", "--engine", "neo4j")["cases"]
    assert len(opened) == 16
    subject = opened[0]["subject"]
    run("--store", server, "cases", "assign", "uncovered", subject, "--deadline", "2016-06-01")
    listed = as_json("--store", server, "cases", "list", "--engine", "neo4j")
    assert (listed["total"], listed["overdue"], listed["cases"][0]["subject"]) == (16, 1, subject)
    told = as_json("--store", server, "cases", "show", "uncovered", subject)
    assert [entry["version"] for entry in told["history"]] == [1, 2]


def test_every_statement_of_the_catalogues_file_runs_and_finds_what_the_process_finds(
    server: str, neo4j_driver: Driver, tmp_path: Path
) -> None:
    out = tmp_path / "catalogue.cypher"
    run("--store", server, "cypher", "--all", str(out))
    asked: dict[str, Any] = {}
    with neo4j_driver.session() as session:
        given: dict[str, Any] = {}
        id_ = ""
        for part in out.read_text("utf-8").split(";\n"):
            statement = "\n".join(line for line in part.splitlines() if not line.startswith("//")).strip()
            if title := re.search(r"^// .+ · ([a-z0-9-]+)$", part, re.MULTILINE):
                id_, given = title[1], {}
            if statement.startswith(":param "):
                name, _, value = statement.removeprefix(":param ").partition(" => ")
                given[name] = session.run(f"RETURN {value} AS value").single(strict=True)["value"]
            elif statement:
                asked[id_] = {row["id"] for row in session.run(statement, given).data()}
    with Workspace(tmp_path, store=server) as workspace:
        context = workspace.context()
        for question in (q for q in judged() if q.in_process_only is None):
            findings = ask(question, context).findings()
            assert asked.pop(question.id) == set(findings["id"]), question.id
    assert asked == {}


def test_a_server_answers_for_the_newest_revision_only(server: str, example: Path) -> None:
    as_json("--store", server, "undo", "1")
    refused = run("--store", server, "ask", "uncovered", "--revision", "1", "--engine", "neo4j", code=3)
    assert "Neo4j 只能回答最新一版" in refused.stderr
    assert as_json("--store", server, "ask", "uncovered", "--revision", "1")["gaps"] == 16
    refused = run("--workspace", str(example), "ask", "uncovered", "--engine", "neo4j", code=3)
    assert "store copy" in refused.stderr


def test_a_statement_is_printed_with_its_parameters(example: Path) -> None:
    said = run("--workspace", str(example), "cypher", "branch-required", "--set", "branch_min_members=5").stdout
    assert said.startswith("// 应建未建 · branch-required\n")
    assert ":param branch_min_members => 5;\n" in said
    assert "MATCH (row:Organization)" in said
    named = set(re.findall(r"\$(\w+)", said))
    assert named == set(re.findall(r"^:param (\w+) =>", said, re.MULTILINE))
    assert "只能在进程内" in run("--workspace", str(example), "cypher", "broken-chain", code=3).stderr
    run("--workspace", str(example), "cypher", code=2)


def test_the_whole_catalogue_is_written_once(example: Path, tmp_path: Path) -> None:
    out = tmp_path / "目录.cypher"
    told = as_json("--workspace", str(example), "cypher", "--all", str(out))
    text = out.read_text("utf-8")
    titles = re.findall(r"^// .+ · ([a-z0-9-]+)$", text, re.MULTILINE)
    assert titles == told["questions"] == [q.id for q in judged() if q.in_process_only is None]
    assert set(told["questions"]) | set(told["in_process_only"]) == set(catalogue())
    assert text.count("\nORDER BY verdict IS NULL, id;\n") == len(titles)
    assert "已经存在" in run("--workspace", str(example), "cypher", "--all", str(out), code=3).stderr
