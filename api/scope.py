"""What may an account see? The whole district or one body's organisations, with member counts or without.

A scope restricts the network itself, so that whatever is made of it (lists, search, paths, scenes, exports, differences,
counts, errors) holds nothing else (DESIGN, settled point 8).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
import polars as pl

from api.search import share
from graphmodel.declare import Edge, Node
from graphmodel.network import Network
from graphmodel.paths import NodeKey
from graphmodel.restricted import without_restricted
from graphmodel.rows import EdgeRows, NodeRows
from graphmodel.schema import NODE_TYPES
from graphmodel.schema.edges import (
    AnswersFor,
    Funds,
    Guides,
    LicensedBy,
    LocatedIn,
    PartOf,
    PartyBodyOf,
    PaysDues,
    Supervises,
)
from graphmodel.schema.nodes import (
    Alliance,
    Authority,
    Community,
    InstructorPost,
    Organization,
    PartyOrganization,
    Project,
    Street,
    Venue,
)
from graphmodel.text import Refusal, Text
from graphmodel.vectors import Flags
from visualizations.report import without_members

_HOLDS: dict[type[Node], tuple[type[Edge], ...]] = {
    Street: (LocatedIn, Guides, AnswersFor),
    Authority: (LicensedBy, Supervises),
}
BODIES = tuple(_HOLDS)
"""The types of body that an account may be limited to; the relations above say which organisations are theirs."""

_TIED: tuple[type[Node], ...] = (PartyOrganization, InstructorPost, Alliance, Venue, Project)
"""Types that speak of organisations: seen only where they are tied to one that is seen, or to the body itself."""

_WHOSE: dict[type[Edge], Literal["source", "target"]] = {PaysDues: "source", Funds: "target"}
"""At which end the one is whose members the restricted fields of a relation tell of: types do not say, both ends of dues being the same."""

Masks = dict[str, Flags]
"""For every node type: bool[n], which of its nodes are meant."""


class DistrictOnly(Refusal):
    """What was asked for is of the whole district, and the account is a body's."""

    def __init__(self) -> None:
        message = Text(
            "此项涉及全区，本账号只能查看本单位的组织。",
            "This is of the whole district; the account sees its own body's organisations.",
        )
        hint = Text("请与区里的管理部门联系。", "Ask the district's office.")
        super().__init__(message, hint, code="district-only")


@dataclass(frozen=True, slots=True)
class Scope:
    """What is seen.

    `body` is the street or authority whose organisations alone are seen, None for the whole district; `members` whether
    member counts are seen, of one's own organisations where there is a body.
    """

    body: NodeKey | None = None
    members: bool = True

    @property
    def whole(self) -> bool:
        """Whether nothing is hidden."""
        return self.body is None and self.members

    def network(self, network: Network) -> Network:
        """The network as it is seen, once for each network; a body that does not exist (yet) sees no organisation."""
        return network if self.whole else network.memo(("seen", self), lambda: self._seen(network))

    def _seen(self, network: Network) -> Network:
        if self.body is None:
            hidden = without_members(network)
            share(hidden, network)
            return hidden
        seen, own = visible(network, self.body), own_rows(network, self.body)
        place = {name: np.where(mask, np.cumsum(mask) - 1, -1).astype(np.int32) for name, mask in seen.items()}
        nodes = {
            name: NodeRows(
                rows.element,
                without_restricted(rows.element, rows.frame, own[name] & self.members).filter(pl.Series(seen[name])),
            )
            for name, rows in network.nodes.items()
        }
        edges = {}
        for pair, rows in network.pairs.items():
            _, source, target = pair
            kept = seen[source][rows.source] & seen[target][rows.target]
            ends = place[source][rows.source[kept]], place[target][rows.target[kept]]
            frame = rows.frame.filter(pl.Series(kept))
            if rows.element in _WHOSE:
                end = _WHOSE[rows.element]
                theirs = own[target][rows.target] if end == "target" else own[source][rows.source]
                frame = without_restricted(rows.element, frame, (theirs & self.members)[kept])
            edges[pair] = EdgeRows(rows.element, (rows.source_type, rows.target_type), *ends, frame)
        return Network(nodes, edges, network.stamp)


def visible(network: Network, body: NodeKey) -> Masks:
    """Which nodes an account of that body sees: its organisations, what is tied to them, and the public bodies."""
    mine = _organisations(network, body)
    seen = {name: np.full(len(rows), NODE_TYPES[name] not in _TIED) for name, rows in network.nodes.items()}
    seen[Organization.type_name] = mine
    for element in _TIED:
        seen[element.type_name] = _tied(network, element, Organization, mine)
    for edges in network.edge_sets(PartyBodyOf):  # a body's own Party organisation is as public as the body
        seen[PartyOrganization.type_name][edges.source] = True
    seen[Venue.type_name] |= _tied(network, Venue, PartyOrganization, seen[PartyOrganization.type_name])
    return seen


def own_rows(network: Network, body: NodeKey) -> Masks:
    """Of which nodes verdicts and member counts are told: its organisations, what is tied to them alone, the body itself."""
    mine = _organisations(network, body)
    own = {name: np.zeros(len(rows), dtype=np.bool_) for name, rows in network.nodes.items()}
    for element in _TIED:
        theirs = _tied(network, element, Organization, mine)
        own[element.type_name] = theirs & ~_tied(network, element, Organization, ~mine)
    return {**own, **_bodies(network, body), Organization.type_name: mine}


def _tied(network: Network, element: type[Node], other: type[Node], chosen: Flags) -> Flags:
    """bool[n]: which nodes of a type have any relation, either way, with chosen nodes of another."""
    found = np.zeros(len(network[element]), dtype=np.bool_)
    for edges in network.pairs.values():
        if (edges.source_type, edges.target_type) == (element, other):
            found[edges.source[chosen[edges.target]]] = True
        elif (edges.source_type, edges.target_type) == (other, element):
            found[edges.target[chosen[edges.source]]] = True
    return found


def _bodies(network: Network, body: NodeKey) -> Masks:
    """The body itself and, of a street, its communities."""
    here = network.nodes[body.type].ids.eq(body.id).to_numpy()
    if body.type != Street.type_name:
        return {body.type: here}
    parts = network.edges(PartOf, Community, Street)
    communities = np.zeros(len(network[Community]), dtype=np.bool_)
    communities[parts.source[here[parts.target]]] = True
    return {Street.type_name: here, Community.type_name: communities}


def _organisations(network: Network, body: NodeKey) -> Flags:
    """bool[n]: a street's organisations lie in it or are in its care, an authority's it licenses or supervises."""
    found = np.zeros(len(network[Organization]), dtype=np.bool_)
    chosen = _bodies(network, body)
    for edge in _HOLDS[NODE_TYPES[body.type]]:
        for edges in network.edge_sets(edge):
            if edges.source_type is Organization and edges.target_type.type_name in chosen:
                found[edges.source[chosen[edges.target_type.type_name][edges.target]]] = True
            elif edges.target_type is Organization and edges.source_type.type_name in chosen:
                found[edges.target[chosen[edges.source_type.type_name][edges.source]]] = True
    return found
