"""Does the network page work from disk, ask for nothing, and keep hostile text inert? In a real Chromium."""

from __future__ import annotations

import json
import re
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from playwright.sync_api import Page, expect

from graphmodel.text import Text
from tests.browser import Visit
from tests.strategies import HOSTILE
from tests.visualizations.examples import closed, empty, extreme, hostile, small
from visualizations.network_document import initials
from visualizations.pyvis_export import board, inert_json, network_page
from visualizations.report import Report
from visualizations.scene import scene
from visualizations.words import context_of

REPORTS = {"small": small, "hostile": hostile, "extreme": extreme, "empty": empty}


def page_of(report: Report, **options: Any) -> str:
    return network_page(report, scene(context_of(report)), **options)


def opened(report: Report, visit: Visit, folder: Path, **options: Any) -> Page:
    path = folder / "网络 network.html"
    path.write_text(page_of(report, **options), encoding="utf-8")
    page = visit.open(path)
    page.locator("body[data-ready]").wait_for()
    return page


def quiet(visit: Visit) -> bool:
    assert (visit.requests, visit.errors) == ([], [])
    return True


def ink(page: Page) -> int:
    """How many pixels of the board are not white."""
    count = page.evaluate(
        """() => { const seen = document.querySelector("#board canvas"), c = document.createElement("canvas");
        c.width = seen.width; c.height = seen.height;
        const context = c.getContext("2d", { willReadFrequently: true }); context.drawImage(seen, 0, 0);
        const d = context.getImageData(0, 0, c.width, c.height).data;
        let n = 0; for (let i = 0; i < d.length; i += 4) if (d[i + 3] > 0 && d[i] + d[i + 1] + d[i + 2] < 700) n++;
        return n; }"""
    )
    return int(count)


class Scripts(HTMLParser):
    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))


@pytest.mark.parametrize("name", REPORTS)
def test_the_file_names_nothing_outside_itself(name: str) -> None:
    tags = Scripts(page_of(REPORTS[name]())).tags
    assert [attrs.get("type") for tag, attrs in tags if tag == "script"] == ["application/json", None, None]
    assert not {"src", "srcset"} & {a for _, attrs in tags for a in attrs}
    assert not {"link", "iframe", "img", "object"} & {tag for tag, _ in tags}
    policy = next(str(a["content"]) for t, a in tags if a.get("http-equiv") == "Content-Security-Policy")
    assert policy.startswith("default-src 'none'; script-src 'sha256-")
    script = re.search(r"script-src ([^;]*)", policy)
    assert script
    assert "unsafe" not in script[1]
    assert "http" not in policy


@given(st.recursive(st.text() | st.sampled_from(HOSTILE) | st.integers() | st.none(), st.lists, max_leaves=8))
def test_data_in_the_page_is_the_same_and_opens_no_tag(value: Any) -> None:
    text = inert_json(value)
    assert not set(text) & set("<>&\u2028\u2029")
    assert json.loads(text) == value


def test_pyvis_holds_the_data_and_no_physics() -> None:
    drawn = board(small(), scene(context_of(small())))
    assert len(drawn.nodes) == len({node["id"] for node in drawn.nodes}) == scene(context_of(small())).glyphs.height
    assert all({"x", "y", "color", "shape"} <= set(node) for node in drawn.nodes)
    assert drawn.options.physics.enabled is False
    names = {node["key"]: node["color"] for node in drawn.nodes}
    assert names["o3"] != names["o2"]


def test_member_counts_are_left_out_where_they_are_not_for_the_reader() -> None:
    drawn = scene(context_of(small()))
    kept = network_page(small(), drawn)
    left_out = network_page(closed(), scene(context_of(closed())))
    assert '"full_members":5' in kept
    assert "full_members" not in left_out
    assert "应建未建" not in left_out


def test_pinyin_initials() -> None:
    assert initials("春熙路街道") == "cxljd"
    assert initials("A区 2A") == "aq2a"


@pytest.mark.parametrize("name", REPORTS)
def test_it_opens_from_disk_and_draws(name: str, visit: Visit, tmp_path: Path) -> None:
    page = opened(REPORTS[name](), visit, tmp_path)
    assert quiet(visit)
    if name != "empty":
        assert ink(page) > 500
    assert page.title() == "社会组织党建网络"


def test_hostile_text_stays_text_wherever_it_is_shown(visit: Visit, tmp_path: Path) -> None:
    page = opened(hostile(), visit, tmp_path)
    for wanted in ("img src", "script", "HYPERLINK", "协会", "极长", "7 * 7"):
        page.locator("#search").fill(wanted)
        expect(page.locator("#hits li").first).to_be_visible()
        assert page.locator("#hits li svg").count() > 0, wanted
        page.locator("#search").press("Enter")
        expect(page.locator("#details-body .name")).not_to_be_empty()
        box = page.locator("#board canvas").bounding_box()
        assert box
        page.mouse.move(box["x"] + box["width"] / 2 + 3, box["y"] + box["height"] / 2 + 3)
        page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)  # what is found is in the middle
        expect(page.locator("div.vis-tooltip")).to_be_visible()
    page.locator("#language").click()
    assert page.locator("#details img, #hits img, #details script, div.vis-tooltip img").count() == 0
    assert page.title() != "broken"
    assert page.locator("#details").evaluate("e => e.scrollWidth <= e.clientWidth")
    assert quiet(visit)


@pytest.mark.parametrize("width", [1280, 700])
def test_a_long_label_leaves_room_for_the_search_list(width: int, visit: Visit, tmp_path: Path) -> None:
    page = opened(small(), visit, tmp_path, label=Text("供街道核对的说明" * 12, "a line to be checked " * 8))
    page.set_viewport_size({"width": width, "height": 800})
    page.locator("#search").fill("o")
    for box in (page.locator("#search").bounding_box(), page.locator("#hits").bounding_box()):
        assert box is not None
        assert box["width"] >= 360
        assert 0 <= box["x"] <= box["x"] + box["width"] <= width
    assert quiet(visit)


def test_search_finds_by_name_id_and_initials_and_keys_choose(visit: Visit, tmp_path: Path) -> None:
    page = opened(small(), visit, tmp_path)
    page.locator("#board").press("/")
    expect(page.locator("#search")).to_be_focused()
    for wanted, name in (("养老", "甲养老服务中心"), ("o3", "丙协会"), ("yxx", "乙学校"), ("510104021", "乙街道")):
        page.locator("#search").fill(wanted)
        expect(page.locator("#hits li").first).to_contain_text(name)
        page.locator("#search").press("ArrowDown")
        page.locator("#search").press("ArrowUp")
        page.locator("#search").press("Enter")
        expect(page.locator("#details-body .name")).to_have_text(name)
    page.locator("#search").fill("没有这个")
    expect(page.locator("#hits")).to_contain_text("没有找到")
    page.locator("#search").press("Escape")
    expect(page.locator("#board")).to_be_focused()
    assert quiet(visit)


def test_details_are_in_words_of_the_language_chosen(visit: Visit, tmp_path: Path) -> None:
    page = opened(small(), visit, tmp_path, label=Text("示例", "example"))
    page.locator("#search").fill("o3")
    page.locator("#search").press("Enter")
    body = page.locator("#details-body")
    for words in ("未覆盖", "没有党组织覆盖", "登记", "服务类", "拟定、待落实", "位于", "乙街道"):
        expect(body).to_contain_text(words)
    page.locator("#language").click()
    for words in ("uncovered", "no Party organisation covers it", "registered", "planned", "located in"):
        expect(body).to_contain_text(words)
    expect(page.locator("#label")).to_have_text("example")
    assert page.locator("html").get_attribute("lang") == "en"
    shown = page.locator("body").inner_text()
    stored = ("work-only", "cannot-tell", "LOCATED_IN", "COVERS", "PartyOrganization", "full_members")
    assert [word for word in stored if word in shown] == []
    page.locator("#details-body .links button").first.click()
    expect(page.locator("#details-body .name")).not_to_have_text("丙协会")
    page.locator("#board").press("Escape")
    expect(body).to_contain_text("Click a node")
    assert quiet(visit)


def test_the_legend_counts_and_filters(visit: Visit, tmp_path: Path) -> None:
    page = opened(small(), visit, tmp_path)
    boxes = page.locator("#legend-body label")
    counts = {
        boxes.nth(i).locator("span").first.inner_text(): boxes.nth(i).locator(".n").inner_text()
        for i in range(boxes.count())
    }
    assert (counts["无覆盖"], counts["单独组建"], counts["待核实"], counts["党组织"]) == ("1", "1", "2", "3")
    expect(page.locator("#counts")).to_have_text("图上节点 14 / 14")
    before = ink(page)
    page.locator("#legend-body label", has_text="党组织").first.locator("input").uncheck()
    expect(page.locator("#counts")).to_have_text("图上节点 11 / 14")
    page.wait_for_timeout(100)
    assert ink(page) < before
    page.locator("#search").fill("联合党支部")
    page.locator("#search").press("Enter")  # what is looked for is shown again
    expect(page.locator("#counts")).to_have_text("图上节点 14 / 14")
    page.locator("#legend-body label", has_text="备案").locator("input").uncheck()
    expect(page.locator("#counts")).to_have_text("图上节点 13 / 14")
    page.locator("#all").click()
    expect(page.locator("#counts")).to_have_text("图上节点 14 / 14")
    assert quiet(visit)


def test_arrows_move_and_enter_chooses(visit: Visit, tmp_path: Path) -> None:
    page = opened(small(), visit, tmp_path)
    page.locator("#board").focus()
    heard = []
    for key in ("ArrowRight", "ArrowRight", "ArrowDown", "ArrowRight"):
        page.keyboard.press(key)
        heard.append(page.locator("#live").inner_text())
    assert len(set(heard)) == len(heard)
    page.keyboard.press("Enter")
    name = page.locator("#details-body .name").inner_text()
    assert name in heard[-1]
    page.keyboard.press("Escape")
    expect(page.locator("#details-body .name")).to_have_count(0)
    page.locator("#shortcuts").uncheck()
    page.locator("#board").focus()
    page.keyboard.press("/")
    expect(page.locator("#search")).not_to_be_focused()
    assert quiet(visit)


def test_the_board_fits_its_window_however_that_changes(visit: Visit, tmp_path: Path) -> None:
    page = opened(small(), visit, tmp_path)
    picture = "() => document.querySelector('#board canvas').toDataURL()"
    seen: dict[tuple[int, int], str] = {}
    for size in ((1100, 600), (1600, 1000), (900, 600), (1100, 600)):
        page.set_viewport_size({"width": size[0], "height": size[1]})
        page.wait_for_timeout(400)
        resized = page.evaluate(picture)
        page.locator("#fit").click()
        page.wait_for_timeout(200)
        assert page.evaluate(picture) == resized, size
        assert seen.setdefault(size, resized) == resized
    assert len(set(seen.values())) == len(seen)
    assert quiet(visit)


def test_the_picture_can_be_saved(visit: Visit, tmp_path: Path) -> None:
    page = opened(small(), visit, tmp_path)
    with page.expect_download() as download:
        page.locator("#png").click()
    saved = tmp_path / "saved.png"
    download.value.save_as(saved)
    assert saved.read_bytes().startswith(b"\x89PNG")
    assert saved.stat().st_size > 2000
    assert download.value.suggested_filename == "network-2016-06-12-r1.png"
    assert quiet(visit)
