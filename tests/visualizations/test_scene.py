"""Is the board whole, in order and within its bounds, however large the network?"""

import datetime as dt

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings

from graphmodel.network import Network, Stamp
from graphmodel.paths import NodeKey, NoSuchNode
from queries.context import Context
from tests.queries.small import DAY, context, network, values
from tests.strategies import tables as drawn_tables
from tests.visualizations.examples import organisation, small, small_rows
from visualizations.board_selection import Filters, Group
from visualizations.lanes import LOOKS, PITCH, Lane, Tie
from visualizations.scene import Scene, scene
from visualizations.words import context_of


def many(organisations: int, streets: int = 16) -> Context:
    """So many organisations over so many streets, every third one filed, every fifth one covered by its own branch."""
    ids = [f"o{i:05}" for i in range(organisations)]
    rows = {
        "Street": [{"id": f"5101040{i:02}", "name": f"街道{i}"} for i in range(streets)],
        "Organization": [organisation(o, o, track="filed" if i % 3 == 0 else "registered") for i, o in enumerate(ids)],
        "PartyOrganization": [{"id": f"po:{o}", "form": "standalone", "state": "actual"} for o in ids[::5]],
        "COVERS": [{"source": f"po:{o}", "target": o, "state": "actual"} for o in ids[::5]],
        "LOCATED_IN": [
            {"source": o, "source_type": "Organization", "target": f"5101040{i % streets:02}", "target_type": "Street"}
            for i, o in enumerate(ids)
        ],
    }
    return context(network(DAY, **rows))


def assert_sound(board: Scene) -> None:
    glyphs = board.glyphs
    spots = glyphs.select("x", "y")
    assert spots.height == spots.unique().height, "two glyphs on one spot"
    assert (glyphs["count"] >= 1).all()
    assert board.drawn == glyphs["count"].sum() <= board.total
    inside = glyphs.filter(pl.col("x").is_between(0, board.width) & pl.col("y").is_between(0, board.height))
    assert inside.height == glyphs.height
    assert board.edges.filter(~pl.col("source").is_between(0, glyphs.height - 1)).is_empty()
    assert board.edges.filter(~pl.col("target").is_between(0, glyphs.height - 1)).is_empty()
    assert set(board.edges["tie"]) <= set(Tie.values())
    for lane, x, width in board.lanes.iter_rows():
        here = glyphs.filter(pl.col("lane") == lane)["x"]
        assert here.is_between(x, x + width).all(), lane


def test_every_node_of_the_board_is_drawn_once() -> None:
    board = scene(context_of(small()))
    assert_sound(board)
    assert (board.per_glyph, board.truncated) == (1, False)
    assert board.glyphs.filter(pl.col("type") == "Organization")["id"].sort().to_list() == [
        f"o{i}" for i in range(1, 7)
    ]
    assert board.lanes["lane"].to_list() == list(Lane.values())
    looks = dict(board.glyphs.filter(pl.col("type") == "Organization").select("id", "look").iter_rows())
    assert looks == {
        "o1": "work-only",
        "o2": "standalone",
        "o3": "none",
        "o4": "cannot-tell",  # nothing says whether it has a union
        "o5": "cannot-tell",
        "o6": "joint",
    }
    bands = board.bands.select("id", "total", "gaps").rows()
    assert bands == [
        ("510104020", 3, 1),
        ("510104021", 1, 1),
        (None, 1, 1),
    ]  # o4 is uncovered, whichever of the two it is


def test_relations_are_drawn_planned_ones_and_missing_ones_apart() -> None:
    board = scene(context_of(small()))
    ids = board.glyphs["id"]
    ties = {(t, ids[s], ids[o], tie) for t, s, o, tie in board.edges.iter_rows()}
    assert ("COVERS", "po:o2", "o2", "actual") in ties
    assert ("COVERS", "po:o3", "o3", "planned") in ties
    assert ("GUIDES", "510104021", "o4", "missing") in ties  # filed, so its street should guide it


def test_streets_stand_in_official_order_and_gaps_first_in_each() -> None:
    board = scene(many(900))
    assert_sound(board)
    named = board.bands.filter(pl.col("id").is_not_null())
    assert named["id"].is_sorted()
    assert named["y"].is_sorted()
    for lane in ("registered", "filed"):
        for y, height in board.bands.select("y", "height").iter_rows():
            band = board.glyphs.filter((pl.col("lane") == lane) & pl.col("y").is_between(y, y + height)).sort("x", "y")
            order = [LOOKS.index(look) for look in band["look"]]
            assert order == sorted(order)
    assert board.glyphs.filter(pl.col("lane") == "filed")["filed"].all()
    assert not board.glyphs.filter(pl.col("lane") == "registered")["filed"].any()


@pytest.mark.parametrize("organisations", [100, 3_000, 20_000])
@pytest.mark.parametrize("most", [2000, 400])
def test_what_is_too_much_is_grouped_and_said_so(organisations: int, most: int) -> None:
    board = scene(many(organisations), most=most)
    assert_sound(board)
    assert board.glyphs.height <= most
    assert board.drawn == board.total, "grouped, not dropped"
    assert (board.glyphs["count"] <= board.per_glyph).all()
    whole = board.glyphs.filter(pl.col("type") == "Organization")
    assert whole["count"].sum() == organisations
    if organisations == 100:
        assert board.per_glyph == 1


def test_more_streets_than_fit_are_cut_and_said_so() -> None:
    board = scene(many(400, streets=100))
    assert_sound(board)
    assert board.truncated
    assert board.bands.height <= 33


def test_filters_leave_what_they_say_and_what_is_related_to_it() -> None:
    asked = context_of(small())
    by_street = scene(asked, Filters(street="510104021"))
    assert set(by_street.glyphs.filter(pl.col("type") == "Organization")["id"]) == {"o3", "o4"}
    assert set(by_street.glyphs.filter(pl.col("type") == "PartyOrganization")["id"]) == {"po:o3"}
    assert by_street.bands["id"].to_list() == ["510104021"]
    elsewhere = small_rows()
    elsewhere["COVERS"] += [{"source": "joint:1", "target": o, "state": "actual"} for o in ("o2", "o3")]  # o2 is first
    of_both = scene(context(network(DAY, **elsewhere)), Filters(street="510104021"))
    assert set(of_both.glyphs.filter(pl.col("type") == "PartyOrganization")["id"]) == {"po:o3", "joint:1"}
    assert (of_both.truncated, of_both.bands["id"].to_list()) == (False, ["510104021", None])
    by_authority = scene(asked, Filters(authority="authority:教育局"))
    assert by_authority.glyphs.filter(pl.col("type") == "Organization")["id"].to_list() == ["o2"]
    answer = small().answer("uncovered")
    by_answer = scene(asked, Filters(answer=answer))
    found = {*answer.ids("gap"), *answer.ids("cannot-tell")}
    assert set(by_answer.glyphs.filter(pl.col("type") == "Organization")["id"]) == found
    both = scene(asked, Filters(street="510104020", answer=answer))
    assert set(both.glyphs.filter(pl.col("type") == "Organization")["id"]) == found & {"o1", "o2", "o6"}
    for board in (by_street, by_authority, by_answer, both):
        assert_sound(board)
        assert not board.truncated
    with pytest.raises(NoSuchNode):
        scene(asked, Filters(street="nowhere"))


def test_a_streets_picture_has_the_hubs_and_stations_that_stand_there() -> None:
    rows = small_rows()
    rows["Organization"][2]["status"] = "deregistered"  # o3, which stands in 510104021 and is not drawn
    rows["Hub"] = [{"id": "here"}, {"id": "at-o3"}, {"id": "elsewhere"}, {"id": "nowhere"}]
    rows["GuidanceStation"] = [{"id": "station"}]
    rows["BASED_ON"] = [
        {"source_type": "Hub", "source": "at-o3", "target_type": "Organization", "target": "o3"},
        {"source_type": "GuidanceStation", "source": "station", "target_type": "Organization", "target": "o3"},
    ]
    located = [("here", "510104021"), ("elsewhere", "510104020")]
    rows["LOCATED_IN"] += [
        {"source_type": "Hub", "source": hub, "target_type": "Street", "target": street} for hub, street in located
    ]
    asked = context(network(DAY, **rows))
    board = scene(asked, Filters(street="510104021"))
    assert set(board.glyphs.filter(pl.col("type") == "Hub")["id"]) == {"here", "at-o3"}
    assert set(board.glyphs.filter(pl.col("type") == "GuidanceStation")["id"]) == {"station"}
    assert board.bands["id"].to_list() == ["510104021"]  # none of them in a band for what stands elsewhere
    assert_sound(board)


def test_the_deregistered_are_not_drawn() -> None:
    rows = small_rows()
    rows["Organization"][0]["status"] = "deregistered"
    board = scene(context(network(DAY, **rows)))
    assert "o1" not in set(board.glyphs["id"])


def test_a_street_that_is_no_more_has_a_row_where_something_stands_there_or_did_before() -> None:
    rows = small_rows()
    for street in rows["Street"]:
        street["valid_until"] = DAY - dt.timedelta(days=1)
    rows["Street"].append({"id": "510104099", "name": "早已撤销", "valid_until": DAY - dt.timedelta(days=900)})
    rows["Street"].append({"id": "510104100", "name": "今天撤销", "valid_until": DAY})
    before = context(network(DAY, **rows))
    shown = scene(before).bands.drop_nulls("id").select("id", "ended").rows()
    assert shown == [("510104020", True), ("510104021", True), ("510104100", False)]
    left = [tie for tie in rows["LOCATED_IN"] if tie["target"] != "510104021"]
    after = context(network(DAY, **{**rows, "LOCATED_IN": left, "PARTY_BODY_OF": []}))
    alone, beside = scene(after), scene(after, Filters(before=before))
    assert "510104021" not in alone.bands["id"].to_list()
    assert beside.bands["id"].to_list() == scene(before).bands["id"].to_list()
    assert_sound(beside)
    assert_sound(alone)


def test_an_empty_board_has_its_lanes() -> None:
    board = scene(context(network()))
    assert_sound(board)
    assert board.glyphs.is_empty()
    assert board.lanes.height == len(Lane)


@settings(max_examples=40, deadline=None)
@given(drawn=drawn_tables())
def test_any_network_has_a_sound_board(drawn: dict[str, pl.DataFrame]) -> None:
    board = scene(Context.of(Network.from_tables(drawn, Stamp(1, DAY)), values()))
    assert_sound(board)
    assert np.isfinite(board.glyphs.select("x", "y").to_numpy()).all()
    assert float(board.width) >= PITCH


@pytest.mark.parametrize("most", [200, 900])
def test_a_glyph_that_stands_for_several_opens_into_one_glyph_an_organisation(most: int) -> None:
    asked = many(1200)
    board = scene(asked, most=most)
    assert board.per_glyph > 1
    groups = board.glyphs.filter(pl.col("type") == "Organization")
    seen: list[str] = []
    for first, count, look in groups.select("id", "count", "look").iter_rows():
        opened = scene(asked, Filters(group=Group(NodeKey("Organization", first), count)))
        assert_sound(opened)
        own = opened.glyphs.filter(pl.col("type") == "Organization")
        assert opened.per_glyph == 1
        assert (own.height, own["look"].unique().to_list(), own["id"][0]) == (count, [look], first)
        seen += own["id"].to_list()
    assert sorted(seen) == sorted(f"o{i:05}" for i in range(1200))


def test_a_group_of_branches_opens_into_these_and_the_organisations_beside_them() -> None:
    asked = many(1200)
    board = scene(asked, most=200)
    first, count = board.glyphs.filter(pl.col("type") == "PartyOrganization").select("id", "count").row(0)
    assert count > 1
    opened = scene(asked, Filters(group=Group(NodeKey("PartyOrganization", first), count))).glyphs
    branches = opened.filter(pl.col("type") == "PartyOrganization")["id"].to_list()
    assert len(branches) == count
    assert sorted(opened.filter(pl.col("type") == "Organization")["id"]) == sorted(
        b.removeprefix("po:") for b in branches
    )


@pytest.mark.parametrize("first", [NodeKey("Organization", "nobody"), NodeKey("Community", "o00001")])
def test_a_group_of_what_stands_on_no_board_is_refused(first: NodeKey) -> None:
    with pytest.raises(NoSuchNode):
        scene(many(10), Filters(group=Group(first, 2)))
