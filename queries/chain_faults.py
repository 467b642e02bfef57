"""What is wrong with a chain of superiors? Where it ends, whether that can be told, and the circle it runs in (J6)."""

from __future__ import annotations

from graphmodel.schema.edges import PartyBodyOf, SubordinateTo
from graphmodel.text import Text
from graphmodel.vectors import Indices, Kleene
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
