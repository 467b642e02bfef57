"""What tells those apart that a search finds? The street in which each lies, and of which kind it is."""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from graphmodel.schema import NODE_TYPES
from graphmodel.schema.nodes import Street
from graphmodel.text import Text
from queries.context import Context
from visualizations.words import street_names

_KINDS = ("legal_form", "track", "kind", "level")
"""The fields that say of which kind a node is; of several that it has, the first that is known tells."""


@dataclass(frozen=True, slots=True)
class Hit:
    """A node that was found: the name of the `street` in which it lies, its `kind`; None of what is not known or there is not."""

    type: str
    id: str
    name: str | None
    street: str | None
    kind: Text | None


def hits(found: pl.DataFrame, context: Context) -> list[Hit]:
    """What `api.search.find` gives, with what tells it apart, in the same order.

    Cost: of what was found; once a context, where the nodes of a type lie.
    """
    beside = {key: told for (name,), some in found.group_by("type") for key, told in _beside(name, some["id"], context)}
    nodes = found.select("type", "id", "name").iter_rows()
    return [Hit(type_, id_, name, *beside[type_, id_]) for type_, id_, name in nodes]


def _beside(
    name: object, ids: pl.Series, context: Context
) -> list[tuple[tuple[str, str], tuple[str | None, Text | None]]]:
    """Of nodes of one type: address, street and kind."""
    type_name = str(name)
    element, known = NODE_TYPES[type_name], context.network.nodes[type_name]
    rows = known.find(ids)
    streets = None if element is Street else street_names(context, element, rows)
    words = {c: choices for c in _KINDS if c in element.columns and (choices := element.columns[c].choices) is not None}
    kinds = known.frame.select(list(words))[rows].iter_rows() if words else [()] * len(ids)
    return [
        ((type_name, id_), (street, next((words[c].of(v).title for c, v in zip(words, kind, strict=True) if v), None)))
        for id_, street, kind in zip(ids, [None] * len(ids) if streets is None else streets, kinds, strict=True)
    ]
