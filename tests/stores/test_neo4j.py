"""Does the Neo4j store keep the contract, and what only it has to keep?"""

from __future__ import annotations

import pytest
from neo4j import Driver

from tests.stores.contract import Fresh, StoreContract


def emptied(driver: Driver) -> None:
    """Removes all nodes and edges; constraints stay, since making them takes longer than a test."""
    with driver.session() as session:
        session.run("MATCH (x) CALL (x) { DETACH DELETE x } IN TRANSACTIONS OF 10000 ROWS").consume()


@pytest.fixture
def fresh(neo4j_uri: str, neo4j_driver: Driver) -> Fresh:
    def make() -> str:
        emptied(neo4j_driver)
        return neo4j_uri

    return make


class TestContract(StoreContract):
    @pytest.fixture
    def fresh(self, neo4j_uri: str, neo4j_driver: Driver) -> Fresh:
        def make() -> str:
            emptied(neo4j_driver)
            return neo4j_uri

        return make
