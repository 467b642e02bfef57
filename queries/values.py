"""What does a row hold, and how does it compare? Fields of nodes and edges, and truths about them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar, Literal

import numpy as np

from graphmodel.declare import Choice, Element
from graphmodel.rows import Rows
from graphmodel.vectors import Codes, Kleene, Numbers
from queries.context import Context
from queries.given import Given, Switch
from queries.logic import Expression, Names, Truth


class Value(Expression):
    """An expression that gives a number, date, choice or text for every row, or is unknown of it."""

    def evaluate(self, rows: Rows, context: Context) -> Numbers | Codes:
        """Its values for `rows`."""
        raise NotImplementedError(type(self))

    def bounds(self, names: Names) -> tuple[str, str]:
        """Cypher for the lowest and the highest it may be; one and the same text where it is a plain value."""
        raise NotImplementedError(type(self))

    def __ge__(self, other: Operand) -> Truth:
        return Compare(self, ">=", other)

    def __gt__(self, other: Operand) -> Truth:
        return Compare(self, ">", other)

    def __lt__(self, other: Operand) -> Truth:
        return ~Compare(self, ">=", other)

    def __le__(self, other: Operand) -> Truth:
        return ~Compare(self, ">", other)

    def is_(self, other: Operand) -> Truth:
        """Is it this very value?"""
        return IsIn(self, (other,)) if isinstance(other, str) else Compare(self, "=", other)

    def is_in(self, *words: str) -> Truth:
        """Is it one of these words?"""
        return IsIn(self, words)

    def known(self) -> Truth:
        """Is it known at all? Itself never unknown."""
        return _Known(self)


Operand = int | float | str | Given | Value


@dataclass(frozen=True, slots=True, eq=False)
class Field(Value):
    """A field of the row in hand that holds a number, date, choice or text."""

    element: type[Element]
    name: str

    def evaluate(self, rows: Rows, context: Context) -> Numbers | Codes:
        vector = rows.vector(self.name)
        assert not isinstance(vector, Kleene)
        return vector

    def bounds(self, names: Names) -> tuple[str, str]:
        text = f"{names.row}.{self.name}"
        return text, text


@dataclass(frozen=True, slots=True, eq=False)
class ReadWhere(Field):
    """A field that a fact reads only where a policy switch says so; elsewhere it leaves nothing open."""

    switch: Switch

    def evaluate(self, rows: Rows, context: Context) -> Numbers | Codes:
        if self.switch.given.of(context) is True:
            return rows.vector(self.name)  # type: ignore[return-value]  # no flag
        nothing = np.zeros(len(rows), dtype=np.int8)
        return Codes(nothing, [""])

    def bounds(self, names: Names) -> tuple[str, str]:
        text = f"CASE WHEN {self.switch.cypher(names)} THEN {names.row}.{self.name} ELSE '' END"
        return text, text

    def parts(self) -> tuple[Expression, ...]:
        return (self.switch,)


@dataclass(frozen=True, slots=True, eq=False)
class Flag(Truth):
    """A yes-or-no field of the row in hand."""

    element: type[Element]
    name: str

    def evaluate(self, rows: Rows, context: Context) -> Kleene:
        vector = rows.vector(self.name)
        assert isinstance(vector, Kleene)
        return vector

    def cypher(self, names: Names) -> str:
        return f"{names.row}.{self.name}"

    def known(self) -> Truth:
        """Is it known at all?"""
        return _FlagKnown(self)


@dataclass(frozen=True, slots=True, eq=False)
class Times(Value):
    """A number that is not negative, times a factor of the policy: what is due per member, say."""

    number: Value
    factor: Given

    def evaluate(self, rows: Rows, context: Context) -> Numbers | Codes:
        number = self.number.evaluate(rows, context)
        assert isinstance(number, Numbers)
        return number.times(self.factor.number(context))

    def bounds(self, names: Names) -> tuple[str, str]:
        lo, hi = self.number.bounds(names)
        return f"({lo} * ${self.factor.name})", f"({hi} * ${self.factor.name})"

    def parts(self) -> tuple[Expression, ...]:
        return (self.number, self.factor)


class Fields:
    """The fields of a node or edge type as expressions: `fields(Organization).full_members >= 3`.

    Errors: `AttributeError` at import where the type has no such field, so that no question can name one.
    """

    def __init__(self, element: type[Element]) -> None:
        self._element = element

    def __getattr__(self, name: str) -> Any:
        column = self._element.columns.get(name)
        if column is None:
            raise AttributeError(f"{self._element.type_name} has no field {name!r}")
        return Flag(self._element, name) if column.kind == "flag" else Field(self._element, name)


def fields(element: type[Element]) -> Fields:
    """The fields of a type, to write expressions with."""
    return Fields(element)


@dataclass(frozen=True, slots=True, eq=False)
class Compare(Truth):
    """Is a value at least, more than, or equal to another? Choices compare in their declared order."""

    left: Value
    operator: Literal[">=", ">", "="]
    right: Operand

    def evaluate(self, rows: Rows, context: Context) -> Kleene:
        left = self.left.evaluate(rows, context)
        right: float | Numbers
        if isinstance(left, Codes):
            word = self.right.of(context) if isinstance(self.right, Given) else self.right
            return _compare(_ranks(left), self.operator, list(left.words).index(str(word)))
        if isinstance(self.right, Value):
            other = self.right.evaluate(rows, context)
            assert isinstance(other, Numbers)
            right = other
        else:
            right = self.right.number(context) if isinstance(self.right, Given) else float(self.right)
        return _compare(left, self.operator, right)

    def cypher(self, names: Names) -> str:
        choices = self._choices()
        if choices is not None:
            return self._choice_cypher(names, choices)
        lo, hi = self.left.bounds(names)
        if isinstance(self.right, Value):
            right_lo, right_hi = self.right.bounds(names)
        else:
            right_lo = right_hi = f"${self.right.name}" if isinstance(self.right, Given) else repr(self.right)
        if lo == hi and right_lo == right_hi:
            return f"({lo} {self.operator} {right_lo})"
        if self.operator == "=":
            yes, no = (
                f"{lo} = {hi} AND {lo} = {right_lo} AND {hi} = {right_hi}",
                f"{lo} > {right_hi} OR {hi} < {right_lo}",
            )
        else:
            below = {">=": "<", ">": "<="}[self.operator]
            yes, no = f"{lo} {self.operator} {right_hi}", f"{hi} {below} {right_lo}"
        return f"CASE WHEN {yes} THEN true WHEN {no} THEN false ELSE null END"

    def _choices(self) -> type[Choice] | None:
        return self.left.element.columns[self.left.name].choices if isinstance(self.left, Field) else None

    def _choice_cypher(self, names: Names, choices: type[Choice]) -> str:
        words, text = list(choices.values()), self.left.bounds(names)[0]
        listed = "[" + ", ".join(quoted(word) for word in words) + "]"
        bound = f"${self.right.name}" if isinstance(self.right, Given) else quoted(str(self.right))
        from_there = f"[i IN range(0, {len(words) - 1}) WHERE {listed}[i] = {bound} | i][0]"
        place = f"[i IN range(0, {len(words) - 1}) WHERE {listed}[i] = {text} | i][0]"
        return f"({place} {self.operator} {from_there})"

    def parts(self) -> tuple[Expression, ...]:
        return (self.left, self.right) if isinstance(self.right, Value | Given) else (self.left,)


def _compare(left: Numbers, operator: str, right: float | Numbers) -> Kleene:
    if operator == ">=":
        return left.at_least(right)
    return left.more_than(right) if operator == ">" else left.equal_to(right)


def _ranks(codes: Codes) -> Numbers:
    lo = codes.code.astype(np.int64)
    return Numbers(lo, np.where(lo < 0, len(codes.words), lo))


@dataclass(frozen=True, slots=True, eq=False)
class IsIn(Truth):
    """Is a choice or text one of these words?"""

    value: Value
    words: tuple[str, ...]

    def evaluate(self, rows: Rows, context: Context) -> Kleene:
        codes = self.value.evaluate(rows, context)
        assert isinstance(codes, Codes)
        return codes.is_in(self.words)

    def cypher(self, names: Names) -> str:
        text = self.value.bounds(names)[0]
        if len(self.words) == 1:
            return f"({text} = {quoted(self.words[0])})"
        return f"({text} IN [{', '.join(quoted(word) for word in self.words)}])"

    def parts(self) -> tuple[Expression, ...]:
        return (self.value,)


@dataclass(frozen=True, slots=True, eq=False)
class _Known(Truth):
    always_known: ClassVar[bool] = True
    value: Value

    def evaluate(self, rows: Rows, context: Context) -> Kleene:
        return self.value.evaluate(rows, context).known()

    def cypher(self, names: Names) -> str:
        lo, hi = self.value.bounds(names)
        return f"({lo} IS NOT NULL)" if lo == hi else f"({lo} = {hi})"

    def parts(self) -> tuple[Expression, ...]:
        return (self.value,)


@dataclass(frozen=True, slots=True, eq=False)
class _FlagKnown(Truth):
    always_known: ClassVar[bool] = True
    flag: Flag

    def evaluate(self, rows: Rows, context: Context) -> Kleene:
        return self.flag.evaluate(rows, context).known()

    def cypher(self, names: Names) -> str:
        return f"({self.flag.cypher(names)} IS NOT NULL)"

    def parts(self) -> tuple[Expression, ...]:
        return (self.flag,)


def quoted(word: str) -> str:
    """A word as a Cypher literal; words come from the schema and the catalogue only, and are escaped all the same."""
    return "'" + word.replace("\\", "\\\\").replace("'", "\\'") + "'"
