"""Does a ChangeSet do what it says, forwards, backwards and one after another?"""

from __future__ import annotations

import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from polars.testing import assert_frame_equal

from graphmodel.changes import ChangeSet, Conflict, Delta, check_before, differing, merge
from graphmodel.stores.payload import pack_changes, rewound, unpack_changes
from graphmodel.tables import Tables, empty_frame, key_columns
from tests.stores.acts import assert_same, organizations
from tests.strategies import complete, frame, tables

drawn = settings(max_examples=40, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])


@drawn
@given(old=tables(), new=tables())
def test_what_lies_between_leads_there_and_back(old: Tables, new: Tables) -> None:
    changes = ChangeSet.between(old, new)
    assert_same(changes.apply_to(old), new)
    assert_same(changes.inverse().apply_to(new), old)
    assert ChangeSet.between(new, new).empty


@drawn
@given(first=tables(), second=tables(), third=tables())
def test_two_acts_as_one_lead_to_the_same(first: Tables, second: Tables, third: Tables) -> None:
    one, two = ChangeSet.between(first, second), ChangeSet.between(second, third)
    both, direct = one.then(two), ChangeSet.between(first, third)
    assert_same(both.apply_to(first), third)
    assert_same(rewound(third, [one, two]), first)
    assert both.counts().equals(direct.counts())
    assert both.fields().equals(direct.fields())
    assert one.then(one.inverse()).empty


@drawn
@given(old=tables(), new=tables())
def test_counts_and_fields_tell_what_comes_goes_and_changes(old: Tables, new: Tables) -> None:
    changes = ChangeSet.between(old, new)
    cells = changes.fields()
    for name, added, removed, changed in changes.counts().iter_rows():
        key = key_columns(name)
        before = {tuple(row[c] for c in key): row for row in old.get(name, empty_frame(name)).to_dicts()}
        after = {tuple(row[c] for c in key): row for row in new.get(name, empty_frame(name)).to_dicts()}
        assert added == len(after.keys() - before.keys())
        assert removed == len(before.keys() - after.keys())
        assert changed == sum(before[one] != after[one] for one in before.keys() & after.keys())
    assert changes.size == changes.counts().select(pl.sum_horizontal("added", "removed", "changed")).sum().item()
    assert cells.filter(pl.col("before").eq_missing(pl.col("after"))).is_empty()


@drawn
@given(old=tables(), new=tables())
def test_a_change_survives_as_bytes(old: Tables, new: Tables) -> None:
    changes = ChangeSet.between(old, new)
    again = unpack_changes(pack_changes(changes))
    assert again.deltas.keys() == changes.deltas.keys()
    for name, delta in changes.deltas.items():
        assert_frame_equal(again.deltas[name].before, delta.before, check_exact=True)
        assert_frame_equal(again.deltas[name].after, delta.after, check_exact=True)


def test_two_acts_as_one_tell_every_place_rows_came_from() -> None:
    def act(old: Tables, new: Tables, file: str) -> ChangeSet:
        origin = pl.DataFrame({"id": ["a"], "file": [file], "sheet": ["一"], "row": [7]})
        return ChangeSet.between(old, new, {"Organization": origin})

    one, two = organizations("a", staff=1), organizations("a", staff=2)
    both = act({}, one, "2015.csv").then(act(one, two, "2016.csv"))
    assert both.origins["Organization"]["file"].to_list() == ["2015.csv", "2016.csv"]


def test_every_field_survives_as_bytes() -> None:
    changes = ChangeSet.between({}, complete())
    again = unpack_changes(pack_changes(changes))
    assert_same(again.apply_to({}), complete())


def test_unknown_equals_unknown_and_differs_from_anything_else() -> None:
    old = frame("Organization", [{"id": "a"}, {"id": "b"}, {"id": "c", "staff": 0}, {"id": "d", "union": False}])
    new = frame("Organization", [{"id": "a"}, {"id": "b", "staff": 0}, {"id": "c"}, {"id": "d"}])
    assert differing(old, new).to_list() == [False, True, True, True]


def test_fields_show_each_cell_in_order() -> None:
    old, new = organizations("b", staff=1, union=True), organizations("a", "b", staff=2)
    assert ChangeSet.between(old, new).fields().rows() == [
        ("Organization", "a", "_row", None, "✓"),
        ("Organization", "a", "staff", None, "2"),
        ("Organization", "b", "staff", "1", "2"),
        ("Organization", "b", "union", "true", None),
    ]


def test_what_is_gone_is_told_once_and_not_field_by_field() -> None:
    old, new = organizations("a", "b", staff=1, union=True), organizations("b", staff=1, union=True)
    assert ChangeSet.between(old, new).fields().rows() == [("Organization", "a", "_row", "✓", None)]


def test_an_act_that_only_alters_who_asserts_a_row_shows_it() -> None:
    old, new = organizations("a", sources="市局"), organizations("a", "b", sources="市局|街道")
    changes = ChangeSet.between(old, new)
    assert changes.counts().rows() == [("Organization", 1, 0, 1)]
    assert changes.fields().rows() == [
        ("Organization", "a", "sources", "市局", "市局|街道"),
        ("Organization", "b", "_row", None, "✓"),
    ]


def test_upserting_keeps_rows_that_are_not_named() -> None:
    state = organizations("a", "b", staff=1)
    changes = ChangeSet.upserting(state, organizations("b", "c", staff=2))
    assert changes.counts().rows() == [("Organization", 1, 0, 1)]
    expected = merge([organizations("a", staff=1), organizations("b", "c", staff=2)])
    assert_same(changes.apply_to(state), expected)


@pytest.mark.parametrize(
    ("state", "word"),
    [
        (organizations("a", staff=2), "changed meanwhile"),
        (organizations("b", staff=1), "is gone"),
        ({}, "is gone"),
    ],
)
def test_rows_that_are_not_as_expected_are_refused(state: Tables, word: str) -> None:
    changes = ChangeSet.between(organizations("a", staff=1), organizations("a", staff=3))
    with pytest.raises(Conflict, match=word) as refused:
        changes.apply_to(state)
    assert refused.value.rows is not None
    assert refused.value.rows.height == 1


def test_a_key_that_exists_is_refused() -> None:
    with pytest.raises(Conflict, match="exists already"):
        ChangeSet.between({}, organizations("a")).apply_to(organizations("a", staff=1))


def test_the_order_of_rows_does_not_matter() -> None:
    rows = organizations("a", "b", "c", staff=1)["Organization"]
    check_before("Organization", rows.reverse(), rows)
    assert ChangeSet.between({"Organization": rows}, {"Organization": rows.reverse()}).empty
    swapped = ChangeSet({"Organization": Delta(rows, rows.reverse().with_columns(staff=pl.lit(2)))})
    assert swapped.counts().rows() == [("Organization", 0, 0, 3)]
