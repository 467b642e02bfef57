"""Long work ends soon after whoever began it wants it no more, in the middle of a program too."""

import threading
import time
from collections.abc import Callable
from contextvars import copy_context

import numpy as np
import pytest
from scipy.sparse import csr_array

from planning import solve
from planning.heeding import heed, heeding, watched
from planning.solve import Solution, cheapest_integers
from planning.street_program import Class, Limits, part_streets


class NotWanted(Exception):
    """What is raised here by who is asked."""


def a_program_nobody_solves() -> Solution:
    """Thirty knapsacks over ninety things at once: to prove what is best in them would take days."""
    rng = np.random.default_rng(20160612)
    weights = rng.integers(200, 1000, (30, 90))
    most = weights.sum(axis=1) // 2
    return cheapest_integers(
        csr_array(weights),
        np.zeros(30, dtype=np.int64),
        most,
        np.ones(90, dtype=np.int64),
        -rng.integers(200, 1000, 90),
    )


def after(seconds: float) -> Callable[[], None]:
    """Asked once the time is over, raises."""
    until = time.monotonic() + seconds

    def ask() -> None:
        if time.monotonic() > until:
            raise NotWanted

    return ask


def test_a_program_ends_soon_after_it_is_wanted_no_more(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(solve, "EFFORT", 1e6)
    start = time.monotonic()
    with heeding(after(2)), pytest.raises(NotWanted):
        a_program_nobody_solves()
    assert 2 < time.monotonic() - start < 20
    heed()  # of nobody: who was asked in the block is asked no more


def test_who_is_asked_is_not_asked_too_often_and_its_word_ends_every_step() -> None:
    asked = []
    with heeding(lambda: asked.append("once")):
        for _ in range(1000):
            heed()
        with watched(lambda: None):
            heed()
    assert asked == ["once"]
    with heeding(after(-1)):
        with pytest.raises(NotWanted):
            heed()
        with pytest.raises(NotWanted), watched(lambda: None):
            raise AssertionError
    stopped = threading.Event()
    with pytest.raises(NotWanted), heeding(after(0.2)), watched(stopped.set):
        assert stopped.wait(20)


def test_streets_that_are_parted_side_by_side_ask_too() -> None:
    street = (
        [Class(home, members, joins=True, founds=True, count=3) for home in range(4) for members in (1, 2)],
        {0: 2},
    )
    asked = []

    def ask() -> None:
        asked.append("once")
        time.sleep(0.2)
        raise NotWanted

    with heeding(ask), pytest.raises(NotWanted):
        part_streets([street] * 50, Limits(2, 5, 3))
    assert asked == ["once"]


def test_of_many_threads_one_asks_and_the_others_go_on() -> None:
    asked: list[str] = []

    def ask() -> None:
        asked.append("once")
        time.sleep(0.2)

    with heeding(ask):
        run = [threading.Thread(target=copy_context().run, args=(heed,)) for _ in range(8)]
        began = time.monotonic()
        for thread in run:
            thread.start()
        for thread in run:
            thread.join()
    assert asked == ["once"]
    assert time.monotonic() - began < 1.5  # not one after the other
