"""What do nodes look like over HTTP? Shapes of lists, look-ups, neighbours, searches and paths, each with an example."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import BaseModel, Field

from api.http.models import PAGE, STAMP, Found, Id, OfRevision, Paged, Value, Words, example

_NODE: dict[str, Any] = {
    "type": "Street",
    "id": "510104022",
    "name": "春熙路街道",
    "fields": {"code": "510104022", "valid_from": None},
}
_NEIGHBOUR = {
    "edge": "GUIDES", "outward": False, "label": {"zh": "受属地指导", "en": "guided by"}, "type": "Street",
    "id": "510104022", "name": "春熙路街道", "state": "actual", "year": None,
}  # fmt: skip
_TIE = {"edge": "GUIDES", "outward": False, "label": {"zh": "受属地指导", "en": "guided by"}, "state": "planned"}
_STEP = {
    "type": "Street", "id": "510104022", "name": "春熙路街道", "relations": ["GUIDES"], "ties": [_TIE], "state": "planned",
}  # fmt: skip
_HIT = {
    "type": "Organization", "id": "usc:51510104M101458013", "name": "锦江区金苗商会", "street": "春熙路街道",
    "kind": {"zh": "社会团体", "en": "association"},
}  # fmt: skip


class NodeOut(BaseModel):
    """A node: `fields` by the names of the schema."""

    model_config = example(**_NODE)

    type: str
    id: str
    name: str | None
    fields: dict[str, Value]


class NodeRead(NodeOut, OfRevision):
    """One node at a revision."""

    model_config = example(**STAMP, **_NODE)


class NodePage(Paged):
    """Nodes of a type."""

    model_config = example(**PAGE, items=[_NODE])

    items: list[NodeOut]


class Lookup(BaseModel):
    """Which nodes are wanted: ids, or credit codes of organisations."""

    model_config = example(ids=[], codes=["51510104M101458013"])

    ids: list[Id] = Field(default_factory=list, max_length=1000)
    codes: list[Annotated[str, Field(max_length=40)]] = Field(default_factory=list, max_length=1000)


class Looked(OfRevision):
    """The nodes that were found, and the ids and codes of which there is none, as they were asked for."""

    model_config = example(**STAMP, items=[_NODE], missing=["51510104M101458021"])

    items: list[NodeOut]
    missing: list[str]


class Neighbour(BaseModel):
    """A relation at a node: `outward` leads away from it, `label` is read from it; the other end; state and year, where it has such."""

    model_config = example(**_NEIGHBOUR)

    edge: str
    outward: bool
    label: Words
    type: str
    id: str
    name: str | None
    state: str | None
    year: int | None


class NeighbourPage(Paged):
    """Relations at a node."""

    model_config = example(**PAGE, items=[_NEIGHBOUR])

    items: list[Neighbour]


class HitOut(Found):
    """What was found, and what tells it apart: the name of the street in which it lies, and its kind; null where not known."""

    model_config = example(**_HIT)

    street: str | None
    kind: Words | None


class SearchOut(OfRevision):
    """What a text may mean, the likeliest first; `more` says that it may mean others too."""

    model_config = example(**STAMP, more=False, items=[_HIT])

    more: bool
    items: list[HitOut]


class TieOut(BaseModel):
    """A relation between two nodes: `outward` leads from the first to the second, `label` is so read; its state, where it has such."""

    model_config = example(**_TIE)

    edge: str
    outward: bool
    label: Words
    state: str | None


class Step(Found):
    """A node on a path, and the relations that join it to the one before, of which `ties` tell all.

    `state` is what all of them share, `planned` where nothing but what is planned leads here; null where they differ or have none.
    """

    model_config = example(**_STEP)

    relations: list[str]
    ties: list[TieOut]
    state: str | None


class PathOut(OfRevision):
    """A shortest chain of relations between two nodes; null where nothing joins them."""

    model_config = example(
        **STAMP,
        steps=[
            {
                "type": "Organization",
                "id": "usc:51510104M101458013",
                "name": "锦江区金苗商会",
                "relations": [],
                "ties": [],
                "state": None,
            },
            _STEP,
        ],
    )

    steps: list[Step] | None
