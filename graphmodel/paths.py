"""Who stands beside whom, and how do two nodes hang together? Neighbours and shortest paths over all relations."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import polars as pl
from scipy.sparse import csr_array
from scipy.sparse.csgraph import breadth_first_order

from graphmodel.network import Network
from graphmodel.rows import EdgeRows
from graphmodel.schema import NODE_TYPES
from graphmodel.text import Refusal, Text


class NoSuchNode(Refusal):
    """The network has no node of that type and id."""

    def __init__(self, node: NodeKey) -> None:
        message = Text("没有{title}“{id}”。", "There is no {title} '{id}'.")
        title = NODE_TYPES[node.type].title if node.type in NODE_TYPES else Text(node.type, node.type)
        hint = Text("用 partygraph nodes 查找。", "Look it up with: partygraph nodes")
        super().__init__(message.format(title=title, id=node.id), hint, code="no-such-node")


@dataclass(frozen=True, slots=True, order=True)
class NodeKey:
    """A node's address: type name and id, written `Organization/usc:…`."""

    type: str
    id: str

    def __str__(self) -> str:
        return f"{self.type}/{self.id}"

    @staticmethod
    def parse(text: str) -> NodeKey:
        """The address that `text` writes. Errors: `Refusal` where it names no node type."""
        type_name, _, id_ = text.partition("/")
        if type_name not in NODE_TYPES or not id_:
            message = Text("“{text}”不是节点地址。", "'{text}' is no node address.").format(text=text[:80])
            hint = Text("写作 类型/标识，例如 Street/510104022。", "Write type/id, for example Street/510104022.")
            raise Refusal(message, hint, code="bad-node-address")
        return NodeKey(type_name, id_)


def row_of(network: Network, node: NodeKey) -> int:
    """The row of a node among its type. Errors: `NoSuchNode`."""
    if node.type not in network.nodes:
        raise NoSuchNode(node)
    row = int(network.nodes[node.type].find([node.id])[0])
    if row < 0:
        raise NoSuchNode(node)
    return row


def neighbours(network: Network, node: NodeKey) -> pl.DataFrame:
    """Every relation at a node, ordered by relation, type and id of the other end.

    Columns: `edge` type, `outward` (whether it leads away from the node), `label` in both languages as read from the
    node, `type`, `id`, `name` of the other end, `state` and `year` where the edge type has such. Cost: one pass over the edges
    of the pairs that join the node's type.
    """
    row = row_of(network, node)
    parts = [
        part
        for (_, source, target), edges in network.pairs.items()
        for part in (
            _beside(network, edges, row, outward=True) if source == node.type else None,
            _beside(network, edges, row, outward=False) if target == node.type else None,
        )
        if part is not None
    ]
    order = ["edge", "outward", "type", "id"]
    return (
        pl.concat(parts).sort(order, descending=[False, True, False, False]) if parts else pl.DataFrame(schema=_BESIDE)
    )


_BESIDE = {
    "edge": pl.String,
    "outward": pl.Boolean,
    "label_zh": pl.String,
    "label_en": pl.String,
    "type": pl.String,
    "id": pl.String,
    "name": pl.String,
    "state": pl.String,
    "year": pl.Int64,
}


def _beside(network: Network, edges: EdgeRows, row: int, *, outward: bool) -> pl.DataFrame | None:
    here, there = (edges.source, edges.target) if outward else (edges.target, edges.source)
    at = np.flatnonzero(here == row)
    if not len(at):
        return None
    other = edges.target_type if outward else edges.source_type
    label = edges.element.title if outward else edges.element.reverse
    found = network[other].frame[there[at]].select("id", "name")
    told = [
        (edges.frame[name][at] if name in edges.frame.columns else pl.Series([None] * len(at))).cast(dtype).alias(name)
        for name, dtype in (("state", pl.String), ("year", pl.Int64))
    ]
    words = [pl.lit(edges.element.type_name).alias("edge"), pl.lit(outward).alias("outward")]
    words += [pl.lit(label.zh).alias("label_zh"), pl.lit(label.en).alias("label_en")]
    columns = [*words, pl.lit(other.type_name).alias("type"), pl.col("id"), pl.col("name"), *told]
    return found.select(columns)


@dataclass(frozen=True, slots=True)
class _Whole:
    links: csr_array
    begins: dict[str, int]


def _whole(network: Network) -> _Whole:
    """All nodes numbered through, all relations as one undirected matrix; once per network."""

    def build() -> _Whole:
        sizes = [len(rows) for rows in network.nodes.values()]
        begins = dict(zip(network.nodes, np.concatenate(([0], np.cumsum(sizes)))[:-1].tolist(), strict=True))
        sources = [edges.source + begins[source] for (_, source, _), edges in network.pairs.items()]
        targets = [edges.target + begins[target] for (_, _, target), edges in network.pairs.items()]
        source, target = np.concatenate(sources), np.concatenate(targets)
        both = (np.concatenate([source, target]), np.concatenate([target, source]))
        links = csr_array((np.ones(len(both[0]), dtype=np.int8), both), shape=(sum(sizes), sum(sizes)))
        return _Whole(links, begins)

    return network.memo("whole graph", build)


def shortest_path(network: Network, start: NodeKey, end: NodeKey) -> list[NodeKey] | None:
    """The nodes of a shortest path over relations of any type and direction, both ends included; None where none is.

    The same path on every call. Cost: linear in the network.
    """
    whole = _whole(network)
    first = whole.begins[start.type] + row_of(network, start)
    last = whole.begins[end.type] + row_of(network, end)
    _, before = breadth_first_order(whole.links, first, directed=True, return_predecessors=True)
    if first != last and before[last] < 0:
        return None
    places = [last]
    while places[-1] != first:
        places.append(int(before[places[-1]]))
    return [_key(network, whole, place) for place in reversed(places)]


def _key(network: Network, whole: _Whole, place: int) -> NodeKey:
    names: npt.NDArray[np.int64] = np.array(list(whole.begins.values()))
    which = int(np.searchsorted(names, place, side="right")) - 1
    while len(network.nodes[list(whole.begins)[which]]) == 0:
        which -= 1
    name = list(whole.begins)[which]
    return NodeKey(name, network.nodes[name].ids[place - whole.begins[name]])


@dataclass(frozen=True, slots=True)
class Tie:
    """A relation between two nodes as it is read from the first: `outward` along the edge, else against it; its state, if it has one."""

    edge: str
    outward: bool
    label: Text
    state: str | None


def ties_between(network: Network, one: NodeKey, other: NodeKey) -> list[Tie]:
    """The relations that join two nodes directly, read from `one`; those alike in type, direction and state once."""
    beside = neighbours(network, one).filter((pl.col("type") == other.type) & (pl.col("id") == other.id))
    alike = beside.select("edge", "outward", "label_zh", "label_en", "state").unique(maintain_order=True)
    return [Tie(edge, outward, Text(zh, en), state) for edge, outward, zh, en, state in alike.iter_rows()]
