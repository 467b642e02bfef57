"""Gaps followed over HTTP: opened, assigned, moved, kept; two that look at one version never overwrite each other."""

from fastapi.testclient import TestClient

API = "/api/v1"


def test_a_gap_is_followed(client: TestClient) -> None:
    gap = client.get(f"{API}/questions/uncovered/findings?limit=1").json()["items"][0]
    opened = client.post(f"{API}/cases/uncovered", json={"subjects": [gap["id"]]})
    assert opened.status_code == 201, opened.text
    case = opened.json()["items"][0]
    assert (case["identity"], case["state"]) == (gap["identity"], "to-do")
    address = f"{API}/cases/uncovered/{gap['id']}"
    change = {
        "body": "春熙路街道",
        "measure": "派驻指导员",
        "deadline": "2016-01-01",
        "state": "under-way",
        "comment": "已约谈",
        "seen": case["version"],
    }
    changed = client.put(address, json=change)
    assert changed.status_code == 200, changed.text
    now = changed.json()["items"][0]
    assert (now["state"], now["body"]["id"], now["measure"]) == ("under-way", "510104022", "派驻指导员")
    late = client.put(address, json={"comment": "另一人", "seen": case["version"]})
    assert late.status_code == 409, late.text
    assert client.get(address).json()["items"][0]["version"] == now["version"]
    listed = client.get(f"{API}/cases?question=uncovered").json()
    assert listed["total"] == 1
    assert listed["items"][0]["overdue"] is True
    cards = client.get(f"{API}/score-cards?limit=1000").json()["items"]
    assert [card["overdue"] for card in cards if card["id"] == "510104022"] == [1]
    kept = client.put(address, json={"kept_until": "2030-01-01", "comment": "等待改制"})
    assert kept.json()["items"][0]["state"] == "kept"
    assert client.put(address, json={"kept_until": "2031-01-01"}).status_code == 422
    assert client.post(f"{API}/cases/uncovered", json={"subjects": ["none"]}).status_code == 422
    assert client.get(f"{API}/cases/uncovered/none").json()["code"] == "no-such-case"
    assert client.post(f"{API}/cases/coverage-rates", json={}).json()["code"] == "no-gaps-to-follow"
