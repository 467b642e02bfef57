"""Cases over HTTP: opened, listed with the overdue first, changed over the version that was seen, and told in full."""

from typing import Any

import pytest
from fastapi.testclient import TestClient

from api.workspace import Workspace
from queries.answer import Answer
from queries.registry import judged

API = "/api/v1"


def case(client: TestClient, subject: str) -> Any:
    return client.get(f"{API}/cases/uncovered/{subject}").json()


def alter(client: TestClient, subject: str, version: int, **wanted: Any) -> Any:
    return client.patch(f"{API}/cases/uncovered/{subject}", json={"version": version, **wanted})


@pytest.fixture(scope="module")
def gaps(client: TestClient) -> list[str]:
    """The ids of some organisations that are not covered."""
    found = client.get(f"{API}/questions/uncovered/findings?verdict=gap&limit=4").json()
    ids = [item["id"] for item in found["items"]]
    assert len(ids) == 4
    return ids


def test_gaps_are_followed_once_each_and_what_is_no_gap_is_refused(client: TestClient, gaps: list[str]) -> None:
    assert client.get(f"{API}/cases").json()["total"] == 0
    opened = client.post(f"{API}/cases", json={"question": "uncovered", "ids": gaps})
    assert opened.status_code == 201, opened.text
    assert {c["subject"] for c in opened.json()["items"]} == set(gaps)
    assert all(c["state"]["value"] == "to-do" and c["body"] and c["version"] == 1 for c in opened.json()["items"])
    again = client.post(f"{API}/cases", json={"question": "uncovered", "ids": gaps[:1]}).json()
    assert again["items"][0]["version"] == 1
    strange = client.post(f"{API}/cases", json={"question": "uncovered", "ids": ["usc:none"]})
    assert (strange.status_code, strange.json()["code"]) == (422, "not-a-gap")
    assert client.post(f"{API}/cases", json={"question": "coverage-rates"}).status_code == 422
    assert client.get(f"{API}/cases").json()["total"] == 4


def test_a_case_is_assigned_moved_noted_and_kept_and_tells_all_of_it(client: TestClient, gaps: list[str]) -> None:
    one = gaps[0]
    given = alter(client, one, 1, body="春熙路街道", measure="选派指导员", deadline="2016-06-01", state="under-way")
    assert given.status_code == 200, given.text
    told = given.json()
    assert (told["body"]["name"], told["state"]["value"], told["overdue"]) == ("春熙路街道", "under-way", True)
    (warning,) = told["warnings"]
    assert "2016-06-01" in warning["zh"] and "overdue" in warning["en"]  # noqa: PT018 - one text in two languages
    noted = alter(client, one, told["version"], comment="已约谈负责单位").json()
    assert [note["text"] for note in noted["notes"]] == ["已约谈负责单位"]
    assert noted["warnings"] == []
    assert [entry["version"] for entry in noted["history"]] == [1, 2, 3]
    assert "选派指导员" in noted["history"][1]["text"]["zh"]
    kept = alter(client, gaps[1], 1, keep={"until": "2016-12-31", "reason": "年内注销"}).json()
    assert (kept["state"]["value"], kept["kept_reason"]) == ("kept", "年内注销")
    for wanted, code in (
        ({}, "nothing-to-change"),
        ({"measure": " "}, "bad-text"),
        ({"keep": {"until": "2016-01-01", "reason": "x"}}, "bad-date"),
        ({"comment": "电话 13800138000"}, "personal-data"),
        ({"body": "没有这个单位"}, "no-such-body"),
    ):
        refused = alter(client, gaps[2], 1, **wanted)
        assert (refused.status_code, refused.json()["code"]) == (422, code)
    assert case(client, gaps[2])["version"] == 1


def test_who_comes_second_is_told_what_changed_and_overwrites_nothing(client: TestClient, gaps: list[str]) -> None:
    assert alter(client, gaps[3], 1, state="under-way").status_code == 200
    late = alter(client, gaps[3], 1, measure="另一措施")
    assert (late.status_code, late.json()["code"]) == (409, "record-moved")
    newest = late.json()["case"]
    assert (newest["version"], newest["state"]["value"], newest["measure"]) == (2, "under-way", None)
    assert case(client, gaps[3]) == newest


def test_the_overdue_come_first_and_lists_are_chosen(client: TestClient, gaps: list[str]) -> None:
    assert alter(client, gaps[2], 1, deadline="2016-06-15").json()["warnings"] == []
    page = client.get(f"{API}/cases").json()
    assert [(c["overdue"], c["due_soon"]) for c in page["items"]][:2] == [(True, False), (False, True)]
    assert (page["overdue"], page["due_soon"], page["counts"]["kept"]) == (1, 1, 1)
    first = client.get(f"{API}/cases", params={"limit": 3}).json()
    rest = client.get(f"{API}/cases", params={"limit": 3, "cursor": first["next"]}).json()
    assert [*first["items"], *rest["items"]] == page["items"]
    assert rest["next"] is None
    for query, subjects in (("state=overdue", [gaps[0]]), ("state=kept", [gaps[1]]), ("state=due-soon", [gaps[2]]),
                            ("question=branch-required", [])):  # fmt: skip
        assert [c["subject"] for c in client.get(f"{API}/cases?{query}").json()["items"]] == subjects
    (own,) = client.get(f"{API}/cases", params={"subject": gaps[0]}).json()["items"]
    assert own["subject"] == gaps[0]
    assert client.get(f"{API}/cases", params={"subject": "nobody"}).json()["total"] == 0
    mine = client.get(f"{API}/cases", params={"body": "Street/510104022"}).json()
    assert gaps[0] in [c["subject"] for c in mine["items"]]
    cards = client.get(f"{API}/score-cards?limit=1000").json()["items"]
    assert [card["overdue"] for card in cards if card["id"] == "510104022"] == [1]
    here = page["items"][0]["street"]
    assert {c["street"] for c in client.get(f"{API}/cases", params={"street": here}).json()["items"]} == {here}
    assert client.get(f"{API}/cases/uncovered/usc:none").json()["code"] == "no-such-case"


def test_score_cards_are_sent_again_once_a_case_has_moved(client: TestClient, gaps: list[str]) -> None:
    def again(tag: str) -> int:
        status: int = client.get(f"{API}/score-cards", headers={"If-None-Match": tag}).status_code
        return status

    tag = client.get(f"{API}/score-cards").headers["ETag"]
    assert again(tag) == 304
    assert alter(client, gaps[3], case(client, gaps[3])["version"], deadline="2016-06-02").status_code == 200
    assert again(tag) == 200


def test_a_case_is_as_the_workspace_has_it(client: TestClient, workspace: Workspace, gaps: list[str]) -> None:
    stored = workspace.casework().find("uncovered", gaps[0])
    told = case(client, gaps[0])
    assert (told["version"], told["measure"]) == (stored.version, stored.measure)
    assert len(told["history"]) == len(stored.history)


def test_the_gaps_of_every_question_can_be_followed(client: TestClient, workspace: Workspace) -> None:
    context = workspace.context()
    followed = set()
    for asked in judged():
        answer = workspace.ask(asked.id, context)
        assert isinstance(answer, Answer)
        opened = client.post(f"{API}/cases", json={"question": asked.id})
        assert opened.status_code == 201, (asked.id, opened.text)
        subjects = [one["subject"] for one in opened.json()["items"]]
        assert sorted(subjects) == sorted(answer.rows.frame["id"][answer.gap_rows])
        for subject in subjects[:1]:
            assert client.get(f"{API}/cases/{asked.id}/{subject}").json()["subject"] == subject
            followed.add(asked.anchor.name)
    assert {"Organization", "PartyOrganization", "InstructorPost", "Street"} <= followed
    assert client.get(f"{API}/cases?limit=1000").status_code == 200
