"""How fast could it be at best? The floor: every column and edge array that was read, touched once and nothing else.

A column is streamed once; each end of an edge set is scattered once into a mask over its nodes. What questions really do
(compare, combine, count, answer) comes on top.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from graphmodel.declare import Edge, Node
from graphmodel.network import Network, Pair
from graphmodel.rows import EdgeRows, Rows
from graphmodel.vectors import Codes, Kleene, Numbers, Vector

ROUNDS = 7


class ReadNetwork(Network):
    """A network that remembers which edge sets were asked for."""

    def __init__(self, network: Network) -> None:
        super().__init__(network.nodes, network.pairs, network.stamp)
        self.read: set[Pair] = set()

    def edges(self, edge: type[Edge], source: type[Node], target: type[Node]) -> EdgeRows:
        """As of any network."""
        self.read.add((edge.type_name, source.type_name, target.type_name))
        return super().edges(edge, source, target)


@dataclass(slots=True)
class Reading:
    """What questions read: `columns` the arrays of dense fields, `ends` the end of each edge and how many nodes it may be."""

    columns: list[npt.NDArray[np.generic]] = field(default_factory=list)
    ends: list[tuple[npt.NDArray[np.int32], int]] = field(default_factory=list)

    @staticmethod
    def of(network: ReadNetwork) -> Reading:
        """What was read of a network, none of whose columns were dense before."""
        reading = Reading()
        for nodes in network.nodes.values():
            reading.columns += _dense(nodes)
        for pair in sorted(network.read):
            edges, (_, source, target) = network.pairs[pair], pair
            reading.columns += _dense(edges)
            reading.ends += [(edges.source, len(network.nodes[source])), (edges.target, len(network.nodes[target]))]
        return reading

    def floor(self) -> Mapping[str, float]:
        """Figures: bytes of columns, edge ends, and the seconds of the floor (the median of several rounds)."""
        return {
            "bytes": float(sum(column.nbytes for column in self.columns)),
            "ends": float(sum(len(end) for end, _ in self.ends)),
            "floor": statistics.median(self._touch() for _ in range(ROUNDS)),
        }

    def _touch(self) -> float:
        start = time.perf_counter()
        for column in self.columns:
            column.view(np.uint8).max(initial=0)
        for end, nodes in self.ends:
            np.zeros(nodes, dtype=np.bool_)[end] = True
        return time.perf_counter() - start


def _dense(rows: Rows) -> Iterable[npt.NDArray[np.generic]]:
    for vector in rows._vectors.values():  # noqa: SLF001 - what was read is what was made dense, and nobody else asks
        yield from _arrays(vector)


def _arrays(vector: Vector) -> tuple[npt.NDArray[np.generic], ...]:
    match vector:
        case Kleene():
            return vector.yes, vector.no
        case Numbers():
            return (vector.lo,) if vector.hi is vector.lo else (vector.lo, vector.hi)
        case Codes():
            return (vector.code,)
