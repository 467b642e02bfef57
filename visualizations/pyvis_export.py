"""How does the network become one file that anybody can open? pyvis holds the data, our template draws it.

pyvis' own page asks servers for scripts and runs whatever stands in a heading, so only its `Network` is used, and the
vis-network that its wheel carries. The file asks for nothing outside itself, and all text in it is inert.
"""

from __future__ import annotations

import base64
import hashlib
import json
from importlib.resources import files
from typing import Any

from markupsafe import Markup
from pyvis.network import Network as Board

from graphmodel.schema import EDGE_TYPES, NODE_TYPES
from graphmodel.text import Text
from loaders.errors import printable
from visualizations.network_document import LONGEST, fields_of, initials, legend_lines, network_document, texts
from visualizations.report import Report
from visualizations.report_page import TEMPLATES, environment
from visualizations.scene import Scene
from visualizations.styles import COVERS, LINES, NODES
from visualizations.words import Shown

KEY_TYPES = ("GoverningBody", "Authority", "Street", "GuidanceStation")
"""Types whose names stand on the board; the others tell theirs when they are pointed at."""

_VIS_SHAPES = {  # the nearest of vis-network's own shapes, for who reads the data with pyvis; the page draws its own
    "GoverningBody": "star",
    "Authority": "diamond",
    "Street": "square",
    "PartyOrganization": "triangle",
    "Hub": "hexagon",
    "GuidanceStation": "triangleDown",
    "InstructorPost": "diamond",
}


def board(report: Report, scene: Scene) -> Board:
    """The scene as a pyvis `Network`: nodes with place, look, fields and search letters; edges with type and tie."""
    drawn = Board(directed=True, cdn_resources="in_line")
    drawn.toggle_physics(False)
    colours = {"cannot-tell" if c is None else c.value: g.colour for c, g in COVERS.items()}
    known = fields_of(report, scene)
    for place, glyph in enumerate(scene.glyphs.iter_rows(named=True)):
        name = printable(glyph["name"] or glyph["id"], LONGEST)
        alone = glyph["count"] == 1
        drawn.add_node(
            place,
            name if alone else f"{name} 等 {glyph['count']} 家",
            shape=_VIS_SHAPES.get(glyph["type"], "dot"),
            x=round(glyph["x"], 1),
            y=round(glyph["y"], 1),
            type=glyph["type"],
            key=printable(glyph["id"], LONGEST) if alone else "",
            look=glyph["look"],
            filed=int(glyph["filed"]),
            count=glyph["count"],
            fields=known[place],
            letters=initials(name) if alone else "",
        )
        element = NODE_TYPES[glyph["type"]]
        drawn.nodes[-1]["color"] = colours.get(glyph["look"], NODES[element].colour)
    drawn.edges = [
        {"from": source, "to": target, "type": name, "tie": tie, "color": LINES[EDGE_TYPES[name]].colour}
        for name, source, target, tie in scene.edges.iter_rows()
    ]
    return drawn


def network_page(
    report: Report,
    scene: Scene,
    *,
    shown: Shown = "zh",
    label: Text | None = None,
) -> str:
    """The page as one HTML text of about 1 MB, to be opened from disk; `shown` is the language it begins with.

    Cost: linear in what the scene draws, which is bounded.
    """
    drawn = board(report, scene)
    data = network_document(report, scene) | {
        "nodes": [_compact(node) for node in drawn.nodes],
        "edges": [[edge["from"], edge["to"], edge["type"], edge["tie"]] for edge in drawn.edges],
        "keyTypes": KEY_TYPES,
        "lines": legend_lines(scene),
        "texts": texts(),
        "label": None if label is None else (label.zh, label.en),
        "language": "en" if shown == "en" else "zh",
    }
    library = (files("pyvis") / "lib" / "vis-9.1.2" / "vis-network.min.js").read_text("utf-8")
    script = (TEMPLATES / "network.js").read_text("utf-8")
    scripts = [_harmless(library), _harmless(script)]
    return (
        environment()
        .get_template("network.html")
        .render(
            title="社会组织党建网络 · Network of Party building",
            hashes=" ".join(_hash(text) for text in scripts),
            style=Markup((TEMPLATES / "network.css").read_text("utf-8")),  # noqa: S704  # our own file
            library=Markup(scripts[0]),  # noqa: S704  # the installed package's file, its hash in the policy
            script=Markup(scripts[1]),  # noqa: S704  # our own file, its hash in the policy
            data=Markup(inert_json(data)),  # noqa: S704  # no `<` is left in it
        )
    )


def inert_json(data: Any) -> str:
    """JSON that can stand inside a script element: whatever it holds, no tag and no comment can begin in it."""
    text = json.dumps(data, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    for sign in "<>&\u2028\u2029":
        text = text.replace(sign, f"\\u{ord(sign):04x}")
    return text


_KEPT = ("label", "x", "y", "type", "key", "look", "filed", "count", "fields", "letters")


def _compact(node: dict[str, Any]) -> list[Any]:
    return [node[name] for name in _KEPT]


def _harmless(script: str) -> str:
    return script.replace("</script", "<\\/script").replace("<!--", "<\\!--")


def _hash(script: str) -> str:
    return "'sha256-" + base64.b64encode(hashlib.sha256(script.encode()).digest()).decode() + "'"
