"""What stands below a node of a rooted tree? Places, depths, sums over subtrees and lowest common ancestors, as arrays."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_array

from graphmodel.vectors import Flags, Indices

Counts = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Tree:
    """A rooted tree over n nodes, those out of reach left out.

    `parent` int32[n] (the root's is itself); `place` int64[n] where a node stands when parents come before children
    and subtrees together, -1 out of reach; `last` int64[n] the place of the last node of its subtree.
    """

    parent: Indices
    place: Counts
    last: Counts

    @staticmethod
    def of(parent: Indices) -> Tree:
        """The tree of these parents (-1 out of reach). Cost: n, and k log k over the k nodes that have children."""
        n = len(parent)
        nodes = np.flatnonzero(parent >= 0)
        inner = np.zeros(n, dtype=np.bool_)
        inner[parent[nodes]] = True
        few = np.flatnonzero(inner)
        number = np.empty(n, dtype=np.int32)
        number[few] = np.arange(len(few), dtype=np.int32)
        place, last = _walked(number[parent[few]])
        leaf = nodes[~inner[nodes]]
        above = number[parent[leaf]]
        leaves = np.bincount(above, minlength=len(few))
        node = np.empty(len(few), dtype=np.int64)
        node[place] = np.arange(len(few))
        width = 1 + leaves[node]  # a node's leaves follow it at once
        begin = np.cumsum(width) - width
        places, ends = np.full(n, -1, dtype=np.int64), np.full(n, -1, dtype=np.int64)
        places[few], ends[few] = begin[place], begin[last] + leaves[node[last]]
        grouped = csr_array((leaf, (above, np.arange(len(leaf)))), shape=(len(few), len(leaf)))
        first = np.repeat(grouped.indptr[:-1], leaves)
        places[grouped.data] = np.repeat(begin[place] + 1, leaves) + np.arange(len(leaf)) - first
        ends[leaf] = places[leaf]
        return Tree(parent, places, ends)

    def below(self, weight: Counts) -> Counts:
        """int64[n]: the sum of `weight` over each node's subtree, the node included."""
        inside = self.place >= 0
        along = np.zeros(int(inside.sum()) + 1, dtype=np.int64)
        along[self.place[inside] + 1] = weight[inside]
        total = np.cumsum(along)
        return np.where(inside, total[self.last + 1] - total[self.place], 0)

    def depth(self) -> Indices:
        """int32[n]: how many steps from the root, 0 out of reach: so many subtrees hold it beside its own."""
        inside = self.place >= 0
        place = self.place[inside]
        ended = np.cumsum(np.bincount(self.last[inside] + 1, minlength=len(place) + 1))  # subtrees before each place
        steps = np.zeros(len(self.parent), dtype=np.int32)
        steps[inside] = place - ended[place]
        return steps

    def kinds_below(self, node: Indices, kind: npt.NDArray[np.integer]) -> Counts:
        """int64[n]: how many different `kind`s hang on each node's subtree, where `kind[i]` hangs on `node[i]`."""
        n = len(self.parent)
        hanging = np.bincount(node, minlength=n)
        several = repeated(kind)
        if several.any():  # one kind counts once where two of its nodes meet
            node, kind = node[several], kind[several]
            order = np.lexsort((self.place[node], kind))
            node, kind = node[order], kind[order]
            again = np.flatnonzero(kind[1:] == kind[:-1])
            met = lowest_common(self.parent, self.depth(), node[again], node[again + 1])
            hanging -= np.bincount(met, minlength=n)
        return self.below(hanging)


def _walked(parent: Indices) -> tuple[Counts, Counts]:
    """`place` and `last` of every node of a tree that leaves nobody out; see `Tree`. Cost: n log n, whatever its shape.

    A walk around the tree enters and leaves every node; how far each step is from the end of the walk is found by
    doubling.
    """
    n = len(parent)
    child = np.flatnonzero(parent != np.arange(n))
    child = child[np.argsort(parent[child], kind="stable")]
    up = parent[child]
    eldest = np.concatenate(([True], up[1:] != up[:-1]))[: len(child)]
    after = np.arange(2 * n, dtype=np.int32)  # entering i is step i, leaving it step n + i
    after[:n] += np.int32(n)
    after[up[eldest]] = child[eldest]
    after[n + child] = n + up
    younger = np.flatnonzero(~eldest)
    after[n + child[younger - 1]] = child[younger]
    left = (after != np.arange(2 * n)).astype(np.int32)
    while (left[after] > 0).any():
        left += left[after]
        after = after[after]
    entered = np.zeros(2 * n + 1, dtype=np.int64)
    entered[left[:n]] = 1
    before = n - np.cumsum(entered)  # nodes entered further from the end
    return before[left[:n]], before[left[n:]] - 1


def lowest_common(parent: Indices, depth: Indices, one: Indices, other: Indices) -> Indices:
    """int32[m]: the lowest node that stands above (or is) both, pair by pair. Cost: the depths of the pairs."""
    one, other = one.copy(), other.copy()
    apart = np.flatnonzero(one != other)
    while len(apart):
        a, b = one[apart], other[apart]
        one[apart] = np.where(depth[a] >= depth[b], parent[a], a)
        other[apart] = np.where(depth[b] >= depth[a], parent[b], b)
        apart = apart[one[apart] != other[apart]]
    return one


def repeated(key: npt.NDArray[np.integer]) -> Flags:
    """bool[m]: which keys, small numbers from 0, stand there more than once."""
    several: Flags = (np.bincount(key) > 1)[key]
    return several
