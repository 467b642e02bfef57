"""Guidance and incubation: each question on its own small example."""

import datetime as dt
from typing import Any

import polars as pl
import pytest

from graphmodel.network import Network
from queries.question import Table
from queries.registry import question
from tests.queries.small import context, network
from tests.queries.verdicts import actual, filed, registered, verdicts


def _posts(served: dict[str, int], **more: Any) -> Network:
    organizations = [registered(f"o{i}") for i in range(9)]
    edges = [actual(post, f"o{i}") for post, n in served.items() for i in range(n)]
    return network(
        Organization=organizations + more.pop("Organization", []),
        InstructorPost=[{"id": post} for post in (*served, "none")],
        INSTRUCTS=edges + more.pop("INSTRUCTS", []),
        **more,
    )


def test_instructor_load_names_posts_over_five_and_idle_ones() -> None:
    found = verdicts("instructor-load", _posts({"five": 5, "six": 6}))
    assert found.gaps == {"six": ("over",), "none": ("idle",)}
    assert found.passed == {"five"}
    assert found.total == 3


def test_instructor_load_counts_neither_planned_nor_deregistered_and_doubts_the_unknown() -> None:
    net = _posts(
        {"full": 5},
        Organization=[{"id": "gone", "status": "deregistered"}, {"id": "what"}],
        INSTRUCTS=[
            actual("full", "gone"),
            {"source": "full", "target": "o8", "state": "planned"},
            actual("none", "what"),
        ],
    )
    found = verdicts("instructor-load", net)
    assert found.gaps == {}
    assert found.passed == {"full"}
    assert found.unknown == {"none"}  # the one it looks after may be deregistered


def test_instructor_load_follows_the_policy() -> None:
    assert verdicts("instructor-load", _posts({"five": 5}), instructor_max_load=4).gaps["five"] == ("over",)


def test_wrong_station_is_one_of_another_kind_or_several() -> None:
    net = network(
        Organization=[
            registered("school", industry="教育"),
            registered("clinic", industry="医疗"),
            registered("many", industry="养老"),
            filed("club", industry="文艺"),
            registered("blank"),
            registered("unguided", industry="教育"),
            registered("pointed", industry="教育"),
            registered("gone", industry="教育", status="deregistered"),
        ],
        GuidanceStation=[
            {"id": "schools", "kind": "schools"},
            {"id": "street", "kind": "street-organisations"},
            {"id": "point", "kind": "point"},
        ],
        STATION_GUIDES=[
            actual("schools", "school"),
            actual("street", "clinic"),
            actual("street", "many"),
            actual("point", "many"),
            actual("schools", "club"),
            actual("schools", "blank"),
            actual("point", "pointed"),
            actual("street", "gone"),
        ],
    )
    found = verdicts("wrong-station", net)
    assert found.gaps == {"clinic": ("other-kind",), "many": ("several",), "club": ("other-kind",)}
    assert found.unknown == {"blank"}
    assert found.passed == {"school", "pointed"}


def test_station_load_needs_the_capacity_to_tell() -> None:
    net = network(
        Organization=[registered(f"o{i}") for i in range(3)],
        GuidanceStation=[
            {"id": "small", "capacity": 2},
            {"id": "fits", "capacity": 3},
            {"id": "unknown"},
            {"id": "empty"},
        ],
        STATION_GUIDES=[actual(s, f"o{i}") for s in ("small", "fits", "unknown") for i in range(3)],
    )
    found = verdicts("station-load", net)
    assert found.gaps == {"small": ("over",), "empty": ("empty",)}
    assert found.unknown == {"unknown"}
    assert found.passed == {"fits"}


@pytest.mark.parametrize(("number", "reasons"), [(2, ("too-few",)), (3, None), (5, None), (6, ("too-many",))])
def test_demonstration_quota_is_three_to_five(number: int, reasons: tuple[str, ...] | None) -> None:
    ends = [dt.date(2016, 1, 1), *[None] * number]
    net = network(
        Hub=[{"id": "centre", "kind": "incubation-centre"}, {"id": "other", "kind": "organisations"}],
        PartyOrganization=[{"id": f"p{i}"} for i in range(len(ends))],
        INCUBATES=[
            actual(
                "centre", f"p{i}", source_type="Hub", target_type="PartyOrganization", kind="demonstration", until=end
            )
            for i, end in enumerate(ends)
        ],
    )
    found = verdicts("demonstration-quota", net)
    assert found.gaps == ({"centre": reasons} if reasons else {})
    assert found.total == 1


def _incubation(**relations: Any) -> Network:
    def taken(target: str, since: dt.date | None, **fields: Any) -> dict[str, Any]:
        kind = {"kind": "temporary", **fields}
        return actual("hub", target, source_type="Hub", target_type="Organization", since=since, **kind)

    day = dt.date(2015, 6, 11)
    return network(
        Hub=[{"id": "hub"}],
        Organization=[
            registered(o) for o in ("late", "just", "covered", "handed", "left", "demonstration", "undated", "never")
        ],
        PartyOrganization=[{"id": "branch", "form": "standalone", "state": "actual"}],
        Street=[{"id": "s"}],
        INCUBATES=[
            taken("late", day),
            taken("just", day + dt.timedelta(days=1)),
            taken("covered", day),
            taken("handed", day),
            taken("left", day, until=dt.date(2016, 6, 1)),
            taken("demonstration", day, kind="demonstration"),
            taken("undated", None),
        ],
        COVERS=[actual("branch", "covered")],
        GUIDES=[actual("s", "handed"), *relations.pop("GUIDES", [])],
    )


def test_incubation_overdue_after_a_year_without_party_organisation_and_home() -> None:
    found = verdicts("incubation-overdue", _incubation())
    assert found.gaps == {"late": ("over-term",), "left": ("left-without-home",)}
    assert found.unknown == {"undated"}
    assert found.passed == {"just", "covered", "handed"}
    assert found.total == 6


def test_a_next_home_closes_exactly_that_case() -> None:
    assert set(verdicts("incubation-overdue", _incubation(GUIDES=[actual("s", "late")])).gaps) == {"left"}


def _streets(**hub: Any) -> Network:
    """A chain a - b - c - d - e of streets; a platform in a and one of the district in b; f is abolished."""
    return network(
        Street=[{"id": s} for s in "abcde"] + [{"id": "f", "valid_until": dt.date(2016, 1, 1)}],
        NEIGHBOURS=[{"source": s, "target": t} for s, t in ("ab", "bc", "cd", "de")],
        Community=[{"id": "b1"}],
        PART_OF=[{"source": "b1", "target": "b"}],
        Hub=[{"id": "h1", "level": "street"}, {"id": "h2", "level": "district"}, *([hub] if hub else [])],
        LOCATED_IN=[
            {"source_type": "Hub", "source": "h1", "target_type": "Street", "target": "a"},
            {"source_type": "Hub", "source": "h2", "target_type": "Community", "target": "b1"},
        ],
    )


def test_street_without_hub_in_it_and_without_the_districts_in_reach() -> None:
    found = verdicts("street-without-hub", _streets())
    assert found.gaps == {"d": ("none",), "e": ("none",)}
    assert found.passed == {"a", "b", "c"}
    assert set(verdicts("street-without-hub", _streets(), hub_reach_hops=2).gaps) == {"e"}
    assert set(verdicts("street-without-hub", _streets(), hub_reach_hops=0).gaps) == {"c", "d", "e"}


def test_a_platform_of_unknown_place_leaves_streets_in_doubt() -> None:
    found = verdicts("street-without-hub", _streets(id="h3", level="street"))
    assert found.gaps == {}
    assert found.unknown == {"d", "e"}


def test_idle_hubs_take_in_nobody_at_present() -> None:
    def edge(hub: str, **fields: Any) -> dict[str, Any]:
        return actual(hub, "o", source_type="Hub", target_type="Organization", **fields)

    net = network(
        Hub=[{"id": h} for h in ("busy", "raising", "past", "planned", "empty", "unknown")],
        Organization=[registered("o")],
        PartyOrganization=[{"id": "p"}],
        INCUBATES=[
            edge("busy", until=dt.date(2016, 6, 12)),
            actual("raising", "p", source_type="Hub", target_type="PartyOrganization"),
            edge("past", until=dt.date(2016, 6, 11)),
            edge("planned", state="planned"),
            edge("unknown", state=None),
        ],
    )
    found = verdicts("idle-hub", net)
    assert found.gaps == dict.fromkeys(("past", "planned", "empty"), ("idle",))
    assert found.unknown == {"unknown"}
    assert found.passed == {"busy", "raising"}


def test_incubation_results_count_what_came_out() -> None:
    table = question("incubation-results")
    assert isinstance(table, Table)
    frame = table.answer(context(_incubation()))
    assert frame.select("id", "organisations", "party_organisations", "members_grown").rows() == [("hub", 7, 1, None)]
    assert frame["based_on"].to_list() == [None]
    host = network(
        Hub=[{"id": "h"}, {"id": "bare"}],
        Organization=[{"id": "o", "name": "爱心中心"}],
        BASED_ON=[{"source_type": "Hub", "source": "h", "target_type": "Organization", "target": "o"}],
    )
    assert table.answer(context(host)).select("id", "based_on").rows() == [("bare", None), ("h", "爱心中心")]


def test_instructor_demand_sets_the_due_against_the_spare() -> None:
    net = network(
        Organization=[registered("a", industry="教育"), registered("b", industry="教育"), registered("c")],
        PartyOrganization=[{"id": "p", "form": "standalone", "state": "actual"}],
        COVERS=[actual("p", "a"), {"source": "p", "target": "b", "state": "planned"}],
        GuidanceStation=[{"id": "s", "name": "站", "kind": "schools"}],
        STATION_GUIDES=[actual("s", "b")],
        InstructorPost=[{"id": "i"}, {"id": "j"}],
        POSTED_TO=[{"source": "i", "target": "s"}],
        INSTRUCTS=[actual("i", "a")],
    )
    table = question("instructor-demand")
    assert isinstance(table, Table)
    frame = table.answer(context(net))
    assert frame.select(pl.col("kind").cast(pl.String), "id", "posts", "load", "spare", "due").rows() == [
        ("schools", "s", 1, 1, 4, 1),
        (None, None, 1, 0, 5, 1),
    ]


@pytest.mark.parametrize(
    "id_", ["instructor-load", "wrong-station", "station-load", "incubation-overdue", "street-without-hub", "idle-hub"]
)
def test_nothing_imported_is_no_data(id_: str) -> None:
    found = verdicts(id_, network(Organization=[registered("o")], Street=[{"id": "s"}], GuidanceStation=[{"id": "g"}]))
    assert found.no_data
    assert found.total == 0
    assert not found.gaps
