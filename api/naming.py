"""Which node does somebody mean? An id or a written name, looked up in the network; a near miss is told."""

from __future__ import annotations

import polars as pl

from graphmodel.declare import Node
from graphmodel.network import Network
from graphmodel.schema import PartOf
from graphmodel.text import Refusal, Text
from loaders.errors import printable
from loaders.names import Directory, stated

LONGEST = 80


def node_named(network: Network, element: type[Node], written: str, *, street: str | None = None) -> str:
    """The id of the node of a type that `written` is the id, name or alias of; a community within a street, if given.

    Errors: `Refusal` where it names none or several, with the likeliest name.
    """
    text = written.strip()
    if int(network[element].find([text])[0]) >= 0:
        return text
    nodes = stated(element.type_name, ("id", "name", "aliases"), network, ())
    if street is not None:
        inside = network.table(PartOf.type_name).filter(pl.col("target") == street)["source"]
        nodes = nodes.filter(pl.col("id").is_in(inside.to_list()))
    directory = Directory(nodes)
    found = directory.find(pl.Series([text], dtype=pl.String)).row(0, named=True)
    if found["id"] is not None:
        return str(found["id"])
    raise _not_found(element, printable(text, LONGEST), found["nodes"], directory.nearest([text]).get(text))


def _not_found(element: type[Node], text: str, nodes: int, nearest: str | None) -> Refusal:
    if nodes > 1:
        message = Text("有 {n} 个{title}叫“{text}”。", "{n} nodes of type {title} are called '{text}'.")
        hint = Text("请改用标识，或写明街道。", "Use the id, or name its street.")
        return Refusal(message.format(n=nodes, title=element.title, text=text), hint, code="ambiguous-name")
    message = Text("没有{title}“{text}”。", "There is no {title} '{text}'.").format(title=element.title, text=text)
    hint = (
        Text("用 partygraph nodes 查找。", "Look it up with: partygraph nodes")
        if nearest is None
        else Text("是不是“{name}”？", "Is it '{name}'?").format(name=printable(nearest, LONGEST))
    )
    return Refusal(message, hint, code="no-such-node")
