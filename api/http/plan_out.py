"""How are plans sent? Proposals, decisions and what is around them, as the shapes of `plan_models` have them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from api.http.models import Found, Words, choice_out
from api.http.plan_models import (
    DecisionOut,
    KindCount,
    Needed,
    PlanBrief,
    PlanOut,
    ProposalOut,
    ReasonOut,
    RunnerUpOut,
    ShortageOut,
    SolvedOut,
    StepOut,
    UnplacedOut,
)
from api.plan_views import View, names, titles
from graphmodel.network import Network
from graphmodel.paths import NodeKey
from graphmodel.text import Text
from planning.decisions import Decision
from planning.plan import ActionKind, Proposal, RunnerUp
from planning.plan_book import Kept


def decision_out(one: Decision) -> DecisionOut:
    """A decision as it is sent."""
    told = one.model_dump(mode="json", include={"proposal", "state", "reason", "unit", "at"})
    return DecisionOut(**told, version=one.version)


def brief_out(kept: Kept) -> PlanBrief:
    """A plan as lists show it."""
    return PlanBrief(**_brief(kept))


def _brief(kept: Kept) -> dict[str, Any]:
    return {
        "plan": kept.name, "made_at": kept.made_at, "unit": kept.unit, "revision": kept.plan.revision, "day": kept.plan.day,
        "size": len(kept.plan.proposals), "verified": Words.of(kept.line), "sound": kept.sound,
    }  # fmt: skip


def proposals_out(shown: View, chosen: Sequence[tuple[int, Proposal]], network: Network) -> list[ProposalOut]:
    """Some proposals of a plan with their numbers, as they are sent; names are those of a network."""
    keys = [key for _, one in chosen for key in (*_keys(one), *shown.changed.get(one.id, ()))]
    called = names(network, keys)
    needed = {id_ for _, one in chosen for id_ in one.needs} | {one.id for _, one in chosen}
    titled = titles(network, [one for one in shown.kept.plan.proposals if one.id in needed])
    return [_proposal_out(number, one, shown, called, titled) for number, one in chosen]


def _keys(one: Proposal) -> list[NodeKey]:
    targets = [one.target, one.runner_up.target if one.runner_up else None]
    return [*one.subjects, *(key for key in targets if key is not None)]


def _proposal_out(
    number: int, one: Proposal, shown: View, called: Mapping[NodeKey, str], titled: Mapping[str, Text]
) -> ProposalOut:
    return ProposalOut(
        number=number,
        id=one.id,
        kind=choice_out(one.kind),
        title=Words.of(titled[one.id]),
        subjects=[node_out(key, called) for key in one.subjects],
        target=one.target and node_out(one.target, called),
        closes=list(one.closes),
        reasons=[
            ReasonOut(rule=r.rule, text=Words.of(r.text), clause=r.clause, hard=r.hard, cost=r.cost, rank=r.rank)
            for r in one.reasons
        ],
        runner_up=one.runner_up and _runner_up_out(one.runner_up, called),
        evidence=[Words.of(text) for text in one.evidence],
        needs=[Needed(id=id_, title=Words.of(titled.get(id_, Text(id_, id_)))) for id_ in one.needs],
        rank=one.rank,
        decision=decision_out(shown.decisions[one.id]),
        applied=one.id in shown.standing.there,
        confirmed=one.id in shown.standing.actual,
        changed=[node_out(key, called) for key in shown.changed.get(one.id, ())],
    )


def _runner_up_out(one: RunnerUp, called: Mapping[NodeKey, str]) -> RunnerUpOut:
    gone = called.get(one.target, str(one.target)) == str(one.target)
    known = Found(type=one.target.type, id=one.target.id, name=one.name) if gone and one.name else None
    return RunnerUpOut(
        target=known or node_out(one.target, called),
        costs=dict(one.costs),
        text=Words.of(one.text),
    )


def node_out(key: NodeKey, called: Mapping[NodeKey, str]) -> Found:
    """A node with what it is called."""
    return Found(type=key.type, id=key.id, name=called.get(key))


def plan_out(shown: View, first: int, limit: int, network: Network) -> PlanOut:
    """A plan as it stands, with the page of chosen proposals that begins at a place."""
    plan, standing = shown.kept.plan, shown.standing
    rest = [(number, one) for number, one in shown.chosen if plan.place(one.id) >= first]
    called = names(network, [each.subject for each in shown.unplaced])
    kinds = Counter(one.kind.value for one in plan.proposals)
    return PlanOut(
        **_brief(shown.kept),
        reckoning=[Words.of(line) for line in shown.kept.reckoning],
        policy=plan.policy,
        counts={state.value: number for state, number in standing.counts.items()},
        applied=standing.in_place,
        confirmed=len(standing.actual),
        newest=shown.newest,
        changed=len(shown.changed),
        kinds=[
            KindCount(**choice_out(kind).model_dump(), count=kinds[kind.value])
            for kind in ActionKind
            if kinds[kind.value]
        ],
        total=len(shown.chosen),
        next=plan.place(rest[limit][1].id) if len(rest) > limit else None,
        proposals=proposals_out(shown, rest[:limit], network),
        unplaced=[
            UnplacedOut(
                kind=choice_out(each.kind),
                subject=node_out(each.subject, called),
                finding=each.finding,
                why=Words.of(each.why),
                cheapest=Words.of(each.cheapest),
            )
            for each in shown.unplaced
        ],
        solved=[
            SolvedOut(
                part=s.part,
                measure=Words.of(s.measure),
                status=s.status,
                value=s.value,
                bound=s.bound,
                gap=s.gap,
                candidates=s.candidates,
                unproven=s.unproven and Words.of(s.unproven),
            )
            for s in plan.solved
        ],
        shortages=[ShortageOut(what=Words.of(each.what), short=each.short) for each in plan.shortages],
        steps=[
            StepOut(
                number=shown.kept.number_of(each.proposal),
                gain=each.gain,
                own=each.own,
                coverage=each.coverage,
                standalone=each.standalone,
            )
            for each in plan.steps
        ],
    )
