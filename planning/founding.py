"""What does a new Party organisation need from its first day? A superior whose chain is sound, a level, a venue (J6, J15)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import polars as pl

from graphmodel.choices import VenueKind
from graphmodel.declare import Node
from graphmodel.parameters import Reading
from graphmodel.policy import Values
from graphmodel.schema.edges import Covers, Hosts, PartyBodyOf, SubordinateTo
from graphmodel.schema.nodes import (
    Authority,
    Community,
    GoverningBody,
    Hub,
    Organization,
    PartyOrganization,
    Street,
    Venue,
)
from graphmodel.vectors import Codes, Flags, Kleene
from planning import rules
from planning.distance import Places, nearest, places
from planning.plan import Reason
from planning.problem import Ints, Part, Problem
from queries.chain import EXISTS, chain
from queries.pairs import first_of
from queries.responsibility import responsibility
from queries.vertical_groups import LICENCE

_SHARED = (VenueKind.SERVICE_CENTRE, VenueKind.CULTURAL_STATION, VenueKind.SCHOOL)
_HAVES = ("place", "equipment", "signs", "party_flag", "books", "rules")


@dataclass(frozen=True, slots=True)
class Foundation:
    """New Party organisations: k of them, one a draft.

    `page` the draft, `ids`, `names`, `members` (-1 where not known for certain) of each; `superior`, `venue` rows of
    the network, -1 for none.
    """

    page: Ints
    ids: list[str]
    names: list[str]
    members: Ints
    superior: Ints
    venue: Ints


def found(part: Part, problem: Problem, new: Foundation, form: str) -> None:
    """Plan the organisations, their superiors and their venues. Level and committee by N5 and N3 where members are known."""
    values = problem.context.values
    known = pl.Series(new.members).replace(-1, None)
    part.found(
        PartyOrganization,
        new.page,
        id=pl.Series(new.ids, dtype=pl.String),
        name=pl.Series(new.names, dtype=pl.String),
        level=pl.Series(levels(values, new.members), dtype=pl.String),
        form=form,
        state="planned",
        members=known,
        has_committee=(known >= values.integer("branch_committee_min_members")).cast(pl.Boolean),
    )
    ids = pl.Series(new.ids, dtype=pl.String)
    for edge, body, element in ((SubordinateTo, new.superior, PartyOrganization), (Hosts, new.venue, Venue)):
        has = np.flatnonzero(body >= 0)
        party = (PartyOrganization, ids.gather(has).to_list())
        other = (element, problem.ids(element, body[has]))
        if edge is Hosts:
            part.add(edge, new.page[has], other, party, sharing="shared")
        else:
            part.add(edge, new.page[has], party, other)


def levels(values: Values, members: Ints) -> npt.NDArray[np.str_]:
    """str[k]: the level that so many members ask for, a branch where they are not known, -1 (N5)."""
    least, most = values.integer("general_branch_members"), values.integer("party_committee_members")
    over = 1 if values.word("upgrade_reading") == Reading.MORE_THAN else 0
    return np.where(members >= most + over, "committee", np.where(members >= least + over, "general-branch", "branch"))


def cover(part: Part, page: Ints, party: list[str], organizations: list[str]) -> None:
    """Plan that a Party organisation covers an organisation, one a row."""
    part.add(Covers, page, (PartyOrganization, party), (Organization, organizations))


def foundation_reasons(problem: Problem, new: Foundation) -> list[tuple[Reason, Reason]]:
    """What the rules on superiors and on venues say of each new Party organisation."""
    said = []
    for element, row, has, lacks in (
        (PartyOrganization, new.superior, rules.SUPERIOR, rules.NO_SUPERIOR),
        (Venue, new.venue, rules.VENUE, rules.NO_VENUE),
    ):
        names = iter(problem.names(element, row[row >= 0]))
        said.append([has.reason(body=next(names)) if one >= 0 else lacks.reason(1.0) for one in row.tolist()])
    return list(zip(*said, strict=True))


def _party_of(problem: Problem, element: type[Node]) -> Ints:
    """int64[n]: the Party body of each node of a type whose chain reaches the top, -1 for none; of several the first."""

    def computed() -> Ints:
        context = problem.context
        edges = context.network.edges(PartyBodyOf, PartyOrganization, element)
        usable = EXISTS.evaluate(context.network[PartyOrganization], context).yes & _sound(problem)
        return first_of(len(context.network[element]), edges.target, edges.source, usable[edges.source]).astype(
            np.int64
        )

    return problem.context.memo(("party-body-of", element.type_name), computed)


def _sound(problem: Problem) -> Flags:
    chains = chain(problem.context)
    return (chains.reaches | chains.top) & ~chains.circular & (chains.superiors <= 1)


def superiors(problem: Problem, organization: Ints) -> Ints:
    """int64[k]: the superior of a branch of each organisation, -1 where none can be named.

    The Party body of what answers for it (hub, authority, community), else of its licensing authority, of its street,
    of the work committee, of the Party committee; only bodies whose chain reaches the top.
    """
    due, context = responsibility(problem.context), problem.context
    licences = LICENCE.edges(context)
    licensed = first_of(len(context.network[Organization]), licences.source, licences.target)
    where = places(context, Organization)
    chosen = np.full(len(organization), -1, dtype=np.int64)
    for element, body in (
        (Hub, due.hub),
        (Authority, due.authority),
        (Community, due.community),
        (Street, due.street),
        (Authority, licensed),
        (Community, where.community),
        (Street, where.street),
    ):
        chosen = np.where(chosen >= 0, chosen, _at(_party_of(problem, element), body[organization].astype(np.int64)))
    return np.where(chosen >= 0, chosen, _committee(problem))


def street_superiors(problem: Problem, street: Ints) -> Ints:
    """int64[k]: the superior of a joint branch seated in each street, -1 where none can be named."""
    chosen = _at(_party_of(problem, Street), street)
    return np.where(chosen >= 0, chosen, _committee(problem))


def _at(values: Ints, rows: Ints) -> Ints:
    return np.append(values, -1)[rows]


def _committee(problem: Problem) -> int:
    """The Party body of the "two new" work committee, else of the district committee, where there is exactly one."""
    kind = problem.network[GoverningBody].vector("kind")
    assert isinstance(kind, Codes)
    party = _party_of(problem, GoverningBody)
    for word in ("work-committee", "party-committee"):
        with_body = np.flatnonzero(kind.is_in([word]).yes & (party >= 0))
        if len(with_body) == 1:
            return int(party[with_body[0]])
    return -1


def haves(problem: Problem) -> Ints:
    """int64[venues]: how many of the six haves each venue certainly has (J15)."""
    rows = problem.network[Venue]
    total = np.zeros(len(rows), dtype=np.int64)
    for name in _HAVES:
        flag = rows.vector(name)
        assert isinstance(flag, Kleene)
        total += flag.yes
    return total


def shareable(problem: Problem) -> Flags:
    """bool[venues]: may others use it?"""
    kind = problem.network[Venue].vector("kind")
    assert isinstance(kind, Codes)
    return kind.is_in([k.value for k in _SHARED]).yes


def venues(problem: Problem, where: Places) -> Ints:
    """int64[k]: the nearest venue that can be shared, of equally near ones that with most of the six haves; -1 for none."""
    there = np.flatnonzero(shareable(problem))
    best = nearest(problem.context, places(problem.context, Venue).take(there), -haves(problem)[there], where)
    return np.append(there, -1)[best]
