import numpy as np
import polars as pl

from graphmodel.choices import Track
from graphmodel.schema.nodes import Community, Organization
from graphmodel.text import Text
from queries.context import Context
from queries.facts import INCUBATING, INCUBATOR, OPERATING, actual
from queries.logic import Truth
from queries.question import Group, Table, TableColumn
from queries.relations import Hop
from queries.responsibility import (
    ANSWERER,
    GUIDE,
    MODE_CLAUSE,
    PARAMETERS,
    RESTS_ON,
    Mode,
    due_bodies,
    named,
    responsibility,
)
from queries.vertical_groups import SUPERVISOR

_RECORDED: dict[str, tuple[Hop, Truth]] = {
    "supervised_by": (SUPERVISOR, actual(SUPERVISOR)),
    "guided_by": (GUIDE, actual(GUIDE)),
    "answered_for_by": (ANSWERER, actual(ANSWERER)),
    "incubated_by": (INCUBATOR, INCUBATING),
}


def _recorded(context: Context, hop: Hop, where: Truth) -> pl.Series:
    """The names of the bodies at the other end, those that are actual, in one text for each organisation."""
    edges, truth = hop.truth(where, context)
    body, organization = edges.source[truth.yes], edges.target[truth.yes]
    one = np.full(len(context.network[Organization]), -1, dtype=np.int32)
    one[organization] = body
    names = named(context, hop.far, one)["body_name"]
    several = (np.bincount(organization, minlength=len(one)) > 1)[organization]
    bodies = named(context, hop.far, body[several])["body_name"]
    joined = (
        pl.DataFrame({"row": organization[several], "names": bodies})
        .group_by("row")
        .agg(pl.col("names").sort().str.join("、"))
    )
    return names.scatter(joined["row"], joined["names"])


def _build(context: Context) -> pl.DataFrame:
    rows, found = context.network[Organization], responsibility(context)
    words = pl.Series(Mode.values())[found.mode]
    clauses = {mode.value: clause for mode, clause in MODE_CLAUSE.items()}
    frame = rows.frame.select("id", "name", "track").with_columns(
        words.alias("mode"),
        words.replace_strict(clauses, return_dtype=pl.String).alias("rule"),
        *due_bodies(context),
        named(context, Community, found.community)["body_name"].alias("community"),
        *(_recorded(context, hop, where).alias(name) for name, (hop, where) in _RECORDED.items()),
    )
    # those certainly not operating are in no scope
    return frame.filter(pl.Series(OPERATING.evaluate(rows, context).possible))


RESPONSIBILITY = Table(
    id="responsibility",
    group=Group.RESPONSIBILITY,
    term="责任归口",
    text=Text(
        "每个组织按哪条规定归谁负责，现在由谁负责？",
        "Who should answer for each organisation by which rule, and who does at present?",
    ),
    clauses=("J7", "J8", "J9"),
    tracks="RF",
    columns={
        "id": TableColumn(Text("标识", "identifier")),
        "name": TableColumn(Text("社会组织", "organisation")),
        "track": TableColumn(Text("登记备案", "track"), choices=Track),
        "mode": TableColumn(Text("归口方式", "mode"), choices=Mode),
        "rule": TableColumn(Text("依据", "clause")),
        "body_type": TableColumn(Text("应负责单位类型", "type of the body that should answer")),
        "body_id": TableColumn(Text("应负责单位标识", "id of the body that should answer")),
        "body_name": TableColumn(Text("应负责单位", "body that should answer")),
        "community": TableColumn(Text("应负责社区", "community that should answer")),
        "supervised_by": TableColumn(Text("现由条管", "supervised by")),
        "guided_by": TableColumn(Text("现受属地指导", "guided by")),
        "answered_for_by": TableColumn(Text("现由社区负责", "answered for by")),
        "incubated_by": TableColumn(Text("现由其孵化", "incubated by")),
    },
    build=_build,
    parameters=PARAMETERS,
    needs=(RESTS_ON,),
)
