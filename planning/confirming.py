"""What becomes actual when something planned is confirmed? The Party organisation and its relations together, on a day."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence

import polars as pl

from graphmodel.changes import ChangeSet, Delta
from graphmodel.network import Network, deletion
from graphmodel.paths import NodeKey, row_of
from graphmodel.schema import EDGE_TYPES, NODE_TYPES
from graphmodel.schema.edges import Stated
from graphmodel.schema.nodes import PartyOrganization
from graphmodel.tables import key_columns
from graphmodel.text import Refusal, Text
from planning.applying import remaining, written
from planning.plan import Proposal
from queries.planned import STATE

_PARTY = PartyOrganization.type_name
_STATED = tuple(name for name, edge in EDGE_TYPES.items() if issubclass(edge, Stated))
Frames = dict[str, pl.DataFrame]


class NothingPlanned(Refusal):
    """What was to be confirmed has nothing planned; nothing was written."""

    def __init__(self, what: Text) -> None:
        message = Text("{what}：没有待落实的关系。", "{what}: nothing of it is planned.").format(what=what)
        hint = Text("可能尚未应用，或已经确认过。", "It may not have been applied yet, or has been confirmed already.")
        super().__init__(message, hint, code="nothing-planned")


def unconfirmed(network: Network, proposals: Iterable[Proposal]) -> frozenset[str]:
    """The ids of those of some proposals of which something is still planned. Cost: a join for each."""
    planned = _planned(network)
    return frozenset(one.id for one in proposals if _some(_brought(planned, one)))


def _planned(network: Network) -> Frames:
    return {name: network.table(name).filter(pl.col(STATE) == "planned") for name in (_PARTY, *_STATED)}


def confirmation(
    network: Network,
    nodes: Iterable[NodeKey],
    proposals: Sequence[Proposal],
    applied: Sequence[Proposal],
    on: dt.date,
    approval_number: str | None = None,
) -> ChangeSet:
    """What confirms everything planned at `nodes`, and all that `proposals` brought, as actual since a day.

    A planned Party organisation becomes actual with all its planned relations, and none of them without it: it was
    founded on that day, under the approval number. What a proposal ends (of `applied`, all that were accepted) ends
    once all that it brought is actual. Errors: `NoSuchNode`; `NothingPlanned` naming the first node or proposal of
    which nothing is planned. Cost: one pass over the relations that can be planned, and over what `applied` touch.
    """
    planned = _planned(network)
    parts: list[Frames] = []
    for node in nodes:
        row_of(network, node)
        parts.append(_asked(_at(planned, node), Text(str(node), str(node))))
    left = remaining(proposals, network)
    for proposal, lacking in zip(proposals, left, strict=True):
        brought = _brought(planned, proposal)
        if not written(lacking).empty or (lacking.empty and not _some(brought)):
            raise NothingPlanned(proposal.title)
        parts.append(brought)
    chosen = _with_bodies(planned, _united(parts))
    founded = ChangeSet({n: Delta(frame, _confirmed(n, frame, on, approval_number)) for n, frame in chosen.items()})
    after = network.apply(founded)
    asked = {p.id for p in proposals}
    ending = [p for p in applied if p.id in asked or _some(_brought(chosen, p))]
    return founded.then(_ends(after, ending))


def _ends(network: Network, proposals: Sequence[Proposal]) -> ChangeSet:
    """What ends with those proposals of which nothing is left to write or to confirm, as the rows stand now."""
    planned = _planned(network)
    gone: dict[str, list[pl.DataFrame]] = {}
    for proposal, lacking in zip(proposals, remaining(proposals, network), strict=True):
        if written(lacking).empty and not _some(_brought(planned, proposal)):
            for name, delta in lacking.deltas.items():
                gone.setdefault(name, []).append(delta.before.select(key_columns(name)))
    keys = {name: pl.concat(frames).unique() for name, frames in gone.items()}
    before: Frames = {}
    for name in keys.keys() & NODE_TYPES.keys():  # a node goes with every relation that it has by now
        for other, delta in deletion(network, NODE_TYPES[name], keys[name]["id"]).deltas.items():
            before[other] = pl.concat([before.get(other, delta.before.clear()), delta.before])
    for name in keys.keys() & EDGE_TYPES.keys():
        rows = network.table(name).join(keys[name], on=list(key_columns(name)), how="semi", nulls_equal=True)
        before[name] = pl.concat([before.get(name, rows.clear()), rows])
    unique = {name: frame.unique(key_columns(name), maintain_order=True) for name, frame in before.items()}
    return ChangeSet({name: Delta(frame, frame.clear()) for name, frame in unique.items()})


def _brought(planned: Frames, proposal: Proposal) -> Frames:
    """Of some rows, those that a proposal brought."""
    return {
        name: planned[name].join(delta.after, on=list(key_columns(name)), how="semi", nulls_equal=True)
        for name, delta in proposal.changes.deltas.items()
        if name in planned
    }


def _some(found: Frames) -> bool:
    return any(frame.height for frame in found.values())


def _at(planned: Frames, node: NodeKey) -> Frames:
    """Planned relations at a node, and the node where it is planned itself."""
    found = {}
    for name, frame in planned.items():
        if name == _PARTY:
            found[name] = frame.filter((pl.col("id") == node.id) & pl.lit(node.type == _PARTY))
            continue
        ends = [(pl.col(f"{e}_type") == node.type) & (pl.col(e) == node.id) for e in ("source", "target")]
        found[name] = frame.filter(pl.any_horizontal(ends))
    return found


def _asked(found: Frames, what: Text) -> Frames:
    if not _some(found):
        raise NothingPlanned(what)
    return found


def _united(parts: Iterable[Frames]) -> Frames:
    every: dict[str, list[pl.DataFrame]] = {}
    for part in parts:
        for name, frame in part.items():
            every.setdefault(name, []).append(frame)
    return {name: pl.concat(frames).unique(key_columns(name), maintain_order=True) for name, frames in every.items()}


def _with_bodies(planned: Frames, chosen: Frames) -> Frames:
    """What was chosen, and every planned Party organisation that it names, with all the planned relations of these."""
    bodies = [chosen[_PARTY].select("id")] if _PARTY in chosen else []
    bodies += [
        frame.filter(pl.col(f"{end}_type") == _PARTY).select(pl.col(end).alias("id"))
        for name, frame in chosen.items()
        if name != _PARTY
        for end in ("source", "target")
    ]
    named = pl.concat([planned[_PARTY].select("id").clear(), *bodies]).unique()
    founded = planned[_PARTY].join(named, on="id", how="semi", maintain_order="left")
    with_all = [{_PARTY: founded}, chosen]
    ids = founded["id"].implode()
    for name in _STATED:
        ends = [(pl.col(f"{e}_type") == _PARTY) & pl.col(e).is_in(ids) for e in ("source", "target")]
        with_all.append({name: planned[name].filter(pl.any_horizontal(ends))})
    return {name: frame for name, frame in _united(with_all).items() if frame.height}


def _confirmed(name: str, frame: pl.DataFrame, on: dt.date, number: str | None) -> pl.DataFrame:
    """The rows as actual; a day or number that they have already stays where none is given."""
    day = "founded_on" if name == _PARTY else "since"
    columns = [pl.lit("actual", frame.schema[STATE]).alias(STATE), pl.lit(on).alias(day)]
    if number is not None:
        columns.append(pl.lit(number).alias("approval_number"))
    return frame.with_columns(columns)
