"""Is the generated example what it claims: plausible, consistent, free of personal data, the same every time?"""

from __future__ import annotations

import filecmp
import json
import os
import subprocess
import sys
from collections import Counter
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from stdnum.cn import uscc

from examples.generator import scale
from examples.generator.build import example_district
from examples.generator.ledger import FIELDS, PLACEHOLDER, ordered_organizations
from examples.generator.model import Example
from examples.generator.output import write_example
from examples.generator.truth import truth
from graphmodel.choices import Joint
from graphmodel.personal import personal_shape
from graphmodel.schema import EDGE_TYPES, NODE_TYPES
from graphmodel.tables import frame_schema, key_columns

ROOT = Path(__file__).parents[2]
COMMITTED = ROOT / "examples" / "jinjiang-2016"
Tables = dict[str, pl.DataFrame]


@pytest.fixture(scope="module")
def example() -> Example:
    return example_district()


@pytest.fixture(scope="module")
def tables(example: Example) -> Tables:
    return example.rows.tables()


@pytest.fixture(scope="module")
def known(example: Example) -> dict[str, Any]:
    return truth(example)


def assert_whole(tables: Tables) -> None:
    """Declared columns, no row twice, no edge to a node that does not exist."""
    for name, frame in tables.items():
        assert frame.schema == frame_schema(name)
        assert not frame.select(key_columns(name)).is_duplicated().any(), name
    for name in EDGE_TYPES.keys() & tables.keys():
        pairs = {(a.type_name, b.type_name) for a, b in EDGE_TYPES[name].pairs}
        kinds = tables[name].select("source_type", "target_type").unique()
        assert set(kinds.iter_rows()) <= pairs, name
        for source, target in kinds.iter_rows():
            edges = tables[name].filter(source_type=source, target_type=target)
            assert edges["source"].is_in(tables[source]["id"].implode()).all(), name
            assert edges["target"].is_in(tables[target]["id"].implode()).all(), name


def files_under(folder: Path) -> list[Path]:
    return sorted(p.relative_to(folder) for p in folder.rglob("*") if p.is_file() and p.name != "README.md")


def test_the_committed_example_is_what_a_fresh_process_writes(tmp_path: Path) -> None:
    environment = {**os.environ, "PYTHONHASHSEED": "7"}
    command = [sys.executable, "-m", "examples.generator", "--out", str(tmp_path)]
    subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=True)
    assert files_under(tmp_path) == files_under(COMMITTED)
    different = [p for p in files_under(COMMITTED) if not filecmp.cmp(tmp_path / p, COMMITTED / p, shallow=False)]
    assert different == []


def test_another_seed_gives_another_example_that_holds_together(tmp_path: Path) -> None:
    other = example_district(seed=1)
    assert_whole(other.rows.tables())
    write_example(other, tmp_path)
    name = Path("bundle/FUNDS.csv")
    assert not filecmp.cmp(tmp_path / name, COMMITTED / name, shallow=False)


def test_every_edge_ends_at_nodes_and_no_row_comes_twice(tables: Tables) -> None:
    assert_whole(tables)
    assert set(tables) == {*NODE_TYPES, *EDGE_TYPES} - {"SUCCEEDED_BY"}


def test_the_totals_are_those_of_the_article(tables: Tables) -> None:
    assert dict(tables["Organization"]["track"].value_counts().iter_rows()) == {"registered": 363, "filed": 601}
    assert tables["Organization"]["category"].n_unique() == 5
    assert (tables["Street"].height, tables["Community"].height) == (16, 113)
    kinds = Counter(tables["Hub"]["kind"])
    assert (kinds["incubation-centre"] + kinds["organisations"], kinds["party-organisations"]) == (17, 23)
    stations = Counter(tables["GuidanceStation"]["kind"])
    assert stations.pop("point") == 1
    assert set(stations.values()) == {1}
    assert len(stations) == 4
    assert tables["InstructorPost"].height == 50
    assert tables["InstructorPost"]["post_source"].n_unique() == 5
    assert tables["PolicyDocument"].height == 1 + 8
    programmes = Counter(tables["TrainingProgramme"]["kind"])
    assert programmes == {"course": 5, "salon": 7}
    courses = tables["TrainingProgramme"].filter(pl.col("kind") == "course")["id"].implode()
    assert tables["TRAINED"].filter(pl.col("source").is_in(courses))["person_times"].sum() >= 800
    assert tables["PartyOrganization"]["demonstration_year"].eq(2015).sum() == 10
    demonstrations = tables["INCUBATES"]["kind"].eq("demonstration").sum()
    assert 3 <= demonstrations <= 5
    assert set(tables["JOINS_WITH"]["kind"]) == set(Joint.values())


def test_coverage_is_plausible(tables: Tables, known: dict[str, Any]) -> None:
    rates = known["coverage"]["registered"]
    covered, operating = rates["organisation_coverage"]
    assert 0.94 < covered / operating < 0.95
    assert rates["standalone"] / operating >= 0.35
    organizations = tables["Organization"].filter(track="registered", status="operating")
    assert organizations.height == operating
    forms = tables["PartyOrganization"].filter(pl.col("state") == "actual").select("id", "form")
    covers = tables["COVERS"].filter(state="actual").join(forms, left_on="source", right_on="id")
    mine = covers.filter(pl.col("target").is_in(organizations["id"].implode()))
    for form in ("standalone", "joint", "functional"):
        assert mine.filter(pl.col("form") == form)["target"].n_unique() == rates[form]
    sizes = mine.filter(form="joint").group_by("source").len()["len"]
    assert (sizes <= 5).sum() >= 44
    loads = tables["INSTRUCTS"].group_by("source").len()["len"]
    assert (loads > 5).sum() == 3


def test_credit_codes_are_valid_and_of_the_district_but_for_two(tables: Tables) -> None:
    codes = tables["Organization"]["credit_code"].drop_nulls().to_list()
    assert len(codes) == len(set(codes)) > 250
    assert all(uscc.is_valid(code) for code in codes)
    assert sum(code[2:8] != "510104" for code in codes) == 2


def test_nothing_looks_like_personal_data(example: Example, tables: Tables) -> None:
    for name, frame in tables.items():
        for column in frame.select(pl.col(pl.String)).iter_columns():
            assert not personal_shape(column).any(), (name, column.name)
    personal = [
        f
        for f in FIELDS
        if f.headers[0] in {"联系电话", "法定代表人", "党组织负责人"} or f.headers == ("党建指导员", "姓名")
    ]
    assert len(personal) == 8
    written = {field.value(example, o) for field in personal for o in ordered_organizations(example)}
    assert written == {PLACEHOLDER, None}


def test_truth_lists_every_planted_gap(example: Example, known: dict[str, Any]) -> None:
    for question, planted in example.planted.items():
        assert planted.keys() <= known["questions"][question]["gap"].keys(), question
    for question, unknown in example.unknown.items():
        assert unknown <= set(known["questions"][question].get("cannot_tell", unknown)), question
    assert known == json.loads((COMMITTED / "truth.json").read_text(encoding="utf-8"))


def test_ids_in_the_truth_exist(tables: Tables, known: dict[str, Any]) -> None:
    ids = {id_ for name in NODE_TYPES if name in tables for id_ in tables[name]["id"]}
    for question, answer in known["questions"].items():
        found = {*answer["gap"], *answer.get("cannot_tell", [])}
        if question in {"vertical-not-taken-on", "near-threshold"}:  # authority and industry
            found = {key.split("|")[0] for key in found}
        assert found <= ids, question
        assert not set(answer["gap"]) & set(answer.get("cannot_tell", [])), question


def test_the_second_bundle_moves_the_district_to_eleven_streets(tables: Tables) -> None:
    folder = COMMITTED / "redistricting-2019"
    streets = pl.read_csv(folder / "Street.csv", infer_schema=False)
    gone = set(streets.filter(pl.col("valid_until").is_not_null())["id"])
    new = set(streets.filter(pl.col("valid_from").is_not_null())["id"])
    assert len(set(tables["Street"]["id"]) - gone | new) == 11
    moves = pl.read_csv(folder / "SUCCEEDED_BY.csv", infer_schema=False)
    assert gone <= set(moves.filter(source_type="Street")["source"])
    documented = moves.filter(source_type="Street", inferred="false")
    assert set(documented["target"]) == {"510104017", "510104022"}


@pytest.mark.parametrize("size", [100, 1000, 20_000])
def test_a_network_of_any_size_holds_together(size: int) -> None:
    tables = scale.tables(size, 3)
    assert_whole(tables)
    assert tables["Organization"].height == size
    for name, frame in scale.tables(size, 3).items():
        assert frame.equals(tables[name])


def test_a_large_network_has_the_examples_proportions_and_its_faults() -> None:
    tables = scale.tables(20_000, 5)
    organizations = tables["Organization"]
    assert 0.36 < organizations["track"].eq("registered").sum() / 20_000 < 0.39
    assert 0 < organizations["full_members"].null_count() < 1000
    states = Counter(tables["COVERS"]["state"])
    assert states["actual"] > 50 * states["planned"] > 0
    assert states[None] > 0
    above = tables["SUBORDINATE_TO"].group_by("source").len()
    assert (above["len"] > 1).any()
    own = tables["SUBORDINATE_TO"].select("source", "target")
    circles = own.join(own, left_on=["source", "target"], right_on=["target", "source"])
    assert circles.height > 0
    codes = organizations["credit_code"].drop_nulls().head(200)
    assert all(uscc.is_valid(code) for code in codes)


def test_too_few_organisations_are_refused() -> None:
    with pytest.raises(ValueError, match="99"):
        scale.tables(99)
