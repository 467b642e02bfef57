"""Which node is meant by a few letters? Names, other names, codes and ids, also by pinyin and by its initials."""

from __future__ import annotations

from functools import cache

import polars as pl
from pypinyin import Style, lazy_pinyin
from pypinyin.constants import PHRASES_DICT
from pypinyin.style import convert

from graphmodel.network import Network
from graphmodel.schema import NODE_TYPES
from graphmodel.values import half_width

_BETWEEN = "\x1f"  # between the ways of writing one node, so that none runs into the next
_CODES = ("aliases", "credit_code", "code", "number", "id")
_EXACT, _BEGINS, _HOLDS = range(3)


def find(network: Network, text: str, types: tuple[str, ...] = (), limit: int = 50) -> pl.DataFrame:
    """Nodes that `text` may mean, the likeliest first: `type`, `id`, `name`.

    The text may be a part of a name, another name, a code or an id, or its pinyin, with or without blanks, or initials.
    Nodes called exactly so come first, then those one of whose writings begins so, then the rest, each ordered by length of
    name, type and id. An empty text means all. Cost: one scan; the first search of a network writes all names in pinyin.
    """
    wanted = pl.select(half_width(pl.lit(text)).str.strip_chars().str.to_lowercase()).item()
    latin = "".join(wanted.split()).replace("'", "") if wanted.isascii() else wanted
    frame = network.memo("search", lambda: _index(network))
    if types:
        frame = frame.filter(pl.col("type").is_in(list(types)))
    words = pl.col("words")
    found = frame.filter(words.str.contains(wanted, literal=True) | words.str.contains(latin, literal=True))
    begins = words.str.contains(_BETWEEN + wanted, literal=True) | words.str.contains(_BETWEEN + latin, literal=True)
    likely = pl.when(pl.col("name") == text.strip()).then(_EXACT).when(begins).then(_BEGINS).otherwise(_HOLDS)
    order = [likely, pl.col("name").str.len_chars(), pl.col("type"), pl.col("id")]
    return found.sort(order, nulls_last=True).select("type", "id", "name").head(limit)


def _index(network: Network) -> pl.DataFrame:
    """One row a node: `type`, `id`, `name` and, in `words`, every way of writing it in small letters."""
    parts = []
    for name in NODE_TYPES:
        frame = network.nodes[name].frame
        written = [pl.col(c).str.to_lowercase() for c in _CODES if c in frame.columns]
        parts.append(frame.select(pl.lit(name).alias("type"), "id", "name", *_padded(written)))
    nodes = pl.concat(parts)
    names = nodes["name"].fill_null("").str.to_lowercase()
    written = [pl.lit(names), pl.lit(_read(names, Style.NORMAL)), pl.lit(_read(names, Style.FIRST_LETTER)), *_COLUMNS]
    return nodes.select(
        "type", "id", "name", pl.concat_str(pl.lit(""), *written, separator=_BETWEEN, ignore_nulls=True).alias("words")
    )


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
