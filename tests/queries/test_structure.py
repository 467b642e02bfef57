"""Questions about the whole graph, against networkx on drawn networks (`single-point-of-failure`: test_alliance.py)."""

import networkx as nx
import numpy as np
import pytest

from tests.queries.small import network
from tests.queries.verdicts import actual, registered, verdicts


def _pairs(rng: np.random.Generator, one: int, other: int, most: int) -> list[tuple[int, int]]:
    count = int(rng.integers(1, most))
    return sorted({(int(rng.integers(0, one)), int(rng.integers(0, other))) for _ in range(count)})


@pytest.mark.parametrize("seed", range(60))
def test_isolated_components_are_those_of_networkx(seed: int) -> None:
    rng = np.random.default_rng(seed)
    organizations, alliances = int(rng.integers(2, 12)), int(rng.integers(1, 5))
    members = _pairs(rng, organizations, alliances, 14)
    roles = [str(rng.choice(["lead", "member", "member"])) for _ in members]
    joins = [(a, b) for a, b in _pairs(rng, organizations, organizations, 6) if a != b]
    left = int(rng.integers(0, organizations))  # deregistered: joins nobody
    net = network(
        Organization=[
            registered(f"o{i}", status="deregistered" if i == left else "operating") for i in range(organizations)
        ],
        Alliance=[{"id": f"a{i}"} for i in range(alliances)],
        MEMBER_OF=[actual(f"o{o}", f"a{a}", role=role) for (o, a), role in zip(members, roles, strict=True)],
        JOINS_WITH=[{"source": f"o{a}", "target": f"o{b}", "kind": "venues"} for a, b in joins],
    )
    graph: nx.Graph[str] = nx.Graph()
    graph.add_nodes_from(f"o{i}" for i in range(organizations) if i != left)
    graph.add_edges_from((f"o{o}", f"a{a}") for o, a in members if o != left)
    graph.add_edges_from((f"o{a}", f"o{b}") for a, b in joins if left not in (a, b))
    leads = {f"o{o}" for (o, _), role in zip(members, roles, strict=True) if role == "lead" and o != left}
    expected: dict[str, tuple[str, ...]] = {}
    for component in nx.connected_components(graph):
        inside = {node for node in component if node.startswith("o")}
        if len(inside) == 1:
            expected |= dict.fromkeys(inside, ("alone",))
        elif not inside & leads:
            expected |= dict.fromkeys(inside, ("no-lead",))
    found = verdicts("isolated-component", net)
    assert found.gaps == expected
    assert not found.unknown


@pytest.mark.parametrize("seed", range(60))
def test_broken_chains_are_those_of_networkx(seed: int) -> None:
    rng = np.random.default_rng(seed)
    n = int(rng.integers(3, 12))
    links = _pairs(rng, n, n, 2 * n)
    net = network(
        PartyOrganization=[
            {"id": f"p{i}", "form": "outside" if i == 0 else "standalone", "state": "actual"} for i in range(n)
        ],
        SUBORDINATE_TO=[actual(f"p{below}", f"p{above}") for below, above in links],
    )
    graph: nx.DiGraph[int] = nx.DiGraph(links)
    graph.add_nodes_from(range(n))
    under = nx.ancestors(graph, 0)
    circles = {
        node for component in nx.strongly_connected_components(graph) if len(component) > 1 for node in component
    }
    circles |= set(nx.nodes_with_selfloops(graph))
    expected = {}
    for node in range(1, n):
        superiors = graph.out_degree(node)
        reasons = (
            ("no-superior", superiors == 0),
            ("several", superiors >= 2),
            ("dangling", superiors >= 1 and node not in under and node not in circles),
            ("circular", node in circles),
        )
        if held := tuple(code for code, holds in reasons if holds):
            expected[f"p{node}"] = held
    assert verdicts("broken-chain", net).gaps == expected
