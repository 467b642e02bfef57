"""Does a store survive being killed? `python -m tests.stores.kill --times 1000` kills writers at random moments.

A child applies act after act and says when each begins and is done; the parent kills it by SIGKILL, opens the file and
holds it to what was said: sound, at a whole revision that was done or under way, with exactly the rows of that revision.
"""

from __future__ import annotations

import argparse
import multiprocessing
import random
import sqlite3
import sys
import tempfile
import time
from contextlib import closing, suppress
from dataclasses import dataclass
from multiprocessing.connection import Connection
from pathlib import Path

import polars as pl

from graphmodel import history
from graphmodel.changes import ChangeSet
from graphmodel.stores.opening import open_store
from tests.stores.acts import EDIT, assert_holds, covered

SMALL, LARGE = 20, 50_000
LARGE_EVERY = 3  # every third file gets large acts
KILLS_A_FILE = {SMALL: 7, LARGE: 2}  # so that the log of one file stays short enough to replay


@dataclass
class Tally:
    """What became of the kills: how many, how many landed inside an act, and how many of those acts were kept or lost."""

    kills: int = 0
    inside: int = 0
    inside_large: int = 0
    kept: int = 0
    lost: int = 0


def picture(number: int, size: int) -> dict[str, pl.DataFrame]:
    """The network at a revision: rows come, change and go from each to the next; the empty one first."""
    if not number:
        return {}
    tables = covered(*(f"org:{place}" for place in range(number % 3, size + number % 5)))
    return {name: table.with_columns(sources=pl.lit(f"revision-{number}")) for name, table in tables.items()}


def write(address: str, size: int, parent: Connection) -> None:
    """Apply act after act until killed; tell the parent when one begins (its number) and is done (minus its number)."""
    with closing(open_store(address)) as store:
        while True:
            number = store.head + 1
            changes = ChangeSet.between(picture(number - 1, size), picture(number, size))
            parent.send(number)
            store.apply(changes, EDIT, number - 1)
            parent.send(-number)


def kill_many(times: int, seed: int, folder: Path) -> Tally:
    """Kill as often as asked and check after each kill; raises where a store did not survive one."""
    chance, tally = random.Random(seed), Tally()
    processes = multiprocessing.get_context("forkserver")
    processes.set_forkserver_preload([__name__])  # so that a child writes a moment after it was started
    file = 0
    while tally.kills < times:
        large = file % LARGE_EVERY == LARGE_EVERY - 1
        address, size = str(folder / f"{file}.db"), LARGE if large else SMALL
        file += 1
        for _ in range(min(times - tally.kills, KILLS_A_FILE[size])):
            before = _head(address)
            parent, child = processes.Pipe(duplex=False)
            writer = processes.Process(target=write, args=(address, size, child), daemon=True)
            writer.start()
            child.close()
            said = [parent.recv()]
            time.sleep(chance.uniform(0, 1.5 if large else 0.15))
            writer.kill()
            writer.join()
            with suppress(EOFError):
                while True:
                    said.append(parent.recv())
            parent.close()
            done = max([before, *(-number for number in said if number < 0)])
            head = check(address, done, max(said), size)
            tally.kills += 1
            if max(said) > done:
                tally.inside += 1
                tally.inside_large += large
                tally.kept += head > done
                tally.lost += head == done
    return tally


def _head(address: str) -> int:
    with closing(open_store(address)) as store:
        return store.head


def check(address: str, done: int, begun: int, size: int) -> int:
    """Hold a file to its last whole revision: one said to be done, or the act under way, kept whole; gives it."""
    with closing(sqlite3.connect(address)) as file:
        assert file.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
    with closing(open_store(address)) as store:
        head = store.head
        assert done <= head <= begun
        assert [revision.number for revision in store.revisions()] == list(range(1, head + 1))
        assert_holds(store.read(), picture(head, size))
        assert history.verified(store)
    return head


def main() -> None:
    """Kill as often as the command line says and print what became of it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--times", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        sys.stdout.write(f"{kill_many(asked.times, asked.seed, Path(folder))}\n")


if __name__ == "__main__":
    main()
