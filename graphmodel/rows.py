"""What do the rows of one type hold? Nodes or edges of one kind as a frame and, on first use, as dense vectors."""

from __future__ import annotations

import copy
from functools import cached_property
from typing import Literal, Self

import numpy as np
import numpy.typing as npt
import polars as pl

from graphmodel.declare import Edge, Element, Node
from graphmodel.tables import lean
from graphmodel.vectors import INT_HI, INT_LO, Codes, Indices, Kleene, Numbers, Vector


class Rows:
    """Rows of one node or edge type; row i is the same element in `frame` and in every vector.

    Parameters: `element` the type, `frame` its declared columns (and `sources`).
    """

    def __init__(self, element: type[Element], frame: pl.DataFrame) -> None:
        self.element, self.frame = element, lean(frame)
        self._vectors: dict[str, Vector] = {}

    def __len__(self) -> int:
        return self.frame.height

    @property
    def kind(self) -> tuple[type[Element], ...]:
        """What tells these rows from any other rows of one network: their type, of edges also both ends'."""
        return (self.element,)

    def vector(self, name: str) -> Vector:
        """A field as `Kleene` (flags), `Numbers` (numbers, dates as days) or `Codes` (choices, texts).

        Errors: `KeyError` where the type has no such field. Cost: linear once, then free.
        """
        if name not in self._vectors:
            kind = self.element.columns[name].kind
            self._vectors[name] = _vector(self.frame[name], kind)
        return self._vectors[name]

    def replaced(self, column: pl.Series) -> Self:
        """The same rows with one column replaced; vectors of all others are shared."""
        rows = copy.copy(self)
        rows.frame = lean(self.frame.with_columns(column))
        shared = {
            name: vector for name, vector in self._vectors.copy().items() if name != column.name
        }  # others add to it
        rows._vectors = shared  # noqa: SLF001 - of its own type
        return rows


def _vector(series: pl.Series, kind: str) -> Vector:
    if kind == "flag":
        return Kleene(_bools(series.fill_null(value=False)), _bools((~series).fill_null(value=False)))
    if kind == "integer":
        return _bounded(series, INT_LO, INT_HI)
    if kind == "date":
        return _bounded(series.to_physical().cast(pl.Int64), INT_LO, INT_HI)
    if kind == "number":
        return _bounded(series, -np.inf, np.inf)
    if isinstance(series.dtype, pl.Enum):
        code = series.to_physical().cast(pl.Int8).fill_null(-1)
        return Codes(code.to_numpy(), series.dtype.categories.to_list())
    words = series.drop_nulls().unique().sort()
    code = series.replace_strict(words, pl.Series(range(len(words)), dtype=pl.Int32), default=-1, return_dtype=pl.Int32)
    return Codes(code.fill_null(-1).to_numpy(), words.to_list())


def _bools(series: pl.Series) -> npt.NDArray[np.bool_]:
    return series.to_numpy().astype(np.bool_, copy=False)


def _bounded(series: pl.Series, lo: float, hi: float) -> Numbers:
    low = series.fill_null(lo).to_numpy()
    return Numbers(low, series.fill_null(hi).to_numpy() if series.null_count() else low)


_FEW = 100  # so many times as many rows, and ids are looked up one by one


class NodeRows(Rows):
    """The nodes of one type, ordered by id: row i is node i of every index array."""

    element: type[Node]

    @property
    def ids(self) -> pl.Series:
        """The ids, ascending; `ids[i]` names node i."""
        return self.frame["id"]

    def find(self, ids: pl.Series | list[str]) -> Indices:
        """int32[m]: the row of each id, -1 where there is no such node. Cost: one join; of few among many, halving for each."""
        wanted, own = pl.Series(ids, dtype=pl.String), self.ids
        if _FEW * len(wanted) >= len(own):
            return find_rows(wanted, own)
        at = own.search_sorted(wanted).to_numpy().clip(max=len(own) - 1)
        there = (own.gather(at) == wanted).fill_null(value=False).to_numpy()
        return np.where(there, at, -1).astype(np.int32)


def find_rows(wanted: pl.Series, ids: pl.Series) -> Indices:
    """int32[m]: the place of each wanted id in `ids`, -1 where it is not there."""
    if not len(wanted):  # a join would read all ids for nothing, once for each empty pair of types
        return np.empty(0, dtype=np.int32)
    left = pl.DataFrame({"id": wanted})
    right = pl.DataFrame({"id": ids}).with_row_index("_row")
    if 4 * left.height < right.height:  # a join hashes all of its right side: few wanted choose among many ids first
        right = right.join(left, on="id", how="semi")
    joined = left.join(right, on="id", how="left", maintain_order="left")
    return joined["_row"].cast(pl.Int32).fill_null(-1).to_numpy()


class EdgeRows(Rows):
    """The edges of one type between two node types, ordered by source, target and key fields.

    `source` and `target` int32[m] are rows of the two node types; `source_type`, `target_type` name them.
    """

    element: type[Edge]

    def __init__(
        self,
        element: type[Edge],
        ends: tuple[type[Node], type[Node]],
        source: Indices,
        target: Indices,
        frame: pl.DataFrame,
    ) -> None:
        super().__init__(element, frame)
        self.source_type, self.target_type = ends
        self.source, self.target = source, target

    @property
    def kind(self) -> tuple[type[Element], ...]:
        """See `Rows.kind`."""
        return (self.element, self.source_type, self.target_type)

    def near(self, side: Literal["source", "target"]) -> Indices:
        """int32[m]: the rows at that end."""
        return self.source if side == "source" else self.target

    @cached_property
    def pointers(self) -> npt.NDArray[np.int64]:
        """int64[k]: where the edges of each source begin, since edges are ordered by source (compressed rows).

        The length is the highest source plus two; edges of source i are `pointers[i]:pointers[i + 1]`.
        """
        size = int(self.source[-1]) + 1 if len(self.source) else 0
        return np.concatenate(([0], np.cumsum(np.bincount(self.source, minlength=size)))).astype(np.int64)
