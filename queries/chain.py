"""Where does a Party organisation's chain of superiors lead? One sweep over all of them at once (J6)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from graphmodel.schema.edges import PartyBodyOf, SubordinateTo
from graphmodel.schema.nodes import GoverningBody, PartyOrganization
from graphmodel.text import Text
from graphmodel.vectors import Codes, Flags, Indices, Kleene, any_at
from queries.computed import Computed
from queries.context import Context
from queries.logic import Recorded, Truth
from queries.relations import outgoing
from queries.values import fields

PO = fields(PartyOrganization)
EXISTS = ~PO.state.is_("planned")
"""The Party organisation exists, not merely planned."""

SUPERIOR = outgoing(SubordinateTo, PartyOrganization, PartyOrganization)
BODY = outgoing(PartyBodyOf, PartyOrganization, GoverningBody)
_CARRYING = SUPERIOR.edge.state.is_("actual") & SUPERIOR.other(EXISTS)


@dataclass(frozen=True, slots=True)
class Chain:
    """Chains of all n Party organisations, over actual SUBORDINATE_TO relations.

    A planned relation carries no chain, nor does a superior that is only planned; what may be either leaves it open.
    `superior` int32[n] one superior (-1 for none; of several the first by id); `superiors` int64[n] how many;
    `top` bool[n] a body of the Party committee itself, or one outside the district; `reaches` bool[n] whether a top
    is reached over any of the superiors for certain, `may_reach` bool[n] perhaps; `circular` bool[n] stands on a circle.
    """

    superior: Indices
    superiors: npt.NDArray[np.int64]
    top: npt.NDArray[np.bool_]
    reaches: npt.NDArray[np.bool_]
    may_reach: npt.NDArray[np.bool_]
    circular: npt.NDArray[np.bool_]


def chain(context: Context) -> Chain:
    """The chains, once per network. Cost: the longest chain times the edges, by sweeps over arrays."""
    return context.memo("chain", lambda: _chain(context))


def _chain(context: Context) -> Chain:
    rows = context.network[PartyOrganization]
    n = len(rows)
    edges, actual = SUPERIOR.truth(SUPERIOR.edge.state.is_("actual"), context)
    below, above = edges.source[actual.yes], edges.target[actual.yes]
    superior = np.full(n, -1, dtype=np.int32)
    superior[below[::-1]] = above[::-1]
    top, (_, carries) = tops(context), SUPERIOR.truth(_CARRYING, context)
    reaches = swept(top.yes, edges.source[carries.yes], edges.target[carries.yes])
    perhaps = top.possible | _unnamed(context)  # a superior that is not named may lead anywhere
    may_reach = swept(perhaps, edges.source[carries.possible], edges.target[carries.possible])
    circular = on_circle(n, below, above)
    return Chain(superior, np.bincount(below, minlength=n).astype(np.int64), top.yes, reaches, may_reach, circular)


def tops(context: Context) -> Kleene:
    """Which Party organisations are tops: bodies of the district committee, and those outside the district."""
    rows = context.network[PartyOrganization]
    form = rows.vector("form")
    assert isinstance(form, Codes)
    bodies = BODY.edges(context)
    kind = context.network[GoverningBody].vector("kind")
    assert isinstance(kind, Codes)
    at_committee = kind.is_in(["party-committee"]).take(bodies.target)
    return any_at(len(rows), bodies.source, at_committee) | form.is_in(["outside"])


def swept(start: npt.NDArray[np.bool_], below: Indices, above: Indices) -> npt.NDArray[np.bool_]:
    """Which nodes reach `start` upwards; a chain of depth d takes d sweeps, each over the edges still open."""
    reached = start.copy()
    while len(below):
        step = reached[above] & ~reached[below]
        if not step.any():
            break
        reached[below[step]] = True
        still = ~reached[below]
        below, above = below[still], above[still]
    return reached


def on_circle(n: int, below: Indices, above: Indices) -> npt.NDArray[np.bool_]:
    """Nodes on a circle: a strongly connected component of more than one node, or a loop at one."""
    mark = np.zeros(n, dtype=np.bool_)
    if not len(below):
        return mark
    links = coo_array((np.ones(len(below), dtype=np.int8), (below, above)), shape=(n, n))
    _, label = connected_components(links, directed=True, connection="strong")
    mark = np.bincount(label)[label] > 1
    mark[below[below == above]] = True
    return mark


def _unnamed(context: Context) -> Flags:
    """Those of whose superior the kind alone is recorded."""
    unnamed: Truth = PO.superior_kind.known() & ~Recorded(SUPERIORS >= 1)
    return unnamed.evaluate(context.network[PartyOrganization], context).yes


def _has_superior(context: Context) -> Kleene:
    recorded = (SUPERIORS >= 1).evaluate(context.network[PartyOrganization], context)
    return Kleene(recorded.yes, recorded.no & ~_unnamed(context))


SUPERIORS = SUPERIOR.count(SUPERIOR.edge.state.is_("actual"))
"""How many actual superiors a Party organisation has."""

HAS_SUPERIOR = Computed(
    "has-superior",
    Text("有上级党组织", "has a superior; which one is not known where only its kind is recorded"),
    mask=_has_superior,
    reads=(SubordinateTo,),
)
"""A ledger gives the kind of superior; a relation only where 审批单位 names a known Party organisation."""

_LINK, _ABOVE = "link.state = 'actual'", "NOT above.state = 'planned'"
_UNNAMED = (
    "(top.superior_kind IS NOT NULL AND NOT EXISTS { (top)-[:SUBORDINATE_TO {state: 'actual'}]->(:PartyOrganization) })"
)
_OUTSIDE, _COMMITTEE = "top.form = 'outside'", "body.kind = 'party-committee'"


def _reached(default: str) -> str:
    """Cypher: a top is reached, where what is not known is taken for `default`.

    One breadth-first search a row: every node of its chain once, circles included.
    """

    def known(text: str) -> str:
        return f"coalesce({text}, {default})"

    unnamed = f" OR {_UNNAMED}" if default == "true" else ""
    return (
        "EXISTS { MATCH ANY SHORTEST ({row}) "
        f"(()-[link:SUBORDINATE_TO WHERE {known(_LINK)}]->(above:PartyOrganization WHERE {known(_ABOVE)}))* "
        f"(top:PartyOrganization WHERE {known(_OUTSIDE)} OR "
        f"EXISTS {{ (top)-[:PARTY_BODY_OF]->(body:GoverningBody) WHERE {known(_COMMITTEE)} }}{unnamed}) }}"
    )


CHAIN_REACHES_TOP = Computed(
    "chain-reaches-top",
    Text(
        "隶属链通到区委或区外上级", "the chain of superiors reaches the district committee or one outside the district"
    ),
    mask=lambda context: Kleene(chain(context).reaches, ~chain(context).may_reach),
    reads=(SubordinateTo,),
    text=f"CASE WHEN {_reached('false')} THEN true WHEN {_reached('true')} THEN null ELSE false END",
)
