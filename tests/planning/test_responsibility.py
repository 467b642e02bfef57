"""Who answers for whom, and whose relation ends (J6-J9)."""

from __future__ import annotations

from typing import Any

from graphmodel.network import Network
from planning.plan import ActionKind, Plan, Proposal
from planning.planner import plan
from planning.verify import verify
from tests.planning.small import district
from tests.planning.test_branches import of
from tests.queries.small import context
from tests.queries.verdicts import actual

NAMED = {"registration": "dual", "industry": "教育", "union": True, "full_members": None}


def licensed(count: int, **more: Any) -> Network:
    """So many organisations of one kind under authority a, all in s1:a, where the street guides and the community answers."""
    orgs = {f"o{k:02}": NAMED for k in range(count)}
    return district(
        orgs,
        dict.fromkeys(orgs, "s1:a"),
        Authority=[{"id": "a"}, {"id": "b"}],
        LICENSED_BY=[{"source": o, "target": "a"} for o in orgs],
        GUIDES=[actual("s1", o) for o in orgs],
        ANSWERS_FOR=[actual("s1:a", o) for o in orgs],
        **more,
    )


def changed(proposal: Proposal) -> dict[str, tuple[list[str], list[str]]]:
    """By relation: the sources that end, the sources that begin."""
    return {n: (d.before["source"].to_list(), d.after["source"].to_list()) for n, d in proposal.changes.deltas.items()}


def by_subject(made: Plan, kind: ActionKind = ActionKind.RESPONSIBILITY) -> dict[str, Proposal]:
    return {p.subjects[0].id: p for p in of(made, kind)}


def test_over_ten_of_a_kind_the_authority_takes_all_on_and_each_is_needed_for_the_group() -> None:
    made = plan(context(licensed(11)))
    found = by_subject(made)
    assert len(found) == 11
    assert changed(found["o00"]) == {"SUPERVISES": ([], ["a"])}
    assert found["o00"].target is not None
    assert found["o00"].target.id == "a"
    assert [r.clause for r in found["o00"].reasons] == ["J7"]
    assert all("vertical-not-taken-on|AuthorityIndustry|a|教育" in p.closes for p in found.values())
    assert by_subject(plan(context(licensed(10)))) == {}


def test_a_wrong_authority_ends_and_the_due_one_begins() -> None:
    made = plan(
        context(licensed(11, SUPERVISES=[actual("b", "o00"), *(actual("a", f"o{k:02}") for k in range(1, 11))]))
    )
    assert changed(by_subject(made)["o00"]) == {"SUPERVISES": (["b"], ["a"])}


def test_in_the_street_the_street_guides_and_the_community_answers() -> None:
    network = district({"o": {"registration": "direct"}}, {"o": "s2:b"})
    found = by_subject(plan(context(network)))
    assert changed(found["o"]) == {"GUIDES": ([], ["s2"]), "ANSWERS_FOR": ([], ["s2:b"])}
    assert [r.clause for r in found["o"].reasons] == ["J8", "J8"]
    assert found["o"].changes.deltas["GUIDES"].after["responsible_body"].to_list() == ["s2"]


def test_of_two_bodies_of_one_mode_the_right_one_stays() -> None:
    network = district(
        {"o": {"registration": "direct"}},
        {"o": "s2:b"},
        Authority=[{"id": "a"}],
        GUIDES=[actual("s1", "o"), actual("s2", "o")],
        ANSWERS_FOR=[actual("s2:b", "o")],
    )
    found = by_subject(plan(context(network)))
    assert changed(found["o"]) == {"GUIDES": (["s1"], [])}
    assert {r.rule for r in found["o"].reasons} == {
        "due-street",
        "one-body",
    }  # not why the community answers: it goes on


def test_a_title_says_what_a_body_does() -> None:
    missing = by_subject(plan(context(district({"o": {"registration": "direct"}}, {"o": "s2:b"}))))["o"]
    network = district({"o": {"registration": "direct"}}, {"o": "s2:b"}, GUIDES=[actual("s2", "o")])
    community = by_subject(plan(context(network)))["o"]
    vertical = by_subject(plan(context(licensed(11))))["o03"]
    assert [p.title.zh.partition("：")[2] for p in (missing, community)] == ["由s2指导", "由s2:b负责"]
    assert vertical.title.zh.endswith("条管")
    assert [r.rule for r in community.reasons] == ["due-community"]


def test_of_two_authorities_that_both_may_supervise_one_stays() -> None:
    """Each licenses it and has enough of its kind: the first stays, and nobody lacks it."""
    orgs = {k: {**NAMED, "industry": "教育"} for k in ("o", "p", "q")}
    network = district(
        orgs,
        dict.fromkeys(orgs, "s1:a"),
        Authority=[{"id": "a1"}, {"id": "a2"}],
        LICENSED_BY=[{"source": o, "target": a} for o, a in (("o", "a1"), ("o", "a2"), ("p", "a1"), ("q", "a2"))],
        SUPERVISES=[actual(a, o) for a, o in (("a1", "o"), ("a2", "o"), ("a1", "p"), ("a2", "q"))],
    )
    given_ = context(network, vertical_threshold=1)
    made = plan(given_)
    assert changed(by_subject(made)["o"]) == {"SUPERVISES": (["a2"], [])}
    assert verify(given_, made).opened == ()


def test_an_authority_in_the_place_of_the_street_ends() -> None:
    network = district(
        {"o": {"registration": "direct"}},
        {"o": "s2:b"},
        Authority=[{"id": "a"}],
        SUPERVISES=[actual("a", "o")],
    )
    assert changed(by_subject(plan(context(network)))["o"]) == {
        "SUPERVISES": (["a"], []),
        "GUIDES": ([], ["s2"]),
        "ANSWERS_FOR": ([], ["s2:b"]),
    }


def test_without_a_street_it_is_said_what_is_missing() -> None:
    made = plan(context(district({"o": {"registration": "direct"}}, {})))
    why = [u for u in made.unplaced if u.subject.id == "o" and u.kind is ActionKind.RESPONSIBILITY]
    assert [u.cheapest.en for u in why] == ["record its community"] * 2  # nobody manages it, and nobody answers


def test_a_rejected_body_is_not_proposed_again() -> None:
    given_ = context(licensed(11))
    first = by_subject(plan(given_))["o03"]
    again = plan(given_, rejections=[first])
    assert "o03" not in by_subject(again)
    assert any("rejected" in u.why.en for u in again.unplaced if u.subject.id == "o03")
    assert verify(given_, again).breaches == ()
