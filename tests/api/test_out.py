"""Do files leave as they should: whole, safe, never over another, the same data in every format?"""

import json
import re
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from click.testing import CliRunner, Result

from api.cli import main
from api.examples import BUNDLE, DAY, LEDGER, SOURCE
from api.outputs import CannotWrite, FileExists, refuse_existing, whole
from api.workspace import Workspace
from graphmodel.network import same
from loaders.graph_files import read_graph


def run(workspace: Path, *args: str, code: int = 0) -> Result:
    result = CliRunner().invoke(main, ["--workspace", str(workspace), *args], catch_exceptions=False)
    assert result.exit_code == code, result.output
    return result


def as_json(workspace: Path, *args: str) -> Any:
    return json.loads(run(workspace, "--json", *args).stdout)


@pytest.fixture(scope="module")
def example(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("example")
    run(folder, "import", str(LEDGER), str(BUNDLE), "--source", SOURCE, "--as-of", DAY.isoformat(), "--yes")
    return folder


def test_the_report_is_printed_and_written(example: Path, tmp_path: Path) -> None:
    out = tmp_path / "报告"
    told = as_json(example, "report", "--out", str(out), "--label", "上报版")
    assert [Path(p).name for p in told["written"]] == ["report.xlsx", "report.html", "network.html"]
    assert sorted(p.name for p in out.iterdir()) == ["network.html", "report.html", "report.xlsx"]
    coverage = told["figures"][0]
    assert coverage["whole"] == 359
    assert coverage["part"] / coverage["whole"] == pytest.approx(coverage["rate"])
    uncovered = next(row for row in told["summary"] if row["id"] == "uncovered")
    book = openpyxl.load_workbook(out / "report.xlsx", read_only=True)
    verdicts = [row[0] for row in book["未覆盖"].iter_rows(values_only=True) if row[0] == "缺口 / gap"]
    assert len(verdicts) == uncovered["gaps"] == 16
    page = (out / "report.html").read_text(encoding="utf-8")
    assert "上报版" in page
    assert f"{coverage['part']} / {coverage['whole']}" in page
    refused = run(example, "report", "--out", str(out), code=3)
    assert "已经存在" in refused.stderr
    text = run(example, "report", "--out", str(out), "--force", "--lang", "zh").stdout
    assert "党组织覆盖率（登记类）" in text
    assert "● 高" in text
    assert "report.xlsx" in text


def test_another_threshold_and_no_member_counts_change_the_report(example: Path, tmp_path: Path) -> None:
    usual = as_json(example, "report", "--out", str(tmp_path / "a"))
    run(example, "report", "--out", str(tmp_path / "b"), "--without-members")
    strict = as_json(example, "report", "--out", str(tmp_path / "c"), "--set", "branch_min_members=50")
    gaps = [next(r["total"] for r in told["summary"] if r["id"] == "branch-required") for told in (usual, strict)]
    assert gaps[1] < gaps[0]
    assert "应建未建" in openpyxl.load_workbook(tmp_path / "a" / "report.xlsx", read_only=True).sheetnames
    assert "应建未建" not in openpyxl.load_workbook(tmp_path / "b" / "report.xlsx", read_only=True).sheetnames


def test_a_part_of_the_network_is_drawn(example: Path, tmp_path: Path) -> None:
    sizes = {}
    for name, args in {"all": (), "street": ("--street", "柳江"), "gaps": ("--question", "uncovered")}.items():
        out = tmp_path / f"{name}.html"
        run(example, "draw", "--out", str(out), *args)
        found = re.search(r'<script type="application/json" id="data">(.*?)</script>', out.read_text(encoding="utf-8"))
        assert found
        sizes[name] = sum("Organization" in node for node in json.loads(found[1])["nodes"])
    with Workspace(example) as workspace:
        status = workspace.network().nodes["Organization"].frame["status"].cast(str)
        assert sizes["all"] == int((status != "deregistered").fill_null(value=True).sum())
    assert sizes["all"] > sizes["street"] > sizes["gaps"] == 16
    for wrong, told in (("街道", "没有唯一"), ("没有这个街道", "没有街道")):
        assert told in run(example, "draw", "--out", str(tmp_path / "x.html"), "--street", wrong, code=3).stderr
    assert not (tmp_path / "x.html").exists()
    assert "已经存在" in run(example, "draw", "--out", str(tmp_path / "all.html"), code=3).stderr


@pytest.mark.parametrize("name", ["a.graphml", "a.gexf"])
def test_graph_files_hold_the_whole_network(name: str, example: Path, tmp_path: Path) -> None:
    told = as_json(example, "export", str(tmp_path / name))
    assert told["revision"] == 1
    with Workspace(example) as workspace:
        assert same(read_graph(tmp_path / name), workspace.network())


@pytest.mark.parametrize(
    ("name", "args"),
    [
        ("bundle", ("--format", "csv")),
        ("b.xlsx", ()),
        ("b.json", ()),
        ("b.graphml", ()),
        ("b.gexf", ()),
        ("node-link.json", ("--format", "node-link")),
    ],
)
def test_what_is_exported_is_imported_again_and_changes_nothing(
    name: str, args: tuple[str, ...], example: Path, tmp_path: Path
) -> None:
    out = tmp_path / name
    run(example, "export", str(out), *args)
    other = tmp_path / "other"
    told = as_json(other, "import", str(out), "--source", SOURCE, "--as-of", DAY.isoformat(), "--yes")
    assert told["read"] == told["accepted"] == sum(row["added"] for row in told["difference"])
    assert (told["notices"], told["revision"]) == ([], 1)
    with Workspace(example) as one, Workspace(other) as two:
        assert same(one.network(), two.network())
    again = tmp_path / f"again-{name}"
    run(other, "export", str(again), *args)
    if out.suffix in (".json", ".graphml", ".gexf"):
        assert again.read_bytes() == out.read_bytes()


def test_without_members_no_count_leaves(example: Path, tmp_path: Path) -> None:
    run(example, "export", str(tmp_path / "a.json"), "--without-members")
    text = (tmp_path / "a.json").read_text(encoding="utf-8")
    assert '"staff"' in text
    assert '"full_members"' not in text


def test_a_format_that_the_name_does_not_tell_is_asked_for(example: Path, tmp_path: Path) -> None:
    assert "--format" in run(example, "export", str(tmp_path / "a.txt"), code=3).stderr


@pytest.mark.parametrize(
    ("args", "ending"),
    [
        (("template", "{}/空.xls"), ".xlsx"),
        (("template", "{}/空.csv", "--ledger"), ".xlsx"),
        (("export", "{}/a.xls", "--format", "xlsx"), ".xlsx"),
        (("export", "{}/a.json", "--format", "graphml"), ".graphml"),
        (("export", "{}/a.csv", "--format", "csv"), "文件夹"),
        (("report", "--out", "{}/report.xlsx"), "文件夹"),
        (("draw", "--out", "{}/a.png"), ".html"),
    ],
)
def test_a_name_that_means_another_kind_of_file_is_refused(
    args: tuple[str, ...], ending: str, example: Path, tmp_path: Path
) -> None:
    said = run(example, *(arg.format(tmp_path) for arg in args), code=3).stderr
    assert "扩展名与内容不符；什么都没有写入" in said
    assert ending in said
    assert not list(tmp_path.iterdir())


def test_picture_and_report_have_places_of_their_own(
    example: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    drawn = as_json(example, "draw", "--street", "春熙路街道")["written"]
    assert drawn == [f"out/network-{DAY}-r1.html"]
    run(example, "report")
    assert sorted(p.name for p in (tmp_path / "out").iterdir()) == [Path(drawn[0]).name, f"report-{DAY}-r1"]


def test_a_file_is_written_whole_or_not_at_all(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_text("before", encoding="utf-8")

    def break_off() -> None:
        with whole(path) as made:
            made.write_text("half", encoding="utf-8")
            raise RuntimeError("power cut")

    with pytest.raises(RuntimeError):
        break_off()
    assert path.read_text(encoding="utf-8") == "before"
    with whole(path) as made:
        made.write_text("after", encoding="utf-8")
    assert path.read_text(encoding="utf-8") == "after"
    assert [p.name for p in tmp_path.iterdir()] == ["a.txt"]


def test_a_folder_is_replaced_without_leftovers_of_its_kind(tmp_path: Path) -> None:
    folder = tmp_path / "bundle"
    for names in (("Street.csv", "Hub.csv"), ("Street.csv",)):
        with whole(folder) as made:
            made.mkdir()
            for name in names:
                (made / name).write_text("x", encoding="utf-8")
        for own in ("notes.txt", "我的台账.csv"):
            (folder / own).write_text("mine", encoding="utf-8")
    assert sorted(p.name for p in folder.iterdir()) == ["Street.csv", "notes.txt", "我的台账.csv"]
    with pytest.raises(FileExists):
        refuse_existing([folder], force=False)
    refuse_existing([folder, tmp_path / "new"], force=True)


def test_what_cannot_be_written_is_said(tmp_path: Path) -> None:
    (tmp_path / "a.txt").mkdir()
    (tmp_path / "a.txt" / "mine").write_text("x", encoding="utf-8")
    for name in ("a.txt", "长" * 100 + ".txt"):
        with pytest.raises(CannotWrite) as said, whole(tmp_path / name) as made:
            made.write_text("y", encoding="utf-8")
        assert "无法写入" in said.value.message.zh
    assert [p.name for p in tmp_path.rglob("*")] == ["a.txt", "mine"], "nothing half done is left"


def test_a_file_in_place_of_the_folder_is_said(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x", encoding="utf-8")
    with pytest.raises(CannotWrite) as said, whole(tmp_path / "file" / "a.txt") as made:
        made.write_text("x", encoding="utf-8")
    assert "无法写入" in said.value.message.zh


def test_what_members_decide_is_told_nowhere_without_them(example: Path, tmp_path: Path) -> None:
    refused = run(
        example, "draw", "--out", str(tmp_path / "x.html"), "--question", "branch-required", "--without-members", code=3
    )
    assert "不外传" in refused.stderr
    assert not (tmp_path / "x.html").exists()
    told = as_json(example, "report", "--out", str(tmp_path / "a"), "--without-members")
    assert "branch-required" not in {row["id"] for row in told["summary"]}
    text = run(example, "report", "--out", str(tmp_path / "b"), "--without-members").stdout
    assert "应建未建" not in text
    assert "未建立党组织原因" not in (tmp_path / "b" / "report.html").read_text(encoding="utf-8")
    for name in ("report.html", "network.html"):
        assert "branch-required" not in (tmp_path / "b" / name).read_text(encoding="utf-8")
