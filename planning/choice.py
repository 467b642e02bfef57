"""Which of several bodies is nearest and may be chosen? For actions in which no one's choice takes another's place."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from graphmodel.declare import Node
from planning.distance import Places, nearest
from planning.plan import ActionKind
from planning.problem import Ints, Problem


def nearest_allowed(
    problem: Problem,
    kind: ActionKind,
    subject: tuple[type[Node], Ints, Places],
    target: tuple[type[Node], Ints, Places],
    best: Ints,
    barred: Iterable[tuple[int, int]] = (),
) -> Ints:
    """int64[k]: for each subject the row of the nearest target that the planner has not refused, -1 where there is none.

    `subject` and `target` are type, rows and places of those rows; `best` orders targets that are equally near;
    `barred` are further pairs of rows that may not be chosen.
    """
    (element, rows, where), (other, candidates, at) = subject, target
    chosen = np.append(candidates, -1)[nearest(problem.context, at, best, where)]
    refused: dict[int, list[int]] = {}
    for one, two in (*problem.refused_pairs(kind, element, other), *barred):
        refused.setdefault(one, []).append(two)
    for k in np.flatnonzero(np.isin(rows, list(refused))):
        left = np.flatnonzero(~np.isin(candidates, refused[int(rows[k])]))
        again = nearest(problem.context, at.take(left), best[left], where.take(np.array([k])))
        chosen[k] = np.append(candidates[left], -1)[again][0]
    return chosen
