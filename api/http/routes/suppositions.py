"""What if? Another policy, more posts, other boundaries, a body gone: before and after; nothing is stored."""

from __future__ import annotations

from dataclasses import asdict, replace

import polars as pl
from fastapi import APIRouter
from fastapi.exceptions import RequestValidationError
from pydantic import ValidationError

from api.descriptions import described
from api.examples import REDISTRICTING
from api.http.bodies import given_twice
from api.http.caller import Caller, Seeing
from api.http.models import Words, parameter_values, rows_of
from api.http.problems import documented
from api.http.routes.plans import named_plan
from api.http.routes.revisions import counts_out
from api.http.supposition_models import (
    BatchIn,
    BoundariesOut,
    FiguresOut,
    InferredOut,
    MovedGap,
    NeedsOut,
    ParameterChange,
    QuestionDiffers,
    RatesOut,
    SupposedIn,
    TurnOut,
    WhatIfOut,
)
from api.policy_words import policy_changes
from api.scope import DistrictOnly
from api.scoped import MembersHidden
from api.whatif import NewStation, Supposition, Told, proposals_of, what_if
from graphmodel.network import Network
from graphmodel.text import Text
from planning.boundaries import Redistricted
from planning.newcomer import Newcomer
from planning.whatif import Difference

router = APIRouter(tags=["suppositions"])
MOST_MOVED = 1_000  # gaps that open or close which are listed; all are counted
_WHATIF = Text("假设", "what-if")


@router.post("/what-if", responses=documented(409))
def suppose(wanted: SupposedIn, who: Seeing) -> WhatIfOut:
    """假设其他阈值、增派岗位、街道合并、单位撤销，前后逐项比较，什么都不写入 · suppose, and ask before and after; nothing is stored."""
    refuse_unseen(who)
    with who.workspace.passing(who.workspace.context(wanted.revision)) as context:
        told = what_if(context, supposition(who, wanted, context.network), with_plan=wanted.with_plan)
        with who.workspace.passing(told.laid.context):
            return _sent(told)


def read_supposed(text: str) -> SupposedIn:
    """What is supposed, from an address. Errors: as for a body that does not fit."""
    if twice := given_twice(text, "query", "suppose"):
        raise RequestValidationError(twice)
    try:
        return SupposedIn.model_validate_json(text)
    except ValidationError as wrong:
        raise RequestValidationError(
            [{**each, "loc": ("query", "suppose", *each["loc"])} for each in wrong.errors()]
        ) from wrong


def refuse_unseen(who: Caller) -> None:
    """Errors: `DistrictOnly`, `MembersHidden` for accounts that do not see all that a supposition rests on."""
    if who.account.scope.body is not None:
        raise DistrictOnly
    if not who.account.scope.members:
        raise MembersHidden(_WHATIF)


def supposition(who: Caller, wanted: SupposedIn, network: Network) -> Supposition:
    """What is wanted as the service knows it. Errors: `Refusal` for names and values that mean nothing."""
    return Supposition(
        values=policy_changes(f"{name}={value}" for name, value in wanted.values.items()),
        without=tuple(wanted.without), redistrict=_known(wanted.redistrict), posts=wanted.posts, planned=wanted.planned,
        newcomers=tuple(one for batch in wanted.newcomers for one in _batch(network, batch)),
        stations=tuple(NewStation(one.kind, one.street, one.capacity) for one in wanted.stations),
        proposals=() if wanted.plan is None else proposals_of(who.workspace, named_plan(wanted.plan)),
    )  # fmt: skip


def _batch(network: Network, batch: BatchIn) -> list[Newcomer]:
    (one,) = described(network, [batch.like or {"name": None}], "request")
    return [replace(one, name=f"{one.name}（{n}）") for n in range(1, batch.number + 1)] if batch.number > 1 else [one]


def _known(name: str | None) -> str | None:
    """The change of boundaries as it may be named from outside: by its name, never by a folder."""
    return name if name is None or name in REDISTRICTING else f"?{name}"


def _sent(told: Told) -> WhatIfOut:
    found, moved = told.found, told.laid.moved
    before, after = found.before, found.after
    stamp = before.network.stamp
    was, becomes = (parameter_values({name: side.values[name] for name in side.values}) for side in (before, after))
    rates = [RatesOut.of(one) for one in found.rates()]
    differing = [one for one in found.differences if one.differs]
    return WhatIfOut(
        revision=stamp.revision,
        as_of=stamp.as_of,
        today=before.today,
        policy=before.values.policy,
        stored=False,
        supposed=[Words.of(line) for line in told.laid.said],
        changed=[ParameterChange(name=n, before=was[n], after=becomes[n]) for n in was if was[n] != becomes[n]],
        counts=counts_out(found.changes),
        boundaries=moved and _boundaries(after.network, moved),
        before=rates[0],
        after=rates[1],
        questions=[_question(one) for one in differing],
        same=len(found.differences) - len(differing),
        moved_total=found.moved.height,
        moved=[MovedGap(**row) for row in rows_of(found.moved.head(MOST_MOVED))],
        plans=None if found.plans is None else (NeedsOut.of(found.plans[0]), NeedsOut.of(found.plans[1])),
    )


def _question(one: Difference) -> QuestionDiffers:
    sides = {
        name: FiguresOut(total=c.total, gaps=c.gaps, cannot_tell=c.cannot_tell, no_data=c.no_data)
        for name, c in (("before", one.before), ("after", one.after))
    }
    turns = {name: TurnOut(**asdict(turn)) for name, turn in (("opens", one.opens), ("closes", one.closes))}
    return QuestionDiffers(
        question=one.question.id, **sides, **turns, opened=one.opened, closed=one.closed,
        types=list(one.types), parameters=list(one.parameters),
    )  # fmt: skip


def _boundaries(after: Network, moved: Redistricted) -> BoundariesOut:
    names = dict(after.table("Street").select("id", pl.coalesce("name", "id")).iter_rows())
    branches, posts = moved.crossing
    return BoundariesOut(
        streets_before=moved.standing[0],
        streets_after=moved.standing[1],
        ended=[names[id_] for id_ in moved.ended],
        begun=[names[id_] for id_ in moved.begun],
        inferred=[
            InferredOut(**row)
            for row in rows_of(moved.inferred().with_columns(pl.col("street", "to_street").replace(names)))
        ],
        communities={way.value: count for way, count in moved.ways().items()},
        organizations=moved.organizations,
        merged=moved.merged,
        branches_crossing=branches,
        posts_crossing=posts,
    )
