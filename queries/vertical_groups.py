"""Which organisations are of one kind under one authority? The groups that vertical mode is decided by (J7)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import polars as pl

from graphmodel.choices import Category
from graphmodel.declare import column
from graphmodel.parameters import GroupBy, Reading
from graphmodel.schema import UNITS, Authority, LicensedBy, Organization, Supervises
from graphmodel.text import Text
from graphmodel.vectors import Codes, Flags, Indices, Kleene, any_at, count_at
from queries.anchors import Anchor, Keyed
from queries.computed import Computed, Fact
from queries.context import Context
from queries.facts import INCUBATED, OPERATING, ORG, REGISTERED, actual
from queries.given import Given, Prepared, policy
from queries.logic import Names, Truth
from queries.pairs import are_paired, pair_places
from queries.parts import givens
from queries.relations import incoming, outgoing
from queries.values import Fields, quoted

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

    `authority`, `kind` int32[g], places in the authorities and in `words`; `size` int64[g] registered operating
    organisations, incubated ones included; `large` bool[g]; `of_licence` int32[m] the group of each LICENSED_BY edge,
    -1 where the kind is not known.
    """

    authority: Indices
    kind: Indices
    words: list[str]
    size: npt.NDArray[np.int64]
    large: Flags
    of_licence: Indices

    def large_licences(self) -> Flags:
        """bool[m]: the LICENSED_BY edges whose group is large."""
        return np.append(self.large, False)[self.of_licence]


def groups(context: Context) -> Groups:
    """The groups, once per network and policy. Cost: linear in LICENSED_BY."""
    return context.memo("vertical-groups", lambda: _groups(context))


def _groups(context: Context) -> Groups:
    licences, kind = LICENCE.edges(context), kinds(context)
    words = list(kind.words)
    code = kind.code[licences.source].astype(np.int64)
    known = code >= 0
    used, number = _numbered(licences.target[known] * np.int64(len(words)) + code[known])
    of_licence = np.full(len(licences), -1, dtype=np.int32)
    of_licence[known] = number
    counted = COUNTED.evaluate(context.network[Organization], context).yes[licences.source[known]]
    size = np.bincount(number[counted], minlength=len(used)).astype(np.int64)
    authority, place = np.divmod(used, max(1, len(words)))
    large = size >= _minimum(context)
    return Groups(authority.astype(np.int32), place.astype(np.int32), words, size, large, of_licence)


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
    rows, licences, found = len(context.network[Organization]), LICENCE.edges(context), groups(context)
    licensed = np.zeros(rows, dtype=np.bool_)
    licensed[licences.source] = True
    large = np.zeros(rows, dtype=np.bool_)
    large[licences.source[found.large_licences()]] = True
    return Kleene(large, ~large & licensed & (kinds(context).code >= 0))


_COUNTED_GIVENS = tuple(givens(COUNTED).values())
LARGE_GROUPS = Prepared(
    "vertical_groups",
    f"MATCH (o:Organization)-[:LICENSED_BY]->(a:Authority) WHERE {COUNTED.cypher(Names('o'))} "
    f"WITH a.id AS authority, {KIND.replace('{row}', 'o')} AS kind, count(*) AS size "
    f"WHERE kind IS NOT NULL AND size >= ${MINIMUM.name} "
    "RETURN collect([authority, kind]) AS vertical_groups",
    (MINIMUM, GROUP_BY, *_COUNTED_GIVENS),
)

IN_LARGE_GROUP = Computed(
    "in-large-group",
    Text("主管单位下同类够数", "its authority has enough of its kind; unknown without authority or kind"),
    mask=_in_large_group,
    text=f"CASE WHEN ({KIND}) IS NULL OR NOT EXISTS {{ ({{row}})-[:LICENSED_BY]->(:Authority) }} THEN null "
    "ELSE EXISTS { ({row})-[:LICENSED_BY]->(licensing:Authority) "
    f"WHERE [licensing.id, {KIND}] IN vertical_groups }} END",
    givens=(GROUP_BY,),
    prepared=(LARGE_GROUPS,),
)


def _by_due_authority(context: Context) -> Kleene:
    edges, licences = SUPERVISOR.edges(context), LICENCE.edges(context)
    large = groups(context).large_licences()
    among = (licences.source[large], licences.target[large])
    rows = len(context.network[Organization])
    return Kleene.certain(are_paired((edges.target, edges.source), among, rows))


BY_DUE_AUTHORITY = Computed(
    "by-due-authority",
    Text("由应当负责的主管单位", "by the authority that licenses it and has enough of its kind"),
    mask=_by_due_authority,
    text="EXISTS { ({near})-[:LICENSED_BY]->({far}) } "
    f"AND coalesce([{{far}}.id, {KIND.replace('{row}', '{near}')}] IN vertical_groups, false)",
    givens=(GROUP_BY,),
    prepared=(LARGE_GROUPS,),
)
"""Of a SUPERVISES edge: it comes from the authority that should answer."""


class AuthorityIndustry(Keyed, zh="主管单位与行业", en="authority and industry"):
    """Organisations of one industry (or category, or all, as the policy groups) under one authority."""

    authority: str | None = column("业务主管单位", "competent authority")
    kind: str | None = column("同类", "kind: industry, category or all")
    size: int | None = column("家数", "organisations", unit=UNITS)
    due: int | None = column("应条管家数", "due to be supervised", unit=UNITS)
    supervised: int | None = column("已条管家数", "supervised of those due", unit=UNITS)
    lacking: int | None = column("未条管家数", "due and not supervised", unit=UNITS)
    lacking_at_most: int | None = column("未条管家数上限", "due and not supervised at most", unit=UNITS)


GROUP = Fields(AuthorityIndustry)


def _looked_up(titles: dict[str, str]) -> str:
    words = " ".join(f"WHEN {quoted(word)} THEN {quoted(title)}" for word, title in titles.items())
    return f"CASE kind {words} ELSE kind END"


_CATEGORIES, _ALL = {word.value: word.title.zh for word in Category}, {"*": "全部"}
_KIND_TITLE = (
    f"CASE ${GROUP_BY.name} WHEN 'authority-category' THEN {_looked_up(_CATEGORIES)} ELSE {_looked_up(_ALL)} END"
)
"""Cypher: the title of `kind`."""


def _group_frame(context: Context) -> pl.DataFrame:
    found, licences = groups(context), LICENCE.edges(context)
    counted = COUNTED.evaluate(context.network[Organization], context).yes[licences.source]
    use = np.flatnonzero(counted & (found.of_licence >= 0))
    organization, group = licences.source[use], found.of_licence[use]
    due = DUE_WHERE_LARGE.evaluate(context.network[Organization], context).take(organization)
    supervised = _licence_supervised(context).take(use.astype(np.int32))
    lacking = count_at(len(found.size), group, due & ~supervised)

    def certain(truth: Kleene) -> npt.NDArray[np.int64]:
        return np.bincount(group[truth.yes], minlength=len(found.size)).astype(np.int64)

    authority = context.network[Authority].frame[found.authority]
    kind = pl.Series(found.words, dtype=pl.String)[found.kind]
    titles = _CATEGORIES if _by_category(context) else _ALL
    frame = pl.DataFrame(
        {
            "id": authority["id"] + "|" + kind,
            "name": authority["name"].fill_null("") + "·" + kind.replace(titles),
            "authority": authority["id"],
            "kind": kind,
            "size": found.size,
            "due": certain(due),
            "supervised": certain(due & supervised),
            "lacking": lacking.lo,
            "lacking_at_most": lacking.hi,
        }
    )
    return frame.filter(pl.col("size") > 0).sort("id")


def _by_category(context: Context) -> bool:
    return context.values.word(GROUP_BY.name) == GroupBy.AUTHORITY_CATEGORY


def _licence_supervised(context: Context) -> Kleene:
    """Of each LICENSED_BY edge: does that very authority supervise the organisation?"""
    edges, licences = SUPERVISOR.edges(context), LICENCE.edges(context)
    among = (licences.source, licences.target)
    place = pair_places((edges.target, edges.source), among, len(context.network[Organization]))
    found = np.flatnonzero(place >= 0).astype(np.int32)
    truth = actual(SUPERVISOR).evaluate(edges, context)
    return any_at(len(licences), place[found], truth.take(found))


def _anchor_match(due: Truth) -> str:
    supervises = "(a)-[s:SUPERVISES]->(o)"
    return (
        f"MATCH (o:Organization)-[:LICENSED_BY]->(a:Authority) WHERE {COUNTED.cypher(Names('o'))} "
        f"WITH a, o, {KIND.replace('{row}', 'o')} AS kind WHERE kind IS NOT NULL "
        f"WITH a, kind, {due.cypher(Names('o'))} AS due, "
        f"CASE WHEN EXISTS {{ {supervises} WHERE s.state = 'actual' }} THEN true "
        f"WHEN EXISTS {{ {supervises} WHERE s.state IS NULL }} THEN null ELSE false END AS supervised "
        "WITH a, kind, count(*) AS size, count(CASE WHEN due THEN 1 END) AS due, "
        "count(CASE WHEN due AND supervised THEN 1 END) AS supervised, "
        "count(CASE WHEN due AND NOT supervised THEN 1 END) AS lacking, "
        "count(CASE WHEN coalesce(due AND NOT supervised, true) THEN 1 END) AS lacking_at_most "
        "WITH {id: a.id + '|' + kind, name: coalesce(a.name, '') + '·' + "
        + _KIND_TITLE
        + ", authority: a.id, kind: kind, size: size, "
        "due: due, supervised: supervised, lacking: lacking, lacking_at_most: lacking_at_most} AS row"
    )


AUTHORITY_INDUSTRY = Anchor(
    AuthorityIndustry.type_name,
    AuthorityIndustry.title,
    keyed=_group_frame,
    fields=AuthorityIndustry,
    match=_anchor_match(DUE_WHERE_LARGE),
    givens=(GROUP_BY, *givens(COUNTED & DUE_WHERE_LARGE).values()),
)
"""Authority × industry (or category, or all, as the policy groups): id `<authority id>|<industry>`."""
