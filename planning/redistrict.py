"""What if street boundaries change? Communities go to their successors, what stands in them goes along (settled point 9).

A community goes by its exact name, else by the documented merger of its street, else to the majority successor of its
street, which is inferred. What a street itself does (whom it guides, its Party body, its borders) goes to the street
that continues it, so that organisations whose community went elsewhere are found with the wrong street.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

import polars as pl

from graphmodel.changes import ChangeSet
from graphmodel.declare import Edge
from graphmodel.network import Network
from graphmodel.schema import EDGE_TYPES
from graphmodel.schema.edges import Covers, Instructs, LocatedIn, Neighbours, PartOf, SucceededBy
from graphmodel.schema.nodes import Community, Organization, Street
from graphmodel.tables import Tables, conform, empty_frame, key_columns
from graphmodel.text import Refusal, Text
from planning.boundaries import Redistricted, Way

SOURCE = "what-if"
_TYPES = (Street.type_name, Community.type_name)


def redistricted(network: Network, change: Tables, today: dt.date) -> Redistricted:
    """What a change of boundaries, as if it came into force today, does to a network.

    Parameters: `change` has the streets and communities that begin (`valid_from`) and end (`valid_until`), PART_OF of
    the new communities and SUCCEEDED_BY with what is inferred; its dates are replaced by today, so that nothing else
    than boundaries is otherwise.
    Errors: `Refusal` where the network has none of the streets that end, or the change is in force already.
    """
    tables = {name: change.get(name, empty_frame(name)) for name in (*_TYPES, PartOf.type_name, SucceededBy.type_name)}
    ended = _ended(network, tables)
    part_of = network.table(PartOf.type_name).select(id="source", street="target")
    named = _by_name(network, tables, part_of, ended)
    documented = _documented(tables, ended["Street"])
    majority = _majority(named, part_of, ended["Street"])
    whole = (
        part_of.join(network.table(Community.type_name).select("id", "name"), on="id")
        .join(named, on="id", how="left")
        .join(documented, on="street", how="left")
        .join(majority, on="street", how="left")
    )
    ways = ((Way.NAME, "by_name"), (Way.DOCUMENTED, "documented"), (Way.MAJORITY, "majority"))
    way = pl.coalesce(pl.when(pl.col(column).is_not_null()).then(pl.lit(one.value)) for one, column in ways)
    communities = whole.select(
        "id",
        pl.coalesce("name", "id").alias("name"),
        "street",
        pl.coalesce("to", "id").alias("to"),
        pl.coalesce("by_name", "documented", "majority", "street").alias("to_street"),
        way.alias("way"),
    ).sort("id")
    streets = _streets(documented, majority, ended["Street"])
    old, new, merged = _moved(network, communities, streets)
    nodes = _nodes(network, tables, communities, ended, today)
    changes = ChangeSet.between({**old, **{n: network.table(n) for n in nodes}}, {**new, **nodes})
    after = network.apply(changes)
    return Redistricted(
        changes,
        communities,
        streets,
        tuple(ended["Street"]),
        tuple(nodes["Street"].join(network.table("Street"), on="id", how="anti")["id"]),
        (_standing(network.table("Street"), today), _standing(nodes["Street"], today)),
        _organizations(network, communities),
        merged,
        (_crossing(network, after, Covers), _crossing(network, after, Instructs)),
    )


def _ended(network: Network, tables: Tables) -> dict[str, list[str]]:
    """The ids of streets and communities of the network that end."""
    ended = {}
    for name in _TYPES:
        over = tables[name].filter(pl.col("valid_until").is_not_null())["id"].to_list()
        ended[name] = network.table(name).filter(pl.col("id").is_in(over))["id"].to_list()
    new = tables["Street"].filter(pl.col("valid_from").is_not_null())["id"]
    if not ended["Street"]:
        message = Text("区划调整撤销的街道，这里一个也没有。", "None of the streets that the change ends is here.")
        hint = Text("请先导入调整前的街道和社区。", "Import the streets and communities before the change first.")
        raise Refusal(message, hint, code="no-such-streets")
    if network.table("Street")["id"].is_in(new.to_list()).any():
        message = Text("这次区划调整已在数据中。", "This change of boundaries is in the data already.")
        hint = Text("请用 --revision 选调整前的版本。", "Choose a revision before it with --revision.")
        raise Refusal(message, hint, code="already-redistricted")
    return ended


def _only(frame: pl.DataFrame) -> pl.DataFrame:
    """Of successions, those of a source that has one alone."""
    return frame.filter(pl.len().over("source") == 1)


def _by_name(network: Network, tables: Tables, part_of: pl.DataFrame, ended: Mapping[str, list[str]]) -> pl.DataFrame:
    """Communities that stay, or whose successor is recorded: `id`, `to`, `by_name` (the street)."""
    stays = part_of.filter(~pl.col("id").is_in(ended["Community"]) & ~pl.col("street").is_in(ended["Street"]))
    succeeded = _only(tables["SUCCEEDED_BY"].filter(pl.col("source_type") == "Community"))
    new = pl.concat(
        [tables["PART_OF"].select(to="source", by_name="target"), part_of.rename({"id": "to", "street": "by_name"})]
    )
    moved = succeeded.select(id="source", to="target").join(
        new.unique("to", keep="first", maintain_order=True), on="to"
    )
    known = network.table("Community").select("id")
    kept = stays.select("id", to="id", by_name="street")
    return pl.concat([kept, moved.join(known, on="id", how="semi")]).unique("id", keep="last", maintain_order=True)


def _documented(tables: Tables, ended: list[str]) -> pl.DataFrame:
    """Streets that end with one documented successor: `street`, `documented`."""
    found = tables["SUCCEEDED_BY"].filter(
        (pl.col("source_type") == "Street")
        & pl.col("source").is_in(ended)
        & (~pl.col("inferred")).fill_null(value=False)
    )
    return _only(found).select(street="source", documented="target")


def _majority(named: pl.DataFrame, part_of: pl.DataFrame, ended: list[str]) -> pl.DataFrame:
    """Where most communities of each street went by name, itself before others, then by id: `street`, `majority`."""
    counts = part_of.join(named, on="id").group_by("street", majority="by_name").len()
    lasting = part_of.filter(~pl.col("street").is_in(ended)).select("street", majority="street").unique()
    counted = pl.concat([counts, lasting.with_columns(len=pl.lit(0, pl.UInt32))]).group_by("street", "majority").sum()
    away = (pl.col("street") != pl.col("majority")).alias("away")
    order = counted.with_columns(away).sort("street", "len", "away", "majority", descending=[False, True, False, False])
    return order.unique("street", keep="first", maintain_order=True).select("street", "majority")


def _streets(documented: pl.DataFrame, majority: pl.DataFrame, ended: list[str]) -> dict[str, str]:
    """Which street continues each that ends; one of which nothing is known stays."""
    most = {street: to for street, to in majority.iter_rows() if street in ended}
    return most | dict(documented.iter_rows())


def _moved(
    network: Network, communities: pl.DataFrame, streets: Mapping[str, str]
) -> tuple[dict[str, pl.DataFrame], dict[str, pl.DataFrame], int]:
    """Every relation at a street or community, before and after, and how many fall together."""
    places = dict(communities.select("id", "to").iter_rows())
    old, new, merged = {}, {}, 0
    for name, edge in EDGE_TYPES.items():
        if not any(end.type_name in _TYPES for pair in edge.pairs for end in pair) or edge is SucceededBy:
            continue
        old[name] = network.table(name)
        moved = _renamed(old[name], {"Street": streets, "Community": places})
        if edge is PartOf:
            moved = moved.drop("target").join(
                communities.select(source="to", target="to_street").unique(), on="source", how="left"
            )
        if edge is Neighbours:
            split = _split(communities).with_columns(sources=pl.lit(SOURCE))
            moved = _undirected(pl.concat([moved, conform(name, split).with_columns(_came=pl.lit(value=True))]))
        new[name] = conform(name, _once(edge, moved).drop("_came"))
        merged += 0 if edge is Neighbours else old[name].height - new[name].height
    return old, new, merged


def _renamed(frame: pl.DataFrame, ids: Mapping[str, Mapping[str, str]]) -> pl.DataFrame:
    """The relations with their ends where they are now; `_came` of those of which one moved."""
    was = frame
    for end in ("source", "target"):
        moved = pl.col(end)
        for kind, new in ids.items():
            moved = pl.when(pl.col(f"{end}_type") == kind).then(pl.col(end).replace(new)).otherwise(moved)
        frame = frame.with_columns(moved.alias(end))
    return frame.with_columns(_came=(frame["source"] != was["source"]) | (frame["target"] != was["target"]))


def _split(communities: pl.DataFrame) -> pl.DataFrame:
    """Streets between which one is divided border on each other, as far as can be told."""
    parts = communities.select("street", source="to_street").unique()
    pairs = parts.join(parts.rename({"source": "target"}), on="street").select("source", "target")
    ends = {"source_type": pl.lit("Street"), "target_type": pl.lit("Street")}
    return pairs.with_columns(**ends).unique()


def _undirected(frame: pl.DataFrame) -> pl.DataFrame:
    """Borders stored the lesser end first, without those of a street with itself."""
    low, high = pl.min_horizontal("source", "target"), pl.max_horizontal("source", "target")
    return frame.filter(pl.col("source") != pl.col("target")).with_columns(source=low, target=high)


def _once(edge: type[Edge], frame: pl.DataFrame) -> pl.DataFrame:
    """Relations of one key once: actual ones before planned ones, a street's own before those that come to it."""
    state = [pl.col("state") != "actual"] if "state" in edge.columns else []
    ordered = frame.sort(*state, "_came", maintain_order=True, nulls_last=True)
    return ordered.unique(list(key_columns(edge.type_name)), keep="first", maintain_order=True)


def _nodes(
    network: Network, tables: Tables, communities: pl.DataFrame, ended: Mapping[str, list[str]], today: dt.date
) -> dict[str, pl.DataFrame]:
    """Streets, communities and successions after the change: the new ones begin today, those that end did so yesterday."""
    begins, ends = pl.lit(today).alias("valid_from"), pl.lit(today - dt.timedelta(days=1))
    found = {}
    moved = communities.filter(pl.col("id") != pl.col("to"))
    over = {"Street": ended["Street"], "Community": moved["id"].to_list()}
    come = {
        "Street": tables["Street"].filter(pl.col("valid_from").is_not_null()),
        "Community": tables["Community"].filter(pl.col("id").is_in(moved["to"].to_list())),
    }
    for name in _TYPES:
        stay = network.table(name)
        new = come[name].join(stay, on="id", how="anti").with_columns(begins, sources=pl.lit(SOURCE))
        until = pl.when(pl.col("id").is_in(over[name])).then(ends).otherwise("valid_until").alias("valid_until")
        found[name] = pl.concat([stay.with_columns(until), conform(name, new)])
    there = pl.concat([found[name]["id"] for name in _TYPES]).to_list()
    made = tables["SUCCEEDED_BY"].filter(pl.col("source").is_in(there) & pl.col("target").is_in(there))
    made = conform("SUCCEEDED_BY", made.with_columns(pl.lit(today).alias("on"), sources=pl.lit(SOURCE)))
    both = pl.concat([network.table("SUCCEEDED_BY"), made])
    found["SUCCEEDED_BY"] = both.unique(list(key_columns("SUCCEEDED_BY")), keep="first", maintain_order=True)
    return found


def _standing(streets: pl.DataFrame, today: dt.date) -> int:
    """How many streets have not ended."""
    return streets.filter((pl.col("valid_until") >= today).fill_null(value=True)).height


def _organizations(network: Network, communities: pl.DataFrame) -> dict[str, int]:
    """How many organisations lie in communities that go each way; `street` those of which the street alone is known."""
    located = network.table(LocatedIn.type_name).filter(pl.col("source_type") == Organization.type_name)
    ways = located.join(communities, left_on="target", right_on="id")["way"]
    counts = {way.value: int((ways == way.value).sum()) for way in Way}
    return counts | {"street": int((located["target_type"] == "Street").sum())}


def _crossing(before: Network, after: Network, edge: type[Edge]) -> int:
    """How many of those at the near end look after organisations of one street before and of several after."""
    return len(_in_one(before, edge) - _in_one(after, edge))


def _in_one(network: Network, edge: type[Edge]) -> set[str]:
    """The near ends of those relations whose organisations, as far as is known, lie in one street alone."""
    located = network.table(LocatedIn.type_name).filter(pl.col("source_type") == Organization.type_name)
    over = network.table(PartOf.type_name).select(target="source", street="target")
    streets = located.join(over, on="target", how="left").select(
        organization="source", street=pl.coalesce("street", "target")
    )
    units = network.table(edge.type_name).select("source", organization="target").join(streets, on="organization")
    one = units.group_by("source").agg(pl.len(), pl.col("street").n_unique().alias("streets"))
    return set(one.filter((pl.col("len") > 1) & (pl.col("streets") == 1))["source"])
