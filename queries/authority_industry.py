"""Which groups of one authority and one kind are asked about? Their size, how many are due and how many are lacking (J7)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import polars as pl

from graphmodel.choices import Category
from graphmodel.declare import Edge, column
from graphmodel.parameters import GroupBy
from graphmodel.rows import Rows, find_rows
from graphmodel.schema.edges import LicensedBy, Supervises
from graphmodel.schema.nodes import Authority, Organization
from graphmodel.schema.units import UNITS
from graphmodel.vectors import Codes, Indices, Kleene, Numbers, any_at
from queries.anchors import Anchor, Keyed
from queries.beside import joined
from queries.context import Context
from queries.facts import actual
from queries.logic import Expression, Names, Truth, any_of
from queries.pairs import pair_places
from queries.parts import givens
from queries.values import Fields, Value, quoted
from queries.vertical_groups import (
    COUNTED,
    DUE_WHERE_LARGE,
    GROUP_BY,
    KIND,
    LARGE_GROUPS,
    LICENCE,
    SUPERVISOR,
    TAKEN_ON,
    groups,
    tally,
)


class AuthorityIndustry(Keyed, zh="主管单位与行业", en="authority and industry"):
    """Organisations of one industry (or category, or all, as the policy groups) under one authority."""

    authority: str | None = column("业务主管单位", "competent authority")
    kind: str | None = column("同类", "kind: industry, category or all")
    size: int | None = column("家数", "organisations", unit=UNITS)
    size_at_most: int | None = column("家数上限", "organisations at most", unit=UNITS)
    due: int | None = column("应条管家数", "due to be supervised", unit=UNITS)
    supervised: int | None = column("已条管家数", "supervised of those due", unit=UNITS)
    lacking: int | None = column("未条管家数", "due and not supervised", unit=UNITS)
    lacking_at_most: int | None = column("未条管家数上限", "due and not supervised at most", unit=UNITS)


@dataclass(frozen=True, slots=True, eq=False)
class _Between(Value):
    """A number of which a lowest and a highest are fields of the row; `reads` are the relations that were counted."""

    lowest: Value
    highest: Value
    reads: tuple[type[Edge], ...]

    def evaluate(self, rows: Rows, context: Context) -> Numbers | Codes:
        lowest, highest = (value.evaluate(rows, context) for value in (self.lowest, self.highest))
        assert isinstance(lowest, Numbers)
        assert isinstance(highest, Numbers)
        return Numbers(lowest.lo, highest.hi)

    def bounds(self, names: Names) -> tuple[str, str]:
        return self.lowest.bounds(names)[0], self.highest.bounds(names)[1]

    def parts(self) -> tuple[Expression, ...]:
        return (self.lowest, self.highest)


_GROUP = Fields(AuthorityIndustry)
SIZE: Value = _Between(_GROUP.size, _GROUP.size_at_most, (LicensedBy,))
"""How many organisations a group counts; of some it may not be known whether they belong to it."""
LACKING: Value = _Between(_GROUP.lacking, _GROUP.lacking_at_most, (LicensedBy, Supervises))
"""How many of them fall to the authority and are supervised neither by it nor by another one that should answer."""


def _looked_up(titles: dict[str, str]) -> str:
    words = " ".join(f"WHEN {quoted(word)} THEN {quoted(title)}" for word, title in titles.items())
    return f"CASE kind {words} ELSE kind END"


_CATEGORIES, _ALL = {word.value: word.title.zh for word in Category}, {"*": "全部"}
_KIND_TITLE = (
    f"CASE ${GROUP_BY.name} WHEN 'authority-category' THEN {_looked_up(_CATEGORIES)} ELSE {_looked_up(_ALL)} END"
)
"""Cypher: the title of `kind`."""


def _not_supervised(context: Context) -> Kleene:
    """Of each LICENSED_BY edge: does the organisation fall to that authority, and is not supervised as it should be?"""
    due = _of_licence(COUNTED & DUE_WHERE_LARGE, context)
    return due & ~_licence_supervised(context)


def _of_licence(fact: Truth, context: Context) -> Kleene:
    return fact.evaluate(context.network[Organization], context).take(LICENCE.edges(context).source)


def not_taken_on(rows: Rows, context: Context, at: Indices) -> pl.Series:
    """Names of the organisations of each group that fall to the authority and are certainly not supervised."""
    found, licences = groups(context), LICENCE.edges(context)
    ids = (
        context.network[Authority].frame[found.authority]["id"]
        + "|"
        + pl.Series(found.words, dtype=pl.String)[found.kind]
    )
    places = np.append(find_rows(ids, rows.frame["id"]), np.int32(-1))[found.of_licence]
    left = np.flatnonzero(_not_supervised(context).yes & np.isin(places, at))
    organizations = context.network[Organization].frame.select(pl.coalesce("name", "id")).to_series()
    return joined(at, places[left], organizations[licences.source[left]])


def _group_frame(context: Context) -> pl.DataFrame:
    found = groups(context)
    due, supervised = _of_licence(COUNTED & DUE_WHERE_LARGE, context), _licence_supervised(context)
    lacking = tally(context, found.authority, found.of_licence, due & ~supervised)
    counted = _of_licence(COUNTED, context).possible & (found.of_licence >= 0)
    inhabited = np.bincount(found.of_licence[counted], minlength=len(found.authority)) > 0

    def certain(truth: Kleene) -> npt.NDArray[np.int64]:
        return tally(context, found.authority, found.of_licence, truth).lo.astype(np.int64)

    authority = context.network[Authority].frame[found.authority]
    kind = pl.Series(found.words, dtype=pl.String)[found.kind]
    titles = _CATEGORIES if _by_category(context) else _ALL
    frame = pl.DataFrame(
        {
            "id": authority["id"] + "|" + kind,
            "name": authority["name"].fill_null("") + "·" + kind.replace(titles),
            "authority": authority["id"],
            "kind": kind,
            "size": found.size.lo,
            "size_at_most": found.size.hi,
            "due": certain(due),
            "supervised": certain(due & supervised),
            "lacking": lacking.lo,
            "lacking_at_most": lacking.hi,
        }
    )
    return frame.filter(pl.Series(inhabited)).sort("id")


def _by_category(context: Context) -> bool:
    return context.values.word(GROUP_BY.name) == GroupBy.AUTHORITY_CATEGORY


def _licence_supervised(context: Context) -> Kleene:
    """Of each LICENSED_BY edge: does that authority supervise the organisation, or another one that should answer for it?"""
    edges, licences = SUPERVISOR.edges(context), LICENCE.edges(context)
    among = (licences.source, licences.target)
    place = pair_places((edges.target, edges.source), among, len(context.network[Organization]))
    found = np.flatnonzero(place >= 0).astype(np.int32)
    truth = actual(SUPERVISOR).evaluate(edges, context)
    return any_at(len(licences), place[found], truth.take(found)) | _of_licence(TAKEN_ON, context)


def _anchor_match(due: Truth) -> str:
    """Cypher: one row a group. What is of unknown kind counts at most in each group of its authority."""
    supervised = any_of("(a)-[s:SUPERVISES]->(o)", "s.state = 'actual'")
    return (
        f"CALL () {{ {LARGE_GROUPS.text} }} "
        f"MATCH (o:Organization)-[:LICENSED_BY]->(a:Authority) WITH vertical_groups, a, o, {KIND.replace('{row}', 'o')} AS kind, "
        f"{COUNTED.cypher(Names('o'))} AS counted WHERE coalesce(counted, true) "
        f"WITH a, kind, counted, counted AND {due.cypher(Names('o'))} AS due, "
        f"{supervised} OR {TAKEN_ON.cypher(Names('o'))} AS supervised "
        "WITH a, kind, count(CASE WHEN counted THEN 1 END) AS size, count(*) AS most, "
        "count(CASE WHEN due THEN 1 END) AS due, "
        "count(CASE WHEN due AND supervised THEN 1 END) AS supervised, "
        "count(CASE WHEN due AND NOT supervised THEN 1 END) AS lacking, "
        "count(CASE WHEN coalesce(due AND NOT supervised, true) THEN 1 END) AS lacking_most "
        "WITH a, collect({kind: kind, size: size, most: most, due: due, supervised: supervised, lacking: lacking, "
        "lacking_most: lacking_most}) AS found WITH a, found, "
        "coalesce([g IN found WHERE g.kind IS NULL][0], {most: 0, lacking_most: 0}) AS open "
        "UNWIND [g IN found WHERE g.kind IS NOT NULL] AS g WITH a, g, open, g.kind AS kind "
        "WITH {id: a.id + '|' + kind, name: coalesce(a.name, '') + '·' + "
        + _KIND_TITLE
        + ", authority: a.id, kind: kind, size: g.size, size_at_most: g.most + open.most, due: g.due, "
        "supervised: g.supervised, lacking: g.lacking, lacking_at_most: g.lacking_most + open.lacking_most} AS row"
    )


AUTHORITY_INDUSTRY = Anchor(
    AuthorityIndustry.type_name,
    AuthorityIndustry.title,
    keyed=_group_frame,
    fields=AuthorityIndustry,
    match=_anchor_match(DUE_WHERE_LARGE),
    givens=(GROUP_BY, *givens(COUNTED & DUE_WHERE_LARGE & TAKEN_ON).values()),
)
"""Authority × industry (or category, or all, as the policy groups): id `<authority id>|<industry>`."""
