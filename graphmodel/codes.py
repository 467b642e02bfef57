"""Is this code well formed, and what does it say? Unified social credit codes and division codes, whole columns at a time.

Source: N14 (GB 32100-2015, GB 11714). Both check characters are judged; functions for one code ask those for a column.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import polars as pl

from graphmodel.text import Text
from graphmodel.values import BLANK, DASHES, clean, half_width

ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_ORGANISATION_CHECKS = "0123456789X"
_ORGANISATION_WEIGHTS = (3, 7, 9, 10, 5, 8, 4, 2)
_WEIGHTS = tuple(pow(3, place, 31) for place in range(17))
_HEAD, _LENGTH = 16, 18  # characters before the two check characters, and with them

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


def place_values(characters: str, values: range, invalid: int) -> npt.NDArray[np.int16]:
    """A table from a byte to its value, small letters like capitals, and `invalid` for any other byte."""
    table = np.full(256, invalid, np.int16)
    for character, value in zip(characters, values, strict=True):
        table[ord(character)] = table[ord(character.lower())] = value
    return table


_INVALID = -10_000  # below any weighted sum, so that one invalid character shows
_VALUE_31 = place_values(ALPHABET, range(31), _INVALID)
VALUE_36 = place_values("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ", range(36), _INVALID)


def byte_matrix(codes: pl.Series, length: int) -> npt.NDArray[np.uint8]:
    """The codes, each of that many bytes, as a matrix with one row per place."""
    joined = codes.str.join("").item() if len(codes) else ""
    return np.ascontiguousarray(np.frombuffer(joined.encode(), np.uint8).reshape(-1, length).T)


def weighted_sums(
    places: npt.NDArray[np.uint8], values: npt.NDArray[np.int16], weights: tuple[int, ...]
) -> npt.NDArray[np.int32]:
    """The sum of value times weight over the places, for each code."""
    total = np.zeros(places.shape[1], np.int32)
    for place, weight in zip(places, weights, strict=True):
        total += (values * weight).astype(np.int32)[place]
    return total


def _check_places(
    head: npt.NDArray[np.uint8],
) -> tuple[npt.NDArray[np.int32], Callable[[npt.NDArray[np.int16]], npt.NDArray[np.int32]]]:
    """The organisation check's value of each code's first 16 places, and the last check's, given the organisation's."""
    organisation = -weighted_sums(head[8:], VALUE_36, _ORGANISATION_WEIGHTS) % 11
    begun = weighted_sums(head, _VALUE_31, _WEIGHTS[:_HEAD])
    return organisation, lambda check: -(begun + check * _WEIGHTS[_HEAD]) % 31


def credit_code_problems(codes: pl.Series) -> pl.Series:
    """What is wrong with each unified social credit code? A key of `CREDIT_CODE_PROBLEMS`, null where nothing is.

    Parameters: `codes`, texts of any length; lower case is accepted. Null gives null. The first two places may hold
    letters, as those of other registering departments do. Source: N14.
    """
    codes = codes.cast(pl.String)
    measured = codes.is_not_null() & (codes.str.len_chars() == _LENGTH)
    narrow = measured & (codes.str.len_bytes() == _LENGTH)  # eighteen characters, none of them beyond ASCII
    places = byte_matrix(codes.filter(narrow), _LENGTH)
    values = _VALUE_31[places]
    organisation, last = _check_places(places[:_HEAD])
    division = places[2:8]
    names = pl.Series([None, *CREDIT_CODE_PROBLEMS], dtype=pl.String)
    rank = {name: place for place, name in enumerate(CREDIT_CODE_PROBLEMS, start=1)}
    found = np.select(
        [
            (values < 0).any(axis=0),
            ((division < ord("0")) | (division > ord("9"))).any(axis=0),
            place_values(_ORGANISATION_CHECKS, range(11), -1)[places[_HEAD]] != organisation,
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
    organisation, last = _check_places(byte_matrix(heads, _HEAD))
    ninth = pl.Series(list(_ORGANISATION_CHECKS)).gather(organisation)
    check_value = _VALUE_31[np.frombuffer(_ORGANISATION_CHECKS.encode(), np.uint8)][organisation]
    return (heads + ninth + pl.Series(list(ALPHABET)).gather(last(check_value))).alias(heads.name)


def make_credit_code(department: str, kind: str, division: str, organisation: str) -> str:
    """The credit code of a department (5: civil affairs), a kind (1, 2, 3), six digits of division, eight of organisation."""
    code: str = make_credit_codes(pl.Series([department + kind + division + organisation])).item()
    return code


def credit_code_divisions(codes: pl.Expr) -> pl.Expr:
    """The six digits of the division that a credit code states (places 3 to 8). Source: N14."""
    return codes.str.slice(2, 6)


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
    return codes.cast(pl.String).alias("code").to_frame().select(wrong.alias(codes.name)).to_series()


def division_code_problem(code: str | None) -> str | None:
    """What is wrong with one division code? See `division_code_problems`."""
    problem: str | None = division_code_problems(pl.Series([code], dtype=pl.String)).item()
    return problem


def short_division_codes(codes: pl.Expr) -> pl.Expr:
    """The code without the zeros that fill it up to 12 digits: six for a district, nine for a street."""
    return codes.str.replace("^([0-9]{6}|[0-9]{9})(?:000|000000)$", "$1").str.replace("^([0-9]{6})000$", "$1")


def normalise_codes(codes: pl.Expr) -> pl.Expr:
    """A code as it is stored: half-width, upper case, without spaces and dashes; null where nothing is left."""
    inner = half_width(codes).str.replace_all(f"[-{BLANK}]|{DASHES}", "")
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
