import polars as pl

from graphmodel.schema.edges import ReportsTo
from graphmodel.schema.nodes import Alliance, GoverningBody
from graphmodel.schema.units import HOURS, PIECES, YEAR
from graphmodel.text import Text
from queries.context import Context
from queries.question import Group, Table, TableColumn
from queries.relations import outgoing

_REPORTS = outgoing(ReportsTo, Alliance, GoverningBody)
_SUMS = ("service_hours", "covenants", "disputes")


def _build(context: Context) -> pl.DataFrame:
    """The sums of each year over the alliances that state them; a year in which none states a figure leaves it empty.

    What an alliance told several bodies of one year counts once, the highest figure.
    """
    said = pl.any_horizontal(pl.col(_SUMS).is_not_null())
    edges = _REPORTS.edges(context)
    told = edges.frame.select("year", *_SUMS, alliance=pl.lit(edges.source)).filter(said)
    once = told.group_by("alliance", "year").agg(pl.col(_SUMS).max())
    sums = [pl.when(pl.col(c).is_not_null().any()).then(pl.col(c).sum()).alias(c) for c in _SUMS]
    years = once.group_by("year").agg(pl.len().cast(pl.Int64).alias("alliances"), *sums)
    return years.sort("year", nulls_last=True)


ALLIANCE_RESULTS = Table(
    id="alliance-results",
    group=Group.ALLIANCE,
    term="联盟成效",
    text=Text(
        "各年各联盟服务多少小时，订立多少公约，调解多少纠纷？",
        "How many hours of service, covenants and settled disputes did the alliances report, by year?",
    ),
    clauses=("J12",),
    tracks=None,
    columns={
        "year": TableColumn(Text("年度", "year"), YEAR),
        "alliances": TableColumn(Text("填报的联盟", "alliances that report")),
        "service_hours": TableColumn(Text("服务小时", "hours of service"), HOURS),
        "covenants": TableColumn(Text("居民公约", "covenants"), PIECES),
        "disputes": TableColumn(Text("调解纠纷", "disputes settled"), PIECES),
    },
    build=_build,
    needs=(ReportsTo,),
)
