"""Do two spellings of one organisation meet in one id?"""

from __future__ import annotations

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from graphmodel import identity


def one(expression: pl.Expr) -> str | None:
    value: str | None = pl.select(expression).item()
    return value


def text(value: str | None) -> pl.Expr:
    return pl.lit(value, pl.String)


@pytest.mark.parametrize(
    "written",
    ["爱心（东光）“邻里”会", ' 爱心(东光)"邻里" 会\u3000', "爱心【东光】「邻里」会", "爱心〔东光〕＂邻里＂会\ufeff"],
)
def test_brackets_quotes_width_and_spaces_make_no_difference(written: str) -> None:
    assert one(identity.normalised_name(text(written))) == '爱心(东光)"邻里"会'


@pytest.mark.parametrize("written", ["", " ", "\u3000", None])
def test_an_empty_name_is_unknown(written: str | None) -> None:
    assert one(identity.normalised_name(text(written))) is None


@given(st.lists(st.none() | st.text() | st.text("爱心东光会aZ0()（）【 \u3000ｱ㈱豈", max_size=6)))
def test_a_column_of_names_is_folded_as_each_of_them(written: list[str | None]) -> None:
    names = pl.Series("name", written, dtype=pl.String)
    each = names.to_frame().select(identity.normalised_name(pl.col("name"))).to_series()
    assert identity.normalised_names(names).to_list() == each.to_list()
    assert names.to_list() == written


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        (("registered", " 5251010４ma1b ", "第1号", "510104020", "甲"), "usc:52510104MA1B"),
        (("registered", None, "锦民 第１号", "510104020", "甲"), "reg:锦民第1号"),
        (("registered", None, None, "510104020", "甲"), None),
        ((None, None, None, "510104020", "甲"), None),
        (("filed", None, None, "510104020:滨江社区", "甲 （乙）"), "filed:510104020:滨江社区:甲(乙)"),
        (("filed", None, None, None, "甲"), "filed:-:甲"),
        (("filed", None, None, None, None), None),
    ],
)
def test_an_organisation_goes_by_code_then_number_then_place_and_name(
    facts: tuple[str | None, ...], expected: str | None
) -> None:
    track, code, number, place, name = map(text, facts)
    assert one(identity.organization_id(track, code, number, place, name)) == expected


def test_branches_and_communities_are_named_after_what_they_belong_to() -> None:
    assert one(identity.own_party_organization_id(text("usc:1"))) == "po:usc:1"
    assert one(identity.joint_party_organization_id(text("po:a"), text("第 1"))) == "joint:po:a:第1"
    assert one(identity.joint_party_organization_id(text(None), text("第1"))) == "joint:-:第1"
    assert one(identity.community_id(text("510104020"), text("滨江社区 "))) == "510104020:滨江社区"
