"""What is every engine asked? The ten questions of the peers' benchmark (DESIGN, settled point 10), and one form of answer.

An answer to a judged question is three lists: ids in scope for certain, ids of gaps, ids of which it cannot be told; scope
counts as its length only. An answer to the coverage rates is one line for each track, dimension and key: the denominator
and the six ways of being covered.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from benchmarks.measuring import Measured, digest_of

JUDGED = (
    "uncovered",
    "three-none",
    "responsibility-gaps",
    "vertical-not-taken-on",
    "branch-required",
    "instructor-due",
    "instructor-load",
    "station-load",
    "isolated-component",
    "grade-above-ceiling",
)
RATES = "coverage-rates"
TEN = (*JUDGED, RATES)
"""Ten by the design's count, which takes the loads of posts and of stations as one."""

SHARED = "shared facts"
"""The step in which peers compute what several questions need; it has no answer."""

FIGURES = ("total", "standalone", "joint", "functional", "work_only", "none", "unknown")
Line = tuple[str, str, str, int, int, int, int, int, int, int]
"""Track, dimension, key ("" where not stated), then `FIGURES`."""


class Judgement(NamedTuple):
    """How many are in scope, which are gaps, of which it cannot be told."""

    total: int
    gaps: Iterable[str]
    unknowns: Iterable[str]


def digest(answer: Judgement | list[Line] | None) -> str:
    """The same for equal answers, in whatever order an engine gives them."""
    if answer is None:
        return ""
    if isinstance(answer, Judgement):
        return digest_of([str(answer.total), "gaps", *sorted(answer.gaps), "unknowns", *sorted(answer.unknowns)])
    return digest_of("|".join(map(str, line)) for line in sorted(answer))


class UnequalAnswers(AssertionError):
    """Two engines answer a question differently; then no time of theirs means anything."""


def assert_equal(found: Mapping[str, Measured], questions: Iterable[str] = TEN) -> None:
    """Whether the engines agree with the first on every question. Errors: `UnequalAnswers`."""
    (first, right), *others = found.items()
    for question in questions:
        for name, measured in others:
            if measured.digests[question] != right.digests[question]:
                raise UnequalAnswers(f"{question}: {name} and {first} answer differently")
