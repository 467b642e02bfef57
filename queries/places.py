"""Where is it, and what is near it? Streets and communities of nodes, and hops over neighbouring streets.

There are no coordinates: same community is nearer than same street, then the neighbouring street, then hops of NEIGHBOURS.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from scipy.sparse import coo_array, csr_array, eye_array

from graphmodel.declare import Edge, Node
from graphmodel.schema.edges import LocatedIn, Neighbours, PartOf
from graphmodel.schema.nodes import Community, Street
from graphmodel.vectors import Flags, Indices, Kleene, places
from queries.context import Context


def community_of(context: Context, element: type[Node]) -> Indices:
    """int32[n]: the community row of each node of a type that has a place (a community is its own), -1 for unknown."""
    return context.memo(("community-of", element.type_name), lambda: _place(context, element, Community))


def street_of(context: Context, element: type[Node]) -> Indices:
    """int32[n]: the street row of each node, -1 for unknown: its community's street, else the street named itself."""
    return context.memo(("street-of", element.type_name), lambda: _street(context, element))


def _street(context: Context, element: type[Node]) -> Indices:
    if element is Community:
        return _end(context, PartOf, Community, Street)
    named = _place(context, element, Street)
    if element is Street:
        return named
    community = community_of(context, element)
    over = np.append(street_of(context, Community), np.int32(-1))[community]  # -1 takes the last one
    return np.where(over >= 0, over, named)


def _place(context: Context, element: type[Node], place: type[Node]) -> Indices:
    if element is place:
        return np.arange(len(context.network[place]), dtype=np.int32)
    return _end(context, LocatedIn, element, place)


def _end(context: Context, edge: type[Edge], near: type[Node], far: type[Node]) -> Indices:
    rows = context.network.edges(edge, near, far)
    end = np.full(len(context.network[near]), -1, dtype=np.int32)
    end[places(rows.source[::-1])] = rows.target[::-1]  # of several the first by id
    return end


def adjacency(context: Context) -> csr_array:
    """bool[s, s], sparse: which streets border on each other, both ways."""
    return context.memo("adjacency", lambda: _adjacency(context))


def _adjacency(context: Context) -> csr_array:
    edges, s = context.network.edges(Neighbours, Street, Street), len(context.network[Street])
    one, other = np.concatenate([edges.source, edges.target]), np.concatenate([edges.target, edges.source])
    return csr_array(coo_array((np.ones(len(one), dtype=np.bool_), (one, other)), shape=(s, s)))


def nearest_streets(context: Context, wanted: Flags) -> tuple[Indices, Indices]:
    """For each street the nearest `wanted` one (bool[s]), itself too, of several the first, and how many steps away.

    Two int32[s], both -1 where none is reached. Cost: the borders, as often as the farthest street is steps away.
    """
    links, s = adjacency(context).tocoo(), len(wanted)
    nearest = np.where(wanted, np.arange(s, dtype=np.int32), np.int32(s))
    steps = np.where(wanted, np.int32(0), np.int32(-1))
    for step in range(s):
        ahead = (steps[links.row] == step) & (steps[links.col] < 0)
        if not ahead.any():
            break
        np.minimum.at(nearest, links.col[ahead], nearest[links.row[ahead]])
        steps[links.col[ahead]] = step + 1
    return np.where(steps >= 0, nearest, np.int32(-1)), steps


def streets_within(context: Context, hops: int) -> csr_array:
    """bool[s, s], sparse: which streets lie within so many hops of each other, each of itself too.

    Cost: as many sparse products as hops, fewer where nothing new is reached.
    """
    return context.memo(("streets-within", hops), lambda: _within(context, hops))


def _within(context: Context, hops: int) -> csr_array:
    links = adjacency(context)
    reached = csr_array(eye_array(links.shape[0], dtype=np.bool_))
    for _ in range(hops):
        wider = csr_array(reached + reached @ links)
        if wider.nnz == reached.nnz:
            break
        reached = wider
    return reached


def near(context: Context, one: Indices, other: Indices, hops: int) -> Kleene:
    """For m pairs of street rows: do they lie within so many hops? Kleene over m.

    Unknown where a street is (-1), and for two different streets where no NEIGHBOURS was ever recorded.
    Cost: m searches among the pairs of streets that are near.
    """
    s = len(context.network[Street])
    keys = context.memo(("near-keys", hops), lambda: _keys(streets_within(context, hops)))
    found = np.isin(one.astype(np.int64) * s + other, keys) & (one >= 0) & (other >= 0)
    recorded = len(context.network.edges(Neighbours, Street, Street)) > 0
    return Kleene(found, ~found & (one >= 0) & (other >= 0) & recorded)


def _keys(within: csr_array) -> npt.NDArray[np.int64]:
    pairs = within.tocoo()
    return pairs.row.astype(np.int64) * within.shape[0] + pairs.col
