"""Small networks for tests, written by hand: what a question is asked of."""

from __future__ import annotations

import datetime as dt
from typing import Any

import polars as pl

from graphmodel.network import Network, Stamp
from graphmodel.policy import Values, load_default
from graphmodel.schema import EDGE_TYPES, NODE_TYPES
from graphmodel.tables import conform
from queries.context import Context

DAY = dt.date(2016, 6, 12)


def network(day: dt.date = DAY, **rows: list[dict[str, Any]]) -> Network:
    """A network of the given rows by type; ends need their type only where an edge type joins several pairs."""
    tables = {}
    for name, given in rows.items():
        dicts = given
        if name in EDGE_TYPES and len(EDGE_TYPES[name].pairs) == 1:
            source, target = EDGE_TYPES[name].pairs[0]
            dicts = [{"source_type": source.type_name, "target_type": target.type_name, **row} for row in dicts]
        assert name in NODE_TYPES or name in EDGE_TYPES, name
        tables[name] = conform(name, pl.DataFrame(dicts, infer_schema_length=None))
    return Network.from_tables(tables, Stamp(1, day))


def context(net: Network, **policy: object) -> Context:
    """The network judged by the default policy, with some parameters replaced."""
    return Context.of(net, values(**policy))


def values(**policy: object) -> Values:
    """The default policy's values, some replaced."""
    return load_default().at(DAY).replace(**policy)


def planned_cover(net: Network) -> tuple[str, str]:
    """The addresses of a Party organisation and of an organisation that it covers in what is planned alone."""
    covers = net.pairs["COVERS", "PartyOrganization", "Organization"]
    place = covers.frame["state"].to_list().index("planned")
    branch, covered = (
        net.nodes["PartyOrganization"].ids[int(covers.source[place])],
        net.nodes["Organization"].ids[int(covers.target[place])],
    )
    return f"PartyOrganization/{branch}", f"Organization/{covered}"
