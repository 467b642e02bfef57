"""What would this import change, and who else says otherwise? A preview first, then one ChangeSet."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import polars as pl

from graphmodel.asserted import RESERVED, asserted, names, others, released, saying, unsaid
from graphmodel.changes import ChangeSet
from graphmodel.declare import SOURCES
from graphmodel.network import Network, deletion
from graphmodel.schema import EDGE_TYPES, NODE_TYPES
from graphmodel.schema.edges import LocatedIn, PartOf
from graphmodel.schema.nodes import Community, Street
from graphmodel.stores.protocol import Act, Revision, Store
from graphmodel.stores.telling import Progress
from graphmodel.tables import conform, empty_frame, key_columns
from graphmodel.text import Refusal, Text
from loaders.raw import Checked, Part, Place
from loaders.renamed import possibly_renamed

_CONFLICTS = dict.fromkeys(("type", "key", "field", "old", "new", "sources"), pl.String)
MOVED = dict.fromkeys(("type", "id", "name", "old", "old_name", "new", "new_name"), pl.String)


class ImportRefused(Refusal):
    """An import with wrong rows is not stored unless the user accepts the valid ones."""

    def __init__(self, rejected: int, accepted: int) -> None:
        message = Text(
            "有 {rejected} 行没有通过检查，什么都没有写入。", "{rejected} rows were rejected; nothing was written."
        )
        hint = Text(
            "请更正后重新导入；或用 --accept-valid 只导入其余 {accepted} 行，被拒的行另存成文件。",
            "Correct them and import again, or import the other {accepted} rows by --accept-valid; the rejected ones go to a file.",
        )
        super().__init__(message.format(rejected=rejected), hint.format(accepted=accepted), code="rows-rejected")


@dataclass(frozen=True, slots=True, eq=False)
class Preview:
    """What an import would do, before it is done.

    Parameters: `source` who asserts the rows; `changes` the ChangeSet with the origins of its rows; `counts` one row a type
    of the import: `type`, `added`, `changed`, `removed`, `unchanged`, `gone`; `conflicts` where another source says the
    value that the import replaces: `type`, `key`, `field`, `old`, `new`, and the `sources` that say the old one; `moved`
    the relations of which there is only one and which the import leads elsewhere: `type`, `id` and `name` of the end that
    stays, `old` and `new` the other end, with `old_name` and `new_name`; `gone` by type the rows of this source that the
    file does not have; `in_use` those of them that the file's own relations still name, and which therefore stay; `renamed`
    the organisations gone that may only have a new name, see `loaders.renamed`; `unjudged` types from sheets of which rows
    were rejected: it cannot be told what is gone; `rejected` and `accepted` source rows.
    """

    source: str
    changes: ChangeSet
    counts: pl.DataFrame
    conflicts: pl.DataFrame
    moved: pl.DataFrame
    gone: Mapping[str, pl.DataFrame]
    in_use: Mapping[str, pl.DataFrame]
    renamed: pl.DataFrame
    unjudged: tuple[str, ...]
    rejected: int
    accepted: int


def preview(network: Network, checked: Checked, source: str, *, remove_gone: bool = False) -> Preview:
    """What would the accepted rows of this import change?

    A row becomes asserted by `source`. Values of the file replace what was there; a blank makes unknown what nobody else
    says, and leaves what another source says (decision 10). A relation of which there is only one replaces the former one,
    and where one is expected the former one of this source; but where something lies in a community of the street that a
    file names, it stays there: the file only knows less. Rows of `source` that the file has no more are listed as gone,
    for the types of which the file has rows; with `remove_gone` the source lets go of them: what nobody else says becomes
    unknown, and rows that no source asserts are deleted, nodes with all their relations (DESIGN, settled point 6).
    Errors: `Refusal` for a source without a name or with a sign of `asserted.RESERVED` in it. Cost: a few joins a type.
    """
    if not source.strip() or any(sign in source for sign in RESERVED):
        message = Text(
            "来源名称不能为空，也不能含有“|”“¬”。", "The name of a source is not empty and has no | or ¬ in it."
        )
        raise Refusal(message, Text("请换一个名称。", "Choose another name."), code="bad-source")
    by_type: dict[str, list[Part]] = {}
    for part in checked.parts:
        placed = _where_it_is_known_finer(network, part) if part.name == LocatedIn.type_name else part
        by_type.setdefault(part.name, []).append(placed)
    unjudged = _unjudged(checked, by_type)
    merged = {
        name: _merge(name, network.table(name), parts, source, whole=name not in unjudged)
        for name, parts in by_type.items()
    }
    filled = (name for name, parts in by_type.items() if name not in unjudged and any(p.frame.height for p in parts))
    missing = {name: _missing(name, network.table(name), merged[name], source) for name in filled}
    named = _named_nodes(merged)
    in_use = {n: f.join(named[n], on="id", how="semi") for n, f in missing.items() if n in named}
    gone = {n: f.join(named[n], on="id", how="anti") if n in named else f for n, f in missing.items()}
    before = {name: pl.concat([one.before, one.replaced]) for name, one in merged.items()}
    after = {name: one.after for name, one in merged.items()}
    renamed = possibly_renamed(network, gone.get("Organization", empty_frame("Organization")), after)
    let_go: dict[str, int] = {}  # rows that others still assert
    if remove_gone:
        stated = {name: frame.height for name, frame in after.items()}
        before, after = _without(network, gone, before, after, source)
        let_go = {name: after[name].height - count for name, count in stated.items()}
    whole = ChangeSet.between(before, after)
    changes = ChangeSet(whole.deltas, _origins(whole, checked.origins))
    return Preview(
        source,
        changes,
        _counts(merged, changes, gone, let_go),
        pl.concat([pl.DataFrame(schema=_CONFLICTS), *(one.conflicts for one in merged.values())]),
        _moved(network, merged),
        {name: frame for name, frame in gone.items() if frame.height},
        {name: frame for name, frame in in_use.items() if frame.height},
        renamed,
        unjudged,
        checked.read - checked.accepted,
        checked.accepted,
    )


def commit(
    store: Store,
    preview: Preview,
    act: Act,
    expected: int,
    *,
    accept_valid: bool = False,
    progress: Progress | None = None,
) -> Revision:
    """Write an import that was previewed on revision `expected`, as one act; `progress` is told of rows written.

    Errors: `ImportRefused` where rows were rejected and `accept_valid` is not said; `ValueError` where the act has
    another source than the preview; those of `Store.apply`.
    """
    if preview.rejected and not accept_valid:
        raise ImportRefused(preview.rejected, preview.accepted)
    if act.source != preview.source:
        raise ValueError(f"the preview is of {preview.source!r}, the act of {act.source!r}")
    return store.apply(preview.changes, act, expected, progress)


def _where_it_is_known_finer(network: Network, part: Part) -> Part:
    """Places of which the street is stated, with the community of that street in which they are known to lie."""
    ends, community = ["source_type", "source"], Community.type_name
    within = network.table(PartOf.type_name).filter(pl.col("source_type") == community)
    known = network.table(LocatedIn.type_name).filter(pl.col("target_type") == community)
    finer = known.join(within, left_on="target", right_on="source").select(*ends, "target", street="target_right")
    rows = part.frame.join(
        finer, left_on=[*ends, "target"], right_on=[*ends, "street"], how="left", maintain_order="left"
    )
    stays = (pl.col("target_type") == Street.type_name) & pl.col("target_right").is_not_null()
    rows = rows.with_columns(
        pl.when(stays).then(pl.lit(community)).otherwise("target_type").alias("target_type"),
        pl.when(stays).then("target_right").otherwise("target").alias("target"),
    )
    return replace(part, frame=rows.select(part.frame.columns))


# --- one type ---


@dataclass(frozen=True, slots=True, eq=False)
class _Merged:
    """Rows of one type: those the import meets, those it replaces, what becomes of them, and who says otherwise."""

    before: pl.DataFrame
    replaced: pl.DataFrame
    after: pl.DataFrame
    conflicts: pl.DataFrame


def _merge(name: str, old: pl.DataFrame, parts: Sequence[Part], source: str, *, whole: bool) -> _Merged:
    """What the parts of one type do; `whole` whether none of their rows was rejected."""
    key = list(key_columns(name))
    merged = [_merge_part(name, old, part, source) for part in parts]
    before, after, conflicts = (pl.concat([one[at] for one in merged]) for at in range(3))
    expects_one = EDGE_TYPES[name].one_target if name in EDGE_TYPES else None
    if expects_one is None or (expects_one == "expected" and not whole):
        return _Merged(before, empty_frame(name), after, conflicts)
    if expects_one == "expected":
        outdone = _outdone(name, old, after, source)
        alone = names(outdone[SOURCES]) == source
        left = outdone.filter(~alone)  # another source says it too: that stays, and is a finding
        after = pl.concat([after, released(name, left, source)])
        return _Merged(pl.concat([before, left]), outdone.filter(alone), after, conflicts)
    one_end = ["source_type", "source"]
    met = old.join(after, on=one_end, how="semi").join(after, on=key, how="anti", nulls_equal=True)
    targets = after.select(*one_end, pl.col("target").alias("new"))
    shared = met.with_columns(names(others(met[SOURCES], source)).alias("sources")).filter(pl.col("sources") != "")
    said = shared.join(targets, on=one_end, how="left").select(
        pl.lit(name).alias("type"),
        _label(key),
        pl.lit("target").alias("field"),
        old="target",
        new="new",
        sources="sources",
    )
    return _Merged(before, met, after, pl.concat([conflicts, said]))


def _said_by(rows: pl.DataFrame, source: str) -> pl.DataFrame:
    """The rows that this source asserts, alone or with others."""
    return rows.filter(names(rows[SOURCES]).str.split("|").list.contains(source))


def _outdone(name: str, old: pl.DataFrame, after: pl.DataFrame, source: str) -> pl.DataFrame:
    """Relations of this source, where one is expected, in the place of which its file has one other, and one only.

    A planned one does not take the place of an actual one.
    """
    key, one_end = list(key_columns(name)), ["source_type", "source"]
    mine = _said_by(old, source)
    kept = mine.join(after, on=key, how="semi", nulls_equal=True)
    only = after.filter(pl.len().over(one_end) == 1).join(kept, on=one_end, how="anti")
    is_stated = "state" in old.columns
    comes = only.select(*one_end, new_state="state" if is_stated else pl.lit(None))
    met = mine.join(comes, on=one_end, how="inner", maintain_order="left")
    if is_stated:
        met = met.filter((pl.col("new_state") == "actual") | pl.col("state").eq_missing(pl.col("new_state")))
    return met.drop("new_state")


def _merge_part(
    name: str, old: pl.DataFrame, part: Part, source: str
) -> tuple[pl.DataFrame, pl.DataFrame, pl.DataFrame]:
    """The rows of one sheet that are there already, all its rows as they become, and the conflicts."""
    key = list(key_columns(name))
    new = conform(name, part.frame)
    if not old.height:
        return old, new.with_columns(pl.lit(source).alias(SOURCES)), pl.DataFrame(schema=_CONFLICTS)
    places = (
        new.select(key)
        .with_row_index("new")
        .join(old.select(key).with_row_index("old"), on=key, how="inner", nulls_equal=True)
    )
    come = new.join(old, on=key, how="anti", nulls_equal=True).with_columns(pl.lit(source).alias(SOURCES))
    was, says = old[places["old"]], new[places["new"]]
    beside = others(was[SOURCES], source)
    stated = [field for field in part.frame.columns if field not in key]
    said = {field: says[field].is_not_null() for field in stated}
    nobody_else_says = unsaid(beside, stated)
    becomes = was.with_columns(says[f].zip_with(said[f] | nobody_else_says(f), was[f]).alias(f) for f in stated)
    becomes = becomes.with_columns(asserted(name, was, becomes, source, said))
    conflicts = [_conflicts(name, was, says, f, beside) for f in stated] if (beside != "").any() else []
    return was, pl.concat([come, becomes]), pl.concat([pl.DataFrame(schema=_CONFLICTS), *conflicts])


def _moved(network: Network, merged: Mapping[str, _Merged]) -> pl.DataFrame:
    """The relations that the import leads elsewhere, see `Preview.moved`."""
    stays, parts = ["source_type", "source"], []
    for name, one in merged.items():
        if one.replaced.height:
            come = one.after.join(one.before, on=list(key_columns(name)), how="anti", nulls_equal=True)
            becomes = come.select(*stays, new_type="target_type", new="target").unique(stays, maintain_order=True)
            was = one.replaced.select(pl.lit(name).alias("type"), *stays, "target_type", old="target")
            parts.append(was.join(becomes, on=stays, maintain_order="left"))
    if not parts:
        return pl.DataFrame(schema=MOVED)
    told, called = pl.concat(parts), _called(network, merged)
    for node, type_, named in (
        ("source", "source_type", "name"),
        ("old", "target_type", "old_name"),
        ("new", "new_type", "new_name"),
    ):
        names_of = called.rename({"type": type_, "id": node, "name": named})
        told = told.join(names_of, on=[type_, node], how="left", maintain_order="left")
    return told.select("type", pl.col("source").alias("id"), *list(MOVED)[2:])


def _called(network: Network, merged: Mapping[str, _Merged]) -> pl.DataFrame:
    """What the nodes are called that the import or else the network has: `type`, `id`, `name`."""
    frames = [(name, one.after) for name, one in merged.items() if name in NODE_TYPES]
    frames += [(name, network.table(name)) for name in NODE_TYPES]
    named = [frame.select(pl.lit(name).alias("type"), "id", "name") for name, frame in frames]
    return pl.concat(named).unique(["type", "id"], keep="first")


def _label(key: Sequence[str]) -> pl.Expr:
    return pl.concat_str(pl.col(key).cast(pl.String), separator=" → ", ignore_nulls=True).alias("key")


def _conflicts(name: str, was: pl.DataFrame, says: pl.DataFrame, field: str, others: pl.Series) -> pl.DataFrame:
    differ = (others != "") & (was[field] != says[field]).fill_null(value=False)
    who = saying(others.filter(differ), field)
    found = was.filter(differ).select(
        pl.lit(name).alias("type"),
        _label(key_columns(name)),
        pl.lit(field).alias("field"),
        pl.col(field).cast(pl.String).alias("old"),
        says[field].filter(differ).cast(pl.String).alias("new"),
        who.alias("sources"),
    )
    return found.filter(pl.col("sources") != "")


# --- what is gone ---


def _unjudged(checked: Checked, by_type: Mapping[str, Sequence[Part]]) -> tuple[str, ...]:
    """Types of which it cannot be told who is gone: rows of their sheets were rejected, or of a sheet that tells of the same.

    So it is of the nodes that rejected relations may name.
    """
    rejected = set(checked.sheets.filter(pl.col("rejected") > 0).select("file", "sheet").rows())
    beside = checked.partners.select("file", "sheet", "its_file", "its_sheet").unique().rows()
    doubtful: set[Place] = rejected | {(file, sheet) for file, sheet, *its in beside if tuple(its) in rejected}
    types = {name for name, parts in by_type.items() if any((part.file, part.sheet) in doubtful for part in parts)}
    ends = {end.type_name for name in types & EDGE_TYPES.keys() for pair in EDGE_TYPES[name].pairs for end in pair}
    return tuple(name for name in by_type if name in types | ends)


def _missing(name: str, old: pl.DataFrame, merged: _Merged, source: str) -> pl.DataFrame:
    """The rows of the source that the import neither has nor replaces."""
    key = list(key_columns(name))
    mine = _said_by(old, source)
    for known in (merged.after, merged.replaced):
        mine = mine.join(known, on=key, how="anti", nulls_equal=True)
    return mine


def _named_nodes(merged: Mapping[str, _Merged]) -> dict[str, pl.DataFrame]:
    """The ids, by node type, that relations of the import name."""
    named: dict[str, list[pl.DataFrame]] = {}
    for name, one in merged.items():
        for side in ("source", "target") if name in EDGE_TYPES else ():
            for (end_type,), rows in one.after.select(f"{side}_type", id=side).group_by(f"{side}_type"):
                named.setdefault(str(end_type), []).append(rows.select("id"))
    return {name: pl.concat(frames).unique() for name, frames in named.items()}


def _without(
    network: Network,
    gone: Mapping[str, pl.DataFrame],
    before: Mapping[str, pl.DataFrame],
    after: Mapping[str, pl.DataFrame],
    source: str,
) -> tuple[dict[str, pl.DataFrame], dict[str, pl.DataFrame]]:
    """Both sides of the ChangeSet when the source lets go of what is gone."""
    was, becomes = dict(before), dict(after)
    deleted: dict[str, list[pl.DataFrame]] = {}
    for name, frame in gone.items():
        left = released(name, frame, source)
        alone = left[SOURCES] == ""
        was[name] = pl.concat([was[name], frame])
        becomes[name] = pl.concat([becomes[name], left.filter(~alone)])
        if name in NODE_TYPES and alone.any():
            for touched, delta in deletion(network, NODE_TYPES[name], frame.filter(alone)["id"]).deltas.items():
                deleted.setdefault(touched, []).append(delta.before)
    for name, frames in deleted.items():
        key = list(key_columns(name))
        lost = pl.concat(frames).unique(key, maintain_order=True)
        known = was.get(name, empty_frame(name))
        was[name] = pl.concat([known, lost.join(known, on=key, how="anti", nulls_equal=True)])
        becomes[name] = becomes.get(name, empty_frame(name)).join(lost, on=key, how="anti", nulls_equal=True)
    return was, becomes


# --- what is shown ---


def _origins(changes: ChangeSet, origins: Mapping[str, pl.DataFrame]) -> dict[str, pl.DataFrame]:
    """The origins of the rows that the import adds or changes."""
    return {
        name: origins[name].join(delta.after, on=list(key_columns(name)), how="semi", nulls_equal=True)
        for name, delta in changes.deltas.items()
        if name in origins and delta.after.height
    }


def _counts(
    merged: Mapping[str, _Merged], changes: ChangeSet, gone: Mapping[str, pl.DataFrame], let_go: Mapping[str, int]
) -> pl.DataFrame:
    """One row a type: what the import adds, changes, removes, leaves as it is, and misses."""
    touched = {name: counts for name, *counts in changes.counts().iter_rows()}
    rows = []
    for name in dict.fromkeys([*merged, *touched]):
        added, removed, changed = touched.get(name, (0, 0, 0))
        stated = merged[name].after.height if name in merged else 0
        same = stated - added - (changed - let_go.get(name, 0))
        rows.append((name, added, changed, removed, same, gone[name].height if name in gone else 0))
    columns = ("added", "changed", "removed", "unchanged", "gone")
    return pl.DataFrame(rows, schema={"type": pl.String, **dict.fromkeys(columns, pl.Int64)}, orient="row")
