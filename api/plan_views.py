"""What is shown of a plan? Its proposals filtered, as frames for tables and as values for programs."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl

from api import plans
from api.workspace import Workspace
from graphmodel.network import Network
from graphmodel.paths import NodeKey, row_of
from graphmodel.schema import NODE_TYPES, LocatedIn, Organization, Street
from graphmodel.text import Refusal, Text
from planning.decisions import Decision
from planning.plan import Proposal, Unplaced
from planning.plan_book import Kept
from queries.context import Context
from queries.places import street_of

_PLACED = {source.type_name for source, _ in LocatedIn.pairs}


@dataclass(frozen=True, slots=True)
class Choice:
    """Which proposals are wanted: of these kinds, states, streets (name or id), about one node; everything by default."""

    kinds: tuple[str, ...] = ()
    states: tuple[str, ...] = ()
    streets: tuple[str, ...] = ()
    about: NodeKey | None = None


@dataclass(frozen=True, slots=True)
class View:
    """A plan as it stands: its proposals that were chosen with their places (from 1), all decisions, who has none."""

    kept: Kept
    chosen: tuple[tuple[int, Proposal], ...]
    decisions: Mapping[str, Decision]
    unplaced: tuple[Unplaced, ...]
    standing: plans.Standing


def view(workspace: Workspace, name: str | None = None, choice: Choice | None = None) -> View:
    """A plan with the decisions about it. Errors: `NoSuchPlan`; `Refusal` for a street that there is not."""
    wanted = choice or Choice()
    book = plans.book(workspace)
    kept = book.plan(name)
    decisions = book.standing(kept)
    proposals = kept.plan.proposals
    streets = _streets(workspace.context(), proposals, wanted.streets) if wanted.streets else None
    chosen = tuple(
        (place, one)
        for place, one in enumerate(proposals, 1)
        if (not wanted.kinds or one.kind.value in wanted.kinds)
        and (not wanted.states or decisions[one.id].state.value in wanted.states)
        and (streets is None or place - 1 in streets)
        and (wanted.about is None or wanted.about in one.subjects or one.target == wanted.about)
    )
    unplaced = tuple(
        u
        for u in kept.plan.unplaced
        if not (wanted.states or wanted.streets)
        and (not wanted.kinds or u.kind.value in wanted.kinds)
        and (wanted.about is None or u.subject == wanted.about)
    )
    return View(kept, chosen, decisions, unplaced, plans.standing(workspace, kept))


def found(network: Network, text: str, type_: str = Organization.type_name) -> NodeKey:
    """The node that a person means: an address, an id, or a name. Errors: `NoSuchNode`; `Refusal` where a name fits several."""
    if "/" in text and text.partition("/")[0] in NODE_TYPES:
        key = NodeKey.parse(text)
        row_of(network, key)
        return key
    frame = network.nodes[type_].frame
    hits = frame.filter(pl.col("id") == text)
    if not hits.height:
        hits = frame.filter((pl.col("name") == text).fill_null(value=False))
    if not hits.height:
        hits = frame.filter(pl.col("name").str.contains(text, literal=True).fill_null(value=False))
    if hits.height > 1:
        message = Text("“{text}”不止一个：{names} 等 {n} 个", "'{text}' fits {n}: {names} …").format(
            text=text[:80], names="、".join(hits["id"].head(3)), n=hits.height
        )
        raise Refusal(message, Text("请写标识。", "Give the id."), "ambiguous")
    key = NodeKey(type_, hits["id"].item() if hits.height else text)
    row_of(network, key)
    return key


def _streets(context: Context, proposals: Sequence[Proposal], names: Sequence[str]) -> set[int]:
    """Places of the proposals with a subject in one of these streets, by name or id."""
    frame = context.network[Street].frame
    known = frame.filter(pl.col("name").is_in(names) | pl.col("id").is_in(names))
    if missing := [n for n in names if n not in {*known["name"], *known["id"]}]:
        message = Text("没有街道“{name}”。", "There is no street '{name}'.").format(name=missing[0][:80])
        raise Refusal(message, Text("请写全称或区划代码。", "Give its full name or division code."), "no-such-street")
    wanted = context.network[Street].find(known["id"].to_list())
    places: set[int] = set()
    by_type: dict[str, list[tuple[int, str]]] = {}
    for place, one in enumerate(proposals):
        for key in (*one.subjects, *([one.target] if one.target else [])):
            by_type.setdefault(key.type, []).append((place, key.id))
    for type_, nodes in by_type.items():
        if type_ in _PLACED:
            element = NODE_TYPES[type_]
            rows = context.network[element].find([id_ for _, id_ in nodes])
            street = np.append(street_of(context, element), -1)[rows]
            places |= {nodes[k][0] for k in np.flatnonzero(np.isin(street, wanted))}
    return places


def as_values(shown: View) -> dict[str, Any]:
    """The view for programs: figures, decisions, and proposals without their rows."""
    plan = json.loads(shown.kept.text)
    proposals = [
        {"number": place, **plan["proposals"][place - 1], "decision": decision_values(shown.decisions[one.id])}
        for place, one in shown.chosen
    ]
    kept = shown.kept
    return {
        **kept_values(kept),
        "counts": {state.value: number for state, number in shown.standing.counts.items()},
        "applied": shown.standing.in_place,
        **{name: plan[name] for name in ("policy", "solved", "shortages", "steps", "pins", "rejections")},
        "unplaced": [u for u in plan["unplaced"] if u["subject"] in {str(one.subject) for one in shown.unplaced}],
        "proposals": proposals,
    }


def kept_values(kept: Kept) -> dict[str, Any]:
    """What a list of plans says of each."""
    return {
        "plan": kept.name,
        "made_at": kept.made_at.isoformat(timespec="seconds"),
        "unit": kept.unit,
        "revision": kept.plan.revision,
        "day": kept.plan.day.isoformat(),
        "size": len(kept.plan.proposals),
        "verified": [kept.line.zh, kept.line.en],
        "sound": kept.sound,
    }


def decision_values(one: Decision) -> dict[str, Any]:
    """A decision for programs."""
    return {**one.model_dump(mode="json", exclude={"series", "proposal"}), "version": one.version}
