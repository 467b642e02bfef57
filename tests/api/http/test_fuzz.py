"""Whatever is sent, the server answers as its OpenAPI document says: never 5xx, never an undocumented status or shape."""

import json
import logging
import shutil
import subprocess
import sys
from collections import Counter
from pathlib import Path

import httpx
import pytest

from tests.api.http.processes import API, serving, signed_in

LOG = logging.getLogger(__name__)
CHECKS = "not_a_server_error,status_code_conformance,content_type_conformance,response_headers_conformance,response_schema_conformance"
SETTINGS = """
seed = 20160612
continue-on-failure = true
suppress-health-check = ["all"]
headers = {{ Authorization = "Bearer {token}" }}
generation.max-examples = {examples}

[phases.stateful.generation]
max-examples = {walks}

[[operations]]  # that take a second: fewer of them, so that the links are come to
include-operation-id = ["export_report", "export_view", "read_origins", "receive_newcomers", "suppose"]
generation.max-examples = {few}

[[operations]]  # links lead from the list of tokens to the end of the one in use, after which every answer is 401
include-operation-id = "end_token"
phases.stateful.enabled = false
phases.fuzzing.extra-data-sources.responses = false
"""


@pytest.mark.slow
@pytest.mark.timeout(0)
@pytest.mark.parametrize(
    ("phases", "examples", "walks", "least"),
    [
        ("examples,fuzzing,stateful", 1, 5, 150),
        pytest.param("examples,coverage,fuzzing,stateful", 220, 400, 20_000, marks=pytest.mark.soak),
    ],
)
def test_the_server_keeps_to_its_document(
    example_folder: Path, tmp_path: Path, phases: str, examples: int, walks: int, least: int
) -> None:
    folder = Path(shutil.copytree(example_folder, tmp_path / "fuzzed"))
    settings, report = tmp_path / "server.toml", tmp_path / "cases.ndjson"
    settings.write_text("rate = 1000000\n", encoding="utf-8")
    with serving(folder, "--settings", str(settings)) as (process, address, link), signed_in(link) as client:
        give_something_to_find(client)
        token = client.post(f"{API}/tokens", json={"note": "fuzz"}).json()["token"]
        told = SETTINGS.format(token=token, examples=examples, few=-(-examples // 5), walks=walks)
        (tmp_path / "schemathesis.toml").write_text(told, encoding="utf-8")
        ran = subprocess.run(
            [sys.executable, "-m", "schemathesis.cli", "run", f"{address}{API}/openapi.json", "--checks", CHECKS,
             "--phases", phases, "--no-color", "--report", "ndjson", "--report-ndjson-path", str(report)],
            capture_output=True, text=True, check=False, cwd=tmp_path,
        )  # fmt: skip
        assert process.poll() is None
        assert client.get(f"{API}/health/ready").status_code == 200
        mine = httpx.get(f"{address}{API}/session", headers={"Authorization": f"Bearer {token}"})
        assert mine.status_code == 200  # or all that was asked last was asked by nobody
        operations = len([o for path in client.get(f"{API}/openapi.json").json()["paths"].values() for o in path])
    assert ran.returncode == 0, ran.stdout[-20_000:]
    cases, statuses = counted(report)
    figures = {phase: {"operations": len(of), "cases": of.total()} for phase, of in cases.items()}
    LOG.info(json.dumps([figures, statuses]))  # shown by --log-cli-level=INFO
    assert cases.keys() == set(phases.split(","))  # each of them was come to
    fuzzed = {label for label in cases["fuzzing"] if cases["fuzzing"][label]}
    assert len(fuzzed) == operations
    assert sum(of.total() for of in cases.values()) >= least


def give_something_to_find(client: httpx.Client) -> None:
    """A plan and followed cases, so that what is asked of them is not only refused."""
    revision = client.get(f"{API}/status").json()["stamp"]["revision"]
    job = client.post(f"{API}/plans", json={}, headers={"If-Match": f'"{revision}"'}).raise_for_status().json()
    assert '"state":"done"' in client.get(f"{API}/jobs/{job['id']}/events").text
    client.post(f"{API}/cases", json={"question": "uncovered"}).raise_for_status()


def counted(report: Path) -> tuple[dict[str, Counter[str]], Counter[str]]:
    """What was sent, by phase and operation, and how often the server answered with which status."""
    cases: dict[str, Counter[str]] = {}
    statuses: Counter[str] = Counter()
    with report.open(encoding="utf-8") as lines:
        for line in lines:
            if scenario := json.loads(line).get("ScenarioFinished"):
                sent = scenario["recorder"].get("interactions", {}).values()
                cases.setdefault(scenario["phase"], Counter())[scenario["recorder"]["label"]] += len(sent)
                statuses.update(str(one["response"]["status_code"]) for one in sent if one["response"])
    return cases, statuses
