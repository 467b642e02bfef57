"""Which cases are overdue, which soon due, and whose? The table that heads the report and the first page."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

import polars as pl

from queries.case_history import CaseState, Closing
from queries.cases import OPEN, Case, lapsed

OVERVIEW = pl.Schema(
    {
        "identity": pl.String(),
        "question": pl.String(),
        "anchor": pl.String(),
        "subject": pl.String(),
        "called": pl.String(),
        "last_street": pl.String(),
        "state": pl.Enum(CaseState.values()),
        "body_type": pl.String(),
        "body_id": pl.String(),
        "measure": pl.String(),
        "deadline": pl.Date(),
        "kept_until": pl.Date(),
        "comments": pl.Int64(),
        "opened_in": pl.Int64(),
        "closed_in": pl.Int64(),
        "closed_as": pl.Enum(Closing.values()),
        "version": pl.Int64(),
    }
)


OVERDUE = pl.Schema({"body_type": pl.String(), "body_id": pl.String(), "overdue": pl.Int64()})
"""How overdue cases are counted: the type and id of a responsible body, and how many it has."""


def overview(cases: Iterable[Case], today: dt.date, due_soon_days: int) -> pl.DataFrame:
    """The cases as a table: `OVERVIEW` and `days_left`, `overdue`, `due_soon`; the overdue first, then those due soon.

    A deadline runs in the open states only, its day included; one that was kept until a day before today is open.
    Then follow other open cases by deadline, kept and closed ones.
    """
    rows = [
        (
            case.identity,
            case.question,
            case.anchor,
            case.subject,
            case.name,
            case.last_street,
            case.state.value,
            case.body.type if case.body else None,
            case.body.id if case.body else None,
            case.measure,
            case.deadline,
            case.kept_until,
            len(case.comments),
            case.opened_in,
            case.closed_in,
            case.closed_as.value if case.closed_as else None,
            case.version,
        )
        for case in (lapsed(each, today) for each in cases)
    ]
    frame = pl.DataFrame(rows, schema=OVERVIEW, orient="row")
    runs = pl.col("state").cast(pl.String).is_in([state.value for state in OPEN])
    left = pl.when(runs).then((pl.col("deadline") - pl.lit(today)).dt.total_days())
    told = frame.with_columns(
        days_left=left,
        overdue=left.lt(0).fill_null(value=False),
        due_soon=left.is_between(0, due_soon_days).fill_null(value=False),
    )
    order: list[pl.Expr | str] = [
        ~pl.col("overdue"),
        ~pl.col("due_soon"),
        pl.col("state").to_physical() >= len(OPEN),
        "deadline",
        "identity",
    ]
    return told.sort(*order, nulls_last=True)


def overdue_by_body(table: pl.DataFrame) -> pl.DataFrame:
    """How many overdue cases each responsible body has, from an `overview`; columns as `OVERDUE`."""
    late = table.filter(pl.col("overdue") & pl.col("body_id").is_not_null())
    return (
        late.group_by("body_type", "body_id")
        .len("overdue")
        .select(pl.col(c).cast(t) for c, t in OVERDUE.items())
        .sort("body_type", "body_id")
    )
