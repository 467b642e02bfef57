"""Does a loaded server plan every statement without a word of warning? Unknown names, products, unbounded paths."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing

import pytest
from neo4j import Driver, Session

from examples.generator.build import example_district
from graphmodel.network import Network, Stamp
from graphmodel.stores.neo4j import Neo4jStore
from queries.answer import ask
from queries.context import Context
from queries.pushed_down import packed_statement, parameter_lines, parameters, shown_statement, unknown_statement
from queries.question import Question
from queries.registry import judged
from tests.queries.small import DAY, values
from tests.stores.acts import IMPORT, adding
from tests.stores.server import emptied

PUSHED = [question for question in judged() if question.in_process_only is None]
NETWORK = Network.from_tables(example_district().rows.tables(), Stamp(1, DAY))
CONTEXT = Context.of(NETWORK, values())


@pytest.fixture(scope="module")
def loaded(neo4j_uri: str, neo4j_driver: Driver) -> Iterator[Session]:
    """A session on a server that holds the example, told of everything that the planner has to say."""
    emptied(neo4j_driver)
    with closing(Neo4jStore.at(neo4j_uri)) as store:
        store.apply(adding(NETWORK.tables()), IMPORT, 0)
    with neo4j_driver.session(notifications_min_severity="INFORMATION") as session:
        yield session


def said(session: Session, statement: str, **given: object) -> list[str]:
    """What the planner says about a statement."""
    summary = session.run(f"EXPLAIN {statement}", given).consume()
    return [str(status.status_description) for status in summary.gql_status_objects if status.is_notification]


def test_the_planner_is_heard(loaded: Session) -> None:
    assert any("Organisation" in text for text in said(loaded, "MATCH (o:Organisation) RETURN o"))
    assert said(loaded, "MATCH (o:Organization), (s:Street) RETURN o, s") != []


@pytest.mark.parametrize("question", PUSHED, ids=lambda question: question.id)
def test_no_statement_is_warned_of(loaded: Session, question: Question) -> None:
    given = {**parameters(question, CONTEXT), "asked": []}
    for statement in (packed_statement(question), shown_statement(question), unknown_statement(question)):
        assert said(loaded, statement, **given) == []


@pytest.mark.parametrize("question", PUSHED, ids=lambda question: question.id)
def test_what_browsers_are_given_runs_and_shows_the_findings(loaded: Session, question: Question) -> None:
    given = {}
    for line in parameter_lines(parameters(question, CONTEXT)):
        name, _, expression = line.removeprefix(":param ").removesuffix(";").partition(" => ")
        given[name] = loaded.run(f"RETURN {expression} AS value").single(strict=True)["value"]
    rows = loaded.run(shown_statement(question), given).data()
    findings = ask(question, Context.of(NETWORK, values())).findings()
    assert sorted((row["id"], row["结论"].split()[-1]) for row in rows) == sorted(
        (id_, verdict.removeprefix("cannot-")) for id_, verdict in findings.select("id", "verdict").iter_rows()
    )
    by_id = {row["id"]: row["原因"] for row in rows}
    for id_, codes in findings.select("id", "reasons").iter_rows():
        assert by_id[id_] == [question.reasons[code].text.zh for code in codes]


def test_what_browsers_are_given_says_so_where_nothing_was_imported(loaded: Session) -> None:
    """A question without data shows one row that says it, neither a thousand gaps nor none."""
    empty = Context.of(Network.from_tables({}, Stamp(1, DAY)), values())
    with loaded.begin_transaction() as transaction:
        transaction.run("MATCH (x) DETACH DELETE x")
        for question in PUSHED:
            rows = transaction.run(shown_statement(question), parameters(question, CONTEXT)).data()
            expected = ["没有数据 no data"] if ask(question, empty).no_data else []
            assert [row["结论"] for row in rows] == expected, question.id
        transaction.rollback()
