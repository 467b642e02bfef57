"""What would the network be if all that is planned were confirmed?"""

from __future__ import annotations

import polars as pl

from graphmodel.network import Network
from graphmodel.rows import EdgeRows, NodeRows
from graphmodel.schema import PartyOrganization, Stated

STATE = "state"


def as_if_confirmed(network: Network) -> Network:
    """The network with every planned relation actual and every planned Party organisation founded.

    Nothing else differs: rows, their order and whatever is not planned are shared. Where nothing is planned it is the
    network itself. Made once per network; linear in the relations that carry a state.
    """
    return network.memo("as-if-confirmed", lambda: _confirmed(network))


def _confirmed(network: Network) -> Network:
    bodies = network[PartyOrganization]
    nodes, pairs = dict(network.nodes), dict(network.pairs)
    if _has_planned(bodies.frame):
        nodes[PartyOrganization.type_name] = NodeRows(PartyOrganization, _actual(bodies.frame))
    for pair, rows in network.pairs.items():
        if issubclass(rows.element, Stated) and _has_planned(rows.frame):
            ends = (rows.source_type, rows.target_type)
            pairs[pair] = EdgeRows(rows.element, ends, rows.source, rows.target, _actual(rows.frame))
    changed = any(nodes[name] is not network.nodes[name] for name in nodes)
    changed = changed or any(pairs[pair] is not network.pairs[pair] for pair in pairs)
    return Network(nodes, pairs, network.stamp) if changed else network


def _has_planned(frame: pl.DataFrame) -> bool:
    return bool((frame[STATE] == "planned").any())


def _actual(frame: pl.DataFrame) -> pl.DataFrame:
    return frame.with_columns(
        pl.when(pl.col(STATE) == "planned")
        .then(pl.lit("actual", frame.schema[STATE]))
        .otherwise(pl.col(STATE))
        .alias(STATE)
    )
