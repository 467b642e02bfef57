"""On which networks is measured? The generator's, written once a run as files that every engine reads."""

from __future__ import annotations

from pathlib import Path

import polars as pl

from examples.generator.output import write_bundle
from examples.generator.scale import DAY, tables
from graphmodel.network import Network, Stamp
from graphmodel.policy import Values, load_default
from graphmodel.tables import conform

STAMP = Stamp(1, DAY)
PARQUET, CSV = "parquet", "csv"


def write_network(folder: Path, organizations: int) -> None:
    """A generated network of that size under `folder`, as Parquet and as the CSV of a bundle."""
    generated = tables(organizations)
    write_bundle(generated, folder / PARQUET, parquet=True)
    write_bundle(generated, folder / CSV)


def read_tables(folder: Path) -> dict[str, pl.DataFrame]:
    """The tables of a generated network, every column as the schema has it."""
    return {path.stem: conform(path.stem, pl.read_parquet(path)) for path in sorted((folder / PARQUET).iterdir())}


def read_network(folder: Path) -> Network:
    """The network itself."""
    return Network.from_tables(read_tables(folder), STAMP)


def policy_values() -> Values:
    """The default policy on the generated day, with cover judged strictly: by a chain of superiors up to the top."""
    return load_default().at(DAY).replace(strict_cover=True)


# --- what peers are given: only the types and fields that the ten questions need ---

FIELDS = {
    "Organization": (
        "track", "category", "industry", "status", "registration", "members", "members_here", "full_members",
        "probationary_members", "members_elsewhere", "union", "youth_league", "womens_federation", "grade",
        "activity_regular", "members_visible", "party_life_regular",
    ),
    "PartyOrganization": ("form", "state"),
    "GoverningBody": ("kind",),
    "GuidanceStation": ("capacity",),
    "InstructorPost": (), "Authority": (), "Street": (), "Community": (), "Hub": (), "Alliance": (),
}  # fmt: skip
EDGES = {
    "COVERS": ("state",), "SUBORDINATE_TO": ("state",), "PARTY_BODY_OF": (), "INSTRUCTS": ("state",),
    "STATION_GUIDES": ("state",), "SUPERVISES": ("state",), "GUIDES": ("state",), "ANSWERS_FOR": ("state",),
    "INCUBATES": ("state", "until"), "LICENSED_BY": (), "LOCATED_IN": (), "PART_OF": (),
    "MEMBER_OF": ("state", "role"), "JOINS_WITH": (),
}  # fmt: skip
