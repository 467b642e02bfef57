"""What is to be solved, and how does a part of the solution come back? The network as if confirmed, and drafts."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
import polars as pl

from graphmodel.declare import Edge, Node
from graphmodel.network import Network
from graphmodel.paths import NodeKey
from graphmodel.rows import EdgeRows
from graphmodel.text import Text
from graphmodel.vectors import Flags
from planning.book import PAGE, Book, gathered
from planning.heeding import heed
from planning.plan import ActionKind, Proposal, Reason, RunnerUp, Shortage, Solved, Unplaced, together
from queries.answer import Answer, ask
from queries.context import Context
from queries.planned import as_if_confirmed
from queries.question import Question
from queries.registry import question

SOURCE = "plan"
Ints = npt.NDArray[np.int64]
Ends = tuple[type[Node], Sequence[str]]


@dataclass(slots=True)
class Draft:
    """A proposal before its changes and what it closes are known; `Part` has the changes, by place."""

    subjects: tuple[NodeKey, ...]
    target: NodeKey | None
    title: Text
    reasons: tuple[Reason, ...]
    runner_up: RunnerUp | None = None
    evidence: tuple[Text, ...] = ()


@dataclass(slots=True)
class Part:
    """What was found for one kind of action.

    `added` and `ended` are rows by type, with the place of their draft in the column `_page`; rows to end are whole
    rows of the network.
    """

    kind: ActionKind
    drafts: list[Draft] = field(default_factory=list)
    added: dict[str, list[pl.DataFrame]] = field(default_factory=dict)
    ended: dict[str, list[pl.DataFrame]] = field(default_factory=dict)
    unplaced: list[Unplaced] = field(default_factory=list)
    solved: list[Solved] = field(default_factory=list)
    shortages: list[Shortage] = field(default_factory=list)

    def add(self, edge: type[Edge], page: Ints, source: Ends, target: Ends, **fields: object) -> None:
        """Plan relations, one a row: ends as (type, ids), further fields as one value or a series each."""
        stated = {"state": "planned"} if "state" in edge.columns else {}
        ends = {
            PAGE: pl.Series(page, dtype=pl.Int64),
            "source": pl.Series(source[1], dtype=pl.String),
            "target": pl.Series(target[1], dtype=pl.String),
        }
        types = {"source_type": source[0].type_name, "target_type": target[0].type_name}
        self._put(edge.type_name, pl.DataFrame(ends), {**types, **stated, **fields})

    def found(self, element: type[Node], page: Ints, **fields: object) -> None:
        """Plan nodes, one a row; fields are one value or a series each."""
        self._put(element.type_name, pl.DataFrame({PAGE: pl.Series(page, dtype=pl.Int64)}), fields)

    def _put(self, name: str, frame: pl.DataFrame, fields: Mapping[str, object]) -> None:
        columns = [
            (value if isinstance(value, pl.Series) else pl.lit(value)).alias(column)
            for column, value in {"sources": SOURCE, **fields}.items()
        ]
        if frame.height:
            self.added.setdefault(name, []).append(frame.with_columns(columns))

    def end(self, name: str, page: Ints, rows: pl.DataFrame) -> None:
        """End what the network has: whole rows of a type."""
        if rows.height:
            self.ended.setdefault(name, []).append(rows.with_columns(pl.Series(PAGE, page, pl.Int64)))

    def gone(self, element: type[Node]) -> pl.Series:
        """The ids of the nodes of a type that it ends."""
        rows = self.ended.get(element.type_name, [])
        return pl.concat([frame["id"] for frame in rows]) if rows else pl.Series("id", [], dtype=pl.String)


@dataclass(frozen=True)
class Problem:
    """What plans are made of: the network as it stands, and as if everything planned or pinned were confirmed.

    `real` is the context of the plan's revision; `context` the one in which is asked and solved: planned relations
    are taken. `refused` are (kind, subjects, target) that must not be proposed again.
    """

    real: Context
    context: Context
    pins: tuple[Proposal, ...]
    refused: Mapping[ActionKind, frozenset[tuple[tuple[NodeKey, ...], NodeKey | None]]]

    @staticmethod
    def of(context: Context, pins: Iterable[Proposal] = (), rejections: Iterable[Proposal] = ()) -> Problem:
        """The problem of a context, some proposals kept and others refused.

        Errors: `Conflict` where a pin does not fit the network any more.
        """
        kept = tuple(pins)
        network = context.network.apply(together(kept)) if kept else context.network
        refused: dict[ActionKind, set[tuple[tuple[NodeKey, ...], NodeKey | None]]] = {}
        for one in rejections:
            refused.setdefault(one.kind, set()).add((one.subjects, one.target))
        return Problem(
            context,
            context.over(as_if_confirmed(network)),
            kept,
            {kind: frozenset(pairs) for kind, pairs in refused.items()},
        )

    @property
    def network(self) -> Network:
        """The network as if confirmed."""
        return self.context.network

    def gaps(self, id_: str) -> Answer:
        """The answer to one question, as if all planned were confirmed; asked once."""

        def answered() -> Answer:
            asked = question(id_)
            assert isinstance(asked, Question)
            heed()
            return ask(asked, self.context)

        return self.context.memo(("answer", id_), answered)

    def gap(self, id_: str) -> Flags:
        """bool[n]: which rows of the question's anchor are gaps for certain."""
        answer = self.gaps(id_)
        mask = np.zeros(len(answer.rows), dtype=np.bool_)
        mask[answer.gap_rows] = True
        return mask

    def refused_subjects(self, kind: ActionKind, element: type[Node]) -> Flags:
        """bool[n]: nodes for which this kind, founding something of one subject, was refused."""
        return self._among(element, [s[0] for s, _ in self.refused.get(kind, ()) if len(s) == 1])

    def pinned_subjects(self, kind: ActionKind, element: type[Node]) -> Flags:
        """bool[n]: subjects of pinned proposals of this kind."""
        return self._among(element, [subject for pin in self.pins if pin.kind is kind for subject in pin.subjects])

    def _among(self, element: type[Node], keys: Iterable[NodeKey]) -> Flags:
        rows = self.network[element]
        found = rows.find([key.id for key in keys if key.type == element.type_name])
        mask = np.zeros(len(rows), dtype=np.bool_)
        mask[found[found >= 0]] = True
        return mask

    def refused_pairs(self, kind: ActionKind, subject: type[Node], target: type[Node]) -> set[tuple[int, int]]:
        """Rows of (subject, target) that were refused for this kind; of several subjects each."""
        wanted = [
            (s.id, t.id)
            for subjects, t in sorted(self.refused.get(kind, ()), key=str)
            if t is not None and t.type == target.type_name
            for s in subjects
            if s.type == subject.type_name
        ]
        one = self.network[subject].find([s for s, _ in wanted])
        other = self.network[target].find([t for _, t in wanted])
        return {(int(a), int(b)) for a, b in zip(one, other, strict=True) if a >= 0 and b >= 0}

    def ids(self, element: type[Node], rows: npt.NDArray[np.integer]) -> list[str]:
        """The ids of nodes."""
        return self.network[element].ids.gather(rows).to_list()

    def names(self, element: type[Node], rows: npt.NDArray[np.integer]) -> list[str]:
        """The names of nodes, their ids where they have none."""
        frame = self.network[element].frame
        return frame.select(pl.coalesce("name", "id")).to_series().gather(rows).to_list()

    def held_by(self, elements: Sequence[type[Node]], which: Ints, row: Ints) -> list[tuple[NodeKey, str]]:
        """Address and name of m nodes: `which` int64[m] the place of each one's type in `elements`, `row` its row."""
        found: list[tuple[NodeKey, str]] = [(NodeKey("", ""), "")] * len(row)
        for place, element in enumerate(elements):
            at = np.flatnonzero(which == place)
            ids, names = self.ids(element, row[at]), self.names(element, row[at])
            for k, id_, name in zip(at, ids, names, strict=True):
                found[k] = (NodeKey(element.type_name, id_), name)
        return found

    def edge_rows(self, edges: EdgeRows, places: npt.NDArray[np.integer]) -> pl.DataFrame:
        """Whole rows of some edges, as the plan's revision has them (not as if confirmed)."""
        pair = (edges.element.type_name, edges.source_type.type_name, edges.target_type.type_name)
        stored = self.planned.pairs[pair]
        nodes = self.network.nodes
        ends = [
            pl.Series("source_type", [pair[1]]).new_from_index(0, len(places)),
            nodes[pair[1]].ids.gather(edges.source[places]).rename("source"),
            pl.Series("target_type", [pair[2]]).new_from_index(0, len(places)),
            nodes[pair[2]].ids.gather(edges.target[places]).rename("target"),
        ]
        return pl.DataFrame(ends).hstack(stored.frame[places])

    def after(self, book: Book) -> Context:
        """The context as if the changes of a book were confirmed too."""
        network = self.planned.apply(gathered([book.page(place) for place in range(book.size)]))
        return self.context.over(as_if_confirmed(network))

    @property
    def planned(self) -> Network:
        """The network with the pins as planned relations; its rows stand in the order of `network`."""
        network = self.real.network
        if not self.pins:
            return network
        return network.memo(("with-pins", tuple(p.id for p in self.pins)), lambda: network.apply(together(self.pins)))


def keys(element: type[Node], ids: Iterable[str]) -> list[NodeKey]:
    """Addresses of nodes of one type."""
    return [NodeKey(element.type_name, id_) for id_ in ids]


def rows_of(mask: Flags) -> Ints:
    """int64[k]: where a mask holds, ascending."""
    return np.flatnonzero(mask).astype(np.int64)
