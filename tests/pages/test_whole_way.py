"""Does a planner get from the ledger to branches founded in truth, and back, in either language, by mouse and by keyboard?"""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from api.examples import BUNDLE, DAY, LEDGER
from tests.pages.conftest import LANGUAGES, Reader, Site, reading
from tests.pages.test_administration import network, said
from tests.pages.test_pages import told
from tests.pages.test_review import is_chosen, item, saved

ACCEPTED, REJECTED, FOUNDED = 20, 2, 3
MISTAKES = {("社会组织党建台账", "F7"): "很多", ("基本信息", "K9"): "某年某月"}
LONG = 120_000  # milliseconds that reading a district or solving its plan may take on a busy machine


@dataclass
class Hand:
    """How a planner acts on what the page offers: with the mouse, or with keys alone."""

    page: Page
    keys: bool

    def act(self, what: Locator) -> None:
        """Press a button, follow a link, tick a box."""
        if not self.keys:
            return what.click()
        expect(what).to_be_enabled()
        assert what.evaluate("one => one.tabIndex") >= 0  # Tab reaches it
        what.focus()
        self.page.keyboard.press("Space" if what.get_attribute("type") == "checkbox" else "Enter")
        return None

    def go(self, key: str, link: str) -> None:
        """Go to a page by the shell: two letters, or its link."""
        if self.keys:
            self.page.keyboard.press("Escape")
            self.page.evaluate("document.activeElement.blur()")
            self.page.keyboard.press("g")
            self.page.keyboard.press(key)
        else:
            self.page.locator(f".side a[href='#/{link}']").click()


@pytest.fixture(scope="session")
def files(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path, list[Path]]:
    """The example's ledger, the same with two mistakes, and what the district keeps beside it."""
    folder = tmp_path_factory.mktemp("ledger")
    (folder / "wrong").mkdir()
    right, wrong = folder / LEDGER.name, folder / "wrong" / LEDGER.name
    shutil.copyfile(LEDGER, right)
    book = openpyxl.load_workbook(LEDGER)
    for (sheet, cell), value in MISTAKES.items():
        book[sheet][cell] = value
    book.save(wrong)
    return right, wrong, sorted(BUNDLE.glob("*.csv"))


@pytest.fixture(params=[(language, keys) for language in LANGUAGES for keys in (False, True)], ids=str)
def started(request: pytest.FixtureRequest, empty_site: Site, chromium: Browser) -> Iterator[tuple[Reader, Hand]]:
    """A planner before an empty workspace."""
    language, keys = request.param
    with reading(empty_site, chromium, language) as reader:
        reader.page.set_default_timeout(LONG)
        yield reader, Hand(reader.page, keys)


def rates(reader: Reader) -> tuple[float, float]:
    """The coverage rate that the overview shows in hundredths, and what it will be after what is planned."""
    first = reader.open("overview").locator("main .grid > section").first
    actual = first.locator(".big").inner_text()
    planned = first.locator("p").last.inner_text()
    one, other = (float(re.findall(r"\d+(?:\.\d+)?", text)[-1]) for text in (actual, planned))
    return one, other


def check(reader: Reader, hand: Hand, paths: list[Path]) -> None:
    """Send files in and have them checked."""
    page = reader.page
    page.locator("input[type=file]").first.set_input_files(paths)
    page.locator("input[name=as_of]").fill(DAY.isoformat())
    hand.act(page.get_by_role("button", name=said(reader, "import.check"), exact=True))
    page.get_by_role("heading", name=said(reader, "import.checked")).wait_for(timeout=LONG)


def to_decide(plan: Any) -> tuple[list[str], list[str], list[str]]:
    """What is accepted, what is rejected, and what will be founded: the last close gaps, and nothing rejected is needed."""
    by_id = {one["id"]: one for one in plan["proposals"]}
    gaining = [plan["proposals"][step["number"] - 1]["id"] for step in plan["steps"] if step["gain"]]
    alone = [id_ for id_, one in by_id.items() if not one["needs"]]
    founded = [id_ for id_ in gaining if id_ in alone][:FOUNDED]
    accepted = [*founded, *(id_ for id_ in alone if id_ not in founded)][:ACCEPTED]
    rejected = [id_ for id_ in alone if id_ not in accepted][:REJECTED]
    assert (len(founded), len(accepted), len(rejected)) == (FOUNDED, ACCEPTED, REJECTED)
    return [id_ for id_ in by_id if id_ in accepted], [id_ for id_ in by_id if id_ in rejected], founded


def decide(reader: Reader, hand: Hand, id_: str, accept: bool) -> None:
    """Accept or reject one proposal of the list."""
    page = reader.page
    if hand.keys:
        for _ in range(500):
            if page.locator("[role=option][aria-selected=true]").get_attribute("data-id") == id_:
                break
            page.keyboard.press("j")
        is_chosen(reader, id_)
        page.keyboard.press("a" if accept else "r")
    else:
        item(reader, id_).click()
        act = said(reader, f"decide.{'accept' if accept else 'reject'}")
        page.get_by_role("button", name=re.compile(f"^[✓✕] {re.escape(act)}")).click()
    if not accept:
        page.locator("select:focus").wait_for()
        if hand.keys:
            page.keyboard.press("Enter")
        else:
            page.get_by_role("button", name=said(reader, "reject.do"), exact=True).click()
    item(reader, id_).locator(f".chip.{'accepted' if accept else 'rejected'}").wait_for()


@pytest.mark.slow
@pytest.mark.timeout(900)  # some hundred steps, each with a patience of its own
def test_the_planner_goes_the_whole_way(started: tuple[Reader, Hand], files: tuple[Path, Path, list[Path]]) -> None:
    (reader, hand), (right, wrong, bundle) = started, files
    page = reader.page
    page.goto(f"{reader.site.address}/#/overview")
    hand.act(page.get_by_role("link", name=said(reader, "welcome.import"), exact=True))
    reader.errors.clear()  # the browser notes that an empty workspace has no overview

    check(reader, hand, [wrong, *bundle])  # two mistakes: both told at their cells, and marked in the workbook
    errors = page.get_by_role("region", name=said(reader, "import.errors.list"), exact=True)
    for (sheet, cell), value in MISTAKES.items():
        row = errors.locator("tbody tr", has_text=value)
        expect(row).to_contain_text(sheet)
        expect(row.get_by_role("cell", name=cell, exact=True)).to_be_visible()
    with page.expect_download() as sent:
        hand.act(page.get_by_role("link", name=said(reader, "import.marked"), exact=True))
    with sent.value.path().open("rb") as marked:
        book = openpyxl.load_workbook(marked)
    assert all(book[sheet][cell].comment for sheet, cell in MISTAKES)
    hand.act(page.get_by_role("button", name=said(reader, "import.drop"), exact=True))
    page.get_by_role("heading", name=said(reader, "import.choose"), exact=True).wait_for()

    check(reader, hand, [right, *bundle])  # put right
    expect(errors.locator("tbody tr", has_text="很多")).to_have_count(0)
    valid = page.locator("label", has_text=re.compile(said(reader, "import.accept-valid", n="[0-9,]+"))).locator(
        "input"
    )
    if valid.count():  # oddities that the example has on purpose
        hand.act(valid)
    hand.act(page.get_by_role("button", name=said(reader, "import.confirm"), exact=True))
    hand.act(page.get_by_role("link", name=said(reader, "import.overview"), exact=True))
    assert network(reader.site).table("Organization").height > 900

    matrix = page.get_by_role(
        "region", name=said(reader, "matrix"), exact=True
    )  # a street's uncovered, and one of them
    gap = matrix.locator("tbody tr:not(:last-child) td:last-child a:not(.zero)").first
    number = gap.inner_text()
    hand.act(gap)
    rows = page.locator("main tbody tr", has=page.locator("a[href*='#/organization/']"))
    expect(rows).to_have_count(int(number))
    assert "street=" in page.url
    link = rows.first.locator("a").first
    name = link.inner_text()
    hand.act(link)
    expect(page.locator("main h1")).to_have_text(name)
    reader.settle()
    before = rates(reader)

    hand.go("p", "plan")
    hand.act(page.get_by_role("button", name=said(reader, "plan.make"), exact=True))
    page.locator("[role=option]").first.wait_for(timeout=LONG)
    reader.settle()
    accepted, rejected, founded = to_decide(told(reader, "/plans/newest?limit=200"))
    page.evaluate("document.activeElement.blur()")
    order = [one.get_attribute("data-id") for one in page.locator("[role=option]").all()]
    for id_ in sorted([*accepted, *rejected], key=order.index):
        decide(reader, hand, id_, id_ in accepted)
    saved(reader)

    hand.act(page.get_by_role("button", name=said(reader, "apply.open", n=ACCEPTED), exact=True))
    hand.act(page.get_by_role("button", name=said(reader, "apply.do", n=ACCEPTED), exact=True))
    item(reader, founded[0]).locator(".chip.applied").wait_for()
    planned = rates(reader)
    assert planned[0] == before[0]
    assert planned[1] > before[1]

    hand.go("p", "plan")
    reader.settle()
    hand.act(page.get_by_role("button", name=said(reader, "confirm.open"), exact=True))
    titles = {one["id"]: one["title"][reader.language] for one in told(reader, "/plans/newest?limit=200")["proposals"]}
    for id_ in founded:
        hand.act(page.get_by_role("checkbox", name=titles[id_], exact=True))
    page.locator("dialog[open] input[type=date]").fill("2016-07-01")
    hand.act(page.get_by_role("button", name=said(reader, "confirm.do", n=FOUNDED), exact=True))
    for id_ in founded:
        item(reader, id_).locator(".chip.confirmed").wait_for()
    undo = page.get_by_role("button", name=said(reader, "receipt.undo"), exact=True)
    undo.wait_for()
    assert told(reader, "/overview")["figures"][0]["share"]["value"] * 100 > before[0] + 0.1
    hand.act(undo)
    item(reader, founded[0]).locator(".chip.applied").wait_for()
    assert rates(reader) == planned
    assert (reader.errors, reader.elsewhere) == ([], [])
