"""How the register is made up, and who leads whom."""

from __future__ import annotations

import datetime as dt
from typing import Any

import polars as pl

from queries.catalogue.governance_chain import GOVERNANCE_CHAIN
from queries.catalogue.register_composition import REGISTER_COMPOSITION
from tests.queries.small import context, network

REGISTER = network(
    Organization=[
        {"id": "o1", "track": "registered", "category": "charity", "industry": "医疗", "status": "operating"},
        {"id": "o2", "track": "registered", "category": "service", "status": "inactive"},
        {"id": "o3", "track": "filed", "category": "service", "status": "operating"},
        {"id": "o4", "category": "service", "status": "operating"},
        {"id": "o5", "track": "registered", "category": "charity", "status": "deregistered"},
    ],
    Authority=[{"id": "a1", "name": "民政局"}, {"id": "a2", "name": "卫生局"}],
    LICENSED_BY=[
        {"source": "o1", "target": "a1"},
        {"source": "o1", "target": "a2"},
        {"source": "o5", "target": "a1"},
    ],
)


def counts(table: pl.DataFrame, dimension: str) -> dict[str | None, tuple[int, int, int, int]]:
    part = table.filter(pl.col("dimension") == dimension)
    rows = part.select("key", "registered", "filed", "track_unknown", "total").rows()
    return {key: tuple(rest) for key, *rest in rows}


def test_composition_counts_by_track_and_leaves_out_the_deregistered_but_for_the_status() -> None:
    table = REGISTER_COMPOSITION.answer(context(REGISTER))
    assert counts(table, "whole") == {"all": (2, 1, 1, 4)}
    assert counts(table, "category") == {"charity": (1, 0, 0, 1), "service": (1, 1, 1, 3)}
    assert counts(table, "status") == {
        "operating": (1, 1, 1, 3),
        "inactive": (1, 0, 0, 1),
        "deregistered": (1, 0, 0, 1),
    }
    assert counts(table, "industry") == {"医疗": (1, 0, 0, 1), None: (1, 1, 1, 3)}
    assert counts(table, "authority") == {
        "a1": (1, 0, 0, 1),
        "a2": (1, 0, 0, 1),
        "none": (0, 1, 0, 1),
        None: (1, 0, 1, 2),
    }
    assert table.filter(pl.col("key") == "service")["share"].to_list() == [0.75]


def leads(source: str, target_type: str, target: str) -> dict[str, Any]:
    return {"source_type": "GoverningBody", "source": source, "target_type": target_type, "target": target}


def stated(source: str, target: str, **more: Any) -> dict[str, Any]:
    return {"source": source, "target": target, "state": "actual", **more}


CHAIN = network(
    GoverningBody=[
        {"id": "top", "name": "区委", "kind": "party-committee"},
        {"id": "office", "kind": "office"},
        {"id": "x", "kind": "bureau"},
        {"id": "y", "kind": "bureau"},
        {"id": "assessor", "kind": "third-party"},
    ],
    Authority=[{"id": "a", "name": "教育局"}, {"id": "free"}],
    Street=[{"id": "s", "name": "某街道"}],
    Community=[{"id": "c"}],
    Hub=[{"id": "h"}],
    Organization=[{"id": "o1", "status": "operating"}, {"id": "o2", "status": "operating"}],
    LEADS=[
        leads("top", "GoverningBody", "office"),
        leads("office", "Authority", "a"),
        leads("office", "Street", "s"),
        leads("x", "GoverningBody", "y"),
        leads("y", "GoverningBody", "x"),
    ],
    PART_OF=[{"source": "c", "target": "s"}],
    SUPERVISES=[stated("a", "o1"), {"source": "a", "target": "o2", "state": "planned"}],
    INCUBATES=[
        {**stated("h", "o1"), "source_type": "Hub", "target_type": "Organization"},
        {**stated("h", "o2", until=dt.date(2015, 1, 1)), "source_type": "Hub", "target_type": "Organization"},
    ],
)


def test_the_chain_goes_down_from_the_committee_and_shows_who_stands_outside_it() -> None:
    table = GOVERNANCE_CHAIN.answer(context(CHAIN))
    rows = {row["id"]: row for row in table.iter_rows(named=True)}
    assert len(rows) == table.height == 10
    assert {id_: row["depth"] for id_, row in rows.items() if row["depth"] is not None} == {
        "top": 0,
        "office": 1,
        "a": 2,
        "s": 2,
        "c": 3,
    }
    assert {id_: row["standing"] for id_, row in rows.items() if row["depth"] is None} == {
        "x": "detached",
        "y": "detached",
        "assessor": "no-superior",
        "free": "no-superior",
        "h": "no-superior",
    }
    assert (rows["a"]["superior"], rows["a"]["superior_name"], rows["a"]["organizations"]) == ("office", "office", 1)
    assert (rows["h"]["organizations"], rows["top"]["organizations"], rows["office"]["bodies"]) == (1, None, 2)
    assert rows["c"]["relation"].startswith("下辖")


def test_a_body_with_two_superiors_has_two_lines_and_its_shortest_depth() -> None:
    net = network(
        GoverningBody=[{"id": "top", "kind": "party-committee"}, {"id": "office", "kind": "office"}],
        Authority=[{"id": "a"}],
        LEADS=[
            leads("top", "GoverningBody", "office"),
            leads("office", "Authority", "a"),
            leads("top", "Authority", "a"),
        ],
    )
    table = GOVERNANCE_CHAIN.answer(context(net)).filter(pl.col("id") == "a")
    assert table.select("superior", "depth").rows() == [("office", 1), ("top", 1)]


def test_nothing_recorded_gives_tables_without_rows() -> None:
    empty = context(network())
    assert GOVERNANCE_CHAIN.answer(empty).height == 0
    assert REGISTER_COMPOSITION.answer(empty).height == 0
