"""What do annual inspection, grading and the branches' own books say? Facts about organisations, with faults (J16, N3-N11)."""

from __future__ import annotations

import datetime as dt
import random

from examples.generator.bodies import DUES_YEARS, TWO_NEW, party_of
from examples.generator.model import Example, Organization

GRADES = ("1A", "2A", "2A", "3A", "3A", "3A", "4A", "5A")
MARKS = ("activity_regular", "members_visible", "party_life_regular")
SCHEMED = 2015


def add_assessment(example: Example) -> None:
    """Grades and marks, inspection and signs of life, terms and committees of branches, dues."""
    rng = example.random("assessment")
    registered = example.of("registered")
    for o in registered:
        _inspect(example, o, rng)
    _grade(example, rng)
    _plant_inactive(example, rng)
    _plant_material(example)
    _branches(example, rng)


def special(example: Example, o: Organization) -> bool:
    """Something about its cover or strength is planted already."""
    return (
        any(o.id in example.planted.get(q, {}) for q in ("uncovered", "contradictions", "newly-registered"))
        or o.full is None
    )


def _inspect(example: Example, o: Organization, rng: random.Random) -> None:
    new = o.registered_on.year >= example.day.year
    o.extra |= {
        "registration_material": True, "last_inspection": None if new else 2015, "last_party_report": None if new else 2015,
        "last_activity": max(o.registered_on + dt.timedelta(days=10), dt.date(2015, 9, 1) + dt.timedelta(days=rng.randrange(270))),
        "reachable": True, "charter_clause": True, "abnormal_listed": False,
    }  # fmt: skip


def _grade(example: Example, rng: random.Random) -> None:
    """Two thirds are graded; six above the ceiling by a mark, one of the three-none, and two whose marks nobody knows."""
    for o in example.of("registered"):
        o.extra |= dict.fromkeys(MARKS, True)
    able = [o for o in example.of("registered") if o.operating and o.registered_on <= dt.date(2013, 12, 31)]
    for o in able:
        if rng.random() < 0.8:
            o.grade, o.grade_year = rng.choice(GRADES), SCHEMED
            if o.cover == "none" or o.full is None:
                o.grade = rng.choice(("1A", "2A"))
    high = [o for o in able if (o.grade or "") >= "3A" and not special(example, o)]
    for k, o in enumerate(high[3:9]):
        o.extra[MARKS[k % 3]] = False
        example.plant("grade-above-ceiling", o.id, MARKS[k % 3])
    for o in high[9:11]:
        o.extra[MARKS[0]] = None
        example.plant_unknown("grade-above-ceiling", o.id)
    three_none = [o for o in example.organizations if o.id in example.planted["uncovered"]]
    order = list(example.planted["uncovered"])
    o = next(o for o in three_none if o.id == order[11])
    o.grade, o.grade_year, o.registered_on = "3A", SCHEMED, dt.date(2012, 5, 8)
    example.plant("grade-above-ceiling", o.id, "three-none")
    for low in [
        o for o in three_none if o.id in order[12:]
    ]:  # below the ceiling for certain, whatever else is not known
        low.grade, low.grade_year, low.registered_on = "2A", SCHEMED, dt.date(2012, 6, 4)
    for o in high[20:25]:
        o.grade_year = 2013
        example.plant("grade-expiring", o.id, "ended")
    o = high[30]
    o.extra["abnormal_listed"] = True


def _plant_inactive(example: Example, rng: random.Random) -> None:
    """Nine bodies with a sign of inactivity: the four that stopped and five that are still on the books as operating."""
    stopped = [o for o in example.of("registered") if o.status == "inactive"]
    quiet = [
        o
        for o in example.of("registered")
        if o.operating and o.cover == "joint" and o.grade is None and not special(example, o)
    ]
    signs = ("no-inspection", "no-activity", "unreachable")
    for k, o in enumerate([*stopped, *rng.sample(quiet, 5)]):
        sign = signs[k % 3]
        if sign == "no-inspection":
            o.extra["last_inspection"] = 2012
        elif sign == "no-activity":
            o.extra["last_activity"] = dt.date(2013, 10, 15)
        else:
            o.extra["reachable"] = False
        example.plant("inactive", o.id, sign)


def _plant_material(example: Example) -> None:
    """Four without the Party-building material of their registration, three whose last report is of 2013."""
    taken = {id_ for q in ("inactive", "grade-above-ceiling", "grade-expiring") for id_ in example.planted[q]}
    taken |= example.unknown["grade-above-ceiling"]
    clean = [o for o in example.of("registered") if o.operating and not special(example, o) and o.id not in taken]
    clean = [o for o in clean if not o.extra["abnormal_listed"]]
    for o in clean[40:44]:
        o.registered_on, o.founded = dt.date(2016, 1, 20), o.founded and dt.date(2016, 2, 25)
        o.grade = o.grade_year = None
        o.extra |= {"registration_material": False, "last_inspection": None, "last_party_report": None}
        o.extra["last_activity"] = dt.date(2016, 3, 5)
        example.plant("three-sync-missing", o.id, "material")
    for o in clean[60:63]:
        o.extra["last_party_report"] = 2013
        example.plant("three-sync-missing", o.id, "report")


def _branches(example: Example, rng: random.Random) -> None:
    """Members, election, committee and dues of own and joint branches, and what is wrong with some."""
    day = example.day
    own = [o for o in example.organizations if o.cover in {"standalone", "functional"} and o.branch]
    plain = [o for o in own if o.cover == "standalone" and o.registered and o.operating and o.full is not None]
    for k, o in enumerate(plain[30:35]):
        o.extra["elected_on"] = dt.date(2012, 2 + k, 14)
        example.plant("term-due", o.branch or "")
    old = [
        o for o in plain[35:] if o.founded and o.founded < dt.date(2012, 1, 1)
    ]  # young ones are not due whatever is known
    for o in old[:3]:
        o.extra["elected_on"] = None
        example.plant_unknown("term-due", o.branch or "")
    large = [o for o in plain[40:] if (o.members_here or 0) >= 7]
    for o in large[:4]:
        o.extra["has_committee"] = False
        example.plant("committee-missing", o.branch or "")
    for o in large[4:6]:
        o.extra["has_committee"] = None
        example.plant_unknown("committee-missing", o.branch or "")
    for k, o in enumerate(plain[50:56]):
        o.extra["returned"] = 0.8 if k < 4 else None
        (example.plant if k < 4 else example.plant_unknown)("dues-not-returned", o.branch or "")
    for o in own:
        _own_branch(example, o, rng, day)
    for branch in example.joints:
        counts = [m.members_here for m in branch.members]
        known = [c for c in counts if c is not None]
        example.rows.node(
            "PartyOrganization", branch.id, members=sum(known) if len(known) == len(counts) else None,
            elected_on=dt.date(2014, 9, 1) + dt.timedelta(days=rng.randrange(300)),
            has_committee=True,
        )  # fmt: skip
        _dues(example, branch.id, branch.superior, 60.0 * sum(known))


def _own_branch(example: Example, o: Organization, rng: random.Random, day: dt.date) -> None:
    members = o.members_here
    founded = o.founded or day
    elected = max(founded, dt.date(2013, 9, 1) + dt.timedelta(days=rng.randrange(800)))
    share = o.extra.pop("returned", 1.0)
    paid = 60.0 * members if members is not None else 120.0
    example.rows.node(
        "PartyOrganization", o.branch or "", members=members,
        elected_on=o.extra.pop("elected_on", elected), has_committee=o.extra.pop("has_committee", (members or 7) >= 7),
        demonstration_year=o.demonstration_year,
    )  # fmt: skip
    _dues(example, o.branch or "", o.superior, paid, share)


def _dues(example: Example, branch: str, superior: str | None, paid: float, share: float | None = 1.0) -> None:
    """Dues of each year, all returned but that `share` of the last; to the "two new" committee where no superior is known."""
    ends = ("PartyOrganization", branch), ("PartyOrganization", superior or party_of(TWO_NEW))
    for year in DUES_YEARS:
        part = share if year == DUES_YEARS[-1] else 1.0
        returned = None if part is None else paid * part
        example.rows.edge("PAYS_DUES", *ends, year=year, paid=paid, returned=returned)
