"""Which node is meant by a few letters? Names, other names, codes and ids, also by pinyin and by its initials."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from functools import cache

import numpy as np
import polars as pl
from pypinyin import Style, lazy_pinyin
from pypinyin.constants import PHRASES_DICT
from pypinyin.style import convert

from api.search_index import Index
from graphmodel.network import Network
from graphmodel.rows import find_rows
from graphmodel.schema import NODE_TYPES
from graphmodel.values import half_width
from graphmodel.vectors import Flags, Indices

_BETWEEN = "\x1f"  # between the ways of writing one node, so that none runs into the next
_CODES = ("aliases", "credit_code", "code", "number", "id")
_KEY = "search"
_ORDER = [pl.col("name").str.len_chars(), pl.col("type"), pl.col("id")]


def find(network: Network, text: str, types: tuple[str, ...] = (), limit: int = 50) -> pl.DataFrame:
    """Nodes that `text` may mean, the likeliest first: `type`, `id`, `name`.

    The text may be a part of a name, another name, a code or an id, or its pinyin, with or without blanks, or initials.
    Nodes called exactly so come first, then those one of whose writings begins so, then the rest, each ordered by length of
    name, type and id. An empty text means all. Cost: that of `Index.holding`; the first search of a network writes all
    names in pinyin.
    """
    wanted = pl.select(half_width(pl.lit(text)).str.strip_chars().str.to_lowercase()).item()
    index = searched(network).index(network)
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
    elif parts := [part for one in found for part in one]:
        yield np.unique(np.concatenate(parts))


def sounding(network: Network, text: str, types: tuple[str, ...] = (), limit: int = 5) -> list[str]:
    """Names that are read as `text` is, or hold what is read so, the likeliest first: a character mistaken for another."""
    read = _read(pl.Series([text.strip()]), Style.NORMAL)[0]
    return [] if read.isspace() or not read else find(network, read, types, limit)["name"].drop_nulls().to_list()


def bring_up(network: Network, before: Network) -> None:
    """Let the index that searches of an earlier network have made serve a later one, if there is one.

    Cost: orders all rows; of the types that differ compares what is written; writes only what is written otherwise.
    """
    index = searched(before).made
    if index is not None and (brought := _brought_up(index, network, before)) is not None:
        network.memo(_KEY, lambda: Searched(brought))


def share(seen: Network, network: Network) -> None:
    """Let a network whose nodes are called as in another be searched by the same index."""
    seen.memo(_KEY, lambda: searched(network))


def searched(network: Network) -> Searched:
    """The index of a network, made or not."""
    return network.memo(_KEY, Searched)


class Searched:
    """An index from the first search on: `made` once, though several ask at once."""

    def __init__(self, made: Index | None = None) -> None:
        self.made, self._lock = made, threading.Lock()

    def index(self, network: Network) -> Index:
        """The index of the network."""
        with self._lock:
            if self.made is None:
                self.made = _index(network)
            return self.made


def _brought_up(index: Index, network: Network, before: Network) -> Index | None:
    """The index of the later network; None where so much differs that it is as well written anew."""
    fresh, kept = [], np.ones(len(index.words), dtype=np.bool_)
    for name in NODE_TYPES:
        old, new = before.nodes[name].frame, network.nodes[name].frame
        if new is old:
            continue
        place = find_rows(new["id"], old["id"])
        there = np.flatnonzero(place >= 0)
        same = np.ones(len(there), dtype=np.bool_)
        for column in _written(name):
            same &= new[column].gather(there).eq_missing(old[column].gather(place[there])).to_numpy()
        alike = np.zeros(len(new), dtype=np.bool_)
        alike[there[same]] = True
        fresh.append(_nodes(name, new.filter(~pl.Series(alike))))
        gone = np.ones(len(old), dtype=np.bool_)
        gone[place[there[same]]] = False
        lost = (index.rows["type"] == name) & index.rows["id"].is_in(old["id"].filter(pl.Series(gone)).implode())
        kept &= ~lost.to_numpy()
    added = pl.concat([_nodes(name, network.nodes[name].frame.clear()) for name in NODE_TYPES] + fresh)
    if added.height > len(index.words) // 8:
        return None
    return index.joined(_of(added), kept, _ORDER)


def _index(network: Network) -> Index:
    """Every node, under every way of writing it in small letters."""
    return _of(pl.concat([_nodes(name, network.nodes[name].frame) for name in NODE_TYPES]))


def _written(name: str) -> list[str]:
    """The columns of a type by whose values its nodes are found."""
    return ["name", *(column for column in _CODES if column in NODE_TYPES[name].columns or column == "id")]


def _nodes(name: str, frame: pl.DataFrame) -> pl.DataFrame:
    written = [pl.col(column).str.to_lowercase() for column in _written(name)[1:]]
    return frame.select(pl.lit(name).alias("type"), "id", "name", *_padded(written))


def _of(nodes: pl.DataFrame) -> Index:
    """The index of nodes, ordered by length of name, type and id."""
    nodes = nodes.sort(_ORDER, nulls_last=True)
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
