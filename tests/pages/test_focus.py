"""Where is the focus, and what do keys do there?"""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from api import plans
from api.examples import LEDGER
from tests.pages.conftest import Reader
from tests.pages.test_administration import said


@pytest.mark.parametrize("planner", ["zh"], indirect=True)
def test_letters_work_on_whatever_they_do_not_go_into(planner: Reader) -> None:
    ids = [one.id for one in plans.make(planner.site.app.state.served.workspace).plan.proposals[:3]]
    page = planner.open("plan")
    chosen = page.locator("[role=option][aria-selected=true]")
    expect(chosen).to_have_attribute("data-id", ids[0])
    page.locator("main input[type=file]").focus()
    page.keyboard.press("j")
    expect(chosen).to_have_attribute("data-id", ids[1])
    street = page.locator("main select").first
    street.focus()
    page.keyboard.press("j")  # would choose in the list
    page.keyboard.press("Escape")
    expect(street).not_to_be_focused()
    expect(chosen).to_have_attribute("data-id", ids[1])
    page.keyboard.press("j")
    expect(chosen).to_have_attribute("data-id", ids[2])
    page.keyboard.press("?")
    letters = page.locator("dialog[open] input[type=checkbox]")
    letters.focus()
    page.keyboard.press("k")  # a dialog keeps all keys
    page.keyboard.press("Escape")
    page.keyboard.press("g")
    page.keyboard.press("h")
    expect(page).to_have_url(f"{planner.site.address}/#/history")
    assert planner.errors == []


@pytest.mark.parametrize("planner", ["en"], indirect=True)
def test_the_focus_is_where_the_work_goes_on(planner: Reader) -> None:
    plans.make(planner.site.app.state.served.workspace)
    page = planner.open("overview")
    page.locator("nav a[href='#/plan']").focus()
    page.keyboard.press("Enter")  # from beside the content, by a link
    expect(page.locator("#main")).to_be_focused()
    page.keyboard.press("g")
    page.keyboard.press("i")  # from the content, by letters
    expect(page).to_have_url(f"{planner.site.address}/#/import")
    expect(page.locator("#main")).to_be_focused()
    page.locator("input[type=file]").set_input_files(LEDGER)
    check = page.get_by_role("button", name=said(planner, "import.check"), exact=True)
    check.focus()
    page.keyboard.press("Enter")  # the button goes, and the page with it
    page.get_by_role("heading", name=said(planner, "import.checked")).wait_for()
    expect(page.locator("body")).not_to_be_focused()
    expect(page.locator("main:focus, main :focus")).to_have_count(1)
    page.get_by_role("button", name=said(planner, "import.drop"), exact=True).focus()
    page.keyboard.press("Enter")
    check.wait_for()
    expect(page.locator("main:focus, main :focus")).to_have_count(1)
    assert planner.errors == []
