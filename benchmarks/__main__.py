"""Measure and write down: `python -m benchmarks [NAME …] [--sizes 1000,100000,1000000] [--out docs/benchmarks.md]`."""

from __future__ import annotations

import argparse
import datetime as dt
import os
import platform
import re
import shutil
import tempfile
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from importlib.metadata import version
from pathlib import Path

from rich.console import Console

from benchmarks import ask_neo4j, ask_partygraph, loading, pages, planning, questions, serving
from benchmarks.measuring import Measured, measure
from benchmarks.networks import read_tables, write_network
from benchmarks.tables import Table, megabytes
from graphmodel.schema import NODE_TYPES
from tests.neo4j_server.build import ToolMissing

SIZES = (1_000, 100_000, 1_000_000)
LIBRARIES = ("polars", "numpy", "scipy", "duckdb", "networkx", "neo4j")
Verdict = tuple[str, str, bool]
_SECTION = "<!-- part: {} -->"


@dataclass(slots=True)
class Findings:
    """What was measured, by size."""

    elements: dict[int, tuple[int, int]] = field(default_factory=dict)  # nodes, edges
    peers: dict[int, dict[str, Measured]] = field(default_factory=dict)
    whole: dict[int, Measured] = field(default_factory=dict)
    profiles: dict[int, dict[str, Measured]] = field(default_factory=dict)
    reading: dict[int, dict[str, Measured]] = field(default_factory=dict)
    loaded: dict[int, dict[str, Measured]] = field(default_factory=dict)
    served: dict[int, ask_neo4j.Served] = field(default_factory=dict)
    answered: dict[int, serving.Served] = field(default_factory=dict)
    planned: planning.Planned = field(default_factory=planning.Planned)
    pages: dict[int, pages.Seen] = field(default_factory=dict)
    left_out: list[str] = field(default_factory=list)
    machines: dict[str, str] = field(default_factory=dict)  # on what each part was measured last

    @property
    def ours(self) -> dict[int, Measured]:
        """Partygraph's own ten questions, by size."""
        return {size: each["partygraph"] for size, each in self.peers.items()}


def _questions(found: Findings, folder: Path, size: int) -> None:
    found.peers[size] = questions.ask_peers(folder, size)
    found.whole[size] = measure(ask_partygraph.whole_catalogue, folder, runs=3 if size < questions.LARGE else 2)
    found.profiles[size] = questions.profile(folder)


def _reading(found: Findings, folder: Path, size: int) -> None:
    found.reading[size] = loading.measure_reading(folder, size)


def _loading(found: Findings, folder: Path, size: int) -> None:
    found.loaded[size] = loading.measure_loading(folder, size)


def _neo4j(found: Findings, folder: Path, size: int) -> None:
    if size <= ask_neo4j.LARGEST:
        if size not in found.peers:  # what the server's answers are compared with, in the same run
            found.peers[size] = {"partygraph": measure(ask_partygraph.ten, folder, runs=3)}
        try:
            found.served[size] = ask_neo4j.measure_server(folder)
        except ToolMissing as missing:
            found.left_out.append(f"Neo4j, {size:,}: {missing.message.both()}")


def _serving(found: Findings, folder: Path, size: int) -> None:
    found.answered[size] = serving.measure_serving(folder)


def _planning(found: Findings, folder: Path, size: int) -> None:  # noqa: ARG001 - plans have districts of their own
    planning.measure_plans(found.planned, [n for n in planning.SIZES if n <= size], Console())


def _pages(found: Findings, folder: Path, size: int) -> None:
    if size in pages.READY:
        found.pages[size] = pages.measure_pages(folder)


PARTS: dict[str, Callable[[Findings, Path, int], None]] = {
    "questions": _questions,
    "reading": _reading,
    "loading": _loading,
    "neo4j": _neo4j,
    "serving": _serving,
    "planning": _planning,
    "pages": _pages,
}


def run(
    names: list[str],
    sizes: list[int],
    folder: Path,
    console: Console,
    out: Path | None = None,
) -> Findings:
    """Measure these parts at these sizes, smallest first; the page is written when all are measured."""
    found = Findings()
    for size in sizes:
        here = folder / str(size)
        with console.status(f"{size:,}: generating"):
            write_network(here, size)
            found.elements[size] = count_elements(here)
        for name in names:
            console.print(f"{size:>9,}  {name} …")
            PARTS[name](found, here, size)
            found.machines[name] = machine()
        shutil.rmtree(here)
    if out is not None:
        before = out.read_text(encoding="utf-8") if out.exists() else ""
        out.write_text(document(found, names, before), encoding="utf-8")
    return found


def count_elements(folder: Path) -> tuple[int, int]:
    """How many nodes and edges a generated network has."""
    heights = {name: frame.height for name, frame in read_tables(folder).items()}
    nodes = sum(height for name, height in heights.items() if name in NODE_TYPES)
    return nodes, sum(heights.values()) - nodes


def tables(found: Findings, name: str) -> Iterator[Table]:
    """What was measured in one part, as tables."""
    match name:
        case "questions":
            yield from questions.side_by_side(found.peers)
            yield questions.beside_the_floor(found.ours, found.whole)
            yield questions.slowest(found.whole[max(found.whole)], max(found.whole))
            yield from questions.where_time_goes(found.profiles[max(found.profiles)], max(found.profiles))
        case "reading":
            yield loading.reading_table(found.reading)
        case "loading":
            yield loading.loading_table(found.loaded, {size: sum(both) for size, both in found.elements.items()})
        case "neo4j" if found.served:
            yield from ask_neo4j.tables(found.served, found.ours, found.elements)
        case "serving":
            yield from serving.tables(found.answered)
        case "planning":
            yield from planning.tables(found.planned)
        case "pages":
            yield from pages.tables(found.pages)


def verdicts(found: Findings, name: str) -> list[Verdict]:
    """What was wanted of one part, what was seen."""
    seen: dict[str, Callable[[], Iterable[Verdict]]] = {
        "questions": lambda: questions.verdicts(found.peers, found.whole),
        "reading": lambda: loading.verdicts(found.reading),
        "neo4j": lambda: ask_neo4j.verdicts(found.served, found.ours, found.elements),
        "serving": lambda: serving.verdicts(found.answered),
        "planning": lambda: planning.verdicts(found.planned),
        "pages": lambda: pages.verdicts(found.pages),
    }
    return list(seen[name]()) if name in seen else []


def machine() -> str:
    """On what it was measured: cores, memory, load, versions; nothing that names the machine."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    libraries = ", ".join(f"{name} {version(name)}" for name in LIBRARIES)
    return (
        f"{dt.date.today().isoformat()}; {os.cpu_count()} cores, {megabytes(memory)} memory, "  # noqa: DTZ011 - the day of the run, where it ran
        f"load {os.getloadavg()[1]:.1f} over the last five minutes; Python {platform.python_version()}, {libraries}."
    )


def section(found: Findings, name: str) -> str:
    """One part of the page: on what it was measured, what was wanted and seen, and its tables."""
    lines = [f"- {name}: {found.machines[name]}", *(f"- 未测 · not measured: {each}" for each in found.left_out)]
    seen = tuple((wanted, seen, "yes" if reached else "**no**") for wanted, seen, reached in verdicts(found, name))
    if seen:
        title = f"目标与实测 · Wanted and seen: {name}"
        lines += ["", Table(title, ("wanted", "seen", "reached"), seen).markdown()]
    return "\n".join([*lines, "", "\n\n".join(table.markdown() for table in tables(found, name))])


def document(found: Findings, names: Iterable[str], before: str = "") -> str:
    """The page of the documentation: the parts that were measured now, the others as they stand in the page `before`."""
    _, *kept = re.split(_SECTION.format("([a-z0-9]+)"), before)
    sections = dict(zip(kept[::2], kept[1::2], strict=True)) | {name: section(found, name) for name in names}
    written = (f"{_SECTION.format(name)}\n\n{sections[name].strip()}" for name in PARTS if name in sections)
    return "\n\n".join([INTRODUCTION, *written]) + "\n"


INTRODUCTION = """# 性能 · Benchmarks

由 `make bench` 生成，请勿手改。网络由示例生成器按组织数生成（约六条关系一家，含未知、计划中、多上级和环），不是真实数据。
Made by `make bench`, not by hand. Networks are generated (about six relations an organisation, with unknown values, planned
relations, several superiors and circles), no real data.

- 每一部分各自测量，各写明日期、机器与当时的负载。Each part is measured by itself, and says when, on what, and under which load.
- 每项测量单独一个进程；“warm”为首次之后各次的中位数，只问一次的同行以首次计；内存为该进程常驻峰值。Each measurement has a process of its own;
  "warm" is the median of the rounds after the first, and where a peer was asked once its first answer stands for it;
  memory is the process's peak, interpreter and libraries included.
- 十问由各引擎独立写成，答案（应、未、待核实的标识）逐题比对一致才算数。Each engine's text of the ten questions is written
  independently; times count only because the answers (scope, gaps, cannot-tells, by id) are equal, question by question.
- “warm”时列已在内存，但任何推导出的事实都不保留，每轮重新计算。When warm, columns are dense but no derived fact is kept:
  each round computes cover, modes, groups and components anew. Peers may keep what questions share within a round too.
- partygraph 的覆盖率表另含区间和“计划落实后”两组数，同行不算。partygraph's coverage rates also hold ranges and the rates
  after what is planned, which peers are spared.
- 下限（floor）：把读到的每一列读一遍，每条关系的两端各随机写一遍。The floor: every column that was read streamed once, both
  ends of every edge scattered once, in the same process."""


def main() -> None:
    """Measure, show, write."""
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks", description="性能对比 / speed and memory beside peers"
    )
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"{', '.join(PARTS)}; 默认全部 / default all")
    parser.add_argument("--sizes", default=",".join(map(str, SIZES)), help="组织数 / organisations")
    parser.add_argument("--out", type=Path, help="写入网页文档，其余部分不变 / write these parts into the page")
    chosen = parser.parse_args()
    if strange := set(chosen.names) - set(PARTS):
        parser.error(f"没有 / no such part: {', '.join(sorted(strange))}")
    console = Console()
    with tempfile.TemporaryDirectory() as folder:
        sizes = [int(size) for size in chosen.sizes.split(",")]
        names = chosen.names or list(PARTS)
        found = run(names, sizes, Path(folder), console, chosen.out)
    for name in names:
        for table in tables(found, name):
            table.show(console)
        for wanted, seen, reached in verdicts(found, name):
            console.print(f"{'✓' if reached else '✗'} {wanted}: {seen}")


if __name__ == "__main__":
    main()
