"""Which process runs a thing, and is it there still? Known of this machine's processes, where Linux tells; of others nobody here can say."""

from __future__ import annotations

import datetime as dt
import os
from pathlib import Path

from pydantic import BaseModel, ConfigDict

_PROC = Path("/proc")
_ENDED = ("Z", "X")  # of which only the number is left, until its parent hears of it


class Runner(BaseModel):
    """A process: `host` one start of one machine and, in a container, that container; `started` in the ticks since that start.

    Ticks, not the time of day: clocks are set, and numbers of processes come again.
    """

    model_config = ConfigDict(frozen=True)

    host: str
    pid: int
    started: int

    def gone(self) -> bool:
        """Whether it has surely ended; false of a process of another host, and wherever that cannot be told."""
        if self.host != _host():
            return False
        try:
            os.kill(self.pid, 0)  # asks only; a process of another user may be hidden in /proc, and is there
        except ProcessLookupError:
            return True
        except OSError:
            pass
        state, started = _seen(self.pid) or ("", self.started)
        return state in _ENDED or started != self.started


def this_process() -> Runner | None:
    """The process that asks; None where the system does not tell when it started."""
    host, seen = _host(), _seen(os.getpid())
    return None if host is None or seen is None else Runner(host=host, pid=os.getpid(), started=seen[1])


def lives(by: Runner | None, lease: dt.datetime) -> bool:
    """Whether what a process holds until `lease` may still be done by it."""
    return lease > dt.datetime.now(dt.UTC) and not (by is not None and by.gone())


def _host() -> str | None:
    try:
        boot = (_PROC / "sys/kernel/random/boot_id").read_text(encoding="ascii").strip()
        return f"{boot} {(_PROC / 'self/ns/pid').readlink()}"
    except OSError:
        return None


def _seen(pid: int) -> tuple[str, int] | None:
    """A process's state and start, as proc(5) has them; None where they cannot be read."""
    try:
        told = (_PROC / str(pid) / "stat").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return None
    parts = told.rpartition(")")[2].split()  # the name before may hold anything
    return parts[0], int(parts[19])
