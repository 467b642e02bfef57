"""The OpenAPI document: valid, with an example in every operation that fits its own schema, enough for a generated client."""

import datetime as dt
import importlib
import io
import json
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jsonschema_rs
import openpyxl
import pytest
import schemathesis
from fastapi import FastAPI

from api.http.app import openapi
from tests.api.http.processes import serving
from tests.api.http.test_documented import parts
from tests.api.http.test_serve import shell

DIALECT = "https://json-schema.org/draft/2020-12/schema"
METHODS = ("get", "post", "put", "patch", "delete")


@pytest.fixture(scope="module")
def document(app: FastAPI) -> dict[str, Any]:
    return json.loads(json.dumps(openapi(app)))  # type: ignore[no-any-return]


def operations(document: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    for path, found in document["paths"].items():
        for method in METHODS:
            if method in found:
                yield f"{method} {path}", found[method]


def test_it_is_openapi_3_1_and_valid(document: dict[str, Any]) -> None:
    assert document["openapi"].startswith("3.1")
    schemathesis.openapi.from_dict(document).validate()
    for name, schema in document["components"]["schemas"].items():
        jsonschema_rs.meta.validate({"$schema": DIALECT, **schema})
        assert schema.get("description"), name


def test_every_operation_is_described_and_has_an_example_that_fits(document: dict[str, Any]) -> None:
    missing = []
    for name, operation in operations(document):
        assert operation["description"], name
        assert " · " in operation["description"], name
        shown = [p for p in operation.get("parameters", []) if p["schema"].get("examples") or p.get("example")]
        bodies = [operation.get("requestBody", {}), *operation["responses"].values()]
        for body in bodies:
            for media in body.get("content", {}).values():
                if "example" in media:
                    shown.append(media)
                    whole = {**media["schema"], "components": document["components"]}
                    if media["schema"].get("format") != "binary":
                        jsonschema_rs.Draft202012Validator(whole).validate(media["example"])
        if not shown:
            missing.append(name)
    assert missing == ["delete /api/v1/session"]  # it takes nothing and gives nothing


def test_every_failure_is_a_documented_problem(document: dict[str, Any]) -> None:
    for name, operation in operations(document):
        for status, response in operation["responses"].items():
            if status[0] in "45":
                assert list(response["content"]) == ["application/problem+json"], (name, status)
        assert {"401", "403", "422", "429", "500", "503"} <= operation["responses"].keys()


def test_what_begins_a_job_leads_to_what_follows_it(document: dict[str, Any]) -> None:
    by_id = {operation["operationId"]: operation for _, operation in operations(document)}
    led = {
        (name, link["operationId"])
        for name, operation in by_id.items()
        for response in operation["responses"].values()
        for link in response.get("links", {}).values()
        if link["parameters"].keys() <= {parameter["name"] for parameter in by_id[link["operationId"]]["parameters"]}
    }
    followed = {"read_job", "read_job_result", "follow_job", "cancel_job"}
    confirmed = {"match_columns", "confirm_import", "export_marked", "forget_import"}
    wanted = {"preview_import": confirmed, "preview_example": confirmed, "match_columns": confirmed, "begin_export": {"export_file"}, "make_plan": set(),
              "confirm_import": set()}  # fmt: skip
    assert led == {(name, one) for name, more in wanted.items() for one in followed | more}


def test_ids_are_stable_names(document: dict[str, Any]) -> None:
    ids = [operation["operationId"] for _, operation in operations(document)]
    assert len(set(ids)) == len(ids)
    assert all(id_.isidentifier() for id_ in ids)


@pytest.mark.slow
def test_a_client_generated_from_it_works(document: dict[str, Any], example_folder: Path, tmp_path: Path) -> None:
    """openapi-python-client makes a package, without a warning; its typed calls speak to a real server."""
    file = tmp_path / "openapi.json"
    file.write_text(json.dumps(document), encoding="utf-8")
    config = tmp_path / "generator.json"
    (documented,) = parts("json")
    config.write_text(json.dumps({**json.loads(documented), "post_hooks": []}), encoding="utf-8")
    made = subprocess.run(
        [sys.executable, "-m", "openapi_python_client", "generate", "--path", str(file), "--config", str(config), "--meta", "none", "--output-path",
         str(tmp_path / "partygraph_client")],
        capture_output=True, text=True, check=False, cwd=tmp_path,
    )  # fmt: skip
    assert made.returncode == 0, made.stderr
    told = (made.stdout + made.stderr).lower()
    assert "warning" not in told, told
    assert "error" not in told, told
    sys.path.insert(0, str(tmp_path))
    try:
        _use("partygraph_client", example_folder, tmp_path)
    finally:
        sys.path.remove(str(tmp_path))


def _use(package: str, example_folder: Path, tmp_path: Path) -> None:
    client_of = importlib.import_module(f"{package}.client").AuthenticatedClient

    def operation(tag: str, name: str) -> Any:
        return importlib.import_module(f"{package}.api.{tag}.{name}")

    folder = Path(shutil.copytree(example_folder, tmp_path / "served"))
    password = tmp_path / "password"
    password.write_text("correct horse battery\n", encoding="utf-8")
    shell(folder, "users", "add", "planner", "--role", "planner", "--password-file", str(password))
    token = shell(folder, "users", "token", "planner")["token"]
    with serving(folder) as (_, address, _), client_of(base_url=address, token=token) as client:
        page = operation("nodes", "list_nodes").sync(client=client, type_="Street", limit=3)
        assert (len(page.items), page.total > 3) == (3, True)
        answer = operation("questions", "read_answer").sync(client=client, id="uncovered")
        assert answer.total == answer.gaps + answer.cannot_tell + answer.passes
        findings = operation("questions", "list_findings").sync(client=client, id="uncovered", limit=5)
        assert findings.items[0].verdict in ("gap", "cannot-tell")
        problem = operation("nodes", "read_node").sync_detailed(client=client, type_="Street", id="nowhere")
        assert (int(problem.status_code), problem.parsed.code) == (404, "no-such-node")
        wanted = importlib.import_module(f"{package}.models").ExportIn.from_dict({"what": "network", "format": "json"})
        job = operation("exports", "begin_export").sync(client=client, body=wanted)
        while job.state in ("queued", "running"):
            time.sleep(0.1)
            job = operation("jobs", "read_job").sync(client=client, id=job.id)
        assert (job.state, job.kind) == ("done", "export")
        told = operation("jobs", "follow_job").sync(client=client, id=job.id)
        assert told.startswith("event: job\ndata: {")
        for file, path in (
            (operation("exports", "export_file").sync(client=client, id=job.id), "Organization"),
            (operation("exports", "export_network").sync(client=client, format_="json"), "Organization"),
        ):
            assert len(json.loads(file.payload.read())[path]) > 100
        for export in ("export_template", "export_report"):
            book = openpyxl.load_workbook(operation("exports", export).sync(client=client).payload, read_only=True)
            assert book.sheetnames
        _send_files(package, operation, client)


def _send_files(package: str, operation: Any, client: Any) -> None:
    """A file is previewed and a plan's workbook returned, as the generated client sends them."""
    types, models = (importlib.import_module(f"{package}.{name}") for name in ("types", "models"))
    text = "id,name,aliases\n510104022,春熙路街道,春熙片区\n".encode()
    sent = types.File(payload=io.BytesIO(text), file_name="Street.csv", mime_type="text/csv")
    form = models.BodyPreviewImport(files=[sent], source="区", as_of=dt.date(2016, 7, 1), note="更名")
    job = operation("imports", "preview_import").sync(client=client, body=form)
    operation("jobs", "follow_job").sync(client=client, id=job.id)  # until it has ended
    shown = operation("jobs", "read_job_result").sync(client=client, id=job.id).to_dict()
    assert (shown["read"], shown["accepted"]) == (1, 1)
    file = types.File(payload=io.BytesIO(text), file_name="returned.xlsx")
    problem = operation("plans", "return_plan").sync(
        client=client, name="newest", body=models.BodyReturnPlan(file=file)
    )
    assert problem.code == "not-an-approval-workbook"  # it came as a file, and was read
