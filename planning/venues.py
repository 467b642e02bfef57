"""Which venue can a Party organisation without one share? (J15)."""

from __future__ import annotations

import numpy as np
import polars as pl

from graphmodel.paths import NodeKey
from graphmodel.schema.edges import Hosts
from graphmodel.schema.nodes import Organization, PartyOrganization, Venue
from graphmodel.text import Text
from planning import rules
from planning.choice import nearest_allowed, next_allowed
from planning.distance import between, places, words
from planning.founding import haves, shareable
from planning.joint_state import seats
from planning.plan import ActionKind, Unplaced
from planning.problem import Draft, Part, Problem, rows_of
from queries.branches import UNIT
from queries.facts import actual

_MISSING = "venue-missing"


def shared_venues(problem: Problem, gone: pl.Series) -> Part:
    """The nearest venue that can be shared, of equally near ones that with most of the six haves.

    Of Party organisations that are not `gone`: the ids of those that other parts of the plan dissolve.
    """
    part, context = Part(ActionKind.VENUE), problem.context
    wanted = np.setdiff1d(rows_of(problem.gap(_MISSING)), problem.network[PartyOrganization].find(gone))
    if not len(wanted):
        return part
    edges, holds = UNIT.truth(actual(UNIT), context)
    units = (
        pl.DataFrame({"branch": edges.source, "organization": edges.target}).cast(pl.Int64).filter(pl.Series(holds.yes))
    )
    seat = seats(units, len(problem.network[PartyOrganization]), places(context, Organization))
    where = places(context, PartyOrganization).otherwise(seat).take(wanted)
    there, good = rows_of(shareable(problem)), haves(problem)
    at = places(context, Venue).take(there)
    chosen = nearest_allowed(
        problem, ActionKind.VENUE, (PartyOrganization, wanted, where), (Venue, there, at), -good[there]
    )
    has = np.flatnonzero(chosen >= 0)
    ids, names = problem.ids(PartyOrganization, wanted), problem.names(PartyOrganization, wanted)
    venue_ids, venue_names = problem.ids(Venue, chosen[has]), problem.names(Venue, chosen[has])
    hosted = (PartyOrganization, [ids[k] for k in has])
    part.add(Hosts, np.arange(len(has)), (Venue, venue_ids), hosted, sharing="shared")
    far = between(context, where.take(has), places(context, Venue).take(chosen[has]))
    who, place = (PartyOrganization, wanted[has], where.take(has)), (Venue, there, at)
    runners = next_allowed(problem, ActionKind.VENUE, who, place, -good[there], chosen[has], far, rules.DISTANCE)
    for page, k in enumerate(has):
        reasons = (
            rules.SHAREABLE.reason(body=venue_names[page]),
            rules.DISTANCE.reason(float(far[page]), how=words(int(far[page]))),
            rules.SIX_HAVES.reason(6.0 - float(good[chosen[k]]), n=int(good[chosen[k]])),
        )
        title = _SHARES.format(party=names[k], venue=venue_names[page])
        subject = NodeKey(PartyOrganization.type_name, ids[k])
        part.drafts.append(Draft((subject,), NodeKey(Venue.type_name, venue_ids[page]), title, reasons, runners[page]))
    for k in np.flatnonzero(chosen < 0):
        key = NodeKey(PartyOrganization.type_name, ids[k])
        part.unplaced.append(Unplaced(part.kind, key, f"{_MISSING}|{key.type}|{key.id}", *_NONE))
    return part


_SHARES = Text("{party}：共用{venue}", "{party}: shares {venue}")
_NONE = (
    Text("没有可以共用的阵地", "there is no venue that could be shared"),
    Text("登记一处可共用的服务中心、文化站所或学校", "record a service centre, cultural station or school to share"),
)
