"""What is known before, and decided by, the assignment of posts and stations? (J11, N12)."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np

from graphmodel.declare import Choice
from graphmodel.schema.edges import PostedTo
from graphmodel.schema.nodes import GuidanceStation, InstructorPost, Organization
from graphmodel.vectors import INT_HI, Codes, Flags, Numbers
from planning import candidates
from planning.distance import places
from planning.guidance_classes import INSTRUCTOR, STATION, Demand, Supply
from planning.guidance_flow import assign
from planning.plan import ActionKind
from planning.problem import Ints, Problem, rows_of
from queries.facts import STATION as GUIDED_BY
from queries.facts import actual
from queries.guidance import POST_SERVES, STATION_SERVES, load, station_kinds
from queries.pairs import first_of


@dataclass(frozen=True, slots=True)
class Current:
    """Who is guided now: STATION_GUIDES that hold, by organisation `at`, `station` and `place` among the edges.

    `kept` int64[n] the station that stays for each organisation, -1 for none.
    """

    at: Ints
    station: Ints
    place: Ints
    kept: Ints


class GuidanceWork:
    """The assignment of one plan.

    Over organisations: `asked` who is in question, `due` who gets an instructor, `dormant` who is inactive and so gets
    none (N11), `wrong` whose station is wrong, `asking` who takes part in the assignment, `only_ends` who only loses what
    is too much; `post`, `station` int64 what each gets, -1 for none.
    """

    def __init__(self, problem: Problem, covered: Flags) -> None:
        self.problem, context = problem, problem.context
        due = problem.gap("instructor-due") & ~covered
        self.dormant = due & candidates.dormant(context)
        self.due = due & ~self.dormant
        self.wrong = problem.gap("wrong-station")
        bare = problem.gap("no-work-coverage") & ~covered & ~self.due & ~self.wrong
        self.current = _current(problem, self.wrong, self.due)
        self.home = places(context, Organization)
        self.kind = station_kinds(context).code.astype(np.int64)
        self.supply = _supply(problem)
        kept = self.current.kept
        self.asked = self.due | bare | self.wrong
        self.only_ends = self.wrong & ~self.due & (kept >= 0)
        self.asking = self.due | bare | (self.wrong & (kept < 0))
        rows = rows_of(self.asking & ((kept >= 0) | (self.kind >= 0)))
        asks = np.where(self.due[rows], INSTRUCTOR, STATION)
        demand = Demand(self.home.take(rows), asks, self.kind[rows], kept[rows], self._barred(rows))
        post, station = assign(context, demand, self.supply)
        self.post, self.station = np.full(len(kept), -1, dtype=np.int64), np.full(len(kept), -1, dtype=np.int64)
        self.post[rows], self.station[rows] = post, station
        self.station[self.only_ends] = kept[self.only_ends]
        self.load_after = self.supply.load + np.bincount(post[post >= 0], minlength=len(self.supply.load))
        fresh = station[(station >= 0) & (kept[rows] < 0)]
        self.fresh = np.bincount(fresh, minlength=len(self.supply.kind))

    def _barred(self, rows: Ints) -> frozenset[tuple[int, int]]:
        place = {int(row): k for k, row in enumerate(rows)}
        posts = self.problem.refused_pairs(ActionKind.INSTRUCTOR, Organization, InstructorPost)
        stations = self.problem.refused_pairs(ActionKind.STATION, Organization, GuidanceStation)
        wanted = {(o, p) for o, p in posts if self.due[o]} | {(o, s) for o, s in stations if not self.due[o]}
        return frozenset((place[o], t) for o, t in wanted if o in place)

    @property
    def capacity(self) -> Ints:
        """int64[stations]: what each can guide; of no meaning where `supply.spare` knows no limit."""
        capacity = self.problem.network[GuidanceStation].vector("capacity")
        assert isinstance(capacity, Numbers)
        return capacity.hi.astype(np.int64)


@cache
def station_words() -> list[Choice]:
    """The kinds of station, each at its code."""
    kinds = GuidanceStation.columns["kind"].choices
    assert kinds is not None
    return list(kinds)


def _supply(problem: Problem) -> Supply:
    context = problem.context
    posts, stations = problem.network[InstructorPost], problem.network[GuidanceStation]
    limit, capacity = posts.vector("capacity"), stations.vector("capacity")
    carried, guides = load(POST_SERVES).evaluate(posts, context), load(STATION_SERVES).evaluate(stations, context)
    kind = stations.vector("kind")
    assert isinstance(limit, Numbers)
    assert isinstance(capacity, Numbers)
    assert isinstance(carried, Numbers)
    assert isinstance(guides, Numbers)
    assert isinstance(kind, Codes)
    posted = context.network.edges(PostedTo, InstructorPost, GuidanceStation)
    station = first_of(len(posts), posted.source, posted.target).astype(np.int64)
    at = places(context, GuidanceStation)
    spare = np.where(capacity.hi >= INT_HI, -1, np.maximum(capacity.hi - guides.hi, 0))
    return Supply(
        places(context, InstructorPost).otherwise(at.take(station)),
        station,
        carried.hi.astype(np.int64),
        candidates.instructor_limit(context, limit),
        at,
        kind.code.astype(np.int64),
        spare.astype(np.int64),
    )


def _current(problem: Problem, wrong: Flags, due: Flags) -> Current:
    """The stations that guide now.

    Of several the one of the due kind stays, else a guidance point; where nothing is wrong, the one there is. One that
    the planner rejected does not stay.
    """
    context = problem.context
    edges, holds = GUIDED_BY.truth(actual(GUIDED_BY), context)
    place = np.flatnonzero(holds.yes)
    at, station = edges.target[place], edges.source[place]
    kind = problem.network[GuidanceStation].vector("kind")
    assert isinstance(kind, Codes)
    fits, point = candidates.station_fits(context, station, at), kind.is_in(["point"]).yes[station]
    n = len(problem.network[Organization])
    kept = np.full(n, -1, dtype=np.int64)
    for usable in (~wrong[at], point, fits):  # the last one written stands
        first = first_of(n, at, station, usable)
        kept = np.where(first >= 0, first, kept)
    refused = problem.refused_pairs(ActionKind.STATION, Organization, GuidanceStation)
    kept[[o for o, s in sorted(refused) if kept[o] == s and wrong[o] and not due[o]]] = -1
    return Current(at.astype(np.int64), station.astype(np.int64), place.astype(np.int64), kept)
