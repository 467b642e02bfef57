"""What stands beside a finding, so that somebody can act on it? Who it is about, how many, how much, at the rows found.

These are columns that no field of the anchor holds: names at the other end of a relation, counts, sums. They are made in
process for the rows that were found, whoever judged them, so that every engine shows the same.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import polars as pl

from graphmodel.declare import Choice
from graphmodel.rows import EdgeRows, Rows
from graphmodel.text import Text
from graphmodel.vectors import Indices, Numbers
from queries.context import Context
from queries.logic import Truth
from queries.relations import Hop
from queries.values import Value

MOST_NAMED = 12  # names in one cell; how many more there are is told
BETWEEN = "；"
Made = Callable[[Rows, Context, Indices], pl.Series]
"""What a column holds for the rows of the anchor named by int32[m]: a series of m values, null where there is none."""


@dataclass(frozen=True, slots=True, eq=False)
class Beside:
    """One column beside a finding: its title, how it is made, its unit and, for words of the schema, their choice.

    `restricted` that member counts can be told from it (settled point 8).
    """

    title: Text
    made: Made
    unit: Text | None = None
    choices: type[Choice] | None = None
    restricted: bool = False


def names(*ends: tuple[Hop, Truth | None]) -> Made:
    """Names of the nodes at the other end of relations, those of which the truth is certain; at most 12, the rest counted."""

    def made(_: Rows, context: Context, at: Indices) -> pl.Series:
        found = [_there(hop, where, context, at) for hop, where in ends]
        rows = np.concatenate(
            [edges.near(hop.side)[place] for (hop, _), (edges, place) in zip(ends, found, strict=True)]
        )
        words = [
            _named(hop, context, _far(hop, edges)[place]) for (hop, _), (edges, place) in zip(ends, found, strict=True)
        ]
        return joined(at, rows, pl.concat(words))

    return made


def of_others(hop: Hop, field: str, where: Truth | None = None) -> Made:
    """A field of the nodes at the other end, in the order of their `names`; – where it is not known."""

    def made(_: Rows, context: Context, at: Indices) -> pl.Series:
        edges, place = _there(hop, where, context, at)
        words = context.network[hop.far].frame[field][_far(hop, edges)[place]]
        return joined(at, edges.near(hop.side)[place], words)

    return made


def of_relations(hop: Hop, field: str, where: Truth | None = None) -> Made:
    """A field of the relations themselves; – where it is not known."""

    def made(_: Rows, context: Context, at: Indices) -> pl.Series:
        edges, place = _there(hop, where, context, at)
        return joined(at, edges.near(hop.side)[place], edges.frame[field][place])

    return made


def number(value: Value, where: Truth | None = None) -> Made:
    """A number that is asked of the row, such as a count or a sum; null where it is not known exactly.

    With `where`, null also where that is not certain: a sum over nothing is no 0.
    """

    def made(rows: Rows, context: Context, at: Indices) -> pl.Series:
        found = value.evaluate(rows, context)
        assert isinstance(found, Numbers)
        known = found.known() if where is None else found.known() & where.evaluate(rows, context)
        return pl.Series(found.lo[at]).set(pl.Series(~known.yes[at]), None)

    return made


def joined(at: Indices, rows: npt.NDArray[np.integer], words: pl.Series) -> pl.Series:
    """For each of the rows `at` the words that belong to it, joined in their order; null where there is none.

    Parameters: `words` and the row (int[k]) that each belongs to. Cost: linear in the words.
    """
    listed = pl.DataFrame({"row": rows.astype(np.int64), "word": words.cast(pl.String).fill_null("–")})
    joint = (
        listed.group_by("row", maintain_order=True)
        .agg(pl.col("word").head(MOST_NAMED), more=pl.len().cast(pl.Int64) - MOST_NAMED)
        .with_columns(pl.col("word").list.join(BETWEEN))
        .with_columns(
            pl.when(pl.col("more") > 0).then(pl.format("{}；… +{}", "word", "more")).otherwise("word").alias("word")
        )
    )
    wanted = pl.DataFrame({"row": at.astype(np.int64)})
    return wanted.join(joint, on="row", how="left", maintain_order="left")["word"]


def _there(hop: Hop, where: Truth | None, context: Context, at: Indices) -> tuple[EdgeRows, npt.NDArray[np.intp]]:
    """All relations of a hop, and the places of those that belong to the rows `at`."""
    edges, truth = hop.truth(where, context)
    wanted = np.zeros(len(context.network[hop.near]), dtype=np.bool_)
    wanted[at] = True
    return edges, np.flatnonzero(truth.yes & wanted[edges.near(hop.side)])


def _far(hop: Hop, edges: EdgeRows) -> Indices:
    return edges.source if hop.side == "target" else edges.target


def _named(hop: Hop, context: Context, rows: Indices) -> pl.Series:
    return context.network[hop.far].frame.select(pl.coalesce("name", "id")).to_series()[rows].alias("word")
