"""Where does each node stand on the board? Glyphs in bands and lanes, grouped where there are too many to draw."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import polars as pl

from graphmodel.declare import Node
from graphmodel.schema.edges import PostedTo
from graphmodel.schema.nodes import GuidanceStation, Hub, InstructorPost, Organization, PartyOrganization, Street
from graphmodel.vectors import Codes, Flags, Indices
from queries.context import Context
from queries.coverage import Cover, coverage
from visualizations.board_selection import Kept
from visualizations.lanes import (
    BAND_GAP,
    BODIES,
    FEWEST_COLUMNS,
    HEAD,
    LABELLED,
    LANE_GAP,
    LOOKS,
    MOST_BANDS,
    MOST_COLUMNS,
    PITCH,
    POSTS_IN_ROW,
    ROWS,
    Lane,
)
from visualizations.standing import street_rows
from visualizations.styles import COVERS

Pixels = npt.NDArray[np.floating[Any]]
Places = npt.NDArray[np.int64]

GLYPHS = pl.Schema(
    {
        "type": pl.String(),
        "row": pl.Int32(),
        "look": pl.String(),
        "filed": pl.Boolean(),
        "lane": pl.String(),
        "x": pl.Float64(),
        "y": pl.Float64(),
        "count": pl.Int64(),
    }
)


@dataclass(frozen=True, slots=True)
class Block:
    """Nodes of one type in one lane, as glyphs: the (first) node of each, its band and look, and how many it stands for."""

    element: type[Node]
    lane: Lane
    rows: Indices
    band: Indices
    look: npt.NDArray[np.int8]
    filed: bool
    count: Places

    @property
    def cells(self) -> Places:
        """One code for each band and look: what may share a glyph."""
        return self.band.astype(np.int64) * len(LOOKS) + self.look


@dataclass(frozen=True, slots=True)
class Layout:
    """All glyphs placed (columns `GLYPHS`, `row` being the node's), lanes with x and width, and the measures."""

    glyphs: pl.DataFrame
    lanes: dict[Lane, tuple[float, float]]
    streets: Indices
    bands: int
    band_height: float
    per_glyph: int
    width: float
    height: float


def layout(context: Context, kept: Kept, most: int) -> Layout:
    """Place everything with at most `most` glyphs; where even grouping does not do, with fewer bodies and streets.

    Cost: a sort of the nodes drawn.
    """
    bodies = [_chosen(kept, element, most // 50) for element in BODIES]
    room = most - sum(map(len, bodies))
    streets, blocks = np.zeros(0, dtype=np.int32), _at_stations(context, kept, most // 50)
    for bands in (MOST_BANDS >> step for step in range(7)):
        streets = _chosen(kept, Street, bands)
        blocks = [*_in_bands(context, kept, streets), *_at_stations(context, kept, most // 50)]
        if len(streets) + sum(len(np.unique(block.cells)) for block in blocks) <= room:
            break
    per_glyph = _per_glyph(blocks, room - len(streets))
    banded, stations = _split([_grouped(block, per_glyph) for block in blocks])
    bands = max([len(streets), *(int(b.band.max(initial=-1)) + 1 for b in banded)])
    fullest = max(int(np.bincount(b.band).max(initial=0)) for b in banded)
    rows = max(ROWS, -(-fullest // MOST_COLUMNS))
    band_height = float(rows * PITCH + BAND_GAP)
    lanes, width = _lanes(banded, rows)
    height = HEAD + max(bands * band_height, 24.0 * sum(map(len, bodies)), 6.0 * PITCH)
    middle = HEAD + np.arange(len(streets)) * band_height + rows * PITCH / 2
    glyphs = [
        *_column(bodies, lanes[Lane.BODIES][0] + PITCH / 2, height),
        _glyphs(_single(Street, Lane.STREETS, streets), np.full(len(streets), lanes[Lane.STREETS][0] + PITCH), middle),
        *(_in_band(block, lanes[block.lane][0], rows, band_height) for block in banded),
        *_below_each_other(stations, lanes[Lane.STATIONS][0], height),
    ]
    return Layout(pl.concat(glyphs), lanes, streets, bands, band_height, per_glyph, width, height + PITCH)


def _chosen(kept: Kept, element: type[Node], most: int) -> Indices:
    return np.flatnonzero(kept[element]).astype(np.int32)[:most]


def _in_bands(context: Context, kept: Kept, streets: Indices) -> list[Block]:
    """What stands in the band of its street; the last band is for those of no known street, or of none that is kept."""
    band_of = _homes(kept[Street], streets)
    kind, track = coverage(context).kind, context.network[Organization].vector("track")
    assert isinstance(track, Codes)
    order = np.array([list(COVERS).index(cover) for cover in (*Cover, None)], dtype=np.int8)  # -1 takes the last
    filed = track.is_in(["filed"]).yes

    def block(element: type[Node], lane: Lane, chosen: Flags, *, on_file: bool = False) -> Block:
        rows = np.flatnonzero(chosen).astype(np.int32)
        band = band_of[street_rows(context, element)[rows]]
        rows, band = rows[band >= 0], band[band >= 0]
        look = order[kind[rows]] if element is Organization else np.zeros(len(rows), dtype=np.int8)
        return Block(element, lane, rows, band, look, on_file, np.ones(len(rows), dtype=np.int64))

    return [
        block(PartyOrganization, Lane.PARTY, kept[PartyOrganization]),
        block(Organization, Lane.REGISTERED, kept[Organization] & ~filed),
        block(Organization, Lane.FILED, kept[Organization] & filed, on_file=True),
        block(Hub, Lane.HUBS, kept[Hub]),
    ]


def _at_stations(context: Context, kept: Kept, most: int) -> list[Block]:
    """Stations, and posts whose band is the place of their station; one past the last for a post without."""
    stations = _chosen(kept, GuidanceStation, most)
    edges = context.network.edges(PostedTo, InstructorPost, GuidanceStation)
    at = np.full(len(context.network[InstructorPost]), len(stations), dtype=np.int32)
    at[edges.source] = _homes(kept[GuidanceStation], stations)[edges.target]
    posts = _single(InstructorPost, Lane.STATIONS, np.flatnonzero(kept[InstructorPost] & (at >= 0)).astype(np.int32))
    ordered = Block(posts.element, posts.lane, posts.rows, at[posts.rows], posts.look, posts.filed, posts.count)
    return [_single(GuidanceStation, Lane.STATIONS, stations), ordered]


def _homes(kept: Flags, drawn: Indices) -> Indices:
    """int32[n + 1]: the place of each of n homes among those drawn, and of an unknown home (-1, the last).

    What lives in one that is kept but cut is not drawn either (-1); what lives in any other goes to one past the last.
    """
    place = np.full(len(kept) + 1, len(drawn), dtype=np.int32)
    place[:-1][kept] = -1
    place[drawn] = np.arange(len(drawn))
    return place


def _single(element: type[Node], lane: Lane, rows: Indices) -> Block:
    """Nodes that are never grouped: each has a band of its own."""
    band, look = np.arange(len(rows), dtype=np.int32), np.zeros(len(rows), dtype=np.int8)
    return Block(element, lane, rows, band, look, False, np.ones(len(rows), dtype=np.int64))


def _split(blocks: list[Block]) -> tuple[list[Block], list[Block]]:
    banded = [block for block in blocks if block.lane is not Lane.STATIONS]
    return banded, [block for block in blocks if block.lane is Lane.STATIONS]


def _per_glyph(blocks: list[Block], room: int) -> int:
    """The fewest nodes to a glyph with which all blocks fit; a glyph never mixes streets, tracks or covers."""
    counts = np.concatenate(
        [np.bincount(block.cells) for block in blocks if len(block.rows)] or [np.zeros(1, np.int64)]
    )
    low, high = 1, max(1, int(counts.max()))
    while low < high:  # where not even one glyph a cell fits, it is the best there is
        middle = (low + high) // 2
        if int((-(-counts // middle)).sum()) <= room:
            high = middle
        else:
            low = middle + 1
    return low


def _grouped(block: Block, per_glyph: int) -> Block:
    """The block ordered by band and look and cut into glyphs of `per_glyph` nodes that share both."""
    order = np.argsort(block.cells, kind="stable")
    cells = block.cells[order]
    first = np.flatnonzero(_place_among_equals(cells) % per_glyph == 0)
    at = order[first]
    count = np.diff(np.append(first, len(cells)))
    return Block(block.element, block.lane, block.rows[at], block.band[at], block.look[at], block.filed, count)


def _place_among_equals(codes: npt.NDArray[np.int32] | Places) -> Places:
    """For codes in order: the place of each among those of the same code."""
    begins = np.append(np.ones(min(len(codes), 1), dtype=np.bool_), codes[1:] != codes[:-1])
    start = np.flatnonzero(begins)
    place: Places = np.arange(len(codes), dtype=np.int64) - start[np.cumsum(begins) - 1]
    return place


def _lanes(banded: list[Block], rows: int) -> tuple[dict[Lane, tuple[float, float]], float]:
    widths: dict[Lane, float] = {Lane.BODIES: LABELLED, Lane.STREETS: LABELLED, Lane.STATIONS: LABELLED}
    for block in banded:
        columns = -(-int(np.bincount(block.band).max(initial=0)) // rows)
        widths[block.lane] = float(max(columns, FEWEST_COLUMNS) * PITCH)
    lanes, x = {}, 0.0
    for lane in Lane:
        lanes[lane] = (x, widths[lane])
        x += widths[lane] + LANE_GAP
    return lanes, x


def _glyphs(block: Block, x: Pixels, y: Pixels) -> pl.DataFrame:
    looks = pl.Series(LOOKS if block.element is Organization else (block.element.type_name,) * len(LOOKS))
    columns = {
        "type": pl.Series([block.element.type_name]).new_from_index(0, len(block.rows)),
        "row": block.rows,
        "look": looks.gather(pl.Series(block.look).cast(pl.UInt32)),
        "filed": np.full(len(block.rows), block.filed),
        "lane": pl.Series([block.lane.value]).new_from_index(0, len(block.rows)),
        "x": x,
        "y": y,
        "count": block.count,
    }
    return pl.DataFrame(columns, schema=GLYPHS)


def _column(bodies: list[Indices], x: float, height: float) -> list[pl.DataFrame]:
    """Bodies and authorities below each other, over the whole height."""
    step, first, found = (height - HEAD) / max(sum(map(len, bodies)), 1), 0, []
    for element, rows in zip(BODIES, bodies, strict=True):
        y = HEAD + (first + np.arange(len(rows)) + 0.5) * step
        found.append(_glyphs(_single(element, Lane.BODIES, rows), np.full(len(rows), x), y.astype(np.float64)))
        first += len(rows)
    return found


def _in_band(block: Block, x: float, rows: int, band_height: float) -> pl.DataFrame:
    """Column by column within the band, so that gaps stand first in every row of the board."""
    place = _place_among_equals(block.band)
    across = x + PITCH / 2 + (place // rows) * float(PITCH)
    return _glyphs(block, across, HEAD + block.band * band_height + (place % rows + 0.5) * float(PITCH))


def _below_each_other(blocks: list[Block], x: float, height: float) -> list[pl.DataFrame]:
    """Stations evenly over the height, each with its instructor posts below it."""
    stations, posts = blocks
    slots = max(len(stations.rows), int(posts.band.max(initial=-1)) + 1, 1)
    top = HEAD + PITCH + np.arange(slots) * ((height - HEAD) / slots)
    place, at = _place_among_equals(posts.band), top[posts.band]
    beside = x + PITCH + (place % POSTS_IN_ROW) * float(PITCH)
    below = at + 1.5 * PITCH + (place // POSTS_IN_ROW) * float(PITCH)
    return [
        _glyphs(stations, np.full(len(stations.rows), x + PITCH / 2), top[: len(stations.rows)]),
        _glyphs(posts, beside, below),
    ]
