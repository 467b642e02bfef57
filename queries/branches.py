"""What is true of a Party organisation? The facts about branches, joint branches above all, that questions share."""

from __future__ import annotations

import numpy as np
import polars as pl

from graphmodel.rows import EdgeRows
from graphmodel.schema.edges import Covers, LocatedIn
from graphmodel.schema.nodes import Organization, PartyOrganization
from graphmodel.text import Text
from graphmodel.vectors import Codes, Flags, Indices, Kleene, any_at
from queries.chain import EXISTS, PO
from queries.computed import Computed
from queries.context import Context
from queries.facts import ORG, actual
from queries.given import policy
from queries.places import near, street_of
from queries.relations import outgoing

UNIT = outgoing(Covers, PartyOrganization, Organization)
"""The organisations that a Party organisation covers."""
PRESENT_UNIT = actual(UNIT) & UNIT.other(~ORG.status.is_("deregistered"))
"""An organisation that it actually covers and that still exists, active or not: it takes a place (N2)."""

JOINT = PO.form.is_("joint") & EXISTS
STANDALONE = PO.form.is_("standalone") & EXISTS
HOPS = policy("joint_max_hops")


def _units(context: Context) -> tuple[EdgeRows, Indices, Kleene]:
    """The places in joint branches: all COVERS edges, which of them to look at, and whether each is a present unit."""
    joint = JOINT.evaluate(context.network[PartyOrganization], context)
    edges, truth = UNIT.truth(PRESENT_UNIT, context)
    looked_at = np.flatnonzero(joint.possible[edges.source] & truth.possible).astype(np.int32)
    return edges, looked_at, truth.take(looked_at)


def _several_industries(context: Context) -> Kleene:
    """For each Party organisation: are its units of more than one industry?"""
    n = len(context.network[PartyOrganization])
    edges, places, truth = _units(context)
    industry = context.network[Organization].vector("industry")
    assert isinstance(industry, Codes)
    at, code = edges.source[places], industry.code[edges.target[places]].astype(np.int32)
    known = code >= 0
    sure = truth.yes & known
    one_at_most = np.bincount(at, minlength=n) <= 1
    all_known = any_at(n, at, Kleene.certain(~known)).no
    return Kleene(_differ(n, at[sure], code[sure]), one_at_most | (all_known & ~_differ(n, at[known], code[known])))


def _differ(n: int, at: Indices, code: Indices) -> Flags:
    """bool[n]: does a node get two different codes from what arrives `at` it?"""
    lowest, highest = np.full(n, np.iinfo(np.int32).max), np.full(n, -1)
    np.minimum.at(lowest, at, code)
    np.maximum.at(highest, at, code)
    return lowest < highest


def _far_apart(context: Context) -> Kleene:
    """For each Party organisation: do two of its units lie further apart than the policy allows?"""
    n = len(context.network[PartyOrganization])
    edges, places, truth = _units(context)
    at, street = edges.source[places], street_of(context, Organization)[edges.target[places]]
    units = pl.DataFrame({"at": at, "street": street, "sure": truth.yes}).group_by("at", "street").agg(pl.all().any())
    pairs = units.filter(pl.col("street") >= 0).join(units.filter(pl.col("street") >= 0), on="at")
    pairs = pairs.filter(pl.col("street") < pl.col("street_right"))
    close = near(context, pairs["street"].to_numpy(), pairs["street_right"].to_numpy(), int(HOPS.number(context)))
    both = (pairs["sure"] & pairs["sure_right"]).to_numpy()
    apart = any_at(n, pairs["at"].to_numpy(), Kleene(close.no & both, close.yes))
    one_at_most = np.bincount(at, minlength=n) <= 1
    placed = any_at(n, at, Kleene.certain(street < 0)).no
    return Kleene(apart.yes, one_at_most | (apart.no & placed))


SEVERAL_INDUSTRIES = Computed(
    "several-industries",
    Text("成员不属同一行业", "its organisations are not of one industry"),
    _several_industries,
    reads=(Covers,),
)
FAR_APART = Computed(
    "far-apart",
    Text("成员不在同一或相邻街道", "its organisations are not all in the same or a neighbouring street"),
    _far_apart,
    givens=(HOPS,),
    reads=(Covers, LocatedIn),
)
