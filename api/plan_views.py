"""What is shown of a plan? Its proposals filtered, as frames for tables and as values for programs."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from api import plans
from api.naming import node_addressed, node_named
from api.workspace import Workspace
from graphmodel.declare import Node
from graphmodel.network import Network
from graphmodel.paths import NodeKey, row_of
from graphmodel.schema import NODE_TYPES
from graphmodel.schema.edges import LocatedIn
from graphmodel.schema.nodes import Organization, Street
from graphmodel.text import Text
from planning.decisions import Decision
from planning.plan import Proposal, Unplaced
from planning.plan_book import Kept
from queries.context import Context
from queries.places import street_of
from queries.registry import question

_PLANNED_AS = Text("{name}（拟方案时称“{planned}”）", "{name} (planned as '{planned}')")
_PLACED = {source.type_name for source, _ in LocatedIn.pairs}


@dataclass(frozen=True, slots=True)
class Choice:
    """Which proposals are wanted: of these kinds, states, streets (name or id), about any of some nodes, closing gaps of one question."""

    kinds: tuple[str, ...] = ()
    states: tuple[str, ...] = ()
    streets: tuple[str, ...] = ()
    about: tuple[NodeKey, ...] = ()
    question: str | None = None


@dataclass(frozen=True, slots=True)
class View:
    """A plan as it stands: its proposals that were chosen with their numbers, all decisions, who has none.

    `about` are the nodes that were asked for, none where all were; `changed` those at which others changed something since the
    plan's revision, by the proposal that waits, and `newest` the revision until which that is so.
    """

    kept: Kept
    chosen: tuple[tuple[int, Proposal], ...]
    decisions: Mapping[str, Decision]
    unplaced: tuple[Unplaced, ...]
    standing: plans.Standing
    changed: Mapping[str, tuple[NodeKey, ...]]
    newest: int
    about: tuple[NodeKey, ...] = ()


def view(workspace: Workspace, name: str | None = None, choice: Choice | None = None) -> View:
    """A plan with the decisions about it.

    Errors: `NoSuchPlan`; those of `node_named` for a street that there is not; `NoSuchNode` where it is asked about a node
    that neither the plan nor the network knows.
    """
    wanted = choice or Choice()
    book = plans.book(workspace)
    kept = book.plan(name)
    decisions = book.standing(kept)
    proposals = kept.plan.proposals
    streets = _streets(workspace.context(), proposals, wanted.streets) if wanted.streets else None
    about = frozenset(wanted.about)
    for node in about.difference(*(p.subjects for p in proposals), (u.subject for u in kept.plan.unplaced)):
        if all(p.target != node for p in proposals):
            row_of(workspace.network(), node)
    chosen = tuple(
        (kept.number_of(one.id), one)
        for place, one in enumerate(proposals)
        if (not wanted.kinds or one.kind.value in wanted.kinds)
        and (not wanted.states or decisions[one.id].state.value in wanted.states)
        and (streets is None or place in streets)
        and (not about or not about.isdisjoint(one.subjects) or one.target in about)
        and (wanted.question is None or any(each.split("|", 1)[0] == wanted.question for each in one.closes))
    )
    unplaced = tuple(
        u
        for u in kept.plan.unplaced
        if not (wanted.states or wanted.streets)
        and (not wanted.kinds or u.kind.value in wanted.kinds)
        and (not about or u.subject in about)
        and (wanted.question is None or u.finding.split("|", 1)[0] == wanted.question)
    )
    standing, head = plans.standing(workspace, kept), workspace.store.head
    changed = plans.changed(workspace, standing, head)
    return View(kept, chosen, decisions, unplaced, standing, changed, head, wanted.about)


def only(shown: View, chosen: tuple[tuple[int, Proposal], ...]) -> View:
    """The same plan with these proposals alone, nobody without one."""
    return replace(shown, chosen=chosen, unplaced=())


def lacking(unplaced: Sequence[Unplaced]) -> list[tuple[Unplaced, Text]]:
    """Who has no proposal: one for each node, reason and cheapest change, with the gaps for which that is so."""
    terms: dict[tuple[NodeKey, Text, Text], dict[Text, None]] = {}
    first: dict[tuple[NodeKey, Text, Text], Unplaced] = {}
    for one in unplaced:
        key = (one.subject, one.why, one.cheapest)
        first.setdefault(key, one)
        asked = question(one.finding.split("|", 1)[0])
        terms.setdefault(key, {})[Text(asked.term, asked.id)] = None
    gaps = (Text("；".join(t.zh for t in told), ", ".join(t.en for t in told)) for told in terms.values())
    return list(zip(first.values(), gaps, strict=True))


def found(network: Network, text: str, element: type[Node] = Organization) -> NodeKey:
    """The node that a person means: an address, an id, or a name. Errors: those of `node_named`."""
    return node_addressed(network, text) or NodeKey(element.type_name, node_named(network, element, text))


def names(network: Network, nodes: Sequence[NodeKey]) -> dict[NodeKey, str]:
    """What nodes are called; the address of one that has no name, or is gone."""
    called = {node: str(node) for node in nodes}
    for type_ in {node.type for node in nodes}:
        wanted = [node.id for node in called if node.type == type_]
        frame = network.nodes[type_].frame
        rows = network.nodes[type_].find(wanted)
        for id_, name in frame[rows[rows >= 0]].select("id", "name").drop_nulls("name").iter_rows():
            called[NodeKey(type_, id_)] = name
    return called


def titles(network: Network, proposals: Sequence[Proposal]) -> dict[str, Text]:
    """What proposals are called by id: a node that was renamed since by its present name, with the one that it was planned under."""
    nodes = dict.fromkeys(key for one in proposals for key in (*one.subjects, one.target) if key is not None)
    former: dict[NodeKey, tuple[str, list[str]]] = {}
    for type_ in {node.type for node in nodes}:
        frame, rows = network.nodes[type_].frame, network.nodes[type_].find([n.id for n in nodes if n.type == type_])
        if "aliases" in frame.columns:
            named = frame[rows[rows >= 0]].select("id", "name", "aliases").drop_nulls()
            former |= {NodeKey(type_, id_): (name, other.split("、")) for id_, name, other in named.iter_rows()}
    return {one.id: _present(one, former) for one in proposals}


def _present(one: Proposal, former: Mapping[NodeKey, tuple[str, list[str]]]) -> Text:
    """A part of a present name, as short names are, is none that was left; nor is what others in the title are called."""
    title, nodes = one.title, [key for key in (*one.subjects, one.target) if key is not None and key in former]
    for key in nodes:
        name, others = former[key]
        text = title.zh
        for other in nodes:
            if other != key:
                text = text.replace(former[other][0], "")
        planned = max((each for each in others if each and each not in name and each in text), key=len, default=None)
        if planned is not None and name not in title.zh:
            both = _PLANNED_AS.format(name=name, planned=planned)
            title = Text(title.zh.replace(planned, both.zh), title.en.replace(planned, both.en))
    return title


def _streets(context: Context, proposals: Sequence[Proposal], names: Sequence[str]) -> set[int]:
    """Places of the proposals with a subject or target in one of these streets, by name or id."""
    wanted = context.network[Street].find([node_named(context.network, Street, name) for name in names])
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
    place = {one["id"]: k for k, one in enumerate(plan["proposals"])}
    proposals = [
        {"number": number, **plan["proposals"][place[one.id]], "decision": decision_values(shown.decisions[one.id])}
        for number, one in shown.chosen
    ]
    kept, lacking = shown.kept, {(one.kind.value, one.finding) for one in shown.unplaced}
    return {
        **kept_values(kept),
        "counts": {state.value: number for state, number in shown.standing.counts.items()},
        "applied": shown.standing.in_place,
        "start": plan.get("start"),
        "account": kept.account and kept.account.plain(),
        **{name: plan[name] for name in ("policy", "solved", "shortages", "steps", "pins", "rejections")},
        "unplaced": [u for u in plan["unplaced"] if (u["kind"], u["finding"]) in lacking],
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
