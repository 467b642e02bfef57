"""Which records contradict each other or the rules of their codes? Only what is recorded is judged (N14)."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import polars as pl

from graphmodel.codes import credit_code_divisions, credit_code_problems
from graphmodel.identity import normalised_names
from graphmodel.rows import Rows
from graphmodel.schema.nodes import Organization
from graphmodel.text import Text
from graphmodel.vectors import Flags, Indices, Kleene
from queries.beside import joined
from queries.computed import Computed
from queries.context import Context
from queries.facts import FILED, ORG, REGISTERED
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
    same = np.zeros(len(context.network[Organization]), dtype=np.bool_)
    same[_namesakes(context)["row"].to_numpy()] = True
    return same


def same_named(rows: Rows, context: Context, at: Indices) -> pl.Series:
    """The ids of the others of the same name, beside a finding."""
    alike = _namesakes(context)
    others = alike.filter(pl.col("row").is_in(at)).join(alike, on=["name", "place"], maintain_order="left_right")
    others = others.filter(pl.col("row") != pl.col("row_right"))
    return joined(at, others["row"].to_numpy(), rows.frame["id"][others["row_right"].to_numpy()])


def _namesakes(context: Context) -> pl.DataFrame:
    """Two registered of one name, or two filed of one name in one community: columns `row`, `name`, `place`.

    Deregistered ones are left out.
    """
    return context.memo("namesakes", lambda: _find_namesakes(context))


def _find_namesakes(context: Context) -> pl.DataFrame:
    rows = context.network[Organization]
    registered, filed = (track.evaluate(rows, context).yes for track in (REGISTERED, FILED))
    place = np.where(filed, community_of(context, Organization), np.int32(-2))  # the registered are of one place all
    names = normalised_names(rows.frame["name"])
    counted = (registered | (place >= 0)) & names.is_not_null().to_numpy()
    counted &= ~ORG.status.is_("deregistered").evaluate(rows, context).yes
    alike = np.flatnonzero(counted)
    alike = alike[_repeated(names.hash().to_numpy()[alike] + place[alike].astype(np.uint64) * _SPREAD)]
    found = pl.DataFrame({"row": alike.astype(np.int32), "name": names.gather(alike), "place": place[alike]})
    return found.filter(pl.struct("name", "place").is_duplicated())


_SPREAD = np.uint64(0x9E3779B97F4A7C15)  # keeps places apart in a sum of fingerprints


def _repeated(fingerprint: npt.NDArray[np.uint64]) -> Flags:
    """bool[n]: whose fingerprint another has too."""
    order = np.sort(fingerprint)
    twice = order[1:][order[1:] == order[:-1]]
    found: Flags = np.isin(fingerprint, twice)
    return found


BAD_CODE = Computed(
    "bad-credit-code", Text("信用代码有误", "its credit code is not valid"), lambda c: Kleene.certain(_bad(c))
)
OTHER_DIVISION = Computed(
    "other-division",
    Text("信用代码属其他区划", "its valid credit code is of another division"),
    lambda c: Kleene.certain(_other_division(c)),
)
SAME_NAME = Computed("same-name", Text("同名", "another has the same name"), lambda c: Kleene.certain(_same_name(c)))
