"""How far is it? There are no coordinates: the order of nearness of `queries.places`, as whole numbers (J11, N2).

0 the same community, 1 the same street, 1 + h over h borders of streets, `FAR` where there is no way, none is known,
or it is longer than any plan would tell apart.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.sparse.csgraph import dijkstra, shortest_path

from graphmodel.declare import Node
from graphmodel.schema.nodes import Street
from graphmodel.text import Text
from queries.context import Context
from queries.places import adjacency, community_of, street_of

FAR = 32
AT_ONCE = 256  # streets from which distances are held at one time
Ints = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Places:
    """Where n things are: rows of communities and streets, -1 where not known."""

    community: Ints
    street: Ints

    def __len__(self) -> int:
        return len(self.street)

    def take(self, rows: npt.NDArray[np.integer]) -> Places:
        """The places of some of them; row -1 has none."""
        return Places(np.append(self.community, -1)[rows], np.append(self.street, -1)[rows])

    def otherwise(self, other: Places) -> Places:
        """These places, and the other ones where nothing is known of them."""
        none = (self.street < 0) & (self.community < 0)
        return Places(np.where(none, other.community, self.community), np.where(none, other.street, self.street))


def places(context: Context, element: type[Node]) -> Places:
    """Where the nodes of a type are."""
    return Places(community_of(context, element).astype(np.int64), street_of(context, element).astype(np.int64))


def between(context: Context, one: Places, other: Places) -> Ints:
    """int64[m]: how far it is from each of `one` to the thing of the same row of `other`.

    Cost: one search over the streets for each different street of `other`.
    """
    hops = _hops(context, one.street, other.street)
    far = np.where(hops < 0, FAR, np.minimum(hops + 1, FAR - 1))
    same = (one.community >= 0) & (one.community == other.community)
    return np.where(same, 0, far).astype(np.int64)


def _hops(context: Context, one: Ints, other: Ints) -> Ints:
    found = np.full(len(one), -1, dtype=np.int64)
    known = np.flatnonzero((one >= 0) & (other >= 0))
    same = one[known] == other[known]
    found[known[same]] = 0
    known = known[~same]
    starts, place = np.unique(other[known], return_inverse=True)
    for first in range(0, len(starts), AT_ONCE):
        here = (place >= first) & (place < first + AT_ONCE)
        part = starts[first : first + AT_ONCE]
        steps = shortest_path(adjacency(context), method="D", directed=False, unweighted=True, indices=part)
        reached = steps[place[here] - first, one[known[here]]]
        found[known[here]] = np.where(np.isinf(reached), -1, reached)
    return found


def nearest(context: Context, candidates: Places, best: npt.NDArray[np.integer], wanted: Places) -> Ints:
    """int64[m]: the candidate nearest to each wanted place, -1 where there is no candidate at all.

    `best` gives the order of candidates that are equally near: lower first. Cost: one search over all streets at once.
    """
    return _nearest(context, candidates, best, wanted)[0]


def next_nearest(
    context: Context, candidates: Places, best: npt.NDArray[np.integer], own: Ints, wanted: Places
) -> tuple[Ints, Ints]:
    """int64[m] twice: the candidate nearest to each wanted place but for its `own` (-1: any), -1 for none, and how far it is.

    Two candidates differ in a bit of their numbers, so the next nearest is the nearest of those that differ from `own`
    in some one bit. Cost: two searches over all streets for each bit of the number of candidates.
    """
    number = np.arange(len(candidates))
    found, far = _nearest(context, candidates, best, wanted)
    taken = (found == own) & (own >= 0)
    found[taken], far[taken] = -1, FAR + 1
    order = np.append(np.asarray(best, dtype=np.int64), 0)
    for bit in range(max(len(candidates) - 1, 0).bit_length()):
        for value in (0, 1):
            there = np.flatnonzero((number >> bit & 1) == value)
            mine = np.flatnonzero(taken & ((own >> bit & 1) != value))
            if not len(there) or not len(mine):
                continue
            place, away = _nearest(context, candidates.take(there), best[there], wanted.take(mine))
            other, now = there[place], found[mine]
            nearer = away < far[mine]
            as_near = (away == far[mine]) & (now >= 0)
            nearer |= as_near & ((order[other] < order[now]) | ((order[other] == order[now]) & (other < now)))
            found[mine[nearer]], far[mine[nearer]] = other[nearer], away[nearer]
    return found, far


def _nearest(context: Context, candidates: Places, best: npt.NDArray[np.integer], wanted: Places) -> tuple[Ints, Ints]:
    """The nearest candidates, and how far they are as `between` says."""
    n = len(context.network[Street])
    if not len(candidates):
        return np.full(len(wanted), -1, dtype=np.int64), np.full(len(wanted), FAR, dtype=np.int64)
    order = np.lexsort((np.arange(len(best)), best))
    by_community, by_street = (
        _first(order, at, size)
        for at, size in ((candidates.community, int(candidates.community.max(initial=-1)) + 1), (candidates.street, n))
    )
    anywhere = order[0]
    found, away = np.full(n + 1, anywhere, dtype=np.int64), np.full(n + 1, FAR, dtype=np.int64)
    with_one = np.flatnonzero(by_street >= 0)
    if len(with_one):
        links = adjacency(context).astype(np.float64)
        steps, _, source = dijkstra(
            links, directed=False, indices=with_one, unweighted=True, min_only=True, return_predecessors=True
        )
        reached = np.isfinite(steps)
        found[:n][reached] = by_street[source[reached]]
        away[:n][reached] = np.minimum(steps[reached] + 1, FAR - 1)
    near = found[wanted.street]
    here = np.where(wanted.community < len(by_community), wanted.community, -1)
    own = np.append(by_community, -1)[here]
    same = (wanted.community >= 0) & (own >= 0)
    return np.where(same, own, near), np.where(same, 0, away[wanted.street])


def _first(order: Ints, at: Ints, size: int) -> Ints:
    first = np.full(size, -1, dtype=np.int64)
    placed = order[at[order] >= 0][::-1]
    first[at[placed]] = placed
    return first


_WORDS = (
    Text("同一社区", "the same community"),
    Text("同一街道", "the same street"),
    Text("相邻街道", "a neighbouring street"),
)


def words(distance: int) -> Text:
    """A distance in words."""
    if distance >= FAR:
        return Text("位置不详或相距很远", "a place that is not known or far away")
    if distance < len(_WORDS):
        return _WORDS[distance]
    return Text(f"相隔{distance - 1}个街道", f"{distance - 1} streets away")
