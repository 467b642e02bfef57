"""Who works together? The district's alliance, one in each street, and the seven joints among their members (J12)."""

from __future__ import annotations

import datetime as dt
from typing import Any

from examples.generator.bodies import OFFICE
from examples.generator.model import Example, Organization
from examples.generator.organizations import HUB_ORGANIZATION
from graphmodel.choices import Joint

DISTRICT, LEADERLESS = "alliance:锦江区社会组织党建联盟", "alliance:文化艺术社团联盟"
RESULTS: dict[int, dict[str, Any]] = {
    2014: {"service_hours": 1046.0, "covenants": 134, "disputes": 984},
    2015: {"service_hours": 1212.5, "covenants": 151, "disputes": 903},
}
"""What the alliance achieved in each year: of 2014 the article says over 1,000 hours, over 130 covenants, 984 disputes (J12)."""
OUTSIDE_FILED, OUTSIDE_REGISTERED = 18, 9


def add_alliances(example: Example) -> None:
    """Alliances, members, joints, results; some organisations outside, one alliance without a lead, two with joints missing."""
    rng = example.random("alliance")
    operating = [o for o in example.organizations if o.status != "inactive"]
    registered = [o for o in operating if o.registered and o.name != HUB_ORGANIZATION]
    uncovered = [o for o in registered if o.cover == "none"]
    outside = rng.sample(uncovered, 4) + rng.sample(
        [o for o in registered if o.cover != "none"], OUTSIDE_REGISTERED - 4
    )
    placed = [o for o in operating if not o.registered and o.street]
    outside += rng.sample([o for o in placed if o.status == "operating"], OUTSIDE_FILED)
    outside += [o for o in operating if not o.registered and not o.street]
    for o in outside:
        example.plant("outside-alliance", o.id)
    members: dict[str, list[Organization]] = {DISTRICT: [o for o in registered if o not in outside]}
    members[DISTRICT].insert(0, next(o for o in operating if o.name == HUB_ORGANIZATION))
    arts = [o for o in placed if o not in outside and o.industry == "文化艺术" and o.status == "operating"][::15][:5]
    members[LEADERLESS] = arts
    for street in example.streets:
        name = f"alliance:{street.name.removesuffix('街道')}街道社会组织党建联盟"
        members[name] = [o for o in placed if o.street == street.code and o not in outside and o not in arts]
    for name, inside in members.items():
        _alliance(example, name, inside)
    lonely = {o.id: "alone" for o in outside if o.status == "operating"} | {o.id: "no-lead" for o in arts}
    example.planted["isolated-component"] = lonely


def _alliance(example: Example, name: str, members: list[Organization]) -> None:
    unknown, lacking = name == _street(example, 4), name == LEADERLESS
    example.rows.node("Alliance", name, name.split(":")[1], charter=None if unknown else not lacking,
                      pledges=0 if lacking else 3)  # fmt: skip
    for year, results in RESULTS.items() if name == DISTRICT else ():
        example.rows.edge("REPORTS_TO", ("Alliance", name), ("GoverningBody", OFFICE), year=year, **results)
    for k, o in enumerate(members):
        o.alliance = name
        role = "lead" if k == 0 and name != LEADERLESS else "member"
        ends = ("Organization", o.id), ("Alliance", name)
        example.rows.edge("MEMBER_OF", *ends, state="actual", since=dt.date(2014, 4, 1), role=role)
    missing = _missing(example, name)
    for k, joint in enumerate(Joint.values()):
        if joint in missing:
            example.plant("missing-joints", name, "joints")
            continue
        for step in range(1, 2 + (name == DISTRICT)):
            a, b = members[(k * 3) % len(members)], members[(k * 3 + step) % len(members)]
            example.rows.edge("JOINS_WITH", ("Organization", a.id), ("Organization", b.id), kind=joint, alliance=name)
    if lacking:
        example.plant("missing-joints", name, "charter")
    elif unknown:
        example.plant_unknown("missing-joints", name)


def _street(example: Example, k: int) -> str:
    return f"alliance:{example.streets[k].name.removesuffix('街道')}街道社会组织党建联盟"


def _missing(example: Example, name: str) -> set[str]:
    lacking = {_street(example, 2): {"culture", "venues"}, _street(example, 9): {"members"}}
    return lacking.get(name, set())
