"""How does whoever waits hear how far a store has come? By a count of rows written, of all that there are."""

from __future__ import annotations

from collections.abc import Callable

from graphmodel.changes import ChangeSet

Progress = Callable[[int, int], None]
"""Told how many rows of how many are written."""


def rows_of(changes: ChangeSet) -> int:
    """How many rows an act removes and adds, a changed one being both."""
    return sum(delta.before.height + delta.after.height for delta in changes.deltas.values())


class Told:
    """Counts rows written, of `total`, and tells whoever wants to know."""

    def __init__(self, total: int, progress: Progress | None) -> None:
        self.total, self.done, self._progress = total, 0, progress

    def __call__(self, rows: int) -> None:
        """So many rows more are written."""
        self.done += rows
        if self._progress is not None:
            self._progress(self.done, self.total)
