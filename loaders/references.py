"""Do the ends of these edges exist? Types inferred where the schema or the ids leave no doubt, near misses named."""

from __future__ import annotations

import difflib
from collections.abc import Mapping, Sequence
from functools import cache

import polars as pl

from graphmodel.network import Network
from graphmodel.schema import EDGE_TYPES, NODE_TYPES
from graphmodel.tables import Tables, type_named
from graphmodel.text import Text
from loaders.columns import LONGEST_ID, read_text
from loaders.errors import printable
from loaders.faults import Problem, unsaid

_COMPARED = 20_000_000  # ids looked at for suggestions in one import, so that a wrong million stays quick


class Known:
    """Which nodes are there, in the network and in this import?

    Parameters: `existing` the network, or its tables; `imported` of each node type the accepted rows' ids and, where
    stated, names.
    """

    def __init__(self, existing: Network | Tables | None, imported: Mapping[str, Sequence[pl.DataFrame]]) -> None:
        self._existing, self._imported = existing, imported
        self._nodes: dict[str, pl.DataFrame] = {}
        self._left = _COMPARED

    def nodes(self, name: str) -> pl.DataFrame:
        """`id` and `name` of the nodes of a type; an id may stand twice."""
        if name not in self._nodes:
            frames = list(self._imported.get(name, ()))
            if isinstance(self._existing, Network):
                frames.append(self._existing.table(name).select("id", "name"))
            elif self._existing is not None and name in self._existing:
                frames.append(self._existing[name].select("id", "name"))
            empty = pl.DataFrame(schema={"id": pl.String, "name": pl.String})
            filled = [frame for frame in frames if frame.height]
            # one table needs no copy
            whole = len(filled) == 1 and filled[0].width == empty.width
            self._nodes[name] = filled[0] if whole else pl.concat([empty, *filled], how="diagonal")
        return self._nodes[name]

    def lacks(self, name: str, ids: pl.Series) -> pl.Series:
        """bool[n]: which of these ids name no node of the type; null counts as none that lacks."""
        wanted = ids.alias("id").to_frame().with_row_index("_at").filter(pl.col("id").is_not_null())
        nodes = self.nodes(name).select("id")
        if 4 * wanted.height < nodes.height:  # a join hashes all of its right side: few wanted choose among many first
            nodes = nodes.join(wanted, on="id", how="semi")
        lost = wanted.join(nodes, on="id", how="anti")
        lacking = pl.Series([False]).new_from_index(0, len(ids))
        return lacking.scatter(lost["_at"], True) if lost.height else lacking

    def likeliest(self, names: Sequence[str], wanted: str) -> str | None:
        """The id that was probably meant: that of a node with this very name, else the most similar one."""
        for name in names:
            nodes = self.nodes(name)
            named = nodes.filter(pl.col("name") == wanted)
            if named.height:
                return str(named.item(0, "id"))
        near: list[str] = []
        for name in names:
            nodes = self.nodes(name)
            if self._left < nodes.height:
                continue
            self._left -= nodes.height
            identity, length = pl.col("id"), len(wanted)
            alike = identity.str.starts_with(wanted[:4]) | identity.str.ends_with(wanted[-4:])
            close = nodes.filter(alike & identity.str.len_chars().is_between(length - 2, length + 2))["id"]
            if nodes.height <= 2_000:
                close = nodes["id"]
            near += difflib.get_close_matches(wanted, close.head(2_000).to_list(), n=1, cutoff=0.75)
        best = difflib.get_close_matches(wanted, near, n=1, cutoff=0)
        return best[0] if best else None


@cache
def end_types(edge: str, side: str) -> tuple[str, ...]:
    """The node types that may stand at one end of an edge type, in the schema's order."""
    at = 0 if side == "source" else 1
    allowed = {pair[at].type_name for pair in EDGE_TYPES[edge].pairs}
    return tuple(name for name in NODE_TYPES if name in allowed)


def read_end_types(
    edge: str, side: str, text: pl.Series | None, ids: pl.Series, known: Known
) -> tuple[pl.Series, list[Problem]]:
    """Which type has the node at one end of each edge?

    Parameters: `text` what the file says, in the schema's names or titles; where it says nothing, the only type that
    the schema allows, else the only one that has a node of this id. Null where that leaves a doubt, with its problem.
    """
    allowed = end_types(edge, side)
    words = {word: name for name in allowed for word in (name, type_named(name).title.zh, type_named(name).title.en)}
    nothing = pl.Series([None], dtype=pl.String).new_from_index(0, len(ids))
    said = nothing if text is None else text
    types = _typed(said, words)
    if (types.is_null() & said.is_not_null()).any():
        said, _ = read_text(said, LONGEST_ID)
        types = _typed(said, words)
    wrong = types.is_null() & said.is_not_null()
    titles = Text("、".join(type_named(n).title.zh for n in allowed), ", ".join(allowed))
    hint = Text(f"可填：{titles.zh}。", f"One of: {titles.en}.")
    problems = [
        Problem("wrong-end-type", wrong, Text("这种关系不接这一类。", "This relation takes no such type."), hint)
    ]
    silent = said.is_null()
    if not silent.any():
        return types, problems
    if len(allowed) == 1:
        filled = types.to_frame("type").select(pl.col("type").fill_null(pl.lit(allowed[0]))).to_series()
        return filled.set(wrong, None) if wrong.any() else filled, problems
    asked = ids.filter(silent).alias("id").to_frame()
    found = pl.DataFrame({name: ~known.lacks(name, asked["id"]) for name in allowed})
    one = found.select(pl.sum_horizontal(pl.all())).to_series()
    which = found.select(pl.coalesce(pl.when(pl.col(name)).then(pl.lit(name)) for name in allowed)).to_series()
    types = types.scatter(silent.arg_true(), which.set(one != 1, None))
    doubtful = silent.clone().scatter(silent.arg_true(), one > 1)
    message = Text("不止一类里有这个标识。", "More than one type has a node of this id.")
    hint = Text(f"请加一列写明是哪一类：{titles.zh}。", f"Add a column that says which: {titles.en}.")
    return types, [*problems, Problem("ambiguous-end", doubtful & ids.is_not_null(), message, hint)]


def _typed(said: pl.Series, words: Mapping[str, str]) -> pl.Series:
    places = said.cast(pl.Enum(list(words)), strict=False).to_physical()
    return pl.Series(list(words.values()), dtype=pl.String).gather(places)


def missing_end(edge: str, side: str, types: pl.Series, ids: pl.Series, known: Known) -> Problem:
    """Which edges name a node at this end that does not exist? With the likeliest one, sought for those shown only."""
    lacking = pl.Series([False]).new_from_index(0, len(ids))
    for name in types.unique().drop_nulls():
        here = types.eq_missing(name)
        lost = known.lacks(name, ids if here.all() else ids.filter(here))
        lacking = lost if here.all() else lacking.scatter(here.arg_true(), lost)
    allowed = end_types(edge, side)
    if (untyped := types.is_null() & ids.is_not_null()).any():
        nowhere = pl.Series([True]).new_from_index(0, len(ids))
        for name in allowed:
            nowhere = nowhere & known.lacks(name, ids)
        lacking = lacking | (untyped & nowhere)
    titles = Text(
        "、".join(type_named(n).title.zh for n in allowed), ", ".join(type_named(n).title.en for n in allowed)
    )
    message = Text(
        f"本次导入和现有数据里都没有这个标识（{titles.zh}）。",
        f"Neither this import nor the network has such an id ({titles.en}).",
    )
    plain = Text("请先录入它，或更正标识。", "Add it first, or correct the id.")
    guesses: dict[str, str | None] = {}

    def explain(at: pl.Series) -> list[tuple[Text, Text]]:
        wanted = ids.gather(at).to_list()
        guesses.update({one: known.likeliest(allowed, one) for one in dict.fromkeys(wanted) if one not in guesses})
        found = unsaid(guesses[one] or "" for one in wanted)
        return [
            (message, Text(f"是不是“{guess}”？{plain.zh}", f'Is it "{guess}"? {plain.en}') if guess else plain)
            for guess in map(printable, found)
        ]

    return Problem("missing-reference", lacking, message, plain, explain)
