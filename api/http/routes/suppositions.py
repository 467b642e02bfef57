"""What if? Another policy, more posts, other boundaries, a body gone: before and after; nothing is stored."""

from __future__ import annotations

import datetime as dt
from dataclasses import asdict, replace
from typing import Annotated, Any

import polars as pl
from fastapi import APIRouter
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, Field, ValidationError

from api.descriptions import MOST as MOST_NEWCOMERS
from api.descriptions import described
from api.examples import REDISTRICTING
from api.http.bodies import given_twice
from api.http.caller import Caller, Seeing
from api.http.models import WRITTEN, OfRevision, Value, Words, example, parameter_values, rows_of
from api.http.problems import documented
from api.http.reading import LARGEST
from api.http.revision_models import Counts
from api.http.routes.pages import ShareOut, share_out
from api.http.routes.plans import named_plan
from api.http.routes.revisions import counts_out
from api.policy_words import policy_changes
from api.scope import DistrictOnly
from api.scoped import MembersHidden
from api.whatif import NewStation, Supposition, Told, proposals_of, what_if
from graphmodel.choices import StationKind
from graphmodel.network import Network
from graphmodel.text import Text
from planning.boundaries import Redistricted
from planning.newcomer import Newcomer
from planning.suppositions import MOST_POSTS
from planning.whatif import Difference, Needs
from queries.coverage import Rates

router = APIRouter(tags=["suppositions"])
MOST_MOVED = 1_000  # gaps that open or close which are listed; all are counted
_SHARE = {"value": 0.947, "lowest": 0.947, "highest": 0.95}
_RATES: dict[str, Any] = {
    "total": 359, "coverage": _SHARE, "standalone": _SHARE, "work": _SHARE, "coverage_short": 2, "standalone_short": 0,
}  # fmt: skip
_TURN: dict[str, Any] = {"total": 4, "absent": 0, "unasked": 4, "reasons": {"required": 4}}
_COUNTS = {"total": 300, "gaps": 12, "cannot_tell": 0, "no_data": False}
_DIFFERS: dict[str, Any] = {
    "question": "branch-required", "before": _COUNTS, "after": _COUNTS, "opened": 0, "closed": 4,
    "opens": {"total": 0, "absent": 0, "unasked": 0, "reasons": {}}, "closes": _TURN, "types": [],
    "parameters": ["branch_min_members"],
}  # fmt: skip
_WHATIF = Text("假设", "what-if")


Name = Annotated[str, Field(max_length=200)]


class StationIn(BaseModel):
    """A station to suppose: its kind, its street by id or name, and how many organisations it can guide (null: no limit)."""

    model_config = example(kind="street-organisations", street="510104022", capacity=30)

    kind: StationKind
    street: Name
    capacity: int | None = Field(default=None, ge=0, le=LARGEST)


class BatchIn(BaseModel):
    """So many organisations of one description, as in `/newcomers`: values as text, numbers or flags, by names or titles of fields."""

    model_config = example(number=30, like={"industry": "民办教育", "street": "510104022", "full_members": 4})

    number: int = Field(default=1, ge=1, le=MOST_NEWCOMERS)
    like: dict[Annotated[str, Field(max_length=60)], Annotated[str, Field(max_length=500), WRITTEN] | None] = Field(
        default_factory=dict
    )


class SupposedIn(BaseModel):
    """All that is supposed at once: parameters as text, numbers or flags, newcomers, stations, station → more posts, nodes gone, boundaries.

    `planned` takes all that is planned as if confirmed, `plan` what nobody rejected of a plan (newest for the newest);
    `with_plan` asks what a plan would need before and after.
    """

    model_config = example(
        values={"branch_min_members": 5}, newcomers=[], stations=[], posts={}, without=["Hub/hub:东光街道社会组织孵化平台"],
        redistrict=None, planned=False, plan=None, with_plan=False,
    )  # fmt: skip

    values: dict[Annotated[str, Field(max_length=60)], Annotated[str, Field(max_length=1000), WRITTEN]] = Field(
        default_factory=dict, max_length=50
    )
    newcomers: list[BatchIn] = Field(default_factory=list, max_length=20)
    stations: list[StationIn] = Field(default_factory=list, max_length=20)
    posts: dict[Name, Annotated[int, Field(ge=1, le=MOST_POSTS)]] = Field(default_factory=dict, max_length=50)
    without: list[Annotated[str, Field(max_length=300)]] = Field(default_factory=list, max_length=50)
    redistrict: str | None = Field(default=None, json_schema_extra={"enum": [*REDISTRICTING, None]})
    planned: bool = False
    plan: Annotated[str, Field(max_length=80)] | None = None
    with_plan: bool = False
    revision: int | None = Field(default=None, ge=0, le=LARGEST)


class ParameterChange(BaseModel):
    """A parameter as it is and as it is supposed to be."""

    model_config = example(name="branch_min_members", before=3, after=5)

    name: str
    before: Value | dict[str, str]
    after: Value | dict[str, str]


class RatesOut(BaseModel):
    """Coverage: the denominator, the three rates, how many are short of the two targets."""

    model_config = example(**_RATES)

    total: int
    coverage: ShareOut
    standalone: ShareOut
    work: ShareOut
    coverage_short: int
    standalone_short: int

    @staticmethod
    def of(rates: Rates) -> RatesOut:
        """Rates as they are sent."""
        return RatesOut(
            total=rates.total, coverage=share_out(rates.coverage), standalone=share_out(rates.standalone_share),
            work=share_out(rates.work), coverage_short=rates.coverage_short, standalone_short=rates.standalone_short,
        )  # fmt: skip


class FiguresOut(BaseModel):
    """Figures of one question on one side."""

    model_config = example(**_COUNTS)

    total: int
    gaps: int
    cannot_tell: int
    no_data: bool


class TurnOut(BaseModel):
    """Gaps that open, or close: `absent` of rows not there on the other side, `unasked` out of its scope; how many by reason."""

    model_config = example(**_TURN)

    total: int
    absent: int
    unasked: int
    reasons: dict[str, int]


class QuestionDiffers(BaseModel):
    """One question before and after, gaps that open and close and why: `types` and `parameters` it rests on were changed."""

    model_config = example(**_DIFFERS)

    question: str
    before: FiguresOut
    after: FiguresOut
    opened: int
    closed: int
    opens: TurnOut
    closes: TurnOut
    types: list[str]
    parameters: list[str]


class MovedGap(BaseModel):
    """A gap that opens or closes; `there`: whether its row exists on both sides, `asked`: in scope on the other; its reasons."""

    model_config = example(
        question="branch-required", identity="branch-required|Organization|usc:51510104M101458013",
        id="usc:51510104M101458013", name="锦江区金苗商会", change="closed", there=True,
        asked=False, reasons=["required"],
    )  # fmt: skip

    question: str
    identity: str
    id: str
    name: str | None
    change: str
    there: bool
    asked: bool
    reasons: list[str]


class ShortOut(BaseModel):
    """What is short, and by how many."""

    model_config = example(what={"zh": "指导员岗位", "en": "instructor posts"}, short=3)

    what: Words
    short: int


class NeedsOut(BaseModel):
    """What a plan would need: what is short, how many proposals and how many without one, and the rates were all founded."""

    model_config = example(shortages=[], proposals=120, unplaced=14, rates=_RATES)

    shortages: list[ShortOut]
    proposals: int
    unplaced: int
    rates: RatesOut

    @staticmethod
    def of(needs: Needs) -> NeedsOut:
        """Needs as they are sent."""
        return NeedsOut(
            shortages=[ShortOut(what=Words.of(one.what), short=one.short) for one in needs.shortages],
            proposals=sum(needs.proposals.values()),
            unplaced=sum(needs.unplaced.values()),
            rates=RatesOut.of(needs.registered),
        )


class InferredOut(BaseModel):
    """Of the `named` communities of a street `there` went to another, so that the rest, `communities`, are taken to go along."""

    model_config = example(street="龙舟路街道", to_street="牛市口街道", communities=4, there=2, named=3)

    street: str
    to_street: str
    communities: int
    there: int
    named: int


class BoundariesOut(BaseModel):
    """How boundaries move: streets merged and new by name, communities and organisations by way, what is inferred from what, what falls together or is cut."""

    model_config = example(
        streets_before=16, streets_after=11, ended=["东光街道"], begun=["东湖街道"],
        communities={"name": 58, "documented": 11, "majority": 44}, organizations={"name": 200}, inferred=[], merged=12,
        branches_crossing=1, posts_crossing=2,
    )  # fmt: skip

    streets_before: int
    streets_after: int
    ended: list[str]
    begun: list[str]
    inferred: list[InferredOut]
    communities: dict[str, int]
    organizations: dict[str, int]
    merged: int
    branches_crossing: int
    posts_crossing: int


class WhatIfOut(OfRevision):
    """Before and after: what is supposed, parameters, rows laid over, rates, questions that differ and why, gaps that move; nothing is stored."""

    model_config = example(
        revision=1, as_of="2016-06-12", today="2016-06-12", policy="jinjiang-2016", stored=False, supposed=[],
        changed=[{"name": "branch_min_members", "before": 3, "after": 5}], counts={}, boundaries=None,
        before=_RATES, after=_RATES,
        questions=[_DIFFERS],
        same=61, moved_total=4, moved=[], plans=None,
    )  # fmt: skip

    today: dt.date
    policy: str
    stored: bool
    supposed: list[Words]
    changed: list[ParameterChange]
    counts: dict[str, Counts]
    boundaries: BoundariesOut | None
    before: RatesOut
    after: RatesOut
    questions: list[QuestionDiffers]
    same: int
    moved_total: int
    moved: list[MovedGap]
    plans: tuple[NeedsOut, NeedsOut] | None


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
