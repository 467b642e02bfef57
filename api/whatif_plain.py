"""What does a program get of a what-if? Everything, by names of fields and ids."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from api.whatif import Told
from planning.boundaries import Redistricted, Way
from planning.whatif import Needs
from queries.coverage import Rates


def plain(told: Told) -> dict[str, Any]:
    """The answer for programs: what is supposed and laid over, rates, every question and why it moves, what opens and closes, plans."""
    found, moved = told.found, told.laid.moved
    before, after = found.before, found.after
    return {
        "revision": before.network.stamp.revision,
        "as_of": before.network.stamp.as_of,
        "today": before.today,
        "policy": before.values.policy,
        "policy_digest": {"before": before.values.digest, "after": after.values.digest},
        "policy_changed": {
            name: {"before": before.values[name], "after": after.values[name]}
            for name in after.values
            if before.values[name] != after.values[name]
        },
        "stored": False,
        "supposed": told.laid.said,
        "changes": found.changes.counts().to_dicts(),
        "redistricted": None if moved is None else _boundaries_plain(moved),
        "coverage": {"registered": _both(found.rates()), "filed": _both(found.rates(filed=True))},
        "questions": [
            {
                "question": d.question.id,
                "term": d.question.term,
                "before": asdict(d.before),
                "after": asdict(d.after),
                "opened": d.opened,
                "closed": d.closed,
                "opens": asdict(d.opens),
                "closes": asdict(d.closes),
                "types": d.types,
                "parameters": d.parameters,
            }
            for d in found.differences
        ],
        "moved": found.moved.to_dicts(),
        "plans": None if found.plans is None else dict(zip(_SIDES, map(_needs, found.plans), strict=True)),
    }


_SIDES = ("before", "after")


def _both(rates: tuple[Rates, Rates]) -> dict[str, Any]:
    return dict(zip(_SIDES, map(asdict, rates), strict=True))


def _boundaries_plain(moved: Redistricted) -> dict[str, Any]:
    return {
        "communities": {way.value: count for way, count in moved.ways().items()},
        "inferred": moved.ways()[Way.MAJORITY],
        "inferred_from": moved.inferred().to_dicts(),
        "streets_before": moved.standing[0],
        "streets_after": moved.standing[1],
        "streets_ended": moved.ended,
        "streets_begun": moved.begun,
        "organizations": moved.organizations,
        "relations_merged": moved.merged,
        "branches_crossing": moved.crossing[0],
        "posts_crossing": moved.crossing[1],
        "streets": dict(moved.streets),
        "places": moved.communities.to_dicts(),
    }


def _needs(needs: Needs) -> dict[str, Any]:
    return {
        "plan": needs.plan.id,
        "shortages": [{"what": s.what, "short": s.short} for s in needs.shortages],
        "proposals": {kind.value: count for kind, count in needs.proposals.items()},
        "unplaced": {kind.value: count for kind, count in needs.unplaced.items()},
        "coverage": asdict(needs.registered),
    }
