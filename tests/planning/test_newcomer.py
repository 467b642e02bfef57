"""What is told of a newcomer is what questions and planner say of it once it is there, and nothing is altered."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from typing import Any

import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from graphmodel.network import Network, same
from graphmodel.paths import NodeKey
from graphmodel.text import Refusal
from planning.isolation import confirmed
from planning.newcomer import Newcomer, Reception, Topic, Verdict, overlaid
from planning.newcomer_papers import FILED
from planning.plan import ActionKind, Plan
from planning.planner import plan
from planning.reception import receive
from queries.context import Context
from queries.credit import handover_deadline, working_days_ago
from queries.question import Table
from queries.registry import question
from tests.planning.districts import COMMUNITIES, INDUSTRIES, POLICIES, STREETS, context, districts
from tests.planning.small import district
from tests.planning.test_branches import joint
from tests.planning.test_guidance import schools
from tests.queries.small import context as judged_by

DUAL = {"track": "registered", "registration": "dual", "full_members": 0, "industry": "教育"}


def bodies(told: Reception, topic: Topic) -> list[str]:
    return [key.id for key in told.on(topic).bodies]


def rules_of(told: Reception, topic: Topic) -> set[str]:
    return {reason.rule for reason in told.on(topic).reasons}


def licensed(count: int) -> Context:
    orgs = {f"o{k}": {"industry": "教育", "registration": "dual"} for k in range(count)}
    edges = [{"source": o, "target": "z"} for o in orgs]
    return judged_by(district(orgs, dict.fromkeys(orgs, "s1:a"), LICENSED_BY=edges))


@pytest.mark.parametrize(
    ("there", "mode", "rules"),
    [
        (9, "territorial", {"group-too-small", "due-street", "due-community"}),
        (10, "vertical", {"due-authority", "group-tipped"}),  # one registration more counts
        (11, "vertical", {"due-authority"}),
    ],
)
def test_the_group_counts_the_newcomer(there: int, mode: str, rules: set[str]) -> None:
    told = receive(licensed(there), Newcomer(name="n", fields=DUAL, authority="z", community="s1:a"))
    advice = told.on(Topic.RESPONSIBILITY)
    assert (advice.kind, rules_of(told, Topic.RESPONSIBILITY)) == (mode, rules)
    assert bodies(told, Topic.RESPONSIBILITY) == (["z"] if mode == "vertical" else ["s1", "s1:a"])
    assert advice.runner_up is not None
    if there == 10:
        tipped = next(r for r in advice.reasons if r.rule == "group-tipped")
        assert "10" in tipped.text.en  # the ten others go along


@pytest.mark.parametrize(
    ("fields", "authority", "missing"),
    [
        ({**DUAL, "industry": None}, "z", ["行业"]),
        ({**DUAL, "registration": None}, None, ["管理方式", "业务主管单位"]),
        (DUAL, None, ["业务主管单位"]),
        ({**DUAL, "track": None}, "z", ["登记备案"]),
    ],
)
def test_what_cannot_be_told_names_the_facts_that_would(
    fields: dict[str, Any], authority: str | None, missing: list[str]
) -> None:
    known = {name: value for name, value in fields.items() if value is not None}
    told = receive(licensed(11), Newcomer(name="n", fields=known, authority=authority, street="s1"))
    advice = told.on(Topic.RESPONSIBILITY)
    assert advice.verdict is Verdict.CANNOT_TELL
    assert [title.zh for title in advice.missing] == missing


def test_direct_and_filed_ones_fall_to_their_street() -> None:
    for fields in ({"track": "registered", "registration": "direct"}, {"track": "filed"}):
        told = receive(licensed(11), Newcomer(name="n", fields=fields, community="s2:b"))
        assert bodies(told, Topic.RESPONSIBILITY) == ["s2", "s2:b"]
        assert told.on(Topic.RESPONSIBILITY).clauses[-1] == "J8"
    filed = receive(licensed(11), Newcomer(name="n", fields={"track": "filed"}, community="s2:b"))
    assert filed.on(Topic.FORM).kind == "work-only"
    assert filed.due == ()  # nobody registers it, so nobody hands its papers over
    assert filed.notices == (FILED,)
    committee = replace(licensed(0), values=licensed(0).values.replace(direct_registration_home="industry-committee"))
    told = receive(committee, Newcomer(name="n", fields={"track": "registered", "registration": "direct"}, street="s1"))
    assert told.on(Topic.RESPONSIBILITY).kind == "industry-committee"


def test_its_form_is_the_first_that_there_is() -> None:
    units = {f"u{k}": {"full_members": 1} for k in range(4)}
    full = district(units, dict.fromkeys(units, "s1:a"), **joint(*units))
    room = judged_by(full)
    few = Newcomer(name="n", fields={**DUAL, "registration": "direct", "full_members": 1}, community="s1:b")
    strong = replace(few, fields={**few.fields, "full_members": 3})
    assert (receive(room, strong).on(Topic.FORM).kind, bodies(receive(room, few), Topic.FORM)) == ("standalone", ["j"])
    none_left = judged_by(full, joint_max_units=4)
    assert receive(none_left, few).on(Topic.FORM).kind == "work-only"
    unknown = replace(few, fields={n: v for n, v in few.fields.items() if n != "full_members"})
    advice = receive(room, unknown).on(Topic.FORM)
    assert (advice.verdict, [m.zh for m in advice.missing]) == (Verdict.CANNOT_TELL, ["正式党员数"])
    assert "j" in advice.title.en  # what it would be with none


@pytest.mark.parametrize(
    ("members", "beside"),
    [
        (3, set()),
        (6, set()),
        (7, {"branch-committee"}),
        (50, {"branch-committee"}),
        (51, {"branch-committee", "higher-level"}),
    ],
)
def test_a_branch_of_its_own_says_what_its_members_ask_for(members: int, beside: set[str]) -> None:
    there = judged_by(district({"a": {}}, {"a": "s1:a"}))
    one = Newcomer(name="n", fields={**DUAL, "registration": "direct", "full_members": members}, community="s1:b")
    told = receive(there, one)
    assert told.on(Topic.FORM).kind == "standalone"
    assert rules_of(told, Topic.FORM) & {"branch-committee", "higher-level", "superior-open"} == beside
    after, key, _ = overlaid(there, one)
    (founded,) = (p for p in plan(after).about(key) if p.kind is ActionKind.STANDALONE)
    (row,) = founded.changes.deltas["PartyOrganization"].after.to_dicts()
    assert (row["has_committee"], row["level"] == "general-branch") == (members >= 7, members > 50)


def test_what_hangs_on_a_fact_that_is_not_known_says_so() -> None:
    there = judged_by(district({"a": {}}, {"a": "s1:a"}))
    unlicensed = receive(there, Newcomer(name="n", fields={**DUAL, "full_members": 3}, street="s1"))
    assert unlicensed.on(Topic.RESPONSIBILITY).verdict is Verdict.CANNOT_TELL
    assert "superior-open" in rules_of(unlicensed, Topic.FORM)
    direct = Newcomer(name="n", fields={**DUAL, "registration": "direct"}, street="s1")
    assert [m.zh for m in receive(there, direct).on(Topic.RESPONSIBILITY).missing] == ["所在社区（由它负责）"]
    assert receive(there, replace(direct, community="s1:a")).on(Topic.RESPONSIBILITY).missing == ()


def test_with_whom_it_could_found_a_branch() -> None:
    orgs = {"near": {"full_members": 2}, "far": {"full_members": 2}}
    net = judged_by(district(orgs, {"near": "s1:a", "far": "s3:a"}))
    told = receive(net, Newcomer(name="n", fields={"track": "registered", "full_members": 2}, community="s1:b"))
    assert (told.on(Topic.FORM).kind, bodies(told, Topic.FORM)) == ("new-joint", ["near"])


def test_station_and_post_have_room_or_it_is_said_why_not() -> None:
    fields = {"track": "registered", "industry": "教育", "full_members": 0}
    one = Newcomer(name="n", fields=fields, community="s1:a")
    told = receive(judged_by(schools(0, posts=1, capacity=1)), one)
    assert (bodies(told, Topic.STATION), bodies(told, Topic.INSTRUCTOR)) == (["g"], ["p0"])
    full = receive(judged_by(schools(0, posts=1, capacity=0)), one)
    assert full.on(Topic.STATION).verdict is Verdict.NONE
    assert full.on(Topic.STATION).cheapest is not None


def test_papers_have_their_days() -> None:
    later = judged_by(district({"a": {}}, {"a": "s1:a"}))
    later = replace(later, today=dt.date(2018, 6, 1))
    told = receive(later, Newcomer(name="n", fields={"track": "registered", "registered_on": dt.date(2018, 6, 1)}))
    assert [p.on for p in told.due] == [
        dt.date(2018, 6, 1),
        dt.date(2018, 6, 1),
        dt.date(2018, 6, 8),  # five working days after a Friday
        dt.date(2019, 6, 30),
        None,
    ]
    assert told.later[0].on == dt.date(2019, 6, 1)
    assert any("节假日" in notice.zh for notice in told.notices)


def test_the_deadline_is_the_one_that_questions_judge_by() -> None:
    base = judged_by(district({"a": {}}, {"a": "s1:a"}))
    for shift in range(21):
        now = replace(base, today=dt.date(2016, 6, 1) + dt.timedelta(shift))
        for ago in range(21):
            day = now.today - dt.timedelta(ago)
            assert (handover_deadline(now, day) < now.today) == (day <= working_days_ago(now)), (now.today, day)


def test_places_that_are_not_there_are_refused() -> None:
    net = licensed(1)
    for one in (Newcomer(name="n", authority="x"), Newcomer(name="n", street="x"), Newcomer(name="n", community="x")):
        with pytest.raises(Refusal):
            receive(net, one)


# --- what is told is so once it is there ---

NEWCOMERS = st.builds(
    lambda fields, authority, place: Newcomer(
        name="new",
        fields={name: value for name, value in fields.items() if value is not None},
        authority=authority,
        street=place if place in STREETS else None,
        community=place if place in COMMUNITIES else None,
    ),
    st.fixed_dictionaries(
        {
            "track": st.sampled_from(["registered", "registered", "registered", "filed", None]),
            "industry": st.sampled_from(INDUSTRIES),
            "registration": st.sampled_from(["dual", "dual", "direct", None]),
            "full_members": st.sampled_from([0, 1, 2, 3, 4, None]),
            "members_elsewhere": st.sampled_from([None, 0, 4]),
            "union": st.sampled_from([None, False, True]),
            "youth_league": st.just(False),  # a value to draw
            "womens_federation": st.just(False),  # a value to draw
        }
    ),
    st.sampled_from(["a1", "a2", None]),
    st.sampled_from([*COMMUNITIES, "s1", None]),
)
drawn = settings(max_examples=25, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])


def responsible(made: Plan, key: NodeKey) -> set[str] | None:
    """The bodies that a plan makes responsible for an organisation, None where it proposes nothing."""
    found = [p for p in made.about(key) if p.kind is ActionKind.RESPONSIBILITY]
    frames = [delta.after for p in found for delta in p.changes.deltas.values()]
    return {id_ for frame in frames for id_ in frame["source"]} if found else None


@drawn
@given(districts(8), NEWCOMERS, POLICIES)
def test_responsibility_is_what_questions_and_planner_say(
    tables: dict[str, pl.DataFrame], newcomer: Newcomer, policy: dict[str, Any]
) -> None:
    before = context(tables, **policy)
    told = receive(before, newcomer)
    after, key, _ = overlaid(before, newcomer)
    table = question("responsibility")
    assert isinstance(table, Table)
    row = table.answer(after).row(by_predicate=pl.col("id") == key.id, named=True)
    advice = told.on(Topic.RESPONSIBILITY)
    assert advice.kind == row["mode"]
    assert (advice.bodies[0].id if advice.bodies else None) == row["body_id"]
    made = plan(after)
    proposed = responsible(made, key)
    if proposed is not None and not any(p.kind is ActionKind.INCUBATE for p in made.about(key)):
        assert proposed == {body.id for body in advice.bodies}
    assert same(before.network, Network.from_tables(tables, before.network.stamp))


@drawn
@given(districts(8), NEWCOMERS, POLICIES)
def test_the_planner_does_the_same_where_all_else_is_settled(
    tables: dict[str, pl.DataFrame], newcomer: Newcomer, policy: dict[str, Any]
) -> None:
    first = context(tables, **policy)
    settled = confirmed(first, plan(first).proposals)
    if plan(settled).proposals:
        return  # a plan on its own plan still finds something: the newcomer would not be alone
    told = receive(settled, newcomer)
    after, key, _ = overlaid(settled, newcomer)
    made = plan(after)
    kinds = {p.kind.value: p for p in made.about(key) if key in p.subjects}
    form = told.on(Topic.FORM)
    branches = {"standalone", "join-joint", "new-joint", "functional"}
    assert bool(branches & set(kinds)) == (form.kind in branches)
    if "join-joint" in kinds and form.kind == "join-joint":
        assert kinds["join-joint"].target is not None
        assert kinds["join-joint"].target.id == bodies(told, Topic.FORM)[0]
    for kind, topic in (("instructor", Topic.INSTRUCTOR), ("station", Topic.STATION), ("alliance", Topic.ALLIANCE)):
        target = kinds[kind].target if kind in kinds else None
        if target is not None:
            assert bodies(told, topic) == [target.id], kind
