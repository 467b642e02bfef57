"""Does what stands beside a finding say what somebody needs to act on it, whoever judged it?"""

from __future__ import annotations

import datetime as dt
from typing import Any

import polars as pl
import pytest

from graphmodel.network import Network, Stamp
from queries.answer import Answer, ask, beside
from queries.context import Context
from queries.question import BadDeclaration, Question
from queries.registry import judged, question
from tests.queries.small import DAY, context, network, values
from tests.queries.test_assessment import papers
from tests.queries.test_catalogue import _declare
from tests.queries.verdicts import actual, filed, registered
from tests.queries.worlds import world
from tests.strategies import complete
from visualizations.report import without_members, without_restricted_columns
from visualizations.words import listing


def rows_beside(id_: str, net: Network, **policy: Any) -> dict[str, dict[str, Any]]:
    """Id of a finding → what stands beside it."""
    asked, of = question(id_), context(net, **policy)
    assert isinstance(asked, Question)
    answer = ask(asked, of)
    told = beside(answer, of).rows(named=True)
    return dict(zip(answer.findings()["id"], told, strict=True))


def edge(source: str, target: str, **fields: Any) -> dict[str, Any]:
    return {"source": source, "target": target, **fields}


def branch(id_: str, **fields: Any) -> dict[str, Any]:
    return {"id": id_, "name": id_, "form": "joint", "state": "actual", **fields}


def test_a_purchase_against_the_rule_names_its_contractor_and_grade() -> None:
    net = network(
        Project=[{"id": "x", "name": "x", "kind": "purchase", "year": 2016}],
        Organization=[registered("甲", grade="1A", grade_year=2015), registered("乙", grade="5A", grade_year=2015)],
        COMMISSIONED_TO=[
            edge("x", "甲", direct=True, source_type="Project", target_type="Organization"),
            edge("x", "乙", direct=False, source_type="Project", target_type="Organization"),
        ],
    )
    assert rows_beside("purchase-against-rule", net) == {"x": {"contractor": "甲", "grade": "1A", "grade_year": "2015"}}


def test_who_was_not_heard_is_told_on_which_documents() -> None:
    heard_on_one = rows_beside("consultation-gap", papers(("narrow", "both")))
    assert heard_on_one == {
        "both": {"unheard_on": "wide"},
        "elsewhere": {"unheard_on": "wide"},
        "there": {"unheard_on": "area"},
        "blank": {"unheard_on": None},
        "nowhere": {"unheard_on": None},
    }
    assert rows_beside("consultation-gap", papers())["both"] == {"unheard_on": "narrow；wide"}


def test_vertical_mode_names_those_that_are_left() -> None:
    kind = {"registration": "dual", "industry": "教育"}
    net = network(
        Authority=[{"id": "a", "name": "局"}],
        Organization=[registered(f"o{n}", **kind) for n in range(11)],
        LICENSED_BY=[edge(f"o{n}", "a") for n in range(11)],
        SUPERVISES=[actual("a", f"o{n}") for n in range(11) if n not in (3, 7)],
    )
    assert rows_beside("vertical-not-taken-on", net) == {"a|教育": {"left": "o3；o7"}}


def test_a_gap_of_responsibility_names_who_should_answer_and_who_does() -> None:
    net = network(
        Street=[{"id": "s1", "name": "东街"}, {"id": "s2", "name": "西街"}],
        Community=[{"id": "c1", "name": "一社区"}],
        PART_OF=[edge("c1", "s1")],
        Organization=[filed("o", industry="教育"), filed("p", industry="教育")],
        LOCATED_IN=[
            edge("o", "c1", source_type="Organization", target_type="Community"),
            edge("p", "c1", source_type="Organization", target_type="Community"),
        ],
        GUIDES=[actual("s2", "o")],
        ANSWERS_FOR=[actual("c1", "o")],
    )
    found = rows_beside("responsibility-gaps", net)
    due = {"mode": "territorial", "due": "东街", "due_community": "一社区"}
    assert found == {"o": {**due, "held": "西街；一社区"}, "p": {**due, "held": None}}


def test_loads_and_widths_are_numbers_with_names() -> None:
    many = [registered(f"o{n:02}") for n in range(14)]
    net = network(
        Organization=[*many, registered("gone", status="deregistered")],
        InstructorPost=[{"id": "i", "name": "岗", "capacity": 5}],
        GuidanceStation=[{"id": "g", "name": "站", "capacity": 2}],
        PartyOrganization=[branch("p")],
        INSTRUCTS=[actual("i", o["id"]) for o in many] + [actual("i", "gone")],
        STATION_GUIDES=[actual("g", o["id"]) for o in many],
        COVERS=[actual("p", o["id"]) for o in many],
    )
    named = "；".join(f"o{n:02}" for n in range(12)) + "；… +2"
    assert rows_beside("instructor-load", net) == {"i": {"load": 14, "served": named}}
    assert rows_beside("station-load", net) == {"g": {"load": 14}}
    assert rows_beside("joint-branch-too-wide", net) == {"p": {"units": 14, "covered": named}}


def test_money_says_what_was_due_and_what_was_paid() -> None:
    net = network(
        PartyOrganization=[branch("p"), branch("up", form=None)],
        PAYS_DUES=[
            edge("p", "up", year=2014, paid=1000.0, returned=1000.0),
            edge("p", "up", year=2015, paid=1000.0, returned=700.0),
        ],
        Organization=[
            registered("o", members=4, registered_on=dt.date(2015, 1, 1), startup_passed=False),
        ],
        Fund=[{"id": "f", "name": "金", "year": 2015}],
        FUNDS=[
            edge(
                "f",
                "o",
                purpose=purpose,
                paid_on=dt.date(2016, 5, 1),
                amount=amount,
                source_type="Fund",
                target_type="Organization",
            )
            for purpose, amount in (("training", 100.0), ("startup", 9000.0))
        ],
    )
    share = values().number("dues_return_rate")
    assert rows_beside("dues-not-returned", net) == {
        "p": {"years": "2015", "paid": 1000.0, "due": 1000.0 * share, "returned": 700.0},
        "up": dict.fromkeys(("years", "paid", "due", "returned")),
    }
    due = 4 * values().number("training_yuan_per_member")
    assert rows_beside("training-fund-due", net) == {"o": {"year": 2016, "due": due, "paid": 100.0}}
    assert rows_beside("startup-support", net) == {"o": {"paid": 9000.0, "paid_on": "2016-05-01"}}


def test_namesakes_are_told_by_their_ids() -> None:
    net = network(Organization=[registered("a", name="同名社"), registered("b", name="同名社"), registered("c")])
    found = rows_beside("contradictions", net)
    assert {id_: row["others"] for id_, row in found.items() if row["others"]} == {"a": "b", "b": "a"}


@pytest.mark.parametrize("asked", [q for q in judged() if q.beside], ids=lambda q: q.id)
def test_there_is_a_row_beside_every_finding_and_every_column_has_words(asked: Question) -> None:
    for tables in (complete(), world(7)):
        net = Network.from_tables(tables, Stamp(1, DAY))
        of = Context.of(net, values())
        answer: Answer = ask(asked, of)
        told = beside(answer, of)
        assert told.columns == list(asked.beside)
        assert told.height == answer.findings().height
        found = listing(answer, of)
        assert [found.heads[name] for name in asked.beside] == [column.title for column in asked.beside.values()]
        assert found.frame.height == told.height


def test_whatever_member_counts_can_be_told_from_is_restricted_and_left_out_without_them() -> None:
    telling, shown = set(), [q for q in judged() if q.beside]
    for tables in (complete(), *map(world, range(12))):
        net = Network.from_tables(tables, Stamp(1, DAY))
        of, hidden = Context.of(net, values()), Context.of(without_members(net), values())
        for asked in shown:
            answer = ask(asked, of)
            seen, unseen = beside(answer, of), beside(answer, hidden)
            telling |= {(asked.id, name) for name in asked.beside if not seen[name].equals(unseen[name])}
    assert telling == {(q.id, name) for q in shown for name, column in q.beside.items() if column.restricted}
    assert ("standalone-below-strength", "full_members") in telling
    for asked in shown:
        left = without_restricted_columns(asked).beside
        assert left == {name: column for name, column in asked.beside.items() if (asked.id, name) not in telling}


def test_what_stands_beside_may_not_hide_a_column() -> None:
    column = next(column for q in judged() for column in q.beside.values())
    for name in ("staff", "reasons"):
        with pytest.raises(BadDeclaration, match=name):
            _declare(beside={name: column})


def test_what_cannot_be_told_has_perhaps_a_reason_and_says_what_to_enter() -> None:
    net = network(
        Organization=[
            registered("o", full_members=5, registered_on=dt.date(2014, 1, 1)),
            registered("c", full_members=1),
        ],
        PartyOrganization=[branch("p")],
        COVERS=[actual("p", "c")],
    )
    asked = question("abnormal-list-risk")
    assert isinstance(asked, Question)
    of = context(net)
    answer = ask(asked, of)
    frame = listing(answer, of, lambda text: text.zh).frame
    row = frame.filter(pl.col("id") == "o").row(0, named=True)
    assert row["reasons"] == "可能：超期未建"
    assert row["missing"] == "更早的数据（导入后用 --since 比较）"
    assert listing(answer, of).frame["reasons"][0] == "可能：超期未建 / perhaps: unmet for too long"
    row = listing(answer, of, lambda text: text.en).frame.row(0, named=True)
    assert row["reasons"].startswith("perhaps: ")
    assert "earlier" in row["missing"]
