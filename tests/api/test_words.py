"""Do readers meet words alone? No stored value, type name or field name in what the shell prints, in either language."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from click.testing import CliRunner, Result

from api.cli import main
from api.examples import BUNDLE, DAY, LEDGER, SOURCE
from api.policy_words import policy_changes
from api.terminal import Terminal
from api.workspace import ACTOR, Workspace
from graphmodel.changes import ChangeSet
from graphmodel.parameters import SHARE
from graphmodel.policy import load_default
from graphmodel.schema import EDGE_TYPES, NODE_TYPES
from graphmodel.stores.protocol import Act
from graphmodel.text import Language, Text
from queries.question import Question, Table
from queries.registry import catalogue

ELEMENTS = {**NODE_TYPES, **EDGE_TYPES}
COLUMNS = [column for element in ELEMENTS.values() for column in element.columns.values()]
CODES = {value for c in COLUMNS if c.choices for value in c.choices.values() if "-" in value or "_" in value}
NAMES = {
    n
    for n in ELEMENTS
    if n not in {"Street", "Organization", "Community", "Authority", "Alliance", "Project", "Venue", "Hub"}
}
FIELDS = {c.name for c in COLUMNS if "_" in c.name}
CODE_WORDS = CODES | NAMES | FIELDS
CHINESE = re.compile(r"[一-鿿]")


def run(workspace: Path, *args: str, code: int = 0) -> Result:
    result = CliRunner().invoke(main, ["--workspace", str(workspace), *args], catch_exceptions=False)
    assert result.exit_code == code, result.output
    return result


@pytest.fixture(scope="module")
def example(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The example, and a second revision in which an organisation is listed as abnormal."""
    folder = tmp_path_factory.mktemp("example")
    run(folder, "import", str(LEDGER), str(BUNDLE), "--source", SOURCE, "--as-of", DAY.isoformat(), "--yes")
    with Workspace(folder) as workspace:
        tables = workspace.network().tables()
        row = tables["Organization"].filter(~pl.col("abnormal_listed")).head(1)
        changed = row.with_columns(
            abnormal_listed=pl.lit(value=True), status=pl.lit("inactive").cast(row.schema["status"])
        )
        workspace.store.apply(
            ChangeSet.upserting(tables, {"Organization": changed}), Act("edit", ACTOR, SOURCE, DAY, ""), 1
        )
    return folder


def code_words(text: str) -> set[str]:
    """Which code words stand in a text by themselves, addresses and ids left out."""
    return set(re.findall(r"(?<![\w:/.-])[A-Za-z]+(?:[_-][a-z]+)*(?![\w:/.-])", text)) & CODE_WORDS


@pytest.mark.parametrize("asked", catalogue().values(), ids=lambda q: q.id)
def test_an_answer_is_told_in_words(asked: Question | Table, example: Path) -> None:
    since = ("--since", "1") if isinstance(asked, Table) and asked.needs_history else ()
    for lang in ("zh", "en"):
        text = run(example, "ask", asked.id, *since, "--lang", lang, "--limit", "5").stdout
        assert not code_words(text.replace("\n", " ")), lang
        if lang == "zh":
            assert not re.search(
                r"(?<![\w:.-])(true|false|True|False|actual|planned|filed|registered)(?![\w:.-])", text
            )
            assert asked.term in text
        else:
            assert asked.id.replace("-", " ") in text
            assert asked.term not in text


def test_what_an_answer_rests_on_is_told_on_screen_and_to_programs(example: Path) -> None:
    for id_ in ("branch-required", "coverage-rates"):
        told = json.loads(run(example, "--json", "ask", id_).stdout)
        assert (told["revision"], told["as_of"], told["policy"]) == (2, DAY.isoformat(), load_default().name)
        assert re.fullmatch("[0-9a-f]{64}", told["policy_digest"])
        assert told["today"] == DAY.isoformat()
        assert told["parameters"]
        text = run(example, "ask", id_, "--lang", "zh").stdout
        assert "第 2 版" in text
        assert f"政策 {load_default().title.zh}" in text
    assert "按主管单位和行业" in run(example, "ask", "vertical-not-taken-on", "--lang", "zh").stdout


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_nodes_and_differences_are_told_in_words(lang: Language, example: Path) -> None:
    with Workspace(example) as workspace:
        organization = workspace.difference(1, 2).deltas["Organization"].after["id"][0]
    for args in (
        ("nodes", f"Organization/{organization}"),
        ("diff", "1", "2"),
        ("nodes", "街道", "--type", "GuidanceStation"),
    ):
        text = run(example, *args, "--lang", lang).stdout
        assert not code_words(text), args
        if lang == "zh":
            assert not re.search(
                r"(?<![\w:.-])(true|false|True|False|actual|filed|registered|inactive)(?![\w:.-])", text
            )
    text = run(example, "diff", "1", "2", "--lang", lang).stdout
    assert NODE_TYPES["Organization"].columns["abnormal_listed"].title.in_language(lang) in text
    assert ("否" if lang == "zh" else "no") in text
    run(example, "diff", "99", "99", code=3)


def test_a_node_says_where_it_came_from(example: Path) -> None:
    told = json.loads(run(example, "--json", "nodes", "Street/510104022", "--origin").stdout)["origins"]
    assert told
    assert {(row["revision"], row["source"]) for row in told} == {(1, SOURCE)}
    assert all(row["file"] and row["row"] > 0 for row in told)
    assert told[0]["file"] in run(example, "nodes", "Street/510104022", "--origin").stdout


def test_a_relation_says_where_it_came_from(example: Path) -> None:
    with Workspace(example) as workspace:
        licensed = workspace.network().table("LICENSED_BY").row(0, named=True)
    node = f"Organization/{licensed['source']}"
    told = json.loads(run(example, "--json", "nodes", node, "--origin").stdout)["relation_origins"]
    (row,) = {(r["source"], r["outward"], r["type"], r["id"], r["row"]) for r in told if r["edge"] == "LICENSED_BY"}
    assert row[:4] == (SOURCE, True, "Authority", licensed["target"])
    assert row[4] > 0
    from_the_other_end = json.loads(
        run(example, "--json", "nodes", f"Authority/{licensed['target']}", "--origin").stdout
    )
    back = [
        r
        for r in from_the_other_end["relation_origins"]
        if r["id"] == licensed["source"] and r["edge"] == "LICENSED_BY"
    ]
    assert [(r["outward"], r["row"]) for r in back] == [(False, row[4])]
    shown = run(example, "nodes", node, "--origin").stdout
    assert "Where its relations came from" in shown


def test_gaps_open_again_are_told_from_new_ones(example: Path) -> None:
    told = json.loads(run(example, "--json", "ask", "changes", "--since", "1").stdout)["rows"]
    assert {row["by"] for row in told} == {"question", "street"}
    assert all(row["reopened"] == 0 for row in told)
    run(example, "ask", "changes", code=3)


def test_a_gap_that_went_and_came_is_open_again(tmp_path: Path) -> None:
    run(tmp_path, "import", str(LEDGER), str(BUNDLE), "--source", SOURCE, "--as-of", DAY.isoformat(), "--yes")
    with Workspace(tmp_path) as workspace:
        gap = workspace.ask("uncovered", workspace.context()).ids()[0]  # type: ignore[union-attr]
        tables = workspace.network().tables()
        row = tables["Organization"].filter(pl.col("id") == gap)
        gone = row.with_columns(status=pl.lit("deregistered").cast(row.schema["status"]))
        act = Act("edit", ACTOR, SOURCE, DAY, "")
        there = ChangeSet.upserting(tables, {"Organization": gone})
        workspace.store.apply(there, act, 1)
        workspace.store.apply(there.inverse(), act, 2)
    counts = {}
    for name, since in {"new": ("2",), "reopened": ("2", "1")}.items():
        args = [part for each in since for part in ("--since", each)]
        rows = json.loads(run(tmp_path, "--json", "ask", "changes", *args).stdout)["rows"]
        counts[name] = next((row["new"], row["reopened"]) for row in rows if row["key"] == "uncovered")
    assert counts == {"new": (1, 0), "reopened": (0, 1)}


@pytest.mark.parametrize("wide", [False, True])
def test_names_from_the_data_are_never_markup(wide: bool, capsys: pytest.CaptureFixture[str]) -> None:
    hostile = "org[/x]1 [bold]a[/]"
    frame = pl.DataFrame({f"c{n}[/y]": [hostile] * 6 for n in range(14 if wide else 2)})
    Terminal().table(Text(hostile, hostile), frame)
    shown = capsys.readouterr().out
    assert "org[/x]1" in shown
    assert "c1[/y]" in shown.replace("\n", "")


@pytest.mark.parametrize("columns", [2, 14])
def test_a_share_is_shown_as_a_percentage_and_any_other_number_as_it_is(
    columns: int, capsys: pytest.CaptureFixture[str]
) -> None:
    frame = pl.DataFrame({f"c{n}": [0.9667, None] for n in range(columns)})
    Terminal().table(Text("率", "rate"), frame, units={"c0": SHARE, "not-shown": SHARE})
    shown = capsys.readouterr().out
    assert "96.7%" in shown
    assert shown.count("0.9667") == columns - 1


def test_a_wide_table_shows_as_many_rows_as_asked(capsys: pytest.CaptureFixture[str]) -> None:
    frame = pl.DataFrame({f"c{n}": [f"row{i}-{n}" for i in range(9)] for n in range(14)})
    Terminal().table(Text("表", "table"), frame, limit=6)
    shown = capsys.readouterr().out
    assert [f"row{i}-0" in shown for i in range(9)] == [True] * 6 + [False] * 3
    assert "3 more rows" in shown


def test_parameters_of_every_kind_can_be_set() -> None:
    pairs = {
        "division_code": "510105",
        "charter_clause_from": "2017-01-01",
        "strict_cover": "true",
        "branch_min_members": "5",
        "station_kind_by_industry": "教育=school",
    }
    known: dict[str, Any] = policy_changes(tuple(f"{name}={value}" for name, value in pairs.items()))
    assert known["division_code"] == "510105"
    assert known["charter_clause_from"].isoformat() == "2017-01-01"
    assert known["strict_cover"] is True
    assert known["branch_min_members"] == 5
    assert known["station_kind_by_industry"] == {"教育": "school"}
    usual = {name: value for name, value in known.items() if name != "station_kind_by_industry"}
    load_default().at(DAY).replace(**usual)
