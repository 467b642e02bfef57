import pytest

from graphmodel.interchange import from_networkx, to_networkx
from graphmodel.network import same
from graphmodel.paths import NodeKey, NoSuchNode, neighbours, shortest_path, ties_between
from graphmodel.text import Refusal
from tests.queries.small import network

NET = network(
    Street=[{"id": "s1", "name": "甲街道"}, {"id": "s2"}],
    Organization=[{"id": "a", "full_members": 3, "registered_on": None}, {"id": "b", "union": False}],
    PartyOrganization=[{"id": "p", "form": "joint"}],
    COVERS=[
        {"source": "p", "target": "a", "state": "actual"},
        {"source": "p", "target": "b", "state": "planned"},
    ],
    GUIDES=[{"source": "s1", "target": "a", "state": "actual"}],
    JOINS_WITH=[
        {"source": "a", "target": "b", "kind": "venues", "alliance": "x"},
        {"source": "a", "target": "b", "kind": "members", "alliance": "x"},
    ],
)


def test_neighbours_are_read_from_the_node() -> None:
    beside = neighbours(NET, NodeKey("Organization", "a"))
    assert beside.select("edge", "outward", "type", "id", "state").rows() == [
        ("COVERS", False, "PartyOrganization", "p", "actual"),
        ("GUIDES", False, "Street", "s1", "actual"),
        ("JOINS_WITH", True, "Organization", "b", None),
        ("JOINS_WITH", True, "Organization", "b", None),
    ]
    assert beside["label_zh"].to_list()[0] == "受其覆盖"


def test_a_shortest_path_crosses_relations_of_any_type_and_direction() -> None:
    start, end = NodeKey("Street", "s1"), NodeKey("PartyOrganization", "p")
    path = shortest_path(NET, start, end)
    assert path == [start, NodeKey("Organization", "a"), end]
    assert [tie.edge for tie in ties_between(NET, start, path[1])] == ["GUIDES"]
    assert shortest_path(NET, NodeKey("Street", "s2"), end) is None
    assert shortest_path(NET, start, start) == [start]


def test_what_joins_two_nodes_is_read_from_the_first_with_its_state() -> None:
    branch, other = NodeKey("PartyOrganization", "p"), NodeKey("Organization", "b")
    (along,), (against,) = ties_between(NET, branch, other), ties_between(NET, other, branch)
    assert (along.outward, along.label.zh, along.state) == (True, "覆盖", "planned")
    assert (against.outward, against.label.zh, against.state) == (False, "受其覆盖", "planned")
    (once,) = ties_between(NET, NodeKey("Organization", "a"), other)  # two of JOINS_WITH
    assert (once.edge, once.state) == ("JOINS_WITH", None)


def test_unknown_nodes_and_bad_addresses_are_refused_by_name() -> None:
    with pytest.raises(NoSuchNode, match="没有街道“nowhere”"):
        neighbours(NET, NodeKey("Street", "nowhere"))
    for text in ("Street", "Strasse/1", "Street/"):
        with pytest.raises(Refusal, match="节点地址"):
            NodeKey.parse(text)


def test_networkx_holds_everything_and_gives_it_back() -> None:
    for plain in (False, True):
        graph = to_networkx(NET, plain=plain)
        assert (graph.number_of_nodes(), graph.number_of_edges()) == (5, 5)
        assert same(from_networkx(graph), NET)


def test_networkx_of_a_part_keeps_the_edges_inside_it() -> None:
    part = to_networkx(NET, [NodeKey("Organization", "a"), NodeKey("Organization", "b")])
    assert part.number_of_edges() == 2
