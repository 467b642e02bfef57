"""Which questions are there? Every one that a file in `queries/catalogue/` declares: found by walking, not listed."""

from __future__ import annotations

import difflib
import importlib
import pkgutil
from functools import cache

from graphmodel.text import Refusal, Text
from queries.question import Group, Question, Table


@cache
def catalogue() -> dict[str, Question | Table]:
    """Every question by id, in the order of groups and then of ids.

    Errors: `TypeError` where two files declare one id; whatever a file that lies raises while it is imported.
    """
    found: dict[str, Question | Table] = {}
    package = importlib.import_module("queries.catalogue")
    for module in pkgutil.iter_modules(package.__path__):
        loaded = importlib.import_module(f"queries.catalogue.{module.name}")
        for value in vars(loaded).values():
            if isinstance(value, Question | Table) and found.setdefault(value.id, value) is not value:
                raise TypeError(f"two questions are called {value.id}")
    groups = list(Group)
    return dict(sorted(found.items(), key=lambda item: (groups.index(item[1].group), item[0])))


class NoSuchQuestion(Refusal):
    """The catalogue has no question of that id."""

    def __init__(self, id_: str) -> None:
        message = Text("没有名为“{id}”的问题。", "There is no question called '{id}'.").format(id=id_)
        hint = Text("用 partygraph ask --list 查看全部问题。", "See them all with: partygraph ask --list")
        if near := difflib.get_close_matches(_as_id(id_), _called(), n=1):
            asked = catalogue()[_called()[near[0]]]
            said = Text("是不是“{term}”（{id}）？", "Is it '{id}' ({term})?").format(term=asked.term, id=asked.id)
            hint = Text(f"{said.zh}{hint.zh}", f"{said.en} {hint.en}")
        super().__init__(message, hint, code="no-such-question")


def id_of(written: str) -> str:
    """The id of the question that is called so: its id, the staff's term, or the id as words; else what was written."""
    return _called().get(_as_id(written), written)


@cache
def _called() -> dict[str, str]:
    """What questions are called → their ids."""
    return {_as_id(asked.term): id_ for id_, asked in catalogue().items()} | {id_: id_ for id_ in catalogue()}


def _as_id(written: str) -> str:
    return "-".join(written.lower().split())


def question(id_: str) -> Question | Table:
    """One question by id. Errors: `NoSuchQuestion`."""
    if id_ not in catalogue():
        raise NoSuchQuestion(id_)
    return catalogue()[id_]


def judged() -> list[Question]:
    """The questions that judge rows, without the tables."""
    return [q for q in catalogue().values() if isinstance(q, Question)]


def tables() -> list[Table]:
    """The questions whose answer is a table."""
    return [q for q in catalogue().values() if isinstance(q, Table)]
