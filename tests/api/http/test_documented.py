"""The worked example of `docs/api.md`, run as it stands against a real server."""

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.api.http.conftest import PASSWORD
from tests.api.http.processes import API, serving
from tests.api.http.test_serve import shell

DOCUMENT = Path(__file__).parent.parent.parent.parent / "docs" / "api.md"


def parts(language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", DOCUMENT.read_text(encoding="utf-8"), re.DOTALL)


@pytest.mark.slow
def test_the_worked_example_works(example_folder: Path, tmp_path: Path) -> None:
    folder = Path(shutil.copytree(example_folder, tmp_path / "documented"))
    password = tmp_path / "password.txt"
    password.write_text(PASSWORD + "\n", encoding="utf-8")
    start, curl = parts("sh")
    (python,) = parts("python")
    add, token, serve = (line.split()[1:] for line in start.strip().splitlines())
    shell(folder, *[str(password) if word == "password.txt" else word for word in add])
    secret = shell(folder, *token)["token"]
    assert serve[0] == "serve"
    with serving(folder) as (_, address, _):
        environment = {"API": address + API, "TOKEN": secret, "PATH": "/usr/bin:/bin"}
        if shutil.which("curl") is None:
            pytest.skip("curl is needed: sudo apt install curl")
        ran = subprocess.run(
            ["/bin/sh", "-eu"], input=curl, env=environment, capture_output=True, text=True, check=False
        )
        assert ran.returncode == 0, ran.stderr
        assert ran.stdout.count('"revision"') >= 3
        told = subprocess.run(
            [sys.executable, "-c", python], env=environment, capture_output=True, text=True, check=False
        )
        assert told.returncode == 0, told.stderr
        revision, late = told.stdout.strip().splitlines()
        assert revision == "3"
        assert late.startswith("409 [{")
