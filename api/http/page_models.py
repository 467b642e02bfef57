"""What do the pages that show first look like over HTTP? Shapes of state, headline, matrix, trend, findings and origins, each with an example."""

from __future__ import annotations

import datetime as dt
from typing import Any

from pydantic import BaseModel

from api.http.models import SHARE, Basis, Found, OfRevision, ShareOut, Value, Words, example

_WORDS = {"zh": "党组织覆盖率（登记类）", "en": "coverage rate of the registered"}
_STAMP: dict[str, Any] = {"revision": 1, "as_of": "2016-06-12"}
_ORIGIN = {"revision": 1, "source": "jinjiang-2016", "file": "台账.xlsx", "sheet": "台账", "row": 7}
_RELATION = {"edge": "LICENSED_BY", "outward": True, "type": "Authority", "id": "authority:教育局", "name": "教育局",
             "label": {"zh": "业务主管", "en": "licensed by"}}  # fmt: skip


class Stamp(OfRevision):
    """The newest revision; `generated` where example data, which are labelled so, are in it."""

    model_config = example(**_STAMP, generated=True)

    generated: bool


class StatusOut(BaseModel):
    """How the workspace stands: its newest revision, null while it is empty, and what waits for somebody, by page."""

    model_config = example(stamp={**_STAMP, "generated": True}, badges={"cases": 2})

    stamp: Stamp | None
    badges: dict[str, int]


class FigureOut(BaseModel):
    """A rate of the headline with numerator, denominator, target and what it will be after what is planned."""

    model_config = example(
        title=_WORDS, note=_WORDS, part=340, whole=359, share=SHARE, planned=SHARE, target=0.95, short=2
    )

    title: Words
    note: Words
    part: int
    whole: int
    share: ShareOut
    planned: ShareOut
    target: float | None
    short: int | None


class Flow(BaseModel):
    """How many registered organisations of an authority are covered in one way; `look` names the cover's glyph."""

    model_config = example(authority="锦江区教育局", look="joint", count=12)

    authority: str
    look: str
    count: int


class OverviewOut(Basis):
    """The headline of a revision."""

    model_config = example(
        **_STAMP, today="2016-06-12", policy="jinjiang-2016",
        policy_title={"zh": "成都市锦江区", "en": "Jinjiang District, Chengdu"}, policy_digest="9f86d081884c7d65", parameters={},
        figures=[], rests_on=[_WORDS], flow=[{"authority": "锦江区教育局", "look": "joint", "count": 12}],
    )  # fmt: skip

    figures: list[FigureOut]
    rests_on: list[Words]
    flow: list[Flow]


class CountOut(BaseModel):
    """The figures of one question; `no_data`: nothing was imported for it."""

    model_config = example(question="uncovered", no_data=False, total=359, gaps=16, cannot_tell=0)

    question: str
    no_data: bool
    total: int
    gaps: int
    cannot_tell: int


class CountsOut(OfRevision):
    """The figures of every question that judges rows, the gravest first."""

    model_config = example(
        **_STAMP, items=[{"question": "uncovered", "no_data": False, "total": 359, "gaps": 16, "cannot_tell": 0}]
    )

    items: list[CountOut]


class LineOut(BaseModel):
    """A row or column of the matrix; `id` is null for what is not stated and for the sums."""

    model_config = example(id="510104022", name="牛市口街道")

    id: str | None
    name: str


class MatrixOut(OfRevision):
    """Gaps and rows in scope, streets by authorities; the last row and column are the sums."""

    model_config = example(
        **_STAMP, question="uncovered", rows=[{"id": None, "name": "全部 / all"}],
        columns=[{"id": None, "name": "全部 / all"}], gaps=[[16]], totals=[[359]],
    )  # fmt: skip

    question: str
    rows: list[LineOut]
    columns: list[LineOut]
    gaps: list[list[int]]
    totals: list[list[int]]


class PointOut(BaseModel):
    """The rates of the registered at one revision."""

    model_config = example(**_STAMP, coverage=0.947, standalone=0.357, work=0.986)

    revision: int
    as_of: dt.date
    coverage: float | None
    standalone: float | None
    work: float | None


class TrendOut(BaseModel):
    """The rates of the last revisions, the last of each day, oldest first."""

    model_config = example(items=[{**_STAMP, "coverage": 0.947, "standalone": 0.357, "work": 0.986}])

    items: list[PointOut]


class FoundHere(BaseModel):
    """What one question finds at the node, and what stands beside it."""

    model_config = example(question="uncovered", verdict="gap", reasons=["none"], missing=[], beside={})

    question: str
    verdict: str
    reasons: list[str]
    missing: list[str]
    beside: dict[str, Value]


class FoundOut(OfRevision):
    """What the questions find at a node; of an organisation also how it is covered and which body should answer for it."""

    model_config = example(
        **_STAMP, cover="none", cover_title={"zh": "无覆盖", "en": "none"},
        responsible={"type": "Street", "id": "510104022", "name": "牛市口街道"}, items=[],
    )  # fmt: skip

    cover: str | None
    cover_title: Words | None
    responsible: Found | None
    items: list[FoundHere]


class OriginOut(BaseModel):
    """A row of a file that a node came from."""

    model_config = example(**_ORIGIN)

    revision: int
    source: str
    file: str | None
    sheet: str | None
    row: int | None


class RelationOriginOut(OriginOut):
    """A row of a file that a relation at a node came from; `outward` where it leads away from the node to the other end."""

    model_config = example(**_ORIGIN, **_RELATION)

    edge: str
    outward: bool
    type: str
    id: str
    name: str | None
    label: Words


class OriginsOut(BaseModel):
    """The rows a node came from, and those its relations came from, the newest act first."""

    model_config = example(items=[_ORIGIN], relations=[_ORIGIN | _RELATION])

    items: list[OriginOut]
    relations: list[RelationOriginOut]
