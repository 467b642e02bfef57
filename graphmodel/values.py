"""What does a written value mean? Dates, numbers and ticks as ledgers write them, whole columns at a time.

Every function over a column has a twin for one value, which asks the column function. Unreadable text gives null, so
that "null, though the text is not" is the problem to report.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import polars as pl

from graphmodel.text import Refusal, Text

BLANK = " \t\r\n\v\f\u0085\u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u2028\u2029\u202f\u205f\u3000\u200b\ufeff"
DASHES = "[‐‑‒–—―−]"


def half_width(text: pl.Expr) -> pl.Expr:
    """The text with full-width letters, digits and signs in their ordinary form (Unicode NFKC)."""
    return text.str.normalize("NFKC")


def clean(text: pl.Expr) -> pl.Expr:
    """The text without spaces of any kind around it; null where nothing is left."""
    trimmed = text.str.strip_chars(BLANK)
    return pl.when(trimmed != "").then(trimmed)


def _plain(text: pl.Expr) -> pl.Expr:
    return clean(half_width(text))


def _by_distinct(convert: Callable[[pl.Expr], pl.Expr], text: pl.Expr, dtype: pl.DataType) -> pl.Expr:
    """Convert each distinct text once: columns of dates, counts and ticks hold few."""

    def column(texts: pl.Series) -> pl.Series:
        frame = texts.alias("text").to_frame()
        meanings = frame.unique().with_columns(convert(pl.col("text")).alias("meaning"))
        joined = frame.join(meanings, on="text", how="left", nulls_equal=True, maintain_order="left")
        return joined["meaning"].alias(texts.name)

    return text.map_batches(column, return_dtype=dtype)


def _single(convert: Callable[[pl.Expr], pl.Expr], text: str | None) -> Any:
    return pl.DataFrame({"text": [text]}, schema={"text": pl.String}).select(convert(pl.col("text"))).item()


# --- dates ---

_TIME = r"(?:(?:\s+|T)[0-9]{1,2}:[0-9]{2}(?::[0-9]{2}(?:\.[0-9]+)?)?(?:Z|[+-][0-9]{2}:?[0-9]{2})?)?"
_DATE_SPACED = (
    r"^(?<year>[0-9]{4})\s*(?:[-/.年]\s*(?:(?<month>[0-9]{1,2})\s*(?:[-/.月]\s*(?:(?<day>[0-9]{1,2})\s*[日号]?"
    + _TIME
    + r")?)?)?)?$"
)
_DATE_COMPACT = r"^(?<year>[0-9]{4})(?<month>[0-9]{2})(?<day>[0-9]{2})?$"
_SERIAL = r"^([2-5][0-9]{4}|60000)(?:\.[0-9]+)?$"  # days in a spreadsheet: 1954 to 2064
_SERIAL_ORIGIN = dt.date(1899, 12, 30)
FIRST_DAY, LAST_DAY = dt.date(1900, 1, 1), dt.date(2100, 12, 31)
"""Days before and after are none that anything here speaks of: typing errors, most of them."""
DatePrecision = pl.Enum(["day", "month", "year"])
DATED = pl.Struct({"date": pl.Date, "precision": DatePrecision})


class BadDay(Refusal):
    """A day on which nothing is asked and of which no data speak."""

    def __init__(self, day: dt.date, what: Text) -> None:
        message = Text("{what} {day} 不在 1900 至 2100 年之间。", "{what} {day} is not within 1900 to 2100.")
        hint = Text("请核对年份。", "Check the year.")
        super().__init__(message.format(what=what, day=day.isoformat()), hint, code="bad-day")


def check_day(day: dt.date, what: Text) -> None:
    """Errors: `BadDay`, in which `what` names the day, outside `FIRST_DAY` to `LAST_DAY`."""
    if not FIRST_DAY <= day <= LAST_DAY:
        raise BadDay(day, what)


AS_OF, TODAY = (
    Text("数据截至日期", "The day that the data speak of,"),
    Text("作为今天的日期", "The day that counts as today,"),
)


def parse_dates(text: pl.Expr) -> pl.Expr:
    """The date that each text states, as a struct of `date` and `precision`; both null where it states none.

    Read are 2015-06-03, 2015/6/3, 2015.6.3, 20150603, 2015年6月3日 and the same without day or month, with a time of
    day behind, in full-width digits, and the serial numbers of spreadsheets. Month and year give their first day and
    the precision "month" or "year". Days that do not exist and years outside 1900 to 2100 give null.
    """
    return _by_distinct(_dates, text, DATED)


def _dates(text: pl.Expr) -> pl.Expr:
    plain = _plain(text).str.replace_all(DASHES, "-")
    spaced, compact = plain.str.extract_groups(_DATE_SPACED), plain.str.extract_groups(_DATE_COMPACT)
    year, month, day = (
        pl.coalesce(spaced.struct.field(part), compact.struct.field(part)) for part in ("year", "month", "day")
    )
    first = pl.lit("1")
    written = pl.concat_str(year, month.fill_null(first), day.fill_null(first), separator="-")
    in_range = year.cast(pl.Int32).is_between(FIRST_DAY.year, LAST_DAY.year)
    stated = pl.when(in_range).then(written).str.to_date("%Y-%m-%d", strict=False)
    serial = plain.str.extract(_SERIAL).cast(pl.Int64)
    date = pl.coalesce(stated, pl.lit(_SERIAL_ORIGIN) + pl.duration(days=serial))
    precision = (
        pl.when(date.is_null())
        .then(None)
        .when(day.is_not_null() | serial.is_not_null())
        .then(pl.lit("day"))
        .when(month.is_not_null())
        .then(pl.lit("month"))
        .otherwise(pl.lit("year"))
    )
    return pl.struct(date.alias("date"), precision.cast(DatePrecision).alias("precision"))


def parse_date(text: str | None) -> tuple[dt.date, str] | None:
    """The date that one text states and its precision; see `parse_dates`."""
    found: dict[str, Any] = _single(parse_dates, text)
    return None if found["date"] is None else (found["date"], found["precision"])


# --- numbers and ticks ---

_DIGITS = r"[+-]?(?:[0-9]{1,3}(?:,[0-9]{3})+|[0-9]+)"
_INTEGER = rf"^({_DIGITS})(?:\.0*)?\s*(?:人次|[人名个家次件户元年月天日])?$"
_NUMBER = rf"^¥?\s*(?<number>{_DIGITS}(?:\.[0-9]*)?(?:[eE][+-]?[0-9]{{1,3}})?)\s*(?<ten_thousands>万)?\s*(?:人次|小时|[人名个家次件户元年月天日分])?$"
_YES = ("√", "✓", "✔", "☑", "✅", "●", "是", "有", "对", "1", "1.0", "y", "yes", "true")
_NO = ("×", "✗", "✘", "☒", "否", "无", "0", "0.0", "n", "no", "false")
_FLAGS = {**dict.fromkeys(_YES, True), **dict.fromkeys(_NO, False)}


def parse_integers(text: pl.Expr) -> pl.Expr:
    """The whole number that each text states (3, ３, 1,200, 3.0, 3人); null where it states none."""
    return _by_distinct(_integers, text, pl.Int64())


def _integers(text: pl.Expr) -> pl.Expr:
    digits = _plain(text).str.extract(_INTEGER).str.replace_all("[,+]", "")
    return digits.cast(pl.Int64, strict=False)


def parse_integer(text: str | None) -> int | None:
    """The whole number that one text states; see `parse_integers`."""
    number: int | None = _single(parse_integers, text)
    return number


def parse_numbers(text: pl.Expr) -> pl.Expr:
    """The number that each text states (1,200.50, 20000元, 2万元); null where it states none or an infinite one."""
    return _by_distinct(_numbers, text, pl.Float64())


def _numbers(text: pl.Expr) -> pl.Expr:
    parts = _plain(text).str.extract_groups(_NUMBER)
    number = parts.struct.field("number").str.replace_all("[,+]", "").cast(pl.Float64, strict=False)
    scaled = (
        pl.when(parts.struct.field("ten_thousands").is_not_null()).then((number * 10_000).round(4)).otherwise(number)
    )
    return pl.when(scaled.is_finite()).then(scaled)


def parse_number(text: str | None) -> float | None:
    """The number that one text states; see `parse_numbers`."""
    number: float | None = _single(parse_numbers, text)
    return number


def parse_flags(text: pl.Expr) -> pl.Expr:
    """What each tick says (√ ✓ 是 有 1 yes … against × 否 无 0 no …); null where it is none of them."""
    return _by_distinct(_flags, text, pl.Boolean())


def _flags(text: pl.Expr) -> pl.Expr:
    return _plain(text).str.to_lowercase().replace_strict(_FLAGS, default=None, return_dtype=pl.Boolean)


def parse_flag(text: str | None) -> bool | None:
    """What one tick says; see `parse_flags`."""
    flag: bool | None = _single(parse_flags, text)
    return flag
