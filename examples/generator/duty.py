"""Who answers for whom? Incubation, vertical and territorial mode by the rule, then faults on purpose (J7-J9)."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from typing import NamedTuple

from examples.generator.bodies import CENTRE, IDLE_HUBS, PARTY_HUBS, WITHOUT_HUB, hub_of
from examples.generator.model import Example, Organization
from examples.generator.organizations import authority_id

THRESHOLD = 10
Groups = Counter[tuple[str, str]]


class Duty(NamedTuple):
    """Mode, the body that should answer and, in territorial mode, the community beside the street."""

    mode: str
    body: str | None = None
    community: str | None = None


def groups(example: Example) -> Groups:
    """How many operating registered organisations each authority licenses in each industry."""
    return Counter(
        (o.authority, o.industry) for o in example.of("registered") if o.operating and o.authority and o.industry
    )


def duty(o: Organization, counted: Groups, day: dt.date) -> Duty:
    """The rule of settled point 1 of the design: hub, else authority, else street and community; or `cannot-tell`."""
    hub = next((h for h, since, until in o.incubations if since <= day and (until is None or until >= day)), None)
    if hub is not None:
        return Duty("incubated", hub)
    if o.registered and o.registration == "dual":
        if o.authority is None or o.industry is None:
            return Duty("cannot-tell")
        if counted[o.authority, o.industry] > THRESHOLD:
            return Duty("vertical", o.authority)
    return Duty("territorial", o.street, o.community)


def add_duties(example: Example) -> None:
    """Relations as they should be for everyone, then the planted faults."""
    counted = groups(example)
    _incubate(example, counted)
    for o in example.organizations:
        due = duty(o, counted, example.day)
        if due.mode == "vertical":
            o.supervised_by = [str(due.body)]
        elif due.mode == "territorial" or (due.mode == "cannot-tell" and o.authority is None):
            o.guided_by = [o.street] if o.street else []
            o.answered_by = [o.community] if o.community else []
        elif due.mode == "cannot-tell":
            o.supervised_by = [str(o.authority)]
        elif o.industry == "行业商会" and o.authority and counted[o.authority, o.industry] > THRESHOLD:
            o.supervised_by = [o.authority]
    _plant_vertical(example)
    _plant_territorial(example)


def _incubate(example: Example, counted: Groups) -> None:
    """Every hub but the idle ones takes someone in; two start-ups stayed too long."""
    rng = example.random("incubation")
    territorial = [
        o
        for o in example.of("registered")
        if o.operating and o.street and duty(o, counted, example.day).mode == "territorial"
    ]
    overdue = [
        o
        for o in territorial
        if o.id in example.planted["uncovered"] and o.id not in example.planted["newly-registered"]
    ][:2]
    for o, since in zip(overdue, (dt.date(2014, 11, 3), dt.date(2015, 3, 16)), strict=True):
        o.incubations.append((CENTRE, since, None))
        o.registered_on = since - dt.timedelta(days=40)
        example.plant("incubation-overdue", o.id)
    free = [o for o in territorial if o.cover in {"standalone", "joint"} and "爱有戏" not in o.name]
    direct = [o for o in free if o.registration == "direct"]
    chosen = rng.sample(direct, 7)
    hubs = [CENTRE, CENTRE, *(f"hub:{t}社会组织孵化平台" for t in PARTY_HUBS[:2])]
    for o, hub in zip(chosen, hubs, strict=False):
        o.incubations.append((hub, dt.date(2015, 9, 1) + dt.timedelta(days=rng.randrange(200)), None))
    settled = next(o for o in free if o.cover == "standalone" and o not in chosen)
    settled.incubations.append((CENTRE, dt.date(2014, 5, 12), None))  # long, but it has a Party organisation
    for o in chosen[4:]:  # taken in once, now at home
        o.incubations.append((CENTRE, dt.date(2014, 1, 6), dt.date(2015, 1, 5)))
    trade = next(
        o for o in example.of("registered") if o.authority == authority_id("锦江区工商业联合会") and o.cover == "joint"
    )
    trade.incubations.append((CENTRE, dt.date(2016, 1, 11), None))
    for street in example.streets:
        hub = hub_of(street.name)
        if hub not in IDLE_HUBS and street.code not in WITHOUT_HUB:
            o = rng.choice(
                [f for f in example.of("filed") if f.operating and f.street == street.code and f.cover == "none"]
            )
            o.incubations.append((hub, dt.date(2015, 10, 8) + dt.timedelta(days=rng.randrange(200)), None))
    for hub in IDLE_HUBS:
        example.plant("idle-hub", hub)
    _incubate_party(example)


def _incubate_party(example: Example) -> None:
    """Four demonstration Party organisations at the centre, one young one at each platform for them (J9, J10)."""
    own = [
        o for o in example.of("registered") if o.operating and o.cover == "standalone" and (o.members_here or 0) >= 5
    ]
    own.sort(key=lambda o: o.id)
    for o in own[:10]:
        o.demonstration_year = 2015
    for o in own[:4]:
        _take_in(example, CENTRE, o, "demonstration", dt.date(2014, 3, 1))
    hubs = [
        row["id"]
        for row in example.rows.rows["Hub"]
        if row["kind"] == "party-organisations" and row["id"] not in IDLE_HUBS
    ]
    for hub, o in zip(hubs, own[12:], strict=False):
        _take_in(example, hub, o, "temporary", dt.date(2015, 8, 20))


def _take_in(example: Example, hub: str, o: Organization, kind: str, since: dt.date) -> None:
    ends = ("Hub", hub), ("PartyOrganization", o.branch or "")
    example.rows.edge("INCUBATES", *ends, state="actual", kind=kind, since=since)


def _clean(example: Example, o: Organization) -> bool:
    """Nothing else is planted on its place, industry or duty, so that a fault has one reason."""
    taken = set(example.planted["uncovered"]) | set(example.planted["contradictions"])
    return (
        o.operating and o.community is not None and not o.incubations and o.id not in taken and "爱有戏" not in o.name
    )


def _plant_vertical(example: Example) -> None:
    def licensed(authority: str, count: int) -> list[Organization]:
        mine = [o for o in example.of("registered") if o.supervised_by == [authority_id(authority)] and o.industry]
        return [o for o in mine if _clean(example, o)][3 : 3 + count]

    other = authority_id("锦江区妇女联合会")
    schools, medical = licensed("锦江区教育局", 3), licensed("锦江区卫生和计划生育局", 3)
    for o in [*schools[:2], *licensed("锦江区民政局", 1), *licensed("锦江区文化广电新闻出版局", 1)]:
        o.supervised_by = []
        example.plant("responsibility-gaps", o.id, "missing")
    for o in medical[:2]:
        o.supervised_by = [other]
        example.plant("responsibility-gaps", o.id, "wrong")
    for o in (schools[2], medical[2]):
        o.supervised_by = [*o.supervised_by, other]
        example.plant("responsibility-gaps", o.id, "doubled")


def _plant_territorial(example: Example) -> None:
    counted = groups(example)
    usable = [
        o for o in example.organizations if _clean(example, o) and duty(o, counted, example.day).mode == "territorial"
    ]
    filed = iter([o for o in usable if not o.registered][7::31])
    registered = iter([o for o in usable if o.registered and o.cover == "standalone"])
    streets = [s.code for s in example.streets]

    def others(o: Organization) -> tuple[str, str]:
        street = example.streets[(streets.index(o.street or "") + 5) % len(streets)]
        return street.code, street.communities[0][0]

    for reason, count, fault in (
        ("missing", 4, "guide"), ("missing", 3, "answer"), ("wrong", 3, "guide"), ("wrong", 2, "answer"),
        ("doubled", 2, "guide"), ("doubled", 2, "answer"),
    ):  # fmt: skip
        for o in (next(filed) for _ in range(count)):
            elsewhere = others(o)[fault == "answer"]
            relation = o.answered_by if fault == "answer" else o.guided_by
            relation[:] = {"missing": [], "wrong": [elsewhere], "doubled": [*relation, elsewhere]}[reason]
            example.plant("responsibility-gaps", o.id, reason)
    late, lost = next(registered), next(registered)
    for o in (late, lost):
        o.guided_by, o.answered_by = [], []
        example.plant("responsibility-gaps", o.id, "missing")
    late.registered_on, late.founded = dt.date(2016, 4, 12), dt.date(2016, 5, 20)
    example.plant("newly-registered", late.id, "no-responsible-body")
    for o in example.organizations:
        if o.street is None and o.operating:
            example.plant("responsibility-gaps", o.id, "missing")
            example.plant("managed-by-neither", o.id)
