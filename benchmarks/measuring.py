"""How long does it take, and how much memory? Each measurement in a fresh process, first run and warm runs apart."""

from __future__ import annotations

import gc
import hashlib
import multiprocessing
import os
import statistics
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

GIVE_UP = 1800  # seconds after which a measurement is taken to hang


@dataclass(frozen=True, slots=True)
class Work:
    """What is measured, ready to run: `steps` one after the other, each round after a `reset` that no clock sees.

    `digest` makes of a step's result what is compared with other engines; `notes` are figures beside the times; `close`
    lets go of files and connections.
    """

    steps: Mapping[str, Callable[[], Any]]
    reset: Callable[[], None] = lambda: None
    digest: Callable[[Any], str] | None = None
    notes: Callable[[], Mapping[str, float]] = dict
    close: Callable[[], None] = lambda: None


@dataclass(frozen=True, slots=True)
class Measured:
    """Seconds and bytes of one piece of work in a process of its own.

    `ready` what came before (loading, connecting); `first` and `warm` by step, warm being the median of `runs` rounds
    after the first (none: empty); `total_first`, `total_warm` of whole rounds; `peak` the most memory resident, the
    interpreter and its libraries included; `digests` by step.
    """

    ready: float
    first: Mapping[str, float]
    warm: Mapping[str, float]
    total_first: float
    total_warm: float | None
    runs: int
    peak: int
    digests: Mapping[str, str]
    notes: Mapping[str, float] = field(default_factory=dict)

    @property
    def best(self) -> float:
        """The warm total, or the first where nothing was run twice."""
        return self.total_first if self.total_warm is None else self.total_warm


def measure(prepare: Callable[..., Work], *given: Any, runs: int = 5) -> Measured:
    """Run `prepare(*given)` and the work it gives in a new process: once, then `runs` times more.

    Errors: `RuntimeError` where the process fails or hangs; its own traceback stands on the terminal.
    """
    context = multiprocessing.get_context("spawn")
    here, there = context.Pipe(duplex=False)
    process = context.Process(target=_measured, args=(there, prepare, given, runs))
    process.start()
    there.close()
    try:
        if not here.poll(GIVE_UP):
            raise RuntimeError(f"{prepare.__name__} {given} did not end within {GIVE_UP} s")
        measured: Measured = here.recv()
    except EOFError as lost:
        raise RuntimeError(f"{prepare.__name__} {given} failed") from lost
    finally:
        process.terminate()
        process.join()
    return measured


def _measured(answer: Connection, prepare: Callable[..., Work], given: tuple[Any, ...], runs: int) -> None:
    start = time.perf_counter()
    work = prepare(*given)
    ready = time.perf_counter() - start
    digests: dict[str, str] = {}
    rounds: list[dict[str, float]] = []
    for _ in range(1 + runs):
        work.reset()
        gc.collect()
        taken = {}
        for name, step in work.steps.items():
            start = time.perf_counter()
            result = step()
            taken[name] = time.perf_counter() - start
            if work.digest is not None and name not in digests:
                digests[name] = work.digest(result)
            del result
        rounds.append(taken)
    first, warm = rounds[0], rounds[1:]
    answer.send(
        Measured(
            ready,
            first,
            {name: statistics.median(each[name] for each in warm) for name in first if warm},
            sum(first.values()),
            statistics.median(sum(each.values()) for each in warm) if warm else None,
            runs,
            peak_memory(),
            digests,
            dict(work.notes()),
        )
    )
    work.close()


def peak_memory(process: int | None = None) -> int:
    """Bytes that a process (this one) had resident at most; Linux resets the mark where a program starts, unlike `ru_maxrss`."""
    return _status("VmHWM", process)


def memory(process: int | None = None) -> int:
    """Bytes that a process (this one) has resident now."""
    return _status("VmRSS", process)


def _status(what: str, process: int | None) -> int:
    lines = Path(f"/proc/{process or 'self'}/status").read_text("ascii").splitlines()
    return next(int(line.split()[1]) * 1024 for line in lines if line.startswith(what))


def processor_seconds(process: int) -> float:
    """Seconds that all threads of a process have had a processor so far."""
    user, system = Path(f"/proc/{process}/stat").read_text("ascii").rpartition(")")[2].split()[11:13]
    return (int(user) + int(system)) / os.sysconf("SC_CLK_TCK")


def digest_of(lines: Iterable[str]) -> str:
    """One short text for many; the order counts."""
    digest = hashlib.blake2b(digest_size=8)
    for line in lines:
        digest.update(line.encode())
        digest.update(b"\n")
    return digest.hexdigest()
