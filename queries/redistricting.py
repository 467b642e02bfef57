"""Where does everything lie after boundaries changed? Communities and streets followed to their successors.

What is in force stays itself; what is not goes to its one successor, and is nowhere to be told where it has none or
several. Dates that are not recorded change nothing.
"""

from __future__ import annotations

import numpy as np

from graphmodel.declare import Node
from graphmodel.schema.edges import Covers, Instructs, LocatedIn, SucceededBy
from graphmodel.schema.nodes import Community, Organization, Street
from graphmodel.text import Text
from graphmodel.vectors import Flags, Indices, Kleene, Numbers
from queries.branches import UNIT
from queries.computed import Computed
from queries.context import Context, day_number
from queries.facts import actual
from queries.guidance import POST_SERVES
from queries.places import community_of, street_of
from queries.relations import Hop


def ended(context: Context, element: type[Community] | type[Street]) -> Flags:
    """bool[n]: which communities or streets are no more today, by their dates."""
    until = context.network[element].vector("valid_until")
    assert isinstance(until, Numbers)
    over: Flags = until.hi < day_number(context.today)
    return over


def successor(context: Context, element: type[Community] | type[Street]) -> Indices:
    """int32[n + 1]: what each community or street is today, -1 where that cannot be told; the last answers for -1."""
    rows, gone = context.network[element], ended(context, element)
    edges = context.network.edges(SucceededBy, element, element)
    ways = np.bincount(edges.source, minlength=len(rows))
    after = np.where(gone, np.int32(-1), np.arange(len(rows), dtype=np.int32))
    only = gone[edges.source] & (ways[edges.source] == 1)
    after[edges.source[only]] = edges.target[only]
    after = np.append(after, np.int32(-1))
    for _ in range(max(1, len(rows)).bit_length()):  # doubling: after k rounds two to the k changes are followed
        after = after[after]
    return after


def street_today(context: Context, element: type[Node]) -> Indices:
    """int32[n]: the street in which each node lies today, -1 where that cannot be told."""
    over = successor(context, Community)[community_of(context, element)]
    by_community = np.append(street_of(context, Community), np.int32(-1))[over]
    recorded = street_of(context, element)
    return successor(context, Street)[np.where(by_community >= 0, by_community, recorded)]


def _crosses(context: Context, hop: Hop) -> Kleene:
    """For each node: do its organisations, recorded in one street, lie in several today?"""
    n = len(context.network[hop.near])
    edges, truth = hop.truth(actual(hop), context)
    at, organization = edges.near(hop.side)[truth.yes], edges.near("target")[truth.yes]
    before, now = street_of(context, Organization)[organization], street_today(context, Organization)[organization]
    lost = np.zeros(n, dtype=np.bool_)
    lost[at[(before >= 0) & (now < 0)]] = True
    one, several = ~_several(n, at, before), _several(n, at, now)
    return Kleene(one & several, ~one | (~several & ~lost))


def _several(n: int, at: Indices, street: Indices) -> Flags:
    """bool[n]: do two different known streets arrive at a node?"""
    at, street = at[street >= 0], street[street >= 0]
    lowest, highest = np.full(n, np.iinfo(np.int32).max, dtype=np.int32), np.full(n, -1, dtype=np.int32)
    np.minimum.at(lowest, at, street)
    np.maximum.at(highest, at, street)
    return lowest < highest


BRANCH_CROSSES = Computed(
    "branch-crosses-streets",
    Text("所覆盖组织现在跨街道", "what it covers now crosses streets"),
    lambda context: _crosses(context, UNIT),
    reads=(Covers, LocatedIn),
)
POST_CROSSES = Computed(
    "post-crosses-streets",
    Text("所联系组织现在跨街道", "what it looks after now crosses streets"),
    lambda context: _crosses(context, POST_SERVES),
    reads=(Instructs, LocatedIn),
)
