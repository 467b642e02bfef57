"""In which street does each node stand, Party organisations included, which seldom have a place of their own?"""

from __future__ import annotations

import numpy as np

from graphmodel.declare import Node
from graphmodel.schema import Community, Covers, Hub, Organization, PartyBodyOf, PartyOrganization, Street
from graphmodel.vectors import Indices
from queries.context import Context
from queries.places import street_of


def street_rows(context: Context, element: type[Node]) -> Indices:
    """int32[n]: the street of each node, -1 for unknown.

    A Party organisation without a place of its own stands where the body does whose it is, else where the first
    organisation does that it covers.
    """
    if element is not PartyOrganization:
        return street_of(context, element)
    return context.memo("party-streets", lambda: _party_streets(context))


def _party_streets(context: Context) -> Indices:
    street = street_of(context, PartyOrganization)
    for edge, body in ((PartyBodyOf, Street), (PartyBodyOf, Community), (PartyBodyOf, Hub), (Covers, Organization)):
        edges = context.network.edges(edge, PartyOrganization, body)
        there = street_of(context, body)[edges.target]
        known = there >= 0
        first = np.full(len(street), -1, dtype=np.int32)
        first[edges.source[known][::-1]] = there[known][::-1]
        street = np.where(street >= 0, street, first)
    return street
