"""Without which body do organisations lose all cover, all guidance or their alliance? (J11, J12; project-made).

Cover hangs on Party organisations, where the policy is strict on their chain of superiors up to the top as well.
Guidance hangs on stations and posts, posts on their station, a station on the organisation that it is based on.
An alliance hangs on its lead; where none is recorded it stands by itself. Joint work ties organisations too. Legal
persons of one family are one body and count once among the lost. Only operating organisations are lost.

Where the state of a relation is not known there are two counts: what is lost whatever the truth, and what at most.
Bodies on a circle of superiors are judged together: alone they lose nobody for certain.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import reduce
from typing import Literal

import numpy as np
import numpy.typing as npt
import polars as pl
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from graphmodel.declare import Node, column
from graphmodel.schema.edges import BasedOn
from graphmodel.schema.nodes import Alliance, GuidanceStation, InstructorPost, Organization, PartyOrganization
from graphmodel.schema.units import UNITS
from graphmodel.vectors import Codes, Flags, Indices, Kleene
from queries.alliances import ties
from queries.anchors import Anchor, Keyed
from queries.chain import SUPERIOR, chain
from queries.context import Context
from queries.dominators import common_supplier, dag_dominators, undirected_dominators
from queries.facts import COVER, COVERING, INSTRUCTOR, OPERATING, STATION, actual
from queries.given import Given
from queries.guidance import POSTED
from queries.logic import Decided, Truth
from queries.relations import outgoing
from queries.trees import Counts, Tree
from queries.values import Fields

BASE = outgoing(BasedOn, GuidanceStation, Organization)


@dataclass(frozen=True, slots=True)
class Losses:
    """For each node of a graph: how many families lose everything with it, `least` for certain and `most`."""

    least: Counts
    most: Counts

    def part(self, first: int, length: int) -> Losses:
        """Those of some nodes."""
        return Losses(self.least[first : first + length], self.most[first : first + length])

    def at(self, rows: npt.NDArray[np.integer], length: int) -> Losses:
        """The same as those of these rows among others, with which nobody loses anything."""
        least, most = np.zeros((2, length), dtype=np.int64)
        least[rows], most[rows] = self.least, self.most
        return Losses(least, most)


def families(context: Context) -> Indices:
    """int32[organisations]: the first organisation of each one's family; itself where it has none."""
    rows = context.network[Organization]
    family = rows.vector("family")
    assert isinstance(family, Codes)
    own = np.arange(len(rows), dtype=np.int32)
    known = family.code >= 0
    first = np.full(len(family.words), len(rows), dtype=np.int32)
    np.minimum.at(first, family.code[known], own[known])
    own[known] = first[family.code[known]]
    return own


def _lost(tree: Tree, supplier: Indices, organization: Indices, truth: Kleene, family: Indices) -> Losses:
    """Who hangs on each node of the tree, when `supplier` nodes supply organisations as far as `truth` holds."""
    inside = tree.place[supplier] >= 0
    sure, perhaps = truth.yes & inside, truth.possible & inside
    supplied = np.zeros(len(family), dtype=np.bool_)
    supplied[organization[sure]] = True
    among_all = perhaps & supplied[organization]
    who, at = common_supplier(organization[among_all], supplier[among_all], tree)
    least = tree.kinds_below(at, family[who])
    if not (perhaps & ~sure).any():
        return Losses(least, least)
    who, at = common_supplier(organization[sure], supplier[sure], tree)
    only = perhaps & ~supplied[organization]  # each of these may turn out to be the only one
    who, at = np.concatenate((who, organization[only])), np.concatenate((at, supplier[only]))
    return Losses(least, tree.kinds_below(at, family[who]))


def _operating(context: Context) -> Kleene:
    return OPERATING.evaluate(context.network[Organization], context)


def cover_losses(context: Context) -> Losses:
    """Of each Party organisation: who loses all cover with it. Cost: linear, and the longest chain where it is strict."""
    n = len(context.network[PartyOrganization])
    edges, covers = COVER.truth(COVERING, context)
    supplies = covers & _operating(context).take(edges.target)
    body, alone = np.arange(n, dtype=np.int32), np.ones(n, dtype=np.bool_)
    above, below = np.full(n, n, dtype=np.int32), body
    if context.values.flag("strict_cover"):
        links, holds = SUPERIOR.truth(actual(SUPERIOR), context)
        lower, upper = links.source[holds.yes], links.target[holds.yes]
        body = _components(n, lower, upper, "strong")
        alone = np.bincount(body, minlength=n)[body] == 1
        tops = body[chain(context).top]
        above, below = np.append(body[upper], np.full(len(tops), n, dtype=np.int32)), np.append(body[lower], tops)
    tree = Tree.of(dag_dominators(n + 1, n, above, below))
    lost = _lost(tree, body[edges.source], edges.target, supplies, families(context))
    return Losses(np.where(alone, lost.least[body], 0), lost.most[body])


def guidance_losses(context: Context) -> tuple[Losses, Losses, Losses]:
    """Of each organisation that stations are based on, each station and each post: who loses all guidance with it."""
    family = families(context)
    stations, posts = len(context.network[GuidanceStation]), len(context.network[InstructorPost])
    based, posted = BASE.edges(context), POSTED.edges(context)
    hosts, host = np.unique(family[based.target], return_inverse=True)
    h, root = len(hosts), len(hosts) + stations + posts
    free_stations = np.setdiff1d(np.arange(stations), based.source) + h
    free_posts = np.setdiff1d(np.arange(posts), posted.source) + h + stations
    free = np.concatenate((np.arange(h), free_stations, free_posts))
    above = np.concatenate((np.full(len(free), root), host, posted.target + h))
    below = np.concatenate((free, based.source + h, posted.source + h + stations))
    tree = Tree.of(dag_dominators(root + 1, root, above.astype(np.int32), below.astype(np.int32)))
    guides, guided = STATION.truth(actual(STATION), context)
    instructs, instructed = INSTRUCTOR.truth(actual(INSTRUCTOR), context)
    organization = np.concatenate((guides.target, instructs.target))
    truth = Kleene(np.append(guided.yes, instructed.yes), np.append(guided.no, instructed.no))
    supplier = np.concatenate((guides.source + np.int32(h), instructs.source + np.int32(h + stations)))
    lost = _lost(tree, supplier, organization, truth & _operating(context).take(organization), family)
    return lost.part(0, h).at(hosts, len(family)), lost.part(h, stations), lost.part(h + stations, posts)


def alliance_losses(context: Context) -> tuple[Losses, Losses]:
    """Of each organisation and each alliance: who is cut off from every lead with it. Cost: n log n.

    With more ties nobody loses more; so what hangs on a body over all possible ties does for certain, and over the
    certain ties at most. Whoever is tied at all only perhaps may be lost with any body of its component.
    """
    n, family = len(context.network[Organization]), families(context)
    graph, operating = ties(context), _operating(context)
    node = np.append(family, np.arange(n, graph.nodes, dtype=np.int32))
    one, other = node[graph.one], graph.other.copy()
    other[other < n] = family[other[other < n]]

    def hung(held: Flags, leading: Flags, perhaps_leading: Flags) -> Tree:
        root, led = graph.nodes, np.zeros(graph.nodes, dtype=np.bool_)
        led[graph.other[perhaps_leading]] = True
        starts = np.append(one[leading], np.flatnonzero(~led[n:]) + n).astype(np.int32)
        ends = np.full(len(starts), root, dtype=np.int32)
        return Tree.of(
            undirected_dominators(root + 1, root, np.append(one[held], starts), np.append(other[held], ends))
        )

    def weight(mask: Flags) -> Counts:
        counted = np.zeros(graph.nodes + 1, dtype=np.int64)
        counted[family[mask]] = 1
        return counted

    def below(tree: Tree, mask: Flags) -> Counts:
        own = weight(mask)
        return (tree.below(own) - own * (tree.place >= 0))[:-1]  # nobody is lost with itself

    holds, leads = graph.holds, graph.leads
    certain = hung(holds.yes, leads.yes, leads.possible)
    if not (holds.unknown.any() or leads.unknown.any() or operating.unknown.any()):
        lost = below(certain, operating.yes)
        return Losses(lost, lost).part(0, n), Losses(lost, lost).part(n, graph.nodes - n)
    possible = hung(holds.possible, leads.possible, leads.yes)
    tied, perhaps = certain.place[family] >= 0, possible.place[family] >= 0
    most, doubtful = below(certain, operating.possible), operating.possible & perhaps & ~tied
    if doubtful.any():
        around = _components(graph.nodes, one[holds.possible], other[holds.possible])
        most += np.bincount(around, weights=weight(doubtful)[:-1])[around].astype(np.int64)
    found = Losses(below(possible, operating.yes & tied), most)
    return found.part(0, n), found.part(n, graph.nodes - n)


def _components(n: int, one: Indices, other: Indices, connection: Literal["weak", "strong"] = "weak") -> Indices:
    links = coo_array((np.ones(len(one), dtype=np.int8), (one, other)), shape=(n, n))
    return connected_components(links, directed=True, connection=connection)[1].astype(np.int32)


class Body(Keyed, zh="所依赖的机构", en="body depended on"):
    """A body on which somebody's only cover, guidance or alliance may hang; `node` is its id within `type`."""

    type: str | None = column("类型", "type")
    node: str | None = column("机构标识", "id within its type")
    cover: int | None = column("随之失去覆盖", "lose all cover with it", unit=UNITS)
    cover_at_most: int | None = column("随之失去覆盖上限", "lose all cover at most", unit=UNITS)
    guidance: int | None = column("随之失去指导", "lose all guidance with it", unit=UNITS)
    guidance_at_most: int | None = column("随之失去指导上限", "lose all guidance at most", unit=UNITS)
    alliance: int | None = column("随之失去联盟", "lose their alliance with it", unit=UNITS)
    alliance_at_most: int | None = column("随之失去联盟上限", "lose their alliance at most", unit=UNITS)


BODY = Fields(Body)
_KINDS = ("cover", "guidance", "alliance")


def bodies(context: Context) -> pl.DataFrame:
    """Every body that anything may hang on, by id: type and id, and how many families lose what with it."""
    hosts, stations, posts = guidance_losses(context)
    organizations, alliances = alliance_losses(context)
    parts = (  # by the names of their types and within each by id: so all together are by id
        _part(context, Alliance, alliance=alliances),
        _part(context, GuidanceStation, guidance=stations),
        _part(context, InstructorPost, guidance=posts),
        _part(context, Organization, guidance=hosts, alliance=organizations),
        _part(context, PartyOrganization, cover=cover_losses(context)),
    )
    return pl.concat(parts)


def _part(context: Context, element: type[Node], **lost: Losses) -> pl.DataFrame:
    hangs = np.flatnonzero(reduce(np.logical_or, (found.most > 0 for found in lost.values())))
    rows = context.network[element].frame.select(pl.col(r"^(id|name|family)$"))[hangs]
    nobody = np.zeros(len(hangs), dtype=np.int64)
    counts: dict[str, Counts] = {}
    for kind in _KINDS:
        found = lost.get(kind)
        counts[kind] = nobody if found is None else found.least[hangs]
        counts[f"{kind}_at_most"] = nobody if found is None else found.most[hangs]
    name = pl.coalesce("family", "name") if "family" in rows.columns else pl.col("name")
    named = rows.select(
        id=pl.lit(element.type_name + ":") + pl.col("id"), name=name, type=pl.lit(element.type_name), node="id"
    )
    return named.hstack(pl.DataFrame(counts))


def many(kind: str, bound: Given) -> Truth:
    """At least so many lose what the body gives; unknown where only the upper count says so."""
    return Decided(getattr(BODY, kind) >= bound, getattr(BODY, f"{kind}_at_most") < bound)


BODIES = Anchor("Body", Body.title, keyed=bodies, fields=Body)
