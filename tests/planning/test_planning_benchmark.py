"""The planning benchmarks run at a hundred uncovered organisations and see what they are to see. No times are asserted."""

from __future__ import annotations

from collections.abc import Mapping

from benchmarks.measuring import Work
from benchmarks.planning import branches, district_again, posts, small_districts, verified_plan, whole_plan


def noted(work: Work) -> Mapping[str, float]:
    work.reset()
    for step in work.steps.values():
        step()
    found = work.notes()
    work.close()
    return found


def test_every_measurement_runs_and_plans_are_no_worse_than_their_peers() -> None:
    found = noted(posts(100))
    assert (found["placed"], found["distance"]) == (found["exact placed"], found["exact distance"])
    assert (-found["placed"], found["distance"]) <= (-found["peer placed"], found["peer distance"])
    found = noted(branches(100))
    assert found["peer placed"] <= found["placed"] <= found["bound"] <= found["wanted"]
    assert (-found["placed"], found["spread each"]) <= (-found["peer placed"], found["peer spread each"])  # more first
    found = noted(small_districts(3))
    assert (found["placed"], found["reached"]) == (found["exact"], 3)
    assert noted(verified_plan(100))["breaches"] == 0
    assert noted(whole_plan(100))["proposals"] > 100
    found = noted(district_again())
    assert found["proposals"] > 100
    assert found["rejected and there"] == 0
