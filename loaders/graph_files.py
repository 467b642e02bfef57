"""How does the network leave as a graph file, and come back? GraphML, GEXF and node-link JSON, with nothing lost.

XML cannot hold every character: those it cannot are written `_x000B_`, as spreadsheets do, and a text that already
looks so gets its underscore written the same way. `label` is there for programs that draw, and not read back.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import ParseError
from xml.parsers import expat

import networkx as nx
import polars as pl
from defusedxml import DefusedXmlException
from defusedxml.ElementTree import parse

from graphmodel.interchange import from_networkx, to_networkx
from graphmodel.network import Network
from graphmodel.schema import EDGE_TYPES
from graphmodel.text import Text
from loaders.errors import refused

_DEEPEST = 50  # elements of XML in each other
_TYPE = "element_type"  # `type` means directed or not in GEXF
_FOR_PROGRAMS = {"label", "id", "networkx_key"}
_LOOKS_ESCAPED = re.compile(r"_(?=x[0-9A-F]{4}_)")
_NOT_XML = re.compile("[^\t\n\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_ESCAPED = re.compile(r"_x([0-9A-F]{4})_")


def write_graphml(network: Network, path: Path) -> None:
    """Write GraphML. Cost: Python objects for every node and edge. Errors: `OSError`."""
    nx.write_graphml_xml(_for_xml(network), path)


def write_gexf(network: Network, path: Path) -> None:
    """Write GEXF, as Gephi reads it. Cost: Python objects for every node and edge. Errors: `OSError`."""
    nx.write_gexf(_for_xml(network), path)


def write_node_link(network: Network, path: Path) -> None:
    """Write node-link JSON, as D3 and NetworkX read it. Cost: Python objects for every node and edge."""
    document = nx.node_link_data(to_networkx(network, plain=True), edges="edges")
    path.write_text(json.dumps(document, ensure_ascii=False, allow_nan=False), encoding="utf-8", newline="")


WRITERS: dict[str, tuple[str, Callable[[Network, Path], None]]] = {
    "graphml": (".graphml", write_graphml),
    "gexf": (".gexf", write_gexf),
    "node-link": (".json", write_node_link),
}
"""Format → the ending of its files and what writes it."""


ENDINGS = (".graphml", ".gexf")
"""How the names of graph files in XML end."""


def read_graph(path: Path) -> Network:
    """The network in a file that was written here, with its stamp; JSON is told by its ending.

    Errors: `FileRefused` where it is no such file, or holds types, fields or values that the schema does not know.
    """
    with _refusing(path):
        return from_networkx(_read_node_link(path) if path.suffix.lower() == ".json" else marked_up(path))


def marked_up(path: Path) -> nx.MultiDiGraph[str]:
    """The graph in GraphML or GEXF, its texts as they were before `escape`. Errors: `FileRefused`."""
    with _refusing(path):
        shallow(path)  # the readers behind build a tree of any depth
        root = parse(path, forbid_dtd=True).getroot()  # and would expand entities
        if root is not None and root.tag.rpartition("}")[2] == "gexf":
            return _from_xml(nx.read_gexf(path))
        return _from_xml(nx.read_graphml(path, force_multigraph=True, edge_key_type=str))


def shallow(path: Path) -> None:
    """Errors: `ValueError` where elements of an XML file stand deeper in each other than a graph's do. Memory: bounded."""
    depth = 0

    def start(_name: str, _attributes: object) -> None:
        nonlocal depth
        depth += 1
        if depth > _DEEPEST:
            raise ValueError("too deep")

    def end(_name: str) -> None:
        nonlocal depth
        depth -= 1

    parser = expat.ParserCreate()
    parser.StartElementHandler, parser.EndElementHandler = start, end
    with path.open("rb") as file:
        parser.ParseFile(file)


@contextmanager
def _refusing(path: Path) -> Iterator[None]:
    try:
        yield
    except _FAULTS as fault:
        message = Text("图文件无法读取，或内容不合模型。", "The graph file cannot be read, or does not fit the model.")
        raise refused(path.name, "bad-graph-file", message, _HINT) from fault


_HINT = Text(
    "请使用 partygraph export 写出的 GraphML、GEXF 或 node-link JSON 文件。",
    "Use a GraphML, GEXF or node-link JSON file that partygraph export wrote.",
)
_FAULTS: tuple[type[Exception], ...] = (
    OSError,
    expat.ExpatError,
    nx.NetworkXError,
    ParseError,
    DefusedXmlException,
    KeyError,
    ValueError,  # JSON and Unicode faults among them
    TypeError,
    AttributeError,
    RecursionError,
    pl.exceptions.PolarsError,
)


def escape(text: str) -> str:
    """The text with every character that XML cannot hold, or would change, written as `_x` and four hex digits."""
    safe = _LOOKS_ESCAPED.sub("_x005F_", text)
    return _NOT_XML.sub(lambda found: f"_x{ord(found[0]):04X}_", safe)


def unescape(text: str) -> str:
    """What `escape` was given."""
    return _ESCAPED.sub(lambda found: chr(int(found[1], 16)), text)


def _for_xml(network: Network) -> nx.MultiDiGraph[str]:
    graph = to_networkx(network, plain=True)
    made: nx.MultiDiGraph[str] = nx.MultiDiGraph()
    made.graph["name"] = f"revision {graph.graph['revision']}, as of {graph.graph['as_of']}"
    for key, fields in graph.nodes(data=True):
        made.add_node(escape(key), label=escape(fields.get("name") or key), **_written(fields))
    for number, (source, target, fields) in enumerate(graph.edges(data=True)):
        title = EDGE_TYPES[fields["type"]].title.zh
        made.add_edge(escape(source), escape(target), key=f"e{number}", label=title, **_written(fields))
    return made


def _written(fields: dict[str, Any]) -> dict[str, Any]:
    named = {_TYPE if name == "type" else name: value for name, value in fields.items()}
    return {name: escape(value) if isinstance(value, str) else value for name, value in named.items()}


def _from_xml(graph: nx.Graph[str]) -> nx.MultiDiGraph[str]:
    told = re.fullmatch(r"revision (\d+), as of (\d{4}-\d\d-\d\d)", str(graph.graph.get("name", "")))
    made: nx.MultiDiGraph[str] = nx.MultiDiGraph()
    if told:
        made.graph.update(revision=int(told[1]), as_of=told[2])
    for key, fields in graph.nodes(data=True):
        made.add_node(unescape(key), **_read(fields))
    for source, target, fields in graph.edges(data=True):
        made.add_edge(unescape(source), unescape(target), **_read(fields))
    return made


def _read(fields: dict[str, Any]) -> dict[str, Any]:
    kept = {("type" if name == _TYPE else name): value for name, value in fields.items() if name not in _FOR_PROGRAMS}
    return {name: unescape(value) if isinstance(value, str) else value for name, value in kept.items()}


def _read_node_link(path: Path) -> nx.MultiDiGraph[str]:
    document = json.loads(path.read_text(encoding="utf-8"))
    return nx.MultiDiGraph(nx.node_link_graph(document, edges="edges", directed=True, multigraph=True))
