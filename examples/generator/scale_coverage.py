"""Which Party organisations cover whom in a large network? Own and joint branches and the chain above them."""

from __future__ import annotations

import datetime as dt

import numpy as np
import polars as pl

from examples.generator.draw import Draw, Ints
from graphmodel import identity

NO_SUPERIOR, SEVERAL, CIRCULAR = 0.01, 0.005, 0.001


def add_coverage(draw: Draw) -> None:
    """Nodes and edges of own branches, then of joint ones."""
    _own(draw)
    _joint(draw)


def superior(draw: Draw, organization: Ints) -> Ints:
    """The Party body over a branch: of the authority, else of the street, else of the two-new committee."""
    authority, street = draw.authority[organization], draw.street[organization]
    above = np.where(street >= 0, draw.first["Street"] + street, 1 + draw.districts + draw.district[organization])
    return np.where(authority >= 0, draw.first["Authority"] + authority, above).astype(np.int64)


def _fields(draw: Draw, count: int, members: pl.Series) -> dict[str, object]:
    return {
        "state": draw.pick(("actual", "planned"), (0.99, 0.01), count),
        "members": members,
        "founded_on": draw.days(dt.date(2006, 1, 1), draw.day, count, 0.01),
        "elected_on": draw.days(dt.date(2013, 1, 1), draw.day, count, 0.02),
        "has_committee": draw.flags(0.95, 0.01, count),
    }


def _dues(draw: Draw, branches: str, above: Ints) -> None:
    """Dues of the year before, all returned of most."""
    count = len(above)
    paid = 60.0 * draw.rng.integers(3, 30, count)
    returned = paid * np.where(draw.rng.random(count) < 0.03, 0.8, 1.0)
    ends = (branches, np.arange(count)), ("PartyBody", above)
    draw.edges("PAYS_DUES", *ends, year=draw.day.year - 1, paid=paid, returned=returned)


def _own(draw: Draw) -> None:
    mine = np.flatnonzero((draw.cover == 1) | (draw.cover == 3))
    ids = draw.ids["Organization"].gather(mine)
    branches = pl.select(identity.own_party_organization_id(pl.lit(ids))).to_series()
    draw.ids["PartyOwn"] = branches
    form = pl.Series(np.where(draw.cover[mine] == 1, "standalone", "functional"))
    members = draw.integers(draw.full[mine], 0.01)
    draw.nodes(
        "PartyOrganization", branches, name=branches, level="branch", form=form, **_fields(draw, len(mine), members)
    )
    every = np.arange(len(mine))
    draw.edges("COVERS", ("PartyOwn", every), ("Organization", mine), **draw.stated(len(mine)))
    drawn = draw.rng.random(len(mine))
    above = superior(draw, mine)
    _dues(draw, "PartyOwn", above)
    circular = np.flatnonzero(drawn > 1 - CIRCULAR)
    circular = circular[: len(circular) // 2 * 2]
    chained = np.setdiff1d(np.flatnonzero(drawn >= NO_SUPERIOR), circular)
    draw.edges("SUBORDINATE_TO", ("PartyOwn", chained), ("PartyBody", above[chained]), state="actual")
    draw.edges(
        "SUBORDINATE_TO", ("PartyOwn", circular), ("PartyOwn", circular.reshape(-1, 2)[:, ::-1].ravel()), state="actual"
    )
    several = chained[drawn[chained] < NO_SUPERIOR + SEVERAL]
    draw.edges("SUBORDINATE_TO", ("PartyOwn", several), ("PartyBody", np.zeros(len(several), np.int64)), state="actual")


def _joint(draw: Draw) -> None:
    """Neighbours in the order of district, trade and street, four together; of the wide ones two branches are one."""
    mine = np.flatnonzero(draw.cover == 2)
    order = np.lexsort((draw.street[mine], draw.industry[mine], draw.registered[mine], draw.district[mine]))
    mine = mine[order]
    strangers = draw.rng.random(len(mine)) < 0.01
    mine[strangers] = draw.rng.permutation(mine[strangers])
    branch = np.arange(len(mine)) // 4
    wide = draw.rng.random(branch[-1] + 1 if len(branch) else 0) < 0.01
    branch = np.cumsum(~wide)[branch] - 1 if len(branch) else branch
    branch = np.maximum(branch, 0)
    count = int(branch[-1]) + 1 if len(branch) else 0
    first = mine[np.searchsorted(branch, np.arange(count))]
    above = superior(draw, first)
    names = "第" + pl.Series(np.arange(count)).cast(pl.String) + "联合党支部"
    over = draw.ids["PartyBody"].gather(above)
    ids = pl.select(identity.joint_party_organization_id(pl.lit(over), pl.lit(names))).to_series()
    draw.ids["PartyJoint"] = ids
    members = pl.Series(np.bincount(branch, draw.full[mine], count).astype(np.int64))
    draw.nodes("PartyOrganization", ids, name=names, level="branch", form="joint", **_fields(draw, count, members))
    draw.edges("COVERS", ("PartyJoint", branch), ("Organization", mine), **draw.stated(len(mine)))
    _dues(draw, "PartyJoint", above)
    chained = np.flatnonzero(draw.rng.random(count) >= NO_SUPERIOR)
    draw.edges("SUBORDINATE_TO", ("PartyJoint", chained), ("PartyBody", above[chained]), state="actual")
