"""Whatever is sent, the server answers as its OpenAPI document says: never 5xx, never an undocumented status or shape."""

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.api.http.processes import API, serving, signed_in

CHECKS = "not_a_server_error,status_code_conformance,content_type_conformance,response_headers_conformance,response_schema_conformance"


@pytest.mark.slow
@pytest.mark.timeout(0)
@pytest.mark.parametrize(
    ("phases", "examples", "least"),
    [
        ("examples,fuzzing", 1, 60),
        pytest.param("examples,coverage,fuzzing,stateful", 400, 20_000, marks=pytest.mark.soak),
    ],
)
def test_the_server_keeps_to_its_document(
    example_folder: Path, tmp_path: Path, phases: str, examples: int, least: int
) -> None:
    folder = Path(shutil.copytree(example_folder, tmp_path / "fuzzed"))
    settings = tmp_path / "server.toml"
    settings.write_text("rate = 1000000\n", encoding="utf-8")
    with serving(folder, "--settings", str(settings)) as (process, address, link), signed_in(link) as client:
        token = client.post(f"{API}/tokens", json={"note": "fuzz"}).json()["token"]
        ran = subprocess.run(
            [sys.executable, "-m", "schemathesis.cli", "run", f"{address}{API}/openapi.json", "--checks", CHECKS,
             "--max-examples", str(examples), "--seed", "20160612", "--header", f"Authorization: Bearer {token}",
             "--phases", phases, "--suppress-health-check", "all", "--no-color", "--continue-on-failure"],
            capture_output=True, text=True, check=False, cwd=tmp_path,
        )  # fmt: skip
        assert process.poll() is None
        assert client.get(f"{API}/health/ready").status_code == 200
    assert ran.returncode == 0, ran.stdout[-20_000:]
    generated = re.search(r"(\d+) generated", ran.stdout)
    assert generated is not None, ran.stdout[-2000:]
    assert int(generated[1]) >= least
