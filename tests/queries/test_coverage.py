"""Who is covered how, at what rates, and what follows for organisations and their branches."""

from __future__ import annotations

import datetime as dt
import itertools
import random
from typing import Any

import numpy as np
import polars as pl
import pytest

from graphmodel.network import Network
from graphmodel.schema.nodes import Organization
from queries.catalogue.coverage_rates import COVERAGE_RATES
from queries.coverage import Cover, coverage, coverage_after_plans, shown
from queries.planned import as_if_confirmed
from queries.registry import catalogue
from tests.queries.small import DAY, context, network
from tests.queries.verdicts import actual, filed, registered, verdicts

ORGANIZATION_QUESTIONS = (
    "uncovered",
    "no-work-coverage",
    "branch-required",
    "few-members-uncovered",
    "instructor-due",
    "three-none",
    "joint-ready-to-stand-alone",
)
BRANCH_QUESTIONS = (
    "joint-branch-too-wide",
    "joint-branch-unrelated",
    "standalone-below-strength",
    "form-upgrade",
    "committee-missing",
    "term-due",
)


def party(id_: str, form: str | None = "standalone", **fields: Any) -> dict[str, Any]:
    return {"id": id_, "form": form, "level": "branch", "state": "actual", **fields}


def planned(source: str, target: str) -> dict[str, Any]:
    return {"source": source, "target": target, "state": "planned"}


WAYS = network(
    Organization=[
        registered("own", has_instructor=False),
        registered("both"),
        registered("joint"),
        registered("functional"),
        registered("union", union=True),
        registered("none", union=False, youth_league=False, womens_federation=False, has_instructor=False),
        registered("form?"),
        registered("union?", union=None, youth_league=False, womens_federation=False, has_instructor=False),
        registered("planned", union=False, youth_league=False, womens_federation=False, has_instructor=False),
        registered("inactive", status="inactive"),
        registered("gone", status="deregistered"),
        registered("status?", status=None),
        filed("filed-own"),
        filed("filed-none", union=False, youth_league=False, womens_federation=False, has_instructor=False),
    ],
    PartyOrganization=[
        party("p-own"),
        party("p-joint", "joint"),
        party("p-functional", "functional"),
        party("p-form?", None),
        party("p-planned", state="planned"),
        party("p-filed"),
    ],
    COVERS=[
        actual("p-own", "own"),
        actual("p-own", "both"),
        actual("p-joint", "both"),
        actual("p-joint", "joint"),
        actual("p-functional", "functional"),
        actual("p-form?", "form?"),
        planned("p-planned", "planned"),
        planned("p-joint", "none"),
        actual("p-own", "status?"),
        actual("p-filed", "filed-own"),
    ],
)


def kinds(net: Network, **policy: Any) -> dict[str, str | None]:
    c = context(net, **policy)
    words = [*Cover.values(), None]
    return dict(zip(net[Organization].ids, (words[k] for k in coverage(c).kind), strict=True))


def test_each_organisation_counts_once_by_its_first_way() -> None:
    assert kinds(WAYS) == {
        "own": "standalone",
        "both": "standalone",
        "joint": "joint",
        "functional": "functional",
        "union": "work-only",
        "none": "none",
        "form?": None,
        "union?": None,
        "planned": "none",
        "inactive": None,
        "gone": None,
        "status?": "standalone",
        "filed-own": "standalone",
        "filed-none": "none",
    }


def test_rates_count_what_is_certain_and_give_the_range_that_the_unknown_allows() -> None:
    rates = coverage(context(WAYS)).rates()
    assert (rates.total, rates.uncertain) == (9, 1)
    assert (rates.standalone, rates.joint, rates.functional, rates.work_only, rates.none, rates.unknown) == (
        2,
        1,
        1,
        1,
        2,
        2,
    )
    # own, both, joint of nine; at most the form that is not known and the one of unknown status too
    assert (rates.coverage.rate, rates.coverage.lowest, rates.coverage.highest) == (3 / 9, 3 / 9, 5 / 10)
    assert (rates.standalone_share.rate, rates.standalone_share.highest) == (2 / 9, 4 / 10)
    assert (rates.work.rate, rates.work.lowest, rates.work.highest) == (6 / 9, 6 / 9, 8 / 10)
    assert (rates.coverage_short, rates.standalone_short) == (9 - 3, 4 - 2)


def test_functional_ones_count_where_the_policy_says_so() -> None:
    rates = coverage(context(WAYS, functional_counts=True)).rates()
    assert (rates.coverage.rate, rates.coverage.lowest) == (5 / 9, 5 / 9)  # whatever form the unknown one has


def test_the_denominator_follows_the_policy_and_filed_ones_stand_apart() -> None:
    c = coverage(context(WAYS, coverage_denominator="registered-all"))
    assert (c.rates().total, c.rates().uncertain) == (10, 1)
    c = coverage(context(WAYS, coverage_denominator="include-filed"))
    assert c.rates().total == 11
    assert c.rates(scope=c.registered).total == 9
    both = c.rates(scope=c.filed)
    assert (both.total, both.standalone, both.none) == (2, 1, 1)
    assert coverage(context(WAYS, inactive_in_scope=True)).rates().total == 10


def test_a_mask_narrows_the_rates_and_nobody_has_no_rate() -> None:
    c = coverage(context(WAYS))
    ids = WAYS[Organization].ids
    rates = c.rates(ids.is_in(["own", "none"]).to_numpy())
    assert (rates.total, rates.coverage.rate, rates.coverage_short) == (2, 0.5, 1)
    nobody = c.rates(np.zeros(len(ids), dtype=np.bool_))
    assert (nobody.total, nobody.coverage.rate, nobody.work.highest, nobody.coverage_short) == (0, None, None, 0)


def test_after_what_is_planned_the_planned_ones_count() -> None:
    rates = coverage_after_plans(context(WAYS)).rates()
    assert (rates.total, rates.standalone, rates.joint, rates.none) == (9, 3, 2, 0)
    confirmed = as_if_confirmed(WAYS)
    assert as_if_confirmed(confirmed) is confirmed
    assert confirmed.table("COVERS")["state"].to_list() == ["actual"] * 10
    assert set(confirmed.table("PartyOrganization")["state"]) == {"actual"}
    assert "planned" in WAYS.table("COVERS")["state"].to_list()


def test_strict_cover_asks_where_the_chain_leads() -> None:
    net = network(
        Organization=[registered("o1"), registered("o2"), registered("o3")],
        PartyOrganization=[
            party("p1"),
            party("p2"),
            party("p3"),
            party("top", "district-body"),
            party("out", "outside"),
        ],
        GoverningBody=[{"id": "g", "kind": "party-committee"}],
        PARTY_BODY_OF=[
            {
                "source_type": "PartyOrganization",
                "source": "top",
                "target_type": "GoverningBody",
                "target": "g",
            }
        ],
        SUBORDINATE_TO=[actual("p1", "top"), actual("p2", "out")],
        COVERS=[actual("p1", "o1"), actual("p2", "o2"), actual("p3", "o3")],
    )
    assert list(kinds(net).values()) == ["standalone"] * 3
    assert list(kinds(net, strict_cover=True).values()) == ["standalone", "standalone", None]
    assert coverage(context(net, strict_cover=True)).rates().coverage.highest == 2 / 3
    assert set(verdicts("uncovered", net, strict_cover=True).gaps) == {"o3"}


@pytest.mark.parametrize(
    ("link", "superior", "verdict"),
    [
        ({"state": "actual"}, {"state": "actual"}, "passed"),
        ({"state": None}, {"state": "actual"}, "unknown"),
        ({"state": "planned"}, {"state": "actual"}, "gaps"),
        ({"state": "actual"}, {"state": None}, "unknown"),
        ({"state": "actual"}, {"state": "planned"}, "gaps"),
    ],
)
def test_a_chain_that_may_reach_the_top_is_neither_cover_nor_a_gap(
    link: dict[str, Any], superior: dict[str, Any], verdict: str
) -> None:
    net = network(
        Organization=[registered("o")],
        PartyOrganization=[party("p"), {**party("middle"), **superior}, party("out", "outside")],
        SUBORDINATE_TO=[{"source": "p", "target": "middle", **link}, actual("middle", "out")],
        COVERS=[actual("p", "o")],
    )
    found = verdicts("uncovered", net, strict_cover=True)
    where = {"gaps": set(found.gaps), "unknown": found.unknown, "passed": found.passed}
    assert where == {name: {"o"} if name == verdict else set() for name in where}


NO_WORK: dict[str, Any] = dict.fromkeys(("union", "youth_league", "womens_federation", "has_instructor"), False)
CHOICES: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("form", ("standalone", "joint", "functional")),
    ("state", ("actual", "planned")),
    ("status", ("operating", "inactive")),
    ("track", ("registered", "filed")),
)


def _completed(known: list[dict[str, str | None]]) -> Network:
    fields = [{"track": o["track"], "status": o["status"], **NO_WORK} for o in known]
    return network(
        Organization=[{"id": str(k), **given} for k, given in enumerate(fields)],
        PartyOrganization=[party(f"p{k}", o["form"]) for k, o in enumerate(known)],
        COVERS=[{"source": f"p{k}", "target": str(k), "state": o["state"]} for k, o in enumerate(known)],
    )


@pytest.mark.parametrize("seed", range(16))
def test_the_range_is_that_of_all_networks_that_could_be_meant(seed: int) -> None:
    rng = random.Random(seed)
    known: list[dict[str, str | None]] = [{name: rng.choice(words) for name, words in CHOICES} for _ in range(4)]
    holes = [(o, name, words) for o in known for name, words in CHOICES if rng.random() < 0.25][:4]
    for o, name, _ in holes:
        o[name] = None
    rates = coverage(context(_completed(known))).rates()
    found: dict[str, list[float]] = {"coverage": [], "standalone_share": [], "work": []}
    for words in itertools.product(*(words for _, _, words in holes)):
        for (o, name, _), word in zip(holes, words, strict=True):
            o[name] = word
        exact = coverage(context(_completed(known))).rates()
        assert exact.unknown == exact.uncertain == 0
        for name in found:
            rate = getattr(exact, name).rate
            found[name] += [] if rate is None else [rate]
    for name, values in found.items():
        share = getattr(rates, name)
        assert (share.lowest, share.highest) == ((min(values), max(values)) if values else (None, None)), name


def test_the_table_shows_rates_by_line_now_and_after_what_is_planned() -> None:
    table = COVERAGE_RATES.answer(context(WAYS))
    whole = table.filter(pl.col("dimension") == "whole").select(
        "track", "key", "total", "standalone", "planned_coverage_rate"
    )
    assert whole.rows() == [("registered", "all", 9, 2, 5 / 9), ("filed", "all", 2, 1, 0.5)]
    both = COVERAGE_RATES.answer(context(WAYS, coverage_denominator="include-filed"))
    assert both["track"].unique(maintain_order=True).to_list() == ["both", "registered", "filed"]


def test_lines_of_a_dimension_add_up_to_the_whole() -> None:
    net = network(
        Organization=[
            registered("o1", category="charity", industry="医疗"),
            registered("o2", category="service"),
            registered("o3"),
        ],
        Street=[{"id": "s", "name": "某街道"}],
        LOCATED_IN=[{"source_type": "Organization", "source": "o1", "target_type": "Street", "target": "s"}],
        PartyOrganization=[party("p")],
        COVERS=[actual("p", "o1")],
    )
    table = COVERAGE_RATES.answer(context(net))
    for dimension in ("whole", "category", "industry", "street", "community", "authority"):
        part = table.filter(pl.col("dimension") == dimension)
        assert (part["total"].sum(), part["standalone"].sum()) == (3, 1), dimension
    street = table.filter(pl.col("key") == "s").row(0, named=True)
    assert (street["name"], street["coverage_rate"], street["coverage_short"]) == ("某街道", 1.0, 0)
    assert table.filter(pl.col("dimension") == "street")["name"].to_list()[-1].startswith("未填写")


def test_uncovered() -> None:
    found = verdicts("uncovered", WAYS)
    assert found.gaps == dict.fromkeys(("union", "union?", "none", "planned"), ("none",))
    assert found.passed == {"own", "both", "joint", "functional", "form?"}
    assert (found.unknown, found.total) == (set(), 9)
    assert "inactive" in verdicts("uncovered", WAYS, inactive_in_scope=True).gaps
    assert verdicts("uncovered", network(Organization=[registered("o")])).no_data


def test_an_organisation_of_unknown_status_that_nobody_covers_cannot_be_told() -> None:
    net = network(
        Organization=[registered("o", status=None), registered("x")],
        PartyOrganization=[party("p")],
        COVERS=[actual("p", "x")],
    )
    assert verdicts("uncovered", net).unknown == {"o"}


def test_no_work_coverage() -> None:
    found = verdicts("no-work-coverage", WAYS)
    assert set(found.gaps) == {"none", "planned", "filed-none"}
    assert found.unknown == {"union?"}
    assert {"union", "joint", "filed-own"} <= found.passed


def covered(*edges: dict[str, Any], form: str = "joint", **fields: Any) -> Network:
    """Organisations o and x; x is in the Party organisation p, o where an edge says so."""
    return network(
        Organization=[
            registered("o", **{"has_instructor": False, **fields}),
            registered("x", full_members=0, union=True, has_instructor=False),
        ],
        PartyOrganization=[party("p", form)],
        InstructorPost=[{"id": "post"}],
        GuidanceStation=[{"id": "station"}],
        COVERS=[actual("p", "x"), *[e for e in edges if e["source"] == "p"]],
        INSTRUCTS=[e for e in edges if e["source"] == "post"],
        STATION_GUIDES=[e for e in edges if e["source"] == "station"],
    )


@pytest.mark.parametrize("source", ["p", "post", "station"])
def test_each_way_of_cover_ends_the_lack_of_work_coverage(source: str) -> None:
    assert "o" in verdicts("no-work-coverage", covered(**NO_WORK)).gaps
    assert "o" in verdicts("no-work-coverage", covered(planned(source, "o"), **NO_WORK)).gaps
    assert "o" in verdicts("no-work-coverage", covered(actual(source, "o"), **NO_WORK)).passed


@pytest.mark.parametrize(
    ("fields", "verdict"),
    [
        ({"full_members": 1}, "gap"),
        ({"full_members": 2}, "gap"),
        ({"full_members": 0}, "out"),
        ({"full_members": 3}, "out"),
        ({"members": 2}, "unknown"),  # at most two of them are full, perhaps none
        ({"members": 0}, "out"),
        ({}, "unknown"),
        ({"full_members": 2, "track": "filed"}, "out"),
    ],
)
def test_few_members_uncovered(fields: dict[str, Any], verdict: str) -> None:
    found = verdicts("few-members-uncovered", covered(**fields))
    assert ("o" in found.gaps, "o" in found.unknown, "o" in found.passed) == (
        verdict == "gap",
        verdict == "unknown",
        False,
    )
    if verdict == "gap":
        for form in ("joint", "functional"):
            after = verdicts("few-members-uncovered", covered(actual("p", "o"), form=form, **fields))
            assert (after.gaps, after.passed) == ({}, {"o"})


def test_instructor_due() -> None:
    assert verdicts("instructor-due", covered()).gaps == {"o": ("none",)}
    assert verdicts("instructor-due", covered(planned("post", "o"))).gaps == {"o": ("none",)}
    assert verdicts("instructor-due", covered(actual("post", "o"))).passed == {"o"}
    assert verdicts("instructor-due", covered(actual("p", "o"))).total == 0
    assert verdicts("instructor-due", covered({"source": "post", "target": "o"})).unknown == {"o"}
    assert verdicts("instructor-due", covered(track="filed")).total == 0
    assert verdicts("instructor-due", covered(track="filed"), instructor_due_includes_filed=True).gaps == {
        "o": ("none",)
    }


def test_an_instructor_that_nobody_tells_of_leaves_it_open() -> None:
    silent: dict[str, Any] = {**NO_WORK, "members": 0, "has_instructor": None}
    for asked in ("instructor-due", "no-work-coverage", "three-none"):
        assert verdicts(asked, covered(**silent)).unknown == {"o"}, asked
        assert verdicts(asked, covered(actual("post", "x"), **silent)).gaps.keys() == {"o"}, (
            "whom posts serve is on record"
        )
    assert (
        coverage(context(covered(**silent))).rates().none,
        coverage(context(covered(**silent))).rates().unknown,
    ) == (0, 1)


def test_three_none() -> None:
    lacking: dict[str, Any] = {"members": 0, **NO_WORK}
    assert verdicts("three-none", covered(**lacking)).gaps == {"o": ("three-none",)}
    for source in ("p", "post", "station"):
        assert verdicts("three-none", covered(actual(source, "o"), **lacking)).gaps == {}
    places = {**lacking, "members": None, "members_here": 0}
    assert verdicts("three-none", covered(**places, members_elsewhere=0)).gaps == {"o": ("three-none",)}
    assert verdicts("three-none", covered(**places)).unknown == {"o"}
    assert verdicts("three-none", covered(**{**lacking, "members": 1})).gaps == {}
    assert verdicts("three-none", covered(**{**lacking, "members": None})).unknown == {"o"}
    assert verdicts("three-none", covered(**{**lacking, "youth_league": None})).unknown == {"o"}
    assert verdicts("three-none", covered(**lacking, track="filed")).total == 1  # only x is registered


def test_branch_required_and_joint_ready_to_stand_alone() -> None:
    ready = covered(actual("p", "o"), full_members=3)
    assert verdicts("joint-ready-to-stand-alone", ready).gaps == {"o": ("enough-members",)}
    assert verdicts("joint-ready-to-stand-alone", ready).passed == {"x"}
    assert verdicts("branch-required", ready).gaps == {"o": ("joint-only",)}
    assert verdicts("branch-required", covered(full_members=3)).gaps == {"o": ("none",)}
    assert verdicts("joint-ready-to-stand-alone", covered(full_members=3)).gaps == {}
    assert verdicts("joint-ready-to-stand-alone", covered(actual("p", "o"))).unknown == {"o"}
    assert verdicts("joint-ready-to-stand-alone", covered(actual("p", "o"), members=2)).passed == {"o", "x"}
    assert verdicts("joint-ready-to-stand-alone", covered(actual("p", "o"), full_members=3, track="filed")).gaps == {}
    own = network(
        Organization=[registered("o", full_members=3)],
        PartyOrganization=[party("p", "joint"), party("q")],
        COVERS=[actual("p", "o"), actual("q", "o")],
    )
    assert verdicts("joint-ready-to-stand-alone", own).total == 0
    assert verdicts("branch-required", own).passed == {"o"}


def joint(
    *units: dict[str, Any], edges: list[dict[str, Any]] | None = None, neighbours: bool = True, **fields: Any
) -> Network:
    """One joint branch p of these organisations, which may say the street they are in: a, b and c lie in a row."""
    places = {u["id"]: u.get("street") for u in units}
    organizations = [{k: v for k, v in u.items() if k != "street"} for u in units]
    return network(
        Organization=organizations,
        Street=[{"id": "a"}, {"id": "b"}, {"id": "c"}],
        NEIGHBOURS=[{"source": "a", "target": "b"}, {"source": "b", "target": "c"}] if neighbours else [],
        LOCATED_IN=[
            {"source_type": "Organization", "source": id_, "target_type": "Street", "target": street}
            for id_, street in places.items()
            if street
        ],
        PartyOrganization=[party("p", **{"form": "joint", **fields})],
        COVERS=[actual("p", u["id"]) for u in units] if edges is None else edges,
    )


def unit(id_: str, street: str | None = None, industry: str | None = None, **fields: Any) -> dict[str, Any]:
    return registered(id_, street=street, industry=industry, **fields)


def test_joint_branch_too_wide() -> None:
    five, six = [unit(str(k)) for k in range(5)], [unit(str(k)) for k in range(6)]
    assert verdicts("joint-branch-too-wide", joint(*five)).passed == {"p"}
    assert verdicts("joint-branch-too-wide", joint(*six)).gaps == {"p": ("too-wide",)}
    assert verdicts("joint-branch-too-wide", joint(*six), joint_max_units=6).passed == {"p"}
    assert verdicts("joint-branch-too-wide", joint(*six, form="functional")).total == 0
    assert verdicts("joint-branch-too-wide", joint(*six, state="planned")).total == 0
    gone = [*five, unit("5", status="deregistered")]
    assert verdicts("joint-branch-too-wide", joint(*gone)).passed == {"p"}
    assert verdicts("joint-branch-too-wide", joint(*five, unit("5", status="inactive"))).gaps == {"p": ("too-wide",)}
    assert verdicts("joint-branch-too-wide", joint(*five, unit("5", status=None))).unknown == {"p"}
    edges = [*[actual("p", str(k)) for k in range(5)], planned("p", "5")]
    assert verdicts("joint-branch-too-wide", joint(*six, edges=edges)).passed == {"p"}


@pytest.mark.parametrize(
    ("units", "verdict"),
    [
        ([unit("1", "a", "医疗"), unit("2", "c", "教育")], "gap"),
        ([unit("1", "a", "医疗"), unit("2", "b", "教育")], "passed"),  # neighbouring streets
        ([unit("1", "a", "医疗"), unit("2", "c", "医疗")], "passed"),  # one industry
        ([unit("1", "a", "医疗"), unit("2", "b", "教育"), unit("3", "c", "医疗")], "gap"),  # a and c are two apart
        ([unit("1", "a", "医疗")], "passed"),  # alone
        ([unit("1", "a", "医疗"), unit("2", None, "教育")], "unknown"),
        ([unit("1", None, None), unit("2", "a", "医疗")], "unknown"),
        ([unit("1", None, None)], "passed"),
        ([unit("1", "a", "医疗"), unit("2", "c", None)], "unknown"),
        ([unit("1", "a", "医疗"), unit("2", "a", None)], "passed"),
        ([unit("1", "a", "医疗"), unit("2", "c", "教育"), unit("3", None, None)], "gap"),
        ([unit("1", "a", "医疗"), unit("2", "c", "教育", status="deregistered")], "passed"),
        ([unit("1", "a", "医疗"), unit("2", "c", "教育", status=None)], "unknown"),
    ],
)
def test_joint_branch_unrelated(units: list[dict[str, Any]], verdict: str) -> None:
    found = verdicts("joint-branch-unrelated", joint(*units))
    assert (set(found.gaps), found.unknown, found.passed) == tuple(
        {"p"} if verdict == word else set() for word in ("gap", "unknown", "passed")
    )


def test_what_is_near_follows_the_policy_and_the_recorded_neighbours() -> None:
    apart = [unit("1", "a", "医疗"), unit("2", "c", "教育")]
    assert verdicts("joint-branch-unrelated", joint(*apart), joint_max_hops=2).passed == {"p"}
    assert verdicts("joint-branch-unrelated", joint(*apart, neighbours=False)).unknown == {"p"}
    assert verdicts("joint-branch-unrelated", joint(*apart, form="standalone")).total == 0


@pytest.mark.parametrize(
    ("fields", "verdict"),
    [
        ({"full_members": 2}, "gap"),
        ({"full_members": 3}, "passed"),
        ({"members": 2}, "gap"),  # of any kind, so fewer are full
        ({"members": 5}, "unknown"),
        ({}, "unknown"),
        ({"full_members": 2, "track": "filed"}, "gap"),
        ({"full_members": 2, "status": "inactive"}, "out"),
    ],
)
def test_standalone_below_strength(fields: dict[str, Any], verdict: str) -> None:
    found = verdicts("standalone-below-strength", joint(unit("o", **fields), form="standalone"))
    assert (set(found.gaps), found.unknown, found.passed) == tuple(
        {"p"} if verdict == word else set() for word in ("gap", "unknown", "passed")
    )
    assert found.total == (verdict != "out")


def test_standalone_below_strength_is_about_own_ones_only() -> None:
    for form in ("joint", "functional"):
        assert verdicts("standalone-below-strength", joint(unit("o", full_members=1), form=form)).total == 0


def test_form_upgrade() -> None:
    net = network(
        PartyOrganization=[
            party("b50", members=50),
            party("b51", members=51),
            party("b100", members=100),
            party("b101", members=101),
            party("b?", members=None),
            party("g100", level="general-branch", members=100),
            party("g101", level="general-branch", members=101),
            party("c", level="committee", members=500),
            party("soon", members=60, state="planned"),
            party("centre", form=None, level="general-branch", members=200),
            party("hub", form="hub-body", level="general-branch", members=200),
            party("hub?", form="hub-body", level="general-branch", members=200),
        ],
        Hub=[{"id": "h", "kind": "incubation-centre"}, {"id": "unknown"}],
        PARTY_BODY_OF=[
            {"source_type": "PartyOrganization", "source": source, "target_type": "Hub", "target": target}
            for source, target in (("centre", "h"), ("hub?", "unknown"))
        ],
    )
    found = verdicts("form-upgrade", net)
    assert found.gaps == {
        "b51": ("general-branch",),
        "b100": ("general-branch",),
        "b101": ("committee",),
        "g101": ("committee",),
        "hub": ("committee",),
    }
    assert (found.unknown, found.passed) == ({"b?", "hub?"}, {"b50", "g100"})
    at_least = verdicts("form-upgrade", net, upgrade_reading="at-least").gaps
    assert set(at_least) - set(found.gaps) == {"b50", "g100"}
    assert (at_least["b50"], at_least["b100"]) == (("general-branch",), ("committee",))


def test_committee_missing() -> None:
    net = network(
        PartyOrganization=[
            party("six", members=6, has_committee=False),
            party("seven", members=7, has_committee=False),
            party("has", members=9, has_committee=True),
            party("?", members=9),
            party("members?", has_committee=False),
            party("soon", members=9, has_committee=False, state="planned"),
        ],
    )
    found = verdicts("committee-missing", net)
    assert (found.gaps, found.unknown, found.passed) == ({"seven": ("no-committee",)}, {"?", "members?"}, {"has"})
    assert set(verdicts("committee-missing", net, branch_committee_min_members=6).gaps) == {"six", "seven"}


def test_term_due() -> None:
    long_ago, lately = DAY.replace(year=2013), DAY.replace(year=2013) + dt.timedelta(days=1)
    net = network(
        PartyOrganization=[
            party("over", elected_on=long_ago),
            party("in-term", elected_on=lately),
            party("elected?", founded_on=long_ago),
            party("new", founded_on=lately),
            party("committee", level="committee", elected_on=dt.date(2001, 1, 1)),
            party("community", form="community-body", elected_on=long_ago),
            party("community-over", form="community-body", elected_on=DAY.replace(year=2011)),
            party("soon", state="planned", elected_on=long_ago),
            party("form?", form=None, elected_on=long_ago),
        ],
    )
    found = verdicts("term-due", net)
    assert found.gaps == {"over": ("term-over",), "community-over": ("community-term-over",)}
    assert (found.unknown, found.passed) == ({"elected?", "form?"}, {"in-term", "new", "community"})


@pytest.mark.parametrize("id_", [*ORGANIZATION_QUESTIONS, *BRANCH_QUESTIONS])
def test_an_empty_network_asks_nothing(id_: str) -> None:
    found = verdicts(id_, network())
    assert (found.gaps, found.unknown, found.passed, found.total) == ({}, set(), set(), 0)


@pytest.mark.parametrize(
    "id_", [i for i in (*ORGANIZATION_QUESTIONS, *BRANCH_QUESTIONS) if i != "joint-branch-unrelated"]
)
def test_all_but_the_search_for_neighbours_can_be_asked_of_a_server(id_: str) -> None:
    assert catalogue()[id_].in_process_only is None


@pytest.mark.parametrize(
    ("share", "target", "said"),
    [(341 / 359, 0.95, 0.949), (342 / 359, 0.95, 342 / 359), (0.95, 0.95, 0.95), (0.9494, 0.95, 0.9494), (0.94999, None, 0.94999), (None, 0.95, None),
     (0.3496, 0.35, 0.349), (0.3494, 0.35, 0.3494)],
)  # fmt: skip
def test_no_share_reaches_by_rounding_a_target_that_it_misses(
    share: float | None, target: float | None, said: float | None
) -> None:
    assert shown(share, target) == said
