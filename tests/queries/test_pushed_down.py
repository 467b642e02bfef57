"""Do both engines answer alike? Every question that has Cypher, on networks of every kind, row by row."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from typing import Any

import networkx as nx
import polars as pl
import pytest
from hypothesis import HealthCheck, Phase, given, seed, settings
from neo4j import Driver

from examples.generator.build import example_district
from examples.generator.scale import tables as scaled
from graphmodel.changes import ChangeSet
from graphmodel.network import Network, Stamp, same
from graphmodel.policy import Values
from graphmodel.stores.neo4j import Neo4jStore
from graphmodel.tables import Tables
from queries.answer import Answer, ask, by_track
from queries.context import Context
from queries.pushed_down import InProcessOnly, ask_server
from queries.question import Question
from queries.registry import judged
from tests.queries.small import DAY, network, values
from tests.queries.verdicts import actual, registered
from tests.queries.worlds import changed_policy, world
from tests.stores.acts import EDIT
from tests.stores.server import emptied
from tests.strategies import complete
from tests.strategies import tables as drawn_tables

EMPTY = Stamp(1, DAY)
PUSHED = [question for question in judged() if question.in_process_only is None]


class Beside:
    """A server's network and the same one in process; counts what was compared."""

    def __init__(self, store: Neo4jStore) -> None:
        self.store = store
        self._tables: Tables = {}
        self.networks, self.answers, self.verdicts = 0, 0, Counter[str]()

    def become(self, tables: Tables) -> Network:
        """Make the server's network these tables; gives the same network in process."""
        head = self.store.head
        self.store.apply(ChangeSet.between(self._tables, tables), EDIT, head)
        self._tables = tables
        return Network.from_tables(tables, Stamp(head + 1, EDIT.as_of))


@pytest.fixture(scope="module")
def server(neo4j_uri: str, neo4j_driver: Driver, pytestconfig: pytest.Config) -> Iterator[Beside]:
    """The server beside the process; says at the end how much was compared, so that it can be quoted."""
    emptied(neo4j_driver)
    with closing(Neo4jStore.at(neo4j_uri)) as store:
        beside = Beside(store)
        yield beside
    capture: Any = pytestconfig.pluginmanager.getplugin("capturemanager")
    with capture.global_and_fixture_disabled():
        print(  # noqa: T201 - the count that reports quote
            f"\n{beside.networks} networks x {len(PUSHED)} questions: {beside.answers} answers of both engines equal, "
            f"with {dict(beside.verdicts)}"
        )


def assert_same_answers(server: Beside, network: Network, policy: Values, today: dt.date) -> int:
    """Both engines' answers to every question are equal; gives how many were compared."""
    context = Context.of(network, policy, today)
    for question in PUSHED:
        here, there = ask(question, context), ask_server(question, server.store, lambda _: policy, today)
        assert_equal(question, here, there)
        server.answers += 1
        server.verdicts.update({"gaps": here.gaps, "cannot-tells": here.unknowns, "passes": here.passes})
    server.networks += 1
    return len(PUSHED)


def assert_equal(question: Question, here: Answer, there: Answer) -> None:
    counts = [(a.total, a.gaps, a.unknowns, a.passes, a.no_data) for a in (here, there)]
    assert counts[0] == counts[1], question.id
    assert here.findings().equals(there.findings()), question.id
    assert here.ids("pass") == there.ids("pass"), question.id
    assert (here.stamp, here.used, by_track(here)) == (there.stamp, there.used, by_track(there)), question.id


def compare_worlds(server: Beside, seeds: range) -> int:
    """Every second world is asked on another day than its own; what differs names its world."""
    compared = 0
    for number in seeds:
        network, today = server.become(world(number)), DAY + dt.timedelta(days=number % 2 * (number % 400))
        try:
            compared += assert_same_answers(server, network, values(**changed_policy(number)), today)
        except AssertionError as fault:
            fault.add_note(f"world {number} on {today}")
            raise
    return compared


@pytest.mark.slow
@pytest.mark.timeout(900)  # the first to ask pays for the server's start and for the planning of every statement
def test_worlds_drawn_in_the_questions_vocabulary_are_answered_alike(server: Beside) -> None:
    assert compare_worlds(server, range(12)) == 12 * len(PUSHED)


@pytest.mark.soak
def test_hundreds_of_worlds_are_answered_alike(server: Beside) -> None:
    assert compare_worlds(server, range(1000, 1500)) == 500 * len(PUSHED)


def test_the_networks_compared_hold_what_tells_engines_apart() -> None:
    drawn = [(world(number), changed_policy(number)) for number in range(40)]
    verdicts: dict[str, set[str]] = {question.id: set() for question in PUSHED}
    for tables, policy in [*drawn, (scaled(5000), {})]:
        context = Context.of(Network.from_tables(tables, EMPTY), values(**policy), DAY)
        for question in PUSHED:
            answer = ask(question, context)
            found = {"gap": answer.gaps, "cannot-tell": answer.unknowns, "pass": answer.passes}
            verdicts[question.id] |= {verdict for verdict, count in found.items() if count}
    assert {id_: found for id_, found in verdicts.items() if len(found) < 2} == {}
    assert sum(len(found) == 3 for found in verdicts.values()) > len(PUSHED) * 2 // 3


def test_the_networks_compared_are_of_every_kind() -> None:
    """Unknown values, several edges between the same two, planned relations and circles all occur among the worlds."""
    kinds: Counter[str] = Counter()
    for number in range(12):
        tables = world(number)
        kinds["unknown"] += any(frame.null_count().sum_horizontal().item() for frame in tables.values())
        for frame in tables.values():
            if "source" in frame.columns:
                kinds["several"] += int(frame.select("source", "target").is_duplicated().any())
                kinds["planned"] += "state" in frame.columns and (frame["state"] == "planned").any()
        above = tables.get("SUBORDINATE_TO")
        if above is not None:
            graph: nx.DiGraph[str] = nx.DiGraph(above.select("source", "target").rows())
            kinds["circles"] += not nx.is_directed_acyclic_graph(graph)
    assert {kind for kind, count in kinds.items() if count} == {"unknown", "several", "planned", "circles"}


@pytest.mark.slow
@seed(20160612)
@settings(
    max_examples=15,
    deadline=None,
    phases=[Phase.explicit, Phase.generate],  # to shrink through a server takes hours
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(drawn=drawn_tables(max_pairs=12, max_size=5))
def test_whatever_the_schema_allows_is_answered_alike(server: Beside, drawn: dict[str, pl.DataFrame]) -> None:
    assert_same_answers(server, server.become(drawn), values(), DAY)


@pytest.mark.slow
def test_a_network_with_everything_in_it_is_answered_alike(server: Beside) -> None:
    assert_same_answers(server, server.become(complete()), values(), DAY)


@pytest.mark.slow
@pytest.mark.parametrize("organizations", [100, 964, 5000])
def test_the_example_is_answered_alike_at_any_size(server: Beside, organizations: int) -> None:
    tables = example_district().rows.tables() if organizations == 964 else scaled(organizations)
    network = server.become(tables)
    assert same(server.store.read(), network)
    assert_same_answers(server, network, values(), DAY)


def test_what_no_record_tells_is_put_down_to_the_relation_by_both(server: Beside) -> None:
    branches = [{"id": id_, "form": "joint", "state": "actual"} for id_ in ("committee", "paid", "silent")]
    dues = {"source": "paid", "target": "committee", "year": 2015, "paid": 100.0, "returned": 100.0}
    tables = network(PartyOrganization=branches, PAYS_DUES=[dues]).tables()
    asked = next(question for question in PUSHED if question.id == "dues-not-returned")
    here = ask(asked, Context.of(server.become(tables), values(), DAY))
    for answer in (here, ask_server(asked, server.store, lambda _: values(), DAY)):
        missing = dict(answer.findings().select("id", "missing").iter_rows())
        assert missing == {"committee": ["PAYS_DUES"], "silent": ["PAYS_DUES"]}


def test_a_kind_of_which_nobody_may_count_is_read_alike(server: Beside) -> None:
    """Its kind has no group of its own, yet one of unknown kind may still make its kind large (J7)."""
    drawn = network(
        Organization=[
            registered("asleep", status="inactive", industry="体育", registration="dual"),
            registered("open", industry=None, registration="dual"),
            registered("school", industry="教育", registration="dual"),
        ],
        Authority=[{"id": "A"}],
        LICENSED_BY=[{"source": id_, "target": "A"} for id_ in ("asleep", "open", "school")],
    )
    assert_same_answers(server, server.become(drawn.tables()), values(vertical_threshold=1), DAY)


@pytest.mark.parametrize("state", [None, "planned", "actual"])
def test_a_blank_instructor_is_read_alike_where_posts_are_on_record_and_where_not(
    server: Beside, state: str | None
) -> None:
    words = {"blank": None, "yes": True, "no": False, "posted": None}
    nothing: dict[str, Any] = {"members": 0, "union": False, "youth_league": False, "womens_federation": False}
    drawn = network(
        Organization=[registered(id_, has_instructor=word, **nothing) for id_, word in [*words.items(), ("x", None)]],
        PartyOrganization=[{"id": "p", "state": "actual"}],
        InstructorPost=[{"id": "post"}],
        COVERS=[actual("p", "x")],
        INSTRUCTS=[] if state is None else [{**actual("post", "posted"), "state": state}],
    )
    tables = server.become(drawn.tables())
    for question in (q for q in PUSHED if q.id in {"instructor-due", "no-work-coverage", "three-none"}):
        here = ask(question, Context.of(tables, values(), DAY))
        assert_equal(question, here, ask_server(question, server.store, lambda _: values(), DAY))
        assert set(here.ids("cannot-tell")) == (set() if state == "actual" else {"blank", "posted"}), question.id


def test_an_empty_network_is_answered_alike(server: Beside) -> None:
    assert_same_answers(server, server.become({}), values(), DAY)


@pytest.mark.parametrize("question", [q for q in judged() if q.in_process_only is not None], ids=lambda q: q.id)
def test_a_question_without_cypher_says_why(server: Beside, question: Question) -> None:
    assert question.in_process_only is not None
    with pytest.raises(InProcessOnly, match=question.in_process_only.en.split("(")[0][:30]):
        ask_server(question, server.store, lambda _: values())
