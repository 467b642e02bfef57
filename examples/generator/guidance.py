"""Which station guides, which post instructs, who has a union, league or women's body? With faults on purpose (J11, N6, N12)."""

from __future__ import annotations

import random

from examples.generator.bodies import POSTS_BY_STATION, STATIONS
from examples.generator.model import Example, Organization

KIND_BY_INDUSTRY = {"民办教育": "schools", "职业培训": "job-training", "医疗卫生": "medical"}
STATION = {kind: id_ for id_, kind, _ in STATIONS}
LOAD, MAXIMUM = 4, 5
OVERLOADED = {"schools": 6, "job-training": 7, "medical": 6}  # load of the first post of the station
WITHOUT_WORK, UNKNOWN_WORK = 30, 6


def station_kind(o: Organization) -> str:
    """The kind of station an organisation belongs to: by industry, else that of street organisations."""
    return KIND_BY_INDUSTRY.get(o.industry or "", "street-organisations")


def add_guidance(example: Example) -> None:
    """Stations, mass organisations, instructors, in this order; each leaves out who is planted to have none."""
    rng = example.random("guidance")
    uncovered = [o for o in example.organizations if o.id in example.planted["uncovered"]]
    order = list(example.planted["uncovered"])
    uncovered.sort(key=lambda o: order.index(o.id))
    nothing = uncovered[11:16]  # neither instructor nor station; of the last but one the mass organisations are unknown
    _registered_stations(example, nothing, rng)
    station = STATION[station_kind(uncovered[7])]
    uncovered[7].stations = [station]
    uncovered[2].stations = []
    _filed(example, rng)
    _plant_wrong_station(example)
    without = [uncovered[k] for k in (2, 7, 11, 12, 13, 14, 15)]
    for o in without:
        example.plant("instructor-due", o.id)
    _instruct(example, [o for o in uncovered if o not in without], rng)


def _registered_stations(example: Example, nothing: list[Organization], rng: random.Random) -> None:
    for o in example.of("registered"):
        if not o.operating or o in nothing or o.industry is None:
            continue
        kind = station_kind(o)
        if kind == "medical" or rng.random() < (0.9 if kind != "street-organisations" else 0.6):
            o.stations = [STATION[kind]]
        if o.cover == "standalone":
            o.union = rng.random() < 0.4
            o.women = rng.random() < 0.1
    over = sum(o.stations == [STATION["medical"]] for o in example.organizations)
    capacity = next(c for _, kind, c in STATIONS if kind == "medical")
    if over > capacity:
        example.plant("station-load", STATION["medical"], "over")


def _filed(example: Example, rng: random.Random) -> None:
    """Most filed organisations have a station or a mass organisation; thirty have nothing, of six nobody knows."""
    free = [o for o in example.of("filed") if o.cover == "none" and o.operating]
    for o in example.of("filed"):
        o.women, o.league, o.union = False, False, False
        if rng.random() < 0.3:
            o.women = True
        if o.cover != "none" or o.women is False or rng.random() < 0.4:
            o.stations = [STATION[station_kind(o)]]
    empty = rng.sample([o for o in free if o.community and not o.incubations], WITHOUT_WORK + UNKNOWN_WORK)
    for o in empty:
        o.stations = []
        o.women = o.league = o.union = False
        example.plant("no-work-coverage", o.id)
    for o in empty[WITHOUT_WORK:]:
        o.women = o.league = o.union = None
        del example.planted["no-work-coverage"][o.id]
    unknown_status = next(o for o in example.of("filed") if o.status is None)
    unknown_status.stations, unknown_status.women, unknown_status.cover = [], False, "none"
    point = [o for o in free if o not in empty and o.industry == "社区服务" and o.stations][:12]
    for o in point:
        o.stations = [STATION["point"]]


def _plant_wrong_station(example: Example) -> None:
    guided = [o for o in example.of("registered") if o.stations and o.operating and o.cover == "joint"]
    for o in [o for o in guided if station_kind(o) == "street-organisations"][4:7]:
        o.stations = [STATION["job-training"]]
        example.plant("wrong-station", o.id, "other-kind")
    for o in [o for o in guided if station_kind(o) == "schools"][2:4]:
        o.stations = [*o.stations, STATION["street-organisations"]]
        example.plant("wrong-station", o.id, "several")


def _instruct(example: Example, due: list[Organization], rng: random.Random) -> None:
    """Posts look after the uncovered first, then organisations in joint branches of their station's kind."""
    pupils: dict[str, list[Organization]] = {kind: [] for _, kind, _ in STATIONS}
    joint = [o for o in example.of("registered") if o.cover in {"joint", "functional"} and o.operating]
    rng.shuffle(joint)
    for o in [*due, *joint]:
        pupils[station_kind(o)].append(o)
    pupils["point"] = [o for o in example.of("filed") if o.stations == [STATION["point"]]]
    number = 1
    for (_, kind, _), count in zip(STATIONS, POSTS_BY_STATION, strict=True):
        posts = [f"post:{k:02d}" for k in range(number, number + count)]
        number += count
        if kind != "point":
            example.plant("instructor-load", posts.pop(), "idle")
        if kind in OVERLOADED:
            example.plant("instructor-load", posts[0], "over")
        _share(posts, pupils[kind], OVERLOADED.get(kind, LOAD))
    inactive = [o for o in example.of("registered") if o.status == "inactive"]
    loads = [post for o in example.organizations for post in o.posts]
    spare = sorted({p for p in loads if loads.count(p) <= LOAD - 1} or {p for p in loads if loads.count(p) == LOAD})
    for o, post in zip(inactive[1:3], spare, strict=False):
        o.posts = [post]


def _share(posts: list[str], pupils: list[Organization], first: int) -> None:
    """The first post takes its number, the others evenly up to four each; nobody who was due is left out."""
    for o in pupils[:first]:
        o.posts = [posts[0]]
    for k, o in enumerate(pupils[first : first + LOAD * (len(posts) - 1)]):
        o.posts = [posts[1 + k % (len(posts) - 1)]]
