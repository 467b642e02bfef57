"""Who founds a functional Party organisation, where the policy counts those? (N6)."""

from __future__ import annotations

import numpy as np
import polars as pl

from graphmodel import identity
from graphmodel.paths import NodeKey
from graphmodel.schema.nodes import Organization, PartyOrganization
from graphmodel.text import Text
from graphmodel.vectors import Flags, Numbers
from planning import candidates, rules
from planning.distance import places
from planning.founding import Foundation, cover, found, foundation_reasons, superiors, venues
from planning.plan import ActionKind
from planning.problem import Draft, Part, Problem, rows_of


def functional_organizations(problem: Problem, covered: Flags) -> Part:
    """One for each that is left uncovered and has members enough, most with their relation elsewhere.

    None at all where the policy does not count functional ones. `covered` are those that the plan covers already.
    """
    part, context = Part(ActionKind.FUNCTIONAL), problem.context
    if not context.values.flag("functional_counts"):
        return part
    least = context.values.integer("branch_min_members")
    elsewhere = problem.network[Organization].vector("members_elsewhere")
    assert isinstance(elsewhere, Numbers)
    full = candidates.full_members(context)
    enough = (np.maximum(elsewhere.lo, 0) + full.lo >= least) & (elsewhere.lo > full.lo)
    ids = problem.network[Organization].ids
    own = pl.select(identity.own_party_organization_id(pl.lit(ids))).to_series()
    free = problem.network[PartyOrganization].find(own) < 0
    refused = problem.refused_subjects(ActionKind.FUNCTIONAL, Organization)
    who = rows_of(problem.gap("uncovered") & ~covered & enough & free & ~refused & (full.hi < least))
    if not len(who):
        return part
    page, names = np.arange(len(who)), problem.names(Organization, who)
    above = superiors(problem, who)
    party = own.gather(who).to_list()
    unknown = np.full(len(who), -1, dtype=np.int64)  # members of other branches: not counted among its own
    where = venues(problem, places(context, Organization).take(who))
    new = Foundation(page, party, [_NAME.format(n) for n in names], unknown, above, where)
    found(part, problem, new, "functional")
    cover(part, page, party, problem.ids(Organization, who))
    for k, founded in enumerate(foundation_reasons(problem, new)):
        subject = NodeKey(Organization.type_name, ids[int(who[k])])
        reasons = (rules.FUNCTIONAL.reason(least=least), *founded)
        part.drafts.append(Draft((subject,), None, _TITLE.format(org=names[k]), reasons))
    return part


_NAME = "{}功能型党组织"
_TITLE = Text("{org}：组建功能型党组织", "{org}: a functional Party organisation")
