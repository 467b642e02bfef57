"""Is what is named as missing just what leaves a verdict open?"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import polars as pl
import pytest

from graphmodel.network import Network, Stamp
from graphmodel.rows import NodeRows
from graphmodel.schema.nodes import PartyOrganization
from queries.answer import ask
from queries.computed import Computed, Earlier
from queries.context import Context
from queries.missing import may_be_missing
from queries.parts import walk
from queries.pushed_down import packed_fields
from queries.question import Question
from queries.registry import judged, question
from tests.queries.small import DAY, context, network, values
from tests.queries.verdicts import actual, registered
from tests.queries.worlds import changed_policy, world


def missing(id_: str, net: Network, **policy: Any) -> dict[str, list[str]]:
    """Id → what is missing, of the rows that cannot be told."""
    asked = question(id_)
    assert isinstance(asked, Question)
    findings = ask(asked, context(net, **policy)).findings().filter(verdict="cannot-tell")
    return dict(findings.select("id", "missing").iter_rows())


def test_a_null_that_another_branch_has_decided_is_not_named() -> None:
    none = {"union": False, "youth_league": False, "womens_federation": False, "has_instructor": False}
    net = network(
        Organization=[
            registered("union-unknown", **{**none, "union": None}),
            registered("two-unknown", **{**none, "union": None, "youth_league": None}),
            registered("has-one", **{**none, "union": None, "youth_league": True}),
            registered("instructor", **{**none, "union": None, "has_instructor": True}),
            registered("ledger-silent", **{**none, "has_instructor": None}),
            registered("covered", **{**none, "union": None}),
            registered("status-unknown", **none) | {"status": None},
        ],
        PartyOrganization=[{"id": "p", "form": "standalone", "state": "actual"}],
        COVERS=[actual("p", "covered")],
    )
    assert missing("no-work-coverage", net) == {
        "ledger-silent": ["has_instructor"],
        "status-unknown": ["status"],
        "two-unknown": ["union", "youth_league"],
        "union-unknown": ["union"],
    }


def test_of_a_group_that_field_is_missing_by_which_the_policy_groups() -> None:
    fields = {"registration": "dual", "category": "service", "industry": "教育"}
    partly = {f"no-{field}": {**fields, field: None} for field in ("category", "industry")}
    members = {f"o{i}": fields for i in range(10)} | partly
    net = network(
        Organization=[registered(id_, **known) for id_, known in members.items()],
        Authority=[{"id": "A"}],
        LICENSED_BY=[{"source": id_, "target": "A"} for id_ in members],
        SUPERVISES=[actual("A", id_) for id_ in members],
    )

    def fields_missing(by: str) -> dict[str, list[str]]:
        found = missing("responsibility-gaps", net, vertical_group_by=by, vertical_threshold=11)
        return {id_: [label for label in labels if label.islower()] for id_, labels in found.items()}

    nothing: dict[str, list[str]] = {id_: [] for id_ in members}  # of the others only the size of their group is open
    assert fields_missing("authority-industry") == nothing | {"no-industry": ["industry"]}
    assert fields_missing("authority-category") == nothing | {"no-category": ["category"]}
    assert fields_missing("authority") == {}


def test_rows_that_hold_only_what_is_shown_name_the_same() -> None:
    branches = [{"id": id_, "form": "joint", "state": "actual"} for id_ in ("committee", "paid", "silent")]
    dues = {"source": "paid", "target": "committee", "year": 2015, "paid": 100.0, "returned": 100.0}
    asked = question("dues-not-returned")
    assert isinstance(asked, Question)
    whole = ask(asked, context(network(PartyOrganization=branches, PAYS_DUES=[dues])))
    shown = NodeRows(PartyOrganization, whole.rows.frame.select(packed_fields(asked)))
    for answer in (whole, replace(whole, rows=shown)):
        missing = dict(answer.findings().select("id", "missing").iter_rows())
        assert missing == {"committee": ["PAYS_DUES"], "silent": ["PAYS_DUES"]}, (
            "state is known, though not among what is shown"
        )


def test_a_relation_whose_state_is_not_known_is_named_and_the_field_that_is_known_is_not() -> None:
    net = network(
        Organization=[registered("perhaps"), registered("both") | {"status": None}],
        PartyOrganization=[{"id": "p", "form": "standalone", "state": "actual"}],
        COVERS=[{"source": "p", "target": "perhaps"}, {"source": "p", "target": "both"}],
    )
    assert missing("uncovered", net) == {"both": ["status", "COVERS"], "perhaps": ["COVERS"]}


def test_only_the_totals_that_could_still_decide_are_named() -> None:
    net = network(
        Organization=[
            registered("nothing"),
            registered("total", members=7),  # as many as that do not say how many are full members here
            registered("elsewhere", full_members=3),
            registered("here", members_here=2),  # decides: fewer than three
        ],
        PartyOrganization=[{"id": "p", "form": "standalone", "state": "actual"}],
        COVERS=[actual("p", "elsewhere")],
    )
    assert missing("branch-required", net) == {
        "nothing": ["full_members", "members_here", "members"],
        "total": ["full_members", "members_here"],
    }


def test_of_a_group_its_own_kind_is_named_else_the_relation_that_counts() -> None:
    dual = {"registration": "dual"}
    net = network(
        Organization=[
            *(registered(f"a{i}", industry="教育", **dual) for i in range(2)),
            registered("who", industry=None, **dual),
        ],
        Authority=[{"id": "A"}],
        LICENSED_BY=[{"source": id_, "target": "A"} for id_ in ("a0", "a1", "who")],
        SUPERVISES=[actual("A", id_) for id_ in ("a0", "a1", "who")],
    )
    found = missing("responsibility-gaps", net, vertical_threshold=2)
    assert found == {
        "a0": ["LICENSED_BY", "SUPERVISES"],
        "a1": ["LICENSED_BY", "SUPERVISES"],
        "who": ["SUPERVISES", "industry"],
    }


@pytest.mark.parametrize("seed", range(8))
def test_what_is_not_named_would_not_have_told_and_what_is_named_is_unknown(seed: int) -> None:
    tables, policy = world(seed), values(**changed_policy(seed))
    here = Context.of(Network.from_tables(tables, Stamp(1, DAY)), policy)
    for asked in judged():
        answer = ask(asked, here)
        rows = answer.findings().filter(verdict="cannot-tell")
        labels = set(may_be_missing(*asked.expressions))
        assert {label for row in rows["missing"] for label in row} <= labels
        element = asked.anchor.element
        if element is None or element.type_name not in tables:
            continue
        named = rows.select("id", label="missing").explode("label")
        nulls = tables[element.type_name]
        for field in sorted(labels & set(element.columns)):
            listed = named.filter(label=field)["id"]
            assert nulls.filter(pl.col("id").is_in(listed.implode()), pl.col(field).is_not_null()).is_empty()
            if _of_itself(asked):
                others = rows.filter(~pl.col("id").is_in(listed.implode()))["id"]
                known = _filled(tables, element.type_name, field, others, np.random.default_rng(seed))
                there = ask(asked, Context.of(Network.from_tables(known, Stamp(1, DAY)), policy))
                assert set(others) <= set(there.ids("cannot-tell")), (asked.id, field)


def _of_itself(asked: Question) -> bool:
    """Whether a row's fields bear on that row's answer alone."""
    parts = [part for e in asked.expressions for part in walk(e)]
    hops = [hop for part in parts if (hop := getattr(part, "hop", None)) is not None]
    return not any(isinstance(part, Computed | Earlier) for part in parts) and all(
        hop.far is not asked.anchor.element for hop in hops
    )


def _filled(
    tables: dict[str, pl.DataFrame], name: str, field: str, ids: pl.Series, rng: np.random.Generator
) -> dict[str, pl.DataFrame]:
    """The same tables in which that field of these rows is known: drawn from what other rows have."""
    table = tables[name]
    known = table[field].drop_nulls()
    if known.is_empty():
        return tables
    drawn = known.gather(rng.integers(len(known), size=table.height))
    fill = pl.col(field).is_null() & pl.col("id").is_in(ids.implode())
    return {**tables, name: table.with_columns(pl.when(fill).then(drawn).otherwise(pl.col(field)).alias(field))}
