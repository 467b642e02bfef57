"""Who guides and who takes in? Loads of posts and stations, station kinds, incubation and its next home (J9-J11)."""

from __future__ import annotations

import numpy as np

from graphmodel.schema.edges import Incubates, Instructs, LocatedIn, Neighbours, PostedTo, StationGuides
from graphmodel.schema.nodes import GuidanceStation, Hub, InstructorPost, Organization, PartyOrganization, Street
from graphmodel.text import Text
from graphmodel.vectors import Codes, Flags, Kleene, any_at
from queries.computed import Computed, Fact
from queries.context import Context
from queries.facts import INCUBATED, INCUBATOR, ORG, STATION, actual
from queries.given import Given, before_today, policy, today
from queries.logic import Recorded, Truth, any_of
from queries.places import street_of, streets_within
from queries.relations import Hop, outgoing
from queries.responsibility import ANSWERER, GUIDE
from queries.values import Value, fields
from queries.vertical_groups import SUPERVISOR

HUB = fields(Hub)
POSTED = outgoing(PostedTo, InstructorPost, GuidanceStation)
POST_SERVES = outgoing(Instructs, InstructorPost, Organization)
STATION_SERVES = outgoing(StationGuides, GuidanceStation, Organization)
HUB_TAKES_IN = outgoing(Incubates, Hub, Organization)
HUB_RAISES = outgoing(Incubates, Hub, PartyOrganization)


def load(hop: Hop) -> Value:
    """How many organisations a post or station looks after; deregistered ones need no guidance any more."""
    return hop.count(served(hop))


def served(hop: Hop) -> Truth:
    """Looked after by it, and not deregistered."""
    return actual(hop) & ~hop.other(ORG.status.is_("deregistered"))


def ended(hop: Hop) -> Truth:
    """An incubation whose last day has passed; one without a last day goes on."""
    return Recorded(hop.edge.until < today())


def present(hop: Hop) -> Truth:
    """Taken in at present."""
    return actual(hop) & ~ended(hop)


# --- which kind of station (J11, settled point 7) ---

_OTHERWISE = policy("station_kind_otherwise")
_BY_INDUSTRY = Given(
    "station_kind_by_industry",
    ("station_kind_by_industry",),
    lambda context: context.values.table("station_kind_by_industry"),
)
_KIND = (
    "CASE WHEN {row}.industry IS NOT NULL "
    "THEN coalesce($station_kind_by_industry[{row}.industry], $station_kind_otherwise) END"
)


def station_kinds(context: Context) -> Codes:
    """The kind of station each organisation belongs to, by its industry; unknown where the industry is."""
    return context.memo("station-kinds", lambda: _station_kinds(context))


def _station_kinds(context: Context) -> Codes:
    industry = context.network[Organization].vector("industry")
    assert isinstance(industry, Codes)
    words = GuidanceStation.columns["kind"].choices
    assert words is not None
    kinds = list(words.values())
    table, otherwise = context.values.table("station_kind_by_industry"), context.values.word("station_kind_otherwise")
    of_industry = [kinds.index(table.get(word, otherwise)) for word in industry.words]
    return Codes(np.array([*of_industry, -1], dtype=np.int8)[industry.code], kinds)  # the last answers for unknown


def _other_kind(context: Context) -> Kleene:
    edges, guided = STATION.truth(actual(STATION), context)
    station = context.network[GuidanceStation].vector("kind")
    assert isinstance(station, Codes)
    kind, due = station.take(edges.source), station_kinds(context).take(edges.target)
    known = (kind.code >= 0) & (due.code >= 0)
    same = Kleene(known & (kind.code == due.code), known & (kind.code != due.code))
    truth = guided & ~kind.is_in(["point"]) & ~same
    return any_at(len(context.network[Organization]), edges.target, truth)


_EDGE = "({row})<-[sg:STATION_GUIDES]-(gs:GuidanceStation)"
_OTHER = f"sg.state = 'actual' AND gs.kind <> 'point' AND gs.kind <> {_KIND}"
OTHER_KIND = Computed(
    "station-of-another-kind",
    Text("由他类指导站指导", "guided by a station of another kind; the point takes any"),
    mask=_other_kind,
    text=any_of(_EDGE, _OTHER),
    givens=(_BY_INDUSTRY, _OTHERWISE),
    reads=(ORG.industry, StationGuides),
)

# --- incubation and what comes after it (J9, J10) ---

TEMPORARY = actual(INCUBATOR) & INCUBATOR.edge.kind.is_("temporary")
STAYS_TOO_LONG = INCUBATOR.some(
    TEMPORARY & ~ended(INCUBATOR) & (INCUBATOR.edge.since < before_today("incubation_term_years", "years"))
)
HAS_LEFT = INCUBATOR.some(TEMPORARY & ended(INCUBATOR)) & ~INCUBATED

HOME = Fact(
    "home",
    Text("有条块责任单位", "an authority, a street or a community has taken it on"),
    SUPERVISOR.some(actual(SUPERVISOR)) | GUIDE.some(actual(GUIDE)) | ANSWERER.some(actual(ANSWERER)),
)

# --- streets and platforms (J10) ---


def _at_streets(context: Context, hubs: Kleene, hops: int) -> Kleene:
    """Streets that have one of the hubs within `hops`; a hub of unknown place may be anywhere."""
    place, near = street_of(context, Hub), streets_within(context, hops)

    def reached(which: Flags) -> Flags:
        there = np.bincount(place[which & (place >= 0)], minlength=near.shape[0])
        return np.asarray(near @ there > 0)

    anywhere = bool((hubs.possible & (place < 0)).any())
    return Kleene(reached(hubs.yes), ~(reached(hubs.possible) | anywhere))


HUB_IN_STREET = Computed(
    "hub-in-street",
    Text("街道内有孵化平台", "a platform stands in the street"),
    mask=lambda context: _at_streets(context, Kleene.constant(len(context.network[Hub]), True), 0),
    reads=(LocatedIn,),
)
DISTRICT_HUB_NEAR = Computed(
    "district-hub-near",
    Text("可及范围内有区级平台", "a platform of the district is within reach"),
    mask=lambda context: _at_streets(
        context,
        HUB.level.is_("district").evaluate(context.network[Hub], context),
        context.values.integer("hub_reach_hops"),
    ),
    reads=(LocatedIn, Neighbours),
)

STREET = fields(Street)
STREET_EXISTS = ~Recorded(STREET.valid_until < today()) & ~Recorded(STREET.valid_from > today())
"""The street is in force on the day; boundaries without dates are."""
