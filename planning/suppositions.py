"""What may be supposed? Ready-made ChangeSets for a what-if: more posts, a new station, a body that is gone (J10, J11)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Sequence
from itertools import count, islice

import polars as pl

from graphmodel.changes import ChangeSet
from graphmodel.choices import StationKind
from graphmodel.declare import Node
from graphmodel.network import Network, deletion
from graphmodel.paths import NodeKey, row_of
from graphmodel.schema import NODE_TYPES
from graphmodel.schema.edges import LocatedIn, PostedTo
from graphmodel.schema.nodes import GuidanceStation, InstructorPost, Street
from graphmodel.tables import conform
from graphmodel.text import Refusal, Text
from planning.applying import remaining
from planning.book import gathered
from planning.plan import Proposal

SOURCE = "what-if"
MOST_POSTS = 1_000


def more_posts(network: Network, station: str, posts: int) -> ChangeSet:
    """So many more instructor posts at a station; each looks after as many as the policy allows (N12).

    Errors: `NoSuchNode` for the station, `Refusal` for a number that is none.
    """
    row_of(network, NodeKey(GuidanceStation.type_name, station))
    if not 1 <= posts <= MOST_POSTS:
        message = Text("岗位数 {n} 不在 1 到 {most} 之间。", "{n} posts: it must be from 1 to {most}.")
        raise Refusal(message.format(n=posts, most=MOST_POSTS), code="bad-number")
    ids = list(islice(_free(network, InstructorPost, station), posts))
    names = [f"假设新增岗位{number}" for number in range(1, posts + 1)]
    posted = {"source_type": InstructorPost.type_name, "target_type": GuidanceStation.type_name, "target": station}
    return _added(
        {
            InstructorPost.type_name: pl.DataFrame({"id": ids, "name": names}),
            PostedTo.type_name: pl.DataFrame({"source": ids}).with_columns(
                pl.lit(value).alias(name) for name, value in posted.items()
            ),
        }
    )


def new_station(network: Network, kind: StationKind, street: str, capacity: int | None, today: dt.date) -> ChangeSet:
    """A guidance station of a kind in a street; capacity in organisations, None for no limit (J11).

    Errors: `NoSuchNode` for the street, `Refusal` for one that was merged into another.
    """
    rows = network[Street].frame[row_of(network, NodeKey(Street.type_name, street))]
    if (until := rows["valid_until"].item()) is not None and until < today:
        message = Text("街道“{street}”已撤并。", "The street '{street}' was merged into another.")
        hint = Text("请写调整后的街道。", "Name the street that there is now.")
        raise Refusal(message.format(street=rows["name"].item() or street), hint, code="no-such-street")
    id_ = next(_free(network, GuidanceStation, street))
    fields = {"id": [id_], "name": [f"假设新设{kind.title.zh}指导站"], "kind": [kind.value], "capacity": [capacity]}
    located = {"source_type": [GuidanceStation.type_name], "source": [id_], "target_type": [Street.type_name]}
    return _added(
        {
            GuidanceStation.type_name: pl.DataFrame(fields),
            LocatedIn.type_name: pl.DataFrame({**located, "target": [street]}),
        }
    )


def without(network: Network, nodes: Iterable[NodeKey]) -> ChangeSet:
    """Nodes gone with every relation at them. Errors: `NoSuchNode`."""
    whole = ChangeSet({})
    for node in dict.fromkeys(nodes):
        row_of(network, node)
        gone = deletion(network, NODE_TYPES[node.type], pl.Series([node.id]))
        network, whole = network.apply(gone), whole.then(gone)
    return whole


def of_plan(network: Network, proposals: Sequence[Proposal]) -> ChangeSet:
    """What proposals of a plan would bring that is not in place yet; take it as confirmed for its effect.

    Errors: `Conflict` when laid over a network that has moved so that one does not fit any more.
    """
    return gathered([changes for changes in remaining(proposals, network) if not changes.empty])


def _free(network: Network, element: type[Node], at: str) -> Iterator[str]:
    """Ids that no node of the type has."""
    taken = set(network[element].ids)
    return (id_ for number in count(1) if (id_ := f"{SOURCE}:{at}:{number}") not in taken)


def _added(rows: dict[str, pl.DataFrame]) -> ChangeSet:
    tables = {name: conform(name, frame.with_columns(sources=pl.lit(SOURCE))) for name, frame in rows.items()}
    return ChangeSet.between({name: frame.clear() for name, frame in tables.items()}, tables)
