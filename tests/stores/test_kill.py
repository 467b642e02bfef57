"""Is the file whole whenever its writer is killed?"""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.stores.kill import ENOUGH, Tally, kill_many


def assert_meant_something(tally: Tally, times: int) -> None:
    assert tally.kills >= times
    assert tally.inside > times // ENOUGH  # kills between acts prove nothing
    assert tally.creating > 0
    assert tally.inside_import > 0
    assert tally.inside_large > 0
    assert tally.lost > 0


def test_a_killed_writer_leaves_the_last_whole_revision(tmp_path: Path) -> None:
    assert_meant_something(kill_many(48, seed=1, folder=tmp_path), 48)


@pytest.mark.soak
def test_a_thousand_killed_writers_leave_the_last_whole_revision(tmp_path: Path) -> None:
    assert_meant_something(kill_many(1000, seed=2, folder=tmp_path), 1000)
