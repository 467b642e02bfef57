"""What applying writes beside a plan's own rows: who asserts them, who is responsible, by when (decision 10)."""

import datetime as dt

import polars as pl

from graphmodel.asserted import saying
from graphmodel.changes import ChangeSet
from graphmodel.declare import SOURCES
from graphmodel.tables import conform
from planning.applying import assigned

PLAN, DUE = "plan:a.1", dt.date(2016, 9, 1)


def test_a_plan_is_the_source_of_what_it_alters_and_of_nothing_else() -> None:
    there = [
        {"id": "p", "name": "支部", "form": "joint", "sources": "bundle¬name|ledger"},
        {"id": "ours", "name": "支部", "form": "joint", "sources": f"ledger|{PLAN}¬form"},
    ]
    old = conform("PartyOrganization", pl.DataFrame(there))
    new = conform(
        "PartyOrganization",
        pl.DataFrame([*({**row, "form": "standalone"} for row in there), {"id": "new", "form": "joint"}]),
    )
    made = assigned(ChangeSet.between({"PartyOrganization": old}, {"PartyOrganization": new}), PLAN, "区委", DUE)
    after = made.deltas["PartyOrganization"].after.sort("id")
    assert after["id"].to_list() == ["new", "ours", "p"]
    assert saying(after[SOURCES], "form").to_list() == [PLAN, PLAN, PLAN]
    assert saying(after[SOURCES], "name").to_list() == [PLAN, f"ledger|{PLAN}", "ledger"]
    assert after[SOURCES].to_list()[1:] == [f"ledger¬form|{PLAN}", f"bundle¬form,name|ledger¬form|{PLAN}¬name"]


def test_who_is_responsible_by_when_stands_at_planned_relations_and_is_said_by_the_plan() -> None:
    edge = {"source_type": "PartyOrganization", "source": "p", "target_type": "Organization"}
    rows = [{**edge, "target": "a", "state": "planned"}, {**edge, "target": "b", "state": "actual"}]
    new = conform("COVERS", pl.DataFrame(rows))
    made = assigned(ChangeSet.between({"COVERS": new.clear()}, {"COVERS": new}), PLAN, "区委", DUE)
    after = made.deltas["COVERS"].after.sort("target")
    assert after.select("target", "responsible_body", "deadline", SOURCES).rows() == [
        ("a", "区委", DUE, PLAN),
        ("b", None, None, PLAN),
    ]
