"""Which bodies lead, license, guide and incubate? The district's own, with their Party organisations (J2, J3, J6, J9-J11)."""

from __future__ import annotations

import datetime as dt

from examples.generator.model import Example
from examples.generator.organizations import GROUPS, HUB_ORGANIZATION, authority_id
from examples.generator.rows import Ref, evaluate
from graphmodel import identity

COMMITTEE, TWO_NEW, OFFICE, BUREAU = (
    "body:锦江区委",
    "body:锦江区委“两新”工委",
    "body:社会组织党建工作办公室",
    "body:区社会组织管理局",
)
GROUP, ADVISERS, CONFERENCE, ASSESSOR = (
    "body:党建工作指导团",
    "body:党建专家顾问团",
    "body:社会组织联席会议",
    "body:第三方评估机构",
)
GOVERNING: tuple[tuple[str, str, str | None], ...] = (
    (COMMITTEE, "party-committee", None),
    (TWO_NEW, "work-committee", COMMITTEE),
    (OFFICE, "office", TWO_NEW),
    (BUREAU, "bureau", TWO_NEW),
    (GROUP, "guidance-group", OFFICE),
    (ADVISERS, "advisers", OFFICE),
    (CONFERENCE, "joint-conference", BUREAU),
    (ASSESSOR, "third-party", None),
)
CENTRE = "hub:锦江区社会组织孵化中心"
INDUSTRY_COMMITTEE_NAME = "锦江区社会组织行业党委"
OUTSIDE = "po:outside:四川省高校社会组织联合党委"
WITHOUT_HUB = ("510104035", "510104037")  # far from the district's platforms on the generated map
IDLE_HUBS = ("hub:莲新街道社会组织孵化平台", "hub:沙河街道党组织孵化平台", "hub:养老服务枢纽党组织孵化平台")
UNLED_AUTHORITY, UNLED_HUB = "锦江区统计局", "hub:行业商会枢纽党组织孵化平台"
ORPHAN_BODY = authority_id("锦江区旅游局")  # its Party organisation has no superior
STATIONS: tuple[tuple[str, str, int], ...] = (
    ("station:民办学校党建工作指导站", "schools", 90),
    ("station:民办就业培训机构党建工作指导站", "job-training", 40),
    ("station:民办医疗机构党建工作指导站", "medical", 30),
    ("station:街道社会组织党建工作指导站", "street-organisations", 700),
    ("station:社区社会组织党建工作指导点", "point", 20),
)
PARTY_HUBS = (
    "社区服务枢纽",
    "养老服务枢纽",
    "行业商会枢纽",
    "志愿服务枢纽",
    "文化艺术枢纽",
    "民办教育枢纽",
    "职业培训枢纽",
    "医疗卫生枢纽",
)
DUES_YEARS = (2014, 2015)
SOURCES = ("sent", "recruited", "self", "trade", "organisation")
POSTS_BY_STATION = (18, 8, 8, 13, 3)


def name_of(id_: str) -> str:
    """The name inside a readable id."""
    return id_.rsplit(":", maxsplit=1)[-1]


def party_of(id_: str) -> str:
    """The id of the Party organisation of a body or an organisation."""
    return evaluate(identity.own_party_organization_id, id_)


def hub_of(street_name: str) -> str:
    """The platform for organisations of a street."""
    return f"hub:{street_name}社会组织孵化平台"


def add_bodies(example: Example) -> None:
    """Authorities, governing bodies, hubs, stations, posts, and who leads whom."""
    _governing(example)
    _authorities(example)
    for street in example.streets:
        _party(
            example,
            ("Street", street.code),
            f"{street.name.removesuffix('街道')}街道党工委",
            "work-committee",
            "street-body",
            TWO_NEW,
        )
        example.rows.edge("LEADS", ("GoverningBody", TWO_NEW), ("Street", street.code))
        for community, name in street.communities:
            _party(example, ("Community", community), f"{name}党委", "committee", "community-body", street.code)
    _hubs(example)
    _stations(example)
    example.rows.node("PartyOrganization", OUTSIDE, name_of(OUTSIDE), level="committee", form="outside", state="actual",
                      elected_on=dt.date(2014, 6, 20), has_committee=True)  # fmt: skip


def _party(example: Example, body: Ref, name: str, level: str, form: str, superior: str | None) -> None:
    id_ = party_of(body[1])
    rng = example.random(f"party:{body[1]}")
    small = level in {"branch", "general-branch"}
    example.rows.node(
        "PartyOrganization", id_, name, level=level, form=form, state="actual",
        members=rng.randint(8, 40) if small else None,
        elected_on=dt.date(2014, 1, 10) + dt.timedelta(days=rng.randrange(400)), has_committee=True,
    )  # fmt: skip
    example.rows.edge("PARTY_BODY_OF", ("PartyOrganization", id_), body)
    if superior is not None:
        above = ("PartyOrganization", party_of(superior))
        example.rows.edge(
            "SUBORDINATE_TO", ("PartyOrganization", id_), above, state="actual", since=dt.date(2012, 3, 1)
        )
        for year in DUES_YEARS:
            example.rows.edge("PAYS_DUES", ("PartyOrganization", id_), above, year=year, paid=6000.0, returned=6000.0)


def _governing(example: Example) -> None:
    for id_, kind, leader in GOVERNING:
        example.rows.node("GoverningBody", id_, name_of(id_), kind=kind)
        if leader is not None:
            example.rows.edge("LEADS", ("GoverningBody", leader), ("GoverningBody", id_))
    example.plant("governance-chain", ASSESSOR)
    _party(example, ("GoverningBody", COMMITTEE), "中共锦江区委", "committee", "district-body", None)
    _party(example, ("GoverningBody", TWO_NEW), "锦江区委“两新”工委", "work-committee", "district-body", COMMITTEE)
    _party(example, ("GoverningBody", BUREAU), INDUSTRY_COMMITTEE_NAME, "committee", "district-body", TWO_NEW)


def _authorities(example: Example) -> None:
    for name in dict.fromkeys(a for a, _, _ in GROUPS):
        short = name.removeprefix("锦江").removeprefix("中共锦江")
        example.rows.node("Authority", authority_id(name), name, aliases=short if short != name else None)
        superior = None if authority_id(name) == ORPHAN_BODY else COMMITTEE
        _party(example, ("Authority", authority_id(name)), f"{name}党委", "committee", "authority-body", superior)
        if name == UNLED_AUTHORITY:
            example.plant("governance-chain", authority_id(name))
        else:
            example.rows.edge("LEADS", ("GoverningBody", TWO_NEW), ("Authority", authority_id(name)))
    example.plant("broken-chain", party_of(ORPHAN_BODY), "no-superior")


def _hub(example: Example, id_: str, kind: str, level: str, place: Ref, capacity: int) -> None:
    rng = example.random(id_)
    example.rows.node("Hub", id_, name_of(id_), kind=kind, level=level, capacity=capacity,
                      members_grown=rng.randint(0, 9), cadres_grown=rng.randint(0, 4))  # fmt: skip
    example.rows.edge("LOCATED_IN", ("Hub", id_), place)
    if id_ == UNLED_HUB:
        example.plant("governance-chain", id_)
    else:
        example.rows.edge("LEADS", ("GoverningBody", BUREAU), ("Hub", id_))


def _hubs(example: Example) -> None:
    """17 platforms for organisations, the incubation centre one of them, and 23 for Party organisations (J10)."""
    first = ("Street", example.streets[0].code)
    _hub(example, CENTRE, "incubation-centre", "district", first, 20)
    _party(example, ("Hub", CENTRE), "锦江区社会组织孵化中心党总支", "general-branch", "hub-body", BUREAU)
    with_hub = [s for s in example.streets if s.code not in WITHOUT_HUB]
    for street in with_hub:
        place = ("Street", street.code)
        _hub(example, hub_of(street.name), "organisations", "street", place, 8)
        _hub(example, f"hub:{street.name}党组织孵化平台", "party-organisations", "street", place, 6)
    for trade in PARTY_HUBS[:2]:
        _hub(
            example,
            f"hub:{trade}社会组织孵化平台",
            "organisations",
            "hub-organisation",
            ("Street", with_hub[3].code),
            8,
        )
    _hub(example, "hub:锦江区党组织孵化平台", "party-organisations", "district", first, 12)
    for k, trade in enumerate(PARTY_HUBS):
        place = ("Street", with_hub[k].code)
        _hub(example, f"hub:{trade}党组织孵化平台", "party-organisations", "hub-organisation", place, 6)
    for code in WITHOUT_HUB:
        example.plant("street-without-hub", code)
    hub_organization = next(o for o in example.organizations if o.name == HUB_ORGANIZATION)
    for source in (("Hub", f"hub:{PARTY_HUBS[0]}社会组织孵化平台"), ("GuidanceStation", STATIONS[4][0])):
        example.rows.edge("BASED_ON", source, ("Organization", hub_organization.id))


def _stations(example: Example) -> None:
    """Four stations, one point, and fifty posts from five sources with room for five organisations each (J11, N12)."""
    number = 0
    for (id_, kind, capacity), posts in zip(STATIONS, POSTS_BY_STATION, strict=True):
        example.rows.node("GuidanceStation", id_, name_of(id_), kind=kind, capacity=capacity)
        example.rows.edge("LOCATED_IN", ("GuidanceStation", id_), ("Street", example.streets[0].code))
        example.rows.edge("LEADS", ("GoverningBody", GROUP), ("GuidanceStation", id_))
        for _ in range(posts):
            number += 1
            post = f"post:{number:02d}"
            example.rows.node(
                "InstructorPost", post, f"指导员岗位{number:02d}", post_source=SOURCES[number % 5], capacity=5
            )
            example.rows.edge("POSTED_TO", ("InstructorPost", post), ("GuidanceStation", id_))
