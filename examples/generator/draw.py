"""What do the parts of a large network share? The random numbers, who is where, and tables as they come to be."""

from __future__ import annotations

import datetime as dt
from typing import Any, ClassVar

import numpy as np
import polars as pl
from numpy.typing import NDArray

Table = pl.DataFrame
Ints = NDArray[np.int64]
Mask = NDArray[np.bool_]


class Draw:
    """A network under construction.

    `street`, `community`, `authority`, `district` are places of organisations in the id series of the bodies, -1 where
    not known or none; `registered`, `operating` masks; `cover` 0 none, 1 standalone, 2 joint, 3 functional.
    """

    FEWEST: ClassVar[int] = 100

    def __init__(self, organizations: int, rng: np.random.Generator, day: dt.date) -> None:
        self.n, self.rng, self.day = organizations, rng, day
        self.districts = max(1, organizations // 1000)
        self.streets = max(16, organizations // 450)
        self.streets += -self.streets % self.districts  # as many in each district
        self.communities = 7 * self.streets
        self.parts: dict[str, list[Table]] = {}
        self.ids: dict[str, pl.Series] = {}
        self.street = self.community = self.authority = self.district = np.empty(0, np.int64)
        self.industry = self.cover = np.empty(0, np.int64)
        self.registered = self.operating = self.located = np.empty(0, np.bool_)
        self.full: Ints = np.empty(0, np.int64)
        self.first: dict[str, int] = {}  # where the Party bodies of each kind begin

    def nodes(self, type_name: str, ids: pl.Series, **fields: Any) -> None:
        """Add nodes; fields are series, arrays or one value for all."""
        self.parts.setdefault(type_name, []).append(_frame({"id": ids, **fields}, len(ids)))

    def edges(self, type_name: str, source: tuple[str, Ints], target: tuple[str, Ints], **fields: Any) -> None:
        """Add edges between places in `ids`; ends that are -1 are left out."""
        (source_type, sources), (target_type, targets) = source, target
        there = (sources >= 0) & (targets >= 0)
        kept = {name: pl.Series(value).filter(there) if _is_long(value) else value for name, value in fields.items()}
        ends = {
            "source_type": _plain(source_type),
            "source": self.ids[source_type].gather(sources[there]),
            "target_type": _plain(target_type),
            "target": self.ids[target_type].gather(targets[there]),
        }
        self.parts.setdefault(type_name, []).append(_frame({**ends, **kept}, int(there.sum())))

    def pick(self, words: tuple[str | None, ...], shares: tuple[float, ...], count: int) -> pl.Series:
        """Words drawn with these shares; None is unknown."""
        drawn = self.rng.choice(len(words), count, p=np.array(shares) / sum(shares))
        return pl.Series(list(words), dtype=pl.String).gather(drawn)

    def flags(self, share: float, unknown: float, count: int) -> pl.Series:
        """True with this share, unknown with that."""
        drawn = self.rng.random(count)
        return _masked(pl.Series(drawn < share), drawn > 1 - unknown)

    def integers(self, values: Ints, unknown: float) -> pl.Series:
        """The values, some unknown."""
        return _masked(pl.Series(values), self.rng.random(len(values)) < unknown)

    def days(self, first: dt.date, last: dt.date, count: int, unknown: float = 0.0) -> pl.Series:
        """Days between, both included."""
        span = self.rng.integers(0, (last - first).days + 1, count) + (first - dt.date(1970, 1, 1)).days
        return _masked(pl.Series(span.astype(np.int32)).cast(pl.Date), self.rng.random(count) < unknown)

    def stated(self, count: int) -> dict[str, pl.Series]:
        """State and since: nearly all actual, some planned, a few unknown."""
        return {
            "state": self.pick(("actual", "planned", None), (0.985, 0.01, 0.005), count),
            "since": self.days(dt.date(2010, 1, 1), self.day, count, 0.02),
        }


PLAIN = {"PartyOwn": "PartyOrganization", "PartyJoint": "PartyOrganization", "PartyBody": "PartyOrganization"}
"""Families of ids that are nodes of one type."""


def _plain(type_name: str) -> str:
    return PLAIN.get(type_name, type_name)


def _masked(series: pl.Series, unknown: Mask) -> pl.Series:
    return series.to_frame("v").select(pl.when(~pl.Series(unknown)).then(pl.col("v"))).to_series()


def _is_long(value: object) -> bool:
    return isinstance(value, pl.Series | np.ndarray)


def _frame(columns: dict[str, Any], height: int) -> Table:
    long = {name: value for name, value in columns.items() if _is_long(value)}
    constant = [pl.lit(value).alias(name) for name, value in columns.items() if name not in long]
    frame = pl.DataFrame({name: pl.Series(name, value) for name, value in long.items()}).with_columns(constant)
    assert frame.height == height
    return frame.select(*columns)
