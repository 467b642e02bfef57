"""Why does somebody get no instructor or station, what would allow one, and how many are short? (J11, N12)."""

from __future__ import annotations

import numpy as np

from graphmodel.declare import Node
from graphmodel.paths import NodeKey
from graphmodel.schema.nodes import GuidanceStation, InstructorPost, Organization
from graphmodel.text import Text
from graphmodel.vectors import Flags
from planning.distance import nearest
from planning.guidance_work import GuidanceWork, station_words
from planning.plan import DORMANT, ActionKind, Shortage, Solved, Unplaced
from planning.problem import Ints, Part, rows_of

_TARGETS: dict[ActionKind, type[Node]] = {
    ActionKind.INSTRUCTOR: InstructorPost,
    ActionKind.STATION: GuidanceStation,
}


def without(work: GuidanceWork, part: Part, lacking: Flags) -> None:
    """Why each of the `lacking` gets none, and the cheapest change that would allow it."""
    rows, instructor = rows_of(lacking), part.kind is ActionKind.INSTRUCTOR
    said = _reasons(work, rows, _refusing(work, part.kind), instructor=instructor)
    said = [DORMANT if instructor and work.dormant[row] else why for row, why in zip(rows.tolist(), said, strict=True)]
    for row, id_, why in zip(rows.tolist(), work.problem.ids(Organization, rows), said, strict=True):
        asked = "instructor-due" if instructor else "wrong-station" if work.wrong[row] else "no-work-coverage"
        key = NodeKey(Organization.type_name, id_)
        part.unplaced.append(Unplaced(part.kind, key, f"{asked}|{key.type}|{id_}", *why))


def _refusing(work: GuidanceWork, kind: ActionKind) -> set[int]:
    """Organisations for which the planner rejected a post or station."""
    return {o for o, _ in work.problem.refused_pairs(kind, Organization, _TARGETS[kind])}


def judge(work: GuidanceWork, part: Part, asked: Flags, placed: Flags) -> None:
    """How many of those who asked are placed, proven the most; and what is short by kind of station.

    Who has none because the planner rejected what has room is not short of anything.
    """
    if not asked.any():
        return
    got = int((asked & placed).sum())
    part.solved.append(Solved(part.kind.value, _PLACED[part.kind], "optimal", got, got, 0.0, int(asked.sum())))
    kept, supply = work.current.kept, work.supply
    kind_of = np.where(kept >= 0, np.append(supply.kind, -1)[kept], work.kind)
    each = work.problem.context.values.integer("instructor_max_load")
    instructor = part.kind is ActionKind.INSTRUCTOR
    refusing = np.isin(np.arange(len(asked)), sorted(_refusing(work, part.kind)))
    for place, kind in enumerate(station_words()):
        stations = np.flatnonzero(supply.kind == place)
        free, room = _free(work, stations), _room(work, stations)
        lacking = asked & ~placed & (kind_of == place)
        short = int((lacking & ~(refusing & room & (free or not instructor))).sum())
        if not short:
            continue
        posts = instructor and not free
        what = _SHORT_POSTS if posts else _SHORT_PLACES
        part.shortages.append(Shortage(what.format(kind=kind.title), -(-short // each) if posts else short))


def _reasons(work: GuidanceWork, rows: Ints, refused: set[int], *, instructor: bool) -> list[tuple[Text, Text]]:
    """Why, and the cheapest change, for each row: at the nearest station that guides it or is of its kind."""
    kept, kind, supply = work.current.kept[rows], work.kind[rows], work.supply
    names = work.problem.names(GuidanceStation, np.arange(len(supply.kind)))
    said = [_NO_INDUSTRY] * len(rows)
    asks = np.where(kept >= 0, kept + len(station_words()), kind)  # one station, or any of a kind
    for one in np.unique(asks[asks >= 0]).tolist():
        mine = np.flatnonzero(asks == one)
        guided = one >= len(station_words())
        stations = np.array([one - len(station_words())]) if guided else np.flatnonzero(supply.kind == one)
        of_kind = int(supply.kind[stations[0]]) if guided else one
        word = station_words()[of_kind].title if of_kind >= 0 else _ANY
        order = np.zeros(len(stations), dtype=np.int64)
        near = nearest(work.problem.context, supply.at.take(stations), order, work.home.take(rows[mine]))
        why, cheapest = _full(work, stations, instructor=instructor, guided=guided) if len(stations) else _NO_STATION
        for place, closest in zip(mine.tolist(), near.tolist(), strict=True):
            station = names[int(stations[closest])] if closest >= 0 else ""
            only = int(rows[place]) in refused and (
                guided or _room(work, stations)
            )  # there is room, and it was rejected
            why_, cheapest_ = (_REFUSED_POST if instructor else _REFUSED) if only else (why, cheapest)
            said[place] = (why_.format(kind=word, station=station), cheapest_.format(kind=word, station=station))
    return said


def _full(work: GuidanceWork, stations: Ints, *, instructor: bool, guided: bool) -> tuple[Text, Text]:
    """What is full: the stations, their instructors, or both."""
    if instructor and not _free(work, stations):
        return _NO_POST if guided or _room(work, stations) else _NEITHER
    return _NO_ROOM


def _room(work: GuidanceWork, stations: Ints) -> bool:
    """Could one of these stations guide one more?"""
    spare = work.supply.spare[stations]
    return bool(((spare < 0) | (spare > work.fresh[stations])).any())


def _free(work: GuidanceWork, stations: Ints) -> bool:
    """Could one of their posts look after one more?"""
    posts = np.isin(work.supply.station, stations)
    return bool((work.load_after[posts] < work.supply.limit[posts]).any())


_PLACED = {
    ActionKind.INSTRUCTOR: Text("派有指导员的组织", "organisations that get an instructor"),
    ActionKind.STATION: Text("落实指导站的组织", "organisations that get a station"),
}
_ANY = Text("同类", "its kind")
_NO_INDUSTRY = (
    Text("行业不详，不能判定归哪类指导站", "its industry is not known: which kind of station cannot be told"),
    Text("补录所属行业", "record its industry"),
)
_NO_STATION = (
    Text("没有{kind}指导站", "there is no station of {kind}"),
    Text("设立一个{kind}指导站", "set up a station of {kind}"),
)
_NO_POST = (
    Text("{kind}指导站的指导员都已满额", "all instructors of stations of {kind} are at their limit"),
    Text("{station}增加一个指导员岗位", "one more instructor post at {station}"),
)
_NO_ROOM = (
    Text("{kind}指导站都已满额", "all stations of {kind} are full"),
    Text("{station}的容量增加1家", "raise the capacity of {station} by 1"),
)
_NEITHER = (
    Text("{kind}指导站和指导员都已满额", "stations and instructors of {kind} are all full"),
    Text("{station}的容量增加1家，并增加一个指导员岗位", "raise the capacity of {station} by 1, with one more post"),
)
_REFUSED = (
    Text("审核人否决了可用的岗位或站，其余的没有余位", "the planner rejected what has room, and nothing else has"),
    Text("撤回否决，或{station}增加一个余位", "withdraw the rejection, or one more place at {station}"),
)
_REFUSED_POST = (
    _REFUSED[0],
    Text("撤回否决，或{station}增加一个指导员岗位", "withdraw the rejection, or one more instructor post at {station}"),
)
_SHORT_POSTS = Text("{kind}指导站的指导员岗位", "instructor posts at stations of {kind}")
_SHORT_PLACES = Text("{kind}指导站的名额", "places at stations of {kind}")
