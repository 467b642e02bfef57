"""Which head counts cannot be? A part that is more than its whole, parts that do not add up: remarks, as nobody knows which is wrong."""

from __future__ import annotations

from collections.abc import Iterator

import polars as pl

from graphmodel.text import Text
from loaders.faults import Problem, title_of

_ORGANIZATION = "Organization"
_PARTS = (
    ("members_here", "members"),
    ("members_elsewhere", "members"),
    ("full_members", "members_here"),
    ("probationary_members", "members_here"),
)  # part, whole
_SUM = ("full_members", "probationary_members", "members_here")
_CHECK = Text("请核对这几列。", "Check these columns.")


def impossible_counts(name: str, frame: pl.DataFrame) -> Iterator[tuple[str, Problem]]:
    """The field that a remark stands at, and the rows in which counts contradict each other; unknown ones contradict nothing."""
    if name != _ORGANIZATION:
        return
    for part, whole in _PARTS:
        if part in frame.columns and whole in frame.columns:
            one, all_ = title_of(name, part), title_of(name, whole)
            message = Text(f"“{one.zh}”多于“{all_.zh}”。", f'More "{one.en}" than "{all_.en}".')
            wrong = (frame[part] > frame[whole]).fill_null(value=False)
            yield part, Problem("part-above-whole", wrong, message, _CHECK)
    if set(_SUM) <= set(frame.columns):
        full, probationary, here = (title_of(name, field) for field in _SUM)
        message = Text(
            f"“{full.zh}”加“{probationary.zh}”不等于“{here.zh}”。",
            f'"{full.en}" and "{probationary.en}" do not add up to "{here.en}".',
        )
        wrong = frame[_SUM[0]] + frame[_SUM[1]] != frame[_SUM[2]]
        yield _SUM[2], Problem("parts-do-not-add-up", wrong.fill_null(value=False), message, _CHECK)
