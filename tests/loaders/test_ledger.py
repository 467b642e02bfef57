"""Does the staff's ledger become exactly what it says, and does each mistake in it lead back to its cell?"""

from __future__ import annotations

import csv
import datetime as dt
import re
from collections.abc import Callable, Mapping, Sequence
from contextlib import closing
from pathlib import Path

import openpyxl
import polars as pl
import pytest
import xlwt

from examples.generator.build import example_district
from examples.generator.ledger import PLACEHOLDER
from examples.generator.rows import Rows
from graphmodel.codes import make_credit_code
from graphmodel.network import Network, Stamp
from graphmodel.stores.opening import open_store
from graphmodel.stores.protocol import Act
from graphmodel.tables import conform, key_columns
from graphmodel.text import Refusal
from loaders.bundle import read_bundle
from loaders.errors import FileRefused, RowError
from loaders.files import read_file
from loaders.importing import commit, preview
from loaders.ledger import Ledger, read_ledger, read_ledger_files, sniff
from loaders.ledger_confirmations import confirmations, confirmed
from loaders.ledger_mapping import ColumnRefused, LedgerMapping, wordings
from loaders.ledger_mapping_file import MappingRefused, default_mapping, parse_mapping, read_mapping
from loaders.ledger_template import write_ledger_template
from loaders.ledger_unmatched import UNMATCHED
from loaders.marked_workbook import write_marked
from loaders.raw import Checked, Raw
from loaders.template import EXAMPLE
from loaders.verdict import gathered

FOLDER = Path(__file__).parents[2] / "examples" / "jinjiang-2016"
WORKBOOK = FOLDER / "社会组织党建台账.xlsx"
STAMP = Stamp(1, dt.date(2016, 6, 12))

# --- a small network, and ledgers of a few rows ---

SMALL: dict[str, pl.DataFrame] = {
    "Authority": pl.DataFrame(
        {"id": ["a:edu", "a:com"], "name": ["锦江区教育局", "锦江区商务局"], "aliases": ["区教委", None]}
    ),
    "Street": pl.DataFrame({"id": ["s1", "s2"], "name": ["督院街街道", "盐市口街道"], "aliases": ["督院街", None]}),
    "Community": pl.DataFrame({"id": ["s1:滨江", "s1:和平", "s2:和平"], "name": ["滨江社区", "和平社区", "和平社区"]}),
    "PART_OF": pl.DataFrame({"source": ["s1:滨江", "s1:和平", "s2:和平"], "target": ["s1", "s1", "s2"]}).with_columns(
        source_type=pl.lit("Community"), target_type=pl.lit("Street")
    ),
    "PartyOrganization": pl.DataFrame(
        {"id": ["po:a:edu", "po:s1"], "name": ["中共锦江区教育局委员会", "督院街道党工委"]}
    ),
    "PARTY_BODY_OF": pl.DataFrame(
        {"source": ["po:a:edu", "po:s1"], "target_type": ["Authority", "Street"], "target": ["a:edu", "s1"]}
    ).with_columns(source_type=pl.lit("PartyOrganization")),
    "InstructorPost": pl.DataFrame({"id": ["post:01"], "name": ["指导员岗位01"]}),
}
NETWORK = Network.from_tables({name: conform(name, frame) for name, frame in SMALL.items()}, STAMP)
CODE, OTHER, THIRD = (make_credit_code("5", "2", "510104", f"MJQ0000{n}") for n in (1, 2, 3))  # invented
BASE: Mapping[str, str | None] = {"社会组织名称": "甲服务中心", "登记证号": CODE, "业务主管单位": "锦江区教育局"}
REGISTER: Mapping[str, str | None] = {
    "社会组织名称": "甲服务中心",
    "统一社会信用代码": CODE,
    "登记备案": "登记",
    "行业": "民办教育",
}
Row = Mapping[str, str | None]


def write_csv(path: Path, rows: Sequence[Row], encoding: str = "utf-8") -> Path:
    headers = list(dict.fromkeys(header for row in rows for header in row))
    with path.open("w", newline="", encoding=encoding) as file:
        writer = csv.writer(file)
        writer.writerow(headers)
        writer.writerows([row.get(header) or "" for header in headers] for row in rows)
    return path


def ledger(
    tmp_path: Path,
    *rows: Row,
    register: Sequence[Row] = (),
    also: Sequence[Raw] = (),
    mapping: LedgerMapping | None = None,
) -> Ledger:
    paths = [write_csv(tmp_path / "台账.csv", rows)]
    if register:
        paths.append(write_csv(tmp_path / "基本信息.csv", register))
    return read_ledger_files(paths, mapping, NETWORK, also)


def judged(found: Ledger) -> Checked:
    checked = found.check(NETWORK)
    for row in checked.sheets.iter_rows(named=True):
        assert row["read"] == row["accepted"] + row["rejected"]
    assert checked.read == found.read
    assert checked.rejected.height == checked.sheets["rejected"].sum()
    return checked


def accepted(tmp_path: Path, *rows: Row, register: Sequence[Row] = ()) -> dict[str, list[dict[str, object]]]:
    checked = judged(ledger(tmp_path, *rows, register=register))
    assert checked.errors == (), [error.as_text() for error in checked.errors]
    return {name: frame.sort(key_columns(name)).to_dicts() for name, frame in checked.tables.items()}


def codes(remarks: Sequence[RowError]) -> list[str]:
    return [remark.code for remark in remarks]


def the(rows: list[dict[str, object]]) -> dict[str, object]:
    (row,) = rows
    return {name: value for name, value in row.items() if value is not None}


# --- the example ---


def without_sources(tables: Mapping[str, pl.DataFrame]) -> dict[str, pl.DataFrame]:
    return {name: frame.drop("sources").sort(key_columns(name)) for name, frame in tables.items() if frame.height}


@pytest.fixture(scope="module")
def generated() -> Rows:
    return example_district().rows


def as_a_ledger_can_tell(tables: Mapping[str, pl.DataFrame], read: Ledger) -> dict[str, pl.DataFrame]:
    """The generated tables, but for what a ledger tells otherwise.

    What the rows of one joint branch tell in two ways is unknown; whose instructor's name is filled in has one.
    """
    (told,) = (raw.frame for raw in read.raws if raw.name == "PartyOrganization")
    silent = told.filter((pl.col("form") == "joint") & pl.col("superior_kind").is_null())["id"].unique()
    (differ,) = (notice for notice in read.notices if notice.code == "joint-branch-rows-differ")
    assert f"共 {len(silent)} 行" in differ.message.zh
    unknown = pl.when(~pl.col("id").is_in(silent.implode())).then("superior_kind").alias("superior_kind")
    party = tables["PartyOrganization"].with_columns(unknown)
    posted = pl.col("id").is_in([o.id for o in example_district().organizations if o.posts])
    has = pl.when(posted).then(pl.lit(value=True)).alias("has_instructor")
    organizations = tables["Organization"].with_columns(has)
    return without_sources({**tables, "PartyOrganization": party, "Organization": organizations})


def test_the_example_is_read_exactly(generated: Rows) -> None:
    bundle = generated.tables("bundle")
    found = read_ledger_files([WORKBOOK], existing=bundle)
    checked = found.check(bundle)
    assert checked.errors == ()
    assert checked.sheets.rows() == [
        (WORKBOOK.name, "社会组织党建台账", 964, 964, 0),
        (WORKBOOK.name, "基本信息", 964, 964, 0),
    ]
    expected = as_a_ledger_can_tell(generated.tables("ledger"), found)
    got = without_sources(checked.tables)
    assert got.keys() == expected.keys()
    for name, frame in expected.items():
        assert got[name].equals(frame), name


def test_ledger_and_bundle_are_read_as_one_network(generated: Rows) -> None:
    bundle = read_bundle(FOLDER / "bundle")
    found = read_ledger_files([WORKBOOK], also=bundle.raws)
    checked = found.check(also=bundle.raws)
    assert checked.errors == ()
    assert checked.read == checked.accepted == found.read + sum(len(raw.rows) for raw in bundle.raws)
    expected = as_a_ledger_can_tell(generated.tables(), found)
    got = without_sources(checked.tables)
    assert got.keys() == expected.keys()
    for name, frame in expected.items():
        assert got[name].equals(frame), name


def test_the_example_says_what_was_not_read() -> None:
    found = read_ledger_files([WORKBOOK], existing=example_district().rows.tables("bundle"))
    notices = {notice.code: notice for notice in found.notices}
    aside = notices["rows-set-aside"].message.zh
    assert "第 1 行" in aside
    assert "第 969 行" in aside
    assert "第 970 行" in aside
    personal = [notice.column for notice in found.notices if notice.code == "personal-column"]
    assert "党建指导员/姓名" in personal
    assert "党组织负责人/电话" in personal
    assert len(personal) == 8
    posted = {o.id for o in example_district().organizations if o.posts}
    assert f"共 {len(posted)} 行" in notices["instructor-without-post"].message.zh
    assert "组织类别/学术性" in notices["column-not-imported"].message.zh


def test_personal_data_goes_nowhere(tmp_path: Path) -> None:
    bundle = read_bundle(FOLDER / "bundle")
    broken = openpyxl.load_workbook(WORKBOOK)
    sheet = broken["社会组织党建台账"]
    assert PLACEHOLDER in {cell.value for cell in sheet[5]}
    sheet["D5"] = "没有这样的局"
    broken.save(tmp_path / "台账.xlsx")
    found = read_ledger_files([tmp_path / "台账.xlsx"], also=bundle.raws)
    checked = found.check(also=bundle.raws)
    assert [error.code for error in checked.errors][:1] == ["unknown-authority"]
    said = [remark.as_text(language) for remark in (*checked.errors, *checked.notices) for language in ("zh", "en")]
    said += [str(remark.as_json()) for remark in (*checked.errors, *checked.notices)]
    said += [raw.frame.write_csv() for raw in found.raws] + [frame.write_csv() for frame in checked.tables.values()]
    said += [layout.safe().write_csv() for layout in found.layouts]
    assert not [text for text in said if PLACEHOLDER in text]
    store = open_store(str(tmp_path / "network.sqlite"))
    shown = preview(store.read(), checked, "ledger:example")
    commit(store, shown, Act("import", "planner-office", "ledger:example", STAMP.as_of), 0, accept_valid=True)
    assert len(store.read().table("Organization")) > 900
    store.close()
    stored = b"".join(path.read_bytes() for path in tmp_path.glob("network.sqlite*"))
    assert PLACEHOLDER.encode() not in stored
    assert "邻里互助会".encode() in stored


def as_texts(path: Path) -> list[list[list[object]]]:
    return [[list(row) for row in sheet.iter_rows(values_only=True)] for sheet in openpyxl.load_workbook(path)]


def gb18030(tmp_path: Path) -> list[Path]:
    paths = []
    for number, sheet in enumerate(as_texts(WORKBOOK)):
        paths.append(tmp_path / f"{number}.csv")
        with paths[-1].open("w", newline="", encoding="gb18030") as file:
            csv.writer(file).writerows(sheet)
    return paths


def xls(tmp_path: Path) -> list[Path]:
    book = xlwt.Workbook()
    for sheet in openpyxl.load_workbook(WORKBOOK):
        copy = book.add_sheet(sheet.title)
        merged = {(r.min_row, r.min_col): r for r in sheet.merged_cells.ranges}
        for row in sheet.iter_rows():
            for cell in row:
                place = merged.get((cell.row, cell.column))
                if place is not None:
                    copy.write_merge(
                        place.min_row - 1, place.max_row - 1, place.min_col - 1, place.max_col - 1, cell.value
                    )
                elif cell.value is not None:
                    copy.write(cell.row - 1, cell.column - 1, cell.value)
    book.save(tmp_path / "台账.xls")
    return [tmp_path / "台账.xls"]


@pytest.mark.parametrize("written", [gb18030, xls])
def test_the_example_is_the_same_in_every_format(written: Callable[[Path], list[Path]], tmp_path: Path) -> None:
    bundle = example_district().rows.tables("bundle")
    paths = written(tmp_path)
    assert sniff([grid for path in paths for grid in read_file(path)]) == "ledger"
    first, second = (read_ledger_files(p, existing=bundle) for p in ([WORKBOOK], paths))
    if paths[0].suffix == ".csv":  # a CSV has no merged cells: only the first row of each joint branch names it
        assert set(codes(second.errors)) == {"joint-without-name"}
        return
    for one, other in zip(first.raws, second.raws, strict=True):
        assert one.name == other.name
        assert one.frame.equals(other.frame)


def test_a_csv_with_every_cell_filled_is_the_same_as_the_workbook(tmp_path: Path) -> None:
    bundle = example_district().rows.tables("bundle")
    first = read_ledger_files([WORKBOOK], existing=bundle)
    paths = []
    for table in first.tables:
        headers = {column.name: column.header for column in table.sheet.columns}
        paths.append(tmp_path / f"{table.sheet.name}.csv")
        paths[-1].write_bytes(table.sheet.frame.rename(headers).write_csv().encode("gb18030"))
    second = read_ledger_files(paths, existing=bundle)
    for one, other in zip(first.raws, second.raws, strict=True):
        assert one.frame.equals(other.frame)


# --- what single rows say ---


def test_a_row_becomes_an_organisation_with_its_branch(tmp_path: Path) -> None:
    told = accepted(
        tmp_path,
        {**BASE, "党组织设置": "是", "组织建制": "党支部", "建立党组织时间": "2015.6", "审批单位": "中共锦江区教育局委员会",
         "党组织隶属关系": "业务主管部门", "党员人数/合计": "５", "群团组织组建情况/工会": "√"},
        register=[{**REGISTER, "街道": "督院街", "社区": "和平社区", "管理方式": "双重管理"}],
    )  # fmt: skip
    identity = f"usc:{CODE}"
    assert the(told["Organization"]) == {
        "id": identity, "name": "甲服务中心", "track": "registered", "industry": "民办教育", "registration": "dual",
        "credit_code": CODE, "members": 5, "union": True,
    }  # fmt: skip
    assert the(told["PartyOrganization"]) == {
        "id": f"po:{identity}", "name": "甲服务中心党支部", "level": "branch", "form": "standalone", "state": "actual",
        "founded_on": dt.date(2015, 6, 1), "superior_kind": "authority",
    }  # fmt: skip
    assert the(told["COVERS"])["since"] == dt.date(2015, 6, 1)
    assert the(told["SUBORDINATE_TO"])["target"] == "po:a:edu"
    assert the(told["LICENSED_BY"])["target"] == "a:edu"
    assert the(told["LOCATED_IN"])["target"] == "s1:和平"


@pytest.mark.parametrize(
    ("columns", "expected"),
    [
        ({"党组织设置": "否"}, None),
        ({"党组织设置": None}, None),
        ({"未建立党组织原因": "无党员"}, None),
        ({"党组织设置/是": "√", "组织建制/党总支": "✓"}, ("general-branch", "standalone")),
        ({"党组织设置": "1", "组织建制": "临时党支部"}, ("branch", "functional")),
        ({"组织建制": "党支部", "是否兼合式党组织": "是"}, ("branch", "functional")),
        ({"组织建制": "党支部", "党组织所在单位情况": "法人单位"}, ("branch", "standalone")),
        ({"组织建制": "临时党支部", "党组织所在单位情况": "法人单位"}, ("branch", "functional")),
        ({"党组织设置": "是"}, (None, None)),
        ({"建立党组织时间": "2014-05-04"}, (None, None)),
        ({"组织建制": "党小组"}, None),
    ],
)
def test_words_and_ticks_tell_which_branch_there_is(
    columns: Row, expected: tuple[str | None, str | None] | None, tmp_path: Path
) -> None:
    told = accepted(tmp_path, {"党组织设置": None, **BASE, **columns})
    if expected is None:
        assert told["PartyOrganization"] == told["COVERS"] == []
        return
    (party,) = told["PartyOrganization"]
    assert (party["level"], party["form"], party["state"]) == (*expected, "actual")
    assert the(told["COVERS"])["state"] == "actual"


@pytest.mark.parametrize(
    ("authority", "said", "expected", "licensed"),
    [
        ("锦江区教育局", None, "dual", ["a:edu"]),
        ("区教委", None, "dual", ["a:edu"]),
        ("直接登记", None, "direct", []),
        ("无", None, "direct", []),
        (None, None, "direct", []),
        (None, "双重管理", "dual", []),
        ("无", "双重管理", "dual", []),
        ("直接登记", "直接登记", "direct", []),
    ],
)
def test_no_authority_is_direct_registration_unless_said_otherwise(
    authority: str | None, said: str | None, expected: str, licensed: list[str], tmp_path: Path
) -> None:
    told = accepted(tmp_path, {**BASE, "业务主管单位": authority}, register=[{**REGISTER, "管理方式": said}])
    assert the(told["Organization"])["registration"] == expected
    assert [edge["target"] for edge in told["LICENSED_BY"]] == licensed


def test_a_filed_organisation_goes_by_place_and_name_and_has_no_mode_of_registration(tmp_path: Path) -> None:
    row = {"社会组织名称": "和平社区舞蹈队", "业务主管单位": None, "登记证号": None, "组织建制": None}
    told = accepted(
        tmp_path,
        row,
        register=[{"社会组织名称": "和平社区舞蹈队", "登记备案": "备案", "街道": "盐市口街道", "社区": "和平社区"}],
    )
    assert the(told["Organization"]) == {
        "id": "filed:s2:和平:和平社区舞蹈队", "name": "和平社区舞蹈队", "track": "filed",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("address", "place"),
    [
        ("成都市锦江区盐市口街道和平社区 1 号", "s2:和平"),
        ("锦江区滨江社区居委会", "s1:滨江"),
        ("锦江区督院街街道办事处", "s1"),
        ("督院街 12 号", None),  # a road of that name
        ("和平社区", None),  # there are two
    ],
)
def test_a_place_is_found_by_its_full_name_in_the_address(address: str, place: str | None, tmp_path: Path) -> None:
    told = accepted(tmp_path, {**BASE, "单位地址": address})
    assert [edge["target"] for edge in told["LOCATED_IN"]] == ([place] if place else [])


def test_a_day_without_a_branch_makes_a_planned_one(tmp_path: Path) -> None:
    told = accepted(tmp_path, {**BASE, "党组织设置": "否", "拟建党组织日期": "2016.9", "审批单位": "锦江区教育局"})
    party = the(told["PartyOrganization"])
    assert (party["state"], party["level"], party["form"]) == ("planned", "branch", "standalone")
    for edge in (the(told["COVERS"]), the(told["SUBORDINATE_TO"])):
        assert (edge["state"], edge["deadline"]) == ("planned", dt.date(2016, 9, 1))
        assert "since" not in edge


def test_a_post_is_recorded_and_a_name_is_not(tmp_path: Path) -> None:
    found = ledger(tmp_path, {**BASE, "党建指导员/姓名": "某某", "指导员岗位编号": "指导员岗位01"},
                   {**BASE, "社会组织名称": "乙协会", "登记证号": OTHER, "党建指导员/姓名": "某某"})  # fmt: skip
    checked = judged(found)
    assert the(checked.tables["INSTRUCTS"].to_dicts())["source"] == "post:01"
    assert [n.message.zh[:4] for n in found.notices if n.code == "instructor-without-post"] == ["共 1 "]
    assert "某某" not in "".join(raw.frame.write_csv() for raw in found.raws)


def test_a_superior_may_be_named_by_its_body_and_stays_unknown_where_it_is_not_known(tmp_path: Path) -> None:
    branch = {"组织建制": "党支部"}
    found = ledger(
        tmp_path,
        {**BASE, **branch, "审批单位": "锦江区教育局"},
        {**BASE, **branch, "社会组织名称": "乙协会", "登记证号": OTHER, "审批单位": "锦江区教育局委员会"},
    )
    checked = judged(found)
    assert checked.errors == ()
    assert checked.tables["SUBORDINATE_TO"]["target"].to_list() == ["po:a:edu"]
    (notice,) = (n for n in found.notices if n.code == "unknown-superior")
    assert "锦江区教育局委员会" in notice.message.zh
    assert "中共锦江区教育局委员会" in notice.hint.zh


# --- joint branches ---


def joint_rows(*superiors: str | None, street: str = "督院街") -> tuple[list[Row], list[Row]]:
    rows: list[Row] = []
    register: list[Row] = []
    for name, code, superior in zip(("甲", "乙", "丙"), (CODE, OTHER, THIRD), superiors, strict=False):
        rows.append({"社会组织名称": name, "登记证号": code, "业务主管单位": "无", "组织建制": "联合支部",
                     "联合支部名称": "第一联合党支部", "审批单位": superior})  # fmt: skip
        register.append({"社会组织名称": name, "统一社会信用代码": code, "登记备案": "登记", "街道": street})
    return rows, register


def test_rows_that_name_one_joint_branch_meet_in_it(tmp_path: Path) -> None:
    rows, register = joint_rows("锦江区教育局", None, "中共锦江区教育局委员会")
    found = ledger(tmp_path, *rows, register=register)
    told = judged(found).tables
    assert told["PartyOrganization"]["id"].to_list() == ["joint:po:a:edu:第一联合党支部"]
    assert told["COVERS"].height == 3
    assert told["SUBORDINATE_TO"].height == 1
    (taken,) = (n for n in found.notices if n.code == "joint-superior-taken")
    assert taken.row == 3


def test_joint_branches_of_one_name_under_two_superiors_are_two_and_a_silent_row_is_an_error(tmp_path: Path) -> None:
    rows, register = joint_rows("锦江区教育局", "督院街道党工委", None)
    found = ledger(tmp_path, *rows, register=register)
    assert [(e.code, e.row, e.column) for e in found.errors] == [("joint-superior-unclear", 4, "联合支部名称")]
    assert sorted(judged(found).tables["PartyOrganization"]["id"]) == [
        "joint:po:a:edu:第一联合党支部",
        "joint:po:s1:第一联合党支部",
    ]
    assert "joint-name-shared" in codes(found.notices)


def test_without_any_superior_the_street_stands_in_for_it(tmp_path: Path) -> None:
    rows, register = joint_rows(None, None)
    register[1] = {**register[1], "街道": "盐市口街道"}
    found = ledger(tmp_path, *rows, register=register)
    assert sorted(judged(found).tables["PartyOrganization"]["id"]) == [
        "joint:s1:第一联合党支部",
        "joint:s2:第一联合党支部",
    ]
    assert "joint-branch-by-street" in codes(found.notices)


def with_organizations(*rows: Mapping[str, str | None], located: Mapping[str, str] | None = None) -> Network:
    at = dict(located or {})
    places = pl.DataFrame(
        {"source": list(at), "target": list(at.values())}, schema={"source": pl.String, "target": pl.String}
    ).with_columns(
        source_type=pl.lit("Organization"),
        target_type=pl.when(pl.col("target").str.contains(":")).then(pl.lit("Community")).otherwise(pl.lit("Street")),
    )
    more = {"Organization": pl.DataFrame(rows), "LOCATED_IN": places}
    tables = {**SMALL, **more}
    return Network.from_tables({name: conform(name, frame) for name, frame in tables.items()}, STAMP)


NUMBER = "成锦民政字第010001号"
CODED: Row = {**REGISTER, "登记证号": NUMBER}


def read_on(tmp_path: Path, network: Network, row: Row, register: Row) -> Checked:
    paths = [
        write_csv(tmp_path / "台账.csv", [{**row, "党组织设置": "否"}]),
        write_csv(tmp_path / "基本信息.csv", [register]),
    ]
    return read_ledger_files(paths, None, network).check(network)


FIRST_SHEET: Row = {
    "社会组织名称": "舞蹈队", "登记证号": None, "单位地址": "督院街街道滨江社区", "业务主管单位": None, "党组织设置": "否",
}  # fmt: skip


def again(tmp_path: Path, before: Row, register: Row, after: Row) -> Checked:
    """What the first sheet alone says to a network that has both."""
    known = NETWORK.apply(preview(NETWORK, judged(ledger(tmp_path, before, register=[register])), "before").changes)
    return read_ledger_files([write_csv(tmp_path / "台账.csv", [after])], None, known).check(known)


def test_the_first_sheet_alone_meets_the_filed_organisations_that_are_known(tmp_path: Path) -> None:
    register = {"社会组织名称": "舞蹈队", "登记备案": "备案", "街道": "督院街街道", "社区": "滨江社区"}
    met = again(tmp_path, FIRST_SHEET, register, {**FIRST_SHEET, "党组织设置": "是"})
    assert not met.errors
    assert met.tables["Organization"]["id"].to_list() == ["filed:s1:滨江:舞蹈队"]
    assert [notice.row for notice in met.notices if notice.code == "taken-for-filed"] == [2]
    elsewhere = again(tmp_path, FIRST_SHEET, register, {**FIRST_SHEET, "单位地址": "盐市口街道和平社区"})
    assert codes(elsewhere.errors) == ["no-identity"]


def test_who_is_gone_cannot_be_told_where_rows_were_rejected(tmp_path: Path) -> None:
    rows = [{**BASE, "党组织设置": "是", "组织建制": "党支部"}, {**BASE, "社会组织名称": "乙协会", "登记证号": OTHER}]
    known = NETWORK.apply(preview(NETWORK, judged(ledger(tmp_path, *rows)), "ledger").changes)
    mended = [{**rows[0], "业务主管单位": "江区教育局"}, rows[1]]  # of such a row nothing but its organisation is given
    met = read_ledger_files([write_csv(tmp_path / "台账.csv", mended)], None, known).check(known)
    made = preview(known, met, "ledger", remove_gone=True)
    assert made.rejected == 1
    assert not made.gone
    assert {"Organization", "LICENSED_BY", "COVERS"} <= set(made.unjudged)
    assert made.changes.empty


def test_without_a_column_for_it_nothing_is_derived_of_the_registration(tmp_path: Path) -> None:
    row = {name: value for name, value in BASE.items() if name != "业务主管单位"}
    told = judged(ledger(tmp_path, {**row, "党组织设置": "否"}, register=[{**REGISTER, "管理方式": None}]))
    assert told.tables["Organization"]["registration"].to_list() == [None]
    assert "direct-by-blank" not in codes(told.notices)


def test_a_filed_organisation_that_is_met_by_its_number_has_no_mode_of_registration(tmp_path: Path) -> None:
    known = with_organizations({"id": "reg:备001", "name": "舞蹈队", "registration_number": "备001", "track": "filed"})
    row = {**BASE, "社会组织名称": "舞蹈队", "登记证号": "备001", "业务主管单位": None}
    met = read_ledger_files([write_csv(tmp_path / "台账.csv", [row])], None, known).check(known)
    assert met.errors == ()
    assert met.tables["Organization"]["registration"].to_list() == [None]


@pytest.mark.parametrize(("said", "expected"), [(None, "dual"), ("－", "dual"), ("直接登记", "direct")])
def test_a_blank_authority_leaves_what_is_known_of_the_registration(
    said: str | None, expected: str, tmp_path: Path
) -> None:
    row = {**BASE, "业务主管单位": None}
    alone = judged(ledger(tmp_path, {**row, "业务主管单位": said}))
    assert ("direct-by-blank" in codes(alone.notices)) == (expected == "dual")
    met = again(tmp_path, row, {**REGISTER, "管理方式": "双重管理"}, {**row, "业务主管单位": said})
    assert met.tables["Organization"]["registration"].to_list() == [expected]


def test_an_organisation_that_is_given_a_credit_code_stays_the_same(tmp_path: Path) -> None:
    before = with_organizations({"id": f"reg:{NUMBER}", "name": "甲服务中心", "registration_number": NUMBER})
    row = {**BASE, "登记证号": NUMBER}
    told = read_on(tmp_path, before, row, CODED).tables["Organization"].to_dicts()
    assert [(one["id"], one["credit_code"]) for one in told] == [(f"reg:{NUMBER}", CODE)]
    after = with_organizations({"id": f"reg:{NUMBER}", "name": "甲服务中心", "credit_code": CODE})
    (again,) = read_on(tmp_path, after, BASE, REGISTER).tables["Organization"]["id"]
    assert again == f"reg:{NUMBER}"


def test_a_registered_organisation_without_code_and_number_is_not_known_again(tmp_path: Path) -> None:
    known = with_organizations({"id": "filed:s1:滨江:甲服务中心", "name": "甲服务中心", "track": "registered"})
    (other,) = read_on(tmp_path, known, BASE, REGISTER).tables["Organization"]["id"]
    assert other == f"usc:{CODE}"
    without = read_on(tmp_path, known, {**BASE, "登记证号": None}, {**REGISTER, "统一社会信用代码": None})
    assert codes(without.errors)[0] == "no-identity"


def test_a_number_with_another_code_is_another_organisation(tmp_path: Path) -> None:
    before = with_organizations(
        {"id": f"usc:{OTHER}", "name": "乙", "registration_number": NUMBER, "credit_code": OTHER}
    )
    (found,) = read_on(tmp_path, before, {**BASE, "登记证号": NUMBER}, CODED).tables["Organization"]["id"]
    assert found == f"usc:{CODE}"


def test_a_row_that_may_be_either_of_two_is_an_error(tmp_path: Path) -> None:
    before = with_organizations(
        {"id": "reg:1", "name": "甲", "registration_number": NUMBER},
        {"id": "reg:2", "name": "甲", "registration_number": f" {NUMBER}"},
    )
    checked = read_on(tmp_path, before, {**BASE, "登记证号": NUMBER}, CODED)
    assert (codes(checked.errors), checked.accepted) == (["identity-unclear", "partner-rejected"], 0)


@pytest.mark.parametrize(("place", "same"), [(None, True), ("s1", True), ("s1:滨江", True), ("s1:和平", False)])
def test_a_filed_organisation_whose_community_becomes_known_stays_the_same(
    place: str | None, same: bool, tmp_path: Path
) -> None:
    old = f"filed:{place or '-'}:舞蹈队"
    before = with_organizations(
        {"id": old, "name": "舞蹈队", "track": "filed"}, located={old: place} if place else None
    )
    row = {"社会组织名称": "舞蹈队", "业务主管单位": "无"}
    register = {"社会组织名称": "舞蹈队", "登记备案": "备案", "街道": "督院街", "社区": "滨江社区"}
    (found,) = read_on(tmp_path, before, row, register).tables["Organization"]["id"]
    assert (found == old) == same


def test_a_joint_branch_keeps_its_id_when_its_superior_becomes_known(tmp_path: Path) -> None:
    rows, register = joint_rows("督院街道党工委", "督院街道党工委")
    plain = {name: frame for name, frame in NETWORK.tables().items() if "PARTY" not in name.upper()}
    paths = [write_csv(tmp_path / "台账.csv", rows), write_csv(tmp_path / "基本信息.csv", register)]
    first = read_ledger_files(paths, None, Network.from_tables(plain, STAMP)).check(plain)
    (early,) = {row["id"] for row in first.tables["PartyOrganization"].to_dicts()}
    now = NETWORK.tables()
    party = pl.concat([now["PartyOrganization"], first.tables["PartyOrganization"]])
    later = Network.from_tables({**now, **first.tables, "PartyOrganization": party}, STAMP)
    again = read_ledger_files(paths, None, later).check(later)
    assert {row["id"] for row in again.tables["PartyOrganization"].to_dicts()} == {early}
    assert [(row["source"], row["target"]) for row in again.tables["SUBORDINATE_TO"].to_dicts()] == [(early, "po:s1")]


def test_the_example_imported_in_two_steps_has_its_joint_branches_once(tmp_path: Path) -> None:
    places = ("Street", "Community", "PART_OF", "Authority")
    bundle = read_bundle([path for name in places if (path := FOLDER / "bundle" / f"{name}.csv").exists()])
    network = Network.from_tables({}, STAMP)
    with closing(open_store(str(tmp_path / "graph.sqlite"))) as store:
        for number, also in enumerate((bundle, read_bundle(FOLDER / "bundle"))):
            checked = read_ledger_files([WORKBOOK], None, network, also.raws).check(network, also.raws)
            shown = preview(network, checked, "jinjiang")
            commit(store, shown, Act("import", "planner", "jinjiang", STAMP.as_of), number)
            network = store.read()
            party = network.table("PartyOrganization")
            joint = party.filter(pl.col("form").cast(pl.String) == "joint")["id"]
            covers = network.table("COVERS").filter(pl.col("source").is_in(joint.implode()))
            assert (joint.len(), covers.height) == (59, 246)
            assert covers["target"].n_unique() == covers.height


def test_what_the_rows_of_a_joint_branch_say_differently_is_unknown(tmp_path: Path) -> None:
    rows, register = joint_rows("锦江区教育局", "锦江区教育局")
    rows = [{**row, "建立党组织时间": day} for row, day in zip(rows, ("2013.4", "2015.1"), strict=True)]
    found = ledger(tmp_path, *rows, register=register)
    told = judged(found).tables
    assert told["PartyOrganization"]["founded_on"].to_list() == [None]
    assert sorted(told["COVERS"]["since"]) == [dt.date(2013, 4, 1), dt.date(2015, 1, 1)]
    assert "joint-branch-rows-differ" in codes(found.notices)


# --- mistakes ---

JOINT_WITHOUT_NAME = {"组织建制": "联合支部"}


@pytest.mark.parametrize(
    ("change", "code", "column", "hint"),
    [
        ({"业务主管单位": "同上"}, "ditto", "业务主管单位", "请填写完整"),
        ({"业务主管单位": "（同 上）。"}, "ditto", "业务主管单位", "请填写完整"),
        ({"业务主管单位": "江区教育局"}, "unknown-authority", "业务主管单位", "锦江区教育局"),
        ({"业务主管单位": "商务局"}, "unknown-authority", "业务主管单位", "锦江区商务局"),
        ({"业务主管单位": "烟草专卖局"}, "unknown-authority", "业务主管单位", "请先录入"),
        ({"社会组织名称": None}, "missing-name", "社会组织名称", "名称"),
        ({"登记证号": None}, "no-identity", "登记证号", "备案"),
        ({"登记证号": CODE[:-1] + "?"}, "credit-code", "登记证号", "证书"),
        ({"登记证号": CODE[:-2]}, "credit-code", "登记证号", "证书"),
        ({"党组织设置": "否", "组织建制": "党支部"}, "party-denied-and-told", "党组织设置", "组织建制"),
        ({"组织建制": "党支部、党总支"}, "party-contradiction", "组织建制", "改正"),
        ({"组织建制": "党之部"}, "not-a-choice", "组织建制", "党支部"),
        (JOINT_WITHOUT_NAME, "joint-without-name", "联合支部名称", "联合支部名称"),
        (
            {"联合支部名称": "第一联合党支部", "党组织所在单位情况": "法人单位"},
            "party-contradiction",
            "组织建制",
            "改正",
        ),
        ({"建立党组织时间": "2015.13"}, "not-a-date", "建立党组织时间", "2015"),
        ({"党组织隶属关系": "属地管里", "组织建制": "党支部"}, "not-a-choice", "党组织隶属关系", "属地管理"),
        ({"拟建党组织日期": "年底"}, "not-a-date", "拟建党组织日期", "2015"),
        ({"党员人数/合计": "三四个"}, "not-a-whole-number", "党员人数/合计", "数字"),
        ({"党员人数/合计": "-1"}, "below-range", "党员人数/合计", "核对"),
        ({"未建立党组织原因": "忘了"}, "not-a-choice", "未建立党组织原因", "无党员"),
        ({"群团组织组建情况/工会": "也许"}, "not-a-tick", "群团组织组建情况/工会", "是"),
        ({"指导员岗位编号": "post:99"}, "unknown-post", "指导员岗位编号", "姓名"),
    ],
)
def test_a_mistake_in_the_ledger_leads_to_its_cell(
    change: Row, code: str, column: str, hint: str, tmp_path: Path
) -> None:
    blank = dict.fromkeys(("组织建制", "联合支部名称", "党组织设置", "党组织所在单位情况"))
    good = {**BASE, "社会组织名称": "乙协会", "登记证号": OTHER}
    checked = judged(ledger(tmp_path, {**blank, **good}, {**blank, **BASE, **change}))
    (error,) = checked.errors
    assert (error.code, error.sheet, error.row, error.column.replace("／", "/")) == (code, "台账", 3, column)  # type: ignore[union-attr]
    assert hint in error.hint.zh
    assert error.cell is not None
    assert error.cell.endswith("3")
    assert checked.tables["Organization"]["id"].to_list() == [f"usc:{OTHER}"]
    assert checked.rejected.rows() == [("台账.csv", "台账", 3)]


def test_a_name_in_the_place_of_a_post_is_not_echoed(tmp_path: Path) -> None:
    checked = judged(ledger(tmp_path, {**BASE, "指导员岗位编号": "王小明"}))
    (error,) = checked.errors
    assert (error.code, error.value) == ("unknown-post", None)
    assert "王小明" not in error.as_text() + str(error.as_json())


def test_a_ledger_beside_more_columns_of_the_second_sheet_is_still_a_ledger(tmp_path: Path) -> None:
    more = dict.fromkeys(("登记备案", "行业", "街道", "社区", "管理方式", "成立登记日期", "评估等级"))
    both = {**BASE, "业务主管单位": "直接登记", "党组织设置": "否", **more, "街道": "督院街"}
    found = ledger(tmp_path, both)
    assert [table.kind for table in found.tables] == ["ledger"]
    assert found.read == 1


@pytest.mark.parametrize(
    ("change", "code", "column"),
    [
        ({"街道": "督院路"}, "unknown-street", "街道"),
        ({"社区": "和苹社区"}, "unknown-community", "社区"),
        ({"社区": "和平社区"}, "ambiguous-community", "社区"),
        ({"街道": "盐市口街道", "社区": "滨江社区"}, "community-of-other-street", "社区"),
        ({"登记备案": "登己"}, "not-a-choice", "登记备案"),
        ({"成立登记日期": "去年"}, "not-a-date", "成立登记日期"),
        ({"评估等级": "6A"}, "not-a-choice", "评估等级"),
        ({"正式党员数": "若干"}, "not-a-whole-number", "正式党员数"),
    ],
)
def test_a_mistake_in_the_second_sheet_leads_to_its_cell_there(
    change: Row, code: str, column: str, tmp_path: Path
) -> None:
    other = {**REGISTER, "社会组织名称": "乙协会", "统一社会信用代码": OTHER}
    rows = [BASE, {**BASE, "社会组织名称": "乙协会", "登记证号": OTHER}]
    checked = judged(ledger(tmp_path, *rows, register=[other, {**REGISTER, **change}]))
    error, partner = checked.errors
    assert (partner.code, partner.file, partner.row) == ("partner-rejected", "台账.csv", 2)
    assert "“基本信息”第 3 行" in partner.message.zh
    assert checked.error_counts == {code: 1, "partner-rejected": 1}
    assert (error.code, error.file, error.sheet, error.row, error.column) == (
        code,
        "基本信息.csv",
        "基本信息",
        3,
        column,
    )
    assert error.cell is not None
    assert checked.tables["Organization"]["id"].to_list() == [f"usc:{OTHER}"]
    assert checked.rejected.rows() == [("台账.csv", "台账", 2), ("基本信息.csv", "基本信息", 3)]


@pytest.mark.parametrize(("code", "number"), [(None, None), ("锦民证字第1号", "锦民证字第1号")])
def test_a_wrong_code_of_the_second_sheet_is_told_and_marked_there(
    code: str | None, number: str | None, tmp_path: Path
) -> None:
    wrong = CODE[:-1] + ("2" if CODE[-1] != "2" else "3")
    rows = [{**BASE, "登记证号": code}, {**BASE, "社会组织名称": "乙协会", "登记证号": OTHER}]
    register = [
        {**REGISTER, "社会组织名称": "乙协会", "统一社会信用代码": OTHER, "登记证号": None},
        {**REGISTER, "统一社会信用代码": wrong, "登记证号": number},
    ]
    found = ledger(tmp_path, *rows, register=register)
    checked = judged(found)
    error, partner = checked.errors
    assert (error.code, error.file, error.row, error.column, error.cell, error.value) == (
        "credit-code", "基本信息.csv", 3, "统一社会信用代码", "B3", wrong,
    )  # fmt: skip
    assert (partner.code, partner.file, partner.row) == ("partner-rejected", "台账.csv", 2)
    write_marked(tmp_path / "标注.xlsx", found.layouts, checked)
    with closing(openpyxl.load_workbook(tmp_path / "标注.xlsx")) as book:
        noted = {(s.title, c.coordinate) for s in book.worksheets for row in s.iter_rows() for c in row if c.comment}
    assert ("基本信息", "B3") in noted
    assert ("台账", "B2") not in noted


def test_a_wrong_word_for_filed_is_told_at_its_own_row(tmp_path: Path) -> None:
    register = {**REGISTER, "统一社会信用代码": None, "登记备案": "备按"}
    checked = judged(ledger(tmp_path, {**BASE, "登记证号": None}, register=[register]))
    error, partner = checked.errors
    assert (error.code, error.file, error.row, error.column) == ("not-a-choice", "基本信息.csv", 2, "登记备案")
    assert error.value == "备按"
    assert (partner.code, partner.file, partner.row) == ("partner-rejected", "台账.csv", 2)
    assert "“基本信息”第 2 行" in partner.message.zh


def test_a_ledger_of_one_sheet_tells_what_the_second_sheet_would(tmp_path: Path) -> None:
    told = {"街道": "督院街", "社区": "滨江社区", "成立登记日期": "2015-06-03", "评估等级": "5A", "党组织设置": "否"}
    number = {"统一社会信用代码": CODE, "登记证号": "锦民证字第1号"}
    for codes_of in (number, dict(reversed(number.items()))):
        row = {"社会组织名称": "甲服务中心", **codes_of, "业务主管单位": "锦江区教育局", **told, "登记备案": "登记"}
        found = ledger(tmp_path, row)
        assert UNMATCHED not in codes(found.notices)
        checked = judged(found)
        assert checked.errors == ()
        organisation = the(checked.tables["Organization"].to_dicts())
        assert (organisation["credit_code"], organisation["registration_number"]) == (CODE, "锦民证字第1号")
        assert (organisation["grade"], organisation["track"]) == ("5A", "registered")
        assert organisation["registered_on"] == dt.date(2015, 6, 3)
        assert the(checked.tables["LOCATED_IN"].to_dicts())["target"] == "s1:滨江"


def test_columns_about_persons_that_the_mapping_lacks_are_skipped_as_such(tmp_path: Path) -> None:
    row = {**BASE, "党组织设置": "否", "身份证号": "无", "负责人姓名": "某某", "绿化面积": "3"}
    found = ledger(tmp_path, row)
    skipped = {notice.column: notice for notice in found.notices if notice.code == "personal-column"}
    assert list(skipped) == ["身份证号", "负责人姓名"]
    assert not any("对照表" in notice.hint.zh for notice in skipped.values())
    (unknown,) = (notice for notice in found.notices if notice.code == UNMATCHED)
    assert unknown.column == "绿化面积"
    assert "数字" in unknown.message.zh


def test_a_header_that_nobody_knows_is_read_as_what_somebody_says_it_is(tmp_path: Path) -> None:
    row = {"哪个单位管" if key == "业务主管单位" else key: value for key, value in BASE.items()}
    row |= {"党组织设置": "否", "人手": "12", "哪天办的": "2015年6月3日"}
    mapping = default_mapping().matched(wordings(["哪个单位管=业务主管单位", "人手 = 从业人员数"]))
    found = ledger(tmp_path, row)
    said = {notice.column: notice.message.zh for notice in found.notices if notice.code == UNMATCHED}
    assert (
        "填的是文字" in said.pop("哪个单位管"),
        "填的是数字" in said.pop("人手"),
        "填的是日期" in said.pop("哪天办的"),
    ) == (True,) * 3
    assert said == {}
    assert "LICENSED_BY" not in judged(found).tables
    matched = ledger(tmp_path, row, mapping=mapping)
    assert [notice.column for notice in matched.notices if notice.code == UNMATCHED] == ["哪天办的"]
    checked = judged(matched)
    assert checked.tables["LICENSED_BY"].height == 1
    assert the(checked.tables["Organization"].to_dicts())["staff"] == 12


@pytest.mark.parametrize(
    ("said", "code"),
    [
        ("人手", "bad-column"),
        ("=从业人员数", "bad-column"),
        ("人手=没有这一列", "unknown-field"),
        ("人手=序号", "unknown-field"),
        ("负责人电话=从业人员数", "personal-column"),
        ("单位地址=从业人员数", "known-column"),
    ],
)
def test_what_cannot_be_said_of_a_header_is_refused(said: str, code: str) -> None:
    with pytest.raises(ColumnRefused) as refused:
        default_mapping().matched(wordings([said]))
    assert refused.value.code == code


def test_rows_of_one_sheet_only_are_errors_in_their_sheet(tmp_path: Path) -> None:
    rows = [BASE, {**BASE, "社会组织名称": "乙协会", "登记证号": OTHER}]
    register = [REGISTER, {**REGISTER, "社会组织名称": "丙学校", "统一社会信用代码": THIRD}, REGISTER]
    checked = judged(ledger(tmp_path, *rows, register=register))
    assert [(e.code, e.sheet, e.row) for e in checked.errors] == [
        ("only-in-ledger", "台账", 3),
        ("only-in-register", "基本信息", 3),
        ("repeated-in-register", "基本信息", 4),
    ]
    assert checked.sheets.select("read", "accepted", "rejected").rows() == [(2, 1, 1), (3, 1, 2)]
    assert checked.error_counts == {"only-in-ledger": 1, "only-in-register": 1, "repeated-in-register": 1}


def test_one_mistake_of_the_second_sheet_is_told_once_though_two_rows_lead_to_it(tmp_path: Path) -> None:
    rows = [{**BASE, "登记证号": CODE}, {**BASE, "登记证号": CODE, "从业人员数": "3"}]
    register = [{**REGISTER, "成立登记日期": "2014-02-30"}]
    checked = judged(ledger(tmp_path, *rows, register=register))
    assert [e.code for e in checked.errors].count("not-a-date") == checked.error_counts["not-a-date"] == 1


def test_a_code_is_shown_as_it_stands_in_its_cell_and_errors_come_row_by_row(tmp_path: Path) -> None:
    rows = [
        {**BASE, "登记证号": "甲1", "从业人员数": "3"},
        {**BASE, "登记证号": "甲1", "从业人员数": "4"},
        {**BASE, "业务主管单位": "江区教育局"},
    ]
    checked = judged(ledger(tmp_path, rows[2], *rows[:2]))
    assert [(error.row, error.value) for error in checked.errors] == [(2, "江区教育局"), (3, "甲1"), (4, "甲1")]


def test_an_organisation_entered_twice_in_both_sheets_is_told_as_such_in_both(tmp_path: Path) -> None:
    told = {**BASE, "登记证号": None, "从业人员数": "11"}
    other = {**told, "社会组织名称": "乙协会"}
    register = [REGISTER, {**REGISTER, "社会组织名称": "乙协会", "统一社会信用代码": OTHER}, REGISTER]
    checked = judged(ledger(tmp_path, told, other, {**told, "从业人员数": "99"}, register=register))
    assert {(e.code, e.sheet, e.row, e.cell) for e in checked.errors} == {
        ("repeated-in-ledger", "台账", 2, "A2"),
        ("repeated-in-ledger", "台账", 4, "A4"),
        ("partner-rejected", "基本信息", 2, None),
        ("repeated-in-register", "基本信息", 4, "B4"),
    }
    said = {e.code: e for e in checked.errors}
    assert said["repeated-in-ledger"].message.zh == "第 4 行与第 2 行重复：是同一个社会组织。"
    assert said["repeated-in-register"].message.zh == "第 4 行与第 2 行重复：代码相同。"
    assert said["repeated-in-register"].message.en == "Row 4 repeats row 2: the same code."
    assert not [e for e in checked.errors if "补一行" in e.hint.zh]
    assert checked.tables["Organization"]["id"].to_list() == [f"usc:{OTHER}"]


def test_rows_of_one_name_with_codes_are_not_taken_for_one(tmp_path: Path) -> None:
    rows = [{**BASE, "登记证号": CODE}, {**BASE, "登记证号": OTHER}]
    register = [REGISTER, {**REGISTER, "统一社会信用代码": OTHER}]
    assert judged(ledger(tmp_path, *rows, register=register)).errors == ()


def test_what_the_second_sheet_tells_is_traced_to_its_row_too(tmp_path: Path) -> None:
    rows = [{**BASE, "社会组织名称": "乙协会", "登记证号": OTHER}, BASE]
    here = {**REGISTER, "街道": "督院街街道", "社区": "滨江社区"}
    register = [here, {**here, "社会组织名称": "乙协会", "统一社会信用代码": OTHER}]
    origins = judged(ledger(tmp_path, *rows, register=register)).origins
    places = {(id_, sheet, row) for id_, _, sheet, row in origins["Organization"].rows()}
    assert places == {
        (f"usc:{OTHER}", "台账", 2), (f"usc:{OTHER}", "基本信息", 3), (f"usc:{CODE}", "台账", 3), (f"usc:{CODE}", "基本信息", 2),
    }  # fmt: skip
    assert set(origins["LOCATED_IN"]["sheet"]) == {"台账", "基本信息"}
    assert set(origins["LICENSED_BY"]["sheet"]) == {"台账"}


def test_a_notice_about_the_second_sheet_names_its_row_and_no_other(tmp_path: Path) -> None:
    rows = [{**BASE, "社会组织名称": "乙协会", "登记证号": OTHER}, BASE]
    register = [
        {**REGISTER, "成立登记日期": "2015.6"},
        {**REGISTER, "社会组织名称": "乙协会", "统一社会信用代码": OTHER},
    ]
    (notice,) = (n for n in judged(ledger(tmp_path, *rows, register=register)).notices if n.code == "day-unknown")
    assert (notice.sheet, notice.row, notice.cell) == ("基本信息", 2, "E2")
    assert "第 3 行" not in notice.as_text()
    assert "row 3" not in notice.as_text("en")


PLAIN = {
    "序号": "1", "社会组织名称": "锦江区甲协会", "登记证号": "A1", "街道": "督院街", "社区": "滨江社区", "登记备案": "登记",
    "业务主管单位": "锦江区教育局", "从业人员数": "3", "党员人数": "1",
}  # fmt: skip


@pytest.mark.parametrize("without", [(), ("业务主管单位",), ("登记证号",), ("党员人数", "从业人员数", "业务主管单位")])
def test_a_plain_list_of_organisations_is_a_ledger_that_tells_of_no_party_organisation(
    without: tuple[str, ...], tmp_path: Path
) -> None:
    row = {header: value for header, value in PLAIN.items() if header not in without} | (
        {"登记备案": "备案"} if "登记证号" in without else {}
    )
    path = write_csv(tmp_path / "社会组织.csv", [row])  # named as a type, but without ids
    assert sniff(read_file(path)) == "ledger"
    found = read_ledger_files([path], None, NETWORK)
    checked = judged(found)
    assert checked.errors == ()
    assert the(checked.tables["Organization"].to_dicts())["name"] == "锦江区甲协会"
    assert the(checked.tables["LOCATED_IN"].to_dicts())["target"] == "s1:滨江"
    assert not {"PartyOrganization", "COVERS"} & checked.tables.keys()
    assert [n.code for n in found.notices if n.code == "party-not-told"] == ["party-not-told"]


def test_a_cell_merged_downwards_is_named_where_its_text_stands(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    for at, header in enumerate(("社会组织名称", "登记证号", "登记备案", "联系电话"), start=1):
        sheet.cell(1, at, header)
        sheet.merge_cells(start_row=1, end_row=2, start_column=at, end_column=at)
    for at, text in enumerate(("甲协会", "A1", "登记", "无"), start=1):
        sheet.cell(3, at, text)
    book.save(tmp_path / "台账.xlsx")
    (notice,) = (n for n in read_ledger_files([tmp_path / "台账.xlsx"]).notices if n.code == "personal-column")
    assert notice.cell == "D1"


def test_a_total_that_is_not_the_sum_of_its_rows_is_remarked_on(tmp_path: Path) -> None:
    rows: list[Row] = [
        {**BASE, "从业人员数": "3", "党员人数": "1"},
        {**BASE, "社会组织名称": "乙协会", "登记证号": OTHER, "从业人员数": "４人", "党员人数": None},
        {"社会组织名称": "合计", "从业人员数": "8", "党员人数": "1"},
    ]
    (notice,) = (n for n in ledger(tmp_path, *rows).notices if n.code == "total-differs")
    assert (notice.cell, notice.message.zh) == ("D4", "合计写 8，各行相加是 7。")


def test_sub_totals_and_the_total_of_all_are_held_against_their_own_rows(tmp_path: Path) -> None:
    def counted(name: str, code: str | None, staff: str) -> Row:
        return {**BASE, "社会组织名称": name, "登记证号": code, "从业人员数": staff}

    rows: list[Row] = [
        counted("甲中心", CODE, "3"),
        counted("小计", None, "3"),
        counted("乙协会", OTHER, "4"),
        counted("小计", None, "4"),
    ]
    right, wrong = counted("合计", None, "7"), counted("合计", None, "4")
    assert "total-differs" not in codes(ledger(tmp_path, *rows, right).notices)
    assert "total-differs" in codes(ledger(tmp_path, *rows, wrong).notices)
    nested = [*rows, counted("街道合计", None, "7"), counted("丙协会", THIRD, "5"), counted("小计", None, "5")]
    nested += [counted("街道合计", None, "5"), counted("总计", None, "12")]
    assert "total-differs" not in codes(ledger(tmp_path, *nested).notices)
    rows[1], rows[3] = counted("小计", None, "5"), counted("小计", None, "6")
    told = [n for n in ledger(tmp_path, *rows, right).notices if n.code == "total-differs"]
    assert [n.row for n in told] == [3, 5]
    assert told[1].message.zh == "合计写 6，上一个合计以来的各行相加是 4，从头相加是 7。"


def test_head_counts_that_cannot_be_are_remarked_on_and_stored(tmp_path: Path) -> None:
    row = {**BASE, "党员人数": "3", "组织关系/在本组织": "4"}
    checked = judged(ledger(tmp_path, row, register=[{**REGISTER, "正式党员数": "3", "预备党员数": "0"}]))
    assert checked.errors == ()
    said = {n.code: n for n in checked.notices}
    assert (said["part-above-whole"].column, said["part-above-whole"].row) == ("组织关系／在本组织", 2)
    assert "多于“党员人数”" in said["part-above-whole"].message.zh
    assert "不等于" in said["parts-do-not-add-up"].message.zh
    assert the(checked.tables["Organization"].to_dicts())["members_here"] == 4
    silent = judged(
        ledger(tmp_path, {**row, "党员人数": None}, register=[{**REGISTER, "正式党员数": "4", "预备党员数": "0"}])
    )
    assert not {"part-above-whole", "parts-do-not-add-up"} & set(codes(silent.notices))


def test_errors_that_differ_in_nothing_but_their_row_are_told_once(tmp_path: Path) -> None:
    rows = [{**BASE, "社会组织名称": name, "登记证号": None} for name in ("甲协会", "乙协会", "丙协会")]
    errors = judged(ledger(tmp_path, *rows)).errors
    assert len(errors) == 3
    (told,) = gathered(errors)
    assert told.message.zh.startswith("共 3 行（第 2、3、4 行）：没有统一社会信用代码")
    assert gathered(errors[:2]) == list(errors[:2])


def test_a_dash_where_it_is_asked_whether_there_is_a_branch_tells_nothing(tmp_path: Path) -> None:
    dashed = judged(ledger(tmp_path, {**BASE, "组织建制": "/", "党组织设置": "—"}))
    assert dashed.errors == ()
    assert dashed.tables["Organization"].equals(
        judged(ledger(tmp_path, {**BASE, "组织建制": None, "党组织设置": None})).tables["Organization"]
    )


def test_dashes_and_words_for_nothing_are_blank(tmp_path: Path) -> None:
    row = {
        **BASE,
        "业务主管单位": "暂无",
        "街道": "—",
        "社区": "暂无",
        "从业人员数（人）": "——",
        "党员人数": "3名",
        "登记/备案": "登记",
    }
    (organisation,) = accepted(tmp_path, row)["Organization"]
    assert (organisation["staff"], organisation["members"], organisation["track"]) == (None, 3, "registered")


def ragged(tmp_path: Path, *rows: Row, behind: int, register: Sequence[Row] = ()) -> Checked:
    """A ledger of which one record has a cell too many: in its register where there is one, else in the ledger itself."""
    paths = [write_csv(tmp_path / "台账.csv", rows)]
    paths += [write_csv(tmp_path / "基本信息.csv", register)] if register else []
    lines = paths[-1].read_text(encoding="utf-8").splitlines()
    lines[behind - 1] += ",多出"
    paths[-1].write_text("\n".join(lines), encoding="utf-8")
    return judged(read_ledger_files(paths, None, NETWORK))


@pytest.mark.parametrize("row", [3, 121])
def test_a_row_of_a_ledger_with_a_cell_too_many_is_rejected(row: int, tmp_path: Path) -> None:
    rows = [{**BASE, "社会组织名称": f"第{n}学校", "登记证号": f"锦民证字第{n}号"} for n in range(150)]
    checked = ragged(tmp_path, *rows, behind=row)
    assert [(e.code, e.sheet, e.row) for e in checked.errors] == [("ragged-row", "台账", row)]
    assert (checked.read, checked.accepted) == (150, 149)


def test_a_row_of_the_second_sheet_with_a_cell_too_many_tells_nothing(tmp_path: Path) -> None:
    rows = [BASE, {**BASE, "社会组织名称": "乙协会", "登记证号": OTHER}]
    register = [REGISTER, {**REGISTER, "社会组织名称": "乙协会", "统一社会信用代码": OTHER}]
    checked = ragged(tmp_path, *rows, behind=3, register=register)
    assert {(e.code, e.sheet, e.row) for e in checked.errors} == {
        ("ragged-row", "基本信息", 3),
        ("only-in-ledger", "台账", 3),
    }
    assert checked.tables["Organization"]["id"].to_list() == [f"usc:{CODE}"]


def test_direct_registration_and_dual_management_contradict_each_other(tmp_path: Path) -> None:
    found = ledger(tmp_path, {**BASE, "业务主管单位": "直接登记"}, register=[{**REGISTER, "管理方式": "双重管理"}])
    told = [(e.code, e.sheet, e.column) for e in judged(found).errors]
    assert told == [("direct-and-dual", "台账", "业务主管单位"), ("partner-rejected", "基本信息", None)]


def test_two_rows_of_one_code_that_differ_name_each_other(tmp_path: Path) -> None:
    checked = judged(ledger(tmp_path, BASE, {**BASE, "社会组织名称": "乙协会"}))
    assert [(e.code, e.row) for e in checked.errors] == [("duplicate-key", 2), ("duplicate-key", 3)]
    assert "第 3 行标识相同，内容却不同：“社会组织名称”" in checked.errors[0].message.zh
    assert "只保留正确的一行" in checked.errors[0].hint.zh


def test_an_organisation_that_stands_twice_in_one_sheet_is_told_with_both_rows(tmp_path: Path) -> None:
    checked = judged(ledger(tmp_path, BASE, {**BASE, "社会组织名称": "乙协会", "登记证号": OTHER}, BASE))
    (notice,) = (notice for notice in checked.notices if notice.code == "same-row")
    assert "第 2 行、第 4 行标识相同" in notice.message.zh
    assert "row 2, row 4" in notice.message.en
    assert "删去多余的行" in notice.hint.zh


@pytest.mark.parametrize("column", ["社会组织名称", "登记证号", "业务主管单位", "联合支部名称", "审批单位", "单位地址"])
def test_a_mobile_number_anywhere_is_never_shown(column: str, tmp_path: Path) -> None:
    found = ledger(tmp_path, {**BASE, "组织建制": "党支部", column: "13800000000"})
    checked = judged(found)
    said = [remark.as_text(language) for remark in (*checked.errors, *checked.notices) for language in ("zh", "en")]
    said += [str(remark.as_json()) for remark in (*checked.errors, *checked.notices)]
    said += [frame.write_csv() for frame in checked.tables.values()]
    assert "13800000000" not in "".join(said)
    if column != "单位地址":  # an address is searched for names and not kept
        assert "personal-data" in codes(checked.errors)


def test_many_mistakes_are_all_counted(tmp_path: Path) -> None:
    rows = [
        {
            **BASE,
            "社会组织名称": f"第{n}学校",
            "登记证号": f"锦民证字第{n}号",
            "业务主管单位": "教育厅" if n % 3 else "无",
        }
        for n in range(3000)
    ]
    checked = judged(ledger(tmp_path, *rows))
    assert checked.error_counts == {"unknown-authority": 2000}
    assert (checked.read, checked.accepted, len(checked.errors)) == (3000, 1000, 1000)


# --- kinds of file ---


def test_a_ledger_is_told_from_a_bundle() -> None:
    assert sniff(read_file(WORKBOOK)) == "ledger"
    for name in ("Organization", "PartyOrganization", "LICENSED_BY", "COVERS", "Authority"):
        path = FOLDER / "bundle" / f"{name}.csv"
        assert not path.exists() or sniff(read_file(path)) == "bundle"


def test_a_file_that_is_no_ledger_is_refused_with_the_headers_it_lacks(tmp_path: Path) -> None:
    path = write_csv(tmp_path / "表.csv", [{"甲": "1", "乙": "2"}])
    with pytest.raises(FileRefused, match="业务主管单位") as refused:
        read_ledger_files([path])
    assert refused.value.code == "no-ledger"


def test_two_columns_for_one_thing_are_refused(tmp_path: Path) -> None:
    path = write_csv(tmp_path / "表.csv", [{**BASE, "业务主管部门": "锦江区商务局", "组织建制": None}])
    with pytest.raises(FileRefused) as refused:
        read_ledger_files([path])
    assert refused.value.code == "column-twice"


# --- confirmations ---


def planned_network(name: str, members: Sequence[str]) -> Network:
    organizations = pl.DataFrame({"id": [f"usc:{code}" for code in (CODE, OTHER, THIRD)]})
    covers = pl.DataFrame({"target": [f"usc:{code}" for code in members]}).with_columns(
        source_type=pl.lit("PartyOrganization"), source=pl.lit("joint:planned"), target_type=pl.lit("Organization"),
        state=pl.lit("planned"),
    )  # fmt: skip
    party = pl.DataFrame({"id": ["joint:planned"], "name": [name], "form": ["joint"], "state": ["planned"]})
    added = {"Organization": organizations, "COVERS": covers}
    tables = {n: conform(n, frame) for n, frame in {**SMALL, **added}.items()}
    tables["PartyOrganization"] = pl.concat([tables["PartyOrganization"], conform("PartyOrganization", party)])
    return Network.from_tables(tables, STAMP)


@pytest.mark.parametrize(
    ("name", "members", "how"),
    [
        ("第一 联合党支部", (CODE,), ["name"]),
        ("教育联合支部", (CODE, OTHER), ["members"]),
        ("教育联合支部", (CODE, THIRD), []),
    ],
)
def test_a_founded_branch_is_offered_as_confirmation_of_the_planned_one(
    name: str, members: Sequence[str], how: list[str], tmp_path: Path
) -> None:
    network = planned_network(name, members)
    rows, register = joint_rows("锦江区教育局", "锦江区教育局")
    # a name that the network has is met at once where the ledger names no superior, so this one names it
    found = ledger(tmp_path, *rows, register=register)
    offered = confirmations(network, found.raws)
    assert [each.how for each in offered] == how
    if not offered:
        return
    assert offered[0].text().zh.startswith(f"拟建的“{name}”")
    raws = confirmed(found.raws, offered)
    party = next(raw.frame for raw in raws if raw.name == "PartyOrganization")
    covers = next(raw.frame for raw in raws if raw.name == "COVERS")
    assert party["id"].unique().to_list() == covers["source"].unique().to_list() == ["joint:planned"]
    assert party["state"].unique().to_list() == ["actual"]
    with pytest.raises(Refusal):
        confirmed(found.raws, [*offered, *offered])


# --- the blank workbook and the mapping ---


def test_the_blank_workbook_is_a_ledger_and_its_example_row_is_ignored(tmp_path: Path) -> None:
    path = tmp_path / "空白.xlsx"
    write_ledger_template(path, default_mapping())
    grids = read_file(path)
    assert sniff(grids) == "ledger"
    found = read_ledger(grids, existing=NETWORK)
    assert judged(found).read == 0
    assert found.errors == ()
    assert sum("示例 1 行" in n.message.zh for n in found.notices if n.code == "rows-set-aside") == 2
    keys = {column.key for column in default_mapping().columns if not column.is_skipped}
    assert {key for table in found.tables for key in table.columns} == keys
    sheet = openpyxl.load_workbook(path)["社会组织党建台账"]
    texts = [str(cell.value) for row in sheet.iter_rows() for cell in row if cell.value]
    assert any(text.startswith(EXAMPLE) for text in texts)
    assert not [text for text in texts if re.fullmatch("姓名|电话|联系电话|政治面貌", text)]
    assert sheet.data_validations.count > 5


def test_a_row_typed_over_the_example_with_its_mark_left_is_refused_and_not_lost(tmp_path: Path) -> None:
    path = tmp_path / "空白.xlsx"
    write_ledger_template(path, default_mapping())
    book = openpyxl.load_workbook(path)
    sheet = book["社会组织党建台账"]
    row = next(cell.row for cell in sheet["A"] if str(cell.value).startswith(EXAMPLE))
    cell = next(cell for cell in sheet[row] if cell.value == "锦江区某某服务中心")
    cell.value = "甲服务中心"
    book.save(path)
    checked = judged(read_ledger(read_file(path), existing=NETWORK))
    assert ("example-mark", row, "甲服务中心") in {(e.code, e.row, e.value) for e in checked.errors}
    assert (checked.read, checked.accepted) == (1, 0)


def test_a_filled_in_blank_workbook_is_read(tmp_path: Path) -> None:
    path = tmp_path / "空白.xlsx"
    write_ledger_template(path, default_mapping())
    book = openpyxl.load_workbook(path)
    empty = read_ledger(read_file(path))
    for number, row in ((0, {"name": "甲服务中心", "code": CODE, "authority": "无", "tells:组织建制": "党支部"}),
                        (1, {"name": "甲服务中心", "Organization.credit_code": CODE, "Organization.track": "登记"})):  # fmt: skip
        table = empty.tables[number]
        for key, value in row.items():
            header = table.header(key)
            assert header is not None
            book[table.sheet.name].cell(table.grid.height + 1, header.index or 0, value)
    book.save(path)
    checked = judged(read_ledger_files([path], existing=NETWORK))
    assert checked.errors == ()
    assert {name: frame.height for name, frame in checked.tables.items() if frame.height} == {
        "Organization": 1, "PartyOrganization": 1, "COVERS": 1,
    }  # fmt: skip


def test_another_district_edits_the_mapping_and_no_code(tmp_path: Path) -> None:
    path = tmp_path / "mapping.toml"
    path.write_text(
        """
name = "other"
title_zh = "台账"
title_en = "Ledger"
direct = ["直登"]
[[sheet]]
kind = "ledger"
name = "台账"
[[column]]
sheet = "ledger"
header = "机构"
use = "name"
[[column]]
sheet = "ledger"
header = "代码"
use = "code"
[[column]]
sheet = "ledger"
header = "主管"
use = "authority"
[[column]]
sheet = "ledger"
header = "支部"
use = "tells"
says = { "有" = "founded branch", "没有" = "not-founded" }
[[column]]
sheet = "ledger"
header = "赛道"
use = "Organization.industry"
""",
        "utf-8",
    )
    mapping = read_mapping(path)
    file = write_csv(
        tmp_path / "他区.csv", [{"机构": "甲", "代码": CODE, "主管": "直登", "支部": "有", "赛道": "科技"}]
    )
    found = read_ledger_files([file], mapping, NETWORK)
    told = {name: frame.to_dicts() for name, frame in judged(found).tables.items()}
    assert the(told["Organization"]) == {
        "id": f"usc:{CODE}", "name": "甲", "industry": "科技", "registration": "direct", "credit_code": CODE,
    }  # fmt: skip
    assert the(told["PartyOrganization"])["level"] == "branch"


GOOD = """name = "x"
title_zh = "台账"
title_en = "Ledger"
[[sheet]]
kind = "ledger"
name = "台账"
[[column]]
sheet = "ledger"
header = "机构"
use = "name"
"""


@pytest.mark.parametrize(
    ("text", "code", "line"),
    [
        (GOOD.replace('use = "name"', 'use = "nane"'), "unknown-use", 10),
        (GOOD.replace('use = "name"', 'use = "Organization.nmae"'), "unknown-field", 10),
        (GOOD.replace('use = "name"', 'use = "PartyOrganization.form"'), "unknown-field", 10),
        (GOOD.replace('use = "name"', 'use = "Street.name"'), "unknown-type", 10),
        (GOOD.replace('use = "name"', 'use = "authority"'), "no-name", 4),
        (GOOD.replace('header = "机构"\n', ""), "missing-key", 7),
        (GOOD.replace('"机构"', "3"), "wrong-type", 9),
        (GOOD.replace('kind = "ledger"', 'kind = "leger"'), "unknown-kind", 5),
        (GOOD.replace('sheet = "ledger"', 'sheet = "register"'), "no-sheet", 8),
        (GOOD + 'synonym = ["甲"]\n', "unknown-key", 11),
        (GOOD + 'synonyms = "甲"\n', "wrong-type", 11),
        (GOOD + 'options = ["甲"]\n', "options-misplaced", 11),
        (GOOD + 'says = { "甲" = "founded" }\n', "says-misplaced", 11),
        (GOOD + 'note_zh = "甲"\n', "one-language", 11),
        (GOOD + '[[column]]\nsheet = "ledger"\nheader = "乙"\nuse = "tells"\n', "says-misplaced", 11),
        (
            GOOD + '[[column]]\nsheet = "ledger"\nheader = "乙"\nuse = "tells"\nsays = { "有" = "foundet" }\n',
            "unknown-fact",
            15,
        ),
        (GOOD + '[[column]]\nsheet = "ledger"\nheader = "机 构"\nuse = "code"\n', "header-twice", 13),
        (GOOD + '[[column]]\nsheet = "ledger"\nheader = "乙"\nuse = "name"\n', "fed-twice", 14),
        (GOOD + '[[column]]\nsheet = "ledger\n', "syntax", 12),
        (
            'column = [{ sheet = "ledger", header = "机构", use = "nane" }]\n'
            + GOOD.split("[[column]]", maxsplit=1)[0],
            "unknown-use",
            1,
        ),
        (GOOD.replace('name = "x"', 'name = "x"\nplanned = "branch alone"'), "unknown-fact", 2),
    ],
)
def test_a_mistake_in_the_mapping_is_refused_with_its_line(text: str, code: str, line: int) -> None:
    with pytest.raises(MappingRefused) as refused:
        parse_mapping(text, "mapping.toml")
    assert (code, line) in [(problem.code, problem.line) for problem in refused.value.problems]
    assert f"mapping.toml:{line}" in refused.value.message.zh


def test_a_file_that_cannot_be_read_is_no_mapping(tmp_path: Path) -> None:
    (tmp_path / "latin.toml").write_bytes(b"\xff\xfe\x00")
    for name in ("latin.toml", "missing.toml"):
        with pytest.raises(MappingRefused):
            read_mapping(tmp_path / name)
