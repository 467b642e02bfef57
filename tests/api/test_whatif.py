"""The shell supposes: the example before and after, nothing stored, bad suppositions refused in both languages."""

import hashlib
import json
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
    text = run(example, "whatif", "--redistrict", "2019").stdout
    assert "55" in text
    assert "街道无孵化平台" in text


def test_suppositions_are_laid_over_together_and_stored_never(example: Path, tmp_path: Path) -> None:
    batch = tmp_path / "Organization.csv"
    batch.write_text("id,name,track,status\nreg:假设1,假设甲,registered,operating\n", encoding="utf-8")
    before = state(example)
    with Workspace(example) as workspace:
        station = workspace.network().table("GuidanceStation")["name"][0]
    args = ("whatif", "--with", str(batch), "--add-posts", f"{station}=3", "--new-station", "schools@春熙路=40")
    told = as_json(example, *args, "--without", "Street/510104036", "--set", "branch_min_members=5", "--planned")
    assert state(example) == before
    assert told["stored"] is False
    assert told["policy_changed"] == {"branch_min_members": {"before": 3, "after": 5}}
    added = {row["type"]: row["added"] for row in told["changes"]}
    assert (added["Organization"], added["InstructorPost"], added["GuidanceStation"]) == (1, 3, 1)
    rates = told["coverage"]["registered"]
    assert rates["after"]["total"] == rates["before"]["total"] + 1
    opened = [m for m in told["moved"] if m["question"] == "uncovered" and m["change"] == "opened"]
    assert [(m["name"], m["there"]) for m in opened] == [("假设甲", False)]


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
    ],
)
def test_bad_suppositions_are_refused_in_both_languages(
    example: Path, tmp_path: Path, args: tuple[str, ...], zh: str, en: str
) -> None:
    bad = tmp_path / "Organization.csv"
    bad.write_text("id,name,staff\nreg:1,甲,许多\n", encoding="utf-8")
    said = run(example, "whatif", *(a.format(bad=bad) for a in args), code=3).stderr
    assert zh in said
    assert en in said


def test_the_service_needs_no_shell(example: Path) -> None:
    with Workspace(example) as workspace:
        context = workspace.context()
        found, moved = what_if(context, Supposition(values={"coverage_target": 0.9}))
        assert moved is None
        assert [r.coverage_short for r in found.rates()] == [2, 0]
        with pytest.raises(Refusal):
            what_if(context, Supposition())
        assert workspace.context().network is context.network
    assert json.dumps([d.question.id for d in found.differences if d.differs]) == "[]"
