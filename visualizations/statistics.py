"""How do streets, authorities and categories compare? Coverage, and gaps by their gravest severity and by question."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import polars as pl

from graphmodel.schema.nodes import Organization
from graphmodel.text import Text
from queries.breakdown import EVERYBODY, Breakdown, Dimension, breakdown
from queries.coverage import coverage, coverage_after_plans
from queries.question import Severity, Table
from queries.registry import question
from visualizations.report import Report
from visualizations.words import context_of, named

DIMENSIONS = (Dimension.STREET, Dimension.AUTHORITY, Dimension.CATEGORY)
"""By what a report breaks its figures down."""

GAP = "gap:"
"""Columns of a statistic that count the gaps of one question are called `gap:` and its id."""

_RATED = (
    "total",
    "standalone",
    "joint",
    "functional",
    "work_only",
    "none",
    "unknown",
    "coverage_rate",
    "coverage_lowest",
    "coverage_highest",
    "standalone_rate",
    "work_rate",
    "coverage_short",
    "standalone_short",
)
_GRAVEST = {severity: f"gravest:{severity.value}" for severity in Severity}


@dataclass(frozen=True, slots=True)
class Statistic:
    """One table: the titles of its columns, in order, and a frame whose last line is the whole district."""

    dimension: Dimension
    heads: dict[str, Text]
    frame: pl.DataFrame


def statistic(report: Report, dimension: Dimension) -> Statistic:
    """Coverage and gaps by the lines of a dimension; each organisation with a gap counts once, by its gravest.

    Columns: `key`, `name`; the denominator, how it is covered and the rates; `planned_coverage_rate`; `filed`,
    `filed_work_rate`; `with_gap` and how many have which gravest severity; then one column a question. Where an
    organisation has several authorities it counts under each. Cost: linear in organisations a question.
    """
    context = context_of(report)
    now, then = coverage(context), coverage_after_plans(context)
    frames = []
    for lines in (breakdown(context, dimension), breakdown(context, Dimension.WHOLE)):
        filed = now.rates_by(lines, now.filed)
        frame = lines.lines().select("key", "name").hstack(now.rates_by(lines).select(_RATED))
        frame = frame.with_columns(
            then.rates_by(lines)["coverage_rate"].alias("planned_coverage_rate"),
            filed["total"].alias("filed"),
            filed["work_rate"].alias("filed_work_rate"),
            *_gaps(report, lines),
        )
        frames.append(frame.filter((pl.col("total") > 0) | (pl.col("filed") > 0) | (pl.col("with_gap") > 0)))
    parts, whole = frames[0], frames[1].filter(pl.col("key").is_not_null())
    if dimension is Dimension.AUTHORITY:
        parts = parts.sort("total", "filed", descending=True, maintain_order=True)
    whole = whole.with_columns(pl.lit(EVERYBODY.both()).alias("name"))
    return Statistic(dimension, _heads(report), pl.concat([parts, whole]))


def _gaps(report: Report, lines: Breakdown) -> list[pl.Series]:
    size, n = len(lines.keys), len(report.network[Organization])
    nobody = len(Severity)
    gravest = np.full(n, nobody, dtype=np.int8)
    counted = []
    for answer in report.answers:
        if answer.question.anchor.element is not Organization:
            continue
        mask = np.zeros(n, dtype=np.bool_)
        mask[answer.gap_rows] = True
        place = list(Severity).index(answer.question.severity)
        gravest = np.where(mask, np.minimum(gravest, place), gravest)
        counted.append(_count(lines, mask, size).alias(GAP + answer.question.id))
    by_severity = [_count(lines, gravest == list(Severity).index(s), size).alias(n) for s, n in _GRAVEST.items()]
    return [_count(lines, gravest < nobody, size).alias("with_gap"), *by_severity, *counted]


def _count(lines: Breakdown, mask: npt.NDArray[np.bool_], size: int) -> pl.Series:
    return pl.Series(np.bincount(lines.group[mask[lines.organization]], minlength=size).astype(np.int64))


def _heads(report: Report) -> dict[str, Text]:
    rates = question("coverage-rates")
    assert isinstance(rates, Table)
    heads = {"key": Text("标识", "key"), "name": Text("名称", "name")}
    heads |= {name: rates.columns[name].title for name in _RATED}
    heads["planned_coverage_rate"] = rates.columns["planned_coverage_rate"].title
    heads["filed"] = Text("备案组织", "filed organisations")
    heads["filed_work_rate"] = Text("备案组织工作覆盖率", "work coverage rate of the filed")
    heads["with_gap"] = Text("有缺口的组织", "organisations with a gap")
    for severity, name in _GRAVEST.items():
        heads[name] = Text(f"最重为“{severity.title.zh}”", f"gravest gap: {severity.title.en}")
    for answer in report.answers:
        if answer.question.anchor.element is Organization:
            heads[GAP + answer.question.id] = named(answer.question)
    return heads
