"""What would the network be if all that is planned were confirmed?"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import polars as pl

from graphmodel.network import Network, Pair
from graphmodel.rows import EdgeRows, Rows
from graphmodel.schema.edges import Stated
from graphmodel.schema.nodes import PartyOrganization
from graphmodel.vectors import Codes

STATE = "state"


def as_if_confirmed(network: Network) -> Network:
    """The network with every planned relation actual and every planned Party organisation founded.

    Nothing else differs: rows, their order and whatever is not planned are shared. Where nothing is planned it is the
    network itself. Made once per network; linear in the relations of it that are asked for.
    """
    return network.memo("as-if-confirmed", lambda: _confirmed(network))


def _confirmed(network: Network) -> Network:
    bodies, nodes = network[PartyOrganization], dict(network.nodes)
    if _has_planned(bodies):
        nodes[PartyOrganization.type_name] = bodies.replaced(_actual(bodies.frame))
    elif not any(_is_planned(rows) for rows in network.pairs.values()):
        return network
    return Network(nodes, _ConfirmedPairs(network.pairs), network.stamp)


class _ConfirmedPairs(Mapping[Pair, EdgeRows]):
    """Edge sets with every planned relation actual, each made where it is first asked for."""

    def __init__(self, pairs: Mapping[Pair, EdgeRows]) -> None:
        self._pairs = pairs
        self._made: dict[Pair, EdgeRows] = {}

    def __getitem__(self, pair: Pair) -> EdgeRows:
        if pair not in self._made:
            rows = self._pairs[pair]
            self._made[pair] = rows.replaced(_actual(rows.frame)) if _is_planned(rows) else rows
        return self._made[pair]

    def __iter__(self) -> Iterator[Pair]:
        return iter(self._pairs)

    def __len__(self) -> int:
        return len(self._pairs)


def _is_planned(rows: EdgeRows) -> bool:
    return issubclass(rows.element, Stated) and _has_planned(rows)


def _has_planned(rows: Rows) -> bool:
    state = rows.vector(STATE)
    assert isinstance(state, Codes)
    return bool(state.is_in(["planned"]).yes.any())


def _actual(frame: pl.DataFrame) -> pl.Series:
    state = pl.col(STATE)
    actual = pl.lit("actual", frame.schema[STATE])
    return frame.select(pl.when(state == "planned").then(actual).otherwise(state).alias(STATE)).to_series()
