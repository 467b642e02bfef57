"""Does a written name mean the node that people mean by it, and is the likeliest one named where it means none?"""

from __future__ import annotations

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from loaders.names import Directory, asked_back, stated
from loaders.raw import Raw

AUTHORITIES = pl.DataFrame(
    [
        ("a:edu", "锦江区教育局", "区教育局、区教委"),
        ("a:sport", "锦江区体育局", None),
        ("a:com", "锦江区商务局", "区教育局（旧）"),
        ("a:one", "锦江区民政局（本级）", "民政"),
        ("a:two", "锦江区民政所", "民政"),
    ],
    schema={"id": pl.String, "name": pl.String, "aliases": pl.String},
    orient="row",
)


def found(written: str | None, directory: Directory | None = None) -> tuple[str | None, int]:
    directory = directory or Directory(AUTHORITIES)
    row = directory.find(pl.Series([written], dtype=pl.String)).row(0)
    return row[0], row[1]


@pytest.mark.parametrize(
    ("written", "id_"),
    [
        ("锦江区教育局", "a:edu"),
        (" 锦江区　教育局 ", "a:edu"),
        ("区教育局", "a:edu"),
        ("区教委", "a:edu"),
        ("锦江区民政局(本级)", "a:one"),
        ("锦江区民政局〔本级〕", "a:one"),
    ],
)
def test_a_name_or_alias_in_any_spelling_means_its_node(written: str, id_: str) -> None:
    assert found(written) == (id_, 1)


def test_a_name_that_means_nothing_or_several_means_no_node() -> None:
    assert found("锦江区财政局") == (None, 0)
    assert found("民政") == (None, 2)
    assert found(None) == (None, 0)


def test_a_name_goes_before_an_alias_and_both_before_a_second_name() -> None:
    nodes = pl.DataFrame({"id": ["x", "y"], "name": ["甲", "乙"], "aliases": ["乙", None]})
    second = pl.DataFrame({"id": ["x", "y"], "name": ["丙", "甲"]})
    directory = Directory(nodes, second)
    assert found("乙", directory) == ("y", 1)
    assert found("甲", directory) == ("x", 1)
    assert found("丙", directory) == ("x", 1)


@pytest.mark.parametrize(
    ("written", "likeliest"),
    [
        ("教育局", "锦江区教育局"),
        ("锦江区教育居", "锦江区教育局"),
        ("锦江体育局", "锦江区体育局"),
        ("锦江区商物局", "锦江区商务局"),
    ],
)
def test_the_likeliest_name_is_the_one_meant(written: str, likeliest: str) -> None:
    assert Directory(AUTHORITIES).nearest([written]) == {written: (likeliest,)}


def test_what_shortens_a_name_is_likelier_than_what_is_spelled_alike() -> None:
    names = ["锦江区统计局", "锦江区卫生和计划生育局", "锦江区卫生局", "锦江区教育局"]
    nodes = pl.DataFrame({"id": names, "name": names}).with_columns(aliases=pl.lit(None, pl.String))
    assert Directory(nodes).nearest(["锦江区卫计局"]) == {"锦江区卫计局": ("锦江区卫生和计划生育局",)}


def test_up_to_three_names_are_asked_back_where_several_are_as_near() -> None:
    names = [f"锦江区第{n}小学" for n in "一二三四"]
    nodes = pl.DataFrame({"id": names, "name": names}).with_columns(aliases=pl.lit(None, pl.String))
    offered = Directory(nodes).nearest(["锦江区第五小学"])["锦江区第五小学"]
    assert len(offered) == 3
    assert set(offered) < set(names)
    assert asked_back(names[:3]).zh == "是不是“锦江区第一小学”、“锦江区第二小学”或“锦江区第三小学”？"
    assert asked_back(names[:1]).en == 'Is it "锦江区第一小学"?'


def test_nothing_is_suggested_for_what_is_like_nothing() -> None:
    assert Directory(AUTHORITIES).nearest(["成都市烟草专卖局锦江分局", "无", ""]) == {}


@given(st.text(min_size=1, max_size=12))
def test_any_text_is_compared_without_failing(text: str) -> None:
    directory = Directory(AUTHORITIES)
    assert set(directory.nearest([text])) <= {text}
    assert directory.find(pl.Series([text])).height == 1


def test_names_come_from_the_network_and_from_what_is_imported_with_it() -> None:
    existing = {"Authority": pl.DataFrame({"id": ["a:1"], "name": ["甲局"]})}
    rows = pl.Series([2], dtype=pl.Int64)
    raw = Raw("Authority", pl.DataFrame({"id": [" a:2 "], "name": ["乙局"]}), rows, "a.csv", "a")
    other = Raw("Street", pl.DataFrame({"id": ["s"], "name": ["丙街道"]}), rows, "s.csv", "s")
    names = stated("Authority", ("id", "name", "aliases"), existing, [raw, other])
    assert names.rows() == [("a:1", "甲局", None), ("a:2", "乙局", None)]
