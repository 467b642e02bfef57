"""What if? The service that shell and HTTP share: what is supposed is laid over a revision and asked; nothing is stored."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from api.descriptions import MOST_SUPPOSED, describes, from_file
from api.examples import REDISTRICTING
from api.intake import Intake, take_in
from api.naming import node_meant, node_named
from api.newcomers import namesakes
from api.plans import book
from api.workspace import Workspace
from graphmodel.changes import ChangeSet
from graphmodel.choices import StationKind
from graphmodel.network import Network
from graphmodel.parameters import PARAMETERS
from graphmodel.paths import NodeKey
from graphmodel.schema.nodes import GuidanceStation, Street
from graphmodel.tables import Tables
from graphmodel.text import Refusal, Text
from loaders.importing import preview
from planning.boundaries import Redistricted
from planning.decisions import DecisionState
from planning.newcomer import Newcomer, added
from planning.plan import Proposal
from planning.reception import name_of
from planning.redistrict import redistricted
from planning.suppositions import SOURCE, more_posts, new_station, of_plan, without
from planning.whatif import WhatIf, compare, otherwise
from queries.context import Context


@dataclass(frozen=True, slots=True)
class NewStation:
    """A guidance station to suppose: `street` its id or name, `capacity` None for no limit."""

    kind: StationKind
    street: str
    capacity: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Supposition:
    """All that is supposed at once.

    Laid over in this order: `files` (ledgers, bundles, or descriptions of organisations that have no code yet), `newcomers`
    (organisations registered anew), `without` (nodes that are gone), `redistrict` (`2019`, or a folder with streets,
    communities, PART_OF, SUCCEEDED_BY), `stations`, `posts` (station → how many more), `proposals` (of a plan, see
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
    """A context with a supposition laid over it, all its changes as one, and how the boundaries moved where they do.

    `said` is what is supposed beside the policy, by the names of what it is about, a line each.
    """

    context: Context
    changes: ChangeSet
    moved: Redistricted | None
    said: tuple[Text, ...]


@dataclass(frozen=True, slots=True)
class Told:
    """What is supposed and what it changes."""

    laid: Laid
    found: WhatIf


def what_if(context: Context, supposed: Supposition, *, with_plan: bool = False) -> Told:
    """Before and after what is supposed.

    `context` comes from a workspace and is left as it is. Errors: as `laid`. Cost: see `planning.whatif.compare`.
    """
    after = laid(context, supposed)
    return Told(after, compare(context, after.context, after.changes, with_plan=with_plan))


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
    layers, moved = _Layers(context.network), None
    _files(layers, supposed.files, context.today)
    if supposed.newcomers:
        layers.lay(
            added(layers.network, supposed.newcomers, context.today)[1], *_new(layers.network, supposed.newcomers)
        )
    if supposed.without:
        gone = [node_meant(layers.network, text) for text in supposed.without]
        names = "、".join(name_of(layers.network, key) for key in dict.fromkeys(gone))
        layers.lay(without(layers.network, gone), _GONE.format(names=names))
    if supposed.redistrict is not None:
        moved = redistricted(layers.network, _boundaries(layers.network, supposed.redistrict), context.today)
        layers.lay(moved.changes, _BOUNDARIES.format(change=Path(supposed.redistrict).name))
    _guidance(layers, supposed, context.today)
    if supposed.proposals:
        layers.lay(of_plan(layers.network, supposed.proposals), _PLAN.format(n=len(supposed.proposals)))
    planned = supposed.planned or bool(supposed.proposals)
    values = context.values.replace(**supposed.values)
    after = otherwise(context, layers.network, values, planned=planned)
    same = [
        _SAME.format(what=PARAMETERS[name].title) for name in supposed.values if values[name] == context.values[name]
    ]
    return Laid(after, layers.changes, moved, (*layers.said, *([_PLANNED] if planned else []), *same))


class _Layers:
    """A network with ChangeSets laid over it one after another, these as one, and a line that says what each is."""

    def __init__(self, network: Network) -> None:
        self.network, self.changes, self.said = network, ChangeSet({}), list[Text]()

    def lay(self, one: ChangeSet, *lines: Text) -> None:
        self.network = self.network.apply(one)
        self.changes = self.changes.then(one)
        self.said.extend(lines)


def _files(layers: _Layers, files: Sequence[Path], today: dt.date) -> None:
    """Ledgers and bundles together, then the descriptions of organisations that have no code yet."""
    described = [path for path in files if describes(path)]
    kept = tuple(path for path in files if path not in described)
    if kept:
        rows = preview(layers.network, _taken(layers.network, kept).checked, SOURCE).changes
        layers.lay(rows, _FILES.format(files="、".join(path.name for path in kept)))
    for path in described:
        newcomers, left_out = from_file(layers.network, path, MOST_SUPPOSED)
        line = _FILES.format(files=path.name)
        layers.lay(added(layers.network, newcomers, today)[1], line, *_new(layers.network, newcomers), *left_out)


def _new(network: Network, newcomers: Sequence[Newcomer]) -> list[Text]:
    """How many are new, and whose names somebody has already."""
    taken = list(namesakes(network, newcomers))
    names = "、".join(taken[:_MOST_NAMES]) + ("…" if len(taken) > _MOST_NAMES else "")
    remark = [_NAMESAKES.format(n=len(taken), names=names)] if taken else []
    return [_NEW.format(n=len(newcomers)), *remark]


def _guidance(layers: _Layers, supposed: Supposition, today: dt.date) -> None:
    """The new stations, then the posts, which may be theirs."""
    for one in supposed.stations:
        street = NodeKey(Street.type_name, node_named(layers.network, Street, one.street))
        room = _NO_LIMIT if one.capacity is None else _LIMIT.format(n=one.capacity)
        line = _STATION.format(kind=one.kind.title, street=name_of(layers.network, street), room=room)
        layers.lay(new_station(layers.network, one.kind, street.id, one.capacity, today), line)
    for name, posts in supposed.posts.items():
        station = NodeKey(GuidanceStation.type_name, node_named(layers.network, GuidanceStation, name))
        line = _POSTS.format(station=name_of(layers.network, station), n=posts)
        layers.lay(more_posts(layers.network, station.id, posts), line)


_FILES = Text("新增文件：{files}", "with the files: {files}")
_GONE = Text("不在了：{names}", "gone: {names}")
_BOUNDARIES = Text("街道调整：{change}", "street boundaries as of {change}")
_NAMESAKES = Text(
    "其中 {n} 家与已有的组织同名，也算作新的：{names}",
    "{n} of them are called as organisations are that are there already, and count as new all the same: {names}",
)
_MOST_NAMES = 3
_NEW = Text("新登记的组织：{n} 家", "organisations registered anew: {n}")
_STATION = Text("新设{kind}指导站：{street}，{room}", "a new guidance station of kind {kind} in {street}, {room}")
_LIMIT, _NO_LIMIT = Text("容量 {n} 家", "room for {n}"), Text("容量不限", "room without limit")
_POSTS = Text("{station}：增加 {n} 个指导员岗位", "{n} more instructor posts at {station}")
_PLAN = Text("方案中未驳回的 {n} 项都算已落实", "{n} proposals that nobody rejected, as if confirmed")
_SAME = Text("{what}：与现行的值相同", "{what}: the value that it has already")
_PLANNED = Text("拟定的都算已落实", "all that is planned, as if confirmed")


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
    return otherwise(context, context.network.apply(of_plan(context.network, proposals)), planned=True)


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
