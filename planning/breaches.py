"""Which hard rules would the outcome of a plan break, at what the plan touches? Looked up rule by rule (N1, N2, N12, J6-J15)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import polars as pl

from graphmodel.changes import ChangeSet
from graphmodel.declare import Edge, Node
from graphmodel.paths import NodeKey
from graphmodel.schema.edges import (
    AnswersFor,
    Covers,
    Guides,
    Hosts,
    Incubates,
    Instructs,
    PostedTo,
    StationGuides,
    SubordinateTo,
    Supervises,
)
from graphmodel.schema.nodes import (
    Authority,
    Community,
    GuidanceStation,
    Hub,
    InstructorPost,
    Organization,
    PartyOrganization,
    Street,
    Venue,
)
from graphmodel.tables import key_columns
from graphmodel.text import Text
from graphmodel.vectors import Codes, Flags, Indices, Numbers
from planning import candidates, rules
from planning.rule import Rule
from queries.branches import PRESENT_UNIT, UNIT
from queries.chain import PO
from queries.chain import chain as chains_of
from queries.context import Context
from queries.facts import OPERATING, actual
from queries.guidance import HUB_RAISES, POST_SERVES, STATION_SERVES, load, present
from queries.logic import Truth
from queries.places import near, street_of
from queries.responsibility import responsibility
from queries.values import Value

Ints = np.ndarray[tuple[int, ...], np.dtype[np.int64]]


@dataclass(frozen=True, slots=True)
class Breach:
    """A hard rule that the plan would break: `rule` its name, `node` where, `text` in words."""

    rule: str
    node: NodeKey
    text: Text


def breaches(after: Context, changes: ChangeSet) -> list[Breach]:
    """Every hard rule that does not hold of what `changes` added, in the context as if they were confirmed."""
    look = _Outcome(after, changes)
    return [
        Breach(rule.name, NodeKey(element.type_name, look.context.network[element].ids[int(row)]), rule.title)
        for rule, element, rows in look.broken()
        for row in rows
    ]


class _Outcome:
    """The network that comes out, and what was added to it."""

    def __init__(self, context: Context, changes: ChangeSet) -> None:
        self.context, self.changes = context, changes

    def broken(self) -> Iterator[tuple[Rule, type[Node], Ints]]:
        """Each rule with the rows that break it."""
        yield from self._branches()
        yield from self._guidance()
        yield from self._hubs()
        yield from self._bodies()

    def _added(self, edge: type[Edge], source: type[Node], target: type[Node]) -> tuple[Ints, Ints]:
        """Rows of both ends of the relations that were added between two types."""
        delta = self.changes.deltas.get(edge.type_name)
        if delta is None:
            return np.empty(0, dtype=np.int64), np.empty(0, dtype=np.int64)
        rows = delta.after.filter(source_type=source.type_name, target_type=target.type_name)
        ends = ((source, rows["source"]), (target, rows["target"]))
        one, other = (self.context.network[element].find(ids).astype(np.int64) for element, ids in ends)
        return one, other

    def _founded(self) -> Ints:
        """Rows of the Party organisations that were founded."""
        delta = self.changes.deltas.get(PartyOrganization.type_name)
        ids = [] if delta is None else delta.after["id"].to_list()
        return self.context.network[PartyOrganization].find(ids).astype(np.int64)

    def _truth(self, element: type[Node], truth: Truth) -> Flags:
        return truth.evaluate(self.context.network[element], self.context).yes

    def _branches(self) -> Iterator[tuple[Rule, type[Node], Ints]]:
        context, values = self.context, self.context.values
        party, organization = self._added(Covers, PartyOrganization, Organization)
        joint, own = (self._truth(PartyOrganization, PO.form.is_(form)) for form in ("joint", "standalone"))
        yield rules.OPERATES, Organization, organization[self._truth(Organization, ~OPERATING)[organization]]
        yield rules.AWAKE, Organization, self._dormant(organization[joint[party]])
        alone = organization[own[party]]
        yield rules.STRENGTH, Organization, alone[~candidates.strong_enough(context, alone)]
        touched = np.unique(party[joint[party]])
        edges, units = UNIT.truth(PRESENT_UNIT, context)
        here = np.flatnonzero(units.possible & np.isin(edges.source, touched))
        group, who = np.searchsorted(touched, edges.source[here]), edges.target[here]
        count = np.bincount(group, minlength=len(touched))
        yield rules.UNITS, PartyOrganization, touched[~candidates.units_fit(values, count)]
        close, like = candidates.related(context, group, who, len(touched))
        yield rules.RELATED, PartyOrganization, touched[~close & ~like]
        least = np.bincount(group, weights=candidates.full_members(context).lo[who], minlength=len(touched)).astype(
            np.int64
        )
        new = np.isin(touched, self._founded())
        yield rules.TOGETHER, PartyOrganization, touched[new & ~candidates.members_fit(values, least)]
        yield rules.MENDED, PartyOrganization, self._left_unsound()
        yield rules.SUPERIOR, PartyOrganization, self._without_superior()
        hosts, _ = self._added(Hosts, Venue, PartyOrganization)
        kind = context.network[Venue].vector("kind")
        assert isinstance(kind, Codes)
        yield rules.SHAREABLE, Venue, hosts[~kind.is_in(["service-centre", "cultural-station", "school"]).yes[hosts]]

    def _left_unsound(self) -> Ints:
        """Joint branches that somebody left, and that have too few units now, or certainly too few members."""
        context, values, delta = self.context, self.context.values, self.changes.deltas.get(Covers.type_name)
        if delta is None:
            return np.empty(0, dtype=np.int64)
        gone = delta.before.join(delta.after, on=list(key_columns(Covers.type_name)), how="anti", nulls_equal=True)
        gone = gone.filter(source_type=PartyOrganization.type_name, target_type=Organization.type_name)
        rows = np.unique(context.network[PartyOrganization].find(gone["source"]).astype(np.int64))
        left = rows[(rows >= 0) & self._truth(PartyOrganization, PO.form.is_("joint"))[rows]]
        edges, units = UNIT.truth(PRESENT_UNIT, context)
        here = np.flatnonzero(units.possible & np.isin(edges.source, left))
        group = np.searchsorted(left, edges.source[here])
        most = candidates.full_members(context).hi[edges.target[here]].astype(np.float64)
        weak = np.bincount(group, weights=most, minlength=len(left)) < values.integer("joint_min_members")
        few = np.bincount(group, minlength=len(left)) < values.integer("joint_min_units")
        unsound: Ints = left[few | weak]
        return unsound

    def _dormant(self, joined: Ints) -> Ints:
        """Of those that were given a place in a joint branch the inactive ones, but for those that moved from another."""
        delta = self.changes.deltas.get(Covers.type_name)
        left = [] if delta is None else delta.before.filter(target_type=Organization.type_name)["target"].to_list()
        moved = np.isin(joined, self.context.network[Organization].find(left))
        found: Ints = joined[candidates.dormant(self.context)[joined] & ~moved]
        return found

    def _without_superior(self) -> Ints:
        """Founded ones with a superior whose chain does not reach the top, or with several."""
        chains = chains_of(self.context)
        below, _ = self._added(SubordinateTo, PartyOrganization, PartyOrganization)
        without: Ints = below[~chains.reaches[below] | (chains.superiors[below] != 1)]
        return without

    def _over(self, element: type[Node], touched: Ints, number: Value, limit: Ints) -> Ints:
        """Rows touched that certainly carry more than their limit."""
        count = number.evaluate(self.context.network[element], self.context)
        assert isinstance(count, Numbers)
        touched = np.unique(touched)
        over: Ints = touched[count.lo[touched] > limit[touched]]
        return over

    def _capacity(self, element: type[Node]) -> Ints:
        capacity = self.context.network[element].vector("capacity")
        assert isinstance(capacity, Numbers)
        return capacity.hi.astype(np.int64)

    def _guidance(self) -> Iterator[tuple[Rule, type[Node], Ints]]:
        context = self.context
        post, instructed = self._added(Instructs, InstructorPost, Organization)
        posts = context.network[InstructorPost].vector("capacity")
        assert isinstance(posts, Numbers)
        yield (
            rules.POST_ROOM,
            InstructorPost,
            self._over(InstructorPost, post, load(POST_SERVES), candidates.instructor_limit(context, posts)),
        )
        station, guided = self._added(StationGuides, GuidanceStation, Organization)
        yield rules.STATION_KIND, Organization, guided[~candidates.station_fits(context, station, guided)]
        limit = self._capacity(GuidanceStation)
        yield rules.STATION_ROOM, GuidanceStation, self._over(GuidanceStation, station, load(STATION_SERVES), limit)
        dormant = candidates.dormant(context)
        yield rules.AWAKE, Organization, instructed[dormant[instructed]]
        yield rules.STATION_STAYS, Organization, instructed[~self._by_own_station(post, instructed)]

    def _by_own_station(self, post: Ints, organization: Ints) -> Flags:
        """Is each post at a station that guides the organisation?"""
        network = self.context.network
        posted = network.edges(PostedTo, InstructorPost, GuidanceStation)
        edges, holds = STATION_SERVES.truth(actual(STATION_SERVES), self.context)
        at = pl.DataFrame({"post": posted.source, "station": posted.target}).cast(pl.Int64)
        guides = pl.DataFrame({"station": edges.source[holds.yes], "who": edges.target[holds.yes]}).cast(pl.Int64)
        wanted = pl.DataFrame({"post": post, "who": organization}).with_row_index("k")
        found = wanted.join(at, on="post").join(guides, on=["station", "who"])["k"].unique().to_numpy()
        mask = np.zeros(len(post), dtype=np.bool_)
        mask[found] = True
        return mask

    def _hubs(self) -> Iterator[tuple[Rule, type[Node], Ints]]:
        hub, taken_in = self._added(Incubates, Hub, Organization)
        hops = self.context.values.integer("hub_reach_hops")
        reached = near(self.context, self._street(Organization)[taken_in], self._street(Hub)[hub], hops).yes
        yield rules.HUB_REACH, Organization, taken_in[~reached]
        limit = self._capacity(Hub)
        yield rules.HUB_ROOM, Hub, self._over(Hub, hub, candidates.TAKEN_IN, limit)
        centre, _ = self._added(Incubates, Hub, PartyOrganization)
        raised = HUB_RAISES.count(present(HUB_RAISES) & HUB_RAISES.edge.kind.is_("demonstration"))
        most = np.full(len(limit), self.context.values.integer("demonstration_max"))
        yield rules.QUOTA, Hub, self._over(Hub, centre, raised, most)

    def _street(self, element: type[Node]) -> Indices:
        return street_of(self.context, element)

    def _bodies(self) -> Iterator[tuple[Rule, type[Node], Ints]]:
        due = responsibility(self.context)
        for rule, edge, element, body in (
            (rules.DUE_VERTICAL, Supervises, Authority, due.authority),
            (rules.DUE_STREET, Guides, Street, due.street),
            (rules.DUE_COMMUNITY, AnswersFor, Community, due.community),
        ):
            source, organization = self._added(edge, element, Organization)
            yield rule, Organization, organization[body[organization] != source]
