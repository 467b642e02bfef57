"""How many can joint branches take at most, exactly? One integer program over all streets, for small instances."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

import networkx as nx
import numpy as np

from planning.joint_state import JointBranches
from planning.joints import limits
from planning.problem import Ints, Problem
from planning.solve import Solution, cheapest_integers
from planning.street_program import Rows, seeds
from queries.places import streets_within


@dataclass(frozen=True, slots=True)
class _Pool:
    """Whoever may be in one branch together: `classes` by place; `branch` an existing one, -1 where they found."""

    classes: tuple[int, ...]
    branch: int


def most_placed(problem: Problem, joints: JointBranches, wanted: Ints, members: Ints) -> Solution:
    """The most of the `wanted` that joint branches can take (N2), as the negative cost of the solution.

    `joints` as it is before anybody is placed. Units are all near each other, so that their streets are a clique, or all
    of one industry; organisations alike in street, industry and members are counted. Cost: exponential at worst.
    """
    kind = zip(joints.where.street[wanted].tolist(), np.array(joints.trades)[wanted].tolist(), members[wanted].tolist(), strict=True)  # fmt: skip
    counts = Counter(kind)
    classes = sorted(counts)
    pools = _pools(problem, joints, classes)
    allowed = limits(problem)
    strong = sorted({m for _, _, m in classes if m > 0})
    kinds = seeds(tuple(strong), allowed)
    width = [len(pool.classes) + (len(kinds) if pool.branch < 0 else 1) for pool in pools]
    starts = np.concatenate(([0], np.cumsum(width))).astype(np.int64)
    upper, cost = np.zeros(starts[-1], dtype=np.int64), np.zeros(starts[-1], dtype=np.int64)
    program, of_class, of_branch = Rows(), defaultdict[int, list[int]](list), defaultdict[int, list[int]](list)
    for pool, start, stop in zip(pools, starts[:-1].tolist(), starts[1:].tolist(), strict=True):
        units = start + np.arange(len(pool.classes))
        more = np.arange(start + len(pool.classes), stop)
        upper[units] = [counts[classes[c]] for c in pool.classes]
        cost[units] = -1
        for c, place in zip(pool.classes, units.tolist(), strict=True):
            of_class[c].append(place)
        if pool.branch >= 0:
            upper[more] = 1
            of_branch[pool.branch] += more.tolist()
            room = joints.room[pool.branch]
            program.add(np.append(units, more), np.append(np.ones(len(units)), -room), most=0)
            continue
        upper[more] = len(wanted)
        both = np.append(units, more)
        for each in strong:
            mine = np.array([classes[c][2] == each for c in pool.classes], dtype=np.int64)
            program.add(both, np.append(mine, [-k.count(each) for k in kinds]), least=0)
        program.add(both, np.append(np.ones(len(units)), np.full(len(kinds), -allowed.most)), most=0)
        fewest = [-max(len(k), allowed.least) for k in kinds]
        program.add(both, np.append(np.ones(len(units)), fewest), least=0)
    for c, places in of_class.items():
        program.add(np.array(places), 1, most=counts[classes[c]])
    for chosen in of_branch.values():
        program.add(np.array(chosen), 1, most=1)
    return cheapest_integers(*program.matrix(len(upper)), upper, cost)


def _pools(problem: Problem, joints: JointBranches, classes: list[tuple[int, int, int]]) -> list[_Pool]:
    near = streets_within(problem.context, problem.context.values.integer("joint_max_hops")).tocoo()
    graph: nx.Graph[int] = nx.Graph()
    graph.add_nodes_from({street for street, _, _ in classes if street >= 0})
    graph.add_edges_from(
        (a, b) for a, b in zip(near.row.tolist(), near.col.tolist(), strict=True) if a in graph and b in graph
    )
    cliques = [set(clique) for clique in sorted(map(sorted, nx.find_cliques(graph)))]
    reached, trades = defaultdict[int, set[int]](set), dict[int, int]()
    by_street, by_trade = joints.reach()
    for branch, street in by_street.iter_rows():
        reached[branch].add(street)
    trades.update(by_trade.iter_rows())

    def there(streets: set[int]) -> tuple[int, ...]:
        return tuple(c for c, (street, _, _) in enumerate(classes) if street in streets)

    def like(trade: int) -> tuple[int, ...]:
        return tuple(c for c, (_, own, _) in enumerate(classes) if own == trade >= 0)

    found: Iterable[_Pool] = (
        *(_Pool(there(clique), -1) for clique in cliques),
        *(_Pool(like(trade), -1) for trade in sorted({trade for _, trade, _ in classes})),
        *(_Pool(there(clique & streets), branch) for branch, streets in reached.items() for clique in cliques),
        *(_Pool(like(trade), branch) for branch, trade in trades.items()),
    )
    return sorted({pool for pool in found if pool.classes}, key=lambda pool: (pool.branch, pool.classes))
