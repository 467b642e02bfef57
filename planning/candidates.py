"""Which candidates keep the rules? Functions over arrays of them, the same for solver, explanation and verifier."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import polars as pl

from graphmodel.policy import Values
from graphmodel.schema.nodes import GuidanceStation, Organization
from graphmodel.vectors import INT_HI, Codes, Flags, Numbers
from queries.chain import chain
from queries.context import Context
from queries.credit import ALIVE, SIGNS
from queries.facts import OPERATING, ORG, REGISTERED, full_members_at_least
from queries.guidance import HUB_TAKES_IN, present, station_kinds
from queries.places import near, street_of

Ints = npt.NDArray[np.int64]
Rows = npt.NDArray[np.integer]


def operating(context: Context, organization: Rows) -> Flags:
    """bool[m]: is it certainly operating?"""
    return OPERATING.evaluate(context.network[Organization], context).yes[organization]


def dormant(context: Context) -> Flags:
    """bool[organisations]: is it certainly inactive, or shows a sign of that, so that it takes no scarce place (N11)?"""
    truth = REGISTERED & ALIVE & (SIGNS | ORG.status.is_("inactive"))
    return context.memo("dormant", lambda: truth.evaluate(context.network[Organization], context).yes)


def strong_enough(context: Context, organization: Rows) -> Flags:
    """bool[m]: has it certainly enough full members for a branch of its own (N1)?"""
    least = context.values.integer("branch_min_members")
    rows = context.network[Organization]
    return context.memo("strong-enough", lambda: full_members_at_least(least).evaluate(rows, context).yes)[organization]


def full_members(context: Context) -> Numbers:
    """Full members of every organisation, with bounds: a total bounds the part from above."""
    return context.memo("full-members", lambda: _full_members(context))


def _full_members(context: Context) -> Numbers:
    rows = context.network[Organization]
    full, here, all_ = (rows.vector(name) for name in ("full_members", "members_here", "members"))
    assert isinstance(full, Numbers)
    assert isinstance(here, Numbers)
    assert isinstance(all_, Numbers)
    unknown = full.lo != full.hi
    return Numbers(
        np.where(unknown, 0, full.lo), np.where(unknown, np.minimum(np.minimum(full.hi, here.hi), all_.hi), full.hi)
    )


def units_fit(values: Values, units: Ints) -> Flags:
    """bool[g]: has a joint branch as many units as allowed (N2)?"""
    return (units >= values.integer("joint_min_units")) & (units <= values.integer("joint_max_units"))


def members_fit(values: Values, members: Ints) -> Flags:
    """bool[g]: has a joint branch enough full members together (N1, N2)?"""
    return members >= values.integer("joint_min_members")


def related(context: Context, group: Ints, organization: Rows, groups: int) -> tuple[Flags, Flags]:
    """For each of `groups` joint branches: are its units certainly near each other; certainly of one industry (N2)?

    `group` and `organization` int[m] are its units. Two bool[groups]; either is enough.
    """
    street = street_of(context, Organization)[organization]
    industry = context.network[Organization].vector("industry")
    assert isinstance(industry, Codes)
    code = industry.code[organization]
    units = pl.DataFrame({"group": group, "street": street}).unique()
    pairs = units.join(units, on="group").filter(pl.col("street") <= pl.col("street_right"))
    close = near(
        context,
        pairs["street"].to_numpy(),
        pairs["street_right"].to_numpy(),
        context.values.integer("joint_max_hops"),
    ).yes
    apart = np.zeros(groups, dtype=np.bool_)
    apart[pairs["group"].to_numpy()[~close]] = True
    apart[group[street < 0]] = True
    lowest, highest = np.full(groups, INT_HI), np.full(groups, -1)
    np.minimum.at(lowest, group, code)
    np.maximum.at(highest, group, code)
    return ~apart, (lowest == highest) & (lowest >= 0)


def station_fits(context: Context, station: Rows, organization: Rows) -> Flags:
    """bool[m]: is the station certainly of the kind that the organisation belongs to (J11)?"""
    kind = context.network[GuidanceStation].vector("kind")
    assert isinstance(kind, Codes)
    due = station_kinds(context).code[organization]
    return np.asarray((due >= 0) & (kind.code[station] == due), dtype=np.bool_)


def instructor_limit(context: Context, capacity: Numbers) -> Ints:
    """int64[posts]: how many organisations each post may look after (N12); a stated capacity may lower it."""
    return np.minimum(capacity.hi, context.values.integer("instructor_max_load")).astype(np.int64)


TAKEN_IN = HUB_TAKES_IN.count(present(HUB_TAKES_IN) & ~HUB_TAKES_IN.other(ORG.status.is_("deregistered")))
"""How many organisations a hub takes in at present; deregistered ones take no place."""


def chain_sound(context: Context, party: Rows) -> Flags:
    """bool[m]: does the chain of this Party organisation reach the top, over one superior at each step (J6)?"""
    chains = chain(context)
    sound: Flags = np.append(chains.reaches | chains.top, False)[party]
    return sound
