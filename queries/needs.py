"""Can a question be asked at all? Not where a relation that it needs was never imported: that says nothing of anybody."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from graphmodel.declare import Edge, Node
from graphmodel.vectors import Kleene
from queries.context import Context
from queries.logic import Names, Truth
from queries.relations import Hop
from queries.values import Flag


@dataclass(frozen=True, slots=True)
class Those:
    """The edges of a hop of which `where` may be true: payments for training, say."""

    hop: Hop
    where: Truth


Needed = type[Node] | type[Edge] | Hop | Those | Flag
"""Nodes of a type, edges of a type, edges between two types, some of these, or a flag that is filled in somewhere."""

Needs = tuple[Needed | tuple[Needed, ...], ...]
"""All that must have been imported; where a tuple stands, any of those in it."""


def groups(needs: Needs) -> tuple[tuple[Needed, ...], ...]:
    """The needs, each as all those of which any one meets it."""
    return tuple(need if isinstance(need, tuple) else (need,) for need in needs)


def unmet(needs: Needs, has_rows: Callable[[Needed], bool]) -> tuple[tuple[Needed, ...], ...]:
    """The needs that nothing meets, where `has_rows` says of what there is at least one row."""
    return tuple(group for group in groups(needs) if not any(map(has_rows, group)))


def present(context: Context) -> Callable[[Needed], bool]:
    """Of what a network, or the one of which it is supposed, has at least one row.

    Linear in the edges of `Those`; nothing else is looked through.
    """
    if context.imported is not None:
        alone = replace(context, imported=None)
        here, there = present(alone), present(alone.over(context.imported))
        return lambda needed: here(needed) or there(needed)

    def has_rows(needed: Needed) -> bool:
        match needed:
            case Hop():
                return len(needed.edges(context)) > 0
            case Those(hop, where):
                return bool(hop.truth(where, context)[1].possible.any())
            case Flag(element, name):
                assert issubclass(element, Node)
                flag = context.network[element].vector(name)
                assert isinstance(flag, Kleene)
                return not flag.unknown.all()
            case _ if issubclass(needed, Node):
                return len(context.network[needed]) > 0
        return any(len(rows) for rows in context.network.edge_sets(needed))

    return has_rows


def needs_cypher(needs: Needs) -> str:
    """That no need is `unmet`, as a Cypher expression."""
    return " AND ".join("(" + " OR ".join(map(_exists, group)) + ")" for group in groups(needs)) or "true"


def _exists(needed: Needed) -> str:
    match needed:
        case Hop(near=near):
            return f"EXISTS {{ {needed.pattern(Names(f':{near.type_name}'))[0]} }}"
        case Those(hop, where):
            pattern, inside, _ = hop.pattern(Names(f":{hop.near.type_name}"))
            return f"EXISTS {{ {pattern} WHERE coalesce({where.cypher(inside)}, true) }}"
        case Flag(element, name):
            return f"EXISTS {{ (n:{element.type_name}) WHERE n.{name} IS NOT NULL }}"
        case _ if issubclass(needed, Node):
            return f"EXISTS {{ (:{needed.type_name}) }}"
    return f"EXISTS {{ ()-[:{needed.type_name}]->() }}"
