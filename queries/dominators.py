"""Without which node is which other one out of reach? Dominators from a root, over whole arrays.

Node d dominates node w where every way from the root to w leads through d. The immediate dominators form a tree; what
is below a node in it is lost with that node. In an undirected graph the dominators are the articulation points.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from scipy.sparse import coo_array, csr_array
from scipy.sparse.csgraph import breadth_first_order, connected_components

from graphmodel.vectors import Indices
from queries.trees import Counts, Tree, lowest_common, repeated


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
    order = np.argsort(key)
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


def undirected_dominators(n: int, root: int, one: Indices, other: Indices) -> Indices:
    """int32[n]: as `dag_dominators`, in an undirected graph: the nearest articulation point on every way from the root.

    What has one edge only hangs on the node at its other end; the rest is searched. Cost: n, and k log k over the k
    nodes of the rest.
    """
    edges = np.bincount(one, minlength=n) + np.bincount(other, minlength=n)
    edges[root] = 2  # never a leaf
    kept = np.flatnonzero(edges > 1)
    number = np.full(n, -1, dtype=np.int32)
    number[kept] = np.arange(len(kept), dtype=np.int32)
    a, b = number[one], number[other]
    inner = (a >= 0) & (b >= 0)
    found = _block_dominators(len(kept), int(number[root]), a[inner], b[inner])
    dominator = np.full(n, -1, dtype=np.int32)
    dominator[kept] = np.where(found >= 0, kept[found], -1)
    for leaf, stem, hangs in ((one, other, (a < 0) & (b >= 0)), (other, one, (b < 0) & (a >= 0))):
        stems = stem[hangs]
        dominator[leaf[hangs]] = np.where(dominator[stems] >= 0, stems, np.int32(-1))
    return dominator


def _block_dominators(n: int, root: int, one: Indices, other: Indices) -> Indices:
    """By Tarjan and Vishkin, which needs no depth-first search. Cost: n log n.

    Over any spanning tree, the blocks of the graph are the components of a graph of its tree edges, and a block hangs
    on the node above its first edge.
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
    least[order] = _least_below(least[order], last[order])
    most[order] = -_least_below(-most[order], last[order])
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


_SHORT = 16  # times the nodes that subtrees may be large together, so that a look through each is the fastest


def _least_below(values: Counts, last: Counts) -> Counts:
    """int64[n]: the least of `values[i..last[i]]`, ends included, for every place i of a tree. Cost: n log n at most.

    Small subtrees are looked through one by one, others found a level at a time, each level doubling the width.
    """
    first = np.arange(len(values))
    width = last - first + 1
    if width.sum() <= _SHORT * len(values):
        ranges = np.empty(2 * len(values), dtype=np.int64)  # what lies between two of them is one value long at most
        ranges[::2], ranges[1::2] = first, last + 1
        return np.minimum.reduceat(np.append(values, values[-1:]), ranges)[::2]
    found = np.empty(len(values), dtype=np.int64)
    level, reach = values, 1
    exponent = np.floor(np.log2(width)).astype(np.int64)
    for power in range(int(exponent.max(initial=-1)) + 1):
        if power:
            level, reach = np.minimum(level[:-reach], level[reach:]), reach * 2
        asked = np.flatnonzero(exponent == power)
        found[asked] = np.minimum(level[first[asked]], level[last[asked] - reach + 1])
    return found


def common_supplier(key: Indices, node: Indices, tree: Tree) -> tuple[Indices, Indices]:
    """Each key once, with the lowest node of the tree through which all the nodes that supply it are reached."""
    several = repeated(key)
    if not several.any():
        return key, node
    keys, nodes = _common(key[several], node[several], tree.parent, tree.depth())
    return np.concatenate((key[~several], keys)), np.concatenate((node[~several], nodes))
