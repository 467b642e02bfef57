"""Which Neo4j do the tests talk to, and what happens where there is none?

`NEO4J_URI` (with `NEO4J_USER` and `NEO4J_PASSWORD`) if given, else a server of this machine in a folder of its own.
The community edition has one database, and tests empty it, so each worker of a parallel run has a server of its own.
(One xdist group would do with one server, but xdist 3.8 does not group under pytest 9.2: its issue 1386.)
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from typing import NoReturn

import pytest
from neo4j import Auth, Driver, GraphDatabase, basic_auth

from graphmodel.text import Refusal, Text
from tests.neo4j_server.build import ToolMissing
from tests.neo4j_server.launch import USER, running_server

ROWS_AT_ONCE = 10_000
PLANNED_ONCE = {"dbms.cypher.min_replan_interval": "1d", "dbms.cypher.statistics_divergence_threshold": "1"}
"""A statement's plan is kept though networks of other sizes follow: planning takes most of the tests' time on a server."""


@dataclass(frozen=True, slots=True)
class Access:
    """Where the tests' Neo4j is, and its credentials (None: no password asked)."""

    uri: str
    auth: Auth | None


def empty_database(driver: Driver) -> None:
    """Deletes everything of the database: constraints, indexes, edges and nodes; what Neo4j itself made stays.

    Cost: linear, in transactions of 10,000 rows, so that no heap is too small for it.
    """
    with driver.session() as session:
        for constraint in session.run("SHOW CONSTRAINTS YIELD name").value():
            session.run("DROP CONSTRAINT $name", name=constraint).consume()
        for index in session.run("SHOW INDEXES YIELD name, type WHERE type <> 'LOOKUP' RETURN name").value():
            session.run("DROP INDEX $name", name=index).consume()
        for matched in ("()-[x]->()", "(x)"):
            session.run(
                f"MATCH {matched} CALL (x) {{ DELETE x }} IN TRANSACTIONS OF {ROWS_AT_ONCE} ROWS",
            ).consume()


def is_empty(driver: Driver) -> bool:
    """Does the database hold no node (and so no edge)?"""
    return not driver.execute_query("MATCH (x) RETURN x LIMIT 1").records


@pytest.hookimpl(tryfirst=True)  # before -m selects
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Marks what asks for a server, so that `-m neo4j` selects it."""
    for item in items:
        if "neo4j_access" in getattr(item, "fixturenames", ()):
            item.add_marker(pytest.mark.neo4j)


def server_missing(missing: ToolMissing) -> NoReturn:
    """Ends the test that asked for a server: a failure on CI, elsewhere a skip that says how to get one."""
    (pytest.fail if os.environ.get("CI") else pytest.skip)(str(missing))


def refuse_unless_ours(driver: Driver) -> None:
    """May the tests delete what is in this database, given by NEO4J_URI? Errors: `Refusal` where they may not."""
    if int(os.environ.get("PYTEST_XDIST_WORKER_COUNT", "1")) > 1:
        raise Refusal(
            Text(
                "NEO4J_URI 的数据库只有一个，多个测试进程不能同时使用。",
                "Several workers cannot share the one database at NEO4J_URI.",
            ),
            Text("请改用 pytest -n 0。", "Run pytest -n 0 instead."),
            "database-shared",
        )
    if not is_empty(driver):
        raise Refusal(
            Text(
                "NEO4J_URI 指向的数据库里有数据，测试会全部删除，因此没有开始。",
                "The database at NEO4J_URI holds data, all of which the tests would delete, so they did not start.",
            ),
            Text(
                "请换一个空的数据库，或先自行清空。", "Point it at an empty database, or empty that one yourself first."
            ),
            "database-not-empty",
        )


@pytest.fixture(scope="session")
def neo4j_access(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Access]:
    """Address and credentials of the tests' Neo4j; fails on CI and skips elsewhere where there can be none."""
    if uri := os.environ.get("NEO4J_URI"):
        password = os.environ.get("NEO4J_PASSWORD")
        given = Access(uri, basic_auth(os.environ.get("NEO4J_USER", USER), password) if password else None)
        with GraphDatabase.driver(given.uri, auth=given.auth) as driver:
            refuse_unless_ours(driver)
            yield given
            empty_database(driver)
        return
    try:
        server = running_server(tmp_path_factory.mktemp("neo4j"), heap="1g", settings=PLANNED_ONCE)
    except ToolMissing as missing:
        server_missing(missing)
    with server:
        yield Access(server.uri, server.auth)


@pytest.fixture(scope="session")
def neo4j_uri(neo4j_access: Access) -> str:
    """Address of the tests' Neo4j."""
    return neo4j_access.uri


@pytest.fixture(scope="session")
def neo4j_driver(neo4j_access: Access) -> Iterator[Driver]:
    """A driver to the tests' Neo4j, with whatever earlier tests left in it."""
    with GraphDatabase.driver(neo4j_access.uri, auth=neo4j_access.auth) as driver:
        yield driver


@pytest.fixture
def empty_neo4j(neo4j_driver: Driver) -> Driver:
    """A driver to the tests' Neo4j, emptied for this test."""
    empty_database(neo4j_driver)
    return neo4j_driver
