"""Which nodes stand on the board? All of them, or what a street, an authority or a question's answer leaves."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from graphmodel.declare import Node
from graphmodel.paths import NodeKey, NoSuchNode, row_of
from graphmodel.schema.edges import LicensedBy, PostedTo
from graphmodel.schema.nodes import (
    Authority,
    GoverningBody,
    GuidanceStation,
    Hub,
    InstructorPost,
    Organization,
    PartyOrganization,
    Street,
)
from graphmodel.vectors import Codes, Flags, Indices
from queries.answer import Answer
from queries.context import Context
from queries.coverage import coverage
from queries.redistricting import ended
from visualizations.lanes import BOARD
from visualizations.standing import street_rows

Kept = dict[type[Node], Flags]
"""For every type of the board: bool[n], which of its nodes are drawn."""


@dataclass(frozen=True, slots=True)
class Group:
    """What one glyph of a board stands for: so many nodes from the first on, of its type, home, track and look."""

    first: NodeKey
    count: int


@dataclass(frozen=True, slots=True)
class Filters:
    """What is drawn: a street's and an authority's ids; an answer, whose gaps and doubtful rows alone are drawn; of these, one group.

    `before` is what a board is seen beside: a street that has ended since keeps its row where something stood there.
    """

    street: str | None = None
    authority: str | None = None
    answer: Answer | None = None
    group: Group | None = None
    before: Context | None = None

    @property
    def any(self) -> bool:
        """Whether anything is left out."""
        return any(part is not None for part in (self.street, self.authority, self.answer, self.group))


def selection(context: Context, filters: Filters) -> Kept:
    """What is drawn: organisations that pass all filters, and what is related to them; of a street alone, its hubs and stations.

    Deregistered organisations never are, nor streets that have ended and have nothing in them.

    Errors: `NoSuchNode` where a filter names a node that does not exist or stands on no board. Cost: linear.
    """
    network = context.network
    wanted = _operating(context)
    if not filters.any:
        kept = {element: np.ones(len(network[element]), dtype=np.bool_) for element in BOARD}
        return kept | {Organization: wanted, Street: _streets(context, filters.before)}
    kept = {element: np.zeros(len(network[element]), dtype=np.bool_) for element in BOARD}
    kept[GoverningBody][:] = True
    if filters.street is not None:
        street = row_of(network, NodeKey(Street.type_name, filters.street))
        wanted &= street_rows(context, Organization) == street
        kept[Street][street] = True
        if filters == Filters(street=filters.street):
            for element in (Hub, GuidanceStation):  # they stand there, whomever they serve
                kept[element] = street_rows(context, element) == street
    if filters.authority is not None:
        authority = row_of(network, NodeKey(Authority.type_name, filters.authority))
        licences = network.edges(LicensedBy, Organization, Authority)
        wanted &= np.isin(np.arange(len(wanted)), licences.source[licences.target == authority])
        kept[Authority][authority] = True
    if filters.answer is not None:
        wanted &= _found(context, filters.answer, kept)
    if filters.group is not None:
        wanted &= _among(context, filters.group, wanted, kept)
    return _with_related(context, wanted, kept)


def _operating(context: Context) -> Flags:
    status = context.network[Organization].vector("status")
    assert isinstance(status, Codes)
    kept: Flags = ~status.is_in(["deregistered"]).yes
    return kept


def _streets(context: Context, before: Context | None) -> Flags:
    """bool[n]: streets that are, and those that have ended and have something in them, or had it before."""
    kept: Flags = ~ended(context, Street) | _has_something(context)
    if before is not None:
        had = before.network[Street].frame["id"].filter(_has_something(before))
        kept |= context.network[Street].frame["id"].is_in(had.implode()).to_numpy()
    return kept


def _has_something(context: Context) -> Flags:
    """bool[n]: in which streets stands what has its place in the row of its street?"""
    has = np.zeros(len(context.network[Street]) + 1, dtype=np.bool_)  # the last is for those of no known street
    for element in (Organization, PartyOrganization, Hub):
        here = street_rows(context, element)
        has[here[_operating(context)] if element is Organization else here] = True
    return has[:-1]


def _found(context: Context, answer: Answer, kept: Kept) -> Flags:
    """Which organisations an answer is about: those it found, or those beside the nodes of another type it found."""
    rows = np.concatenate([answer.gap_rows, answer.unknown_rows])
    element = answer.question.anchor.element
    found = np.zeros(len(context.network[Organization]), dtype=np.bool_)
    if element is Organization:
        found[rows] = True
    elif element in kept:
        kept[element][rows] = True
        for one, other in _pairs(context, element):
            found[other[kept[element][one]]] = True
    return found


def _among(context: Context, group: Group, wanted: Flags, kept: Kept) -> Flags:
    """Which organisations a group is, or stand beside a group of another type, which alone of its type is kept."""
    element = next((each for each in BOARD if each.type_name == group.first.type), None)
    row = row_of(context.network, group.first)
    if element is None:
        raise NoSuchNode(group.first)
    home = _home(context, element)
    alike = home == home[row]
    if element is Organization:
        kind, track = coverage(context).kind, context.network[Organization].vector("track")
        assert isinstance(track, Codes)
        filed = track.is_in(["filed"]).yes
        alike &= wanted & (kind == kind[row]) & (filed == filed[row])
    alike[:row] = False
    chosen = np.zeros(len(alike), dtype=np.bool_)
    chosen[np.flatnonzero(alike)[: group.count]] = True
    if element is Organization:
        return chosen
    kept[element] = chosen
    beside = np.zeros(len(wanted), dtype=np.bool_)
    for one, other in _pairs(context, element):
        beside[other[chosen[one]]] = True
    return beside


def _home(context: Context, element: type[Node]) -> Indices:
    """Where the board groups nodes of a type: posts at their station, all others in their street; -1 where unknown."""
    if element is not InstructorPost:
        return street_rows(context, element)
    edges = context.network.edges(PostedTo, InstructorPost, GuidanceStation)
    home = np.full(len(context.network[InstructorPost]), -1, dtype=np.int32)
    home[edges.source] = edges.target
    return home


def _with_related(context: Context, wanted: Flags, kept: Kept) -> Kept:
    for element in BOARD:
        if element not in (Organization, Street):
            for one, other in _pairs(context, element):
                kept[element][one[wanted[other]]] = True
    here = street_rows(context, Organization)[wanted]
    kept[Street][here[here >= 0]] = True
    return kept | {Organization: wanted}


def _pairs(context: Context, element: type[Node]) -> Iterator[tuple[Indices, Indices]]:
    """Relations between a type and organisations, whichever way they lead: its rows, and the organisations'."""
    for edges in context.network.pairs.values():
        if (edges.source_type, edges.target_type) == (element, Organization):
            yield edges.source, edges.target
        elif (edges.source_type, edges.target_type) == (Organization, element):
            yield edges.target, edges.source
