"""Is every clause answered, and is every document in step?"""

from pathlib import Path

import pytest

from api.documents import cited, out_of_step, write_all
from graphmodel.clauses import CLAUSES
from graphmodel.schema import EDGE_TYPES, NODE_TYPES, Supervises
from queries.registry import catalogue

ROOT = Path(__file__).parent.parent.parent


@pytest.mark.parametrize("clause", [c for c in CLAUSES if c.startswith("J")])
def test_no_clause_of_the_source_is_without_types_and_an_answer(clause: str) -> None:
    assert [q.id for q in catalogue().values() if clause in q.clauses], "no question answers it"
    types = [t for t in (*NODE_TYPES.values(), *EDGE_TYPES.values()) if clause in cited(t)]
    assert types, "no type models it"


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
