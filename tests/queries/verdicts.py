"""What a question says of a small network, in a form that a test can write down."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from graphmodel.network import Network
from queries.answer import ask
from queries.context import Context
from queries.question import Question
from queries.registry import question
from tests.queries.small import context


@dataclass(frozen=True)
class Verdicts:
    """`gaps` id → reasons; ids that cannot be told, that pass; how many are in scope for certain."""

    gaps: dict[str, tuple[str, ...]]
    unknown: set[str]
    passed: set[str]
    total: int
    no_data: bool


def verdicts(id_: str, net: Network | Context, **policy: Any) -> Verdicts:
    """The question of that id answered on a network, with some policy values replaced."""
    asked = question(id_)
    assert isinstance(asked, Question)
    answer = ask(asked, net if isinstance(net, Context) else context(net, **policy))
    rows = answer.findings()
    gaps = {row["id"]: tuple(row["reasons"]) for row in rows.iter_rows(named=True) if row["verdict"] == "gap"}
    return Verdicts(gaps, set(answer.ids("cannot-tell")), set(answer.ids("pass")), answer.total, answer.no_data)


def registered(id_: str, **fields: Any) -> dict[str, Any]:
    """A registered, operating organisation."""
    return {"id": id_, "name": id_, "track": "registered", "status": "operating", **fields}


def filed(id_: str, **fields: Any) -> dict[str, Any]:
    """A filed, operating organisation."""
    return registered(id_, track="filed", **fields)


def actual(source: str, target: str, **fields: Any) -> dict[str, Any]:
    """An actual relation."""
    return {"source": source, "target": target, "state": "actual", **fields}
