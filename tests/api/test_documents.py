"""Is every clause answered, and is every document in step?"""

from pathlib import Path

import pytest

from api.documents import cited, coverage_document, out_of_step, unanswered, write_all
from graphmodel.clauses import CLAUSES
from graphmodel.schema import EDGE_TYPES, NODE_TYPES
from graphmodel.schema.edges import Concerns, Consulted, Convenes, Partners, Supervises, Trained
from graphmodel.schema.nodes import Organization, Partner, PolicyDocument, TrainingProgramme
from queries.reading import reads
from queries.registry import catalogue, question

ROOT = Path(__file__).parent.parent.parent


def test_no_clause_of_the_source_is_without_types_and_an_answer() -> None:
    assert unanswered(catalogue().values()) == {}
    assert {f"J{number}" for number in range(1, 19)} == {clause for clause in CLAUSES if clause.startswith("J")}


@pytest.mark.parametrize("clause", [f"J{number}" for number in range(1, 19)])
def test_a_clause_whose_questions_go_is_missed(clause: str) -> None:
    rest = [q for q in catalogue().values() if clause not in q.clauses]
    assert clause in unanswered(rest)
    row = next(line for line in coverage_document().splitlines() if line.startswith(f"| {clause} |"))
    types, questions = row.split("|")[3:5]
    assert types.strip()
    assert questions.strip()


@pytest.mark.parametrize(
    ("taken", "clause", "left"),
    [
        ("joint-conference", "J3", ["CONVENES"]),
        ("money-by-source", "J5", ["Fund"]),
        ("training-held", "J13", ["Partner", "PARTNERS"]),
        ("scorecard", "J18", ["APPRAISES"]),
    ],
)
def test_a_question_that_goes_leaves_unread_what_it_alone_reads(taken: str, clause: str, left: list[str]) -> None:
    rest = [q for q in catalogue().values() if q.id != taken]
    assert unanswered(rest)[clause] == left
    row = next(line for line in coverage_document(rest).splitlines() if line.startswith(f"| {clause} |"))
    assert not any(f"`{name}`" in row for name in left)


def test_what_a_question_reads_is_seen_by_asking_it() -> None:
    consulted = reads(question("consultation-gap"))
    assert {Organization, PolicyDocument, Concerns, Consulted} <= consulted
    assert Convenes not in consulted
    assert reads(question("training-held")) == {TrainingProgramme, Partner, Partners, Trained}


def test_types_cite_clauses_that_exist() -> None:
    assert cited(Supervises) == {"J7"}
    for element in (*NODE_TYPES.values(), *EDGE_TYPES.values()):
        assert cited(element) <= CLAUSES.keys(), element


def test_documents_are_in_step_and_a_changed_one_is_seen(tmp_path: Path) -> None:
    assert out_of_step(ROOT) == []
    write_all(tmp_path)
    assert out_of_step(tmp_path) == []
    (tmp_path / "docs" / "schema.md").write_text("changed", encoding="utf-8")
    assert out_of_step(tmp_path) == ["docs/schema.md"]
