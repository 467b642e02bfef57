"""Which rows may hold a text? A signature of every row's writings, so that a search reads few of a million of them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl

from graphmodel.vectors import Flags, Indices

_BITS = 512  # of a row's signature: some 150 bytes of writing set about a quarter of them
_WORDS = _BITS // 64
_GRAM = 3  # bytes that are hashed together: one Chinese character, or three letters
_AT_ONCE = 8_192  # rows whose bits are set together: they stay in the processor's cache
_FIRST = 512  # rows that are read first; each time twice as many

Signatures = np.ndarray[tuple[int, int], np.dtype[np.uint64]]


@dataclass(frozen=True, slots=True, eq=False)
class Index:
    """Rows in the order in which they are told, `words` the text of each, and their signatures: uint64[8, rows]."""

    rows: pl.DataFrame
    words: pl.Series
    signatures: Signatures

    @staticmethod
    def of(rows: pl.DataFrame, words: pl.Series) -> Index:
        """Index texts, none of them empty. Cost: linear in their bytes."""
        signatures = np.empty((_WORDS, len(words)), dtype=np.uint64)
        for start in range(0, len(words), _AT_ONCE):
            part = words.slice(start, _AT_ONCE)
            signatures[:, start : start + len(part)] = _signed(part).T
        return Index(rows, words, signatures)

    def joined(self, other: Index, kept: Flags, order: Sequence[pl.Expr]) -> Index:
        """The rows of this one that are kept and those of another, in an order by expressions over rows."""
        rows = pl.concat([self.rows.filter(pl.Series(kept)), other.rows])
        places = rows.select(pl.arg_sort_by(order, nulls_last=True)).to_series()
        words = pl.concat([self.words.filter(pl.Series(kept)), other.words])
        signatures = np.concatenate([self.signatures[:, kept], other.signatures], axis=1)
        return Index(rows[places], words.gather(places), signatures[:, places.to_numpy()])

    def holding(self, text: str, chosen: Flags | None = None) -> Iterator[Indices]:
        """The rows, of those chosen, whose words hold the text, a part at a time and in order.

        Cost: reads the signatures, and the words of few others than those that hold it; texts of one or two letters have
        no signature, so that the words of all rows are read until the caller has enough.
        """
        rows = self.likely(text)
        if chosen is not None:
            rows = rows[chosen[rows]]
        start, size = 0, _FIRST
        while start < len(rows):
            part = rows[start : start + size]
            holds = self.words.gather(pl.Series(part)).str.contains(text, literal=True)
            yield part[holds.to_numpy()]
            start, size = start + size, size * 2

    def likely(self, text: str) -> Indices:
        """Rows whose signature has every bit of the text's: all that hold it, and a few others."""
        wanted = _signed(pl.Series([text]))[0]
        rows: Indices | None = None
        for word in np.argsort(np.bitwise_count(wanted))[::-1]:
            bits = wanted[word]
            if not bits:
                break
            signed = self.signatures[word] if rows is None else self.signatures[word][rows]
            fit = np.flatnonzero((signed & bits) == bits).astype(np.int32)
            rows = fit if rows is None else rows[fit]
        return np.arange(len(self.words), dtype=np.int32) if rows is None else rows


def _signed(texts: pl.Series) -> Signatures:
    """The signature of each text, uint64[texts, 8]: the bits of all that three bytes in a row hash to."""
    sizes = texts.str.len_bytes().to_numpy()
    found = np.frombuffer(texts.str.join("").item().encode(), dtype=np.uint8).astype(np.uint32)
    bits = np.zeros((len(texts), _BITS), dtype=np.bool_)
    if len(found) >= _GRAM:
        grams = (found[:-2] << 16) | (found[1:-1] << 8) | found[2:]
        row = np.repeat(np.arange(len(texts)), sizes)
        inside = row[: -_GRAM + 1] == row[_GRAM - 1 :]
        bits[row[: -_GRAM + 1][inside], ((grams * np.uint32(2_654_435_761)) >> 23)[inside]] = True
    return np.packbits(bits, axis=1).view(np.uint64)
