"""What stands in a graph file, as tables? One grid for each type of node or edge: GraphML, GEXF and node-link JSON."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from graphmodel.declare import SOURCES
from graphmodel.schema import NODE_TYPES
from graphmodel.text import Text
from loaders.errors import FileRefused, refused
from loaders.graph_files import ENDINGS, marked_up
from loaders.grid import Grid, Limits, too_large
from loaders.records import records_grid

_MARKS = (b"<graphml", b"<gexf")
_OURS = {SOURCES, "key"}  # who asserts a row: whoever imports it does; an edge's key repeats its ends
Records = dict[str, list[dict[str, Any]]]


def is_graph(head: bytes, ending: str) -> bool:
    """Is this GraphML or GEXF? By how the file begins, or how its name ends."""
    return ending in ENDINGS or any(mark in head for mark in _MARKS)


def read_graph_file(path: Path, limits: Limits) -> list[Grid]:
    """Which nodes and edges of which type has this GraphML or GEXF file?

    Rows are numbered from 1 in each type, as the file has them. Memory: about twenty times the file, whose size is
    limited. Errors: `FileRefused` for what is neither, or has a document type declaration.
    """
    if path.stat().st_size > limits.json_bytes:
        raise too_large(path.name, Text("文件大小", "The file's size is"), f"{limits.json_bytes >> 20} MB")
    graph = marked_up(path)
    records = _records(list(graph.nodes.items()), graph.edges(data=True))
    return [records_grid(path.name, name, rows, limits) for name, rows in records.items()]


def is_node_link(document: Mapping[str, object]) -> bool:
    """Is this JSON a graph, and no bundle?"""
    return isinstance(document.get("nodes"), list) and isinstance(document.get("edges"), list)


def node_link_records(file: str, document: Mapping[str, Any]) -> Records:
    """The records of each type in node-link JSON. Errors: `FileRefused` where a node or an edge does not say which it is."""
    nodes = [(_told(file, one, "id"), _rest(one, "id")) for one in document["nodes"]]
    edges = [
        (_told(file, one, "source"), _told(file, one, "target"), _rest(one, "source", "target"))
        for one in document["edges"]
    ]
    return _records(nodes, edges)


def _told(file: str, record: object, field: str) -> str:
    found = record.get(field) if isinstance(record, dict) else None
    if not isinstance(found, str):
        raise _no_graph(file)
    return found


def _rest(record: Mapping[str, Any], *known: str) -> dict[str, Any]:
    return {field: value for field, value in record.items() if field not in known}


def _no_graph(file: str) -> FileRefused:
    return refused(
        file,
        "bad-graph-file",
        Text(
            "有的节点没有文字的 id，或有的关系没有两端。", "A node without an id of text, or an edge without its ends."
        ),
        Text("节点写 id（类型/标识），关系写 source 和 target。", "Nodes have id (Type/id), edges source and target."),
    )


def _records(nodes: Iterable[tuple[str, dict[str, Any]]], edges: Iterable[tuple[str, str, dict[str, Any]]]) -> Records:
    """The records by type, in the file's order; a type that is not stated is, of a node, the beginning of its key."""
    records: Records = {}
    for key, fields in nodes:
        name, id_ = _parted(key)
        stated = str(fields.get("type") or name or "node")
        records.setdefault(stated, []).append({"id": id_, **_fields(fields)})
    for source, target, fields in edges:
        (one_type, one), (other_type, other) = _parted(source), _parted(target)
        ends = {"source_type": one_type, "source": one, "target_type": other_type, "target": other}
        records.setdefault(str(fields.get("type") or "edge"), []).append({**ends, **_fields(fields)})
    return records


def _parted(key: str) -> tuple[str | None, str]:
    """Type and id of a key such as `Street/510104022`; no type where it begins with none."""
    name, slash, id_ = key.partition("/")
    return (name, id_) if slash and name in NODE_TYPES else (None, key)


def _fields(fields: Mapping[str, Any]) -> dict[str, Any]:
    return {field: value for field, value in fields.items() if field != "type" and field not in _OURS}
