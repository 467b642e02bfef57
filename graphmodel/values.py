"""What does a written value mean? Codes, dates, numbers and ticks as ledgers write them, whole columns at a time.

Every function over a column has a twin for one value, which asks the column function. Unreadable text gives null, so
that "null, though the text is not" is the problem to report.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import polars as pl

from graphmodel.choices import LegalForm
from graphmodel.text import Text

_BLANK = " \t\r\n\v\f\u0085\u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u2028\u2029\u202f\u205f\u3000\u200b\ufeff"
_DASHES = "[‐‑‒–—―−]"


def half_width(text: pl.Expr) -> pl.Expr:
    """The text with full-width letters, digits and signs in their ordinary form (Unicode NFKC)."""
    return text.str.normalize("NFKC")


def clean(text: pl.Expr) -> pl.Expr:
    """The text without spaces of any kind around it; null where nothing is left."""
    trimmed = text.str.strip_chars(_BLANK)
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


# --- unified social credit codes (N14: GB 32100-2015, GB 11714) ---

ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_ORGANISATION_CHECKS = "0123456789X"
_ORGANISATION_WEIGHTS = (3, 7, 9, 10, 5, 8, 4, 2)
_WEIGHTS = tuple(pow(3, place, 31) for place in range(17))
_HEAD, _LENGTH = 16, 18  # characters before the two check characters, and with them
_LEGAL_FORMS = {"51": LegalForm.ASSOCIATION, "52": LegalForm.PRIVATE_UNIT, "53": LegalForm.FOUNDATION}

CREDIT_CODE_PROBLEMS: dict[str, Text] = {
    "length": Text("统一社会信用代码须为18位", "a credit code has 18 characters"),
    "alphabet": Text(
        "统一社会信用代码只用数字和大写字母，不用 I、O、S、V、Z",
        "a credit code has digits and letters only, without I, O, S, V and Z",
    ),
    "division": Text("第3至8位须为6位区划数字", "places 3 to 8 are the six digits of a division"),
    "organisation-check": Text(
        "第9至17位组织机构代码的校验码不符，可能抄错一位",
        "the organisation code in places 9 to 17 fails its check: a character may be miscopied",
    ),
    "check": Text(
        "最后一位校验码不符，可能抄错一位", "the last character fails the check: a character may be miscopied"
    ),
}


def _places(characters: str, values: range, invalid: int) -> npt.NDArray[np.int16]:
    table = np.full(256, invalid, np.int16)
    for character, value in zip(characters, values, strict=True):
        table[ord(character)] = table[ord(character.lower())] = value
    return table


_INVALID = -10_000  # below any weighted sum, so that one invalid character shows
_VALUE_31 = _places(ALPHABET, range(31), _INVALID)
_VALUE_36 = _places("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ", range(36), _INVALID)


def _bytes(codes: pl.Series, length: int) -> npt.NDArray[np.uint8]:
    """The codes, each of that many bytes, as a matrix with one row per place."""
    joined = codes.str.join("").item() if len(codes) else ""
    return np.ascontiguousarray(np.frombuffer(joined.encode(), np.uint8).reshape(-1, length).T)


def _weighted(
    places: npt.NDArray[np.uint8], values: npt.NDArray[np.int16], weights: tuple[int, ...]
) -> npt.NDArray[np.int32]:
    total = np.zeros(places.shape[1], np.int32)
    for place, weight in zip(places, weights, strict=True):
        total += (values * weight).astype(np.int32)[place]
    return total


def _check_places(
    head: npt.NDArray[np.uint8],
) -> tuple[npt.NDArray[np.int32], Callable[[npt.NDArray[np.int16]], npt.NDArray[np.int32]]]:
    """The organisation check's value of each code's first 16 places, and the last check's, given the organisation's."""
    organisation = -_weighted(head[8:], _VALUE_36, _ORGANISATION_WEIGHTS) % 11
    begun = _weighted(head, _VALUE_31, _WEIGHTS[:_HEAD])
    return organisation, lambda check: -(begun + check * _WEIGHTS[_HEAD]) % 31


def credit_code_problems(codes: pl.Series) -> pl.Series:
    """What is wrong with each unified social credit code? A key of `CREDIT_CODE_PROBLEMS`, null where nothing is.

    Parameters: `codes`, texts of any length; lower case is accepted. Null gives null. The first two places may hold
    letters, as those of other registering departments do. Source: N14.
    """
    measured = codes.is_not_null() & (codes.str.len_chars() == _LENGTH)
    narrow = measured & (codes.str.len_bytes() == _LENGTH)  # eighteen characters, none of them beyond ASCII
    places = _bytes(codes.filter(narrow), _LENGTH)
    values = _VALUE_31[places]
    organisation, last = _check_places(places[:_HEAD])
    division = places[2:8]
    names = pl.Series([None, *CREDIT_CODE_PROBLEMS], dtype=pl.String)
    rank = {name: place for place, name in enumerate(CREDIT_CODE_PROBLEMS, start=1)}
    found = np.select(
        [
            (values < 0).any(axis=0),
            ((division < ord("0")) | (division > ord("9"))).any(axis=0),
            _places(_ORGANISATION_CHECKS, range(11), -1)[places[_HEAD]] != organisation,
            values[_HEAD + 1] != last(values[_HEAD]),
        ],
        [rank["alphabet"], rank["division"], rank["organisation-check"], rank["check"]],
        0,
    )
    worst = np.where(
        codes.is_null().to_numpy(), 0, np.where(measured.fill_null(value=False), rank["alphabet"], rank["length"])
    )
    worst[narrow.fill_null(value=False).to_numpy()] = found
    return names.gather(worst).alias(codes.name)


def credit_code_problem(code: str | None) -> str | None:
    """What is wrong with one credit code? See `credit_code_problems`."""
    problem: str | None = credit_code_problems(pl.Series([code], dtype=pl.String)).item()
    return problem


def make_credit_codes(heads: pl.Series) -> pl.Series:
    """The whole credit codes that begin with these 16 characters, both check characters added.

    Errors: `ValueError` where a head has not 16 characters of `ALPHABET`. Source: N14.
    """
    good = heads.str.contains(f"^[{ALPHABET}]{{{_HEAD}}}$")
    if not good.fill_null(value=False).all():
        raise ValueError(f"a credit code begins with {_HEAD} characters of {ALPHABET}")
    organisation, last = _check_places(_bytes(heads, _HEAD))
    ninth = pl.Series(list(_ORGANISATION_CHECKS)).gather(organisation)
    check_value = _VALUE_31[np.frombuffer(_ORGANISATION_CHECKS.encode(), np.uint8)][organisation]
    return (heads + ninth + pl.Series(list(ALPHABET)).gather(last(check_value))).alias(heads.name)


def make_credit_code(department: str, kind: str, division: str, organisation: str) -> str:
    """The credit code of a department (5: civil affairs), a kind (1, 2, 3), six digits of division, eight of organisation."""
    code: str = make_credit_codes(pl.Series([department + kind + division + organisation])).item()
    return code


def credit_code_legal_forms(codes: pl.Expr) -> pl.Expr:
    """The legal form that a credit code states (51, 52, 53); null for any other beginning. Source: N14."""
    forms = {start: form.value for start, form in _LEGAL_FORMS.items()}
    return codes.str.head(2).replace_strict(forms, default=None, return_dtype=pl.String)


def credit_code_divisions(codes: pl.Expr) -> pl.Expr:
    """The six digits of the division that a credit code states (places 3 to 8). Source: N14."""
    return codes.str.slice(2, 6)


# --- division codes ---

DIVISION_CODE_PROBLEMS: dict[str, Text] = {
    "digits": Text("区划代码只用数字", "a division code has digits only"),
    "length": Text("区划代码须为6位（区县）、9位（街道）或12位（社区）", "a division code has 6 (district), 9 (street) or 12 (community) digits"),
}  # fmt: skip


def division_code_problems(codes: pl.Series) -> pl.Series:
    """What is wrong with each division code? A key of `DIVISION_CODE_PROBLEMS`, null where nothing is."""
    code = pl.col("code")
    wrong = (
        pl.when(code.str.contains("[^0-9]"))
        .then(pl.lit("digits"))
        .when(~code.str.len_chars().is_in([6, 9, 12]))
        .then(pl.lit("length"))
    )
    return codes.alias("code").to_frame().select(wrong.alias(codes.name)).to_series()


def division_code_problem(code: str | None) -> str | None:
    """What is wrong with one division code? See `division_code_problems`."""
    problem: str | None = division_code_problems(pl.Series([code], dtype=pl.String)).item()
    return problem


def short_division_codes(codes: pl.Expr) -> pl.Expr:
    """The code without the zeros that fill it up to 12 digits: six for a district, nine for a street."""
    return codes.str.replace("^([0-9]{6}|[0-9]{9})(?:000|000000)$", "$1").str.replace("^([0-9]{6})000$", "$1")


def division_parents(codes: pl.Expr) -> pl.Expr:
    """The division above: the street of a community, the district of a street; null for a district."""
    short = short_division_codes(codes)
    return pl.when(short.str.len_chars().is_in([9, 12])).then(short.str.head(-3))


def normalise_codes(codes: pl.Expr) -> pl.Expr:
    """A code as it is stored: half-width, upper case, without spaces and dashes; null where nothing is left."""
    inner = half_width(codes).str.replace_all(f"[-{_BLANK}]|{_DASHES}", "")
    return clean(inner.str.to_uppercase())


@dataclass(frozen=True, slots=True)
class CodeType:
    """A value type of the schema (`Column.code`): how a code is stored, and how and in which words it is judged."""

    normalise: Callable[[pl.Expr], pl.Expr]
    problems: Callable[[pl.Series], pl.Series]
    texts: dict[str, Text]


CODE_TYPES: dict[str, CodeType] = {
    "credit-code": CodeType(normalise_codes, credit_code_problems, CREDIT_CODE_PROBLEMS),
    "division-code": CodeType(normalise_codes, division_code_problems, DIVISION_CODE_PROBLEMS),
}

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
_FIRST_YEAR, _LAST_YEAR = 1900, 2100
DatePrecision = pl.Enum(["day", "month", "year"])
DATED = pl.Struct({"date": pl.Date, "precision": DatePrecision})


def parse_dates(text: pl.Expr) -> pl.Expr:
    """The date that each text states, as a struct of `date` and `precision`; both null where it states none.

    Read are 2015-06-03, 2015/6/3, 2015.6.3, 20150603, 2015年6月3日 and the same without day or month, with a time of
    day behind, in full-width digits, and the serial numbers of spreadsheets. Month and year give their first day and
    the precision "month" or "year". Days that do not exist and years outside 1900 to 2100 give null.
    """
    return _by_distinct(_dates, text, DATED)


def _dates(text: pl.Expr) -> pl.Expr:
    plain = _plain(text).str.replace_all(_DASHES, "-")
    spaced, compact = plain.str.extract_groups(_DATE_SPACED), plain.str.extract_groups(_DATE_COMPACT)
    year, month, day = (
        pl.coalesce(spaced.struct.field(part), compact.struct.field(part)) for part in ("year", "month", "day")
    )
    first = pl.lit("1")
    written = pl.concat_str(year, month.fill_null(first), day.fill_null(first), separator="-")
    in_range = year.cast(pl.Int32).is_between(_FIRST_YEAR, _LAST_YEAR)
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


# --- shapes of personal data ---

_CARD = r"(?-u:\b)([1-9][0-9]{16}[0-9Xx]|[1-9][0-9]{14})(?-u:\b)"
_CARD_WEIGHTS = tuple(pow(2, 17 - place, 11) for place in range(17))  # ISO 7064, modulus 11, radix 2
_CARD_CHECKS = _places("10X98765432", range(11), -1)  # check character → remainder of the weighted sum
_MOBILE = r"(?-u:\b)(?:\+?86[- ]?)?1[3-9][0-9][- ]?[0-9]{4}[- ]?[0-9]{4}(?-u:\b)"
_EMAIL = r"[A-Za-z0-9._%+-]+@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)*\.[A-Za-z]{2,}"


def personal_shape(texts: pl.Series) -> pl.Series:
    """Does each text hold an ID-card number, a mainland mobile number or an e-mail address? Null gives false.

    An ID-card number needs a date that exists and, with 18 characters, its check character, so that an all-digit
    credit code is none.
    """
    plain = texts.to_frame("text").select(half_width(pl.col("text")).fill_null("")).to_series()
    personal = plain.str.contains(_MOBILE) | plain.str.contains(_EMAIL)
    cards = plain.to_frame("text").with_row_index().filter(pl.col("text").str.contains(_CARD))
    listed = cards.select("index", pl.col("text").str.extract_all(_CARD).alias("card")).explode("card")
    rows = listed.filter(_are_cards(listed["card"]))["index"].to_numpy()
    mask = personal.to_numpy(writable=True)
    mask[rows] = True
    return pl.Series(texts.name, mask)


def _are_cards(numbers: pl.Series) -> pl.Series:
    old = numbers.str.len_bytes() == 15
    born = pl.when(old).then("19" + numbers.str.slice(6, 6)).otherwise(numbers.str.slice(6, 8))
    dated = (
        pl.select(born.str.to_date("%Y%m%d", strict=False).dt.year().is_between(1800, _LAST_YEAR))
        .to_series()
        .fill_null(value=False)
    )
    places = _bytes(numbers.filter(~old), _LENGTH)
    checked = np.ones(len(numbers), np.bool_)
    total = _weighted(places[:17], _VALUE_36, _CARD_WEIGHTS)
    checked[(~old).to_numpy()] = _CARD_CHECKS[places[17]] == total % 11
    return dated & pl.Series(checked)


def is_personal(text: str | None) -> bool:
    """Does one text hold personal data by its shape? See `personal_shape`."""
    return bool(personal_shape(pl.Series([text], dtype=pl.String)).item())
