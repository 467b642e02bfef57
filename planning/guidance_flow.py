"""Which post and which station for whom, proven best? One flow over stations, posts and the borders of streets.

Lexicographic: most organisations guided; of those, the ones that are due an instructor, and among them the ones that a
station guides already; least distance; load levelled (J11, N12). Who can be guided together is a matroid, so those
that come first are as many as if there were nobody else. Organisations of one place that ask for the same are one node, posts of one place and station are
one node, and distance is gone over the map of streets itself: so the network stays small at any size.
"""

from __future__ import annotations

import numpy as np
import polars as pl

from graphmodel.schema.nodes import Street
from planning.distance import FAR, Places, between
from planning.guidance_classes import INSTRUCTOR, STATION, Demand, Supply, classes_of, levels_of, pools_of, slots_of
from planning.problem import Ints
from planning.solve import Arcs, cheapest_flow
from planning.ways import parted
from queries.context import Context
from queries.places import adjacency


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
        self.classes = classes_of(demand)
        self.pools = pools_of(demand, supply)
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
        most = np.where(supply.spare < 0, everybody, np.maximum(supply.spare, 0) + self._served())
        self._arcs(station, np.zeros(len(station), dtype=np.int64), most, 0)
        self._arcs(hall, station, everybody, 0)
        slots = levels_of(supply, self.pools)
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

    def _served(self) -> Ints:
        """int64[stations]: how many of those whom each guides already get a post there, as these come first.

        The others hold their place at the station all the same, so that nobody else gets it.
        """
        pairs = self._kept_pairs()
        here, there = pairs["class"].to_numpy(), pairs["pool"].to_numpy()
        sources, pools, stations = self.classes.height, self.pools.height, len(self.supply.kind)
        pool, station = sources + np.arange(pools), sources + pools + np.arange(stations)
        count, many = self.classes["count"].to_numpy(), len(self.demand.asks)
        slots = np.array([len(slots) for slots in slots_of(self.supply, self.pools)], dtype=np.int64)
        sink = np.full(stations, sources + pools + stations)
        parts = (
            (here, pool[there], np.full(len(here), many)),
            (pool, station[self.pools["station"].to_numpy()], slots),
            (station, sink, np.full(stations, many)),
        )
        tail, head, capacity = (np.concatenate(column).astype(np.int64) for column in zip(*parts, strict=True))
        supplied = np.zeros(sources + pools + stations + 1, dtype=np.int64)
        supplied[:sources] = np.where(self.classes["kept"].to_numpy() >= 0, count, 0)
        supplied[-1] = -supplied.sum()
        flow = cheapest_flow(Arcs(tail, head, capacity, np.zeros_like(tail)), supplied)
        return flow[len(flow) - stations :]

    def _kept_pairs(self) -> pl.DataFrame:
        """Whom a station guides already, with each pool of posts there that may be chosen: `class`, `pool`."""
        classes, pools = self.classes.with_row_index("class"), self.pools.with_row_index("pool")
        pairs = classes.filter(pl.col("kept") >= 0).join(pools, left_on="kept", right_on="station", suffix="_pool")
        pairs = pairs.select("class", "pool").sort("class", "pool")
        return pairs.filter(~pl.Series(self._barred(pairs), dtype=pl.Boolean))

    def _direct(self, source: Ints, pool: Ints, hall: Ints) -> tuple[slice, Ints, Ints]:
        """Arcs for whom the station is given, or some choices are barred: to each place by itself."""
        classes, supply = self.classes, self.supply
        alone = classes.with_row_index("class").filter((pl.col("kept") >= 0) | (pl.col("barred") >= 0))
        pools = self.pools.with_row_index("pool").with_columns(
            kind=pl.Series(supply.kind[self.pools["station"].to_numpy()])
        )
        free = alone.filter((pl.col("kept") < 0) & (pl.col("kind") >= 0))
        by_kind = free.filter(pl.col("asks") == INSTRUCTOR).join(pools, on="kind", suffix="_pool")
        halls = pl.DataFrame({"kind": supply.kind, "hall": np.arange(len(supply.kind))}).filter(pl.col("kind") >= 0)
        to_hall = free.filter(pl.col("asks") == STATION).join(halls, on="kind")
        by_kind = by_kind.select("class", "pool")
        by_kind = by_kind.filter(~pl.Series(self._barred(by_kind), dtype=pl.Boolean))
        both = pl.concat([self._kept_pairs(), by_kind]).sort("class", "pool")
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
        open_slots = slots_of(self.supply, self.pools)
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
