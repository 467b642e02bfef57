"""How fast do files become a network, and a network findings? Import, check, store, report, with memory."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import polars as pl

from benchmarks.ask_partygraph import Asked
from benchmarks.floor import ReadNetwork
from benchmarks.ledger_file import bodies, write_ledger
from benchmarks.measuring import Measured, Work, measure
from benchmarks.networks import CSV, STAMP, read_network, read_tables
from benchmarks.tables import Table, megabytes, rate, seconds, times
from graphmodel.changes import ChangeSet
from graphmodel.network import Network
from graphmodel.stores.opening import open_store
from graphmodel.stores.protocol import Act, Store
from loaders.bundle import read_bundle
from loaders.importing import commit, preview
from loaders.ledger import read_ledger_files
from loaders.raw import Checked
from loaders.validate import check
from visualizations.report import Report, compose
from visualizations.report_workbook import write_workbook

WANTED_READING = 10
"""How many times Polars reading the same files alone a fully checked network may take."""
LARGEST_WORKBOOK = 100_000
"""From where on ledgers are CSV and reports are composed but not written: workbooks grow to hundreds of megabytes."""
SOURCE = "benchmark"
ACT = Act("import", "benchmark", SOURCE, STAMP.as_of)
ROUNDS = {1_000: 4, 100_000: 2, 1_000_000: 1}


IDS = dict.fromkeys(("id", "source", "target"), pl.String())
"""Said to Polars, since ids of some types begin like numbers and its own inference then fails."""


def plain_polars(folder: Path) -> Work:
    """What Polars needs for the same CSV files with its own inference, keeping all frames."""
    files = sorted((folder / CSV).iterdir())
    return Work({"read": lambda: [pl.read_csv(path, schema_overrides=IDS) for path in files]})


def checked_network(folder: Path) -> Work:
    """CSV to a network: read as text, every cell and row judged, references resolved, indexed."""
    here: dict[str, Any] = {}

    def read() -> None:
        here["bundle"] = read_bundle(folder / CSV)

    def judge() -> None:
        bundle = here.pop("bundle")
        here["checked"] = check(bundle.raws, errors=bundle.errors, notices=bundle.notices)

    def index() -> Network:
        checked: Checked = here.pop("checked")
        _assert_whole(checked)
        return Network.from_tables(checked.tables, STAMP)

    return Work({"read": read, "check": judge, "network": index})


def bundle_import(folder: Path) -> Work:
    """A bundle into an empty SQLite store: read, check, preview as a difference, commit."""
    return _import(folder, Network.from_tables({}, STAMP), lambda _: _checked_bundle(folder))


def ledger_import(folder: Path, ending: str) -> Work:
    """A ledger into a SQLite store that has the district's bodies: read, check, preview, commit."""
    tables = read_tables(folder)
    files, known = write_ledger(tables, folder / "ledger", ending), bodies(tables)
    del tables
    return _import(folder, known, lambda network: _checked_ledger(files, network))


def _checked_bundle(folder: Path) -> Checked:
    bundle = read_bundle(folder / CSV)
    return check(bundle.raws, errors=bundle.errors, notices=bundle.notices)


def _checked_ledger(files: list[Path], network: Network) -> Checked:
    return read_ledger_files(files, existing=network).check(network)


def _import(folder: Path, known: Network, checked: Callable[[Network], Checked]) -> Work:
    here: dict[str, Any] = {}

    def close() -> None:
        if "store" in here:
            here.pop("store").close()

    def reset() -> None:
        close()
        here["store"] = _new_store(folder / "import.sqlite")
        if known.tables():
            here["store"].apply(ChangeSet.between({}, known.tables()), ACT, 0)

    def read() -> None:
        here["checked"] = checked(known)

    def show() -> None:
        found: Checked = here.pop("checked")
        _assert_whole(found)
        here["preview"] = preview(known, found, SOURCE)

    def write() -> None:
        store: Store = here["store"]
        commit(store, here.pop("preview"), ACT, store.head)

    return Work({"read and check": read, "preview": show, "commit": write}, reset, close=close)


def sqlite_out(folder: Path) -> Work:
    """A network out of a SQLite store that holds it."""
    store = _new_store(folder / "store.sqlite")
    store.apply(ChangeSet.between({}, read_tables(folder)), ACT, 0)
    return Work({"store to network": store.read}, close=store.close)


def sqlite_in(folder: Path) -> Work:
    """A network into an empty SQLite store, as one act."""
    changes = ChangeSet.between({}, read_tables(folder))
    here: dict[str, Store] = {}

    def close() -> None:
        if "store" in here:
            here.pop("store").close()

    def reset() -> None:
        close()
        here["store"] = _new_store(folder / "written.sqlite")

    write = {"network to store": lambda: here["store"].apply(changes, ACT, 0)}
    return Work(write, reset, close=close)


def report(folder: Path, size: int) -> Work:
    """The whole catalogue as a report, and its workbook where that is of a size that anybody opens."""
    asked = Asked(ReadNetwork(read_network(folder)))
    here: dict[str, Report] = {}

    def ask() -> None:
        here["report"] = compose(asked.context)

    def write() -> None:
        write_workbook(here["report"], folder / "report.xlsx")

    steps: dict[str, Callable[[], Any]] = {"compose": ask}
    if size <= LARGEST_WORKBOOK:
        steps["workbook"] = write
    return Work(steps, asked.forget)


def _new_store(file: Path) -> Store:
    for part in file.parent.glob(f"{file.name}*"):
        part.unlink()
    return open_store(file)


def _assert_whole(checked: Checked) -> None:
    """A benchmark of rejected rows would measure nothing."""
    assert checked.accepted == checked.read > 0, dict(checked.error_counts)


def ledger_ending(size: int) -> str:
    """.xlsx as staff keep it, while that can be."""
    return ".xlsx" if size < LARGEST_WORKBOOK else ".csv"


# --- what is measured, and how it is shown ---


def measure_reading(folder: Path, size: int) -> dict[str, Measured]:
    """CSV to a checked network, beside Polars alone."""
    rounds = ROUNDS.get(size, 1)
    return {
        "partygraph": measure(checked_network, folder, runs=rounds),
        "Polars alone": measure(plain_polars, folder, runs=max(rounds, 3)),
    }


def measure_loading(folder: Path, size: int) -> dict[str, Measured]:
    """Imports, stores and the report."""
    rounds, ending = ROUNDS.get(size, 1), ledger_ending(size)
    return {
        f"ledger import ({ending})": measure(ledger_import, folder, ending, runs=rounds - 1),
        "bundle import (.csv)": measure(bundle_import, folder, runs=rounds - 1),
        "network to SQLite": measure(sqlite_in, folder, runs=rounds - 1),
        "SQLite to network": measure(sqlite_out, folder, runs=rounds),
        "report": measure(report, folder, size, runs=rounds // 4),
    }


def reading_table(results: dict[int, dict[str, Measured]]) -> Table:
    """CSV to a checked network at every size."""
    rows = []
    for size, found in results.items():
        ours, alone = found["partygraph"], found["Polars alone"]
        parts = ours.warm or ours.first
        rows.append(
            (
                f"{size:,}",
                *(seconds(parts[step]) for step in ("read", "check", "network")),
                seconds(ours.best),
                seconds(alone.best),
                times(ours.best / alone.best),
                megabytes(ours.peak),
                megabytes(alone.peak),
            )
        )
    head = ("organisations", "read", "check", "network", "together", "Polars alone", "ratio", "peak memory", "Polars")
    return Table("CSV to a fully checked network", head, tuple(rows))


def loading_table(results: dict[int, dict[str, Measured]], elements: dict[int, int]) -> Table:
    """Imports, stores and report at every size."""
    rows = []
    for size, found in results.items():
        for name, m in found.items():
            parts = ", ".join(f"{step} {seconds(taken)}" for step, taken in (m.warm or m.first).items())
            speed = rate(elements[size], m.best) if "SQLite" in name or "bundle" in name else "–"
            rows.append((f"{size:,}", name, seconds(m.best), parts, speed, megabytes(m.peak)))
    head = ("organisations", "what", "time", "parts", "nodes and edges", "peak memory")
    return Table("In, out, and the report", head, tuple(rows))


def verdicts(results: dict[int, dict[str, Measured]]) -> Iterator[tuple[str, str, bool]]:
    """What was wanted of reading, and what was seen."""
    for size, found in results.items():
        if size >= 100_000:
            ratio = found["partygraph"].best / found["Polars alone"].best
            wanted = f"CSV to a checked network at {size:,}: at most {WANTED_READING} times Polars alone"
            yield wanted, times(ratio), ratio <= WANTED_READING
