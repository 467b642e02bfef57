"""How fast are the pages, and how much do they fetch? A real Chromium before a real server, each in processes of its own."""

from __future__ import annotations

import os
import shutil
import statistics
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

from api import plans
from api.workspace import STORE_FILE, Workspace
from benchmarks.loading import ACT
from benchmarks.networks import read_tables
from benchmarks.serving import percentile
from benchmarks.tables import Table, seconds
from graphmodel.changes import ChangeSet
from graphmodel.stores.opening import open_store
from tests.api.http.processes import serving
from tests.pages.conftest import Reader, Site, reading

OPENED = {
    "overview": "main .big",
    "gaps/uncovered": "main tbody tr",
    "network": "main .board [data-id]",
    "cases": "main .card p, main .empty, main tbody tr",
    "history": "main tbody tr",
}
"""The pages that are timed (all are weighed by the tests), and the first of what each is opened for: a figure, a row, a glyph."""
READY = {1_000: 1.0, 1_000_000: 2.0}
"""Seconds within which the first content is wanted, by organisations."""
PAINTED, HEAVIEST = 0.1, 400_000
"""Seconds from a key press to its paint at the 95th percentile, bytes of a first load: what is wanted at most."""
PLANNED = 1_000  # organisations up to which a plan is made first, so that its review is typed in too
PRESSES, ROUNDS, PATIENCE = 60, 5, 600_000


@dataclass(frozen=True, slots=True)
class Load:
    """A first load: seconds to the heading, to the first content, to all of it; compressed bytes, requests, those elsewhere.

    `work`: seconds of processor that the page's own thread took, which another's load does not lengthen.
    """

    heading: float
    first: float
    whole: float
    work: float
    size: int
    requests: int
    elsewhere: int


@dataclass(frozen=True, slots=True)
class Seen:
    """At one size: by page its load right after the server's start and the median of the later ones; seconds from key to paint."""

    cold: dict[str, Load]
    loads: dict[str, Load]
    keys: dict[str, list[float]]


@dataclass
class Remote(Site):
    """A server in a process of its own."""

    once: str = ""

    def link(self) -> str:
        """Its one-time link."""
        return self.once


@contextmanager
def browser() -> Iterator[Browser]:
    """A running Chromium, `CHROMIUM` or the one on the path."""
    path = os.environ.get("CHROMIUM") or shutil.which("chromium")
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=path, args=["--no-sandbox", "--disable-gpu"])
        yield running
        running.close()


def first_load(reader: Reader, route: str, content: str = "main h1") -> Load:
    """Open a page as somebody does who never was there: nothing is kept, everything is fetched and weighed."""
    page = reader.page
    wire = page.context.new_cdp_session(page)
    sizes: list[int] = []
    wire.on("Network.loadingFinished", lambda told: sizes.append(int(told["encodedDataLength"])))
    wire.send("Network.enable")
    wire.send("Network.setCacheDisabled", {"cacheDisabled": True})
    wire.send("Performance.enable")
    page.goto("about:blank")
    before = len(reader.elsewhere)
    page.goto(f"{reader.site.address}/#/{route}", wait_until="commit")
    page.locator("main h1").first.wait_for()
    heading = _since_start(page)
    page.locator(content).first.wait_for()
    first = _since_start(page)
    reader.settle()
    whole = _since_start(page)
    measured = {each["name"]: float(each["value"]) for each in wire.send("Performance.getMetrics")["metrics"]}
    wire.detach()
    return Load(heading, first, whole, measured["ThreadTime"], sum(sizes), len(sizes), len(reader.elsewhere) - before)


def _since_start(page: Page) -> float:
    return float(page.evaluate("performance.now() / 1000"))


def measure_pages(folder: Path) -> Seen:
    """Store the generated network of `folder`, serve it, open the pages and press keys. Cost: minutes at a million organisations."""
    return see(_workspace(folder), folder)


def _workspace(folder: Path) -> Path:
    """A workspace with that network, and a plan of it where it is small."""
    workspace, tables = folder / "workspace", read_tables(folder)
    with Workspace(workspace, create=True):
        pass
    store = open_store(workspace / STORE_FILE)
    store.apply(ChangeSet.between({}, tables), ACT, 0)
    store.close()
    if tables["Organization"].height <= PLANNED:
        with Workspace(workspace) as small:
            plans.make(small)
    return workspace


def see(workspace: Path, folder: Path) -> Seen:
    """Serve a workspace, open its pages and press keys; the server's log goes to `folder`."""
    settings = folder / "server.toml"
    settings.write_text("rate = 100000000\n", encoding="utf-8")
    with serving(workspace, "--settings", str(settings), log=folder / "server.log") as (_, address, link):  # noqa: SIM117 - the server before the browser
        with browser() as running, reading(Remote(address, None, link), running, "zh") as reader:
            reader.page.set_default_timeout(PATIENCE)
            reader.page.set_default_navigation_timeout(PATIENCE)
            rounds = {
                route: [first_load(reader, route, content) for _ in range(1 + ROUNDS)]
                for route, content in OPENED.items()
            }
            cold = {route: each[0] for route, each in rounds.items()}
            loads = {route: _median(each[1:]) for route, each in rounds.items()}
            return Seen(cold, loads, _typed(reader))


def _median(loads: list[Load]) -> Load:
    times = ((one.heading, one.first, one.whole, one.work) for one in loads)
    heading, first, whole, work = (statistics.median(each) for each in zip(*times, strict=True))
    return Load(heading, first, whole, work, loads[-1].size, loads[-1].requests, max(one.elsewhere for one in loads))


def _typed(reader: Reader) -> dict[str, list[float]]:
    page = reader.open("network")
    page.locator("svg.board").focus()
    taken = {"board ←↑→↓": _presses(page, ["ArrowRight", "ArrowRight", "ArrowRight", "ArrowDown"])}
    page.locator("#search-anything").focus()
    taken["search"] = _presses(page, ["c", "x", "l", "Backspace", "Backspace", "Backspace"])
    reader.open("plan")
    if page.locator(".choices li").count():
        taken["plan J K"] = _presses(page, ["j", "j", "j", "k"])
    return taken


def _presses(page: Page, keys: list[str]) -> list[float]:
    """Seconds from each key press to the frame after the one that shows what it did."""
    page.evaluate(
        """() => { window.taken = []; window.noting ??= addEventListener("keydown", (event) => {
        requestAnimationFrame(() => requestAnimationFrame(() => window.taken.push(performance.now() - event.timeStamp)));
        }, true) ?? true; }"""
    )
    for n in range(PRESSES):
        page.keyboard.press(keys[n % len(keys)])
        page.wait_for_timeout(50)
    page.wait_for_timeout(1000)
    taken = [float(each) / 1000 for each in page.evaluate("window.taken")]
    if len(taken) != PRESSES:
        raise RuntimeError(f"{len(taken)} of {PRESSES} presses were seen")
    return taken


def tables(seen: dict[int, Seen]) -> Iterator[Table]:
    """First loads, page by page; key presses."""
    rows = [
        (
            f"{size:,} · {route}",
            *map(seconds, (found.cold[route].first, load.heading, load.first, load.whole, load.work)),
            f"{load.size / 1000:.0f} kB",
            str(load.requests),
        )
        for size, found in sorted(seen.items())
        for route, load in found.loads.items()
    ]
    head = (
        "organisations · page", "first content, server just started", "heading", "first content", "all content",
        "work of the page", "compressed", "requests",
    )  # fmt: skip
    yield Table("网页首次打开 · First load of pages, Chromium, nothing kept", head, tuple(rows))
    keys = [
        (f"{size:,} · {where}", seconds(statistics.median(taken)), seconds(percentile(taken, 95)), seconds(max(taken)))
        for size, found in sorted(seen.items())
        for where, taken in found.keys.items()
    ]
    yield Table(
        "按键到显示 · From a key press to its paint", ("organisations · where", "p50", "p95", "most"), tuple(keys)
    )


def verdicts(seen: dict[int, Seen]) -> Iterator[tuple[str, str, bool]]:
    """What was wanted, what was seen."""
    for size, found in sorted(seen.items()):
        slowest = max(load.first for load in found.loads.values())
        if size in READY:
            yield f"pages, {size:,}: first content under {READY[size]:.0f} s", seconds(slowest), slowest < READY[size]
        key = max(percentile(taken, 95) for taken in found.keys.values())
        yield f"pages, {size:,}: key to paint, p95, under 100 ms", seconds(key), key < PAINTED
        heaviest = max(load.size for load in found.cold.values())
        yield (
            f"pages, {size:,}: first load at most 400 kB compressed",
            f"{heaviest / 1000:.0f} kB",
            heaviest <= HEAVIEST,
        )
        strange = sum(load.elsewhere for load in [*found.cold.values(), *found.loads.values()])
        yield f"pages, {size:,}: requests to other hosts = 0", str(strange), strange == 0
