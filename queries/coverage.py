"""How is each organisation covered, and what rates follow? Every figure of coverage is computed here (J11, N13).

Each organisation counts once: standalone > joint > functional (any other form that covers) > work only > none. What is
unknown leaves several of these possible; rates then have a lowest and a highest value.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import polars as pl

from graphmodel.declare import Choice
from graphmodel.schema.nodes import Organization
from graphmodel.text import Text
from graphmodel.vectors import Flags, Kleene
from queries.breakdown import Breakdown
from queries.chain import CHAIN_REACHES_TOP, PO
from queries.computed import Fact
from queries.context import Context
from queries.facts import COVER, COVERED, COVERING, FILED, NO_MEMBER, OPERATING, ORG, REGISTERED, WORK_COVER
from queries.given import Switch
from queries.logic import Truth
from queries.needs import present
from queries.planned import as_if_confirmed


class Cover(Choice):
    """How an organisation is covered; of several ways the first counts."""

    STANDALONE = "standalone", "单独组建", "standalone"
    JOINT = "joint", "联合组建", "joint"
    FUNCTIONAL = "functional", "功能型等其他形式", "functional or another form"
    WORK_ONLY = "work-only", "仅党的工作覆盖", "work coverage only"
    NONE = "none", "无覆盖", "none"


_COUNTED = COVERING & (~Switch("strict_cover") | COVER.other(CHAIN_REACHES_TOP))
_FORMS = tuple(
    Fact(f"counted-{cover.value}", cover.title, COVER.some(_COUNTED & COVER.other(form)))
    for cover, form in (
        (Cover.STANDALONE, PO.form.is_("standalone")),
        (Cover.JOINT, PO.form.is_("joint")),
        (Cover.FUNCTIONAL, ~PO.form.is_in("standalone", "joint")),
    )
)

THREE_NONE = Fact(
    "three-none",
    Text("“三无”：无党组织、无党员、无工作覆盖", "three-none: no Party organisation, no member, no work coverage"),
    ~COVERED & NO_MEMBER & ~WORK_COVER,
)

_DENOMINATORS: dict[str, Truth] = {
    "registered-operating": REGISTERED & OPERATING,
    "registered-all": REGISTERED & ~ORG.status.is_("deregistered"),
    "include-filed": OPERATING,  # whichever of the two tracks: an unknown one changes nothing
}
PARAMETERS = (
    "coverage_denominator",
    "functional_counts",
    "strict_cover",
    "inactive_in_scope",
    "coverage_target",
    "standalone_target",
)
"""The policy parameters that figures of coverage depend on."""

_BIT = {cover: 1 << place for place, cover in enumerate(Cover)}
_PATTERNS = np.arange(1 << len(Cover), dtype=np.uint8)  # every set of possible ways
_OUTSIDE = np.uint8(2 * len(_PATTERNS))
CASES = int(_OUTSIDE) + 1
"""How many cases there are: each set of ways certain, each set perhaps, and who is not in the denominator."""
_ALL_CASES = np.arange(CASES, dtype=np.uint8)


@dataclass(frozen=True, slots=True)
class Share:
    """A rate: `rate` counts what is certain, `lowest` and `highest` are what the unknown allows; None of nothing."""

    rate: float | None
    lowest: float | None
    highest: float | None


@dataclass(frozen=True, slots=True)
class Rates:
    """Coverage of one set of organisations.

    `total` are in the denominator for certain and part into the six counts; `uncertain` may be in it or not.
    `coverage_short`, `standalone_short`: how many more organisations reach the targets (J11), 0 once reached.
    With `no_data` no COVERS was ever imported: there are no rates, and nobody is short of a target.
    """

    total: int
    uncertain: int
    standalone: int
    joint: int
    functional: int
    work_only: int
    none: int
    unknown: int
    coverage: Share
    standalone_share: Share
    work: Share
    coverage_short: int
    standalone_short: int
    no_data: bool


def shown(share: float | None, target: float | None) -> float | None:
    """A share as it is shown to a tenth of a percent: one that misses its target is rounded down, never up to it."""
    if share is None or target is None or not share < target <= round(share, 3):
        return share
    return math.floor(share * 1000) / 1000


RATES = ("coverage", "standalone", "work")
COUNTS = ("total", "uncertain", "standalone", "joint", "functional", "work_only", "none", "unknown")


@dataclass(frozen=True)
class Coverage:
    """How all n organisations are covered under one policy.

    `possible` uint8[n]: the set of ways that may be so, one bit a way in the order of `Cover`; `kind` int8[n]: the way
    where only one is possible (its place in `Cover`), else -1. `denominator`, `registered`, `filed` Kleene over n: who
    counts by the policy; the operating registered and the operating filed, always apart.
    `counted` are the ways that the coverage rate counts.
    """

    possible: npt.NDArray[np.uint8]
    kind: npt.NDArray[np.int8]
    denominator: Kleene
    registered: Kleene
    filed: Kleene
    counted: int
    coverage_target: float
    standalone_target: float
    no_data: bool

    def rates(self, mask: Flags | None = None, scope: Kleene | None = None) -> Rates:
        """The rates of the organisations in `mask` (bool[n]; all of them by default) that are in `scope`.

        `scope` is the policy's denominator unless given. Cost: one pass over n.
        """
        cases = self.cases(scope)
        tally = np.bincount(cases if mask is None else cases[mask], minlength=CASES)
        row = {name: column.item() for name, column in self.figures(_ALL_CASES, tally[:, np.newaxis]).items()}
        return Rates(
            **{name: row[name] for name in COUNTS},
            coverage=self._share(row, "coverage"),
            standalone_share=self._share(row, "standalone"),
            work=self._share(row, "work"),
            coverage_short=0 if self.no_data else row["coverage_short"],
            standalone_short=0 if self.no_data else row["standalone_short"],
            no_data=self.no_data,
        )

    def _share(self, row: dict[str, Any], name: str) -> Share:
        if self.no_data:
            return Share(None, None, None)
        rate, lowest, highest = (row[f"{name}_{part}"] for part in ("rate", "lowest", "highest"))
        return Share(*(None if math.isnan(share) else share for share in (rate, lowest, highest)))

    def rates_by(self, lines: Breakdown, scope: Kleene | None = None) -> pl.DataFrame:
        """The rates of every line of a breakdown: k rows, columns as `FIGURES`. Cost: one pass over the places."""
        figures = self.figures(_ALL_CASES, lines.count(self.cases(scope), CASES))
        return pl.DataFrame(figures).with_columns(pl.col(pl.Float64).fill_nan(None))

    def cases(self, scope: Kleene | None) -> npt.NDArray[np.uint8]:
        """uint8[n]: what may be so of each organisation, and whether it is in the denominator: one number of `CASES`."""
        scope = self.denominator if scope is None else scope
        perhaps, outside = (~scope.yes).view(np.uint8), scope.no.view(np.uint8)
        cases: npt.NDArray[np.uint8] = np.maximum(
            self.possible + perhaps * np.uint8(len(_PATTERNS)), outside * _OUTSIDE
        )
        return cases

    def figures(self, cases: npt.NDArray[np.uint8], counts: npt.NDArray[np.int64]) -> dict[str, npt.NDArray[Any]]:
        """The figures of k lines from int64[c, k], how many organisations of each of c `cases` stand on them.

        Columns as `FIGURES`, rates of nothing being NaN. Cost: linear in c times k.
        """
        possible, certain = cases & _PATTERNS[-1], cases < len(_PATTERNS)
        perhaps = ~certain & (cases != _OUTSIDE)
        ways = {cover.value.replace("-", "_"): certain & (possible == bit) for cover, bit in _BIT.items()}
        shares = {
            "coverage": (self.counted, self.coverage_target),
            "standalone": (_BIT[Cover.STANDALONE], self.standalone_target),
            "work": (sum(_BIT.values()) - _BIT[Cover.NONE], None),
        }
        asked = {"total": certain, "uncertain": perhaps, **ways}
        for name, (counting, _) in shares.items():
            yes, may = (possible & ~np.uint8(counting)) == 0, (possible & np.uint8(counting)) != 0
            sides = {"hits": certain & yes, "at_most": certain & may, "lowers": perhaps & ~yes, "raises": perhaps & may}
            asked |= {f"{name}_{side}": which for side, which in sides.items()}
        columns: dict[str, npt.NDArray[Any]] = {name: counts[which].sum(axis=0) for name, which in asked.items()}
        columns["unknown"] = columns["total"] - np.sum([columns[way] for way in ways], axis=0)
        for name, (_, target) in shares.items():
            columns |= _share(name, columns, target)
        return {name: columns[name] for name in FIGURES}


FIGURES = (
    *COUNTS,
    *(f"{name}_{part}" for name in RATES for part in ("rate", "lowest", "highest")),
    "coverage_short",
    "standalone_short",
)
"""The columns of `Coverage.rates_by` and of `figures`, in order."""


def _share(name: str, sums: Mapping[str, npt.NDArray[Any]], target: float | None) -> dict[str, npt.NDArray[Any]]:
    """A rate with its range: who may be out of the denominator counts only where that lowers, or raises, the rate."""
    total, hits, at_most = sums["total"], sums[f"{name}_hits"], sums[f"{name}_at_most"]
    lowered, raised = total + sums[f"{name}_lowers"], sums[f"{name}_raises"]
    somebody = sums["uncertain"] > 0  # where nobody is certain, a rate is of those who may be in the denominator
    all_hit = somebody & (lowered == 0)
    with np.errstate(invalid="ignore", divide="ignore"):
        columns: dict[str, npt.NDArray[Any]] = {
            f"{name}_rate": hits / total,
            f"{name}_lowest": (hits + all_hit) / (lowered + all_hit),
            f"{name}_highest": (at_most + raised) / np.maximum(total + raised, somebody),
        }
    if target is not None:
        needed = np.ceil(np.round(target * total, 9)).astype(np.int64)
        columns[f"{name}_short"] = np.maximum(needed - hits, 0)
    return columns


def coverage(context: Context) -> Coverage:
    """How every organisation is covered, once per network and policy. Linear in organisations and COVERS relations."""
    no_data = not present(context)(COVER)
    return context.memo(("coverage", no_data), lambda: _coverage(context, no_data=no_data))


def coverage_after_plans(context: Context) -> Coverage:
    """The same as if all that is planned were confirmed; organisations keep their rows."""
    return coverage(context.over(as_if_confirmed(context.network)))


def _coverage(context: Context, *, no_data: bool) -> Coverage:
    rows, values = context.network[Organization], context.values
    own, joint, other = (form.evaluate(rows, context) for form in _FORMS)
    covered, work = COVERED.evaluate(rows, context), WORK_COVER.evaluate(rows, context)
    ways = (
        own.possible,
        ~own.yes & joint.possible,
        ~own.yes & ~joint.yes & other.possible,
        ~covered.yes & work.possible,
        ~covered.yes & ~work.yes,
    )
    possible = np.zeros(len(rows), dtype=np.uint8)
    for bit, way in zip(_BIT.values(), ways, strict=True):
        possible |= way.view(np.uint8) * np.uint8(bit)
    place = np.full(len(_PATTERNS), -1, dtype=np.int8)
    place[list(_BIT.values())] = np.arange(len(Cover))
    functional = _BIT[Cover.FUNCTIONAL] if values.flag("functional_counts") else 0
    return Coverage(
        possible,
        place[possible],
        _DENOMINATORS[values.word("coverage_denominator")].evaluate(rows, context),
        (REGISTERED & OPERATING).evaluate(rows, context),
        (FILED & OPERATING).evaluate(rows, context),
        _BIT[Cover.STANDALONE] | _BIT[Cover.JOINT] | functional,
        values.number("coverage_target"),
        values.number("standalone_target"),
        no_data=no_data,
    )
