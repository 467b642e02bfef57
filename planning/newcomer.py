"""Who takes on an organisation that is not registered yet? Asked of the network with it laid over; nothing is stored (N7).

What is answered is what questions and planner say of it once it is there: the same functions are asked, of it alone.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import count
from typing import Any

import polars as pl

from graphmodel.changes import ChangeSet
from graphmodel.declare import Choice
from graphmodel.network import Network
from graphmodel.paths import NodeKey, row_of
from graphmodel.schema import Authority, Community, LicensedBy, LocatedIn, Organization, Street
from graphmodel.tables import conform
from graphmodel.text import Text
from planning.plan import Reason
from queries.context import Context

SOURCE = "newcomer"


@dataclass(frozen=True, slots=True, kw_only=True)
class Newcomer:
    """A described organisation; what is not said is unknown.

    Parameters: `fields` are fields of Organization; `authority`, `street`, `community` ids of nodes.
    """

    name: str
    fields: Mapping[str, Any] = field(default_factory=dict)
    authority: str | None = None
    street: str | None = None
    community: str | None = None


class Topic(Choice):
    """What is answered, in this order."""

    RESPONSIBILITY = "responsibility", "责任单位", "responsible body"
    FORM = "form", "组建形式", "form of its Party organisation"
    STATION = "station", "指导站", "guidance station"
    INSTRUCTOR = "instructor", "指导员", "instructor post"
    HUB = "hub", "孵化平台", "incubation hub"
    ALLIANCE = "alliance", "党建联盟", "alliance"


class Verdict(Choice):
    """How far a topic is answered."""

    TOLD = "told", "已定", "told"
    CANNOT_TELL = "cannot-tell", "待核实", "cannot tell"
    NONE = "none", "无", "none"


@dataclass(frozen=True, slots=True)
class Advice:
    """The answer on one topic.

    `bodies` are those that it names; `kind` the mode or form; `runner_up` what would be instead; `missing` the facts
    that would tell; `cheapest` what would allow one where there is none.
    """

    topic: Topic
    verdict: Verdict
    title: Text
    bodies: tuple[NodeKey, ...] = ()
    kind: str | None = None
    reasons: tuple[Reason, ...] = ()
    runner_up: Text | None = None
    missing: tuple[Text, ...] = ()
    cheapest: Text | None = None

    @property
    def clauses(self) -> tuple[str, ...]:
        """The clauses it rests on, each once."""
        return tuple(dict.fromkeys(r.clause for r in self.reasons if r.clause is not None))


@dataclass(frozen=True, slots=True)
class Paper:
    """What is due, or may be asked for: `on` the day by which, or from which, None where none is set."""

    what: Text
    clause: str
    on: dt.date | None = None


@dataclass(frozen=True, slots=True)
class Reception:
    """All that can be told of a newcomer: `due` materials and `later` support; `notices` say what is not known of days."""

    newcomer: Newcomer
    advice: tuple[Advice, ...]
    due: tuple[Paper, ...]
    later: tuple[Paper, ...]
    notices: tuple[Text, ...]

    def on(self, topic: Topic) -> Advice:
        """The answer on one topic."""
        return next(a for a in self.advice if a.topic is topic)


def overlaid(context: Context, newcomer: Newcomer) -> tuple[Context, NodeKey, ChangeSet]:
    """The context with the newcomer registered and operating, its address in it, and the ChangeSet that adds it.

    Registered today where no day is given. Errors: `NoSuchNode` for authority, street and community.
    """
    network = context.network
    ids = (f"{SOURCE}:{number}" for number in count(1))
    id_ = next(one for one in ids if network[Organization].find([one])[0] < 0)
    row = {"status": "operating", "registered_on": context.today, **newcomer.fields, "id": id_, "name": newcomer.name}
    tables = {Organization.type_name: pl.DataFrame([row])}
    if newcomer.authority is not None:
        tables[LicensedBy.type_name] = _edge(network, id_, NodeKey(Authority.type_name, newcomer.authority))
    place = _place(newcomer)
    if place is not None:
        tables[LocatedIn.type_name] = _edge(network, id_, place)
    rows = {name: conform(name, frame.with_columns(sources=pl.lit(SOURCE))) for name, frame in tables.items()}
    changes = ChangeSet.between({name: frame.clear() for name, frame in rows.items()}, rows)
    after = Context(network.apply(changes), context.values, context.today, context.earlier)
    return after, NodeKey(Organization.type_name, id_), changes


def _place(newcomer: Newcomer) -> NodeKey | None:
    if newcomer.community is not None:
        return NodeKey(Community.type_name, newcomer.community)
    return None if newcomer.street is None else NodeKey(Street.type_name, newcomer.street)


def _edge(network: Network, source: str, target: NodeKey) -> pl.DataFrame:
    row_of(network, target)
    ends = {"source_type": Organization.type_name, "source": source, "target_type": target.type, "target": target.id}
    return pl.DataFrame([ends])
