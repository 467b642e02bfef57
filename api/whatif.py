"""What if? The service that shell and HTTP share: what is supposed is laid over a revision and asked; nothing is stored."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from api.examples import REDISTRICTING
from api.intake import Intake, take_in
from api.naming import node_meant, node_named
from api.plans import book
from api.workspace import Workspace
from graphmodel.changes import ChangeSet
from graphmodel.choices import StationKind
from graphmodel.network import Network
from graphmodel.schema import GuidanceStation, Street
from graphmodel.tables import Tables
from graphmodel.text import Refusal, Text
from loaders.importing import preview
from planning.decisions import DecisionState
from planning.newcomer import Newcomer, added
from planning.plan import Proposal
from planning.redistrict import Redistricted, Way, redistricted
from planning.suppositions import SOURCE, more_posts, new_station, of_plan, without
from planning.whatif import Needs, WhatIf, compare, laid_over
from queries.context import Context
from queries.coverage import Rates


@dataclass(frozen=True, slots=True)
class NewStation:
    """A guidance station to suppose: `street` its id or name, `capacity` None for no limit."""

    kind: StationKind
    street: str
    capacity: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Supposition:
    """All that is supposed at once.

    Laid over in this order: `files` (a ledger or bundle, such as a batch of new organisations), `without` (nodes that
    are gone), `redistrict` (`2019`, or a folder with streets, communities, PART_OF, SUCCEEDED_BY), `newcomers`
    (organisations registered anew), `stations`, `posts` (station → how many more), `proposals` (of a plan, see
    `proposals_of`), then `planned` (all that is planned as if confirmed, which `proposals` imply) and `values` (policy
    parameters). Nodes are named by id or name, in `without` also by address.
    """

    values: Mapping[str, object] = field(default_factory=dict)
    files: tuple[Path, ...] = ()
    without: tuple[str, ...] = ()
    redistrict: str | None = None
    newcomers: tuple[Newcomer, ...] = ()
    stations: tuple[NewStation, ...] = ()
    posts: Mapping[str, int] = field(default_factory=dict)
    proposals: tuple[Proposal, ...] = ()
    planned: bool = False


@dataclass(frozen=True, slots=True)
class Laid:
    """A context with a supposition laid over it, all its changes as one, and how the boundaries moved where they do."""

    context: Context
    changes: ChangeSet
    moved: Redistricted | None


def what_if(context: Context, supposed: Supposition, *, with_plan: bool = False) -> tuple[WhatIf, Redistricted | None]:
    """Before and after what is supposed, and how the boundaries moved where they do.

    `context` comes from a workspace and is left as it is. Errors: as `laid`. Cost: see `planning.whatif.compare`.
    """
    after = laid(context, supposed)
    return compare(context, after.context, after.changes, with_plan=with_plan), after.moved


def laid(context: Context, supposed: Supposition) -> Laid:
    """What would be, to be asked or drawn; `context` is left as it is.

    Errors: `Refusal` where nothing is supposed, a name is not found, a file has rows that are wrong, or a value does
    not fit its parameter.
    """
    if supposed == Supposition():
        message = Text("没有说明假设什么。", "Nothing is supposed.")
        hint = Text(
            "例如 --set branch_min_members=5、--redistrict 2019 或 --without Hub/…。",
            "For example --set branch_min_members=5, --redistrict 2019 or --without Hub/….",
        )
        raise Refusal(message, hint, code="nothing-supposed")
    network, changes, moved = context.network, list[ChangeSet](), None

    def lay(one: ChangeSet) -> Network:
        changes.append(one)
        return network.apply(one)

    if supposed.files:
        network = lay(preview(network, _taken(network, supposed.files).checked, SOURCE).changes)
    if supposed.without:
        network = lay(without(network, [node_meant(network, text) for text in supposed.without]))
    if supposed.redistrict is not None:
        moved = redistricted(network, _boundaries(network, supposed.redistrict), context.today)
        network = lay(moved.changes)
    if supposed.newcomers:
        network = lay(added(network, supposed.newcomers, context.today)[1])
    for station in supposed.stations:
        street = node_named(network, Street, station.street)
        network = lay(new_station(network, station.kind, street, station.capacity))
    for name, posts in supposed.posts.items():
        network = lay(more_posts(network, node_named(network, GuidanceStation, name), posts))
    if supposed.proposals:
        network = lay(of_plan(network, supposed.proposals))
    values = context.values.replace(**supposed.values)
    after, whole = laid_over(context, changes, values, planned=supposed.planned or bool(supposed.proposals))
    return Laid(after, whole, moved)


def proposals_of(workspace: Workspace, name: str | None = None) -> tuple[Proposal, ...]:
    """The proposals of a plan that nobody rejected; of the newest without a name. Errors: `NoSuchPlan`; `Refusal` for none."""
    plans = book(workspace)
    kept = plans.plan(name)
    states = plans.standing(kept)
    found = tuple(p for p in kept.plan.proposals if states[p.id].state is not DecisionState.REJECTED)
    if not found:
        message = Text("方案 {name} 没有未驳回的项。", "Everything of plan {name} is rejected, or it is empty.")
        raise Refusal(message.format(name=kept.name), code="nothing-supposed")
    return found


def plan_seen(workspace: Workspace, name: str | None = None) -> tuple[str, tuple[tuple[str, int], ...]]:
    """Which plan, and the versions of the decisions about it: what `as_founded` rests on. Errors: `NoSuchPlan`."""
    plans = book(workspace)
    kept = plans.plan(name)
    decided = plans.decisions(kept.series).values()
    return kept.name, tuple(sorted((one.proposal, one.version) for one in decided))


def as_founded(workspace: Workspace, context: Context, name: str | None = None) -> Context:
    """The context as it would be were all of a plan that nobody rejected founded; the last one that was made is kept.

    Errors: those of `proposals_of` and `once_founded`. Cost: the plan's rows laid over the network.
    """
    seen = plan_seen(workspace, name)
    kept: dict[object, Context] = context.memo("as-founded", dict)
    found = kept.get(seen)
    if found is None:
        found = once_founded(context, proposals_of(workspace, seen[0]))
        kept.clear()
        kept[seen] = found
    return found


def once_founded(context: Context, proposals: tuple[Proposal, ...]) -> Context:
    """The context as it would be were these proposals of a plan, and all that is planned already, founded in truth.

    Errors: `Conflict` where the network has moved so that one does not fit any more.
    """
    return laid_over(context, [of_plan(context.network, proposals)], planned=True)[0]


def _taken(network: Network, files: tuple[Path, ...]) -> Intake:
    taken = take_in(files, network)
    if taken.checked.error_counts:
        first = taken.checked.errors[0]
        message = Text(
            f"有 {sum(taken.checked.error_counts.values())} 处错误，例如：{first.as_text('zh')}",
            f"{sum(taken.checked.error_counts.values())} errors, for example: {first.as_text('en')}",
        )
        hint = Text("用 partygraph import --dry-run 查看全部。", "See all with: partygraph import --dry-run")
        raise Refusal(message, hint, code="rows-rejected")
    return taken


def _boundaries(network: Network, change: str) -> Tables:
    folder = REDISTRICTING.get(change, Path(change))
    if not folder.is_dir():
        message = Text("没有区划调整“{name}”。", "There is no change of boundaries '{name}'.").format(name=change[:80])
        hint = Text(
            "可用 {known}，或给出含 Street、Community、PART_OF、SUCCEEDED_BY 的文件夹。",
            "Known: {known}; or name a folder with Street, Community, PART_OF and SUCCEEDED_BY.",
        )
        raise Refusal(message, hint.format(known="、".join(REDISTRICTING)), code="no-such-change")
    return _taken(network, (folder,)).checked.tables


def plain(found: WhatIf, moved: Redistricted | None) -> dict[str, Any]:
    """The answer for programs: what is laid over, rates, every question, what opens and closes, and the plans."""
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
