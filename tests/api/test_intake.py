"""Do files of one name stay apart, so that every row of each is accounted for?"""

from __future__ import annotations

import csv
import datetime as dt
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

import openpyxl
import pytest
from click.testing import CliRunner

from api.cli import main
from api.intake import Intake, take_in
from graphmodel.codes import make_credit_code
from graphmodel.network import Network, Stamp

CODES = [make_credit_code("5", "2", "510104", f"MJQ0010{n}") for n in range(6)]  # invented
STAMP = Stamp(0, dt.date(2016, 6, 12))
HEAD = ("id", "name", "credit_code", "track", "members")


def write(path: Path, rows: Sequence[Sequence[str]]) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows(rows)
    return path


def organisations(codes: Sequence[str], bad: int | None = None) -> list[Sequence[str]]:
    rows = [(f"usc:{c}", f"机构{c[-5:]}", c, "登记", "很多" if n == bad else "5") for n, c in enumerate(codes)]
    return [HEAD, *rows]


def two_folders(folder: Path) -> list[Path]:
    write(folder / "d1" / "Organization.csv", organisations(CODES[:3], bad=1))
    write(folder / "d2" / "Organization.csv", organisations(CODES[3:]))
    return [folder / "d1", folder / "d2"]


def balanced(taken: Intake) -> Intake:
    for row in taken.checked.sheets.iter_rows(named=True):
        assert row["read"] == row["accepted"] + row["rejected"], row
    assert taken.checked.rejected.height == taken.checked.read - taken.checked.accepted
    return taken


def test_two_folders_with_files_of_one_name_lose_no_row(tmp_path: Path) -> None:
    taken = balanced(take_in(two_folders(tmp_path), Network.from_tables({}, STAMP)))
    assert (taken.checked.read, taken.checked.accepted) == (6, 5)
    assert taken.checked.tables["Organization"].height == 5
    assert taken.checked.rejected.rows() == [("d1/Organization.csv", "Organization", 3)]
    assert {error.file for error in taken.checked.errors} == {"d1/Organization.csv"}


def ledger_rows(codes: Sequence[str], bad: bool) -> list[Sequence[str]]:
    head = ("社会组织名称", "登记证号", "登记备案", "业务主管单位", "党组织设置")
    rows = [(f"机构{c[-5:]}", c, "登记", "直接登记", "否") for c in codes]
    return [head, *rows, *([("无名代码", "", "", "直接登记", "否")] if bad else [])]


def test_two_ledgers_of_one_name_lose_no_row(tmp_path: Path) -> None:
    paths = [
        write(tmp_path / "东区" / "台账.csv", ledger_rows(CODES[:3], bad=False)),
        write(tmp_path / "西区" / "台账.csv", ledger_rows(CODES[3:], bad=True)),
    ]
    taken = balanced(take_in(paths, Network.from_tables({}, STAMP)))
    assert (taken.checked.read, taken.checked.accepted) == (7, 6)
    assert taken.checked.tables["Organization"].height == 6
    assert {file for file, *_ in taken.checked.sheets.iter_rows()} == {"东区/台账.csv", "西区/台账.csv"}
    assert {error.file for error in taken.checked.errors} == {"西区/台账.csv"}


def test_a_name_too_long_to_be_shown_whole_still_rejects_its_rows(tmp_path: Path) -> None:
    path = write(tmp_path / f"{'长' * 40}\u200b{'a' * 60}台账.csv", ledger_rows(CODES[:3], bad=True))
    taken = balanced(take_in([path], Network.from_tables({}, STAMP)))
    assert (taken.checked.read, taken.checked.accepted) == (4, 3)


def test_a_file_given_twice_is_read_once(tmp_path: Path) -> None:
    (first, second) = two_folders(tmp_path)
    taken = balanced(take_in([second, second / "Organization.csv", first], Network.from_tables({}, STAMP)))
    assert taken.checked.read == 6


# --- what is given back ---


def run(folder: Path, *args: str, code: int) -> str:
    result = CliRunner().invoke(main, ["--workspace", str(folder / "w"), *args], catch_exceptions=False)
    assert result.exit_code == code, result.output
    return result.output


def test_each_file_is_given_back_by_itself_and_never_written_over(tmp_path: Path) -> None:
    paths = [
        write(tmp_path / "东区" / "台账.csv", ledger_rows(CODES[:3], bad=True)),
        write(tmp_path / "西区" / "台账.csv", ledger_rows(CODES[3:], bad=True)),
    ]
    out = tmp_path / "out"
    command = ("import", *(str(path) for path in paths), "--out", str(out))
    run(tmp_path, *command, "--dry-run", code=3)
    assert not out.exists()
    run(tmp_path, *command, "--dry-run", "--marked", code=3)
    assert len(list(out.iterdir())) == 2
    run(tmp_path, *command, code=3)
    marked = sorted(out.iterdir())
    assert [path.name for path in marked] == ["东区-台账-标注.xlsx", "西区-台账-标注.xlsx"]
    for path, place in zip(marked, ("东区/台账.csv", "西区/台账.csv"), strict=True):
        listed = openpyxl.load_workbook(path).worksheets[0]
        assert {row[0] for row in listed.iter_rows(min_row=2, values_only=True) if row[2]} == {place}
    with closing(openpyxl.load_workbook(marked[0])) as book:  # as its user saves it
        book.save(marked[0])
    before = marked[0].read_bytes()
    assert "--force" in run(tmp_path, *command, code=3)
    assert marked[0].read_bytes() == before
    run(tmp_path, *command, "--accept-valid", "--yes", "--force", code=0)
    assert "东区-台账-未通过.xlsx" in {path.name for path in out.iterdir()}


@pytest.mark.parametrize("name", ["基本信息.csv", "台账-基本信息.csv"])
def test_a_ledger_of_two_sheets_may_come_as_two_files(name: str, tmp_path: Path) -> None:
    told = [("社会组织名称", "业务主管单位", "党组织设置"), ("甲协会", "无", "否"), ("乙协会", "无", "否")]
    facts = [(each, code, "登记", "否") for each, code in zip(("甲协会", "乙协会", "丙协会"), CODES, strict=False)]
    first = write(tmp_path / "社会组织党建台账.csv", told)
    second = write(tmp_path / name, [("社会组织名称", "统一社会信用代码", "登记备案", "妇联"), *facts])
    taken = balanced(take_in([first, second], Network.from_tables({}, STAMP)))
    assert [(e.code, e.file, e.row) for e in taken.checked.errors] == [("only-in-register", name, 4)]
    assert (taken.kinds, taken.checked.read, taken.checked.accepted) == (("ledger",), 5, 4)
    assert sorted(taken.checked.tables["Organization"]["id"]) == [f"usc:{code}" for code in CODES[:2]]
