"""Which gaps are new, closed, still open or open again between two revisions? Set operations on finding identities."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np
import polars as pl

from graphmodel.declare import Choice
from graphmodel.schema.edges import LocatedIn
from graphmodel.schema.nodes import Community, Street
from graphmodel.vectors import Indices
from queries.answer import Answer, ask, identities
from queries.context import Context
from queries.places import street_of
from queries.question import Question
from queries.registry import judged


class Change(Choice):
    """What became of a gap."""

    NEW = "new", "新增", "new"
    REOPENED = "reopened", "再次出现", "open again"
    OPEN = "open", "未销号", "still open"
    CLOSED = "closed", "已销号", "closed"


SCHEMA = pl.Schema(
    {
        "question": pl.String(),
        "identity": pl.String(),
        "anchor": pl.String(),
        "id": pl.String(),
        "name": pl.String(),
        "street": pl.String(),
        "change": pl.Enum(Change.values()),
        "told": pl.Boolean(),
    }
)


def gap_changes(
    old: Context,
    new: Context,
    earlier: Sequence[Context] = (),
    questions: Iterable[Question] | None = None,
) -> pl.DataFrame:
    """Every gap of either revision and what became of it, by question and id; columns as `SCHEMA`.

    `earlier` are revisions before `old`: a gap that one of them had and `old` had not is open again, else new.
    Closed means that the question no longer finds it. A gap of which it can no longer be told, since a value was
    removed or never imported, is not closed: it stays open with `told` false. `street` is the id of the anchor's
    street, null where it has none. Cost: each question asked once of each revision, then joins on ids.
    """
    parts = [
        answer_changes(ask(question, old), old, ask(question, new), new, earlier)
        for question in (judged() if questions is None else questions)
    ]
    return pl.concat([pl.DataFrame(schema=SCHEMA), *parts])


def answer_changes(
    before: Answer, old: Context, after: Answer, new: Context, earlier: Sequence[Context] = ()
) -> pl.DataFrame:
    """The same of one question that was answered on both sides already."""
    question = before.question
    was, now = _placed(before, old, before.gap_rows), _placed(after, new, after.gap_rows)
    once = pl.DataFrame({"id": [id_ for each in earlier for id_ in ask(question, each).ids()]}, {"id": pl.String})
    gone = was.join(now, on="id", how="anti")
    open_ends = gone if after.no_data else gone.join(_placed(after, new, after.unknown_rows), on="id", how="semi")
    come = now.join(was, on="id", how="anti")
    parts = (
        (come.join(once, on="id", how="anti"), Change.NEW, True),
        (come.join(once, on="id", how="semi"), Change.REOPENED, True),
        (now.join(was, on="id", how="semi"), Change.OPEN, True),
        (open_ends, Change.OPEN, False),
        (gone.join(open_ends, on="id", how="anti"), Change.CLOSED, True),
    )
    frame = pl.concat(
        [part.with_columns(change=pl.lit(change.value), told=pl.lit(told)) for part, change, told in parts]
    )
    named = frame.with_columns(
        question=pl.lit(question.id), anchor=pl.lit(question.anchor.name), identity=identities(question, pl.col("id"))
    )
    return named.select(pl.col(name).cast(dtype) for name, dtype in SCHEMA.items()).sort("id")


def _placed(answer: Answer, context: Context, rows: Indices) -> pl.DataFrame:
    """Id, name and street of some rows of an answer."""
    element = answer.question.anchor.element
    frame = answer.rows.frame[rows].select("id", "name")
    if element not in (Street, Community) and (element, Street) not in LocatedIn.pairs:
        return frame.with_columns(street=pl.lit(None, pl.String))
    assert element is not None
    streets = context.network[Street].ids
    place = street_of(context, element)[rows]
    ids = pl.concat([streets, pl.Series([None], dtype=pl.String)])
    return frame.with_columns(ids.gather(np.where(place < 0, len(streets), place)).alias("street"))


def change_counts(changes: pl.DataFrame, by: str) -> pl.DataFrame:
    """How many gaps of each kind of change by a column of `gap_changes`: that column, then one column a `Change`."""
    counts = [(pl.col("change") == change.value).sum().cast(pl.Int64).alias(change.value) for change in Change]
    return changes.group_by(by).agg(counts).sort(by, nulls_last=True)
