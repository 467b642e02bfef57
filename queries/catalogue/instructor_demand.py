import numpy as np
import polars as pl

from graphmodel.choices import StationKind
from graphmodel.schema.nodes import GuidanceStation, InstructorPost
from graphmodel.schema.units import UNITS
from graphmodel.text import Text
from graphmodel.vectors import Codes, Numbers
from queries.answer import ask
from queries.catalogue.instructor_due import INSTRUCTOR_DUE
from queries.context import Context
from queries.facts import STATION, actual
from queries.guidance import POST_SERVES, POSTED, load, station_kinds
from queries.pairs import first_of
from queries.question import Group, Table, TableColumn

_UNKNOWN = pl.Enum(list(StationKind.values()))


def _posts(context: Context) -> pl.DataFrame:
    """Each post: its station, the kind of that, what it looks after and how many more it could take."""
    rows, stations = context.network[InstructorPost], context.network[GuidanceStation]
    edges = POSTED.edges(context)
    at = first_of(len(rows), edges.source, edges.target)
    carried = load(POST_SERVES).evaluate(rows, context)
    assert isinstance(carried, Numbers)
    most = context.values.integer("instructor_max_load")
    return pl.DataFrame({"station": at, "posts": np.ones(len(rows), dtype=np.int64), "load": carried.lo}).with_columns(
        spare=pl.lit(np.maximum(most - carried.hi, 0)),
        kind=_at(stations.frame["kind"], at),
    )


def _at(values: pl.Series, places: np.ndarray) -> pl.Series:
    return values.gather(pl.Series(places).replace(-1, None).cast(pl.UInt32))


def _due(context: Context) -> pl.DataFrame:
    """Each organisation that is due an instructor and has none: the station that guides it, and its kind."""
    due = ask(INSTRUCTOR_DUE, context).gap.yes
    edges, guided = STATION.truth(actual(STATION), context)
    station = first_of(len(due), edges.target, edges.source, guided.yes)[due]
    kinds: Codes = station_kinds(context)
    words = pl.Series([*kinds.words, None], dtype=_UNKNOWN)
    belongs = words.gather(np.where(kinds.code < 0, len(kinds.words), kinds.code)[due])
    return pl.DataFrame({"station": station, "due": np.ones(len(station), dtype=np.int64), "kind": belongs})


def _build(context: Context) -> pl.DataFrame:
    """Posts, load, spare capacity and demand by station kind and station; unguided organisations under no station."""
    names = context.network[GuidanceStation].frame
    posts = _posts(context).group_by("kind", "station").agg(pl.col("posts", "load", "spare").sum())
    due = _due(context)
    due = due.with_columns(kind=pl.coalesce(_at(names["kind"], due["station"].to_numpy()), "kind"))
    due = due.group_by("kind", "station").agg(pl.col("due").sum())
    both = posts.join(due, on=["kind", "station"], how="full", coalesce=True, nulls_equal=True)
    return (
        both.with_columns(pl.col("posts", "load", "spare", "due").fill_null(0))
        .with_columns(name=_at(names["name"], both["station"].to_numpy()))
        .with_columns(id=_at(names["id"], both["station"].to_numpy()))
        .sort("kind", "id", nulls_last=True)
        .select("kind", "id", "name", "posts", "load", "spare", "due")
    )


INSTRUCTOR_DEMAND = Table(
    id="instructor-demand",
    group=Group.GUIDANCE,
    term="指导员供需",
    text=Text(
        "各站、各类指导站的指导员还能联系多少家，还有多少家应派未派？",
        "How many more could the instructors of each station and kind look after, and how many are due one?",
    ),
    clauses=("J11", "N12"),
    tracks=None,
    columns={
        "kind": TableColumn(Text("指导站类型", "kind of station"), choices=StationKind),
        "id": TableColumn(Text("标识", "identifier")),
        "name": TableColumn(Text("指导站", "station")),
        "posts": TableColumn(Text("岗位", "posts")),
        "load": TableColumn(Text("已联系", "looked after"), UNITS),
        "spare": TableColumn(Text("余量", "spare capacity"), UNITS),
        "due": TableColumn(Text("应派未派", "due and without one"), UNITS),
    },
    build=_build,
    parameters=(
        *INSTRUCTOR_DUE.all_parameters,
        "instructor_max_load",
        "station_kind_by_industry",
        "station_kind_otherwise",
    ),
    needs=(InstructorPost,),
)
