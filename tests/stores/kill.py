"""Does a store survive being killed? `python -m tests.stores.kill --times 1000` kills writers at random moments.

A child makes the file and applies act after act, some of them imports of files, and says when each begins and is done;
the parent kills it by SIGKILL, opens the file and holds it to what was said: sound, at a whole revision that was done or
under way, with exactly the rows of that revision.
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

from api.intake import take_in
from graphmodel import history
from graphmodel.changes import ChangeSet
from graphmodel.stores.opening import open_store
from graphmodel.stores.protocol import Act
from loaders.importing import commit, preview
from loaders.write_tables import write_csv_folder
from tests.stores.acts import DAY, EDIT, assert_holds, covered

SMALL, LARGE = 20, 50_000
LARGE_EVERY = 3  # every third file gets large acts, and the one before it imports
KILLS_A_FILE = {SMALL: 7, LARGE: 2}  # so that the log of one file stays short enough to replay
SOURCE = "bundle"
ENOUGH, MOST = (
    4,
    4,
)  # at least a quarter of the kills asked for land inside an act; a slow machine kills four times as often at most
CREATION = 0.06  # seconds in which a file is made, about


@dataclass
class Tally:
    """What became of the kills: how many, how many landed inside an act, and how many of those acts were kept or lost.

    `creating` of them came while the file was being made, `inside_import` in an import from the first file read on.
    """

    kills: int = 0
    creating: int = 0
    inside: int = 0
    inside_large: int = 0
    inside_import: int = 0
    kept: int = 0
    lost: int = 0


def picture(number: int, size: int, *, imported: bool) -> dict[str, pl.DataFrame]:
    """The network at a revision: rows come, change and go from each to the next; the empty one first."""
    if not number:
        return {}
    tables = covered(*(f"org:{place}" for place in range(number % 3, size + number % 5)))
    source = SOURCE if imported else f"revision-{number}"
    return {name: table.with_columns(sources=pl.lit(source)) for name, table in tables.items()}


def write(address: str, size: int, parent: Connection, *, imported: bool) -> None:
    """Open the file and apply act after act until killed.

    Tells the parent when it begins (0), when an act begins (its number) and when it is done (minus its number).
    """
    parent.send(0)
    with closing(open_store(address)) as store:
        while True:
            number = store.head + 1
            new = picture(number, size, imported=imported)
            if imported:
                folder = Path(address).with_suffix(f".{number}")
                write_csv_folder(folder, new)
                parent.send(number)
                network = store.read()
                shown = preview(network, take_in([folder], network).checked, SOURCE, remove_gone=True)
                commit(store, shown, Act("import", "hand", SOURCE, DAY), number - 1)
            else:
                changes = ChangeSet.between(picture(number - 1, size, imported=False), new)
                parent.send(number)
                store.apply(changes, EDIT, number - 1)
            parent.send(-number)


def kill_many(times: int, seed: int, folder: Path) -> Tally:
    """Kill as often as asked, more often where few kills land inside an act, and check after each; raises where a store did not survive one."""
    chance, tally = random.Random(seed), Tally()
    processes = multiprocessing.get_context("forkserver")
    processes.set_forkserver_preload([__name__])  # so that a child writes a moment after it was started
    file = 0
    while tally.kills < times or (tally.inside <= times // ENOUGH and tally.kills < MOST * times):
        large, imported = (file % LARGE_EVERY == LARGE_EVERY - back for back in (1, 2))
        address, size = str(folder / f"{file}.db"), LARGE if large else SMALL
        file += 1
        for _ in range(KILLS_A_FILE[size]):
            before = _head(address) if Path(address).exists() else None
            parent, child = processes.Pipe(duplex=False)
            given = {"imported": imported}
            writer = processes.Process(target=write, args=(address, size, child), kwargs=given, daemon=True)
            writer.start()
            child.close()
            said = [parent.recv()]
            longest = 1.5 if large else CREATION if before is None else 0.15
            time.sleep(chance.uniform(0, longest))
            writer.kill()
            writer.join()
            with suppress(EOFError):
                while True:
                    said.append(parent.recv())
            parent.close()
            done = max([before or 0, *(-number for number in said if number < 0)])
            head = check(address, done, max(said), size, imported=imported)
            tally.kills += 1
            tally.creating += before is None and said == [0]
            if max(said) > done:
                tally.inside += 1
                tally.inside_large += large
                tally.inside_import += imported
                tally.kept += head > done
                tally.lost += head == done
    return tally


def _head(address: str) -> int:
    with closing(open_store(address)) as store:
        return store.head


def check(address: str, done: int, begun: int, size: int, *, imported: bool) -> int:
    """Hold a file to its last whole revision: one said to be done, or the act under way, kept whole; gives it."""
    with closing(sqlite3.connect(address)) as file:
        assert file.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
    with closing(open_store(address)) as store:
        head = store.head
        assert done <= head <= max(done, begun)
        assert [revision.number for revision in store.revisions()] == list(range(1, head + 1))
        assert_holds(store.read(), picture(head, size, imported=imported))
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
