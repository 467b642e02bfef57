"""The house rules that no other tool keeps: locks, addresses, paths, layers, the changelog."""

import re
import subprocess
import tomllib
from pathlib import Path, PureWindowsPath
from typing import Any

import click
import pytest

from api.cli import main
from api.workspace import STORE_FILE
from graphmodel.parameters import PARAMETERS

ROOT = Path(__file__).parent.parent
LOCKS = sorted((ROOT / "requirements").glob("*.txt"))
PYPROJECT: dict[str, Any] = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))

# Brackets keep each pattern from finding itself.
FORBIDDEN = {
    "a path of one machine": r"(?<![\w.])/(wor[k]|far[m]|roo[t]|tm[p])/",
    "a registry address": r"--(extra-)?index-ur[l]|https?://[^\s\"']*/simpl[e](/|\b)|\"resolve[d]\": *\"http|pythonhoste[d]\.org",
}
NOT_PACKAGES = {"benchmarks", "examples", "tests"}
DATA = {"policies"}  # shipped beside the packages, no code


def requirement_name(requirement: str) -> str:
    match = re.match(r"[A-Za-z0-9._-]+", requirement)
    assert match, requirement
    return match.group().lower().replace("_", "-")


def tracked_texts() -> list[tuple[str, str]]:
    listing = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=False)  # noqa: S607 - git as the user has it
    if listing.returncode:
        pytest.skip("not a git checkout, so there are no tracked files to read")
    texts = []
    for name in filter(None, listing.stdout.split("\0")):
        data = (ROOT / name).read_bytes() if (ROOT / name).is_file() else b""
        if b"\0" not in data:
            texts.append((name, data.decode("utf-8", errors="replace")))
    return texts


@pytest.mark.parametrize("lock", LOCKS, ids=lambda path: path.name)
def test_every_locked_requirement_is_pinned_and_hashed_and_has_no_address(lock: Path) -> None:
    text = lock.read_text("utf-8")
    assert "://" not in text
    assert "index" not in text
    requirements = text.replace("\\\n", " ").splitlines()
    loose = [r for r in requirements if not re.match(r"[a-z0-9][a-z0-9._-]*==\S+ .*--hash=sha256:[0-9a-f]{64}", r)]
    assert loose == []


def test_every_declared_dependency_is_locked() -> None:
    declared = {"run.txt": PYPROJECT["project"]["dependencies"]}
    declared["dev.txt"] = [
        *declared["run.txt"],
        *PYPROJECT["dependency-groups"]["dev"],
        *PYPROJECT["build-system"]["requires"],
    ]
    declared["node.txt"] = PYPROJECT["dependency-groups"]["node"]
    for lock in LOCKS:
        locked = {requirement_name(line) for line in lock.read_text("utf-8").splitlines() if line[:1].isalnum()}
        assert {requirement_name(r) for r in declared[lock.name]} <= locked, "run `make lock`"


@pytest.mark.parametrize("what", FORBIDDEN)
def test_no_tracked_file_holds(what: str) -> None:
    pattern = re.compile(FORBIDDEN[what])
    found = [
        f"{name}:{number}: {line.strip()[:120]}"
        for name, text in tracked_texts()
        for number, line in enumerate(text.splitlines(), 1)
        if pattern.search(line)
    ]
    assert found == []


def test_each_pattern_finds_what_it_forbids() -> None:
    examples = {
        "a path of one machine": ["open('/ro" + "ot/x')", "/tm" + "p/file"],
        "a registry address": [
            "--index-u" + "rl x",
            "https://mirror.example/simp" + "le/",
            '"resol' + 'ved": "https://x"',
        ],
    }
    for what, lines in examples.items():
        assert all(re.search(FORBIDDEN[what], line) for line in lines)
        assert not re.search(FORBIDDEN[what], "https://keepachangelog.com/en/1.1.0/ src/tmp.py")


def test_every_package_stands_in_the_layers_the_wheel_and_the_measurements() -> None:
    packages = {init.parent.name for init in ROOT.glob("*/__init__.py")} - NOT_PACKAGES
    tool = PYPROJECT["tool"]
    layers = tool["importlinter"]["contracts"][0]["layers"]
    assert {name.strip() for layer in layers for name in layer.split("|")} == packages
    assert set(tool["importlinter"]["root_packages"]) == packages
    assert set(tool["hatch"]["build"]["targets"]["wheel"]["packages"]) == packages | DATA
    assert set(tool["coverage"]["run"]["source"]) == packages
    assert set(tool["mypy"]["packages"]) == packages | NOT_PACKAGES


def test_every_make_target_is_described_in_both_languages() -> None:
    makefile = (ROOT / "Makefile").read_text("utf-8")
    phony = re.search(r"^\.PHONY: (.*)$", makefile, re.MULTILINE)
    assert phony
    described = dict(re.findall(r"^([a-z0-9]+):.*## (.*)$", makefile, re.MULTILINE))
    assert set(phony.group(1).split()) == set(described)
    assert all(re.match(r".*[\u4e00-\u9fff].* · .*[a-z]", text) for text in described.values())


def test_start_bat_serves_what_it_made_and_reads_as_cmd_does() -> None:
    bat = (ROOT / "start.bat").read_bytes()
    assert bat.count(b"\r\n") == bat.count(b"\n") > 0
    text = bat.decode()
    runs = re.findall(r'main\(\)" (.+?) \|\| goto failed', text)
    assert runs == ["demo", "--workspace %DATA% serve"]
    demo = main.get_command(click.Context(main), "demo")
    assert demo
    usual = next(option.default for option in demo.params if option.name == "out")
    own, example = (PureWindowsPath(folder) for folder in re.findall(r"set DATA=(\S+)", text))
    assert own == PureWindowsPath(str(main.params[0].default))
    assert example == PureWindowsPath(str(usual)) / "workspace"
    for folder in (own, example):
        assert f"if not exist {folder / STORE_FILE} (" in text


def test_changelog_keeps_its_form() -> None:
    headings = re.findall(r"^##+ .*$", (ROOT / "CHANGELOG.md").read_text("utf-8"), re.MULTILINE)
    assert headings[0] == "## [Unreleased]"
    kinds = "Added|Changed|Deprecated|Removed|Fixed|Security"
    form = re.compile(rf"## \[(Unreleased|\d+\.\d+\.\d+\] - \d{{4}}-\d\d-\d\d)|### ({kinds})$")
    assert [h for h in headings if not form.match(h)] == []


def test_decisions_are_numbered_without_gaps() -> None:
    names = sorted(path.name for path in (ROOT / "docs" / "decisions").glob("*.md"))
    assert [name[:5] for name in names] == [f"{number:04d}-" for number in range(1, len(names) + 1)]


@pytest.mark.parametrize("name", PARAMETERS)
def test_every_parameter_of_the_policy_is_read_somewhere(name: str) -> None:
    layers = ("loaders", "queries", "planning", "visualizations", "api")
    sources = [*(ROOT / "graphmodel").glob("policy.py"), *(f for layer in layers for f in (ROOT / layer).rglob("*.py"))]
    quoted = re.compile(f"[\"']{name}[\"']")
    assert any(quoted.search(source.read_text("utf-8")) for source in sources), "it alters nothing: use it or drop it"
