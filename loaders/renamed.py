"""Was a filed organisation renamed? It goes by place and name, so that one with a new name looks new, and the old one gone."""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

from graphmodel.choices import Track
from graphmodel.identity import normalised_name
from graphmodel.network import Network
from graphmodel.tables import empty_frame
from graphmodel.text import Text
from loaders.names import alike

RENAMED = dict.fromkeys(("old", "old_name", "new", "new_name"), pl.String)
KEEP_ID = Text(
    "确是同一组织改名的，可保留原标识：先把原记录的名称改为新名称（网页“修改记录”；或者与台账一起导入一个 Organization.csv，"
    "含 id、name、track 三列，填原标识、新名称、备案），再导入。不改的，将新增一家，原有的一家不会自动删除。",
    "If one was renamed, it can keep its id: first give the old record the new name (edit record, on the web page; or import an "
    "Organization.csv along with the ledger, with the columns id, name, track: the old id, the new name, filed), then import. "
    "Otherwise one is added, and the old one is not deleted by itself.",
)
_MOST_COMPARED = 1_000_000  # pairs of names; where most of a street is gone and as much is new, nobody renamed it


def possibly_renamed(network: Network, gone: pl.DataFrame, after: Mapping[str, pl.DataFrame]) -> pl.DataFrame:
    """Which organisations that are gone may be filed ones that are new? `old`, `old_name`, `new`, `new_name`.

    Two are paired where they are in one street, or both in a place that is not known, and each is the other's nearest name
    with at least half of the letter pairs in common. The likeliest come first. It is a hint and changes nothing.
    Parameters: `gone` rows of Organization; `after` the rows of an import by type.
    Cost: at most a million pairs of names, of the streets with the fewest first; others are not compared.
    """
    stated = after.get("Organization", empty_frame("Organization"))
    new = stated.filter(pl.col("id").str.starts_with("filed:"))
    new = new.join(network.table("Organization"), on="id", how="anti")
    gone = gone.filter(pl.col("track").cast(pl.String).ne_missing(Track.REGISTERED.value))
    if gone.is_empty() or new.is_empty():
        return pl.DataFrame(schema=RENAMED)
    streets = _streets(network, after)
    old, come = (
        frame.select("name", label="id", key=normalised_name(pl.col("name")))
        .join(streets, left_on="label", right_on="source", how="left")
        .with_columns(pl.col("street").fill_null("-"))
        .drop_nulls("key")
        for frame in (gone, new)
    )
    counts = old.group_by("street").len("old").join(come.group_by("street").len("new"), on="street")
    pairs = (pl.col("old").cast(pl.UInt64) * pl.col("new")).cum_sum()
    compared = counts.sort(pl.col("old") * pl.col("new"), "street").filter(pairs <= _MOST_COMPARED)
    old, come = (side.join(compared, on="street", how="semi") for side in (old, come))
    found = alike(old, come, ["street"])
    nearest = [pl.int_range(pl.len()).over(side) == 0 for side in ("left", "right")]
    return (
        found.filter(*nearest)
        .join(old.select(left="label", old_name="name"), on="left", maintain_order="left")
        .join(come.select(right="label", new_name="name"), on="right", maintain_order="left")
        .select("old_name", "new_name", old="left", new="right")
        .select(RENAMED.keys())
    )


def _streets(network: Network, after: Mapping[str, pl.DataFrame]) -> pl.DataFrame:
    """`source` and `street`: where each organisation is, as the import says and else the network."""

    def stated(name: str) -> pl.DataFrame:
        columns = ("source_type", "source", "target_type", "target")
        rows = [frame.select(columns) for frame in (after.get(name), network.table(name)) if frame is not None]
        return pl.concat(rows).unique(["source_type", "source"], keep="first", maintain_order=True)

    inside = stated("PART_OF").select(target="source", of="target").unique("target")
    located = stated("LOCATED_IN").filter(pl.col("source_type") == "Organization")
    street = pl.when(pl.col("target_type") == "Street").then("target").otherwise(pl.coalesce("of", "target"))
    return located.join(inside, on="target", how="left").select("source", street=street)
