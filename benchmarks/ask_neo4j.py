"""The questions as a Neo4j server answers them, in the form that is fair to it: cover stored, answers packed as lists.

Statements are made of the catalogue's own expressions. Whether an organisation is covered, which strictly needs a search
along its chain, is computed once beforehand and stored with it. What needs a global algorithm or a table has no statement;
the server is compared on the other questions only.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

import neo4j
import numpy as np
import polars as pl

from benchmarks.measuring import Measured, Work, measure, peak_memory, processor_seconds
from benchmarks.networks import STAMP, policy_values, read_network, read_tables
from benchmarks.tables import Table, megabytes, rate, seconds, times
from benchmarks.ten_questions import JUDGED, Judgement, assert_equal, digest
from graphmodel.changes import ChangeSet
from graphmodel.network import Network
from graphmodel.schema import NODE_TYPES
from graphmodel.schema.nodes import Organization
from graphmodel.stores.opening import open_store
from graphmodel.stores.protocol import Act, Revision
from queries.context import Context
from queries.facts import COVERED
from queries.logic import Names
from queries.parts import prepared, shared_facts
from queries.pushed_down import parameters
from queries.question import Question
from queries.registry import question
from tests.neo4j_server.launch import Server, running_server

AT_ONCE = 10_000


_ANSWER = (
    "count(CASE WHEN scope THEN 1 END)",
    "collect(CASE WHEN verdict THEN row.id END)",
    "collect(CASE WHEN verdict IS NULL THEN row.id END)",
)


def pushed_down() -> Iterator[Question]:
    """Those of the ten that have a Cypher form."""
    for id_ in JUDGED:
        asked = question(id_)
        if isinstance(asked, Question) and asked.in_process_only is None:
            yield asked


def statement(asked: Question) -> str:
    """The question as Cypher: how many in scope, ids of gaps, ids of which it cannot be told."""
    anchor, gap = asked.anchor, asked.gap
    assert anchor.match is not None
    match = anchor.match if anchor.element is not None else f"CALL () {{ {anchor.match} RETURN row }}"
    lines = [f"CALL () {{ {each.text} }}" for each in prepared(asked.scope, gap).values()] + [match]
    names = Names("row")
    for fact in shared_facts(asked.scope, gap, COVERED):
        text = f"row.{COVERED.variable}" if fact is COVERED else fact.of.cypher(names)
        lines.append(f"WITH *, {text} AS {fact.variable}")
        names = Names("row", bound=names.bound | {fact.name})
    lines += [
        f"WITH *, {asked.scope.cypher(names)} AS scope WHERE coalesce(scope, true)",
        f"WITH row, scope, scope AND {gap.cypher(names)} AS verdict",
        f"RETURN {', '.join(_ANSWER)}",
    ]
    return "\n".join(lines)


def ten(folder: Path, uri: str) -> Work:
    """The questions that have a statement, on a server that holds the network."""
    driver = neo4j.GraphDatabase.driver(uri)
    context = Context.of(read_network(folder), policy_values())
    _store_cover(driver, context)

    def ask(text: str, given: dict[str, Any]) -> Judgement:
        record = driver.execute_query(neo4j.Query(text), given).records[0]
        return Judgement(*record.values())

    steps: dict[str, Callable[[], Any]] = {
        q.id: partial(ask, statement(q), parameters(q, context)) for q in pushed_down()
    }
    return Work(steps, digest=digest, close=driver.close)


def _store_cover(driver: neo4j.Driver, context: Context) -> None:
    rows = context.network[Organization]
    covered = COVERED.evaluate(rows, context)
    ids = rows.ids.to_list()
    truths = pl.Series(np.where(covered.yes, 1, np.where(covered.no, 0, -1))).to_list()
    pairs = [[id_, truth == 1] for id_, truth in zip(ids, truths, strict=True) if truth >= 0]
    text = f"UNWIND $pairs AS pair MATCH (o:Organization {{id: pair[0]}}) SET o.{COVERED.variable} = pair[1]"
    for start in range(0, len(pairs), AT_ONCE):
        driver.execute_query(neo4j.Query(text), {"pairs": pairs[start : start + AT_ONCE]})


def network_in(folder: Path, uri: str) -> Work:
    """A network into an empty server, as one act; the notes say where its time goes."""
    store, changes = open_store(uri), ChangeSet.between({}, read_tables(folder))
    nodes = sum(delta.after.height for name, delta in changes.deltas.items() if name in NODE_TYPES)
    act = Act("import", "benchmark", "benchmark", STAMP.as_of)
    rows: list[tuple[float, int]] = []  # when so many rows were written
    spent: dict[str, float] = {}

    def apply() -> Revision:
        start, busy = time.perf_counter(), time.process_time()
        revision = store.apply(changes, act, 0, lambda done, _: rows.append((time.perf_counter(), done)))
        ends = [start, max(at for at, done in rows if done <= nodes), rows[-1][0], time.perf_counter()]
        spent.update(zip(IN_PARTS, np.diff(ends), strict=True))
        spent[CLIENT] = time.process_time() - busy
        return revision

    return Work({"network to Neo4j": apply}, notes=lambda: spent, close=store.close)


def network_out(folder: Path, uri: str) -> Work:
    """The network out of the server."""
    del folder
    store = open_store(uri)
    spent: dict[str, float] = {}

    def read() -> Network:
        busy = time.process_time()
        network = store.read()
        spent[CLIENT] = time.process_time() - busy
        return network

    return Work({"Neo4j to network": read}, notes=lambda: spent, close=store.close)


IN_PARTS = ("checks and nodes", "edges", "log and commit")
CLIENT = "processor of the client"
SERVER = "processors of the server"
SPENT = (*IN_PARTS, CLIENT, SERVER)


# --- what is measured, and how it is shown ---

WANTED_FASTER, WANTED_IN, WANTED_NODES_OUT, WANTED_EDGES_OUT = 200, 25_000, 80_000, 300_000
LARGEST = 100_000
HEAP = "4g"


@dataclass(frozen=True, slots=True)
class Served:
    """A server's figures: the network in and out, the questions, and the most memory that the server had resident."""

    into: Measured
    out: Measured
    asked: Measured
    peak: int


def measure_server(folder: Path) -> Served:
    """Start a server of its own, fill it, ask it, end it. Errors: `ToolMissing` without Java or Maven."""
    with running_server(folder / "neo4j", heap=HEAP) as server:
        into = _beside_the_server(server, network_in, folder, runs=0)
        out = _beside_the_server(server, network_out, folder, runs=1)
        asked = measure(ten, folder, server.uri, runs=2)
        return Served(into, out, asked, peak_memory(server.process.pid))


def _beside_the_server(server: Server, prepare: Callable[..., Work], folder: Path, runs: int) -> Measured:
    """The measurement, with the seconds that the server's processors took for all of it as a note."""
    before = processor_seconds(server.process.pid)
    measured = measure(prepare, folder, server.uri, runs=runs)
    taken = processor_seconds(server.process.pid) - before
    return replace(measured, notes={**measured.notes, SERVER: taken})


def ours_alike(served: Served, ours: Measured) -> float:
    """Seconds that partygraph takes for the questions that the server was asked. Errors: `UnequalAnswers`."""
    assert_equal({"partygraph": ours, "Neo4j": served.asked}, served.asked.digests)
    return sum((ours.warm or ours.first)[name] for name in served.asked.digests)


def tables(
    found: dict[int, Served], ours: dict[int, Measured], elements: dict[int, tuple[int, int]]
) -> Iterator[Table]:
    """The server beside partygraph, and its rates in and out."""
    rows, rates = [], []
    for size, served in found.items():
        nodes, edges = elements[size]
        if size in ours:
            alike = ours_alike(served, ours[size])
            rows.append(
                (
                    f"{size:,}",
                    str(len(served.asked.digests)),
                    seconds(served.asked.total_first),
                    seconds(served.asked.best),
                    seconds(alike),
                    times(served.asked.best / alike),
                    megabytes(served.peak),
                )
            )
        rates += [
            (f"{size:,}", "in", seconds(served.into.best), rate(nodes + edges, served.into.best)),
            (f"{size:,}", "out", seconds(served.out.best), rate(nodes + edges, served.out.best)),
        ]
    head = ("organisations", "questions", "first answer", "warm", "partygraph", "times partygraph", "server memory")
    if rows:
        yield Table("Neo4j, cover stored and answers packed, equal answers", head, tuple(rows))
    yield Table("Neo4j in and out", ("organisations", "way", "time", "nodes and edges"), tuple(rates))
    spent = [
        (f"{size:,}", way, *(seconds(each.notes[part]) if part in each.notes else "–" for part in SPENT))
        for size, served in found.items()
        for way, each in (("in, by an empty server that has planned nothing", served.into), ("out, twice", served.out))
    ]
    yield Table("Where the time goes, Neo4j in and out", ("organisations", "way", *SPENT), tuple(spent))


def verdicts(
    found: dict[int, Served], ours: dict[int, Measured], elements: dict[int, tuple[int, int]]
) -> Iterator[tuple[str, str, bool]]:
    """What was wanted of the server, and what was seen at 100,000."""
    served = found.get(LARGEST)
    if served is None:
        return
    if LARGEST in ours:
        ratio = served.asked.best / ours_alike(served, ours[LARGEST])
        yield (
            f"questions at {LARGEST:,}: at least {WANTED_FASTER} times faster than Neo4j",
            times(ratio),
            ratio >= WANTED_FASTER,
        )
    nodes, edges = elements[LARGEST]
    into = (nodes + edges) / served.into.best
    yield f"into Neo4j: at least {WANTED_IN:,} nodes or edges a second", f"{into:,.0f}/s", into >= WANTED_IN
    allowed = nodes / WANTED_NODES_OUT + edges / WANTED_EDGES_OUT
    yield (
        f"out of Neo4j: {WANTED_NODES_OUT:,} nodes and {WANTED_EDGES_OUT:,} edges a second, {seconds(allowed)} for this network",
        seconds(served.out.best),
        served.out.best <= allowed,
    )
