"""What is wrong with a chain of superiors? Where it ends, whether that can be told, and the circle it runs in (J6)."""

from __future__ import annotations

import numpy as np
from scipy.sparse import coo_array
from scipy.sparse.csgraph import breadth_first_order

from graphmodel.schema import PartyBodyOf, PartyOrganization, SubordinateTo
from graphmodel.text import Text
from graphmodel.vectors import Flags, Indices, Kleene
from queries.chain import CHAIN_REACHES_TOP, PO, SUPERIOR, SUPERIORS, chain, on_circle, tops
from queries.computed import Computed
from queries.context import Context

# Relations and tops that are not known to count may count: a chain is broken for certain only if it is without them.


def _possible_edges(context: Context) -> tuple[Indices, Indices]:
    edges, actual = SUPERIOR.truth(SUPERIOR.edge.state.is_("actual"), context)
    return edges.source[actual.possible], edges.target[actual.possible]


def _circular(context: Context) -> Kleene:
    possible = _possible_edges(context)
    certain = chain(context).circular
    if len(possible[0]) == chain(context).superiors.sum():
        return Kleene.certain(certain)
    return Kleene(certain, ~on_circle(len(certain), *possible))


TOP = Computed(
    "top-of-chains",
    Text("区委党组织或区外党组织", "a body of the district committee, or one outside the district"),
    mask=tops,
    reads=(PO.form, PartyBodyOf),
)
CIRCULAR = Computed(
    "on-a-circle", Text("隶属成环", "stands on a circle of superiors"), mask=_circular, reads=(SubordinateTo,)
)
DANGLING = (SUPERIORS >= 1) & ~CHAIN_REACHES_TOP & ~CIRCULAR
"""Its chain ends below the top, or runs into a circle on which it does not stand itself."""


def circle_of(context: Context, row: int) -> list[int]:
    """The shortest circle of actual superiors through one Party organisation: itself, its superior, and so on.

    Empty where it stands on none. Cost: one breadth-first search.
    """
    if not chain(context).circular[row]:
        return []
    edges, actual = SUPERIOR.truth(SUPERIOR.edge.state.is_("actual"), context)
    below, above = edges.source[actual.yes], edges.target[actual.yes]
    n = len(context.network[PartyOrganization])
    links = coo_array((np.ones(len(below), dtype=np.int8), (below, above)), shape=(n, n)).tocsr()
    order, previous = breadth_first_order(links, row)
    last_ones: Flags = np.zeros(n, dtype=np.bool_)
    last_ones[below[above == row]] = True
    step = int(order[last_ones[order]][0])  # the nearest whose superior is the row again
    way = [step]
    while step != row:
        step = int(previous[step])
        way.append(step)
    return way[::-1]
