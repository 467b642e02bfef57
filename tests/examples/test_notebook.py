"""Does the analyst's notebook run from top to bottom as it says, and is it kept without outputs?"""

import shlex
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest

ROOT = Path(__file__).parents[2]
NOTEBOOK = ROOT / "examples" / "analysis.ipynb"


def test_it_is_kept_without_outputs() -> None:
    cells = nbformat.read(NOTEBOOK, as_version=4).cells  # type: ignore[no-untyped-call]
    kept = [cell for cell in cells if cell.cell_type == "code" and (cell.outputs or cell.execution_count)]
    assert kept == []


@pytest.mark.slow
def test_it_runs_by_the_command_it_gives_and_shows_what_it_says(tmp_path: Path) -> None:
    first = nbformat.read(NOTEBOOK, as_version=4).cells[0].source  # type: ignore[no-untyped-call]
    (line,) = (line for line in first.splitlines() if line.startswith(".venv/bin/jupyter "))
    assert line in (ROOT / "README.md").read_text("utf-8")
    command = line.replace(".venv/bin/", f"{Path(sys.executable).parent}/").replace("../out/", f"{tmp_path}/")
    subprocess.run(shlex.split(command), cwd=ROOT, check=True, capture_output=True, timeout=240)
    notebook = nbformat.read(tmp_path / "analysis.ipynb", as_version=4)  # type: ignore[no-untyped-call]
    shown = [
        output["data"]["text/plain"]
        for cell in notebook.cells
        if cell.cell_type == "code"
        for output in cell.outputs
        if output.output_type == "execute_result"
    ]
    assert any("any cover" in text and "(16, " in text for text in shown)
    assert any(text.startswith("verdict") and "东光街道" in text for text in shown)  # the cross table of pandas
    assert any("联合党支部" in text for text in shown)
