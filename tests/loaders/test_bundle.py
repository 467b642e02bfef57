"""Bundles: what goes out comes back the same, and what is not imported is said."""

from __future__ import annotations

import csv
import datetime as dt
import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import openpyxl
import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from polars.testing import assert_frame_equal

from graphmodel.declare import SOURCES
from graphmodel.schema import EDGE_TYPES, NODE_TYPES
from graphmodel.tables import all_types, frame_schema, key_columns, type_named
from loaders.bundle import field_words, read_bundle, type_words
from loaders.errors import FileRefused
from loaders.faults import title_of
from loaders.headers import header_key
from loaders.raw import Checked, Raw
from loaders.template import EXAMPLE, write_template
from loaders.validate import check
from loaders.write_tables import write_csv_folder, write_json, write_workbook
from tests import strategies

Tables = Mapping[str, pl.DataFrame]
Writer = Callable[[Path, Tables], Any]
WRITERS = {"csv": write_csv_folder, "bundle.xlsx": write_workbook, "bundle.json": write_json}
slow_but_sure = settings(deadline=None, max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])


def as_raws(tables: Tables) -> list[Raw]:
    raws = []
    for name, table in tables.items():
        frame = table.drop(SOURCES).select(pl.all().cast(pl.String))
        raws.append(
            Raw(name, frame, pl.int_range(2, table.height + 2, dtype=pl.UInt32, eager=True), f"{name}.csv", name)
        )
    return raws


def canonical(tables: Tables) -> dict[str, pl.DataFrame]:
    """What the validator accepts of any tables: texts as they are stored, no row that refers to none."""
    accepted = check(as_raws(tables)).tables
    return {name: table for name, table in accepted.items() if table.height}


def storable(tables: Tables) -> Tables:
    """The same with days of this age, and one place where only one can be."""
    first, last = dt.date(1900, 1, 1), dt.date(2100, 12, 31)
    changed = {}
    for name, table in tables.items():
        enforced = name in EDGE_TYPES and EDGE_TYPES[name].one_target == "enforced"
        kept = table.unique(["source_type", "source"], maintain_order=True) if enforced else table
        changed[name] = kept.with_columns(pl.col(pl.Date).clip(first, last))
    return changed


def read(path: Path) -> Checked:
    bundle = read_bundle(path)
    return check(bundle.raws, errors=bundle.errors, notices=bundle.notices)


def assert_same(found: Tables, expected: Tables) -> None:
    assert {n for n, t in found.items() if t.height} == {n for n, t in expected.items() if t.height}
    for name, table in expected.items():
        key = key_columns(name)
        assert_frame_equal(found[name].sort(key, nulls_last=True), table.sort(key, nulls_last=True))


@pytest.mark.parametrize("form", WRITERS)
@slow_but_sure
@given(tables=strategies.tables())
def test_what_is_written_is_read_again(form: str, tables: Tables, tmp_path_factory: pytest.TempPathFactory) -> None:
    expected = canonical(tables)
    if not expected:
        return
    path = tmp_path_factory.mktemp("bundle") / form
    WRITERS[form](path, expected)
    checked = read(path)
    assert not checked.errors, [error.as_text("en") for error in checked.errors]
    assert not checked.notices, [notice.as_text("en") for notice in checked.notices]
    assert_same(checked.tables, expected)


@pytest.mark.parametrize("form", WRITERS)
def test_every_type_field_and_hostile_text_is_read_again(form: str, tmp_path: Path) -> None:
    expected = canonical(storable(strategies.complete()))
    assert set(expected) == set(all_types())
    WRITERS[form](tmp_path / form, expected)
    checked = read(tmp_path / form)
    assert not checked.errors, [error.as_text("en") for error in checked.errors[:5]]
    assert_same(checked.tables, expected)


def test_formulas_are_neutral_in_csv_and_text_in_a_workbook(tmp_path: Path) -> None:
    texts = ["=1+1", "+a", "-b", "@x", "00123", "510104000000000001", "_x0041_", "a;b;c;d", "-1"]
    tables = canonical(
        {"Partner": pl.DataFrame({"id": [str(i) for i in range(9)], "name": texts}).pipe(whole, "Partner")}
    )
    (path,) = write_csv_folder(tmp_path / "csv", tables)
    with path.open(encoding="utf-8-sig", newline="") as file:
        assert [row[1] for row in csv.reader(file)][1:] == ["'=1+1", "'+a", "'-b", "'@x", *texts[4:]]
    write_workbook(tmp_path / "b.xlsx", tables)
    cells = [row[1] for row in openpyxl.load_workbook(tmp_path / "b.xlsx")["Partner"].iter_rows(min_row=2)]
    assert [cell.value for cell in cells] == texts
    assert {cell.data_type for cell in cells} == {"s"}


def whole(frame: pl.DataFrame, name: str) -> pl.DataFrame:
    missing = [pl.lit(None, dtype).alias(c) for c, dtype in frame_schema(name).items() if c not in frame.columns]
    return frame.with_columns(missing).select(frame_schema(name).names())


# --- names of sheets, files and columns ---


def test_titles_of_types_and_fields_are_unambiguous() -> None:
    for name in all_types():
        element = type_named(name)
        for word in (name, element.title.zh, element.title.en):
            assert type_words()[header_key(word)] == name, word
        for field in frame_schema(name):
            if field != SOURCES:
                words = {field, title_of(name, field).zh, title_of(name, field).en}
                assert {field_words(name)[header_key(word)] for word in words} == {field}
        for field, column in element.columns.items():
            assert {field_words(name)[header_key(alias)] for alias in column.aliases} <= {field}, (name, field)


def write(folder: Path, **files: str) -> Path:
    folder.mkdir(exist_ok=True)
    for name, text in files.items():
        (folder / f"{name}.csv").write_text(text, encoding="utf-8")
    return folder


def test_headers_are_names_titles_or_aliases_in_any_width(tmp_path: Path) -> None:
    folder = write(tmp_path, 社会组织="标识,单位名称,从业人员数, Grade ,５类\na,甲,3,3A,服务\n")
    checked = read(folder)
    assert checked.tables["Organization"].select("id", "name", "staff", "grade", "category").rows() == [
        ("a", "甲", 3, "3A", "service")
    ] or [notice.column for notice in checked.notices] == ["５类"]
    assert checked.accepted == 1


def test_titles_above_the_header_and_totals_below_are_set_aside_and_said(tmp_path: Path) -> None:
    text = "锦江区社会组织,,\n标识,名称,从业人员数\na,甲,3\nb,乙,4\n合计,,7\n"
    checked = read(write(tmp_path, Organization=text))
    assert checked.tables["Organization"]["id"].to_list() == ["a", "b"]
    assert {notice.code for notice in checked.notices} == {"set-aside-title", "set-aside-total"}


def test_unknown_columns_and_tables_are_said_with_a_suggestion(tmp_path: Path) -> None:
    folder = write(tmp_path, Organization="id,名称,stafff,colour\na,甲,3,red\n", Organisation="id\nx\n", 说明="请看\n")
    checked = read(folder)
    said = {(notice.sheet, notice.column): notice for notice in checked.notices}
    assert 'Is it "staff"?' in said["Organization", "stafff"].hint.en
    assert "1 cells" in said["Organization", "colour"].message.en
    assert 'Is it "Organization"?' in said["Organisation", None].hint.en
    assert said["说明", None].code == "unknown-table"
    assert (checked.read, checked.accepted) == (1, 1)


@pytest.mark.parametrize(
    ("files", "code"),
    [
        ({"Organization": "name,staff\n甲,3\n"}, "missing-column"),
        ({"COVERS": "source\na\n"}, "missing-column"),
        ({"Organization": "id,name,名称\na,甲,乙\n"}, "same-field-twice"),
        ({"Organization": "1,2\n3,4\n"}, "no-header"),
        ({"nothing": "id\na\n"}, "no-known-table"),
    ],
)
def test_a_table_that_cannot_be_understood_is_refused(files: dict[str, str], code: str, tmp_path: Path) -> None:
    with pytest.raises(FileRefused) as refusal:
        read(write(tmp_path, **files))
    assert refusal.value.code == code
    assert refusal.value.hint is not None


def test_columns_of_persons_are_skipped_by_header_and_by_shape(tmp_path: Path) -> None:
    lines = [f"o{i},机构{i},张三,1380013800{i},x{i}@example.org,法人" for i in range(5)]
    folder = write(tmp_path, Organization="\n".join(["id,name,负责人姓名,备注一,备注二,法定代表人", *lines]))
    checked = read(folder)
    assert {notice.column for notice in checked.notices if notice.code == "personal-column"} == {
        "负责人姓名",
        "备注一",
        "备注二",
        "法定代表人",
    }
    shown = json.dumps([notice.as_json() for notice in checked.notices], ensure_ascii=False)
    assert not [secret for secret in ("张三", "13800138", "example.org") if secret in shown]
    assert checked.accepted == 5


def test_what_is_typed_beside_the_mark_of_an_example_is_refused_and_not_lost(tmp_path: Path) -> None:
    typed = f"id,name,track\n{EXAMPLE},甲中心,登记\na,乙,登记\n"
    checked = read(write(tmp_path, Organization=typed))
    assert [(error.code, error.row) for error in checked.errors] == [("example-mark", 2)]
    assert (checked.read, checked.accepted) == (2, 1)
    path = tmp_path / "空白.xlsx"
    write_template(path, ["COVERS"])
    book = openpyxl.load_workbook(path)
    sheet = book.worksheets[1]
    columns = {cell.value: at for at, cell in enumerate(sheet[1], start=1)}
    sheet.cell(2, columns["起点"], "po:a")
    sheet.cell(2, columns["终点"], "a")
    book.save(path)
    assert str(sheet.cell(2, 1).value).startswith(EXAMPLE)
    checked = read(path)
    assert (checked.errors[0].code, checked.errors[0].row) == ("example-mark", 2)
    assert (checked.read, checked.accepted) == (1, 0)


def test_example_and_blank_rows_are_no_data(tmp_path: Path) -> None:
    checked = read(write(tmp_path, Organization=f"id,name\n{EXAMPLE},\n,\na,甲\n,\n"))
    assert checked.tables["Organization"]["id"].to_list() == ["a"]
    assert [(notice.code, notice.row) for notice in checked.notices] == [("example-row", 2)]
    assert checked.read == 1
    assert checked.origins["Organization"]["row"].to_list() == [4]


def test_ragged_rows_are_rejected_and_the_rest_kept(tmp_path: Path) -> None:
    lines = [f"o{i},机构{i}" for i in range(60)]
    checked = read(write(tmp_path, Organization="\n".join(["id,name", *lines, "bad,一,二", "good,三"])))
    assert checked.error_counts == {"ragged-row": 1}
    assert checked.rejected["row"].to_list() == [62]
    assert (checked.read, checked.accepted) == (62, 61)


@pytest.mark.parametrize("title", ["", "台账\n"])
def test_a_cell_behind_the_header_is_an_error_of_its_row_in_delimited_text(title: str, tmp_path: Path) -> None:
    rows = "id,name,aliases\na:1,区教育局,教育局,区教委\na:2,区商务局,商务局\n"
    checked = read(write(tmp_path, Authority=title + rows))
    assert [(error.code, error.sheet) for error in checked.errors] == [("ragged-row", "Authority")]
    assert checked.tables["Authority"]["id"].to_list() == ["a:2"]


def test_a_column_without_header_is_told_of_in_a_workbook_and_between_headers(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    book.active.title = "Authority"  # type: ignore[union-attr]
    for row in (("id", "name"), ("a:1", "区教育局", "区教委")):
        book.active.append(row)  # type: ignore[union-attr]
    book.save(tmp_path / "bundle.xlsx")
    between = write(tmp_path / "csv", Authority="id,,name\na:1,区教委,区教育局\n")
    for path, letter in ((tmp_path / "bundle.xlsx", "C2"), (between, "B2")):
        checked = read(path)
        assert (checked.errors, checked.accepted) == ((), 1)
        assert [(n.code, n.cell) for n in checked.notices] == [("column-without-header", letter)]


def test_a_bundle_of_several_files_and_folders_is_one_import(tmp_path: Path) -> None:
    folder = write(tmp_path / "nodes", Organization="id\na\n", Authority="id\nx\n")
    (tmp_path / "edges.json").write_text('{"LICENSED_BY": [{"source": "a", "target": "x"}]}', encoding="utf-8")
    bundle = read_bundle([folder, tmp_path / "edges.json"])
    checked = check(bundle.raws)
    assert not checked.errors
    assert checked.tables["LICENSED_BY"].select("source_type", "target_type").rows() == [("Organization", "Authority")]


def test_every_type_can_be_an_empty_file(tmp_path: Path) -> None:
    for name in all_types():
        columns = ["id"] if name in NODE_TYPES else ["source", "target"]
        (tmp_path / f"{name}.csv").write_text(",".join(columns) + "\n", encoding="utf-8")
    checked = read(tmp_path)
    assert checked.read == 0
    assert set(checked.tables) == set(all_types())
