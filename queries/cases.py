"""Who mends a gap, how and by when? A gap that somebody follows is a case until the question no longer finds it.

Only the question closes a case (建账销号); what people do moves it between the states before that.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from graphmodel.declare import Node
from graphmodel.personal import worded
from graphmodel.schema import NODE_TYPES
from graphmodel.schema.nodes import Authority, Community, GoverningBody, Hub, Organization, Street
from graphmodel.text import Refusal, Text
from queries.answer import Answer, identities
from queries.authority_industry import AUTHORITY_INDUSTRY
from queries.case_history import CaseState, Closing, Entry
from queries.context import Context
from queries.responsibility import due_bodies

OPEN = (CaseState.TO_DO, CaseState.UNDER_WAY, CaseState.TO_VERIFY)
"""The states in which a deadline runs; people move a case among them."""


class CaseRefused(Refusal):
    """Something cannot be done with a case; nothing was changed."""


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Body(_Frozen):
    """A responsible body, never a person: the type and id of a node."""

    type: str
    id: str = Field(min_length=1, max_length=200)


class Comment(_Frozen):
    """What a unit's account noted, and when (with time zone)."""

    text: str
    at: AwareDatetime
    unit: str


class Case(_Frozen):
    """A gap that is followed; `identity` is the finding's, the same from revision to revision.

    `question`, `anchor` and `subject` are its parts; `name` what the subject was called when it was opened, for the day
    it is no longer in the network, `last_street` the id of the street in which it then lay last, where that is known;
    `opened_in`, `closed_in`, `reopened_in` revisions; `history` all that happened to it, oldest first; `version` that of
    the record it was read from (0: never stored), which is no part of what is stored.
    """

    identity: str
    question: str
    anchor: str
    subject: str
    name: str | None = None
    last_street: str | None = None
    opened_in: int
    state: CaseState = CaseState.TO_DO
    body: Body | None = None
    measure: str | None = None
    deadline: dt.date | None = None
    comments: tuple[Comment, ...] = ()
    kept_until: dt.date | None = None
    kept_reason: str | None = None
    closed_in: int | None = None
    closed_as: Closing | None = None
    reopened_in: int | None = None
    history: tuple[Entry, ...] = ()
    version: int = Field(default=0, exclude=True)


def open_cases(answer: Answer, context: Context, ids: Sequence[str] | None = None) -> list[Case]:
    """New cases for the gaps of one answer, or for those of `ids`, each with the body that has to act by default.

    Errors: `CaseRefused` where an id is no gap of it.
    """
    gaps = pl.concat(
        [answer.rows.frame[answer.gap_rows].select("id", "name"), default_bodies(answer, context)], how="horizontal"
    )
    gaps = gaps.with_columns(identities(answer.question, pl.col("id")).alias("identity"))
    if ids is not None:
        strange = sorted(set(ids) - set(gaps["id"]))
        if strange:
            message = Text("“{id}”不是“{term}”的缺口。", "'{id}' is no gap of '{term}'.")
            hint = Text("请在最新版本上重新查询。", "Ask the question again on the newest revision.")
            raise CaseRefused(message.format(id=strange[0], term=answer.question.term), hint, "not-a-gap")
        gaps = gaps.filter(pl.col("id").is_in(list(ids)))
    return [
        Case(
            identity=row["identity"],
            question=answer.question.id,
            anchor=answer.question.anchor.name,
            subject=row["id"],
            name=row["name"],
            opened_in=answer.stamp.revision,
            body=Body(type=row["body_type"], id=row["body_id"]) if row["body_id"] is not None else None,
        )
        for row in gaps.iter_rows(named=True)
    ]


_ITSELF: tuple[type[Node], ...] = (Authority, Street, Community, Hub, GoverningBody)


def default_bodies(answer: Answer, context: Context) -> pl.DataFrame:
    """The body that has to act for each gap of an answer: columns `body_type`, `body_id`, in the order of the gaps.

    For an organisation the one that should answer for it (J7-J9), for a body itself, for a group its authority; null
    where none follows.
    """
    anchor, rows = answer.question.anchor, answer.gap_rows
    if anchor.element is Organization:
        return due_bodies(context)[rows].select("body_type", "body_id")
    gaps = answer.rows.frame[rows]
    if anchor.element in _ITSELF:
        return gaps.select(pl.lit(anchor.name).alias("body_type"), pl.col("id").alias("body_id"))
    if anchor is AUTHORITY_INDUSTRY:
        return gaps.select(pl.lit(Authority.type_name).alias("body_type"), pl.col("authority").alias("body_id"))
    none = pl.lit(None, pl.String)  # of which a select alone would make one row
    return gaps.with_columns(none.alias("body_type"), none.alias("body_id")).select("body_type", "body_id")


def assign(
    case: Case, *, body: Body | None = None, measure: str | None = None, deadline: dt.date | None = None
) -> Case:
    """Give a case its responsible body, measure or deadline; what is not given stays. Errors: `CaseRefused`."""
    if case.state is CaseState.CLOSED:
        message = Text("该缺口已销号，不能再交办。", "The case is closed: there is nothing to assign.")
        raise CaseRefused(message, code="case-closed")
    if body is not None and body.type not in NODE_TYPES:
        message = Text("没有“{type}”这类单位。", "There are no bodies of type '{type}'.").format(type=body.type)
        raise CaseRefused(message, Text("请从列表中选择单位。", "Choose a body from the list."), "no-such-body-type")
    given = {"body": body, "measure": _text(measure), "deadline": deadline}
    return case.model_copy(update={name: value for name, value in given.items() if value is not None})


def passed(deadline: dt.date, today: dt.date) -> Text | None:
    """What whoever sets a deadline that has passed on `today` is told; it may be one that was agreed long ago."""
    if deadline >= today:
        return None
    text = Text(
        "期限 {deadline} 早于数据截至日（{today}），已按逾期列出；写错了请重新交办。",
        "The deadline {deadline} is before the data's day ({today}): the case is overdue at once. Assign again if it is wrong.",
    )
    return text.format(deadline=deadline, today=today)


def comment(case: Case, text: str, unit: str, at: dt.datetime) -> Case:
    """Note something about a case, in any state. Errors: `CaseRefused` for an empty or personal text."""
    noted = Comment(text=_text(text) or "", at=at, unit=unit)
    return case.model_copy(update={"comments": (*case.comments, noted)})


def advance(case: Case, state: CaseState) -> Case:
    """Move a case among the open states; one that was kept opens again so. Errors: `CaseRefused`.

    Nobody can close a case by hand, and `keep` needs a date and a reason.
    """
    if case.state is CaseState.CLOSED or state not in OPEN:
        message = Text("不能把“{old}”改为“{new}”。", "A case that is '{old}' cannot be made '{new}'.").format(
            old=case.state.title, new=state.title
        )
        hint = Text(
            "销号只在查询不再查出该缺口时自动发生；保留须写明期限和理由。",
            "A case closes by itself once the question no longer finds it; keeping it needs a date and a reason.",
        )
        raise CaseRefused(message, hint, "bad-case-state")
    return case.model_copy(update={"state": state, "kept_until": None, "kept_reason": None})


def keep(case: Case, until: dt.date, reason: str, today: dt.date) -> Case:
    """Accept a gap until a date, that day included, for a reason. Errors: `CaseRefused`."""
    if case.state is CaseState.CLOSED:
        raise CaseRefused(
            Text("该缺口已销号，无须保留。", "The case is closed: there is nothing to keep."), code="case-closed"
        )
    if until <= today:
        message = Text("保留期限须晚于今天（{today}）。", "It can be kept only until a day after today ({today}).")
        raise CaseRefused(message.format(today=today), code="bad-date")
    update = {"state": CaseState.KEPT, "kept_until": until, "kept_reason": _text(reason)}
    return case.model_copy(update=update)


def _text(text: str | None) -> str | None:
    return None if text is None else worded(text, CaseRefused)


@dataclass(frozen=True)
class Found:
    """What the questions find.

    `verdicts` a frame of `identity` and `verdict` of what is followed, out of scope or not; `asked` the
    ids of the questions that were asked and have data, since only they can say that a gap is gone.
    """

    verdicts: pl.DataFrame
    asked: frozenset[str]


_STILL_OPEN = ("gap", "cannot-tell")


def found(answers: Iterable[Answer], cases: Iterable[Case]) -> Found:
    """What some answers find about what the cases follow. Cost: linear in the rows; of these, nothing else is kept."""
    parts, asked = [pl.DataFrame(schema={"identity": pl.String, "verdict": pl.String})], set()
    followed = pl.DataFrame({"identity": [case.identity for case in cases]}, {"identity": pl.String})
    for answer in answers:
        if answer.no_data:
            continue
        asked.add(answer.question.id)
        identity = identities(answer.question, pl.col("id")).alias("identity")
        here = answer.rows.frame.select(identity).with_row_index("row").join(followed, on="identity", how="semi")
        rows, gap = here["row"].to_numpy(), answer.gap
        truths = [gap.yes[rows], gap.unknown[rows], answer.scope.possible[rows]]
        verdicts = np.select(truths, [*_STILL_OPEN, Closing.PASSES], Closing.OUT_OF_SCOPE)
        parts.append(here.select("identity", pl.Series("verdict", verdicts, dtype=pl.String)))
    return Found(pl.concat(parts), frozenset(asked))


def reconcile(cases: Sequence[Case], now: Found, revision: int, today: dt.date) -> list[Case]:
    """The cases that change by what the questions find now: closed, open again, or no longer kept.

    A case closes when its question was asked, has data and does not find it, nor finds that it cannot tell, and says
    why (`Closing`); a closed one that is found opens again; a kept one opens again when its date has passed. Cost: one
    join, and the cases.
    """
    listed = pl.DataFrame({"identity": [case.identity for case in cases]}, {"identity": pl.String})
    verdicts = listed.join(now.verdicts, on="identity", how="left", maintain_order="left")["verdict"]
    changed = []
    for case, verdict in zip(cases, verdicts, strict=True):
        found = (verdict or Closing.GONE.value) if case.question in now.asked else None
        after = _reconciled(case, found, revision, today)
        if after is not case:
            changed.append(after)
    return changed


def _reconciled(case: Case, verdict: str | None, revision: int, today: dt.date) -> Case:
    if case.state is CaseState.CLOSED:
        again = {"state": CaseState.TO_DO, "closed_in": None, "closed_as": None, "reopened_in": revision}
        return case.model_copy(update=again) if verdict == "gap" else case
    if verdict is not None and verdict not in _STILL_OPEN:
        kept = {"kept_until": None, "kept_reason": None}
        closed = {"state": CaseState.CLOSED, "closed_in": revision, "closed_as": Closing.of(verdict)}
        return case.model_copy(update=closed | kept)
    return lapsed(case, today)


def lapsed(case: Case, today: dt.date) -> Case:
    """The case as it stands on a day: one whose date to be kept until has passed is to do again."""
    if case.kept_until is not None and case.kept_until < today:
        return advance(case, CaseState.TO_DO)
    return case
