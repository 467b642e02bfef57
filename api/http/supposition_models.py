"""What do suppositions look like over HTTP? Shapes of what is supposed and of what differs then, each with an example."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Any

from pydantic import BaseModel, Field

from api.descriptions import MOST as MOST_NEWCOMERS
from api.examples import REDISTRICTING
from api.http.models import SHARE, WRITTEN, OfRevision, ShareOut, Value, Words, example
from api.http.reading import LARGEST
from api.http.revision_models import Counts
from graphmodel.choices import StationKind
from planning.suppositions import MOST_POSTS
from planning.whatif import Needs
from queries.coverage import Rates

_RATES: dict[str, Any] = {
    "total": 359, "coverage": SHARE, "standalone": SHARE, "work": SHARE, "coverage_short": 2, "standalone_short": 0,
}  # fmt: skip
_TURN: dict[str, Any] = {"total": 4, "absent": 0, "unasked": 4, "reasons": {"required": 4}}
_COUNTS = {"total": 300, "gaps": 12, "cannot_tell": 0, "no_data": False}
_DIFFERS: dict[str, Any] = {
    "question": "branch-required", "before": _COUNTS, "after": _COUNTS, "opened": 0, "closed": 4,
    "opens": {"total": 0, "absent": 0, "unasked": 0, "reasons": {}}, "closes": _TURN, "types": [],
    "parameters": ["branch_min_members"],
}  # fmt: skip
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
            total=rates.total, coverage=ShareOut.of(rates.coverage), standalone=ShareOut.of(rates.standalone_share),
            work=ShareOut.of(rates.work), coverage_short=rates.coverage_short, standalone_short=rates.standalone_short,
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
