"""What is done with which money, where and who learns? Venues, projects, funds, training, consultation, reviews (J3-J5, J13-J18)."""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Iterable
from typing import Any

from examples.generator.assessment import special
from examples.generator.bodies import CENTRE, COMMITTEE, CONFERENCE, name_of
from examples.generator.model import Example, Organization
from examples.generator.organizations import authority_id
from examples.generator.rows import Ref

HAVES = ("place", "equipment", "signs", "party_flag", "books", "rules")
YEARS = (2015, 2016)
FISCAL = "fund:{year}年“两新”组织专项经费"
PURCHASE = "fund:2014年政府购买服务资金"
MEMBERS = "fund:{year}年党员教育培训经费"
STARTUP = "fund:2015年社会组织发展基金"
SOCIAL = "fund:2012年以来社会筹集资金"
PAPERS = (
    "社会组织登记备案双轨管理",
    "社会组织扶持",
    "政府购买服务",
    "社会组织评估",
    "社会组织党建",
    "联席会议",
    "养老服务发展",
    "社会组织孵化",
)


def add_work(example: Example) -> None:
    """All of it, each part with a random generator of its own."""
    _venues(example)
    _funds(example)
    _projects(example, example.random("projects"))
    _purchases(example, example.random("purchases"))
    _payments(example, example.random("payments"))
    _training(example, example.random("training"))
    _papers(example)
    _reviews(example, example.random("reviews"))


def _organization(o: Organization) -> Ref:
    return "Organization", o.id


def _party(id_: str) -> Ref:
    return "PartyOrganization", id_


def _own(example: Example) -> list[Organization]:
    return [o for o in example.of("registered") if o.cover == "standalone" and o.operating]


def _venues(example: Example) -> None:
    """Own venues of large branches, shared service centres for all others but six; of some the six haves are not complete."""
    own = _own(example)
    complete: dict[str, Any] = dict.fromkeys(HAVES, True)
    homeless = {o.branch for o in own[70:76]}
    for id_ in homeless:
        example.plant("venue-missing", id_ or "")
    rich = [o for o in own if o.branch not in homeless and (o.members_here or 0) >= 8 and o.street]
    for k, o in enumerate(rich):
        id_ = f"venue:{o.id}"
        haves: dict[str, Any] = complete.copy()
        if k < 5:
            haves[HAVES[k]] = haves[HAVES[5]] = False
            example.plant("venue-incomplete", id_)
        elif k < 7:
            haves["books"] = None
            example.plant_unknown("venue-incomplete", id_)
        example.rows.node("Venue", id_, f"{o.name}党员活动室", kind="own", **haves)
        _place(example, ("Venue", id_), o.community, o.street)
        example.rows.edge("HOSTS", ("Venue", id_), _party(o.branch or ""), state="actual", sharing="own")
    for street in example.streets:
        id_ = f"venue:{street.name}党群服务中心"
        example.rows.node("Venue", id_, name_of(id_), kind="service-centre", **complete)
        example.rows.edge("LOCATED_IN", ("Venue", id_), ("Street", street.code))
    hosted = homeless | {o.branch for o in rich}
    home = _streets_of_branches(example)
    branches = {o.branch for o in example.organizations if o.branch} | {
        r["id"] for r in example.rows.rows["PartyOrganization"]
    }
    for id_ in sorted(str(b) for b in branches - hosted):
        venue = f"venue:{example.street_name(home.get(id_, example.streets[0].code))}党群服务中心"
        example.rows.edge("HOSTS", ("Venue", venue), _party(id_), state="actual", sharing="shared")


def _streets_of_branches(example: Example) -> dict[str, str]:
    homes = {o.branch: o.street for o in example.organizations if o.branch and o.street}
    bodies = {f"po:{s.code}": s.code for s in example.streets}
    bodies |= {f"po:{c}": s.code for s in example.streets for c, _ in s.communities}
    return {str(k): v for k, v in homes.items()} | bodies


def _place(example: Example, thing: Ref, community: str | None, street: str | None) -> None:
    if community or street:
        where = ("Community", community) if community else ("Street", str(street))
        example.rows.edge("LOCATED_IN", thing, where)


def _funds(example: Example) -> None:
    for year in YEARS:
        example.rows.node(
            "Fund",
            FISCAL.format(year=year),
            name_of(FISCAL.format(year=year)),
            fund_source="fiscal",
            amount=2_000_000.0,
            year=year,
        )
        example.rows.node(
            "Fund",
            MEMBERS.format(year=year),
            name_of(MEMBERS.format(year=year)),
            fund_source="fiscal",
            amount=400_000.0,
            year=year,
        )
    example.rows.node("Fund", PURCHASE, name_of(PURCHASE), fund_source="fiscal", amount=180_000_000.0, year=2014)
    example.rows.node("Fund", STARTUP, name_of(STARTUP), fund_source="foundation", amount=600_000.0, year=2015)
    example.rows.node("Fund", SOCIAL, name_of(SOCIAL), fund_source="social", amount=1_050_000.0, year=2012)


def _projects(example: Example, rng: random.Random) -> None:
    """Each street but three commissions Party-building projects to Party organisations in both years (J4)."""
    honoured = [o.branch or "" for o in _own(example) if o.demonstration_year]
    others = [o.branch or "" for o in _own(example) if not o.demonstration_year]
    for id_ in honoured[:3]:
        example.plant("party-organization-without-project", id_)
    waiting = iter(honoured[3:])
    for k, street in enumerate(example.streets):
        if k in {3, 8, 12}:
            example.plant("street-without-project", street.code)
            continue
        for year in YEARS:
            id_ = f"project:{year}-党建-{street.name}"
            example.rows.node(
                "Project", id_, f"{year}年{street.name}党建项目", kind="party-building", year=year, amount=20_000.0
            )
            example.rows.edge("COMMISSIONS", ("Street", street.code), ("Project", id_))
            carrier = next(waiting, rng.choice(others)) if year == example.day.year else rng.choice(others)
            example.rows.edge("COMMISSIONED_TO", ("Project", id_), _party(carrier), direct=True)
            example.rows.edge("FUNDED_BY", ("Project", id_), ("Fund", FISCAL.format(year=year)))


def _purchases(example: Example, rng: random.Random) -> None:
    """Twenty purchases of 2016 with the whole chain; seven lack a link, four went to somebody who may not (J5, J17)."""
    ceiling = example.planted["grade-above-ceiling"] | dict.fromkeys(example.unknown["grade-above-ceiling"], "")
    registered = [
        o for o in example.of("registered") if o.operating and o.id not in ceiling and not special(example, o)
    ]
    able = [
        o for o in registered if (o.grade or "") >= "3A" and o.grade_year == 2015 and not o.extra["abnormal_listed"]
    ]
    low = [o for o in registered if o.grade == "2A" and o.grade_year == 2015]
    listed = [o for o in registered if o.extra["abnormal_listed"]]
    old = [o for o in registered if o.grade_year == 2013]
    wrong = {0: (low[0], "grade"), 1: (low[1], "grade"), 2: (old[0], "expired"), 3: (listed[0], "abnormal")}
    lacking = {4: "fund", 5: "fund", 6: "packaging", 12: "packaging", 8: "contractor", 9: "benefits", 10: "benefits"}
    filed = [o for o in example.of("filed") if o.operating and o.community]
    for k in range(20):
        id_, lack = f"project:2016-购买-{k + 1:02d}", lacking.get(k)
        contractor = wrong[k][0] if k in wrong else rng.choice(able)
        if k in wrong:
            example.plant("purchase-against-rule", id_, wrong[k][1])
        if lack:
            example.plant("purchase-chain-incomplete", id_, lack)
        project = ("Project", id_)
        example.rows.node("Project", id_, f"2016年社区服务购买项目{k + 1:02d}", kind="purchase", year=2016,
                          amount=50_000.0 + 10_000 * rng.randrange(10), packaging_due=k % 4 != 3)  # fmt: skip
        example.rows.edge("COMMISSIONS", ("Authority", authority_id("锦江区民政局")), project)
        carrier = rng.choice(filed)
        links: dict[str, tuple[str, Ref, dict[str, Any]]] = {
            "fund": ("FUNDED_BY", ("Fund", PURCHASE), {}),
            "packaging": ("PACKAGED_BY", ("Hub", CENTRE), {}),
            "contractor": ("COMMISSIONED_TO", _organization(contractor), {"direct": True}),
            "benefits": ("BENEFITS", ("Community", carrier.community or ""), {}),
        }
        for link, (relation, end, fields) in links.items():
            if link != lack and (link != "packaging" or k % 4 != 3):
                example.rows.edge(relation, project, end, **fields)
        if lack != "contractor":
            example.rows.edge("COMMISSIONED_TO", project, _organization(carrier), direct=False)


def _payments(example: Example, rng: random.Random) -> None:
    """A hundred yuan a member in both years, but for five too little in both; start-up support, four against the rule (J14, J17)."""
    with_members = [o for o in example.of("registered") if o.operating and o.members]
    short = {o.id for o in with_members[25:150:25]}
    for o in with_members:
        for year in YEARS:
            share = 0.5 if o.id in short else 1.0
            ends = ("Fund", MEMBERS.format(year=year)), _organization(o)
            example.rows.edge(
                "FUNDS",
                *ends,
                purpose="training",
                paid_on=dt.date(year, 3, 18),
                amount=100.0 * share * (o.members or 0),
            )
    for id_ in short:
        example.plant("training-fund-due", id_)
    for o in example.of("registered"):
        if o.operating and o.full is None:
            example.plant_unknown("training-fund-due", o.id)
    new = [
        o
        for o in example.of("registered")
        if o.operating and o.registered_on.year in {2014, 2015} and not o.incubations
    ]
    new = [o for o in new if o.registered_on < dt.date(2015, 4, 1) and not special(example, o)]
    for k, o in enumerate(new[:12]):
        amount, passed = 5_000.0 + 1_000 * rng.randrange(16), True
        reason = {0: "amount", 1: "amount", 2: "not-passed", 3: "not-passed"}.get(k)
        if reason == "amount":
            amount = 25_000.0
        elif reason:
            passed = False
        o.extra["startup_passed"] = passed
        if reason:
            example.plant("startup-support", o.id, reason)
        ends = ("Fund", STARTUP), _organization(o)
        example.rows.edge("FUNDS", *ends, purpose="startup", paid_on=dt.date(2016, 5, 10), amount=amount)


def _training(example: Example, rng: random.Random) -> None:
    """Five courses with over 800 person-times, seven salons; eight covered organisations sent nobody (J13)."""
    for number in range(12):
        kind, label = ("course", "专题培训") if number < 5 else ("salon", "智慧沙龙")
        id_ = f"training:{label}{number % 5 + 1 if number < 5 else number - 4}"
        example.rows.node(
            "TrainingProgramme",
            id_,
            name_of(id_),
            kind=kind,
            held_on=dt.date(2014, 9, 10) + dt.timedelta(days=48 * number),
        )
        example.rows.edge("PARTNERS", ("Partner", "partner:四川大学"), ("TrainingProgramme", id_))
    example.rows.node("Partner", "partner:四川大学", "四川大学", kind="university")
    covered = [o for o in example.of("registered") if o.operating and o.cover != "none"]
    absent = rng.sample(covered, 8)
    for o in absent:
        example.plant("untrained", o.id)
    for k, o in enumerate([c for c in covered if c not in absent]):
        course = ("TrainingProgramme", f"training:专题培训{k % 5 + 1}")
        example.rows.edge("TRAINED", course, _organization(o), person_times=rng.choice((2, 2, 3, 3)))
        if k % 9 == 0:
            salon = ("TrainingProgramme", f"training:智慧沙龙{k // 9 % 7 + 1}")
            example.rows.edge("TRAINED", salon, _organization(o), person_times=1)


def _papers(example: Example) -> None:
    """One main and eight supporting papers; two are about an industry in two streets each, and some were not heard (J1, J3)."""
    main = "关于培育和发展社会组织的意见（试行）"
    example.rows.node("PolicyDocument", "policy:0", main, issued_on=dt.date(2011, 6, 1))
    about: dict[int, tuple[str | None, tuple[int, ...]]] = {6: ("养老服务", (6, 10)), 1: ("社区服务", (4, 9))}
    for k, paper in enumerate(PAPERS):
        industry, places = about.get(k, (None, ()))
        policy = ("PolicyDocument", f"policy:{k + 1}")
        issued = dt.date(2016, 5, 16) if industry else dt.date(2012, 1 + k, 15)
        example.rows.node(*policy, f"配套文件{k + 1}：{paper}（题名为生成）", issued_on=issued, industry=industry)
        for code in (example.streets[p].code for p in places):
            example.rows.edge("CONCERNS", policy, ("Street", code))
        if industry:
            _hear(example, policy, industry, {example.streets[p].code for p in places})


def _hear(example: Example, policy: Ref, industry: str, streets: set[str]) -> None:
    operating = [o for o in example.organizations if o.operating]
    for o in operating:
        if (o.industry is None and o.street in streets) or (o.street is None and o.industry == industry):
            example.plant_unknown("consultation-gap", o.id)
    for n, o in enumerate(o for o in operating if o.industry == industry and o.street in streets):
        if n % 7 == 3:
            example.plant("consultation-gap", o.id)
        else:
            ends = policy, _organization(o)
            example.rows.edge("CONSULTED", *ends, outcome="heard", heard_on=dt.date(2016, 4, 20))


def _reviews(example: Example, rng: random.Random) -> None:
    """The review of 2015, and who sits in the joint conference (J3, J18)."""
    authorities: Iterable[Ref] = (("Authority", row["id"]) for row in example.rows.rows["Authority"])
    bodies = [*authorities, *(("Street", s.code) for s in example.streets)]
    for body in bodies:
        score = round(78 + rng.random() * 20, 1)
        example.rows.edge("APPRAISES", ("GoverningBody", COMMITTEE), body, year=2015, score=score)
        example.rows.edge("CONVENES", ("GoverningBody", CONFERENCE), body)
    for o in _own(example)[:12]:
        example.rows.edge("CONVENES", ("GoverningBody", CONFERENCE), _organization(o))
