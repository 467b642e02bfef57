"""Small files brought in by shell and server: what is refused, what is given back, and what may be compared."""

import datetime as dt
import json
import os
import re
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import openpyxl
import pytest
from click.testing import CliRunner, Result
from fastapi.testclient import TestClient

from api.accounts import LOCAL
from api.cli import main
from api.commands import checking, demo
from api.http.app import create_app
from api.http.settings import Settings
from api.imports import Import, bring_in, propose
from api.terminal import Terminal
from api.workspace import Workspace
from graphmodel.codes import make_credit_code
from graphmodel.stores.protocol import RevisionMoved
from tests.api.http.processes import API
from tests.api.http.test_jobs import ended


def run(workspace: Path, *args: str, code: int = 0) -> Result:
    result = CliRunner().invoke(main, ["--workspace", str(workspace), *args], catch_exceptions=False)
    assert result.exit_code == code, result.output
    return result


def bundle(folder: Path, rows: str) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "Organization.csv").write_text(rows, encoding="utf-8")
    return folder


def test_the_server_holds_days_against_that_of_the_data_as_the_shell_does(tmp_path: Path) -> None:
    folder = bundle(tmp_path / "files", "id,name,registered_on\na,甲协会,2030-01-01\n")
    with Workspace(tmp_path / "space", create=True) as workspace:
        told = bring_in(
            workspace, Import((folder,), "book", dt.date(2016, 6, 12)), lambda *_: None, account="office", expected=None
        )
    assert (told["error_counts"], told["accepted"]) == ({"date-ahead": 1}, 0)


STREET = {
    "Street.csv": "id,name\ns,督院街街道\n",
    "Community.csv": "id,name\ns:滨江,滨江社区\n",
    "PART_OF.csv": "source,target\ns:滨江,s\n",
}


def filed_ledger(folder: Path, *names: str) -> list[str]:
    """The arguments that import a ledger of filed organisations, all of one community."""
    ledger = folder / "台账.csv"
    rows = (f"{name},,无,否,备案,督院街街道,滨江社区" for name in names)
    ledger.write_text(
        "\n".join(["社会组织名称,登记证号,业务主管单位,党组织设置,登记备案,街道,社区", *rows]), encoding="utf-8"
    )
    return ["import", str(ledger), "--source", "book"]


def test_a_renamed_filed_organisation_is_asked_about_and_can_keep_its_id(tmp_path: Path) -> None:
    places, space = tmp_path / "places", tmp_path / "space"
    places.mkdir()
    for file, rows in STREET.items():
        (places / file).write_text(rows, encoding="utf-8")
    run(space, "import", str(places), "--source", "places", "--yes")
    run(space, *filed_ledger(tmp_path, "滨江舞蹈队", "滨江合唱团"), "--yes")
    args = filed_ledger(tmp_path, "滨江阳光舞蹈队", "滨江合唱团")
    old, new = "filed:s:滨江:滨江舞蹈队", "filed:s:滨江:滨江阳光舞蹈队"
    pair = {"old": old, "old_name": "滨江舞蹈队", "new": new, "new_name": "滨江阳光舞蹈队"}
    said = json.loads(run(space, "--json", *args, "--dry-run").stdout)
    assert (said["renamed"], said["renamed_count"]) == ([pair], 1)
    assert "Organization.csv" in said["renamed_hint"]["zh"]
    people = run(space, *args, "--dry-run").stdout
    assert "可能改名：滨江舞蹈队 → 滨江阳光舞蹈队" in people
    assert "perhaps renamed" in people
    with Workspace(space) as workspace:
        wanted = Import((Path(args[1]),), "book", dt.date(2016, 6, 12))
        told = bring_in(workspace, wanted, lambda *_: None, account="office")
    assert (told["renamed"], told["renamed_hint"]) == (said["renamed"], said["renamed_hint"])

    renaming = bundle(tmp_path / "renaming", f"id,name,track\n{old},滨江阳光舞蹈队,备案\n")  # as the hint says
    kept = json.loads(run(space, "--json", *args, str(renaming), "--yes").stdout)
    assert (kept["renamed"], kept["renamed_hint"], kept["gone"]) == ([], None, {})
    with Workspace(space) as workspace:
        names = dict(workspace.network().table("Organization").select("id", "name").iter_rows())
    assert names == {old: "滨江阳光舞蹈队", "filed:s:滨江:滨江合唱团": "滨江合唱团"}


def test_the_second_sheet_may_be_a_file_of_its_own(tmp_path: Path) -> None:
    places = tmp_path / "places"
    places.mkdir()
    for file, rows in STREET.items():
        (places / file).write_text(rows, encoding="utf-8")
    ledger, register = tmp_path / "台账.csv", tmp_path / "基本信息.csv"
    ledger.write_text("社会组织名称,登记证号,业务主管单位,党组织设置\n舞蹈队,,无,否\n", encoding="utf-8")
    register.write_text("社会组织名称,登记备案,街道,社区\n舞蹈队,备案,督院街街道,滨江社区\n", encoding="utf-8")
    args = ("--json", "import", str(places), str(ledger), str(register), "--source", "book", "--yes")
    told = json.loads(run(tmp_path / "space", *args).stdout)
    assert (told["rejected"], told["error_counts"]) == (0, {})
    with Workspace(tmp_path / "space") as workspace:
        assert workspace.network().table("Organization")["id"].to_list() == ["filed:s:滨江:舞蹈队"]


def test_a_preview_names_what_changes_and_what_is_gone(tmp_path: Path) -> None:
    places, space = tmp_path / "places", tmp_path / "space"
    places.mkdir()
    for file, rows in STREET.items():
        (places / file).write_text(rows, encoding="utf-8")
    run(space, "import", str(places), "--source", "places", "--yes")
    run(space, *filed_ledger(tmp_path, "滨江舞蹈队", "滨江合唱团"), "--yes")
    (places / "Street.csv").write_text("id,name\ns,督院街新街道\n", encoding="utf-8")
    preview = run(space, "import", str(places), "--source", "places", "--dry-run", "--lang", "zh").stdout
    changed = next(line for line in preview.splitlines() if "督院街新街道" in line)
    assert "督院街街道" in changed
    assert "名称" in changed
    gone = filed_ledger(tmp_path, "滨江舞蹈队")
    kept = run(space, *gone, "--dry-run", "--lang", "zh").stdout
    assert "滨江合唱团" in kept
    assert "--remove-gone" in kept
    for line in kept.splitlines():
        assert "Organization │" not in line, "types are told in words"
    assert "滨江社区" in kept
    assert "将删除" in run(space, *gone, "--remove-gone", "--dry-run", "--lang", "zh").stdout
    assert "kept" in run(space, *gone, "--dry-run", "--lang", "en").stdout


def test_a_preview_tells_from_where_to_where_an_organisation_moves(tmp_path: Path) -> None:
    space, located = tmp_path / "space", "source_type,source,target_type,target\nOrganization,a,Street,{}\n"
    folder = bundle(tmp_path / "files", "id,name\na,甲协会\n")
    (folder / "Street.csv").write_text("id,name\ns,督院街街道\nt,书院街街道\n", encoding="utf-8")
    (folder / "LOCATED_IN.csv").write_text(located.format("s"), encoding="utf-8")
    run(space, "import", str(folder), "--source", "book", "--yes")
    (folder / "LOCATED_IN.csv").write_text(located.format("t"), encoding="utf-8")
    args = ("import", str(folder), "--source", "book", "--dry-run")
    line = next(each for each in run(space, *args, "--lang", "zh").stdout.splitlines() if "甲协会" in each)
    assert line.index("督院街街道") < line.index("书院街街道")
    assert "led elsewhere" in run(space, *args, "--lang", "en").stdout
    told = json.loads(run(space, "--json", *args).stdout)
    assert told["moved_count"] == 1
    assert (told["moved"][0]["old_name"], told["moved"][0]["new"]) == ("督院街街道", "t")


def test_a_new_source_of_known_rows_is_asked_about_and_hides_no_change(tmp_path: Path) -> None:
    rows = "id,name,staff\n" + "".join(f"o{n:02},第{n}协会,{n}\n" for n in range(30))
    folder, space = bundle(tmp_path / "files", rows), tmp_path / "space"
    run(space, "import", str(folder), "--source", "台账", "--yes")
    newer = bundle(tmp_path / "newer", rows.replace("第7协会,7", "第7协会,8"))
    said = run(space, "import", str(newer), "--source", "七月", "--dry-run", "--lang", "zh").stdout
    assert "来源“七月”是新的，而这些行大多来自“台账”。是不是“台账”的新版？是，请加 --source 台账" in said
    assert "修改：原值 → 新值（1 处）" in said
    assert "另有 29 行内容不变，只是来源有变" in said
    assert "sources" not in said
    for source, content in (
        ("台账", newer),
        ("七月", bundle(tmp_path / "others", "id,name\nx,新协会\ny,另一家\no01,第1协会\n")),
    ):
        assert "新版" not in run(space, "import", str(content), "--source", source, "--dry-run").stdout
    run(space, "import", str(newer), "--source", "七月", "--yes")
    assert "来源" in run(space, "diff", "1", "2", "--lang", "zh").stdout
    assert "新版" not in run(space, "import", str(newer), "--source", "七月", "--dry-run").stdout


def test_the_tables_of_a_preview_are_as_long_as_asked(tmp_path: Path) -> None:
    rows = [f"o{n:02},第{n}协会,{{}}\n" for n in range(30)]
    space = tmp_path / "space"
    was, becomes = (
        bundle(tmp_path / str(staff), "id,name,staff\n" + "".join(row.format(staff) for row in rows))
        for staff in (3, 4)
    )
    run(space, "import", str(was), "--source", "book", "--yes")
    shown = {
        limit: run(space, "import", str(becomes), "--source", "book", "--dry-run", *limit).stdout
        for limit in ((), ("--limit", "2"), ("--limit", "0"))
    }
    lines = {limit: text.count("协会 ") for limit, text in shown.items()}
    assert list(lines.values()) == [20, 2, 30]
    assert "另有 10 行（--limit 0 显示全部）" in shown[()]
    assert "另有 28 行" in shown["--limit", "2"]
    assert "--limit" not in shown["--limit", "0"]


@pytest.mark.parametrize(
    ("typed", "written"),
    [("是\n", True), ("Ｙ\n", True), ("\n", False), ("否\n", False), ("好\n是\n", True), ("\x04", False)],
)
def test_the_question_at_a_terminal_is_answered_in_chinese_or_english(
    typed: str, written: bool, tmp_path: Path
) -> None:
    folder = bundle(tmp_path / "files", "id,name\na,甲协会\n")
    program = "from api.cli import main; main()"
    args = ("--workspace", str(tmp_path / "space"), "--lang", "zh", "import", str(folder), "--source", "b")
    keyboard, terminal = os.openpty()
    with os.fdopen(keyboard, "wb", buffering=0) as keys, os.fdopen(terminal, "rb") as screen:
        keys.write(typed.encode())
        ran = subprocess.run(
            [sys.executable, "-c", program, *args], stdin=screen, capture_output=True, check=True, timeout=300
        )
    said = (ran.stdout + ran.stderr).decode()
    assert ("已写入" in said) is written
    assert ("已取消，未写入" in said) is not written
    assert ("请回答 是 或 否" in said) is typed.startswith("好")
    assert not {"Error", "Aborted"} & set(re.findall("[A-Za-z]+", said))


def test_only_an_earlier_revision_is_compared_with(tmp_path: Path) -> None:
    space = tmp_path / "space"
    for name in ("甲协会", "乙协会"):
        folder = bundle(tmp_path / "files", f"id,name,track\na,{name},registered\n")
        run(space, "import", str(folder), "--source", "book", "--yes")
    for later in ("2", "1"):
        for asked in (("ask", "changes"), ("report", "--out", str(tmp_path / "report"))):
            refused = run(space, *asked, "--revision", "1", "--since", later, code=3)
            assert "不早于" in refused.stderr
    assert not (tmp_path / "report").exists()
    run(space, "ask", "changes", "--since", "1")


def test_rows_that_are_given_back_are_for_their_user_alone(tmp_path: Path) -> None:
    folder = bundle(tmp_path / "files", "id,name,staff\na,甲协会,3\nb,乙协会,许多\n")
    out = tmp_path / "back"
    run(tmp_path / "space", "import", str(folder), "--source", "book", "--out", str(out), "--accept-valid", "--yes")
    assert {p.name: p.stat().st_mode & 0o777 for p in out.iterdir()} == {
        "Organization-标注.xlsx": 0o600,
        "Organization-未通过.xlsx": 0o600,
    }


def test_shell_and_server_say_the_same_of_one_bad_ledger_and_give_the_same_back(tmp_path: Path) -> None:
    rows = "社会组织名称,登记证号,业务主管单位,党组织设置,身份证号\n甲协会,锦民证字第1号,教育局,否,某\n乙协会,锦民证字第2号,无,否,\n"
    ledger = tmp_path / "台账.csv"
    ledger.write_text(rows, encoding="utf-8")
    day = dt.date(2016, 6, 12)
    args = ("import", str(ledger), "--source", "book", "--as-of", day.isoformat(), "--out", str(tmp_path / "shell"))
    said = json.loads(run(tmp_path / "space", "--json", *args, code=3).stdout)
    Workspace(tmp_path / "served", create=True).store.close()
    app = create_app(Settings(workspace=tmp_path / "served", rate=1_000_000))
    with TestClient(app, base_url="http://localhost") as client:
        token = app.state.served.accounts.issue(LOCAL, "api", dt.timedelta(hours=1))
        client.headers["Authorization"] = f"Bearer {token}"
        files = {"files": (ledger.name, ledger.read_bytes(), "text/csv")}
        sent = client.post(f"{API}/imports", files=files, data={"source": "book", "as_of": day.isoformat()}).json()
        told = ended(client, sent)
        marked = client.get(f"{API}/imports/{sent['id']}/marked")
    (tmp_path / "server").mkdir()
    (tmp_path / "server" / "台账-标注.xlsx").write_bytes(marked.content)
    assert (said["error"]["code"], said["rejected"], said["error_counts"]) == (
        "rows-rejected",
        1,
        {"unknown-authority": 1},
    )
    assert [notice["code"] for notice in said["notices"]] == ["no-directory", "personal-column"]
    assert {key: said[key] for key in told} == told
    texts = [
        [
            [cell.value for cell in row]
            for sheet in openpyxl.load_workbook(tmp_path / by / "台账-标注.xlsx")
            for row in sheet
        ]
        for by in ("shell", "server")
    ]
    assert texts[0] == texts[1]


def test_nothing_is_left_of_a_workspace_in_which_nothing_was_written(tmp_path: Path) -> None:
    good = bundle(tmp_path / "good", "id,name\na,甲协会\n")
    bad = bundle(tmp_path / "bad", "id,name,staff\na,甲协会,许多\n")
    space = tmp_path / "new" / "space"
    run(space, "import", str(good), "--source", "book", "--dry-run")
    run(space, "import", str(bad), "--source", "book", "--out", str(tmp_path / "back"), code=3)
    run(space, "import", str(good), "--source", "book", code=3)  # nobody confirms
    assert not (tmp_path / "new").exists()
    run(space, "import", str(good), "--source", "book", "--yes")
    run(space, "import", str(good), "--source", "book", "--dry-run")
    assert len(json.loads(run(space, "--json", "history").stdout)) == 1


def test_who_ends_without_writing_takes_nothing_from_others(tmp_path: Path) -> None:
    good = bundle(tmp_path / "good", "id,name\na,甲协会\n")
    wanted, space = Import((good,), "book", dt.date(2016, 6, 12)), tmp_path / "new" / "space"
    with Workspace(space, create=True, provisional=True) as asking:
        proposed = propose(asking.network(), wanted, lambda *_: None)
        assert not space.exists()
        other = Workspace(space, create=True)  # opened while nothing is written yet
        assert asking.store.head == other.store.head == 0
    propose(other.network(), wanted, lambda *_: None).store(other, "office")
    other.store.close()
    with Workspace(space, create=True, provisional=True) as late:
        assert late.network().stamp.revision == 1
        with pytest.raises(RevisionMoved):
            proposed.store(late, "office")


def test_older_data_that_would_speak_of_today_is_remarked_on(tmp_path: Path) -> None:
    today = dt.datetime.now().astimezone().date()
    old = bundle(tmp_path / "old", "id,name,registered_on,last_inspection\na,甲协会,2001-05-06,2015\nb,乙协会,,\n")
    space = tmp_path / "space"
    said = json.loads(run(space, "--json", "import", str(old), "--source", "book", "--dry-run").stdout)
    (notice,) = said["notices"]
    assert (notice["code"], notice["file"]) == ("older-data", "Organization.csv")
    assert "--as-of 2015-12-31" in notice["hint"]["zh"]
    people = run(space, "import", str(old), "--source", "book", "--dry-run").stdout
    assert f"记为截至 {today}，而文件里最近的日期是 2015-12-31" in people
    assert f"is to speak of {today}" in people
    args = ("--json", "import", str(old), "--source", "book", "--dry-run")
    assert json.loads(run(space, *args, "--as-of", "2016-06-12").stdout)["notices"] == []
    new = bundle(tmp_path / "new", f"id,name,last_activity\na,甲协会,{today - dt.timedelta(days=300)}\n")
    assert json.loads(run(space, "--json", "import", str(new), "--source", "book", "--dry-run").stdout)["notices"] == []


def test_files_that_speak_of_an_earlier_day_than_the_network_are_remarked_on(tmp_path: Path) -> None:
    space, files = tmp_path / "space", bundle(tmp_path / "files", "id,name\na,甲协会\n")
    args = ("--json", "import", str(files), "--source", "book", "--yes", "--as-of")
    assert json.loads(run(space, *args, "2016-07-01").stdout)["notices"] == []
    bundle(files, "id,name\na,甲研究会\n")
    (notice,) = json.loads(run(space, *args, "2016-05-01").stdout)["notices"]
    assert (notice["code"], notice["file"]) == ("behind-stored", "files")
    assert "2016-07-01" in notice["message"]["zh"]


def test_the_second_sheet_alone_is_a_list_of_organisations(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = "基本信息"
    for row in (
        ("社会组织名称", "统一社会信用代码", "登记备案", "行业"),
        ("甲协会", make_credit_code("5", "1", "510104", "MJQ00001"), "登记", "教育"),
    ):
        sheet.append(row)
    book.save(tmp_path / "基本信息.xlsx")
    told = json.loads(run(tmp_path / "space", "--json", "import", str(tmp_path / "基本信息.xlsx"), "--yes").stdout)
    assert (told["accepted"], told["rejected"]) == (1, 0)


def test_a_ledger_without_a_directory_is_told_what_comes_first(tmp_path: Path) -> None:
    args = filed_ledger(tmp_path, "滨江舞蹈队")
    told = json.loads(run(tmp_path / "space", "--json", *args, "--dry-run", code=3).stdout)
    assert told["notices"][0]["code"] == "no-directory"
    assert "--type Street" in told["notices"][0]["hint"]["zh"]
    (tmp_path / "Street.csv").write_text("id,name\ns,书院街街道\n", encoding="utf-8")
    given = json.loads(
        run(tmp_path / "space", "--json", *args, str(tmp_path / "Street.csv"), "--dry-run", code=3).stdout
    )
    assert "街道" not in "".join(n["message"]["zh"] for n in given["notices"] if n["code"] == "no-directory")


def test_what_comes_anew_without_a_name_is_remarked_on(tmp_path: Path) -> None:
    (tmp_path / "PartyOrganization.csv").write_text("id,name,members\njoint:po:1:甲,,4\nb,乙支部,3\n", encoding="utf-8")
    args = ("--json", "import", str(tmp_path / "PartyOrganization.csv"), "--yes")
    told = json.loads(run(tmp_path / "space", *args).stdout)
    assert [(n["code"], n["message"]["zh"]) for n in told["notices"]] == [
        ("nameless", "新增的这些没有名称：党组织 1 个，例如标识“joint:po:1:甲”。")
    ]
    assert json.loads(run(tmp_path / "space", *args).stdout)["notices"] == []


def test_what_an_earlier_run_gave_back_is_replaced_unless_somebody_saved_it(tmp_path: Path) -> None:
    folder = bundle(tmp_path / "files", "id,name,staff\na,甲协会,3\nb,乙协会,许多\n")
    space, out = tmp_path / "space", tmp_path / "back"
    args = ("import", str(folder), "--source", "book", "--out", str(out))
    run(space, *args, code=3)
    run(space, *args, "--accept-valid", "--yes")
    other = bundle(tmp_path / "others", "id,name,staff\nb,乙协会,许多\n")
    refused = run(space, "import", str(other), "--source", "book", "--out", str(out), code=3)
    assert "已经存在" in refused.stderr
    assert "什么都没有写入" in refused.stderr
    rejected = out / "Organization-未通过.xlsx"
    with closing(openpyxl.load_workbook(rejected)) as book:  # as a user corrects it
        book.worksheets[0]["C2"] = 4
        book.save(rejected)
    assert "已经存在" in run(space, *args, "--accept-valid", "--yes", code=3).stderr
    run(space, *args, "--accept-valid", "--yes", "--force")


def test_a_source_named_like_a_person_is_neither_stored_nor_shown(tmp_path: Path) -> None:
    folder = bundle(tmp_path / "李四13900139000", "id,name\na,甲协会\n")
    refused = run(tmp_path / "space", "import", str(folder), "--yes", code=3)
    assert "13900139000" not in refused.output
    assert not (tmp_path / "space").exists()


@pytest.mark.parametrize(
    ("value", "shown"),
    [(140000.0, "140,000"), (12345.67, "12,345.67"), (70000.5, "70,000.5"), (0.9554, "0.9554"), (3.0, "3"), (0.0, "0")],
)
def test_amounts_are_shown_to_the_cent(value: float, shown: str) -> None:
    assert Terminal()._cell(value) == shown


@pytest.mark.parametrize("header", ["Name of leader", "登记人", "站长"])
def test_columns_of_more_persons_are_left_out(header: str, tmp_path: Path) -> None:
    folder = bundle(tmp_path / "files", f"id,name,{header}\na,甲协会,某某某\n")
    said = run(tmp_path / "space", "import", str(folder), "--source", "book", "--yes").output
    assert "没有读取" in said
    assert "某某某" not in said


def test_an_installation_without_sources_says_what_it_lacks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(demo, "LEDGER", tmp_path / "none.xlsx")
    monkeypatch.setattr(checking, "ROOT", tmp_path)
    refused = run(tmp_path / "space", "demo", "--out", str(tmp_path / "demo"), code=3)
    assert "不含示例数据" in refused.stderr
    assert not (tmp_path / "demo").exists()
    told = run(tmp_path / "space", "check").output
    assert "不含文档" in told
    assert "与代码一致" not in told
    run(tmp_path / "space", "check", "--write", code=3)
    assert not list(tmp_path.iterdir())
