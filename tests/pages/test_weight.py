"""Is the first load of every page light, and all of it from this server?"""

from __future__ import annotations

import re
from typing import Any

import pytest
from playwright.sync_api import Browser

from api.http.pages import WEB
from benchmarks.pages import HEAVIEST, first_load
from tests.pages.conftest import Site, reading
from tests.pages.test_pages import ROUTES

LIBRARIES = (
    30_000  # bytes that the pages' own scripts and words take at least: less, and the load was not weighed whole
)


@pytest.mark.parametrize("route", ROUTES)
def test_a_first_load_is_light_and_from_nowhere_else(site: Site, chromium: Browser, signed_in: Any, route: str) -> None:
    with reading(site, chromium, "zh", signed_in) as reader:
        load = first_load(reader, route)
    assert LIBRARIES < load.size <= HEAVIEST
    assert load.elsewhere == 0


def test_what_every_page_begins_with_is_asked_for_at_once() -> None:
    begun, told = set(), (WEB / "index.html").read_text("utf-8")
    waiting = [WEB / "main.js"]
    while waiting:
        module = waiting.pop()
        begun.add(module.relative_to(WEB).as_posix())
        if "vendor" not in module.parts:
            needs = re.findall(r'^import .* from "(.+)";', module.read_text("utf-8"), re.MULTILINE)
            waiting += {(module.parent / each).resolve() for each in needs} - {WEB / name for name in begun}
    assert set(re.findall(r'rel="modulepreload" href="(.+?)"', told)) == begun - {"main.js"}
