"""Which post and which station for whom, proven best? One flow over stations, posts and the borders of streets.

Lexicographic: most organisations guided; of those, the ones that are due an instructor, and among them the ones that a
station guides already; least distance; load levelled (J11, N12). Who can be guided together is a matroid, so those
that come first are as many as if there were nobody else. Organisations of one place that ask for the same are one node, posts of one place and station are
one node, and distance is gone over the map of streets itself: so the network stays small at any size.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl

from graphmodel.schema import Street
from planning.distance import FAR, Places, between
from planning.problem import Ints
from planning.solve import Arcs, cheapest_flow
from planning.ways import parted
from queries.context import Context
from queries.places import adjacency

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


def assign(context: Context, demand: Demand, supply: Supply) -> tuple[Ints, Ints]:
    """int64[k] twice: the post (-1 where none or none is asked for) and the station of each, -1 where it has none.

    Proven optimal. Cost: a flow over about streets × kinds + places of demand and of posts.
    """
    if not len(demand.asks):
        return np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.int64)
    return _Network(context, demand, supply).solve()


class _Network:
    """The flow network: nodes are numbered as they are needed, the sink is node 0."""

    def __init__(self, context: Context, demand: Demand, supply: Supply) -> None:
        self.context, self.demand, self.supply = context, demand, supply
        self.size = 1
        self.parts: list[Arcs] = []
        self.classes = _alike(demand)
        self.pools = _pools(demand, supply)
        total = len(demand.asks)
        self.step = int(supply.limit.max(initial=1)) * total + 1  # one step of distance outweighs all load
        outweighs = total * (self.step * FAR + int(supply.limit.max(initial=1))) + 1
        turn = np.where(demand.asks == STATION, 2, np.where(demand.kept >= 0, 0, 1))
        turns = np.unique(turn)  # only those that there are: costs stay small
        self.late = {
            asks: outweighs * int(np.searchsorted(turns, 2 if asks == STATION else 1)) for asks in (INSTRUCTOR, STATION)
        }

    def _nodes(self, count: int) -> Ints:
        first = self.size
        self.size += count
        return np.arange(first, first + count, dtype=np.int64)

    def _arcs(self, tail: Ints, head: Ints, capacity: Ints | int, cost: Ints | int) -> slice:
        start = sum(len(part.tail) for part in self.parts)
        wide = [np.broadcast_to(np.asarray(v, dtype=np.int64), tail.shape) for v in (capacity, cost)]
        self.parts.append(Arcs(tail, head, *wide))
        return slice(start, start + len(tail))

    def solve(self) -> tuple[Ints, Ints]:
        supply, classes = self.supply, self.classes
        everybody = len(self.demand.asks)
        source = self._nodes(classes.height)
        pool, hall, station = (self._nodes(n) for n in (self.pools.height, len(supply.kind), len(supply.kind)))
        at_pool = self.pools["station"].to_numpy()
        kept = classes["kept"].to_numpy()
        guided = np.bincount(kept[kept >= 0], weights=classes["count"].to_numpy()[kept >= 0], minlength=len(station))
        most = np.where(supply.spare < 0, everybody, np.maximum(supply.spare, 0) + guided.astype(np.int64))
        self._arcs(station, np.zeros(len(station), dtype=np.int64), most, 0)
        self._arcs(hall, station, everybody, 0)
        slots = _levels(supply, self.pools)
        where = slots["pool"].to_numpy()
        self._arcs(pool[where], station[at_pool[where]], slots["count"].to_numpy(), slots["level"].to_numpy())
        direct = self._direct(source, pool, hall)
        layers = [
            self._layer(asks, kind, source, sinks, kinds)
            for asks, sinks, kinds in ((INSTRUCTOR, pool, supply.kind[at_pool]), (STATION, hall, supply.kind))
            for kind in np.unique(supply.kind[supply.kind >= 0]).tolist()
        ]
        demanded = np.zeros(self.size, dtype=np.int64)
        demanded[source] = classes["count"].to_numpy()
        demanded[0] = -everybody
        arcs = Arcs.together(*self.parts)
        flow = cheapest_flow(arcs, demanded)
        taken = [self._taken(direct, flow)] + [layer.taken(arcs, flow) for layer in layers if layer is not None]
        return self._named(pl.concat(taken), source, pool, hall)

    def _direct(self, source: Ints, pool: Ints, hall: Ints) -> tuple[slice, Ints, Ints]:
        """Arcs for whom the station is given, or some choices are barred: to each place by itself."""
        classes, supply = self.classes, self.supply
        alone = classes.with_row_index("class").filter((pl.col("kept") >= 0) | (pl.col("barred") >= 0))
        pools = self.pools.with_row_index("pool").with_columns(
            kind=pl.Series(supply.kind[self.pools["station"].to_numpy()])
        )
        by_station = alone.filter(pl.col("kept") >= 0).join(pools, left_on="kept", right_on="station", suffix="_pool")
        free = alone.filter((pl.col("kept") < 0) & (pl.col("kind") >= 0))
        by_kind = free.filter(pl.col("asks") == INSTRUCTOR).join(pools, on="kind", suffix="_pool")
        halls = pl.DataFrame({"kind": supply.kind, "hall": np.arange(len(supply.kind))}).filter(pl.col("kind") >= 0)
        to_hall = free.filter(pl.col("asks") == STATION).join(halls, on="kind")
        both = pl.concat([by_station.select("class", "pool"), by_kind.select("class", "pool")]).sort("class", "pool")
        both = both.filter(~pl.Series(self._barred(both), dtype=pl.Boolean))
        barred = self.demand.barred
        allowed = [(int(b), h) not in barred for b, h in to_hall.select("barred", "hall").iter_rows()]
        to_hall = to_hall.filter(pl.Series(allowed, dtype=pl.Boolean))
        here = both["class"].to_numpy()
        there = both["pool"].to_numpy()
        home = Places(classes["community"].to_numpy(), classes["street"].to_numpy())
        place = Places(self.pools["community"].to_numpy(), self.pools["street"].to_numpy())
        late = np.where(classes["kept"].to_numpy()[here] >= 0, 0, self.late[INSTRUCTOR])
        far = between(self.context, home.take(here), place.take(there)) * self.step + late
        one = to_hall["class"].to_numpy()
        other = to_hall["hall"].to_numpy()
        further = between(self.context, home.take(one), supply.at.take(other)) * self.step + self.late[STATION]
        tail, head = np.concatenate((source[here], source[one])), np.concatenate((pool[there], hall[other]))
        where = self._arcs(tail, head, len(self.demand.asks), np.concatenate((far, further)))
        return where, tail, head

    def _barred(self, pairs: pl.DataFrame) -> list[bool]:
        """For each (class, pool): may this one organisation not take the post that is a pool by itself?"""
        one = self.classes["barred"].to_numpy()[pairs["class"].to_numpy()].tolist()
        post = self.pools["alone"].to_numpy()[pairs["pool"].to_numpy()].tolist()
        return [pair in self.demand.barred for pair in zip(one, post, strict=True)]

    def _layer(self, asks: int, kind: int, source: Ints, sinks: Ints, kinds: Ints) -> _Layer | None:
        """The map of streets for those who ask for one kind of station, with the places of that kind on it."""
        classes = self.classes.with_row_index("class").filter(
            (pl.col("asks") == asks) & (pl.col("kind") == kind) & (pl.col("kept") < 0) & (pl.col("barred") < 0)
        )
        if not classes.height:
            return None
        place = (
            Places(self.pools["community"].to_numpy(), self.pools["street"].to_numpy())
            if asks == INSTRUCTOR
            else self.supply.at
        )
        mine = np.flatnonzero(kinds == kind)
        street = self._nodes(len(self.context.network[Street]))
        anywhere = self._nodes(1)
        many = len(self.demand.asks)
        at = classes["street"].to_numpy()
        here = classes["class"].to_numpy()
        known = at >= 0
        close = (
            classes.select("class", "community")
            .filter(pl.col("community") >= 0)
            .join(pl.DataFrame({"sink": mine, "community": place.community[mine]}), on="community")
        )
        own = (source[close["class"].to_numpy()], sinks[close["sink"].to_numpy()])
        borders = adjacency(self.context).tocoo()
        placed = mine[place.street[mine] >= 0]
        layer = _Layer(street, anywhere)
        for tail, head, cost in (
            (*own, self.late[asks]),
            (source[here[known]], street[at[known]], self.step + self.late[asks]),
            (source[here], np.broadcast_to(anywhere, here.shape), self.step * FAR + self.late[asks]),
            (street[borders.row], street[borders.col], self.step),
            (street[place.street[placed]], sinks[placed], 0),
            (np.broadcast_to(anywhere, mine.shape), sinks[mine], 0),
        ):
            layer.arcs.append(self._arcs(tail, head, many, cost))
        return layer

    def _taken(self, direct: tuple[slice, Ints, Ints], flow: Ints) -> pl.DataFrame:
        where, tail, head = direct
        used = flow[where]
        return _lots(tail[used > 0], head[used > 0], used[used > 0])

    def _named(self, taken: pl.DataFrame, source: Ints, pool: Ints, hall: Ints) -> tuple[Ints, Ints]:
        """Who of each class goes where, in the order of ids, and to which post: the least loaded first."""
        k = len(self.demand.asks)
        post, station = np.full(k, -1, dtype=np.int64), np.full(k, -1, dtype=np.int64)
        waiting = [list(reversed(members)) for members in self.classes["members"].to_list()]
        open_slots = _slots(self.supply, self.pools)
        for node, sink, count in taken.sort("source", "sink").iter_rows():
            for _ in range(count):
                one = waiting[node - int(source[0])].pop()
                if len(hall) and sink >= hall[0] and sink < hall[0] + len(hall):
                    station[one] = sink - int(hall[0])
                    continue
                post[one] = open_slots[sink - int(pool[0])].pop(0)[1]
                station[one] = self.supply.station[post[one]]
        return post, station


class _Layer:
    """One map of streets in the network; `taken` tells who went over it to where."""

    def __init__(self, street: Ints, anywhere: Ints) -> None:
        self.street, self.anywhere = street, anywhere
        self.arcs: list[slice] = []

    def taken(self, arcs: Arcs, flow: Ints) -> pl.DataFrame:
        """Sources, sinks and how many: the flow over the map, parted into ways."""
        used = np.concatenate([np.arange(s.start, s.stop)[flow[s] > 0] for s in self.arcs])
        inside = frozenset((*self.street.tolist(), *self.anywhere.tolist()))
        rows = parted(zip(arcs.tail[used].tolist(), arcs.head[used].tolist(), flow[used].tolist(), strict=True), inside)
        found = np.array(rows, dtype=np.int64).reshape(-1, 3)
        return _lots(found[:, 0], found[:, 1], found[:, 2])


def _lots(source: Ints, sink: Ints, count: Ints) -> pl.DataFrame:
    return pl.DataFrame({"source": source, "sink": sink, "count": count})


def _alike(demand: Demand) -> pl.DataFrame:
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


def _pools(demand: Demand, supply: Supply) -> pl.DataFrame:
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


def _levels(supply: Supply, pools: pl.DataFrame) -> pl.DataFrame:
    """How many posts of each pool can go from `level` organisations to one more: so that load is levelled."""
    slots = [(pool, level) for pool, one in enumerate(_slots(supply, pools)) for level, _ in one]
    frame = pl.DataFrame(slots, schema={"pool": pl.Int64, "level": pl.Int64}, orient="row")
    return frame.group_by("pool", "level").agg(pl.len().cast(pl.Int64).alias("count")).sort("pool", "level")


def _slots(supply: Supply, pools: pl.DataFrame) -> list[list[tuple[int, int]]]:
    """For each pool its open places as (load before, post), the least loaded first."""
    load, limit = supply.load.tolist(), supply.limit.tolist()
    return [
        sorted((level, p) for p in posts for level in range(load[p], limit[p])) for posts in pools["posts"].to_list()
    ]
