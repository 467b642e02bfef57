"""Can everything be told apart, by everybody, on paper and on screen?"""

from itertools import combinations

import numpy as np
import numpy.typing as npt
import pytest

from graphmodel.schema import EDGE_TYPES, NODE_TYPES
from graphmodel.schema.nodes import Organization
from queries.coverage import Cover
from queries.question import Severity
from visualizations import styles
from visualizations.styles import COVERS, GROUPS, INK, LINES, MUTED, NODES, PAPER, RAMP, SEVERITIES, STRIPE

Colours = npt.NDArray[np.float64]

# Machado, Oliveira and Fernandes (2009), severity 1.0, on linear RGB
SEEN_BY = {
    "everybody": [[1, 0, 0], [0, 1, 0], [0, 0, 1]],
    "protan": [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]],
    "deutan": [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881]],
    "tritan": [[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602], [0.004733, 0.691367, 0.303900]],
}
TO_XYZ = np.array(
    [[0.4124564, 0.3575761, 0.1804375], [0.2126729, 0.7151522, 0.0721750], [0.0193339, 0.1191920, 0.9503041]]
)


def linear(colours: list[str]) -> Colours:
    parts = np.array([[int(c[i : i + 2], 16) / 255 for i in (1, 3, 5)] for c in colours])
    return np.where(parts <= 0.04045, parts / 12.92, ((parts + 0.055) / 1.055) ** 2.4)


def contrast(colour: str, background: str) -> float:
    dark, light = sorted(linear([colour, background]) @ TO_XYZ[1])
    return float((light + 0.05) / (dark + 0.05))


def lab(rgb: Colours) -> Colours:
    xyz = rgb @ TO_XYZ.T / np.array([0.95047, 1.0, 1.08883])
    f = np.where(xyz > 0.008856, np.cbrt(xyz), 7.787 * xyz + 16 / 116)
    return np.stack([116 * f[:, 1] - 16, 500 * (f[:, 0] - f[:, 1]), 200 * (f[:, 1] - f[:, 2])], axis=1)


def nearest(colours: list[str], eyes: str) -> float:
    seen = lab(np.clip(linear(colours) @ np.array(SEEN_BY[eyes]).T, 0, 1))
    return min(float(np.linalg.norm(one - other)) for one, other in combinations(seen, 2))


def side_by_side() -> dict[str, list[str]]:
    groups = {name: [NODES[element].colour for element in elements] for name, elements in GROUPS.items()}
    return groups | {"covers": [g.colour for g in COVERS.values()]}


def test_the_measure_is_right() -> None:
    assert contrast("#000000", "#FFFFFF") == pytest.approx(21)
    assert contrast("#C17C15", PAPER) == pytest.approx(3.41, abs=0.01)
    assert nearest(["#FF0000", "#00FF00"], "deutan") < nearest(["#FF0000", "#00FF00"], "everybody") / 2


def test_every_type_has_a_look() -> None:
    assert set(NODES) == set(NODE_TYPES.values())
    assert set(LINES) == set(EDGE_TYPES.values())
    assert set(COVERS) == {*Cover, None}
    assert set(SEVERITIES) == set(Severity)
    assert {e for group in GROUPS.values() for e in group} == set(NODES) - {Organization}


@pytest.mark.parametrize("background", [PAPER, STRIPE])
def test_everything_stands_out_from_paper_and_stripe(background: str) -> None:
    glyphs = [*NODES.values(), *COVERS.values(), *SEVERITIES.values()]
    colours = {g.colour for g in glyphs} | {line.colour for line in LINES.values()} | {styles.PLANNED.colour}
    assert {c: contrast(c, background) for c in colours if contrast(c, background) < 3} == {}
    texts = [INK, MUTED, *(mark.colour for mark in SEVERITIES.values())]
    assert [c for c in texts if contrast(c, background) < 4.5] == []


def test_numbers_are_read_on_every_step_of_the_ramp() -> None:
    assert [step for step in RAMP if max(contrast(INK, step), contrast(PAPER, step)) < 4.5] == []


@pytest.mark.parametrize("eyes", SEEN_BY)
@pytest.mark.parametrize("group", side_by_side())
def test_what_is_seen_side_by_side_differs_in_colour_to_all_eyes(group: str, eyes: str) -> None:
    assert nearest(side_by_side()[group], eyes) >= 18


def test_no_two_kinds_of_node_look_the_same() -> None:
    looks = [(g.path, g.mark, g.paint, g.colour) for g in [*NODES.values(), *COVERS.values()]]
    assert len(set(looks)) == len(looks)
    assert NODES[Organization].path not in {g.path for g in COVERS.values()}  # an organisation as such is of no cover
    for elements in GROUPS.values():  # in black and white the shape alone must do
        shapes = [(NODES[e].path, NODES[e].mark, NODES[e].paint) for e in elements]
        assert len(set(shapes)) == len(shapes)
    covers = [(g.path, g.mark, g.paint) for g in COVERS.values()]
    assert len(set(covers)) == len(covers)
    assert len(set(styles.SIGNS.values())) == len(Severity)


def test_no_two_edge_types_between_the_same_nodes_look_the_same() -> None:
    looks = [(line.colour, line.width, line.dash, line.arrow, edge.pairs) for edge, line in LINES.items()]
    assert len(set(looks)) == len(looks)
    assert styles.PLANNED not in LINES.values()
