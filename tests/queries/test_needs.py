"""Is a relation that nobody ever imported taken for "nobody has it"? Not by any question: it then says "no data"."""

from typing import Any

import pytest

from graphmodel.network import Network
from graphmodel.schema import EDGE_TYPES, NODE_TYPES
from queries.answer import ask
from queries.coverage import coverage
from queries.lacking import how_to_bring_in, lacks, no_data
from queries.needs import needs_cypher, present, unmet
from queries.question import Question
from queries.registry import catalogue, judged, tables
from tests.queries.small import context, network
from tests.queries.verdicts import actual, registered, verdicts

OF_FIELDS_ALONE = {"grade-expiring", "capacity-held-by-inactive", "contradictions", "inactive", "three-sync-missing"}
"""Questions about organisations that need no relation: they report what is there."""


def first_import(**more: Any) -> Network:
    """What a ledger and the register of places bring: organisations, Party organisations and where all is."""
    return network(
        Organization=[registered("o", union=False, youth_league=False, womens_federation=False, members=0)],
        PartyOrganization=[{"id": "p", "form": "standalone", "state": "actual"}],
        Street=[{"id": "s"}],
        Authority=[{"id": "a"}],
        LOCATED_IN=[{"source_type": "Organization", "source": "o", "target_type": "Street", "target": "s"}],
        LICENSED_BY=[{"source": "o", "target": "a"}],
        **more,
    )


@pytest.mark.parametrize("asked", judged(), ids=lambda q: q.id)
def test_organisations_alone_answer_no_question_about_relations(asked: Question) -> None:
    answer = ask(asked, context(network(Organization=[registered("o", full_members=5, grade="5A")])))
    assert answer.no_data == (asked.id not in OF_FIELDS_ALONE)


@pytest.mark.parametrize(
    "id_", ["responsibility-gaps", "no-work-coverage", "three-none", "vertical-not-taken-on", "instructor-due"]
)
def test_what_a_first_import_does_not_bring_is_nobodys_gap(id_: str) -> None:
    covers = [actual("p", "o")]
    found = verdicts(id_, first_import(COVERS=covers))
    assert found.no_data
    assert (found.gaps, found.total) == ({}, 0)


def test_a_relation_between_other_types_is_not_the_one_that_is_needed() -> None:
    to_party = [{"source_type": "Fund", "source": "f", "target_type": "PartyOrganization", "target": "p"}]
    funded = first_import(Fund=[{"id": "f"}], FUNDS=to_party)
    assert verdicts("training-fund-due", funded).no_data
    paid = [{"source_type": "Fund", "source": "f", "target_type": "Organization", "target": "o", "purpose": "work"}]
    assert verdicts("training-fund-due", first_import(Fund=[{"id": "f"}], FUNDS=paid)).no_data
    paid[0]["purpose"] = "training"
    assert not verdicts("training-fund-due", first_import(Fund=[{"id": "f"}], FUNDS=paid)).no_data


def test_what_a_ledger_says_of_instructors_is_enough_to_ask_who_lacks_one_and_a_blank_says_nothing() -> None:
    said = {"blank": None, "yes": True, "no": False, "covered": False}
    organizations = [registered(id_, has_instructor=word) for id_, word in said.items()]
    net = network(
        Organization=organizations, PartyOrganization=[{"id": "p", "state": "actual"}], COVERS=[actual("p", "covered")]
    )
    found = verdicts("instructor-due", net)
    assert (found.gaps, found.unknown) == ({"no": ("none",)}, {"blank"})


@pytest.mark.parametrize(
    ("state", "gaps", "unknown"), [("actual", {"blank", "no"}, set()), ("planned", {"no"}, {"blank"})]
)
def test_what_is_on_record_of_posts_tells_of_all_and_what_is_planned_of_nobody(
    state: str, gaps: set[str], unknown: set[str]
) -> None:
    said = {"blank": None, "yes": True, "no": False, "covered": False}
    posts = network(
        Organization=[registered(id_, has_instructor=word) for id_, word in said.items()],
        PartyOrganization=[{"id": "p", "state": "actual"}],
        InstructorPost=[{"id": "post"}],
        COVERS=[actual("p", "covered")],
        INSTRUCTS=[{**actual("post", "yes"), "state": state}],
    )
    found = verdicts("instructor-due", posts)
    assert (set(found.gaps), found.unknown) == (gaps, unknown)


@pytest.mark.parametrize("asked", [t for t in tables() if t.needs], ids=lambda t: t.id)
def test_a_table_without_data_has_no_rows(asked: Any) -> None:
    alone = context(network())
    assert asked.no_data(alone)
    assert asked.answer(alone).is_empty()


def test_the_rates_of_organisations_alone_are_not_nought() -> None:
    rates = coverage(context(network(Organization=[registered("o")]))).rates()
    assert rates.no_data
    assert (rates.total, rates.coverage.rate, rates.standalone_share.highest, rates.coverage_short) == (
        1,
        None,
        None,
        0,
    )
    assert not coverage(context(first_import(COVERS=[actual("p", "o")]))).rates().no_data


def test_needs_are_all_to_be_met_and_any_of_a_group_meets_it() -> None:
    asked = next(q for q in judged() if q.id == "no-work-coverage")
    assert unmet(asked.needs, present(context(first_import())))
    assert needs_cypher(asked.needs).count(" AND ") == 1
    assert needs_cypher(asked.needs).count("EXISTS") == 4


@pytest.mark.parametrize("asked", [q for q in catalogue().values() if q.needs], ids=lambda q: q.id)
def test_what_is_lacking_is_named_and_brings_the_answer(asked: Any) -> None:
    lacking = lacks(asked.needs, context(network()))
    assert len(lacking) == len(asked.needs)
    named = {name for lack in lacking for name in lack.types}
    assert named <= set(NODE_TYPES) | set(EDGE_TYPES)
    for lack in lacking:
        assert any(name in lack.text.zh and name in lack.text.en for name in lack.types)
    how = how_to_bring_in(lacking)
    assert how is not None
    assert {word for word in how.zh.replace("，", " ").split() if word in named} == named


def test_of_several_that_would_do_all_are_named_and_an_end_only_where_there_is_none() -> None:
    asked = next(q for q in judged() if q.id == "responsibility-gaps")
    (lack,) = lacks(asked.needs, context(first_import()))
    assert lack.types == ("Community", "Hub", "SUPERVISES", "GUIDES", "ANSWERS_FOR", "INCUBATES")
    assert "属地指导（GUIDES：街道 → 社会组织）或" in lack.text.zh
    assert no_data(()).zh == "没有数据：所需内容尚未导入。"


def test_a_payment_is_lacking_with_its_purpose() -> None:
    asked = next(q for q in judged() if q.id == "training-fund-due")
    (lack,) = lacks(asked.needs, context(first_import()))
    assert "用途为党员教育培训" in lack.text.zh
    assert lack.types == ("Fund", "FUNDS")
