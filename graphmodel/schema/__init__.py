"""Which types has the model? Every node type and edge type by name, found where `nodes.py` and `edges.py` declare them."""

from __future__ import annotations

from types import ModuleType
from typing import TypeVar

from graphmodel.declare import Edge, Element, Node
from graphmodel.schema import edges, nodes

_Base = TypeVar("_Base", bound=Element)


def _declared(module: ModuleType, base: type[_Base]) -> list[type[_Base]]:
    return [t for t in vars(module).values() if isinstance(t, type) and issubclass(t, base) and "type_name" in vars(t)]


NODE_TYPES: dict[str, type[Node]] = {t.type_name: t for t in _declared(nodes, Node)}
"""Every node type by name, in declared order."""

EDGE_TYPES: dict[str, type[Edge]] = {t.type_name: t for t in sorted(_declared(edges, Edge), key=lambda t: t.type_name)}
"""Every edge type by name, in alphabetical order."""
