import polars as pl

from graphmodel.declare import Choice
from graphmodel.schema.nodes import Street
from graphmodel.text import Text
from queries.changes_between import Change, change_counts, gap_changes
from queries.context import Context
from queries.question import Group, Table, TableColumn
from queries.registry import judged


class By(Choice):
    """What a line of the table counts the gaps of."""

    QUESTION = "question", "问题", "question"
    STREET = "street", "街道", "street"


_GAPS = Text("个缺口", "gaps")


def _compare(old: Context, new: Context, *before: Context) -> pl.DataFrame:
    """Per question, then per street; a gap that `old` had not, but one `before` it had, is open again."""
    changes = gap_changes(old, new, before)
    terms = {question.id: question.term for question in judged()}
    by_question = change_counts(changes, "question").select(
        pl.lit(By.QUESTION.value).alias("by"),
        pl.col("question").alias("key"),
        pl.col("question").replace(terms).alias("name"),
        *_COUNTED,
    )
    streets = pl.concat([context.network[Street].frame.select("id", "name") for context in (new, old)])
    names = streets.unique("id", keep="first").rename({"id": "key"})
    by_street = change_counts(changes, "street").rename({"street": "key"}).join(names, on="key", how="left")
    return pl.concat(
        [
            by_question,
            by_street.select(pl.lit(By.STREET.value).alias("by"), "key", "name", *_COUNTED).sort(
                "key", nulls_last=True
            ),
        ]
    )


_COUNTED = (Change.NEW.value, Change.REOPENED.value, Change.OPEN.value, Change.CLOSED.value)

CHANGES = Table(
    id="changes",
    group=Group.ACCOUNTABILITY,
    term="缺口变化",
    text=Text(
        "两个版本之间，哪些缺口是新的、再次出现、仍在、已销号？",
        "Between two revisions, which gaps are new, open again, still open, closed?",
    ),
    clauses=("J18",),
    tracks=None,
    columns={
        "by": TableColumn(Text("按", "by"), choices=By),
        "key": TableColumn(Text("标识", "key")),
        "name": TableColumn(Text("名称", "name")),
        "new": TableColumn(Change.NEW.title, _GAPS),
        "reopened": TableColumn(Change.REOPENED.title, _GAPS),
        "open": TableColumn(Change.OPEN.title, _GAPS),
        "closed": TableColumn(Change.CLOSED.title, _GAPS),
    },
    compare=_compare,
)
