"""May accepted proposals be written today? As one ChangeSet of planned relations, after every one is looked at again."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

import polars as pl

from graphmodel.asserted import altered
from graphmodel.changes import ChangeSet, Conflict, Delta
from graphmodel.declare import SOURCES
from graphmodel.network import DanglingEdges, Network, Stamp
from graphmodel.paths import NodeKey
from graphmodel.schema import EDGE_TYPES
from graphmodel.schema.edges import Stated
from graphmodel.tables import Tables, key_columns
from graphmodel.text import Refusal, Text
from planning.book import touched
from planning.plan import Plan, Proposal, together
from planning.verify import Verification, verify
from queries.answer import ask
from queries.context import Context
from queries.planned import STATE, as_if_confirmed
from queries.question import Question
from queries.registry import question


@dataclass(frozen=True, slots=True)
class Objection:
    """Why a proposal cannot be written today."""

    proposal: Proposal
    why: Text


class CannotApply(Refusal):
    """Some accepted proposals do not hold today; nothing was written. `objections` says which and why."""

    def __init__(self, objections: Sequence[Objection]) -> None:
        said = dict.fromkeys((o.proposal.id, o.proposal.title, o.why) for o in objections)  # each once
        lines = [Text("{title}：{why}", "{title}: {why}").format(title=title, why=why) for _, title, why in said]
        message = Text(
            "{n} 项已采纳的不能应用，没有写入：\n{zh}",
            "{n} accepted proposals cannot be applied; nothing was written:\n{en}",
        ).format(
            n=len({o.proposal.id for o in objections}),
            zh="\n".join(one.zh for one in lines),
            en="\n".join(one.en for one in lines),
        )
        hint = Text(
            "请撤回或驳回这些项，再应用其余的；要换成别的，撤回后重新求解（partygraph plan again）。",
            "Undecide or reject these, then apply the rest; for others in their place solve anew after that (partygraph plan again).",
        )
        super().__init__(message, hint, code="cannot-apply")
        self.objections = tuple(objections)


@dataclass(frozen=True, slots=True)
class Ready:
    """What applying would write: `proposals` that are not in place yet, `changes` their rows; `there` those in place.

    `since` says at which nodes of each of them others changed something since the plan's revision; `verified` what the verifier says
    of `proposals` on today's network, None where there are none. `stamp` is that network's.
    """

    stamp: Stamp
    proposals: tuple[Proposal, ...]
    there: tuple[Proposal, ...]
    changes: ChangeSet
    since: Mapping[str, tuple[NodeKey, ...]]
    verified: Verification | None


def made_ready(context: Context, plan: Plan, accepted: Sequence[Proposal], since: ChangeSet) -> Ready:
    """Look at every accepted proposal again on today's network: what it needs, its rows, the hard rules, its gaps.

    `since` is what others changed after the plan's revision. Everything that does not hold is told at once.
    Cost: the catalogue twice; where something does not fit, the network once more a proposal. Errors: `CannotApply`.
    """
    network = context.network
    pending, there = parted(accepted, network)
    at = changed_at(pending, since)
    if not pending:
        return Ready(network.stamp, (), there, ChangeSet({}), at, None)
    objections = [*_without_needs(plan, pending, {p.id for p in accepted}), *_without_ground(context, pending)]
    verified = None
    try:
        verified = verify(context, replace(plan, proposals=pending, steps=(), _places={}))
        objections += broken_by(network, pending, verified)
    except (Conflict, DanglingEdges) as fault:
        objections += unfit(network, pending) or [Objection(pending[0], fault.message)]
    if objections:
        raise CannotApply([_with_news(one, plan, context, at.get(one.proposal.id, ())) for one in objections])
    return Ready(network.stamp, pending, there, written(together(pending)), at, verified)


def _with_news(one: Objection, plan: Plan, context: Context, changed: Sequence[NodeKey]) -> Objection:
    """The objection with what has changed since the plan was made: nodes of the proposal, or the day alone."""
    if changed:
        names = [_called(context.network, node) for node in changed[:_NAMED]]
        news = _CHANGED.format(revision=plan.revision, zh="、".join(names), en=", ".join(names))
    elif context.today != plan.day:
        news = _LATER.format(then=plan.day, now=context.today)
    else:
        return one
    return Objection(one.proposal, Text(one.why.zh + news.zh, one.why.en + news.en))


def _called(network: Network, node: NodeKey) -> str:
    """The name of a node; its id where it has none, or is gone."""
    rows = network.nodes[node.type]
    row = int(rows.find([node.id])[0])
    return node.id if row < 0 else str(rows.frame.select(pl.coalesce("name", "id")).item(row, 0))


def written(changes: ChangeSet) -> ChangeSet:
    """The part of some changes that applying writes: rows that are added or altered. Relations end when that is confirmed."""
    deltas = {}
    for name, delta in changes.deltas.items():
        altered = delta.before.join(delta.after, on=list(key_columns(name)), how="semi", nulls_equal=True)
        if delta.after.height:
            deltas[name] = Delta(altered, delta.after)
    return ChangeSet(deltas)


def parted(proposals: Sequence[Proposal], network: Network) -> tuple[tuple[Proposal, ...], tuple[Proposal, ...]]:
    """The proposals that are still to be written, each with the changes that are lacking; and those that are in place.

    One that only ends relations has nothing to write, and is in place once they have ended.
    """
    pending, there = [], []
    for one, lacking in zip(proposals, remaining(proposals, network), strict=True):
        if written(lacking).empty and (lacking.empty or not written(one.changes).empty):
            there.append(one)
        else:
            pending.append(replace(one, changes=lacking))
    return tuple(pending), tuple(there)


def remaining(proposals: Sequence[Proposal], network: Network) -> list[ChangeSet]:
    """Of each proposal, what is not in place yet: rows to add that are missing, to end that are there, to alter that differ.

    A relation that is there, planned or actual and whoever brought it, is in place. Cost: one pass over the types that
    the proposals touch, and joins of what they touch with itself.
    """
    met = {
        name: network.table(name).join(
            pl.concat([delta.before, delta.after]).select(key_columns(name)),
            on=list(key_columns(name)),
            how="semi",
            nulls_equal=True,
        )
        for name, delta in together(list(proposals)).deltas.items()
    }
    return [_remaining(p.changes, met) for p in proposals]


def _remaining(changes: ChangeSet, tables: Tables) -> ChangeSet:
    deltas = {}
    for name, delta in changes.deltas.items():
        key, table = list(key_columns(name)), tables[name]
        fresh = delta.after.join(delta.before.select(key), on=key, how="anti", nulls_equal=True)
        gone = delta.before.join(delta.after.select(key), on=key, how="anti", nulls_equal=True)
        fresh = fresh.join(table.select(key), on=key, how="anti", nulls_equal=True)
        gone = gone.join(table.select(key), on=key, how="semi", nulls_equal=True)
        differ = _differing(delta, table, key)
        was, becomes = (f.join(differ, on=key, how="semi", nulls_equal=True) for f in (delta.before, delta.after))
        if fresh.height or gone.height or differ.height:
            deltas[name] = Delta(pl.concat([gone, was]), pl.concat([fresh, becomes]))
    return ChangeSet(deltas)


def _differing(delta: Delta, table: pl.DataFrame, key: list[str]) -> pl.DataFrame:
    """Keys of rows to alter in which what they alter is not so yet; a planned relation may have become actual."""
    both = delta.after.join(delta.before, on=key, how="inner", nulls_equal=True, suffix="_was")
    both = both.join(table, on=key, how="left", nulls_equal=True, suffix="_now")
    same = []
    for column in (c for c in delta.after.columns if c not in (*key, SOURCES)):
        wanted, now = pl.col(column), pl.col(f"{column}_now")
        settled = wanted.eq_missing(pl.col(f"{column}_was")) | wanted.eq_missing(now)
        same.append(settled | now.eq_missing(pl.lit("actual", table.schema[column])) if column == STATE else settled)
    return both.filter(~pl.all_horizontal(same)).select(key) if same else both.clear().select(key)


def changed_at(proposals: Sequence[Proposal], since: ChangeSet) -> dict[str, tuple[NodeKey, ...]]:
    """For each proposal, by id, which of the nodes that it touches have changed, or have changed relations."""
    if since.empty or not proposals:
        return {}
    changed = touched([since]).select("type", "id").unique()
    nodes = touched([p.changes for p in proposals]).select("page", "type", "id")
    subjects = [
        (page, s.type, s.id)
        for page, p in enumerate(proposals)
        for s in (*p.subjects, *([p.target] if p.target else []))
    ]
    named = pl.DataFrame(subjects, schema={"page": pl.Int64, "type": pl.String, "id": pl.String}, orient="row")
    hits = pl.concat([nodes, named]).unique().join(changed, on=["type", "id"], how="semi").sort("page", "type", "id")
    found: dict[str, list[NodeKey]] = {}
    for page, type_, id_ in hits.iter_rows():
        found.setdefault(proposals[page].id, []).append(NodeKey(type_, id_))
    return {id_: tuple(keys) for id_, keys in found.items()}


def assigned(changes: ChangeSet, source: str, body: str | None, deadline: dt.date | None) -> ChangeSet:
    """The changes with who is responsible for each planned relation, by when, and the plan as a source of what it says."""
    deltas = {}
    for name, delta in changes.deltas.items():
        key = list(key_columns(name))
        was = delta.after.select(key).join(delta.before, on=key, how="left", nulls_equal=True, maintain_order="left")
        after = delta.after
        if name in EDGE_TYPES and issubclass(EDGE_TYPES[name], Stated):
            planned = pl.col(STATE) == "planned"
            given = {"responsible_body": body, "deadline": deadline}
            after = after.with_columns(
                pl.when(planned).then(pl.lit(value)).otherwise(pl.col(c)).alias(c)
                for c, value in given.items()
                if value is not None
            )
        deltas[name] = Delta(delta.before, after.with_columns(altered(name, was, after, source)))
    return ChangeSet(deltas)


def _without_needs(plan: Plan, pending: Iterable[Proposal], accepted: set[str]) -> Iterable[Objection]:
    known = {p.id: p.title for p in plan.proposals}
    for one in pending:
        lacking = [known.get(id_, Text(id_, id_)) for id_ in one.needs if id_ not in accepted]
        if lacking:
            named = Text("；".join(t.zh for t in lacking), "; ".join(t.en for t in lacking))
            yield Objection(one, _NEEDS.format(named=named))


def _without_ground(context: Context, pending: Sequence[Proposal]) -> Iterable[Objection]:
    """Proposals of which every gap that they were to close is gone, as if all that is planned were confirmed."""
    before = replace(context, network=as_if_confirmed(context.network))
    gaps: dict[str, set[str]] = {}
    for id_ in {identity.split("|", 1)[0] for one in pending for identity in one.closes}:
        asked = question(id_)
        assert isinstance(asked, Question)
        gaps[id_] = {f"{id_}|{asked.anchor.name}|{row}" for row in ask(asked, before).ids("gap")}
    for one in pending:
        if one.closes and not any(identity in gaps[identity.split("|", 1)[0]] for identity in one.closes):
            yield Objection(one, _NO_GAP)


def unfit(network: Network, proposals: Iterable[Proposal]) -> list[Objection]:
    """Which of some proposals do not fit the rows of a network. Cost: the network anew for each."""
    found = []
    for one in proposals:
        try:
            network.apply(one.changes)
        except (Conflict, DanglingEdges) as fault:
            found.append(Objection(one, fault.message))
    return found


def broken_by(network: Network, proposals: Sequence[Proposal], verified: Verification) -> list[Objection]:
    """Which of some proposals bear on the hard rules that they would break together, and at what; none where none is broken."""
    nodes = touched([p.changes for p in proposals]) if verified.breaches else None
    found = []
    for breach in verified.breaches:
        assert nodes is not None
        pages = nodes.filter(type=breach.node.type, id=breach.node.id)["page"].unique().sort()
        why = _BREAKS.format(rule=breach.text, node=_called(network, breach.node))
        found += [Objection(proposals[page], why) for page in pages]
    return found


_NEEDS = Text("须同时采纳：{named}", "these must be accepted with it: {named}")
_NO_GAP = Text("它要解决的缺口已不存在", "the gaps that it was to close are gone")
_BREAKS = Text("违反硬规则“{rule}”（{node}）", "it breaks the hard rule '{rule}' ({node})")
_NAMED = 3  # of the nodes that have changed, so many are named
_CHANGED = Text("；第 {revision} 版以来有变化的：{zh}", "; changed since revision {revision}: {en}")
_LATER = Text("；方案以 {then} 为今天，现以 {now} 为今天", "; the plan took {then} for today, now it is {now}")
