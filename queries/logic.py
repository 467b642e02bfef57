"""When is a sentence true? Truths of rows and how they are joined: and, or, not, one of several.

An expression is written once and answered twice: `evaluate` gives its three-valued truth for all rows as arrays,
`cypher` the same as a Cypher expression that yields true, false or null. Both follow Kleene, so an unknown never
turns into a no on either side.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import reduce
from typing import ClassVar

from graphmodel.rows import Rows
from graphmodel.vectors import Kleene, Numbers, how_many
from queries.context import Context


@dataclass(frozen=True, slots=True)
class Names:
    """What the row in hand is called in Cypher, and how deep in subqueries it stands (for fresh names).

    Where the row is an edge, `near` is the node at which the relation is asked and `far` the one at its other end.
    `bound` names the facts whose truth for this row a statement has put into variables already (`shared_facts`).
    """

    row: str
    depth: int = 0
    near: str = ""
    far: str = ""
    bound: frozenset[str] = frozenset()


def any_of(pattern: str, truth: str) -> str:
    """Cypher: is `truth` true of a match of the pattern? Null where it is unknown of one and true of none.

    The truth is written once, so that a statement grows with its relations and not with two to the power of their depth.
    """
    return f"any(met IN [{pattern} | {truth}] WHERE met)"


class NotInCypher(Exception):
    """A fact has no Cypher form; its question has to say `in_process_only`."""


class Expression:
    """A truth or value of rows, or a value given before: anything that a question's sentence is made of."""

    def parts(self) -> tuple[Expression, ...]:
        """The expressions it is made of."""
        return ()


class Truth(Expression):
    """An expression that is true, false or unknown of every row; one that is `always_known` is never unknown."""

    always_known: ClassVar[bool] = False

    def evaluate(self, rows: Rows, context: Context) -> Kleene:
        """Its truth for `rows`, bool[n] pairs."""
        raise NotImplementedError(type(self))

    def cypher(self, names: Names) -> str:
        """The same as a Cypher expression giving true, false or null."""
        raise NotImplementedError(type(self))

    def __and__(self, other: Truth) -> Truth:
        return _Both(self, other)

    def __or__(self, other: Truth) -> Truth:
        return _Either(self, other)

    def __invert__(self) -> Truth:
        return _Not(self)


@dataclass(frozen=True, slots=True, eq=False)
class _Both(Truth):
    left: Truth
    right: Truth

    def evaluate(self, rows: Rows, context: Context) -> Kleene:
        return self.left.evaluate(rows, context) & self.right.evaluate(rows, context)

    def cypher(self, names: Names) -> str:
        return f"({self.left.cypher(names)} AND {self.right.cypher(names)})"

    def parts(self) -> tuple[Expression, ...]:
        return (self.left, self.right)


@dataclass(frozen=True, slots=True, eq=False)
class _Either(Truth):
    left: Truth
    right: Truth

    def evaluate(self, rows: Rows, context: Context) -> Kleene:
        return self.left.evaluate(rows, context) | self.right.evaluate(rows, context)

    def cypher(self, names: Names) -> str:
        return f"({self.left.cypher(names)} OR {self.right.cypher(names)})"

    def parts(self) -> tuple[Expression, ...]:
        return (self.left, self.right)


@dataclass(frozen=True, slots=True, eq=False)
class _Not(Truth):
    of: Truth

    def evaluate(self, rows: Rows, context: Context) -> Kleene:
        return ~self.of.evaluate(rows, context)

    def cypher(self, names: Names) -> str:
        return f"(NOT {self.of.cypher(names)})"

    def parts(self) -> tuple[Expression, ...]:
        return (self.of,)


@dataclass(frozen=True, slots=True, eq=False)
class Decided(Truth):
    """False where `no` is certain, else true where `yes` is certain, else unknown: for facts known from either side."""

    yes: Truth
    no: Truth

    def evaluate(self, rows: Rows, context: Context) -> Kleene:
        no = self.no.evaluate(rows, context).yes
        return Kleene(self.yes.evaluate(rows, context).yes & ~no, no)

    def cypher(self, names: Names) -> str:
        return f"CASE WHEN {self.no.cypher(names)} THEN false WHEN {self.yes.cypher(names)} THEN true ELSE null END"

    def parts(self) -> tuple[Expression, ...]:
        return (self.yes, self.no)


@dataclass(frozen=True, slots=True, eq=False)
class _Every(Truth):
    def evaluate(self, rows: Rows, context: Context) -> Kleene:
        return Kleene.constant(len(rows), True)

    def cypher(self, names: Names) -> str:
        return "true"


EVERY: Truth = _Every()
"""True of every row: the scope of questions about all."""


@dataclass(frozen=True, slots=True, eq=False)
class Recorded(Truth):
    """True where it is so for certain, else false: for ends of relations and for contradictions between records."""

    always_known: ClassVar[bool] = True
    of: Truth

    def evaluate(self, rows: Rows, context: Context) -> Kleene:
        return Kleene.certain(self.of.evaluate(rows, context).yes)

    def cypher(self, names: Names) -> str:
        return f"coalesce({self.of.cypher(names)}, false)"

    def parts(self) -> tuple[Expression, ...]:
        return (self.of,)


@dataclass(frozen=True, slots=True, eq=False)
class Only(Truth):
    """Exactly one of several truths holds, and it is one of those at the places `which`.

    Several of one family joined by OR stay one expression, so that Cypher asks each truth once.
    """

    truths: tuple[Truth, ...]
    which: tuple[int, ...]

    def __or__(self, other: Truth) -> Truth:
        if isinstance(other, Only) and other.truths == self.truths:
            return Only(self.truths, (*self.which, *other.which))
        return _Either(self, other)

    def evaluate(self, rows: Rows, context: Context) -> Kleene:
        number = context.memo((self.truths, rows.kind), lambda: self._number(rows, context))
        one = number.lo == 1
        chosen = reduce(Kleene.__or__, (self.truths[place].evaluate(rows, context) for place in self.which))
        yes = one & (number.hi == 1) & chosen.yes
        no = (number.lo > 1) | (one & ~chosen.yes) | chosen.no
        return Kleene(yes, no)

    def _number(self, rows: Rows, context: Context) -> Numbers:
        return how_many([truth.evaluate(rows, context) for truth in self.truths])

    def cypher(self, names: Names) -> str:
        held = ", ".join(truth.cypher(names) for truth in self.truths)
        true, unknown = "size([f IN held WHERE f])", "any(f IN held WHERE f IS NULL)"
        sure = f"any(i IN {list(self.which)} WHERE coalesce(held[i], false))"
        perhaps = f"any(i IN {list(self.which)} WHERE coalesce(held[i], true))"
        return (
            f"[held IN [[{held}]] | CASE WHEN {true} > 1 OR ({true} = 1 AND NOT {sure}) OR NOT {perhaps} THEN false "
            f"WHEN {true} = 1 AND NOT {unknown} THEN true ELSE null END][0]"
        )

    def parts(self) -> tuple[Expression, ...]:
        return self.truths
