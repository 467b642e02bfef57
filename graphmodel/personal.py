"""Does a text hold personal data? Judged by its shape alone, so that such a column can be skipped whatever its header."""

from __future__ import annotations

import unicodedata

import numpy as np
import polars as pl

from graphmodel.codes import VALUE_36, byte_matrix, credit_code_problems, place_values, weighted_sums
from graphmodel.text import Refusal, Text
from graphmodel.values import half_width

LONGEST = 2000  # characters of what people write beside the data: a measure, a comment, a reason

_GLUED = (
    r"(?:(?i:tel|phone|mobile|mob|mp|wx|vx|weixin|wechat|qq|tg|dianhua|shouji|sj|dh|sfz|sfzh|shenfenzheng|idcard|idno|id|no)|[TtVvWwQq])"
    # a label of a telephone or a card right before its number; other letters begin contracts, models, registrations
)
_CARD = rf"(?-u:\b){_GLUED}?([1-9][0-9]{{16}}[0-9Xx]|[1-9][0-9]{{14}})(?-u:\b)"
_GROUPED = (
    r"(?-u:\b)([1-9][0-9]{2}[ -]?[0-9]{3}[ -]?[0-9]{4}[ -]?[0-9]{4}[ -]?[0-9]{3}[0-9Xx]"
    r"|[1-9][0-9]{3}(?:[ -][0-9]{4}){3}[ -][0-9][0-9Xx])(?-u:\b)"
)
_CARD_WEIGHTS = tuple(pow(2, 17 - place, 11) for place in range(17))  # ISO 7064, modulus 11, radix 2
_CARD_CHECKS = place_values("10X98765432", range(11), -1)  # check character → remainder of the weighted sum
_BETWEEN = r"[-. /_()]{0,2}"
_GROUPS = ((3, 4, 4), (6, 5), (5, 6), (4, 3, 4), (3, 3, 5))  # how people part the eleven digits
_DIGITS = "|".join(
    _BETWEEN.join([rf"1[3-9][0-9]{{{first - 2}}}", *(rf"[0-9]{{{n}}}" for n in rest)]) for first, *rest in _GROUPS
)
_MOBILE = rf"(?:^|[^0-9A-Za-z]){_GLUED}?(?:\+?86{_BETWEEN})?(?:{_DIGITS})(?:$|[^0-9A-Za-z])"
_EMAIL = r"[A-Za-z0-9._%+-]+@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)*\.[A-Za-z]{2,}"


def personal_shape(texts: pl.Series) -> pl.Series:
    """Does each text hold an ID-card number, a mainland mobile number or an e-mail address? Null gives false.

    An ID-card number needs a date that exists. With 18 characters its check character may be wrong, as a miscopied one
    still tells of a person, unless the number is a sound credit code of digits alone.
    """
    plain = texts.cast(pl.String).to_frame("text").select(half_width(pl.col("text")).fill_null("")).to_series()
    personal = plain.str.contains(_MOBILE) | plain.str.contains(_EMAIL)
    text = pl.col("text")
    cards = plain.to_frame("text").with_row_index().filter(text.str.contains(_CARD) | text.str.contains(_GROUPED))
    written = pl.concat_list(text.str.extract_all(_CARD), text.str.extract_all(_GROUPED))
    listed = cards.select("index", card=written).explode("card").drop_nulls()
    listed = listed.with_columns(pl.col("card").str.replace_all("^[A-Za-z]+|[ -]", ""))
    rows = listed.filter(_are_cards(listed["card"]))["index"].to_numpy()
    mask = personal.to_numpy(writable=True)
    mask[rows] = True
    return pl.Series(texts.name, mask)


def _are_cards(numbers: pl.Series) -> pl.Series:
    old = numbers.str.len_bytes() == 15
    born = pl.when(old).then("19" + numbers.str.slice(6, 6)).otherwise(numbers.str.slice(6, 8))
    dated = (
        pl.select(born.str.to_date("%Y%m%d", strict=False).dt.year().is_between(1800, 2100))
        .to_series()
        .fill_null(value=False)
    )
    places = byte_matrix(numbers.filter(~old), 18)
    total = weighted_sums(places[:17], VALUE_36, _CARD_WEIGHTS)
    checked = np.ones(len(numbers), np.bool_)
    is_code = credit_code_problems(numbers.filter(~old)).is_null().to_numpy()
    checked[(~old).to_numpy()] = (_CARD_CHECKS[places[17]] == total % 11) | ~is_code
    return dated & pl.Series(checked)


def is_personal(text: str | None) -> bool:
    """Does one text hold personal data by its shape? See `personal_shape`; a text without digit and @ holds none."""
    if text is None or not any(sign.isdigit() or sign == "@" for sign in unicodedata.normalize("NFKC", text)):
        return False
    return bool(personal_shape(pl.Series([text], dtype=pl.String)).item())


def worded(text: str, refused: type[Refusal] = Refusal) -> str:
    """A text that people wrote, trimmed. Errors: `refused` where it is empty, too long or holds personal data."""
    plain = text.strip()
    if not plain or len(plain) > LONGEST:
        message = Text("须填写文字，最多 {n} 字。", "A text of at most {n} characters is needed.").format(n=LONGEST)
        raise refused(message, code="bad-text")
    if is_personal(plain):
        message = Text(
            "文字中有身份证号、手机号或邮箱，未保存。", "The text holds an ID, mobile or mail address; it was not kept."
        )
        raise refused(message, Text("请去掉个人信息。", "Leave personal data out."), "personal-data")
    return plain
