"""Is a plan reviewed by keyboard alone, applied, confirmed and undone, and are cases followed; do two planners never overwrite each other?"""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote_plus

import polars as pl
import pytest
from playwright.sync_api import Browser, Locator, expect

from api import plans
from graphmodel.changes import ChangeSet
from graphmodel.stores.protocol import Act
from planning.decisions import DecisionState, Wish
from tests.pages.conftest import LANGUAGES, Reader, Site, reading, serving
from tests.pages.test_pages import told, violations, words


@pytest.fixture(params=LANGUAGES)
def reviewer(
    request: pytest.FixtureRequest, site: Site, chromium: Browser, tmp_path: Path
) -> Iterator[tuple[Reader, dict[str, str]]]:
    """A planner on a workspace that nobody else changes, and the words of the language."""
    folder = Path(shutil.copytree(site.app.state.served.workspace.folder, tmp_path / "workspace"))
    with serving(folder) as own, reading(own, chromium, request.param) as seen:
        yield seen, words(request.param)


def coverage(reader: Reader) -> tuple[float, float]:
    """The coverage rate as it is, and after what is planned."""
    figure = told(reader, "/overview")["figures"][0]
    return figure["share"]["value"], figure["planned"]["value"]


def item(reader: Reader, id_: str) -> Locator:
    return reader.page.locator(f"[role=option][data-id='{id_}']")


def saved(reader: Reader) -> None:
    """Wait until every decision has reached the server."""
    reader.page.locator(".saving").wait_for(state="detached")


def is_chosen(reader: Reader, id_: str) -> None:
    reader.page.locator(f"[role=option][aria-selected=true][data-id='{id_}']").wait_for()


def test_a_plan_is_reviewed_by_keyboard_applied_confirmed_and_undone(reviewer: tuple[Reader, dict[str, str]]) -> None:
    reader, said = reviewer
    page = reader.open("plan")
    page.get_by_role("button", name=said["plan.make"]).click()
    page.locator("[role=option]").first.wait_for(timeout=60_000)
    reader.settle()
    plan = told(reader, "/plans/newest?limit=1000")
    ids = [one["id"] for one in plan["proposals"]]
    for key in "jjja":  # faster than anything is drawn: it is the fourth that is accepted
        page.keyboard.press(key)
    is_chosen(reader, ids[3])
    item(reader, ids[3]).locator(".chip.accepted").wait_for()
    page.keyboard.press("k")
    page.keyboard.press("r")
    page.locator("select:focus").wait_for()
    page.keyboard.press("Enter")
    item(reader, ids[2]).locator(".chip.rejected").wait_for()
    expect(page.locator("ul.choices")).to_be_focused()
    page.keyboard.press("u")
    item(reader, ids[2]).locator(".chip.open").wait_for()
    page.keyboard.press("Control+Shift+z")
    item(reader, ids[2]).locator(".chip.rejected").wait_for()
    page.keyboard.press("Control+z")
    item(reader, ids[2]).locator(".chip.open").wait_for()
    saved(reader)
    states = {p["id"]: p["decision"]["state"] for p in told(reader, "/plans/newest?limit=1000")["proposals"]}
    assert {id_: state for id_, state in states.items() if state != "open"} == {ids[3]: "accepted"}

    gaining = [plan["proposals"][step["number"] - 1]["id"] for step in plan["steps"] if step["gain"]][:1]
    page = reader.open(f"plan/{plan['plan']}?at={gaining[0]}")
    is_chosen(reader, gaining[0])
    page.keyboard.press("a")
    item(reader, gaining[0]).locator(".chip.accepted").wait_for()
    saved(reader)
    actual, planned = coverage(reader)
    page.get_by_role("button", name=said["apply.open"].split("{")[0].rstrip("（( ")).click()
    dialog = page.get_by_role("dialog", name=said["apply.title"])
    dialog.locator("li").first.wait_for()
    expect(dialog.locator("h2")).to_be_focused()
    assert violations(reader) == []
    dialog.get_by_role("button", name=said["apply.do"].format(n=2)).click()
    item(reader, gaining[0]).locator(".chip.applied").wait_for(timeout=60_000)
    expect(page.locator(".card[role=status]")).to_be_focused()
    after = coverage(reader)
    assert after[0] == actual
    assert after[1] > planned

    page.get_by_role("button", name=said["confirm.open"]).click()
    dialog = page.get_by_role("dialog", name=said["confirm.title"])
    title = next(p["title"] for p in plan["proposals"] if p["id"] == gaining[0])
    dialog.get_by_label(title["zh"] if said["yes"] == "是" else title["en"]).check()
    dialog.locator("input[type=date]").fill("2016-07-01")
    dialog.get_by_role("button", name=said["confirm.do"].format(n=1)).click()
    item(reader, gaining[0]).locator(".chip.confirmed").wait_for(timeout=60_000)
    assert coverage(reader)[0] > actual
    log = page.context.new_page()
    log.goto(f"{reader.site.address}/#/history")
    log.locator("main tbody tr", has_text=said["act.plan"]).last.wait_for()
    for leak in ("plan:", "proposals of" if said["yes"] == "是" else "应用方案的"):
        expect(log.locator("main")).not_to_contain_text(leak)
    log.close()
    page.get_by_role("button", name=said["receipt.undo"]).click()
    item(reader, gaining[0]).locator(".chip.applied").wait_for(timeout=60_000)
    assert coverage(reader) == after
    assert (reader.errors, reader.elsewhere) == ([], [])


def test_what_another_planner_decided_is_shown_and_stands(reviewer: tuple[Reader, dict[str, str]]) -> None:
    reader, said = reviewer
    workspace = reader.site.app.state.served.workspace
    kept = plans.make(workspace)
    page = reader.open("plan")
    reader.settle()
    first = kept.plan.proposals[0].id
    is_chosen(reader, first)
    plans.decide(workspace, kept.name, [Wish(first, DecisionState.PINNED)], "civil-affairs")
    page.keyboard.press("a")
    item(reader, first).locator(".chip.conflict").wait_for()
    item(reader, first).locator(".chip.pinned").wait_for()
    page.keyboard.press("a")  # not before it was looked at
    saved(reader)
    assert plans.book(workspace).decision(kept, first).unit == "civil-affairs"
    assert violations(reader) == []
    page.get_by_role("button", name=said["decide.looked"]).click()
    page.keyboard.press("a")
    item(reader, first).locator(".chip.accepted").wait_for()
    saved(reader)
    assert plans.book(workspace).decision(kept, first).state is DecisionState.ACCEPTED


def test_a_plan_of_an_older_revision_says_which_proposals_others_changed_something_at(
    reviewer: tuple[Reader, dict[str, str]],
) -> None:
    reader, said = reviewer
    workspace = reader.site.app.state.served.workspace
    kept = plans.make(workspace)
    page = reader.open(f"plan/{kept.name}")
    banner = page.locator("main p.banner")
    expect(page.locator("[role=option]").first).to_be_visible()
    expect(banner).to_have_count(0)  # of the newest revision there is nothing to say
    one = next(p for p in kept.plan.proposals if p.subjects[0].type == "Organization")
    subject = one.subjects[0]
    row = workspace.network().nodes["Organization"].frame.filter(pl.col("id") == subject.id)
    edit = ChangeSet.between({"Organization": row}, {"Organization": row.with_columns(name=pl.lit("改过的名称"))})
    workspace.store.apply(edit, Act("edit", "civil-affairs", "edit", workspace.network().stamp.as_of, ""), 1)
    changed = [p["id"] for p in told(reader, f"/plans/{kept.name}?limit=1000")["proposals"] if p["changed"]]
    assert one.id in changed
    assert len(changed) < len(kept.plan.proposals)
    page = reader.open("overview")
    page = reader.open(f"plan/{kept.name}?at={quote_plus(one.id)}")
    expect(banner).to_contain_text(
        said["plan.stale"].format(made=1, now=2, n=len(changed)) if said["yes"] == "是" else "now it is revision 2"
    )
    expect(page.locator("[role=option]", has=page.locator(".chip.conflict"))).to_have_count(len(changed))
    expect(page.locator("article.proposal")).to_contain_text("改过的名称")
    expect(page.locator("article.proposal strong").first).to_contain_text("⚠")
    assert violations(reader) == []
    page = reader.open(f"organization/{quote_plus(subject.id)}")
    expect(page.locator("article.proposal").first).to_contain_text("⚠")


def test_a_case_is_moved_noted_and_its_conflict_shown(reviewer: tuple[Reader, dict[str, str]]) -> None:
    reader, said = reviewer
    workspace = reader.site.app.state.served.workspace
    work = workspace.casework("civil-affairs")
    case = work.open("uncovered")[0]
    page = reader.open("cases")
    reader.settle()
    page.locator("main tbody tr", has=page.locator("a")).filter(has_text=case_name(reader, case.subject)).locator(
        "a"
    ).first.click()
    page.get_by_role("button", name=said["case.state.under-way"]).click()
    page.locator("main ol li").nth(1).wait_for()
    work.change("uncovered", [case.subject], lambda one: one.model_copy(update={"measure": "先到先得"}))
    page.get_by_label(said["case.comment"], exact=True).fill("已约谈负责单位")
    page.get_by_role("button", name=said["case.note"], exact=True).click()
    page.locator(".problem", has_text="先到先得").wait_for()
    assert violations(reader) == []
    stored = work.find("uncovered", case.subject)
    assert (stored.measure, stored.comments) == ("先到先得", ())
    late = workspace.network().stamp.as_of
    work.change("uncovered", [case.subject], lambda one: one.model_copy(update={"deadline": late}))
    reader.open(f"organization/{case.subject}")
    followed = page.locator("section:has(> #followed-title)")
    expect(followed).to_contain_text(said["case.state.under-way"])
    expect(followed).to_contain_text(said["deadline"])
    expect(followed.locator("a")).to_have_attribute("href", re.compile("^#/cases[?]case=uncovered"))


def test_a_deadline_in_the_past_is_remarked_on_and_told_as_over(reviewer: tuple[Reader, dict[str, str]]) -> None:
    reader, said = reviewer
    case = reader.site.app.state.served.workspace.casework("civil-affairs").open("uncovered")[0]
    page = reader.open(f"cases?case={quote_plus(f'uncovered/{case.subject}')}")
    page.locator("input[name=deadline]").fill("2016-06-02")
    page.get_by_role("button", name=said["case.assign"], exact=True).click()
    expect(page.locator("p.banner[role=status]")).to_contain_text("2016-06-02")
    expect(page.locator("main table").first).to_contain_text(said["case.days.over"].format(n=10))
    assert violations(reader) == []


def case_name(reader: Reader, subject: str) -> str:
    name: str = told(reader, f"/cases/uncovered/{subject}")["name"]
    return name


def test_a_link_shows_a_colleague_the_same_proposal(reviewer: tuple[Reader, dict[str, str]]) -> None:
    reader, _ = reviewer
    kept = plans.make(reader.site.app.state.served.workspace)
    page = reader.open("plan")
    page.locator("[role=option]").first.wait_for()
    for _ in range(3):
        page.keyboard.press("j")
    fourth = told(reader, f"/plans/{kept.name}?limit=4")["proposals"][3]["id"]
    is_chosen(reader, fourth)
    expect(page).to_have_url(re.compile(re.escape(quote_plus(fourth, safe="*"))))
    other = page.context.new_page()
    other.goto(page.url)
    other.locator(f"[role=option][aria-selected=true][data-id='{fourth}']").wait_for()
    assert kept.name not in other.locator("main").inner_text()


def test_proposals_are_asked_for_those_that_are_ticked(reviewer: tuple[Reader, dict[str, str]]) -> None:
    reader, said = reviewer
    plans.make(reader.site.app.state.served.workspace)
    page = reader.open("gaps/no-work-coverage")
    rows = page.locator("main tbody tr")
    ids = [rows.nth(place).get_attribute("data-id") for place in (0, 2)]
    for id_ in ids:
        page.locator(f"tr[data-id='{id_}'] input").check()
    page.get_by_role("link", name=said["gaps.plan.chosen"].format(n=2), exact=True).click()
    about = "&".join(f"about=Organization/{id_}" for id_ in ids)
    wanted = told(reader, f"/plans/newest?question=no-work-coverage&{about}")["proposals"]
    assert wanted
    expect(page.locator("[role=option]")).to_have_count(len(wanted))
    page.reload()
    expect(page.locator("[role=option]")).to_have_count(len(wanted))
    assert violations(reader) == []
    chip = said["plan.about"].format(n=2)
    page.get_by_role("button", name=said["filters.remove"].format(what=chip), exact=True).click()
    all_of = told(reader, "/plans/newest?question=no-work-coverage&limit=200")["proposals"]
    expect(page.locator("[role=option]")).to_have_count(len(all_of))
    assert len(all_of) > len(wanted)


def test_what_a_filter_hides_is_not_ticked_any_more(reviewer: tuple[Reader, dict[str, str]]) -> None:
    reader, said = reviewer
    page = reader.open("gaps/no-work-coverage")
    page.locator("main tbody tr input").first.check()
    asked = page.get_by_role("link", name=said["gaps.plan.chosen"].format(n=1), exact=True)
    expect(asked).to_be_visible()
    page.evaluate("location.hash = '#/gaps/no-work-coverage?verdict=cannot-tell'")
    expect(asked).to_have_count(0)
    expect(page.locator("main tbody tr input:checked")).to_have_count(0)
    expect(page.locator("main tbody tr").first).to_be_visible()


def test_proposals_asked_for_from_a_filtered_list_are_of_that_list(reviewer: tuple[Reader, dict[str, str]]) -> None:
    reader, said = reviewer
    plans.make(reader.site.app.state.served.workspace)
    page = reader.open("gaps/no-work-coverage?street=510104022")
    page.get_by_role("link", name=said["gaps.plan"], exact=True).click()
    wanted = told(reader, "/plans/newest?question=no-work-coverage&street=510104022")["proposals"]
    assert wanted
    expect(page.locator("[role=option]")).to_have_count(len(wanted))
    workbook = page.get_by_role("link", name=said["workbook.out"]).get_attribute("href")
    assert workbook is not None
    assert workbook.partition("?")[2] == f"street=510104022&question=no-work-coverage&language={reader.language}"


def test_the_curve_begins_before_the_first_step_and_the_list_says_its_order(
    reviewer: tuple[Reader, dict[str, str]],
) -> None:
    reader, said = reviewer
    plans.make(reader.site.app.state.served.workspace)
    page = reader.open("plan")
    found = told(reader, "/plans/newest?limit=1000")
    planned = coverage(reader)[1]
    assert planned < found["steps"][0]["coverage"]
    expect(page.locator("main figure svg")).to_contain_text(
        f"{100 * planned:.1f}% → {100 * found['steps'][-1]['coverage']:.1f}%"
    )
    points = page.locator("main figure svg polyline").first.get_attribute("points") or ""
    assert len(points.split()) == len(found["steps"]) + 1
    expect(page.locator("main section").filter(has=page.locator("ul.choices"))).to_contain_text(said["plan.order"])
    first = found["steps"][0]["number"]
    step = said["proposal.rank"].format(n=1)
    expect(item(reader, found["proposals"][first - 1]["id"])).to_contain_text(step)


def test_in_a_narrow_window_what_is_decided_is_in_sight(reviewer: tuple[Reader, dict[str, str]]) -> None:
    reader, said = reviewer
    plans.make(reader.site.app.state.served.workspace)
    page = reader.page
    page.set_viewport_size({"width": 683, "height": 384})  # 1366 × 768 at 200 %
    reader.open("plan")
    page.locator("[role=option]").first.wait_for()
    for _ in range(12):
        page.keyboard.press("j")
    for seen in (
        page.locator("[role=option][aria-selected=true]"),
        page.locator("article.proposal h3").first,
        page.locator(".decide").get_by_role("button", name=said["decide.accept"]).first,
        page.locator(".decide").get_by_role("button", name=said["decide.reject"]).first,
    ):
        expect(seen).to_be_in_viewport()
    assert violations(reader) == []
