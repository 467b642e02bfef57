"""Who takes on an organisation that is not registered yet? Asked of the network with it laid over; nothing is stored (N7).

What is answered is what questions and planner say of it once it is there: the same functions are asked, of it alone.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import count, islice
from typing import Any

import polars as pl

from graphmodel.changes import ChangeSet
from graphmodel.declare import Choice
from graphmodel.network import Network
from graphmodel.paths import NodeKey, row_of
from graphmodel.schema.edges import LicensedBy, LocatedIn
from graphmodel.schema.nodes import Authority, Community, Organization, Street
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
    (id_,), changes = added(context.network, [newcomer], context.today)
    after = context.over(context.network.apply(changes))
    return after, NodeKey(Organization.type_name, id_), changes


def added(network: Network, newcomers: Sequence[Newcomer], today: dt.date) -> tuple[list[str], ChangeSet]:
    """Ids for newcomers, and the ChangeSet that adds them all, operating and registered today where no day is given.

    Errors: `NoSuchNode` for authority, street and community.
    """
    taken = set(network[Organization].ids)
    ids = list(islice((id_ for n in count(1) if (id_ := f"{SOURCE}:{n}") not in taken), len(newcomers)))
    rows = [
        {"status": "operating", "registered_on": today, **one.fields, "id": id_, "name": one.name}
        for id_, one in zip(ids, newcomers, strict=True)
    ]
    licensed = [
        _edge(network, id_, NodeKey(Authority.type_name, one.authority))
        for id_, one in zip(ids, newcomers, strict=True)
        if one.authority is not None
    ]
    located = [
        _edge(network, id_, place)
        for id_, one in zip(ids, newcomers, strict=True)
        if (place := _place(one)) is not None
    ]
    tables = {
        name: conform(name, pl.DataFrame(part, infer_schema_length=None).with_columns(sources=pl.lit(SOURCE)))
        for name, part in (
            (Organization.type_name, rows),
            (LicensedBy.type_name, licensed),
            (LocatedIn.type_name, located),
        )
        if part
    }
    return ids, ChangeSet.between({name: frame.clear() for name, frame in tables.items()}, tables)


def _place(newcomer: Newcomer) -> NodeKey | None:
    if newcomer.community is not None:
        return NodeKey(Community.type_name, newcomer.community)
    return None if newcomer.street is None else NodeKey(Street.type_name, newcomer.street)


def _edge(network: Network, source: str, target: NodeKey) -> dict[str, str]:
    row_of(network, target)
    return {"source_type": Organization.type_name, "source": source, "target_type": target.type, "target": target.id}
