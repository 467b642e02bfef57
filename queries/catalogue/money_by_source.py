import polars as pl

from graphmodel.choices import FundSource
from graphmodel.schema.edges import Funds
from graphmodel.schema.nodes import Fund, Organization, PartyOrganization
from graphmodel.schema.units import UNITS, YEAR, YUAN
from graphmodel.text import Text
from queries.context import Context
from queries.question import Group, Table, TableColumn
from queries.relations import outgoing

_KEY = ["year", "fund_source"]


def _build(context: Context) -> pl.DataFrame:
    """By year of the fund and where its money comes from; sums are of the amounts that are stated, null where none is."""
    funds = context.network[Fund].frame.select(*_KEY, "amount")
    stated = funds.group_by(_KEY).agg(
        pl.len().cast(pl.Int64).alias("funds"), _sum("amount"), pl.col("amount").null_count().alias("funds_unstated")
    )
    payments = pl.concat([_paid(context, funds, element) for element in (Organization, PartyOrganization)])
    paid = payments.group_by(_KEY).agg(
        _sum("paid"),
        pl.col("paid").null_count().alias("payments_unstated"),
        pl.struct("type", "receiver").n_unique().alias("receivers"),
    )
    table = stated.join(paid, on=_KEY, how="left", nulls_equal=True)
    counts = ("funds_unstated", "payments_unstated", "receivers")
    return (
        table.with_columns(pl.col(counts).fill_null(0).cast(pl.Int64))
        .sort(*_KEY, nulls_last=True)
        .with_columns(pl.col("fund_source").cast(pl.String))
        .select(list(COLUMNS))
    )


def _paid(context: Context, funds: pl.DataFrame, element: type[Organization | PartyOrganization]) -> pl.DataFrame:
    edges = outgoing(Funds, Fund, element).edges(context)
    return funds.select(_KEY)[edges.source].with_columns(
        edges.frame["amount"].alias("paid"),
        pl.lit(element.type_name).alias("type"),
        pl.Series("receiver", edges.target),
    )


def _sum(name: str) -> pl.Expr:
    return pl.when(pl.col(name).is_not_null().any()).then(pl.col(name).sum()).alias(name)


COLUMNS = {
    "year": TableColumn(Text("年度", "year"), YEAR),
    "fund_source": TableColumn(Fund.columns["fund_source"].title, choices=FundSource),
    "funds": TableColumn(Text("资金笔数", "funds")),
    "amount": TableColumn(Text("资金总额", "amount of the funds"), YUAN),
    "funds_unstated": TableColumn(Text("未写金额的资金", "funds of no stated amount")),
    "paid": TableColumn(Text("已拨付", "paid out to organisations"), YUAN),
    "payments_unstated": TableColumn(Text("未写金额的拨付", "payments of no stated amount")),
    "receivers": TableColumn(Text("受拨付的组织和党组织", "organisations and Party organisations paid"), UNITS),
}

MONEY_BY_SOURCE = Table(
    id="money-by-source",
    group=Group.ASSESSMENT,
    term="经费来源",
    text=Text(
        "各年财政、党费返还、社会资金和基金会各有多少，拨付了多少，到了多少家？",
        "How much money came by year from the budget, dues returned, society and the foundation, and how much reached how many?",
    ),
    clauses=("J5", "J14"),
    tracks=None,
    columns=COLUMNS,
    build=_build,
    needs=(Fund,),
    restricted=True,
)
