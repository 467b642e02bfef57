"""What does a column of text mean by the schema? Typed values, and the problems of those cells that mean nothing."""

from __future__ import annotations

import datetime as dt
import difflib
import unicodedata
from collections.abc import Callable, Mapping
from functools import cache

import polars as pl

from graphmodel.codes import CODE_TYPES
from graphmodel.declare import Choice, Column
from graphmodel.text import Text
from graphmodel.values import (
    BLANK,
    FIRST_DAY,
    LAST_DAY,
    clean,
    half_width,
    parse_dates,
    parse_flags,
    parse_integers,
    parse_numbers,
)
from loaders.errors import printable
from loaders.faults import Problem
from loaders.formulas import QUOTED

LONGEST_ID, LONGEST_TEXT = 200, 10_000
FAR_AHEAD = 30  # years; terms and plans end before
_UNUSUAL = rf"^$|^['{BLANK}]|[{BLANK}]$|[\x00-\x1f\x7f-\x9f\u00ad\u200b\u200e\u200f\u2028-\u202e\u2060\u2066-\u2069\ufeff\ufffe\uffff]"
_BREAKS = r"\s*[\t\r\n\v\f\u0085\u2028\u2029]\s*"
_UNSEEN = r"[\u00ad\u200b\u2060\ufeff]"
_FORBIDDEN = r"[\x00-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069\ufffe\uffff]"
UNKNOWN = (
    "-",
    "--",
    "—",
    "——",
    "/",
    "\\",
    "?",
    "暂无",
    "不详",
    "未知",
    "不明",
    "待查",
    "n/a",
    "na",
    "null",
    "none",
    "unknown",
)
_FLAG_WORDS = ("true", "false", "TRUE", "FALSE", "True", "False", "是", "否", "1", "0", "√", "✓", "×")

LEAVE_EMPTY = Text("不知道就留空。", "Leave the cell empty where it is not known.")


def read_column(
    column: Column, text: pl.Series, day: dt.date | None = None
) -> tuple[pl.Series, list[Problem], list[Problem]]:
    """What do these cells say?

    Parameters: `day` the day that they speak of, where dates and years are to be held against it.

    Returns the values in the column's type (unknown where a cell is blank or wrong), the problems, and what was
    understood only in part, for notices. Words such as 不详 and - in a column of numbers, dates, ticks or choices say
    "unknown". Linear; cells in ordinary form are read by one cast, others by their distinct values.
    """
    values, problems, partly = _read(column, text)
    if day is None or not (column.past or column.kind == "date"):
        return values, problems, partly
    late, far = _ahead(column, values, day)
    return values, [*problems, *late], [*partly, *far]


def _read(column: Column, text: pl.Series) -> tuple[pl.Series, list[Problem], list[Problem]]:
    match column.kind:
        case "text":
            values, problems = read_text(text, LONGEST_TEXT)
            return _codes(column, values) if column.code else (values, problems, [])
        case "date":
            return _dates(column, text)
        case "flag":
            values = _by_words(text, _flag_words(), pl.Boolean())
            return _judged(column, text, values, parse_flags, _FLAG_PROBLEM)
        case "choice":
            return _choices(column, text)
        case "integer":
            values = text.cast(pl.Int64, strict=False)
            return _judged(column, text, values, _of_unit(column, parse_integers), _INTEGER_PROBLEM)
        case "number":
            values = text.cast(pl.Float64, strict=False)
            finite = pl.select(pl.when(values.is_finite()).then(values)).to_series()
            return _judged(column, text, finite, _of_unit(column, parse_numbers), _NUMBER_PROBLEM)


# --- texts and codes ---


def read_text(text: pl.Series, longest: int) -> tuple[pl.Series, list[Problem]]:
    """Texts as they are stored, and what keeps some from being stored.

    White space around them is gone, a line break or tab inside is one space, unseen characters are removed, and so is
    an apostrophe that only keeps a spreadsheet from taking the text for a formula. Null where nothing is left. Refused
    are control characters, signs that turn the direction of reading, and texts of more than `longest` characters.
    """
    # a text has no more characters than bytes, so that most columns need no count of characters
    most_bytes = text.str.len_bytes().max()
    problems = [_too_long(text, longest)] if isinstance(most_bytes, int) and most_bytes > longest else []
    if not text.str.contains(_UNUSUAL).any():
        return text, problems
    column = pl.col(text.name)
    inner = column.str.replace_all(_UNSEEN, "").str.replace_all(_BREAKS, " ")
    values = text.to_frame().select(clean(clean(inner).str.replace(QUOTED, "$1"))).to_series()
    forbidden = Problem(
        "control-character",
        values.str.contains(_FORBIDDEN).fill_null(value=False),
        Text("含有看不见的控制字符。", "It holds an unseen control character."),
        Text("请全部删去，重新录入。", "Delete it as a whole and type it again."),
    )
    return values, [*problems, forbidden]


def _too_long(text: pl.Series, longest: int) -> Problem:
    return Problem(
        "text-too-long",
        (text.str.len_chars() > longest).fill_null(value=False),
        Text(f"超过 {longest:,} 个字符。", f"It has more than {longest:,} characters."),
        Text("请缩短。", "Shorten it."),
    )


def _codes(column: Column, text: pl.Series) -> tuple[pl.Series, list[Problem], list[Problem]]:
    assert column.code is not None
    kind = CODE_TYPES[column.code]
    ordinary = text.str.contains("^[0-9A-Z]+$").fill_null(value=True).all()
    values = text if ordinary else text.to_frame("code").select(kind.normalise(pl.col("code"))).to_series()
    values = values.alias(column.name)
    found = kind.problems(values)
    hint = Text("请对照证书更正；", "Correct it by the certificate; ")
    hint = Text(hint.zh + LEAVE_EMPTY.zh, hint.en + LEAVE_EMPTY.en.lower())

    def explain(at: pl.Series) -> list[tuple[Text, Text]]:
        return [(_sentence(kind.texts[problem]), hint) for problem in found.gather(at)]

    message = Text("代码不合规则。", "The code breaks its rules.")
    return values, [Problem(column.code, found.is_not_null(), message, hint, explain)], []


def _sentence(text: Text) -> Text:
    return Text(f"{text.zh}。", f"{text.en[0].upper()}{text.en[1:]}.")


# --- numbers, ticks, dates and choices ---

_Wrong = tuple[str, Text, Text]
_UNIT = r"(人次|小时|[人名个家次件户元年月天日分])$"
_SAME_UNIT = {"人": ("名", "个"), "家": ("个", "户"), "件": ("个", "次"), "人次": ("次",)}
_INTEGER_PROBLEM = (
    "not-a-whole-number",
    Text("不是整数。", "It is no whole number."),
    Text("请填数字，例如 12，没有的填 0；", "Enter digits, such as 12, and 0 where there are none; "),
)
_NUMBER_PROBLEM = (
    "not-a-number",
    Text("不是数字。", "It is no number."),
    Text("请填数字，例如 20000 或 2万元；", "Enter a number, such as 20000; "),
)
_FLAG_PROBLEM = (
    "not-a-tick",
    Text("不是“是”或“否”。", "It is neither yes nor no."),
    Text("请填 是 或 否；", "Enter 是 (yes) or 否 (no); "),
)
_DATE_PROBLEM = (
    "not-a-date",
    Text("不是存在的日期（1900–2100 年）。", "It is no date that exists (1900 to 2100)."),
    Text("请填如 2015-06-03 或 2015.6；", "Enter it as 2015-06-03 or 2015.6; "),
)


def _judged(
    column: Column, text: pl.Series, quick: pl.Series, careful: Callable[[pl.Expr], pl.Expr], wrong: _Wrong
) -> tuple[pl.Series, list[Problem], list[Problem]]:
    """Values of a quick cast, with the careful reading of the cells it missed; problems of what is still unread."""
    values, unread, said_unknown = _patched(text, quick, careful)
    code, message, hint = wrong
    problems = [Problem(code, unread, message, Text(hint.zh + LEAVE_EMPTY.zh, hint.en + LEAVE_EMPTY.en.lower()))]
    return values.alias(column.name), problems + _range(column, values), _unknown_words(said_unknown)


def _of_unit(column: Column, parse: Callable[[pl.Expr], pl.Expr]) -> Callable[[pl.Expr], pl.Expr]:
    """A reading of numbers that understands none with the unit of something else: 12月 is no number of people."""
    if column.unit is None:
        return parse
    own = (column.unit.zh, *_SAME_UNIT.get(column.unit.zh, ()))

    def careful(cells: pl.Expr) -> pl.Expr:
        unit = half_width(clean(cells)).str.extract(_UNIT)
        return pl.when(unit.is_null() | unit.is_in(own)).then(parse(cells))

    return careful


def _patched(
    text: pl.Series, quick: pl.Series, careful: Callable[[pl.Expr], pl.Expr]
) -> tuple[pl.Series, pl.Series, pl.Series]:
    """The values, which cells stay unread, and which say in words that the value is unknown."""
    missed = quick.is_null() & text.is_not_null()
    if not missed.any():
        return quick, missed, missed
    cells = pl.DataFrame({"text": text, "quick": quick, "missed": missed})
    plain = half_width(clean(pl.col("text"))).str.to_lowercase()
    said = cells.filter("missed").select(
        value=careful(pl.col("text")), blank=plain.is_null(), unknown=plain.is_in(UNKNOWN).fill_null(value=False)
    )
    at = missed.arg_true()
    values = quick.clone().scatter(at, said["value"])
    unknown = missed.clone().scatter(at, said["unknown"] & said["value"].is_null())
    unread = missed.clone().scatter(at, said["value"].is_null() & ~said["blank"] & ~said["unknown"])
    return values, unread, unknown


def _unknown_words(said: pl.Series) -> list[Problem]:
    message = Text("写明不知道，按空白读取。", "It says that the value is not known, and is read as blank.")
    return [Problem("says-unknown", said, message, LEAVE_EMPTY)] if said.any() else []


def _range(column: Column, values: pl.Series) -> list[Problem]:
    problems = []
    bounds = ((column.ge, "below-range", values.lt), (column.le, "above-range", values.gt))
    for bound, code, beyond in bounds:
        if bound is not None and (wrong := beyond(bound).fill_null(value=False)).any():
            problems.append(Problem(code, wrong, *_allowed(column)))
    return problems


def _allowed(column: Column) -> tuple[Text, Text]:
    low = "…" if column.ge is None else f"{column.ge:.0f}"
    high = "…" if column.le is None else f"{column.le:.0f}"
    zh, en = (f" {column.unit.zh}", f" {column.unit.en}") if column.unit else ("", "")
    message = Text(f"不在 {low} 至 {high}{zh} 的范围内。", f"It is not within {low} to {high}{en}.")
    return message, Text("请核对后更正；" + LEAVE_EMPTY.zh, "Check and correct it; " + LEAVE_EMPTY.en.lower())


def _dates(column: Column, text: pl.Series) -> tuple[pl.Series, list[Problem], list[Problem]]:
    day = pl.col("text").str.to_date("%Y-%m-%d", strict=False)
    quick = text.to_frame("text").select(pl.when(day.is_between(FIRST_DAY, LAST_DAY)).then(day)).to_series()
    values, problems, notices = _judged(
        column, text, quick, lambda cells: parse_dates(cells).struct.field("date"), _DATE_PROBLEM
    )
    missed = quick.is_null() & values.is_not_null()
    if missed.any():
        coarse = text.filter(missed).to_frame("text").select(parse_dates(pl.col("text")).struct.field("precision"))
        rough = missed.clone().scatter(missed.arg_true(), coarse.to_series() != "day")
        message = Text(
            "只有年或年月，按第一天记录。", "It names a month or year only, and is recorded as its first day."
        )
        hint = Text("知道具体日期的请补上。", "Add the day where it is known.")
        notices += [Problem("day-unknown", rough, message, hint)] if rough.any() else []
    return values, problems, notices


def _ahead(column: Column, values: pl.Series, day: dt.date) -> tuple[list[Problem], list[Problem]]:
    """Which days or years lie ahead of the data's: problems where they cannot, notices where they are far off.

    What was registered, inspected, founded or paid lies behind; terms, plans and deadlines may lie ahead.
    """
    if column.past:
        late = values.gt(day.year if column.kind == "integer" else day).fill_null(value=False)
        message = Text(
            f"晚于数据截至日期 {day}，还没有发生。", f"It lies after the data's day, {day}, and has not happened."
        )
        hint = Text(
            "请更正；数据截至更晚的日期时，用 --as-of 写明。",
            "Correct it, or say by --as-of that the data is of a later day.",
        )
        return [Problem("date-ahead", late, message, hint)], []
    far = values.dt.year().gt(day.year + FAR_AHEAD).fill_null(value=False)
    message = Text(
        f"比数据截至日期 {day} 晚 {FAR_AHEAD} 年以上。", f"Over {FAR_AHEAD} years after the data's day, {day}."
    )
    return [], [Problem("far-ahead", far, message, Text("请核对年份。", "Check the year."))] if far.any() else []


def _choices(column: Column, text: pl.Series) -> tuple[pl.Series, list[Problem], list[Problem]]:
    assert column.choices is not None
    choices = column.choices
    words = choice_words(choices)
    quick = _by_words(text, words, pl.Enum(choices.values()))
    spelled = {_folded(word): value for word, value in words.items()}

    def careful(cells: pl.Expr) -> pl.Expr:
        folded = half_width(clean(cells)).str.replace_all(r"\s", "").str.to_lowercase()
        return folded.replace_strict(spelled, default=None, return_dtype=pl.Enum(choices.values()))

    allowed = Text("、".join(member.title.zh for member in choices), ", ".join(member.title.en for member in choices))
    hint = Text(f"可填：{allowed.zh}。", f"One of: {allowed.en}.")

    def explain(at: pl.Series) -> list[tuple[Text, Text]]:
        return [(message, _did_you_mean(value, choices, hint)) for value in text.gather(at)]

    message = Text("不在可选的词里。", "It is none of the words allowed.")
    values, unread, said_unknown = _patched(text, quick, careful)
    problem = Problem("not-a-choice", unread, message, hint, explain)
    return values.alias(column.name), [problem], _unknown_words(said_unknown)


def _did_you_mean(value: str, choices: type[Choice], otherwise: Text) -> Text:
    words = {_folded(word): value for word, value in choice_words(choices).items()}
    near = difflib.get_close_matches(_folded(value), words, n=1)
    if not near:
        return otherwise
    likeliest = next(member.title for member in choices if member.value == words[near[0]])
    return Text(f"是不是“{likeliest.zh}”？{otherwise.zh}", f'Is it "{likeliest.en}"? {otherwise.en}')


def _folded(word: str) -> str:
    return "".join(unicodedata.normalize("NFKC", printable(word)).lower().split())


@cache
def choice_words(choices: type[Choice]) -> dict[str, str]:
    """Every word for a value as the schema spells it → the stored value."""
    return {
        word: member.value
        for member in choices
        for word in (member.value, member.title.zh, member.title.en, *member.aliases)
    }


@cache
def _flag_words() -> dict[str, bool]:
    words = pl.Series("word", _FLAG_WORDS)
    meanings = words.to_frame().select(parse_flags(pl.col("word"))).to_series()
    return dict(zip(words, meanings, strict=True))


def _by_words(text: pl.Series, words: Mapping[str, str | bool], dtype: pl.DataType) -> pl.Series:
    """The values of cells that hold exactly one of these words; one cast, whatever the column's length."""
    places = text.cast(pl.Enum(list(words)), strict=False).to_physical()
    return pl.Series(list(words.values()), dtype=dtype).gather(places).alias(text.name)
