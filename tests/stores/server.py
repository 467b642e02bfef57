"""What tests of the Neo4j store share."""

from __future__ import annotations

from neo4j import Driver


def emptied(driver: Driver) -> None:
    """Removes all nodes and edges; constraints stay, since making them takes longer than a test."""
    with driver.session() as session:
        session.run("MATCH (x) CALL (x) { DETACH DELETE x } IN TRANSACTIONS OF 10000 ROWS").consume()
