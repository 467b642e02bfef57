"""Which of several bodies is nearest and may be chosen? For actions in which no one's choice takes another's place."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from graphmodel.declare import Node
from graphmodel.paths import NodeKey
from graphmodel.text import Text
from planning.distance import Places, nearest, next_nearest
from planning.plan import ActionKind, RunnerUp
from planning.problem import Ints, Problem
from planning.rule import Rule


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
    at_fault = [
        k for k in np.flatnonzero(np.isin(rows, list(refused))).tolist() if int(chosen[k]) in refused[int(rows[k])]
    ]
    single = np.array([k for k in at_fault if len(set(refused[int(rows[k])])) == 1], dtype=np.int64)
    own = places_among(candidates, chosen[single])
    chosen[single] = np.append(candidates, -1)[next_nearest(problem.context, at, best, own, where.take(single))[0]]
    for k in sorted(set(at_fault) - set(single.tolist())):
        left = np.flatnonzero(~np.isin(candidates, refused[int(rows[k])]))
        again = nearest(problem.context, at.take(left), best[left], where.take(np.array([k])))
        chosen[k] = np.append(candidates[left], -1)[again][0]
    return chosen


def next_allowed(
    problem: Problem,
    kind: ActionKind,
    subject: tuple[type[Node], Ints, Places],
    target: tuple[type[Node], Ints, Places],
    best: Ints,
    chosen: Ints,
    far: Ints,
    rule: Rule,
    barred: Iterable[tuple[int, int]] = (),
) -> list[RunnerUp | None]:
    """For each subject the nearest target but the `chosen` one, and how much further than `far` it is by a rule.

    None where there is none, or where it is one that was refused or is barred. The rest as in `nearest_allowed`.
    """
    (element, rows, where), (other, candidates, at) = subject, target
    place, away = next_nearest(problem.context, at, best, places_among(candidates, chosen), where)
    second = np.append(candidates, -1)[place]
    return runners_up(problem, kind, (element, rows), (other, second), away - far, rule, barred)


def runners_up(
    problem: Problem,
    kind: ActionKind,
    subject: tuple[type[Node], Ints],
    target: tuple[type[Node], Ints],
    more: Ints,
    rule: Rule,
    barred: Iterable[tuple[int, int]] = (),
) -> list[RunnerUp | None]:
    """The next best target of each subject in words: k rows each, -1 for no target; `more` is what it costs by the rule."""
    (element, rows), (other, second) = subject, target
    never = {*problem.refused_pairs(kind, element, other), *barred}
    has = [k for k in np.flatnonzero(second >= 0).tolist() if (int(rows[k]), int(second[k])) not in never]
    ids, names = problem.ids(other, second[has]), problem.names(other, second[has])
    found: list[RunnerUp | None] = [None] * len(rows)
    for k, id_, name in zip(has, ids, names, strict=True):
        cost = float(more[k])
        said = _FURTHER.format(body=name, cost=cost) if cost else _AS_NEAR.format(body=name)
        found[k] = RunnerUp(NodeKey(other.type_name, id_), name, {rule.name: cost}, said)
    return found


def places_among(candidates: Ints, rows: Ints) -> Ints:
    """int64[k]: the place of each row among the candidates, which ascend; -1 where it is none of them."""
    place = np.searchsorted(candidates, rows)
    return np.where(np.append(candidates, -1)[place] == rows, place, -1).astype(np.int64)


_FURTHER = Text("{body}：距离增加{cost:g}", "{body}: {cost:g} further")
_AS_NEAR = Text("{body}：一样近", "{body}: as near")
