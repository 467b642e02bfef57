"""How fast does the API answer over a socket? Findings, neighbours, search and scene, with and without a writer beside."""

from __future__ import annotations

import contextlib
import statistics
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from itertools import cycle
from pathlib import Path

import httpx
import polars as pl

from api.workspace import STORE_FILE
from benchmarks.loading import ACT
from benchmarks.measuring import memory, peak_memory
from benchmarks.networks import read_tables
from benchmarks.tables import Table, megabytes, seconds
from graphmodel.changes import ChangeSet
from graphmodel.stores.opening import open_store
from tests.api.http.processes import API, serving, signed_in

REQUESTS = {"findings": 400, "neighbours": 400, "search": 200, "scene": 20}
"""How often each is asked."""
PAUSE = 2.0  # seconds between two edits of the writer
REST = 5.0  # seconds after which allocators have given back what nobody uses
LARGE = 1_000_000
WANTED_FINDINGS, WANTED_SEARCH, WANTED_MEMORY = 0.050, 0.030, 1.5e9
"""At 1,000,000 organisations: p99 of a page of findings, of a search, seconds; memory of a worker, bytes."""


@dataclass(slots=True)
class Served:
    """Seconds of every request by what was asked, alone and beside a writer; `first` before anything was computed.

    `ready` from start to the first answer; `edits` seconds of each edit; of the worker, bytes: `loaded` at the most until it
    was ready, `peak` at the most until the end, `rest` some seconds after the last request.
    """

    ready: float = 0.0
    first: dict[str, float] = field(default_factory=dict)
    alone: dict[str, list[float]] = field(default_factory=dict)
    beside: dict[str, list[float]] = field(default_factory=dict)
    edits: list[float] = field(default_factory=list)
    loaded: int = 0
    peak: int = 0
    rest: int = 0


def measure_serving(folder: Path) -> Served:
    """A workspace with the network of `folder`, served by a process of its own and asked by this one."""
    tables, workspace, found = read_tables(folder), folder / "served", Served()
    ids, names = (tables["Organization"][column].gather_every(997)[:200].to_list() for column in ("id", "name"))
    _write(tables, workspace)
    del tables
    settings = folder / "server.toml"
    settings.write_text("rate = 100000000\n", encoding="utf-8")
    start = time.perf_counter()
    with serving(workspace, "--settings", str(settings), log=folder / "server.log") as (process, _, link):
        found.ready = time.perf_counter() - start
        found.loaded = peak_memory(process.pid)
        with signed_in(link) as client:
            asked = _requests(client, ids, names)
            found.first = {name: _timed(ask) for name, ask in asked.items()}
            found.alone = _ask(asked)
            with _writer(client, ids, found.edits):
                found.beside = _ask(asked)
            found.peak = peak_memory(process.pid)
            time.sleep(REST)
            found.rest = memory(process.pid)
    return found


def _write(tables: dict[str, pl.DataFrame], workspace: Path) -> None:
    workspace.mkdir()
    store = open_store(workspace / STORE_FILE)
    store.apply(ChangeSet.between({}, tables), ACT, 0)
    store.close()


def _requests(client: httpx.Client, ids: list[str], names: list[str]) -> dict[str, Callable[[], None]]:
    next_id, next_name = cycle(ids), cycle(names)

    def get(path: str, **params: str | int) -> None:
        client.get(f"{API}{path}", params=params, timeout=600).raise_for_status()

    return {
        "findings": lambda: get("/questions/no-work-coverage/findings", limit=50),
        "neighbours": lambda: get(f"/neighbours/Organization/{next(next_id)}"),
        "search": lambda: get("/search", q=next(next_name)[2:6]),
        "scene": lambda: get("/scenes"),
    }


def _timed(ask: Callable[[], None]) -> float:
    start = time.perf_counter()
    ask()
    return time.perf_counter() - start


def _ask(asked: dict[str, Callable[[], None]]) -> dict[str, list[float]]:
    return {name: [_timed(ask) for _ in range(REQUESTS[name])] for name, ask in asked.items()}


@contextlib.contextmanager
def _writer(client: httpx.Client, ids: list[str], taken: list[float]) -> Iterator[None]:
    """Edits an organisation every `PAUSE` seconds over a connection of its own, while the block runs."""
    over = threading.Event()
    with httpx.Client(base_url=client.base_url, cookies=client.cookies, headers=client.headers, timeout=600) as own:

        def edit() -> None:
            for number, id_ in enumerate(cycle(ids)):
                head = own.get(f"{API}/status").raise_for_status().json()["stamp"]["revision"]
                cell = {"type": "Organization", "id": id_, "fields": {"aliases": f"又名{number}"}}
                start = time.perf_counter()
                own.post(f"{API}/edits", json=cell, headers={"If-Match": f'"{head}"'}).raise_for_status()
                taken.append(time.perf_counter() - start)
                if over.wait(PAUSE):
                    return

        with ThreadPoolExecutor(1) as pool:
            editing = pool.submit(edit)
            try:
                yield
            finally:
                over.set()
            editing.result()  # what went wrong there goes wrong here


def percentile(taken: list[float], wanted: int) -> float:
    """The duration that `wanted` of a hundred requests do not exceed."""
    return statistics.quantiles(taken, n=100, method="inclusive")[wanted - 1]


def tables(results: dict[int, Served]) -> Iterator[Table]:
    """Every request's first answer, then its median and its 99th of a hundred, alone and beside the writer."""
    rows = []
    for size, found in results.items():
        for name, taken in found.alone.items():
            figures = (percentile(each, p) for each in (taken, found.beside[name]) for p in (50, 99))
            rows.append((f"{size:,}", name, seconds(found.first[name]), *map(seconds, figures)))
    head = ("organisations", "request", "first", "p50", "p99", "p50 beside a writer", "p99 beside a writer")
    yield Table("The API over a socket, one worker, SQLite", head, tuple(rows))
    whole = tuple(
        (
            f"{size:,}",
            seconds(f.ready),
            *map(megabytes, (f.loaded, f.peak, f.rest)),
            str(len(f.edits)),
            seconds(statistics.median(f.edits)),
        )
        for size, f in results.items()
    )
    head = ("organisations", "ready", "peak memory until ready", "peak memory", "memory at rest", "edits", "an edit")
    yield Table("The server", head, whole)


def verdicts(results: dict[int, Served]) -> Iterator[tuple[str, str, bool]]:
    """What was wanted at the largest size, and what was seen."""
    if found := results.get(LARGE):
        page, search = (percentile(found.alone[name], 99) for name in ("findings", "search"))
        yield "API at 1,000,000: p99 of a page of findings under 50 ms", seconds(page), page < WANTED_FINDINGS
        yield "API at 1,000,000: search under 30 ms", seconds(search), search < WANTED_SEARCH
        yield "API at 1,000,000: a worker under 1.5 GB", megabytes(found.peak), found.peak < WANTED_MEMORY
