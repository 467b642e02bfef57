"""Which fixtures and settings do all tests share?"""

from hypothesis import HealthCheck, settings

pytest_plugins = ["tests.neo4j_server.plugin", "tests.browser"]

# The same examples on every run, and no verdict on how fast the machine is today.
settings.register_profile("tests", deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("tests")
