"""Is it told rightly who should answer, and where nobody, two or the wrong one does?"""

from __future__ import annotations

import datetime as dt
from typing import Any

import polars as pl
import pytest

from graphmodel.network import Network
from graphmodel.schema.nodes import Organization
from queries.answer import Answer, ask
from queries.logic import Names
from queries.parts import prepared, shared_facts
from queries.question import Question, Table
from queries.registry import question
from queries.responsibility import TERRITORIAL, Mode, responsibility
from tests.queries.small import DAY, context, network

Row = dict[str, Any]
STREETS = [{"id": "S1"}, {"id": "S2"}]
COMMUNITIES = [{"id": "C1"}, {"id": "C2"}, {"id": "C3"}]
PARTS = [{"source": "C1", "target": "S1"}, {"source": "C2", "target": "S2"}]  # C3: street not recorded
AUTHORITIES = [{"id": "A", "name": "教育局"}, {"id": "B", "name": "体育局"}]


def org(id_: str, **values: Any) -> Row:
    return {
        "id": id_,
        "track": "registered",
        "status": "operating",
        "registration": "dual",
        "industry": "教育",
        "category": "service",
        **values,
    }


def actual(source: str, target: str, **values: Any) -> Row:
    return {"source": source, "target": target, "state": "actual", **values}


def licensed(*ids: str, by: str = "A") -> list[Row]:
    return [{"source": id_, "target": by} for id_ in ids]


def incubates(hub: str, id_: str, **values: Any) -> Row:
    return actual(hub, id_, source_type="Hub", target_type="Organization", **values)


def located(id_: str, place: str) -> Row:
    kind = "Street" if place.startswith("S") else "Community"
    return {"source_type": "Organization", "source": id_, "target_type": kind, "target": place}


def district(**rows: list[Row]) -> Network:
    fixed = {"Street": STREETS, "Community": COMMUNITIES, "PART_OF": PARTS, "Authority": AUTHORITIES}
    return network(DAY, **{**fixed, "Hub": [{"id": "H1"}, {"id": "H2"}], **rows})


def asked(id_: str, net: Network, **policy: object) -> Answer:
    judged = question(id_)
    assert isinstance(judged, Question)
    return ask(judged, context(net, **{"vertical_threshold": 2, **policy}))


def reasons(answer: Answer) -> dict[str, list[str]]:
    found = answer.findings()
    return {row["id"]: row["reasons"] for row in found.iter_rows(named=True) if row["verdict"] == "gap"}


def modes(net: Network, **policy: object) -> dict[str, str]:
    asked_of = context(net, **{"vertical_threshold": 2, **policy})
    words = list(Mode)
    return {
        id_: words[code].value for id_, code in zip(net[Organization].ids, responsibility(asked_of).mode, strict=True)
    }


GROUP = [org("a1"), org("a2"), org("a3")]  # three of one industry under A: over a threshold of two


def test_each_mode_has_its_body() -> None:
    net = district(
        Organization=[
            *GROUP,
            org("direct", registration="direct"),
            org("filed", track="filed"),
            org("hub"),
            org("ended"),
            org("small", industry="体育"),
        ],
        LICENSED_BY=licensed("a1", "a2", "a3", "hub", "ended") + licensed("small", by="B"),
        LOCATED_IN=[located("filed", "C1"), located("direct", "S2"), located("small", "C3")],
        INCUBATES=[incubates("H2", "hub"), incubates("H1", "ended", until=dt.date(2016, 6, 11))],
    )
    assert modes(net) == {
        "a1": "vertical",
        "a2": "vertical",
        "a3": "vertical",
        "direct": "territorial",
        "ended": "vertical",
        "filed": "territorial",
        "hub": "incubated",
        "small": "territorial",
    }
    found = responsibility(context(net, vertical_threshold=2))
    ids = net[Organization].ids.to_list()
    assert found.hub.tolist() == [1 if id_ == "hub" else -1 for id_ in ids]
    assert found.authority.tolist() == [0 if id_ in {"a1", "a2", "a3", "ended"} else -1 for id_ in ids]
    assert found.street.tolist() == [{"direct": 1, "filed": 0}.get(id_, -1) for id_ in ids]
    assert found.community.tolist() == [{"filed": 0, "small": 2}.get(id_, -1) for id_ in ids]


def test_what_is_not_known_leaves_the_mode_open() -> None:
    net = district(
        Organization=[
            *GROUP,
            org("no-industry", industry=None),
            org("no-authority"),
            org("no-registration", registration=None),
            org("licensed", registration=None),
            org("no-track", track=None),
            org("planned-hub"),
            org("perhaps-hub"),
        ],
        LICENSED_BY=licensed("a1", "a2", "a3", "no-industry", "licensed", "no-track", "planned-hub", "perhaps-hub"),
        INCUBATES=[incubates("H1", "perhaps-hub", state=None), incubates("H1", "planned-hub", state="planned")],
    )
    told = modes(net)
    assert {id_ for id_, mode in told.items() if mode == "cannot-tell"} == {
        "no-industry",
        "no-authority",
        "no-registration",
        "no-track",
        "perhaps-hub",
    }
    assert told["licensed"] == told["planned-hub"] == "vertical"


def test_policy_decides_threshold_grouping_and_the_home_of_direct_ones() -> None:
    net = district(
        Organization=[*GROUP, org("x", industry="体育"), org("y", industry=None), org("d", registration="direct")],
        LICENSED_BY=licensed("a1", "a2", "a3", "x", "y"),
    )
    assert modes(net, vertical_threshold=4)["a1"] == "territorial"
    assert modes(net, vertical_threshold=3)["a1"] == "cannot-tell"  # y may be the fourth
    assert modes(net, vertical_threshold=3, vertical_threshold_reading="at-least")["a1"] == "vertical"
    assert (modes(net)["x"], modes(net)["y"]) == ("territorial", "cannot-tell")
    for by in ("authority", "authority-category"):
        assert (modes(net, vertical_group_by=by)["x"], modes(net, vertical_group_by=by)["y"]) == ("vertical",) * 2
    assert modes(net)["d"] == "territorial"
    assert modes(net, direct_registration_home="industry-committee")["d"] == "industry-committee"


def test_only_registered_operating_ones_make_a_group() -> None:
    others = [org("filed", track="filed"), org("closed", status="deregistered"), org("asleep", status="inactive")]
    net = district(
        Organization=[org("a1"), org("a2"), *others], LICENSED_BY=licensed("a1", "a2", "filed", "closed", "asleep")
    )
    assert modes(net)["a1"] == "territorial"
    assert modes(net, inactive_in_scope=True)["a1"] == "vertical"


OPEN = {"no-industry": {"industry": None}, "no-status": {"status": None}, "no-track": {"track": None}}
"""What may belong to a group of operating registered ones of one industry, and may not."""


@pytest.mark.parametrize("who", OPEN)
def test_a_group_that_may_be_large_leaves_everything_open_that_rests_on_its_size(who: str) -> None:
    net = district(
        Organization=[org("a1"), org("a2"), org("b", industry="体育"), org("who", **OPEN[who])],
        LICENSED_BY=licensed("a1", "a2", "who") + licensed("b", by="B"),
        LOCATED_IN=[located(id_, "C1") for id_ in ("a1", "a2", "b")],
        SUPERVISES=[actual("A", "a1")],
        GUIDES=[actual("S1", "a2"), actual("S1", "b")],
        ANSWERS_FOR=[actual("C1", "a2"), actual("C1", "b")],
    )
    assert modes(net) == {"a1": "cannot-tell", "a2": "cannot-tell", "b": "territorial", "who": "cannot-tell"}
    gaps = asked("responsibility-gaps", net)
    assert {"a1", "a2"} <= set(gaps.ids("cannot-tell"))
    assert gaps.ids("pass") == ["b"]
    taken_on = asked("vertical-not-taken-on", net)
    assert (taken_on.total, taken_on.gaps, taken_on.ids("cannot-tell")) == (0, 0, ["A|教育"])
    row = taken_on.findings().row(0, named=True)
    assert (row["size"], row["size_at_most"]) == (2, 3)
    near = asked("near-threshold", net)
    assert reasons(near) == {"A|教育": ["either-way"]}, "two or three: near the three that are needed in either case"
    assert near.ids("cannot-tell") == []
    needs_four = asked("near-threshold", net, vertical_threshold=3)
    assert (needs_four.gaps, needs_four.ids("cannot-tell")) == (0, ["A|教育"]), "two is far from four, three is near"


def test_whom_neither_line_nor_area_holds_is_a_gap_whichever_of_them_should() -> None:
    net = district(
        Organization=[org("a1"), org("a2"), org("who", industry=None), org("may-be-taken-in", industry=None)],
        LICENSED_BY=licensed("a1", "a2", "who", "may-be-taken-in"),
        GUIDES=[actual("S1", "a2"), {"source": "S1", "target": "who"}],
        INCUBATES=[incubates("H1", "may-be-taken-in", state=None)],
    )
    assert modes(net)["a1"] == "cannot-tell"
    answer = asked("responsibility-gaps", net)
    assert reasons(answer) == {"a1": ["missing"]}
    assert answer.ids("cannot-tell") == ["a2", "may-be-taken-in", "who"]


def test_what_may_join_a_group_does_not_matter_where_the_group_is_large_or_small_anyway() -> None:
    net = district(
        Organization=[*GROUP, org("b", industry="体育"), org("who", industry=None), org("lone", industry=None)],
        LICENSED_BY=licensed("a1", "a2", "a3", "who") + licensed("b", "lone", by="B"),
    )
    assert modes(net) == {
        **dict.fromkeys(("a1", "a2", "a3"), "vertical"),
        "b": "territorial",
        "lone": "territorial",  # whatever its industry, its authority has no group of three
        "who": "cannot-tell",
    }


def test_of_unknown_industry_and_not_supervised_may_be_what_a_large_group_lacks() -> None:
    members = licensed("a1", "a2", "a3", "who")
    taken_on = [actual("A", id_) for id_ in ("a1", "a2", "a3")]
    orgs = [*GROUP, org("who", industry=None)]
    left = district(Organization=orgs, LICENSED_BY=members, SUPERVISES=taken_on)
    assert asked("vertical-not-taken-on", left).ids("cannot-tell") == ["A|教育"]
    mended = district(Organization=orgs, LICENSED_BY=members, SUPERVISES=[*taken_on, actual("A", "who")])
    assert asked("vertical-not-taken-on", mended).ids("pass") == ["A|教育"]


def test_vertical_gaps() -> None:
    net = district(
        Organization=[*GROUP, org("a4"), org("a5"), org("perhaps")],
        LICENSED_BY=licensed("a1", "a2", "a3", "a4", "a5", "perhaps"),
        SUPERVISES=[
            actual("A", "a1"),
            actual("B", "a2"),
            actual("A", "a3"),
            actual("B", "a3"),
            {"source": "A", "target": "a4", "state": "planned"},
            {"source": "A", "target": "perhaps"},
        ],
        GUIDES=[actual("S1", "a1")],  # the street's backstop is in order
    )
    answer = asked("responsibility-gaps", net)
    assert reasons(answer) == {"a2": ["wrong"], "a3": ["doubled"], "a4": ["missing"], "a5": ["missing"]}
    assert (answer.ids("pass"), answer.ids("cannot-tell")) == (["a1"], ["perhaps"])
    mended = district(
        Organization=GROUP,
        LICENSED_BY=licensed("a1", "a2", "a3"),
        SUPERVISES=[actual("A", "a1"), actual("A", "a2"), actual("A", "a3")],
    )
    assert asked("responsibility-gaps", mended).ids("pass") == ["a1", "a2", "a3"]


FILED: dict[str, list[tuple[str | None, str | None]]] = {
    "fine": [("S1", "C1")],
    "no-guide": [(None, "C1")],
    "no-answer": [("S1", None)],
    "neither": [(None, None)],
    "wrong-street": [("S2", "C1")],
    "wrong-community": [("S1", "C2")],
    "two-streets": [("S1", "C1"), ("S2", None)],
}


def test_territorial_gaps() -> None:
    ways = [(id_, *way) for id_, pairs in FILED.items() for way in pairs]
    filed = [org(id_, track="filed") for id_ in (*FILED, "supervised", "homeless", "street-only", "lost")]
    net = district(
        Organization=[*filed, org("closed", track="filed", status="deregistered")],
        LOCATED_IN=[located(id_, "C1") for id_ in [*FILED, "supervised", "closed"]] + [located("street-only", "S1")],
        GUIDES=[actual(street, id_) for id_, street, _ in ways if street]
        + [actual("S1", "street-only"), actual("S1", "homeless")],
        ANSWERS_FOR=[actual(community, id_) for id_, _, community in ways if community] + [actual("C1", "supervised")],
        SUPERVISES=[actual("A", "supervised")],
        LICENSED_BY=[],
    )
    answer = asked("responsibility-gaps", net)
    assert reasons(answer) == {
        "no-guide": ["missing"],
        "no-answer": ["community-missing"],
        "neither": ["missing", "community-missing"],
        "wrong-street": ["wrong"],
        "wrong-community": ["wrong"],
        "two-streets": ["doubled"],
        "supervised": ["wrong"],
        "lost": ["missing"],
    }
    assert answer.ids("cannot-tell") == ["homeless"]
    assert answer.ids("pass") == ["fine", "street-only"]


def test_a_hub_answers_alone_and_two_hubs_are_doubled() -> None:
    net = district(
        Organization=[org("one"), org("two"), org("was")],
        LOCATED_IN=[located("one", "C1")],
        INCUBATES=[
            incubates("H1", "one"),
            incubates("H1", "two"),
            incubates("H2", "two"),
            incubates("H1", "was"),
            incubates("H2", "was", until=dt.date(2016, 1, 1)),
        ],
    )
    assert reasons(asked("responsibility-gaps", net)) == {"two": ["doubled"]}


def test_what_cannot_be_told_stays_so_whatever_is_recorded() -> None:
    net = district(
        Organization=[org("a1"), org("open", industry=None), org("doubled", industry=None)],
        LICENSED_BY=licensed("a1", "open", "doubled"),
        LOCATED_IN=[located("open", "C1")],
        SUPERVISES=[actual("A", "open"), actual("A", "doubled"), actual("B", "doubled")],
        GUIDES=[actual("S1", "open"), actual("S1", "a1")],
    )
    answer = asked("responsibility-gaps", net)
    assert (answer.ids("cannot-tell"), reasons(answer)) == (["a1", "open"], {"doubled": ["doubled"]})


def test_of_two_licences_the_larger_group_decides() -> None:
    net = district(
        Organization=[*GROUP, org("b")],
        LICENSED_BY=licensed("a1", "a2", "a3") + licensed("b") + licensed("b", by="B"),
        SUPERVISES=[actual("A", "b")],
    )
    assert "b" in asked("responsibility-gaps", net).ids("pass")
    other = district(  # the authority whose group is too small
        Organization=[*GROUP, org("b")],
        LICENSED_BY=licensed("a1", "a2", "a3") + licensed("b") + licensed("b", by="B"),
        SUPERVISES=[actual("B", "b")],
    )
    assert reasons(asked("responsibility-gaps", other))["b"] == ["wrong"]


def test_groups_that_are_not_taken_on() -> None:
    net = district(
        Organization=[
            *GROUP,
            *(org(f"b{i}", industry="体育") for i in range(3)),
            *(org(f"c{i}", industry="文化") for i in range(3)),
            org("d", industry="法律"),
        ],
        LICENSED_BY=licensed("a1", "a2", "a3", "d", "c0", "c1", "c2") + licensed("b0", "b1", "b2", by="B"),
        SUPERVISES=[
            *(actual("A", id_) for id_ in ("a1", "a2")),
            *(actual("B", f"b{i}") for i in range(3)),
            actual("B", "a3"),
            *(actual("A", f"c{i}") for i in range(2)),
            {"source": "A", "target": "c2"},
        ],
    )
    answer = asked("vertical-not-taken-on", net)
    assert (answer.total, reasons(answer)) == (3, {"A|教育": ["not-taken-on"]})
    assert (answer.ids("pass"), answer.ids("cannot-tell")) == (["B|体育"], ["A|文化"])
    row = answer.findings().row(0, named=True)
    assert (row["name"], row["size"], row["due"], row["supervised"]) == ("教育局·教育", 3, 3, 2)


def test_of_two_authorities_that_should_answer_one_suffices() -> None:
    net = district(
        Organization=[*GROUP, *(org(f"b{i}") for i in range(2)), org("small")],
        LICENSED_BY=licensed("a1", "a2", "a3", "small")
        + licensed("a3", "b0", "b1", by="B")
        + licensed("small", by="C"),
        Authority=[*AUTHORITIES, {"id": "C"}],
        SUPERVISES=[
            *(actual("A", id_) for id_ in ("a1", "a2")),
            *(actual("B", id_) for id_ in ("a3", "b0", "b1")),
            actual("C", "small"),
        ],
    )
    answer = asked("vertical-not-taken-on", net)
    assert (answer.ids("pass"), reasons(answer)) == (["B|教育"], {"A|教育": ["not-taken-on"]})
    row = answer.findings().row(0, named=True)
    assert (row["due"], row["supervised"], row["lacking"]) == (4, 3, 1)


def test_incubated_ones_count_for_the_size_but_fall_to_their_hub() -> None:
    net = district(
        Organization=GROUP,
        LICENSED_BY=licensed("a1", "a2", "a3"),
        INCUBATES=[incubates("H1", "a3")],
        SUPERVISES=[actual("A", "a1"), actual("A", "a2")],
    )
    answer = asked("vertical-not-taken-on", net)
    assert (answer.total, answer.ids("pass")) == (1, ["A|教育"])
    assert asked("responsibility-gaps", net).ids("pass") == ["a1", "a2", "a3"]


def test_groups_near_the_threshold() -> None:
    sizes = {"一": 1, "二": 2, "三": 3, "四": 4}
    orgs = [org(f"{kind}{i}", industry=kind) for kind, size in sizes.items() for i in range(size)]
    net = district(Organization=orgs, LICENSED_BY=licensed(*(o["id"] for o in orgs)))
    answer = asked("near-threshold", net)
    assert reasons(answer) == {"A|二": ["about-to-reach"], "A|三": ["about-to-fall-short"]}
    assert (answer.total, answer.ids("pass")) == (4, ["A|一", "A|四"])
    wider = reasons(asked("near-threshold", net, near_threshold_margin=2))
    assert wider == {"A|一": ["about-to-reach"], "A|二": ["about-to-reach"]} | {
        f"A|{kind}": ["about-to-fall-short"] for kind in "三四"
    }


def test_a_kind_of_which_nobody_may_count_is_no_group_whatever_of_unknown_kind_may_be() -> None:
    orgs = [org("filed", track="filed", industry="体育"), org("open", industry=None), org("a1")]
    net = district(Organization=orgs, LICENSED_BY=licensed("filed", "open", "a1"))
    answer = asked("near-threshold", net, vertical_threshold=2)
    assert (answer.total, answer.ids("cannot-tell")) == (1, ["A|教育"])


def test_managed_by_neither_line_nor_area() -> None:
    net = district(
        Organization=[
            *(org(id_) for id_ in ("lost", "by-street", "by-community", "half", "line", "guided", "hub", "perhaps")),
            org("closed", status="deregistered"),
            org("asleep", status=None),
        ],
        LICENSED_BY=licensed("lost"),
        LOCATED_IN=[located("by-street", "S1"), located("by-community", "C1"), located("half", "C3")],
        SUPERVISES=[actual("A", "line"), {"source": "A", "target": "perhaps"}],
        GUIDES=[actual("S1", "guided")],
        INCUBATES=[incubates("H1", "hub")],
    )
    answer = asked("managed-by-neither", net)
    assert answer.ids() == ["half", "lost"]
    assert answer.ids("cannot-tell") == ["asleep", "perhaps"]
    assert answer.ids("pass") == ["by-community", "by-street", "guided", "line"]


def po(id_: str, **values: Any) -> Row:
    return {"id": id_, "form": "standalone", "state": "actual", **values}


def chained(superiors: dict[str, list[str]], **more: list[Row]) -> Network:
    ids = dict.fromkeys([*superiors, *(above for each in superiors.values() for above in each)])
    forms = {"root": "district-body", "outside": "outside", "open": None}
    return network(
        DAY,
        PartyOrganization=[po(id_, form=forms.get(id_, "standalone")) for id_ in ids]
        + more.pop("PartyOrganization", []),
        GoverningBody=[{"id": "committee", "kind": "party-committee"}],
        PARTY_BODY_OF=[
            {
                "source_type": "PartyOrganization",
                "source": "root",
                "target_type": "GoverningBody",
                "target": "committee",
            }
        ],
        SUBORDINATE_TO=[actual(id_, above) for id_, each in superiors.items() for above in each]
        + more.pop("SUBORDINATE_TO", []),
        **more,
    )


def test_broken_chains() -> None:
    net = chained(
        {
            "root": [],
            "fine": ["root"],
            "abroad": ["outside"],
            "orphan": [],
            "under-orphan": ["orphan"],
            "two": ["root", "fine"],
            "x": ["y"],
            "y": ["z"],
            "z": ["x"],
            "under-circle": ["x"],
            "self": ["self"],
            "under-open": ["open"],
        },
        PartyOrganization=[po("planned", state="planned"), po("perhaps")],
        SUBORDINATE_TO=[{"source": "perhaps", "target": "root"}],
    )
    answer = asked("broken-chain", net)
    assert reasons(answer) == {
        "orphan": ["no-superior"],
        "under-orphan": ["dangling"],
        "two": ["several"],
        "x": ["circular"],
        "y": ["circular"],
        "z": ["circular"],
        "self": ["circular"],
        "under-circle": ["dangling"],
    }
    assert answer.ids("pass") == ["abroad", "fine"]
    assert answer.ids("cannot-tell") == ["open", "perhaps", "under-open"]  # an unknown form may lie outside


def test_of_a_superior_whose_kind_alone_is_recorded_nobody_can_tell() -> None:
    net = chained(
        {"root": []},
        PartyOrganization=[
            po("kind", superior_kind="authority"),
            po("nothing"),
            po("under-kind"),
            po("under-nothing"),
            po("named", superior_kind="authority"),
            po("planned-superior", superior_kind="territorial"),
        ],
        SUBORDINATE_TO=[
            actual("named", "root"),
            actual("under-kind", "kind"),
            actual("under-nothing", "nothing"),
            {"source": "planned-superior", "target": "root", "state": "planned"},
        ],
    )
    answer = asked("broken-chain", net)
    assert reasons(answer) == {"nothing": ["no-superior"], "under-nothing": ["dangling"]}
    assert answer.ids("cannot-tell") == ["kind", "planned-superior", "under-kind"]
    assert answer.ids("pass") == ["named"]
    missing = answer.findings().filter(verdict="cannot-tell")["missing"].to_list()
    assert missing == [["SUBORDINATE_TO"]] * 3


def test_cover_by_a_branch_of_unnamed_superior_is_strictly_neither_there_nor_lacking() -> None:
    net = network(
        DAY,
        Organization=[org("o")],
        PartyOrganization=[po("kind", superior_kind="authority")],
        COVERS=[actual("kind", "o")],
        SUBORDINATE_TO=[],
    )
    assert asked("uncovered", net, strict_cover=True).ids("cannot-tell") == ["o"]
    assert asked("uncovered", net).ids("pass") == ["o"]


@pytest.mark.parametrize(
    "id_", ["responsibility-gaps", "vertical-not-taken-on", "near-threshold", "managed-by-neither", "broken-chain"]
)
def test_an_empty_network_has_no_data(id_: str) -> None:
    answer = asked(id_, network())
    assert (answer.no_data, answer.total, answer.gaps, answer.unknowns) == (True, 0, 0, 0)


def test_the_table_of_who_should_answer_and_who_does() -> None:
    net = district(
        Organization=[
            *GROUP,
            org("direct", registration="direct"),
            org("filed", track="filed", name="备案组织"),
            org("hub"),
            org("open", industry=None),
            org("closed", status="deregistered"),
        ],
        LICENSED_BY=licensed("a1", "a2", "a3", "open"),
        LOCATED_IN=[located("filed", "C1")],
        SUPERVISES=[actual("A", "a1"), actual("B", "a1"), {"source": "A", "target": "a2", "state": "planned"}],
        GUIDES=[actual("S2", "filed")],
        ANSWERS_FOR=[actual("C1", "filed")],
        INCUBATES=[incubates("H2", "hub")],
        GoverningBody=[{"id": "bureau", "kind": "bureau", "name": "管理局"}, {"id": "office", "kind": "office"}],
    )
    table = question("responsibility")
    assert isinstance(table, Table)
    found = table.answer(context(net, vertical_threshold=2))
    bodies = ("mode", "rule", "body_type", "body_id")
    assert {row["id"]: tuple(row[name] for name in bodies) for row in found.iter_rows(named=True)} == {
        **dict.fromkeys(("a1", "a2", "a3"), ("vertical", "J7", "Authority", "A")),
        "direct": ("territorial", "J8", None, None),
        "filed": ("territorial", "J8", "Street", "S1"),
        "hub": ("incubated", "J9", "Hub", "H2"),
        "open": ("cannot-tell", None, None, None),
    }
    shown = {row["id"]: row for row in found.iter_rows(named=True)}
    assert (shown["a1"]["supervised_by"], shown["a2"]["supervised_by"]) == ("体育局、教育局", None)
    filed = shown["filed"]
    assert (filed["guided_by"], filed["answered_for_by"], filed["community"]) == ("S2", "C1", "C1")
    assert shown["hub"]["incubated_by"] == "H2"
    other = table.answer(context(net, vertical_threshold=2, direct_registration_home="industry-committee"))
    direct = other.row(by_predicate=pl.col("id") == "direct", named=True)
    assert (direct["rule"], direct["body_type"], direct["body_name"]) == ("J2", "GoverningBody", "管理局")


def test_the_table_of_an_empty_network_is_empty() -> None:
    table = question("responsibility")
    assert isinstance(table, Table)
    assert table.answer(context(network())).height == 0


def test_cypher_binds_each_shared_fact_once_after_those_it_uses() -> None:
    gaps = question("responsibility-gaps")
    assert isinstance(gaps, Question)
    shared = [fact.name for fact in shared_facts(gaps.scope, *(reason.when for reason in gaps.reasons.values()))]
    assert len(shared) == len(set(shared))
    assert shared.index("incubated") < shared.index("vertical") < shared.index("territorial")
    bound = TERRITORIAL.cypher(Names("row", bound=frozenset(shared) - {"territorial"}))
    assert "fact_vertical" in bound
    assert "EXISTS" not in bound
    assert TERRITORIAL.cypher(Names("row", bound=frozenset(shared))) == "fact_territorial"
    assert "vertical_groups" in prepared(gaps.gap)
