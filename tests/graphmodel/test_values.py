"""Written values: what is read, what is not, and that columns and single values are read alike."""

import datetime as dt
import re
import unicodedata

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from graphmodel.values import (
    clean,
    half_width,
    parse_date,
    parse_dates,
    parse_flag,
    parse_flags,
    parse_integer,
    parse_integers,
    parse_number,
    parse_numbers,
)


def column(texts: list[str | None]) -> pl.DataFrame:
    return pl.DataFrame({"t": texts}, schema={"t": pl.String})


FULL = str.maketrans("0123456789.,/-", "０１２３４５６７８９．，／－")
T = pl.col("t")
JUNE_3 = dt.date(2015, 6, 3)


@pytest.mark.parametrize(
    "text",
    ["2015-06-03", "2015/6/3", "2015.6.3", "20150603", "2015年6月3日", "2015年06月03日", " 2015-6-3\u3000", "２０１５．６．３",
     "2015 年 6 月 3 日", "42158", "42158.0", "42158.75", "2015-06-03 00:00:00", "2015-06-03T09:30", "2015-06-03T09:30:00.5+08:00",
     "2015/6/3 9:30", "2015–06–03", "2015年6月3号"],
)  # fmt: skip
def test_days_are_read(text: str) -> None:
    assert parse_date(text) == (JUNE_3, "day")


@pytest.mark.parametrize("text", ["2015.6", "2015-06", "2015/6", "201506", "2015年6月", "2015.06.", "２０１５．６"])
def test_months_are_read_as_their_first_day(text: str) -> None:
    assert parse_date(text) == (dt.date(2015, 6, 1), "month")


@pytest.mark.parametrize("text", ["2015", "2015年", " ２０１５ "])
def test_years_are_read_as_their_first_day(text: str) -> None:
    assert parse_date(text) == (dt.date(2015, 1, 1), "year")


@pytest.mark.parametrize(
    "text",
    [None, "", "  ", "2015.13", "2015年2月30日", "20150230", "201513", "2015-0-1", "1899-12-31", "2101", "0000", "19999", "60001",
     "6月3日", "约2015年", "2015.6.3.1", "2015-06-03 later", "15.6.3", "99999999999999999999", "٢٠١٥"],
)  # fmt: skip
def test_what_is_no_date_is_not_read(text: str | None) -> None:
    assert parse_date(text) is None


@given(st.dates(dt.date(1900, 1, 1), dt.date(2100, 12, 31)), st.sampled_from(["-", "/", "."]), st.booleans())
def test_every_day_survives_every_way_of_writing_it(day: dt.date, dot: str, wide: bool) -> None:
    ways = [
        f"{day:%Y%m%d}",
        f"{day.year}{dot}{day.month}{dot}{day.day}",
        f"{day.year}年{day.month}月{day.day}日",
        f"{day} 00:00:00",
    ]
    for way in ways:
        assert parse_date(way.translate(FULL) if wide else way) == (day, "day")
    assert parse_date(f"{day.year}{dot}{day.month}") == (day.replace(day=1), "month")
    assert parse_date(f"{day:%Y}") == (day.replace(month=1, day=1), "year")


@given(st.integers(0, 99_999))
def test_serial_numbers_are_days_of_a_spreadsheet(serial: int) -> None:
    expected = (dt.date(1899, 12, 30) + dt.timedelta(days=serial), "day") if 20_000 <= serial <= 60_000 else None
    assert parse_date(f"{serial:05d}") == expected


@given(st.integers(0, 9999), st.integers(0, 99), st.integers(0, 99))
def test_dates_exist_or_are_not_read(year: int, month: int, day: int) -> None:
    try:
        real = dt.date(year, month, day)
    except ValueError:
        expected = None
    else:
        expected = (real, "day") if 1900 <= year <= 2100 else None
    assert parse_date(f"{year:04d}-{month:02d}-{day:02d}") == expected


@pytest.mark.parametrize(
    ("text", "number"),
    [("3", 3), ("３", 3), ("1,200", 1200), ("1，200人", 1200), ("3人", 3), ("12 人次", 12), ("3.0", 3), ("3.", 3), ("-2", -2), ("+2", 2), ("007", 7)]
    + [(bad, None) for bad in (None, "", "3.5", "1e3", "1,20", "三", "约3", "3-4", "3万", "99999999999999999999", "NaN", "٣")],
)  # fmt: skip
def test_whole_numbers(text: str | None, number: int | None) -> None:
    assert parse_integer(text) == number


@pytest.mark.parametrize(
    ("text", "number"),
    [("3", 3.0), ("1,200.5元", 1200.5), ("2万", 20000.0), ("0.07万元", 700.0), ("1.8 亿", None), ("￥3.5", 3.5), ("1E+05", 1e5), ("-0.5", -0.5)]
    + [(bad, None) for bad in (None, "", "1e400", "inf", "nan", "95%", "万", ".", "1.2.3", "5000-20000")],
)  # fmt: skip
def test_numbers(text: str | None, number: float | None) -> None:
    assert parse_number(text) == number


@given(st.integers(-(2**63), 2**63 - 1))
def test_whole_numbers_survive_writing(number: int) -> None:
    assert [parse_integer(w) for w in (str(number), f"{number:,}", f"{number:,}人", f"{number}.0")] == [number] * 4
    assert parse_integer(str(number).translate(FULL)) == number


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_numbers_survive_writing(number: float) -> None:
    assert parse_number(repr(number)) == number


@given(st.integers(0, 1_000_000))
def test_ten_thousands_are_exact_to_the_cent(cents: int) -> None:
    assert parse_number(f"{cents / 100:.2f}万") == cents * 100


@pytest.mark.parametrize("text", [*"√✓☑✔是有1对●yYｙ１", "yes", "YES", "true", "True", " √ ", "1.0"])
def test_ticks(text: str) -> None:
    assert parse_flag(text) is True


@pytest.mark.parametrize("text", [*"×✗☒否无0nN０", "no", "false", "FALSE", "0.0"])
def test_crosses(text: str) -> None:
    assert parse_flag(text) is False


@pytest.mark.parametrize("text", [None, "", " ", "2", "是的", "大概", "-", "/"])
def test_what_is_neither_is_unknown(text: str | None) -> None:
    assert parse_flag(text) is None


def naive_integer(text: str) -> int | None:
    """Whole numbers again, by the standard library."""
    plain = unicodedata.normalize("NFKC", text).strip(BLANK)
    for unit in ("人次", *"人名个家次件户元年月天日"):
        if plain.endswith(unit):
            plain = plain.removesuffix(unit).rstrip(
                " \t\n\v\f\r\x85\u1680\u2028\u2029" + "".join(map(chr, range(0x2000, 0x200B)))
            )
            break
    if "." in plain:
        plain, _, rest = plain.partition(".")
        if rest.strip("0"):
            return None
    sign = plain[:1] if plain[:1] in "+-" else ""
    digits = plain.removeprefix(sign)
    if "," in digits:
        first, *groups = digits.split(",")
        if not 1 <= len(first) <= 3 or any(len(g) != 3 for g in groups):
            return None
        digits = "".join([first, *groups])
    if not digits or any(d not in "0123456789" for d in digits):
        return None
    number = int(sign + digits)
    return number if -(2**63) <= number < 2**63 else None


BLANK = "".join(c for c in map(chr, range(0x10000)) if c.isspace() and c not in "\x1c\x1d\x1e\x1f") + "\u200b\ufeff"
numberish = st.one_of(
    st.none(), st.text(max_size=12), st.text("0123456789,.+-人次万元 ３√是否年月日/\u3000:", max_size=14)
)


@given(st.lists(numberish, max_size=12))
def test_whole_numbers_agree_with_a_reading_one_by_one(texts: list[str | None]) -> None:
    found = column(texts).select(parse_integers(T))["t"].to_list()
    assert found == [None if t is None else naive_integer(t) for t in texts]


@given(st.lists(numberish, max_size=12))
def test_columns_and_single_values_are_read_alike(texts: list[str | None]) -> None:
    frame = column(texts)
    dates = frame.select(parse_dates(T).struct.unnest()).rows()
    assert dates == [parse_date(t) or (None, None) for t in texts]
    for parse, single in ((parse_integers, parse_integer), (parse_numbers, parse_number), (parse_flags, parse_flag)):
        assert frame.select(parse(T))["t"].to_list() == [single(t) for t in texts]


@given(st.text(max_size=20))
def test_texts_are_cleaned_of_every_kind_of_space(text: str) -> None:
    cleaned, narrowed = column([text]).select(clean(T), n=half_width(T)).row(0)
    assert narrowed == unicodedata.normalize("NFKC", text)
    assert cleaned is None or (cleaned in text and cleaned.strip(BLANK) == cleaned)
    assert (cleaned is None) == (not text.strip(BLANK))


def test_full_width_and_no_break_spaces_are_spaces() -> None:
    assert column(["\u3000\u00a0 锦江 区\u200b\ufeff\t"]).select(clean(T)).item() == "锦江 区"


def test_a_column_without_rows_keeps_its_types() -> None:
    schema = column([]).select(d=parse_dates(T), i=parse_integers(T), n=parse_numbers(T), f=parse_flags(T)).schema
    assert [re.sub(r"\(.*", "", str(kind)) for kind in schema.values()] == ["Struct", "Int64", "Float64", "Boolean"]
