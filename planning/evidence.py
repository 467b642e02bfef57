"""On which facts does a proposal for an organisation rest? Where it is, its industry and its authority, as recorded (J6-J8)."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import polars as pl

from graphmodel.paths import NodeKey
from graphmodel.schema.nodes import Authority, Community, Organization, Street
from graphmodel.text import Text
from planning.distance import places
from planning.problem import Problem
from queries.pairs import first_of
from queries.vertical_groups import LICENCE


class Evidence:
    """The facts of every organisation as words, made once a plan; what is not known is left out. No member counts."""

    def __init__(self, problem: Problem) -> None:
        rows, where = problem.network[Organization], places(problem.context, Organization)
        licences = LICENCE.edges(problem.context)
        licensed = first_of(len(rows), licences.source, licences.target)
        street = np.where(where.community < 0, where.street, -1)
        bodies = ((Community, where.community, _AT), (Street, street, _AT), (Authority, licensed, _LICENSED))
        self._rows = rows
        self._facts = [
            (
                said,
                pl.Series([*problem.names(element, np.arange(len(problem.network[element]))), None], dtype=pl.String),
                row,
            )
            for element, row, said in bodies
        ]
        self._facts.append((_INDUSTRY, rows.frame["industry"].cast(pl.String), np.arange(len(rows))))
        self._texts: dict[tuple[str, str], Text] = {}

    def of(self, subjects: Sequence[tuple[NodeKey, ...]]) -> list[tuple[Text, ...]]:
        """The facts of those for whom one proposal each is; several in the order of the subjects, each fact once."""
        flat = [(page, s.id) for page, keys in enumerate(subjects) for s in keys if s.type == Organization.type_name]
        found = self._rows.find([id_ for _, id_ in flat])
        pages, at = np.array([page for page, _ in flat], dtype=np.int64)[found >= 0], found[found >= 0]
        told: list[dict[Text, None]] = [{} for _ in subjects]
        for said, names, row in self._facts:
            for page, name in zip(pages.tolist(), names.gather(row[at] % len(names)).to_list(), strict=True):
                if name is not None:
                    told[page][self._text(said, name)] = None
        return [tuple(facts) for facts in told]

    def _text(self, said: Text, name: str) -> Text:
        key = said.zh, name
        if key not in self._texts:
            self._texts[key] = said.format(body=name)
        return self._texts[key]


_AT = Text("所在：{body}", "located in: {body}")
_LICENSED = Text("业务主管单位：{body}", "competent authority: {body}")
_INDUSTRY = Text("行业：{body}", "industry: {body}")
