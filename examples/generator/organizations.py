"""Which organisations are there? 363 registered ones by authority and industry, 601 filed ones by community (J1)."""

from __future__ import annotations

import datetime as dt
import random

import polars as pl

from examples.generator import names
from examples.generator.codes import credit_codes
from examples.generator.model import Example, Organization
from graphmodel import identity

REGISTERED, FILED = 363, 601
GROUPS: tuple[tuple[str, str, int], ...] = (
    ("锦江区教育局", "民办教育", 70),
    ("锦江区卫生和计划生育局", "医疗卫生", 36),
    ("锦江区人力资源和社会保障局", "职业培训", 30),
    ("锦江区民政局", "养老服务", 28),
    ("锦江区文化广电新闻出版局", "文化艺术", 22),
    ("锦江区体育局", "体育健身", 16),
    ("锦江区司法局", "法律服务", 14),
    ("锦江区工商业联合会", "行业商会", 11),
    ("共青团锦江区委员会", "志愿服务", 10),
    ("锦江区科技和经济信息化局", "科学技术", 8),
    ("锦江区残疾人联合会", "慈善救助", 7),
    ("锦江区妇女联合会", "社区服务", 6),
    ("锦江区环境保护局", "生态环境", 5),
    ("锦江区民政局", "社区服务", 6),
    ("锦江区民政局", "慈善救助", 6),
    ("锦江区文化广电新闻出版局", "社区服务", 3),
    ("锦江区商务局", "行业商会", 5),
    ("锦江区房产管理局", "社区服务", 4),
    ("锦江区旅游局", "行业商会", 3),
    ("中共锦江区委宣传部", "文化艺术", 3),
    ("锦江区文学艺术界联合会", "文化艺术", 6),
    ("锦江区科学技术协会", "科学技术", 4),
    ("锦江区总工会", "社区服务", 3),
    ("锦江区城市管理局", "生态环境", 2),
    ("锦江区农业和林业局", "生态环境", 2),
    ("锦江区统计局", "科学技术", 1),
    ("锦江区投资促进局", "行业商会", 2),
    ("锦江区市场和质量监督管理局", "行业商会", 2),
)
"""Competent authority, industry and how many organisations: one group just over the ten of J7, one just at it."""
DIRECT: tuple[tuple[str, int], ...] = (("行业商会", 15), ("科学技术", 8), ("慈善救助", 10), ("社区服务", 10))
UNKNOWN_AUTHORITY, UNKNOWN_INDUSTRY = 3, 2
HUB_ORGANIZATION = "爱有戏社区文化发展中心（数据为生成）"
SAME_NAME = "锦江区晨星艺术培训学校"


def authority_id(name: str) -> str:
    """The id of an authority."""
    return f"authority:{name}"


def add_organizations(example: Example) -> None:
    """Registered, then filed organisations with place, names, codes and dates; no relations yet."""
    rng = example.random("organizations")
    registered = _registered(example, rng)
    filed = _filed(example, rng)
    example.organizations = registered + filed
    _plant_unknown_facts(example)
    _identify(example)


def _slots() -> list[tuple[str | None, str | None, str, str]]:
    """Authority, industry, mode of registration and what the ledger's column says, one for each registered one."""
    dual = [(authority_id(a), i, "dual", a) for a, i, n in GROUPS for _ in range(n)]
    words = ("直接登记", "无", "")
    direct = [(None, i, "direct", words[k % 3]) for i, n in DIRECT for k in range(n)]
    nobody = [(None, "民办教育", "dual", "")] * UNKNOWN_AUTHORITY
    trade = [(authority_id("锦江区民政局"), None, "dual", "锦江区民政局")] * UNKNOWN_INDUSTRY
    return [*dual, *direct, *nobody, *trade]


def _registered(example: Example, rng: random.Random) -> list[Organization]:
    words = names.registered_names(rng)
    places = [(s.code, c) for s in example.streets for c, _ in s.communities]
    codes = credit_codes(REGISTERED, example.seed)
    found = []
    for k, (authority, industry, mode, written) in enumerate(_slots()):
        name = next(words) + rng.choice(names.SUFFIXES[industry or "社区服务"])
        form = names.legal_form(name)
        street, community = rng.choice(places)
        number = None if k % 5 else f"锦民证字第{k + 1:04d}号"
        code = None if number else codes[form][k]
        found.append(
            Organization(
                "",
                name,
                "registered",
                names.CATEGORY.get(industry or "", "service"),
                form,
                industry,
                "operating",
                mode,
                code,
                number,
                _day(rng, dt.date(2003, 1, 6), dt.date(2015, 6, 30)),
                authority,
                written,
                street,
                community,
            )
        )
    return found


def _filed(example: Example, rng: random.Random) -> list[Organization]:
    slots = [(s.code, c, n, f) for s in example.streets for c, n in s.communities for f in names.FILED]
    chosen = rng.sample(slots, FILED)
    found = []
    for street, community, name, (suffix, industry, category) in sorted(chosen):
        found.append(
            Organization(
                "",
                name + suffix,
                "filed",
                category,
                "association",
                industry,
                "operating",
                None,
                None,
                None,
                _day(rng, dt.date(2009, 3, 2), dt.date(2016, 4, 29)),
                None,
                "",
                street,
                community,
            )
        )
    return found


def _day(rng: random.Random, first: dt.date, last: dt.date) -> dt.date:
    return first + dt.timedelta(days=rng.randrange((last - first).days + 1))


def _plant_unknown_facts(example: Example) -> None:
    """Facts that decide an id or a place: the hub organisation, a double name, other divisions, unknown places."""
    registered, filed = example.of("registered"), example.of("filed")
    hub = next(o for o in registered if o.industry == "社区服务" and o.registration == "direct")
    hub.name, hub.legal_form = HUB_ORGANIZATION, "private-unit"
    schools = [o for o in registered if o.industry == "民办教育" and o.authority and o.code]
    for twin in schools[:2]:
        twin.name, twin.legal_form = SAME_NAME, "private-unit"
    other = credit_codes(2, example.seed + 1, division="510107")["private-unit"]
    for k, stranger in enumerate(schools[2:4]):
        stranger.code, stranger.number = other[k], None
    for o in schools[10:16]:  # the street is known, the community is not
        o.community = None
    small = [o for o in registered if o.authority == authority_id("锦江区残疾人联合会")][:2]
    for o in [*small, filed[40], filed[250], filed[480]]:
        o.street = o.community = None
    for o in (filed[100], filed[400]):
        o.status = None
    inactive = [o for o in registered if o.authority == authority_id("锦江区教育局")][-2:]
    inactive += [o for o in registered if o.authority == authority_id("锦江区卫生和计划生育局")][-2:]
    for o in [*inactive, filed[10], filed[200], filed[300], filed[590]]:
        o.status = "inactive"


def _identify(example: Example) -> None:
    facts = pl.DataFrame(
        [(o.track, o.code, o.number, o.community or o.street, o.name) for o in example.organizations],
        schema=dict.fromkeys(("track", "code", "number", "place", "name"), pl.String),
        orient="row",
    )
    ids = facts.select(identity.organization_id(*(pl.col(c) for c in facts.columns))).to_series()
    for o, id_ in zip(example.organizations, ids, strict=True):
        o.id = id_
    twins = [o for o in example.organizations if o.name == SAME_NAME]
    strangers = [o for o in example.organizations if o.code and o.code[2:8] != "510104"]
    for o in twins:
        example.plant("contradictions", o.id, "same-name")
    for o in strangers:
        example.plant("contradictions", o.id, "other-division")
