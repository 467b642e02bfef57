"""Is this very pair of nodes joined? Pairs looked up among edges, and ways over two edge types."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from graphmodel.rows import EdgeRows
from graphmodel.vectors import Flags, Indices, places

Pairs = tuple[Indices, Indices]


def first_of(rows: int, source: Indices, target: Indices, where: Flags | None = None) -> Indices:
    """int32[rows]: the target of the first pair of each source (of those `where` holds), -1 where it has none."""
    if where is not None:
        source, target = source[where], target[where]
    first = np.full(rows, -1, dtype=np.int32)
    first[places(source[::-1])] = target[::-1]
    return first


def are_paired(wanted: Pairs, among: Pairs, rows: int) -> Flags:
    """bool[k]: whether each `wanted` pair is `among` others; cost as `pair_places`, which also says where."""
    source, target = among
    last, at = np.full(rows, -1, dtype=np.int32), places(source)
    last[at] = target
    found: Flags = last[places(wanted[0])] == wanted[1]
    more = np.flatnonzero(last[at] != target)
    if len(more):
        found |= _sorted_places(wanted, (source[more], target[more]), more) >= 0
    return found


def pair_places(wanted: Pairs, among: Pairs, rows: int) -> Indices:
    """int32[k]: the place of each `wanted` pair `among` others, -1 where it is not there; `rows` counts sources.

    Cost: two gathers while sources have one pair each; the pairs of those with several are sorted.
    """
    source, target = among
    if not len(source):
        return np.full(len(wanted[0]), -1, dtype=np.int32)
    every = np.arange(len(source), dtype=np.int32)
    first = first_of(rows, source, every)
    place = first[places(wanted[0])]
    place = np.where((place >= 0) & (target[place] == wanted[1]), place, np.int32(-1))
    more = np.flatnonzero(first[places(source)] != every)
    if len(more):
        place = np.maximum(place, _sorted_places(wanted, (source[more], target[more]), more))
    return place


def _sorted_places(wanted: Pairs, among: Pairs, places: npt.NDArray[np.intp]) -> Indices:
    code, sought = (source.astype(np.int64) << 32 | target for source, target in (among, wanted))
    order = np.argsort(code, kind="stable")
    at = np.minimum(np.searchsorted(code[order], sought), len(code) - 1)
    return np.where(code[order][at] == sought, places[order][at], -1).astype(np.int32)


def through(first: EdgeRows, second: EdgeRows) -> Pairs:
    """From the sources of `first` over its targets to the targets of `second`: every such way, two int32[m]."""
    size = int(first.target.max(initial=-1)) + 2
    starts = second.pointers
    starts = np.concatenate((starts, np.full(max(0, size - len(starts)), len(second), dtype=np.int64)))
    begin = starts[first.target]
    ways = starts[first.target + 1] - begin
    if (ways == 1).all():
        return first.source, second.target[begin]
    step = np.arange(int(ways.sum())) - np.repeat(np.cumsum(ways) - ways, ways)
    return np.repeat(first.source, ways), second.target[np.repeat(begin, ways) + step]
