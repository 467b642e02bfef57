"""Is the dense picture the same as the tables it is made from, however it came about?"""

from __future__ import annotations

import datetime as dt

import numpy as np
import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from graphmodel.changes import ChangeSet, Conflict, Delta
from graphmodel.network import DanglingEdges, Network, Stamp, deletion, same
from graphmodel.schema import EDGE_TYPES, NODE_TYPES
from graphmodel.schema.edges import Covers
from graphmodel.schema.nodes import Alliance, Organization, PartyOrganization
from graphmodel.tables import Tables
from tests.stores.acts import assert_holds, covered
from tests.strategies import complete, frame, tables

STAMP = Stamp(1, dt.date(2016, 10, 31))
drawn = settings(max_examples=40, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])


def test_every_type_and_field_is_held() -> None:
    network = Network.from_tables(complete(), STAMP)
    assert_holds(network, complete())
    assert network.stamp == STAMP


def test_few_ids_are_found_among_many_as_many_are() -> None:
    ids = pl.Series([f"{kind}:{n * 7 % 3001}" for n in range(3001) for kind in ("usc", "名称", "reg", "🎉")]).unique()
    organizations = frame("Organization", [{"id": id_} for id_ in ids])
    nodes = Network.from_tables({"Organization": organizations}, STAMP)[Organization]
    wanted = [*ids.sample(40, seed=1), "", "nowhere", "usc:", "zzz", "名称:99999", "\U0010ffff"]
    place = {id_: row for row, id_ in enumerate(nodes.ids)}
    expected = [place.get(id_, -1) for id_ in wanted]
    assert nodes.find(wanted).tolist() == expected
    assert nodes.find(pl.Series([None, *wanted])).tolist() == [-1, *expected]
    assert nodes.find([*wanted, *ids]).tolist() == [*expected, *map(place.__getitem__, ids)]
    assert nodes.find(wanted).dtype == np.int32


@drawn
@given(drawn_tables=tables())
def test_rows_and_indices_name_the_same_elements(drawn_tables: Tables) -> None:
    network = Network.from_tables(drawn_tables, STAMP)
    assert_holds(network, drawn_tables)
    assert network.tables().keys() == drawn_tables.keys()
    for nodes in network.nodes.values():
        assert nodes.ids.is_sorted()
        assert nodes.find(nodes.ids).tolist() == list(range(len(nodes)))
        assert nodes.find(["nowhere"]).tolist() == [-1]
    for rows in network.pairs.values():
        assert rows.source.dtype == rows.target.dtype == np.int32
        assert np.all(np.diff(rows.source) >= 0)
        for source in range(len(network.nodes[rows.source_type.type_name])):
            of_source = np.flatnonzero(rows.source == source)
            if source < len(rows.pointers) - 1:
                assert of_source.tolist() == list(range(rows.pointers[source], rows.pointers[source + 1]))
            else:
                assert not len(of_source)


@drawn
@given(old=tables(), new=tables())
def test_applying_gives_what_building_anew_gives(old: Tables, new: Tables) -> None:
    before, after = Network.from_tables(old, STAMP), Network.from_tables(new, STAMP)
    changes = ChangeSet.between(old, new)
    applied = before.apply(changes)
    assert same(applied, after)
    assert_holds(before, old)
    for pair, rows in applied.pairs.items():
        assert rows.source.tolist() == after.pairs[pair].source.tolist()
        assert rows.target.tolist() == after.pairs[pair].target.tolist()
        assert rows.frame.equals(after.pairs[pair].frame)
    assert same(applied.apply(changes.inverse()), before)


@drawn
@given(drawn_tables=tables(), data=st.data())
def test_deleting_nodes_takes_their_edges_and_nothing_else(drawn_tables: Tables, data: st.DataObject) -> None:
    network = Network.from_tables(drawn_tables, STAMP)
    name = data.draw(st.sampled_from(sorted(NODE_TYPES)))
    ids = network.nodes[name].ids
    gone = [one for one in ids.to_list() if data.draw(st.booleans())]
    left = network.apply(deletion(network, NODE_TYPES[name], pl.Series(gone, dtype=pl.String)))
    for kind in NODE_TYPES:
        kept = [one for one in network.nodes[kind].ids.to_list() if kind != name or one not in gone]
        assert left.nodes[kind].ids.to_list() == kept
    for kind in EDGE_TYPES:
        rows = network.table(kind).to_dicts()
        touched = [
            r
            for r in rows
            if any(r[f"{e}_type"] == name and r[e] in gone for e in ("source", "target"))
            or (name == "Alliance" and r.get("alliance") in gone)
        ]
        assert left.table(kind).height == len(rows) - len(touched)
    assert same(left.apply(deletion(network, NODE_TYPES[name], pl.Series(gone, dtype=pl.String)).inverse()), network)


def test_deleting_an_alliance_takes_the_joints_made_in_it() -> None:
    ends = {"source_type": "Organization", "source": "a", "target_type": "Organization", "target": "b"}
    joints = [{**ends, "kind": "venues", "alliance": alliance} for alliance in ("x", "y", None)]
    rows = {"Organization": [{"id": one} for one in "ab"], "Alliance": [{"id": one} for one in "xy"]}
    tables = {name: frame(name, listed) for name, listed in (rows | {"JOINS_WITH": joints}).items()}
    network = Network.from_tables(tables, STAMP)
    left = network.apply(deletion(network, Alliance, pl.Series(["x"])))
    assert set(left.table("JOINS_WITH")["alliance"]) == {"y", None}


def test_untouched_types_are_shared() -> None:
    network = Network.from_tables({**covered("a", "b"), "Alliance": frame("Alliance", [{"id": "x"}])}, STAMP)
    applied = network.apply(
        ChangeSet.between({}, {"Alliance": frame("Alliance", [{"id": "y"}])}), Stamp(2, STAMP.as_of)
    )
    assert applied[Organization] is network[Organization]
    pair = (Covers, PartyOrganization, Organization)
    assert applied.edges(*pair) is network.edges(*pair)
    assert len(applied[Alliance]) == 2
    assert len(network[Alliance]) == 1
    assert (applied.stamp.revision, network.stamp.revision) == (2, 1)


def test_columns_without_a_change_are_shared_and_what_does_not_fit_is_refused() -> None:
    rows = [{"id": one, "members": number, "aliases": None} for number, one in enumerate("abc")]
    network = Network.from_tables({"Organization": frame("Organization", rows)}, STAMP)
    before = network[Organization]
    kept = {name: before.vector(name) for name in ("members", "aliases")}
    was = before.frame[1:2]
    changes = ChangeSet.between({"Organization": was}, {"Organization": was.with_columns(aliases=pl.lit("乙"))})
    after = network.apply(changes)[Organization]
    assert after.vector("members") is kept["members"]
    assert after.vector("aliases") is not kept["aliases"]
    assert (after.frame["aliases"].to_list(), before.frame["aliases"].to_list()) == ([None, "乙", None], [None] * 3)
    assert same(network.apply(changes).apply(changes.inverse()), network)
    with pytest.raises(Conflict):
        network.apply(changes).apply(changes)
    stranger = was.with_columns(id=pl.lit("x"))
    with pytest.raises(Conflict):
        network.apply(
            ChangeSet.between({"Organization": stranger}, {"Organization": stranger.with_columns(aliases=pl.lit("乙"))})
        )


def test_an_edge_to_nothing_is_refused_when_building_and_when_applying() -> None:
    whole = covered("a", "b")
    lonely = {**whole, "Organization": frame("Organization", [{"id": "a"}])}
    with pytest.raises(DanglingEdges) as refused:
        Network.from_tables(lonely, STAMP)
    assert refused.value.rows["target"].to_list() == ["b"]
    network = Network.from_tables(whole, STAMP)
    for name in ("Organization", "PartyOrganization"):
        with pytest.raises(DanglingEdges):
            network.apply(ChangeSet.between({name: whole[name]}, {}))
    moved = whole["COVERS"].head(1).with_columns(target=pl.lit("nowhere"))
    with pytest.raises(DanglingEdges):
        network.apply(ChangeSet.between({}, {"COVERS": moved}))


def test_types_that_the_schema_does_not_join_are_refused() -> None:
    ends = {"source_type": "Organization", "source": "a", "target_type": "Organization", "target": "a"}
    with pytest.raises(ValueError, match="COVERS"):
        Network.from_tables({**covered("a"), "COVERS": frame("COVERS", [ends])}, STAMP)


def test_an_act_that_does_not_fit_is_refused() -> None:
    network = Network.from_tables(covered("a"), STAMP)
    with pytest.raises(Conflict):
        network.apply(ChangeSet.between({}, {"Organization": frame("Organization", [{"id": "a", "staff": 1}])}))


def test_relations_that_are_not_as_an_act_expects_are_refused_as_among_tables() -> None:
    whole = covered("a", "b")
    network, one = Network.from_tables(whole, STAMP), whole["COVERS"].head(1)
    other = one.with_columns(pl.lit("planned").cast(one.schema["state"]).alias("state"))
    gone = one.with_columns(target=pl.lit("nowhere"))
    acts = (
        Delta(gone, one.clear()),  # what it ends is not there
        Delta(other, one.clear()),  # … or differs
        Delta(other, one),
        Delta(one.clear(), other),  # what it adds is there already
        Delta(pl.concat([one, gone]), one),
    )
    for delta in acts:
        changes = ChangeSet({"COVERS": delta})
        with pytest.raises(Conflict) as expected:
            changes.apply_to(network.tables())
        with pytest.raises(Conflict) as refused:
            network.apply(changes)
        assert refused.value.message == expected.value.message
    assert same(
        network.apply(ChangeSet({"COVERS": Delta(one, other)})).apply(ChangeSet({"COVERS": Delta(other, one)})), network
    )


def test_a_derived_fact_is_computed_once_for_each_network() -> None:
    network, made = Network.from_tables(covered("a"), STAMP), []

    def make() -> int:
        made.append(1)
        return len(network[Organization])

    assert [network.memo("count", make), network.memo("count", make)] == [1, 1]
    assert len(made) == 1
    applied = network.apply(ChangeSet.between({}, {"Organization": frame("Organization", [{"id": "b"}])}))
    assert applied.memo("count", lambda: len(applied[Organization])) == 2
