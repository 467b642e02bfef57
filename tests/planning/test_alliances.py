"""Alliances for those outside, a lead for those without, and venues to share (J12, J15)."""

from __future__ import annotations

from planning.plan import ActionKind
from planning.planner import plan
from tests.planning.small import district
from tests.planning.test_branches import everywhere, of
from tests.queries.small import context
from tests.queries.verdicts import actual

LED = [actual("a", "l1", role="lead"), actual("b", "l1", role="member"), actual("filed", "l1", role="member")]


def test_an_outsider_joins_the_alliance_of_its_street() -> None:
    network = district(
        {k: {"full_members": 5} for k in ("a", "b", "c", "d", "out")},
        everywhere("a", "b") | everywhere("c", "d", "out", at="s3:a"),
        Alliance=[{"id": "l1"}, {"id": "l3"}],
        MEMBER_OF=[*LED, actual("c", "l3", role="lead"), actual("d", "l3", role="member")],
    )
    (joins,) = of(plan(context(network)), ActionKind.ALLIANCE)
    assert joins.target is not None
    assert (joins.subjects[0].id, joins.target.id) == ("out", "l3")
    assert joins.runner_up is not None
    assert (joins.runner_up.target.id, joins.runner_up.costs) == ("l1", {"alliance-near": 3.0})
    assert [e.en for e in joins.evidence] == ["located in: s3:a"]
    assert joins.changes.deltas["MEMBER_OF"].after.select("state", "role").row(0) == ("planned", "member")
    assert set(joins.closes) == {"isolated-component|Organization|out", "outside-alliance|Organization|out"}


def test_the_alliance_of_its_street_comes_before_the_districts() -> None:
    """A district's alliance has more members, most of them in that very street, and is as near; it may even be the last one left."""
    many = [f"m{k}" for k in range(6)]
    network = district(
        {k: {"full_members": 5} for k in ("a", "b", "out", *many)},
        everywhere("a", "b") | everywhere("out", *many[:3], at="s1:b") | everywhere(*many[3:5], at="s2:a") | everywhere(many[5], at="s3:a"),
        Alliance=[{"id": "l1"}, {"id": "wide"}],
        MEMBER_OF=[*LED, *(actual(o, "wide", role="lead" if o == "m0" else "member") for o in many)],
    )  # fmt: skip
    given_ = context(network)
    (first,) = of(plan(given_), ActionKind.ALLIANCE)
    assert first.target is not None
    assert first.target.id == "l1"
    assert first.runner_up is not None
    assert (first.runner_up.target.id, first.runner_up.costs) == ("wide", {"alliance-near": 0.0, "own-street": 1.0})
    (second,) = of(plan(given_, rejections=[first]), ActionKind.ALLIANCE)
    assert second.target is not None
    assert (second.target.id, [r.cost for r in second.reasons if r.rule == "own-street"]) == ("wide", [1.0])


def test_of_whom_no_street_is_known_joins_the_districts() -> None:
    many = [f"m{k}" for k in range(6)]
    network = district(
        {k: {"full_members": 5} for k in ("a", "b", "out", *many)},
        everywhere("a", "b") | everywhere(*many[:3], at="s1:b") | everywhere(*many[3:], at="s2:a"),
        Alliance=[{"id": "l1"}, {"id": "wide"}],
        MEMBER_OF=[*LED, *(actual(o, "wide", role="lead" if o == "m0" else "member") for o in many)],
    )
    (joins,) = of(plan(context(network)), ActionKind.ALLIANCE)
    assert joins.target is not None
    assert (joins.subjects[0].id, joins.target.id) == ("out", "wide")


def test_one_speaks_for_a_component_without_a_lead() -> None:
    network = district(
        {k: {"full_members": 5} for k in ("a", "b", "x", "y", "z")},
        everywhere("a", "b", "y") | everywhere("x", "z", at="s3:a"),
        Alliance=[{"id": "l1"}, {"id": "l2"}],
        MEMBER_OF=[*LED, *(actual(o, "l2", role="member") for o in ("x", "y", "z"))],
    )
    (joins,) = of(plan(context(network)), ActionKind.ALLIANCE)
    assert [s.id for s in joins.subjects] == ["y", "x", "z"]
    assert set(joins.closes) == {f"isolated-component|Organization|{o}" for o in ("x", "y", "z")}


def test_a_rejected_alliance_gives_way_to_the_next() -> None:
    network = district(
        {k: {"full_members": 5} for k in ("a", "b", "c", "d", "out")},
        everywhere("a", "b", "out") | everywhere("c", "d", at="s3:a"),
        Alliance=[{"id": "l1"}, {"id": "l3"}],
        MEMBER_OF=[*LED, actual("c", "l3", role="lead"), actual("d", "l3", role="member")],
    )
    given_ = context(network)
    (first,) = of(plan(given_), ActionKind.ALLIANCE)
    (second,) = of(plan(given_, rejections=[first]), ActionKind.ALLIANCE)
    assert [p.target.id for p in (first, second) if p.target] == ["l1", "l3"]
    third = plan(given_, rejections=[first, second])
    assert of(third, ActionKind.ALLIANCE) == []
    assert {u.finding: u.cheapest.en for u in third.unplaced if u.kind is ActionKind.ALLIANCE} == dict.fromkeys(
        ("outside-alliance|Organization|out", "isolated-component|Organization|out"),
        "set up an alliance in its street, with a lead",
    )


def test_the_nearest_venue_that_can_be_shared_and_is_best_equipped() -> None:
    haves = dict.fromkeys(("place", "equipment", "signs", "party_flag", "books", "rules"), True)
    network = district(
        {"o": {"full_members": 5}},
        {"o": "s1:a", "Venue/own": "s1:a", "Venue/bare": "s1", "Venue/good": "s1", "Venue/far": "s3"},
        PartyOrganization=[{"id": "po:o", "form": "standalone", "state": "actual"}],
        COVERS=[actual("po:o", "o")],
        SUBORDINATE_TO=[actual("po:o", "po:s1")],
        Venue=[{"id": "own", "kind": "own", **haves}, {"id": "bare", "kind": "school"}, {"id": "good", "kind": "school", **haves},
               {"id": "far", "kind": "service-centre", **haves}],
        HOSTS=[actual("own", "po:filed")],
    )  # fmt: skip
    (shares,) = of(plan(context(network)), ActionKind.VENUE)
    assert shares.target is not None
    assert (shares.subjects[0].id, shares.target.id) == ("po:o", "good")
    assert shares.closes == ("venue-missing|PartyOrganization|po:o",)
    assert shares.changes.deltas["HOSTS"].after["sharing"].to_list() == ["shared"]
