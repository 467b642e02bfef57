"""What stands where on the tier board? Lanes, street bands, glyphs and relations, precomputed for any renderer.

Lanes: bodies and authorities, streets, Party organisations, registered and filed organisations with gaps first, hubs,
stations with their instructor posts. What is too much to draw is grouped, `per_glyph` to a glyph, and said so.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import polars as pl

from graphmodel.network import Stamp
from graphmodel.rows import EdgeRows
from graphmodel.schema.edges import Guides, Supervises
from graphmodel.schema.nodes import Authority, Organization, Street
from graphmodel.vectors import Flags, Indices
from queries.answer import ask
from queries.context import Context
from queries.coverage import Cover, coverage
from queries.question import Question
from queries.redistricting import ended
from queries.registry import question
from queries.responsibility import responsibility
from visualizations.board_layout import Layout, layout
from visualizations.board_selection import Filters, selection
from visualizations.lanes import BAND_GAP, BOARD, HEAD, NO_STREET, Tie
from visualizations.standing import street_rows

MOST_GLYPHS = 2000


@dataclass(frozen=True, slots=True)
class Scene:
    """A board, in pixels from its upper left corner.

    `lanes`: `lane`, `x`, `width`. `bands`, one a street in official order: `id`, `name`, `y`, `height`, `total`
    (registered, operating), `gaps` (of these certainly covered by no Party organisation), `ended` (the street is no
    more). `glyphs`: `type`, `row` (of
    the node in its type, the first where it stands for several), `id`, `name`, `look` (a cover or a type), `filed`,
    `lane`, `x`, `y`, `count` (how many it stands for). `edges`: `type`, `source`, `target` (rows of `glyphs`), `tie`;
    only between glyphs that stand for one node. `drawn` of `total` nodes stand on it.
    """

    stamp: Stamp
    lanes: pl.DataFrame
    bands: pl.DataFrame
    glyphs: pl.DataFrame
    edges: pl.DataFrame
    per_glyph: int
    drawn: int
    total: int
    width: int
    height: int

    @property
    def truncated(self) -> bool:
        """Whether some nodes stand on the board in no way at all."""
        return self.drawn < self.total


def scene(context: Context, filters: Filters | None = None, most: int = MOST_GLYPHS) -> Scene:
    """The board of a network, or of the part that `filters` leaves, with at most `most` glyphs.

    Deregistered organisations are not drawn. Cost: linear in nodes and edges.
    Errors: `NoSuchNode` where a filter names a street or authority that does not exist.
    """
    kept = selection(context, filters or Filters())
    placed = layout(context, kept, most)
    glyphs = _named(context, placed.glyphs)
    lanes = [(lane.value, x, width) for lane, (x, width) in placed.lanes.items()]
    return Scene(
        context.network.stamp,
        pl.DataFrame(lanes, schema={"lane": pl.String, "x": pl.Float64, "width": pl.Float64}, orient="row"),
        _bands(context, placed),
        glyphs,
        _edges(context, glyphs),
        placed.per_glyph,
        int(glyphs["count"].sum()),
        sum(int(mask.sum()) for mask in kept.values()),
        round(placed.width),
        round(placed.height),
    )


def _named(context: Context, glyphs: pl.DataFrame) -> pl.DataFrame:
    parts = [glyphs.clear().with_columns(id=pl.lit(""), name=pl.lit(""))]
    for element in BOARD:
        part = glyphs.filter(pl.col("type") == element.type_name)
        nodes = context.network[element].frame[part["row"]].select("id", "name")
        parts.append(pl.concat([part, nodes], how="horizontal"))
    return pl.concat(parts)


def _bands(context: Context, placed: Layout) -> pl.DataFrame:
    covers, here = coverage(context), street_rows(context, Organization)
    size = len(context.network[Street]) + 1  # the last is for those of no known street
    covering = sum(1 << place for place, cover in enumerate(Cover) if cover not in (Cover.WORK_ONLY, Cover.NONE))
    counted = covers.registered.yes
    gaps = counted & (covers.possible & covering == 0)  # uncovered for certain, whichever of the open ways it is
    total, short = (np.bincount(here[mask] % size, minlength=size) for mask in (counted, gaps))
    chosen = np.append(placed.streets, np.int32(size - 1))[: placed.bands]
    named = context.network[Street].frame.select("id", pl.coalesce("name", "id").alias("name"))
    nobody = pl.DataFrame({"id": [None], "name": [NO_STREET.both()]}, schema=named.schema)
    return pl.concat([named, nobody])[chosen].with_columns(
        pl.Series("y", HEAD + np.arange(len(chosen)) * placed.band_height, dtype=pl.Float64),
        pl.lit(placed.band_height - BAND_GAP).alias("height"),
        pl.Series("total", total[chosen]),
        pl.Series("gaps", short[chosen]),
        pl.Series("ended", np.append(ended(context, Street), False)[chosen]),
    )


def _edges(context: Context, glyphs: pl.DataFrame) -> pl.DataFrame:
    """Every relation between two nodes that have a glyph to themselves, and those that are due and missing."""
    place = {}
    alone = glyphs.with_row_index("glyph").filter(pl.col("count") == 1)
    for element in BOARD:
        part = alone.filter(pl.col("type") == element.type_name)
        place[element] = np.full(len(context.network[element]), -1, dtype=np.int32)
        place[element][part["row"].to_numpy()] = part["glyph"].cast(pl.Int32).to_numpy()
    found = [_EDGES.clear()]
    for edges in context.network.pairs.values():
        if edges.source_type in place and edges.target_type in place:
            one, other = place[edges.source_type][edges.source], place[edges.target_type][edges.target]
            ties = np.where(_planned(edges), Tie.PLANNED.value, Tie.ACTUAL.value)
            found.append(_tied(edges.element.type_name, one, other, ties))
    due, lacking = responsibility(context), _lacking(context)
    for edge, element, body in ((Supervises, Authority, due.authority), (Guides, Street, due.street)):
        at = np.flatnonzero(lacking & (body >= 0))
        ends = place[element][body[at]], place[Organization][at]
        found.append(_tied(edge.type_name, *ends, np.full(len(at), Tie.MISSING.value)))
    return pl.concat(found)


def _lacking(context: Context) -> Flags:
    """For which organisations the question finds that nobody holds the relation that is due."""
    asked = question("responsibility-gaps")
    assert isinstance(asked, Question)
    return ask(asked, context).reasons["missing"].yes


def _planned(edges: EdgeRows) -> Flags:
    if "state" not in edges.frame.columns:
        return np.zeros(len(edges), dtype=np.bool_)
    return (edges.frame["state"].cast(pl.String) == "planned").fill_null(value=False).to_numpy()


_EDGES = pl.DataFrame(schema={"type": pl.String, "source": pl.Int32, "target": pl.Int32, "tie": pl.String})


def _tied(name: str, source: Indices, target: Indices, ties: npt.NDArray[np.str_]) -> pl.DataFrame:
    drawn = (source >= 0) & (target >= 0)
    ends = {"source": source[drawn], "target": target[drawn], "tie": pl.Series(ties[drawn].tolist(), dtype=pl.String)}
    return pl.DataFrame(ends).select(pl.lit(name).alias("type"), "source", "target", "tie")
