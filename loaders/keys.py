"""Which rows of one type contradict each other? Two rows of one key, or two targets where one is allowed."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from graphmodel.tables import conform


def stacked(
    name: str, frames: Sequence[pl.DataFrame], kept: Sequence[pl.Series], columns: Sequence[str]
) -> pl.DataFrame:
    """These columns of the kept rows of several frames, with `_frame` and `_at` to find each row again."""
    parts = []
    for number, (frame, keep) in enumerate(zip(frames, kept, strict=True)):
        chosen = frame.select(c for c in columns if c in frame.columns)
        part = chosen.with_columns(_frame=pl.lit(number, pl.UInt32), _at=pl.int_range(pl.len(), dtype=pl.UInt32))
        parts.append(part if keep.all() else part.filter(keep))
    if len(parts) == 1 and all(column in parts[0].columns for column in columns):
        return parts[0]
    whole = [
        conform(name, part.drop("_frame", "_at")).select(columns).hstack(part.select("_frame", "_at")) for part in parts
    ]
    return pl.concat(whole)


def repeated(rows: pl.DataFrame, key: Sequence[str]) -> pl.Series:
    """bool[n]: which rows share their key with another. Cost: one pass of hashing."""
    if len(key) == 1:
        return rows[key[0]].is_duplicated()
    return rows.select(pl.struct(key).is_duplicated()).to_series()


def contradicting(rows: pl.DataFrame, key: Sequence[str], content: Sequence[str]) -> pl.DataFrame:
    """Which of these rows share a key with a row of other content?

    Returns `_frame`, `_at` of each and `other_frame`, `other_at` of the first row that it contradicts.
    """
    groups = rows.unique(key, maintain_order=True).select(key).with_row_index("_group")
    contents = rows.unique(content, maintain_order=True).select(content).with_row_index("_content")
    numbered = rows.join(groups, on=list(key), how="left", nulls_equal=True, maintain_order="left").join(
        contents, on=list(content), how="left", nulls_equal=True, maintain_order="left"
    )
    firsts = numbered.unique(["_group", "_content"], keep="first", maintain_order=True)
    pairs = firsts.group_by("_group", maintain_order=True).agg(
        pl.len().alias("_kinds"),
        pl.col("_content").first().alias("_first"),
        *(pl.col(c).first().alias(f"first{c}") for c in ("_frame", "_at")),
        *(pl.col(c).get(1, null_on_oob=True).alias(f"second{c}") for c in ("_frame", "_at")),
    )
    against = numbered.join(pairs.filter(pl.col("_kinds") > 1), on="_group", how="inner", maintain_order="left")
    is_first = pl.col("_content") == pl.col("_first")
    return against.select(
        "_frame",
        "_at",
        *(
            pl.when(is_first).then(pl.col(f"second{c}")).otherwise(pl.col(f"first{c}")).alias(f"other{c}")
            for c in ("_frame", "_at")
        ),
    )
