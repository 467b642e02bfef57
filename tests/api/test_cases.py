"""Do cases work from the shell? Opened, assigned, moved, kept, listed; closed and opened again by their questions alone."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import openpyxl
import polars as pl
import pytest
from click.testing import CliRunner, Result

from api.casework import judged_question
from api.cli import main
from api.workspace import Workspace
from graphmodel.changes import ChangeSet
from graphmodel.stores.protocol import Act
from queries.answer import ask
from queries.case_book import CaseBook, CaseMoved
from tests.queries.small import DAY, network
from tests.visualizations.examples import small_rows

ACT = Act("import", "planner-office", "台账", DAY)
Q = "uncovered"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A workspace of one revision: o1 in the first street and o5 without a street are not covered, o3 has a planned branch."""
    with Workspace(tmp_path, create=True) as workspace:
        tables = network(DAY, **small_rows()).tables()
        workspace.store.apply(ChangeSet.upserting({}, tables), ACT, 0)
    return tmp_path


def run(folder: Path, *args: str, code: int = 0) -> Result:
    result = CliRunner().invoke(main, ["--workspace", str(folder), *args], catch_exceptions=False)
    assert result.exit_code == code, result.output
    return result


def as_json(folder: Path, *args: str) -> Any:
    return json.loads(run(folder, "--json", *args).stdout)


def listed(folder: Path, *args: str) -> list[str]:
    return [case["subject"] for case in as_json(folder, "cases", *args)["cases"]]


def cover(folder: Path, organization: str, revision: int) -> None:
    """Give an organisation a branch of its own, by a revision that no command of ours made."""
    with Workspace(folder) as workspace:
        rows = small_rows()
        rows["PartyOrganization"].append({"id": "po:new", "form": "standalone", "level": "branch", "state": "actual"})
        rows["COVERS"].append({"source": "po:new", "target": organization, "state": "actual"})
        tables = network(DAY, **rows).tables()
        workspace.store.apply(ChangeSet.between(workspace.network().tables(), tables), ACT, revision)


def test_gaps_are_followed_all_or_some_and_once(folder: Path) -> None:
    assert as_json(folder, "cases")["total"] == 0
    assert "还没有" in run(folder, "cases").stdout
    opened = as_json(folder, "cases", "open", Q, "甲养老服务中心")
    assert [case["subject"] for case in opened["cases"]] == ["o1"]
    every = as_json(folder, "cases", "open", Q)
    with Workspace(folder) as workspace:
        answer = workspace.ask(Q, workspace.context())
        assert not isinstance(answer, pl.DataFrame)
        assert sorted(case["subject"] for case in every["cases"]) == answer.ids()
    assert every["done"]["en"].startswith(f"{len(answer.ids()) - 1} cases opened; 1 were followed")
    assert "不是" in run(folder, "cases", "open", Q, "o2", code=3).stderr
    assert "统计表" in run(folder, "cases", "open", "scorecard", code=3).stderr


def test_people_work_on_a_case_and_its_history_says_who_did_what(folder: Path) -> None:
    run(folder, "cases", "open", Q, "o1")
    run(folder, "cases", "assign", Q, "o1", "--body", "甲街道", "--measure", "选派指导员", "--deadline", "2016-06-01")
    run(folder, "cases", "move", Q, "甲养老服务中心", "--to", "under-way", "--as", "甲街道办")
    run(folder, "cases", "comment", Q, "o1", "已联系", "--as", "甲街道办")
    shown = as_json(folder, "cases", "show", Q, "o1")
    assert shown["body"] == {"type": "Street", "id": "510104020"}
    assert (shown["state"], shown["version"]) == ("under-way", 4)
    assert [each["unit"] for each in shown["history"]] == ["planner-office"] * 2 + ["甲街道办"] * 2
    text = run(folder, "cases", "show", Q, "o1", "--lang", "zh").stdout
    for words in ("选派指导员", "待整改 → 整改中", "已联系", "甲街道办", "逾期", "责任单位：甲街道"):
        assert words in text
    for args, why in (
        (("move", Q, "o1", "--to", "closed"), "自动"),
        (("assign", Q, "o1", "--measure", "电话 13800138000"), "个人信息"),
        (("assign", Q, "o1", "--body", "无此单位"), "没有叫"),
        (("comment", Q, "o1", "好", "--as", "someone@example.org"), "个人信息"),
        (("keep", Q, "o1", "--until", "2016-06-01", "--reason", "迟了"), "晚于"),
        (("show", Q, "o2"), "整改记录"),
        (("list", "--street", "甲街"), "甲街道"),
    ):
        assert why in run(folder, "cases", *args, code=3).stderr, args
    run(folder, "cases", "assign", Q, "o1", "--body", "甲街道", "--measure", "选派指导员", "--deadline", "2016-06-01")
    assert as_json(folder, "cases", "show", Q, "o1") == shown  # what it has already is nothing that happened


def test_a_deadline_that_has_passed_is_written_and_warned_of(folder: Path) -> None:
    run(folder, "cases", "open", Q, "o1")
    written = as_json(folder, "cases", "assign", Q, "o1", "--deadline", "2016-06-11")
    assert [text["en"].split(" is ")[0] for text in written["warnings"]] == ["The deadline 2016-06-11"]
    assert written["cases"][0]["deadline"] == "2016-06-11"
    text = run(folder, "cases", "assign", Q, "o1", "--deadline", "2016-06-11").stdout
    assert "早于数据截至日（2016-06-12）" in text
    assert as_json(folder, "cases", "assign", Q, "o1", "--deadline", "2016-06-12")["warnings"] == []


def test_what_leaves_keeps_its_name_and_is_not_said_to_be_mended(folder: Path) -> None:
    run(folder, "cases", "open", Q)
    rows = small_rows()
    rows["Organization"] = [row for row in rows["Organization"] if row["id"] != "o5"]
    left = folder.parent / "左"
    left.mkdir()
    (left / "Organization.csv").write_text("id,status\no1,deregistered\n", "utf-8")
    with Workspace(folder) as workspace:
        tables = network(DAY, **rows).tables()
        workspace.store.apply(ChangeSet.between(workspace.network().tables(), tables), ACT, 1)
    told = run(folder, "import", str(left), "--source", "注销", "--as-of", "2016-06-12", "--yes").stdout
    assert "其中 1 件并非整改到位：已不在问题范围内" in told
    assert "1 of them were not mended: no longer in the data" in told
    shown = as_json(folder, "cases", "show", Q, "戊研究会")
    assert (shown["subject"], shown["state"], shown["closed_as"]) == ("o5", "closed", "gone")
    assert "销号原因：数据中已无此对象" in run(folder, "cases", "show", Q, "戊研究会", "--lang", "zh").stdout
    closed = {case["subject"]: case for case in as_json(folder, "cases", "list", "--state", "closed")["cases"]}
    assert {id_: (case["name"], case["closed_as"]) for id_, case in closed.items()} == {
        "o1": ("甲养老服务中心", "out-of-scope"),
        "o5": ("戊研究会", "gone"),
    }


@pytest.mark.parametrize("looked_at", [True, False])
def test_what_leaves_is_listed_where_it_lay_last(folder: Path, *, looked_at: bool) -> None:
    run(folder, "cases", "open", Q)
    rows = small_rows()
    for place in rows["LOCATED_IN"]:
        if place["source"] == "o1":
            place["target"] = "510104021"
    moved = network(DAY, **rows).tables()
    rows["Organization"] = [row for row in rows["Organization"] if row["id"] not in ("o1", "o5")]
    rows = {name: [row for row in given if row.get("source") not in ("o1", "o5") and row.get("target") not in ("o1", "o5")]
            for name, given in rows.items()}  # fmt: skip
    left = network(DAY, **rows).tables()
    assert listed(folder, "--street", "甲街道") == ["o1"]
    for number, tables in enumerate((moved, left), 1):
        with Workspace(folder) as workspace:
            workspace.store.apply(ChangeSet.between(workspace.network().tables(), tables), ACT, number)
        if looked_at:
            assert listed(folder, "--street", "甲街道") == []
            assert set(listed(folder, "--street", "乙街道")) == {"o1", "o3"}
    assert listed(folder, "--street", "甲街道") == []
    assert set(listed(folder, "--street", "乙街道")) == {"o1", "o3"}
    shown = {case["subject"]: case for case in as_json(folder, "cases", "list", "--state", "closed")["cases"]}
    assert {id_: (case["closed_as"], case["street"]) for id_, case in shown.items()} == {
        "o1": ("gone", "乙街道"),
        "o5": ("gone", None),  # it never had one
    }
    run(folder, "undo", "3")
    assert set(listed(folder, "--street", "乙街道", "--state", "open")) == {"o1", "o3"}
    assert as_json(folder, "cases", "show", Q, "o1")["last_street"] is None


def test_two_people_never_overwrite_each_other_and_the_second_is_told_what_changed(folder: Path) -> None:
    run(folder, "cases", "open", Q, "o1")
    run(folder, "cases", "assign", Q, "o1", "--measure", "选派指导员", "--version", "1", "--as", "甲街道办")
    refused = run(folder, "cases", "assign", Q, "o1", "--measure", "另一措施", "--version", "1", code=4).stderr
    for words in ("甲街道办", "措施：选派指导员", "measure: 选派指导员"):
        assert words in refused
    assert as_json(folder, "cases", "show", Q, "o1")["measure"] == "选派指导员"


def test_the_list_is_filtered_and_becomes_a_workbook(folder: Path, tmp_path: Path) -> None:
    run(folder, "cases", "open", Q)
    run(folder, "cases", "assign", Q, "o1", "--deadline", "2016-06-20", "--body", "Street/510104021")
    run(folder, "cases", "assign", Q, "o3", "--deadline", "2016-06-01")
    run(folder, "cases", "keep", Q, "o5", "--until", "2016-12-31", "--reason", "将注销")
    run(folder, "cases", "open", "no-work-coverage")
    assert listed(folder)[:2] == ["o3", "o1"], "the overdue first, then what is due soon"
    assert listed(folder, "--state", "overdue") == ["o3"]
    assert listed(folder, "--state", "due-soon") == ["o1"]
    assert listed(folder, "--state", "overdue", "--day", "2016-06-21") == ["o3", "o1"]
    assert listed(folder, "--state", "kept") == ["o5"]
    for street in ("甲街道", "510104020", "Street/510104020"):
        assert listed(folder, "--street", street, "--question", Q) == ["o1"]
    assert "o1" in listed(folder, "--body", "乙街道")
    assert set(listed(folder, "--question", "no-work-coverage")).isdisjoint({"o1"})
    out = tmp_path / "整改.xlsx"
    run(folder, "cases", "list", "--question", Q, "--out", str(out))
    sheet = openpyxl.load_workbook(out).worksheets[0]
    values = [cell for row in sheet.iter_rows(values_only=True) for cell in row if cell is not None]
    for name in ("丙协会", "甲养老服务中心", "逾期 / overdue", "保留 / kept until a date"):
        assert name in values
    run(folder, "cases", "list", "--out", str(out), code=3)


@pytest.mark.parametrize("names", [(None, None), ("同名街道", "同名街道")])
def test_a_street_s_cases_are_its_own_whatever_it_is_called(tmp_path: Path, names: tuple[str | None, ...]) -> None:
    rows = small_rows()
    for street, name in zip(rows["Street"], names, strict=True):
        street["name"] = name
    with Workspace(tmp_path, create=True) as workspace:
        workspace.store.apply(ChangeSet.upserting({}, network(DAY, **rows).tables()), ACT, 0)
    run(tmp_path, "cases", "open", Q)
    assert {"o1", "o5"} <= set(listed(tmp_path)), "one in the first street, one without a street"
    assert listed(tmp_path, "--street", "510104020") == ["o1"]
    assert "o1" not in listed(tmp_path, "--street", "510104021")


def test_only_the_question_closes_on_whatever_revision_and_opens_again(folder: Path) -> None:
    run(folder, "cases", "open", Q)
    cover(folder, "o1", 1)
    assert listed(folder, "--state", "closed") == ["o1"], "settled as soon as the list is looked at"
    undone = as_json(folder, "undo", "2")
    assert undone["cases"] == {"closed": [], "reopened": [f"{Q}|Organization|o1"]}
    shown = as_json(folder, "cases", "show", Q, "o1")
    assert (shown["state"], shown["opened_in"], shown["reopened_in"]) == ("to-do", 1, 3)
    assert [each["unit"] for each in shown["history"]] == ["planner-office", "partygraph", "partygraph"]
    assert as_json(folder, "undo", "3")["cases"]["closed"] == [f"{Q}|Organization|o1"]


def test_a_revision_is_settled_once_and_a_what_if_never(folder: Path) -> None:
    run(folder, "cases", "open", Q)
    with Workspace(folder) as workspace:
        before = workspace.casework().book.cases()
        assert workspace.casework().settle() == []
        records = workspace.store.records()
        run(folder, "cases", "--day", "2030-01-01")
        run(folder, "report", "--set", "strict_cover=true", "--day", "2030-01-01", "--out", str(folder / "out"))
        assert workspace.casework().book.cases() == before
        assert [r for r in workspace.store.records() if r.kind == "case"] == [r for r in records if r.kind == "case"]


def test_several_may_settle_a_revision_at_once(folder: Path) -> None:
    with Workspace(folder) as workspace:
        workspace.casework().open("uncovered")
        record = workspace.store.get("settled", workspace.policy.name)
        if record is not None:
            workspace.store.remove("settled", workspace.policy.name, record.version)
        with ThreadPoolExecutor(4) as pool:
            settled = list(pool.map(lambda _: workspace.casework().settle(), range(4)))
        assert settled == [[], [], [], []]


def test_nothing_is_settled_on_what_is_not_the_newest_so_that_what_came_since_is_not_gone(folder: Path) -> None:
    rows = small_rows()
    rows["Organization"].append({**rows["Organization"][0], "id": "o9", "name": "后来的中心", "credit_code": None})
    with Workspace(folder) as late, Workspace(folder) as workspace:
        late.casework().open(Q)
        tables = network(DAY, **rows).tables()
        workspace.store.apply(ChangeSet.between(workspace.network().tables(), tables), ACT, 1)
        assert [case.subject for case in workspace.casework().open(Q, ["o9"])] == ["o9"]
        assert late.network(1).stamp.revision == 1
        with late._lock:  # somebody reads the newest just now, and others go on with the one before
            assert late.network().stamp.revision == 1
            assert late.casework().settle() == []
        cases = late.casework().book.cases()
        assert {case.subject: str(case.state) for case in cases}["o9"] == "to-do"
        book, before = late.casework().book, late.context(1)
        assert book.reconcile([ask(judged_question(Q), before)], 1, before.today) == []


def test_what_is_asked_in_passing_is_forgotten_and_what_everybody_asks_is_kept(folder: Path) -> None:
    cover(folder, "o1", 1)
    with Workspace(folder) as workspace:
        newest = workspace.context()
        then = newest.over(workspace.network(1))
        again = newest.over(
            workspace.network(2)
        )  # as where a policy changed alone: asked of the revision before, which is this one
        other = workspace.context(strict_cover=True)
        for context, kept in ((newest, True), (then, False), (again, True), (other, False)):
            with workspace.passing(context) as asked:
                assert asked.memo("fact", lambda: "made in passing") == "made in passing"
            assert context.memo("fact", lambda: "made anew") == ("made in passing" if kept else "made anew")


def test_cases_head_the_report_and_the_score_card_counts_the_overdue(folder: Path) -> None:
    run(folder, "cases", "open", Q)
    run(folder, "cases", "open", "branch-required")
    args = ("--deadline", "2016-06-01", "--body", "甲街道", "--measure", "选派指导员")
    run(folder, "cases", "assign", Q, "o1", *args)
    run(folder, "cases", "assign", "branch-required", "o1", *args)
    out = folder / "报告"
    text = run(folder, "report", "--out", str(out), "--lang", "zh").stdout
    assert text.index("逾期 2 件") < text.index("缺口汇总")
    page = (out / "report.html").read_text("utf-8")
    assert page.index("逾期 2 件") < page.index('class="figures"')
    assert "甲养老服务中心" in page[: page.index('class="figures"')]
    book = openpyxl.load_workbook(out / "report.xlsx")
    heads = [str(row[0]) for row in book.worksheets[0].iter_rows(max_row=6, values_only=True)]
    assert "2 overdue" in heads[1]
    assert "甲养老服务中心" in heads[2]
    assert book.sheetnames[1] == "整改台账"
    cards = as_json(folder, "ask", "scorecard")["rows"]
    assert {row["name"]: row["overdue"] for row in cards} == {"教育局": 0, "甲街道": 2, "乙街道": 0}
    told = as_json(folder, "report", "--out", str(folder / "b"), "--without-members")["cases"]
    assert [case["question"] for case in told] == [Q], "a case of what member counts decide is not passed on"


def test_a_case_written_while_a_command_runs_is_not_overwritten(folder: Path) -> None:
    run(folder, "cases", "open", Q, "o1")
    with Workspace(folder) as workspace:
        work = workspace.casework()

        def meanwhile(case: Any) -> Any:
            other = CaseBook(workspace.store, "别的单位")
            other.save(case.model_copy(update={"measure": "先写入"}))
            return case.model_copy(update={"measure": "后写入"})

        with pytest.raises(CaseMoved, match="has version 2"):
            work.change(Q, ["o1"], meanwhile)
        assert work.find(Q, "o1").measure == "先写入"
