"""How do many proposals keep their changes? As one pair of tables a type, of which each proposal owns a slice."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

import numpy as np
import numpy.typing as npt
import polars as pl

from graphmodel.changes import ChangeSet, Delta
from graphmodel.network import Network
from graphmodel.tables import all_types, conform, empty_frame, frame_schema, key_columns

PAGE = "_page"
Frames = Mapping[str, Sequence[pl.DataFrame]]
Offsets = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class _Bound:
    """The rows of one type, ordered by page; those of page i begin at `starts[i]`."""

    rows: pl.DataFrame
    starts: Offsets

    @staticmethod
    def of(name: str, rows: pl.DataFrame, pages: int) -> _Bound:
        rows = rows.sort(PAGE, *key_columns(name), nulls_last=True)
        counts = np.bincount(rows[PAGE].to_numpy(), minlength=pages)
        return _Bound(rows.drop(PAGE), np.concatenate(([0], np.cumsum(counts))).astype(np.int64))

    def page(self, place: int) -> pl.DataFrame:
        start = int(self.starts[place])
        return self.rows.slice(start, int(self.starts[place + 1]) - start)

    def pages(self, places: Offsets) -> pl.DataFrame:
        start, length = self.starts[places], self.starts[places + 1] - self.starts[places]
        ends = np.cumsum(length)
        step = np.arange(int(ends[-1]) if len(ends) else 0)
        return self.rows[np.repeat(start - (ends - length), length) + step]

    @property
    def numbers(self) -> Offsets:
        """The page of each row."""
        return np.repeat(np.arange(len(self.starts) - 1), np.diff(self.starts))


class Book:
    """The changes of n proposals, one page each. A page is cut out only when it is looked at."""

    def __init__(self, size: int, before: Mapping[str, _Bound], after: Mapping[str, _Bound]) -> None:
        self.size, self.before, self.after = size, before, after

    @staticmethod
    def of(network: Network, size: int, added: Frames, ended: Frames) -> Book:
        """Rows to add (`_page` and any columns of the type) and whole rows of the network to end, by type.

        What the network has already of the same key is altered, not added twice. Cost: one join a type that is added to.
        """
        old: dict[str, _Bound] = {}
        new: dict[str, _Bound] = {}
        for name in (n for n in all_types() if n in added or n in ended):
            frames = [_paged(name, frame) for frame in added.get(name, ())]
            after = _unique(name, pl.concat(frames)) if frames else _paged(name, empty_frame(name))
            before = _unique(name, pl.concat([_paged(name, f) for f in ended.get(name, ())] or [after.clear()]))
            after, replaced = _merged(name, after, network)
            before = _unique(name, pl.concat([before, replaced]))
            if before.height or after.height:
                old[name], new[name] = _Bound.of(name, before, size), _Bound.of(name, after, size)
        return Book(size, old, new)

    @staticmethod
    def binding(changes: Sequence[ChangeSet]) -> Book:
        """The book of ChangeSets that are there already, one page each."""
        old: dict[str, _Bound] = {}
        new: dict[str, _Bound] = {}
        names = {name for one in changes for name in one.deltas}
        for name in (n for n in all_types() if n in names):
            pages = [(page, one.deltas[name]) for page, one in enumerate(changes) if name in one.deltas]
            for bound, parts in ((old, [(p, d.before) for p, d in pages]), (new, [(p, d.after) for p, d in pages])):
                frame = pl.concat([part for _, part in parts], rechunk=True)
                numbers = np.repeat([page for page, _ in parts], [part.height for _, part in parts])
                bound[name] = _Bound.of(name, frame.with_columns(pl.Series(PAGE, numbers, pl.Int64)), len(changes))
        return Book(len(changes), old, new)

    def page(self, place: int) -> ChangeSet:
        """The changes of one proposal."""
        return ChangeSet(_Page(self, place))

    def plain(self) -> dict[str, Any]:
        """The book as lists, columns without any value left out, so that JSON can hold it."""
        tables = {}
        for side, bounds in (("before", self.before), ("after", self.after)):
            tables[side] = {name: _columns(b.rows) | {PAGE: b.numbers.tolist()} for name, b in bounds.items()}
        return {"pages": self.size, **tables}

    @staticmethod
    def from_plain(raw: Mapping[str, Any]) -> Book:
        """The book that `plain` wrote."""
        size, sides = raw["pages"], []
        for side in ("before", "after"):
            frames = {name: _paged(name, _frame(name, columns)) for name, columns in raw[side].items()}
            sides.append({name: _Bound.of(name, frame, size) for name, frame in frames.items()})
        return Book(size, *sides)


class _Page(Mapping[str, Delta]):
    """One page as the deltas of a ChangeSet."""

    __slots__ = ("book", "place")

    def __init__(self, book: Book, place: int) -> None:
        self.book, self.place = book, place

    def _has(self, name: str) -> bool:
        bounds = (self.book.before[name], self.book.after[name])
        return any(b.starts[self.place] < b.starts[self.place + 1] for b in bounds)

    def __getitem__(self, name: str) -> Delta:
        if name not in self.book.after or not self._has(name):
            raise KeyError(name)
        return Delta(self.book.before[name].page(self.place), self.book.after[name].page(self.place))

    def __iter__(self) -> Iterator[str]:
        return (name for name in self.book.after if self._has(name))

    def __len__(self) -> int:
        return sum(1 for _ in self)


def gathered(changes: Sequence[ChangeSet]) -> ChangeSet:
    """Several ChangeSets as one, rows that two of them bring alike once; pages of one book are cut out together."""
    books: dict[int, tuple[Book, list[int]]] = {}
    parts: list[Mapping[str, Delta]] = []
    for book, run in groupby((one.deltas for one in changes), _book_of):
        if book is None:
            parts += run
        else:
            numbers = [deltas.place for deltas in run if isinstance(deltas, _Page)]
            books.setdefault(id(book), (book, []))[1].extend(numbers)
    for book, numbers in books.values():
        places = np.array(numbers, dtype=np.int64)
        parts.append({n: Delta(book.before[n].pages(places), book.after[n].pages(places)) for n in book.after})
    deltas: dict[str, Delta] = {}
    for name in (n for n in all_types() if any(n in part for part in parts)):
        sides = [part[name] for part in parts if name in part]
        before = pl.concat([d.before for d in sides]).unique(maintain_order=True)
        after = pl.concat([d.after for d in sides]).unique(maintain_order=True)
        if before.height or after.height:
            deltas[name] = Delta(before, after)
    return ChangeSet(deltas)


def _book_of(deltas: Mapping[str, Delta]) -> Book | None:
    return deltas.book if isinstance(deltas, _Page) else None


def touched(changes: Sequence[ChangeSet]) -> pl.DataFrame:
    """Which nodes each ChangeSet touches, and by what: `page` its place, `by` (type of the row), `type`, `id`, each once."""
    parts = [pl.DataFrame(schema={"page": pl.Int64, "by": pl.String, "type": pl.String, "id": pl.String})]
    books: dict[int, tuple[Book, list[tuple[int, int]]]] = {}
    for place, one in enumerate(changes):
        deltas = one.deltas if isinstance(one.deltas, _Page) else _Page(Book.binding([one]), 0)
        books.setdefault(id(deltas.book), (deltas.book, []))[1].append((deltas.place, place))
    for book, pages in books.values():
        places = np.full(book.size, -1, dtype=np.int64)
        places[[page for page, _ in pages]] = [place for _, place in pages]
        for bounds in (book.before, book.after):
            for name, bound in bounds.items():
                rows = bound.rows.with_columns(pl.Series("page", places[bound.numbers]), pl.lit(name).alias("by"))
                rows = rows.filter(pl.col("page") >= 0)
                if "id" in rows.columns:
                    parts.append(rows.select("page", "by", pl.lit(name).alias("type"), "id"))
                    continue
                for end in ("source", "target"):
                    ends = pl.col(f"{end}_type").alias("type"), pl.col(end).alias("id")
                    parts.append(rows.select("page", "by", *ends))
    return pl.concat(parts).unique(maintain_order=True)


def _paged(name: str, frame: pl.DataFrame) -> pl.DataFrame:
    """The frame with every column of its type and its page."""
    if not frame.height:
        return empty_frame(name).with_columns(pl.lit(0, pl.Int64).alias(PAGE))
    return conform(name, frame.drop(PAGE)).with_columns(frame[PAGE].cast(pl.Int64))


def _unique(name: str, frame: pl.DataFrame) -> pl.DataFrame:
    return frame.unique([PAGE, *key_columns(name)], maintain_order=True)


def _merged(name: str, after: pl.DataFrame, network: Network) -> tuple[pl.DataFrame, pl.DataFrame]:
    """What is added, over rows that the network has already: these keep what the new row does not say."""
    key = list(key_columns(name))
    there = network.table(name) if after.height else after
    old = after.select(PAGE, *key).join(there, on=key, how="inner", nulls_equal=True).select(after.columns)
    if not old.height:
        return after, old
    fresh = after.join(old, on=[PAGE, *key], how="anti", nulls_equal=True)
    kept = [c for c in after.columns if c not in (PAGE, *key)]
    changed = after.join(old, on=[PAGE, *key], how="inner", nulls_equal=True, suffix="_old")
    changed = changed.with_columns(pl.coalesce(c, f"{c}_old") for c in kept).select(after.columns)
    return pl.concat([fresh, changed]), old


def _columns(frame: pl.DataFrame) -> dict[str, list[Any]]:
    said = [c for c in frame.columns if frame[c].null_count() < frame.height]
    text = [c for c in said if frame.schema[c].is_temporal() or isinstance(frame.schema[c], pl.Enum)]
    return frame.select(said).with_columns(pl.col(text).cast(pl.String)).to_dict(as_series=False)


def _frame(name: str, columns: Mapping[str, list[Any]]) -> pl.DataFrame:
    dates = [c for c, dtype in frame_schema(name).items() if c in columns and dtype == pl.Date]
    return pl.DataFrame(columns).with_columns(pl.col(dates).str.to_date())
