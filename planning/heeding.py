"""May this go on? Who began long work may not want it any more: it asks at every step, and while the solver runs."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field

OFTEN = 0.5  # seconds between two questions; asking may cost a look into a store


@dataclass(slots=True)
class _Asking:
    ask: Callable[[], object]
    asked: float = 0.0
    raised: BaseException | None = None
    lock: threading.Lock = field(default_factory=threading.Lock)

    def __call__(self) -> None:
        """Ask, unless that was done just now or another thread does; who has said no is not asked again."""
        if self.lock.acquire(blocking=False):
            try:
                if self.raised is None and time.monotonic() - self.asked >= OFTEN:
                    self.ask()
                    self.asked = time.monotonic()
            except BaseException as fault:  # noqa: BLE001 - it is raised below, as in every thread that asks later
                self.raised = fault
            finally:
                self.lock.release()
        if self.raised is not None:
            raise self.raised


_ASKED: ContextVar[_Asking | None] = ContextVar("asked", default=None)


@contextmanager
def heeding(ask: Callable[[], object]) -> Iterator[None]:
    """Let what runs in the block be ended by whatever `ask` raises: it is asked every `OFTEN` seconds at the most."""
    asking = _Asking(ask)
    before = _ASKED.set(asking)
    try:
        yield
    finally:
        _ASKED.reset(before)
        asking.raised = None  # its frames would keep all that they worked on


def heed() -> None:
    """Go on, unless nobody wants it any more. Errors: what the one who is asked raises."""
    asking = _ASKED.get()
    if asking is not None:
        asking()


@contextmanager
def watched(stop: Callable[[], object]) -> Iterator[None]:
    """While code runs in the block that asks nobody, ask for it; `stop` makes it end early, and what was raised is raised here."""
    heed()
    asking, over = _ASKED.get(), threading.Event()
    if asking is None:
        yield
        return

    def watch() -> None:
        while not over.wait(OFTEN):
            try:
                asking()
            except BaseException:  # noqa: BLE001 - it is raised where the work was begun
                stop()
                return

    watcher = threading.Thread(target=watch, name="heeding", daemon=True)
    watcher.start()
    try:
        yield
    finally:
        over.set()
        watcher.join()
    if asking.raised is not None:
        raise asking.raised
