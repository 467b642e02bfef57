"""Without which node is which other one out of reach? Dominators from a root, over whole arrays.

Node d dominates node w where every way from the root to w leads through d. The immediate dominators form a tree; what
is below a node in it is lost with that node. In an undirected graph the dominators are the articulation points.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.sparse import coo_array, csr_array
from scipy.sparse.csgraph import breadth_first_order, connected_components

from graphmodel.vectors import Indices

Counts = npt.NDArray[np.int64]


def dag_dominators(n: int, root: int, above: Indices, below: Indices) -> Indices:
    """int32[n]: the immediate dominator of each node in a graph without circles; the root's is itself, -1 out of reach.

    Edges lead from `above` to `below`, both int32[m]. Cost: the longest way from the root times the edges.
    """
    parent, depth = np.full(n, -1, dtype=np.int32), np.zeros(n, dtype=np.int32)
    parent[root] = root
    above, below = _within_reach(n, root, above, below)
    waiting = np.bincount(below, minlength=n)
    ready = np.array([root], dtype=np.int32)
    while len(ready):
        fresh = np.zeros(n, dtype=np.bool_)
        fresh[ready] = True
        now = fresh[above]
        waiting -= np.bincount(below[now], minlength=n)
        reached, via = below[now], above[now]
        known = parent[reached] >= 0
        reached, via = np.concatenate((reached, reached[known])), np.concatenate((via, parent[reached[known]]))
        reached, via = _common(reached, via, parent, depth)
        parent[reached], depth[reached] = via, depth[via] + 1
        above, below = above[~now], below[~now]
        ready = reached[waiting[reached] == 0]
    return parent


def _within_reach(n: int, root: int, above: Indices, below: Indices) -> tuple[Indices, Indices]:
    reach = np.zeros(n, dtype=np.bool_)
    reach[breadth_first_order(_links(n, above, below), root, directed=True, return_predecessors=False)] = True
    kept = reach[above] & (above != below)
    return above[kept], below[kept]


def _common(key: Indices, node: Indices, parent: Indices, depth: Indices) -> tuple[Indices, Indices]:
    """Each key once, with the lowest common ancestor of all its nodes; halved until one is left of each."""
    order = np.argsort(key, kind="stable")
    key, node = key[order], node[order]
    while len(key):
        first = np.flatnonzero(np.concatenate(([True], key[1:] != key[:-1])))
        if len(first) == len(key):
            break
        place = np.arange(len(key)) - np.repeat(first, np.diff(np.append(first, len(key))))
        even = np.flatnonzero(place % 2 == 0)
        paired = even[(even + 1 < len(key))]
        paired = paired[key[paired + 1] == key[paired]]
        node = node.copy()
        node[paired] = lowest_common(parent, depth, node[paired], node[paired + 1])
        key, node = key[even], node[even]
    return key, node


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


def undirected_dominators(n: int, root: int, one: Indices, other: Indices) -> Indices:
    """int32[n]: as `dag_dominators`, in an undirected graph: the nearest articulation point on every way from the root.

    By Tarjan and Vishkin, which needs no depth-first search: over any spanning tree, the blocks of the graph are the
    components of a graph of its tree edges, and a block hangs on the node above its first edge. Cost: n log n.
    """
    source, target = np.concatenate((one, other)), np.concatenate((other, one))
    _, above = breadth_first_order(_links(n, source, target), root, directed=True)
    above = above.astype(np.int32)
    above[root] = root
    tree = Tree.of(np.where(above >= 0, above, np.int32(-1)))
    place, last = tree.place, tree.last
    inside = np.flatnonzero(place >= 0)
    within = place[source] >= 0
    source, target = source[within], target[within]
    across = (above[source] != target) & (above[target] != source)
    source, target = source[across], target[across]
    least, most = place.copy(), place.copy()
    np.minimum.at(least, source, place[target])
    np.maximum.at(most, source, place[target])
    order = np.empty(len(inside), dtype=np.int64)
    order[place[inside]] = inside
    least[inside] = _range_minimum(least[order], place[inside], last[inside])
    most[inside] = -_range_minimum(-most[order], place[inside], last[inside])
    up = above[inside]
    tied = inside[(up != root) & (inside != root) & ((least[inside] < place[up]) | (most[inside] > last[up]))]
    unrelated = last[source] < place[target]
    joined = _links(n, np.concatenate((tied, source[unrelated])), np.concatenate((above[tied], target[unrelated])))
    _, block = connected_components(joined, directed=False)
    first = np.full(n, len(order), dtype=np.int64)  # where each block's first edge stands
    np.minimum.at(first, block[inside], place[inside])
    dominator = np.full(n, -1, dtype=np.int32)
    dominator[inside] = above[order[first[block[inside]]]]
    return dominator


def _links(n: int, source: npt.NDArray[np.integer], target: npt.NDArray[np.integer]) -> csr_array:
    return csr_array(coo_array((np.ones(len(source), dtype=np.bool_), (source, target)), shape=(n, n)))


def _range_minimum(values: Counts, first: Counts, last: Counts) -> Counts:
    """int64[m]: the least of `values[first[i]..last[i]]`, ends included. Cost: n log n, a level at a time."""
    found = np.empty(len(first), dtype=np.int64)
    level, width = values, 1
    exponent = np.floor(np.log2(last - first + 1)).astype(np.int64)
    for power in range(int(exponent.max(initial=-1)) + 1):
        if power:
            level, width = np.minimum(level[:-width], level[width:]), width * 2
        asked = np.flatnonzero(exponent == power)
        found[asked] = np.minimum(level[first[asked]], level[last[asked] - width + 1])
    return found


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
        """int32[n]: how many steps from the root. Cost: n log n."""
        itself = np.arange(len(self.parent), dtype=np.int32)
        pointer = np.where(self.parent < 0, itself, self.parent)
        steps: Indices = (pointer != itself).astype(np.int32)
        while (steps[pointer] > 0).any():
            steps = steps + steps[pointer]
            pointer = pointer[pointer]
        return steps

    def kinds_below(self, node: Indices, kind: npt.NDArray[np.integer]) -> Counts:
        """int64[n]: how many different `kind`s hang on each node's subtree, where `kind[i]` hangs on `node[i]`."""
        order = np.lexsort((self.place[node], kind))
        node, kind = node[order], kind[order]
        again = np.flatnonzero(kind[1:] == kind[:-1])
        met = lowest_common(self.parent, self.depth(), node[again], node[again + 1])
        n = len(self.parent)
        return self.below(np.bincount(node, minlength=n) - np.bincount(met, minlength=n))


def common_supplier(key: Indices, node: Indices, tree: Tree) -> tuple[Indices, Indices]:
    """Each key once, with the lowest node of the tree through which all the nodes that supply it are reached."""
    return _common(key, node, tree.parent, tree.depth())
