"""How fast are the pages, and how much do they fetch? A real Chromium before a real server."""

from __future__ import annotations

import os
import shutil
import statistics
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

from api.workspace import STORE_FILE, Workspace
from benchmarks.networks import STAMP, read_tables
from benchmarks.tables import Table, seconds
from graphmodel.changes import ChangeSet
from graphmodel.stores.opening import open_store
from graphmodel.stores.protocol import Act
from tests.pages.conftest import Reader, Site, reading, serving

SIZES = (1_000, 1_000_000)
OPENED = ("overview", "gaps/uncovered", "network", "cases", "history")
"""The pages that are timed; all are weighed by the tests."""
READY = {1_000: 1.0, 1_000_000: 2.0}
"""Seconds within which the first content is wanted, by organisations."""
PAINTED, HEAVIEST = 0.1, 400_000
"""Seconds from a key press to its paint at the 95th percentile, bytes of a first load: what is wanted at most."""
PRESSES, ROUNDS, PATIENCE = 60, 3, 600_000


@dataclass(frozen=True, slots=True)
class Load:
    """A first load: seconds to the first content (a heading), to all of it, and compressed bytes and requests."""

    first: float
    whole: float
    size: int
    requests: int
    elsewhere: int


@dataclass(frozen=True, slots=True)
class Seen:
    """What was seen at one size: the loads by page (each the median of some rounds), and key presses to paint in seconds."""

    loads: dict[str, Load]
    keys: list[float]


@contextmanager
def browser() -> Iterator[Browser]:
    """A running Chromium, `CHROMIUM` or the one on the path."""
    path = os.environ.get("CHROMIUM") or shutil.which("chromium")
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=path, args=["--no-sandbox", "--disable-gpu"])
        yield running
        running.close()


def first_load(reader: Reader, route: str) -> Load:
    """Open a page as somebody does who never was there: nothing is kept, everything is fetched and weighed."""
    page = reader.page
    wire = page.context.new_cdp_session(page)
    sizes: list[int] = []
    wire.on("Network.loadingFinished", lambda told: sizes.append(int(told["encodedDataLength"])))
    wire.send("Network.enable")
    wire.send("Network.setCacheDisabled", {"cacheDisabled": True})
    page.goto("about:blank")
    before = len(reader.elsewhere)
    page.goto(f"{reader.site.address}/#/{route}")
    page.locator("main h1").first.wait_for()
    first = _since_start(page)
    reader.settle()
    whole = _since_start(page)
    wire.detach()
    return Load(first, whole, sum(sizes), len(sizes), len(reader.elsewhere) - before)


def _since_start(page: Page) -> float:
    return float(page.evaluate("performance.now() / 1000"))


def measure_pages(folder: Path) -> Seen:
    """Store a generated network, serve it, open the pages and press keys. Cost: minutes at a million organisations."""
    workspace = folder / "workspace"
    with Workspace(workspace, create=True):
        pass
    store = open_store(workspace / STORE_FILE)
    store.apply(ChangeSet.between({}, read_tables(folder)), Act("import", "benchmark", "benchmark", STAMP.as_of), 0)
    store.close()
    with serving(workspace) as site, browser() as running:
        return _seen(site, running)


def _seen(site: Site, running: Browser) -> Seen:
    with reading(site, running, "zh") as reader:
        reader.page.set_default_timeout(PATIENCE)
        reader.page.set_default_navigation_timeout(PATIENCE)
        loads = {route: _median([first_load(reader, route) for _ in range(ROUNDS)]) for route in OPENED}
        reader.open("network")
        return Seen(loads, _presses(reader.page))


def _median(loads: list[Load]) -> Load:
    first, whole = (statistics.median(taken) for taken in zip(*((one.first, one.whole) for one in loads), strict=True))
    last = loads[-1]
    return Load(first, whole, last.size, last.requests, max(one.elsewhere for one in loads))


def _presses(page: Page) -> list[float]:
    """Seconds from each arrow key on the board to the frame after the one that shows it."""
    page.locator("svg.board").focus()
    page.evaluate(
        """() => { window.taken = []; addEventListener("keydown", (event) => {
        requestAnimationFrame(() => requestAnimationFrame(() => window.taken.push(performance.now() - event.timeStamp)));
        }, true); }"""
    )
    for n in range(PRESSES):
        page.keyboard.press("ArrowRight" if n % 4 else "ArrowDown")
        page.wait_for_timeout(50)
    page.wait_for_timeout(1000)
    return [float(taken) / 1000 for taken in page.evaluate("window.taken")]


def tables(seen: dict[int, Seen]) -> Iterator[Table]:
    """First loads, page by page."""
    rows = [
        (
            f"{size:,} · {route}",
            seconds(load.first),
            seconds(load.whole),
            f"{load.size / 1000:.0f} kB",
            str(load.requests),
        )
        for size, found in sorted(seen.items())
        for route, load in found.loads.items()
    ]
    head = ("organisations · page", "first content", "all content", "compressed", "requests")
    yield Table("网页首次打开 · First load of pages, Chromium, nothing kept", head, tuple(rows))


def p95(taken: list[float]) -> float:
    """The 95th percentile."""
    return statistics.quantiles(taken, n=20)[-1]


def verdicts(seen: dict[int, Seen]) -> Iterator[tuple[str, str, bool]]:
    """What was wanted, what was seen."""
    for size, found in sorted(seen.items()):
        slowest = max(load.first for load in found.loads.values())
        if size in READY:
            yield f"pages, {size:,}: first content < {READY[size]:.0f} s", seconds(slowest), slowest < READY[size]
        key = p95(found.keys)
        yield f"board, {size:,}: key to paint, p95 of {len(found.keys)}, < 100 ms", seconds(key), key < PAINTED
        heaviest = max(load.size for load in found.loads.values())
        yield f"pages, {size:,}: first load ≤ 400 kB compressed", f"{heaviest / 1000:.0f} kB", heaviest <= HEAVIEST
        strange = sum(load.elsewhere for load in found.loads.values())
        yield f"pages, {size:,}: requests to other hosts = 0", str(strange), strange == 0
