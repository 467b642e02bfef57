"""Acts of those who keep the data, each on a site of its own: undo, what-ifs, accounts, tokens, one record by hand."""

from __future__ import annotations

import json
import re
from urllib.parse import quote, unquote

import polars as pl
from playwright.sync_api import Browser, Page, expect

from graphmodel.changes import ChangeSet
from graphmodel.network import Network, same
from graphmodel.stores.protocol import Act
from tests.pages.conftest import Reader, Site, reading
from tests.pages.test_pages import DAYS, told, violations, words

STREET = "510104022"


def network(site: Site) -> Network:
    found: Network = site.app.state.served.workspace.network()
    return found


def said(reader: Reader, key: str, **values: object) -> str:
    """A word of the pages in the reader's language."""
    return words(reader.language)[key].format(**values)


def renamed(site: Site) -> None:
    """An edit as revision 2."""
    workspace = site.app.state.served.workspace
    streets = network(site).table("Street").filter(pl.col("id") == STREET)
    edit = ChangeSet.between({"Street": streets}, {"Street": streets.with_columns(aliases=pl.lit("春熙"))})
    workspace.store.apply(edit, Act("edit", "planner-office", "edit", workspace.network().stamp.as_of, "补录"), 1)


def confirmed(page: Page, reader: Reader, reason: str | None = None) -> None:
    """Answer the dialog that stands open."""
    box = page.locator("dialog[open]")
    if reason is not None:
        box.locator("textarea").fill(reason)
    box.get_by_role("button", name=said(reader, "confirm.yes"), exact=True).click()
    expect(box).to_have_count(0, timeout=30_000)


def test_two_revisions_are_compared_cell_by_cell_and_the_later_is_undone(planner: Reader) -> None:
    before = network(planner.site)
    renamed(planner.site)
    page = planner.open("history?a=1&b=2")
    cells = page.get_by_role("region", name=said(planner, "history.cells")).last
    expect(cells.locator("tbody tr")).to_have_count(1)
    expect(cells).to_contain_text("春熙")
    expect(cells.locator("a")).to_have_text("春熙路街道")  # by its name, not its id
    expect(cells).to_contain_text({"zh": "其他名称", "en": "other names"}[planner.language])
    assert violations(planner) == []
    page.get_by_role("button", name=said(planner, "history.undo"), exact=True).first.click()
    confirmed(page, planner, "误录")
    planner.settle()
    expect(page).to_have_url(re.compile("b=3"))
    expect(page.locator("header.top")).to_contain_text(said(planner, "stamp", day=DAYS[planner.language], revision=3))
    site = planner.site.app.state.served.workspace
    assert site.revisions()[-1].act.note == "误录"
    assert same(network(planner.site), before)
    page.get_by_role("link", name=said(planner, "history.open-network", n=3)).click()
    expect(page).to_have_url(re.compile("revision=3"))
    assert planner.errors == []


def test_a_revision_that_moved_refuses_the_undo_and_says_so(planner: Reader) -> None:
    page = planner.open("history")
    renamed(planner.site)
    page.get_by_role("button", name=said(planner, "history.undo"), exact=True).first.click()
    box = page.locator("dialog[open]")
    box.locator("textarea").fill("试")
    box.get_by_role("button", name=said(planner, "confirm.yes"), exact=True).click()
    expect(box.get_by_role("alert")).to_be_visible()
    assert planner.site.app.state.served.workspace.store.head == 2


def test_a_what_if_is_asked_shared_by_its_address_and_stored_never(planner: Reader) -> None:
    page = planner.open("policy")
    page.locator("tr", has_text="branch_min_members").locator("input").fill("5")
    page.keyboard.press("Tab")
    page.get_by_role("button", name=said(planner, "suppose.ask")).click()
    heading = page.get_by_role("heading", name=said(planner, "suppose.answer"))
    heading.wait_for(timeout=60_000)
    told = page.locator("tr", has=page.locator("a[href$='gaps/branch-required']")).inner_text()
    assert "→" in told
    assert violations(planner) == []
    address = page.url
    page.goto("about:blank")
    page.goto(address)
    heading.wait_for(timeout=60_000)
    assert planner.site.app.state.served.workspace.store.head == 1
    assert planner.errors == []


def test_a_value_is_supposed_as_soon_as_it_is_another_one(reader: Reader) -> None:
    page = reader.open("policy")
    field = page.locator("tr", has_text="branch_min_members").locator("input")
    ask = page.get_by_role("button", name=said(reader, "suppose.ask"), exact=True)
    now = field.get_attribute("placeholder") or ""
    field.press_sequentially(now)
    expect(ask).to_be_disabled()  # that is how it is
    field.press_sequentially("0")
    expect(ask).to_be_enabled()
    ask.click()  # at once, while the field still has the focus
    answer = page.get_by_role("status").filter(has=page.get_by_role("heading", name=said(reader, "suppose.answer")))
    expect(answer).to_contain_text(f"{now}0")
    expect(field).to_have_value(f"{now}0")
    page.go_back()  # from the answer, and from the value as a whole
    page.go_back()
    expect(field).to_have_value("")
    expect(ask).to_be_disabled()
    share = page.locator("tr", has_text="coverage_target").locator("input")
    share.press_sequentially("90.05")  # no letter of it is lost on the way
    expect(share).to_have_value("90.05")
    assert '"coverage_target":"0.9005"' in unquote(page.url)
    assert reader.errors == []


def test_a_share_is_typed_as_it_is_read(reader: Reader) -> None:
    page = reader.open("policy")
    field = page.locator("tr", has_text="coverage_target").locator("input")
    expect(field).to_have_attribute("placeholder", "95")
    field.fill("99")
    page.keyboard.press("Tab")
    expect(page.locator(".chips li")).to_contain_text("99.0%")
    expect(field).to_have_value("99")
    assert '"coverage_target":"0.99"' in unquote(page.url)


def test_streets_merged_and_a_bad_value_are_told(planner: Reader) -> None:
    wish = {"redistrict": "2019", "values": {}, "posts": {}, "without": [], "planned": False}
    page = planner.open(f"policy?suppose={quote(json.dumps(wish))}&asked=1")
    page.get_by_role("heading", name=said(planner, "suppose.answer")).wait_for(timeout=60_000)
    expect(page.locator("main")).to_contain_text("16 → 11")
    row = page.locator("tr", has=page.locator("a[href$='gaps/consultation-gap']"))
    opened = row.locator("td").nth(3).inner_text()
    expect(row.locator("small").first).to_contain_text(opened)  # why they open: so many for that reason
    expect(row.locator("small").last).to_contain_text("2")  # and that papers concern two streets otherwise
    assert violations(planner) == []
    page = planner.open(f"policy?suppose={quote(json.dumps({**wish, 'values': {'branch_min_members': '-7'}}))}&asked=1")
    expect(page.get_by_role("alert")).to_be_visible()


def test_a_newcomer_is_told_its_responsible_body_with_reasons(planner: Reader) -> None:
    page = planner.open("policy/newcomer")
    page.locator("main form input").first.fill("锦江区晨光托育中心")
    page.get_by_label(re.compile("^(行业|industry)")).fill("民办教育")
    for place, value in {0: "registered", 3: "dual", 4: "authority:锦江区教育局", 5: STREET}.items():
        page.locator("main form select").nth(place).select_option(value)
    page.get_by_role("button", name=said(planner, "newcomer.ask")).click()
    answer = page.get_by_role("status").filter(has_text="锦江区晨光托育中心")
    expect(answer).to_contain_text("锦江区教育局")
    expect(answer.locator("li").first).to_be_visible()
    assert violations(planner) == []
    assert planner.errors == []


def test_an_account_is_made_and_removed_and_a_token_shown_once(planner: Reader) -> None:
    page = planner.open("users")
    form = page.locator("form").first
    form.locator("input[name=name]").fill("street-chunxi")
    form.locator("select").first.select_option("street-clerk")
    form.locator("select[name=of]").select_option(STREET)
    form.locator("input[name=password]").fill("correct horse battery")
    form.locator("button.main").click()
    row = page.locator("tr", has_text="street-chunxi").first
    expect(row.get_by_role("link", name="春熙路街道")).to_have_attribute("href", re.compile(STREET))
    made = said(planner, "audit.subject", act="", name="street-chunxi", role="").rstrip("）)")
    expect(page.locator("td", has_text=made)).to_have_count(1)  # in the trail, as soon as it was done
    house = planner.site.app.state.served
    assert house.accounts.sign_in("street-chunxi", "correct horse battery").body == STREET
    row.get_by_role("button", name=said(planner, "users.password.new")).click()
    page.locator("dialog[open] input").fill("another horse battery")
    confirmed(page, planner)
    assert house.accounts.sign_in("street-chunxi", "another horse battery").body == STREET
    row.get_by_role("button", name=said(planner, "users.remove"), exact=True).click()
    confirmed(page, planner)
    expect(page.locator("tr", has=page.locator("th", has_text="street-chunxi"))).to_have_count(0)
    assert house.accounts.get("street-chunxi") is None

    page.get_by_role("button", name=said(planner, "token.make")).click()
    secret = page.locator("code[style]").inner_text()
    assert house.accounts.account_of(secret, "api").name == "planner-office"
    assert violations(planner) == []
    page.get_by_role("button", name=said(planner, "token.kept")).click()
    page.reload()
    planner.settle()
    assert secret not in page.content()
    expect(page.locator("code", has_text="POST /api/v1/accounts").first).to_be_visible()
    for act in ({"zh": "新建单位账号", "en": "make a unit's account"}, {"zh": "用一次性链接登录", "en": "sign in by a one-time link"}):  # fmt: skip
        expect(page.get_by_role("cell", name=re.compile(f"^{act[planner.language]}")).first).to_be_visible()
    role = {"zh": "街道经办", "en": "street clerk"}[planner.language]
    on = page.locator("td", has_text=said(planner, "audit.subject", act="", name="street-chunxi", role=role))
    expect(on).to_have_count(3)  # made, given another password, removed
    page.get_by_role("button", name=said(planner, "token.end"), exact=True).click()
    confirmed(page, planner)
    expect(page.get_by_role("button", name=said(planner, "token.end"), exact=True)).to_have_count(0)
    assert planner.errors == []


def test_a_viewer_is_told_that_member_figures_are_why_a_page_is_not_shown(own_site: Site, chromium: Browser) -> None:
    own_site.app.state.served.accounts.add("reader-office", "viewer", "correct horse battery", None, network(own_site))
    with reading(own_site, chromium, "zh", {"cookies": [], "origins": []}) as reader:
        page = reader.page
        page.goto(own_site.address)
        page.locator("main input").first.fill("reader-office")
        page.locator("input[type=password]").fill("correct horse battery")
        page.keyboard.press("Enter")
        page.locator("main .big").first.wait_for()
        expect(reader.open("plan").locator("main")).to_contain_text(said(reader, "page.members"))


def test_a_street_clerk_is_offered_no_page_that_refuses_him(own_site: Site, chromium: Browser) -> None:
    accounts = own_site.app.state.served.accounts
    accounts.add("street-chunxi", "street-clerk", "correct horse battery", STREET, network(own_site))
    with reading(own_site, chromium, "zh", {"cookies": [], "origins": []}) as reader:
        page = reader.page
        page.goto(own_site.address)
        page.locator("main input").first.fill("street-chunxi")
        page.locator("input[type=password]").fill("correct horse battery")
        page.keyboard.press("Enter")
        page.locator("main .big").first.wait_for()
        offered = page.locator("nav.side a")
        expect(offered.filter(has_text=said(reader, "page.gaps"))).to_be_visible()
        for refused in ("page.plan", "page.cases", "page.import", "page.scorecards"):
            expect(offered.filter(has_text=said(reader, refused))).to_have_count(0)
        for route in [link.get_attribute("href") or "" for link in offered.all()]:
            reader.open(route.removeprefix("#/"))
        for route in ("plan", "cases", "scorecards"):
            expect(reader.open(route).locator("main")).to_contain_text(said(reader, "page.others"))
            expect(page.locator("main :is(select, kbd, .problem)")).to_have_count(0)
        some = told(reader, "/nodes/Organization?limit=50")["items"]
        unseen = next(
            each["id"] for each in some if not told(reader, f"/findings/Organization/{each['id']}")["responsible"]
        )
        found = reader.open(f"organization/{unseen}").locator("section:has(> #found-title)")
        expect(found).to_contain_text(said(reader, "organization.responsible.unseen"))
        page = reader.open("gaps/uncovered")
        streets = page.locator("main label", has_text=said(reader, "street")).locator("option")
        seen = told(reader, "/nodes/Organization?limit=1000")["items"]
        there = {told(reader, f"/search?q={quote(one['id'])}&limit=1")["items"][0]["street"] for one in seen[:40]}
        expect(streets).not_to_have_count(17)  # all sixteen, and none chosen
        assert there - {None} <= set(streets.all_inner_texts())
        assert [error for error in reader.errors if "401" not in error] == []


def test_a_record_is_changed_previewed_saved_and_undone(planner: Reader) -> None:
    filed = network(planner.site).table("Organization").filter(pl.col("track") == "filed").row(0, named=True)
    page = planner.open(f"record/Organization/{quote(filed['id'], safe='')}")
    page.get_by_role("button", name=said(planner, "record.register"), exact=True).click()
    page.locator("form input").first.fill("锦江区新名称协会")
    page.get_by_role("button", name=said(planner, "record.preview"), exact=True).click()
    shown = page.get_by_role("region", name=said(planner, "record.difference"))
    expect(shown.last.locator("tbody tr")).to_have_count(3)
    assert violations(planner) == []
    page.get_by_role("button", name=said(planner, "record.save"), exact=True).click()
    page.locator("h1", has_text="锦江区新名称协会").wait_for()
    row = network(planner.site).table("Organization").filter(pl.col("id") == filed["id"]).row(0, named=True)
    assert (row["name"], row["track"], row["aliases"]) == ("锦江区新名称协会", "registered", filed["name"])
    page.get_by_role("button", name=said(planner, "history.undo"), exact=True).click()
    confirmed(page, planner, "试")
    page.locator("h1", has_text=filed["name"]).wait_for()
    assert network(planner.site).table("Organization").filter(pl.col("id") == filed["id"])["track"].item() == "filed"
    assert planner.errors == []


def test_deregistering_shows_at_once_what_it_would_change(planner: Reader) -> None:
    node = told(planner, "/nodes/Organization?limit=1")["items"][0]
    page = planner.open(f"record/Organization/{quote(node['id'], safe='')}")
    page.get_by_role("button", name=said(planner, "record.deregister"), exact=True).click()
    heading = page.locator("#preview-title")
    expect(heading).to_be_focused()
    expect(heading).to_be_in_viewport()
    shown = page.locator("section", has=heading)
    expect(shown.locator("tbody tr")).to_have_count(1)
    expect(shown).to_contain_text({"zh": "已注销", "en": "deregistered"}[planner.language])
    expect(shown.get_by_role("button", name=said(planner, "record.save"), exact=True)).to_be_enabled()
    assert network(planner.site).stamp.revision == told(planner, "/status")["stamp"]["revision"] == 1
    assert violations(planner) == []


def test_who_is_registered_without_a_code_is_told_so_before_it_is_saved(planner: Reader) -> None:
    filed = network(planner.site).table("Organization").filter(pl.col("track") == "filed").row(0, named=True)
    page = planner.open(f"record/Organization/{quote(filed['id'], safe='')}")
    marks = page.locator("main form label.field strong", has_text=said(planner, "record.codeless"))
    expect(marks).to_have_count(0)  # of who is filed nobody asks it
    page.get_by_role("button", name=said(planner, "record.register"), exact=True).click()
    expect(marks).to_have_count(2)
    page.get_by_role("button", name=said(planner, "record.preview"), exact=True).click()
    shown = page.locator("section", has=page.locator("#preview-title"))
    expect(shown).to_contain_text(said(planner, "record.codeless.text"))
    expect(shown.get_by_role("button", name=said(planner, "record.save"), exact=True)).to_be_enabled()  # unknown may be
    assert violations(planner) == []
    page.get_by_label(re.compile("^(登记证号|registration number)")).fill("成锦民政字第990001号")
    expect(marks).to_have_count(0)
    page.get_by_role("button", name=said(planner, "record.preview"), exact=True).click()
    expect(shown).to_be_visible()
    expect(shown).not_to_contain_text(said(planner, "record.codeless.text"))
    assert planner.errors == []


def test_what_was_entered_and_not_saved_is_there_when_one_comes_back(reader: Reader) -> None:
    page = reader.open(f"record/Street/{STREET}")
    aliases = page.locator("label.field", has_text=re.compile("其他名称|other names")).locator("input")
    aliases.fill("没有存的简称")
    page.locator("nav a[href='#/overview']").click()
    page.locator("main .big").first.wait_for()
    page.go_back()
    expect(aliases).to_have_value("没有存的简称")
    page.get_by_role("button", name=said(reader, "record.reset"), exact=True).click()
    expect(aliases).not_to_have_value("没有存的简称")
    assert reader.errors == []


def test_a_record_that_somebody_changed_meanwhile_is_not_overwritten(planner: Reader) -> None:
    page = planner.open(f"record/Street/{STREET}")
    aliases = page.locator("label.field", has_text=re.compile("其他名称|other names")).locator("input")
    aliases.fill("我的简称")
    page.get_by_role("button", name=said(planner, "record.preview"), exact=True).click()
    page.get_by_role("button", name=said(planner, "record.save"), exact=True).wait_for()
    renamed(planner.site)
    page.get_by_role("button", name=said(planner, "record.save"), exact=True).click()
    expect(page.get_by_role("alert")).to_be_visible()
    page.get_by_role("button", name=said(planner, "record.newest"), exact=True).first.click()
    expect(page.locator("main form")).to_contain_text("⚠")
    expect(aliases).to_have_value("我的简称")
    assert network(planner.site).table("Street").filter(pl.col("id") == STREET)["aliases"].item() == "春熙"


def test_personal_data_are_refused_without_being_shown_again(planner: Reader) -> None:
    page = planner.open(f"record/Street/{STREET}")
    page.locator("label.field", has_text=re.compile("其他名称|other names")).locator("input").fill("电话13812345678")
    page.get_by_role("button", name=said(planner, "record.preview"), exact=True).click()
    alert = page.get_by_role("alert")
    expect(alert).to_be_visible()
    expect(alert).not_to_contain_text("13812345678")
