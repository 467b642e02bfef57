"""How fast are the questions? Ten of them side by side with peers, equal answers asserted, then all beside the floor."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

from benchmarks import ask_duckdb, ask_networkx, ask_partygraph
from benchmarks.measuring import Measured, Work, measure
from benchmarks.tables import Table, megabytes, seconds, times
from benchmarks.ten_questions import TEN, assert_equal

PEERS: dict[str, Callable[[Path], Work]] = {
    "partygraph": ask_partygraph.ten,
    "DuckDB": ask_duckdb.ten,
    "networkx": ask_networkx.ten,
}
LARGE = 1_000_000
ROUNDS = {
    "partygraph": {1_000: 9, 100_000: 7, LARGE: 5},
    "DuckDB": {1_000: 5, 100_000: 3, LARGE: 0},
    "networkx": {1_000: 5, 100_000: 1, LARGE: 0},
}
"""Warm rounds: fewer where a round takes long; peers are asked once at the largest size, which the page says."""
WANTED_FASTER = {"DuckDB": 10, "networkx": 50}
WANTED_TEN, WANTED_ALL = 5, 20
"""How many times the floor the ten, and all questions, may take at 1,000,000."""


def ask_peers(folder: Path, size: int) -> dict[str, Measured]:
    """The ten questions by every engine. Errors: `UnequalAnswers`."""
    found: dict[str, Measured] = {}
    for name, prepare in PEERS.items():
        found[name] = measure(prepare, folder, runs=ROUNDS[name].get(size, 1))
    assert_equal(found)
    return found


def side_by_side(results: dict[int, dict[str, Measured]]) -> Iterator[Table]:
    """The tables of the ten questions: engines by size, then each question by engine at the largest size."""
    rows = []
    for size, found in results.items():
        best = found["partygraph"].best
        rows += [
            (
                f"{size:,}",
                name,
                seconds(m.ready),
                seconds(m.total_first),
                "问一次 · asked once" if m.total_warm is None else seconds(m.total_warm),
                times(m.best / best),
                megabytes(m.peak),
            )
            for name, m in found.items()
        ]
    head = ("organisations", "engine", "made ready", "first answer", "warm", "times partygraph", "peak memory")
    yield Table("The ten questions, equal answers", head, tuple(rows))
    largest = max(results)
    engines = list(results[largest])
    lines = []
    for question in TEN:
        each = [results[largest][name] for name in engines]
        lines.append((question, *(seconds((m.warm or m.first)[question]) for m in each)))
    named = (name if m.runs else f"{name} (asked once)" for name, m in results[largest].items())
    yield Table(f"Question by question at {largest:,}, after what is shared", ("question", *named), tuple(lines))


def beside_the_floor(ten: dict[int, Measured], whole: dict[int, Measured]) -> Table:
    """The ten and the whole catalogue, each beside its own floor, measured in the same process."""
    rows = []
    for size, asked in ten.items():
        for name, m, wanted in (("the ten", asked, WANTED_TEN), ("whole catalogue", whole[size], WANTED_ALL)):
            floor = m.notes["floor"]
            rows.append(
                (
                    f"{size:,}",
                    f"{name} ({len(m.first)})",
                    seconds(m.best),
                    seconds(floor),
                    f"{m.notes['bytes'] / 1e6:,.1f} MB + {m.notes['ends'] / 1e6:,.2f} M ends",
                    times(m.best / floor),
                    f"≤ {wanted}" if size == LARGE else "–",
                )
            )
    head = ("organisations", "questions", "warm", "floor", "read", "times the floor", "wanted")
    return Table("Beside the floor", head, tuple(rows))


def slowest(measured: Measured, size: int, most: int = 12) -> Table:
    """Where the time of the whole catalogue goes."""
    total = measured.best
    ordered = sorted((measured.warm or measured.first).items(), key=lambda item: -item[1])[:most]
    rows = tuple((name, seconds(taken), f"{taken / total:.0%}") for name, taken in ordered)
    return Table(f"The slowest questions of the catalogue at {size:,}", ("question", "warm", "share"), rows)


def profile(folder: Path) -> dict[str, Measured]:
    """One warm round of the ten and of the whole catalogue under a profiler, each in a process of its own."""
    return {
        "the ten": measure(ask_partygraph.profile_of_ten, folder, runs=1),
        "whole catalogue": measure(ask_partygraph.profile_of_whole_catalogue, folder, runs=1),
    }


def where_time_goes(profiles: Mapping[str, Measured], size: int, most: int = 15) -> Iterator[Table]:
    """The functions with the most time of their own, beside the whole of a round."""
    for name, measured in profiles.items():
        total = sum(measured.notes.values())
        ordered = sorted(measured.notes.items(), key=lambda item: -item[1])[:most]
        rows = [(f"`{function}`", seconds(own), f"{own / total:.0%}") for function, own in ordered]
        others = total - sum(own for _, own in ordered)
        rows.append((f"{len(measured.notes) - len(ordered):,} others", seconds(others), f"{others / total:.0%}"))
        title = f"Where the time goes at {size:,}: {name}, one warm round under a profiler, {seconds(total)}"
        yield Table(title, ("function", "own time", "share"), tuple(rows))


def verdicts(results: dict[int, dict[str, Measured]], whole: dict[int, Measured]) -> Iterator[tuple[str, str, bool]]:
    """What was wanted, what was seen, and whether it was reached; only where the sizes were measured."""
    found = results.get(100_000, {})
    for name, wanted in WANTED_FASTER.items():
        if name in found:
            ratio = found[name].best / found["partygraph"].best
            yield f"ten questions at 100,000: at least {wanted} times faster than {name}", times(ratio), ratio >= wanted
    if LARGE in results and found:
        growth = results[LARGE]["partygraph"].best / found["partygraph"].best
        yield (
            "ten questions, 100,000 → 1,000,000: cost in proportion (×10, up to ×15 with colder caches)",
            times(growth),
            growth <= 15,
        )
    for measured, wanted, name in (
        (results.get(LARGE, {}).get("partygraph"), WANTED_TEN, "ten questions"),
        (whole.get(LARGE), WANTED_ALL, "all questions together"),
    ):
        if measured is not None:
            ratio = measured.best / measured.notes["floor"]
            yield f"{name} at 1,000,000: at most {wanted} times the floor", times(ratio), ratio <= wanted
