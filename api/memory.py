"""Who has the memory that nobody uses? This process, unless its allocators are told to give it back."""

from __future__ import annotations

import ctypes
import gc
from collections.abc import Callable


def _trim() -> Callable[[int], object] | None:
    """What gives back the C library's free memory; only glibc has it."""
    try:
        found: Callable[[int], object] = ctypes.CDLL(None).malloc_trim
    except (AttributeError, OSError, TypeError):  # another C library, or Windows
        return None
    return found


_TRIM = _trim()


def give_back() -> None:
    """Return to the machine what was freed. Cost: some ten milliseconds, in which other threads go on."""
    if _TRIM is not None:
        _TRIM(0)


def settle() -> None:
    """Never look again for circles of objects among all that a process has loaded: they are what makes the search long."""
    gc.collect()
    gc.freeze()
