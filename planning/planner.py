"""What is the plan? Every kind of action asked in turn, each taking what the ones before have decided as given."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np

from graphmodel.schema import Organization
from graphmodel.vectors import Flags
from planning.book import Book
from planning.branches import own_branches
from planning.closing import with_closing
from planning.guidance import guided
from planning.joint_proposals import joined_parts
from planning.joint_state import JointBranches
from planning.joints import join
from planning.plan import ActionKind, Plan, Proposal, Unplaced, identity
from planning.problem import Part, Problem
from planning.responsibility import responsible_bodies
from queries.context import Context

_ORDER = {kind: place for place, kind in enumerate(ActionKind)}


def plan(context: Context, *, pins: Iterable[Proposal] = (), rejections: Iterable[Proposal] = ()) -> Plan:
    """The plan for a network under a policy on a day: the same for the same input, bit for bit.

    `pins` are proposals of an earlier plan that stay as they are; `rejections` such that are not made again: the next
    best target is found, or why there is none is said. Planned relations count as taken.
    Errors: `Conflict` where a pin does not fit the network any more.
    """
    pins, rejections = tuple(pins), tuple(rejections)
    problem = Problem.of(context, pins, rejections)
    parts = _parts(problem)
    proposals = [*pins, *(proposal for part in parts for proposal in _proposals(problem, part))]
    proposals.sort(key=lambda p: _ORDER[p.kind])
    closing = with_closing(context, proposals)
    return Plan(
        context.network.stamp.revision,
        context.values.digest,
        context.today,
        tuple(closing),
        tuple(_in_order(u for part in parts for u in part.unplaced)),
        tuple(s for part in parts for s in part.solved),
        tuple(s for part in parts for s in part.shortages),
        (),
        tuple(sorted(p.id for p in pins)),
        tuple(sorted(p.id for p in rejections)),
    )


def _parts(problem: Problem) -> list[Part]:
    joints = JointBranches(problem)
    responsible = responsible_bodies(problem)
    own = own_branches(problem, joints)
    joined = join(problem, joints, _covered_by(problem, own))
    joins, new = joined_parts(problem, joints, joined)
    instructors, stations = guided(problem, _covered_by(problem, own, joins, new))
    return [responsible, own, joins, new, instructors, stations]


def _covered_by(problem: Problem, *parts: Part) -> Flags:
    """bool[organisations]: those that are subjects of these parts."""
    rows = problem.network[Organization]
    mask = np.zeros(len(rows), dtype=np.bool_)
    mask[rows.find([s.id for part in parts for draft in part.drafts for s in draft.subjects])] = True
    return mask


def _proposals(problem: Problem, part: Part) -> list[Proposal]:
    book = Book.of(problem.planned, len(part.drafts), part.added, part.ended)
    return [
        Proposal(
            identity(part.kind, draft.subjects, draft.target),
            part.kind,
            draft.subjects,
            draft.target,
            draft.title,
            book.page(place),
            (),
            draft.reasons,
            draft.runner_up,
            draft.evidence,
        )
        for place, draft in enumerate(part.drafts)
    ]


def _in_order(unplaced: Iterable[Unplaced]) -> Sequence[Unplaced]:
    return sorted(unplaced, key=lambda u: (_ORDER[u.kind], u.subject, u.finding))
