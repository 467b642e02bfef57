"""What would a planner in a hurry do? First come, first served: the peers that plans are measured beside."""

from __future__ import annotations

from collections import defaultdict

import numpy as np
import numpy.typing as npt

from graphmodel.schema.nodes import Organization, Street
from planning.distance import between, places
from planning.guidance_work import GuidanceWork
from planning.joint_state import JointBranches
from planning.joints import limits
from planning.problem import Problem
from queries.places import streets_within

Ints = npt.NDArray[np.int64]


def greedy_posts(work: GuidanceWork) -> tuple[int, int]:
    """Organisations in the order of ids, each to the nearest post with room whose station has room: placed, distance.

    Organisations of one street see the same distances, which are looked up once.
    """
    supply, context = work.supply, work.problem.context
    home = places(context, Organization)
    load, spare = supply.load.copy(), supply.spare.copy()
    of_station: dict[int, Ints] = {}
    of_kind: dict[int, Ints] = {}
    for kind in np.unique(supply.kind).tolist():
        of_kind[kind] = np.flatnonzero((supply.station >= 0) & (np.append(supply.kind, -1)[supply.station] == kind))
    seen: dict[tuple[int, int, int, int], tuple[Ints, Ints]] = {}
    placed = total = 0
    for one in np.flatnonzero(work.due & work.asking).tolist():
        kept, kind = int(work.current.kept[one]), int(work.kind[one])
        key = (kept, kind if kept < 0 else -1, int(home.street[one]), int(home.community[one]))
        if key not in seen:
            if kept >= 0 and kept not in of_station:
                of_station[kept] = np.flatnonzero(supply.station == kept)
            posts = of_station[kept] if kept >= 0 else of_kind.get(kind, np.empty(0, dtype=np.int64))
            where = home.take(np.full(len(posts), one))
            far = between(context, where, supply.where.take(posts))
            order = np.argsort(far, kind="stable")
            seen[key] = posts[order], far[order]
        posts, far = seen[key]
        station = supply.station[posts]
        free = (load[posts] < supply.limit[posts]) & ((kept >= 0) | (spare[station] != 0))
        if free.any():
            first = int(np.argmax(free))
            load[posts[first]] += 1
            spare[station[first]] -= kept < 0
            placed += 1
            total += int(far[first])
    return placed, total


def greedy_branches(problem: Problem, joints: JointBranches, wanted: Ints, members: Ints) -> list[list[int]]:
    """Organisations in the order of ids, each to the first open branch in a near street, which closes when it is full.

    Branches that stay too weak in the end are dropped. Existing branches take nobody in: the peer founds only.
    """
    allowed = limits(problem)
    within = streets_within(problem.context, problem.context.values.integer("joint_max_hops"))
    near: dict[int, set[int]] = {
        s: set(within.indices[within.indptr[s] : within.indptr[s + 1]].tolist())
        for s in range(len(problem.network[Street]))
    }
    open_at: dict[int, list[list[int]]] = defaultdict(list)
    every: list[list[int]] = []
    street = joints.where.street
    for one in wanted.tolist():
        here = int(street[one])
        if here < 0:
            continue
        found = next((b for b in open_at[here] if all(here in near[int(street[o])] for o in b)), None)
        if found is None:
            found = []
            every.append(found)
            for s in near[here]:
                open_at[s].append(found)
        found.append(one)
        if len(found) == allowed.most:
            for s in {s for o in found for s in near[int(street[o])]}:
                open_at[s] = [b for b in open_at[s] if b is not found]
    return [b for b in every if len(b) >= allowed.least and sum(int(members[o]) for o in b) >= allowed.members]
