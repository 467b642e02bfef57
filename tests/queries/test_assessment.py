"""Assessment, money, venues, projects, training and consultation: each question on its own small example."""

import datetime as dt
import itertools
from functools import reduce
from operator import and_, or_
from typing import Any

import pytest

from graphmodel.network import Network
from graphmodel.schema.nodes import Organization
from queries.facts import ORG
from queries.logic import Only
from queries.question import Table
from queries.registry import question
from tests.queries.small import DAY, context, network
from tests.queries.verdicts import actual, filed, registered, verdicts

MARKS = {"activity_regular": True, "members_visible": True, "party_life_regular": True}
BRANCH = {"id": "p", "form": "standalone", "state": "actual"}


def _covered(*organizations: dict[str, Any], uncovered: tuple[str, ...] = (), **more: Any) -> Network:
    return network(
        Organization=[{"has_instructor": False, **o} for o in organizations],
        PartyOrganization=[BRANCH, *more.pop("PartyOrganization", [])],
        COVERS=[actual("p", o["id"]) for o in organizations if o["id"] not in uncovered],
        **more,
    )


def test_grade_above_ceiling_says_which_mark() -> None:
    nothing = {"members": 0, "union": False, "youth_league": False, "womens_federation": False}
    net = _covered(
        registered("fine", grade="4A", **MARKS),
        registered("idle", grade="3A", **{**MARKS, "activity_regular": False}),
        registered("unseen", grade="5A", **{**MARKS, "members_visible": False, "party_life_regular": False}),
        registered("low", grade="2A", **{**MARKS, "activity_regular": False}),
        registered("doubt", grade="3A", **{**MARKS, "party_life_regular": None}),
        registered("none", grade="3A", **nothing),
        registered("staffed", grade="3A", **{**nothing, "members": 4}),
        filed("filed", grade="3A", activity_regular=False),
        registered("ungraded", activity_regular=False),
        uncovered=("none", "staffed"),
    )
    found = verdicts("grade-above-ceiling", net)
    assert found.gaps == {"idle": ("activity",), "unseen": ("members", "party-life"), "none": ("three-none",)}
    assert found.unknown == {"doubt", "ungraded"}
    assert found.passed == {"fine", "staffed"}
    assert "low" in verdicts("grade-above-ceiling", net, ceiling_grade="2A").gaps


@pytest.mark.parametrize(
    ("day", "scheme", "year", "reason"),
    [
        (DAY, "one-year", 2014, "ended"),
        (DAY, "one-year", 2015, None),
        (dt.date(2016, 9, 30), "one-year", 2015, None),
        (dt.date(2016, 10, 1), "one-year", 2015, "ending"),
        (dt.date(2016, 12, 31), "one-year", 2015, "ending"),
        (dt.date(2017, 1, 1), "one-year", 2015, "ended"),
        (DAY, "five-years", 2011, None),
        (DAY, "five-years", 2010, "ended"),
        (dt.date(2016, 10, 1), "calendar-five-years", 2011, "ending"),
    ],
)
def test_grades_end_by_the_scheme_in_force(day: dt.date, scheme: str, year: int, reason: str | None) -> None:
    net = network(day, Organization=[registered("o", grade="1A", grade_year=year)])
    found = verdicts("grade-expiring", net, grade_scheme=scheme)
    assert found.gaps == ({"o": (reason,)} if reason else {})
    assert found.total == 1


def test_a_grade_without_a_year_or_none_recorded_cannot_be_told() -> None:
    net = network(Organization=[registered("dateless", grade="3A"), registered("blank"), filed("filed")])
    found = verdicts("grade-expiring", net)
    assert (found.unknown, found.total) == ({"dateless", "blank"}, 1)


def _purchase(**contractor: Any) -> Network:
    good = {"grade": "3A", "grade_year": 2015, "abnormal_listed": False}
    carries = {"source_type": "Project", "source": "buy", "target_type": "Organization"}
    return network(
        Organization=[registered("direct", **{**good, **contractor}), filed("carrier")],
        Project=[{"id": "buy", "kind": "purchase", "year": 2016}, {"id": "other", "kind": "party-building"}],
        COMMISSIONED_TO=[
            {**carries, "target": "direct", "direct": True},
            {**carries, "target": "carrier", "direct": False},
            {**carries, "source": "other", "target": "carrier", "direct": True},
        ],
    )


@pytest.mark.parametrize(
    ("contractor", "reasons"),
    [
        ({}, None),
        ({"grade": "2A"}, ("grade",)),
        ({"grade_year": 2014}, ("expired",)),
        ({"abnormal_listed": True}, ("abnormal",)),
        ({"track": "filed", "grade": None}, ("grade",)),
    ],
)
def test_purchases_go_to_graded_contractors(contractor: dict[str, Any], reasons: tuple[str, ...] | None) -> None:
    found = verdicts("purchase-against-rule", _purchase(**contractor))
    assert found.gaps == ({"buy": reasons} if reasons else {})
    assert found.total == 1


def test_a_contractor_whose_grade_nobody_recorded_cannot_be_told() -> None:
    assert verdicts("purchase-against-rule", _purchase(grade=None)).unknown == {"buy"}


def test_an_ended_grade_is_judged_in_the_year_of_the_project() -> None:
    edge = {"source_type": "Project", "target_type": "Organization", "target": "o", "direct": True}
    net = network(
        Organization=[registered("o", grade="3A", grade_year=2013, abnormal_listed=False)],
        Project=[{"id": str(y), "kind": "purchase", "year": y} for y in (2014, 2015)]
        + [{"id": "x", "kind": "purchase"}],
        COMMISSIONED_TO=[{**edge, "source": p} for p in ("2014", "2015", "x")],
    )
    assert verdicts("purchase-against-rule", net).gaps == {"2015": ("expired",), "x": ("expired",)}


def test_purchase_chain_names_the_missing_link() -> None:
    def project(id_: str, **fields: Any) -> dict[str, Any]:
        return {"id": id_, "kind": "purchase", "packaging_due": True, **fields}

    links: dict[str, tuple[str, dict[str, Any]]] = {
        "fund": ("FUNDED_BY", {"target": "f"}),
        "packaging": ("PACKAGED_BY", {"target": "h"}),
        "contractor": ("COMMISSIONED_TO", {"source_type": "Project", "target_type": "Organization", "target": "o"}),
        "benefits": ("BENEFITS", {"target": "c"}),
    }
    projects = [project("whole"), *(project(code) for code in links), project("small", packaging_due=False),
                project("unsaid", packaging_due=None)]  # fmt: skip
    edges: Any = {
        name: [
            {"source": p["id"], **end}
            for p in projects
            if p["id"] != code and not (code == "packaging" and p["id"] in {"small", "unsaid"})
        ]
        for code, (name, end) in links.items()
    }
    net = network(
        Project=[*projects, {"id": "grant", "kind": "other"}],
        Fund=[{"id": "f"}],
        Hub=[{"id": "h"}],
        Organization=[registered("o")],
        Community=[{"id": "c"}],
        **edges,
    )
    found = verdicts("purchase-chain-incomplete", net)
    assert found.gaps == {code: (code,) for code in links}
    assert found.passed == {"whole", "small"}
    assert found.unknown == {"unsaid"}


def _paid(target: str, amount: float | None, purpose: str | None = "startup", **fields: Any) -> dict[str, Any]:
    ends = {"source": "f", "target": target, "source_type": "Fund", "target_type": "Organization"}
    return {**ends, "amount": amount, "purpose": purpose, **fields}


def test_startup_support_is_due_after_a_year_and_a_pass_and_within_the_range() -> None:
    young, new, old = dt.date(2015, 6, 13), dt.date(2015, 6, 12), dt.date(2014, 6, 12)
    net = network(
        Fund=[{"id": "f"}],
        Organization=[
            registered("due", registered_on=new, startup_passed=True),
            registered("early", registered_on=young, startup_passed=True),
            registered("failed", registered_on=new, startup_passed=False),
            registered("low", registered_on=new, startup_passed=True),
            registered("high", registered_on=new, startup_passed=True),
            registered("fine", registered_on=new, startup_passed=True),
            registered("gift", registered_on=old, startup_passed=False),
            registered("old", registered_on=old, startup_passed=True),
            registered("untold", registered_on=new),
            registered("unsaid", registered_on=new, startup_passed=True),
        ],
        FUNDS=[
            _paid("low", 4999.0),
            _paid("high", 12_000.0, paid_on=dt.date(2016, 1, 1)),
            _paid("high", 12_000.0, paid_on=dt.date(2016, 2, 1)),
            _paid("fine", 20_000.0),
            _paid("gift", 5000.0),
            _paid("due", 9000.0, "training"),
            _paid("unsaid", None),
        ],
    )
    found = verdicts("startup-support", net)
    assert found.gaps == {"due": ("due",), "low": ("amount",), "high": ("amount",), "gift": ("not-passed",)}
    assert found.passed == {"early", "failed", "fine"}
    assert found.unknown == {"untold", "unsaid"}


def test_training_fund_is_due_by_members_in_the_year() -> None:
    net = network(
        Fund=[{"id": "f", "year": 2016}, {"id": "g", "year": 2015}],
        Organization=[
            registered("paid", members=5),
            registered("short", members=6),
            registered("late", members=1),
            registered("nothing", full_members=3),
            registered("empty", members=0),
            registered("unknown"),
            registered("some", full_members=3),
        ],
        FUNDS=[
            _paid("paid", 500.0, "training", paid_on=dt.date(2016, 3, 1)),
            _paid("short", 500.0, "training"),
            _paid("late", 500.0, "training", paid_on=dt.date(2015, 12, 31)),
            {**_paid("late", 500.0, "training"), "source": "g"},
            _paid("nothing", 500.0, "work", paid_on=dt.date(2016, 3, 1)),
            _paid("some", 100.0, "training"),
        ],
    )
    found = verdicts("training-fund-due", net)
    assert found.gaps == {"short": ("too-little",), "late": ("nothing",), "nothing": ("nothing",)}
    assert found.passed == {"paid"}
    assert found.unknown == {"unknown", "some"}
    before = verdicts("training-fund-due", net, review_year="previous-year")
    assert "late" in before.passed
    assert before.gaps["paid"] == ("nothing",)


def _dues(*years: tuple[str, int | None, float | None, float | None], **state: str) -> Network:
    """Branches, each with the dues of some years: (branch, year, paid, returned)."""
    names = dict.fromkeys([*(branch for branch, *_ in years), "silent"])
    return network(
        PartyOrganization=[
            *({"id": name, "form": "standalone", "state": state.get(name, "actual")} for name in names),
            {"id": "above", "form": "street-body", "state": "actual"},
        ],
        PAYS_DUES=[
            {"source": branch, "target": "above", "year": year, "paid": paid, "returned": returned}
            for branch, year, paid, returned in years
        ],
    )


def test_dues_come_back_in_full_every_year() -> None:
    net = _dues(
        ("full", 2014, 100, 100), ("full", 2015, 90, 90), ("short", 2014, 100, 100), ("short", 2015, 100, 99),
        ("untold", 2014, 100, 100), ("untold", 2015, 100, None), ("none", 2015, 0, None), ("perhaps", 2015, None, 0),
        ("planned", 2015, 100, 0), planned="planned",
    )  # fmt: skip
    found = verdicts("dues-not-returned", net)
    assert found.gaps == {"short": ("short",)}
    assert found.passed == {"full"}
    assert found.unknown == {"untold", "perhaps", "silent"}, (
        "a street's own body need not say what it pays; a branch need"
    )
    assert verdicts("dues-not-returned", net, dues_return_rate=0.9).gaps == {}


def test_the_year_of_which_dues_are_short_or_missing_is_told() -> None:
    net = _dues(
        ("a", 2013, 50, 50), ("a", 2014, 100, 60), ("a", 2015, 100, None), ("b", None, None, 5), ("c", 2015, 0, 0),
        ("d", 2015, 100, 10), d="planned",
    )  # fmt: skip
    table = question("dues-by-year")
    assert isinstance(table, Table)
    told = table.answer(context(net)).select("id", "year", "paid", "returned", "short").rows()
    assert told == [("a", 2014, 100, 60, 40), ("a", 2015, 100, None, None), ("b", None, None, 5, None)]


def test_own_venues_have_six_things() -> None:
    all_six = dict.fromkeys(("place", "equipment", "signs", "party_flag", "books", "rules"), True)
    net = network(
        Venue=[
            {"id": "good", "kind": "own", **all_six},
            {"id": "bare", "kind": "own", **all_six, "party_flag": False, "books": False, "rules": None},
            {"id": "doubt", "kind": "own", **all_six, "rules": None},
            {"id": "shared", "kind": "school", **all_six, "rules": False},
        ]
    )
    found = verdicts("venue-incomplete", net)
    assert found.gaps == {"bare": ("party-flag", "books")}
    assert (found.unknown, found.passed) == ({"doubt"}, {"good"})


def _venues(**host: Any) -> Network:
    forms = {"own": "standalone", "joint": "joint", "street": "street-body", "hosted": "functional"}
    return network(
        PartyOrganization=[{"id": k, "form": v, "state": "actual"} for k, v in forms.items()]
        + [{"id": "planned", "form": "standalone", "state": "planned"}],
        Venue=[{"id": "v"}],
        HOSTS=[actual("v", "hosted"), {"source": "v", "target": "own", "state": "planned"}, *([host] if host else [])],
    )


def test_every_party_organisation_has_a_venue() -> None:
    found = verdicts("venue-missing", _venues())
    assert found.gaps == {"own": ("none",), "joint": ("none",)}
    assert found.passed == {"hosted"}
    assert set(verdicts("venue-missing", _venues(source="v", target="joint", state="actual")).gaps) == {"own"}


def test_the_nearest_venue_that_could_share_is_named() -> None:
    """Streets a - b - c and d apart; a centre in community a1, one in street c, an own venue in b."""

    def placed(kind: str, id_: str, place: str) -> dict[str, Any]:
        place_type = "Community" if len(place) > 1 else "Street"
        return {"source_type": kind, "source": id_, "target_type": place_type, "target": place}

    homeless = ("same", "street", "next", "lost", "apart")
    net = network(
        Street=[{"id": s} for s in "abcd"],
        NEIGHBOURS=[{"source": "a", "target": "b"}, {"source": "b", "target": "c"}],
        Community=[{"id": "a1"}, {"id": "a2"}],
        PART_OF=[{"source": c, "target": "a"} for c in ("a1", "a2")],
        Organization=[registered("o")],
        PartyOrganization=[{"id": p, "form": "joint", "state": "actual"} for p in homeless],
        COVERS=[actual("next", "o")],
        Venue=[
            {"id": "centre", "kind": "service-centre"},
            {"id": "own", "kind": "own"},
            {"id": "school", "kind": "school"},
            {"id": "unplaced", "kind": "school"},
        ],
        HOSTS=[{"source": "own", "target": "same", "state": "planned"}],
        LOCATED_IN=[
            placed("Venue", "centre", "a1"),
            placed("Venue", "own", "b"),
            placed("Venue", "school", "c"),
            placed("PartyOrganization", "same", "a1"),
            placed("PartyOrganization", "street", "a2"),
            placed("PartyOrganization", "apart", "d"),
            placed("Organization", "o", "b"),
        ],
    )
    table = question("venue-sharing")
    assert isinstance(table, Table)
    assert table.answer(context(net)).select("id", "venue", "same_community", "hops").rows() == [
        ("apart", None, None, None),
        ("lost", None, None, None),
        ("next", "centre", False, 1),
        ("same", "centre", True, 0),
        ("street", "centre", False, 0),
    ]


def test_streets_commission_projects_themselves_or_by_a_community() -> None:
    def by(kind: str, who: str, project: str) -> dict[str, Any]:
        return {"source_type": kind, "source": who, "target_type": "Project", "target": project}

    net = network(
        Street=[{"id": s} for s in ("own", "over", "late", "buys", "none")],
        Community=[{"id": "c"}],
        PART_OF=[{"source": "c", "target": "over"}],
        Project=[
            {"id": "now", "kind": "party-building", "year": 2016},
            {"id": "then", "kind": "party-building", "year": 2015},
            {"id": "buy", "kind": "purchase", "year": 2016},
        ],
        COMMISSIONS=[
            by("Street", "own", "now"),
            by("Community", "c", "now"),
            by("Street", "late", "then"),
            by("Street", "buys", "buy"),
        ],
    )
    found = verdicts("street-without-project", net)
    assert found.gaps == dict.fromkeys(("late", "buys", "none"), ("none",))
    assert found.passed == {"own", "over"}
    assert verdicts("street-without-project", net, review_year="previous-year").passed == {"late"}


def test_demonstration_party_organisations_carry_a_project() -> None:
    def party(id_: str, form: str = "standalone", year: int | None = 2015) -> dict[str, Any]:
        return {"id": id_, "form": form, "state": "actual", "demonstration_year": year}

    net = network(
        PartyOrganization=[party("busy"), party("idle"), party("joint", "joint"), party("plain", year=None)],
        Project=[{"id": "x", "kind": "party-building", "year": 2016}, {"id": "y", "kind": "other", "year": 2016}],
        COMMISSIONED_TO=[
            {"source_type": "Project", "target_type": "PartyOrganization", "source": "x", "target": "busy"},
            {"source_type": "Project", "target_type": "PartyOrganization", "source": "y", "target": "idle"},
        ],
    )
    found = verdicts("party-organization-without-project", net)
    assert found.gaps == {"idle": ("none",)}
    assert found.passed == {"busy"}


def test_covered_organisations_send_somebody_to_training() -> None:
    def sent(programme: str, target: str, number: int | None) -> dict[str, Any]:
        return {"source": programme, "target": target, "person_times": number}

    net = _covered(
        *(registered(o) for o in ("sent", "uncounted", "zero", "long", "undated", "uncovered", "early")),
        filed("filed"),
        uncovered=("uncovered",),
        TrainingProgramme=[
            {"id": "new", "held_on": dt.date(2014, 6, 12)},
            {"id": "old", "held_on": dt.date(2014, 6, 11)},
            {"id": "when"},
            {"id": "next", "held_on": dt.date(2016, 9, 1)},
        ],
        TRAINED=[sent("next", "early", 5), sent("new", "sent", 2), sent("new", "uncounted", None), sent("new", "zero", 0), sent("old", "long", 3),
                 sent("when", "undated", 3)],
    )  # fmt: skip
    found = verdicts("untrained", net)
    assert found.gaps == {"zero": ("none",), "long": ("none",), "early": ("none",)}
    assert found.passed == {"sent", "uncounted"}
    assert found.unknown == {"undated"}


def papers(*heard: tuple[str, str]) -> Network:
    """One paper on an industry in street s, one on the industry, one on street t, one on nothing in particular."""
    places = {"both": "s", "elsewhere": "u", "there": "t", "other": "s", "blank": "s"}
    return network(
        Street=[{"id": s} for s in "stu"],
        Organization=[
            registered("both", industry="养老"),
            filed("elsewhere", industry="养老"),
            registered("there", industry="教育"),
            registered("other", industry="教育"),
            registered("blank"),
            registered("nowhere", industry="教育"),
        ],
        LOCATED_IN=[
            {"source_type": "Organization", "source": o, "target_type": "Street", "target": s}
            for o, s in places.items()
        ],
        PolicyDocument=[
            {"id": "narrow", "industry": "养老"},
            {"id": "wide", "industry": "养老"},
            {"id": "area"},
            {"id": "general"},
        ],
        CONCERNS=[{"source": "narrow", "target": "s"}, {"source": "area", "target": "t"}],
        CONSULTED=[{"source": d, "target": o} for d, o in (("general", "other"), *heard)],
    )


def test_whom_a_document_concerns_is_heard() -> None:
    found = verdicts("consultation-gap", papers())
    assert found.gaps == dict.fromkeys(("both", "elsewhere", "there"), ("unheard",))
    assert found.unknown == {"blank", "nowhere"}
    assert found.passed == set()
    heard = verdicts("consultation-gap", papers(("narrow", "both"), ("area", "there"), ("area", "nowhere")))
    assert set(heard.gaps) == {"both", "elsewhere"}  # the wider paper did not hear "both"
    assert heard.unknown == {"blank"}
    assert set(verdicts("consultation-gap", papers(("narrow", "both"), ("wide", "both"))).gaps) == {
        "elsewhere",
        "there",
    }


ELIGIBLE = {"grade": "3A", "grade_year": 2015, "abnormal_listed": False, **MARKS}


@pytest.mark.parametrize(
    ("short", "reason"),
    [
        ({"grade": "2A"}, "grade"),
        ({"grade_year": 2014}, "expired"),
        ({"abnormal_listed": True}, "abnormal"),
        ({"activity_regular": False}, "activity"),
        ({"members_visible": False}, "members"),
        ({"party_life_regular": False}, "party-life"),
    ],
)
def test_one_step_short_of_purchases(short: dict[str, Any], reason: str) -> None:
    two = {**ELIGIBLE, "grade": "1A", "abnormal_listed": True}
    net = _covered(
        registered("eligible", **ELIGIBLE),
        registered("short", **{**ELIGIBLE, **short}),
        registered("two", **two),
        registered("doubt", **{**ELIGIBLE, **short, "registered_on": None, "members_visible": None})
        if reason != "members"
        else registered("doubt", **{**ELIGIBLE, **short, "activity_regular": None}),
    )
    found = verdicts("purchase-one-step-short", net)
    assert found.gaps == {"short": (reason,)}
    assert (found.passed, found.unknown) == ({"two"}, {"doubt"})


def test_only_is_the_truth_and_none_of_the_others() -> None:
    said = (ORG.union, ORG.youth_league, ORG.womens_federation)
    every = itertools.product((True, False, None), repeat=3)
    net = network(
        Organization=[
            {"id": f"{i:02}", "union": a, "youth_league": b, "womens_federation": c}
            for i, (a, b, c) in enumerate(every)
        ]
    )
    rows, asked = net[Organization], context(net)
    for which in (w for size in (1, 2, 3) for w in itertools.combinations(range(3), size)):
        alone = [reduce(and_, [t if j == i else ~t for j, t in enumerate(said)]) for i in which]
        expected = reduce(or_, alone).evaluate(rows, asked)
        joined: Any = reduce(or_, [Only(said, (place,)) for place in which])
        assert joined.which == which
        found = joined.evaluate(rows, asked)
        assert (found.yes == expected.yes).all()
        assert (found.no == expected.no).all()


def _rows(id_: str, net: Network) -> list[dict[str, Any]]:
    table = question(id_)
    assert isinstance(table, Table)
    return table.answer(context(net)).to_dicts()


def test_who_is_heard_after_the_issue_was_not_heard_before() -> None:
    day = dt.date(2016, 5, 16)
    net = network(
        Street=[{"id": "s", "name": "甲街道"}],
        Organization=[registered(id_, industry="养老") for id_ in ("before", "same", "after", "undated")],
        PolicyDocument=[
            {"id": "d", "name": "办法", "number": "1号", "industry": "养老", "issued_on": day},
            {"id": "e"},
        ],
        CONCERNS=[{"source": "e", "target": "s"}],
        CONSULTED=[
            {"source": "d", "target": "before", "heard_on": dt.date(2016, 4, 20)},
            {"source": "d", "target": "same", "heard_on": day},
            {"source": "d", "target": "after", "heard_on": dt.date(2016, 5, 17)},
            {"source": "d", "target": "undated"},
        ],
    )
    assert verdicts("consultation-gap", net).gaps == {"after": ("unheard",)}
    first, second = _rows("policy-papers", net)
    assert (first["id"], first["number"], first["issued_on"], first["heard"], first["late"]) == ("d", "1号", day, 3, 1)
    assert (first["streets"], second["streets"], second["issued_on"], second["heard"]) == (None, "甲街道", None, 0)


def test_whom_a_conference_calls_and_whom_it_leaves_out() -> None:
    def calls(body: str, type_: str, member: str) -> dict[str, str]:
        return {"source_type": "GoverningBody", "source": body, "target_type": type_, "target": member}

    net = network(
        GoverningBody=[{"id": "c", "name": "联席会议"}, {"id": "idle"}],
        Authority=[{"id": "a", "name": "教育局"}, {"id": "b", "name": "民政局"}, {"id": "x"}],
        Street=[{"id": "s", "name": "甲街道"}],
        Organization=[registered("o"), registered("p"), registered("gone", status="deregistered")],
        CONVENES=[calls("c", "Authority", "a"), calls("c", "Street", "s"), calls("c", "Organization", "o"), calls("c", "Organization", "gone")],
    )  # fmt: skip
    found = [tuple(row.values()) for row in _rows("joint-conference", net)]
    assert found == [
        ("c", "联席会议", "Authority", 1, 3, "x、民政局"),
        ("c", "联席会议", "Street", 1, 1, None),
        ("c", "联席会议", "Organization", 1, 2, None),
    ]


def test_money_is_told_by_year_and_source_and_what_is_not_stated_apart() -> None:
    def paid(fund: str, type_: str, receiver: str, amount: float | None) -> dict[str, Any]:
        return {"source_type": "Fund", "source": fund, "target_type": type_, "target": receiver, "amount": amount}

    net = network(
        Organization=[registered("o"), registered("p")],
        PartyOrganization=[BRANCH],
        Fund=[
            {"id": "f", "fund_source": "fiscal", "year": 2014, "amount": 100.0},
            {"id": "g", "fund_source": "fiscal", "year": 2014},
            {"id": "h", "fund_source": "social", "year": 2014},
            {"id": "i"},
        ],
        FUNDS=[
            paid("f", "Organization", "o", 10.0),
            paid("g", "Organization", "o", None),
            paid("g", "PartyOrganization", BRANCH["id"], 5.0),
        ],
    )
    assert [tuple(row.values()) for row in _rows("money-by-source", net)] == [
        (2014, "fiscal", 2, 100.0, 1, 15.0, 1, 2),
        (2014, "social", 1, None, 1, None, 0, 0),
        (None, None, 1, None, 1, None, 0, 0),
    ]


def test_a_programme_has_its_partners_and_its_counts() -> None:
    net = network(
        Organization=[registered("o"), registered("p")],
        TrainingProgramme=[{"id": "t", "kind": "course", "held_on": dt.date(2015, 3, 1)}, {"id": "u"}],
        Partner=[{"id": "x", "name": "乙大学"}, {"id": "y", "name": "甲大学"}],
        PARTNERS=[{"source": "x", "target": "t"}, {"source": "y", "target": "t"}],
        TRAINED=[{"source": "t", "target": "o", "person_times": 3}, {"source": "t", "target": "p"}],
    )
    first, second = _rows("training-held", net)
    assert (first["kind"], first["partners"], first["organisations"], first["person_times"], first["uncounted"]) == (
        "course", "乙大学、甲大学", 2, 3, 1,
    )  # fmt: skip
    assert (second["partners"], second["organisations"], second["person_times"]) == (None, 0, None)


def test_three_none_alone_is_one_step() -> None:
    nothing = {"members": 0, "union": False, "youth_league": False, "womens_federation": False}
    net = _covered(registered("o", **{**ELIGIBLE, **nothing}), registered("x", **ELIGIBLE), uncovered=("o",))
    assert verdicts("purchase-one-step-short", net).gaps == {"o": ("three-none",)}


@pytest.mark.parametrize(
    "id_",
    [
        "purchase-against-rule",
        "startup-support",
        "training-fund-due",
        "venue-missing",
        "street-without-project",
        "party-organization-without-project",
        "untrained",
        "consultation-gap",
    ],
)
def test_nothing_imported_is_no_data(id_: str) -> None:
    assert question(id_).needs
    net = network(Organization=[registered("o")], PartyOrganization=[BRANCH], Street=[{"id": "s"}])
    assert verdicts(id_, net).no_data
