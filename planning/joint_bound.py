"""How many can joint branches cover at most? A bound that no plan can pass, by places, members and neighbours (N2)."""

from __future__ import annotations

import numpy as np
import polars as pl
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from graphmodel.schema.nodes import Street
from planning.joint_state import JointBranches
from planning.problem import Ints, Problem
from planning.street_program import Limits
from queries.places import streets_within


def most_coverable(problem: Problem, joints: JointBranches, wanted: Ints, members: Ints, limits: Limits) -> int:
    """The most of the `wanted` organisations that any plan can place, given the branches that have room now.

    Who has neither a branch with room nor partners enough counts for nothing; the others at most as many as rooms and
    the branches that their members together allow, over those that have to do with each other. `members` over all
    organisations.
    """
    own = members[wanted]
    near, like = joints.reach()
    street, trade = joints.where.street[wanted].astype(np.int64), np.array(joints.trades, dtype=np.int64)[wanted]
    with_room = np.isin(street, near["street"].to_numpy()) | np.isin(trade, like["trade"].to_numpy())
    usable = with_room | (_best_partners(problem, joints, wanted, own, limits) >= limits.members)
    label, of_branch = _components(problem, street, trade, near, like, len(joints.room))
    units = np.bincount(label[usable], minlength=label.max(initial=0) + 1)
    strength = np.bincount(label, weights=own, minlength=len(units)).astype(np.int64)
    used = np.union1d(near["branch"].to_numpy(), like["branch"].to_numpy())
    here = used[of_branch[used] < len(units)]
    rooms = np.zeros(len(units), dtype=np.int64)
    np.add.at(rooms, of_branch[here], np.array(joints.room, dtype=np.int64)[here])
    return int(np.minimum(units, rooms + limits.most * (strength // limits.members)).sum())


def _best_partners(problem: Problem, joints: JointBranches, wanted: Ints, own: Ints, limits: Limits) -> Ints:
    """int64[k]: the members of each one together with its strongest partners, near it or of its industry; -1 for none."""
    street, trade = joints.where.street[wanted].astype(np.int64), np.array(joints.trades, dtype=np.int64)[wanted]
    near = streets_within(problem.context, problem.context.values.integer("joint_max_hops")).astype(np.int64)
    best = np.full(len(wanted), -1, dtype=np.int64)
    for key, spread in ((street, near), (trade, None)):
        size = len(problem.network[Street]) if spread is not None else int(trade.max(initial=-1)) + 1
        known = np.flatnonzero(key >= 0)
        classes = sorted(set(own.tolist()), reverse=True)
        counts = np.zeros((size, len(classes)), dtype=np.int64)
        np.add.at(counts, (key[known], np.searchsorted(-np.array(classes), -own[known])), 1)
        around = (counts if spread is None else spread @ counts)[key[known]]
        around[np.arange(len(known)), np.searchsorted(-np.array(classes), -own[known])] -= 1
        seats, total = np.full(len(known), limits.most - 1), own[known].copy()
        partners = around.sum(axis=1)
        for column, each in enumerate(classes):
            taken = np.minimum(seats, around[:, column])
            total += taken * each
            seats -= taken
        best[known] = np.maximum(best[known], np.where(partners + 1 >= limits.least, total, -1))
    return best


def _components(
    problem: Problem, street: Ints, trade: Ints, near: pl.DataFrame, like: pl.DataFrame, branches: int
) -> tuple[Ints, Ints]:
    """Which of the wanted (int64[k]) and of the branches have to do with each other: by street, industry or branch."""
    k, streets, trades = len(street), len(problem.network[Street]), int(trade.max(initial=-1)) + 1
    trades = max(trades, int(like["trade"].to_numpy().max(initial=-1)) + 1)
    borders = streets_within(problem.context, problem.context.values.integer("joint_max_hops")).tocoo()
    at_street, at_trade, at_branch = k, k + streets, k + streets + trades
    by_street, by_trade = np.flatnonzero(street >= 0), np.flatnonzero(trade >= 0)
    pairs = (
        (by_street, at_street + street[by_street]),
        (by_trade, at_trade + trade[by_trade]),
        (at_street + borders.row, at_street + borders.col),
        (at_branch + near["branch"].to_numpy(), at_street + near["street"].to_numpy()),
        (at_branch + like["branch"].to_numpy(), at_trade + like["trade"].to_numpy()),
    )
    one, other = (np.concatenate(side) for side in zip(*pairs, strict=True))
    size = at_branch + branches
    links = coo_array((np.ones(len(one), dtype=np.int8), (one, other)), shape=(size, size))
    label = connected_components(links, directed=False)[1].astype(np.int64)
    return label[:k], label[at_branch:]
