"""Nearest and next nearest, beside looking at every candidate."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from graphmodel.schema.nodes import Organization
from planning.distance import between, nearest, next_nearest, places
from tests.planning.districts import context, districts
from tests.planning.test_planner import Tables, quick


@given(districts(), st.data())
@settings(quick, max_examples=25)
def test_nearest_and_next_nearest_are_what_looking_at_each_finds(drawn: Tables, data: st.DataObject) -> None:
    given_ = context(drawn)
    everybody = places(given_, Organization)
    n = len(everybody)
    some = np.array(data.draw(st.lists(st.integers(0, n - 1), max_size=9)), dtype=np.int64)
    at = everybody.take(some)
    best = np.array(data.draw(st.lists(st.integers(0, 2), min_size=len(some), max_size=len(some))), dtype=np.int64)
    own = np.array(data.draw(st.lists(st.integers(-1, len(some) - 1), min_size=n, max_size=n)), dtype=np.int64)

    def looked_up(one: int, but: int) -> tuple[int, int]:
        here = everybody.take(np.full(len(some), one))
        far = between(given_, here, at)
        order = sorted((int(far[c]), int(best[c]), c) for c in range(len(some)) if c != but)
        return (order[0][2], order[0][0]) if order else (-1, -1)

    assert nearest(given_, at, best, everybody).tolist() == [looked_up(one, -1)[0] for one in range(n)]
    found, far = next_nearest(given_, at, best, own, everybody)
    for one in range(n):
        wanted = looked_up(one, int(own[one]))
        assert (int(found[one]), int(far[one]) if found[one] >= 0 else -1) == wanted
