"""What holds of every question, whichever it is: the registry parametrises, a new file is tested the day it is added."""

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from graphmodel.network import Network, Stamp
from graphmodel.schema.edges import Covers
from graphmodel.schema.nodes import Organization
from graphmodel.text import Text
from queries.answer import ask
from queries.context import Context
from queries.given import policy
from queries.question import BadDeclaration, Group, Question, Reason, Severity, Table, about
from queries.registry import NoSuchQuestion, catalogue, judged, question, tables
from queries.relations import incoming
from queries.values import fields
from tests.queries.small import DAY, context, network, values
from tests.strategies import complete
from tests.strategies import tables as drawn_tables

every_judged = pytest.mark.parametrize("asked", judged(), ids=lambda q: q.id)
every_table = pytest.mark.parametrize("asked", [t for t in tables() if not t.needs_history], ids=lambda q: q.id)


@every_judged
def test_an_empty_network_has_nothing_to_count(asked: Question) -> None:
    answer = ask(asked, context(network()))
    assert (answer.total, answer.gaps, answer.unknowns, answer.passes) == (0, 0, 0, 0)
    assert answer.findings().is_empty()


OF_ORGANISATIONS_ALONE = {
    "capacity-held-by-inactive",
    "contradictions",
    "grade-expiring",
    "inactive",
    "three-sync-missing",
}
"""What is asked of an organisation's own fields, or found only where a relation is there."""


@every_judged
def test_relations_that_were_never_imported_are_no_gaps(asked: Question) -> None:
    organizations = {"Organization": complete()["Organization"]}
    answer = ask(asked, Context.of(Network.from_tables(organizations, Stamp(1, DAY)), values()))
    assert answer.no_data == (asked.id not in OF_ORGANISATIONS_ALONE)


@every_table
def test_a_table_of_an_empty_network_has_its_columns(asked: Table) -> None:
    assert asked.answer(context(network())).columns == list(asked.columns)


@every_table
def test_a_table_of_a_network_with_everything_in_it_is_made(asked: Table) -> None:
    frame = asked.answer(_complete())
    assert frame.columns == list(asked.columns)


@every_judged
def test_findings_are_identified_and_ordered(asked: Question) -> None:
    answer = ask(asked, _complete())
    findings = answer.findings()
    assert findings["identity"].is_unique().all()
    assert findings["identity"].str.starts_with(f"{asked.id}|{asked.anchor.name}|").all()
    for verdict in ("gap", "cannot-tell"):
        assert findings.filter(pl.col("verdict") == verdict)["id"].is_sorted()
    gaps = findings.filter(pl.col("verdict") == "gap")
    assert (gaps["reasons"].list.len() > 0).all()
    assert set(findings["reasons"].explode().drop_nulls()) <= set(asked.reasons)


@every_judged
@settings(max_examples=15, deadline=None)
@given(drawn=drawn_tables(), seed=st.integers(0, 2**16))
def test_answers_are_three_valued_and_do_not_depend_on_the_order_of_rows(
    asked: Question, drawn: dict[str, pl.DataFrame], seed: int
) -> None:
    net = Network.from_tables(drawn, Stamp(1, DAY))
    answer = ask(asked, Context.of(net, values()))
    for truth in (answer.scope, answer.gap, *answer.reasons.values()):
        assert not (truth.yes & truth.no).any()
    assert not (answer.gap.yes & ~answer.scope.yes).any()
    if not answer.no_data:
        told = int((answer.scope.yes & ~answer.gap.unknown).sum())
        assert answer.gaps + answer.passes == told <= answer.total
    shuffled = {name: frame.sample(fraction=1, shuffle=True, seed=seed) for name, frame in drawn.items()}
    again = ask(asked, Context.of(Network.from_tables(shuffled, Stamp(1, DAY)), values()))
    assert again.findings().equals(answer.findings())
    assert np.array_equal(again.scope.yes, answer.scope.yes)


def test_ids_are_unique_and_the_groups_stand_in_order() -> None:
    groups = [list(Group).index(q.group) for q in catalogue().values()]
    assert groups == sorted(groups)
    assert all(id_ == q.id for id_, q in catalogue().items())
    with pytest.raises(NoSuchQuestion, match="no-such"):
        question("no-such")


def _complete() -> Context:
    return Context.of(Network.from_tables(complete(), Stamp(1, DAY)), values())


ORG = fields(Organization)


def _declare(**changes: object) -> Question:
    declared: dict[str, object] = {
        "id": "a-question",
        "group": Group.COVERAGE,
        "term": "问题",
        "text": Text("问？", "Asked?"),
        "remedy": Text("办。", "Act."),
        "severity": Severity.HIGH,
        "clauses": ("N1",),
        "anchor": about(Organization),
        "tracks": "R",
        "scope": ORG.track.is_("registered"),
        "reasons": {"few": Reason(Text("少", "few"), ORG.staff < policy("branch_min_members"))},
    }
    return Question(**(declared | changes))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "lie",
    [
        {"id": "Not Kebab"},
        {"clauses": ("J99",)},
        {"reasons": {}},
        {"columns": ("no_such_field",)},
        {"tracks": None},
        {"parameters": ("no_such_parameter",)},
        {"in_process_only": Text("否", "no")},
    ],
    ids=lambda lie: next(iter(lie)),
)
def test_a_declaration_that_lies_is_refused(lie: dict[str, object]) -> None:
    _declare()
    with pytest.raises(BadDeclaration):
        _declare(**lie)


def test_words_that_the_schema_lacks_do_not_import() -> None:
    with pytest.raises(AttributeError, match="no_such_field"):
        _ = ORG.no_such_field
    with pytest.raises(TypeError, match="COVERS"):
        incoming(Covers, Organization, Organization)
    with pytest.raises(ValueError, match="both languages"):
        Text("只有中文", "")
