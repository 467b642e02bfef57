"""Which lanes has the tier board, and how large is everything on it? Names and measures that selection and layout share."""

from __future__ import annotations

from typing import Final

from graphmodel.declare import Choice, Node
from graphmodel.schema.nodes import (
    Authority,
    GoverningBody,
    GuidanceStation,
    Hub,
    InstructorPost,
    Organization,
    PartyOrganization,
    Street,
)
from graphmodel.text import Text
from queries.coverage import Cover
from visualizations.styles import COVERS

MOST_BANDS = 32  # streets
PITCH: Final = 15  # pixels between glyphs
ROWS, MOST_COLUMNS = 3, 48  # glyphs above each other at least, side by side at most
LABELLED, LANE_GAP, BAND_GAP, HEAD = 185, 22, 10, 46
FEWEST_COLUMNS = 9  # that a lane has room for, so that its title is not cut
POSTS_IN_ROW = 10
NO_STREET = Text("区级、其他或街道不详", "elsewhere or unknown")

BODIES: tuple[type[Node], ...] = (GoverningBody, Authority)
BOARD: tuple[type[Node], ...] = (
    *BODIES,
    Street,
    PartyOrganization,
    Organization,
    Hub,
    GuidanceStation,
    InstructorPost,
)
"""The node types that stand on the board."""

CANNOT_TELL_LOOK = "cannot-tell"
LOOKS: tuple[str, ...] = tuple(CANNOT_TELL_LOOK if cover is None else cover.value for cover in COVERS)
"""The looks of organisations, gaps first: the order in which they stand."""
KIND_LOOKS: tuple[str, ...] = (*(cover.value for cover in Cover), CANNOT_TELL_LOOK)
"""The looks of organisations by the `kind` of `Coverage`, whose -1, which cannot be told, is the last."""


class Lane(Choice):
    """The columns of the board, from left to right."""

    BODIES = "bodies", "区委、主管单位", "committee, authorities"
    STREETS = "streets", "街道　未覆盖/登记", "uncovered / registered"
    PARTY = "party", "党组织", "Party organisations"
    REGISTERED = "registered", "登记组织", "registered"
    FILED = "filed", "备案组织", "filed"
    HUBS = "hubs", "孵化平台", "hubs"
    STATIONS = "stations", "指导站、指导员岗位", "stations, posts"


class Tie(Choice):
    """How a relation stands: real, planned, or missing though somebody should hold it."""

    ACTUAL = "actual", "已落实", "actual"
    PLANNED = "planned", "拟定、待落实", "planned"
    MISSING = "missing", "应有而缺", "missing though due"
