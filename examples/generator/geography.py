"""Where does the example lie? The real streets and communities of the reference files, with generated neighbours."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from examples.generator.rows import Rows, evaluate
from graphmodel import identity

REFERENCE = Path(__file__).parent.parent / "reference"
CHANGE_DAY = dt.date(2019, 12, 25)
_DAY_BEFORE = dt.date(2019, 12, 24)
_GRID_WIDTH = 4  # streets stand on a grid in the order of their codes: which border on which is not public


@dataclass(frozen=True, slots=True)
class Street:
    """One street with the ids and names of its communities."""

    code: str
    name: str
    communities: tuple[tuple[str, str], ...]


def streets_2016() -> list[Street]:
    """The 16 streets before the change of 2019 with their 113 communities, by division code."""
    streets = pl.read_csv(REFERENCE / "streets_2016.csv", schema_overrides={"code": pl.String})
    communities = pl.read_csv(REFERENCE / "communities_2016.csv").join(streets, on="street", how="left")
    communities = communities.with_columns(id=identity.community_id(pl.col("code"), pl.col("community")))
    return [
        Street(code, name, tuple(communities.filter(pl.col("code") == code).select("id", "community").iter_rows()))
        for code, name in streets.sort("code").select("code", "street").iter_rows()
    ]


def neighbours(streets: list[Street]) -> list[tuple[str, str]]:
    """Generated pairs of neighbouring streets: next to each other on a grid four wide."""
    right = [(i, i + 1) for i in range(len(streets) - 1) if (i + 1) % _GRID_WIDTH]
    below = [(i, i + _GRID_WIDTH) for i in range(len(streets) - _GRID_WIDTH)]
    return [(streets[a].code, streets[b].code) for a, b in sorted(right + below)]


def add_geography(rows: Rows, streets: list[Street]) -> None:
    """Streets, communities, PART_OF and generated NEIGHBOURS."""
    for street in streets:
        rows.node("Street", street.code, street.name, code=street.code, aliases=street.name.removesuffix("街道"))
        for community, name in street.communities:
            rows.node("Community", community, name)
            rows.edge("PART_OF", ("Community", community), ("Street", street.code))
    for a, b in neighbours(streets):
        rows.edge("NEIGHBOURS", ("Street", a), ("Street", b))


def redistricting(streets: list[Street]) -> Rows:
    """The second bundle: what the streets and communities became on 2019-12-25 (DESIGN, settled point 9).

    A community goes by exact name, else by the documented merger of its street, else to the majority successor of its
    street. A street that keeps its code keeps its node; the others end the day before. A community without a successor of
    its name is SUCCEEDED_BY nothing of its own; its street's successors (inferred ones labelled) say where to look.
    """
    rows = Rows()
    old = {s.name: s.code for s in streets}
    new_streets = pl.read_csv(REFERENCE / "streets_2023.csv", schema_overrides={"code": pl.String})
    new = {name: code for code, name in new_streets.select("code", "street").iter_rows()}
    for name, code in new.items():
        if code not in old.values():
            rows.node("Street", code, name, code=code, valid_from=CHANGE_DAY)
    for name, code in old.items():
        if code not in new.values():
            rows.node("Street", code, name, code=code, valid_until=_DAY_BEFORE)
    _street_successors(rows, old, new)
    _community_successors(rows, streets)
    return rows


DOCUMENTED = {
    "合江亭街道": "锦官驿街道",
    "水井坊街道": "锦官驿街道",
    "督院街街道": "春熙路街道",
    "盐市口街道": "春熙路街道",
}


def _street_successors(rows: Rows, old: dict[str, str], new: dict[str, str]) -> None:
    counted = pl.read_csv(REFERENCE / "street_changes_2019_inferred.csv")
    pairs = {(a, b): DOCUMENTED.get(a) != b for a, b, _ in counted.iter_rows()}
    pairs |= dict.fromkeys(DOCUMENTED.items(), False)
    for (before, after), inferred in sorted(pairs.items()):
        if old[before] != new[after]:
            ends = ("Street", old[before]), ("Street", new[after])
            rows.edge("SUCCEEDED_BY", *ends, on=CHANGE_DAY, inferred=inferred)


def _community_successors(rows: Rows, streets: list[Street]) -> None:
    after = pl.read_csv(
        REFERENCE / "communities_2022.csv", schema_overrides={"street_code": pl.String, "community_code": pl.String}
    )
    before = {name: (s.code, id_) for s in streets for id_, name in s.communities}
    for street, _, code, name in after.iter_rows():
        old_street, old_id = before.get(name, (None, None))
        if old_street == street:  # the same community of the same street: one node
            rows.node("Community", str(old_id), name, code=code)
            continue
        id_ = evaluate(identity.community_id, street, name)
        rows.node("Community", id_, name, code=code, valid_from=CHANGE_DAY)
        rows.edge("PART_OF", ("Community", id_), ("Street", street))
        if old_id is not None:
            rows.edge("SUCCEEDED_BY", ("Community", old_id), ("Community", id_), on=CHANGE_DAY, inferred=True)
    names = set(after["community"])
    for name, (_, old_id) in before.items():
        if name not in names or not _kept(old_id, rows):
            rows.node("Community", old_id, name, valid_until=_DAY_BEFORE)


def _kept(id_: str, rows: Rows) -> bool:
    return any(row["id"] == id_ for row in rows.rows.get("Community", []))
