"""Where does it come from? The rows of files from which a node and its relations came, act by act."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import NamedTuple

import polars as pl

from graphmodel.network import Network
from graphmodel.paths import NodeKey, neighbours
from graphmodel.schema import EDGE_TYPES
from graphmodel.stores.protocol import Store

_PLACE = {"revision": pl.Int64, "source": pl.String, "file": pl.String, "sheet": pl.String, "row": pl.Int64}
_OTHER_END = ["edge", "outward", "type", "id"]
_RELATION = {"edge": pl.String, "outward": pl.Boolean, "type": pl.String, "id": pl.String} | _PLACE


class Origins(NamedTuple):
    """Rows of files, those of the newest act first: `revision`, `source`, `file`, `sheet`, `row`.

    `node` those that a node came from, `relations` those that its relations came from, with `edge` type, `outward`
    (whether it leads away from the node), `label_zh`, `label_en` as read from the node, `type`, `id` and `name` of the
    other end before them.
    """

    node: pl.DataFrame
    relations: pl.DataFrame


def origins(store: Store, network: Network, node: NodeKey) -> Origins:
    """Where a node and its relations came from; a relation that the network no longer has is left out.

    Cost: reads every act of the log.
    """
    own, parts = [pl.DataFrame(schema=_PLACE)], [pl.DataFrame(schema=_RELATION)]
    for name, found in _acts(store):
        if name == node.type:
            own.append(found.filter(pl.col("id") == node.id).with_columns(source=pl.col("_by")).select(_as(_PLACE)))
        if name in EDGE_TYPES:
            for near, far in (("source", "target"), ("target", "source")):
                here = (pl.col(f"{near}_type") == node.type) & (pl.col(near) == node.id)
                ends = found.filter(here).with_columns(
                    pl.col(f"{far}_type").alias("type"), pl.col(far).alias("id"), outward=pl.lit(near == "source")
                )
                parts.append(ends.with_columns(pl.lit(name).alias("edge"), source=pl.col("_by")).select(_as(_RELATION)))
    words = ["label_zh", "label_en", "name"]
    now = neighbours(network, node).select(*_OTHER_END, *words).unique(_OTHER_END)
    told = pl.concat(parts).join(now, on=_OTHER_END, maintain_order="left")
    related = told.select("edge", "outward", "label_zh", "label_en", "type", "id", "name", *_PLACE)
    return Origins(pl.concat(own), related)


def _acts(store: Store) -> Iterator[tuple[str, pl.DataFrame]]:
    """Every type's rows with origins, act by act, the newest first; `_by` is the source of the act."""
    for act in reversed(store.revisions()):
        for name, found in store.changes(act.number).origins.items():
            yield name, found.with_columns(revision=pl.lit(act.number), _by=pl.lit(act.act.source))


def _as(schema: Mapping[str, type[pl.DataType]]) -> list[pl.Expr]:
    return [pl.col(name).cast(dtype) for name, dtype in schema.items()]
