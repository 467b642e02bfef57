"""Does the shell take a planner from a plan to confirmed branches and back, in tables and in JSON?"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from api.cli import main
from api.plots import curve
from api.workspace import Workspace
from graphmodel.changes import ChangeSet
from graphmodel.network import same
from graphmodel.schema import EDGE_TYPES, NODE_TYPES
from graphmodel.stores.protocol import Act
from planning.rules import RULES
from queries.registry import question
from tests.planning.small import district
from tests.queries.small import DAY


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Five uncovered organisations in two streets, three of them strong enough; stations and posts for schools."""
    orgs: dict[str, dict[str, Any]] = {
        "a": {"full_members": 5}, "b": {"full_members": 4}, "g": {"full_members": 3, "industry": "教育"},
        "d": {"full_members": 1}, "e": {"full_members": 2},
    }  # fmt: skip
    where = {"a": "s1:a", "b": "s2:a", "g": "s1:a", "d": "s1:a", "e": "s1:b"}
    net = district(orgs, where)
    tables = {name: net.table(name) for name in (*NODE_TYPES, *EDGE_TYPES)}
    with Workspace(tmp_path, create=True) as workspace:
        workspace.store.apply(ChangeSet.between({}, tables), Act("import", "planner-office", "ledger", DAY), 0)
    return tmp_path


def run(folder: Path, *args: str, code: int = 0) -> Result:
    result = CliRunner().invoke(main, ["--workspace", str(folder), *args])
    assert result.exit_code == code, result.output
    return result


def told(folder: Path, *args: str) -> Any:
    return json.loads(run(folder, "--json", *args).stdout)


def test_from_a_plan_to_confirmed_branches_and_back(folder: Path) -> None:
    with Workspace(folder) as workspace:
        base = workspace.network()
    assert "partygraph plan" in run(folder, "plan", "show", code=3).stderr
    made = told(folder, "plan")
    assert made["sound"]
    assert made["counts"] == {"open": made["size"], "accepted": 0, "rejected": 0, "pinned": 0}
    owns = {p["subjects"][0].split("/")[1]: p["number"] for p in made["proposals"] if p["kind"] == "standalone"}
    assert set(owns) == {"a", "b", "g"}
    run(folder, "plan", "decide", "accept", str(owns["a"]), str(owns["g"]))
    assert "reason" in run(folder, "plan", "decide", "reject", str(owns["b"]), code=3).stderr
    run(folder, "plan", "decide", "reject", str(owns["b"]), "--reason", "年内并入")
    again = told(folder, "plan", "again")
    assert again["plan"] == f"{made['plan'].partition('.')[0]}.2"
    assert again["counts"]["accepted"] == 2
    assert again["counts"]["rejected"] == 1
    assert len(told(folder, "plan", "show", "--list")) == 2
    rejected = run(folder, "plan", "show", "--state", "rejected", "--lang", "zh").stdout
    for part in (f"{owns['b']}. b：单独组建党支部", "年内并入", f"undecide {owns['b']} --plan {made['plan']}"):
        assert part in rejected  # solved anew, the plan has it no more, and it can be found and taken back all the same
        assert part in run(folder, "plan", "show", "--lang", "zh").stdout
    assert "复核通过：2 项可以写入，0 项已在其中；没有写入。" in run(folder, "apply", "--dry-run").stdout
    dry = told(folder, "apply", "--dry-run")
    assert dry["revision"] is None
    assert len(dry["proposals"]) == 2
    applied = told(folder, "apply", "--deadline", "2016-09-01")
    assert applied["revision"] == 2
    assert told(folder, "apply")["revision"] is None
    ids = applied["proposals"]
    confirmed = told(folder, "confirm", *ids, "--on", "2016-07-01", "--number", "1号")
    assert confirmed["after"][1] > confirmed["before"][1]
    text = run(folder, "report", "--out", str(folder / "out")).stdout
    assert "待定" in text
    run(folder, "undo", "3")
    number = next(p["number"] for p in again["proposals"] if p["subjects"] == ["Organization/a"])
    said = run(folder, "confirm", str(number), "--on", "2016-07-01", "--lang", "zh").stdout
    assert f"{again['plan']} 第 {number} 项：a：单独组建党支部" in said  # each plan of a series has numbers of its own
    run(folder, "undo", "5")
    run(folder, "undo", "2")
    with Workspace(folder) as workspace:
        assert same(workspace.network(), base)
    run(folder, "plan", "decide", "undecide", str(owns["b"]), "--plan", made["plan"])
    assert "此前驳回的" not in run(folder, "plan", "show", "--state", "rejected").stdout
    assert ["Organization/b"] in [p["subjects"] for p in told(folder, "plan", "again")["proposals"]]


def test_a_conflict_says_who_decided_what_and_ends_with_4(folder: Path) -> None:
    told(folder, "plan")
    run(folder, "plan", "decide", "accept", "1", "--as", "office-a")
    refused = run(folder, "plan", "decide", "reject", "1", "--reason", "不同意", "--as", "office-b", code=4)
    assert "office-a" in refused.stderr
    assert "采纳" in refused.stderr
    title = told(folder, "plan", "show", "1")[0]["title"][0]
    assert f"1. {title}：office-a 于 " in refused.stderr
    assert "加 --seen 1。" in refused.stderr
    assert "决定理由" not in run(folder, "plan", "show", "--lang", "zh").stdout  # a column in which nothing stands
    run(folder, "plan", "decide", "reject", "1", "--reason", "看过", "--as", "office-b", "--seen", "1")
    assert "决定理由" in run(folder, "plan", "show", "--lang", "zh").stdout
    shown = told(folder, "plan", "show", "1")
    assert shown[0]["decision"]["unit"] == "office-b"


def test_a_plan_is_shown_in_part_and_explained_in_full(folder: Path) -> None:
    made = told(folder, "plan")
    text = run(folder, "plan", "show").stdout
    for part in (made["plan"], made["verified"][0], "达到两项目标（覆盖率 95.0%、单建率 35.0%）", "按增益排序", "│"):
        assert part in text
    lacking = [u["subject"] for u in made["unplaced"]]
    assert lacking
    assert all(subject.split("/")[1] in text for subject in lacking)
    for_a = told(folder, "plan", "show", "--for", "a")["proposals"]
    assert for_a
    assert all("Organization/a" in p["subjects"] for p in for_a)
    street = told(folder, "plan", "show", "--street", "s2", "--kind", "standalone")["proposals"]
    assert [p["subjects"] for p in street] == [["Organization/b"]]
    first = for_a[0]
    full = run(folder, "plan", "show", str(first["number"])).stdout
    for part in (first["id"], first["title"][0], *(reason["text"][0] for reason in first["reasons"])):
        assert part in full
    for reason in first["reasons"]:
        assert RULES[reason["rule"]].title.zh[:20] in full
    assert "次选" in full
    assert "改动：拟定 a党支部 —覆盖→ a" in full
    for closed in first["closes"]:
        assert f"销号：{question(closed.split('|')[0]).term}（a）" in full
    assert "|Organization|" not in full
    about_a = run(folder, "plan", "show", "--for", "a").stdout
    assert "改动：拟定 a党支部 —覆盖→ a" in about_a  # what was asked for is explained at once, beside what it has
    assert "现有的关系" in about_a
    pin = run(folder, "plan", "decide", "pin", "--kind", "standalone", "--street", "s2").stdout
    assert f"{street[0]['number']}. b：单独组建党支部" in pin
    pinned = told(folder, "plan", "show", "--state", "pinned")["proposals"]
    assert [p["subjects"] for p in pinned] == [["Organization/b"]]
    in_chinese = told(folder, "plan", "show", "--kind", "单建", "--street", "s2")["proposals"]
    assert [p["id"] for p in in_chinese] == [p["id"] for p in street]
    assert len(told(folder, "plan", "show", "--state", "锁定")["proposals"]) == 1
    for wrong in (("--for", "nobody"), ("--street", "nowhere"), ("--instructor", "nobody"), ("0",), ("--plan", "zz")):
        run(folder, "plan", "show", *wrong, code=3)
    assert f"--plan {made['plan']}" in run(folder, "plan", "show", made["plan"], code=3).stderr


def test_what_is_wrong_in_a_call_is_said_in_one_language_and_in_words(folder: Path) -> None:
    told(folder, "plan")
    unsaid = run(folder, "plan", "decide", "accept", "--lang", "zh", code=2).stderr
    assert "写明哪些项" in unsaid
    assert "Name proposals" not in unsaid
    kind = run(folder, "plan", "show", "--kind", "独建", "--lang", "zh", code=2).stderr
    assert "单独组建党支部 standalone" in kind
    act = run(folder, "plan", "decide", "take", "1", "--lang", "zh", code=2).stderr
    assert "“动作”（ACT） 的值不对：可填 accept" in act
    file = run(folder, "plan", "read", "nosuch.xlsx", "--lang", "zh", code=2).stderr
    assert "“文件”（FILE）" in file
    assert "nosuch.xlsx" in file


def test_the_plan_to_apply_may_be_named_as_everywhere_else(folder: Path) -> None:
    made = told(folder, "plan")
    run(folder, "plan", "decide", "accept", "--kind", "单建")
    by_option = told(folder, "apply", "--plan", made["plan"], "--dry-run")
    assert by_option == told(folder, "apply", made["plan"], "--dry-run")
    two = run(folder, "apply", made["plan"], "--plan", "00000000.1", code=2).stderr
    assert "00000000.1" in two
    done = told(folder, "apply", "--plan", made["plan"])
    told(folder, "confirm", *done["proposals"], "--on", "2016-07-01")
    refused = run(folder, "undo", str(done["revision"]), "--yes", code=4).stderr
    assert "第 3 版后来又动过党组织“a党支部”" in refused
    assert "partygraph undo 3" in refused


def test_a_curve_rises_to_its_last_value() -> None:
    lines = curve([0.2, 0.4, 0.6, 0.8], 0.9)
    assert lines[0].startswith("  90.0%")
    assert "┄" in lines[0]
    heights = [sum(line.partition("│")[2][k] == "█" for line in lines[:-2]) for k in range(4)]
    assert heights == sorted(heights)
    assert heights[0] < heights[-1]
    assert len(curve([k / 1000 for k in range(1000)])[0].partition("│")[2]) == 60
    assert len(curve([0.5])) == 10
