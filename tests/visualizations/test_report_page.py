"""Is the page whole, inert, offline and fit for A4, in both languages?"""

from html.parser import HTMLParser
from pathlib import Path

import pytest
from markupsafe import escape

from graphmodel.schema import NODE_TYPES
from graphmodel.text import Text
from queries.lacking import lacks
from tests.browser import Visit
from tests.visualizations.examples import closed, empty, extreme, followed, hostile, small
from visualizations.headline import figures, next_steps, worst
from visualizations.report import reads_restricted
from visualizations.report_page import MOST_FINDINGS, report_page
from visualizations.words import context_of

REPORTS = {"small": small, "hostile": hostile, "extreme": extreme, "empty": empty, "followed": followed}


class Tags(HTMLParser):
    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))


@pytest.mark.parametrize("name", REPORTS)
def test_the_page_asks_for_nothing_and_runs_nothing(name: str) -> None:
    tags = Tags(report_page(REPORTS[name]())).found
    assert not {"script", "img", "iframe", "object", "embed", "link", "base"} & {tag for tag, _ in tags}
    attributes = {a for _, attrs in tags for a in attrs}
    assert not [a for a in attributes if a.startswith("on")]
    assert not {"src", "srcset", "action", "style"} & attributes
    assert all(str(attrs["href"]).startswith("#") for tag, attrs in tags if tag == "a")
    policy = [attrs["content"] for tag, attrs in tags if attrs.get("http-equiv") == "Content-Security-Policy"]
    assert len(policy) == 1
    assert str(policy[0]).startswith("default-src 'none';")


def test_the_leader_reads_the_rate_with_all_it_rests_on() -> None:
    report = small()
    page = report_page(report)
    coverage = figures(context_of(report))[0]
    assert (coverage.part, coverage.whole, coverage.short) == (2, 5, 3)
    assert "40.0%" in page
    assert "2 / 5" in page
    assert "60.0% after what is planned" in page
    for gap in worst(report):
        assert gap.answer.question.term in page
    assert all(step.zh in page.replace("&#39;", "'").replace("&#34;", '"') for step in next_steps(report))


def test_every_question_stands_on_the_page_and_lists_are_cut_with_the_rest_counted() -> None:
    report = extreme()
    page = report_page(report)
    for answer in report.answers:
        assert page.count(f'id="{answer.question.id}"') == 1
        rest = answer.gaps + answer.unknowns - MOST_FINDINGS
        assert (f"另有 {rest} 项，见工作簿“{answer.question.term}”" in page) is (rest > 0)


def test_where_there_is_no_data_the_page_says_what_is_lacking() -> None:
    report = empty()
    page = report_page(report)
    lacking = [lack for a in report.answers if a.no_data for lack in lacks(a.question.needs, context_of(report))]
    assert lacking
    assert all(str(escape(lack.text.zh)) in page for lack in lacking)


def test_a_name_has_room_and_its_code_one_line_and_what_is_missing_stands_where_it_is() -> None:
    report = small()
    page = report_page(report)
    assert not Tags(page).found.count(("th", {"class": "missing"}))
    assert ">缺少的信息<" not in page
    doubts = sum(bool(row) for a in report.answers for row in a.findings().head(MOST_FINDINGS)["missing"].to_list())
    assert page.count('class="lack"') == doubts > 0
    assert page.count('<td class="name">') == sum(min(MOST_FINDINGS, a.gaps + a.unknowns) for a in report.answers)
    for answer in report.answers:
        assert f'<span class="zh alone">{answer.question.text.zh}</span>' in page


def test_member_counts_are_left_out_where_they_are_not_for_the_reader() -> None:
    assert 'id="branch-required"' in report_page(small())
    page = report_page(closed())
    hidden = [a.question for a in small().answers if reads_restricted(a.question)]
    assert len(hidden) > 5
    for asked in hidden:
        assert f'id="{asked.id}"' not in page
        assert asked.remedy.zh not in page, "neither among the worst gaps nor the next steps"
    assert NODE_TYPES["Organization"].columns["no_party_reason"].title.zh not in page


@pytest.mark.parametrize("name", REPORTS)
def test_a_browser_shows_it_and_nothing_else(name: str, visit: Visit, tmp_path: Path) -> None:
    path = tmp_path / "报告 report.html"
    path.write_text(report_page(REPORTS[name](), label=Text("示例", "example")), encoding="utf-8")
    page = visit.open(path)
    assert page.title().startswith("社会组织党建缺口报告")
    assert page.locator("tbody tr").count() > 0
    assert (visit.requests, visit.errors) == ([], [])
    overflow = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert overflow <= 0, "something is wider than the page"


def test_either_language_can_be_read_alone(visit: Visit, tmp_path: Path) -> None:
    path = tmp_path / "report.html"
    path.write_text(report_page(small()), encoding="utf-8")
    page = visit.open(path)
    title_zh, title_en = page.locator("h1 .zh"), page.locator("h1 .en")
    assert title_zh.is_visible()
    assert title_en.is_visible()
    page.locator("#zh").check()
    assert title_zh.is_visible()
    assert not title_en.is_visible()
    page.locator("#en").check()
    assert title_en.is_visible()
    assert not title_zh.is_visible()


def test_urgent_cases_head_the_page_and_the_rest_are_counted() -> None:
    page = report_page(followed())
    head = page[: page.index('class="figures"')]
    assert "逾期 4 件，即将到期 4 件" in head
    assert "4 overdue, 4 due soon" in head
    listed = head[head.index("<ul>") :]
    assert [listed.count(f"2016-06-{day:02}") for day in range(8, 14)] == [1, 1, 1, 0, 0, 0]
    assert listed.index("2016-06-08") < listed.index("2016-06-10")
    assert "另有 5 件" in head
    assert 'class="cases"' not in report_page(small())


@pytest.mark.parametrize("shown", ["both", "zh", "en"])
@pytest.mark.parametrize("name", ["small", "followed"])
def test_the_leaders_page_is_one_sheet_of_a4(name: str, shown: str, visit: Visit, tmp_path: Path) -> None:
    path = tmp_path / "report.html"
    path.write_text(report_page(REPORTS[name]()), encoding="utf-8")
    page = visit.open(path)
    page.locator(f"#{shown}").check()
    page.emulate_media(media="print")
    page.set_viewport_size({"width": 703, "height": 1031})  # A4 less its margins, at 96 dpi
    bottom = page.locator(".basis").evaluate("e => e.getBoundingClientRect().bottom")
    assert bottom <= 1031
    assert page.pdf(prefer_css_page_size=True).startswith(b"%PDF")
