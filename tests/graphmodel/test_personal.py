"""Shapes of personal data: what is one, what only looks like one. All numbers are made here, by rule or at random."""

import datetime as dt
import re

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from graphmodel.codes import credit_code_problem, make_credit_codes
from graphmodel.personal import is_personal, personal_shape

divisions = st.integers(110000, 659999).map(str)
days = st.dates(dt.date(1900, 1, 1), dt.date(2099, 12, 31))
orders = st.integers(0, 999).map("{:03d}".format)


def card(division: str, day: dt.date, order: str) -> str:
    """An ID-card number by ISO 7064, computed by its recurrence."""
    head = f"{division}{day:%Y%m%d}{order}"
    product = 0
    for digit in head:
        product = (product + int(digit)) * 2 % 11
    check = (12 - product) % 11
    return head + ("X" if check == 10 else str(check))


cards = st.builds(card, divisions, days, orders)
mobiles = st.from_regex(r"1[3-9][0-9]{9}", fullmatch=True)
around = st.sampled_from(["", " ", "，", "电话", "：", "/", "(", "）", "\u3000"])


@given(around, st.one_of(cards, cards.map(str.lower), mobiles), around)
def test_a_number_is_found_wherever_it_stands(before: str, number: str, after: str) -> None:
    assert is_personal(before + number + after)


@given(cards, st.sampled_from("0123456789X"))
def test_a_miscopied_card_number_is_one_unless_it_is_a_sound_credit_code(number: str, check: str) -> None:
    miscopied = number[:17] + check
    assert is_personal(miscopied) == (check == number[17] or credit_code_problem(miscopied) is not None)


@pytest.mark.parametrize("place", ["张{}学校", "sfz{}", "ID{}", "甲 {} 乙"])
def test_a_miscopied_card_number_inside_a_text_is_found(place: str) -> None:
    good = card("510104", dt.date(1990, 1, 1), "123")
    for check in "0123456789Xx":
        assert is_personal(place.format(good[:17] + check))


@pytest.mark.parametrize("day", ["20151301", "20150230", "20150001", "17990101", "00000000"])
def test_a_card_number_needs_a_date_that_exists(day: str) -> None:
    assert not any(is_personal(f"510104{day}{order:04d}") for order in range(200))


@given(divisions, st.dates(dt.date(1900, 1, 1), dt.date(1999, 12, 31)), orders)
def test_old_card_numbers_are_found(division: str, day: dt.date, order: str) -> None:
    assert is_personal(f"{division}{day:%y%m%d}{order}")


@pytest.mark.parametrize(
    "text",
    [
        "138 0000 0000",
        "138-0000-0000",
        "138.0000.0000",
        "138/0000/0000",
        "138_0000_0000",
        "(138)00000000",
        "(138) 0000-0000",
        "_13800000000_",
        "110105 19491231 002X",
        "2015 110105 1949 1231 002X",
        "1101-0519-4912-3100-2x",
        "+86 13800000000",
        "１３８００００００００",
        "13800000000.0",
        "138001 38000",
        "1380 013 8000",
        "wx13800138000",
        "微信WX13800138000",
        "dianhua13800138000",
        "v13800138000",
        "office@example.org",
        "信箱 a.b+c@mail.example.cn。",
    ],
)
def test_other_shapes_are_found(text: str) -> None:
    assert is_personal(text)


@pytest.mark.parametrize(
    "text",
    [
        None,
        "",
        "028-86000000",
        "12800000000",
        "138000000001",
        "a@b",
        "成锦民政字第010001号",
        "2015.6",
        "@",
        "型号AB13812345678",
        "合同号HT19912345678",
        "登记证号SC13912345678号",
    ],
)
def test_what_is_no_personal_datum_passes(text: str | None) -> None:
    assert not is_personal(text)


def test_all_digit_credit_codes_of_the_district_pass() -> None:
    heads = pl.Series(
        [f"5{kind}510104{organisation:08d}" for kind in "123" for organisation in range(0, 99_999_999, 33_331)]
    )
    codes = make_credit_codes(heads)
    digits = codes.filter(codes.str.contains("^[0-9]+$"))
    assert len(digits) > 1000
    assert not personal_shape(digits).any()


@given(st.lists(st.one_of(st.none(), st.text(max_size=30), cards, mobiles), max_size=10))
def test_a_column_is_judged_like_its_values_one_by_one(texts: list[str | None]) -> None:
    found = personal_shape(pl.Series("x", texts, dtype=pl.String))
    assert found.name == "x"
    assert found.dtype == pl.Boolean
    assert found.to_list() == [is_personal(t) for t in texts]


@given(st.text("0123456789Xx @.-", max_size=40))
def test_numbers_inside_longer_numbers_do_not_count(text: str) -> None:
    if is_personal(text):
        assert re.search("[0-9]{3}[-. ]{0,2}[0-9]{4}[-. ]{0,2}[0-9]{4}|@", text)
