"""What did somebody write into a plan's approval workbook? Each row's decision, reason and hidden keys, with their cells."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from graphmodel.text import Text
from loaders.errors import RowError, cell_name, refused
from loaders.files import read_file
from loaders.formulas import QUOTED
from loaders.grid import Grid

SHEET = "审批 Approval"
DECISION, REASON, PLAN, PROPOSAL, VERSION, EXPORTED = "decision", "reason", "plan", "proposal", "version", "exported"
HEADERS: Mapping[str, Text] = {
    DECISION: Text("决定", "decision"),
    REASON: Text("理由（驳回必填）", "reason (needed to reject)"),
    PLAN: Text("方案号", "plan"),
    PROPOSAL: Text("方案项标识", "proposal id"),
    VERSION: Text("修改次数", "version"),
    EXPORTED: Text("导出时的决定", "decision as written out"),
}
"""The columns that come back, by field; the workbook's writer heads them so, and hides all but the first two."""


@dataclass(frozen=True, slots=True)
class ReturnedRow:
    """One row of the workbook that somebody touched.

    `decision` the stored value of a state; `reason` as written, None where blank; `plan`, `proposal`, `version` the
    hidden keys. `remark` says something about one of its cells.
    """

    file: str
    sheet: str
    row: int
    columns: Mapping[str, int]
    plan: str
    proposal: str
    version: int
    decision: str
    reason: str | None

    def remark(self, field: str, value: str | None, code: str, message: Text, hint: Text) -> RowError:
        """A remark about the cell of a field."""
        cell = cell_name(self.row, self.columns[field])
        return RowError(self.file, self.sheet, self.row, HEADERS[field].zh, value, code, message, hint, cell)


def read_returned(path: Path, words: Mapping[str, str]) -> tuple[list[ReturnedRow], list[RowError]]:
    """The rows in which something was decided, and what cannot be read, cell by cell.

    `words` are how decisions may be written, and the stored value of each. A row that says what it said when it was
    written out is left out, so that nobody is overruled by a row that was never touched; so is a blank decision.
    Errors: `FileRefused` where the file is no such workbook.
    """
    for grid in read_file(path):
        head = _head(grid)
        if head is not None:
            rows: list[ReturnedRow] = []
            errors: list[RowError] = []
            for one in _rows(grid, *head, words):
                (errors if isinstance(one, RowError) else rows).append(one)  # type: ignore[arg-type]  # told apart here
            return rows, errors
    raise refused(
        path.name,
        "not-an-approval-workbook",
        Text("这不是方案审批表：找不到“{a}”“{b}”等列。", "This is no approval workbook: columns '{c}', '{d}' … are missing.").format(
            a=HEADERS[DECISION].zh, b=HEADERS[PROPOSAL].zh, c=HEADERS[DECISION].en, d=HEADERS[PROPOSAL].en
        ),
        Text("请用 partygraph plan workbook 写出，填写后原样交回，不要删列。",
             "Write it with partygraph plan workbook, fill it in, and return it with all its columns."),
    )  # fmt: skip


def _head(grid: Grid) -> tuple[int, dict[str, int]] | None:
    """Where the header stands, and the column (from 1) of every field; None where the grid has no such row."""
    wanted = {text.zh: field for field, text in HEADERS.items()}
    for place, row in enumerate(grid.frame.head(50).iter_rows()):
        found = {
            wanted[title]: column
            for column, cell in enumerate(row, 1)
            if cell is not None and (title := cell.split("\n")[0].strip()) in wanted
        }
        if found.keys() == HEADERS.keys():
            return place, found
    return None


def _rows(
    grid: Grid, head: int, columns: Mapping[str, int], words: Mapping[str, str]
) -> Iterator[ReturnedRow | RowError]:
    plain = {field: pl.col(f"c{at - 1}").str.replace(QUOTED, "$1") for field, at in columns.items()}
    frame = grid.frame.slice(head + 1).select(**plain)
    for number, cells in zip(grid.rows.slice(head + 1), frame.iter_rows(named=True), strict=True):
        said, reason = cells[DECISION], cells[REASON]
        if said is None and reason is None:
            continue
        where = ReturnedRow(
            grid.file, grid.name, number, columns, cells[PLAN] or "", cells[PROPOSAL] or "", 0, "", reason
        )
        decision = None if said is None else words.get(said.strip().lower())
        if decision is None:
            yield where.remark(DECISION, said, "unknown-decision", _UNKNOWN, _CHOOSE)
            continue
        if exported(decision, reason) == cells[EXPORTED]:
            continue
        version = cells[VERSION] or ""
        if not (where.plan and where.proposal and version.isdigit()):
            field = next(f for f in (PLAN, PROPOSAL, VERSION) if not cells[f] or f == VERSION)
            yield where.remark(field, cells[field], "hidden-key-lost", _LOST, _AS_WRITTEN)
            continue
        yield ReturnedRow(
            grid.file, grid.name, number, columns, where.plan, where.proposal, int(version), decision, reason
        )


def exported(decision: str, reason: str | None) -> str:
    """How the workbook remembers what was decided when it was written out."""
    return f"{decision}|{reason or ''}".rstrip()


_UNKNOWN = Text("认不出这个决定。", "This is no decision.")
_CHOOSE = Text("请从下拉列表中选择。", "Choose from the drop-down list.")
_LOST = Text(
    "隐藏列被改动或清空，认不出是哪一项。", "A hidden cell was changed or cleared, so the proposal cannot be told."
)
_AS_WRITTEN = Text("请重新写出审批表，再填写这一行。", "Write the workbook anew and fill in this row again.")
