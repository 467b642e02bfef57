"""Is three-valued truth over arrays the same as reasoned row by row?"""

from __future__ import annotations

import datetime as dt
import itertools
from collections.abc import Iterable
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from graphmodel.rows import Rows
from graphmodel.schema.nodes import Fund, Organization
from graphmodel.vectors import INT_HI, INT_LO, Codes, Indices, Kleene, Numbers, any_at, count_at, how_many, sum_at
from tests.strategies import frame

Truth = bool | None
TRUTHS: tuple[Truth, ...] = (True, False, None)
truths = st.lists(st.sampled_from(TRUTHS), min_size=1, max_size=8)
exact = settings(max_examples=200, deadline=None, derandomize=True)


def kleene(values: list[Truth]) -> Kleene:
    return Kleene(np.array([v is True for v in values], np.bool_), np.array([v is False for v in values], np.bool_))


def listed(truth: Kleene) -> list[Truth]:
    assert not np.any(truth.yes & truth.no)
    return [True if y else False if n else None for y, n in zip(truth.yes, truth.no, strict=True)]


def numbers(values: list[int | None]) -> Numbers:
    rows = [{"id": str(place), "staff": value} for place, value in enumerate(values)]
    return numbers_of(Rows(Organization, frame("Organization", rows)), "staff")


def flags_of(rows: Rows, name: str) -> Kleene:
    vector = rows.vector(name)
    assert isinstance(vector, Kleene)
    return vector


def numbers_of(rows: Rows, name: str) -> Numbers:
    vector = rows.vector(name)
    assert isinstance(vector, Numbers)
    return vector


def codes_of(rows: Rows, name: str) -> Codes:
    vector = rows.vector(name)
    assert isinstance(vector, Codes)
    return vector


def worlds(*values: Truth) -> Iterable[tuple[bool, ...]]:
    """Every way in which the unknown could turn out."""
    return itertools.product(*[(v,) if v is not None else (True, False) for v in values])


def told(outcomes: set[bool]) -> Truth:
    return outcomes.pop() if len(outcomes) == 1 else None


def test_and_or_not_are_those_of_kleene() -> None:
    pairs = list(itertools.product(TRUTHS, TRUTHS))
    left, right = kleene([a for a, _ in pairs]), kleene([b for _, b in pairs])
    assert listed(left & right) == [told({x and y for x, y in worlds(a, b)}) for a, b in pairs]
    assert listed(left | right) == [told({x or y for x, y in worlds(a, b)}) for a, b in pairs]
    assert listed(~left) == [None if a is None else not a for a, _ in pairs]
    assert left.unknown.tolist() == [a is None for a, _ in pairs]
    assert left.possible.tolist() == [a is not False for a, _ in pairs]
    assert listed(left.known()) == [a is not None for a, _ in pairs]


@pytest.mark.parametrize("value", TRUTHS)
def test_a_constant_is_itself_in_every_row(value: Truth) -> None:
    assert listed(Kleene.constant(3, value)) == [value] * 3
    assert listed(Kleene.certain(np.array([True, False]))) == [True, False]


@exact
@given(
    values=st.lists(st.none() | st.integers(-3, 3), min_size=1, max_size=6),
    bounds=st.lists(st.none() | st.integers(-3, 3), min_size=6, max_size=6),
    bound=st.integers(-4, 4),
)
def test_a_comparison_is_certain_exactly_where_the_number_is_known(
    values: list[int | None], bounds: list[int | None], bound: int
) -> None:
    vector, others = numbers(values), numbers(bounds[: len(values)])
    known = [v if v is not None else None for v in values]
    assert listed(vector.at_least(bound)) == [None if v is None else v >= bound for v in known]
    assert listed(vector.more_than(bound)) == [None if v is None else v > bound for v in known]
    assert listed(vector.equal_to(bound)) == [None if v is None else v == bound for v in known]
    pairs = list(zip(values, bounds, strict=False))
    unknown = [a is None or b is None for a, b in pairs]
    assert listed(vector.at_least(others)) == [None if u else a >= b for u, (a, b) in zip(unknown, pairs, strict=True)]  # type: ignore[operator]
    assert listed(vector.more_than(others)) == [None if u else a > b for u, (a, b) in zip(unknown, pairs, strict=True)]  # type: ignore[operator]
    assert listed(vector.equal_to(others)) == [None if u else a == b for u, (a, b) in zip(unknown, pairs, strict=True)]
    assert listed(vector.known()) == [v is not None for v in values]


def test_bounds_decide_a_comparison_that_unknown_numbers_allow() -> None:
    between = Numbers(np.array([2, 2, 5]), np.array([4, 4, 5]))
    assert listed(between.at_least(2)) == [True, True, True]
    assert listed(between.at_least(5)) == [False, False, True]
    assert listed(between.at_least(3)) == [None, None, True]
    assert listed(between.more_than(4)) == [False, False, True]
    assert listed(between.equal_to(5)) == [False, False, True]
    assert listed(between.equal_to(3)) == [None, None, False]


@exact
@given(data=st.data())
def test_edges_are_told_at_their_nodes_as_in_every_world(data: st.DataObject) -> None:
    rows = data.draw(st.integers(1, 4))
    edges = data.draw(
        st.lists(
            st.tuples(st.integers(0, rows - 1), st.sampled_from(TRUTHS), st.none() | st.integers(0, 9)), max_size=6
        )
    )
    at: Indices = np.array([node for node, _, _ in edges], dtype=np.int32)
    truth, amount = kleene([t for _, t, _ in edges]), numbers([a for _, _, a in edges])
    here = [[(t, a) for node, t, a in edges if node == row] for row in range(rows)]
    assert listed(any_at(rows, at, truth)) == [told({any(w) for w in worlds(*(t for t, _ in of))}) for of in here]
    counts = count_at(rows, at, truth)
    assert counts.lo.tolist() == [min(map(sum, worlds(*(t for t, _ in of)))) for of in here]
    assert counts.hi.tolist() == [max(map(sum, worlds(*(t for t, _ in of)))) for of in here]
    sums = sum_at(rows, at, truth, amount)
    assert sums.lo.tolist() == [sum((a or 0) for t, a in of if t is True) for of in here]
    assert sums.hi.tolist() == [sum(np.inf if a is None else a for t, a in of if t is not False) for of in here]


@exact
@given(rows=st.lists(st.tuples(*[st.sampled_from(TRUTHS)] * 3), min_size=1, max_size=5))
def test_how_many_of_several_truths_hold(rows: list[tuple[Truth, Truth, Truth]]) -> None:
    count = how_many([kleene(list(column)) for column in zip(*rows, strict=True)])
    assert count.lo.tolist() == [min(map(sum, worlds(*row))) for row in rows]
    assert count.hi.tolist() == [max(map(sum, worlds(*row))) for row in rows]


def test_fields_become_vectors_and_unknown_is_never_zero_or_no() -> None:
    rows: list[dict[str, Any]] = [
        {"id": "a", "union": True, "staff": 0, "registered_on": dt.date(1970, 1, 2), "grade": "3A", "industry": "教育"},
        {
            "id": "b",
            "union": False,
            "staff": 7,
            "registered_on": dt.date(1969, 12, 31),
            "grade": "5A",
            "industry": "卫生",
        },
        {"id": "c"},
    ]
    table = Rows(Organization, frame("Organization", rows))
    assert listed(flags_of(table, "union")) == [True, False, None]
    staff, day = numbers_of(table, "staff"), numbers_of(table, "registered_on")
    assert (staff.lo.tolist(), staff.hi.tolist()) == ([0, 7, INT_LO], [0, 7, INT_HI])
    assert (day.lo.tolist(), day.hi.tolist()) == ([1, -1, INT_LO], [1, -1, INT_HI])
    grade, industry = codes_of(table, "grade"), codes_of(table, "industry")
    assert [grade.words[c] if c >= 0 else None for c in grade.code] == ["3A", "5A", None]
    assert [industry.words[c] if c >= 0 else None for c in industry.code] == ["教育", "卫生", None]
    assert listed(grade.is_in(["5A", "4A", "nothing"])) == [False, True, None]
    assert listed(industry.is_in([])) == [False, False, None]
    assert listed(industry.known()) == [True, True, False]
    amount = numbers_of(Rows(Fund, frame("Fund", [{"id": "f", "amount": 0.5}, {"id": "g"}])), "amount")
    assert (amount.lo.tolist(), amount.hi.tolist()) == ([0.5, -np.inf], [0.5, np.inf])
    with pytest.raises(KeyError):
        table.vector("colour")


def test_a_vector_of_no_rows_is_empty() -> None:
    table = Rows(Organization, frame("Organization", []))
    assert [
        len(flags_of(table, "union").yes),
        len(numbers_of(table, "staff").lo),
        len(codes_of(table, "industry").code),
    ] == [0, 0, 0]
    assert listed(codes_of(table, "industry").is_in(["教育"])) == []


def test_taking_rows_keeps_their_order() -> None:
    places: Indices = np.array([2, 0, 0], dtype=np.int32)
    assert listed(kleene([True, False, None]).take(places)) == [None, True, True]
    taken = numbers([1, 2, None]).take(places)
    assert (taken.lo.tolist(), taken.hi.tolist()) == ([INT_LO, 1, 1], [INT_HI, 1, 1])
    assert Codes(np.array([0, 1, -1], dtype=np.int8), ["x", "y"]).take(places).code.tolist() == [-1, 0, 0]


def test_multiplying_leaves_the_unknown_unbounded() -> None:
    share = numbers([10, None]).times(0.95)
    assert (share.lo.tolist(), share.hi.tolist()) == ([9.5, -np.inf], [9.5, np.inf])
