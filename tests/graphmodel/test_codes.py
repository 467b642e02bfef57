"""Codes: both check characters, on codes seen in public and against references written another way."""

import string

import polars as pl
import pytest
import stdnum.cn.uscc
from hypothesis import given
from hypothesis import strategies as st

from graphmodel.codes import (
    ALPHABET,
    CODE_TYPES,
    CREDIT_CODE_PROBLEMS,
    DIVISION_CODE_PROBLEMS,
    credit_code_divisions,
    credit_code_problem,
    credit_code_problems,
    division_code_problem,
    division_code_problems,
    make_credit_code,
    make_credit_codes,
    normalise_codes,
    short_division_codes,
)
from graphmodel.schema import EDGE_TYPES, NODE_TYPES

# Codes seen in public, valid by both check characters (collected for the project; rule: GB 32100-2015).
PUBLIC = [
    ("53100000500021676K", "100000"),
    ("51100000500002862F", "100000"),
    ("51100000500009247D", "100000"),
    ("51100000500012681T", "100000"),
    ("53100000500019795A", "100000"),
    ("52440300MJL186084F", "440300"),
    ("51440300MJL1712376", "440300"),
    ("52310105MJ50200186", "310105"),
    ("53310000MJ49517770", "310000"),
]
INVENTED = [("53100000500020462H", "check"), ("51100000500000024G", "organisation-check")]

heads = st.builds(
    lambda first, division, organisation: first + division + organisation,
    st.text(ALPHABET, min_size=2, max_size=2),
    st.text(string.digits, min_size=6, max_size=6),
    st.text(ALPHABET, min_size=8, max_size=8),
)


def naive_problem(code: str) -> str | None:
    """GB 32100 and GB 11714 again, character by character."""
    code = "".join(c.upper() if c in string.ascii_lowercase else c for c in code)
    if len(code) != 18:
        return "length"
    if any(c not in ALPHABET for c in code):
        return "alphabet"
    if any(c not in string.digits for c in code[2:8]):
        return "division"
    base36 = string.digits + string.ascii_uppercase
    organisation = (
        11 - sum(base36.index(c) * w for c, w in zip(code[8:16], [3, 7, 9, 10, 5, 8, 4, 2], strict=True)) % 11
    )
    if code[16] != {10: "X", 11: "0"}.get(organisation, str(organisation)):
        return "organisation-check"
    total = sum(ALPHABET.index(c) * 3**i for i, c in enumerate(code[:17]))
    return None if code[17] == ALPHABET[(31 - total % 31) % 31] else "check"


@pytest.mark.parametrize(("code", "division"), PUBLIC)
def test_public_codes_are_good_and_say_what_they_say(code: str, division: str) -> None:
    assert credit_code_problem(code) is None
    assert credit_code_problem(code.lower()) is None
    assert make_credit_code(code[0], code[1], code[2:8], code[8:16]) == code
    said = pl.DataFrame({"c": [code]}).select(division=credit_code_divisions(pl.col("c")))
    assert said.item() == division


@pytest.mark.parametrize(("code", "problem"), INVENTED)
def test_invented_codes_fail_and_say_where(code: str, problem: str) -> None:
    assert credit_code_problem(code) == problem


@given(heads)
def test_made_codes_are_good_by_every_judge(head: str) -> None:
    code = make_credit_codes(pl.Series([head])).item()
    assert code.startswith(head)
    assert naive_problem(code) is None
    assert credit_code_problem(code) is None
    assert stdnum.cn.uscc.is_valid(code) == (code[:2].isdigit())  # it takes digits only in the first two places


@given(heads, st.integers(0, 17), st.sampled_from(ALPHABET))
def test_one_wrong_character_is_noticed(head: str, place: int, other: str) -> None:
    good = make_credit_codes(pl.Series([head])).item()
    bad = good[:place] + other + good[place + 1 :]
    assert (credit_code_problem(bad) is None) == (bad == good)


near_codes = st.text(ALPHABET + "iosvzabc五", min_size=16, max_size=19)
texts = st.one_of(st.none(), st.text(max_size=24), near_codes, st.sampled_from([c for c, _ in PUBLIC]))


@given(st.lists(texts, max_size=12))
def test_a_column_is_judged_like_its_values_one_by_one(codes: list[str | None]) -> None:
    found = credit_code_problems(pl.Series("code", codes, dtype=pl.String))
    assert found.name == "code"
    assert found.to_list() == [None if c is None else naive_problem(c) for c in codes]


def test_letters_are_allowed_in_the_first_two_places_only() -> None:
    assert credit_code_problem(make_credit_code("A", "N", "510104", "MJ123456")) is None
    assert credit_code_problem("5210A104MJ12345678") == "division"


def test_a_head_that_is_none_is_not_made_into_a_code() -> None:
    for head in ("", "52510104MJ12345", "52510104MJ12345I", None):
        with pytest.raises(ValueError, match="begins with 16 characters"):
            make_credit_codes(pl.Series([head], dtype=pl.String))


def test_columns_without_texts_are_judged_too() -> None:
    assert credit_code_problems(pl.Series([], dtype=pl.String)).to_list() == []
    assert credit_code_problems(pl.Series([None, None])).to_list() == [None, None]
    assert make_credit_codes(pl.Series([], dtype=pl.String)).to_list() == []


@pytest.mark.parametrize(
    ("code", "problem", "short"),
    [
        ("510104", None, "510104"),
        ("510104020", None, "510104020"),
        ("510104020001", None, "510104020001"),
        ("510104020000", None, "510104020"),
        ("510104000000", None, "510104"),
        ("510104000", None, "510104"),
        ("51010", "length", "51010"),
        ("51010A", "digits", "51010A"),
        ("", "length", ""),
        (None, None, None),
    ],
)
def test_division_codes(code: str | None, problem: str | None, short: str | None) -> None:
    assert division_code_problem(code) == problem
    column = pl.DataFrame({"c": [code]}, schema={"c": pl.String})
    assert column.select(short_division_codes(pl.col("c"))).item() == short


@given(st.lists(st.one_of(st.none(), st.text(max_size=15), st.from_regex("[0-9]{5,13}", fullmatch=True))))
def test_division_codes_are_judged_alike_one_by_one(codes: list[str | None]) -> None:
    def naive(code: str) -> str | None:
        if any(c not in string.digits for c in code):
            return "digits"
        return None if len(code) in (6, 9, 12) else "length"

    found = division_code_problems(pl.Series(codes, dtype=pl.String)).to_list()
    assert found == [None if c is None else naive(c) for c in codes]


@pytest.mark.parametrize(
    "written", [" 53100000 500021676k", "５３１０００００５０００２１６７６Ｋ", "5310-0000-5000-2167-6K\u3000"]
)
def test_a_code_is_stored_in_one_form(written: str) -> None:
    assert pl.select(normalise_codes(pl.lit(written))).item() == "53100000500021676K"


def test_a_code_of_spaces_is_unknown() -> None:
    assert pl.select(normalise_codes(pl.lit(" \u3000"))).item() is None


def test_every_code_of_the_schema_has_a_type_and_every_problem_a_text() -> None:
    asked = {c.code for t in (*NODE_TYPES.values(), *EDGE_TYPES.values()) for c in t.columns.values() if c.code}
    assert asked == set(CODE_TYPES)
    for code_type, known in (
        (CODE_TYPES["credit-code"], CREDIT_CODE_PROBLEMS),
        (CODE_TYPES["division-code"], DIVISION_CODE_PROBLEMS),
    ):
        assert code_type.texts == known
        found = code_type.problems(pl.Series(["1", "x" * 18, "五五五五五五"])).to_list()
        assert set(found) <= set(known)
