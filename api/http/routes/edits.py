"""Editing one record: what would change, and the same stored as one act."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, status
from pydantic import BaseModel, Field

from api.edits import Edit, edited, save
from api.http.caller import Changing
from api.http.models import WRITTEN, Id, OfRevision, example
from api.http.problems import documented
from api.http.revision_models import CellOut, Counts, RevisionOut
from api.http.routes.nodes import TypeName
from api.http.routes.revisions import counts_out, revision_out
from api.http.writing import WRITES, Writing
from graphmodel.paths import NodeKey

router = APIRouter(tags=["edits"])
_EDIT: dict[str, Any] = {
    "type": "Street", "id": "510104022", "fields": {"aliases": "春熙"}, "place": None, "note": "补录简称",
}  # fmt: skip


class EditIn(BaseModel):
    """What a record becomes: fields as text, numbers or flags, null for unknown; `place` a community or street, as type/id; why."""

    model_config = example(**_EDIT)

    type: TypeName
    id: Id
    fields: dict[Annotated[str, Field(max_length=60)], Annotated[str, Field(max_length=10_000), WRITTEN] | None] = (
        Field(default_factory=dict, max_length=100)
    )
    place: Annotated[str, Field(max_length=300)] | None = None
    note: str = Field(default="", max_length=1000)

    @property
    def meant(self) -> Edit:
        """The edit that it describes."""
        return Edit(NodeKey(self.type, self.id), self.fields, None if self.place is None else NodeKey.parse(self.place))


class EditPreview(OfRevision):
    """What an edit would change, cell by cell; send `revision` as If-Match to store it."""

    model_config = example(
        revision=2, as_of="2016-06-12", counts={"Street": {"added": 0, "removed": 0, "changed": 1}},
        items=[{"type": "Street", "key": "510104022", "field": "aliases", "before": None, "after": "春熙"}],
    )  # fmt: skip

    counts: dict[str, Counts]
    items: list[CellOut]


@router.post("/edits/preview", responses=documented(409))
def preview_edit(wanted: EditIn, who: Changing) -> EditPreview:
    """修改一条记录会改变什么，什么都不写入 · what an edit of one record would change; nothing is stored."""
    network = who.workspace.network()
    changes = edited(network, wanted.meant)
    items = [CellOut(**row) for row in changes.fields().iter_rows(named=True)]
    stamp = network.stamp
    return EditPreview(revision=stamp.revision, as_of=stamp.as_of, counts=counts_out(changes), items=items)


@router.post("/edits", status_code=status.HTTP_201_CREATED, responses=WRITES)
def save_edit(wanted: EditIn, write: Writing) -> RevisionOut:
    """修改一条记录，作为一次改动写入，可以撤销 · edit one record: stored as one act, which can be undone."""
    who = write.who

    def do(expected: int) -> dict[str, Any]:
        done = save(who.workspace, wanted.meant, who.account.name, wanted.note, expected)
        return revision_out(done).model_dump(mode="json")

    return RevisionOut(**write.once(wanted.model_dump(), do))
