"""What does a picture's legend say? The look of everything as plain values, for the pages and the network file."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from graphmodel.declare import Node
from graphmodel.schema import EDGE_TYPES, NODE_TYPES
from graphmodel.text import Text
from visualizations.lanes import CANNOT_TELL_LOOK, Lane
from visualizations.styles import COVERS, LINES, NODES, PLANNED, RAMP, SEVERITIES, Glyph, Line, cover_title

Pair = tuple[str, str]
"""A text in Chinese and English."""


def pair(text: Text) -> Pair:
    """Both languages of a text."""
    return text.zh, text.en


def looks(elements: Iterable[type[Node]]) -> dict[str, Any]:
    """The glyphs of every cover and of these node types, by the names that scenes use."""
    covers = {CANNOT_TELL_LOOK if c is None else c.value: glyph_values(g, cover_title(c)) for c, g in COVERS.items()}
    return covers | {element.type_name: glyph_values(NODES[element], element.title) for element in elements}


def glyph_values(shape: Glyph, title: Text) -> dict[str, Any]:
    """One glyph and what it stands for."""
    return {
        "path": shape.path,
        "mark": shape.mark,
        "colour": shape.colour,
        "hollow": shape.paint == "stroke",
        "size": shape.size,
        "title": pair(title),
    }


def line_values(shape: Line) -> dict[str, Any]:
    """How a relation is drawn."""
    return {"colour": shape.colour, "width": shape.width, "dash": list(shape.dash), "arrow": shape.arrow}


def legend() -> dict[str, Any]:
    """Everything that is drawn: `looks` of node types and covers, `severities`, `edges`, `planned` ones, matrix `ramp`, `lanes`."""
    severities = {severity.value: glyph_values(shape, severity.title) for severity, shape in SEVERITIES.items()}
    return {
        "looks": {name: _worded(look) for name, look in looks(NODE_TYPES.values()).items()},
        "severities": {name: _worded(look) for name, look in severities.items()},
        "edges": {name: line_values(LINES[edge]) for name, edge in EDGE_TYPES.items()},
        "planned": line_values(PLANNED),
        "ramp": list(RAMP),
        "lanes": {lane.value: {"zh": lane.title.zh, "en": lane.title.en} for lane in Lane},
    }


def _worded(look: dict[str, Any]) -> dict[str, Any]:
    zh, en = look["title"]
    return {**look, "title": {"zh": zh, "en": en}}
