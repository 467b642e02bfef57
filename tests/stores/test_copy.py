"""Does everything reach the other store, either way, and is it noticed where it does not?"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, closing
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from neo4j import Driver

from examples.generator.scale import tables as scaled
from graphmodel import history
from graphmodel.changes import ChangeSet, Delta
from graphmodel.network import same
from graphmodel.stores import neo4j_loading
from graphmodel.stores.copying import Copied, CopyBroken, CopyDiffers, StoreNotEmpty, copy
from graphmodel.stores.neo4j import Neo4jStore
from graphmodel.stores.opening import open_store
from graphmodel.stores.protocol import Act, Record, Revision, RevisionMoved, Store
from graphmodel.stores.sqlite import SqliteStore
from graphmodel.stores.telling import Progress
from graphmodel.tables import Tables
from tests.neo4j_server.build import ToolMissing, server_command
from tests.neo4j_server.launch import running_server
from tests.neo4j_server.plugin import server_missing
from tests.stores.acts import DAY, EDIT, IMPORT, adding, assert_holds, covered, organizations
from tests.stores.server import emptied
from tests.strategies import complete

Acts = list[tuple[Revision, ChangeSet]]
Lose = Callable[[Acts, list[Record]], tuple[Acts, list[Record]]]


@pytest.fixture(params=["file to server", "server to file", "file to file"])
def ends(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[tuple[Store, Store]]:
    """A source and an empty target."""
    addresses = {"file": iter((str(tmp_path / "one.sqlite"), str(tmp_path / "other.sqlite")))}
    if "server" in request.param:
        driver: Driver = request.getfixturevalue("neo4j_driver")
        emptied(driver)
        addresses["server"] = iter([request.getfixturevalue("neo4j_uri")])
    source, _, target = request.param.partition(" to ")
    with ExitStack() as stack:
        stores = [stack.enter_context(closing(open_store(next(addresses[kind])))) for kind in (source, target)]
        yield stores[0], stores[1]


def told_story(store: Store) -> None:
    """A history with everything in it: hostile values, origins, removal, undo, records of several kinds and versions."""
    origin = pl.DataFrame({"id": ["a"], "file": ["台账.xlsx"], "sheet": ["一"], "row": [7]})
    store.apply(adding(complete()), IMPORT, 0)
    store.apply(ChangeSet.between({}, organizations("a"), {"Organization": origin}), EDIT, 1)
    store.apply(ChangeSet.between(complete(), covered("b")), Act("plan", "区委", "plan:1", DAY, "方案"), 2)
    history.undo(store, 2, "undoer")
    store.put("case", "一", {"步骤": [1, None]}, 0)
    store.put("case", "一", {"步骤": [2]}, 1)
    store.put("user", "office", "hash", 0)


def assert_equal(one: Store, other: Store) -> None:
    assert one.revisions() == other.revisions()
    assert one.records() == other.records()
    for number in range(one.head + 1):
        assert same(one.read(number), other.read(number))
        assert one.read(number).stamp == other.read(number).stamp


def test_everything_is_copied(ends: tuple[Store, Store]) -> None:
    source, target = ends
    told_story(source)
    steps: list[tuple[int, int]] = []
    copied = copy(source, target, lambda done, of: steps.append((done, of)))
    assert copied == Copied(revisions=4, rows=3, records=2)
    assert {of for _, of in steps} == {2 * 4 + 3}, "acts read and compared, and rows written"
    assert [done for done, _ in steps] == sorted(done for done, _ in steps)
    assert steps[-1] == (11, 11)
    assert_equal(source, target)
    assert history.verified(target)
    target.apply(adding(organizations("later")), EDIT, 4)
    assert target.put("case", "一", "third", 2).version == 3


def test_an_empty_store_and_one_with_records_alone_can_be_copied(ends: tuple[Store, Store]) -> None:
    source, target = ends
    assert copy(source, target) == Copied(0, 0, 0)
    source.put("user", "office", 1, 0)
    assert copy(source, target) == Copied(0, 0, 1)
    assert_equal(source, target)


def test_nothing_is_copied_over_anything(ends: tuple[Store, Store]) -> None:
    source, target = ends
    told_story(source)
    record = target.put("user", "office", 1, 0)
    with pytest.raises(StoreNotEmpty):
        copy(source, target)
    target.remove("user", "office", record.version)
    target.apply(adding(organizations("mine")), EDIT, 0)
    with pytest.raises(StoreNotEmpty):
        copy(source, target)
    with pytest.raises(RevisionMoved):
        target.restore({}, [], [])
    assert_holds(target.read(), organizations("mine"))
    assert len(target.revisions()) == 1


def test_a_source_written_to_meanwhile_is_copied_as_of_the_moment_it_began(ends: tuple[Store, Store]) -> None:
    source, target = ends
    told_story(source)
    network, records = source.read(), source.records()

    def meddle(done: int, _: int) -> None:
        if done in (1, 9):  # while it is written, and while both ends are compared
            source.apply(adding(organizations(f"late{done}")), EDIT, source.head)
            source.put("case", f"late{done}", "later", 0)

    assert copy(source, target, meddle) == Copied(revisions=4, rows=3, records=2)
    assert source.head == 6
    assert same(target.read(), network)
    assert target.records() == records
    assert target.revisions() == source.revisions()[:4]
    assert history.verified(target)


def test_records_are_copied_with_the_revision_that_they_speak_of(tmp_path: Path) -> None:
    class _Busy(SqliteStore):
        """A store whose writers act between any two reads, so often at first."""

        busy = 3

        def records(self, kind: str | None = None) -> list[Record]:
            found = super().records(kind)
            if self.busy:
                self.busy -= 1
                act = self.apply(adding(organizations(f"busy{self.busy}")), EDIT, self.head)
                self.put("job", str(act.number), act.number, 0)
            return found

    with (
        closing(_Busy(tmp_path / "one.sqlite")) as source,
        closing(SqliteStore(tmp_path / "other.sqlite")) as target,
    ):
        assert copy(source, target) == Copied(revisions=3, rows=3, records=3)
        assert {record.value for record in target.records()} == {1, 2, 3}


def test_a_target_written_to_meanwhile_is_noticed(ends: tuple[Store, Store]) -> None:
    source, target = ends
    told_story(source)

    def meddle(done: int, _: int) -> None:
        if done == 9:  # both ends are being compared
            target.apply(adding(organizations("late")), EDIT, target.head)

    with pytest.raises(CopyDiffers) as refused:
        copy(source, target, meddle)
    assert [text.en for text in refused.value.where] == ["the present"]


class _Lossy(SqliteStore):
    """A store on a disk that loses something: what is brought into it goes through `lose` first."""

    def __init__(self, path: Path, lose: Lose) -> None:
        super().__init__(path)
        self._lose = lose

    def restore(
        self,
        tables: Tables,
        acts: Iterable[tuple[Revision, ChangeSet]],
        records: Iterable[Record],
        progress: Progress | None = None,
    ) -> None:
        kept_acts, kept_records = self._lose(list(acts), list(records))
        super().restore(tables, kept_acts, kept_records, progress)


def _less(acts: Acts, number: int, **parts: Any) -> Acts:
    return [(r, dataclasses.replace(c, **parts) if r.number == number else c) for r, c in acts]


def _no_record(acts: Acts, records: list[Record]) -> tuple[Acts, list[Record]]:
    return acts, records[1:]


def _no_act(acts: Acts, records: list[Record]) -> tuple[Acts, list[Record]]:
    return acts[:-1], records


def _other_value(acts: Acts, records: list[Record]) -> tuple[Acts, list[Record]]:
    return acts, [dataclasses.replace(records[0], value="other"), *records[1:]]


def _no_origin(acts: Acts, records: list[Record]) -> tuple[Acts, list[Record]]:
    return _less(acts, 2, origins={}), records


def _other_origin(acts: Acts, records: list[Record]) -> tuple[Acts, list[Record]]:
    origins = {name: frame.with_columns(pl.lit(8).alias("row")) for name, frame in acts[1][1].origins.items()}
    return _less(acts, 2, origins=origins), records


def _no_row_before(acts: Acts, records: list[Record]) -> tuple[Acts, list[Record]]:
    return _less(acts, 4, deltas={n: Delta(d.before.clear(), d.after) for n, d in acts[3][1].deltas.items()}), records


def _no_row_after(acts: Acts, records: list[Record]) -> tuple[Acts, list[Record]]:
    return _less(acts, 2, deltas={n: Delta(d.before, d.after.clear()) for n, d in acts[1][1].deltas.items()}), records


def _no_type(acts: Acts, records: list[Record]) -> tuple[Acts, list[Record]]:
    return _less(acts, 2, deltas={}), records


@pytest.mark.parametrize(
    ("lose", "said"),
    [
        (_no_act, "the log (4 and 3 revisions)"),
        (_no_record, "records (cases, plans, users …)"),
        (_other_value, "records (cases, plans, users …)"),
        (_no_origin, "what revision 2 altered"),
        (_other_origin, "what revision 2 altered"),
        (_no_row_before, "what revision 4 altered"),
        (_no_row_after, "what revision 2 altered"),
        (_no_type, "what revision 2 altered"),
    ],
)
def test_what_a_target_loses_is_noticed(tmp_path: Path, lose: Lose, said: str) -> None:
    with (
        closing(SqliteStore(tmp_path / "one.sqlite")) as source,
        closing(_Lossy(tmp_path / "o.sqlite", lose)) as target,
    ):
        told_story(source)
        with pytest.raises(CopyDiffers) as refused:
            copy(source, target)
    assert [text.en for text in refused.value.where] == [said]


@pytest.mark.neo4j
@pytest.mark.slow
@pytest.mark.timeout(600)
def test_a_copy_whose_server_is_killed_says_what_is_left_and_is_run_again(tmp_path: Path) -> None:
    try:
        server_command("768m")
    except ToolMissing as missing:
        server_missing(missing)
    with ExitStack() as stack:
        source = stack.enter_context(closing(open_store(tmp_path / "one.sqlite")))
        told_story(source)
        servers = [stack.enter_context(running_server(tmp_path / "mortal", heap="768m"))]
        target = stack.enter_context(closing(Neo4jStore(servers[0].uri, patience=1.0)))

        def broken_off(first: int, last: int, left: str) -> None:
            """Copy, kill the server once so many steps are done (4 acts read, 3 rows, 4 acts compared), start it again."""

            def kill(done: int, _: int) -> None:
                if first <= done <= last:
                    servers[-1].kill()

            with pytest.raises(CopyBroken, match=left) as broken:
                copy(source, target, kill)
            assert broken.value.code == "store-unreachable"
            assert broken.value.hint is not None
            old = servers[-1]
            servers.append(stack.enter_context(running_server(old.data_dir, old.port, heap="768m")))

        broken_off(5, 7, "nothing of it stands")
        assert (target.head, target.records()) == (0, [])
        assert_holds(target.read(), {})
        broken_off(8, 8, "not compared")
        with pytest.raises(StoreNotEmpty):
            copy(source, target)
        assert_equal(source, target)
        assert history.verified(target)


@pytest.mark.slow
def test_more_than_one_transaction_holds_is_copied(neo4j_uri: str, neo4j_driver: Driver, tmp_path: Path) -> None:
    emptied(neo4j_driver)
    tables = scaled(40_000)
    rows = sum(frame.height for frame in tables.values())
    assert rows > neo4j_loading.IN_ONE
    with closing(open_store(tmp_path / "one.sqlite")) as source, closing(open_store(neo4j_uri)) as target:
        source.apply(adding(tables), IMPORT, 0)
        source.apply(adding(organizations("late")), EDIT, 1)
        assert copy(source, target).revisions == 2
