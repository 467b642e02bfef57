import numpy as np
import polars as pl

from graphmodel.declare import Node
from graphmodel.schema.edges import Convenes
from graphmodel.schema.nodes import Authority, GoverningBody, Organization, Street
from graphmodel.schema.units import UNITS
from graphmodel.text import Text
from queries.context import Context
from queries.facts import ORG
from queries.question import Group, Table, TableColumn
from queries.relations import outgoing

_MEMBERS: tuple[type[Node], ...] = (Authority, Street, Organization)
_NAMED = (Authority, Street)
"""Of organisations there are too many to name each that is not called."""


def _build(context: Context) -> pl.DataFrame:
    """A row for each body that calls anybody and each kind of member; organisations that left the register are no members."""
    bodies = context.network[GoverningBody].frame
    table = pl.concat([_called(context, member) for member in _MEMBERS])
    told = bodies.select("id", "name").with_columns(row=pl.int_range(pl.len(), dtype=pl.Int32))
    return table.join(told, on="row", maintain_order="left").sort("id", maintain_order=True).select(list(COLUMNS))


def _called(context: Context, member: type[Node]) -> pl.DataFrame:
    rows = context.network[member]
    counts = np.ones(len(rows), dtype=np.bool_)
    if member is Organization:
        counts = ~ORG.status.is_("deregistered").evaluate(rows, context).yes
    calls = {t: outgoing(Convenes, GoverningBody, t).edges(context) for t in _MEMBERS}
    conferences = pl.DataFrame({"row": np.unique(np.concatenate([edges.source for edges in calls.values()]))})
    edges = calls[member]
    called = pl.DataFrame({"row": edges.source, "member": edges.target}).filter(pl.Series(counts[edges.target]))
    there = pl.DataFrame({"member": np.flatnonzero(counts).astype(np.int32)})
    frame = conferences.join(called.group_by("row").len("called"), on="row", how="left", maintain_order="left")
    if member in _NAMED:
        names = rows.frame.select(pl.coalesce("name", "id").alias("absent")).with_columns(
            member=pl.int_range(pl.len(), dtype=pl.Int32)
        )
        others = (
            conferences.join(there, how="cross").join(called, on=["row", "member"], how="anti").join(names, on="member")
        )
        frame = frame.join(
            others.group_by("row").agg(pl.col("absent").sort().str.join("、")),
            on="row",
            how="left",
            maintain_order="left",
        )
    else:
        frame = frame.with_columns(absent=pl.lit(None, pl.String))
    return frame.select(
        "row",
        pl.lit(member.type_name).alias("type"),
        pl.col("called").fill_null(0).cast(pl.Int64),
        pl.lit(there.height, pl.Int64).alias("there"),
        "absent",
    )


COLUMNS = {
    "id": TableColumn(Text("标识", "identifier")),
    "name": TableColumn(Text("召集单位", "who convenes it")),
    "type": TableColumn(Text("成员类型", "kind of member")),
    "called": TableColumn(Text("已召集", "called"), UNITS),
    "there": TableColumn(Text("全区共有", "in the district"), UNITS),
    "absent": TableColumn(Text("未召集的单位", "bodies not called")),
}

JOINT_CONFERENCE = Table(
    id="joint-conference",
    group=Group.ASSESSMENT,
    term="联席会议成员",
    text=Text(
        "联席会议召集了哪些部门、街道和多少组织？哪些部门、街道不在其中？",
        "Which departments, streets and how many organisations does the joint conference call, and which bodies does it leave out?",
    ),
    clauses=("J3",),
    tracks=None,
    columns=COLUMNS,
    build=_build,
    needs=(Convenes,),
)
