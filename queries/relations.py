"""Which rows stand in a relation to the row in hand? Hops over one edge type, and what they ask of the other end."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np

from graphmodel.declare import Edge, Node
from graphmodel.rows import EdgeRows, Rows
from graphmodel.vectors import Codes, Kleene, Numbers, any_at, count_at, sum_at
from queries.context import Context
from queries.logic import Expression, Names, Truth, any_of
from queries.values import Fields, Value


@dataclass(frozen=True, slots=True)
class Hop:
    """From a node over one edge type to the nodes at its other end.

    `side` is the end at which the node in hand stands. Written with `incoming` and `outgoing`.
    """

    edge_type: type[Edge]
    near: type[Node]
    far: type[Node]
    side: Literal["source", "target"]

    @property
    def edge(self) -> Fields:
        """The fields of the edge, as expressions."""
        return Fields(self.edge_type)

    def other(self, truth: Truth) -> Truth:
        """What is asked of the node at the other end."""
        return _AtOther(self, truth)

    def some(self, where: Truth | None = None) -> Truth:
        """Is there such an edge of which `where` is true?"""
        return _Some(self, where)

    def count(self, where: Truth | None = None) -> Value:
        """Of how many such edges is `where` true? Bounds where some are unknown."""
        return _Count(self, where)

    def total(self, field: str, where: Truth | None = None) -> Value:
        """The sum of a field that is not negative over such edges."""
        return _Total(self, where, field)

    def edges(self, context: Context) -> EdgeRows:
        """All edges of this hop in the network."""
        ends = (self.far, self.near) if self.side == "target" else (self.near, self.far)
        return context.network.edges(self.edge_type, *ends)

    def truth(self, where: Truth | None, context: Context) -> tuple[EdgeRows, Kleene]:
        """The edges and for which of them `where` is true."""
        edges = self.edges(context)
        if where is None:
            return edges, Kleene.certain(np.ones(len(edges), dtype=np.bool_))
        return edges, where.evaluate(edges, context)

    def pattern(self, names: Names) -> tuple[str, Names, str]:
        """The Cypher pattern from the row in hand, the edge's names inside it, and the other node's name."""
        depth = names.depth + 1
        edge, other = f"e{depth}", f"n{depth}"
        arrow = (
            f"<-[{edge}:{self.edge_type.type_name}]-"
            if self.side == "target"
            else f"-[{edge}:{self.edge_type.type_name}]->"
        )
        return f"({names.row}){arrow}({other}:{self.far.type_name})", Names(edge, depth, names.row, other), other


def incoming(edge: type[Edge], far: type[Node], to: type[Node]) -> Hop:
    """Edges that arrive at a `to` node from `far` nodes: COVERS from Party organisations, say."""
    return _checked(Hop(edge, to, far, "target"), (far, to))


def outgoing(edge: type[Edge], near: type[Node], far: type[Node]) -> Hop:
    """Edges that lead from a `near` node to `far` nodes."""
    return _checked(Hop(edge, near, far, "source"), (near, far))


def _checked(hop: Hop, pair: tuple[type[Node], type[Node]]) -> Hop:
    if pair not in hop.edge_type.pairs:
        raise TypeError(f"{hop.edge_type.type_name} does not lead from {pair[0].type_name} to {pair[1].type_name}")
    return hop


@dataclass(frozen=True, slots=True, eq=False)
class _AtOther(Truth):
    hop: Hop
    truth: Truth

    def evaluate(self, rows: Rows, context: Context) -> Kleene:
        assert isinstance(rows, EdgeRows)
        far = self.truth.evaluate(context.network[self.hop.far], context)
        return far.take(rows.near("source" if self.hop.side == "target" else "target"))

    def cypher(self, names: Names) -> str:
        return self.truth.cypher(Names(f"n{names.depth}", names.depth))

    def parts(self) -> tuple[Expression, ...]:
        return (self.truth,)


@dataclass(frozen=True, slots=True, eq=False)
class _Some(Truth):
    hop: Hop
    where: Truth | None

    def evaluate(self, rows: Rows, context: Context) -> Kleene:
        edges, truth = self.hop.truth(self.where, context)
        return any_at(len(rows), edges.near(self.hop.side), truth)

    def cypher(self, names: Names) -> str:
        pattern, inside, _ = self.hop.pattern(names)
        if self.where is None:
            return f"EXISTS {{ {pattern} }}"
        return any_of(pattern, self.where.cypher(inside))

    def parts(self) -> tuple[Expression, ...]:
        return () if self.where is None else (self.where,)


@dataclass(frozen=True, slots=True, eq=False)
class _Count(Value):
    hop: Hop
    where: Truth | None

    def evaluate(self, rows: Rows, context: Context) -> Numbers | Codes:
        edges, truth = self.hop.truth(self.where, context)
        return count_at(len(rows), edges.near(self.hop.side), truth)

    def bounds(self, names: Names) -> tuple[str, str]:
        pattern, inside, _ = self.hop.pattern(names)
        if self.where is None:
            lo = f"COUNT {{ {pattern} }}"
            return lo, lo
        where = self.where.cypher(inside)
        lo = f"COUNT {{ {pattern} WHERE {where} }}"
        return lo, f"COUNT {{ {pattern} WHERE coalesce({where}, true) }}"

    def parts(self) -> tuple[Expression, ...]:
        return () if self.where is None else (self.where,)


@dataclass(frozen=True, slots=True, eq=False)
class _Total(Value):
    hop: Hop
    where: Truth | None
    field: str

    def evaluate(self, rows: Rows, context: Context) -> Numbers | Codes:
        edges, truth = self.hop.truth(self.where, context)
        amount = edges.vector(self.field)
        assert isinstance(amount, Numbers)
        return sum_at(len(rows), edges.near(self.hop.side), truth, amount)

    def bounds(self, names: Names) -> tuple[str, str]:
        pattern, inside, _ = self.hop.pattern(names)
        where = "true" if self.where is None else self.where.cypher(inside)
        amount = f"{inside.row}.{self.field}"

        def summed(condition: str, each: str) -> str:
            return f"reduce(s = 0.0, x IN COLLECT {{ MATCH {pattern} WHERE {condition} RETURN {each} AS x }} | s + x)"

        highest = f"coalesce({amount}, 1.0 / 0.0)"
        return summed(where, f"coalesce({amount}, 0.0)"), summed(f"coalesce({where}, true)", highest)

    def parts(self) -> tuple[Expression, ...]:
        return () if self.where is None else (self.where,)
