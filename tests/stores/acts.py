"""Small networks and acts that tests of stores share."""

from __future__ import annotations

import datetime as dt

import polars as pl
from polars.testing import assert_frame_equal

from graphmodel.changes import ChangeSet
from graphmodel.network import Network
from graphmodel.stores.protocol import Act
from graphmodel.tables import Tables, all_types, empty_frame, key_columns
from tests.strategies import frame

DAY = dt.date(2016, 10, 31)
IMPORT = Act("import", "区社会组织党委", "ledger-2016", DAY, "年度台账")
EDIT = Act("edit", "hand", "hand", DAY)


def organizations(*ids: str, **fields: object) -> dict[str, pl.DataFrame]:
    """Organisations that all have the same fields."""
    return {"Organization": frame("Organization", [{"id": one, **fields} for one in ids])}


def covered(*ids: str) -> dict[str, pl.DataFrame]:
    """Organisations, and one Party organisation that covers them."""
    ends = {"source_type": "PartyOrganization", "source": "po", "target_type": "Organization"}
    return {
        **organizations(*ids),
        "PartyOrganization": frame("PartyOrganization", [{"id": "po"}]),
        "COVERS": frame("COVERS", [{**ends, "target": one, "state": "actual"} for one in ids]),
    }


def adding(tables: Tables) -> ChangeSet:
    """The act that adds rows."""
    return ChangeSet.between({}, tables)


def assert_holds(network: Network, tables: Tables) -> None:
    """The network holds exactly these rows."""
    assert_same({name: network.table(name) for name in all_types()}, tables)


def assert_same(one: Tables, other: Tables) -> None:
    """Two networks as tables are the same in every type, row, value and Polars type, whatever their order."""
    for name in all_types():
        key = key_columns(name)
        left, right = one.get(name, empty_frame(name)), other.get(name, empty_frame(name))
        assert_frame_equal(left.sort(key), right.sort(key), check_exact=True)
