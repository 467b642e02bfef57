from collections.abc import Mapping
from itertools import repeat
from typing import Any

import numpy as np
import numpy.typing as npt
import polars as pl

from graphmodel.declare import Choice
from graphmodel.parameters import SHARE
from graphmodel.schema.edges import Covers
from graphmodel.schema.units import UNITS
from graphmodel.text import Text
from graphmodel.vectors import Kleene
from queries.breakdown import Dimension, breakdown
from queries.context import Context
from queries.coverage import FIGURES, PARAMETERS, Coverage, coverage, coverage_after_plans
from queries.question import Group, Table, TableColumn
from queries.rates_together import Together

Column = npt.NDArray[Any]

DIMENSIONS = (
    Dimension.WHOLE,
    Dimension.CATEGORY,
    Dimension.INDUSTRY,
    Dimension.STREET,
    Dimension.COMMUNITY,
    Dimension.AUTHORITY,
)


class Population(Choice):
    """Whose rates a line gives: the filed ones never enter those of the registered."""

    REGISTERED = "registered", "登记", "registered"
    FILED = "filed", "备案", "filed"
    BOTH = "both", "登记和备案", "registered and filed"


PLANNED = ("coverage_rate", "standalone_rate", "work_rate", "coverage_short", "standalone_short")


def _build(context: Context) -> pl.DataFrame:
    now, then = coverage(context), coverage_after_plans(context)
    populations = _populations(context, now)
    lines = [breakdown(context, dimension) for dimension in DIMENSIONS]
    judged = Together.of(*((found, scope) for scope in populations.values() for found in (now, then)))
    figures = judged.figures_by(*lines)
    named = pl.concat([part.lines() for part in lines])
    parts = map(_lines, populations, repeat(named), figures[::2], figures[1::2])
    return pl.concat(parts).with_columns(pl.col(pl.Float64).fill_nan(None))


def _populations(context: Context, now: Coverage) -> dict[Population, Kleene]:
    if context.values.word("coverage_denominator") == "include-filed":
        return {
            Population.BOTH: now.denominator,
            Population.REGISTERED: now.registered,
            Population.FILED: now.filed,
        }
    return {Population.REGISTERED: now.denominator, Population.FILED: now.filed}


def _lines(
    population: Population, named: pl.DataFrame, figures: Mapping[str, Column], after: Mapping[str, Column]
) -> pl.DataFrame:
    asked = np.flatnonzero((figures["total"] > 0) | (figures["uncertain"] > 0))
    columns = {name: column[asked] for name, column in figures.items()}
    columns |= {f"planned_{name}": after[name][asked] for name in PLANNED}
    shown = named[asked].select(pl.lit(population.value).alias("track"), pl.all())
    return shown.hstack(pl.DataFrame(columns))


def _rate(zh: str, en: str, name: str) -> dict[str, TableColumn]:
    return {
        f"{name}_rate": TableColumn(Text(zh, en), SHARE),
        f"{name}_lowest": TableColumn(Text(f"{zh}最低", f"{en}, lowest"), SHARE),
        f"{name}_highest": TableColumn(Text(f"{zh}最高", f"{en}, highest"), SHARE),
    }


NOW: dict[str, TableColumn] = {
    "total": TableColumn(Text("分母", "denominator"), UNITS),
    "uncertain": TableColumn(Text("是否计入不详", "in the denominator or not: not known"), UNITS),
    "standalone": TableColumn(Text("单独组建", "standalone"), UNITS),
    "joint": TableColumn(Text("联合组建", "joint"), UNITS),
    "functional": TableColumn(Text("功能型等其他形式", "functional or another form"), UNITS),
    "work_only": TableColumn(Text("仅工作覆盖", "work coverage only"), UNITS),
    "none": TableColumn(Text("无覆盖", "none"), UNITS),
    "unknown": TableColumn(Text("待核实", "cannot tell"), UNITS),
    **_rate("组织覆盖率", "coverage rate", "coverage"),
    **_rate("单建率", "standalone rate", "standalone"),
    **_rate("工作覆盖率", "work coverage rate", "work"),
    "coverage_short": TableColumn(Text("距组织覆盖率目标", "short of the coverage target"), UNITS),
    "standalone_short": TableColumn(Text("距单建率目标", "short of the standalone target"), UNITS),
}
assert tuple(NOW) == FIGURES

COVERAGE_RATES = Table(
    id="coverage-rates",
    group=Group.COVERAGE,
    term="党组织覆盖率、单建率、工作覆盖率",
    text=Text(
        "党组织覆盖率、单建率和工作覆盖率各是多少，离目标差几家，计划落实后又是多少？备案组织另列，不计入登记组织的比例。",
        "What are the rates of coverage, of standalone branches and of work coverage, how many organisations short of the "
        "targets, and what will they be after what is planned? Filed ones stand apart.",
    ),
    clauses=("J11", "N13"),
    tracks="RF",
    columns={
        "track": TableColumn(Text("登记备案", "track"), choices=Population),
        "dimension": TableColumn(Text("分类方式", "by"), choices=Dimension),
        "key": TableColumn(Text("标识", "key")),
        "name": TableColumn(Text("类别", "line")),
        **NOW,
        **{
            f"planned_{name}": TableColumn(
                Text(f"计划落实后{NOW[name].title.zh}", f"{NOW[name].title.en}, after what is planned"), NOW[name].unit
            )
            for name in PLANNED
        },
    },
    build=_build,
    parameters=PARAMETERS,
    needs=(Covers,),
)
