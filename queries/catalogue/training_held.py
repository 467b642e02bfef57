import polars as pl

from graphmodel.choices import ProgrammeKind
from graphmodel.schema.edges import Partners, Trained
from graphmodel.schema.nodes import Organization, Partner, TrainingProgramme
from graphmodel.schema.units import TIMES, UNITS
from graphmodel.text import Text
from queries.context import Context
from queries.question import Group, Table, TableColumn
from queries.relations import incoming, outgoing


def _build(context: Context) -> pl.DataFrame:
    """A row for each programme; person-times are the sum of those stated, null where none is."""
    programmes = context.network[TrainingProgramme].frame.select("id", "name", "kind", "held_on").with_row_index("row")
    partners, trained = (
        incoming(Partners, Partner, TrainingProgramme).edges(context),
        outgoing(Trained, TrainingProgramme, Organization).edges(context),
    )
    names = context.network[Partner].frame.select(pl.coalesce("name", "id")).to_series()
    held = pl.DataFrame({"row": partners.target, "partners": names[partners.source]})
    sent = pl.DataFrame({"row": trained.source, "times": trained.frame["person_times"]})
    sums = sent.group_by("row").agg(
        pl.len().alias("organisations"),
        pl.when(pl.col("times").is_not_null().any()).then(pl.col("times").sum()).alias("person_times"),
        pl.col("times").null_count().alias("uncounted"),
    )
    return (
        programmes.with_columns(pl.col("row").cast(pl.Int32))
        .join(held.group_by("row").agg(pl.col("partners").sort().str.join("、")), on="row", how="left")
        .join(sums, on="row", how="left")
        .with_columns(pl.col("organisations", "uncounted").fill_null(0).cast(pl.Int64), pl.col("kind").cast(pl.String))
        .sort("held_on", "id", nulls_last=True)
        .select(list(COLUMNS))
    )


COLUMNS = {
    "id": TableColumn(Text("标识", "identifier")),
    "name": TableColumn(Text("培训", "programme")),
    "kind": TableColumn(TrainingProgramme.columns["kind"].title, choices=ProgrammeKind),
    "held_on": TableColumn(TrainingProgramme.columns["held_on"].title),
    "partners": TableColumn(Text("合作单位", "held together with")),
    "organisations": TableColumn(Text("参训组织", "organisations that took part"), UNITS),
    "person_times": TableColumn(Text("培训人次", "person-times"), TIMES),
    "uncounted": TableColumn(Text("未写人次的组织", "organisations of no stated count"), UNITS),
}

TRAINING_HELD = Table(
    id="training-held",
    group=Group.ASSESSMENT,
    term="培训举办情况",
    text=Text(
        "社会组织学院办了哪些培训，与谁合作，多少组织、多少人次参加？",
        "Which programmes did the college hold, with which partners, for how many organisations and person-times?",
    ),
    clauses=("J13",),
    tracks=None,
    columns=COLUMNS,
    build=_build,
    needs=(TrainingProgramme,),
)
