"""In what words is a question's sentence written? Boolean expressions over fields, relations and policy.

An expression is written once and answered twice: `evaluate` gives its three-valued truth for all rows as arrays,
`cypher` the same as a Cypher expression that yields true, false or null. Both follow Kleene, so an unknown never
turns into a no on either side.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

from graphmodel.declare import Choice, Element
from graphmodel.rows import NodeRows, Rows, find_rows
from graphmodel.text import Text
from graphmodel.vectors import Codes, Kleene, Numbers, how_many
from queries.context import Context, day_number

Scalar = int | float | str | bool | dt.date


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


class Truth:
    """An expression that is true, false or unknown of every row."""

    def evaluate(self, rows: Rows, context: Context) -> Kleene:
        """Its truth for `rows`, bool[n] pairs."""
        raise NotImplementedError(type(self))

    def cypher(self, names: Names) -> str:
        """The same as a Cypher expression giving true, false or null."""
        raise NotImplementedError(type(self))

    def parts(self) -> tuple[Expression, ...]:
        """The expressions it is made of."""
        return ()

    def __and__(self, other: Truth) -> Truth:
        return _Both(self, other)

    def __or__(self, other: Truth) -> Truth:
        return _Either(self, other)

    def __invert__(self) -> Truth:
        return _Not(self)


class Value:
    """An expression that gives a number, date, choice or text for every row, or is unknown of it."""

    def evaluate(self, rows: Rows, context: Context) -> Numbers | Codes:
        """Its values for `rows`."""
        raise NotImplementedError(type(self))

    def bounds(self, names: Names) -> tuple[str, str]:
        """Cypher for the lowest and the highest it may be; one and the same text where it is a plain value."""
        raise NotImplementedError(type(self))

    def parts(self) -> tuple[Expression, ...]:
        """The expressions it is made of."""
        return ()

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
        return _IsIn(self, (other,)) if isinstance(other, str) else Compare(self, "=", other)

    def is_in(self, *words: str) -> Truth:
        """Is it one of these words?"""
        return _IsIn(self, words)

    def known(self) -> Truth:
        """Is it known at all? Itself never unknown."""
        return _Known(self)


@dataclass(frozen=True, slots=True, eq=False)
class Given:
    """A value that is computed once before the question is asked: a policy parameter, or a day reckoned from it.

    A table (word → word) can be given to Cypher only; everything else is compared with.
    """

    name: str
    parameters: tuple[str, ...]
    of: Callable[[Context], Scalar | Mapping[str, str]]

    def number(self, context: Context) -> float:
        """The value as dense vectors hold it."""
        value = self.of(context)
        assert not isinstance(value, Mapping)
        return day_number(value) if isinstance(value, dt.date) else float(value)


@dataclass(frozen=True, slots=True, eq=False)
class Prepared:
    """A value that Cypher computes once in front of the rows, for facts that compare a row with all others.

    `text` is a query that returns exactly one row with the one column `name`; a statement runs it before its rows
    (`CALL () { text }`) and carries the column along, so that fragments use `name` as a variable. It has to stay
    small: group keys over a threshold, say.
    """

    name: str
    text: str
    givens: tuple[Given, ...] = ()


Operand = int | float | str | Given | Value
Expression = Truth | Value | Given


def policy(name: str) -> Given:
    """The policy's value of a parameter."""
    return Given(name, (name,), lambda context: _scalar(context.values[name]))


def _scalar(value: object) -> Scalar:
    assert isinstance(value, int | float | str | dt.date), value
    return value


def today() -> Given:
    """The day of which the network speaks."""
    return Given("today", (), lambda context: context.today)


def before_today(parameter: str, unit: Literal["years", "months", "days"]) -> Given:
    """The day that lies the parameter's number of `unit` before today."""

    def day(context: Context) -> dt.date:
        return context.ago(**{unit: context.values.integer(parameter)})

    return Given(f"{parameter}_{unit}_ago", (parameter,), day)


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
        held = [truth.evaluate(rows, context) for truth in self.truths]
        number = how_many(held)
        chosen = how_many([held[place] for place in self.which])
        yes = (number.lo == 1) & (number.hi == 1) & (chosen.lo == 1)
        no = (number.lo > 1) | ((number.lo == 1) & (chosen.lo == 0)) | (chosen.hi == 0)
        return Kleene(yes, no)

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


@dataclass(frozen=True, slots=True, eq=False)
class Switch(Truth):
    """A policy switch: the same truth for every row. With `word`, whether a choice parameter reads so."""

    parameter: str
    word: str | None = None

    def evaluate(self, rows: Rows, context: Context) -> Kleene:
        return Kleene.constant(len(rows), self.given.of(context) is True)

    @property
    def given(self) -> Given:
        """The switch as a value given to Cypher."""
        if self.word is None:
            return Given(self.parameter, (self.parameter,), lambda context: bool(context.values[self.parameter]))
        name = f"{self.parameter}_is_{self.word}".replace("-", "_")
        return Given(name, (self.parameter,), lambda context: context.values[self.parameter] == self.word)

    def cypher(self, names: Names) -> str:
        return f"${self.given.name}"

    def parts(self) -> tuple[Expression, ...]:
        return (self.given,)


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
class _IsIn(Truth):
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
    flag: Flag

    def evaluate(self, rows: Rows, context: Context) -> Kleene:
        return self.flag.evaluate(rows, context).known()

    def cypher(self, names: Names) -> str:
        return f"({self.flag.cypher(names)} IS NOT NULL)"

    def parts(self) -> tuple[Expression, ...]:
        return (self.flag,)


@dataclass(frozen=True, slots=True, eq=False)
class Fact(Truth):
    """A named fact that several questions share: computed once per network, policy and day, never stored."""

    name: str
    title: Text
    of: Truth

    def evaluate(self, rows: Rows, context: Context) -> Kleene:
        return context.memo((self.name, id(rows)), lambda: self.of.evaluate(rows, context))

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
    check digits or a global algorithm, and a question that uses it is asked in process only.
    """

    name: str
    title: Text
    mask: Callable[[Context], Kleene]
    text: str | None = None
    givens: tuple[Given, ...] = ()
    prepared: tuple[Prepared, ...] = ()

    def evaluate(self, rows: Rows, context: Context) -> Kleene:
        return context.memo((self.name, id(rows)), lambda: self.mask(context))

    def cypher(self, names: Names) -> str:
        if self.text is None:
            raise NotInCypher(self.name)
        text = self.text.replace("{row}", names.row).replace("{near}", names.near).replace("{far}", names.far)
        return f"({text})"

    def parts(self) -> tuple[Expression, ...]:
        return (*self.givens, *(given for prepared in self.prepared for given in prepared.givens))


@dataclass(frozen=True, slots=True, eq=False)
class Earlier(Truth):
    """Was it so in the earlier revision, if that lies at least the parameter's months back?

    Unknown without such a revision. What it does not hold was not so if it began later, else nobody knows.
    """

    of: Truth
    months: Given
    began: Field

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


class NotInCypher(Exception):
    """A fact has no Cypher form; its question has to say `in_process_only`."""


def walk(expression: Expression) -> Iterator[Expression]:
    """The expression and all that it is made of."""
    yield expression
    if not isinstance(expression, Given):
        for part in expression.parts():
            yield from walk(part)


def givens(*expressions: Truth) -> dict[str, Given]:
    """The values that must be given to the expressions' Cypher, by name."""
    return {part.name: part for expression in expressions for part in walk(expression) if isinstance(part, Given)}


def prepared(*expressions: Truth) -> dict[str, Prepared]:
    """What the expressions' Cypher wants computed in front of the rows, by name."""
    parts = (part for expression in expressions for part in walk(expression) if isinstance(part, Computed))
    return {each.name: each for part in parts for each in part.prepared}


def shared_facts(*expressions: Truth) -> list[Fact]:
    """The facts about the row in hand that occur more than once, each after those that it uses.

    A statement binds them one after another (`WITH *, … AS variable`, with the earlier ones in `Names.bound`) and so
    computes each once a row. Facts about the other end of a relation are about other rows and are left out.
    """
    counts: dict[Fact, int] = {}

    def count(part: Expression) -> None:
        if isinstance(part, Fact):
            counts[part] = counts.get(part, 0) + 1
            if counts[part] > 1:
                return
        if not isinstance(part, Given) and getattr(part, "hop", None) is None:
            for inner in part.parts():
                count(inner)
        if isinstance(part, Fact):
            counts[part] = counts.pop(part)  # its own facts stand before it

    for expression in expressions:
        count(expression)
    return [fact for fact, times in counts.items() if times > 1]


def quoted(word: str) -> str:
    """A word as a Cypher literal; words come from the schema and the catalogue only, and are escaped all the same."""
    return "'" + word.replace("\\", "\\\\").replace("'", "\\'") + "'"
