"""Credit and data: each question on its own small example."""

import datetime as dt
from typing import Any

import pytest

from graphmodel.codes import make_credit_code
from graphmodel.network import Network
from queries.context import Context
from tests.queries.small import DAY, network, values
from tests.queries.verdicts import actual, filed, registered, verdicts

BRANCH = {"id": "p", "form": "standalone", "state": "actual"}
JOINT = {"id": "j", "form": "joint", "state": "actual"}
ALIVE = {
    "registered_on": dt.date(2010, 1, 1),
    "last_inspection": 2014,
    "last_activity": dt.date(2016, 5, 1),
    "reachable": True,
}


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        ({}, None),
        ({"last_inspection": 2013}, None),
        ({"last_inspection": 2012}, "no-inspection"),
        ({"last_activity": dt.date(2014, 6, 12)}, None),
        ({"last_activity": dt.date(2014, 6, 11)}, "no-activity"),
        ({"reachable": False}, "unreachable"),
        ({"registered_on": dt.date(2015, 6, 12), "last_activity": dt.date(2015, 6, 11)}, "never-started"),
        ({"registered_on": dt.date(2015, 6, 13), "last_activity": dt.date(2015, 6, 11)}, None),
        ({"registered_on": dt.date(2015, 1, 1), "last_activity": dt.date(2014, 1, 1)}, "never-started"),
        ({"status": "inactive", "reachable": False}, "unreachable"),
        ({"status": "deregistered", "reachable": False}, None),
    ],
)
def test_four_signs_of_an_inactive_body(fields: dict[str, Any], reason: str | None) -> None:
    net = network(Organization=[registered("o", **{**ALIVE, **fields})])
    assert verdicts("inactive", net).gaps == ({"o": (reason,)} if reason else {})
    assert verdicts("inactive", net).unknown == set()


def test_signs_that_nobody_recorded_cannot_be_told() -> None:
    net = network(Organization=[registered("blank"), registered("silent", reachable=False), filed("filed")])
    found = verdicts("inactive", net)
    assert found.unknown == {"blank"}
    assert found.gaps == {"silent": ("unreachable",)}
    assert found.total == 2


def test_inspections_are_due_by_the_month_of_the_policy() -> None:
    after = network(dt.date(2016, 7, 1), Organization=[registered("o", **{**ALIVE, "last_inspection": 2013})])
    assert verdicts("inactive", after).gaps == {"o": ("no-inspection",)}
    assert verdicts("inactive", after, annual_report_due_month=7).gaps == {}
    assert verdicts("inactive", after, inactive_inspections=3).gaps == {}


def test_inactive_bodies_hold_capacity() -> None:
    dead = {**ALIVE, "reachable": False}
    net = network(
        Organization=[
            registered("all", **dead),
            registered("marked", **{**ALIVE, "status": "inactive"}),
            registered("joint", **{**dead, "status": "inactive"}),
            registered("alive", **ALIVE),
        ],
        PartyOrganization=[JOINT],
        COVERS=[actual("j", "all"), actual("j", "joint"), actual("j", "alive")],
        InstructorPost=[{"id": "i"}],
        INSTRUCTS=[actual("i", "all"), actual("i", "alive")],
    )
    found = verdicts("capacity-held-by-inactive", net)
    assert found.gaps == {"all": ("instructor", "joint-place", "denominator"), "joint": ("joint-place",)}
    assert found.passed == {"marked"}
    counted = verdicts("capacity-held-by-inactive", net, inactive_in_scope=True)
    assert counted.gaps["marked"] == ("denominator",), "where inactive ones count, they stand in the denominator too"


BEGAN = {"a": dt.date(2014, 1, 1), "c": dt.date(2016, 1, 4)}


def _required(day: dt.date, *covered: str, absent: tuple[str, ...] = ()) -> Network:
    names = [o for o in ("a", "b", "c") if o not in absent]
    return network(
        day,
        Organization=[registered(o, full_members=5, registered_on=BEGAN.get(o)) for o in names]
        + [registered("unknown")],
        PartyOrganization=[BRANCH, {"id": "q", "form": "joint", "state": "actual"}],
        COVERS=[actual("p", o) for o in covered] + [actual("q", "unknown")],
    )


def test_abnormal_list_risk_is_unmet_now_and_half_a_year_ago() -> None:
    context = Context.of(_required(DAY, "b"), values())
    alone = verdicts("abnormal-list-risk", context)
    assert alone.gaps == {}
    assert alone.unknown == {"a", "c", "unknown"}  # without history nobody can tell for how long
    assert alone.passed == {"b"}
    old = _required(dt.date(2015, 12, 12), absent=("c",))
    found = verdicts("abnormal-list-risk", context.since(old))
    assert found.gaps == {"a": ("unmet",)}
    assert found.passed == {"b", "c"}
    assert found.unknown == {"unknown"}
    forgotten = verdicts("abnormal-list-risk", context.since(_required(dt.date(2015, 12, 12), absent=("a",))))
    assert forgotten.unknown == {"a", "unknown"}  # registered before, and not in the data then
    met = verdicts("abnormal-list-risk", context.since(_required(dt.date(2015, 12, 12), "a")))
    assert met.gaps.keys() == {"c"}
    young = _required(dt.date(2015, 12, 13))
    assert verdicts("abnormal-list-risk", context.since(young)).unknown == {"a", "c", "unknown"}


SYNC = {"registration_material": True, "last_party_report": 2014, "charter_clause": True}


@pytest.mark.parametrize(
    ("day", "fields", "reasons"),
    [
        (DAY, {"registered_on": dt.date(2010, 1, 1)}, None),
        (DAY, {"registered_on": dt.date(2010, 1, 1), "registration_material": False, "charter_clause": False}, None),
        (DAY, {"registered_on": dt.date(2016, 1, 1), "registration_material": False}, ("material",)),
        (DAY, {"registered_on": dt.date(2016, 6, 6), "registration_material": False}, None),  # not five working days
        (DAY, {"registered_on": dt.date(2014, 12, 31), "last_party_report": 2013}, ("report",)),
        (DAY, {"registered_on": dt.date(2015, 1, 1), "last_party_report": None}, None),
        (dt.date(2018, 6, 1), {"registered_on": dt.date(2018, 5, 1), "charter_clause": False}, ("charter-clause",)),
        (dt.date(2018, 6, 1), {"registered_on": dt.date(2018, 4, 30), "charter_clause": False}, None),
    ],
)
def test_three_synchronisations_by_date_of_registration(
    day: dt.date, fields: dict[str, Any], reasons: tuple[str, ...] | None
) -> None:
    net = network(day, Organization=[registered("o", **{**SYNC, "last_party_report": day.year - 2, **fields})])
    found = verdicts("three-sync-missing", net)
    assert found.gaps == ({"o": reasons} if reasons else {})
    assert found.unknown == set()


def test_material_that_nobody_recorded_cannot_be_told() -> None:
    rows = [registered("o", registered_on=dt.date(2016, 2, 1)), filed("f", registered_on=dt.date(2016, 2, 1))]
    found = verdicts("three-sync-missing", network(Organization=rows))
    assert (found.unknown, found.total) == ({"o"}, 1)


def _new(**relations: Any) -> Network:
    old, new, fresh = dt.date(2016, 3, 13), dt.date(2016, 3, 14), dt.date(2016, 6, 6)
    return network(
        Organization=[
            registered("old", registered_on=old),
            registered("both", registered_on=new),
            registered("guided", registered_on=new),
            registered("covered", registered_on=new),
            registered("fresh", registered_on=fresh),
            registered("dateless"),
        ],
        PartyOrganization=[BRANCH],
        COVERS=[actual("p", o) for o in ("covered", "fresh")],
        Street=[{"id": "s"}],
        Hub=[{"id": "h"}],
        GUIDES=[actual("s", "guided"), *relations.get("GUIDES", [])],
    )


def test_newly_registered_are_taken_on_within_five_working_days_and_covered() -> None:
    found = verdicts("newly-registered", _new())
    assert found.gaps == {
        "both": ("no-responsible-body", "no-cover"),
        "guided": ("no-cover",),
        "covered": ("no-responsible-body",),
    }
    assert found.passed == {"fresh"}
    assert found.unknown == {"dateless"}
    assert verdicts("newly-registered", _new(GUIDES=[actual("s", "covered")])).passed == {"fresh", "covered"}


GOOD = make_credit_code("5", "2", "510104", "MJ123456")


def test_contradictions_say_which_and_never_doubt() -> None:
    other = make_credit_code("5", "2", "510105", "MJ123456")
    miscopied = GOOD[:-1] + ("0" if GOOD[-1] != "0" else "1")
    net = network(
        Organization=[
            registered("good", credit_code=GOOD, members=3, staff=3, no_party_reason="few-members"),
            registered("blank"),
            registered("denied", no_party_reason="no-members", full_members=1),
            registered("bad", credit_code=miscopied),
            registered("strange", credit_code=other),
            registered("many", members=4, staff=3),
            registered("gone", status="deregistered", credit_code="1"),
            {"id": "trackless", "credit_code": "123"},
        ]
    )
    found = verdicts("contradictions", net)
    assert found.gaps == {
        "denied": ("no-members-with-members",),
        "bad": ("bad-code",),
        "strange": ("other-division",),
        "many": ("members-above-staff",),
        "trackless": ("bad-code",),
    }
    assert found.unknown == set()
    assert found.passed == {"good", "blank"}
    assert verdicts("contradictions", net, division_code="510105").gaps["good"] == ("other-division",)


def test_same_names_within_the_register_and_within_a_community() -> None:
    def named(make: Any, id_: str, name: str, **fields: Any) -> dict[str, Any]:
        row: dict[str, Any] = make(id_, **fields)
        return {**row, "name": name}

    places = {"f1": "c1", "f2": "c1", "f3": "c2"}
    net = network(
        Community=[{"id": "c1"}, {"id": "c2"}],
        Organization=[
            named(registered, "r1", "爱心（社）"),
            named(registered, "r2", "爱心(社) "),
            named(registered, "r3", "别名"),
            named(registered, "r4", "别名", status="deregistered"),
            named(filed, "f0", "爱心（社）"),
            *(named(filed, f, "舞蹈队") for f in ("f1", "f2", "f3", "f4", "f5")),
        ],
        LOCATED_IN=[
            {"source_type": "Organization", "source": o, "target_type": "Community", "target": c}
            for o, c in places.items()
        ],
    )
    assert verdicts("contradictions", net).gaps == dict.fromkeys(("f1", "f2", "r1", "r2"), ("same-name",))


def test_party_organisations_whose_form_contradicts_their_cover() -> None:
    net = network(
        Organization=[registered(o) for o in "abc"],
        PartyOrganization=[
            {"id": k, "form": form, "state": "actual"}
            for k, form in (("j0", "joint"), ("j1", "joint"), ("j2", "joint"), ("jx", "joint"), ("s1", "standalone"),
                            ("s2", "standalone"), ("f", "functional"))
        ],
        COVERS=[
            *(actual("j1", o) for o in "a"),
            *(actual("j2", o) for o in "ab"),
            actual("jx", "a"),
            {"source": "jx", "target": "b"},
            actual("s1", "a"),
            *(actual("s2", o) for o in "ab"),
            actual("f", "a"),
        ],
    )  # fmt: skip
    found = verdicts("contradictions-party", net)
    assert found.gaps == {"j1": ("joint-covers-one",), "s2": ("own-covers-several",)}
    assert found.unknown == {"jx"}
    assert found.passed == {"j0", "j2", "s1"}


def _boundaries(*, succession: bool = True, **located: tuple[str, str]) -> Network:
    """Old street s (communities c1, c2, c3) became n (c1) and m (c2); t (d) is untouched; c3's successors are two."""
    gone, new = {"valid_until": dt.date(2016, 1, 1)}, {"valid_from": dt.date(2016, 1, 2)}

    def followed(kind: str, source: str, target: str) -> dict[str, Any]:
        return {"source_type": kind, "target_type": kind, "source": source, "target": target}

    homes = {
        "a": ("Community", "c1"),
        "b": ("Community", "c2"),
        "c": ("Community", "d"),
        "e": ("Street", "s"),
    } | located
    return network(
        Street=[{"id": "s", **gone}, {"id": "n", **new}, {"id": "m", **new}, {"id": "t"}],
        Community=[
            *({"id": c, **gone} for c in ("c1", "c2", "c3")),
            *({"id": c, **new} for c in ("n1", "m2")),
            {"id": "d"},
        ],
        PART_OF=[
            {"source": c, "target": s}
            for c, s in (("c1", "s"), ("c2", "s"), ("c3", "s"), ("n1", "n"), ("m2", "m"), ("d", "t"))
        ],
        SUCCEEDED_BY=[
            followed("Community", "c1", "n1"),
            followed("Community", "c2", "m2"),
            followed("Street", "s", "n"),
            followed("Street", "s", "m"),
        ]
        if succession
        else [],
        Organization=[registered(o) for o in homes],
        LOCATED_IN=[
            {"source_type": "Organization", "source": o, "target_type": kind, "target": place}
            for o, (kind, place) in homes.items()
        ],
        PartyOrganization=[JOINT, {**JOINT, "id": "k"}],
        COVERS=[actual("j", "a"), actual("j", "b"), actual("k", "c"), actual("k", "a")],
        InstructorPost=[{"id": "i"}],
        INSTRUCTS=[actual("i", "a"), actual("i", "e")],
    )


def test_redistricting_names_lost_streets_and_what_now_crosses() -> None:
    found = verdicts("redistricting", _boundaries())
    assert found.gaps == {"a": ("joint-crosses",), "b": ("joint-crosses",), "e": ("street-gone",)}
    assert found.passed == {"c"}  # k crossed streets before, the post's second organisation is nowhere to be told
    assert verdicts("redistricting", _boundaries(e=("Community", "c2"))).gaps == {
        "a": ("joint-crosses", "instructor-crosses"),
        "b": ("joint-crosses",),
        "e": ("instructor-crosses",),
    }
    assert verdicts("redistricting", _boundaries(b=("Community", "c3"))).unknown >= {"b"}
    assert verdicts("redistricting", _boundaries(succession=False)).no_data
