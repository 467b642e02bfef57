"""Which instructor post and which guidance station for whom? (J11, N12, settled point 7)."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import polars as pl

from graphmodel.paths import NodeKey
from graphmodel.schema.edges import Instructs, StationGuides
from graphmodel.schema.nodes import GuidanceStation, InstructorPost, Organization
from graphmodel.text import Text
from graphmodel.vectors import Flags
from planning import rules
from planning.choice import places_among, runners_up
from planning.distance import between, next_nearest, words
from planning.guidance_unplaced import judge, without
from planning.guidance_work import GuidanceWork, station_words
from planning.plan import ActionKind, Reason, RunnerUp
from planning.problem import Draft, Ints, Part, Problem, rows_of
from queries.facts import STATION


def guided(problem: Problem, covered: Flags) -> tuple[Part, Part]:
    """An instructor for everybody who is due one, a station for those that only lack or change theirs.

    `covered` are those that the plan covers already, who are due none.
    """
    work = GuidanceWork(problem, covered)
    return _instructors(work), _stations(work)


def _instructors(work: GuidanceWork) -> Part:
    """The posts."""
    part = Part(ActionKind.INSTRUCTOR)
    who = rows_of(work.post >= 0)
    post = work.post[who]
    ids = work.problem.ids(Organization, who)
    names = work.problem.names(Organization, who)
    post_ids, post_names = work.problem.ids(InstructorPost, post), work.problem.names(InstructorPost, post)
    page = np.arange(len(who))
    part.add(Instructs, page, (InstructorPost, post_ids), (Organization, ids))
    told = _restation(work, part, who, page)
    runners = _runners_up(work, who)
    far = between(work.problem.context, work.home.take(who), work.supply.where.take(post))
    before = _loads_before(work, who)
    for k in range(len(who)):
        reasons = (
            _station_reason(work, int(who[k])),
            *_room_reason(work, int(who[k])),
            rules.POST_ROOM.reason(n=int(work.load_after[post[k]]), most=int(work.supply.limit[post[k]])),
            rules.DISTANCE.reason(float(far[k]), how=words(int(far[k]))),
            rules.LOAD.reason(float(before[k])),
        )
        title = _SEND.format(post=post_names[k], org=names[k])
        target = NodeKey(InstructorPost.type_name, post_ids[k])
        subject = NodeKey(Organization.type_name, ids[k])
        part.drafts.append(Draft((subject,), target, title, reasons, runners[k], tuple(told[k])))
    asked = work.due & work.asking
    without(work, part, (asked & (work.post < 0)) | work.dormant)
    judge(work, part, asked, work.post >= 0)
    return part


def _stations(work: GuidanceWork) -> Part:
    """The stations of those who are due no instructor."""
    part = Part(ActionKind.STATION)
    asked = work.asked & ~work.due
    who = rows_of(asked & (work.station >= 0))
    station = work.station[who]
    ids, names = work.problem.ids(Organization, who), work.problem.names(Organization, who)
    station_ids, station_names = (
        work.problem.ids(GuidanceStation, station),
        work.problem.names(GuidanceStation, station),
    )
    told = _restation(work, part, who, np.arange(len(who)))
    far = between(work.problem.context, work.home.take(who), work.supply.at.take(station))
    runners = _other_stations(work, who)
    for k in range(len(who)):
        reasons = (
            _station_reason(work, int(who[k])),
            *_room_reason(work, int(who[k])),
            rules.DISTANCE.reason(float(far[k]), how=words(int(far[k]))),
        )
        title = _GUIDE.format(station=station_names[k], org=names[k])
        target = NodeKey(GuidanceStation.type_name, station_ids[k])
        subject = NodeKey(Organization.type_name, ids[k])
        part.drafts.append(Draft((subject,), target, title, reasons, runners[k], tuple(told[k])))
    without(work, part, asked & (work.station < 0))
    judge(work, part, work.asking & ~work.due, work.station >= 0)
    return part


def _restation(work: GuidanceWork, part: Part, who: Ints, page: Ints) -> list[list[Text]]:
    """Plan the station where it is new, and end the others of those whose station is wrong."""
    new = np.flatnonzero(work.current.kept[who] != work.station[who])
    part.add(
        StationGuides,
        page[new],
        (GuidanceStation, work.problem.ids(GuidanceStation, work.station[who[new]])),
        (Organization, work.problem.ids(Organization, who[new])),
    )
    of = np.full(len(work.due), -1, dtype=np.int64)
    of[who] = page
    now = work.current
    ended = (of[now.at] >= 0) & work.wrong[now.at] & (now.station != work.station[now.at])
    edges = STATION.edges(work.problem.context)
    part.end(StationGuides.type_name, of[now.at[ended]], work.problem.edge_rows(edges, now.place[ended]))
    told: list[list[Text]] = [[] for _ in who]
    for at, name in zip(of[now.at[ended]], work.problem.names(GuidanceStation, now.station[ended]), strict=True):
        told[at].append(_ENDS.format(station=name))
    return told


def _station_reason(work: GuidanceWork, row: int) -> Reason:
    if work.current.kept[row] >= 0 and work.current.kept[row] == work.station[row]:
        return rules.STATION_STAYS.reason()
    return rules.STATION_KIND.reason(kind=station_words()[int(work.kind[row])].title)


def _room_reason(work: GuidanceWork, row: int) -> tuple[Reason, ...]:
    station = int(work.station[row])
    if work.current.kept[row] == station or work.supply.spare[station] < 0:
        return ()
    most = int(work.capacity[station])
    return (rules.STATION_ROOM.reason(n=int(most - work.supply.spare[station] + work.fresh[station]), most=most),)


def _loads_before(work: GuidanceWork, who: Ints) -> Ints:
    """int64[k]: how many its post looked after before each, those of one post in the order of ids."""
    frame = pl.DataFrame({"post": work.post[who]}).with_columns(turn=pl.int_range(pl.len()).over("post"))
    before: Ints = work.supply.load[work.post[who]] + frame["turn"].to_numpy()
    return before


def _runners_up(work: GuidanceWork, who: Ints) -> list[RunnerUp | None]:
    """For each the nearest other post that breaks no rule and was not rejected, and what it costs more."""
    context, supply = work.problem.context, work.supply
    second = _other_posts(work, who)
    refused = work.problem.refused_pairs(ActionKind.INSTRUCTOR, Organization, InstructorPost)
    for k in [k for k, pair in enumerate(zip(who.tolist(), second.tolist(), strict=True)) if pair in refused]:
        never = [post for one, post in sorted(refused) if one == who[k]]
        second[k] = _other_posts(work, who[k : k + 1], never)[0]
    found: list[RunnerUp | None] = [None] * len(who)
    has = np.flatnonzero(second >= 0)
    where = work.home.take(who[has])
    more = between(context, where, supply.where.take(second[has]))
    more -= between(context, where, supply.where.take(work.post[who[has]]))
    loads = work.load_after[second[has]] - _loads_before(work, who)[has]
    ids, names = work.problem.ids(InstructorPost, second[has]), work.problem.names(InstructorPost, second[has])
    for k, place in enumerate(has):
        costs = {rules.DISTANCE.name: float(more[k]), rules.LOAD.name: float(loads[k])}
        text = _OTHER.format(post=names[k], far=int(more[k]), load=int(loads[k]))
        found[place] = RunnerUp(NodeKey(InstructorPost.type_name, ids[k]), names[k], costs, text)
    return found


def _other_stations(work: GuidanceWork, who: Ints) -> list[RunnerUp | None]:
    """For each the nearest other station of its kind that still has room, and how much further it is."""
    supply, home = work.supply, work.home.take(who)
    second, more = np.full(len(who), -1, dtype=np.int64), np.zeros(len(who), dtype=np.int64)
    room = _with_room(work)
    far = between(work.problem.context, home, supply.at.take(work.station[who]))
    for kind in np.unique(work.kind[who]).tolist():
        mine = np.flatnonzero((work.kind[who] == kind) & (kind >= 0))
        there = np.flatnonzero(room & (supply.kind == kind))
        own, at = places_among(there, work.station[who[mine]]), supply.at.take(there)
        other, away = next_nearest(work.problem.context, at, np.zeros(len(there), dtype=np.int64), own, home.take(mine))
        second[mine], more[mine] = np.append(there, -1)[other], away - far[mine]
    subjects, others = (Organization, who), (GuidanceStation, second)
    return runners_up(work.problem, ActionKind.STATION, subjects, others, more, rules.DISTANCE)


def _other_posts(work: GuidanceWork, who: Ints, never: Sequence[int] = ()) -> Ints:
    """int64[k]: the nearest other post with room, at the station of each or at one of its kind with room, but for `never`."""
    supply, kept, own = work.supply, work.current.kept[who], work.station[who]
    able = (work.load_after < supply.limit) & (supply.station >= 0)
    able[list(never)] = False
    room = _with_room(work)
    elsewhere, kind = able & np.append(room, False)[supply.station], np.append(supply.kind, -1)[supply.station]
    second = np.full(len(who), -1, dtype=np.int64)
    for one in np.unique(work.kind[who[kept < 0]]).tolist():
        mine = np.flatnonzero((kept < 0) & (work.kind[who] == one))
        second[mine] = _nearest_other(work, np.flatnonzero(elsewhere & (kind == one)), who[mine])
    stays = (kept >= 0) | ~room[own]  # it has a place there already
    for one in np.unique(own[stays]).tolist():
        mine = np.flatnonzero(stays & (own == one))
        here = _nearest_other(work, np.flatnonzero(able & (supply.station == one)), who[mine])
        second[mine] = np.where(_nearer(work, who[mine], here, second[mine]), here, second[mine])
    return second


def _nearer(work: GuidanceWork, who: Ints, one: Ints, other: Ints) -> Flags:
    """bool[k]: is one post nearer than another, or as near and less loaded? Any is nearer than none (-1)."""
    home, posts = work.home.take(who), work.supply.where
    far, further = (between(work.problem.context, home, posts.take(post)) for post in (one, other))
    less = work.load_after[one] < work.load_after[other]
    return np.asarray((one >= 0) & ((other < 0) | (far < further) | ((far == further) & less)))


def _with_room(work: GuidanceWork) -> Flags:
    """bool[stations]: can it guide one more?"""
    return np.asarray((work.supply.spare < 0) | (work.supply.spare > work.fresh))


def _nearest_other(work: GuidanceWork, candidates: Ints, who: Ints) -> Ints:
    """int64[k]: of the candidate posts the nearest, then least loaded, that is not one's own; -1 for none."""
    at, order = work.supply.where.take(candidates), work.load_after[candidates]
    own = places_among(candidates, work.post[who])
    other, _ = next_nearest(work.problem.context, at, order, own, work.home.take(who))
    return np.append(candidates, -1)[other]


_SEND = Text("{post}：联系{org}", "{post}: looks after {org}")
_GUIDE = Text("{org}：由{station}指导", "{org}: guided by {station}")
_ENDS = Text("终止：{station}的指导", "ends: guidance by {station}")
_OTHER = Text("{post}：距离增加{far}，负荷增加{load}", "{post}: {far} further, load {load} more")
