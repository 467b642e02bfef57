"""What did a change of street boundaries move? Which way each community went, and from what that is inferred."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import polars as pl

from graphmodel.changes import ChangeSet
from graphmodel.declare import Choice


class Way(Choice):
    """How a community came to its new street; the order is that of the rules."""

    NAME = "name", "同名社区", "a community of the same name"
    DOCUMENTED = "documented", "文件载明的街道合并", "the documented merger of its street"
    MAJORITY = "majority", "原街道多数社区的去向（推断）", "where most of its street went (inferred)"


@dataclass(frozen=True, slots=True)
class Redistricted:
    """A change of boundaries as a ChangeSet.

    `communities` has a row for every community with a street: `id`, `name`, `street` (before), `to` (its node after),
    `to_street`, `way`; `streets` which street continues each that ends; `ended` and `begun` the ids of streets, `standing`
    how many there are before and after; `organizations` how many organisations go each way, and how many have a street
    only; `merged` how many relations fall together; `crossing` how many joint branches, and how many posts, look after
    organisations of one street before and of several after.
    """

    changes: ChangeSet
    communities: pl.DataFrame
    streets: Mapping[str, str]
    ended: tuple[str, ...]
    begun: tuple[str, ...]
    standing: tuple[int, int]
    organizations: dict[str, int]
    merged: int
    crossing: tuple[int, int]

    def ways(self) -> dict[Way, int]:
        """How many communities go each way."""
        return {way: int((self.communities["way"] == way.value).sum()) for way in Way}

    def inferred(self) -> pl.DataFrame:
        """From what is inferred where communities go, street by street: `street`, `to_street`, `communities`, `there`, `named`.

        Of the `named` communities of the street, whose successor is known by name, `there` go to that street; so the
        other `communities` are taken to go along.
        """
        way, named = pl.col("way"), pl.col("way") == Way.NAME.value
        guessed = self.communities.filter(way == Way.MAJORITY.value).group_by("street", "to_street").len("communities")
        known = self.communities.filter(named)
        there = known.group_by("street", "to_street").len("there")
        whole = guessed.join(there, on=["street", "to_street"], how="left")
        whole = whole.join(known.group_by("street").len("named"), on="street", how="left")
        counts = pl.col("communities", "there", "named").fill_null(0).cast(pl.Int64)
        return whole.with_columns(counts).sort("street", "to_street")
