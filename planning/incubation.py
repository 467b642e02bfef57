"""Which hub takes in which start-up, and where does it go after its term? (J9, J10)."""

from __future__ import annotations

import numpy as np
import polars as pl

from graphmodel.choices import HubKind
from graphmodel.paths import NodeKey
from graphmodel.schema.edges import Incubates
from graphmodel.schema.nodes import Hub, Organization
from graphmodel.text import Text
from graphmodel.vectors import INT_HI, Codes, Flags, Numbers
from planning import candidates, rules
from planning.book import Book
from planning.choice import runners_up
from planning.distance import FAR, between, places, words
from planning.plan import ActionKind, RunnerUp, Solved, Unplaced
from planning.problem import Draft, Ints, Part, Problem, rows_of
from planning.responsibility import propose
from planning.solve import Arcs, cheapest_flow
from queries.context import day_number
from queries.facts import INCUBATED, INCUBATING, INCUBATOR
from queries.guidance import HUB
from queries.places import streets_within
from queries.responsibility import responsibility

_OVERDUE = "incubation-overdue"
_TAKING = (HubKind.ORGANISATIONS, HubKind.INCUBATION_CENTRE)


def next_homes(problem: Problem, covered: Flags) -> Part:
    """The body that answers after incubation, for whom the term is over and the plan does not cover."""
    overdue = rows_of(problem.gap(_OVERDUE) & ~covered)
    if not len(overdue):
        return Part(ActionKind.NEXT_HOME)
    edges, holds = INCUBATOR.truth(INCUBATING, problem.context)
    ended = problem.edge_rows(edges, np.flatnonzero(holds.possible & np.isin(edges.target, overdue)))
    gone = Book.of(problem.planned, 1, {}, {Incubates.type_name: [ended.with_columns(_page=pl.lit(0))]})
    part = propose(problem, overdue, responsibility(problem.after(gone)), ActionKind.NEXT_HOME)
    term = rules.TERM_OVER.reason(years=problem.context.values.integer("incubation_term_years"))
    for draft in part.drafts:
        draft.reasons = (term, *draft.reasons)
    return part


def start_ups(problem: Problem, covered: Flags) -> Part:
    """A place in a hub within reach for every start-up that nothing covers, the nearest, idle hubs first.

    Who was registered within the policy's years counts as one. Whose responsible body is pinned stays with it: a hub
    would answer in its place (J9). Proven: most taken in, then least distance, then as few as can be by a platform of the
    district where a street's own is as near, then load.
    """
    part, context = Part(ActionKind.INCUBATE), problem.context
    registered = problem.network[Organization].vector("registered_on")
    assert isinstance(registered, Numbers)
    new = registered.lo > day_number(context.ago(years=context.values.integer("startup_new_years")))
    outside = INCUBATED.evaluate(problem.network[Organization], context).no
    who = rows_of(problem.gap("uncovered") & ~covered & new & outside)
    pinned = problem.pinned_subjects(ActionKind.RESPONSIBILITY, Organization)
    pinned |= problem.pinned_subjects(ActionKind.NEXT_HOME, Organization)
    part.unplaced.extend(_unplaced(problem, row, _PINNED) for row in who[pinned[who]])
    who = who[~pinned[who]]
    if not len(who):
        return part
    hub, reachable, second, more = _assigned(problem, who)
    subjects, others = (Organization, who), (Hub, np.where(hub >= 0, second, -1))
    runners = runners_up(problem, part.kind, subjects, others, more, rules.DISTANCE)
    _write(part, problem, who, hub, runners)
    for k in np.flatnonzero(hub < 0):
        part.unplaced.append(_unplaced(problem, who[k], _FULL if reachable[k] else _NOT_NEAR))
    placed = int((hub >= 0).sum())
    taken_in = Text("纳入孵化的初创组织", "start-ups taken in")
    part.solved.append(Solved(part.kind.value, taken_in, "optimal", placed, placed, 0.0, len(who)))
    return part


def _unplaced(problem: Problem, row: int, said: tuple[Text, Text]) -> Unplaced:
    key = NodeKey(Organization.type_name, problem.network[Organization].ids[int(row)])
    return Unplaced(ActionKind.INCUBATE, key, f"uncovered|{key.type}|{key.id}", *said)


def _rooms(problem: Problem) -> tuple[Ints, Ints]:
    """int64[hubs] twice: how many each takes in now, and how many more it may; none where it takes in no start-ups."""
    context, rows = problem.context, problem.network[Hub]
    kind, capacity = rows.vector("kind"), rows.vector("capacity")
    assert isinstance(kind, Codes)
    assert isinstance(capacity, Numbers)
    load = candidates.TAKEN_IN.evaluate(rows, context)
    assert isinstance(load, Numbers)
    takes = kind.is_in([k.value for k in _TAKING]).yes
    stated = capacity.hi < INT_HI
    room = np.where(stated, np.maximum(np.where(stated, capacity.hi, 0) - load.hi, 0), INT_HI)
    return load.hi.astype(np.int64), np.where(takes, room, 0).astype(np.int64)


def _wide(problem: Problem) -> Flags:
    """bool[hubs]: the district's, which are no street's own."""
    district: Flags = HUB.level.is_("district").evaluate(problem.network[Hub], problem.context).yes
    return district


def _assigned(problem: Problem, who: Ints) -> tuple[Ints, Flags, Ints, Ints]:
    """The hub of each, -1 for none; whether any with room is within its reach; the next best one, and how much further."""
    context = problem.context
    load, room = _rooms(problem)
    hubs = rows_of(room > 0)
    where, at = places(context, Organization).take(who), places(context, Hub).take(hubs)
    near = streets_within(context, context.values.integer("hub_reach_hops")).tocoo()
    streets = pl.DataFrame({"street": near.row, "other": near.col}).cast(pl.Int64)
    asked = pl.DataFrame({"place": np.arange(len(who)), "street": where.street}).filter(pl.col("street") >= 0)
    offered = pl.DataFrame({"hub": hubs, "other": at.street}).filter(pl.col("other") >= 0)
    pairs = asked.join(streets, on="street").join(offered, on="other").select("place", "hub").sort("place", "hub")
    refused = problem.refused_pairs(ActionKind.INCUBATE, Organization, Hub)
    if refused:
        kept = [(int(who[k]), h) not in refused for k, h in pairs.iter_rows()]
        pairs = pairs.filter(pl.Series(kept, dtype=pl.Boolean))
    one, other = pairs["place"].to_numpy(), np.searchsorted(hubs, pairs["hub"].to_numpy())
    far, wide = between(context, where.take(one), at.take(other)), _wide(problem)[hubs]
    slots = np.minimum(room[hubs], len(who))
    slot = np.repeat(np.arange(len(hubs)), slots)
    level = np.arange(len(slot)) - np.repeat(np.cumsum(slots) - slots, slots) + load[hubs][slot]
    step = int(level.max(initial=0)) * len(who) + 1
    k, h = len(who), len(hubs)
    ways = Arcs(one, k + other, np.ones(len(one), dtype=np.int64), (2 * far + wide[other]) * step)
    ends = Arcs(k + slot, np.full(len(slot), k + h), np.ones(len(slot), dtype=np.int64), level)
    supply = np.concatenate((np.ones(k), np.zeros(h), [-k])).astype(np.int64)
    used = cheapest_flow(Arcs.together(ways, ends), supply)[: len(one)] > 0
    hub = np.full(k, -1, dtype=np.int64)
    hub[one[used]] = hubs[other[used]]
    reachable = np.zeros(k, dtype=np.bool_)
    reachable[one] = True
    left = room[hubs] - np.bincount(other[used], minlength=h)
    chosen = np.full(k, FAR, dtype=np.int64)
    chosen[one[used]] = far[used]
    others = pl.DataFrame({"place": one, "hub": hubs[other], "far": far, "wide": wide[other]})
    others = others.filter(pl.Series(~used & (left[other] > 0)))
    best = others.sort("place", "far", "wide", "hub").unique("place", keep="first", maintain_order=True)
    second, more = np.full(k, -1, dtype=np.int64), np.zeros(k, dtype=np.int64)
    second[best["place"].to_numpy()] = best["hub"].to_numpy()
    more[best["place"].to_numpy()] = best["far"].to_numpy() - chosen[best["place"].to_numpy()]
    return hub, reachable, second, more


def _write(part: Part, problem: Problem, who: Ints, hub: Ints, runners: list[RunnerUp | None]) -> None:
    context = problem.context
    runners = [runner for runner, row in zip(runners, hub, strict=True) if row >= 0]
    chosen, hub = who[hub >= 0], hub[hub >= 0]
    load, room = _rooms(problem)
    after = load + np.bincount(hub, minlength=len(load))
    ids, names = problem.ids(Organization, chosen), problem.names(Organization, chosen)
    hub_ids, hub_names = problem.ids(Hub, hub), problem.names(Hub, hub)
    part.add(Incubates, np.arange(len(chosen)), (Hub, hub_ids), (Organization, ids), kind="temporary")
    days = problem.network[Organization].frame["registered_on"].gather(chosen).to_list()
    far = between(context, places(context, Organization).take(chosen), places(context, Hub).take(hub))
    wide = _wide(problem)[hub]
    for k in range(len(chosen)):
        most = int(load[hub[k]] + room[hub[k]])
        reasons = (
            rules.STARTUP.reason(day=days[k].isoformat()),
            *((rules.HUB_ROOM.reason(n=int(after[hub[k]]), most=most),) if most < INT_HI else ()),
            rules.HUB_REACH.reason(how=words(int(far[k]))),
            rules.DISTANCE.reason(float(far[k]), how=words(int(far[k]))),
            *((rules.OWN_STREET.reason(1.0, how=_DISTRICT),) if wide[k] else ()),
        )
        title = _TAKES_IN.format(org=names[k], hub=hub_names[k])
        subject = NodeKey(Organization.type_name, ids[k])
        part.drafts.append(Draft((subject,), NodeKey(Hub.type_name, hub_ids[k]), title, reasons, runners[k]))


_DISTRICT = Text(
    "区级平台：没有同样近的街道平台可用", "the district's: no platform of a street is as near and has room"
)
_TAKES_IN = Text("{org}：由{hub}临时纳入孵化", "{org}: taken in by {hub} for a time")
_NOT_NEAR = (
    Text(
        "可及范围内没有接纳初创组织的平台，或所在街道不详",
        "no platform for start-ups is within reach, or its street is not known",
    ),
    Text("在所在街道设立孵化平台，或补录所在社区", "set up a platform in its street, or record its community"),
)
_PINNED = (
    Text("已采纳或锁定由其他单位负责", "another body is accepted or pinned as the one that answers"),
    Text("撤回对责任单位的决定", "take back the decision on its responsible body"),
)
_FULL = (
    Text("可及范围内的平台都已满额", "the platforms within reach are full"),
    Text("可及范围内任一平台的容量增加1家", "raise the capacity of a platform within reach by 1"),
)
