"""Would a spreadsheet take a text for a formula? One guard for everything that is written."""

from __future__ import annotations

import unicodedata

import polars as pl

_PLAIN_NUMBER = r"^[+-]?[0-9][0-9.,]*$"
_BEFORE = r"\s\p{C}"  # what a person does not see, and a spreadsheet may drop
_SIGNS = "=+-@\uff1d\uff0b\uff0d\uff20\ufe66\ufe62\ufe63\ufe6b\u207a\u208a\u207c\u208c\u207b\u208b"
_SIGN = f"[{_BEFORE}]*[{_SIGNS.replace('-', chr(92) + '-')}]"
_FORMULA = rf"(?s)^(?:{_SIGN}|[\t\r\n])"
QUOTED = rf"^'+({_SIGN}|[\t\r\n])"
"""A spreadsheet's mark that a cell is text and no formula; the group is what follows it."""


def neutralised(text: pl.Expr) -> pl.Expr:
    """The text with an apostrophe in front where a spreadsheet would take it for a formula; plain numbers are none.

    Judged by the first character that is seen, in any width, and by a tab or line break in front.
    """
    formula = text.str.contains(_FORMULA) & ~text.str.contains(_PLAIN_NUMBER)
    return pl.when(formula).then(text.str.replace("^", "'")).otherwise(text)


def is_formula(text: str) -> bool:
    """Would a spreadsheet take this one text for a formula? See `neutralised`; a number with its sign counts too."""
    if text[:1] in ("\t", "\r", "\n"):
        return True
    seen = next((c for c in text if not c.isspace() and not unicodedata.category(c).startswith("C")), "")
    return unicodedata.normalize("NFKC", seen)[:1] in ("=", "+", "-", "@", "\u2212") if seen else False
