"""Which venue nearby could take a Party organisation in? Nearest by community, street and hops (J15)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from graphmodel.schema.nodes import Community, Organization, PartyOrganization, Street, Venue
from graphmodel.vectors import Codes, Indices
from queries.branches import UNIT
from queries.context import Context
from queries.facts import actual
from queries.pairs import first_of
from queries.places import community_of, nearest_streets, street_of

SHARING = ("service-centre", "cultural-station", "school")
"""The kinds of venue that are shared."""


@dataclass(frozen=True, slots=True)
class Nearest:
    """For each Party organisation the nearest venue that could share, int32[n], -1 where none can be told.

    `hops` int32[n]: -1 in its own community, 0 in its own street, else how many NEIGHBOURS steps away.
    """

    venue: Indices
    hops: Indices


def nearest_shared(context: Context) -> Nearest:
    """The nearest shared venue of every Party organisation, once per network; of several the first by id.

    Cost: linear, and the borders as often as the farthest street is steps away.
    """
    return context.memo("nearest-shared", lambda: _nearest(context))


def _nearest(context: Context) -> Nearest:
    kind = context.network[Venue].vector("kind")
    assert isinstance(kind, Codes)
    shared = np.flatnonzero(kind.is_in(SHARING).yes).astype(np.int32)
    community, street = homes(context)
    near = _first_at(len(context.network[Community]), community_of(context, Venue)[shared], shared)[community]
    in_street = _first_at(len(context.network[Street]), street_of(context, Venue)[shared], shared)
    far = np.iinfo(np.int32).max
    closest, steps = nearest_streets(context, in_street[:-1] >= 0)
    fewest = np.append(np.where(closest >= 0, steps, far), far).astype(np.int32)
    venue = np.append(np.where(closest >= 0, in_street[closest], -1), -1).astype(np.int32)
    hops = fewest[street]
    return Nearest(np.where(near >= 0, near, venue[street]), np.where(near >= 0, -1, hops).astype(np.int32))


def homes(context: Context) -> tuple[Indices, Indices]:
    """Community and street of each Party organisation: its own place, else that of the first it covers; -1 unknown."""
    rows = len(context.network[PartyOrganization])
    units, covers = UNIT.truth(actual(UNIT), context)
    first = first_of(rows, units.source, units.target, covers.yes)
    over = [np.append(place(context, Organization), np.int32(-1))[first] for place in (community_of, street_of)]
    own = [place(context, PartyOrganization) for place in (community_of, street_of)]
    placed = (own[0] >= 0) | (own[1] >= 0)
    return np.where(placed, own[0], over[0]), np.where(placed, own[1], over[1])


def _first_at(places: int, at: Indices, venue: Indices) -> Indices:
    """int32[places + 1]: the first venue at each place, -1 where there is none and for the unknown place."""
    return np.append(first_of(places, at[at >= 0], venue[at >= 0]), np.int32(-1))
