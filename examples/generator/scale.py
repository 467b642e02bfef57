"""How does a network of any size look? The example's proportions drawn at random, whole columns at a time, for benchmarks.

Nothing is planted and listed: gaps, unknown values, planned relations, several superiors and circles come in small shares.
"""

from __future__ import annotations

import datetime as dt

import numpy as np
import polars as pl

from examples.generator.draw import Draw, Table
from examples.generator.scale_bodies import add_bodies
from examples.generator.scale_coverage import add_coverage
from examples.generator.scale_organizations import add_organizations
from examples.generator.scale_relations import add_relations
from examples.generator.scale_work import add_work
from graphmodel.declare import SOURCES
from graphmodel.tables import all_types, conform

DAY = dt.date(2016, 6, 12)


def tables(organizations: int, seed: int = 20160612, day: dt.date = DAY) -> dict[str, pl.DataFrame]:
    """The tables of a generated network: the same for the same seed.

    Parameters: `organizations` how many, from 100 on: one district in a thousand of them, at most 450 a street, seven
    communities a street; `seed`; `day` the as-of day that dates lie before.
    Linear in time and memory: about six edges an organisation.
    """
    if organizations < Draw.FEWEST:
        raise ValueError(f"fewer than {Draw.FEWEST} organisations make no district: {organizations}")
    draw = Draw(organizations, np.random.default_rng([seed, organizations]), day)
    add_organizations(draw)
    add_bodies(draw)
    add_coverage(draw)
    add_relations(draw)
    add_work(draw)
    return {name: _finish(name, draw.parts.pop(name)) for name in all_types() if name in draw.parts}


def _finish(name: str, parts: list[Table]) -> pl.DataFrame:
    source = pl.lit("generated").alias(SOURCES)
    return pl.concat([conform(name, part.with_columns(source)) for part in parts], rechunk=False)
