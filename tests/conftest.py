"""Which fixtures do all tests share?"""

pytest_plugins = ["tests.neo4j_server.plugin", "tests.browser"]
