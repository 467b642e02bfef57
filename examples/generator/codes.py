"""Which credit codes have generated organisations? Valid ones of the division, numbered by a seed (N14)."""

from __future__ import annotations

import numpy as np
import polars as pl

from graphmodel.choices import LegalForm
from graphmodel.codes import make_credit_codes

KINDS = {LegalForm.ASSOCIATION.value: "1", LegalForm.PRIVATE_UNIT.value: "2", LegalForm.FOUNDATION.value: "3"}
"""Legal form → second character of the code; the first is 5, the departments of civil affairs."""


def credit_codes(count: int, seed: int, division: str = "510104") -> dict[str, list[str]]:
    """`count` valid codes for each legal form, none twice, the same for the same seed."""
    serials = np.random.default_rng([seed, int(division)]).permutation(9_000_000)[:count] + 1_000_000
    heads = pl.Series(serials).cast(pl.String)
    return {
        form: make_credit_codes(pl.select("5" + pl.lit(kind) + pl.lit(division) + "M" + heads).to_series()).to_list()
        for form, kind in KINDS.items()
    }
