"""How is each of some organisations covered? For whoever draws or lists them among other nodes."""

from __future__ import annotations

from typing import Annotated

import numpy as np
from fastapi import APIRouter, Query
from pydantic import Field

from api.http.models import Id, OfRevision, example
from api.http.reading import UNCHANGED, Asked
from graphmodel.paths import NodeKey, NoSuchNode
from graphmodel.schema.nodes import Organization
from queries.coverage import coverage
from visualizations.lanes import KIND_LOOKS

router = APIRouter(tags=["pages"], responses=UNCHANGED)


class CoversOut(OfRevision):
    """The look of each organisation by its id: a cover as the legend names it, or `cannot-tell`."""

    model_config = example(revision=1, as_of="2016-06-12", looks={"usc:51510104M101458013": "joint"})

    looks: dict[str, str] = Field(description="标识 → 图例 · id → look of the legend")


@router.get("/covers")
def read_covers(
    asked: Asked,
    id: Annotated[  # noqa: A002 - the name in the address
        list[Id],
        Query(max_length=500, description="组织标识 · ids of organisations", examples=[["usc:51510104M101458013"]]),
    ],
) -> CoversOut:
    """若干组织各以何种形式被覆盖 · how each of some organisations is covered."""
    network = asked.context.network
    rows = network[Organization].find(id)
    if len(gone := np.flatnonzero(rows < 0)):
        raise NoSuchNode(NodeKey(Organization.type_name, id[int(gone[0])]))
    kinds = coverage(asked.context).kind[rows].tolist()
    looks = {one: KIND_LOOKS[kind] for one, kind in zip(id, kinds, strict=True)}
    return CoversOut(revision=network.stamp.revision, as_of=network.stamp.as_of, looks=looks)
