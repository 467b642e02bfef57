"""The blank workbook: derived from the schema, and importable once it is filled in."""

from __future__ import annotations

from pathlib import Path

import openpyxl
import pytest

from graphmodel.declare import SOURCES
from graphmodel.tables import all_types, frame_schema, type_named
from graphmodel.text import Refusal
from loaders.bundle import read_bundle
from loaders.template import EXAMPLE, headings, write_template
from loaders.validate import check


@pytest.fixture(scope="module")
def blank(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("template") / "blank.xlsx"
    write_template(path)
    return path


def test_the_blank_workbook_imports_as_nothing_and_says_so(blank: Path) -> None:
    bundle = read_bundle(blank)
    assert {raw.name for raw in bundle.raws} == set(all_types())
    assert {notice.code for notice in bundle.notices} == {"example-row"}
    assert len(bundle.notices) == len(all_types())
    checked = check(bundle.raws, errors=bundle.errors, notices=bundle.notices)
    assert (checked.read, len(checked.errors)) == (0, 0)


def test_every_field_has_a_column_a_note_and_its_words(blank: Path) -> None:
    book = openpyxl.load_workbook(blank)
    for name in all_types():
        sheet = book[type_named(name).title.zh]
        titles = [cell.value for cell in sheet[1]]
        assert len(titles) == len(frame_schema(name)) - 1
        assert SOURCES not in titles
        columns = list(type_named(name).columns.values())
        lists = {str(each.sqref).split(":")[0]: each.formula1 for each in sheet.data_validations.dataValidation}
        for cell, column in zip(sheet[1][-len(columns) :] if columns else [], columns, strict=True):
            assert cell.value == column.title.zh
            assert cell.comment is not None
            assert column.title.en in cell.comment.text
            assert column.unit is None or column.unit.en in cell.comment.text
            if column.choices is not None:
                words = ",".join(member.title.zh for member in column.choices)
                assert lists[f"{cell.column_letter}2"] == f'"{words}"'
            elif column.kind == "flag":
                assert lists[f"{cell.column_letter}2"] == '"是,否"'
        assert str(sheet["A2"].value).startswith(EXAMPLE)
        assert sheet.freeze_panes == "B2"


def test_every_example_would_be_good_if_it_were_data() -> None:
    for name in all_types():
        for heading, field in zip(headings(name), (f for f in frame_schema(name) if f != SOURCES), strict=True):
            column = type_named(name).columns.get(field)
            if column is not None and column.kind != "text":
                assert heading.sample, (name, field)


def test_a_template_that_is_filled_in_is_imported(tmp_path: Path) -> None:
    path = tmp_path / "filled.xlsx"
    write_template(path, ["Organization", "Authority", "LICENSED_BY"])
    book = openpyxl.load_workbook(path)
    assert book.sheetnames[1:] == ["社会组织", "业务主管单位", "业务主管"]
    values = {heading.title: heading.sample for heading in headings("Organization")}
    values |= {"标识": "a", "名称": "甲", "统一社会信用代码": ""}
    for at, cell in enumerate(book["社会组织"][1], start=1):
        book["社会组织"].cell(3, at, values[str(cell.value)] or None)
    book["业务主管单位"].cell(3, 1, "x")
    for at, value in enumerate((None, "a", None, "x"), start=1):
        book["业务主管"].cell(3, at, value)
    book.save(path)
    bundle = read_bundle(path)
    checked = check(bundle.raws)
    assert not checked.errors, [error.as_text("en") for error in checked.errors]
    assert (checked.read, checked.accepted) == (3, 3)
    row = checked.tables["Organization"].row(0, named=True)
    assert {field for field, value in row.items() if value is None} <= {
        field for field, column in type_named("Organization").columns.items() if column.kind == "text"
    } | {SOURCES}
    assert checked.tables["LICENSED_BY"].select("source", "target").rows() == [("a", "x")]


def test_a_name_that_is_no_type_is_refused(tmp_path: Path) -> None:
    with pytest.raises(Refusal, match="Organisation"):
        write_template(tmp_path / "blank.xlsx", ["Organisation"])
    assert not (tmp_path / "blank.xlsx").exists()
