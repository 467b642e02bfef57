"""How do tests and users get a real Neo4j without Docker? By Java and Maven, on the loopback address only."""
