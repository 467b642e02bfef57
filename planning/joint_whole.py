"""Who can be placed in joint branches at most? One integer program over all streets, for small instances (N2).

Lexicographic: most organisations placed, then as many as can be with those of their own community, street or neighbouring
streets rather than with their industry, then fewest new branches.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

import networkx as nx
import numpy as np

from planning.joint_state import JointBranches
from planning.plan import Status
from planning.problem import Ints, Problem
from planning.solve import cheapest_integers
from planning.street_program import Limits, Rows, part_branches, seeds
from queries.places import streets_within

WHOLE_UP_TO = 200  # organisations in question, up to which one program over all streets is worth its effort
_FARTHEST = 3
Alike = tuple[int, int, int, int, frozenset[int]]


@dataclass(frozen=True, slots=True)
class Whole:
    """Who goes where: `branches` as (existing branch or -1 for a new one, its organisations); `bound` on the placed."""

    branches: list[tuple[int, list[int]]]
    status: Status
    bound: int


@dataclass(frozen=True, slots=True)
class _Pool:
    """Whoever may be in one branch together: `classes` by place; `branch` an existing one, -1 where they found.

    `width` how far apart they are: 0 of one community, 1 of one street, 2 of streets near each other, 3 of one industry.
    """

    width: int
    classes: tuple[int, ...]
    branch: int


def place_all(
    problem: Problem,
    joints: JointBranches,
    wanted: Ints,
    members: list[int],
    limits: Limits,
    refused: set[tuple[int, int]],
) -> Whole:
    """Place the `wanted` as `joints` stands, without changing it; pairs (organisation, branch) that are `refused` never.

    Organisations alike in community, street, industry, members and refusals are counted. Cost: exponential at worst; its
    effort is limited as that of every integer program here.
    """
    order, queues = _alike(joints, wanted, members, refused)
    pools = _pools(problem, joints, order)
    if not pools:  # nobody is left that may be with anybody
        return Whole([], "optimal", 0)
    strong = sorted({m for m in (key[3] for key in order) if m > 0})
    kinds = seeds(tuple(strong), limits)
    width = [len(pool.classes) + (len(kinds) if pool.branch < 0 else 1) for pool in pools]
    starts = np.concatenate(([0], np.cumsum(width))).astype(np.int64)
    upper, cost = np.zeros(starts[-1], dtype=np.int64), np.zeros(starts[-1], dtype=np.int64)
    apart = len(wanted) + 1
    each = apart * (_FARTHEST * len(wanted) + 1)
    program, of_class, of_branch = Rows(), defaultdict[int, list[int]](list), defaultdict[int, list[int]](list)
    for pool, start, stop in zip(pools, starts[:-1].tolist(), starts[1:].tolist(), strict=True):
        units, more = start + np.arange(len(pool.classes)), np.arange(start + len(pool.classes), stop)
        both = np.append(units, more)
        upper[units] = [len(queues[c]) for c in pool.classes]
        cost[units] = pool.width * apart - each
        for c, place in zip(pool.classes, units.tolist(), strict=True):
            of_class[c].append(place)
        if pool.branch >= 0:
            upper[more] = 1
            of_branch[pool.branch] += more.tolist()
            program.add(both, np.append(np.ones(len(units)), -joints.room[pool.branch]), most=0)
            continue
        upper[more], cost[more] = len(wanted), 1
        for count in strong:
            mine = np.array([order[c][3] == count for c in pool.classes], dtype=np.int64)
            program.add(both, np.append(mine, [-kind.count(count) for kind in kinds]), least=0)
        program.add(both, np.append(np.ones(len(units)), np.full(len(kinds), -limits.most)), most=0)
        program.add(both, np.append(np.ones(len(units)), [-max(len(kind), limits.least) for kind in kinds]), least=0)
    for c, places in of_class.items():
        program.add(np.array(places), 1, most=len(queues[c]))
    for chosen in of_branch.values():
        program.add(np.array(chosen), 1, most=1)
    found = cheapest_integers(*program.matrix(len(upper)), upper, cost)
    branches: list[tuple[int, list[int]]] = []
    for pool, start, stop in zip(pools, starts[:-1].tolist(), starts[1:].tolist(), strict=True):
        cut = start + len(pool.classes)
        units_here = [
            queues[c].pop() for c, many in zip(pool.classes, found.values[start:cut], strict=True) for _ in range(many)
        ]
        if pool.branch >= 0:
            branches += [(pool.branch, units_here)] if units_here else []
            continue
        parts = part_branches([members[o] for o in units_here], int(found.values[cut:stop].sum()), limits)
        branches += [(-1, [units_here[i] for i in part]) for part in parts]
    bound = int(np.floor((-found.bound + apart * _FARTHEST * len(wanted) + apart) / each + 1e-9))
    return Whole(branches, found.status, min(bound, len(wanted)))


def _alike(
    joints: JointBranches, wanted: Ints, members: list[int], refused: set[tuple[int, int]]
) -> tuple[list[Alike], list[list[int]]]:
    """The kinds of organisations in order, and those of each, the first by id last."""
    alike = defaultdict[Alike, list[int]](list)
    barred = defaultdict[int, set[int]](set)
    for one, branch in sorted(refused):
        barred[one].add(branch)
    for one in wanted.tolist():
        where = int(joints.where.community[one]), int(joints.where.street[one])
        alike[*where, joints.trades[one], members[one], frozenset(barred[one])].append(one)
    order = sorted(alike, key=lambda key: (*key[:4], sorted(key[4])))
    return order, [sorted(alike[key], reverse=True) for key in order]


def _pools(problem: Problem, joints: JointBranches, order: list[Alike]) -> list[_Pool]:
    near = streets_within(problem.context, problem.context.values.integer("joint_max_hops")).tocoo()
    graph: nx.Graph[int] = nx.Graph()
    graph.add_nodes_from({key[1] for key in order if key[1] >= 0})
    graph.add_edges_from(
        (a, b) for a, b in zip(near.row.tolist(), near.col.tolist(), strict=True) if a in graph and b in graph
    )
    cliques = [set(clique) for clique in sorted(map(sorted, nx.find_cliques(graph)))]
    reached = defaultdict[int, set[int]](set)
    by_street, by_trade = joints.reach()
    for branch, street in by_street.iter_rows():
        reached[branch].add(street)

    def of(field: int, values: set[int], branch: int = -1) -> tuple[int, ...]:
        at = (key[:3][field] for key in order)
        return tuple(c for c, value in enumerate(at) if value >= 0 and value in values and branch not in order[c][4])

    found = [
        *(_Pool(0, of(0, {community}), -1) for community in {key[0] for key in order}),
        *(_Pool(1, of(1, {street}), -1) for street in graph),
        *(_Pool(2, of(1, clique), -1) for clique in cliques),
        *(_Pool(3, of(2, {trade}), -1) for trade in {key[2] for key in order}),
        *(
            _Pool(2, of(1, clique & streets, branch), branch)
            for branch, streets in reached.items()
            for clique in cliques
        ),
        *(_Pool(3, of(2, {trade}, branch), branch) for branch, trade in by_trade.iter_rows()),
    ]
    return sorted({pool for pool in found if pool.classes}, key=lambda pool: (pool.branch, pool.width, pool.classes))
