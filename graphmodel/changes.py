"""What alters the network? One reversible ChangeSet per act: it holds the rows as they were and as they will be."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

import polars as pl

from graphmodel import asserted
from graphmodel.declare import SOURCES
from graphmodel.tables import Tables, all_types, empty_frame, key_columns
from graphmodel.text import Refusal, Text


class Conflict(Refusal):
    """A ChangeSet does not fit the rows it meets: somebody changed them meanwhile. `rows` says which."""

    def __init__(self, message: Text, rows: pl.DataFrame | None = None, hint: Text | None = None) -> None:
        again = Text("请以最新版本重新操作。", "Repeat the act on the newest revision.")
        super().__init__(message, hint or again, code="conflict")
        self.rows = rows


@dataclass(frozen=True, slots=True)
class Delta:
    """The rows of one type before and after an act: in `after` only, added; in `before` only, removed; in both, changed."""

    before: pl.DataFrame
    after: pl.DataFrame


def differing(old: pl.DataFrame, new: pl.DataFrame) -> pl.Series:
    """bool[n]: which rows of two frames of one height and schema differ in any column; unknown equals unknown."""
    unequal = pl.Series("differs", [False]).new_from_index(0, old.height)
    for column in old.columns:
        unequal = unequal | old[column].ne_missing(new[column])
    return unequal


def _aligned(old: pl.DataFrame, new: pl.DataFrame, key: list[str]) -> tuple[pl.DataFrame, pl.DataFrame]:
    """The rows that both frames have by key, in one order."""
    places = (
        old.select(key)
        .with_row_index("_old")
        .join(new.select(key).with_row_index("_new"), on=key, how="inner", nulls_equal=True)
    )
    return old[places["_old"]], new[places["_new"]]


@dataclass(frozen=True, slots=True)
class ChangeSet:
    """A reversible alteration of the network, by type; see `Delta`.

    `origins` traces rows to where they came from: for a type, its key columns and `file`, `sheet`, `row`. They are
    kept in the log and are no part of the network.
    """

    deltas: Mapping[str, Delta]
    origins: Mapping[str, pl.DataFrame] = field(default_factory=dict)

    @staticmethod
    def between(old: Tables, new: Tables, origins: Mapping[str, pl.DataFrame] | None = None) -> ChangeSet:
        """What turns `old` into `new`. Cost: one join per type and one pass over every column."""
        deltas = {}
        for name in all_types():
            if name not in old and name not in new:
                continue
            before, after = old.get(name, empty_frame(name)), new.get(name, empty_frame(name))
            key = list(key_columns(name))
            gone = before.join(after, on=key, how="anti", nulls_equal=True)
            come = after.join(before, on=key, how="anti", nulls_equal=True)
            was, becomes = _aligned(before, after, key)
            changed = differing(was, becomes)
            delta = Delta(pl.concat([gone, was.filter(changed)]), pl.concat([come, becomes.filter(changed)]))
            if delta.before.height or delta.after.height:
                deltas[name] = delta
        return ChangeSet(deltas, origins or {})

    @staticmethod
    def upserting(state: Tables, rows: Tables, origins: Mapping[str, pl.DataFrame] | None = None) -> ChangeSet:
        """What adds `rows` to `state`, replacing rows of the same key; nothing is removed."""
        old = {
            name: state[name].join(
                frame.select(key_columns(name)), on=list(key_columns(name)), how="semi", nulls_equal=True
            )
            for name, frame in rows.items()
            if name in state
        }
        return ChangeSet.between(old, rows, origins)

    @property
    def empty(self) -> bool:
        """Whether it alters nothing."""
        return not self.deltas

    def inverse(self) -> ChangeSet:
        """What undoes it."""
        return ChangeSet({name: Delta(delta.after, delta.before) for name, delta in self.deltas.items()})

    def then(self, second: ChangeSet) -> ChangeSet:
        """Both acts as one; rows that end as they began drop out."""
        deltas = dict(self.deltas)
        for name, later in second.deltas.items():
            if name not in deltas:
                deltas[name] = later
                continue
            first, key = deltas[name], list(key_columns(name))
            touched = pl.concat([first.before.select(key), first.after.select(key)])
            fresh = later.before.join(touched, on=key, how="anti", nulls_equal=True)
            again = pl.concat([later.before.select(key), later.after.select(key)])
            kept = first.after.join(again, on=key, how="anti", nulls_equal=True)
            before, after = pl.concat([first.before, fresh]), pl.concat([kept, later.after])
            was, becomes = _aligned(before, after, key)
            same = was.filter(~differing(was, becomes)).select(key)
            before = before.join(same, on=key, how="anti", nulls_equal=True)
            after = after.join(same, on=key, how="anti", nulls_equal=True)
            deltas[name] = Delta(before, after)
        return ChangeSet(
            {name: delta for name, delta in deltas.items() if delta.before.height or delta.after.height},
            merge((self.origins, second.origins)),
        )

    def counts(self) -> pl.DataFrame:
        """One row a type: `type`, `added`, `removed`, `changed` in rows, in the schema's order."""
        rows = []
        for name in (n for n in all_types() if n in self.deltas):
            delta, key = self.deltas[name], list(key_columns(name))
            both = delta.before.join(delta.after, on=key, how="semi", nulls_equal=True).height
            rows.append((name, delta.after.height - both, delta.before.height - both, both))
        schema = {"type": pl.String, "added": pl.Int64, "removed": pl.Int64, "changed": pl.Int64}
        return pl.DataFrame(rows, schema=schema, orient="row")

    @property
    def size(self) -> int:
        """How many rows it touches, counting a changed row once."""
        return int(self.counts().select(pl.sum_horizontal("added", "removed", "changed")).sum().item())

    def fields(self) -> pl.DataFrame:
        """Cell by cell what changes: `type`, `key`, `field`, `before`, `after` as text, in the schema's order, then by key.

        Who asserts a row (`sources`, by name) is a cell of rows that are in both; of a new or removed one the act itself tells it.
        """
        parts = [_cells(name, self.deltas[name]) for name in all_types() if name in self.deltas]
        schema = dict.fromkeys(("type", "key", "field", "before", "after"), pl.String)
        return pl.concat(parts) if parts else pl.DataFrame(schema=schema)

    def apply_to(self, state: Tables) -> dict[str, pl.DataFrame]:
        """The tables after the act; those of untouched types are the same objects.

        Errors: `Conflict` where a row is not as `before` says, so that nothing is overwritten unseen.
        """
        after = dict(state)
        for name, delta in self.deltas.items():
            after[name] = apply_delta(name, state.get(name, empty_frame(name)), delta)
        return after


def apply_delta(name: str, frame: pl.DataFrame, delta: Delta) -> pl.DataFrame:
    """One type's table after an act; errors as `ChangeSet.apply_to`."""
    key = list(key_columns(name))
    check_before(name, frame.join(delta.before.select(key), on=key, how="semi", nulls_equal=True), delta.before)
    rest = frame.join(delta.before.select(key), on=key, how="anti", nulls_equal=True)
    taken = rest.join(delta.after.select(key), on=key, how="semi", nulls_equal=True)
    refuse_taken(name, taken)
    return pl.concat([rest, delta.after])


def check_before(name: str, found: pl.DataFrame, expected: pl.DataFrame) -> None:
    """Refuse where the rows `found` in the state are not those that a ChangeSet `expected` to find."""
    key = list(key_columns(name))
    missing = expected.join(found.select(key), on=key, how="anti", nulls_equal=True)
    if missing.height:
        raise Conflict(_say(name, missing, Text("已不存在", "is gone")), missing)
    was, now = _aligned(expected, found, key)
    changed = now.filter(differing(was, now))
    if changed.height:
        raise Conflict(_say(name, changed, Text("已被改动", "was changed meanwhile")), changed)


def refuse_taken(name: str, taken: pl.DataFrame) -> None:
    """Refuse to add rows whose keys are `taken` by rows of the state, if there are any."""
    if taken.height:
        raise Conflict(_say(name, taken, Text("已经存在", "exists already")), taken)


def _say(name: str, rows: pl.DataFrame, what: Text) -> Text:
    first = rows.select(pl.concat_str(key_columns(name), separator=" ", ignore_nulls=True)).item(0, 0)
    text = Text("{name}“{first}”等 {n} 行{what}。", "{name} '{first}' and {more} more: {what}.")
    return text.format(name=name, first=first, n=rows.height, more=rows.height - 1, what=what)


def _cells(name: str, delta: Delta) -> pl.DataFrame:
    key = list(key_columns(name))
    names = [c for c in delta.before.columns if c not in key]
    label = pl.concat_str(pl.col(key).cast(pl.String), separator=" → ", ignore_nulls=True).alias("key")

    def long(frame: pl.DataFrame, value: str) -> pl.DataFrame:
        present = pl.lit("✓").alias("_row")
        named = frame.with_columns(asserted.names(frame[SOURCES]).replace("", None))
        wide = named.select(label, present, *(pl.col(c).cast(pl.String) for c in names))
        return wide.unpivot(index="key", variable_name="field", value_name=value).drop_nulls(value)

    cells = long(delta.before, "before").join(
        long(delta.after, "after"), on=["key", "field"], how="full", coalesce=True
    )
    cells = cells.filter(pl.col("before").ne_missing(pl.col("after"))).sort("key", "field")
    alone = pl.len().over("key") == 1  # who asserts a row is told where that is all that changed
    cells = cells.filter((pl.col("field") != SOURCES) | alone)
    gone = ((pl.col("field") == "_row") & pl.col("after").is_null()).any().over("key")
    cells = cells.filter((pl.col("field") == "_row") | ~gone)  # what is gone has no fields that changed
    return cells.select(pl.lit(name).alias("type"), "key", "field", "before", "after")


def merge(parts: Iterable[Tables]) -> dict[str, pl.DataFrame]:
    """Tables of several origins as one: rows are set below each other, and what names the same stays twice."""
    merged: dict[str, pl.DataFrame] = {}
    for tables in parts:
        for name, frame in tables.items():
            merged[name] = pl.concat([merged[name], frame], how="vertical_relaxed") if name in merged else frame
    return merged
