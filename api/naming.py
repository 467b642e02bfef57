"""Which node does somebody mean? An id or a written name, looked up in the network; a near miss is told."""

from __future__ import annotations

import polars as pl

from api.search import find, sounding
from graphmodel.declare import Node
from graphmodel.network import Network
from graphmodel.paths import NodeKey
from graphmodel.schema import NODE_TYPES
from graphmodel.schema.edges import PartOf
from graphmodel.text import Refusal, Text
from loaders.errors import printable
from loaders.names import Directory, stated

LONGEST = 80
_MOST_TOLD = 12  # nodes that are listed where a name fits several


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
    if found["nodes"] > 1:
        message = Text("有 {n} 个{title}叫“{text}”。", "{n} nodes of type {title} are called '{text}'.")
        hint = Text("请改用标识，或写明街道。", "Use the id, or name its street.")
        said = message.format(n=found["nodes"], title=element.title, text=printable(text, LONGEST))
        raise Refusal(said, hint, code="ambiguous-name")
    raise not_found(network, element, text, directory)


def not_found(network: Network, element: type[Node], written: str, directory: Directory | None = None) -> Refusal:
    """That no node of a type is called so, with the likeliest name."""
    text = written.strip()
    message = Text("没有{title}“{text}”。", "There is no {title} '{text}'.")
    if directory is None:
        directory = Directory(stated(element.type_name, ("id", "name", "aliases"), network, ()))
    nearest = directory.nearest([text]).get(text, ())
    near = list(nearest) or sounding(network, text, (element.type_name,), 1)
    return Refusal(
        message.format(title=element.title, text=printable(text, LONGEST)), _perhaps(near), code="no-such-node"
    )


def node_addressed(network: Network, text: str) -> NodeKey | None:
    """The node of an address `Type/…` with its id, name or alias; None where the text is no address.

    Errors: those of `node_named`.
    """
    type_, _, called = text.partition("/")
    if not called or type_ not in NODE_TYPES:
        return None
    return NodeKey(type_, node_named(network, NODE_TYPES[type_], called))


def node_meant(network: Network, written: str) -> NodeKey:
    """The node of any type that is meant: an address, an id or a name, whole or in part where only one has it.

    Who has the text for an id is meant before all whose name or code holds it. Errors: `Refusal` where it names none or several, with those that it may be.
    """
    text = written.strip()
    node = node_addressed(network, text)
    if node is not None:
        return node
    chosen = _with_id(network, text)
    if chosen.is_empty():
        found = find(network, text, limit=_MOST_TOLD) if text else find(network, "", limit=0)
        exact = found.filter(pl.col("name") == text)
        chosen = exact if exact.height else found
    if chosen.height == 1:
        return NodeKey(*chosen.select("type", "id").row(0))
    if chosen.is_empty():
        raise nothing_called(network, text)
    rows = chosen.with_columns(pl.coalesce("name", "id").alias("name")).iter_rows()
    told = "；".join(f"{printable(name, LONGEST)}（{type_}/{printable(id_, LONGEST)}）" for type_, id_, name in rows)
    message = Text("叫“{text}”的不止一个：{told}", "Several are called '{text}': {told}")
    hint = Text("请写其中一个的地址（类型/标识）。", "Give the address of one of them (type/id).")
    raise Refusal(message.format(text=printable(text, LONGEST), told=told), hint, code="ambiguous-name")


def _with_id(network: Network, id_: str) -> pl.DataFrame:
    """The nodes of all types that have just this id: `type`, `id`, `name`."""
    having = {name: int(rows.find([id_])[0]) for name, rows in network.nodes.items()}
    rows = [(name, id_, network.nodes[name].frame["name"][row]) for name, row in having.items() if row >= 0]
    return pl.DataFrame(rows, dict.fromkeys(("type", "id", "name"), pl.String), orient="row")


def nothing_called(network: Network, text: str, types: tuple[str, ...] = ()) -> Refusal:
    """That no node is called so, or has it in its name, with names that sound alike."""
    message = Text("没有找到“{text}”。", "Nothing is called '{text}'.").format(text=printable(text, LONGEST))
    return Refusal(message, _perhaps(sounding(network, text, types)), code="no-such-node")


def _perhaps(names: list[str]) -> Text:
    if not names:
        return Text("用 partygraph nodes 查找。", "Look it up with: partygraph nodes")
    told = [printable(name, LONGEST) for name in names]
    return Text("是不是{names}？", "Is it {names}?").format(
        names=Text("、".join(f"“{name}”" for name in told), ", ".join(f"'{name}'" for name in told))
    )
