"""Is a case closed by its question only, opened again by it, and never lost between two people?"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from graphmodel.network import Network
from graphmodel.stores.protocol import RecordMoved
from graphmodel.stores.sqlite import SqliteStore
from queries.accountability import scorecard
from queries.answer import Answer, ask
from queries.case_book import CaseBook
from queries.case_history import AUTOMATIC, CaseState, Closing, told
from queries.case_overview import overdue_by_body, overview
from queries.cases import (
    Body,
    Case,
    CaseRefused,
    advance,
    assign,
    comment,
    default_bodies,
    found,
    keep,
    open_cases,
    reconcile,
)
from queries.context import Context
from queries.question import Question
from queries.registry import question
from tests.queries.small import DAY, context, network

NOON = dt.datetime(2016, 6, 12, 12, tzinfo=dt.UTC)
UNIT = "unit:street"
STREET = Body(type="Street", id="S1")


def district(members: int | None, *covered: str) -> Network:
    """Two filed organisations and a registered one with `members` full members; `covered` have a branch of their own."""
    orgs = ["a", "filed", "other"]
    return network(
        DAY,
        Organization=[
            {
                "id": "a",
                "track": "registered",
                "status": "operating",
                "registration": "direct",
                "full_members": members,
            },
            *({"id": id_, "track": "filed", "status": "operating"} for id_ in orgs[1:]),
            {"id": "gone", "track": "filed", "status": "deregistered"},
        ],
        GUIDES=[{"source": "S1", "target": "gone", "state": "actual"}],  # so that guidance was imported at all
        PartyOrganization=[{"id": "branch", "form": "standalone", "state": "actual"}],
        COVERS=[{"source": "branch", "target": id_, "state": "actual"} for id_ in (*covered, "other")],
        Street=[{"id": "S1"}],
        LOCATED_IN=[
            {"source_type": "Organization", "source": id_, "target_type": "Street", "target": "S1"} for id_ in orgs[:2]
        ],
    )


def answered(net: Network, id_: str = "branch-required") -> tuple[Answer, Context]:
    judged, asked_of = question(id_), context(net)
    assert isinstance(judged, Question)
    return ask(judged, asked_of), asked_of


def case(**values: Any) -> Case:
    identity = values.pop("identity", "branch-required|Organization|a")
    kind, anchor, subject = identity.split("|", 2)
    return Case(identity=identity, question=kind, anchor=anchor, subject=subject, **{"opened_in": 1, **values})


GAP, NO_GAP, UNKNOWN = district(4), district(4, "a"), district(None)


def settled(start: Case, net: Network, today: dt.date = DAY, revision: int = 2) -> Case | None:
    changed = reconcile([start], found([answered(net)[0]], [start]), revision, today)
    return changed[0] if changed else None


def test_a_case_opens_with_the_body_that_has_to_act() -> None:
    answer, asked_of = answered(GAP)
    assert open_cases(answer, asked_of) == [case(body=STREET)]
    territorial, asked_of = answered(GAP, "responsibility-gaps")
    assert {(c.subject, c.body.id if c.body else None) for c in open_cases(territorial, asked_of)} == {
        ("a", "S1"),
        ("filed", "S1"),
        ("other", None),
    }
    assert [c.subject for c in open_cases(territorial, asked_of, ["filed"])] == ["filed"]
    with pytest.raises(CaseRefused, match="strange"):
        open_cases(territorial, asked_of, ["filed", "strange"])


def test_bodies_answer_for_their_own_gaps_and_authorities_for_their_groups() -> None:
    orgs = [{"id": f"o{i}", "track": "registered", "status": "operating", "industry": "教育"} for i in range(12)]
    licences = [{"source": o["id"], "target": "A"} for o in orgs]
    net = network(
        DAY,
        Organization=orgs,
        Authority=[{"id": "A"}],
        LICENSED_BY=licences,
        SUPERVISES=[{"source": "A", "target": "o0", "state": "actual"}],
        Street=[{"id": "S1"}, {"id": "S2"}, {"id": "S3"}],
        NEIGHBOURS=[{"source": "S2", "target": "S3"}],
        Hub=[{"id": "H", "kind": "organisations", "level": "district"}],
        LOCATED_IN=[{"source_type": "Hub", "source": "H", "target_type": "Street", "target": "S2"}],
    )
    assert default_bodies(*answered(net, "vertical-not-taken-on")).rows() == [("Authority", "A")]
    assert default_bodies(*answered(net, "street-without-hub")).rows() == [("Street", "S1")]
    joint = network(
        DAY,
        PartyOrganization=[{"id": "lone", "state": "actual", "form": "joint"}, {"id": "up", "form": "outside"}],
        SUBORDINATE_TO=[{"source": "up", "target": "lone", "state": "actual"}],
    )
    assert default_bodies(*answered(joint, "broken-chain")).rows() == [(None, None)]


def test_people_move_a_case_but_cannot_close_it() -> None:
    start = assign(case(), body=STREET, measure=" 指导建立党支部 ", deadline=dt.date(2016, 7, 1))
    assert (start.body, start.measure, start.deadline) == (STREET, "指导建立党支部", dt.date(2016, 7, 1))
    assert assign(start, deadline=dt.date(2016, 8, 1)).measure == "指导建立党支部"
    under_way = advance(start, CaseState.UNDER_WAY)
    assert advance(advance(under_way, CaseState.TO_VERIFY), CaseState.UNDER_WAY) == under_way
    for state in (CaseState.CLOSED, CaseState.KEPT):
        with pytest.raises(CaseRefused):
            advance(under_way, state)
    closed = case(state=CaseState.CLOSED, closed_in=2)
    acts: list[Callable[[], Case]] = [
        lambda: advance(closed, CaseState.TO_DO),
        lambda: assign(closed, measure="再查"),
        lambda: keep(closed, dt.date(2017, 1, 1), "理由", DAY),
    ]
    for act in acts:
        with pytest.raises(CaseRefused):
            act()
    assert comment(closed, "已验收", "unit:street", NOON).comments[0].text == "已验收"


def test_texts_hold_something_and_nobody_s_data() -> None:
    for text in ("", "   ", "长" * 2001, "联系 13800138000"):
        with pytest.raises(CaseRefused):
            comment(case(), text, "unit:street", NOON)
    with pytest.raises(CaseRefused):
        assign(case(), measure="请发 someone@example.org")
    with pytest.raises(CaseRefused):
        assign(case(), body=Body(type="Person", id="x"))
    with pytest.raises(CaseRefused):
        keep(case(), DAY, "今天不晚于今天", DAY)


def test_only_the_question_closes() -> None:
    for state in (CaseState.TO_DO, CaseState.UNDER_WAY, CaseState.TO_VERIFY):
        assert settled(case(state=state), GAP) is None
        closed = settled(case(state=state), NO_GAP)
        assert closed is not None
        assert (closed.state, closed.closed_in, closed.closed_as) == (CaseState.CLOSED, 2, Closing.PASSES)
    kept = keep(case(), dt.date(2017, 1, 1), "将并入兄弟单位", DAY)
    closed = settled(kept, NO_GAP)
    assert closed is not None
    assert (closed.state, closed.kept_until) == (CaseState.CLOSED, None)


def test_what_cannot_be_told_or_was_not_asked_closes_nothing() -> None:
    assert settled(case(), UNKNOWN) is None
    assert reconcile([case()], found([], [case()]), 2, DAY) == []
    without = network(DAY, Organization=[{"id": "a"}])
    assert settled(case(), without) is None  # no data
    closed = case(state=CaseState.CLOSED, closed_in=2)
    assert settled(closed, UNKNOWN) is None


@pytest.mark.parametrize(("subject", "why"), [("filed", Closing.OUT_OF_SCOPE), ("nobody", Closing.GONE)])
def test_what_leaves_is_closed_and_never_said_to_be_mended(subject: str, why: Closing) -> None:
    closed = settled(case(identity=f"branch-required|Organization|{subject}"), GAP)
    assert closed is not None
    assert (closed.state, closed.closed_as) == (CaseState.CLOSED, why)
    table = overview([closed], DAY, 7)
    assert table["closed_as"].to_list() == [why.value]


def test_nothing_is_kept_of_what_nobody_follows() -> None:
    answer, _ = answered(GAP)
    assert len(answer.rows) > 1
    others = [case(identity="branch-required|Organization|none"), case(identity="uncovered|Organization|a")]
    assert found([answer], [case(), *others]).verdicts.rows() == [(case().identity, "gap")]
    assert found([answer], []).verdicts.is_empty()


def test_what_is_no_gap_whether_in_scope_or_not_passes() -> None:
    """Where the track is unknown, the branch that is there now is what closes the case."""
    rows = [{"id": "a", "status": "operating", "full_members": 4}]
    joined = [{"source": "branch", "target": "a", "state": "actual"}]
    net = network(
        DAY,
        Organization=rows,
        PartyOrganization=[{"id": "branch", "form": "standalone", "state": "actual"}],
        COVERS=joined,
    )
    closed = settled(case(), net)
    assert closed is not None
    assert closed.closed_as is Closing.PASSES


def test_found_again_it_opens_again() -> None:
    closed = case(state=CaseState.CLOSED, closed_in=2, closed_as=Closing.GONE)
    again = settled(closed, GAP, revision=3)
    assert again is not None
    assert (again.state, again.closed_in, again.closed_as, again.reopened_in) == (CaseState.TO_DO, None, None, 3)
    assert settled(case(state=CaseState.CLOSED, closed_in=2), NO_GAP) is None


def test_a_kept_one_opens_when_its_date_has_passed() -> None:
    kept = keep(case(), dt.date(2016, 6, 30), "街道调整中", DAY)
    assert (kept.state, kept.kept_reason) == (CaseState.KEPT, "街道调整中")
    assert settled(kept, GAP, dt.date(2016, 6, 30)) is None
    opened = settled(kept, GAP, dt.date(2016, 7, 1))
    assert opened is not None
    assert (opened.state, opened.kept_until, opened.kept_reason) == (CaseState.TO_DO, None, None)


def test_the_overview_puts_the_overdue_first() -> None:
    def due(subject: str, day: int | None, **values: Any) -> Case:
        deadline = None if day is None else dt.date(2016, 6, day)
        return case(identity=f"branch-required|Organization|{subject}", deadline=deadline, **values)

    cases = [
        due("none", None),
        due("closed", 1, state=CaseState.CLOSED),
        due("kept", 2, state=CaseState.KEPT, kept_until=dt.date(2017, 1, 1)),
        due("lapsed", 10, state=CaseState.KEPT, kept_until=dt.date(2016, 6, 11)),
        due("later", 30),
        due("soon", 19, state=CaseState.TO_VERIFY),
        due("today", 12),
        due("late", 11, body=STREET),
        due("later-still", 3, body=STREET, state=CaseState.UNDER_WAY),
    ]
    table = overview(cases, DAY, 7)
    order = ["later-still", "lapsed", "late", "today", "soon", "later", "none", "closed", "kept"]
    assert table["subject"].to_list() == order
    assert table.filter("overdue")["days_left"].to_list() == [-9, -2, -1]
    assert table.filter("due_soon")["subject"].to_list() == ["today", "soon"]
    late = overdue_by_body(table)
    assert late.rows() == [("Street", "S1", 2)]
    card = scorecard(replace(context(GAP), cases=table)).row(by_predicate=pl.col("id") == "S1", named=True)
    assert card["overdue"] == 2
    assert overview([], DAY, 7).height == 0
    assert overdue_by_body(overview([], DAY, 7)).height == 0


@pytest.fixture
def book(tmp_path: Path) -> Iterator[CaseBook]:
    store = SqliteStore(tmp_path / "district.db")
    yield CaseBook(store, UNIT)
    store.close()


def test_the_book_keeps_everything(book: CaseBook) -> None:
    answer, asked_of = answered(GAP)
    (opened,) = book.open(answer, asked_of)
    assert opened.version == 1
    full = keep(
        comment(assign(opened, measure="建支部", deadline=DAY), "已联系", "unit:street", NOON),
        dt.date(2016, 12, 31),
        "等待批复",
        DAY,
    )
    saved = book.save(full)
    assert saved.version == 2
    assert book.get(opened.identity) == saved
    assert book.cases() == [saved]
    assert book.open(answer, asked_of) == [saved]  # followed already: nothing is overwritten
    assert book.get("branch-required|Organization|nobody") is None


def test_two_people_never_overwrite_each_other(book: CaseBook) -> None:
    answer, asked_of = answered(GAP)
    (opened,) = book.open(answer, asked_of)
    book.save(advance(opened, CaseState.UNDER_WAY))
    with pytest.raises(RecordMoved) as moved:
        book.save(assign(opened, measure="另一措施"))
    assert "状态：待整改 → 整改中" in moved.value.message.zh
    assert "state: to do → under way" in moved.value.message.en
    assert UNIT in moved.value.message.zh
    kept = book.get(opened.identity)
    assert kept is not None
    assert (kept.state, kept.measure) == (CaseState.UNDER_WAY, None)


def test_the_book_follows_the_question_from_revision_to_revision(book: CaseBook) -> None:
    answer, asked_of = answered(GAP)
    book.open(answer, asked_of)
    assert book.reconcile([answer], 2, DAY) == []
    (closed,) = book.reconcile([answered(NO_GAP)[0]], 3, DAY)
    assert (closed.state, closed.closed_in) == (CaseState.CLOSED, 3)
    (again,) = book.reconcile([answer], 4, DAY)
    assert (again.state, again.reopened_in, again.opened_in) == (CaseState.TO_DO, 4, 1)
    assert book.cases() == [again]


def test_all_that_happens_to_a_case_is_kept_with_who_and_when(book: CaseBook) -> None:
    answer, asked_of = answered(GAP)
    (opened,) = book.open(answer, asked_of)
    started = dt.datetime.now(dt.UTC)
    given = book.save(assign(opened, measure="建支部", deadline=DAY))
    book.save(comment(given, "已联系", UNIT, NOON))
    book.reconcile([answered(NO_GAP)[0]], 2, DAY)
    (case,) = book.cases()
    assert [each.version for each in case.history] == [1, 2, 3, 4] == [*range(1, case.version + 1)]
    assert [each.unit for each in case.history] == [UNIT, UNIT, UNIT, AUTOMATIC]
    assert [told(each).zh for each in case.history] == [
        "状态：待整改；责任单位：街道 S1；立案版本：1",
        f"措施：建支部；期限：{DAY}",
        "备注：已联系",
        "状态：待整改 → 已销号；销号版本：2；销号原因：查询判定符合",
    ]
    assert "responsible body: street S1" in told(case.history[0]).en
    assert "；责任单位：甲街道；" in told(case.history[0], {("Street", "S1"): "甲街道"}).zh
    assert all(started <= each.at <= dt.datetime.now(dt.UTC) for each in case.history[1:])


class WrittenMeanwhile(CaseBook):
    """A book in which somebody comments on a case between its being read and being reconciled."""

    def cases(self) -> list[Case]:
        read = super().cases()
        for each in read:
            super().save(comment(each, "同时写入", "unit:street", NOON))
        return read


def test_a_comment_written_meanwhile_survives(tmp_path: Path) -> None:
    store = SqliteStore(tmp_path / "district.db")
    answer, asked_of = answered(GAP)
    CaseBook(store, UNIT).open(answer, asked_of)
    (closed,) = WrittenMeanwhile(store, UNIT).reconcile([answered(NO_GAP)[0]], 2, DAY)
    assert (closed.state, [c.text for c in closed.comments]) == (CaseState.CLOSED, ["同时写入"])
    store.close()
