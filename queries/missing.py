"""Why can it not be told? The fields and relations whose unknown value leaves a verdict open, row by row.

Derived from the tree of a question's expressions: what is unknown is so because of those of its parts that are unknown; a part
that is known, or that hangs on a branch which another one has decided, has no say.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import numpy as np

from graphmodel.declare import Edge
from graphmodel.rows import Rows
from graphmodel.vectors import Flags, Kleene
from queries.context import Context
from queries.logic import Expression, Names, Truth
from queries.values import Field, Flag, Value, quoted


def may_be_missing(*expressions: Expression) -> list[str]:
    """The fields of the row in hand and the types of relations that the expressions read, in order, each once."""
    found = [label for e in expressions for label in (*_own(e), *may_be_missing(*_inner(e)))]
    return list(dict.fromkeys(found))


def missing(expressions: Iterable[Expression], rows: Rows, context: Context, where: Flags) -> Mapping[str, Flags]:
    """Label → bool[n]: where it is what leaves one of the expressions open, of the rows `where`.

    Labels are those of `may_be_missing`. Cost: linear, times the depth of the expressions.
    """
    found = {label: np.zeros(len(rows), dtype=np.bool_) for label in may_be_missing(*expressions)}
    for expression in expressions:
        _mark(expression, rows, context, where, found)
    return found


def missing_cypher(expressions: Iterable[Expression], names: Names) -> str:
    """The same as a Cypher list of labels, of the row in hand; labels may stand in it several times."""
    return " + ".join(text for e in expressions if (text := _cypher(e, names))) or "[]"


def _inner(expression: Expression) -> tuple[Expression, ...]:
    """Its parts as far as they are about the row in hand, not about the other end of a relation."""
    return () if _own(expression) else expression.parts()


def _own(expression: Expression) -> list[str]:
    """The labels that it has itself, fields before relations."""
    return [*_fields(expression), *_relations(expression)]


def _fields(expression: Expression) -> list[str]:
    read = (expression,) if isinstance(expression, Field | Flag) else getattr(expression, "reads", ())
    return [part.name for part in read if isinstance(part, Field | Flag)]


def _relations(expression: Expression) -> list[str]:
    hop, read = getattr(expression, "hop", None), getattr(expression, "reads", ())
    edges = [part for part in read if isinstance(part, type) and issubclass(part, Edge)]
    return [edge.type_name for edge in ([hop.edge_type] if hop is not None else edges)]


def _mark(expression: Expression, rows: Rows, context: Context, where: Flags, found: dict[str, Flags]) -> None:
    if not isinstance(expression, Truth | Value) or not may_be_missing(expression) or not where.any():
        return
    value = expression.evaluate(rows, context)
    where = where & (value.unknown if isinstance(value, Kleene) else value.known().no)
    told = np.zeros(len(rows), dtype=np.bool_)
    for name in _fields(expression):
        null = where & rows.frame[name].is_null().to_numpy()
        found[name] |= null
        told |= null
    for name in _relations(expression):
        found[name] |= where & ~told
    for part in _inner(expression):
        _mark(part, rows, context, where, found)


def _cypher(expression: Expression, names: Names) -> str:
    if not isinstance(expression, Truth | Value) or not may_be_missing(expression):
        return ""
    nulls = [f"{names.row}.{name} IS NULL" for name in _fields(expression)]
    told = [
        f"CASE WHEN {null} THEN [{quoted(name)}] ELSE [] END"
        for null, name in zip(nulls, _fields(expression), strict=True)
    ]
    if isinstance(expression, Field | Flag):
        return told[0]
    relations = "[" + ", ".join(quoted(name) for name in _relations(expression)) + "]"
    if _relations(expression):
        told.append(f"CASE WHEN {' OR '.join(nulls)} THEN [] ELSE {relations} END" if nulls else relations)
    told += [text for part in _inner(expression) if (text := _cypher(part, names))]
    if isinstance(expression, Truth):
        unknown = f"({expression.cypher(names)}) IS NULL"
    else:
        lo, hi = expression.bounds(names)
        unknown = f"({lo}) IS NULL" if lo == hi else f"coalesce(({lo}) <> ({hi}), true)"
    return f"CASE WHEN {unknown} THEN {' + '.join(told)} ELSE [] END"
