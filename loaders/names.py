"""Which node does a written name mean? Exact after normalisation, by name before alias; else the likeliest, to be asked."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Sequence

import polars as pl

from graphmodel.identity import normalised_name
from graphmodel.network import Network
from graphmodel.tables import Tables, empty_frame
from graphmodel.text import Text
from loaders.columns import LONGEST_TEXT, read_text
from loaders.raw import Raw

_SEPARATORS = "[、，,；;|/]"
_MOST_COMPARED = 500  # distinct unknown names that get a suggestion
_FEWEST_SHARED = 0.5
_CANDIDATES = 5
_MOST_OFFERED = 3
_AS_NEAR = 0.05
_MOST_TRIED = 5_000_000  # texts times names that are searched for abbreviations
_FEWEST_LETTERS = 2  # of a name without its place


def stated(name: str, columns: Sequence[str], existing: Network | Tables | None, raws: Iterable[Raw]) -> pl.DataFrame:
    """These columns of all rows of a type, in the network and in what is imported with it, as text; absent ones null."""
    frames = [empty_frame(name)]
    if isinstance(existing, Network):
        frames.append(existing.table(name))
    elif existing is not None and name in existing:
        frames.append(existing[name])
    frames += [
        raw.frame.select(read_text(column, LONGEST_TEXT)[0] for column in raw.frame) for raw in raws if raw.name == name
    ]
    return pl.concat(
        [
            frame.select(
                pl.col(c).cast(pl.String) if c in frame.columns else pl.lit(None, pl.String).alias(c) for c in columns
            )
            for frame in frames
        ]
    )


def of_distinct(texts: pl.Series, convert: pl.Expr) -> pl.Series:
    """What `convert` makes of `pl.col("text")`, asked once for each distinct text: names and words repeat."""
    distinct = texts.alias("text").unique().to_frame().with_columns(convert.alias("made"))
    joined = (
        texts.alias("text").to_frame().join(distinct, on="text", how="left", nulls_equal=True, maintain_order="left")
    )
    return joined["made"].alias(texts.name)


class Directory:
    """The names and aliases under which nodes may be written.

    Parameters: `nodes` String columns `id`, `name`, `aliases` (several in one cell: 、 or ; between them); `second`
    `id`, `name` of further names, taken only where no name or alias fits. A name goes before an alias.
    """

    def __init__(self, nodes: pl.DataFrame, second: pl.DataFrame | None = None) -> None:
        aliases = nodes.with_columns(pl.col("aliases").str.replace_all(_SEPARATORS, "|").str.split("|")).explode(
            "aliases"
        )
        parts = [_entries(nodes, "name", 0), _entries(aliases, "aliases", 1)]
        if second is not None:
            parts.append(_entries(second, "name", 2))
        self.entries = pl.concat(parts).unique(["key", "id"], keep="first", maintain_order=True)
        best = self.entries.filter(pl.col("rank") == pl.col("rank").min().over("key"))
        self._found = best.group_by("key", maintain_order=True).agg(
            pl.when(pl.len() == 1).then(pl.col("id").first()).alias("id"), pl.len().alias("nodes")
        )

    def find(self, written: pl.Series) -> pl.DataFrame:
        """For each text `id`, null where it names none or several, and `nodes`, how many it names. Cost: one join."""
        wanted = of_distinct(written, normalised_name(pl.col("text"))).alias("key").to_frame()
        found = wanted.join(self._found, on="key", how="left", maintain_order="left")
        return found.select("id", pl.col("nodes").fill_null(0))

    def nearest(self, written: Iterable[str]) -> dict[str, tuple[str, ...]]:
        """The likeliest names for each text that is near one, at most three, the likeliest first.

        The only one that ends so; else those that the text shortens, with its letters in their order (卫计局: 卫生和计划生育局);
        else the most letter pairs in common, others beside it where they are about as near.
        Only the first five hundred distinct texts are compared. Cost: the pairs they share with all names.
        """
        texts = list(dict.fromkeys(written))[:_MOST_COMPARED]
        mine = pl.DataFrame({"text": texts}, schema={"text": pl.String}).with_columns(
            key=normalised_name(pl.col("text"))
        )
        texts_and_keys = mine.drop_nulls("key").select("key", label="text")
        near = (
            alike(texts_and_keys, self.entries.select("key", label="key").unique("label", maintain_order=True))
            .group_by("left", maintain_order=True)
            .agg(pl.col("right").head(_CANDIDATES))
        )
        listed = mine.drop_nulls("key")
        best = {text: _ranked(text, keys, _AS_NEAR) for text, keys in near.iter_rows()}
        best |= {text: _ranked(text, keys, 1.0) for text, keys in self._shortened(listed).items()}
        ending = self._only_ending(listed.filter(pl.col("key").str.len_chars() >= _FEWEST_LETTERS))
        best |= {text: [key] for text, key in ending.items()}
        named = {key for keys in best.values() for key in keys}
        shown = dict(self.entries.filter(pl.col("key").is_in(list(named))).select("key", "shown").iter_rows())
        return {text: tuple(dict.fromkeys(shown[key] for key in keys))[:_MOST_OFFERED] for text, keys in best.items()}

    def _shortened(self, mine: pl.DataFrame) -> dict[str, list[str]]:
        """For each text of three letters or more the names that have its letters in their order."""
        keys = self.entries["key"].unique(maintain_order=True)
        few = mine.filter(pl.col("key").str.len_chars() > _FEWEST_LETTERS).head(_MOST_TRIED // max(1, keys.len()))
        found = {}
        for text, key in few.select("text", "key").iter_rows():
            longer = keys.filter(keys.str.contains("(?s)" + ".*".join(map(pl.escape_regex, key))))
            if longer.len():
                found[text] = longer.to_list()
        return found

    def _only_ending(self, mine: pl.DataFrame) -> dict[str, str]:
        """For each text the one name that is it with a place before it (教育局: 晋江市教育局), where only one node's is."""
        last = pl.col("key").str.tail(_FEWEST_LETTERS).alias("last")
        ending = (
            mine.with_columns(last)
            .join(self.entries.select("id", last, whole="key"), on="last")
            .filter(pl.col("whole").str.ends_with(pl.col("key")))
            .filter(pl.col("id").n_unique().over("text") == 1)
        )
        return dict(
            ending.sort("whole").unique("text", keep="first", maintain_order=True).select("text", "whole").iter_rows()
        )


def _ranked(text: str, keys: Sequence[str], as_near: float) -> list[str]:
    """The names by how like the text they are, without those that are less so than the first by more than `as_near`."""
    likeness = {key: difflib.SequenceMatcher(None, text, key).ratio() for key in keys}
    least = max(likeness.values()) - as_near
    return sorted((key for key in keys if likeness[key] >= least), key=lambda key: -likeness[key])


def asked_back(names: Sequence[str]) -> Text:
    """The question whether one of these names is meant."""
    *others, last = (f"“{name}”" for name in names)
    *more, final = (f'"{name}"' for name in names)
    zh = f"{'、'.join(others)}或{last}" if others else last
    en = f"{', '.join(more)} or {final}" if more else final
    return Text(f"是不是{zh}？", f"Is it {en}?")


def _entries(named: pl.DataFrame, column: str, rank: int) -> pl.DataFrame:
    """How nodes may be written, and the name by which they are shown."""
    key, shown = normalised_name(pl.col(column)).alias("key"), pl.col("name").str.strip_chars().alias("shown")
    written = named.select(key, "id", shown, pl.lit(rank, pl.Int8).alias("rank"))
    return written.with_columns(pl.coalesce("shown", "key")).drop_nulls(["key", "id"])


def alike(left: pl.DataFrame, right: pl.DataFrame, within: Sequence[str] = ()) -> pl.DataFrame:
    """Which names have at least half of their letter pairs in common? `left`, `right`, `share`, the likeliest first.

    Parameters: each side `label`, which is told once, `key`, its name in normal form, and the columns `within`, in which both
    sides of a pair are equal. Cost: the letter pairs that the names share.
    """
    found = (
        _pairs(left, within)
        .rename({"label": "left", "of": "left_of"})
        .join(_pairs(right, within).rename({"label": "right", "of": "right_of"}), on=["pair", *within])
        .group_by("left", "right", "left_of", "right_of")
        .len("shared")
    )
    share = 2 * pl.col("shared") / (pl.col("left_of") + pl.col("right_of"))
    near = found.select("left", "right", share.alias("share")).filter(pl.col("share") >= _FEWEST_SHARED)
    return near.sort(["share", "right", "left"], descending=[True, False, False])


def _pairs(named: pl.DataFrame, within: Sequence[str]) -> pl.DataFrame:
    """Each name with its pairs of neighbouring letters, its beginning and its end among them; `of` how many it has."""
    framed = "^" + pl.col("key") + "$"
    places = pl.int_ranges(0, framed.str.len_chars() - 1)
    return (
        named.with_columns(framed.alias("framed"), places.alias("at"))
        .explode("at")
        .select("label", *within, pair=pl.col("framed").str.slice(pl.col("at"), 2))
        .unique()
        .with_columns(pl.len().over("label").alias("of"))
    )
