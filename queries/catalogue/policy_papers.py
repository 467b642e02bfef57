import polars as pl

from graphmodel.schema.nodes import PolicyDocument, Street
from graphmodel.schema.units import UNITS
from graphmodel.text import Text
from queries.consultation import CONCERNED_STREET, HEARD, late
from queries.context import Context
from queries.question import Group, Table, TableColumn


def _build(context: Context) -> pl.DataFrame:
    """What is on record of each document; whom it ought to have heard is told by the question `consultation-gap`."""
    papers, streets = context.network[PolicyDocument].frame, context.network[Street].frame
    about, heard = CONCERNED_STREET.edges(context), HEARD.edges(context)
    named = pl.DataFrame(
        {"paper": about.source, "streets": streets.select(pl.coalesce("name", "id")).to_series()[about.target]}
    )
    asked = pl.DataFrame({"paper": heard.source, "late": late(context)})
    return (
        papers.select("id", "name", "number", "issued_on", "industry")
        .with_row_index("paper")
        .join(named.group_by("paper").agg(pl.col("streets").sort().str.join("、")), on="paper", how="left")
        .join(
            asked.group_by("paper").agg((~pl.col("late")).sum().alias("heard"), pl.col("late").sum()),
            on="paper",
            how="left",
        )
        .with_columns(pl.col("heard", "late").fill_null(0).cast(pl.Int64))
        .sort("issued_on", "id", nulls_last=True)
        .select(list(COLUMNS))
    )


COLUMNS = {
    "id": TableColumn(Text("标识", "identifier")),
    "name": TableColumn(Text("政策文件", "policy document")),
    "number": TableColumn(PolicyDocument.columns["number"].title),
    "issued_on": TableColumn(PolicyDocument.columns["issued_on"].title),
    "industry": TableColumn(PolicyDocument.columns["industry"].title),
    "streets": TableColumn(Text("涉及街道", "streets concerned")),
    "heard": TableColumn(Text("已征求意见的组织", "organisations heard"), UNITS),
    "late": TableColumn(Text("发布后才征求的组织", "organisations heard only after its issue"), UNITS),
}

POLICY_PAPERS = Table(
    id="policy-papers",
    group=Group.ASSESSMENT,
    term="政策文件与征求意见",
    text=Text(
        "有哪些政策文件，何时发布，涉及哪些行业和街道，发布前听取了多少组织的意见？",
        "Which policy documents are there, when issued, about which industry and streets, and how many organisations were heard before?",
    ),
    clauses=("J1", "J3"),
    tracks=None,
    columns=COLUMNS,
    build=_build,
    needs=(PolicyDocument,),
)
