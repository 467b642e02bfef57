"""Is the matrix of gaps whole, however many streets and authorities there are?"""

import pytest
from fastapi.testclient import TestClient

from api import views


def test_of_too_many_lines_the_worst_stand_alone_and_the_sums_stay(
    client: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = {"question": "no-work-coverage"}
    whole = client.get("/api/v1/matrix", params=asked).json()
    monkeypatch.setattr(views, "MATRIX_LINES", 3)
    few = client.get("/api/v1/matrix", params=asked | {"day": "2016-06-13"}).json()
    for lines in ("rows", "columns"):
        assert len(whole[lines]) > 3 + 2
        assert len(few[lines]) == 3 + 2
        assert [line["id"] for line in few[lines][-2:]] == [None, None]
        assert [line for line in whole[lines] if line in few[lines][:3]] == few[lines][:3]
    assert few["rows"][-2]["name"] == views.OTHER_STREETS.both()
    assert few["columns"][-2]["name"] == views.OTHERS.both()
    worst = sorted((line[-1] for line in whole["gaps"][:-1]), reverse=True)[:3]
    assert sorted((line[-1] for line in few["gaps"][:3]), reverse=True) == worst
    for table in ("gaps", "totals"):
        assert few[table][-1][-1] == whole[table][-1][-1]
        assert [sum(column) for column in zip(*few[table][:-1], strict=True)] == few[table][-1]
        assert all(sum(line[:-1]) >= line[-1] for line in few[table][:-1])  # several licences: under each authority
