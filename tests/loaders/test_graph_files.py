"""Does a network survive the way through a graph file, whatever stands in it, and are hostile files refused?"""

from __future__ import annotations

import json
from pathlib import Path

import networkx as nx
import polars as pl
import pytest
from defusedxml.ElementTree import fromstring
from hypothesis import given, settings
from hypothesis import strategies as st

from graphmodel.network import Network, Stamp, same
from graphmodel.schema import EDGE_TYPES, NODE_TYPES
from loaders.bundle import read_bundle
from loaders.errors import FileRefused
from loaders.graph_files import WRITERS, escape, read_graph, unescape, write_gexf, write_graphml, write_node_link
from loaders.grid import Limits
from loaders.validate import check
from tests.queries.small import DAY, network
from tests.strategies import HOSTILE, complete, texts
from tests.strategies import tables as drawn_tables

every_format = pytest.mark.parametrize("name", WRITERS)


def through(made: Network, name: str, folder: Path) -> Network:
    ending, write = WRITERS[name]
    path = folder / f"网络{ending}"
    write(made, path)
    return read_graph(path)


@every_format
def test_every_type_field_and_hostile_text_comes_back(name: str, tmp_path: Path) -> None:
    made = Network.from_tables(complete(), Stamp(7, DAY))
    back = through(made, name, tmp_path)
    assert same(made, back)
    assert back.stamp == made.stamp


@every_format
@settings(max_examples=30, deadline=None)
@given(drawn=drawn_tables())
def test_any_network_comes_back(
    name: str, drawn: dict[str, pl.DataFrame], tmp_path_factory: pytest.TempPathFactory
) -> None:
    made = Network.from_tables(drawn, Stamp(1, DAY))
    assert same(made, through(made, name, tmp_path_factory.mktemp("graph")))


@every_format
def test_an_empty_network_comes_back(name: str, tmp_path: Path) -> None:
    back = through(network(), name, tmp_path)
    assert same(back, network())
    assert back.stamp.as_of == DAY


@given(text=texts | st.sampled_from(["_x0000_", "_x005F_x0000_", "_x_x0041_", "__x0041__", "_x00zz_"]))
def test_escaping_is_undone_and_legal_in_xml(text: str) -> None:
    assert unescape(escape(text)) == text
    assert fromstring(f"<a>{escape(text).replace('&', '&amp;').replace('<', '&lt;')}</a>") is not None


def test_ordinary_names_are_written_as_they_are() -> None:
    for text in ("锦江区某某协会", "A_x B", "👩‍👩‍👧", "e\u0301"):
        assert escape(text) == text
    assert escape(HOSTILE[1]) == "a_x0000_b"


def test_programs_find_names_and_titles(tmp_path: Path) -> None:
    made = network(
        Organization=[{"id": "o1", "name": "甲中心"}],
        PartyOrganization=[{"id": "p1", "name": "甲支部"}],
        COVERS=[{"source": "p1", "target": "o1"}],
    )
    write_gexf(made, tmp_path / "a.gexf")
    text = (tmp_path / "a.gexf").read_text(encoding="utf-8")
    assert 'label="甲中心"' in text
    assert f'label="{EDGE_TYPES["COVERS"].title.zh}"' in text
    write_node_link(made, tmp_path / "a.json")
    document = json.loads((tmp_path / "a.json").read_text(encoding="utf-8"))
    assert {node["id"] for node in document["nodes"]} == {"Organization/o1", "PartyOrganization/p1"}
    assert not {"label", "element_type"} & {c for t in (*NODE_TYPES.values(), *EDGE_TYPES.values()) for c in t.columns}


BOMB = """<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>
<graphml xmlns="http://graphml.graphdrawing.org/xmlns"><graph edgedefault="directed"><node id="&b;"/></graph></graphml>"""


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("a.graphml", BOMB),
        ("a.gexf", BOMB),
        ("a.graphml", ""),
        ("a.gexf", "<gexf"),
        ("a.json", "{"),
        ("a.json", "[]"),
        ("a.json", "[" * 100_000),
        ("a.json", '{"nodes": [{"id": "Organization/x", "type": "Spaceship"}], "edges": []}'),
        ("a.json", '{"nodes": [{"id": "Organization/x", "type": "Organization", "rank": 1}], "edges": []}'),
        ("a.json", '{"nodes": [{"id": "Organization/x", "type": "Organization", "track": "flying"}], "edges": []}'),
        ("a.json", '{"nodes": [{"id": "x"}], "edges": []}'),
        ("a.txt", "{}"),
        ("missing.json", None),
    ],
)
def test_what_is_no_graph_of_ours_is_refused_in_both_languages(name: str, text: str | None, tmp_path: Path) -> None:
    path = tmp_path / name
    if text is not None:
        path.write_text(text, encoding="utf-8")
    with pytest.raises(FileRefused) as refused:
        read_graph(path)
    assert refused.value.message.zh
    assert refused.value.error.file == name


def test_graphml_is_read_by_networkx_alone(tmp_path: Path) -> None:
    made = network(Street=[{"id": "1", "name": "甲街道"}, {"id": "2"}], NEIGHBOURS=[{"source": "1", "target": "2"}])
    write_graphml(made, tmp_path / "a.graphml")
    graph = nx.read_graphml(tmp_path / "a.graphml")
    assert graph.nodes["Street/1"]["name"] == "甲街道"
    assert graph.number_of_edges() == 1


# --- read as tables, to be judged as every import is ---


def _document(**fields: object) -> dict[str, object]:
    nodes = [
        {"id": "Street/1", "type": "Street", "name": "甲街道"},
        {"id": "Organization/o1", "type": "Organization", "name": "甲中心", "members": 3},
        {"id": "Organization/o2", "type": "Organization", "name": "乙中心", **fields},
    ]
    edges = [
        {"source": "Organization/o1", "target": "Street/1", "key": "LOCATED_IN", "type": "LOCATED_IN"},
        {"source": "Organization/o2", "target": "Organization/o1", "key": "LOCATED_IN", "type": "LOCATED_IN"},
    ]
    return {"directed": True, "multigraph": True, "graph": {}, "nodes": nodes, "edges": edges}


def _written(name: str, document: dict[str, object], folder: Path) -> Path:
    path = folder / name
    if name.endswith(".json"):
        path.write_text(json.dumps(document, ensure_ascii=False), encoding="utf-8")
        return path
    graph = nx.node_link_graph(document, edges="edges", directed=True, multigraph=True)
    for *_, fields in (*graph.nodes(data=True), *graph.edges(data=True)):
        fields["element_type"] = fields.pop("type")
    (nx.write_gexf if name.endswith(".gexf") else nx.write_graphml)(graph, path)
    return path


@pytest.mark.parametrize("name", ["a.json", "a.graphml", "a.gexf", "no-ending"])
def test_what_is_wrong_is_told_by_type_and_row(name: str, tmp_path: Path) -> None:
    kind = "a.graphml" if name == "no-ending" else name
    path = _written(kind, _document(members=-5, phase="new"), tmp_path)
    bundle = read_bundle(path.rename(tmp_path / name))
    checked = check(bundle.raws, errors=bundle.errors, notices=bundle.notices)
    places = {(error.sheet, error.row, error.code, error.value) for error in checked.errors}
    assert places == {
        ("Organization", 2, "below-range", "-5"),
        ("LOCATED_IN", 2, "wrong-end-type", "Organization"),
    }
    assert (checked.read, checked.accepted) == (5, 3)
    assert {notice.column for notice in checked.notices} == {"phase"}
    made = Network.from_tables(checked.tables, Stamp(0, DAY))
    assert made.table("Organization")["id"].to_list() == ["o1"]
    assert made.table("LOCATED_IN").height == 1


def test_nodes_of_no_known_type_are_told_of(tmp_path: Path) -> None:
    document = _document()
    document["nodes"] = [*document["nodes"], {"id": "x", "type": "Spaceship"}, {"id": "y"}]  # type: ignore[misc]
    bundle = read_bundle(_written("a.json", document, tmp_path))
    told = {notice.sheet for notice in bundle.notices if notice.code == "unknown-table"}
    assert told == {"Spaceship", "node"}


@pytest.mark.parametrize(
    ("name", "text", "code"),
    [
        ("a.graphml", BOMB, "bad-graph-file"),
        ("a.gexf", "<gexf", "bad-graph-file"),
        ("a.xml", BOMB, "bad-graph-file"),
        ("a.gexf", "<gexf xmlns='http://www.gexf.net/1.2draft'>" + "<a>" * 100_000, "bad-graph-file"),
        ("a.json", '{"nodes": [1], "edges": []}', "bad-graph-file"),
        ("a.json", '{"nodes": [{"id": "Street/1", "name": {}}], "edges": []}', "not-a-bundle"),
        ("a.json", '{"nodes": [], "edges": [{"source": "Street/1"}]}', "bad-graph-file"),
        ("a.json", '{"nodes": [], "edges": []}', "no-known-table"),
    ],
)
def test_hostile_graphs_are_refused_on_import(name: str, text: str, code: str, tmp_path: Path) -> None:
    (tmp_path / name).write_text(text, encoding="utf-8")
    with pytest.raises(FileRefused) as refused:
        read_bundle(tmp_path / name)
    assert refused.value.error.code == code


def test_a_graph_file_beyond_the_limit_is_refused_before_it_is_parsed(tmp_path: Path) -> None:
    write_graphml(network(Street=[{"id": "1"}]), tmp_path / "a.graphml")
    with pytest.raises(FileRefused) as refused:
        read_bundle(tmp_path / "a.graphml", Limits(json_bytes=100))
    assert refused.value.error.code == "too-large"
