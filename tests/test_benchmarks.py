"""Every part of the benchmarks runs at 1,000 organisations, and engines answer alike. No times are asserted."""

import platform
from collections.abc import Callable, Mapping
from pathlib import Path

import numpy as np
import pytest
from neo4j import Driver

from benchmarks import ask_neo4j, ask_partygraph, loading, serving
from benchmarks.__main__ import Findings, document, machine
from benchmarks.floor import Reading, ReadNetwork
from benchmarks.measuring import Measured, Work, measure
from benchmarks.networks import read_network, write_network
from benchmarks.questions import PEERS, side_by_side, where_time_goes
from benchmarks.ten_questions import TEN, Judgement, UnequalAnswers, assert_equal, digest
from graphmodel.schema.edges import Covers
from graphmodel.schema.nodes import Organization, PartyOrganization
from tests.neo4j_server.plugin import Access

SIZE = 1_000


@pytest.fixture(scope="module")
def network_files(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("benchmark")
    write_network(folder, SIZE)
    return folder


def once(work: Work) -> dict[str, str]:
    """One round without a clock: the digests by step."""
    work.reset()
    found = {}
    for name, step in work.steps.items():
        result = step()
        found[name] = work.digest(result) if work.digest else ""
    work.close()
    return found


@pytest.fixture(scope="module")
def ours(network_files: Path) -> dict[str, str]:
    return once(ask_partygraph.ten(network_files))


@pytest.mark.parametrize("peer", [name for name in PEERS if name != "partygraph"])
def test_a_peer_gives_the_same_scope_gaps_and_cannot_tells_to_every_question(
    peer: str, network_files: Path, ours: dict[str, str]
) -> None:
    theirs = once(PEERS[peer](network_files))
    assert {question: theirs[question] for question in TEN} == ours
    assert len(set(ours.values())) == len(TEN)  # empty answers would agree too


def test_a_second_round_forgets_facts_and_answers_the_same(network_files: Path, ours: dict[str, str]) -> None:
    work = ask_partygraph.ten(network_files)
    assert once(work) == once(work) == ours


@pytest.mark.parametrize(
    "prepare",
    [
        ask_partygraph.whole_catalogue,
        loading.plain_polars,
        loading.checked_network,
        loading.bundle_import,
        lambda folder: loading.ledger_import(folder, ".csv"),
        lambda folder: loading.ledger_import(folder, ".xlsx"),
        loading.sqlite_in,
        loading.sqlite_out,
        lambda folder: loading.report(folder, SIZE),
    ],
    ids=["catalogue", "polars", "checked", "bundle", "ledger-csv", "ledger-xlsx", "sqlite-in", "sqlite-out", "report"],
)
def test_every_other_part_runs(prepare: Callable[[Path], Work], network_files: Path) -> None:
    work = prepare(network_files)
    assert list(once(work)) == list(work.steps)


def test_the_server_is_asked_alone_and_beside_a_writer(
    network_files: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(serving, "REQUESTS", dict.fromkeys(serving.REQUESTS, 3))
    for name in ("parquet", "csv"):
        (tmp_path / name).symlink_to(network_files / name)
    served = serving.measure_serving(tmp_path)
    assert served.first.keys() == served.alone.keys() == served.beside.keys() == serving.REQUESTS.keys()
    assert {len(taken) for taken in (*served.alone.values(), *served.beside.values())} == {3}
    assert served.edits
    assert [len(table.rows) for table in serving.tables({SIZE: served})] == [len(serving.REQUESTS), 1]


def test_the_floor_counts_what_was_read_and_nothing_else(network_files: Path) -> None:
    network = ReadNetwork(read_network(network_files))
    covers = network.edges(Covers, PartyOrganization, Organization)
    covers.vector("state")
    network[Organization].vector("staff")
    figures = Reading.of(network).floor()
    staff = len(network[Organization]) * np.dtype(np.int64).itemsize
    assert figures["bytes"] == len(covers) + staff
    assert figures["ends"] == 2 * len(covers)
    assert figures["floor"] > 0


def test_a_profile_is_of_the_last_round_and_names_functions_by_module(network_files: Path) -> None:
    work = ask_partygraph.profile_of_ten(network_files)
    once(work)
    work.reset()
    assert not work.notes()  # rounds are not added up
    once(work)
    taken = work.notes()
    assert taken["graphmodel/vectors.py: any_at"] > 0
    assert not [name for name in taken if name.startswith("/")]
    [table] = where_time_goes({"the ten": profiled(taken)}, SIZE, most=3)
    assert [row[0] for row in table.rows[:3]] == [
        f"`{name}`" for name in sorted(taken, key=lambda name: -taken[name])[:3]
    ]
    assert table.rows[3][0] == f"{len(taken) - 3:,} others"


def profiled(notes: Mapping[str, float]) -> Measured:
    return Measured(0.0, {}, {}, 1.0, None, 0, 1, {}, notes)


def test_an_answer_is_compared_by_what_it_says_not_by_its_order() -> None:
    assert digest(Judgement(3, ["b", "a"], [])) == digest(Judgement(3, ["a", "b"], []))
    assert digest(Judgement(3, ["a"], ["b"])) != digest(Judgement(3, ["a", "b"], []))
    assert digest(Judgement(2, ["a"], [])) != digest(Judgement(3, ["a"], []))


def measured(**digests: str) -> Measured:
    return Measured(0.0, {}, {}, 1.0, None, 0, 1, {question: digests.get(question, "same") for question in TEN})


def test_times_of_unequal_answers_are_refused() -> None:
    assert_equal({"one": measured(), "other": measured()})
    with pytest.raises(UnequalAnswers, match="uncovered: other and one"):
        assert_equal({"one": measured(), "other": measured(uncovered="different")})


def test_the_page_names_a_peer_that_was_asked_once() -> None:
    each = dict.fromkeys(TEN, 0.5)
    asked_twice = Measured(0.0, each, each, 5.5, 5.5, 1, 1, {})
    asked_once = Measured(0.0, each, {}, 5.5, None, 0, 1, {})
    whole, by_question = side_by_side({SIZE: {"partygraph": asked_twice, "DuckDB": asked_once}})
    assert [row[1] for row in whole.rows if "asked once" in row[4]] == ["DuckDB"]
    assert by_question.head == ("question", "partygraph", "DuckDB (asked once)")


def add_up(numbers: int) -> Work:
    return Work({"sum": lambda: sum(range(numbers))}, digest=str)


def test_a_measurement_has_a_process_of_its_own() -> None:
    found = measure(add_up, 1_000, runs=2)
    assert found.digests == {"sum": "499500"}
    assert set(found.first) == set(found.warm) == {"sum"}
    assert found.total_warm is not None
    assert found.peak > 1_000_000


def test_a_measurement_that_fails_says_so() -> None:
    with pytest.raises(RuntimeError, match=r"add_up .* failed"):
        measure(add_up, "not a number")


def test_a_part_that_is_measured_anew_replaces_its_own_section_of_the_page_and_names_no_machine(
    network_files: Path,
) -> None:
    found = Findings(reading={SIZE: loading.measure_reading(network_files, SIZE)}, machines={"reading": machine()})
    first = document(found, ["reading"])
    before = first.replace("CSV to a fully checked network", "of old") + "\n<!-- part: planning -->\n\nplans of old\n"
    page = document(found, ["reading"], before)
    assert page == first + "\n<!-- part: planning -->\n\nplans of old\n"
    assert page.startswith("# 性能")
    assert "CSV to a fully checked network" in page
    assert str(network_files) not in page
    assert platform.node() not in page


def test_a_server_gives_the_same_answers_with_cover_stored(
    neo4j_access: Access, empty_neo4j: Driver, network_files: Path, ours: dict[str, str]
) -> None:
    if neo4j_access.auth is not None:
        pytest.skip("the benchmark speaks to a server of its own, which asks for no password")
    once(ask_neo4j.network_in(network_files, neo4j_access.uri))
    theirs = once(ask_neo4j.ten(network_files, neo4j_access.uri))
    assert theirs == {q.id: ours[q.id] for q in ask_neo4j.pushed_down()}
    assert len(theirs) == len(TEN) - 2  # components are of the whole graph, rates a table
    assert len(once(ask_neo4j.network_out(network_files, neo4j_access.uri))) == 1
