"""Which networks put engines to the test? Random ones in the vocabulary that questions ask about, drawn from a seed.

Unlike `tests.strategies`, which draws anything that the schema allows, these keep to values near the questions' thresholds,
so that scopes, gaps and what cannot be told all occur: fields unknown by a share, planned relations, circles, multi-edges.
"""

from __future__ import annotations

import datetime as dt
import math
from typing import Any

import numpy as np
import polars as pl

from graphmodel.declare import SOURCES, Column
from graphmodel.parameters import PARAMETERS, Parameter
from graphmodel.schema import EDGE_TYPES, NODE_TYPES
from graphmodel.stores.guard import single_ends
from graphmodel.tables import ENDS, key_columns
from tests.queries.small import DAY, values
from tests.strategies import frame

INDUSTRIES = ("教育", "卫生", "养老")
LIKELY = {
    "track": ("registered",),
    "status": ("operating",),
    "state": ("actual",),
    "registration": ("dual",),
    "form": ("standalone", "joint"),
}
"""Choices that most questions are about, drawn half of the time."""


def world(seed: int) -> dict[str, pl.DataFrame]:
    """A network of up to some forty nodes and a hundred edges as tables: the same for the same seed."""
    rng = np.random.default_rng(seed)
    unknown, most = float(rng.choice([0.0, 0.1, 0.4])), int(rng.choice([3, 9, 20]))
    tables: dict[str, pl.DataFrame] = {}
    for name, element in NODE_TYPES.items():
        height = int(rng.integers(rng.random() < 0.9, 10 if name in ("Organization", "PartyOrganization") else 4))
        rows = [{"id": f"{name}-{i}", **_fields(rng, element.columns, unknown)} for i in range(height)]
        tables[name] = frame(name, rows)
    for name, edge in EDGE_TYPES.items():
        rows_by_key: dict[tuple[Any, ...], dict[str, Any]] = {}
        for source, target in edge.pairs:
            sources, targets = tables[source.type_name]["id"], tables[target.type_name]["id"]
            for _ in range(int(rng.integers(0, most)) if len(sources) and len(targets) else 0):
                ends = (sources[int(rng.integers(len(sources)))], targets[int(rng.integers(len(targets)))])
                if edge.undirected and ends[0] == ends[1]:
                    continue
                one, other = sorted(ends) if edge.undirected else ends
                between = dict(zip(ENDS, (source.type_name, one, target.type_name, other), strict=True))
                row = {**between, **_fields(rng, edge.columns, unknown)}
                rows_by_key[tuple(row.get(c) for c in key_columns(name))] = row
        singles = [pl.struct(f"{end}_type", end).is_first_distinct() for end in single_ends(name)]
        tables[name] = frame(name, rows_by_key.values()).filter(*singles)
    return {name: table for name, table in tables.items() if table.height}


def _fields(rng: np.random.Generator, columns: dict[str, Column], unknown: float) -> dict[str, Any]:
    known = (column for column in columns.values() if rng.random() >= unknown)
    return {**{column.name: _value(rng, column) for column in known}, SOURCES: "drawn"}


def _value(rng: np.random.Generator, column: Column) -> Any:
    match column.kind:
        case "choice":
            assert column.choices is not None
            words = column.choices.values()
            likely = [word for word in LIKELY.get(column.name, ()) if word in words]
            return str(rng.choice(likely if likely and rng.random() < 0.5 else words))
        case "flag":
            return bool(rng.random() < 0.5)
        case "date":
            return DAY + dt.timedelta(days=int(rng.integers(-1500, 400)))
        case "integer" if column.ge is not None and column.ge >= 1900:
            return DAY.year - int(rng.integers(0, 4))
        case "integer":
            return int(rng.choice([0, 0, 1, 2, 3, 4, 6, 50, 101]))
        case "number":
            return min(
                float(rng.choice([0.0, 0.5, 100.0, 5000.0, 25000.0])), math.inf if column.le is None else column.le
            )
        case "text" if column.name == "industry":
            return str(rng.choice(INDUSTRIES))
        case "text":
            return str(rng.choice(["", "甲", "乙"]))


def changed_policy(seed: int) -> dict[str, Any]:
    """Any half of the policy's parameters drawn anew, and those that single out few rows close to what `world` draws."""
    rng, default = np.random.default_rng([seed, 1]), values()
    drawn = {name: _other(rng, of, default[name]) for name, of in PARAMETERS.items() if rng.random() < 0.5}
    drawn |= {
        "strict_cover": bool(rng.random() < 0.5),
        "inactive_in_scope": bool(rng.random() < 0.5),
        "vertical_threshold": int(rng.integers(1, 4)),
        "branch_min_members": int(rng.integers(1, 5)),
        "instructor_max_load": int(rng.integers(1, 4)),
        "joint_max_units": int(rng.integers(2, 5)),
    }
    for name, of in PARAMETERS.items():
        if of.not_above is not None:
            most = drawn.get(of.not_above, default[of.not_above])
            drawn[name] = min(drawn.get(name, default[name]), most)
    return drawn


def _other(rng: np.random.Generator, of: Parameter, value: Any) -> Any:
    """Another value that the parameter may have, numbers and days close to the one given."""
    lowest, highest = (-math.inf if of.ge is None else of.ge), (math.inf if of.le is None else of.le)
    match of.kind:
        case "flag":
            return bool(rng.random() < 0.5)
        case "choice":
            return str(rng.choice(list(of.choices or ())))
        case "integer":
            return int(np.clip(value + int(rng.integers(-2, 3)), lowest, highest))
        case "number":
            return float(np.clip(value * float(rng.choice([0.5, 0.9, 2.0])), lowest, highest))
        case "date":
            return value + dt.timedelta(days=int(rng.integers(-400, 400)))
        case "table":
            return {word: str(rng.choice(list(of.choices or ()))) for word in INDUSTRIES[:2]}
        case "text":
            return value
