"""Which organisations are of one kind under one authority? The groups that vertical mode is decided by (J7)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from graphmodel.parameters import GroupBy, Reading
from graphmodel.schema.edges import LicensedBy, Supervises
from graphmodel.schema.nodes import Authority, Organization
from graphmodel.text import Text
from graphmodel.vectors import Codes, Flags, Indices, Kleene, Numbers, any_at, count_at
from queries.computed import Computed, Fact
from queries.context import Context
from queries.facts import INCUBATED, OPERATING, ORG, REGISTERED, actual
from queries.given import Given, Prepared, Switch, policy
from queries.logic import Names, any_of
from queries.pairs import are_paired
from queries.parts import givens
from queries.relations import incoming, outgoing
from queries.values import ReadWhere

LICENCE = outgoing(LicensedBy, Organization, Authority)
SUPERVISOR = incoming(Supervises, Authority, Organization)

COUNTED = Fact("counted-in-group", Text("计入归口分组", "counted in a group"), REGISTERED & OPERATING)
DUAL = Fact(
    "dual-managed",
    Text("双重管理", "under dual management; where that is not known, with a competent authority"),
    ORG.registration.is_("dual") | (~ORG.registration.known() & LICENCE.some()),
)
DUE_WHERE_LARGE = Fact(
    "due-where-large",
    Text("同类够数时由主管单位负责", "falls to the authority where its group is large enough"),
    ~INCUBATED & REGISTERED & DUAL,
)


def _minimum(context: Context) -> int:
    threshold = context.values.integer("vertical_threshold")
    more = context.values.word("vertical_threshold_reading") == Reading.MORE_THAN
    return max(1, threshold + more)


MINIMUM = Given("vertical_minimum", ("vertical_threshold", "vertical_threshold_reading"), _minimum)
"""From how many organisations of a kind on the authority answers."""

GROUP_BY = policy("vertical_group_by")
KIND = (
    "CASE ${group_by} WHEN 'authority-industry' THEN {row}.industry "
    "WHEN 'authority-category' THEN {row}.category ELSE '*' END"
).replace("{group_by}", GROUP_BY.name)
"""Cypher: of which kind `{row}` is, as the policy groups."""


def kinds(context: Context) -> Codes:
    """Of which kind each organisation is, as the policy groups: industry, category or one for all (`*`)."""
    rows, by = context.network[Organization], context.values.word(GROUP_BY.name)
    if by == GroupBy.AUTHORITY:
        return Codes(np.zeros(len(rows), dtype=np.int8), ["*"])
    codes = rows.vector("industry" if by == GroupBy.AUTHORITY_INDUSTRY else "category")
    assert isinstance(codes, Codes)
    return codes


@dataclass(frozen=True, slots=True)
class Groups:
    """Groups of organisations of one kind under one authority, those that count nobody included.

    `authority`, `kind` int32[g], places in the authorities and in `words`; `size` int64[g] bounds: registered operating
    organisations, incubated ones included, that count for certain or may count (track, status or kind not known);
    `of_licence` int32[m] the group of each LICENSED_BY edge, -1 where the kind is not known; `large` bool[m] whether
    the group of each edge has enough; where the kind is not known, whether the authority may have any such group.
    """

    authority: Indices
    kind: Indices
    words: list[str]
    size: Numbers
    of_licence: Indices
    large: Kleene


def groups(context: Context) -> Groups:
    """The groups, once per network and policy. Cost: linear in LICENSED_BY.

    An organisation of unknown kind may belong to every group of its authority. One without a recorded authority is in
    none: a relation that is not recorded is left open for that organisation alone, not for all groups of the district.
    """
    return context.memo("vertical-groups", lambda: _groups(context))


def _groups(context: Context) -> Groups:
    licences, kind = LICENCE.edges(context), kinds(context)
    words = list(kind.words)
    code = kind.code[licences.source].astype(np.int64)
    known = code >= 0
    used, number = _numbered(licences.target[known] * np.int64(len(words)) + code[known])
    of_licence = np.full(len(licences), -1, dtype=np.int32)
    of_licence[known] = number
    authority, place = (part.astype(np.int32) for part in np.divmod(used, max(1, len(words))))
    counted = COUNTED.evaluate(context.network[Organization], context).take(licences.source)
    size = tally(context, authority, of_licence, counted)
    large = size.at_least(_minimum(context))
    most = _by_unknown_kind(context, of_licence, counted)
    np.maximum.at(most, authority, size.hi)
    none_large = ~known & (most < _minimum(context))[licences.target]
    yes, no = np.append(large.yes, False)[of_licence], np.append(large.no, False)[of_licence] | none_large
    return Groups(authority, place, words, size, of_licence, Kleene(yes, no))


def tally(context: Context, authority: Indices, of_licence: Indices, truth: Kleene) -> Numbers:
    """For each group: of how many LICENSED_BY edges is `truth` true? Those of unknown kind may be in any of its authority."""
    known = of_licence >= 0
    count = count_at(len(authority), of_licence[known], Kleene(truth.yes[known], truth.no[known]))
    return Numbers(count.lo, count.hi + _by_unknown_kind(context, of_licence, truth)[authority])


def _by_unknown_kind(context: Context, of_licence: Indices, truth: Kleene) -> npt.NDArray[np.int64]:
    """int64[authorities]: of how many edges of unknown kind `truth` may be true."""
    at = LICENCE.edges(context).target[(of_licence < 0) & truth.possible]
    return np.bincount(at, minlength=len(context.network[Authority])).astype(np.int64)


def _numbered(code: npt.NDArray[np.int64]) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.intp]]:
    """The distinct codes, ascending, and the place of each among them; without a sort where codes are dense."""
    top = int(code.max(initial=-1)) + 1
    if top > 8 * len(code) + 4096:
        used, number = np.unique(code, return_inverse=True)
        return used, number
    present = np.zeros(top, dtype=np.bool_)
    present[code] = True
    return np.flatnonzero(present), (np.cumsum(present) - 1)[code]


def _in_large_group(context: Context) -> Kleene:
    rows, licences = len(context.network[Organization]), LICENCE.edges(context)
    found = any_at(rows, licences.source, groups(context).large)
    licensed = np.zeros(rows, dtype=np.bool_)
    licensed[licences.source] = True
    return Kleene(found.yes, found.no & licensed)


_COUNTED_GIVENS = tuple(givens(COUNTED).values())
LARGE_GROUPS = Prepared(
    "vertical_groups",
    f"MATCH (o:Organization)-[:LICENSED_BY]->(a:Authority) WITH a.id AS authority, {KIND.replace('{row}', 'o')} AS kind, "
    f"{COUNTED.cypher(Names('o'))} AS counted WITH authority, kind, count(CASE WHEN counted THEN 1 END) AS least, "
    "count(CASE WHEN coalesce(counted, true) THEN 1 END) AS most "
    "WITH authority, collect({kind: kind, least: least, most: most}) AS found "
    "WITH authority, found, reduce(n = 0, g IN found | n + CASE WHEN g.kind IS NULL THEN g.most ELSE 0 END) AS open "
    "UNWIND found AS g WITH authority, g.kind AS kind, "
    f"g.least >= ${MINIMUM.name} AS large, g.most + CASE WHEN g.kind IS NULL THEN 0 ELSE open END >= ${MINIMUM.name} AS perhaps "
    "RETURN {large: collect(CASE WHEN kind IS NOT NULL AND large THEN [authority, kind] END), "
    "perhaps: collect(CASE WHEN kind IS NOT NULL AND perhaps AND NOT large THEN [authority, kind] END), "
    "open: collect(DISTINCT CASE WHEN perhaps THEN authority END)} AS vertical_groups",
    (MINIMUM, GROUP_BY, *_COUNTED_GIVENS),
)
"""The keys of groups that have enough, of those that may, and the authorities that may have one such group."""


def _is_large(authority: str, organization: str) -> str:
    """Cypher: has the group of that organisation under that authority enough?"""
    kind = KIND.replace("{row}", organization)
    key = f"[{authority}.id, {kind}]"
    return (
        f"CASE WHEN ({kind}) IS NULL THEN CASE WHEN {authority}.id IN vertical_groups.open THEN null ELSE false END "
        f"WHEN {key} IN vertical_groups.large THEN true WHEN {key} IN vertical_groups.perhaps THEN null ELSE false END"
    )


_KIND_FIELDS = (
    ReadWhere(Organization, "industry", Switch(GROUP_BY.name, GroupBy.AUTHORITY_INDUSTRY.value)),
    ReadWhere(Organization, "category", Switch(GROUP_BY.name, GroupBy.AUTHORITY_CATEGORY.value)),
)
_LICENSED = "({row})-[:LICENSED_BY]->(licensing:Authority)"
_LARGE_HERE = _is_large("licensing", "{row}")

IN_LARGE_GROUP = Computed(
    "in-large-group",
    Text("主管单位下同类够数", "its authority has enough of its kind; unknown without authority"),
    mask=_in_large_group,
    text=f"CASE WHEN EXISTS {{ {_LICENSED} }} THEN {any_of(_LICENSED, _LARGE_HERE)} END",
    givens=(GROUP_BY, *(part for kind in _KIND_FIELDS for part in givens(kind.switch).values())),
    prepared=(LARGE_GROUPS,),
    reads=(*_KIND_FIELDS, LicensedBy),
)


def _by_due_authority(context: Context) -> Kleene:
    edges, licences, large = SUPERVISOR.edges(context), LICENCE.edges(context), groups(context).large

    def licensed(which: Flags) -> Flags:
        among = (licences.source[which], licences.target[which])
        return are_paired((edges.target, edges.source), among, len(context.network[Organization]))

    yes = licensed(large.yes)
    return Kleene(yes, ~(yes | licensed(large.unknown)) if large.unknown.any() else ~yes)


BY_DUE_AUTHORITY = Computed(
    "by-due-authority",
    Text("由应当负责的主管单位", "by the authority that licenses it and has enough of its kind"),
    mask=_by_due_authority,
    text=f"CASE WHEN EXISTS {{ ({{near}})-[:LICENSED_BY]->({{far}}) }} THEN {_is_large('{far}', '{near}')} ELSE false END",
    givens=(GROUP_BY,),
    prepared=(LARGE_GROUPS,),
    reads=(LicensedBy,),
)
"""Of a SUPERVISES edge: it comes from the authority that should answer."""

TAKEN_ON = Fact(
    "taken-on",
    Text("由应当负责的主管单位条管", "supervised by an authority that should answer"),
    SUPERVISOR.some(actual(SUPERVISOR) & BY_DUE_AUTHORITY),
)
"""Of several authorities that license it and have enough of its kind, one suffices (J7)."""
