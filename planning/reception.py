"""What is told of an organisation not registered yet? Responsible body, form, station, hub, alliance, papers (N7)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np
import polars as pl

from graphmodel.choices import PartyLevel
from graphmodel.declare import Node
from graphmodel.network import Network
from graphmodel.paths import NodeKey
from graphmodel.schema import NODE_TYPES
from graphmodel.schema.edges import StationGuides
from graphmodel.schema.nodes import GuidanceStation, InstructorPost, Organization
from graphmodel.text import Text
from planning.founding import levels
from planning.newcomer import Advice, Newcomer, Reception, Topic, Verdict, overlaid
from planning.newcomer_alone import Placed, placed, target_ids
from planning.newcomer_duty import duty
from planning.newcomer_papers import papers
from planning.plan import ActionKind, Reason
from planning.problem import Draft, Part
from planning.rule import Rule
from queries.context import Context

WORK_COVER = Rule(
    "work-coverage",
    Text("没有党组织的，由指导员、联络员或群团组织作工作覆盖", "with no Party organisation there is work coverage"),
    Text(
        "暂无党组织可加入，由指导员作工作覆盖",
        "no Party organisation can take it in: an instructor gives work coverage",
    ),
    "N6",
)
COMMITTEE = Rule(
    "branch-committee",
    Text("党员达到规定人数的支部设委员会", "a branch with members enough has a committee"),
    Text("正式党员{n}名，达到{least}名：支部设委员会", "{n} full members, {least} or more: the branch has a committee"),
    "N3",
)
HIGHER_LEVEL = Rule(
    "higher-level",
    Text(
        "党员超过一个支部的人数，可报上级批准设党总支或党委",
        "with more members, and with approval, a general branch or a committee",
    ),
    Text(
        "正式党员{n}名：一个支部一般不超过{most}名，可报上级批准设{level}",
        "{n} full members: a branch has {most} at most in general, so with approval it may be a {level}",
    ),
    "N5",
    rank=9,
)
SUPERIOR_OPEN = Rule(
    "superior-open",
    Text("责任单位未定，上级随之而定", "which body is its superior waits for who answers"),
    Text(
        "责任单位还不能判定：定了以后，上级党组织随之而定",
        "who answers cannot be told yet: the superior Party organisation follows from it",
    ),
    "J6",
    rank=9,
)
WAITING = Rule(
    "others-waiting",
    Text("余位可能不止一家要用", "others may want the same room"),
    Text(
        "近处或同行业另有{n}家未覆盖，也可能用到这个余位",
        "{n} others near or of its industry are uncovered and may want this room",
    ),
    rank=9,
)
WHILE_IN_HUB = Rule(
    "while-in-hub",
    Text("孵化期间由孵化平台负责", "a hub answers for whom it takes in"),
    Text(
        "纳入孵化期间改由该平台负责，期满再归口",
        "while it is taken in, the hub answers instead; after that the body above",
    ),
    "J9",
)
FILED_WORK = Rule(
    "filed-work-coverage",
    Text("备案的计入工作覆盖", "filed ones are counted for work coverage"),
    Text(
        "备案组织由街道社区指导，计入工作覆盖", "it is filed: guided by street and community, counted for work coverage"
    ),
    "N6",
)


def receive(context: Context, newcomer: Newcomer) -> Reception:
    """All that can be told of a newcomer, alone: nothing is stored, and nobody else's place is moved.

    Errors: `NoSuchNode` for its authority, street and community. Cost: linear in the network.
    """
    after, key, _ = overlaid(context, newcomer)
    found = placed(after, key)
    due, later, notices = papers(context, newcomer)
    answers = duty(found.context, key, newcomer)
    advice = (
        answers,
        _form(context, newcomer, found, open_duty=answers.verdict is Verdict.CANNOT_TELL),
        _station(found, newcomer),
        _instructor(found, newcomer),
        _drafted(found, Topic.HUB, found.hubs, newcomer, _NO_HUB),
        _drafted(found, Topic.ALLIANCE, found.alliances, newcomer, _NO_ALLIANCE),
    )
    return Reception(newcomer, advice, due, later, notices)


# --- form ---


def _form(context: Context, newcomer: Newcomer, found: Placed, *, open_duty: bool) -> Advice:
    fields, column = newcomer.fields, Organization.columns
    if fields.get("track") == "filed":
        return Advice(Topic.FORM, Verdict.TOLD, _WORK_FILED, (), "work-only", (FILED_WORK.reason(),))
    if found.branch is not None:
        kind, draft = found.branch
        bodies = (draft.target,) if draft.target else tuple(s for s in draft.subjects if s.id != _own(found))
        title = _named(kind, draft, found)
        runner = None if draft.runner_up is None else draft.runner_up.text
        others = (WAITING.reason(float(found.waiting), n=found.waiting),) if found.waiting and draft.target else ()
        if kind is ActionKind.STANDALONE:
            others = (*_of_members(context, fields), *((SUPERIOR_OPEN.reason(),) if open_duty else ()))
        return Advice(Topic.FORM, Verdict.TOLD, title, bodies, kind.value, (*draft.reasons, *others), runner)
    if fields.get("track") is None:
        return _conditional(context, newcomer, "track", "registered")
    if fields.get("full_members") is None and not _bounded(fields):
        return _conditional(context, newcomer, "full_members", 0)
    unplaced = found.joins.unplaced
    if not unplaced:
        return Advice(Topic.FORM, Verdict.CANNOT_TELL, _NOT_ASKED)
    place = () if newcomer.street or newcomer.community else (_PLACE,)
    lacks = (*place, *(() if fields.get("industry") else (column["industry"].title,)))
    verdict = Verdict.CANNOT_TELL if lacks else Verdict.TOLD
    reasons, cheapest = (WORK_COVER.reason(),), unplaced[0].cheapest
    return Advice(Topic.FORM, verdict, _WORK, (), "work-only", reasons, None, lacks, cheapest)


def _of_members(context: Context, fields: Mapping[str, Any]) -> list[Reason]:
    """What the number of full members asks of a branch of its own beside that it is founded (N3, N5)."""
    members, values = fields.get("full_members"), context.values
    if members is None:
        return []
    found = []
    least = values.integer("branch_committee_min_members")
    if members >= least:
        found.append(COMMITTEE.reason(n=members, least=least))
    level = {one.value: one for one in PartyLevel}[str(levels(values, np.array([members]))[0])]
    if level is not PartyLevel.BRANCH:
        most = values.integer("branch_max_members")
        found.append(HIGHER_LEVEL.reason(n=members, most=most, level=level.title))
    return found


def _bounded(fields: Mapping[str, Any]) -> bool:
    """Whether a total says that there are no full members here, so that their number is told."""
    return any(fields.get(name) == 0 for name in ("members", "members_here"))


def _conditional(context: Context, newcomer: Newcomer, name: str, value: object) -> Advice:
    """What would be told were the one fact so; the fact is missing."""
    told = receive(context, replace(newcomer, fields={**newcomer.fields, name: value})).on(Topic.FORM)
    title = Organization.columns[name].title
    if name == "track":
        text, few = _IF_REGISTERED.format(then=told.title), told.missing
        return Advice(Topic.FORM, Verdict.CANNOT_TELL, text, told.bodies, None, told.reasons, None, (title, *few))
    least = context.values.integer("branch_min_members")
    text = _IF_FEW.format(least=least, then=told.title)
    lacks = (title, *told.missing)
    return Advice(Topic.FORM, Verdict.CANNOT_TELL, text, told.bodies, None, told.reasons, told.runner_up, lacks)


def _named(kind: ActionKind, draft: Draft, found: Placed) -> Text:
    if draft.target is not None:
        return Text("{kind}：{body}", "{kind}: {body}").format(kind=kind.title, body=_name(found, draft.target))
    others = [_name(found, s) for s in draft.subjects if s.id != _own(found)]
    if not others:
        return kind.title
    return Text("{kind}，与{others}", "{kind}, with {others}").format(kind=kind.title, others="、".join(others))


def _own(found: Placed) -> str:
    return str(found.context.network[Organization].ids[found.row])


def _name(found: Placed, key: NodeKey) -> str:
    return name_of(found.context.network, key)


def name_of(network: Network, key: NodeKey) -> str:
    """The name of a node, its id where it has none or is not there."""
    rows = network[NODE_TYPES[key.type]]
    row = int(rows.find([key.id])[0])
    return key.id if row < 0 else str(rows.frame.select(pl.coalesce("name", "id")).item(row, 0))


# --- guidance, hub, alliance ---


def _station(found: Placed, newcomer: Newcomer) -> Advice:
    for part in (found.instructors, found.stations):
        for body in target_ids(part, StationGuides, GuidanceStation):
            kept = [r for r in part.drafts[0].reasons if not r.rule.startswith(("post", "load", "distance"))]
            if part is found.stations:
                kept = list(part.drafts[0].reasons)
            return _told(found, Topic.STATION, body, tuple(kept), None)
    return _none(found, Topic.STATION, found.instructors, found.stations, newcomer, GuidanceStation)


def _instructor(found: Placed, newcomer: Newcomer) -> Advice:
    part = found.instructors
    if part.drafts and part.drafts[0].target is not None:
        draft = part.drafts[0]
        kept = tuple(r for r in draft.reasons if not r.rule.startswith("station"))
        runner = None if draft.runner_up is None else draft.runner_up.text
        assert draft.target is not None
        return _told(found, Topic.INSTRUCTOR, draft.target, kept, runner)
    if newcomer.fields.get("track") == "filed":
        return Advice(Topic.INSTRUCTOR, Verdict.NONE, _NO_POST_FILED)
    return _none(found, Topic.INSTRUCTOR, part, part, newcomer, InstructorPost)


def _told(found: Placed, topic: Topic, body: NodeKey, reasons: tuple[Reason, ...], runner: Text | None) -> Advice:
    name = _name(found, body)
    return Advice(topic, Verdict.TOLD, Text(name, name), (body,), None, reasons, runner)


def _none(found: Placed, topic: Topic, first: Part, second: Part, newcomer: Newcomer, element: type[Node]) -> Advice:
    """Why there is none: what the planner says, what is not known, or that there is nothing to choose from."""
    columns = Organization.columns
    missing = tuple(columns[n].title for n in ("track", "industry") if newcomer.fields.get(n) is None)
    if missing:
        return Advice(topic, Verdict.CANNOT_TELL, _CANNOT.format(what=topic.title), missing=missing)
    unplaced = [*first.unplaced, *second.unplaced]
    if unplaced:
        return Advice(topic, Verdict.NONE, unplaced[0].why, cheapest=unplaced[0].cheapest)
    if not len(found.context.network[element]):
        return Advice(topic, Verdict.NONE, _NOTHING.format(what=element.title))
    return Advice(topic, Verdict.NONE, _NOT_ASKED)


def _drafted(found: Placed, topic: Topic, part: Part, newcomer: Newcomer, none: Text) -> Advice:
    if part.drafts and part.drafts[0].target is not None:
        draft = part.drafts[0]
        assert draft.target is not None
        more = (WHILE_IN_HUB.reason(),) if topic is Topic.HUB else ()
        return _told(found, topic, draft.target, (*draft.reasons, *more), None)
    lacks = () if newcomer.street or newcomer.community else (_PLACE,)
    track = Organization.columns["track"].title
    if topic is Topic.HUB and newcomer.fields.get("track") is None:
        return Advice(topic, Verdict.CANNOT_TELL, _CANNOT.format(what=topic.title), missing=(track, *lacks))
    if part.unplaced:
        told = part.unplaced[0]
        return Advice(topic, Verdict.NONE, told.why, missing=lacks, cheapest=told.cheapest)
    return Advice(topic, Verdict.NONE, none)


_WORK_FILED = Text("党的工作覆盖（街道社区和指导站）", "work coverage by street, community and station")
_WORK = Text("党的工作覆盖（指导员）", "work coverage by an instructor")
_PLACE = Text("所在街道或社区", "street or community")
_IF_REGISTERED = Text("如为登记类：{then}", "if it is a registered one: {then}")
_IF_FEW = Text(
    "正式党员满{least}名则单独组建；没有正式党员则{then}",
    "with {least} full members a branch of its own; with none: {then}",
)
_CANNOT = Text("{what}不能判定", "{what} cannot be told")
_NOTHING = Text("还没有任何{what}的数据", "there is no {what} in the data")
_NOT_ASKED = Text("不需要，或所需数据尚未导入", "not needed, or the data for it was never imported")
_NO_POST_FILED = Text(
    "备案组织不派指导员，由指导站联系", "no instructor is due to a filed one: its station looks after it"
)
_NO_HUB = Text("孵化平台接纳初创的登记组织；它不在其列", "hubs take in registered start-ups; it is none")
_NO_ALLIANCE = Text(
    "没有可加入的联盟，或所需数据尚未导入", "there is no alliance to join, or its data was never imported"
)
