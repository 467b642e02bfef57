"""Do the ways of joining truths hold for every truth that their parts can have?"""

from __future__ import annotations

import itertools

import pytest

from graphmodel.rows import NodeRows
from graphmodel.schema.nodes import Organization, Street
from graphmodel.text import Text
from graphmodel.vectors import Kleene
from queries.computed import Computed
from queries.context import Context
from queries.logic import Decided, Recorded
from queries.values import fields
from tests.queries.small import context, network

ORG = fields(Organization)
THREE = (True, False, None)
NINE = tuple(itertools.product(THREE, THREE))
NET = network(
    Organization=[{"id": str(i), "union": yes, "youth_league": no} for i, (yes, no) in enumerate(NINE)],
)


@pytest.mark.parametrize(("place", "pair"), list(enumerate(NINE)))
def test_a_certain_no_decides_then_a_certain_yes_and_nothing_else_does(
    place: int, pair: tuple[bool | None, bool | None]
) -> None:
    yes, no = pair
    expected = False if no else True if yes else None
    found = Decided(ORG.union, ORG.youth_league).evaluate(NET[Organization], context(NET))
    assert (found.yes[place], found.no[place]) == (expected is True, expected is False)


@pytest.mark.parametrize(("place", "pair"), list(enumerate(NINE)))
def test_what_is_recorded_is_a_certain_yes_or_else_no(place: int, pair: tuple[bool | None, bool | None]) -> None:
    found = Recorded(ORG.union).evaluate(NET[Organization], context(NET))
    assert (found.yes[place], found.no[place]) == (pair[0] is True, pair[0] is not True)


def test_what_is_computed_of_a_type_is_kept_by_type_and_not_by_where_its_rows_lie() -> None:
    asked: list[str] = []

    def mask(of: Context) -> Kleene:
        asked.append(of.today.isoformat())
        return Kleene.constant(len(NINE), value=True)

    fact, of = Computed("counted", Text("数", "counted"), mask), context(NET)
    for _ in range(2):
        fact.evaluate(NodeRows(Organization, NET[Organization].frame), of)
    assert len(asked) == 1, "other rows of the same type are the same rows"
    streets = NodeRows(Street, NET[Street].frame)
    fact.evaluate(streets, of)
    assert len(asked) == 2, "rows of another type are others, wherever they lie"
