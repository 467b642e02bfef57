"""What is known before a question is asked? Policy parameters, days reckoned from today, switches."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Literal

from graphmodel.rows import Rows
from graphmodel.vectors import Kleene
from queries.context import Context, day_number
from queries.logic import Expression, Names, Truth

Scalar = int | float | str | bool | dt.date


@dataclass(frozen=True, slots=True, eq=False)
class Given(Expression):
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
