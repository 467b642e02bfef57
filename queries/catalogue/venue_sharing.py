import polars as pl

from graphmodel.choices import VenueKind
from graphmodel.schema.edges import Hosts
from graphmodel.schema.nodes import PartyOrganization, Venue
from graphmodel.text import Text
from queries.answer import ask
from queries.catalogue.venue_missing import VENUE_MISSING
from queries.context import Context
from queries.question import Group, Table, TableColumn
from queries.venues import nearest_shared


def _build(context: Context) -> pl.DataFrame:
    """Each Party organisation without a venue beside the nearest that could share; empty where none can be told."""
    missing = ask(VENUE_MISSING, context).gap_rows
    nearest, venues = nearest_shared(context), context.network[Venue].frame
    place = pl.Series(nearest.venue[missing]).replace(-1, None).cast(pl.UInt32)
    hops = pl.Series(nearest.hops[missing]).cast(pl.Int64)
    return (
        context.network[PartyOrganization]
        .frame[missing]
        .select("id", "name")
        .with_columns(
            venue=venues["id"].gather(place),
            venue_name=venues["name"].gather(place),
            kind=venues["kind"].gather(place),
            same_community=pl.when(place.is_not_null()).then(hops < 0),
            hops=pl.when(place.is_not_null()).then(hops.clip(0)),
        )
    )


VENUE_SHARING = Table(
    id="venue-sharing",
    group=Group.ASSESSMENT,
    term="可共用阵地",
    text=Text(
        "没有阵地的党组织就近可以共用哪个阵地？",
        "Which venue nearby could share with a Party organisation that has none?",
    ),
    clauses=("J15",),
    tracks=None,
    columns={
        "id": TableColumn(Text("标识", "identifier")),
        "name": TableColumn(Text("党组织", "Party organisation")),
        "venue": TableColumn(Text("阵地标识", "venue identifier")),
        "venue_name": TableColumn(Text("最近可共用阵地", "nearest that could share")),
        "kind": TableColumn(Text("阵地类型", "kind"), choices=VenueKind),
        "same_community": TableColumn(Text("同社区", "in the same community")),
        "hops": TableColumn(Text("相隔街道", "streets away")),
    },
    build=_build,
    parameters=VENUE_MISSING.all_parameters,
    needs=(Hosts,),
)
