"""What is best, and how is that proven? The one file that speaks to the solver: flows and small integer programs.

Both are deterministic: one worker, a fixed seed, and effort counted in the solver's own steps, never in seconds. The solver
is loaded where it is first asked: with what it brings along it takes 84 MB, of every process that only answers.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_array

from planning.heeding import heed, watched
from planning.plan import Status

Ints = npt.NDArray[np.int64]

EFFORT = 4.0  # deterministic time of one integer program, in the solver's units


class Unsolved(RuntimeError):
    """The solver refused a problem that is well formed: a defect of this program, never of the data."""


@dataclass(frozen=True, slots=True)
class Arcs:
    """A flow network: arc i leads from `tail[i]` to `head[i]`, carries `capacity[i]` at most, costs `cost[i]` a unit."""

    tail: Ints
    head: Ints
    capacity: Ints
    cost: Ints

    @staticmethod
    def together(*parts: Arcs) -> Arcs:
        """All arcs of several networks over the same nodes, in order."""
        columns = ([getattr(part, name) for part in parts] for name in ("tail", "head", "capacity", "cost"))
        return Arcs(*(np.concatenate(column).astype(np.int64) for column in columns))


def cheapest_flow(arcs: Arcs, supply: Ints) -> Ints:
    """int64[m]: the flow on each arc that brings most supply to demand and, of those flows, costs least.

    `supply` int64[nodes], negative where demanded. Proven optimal, whole-numbered. Cost: about linear in arcs times
    the logarithm of the largest cost. Errors: `Unsolved`.
    """
    if not len(arcs.tail):
        return np.zeros(0, dtype=np.int64)
    from ortools.graph.python import min_cost_flow  # type: ignore[import-untyped]  # noqa: PLC0415  # see above

    heed()
    solver = min_cost_flow.SimpleMinCostFlow()
    added = solver.add_arcs_with_capacity_and_unit_cost(
        arcs.tail.astype(np.int32), arcs.head.astype(np.int32), arcs.capacity, arcs.cost
    )
    solver.set_nodes_supplies(np.arange(len(supply), dtype=np.int32), supply)
    status = solver.solve_max_flow_with_min_cost()
    if status != solver.OPTIMAL:
        raise Unsolved(f"flow: {status}")
    return np.asarray(solver.flows(added), dtype=np.int64)


@dataclass(frozen=True, slots=True)
class Solution:
    """Values of the variables, what they cost, the proven bound on the cost, and whether the two meet."""

    values: Ints
    cost: float
    bound: float
    status: Status


def cheapest_integers(rows: csr_array, least: Ints, most: Ints, upper: Ints, cost: Ints) -> Solution:
    """Whole numbers from 0 to `upper` with `least` ≤ `rows` @ x ≤ `most` that cost least.

    `rows` sparse [constraints, variables]. All zeros must be allowed, so that there is always an answer.
    """
    from ortools.sat.python import cp_model  # noqa: PLC0415  # see above

    model = cp_model.CpModel()
    x = [model.new_int_var(0, int(top), "") for top in upper]
    for r in range(rows.shape[0]):
        places = slice(rows.indptr[r], rows.indptr[r + 1])
        terms = [x[j] for j in rows.indices[places]]
        total = cp_model.LinearExpr.weighted_sum(terms, [int(c) for c in rows.data[places]])
        model.add_linear_constraint(total, int(least[r]), int(most[r]))
    model.minimize(cp_model.LinearExpr.weighted_sum(x, [int(c) for c in cost]))
    solver = cp_model.CpSolver()
    solver.parameters.num_workers = 1
    solver.parameters.random_seed = 0
    solver.parameters.max_deterministic_time = EFFORT
    with watched(solver.stop_search):
        status = solver.solve(model)
    if status not in (cp_model.OPTIMAL, cp_model.FEASIBLE):
        if status == cp_model.UNKNOWN:  # the effort ended before anything was found: nothing chosen is an answer
            lowest = float(np.minimum(cost, 0) @ upper)  # the solver's own bound means nothing yet
            return Solution(np.zeros(len(x), dtype=np.int64), 0.0, lowest, "feasible")
        raise Unsolved(f"integer program: {solver.status_name(status)}")
    values = np.array([solver.value(v) for v in x], dtype=np.int64)
    proven: Status = "optimal" if status == cp_model.OPTIMAL else "feasible"
    return Solution(values, float(values @ cost), float(solver.best_objective_bound), proven)
