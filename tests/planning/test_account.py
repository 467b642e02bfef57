"""Do the figures of a plan add up, is every gap that it leaves explained, and is it said from where it starts?"""

from __future__ import annotations

from dataclasses import replace

from planning.account import Account, start_line
from planning.closing import answers
from planning.isolation import confirmed
from planning.plan import ASKED, ActionKind, Moved, Start, without
from planning.planner import plan
from planning.unclosed import explained
from planning.verify import verify
from queries.registry import question
from tests.planning.small import district
from tests.planning.test_branches import everywhere, of
from tests.planning.test_responsibility import licensed
from tests.queries.small import context
from tests.queries.verdicts import actual


def test_every_gap_of_one_cause_has_its_row() -> None:
    """Nobody answers for it and its street is not known: two questions ask about it, and one record would mend both."""
    made = plan(context(district({"o": {"registration": "direct"}}, {})))
    told = {u.finding: u.cheapest.en for u in made.unplaced if u.subject.id == "o"}
    both = ("responsibility-gaps|Organization|o", "managed-by-neither|Organization|o")
    assert {finding: told[finding] for finding in both} == dict.fromkeys(both, "record its community")


def test_where_nothing_was_said_the_question_says_why_and_what_mends_it() -> None:
    given = context(district({"o": {"full_members": 3}}, everywhere("o")))
    before = answers(confirmed(given, ()))
    (one,) = [u for u in explained(before, before, ()) if u.finding == "branch-required|Organization|o"]
    asked = question("branch-required")
    assert one.kind is ActionKind.STANDALONE
    assert one.cheapest == asked.remedy  # type: ignore[union-attr]  # a question that judges
    assert one.why.en.startswith("no action of the plan ends it: ")


def test_of_what_is_closed_all_the_same_nothing_is_said() -> None:
    given = context(district({"o": {"full_members": 3}}, everywhere("o")))
    made = plan(given)
    before, after = (answers(confirmed(given, p)) for p in ((), made.proposals))
    (kept,) = [u for u in explained(before, before, ()) if u.finding == "uncovered|Organization|o"]
    assert kept not in explained(before, after, [kept])


def test_what_the_proposals_say_adds_up_to_what_is_verified() -> None:
    """All that an authority must take on close one gap of its group together: it counts once."""
    given = context(licensed(11))
    made = plan(given)
    found = verify(given, made)
    account = Account.of(made, found)
    assert account.asked == account.closed + account.stated
    assert account.column == sum(p.counted[0] for p in made.proposals)
    assert account.column + account.other == sum(len(p.closes) for p in made.proposals)
    assert (account.closed, account.beside) == (len(found.closed), len(found.beside))
    assert account.beyond == found.beyond
    assert account.shared == 1  # the authority lacks nobody once all eleven are taken on
    assert account.other == account.beside + 10
    assert not set(account.beyond) & set(ASKED)
    assert Account.from_plain(account.plain()) == account
    assert (
        account.lines[0].en
        == f"{account.asked} gaps = {account.closed} closed by the plan + {account.stated} with a stated reason"
    )


def test_what_is_not_explained_would_be_told() -> None:
    given = context(district({"o": {"registration": "direct"}}, {}))
    made = plan(given)
    silent = replace(without(made), unplaced=())
    account = Account.of(silent, verify(given, silent))
    assert account.unstated == len(made.unplaced)
    assert f"+ {account.unstated} without one" in account.lines[0].en


def test_a_plan_says_from_where_it_starts() -> None:
    orgs = {"a": {"full_members": 5}, "b": {"full_members": 5}}
    bare = plan(context(district(orgs, everywhere(*orgs))))
    assert bare.start == Start(0, 0, ())
    assert "nothing is planned yet" in start_line(bare.start).en
    founded = {**actual("po:a", "a"), "state": "planned"}
    planned = district(
        orgs,
        everywhere(*orgs),
        PartyOrganization=[{"id": "po:a", "form": "standalone", "state": "planned"}],
        COVERS=[founded],
        SUBORDINATE_TO=[{**actual("po:a", "po:s1"), "state": "planned"}],
    )
    made = plan(context(planned))
    assert made.start is not None
    assert (made.start.relations, made.start.organizations) == (2, 1)
    assert Moved("uncovered", 2, 1) in made.start.moved
    line = start_line(made.start)
    assert "未覆盖 2→1" in line.zh
    assert "uncovered 2 → 1" in line.en
    assert [p.subjects[0].id for p in of(made, ActionKind.STANDALONE)] == ["b"]
