"""How does a table travel as bytes? Arrow IPC with zstd, the same in the log of every store.

Choices travel as text, and what comes back is fitted to the schema of today: a field or a choice that was added to the
schema since is unknown in older payloads.
"""

from __future__ import annotations

import io
from collections.abc import Sequence
from functools import reduce

import polars as pl

from graphmodel.changes import ChangeSet, Delta
from graphmodel.tables import Tables, all_types, conform, empty_frame

Packed = tuple[str, bytes | None, bytes | None, bytes | None]
"""One type of a ChangeSet: its name, rows before, rows after, origins; None where there are none."""


def pack(frame: pl.DataFrame) -> bytes | None:
    """The frame as bytes; None for one without rows."""
    if not frame.height:
        return None
    buffer = io.BytesIO()
    plain = frame.with_columns(pl.col(pl.Enum).cast(pl.String))
    plain.write_ipc(buffer, compression="zstd", compat_level=pl.CompatLevel.oldest())
    return buffer.getvalue()


def unpack(name: str, data: bytes | None) -> pl.DataFrame:
    """The frame of a type from the bytes that `pack` made, in today's schema."""
    return empty_frame(name) if data is None else conform(name, _frame(data))


def _frame(data: bytes) -> pl.DataFrame:
    return pl.read_ipc(io.BytesIO(data))


def pack_changes(changes: ChangeSet) -> list[Packed]:
    """A ChangeSet by type, in the schema's order."""
    packed = []
    for name in (n for n in all_types() if n in changes.deltas or n in changes.origins):
        delta, origin = changes.deltas.get(name), changes.origins.get(name)
        before, after = (pack(delta.before), pack(delta.after)) if delta else (None, None)
        packed.append((name, before, after, None if origin is None else pack(origin)))
    return packed


def unpack_changes(packed: Sequence[Packed]) -> ChangeSet:
    """The ChangeSet that `pack_changes` took apart."""
    deltas = {n: Delta(unpack(n, before), unpack(n, after)) for n, before, after, _ in packed if before or after}
    return ChangeSet(deltas, {name: _frame(origin) for name, _, _, origin in packed if origin})


def rewound(tables: Tables, later: Sequence[ChangeSet]) -> dict[str, pl.DataFrame]:
    """The tables as they were before the acts in `later`, oldest first. Cost: the acts, then one pass over the tables."""
    return reduce(ChangeSet.then, later, ChangeSet({})).inverse().apply_to(tables)
