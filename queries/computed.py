"""Which truths are computed once for all rows? Facts that questions share, whole-network facts, and earlier ones."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from graphmodel.declare import Edge
from graphmodel.rows import NodeRows, Rows, find_rows
from graphmodel.text import Text
from graphmodel.vectors import Kleene
from queries.context import Context
from queries.given import Given, Prepared
from queries.logic import Expression, Names, NotInCypher, Truth
from queries.values import Field, Flag


@dataclass(frozen=True, slots=True, eq=False)
class Fact(Truth):
    """A named fact that several questions share: computed once per network, policy and day, never stored."""

    name: str
    title: Text
    of: Truth

    def evaluate(self, rows: Rows, context: Context) -> Kleene:
        return context.memo((self.name, rows.kind), lambda: self.of.evaluate(rows, context))

    @property
    def variable(self) -> str:
        """What a statement calls its truth for the row in hand, where it is bound."""
        return "fact_" + self.name.replace("-", "_")

    def cypher(self, names: Names) -> str:
        return self.variable if self.name in names.bound else self.of.cypher(names)

    def parts(self) -> tuple[Expression, ...]:
        return (self.of,)


@dataclass(frozen=True, slots=True, eq=False)
class Computed(Truth):
    """A fact that needs more than the row and its relations: `mask` gives it as arrays, `text` as Cypher.

    `text` is a template in which `{row}` stands for the row in hand (for an edge also `{near}` and `{far}`, see
    `Names`), `$name` for the `givens` and a plain name for what is `prepared`; None where the fact needs history,
    check digits or a global algorithm, and a question that uses it is asked in process only. `reads` are the fields of the
    row in hand and the relations that it is made of; one of them is missing where the fact cannot be told.
    """

    name: str
    title: Text
    mask: Callable[[Context], Kleene]
    text: str | None = None
    givens: tuple[Given, ...] = ()
    prepared: tuple[Prepared, ...] = ()
    reads: tuple[Field | Flag | type[Edge], ...] = ()

    def evaluate(self, rows: Rows, context: Context) -> Kleene:
        return context.memo((self.name, rows.kind), lambda: self.mask(context))

    def cypher(self, names: Names) -> str:
        if self.text is None:
            raise NotInCypher(self.name)
        text = self.text.replace("{row}", names.row).replace("{near}", names.near).replace("{far}", names.far)
        return f"({text})"

    def parts(self) -> tuple[Expression, ...]:
        return (*self.givens, *(given for prepared in self.prepared for given in prepared.givens))


EARLIER = "earlier-revision"
"""What is missing where it would have to be known how it was before."""


@dataclass(frozen=True, slots=True, eq=False)
class Earlier(Truth):
    """Was it so in the earlier revision, if that lies at least the parameter's months back?

    Unknown without such a revision. What it does not hold was not so if it began later, else nobody knows.
    """

    of: Truth
    months: Given
    began: Field
    lacks: ClassVar[str] = EARLIER

    def evaluate(self, rows: Rows, context: Context) -> Kleene:
        then = context.earlier
        if then is None or then.today > context.ago(months=int(self.months.number(context))):
            return Kleene.constant(len(rows), None)
        assert isinstance(rows, NodeRows)
        before = then.network[rows.element]
        was, place = self.of.evaluate(before, then), find_rows(rows.ids, before.ids)
        there = place >= 0
        later = (self.began > Given("earlier_day", (), lambda _: then.today)).evaluate(rows, context).yes
        return Kleene(there & np.append(was.yes, False)[place], np.where(there, np.append(was.no, False)[place], later))

    def cypher(self, names: Names) -> str:
        raise NotInCypher("history")

    def parts(self) -> tuple[Expression, ...]:
        return (self.of, self.months, self.began)
