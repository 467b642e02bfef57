"""Does the board show what a plan would bring: ghosts at one node, before and after in one place, and revisions back in time?"""

from __future__ import annotations

import json
import re
from typing import Any
from urllib.parse import quote

from playwright.sync_api import Browser, expect

from api import plans
from graphmodel.schema.nodes import Organization
from tests.pages.conftest import Reader, Site, reading
from tests.pages.test_administration import renamed, said
from tests.pages.test_pages import told, violations
from tests.queries.small import planned_cover


def test_a_plan_is_seen_on_the_board_before_and_after(planner: Reader) -> None:
    kept = plans.make(planner.site.app.state.served.workspace)
    uncovered = {row["id"] for row in told(planner, "/questions/uncovered/findings?limit=100")["items"]}
    board = {f"{spot['type']}/{spot['id']}": spot for spot in told(planner, "/scenes")["glyphs"] if spot["count"] == 1}
    joined = next(
        one
        for one in told(planner, "/plans/newest?limit=1000")["proposals"]
        if one["target"]
        and f"{one['target']['type']}/{one['target']['id']}" in board
        and one["subjects"][0]["type"] == Organization.type_name
        and one["subjects"][0]["id"] in uncovered
    )
    address = f"Organization/{joined['subjects'][0]['id']}"
    page = planner.open(f"network?near={address.replace('/', '%2F').replace(':', '%3A')}")
    ghost = page.locator(".board path", has=page.locator("title", has_text=joined["title"][planner.language]))
    expect(ghost).to_have_count(1)
    panel = page.get_by_label(said(planner, "details"), exact=True)
    expect(panel).to_contain_text(joined["title"][planner.language])
    titles = panel.locator("section h2").all_text_contents()  # what would close the gap goes before all that is known
    assert titles[0] == said(planner, "organization.proposals")
    assert violations(planner) == []

    sides = page.get_by_role("group", name=said(planner, "board.compare"), exact=True)
    assert kept.name not in sides.inner_text()  # a plan is called by its day
    sides.get_by_role("button").nth(1).click()
    planner.settle()
    after = {f"{s['type']}/{s['id']}": s["look"] for s in told(planner, f"/scenes?plan={kept.name}")["glyphs"]}
    moved = [key for key, look in after.items() if key not in board or board[key]["look"] != look]
    assert address in moved
    expect(page.locator(".board circle.moved")).to_have_count(len(moved))
    expect(page.get_by_role("status").filter(has_text=said(planner, "board.changed", n=len(moved)))).to_be_visible()
    assert violations(planner) == []
    page.get_by_role("button", name=said(planner, "board.now"), exact=True).click()
    expect(page.locator(".board circle.moved")).to_have_count(0)

    streets = [node["id"] for node in told(planner, "/nodes/Street?limit=100")["items"]]
    of_street = {street: told(planner, f"/plans/newest?street={street}&limit=1000")["proposals"] for street in streets}
    street = next(key for key, ones in of_street.items() if any(one["id"] == joined["id"] for one in ones))
    page = planner.open(f"network?near=Street%2F{street}")
    page.get_by_role("link", name=said(planner, "organization.proposals.street"), exact=True).click()
    expect(page.locator(f"[role=option][data-id='{joined['id']}']")).to_be_visible(timeout=60_000)
    assert (planner.errors, planner.elsewhere) == ([], [])


def test_streets_that_a_change_of_boundaries_ends_are_marked_beside_what_is_now(reader: Reader) -> None:
    suppose = json.dumps({"redistrict": "2019"})
    beside = told(reader, f"/scenes?suppose={quote(suppose)}")["bands"]
    over, here = [band for band in beside if band["ended"]], told(reader, "/scenes")["bands"]
    assert over
    assert {band["id"] for band in over} < {band["id"] for band in here}
    assert sum(band["total"] for band in over) == 0
    page = reader.open(f"network?suppose={quote(suppose)}")
    marked = page.locator(".board [data-band]", has_text=said(reader, "board.ended"))
    expect(marked).to_have_count(len(over))
    expect(marked.filter(has_text="0/0")).to_have_count(0)
    expect(page.locator(".board [data-id^=Street] title", has_text=said(reader, "board.ended"))).to_have_count(
        len(over)
    )
    page.get_by_role("button", name=said(reader, "board.now"), exact=True).click()
    expect(page.locator(".board [data-band]")).to_have_count(len(here))
    expect(marked).to_have_count(0)
    assert reader.errors == []


def test_the_board_goes_back_in_time_by_keyboard(planner: Reader) -> None:
    renamed(planner.site)
    page = planner.open("network?near=Street%2F510104022")
    details = page.get_by_label(said(planner, "details"), exact=True)
    expect(details).to_contain_text("春熙")
    slider = page.get_by_role("slider", name=said(planner, "board.slider"))
    slider.focus()
    page.keyboard.press("ArrowLeft")
    expect(slider).to_have_value("1")
    expect(page).to_have_url(re.compile("revision=1"))
    page.keyboard.press("ArrowRight")
    expect(slider).to_have_value("2")
    expect(page).not_to_have_url(re.compile("revision="))
    assert planner.errors == []


def test_a_street_on_the_board_leads_to_its_lists_of_gaps(reader: Reader) -> None:
    page = reader.open("network?near=Street%2F510104022")
    found = told(reader, "/questions/no-work-coverage/findings?street=510104022&verdict=gap")
    panel = page.get_by_label(said(reader, "details"), exact=True)
    panel.locator("a[href*='no-work-coverage']").first.click()
    expect(page.locator("main tbody tr")).to_have_count(found["total"])
    expect(page.get_by_role("status").filter(has_text=said(reader, "gaps.counted", n=found["total"]))).to_be_visible()


def test_a_neighbour_is_drawn_once_whatever_hangs_together(reader: Reader) -> None:
    items = told(reader, "/neighbours/PartyOrganization/po:510104021:青年路社区?limit=80")["items"]
    nodes = {(one["type"], one["id"]) for one in items}
    assert len(nodes) < len(items)  # dues of two years, and whom it is under
    page = reader.open("network?view=neighbours&near=PartyOrganization%2Fpo%3A510104021%3A青年路社区")
    expect(page.locator("main section svg a[data-id]")).to_have_count(len(nodes))
    years = {
        _tie(each): sorted(one["year"] for one in items if _tie(one) == _tie(each)) for each in items if each["year"]
    }
    panel = page.get_by_label(said(reader, "details"), exact=True)
    told_of = [said(reader, "mark.list").join(map(str, of)) for of in years.values() if len(of) > 1]
    assert told_of
    for text in told_of:  # each relation of a year by its year, not how many there are
        expect(panel).to_contain_text(said(reader, "relations.years", years=text))


def test_who_stands_in_the_middle_of_a_neighbourhood_is_named(reader: Reader) -> None:
    page = reader.open("network?view=neighbours&near=Street%2F510104022")
    expect(page.locator("main svg[role=group] > text")).to_have_text("春熙路街道")
    expect(page.get_by_role("img", name="春熙路街道")).to_have_count(1)
    assert violations(reader) == []


def test_a_selection_that_lies_aside_is_scrolled_to(site: Site, chromium: Browser, signed_in: Any) -> None:
    with reading(site, chromium, "zh", signed_in, viewport={"width": 1366, "height": 768}) as reader:
        station = told(reader, "/nodes/GuidanceStation?limit=1")["items"][0]["id"]
        page = reader.open(f"network?near={quote(f'GuidanceStation/{station}', safe='')}")
        ring = page.locator(".board circle.chosen")
        expect(ring).to_be_in_viewport()
        box = page.locator(".scroll:has(> .board)").bounding_box()
        assert box is not None
        assert box["y"] + box["height"] <= 768  # and so does its bar, by which one gets to what lies aside


def test_the_ends_of_a_path_are_called_by_their_names(reader: Reader) -> None:
    page = reader.open("network?paths=on&start=Street%2F510104022&end=Street%2F510104035")
    steps = told(reader, "/paths?start=Street/510104022&end=Street/510104035")["steps"]
    for box, step in (("#path-start", steps[0]), ("#path-end", steps[-1])):
        expect(page.locator(f".field:has({box}) strong")).to_have_text(step["name"])
    expect(page.locator("main ol li")).to_have_count(len(steps))
    assert reader.errors == []


def test_a_path_over_what_is_planned_says_so_and_reads_from_its_start(reader: Reader) -> None:
    branch, covered = planned_cover(reader.site.app.state.served.workspace.network())
    start, end = (quote(address, safe="") for address in (covered, branch))
    step = reader.open(f"network?paths=on&start={start}&end={end}").locator("main ol li").last
    against = {"zh": "受其覆盖", "en": "covered by"}[reader.language]
    expect(step.locator("small")).to_have_text(f"{against} {said(reader, 'planned')} →")
    assert (reader.errors, reader.elsewhere) == ([], [])


def test_a_path_is_asked_for_by_keyboard_alone(reader: Reader) -> None:
    page = reader.open("network")
    page.keyboard.press("p")
    for box, typed in (("#path-start", "510104022"), ("#path-end", "510104035")):
        expect(page.locator(box)).to_be_focused()
        page.keyboard.type(typed)
        page.locator(f".search:has({box}) [role=option][id$='hit-0']").wait_for()
        page.keyboard.press("Enter")
    expect(page.locator("main ol li").first).to_be_visible()
    expect(page.locator("section:focus ol")).to_have_count(1)
    assert reader.errors == []


def test_names_on_the_board_are_drawn_above_the_lines(reader: Reader) -> None:
    glyphs = told(reader, "/scenes?street=510104022")["glyphs"]
    one = next(each["id"] for each in glyphs if each["type"] == "Organization" and each["count"] == 1)
    page = reader.open(f"network?street=510104022&near={quote(f'Organization/{one}', safe='')}")
    page.locator("svg.board > path").first.wait_for()
    over = page.locator("svg.board").evaluate(
        """board => { const all = [...board.querySelectorAll('*')];
        const [lines, names] = [':scope > path', ':scope > text[data-place], :scope > text[data-band]']
          .map((one) => [...board.querySelectorAll(one)].map((each) => all.indexOf(each)));
        return [lines.length, names.length, Math.max(...lines) < Math.min(...names)]; }"""
    )
    assert min(over) > 0, over


def _tie(one: dict[str, Any]) -> tuple[str, str, str]:
    return one["label"]["en"], one["type"], one["id"]
