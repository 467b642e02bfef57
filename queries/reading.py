"""Of which node and edge types does a question look at rows? Seen by asking it, not declared beside it."""

from __future__ import annotations

import datetime as dt
from functools import cache

import polars as pl

from graphmodel.declare import Edge, Element, Node
from graphmodel.network import Network, Stamp
from graphmodel.policy import load_default
from graphmodel.rows import EdgeRows, NodeRows
from graphmodel.schema import EDGE_TYPES, NODE_TYPES
from queries.context import Context
from queries.question import Question, Table

_DAY = dt.date(2016, 6, 12)


class _Watched(Network):
    """An empty network that remembers which types it was asked for."""

    def __init__(self) -> None:
        empty = Network.from_tables({}, Stamp(0, _DAY))
        super().__init__(empty.nodes, empty.pairs, empty.stamp)
        self.seen: set[type[Element]] = set()

    def __getitem__(self, element: type[Node]) -> NodeRows:
        self.seen.add(element)
        return super().__getitem__(element)

    def edges(self, edge: type[Edge], source: type[Node], target: type[Node]) -> EdgeRows:
        self.seen.add(edge)
        return super().edges(edge, source, target)

    def edge_sets(self, edge: type[Edge]) -> list[EdgeRows]:
        self.seen.add(edge)
        return super().edge_sets(edge)

    def table(self, name: str) -> pl.DataFrame:
        self.seen.add((NODE_TYPES | EDGE_TYPES)[name])
        return super().table(name)


@cache
def reads(asked: Question | Table) -> frozenset[type[Element]]:
    """The types whose rows decide the answer to a question; what must merely be there (`needs`) is none of them.

    A question that judges others, such as a score card, reads what they read. Cost: the question asked of an empty network.
    """
    network = _Watched()
    context = Context.of(network, load_default().at(_DAY))
    if isinstance(asked, Question):
        rows = asked.anchor.rows(context)
        for truth in asked.expressions:
            truth.evaluate(rows, context)
    elif asked.compare is not None:
        asked.compare(context, context)
    elif asked.build is not None:
        asked.build(context)
    return frozenset(network.seen)
