"""What does the log look like over HTTP? Shapes of acts and differences, each with an example."""

from __future__ import annotations

import datetime as dt
from typing import Any

from pydantic import BaseModel, Field

from api.http.models import example


class RevisionOut(BaseModel):
    """One act of the log, and how many rows it added, removed and changed, by type."""

    model_config = example(
        revision=1, recorded_at="2016-06-12T08:00:00Z", kind="import", account="planner-office", source="jinjiang-2016",
        as_of="2016-06-12", note="", undoes=None, counts={"Organization": {"added": 400, "removed": 0, "changed": 0}},
    )  # fmt: skip

    revision: int
    recorded_at: dt.datetime
    kind: str
    account: str
    source: str
    as_of: dt.date
    note: str
    undoes: int | None
    counts: dict[str, Counts]


class Counts(BaseModel):
    """Rows touched."""

    model_config = example(added=400, removed=0, changed=0)

    added: int
    removed: int
    changed: int


_REVISION: dict[str, Any] = {
    "revision": 1, "recorded_at": "2016-06-12T08:00:00Z", "kind": "import", "account": "planner-office",
    "source": "jinjiang-2016", "as_of": "2016-06-12", "note": "", "undoes": None,
    "counts": {"Organization": {"added": 400, "removed": 0, "changed": 0}},
}  # fmt: skip


class RevisionPage(BaseModel):
    """The log, the newest act first."""

    model_config = example(total=1, next=None, items=[_REVISION])

    total: int
    next: str | None
    items: list[RevisionOut]


class CellOut(BaseModel):
    """One cell of a difference; field `_row` with a tick says that the whole row came or went."""

    model_config = example(type="Street", key="510104022", field="name", before="春熙路", after="春熙路街道")

    type: str
    key: str
    field: str
    before: str | None
    after: str | None


class Difference(BaseModel):
    """What turns one revision into another: rows by type, and cell by cell, a page at a time."""

    model_config = example(
        old=1, new=2, counts={"Street": {"added": 0, "removed": 0, "changed": 1}}, total=1, next=None,
        items=[{"type": "Street", "key": "510104022", "field": "name", "before": "春熙路", "after": "春熙路街道"}],
    )  # fmt: skip

    old: int
    new: int
    counts: dict[str, Counts]
    total: int
    next: str | None
    items: list[CellOut]


class UndoIn(BaseModel):
    """Why an act is undone."""

    model_config = example(note="误导入")

    note: str = Field(default="", max_length=1000)
