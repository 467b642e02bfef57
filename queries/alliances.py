"""Who works together? Membership, the seven joints, and the components that both make (J12)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from graphmodel.choices import Joint
from graphmodel.schema.edges import JoinsWith, MemberOf
from graphmodel.schema.nodes import Alliance, Organization
from graphmodel.text import Text
from graphmodel.vectors import Codes, Flags, Indices, Kleene, places
from queries.computed import Computed, Fact
from queries.context import Context
from queries.facts import ORG, actual
from queries.logic import any_of
from queries.relations import incoming, outgoing
from queries.values import fields

ALLIANCE = fields(Alliance)
MEMBERSHIP = outgoing(MemberOf, Organization, Alliance)
MEMBERS = incoming(MemberOf, Organization, Alliance)
JOINS = outgoing(JoinsWith, Organization, Organization)
JOINED_BY = incoming(JoinsWith, Organization, Organization)

IN_ALLIANCE = Fact("in-alliance", Text("已入联盟", "in an alliance"), MEMBERSHIP.some(actual(MEMBERSHIP)))

# --- components: organisations joined by an alliance or by joint work ---


@dataclass(frozen=True, slots=True)
class Ties:
    """The graph of n organisations (0…) and their alliances (n…) as three-valued edges.

    `one`, `other` int32[m]; `holds` whether each tie is there; `leads` whether the organisation at `one` leads the
    alliance at `other`, shape m too.
    """

    nodes: int
    one: Indices
    other: Indices
    holds: Kleene
    leads: Kleene


def ties(context: Context) -> Ties:
    """Actual memberships, and joint work, of organisations that are not deregistered; once per network."""
    return context.memo("alliance-ties", lambda: _ties(context))


def _ties(context: Context) -> Ties:
    rows = context.network[Organization]
    alive = ~ORG.status.is_("deregistered").evaluate(rows, context)
    members, in_fact = MEMBERSHIP.truth(actual(MEMBERSHIP), context)
    lead = MEMBERSHIP.edge.role.is_("lead").evaluate(members, context)
    joins = JOINS.edges(context)
    member, joint = in_fact & alive.take(members.source), alive.take(joins.source) & alive.take(joins.target)
    leads, none = member & lead, Kleene.constant(len(joins), False)
    return Ties(
        len(rows) + len(context.network[Alliance]),
        np.concatenate((members.source, joins.source)),
        np.concatenate((members.target + np.int32(len(rows)), joins.target)),
        Kleene(np.concatenate((member.yes, joint.yes)), np.concatenate((member.no, joint.no))),
        Kleene(np.concatenate((leads.yes, none.yes)), np.concatenate((leads.no, none.no))),
    )


def _labels(graph: Ties, organizations: int, held: Flags) -> Indices:
    """int32[nodes]: the component of each node, named by one of its nodes.

    Most stand with an alliance, so each is put to one of its own first; only what this leaves apart is searched.
    """
    one, other = places(graph.one), places(graph.other)
    label = np.arange(graph.nodes, dtype=np.int32)
    allied = np.flatnonzero(held & (graph.other >= organizations))
    label[one[allied]] = graph.other[allied]
    apart = np.flatnonzero(held & (label[one] != label[other]))
    one, other = places(label[one[apart]]), places(label[other[apart]])
    named = np.zeros(graph.nodes, dtype=np.bool_)
    named[one] = named[other] = True
    left = np.flatnonzero(named)
    place = np.empty(graph.nodes, dtype=np.int32)
    place[left] = np.arange(len(left), dtype=np.int32)
    links = coo_array((np.ones(len(one), dtype=np.int8), (place[one], place[other])), shape=(len(left), len(left)))
    count, component = connected_components(links, directed=False)
    first = np.empty(count, dtype=np.int32)
    first[component] = left
    root = np.arange(graph.nodes, dtype=np.int32)
    root[left] = first[component]
    return root[places(label)]


def _seen(context: Context, held: Flags, leading: Flags) -> tuple[Flags, Flags]:
    """For each organisation over these ties: is it alone in its component, and does that have a lead?"""
    n, graph = len(context.network[Organization]), ties(context)
    label = places(_labels(graph, n, held))
    led = np.zeros(graph.nodes, dtype=np.bool_)
    led[label[graph.one[leading]]] = True
    label = label[:n]
    return np.bincount(label, minlength=graph.nodes)[label] == 1, led[label]


def _isolation(context: Context) -> tuple[Kleene, Kleene]:
    graph = ties(context)
    alone, led = _seen(context, graph.holds.yes, graph.leads.yes)
    if not (graph.holds.unknown.any() or graph.leads.unknown.any()):
        return Kleene.certain(alone), Kleene.certain(led)
    alone_still, led_perhaps = _seen(context, graph.holds.possible, graph.leads.possible)
    return Kleene(alone_still, ~alone), Kleene(led, ~led_perhaps)


def _isolated(context: Context) -> tuple[Kleene, Kleene]:
    return context.memo("isolation", lambda: _isolation(context))


_TIES = (MemberOf, JoinsWith)
ALONE = Computed(
    "alone", Text("孤立", "joined to no other organisation"), lambda context: _isolated(context)[0], reads=_TIES
)
COMPONENT_LED = Computed(
    "component-led",
    Text("组团有牵头单位", "its component has a lead"),
    lambda context: _isolated(context)[1],
    reads=_TIES,
)

# --- the seven joints of an alliance ---


def _joint(context: Context, kind: str) -> Kleene:
    return context.memo("joints", lambda: _joints(context))[kind]


def _joints(context: Context) -> dict[str, Kleene]:
    """Which kinds of joint work have an edge between two members of each alliance?"""
    alliances, joins = context.network[Alliance], JOINS.edges(context)
    members, in_fact = MEMBERSHIP.truth(actual(MEMBERSHIP), context)
    inside = pl.DataFrame(
        {"org": members.source, "alliance": members.target, "yes": in_fact.yes, "perhaps": in_fact.possible}
    ).filter("perhaps")
    named = joins.frame["alliance"]
    kind = joins.vector("kind")
    assert isinstance(kind, Codes)
    work = pl.DataFrame({"a": joins.source, "b": joins.target, "kind": kind.code.astype(np.int32)}).with_columns(
        unnamed=named.is_null(), named=pl.Series(alliances.find(named.fill_null("")))
    )
    pairs = work.join(inside, left_on="a", right_on="org").join(
        inside, left_on=["b", "alliance"], right_on=["org", "alliance"], suffix="_b"
    )
    pairs = pairs.filter(pl.col("unnamed") | (pl.col("named") == pl.col("alliance")))
    at, sure = pairs["alliance"].to_numpy(), (pairs["yes"] & pairs["yes_b"]).to_numpy()
    code = pairs["kind"].to_numpy()

    def has(place: int) -> Kleene:
        yes, perhaps = np.zeros(len(alliances), dtype=np.bool_), np.zeros(len(alliances), dtype=np.bool_)
        yes[at[sure & (code == place)]] = True
        perhaps[at[(code == place) | (code < 0)]] = True
        return Kleene(yes, ~perhaps)

    return {word: has(place) for place, word in enumerate(kind.words)}


def _joint_text(kind: str) -> str:
    path = "({row})<-[m:MEMBER_OF]-(:Organization)-[j:JOINS_WITH]->(:Organization)-[k:MEMBER_OF]->({row})"
    here = "coalesce(j.alliance, {row}.id) = {row}.id"
    where = f"m.state = 'actual' AND k.state = 'actual' AND j.kind = '{kind}' AND {here}"
    return any_of(path, where)


def _has(joint: Joint) -> Computed:
    kind = joint.value
    return Computed(f"joint-{kind}", joint.title, lambda context: _joint(context, kind), _joint_text(kind), reads=_TIES)


HAS_JOINT = {joint: _has(joint) for joint in Joint}
"""Of an alliance, for each of the seven kinds: two of its members work together so."""
