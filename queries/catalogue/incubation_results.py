import polars as pl

from graphmodel.choices import HubKind, HubLevel
from graphmodel.schema.edges import BasedOn
from graphmodel.schema.nodes import Hub, Organization
from graphmodel.schema.units import PEOPLE, UNITS
from graphmodel.text import Text
from graphmodel.vectors import Kleene, count_at
from queries.context import Context
from queries.facts import OWN, actual
from queries.guidance import HUB_RAISES, HUB_TAKES_IN
from queries.question import Group, Table, TableColumn
from queries.relations import outgoing


def _build(context: Context) -> pl.DataFrame:
    """What came out of each platform: counts of what is certain; unknown counts of people stay unknown."""
    hubs = context.network[Hub]
    taken, in_fact = HUB_TAKES_IN.truth(actual(HUB_TAKES_IN), context)
    raised, demonstrated = HUB_RAISES.truth(actual(HUB_RAISES), context)
    own = OWN.evaluate(context.network[Organization], context).take(taken.target)

    based = outgoing(BasedOn, Hub, Organization).edges(context)
    hosts = context.network[Organization].frame.select(pl.coalesce("name", "id")).to_series()
    on = pl.DataFrame({"hub": based.source, "based_on": hosts[based.target]})
    of_hub = pl.DataFrame({"hub": range(len(hubs))}, schema={"hub": pl.Int32})
    joined = of_hub.join(
        on.group_by("hub").agg(pl.col("based_on").sort().str.join("、")), on="hub", how="left", maintain_order="left"
    )

    def counted(at: object, truth: Kleene) -> pl.Series:
        return pl.Series(count_at(len(hubs), at, truth).lo)  # type: ignore[arg-type]

    told = hubs.frame.select("id", "name", "kind", "level", joined["based_on"], "members_grown", "cadres_grown")
    return told.with_columns(
        organisations=counted(taken.source, in_fact),
        party_organisations=counted(taken.source, in_fact & own),
        demonstration=counted(raised.source, demonstrated),
    )


# of the organisations ever taken in, those with a Party organisation of their own today count as come out
INCUBATION_RESULTS = Table(
    id="incubation-results",
    group=Group.GUIDANCE,
    term="孵化成效",
    text=Text(
        "各孵化平台孵化出多少党员、党组织和党务干部？",
        "How many members, Party organisations and cadres came out of each platform?",
    ),
    clauses=("J10",),
    tracks=None,
    columns={
        "id": TableColumn(Text("标识", "identifier")),
        "name": TableColumn(Text("孵化平台", "platform")),
        "kind": TableColumn(Text("平台类型", "kind"), choices=HubKind),
        "level": TableColumn(Text("平台级别", "level"), choices=HubLevel),
        "based_on": TableColumn(Text("依托组织", "organisation it is based on")),
        "members_grown": TableColumn(Text("孵化党员数", "members grown"), PEOPLE),
        "cadres_grown": TableColumn(Text("孵化党务干部数", "cadres grown"), PEOPLE),
        "organisations": TableColumn(Text("孵化过的组织", "organisations taken in so far"), UNITS),
        "party_organisations": TableColumn(Text("其中已单独组建党组织", "of these with a branch of their own"), UNITS),
        "demonstration": TableColumn(Text("示范党组织", "demonstration Party organisations"), UNITS),
    },
    build=_build,
    needs=(Hub,),
)
