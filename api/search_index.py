"""Which rows may hold a text? A signature of every row's writings, so that a search reads few of a million of them."""

from __future__ import annotations

import math
from bisect import bisect
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl

from graphmodel.vectors import Flags, Indices

_BITS = 512  # of a row's signature: some 150 bytes of writing set about a quarter of them
_WORDS = _BITS // 64
_GRAM = 3  # bytes that are hashed together: one Chinese character, or three letters
_FACTORS = np.array([2_654_435_761, 2_246_822_519], dtype=np.uint32)
"""What they are hashed by: a bit for each, so that a text shares all with what every code begins with hardly ever."""
_SIGNED_AT_ONCE, _READ_AT_ONCE = 8_192, 32_768  # rows whose bits are set, looked at: they stay in the processor's cache
MOST_FEW = 256  # rows that are kept beside an index; more are joined to it
_FIRST = 512  # rows that are read first; each time four times as many

Signature = np.ndarray[tuple[int], np.dtype[np.uint64]]
Signatures = np.ndarray[tuple[int, int], np.dtype[np.uint64]]


@dataclass(frozen=True, slots=True, eq=False)
class Index:
    """Rows (`type`, `id`, `name`) in the order in which they are told, `words` the text of each, their signatures: uint64[8, rows]."""

    rows: pl.DataFrame
    words: pl.Series
    signatures: Signatures

    @staticmethod
    def of(rows: pl.DataFrame, words: pl.Series) -> Index:
        """Index texts, none of them empty. Cost: linear in their bytes."""
        signatures = np.empty((_WORDS, len(words)), dtype=np.uint64)
        for start in range(0, len(words), _SIGNED_AT_ONCE):
            part = words.slice(start, _SIGNED_AT_ONCE)
            signatures[:, start : start + len(part)] = _signed(part).T
        return Index(rows, words, signatures)

    def __len__(self) -> int:
        return len(self.words)

    def only(self, kept: Flags) -> Index:
        """The rows that are kept, in the same order."""
        chosen = pl.Series(kept)
        return Index(self.rows.filter(chosen), self.words.filter(chosen), self.signatures[:, kept])

    def joined(self, *others: Index) -> Index:
        """The rows of all, in order."""
        parts = (self, *others)
        rows, words = pl.concat([part.rows for part in parts]), pl.concat([part.words for part in parts])
        places = rows.select(pl.arg_sort_by(ORDER, nulls_last=True)).to_series()
        signatures = np.concatenate([part.signatures for part in parts], axis=1)
        return Index(rows[places], words.gather(places), signatures[:, places.to_numpy()])

    def holding(self, text: str, among: Indices, known: str = "") -> Iterator[Indices]:
        """Of some rows those whose words hold the text, a part at a time and in order.

        `known` is a part of the text by which they were chosen already. Cost: reads the signatures of those rows for what
        is not known, and the words of few others than those that hold the text; texts of one or two letters have no
        signature, so that the words of all are read until the caller has enough.
        """
        rows = _fit(self.signatures, _signature(text) & ~_signature(known), among)
        start, size = 0, _FIRST
        while start < len(rows):
            part = rows[start : start + size]
            holds = self.words.gather(pl.Series(part)).str.contains(text, literal=True)
            yield part[holds.to_numpy()]
            start, size = start + size, size * 4

    def likely(self, text: str) -> Indices:
        """Rows whose signature has every bit of the text's: all that hold it, and a few others."""
        wanted = _signature(text)
        if not wanted.any():
            return np.arange(len(self.words), dtype=np.int32)
        starts = range(0, len(self.words), _READ_AT_ONCE)
        fits = (_fit(self.signatures[:, at : at + _READ_AT_ONCE], wanted) + np.int32(at) for at in starts)
        return np.concatenate([np.zeros(0, dtype=np.int32), *fits])


def _fit(signatures: Signatures, wanted: Signature, rows: Indices | None = None) -> Indices:
    """Of some or all rows those whose signatures have the wanted bits; the fullest word is looked at first, so that few are left."""
    first, *others = np.argsort(np.bitwise_count(wanted))[::-1]
    signed = signatures[first] if rows is None else signatures[first][rows]
    fit = np.flatnonzero((signed & wanted[first]) == wanted[first])
    rows = fit.astype(np.int32) if rows is None else rows[fit]
    for word in others:
        if not (bits := wanted[word]):
            break
        rows = rows[(signatures[word][rows] & bits) == bits]
    return rows


@dataclass(frozen=True, slots=True, eq=False)
class Amended:
    """An index of many rows and one of few that came later, asked as one: what an act alters is written, and nothing else.

    `kept` bool[many] are those that still stand; `after` int32[few] is how many of the many come before each of the few.
    Rows are numbered the many first, then the few, and told in the order of both together.
    """

    many: Index
    few: Index
    kept: Flags
    after: Indices

    @staticmethod
    def of(index: Index) -> Amended:
        """An index of which everything stands, and nothing came later."""
        none = np.zeros(0, dtype=np.int32)
        return Amended(
            index, index.only(np.zeros(len(index), dtype=np.bool_)), np.ones(len(index), dtype=np.bool_), none
        )

    def __len__(self) -> int:
        return int(self.kept.sum()) + len(self.few)

    def amended(self, gone: Flags, fresh: Index) -> Amended:
        """Without the rows that are `gone`, bool[many, then few], and with fresh ones. Cost: see `_places`, copies all where many came."""
        split = len(self.many)
        kept, few = self.kept & ~gone[:split], self.few.only(~gone[split:])
        if len(few) + len(fresh) > MOST_FEW:
            return Amended.of(self.many.only(kept).joined(few, fresh))
        few = few.joined(fresh)
        return Amended(self.many, few, kept, _places(few, self.many))

    def likely(self, text: str, chosen: Flags | None = None) -> tuple[Indices, Indices]:
        """Of the many and of the few, the rows that stand, are chosen, and may hold the text: see `Index.likely`."""
        split, many, few = len(self.many), self.many.likely(text), self.few.likely(text)
        stand = self.kept if chosen is None else self.kept & chosen[:split]
        return many[stand[many]], few if chosen is None else few[chosen[split:][few]]

    def holding(self, text: str, among: tuple[Indices, Indices], known: str) -> Iterator[Indices]:
        """As `Index.holding`, of those among some that `likely` gave for the part of the text that is known."""
        split, (many, few) = len(self.many), among
        late = np.concatenate([self.after[:0], *self.few.holding(text, few, known)])
        for part in self.many.holding(text, many, known):
            if len(part):
                ready = int(np.searchsorted(self.after[late], part[-1], side="right"))
                yield self.ordered(np.concatenate([part, late[:ready] + split]))
                late = late[ready:]
        yield (late + split).astype(np.int32)

    def ordered(self, rows: Indices) -> Indices:
        """These rows, each once, in order."""
        rows, split = np.unique(rows), len(self.many)
        key, late = 2 * rows.astype(np.int64) + 1, rows >= split
        key[late] = 2 * self.after[rows[late] - split].astype(np.int64)
        return rows[np.argsort(key, kind="stable")]

    def told(self, rows: Indices) -> pl.DataFrame:
        """What there is of these rows, in their order."""
        split = len(self.many)
        late = rows >= split
        found = pl.concat([self.many.rows[rows[~late]], self.few.rows[rows[late] - split]])
        return found[np.argsort(np.argsort(late, kind="stable"), kind="stable")]

    def where(self, holds: Callable[[pl.DataFrame], pl.Series]) -> Flags:
        """bool[many, then few]: of which rows something holds."""
        return np.concatenate([holds(index.rows).to_numpy() for index in (self.many, self.few)])


def _places(few: Index, many: Index) -> Indices:
    """int32[few]: how many of the many come before each. Cost: a search for each, in Python."""
    found = (
        bisect(range(len(many)), _key(row), key=lambda at: _key(many.rows.row(at))) for row in few.rows.iter_rows()
    )
    return np.fromiter(found, dtype=np.int32, count=len(few))


ORDER = [pl.col("name").str.len_chars(), pl.col("type"), pl.col("id")]
"""By what rows are in order, nulls last; types are an `Enum` in the order of texts."""


def _key(row: tuple[Any, ...]) -> tuple[float, str, str]:
    """The same of one row."""
    type_, id_, name = row
    return math.inf if name is None else len(name), type_, id_


def _signature(text: str) -> Signature:
    found: Signature = _signed(pl.Series([text]))[0]
    return found


def _signed(texts: pl.Series) -> Signatures:
    """The signature of each text, uint64[texts, 8]: the bits of all that three bytes in a row hash to."""
    sizes = texts.str.len_bytes().to_numpy()
    found = np.frombuffer(texts.str.join("").item().encode(), dtype=np.uint8).astype(np.uint32)
    bits = np.zeros((len(texts), _BITS), dtype=np.bool_)
    if len(found) >= _GRAM:
        grams = (found[:-2] << 16) | (found[1:-1] << 8) | found[2:]
        row = np.repeat(np.arange(len(texts)), sizes)
        inside = row[: -_GRAM + 1] == row[_GRAM - 1 :]
        row, grams = row[: -_GRAM + 1][inside], grams[inside]
        for factor in _FACTORS:
            bits[row, (grams * factor) >> 23] = True
    return np.packbits(bits, axis=1).view(np.uint64)
