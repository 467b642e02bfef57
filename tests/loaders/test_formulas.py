"""Is every text that a spreadsheet may run made harmless, and every other left as it is?"""

from __future__ import annotations

import polars as pl
import pytest

from loaders.formulas import is_formula, neutralised

HARMFUL = [
    "=1+1",
    "+cmd",
    "-2+3",
    "@SUM(A1)",
    "＝1",
    "＋1+1",
    "＠x",
    "\uff0d1+1",
    "\n=1",
    " =1",
    "\t1",
    "\rx",
    "\u200b=1",
    "\u3000=1",
]


@pytest.mark.parametrize("text", HARMFUL)
def test_what_may_be_run_gets_an_apostrophe(text: str) -> None:
    assert pl.select(neutralised(pl.lit(text))).item() == f"'{text}"
    assert is_formula(text)


@pytest.mark.parametrize("text", ["", "甲=乙", "1-2", "'=1", "服务中心", "a@b"])
def test_what_is_no_formula_stays(text: str) -> None:
    assert pl.select(neutralised(pl.lit(text))).item() == text
    assert not is_formula(text)


def test_a_plain_number_stays_a_number() -> None:
    assert pl.select(neutralised(pl.lit("-3.5"))).item() == "-3.5"
