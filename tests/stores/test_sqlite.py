"""Does the SQLite store keep the contract, and its own promises about the file?"""

from __future__ import annotations

import itertools
import sqlite3
import stat
import subprocess
import sys
import threading
import uuid
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from graphmodel import history
from graphmodel.changes import ChangeSet
from graphmodel.stores import sqlite_rows, sqlite_tables
from graphmodel.stores.opening import open_store
from graphmodel.stores.payload import pack, unpack
from graphmodel.stores.protocol import Store
from graphmodel.stores.refusals import NewerStore, NotOurStore, StoreBusy, StoreFailed
from graphmodel.stores.sqlite import SqliteStore
from graphmodel.text import Refusal
from tests.stores.acts import EDIT, adding, assert_holds, covered, organizations
from tests.stores.contract import Fresh, StoreContract, told, unchanged
from tests.strategies import complete, frame


class TestSqlite(StoreContract):
    @pytest.fixture
    def fresh(self, tmp_path: Path) -> Fresh:
        numbers = itertools.count()
        return lambda: str(tmp_path / f"第 {next(numbers)} 库%20?#.db")


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "数据 %41?#.db"


# reading


@pytest.mark.parametrize("chunk", [1, 5, 18])
def test_a_table_read_in_chunks_is_read_exactly(path: Path, monkeypatch: pytest.MonkeyPatch, chunk: int) -> None:
    monkeypatch.setattr(
        sqlite_rows, "CHUNK", chunk
    )  # tables of 18 rows and more, so that the last chunk is full, or part, or empty
    with closing(SqliteStore(path)) as store:
        tables = complete()
        told(store, [tables, organizations("a")])
        assert_holds(store.read(1), tables)
        assert_holds(store.read(), organizations("a"))


@given(amounts=st.lists(st.none() | st.floats(0, allow_infinity=False), min_size=1, max_size=20))
@settings(max_examples=30, derandomize=True, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_fractions_keep_every_digit(tmp_path: Path, amounts: list[float | None]) -> None:
    rows = [{"id": str(place), "amount": amount} for place, amount in enumerate(amounts)]
    with closing(SqliteStore(tmp_path / f"{uuid.uuid4()}.db")) as store:
        store.apply(adding({"Fund": frame("Fund", rows)}), EDIT, 0)
        assert_holds(store.read(), {"Fund": frame("Fund", rows)})


def test_a_read_is_of_one_revision_though_another_writes_between_its_tables(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def picture(number: int) -> dict[str, pl.DataFrame]:
        return {name: table.with_columns(sources=pl.lit(str(number))) for name, table in covered("a").items()}

    fetch = sqlite_rows.fetch

    def disturbed(connection: sqlite3.Connection, name: str, *rest: Any) -> pl.DataFrame:
        if name in picture(1) and other.head < 5:
            monkeypatch.setattr(sqlite_rows, "fetch", fetch)  # the writer reads undisturbed
            other.apply(ChangeSet.between(picture(other.head), picture(other.head + 1)), EDIT, other.head)
            monkeypatch.setattr(sqlite_rows, "fetch", disturbed)
        return fetch(connection, name, *rest)

    with closing(SqliteStore(path)) as other, closing(SqliteStore(path)) as store:
        other.apply(adding(picture(1)), EDIT, 0)
        monkeypatch.setattr(sqlite_rows, "fetch", disturbed)
        network = store.read()
        assert other.head == 4
        assert network.stamp.revision == 1
        assert_holds(network, picture(1))


def test_one_stores_end_takes_nothing_from_another(path: Path) -> None:
    """Locks of SQLite belong to the process: a second library in it, or a stray descriptor, would drop them."""
    with closing(SqliteStore(path)) as store:
        told(store, [organizations("a")])
        for _ in range(3):
            with closing(SqliteStore(path)) as other:
                other.read()
        assert path.with_name(path.name + "-wal").exists()
        store.apply(adding(organizations("b")), EDIT, 1)
        count = "import sqlite3, sys; print(sqlite3.connect(sys.argv[1]).execute('SELECT count(*) FROM Organization').fetchone()[0])"
        seen = subprocess.run([sys.executable, "-c", count, path], capture_output=True, text=True, check=True).stdout
        assert seen.strip() == "2"


def test_the_past_is_read_while_another_writes(path: Path) -> None:
    def picture(number: int) -> dict[str, pl.DataFrame]:
        return organizations(*(f"o{place}" for place in range(number)), staff=number)

    with closing(SqliteStore(path)) as store:
        pictures = told(store, [picture(number) for number in range(1, 6)])

        def write() -> None:
            for number in range(6, 26):
                store.apply(ChangeSet.between(picture(number - 1), picture(number)), EDIT, number - 1)

        writer = threading.Thread(target=write)
        writer.start()
        rounds = 0
        while writer.is_alive() or rounds < 6:
            wanted = rounds % 6
            assert_holds(store.read(wanted), pictures[wanted])
            rounds += 1
        writer.join()
        assert store.head == 25
        assert history.verified(store)


# the file


def test_the_file_is_for_its_owner_alone(path: Path) -> None:
    with closing(SqliteStore(path)) as store:
        store.apply(adding(covered("a")), EDIT, 0)
        files = list(path.parent.iterdir())
        assert {file.name.removeprefix(path.name) for file in files} == {"", "-wal", "-shm"}
        assert {stat.S_IMODE(file.stat().st_mode) for file in files} == {0o600}
    assert [file.name for file in path.parent.iterdir()] == [path.name]


def test_many_may_make_the_file_at_once(tmp_path: Path) -> None:
    for number in range(10):
        path, barrier = tmp_path / f"{number}.db", threading.Barrier(6)
        failures: list[Refusal] = []

        def make(path: Path = path, barrier: threading.Barrier = barrier, failures: list[Refusal] = failures) -> None:
            barrier.wait()
            try:
                with closing(SqliteStore(path)) as store:
                    assert store.revisions() == []
            except Refusal as refusal:
                failures.append(refusal)

        makers = [threading.Thread(target=make) for _ in range(6)]
        for maker in makers:
            maker.start()
        for maker in makers:
            maker.join()
        assert failures == []


def test_the_tables_say_what_the_schema_says(path: Path) -> None:
    SqliteStore(path).close()
    with closing(sqlite3.connect(path, isolation_level=None)) as file:
        assert file.execute("PRAGMA journal_mode").fetchone() == ("wal",)
        assert file.execute("PRAGMA application_id").fetchone() == (sqlite_tables.APPLICATION,)
        payment = (
            "INSERT INTO FUNDS (source_type, source, target_type, target) VALUES ('Fund', 'f', 'Organization', 'a')"
        )
        file.execute(payment)
        for wrong in (
            payment,
            "INSERT INTO Organization (id) VALUES ('')",
            "INSERT INTO Organization (id, staff) VALUES ('a', -1)",
            "INSERT INTO Organization (id, staff) VALUES ('a', 'many')",
            "INSERT INTO Organization (id, grade) VALUES ('a', '9A')",
            "INSERT INTO Organization (id, \"union\") VALUES ('a', 2)",
            "INSERT INTO Organization (id, registered_on) VALUES ('a', '2015.6')",
            "INSERT INTO Organization (id) VALUES ('a'), ('a')",
            "INSERT INTO COVERS (source_type, source, target_type, target) VALUES ('Hub', 'a', 'Organization', 'a')",
            "INSERT INTO NEIGHBOURS (source_type, source, target_type, target) VALUES ('Street', 'b', 'Street', 'a')",
        ):
            with pytest.raises(sqlite3.IntegrityError):
                file.execute(wrong)


def altered(path: Path, *statements: str) -> bytes:
    """The bytes of a file of ours after somebody else's statements."""
    with closing(SqliteStore(path)) as store:
        store.apply(adding(organizations("a", family="品牌")), EDIT, 0)
    with closing(sqlite3.connect(path, isolation_level=None)) as file:
        for statement in statements:
            file.execute(statement)
    return path.read_bytes()


def other_program(path: Path) -> bytes:
    with closing(sqlite3.connect(path)) as file:
        file.execute("CREATE TABLE log (revision)")
    return path.read_bytes()


def no_database(path: Path) -> bytes:
    path.write_bytes("台账\n".encode() * 1000)
    return path.read_bytes()


@pytest.mark.parametrize(
    ("make", "refusal"),
    [
        (other_program, NotOurStore),
        (no_database, NotOurStore),
        (lambda path: altered(path, "PRAGMA application_id = 7"), NotOurStore),
        (lambda path: altered(path, "CREATE TRIGGER t AFTER INSERT ON log BEGIN DELETE FROM change; END"), NotOurStore),
        (lambda path: altered(path, "DROP TABLE record", "CREATE VIEW record AS SELECT 1"), NotOurStore),
        (lambda path: altered(path, "ALTER TABLE log ADD COLUMN more TEXT"), NotOurStore),
        (lambda path: altered(path, "PRAGMA user_version = 2"), NewerStore),
        (lambda path: altered(path, "CREATE TABLE Volunteer (id TEXT)"), NewerStore),
        (lambda path: altered(path, "ALTER TABLE Organization ADD COLUMN colour TEXT"), NewerStore),
    ],
)
def test_a_foreign_altered_or_newer_file_is_refused_and_left_alone(
    path: Path, make: Callable[[Path], bytes], refusal: type[Refusal]
) -> None:
    before = make(path)
    with pytest.raises(refusal) as refused:
        SqliteStore(path)
    assert path.name in refused.value.message.zh
    assert path.name in refused.value.message.en
    assert path.read_bytes() == before


def test_a_file_of_an_older_schema_is_fitted_and_keeps_its_rows(path: Path) -> None:
    fewer_choices = sqlite_tables.table_sql("Alliance").replace('"charter" = 0 OR ', "")
    assert fewer_choices != sqlite_tables.table_sql("Alliance")
    altered(
        path,
        "ALTER TABLE Organization DROP COLUMN abnormal_listed",
        "DROP TABLE Alliance",
        fewer_choices,
        "INSERT INTO Alliance (id, charter) VALUES ('x', 1)",
        "DROP TABLE Venue",
        'DROP INDEX "FUNDS key"',
    )
    with closing(SqliteStore(path)) as store:
        assert_holds(
            store.read(),
            {**organizations("a", family="品牌"), "Alliance": frame("Alliance", [{"id": "x", "charter": True}])},
        )
        new = {"Alliance": frame("Alliance", [{"id": "y", "charter": False}]), "Venue": frame("Venue", [{"id": "v"}])}
        store.apply(adding(new), EDIT, 1)
    with closing(sqlite3.connect(path)) as file:
        found = dict(file.execute("SELECT name, sql FROM sqlite_master WHERE sql IS NOT NULL"))
    assert found == sqlite_tables.expected_objects()


def test_a_row_that_today_has_no_choice_for_is_not_lost(path: Path) -> None:
    more_choices = sqlite_tables.table_sql("Alliance").replace(
        '"charter" = 0 OR ', '"charter" = 2 OR "charter" = 0 OR '
    )
    altered(path, "DROP TABLE Alliance", more_choices, "INSERT INTO Alliance (id, charter) VALUES ('x', 2)")
    with pytest.raises(NewerStore):
        SqliteStore(path)
    with closing(sqlite3.connect(path)) as file:
        assert file.execute("SELECT id, charter FROM Alliance").fetchall() == [("x", 2)]


def test_an_older_payload_is_read_in_todays_schema() -> None:
    now = organizations("a", "b", staff=3)["Organization"]
    then = pack(now.drop("abnormal_listed", "family"))
    assert unpack("Organization", then).equals(now)


def test_a_store_is_opened_by_path_or_address(path: Path) -> None:
    for address in (path, str(path), f"sqlite://{path}"):
        with closing(open_store(address)) as store:
            assert isinstance(store, SqliteStore)
            assert store.path == path
    with pytest.raises(Refusal, match="gopher"):
        open_store("gopher://example")


def test_a_folder_and_a_missing_folder_are_refused(path: Path) -> None:
    with pytest.raises(StoreFailed):
        SqliteStore(path.parent)
    with pytest.raises(StoreFailed):
        SqliteStore(path / "deeper.db")
    assert not path.exists()


# trouble below


def test_another_programs_lock_is_waited_for_and_then_told(path: Path) -> None:
    with (
        closing(SqliteStore(path, patience=0.2)) as store,
        closing(sqlite3.connect(path, isolation_level=None)) as other,
    ):
        store.apply(adding(organizations("a")), EDIT, 0)
        other.execute("BEGIN IMMEDIATE")
        with unchanged(store), pytest.raises(StoreBusy):
            store.apply(adding(organizations("b")), EDIT, 1)
        other.execute("ROLLBACK")
        store.apply(adding(organizations("b")), EDIT, 1)
        assert_holds(store.read(), organizations("a", "b"))


class FullDisk(SqliteStore):
    """The file may not grow any more."""

    def _connect(self) -> sqlite3.Connection:
        connection = super()._connect()
        connection.execute(f"PRAGMA max_page_count = {connection.execute('PRAGMA page_count').fetchone()[0]}")
        return connection


def test_a_full_disk_leaves_the_store_as_it_was(path: Path) -> None:
    with closing(SqliteStore(path)) as store:
        store.apply(adding(organizations("a")), EDIT, 0)
    full: Store
    with closing(FullDisk(path)) as full:
        many = organizations(*(f"o{place}" for place in range(20_000)))
        with unchanged(full), pytest.raises(StoreFailed) as refused:
            full.apply(adding(many), EDIT, 1)
        assert "磁盘已满" in refused.value.message.zh


@pytest.mark.parametrize("page", [1, 3, 20])
def test_a_damaged_file_is_told_and_not_guessed_at(path: Path, page: int) -> None:
    with closing(SqliteStore(path)) as store:
        store.apply(adding(complete()), EDIT, 0)
    whole = path.read_bytes()
    path.write_bytes(whole[: page * 4096 + 8] + b"\xff" * 40_000 + whole[page * 4096 + 40_008 :])
    with pytest.raises(Refusal), closing(SqliteStore(path)) as store:
        store.read()
