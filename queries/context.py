"""Of what is a question asked? A network, the policy's values and the day that counts as today."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any, TypeVar

import polars as pl
from dateutil.relativedelta import relativedelta

from graphmodel.network import Network
from graphmodel.policy import Values

T = TypeVar("T")
EPOCH = dt.date(1970, 1, 1)


@dataclass(frozen=True, slots=True)
class Context:
    """What an answer depends on, and nothing else: `network`, policy `values`, `today` (the network's as-of day).

    `earlier` is the picture of an earlier revision, for questions about how long something has been so; without it
    these cannot tell. `cases` are those that are followed, as `case_overview.overview` tables them, None where nobody
    looked. `imported` is the network of which this one is supposed: what it has was imported, though here nothing of it
    may be left. None of these is ever part of what `memo` keeps.
    """

    network: Network
    values: Values
    today: dt.date
    earlier: Context | None = None
    cases: pl.DataFrame | None = field(default=None, compare=False)
    imported: Network | None = field(default=None, compare=False)

    @staticmethod
    def of(network: Network, values: Values, today: dt.date | None = None) -> Context:
        """The usual context: the network speaks of its own as-of day."""
        return Context(network, values, today or network.stamp.as_of)

    def since(self, earlier: Network) -> Context:
        """The same context with an earlier network to compare with, judged by the same policy on its own day."""
        return replace(self, earlier=Context.of(earlier, self.values))

    def over(self, network: Network) -> Context:
        """The same context of another network: of this one with something planned or supposed in it."""
        return replace(self, network=network)

    def memo(self, key: Any, make: Callable[[], T]) -> T:
        """What `make` gives, once per network, policy and day."""
        return self.network.memo((key, self.values.digest, self.today), make)

    def ago(self, *, years: int = 0, months: int = 0, days: int = 0) -> dt.date:
        """The day that lies so long before today; 29 February becomes the 28th where the year has none."""
        day: dt.date = self.today - relativedelta(years=years, months=months, days=days)
        return day


def day_number(day: dt.date) -> int:
    """Days since 1970-01-01: how dates stand in dense vectors."""
    return (day - EPOCH).days
