import numpy as np
import numpy.typing as npt
import polars as pl

from graphmodel.choices import Track
from graphmodel.schema.nodes import Organization
from graphmodel.schema.units import UNITS
from graphmodel.text import Text
from graphmodel.vectors import Codes
from queries.breakdown import Dimension, breakdown
from queries.context import Context
from queries.question import Group, Table, TableColumn

COUNTS = (*(track.value for track in Track), "track_unknown")
_LEFT_OUT = len(COUNTS)


def _build(context: Context) -> pl.DataFrame:
    rows = context.network[Organization]
    track, status = rows.vector("track"), rows.vector("status")
    assert isinstance(track, Codes)
    assert isinstance(status, Codes)
    everybody = np.where(track.code < 0, np.int8(len(Track)), track.code)
    # who has been deregistered is in no figure but that of the status
    present = np.where(status.is_in(["deregistered"]).yes, np.int8(_LEFT_OUT), everybody)
    return pl.concat(
        [
            _lines(context, dimension, everybody if dimension is Dimension.STATUS else present)
            for dimension in Dimension
            if dimension is not Dimension.COMMUNITY
        ]
    )


def _lines(context: Context, dimension: Dimension, counted: npt.NDArray[np.int8]) -> pl.DataFrame:
    """`counted` int8[n]: the place in `COUNTS` at which each organisation counts, `_LEFT_OUT` for nowhere."""
    lines = breakdown(context, dimension)
    tally = lines.count(counted, len(COUNTS) + 1)[:_LEFT_OUT]
    total = tally.sum(axis=0)
    counts = dict(zip(COUNTS, tally, strict=True))
    figures = {**counts, "total": total, "share": total / max(int((counted < _LEFT_OUT).sum()), 1)}
    return lines.lines().hstack(pl.DataFrame(figures)).filter(pl.col("total") > 0).select(*COLUMNS)


COLUMNS = {
    "dimension": TableColumn(Text("分类方式", "by"), choices=Dimension),
    "key": TableColumn(Text("标识", "key")),
    "name": TableColumn(Text("类别", "line")),
    "registered": TableColumn(Text("登记", "registered"), UNITS),
    "filed": TableColumn(Text("备案", "filed"), UNITS),
    "track_unknown": TableColumn(Text("登记备案不详", "track not stated"), UNITS),
    "total": TableColumn(Text("合计", "total"), UNITS),
    "share": TableColumn(Text("占比", "share")),
}

REGISTER_COMPOSITION = Table(
    id="register-composition",
    group=Group.COMPOSITION,
    term="社会组织构成",
    text=Text(
        "登记和备案的社会组织由哪些组成？已注销的只计入“状态”一项；由几个单位主管的在各单位都计入。",
        "What are the registered and the filed organisations? Deregistered ones count under status only; one with several "
        "competent authorities counts under each.",
    ),
    clauses=("J1",),
    tracks="RF",
    columns=COLUMNS,
    build=_build,
    needs=(Organization,),
)
