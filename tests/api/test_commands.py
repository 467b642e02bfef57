"""The shell, as a planner uses it: real files, a real store, exit codes and both languages."""

import datetime as dt
import json
import re
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import openpyxl
import polars as pl
import pytest
from click.testing import CliRunner, Result

from api.cli import HOMES, Session, command, main
from api.examples import BUNDLE, DAY, LEDGER, SOURCE
from api.terminal import Terminal
from api.workspace import Workspace
from tests.queries.small import planned_cover


def run(workspace: Path, *args: str, code: int = 0) -> Result:
    result = CliRunner().invoke(main, ["--workspace", str(workspace), *args], catch_exceptions=False)
    assert result.exit_code == code, result.output
    return result


def as_json(workspace: Path, *args: str, code: int = 0) -> Any:
    return json.loads(run(workspace, "--json", *args, code=code).stdout)


IMPORT = ("import", str(LEDGER), str(BUNDLE), "--source", SOURCE, "--as-of", DAY.isoformat(), "--yes")


@pytest.fixture(scope="module")
def example(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("example")
    told = as_json(folder, *IMPORT)
    assert told["read"] == told["accepted"] > 9000
    assert (told["rejected"], told["revision"]) == (0, 1)
    return folder


def test_the_example_comes_in_whole_and_answers(example: Path) -> None:
    told = as_json(example, "ask", "uncovered")
    assert (told["total"], told["gaps"], told["cannot_tell"]) == (359, 16, 0)
    assert {row["verdict"] for row in told["findings"]} == {"gap"}
    assert told["clauses"] == ["J11", "N6"]
    text = run(example, "ask", "uncovered").stdout
    assert "范围内 359，缺口 16" in text
    assert "359 in scope, 16 gaps" in text


def test_one_language_is_enough_where_asked(example: Path) -> None:
    english = run(example, "ask", "branch-required", "--lang", "en").stdout
    assert "gaps" in english
    assert "缺口" not in english
    assert "gap" not in run(example, "ask", "branch-required", "--lang", "zh").stdout.replace("branch-required", "")


@pytest.mark.parametrize("called", ["未覆盖", "Uncovered", "uncovered"])
def test_a_question_is_known_by_each_of_its_titles(called: str, example: Path) -> None:
    assert as_json(example, "ask", called, "--revision", "1")["question"] == "uncovered"
    assert as_json(example, "cypher", called)["question"] == "uncovered"
    assert as_json(example, "ask", "branch required")["question"] == "branch-required"


def test_what_is_mistyped_is_answered_with_what_is_near(example: Path, tmp_path: Path) -> None:
    assert "uncovered" in run(example, "ask", "uncoverd", code=3).stderr
    assert "是不是" in run(example, "ask", "未复盖", code=3).stderr
    assert (
        "uncovered" in run(example, "draw", "--question", "uncoverd", "--out", str(tmp_path / "a.html"), code=3).stderr
    )
    assert "春熙路街道" in run(example, "draw", "--street", "春喜路", "--out", str(tmp_path / "b.html"), code=3).stderr
    assert "春熙路" in run(example, "nodes", "春喜路", code=3).stderr
    assert as_json(example, "nodes", "春喜路") == []
    assert not list(tmp_path.iterdir())


def test_a_path_joins_what_is_named(example: Path) -> None:
    by_address = as_json(example, "path", "Street/510104022", "Authority/authority:锦江区教育局")
    with Workspace(example) as workspace:
        street = workspace.network().nodes["Street"].frame.filter(pl.col("id") == "510104022")["name"][0]
    assert as_json(example, "path", f"Street/{street}", "锦江区教育局") == by_address
    assert as_json(example, "path", f"Street/{street}", "Hub/x", code=3)["error"]["code"] == "no-such-node"
    assert as_json(example, "path", "510104022", "锦江区教育局") == by_address
    several = run(example, "path", "社区", "锦江区教育局", code=3).stderr
    assert "Community/" in several
    assert "春熙路" in run(example, "path", "春喜路", "锦江区教育局", code=3).stderr


@pytest.mark.parametrize("args", [(), ("import",), ("cases",), ("cases", "list")])
def test_help_follows_the_language(args: tuple[str, ...], tmp_path: Path) -> None:
    english = run(tmp_path, "--lang", "en", *args, "--help").stdout
    told = [line for line in english.splitlines() if "partygraph" not in line and "=" not in line]
    assert not re.findall("[一-鿿]", "".join(told))
    chinese = run(tmp_path, "--lang", "zh", *args, "--help").stdout
    assert re.findall("[一-鿿]", chinese)
    assert "languages shown" not in chinese
    both = run(tmp_path, *args, "--help").stdout
    assert "例 / Examples" in both or "退出码 / Exit codes" in both


def test_gaps_can_be_an_exit_code(example: Path) -> None:
    run(example, "ask", "uncovered", "--fail-on-gap", code=10)
    run(example, "ask", "demonstration-quota", "--fail-on-gap")


def test_a_path_tells_what_is_planned_and_reads_from_where_it_starts(example: Path) -> None:
    with Workspace(example) as workspace:
        ends = planned_cover(workspace.network())[::-1]
    told = as_json(example, "path", *ends)["rows"][1]
    assert (told["label"], told["state"]) == (["受其覆盖（计划中） / covered by (planned)"], ["planned"])
    assert "受其覆盖（计划中）" in run(example, "path", *ends).stdout
    assert as_json(example, "path", *ends[::-1])["rows"][1]["label"] == ["覆盖（计划中） / covers (planned)"]


def test_another_threshold_is_a_question_and_changes_nothing(example: Path) -> None:
    usual = as_json(example, "ask", "branch-required")
    strict = as_json(example, "ask", "branch-required", "--set", "branch_min_members=50")
    assert strict["parameters"]["branch_min_members"] == 50
    assert strict["total"] < usual["total"]
    assert as_json(example, "ask", "branch-required") == usual


def test_refusals_speak_both_languages_and_have_codes(example: Path, tmp_path: Path) -> None:
    cases = {
        ("ask", "no-such-question"): ("没有名为", "no question"),
        ("ask", "uncovered", "--set", "branch_min_member=3"): ("branch_min_members", "parameter"),
        ("ask", "uncovered", "--revision", "9"): ("没有第 9 版", "no revision 9"),
        ("nodes", "Street/nowhere"): ("没有街道", "no street"),
        ("path", "Street", "Street/510104022"): ("没有找到", "Nothing is called"),
        ("undo", "9"): ("没有第 9 版", "no revision 9"),
    }
    for args, (zh, en) in cases.items():
        said = run(example, *args, code=3).stderr
        assert zh in said, args
        assert en in said, args
    with Workspace(tmp_path, create=True):
        pass
    assert "工作区还是空的" in run(tmp_path, "ask", "uncovered", code=3).stderr
    error = json.loads(run(tmp_path, "--json", "ask", "uncovered", code=3).stdout)["error"]
    assert error["code"] == "empty-workspace"


ARGUMENTS = {
    "ask": ("uncovered",), "diff": ("0", "1"), "draw": (), "export": ("a.gexf",), "history": (), "nodes": ("教育局",),
    "path": ("Street/1", "Street/2"), "report": (), "undo": ("1",), "verify": (), "cypher": ("uncovered",),
}  # fmt: skip


@pytest.mark.parametrize("name", ARGUMENTS)
def test_a_mistyped_workspace_is_told_of_and_not_made(name: str, tmp_path: Path) -> None:
    folder = tmp_path / "typo"
    said = run(folder, name, *ARGUMENTS[name], code=3).stderr
    assert "没有这个工作区" in said
    assert "There is no such workspace" in said
    assert "partygraph import" in said
    assert not folder.exists()


def test_a_mistyped_store_is_told_of_and_not_made(tmp_path: Path) -> None:
    one, other = tmp_path / "typo.sqlite", tmp_path / "copy.sqlite"
    for args in (("--store", str(one), "history"), ("store", "copy", str(one), str(other))):
        assert "没有这个工作区或数据库" in run(tmp_path / "w", *args, code=3).stderr
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    ("args", "zh", "en"),
    [
        (("ask", "--nope"), "没有选项 --nope", "There is no option --nope"),
        (("--nope",), "没有选项 --nope", "There is no option --nope"),
        (("askk",), "没有命令“askk”", "There is no command 'askk'"),
        (("zzzz",), "没有命令“zzzz”", "There is no command 'zzzz'"),
        (("diff", "1"), "缺少参数 “新的一版”（NEW）", "The argument NEW is missing"),
        (("diff", "a", "2"), "“旧的一版”（OLD） 的值不对：应为整数", "'a' is not a valid integer"),
        (("import", "没有.xlsx"), "“没有.xlsx”不存在", "does not exist"),
        (
            ("import", "--mapping", "pyproject.toml", "/", "--out", "pyproject.toml/x", "--limit", "a"),
            "应为整数",
            "not a valid integer",
        ),
        (("newcomer", "tests"), "“tests”是文件夹，这里要文件", "is a directory"),
        (("users", "add", "x", "--role", "viewer", "--password-file", "nowhere"), "“nowhere”不存在", "No such file"),
        (("ask", "uncovered", "--day", "2016"), "应为日期", "'2016' does not match"),
        (("ask", "uncovered", "--day"), "--day 的值不对：要么缺少值", "requires an argument"),
        (("export", "x", "--format", "pdf"), "可填 csv、xlsx", "'pdf' is not one of"),
        (("history", "x"), "多了参数", "unexpected extra argument"),
        (("cypher",), "请给出一个问题", "Give one question"),
    ],
)
def test_wrong_use_is_said_in_both_languages_and_as_json(
    args: tuple[str, ...], zh: str, en: str, tmp_path: Path
) -> None:
    said = run(tmp_path, *args, code=2).stderr
    assert zh in said
    assert en in said
    assert "--help" in said
    for asked in (("--json", *args), (*args, "--json"))[: 1 if args[-1] == "--day" else 2]:
        told = json.loads(run(tmp_path, *asked, code=2).stdout)["error"]
        assert (told["code"], set(told["message"])) == ("wrong-use", {"zh", "en"})
        assert zh in told["message"]["zh"]
    chinese = run(tmp_path, "--lang", "zh", *args, code=2).stderr
    assert zh in chinese
    assert en not in chinese
    assert "Usage:" in CliRunner().invoke(main, []).output  # the command alone still prints its help


def test_nodes_and_paths_are_found(example: Path) -> None:
    found = as_json(example, "nodes", "教育局", "--type", "Authority")
    assert [row["id"] for row in found] == ["authority:锦江区教育局"]
    shown = as_json(example, "nodes", "Authority/authority:锦江区教育局")
    assert {row["edge"] for row in shown["neighbours"]} >= {"LICENSED_BY", "SUPERVISES", "PARTY_BODY_OF"}
    told = as_json(example, "path", "Street/510104022", "Authority/authority:锦江区教育局")
    assert (told["path"][0], told["path"][-1]) == ("Street/510104022", "Authority/authority:锦江区教育局")
    run(example, "nodes", "Authority/authority:锦江区教育局")
    run(example, "path", "Street/510104022", "Authority/authority:锦江区教育局")


def test_an_act_is_seen_undone_and_verified(tmp_path: Path) -> None:
    as_json(tmp_path, *IMPORT)
    again = as_json(tmp_path, *IMPORT)
    assert again["revision"] is None, "the same files change nothing"
    assert as_json(tmp_path, "undo", "1")["revision"] == 2
    assert as_json(tmp_path, "nodes") == []
    assert as_json(tmp_path, "diff", "0", "2") == {"old": 0, "new": 2, "counts": [], "fields": []}
    assert [row["kind"] for row in as_json(tmp_path, "history")] == ["undo", "import"]
    assert as_json(tmp_path, "verify") == {"revision": 2, "verified": True}
    assert "撤销" in run(tmp_path, "history").stdout


def test_what_was_touched_since_is_undone_from_the_newest_on(tmp_path: Path) -> None:
    folder = tmp_path / "files"
    folder.mkdir()
    for name in ("甲街道", "乙街道", "丙街道"):
        (folder / "Street.csv").write_text(f"id,name\ns,{name}\n", encoding="utf-8")
        run(tmp_path, "import", str(folder), "--source", "book", "--yes")
    said = run(tmp_path, "undo", "1", "--yes", code=4).stderr
    assert "第 3 版后来又动过街道“丙街道”" in said
    assert "请先撤销第 3 版（partygraph undo 3）" in said
    assert "Undo revision 3 first" in said
    run(tmp_path, "undo", "3", "--yes")
    assert "请先撤销第 2 版" in run(tmp_path, "undo", "1", "--yes", code=4).stderr


def test_people_read_the_clock_of_their_machine_and_programs_an_offset(
    example: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (told,) = as_json(example, "history")
    at = dt.datetime.fromisoformat(told["recorded_at"])
    assert at.utcoffset() == dt.timedelta(0)
    for zone in ("Asia/Shanghai", "America/Lima"):
        monkeypatch.setenv("TZ", zone)
        time.tzset()
        here = at.astimezone(ZoneInfo(zone)).strftime("%Y-%m-%d %H:%M")
        assert here in run(example, "history").stdout
        assert as_json(example, "history") == [told]
    monkeypatch.delenv("TZ")
    time.tzset()


def test_a_mistyped_command_is_answered_with_the_nearest(tmp_path: Path) -> None:
    assert "是不是 import？" in run(tmp_path, "imprt", "x", code=2).stderr
    assert "Is it export?" in run(tmp_path, "exprot", code=2).stderr
    assert "是不是" not in run(tmp_path, "zzzz", code=2).stderr


def test_nodes_of_a_type_are_listed_by_id(example: Path) -> None:
    ids = [row["id"] for row in as_json(example, "nodes", "--type", "Street", "--limit", "0")]
    assert ids == sorted(ids)
    assert len(ids) > 10
    assert [row["id"] for row in as_json(example, "nodes", "--type", "Street", "--limit", "3")] == ids[:3]
    shown = run(example, "nodes", "--type", "Street", "--limit", "3").stdout
    assert ids[2] in shown
    assert ids[3] not in shown
    assert f"另有 {len(ids) - 3} 行" in shown


def test_what_a_directory_and_a_ledger_lack_is_named(tmp_path: Path) -> None:
    (tmp_path / "files").mkdir()
    for name, rows in {
        "Street": "id,name\ns,春熙路街道\n",
        "Organization": "id,name\no,甲协会\n",
        "LOCATED_IN": "source_type,source,target_type,target\nOrganization,o,Street,s\n",
    }.items():
        (tmp_path / "files" / f"{name}.csv").write_text(rows, encoding="utf-8")
    space = tmp_path / "space"
    run(space, "import", str(tmp_path / "files"), "--yes")
    said = run(space, "ask", "responsibility-gaps", "--lang", "zh").stdout
    assert "还没有导入条管（SUPERVISES：业务主管单位 → 社会组织）或属地指导（GUIDES：街道 → 社会组织）" in said
    assert "--type SUPERVISES --type GUIDES" in said
    (lack,) = as_json(space, "ask", "responsibility-gaps")["lacking"]
    assert "GUIDES" in lack["types"]
    out = tmp_path / "报告"
    told = as_json(space, "report", "--out", str(out))
    assert told["lacking"]["responsibility-gaps"] == [lack]
    assert set(told["lacking"]) == {row["id"] for row in told["summary"] if row["no_data"]}
    assert "个问题没有数据" in run(space, "report", "--out", str(out), "--force").stdout
    command = re.findall("--type ([A-Za-z_]+)", said)
    blank = tmp_path / "补.xlsx"
    run(space, "template", str(blank), *(word for name in command for word in ("--type", name)))
    assert len(openpyxl.load_workbook(blank).sheetnames) == len(command) + 1


def test_english_has_no_chinese_signs_between_parameters(example: Path) -> None:
    told = next(
        line for line in run(example, "ask", "uncovered", "--lang", "en").stdout.splitlines() if "parameters" in line
    )
    assert "=no; cover" in told
    assert "；" not in told


def test_a_bad_ledger_is_refused_whole_and_given_back_marked(tmp_path: Path) -> None:
    book = openpyxl.load_workbook(LEDGER)
    register = book["基本信息"]
    heads = {
        str(cell.value).strip(): cell.column for row in register.iter_rows(max_row=4) for cell in row if cell.value
    }
    column = next(at for head, at in heads.items() if "评估等级" in head or head == "等级")
    first = next(row for row in range(2, 40) if register.cell(row, column).value not in (None, "") and row > 4)
    register.cell(first, column).value = "7A"
    bad = tmp_path / "坏台账.xlsx"
    book.save(bad)
    args = (
        "import",
        str(bad),
        str(BUNDLE),
        "--source",
        SOURCE,
        "--as-of",
        DAY.isoformat(),
        "--out",
        str(tmp_path),
        "--yes",
    )
    result = run(tmp_path, "--json", *args, code=3)
    told = json.loads(result.stdout)
    assert told["read"] == told["accepted"] + told["rejected"]
    assert told["rejected"] > 0
    assert told["revision"] is None
    wrong = [e for e in told["errors"] if e["value"] == "7A"]
    assert [(e["sheet"], e["row"]) for e in wrong] == [("基本信息", first)]
    assert all(e["message"]["zh"] and e["message"]["en"] and e["hint"]["zh"] for e in told["errors"])
    assert not (tmp_path / "network.sqlite").exists()
    marked = openpyxl.load_workbook(tmp_path / "坏台账-标注.xlsx")
    cell = marked["基本信息"].cell(first, column)
    assert cell.comment is not None
    assert cell.fill.fgColor.rgb not in ("00000000", None)

    accepted = as_json(tmp_path, *args, "--accept-valid", "--force")
    assert accepted["revision"] == 1
    assert (tmp_path / "坏台账-未通过.xlsx").exists()


def test_a_row_entered_twice_is_accounted_for(tmp_path: Path) -> None:
    book = openpyxl.load_workbook(LEDGER)
    sheet = book.worksheets[0]
    for merge in [m for m in sheet.merged_cells.ranges if m.min_row <= 9 <= m.max_row]:
        sheet.unmerge_cells(str(merge))
    for at, cell in enumerate(list(sheet[8]), 1):
        sheet.cell(9, at).value = cell.value
    twice = tmp_path / "两次.xlsx"
    book.save(twice)
    told = as_json(tmp_path, "import", str(twice), str(BUNDLE), "--source", SOURCE, "--dry-run", code=3)
    assert told["read"] == told["accepted"] + told["rejected"]
    assert told["rejected"] > 0, "the organisation that was overwritten is missed, by row and sheet"


def test_the_example_is_labelled_as_generated_wherever_it_is_drawn(tmp_path: Path) -> None:
    CliRunner().invoke(main, ["demo", "--out", str(tmp_path / "demo")], catch_exceptions=False)
    drawn = tmp_path / "one.html"
    run(tmp_path / "demo" / "workspace", "draw", "--street", "春熙路街道", "--out", str(drawn))
    for page in (drawn, tmp_path / "demo" / "report.html", tmp_path / "demo" / "network.html"):
        assert "组织均由程序生成" in page.read_text("utf-8"), page.name


def test_the_example_comes_into_the_workspace_that_is_named_unless_that_has_other_data(
    tmp_path: Path, example: Path
) -> None:
    named, out = tmp_path / "named", ("demo", "--out", str(tmp_path / "out"))
    run(named, *out)
    assert as_json(named, "history")[0]["revision"] == 1
    assert not (tmp_path / "out" / "workspace").exists()
    run(named, *out)  # again: it is there already
    assert len(as_json(named, "history")) == 1
    assert "已有数据" in run(example, *out, code=3).stderr  # which is no example that demo made
    assert len(as_json(example, "history")) == 1


def test_blank_workbooks_are_written_and_not_overwritten(tmp_path: Path) -> None:
    for kind in ([], ["--ledger"], ["--type", "COVERS"], ["--newcomers"]):
        out = tmp_path / f"{len(kind)}{''.join(kind)}.xlsx"
        run(tmp_path, "template", str(out), *kind)
        assert openpyxl.load_workbook(out).sheetnames
        run(tmp_path, "template", str(out), *kind, code=3)


@pytest.mark.parametrize("name", sorted(HOMES))
def test_every_command_helps_in_both_languages_with_an_example(name: str) -> None:
    text = CliRunner().invoke(main, [name, "--help"]).stdout
    assert " / " in text
    assert "Examples:" in text
    assert f"partygraph {name}" in text


def in_a_process_of_its_own(code: str) -> Any:
    done = subprocess.run([sys.executable, "-c", f"import json, sys, click\n{code}"], capture_output=True, check=True)
    return json.loads(done.stdout)


SHOWN = "print(json.dumps({n: sorted(c.commands) if isinstance(c, click.Group) else [] for n, c in found.items()}))"


def test_every_command_is_brought_by_the_module_that_is_loaded_for_it() -> None:
    every = """
import importlib, pkgutil, api.commands
modules = [importlib.import_module("api.commands." + m.name) for m in pkgutil.iter_modules(api.commands.__path__)]
found = {v.name: v for m in modules for v in vars(m).values() if isinstance(v, click.Command)}
"""
    brought = in_a_process_of_its_own(every + SHOWN)
    assert set(brought) == set(HOMES)
    for name in (name for name, parts in brought.items() if parts):
        alone = f"from api.cli import main; found = {{{name!r}: main.get_command(None, {name!r})}}\n"
        assert in_a_process_of_its_own(alone + SHOWN) == {name: brought[name]}


def test_a_question_does_not_load_what_plans_and_servers_need() -> None:
    code = "from api.cli import main; main.get_command(None, 'ask'); print(json.dumps(sorted(sys.modules)))"
    assert not {"ortools", "fastapi", "pandas", "xlsxwriter"} & set(in_a_process_of_its_own(code))
    for name in ("whatif", "newcomer"):  # what solves integer programs is for plans alone
        assert not {"pandas", "ortools.sat"} & set(in_a_process_of_its_own(code.replace("'ask'", f"'{name}'")))


def test_the_installed_program_runs(tmp_path: Path) -> None:
    code = "import sys; from api.cli import main; sys.argv[0] = 'partygraph'; main()"
    done = subprocess.run([sys.executable, "-c", code, "ask", "--list"], capture_output=True, cwd=tmp_path, check=True)
    assert "uncovered" in done.stdout.decode()


def test_a_fault_of_the_program_is_told_in_both_languages_and_in_full_only_where_asked(tmp_path: Path) -> None:
    def fails(_: Session) -> None:
        raise KeyError("甲协会")

    failing = command("fails", "出错", "fails")(fails)
    session = Session(tmp_path, None, None, Terminal())
    told = CliRunner().invoke(failing, [], obj=session)
    assert told.exit_code == 1
    assert "程序遇到没有料到的错误（KeyError, test_commands.py:" in told.stderr
    assert "not foreseen" in told.stderr
    assert "Traceback" not in told.output
    assert "甲协会" not in told.output
    as_json = json.loads(CliRunner().invoke(failing, ["--json"], obj=session).stdout)
    assert as_json["error"]["code"] == "unforeseen"
    with pytest.raises(KeyError, match="甲协会"):
        CliRunner().invoke(failing, [], obj=replace(session, debug=True), catch_exceptions=False)
