"""Is the first load of every page light, and all of it from this server?"""

import pytest

from benchmarks.pages import HEAVIEST, first_load
from tests.pages.conftest import Reader
from tests.pages.test_pages import ROUTES


@pytest.mark.parametrize("route", ROUTES)
def test_a_first_load_is_light_and_from_nowhere_else(reader: Reader, route: str) -> None:
    load = first_load(reader, route)
    assert load.requests > 0
    assert load.size <= HEAVIEST
    assert load.elsewhere == 0
