"""Which findings does each proposal close, in the plan that it is part of?

A finding is closed where the plan, as if confirmed, ends it. A proposal declares those that would open again without
it. Who bears on a reason of a question is read off its expression: who changes relations that it reads, at its row.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import replace

import numpy as np
import polars as pl

from graphmodel.rows import NodeRows, Rows, find_rows
from graphmodel.schema.edges import Incubates, Supervises
from graphmodel.schema.nodes import Authority, GuidanceStation, Hub, InstructorPost, Organization, PartyOrganization
from graphmodel.vectors import Flags, Numbers
from planning import book
from planning.heeding import heed
from planning.isolation import ISOLATED, confirmed, declared_isolation
from planning.plan import Proposal
from planning.rules import IDLE
from queries.answer import Answer, ask, identities
from queries.authority_industry import AUTHORITY_INDUSTRY, AuthorityIndustry
from queries.branches import PRESENT_UNIT, UNIT
from queries.computed import Computed
from queries.context import Context
from queries.guidance import HUB_RAISES, POST_SERVES, STATION_SERVES, load, present
from queries.logic import Truth
from queries.parts import walk
from queries.question import Question
from queries.registry import judged
from queries.values import Field, Value
from queries.vertical_groups import LICENCE, kinds

_READ_BY_GROUPS = [Supervises.type_name, Incubates.type_name]

FAR_REACHING = ("redistricting", "single-point-of-failure")
"""Questions whose answer about one node hangs on relations far from it: no proposal declares that it closes them."""


def answers(context: Context) -> dict[str, Answer]:
    """Every judging question asked of a context, once."""

    def asked(question: Question) -> Answer:
        heed()
        return ask(question, context)

    return context.memo("all-answers", lambda: {q.id: asked(q) for q in judged()})


def with_closing(context: Context, before: Context, after: Context, proposals: Sequence[Proposal]) -> list[Proposal]:
    """The proposals of one plan, each with the identities of the findings that it closes.

    `before` and `after` are the context as if everything planned, and then these proposals too, were confirmed.
    Cost: the catalogue twice, and joins over what the proposals touch.
    """
    if not proposals:
        return []
    touched = _touched(before, proposals)
    then, now = answers(before), answers(after)
    parts = [
        _declared(then[id_], now[id_], touched, context, after, proposals)
        for id_ in then
        if id_ not in FAR_REACHING and not then[id_].no_data
    ]
    none = pl.DataFrame(schema={"page": pl.Int64, "identity": pl.String})
    declared = pl.concat([none, *parts]).unique().sort("page", "identity")
    closes = dict(declared.group_by("page", maintain_order=True).agg("identity").iter_rows())
    declares = [tuple(closes.get(page, ())) for page in range(len(proposals))]
    return [p if p.closes == own else replace(p, closes=own) for p, own in zip(proposals, declares, strict=True)]


def _touched(context: Context, proposals: Sequence[Proposal]) -> pl.DataFrame:
    """Which rows of anchors each proposal touches, and by changes of which type: `page`, `by`, `type`, `id`."""
    touched = book.touched([p.changes for p in proposals])
    for_whom = [(page, s.type, s.id) for page, p in enumerate(proposals) for s in p.subjects]
    subjects = pl.DataFrame(for_whom, schema={"page": pl.Int64, "type": pl.String, "id": pl.String}, orient="row")
    by = touched.select("page", "by").unique()
    touched = pl.concat([touched, subjects.join(by, on="page").select(touched.columns)])
    return pl.concat([touched, _groups(context, touched)]).unique(maintain_order=True)


def _groups(context: Context, touched: pl.DataFrame) -> pl.DataFrame:
    """The groups of authority and kind of organisations that a proposal supervises or takes in."""
    found, licences = kinds(context), LICENCE.edges(context)
    words = pl.Series([*found.words, None], dtype=pl.String)
    kind = words.gather(np.where(found.code < 0, len(found.words), found.code)[licences.source])
    of = pl.DataFrame(
        {
            "organization": context.network[Organization].ids.gather(licences.source),
            "group": context.network[Authority].ids.gather(licences.target) + "|" + kind,
        }
    ).drop_nulls()
    bearing = pl.col("by").is_in(_READ_BY_GROUPS) & (pl.col("type") == Organization.type_name)
    hits = touched.filter(bearing).join(of, left_on="id", right_on="organization")
    return hits.select("page", "by", pl.lit(AUTHORITY_INDUSTRY.name).alias("type"), pl.col("group").alias("id"))


def _declared(
    then: Answer, now: Answer, touched: pl.DataFrame, context: Context, after: Context, proposals: Sequence[Proposal]
) -> pl.DataFrame:
    heed()
    question, rows = then.question, then.rows
    place = find_rows(rows.frame["id"], now.rows.frame["id"])
    gap = np.zeros(len(rows), dtype=np.bool_)
    gap[then.gap_rows] = True
    closed = gap & (not now.no_data) & ((place < 0) | np.append(now.gap.no, True)[place])
    if question.id == ISOLATED:
        return declared_isolation(then, set(rows.frame["id"].filter(pl.Series(closed))), context, proposals)
    here = touched.filter(pl.col("type") == question.anchor.name)
    parts = []
    for code, truth in then.reasons.items():
        mine = np.flatnonzero(closed & truth.yes)
        if not len(mine):
            continue
        relations = [*_reads(question.scope), *_reads(question.reasons[code].when), question.anchor.name]
        ended = pl.DataFrame({"id": rows.frame["id"].gather(mine), "after": place[mine]})
        bears = here.filter(pl.col("by").is_in(relations)).select("page", "id").unique()
        candidates = ended.join(bears, on="id", how="inner").with_columns(alone=pl.len().over("id") == 1)
        tight = _tight(question.id, code, after)
        needed = candidates["alone"].to_numpy().copy()
        if tight is not None:
            needed |= np.append(tight, False)[candidates["after"].to_numpy()]
        several = candidates.filter(~pl.Series(needed))
        parts.append(candidates.filter(pl.Series(needed)))
        if several.height and tight is None and (question.id, code) not in IDLE:  # each ends it alone: none is needed
            parts.append(_tried(question, relations, several, context, proposals))
    chosen = (
        pl.concat([p.select("page", "id") for p in parts])
        if parts
        else pl.DataFrame(schema={"page": pl.Int64, "id": pl.String})
    )
    return chosen.select("page", identities(question, pl.col("id")).alias("identity"))


def _reads(truth: Truth) -> list[str]:
    """The relations that an expression reads."""
    found: list[str] = []
    for part in walk(truth):
        hop = getattr(part, "hop", None)
        if hop is not None:
            found.append(hop.edge_type.type_name)
        if isinstance(part, Field) and part.element is AuthorityIndustry:
            found += _READ_BY_GROUPS
        if isinstance(part, Computed):
            found += [read.type_name for read in part.reads if isinstance(read, type)]
    return found


def _tight(question: str, code: str, after: Context) -> Flags | None:
    """bool[rows]: would the reason hold again with one change less? None where that is so of no row with several."""
    make = _TIGHT.get((question, code))
    return None if make is None else make(after)


def _at_limit(element: type[PartyOrganization] | type[Hub] | type[GuidanceStation] | type[InstructorPost],
              number: Value, limit: Callable[[Context], float | str]) -> Callable[[Context], Flags]:  # fmt: skip
    def tight(after: Context) -> Flags:
        rows: NodeRows = after.network[element]
        count = number.evaluate(rows, after)
        most = limit(after)
        bound = rows.vector(most) if isinstance(most, str) else most
        assert isinstance(count, Numbers)
        assert isinstance(bound, Numbers | int | float)
        return count.equal_to(bound).yes

    return tight


_RAISED = HUB_RAISES.count(present(HUB_RAISES) & HUB_RAISES.edge.kind.is_("demonstration"))


def _value(name: str) -> Callable[[Context], float | str]:
    return lambda context: context.values.integer(name)


def _every_group(after: Context) -> Flags:
    rows: Rows = AUTHORITY_INDUSTRY.rows(after)
    return np.ones(len(rows), dtype=np.bool_)


_TIGHT: Mapping[tuple[str, str], Callable[[Context], Flags]] = {
    ("vertical-not-taken-on", "not-taken-on"): _every_group,
    ("demonstration-quota", "too-few"): _at_limit(Hub, _RAISED, _value("demonstration_min")),
    ("demonstration-quota", "too-many"): _at_limit(Hub, _RAISED, _value("demonstration_max")),
    ("joint-branch-too-wide", "too-wide"): _at_limit(
        PartyOrganization, UNIT.count(PRESENT_UNIT), _value("joint_max_units")
    ),
    ("station-load", "over"): _at_limit(GuidanceStation, load(STATION_SERVES), lambda _: "capacity"),
    ("instructor-load", "over"): _at_limit(InstructorPost, load(POST_SERVES), _value("instructor_max_load")),
}
"""Reasons that count: with several changes at one row, each is needed where the count stands at its limit."""

_TRIALS = 1_000_000  # organisations times trials that the exact answer is worth, for one reason


def _tried(
    question: Question,
    relations: Collection[str],
    several: pl.DataFrame,
    context: Context,
    proposals: Sequence[Proposal],
) -> pl.DataFrame:
    """Of several proposals at one row, those without which the gap opens again: found by leaving out one at each row.

    Of what proposals change, only the `relations` that are read are carried out, unless the rows are of Party organisations,
    which plans end themselves. At sizes at which that is too much, none
    of them is said to be needed.
    """
    turns = _turns(several)
    if len(turns) * len(context.network[Organization]) > _TRIALS:
        return several.clear()
    read = None if question.anchor.element is PartyOrganization else relations
    needed = []
    for pages in turns:
        without = confirmed(context, [p for page, p in enumerate(proposals) if page not in pages], read)
        gaps = ask(question, without).ids("gap")
        needed.append(several.filter(pl.col("page").is_in(list(pages)) & pl.col("id").is_in(gaps)))
    return pl.concat(needed)


def _turns(several: pl.DataFrame) -> list[set[int]]:
    """The proposals in few groups, of which no two bear on one row."""
    rows_of: dict[int, set[str]] = {}
    for page, id_ in several.sort("page", "id").select("page", "id").iter_rows():
        rows_of.setdefault(page, set()).add(id_)
    turns: list[tuple[set[int], set[str]]] = []
    for page, rows in rows_of.items():
        turn = next((t for t in turns if not t[1] & rows), None)
        if turn is None:
            turn = (set(), set())
            turns.append(turn)
        turn[0].add(page)
        turn[1].update(rows)
    return [pages for pages, _ in turns]
