"""What are the rates of coverage by many lines and in several ways? Those who are alike are counted together, once."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from graphmodel.vectors import Kleene
from queries.breakdown import Breakdown
from queries.coverage import CASES, Coverage


@dataclass(frozen=True, slots=True)
class Together:
    """Several judgements of the same n organisations, counted at once: today and after plans, one scope and another.

    `coverages` one for each of w judgements; `kind` int32[n] numbers those who are alike in all of them, and `cases`
    uint8[w, c] says of each of the c kinds which of `CASES` it is in each judgement.
    """

    coverages: tuple[Coverage, ...]
    kind: npt.NDArray[np.int32]
    cases: npt.NDArray[np.uint8]

    @staticmethod
    def of(*judged: tuple[Coverage, Kleene | None]) -> Together:
        """These coverages, each in its scope. Cost: one pass over n for each."""
        kind, cases = np.zeros(len(judged[0][0].possible), dtype=np.int32), np.zeros((0, 1), dtype=np.uint8)
        for found, scope in judged:
            cell = kind * np.int32(CASES) + found.cases(scope)
            used = np.flatnonzero(np.bincount(cell, minlength=cases.shape[1] * CASES))
            number = np.empty(cases.shape[1] * CASES, dtype=np.int32)
            number[used] = np.arange(len(used), dtype=np.int32)
            kind, cases = number[cell], np.vstack((cases[:, used // CASES], (used % CASES).astype(np.uint8)))
        return Together(tuple(found for found, _ in judged), kind, cases)

    def figures_by(self, *breakdowns: Breakdown) -> list[dict[str, npt.NDArray[Any]]]:
        """The figures by each judgement, of every line of these breakdowns one after the other.

        Cost: one pass over the places, whatever the judgements.
        """
        counts = np.concatenate([lines.count(self.kind, self.cases.shape[1]) for lines in breakdowns], axis=1)
        return [
            found.figures(*_by_case(cases, counts)) for found, cases in zip(self.coverages, self.cases, strict=True)
        ]


def _by_case(
    cases: npt.NDArray[np.uint8], counts: npt.NDArray[np.int64]
) -> tuple[npt.NDArray[np.uint8], npt.NDArray[np.int64]]:
    """The cases that occur, ascending, and the sum of the counts of each."""
    order = np.argsort(cases, kind="stable")
    there, first = np.unique(cases[order], return_index=True)
    return there, np.add.reduceat(counts[order], first, axis=0) if len(there) else counts[:0]
