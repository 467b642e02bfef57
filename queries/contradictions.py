"""Which records contradict each other or the rules of their codes? Only what is recorded is judged (N14)."""

from __future__ import annotations

import numpy as np
import polars as pl

from graphmodel.codes import credit_code_divisions, credit_code_problems
from graphmodel.identity import normalised_name
from graphmodel.schema import Organization
from graphmodel.text import Text
from graphmodel.vectors import Flags, Kleene
from queries.computed import Computed
from queries.context import Context
from queries.facts import ORG
from queries.places import community_of


def _codes(context: Context) -> pl.Series:
    return context.network[Organization].frame["credit_code"]


def _bad(context: Context) -> Flags:
    return context.memo("bad-codes", lambda: credit_code_problems(_codes(context)).is_not_null().to_numpy())


def _other_division(context: Context) -> Flags:
    here = pl.lit(context.values.word("division_code"))
    other = _codes(context).to_frame().select(credit_code_divisions(pl.col("credit_code")) != here).to_series()
    return other.fill_null(value=False).to_numpy() & ~_bad(context)


def _same_name(context: Context) -> Flags:
    """Two registered of one name, or two filed of one name in one community; deregistered ones left out."""
    rows = context.network[Organization]
    gone = ORG.status.is_("deregistered").evaluate(rows, context).yes
    frame = rows.frame.select(
        pl.col("track").cast(pl.String),
        normalised_name(pl.col("name")).alias("name"),
        pl.Series("community", community_of(context, Organization)),
        pl.Series("gone", gone),
    )
    filed = pl.col("track") == "filed"
    place = pl.when(filed).then("community").otherwise(0)
    counted = (
        ~pl.col("gone") & pl.col("name").is_not_null() & ((pl.col("track") == "registered") | (filed & (place >= 0)))
    )
    several = counted & (counted.sum().over("track", "name", place) > 1)
    return frame.select(several.fill_null(value=False).alias("several")).to_series().to_numpy().astype(np.bool_)


BAD_CODE = Computed(
    "bad-credit-code", Text("信用代码有误", "its credit code is not valid"), lambda c: Kleene.certain(_bad(c))
)
OTHER_DIVISION = Computed(
    "other-division",
    Text("信用代码属其他区划", "its valid credit code is of another division"),
    lambda c: Kleene.certain(_other_division(c)),
)
SAME_NAME = Computed("same-name", Text("同名", "another has the same name"), lambda c: Kleene.certain(_same_name(c)))
