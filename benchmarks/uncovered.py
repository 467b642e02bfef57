"""What is planned for in benchmarks? Generated districts from which every cover of the registered ones is taken away."""

from __future__ import annotations

import polars as pl

from examples.generator.scale import DAY, tables
from graphmodel.network import Network, Stamp
from graphmodel.policy import load_default
from graphmodel.schema import EDGE_TYPES
from queries.context import Context

SHARE = 0.355  # of the generated organisations: registered and operating
BRANCHES = ("standalone", "joint", "functional")


def uncovered_tables(count: int) -> dict[str, pl.DataFrame]:
    """The tables of districts with about so many uncovered registered organisations (at least a hundred or so)."""
    made = tables(max(280, round(count / SHARE)))
    registered = made["Organization"].filter(track="registered")["id"].implode()
    kept = made["COVERS"].filter(~pl.col("target").is_in(registered))["source"].implode()
    parties = made["PartyOrganization"]
    gone = parties.filter(pl.col("form").is_in(BRANCHES) & ~pl.col("id").is_in(kept))["id"]
    made["COVERS"] = made["COVERS"].filter(~pl.col("target").is_in(registered))
    made["PartyOrganization"] = parties.filter(~pl.col("id").is_in(gone.implode()))
    for name in EDGE_TYPES.keys() & made.keys():
        lost = pl.lit(value=False)
        for end in ("source", "target"):
            lost |= pl.col(f"{end}_type").eq("PartyOrganization") & pl.col(end).is_in(gone.implode())
        made[name] = made[name].filter(~lost)
    return made


def uncovered_context(count: int) -> Context:
    """Those districts under the default policy."""
    return Context.of(Network.from_tables(uncovered_tables(count), Stamp(1, DAY)), load_default().at(DAY))
