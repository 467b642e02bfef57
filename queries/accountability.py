"""How does each authority and street stand? Coverage, gaps by severity and trend in its care (J18)."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import polars as pl

from graphmodel.declare import Node
from graphmodel.schema.edges import Appraises, PartOf, PartyBodyOf
from graphmodel.schema.nodes import Authority, GoverningBody, Organization, Street
from graphmodel.vectors import Flags
from queries.answer import ask
from queries.breakdown import Breakdown, Dimension, breakdown
from queries.case_overview import overdue_by_body
from queries.changes_between import Change, gap_changes
from queries.context import Context
from queries.coverage import coverage
from queries.facts import ORG
from queries.question import Question, Severity
from queries.registry import judged

CARE: dict[Dimension, type[Node]] = {Dimension.AUTHORITY: Authority, Dimension.STREET: Street}
"""Whose score cards there are: an authority has those it licenses in its care, a street those that are in it."""

SCORED = (Severity.HIGH, Severity.MIDDLE, Severity.ADVICE)
"""The severities of a score card, the gravest first; rules that are the project's own never enter it."""

COLUMNS = (
    "kind",
    "id",
    "name",
    "organisations",
    "denominator",
    "covered",
    "coverage_rate",
    "coverage_lowest",
    "coverage_highest",
    "rank",
    *(severity.value for severity in SCORED),
    "opened",
    "closed",
    "overdue",
    "review_year",
    "review_score",
)


def scored_questions() -> list[Question]:
    """The questions about organisations that a score card counts."""
    return [q for q in judged() if q.anchor.element is Organization and q.severity in SCORED]


def gravest(context: Context) -> npt.NDArray[np.int8]:
    """int8[n]: of each organisation the gravest severity among its gaps, its place in `SCORED`, -1 without a gap.

    Cost: every scored question asked once. Nothing is kept, since some of them look at an earlier revision.
    """
    worst = np.full(len(context.network[Organization]), len(SCORED), dtype=np.int8)
    for question in scored_questions():
        rows = ask(question, context).gap_rows
        worst[rows] = np.minimum(worst[rows], np.int8(SCORED.index(question.severity)))
    return np.where(worst == len(SCORED), np.int8(-1), worst)


def scorecard(context: Context, earlier: Context | None = None) -> pl.DataFrame:
    """One row for each authority, then each street, by id; columns as `COLUMNS`.

    `organisations` in its care, all tracks, those that have left the register left out; `covered` of `denominator`
    and the rate as the policy counts them (N13), the rate with its range; `rank` within its kind by the rate, best
    first, equal rates sharing a rank, null where the denominator is under the policy's smallest; organisations with a
    gap by severity, each once, by its gravest; gaps `opened` (again, too) and `closed` since `earlier`; cases `overdue`,
    where the context has them, its Party organisation's and a street's communities' among them; year and score of the
    last review on record (J18). What there is not (`earlier`, cases, a review) leaves its columns null, never 0.
    Cost: every scored question asked once, twice more with `earlier`.
    """
    worst = gravest(context)
    cards = pl.concat([_cards(context, dimension, worst) for dimension in CARE])
    trend = _unknown(cards, "opened", "closed") if earlier is None else _trend(earlier, context)
    late = _unknown(cards, "overdue") if context.cases is None else _late(context.cases, context)
    for more, known in ((trend, earlier is not None), (late, context.cases is not None)):
        cards = cards.join(more, on=["kind", "id"], how="left", maintain_order="left")
        cards = cards.with_columns(pl.col(more.columns[2:]).fill_null(0)) if known else cards
    reviews = pl.concat([_reviews(context, dimension) for dimension in CARE])
    return cards.join(reviews, on=["kind", "id"], how="left", maintain_order="left").select(COLUMNS)


def _reviews(context: Context, dimension: Dimension) -> pl.DataFrame:
    """The last review of each body that has one: `kind`, `id`, `review_year`, `review_score`; the lowest score, should several give one."""
    body = CARE[dimension]
    edges = context.network.edges(Appraises, GoverningBody, body)
    given = edges.frame.select(pl.lit(dimension.value).alias("kind"), review_year="year", review_score="score")
    reviews = given.with_columns(context.network[body].ids.gather(edges.target).alias("id"))
    last = reviews.filter(pl.col("review_year") == pl.col("review_year").max().over("id"))
    return last.group_by("kind", "id", "review_year").agg(pl.col("review_score").min())


def _cards(context: Context, dimension: Dimension, worst: npt.NDArray[np.int8]) -> pl.DataFrame:
    lines, rows = breakdown(context, dimension), context.network[Organization]
    left = ORG.status.is_("deregistered").evaluate(rows, context).yes
    figures = coverage(context).rates_by(lines)
    counts = {"organisations": _count(lines, ~left)}
    counts |= {severity.value: _count(lines, worst == place) for place, severity in enumerate(SCORED)}
    rates = figures.select("coverage_rate", "coverage_lowest", "coverage_highest", denominator="total")
    frame = lines.lines().rename({"key": "id", "dimension": "kind"}).hstack(pl.DataFrame(counts)).hstack(rates)
    covered = (pl.col("coverage_rate") * pl.col("denominator")).round().fill_null(0)
    smallest = context.values.integer("scorecard_min_denominator")
    ranked = pl.when(pl.col("denominator") >= smallest).then("coverage_rate")
    return (
        frame.head(len(context.network[CARE[dimension]]))  # the lines after the bodies are of those in nobody's care
        .with_columns(covered=covered.cast(pl.Int64), rank=ranked.rank("min", descending=True).cast(pl.Int64))
        .sort("id")
    )


def _count(lines: Breakdown, mask: Flags) -> npt.NDArray[np.int64]:
    return np.bincount(lines.group[lines.spread(mask)], minlength=len(lines.keys)).astype(np.int64)


def _trend(earlier: Context, context: Context) -> pl.DataFrame:
    """Gaps opened and closed by kind and id; a closed one is counted where its organisation was."""
    changes = gap_changes(earlier, context, questions=scored_questions())
    by_id = changes.select("change", pl.col("id").alias("organization"))
    opened = by_id.filter(pl.col("change").is_in([Change.NEW.value, Change.REOPENED.value]))
    closed = by_id.filter(pl.col("change") == Change.CLOSED.value)
    sides = (("opened", opened, context), ("closed", closed, earlier))
    parts: list[pl.DataFrame] = [
        changed.join(_care(of, dimension), on="organization").group_by("kind", "id").len(name)
        for dimension in CARE
        for name, changed, of in sides
    ]
    whole = pl.concat(parts, how="diagonal")
    return whole.group_by("kind", "id").agg(pl.col("opened", "closed").sum().cast(pl.Int64))


def _care(context: Context, dimension: Dimension) -> pl.DataFrame:
    """Which organisation (id) is in whose care: columns `organization`, `kind`, `id`."""
    lines = breakdown(context, dimension)
    own = lines.group < len(context.network[CARE[dimension]])
    ids = context.network[Organization].ids.gather(lines.organization[own])
    frame = pl.DataFrame({"organization": ids, "id": lines.keys.gather(lines.group[own])})
    return frame.with_columns(kind=pl.lit(dimension.value))


def _late(cases: pl.DataFrame, context: Context) -> pl.DataFrame:
    """Overdue cases of a body, of its Party organisation, and of a street's communities: `kind`, `id`, `overdue`."""
    kinds = {element.type_name: dimension.value for dimension, element in CARE.items()}
    late, body = overdue_by_body(cases), ["body_type", "body_id"]
    for edge in (PartyBodyOf, PartOf):
        above = context.network.table(edge.type_name).select("source_type", "source", "target_type", "target")
        late = late.join(above, left_on=body, right_on=["source_type", "source"], how="left").select(
            pl.coalesce("target_type", "body_type").alias("body_type"),
            pl.coalesce("target", "body_id").alias("body_id"),
            "overdue",
        )
    late = late.filter(pl.col("body_type").is_in(list(kinds))).group_by(body).agg(pl.col("overdue").sum())
    return late.select(pl.col("body_type").replace(kinds).alias("kind"), pl.col("body_id").alias("id"), "overdue")


def _unknown(cards: pl.DataFrame, *names: str) -> pl.DataFrame:
    return cards.select("kind", "id", *(pl.lit(None, pl.Int64).alias(name) for name in names))
