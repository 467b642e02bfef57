"""The way in, each test on a site of its own: the example, a ledger with a mistake, hostile names that stay inert."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import quote

import openpyxl
import polars as pl
import pytest
from playwright.sync_api import Browser, Dialog, Locator, expect

from api.examples import LEDGER
from tests.pages.conftest import LANGUAGES, Reader, Site, reading
from tests.pages.test_administration import network, said
from tests.pages.test_pages import ROUTES, violations

HOSTILE = (
    "<img src=x onerror=alert(1)>协会",
    "<script>alert(2)</script>商会",
    "很长的名称" * 400,
    "מועדון עברי العربية 学会",
    "🎉👨‍👩‍👧‍👦 emoji 中心",
    "'\"><svg/onload=alert(3)>{{7*7}}${7*7}",
)


def chosen(reader: Reader, path: Path) -> None:
    """Choose a file and have it checked."""
    page = reader.open("import")
    page.locator("input[type=file]").set_input_files(path)
    page.locator("input[name=as_of]").fill("2016-06-12")
    page.get_by_role("button", name=said(reader, "import.check"), exact=True).click()
    page.get_by_role("heading", name=said(reader, "import.checked")).wait_for(timeout=60_000)


def columns_of(reader: Reader) -> Locator:
    """The table of where every column went, which is closed until it is asked for."""
    reader.page.locator("summary", has_text=said(reader, "import.matched").split("(")[0]).first.click()
    return reader.page.get_by_role("region", name=said(reader, "import.matched"), exact=True)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_example_comes_in_by_one_button_and_a_confirmation(
    empty_site: Site, chromium: Browser, language: str
) -> None:
    with reading(empty_site, chromium, language) as reader:
        page = reader.page
        page.goto(f"{empty_site.address}/#/overview")
        page.get_by_role("link", name=said(reader, "welcome.example"), exact=True).click()
        page.get_by_role("heading", name=said(reader, "import.checked")).wait_for(timeout=60_000)
        assert empty_site.app.state.served.workspace.store.head == 0
        assert violations(reader) == []
        page.get_by_role("button", name=said(reader, "import.confirm"), exact=True).click()
        page.get_by_role("link", name=said(reader, "import.overview"), exact=True).click(timeout=60_000)
        page.locator("main .big").first.wait_for()
        assert network(empty_site).table("Organization").height > 900
        expect(page.locator(".generated")).to_be_visible()


def test_a_mistake_is_shown_at_its_cell_marked_and_nothing_is_stored_until_confirmed(
    planner: Reader, tmp_path: Path
) -> None:
    path = tmp_path / "Organization.csv"
    path.write_text(
        "id,name,track,staff,备注,联系电话\nreg:新1,新一协会,登记,12,无,13812345678\nreg:新2,新二协会,登记,很多,无,13912345678\n",
        encoding="utf-8",
    )
    chosen(planner, path)
    page = planner.page
    errors = page.get_by_role("region", name=said(planner, "import.errors.list"), exact=True)
    expect(errors.locator("tbody tr")).to_have_count(1)
    expect(errors).to_contain_text("D3")
    expect(errors).to_contain_text("很多")
    matched = columns_of(planner)
    expect(matched).to_contain_text(said(planner, "import.personal-column"))
    expect(matched).to_contain_text(said(planner, "import.unknown-column"))
    assert "13812345678" not in page.content()
    assert violations(planner) == []
    with page.expect_download() as sent:
        page.get_by_role("link", name=said(planner, "import.marked"), exact=True).click()
    with sent.value.path().open("rb") as marked:
        sheet = openpyxl.load_workbook(marked).worksheets[-1]  # before it stands the list of errors
    assert sheet["D3"].comment is not None
    assert not any("13812345678" in str(cell.value) for row in sheet.iter_rows() for cell in row)

    confirm = page.get_by_role("button", name=said(planner, "import.confirm"), exact=True)
    expect(confirm).to_be_disabled()
    assert planner.site.app.state.served.workspace.store.head == 1
    page.get_by_label(said(planner, "import.accept-valid", n=1)).check()
    confirm.click()
    page.get_by_role("heading", name=said(planner, "import.stored", n=2)).wait_for(timeout=60_000)
    ids = network(planner.site).table("Organization")["id"].to_list()
    assert "reg:新1" in ids
    assert "reg:新2" not in ids
    assert planner.errors == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_two_mistakes_are_seen_among_hundreds_of_errors_that_have_one_cause(
    empty_site: Site, chromium: Browser, tmp_path: Path, language: str
) -> None:
    path = tmp_path / "台账.csv"
    rows = [f"第{n}协会,锦民证字第{9000 + n}号,登记,春熙路街道,{'很多' if n in (250, 260) else n}" for n in range(300)]
    path.write_text("社会组织名称,登记证号,登记备案,所在街道,从业人员数\n" + "\n".join(rows), encoding="utf-8")
    with reading(empty_site, chromium, language) as reader:
        chosen(reader, path)
        main = reader.page.locator("main")
        expect(main).to_contain_text(said(reader, "import.directory-first"))
        expect(main).to_contain_text(said(reader, "import.errors.some", shown=200, n=302))
        errors = reader.page.get_by_role("region", name=said(reader, "import.errors.list"), exact=True).locator(
            "tbody tr"
        )
        for place in (0, 1):
            expect(errors.nth(place)).to_contain_text("很多")
        expect(errors).to_have_count(200)
        assert violations(reader) == []


def test_a_column_that_nobody_knows_is_matched_by_hand_and_read_as_that(planner: Reader, tmp_path: Path) -> None:
    path = tmp_path / "台账.csv"
    path.write_text(
        "社会组织名称,登记证号,党组织设置,登记备案,哪个单位管,人手,联系电话\n"
        "新一协会,锦民证字第9001号,否,登记,锦江区教育局,12,13812345678\n",
        encoding="utf-8",
    )
    chosen(planner, path)
    page = planner.page
    unknown = page.get_by_role("region", name=said(planner, "import.unmatched", n=2), exact=True)
    expect(unknown.locator("tbody tr")).to_have_count(2)
    expect(unknown).not_to_contain_text("电话")
    matched = columns_of(planner)
    columns = set(matched.locator("tbody td:nth-child(3)").all_inner_texts())
    assert {"哪个单位管", "联系电话"} <= columns <= set(path.read_text("utf-8").splitlines()[0].split(","))
    again = page.get_by_role("button", name=said(planner, "import.match"), exact=True)
    expect(again).to_be_disabled()
    for column, meant in (("哪个单位管", "业务主管单位"), ("人手", "业务主管单位")):
        unknown.get_by_label(said(planner, "import.match.one", column=column), exact=True).select_option(meant)
    again.click()
    expect(page.get_by_role("alert")).to_contain_text("哪个单位管、人手")
    unknown.get_by_label(said(planner, "import.match.one", column="人手"), exact=True).select_option("从业人员数/合计")
    assert violations(planner) == []
    again.click()
    expect(unknown).to_have_count(0)
    page.get_by_role("button", name=said(planner, "import.confirm"), exact=True).click()
    page.get_by_role("heading", name=said(planner, "import.stored", n=2)).wait_for()
    organisations = network(planner.site).table("Organization").filter(name="新一协会")
    assert organisations["staff"].to_list() == [12]
    supervised = network(planner.site).table("LICENSED_BY")
    assert supervised.filter(pl.col("source") == organisations["id"][0]).height == 1
    assert planner.errors == []


def test_a_file_of_which_no_header_is_known_is_matched_by_hand(planner: Reader, tmp_path: Path) -> None:
    path = tmp_path / "别处的表.csv"
    path.write_text(
        "机构,哪一类,谁管,员工,手机\n新一协会,备案,锦江区教育局,12,13812345678\n新二协会,备案,,8,13912345678\n",
        encoding="gb18030",
    )
    page = planner.open("import")
    page.locator("input[type=file]").set_input_files(path)
    page.get_by_role("button", name=said(planner, "import.check"), exact=True).click()
    expect(page.get_by_role("alert")).to_contain_text("社会组织名称")  # what a ledger must have is told
    unknown = page.get_by_role("region", name=said(planner, "import.unmatched", n=4), exact=True)
    expect(unknown.locator("tbody td:nth-child(3)")).to_have_text(["机构", "哪一类", "谁管", "员工"])
    assert "13812345678" not in page.content()
    assert violations(planner) == []
    meant = {"机构": "社会组织名称", "哪一类": "登记备案", "员工": "从业人员数/合计"}
    for column, what in meant.items():
        unknown.get_by_label(said(planner, "import.match.one", column=column), exact=True).select_option(what)
    page.get_by_role("button", name=said(planner, "import.match"), exact=True).click()
    page.get_by_role("heading", name=said(planner, "import.checked")).wait_for()
    page.get_by_role("button", name=said(planner, "import.confirm"), exact=True).click()
    page.get_by_role("heading", name=said(planner, "import.stored", n=2)).wait_for()
    stored = network(planner.site).table("Organization").filter(pl.col("name").is_in(["新一协会", "新二协会"]))
    assert stored.sort("name")["staff"].to_list() == [12, 8]


def test_a_day_long_after_what_an_old_ledger_tells_is_remarked_on_beside_confirm(planner: Reader) -> None:
    page = planner.open("import")
    page.locator("input[type=file]").set_input_files(LEDGER)  # and the day stays as it was filled in: today
    page.get_by_role("button", name=said(planner, "import.check"), exact=True).click()
    difference = page.locator("section:has(> #import-difference)")
    remark = difference.locator(".problem").filter(has_text=said(planner, "import.dated"))
    expect(remark).to_be_visible()
    expect(remark).not_to_contain_text("--")
    expect(difference.get_by_role("button", name=said(planner, "import.confirm"), exact=True)).to_be_in_viewport()
    rows = difference.locator("tbody tr")
    cells = [row.locator("td").all_inner_texts() for row in rows.all()]
    assert all(set(cell[:3] + cell[4:]) != {"0"} for cell in cells)  # no line of a type in which nothing changes
    assert planner.errors == []


def test_what_was_filled_in_stays_and_known_sources_are_offered(planner: Reader, tmp_path: Path) -> None:
    path = tmp_path / "九月.csv"
    path.write_text("机构,员工\n新一协会,12\n", encoding="utf-8")
    page = planner.open("import")
    day = page.locator("input[name=as_of]")
    expect(day).to_have_value(page.evaluate("new Date().toLocaleDateString('sv')"))
    day.fill("2016-09-30")
    page.locator("input[name=source]").fill("别的台账")
    expect(day).to_have_value("2016-09-30")
    page.locator("input[type=file]").set_input_files(path)
    page.get_by_role("button", name="jinjiang-2016", exact=True).click()
    expect(page.locator("input[name=source]")).to_have_value("jinjiang-2016")
    expect(day).to_have_value("2016-09-30")
    page.get_by_role("button", name=said(planner, "import.check"), exact=True).click()
    page.get_by_role("button", name=said(planner, "import.other"), exact=True).click()
    expect(day).to_be_visible()
    assert list((planner.site.app.state.served.workspace.folder / "uploads").iterdir()) == []


def test_a_dropped_import_leaves_nothing(planner: Reader, tmp_path: Path) -> None:
    path = tmp_path / "Organization.csv"
    path.write_text("id,name,track\nreg:新1,新一协会,登记\n", encoding="utf-8")
    chosen(planner, path)
    planner.page.get_by_role("button", name=said(planner, "import.drop"), exact=True).click()
    planner.page.get_by_role("heading", name=said(planner, "import.choose"), exact=True).wait_for()
    served = planner.site.app.state.served
    assert served.workspace.store.head == 1
    assert list((served.workspace.folder / "uploads").iterdir()) == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_hostile_names_are_inert_on_every_page(
    own_site: Site, chromium: Browser, tmp_path: Path, language: str
) -> None:
    path = tmp_path / "Organization.csv"
    rows = [f'reg:敌{n},"{name.replace(chr(34), chr(34) * 2)}",登记,正常' for n, name in enumerate(HOSTILE)]
    path.write_text("\n".join(["id,name,track,status", *rows]), encoding="utf-8")
    with reading(own_site, chromium, language) as reader:
        page, dialogs = reader.page, list[str]()

        def noted(box: Dialog) -> None:
            dialogs.append(box.message)
            box.dismiss()

        page.on("dialog", noted)
        chosen(reader, path)
        page.get_by_role("button", name=said(reader, "import.confirm"), exact=True).click()
        page.get_by_role("heading", name=said(reader, "import.stored", n=2)).wait_for(timeout=60_000)
        stored = network(own_site).table("Organization")["id"].to_list()
        mine = [id_ for n in range(len(HOSTILE)) if (id_ := f"reg:敌{n}") in stored]
        assert len(mine) == len(HOSTILE)
        own = [f"{name}/{quote(id_)}" for id_ in mine for name in ("organization", "record/Organization")]
        found = ["history?a=1&b=2", "network?view=table&sort=-name", "gaps/uncovered?sort=-name"]
        for route in (*ROUTES, *own, *found):
            reader.open(route)
            assert page.locator("main img, main script, main [onerror], main [onload]").count() == 0, route
            assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0, route
        assert dialogs == []
        assert [error for error in reader.errors if "alert" in error] == []
        assert reader.elsewhere == []
