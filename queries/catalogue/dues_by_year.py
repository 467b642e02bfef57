import numpy as np
import polars as pl

from graphmodel.schema.nodes import PartyOrganization
from graphmodel.schema.units import YEAR, YUAN
from graphmodel.text import Text
from queries.chain import EXISTS
from queries.context import Context
from queries.dues import DUES, RETURN_RATE, SHORT_IN_YEAR
from queries.question import Group, Table, TableColumn


def _build(context: Context) -> pl.DataFrame:
    """Each year of which the dues did not certainly come back; what is short is empty where it cannot be told."""
    rows, edges = context.network[PartyOrganization], DUES.edges(context)
    judged = SHORT_IN_YEAR.evaluate(edges, context)
    exists = EXISTS.evaluate(rows, context).take(edges.source)
    open_years = np.flatnonzero(judged.possible & exists.possible)
    names = rows.frame.select("id", "name")[edges.source[open_years]]
    dues = edges.frame.select("year", "paid", "returned")[open_years]
    due = pl.col("paid") * RETURN_RATE.number(context)
    return names.hstack(dues).with_columns(short=due - pl.col("returned")).sort("id", "year", nulls_last=True)


DUES_BY_YEAR = Table(
    id="dues-by-year",
    group=Group.ASSESSMENT,
    term="党费欠返明细",
    text=Text(
        "哪些党组织哪一年的党费没有返还足额，或缺哪项数字？",
        "Of which Party organisation and year did dues not come back in full, or is a figure missing?",
    ),
    clauses=("J14",),
    tracks=None,
    columns={
        "id": TableColumn(Text("标识", "identifier")),
        "name": TableColumn(Text("党组织", "Party organisation")),
        "year": TableColumn(Text("年度", "year"), YEAR),
        "paid": TableColumn(Text("上缴金额", "dues paid"), YUAN),
        "returned": TableColumn(Text("返还金额", "dues returned"), YUAN),
        "short": TableColumn(Text("欠返金额", "still to be returned"), YUAN),
    },
    build=_build,
    parameters=RETURN_RATE.parameters,
    needs=(DUES,),
    restricted=True,
)
