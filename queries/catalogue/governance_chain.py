import polars as pl

from graphmodel.declare import Choice, Edge, Node
from graphmodel.schema.edges import AnswersFor, Guides, Incubates, Leads, PartOf, StationGuides, Supervises
from graphmodel.schema.nodes import Authority, Community, GoverningBody, GuidanceStation, Hub, Organization, Street
from graphmodel.schema.units import UNITS
from graphmodel.text import Text
from graphmodel.vectors import Numbers
from queries.context import Context
from queries.facts import ORG, actual
from queries.given import today
from queries.logic import Truth
from queries.question import Group, Table, TableColumn
from queries.relations import outgoing

HAS_TO_DO: dict[type[Node], type[Edge] | None] = {
    GoverningBody: None,
    Authority: Supervises,
    Street: Guides,
    Community: AnswersFor,
    GuidanceStation: StationGuides,
    Hub: Incubates,
}
"""The bodies of the district, and the relation by which each kind has to do with organisations."""
BODY, ABOVE = ["type", "id"], ["superior_type", "superior"]


class Standing(Choice):
    """Where a body stands in the chain of leadership (J6)."""

    TOP = "top", "区委", "the district committee"
    IN_CHAIN = "in-chain", "上级通到区委", "its line reaches the district committee"
    DETACHED = "detached", "有上级，但未通到区委", "has a superior, but the line does not reach the district committee"
    NO_SUPERIOR = "no-superior", "没有上级", "no superior"


def _build(context: Context) -> pl.DataFrame:
    bodies = pl.concat([_bodies(context, body) for body in HAS_TO_DO])
    lines = _lines(context)
    top = context.network[GoverningBody].frame.filter(pl.col("kind") == "party-committee")
    depth = _depths(top.select(pl.lit(GoverningBody.type_name).alias("type"), "id"), lines)
    below = (
        lines.group_by(ABOVE).agg(pl.len().cast(pl.Int64).alias("bodies")).rename(dict(zip(ABOVE, BODY, strict=True)))
    )
    superiors = bodies.select(pl.col(BODY).name.prefix("_"), pl.col("name").alias("superior_name"))
    table = (
        bodies.join(lines, on=BODY, how="left")
        .join(superiors, left_on=ABOVE, right_on=["_type", "_id"], how="left")
        .join(below, on=BODY, how="left")
        .join(depth, on=BODY, how="left")
        .with_columns(pl.col("bodies").fill_null(0), standing=_standing())
    )
    order = table["type"].replace_strict({body.type_name: k for k, body in enumerate(HAS_TO_DO)}, return_dtype=pl.Int64)
    sorted_ = table.with_columns(_order=order).sort(
        "depth", "_order", "id", "superior_type", "superior", nulls_last=True
    )
    return sorted_.select(list(COLUMNS))


def _bodies(context: Context, body: type[Node]) -> pl.DataFrame:
    frame = context.network[body].frame.select(
        pl.lit(body.type_name).alias("type"),
        pl.lit(body.title.both()).alias("kind"),
        "id",
        pl.coalesce("name", "id").alias("name"),
    )
    return frame.with_columns(organizations=_organizations(context, body))


def _organizations(context: Context, body: type[Node]) -> pl.Series:
    rows, edge = context.network[body], HAS_TO_DO[body]
    if edge is None:
        return pl.Series([None], dtype=pl.Int64).new_from_index(0, len(rows))
    hop = outgoing(edge, body, Organization)
    present: Truth = actual(hop) & hop.other(~ORG.status.is_("deregistered"))
    if edge is Incubates:
        present = present & ~(hop.edge.until.known() & (hop.edge.until < today()))
    counts = hop.count(present).evaluate(rows, context)
    assert isinstance(counts, Numbers)
    return pl.Series(counts.lo, dtype=pl.Int64)


def _lines(context: Context) -> pl.DataFrame:
    """Who is led by whom: a street leads its communities."""
    ends = ("source_type", "source", "target_type", "target")
    leads = context.network.table(Leads.type_name).select(ends).rename(dict(zip(ends, (*ABOVE, *BODY), strict=True)))
    part = context.network.table(PartOf.type_name).select(ends).rename(dict(zip(ends, (*BODY, *ABOVE), strict=True)))
    return pl.concat(
        [
            leads.with_columns(relation=pl.lit(Leads.title.both())),
            part.select(leads.columns).with_columns(relation=pl.lit(PartOf.reverse.both())),
        ]
    )


def _depths(top: pl.DataFrame, lines: pl.DataFrame) -> pl.DataFrame:
    """Steps from the top down, over all lines at once: as many joins as there are levels."""
    reached = level = top.with_columns(depth=pl.lit(0, pl.Int64))
    while level.height:
        led = lines.join(level, left_on=ABOVE, right_on=BODY).select(*BODY, pl.col("depth") + 1).unique()
        level = led.join(reached, on=BODY, how="anti")
        reached = pl.concat([reached, level])
    return reached


def _standing() -> pl.Expr:
    return (
        pl.when(pl.col("depth") == 0)
        .then(pl.lit(Standing.TOP.value))
        .when(pl.col("depth").is_not_null())
        .then(pl.lit(Standing.IN_CHAIN.value))
        .when(pl.col("superior").is_not_null())
        .then(pl.lit(Standing.DETACHED.value))
        .otherwise(pl.lit(Standing.NO_SUPERIOR.value))
    )


COLUMNS = {
    "depth": TableColumn(Text("离区委层级", "steps below the district committee")),
    "type": TableColumn(Text("节点类型", "type")),
    "kind": TableColumn(Text("单位类型", "kind of body")),
    "id": TableColumn(Text("标识", "id")),
    "name": TableColumn(Text("单位", "body")),
    "standing": TableColumn(Text("领导关系", "standing"), choices=Standing),
    "relation": TableColumn(Text("关系", "relation")),
    "superior_type": TableColumn(Text("上级节点类型", "type of the superior")),
    "superior": TableColumn(Text("上级标识", "id of the superior")),
    "superior_name": TableColumn(Text("上级单位", "superior")),
    "bodies": TableColumn(Text("直接领导单位数", "bodies directly below"), UNITS),
    "organizations": TableColumn(Text("主管、指导、负责或孵化的组织", "organisations it has to do with"), UNITS),
}

GOVERNANCE_CHAIN = Table(
    id="governance-chain",
    group=Group.COMPOSITION,
    term="领导体制",
    text=Text(
        "从区委往下，谁领导、指导、主管谁？哪些单位没有上级？",
        "From the district committee down, who leads, guides and supervises whom, and which bodies have no superior?",
    ),
    clauses=("J2", "J6"),
    tracks=None,
    columns=COLUMNS,
    build=_build,
    needs=(Leads,),
)
