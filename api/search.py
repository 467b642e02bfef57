"""Which node is meant by a few letters? Names, other names, codes and ids, also by pinyin and by its initials."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache

import numpy as np
import polars as pl
from pypinyin import Style, lazy_pinyin
from pypinyin.constants import PHRASES_DICT
from pypinyin.style import convert

from api.search_index import Index
from graphmodel.network import Network
from graphmodel.schema import NODE_TYPES
from graphmodel.values import half_width
from graphmodel.vectors import Flags, Indices

_BETWEEN = "\x1f"  # between the ways of writing one node, so that none runs into the next
_CODES = ("aliases", "credit_code", "code", "number", "id")


def find(network: Network, text: str, types: tuple[str, ...] = (), limit: int = 50) -> pl.DataFrame:
    """Nodes that `text` may mean, the likeliest first: `type`, `id`, `name`.

    The text may be a part of a name, another name, a code or an id, or its pinyin, with or without blanks, or initials.
    Nodes called exactly so come first, then those one of whose writings begins so, then the rest, each ordered by length of
    name, type and id. An empty text means all. Cost: that of `Index.holding`; the first search of a network writes all
    names in pinyin.
    """
    wanted = pl.select(half_width(pl.lit(text)).str.strip_chars().str.to_lowercase()).item()
    index = network.memo("search", lambda: _index(network))
    chosen = index.rows["type"].is_in(list(types)).to_numpy() if types else None
    if not wanted:
        rows = index.rows if chosen is None else index.rows.filter(pl.Series(chosen))
        return rows.head(limit)
    latin = "".join(wanted.split()).replace("'", "") if wanted.isascii() else wanted
    found = np.zeros(0, dtype=np.int32)
    for part in _likeliest_first(index, text.strip(), list(dict.fromkeys([wanted, latin])), chosen):
        found = np.concatenate([found, part[~np.isin(part, found)]])
        if len(found) >= limit:
            break
    return index.rows[found[:limit]]


def _likeliest_first(index: Index, name: str, texts: list[str], chosen: Flags | None) -> Iterator[Indices]:
    """Rows called `name`, then those one of whose writings begins with one of the texts, then those that hold one."""
    for called in index.holding(f"{_BETWEEN}{texts[0]}{_BETWEEN}", chosen):
        yield called[index.rows["name"].gather(pl.Series(called)).eq_missing(name).to_numpy()]
    yield from _merged([index.holding(_BETWEEN + each, chosen) for each in texts])
    yield from _merged([index.holding(each, chosen) for each in texts])


def _merged(found: list[Iterator[Indices]]) -> Iterator[Indices]:
    """Rows of several searches in one order; of one, as they come."""
    if len(found) == 1:
        yield from found[0]
    else:
        yield np.unique(np.concatenate([part for one in found for part in one]))


def sounding(network: Network, text: str, types: tuple[str, ...] = (), limit: int = 5) -> list[str]:
    """Names that are read as `text` is, or hold what is read so, the likeliest first: a character mistaken for another."""
    read = _read(pl.Series([text.strip()]), Style.NORMAL)[0]
    return [] if read.isspace() or not read else find(network, read, types, limit)["name"].drop_nulls().to_list()


def _index(network: Network) -> Index:
    """Every node, ordered by length of name, type and id, under every way of writing it in small letters."""
    parts = []
    for name in NODE_TYPES:
        frame = network.nodes[name].frame
        written = [pl.col(c).str.to_lowercase() for c in _CODES if c in frame.columns]
        parts.append(frame.select(pl.lit(name).alias("type"), "id", "name", *_padded(written)))
    nodes = pl.concat(parts).sort(pl.col("name").str.len_chars(), "type", "id", nulls_last=True)
    names = nodes["name"].fill_null("").str.to_lowercase()
    read = [pl.lit(_read(names, style)) for style in (Style.NORMAL, Style.FIRST_LETTER)]
    written = [pl.lit(""), pl.lit(names), *read, *_COLUMNS, pl.lit("")]
    words = nodes.select(pl.concat_str(written, separator=_BETWEEN, ignore_nulls=True)).to_series()
    return Index.of(nodes.select("type", "id", "name"), words)


_COLUMNS = [pl.col(f"_{place}") for place in range(len(_CODES))]


def _padded(written: list[pl.Expr]) -> list[pl.Expr]:
    missing = [pl.lit(None, pl.String)] * (len(_CODES) - len(written))
    return [column.alias(f"_{place}") for place, column in enumerate([*written, *missing])]


def _read(texts: pl.Series, style: Style) -> pl.Series:
    """Texts with every Chinese character as it is read, phrases that are read otherwise before single characters."""
    used = frozenset("".join(texts.unique()))
    alone = {c: _of_character(c, style) for c in sorted(used) if not c.isascii()}
    phrases = {
        p: r
        for p in _phrases()
        if used.issuperset(p) and (r := _of_phrase(p, style)) != "".join(map(alone.__getitem__, p))
    }
    if not alone:
        return texts
    patterns = [
        *sorted(phrases, key=lambda phrase: (-len(phrase), phrase)),
        *alone,
    ]  # of several that fit the first is taken
    return texts.str.replace_many(patterns, [phrases.get(p) or alone[p] for p in patterns], leftmost=True)


@cache
def _phrases() -> tuple[str, ...]:
    return tuple(phrase for phrase, readings in PHRASES_DICT.items() if len(phrase) == len(readings))


def _of_phrase(phrase: str, style: Style) -> str:
    return "".join(convert(reading[0], style, strict=False) for reading in PHRASES_DICT[phrase])


@cache
def _of_character(character: str, style: Style) -> str:
    return lazy_pinyin(character, style=style, strict=False)[0].lower()
