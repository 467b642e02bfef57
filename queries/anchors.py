"""What is a question about? Its anchor: the nodes of a type, or another keyed frame such as authority × industry."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import polars as pl

from graphmodel.declare import Element, Node, column
from graphmodel.rows import Rows
from graphmodel.text import Text
from queries.context import Context
from queries.given import Given


class Keyed(Element):
    """Rows that a question makes of others, such as authority × industry: asked about, never stored."""

    id: str
    name: str | None = column("名称", "name")

    @classmethod
    def __pydantic_init_subclass__(cls, *, zh: str = "", en: str = "", **_: Any) -> None:
        cls._declare(cls.__name__, Text(zh, en))


@dataclass(frozen=True, slots=True, eq=False)
class Anchor:
    """Rows with an `id` and a `name` that a question judges one by one.

    `name` stands in finding identities; `element` is the node type, None for keyed frames that `keyed` makes;
    `fields` declares their columns. `match` is the Cypher that binds `row` (a node or a map with the same fields) to
    each of them, using `givens`; None where a question about it is asked in process only.
    """

    name: str
    title: Text
    element: type[Node] | None = None
    keyed: Callable[[Context], pl.DataFrame] | None = None
    fields: type[Element] = Element
    match: str | None = None
    givens: tuple[Given, ...] = ()

    def rows(self, context: Context) -> Rows:
        """The rows in question."""
        if self.element is not None:
            return context.network[self.element]
        keyed = self.keyed
        assert keyed is not None
        return context.memo(("anchor", self.name), lambda: Rows(self.fields, keyed(context)))


def nodes(element: type[Node]) -> Anchor:
    """The nodes of a type as an anchor."""
    return Anchor(element.type_name, element.title, element, fields=element, match=f"MATCH (row:{element.type_name})")
