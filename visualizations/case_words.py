"""How do cases read? Who has to do what by when, in words, the overdue first; and how many there are, in one line."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import polars as pl

from graphmodel.schema import NODE_TYPES
from graphmodel.schema.nodes import Street
from graphmodel.text import Text
from queries.case_history import FIELDS, CaseState, Closing, Names
from queries.cases import Case
from queries.context import Context
from queries.question import Question
from queries.registry import judged
from visualizations.standing import street_rows
from visualizations.words import PLACED, Listing, Word, named

CASES = Text("整改台账", "cases")
_DAYS = Text("天", "days")
HEADS = {
    "urgency": Text("时限", "urgency"),
    "term": Text("问题", "question"),
    "name": Text("名称", "name"),
    "street": Text("街道", "street"),
    "body": Text("责任单位", "responsible body"),
    "measure": Text("措施", "measure"),
    "deadline": Text("期限", "deadline"),
    "days_left": Text("剩余天数", "days left"),
    "state": Text("状态", "state"),
    "closed_as": FIELDS["closed_as"],
    "kept_until": Text("保留至", "kept until"),
    "comments": Text("备注数", "comments"),
    "version": Text("修改次数", "version"),
    "question": Text("问题编号", "question id"),
    "subject": Text("标识", "id"),
}
URGENCIES = {"overdue": Text("逾期", "overdue"), "due_soon": Text("即将到期", "due soon")}


def urgent(cases: pl.DataFrame) -> pl.DataFrame:
    """The overdue ones, then those due soon."""
    return cases.filter(pl.col("overdue") | pl.col("due_soon"))


def counted(cases: pl.DataFrame) -> Text:
    """How many cases there are of each kind, in one line."""
    late, soon = int(cases["overdue"].sum()), int(cases["due_soon"].sum())
    states = cases["state"].cast(pl.String)
    kept, closed = (int((states == state.value).sum()) for state in (CaseState.KEPT, CaseState.CLOSED))
    return Text(
        "逾期 {late} 件，即将到期 {soon} 件，其他未销号 {rest} 件，保留 {kept} 件，已销号 {closed} 件",
        "{late} overdue, {soon} due soon, {rest} others open, {kept} kept, {closed} closed",
    ).format(late=late, soon=soon, rest=cases.height - late - soon - kept - closed, kept=kept, closed=closed)


def urgent_rows(cases: pl.DataFrame, context: Context, most: int) -> list[list[Text]]:
    """The most urgent cases, `most` of them at most: how urgent, deadline, question, subject, street, who answers, state."""
    late = urgent(cases).head(most)
    chinese, english = (_cells(case_listing(late, context, word).frame, word) for word in (_zh, _en))
    return [
        [Text(one, other) for one, other in zip(zh, en, strict=True) if one and other]
        for zh, en in zip(chinese.iter_rows(), english.iter_rows(), strict=True)
    ]


def _zh(text: Text) -> str:
    return text.zh


def _en(text: Text) -> str:
    return text.en


def _cells(frame: pl.DataFrame, word: Word) -> pl.DataFrame:
    body = pl.lit(word(HEADS["body"]) + " ") + pl.col("body")
    return frame.with_columns(body=body).select(
        pl.col("urgency", "deadline", "term", "name", "street", "body", "state").cast(pl.String)
    )


def placed(cases: pl.DataFrame, context: Context) -> pl.DataFrame:
    """The cases with `name`, `street` and `street_id` of their subjects and `body` the responsible body's name; ids where unnamed.

    What the network no longer has keeps the name it had when its case was opened, and the street in which it lay last.
    """
    by_anchor = {question.anchor.name: question for question in judged()}
    subjects = [_subjects(by_anchor[name], context) for name in cases["anchor"].unique().sort()]
    fields = ("anchor", "subject", "name", "street", "street_id")
    names = pl.DataFrame(schema=dict.fromkeys(fields, pl.String()))
    told = cases.join(pl.concat([names, *subjects]), on=["anchor", "subject"], how="left", maintain_order="left")
    bodies = _names(context, cases["body_type"].drop_nulls().unique().sort())
    told = told.join(bodies, on=["body_type", "body_id"], how="left", maintain_order="left")
    streets = dict(context.network[Street].frame.select("id", pl.coalesce("name", "id")).iter_rows())
    return told.with_columns(
        pl.coalesce("name", "called", "subject").alias("name"),
        pl.coalesce("street", pl.col("last_street").replace(streets)).alias("street"),
        pl.coalesce("street_id", "last_street").alias("street_id"),
        pl.coalesce("body", "body_id").alias("body"),
    )


def case_listing(cases: pl.DataFrame, context: Context, word: Word = Text.both) -> Listing:
    """The cases of an `overview` as people read them, in its order; what nobody filled in is null."""
    terms = {question.id: word(named(question)) for question in judged()}
    states, closings = ({one.value: word(one.title) for one in kind} for kind in (CaseState, Closing))
    urgency = pl.lit(None, pl.String)
    for name, text in URGENCIES.items():
        urgency = pl.when(pl.col(name)).then(pl.lit(word(text))).otherwise(urgency)
    frame = placed(cases, context).with_columns(
        urgency=urgency,
        term=pl.col("question").replace(terms),
        state=pl.col("state").cast(pl.String).replace(states),
        closed_as=pl.col("closed_as").cast(pl.String).replace(closings),
    )
    return Listing(HEADS, {"days_left": _DAYS}, frame.select(list(HEADS)))


def bodies_of(case: Case, context: Context) -> Names:
    """The names of all bodies that were responsible for a case, as far as the network has them."""
    bodies = [one for each in case.history for one in each.changed.get("body", ()) if one is not None]
    names = _names(context, {body["type"] for body in bodies}).drop_nulls()
    return {(type_, id_): name for type_, id_, name in names.iter_rows()}


def _subjects(question: Question, context: Context) -> pl.DataFrame:
    """Name and street, by name and id, of everything that a question may be about."""
    anchor = question.anchor
    frame = anchor.rows(context).frame.select(
        pl.lit(anchor.name).alias("anchor"), pl.col("id").alias("subject"), "name"
    )
    element = anchor.element
    rows = np.full(frame.height, -1, dtype=np.int32)
    if element is not None and element in PLACED:
        rows = street_rows(context, element)
    at = pl.Series(rows).cast(pl.Int64).replace(-1, None)
    streets = context.network[Street].frame.select("id", pl.coalesce("name", "id").alias("name"))
    return frame.with_columns(street=streets["name"].gather(at), street_id=streets["id"].gather(at))


def _names(context: Context, types: Iterable[str]) -> pl.DataFrame:
    none = pl.DataFrame(schema={"body_type": pl.String, "body_id": pl.String, "body": pl.String})
    parts = [
        context.network.nodes[name].frame.select(
            pl.lit(name).alias("body_type"), pl.col("id").alias("body_id"), pl.col("name").alias("body")
        )
        for name in types
        if name in NODE_TYPES
    ]
    return pl.concat([none, *parts])
