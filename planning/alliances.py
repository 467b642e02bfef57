"""Which alliance takes in those who are in none, or in a component without a lead? (J12)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np
import polars as pl
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from graphmodel.paths import NodeKey
from graphmodel.schema.edges import MemberOf
from graphmodel.schema.nodes import Alliance, Organization
from graphmodel.text import Text
from graphmodel.vectors import Flags
from planning import rules
from planning.choice import nearest_allowed, next_allowed
from planning.distance import Places, between, places, words
from planning.joint_state import seats
from planning.plan import ActionKind, RunnerUp, Unplaced
from planning.problem import Draft, Ints, Part, Problem, rows_of
from queries.alliances import MEMBERSHIP, ties
from queries.context import Context
from queries.facts import ORG, actual

_OUTSIDE, _ISOLATED = "outside-alliance", "isolated-component"


@dataclass(frozen=True, slots=True)
class _Alliances:
    """The alliances that may take in: their rows, where most members of each are, and how many it has.

    `wide` bool[k]: no more than half of them are in one street, so that it is no street's own. It has no community.
    """

    rows: Ints
    at: Places
    members: Ints
    wide: Flags

    def orders(self, where: Places) -> Iterator[tuple[Ints, Ints]]:
        """Which of equally near ones comes first, lower first, to whom: a street's own before wide ones, then those with most members.

        To whoever is not known to be anywhere, wide ones come first: no street is its own.
        """
        nowhere: Flags = (where.street < 0) & (where.community < 0)
        wide = self.wide * (self.members.max(initial=0) + 1)
        for whom, first in ((~nowhere, wide), (nowhere, -wide)):
            if whom.any():
                yield rows_of(whom), first - self.members


def alliances(problem: Problem) -> Part:
    """The nearest alliance with a lead, for everybody outside, and for one of each component without a lead."""
    part = Part(ActionKind.ALLIANCE)
    label = components(problem.context)
    outside = problem.gap(_OUTSIDE)
    isolated = problem.gaps(_ISOLATED)
    alone = np.zeros(len(outside), dtype=np.bool_)
    alone[isolated.gap_rows] = isolated.reasons["alone"].yes[isolated.gap_rows]
    singles = rows_of(outside | alone)
    leaderless = rows_of(problem.gap(_ISOLATED) & isolated.reasons["no-lead"].yes)
    leaderless = leaderless[~np.isin(label[leaderless], label[singles])]
    if not len(singles) and not len(leaderless):
        return part
    known, led = _alliances(problem)
    where = places(problem.context, Organization)
    everybody = np.concatenate((singles, leaderless))
    chosen, target = np.full(len(everybody), -1, dtype=np.int64), (Alliance, known.rows, known.at)
    for whom, order in known.orders(where.take(everybody)):
        subject = (Organization, everybody[whom], where.take(everybody[whom]))
        chosen[whom] = nearest_allowed(problem, part.kind, subject, target, order, _own(problem, everybody[whom]))
    near = chosen.copy()
    if not led:
        chosen[~outside[everybody]] = -1  # joining an alliance without a lead mends nothing but being outside
    reached = _reached_by_others(problem, everybody[: len(singles)], chosen, led=led)
    chosen[reached] = -1
    far = np.full(len(everybody), np.iinfo(np.int64).max)
    place = np.searchsorted(known.rows, np.maximum(chosen, 0))
    has = np.flatnonzero(chosen >= 0)
    far[has] = between(problem.context, where.take(everybody[has]), known.at.take(place[has]))
    one_each = _speakers(everybody, label, far, len(singles))
    _write(part, problem, known, everybody, chosen, far, one_each, label, len(singles), led=led)
    for k in np.setdiff1d(np.flatnonzero(near < 0), reached):
        key = NodeKey(Organization.type_name, problem.ids(Organization, everybody[k : k + 1])[0])
        asked = _OUTSIDE if outside[everybody[k]] else _ISOLATED
        part.unplaced.append(Unplaced(part.kind, key, f"{asked}|{key.type}|{key.id}", *_NONE))
    if not led:
        part.unplaced += _without_lead(problem, everybody, near)
    return part


def _without_lead(problem: Problem, everybody: Ints, chosen: Ints) -> list[Unplaced]:
    """Why those whose nearest alliance has no lead stay isolated."""
    has = np.flatnonzero((chosen >= 0) & problem.gap(_ISOLATED)[everybody])
    ids, names = problem.ids(Organization, everybody[has]), problem.names(Alliance, chosen[has])
    keys = [NodeKey(Organization.type_name, id_) for id_ in ids]
    return [
        Unplaced(
            ActionKind.ALLIANCE, key, f"{_ISOLATED}|{key.type}|{key.id}", _UNLED[0], _UNLED[1].format(alliance=name)
        )
        for key, name in zip(keys, names, strict=True)
    ]


def components(context: Context, *, possible: bool = False) -> Ints:
    """int64[organisations]: which of them are joined to each other, over ties that certainly, or possibly, hold."""

    def computed() -> Ints:
        graph = ties(context)
        held = graph.holds.possible if possible else graph.holds.yes
        one, other = graph.one[held], graph.other[held]
        links = coo_array((np.ones(len(one), dtype=np.int8), (one, other)), shape=(graph.nodes, graph.nodes))
        label = connected_components(links, directed=False)[1].astype(np.int64)
        return label[: len(context.network[Organization])]

    return context.memo(("alliance-components", possible), computed)


def _reached_by_others(problem: Problem, singles: Ints, chosen: Ints, *, led: bool) -> Ints:
    """Places of those single ones that need not act: they lead, or are in, an alliance that another single one joins."""
    if not led:
        return np.zeros(0, dtype=np.int64)
    edges, holds = MEMBERSHIP.truth(actual(MEMBERSHIP), problem.context)
    mine = holds.yes & np.isin(edges.source, singles)
    own = dict(zip(edges.source[mine].tolist(), edges.target[mine].tolist(), strict=True))
    led_by = MEMBERSHIP.edge.role.is_("lead").evaluate(edges, problem.context).yes & holds.yes
    with_lead, needed = set(edges.target[led_by].tolist()), set[int]()
    joins, reached = Counter(chosen[: len(singles)].tolist()), list[int]()
    for place, one in enumerate(singles.tolist()):
        alliance, other = own.get(one, -1), int(chosen[place])
        if alliance in with_lead and joins[alliance] and not (other in needed and joins[other] == 1):
            reached.append(place)
            joins[other] -= 1
            needed.add(alliance)
    return np.array(reached, dtype=np.int64)


def _own(problem: Problem, organizations: Ints) -> list[tuple[int, int]]:
    """Pairs of these organisations and the alliances that they are, or may be, in."""
    edges, holds = MEMBERSHIP.truth(actual(MEMBERSHIP), problem.context)
    mine = holds.possible & np.isin(edges.source, organizations)
    return list(zip(edges.source[mine].tolist(), edges.target[mine].tolist(), strict=True))


def _alliances(problem: Problem) -> tuple[_Alliances, bool]:
    """The alliances with a lead, and true; where there is none, those with members, and false."""
    context = problem.context
    edges, holds = MEMBERSHIP.truth(actual(MEMBERSHIP), context)
    alive = (~ORG.status.is_("deregistered")).evaluate(problem.network[Organization], context).yes
    here = np.flatnonzero(holds.yes & alive[edges.source])
    lead = MEMBERSHIP.edge.role.is_("lead").evaluate(edges, context).yes[here]
    n = len(problem.network[Alliance])
    members = np.bincount(edges.target[here], minlength=n).astype(np.int64)
    led = np.bincount(edges.target[here[lead]], minlength=n) > 0
    rows = rows_of(led if led.any() else members > 0)
    who, of = edges.source[here].astype(np.int64), edges.target[here].astype(np.int64)
    home = places(context, Organization)
    seat = seats(pl.DataFrame({"branch": of, "organization": who}), n, home)
    street = home.street[who]
    placed, most = (
        np.bincount(of[some], minlength=n) for some in (street >= 0, (street >= 0) & (street == seat.street[of]))
    )
    wide = (placed > 0) & (2 * most <= placed)
    at = Places(np.where(wide, -1, seat.community), seat.street).take(rows)
    return _Alliances(rows, at, members[rows], wide[rows]), bool(led.any())


def _speakers(everybody: Ints, label: Ints, far: Ints, singles: int) -> Ints:
    """Places of those who act: each single one, and of each component without a lead the nearest to its alliance."""
    frame = pl.DataFrame(
        {"place": np.arange(singles, len(everybody)), "label": label[everybody[singles:]], "far": far[singles:]}
    )
    first = frame.sort("label", "far", "place").unique("label", keep="first", maintain_order=True)
    return np.concatenate((np.arange(singles), first["place"].to_numpy()))


def _write(
    part: Part,
    problem: Problem,
    known: _Alliances,
    everybody: Ints,
    chosen: Ints,
    far: Ints,
    acting: Ints,
    label: Ints,
    singles: int,
    *,
    led: bool,
) -> None:
    acting = acting[chosen[acting] >= 0]
    who, alliance = everybody[acting], chosen[acting]
    ids, names = problem.ids(Organization, who), problem.names(Organization, who)
    alliance_ids, alliance_names = problem.ids(Alliance, alliance), problem.names(Alliance, alliance)
    part.add(MemberOf, np.arange(len(acting)), (Organization, ids), (Alliance, alliance_ids), role="member")
    of = np.searchsorted(known.rows, alliance)
    members, wide = known.members[of], known.wide[of]
    where = places(problem.context, Organization).take(who)
    runners: list[RunnerUp | None] = [None] * len(who)
    somewhere = (where.street >= 0) | (where.community >= 0)
    for whom, order in known.orders(where):
        subject, target = (Organization, who[whom], where.take(whom)), (Alliance, known.rows, known.at)
        never, mine = _own(problem, who[whom]), (alliance[whom], far[acting[whom]])
        found = next_allowed(problem, part.kind, subject, target, order, *mine, rules.ALLIANCE_NEAR, never)
        for k, runner in zip(whom.tolist(), found, strict=True):
            runners[k] = runner
    wide_ids = set(problem.ids(Alliance, known.rows[known.wide]))
    together: dict[int, list[str]] = {}
    for one, id_ in zip(everybody[singles:], problem.ids(Organization, everybody[singles:]), strict=True):
        together.setdefault(int(label[one]), []).append(id_)
    for k, place in enumerate(acting):
        others = together.get(int(label[who[k]]), []) if place >= singles else []
        subjects = [ids[k], *(id_ for id_ in others if id_ != ids[k])]
        joined = rules.LED if led else rules.UNLED
        reasons = (
            joined.reason(0.0 if led else 1.0, body=alliance_names[k], n=int(members[k])),
            rules.ALLIANCE_NEAR.reason(float(far[place]), how=words(int(far[place]))),
            rules.OWN_STREET.reason(float(wide[k] and somewhere[k]), how=_WIDE if wide[k] else _OF_STREET),
        )
        title = _JOINS.format(org=names[k], alliance=alliance_names[k])
        told = (_SPEAKS.format(n=len(subjects)),) if len(subjects) > 1 else ()
        keys = tuple(NodeKey(Organization.type_name, id_) for id_ in subjects)
        runner = _widened(runners[k], wide_ids) if somewhere[k] and not wide[k] else runners[k]
        part.drafts.append(Draft(keys, NodeKey(Alliance.type_name, alliance_ids[k]), title, reasons, runner, told))


def _widened(runner: RunnerUp | None, wide: set[str]) -> RunnerUp | None:
    """A runner-up of a street's own alliance that is a wide one costs that as well."""
    if runner is None or runner.target.id not in wide:
        return runner
    text = _AND_WIDE.format(said=runner.text)
    return replace(runner, costs={**runner.costs, rules.OWN_STREET.name: 1.0}, text=text)


_OF_STREET = Text("成员多在一个街道", "most of its members are in one street")
_WIDE = Text("成员分布在多个街道", "its members are in many streets")
_AND_WIDE = Text("{said}，但跨多个街道", "{said}, but it spans many streets")
_JOINS = Text("{org}：加入{alliance}", "{org}: joins {alliance}")
_SPEAKS = Text(
    "它所在的{n}家组团由此接入有牵头单位的联盟", "through it its component of {n} joins an alliance with a lead"
)
_UNLED = (
    Text("它可加入的联盟还没有牵头单位", "the alliance that it can join has no lead yet"),
    Text("为{alliance}确定牵头单位", "name a lead of {alliance}"),
)
_NONE = (
    Text("没有可以加入的联盟", "there is no alliance that it could join"),
    Text("所在街道成立一个党建联盟，明确牵头单位", "set up an alliance in its street, with a lead"),
)
