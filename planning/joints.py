"""Which joint branch takes whom, and which are founded? Street by street, then over the borders of streets (N2).

Lexicographic: most organisations covered, least spread, fewest new branches. Within a street the integer program proves
the best; what no street can place itself goes to branches near it, and then founds with what else is left near or of its
industry. Where few are in question and somebody is left out, one program over all streets proves the best instead. The
bound says how far that may be from the best.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from functools import partial

import numpy as np

from graphmodel.schema.nodes import Organization, PartyOrganization
from graphmodel.vectors import Flags
from planning import candidates
from planning.heeding import heed
from planning.joint_bound import most_coverable
from planning.joint_state import JointBranches
from planning.joint_whole import WHOLE_UP_TO, place_all
from planning.plan import ActionKind
from planning.problem import Ints, Problem, rows_of
from planning.street_program import Class, Limits, Parted, part_branches, part_streets

EXACT_STREETS = 500  # up to here every street's program is free; beyond, a community that can stand alone does


@dataclass(slots=True)
class Joined:
    """Who is placed: `wanted` all in question, `left` those without a place.

    `bound` how many can be placed at most; `strong`, `unknown`,
    `dormant` those that a joint branch is not for.
    """

    wanted: Ints
    left: list[int] = field(default_factory=list)
    bound: int = 0
    strong: Ints = field(default_factory=lambda: np.zeros(0, dtype=np.int64))
    unknown: Ints = field(default_factory=lambda: np.zeros(0, dtype=np.int64))
    dormant: Ints = field(default_factory=lambda: np.zeros(0, dtype=np.int64))


def limits(problem: Problem) -> Limits:
    """What a joint branch must keep to, by the policy."""
    values = problem.context.values
    return Limits(
        values.integer("joint_min_units"), values.integer("joint_max_units"), values.integer("joint_min_members")
    )


def join(problem: Problem, joints: JointBranches, covered: Flags) -> Joined:
    """Place the uncovered in joint branches; `joints` learns of it. `covered` are those that the plan covers already."""
    full = candidates.full_members(problem.context)
    gap = problem.gap("uncovered") & ~covered
    least = problem.context.values.integer("branch_min_members")
    few = full.hi < least
    sure = few & (full.lo == full.hi)
    dormant = candidates.dormant(problem.context)
    found = Joined(rows_of(gap & sure & ~dormant).astype(np.int64))
    found.strong = rows_of(gap & (full.lo >= least)).astype(np.int64)
    found.dormant = rows_of(gap & dormant & (full.lo < least)).astype(np.int64)
    found.unknown = rows_of(gap & ~dormant & ~sure & (full.lo < least)).astype(np.int64)
    if len(found.wanted):
        _Joining(problem, joints, full.lo.astype(np.int64), found).run()
    return found


@dataclass(frozen=True, slots=True)
class _Program:
    """What is to be parted in one street: `classes` with their organisations, `rooms` and branches (`halls`) by community."""

    classes: list[Class]
    rooms: dict[int, int]
    queues: list[list[int]]
    halls: dict[int, list[int]]


class _Joining:
    """The work on one plan's joint branches, step by step."""

    def __init__(self, problem: Problem, joints: JointBranches, members: Ints, found: Joined) -> None:
        self.problem, self.joints, self.found = problem, joints, found
        self.members: list[int] = members.tolist()
        self.limits = limits(problem)
        self.refused = problem.refused_pairs(ActionKind.JOIN_JOINT, Organization, PartyOrganization)
        self.apart = _kept_apart(problem)
        self.left: set[int] = set(found.wanted.tolist())

    def run(self) -> None:
        found = self.found
        few = len(found.wanted) <= WHOLE_UP_TO
        before = self.joints.kept() if few else {}
        found.bound = most_coverable(self.problem, self.joints, found.wanted, np.array(self.members), self.limits)
        self._streets()
        self._over_borders()
        if few and len(found.wanted) - len(self.left) < found.bound:
            self._whole(before)
        found.left = sorted(self.left)

    def _over_borders(self) -> None:
        for step in (self._attach, self._split, self._among_near, self._attach, self._among_trade, self._attach):
            if self.left:
                heed()
                step()

    def _whole(self, before: dict[str, object]) -> None:
        """Place all at once instead, where that places more; who must be kept apart from others goes to what is left."""
        wanted, after, left = self.found.wanted, self.joints.kept(), self.left
        free = np.array([o for o in wanted.tolist() if o not in self.apart], dtype=np.int64)
        self.joints.restore(before)
        whole = place_all(self.problem, self.joints, free, self.members, self.limits, self.refused)
        self.found.bound = min(self.found.bound, whole.bound + len(wanted) - len(free))
        self.left = set(wanted.tolist())
        for branch, units in whole.branches:
            if branch < 0:
                self.joints.found(units)
            for one in units if branch >= 0 else ():
                self.joints.take(branch, one)
            self.left.difference_update(units)
        self._over_borders()
        if len(self.left) >= len(left):
            self.joints.restore(after)
            self.left = left

    # --- street by street ---

    def _streets(self) -> None:
        where, wanted = self.joints.where, self.found.wanted
        by_street = _grouped(where.street[wanted], wanted)
        free = len(by_street) <= EXACT_STREETS
        halls = self._halls()
        streets = [(found, halls.get(street, {})) for street, found in sorted(by_street.items()) if street >= 0]
        programs = [self._program(self._alone(found, near, free=free), near) for found, near in streets]
        programs = [program for program in programs if program.queues]
        solved = part_streets([(program.classes, program.rooms) for program in programs], self.limits)
        for program, parted in zip(programs, solved, strict=True):
            self._carry_out(program, parted)

    def _halls(self) -> dict[int, dict[int, list[int]]]:
        """Branches with room by street and community of their seats, all of whose units are near that street."""
        seat, halls = self.joints.seat, defaultdict[int, dict[int, list[int]]](lambda: defaultdict(list))
        near = set(self.joints.reach()[0].iter_rows())
        for branch in np.flatnonzero(np.array(self.joints.room[: self.joints.existing]) > 0).tolist():
            street = int(seat.street[branch])
            if street >= 0 and (branch, street) in near:
                halls[street][int(seat.community[branch])].append(branch)
        return halls

    def _alone(self, organizations: list[int], halls: dict[int, list[int]], *, free: bool) -> list[int]:
        """Communities that can stand alone do, where all can or there are too many streets; who is left of a street."""
        at = self.joints.where.community
        by_community = _grouped(at[organizations], np.array(organizations))
        alone = {c: units for c, units in by_community.items() if self._stands_alone(c, units)}
        proven = len(alone) == len(by_community) and not halls
        if free and not proven:
            return organizations
        for community, units in sorted(alone.items()):
            new = self._found(self._in_order(units), -(-len(units) // self.limits.most))
            halls.setdefault(community, []).extend(new)
        return [o for c, units in by_community.items() if c not in alone for o in units]

    def _program(self, organizations: list[int], halls: dict[int, list[int]]) -> _Program:
        alike: dict[tuple[int, int, bool, bool], list[int]] = defaultdict(list)
        barred = {one for one, _ in self.refused}
        for one in organizations:
            home = int(self.joints.where.community[one])
            alike[home, self.members[one], one not in barred, one not in self.apart].append(one)
        rooms = {community: sum(self.joints.room[b] for b in branches) for community, branches in halls.items()}
        classes = [Class(*key, len(units)) for key, units in sorted(alike.items())]
        return _Program(classes, rooms, [self._in_order(units) for _, units in sorted(alike.items())], halls)

    def _carry_out(self, program: _Program, parted: Parted) -> None:
        queues, halls = program.queues, program.halls
        for place, community in enumerate(sorted(program.rooms)):
            for one in [q.pop() for i, q in enumerate(queues) for _ in range(int(parted.joining[i, place]))]:
                self._take(next(b for b in halls[community] if self.joints.room[b] > 0), one)
        for seat in range(parted.founding.shape[1]):
            units = [q.pop() for i, q in enumerate(queues) for _ in range(int(parted.founding[i, seat]))]
            self._found(self._in_order(units), int(parted.branches[seat]))

    def _stands_alone(self, community: int, units: list[int]) -> bool:
        fewest = -(-len(units) // self.limits.most)
        free = community >= 0 and len(units) >= self.limits.least and not any(o in self.apart for o in units)
        return free and bool(part_branches([self.members[o] for o in units], fewest, self.limits))

    def _in_order(self, organizations: Iterable[int]) -> list[int]:
        """By industry, community and id, so that the like stay together."""
        trade, where = self.joints.trades, self.joints.where
        return sorted(organizations, key=lambda o: (trade[o], where.community[o], o))

    def _take(self, branch: int, one: int) -> None:
        self.joints.take(branch, one)
        self.left.discard(one)

    def _found(self, units: list[int], branches: int) -> list[int]:
        """Found branches of one seat; their numbers."""
        parts = part_branches([self.members[o] for o in units], branches, self.limits) if branches else []
        self.left.difference_update(units[i] for part in parts for i in part)
        return [self.joints.found([units[i] for i in part]) for part in parts]

    # --- over the borders of streets ---

    def _attach(self) -> None:
        """To branches with room, old and new: those with fewest choices first, each to the nearest."""
        left = np.array(sorted(self.left), dtype=np.int64)
        choices = self.joints.look(left, self.refused)
        for one in sorted(choices, key=lambda o: (choices[o], o)):
            branch = self.joints.home(one, partial(self._may_meet, one))
            if branch >= 0:
                self._take(branch, one)

    def _may_meet(self, one: int, branch: int) -> bool:
        return not any(other in self.apart.get(one, ()) for other in self.joints.joined.get(branch, ()))

    def _split(self) -> None:
        """Part a full new branch near by in two, so that both have room: where it has members enough for two."""
        for one in sorted(self.left):
            for branch in self.joints.full_near(one):
                units = [*self.joints.joined[branch], one]
                for part in self._halves(units):
                    if self._is_branch(part[0]) and self._is_branch(part[1]):
                        self.joints.replace(branch, part[0])
                        self.joints.found(part[1])
                        self.left.discard(one)
                        break
                if one not in self.left:
                    break

    def _halves(self, units: list[int]) -> list[tuple[list[int], list[int]]]:
        order = sorted(units, key=lambda o: (-self.members[o], o))
        snake = (order[0::2], order[1::2])
        return [snake, (order[0::3] + order[1::3], order[2::3])] if len(order) > self.limits.most else [snake]

    def _is_branch(self, units: list[int]) -> bool:
        fits = self.limits.least <= len(units) <= self.limits.most
        fits = fits and sum(self.members[o] for o in units) >= self.limits.members
        near = all(self.joints.near(a, b) for i, a in enumerate(units) for b in units[i + 1 :])
        like = all(self.joints.same_trade(units[0], o) for o in units)
        met = any(b in self.apart.get(a, ()) for a in units for b in units)
        return fits and (near or like) and not met

    def _among_near(self) -> None:
        """Found branches of what is left in streets that are all near each other."""
        by_street = _grouped(self.joints.where.street[sorted(self.left)], np.array(sorted(self.left)))
        self._groups(
            lambda one: [o for s in self.joints.streets_near(one) for o in by_street.get(s, ())], self.joints.near
        )

    def _among_trade(self) -> None:
        """Found branches of what is left of one industry, wherever it is."""
        left = sorted(self.left)
        by_trade = _grouped(np.array(self.joints.trades)[left], np.array(left))
        self._groups(
            lambda one: by_trade.get(self.joints.trades[one], []) if self.joints.trades[one] >= 0 else [],
            self.joints.same_trade,
        )

    def _groups(self, others: Callable[[int], list[int]], fits: Callable[[int, int], bool]) -> None:
        """Around each that is left, those with fewest partners first: as few as are enough, then as many as may be."""
        partners = {one: others(one) for one in sorted(self.left)}
        for one in sorted(self.left, key=lambda o: (len(partners[o]), -self.members[o], o)):
            if one not in self.left or one in self.apart:
                continue
            group = [one]
            for strong in (True, False):
                for other in sorted(partners[one], key=lambda o: (-self.members[o] if strong else self.members[o], o)):
                    enough = (
                        sum(self.members[o] for o in group) >= self.limits.members and len(group) >= self.limits.least
                    )
                    if len(group) == self.limits.most or (strong and enough):
                        break
                    fresh = other in self.left and other not in group and other not in self.apart
                    if fresh and all(fits(o, other) for o in group):
                        group.append(other)
            if self._is_branch(group):
                self.joints.found(group)
                self.left.difference_update(group)


def _kept_apart(problem: Problem) -> dict[int, set[int]]:
    """Of each new branch that was refused, the last unit does not meet the first again, and founds with nobody."""
    rows = problem.network[Organization]
    apart: dict[int, set[int]] = defaultdict(set)
    for subjects, _ in sorted(problem.refused.get(ActionKind.NEW_JOINT, ()), key=str):
        found = [int(r) for r in rows.find([s.id for s in subjects]) if r >= 0]
        if len(found) > 1:
            apart[found[-1]].add(found[0])
    return dict(apart)


def _grouped(key: np.ndarray, rows: Ints) -> dict[int, list[int]]:
    groups: dict[int, list[int]] = defaultdict(list)
    for k, row in zip(key.tolist(), rows.tolist(), strict=True):
        groups[k].append(row)
    return groups
