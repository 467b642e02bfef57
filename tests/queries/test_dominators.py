"""Dominators against networkx, on graphs small enough to see every shape and large enough to see the cost."""

from __future__ import annotations

import networkx as nx
import numpy as np
import pytest

from queries.dominators import common_supplier, dag_dominators, undirected_dominators
from queries.trees import Tree

Edges = tuple[np.ndarray, np.ndarray]


def _drawn(rng: np.random.Generator) -> tuple[int, Edges]:
    n = int(rng.integers(2, 14))
    one, other = rng.integers(0, n, (2, int(rng.integers(0, 3 * n)))).astype(np.int32)
    return n, (one[one != other], other[one != other])


def _expected(graph: nx.DiGraph[int]) -> list[int]:
    found = nx.immediate_dominators(graph, 0)
    return [0, *(found.get(node, -1) for node in range(1, len(graph)))]


@pytest.mark.parametrize("seed", range(300))
def test_dominators_are_those_of_networkx(seed: int) -> None:
    n, (one, other) = _drawn(np.random.default_rng(seed))
    graph: nx.Graph[int] = nx.Graph()
    graph.add_nodes_from(range(n))
    graph.add_edges_from(zip(one.tolist(), other.tolist(), strict=True))
    assert undirected_dominators(n, 0, one, other).tolist() == _expected(graph.to_directed())
    above, below = np.minimum(one, other), np.maximum(one, other)
    acyclic: nx.DiGraph[int] = nx.DiGraph()
    acyclic.add_nodes_from(range(n))
    acyclic.add_edges_from(zip(above.tolist(), below.tolist(), strict=True))
    assert dag_dominators(n, 0, above, below).tolist() == _expected(acyclic)


@pytest.mark.parametrize("seed", range(100))
def test_what_hangs_on_a_node_is_counted_by_kind(seed: int) -> None:
    rng = np.random.default_rng(seed)
    n, (one, other) = _drawn(rng)
    parent = dag_dominators(n, 0, np.minimum(one, other), np.maximum(one, other))
    tree, inside = Tree.of(parent), np.flatnonzero(parent >= 0)
    node = rng.choice(inside, int(rng.integers(0, 12))).astype(np.int32)
    kind = rng.integers(0, 4, len(node))
    shape = nx.DiGraph((int(parent[v]), int(v)) for v in inside if v)
    shape.add_nodes_from(inside.tolist())
    hanging = {v: {v, *nx.descendants(shape, v)} for v in inside.tolist()}
    expected = {v: {int(k) for k, at in zip(kind, node, strict=True) if at in hanging[v]} for v in hanging}
    found = tree.kinds_below(node, kind)
    assert {v: int(found[v]) for v in hanging} == {v: len(kinds) for v, kinds in expected.items()}
    assert {v: int(tree.below(np.ones(n, dtype=np.int64))[v]) for v in hanging} == {
        v: len(h) for v, h in hanging.items()
    }
    who, at = common_supplier(kind.astype(np.int32), node, tree)
    for each, lowest in zip(who.tolist(), at.tolist(), strict=True):
        supplied = set(node[kind == each].tolist())
        above = [v for v in hanging if supplied <= hanging[v]]
        assert lowest == min(above, key=lambda v: len(hanging[v]))


@pytest.mark.parametrize("shape", ["path", "star"])
def test_long_and_wide_graphs_need_no_loop_over_nodes(shape: str) -> None:
    n = 200_000
    other = np.arange(1, n, dtype=np.int32)
    one = other - 1 if shape == "path" else np.zeros(n - 1, dtype=np.int32)
    tree = Tree.of(undirected_dominators(n, 0, one.astype(np.int32), other))
    assert tree.parent[1:].tolist() == one.tolist()
    assert tree.below(np.ones(n, dtype=np.int64))[1] == (n - 1 if shape == "path" else 1)
