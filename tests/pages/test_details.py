"""Do pages say things in words, once, and of all there are? Dates, rates, what stands beside a finding, names around a node, long lists."""

from __future__ import annotations

import datetime as dt
import json
import re
from itertools import pairwise
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, expect

from api.imports import Import, bring_in
from tests.pages.conftest import Reader, Site, reading
from tests.pages.test_administration import said
from tests.pages.test_pages import DAYS, told, violations

STREETS = 600  # more than a list to choose from holds


def test_the_trend_tells_its_days_as_people_write_them(reader: Reader) -> None:
    trend = reader.open("overview").locator("section:has(#trend-title) svg")
    expect(trend).to_contain_text(DAYS[reader.language])


def test_a_score_card_tells_its_rate_once_and_of_how_many_it_is(reader: Reader) -> None:
    row: dict[str, Any] = next(
        one for one in told(reader, "/score-cards?limit=1000")["items"] if one["id"] == "510104022"
    )
    card = reader.open("scorecards/street/510104022").locator("section.card[aria-labelledby=card-title]")
    expect(card).to_contain_text(f"{row['covered']:.0f} / {row['denominator']:.0f}")
    assert card.inner_text().count("%") == 1
    expect(card).to_contain_text(f"{row['review_year']:.0f}")
    expect(card).to_contain_text(f"{row['review_score']:.1f}")


def test_rate_and_list_of_the_uncovered_tell_why_they_differ(reader: Reader) -> None:
    lines = told(reader, "/tables/coverage-rates?limit=1000")["items"]
    some = [one for one in lines if one["track"] == "registered" and one["functional"]]
    street = next(one for one in some if one["dimension"] == "street")
    whole = next(one for one in some if one["dimension"] == "whole")
    none = next(
        one for one in lines if (one["track"], one["dimension"], one["functional"]) == ("registered", "street", 0)
    )
    key = street["key"]
    for route, told_of in ((f"scorecards/street/{key}", [street]), (f"network?near=Street%2F{key}", [street]),
                           ("gaps/uncovered", [whole]), (f"gaps/uncovered?street={key}", [whole, street])):  # fmt: skip
        wanted = [said(reader, "uncounted", n=line["functional"]) for line in told_of]
        shown = reader.open(route).locator("main p", has_text=re.compile("|".join(map(re.escape, wanted))))
        expect(shown).to_have_text(wanted)
    beside = reader.page.get_by_role("region", name=said(reader, "gaps.list"), exact=True)
    expect(beside).to_contain_text(said(reader, "uncounted", n=street["functional"]))  # above it is of the district
    page = reader.open(f"scorecards/street/{none['key']}")
    expect(page.locator("main")).not_to_contain_text(said(reader, "uncounted", n="|").split("|")[1])
    figure = told(reader, "/overview")["figures"][0]
    rate = reader.open("overview").get_by_role("region", name=figure["title"][reader.language], exact=True)
    expect(rate).to_contain_text(figure["note"][reader.language])
    assert reader.errors == []


def test_an_unknown_address_and_the_name_in_hand_are_told(reader: Reader) -> None:
    page = reader.open("nowhere")
    expect(page.locator("main h1")).to_have_text(said(reader, "page.unknown"))
    expect(page.locator("main")).to_contain_text("nowhere")
    one = told(reader, "/nodes/Organization?limit=1")["items"][0]
    page = reader.open(f"organization/{one['id']}")
    expect(page).to_have_title(f"{one['name']} · {said(reader, 'page.organization')} · {said(reader, 'title')}")
    page = reader.open("gaps/uncovered")
    expect(page).to_have_title(f"{said(reader, 'page.gaps')} · {said(reader, 'title')}")
    assert reader.errors == []


def test_the_page_of_one_organisation_tells_what_stands_beside_a_finding(reader: Reader) -> None:
    found = told(reader, "/questions/incubation-overdue/findings?verdict=gap&limit=1")["items"][0]
    page = reader.open(f"organization/{found['id']}")
    finding = page.locator("article").filter(has=page.locator("a[href='#/gaps/incubation-overdue']"))
    expect(finding).to_contain_text(found["values"]["hub"])
    at = told(reader, f"/findings/Organization/{found['id']}")["items"]
    beside = next(one["beside"] for one in at if one["question"] == "incubation-overdue")
    assert beside == {name: found["values"][name] for name in ("hub", "since")}


def test_policies_are_called_by_their_title(reader: Reader) -> None:
    page = reader.open("gaps/uncovered")
    answer = told(reader, "/questions/uncovered/answer")
    expect(page.locator("main")).to_contain_text(answer["policy_title"][reader.language])
    expect(page.locator("main")).not_to_contain_text(answer["policy"])


def test_everybody_around_a_node_is_named(reader: Reader) -> None:
    page = reader.open("network?view=neighbours&near=Street%2F510104022")
    around = page.locator("main svg a[data-id]")
    around.first.wait_for()
    lines = around.locator("text")
    expect(lines).to_have_count(around.count())
    at = lines.evaluate_all(
        "all => all.map(one => { const { x, y, height } = one.getBoundingClientRect(); return [x, y, height] })"
    )
    middle = page.locator("main svg[role=group]").evaluate(
        "one => { const { x, width } = one.getBoundingClientRect(); return x + width / 2 }"
    )
    for side in ([one for one in at if one[0] < middle], [one for one in at if one[0] >= middle]):
        down = sorted(one[1] for one in side)
        assert len(down) > 1
        assert min(below - above for above, below in pairwise(down)) >= 0.9 * side[0][2], "names lie over each other"


def test_where_there_are_more_streets_than_a_list_holds_one_is_searched_for(
    own_site: Site, chromium: Browser, tmp_path: Path
) -> None:
    rows = "".join(f"5199{n:05d},第{n}号街道\n" for n in range(STREETS))
    (tmp_path / "Street.csv").write_text(f"id,name\n{rows}", encoding="utf-8")
    workspace = own_site.app.state.served.workspace
    wanted = Import((tmp_path / "Street.csv",), "streets", dt.date(2016, 6, 12))
    bring_in(workspace, wanted, lambda *_: None, account="planner-office", expected=1)
    with reading(own_site, chromium, "zh") as reader:
        page = reader.open("gaps/uncovered")
        search = page.locator("input[id^=choose-Street-]")
        search.fill("第577号")
        page.get_by_role("option").filter(has_text="第577号街道").click()
        remove = page.get_by_role("button", name=said(reader, "filters.remove", what="第577号街道"), exact=True)
        expect(remove).to_be_visible()
        assert "street=519900577" in page.url
        assert violations(reader) == []
        remove.click()
        expect(search).to_be_visible()
        page = reader.open("policy/newcomer")
        page.locator("input[type=text]").first.fill("新来的协会")
        page.locator("input[id^=choose-Street-]").fill("第577号")
        page.get_by_role("option").filter(has_text="第577号街道").click()
        with page.expect_request("**/newcomers") as asked:
            page.get_by_role("button", name=said(reader, "newcomer.ask"), exact=True).click()
        assert json.loads(asked.value.post_data or "{}")["items"][0]["street"] == "519900577"
        page = reader.open(f"record/Organization/{told(reader, '/nodes/Organization?limit=1')['items'][0]['id']}")
        page.locator("#record-place").fill("第577号")
        page.get_by_role("option").filter(has_text="第577号街道").click()
        page.get_by_role("button", name=said(reader, "record.preview"), exact=True).click()
        difference = page.get_by_role("region", name=said(reader, "record.difference"), exact=True).last
        expect(difference).to_contain_text("第577号街道")
        assert violations(reader) == []
        page = reader.open("users")
        page.locator("main select").first.select_option("street-clerk")
        page.locator("input[id^=choose-Street-]").fill("第577号")
        page.get_by_role("option").filter(has_text="第577号街道").click()
        page.locator("input[name=name]").fill("clerk-577")
        page.locator("input[name=password]").fill("clerk-577-password")
        page.get_by_role("button", name=said(reader, "users.add"), exact=True).click()
        expect(page.locator("main tbody th")).to_have_text("clerk-577")
        page = reader.open("policy")
        page.locator("summary", has_text=said(reader, "suppose.additions")).click()
        station = page.get_by_role("form", name=said(reader, "suppose.station.new"))
        station.locator("input[id^=choose-Street-]").fill("第577号")
        station.get_by_role("option").filter(has_text="第577号街道").click()
        station.get_by_role("button", name=said(reader, "suppose.station.new"), exact=True).click()
        expect(page.locator(".chips li")).to_contain_text("第577号街道")
        assert reader.errors == []
