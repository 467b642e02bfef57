"""What do the pages look at first? Where findings lie, the matrix of gaps, how cover flows and changes, one node's findings."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl

from api.answers import answer_to, findings_of
from api.naming import node_named
from api.scope import DistrictOnly
from api.scoped import MembersHidden
from api.workspace import Workspace
from graphmodel.declare import Node
from graphmodel.history import standing
from graphmodel.network import Network, Stamp
from graphmodel.paths import NodeKey, row_of
from graphmodel.schema import NODE_TYPES
from graphmodel.schema.edges import LicensedBy
from graphmodel.schema.nodes import Authority, Organization, Street
from graphmodel.text import Refusal, Text
from graphmodel.vectors import Flags
from queries.answer import Answer
from queries.breakdown import Breakdown, Dimension, breakdown
from queries.context import Context
from queries.coverage import Rates, coverage
from queries.question import Question, Severity
from queries.registry import catalogue
from visualizations.lanes import KIND_LOOKS
from visualizations.standing import street_rows
from visualizations.words import PLACED, authority_names, street_names

LINES = 12  # authorities of the flow that stand alone, the largest; and revisions of the trend
MATRIX_LINES = 40  # streets and authorities of the matrix that stand alone, those with the most gaps
OTHERS = Text("其他主管单位", "other authorities")
OTHER_STREETS = Text("其他街道", "other streets")
Table = np.ndarray[tuple[int, int], np.dtype[np.int64]]


class NotOfOrganisations(Refusal):
    """A matrix of streets by authorities was asked of a question about something else."""

    def __init__(self, term: str) -> None:
        message = Text(
            "“{term}”不是关于社会组织的问题，没有矩阵。", "'{term}' is not about organisations and has no matrix."
        )
        super().__init__(message.format(term=term), code="not-of-organisations")


class BadPlace(Refusal):
    """Findings were asked for by a place that their question's rows do not have, or for a reason that it does not know."""

    def __init__(self, term: str, text: str, known: Mapping[str, Text]) -> None:
        message = Text("“{term}”的明细不能按“{text}”筛选。", "Findings of '{term}' cannot be chosen by '{text}'.")
        hint = Text(
            "可用：" + ("；".join(f"{code}（{title.zh}）" for code, title in known.items()) or "无"),
            "There are: " + ("; ".join(f"{code} ({title.en})" for code, title in known.items()) or "none"),
        )
        super().__init__(message.format(term=term, text=text[:80]), hint, code="bad-filter")


def places_of(element: type[Node] | None) -> dict[str, Text]:
    """By which places nodes of a type, and what is found of them, can be chosen: the fields of `Place` that they have, and their titles."""
    street = {"street": Street.title} if element in PLACED else {}
    return street | ({"authority": Authority.title} if element is Organization else {})


@dataclass(frozen=True, slots=True)
class Place:
    """Which findings are wanted: of a street, of an authority, with a verdict, for a reason; None asks nothing."""

    street: str | None = None
    authority: str | None = None
    verdict: str | None = None
    reason: str | None = None


def located(answer: Answer, context: Context, place: Place | None = None) -> pl.DataFrame:
    """The findings of an answer as `findings_of` gives them, with `street` and `authority` by name where its rows have such.

    Errors: `BadPlace`; those of `node_named` for a street or authority that there is not. Cost: linear in the findings,
    the first time or where not all are wanted.
    """
    found = _with_places(answer, context)
    kept = at_place(answer, context, place or Place())
    return found if kept.all() else found.filter(pl.Series(kept))


def at_place(answer: Answer, context: Context, place: Place) -> Flags:
    """bool[n], by the order of `findings_of`: which findings are wanted. Errors and cost as `located`."""
    check_place(answer.question, context.network, place)
    found, element = _with_places(answer, context), answer.question.anchor.element
    rows = np.concatenate([answer.gap_rows, answer.unknown_rows])
    kept = np.ones(found.height, dtype=np.bool_)
    if element is not None and (place.street is not None or place.authority is not None):
        kept &= standing_at(context, element, place.street, place.authority)[rows]
    if place.verdict is not None:
        kept &= (found["verdict"] == place.verdict).to_numpy()
    if place.reason is not None:
        kept &= found["reasons"].list.contains(place.reason).to_numpy()
    return kept


def standing_at(context: Context, element: type[Node], street: str | None, authority: str | None) -> Flags:
    """bool[n]: which nodes of a type lie in a street, and which organisations have an authority, by id or name; None asks nothing.

    Errors: those of `node_named` for a street or authority that there is not. Cost: linear in the nodes.
    """
    kept = np.ones(len(context.network[element]), dtype=np.bool_)
    if street is not None:
        kept &= street_rows(context, element) == _row_named(context.network, Street, street)
    if authority is not None:
        edges = context.network.edges(LicensedBy, Organization, Authority)
        licensed = np.zeros(len(kept), dtype=np.bool_)
        licensed[edges.source[edges.target == _row_named(context.network, Authority, authority)]] = True
        kept &= licensed
    return kept


def populated(context: Context, element: type[Node]) -> Flags:
    """bool[n]: which streets, or which authorities, have an organisation. Cost: linear in the organisations."""
    there = np.zeros(len(context.network[element]), dtype=np.bool_)
    if element is Street:
        rows = street_rows(context, Organization)
        there[rows[rows >= 0]] = True
    else:
        there[context.network.edges(LicensedBy, Organization, element).target] = True
    return there


def check_place(asked: Question, network: Network, place: Place) -> None:
    """Errors: `BadPlace` for what the findings of a question cannot be chosen by; those of `node_named`."""
    known = places_of(asked.anchor.element)
    for name, wanted in (("street", place.street), ("authority", place.authority)):
        if wanted is not None and name not in known:
            raise BadPlace(asked.term, name, known)
    for element, wanted in ((Street, place.street), (Authority, place.authority)):
        if wanted is not None:
            _row_named(network, element, wanted)
    if place.reason is not None and place.reason not in asked.reasons:
        raise BadPlace(asked.term, place.reason, {code: reason.text for code, reason in asked.reasons.items()})


def _row_named(network: Network, element: type[Node], written: str) -> int:
    """The row of the node that is meant by an id or a name."""
    return row_of(network, NodeKey(element.type_name, node_named(network, element, written)))


def _with_places(answer: Answer, context: Context) -> pl.DataFrame:
    """The findings with street and authority by name, made once."""
    element, earlier = answer.question.anchor.element, context.earlier
    since = None if earlier is None else earlier.network.stamp.revision

    def made() -> pl.DataFrame:
        found = findings_of(answer, context)
        rows = np.concatenate([answer.gap_rows, answer.unknown_rows])
        if element is not None and (streets := street_names(context, element, rows)) is not None:
            found = found.with_columns(streets.alias("street"))
        if element is Organization:
            found = found.with_columns(authority_names(context).gather(rows).alias("authority"))
        return found

    return context.memo(("located", answer.question.id, since), made)


@dataclass(frozen=True, slots=True)
class Matrix:
    """Gaps and rows in scope, streets by authorities: int64[r, c], the last row and column the sums.

    `rows`, `columns` name the lines: key (None of what is not stated, of what is told together, and of the sums) and name.
    """

    rows: list[tuple[str | None, str]]
    columns: list[tuple[str | None, str]]
    gaps: Table
    totals: Table


def matrix(answer: Answer, context: Context, everybody: Text) -> Matrix:
    """Where the gaps of a question about organisations are; lines of which nothing is in scope are left out.

    Of more than `MATRIX_LINES` streets or authorities those with the most gaps stand alone, all others together.
    An organisation that is licensed by several authorities stands under each, and once in its street's sum.
    Errors: `NotOfOrganisations`. Cost: linear in organisations.
    """
    if answer.question.anchor.element is not Organization:
        raise NotOfOrganisations(answer.question.term)
    streets, authorities = breakdown(context, Dimension.STREET), breakdown(context, Dimension.AUTHORITY)
    asked = not answer.no_data
    totals, gaps = (_counted(streets, authorities, truth.yes & asked) for truth in (answer.scope, answer.gap))
    rows, columns = (_standing(gaps, totals), _standing(gaps.T, totals.T))
    return Matrix(
        _names(streets, rows, OTHER_STREETS, everybody),
        _names(authorities, columns, OTHERS, everybody),
        *(_together(_together(table, rows).T, columns).T for table in (gaps, totals)),
    )


Lines = tuple[np.ndarray[tuple[int], np.dtype[np.bool_]], np.ndarray[tuple[int], np.dtype[np.bool_]]]
"""Of the lines of a matrix but for the sums: which stand alone, which are told together."""


def _standing(gaps: Table, totals: Table) -> Lines:
    """Which rows stand alone, and which are told together since there are too many."""
    short, whole = gaps[:-1, -1], totals[:-1, -1]
    alone = np.zeros(len(whole), dtype=np.bool_)
    alone[np.lexsort((-whole, -short))[:MATRIX_LINES]] = True
    return alone & (whole > 0), ~alone & (whole > 0)


def _together(table: Table, lines: Lines) -> Table:
    alone, rest = lines
    return np.concatenate(
        [table[:-1][alone], *([table[:-1][rest].sum(axis=0)[None]] if rest.any() else []), table[-1:]]
    )


def _counted(streets: Breakdown, authorities: Breakdown, mask: np.ndarray[tuple[int], np.dtype[np.bool_]]) -> Table:
    height, width = len(streets.keys) + 1, len(authorities.keys) + 1
    found = np.zeros((height, width), dtype=np.int64)
    here = mask[authorities.organization]
    street = streets.group[authorities.organization[here]].astype(np.int64)
    cells = np.bincount(street * width + authorities.group[here], minlength=height * width)
    found[:, :] = cells.reshape(height, width)
    found[:-1, -1] = np.bincount(streets.group[mask], minlength=height - 1)
    found[-1, :-1] = found[:-1, :-1].sum(axis=0)
    found[-1, -1] = int(mask.sum())
    return found


def _names(lines: Breakdown, which: Lines, others: Text, everybody: Text) -> list[tuple[str | None, str]]:
    alone, rest = which
    named = [line for line, keep in zip(zip(lines.keys, lines.names, strict=True), alone, strict=True) if keep]
    return [*named, *([(None, others.both())] if rest.any() else []), (None, everybody.both())]


def cover_flow(context: Context) -> list[tuple[str, str, int]]:
    """How the registered organisations of each authority are covered: authority, look of the cover, how many.

    The largest authorities alone, all others together. Cost: linear in organisations.
    """
    now, lines = coverage(context), breakdown(context, Dimension.AUTHORITY)
    counted = now.registered.yes[lines.organization]
    frame = pl.DataFrame(
        {
            "authority": lines.names.gather(lines.group[counted]),
            "look": np.array(KIND_LOOKS)[now.kind[lines.organization[counted]]],
        }
    )
    largest = (
        frame["authority"]
        .value_counts(sort=True)
        .sort("count", "authority", descending=[True, False])["authority"]
        .head(LINES)
    )
    known = pl.when(pl.col("authority").is_in(largest.to_list())).then("authority").otherwise(pl.lit(OTHERS.both()))
    flow = (
        frame.group_by(known.alias("authority"), "look")
        .len()
        .sort("len", "authority", "look", descending=[True, False, False])
    )
    return [(str(a), str(look), int(n)) for a, look, n in flow.iter_rows()]


def trend(workspace: Workspace, before: Context) -> list[tuple[Stamp, Rates]]:
    """The rates of the registered at the last revisions up to that of a context, the last of each day, oldest first.

    An act that was undone has no point, nor has its undoing; those between still hold it.
    Cost: reads each of those revisions, once for each network that is kept.
    """

    def computed() -> list[tuple[Stamp, Rates]]:
        stamp = before.network.stamp
        acts = standing(workspace.revisions()[: stamp.revision])
        last = {r.act.as_of: r.number for r in acts} | {stamp.as_of: stamp.revision}
        found = []
        for _, number in sorted(last.items())[-LINES:]:
            with workspace.passing(workspace.context(number)) as each:
                if len(each.network[Organization]):
                    found.append((each.network.stamp, coverage(each).rates()))
        return found

    return before.network.memo(("trend", before.values.digest), computed)


def answers_seen(workspace: Workspace, context: Context, element: type[Node] | None = None) -> Iterator[Answer]:
    """The answers to every question that judges rows and that the account may see, the gravest first.

    Those about nodes of one type where one is given. Cost: all these questions, once for each revision.
    """
    asked = (each for each in catalogue().values() if isinstance(each, Question))
    wanted = [each for each in asked if element is None or each.anchor.element is element]
    for each in sorted(wanted, key=lambda question: list(Severity).index(question.severity)):
        try:
            yield answer_to(workspace, each.id, context)
        except (DistrictOnly, MembersHidden):
            continue


def found_at(workspace: Workspace, node: NodeKey, context: Context) -> list[tuple[Question, dict[str, Any]]]:
    """What the questions find at one node: question and finding, gaps before what cannot be told, the gravest first.

    Errors: `NoSuchNode`. Cost: all questions about nodes of its type, once for each revision.
    """
    row_of(context.network, node)
    found = [
        (answer.question, row)
        for answer in answers_seen(workspace, context, NODE_TYPES[node.type])
        for row in findings_of(answer, context).filter(pl.col("id") == node.id).to_dicts()
    ]
    return sorted(found, key=lambda each: each[1]["verdict"] != "gap")
