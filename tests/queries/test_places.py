"""Where things are, and how near."""

from __future__ import annotations

import itertools
from typing import Any

import networkx as nx
import numpy as np
import pytest

from graphmodel.schema.nodes import Community, Hub, Organization, Street
from queries.breakdown import Dimension, breakdown
from queries.places import adjacency, community_of, near, nearest_streets, street_of, streets_within
from tests.queries.small import context, network


def located(source_type: str, source: str, target_type: str, target: str) -> dict[str, Any]:
    return {"source_type": source_type, "source": source, "target_type": target_type, "target": target}


STREETS = [{"id": s, "name": f"街道{s}"} for s in "abcdef"]
BORDERS = [{"source": x, "target": y} for x, y in ("ab", "bc", "cd", "ad")]  # a ring of four; e and f alone
NET = network(
    Street=STREETS,
    Community=[{"id": "a1"}, {"id": "b1"}, {"id": "lost"}],
    PART_OF=[{"source": "a1", "target": "a"}, {"source": "b1", "target": "b"}],
    Organization=[{"id": i} for i in ("o1", "o2", "o3", "o4")],
    Hub=[{"id": "h"}],
    LOCATED_IN=[
        located("Organization", "o1", "Community", "b1"),
        located("Organization", "o2", "Street", "d"),
        located("Organization", "o3", "Community", "lost"),
        located("Hub", "h", "Community", "a1"),
    ],
    NEIGHBOURS=BORDERS,
)


def test_a_street_is_that_of_the_community_else_the_one_named() -> None:
    c = context(NET)
    assert community_of(c, Organization).tolist() == [1, -1, 2, -1]
    assert street_of(c, Organization).tolist() == [1, 3, -1, -1]
    assert street_of(c, Hub).tolist() == [0]
    assert street_of(c, Community).tolist() == [0, 1, -1]
    assert street_of(c, Street).tolist() == list(range(6))


def _hops() -> dict[int, dict[int, int]]:
    graph: nx.Graph[int] = nx.Graph(("abcdef".index(row["source"]), "abcdef".index(row["target"])) for row in BORDERS)
    graph.add_nodes_from(range(len(STREETS)))
    return dict(nx.all_pairs_shortest_path_length(graph))


@pytest.mark.parametrize("k", [0, 1, 2, 50])
def test_streets_within_so_many_hops_are_those_of_networkx(k: int) -> None:
    c = context(NET)
    within = [[hops.get(other, k + 1) <= k for other in range(len(STREETS))] for _, hops in sorted(_hops().items())]
    assert streets_within(c, k).toarray().tolist() == within
    assert adjacency(c).sum() == 2 * len(BORDERS)


@pytest.mark.parametrize("wanted", list(itertools.product([False, True], repeat=len(STREETS))))
def test_the_nearest_street_is_that_of_networkx(wanted: tuple[bool, ...]) -> None:
    expected = [
        min(((far, other) for other, far in hops.items() if wanted[other]), default=(-1, -1))
        for _, hops in sorted(_hops().items())
    ]
    nearest, steps = nearest_streets(context(NET), np.array(wanted))
    assert list(zip(steps.tolist(), nearest.tolist(), strict=True)) == expected


def test_near_is_unknown_where_a_street_is() -> None:
    one, other = np.array([0, 0, 0, -1], dtype=np.int32), np.array([1, 2, -1, -1], dtype=np.int32)
    truth = near(context(NET), one, other, 1)
    assert (truth.yes.tolist(), truth.no.tolist()) == ([True, False, False, False], [False, True, False, False])


def test_without_recorded_neighbours_only_the_same_street_is_certain() -> None:
    c = context(network(Street=STREETS))
    truth = near(c, np.array([0, 0], dtype=np.int32), np.array([0, 1], dtype=np.int32), 1)
    assert (truth.yes.tolist(), truth.no.tolist()) == ([True, False], [False, False])


def test_no_streets_at_all() -> None:
    c = context(network())
    assert nearest_streets(c, np.empty(0, dtype=np.bool_))[0].tolist() == []
    assert streets_within(c, 2).shape == (0, 0)
    assert street_of(c, Organization).tolist() == []


def test_every_organisation_is_on_one_line_and_on_as_many_authorities_as_license_it() -> None:
    net = network(
        Organization=[
            {"id": "o1", "category": "charity"},
            {"id": "o2"},
            {"id": "o3", "registration": "direct"},
            {"id": "o4", "track": "filed"},
        ],
        Authority=[{"id": "a1", "name": "甲局"}, {"id": "a2"}],
        LICENSED_BY=[{"source": "o1", "target": "a1"}, {"source": "o1", "target": "a2"}],
    )
    c = context(net)
    for dimension in Dimension:
        lines = breakdown(c, dimension)
        assert len(lines.organization) == (5 if dimension is Dimension.AUTHORITY else 4), dimension
        assert lines.keys[-1] is None
    by_authority = breakdown(c, Dimension.AUTHORITY)
    assert by_authority.names.to_list()[:2] == ["甲局", "a2"]
    assert by_authority.keys.to_list() == ["a1", "a2", "none", None]
    assert sorted(zip(by_authority.organization.tolist(), by_authority.group.tolist(), strict=True)) == [
        (0, 0),
        (0, 1),
        (1, 3),
        (2, 2),
        (3, 2),
    ]
    by_category = breakdown(c, Dimension.CATEGORY)
    assert by_category.keys[int(by_category.group[0])] == "charity"
    assert by_category.keys[int(by_category.group[1])] is None
