"""Who answers for, guides, instructs, incubates and allies in a large network? Right for most, wrong in small shares."""

from __future__ import annotations

import datetime as dt

import numpy as np
import polars as pl

from examples.generator.bodies import POSTS_BY_STATION
from examples.generator.draw import Draw, Ints, Mask
from examples.generator.duty import THRESHOLD
from examples.generator.guidance import KIND_BY_INDUSTRY
from examples.generator.scale_bodies import POSTS, STATION_COUNT, numbered
from examples.generator.scale_organizations import AUTHORITIES, INDUSTRIES
from graphmodel.choices import Joint

MISSING, WRONG, DOUBLED = 0.02, 0.01, 0.01
INCUBATED, ALLIED, JOINED = 0.02, 0.95, 0.15
_STATION_OF = {"schools": 0, "job-training": 1, "medical": 2}


def add_relations(draw: Draw) -> None:
    """Places and licences, then duties, incubation, guidance and alliances."""
    every = np.arange(draw.n)
    draw.edges("LOCATED_IN", ("Organization", every), ("Community", draw.community))
    draw.edges("LOCATED_IN", ("Organization", every), ("Street", np.where(draw.community < 0, draw.street, -1)))
    draw.edges("LICENSED_BY", ("Organization", every), ("Authority", draw.authority))
    incubated = _incubate(draw)
    _duties(draw, incubated)
    _guide(draw)
    _ally(draw)


def _vertical(draw: Draw) -> Mask:
    """Licensed in a group of more than ten."""
    licensed = draw.authority >= 0
    group = draw.authority * len(INDUSTRIES) + draw.industry
    sizes = np.bincount(group[licensed], minlength=draw.districts * AUTHORITIES * len(INDUSTRIES))
    return licensed & (sizes[np.where(licensed, group, 0)] > THRESHOLD)


def _faulty(draw: Draw, relation: str, source: str, right: Ints, of: Mask, count: int) -> None:
    """The right edge of most; some have none, another body's, or two."""
    mine = np.flatnonzero(of & (right >= 0))
    drawn = draw.rng.random(len(mine))
    other = (right[mine] + 1) % count
    wrong = (drawn >= MISSING) & (drawn < MISSING + WRONG)
    kept = drawn >= MISSING
    body = np.where(wrong, other, right[mine])
    draw.edges(relation, (source, body[kept]), ("Organization", mine[kept]), **draw.stated(int(kept.sum())))
    twice = drawn > 1 - DOUBLED
    draw.edges(relation, (source, other[twice]), ("Organization", mine[twice]), **draw.stated(int(twice.sum())))


def _duties(draw: Draw, incubated: Mask) -> None:
    vertical = _vertical(draw) & ~incubated
    territorial = ~vertical & ~incubated
    _faulty(draw, "SUPERVISES", "Authority", draw.authority, vertical, draw.districts * AUTHORITIES)
    _faulty(draw, "GUIDES", "Street", draw.street, territorial, draw.streets)
    _faulty(draw, "ANSWERS_FOR", "Community", draw.community, territorial, draw.communities)


def _incubate(draw: Draw) -> Mask:
    """Start-ups at the platform of their street, some for too long, some no more; four demonstrations in each centre."""
    chosen = (draw.rng.random(draw.n) < INCUBATED) & (draw.street >= 0)
    mine = np.flatnonzero(chosen)
    over = draw.rng.random(len(mine)) < 0.2
    since = draw.days(dt.date(2014, 3, 1), draw.day, len(mine))
    until = pl.select(pl.when(pl.lit(pl.Series(over))).then(pl.lit(since + dt.timedelta(days=365)))).to_series()
    draw.edges("INCUBATES", ("Hub", draw.districts + draw.street[mine]), ("Organization", mine),
               kind="temporary", state="actual", since=since, until=until)  # fmt: skip
    own = len(draw.ids["PartyOwn"])
    centres = np.repeat(np.arange(draw.districts), 4)
    party = np.arange(len(centres)) * max(1, own // max(1, len(centres)))
    draw.edges(
        "INCUBATES",
        ("Hub", centres),
        ("PartyOwn", np.where(party < own, party, -1)),
        kind="demonstration",
        state="actual",
    )
    active = chosen.copy()
    active[mine[over & (until.fill_null(draw.day) < draw.day).to_numpy()]] = False
    return active


def _station(draw: Draw) -> Ints:
    """The station of each one's kind in its district."""
    kinds = np.array([_STATION_OF.get(KIND_BY_INDUSTRY.get(i, ""), 3) for i in INDUSTRIES])
    return np.asarray(draw.district * STATION_COUNT + kinds[draw.industry], dtype=np.int64)


def _guide(draw: Draw) -> None:
    station = _station(draw)
    drawn = draw.rng.random(draw.n)
    guided = np.flatnonzero(drawn < 0.72)
    wrong = drawn[guided] < 0.01
    here = np.where(wrong, station[guided] // STATION_COUNT * STATION_COUNT + 1, station[guided])
    draw.edges("STATION_GUIDES", ("GuidanceStation", here), ("Organization", guided), **draw.stated(len(guided)))
    twice = guided[(drawn[guided] > 0.715) & (station[guided] % STATION_COUNT != 4)]
    point = station[twice] // STATION_COUNT * STATION_COUNT + 4
    draw.edges("STATION_GUIDES", ("GuidanceStation", point), ("Organization", twice), **draw.stated(len(twice)))
    _instruct(draw, station)


def _instruct(draw: Draw, station: Ints) -> None:
    """Most of the uncovered registered ones and half of those in joint branches, a post of their station's at random."""
    due = draw.registered & np.where(
        draw.cover == 0, draw.rng.random(draw.n) < 0.7, (draw.cover >= 2) & (draw.rng.random(draw.n) < 0.65)
    )
    mine = np.flatnonzero(due)
    starts = np.cumsum((0, *POSTS_BY_STATION[:-1]))
    counts = np.array(POSTS_BY_STATION)
    kind, district = station[mine] % STATION_COUNT, station[mine] // STATION_COUNT
    post = district * POSTS + starts[kind] + (draw.rng.random(len(mine)) * counts[kind]).astype(np.int64)
    draw.edges("INSTRUCTS", ("InstructorPost", post), ("Organization", mine), **draw.stated(len(mine)))


def _ally(draw: Draw) -> None:
    """An alliance a street; nearly all are in theirs, the first leads, neighbours in the list work together."""
    streets = draw.streets
    ids = numbered("alliance:", streets)
    draw.ids["Alliance"] = ids
    draw.nodes("Alliance", ids, name=ids, charter=draw.flags(0.97, 0.01, streets), pledges=draw.integers(draw.rng.integers(0, 5, streets), 0.02))  # fmt: skip
    district = 1 + np.arange(streets) // (streets // draw.districts)
    for year in (draw.day.year - 2, draw.day.year - 1):
        draw.edges("REPORTS_TO", ("Alliance", np.arange(streets)), ("GoverningBody", district), year=year,
                   service_hours=1000.0 * draw.rng.random(streets), covenants=draw.rng.integers(0, 150, streets))  # fmt: skip
    home = np.where(draw.street >= 0, draw.street, draw.rng.integers(0, streets, draw.n))
    inside = np.flatnonzero(draw.operating & (draw.rng.random(draw.n) < ALLIED))
    inside = inside[np.argsort(home[inside], kind="stable")]
    leads = np.zeros(len(inside), np.bool_)
    leads[np.unique(home[inside], return_index=True)[1]] = True
    leads &= draw.rng.random(len(inside)) < 0.97
    draw.edges(
        "MEMBER_OF",
        ("Organization", inside),
        ("Alliance", home[inside]),
        role=np.where(leads, "lead", "member"),
        **draw.stated(len(inside)),
    )
    pairs = np.flatnonzero((home[inside[:-1]] == home[inside[1:]]) & (draw.rng.random(len(inside) - 1) < JOINED))
    a, b = inside[pairs], inside[pairs + 1]
    names = draw.ids["Organization"]
    turned = (names.gather(a) > names.gather(b)).to_numpy()
    a, b = np.where(turned, b, a), np.where(turned, a, b)
    kind = np.array(Joint.values())[draw.rng.integers(0, 7, len(pairs))]
    alliance = ids.gather(home[inside[pairs]])
    draw.edges("JOINS_WITH", ("Organization", a), ("Organization", b), kind=kind, alliance=alliance)
