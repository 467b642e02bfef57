"""What is known of many rows at once? Three-valued truth, numbers with bounds and choices, as NumPy arrays.

A row is a node or an edge; row i of every vector over the same rows is the same node or edge. Everything here is
immutable by convention: no function writes into an array it was given.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Flags = npt.NDArray[np.bool_]
Indices = npt.NDArray[np.int32]

INT_LO, INT_HI = np.iinfo(np.int64).min // 4, np.iinfo(np.int64).max // 4
"""Bounds of an unknown whole number; a quarter of the range, so that sums of two stay in it."""


def places(rows: Indices) -> npt.NDArray[np.intp]:
    """The same rows as NumPy's own indices: cast at once, twice as fast as cast by NumPy a buffer at a time."""
    return rows.astype(np.intp)


@dataclass(frozen=True, slots=True)
class Kleene:
    """Three-valued truth of n rows: `yes` where certainly true, `no` where certainly false, else unknown.

    Shapes: both `bool[n]`, never both true. Storing the two certainties makes NOT a swap and AND, OR two array
    operations each, with the truth tables of Kleene (and of Cypher).
    """

    yes: Flags
    no: Flags

    @staticmethod
    def certain(mask: Flags) -> Kleene:
        """Truth without unknowns."""
        return Kleene(mask, ~mask)

    @staticmethod
    def constant(rows: int, value: bool | None) -> Kleene:
        """The same truth for every row."""
        return Kleene(np.full(rows, value is True), np.full(rows, value is False))

    def __and__(self, other: Kleene) -> Kleene:
        return Kleene(self.yes & other.yes, self.no | other.no)

    def __or__(self, other: Kleene) -> Kleene:
        return Kleene(self.yes | other.yes, self.no & other.no)

    def __invert__(self) -> Kleene:
        return Kleene(self.no, self.yes)

    @property
    def unknown(self) -> Flags:
        """Where it cannot be told."""
        return ~(self.yes | self.no)

    @property
    def possible(self) -> Flags:
        """Where it is true or may be."""
        return ~self.no

    def known(self) -> Kleene:
        """Whether the truth is known: itself never unknown."""
        return Kleene.certain(self.yes | self.no)

    def take(self, rows: Indices) -> Kleene:
        """The truth of the rows named by `rows` (int32[m]), in that order: bool[m]."""
        both = self.yes.view(np.uint8) | self.no.view(np.uint8) << np.uint8(1)  # so that rows are looked up once
        taken = both[places(rows)]
        return Kleene((taken & 1).view(np.bool_), (taken >> np.uint8(1)).view(np.bool_))


@dataclass(frozen=True, slots=True)
class Numbers:
    """Numbers of n rows, each between `lo` and `hi`, bounds included; equal where the number is known.

    Shapes: both float64[n] or integers[n], int64 but for small counts. An unknown number spans everything; a total that bounds a part from above
    is `hi` alone. A comparison is certain where the bounds decide it. Dates are days since 1970-01-01.
    """

    lo: npt.NDArray[np.integer] | npt.NDArray[np.float64]
    hi: npt.NDArray[np.integer] | npt.NDArray[np.float64]

    def at_least(self, bound: float | Numbers) -> Kleene:
        """Is the number at least `bound`?"""
        lo, hi = (bound.lo, bound.hi) if isinstance(bound, Numbers) else (bound, bound)
        if self.lo is self.hi and lo is hi:
            return Kleene.certain(np.asarray(self.lo >= lo))
        return Kleene(np.asarray(self.lo >= hi), np.asarray(self.hi < lo))

    def more_than(self, bound: float | Numbers) -> Kleene:
        """Is the number more than `bound`?"""
        lo, hi = (bound.lo, bound.hi) if isinstance(bound, Numbers) else (bound, bound)
        return Kleene(np.asarray(self.lo > hi), np.asarray(self.hi <= lo))

    def equal_to(self, value: float | Numbers) -> Kleene:
        """Is the number `value`?"""
        lo, hi = (value.lo, value.hi) if isinstance(value, Numbers) else (value, value)
        return Kleene((self.lo == self.hi) & (self.lo == lo) & (self.hi == hi), (self.lo > hi) | (self.hi < lo))

    def known(self) -> Kleene:
        """Whether the number is known exactly."""
        return Kleene.certain(np.asarray(self.lo == self.hi))

    def take(self, rows: Indices) -> Numbers:
        """The numbers of the rows named by `rows`, in that order."""
        at = places(rows)
        lo = self.lo[at]
        return Numbers(lo, lo if self.hi is self.lo else self.hi[at])

    def times(self, factor: float) -> Numbers:
        """The numbers multiplied by a factor that is not negative; unknown bounds stay unbounded."""
        lo, hi = self.lo.astype(np.float64) * factor, self.hi.astype(np.float64) * factor
        return Numbers(np.where(self.lo <= INT_LO, -np.inf, lo), np.where(self.hi >= INT_HI, np.inf, hi))


_FEW = 8  # words up to which comparing with each is faster than looking each row up


@dataclass(frozen=True, slots=True)
class Codes:
    """One word of a vocabulary for each of n rows: `code[i]` is its place in `words`, -1 where unknown.

    Shapes: int32[n] (int8[n] for choices). Words of a choice stand in declared order, so that an order is meaningful.
    """

    code: npt.NDArray[np.integer]
    words: Sequence[str]

    def is_in(self, wanted: Sequence[str]) -> Kleene:
        """Is the word one of `wanted`? Words outside the vocabulary match no row."""
        among = {word: place for place, word in enumerate(self.words)}
        codes = [among[word] for word in wanted if word in among]
        if len(codes) > _FEW:
            hit = np.zeros(len(self.words) + 1, dtype=np.bool_)  # the last place answers for code -1
            hit[codes] = True
            yes = hit[self.code]
        else:
            yes = np.zeros(len(self.code), dtype=np.bool_)
            for code in codes:
                yes |= self.code == code
        return Kleene(yes, ~yes & (self.code >= 0))

    def known(self) -> Kleene:
        """Whether the word is known."""
        return Kleene.certain(self.code >= 0)

    def take(self, rows: Indices) -> Codes:
        """The words of the rows named by `rows`, in that order."""
        return Codes(self.code[places(rows)], self.words)


Vector = Kleene | Numbers | Codes


def any_at(rows: int, at: Indices, truth: Kleene) -> Kleene:
    """For each of `rows` nodes: is `truth` true of any edge that arrives at it? Linear in edges.

    `at` int32[m] is the node each edge arrives at, `truth` has shape m. Unknown where no edge is certainly true but
    one may be; false, not unknown, where no edge arrives.
    """
    yes = np.zeros(rows, dtype=np.bool_)
    yes[places(at[truth.yes])] = True
    unknown = truth.unknown
    if not unknown.any():
        return Kleene(yes, ~yes)
    possible = yes.copy()
    possible[places(at[unknown])] = True
    return Kleene(yes, ~possible)


def count_at(rows: int, at: Indices, truth: Kleene) -> Numbers:
    """For each of `rows` nodes: of how many edges that arrive at it is `truth` true? Bounds where unknown."""
    lo = np.bincount(at[truth.yes], minlength=rows).astype(np.int64)
    unknown = truth.unknown
    if not unknown.any():
        return Numbers(lo, lo)
    return Numbers(lo, lo + np.bincount(at[unknown], minlength=rows).astype(np.int64))


def sum_at(rows: int, at: Indices, truth: Kleene, amount: Numbers) -> Numbers:
    """For each of `rows` nodes: the sum of `amount` (not negative) over arriving edges whose `truth` is true."""
    lo = np.where(truth.yes, np.maximum(amount.lo.astype(np.float64), 0.0), 0.0)
    top = np.where(amount.hi >= INT_HI, np.inf, amount.hi.astype(np.float64))
    hi = np.where(truth.no, 0.0, top)
    return Numbers(np.bincount(at, weights=lo, minlength=rows), np.bincount(at, weights=hi, minlength=rows))


def how_many(truths: Sequence[Kleene]) -> Numbers:
    """For each row: how many of several truths (at most 255) hold, with bounds where some are unknown."""
    lo = np.zeros(len(truths[0].yes), dtype=np.uint8)
    hi = np.full(len(truths[0].yes), len(truths), dtype=np.uint8)
    for truth in truths:
        lo += truth.yes
        hi -= truth.no
    return Numbers(lo, hi)
