"""A server with the example in it, and a browser that is signed in to it."""

from __future__ import annotations

import datetime as dt
import shutil
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
import uvicorn
from click.testing import CliRunner
from playwright.sync_api import Browser, BrowserContext, Page, expect

from api.accounts import Account, Role
from api.cli import main
from api.http.app import create_app
from api.http.pages import WEB
from api.http.settings import Settings
from api.workspace import Workspace

LANGUAGES = ("zh", "en")
PATIENCE = 90_000  # milliseconds that acts and expectations wait: a machine that does other work too is slow, not wrong
expect.set_options(timeout=PATIENCE)


@dataclass
class Site:
    """A running server: its address, and one-time links to it."""

    address: str
    app: Any

    def link(self) -> str:
        """A new one-time link."""
        account = Account(name="planner-office", role=Role.LOCAL)
        secret = self.app.state.served.accounts.issue(account, "link", dt.timedelta(minutes=5))
        return f"{self.address}/api/v1/session/link?token={secret}"


@pytest.fixture(scope="session")
def example(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A workspace with the example in it, to be copied."""
    if not (WEB / "vendor" / "runtime.js").is_file():
        pytest.fail("the libraries of the pages were not fetched: run `make pages`")
    folder = tmp_path_factory.mktemp("example")
    done = CliRunner().invoke(main, ["demo", "--out", str(folder / "out")])
    assert done.exit_code == 0, done.output
    return folder / "out" / "workspace"


@pytest.fixture(scope="session")
def site(example: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """A server over the example, on a free port of this machine; nobody writes to it."""
    with serving(shutil.copytree(example, tmp_path_factory.mktemp("site") / "workspace")) as running:
        yield running


@pytest.fixture
def own_site(example: Path, tmp_path: Path) -> Iterator[Site]:
    """A server over a copy of the example for one test, which may write."""
    with serving(shutil.copytree(example, tmp_path / "workspace")) as running:
        yield running


@pytest.fixture
def empty_site(example: Path, tmp_path: Path) -> Iterator[Site]:
    """A server over a workspace in which nothing is yet."""
    with Workspace(tmp_path / "workspace", create=True):
        pass
    with serving(tmp_path / "workspace") as running:
        yield running


class serving:  # noqa: N801 - it reads as what it does, in a `with`
    """Serve a workspace while a block runs."""

    def __init__(self, workspace: Path) -> None:
        listening = socket.socket()
        listening.bind(("127.0.0.1", 0))
        port = listening.getsockname()[1]
        app = create_app(Settings(workspace=workspace, port=port, rate=100_000))
        self._server = uvicorn.Server(uvicorn.Config(app, log_level="warning"))
        self._thread = threading.Thread(target=self._server.run, args=([listening],), daemon=True)
        self.site = Site(f"http://127.0.0.1:{port}", app)

    def __enter__(self) -> Site:
        self._thread.start()
        while not self._server.started:
            time.sleep(0.02)
        return self.site

    def __exit__(self, *_: object) -> None:
        self._server.should_exit = True
        self._thread.join(20)


@dataclass
class Reader:
    """A signed-in reader: the page, every error it told and every address that it asked for elsewhere."""

    page: Page
    site: Site
    language: str = LANGUAGES[0]
    errors: list[str] = field(default_factory=list)
    elsewhere: list[str] = field(default_factory=list)

    def open(self, route: str) -> Page:
        """Open a page by its address and wait until nothing is being fetched."""
        self.page.goto(f"{self.site.address}/#/{route}")
        self.page.locator("main h1").first.wait_for()
        self.settle()
        return self.page

    def settle(self) -> None:
        """Wait until nothing is being fetched."""
        self.page.wait_for_load_state("networkidle")
        self.page.locator(".waiting").first.wait_for(state="detached")


@pytest.fixture(scope="session")
def signed_in(site: Site, chromium: Browser) -> Iterator[Any]:
    """The state of a browser that followed a one-time link."""
    context = chromium.new_context()
    context.new_page().goto(site.link())
    yield context.storage_state()
    context.close()


@contextmanager
def reading(site: Site, chromium: Browser, language: str, signed_in: Any = None, **more: Any) -> Iterator[Reader]:
    """A signed-in reader of a site in one language."""
    seen_at = {"viewport": {"width": 1440, "height": 950}, **more}
    context = chromium.new_context(storage_state=signed_in, **seen_at)
    context.add_init_script(
        f"try {{ localStorage.setItem('partygraph.language', '{language}') }} catch {{ /* not ours */ }}"
    )
    context.set_default_timeout(PATIENCE)
    seen = watched(context, site)
    seen.language = language
    if signed_in is None:
        seen.page.goto(site.link())
    yield seen
    context.close()


@pytest.fixture(params=LANGUAGES)
def planner(request: pytest.FixtureRequest, own_site: Site, chromium: Browser) -> Iterator[Reader]:
    """A reader in each language of a site of its own, where acts may be tried."""
    with reading(own_site, chromium, request.param) as seen:
        yield seen


@pytest.fixture(params=LANGUAGES)
def reader(request: pytest.FixtureRequest, site: Site, chromium: Browser, signed_in: Any) -> Iterator[Reader]:
    """A reader in each language."""
    with reading(site, chromium, request.param, signed_in) as seen:
        yield seen


def watched(context: BrowserContext, site: Site) -> Reader:
    """A page of a context whose errors and requests to elsewhere are noted."""
    seen = Reader(context.new_page(), site)
    seen.page.on("pageerror", lambda error: seen.errors.append(str(error)))
    seen.page.on("console", lambda told: seen.errors.append(told.text) if told.type in ("error", "warning") else None)

    def ask(url: str) -> None:
        if not url.startswith((site.address, "data:", "blob:")):
            seen.elsewhere.append(url)

    seen.page.on("request", lambda request: ask(request.url))
    return seen
