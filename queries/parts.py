"""Of what is an expression made? The values, preparations and shared facts that a Cypher statement has to bring."""

from __future__ import annotations

from collections.abc import Iterator

from graphmodel.declare import Element
from graphmodel.schema import EDGE_TYPES, NODE_TYPES
from queries.computed import Computed, Fact
from queries.given import Given, Prepared
from queries.logic import Expression, Truth
from queries.values import Field, Flag


def walk(expression: Expression) -> Iterator[Expression]:
    """The expression and all that it is made of."""
    yield expression
    for part in expression.parts():
        yield from walk(part)


def types_read(*expressions: Expression) -> set[str]:
    """The types of nodes and relations whose rows or fields the expressions read."""
    found: list[type[Element]] = []
    for part in (part for expression in expressions for part in walk(expression)):
        hop = getattr(part, "hop", None)
        found += [] if hop is None else [hop.edge_type]
        for read in (part, *getattr(part, "reads", ())):
            found += [read.element] if isinstance(read, Field | Flag) else [read] if isinstance(read, type) else []
    return {element.type_name for element in found} & {*NODE_TYPES, *EDGE_TYPES}


def givens(*expressions: Truth) -> dict[str, Given]:
    """The values that must be given to the expressions' Cypher, by name."""
    return {part.name: part for expression in expressions for part in walk(expression) if isinstance(part, Given)}


def prepared(*expressions: Truth) -> dict[str, Prepared]:
    """What the expressions' Cypher wants computed in front of the rows, by name."""
    parts = (part for expression in expressions for part in walk(expression) if isinstance(part, Computed))
    return {each.name: each for part in parts for each in part.prepared}


def shared_facts(*expressions: Truth) -> list[Fact]:
    """The facts about the row in hand that occur more than once, each after those that it uses.

    A statement binds them one after another (`WITH *, … AS variable`, with the earlier ones in `Names.bound`) and so
    computes each once a row. Facts about the other end of a relation are about other rows and are left out.
    """
    counts: dict[Fact, int] = {}

    def count(part: Expression) -> None:
        if isinstance(part, Fact):
            counts[part] = counts.get(part, 0) + 1
            if counts[part] > 1:
                return
        if getattr(part, "hop", None) is None:
            for inner in part.parts():
                count(inner)
        if isinstance(part, Fact):
            counts[part] = counts.pop(part)  # its own facts stand before it

    for expression in expressions:
        count(expression)
    return [fact for fact, times in counts.items() if times > 1]
