"""Does every page open in both languages, for everybody, and from this server alone?"""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
from playwright.sync_api import Browser, expect

from api.http.pages import WEB
from tests.pages.conftest import LANGUAGES, Reader, Site, reading

AXE = Path(__file__).parents[2] / "node_modules" / "axe-core" / "axe.min.js"
DAYS = {"zh": "2016年6月12日", "en": "Jun 12, 2016"}  # of the example
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
ROUTES = (
    "overview",
    "gaps/uncovered",
    "gaps/branch-required?street=510104022",
    "network",
    "network?street=510104022&near=Street%2F510104022",
    "network?view=table&type=Street",
    "network?view=neighbours&near=Street%2F510104022",
    "plan",
    "cases",
    "history",
    "scorecards",
    "scorecards?kind=street&sort=-coverage_rate",
    "scorecards/street/510104022",
    "policy",
    "policy/newcomer",
    "policy/clauses?at=J11",
    "users",
    "record/Street/510104022",
    "record",
    "import",
)


def violations(reader: Reader) -> list[str]:
    """What axe finds against WCAG 2.2 AA on the page as it stands, from its top: what lies half under the bar is not small."""
    reader.page.evaluate("scrollTo(0, 0)")
    reader.page.evaluate(AXE.read_text("utf-8"))
    found: dict[str, Any] = reader.page.evaluate(
        "tags => axe.run(document, {runOnly: {type: 'tag', values: tags}, resultTypes: ['violations']})", TAGS
    )
    return [f"{v['id']}: {v['nodes'][0]['html'][:160]} ({len(v['nodes'])})" for v in found["violations"]]


@pytest.mark.parametrize("route", ROUTES)
def test_a_page_opens_without_errors_is_accessible_and_asks_nobody_else(reader: Reader, route: str) -> None:
    reader.open(route)
    assert reader.errors == []
    assert reader.elsewhere == []
    assert violations(reader) == []


def test_an_organisation_beside_a_node_has_the_mark_of_its_cover(reader: Reader) -> None:
    page = reader.open("network?view=neighbours&near=Street%2F510104022")
    beside = page.locator('main svg a[data-id^="Organization/"]')
    beside.first.wait_for()
    ids = beside.evaluate_all("all => all.map(one => one.dataset.id.replace('Organization/', ''))")
    api = f"{reader.site.address}/api/v1"
    looks = page.request.get(f"{api}/covers?{urlencode([('id', one) for one in ids])}").json()["looks"]
    legend = page.request.get(f"{api}/legend").json()["looks"]
    assert len({looks[one] for one in ids}) > 1
    for place, one in enumerate(ids):
        expect(beside.nth(place).locator("g path").first).to_have_attribute("d", legend[looks[one]]["path"])
    assert legend["Organization"]["path"] not in {legend[look]["path"] for look in looks.values()}


def test_one_organisation_is_reached_from_a_number_and_the_list_is_come_back_to(reader: Reader) -> None:
    page = reader.open("gaps/uncovered?verdict=gap")
    first = page.locator("main tbody tr a").first
    name = first.inner_text()
    first.click()
    page.locator("main h1", has_text=name).wait_for()
    reader.settle()
    assert violations(reader) == []
    page.keyboard.press("j")
    page.locator("main h1", has_not_text=name).wait_for()
    page.go_back()
    page.locator("main h1", has_text=name).wait_for()
    page.locator("main a.button").first.click()
    page.locator("main select").first.wait_for()
    assert "verdict=gap" in page.url
    assert reader.errors == []


def test_anything_is_found_by_initials_and_gone_to_with_the_keyboard_alone(reader: Reader) -> None:
    page = reader.open("overview")
    page.keyboard.press("/")
    page.keyboard.type("cxl")
    page.locator("[role=option]", has_text="春熙路街道").first.wait_for()
    page.keyboard.press("Enter")
    page.locator("main .board-page").wait_for()
    assert "near=Street" in page.url
    page.keyboard.press("g")
    page.keyboard.press("o")
    page.locator("main .big").first.wait_for()
    assert reader.errors == []


def test_hits_tell_street_and_kind_a_code_comes_first_and_more_are_listed(reader: Reader) -> None:
    page = reader.open("overview")
    page.keyboard.press("/")
    page.keyboard.type("510104022")
    hits = page.locator("header [role=option]")
    expect(hits.first).to_contain_text("春熙路街道")
    page.keyboard.press("Escape")
    page.keyboard.type("协会")
    expect(hits.filter(has_text="街道 ·").or_(hits.filter(has_text="街道")).first).to_be_visible()
    first = told(reader, "/search?q=协会&limit=200")
    shown = [one["street"] for one in first["items"][:12] if one["type"] == "Organization"]
    assert shown[0] is not None
    expect(hits.filter(has_text=first["items"][0]["name"]).first).to_contain_text(shown[0])
    more = hits.filter(has_text=words(reader.language)["search.first"].format(n=12))
    expect(more).to_have_count(1)
    assert violations(reader) == []
    page.keyboard.press("ArrowUp")
    page.keyboard.press("Enter")
    expect(more).to_have_count(0)
    asked = len(first["items"]) + first["more"]  # where there are still more, that is said last
    expect(hits.filter(has_not_text=words(reader.language)["question"])).to_have_count(asked)
    page.locator("main h1").click()  # what is done elsewhere is not covered by the list
    expect(hits.first).to_be_hidden()
    page.keyboard.press("/")
    expect(hits.first).to_be_visible()
    assert reader.errors == []


def test_the_list_of_hits_is_gone_when_another_page_is_gone_to(reader: Reader) -> None:
    page = reader.open("gaps/uncovered")
    page = reader.open("overview")
    page.keyboard.press("/")
    page.keyboard.type("cxl")
    hits = page.locator("header [role=option]")
    expect(hits.first).to_be_visible()
    page.go_back()
    page.locator("select.question").wait_for()
    expect(hits).to_have_count(0)
    expect(page.locator("header input[type=search]")).to_have_value("")


@pytest.mark.parametrize("language", LANGUAGES)
def test_an_empty_workspace_offers_an_import_or_the_example_on_every_page(
    empty_site: Site, chromium: Browser, language: str
) -> None:
    with reading(empty_site, chromium, language) as reader:
        page = reader.page
        for route in ("overview", "gaps/uncovered", "network", "plan", "cases", "history", "scorecards", "policy"):
            page.goto(f"{empty_site.address}/#/{route}")
            expect(page.locator("main h1")).to_have_text(words(language)["welcome"])
            expect(page.locator("main")).not_to_contain_text("1970")
            expect(page.locator("main a.button")).to_have_count(2)


def test_the_gravest_questions_are_offered_first(reader: Reader) -> None:
    offered = reader.open("gaps/uncovered").locator("select.question option")
    severities = [
        one["id"] for one in told(reader, "/questions")["items"] if (one["severity"] or {}).get("value") == "high"
    ]
    values = offered.evaluate_all("all => all.map(one => one.value)")
    assert sorted(values[: len(severities)]) == sorted(severities)


def test_a_clause_tells_its_document_and_leads_to_the_list_of_all(reader: Reader) -> None:
    page = reader.open("gaps/uncovered")
    clause = next(one for one in told(reader, "/schema")["clauses"] if one["id"] == "J11")
    link = page.get_by_role("link", name=re.compile(rf"^J11 {clause['title'][reader.language]}.*{clause['document']}$"))
    link.focus()
    page.keyboard.press("Enter")
    row = page.locator("main tr.here")
    expect(row).to_contain_text(clause["document"])
    expect(row.locator("th")).to_be_focused()
    assert reader.errors == []


def test_a_question_without_data_says_what_is_lacking(reader: Reader) -> None:
    page = reader.open("gaps/redistricting")
    lacking = told(reader, "/questions/redistricting/answer")["lacking"]
    assert lacking
    for one in lacking:
        expect(page.locator("main")).to_contain_text(one["title"][reader.language])


def told(reader: Reader, path: str) -> Any:
    answer = reader.page.request.get(f"{reader.site.address}/api/v1{path}")
    assert answer.ok, answer.text()
    return answer.json()


def words(language: str) -> dict[str, str]:
    found: dict[str, str] = json.loads((WEB / "words" / f"{language}.json").read_text("utf-8"))
    return found


def test_both_languages_have_the_same_words_with_the_same_places_to_fill_in() -> None:
    zh, en = (words(language) for language in LANGUAGES)
    assert set(zh) == set(en)
    for key in zh:
        assert set(re.findall(r"{\w+}", zh[key])) == set(re.findall(r"{\w+}", en[key])), key


def test_every_word_that_a_page_says_is_there_and_none_is_there_in_vain() -> None:
    sources = [p.read_text("utf-8") for p in WEB.rglob("*.js") if "vendor" not in str(p.relative_to(WEB))]
    text = "\n".join(sources)
    said = set(re.findall(r'word(?:\(|: )"([a-z][a-z.-]*)"', text))
    begun = set(re.findall(r"word(?:\(|: )`([a-z.-]+)\$", text))
    there = set(words("zh"))
    assert said <= there, said - there
    quoted = set(re.findall(r'"([a-z][a-z.-]*)"', text))
    unused = {key for key in there - said - quoted if not any(key.startswith(prefix) for prefix in begun)}
    assert unused == set()
