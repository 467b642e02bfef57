"""What does each kind of thing look like? Shape, colour and line of every node type, cover, edge type and severity.

Colour is never alone: shape and word go with it. Every colour has a contrast of at least 3:1 on white and on the row
stripe; within a group colours differ by a ΔE76 of at least 18 to readers with protanopia, deuteranopia and tritanopia.
"""

from __future__ import annotations

import enum
from collections.abc import Mapping
from dataclasses import dataclass

from graphmodel.declare import Edge, Node
from graphmodel.schema import EDGE_TYPES, NODE_TYPES
from graphmodel.schema.edges import (
    AnswersFor,
    Covers,
    Guides,
    Incubates,
    Instructs,
    Leads,
    LicensedBy,
    LocatedIn,
    StationGuides,
    SubordinateTo,
    Supervises,
)
from graphmodel.schema.nodes import (
    Alliance,
    Authority,
    Community,
    Fund,
    GoverningBody,
    GuidanceStation,
    Hub,
    InstructorPost,
    Organization,
    Partner,
    PartyOrganization,
    PolicyDocument,
    Project,
    Street,
    TrainingProgramme,
    Venue,
)
from graphmodel.text import Text
from queries.coverage import Cover
from queries.question import Severity

PAPER, STRIPE, INK, MUTED = "#FFFFFF", "#F6F8FA", "#1C2733", "#55616E"
FOCUS, NEUTRAL = "#0B5CAD", "#7A8794"
RAMP = ("#F4F6F8", "#FDE0C5", "#F4A361", "#E0701A", "#B84300")
"""Backgrounds of a matrix from none to most; the number is always printed on them."""


class Paint(enum.StrEnum):
    """How a shape is drawn: filled, or as an outline."""

    FILL = "fill"
    STROKE = "stroke"


@dataclass(frozen=True, slots=True)
class Glyph:
    """What stands for a node: an SVG path within -1…1, its colour and how it is painted.

    `size` is 1 for an organisation; `mark` is a second path, in white on what is filled.
    """

    path: str
    colour: str
    paint: Paint = Paint.FILL
    size: float = 1.0
    mark: str = ""


@dataclass(frozen=True, slots=True)
class Line:
    """What stands for an edge: `colour`, `width` in pixels, `dash` (lengths on and off, empty for solid), arrow or none."""

    colour: str
    width: float
    dash: tuple[int, ...] = ()
    arrow: bool = False


def _disc(radius: float, x: float = 0, y: float = 0) -> str:
    return f"M{x - radius} {y}a{radius} {radius} 0 1 0 {2 * radius} 0a{radius} {radius} 0 1 0 {-2 * radius} 0z"


SQUARE, DISC, RING = "M-.9-.9H.9V.9H-.9z", _disc(1), _disc(0.82)
STAR = "M0-1L.235-.324L.951-.309L.38.124L.588.809L0 .4L-.588.809L-.38.124L-.951-.309L-.235-.324z"
DIAMOND, TRIANGLE, DOWN = "M0-1L1 0L0 1L-1 0z", "M0-.95L1 .8H-1z", "M0 .95L1-.8H-1z"
HEXAGON, PENTAGON = "M-.5-.87H.5L1 0L.5.87H-.5L-1 0z", "M0-1L.95-.31L.59.81H-.59L-.95-.31z"
CROSS = "M-.35-1H.35V-.35H1V.35H.35V1H-.35V.35H-1V-.35H-.35z"
HALF_DISC = "M0-1A1 1 0 0 0 0 1zM0-.82A.82.82 0 0 1 0 .82V1A1 1 0 0 0 0-1z"
QUESTION = (
    "M-.62-.45A.62.55 0 1 1 .2.02L.17.3H-.17V-.1C-.17-.25.28-.25.28-.5A.28.24 0 0 0-.28-.45zM-.19.5H.19V.88H-.19z"
)
TREFOIL = _disc(0.5, 0, -0.45) + _disc(0.5, -0.5, 0.42) + _disc(0.5, 0.5, 0.42)
BUILDING = "M-.75-.95H.75V.95H.25V.3H-.25V.95H-.75z"
HOUSE, BOWTIE = "M0-1L1-.1H.7V.9H-.7V-.1H-1z", "M-1-.8L0-.15L1-.8V.8L0 .15L-1 .8z"
SLANT, FLAG = "M-.5-.65H1L.5.65H-1z", "M-.8-1L1 0L-.8 1z"
COIN = "M-.28-.28H.28V.28H-.28z"
PAGE = "M-.7-1H.25L.7-.5V1H-.7z"
PAGE_LINES = "M-.4-.1H.4V.08H-.4zM-.4.35H.4V.53H-.4z"

NODES: dict[type[Node], Glyph] = {
    GoverningBody: Glyph(STAR, "#6D0016", size=1.5),
    Authority: Glyph(DIAMOND, "#112B5F", size=1.25),
    Street: Glyph(SQUARE, "#C17C15", size=1.4),
    Community: Glyph(PENTAGON, "#5151CC"),
    PartyOrganization: Glyph(TRIANGLE, "#C8102E"),
    Hub: Glyph(HEXAGON, "#0F8A71", size=1.15),
    GuidanceStation: Glyph(DOWN, "#9364B4", size=1.3),
    InstructorPost: Glyph(CROSS, "#330C27", size=0.8),
    Organization: Glyph(BUILDING, MUTED),
    Alliance: Glyph(TREFOIL, "#3529A5", size=1.15),
    Venue: Glyph(HOUSE, "#6C7F5F"),
    Project: Glyph(SLANT, "#429BA5"),
    Fund: Glyph(DISC, "#A57429", mark=COIN),
    TrainingProgramme: Glyph(FLAG, "#594257"),
    Partner: Glyph(BOWTIE, "#591D16"),
    PolicyDocument: Glyph(PAGE, "#140C33", mark=PAGE_LINES),
}
"""The glyph of every node type; that of an organisation says nothing of its cover, and stands where that is not told."""

COVERS: dict[Cover | None, Glyph] = {
    Cover.NONE: Glyph(SQUARE, "#B84300"),
    Cover.WORK_ONLY: Glyph(RING, "#6B7C8F", Paint.STROKE),
    Cover.FUNCTIONAL: Glyph(HALF_DISC, "#7033CC"),
    Cover.JOINT: Glyph(DISC, "#3D85C6"),
    Cover.STANDALONE: Glyph(DISC, "#0B3C6F", mark=_disc(0.36)),
    None: Glyph(QUESTION, "#26141C"),
}
"""The glyph of an organisation by how it is covered, gaps first; None where it cannot be told."""

CANNOT_TELL = Text("待核实", "cannot tell")
FILED_BAR = "M-.8 1.2H.8V1.5H-.8z"
"""A filed organisation stands on a bar; a registered one does not."""

SEVERITIES: dict[Severity, Glyph] = {
    Severity.HIGH: Glyph(DISC, "#B84300"),
    Severity.MIDDLE: Glyph(DIAMOND, "#7A4A12"),
    Severity.ADVICE: Glyph(TRIANGLE, "#55616E"),
    Severity.PROJECT: Glyph(RING, "#0B5CAD", Paint.STROKE),
}
"""The mark of every severity; its word always stands beside it."""

SIGNS: dict[Severity, str] = dict(zip(SEVERITIES, "●◆▲○", strict=True))
"""The same marks as characters, for cells and terminals."""

GROUPS: Mapping[str, tuple[type[Node], ...]] = {
    "structure": (
        GoverningBody,
        Authority,
        Street,
        Community,
        PartyOrganization,
        Hub,
        GuidanceStation,
        InstructorPost,
    ),
    "means": (Alliance, Venue, Project, Fund, TrainingProgramme, Partner, PolicyDocument),
}
"""Node types that are seen side by side, and so must be told apart by colour too. Organisations have their covers."""

_LEADING = Line(NODES[GoverningBody].colour, 2)
_TERRITORIAL = Line(NODES[Street].colour, 1.5)
_INSTRUCTION = Line(NODES[GuidanceStation].colour, 1.5, (2, 3))
_CHOSEN: dict[type[Edge], Line] = {
    Leads: _LEADING,
    SubordinateTo: _LEADING,
    Guides: _TERRITORIAL,
    AnswersFor: _TERRITORIAL,
    Supervises: Line(NODES[Authority].colour, 1.5, arrow=True),
    LicensedBy: Line(NODES[Authority].colour, 1, (1, 3)),
    Covers: Line(NODES[PartyOrganization].colour, 2),
    Incubates: Line(NODES[Hub].colour, 1.5, (6, 3)),
    StationGuides: _INSTRUCTION,
    Instructs: _INSTRUCTION,
}
PLANNED = Line(FOCUS, 1.5, (10, 4))
"""Any relation that is planned or proposed and not yet actual."""


def line(edge: type[Edge]) -> Line:
    """The line of an edge type: chosen for the relations of cover and duty, else in the colour of whoever acts.

    Who acts is the source, unless that is an organisation or what is merely placed somewhere; places are neutral.
    """
    if edge in _CHOSEN:
        return _CHOSEN[edge]
    source, target = edge.pairs[0]
    places = {Street, Community}
    if edge is LocatedIn or {source, target} <= places:
        return Line(NEUTRAL, 1, (1, 2) if edge is LocatedIn else ())
    actor = target if source is Organization and target is not Organization else source
    return Line(NODES[actor].colour, 1, (4, 2), arrow=not edge.undirected)


LINES: dict[type[Edge], Line] = {edge: line(edge) for edge in EDGE_TYPES.values()}
"""The line of every edge type."""

assert set(NODES) == set(NODE_TYPES.values()), "every node type has a glyph"
assert set(COVERS) == {*Cover, None}, "every cover has a glyph"
assert set(SEVERITIES) == set(Severity), "every severity has a mark"


def cover_title(cover: Cover | None) -> Text:
    """What a cover is called."""
    return CANNOT_TELL if cover is None else cover.title
