"""How far is a check? Rows with what is rejected of them so far, and all that was found."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import polars as pl

from graphmodel.text import Text
from loaders.errors import RowError
from loaders.faults import Fault, Problem, header_of
from loaders.raw import Place, Raw


@dataclass(slots=True, eq=False)
class Judged:
    """A Raw on its way: typed columns, which rows are rejected so far, and which only repeat a row before."""

    raw: Raw
    frame: pl.DataFrame
    rejected: pl.Series
    repeated: pl.Series


class Findings:
    """All faults and notices of one check; a fault rejects its rows as soon as it is found."""

    def __init__(self, notices: Iterable[RowError]) -> None:
        self.faults: list[Fault] = []
        self.notices = list(notices)

    def add(self, judged: Judged, field: str | None, problems: Iterable[Problem]) -> None:
        """Keep the problems that occur, and reject their rows."""
        for problem in problems:
            if problem.wrong.any():
                self.faults.append(Fault(judged.raw, field, problem))
                judged.rejected = judged.rejected | problem.wrong

    def notice(self, raw: Raw, field: str | None, problem: Problem) -> None:
        """Say once for a column (or, without a field, for a sheet) what is so in some of its rows."""
        header = header_of(raw, field).text if field else None
        first, count = raw.rows.filter(problem.wrong)[0], int(problem.wrong.sum())
        more = Text(f"共 {count} 行，此为第一处：", f"In {count} rows, this one first: ")
        message = Text(more.zh + problem.message.zh, more.en + problem.message.en)
        self.notices.append(RowError(raw.file, raw.sheet, first, header, None, problem.code, message, problem.hint))


def reject_named(judged: Sequence[Judged], errors: Sequence[RowError]) -> None:
    """Reject the rows that readers and mappings found wrong; an error without a row is about all of its sheet."""
    for one in judged:
        mine = [e for e in errors if e.file == one.raw.file and e.sheet in (None, one.raw.sheet)]
        if any(error.row is None for error in mine):
            one.rejected = one.rejected | True
        elif mine:
            one.rejected = one.rejected | one.raw.rows.is_in([error.row for error in mine])


def by_place(judged: Sequence[Judged]) -> dict[Place, list[Judged]]:
    """The rows of each type by the sheet they stood in."""
    places: dict[Place, list[Judged]] = {}
    for one in judged:
        places.setdefault(one.raw.place, []).append(one)
    return places


def spread(judged: Sequence[Judged]) -> None:
    """What one source row gave is rejected together."""
    for together in by_place(judged).values():
        if len(together) > 1 and any(one.rejected.any() for one in together):
            rows = pl.concat([one.raw.rows.filter(one.rejected) for one in together]).unique()
            for one in together:
                one.rejected = one.raw.rows.is_in(rows.implode())
