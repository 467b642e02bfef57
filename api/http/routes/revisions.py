"""The log: every act, one act, what differs between two revisions, undo."""

from __future__ import annotations

from typing import Annotated, Any

import polars as pl
from fastapi import APIRouter, Path, Query, Request, Response, status

from api.http.caller import Seeing
from api.http.reading import LARGEST, UNCHANGED, Cursor, Limit, give_tag, page_size
from api.http.revision_models import CellOut, Counts, Difference, RevisionOut, RevisionPage, UndoIn
from api.http.writing import WRITES, Writing
from api.listing import paged
from graphmodel.changes import ChangeSet
from graphmodel.stores.protocol import NoSuchRevision, Revision

router = APIRouter(tags=["revisions"], responses=UNCHANGED)
Number = Annotated[int, Path(ge=1, le=LARGEST, description="版本 · revision", examples=[1])]
Numbered = Annotated[int, Query(ge=0, le=LARGEST, description="版本，0 为空 · revision; 0 is the empty network")]


def revision_out(revision: Revision) -> RevisionOut:
    """An act as it is sent."""
    act = revision.act
    return RevisionOut(
        revision=revision.number,
        recorded_at=revision.recorded_at,
        kind=act.kind,
        account=act.actor,
        source=act.source,
        as_of=act.as_of,
        note=act.note,
        undoes=act.undoes,
        counts={n: Counts(added=a, removed=r, changed=c) for n, (a, r, c) in revision.counts.items()},
    )


def counts_out(changes: ChangeSet) -> dict[str, Counts]:
    """Rows touched, by type, as they are sent."""
    return {row.pop("type"): Counts(**row) for row in changes.counts().to_dicts()}


@router.get("/revisions")
def list_revisions(
    request: Request, response: Response, who: Seeing, cursor: Cursor = None, limit: Limit = 100
) -> RevisionPage:
    """全部改动，新的在前 · the log, the newest act first."""
    found = who.workspace.revisions()
    give_tag(request, response, who, len(found))
    numbers = pl.DataFrame({"revision": [revision.number for revision in found]}, {"revision": pl.Int64})
    page = paged(numbers, ["revision"], cursor, page_size(who, limit), descending=[True])
    items = [revision_out(found[number - 1]) for number in page.frame["revision"]]
    return RevisionPage(total=page.total, next=page.next, items=items)


@router.get("/revisions/{number}")
def read_revision(number: Number, request: Request, response: Response, who: Seeing) -> RevisionOut:
    """一次改动 · one act."""
    found = who.workspace.revisions()
    if number > len(found):
        raise NoSuchRevision(number, len(found))
    give_tag(request, response, who)
    return revision_out(found[number - 1])


@router.get("/differences")
def read_difference(
    old: Numbered,
    new: Numbered,
    request: Request,
    response: Response,
    who: Seeing,
    cursor: Cursor = None,
    limit: Limit = 100,
) -> Difference:
    """两版之间的差异，逐字段 · what differs between two revisions, field by field."""
    for number in (old, new):
        who.workspace.stamp(number)  # refuses a revision that there is not
    give_tag(request, response, who)
    changes = who.workspace.difference(old, new)
    page = paged(changes.fields().with_row_index("place"), ["place"], cursor, page_size(who, limit))
    items = [CellOut(**row) for row in page.frame.drop("place").iter_rows(named=True)]
    return Difference(old=old, new=new, counts=counts_out(changes), total=page.total, next=page.next, items=items)


@router.post("/revisions/{number}/undo", status_code=status.HTTP_201_CREATED, responses=WRITES)
def undo_revision(number: Number, why: UndoIn, write: Writing) -> RevisionOut:
    """撤销一次改动，须说明基于哪一版 · reverse one act by a new one; say which revision it rests on."""
    who = write.who

    def do(expected: int) -> dict[str, Any]:
        done = who.workspace.undo(number, why.note, who.account.name, expected=expected)
        who.workspace.network(done.number)  # so that whoever undid it reads what is left
        return revision_out(done).model_dump(mode="json")

    return RevisionOut(**write.once(why.model_dump(), do))
