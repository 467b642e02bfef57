"""Do decisions come back from the approval workbook as they were written, and is what is wrong named by its cell?"""

from __future__ import annotations

import datetime as dt
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from click.testing import CliRunner
from openpyxl.worksheet.worksheet import Worksheet

from api import plan_workbooks, plans
from api.cli import main
from api.plan_workbooks import WorkbookRefused
from api.workspace import Workspace
from graphmodel.changes import ChangeSet
from graphmodel.schema import EDGE_TYPES, NODE_TYPES
from graphmodel.stores.protocol import Act
from loaders.errors import FileRefused
from loaders.returned_plan import DECISION, HEADERS, PLAN, PROPOSAL, REASON, SHEET, read_returned
from planning.decisions import DecisionState, Wish
from planning.plan_book import Kept
from tests.planning.small import district
from tests.queries.small import DAY
from visualizations.plan_workbook import words

ACCEPTED, REJECTED, PINNED = DecisionState.ACCEPTED, DecisionState.REJECTED, DecisionState.PINNED


@pytest.fixture
def workspace(tmp_path: Path) -> Iterator[Workspace]:
    """Organisations whose names try to be formulas."""
    orgs: dict[str, dict[str, Any]] = {
        "a": {"full_members": 5, "name": "=cmd|' /C calc'!A0"}, "b": {"full_members": 4, "name": "+b"},
        "g": {"full_members": 3}, "d": {"full_members": 1}, "e": {"full_members": 2},
    }  # fmt: skip
    net = district(orgs, dict.fromkeys(orgs, "s1:a"))
    tables = {name: net.table(name) for name in (*NODE_TYPES, *EDGE_TYPES)}
    with Workspace(tmp_path, create=True) as opened:
        opened.store.apply(ChangeSet.between({}, tables), Act("import", "planner-office", "ledger", DAY), 0)
        plans.make(opened)
        yield opened


@pytest.fixture
def path(workspace: Workspace) -> Path:
    path = workspace.folder / "审批.xlsx"
    plan_workbooks.write(workspace, path)
    return path


def head(sheet: Worksheet) -> int:
    """The row of the headers: below the lines that say how the plan stands."""
    return next(row[0].row or 0 for row in sheet.iter_rows() if str(row[0].value).startswith("号\n"))


def column(sheet: Worksheet, field: str) -> int:
    titles = [str(cell.value).split("\n")[0] for cell in sheet[head(sheet)]]
    return titles.index(HEADERS[field].zh) + 1


def fill(path: Path, *cells: tuple[int, str, str | None]) -> None:
    """Write cells as a person would: proposal from 1, field, text."""
    book = openpyxl.load_workbook(path)
    sheet = book[SHEET]
    for number, field, text in cells:
        cell = sheet.cell(head(sheet) + number, column(sheet, field))
        cell.value = text
        if text is not None:
            cell.data_type = "s"  # as a person's text is, even one that begins with =
    book.save(path)


def states(workspace: Workspace, kept: Kept) -> list[tuple[DecisionState, str | None]]:
    return [(d.state, d.reason) for d in plans.book(workspace).standing(kept).values()]


def test_decisions_go_out_and_come_back(workspace: Workspace, path: Path) -> None:
    kept = plans.book(workspace).plan()
    fill(path, (1, DECISION, "采纳 accepted"), (2, DECISION, "驳回"), (2, REASON, "=年内并入"), (3, DECISION, "Pinned"))
    _, changed = plan_workbooks.read(workspace, path, unit="office-a")
    assert [d.unit for d in changed] == ["office-a"] * 3
    decided = states(workspace, kept)
    assert decided[:3] == [(ACCEPTED, None), (REJECTED, "=年内并入"), (PINNED, None)]
    assert plan_workbooks.read(workspace, path, unit="office-a")[1] == ()  # the same again changes nothing

    again = path.with_name("again.xlsx")
    plan_workbooks.write(workspace, again)
    assert read_returned(again, words()) == ([], [])
    assert plan_workbooks.read(workspace, again, unit="office-b") == (None, ())  # untouched
    plans.decide(workspace, None, [Wish("1", REJECTED, "改了主意")], unit="office-a")
    assert plan_workbooks.read(workspace, again, unit="office-b") == (None, ())  # nor overruled by an untouched row
    fill(again, (3, DECISION, "待定"))
    plan_workbooks.read(workspace, again, unit="office-b")
    assert [s for s, _ in states(workspace, kept)[:3]] == [REJECTED, REJECTED, DecisionState.OPEN]


def test_the_workbook_offers_the_decisions_hides_its_keys_and_holds_no_formula(path: Path) -> None:
    sheet = openpyxl.load_workbook(path)[SHEET]
    (validation,) = sheet.data_validations.dataValidation
    assert "采纳 accepted" in validation.formula1
    hidden = [range(d.min or 0, (d.max or 0) + 1) for d in sheet.column_dimensions.values() if d.hidden]
    assert {f for f in HEADERS if any(column(sheet, f) in part for part in hidden)} == set(HEADERS) - {DECISION, REASON}
    cells = [cell for row in sheet.iter_rows() for cell in row]
    assert not [cell.coordinate for cell in cells if cell.data_type == "f"]
    texts = [cell.value for cell in cells if isinstance(cell.value, str)]
    assert any("calc" in text for text in texts)
    assert not [text for text in texts if text[:1] in tuple("=+-@")]
    with zipfile.ZipFile(path) as package:
        assert b"<f>" not in package.read("xl/worksheets/sheet1.xml")


def test_who_has_no_proposal_stands_on_a_sheet_of_its_own(workspace: Workspace, path: Path) -> None:
    book = openpyxl.load_workbook(path)
    told = list(book.worksheets[1].iter_rows(min_row=2, values_only=True))
    unplaced = plans.book(workspace).plan().plan.unplaced
    assert {row[3] for row in told} == {one.cheapest.both() for one in unplaced}
    assert sum(len(str(row[1]).partition(" / ")[2].split(", ")) for row in told) == len({u.finding for u in unplaced})


Spoil = Callable[[Workspace, Path], None]


def _decided_elsewhere(workspace: Workspace, path: Path) -> None:
    fill(path, (1, DECISION, "采纳"))
    plans.decide(workspace, None, [Wish("1", REJECTED, "不合适")], unit="office-a")


WRONG: dict[str, tuple[Spoil, str, str]] = {
    "a word that is no decision": (lambda _, p: fill(p, (1, DECISION, "好的")), "unknown-decision", DECISION),
    "a reason without a decision": (lambda _, p: fill(p, (1, REASON, "好的")), "unknown-decision", DECISION),
    "a rejection without a reason": (lambda _, p: fill(p, (1, DECISION, "驳回")), "reason-missing", REASON),
    "personal data": (
        lambda _, p: fill(p, (1, DECISION, "驳回"), (1, REASON, "问 13800138000")),
        "personal-data",
        REASON,
    ),
    "an unknown id": (lambda _, p: fill(p, (1, DECISION, "采纳"), (1, PROPOSAL, "x:y")), "unknown-proposal", PROPOSAL),
    "a lost id": (lambda _, p: fill(p, (1, DECISION, "采纳"), (1, PROPOSAL, None)), "hidden-key-lost", PROPOSAL),
    "a row of another plan": (
        lambda _, p: fill(p, (2, DECISION, "采纳"), (1, DECISION, "采纳"), (1, PLAN, "00000000.1")),
        "wrong-plan",
        PLAN,
    ),
    "changed elsewhere": (_decided_elsewhere, "changed-elsewhere", DECISION),
}


@pytest.mark.parametrize("name", WRONG)
def test_what_is_wrong_is_named_by_its_cell_and_nothing_is_taken(workspace: Workspace, path: Path, name: str) -> None:
    spoil, code, field = WRONG[name]
    kept = plans.book(workspace).plan()
    fill(path, (3, DECISION, "采纳"))
    spoil(workspace, path)
    before = states(workspace, kept)
    with pytest.raises(WorkbookRefused) as fault:
        plan_workbooks.read(workspace, path, kept.name, unit="office-b")
    (error,) = fault.value.errors
    sheet = openpyxl.load_workbook(path)[SHEET]
    assert (error.code, error.cell) == (code, sheet.cell(head(sheet) + 1, column(sheet, field)).coordinate)
    assert error.message.zh
    assert error.message.en
    assert "13800138000" not in str(fault.value)
    assert states(workspace, kept) == before


def test_a_file_of_another_kind_is_refused(workspace: Workspace) -> None:
    other = workspace.folder / "other.xlsx"
    book = openpyxl.Workbook()
    book.active.append(["决定", "名称"])  # type: ignore[union-attr]  # a new workbook has a sheet
    book.save(other)
    with pytest.raises(FileRefused) as fault:
        plan_workbooks.read(workspace, other)
    assert fault.value.code == "not-an-approval-workbook"


def test_the_shell_writes_and_reads_it(workspace: Workspace) -> None:
    run = CliRunner().invoke
    path = workspace.folder / "表.xlsx"
    args = ["--workspace", str(workspace.folder), "plan"]
    assert run(main, [*args, "workbook", str(path), "--kind", "standalone"]).exit_code == 0
    assert run(main, [*args, "workbook", str(path)]).exit_code == 3
    fill(path, (1, DECISION, "采纳"))
    assert "采纳 1" in run(main, [*args, "read", str(path)]).stdout
    plan_workbooks.write(workspace, path, force=True)
    fill(path, (1, DECISION, "锁定"))
    number = plans.book(workspace).plan().plan.proposals[0].id
    plans.decide(workspace, None, [Wish(number, REJECTED, "改了主意")])
    refused = run(main, [*args, "read", str(path), "--as", "office-b"])
    assert refused.exit_code == 4
    assert "planner-office" in refused.stderr


def test_days_in_records_have_a_zone(workspace: Workspace) -> None:
    assert plans.book(workspace).plan().made_at.tzinfo == dt.UTC
