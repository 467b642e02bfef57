"""Does the Neo4j store keep the contract, and what only it has to keep? Loads, locks, names, and servers that go away."""

from __future__ import annotations

import multiprocessing
import os
import random
import secrets
import threading
import time
import traceback
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing
from multiprocessing.connection import Connection
from pathlib import Path

import polars as pl
import pytest
from click.testing import CliRunner
from neo4j import Driver

from api.cli import main
from graphmodel import history
from graphmodel.changes import ChangeSet, Conflict
from graphmodel.network import DanglingEdges
from graphmodel.schema import NODE_TYPES
from graphmodel.schema.nodes import Organization
from graphmodel.stores import neo4j as module
from graphmodel.stores import neo4j_cypher as cypher
from graphmodel.stores import neo4j_rows
from graphmodel.stores.neo4j import Neo4jStore
from graphmodel.stores.neo4j_failures import refusal
from graphmodel.stores.neo4j_loading import IN_ONE
from graphmodel.stores.opening import open_store
from graphmodel.stores.refusals import NewerStore, NotOurStore, StoreBusy, StoreFailed
from graphmodel.tables import conform
from tests.neo4j_server.build import ToolMissing, server_command
from tests.neo4j_server.certificate import self_signed
from tests.neo4j_server.launch import running_server
from tests.neo4j_server.plugin import server_missing
from tests.stores.acts import EDIT, IMPORT, adding, assert_holds, covered, organizations
from tests.stores.contract import Fresh, StoreContract
from tests.stores.kill import picture
from tests.stores.server import emptied
from tests.strategies import complete

HEAP = "768m"


def count(driver: Driver, pattern: str = "(x)") -> int:
    return int(driver.execute_query(f"MATCH {pattern} RETURN count(*) AS n").records[0]["n"])


@pytest.fixture
def fresh(neo4j_uri: str, neo4j_driver: Driver) -> Fresh:
    def make() -> str:
        emptied(neo4j_driver)
        return neo4j_uri

    return make


@pytest.fixture
def store(fresh: Fresh) -> Iterator[Neo4jStore]:
    with closing(Neo4jStore.at(fresh())) as store:
        yield store


class TestContract(StoreContract):
    @pytest.fixture
    def fresh(self, neo4j_uri: str, neo4j_driver: Driver) -> Fresh:
        def make() -> str:
            emptied(neo4j_driver)
            return neo4j_uri

        return make


# what staff find in the database


def test_types_are_labels_and_fields_are_properties_of_their_own_kind(store: Neo4jStore, neo4j_driver: Driver) -> None:
    tables = complete()
    store.apply(adding(tables), IMPORT, 0)
    for name in ("Organization", "Venue", "Fund"):
        for column in NODE_TYPES[name].columns.values():
            statement = f"MATCH (x:{name}) WHERE x.{column.name} IS NOT NULL RETURN DISTINCT valueType(x.{column.name})"
            found = {kind.removesuffix(" NOT NULL") for (kind,) in neo4j_driver.execute_query(statement).records}
            kinds = {"text": "STRING", "choice": "STRING", "integer": "INTEGER", "number": "FLOAT", "flag": "BOOLEAN"}
            assert found == {kinds.get(column.kind, "DATE")}, column.name
    labels = neo4j_driver.execute_query("MATCH (x) UNWIND labels(x) AS l RETURN DISTINCT l").records
    assert {label for (label,) in labels if not label.startswith("_")} == set(NODE_TYPES)


def test_every_id_revision_and_record_key_is_unique(store: Neo4jStore, neo4j_driver: Driver) -> None:
    found = neo4j_driver.execute_query("SHOW CONSTRAINTS YIELD labelsOrTypes, properties, type").records
    unique = {(row["labelsOrTypes"][0], tuple(row["properties"])) for row in found if row["type"] == "UNIQUENESS"}
    wanted = {(name, ("id",)) for name in NODE_TYPES}
    assert unique >= wanted | {("_Revision", ("number",)), ("_Record", ("kind", "key"))}


def test_what_staff_add_for_themselves_is_left_alone(store: Neo4jStore, neo4j_driver: Driver) -> None:
    store.apply(adding(covered("a", "b")), EDIT, 0)
    neo4j_driver.execute_query(
        "MATCH (o:Organization {id: 'a'}) CREATE (:Note {text: '待访'})-[:ABOUT]->(o)<-[:COVERS]-(:Note)"
    )
    assert_holds(store.read(), covered("a", "b"))
    assert history.verified(store)
    store.apply(adding(organizations("c")), EDIT, 1)
    assert count(neo4j_driver, "(:Note)") == 2


def test_a_value_altered_by_hand_is_named(store: Neo4jStore, neo4j_driver: Driver) -> None:
    store.apply(adding(covered("a")), EDIT, 0)
    for value in ("'maybe'", "7", "true"):
        neo4j_driver.execute_query(f"MATCH (p:PartyOrganization) SET p.form = {value}")
        with pytest.raises(NotOurStore, match=r"PartyOrganization\.form"):
            store.read()
    neo4j_driver.execute_query("MATCH (p:PartyOrganization) REMOVE p.form SET p.name = 'by hand'")
    assert not history.verified(store)


# opening


def test_a_database_of_somebody_else_is_refused_untouched(fresh: Fresh, neo4j_driver: Driver) -> None:
    address = fresh()
    neo4j_driver.execute_query("CREATE (:Organization {id: 'theirs'})")
    with pytest.raises(NotOurStore):
        open_store(address)
    assert count(neo4j_driver) == 1


def test_several_may_open_a_new_database_at_once(neo4j_uri: str, empty_neo4j: Driver) -> None:
    with ThreadPoolExecutor(4) as pool:
        stores = list(pool.map(lambda _: Neo4jStore.at(neo4j_uri), range(4)))
    for number, store in enumerate(stores):
        with closing(store):
            store.apply(adding(organizations(str(number))), EDIT, number)
    assert count(empty_neo4j, f"(:{cypher.STORE})") == 1


def test_a_database_of_a_newer_version_is_refused_untouched(fresh: Fresh, neo4j_driver: Driver) -> None:
    address = fresh()
    open_store(address).close()
    neo4j_driver.execute_query(f"MATCH (s:{cypher.STORE}) SET s.format = {cypher.FORMAT + 1}")
    with pytest.raises(NewerStore):
        open_store(address)


@pytest.mark.parametrize(
    "address",
    [
        "bolt://user:s3cret-word@host:7687",
        "neo4j://",
        "bolt://host:notaport",
        "neo4j+s://host?password=s3cret-word",
        "bolt:///x",
    ],
)
def test_a_bad_address_is_refused_and_never_echoed(address: str) -> None:
    with pytest.raises(StoreFailed) as refused:
        open_store(address)
    assert refused.value.code == "store-bad-address"
    assert "s3cret" not in f"{refused.value}{refused.value!r}"


def test_a_server_that_is_not_there_is_said_to_be_away() -> None:
    with pytest.raises(StoreFailed, match=r"127\.0\.0\.1:9") as refused:
        Neo4jStore("bolt://127.0.0.1:9", patience=0.2)
    assert refused.value.code == "store-unreachable"
    assert refused.value.hint is not None


@pytest.mark.parametrize(
    ("code", "short"),
    [
        ("Neo.ClientError.Security.Unauthorized", "store-login"),
        ("Neo.ClientError.Security.CredentialsExpired", "store-login"),
        ("Neo.ClientError.Security.AuthenticationRateLimit", "store-login"),
        ("Neo.ClientError.Security.Forbidden", "store-forbidden"),
        ("Neo.TransientError.General.DatabaseUnavailable", "store-unreachable"),
        ("Neo.TransientError.General.MemoryPoolOutOfMemoryError", "store-out-of-memory"),
        ("Neo.TransientError.Transaction.DeadlockDetected", "store-busy"),
    ],
)
def test_each_refusal_of_the_server_has_words_of_its_own(code: str, short: str) -> None:
    said = [
        refusal("ClientError", each, "neo4j://host:7687") for each in (code, "Neo.ClientError.Security.Unauthorized")
    ]
    assert said[0].code == short
    assert said[0].hint is not None
    assert (said[0].message == said[1].message) == (code == "Neo.ClientError.Security.Unauthorized")


# more than one statement or transaction holds


def test_rows_sent_by_the_column_survive_exactly(store: Neo4jStore, monkeypatch: pytest.MonkeyPatch) -> None:
    """A type of more rows than a statement takes has a text of its own, whatever is in its fields."""
    monkeypatch.setattr(neo4j_rows, "BATCH", 6)
    whole = complete()
    tables = {name: whole[name] for name in ("Organization", "PartyOrganization", "Fund", "COVERS", "FUNDS")}
    store.apply(adding(tables), IMPORT, 0)
    assert_holds(store.read(), tables)
    lost = tables["FUNDS"].with_columns(target=pl.lit("nobody"))
    with pytest.raises(DanglingEdges) as refused:
        store.apply(adding({"FUNDS": lost}), EDIT, 1)
    assert refused.value.rows.height > neo4j_rows.BATCH


@pytest.fixture
def small_acts(monkeypatch: pytest.MonkeyPatch) -> None:
    """An act of more than ten rows is a load."""
    monkeypatch.setattr(module, "IN_ONE", 10)


@pytest.mark.usefixtures("small_acts")
def test_a_load_is_seen_by_nobody_before_it_is_whole(fresh: Fresh) -> None:
    address, tables = fresh(), covered(*map(str, range(50)))
    with closing(Neo4jStore.at(address)) as store, closing(Neo4jStore.at(address)) as other:
        told: list[tuple[int, int]] = []

        def meanwhile(done: int, of: int) -> None:
            told.append((done, of))
            assert (other.head, other.revisions()) == (0, [])
            assert_holds(other.read(), {})
            for writing in (
                lambda: other.apply(adding(organizations("mine")), EDIT, 0),
                lambda: other.apply(adding(covered(*map(str, range(50, 99)))), EDIT, 0),
                lambda: other.query("RETURN 1", lambda _: {}),
            ):
                with pytest.raises(StoreBusy):
                    writing()
            open_store(address).close()

        revision = store.apply(adding(tables), IMPORT, 0, meanwhile)
        assert told == [(50, 101), (51, 101), (101, 101)]
        for one in (store, other):
            assert one.revisions() == [revision]
            assert_holds(one.read(), tables)
            assert history.verified(one)


@pytest.mark.usefixtures("small_acts")
def test_a_load_that_fails_leaves_nothing(store: Neo4jStore, neo4j_driver: Driver) -> None:
    tables, nodes = covered(*map(str, range(50))), count(neo4j_driver)
    lonely = {**tables, "PartyOrganization": tables["PartyOrganization"].clear()}
    with pytest.raises(DanglingEdges) as refused:
        store.apply(adding(lonely), EDIT, 0)
    assert refused.value.rows.height == 50
    with pytest.raises(Conflict):
        store.apply(adding(tables).inverse(), EDIT, 0)

    def interrupt(*_: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        store.apply(adding(tables), EDIT, 0, interrupt)
    assert (store.head, count(neo4j_driver)) == (0, nodes)
    store.apply(adding(tables), EDIT, 0)
    assert_holds(store.read(), tables)


@pytest.mark.usefixtures("small_acts")
def test_a_large_act_beside_other_data_is_refused(store: Neo4jStore) -> None:
    store.apply(adding(organizations("a")), EDIT, 0)
    with pytest.raises(StoreFailed, match="10") as refused:
        store.apply(adding(covered(*map(str, range(50)))), EDIT, 1)
    assert refused.value.code == "store-act-too-large"
    assert_holds(store.read(), organizations("a"))
    store.apply(adding(organizations("a")).inverse(), EDIT, 1)
    store.apply(adding(covered(*map(str, range(50)))), EDIT, 2)
    assert store.head == 3


def load_much(address: str, parent: Connection) -> None:
    """Load more than one transaction holds, and tell the parent of every step."""
    ids = [f"org:{place:07}" for place in range(IN_ONE + 10_000)]
    with closing(Neo4jStore.at(address)) as store:
        changes = adding({"Organization": conform("Organization", pl.DataFrame({"id": ids}))})
        store.apply(changes, IMPORT, 0, lambda done, _: parent.send(done))
        parent.send("done")


@pytest.mark.slow
def test_a_killed_load_is_never_seen_and_cleared_at_the_next_opening(fresh: Fresh, neo4j_driver: Driver) -> None:
    address, tables = fresh(), covered("a")
    with closing(open_store(address)) as before:
        nodes = count(neo4j_driver)
        parent, child = multiprocessing.Pipe(duplex=False)
        loading = multiprocessing.get_context("spawn").Process(target=load_much, args=(address, child), daemon=True)
        loading.start()
        child.close()
        assert parent.recv() == 50_000
        loading.kill()
        loading.join()
        assert count(neo4j_driver) >= 50_000
        assert before.head == 0
        assert_holds(before.read(), {})
        with closing(open_store(address)) as again:
            assert count(neo4j_driver) == nodes
            again.apply(adding(tables), EDIT, 0)
            assert_holds(before.read(), tables)


# a server that goes away


@pytest.fixture(scope="module")
def java() -> None:
    """What starts servers of their own; ends the test where it is missing."""
    try:
        server_command(HEAP)
    except ToolMissing as missing:
        server_missing(missing)


@pytest.mark.neo4j
@pytest.mark.slow
@pytest.mark.timeout(900)
def test_nothing_is_half_written_when_the_server_is_killed(java: None, tmp_path: Path) -> None:
    size, chance = 2_000, random.Random(1)
    with ExitStack() as stack:
        server = stack.enter_context(running_server(tmp_path / "mortal", heap=HEAP))
        store = stack.enter_context(closing(Neo4jStore(server.uri, patience=1.0)))
        for _ in range(2):
            done, refused = [(store.head, time.monotonic())], threading.Event()
            writer = threading.Thread(target=write_on, args=(store, size, done, refused))
            writer.start()
            while len(done) < 3 and writer.is_alive():
                time.sleep(0.01)
            time.sleep(chance.random() * (done[-1][1] - done[-2][1]))  # somewhere in the next act, which takes as long
            server.kill()
            writer.join()
            assert refused.is_set()
            server = stack.enter_context(running_server(server.data_dir, server.port, HEAP))
            last = done[-1][0]
            assert store.head in (last, last + 1)  # the same store finds the server again
            assert_holds(store.read(), picture(store.head, size, imported=False))
            assert [revision.number for revision in store.revisions()] == list(range(1, store.head + 1))
        assert history.verified(store)


def write_on(store: Neo4jStore, size: int, done: list[tuple[int, float]], refused: threading.Event) -> None:
    """Apply act after act until the server is away, noting number and time of each that is done."""
    try:
        while True:
            number = done[-1][0] + 1
            old, new = picture(number - 1, size, imported=False), picture(number, size, imported=False)
            store.apply(ChangeSet.between(old, new), EDIT, number - 1)
            done.append((number, time.monotonic()))
    except StoreFailed as error:
        if error.code in ("store-unreachable", "store-outcome-unknown"):
            refused.set()


@pytest.mark.neo4j
@pytest.mark.slow
@pytest.mark.usefixtures("small_acts")
def test_a_load_whose_server_was_killed_is_cleared(java: None, tmp_path: Path) -> None:
    with running_server(tmp_path / "load", heap=HEAP) as first:
        servers = [first]
        with closing(Neo4jStore(first.uri, patience=1.0)) as store:
            with pytest.raises(StoreFailed):
                store.apply(
                    adding(covered(*map(str, range(50)))),
                    EDIT,
                    0,
                    lambda done, _: servers[0].kill() if done == 51 else None,
                )
            servers.append(running_server(first.data_dir, first.port, HEAP))
            with servers[-1]:
                assert store.head == 0
                assert_holds(store.read(), {})
                store.apply(adding(covered("a")), EDIT, 0)
                assert_holds(store.read(), covered("a"))


@pytest.mark.neo4j
@pytest.mark.slow
@pytest.mark.timeout(600)
def test_encryption_and_password(tmp_path: Path, java: None, monkeypatch: pytest.MonkeyPatch) -> None:
    certificate, password = (
        self_signed(tmp_path),
        f"-{secrets.token_urlsafe(12)}",
    )  # what begins like an option is a password too
    unlimited = {
        "dbms.security.auth_max_failed_attempts": "0"
    }  # or the right password is refused too after three wrong ones
    monkeypatch.delenv("SSL_CERT_FILE", raising=False)
    monkeypatch.delenv("NEO4J_DATABASE", raising=False)
    monkeypatch.setenv("NEO4J_USER", "neo4j")
    with (
        running_server(
            tmp_path / "secured", heap=HEAP, password=password, certificate=tmp_path, settings=unlimited
        ) as server,
        running_server(tmp_path / "plain", heap=HEAP) as plain,
    ):

        def refused(scheme: str, code: str, *, port: int = server.port, database: str = "", shell: bool = True) -> str:
            """That an address is refused, by the store and by the shell in both forms; gives all that was said."""
            address = f"{scheme}://127.0.0.1:{port}{database}"
            with pytest.raises(StoreFailed) as fault:
                Neo4jStore(address, user="neo4j", password=os.environ.get("NEO4J_PASSWORD"), patience=0.2)
            assert fault.value.code == code
            assert fault.value.hint is not None
            forms = ((), ("--json",)) if shell else ()  # which are patient where what hangs up may still be starting
            told = [CliRunner().invoke(main, [*form, "--store", address, "history"]) for form in forms]
            assert {each.exit_code for each in told} <= {3}
            said = "".join(traceback.format_exception(fault.value)) + repr(fault.value)
            return said + "".join(each.output for each in told)

        monkeypatch.delenv("NEO4J_PASSWORD", raising=False)
        assert "NEO4J_PASSWORD" in refused("bolt+ssc", "store-login")
        monkeypatch.setenv("NEO4J_PASSWORD", "not-the-password")
        said = refused("bolt+ssc", "store-login")
        assert "NEO4J_PASSWORD" in said
        assert "not-the-password" not in said
        monkeypatch.setenv("NEO4J_PASSWORD", password)
        said = refused("bolt+ssc", "store-no-database", database="/nowhere")
        for scheme in ("bolt+s", "neo4j+s"):
            said += (untrusted := refused(scheme, "store-certificate"))
            assert "证书" in untrusted
            assert "SSL_CERT_FILE" in untrusted
        for scheme in ("bolt", "neo4j"):
            said += refused(scheme, "store-encryption", shell=False)
        said += refused("bolt+ssc", "store-encryption", port=plain.port)
        assert password not in said

        for number, scheme in enumerate(("bolt+ssc", "neo4j+ssc", "bolt+s", "neo4j+s")):
            if number == 2:
                monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
                monkeypatch.setenv("NEO4J_DATABASE", "neo4j")
            with closing(open_store(f"{scheme}://127.0.0.1:{server.port}{'/neo4j' if number % 2 else ''}")) as store:
                store.apply(adding(organizations(scheme)), EDIT, number)
                assert len(store.read()[Organization]) == number + 1
                assert password not in f"{store!r} {vars(store)}"
        monkeypatch.setenv("NEO4J_DATABASE", "nowhere")
        with pytest.raises(StoreFailed) as fault:
            open_store(server.uri)
        assert fault.value.code == "store-no-database"
