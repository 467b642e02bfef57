"""Why can it not be told? The fields and relations whose unknown value leaves a verdict open, row by row.

Derived from the tree of a question's expressions: what is unknown is so because of those of its parts that are unknown; a part
that is known, or that hangs on a branch which another one has decided, has no say.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

import numpy as np

from graphmodel.declare import Edge
from graphmodel.rows import Rows
from graphmodel.vectors import Flags, Kleene
from queries.context import Context
from queries.logic import Expression, Names, Truth
from queries.values import Field, Flag, Value


def may_be_missing(*expressions: Expression) -> list[str]:
    """The fields of the row in hand and the types of relations that the expressions read, in order, each once."""
    return list(dict.fromkeys(label for part in open_parts(*expressions) for label in _own(part)))


def open_parts(*expressions: Expression) -> list[Expression]:
    """What may be unknown of the row in hand, from the expressions down to fields and relations, each once."""
    found: dict[Expression, None] = {}

    def add(part: Expression) -> bool:
        inner = [add(each) for each in (*_fields_of(part), *_inner(part))]
        if any(inner) or _own(part):
            found.setdefault(part)
        return part in found

    for expression in expressions:
        add(expression)
    return list(found)


def missing(
    expressions: Iterable[Expression], unknown: Callable[[Expression], Flags], where: Flags
) -> Mapping[str, Flags]:
    """Label → bool[n]: where it is what leaves one of the expressions open, of the rows `where`.

    Parameters: `unknown` gives where one of the `open_parts` is unknown, bool[n]. Labels are those of `may_be_missing`.
    Cost: linear in rows and parts.
    """
    given = tuple(expressions)
    parts = set(open_parts(*given))
    found = {label: np.zeros(len(where), dtype=np.bool_) for label in may_be_missing(*given)}

    todo = [(expression, where) for expression in given]
    while (
        todo
    ):  # and no function that calls itself: it would keep the network until somebody looks for circles of objects
        part, within = todo.pop()
        if part not in parts or not within.any():
            continue
        here = within & unknown(part)
        told = np.zeros(len(where), dtype=np.bool_)
        for field in _fields_of(part) or ([part] if isinstance(part, Field | Flag) else []):
            null = here & unknown(field)
            found[field.name] |= null
            told |= null
        for name in _relations(part):
            found[name] |= here & ~told
        todo += [(inner, here) for inner in _inner(part)]
    return found


def unknown_of(rows: Rows, context: Context) -> Callable[[Expression], Flags]:
    """Where an expression is unknown of rows in process: bool[n], each computed once."""
    known: dict[Expression, Flags] = {}

    def unknown(expression: Expression) -> Flags:
        if expression not in known:
            assert isinstance(expression, Truth | Value)
            value = expression.evaluate(rows, context)
            known[expression] = value.unknown if isinstance(value, Kleene) else value.known().no
        return known[expression]

    return unknown


def unknown_cypher(expression: Expression, names: Names) -> str:
    """The same as Cypher, of the row in hand."""
    if isinstance(expression, Truth):
        return f"({expression.cypher(names)}) IS NULL"
    assert isinstance(expression, Value)
    lo, hi = expression.bounds(names)
    return f"({lo}) IS NULL" if lo == hi else f"coalesce(({lo}) <> ({hi}), true)"


def is_leaf(expression: Expression) -> bool:
    """Whether it reads relations itself: what takes a server long."""
    return bool(_relations(expression))


def _inner(expression: Expression) -> tuple[Expression, ...]:
    """Its parts that may be unknown of the row in hand; what is asked at the other end of a relation is not."""
    known = isinstance(expression, Truth) and expression.always_known
    return () if known or _own(expression) else expression.parts()


def _own(expression: Expression) -> list[str]:
    """The labels that it has itself, fields before relations."""
    itself = [expression.name] if isinstance(expression, Field | Flag) else []
    return [*itself, *(field.name for field in _fields_of(expression)), *_relations(expression)]


def _fields_of(expression: Expression) -> list[Field | Flag]:
    return [part for part in getattr(expression, "reads", ()) if isinstance(part, Field | Flag)]


def _relations(expression: Expression) -> list[str]:
    hop, read = getattr(expression, "hop", None), getattr(expression, "reads", ())
    lacks = getattr(expression, "lacks", None)
    edges = [part for part in read if isinstance(part, type) and issubclass(part, Edge)]
    named = [edge.type_name for edge in ([hop.edge_type] if hop is not None else edges)]
    return named if lacks is None else [*named, lacks]
