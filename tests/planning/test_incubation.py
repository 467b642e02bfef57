"""Start-ups, next homes and demonstrations (J9, J10)."""

from __future__ import annotations

import datetime as dt
from typing import Any

from planning.plan import ActionKind
from planning.planner import plan
from planning.verify import verify
from tests.planning.small import district
from tests.planning.test_branches import everywhere, of
from tests.planning.test_responsibility import by_subject, changed
from tests.queries.small import context
from tests.queries.verdicts import actual

NEW, OLD = dt.date(2016, 5, 1), dt.date(2012, 5, 1)


def test_a_start_up_goes_to_the_nearest_hub_with_room_within_reach() -> None:
    orgs = {k: {"registered_on": NEW} for k in ("a", "b", "c")} | {"old": {"registered_on": OLD}}
    hubs = [{"id": "full", "kind": "organisations", "capacity": 0}, {"id": "one", "kind": "organisations", "capacity": 1},
            {"id": "next", "kind": "organisations", "capacity": 1}, {"id": "far", "kind": "organisations", "capacity": 9},
            {"id": "party", "kind": "party-organisations", "capacity": 9}]  # fmt: skip
    where = {"Hub/full": "s1", "Hub/one": "s1", "Hub/next": "s2", "Hub/far": "s3", "Hub/party": "s1"}
    made = plan(context(district(orgs, everywhere(*orgs) | where, Hub=hubs)))
    taken = {p.subjects[0].id: p.target.id for p in of(made, ActionKind.INCUBATE) if p.target}
    assert sorted(taken.values()) == ["next", "one"]
    assert "old" not in taken
    assert {u.why.en for u in made.unplaced if u.kind is ActionKind.INCUBATE} == {"the platforms within reach are full"}
    rows = of(made, ActionKind.INCUBATE)[0].changes.deltas["INCUBATES"].after
    assert rows.select("kind", "state").row(0) == ("temporary", "planned")


def test_whose_body_is_pinned_is_not_taken_in_by_a_hub_that_would_answer_instead() -> None:
    hub = {"id": "h", "kind": "organisations", "capacity": 9}
    given = context(
        district({"o": {"registered_on": NEW, "registration": "direct"}}, {"o": "s1:b", "Hub/h": "s1"}, Hub=[hub])
    )
    [taken_in] = of(plan(given), ActionKind.INCUBATE)
    [by_street] = of(plan(given, rejections=[taken_in]), ActionKind.RESPONSIBILITY)
    made = plan(given, pins=[by_street])
    assert of(made, ActionKind.INCUBATE) == []
    assert [u.why.en for u in made.unplaced if u.kind is ActionKind.INCUBATE] == [
        "another body is accepted or pinned as the one that answers"
    ]
    assert verify(given, made).breaches == ()


def test_a_street_s_own_hub_comes_before_the_districts_in_that_street() -> None:
    """Load is levelled only after that: the street's hub takes in two while the district's has nobody."""
    orgs = {k: {"registered_on": NEW} for k in ("a", "b", "c")}
    hubs = [{"id": "district", "kind": "organisations", "level": "district", "capacity": 9},
            {"id": "street", "kind": "organisations", "level": "street", "capacity": 2}]  # fmt: skip
    made = plan(context(district(orgs, everywhere(*orgs) | {"Hub/district": "s1", "Hub/street": "s1"}, Hub=hubs)))
    taken = of(made, ActionKind.INCUBATE)
    assert sorted(p.target.id for p in taken if p.target) == ["district", "street", "street"]
    assert [p.target.id for p in taken if p.target and "own-street" in {r.rule for r in p.reasons}] == ["district"]


def test_after_the_term_the_hub_lets_go_and_the_street_takes_over() -> None:
    network = district(
        {"o": {"registered_on": OLD, "registration": "direct"}},
        {"o": "s1:b"},
        Hub=[{"id": "h", "kind": "organisations"}],
        INCUBATES=[
            {"source_type": "Hub", "target_type": "Organization", "kind": "temporary", "since": OLD, **actual("h", one)}
            for one in ("o", "closed")
        ],
    )
    found = by_subject(plan(context(network)), ActionKind.NEXT_HOME)
    assert changed(found["o"]) == {"INCUBATES": (["h"], []), "GUIDES": ([], ["s1"]), "ANSWERS_FOR": ([], ["s1:b"])}
    assert found["o"].closes == ("incubation-overdue|Organization|o",)
    assert found["o"].reasons[0].rule == "incubation-over"


def test_of_two_authorities_that_license_it_one_takes_on_who_leaves_the_hub() -> None:
    network = district(
        {"o": {"registered_on": OLD, "registration": "dual", "industry": "教育"}},
        {"o": "s1:b"},
        Hub=[{"id": "h", "kind": "organisations"}],
        Authority=[{"id": "a1"}, {"id": "a2"}],
        LICENSED_BY=[{"source": "o", "target": authority} for authority in ("a1", "a2")],
        INCUBATES=[
            {"source_type": "Hub", "target_type": "Organization", "kind": "temporary", "since": OLD, **actual("h", one)}
            for one in ("o", "closed")
        ],
    )
    given = context(network, vertical_threshold=1, vertical_threshold_reading="at-least")
    made = plan(given)
    assert changed(by_subject(made, ActionKind.NEXT_HOME)["o"]) == {
        "INCUBATES": (["h"], []),
        "SUPERVISES": ([], ["a1"]),
    }
    assert verify(given, made).opened == ()


def centre(branches: int, raised: int, **more: Any) -> Any:
    """A centre in s1 that raises some of so many own branches; the last one was honoured."""
    ids = [f"po:x{k}" for k in range(branches)]
    parties = [{"id": i, "form": "standalone", "state": "actual"} for i in ids]
    parties[-1]["demonstration_year"] = 2015  # type: ignore[assignment]
    return district(
        {},
        {"Hub/h": "s1"},
        Hub=[{"id": "h", "kind": "incubation-centre"}],
        PartyOrganization=parties,
        SUBORDINATE_TO=[actual(i, "po:s1") for i in ids],
        INCUBATES=[
            {"source_type": "Hub", "target_type": "PartyOrganization", "kind": "demonstration", **actual("h", i)} for i in ids[:raised]
        ],
        **more,
    )  # fmt: skip


def test_a_centre_gets_as_many_demonstrations_as_it_lacks_honoured_ones_first() -> None:
    given_ = context(centre(6, 1))
    found = of(plan(given_), ActionKind.DEMONSTRATION)
    assert {p.subjects[0].id for p in found} == {"po:x5", "po:x1"}
    assert all(p.closes == ("demonstration-quota|Hub|h",) for p in found)
    assert verify(given_, plan(given_)).breaches == ()


def test_what_is_too_much_ends_the_least_fitting_first() -> None:
    found = of(plan(context(centre(7, 7))), ActionKind.DEMONSTRATION)
    assert [p.subjects[0].id for p in found] == ["po:x4", "po:x5"]
    assert all(p.changes.deltas["INCUBATES"].after.height == 0 for p in found)


def test_too_few_branches_to_choose_from_is_said() -> None:
    made = plan(context(centre(2, 1)))
    assert [u.finding for u in made.unplaced if u.kind is ActionKind.DEMONSTRATION] == ["demonstration-quota|Hub|h"]
