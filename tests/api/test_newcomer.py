"""The shell tells of organisations that are not registered yet: described by options, CSV or JSON; nothing stored."""

import json
import time
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from api.descriptions import described, describes
from api.newcomers import plain, receptions
from api.workspace import Workspace
from graphmodel.network import same
from planning.isolation import confirmed
from planning.newcomer import Topic, overlaid
from planning.planner import plan
from planning.verify import verify
from tests.api.test_commands import as_json, example, run
from tests.api.test_whatif import state

__all__ = ["example"]

CLOSE = {
    "track": "登记",
    "registration": "双重管理",
    "industry": "志愿服务",
    "authority": "共青团锦江区委员会",
    "street": "春熙路",
    "full-members": "1",
}


def options(**fields: str) -> list[str]:
    return [part for name, text in fields.items() for part in (f"--{name}", text)]


def on(told: Any, topic: str) -> dict[str, Any]:
    return next(a for a in told["advice"] if a["topic"] == topic)


def test_one_registration_more_tips_a_group_of_the_example(example: Path) -> None:
    before = state(example)
    told = as_json(example, "newcomer", *options(**CLOSE))
    duty = on(told, "responsibility")
    assert (duty["kind"], duty["bodies"][0]["name"]) == ("vertical", "共青团锦江区委员会")
    assert [r["rule"] for r in duty["reasons"]] == ["due-authority", "group-tipped"]
    assert {a["topic"]: a["verdict"] for a in told["advice"]} == dict.fromkeys((t.value for t in Topic), "told")
    assert told["stored"] is False
    assert {paper["clause"] for paper in told["due"]} == {"N7"}
    assert "2016-06-17" in run(example, "newcomer", *options(**CLOSE)).stdout
    assert state(example) == before


def test_an_industry_that_nobody_has_is_told_with_the_likeliest_and_answered_all_the_same(example: Path) -> None:
    said = run(example, "newcomer", "--industry", "民办教于", "--street", "春熙路").stdout
    assert "没有组织属于“民办教于”这个行业；是不是“民办教育”？" in said
    assert "No organisation is of the industry '民办教于'. Is it \"民办教育\"?" in said
    told = as_json(example, "newcomer", "--industry", "民办教于", "--street", "春熙路")
    assert [a["topic"] for a in told["advice"]] == [topic.value for topic in Topic]
    assert "民办教育" in told["notices"][0]["zh"]
    assert "民办教育" not in str(as_json(example, "newcomer", "--industry", "民办教育")["notices"])
    assert "请核对" in as_json(example, "newcomer", "--industry", "X")["notices"][0]["zh"]


def test_all_of_a_file_are_told_and_quickly(example: Path, tmp_path: Path) -> None:
    table = tmp_path / "新申请.csv"
    table.write_text(
        "名称,登记备案,行业,业务主管单位,社区,正式党员数\n甲,登记,民办教育,锦江区教育局,,5\n乙,登记,养老服务,直接登记,,不详\n丙,备案,,,,\n",
        encoding="utf-8",
    )
    record = tmp_path / "one.json"
    record.write_text(json.dumps({"名称": "丁", "行业": "医疗卫生", "正式党员": 0, "工会": True}), encoding="utf-8")
    told = as_json(example, "newcomer", str(table))
    assert [one["name"] for one in told] == ["甲", "乙", "丙"]
    assert [on(one, "form")["kind"] for one in told] == ["standalone", None, "work-only"]
    assert "正式党员数" in {m["zh"] for m in on(told[1], "form")["missing"]}
    assert [one["name"] for one in as_json(example, "newcomer", str(record))] == ["丁"]
    with Workspace(example) as workspace:
        context = workspace.context()
        newcomer = described(context.network, [{k.replace("-", "_"): v for k, v in CLOSE.items()}], "test")
        receptions(context, newcomer)
        start = time.process_time()
        receptions(context, newcomer)
        assert time.process_time() - start < 1.5  # well under a second where nothing else runs


def test_the_words_of_the_ledger_are_understood_and_what_is_left_out_is_told(example: Path, tmp_path: Path) -> None:
    table = tmp_path / "申请.csv"
    table.write_text(
        "序号,社会组织名称,登记备案,登记管理方式,所属行业,主管单位,所属街道,正式党员,联系电话\n"
        "1,锦江区新芽幼儿园,登记,双重管理,民办教育,锦江区教育局,春熙路街道,3,13800001111\n",
        encoding="utf-8",
    )
    plainly = options(
        track="登记", registration="双重管理", industry="民办教育", authority="锦江区教育局", street="春熙路"
    )
    same = as_json(example, "newcomer", "--name", "锦江区新芽幼儿园", *plainly, "--full-members", "3")
    (told,) = as_json(example, "newcomer", str(table))
    left_out = told["notices"][:2]
    assert [notice["zh"].split("列没有读取：")[1] for notice in left_out] == ["与新登记的组织无关。", "涉及个人。"]
    assert {**told, "notices": told["notices"][2:]} == same
    said = run(example, "newcomer", str(table)).stdout
    assert "联系电话" in said
    assert "13800001111" not in said


def test_the_blank_form_is_read_as_it_is_filled_in(example: Path, tmp_path: Path) -> None:
    form = tmp_path / "新申请.xlsx"
    run(tmp_path, "template", str(form), "--newcomers")
    assert "有 0 条描述" in run(example, "newcomer", str(form), code=3).stderr  # the example row is none
    book = openpyxl.load_workbook(form)
    sheet = book.worksheets[0]
    place = {cell.value: at for at, cell in enumerate(sheet[1], 1)}
    filled = {
        "名称": "锦江区新芽幼儿园",
        "登记备案": "登记",
        "业务主管单位": "直接登记",
        "街道": "春熙路街道",
        "正式党员数": "3",
    }
    for head, value in filled.items():
        sheet.cell(3, place[head], value)
    book.save(form)
    (told,) = as_json(example, "newcomer", str(form))
    assert (told["name"], on(told, "form")["kind"]) == ("锦江区新芽幼儿园", "standalone")
    assert "not-dual" in [reason["rule"] for reason in on(told, "responsibility")["reasons"]]


def test_a_workbook_of_several_filled_sheets_is_refused_and_not_read_in_part(example: Path, tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    for sheet, names in (("甲街道", "ab"), ("乙街道", "cde"), ("空", "")):
        rows = [("名称", "登记备案"), *((name, "登记") for name in names)] if names else []
        for row in rows:
            (book[sheet] if sheet in book.sheetnames else book.create_sheet(sheet)).append(row)
    path = tmp_path / "新申请.xlsx"
    book.save(path)
    for command in (("newcomer",), ("whatif", "--with")):
        said = run(example, *command, str(path), code=3).stderr
        assert "2 个工作表写了内容：甲街道、乙街道" in said
        assert "one sheet" in said
    del book["乙街道"]
    book.save(path)
    assert [one["name"] for one in as_json(example, "newcomer", str(path))] == ["a", "b"]


@pytest.mark.parametrize("stem", ["Community", "街道", "Street"])
def test_a_file_that_is_called_as_another_type_describes_no_newcomers(tmp_path: Path, stem: str) -> None:
    for name, is_description in ((stem, False), ("Organization", True), ("新申请", True)):
        path = tmp_path / f"{name}.csv"
        path.write_text("name,street\n甲,春熙路街道\n", encoding="utf-8")
        assert describes(path) is is_description, name


def test_a_name_that_somebody_has_is_remarked_on(example: Path) -> None:
    with Workspace(example) as workspace:
        name = workspace.network().table("Organization").sort("id")["name"][0]
    assert "已有同名的组织" in as_json(example, "newcomer", "--name", name)["notices"][0]["zh"]
    assert not any("同名" in n["zh"] for n in as_json(example, "newcomer", "--name", f"{name}新")["notices"])


def test_what_is_told_is_sound_once_it_is_there(example: Path) -> None:
    with Workspace(example) as workspace:
        first = workspace.context()
        context = confirmed(first, plan(first).proposals)  # nobody else is waiting who could be placed
        network = context.network
        streets = network.table("Street").sort("id")["name"].to_list()
        authorities = network.table("Authority").sort("id")["id"].to_list()
        industries = network.table("Organization")["industry"].drop_nulls().unique().sort().to_list()
        rows = [
            {
                "track": "登记",
                "registration": "双重管理",
                "industry": industries[n % len(industries)],
                "authority": authorities[n % len(authorities)],
                "street": streets[n],
                "full_members": str(n % 4),
            }
            for n in range(0, len(streets), 4)
        ]
        for newcomer in described(network, rows, "test"):
            told = receptions(context, [newcomer])[0]
            after, key, _ = overlaid(context, newcomer)
            made = plan(after)
            proposed = {
                id_
                for p in made.about(key)
                if p.kind.value == "responsibility"
                for delta in p.changes.deltas.values()
                for id_ in delta.after["source"]
            }
            kinds = {p.kind.value for p in made.about(key)}
            if "incubate" not in kinds:  # a hub answers for whom it takes in
                assert proposed == {body.id for body in told.on(Topic.RESPONSIBILITY).bodies}
            branch = kinds & {"standalone", "join-joint", "new-joint"}
            assert bool(branch) == (told.on(Topic.FORM).kind in {"standalone", "join-joint", "new-joint"})
            assert not verify(after, made).breaches
            assert json.dumps(plain(context, told), default=str)


@pytest.mark.parametrize(
    ("args", "zh", "en"),
    [
        ((), "请描述一个组织", "Describe an organisation"),
        (("--full-members", "很多"), "不是整数", "no whole number"),
        (("--full-members", "-1"), "-1", "not within"),
        (("--track", "登机"), "登记", "registered"),
        (("--authority", "锦江教育局"), "是不是", "Is it"),
        (("--street", "月球街道"), "没有街道", "no street"),
        (("--street", "春熙路", "--community", "交子社区"), "没有社区", "no community"),
        (("--registration", "直接登记", "--authority", "锦江区教育局"), "直接登记", "directly"),
        (("--registration", "双重管理", "--authority", "无"), "却写明没有", "yet is said to have no"),
        (("--full-members", "两名"), "“正式党员数”列", 'column "正式党员数"'),
        (("{file}", "--street", "春熙路"), "请描述一个组织", "one of the two"),
        (("{file}",), "没有字段", "no field"),
        (("{list}",), "列表", "list"),
        (("{none}",), "有 0 条", "0 descriptions"),
        (("{twice}",), "写了两次", "twice"),
        (("{gone}",), "尚未登记", "not registered yet"),
        (("{constant}",), "不是 JSON", "no JSON"),
        (("{repeated}",), "写了两次", "twice"),
        (("{deep}",), "不是 JSON", "no JSON"),
        (("{wrong}",), "第 3 行", "row 3"),
        (("{personal}",), "没有一个字段", "not one field"),
    ],
)
def test_incomplete_and_hostile_descriptions_are_refused(
    example: Path, tmp_path: Path, args: tuple[str, ...], zh: str, en: str
) -> None:
    files = {
        "file": "名称,颜色\n甲,红\n",
        "personal": "身份证号\n510104199001011234\n",
        "none": "名称,行业\n",
        "wrong": "名称,正式党员数\n甲,1\n乙,两名\n",
    }
    files |= {"twice": "名称,名称\n甲,乙\n", "gone": "名称,状态\n甲,注销\n"}
    objects = {"list": '{"名称": ["甲"]}', "constant": '{"名称": NaN}', "deep": "[" * 100_000}
    objects["repeated"] = '{"名称": "甲", "名称": "乙"}'
    paths = {n: tmp_path / f"{n}.csv" for n in files} | {n: tmp_path / f"{n}.json" for n in objects}
    for name, text in (files | objects).items():
        paths[name].write_text(text, encoding="utf-8")
    said = run(example, "newcomer", *(a.format(**paths) for a in args), code=3).stderr
    assert zh in said
    assert en in said
    assert "510104199001011234" not in said


def test_the_network_is_left_as_it_is(example: Path) -> None:
    with Workspace(example) as workspace:
        context = workspace.context()
        receptions(context, described(context.network, [{"industry": "养老服务", "street": "春熙路"}], "test"))
    with Workspace(example) as again:
        assert same(context.network, again.network())
