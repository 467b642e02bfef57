"""Do views go along: what-ifs on the board, groups opened, pictures and pages saved, zoom, print, and a server that is gone?"""

from __future__ import annotations

import io
import json
import re
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from playwright.sync_api import Browser, Page, expect

from tests.pages.conftest import Reader, Site, reading
from tests.pages.test_administration import said
from tests.pages.test_pages import DAYS, ROUTES, told, violations

STREET = "510104022"
PNG = b"\x89PNG\r\n\x1a\n"


def saved(page: Page, press: str, within: str = "main") -> Path:
    """The file that a button or link named so saves."""
    with page.expect_download() as waited:
        page.locator(within).get_by_text(press, exact=True).first.click()
    return Path(waited.value.path())


def test_a_what_if_with_additions_is_seen_before_and_after_on_the_board(planner: Reader) -> None:
    page = planner.open("policy")
    page.locator("summary", has_text=said(planner, "suppose.additions")).click()
    batch = page.get_by_role("form", name=said(planner, "suppose.newcomers"))
    batch.locator("[name=number]").fill("5")
    batch.locator("[name=full_members]").fill("4")
    batch.locator("[name=street]").select_option(STREET)
    batch.get_by_role("button").click()
    expect(page.locator(".chips li")).to_have_count(1)
    station = page.get_by_role("form", name=said(planner, "suppose.station.new"))
    station.locator("[name=street]").select_option(STREET)
    station.get_by_role("button").click()
    expect(page.locator(".chips li")).to_have_count(2)
    page.get_by_role("button", name=said(planner, "suppose.ask"), exact=True).click()
    row = page.get_by_role("row").filter(has=page.locator("a[href='#/gaps/uncovered']"))
    expect(row.locator("td").nth(3)).to_have_text("5", timeout=90_000)
    assert violations(planner) == []
    page.get_by_role("link", name=said(planner, "suppose.board"), exact=True).click()
    planner.settle()
    expect(page.locator(".board circle.moved")).to_have_count(6)
    expect(page.get_by_role("status").filter(has_text=said(planner, "board.changed", n=6))).to_be_visible()
    page.get_by_role("button", name=said(planner, "board.now"), exact=True).click()
    expect(page.locator(".board circle.moved")).to_have_count(0)
    page.get_by_role("button", name=said(planner, "board.supposed"), exact=True).click()
    expect(page.locator(".board circle.moved")).to_have_count(6)
    assert (planner.errors, planner.elsewhere) == ([], [])


@pytest.mark.parametrize(
    ("route", "within"),
    [
        ("overview", "section:has(#flow-title)"),
        ("overview", "section:has(#trend-title)"),
        (f"network?street={STREET}", "main"),
        (f"network?view=neighbours&near=Street%2F{STREET}", "main"),
    ],
)
def test_a_picture_is_saved_as_it_is_seen(reader: Reader, route: str, within: str) -> None:
    page = reader.open(route)
    page.locator(within).locator("svg").first.wait_for()
    drawn = saved(page, "SVG", within).read_text("utf-8")
    assert drawn.startswith("<svg")
    assert 'viewBox="' in drawn
    assert not re.findall(r"https?://(?!www\.w3\.org)", drawn)
    printed = page.locator("main > .stamped").text_content()
    assert printed is not None
    assert printed.endswith(f" · {said(reader, 'generated')}")
    assert f">{printed}</text><svg" in drawn
    assert saved(page, "PNG", within).read_bytes().startswith(PNG)
    assert (reader.errors, reader.elsewhere) == ([], [])


def test_a_view_is_saved_as_one_page_that_opens_from_disk(reader: Reader, chromium: Browser, tmp_path: Path) -> None:
    page = reader.open(f"network?street={STREET}")
    page.locator(".board").wait_for()
    kept = tmp_path / "network.html"
    kept.write_bytes(saved(page, said(reader, "export.page")).read_bytes())
    alone = chromium.new_context(offline=True)
    asked: list[str] = []
    other = alone.new_page()
    other.on("request", lambda request: asked.append(request.url))
    other.goto(kept.as_uri())
    other.locator("canvas").first.wait_for()
    assert [url for url in asked if not url.startswith(("file:", "data:", "blob:"))] == []
    data: dict[str, Any] = json.loads(
        other.locator("#data").inner_text() or other.locator("#data").evaluate("e => e.textContent")
    )
    assert data["drawn"] == told(reader, f"/scenes?street={STREET}")["drawn"]
    alone.close()


@pytest.mark.parametrize("route", ROUTES)
def test_at_twice_the_size_nothing_is_cut_and_nobody_scrolls_sideways(
    site: Site, chromium: Browser, signed_in: Any, route: str
) -> None:
    twice: dict[str, Any] = {"viewport": {"width": 640, "height": 512}, "device_scale_factor": 2}
    with reading(site, chromium, "en", signed_in, reduced_motion="reduce", **twice) as reader:
        page = reader.open(route)
        assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
        cut = page.evaluate(
            """() => [...document.querySelectorAll("main *")].filter((one) => one.getClientRects().length
            && getComputedStyle(one).visibility !== "hidden" && one.getBoundingClientRect().right > innerWidth + 1
            && !one.closest(".scroll, .unseen, svg, [role=img]")).map((one) => one.outerHTML.slice(0, 120))"""
        )
        assert cut == []
        moving = page.evaluate("document.getAnimations().length")
        assert moving == 0


def test_at_twice_the_size_one_sees_which_case_was_opened_and_whose_row_it_is(
    own_site: Site, chromium: Browser
) -> None:
    own_site.app.state.served.workspace.casework("planner-office").open("no-work-coverage")
    with reading(own_site, chromium, "zh", viewport={"width": 640, "height": 512}, device_scale_factor=2) as reader:
        page = reader.open("cases")
        page.locator("main tbody a").first.click()
        opened = page.get_by_role("region", name=said(reader, "details")).locator("h2")
        expect(opened).to_be_in_viewport()
        expect(opened).to_be_focused()
        page = reader.open("scorecards")
        name = page.locator("main tbody a").first
        name.scroll_into_view_if_needed()
        page.locator("main .scroll").first.evaluate("one => one.scrollBy(one.scrollWidth, 0)")
        expect(name).to_be_in_viewport(ratio=1)
        assert violations(reader) == []
        assert reader.errors == []


def test_a_page_prints_what_it_shows_and_none_of_its_buttons(site: Site, chromium: Browser, signed_in: Any) -> None:
    with reading(site, chromium, "zh", signed_in) as reader:
        page = reader.open("gaps/uncovered")
        rows = page.locator("main tbody tr")
        rows.first.wait_for()
        page.emulate_media(media="print")
        for hidden in ("header.top", "nav.side", "main button", "main .button"):
            expect(page.locator(hidden).first).to_be_hidden()
        for chosen in page.locator("main select").all():  # what is asked and filtered is said, without its box
            expect(chosen).to_be_visible()
            assert chosen.evaluate("one => getComputedStyle(one).appearance") == "none"
        expect(rows.last).to_be_visible()
        assert page.locator("main .scroll").first.evaluate("one => getComputedStyle(one).overflow") == "visible"
        assert page.pdf(prefer_css_page_size=True).startswith(b"%PDF")


def test_the_legend_of_the_board_is_open_on_paper(site: Site, chromium: Browser, signed_in: Any) -> None:
    with reading(site, chromium, "zh", signed_in, viewport={"width": 1366, "height": 768}) as reader:
        page = reader.open("network")
        legend = page.locator("details.legend")
        expect(legend).not_to_have_attribute("open", re.compile(".*"))
        page.evaluate(
            "() => addEventListener('beforeprint', () => { document.body.dataset.open = document.querySelector('.legend').open })"
        )
        page.pdf()
        expect(page.locator("body")).to_have_attribute("data-open", "true")
        expect(legend).not_to_have_attribute("open", re.compile(".*"))


def test_a_list_is_printed_whole_and_paper_says_where_it_is_not(reader: Reader) -> None:
    listed = {one["question"]: one["gaps"] + one["cannot_tell"] for one in told(reader, "/figures")["items"]}
    question, total = next((id_, number) for id_, number in listed.items() if 50 < number <= 1000)
    page = reader.open(f"gaps/{question}")
    rows = page.locator("main tbody tr")
    expect(rows).to_have_count(50)
    count = "document.querySelectorAll('main tbody tr').length"
    # a bare function would be called at once, and a predicate is no script of ours
    page.evaluate(f"() => {{ window.print = () => {{ document.body.dataset.printed = {count} }} }}")
    rest = page.locator(".onpaper")
    page.emulate_media(media="print")
    expect(rest).to_contain_text("1,000")
    page.emulate_media(media="screen")
    expect(rest).to_be_hidden()
    page.get_by_role("button", name=said(reader, "print"), exact=True).click()
    expect(page.locator("body")).to_have_attribute("data-printed", str(total))
    expect(rest).to_have_count(0)
    page.evaluate("dispatchEvent(new Event('afterprint'))")
    expect(rows).to_have_count(50)
    rows_sent = openpyxl.load_workbook(io.BytesIO(saved(page, said(reader, "export.excel")).read_bytes())).active
    assert rows_sent is not None
    assert rows_sent.max_row >= total
    assert reader.errors == []


@pytest.mark.parametrize(
    ("route", "names"),
    [
        ("gaps/uncovered", {"zh": "未覆盖-第1版.xlsx", "en": "uncovered-r1.xlsx"}),
        (f"network?street={STREET}", {"zh": "党建网络图-第1版.html", "en": "network-r1.html"}),
        (
            f"network?view=neighbours&near=Street%2F{STREET}",
            {"zh": "春熙路街道 邻居.png", "en": "春熙路街道 neighbours.png"},
        ),
        ("overview", {"zh": "主管单位 → 覆盖方式（登记类）.png", "en": "authority → form of cover (registered).png"}),
    ],
)
def test_one_key_lets_the_view_leave_under_a_name_in_the_language_of_the_page(
    reader: Reader, route: str, names: dict[str, str]
) -> None:
    page = reader.open(route)
    page.locator("main [data-view]").first.wait_for()
    with page.expect_download() as waited:
        page.keyboard.press("x")
    assert waited.value.suggested_filename == names[reader.language]
    assert reader.errors == []


def test_the_table_of_a_street_is_cut_to_it_or_does_not_say_so(reader: Reader) -> None:
    page = reader.open(f"network?street={STREET}&view=table")
    total = told(reader, f"/nodes/Organization?street={STREET}&limit=1")["total"]
    assert 0 < total < told(reader, "/nodes/Organization?limit=1")["total"]
    expect(page.locator("main nav [role=status]")).to_contain_text(str(total))
    expect(page.locator(".chips li")).to_have_count(1)
    page.locator("main select").first.select_option("Authority")
    expect(page.locator(".chips li")).to_have_count(0)
    expect(page.locator("main nav [role=status]")).to_contain_text(str(told(reader, "/nodes/Authority?limit=1")["total"]))  # fmt: skip
    page.get_by_role("button", name=said(reader, "view.board"), exact=True).click()
    expect(page.locator(".chips li")).to_have_count(1)
    assert reader.errors == []


@pytest.mark.parametrize("route", ["overview", "gaps/uncovered", "plan"])
def test_paper_says_of_what_data_it_is(route: str, reader: Reader) -> None:
    stamp = told(reader, "/status")["stamp"]
    page = reader.open(route)
    head = page.locator("main .stamped")
    expect(head).to_be_hidden()
    page.emulate_media(media="print")
    expect(head).to_be_visible()
    expect(head).to_contain_text(said(reader, "generated"))
    expect(head).to_contain_text(said(reader, "stamp.earlier", day=DAYS[reader.language], revision=stamp["revision"]))
    if route == "overview":
        expect(page.locator("#gaps-title")).to_contain_text(said(reader, "overview.gaps.all", n="").strip()[-2:])
        expect(page.get_by_text(said(reader, "overview.gaps.scroll"))).to_be_hidden()
    page.emulate_media(media="screen")


def test_a_list_of_cases_is_printed_with_its_names(own_site: Site, chromium: Browser) -> None:
    opened = own_site.app.state.served.workspace.casework("planner-office").open("uncovered")
    with reading(own_site, chromium, "zh") as reader:
        page = reader.open("cases")
        names = page.locator("main tbody a")
        expect(names).to_have_count(min(len(opened), 50))
        page.emulate_media(media="print")
        assert all(name.strip() for name in names.all_inner_texts())
        expect(names.first).to_be_visible()


def test_nothing_stays_over_a_low_window(site: Site, chromium: Browser, signed_in: Any) -> None:
    with reading(site, chromium, "zh", signed_in, viewport={"width": 683, "height": 384}) as reader:
        page = reader.open("plan")
        assert page.locator("header.top").evaluate("one => getComputedStyle(one).position") == "static"


def test_a_server_that_is_gone_is_told_and_the_page_goes_on_when_it_is_back(reader: Reader) -> None:
    page = reader.open("overview")
    page.context.set_offline(True)
    page.goto(f"{reader.site.address}/#/cases")
    expect(page.get_by_role("alert").first).to_contain_text(said(reader, "offline.detail"))
    page.locator("header.top button[lang]").click()  # the words of the other language cannot be had either
    expect(page.get_by_role("alert").first).to_contain_text(said(reader, "offline.detail"))
    page.context.set_offline(False)
    page.get_by_role("button", name=said(reader, "again"), exact=True).first.click()
    expect(page.locator("main h1")).to_have_text(said(reader, "cases.title"))
    expect(page.locator("main .problem")).to_have_count(0)
    assert [error for error in reader.errors if "Failed to load resource" not in error] == []
