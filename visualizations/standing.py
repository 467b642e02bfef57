"""In which street does each node stand, those included that seldom have a place of their own?"""

from __future__ import annotations

import numpy as np

from graphmodel.declare import Edge, Node
from graphmodel.schema.edges import BasedOn, Covers, PartyBodyOf
from graphmodel.schema.nodes import Community, GuidanceStation, Hub, Organization, PartyOrganization, Street
from graphmodel.vectors import Indices
from queries.context import Context
from queries.places import street_of


def street_rows(context: Context, element: type[Node]) -> Indices:
    """int32[n]: the street of each node, -1 for unknown.

    A Party organisation without a place of its own stands where the body does whose it is, else where the first
    organisation does that it covers; a hub or station without one where the organisation does that it is based on.
    """
    if element not in _ELSEWHERE:
        return street_of(context, element)
    return context.memo(("stands-in", element.type_name), lambda: _through(context, element))


_ELSEWHERE: dict[type[Node], tuple[tuple[type[Edge], type[Node]], ...]] = {
    PartyOrganization: ((PartyBodyOf, Street), (PartyBodyOf, Community), (PartyBodyOf, Hub), (Covers, Organization)),
    Hub: ((BasedOn, Organization),),
    GuidanceStation: ((BasedOn, Organization),),
}
"""Whose place a node shares that has none of its own, by relation, the first that tells."""


def _through(context: Context, element: type[Node]) -> Indices:
    street = street_of(context, element)
    for edge, body in _ELSEWHERE[element]:
        edges = context.network.edges(edge, element, body)
        there = street_of(context, body)[edges.target]
        known = there >= 0
        first = np.full(len(street), -1, dtype=np.int32)
        first[edges.source[known][::-1]] = there[known][::-1]
        street = np.where(street >= 0, street, first)
    return street
