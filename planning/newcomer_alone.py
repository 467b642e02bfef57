"""What would the planner do with one organisation alone? Its own functions are asked, with nobody else in question."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from graphmodel.declare import Node
from graphmodel.paths import NodeKey
from graphmodel.schema.nodes import Organization
from graphmodel.vectors import Codes, Flags, Kleene
from planning.alliances import alliances
from planning.branches import own_branches
from planning.functional import functional_organizations
from planning.guidance import guided
from planning.incubation import start_ups
from planning.joint_proposals import joined_parts
from planning.joint_state import JointBranches
from planning.joints import join
from planning.plan import ActionKind
from planning.problem import Draft, Part, Problem
from queries.answer import Answer
from queries.context import Context
from queries.places import near, street_of

_MAYBE = ("no-work-coverage",)
"""Questions of which a newcomer that may be a gap counts as one: whether it has a union, say, is not known yet."""


@dataclass(frozen=True)
class Alone(Problem):
    """A problem in which these organisations alone are in question; all others stand as they are.

    `only` bool[organisations].
    """

    only: Flags

    @staticmethod
    def among(context: Context, only: Flags) -> Alone:
        """The problem of a context, with `only` in question."""
        whole = Problem.of(context)
        return Alone(whole.real, whole.context, whole.pins, whole.refused, only)

    def gaps(self, id_: str) -> Answer:
        """The answer, of those in question; no gaps where it is about anything else than organisations."""
        answer = super().gaps(id_)
        mine = self.only if answer.question.anchor.element is Organization else np.zeros(len(answer.rows), np.bool_)
        gap = (answer.gap.possible if id_ in _MAYBE else answer.gap.yes) & mine
        return replace(answer, gap=Kleene(gap, ~gap))


@dataclass(frozen=True, slots=True)
class Placed:
    """What the planner would do with a newcomer, kind by kind, each as if nothing else were done for it.

    `branch` the first of own branch, place in a joint one, new joint one, functional one that there is: kind and draft.
    `waiting` how many others that nothing covers are near or of its industry, and may want the same room.
    """

    row: int
    waiting: int
    branch: tuple[ActionKind, Draft] | None
    joins: Part
    instructors: Part
    stations: Part
    hubs: Part
    alliances: Part
    context: Context


def placed(context: Context, key: NodeKey) -> Placed:
    """What the planner would do with the organisation `key` of a context. Cost: linear in the network."""
    rows = context.network[Organization]
    row = int(rows.find([key.id])[0])
    only = np.zeros(len(rows), dtype=np.bool_)
    only[row] = True
    problem, nobody = Alone.among(context, only), np.zeros(len(rows), dtype=np.bool_)
    branch, joins = _branch(problem, key, nobody)
    partners = _partners(problem, row) | only
    wider = replace(problem, only=partners)
    waiting = int((wider.gap("uncovered") & ~only).sum())
    if branch is None and problem.gap("uncovered")[row]:
        new, _ = _branch(wider, key, nobody)
        branch = new if new is not None and new[0] is ActionKind.NEW_JOINT else None
    if branch is None:
        functional = functional_organizations(problem, nobody)
        branch = (functional.kind, functional.drafts[0]) if functional.drafts else None
    instructors, stations = guided(problem, nobody)
    hubs, allied = start_ups(problem, nobody), alliances(problem)
    return Placed(row, waiting, branch, joins, instructors, stations, hubs, allied, problem.context)


def _branch(problem: Alone, key: NodeKey, nobody: Flags) -> tuple[tuple[ActionKind, Draft] | None, Part]:
    joints = JointBranches(problem)
    own = own_branches(problem, joints)
    founding = nobody.copy()
    founding[problem.network[Organization].find([s.id for draft in own.drafts for s in draft.subjects])] = True
    joins, new = joined_parts(problem, joints, join(problem, joints, founding))
    for part in (own, joins, new):
        for draft in part.drafts:
            if key in draft.subjects:
                return (part.kind, draft), joins
    return None, joins


def _partners(problem: Alone, row: int) -> Flags:
    """bool[n]: organisations that are certainly near the newcomer or of its industry (N2)."""
    context = problem.context
    street = street_of(context, Organization)
    hops = context.values.integer("joint_max_hops")
    close = near(context, street, np.full(len(street), street[row]), hops).yes
    industry = context.network[Organization].vector("industry")
    assert isinstance(industry, Codes)
    return np.asarray(close | ((industry.code == industry.code[row]) & (industry.code[row] >= 0)), dtype=np.bool_)


def target_ids(part: Part, edge: type, element: type[Node]) -> list[NodeKey]:
    """The near ends of the relations of a type that a part plans."""
    frames = part.added.get(edge.type_name, [])  # type: ignore[attr-defined]
    return [NodeKey(element.type_name, id_) for frame in frames for id_ in frame["source"]]
