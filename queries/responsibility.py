"""Who should answer for an organisation? Hub, authority, or street and community (DESIGN, settled point 1; J7-J9)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import polars as pl

from graphmodel.declare import Choice, Node
from graphmodel.rows import Rows
from graphmodel.schema.edges import AnswersFor, Guides, LocatedIn, PartOf
from graphmodel.schema.nodes import Authority, Community, GoverningBody, Hub, Organization, Street
from graphmodel.text import Text
from graphmodel.vectors import Codes, Indices, Kleene
from queries.computed import Computed, Fact
from queries.context import Context
from queries.facts import INCUBATED, INCUBATING, INCUBATOR, REGISTERED, actual
from queries.given import Switch
from queries.logic import Truth
from queries.pairs import Pairs, are_paired, first_of, through
from queries.places import community_of, street_of
from queries.relations import Hop, incoming, outgoing
from queries.vertical_groups import DUAL, DUE_WHERE_LARGE, IN_LARGE_GROUP, LICENCE, SUPERVISOR, groups

GUIDE = incoming(Guides, Street, Organization)
ANSWERER = incoming(AnswersFor, Community, Organization)
IN_STREET = outgoing(LocatedIn, Organization, Street)
IN_COMMUNITY = outgoing(LocatedIn, Organization, Community)
PART_OF_STREET = outgoing(PartOf, Community, Street)
RESTS_ON = (LICENCE, IN_STREET, IN_COMMUNITY)
"""What tells who should answer, beside fields of the organisation."""


class Mode(Choice):
    """By which rule somebody answers; its place here is its code."""

    CANNOT_TELL = "cannot-tell", "待核实", "cannot tell"
    INCUBATED = "incubated", "孵化归口", "incubation mode"
    VERTICAL = "vertical", "纵向归口", "vertical mode"
    TERRITORIAL = "territorial", "属地归口", "territorial mode"
    INDUSTRY_COMMITTEE = "industry-committee", "行业党委归口", "under the industry Party committee"


PARAMETERS = (
    "inactive_in_scope",
    "vertical_threshold",
    "vertical_threshold_reading",
    "vertical_group_by",
    "direct_registration_home",
)
"""The policy parameters that decide who should answer."""

MODE_CLAUSE = {
    Mode.CANNOT_TELL: None,
    Mode.INCUBATED: "J9",
    Mode.VERTICAL: "J7",
    Mode.TERRITORIAL: "J8",
    Mode.INDUSTRY_COMMITTEE: "J2",
}
"""The clause that says so."""

COMMUNITY_KNOWN = Fact("community-known", Text("社区已知", "its community is known"), IN_COMMUNITY.some())
STREET_KNOWN = Fact(
    "street-known",
    Text("街道已知", "its street is known, by itself or by its community"),
    IN_STREET.some() | IN_COMMUNITY.some(IN_COMMUNITY.other(PART_OF_STREET.some())),
)
VERTICAL = Fact(
    "vertical", Text("应由主管单位归口", "its authority should answer (J7)"), DUE_WHERE_LARGE & IN_LARGE_GROUP
)
UNDER_COMMITTEE = Fact(
    "under-industry-committee",
    Text("应由行业党委归口", "the industry Party committee should answer (J2)"),
    Switch("direct_registration_home", "industry-committee") & ~INCUBATED & REGISTERED & ~DUAL,
)
BY_LINE_OR_AREA = Fact(
    "by-line-or-area",
    Text("应由主管单位或街道社区归口", "its authority, or its street and community, should answer"),
    ~INCUBATED & ~UNDER_COMMITTEE,
)
TERRITORIAL = Fact(
    "territorial",
    Text("应由街道社区归口", "its street and community should answer (J8)"),
    BY_LINE_OR_AREA & ~VERTICAL,
)

SUPERVISED = Fact(
    "supervised", Text("有主管单位条管", "an authority supervises it"), SUPERVISOR.some(actual(SUPERVISOR))
)
GUIDED = Fact("guided", Text("有街道指导", "a street guides it"), GUIDE.some(actual(GUIDE)))
ANSWERED_FOR = Fact("answered-for", Text("有社区负责", "a community answers for it"), ANSWERER.some(actual(ANSWERER)))


@dataclass(frozen=True, slots=True)
class Responsibility:
    """Who should answer for each of n organisations.

    `mode` int8[n] places in `Mode`; `hub`, `authority`, `street`, `community` int32[n] the bodies of that mode as
    rows of their types, -1 where the mode is another one or the body is not known; of several the first.
    """

    mode: npt.NDArray[np.int8]
    hub: Indices
    authority: Indices
    street: Indices
    community: Indices

    @property
    def modes(self) -> Codes:
        """The modes as words."""
        return Codes(self.mode, Mode.values())


def responsibility(context: Context) -> Responsibility:
    """Who should answer, once per network, policy and day. Cost: linear."""
    return context.memo("responsibility", lambda: _responsibility(context))


def _responsibility(context: Context) -> Responsibility:
    rows = context.network[Organization]
    n = len(rows)
    incubated, vertical, committee, territorial = (
        fact.evaluate(rows, context).yes for fact in (INCUBATED, VERTICAL, UNDER_COMMITTEE, TERRITORIAL)
    )
    places = {mode: place for place, mode in enumerate(Mode)}
    mode = np.zeros(n, dtype=np.int8)
    for where, which in (
        (incubated, Mode.INCUBATED),
        (vertical, Mode.VERTICAL),
        (territorial, Mode.TERRITORIAL),
        (committee, Mode.INDUSTRY_COMMITTEE),
    ):
        mode[where] = places[which]
    taken, licences = INCUBATOR.edges(context), LICENCE.edges(context)
    hub = first_of(n, taken.target, taken.source, INCUBATING.evaluate(taken, context).yes)
    authority = first_of(n, licences.source, licences.target, groups(context).large.yes)
    none = np.int32(-1)
    return Responsibility(
        mode,
        np.where(incubated, hub, none),
        np.where(vertical, authority, none),
        np.where(territorial, street_of(context, Organization), none),
        np.where(territorial, community_of(context, Organization), none),
    )


def due_bodies(context: Context) -> pl.DataFrame:
    """The one body that has to act for each of n organisations: columns `body_type`, `body_id`, `body_name`.

    The hub, the authority, or the street, which guides (its community answers beside it); for directly registered
    ones under the industry Party committee the bureau that has it (J2), where there is exactly one. Null where it
    cannot be told or the body is not known.
    """
    return context.memo("due-bodies", lambda: _due_bodies(context))


def _due_bodies(context: Context) -> pl.DataFrame:
    found = responsibility(context)
    under = np.where(found.modes.is_in([Mode.INDUSTRY_COMMITTEE]).yes, _only_bureau(context), np.int32(-1))
    bodies: tuple[tuple[type[Node], Indices], ...] = (
        (Hub, found.hub),
        (Authority, found.authority),
        (Street, found.street),
        (GoverningBody, under),
    )
    place, begin = np.full(len(under), -1, dtype=np.int32), 0
    for element, row in bodies:  # at most one of them has a body for a row
        place = np.where(row >= 0, row + np.int32(begin), place)
        begin += len(context.network[element])
    return _gathered(pl.concat([_names(context, element) for element, _ in bodies]), place)


def due_body_names(_: Rows, context: Context, at: Indices) -> pl.Series:
    """The name of the body that has to act, beside a finding."""
    return due_bodies(context)["body_name"][at]


def due_community_names(_: Rows, context: Context, at: Indices) -> pl.Series:
    """The name of the community that answers in territorial mode, beside a finding."""
    return named(context, Community, responsibility(context).community[at])["body_name"]


def modes(_: Rows, context: Context, at: Indices) -> pl.Series:
    """By which mode somebody should answer, beside a finding."""
    return pl.Series(Mode.values(), dtype=pl.String)[responsibility(context).mode[at]]


def named(context: Context, element: type[Node], row: Indices) -> pl.DataFrame:
    """Type, id and name of the node at each of n rows, null where it is -1."""
    return _gathered(_names(context, element), row)


def _names(context: Context, element: type[Node]) -> pl.DataFrame:
    return context.network[element].frame.select(
        pl.lit(element.type_name).alias("body_type"),
        pl.col("id").alias("body_id"),
        pl.coalesce("name", "id").alias("body_name"),
    )


def _gathered(frame: pl.DataFrame, row: Indices) -> pl.DataFrame:
    known = pl.Series(row)
    return frame.rechunk().select(pl.all().gather(known.set(known < 0, None)))


def _only_bureau(context: Context) -> np.int32:
    kind = context.network[GoverningBody].vector("kind")
    assert isinstance(kind, Codes)
    bureaus = np.flatnonzero(kind.is_in(["bureau"]).yes)
    return np.int32(bureaus[0] if len(bureaus) == 1 else -1)


def _own_streets(context: Context) -> Pairs:
    over, part_of = IN_COMMUNITY.edges(context), PART_OF_STREET.edges(context)
    direct, (source, target) = IN_STREET.edges(context), through(over, part_of)
    return np.concatenate((direct.source, source)), np.concatenate((direct.target, target))


def _by_own(hop: Hop, own: Callable[[Context], Pairs], known: Truth) -> Callable[[Context], Kleene]:
    """Of each edge of `hop`: does it come from where the organisation is? Unknown where that is not known."""

    def mask(context: Context) -> Kleene:
        edges, rows = hop.edges(context), context.network[Organization]
        same = are_paired((edges.target, edges.source), own(context), len(rows))
        return Kleene(same, ~same & known.evaluate(rows, context).yes[edges.target])

    return mask


def _own_communities(context: Context) -> Pairs:
    located = IN_COMMUNITY.edges(context)
    return located.source, located.target


BY_OWN_STREET = Computed(
    "by-own-street",
    Text("由所在街道", "by its own street; unknown where that is not known"),
    mask=_by_own(GUIDE, _own_streets, STREET_KNOWN),
    text="CASE WHEN EXISTS { ({near})-[:LOCATED_IN]->({far}) } "
    "OR EXISTS { ({near})-[:LOCATED_IN]->(:Community)-[:PART_OF]->({far}) } THEN true "
    "WHEN EXISTS { ({near})-[:LOCATED_IN]->(:Street) } OR EXISTS { ({near})-[:LOCATED_IN]->(:Community)-[:PART_OF]->(:Street) } THEN false ELSE null END",
    reads=(LocatedIn,),
)
"""Of a GUIDES edge: it comes from the organisation's own street."""

BY_OWN_COMMUNITY = Computed(
    "by-own-community",
    Text("由所在社区", "by its own community; unknown where that is not known"),
    mask=_by_own(ANSWERER, _own_communities, COMMUNITY_KNOWN),
    text="CASE WHEN EXISTS { ({near})-[:LOCATED_IN]->({far}) } THEN true "
    "WHEN EXISTS { ({near})-[:LOCATED_IN]->(:Community) } THEN false ELSE null END",
    reads=(LocatedIn,),
)
"""Of an ANSWERS_FOR edge: it comes from the organisation's own community."""
