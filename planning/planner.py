"""What is the plan? Every kind of action asked in turn, each taking what the ones before have decided as given."""

from __future__ import annotations

import gc
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace

import numpy as np
import polars as pl

from graphmodel.schema.nodes import Organization, PartyOrganization
from graphmodel.vectors import Flags
from planning.account import start
from planning.alliances import alliances
from planning.book import PAGE, Book
from planning.branches import own_branches
from planning.closing import answers, with_closing
from planning.demonstrations import demonstrations
from planning.evidence import Evidence
from planning.functional import functional_organizations
from planning.guidance import guided
from planning.heeding import heed
from planning.incubation import next_homes, start_ups
from planning.isolation import confirmed
from planning.joint_proposals import joined_parts
from planning.joint_state import JointBranches
from planning.joints import join
from planning.plan import ASKED, ActionKind, Plan, Proposal, Unplaced, identity
from planning.problem import Part, Problem
from planning.responsibility import responsible_bodies
from planning.targets import ranked
from planning.unclosed import explained
from planning.venues import shared_venues
from queries.answer import Answer, ask
from queries.context import Context
from queries.registry import judged

_ORDER = {kind: place for place, kind in enumerate(ActionKind)}


def plan(context: Context, *, pins: Iterable[Proposal] = (), rejections: Iterable[Proposal] = ()) -> Plan:
    """The plan for a network under a policy on a day: the same for the same input, bit for bit.

    `pins` are proposals of an earlier plan that stay as they are; `rejections` such that are not made again: the next
    best target is found, or why there is none is said. Planned relations count as taken.
    Errors: `Conflict` where a pin does not fit the network any more; what is raised in `heeding`.
    """
    with _collector_paused():
        return _plan(context, tuple(pins), tuple(rejections))


@contextmanager
def _collector_paused() -> Iterator[None]:
    """No search for circles of objects meanwhile: it went over everything proposed again and again, and finds none there."""
    running = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if running:
            gc.enable()


def _plan(context: Context, pins: tuple[Proposal, ...], rejections: tuple[Proposal, ...]) -> Plan:
    problem = Problem.of(context, pins, rejections)
    parts = _parts(problem)
    evidence = Evidence(problem)
    proposals = [*pins, *(proposal for part in parts for proposal in _proposals(problem, part, evidence))]
    proposals.sort(key=lambda p: _ORDER[p.kind])
    before, after = confirmed(context, ()), confirmed(context, proposals)
    closing = with_closing(context, before, after, proposals)
    targets = ranked(before, closing)
    unplaced = explained(answers(before), answers(after), (u for part in parts for u in part.unplaced))
    places = {step.proposal: place + 1 for place, step in enumerate(targets.steps)}
    return Plan(
        context.network.stamp.revision,
        context.values.digest,
        context.today,
        tuple(replace(p, rank=places[p.id]) if p.id in places else p for p in closing),
        tuple(_in_order(unplaced)),
        (*(s for part in parts for s in part.solved), *targets.solved),
        (*(s for part in parts for s in part.shortages), *targets.shortages),
        targets.steps,
        tuple(sorted(p.id for p in pins)),
        tuple(sorted(p.id for p in rejections)),
        start(context, _as_things_are(context, before), answers(before)),
    )


def _as_things_are(context: Context, before: Context) -> Mapping[str, Answer]:
    """The answers to the questions that plans are made for; those of `before` where nothing is planned."""
    if before.network is context.network:
        return answers(before)
    return {asked.id: ask(asked, context) for asked in judged() if asked.id in ASKED}


def _parts(problem: Problem) -> list[Part]:
    joints = JointBranches(problem)
    own = own_branches(problem, joints)
    joins, new = joined_parts(problem, joints, join(problem, joints, _subjects(problem, own)))
    functional = functional_organizations(problem, _subjects(problem, own, joins, new))
    covered = _subjects(problem, own, joins, new, functional)
    instructors, stations = guided(problem, covered)
    taken_in, homes = start_ups(problem, covered), next_homes(problem, covered)
    later = problem.after(_book(problem, taken_in, homes)) if taken_in.drafts or homes.drafts else problem.context
    responsible = responsible_bodies(problem, later, lambda part: problem.after(_book(problem, taken_in, homes, part)))
    others = (demonstrations(problem), alliances(problem), shared_venues(problem, own.gone(PartyOrganization)))
    return [responsible, own, joins, new, functional, instructors, stations, taken_in, homes, *others]


def _book(problem: Problem, *parts: Part) -> Book:
    """The changes of several parts, one page for all."""
    sides: tuple[dict[str, list[pl.DataFrame]], dict[str, list[pl.DataFrame]]] = ({}, {})
    for part in parts:
        for side, rows in zip(sides, (part.added, part.ended), strict=True):
            for name, frames in rows.items():
                side.setdefault(name, []).extend(f.with_columns(pl.lit(0, pl.Int64).alias(PAGE)) for f in frames)
    return Book.of(problem.planned, 1, *sides)


def _subjects(problem: Problem, *parts: Part) -> Flags:
    """bool[organisations]: those that are subjects of these parts."""
    rows = problem.network[Organization]
    mask = np.zeros(len(rows), dtype=np.bool_)
    mask[rows.find([s.id for part in parts for draft in part.drafts for s in draft.subjects])] = True
    return mask


def _proposals(problem: Problem, part: Part, evidence: Evidence) -> list[Proposal]:
    heed()
    book = Book.of(problem.planned, len(part.drafts), part.added, part.ended)
    facts = evidence.of([draft.subjects for draft in part.drafts])
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
            (*draft.evidence, *facts[place]),
        )
        for place, draft in enumerate(part.drafts)
    ]


def _in_order(unplaced: Iterable[Unplaced]) -> Sequence[Unplaced]:
    return sorted(unplaced, key=lambda u: (_ORDER[u.kind], u.subject, u.finding))
