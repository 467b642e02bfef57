"""Which browser do the tests drive? A real Chromium that answers to nobody but the test.

`CHROMIUM` names it, else it is looked for on the path. On CI a missing one is a failure, elsewhere a skip that says
how to get it.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
_OFFLINE = (
    "--no-sandbox",  # CI runs as root
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--font-render-hinting=none",
)
_HOW = "no Chromium: sudo apt install chromium fonts-noto-cjk, or name one in CHROMIUM"


@pytest.hookimpl(tryfirst=True)  # before -m selects
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Marks what asks for a browser, so that `-m chromium` selects it."""
    for item in items:
        if "chromium" in getattr(item, "fixturenames", ()):
            item.add_marker(pytest.mark.chromium)


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """A running Chromium."""
    path = os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, _NAMES)), None)
    if path is None:
        (pytest.fail if os.environ.get("CI") else pytest.skip)(_HOW)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=list(_OFFLINE))
        yield browser
        browser.close()


@dataclass
class Visit:
    """A page that is watched: every address it asked for beside its own file, and every error it told."""

    page: Page
    requests: list[str] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)

    def open(self, path: Path) -> Page:
        """Open a file from disk, as a reader does by a double click."""
        self.requests.clear()
        self.page.goto(path.as_uri())
        self.requests = [
            url for url in self.requests if url != path.as_uri() and not url.startswith(("data:", "blob:"))
        ]
        return self.page


@pytest.fixture
def visit(chromium: Browser) -> Iterator[Visit]:
    """A fresh page of 1400 by 900 pixels in a profile of its own."""
    context = chromium.new_context(viewport={"width": 1400, "height": 900}, accept_downloads=True)
    seen = Visit(context.new_page())
    seen.page.on("request", lambda request: seen.requests.append(request.url))
    seen.page.on("pageerror", lambda error: seen.errors.append(str(error)))
    seen.page.on("console", lambda told: seen.errors.append(told.text) if told.type in ("error", "warning") else None)
    yield seen
    context.close()
