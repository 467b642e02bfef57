"""What is the best that joint branches can do for a few organisations? Every set of units tried, the best packing proven (N1, N2).

Nothing of the planner is used: rows of tables in, by another formulation (sets of units as columns) and another solver
(HiGHS), so that the two can only agree where both are right.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import chain, pairwise
from typing import Any

import numpy as np
import polars as pl
from scipy.optimize import Bounds, LinearConstraint, milp
from scipy.sparse import coo_array

from graphmodel.tables import conform

MOST = (12, 4, 4)  # uncovered organisations of each street
_TRADES = ("教育", "医疗", "养老", None)
_OWN = "own"
_Rows = list[dict[str, Any]]


@dataclass(frozen=True)
class SmallDistrict:
    """Three streets in a row, up to a dozen uncovered organisations in one, some joint branches with room.

    `street`, `trade`, `members` of each organisation by id (street and trade None where not known); `branches` the ids of
    the units of each joint branch that there is.
    """

    street: Mapping[str, str | None]
    trade: Mapping[str, str | None]
    members: Mapping[str, int]
    branches: Mapping[str, tuple[str, ...]]

    @staticmethod
    def drawn(seed: int) -> SmallDistrict:
        """One of many: the same for the same seed."""
        rng = np.random.default_rng(seed)
        street: dict[str, str | None] = {}
        branches: dict[str, tuple[str, ...]] = {}
        for s, most in enumerate(MOST):
            for k in range(int(rng.integers(1, most + 1))):
                street[f"o{s}:{k:02}"] = None if rng.random() < 0.05 else f"s{s}"
            if rng.random() < 0.5:
                units = tuple(f"u{s}:{k}" for k in range(int(rng.integers(2, 5))))
                branches[f"joint:{s}"] = units
                street.update(dict.fromkeys(units, f"s{s}"))
        trade = {id_: _TRADES[int(rng.integers(0, len(_TRADES)))] for id_ in street}
        members = {id_: 2 if id_.startswith("u") else int(rng.integers(0, 3)) for id_ in street}
        return SmallDistrict(street, trade, members, branches)

    @cached_property
    def uncovered(self) -> list[str]:
        """The organisations that no branch has."""
        covered = set(chain.from_iterable(self.branches.values()))
        return [id_ for id_ in self.street if id_ not in covered]

    def together(self, units: Sequence[str], hops: int) -> bool:
        """May these be in one joint branch: all within `hops` streets of each other, or all of one industry (N2)?"""
        streets, trades = [self.street[u] for u in units], {self.trade[u] for u in units}
        numbers = [int(s[1:]) for s in streets if s is not None]
        near = len(numbers) == len(units) and max(numbers) - min(numbers) <= hops
        return near or (len(trades) == 1 and None not in trades)

    def tables(self) -> dict[str, pl.DataFrame]:
        """The district as the planner reads it: everybody registered and operating, one more with a branch of its own."""
        streets = [f"s{s}" for s in range(len(MOST))]
        rows: dict[str, _Rows] = {
            "GoverningBody": [{"id": "c", "kind": "party-committee"}],
            "Street": [{"id": s} for s in streets],
            "NEIGHBOURS": [_edge("Street", a, "Street", b) for a, b in pairwise(streets)],
            "Organization": [
                {"id": id_, "name": id_, "track": "registered", "status": "operating", "industry": self.trade.get(id_),
                 "full_members": self.members.get(id_), "union": True}
                for id_ in (*self.street, _OWN)
            ],
            "LOCATED_IN": [_edge("Organization", id_, "Street", s) for id_, s in self.street.items() if s is not None],
            "PartyOrganization": [
                {"id": "po:c", "form": "district-body", "level": "committee", "state": "actual"},
                *({"id": f"po:{s}", "form": "street-body", "level": "committee", "state": "actual"} for s in streets),
                {"id": f"po:{_OWN}", "form": "standalone", "level": "branch", "state": "actual"},
                *({"id": b, "form": "joint", "level": "branch", "state": "actual"} for b in self.branches),
            ],
            "PARTY_BODY_OF": [
                _edge("PartyOrganization", "po:c", "GoverningBody", "c"),
                *(_edge("PartyOrganization", f"po:{s}", "Street", s) for s in streets),
            ],
            "SUBORDINATE_TO": [
                _edge("PartyOrganization", b, "PartyOrganization", "po:c", state="actual")
                for b in (*(f"po:{s}" for s in streets), *self.branches, f"po:{_OWN}")
            ],
            "COVERS": [
                _edge("PartyOrganization", f"po:{_OWN}", "Organization", _OWN, state="actual"),
                *(_edge("PartyOrganization", b, "Organization", id_, state="actual")
                for b, units in self.branches.items()
                for id_ in units),
            ],
        }  # fmt: skip
        return {
            name: conform(name, pl.DataFrame(each, infer_schema_length=None)) for name, each in rows.items() if each
        }


def most_covered(district: SmallDistrict, *, least: int, most: int, members: int, hops: int) -> int:
    """How many of the uncovered joint branches can take at most: units from `least` to `most`, `members` full ones together.

    Units are within `hops` streets of each other, or all of one industry. Proven. Errors: `RuntimeError` where the solver
    gives no proof. Cost: every set of up to `most` organisations that may be together, so for a dozen a street.
    """
    columns = list(_columns(district, least, most, members, hops))
    if not columns:
        return 0
    row_of = {name: row for row, name in enumerate((*district.uncovered, *district.branches))}
    entries = [(row_of[name], column) for column, (home, units) in enumerate(columns) for name in (*units, *home)]
    shape = (len(row_of), len(columns))
    once = coo_array((np.ones(len(entries)), tuple(zip(*entries, strict=True))), shape=shape).tocsr()
    gain = np.array([len(units) for _, units in columns], dtype=np.float64)
    found = milp(
        -gain,
        constraints=LinearConstraint(once, ub=1),
        integrality=np.ones(len(columns), dtype=np.int64),
        bounds=Bounds(0, 1),
    )
    if found.status != 0 or found.x is None:
        raise RuntimeError(f"not proven: {found.message}")
    return round(-found.fun)


def _columns(
    district: SmallDistrict, least: int, most: int, members: int, hops: int
) -> Iterator[tuple[tuple[str, ...], tuple[str, ...]]]:
    """Every set of uncovered organisations that a new branch, or one that there is, can take: its branch, its units."""

    def grown(units: tuple[str, ...], start: int) -> Iterator[tuple[str, ...]]:
        for place in range(start, len(district.uncovered)):
            wider = (*units, district.uncovered[place])
            if len(wider) == 1 or district.together(wider, hops):  # who may not be together may not with more either
                yield wider
                if len(wider) < most:
                    yield from grown(wider, place + 1)

    for units in grown((), 0):
        if len(units) >= least and sum(district.members[u] for u in units) >= members:
            yield (), units
        for branch, there in district.branches.items():
            if len(there) + len(units) <= most and district.together((*there, *units), hops):
                yield (branch,), units


def _edge(source_type: str, source: str, target_type: str, target: str, **fields: str) -> dict[str, Any]:
    return {"source_type": source_type, "source": source, "target_type": target_type, "target": target, **fields}
