"""Own branches, and what becomes of the joint branches that are left (N1, N2, J6, J15)."""

from __future__ import annotations

from typing import Any

from graphmodel.changes import ChangeSet
from graphmodel.network import Network
from planning.isolation import confirmed
from planning.plan import ActionKind, Plan, Proposal
from planning.planner import plan
from planning.verify import verify
from tests.planning.small import district
from tests.queries.small import context
from tests.queries.verdicts import actual, verdicts


def of(made: Plan, kind: ActionKind) -> list[Proposal]:
    return [p for p in made.proposals if p.kind is kind]


def joint(*units: str, number: str = "j", **fields: Any) -> dict[str, list[dict[str, Any]]]:
    """One joint branch under the street, of these units."""
    return {
        "PartyOrganization": [
            {"id": number, "name": number, "form": "joint", "level": "branch", "state": "actual", **fields}
        ],
        "SUBORDINATE_TO": [actual(number, "po:s1")],
        "COVERS": [actual(number, one) for one in units],
    }


def together(*several: dict[str, list[dict[str, Any]]]) -> dict[str, list[dict[str, Any]]]:
    names = dict.fromkeys(name for one in several for name in one)
    return {name: [row for one in several for row in one.get(name, ())] for name in names}


def everywhere(*orgs: str, at: str = "s1:a") -> dict[str, str]:
    return dict.fromkeys(orgs, at)


def test_three_members_found_a_branch_with_superior_venue_level_and_committee() -> None:
    network = district(
        {"three": {"full_members": 3}, "many": {"full_members": 60}, "two": {"full_members": 2}},
        everywhere("three", "many", "two") | {"Venue/v": "s1"},
        Venue=[{"id": "v", "kind": "service-centre"}],
    )
    made = plan(context(network))
    founded = {p.subjects[0].id: p for p in of(made, ActionKind.STANDALONE)}
    assert set(founded) == {"three", "many"}
    new = founded["many"].changes.deltas["PartyOrganization"].after.row(0, named=True)
    assert (new["id"], new["form"], new["state"]) == ("po:many", "standalone", "planned")
    assert (new["level"], new["has_committee"], new["members"]) == ("general-branch", True, 60)
    assert founded["three"].changes.deltas["SUBORDINATE_TO"].after["target"].to_list() == ["po:s1"]
    assert founded["three"].changes.deltas["HOSTS"].after["source"].to_list() == ["v"]
    assert {r.rule for r in founded["three"].reasons} == {"branch-strength", "superior", "venue-shared"}
    assert "po:many" in verdicts("venue-missing", confirmed(context(network), made.proposals)).passed
    assert verify(context(network), made).opened == ()


def test_without_a_sound_chain_the_reason_is_said() -> None:
    network = district({"o": {"full_members": 3}}, everywhere("o"))
    cut = network.apply(_without_top(network))
    founded = of(plan(context(cut)), ActionKind.STANDALONE)
    assert [r.rule for r in founded[0].reasons if not r.hard] == ["superior-to-be-named", "venue-to-be-found"]
    assert "SUBORDINATE_TO" not in founded[0].changes.deltas


def _without_top(network: Network) -> Any:
    rows = network.table("PARTY_BODY_OF")
    return ChangeSet.between({"PARTY_BODY_OF": rows}, {"PARTY_BODY_OF": rows.clear()})


def test_one_that_leaves_ends_its_place_and_the_rest_stays() -> None:
    units = ("big", "a", "b", "c")
    orgs = {u: {"full_members": 1} for u in units} | {"big": {"full_members": 4}}
    made = plan(context(district(orgs, everywhere(*units), **joint(*units))))
    (leaves,) = of(made, ActionKind.STANDALONE)
    assert leaves.changes.deltas["COVERS"].before["source"].to_list() == ["j"]
    assert "branch-left-sound" in {r.rule for r in leaves.reasons}
    assert set(leaves.closes) == {"branch-required|Organization|big", "joint-ready-to-stand-alone|Organization|big"}


def test_what_does_not_stay_sound_is_dissolved_and_the_others_are_housed_in_the_same_action() -> None:
    orgs = {u: {"full_members": 1} for u in ("a", "b", "x", "y", "z")} | {"big": {"full_members": 4}}
    branches = together(joint("big", "a", "b"), joint("x", "y", "z", number="k"))
    network = district(orgs, everywhere(*orgs), **branches)
    made = plan(context(network))
    (leaves,) = of(made, ActionKind.STANDALONE)
    assert leaves.changes.deltas["PartyOrganization"].before["id"].to_list() == ["j"]
    added = leaves.changes.deltas["COVERS"].after.select("source", "target").rows()
    assert sorted(added) == [("k", "a"), ("k", "b"), ("po:big", "big")]
    after = confirmed(context(network), [leaves])
    assert verdicts("uncovered", after).gaps == {}
    assert verdicts("joint-branch-too-wide", after).gaps == {}


def test_what_is_dissolved_is_given_no_venue() -> None:
    orgs = {u: {"full_members": 1} for u in ("a", "b", "x", "y", "z")} | {"big": {"full_members": 4}}
    branches = together(joint("big", "a", "b"), joint("x", "y", "z", number="k"))
    where = everywhere(*orgs) | {"Venue/v": "s1"}
    hosted = {"Venue": [{"id": "v", "kind": "service-centre"}], "HOSTS": [actual("v", "po:s1")]}
    network = district(orgs, where, **hosted, **branches)
    assert {"j", "k"} <= set(verdicts("venue-missing", context(network)).gaps)
    made = plan(context(network))
    assert [
        leaves.changes.deltas["PartyOrganization"].before["id"].to_list() for leaves in of(made, ActionKind.STANDALONE)
    ] == [["j"]]
    assert [s.id for shared in of(made, ActionKind.VENUE) for s in shared.subjects] == ["k", "po:filed"]
    assert verify(context(network), made).breaches == ()


def test_those_who_break_a_branch_together_leave_together() -> None:
    orgs = {u: {"full_members": 4} for u in ("p", "q")} | {u: {"full_members": 1} for u in ("a", "x", "y", "z")}
    branches = together(joint("p", "q", "a"), joint("x", "y", "z", number="k"))
    made = plan(context(district(orgs, everywhere(*orgs), **branches)))
    (both,) = of(made, ActionKind.STANDALONE)
    assert [s.id for s in both.subjects] == ["p", "q"]
    assert both.id.startswith("standalone:p+1:")


def test_who_cannot_leave_without_harm_is_told_why() -> None:
    orgs = {"big": {"full_members": 4}, "a": {"full_members": 1}}
    made = plan(context(district(orgs, everywhere("big", "a"), **joint("big", "a"))))
    assert of(made, ActionKind.STANDALONE) == []
    (why,) = [u for u in made.unplaced if u.kind is ActionKind.STANDALONE]
    assert why.finding == "branch-required|Organization|big"
    assert "would not stay sound" in why.why.en


def test_an_id_that_is_taken_is_not_founded_twice() -> None:
    network = district(
        {"o": {"full_members": 3}},
        everywhere("o"),
        PartyOrganization=[{"id": "po:o", "form": "functional", "state": "actual"}],
        COVERS=[actual("po:o", "o")],
    )
    made = plan(context(network))
    assert of(made, ActionKind.STANDALONE) == []
    assert [u.cheapest.en for u in made.unplaced if u.kind is ActionKind.STANDALONE] == [
        "change the form of that one to standalone"
    ]


def test_what_is_planned_already_is_not_planned_again() -> None:
    first = context(district({"o": {"full_members": 3}}, everywhere("o")))
    made = plan(first)
    (founded,) = of(made, ActionKind.STANDALONE)
    later = context(first.network.apply(founded.changes))
    assert of(plan(later), ActionKind.STANDALONE) == []
