"""Which node is meant by a few letters? Names, other names, codes and ids, also by pinyin and by its initials."""

from __future__ import annotations

import threading
from collections import defaultdict
from collections.abc import Iterator, Mapping
from functools import cache
from itertools import chain

import numpy as np
import polars as pl
from pypinyin import Style, lazy_pinyin
from pypinyin.constants import PHRASES_DICT
from pypinyin.style import convert

from api import memory
from api.search_index import ORDER, Amended, Index
from graphmodel.changes import differing
from graphmodel.network import Network
from graphmodel.rows import find_rows
from graphmodel.schema import NODE_TYPES
from graphmodel.values import half_width
from graphmodel.vectors import Indices

_BETWEEN = "\x1f"  # between the ways of writing one node, so that none runs into the next
_AT_ONCE = 131_072  # nodes whose names are written in pinyin together: what is needed for it stays small
_CODES = ("aliases", "credit_code", "code", "number", "id")
KEY = "search"  # of what a network remembers
_TYPES = pl.Enum(sorted(NODE_TYPES))  # in the order of texts


def find(network: Network, text: str, types: tuple[str, ...] = (), limit: int = 50) -> pl.DataFrame:
    """Nodes that `text` may mean, the likeliest first: `type`, `id`, `name`.

    The text may be a part of a name, another name, a code or an id, or its pinyin, with or without blanks, or initials.
    Nodes called exactly so come first, then those of which another writing, such as the code, is exactly so, then those
    one of whose writings begins so, then the rest, each ordered by length of name, type and id. An empty text means all.
    Cost: that of `Index.holding`; the first search of a network writes all names in pinyin.
    """
    wanted = pl.select(half_width(pl.lit(text)).str.strip_chars().str.to_lowercase()).item()
    index = searched(network).index(network)
    chosen = index.where(lambda rows: rows["type"].is_in(list(types))) if types else None
    latin = "".join(wanted.split()).replace("'", "") if wanted.isascii() else wanted
    found = np.zeros(0, dtype=np.int32)
    among = {each: index.likely(each, chosen) for each in dict.fromkeys([wanted, latin])}
    for part in _likeliest_first(index, text.strip(), among) if wanted else index.holding("", among[""], ""):
        found = np.concatenate([found, part[~np.isin(part, found)]])
        if len(found) >= limit:
            break
    return index.told(found[:limit]).cast({"type": pl.String})


def _likeliest_first(index: Amended, name: str, among: Mapping[str, tuple[Indices, Indices]]) -> Iterator[Indices]:
    """Rows called `name`, those written exactly so, those one of whose writings begins with a text, those that hold one.

    `among` has, of each text, the rows that may hold it: to find these is what takes longest.
    """
    first, exactly = next(iter(among)), []
    for part in index.holding(f"{_BETWEEN}{first}{_BETWEEN}", among[first], first):
        called = index.told(part)["name"].eq_missing(name).to_numpy()
        exactly.append(part[~called])
        yield part[called]
    yield from exactly
    yield from _merged(index, [index.holding(_BETWEEN + each, rows, each) for each, rows in among.items()])
    yield from _merged(index, [index.holding(each, rows, each) for each, rows in among.items()])


def _merged(index: Amended, found: list[Iterator[Indices]]) -> Iterator[Indices]:
    """Rows of several searches in one order; of one, as they come."""
    if len(found) == 1:
        yield from found[0]
    elif parts := [part for one in found for part in one]:
        yield index.ordered(np.concatenate(parts))


def sounding(network: Network, text: str, types: tuple[str, ...] = (), limit: int = 5) -> list[str]:
    """Names that are read as `text` is, or hold what is read so, the likeliest first: a character mistaken for another."""
    read = _read(pl.Series([text.strip()]), Style.NORMAL)[0]
    return [] if read.isspace() or not read else find(network, read, types, limit)["name"].drop_nulls().to_list()


def bring_up(network: Network, before: Network) -> None:
    """Let the index that searches of an earlier network have made, or are making, serve a later one, if there is one.

    Cost: of the types that differ compares what is written; writes only what is written otherwise. One that is still being
    made is brought up by the next search, so that somebody who writes while it is made does not have it made for nothing.
    """
    former = searched(before)
    if former.made is None:
        if former.basis is not None or former.wanted:
            network.memo(KEY, lambda: Searched(basis=former.basis or (former, before)))
    elif (brought := _brought_up(former.made, network, before)) is not None:
        network.memo(KEY, lambda: Searched(brought))


def share(seen: Network, network: Network) -> None:
    """Let a network whose nodes are called as in another be searched by the same index."""
    seen.memo(KEY, lambda: searched(network))


def searched(network: Network) -> Searched:
    """The index of a network, made or not."""
    return network.memo(KEY, Searched)


class Searched:
    """An index from the first search on: `made` once, though several ask at once.

    `wanted` once somebody asked; `basis` what an earlier network is searched by, and that network, until it is brought up.
    """

    def __init__(self, made: Amended | None = None, basis: tuple[Searched, Network] | None = None) -> None:
        self.made, self.basis, self.wanted, self._lock = made, basis, False, threading.Lock()

    def index(self, network: Network) -> Amended:
        """The index of the network."""
        self.wanted = True
        with self._lock:
            if self.made is None:
                self.made = self._from_basis(network) or Amended.of(_index(network))
                self.basis = None
                memory.give_back()
            return self.made

    def _from_basis(self, network: Network) -> Amended | None:
        if self.basis is None:
            return None
        former, before = self.basis
        return _brought_up(former.index(before), network, before)


def _brought_up(index: Amended, network: Network, before: Network) -> Amended | None:
    """The index of the later network; None where so much differs that it is as well written anew."""
    fresh, gone = [], np.zeros(len(index.many) + len(index.few), dtype=np.bool_)
    for name in NODE_TYPES:
        old, new = before.nodes[name].frame, network.nodes[name].frame
        if new is old:
            continue
        was, becomes = _otherwise(old, new, _written(name))
        fresh.append(_nodes(name, new.filter(becomes)))
        lost = old["id"].filter(was).implode()
        gone |= index.where(lambda rows, of=name, ids=lost: (rows["type"] == of) & rows["id"].is_in(ids))  # type: ignore[misc]
    added = pl.concat([_nodes(name, network.nodes[name].frame.clear()) for name in NODE_TYPES] + fresh)
    if added.height > len(index) // 8:
        return None
    return index.amended(gone, _of(added))


def _otherwise(old: pl.DataFrame, new: pl.DataFrame, columns: list[str]) -> tuple[pl.Series, pl.Series]:
    """Which nodes of one type are not, or not so, in the other: bool[old], bool[new]."""
    if new["id"].equals(old["id"]):
        differ = differing(old.select(columns), new.select(columns))
        return differ, differ
    place = find_rows(new["id"], old["id"])
    there = np.flatnonzero(place >= 0)
    same = ~differing(old.select(columns)[place[there]], new.select(columns)[there]).to_numpy()
    was, becomes = np.ones(len(old), dtype=np.bool_), np.ones(len(new), dtype=np.bool_)
    was[place[there[same]]] = False
    becomes[there[same]] = False
    return pl.Series(was), pl.Series(becomes)


def _index(network: Network) -> Index:
    """Every node, under every way of writing it in small letters."""
    return _of(pl.concat([_nodes(name, network.nodes[name].frame) for name in NODE_TYPES]))


def _written(name: str) -> list[str]:
    """The columns of a type by whose values its nodes are found."""
    return ["name", *(column for column in _CODES if column in NODE_TYPES[name].columns or column == "id")]


def _nodes(name: str, frame: pl.DataFrame) -> pl.DataFrame:
    written = [pl.col(column) for column in _written(name)[1:]]
    return frame.select(pl.lit(name, _TYPES).alias("type"), "id", "name", *_padded(written))


def _of(nodes: pl.DataFrame) -> Index:
    """The index of nodes, ordered by length of name, type and id."""
    nodes = nodes.sort(ORDER, nulls_last=True)
    parts = [_words(nodes.slice(start, _AT_ONCE)) for start in range(0, max(1, nodes.height), _AT_ONCE)]
    return Index.of(nodes.select("type", "id", "name"), pl.concat(parts, rechunk=True))


def _words(nodes: pl.DataFrame) -> pl.Series:
    """Every way of writing each node, in small letters."""
    names = nodes["name"].fill_null("").str.to_lowercase()
    read = [pl.lit(_read(names, style)) for style in (Style.NORMAL, Style.FIRST_LETTER)]
    written = [pl.lit(""), pl.lit(names), *read, *(column.str.to_lowercase() for column in _COLUMNS), pl.lit("")]
    return nodes.select(pl.concat_str(written, separator=_BETWEEN, ignore_nulls=True)).to_series()


_COLUMNS = [pl.col(f"_{place}") for place in range(len(_CODES))]


def _padded(written: list[pl.Expr]) -> list[pl.Expr]:
    missing = [pl.lit(None, pl.String)] * (len(_CODES) - len(written))
    return [column.alias(f"_{place}") for place, column in enumerate([*written, *missing])]


def _read(texts: pl.Series, style: Style) -> pl.Series:
    """Texts with every Chinese character as it is read, phrases that are read otherwise before single characters."""
    used = frozenset("".join(texts.unique()))
    alone = {c: _of_character(c, style) for c in sorted(used) if not c.isascii()}
    begun = chain.from_iterable(_phrases().get(c, ()) for c in alone)
    phrases = {
        p: r for p in begun if used.issuperset(p) and (r := _of_phrase(p, style)) != "".join(map(alone.__getitem__, p))
    }
    if not alone:
        return texts
    patterns = [
        *sorted(phrases, key=lambda phrase: (-len(phrase), phrase)),
        *alone,
    ]  # of several that fit the first is taken
    return texts.str.replace_many(patterns, [phrases.get(p) or alone[p] for p in patterns], leftmost=True)


@cache
def _phrases() -> Mapping[str, list[str]]:
    """The phrases whose characters have a reading each, by the first of them: few begin with one that a text has."""
    found = defaultdict[str, list[str]](list)
    for phrase, readings in PHRASES_DICT.items():
        if len(phrase) == len(readings):
            found[phrase[0]].append(phrase)
    return dict(found)


def _of_phrase(phrase: str, style: Style) -> str:
    return "".join(convert(reading[0], style, strict=False) for reading in PHRASES_DICT[phrase])


@cache
def _of_character(character: str, style: Style) -> str:
    return lazy_pinyin(character, style=style, strict=False)[0].lower()
