"""Alliance and dependence: each question on its own small example, dependence against taking every body away."""

import itertools
from collections.abc import Sequence
from typing import Any

import numpy as np
import pytest

from graphmodel.choices import Joint
from graphmodel.network import Network
from queries.question import Question, Table
from queries.registry import question
from tests.queries.small import context, network
from tests.queries.verdicts import actual, filed, registered, verdicts

BRANCH = {"id": "p", "form": "standalone", "state": "actual"}


def _member(organization: str, alliance: str, role: str | None = "member", **fields: Any) -> dict[str, Any]:
    return actual(organization, alliance, role=role, **fields)


def test_outside_alliance_is_worse_where_uncovered() -> None:
    net = network(
        Organization=[registered(o) for o in ("in", "out", "bare", "planned", "doubt")] + [filed("filed")],
        PartyOrganization=[BRANCH],
        COVERS=[actual("p", "out"), actual("p", "planned")],
        Alliance=[{"id": "a"}],
        MEMBER_OF=[
            _member("in", "a"),
            _member("planned", "a", state="planned"),
            _member("doubt", "a", state=None),
        ],
    )
    found = verdicts("outside-alliance", net)
    assert found.gaps == {
        "out": ("outside",),
        "planned": ("outside",),
        "bare": ("outside", "uncovered"),
        "filed": ("outside", "uncovered"),
    }
    assert (found.passed, found.unknown) == ({"in"}, {"doubt"})


def _ties(*memberships: dict[str, Any], joins: tuple[tuple[str, str], ...] = ()) -> Network:
    return network(
        Organization=[registered(o) for o in "abcdefg"] + [registered("gone", status="deregistered")],
        Alliance=[{"id": x} for x in ("led", "leaderless", "solo", "dead")],
        MEMBER_OF=[
            _member("a", "led", "lead"),
            _member("b", "led"),
            _member("c", "leaderless"),
            _member("d", "leaderless"),
            _member("f", "solo", "lead"),
            _member("g", "dead"),
            _member("gone", "dead", "lead"),
            *memberships,
        ],
        JOINS_WITH=[{"source": s, "target": t, "kind": "venues"} for s, t in joins],
    )


def test_isolated_components_are_alone_or_without_a_lead() -> None:
    found = verdicts("isolated-component", _ties())
    assert found.gaps == {
        "c": ("no-lead",),
        "d": ("no-lead",),
        "e": ("alone",),
        "f": ("alone",),
        "g": ("alone",),
    }
    assert found.passed == {"a", "b"}
    joined = verdicts("isolated-component", _ties(joins=(("b", "c"),)))
    assert set(joined.gaps) == {"e", "f", "g"}  # joint work with a member of a led alliance is enough


def test_isolation_is_in_doubt_where_a_membership_or_a_role_is() -> None:
    perhaps = verdicts("isolated-component", _ties(_member("c", "led", state=None), _member("e", "led", state=None)))
    assert perhaps.unknown == {"c", "d", "e"}
    role = verdicts("isolated-component", _ties(_member("e", "leaderless", None)))
    assert role.unknown == {"c", "d", "e"}
    assert set(role.gaps) == {"f", "g"}


def _alliance(joints: Sequence[str | None], **fields: Any) -> Network:
    return network(
        Organization=[registered(o) for o in "abc"],
        Alliance=[{"id": "x", "charter": True, "pledges": 2, **fields}, {"id": "y", "charter": True, "pledges": 1}],
        MEMBER_OF=[_member("a", "x"), _member("b", "x"), _member("c", "y"), _member("a", "y")],
        JOINS_WITH=[{"source": "a", "target": "b", "kind": kind, "alliance": "x"} for kind in joints]
        + [{"source": "a", "target": "c", "kind": kind} for kind in Joint.values()],
    )


SEVEN = list(Joint.values())


def test_missing_joints_names_what_an_alliance_lacks() -> None:
    assert verdicts("missing-joints", _alliance([*SEVEN])).gaps == {}
    lacking = verdicts("missing-joints", _alliance(SEVEN[2:], charter=False, pledges=0))
    assert lacking.gaps == {"x": ("no-organisations", "no-members", "no-charter", "no-pledges")}
    assert lacking.passed == {"y"}
    assert verdicts("missing-joints", _alliance([*SEVEN[1:], None])).unknown == {"x"}
    assert verdicts("missing-joints", _alliance([*SEVEN], charter=None)).unknown == {"x"}


def test_joint_work_counts_in_its_own_alliance_only() -> None:
    net = network(
        Organization=[registered(o) for o in "ab"],
        Alliance=[{"id": x, "charter": True, "pledges": 1} for x in "xy"],
        MEMBER_OF=[_member(o, x) for o in "ab" for x in "xy"],
        JOINS_WITH=[{"source": "a", "target": "b", "kind": kind, "alliance": "x"} for kind in SEVEN],
    )
    found = verdicts("missing-joints", net)
    assert found.passed == {"x"}
    assert len(found.gaps["y"]) == 7


def test_alliance_results_by_year() -> None:
    def told(alliance: str, year: int | None, body: str = "office", **results: Any) -> dict[str, Any]:
        return {"source": alliance, "target": body, "year": year, **results}

    net = network(
        Alliance=[{"id": x} for x in "abcd"],
        GoverningBody=[{"id": x} for x in ("office", "bureau")],
        REPORTS_TO=[
            told("a", 2014, service_hours=1000.5, covenants=100, disputes=900),
            told("a", 2014, "bureau", service_hours=1000.5, covenants=100),
            told("a", 2015, service_hours=20.5, covenants=1),
            told("b", 2014, service_hours=45.5, covenants=34),
            told("c", 2015, covenants=7),
            told("c", None, disputes=3),
            told("d", 2016),
        ],
    )
    table = question("alliance-results")
    assert isinstance(table, Table)
    rows = [(2014, 2, 1046.0, 134, 900), (2015, 2, 20.5, 8, None), (None, 1, None, None, 3)]
    assert table.answer(context(net)).rows() == rows


# --- single points of failure ---


def _lost(net: Network, **policy: Any) -> dict[str, tuple[int, int, int]]:
    """Body → what is lost with it for certain, where anything is."""
    asked = question("single-point-of-failure")
    assert isinstance(asked, Question)
    rows = asked.anchor.rows(context(net, **policy)).frame
    found = {row["id"]: (row["cover"], row["guidance"], row["alliance"]) for row in rows.iter_rows(named=True)}
    return {id_: lost for id_, lost in found.items() if any(lost)}


def _five(prefix: str, **fields: Any) -> list[dict[str, Any]]:
    return [registered(f"{prefix}{i}", **fields) for i in range(5)]


def test_a_branch_that_covers_five_alone_is_a_single_point_from_five_on() -> None:
    net = network(
        Organization=[*_five("a"), *_five("b")],
        PartyOrganization=[{**BRANCH, "id": p} for p in ("only", "one", "other")],
        COVERS=[actual("only", f"a{i}") for i in range(5)]
        + [actual(p, f"b{i}") for p in ("one", "other") for i in range(5)],
    )
    found = verdicts("single-point-of-failure", net, single_point_min_loss=5)
    assert found.gaps == {"PartyOrganization:only": ("cover",)}
    assert verdicts("single-point-of-failure", net).gaps == {}, "a full joint branch is none by default"
    assert _lost(net) == {"PartyOrganization:only": (5, 0, 0)}


def test_strict_cover_hangs_on_superiors_too_and_a_circle_is_judged_together() -> None:
    def under(*pairs: str) -> list[dict[str, Any]]:
        return [actual(pair[0], pair[1]) for pair in pairs]

    net = network(
        Organization=[registered(o) for o in "abcde"],
        PartyOrganization=[{**BRANCH, "id": p} for p in "pqrxyz"] + [{"id": "T", "form": "outside", "state": "actual"}],
        SUBORDINATE_TO=under("px", "qx", "xT", "ry", "rx", "yT", "yz", "zy"),
        COVERS=[actual("p", "a"), actual("p", "b"), actual("q", "c"), actual("r", "d"), actual("z", "e")],
    )
    lost = _lost(net, strict_cover=True)
    assert lost["PartyOrganization:x"] == (3, 0, 0)  # d is reached by way of y too
    assert lost["PartyOrganization:p"] == (2, 0, 0)
    assert lost["PartyOrganization:T"] == (5, 0, 0)
    assert "PartyOrganization:y" not in lost
    assert _lost(net) == {f"PartyOrganization:{p}": (n, 0, 0) for p, n in (("p", 2), ("q", 1), ("r", 1), ("z", 1))}
    doubtful = verdicts("single-point-of-failure", net, strict_cover=True, single_point_min_loss=1)
    assert {"PartyOrganization:y", "PartyOrganization:z"} <= doubtful.unknown


def test_guidance_hangs_on_posts_stations_and_the_organisation_they_are_based_on() -> None:
    net = network(
        Organization=[
            *_five("a"),
            registered("hub"),
            registered("twin", family="brand"),
            registered("same", family="brand"),
        ],
        GuidanceStation=[{"id": "s"}, {"id": "t"}],
        InstructorPost=[{"id": "i"}, {"id": "free"}],
        POSTED_TO=[{"source": "i", "target": "s"}],
        BASED_ON=[
            {"source_type": "GuidanceStation", "target_type": "Organization", "source": "s", "target": "twin"},
            {"source_type": "GuidanceStation", "target_type": "Organization", "source": "t", "target": "same"},
        ],
        STATION_GUIDES=[actual("s", "a0"), actual("s", "a1"), actual("t", "a1"), actual("s", "a2")],
        INSTRUCTS=[actual("i", "a0"), actual("i", "a3"), actual("free", "a2")],
    )
    lost = _lost(net)
    assert lost["GuidanceStation:s"] == (0, 2, 0)  # a0 and a3; a1 has t, a2 has the free post
    assert lost["InstructorPost:i"] == (0, 1, 0)
    assert lost["Organization:same"] == (0, 3, 0)  # the family, named by the first of its legal persons
    assert "GuidanceStation:t" not in lost


def test_an_alliance_hangs_on_its_lead_and_on_bridges_of_joint_work() -> None:
    net = network(
        Organization=[registered(o) for o in ("lead", "m1", "m2", "bridge", "far1", "far2", "x", "y")],
        Alliance=[{"id": "A"}, {"id": "B"}],
        MEMBER_OF=[_member("lead", "A", "lead"), *(_member(o, "A") for o in ("m1", "m2", "bridge")), _member("x", "B"),
                   _member("y", "B")],
        JOINS_WITH=[
            {"source": "bridge", "target": "far1", "kind": "venues"},
            {"source": "far1", "target": "far2", "kind": "venues"},
            {"source": "m1", "target": "m2", "kind": "venues"},
        ],
    )  # fmt: skip
    assert _lost(net) == {
        "Organization:lead": (0, 0, 5),
        "Alliance:A": (0, 0, 5),
        "Organization:bridge": (0, 0, 2),
        "Organization:far1": (0, 0, 1),
        "Alliance:B": (0, 0, 2),  # no lead is recorded: it stands by itself
    }


def test_one_family_counts_once() -> None:
    net = network(
        Organization=[registered(f"f{i}", family="brand") for i in range(5)] + [registered("single")],
        PartyOrganization=[BRANCH],
        COVERS=[actual("p", o) for o in ("f0", "f1", "f2", "f3", "f4", "single")],
    )
    assert _lost(net) == {"PartyOrganization:p": (2, 0, 0)}


def _drawn(rng: np.random.Generator) -> dict[str, list[dict[str, Any]]]:
    """A small network with everything that support rests on, families among them, and nothing unknown."""
    organizations, parties, stations, posts, alliances = (
        [f"{letter}{i}" for i in range(int(rng.integers(1, most)))]
        for letter, most in (("o", 7), ("p", 6), ("s", 4), ("i", 4), ("l", 4))
    )

    def some(source: list[str], target: list[str], share: float, **fields: Any) -> list[dict[str, Any]]:
        return [actual(a, b, **fields) for a, b in itertools.product(source, target) if a != b and rng.random() < share]

    rows: dict[str, list[dict[str, Any]]] = {
        "Organization": [registered(o, family="brand" if rng.random() < 0.3 else None) for o in organizations],
        "PartyOrganization": [
            {"id": p, "form": "outside" if i == 0 or rng.random() < 0.2 else "joint", "state": "actual"}
            for i, p in enumerate(parties)
        ],
        "GuidanceStation": [{"id": s} for s in stations],
        "InstructorPost": [{"id": i} for i in posts],
        "Alliance": [{"id": x} for x in alliances],
        "COVERS": some(parties, organizations, 0.3),
        "SUBORDINATE_TO": [e for e in some(parties, parties, 0.4) if e["source"] > e["target"]],
        "STATION_GUIDES": some(stations, organizations, 0.3),
        "INSTRUCTS": some(posts, organizations, 0.3),
        "MEMBER_OF": [
            {**e, "role": "lead" if rng.random() < 0.2 else "member"} for e in some(organizations, alliances, 0.3)
        ],
    }
    rows["POSTED_TO"] = [
        {"source": p, "target": s} for p, s in itertools.product(posts, stations[:1]) if rng.random() < 0.6
    ]
    rows["BASED_ON"] = [
        {"source_type": "GuidanceStation", "source": s, "target_type": "Organization", "target": o}
        for s, o in itertools.product(stations, organizations[:2])
        if rng.random() < 0.3
    ]
    joins = [e for e in some(organizations, organizations, 0.2) if e["source"] < e["target"]]
    rows["JOINS_WITH"] = [{"source": e["source"], "target": e["target"], "kind": "venues"} for e in joins]
    return rows


def _holds(rows: dict[str, list[dict[str, Any]]], without: set[tuple[str, str]]) -> dict[str, set[str]]:
    """Which families have cover, guidance and an alliance when some bodies are gone; each organisation counts for itself.

    A plain walk over plain rows: what supports whom, from what needs no support.
    """
    family = {o["id"]: o["family"] or o["id"] for o in rows["Organization"]}
    gone = {("family", family[id_]) if kind == "Organization" else (kind, id_) for kind, id_ in without}

    def walked(
        starts: set[tuple[str, str]], steps: list[tuple[tuple[str, str], tuple[str, str]]]
    ) -> set[tuple[str, str]]:
        found = starts - gone
        while fresh := {b for a, b in steps if a in found and b not in found and b not in gone}:
            found = found | fresh
        return found

    def step(name: str, source: str, target: str) -> list[tuple[tuple[str, str], tuple[str, str]]]:
        return [((source, e["source"]), (target, e["target"])) for e in rows[name]]

    parties = walked(
        {("PartyOrganization", p["id"]) for p in rows["PartyOrganization"] if p["form"] == "outside"},
        [(b, a) for a, b in step("SUBORDINATE_TO", "PartyOrganization", "PartyOrganization")],
    )
    covered = {b[1] for a, b in step("COVERS", "PartyOrganization", "o") if a in parties}
    based = {e["source"] for e in rows["BASED_ON"]}
    posted = {e["source"] for e in rows["POSTED_TO"]}
    guides = walked(
        {("family", f) for f in family.values()}
        | {("GuidanceStation", s["id"]) for s in rows["GuidanceStation"] if s["id"] not in based}
        | {("InstructorPost", p["id"]) for p in rows["InstructorPost"] if p["id"] not in posted},
        [(("family", family[e["target"]]), ("GuidanceStation", e["source"])) for e in rows["BASED_ON"]]
        + [(b, a) for a, b in step("POSTED_TO", "InstructorPost", "GuidanceStation")],
    )
    guided = {b[1] for a, b in step("STATION_GUIDES", "GuidanceStation", "o") if a in guides}
    guided |= {b[1] for a, b in step("INSTRUCTS", "InstructorPost", "o") if a in guides}
    led = {e["target"] for e in rows["MEMBER_OF"] if e["role"] == "lead"}
    ties = [(("family", family[e["source"]]), ("Alliance", e["target"])) for e in rows["MEMBER_OF"]]
    ties += [(("family", family[e["source"]]), ("family", family[e["target"]])) for e in rows["JOINS_WITH"]]
    allied = walked(
        {("family", family[e["source"]]) for e in rows["MEMBER_OF"] if e["role"] == "lead"}
        | {("Alliance", a["id"]) for a in rows["Alliance"] if a["id"] not in led},
        ties + [(b, a) for a, b in ties],
    )
    return {"cover": covered, "guidance": guided, "alliance": {f for kind, f in allied if kind == "family"}}


BODIES = ("PartyOrganization", "Organization", "GuidanceStation", "InstructorPost", "Alliance")


@pytest.mark.parametrize("seed", range(120))
def test_losses_are_what_taking_a_body_away_costs(seed: int) -> None:
    rows = _drawn(np.random.default_rng(seed))
    family = {o["id"]: o["family"] or o["id"] for o in rows["Organization"]}
    whole = _holds(rows, set())
    expected = {}
    for kind in BODIES:
        for id_ in (row["id"] for row in rows[kind]):
            left = _holds(rows, {(kind, id_)})
            itself = {family[id_]} if kind == "Organization" else set()
            lost = (
                len({family[o] for o in whole["cover"] - left["cover"]}),
                len({family[o] for o in whole["guidance"] - left["guidance"]}),
                len(whole["alliance"] - left["alliance"] - itself),
            )
            first = min((o for o, f in family.items() if f == family.get(id_)), default=id_)
            if any(lost) and (kind != "Organization" or id_ == first):
                expected[f"{kind}:{id_}"] = lost
    assert _lost(network(**rows), strict_cover=True) == expected  # type: ignore[arg-type]


@pytest.mark.parametrize("seed", range(60))
def test_unknown_relations_bound_the_losses(seed: int) -> None:
    rng = np.random.default_rng(seed)
    rows = _drawn(rng)
    places = [
        (name, i) for name in ("COVERS", "STATION_GUIDES", "INSTRUCTS", "MEMBER_OF") for i in range(len(rows[name]))
    ]
    chosen = [places[i] for i in rng.permutation(len(places))[:3]]

    def with_states(states: tuple[str | None, ...]) -> Network:
        changed = {name: [dict(row) for row in table] for name, table in rows.items()}
        for (name, i), state in zip(chosen, states, strict=True):
            changed[name][i]["state"] = state
        return network(**changed)  # type: ignore[arg-type]

    asked = question("single-point-of-failure")
    assert isinstance(asked, Question)
    frame = asked.anchor.rows(context(with_states((None,) * len(chosen)), strict_cover=True)).frame
    assert frame["id"].is_sorted()
    for states in itertools.product(("actual", "planned"), repeat=len(chosen)):
        real = _lost(with_states(states), strict_cover=True)
        for row in frame.iter_rows(named=True):
            lost = real.get(row["id"], (0, 0, 0))
            for kind, number in zip(("cover", "guidance", "alliance"), lost, strict=True):
                assert row[kind] <= number <= row[f"{kind}_at_most"]
        assert set(real) <= set(frame["id"])


@pytest.mark.parametrize("id_", ["outside-alliance", "isolated-component", "missing-joints", "single-point-of-failure"])
def test_nothing_imported_is_no_data(id_: str) -> None:
    assert verdicts(id_, network(Organization=[registered("o")])).no_data
