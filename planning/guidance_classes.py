"""Who asks for a post or station, and who can take on: the alike as one, so that a flow over them stays small (J11, N12)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl

from planning.distance import Places
from planning.problem import Ints

INSTRUCTOR, STATION = 0, 1


@dataclass(frozen=True, slots=True)
class Demand:
    """Who asks: k organisations at `where`.

    `asks` INSTRUCTOR or STATION; `kind` of station; `kept` the station that guides it already, -1 for none; `barred`
    pairs (place here, post or station) that may not be chosen.
    """

    where: Places
    asks: Ints
    kind: Ints
    kept: Ints
    barred: frozenset[tuple[int, int]]


@dataclass(frozen=True, slots=True)
class Supply:
    """Who can take on.

    p posts, each of a `station` at `where`, with `load` of `limit` taken; s stations, each of a `kind` at `at`, with
    `spare` places (-1: no limit is known).
    """

    where: Places
    station: Ints
    load: Ints
    limit: Ints
    at: Places
    kind: Ints
    spare: Ints


def classes_of(demand: Demand) -> pl.DataFrame:
    """Classes of organisations that are alike: `members` their places; who has barred choices is one by itself."""
    alone = np.full(len(demand.asks), -1, dtype=np.int64)
    for one, _ in demand.barred:
        alone[one] = one
    frame = pl.DataFrame(
        {
            "asks": demand.asks,
            "kind": np.where(demand.kept >= 0, -1, demand.kind),
            "kept": demand.kept,
            "community": demand.where.community,
            "street": demand.where.street,
            "barred": alone,
            "members": np.arange(len(alone)),
        }
    )
    keys = ["asks", "kind", "kept", "community", "street", "barred"]
    return frame.group_by(keys, maintain_order=True).agg("members", pl.len().cast(pl.Int64).alias("count")).sort(keys)


def pools_of(demand: Demand, supply: Supply) -> pl.DataFrame:
    """Posts with room by station and place: `posts` their places; one that somebody may not choose is `alone`, else -1."""
    room = np.flatnonzero((supply.limit > supply.load) & (supply.station >= 0))
    refused = [post for one, post in demand.barred if demand.asks[one] == INSTRUCTOR]
    frame = pl.DataFrame(
        {
            "station": supply.station[room],
            "community": supply.where.community[room],
            "street": supply.where.street[room],
            "alone": np.where(np.isin(room, refused), room, -1),
            "posts": room,
        }
    )
    keys = ["station", "community", "street", "alone"]
    return frame.group_by(keys, maintain_order=True).agg("posts").sort(keys)


def levels_of(supply: Supply, pools: pl.DataFrame) -> pl.DataFrame:
    """How many posts of each pool can go from `level` organisations to one more: so that load is levelled."""
    slots = [(pool, level) for pool, one in enumerate(slots_of(supply, pools)) for level, _ in one]
    frame = pl.DataFrame(slots, schema={"pool": pl.Int64, "level": pl.Int64}, orient="row")
    return frame.group_by("pool", "level").agg(pl.len().cast(pl.Int64).alias("count")).sort("pool", "level")


def slots_of(supply: Supply, pools: pl.DataFrame) -> list[list[tuple[int, int]]]:
    """For each pool its open places as (load before, post), the least loaded first."""
    load, limit = supply.load.tolist(), supply.limit.tolist()
    return [
        sorted((level, p) for p in posts for level in range(load[p], limit[p])) for posts in pools["posts"].to_list()
    ]
