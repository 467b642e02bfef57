"""Does the schema keep its own rules, in every type that is declared and every one that will be?"""

from __future__ import annotations

from typing import Any

import pydantic
import pytest

from graphmodel.declare import SOURCES, Choice, Column
from graphmodel.schema import EDGE_TYPES, NODE_TYPES
from graphmodel.schema.nodes import Organization
from graphmodel.tables import ENDS, all_types, conform, empty_frame, frame_schema, key_columns, type_named
from tests.strategies import complete

COLUMNS = [(name, column) for name in all_types() for column in type_named(name).columns.values()]
CHOICES = sorted({column.choices for _, column in COLUMNS if column.choices}, key=lambda choice: choice.__name__)


def test_types_and_names_differ_even_where_case_does_not_count() -> None:
    assert len({name.lower() for name in all_types()}) == len(all_types())
    for name in all_types():
        names = frame_schema(name).names()
        assert len({column.lower() for column in names}) == len(names)


@pytest.mark.parametrize("name", all_types())
def test_a_type_has_titles_in_both_languages_and_fields_that_may_be_unknown(name: str) -> None:
    element = type_named(name)
    assert element.title.zh != element.title.en
    assert element.__doc__
    ends = ("id",) if name in NODE_TYPES else ENDS
    row: dict[str, Any] = dict.fromkeys(ends, "a")
    if name in EDGE_TYPES:
        row |= {
            "source_type": EDGE_TYPES[name].pairs[0][0].type_name,
            "target_type": EDGE_TYPES[name].pairs[0][1].type_name,
        }
    assert all(getattr(element(**row), column) is None for column in element.columns)
    with pytest.raises(pydantic.ValidationError):
        element(**{**row, "colour": "red"})


@pytest.mark.parametrize("name", all_types())
def test_headers_of_one_type_mean_one_field(name: str) -> None:
    meant: dict[str, str] = {}
    for column in type_named(name).columns.values():
        for word in {column.name, column.title.zh, column.title.en, *column.aliases}:
            assert meant.setdefault(word.lower(), column.name) == column.name, f"{name}: {word}"


@pytest.mark.parametrize("name", list(EDGE_TYPES))
def test_an_edge_joins_declared_types_by_declared_keys(name: str) -> None:
    edge = EDGE_TYPES[name]
    assert len(set(edge.pairs)) == len(edge.pairs) > 0
    assert all(end.type_name in NODE_TYPES for pair in edge.pairs for end in pair)
    assert key_columns(name) == (*ENDS, *edge.key_fields)
    assert edge.key_fields == tuple(c.name for c in edge.columns.values() if c.key)
    if edge.undirected:
        assert all(source is target for source, target in edge.pairs)
    else:
        assert edge.reverse != edge.title


@pytest.mark.parametrize("choice", CHOICES)
def test_a_choice_has_different_values_with_titles(choice: type[Choice]) -> None:
    assert len(set(choice.values())) == len(choice.values()) > 0
    for member in choice:
        assert choice.synonyms()[member.value.lower()] == member.value
        assert choice.synonyms()[member.title.zh.lower()] == member.value
        assert member.title.zh != member.title.en


@pytest.mark.parametrize(("name", "column"), COLUMNS, ids=lambda one: getattr(one, "name", one))
def test_a_field_has_titles_a_sensible_range_and_a_unit_if_it_counts(name: str, column: Column) -> None:
    assert column.title.zh
    assert column.title.en
    assert (column.choices is not None) == (column.kind == "choice")
    if column.ge is not None or column.le is not None:
        assert column.kind in ("integer", "number")
        assert column.unit is not None or column.name.endswith(("year", "inspection", "report"))
    if column.ge is not None and column.le is not None:
        assert column.ge < column.le
    if column.key:
        assert name in EDGE_TYPES


def test_counts_of_party_members_in_an_organisation_are_restricted() -> None:
    members = {name for name, c in Organization.columns.items() if "党员" in c.title.zh and c.kind == "integer"}
    assert members >= {"members", "full_members", "probationary_members", "members_here", "members_elsewhere"}
    assert all(Organization.columns[name].restricted for name in members)


def test_no_field_is_of_a_person() -> None:
    for name, column in COLUMNS:
        words = (column.name, column.title.en.lower(), column.title.zh, *column.aliases)
        assert not any(
            mark in word for word in words for mark in ("电话", "手机", "身份证", "phone", "书记姓名", "负责人")
        ), name


@pytest.mark.parametrize("name", all_types())
def test_frames_have_identity_then_fields_then_sources(name: str) -> None:
    names = frame_schema(name).names()
    assert names == [*(("id",) if name in NODE_TYPES else ENDS), *type_named(name).columns, SOURCES]
    assert empty_frame(name).schema == frame_schema(name)
    full = complete()[name]
    assert conform(name, full.drop(SOURCES)).drop(SOURCES).equals(full.drop(SOURCES))
    with pytest.raises(ValueError, match="colour"):
        conform(name, full.with_columns(colour=1))
