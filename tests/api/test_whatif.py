"""The shell supposes: the example before and after, nothing stored, bad suppositions refused in both languages."""

import hashlib
import re
import shutil
from pathlib import Path
from typing import Any

import pytest

from api.plans import decide, make
from api.whatif import Supposition, what_if
from api.workspace import STORE_FILE, Workspace
from graphmodel.text import Refusal
from planning.decisions import DecisionState, Wish
from planning.plan import ActionKind
from tests.api.test_commands import as_json, example, run

__all__ = ["example"]


def of(told: Any, question: str) -> dict[str, Any]:
    return next(q for q in told["questions"] if q["question"] == question)


def state(folder: Path) -> tuple[str, Any]:
    with Workspace(folder) as workspace:
        tables = workspace.network().tables()
        told = (workspace.store.head, workspace.store.records(), {name: frame.height for name, frame in tables.items()})
    return hashlib.sha256((folder / STORE_FILE).read_bytes()).hexdigest(), told


def test_the_sixteen_streets_become_eleven(example: Path) -> None:
    told = as_json(example, "whatif", "--redistrict", "2019")
    boundaries = told["redistricted"]
    assert boundaries["communities"] == {"name": 58, "documented": 11, "majority": 44}
    assert sum(boundaries["communities"].values()) - boundaries["communities"]["name"] == 55  # settled point 9
    assert boundaries["inferred"] == 44
    assert len({place["to_street"] for place in boundaries["places"]}) == 11
    without_hub = of(told, "street-without-hub")
    assert (without_hub["before"]["total"], without_hub["after"]["total"]) == (16, 11)
    gaps = of(told, "responsibility-gaps")
    assert gaps["after"]["gaps"] == gaps["before"]["gaps"] + gaps["opened"] - gaps["closed"]
    assert gaps["opened"] == sum(1 for m in told["moved"] if m["question"] == "responsibility-gaps")
    assert told["coverage"]["registered"]["before"] == told["coverage"]["registered"]["after"]
    assert (boundaries["streets_before"], boundaries["streets_after"]) == (16, 11)
    assert (len(boundaries["streets_ended"]), len(boundaries["streets_begun"])) == (8, 3)
    assert sum(row["communities"] for row in boundaries["inferred_from"]) == 44
    text = run(example, "whatif", "--redistrict", "2019", "--lang", "zh").stdout
    assert "街道 16 → 11 个：撤并 8 个（督院街街道、" in text
    assert "55 个没有同名的后继，其中 44 个的去向是推断的" in text
    assert re.search(r"龙舟路街道 │ 牛市口街道 │ 2 / 3 +│ +4 │", text)
    assert re.search(r"街道无孵化平台 +│ 16 → 11 ", text)


def test_each_question_that_moves_says_why(example: Path) -> None:
    told = as_json(example, "whatif", "--redistrict", "2019")
    heard, wrong = of(told, "consultation-gap"), of(told, "responsibility-gaps")
    opened = heard["opened"]
    assert heard["opens"] == {"total": opened, "absent": 0, "unasked": opened, "reasons": {"unheard": opened}}
    assert {"CONCERNS", "LOCATED_IN"} <= set(heard["types"])
    assert wrong["opens"] == {"total": 59, "absent": 0, "unasked": 0, "reasons": {"wrong": 59}}
    assert {"GUIDES", "ANSWERS_FOR", "LOCATED_IN"} == set(wrong["types"])
    text = run(example, "whatif", "--redistrict", "2019", "--lang", "zh").stdout
    assert f"新开 {opened}：未征求意见 {opened}（其中 {opened} 项此前不在范围内）" in text
    gone = as_json(example, "whatif", "--without", "锦江区社会组织孵化中心")
    assert gone["supposed"] == [{"zh": "不在了：锦江区社会组织孵化中心", "en": "gone: 锦江区社会组织孵化中心"}]
    chain = of(gone, "purchase-chain-incomplete")
    assert (chain["before"]["no_data"], chain["after"]["no_data"]) == (False, False)
    assert (chain["before"]["total"], chain["after"]["total"]) == (20, 20)
    assert chain["opens"]["reasons"] == {"packaging": chain["opened"]}
    assert chain["opened"] > 0
    strict = as_json(example, "whatif", "--set", "branch_min_members=5")
    required = of(strict, "branch-required")
    assert (required["types"], required["parameters"]) == ([], ["branch_min_members"])
    assert required["closes"]["unasked"] == required["closed"] > 0  # fewer than five members: no branch is due


def test_suppositions_are_laid_over_together_and_stored_never(example: Path, tmp_path: Path) -> None:
    batch = tmp_path / "Organization.csv"
    batch.write_text("id,name,track,status\nreg:假设1,假设甲,registered,operating\n", encoding="utf-8")
    before = state(example)
    with Workspace(example) as workspace:
        station = workspace.network().table("GuidanceStation")["name"][0]
    args = ("whatif", "--with", str(batch), "--add-posts", f"{station}=3", "--new-station", "schools@春熙路=40")
    more = ("--without", "Street/510104036", "--set", "branch_min_members=5", "--planned")
    told = as_json(example, *args, *more)
    assert as_json(example, *args, *more) == told
    assert state(example) == before
    assert told["stored"] is False
    assert told["policy_changed"] == {"branch_min_members": {"before": 3, "after": 5}}
    added = {row["type"]: row["added"] for row in told["changes"]}
    assert (added["Organization"], added["InstructorPost"], added["GuidanceStation"]) == (1, 3, 1)
    rates = told["coverage"]["registered"]
    assert rates["after"]["total"] == rates["before"]["total"] + 1
    opened = [m for m in told["moved"] if m["question"] == "uncovered" and m["change"] == "opened"]
    assert [(m["name"], m["there"]) for m in opened] == [("假设甲", False)]


def test_a_batch_without_codes_is_what_newcomers_are_described_by(example: Path, tmp_path: Path) -> None:
    before = state(example)
    batch = tmp_path / "新申请.csv"
    batch.write_text(
        "名称,登记备案,管理方式,行业,业务主管单位,街道,正式党员数\n"
        + "".join(f"锦江区新芽{n}幼儿园,登记,双重管理,民办教育,锦江区教育局,春熙路街道,3\n" for n in range(3)),
        encoding="utf-8",
    )
    told = as_json(example, "whatif", "--with", str(batch))
    assert {row["type"]: row["added"] for row in told["changes"]} == {
        "Organization": 3,
        "LICENSED_BY": 3,
        "LOCATED_IN": 3,
    }
    assert [line["zh"] for line in told["supposed"]] == ["新增文件：新申请.csv", "新登记的组织：3 家"]
    required = of(told, "branch-required")
    assert required["opens"] == {"total": 3, "absent": 3, "unasked": 0, "reasons": required["opens"]["reasons"]}
    assert len(as_json(example, "newcomer", str(batch))) == 3
    with Workspace(example) as workspace:
        taken = workspace.network().table("Organization").sort("id")["name"][0]
    batch.write_text(f"名称,登记备案\n{taken},登记\n", encoding="utf-8")
    assert "同名" in as_json(example, "whatif", "--with", str(batch))["supposed"][2]["zh"]
    batch.write_text("社会组织名称,登记证号,行业\n锦江区新芽幼儿园,,民办教育\n", encoding="utf-8")
    said = run(example, "whatif", "--with", str(batch), code=3).stderr
    assert "“登记证号”列" in said
    assert state(example) == before


def test_suppositions_meet_each_other_in_their_order(example: Path, tmp_path: Path) -> None:
    batch = tmp_path / "新申请.csv"
    batch.write_text("名称,登记备案,街道,正式党员数\n锦江区新芽中心,登记,督院街街道,3\n", encoding="utf-8")
    told = as_json(
        example, "whatif", "--with", str(batch), "--redistrict", "2019", "--new-station", "schools@锦华路街道=40",
        "--set", "branch_min_members=3", "--set", "joint_max_units=4",
    )  # fmt: skip
    said = [line["zh"] for line in told["supposed"]]
    assert said == [
        "新增文件：新申请.csv",
        "新登记的组织：1 家",
        "街道调整：2019",
        "新设民办学校指导站：锦华路街道，容量 40 家",
        "应建支部的正式党员数：与现行的值相同",
    ]
    assert list(told["policy_changed"]) == ["joint_max_units"]
    assert of(told, "branch-required")["opened"] == 1
    located = told["redistricted"]["organizations"]["street"]
    assert located == as_json(example, "whatif", "--redistrict", "2019")["redistricted"]["organizations"]["street"] + 1
    gone = run(example, "whatif", "--redistrict", "2019", "--new-station", "schools@督院街街道", code=3).stderr
    assert "“督院街街道”已撤并" in gone


def test_a_body_that_is_gone_is_named_as_people_name_it(example: Path) -> None:
    by_id = as_json(example, "whatif", "--without", "Authority/authority:锦江区教育局")
    assert [row["removed"] for row in by_id["changes"] if row["type"] == "Authority"] == [1]
    for name in ("锦江区教育局", "Authority/锦江区教育局", "authority:锦江区教育局"):
        assert as_json(example, "whatif", "--without", name) == by_id
    assert as_json(example, "whatif", "--without", "社区", code=3)["error"]["code"] == "ambiguous-name"


def test_a_plan_is_made_on_top(example: Path) -> None:
    told = as_json(example, "whatif", "--set", "vertical_threshold=5", "--plan")
    before, after = told["plans"]["before"], told["plans"]["after"]
    assert after["proposals"]["responsibility"] > before["proposals"]["responsibility"]
    assert before["plan"] != after["plan"]
    assert "方案需要什么" in run(example, "whatif", "--set", "vertical_threshold=5", "--plan").stdout


def test_an_open_plan_is_taken_as_confirmed(example: Path, tmp_path: Path) -> None:
    folder = tmp_path / "planned"
    folder.mkdir()
    shutil.copy(example / STORE_FILE, folder / STORE_FILE)
    assert "没有方案" in run(folder, "whatif", "--confirmed", code=3).stderr
    with Workspace(folder) as workspace:
        kept = make(workspace)
        first, *_ = (p for p in kept.plan.proposals if p.kind is ActionKind.STANDALONE)
        decide(workspace, None, [Wish(first.id, DecisionState.REJECTED, "另有安排")])
    before = state(folder)
    told = as_json(folder, "whatif", "--confirmed")
    assert state(folder) == before
    closed = {m["identity"] for m in told["moved"] if m["change"] == "closed"}
    assert not closed & {f"branch-required|Organization|{s.id}" for s in first.subjects}  # the rejected one stays open
    required = of(told, "branch-required")
    assert required["after"]["gaps"] == required["before"]["gaps"] - required["closed"] == len(first.subjects)
    rates = told["coverage"]["registered"]
    assert rates["after"]["coverage"]["rate"] > rates["before"]["coverage"]["rate"]


@pytest.mark.parametrize(
    ("args", "zh", "en"),
    [
        ((), "没有说明假设什么", "Nothing is supposed"),
        (("--set", "branch_min_member=5"), "branch_min_members", "parameter"),
        (("--set", "branch_min_members"), "不是 参数=值", "not parameter=value"),
        (("--add-posts", "锦江区民办学校指导占=1"), "没有指导站", "no guidance station"),
        (("--add-posts", "站"), "看不懂", "cannot be read"),
        (("--new-station", "hospital@春熙路"), "看不懂", "cannot be read"),
        (("--new-station", "schools@不存在街道"), "没有街道", "no street"),
        (("--without", "Hub/none"), "没有孵化平台", "no incubation hub"),
        (("--without", "不存在的单位"), "没有找到", "Nothing is called"),
        (("--redistrict", "1999"), "没有区划调整", "no change of boundaries"),
        (("--with", "{bad}"), "处错误", "errors"),
        (("--with", "{strange}"), "没有字段", "no field"),
    ],
)
def test_bad_suppositions_are_refused_in_both_languages(
    example: Path, tmp_path: Path, args: tuple[str, ...], zh: str, en: str
) -> None:
    bad = tmp_path / "Organization.csv"
    bad.write_text("id,name,staff\nreg:1,甲,许多\n", encoding="utf-8")
    strange = tmp_path / "新申请.csv"
    strange.write_text("名称,颜色\n甲,红\n", encoding="utf-8")
    said = run(example, "whatif", *(a.format(bad=bad, strange=strange) for a in args), code=3).stderr
    assert zh in said
    assert en in said


def test_the_service_needs_no_shell(example: Path) -> None:
    with Workspace(example) as workspace:
        context = workspace.context()
        told = what_if(context, Supposition(values={"coverage_target": 0.9}))
        assert told.laid.moved is None
        assert [r.coverage_short for r in told.found.rates()] == [2, 0]
        with pytest.raises(Refusal):
            what_if(context, Supposition())
        assert workspace.context().network is context.network
    assert [d.question.id for d in told.found.differences if d.differs] == []
