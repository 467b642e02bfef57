"""What-ifs over HTTP: the service's own answer, nothing stored, folders not reachable by name."""

import json
import re

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from api.accounts import Account, Role
from api.whatif import Supposition, what_if
from api.whatif_plain import plain
from api.workspace import Workspace
from graphmodel.network import same
from tests.api.http.conftest import PASSWORD, As

WHAT_IF = "/api/v1/what-if"


def test_a_supposition_is_answered_as_the_service_answers_and_nothing_is_stored(
    client: TestClient, workspace: Workspace
) -> None:
    before, head = workspace.network(), workspace.store.head
    station, hub = before.table("GuidanceStation")["name"][0], "Hub/" + before.table("Hub")["id"][0]
    told = client.post(
        WHAT_IF,
        json={
            "values": {"branch_min_members": "5"},
            "posts": {station: 3},
            "redistrict": "2019",
            "without": [hub],
        },
    )
    assert told.status_code == 200, told.text
    found = told.json()
    wanted = Supposition(values={"branch_min_members": 5}, posts={station: 3}, redistrict="2019", without=(hub,))
    expected = plain(what_if(workspace.context(), wanted))
    assert found["changed"] == [{"name": "branch_min_members", "before": 3, "after": 5}]
    assert found["boundaries"]["communities"] == expected["redistricted"]["communities"]
    assert found["moved_total"] == len(expected["moved"])
    shown = {
        q["question"]: (q["before"]["gaps"], q["after"]["gaps"], q["opened"], q["closed"]) for q in found["questions"]
    }
    assert found["supposed"] == [{"zh": line.zh, "en": line.en} for line in expected["supposed"]]
    assert [row["communities"] for row in found["boundaries"]["inferred"]] == [
        row["communities"] for row in expected["redistricted"]["inferred_from"]
    ]
    assert (found["boundaries"]["streets_before"], found["boundaries"]["streets_after"]) == (16, 11)
    whys = {each["question"]: each for each in expected["questions"]}
    for each in found["questions"]:
        why = whys[each["question"]]
        assert each["opens"] == why["opens"]
        assert each["closes"] == why["closes"]
        assert (each["types"], each["parameters"]) == (list(why["types"]), list(why["parameters"]))
    for each in expected["questions"]:
        figures = (each["before"]["gaps"], each["after"]["gaps"], each["opened"], each["closed"])
        assert shown.get(each["question"], figures) == figures
        assert (each["question"] in shown) or each["before"] == each["after"]
    assert len(found["questions"]) + found["same"] == len(expected["questions"])
    assert found["stored"] is False
    assert workspace.store.head == head
    assert same(workspace.network(), before)


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        ({"values": {"vertical_threshold": 40}}, {"values": {"vertical_threshold": "40"}}),
        ({"values": {"coverage_target": 0.9}}, {"values": {"coverage_target": "0.9"}}),
        ({"values": {"strict_cover": True}}, {"values": {"strict_cover": "true"}}),
        ({"newcomers": [{"like": {"full_members": 4, "union": True}}]}, {"newcomers": [{"like": {"full_members": "4", "union": "是"}}]}),
    ],
)  # fmt: skip
def test_numbers_and_flags_are_supposed_as_their_text_is(
    client: TestClient, typed: dict[str, object], told: dict[str, object]
) -> None:
    answers = [client.post(WHAT_IF, json=body) for body in (typed, told)]
    assert [answer.status_code for answer in answers] == [200, 200], answers[0].text
    assert answers[0].json() == answers[1].json()


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ({}, 422, "nothing-supposed"),
        ({"values": {"branch_min_members": 4.5}}, 422, "policy-refused"),
        ({"values": {"strict_cover": 1}}, 422, "policy-refused"),
        ({"values": {"branch_min_members": 1e300}}, 422, "invalid-request"),
        ({"values": {"branch_min_members": "many"}}, 422, "policy-refused"),
        ({"redistrict": "/etc"}, 422, "no-such-change"),
        ({"redistrict": "."}, 422, "no-such-change"),
        ({"without": ["Hub/none"]}, 404, "no-such-node"),
        ({"posts": {"nowhere": 2}}, 404, "no-such-node"),
        ({"posts": {"nowhere": 0}}, 422, "invalid-request"),
    ],
)
def test_what_cannot_be_supposed_is_refused(
    client: TestClient, body: dict[str, object], status: int, code: str
) -> None:
    answer = client.post(WHAT_IF, json=body)
    assert (answer.status_code, answer.json()["code"]) == (status, code), answer.text


def test_who_does_not_see_the_whole_supposes_nothing(app: FastAPI, signed_in: As, workspace: Workspace) -> None:
    clerk = Account(name="clerk", role=Role.STREET_CLERK, body="510104022")
    for account, code in ((clerk, "district-only"), (Account(name="viewer", role=Role.VIEWER), "restricted")):
        app.state.served.accounts.add(account.name, account.role.value, PASSWORD, account.body, workspace.network())
        answer = signed_in(account).post(WHAT_IF, json={"planned": True})
        assert (answer.status_code, answer.json()["code"]) == (403, code)


def test_additions_are_laid_over_and_a_plan_asked_before_and_after(client: TestClient, workspace: Workspace) -> None:
    head, street = workspace.store.head, workspace.network().table("Street")["id"][0]
    body = {
        "newcomers": [
            {
                "number": 7,
                "like": {
                    "name": "新办学校",
                    "登记备案": "登记",
                    "街道": street,
                    "正式党员数": "4",
                    "industry": "民办教育",
                },
            }
        ],
        "stations": [{"kind": "street-organisations", "street": street, "capacity": 30}],
        "with_plan": True,
    }
    told = client.post(WHAT_IF, json=body)
    assert told.status_code == 200, told.text
    found = told.json()
    assert {name: rows["added"] for name, rows in found["counts"].items()} == {
        "Organization": 7, "LOCATED_IN": 8, "GuidanceStation": 1,
    }  # fmt: skip
    moved = {q["question"]: (q["opened"], q["closed"]) for q in found["questions"]}
    assert moved["uncovered"] == (7, 0)
    assert moved["branch-required"] == (7, 0)
    before, after = found["plans"]
    assert after["proposals"] >= before["proposals"] + 7
    assert workspace.store.head == head


def test_the_board_is_drawn_as_it_would_be(client: TestClient, workspace: Workspace) -> None:
    street, hub = (workspace.network().table(name)["id"][0] for name in ("Street", "Hub"))
    supposed = {"newcomers": [{"number": 3, "like": {"name": "新办学校", "street": street}}], "without": [f"Hub/{hub}"]}
    now = client.get("/api/v1/scenes").json()["glyphs"]
    told = client.get("/api/v1/scenes", params={"suppose": json.dumps(supposed)})
    assert told.status_code == 200, told.text
    there, would = ({(g["type"], g["id"]) for g in glyphs} for glyphs in (now, told.json()["glyphs"]))
    assert there - would == {("Hub", hub)}
    assert {kind for kind, _ in would - there} == {"Organization"}
    assert len(would - there) == 3
    again = client.get(
        "/api/v1/scenes", params={"suppose": json.dumps(supposed)}, headers={"If-None-Match": told.headers["ETag"]}
    )
    assert again.status_code == 304


@pytest.mark.parametrize(
    "text", ["{", "[]", '{"posts": {"x": "many"}}', '{"stations": [{"kind": "none", "street": "x"}]}']
)
def test_a_supposition_that_cannot_be_read_is_told_with_its_place(client: TestClient, text: str) -> None:
    told = client.get("/api/v1/scenes", params={"suppose": text})
    assert (told.status_code, told.json()["code"]) == (422, "invalid-request")
    assert all(fault["where"].startswith("query.suppose") for fault in told.json()["errors"])


def test_of_a_member_that_is_given_twice_in_an_address_none_is_taken(client: TestClient) -> None:
    told = client.get("/api/v1/scenes", params={"suppose": '{"posts": {"x": 1, "x": 2}}'})
    assert (told.status_code, told.json()["errors"]) == (422, [{"where": "query.suppose.posts.x", "why": "只能给一次"}])


def test_a_view_is_taken_along_as_one_page_with_what_it_shows_and_no_more(
    client: TestClient, workspace: Workspace
) -> None:
    street = workspace.network().table("Street")["id"][0]
    told = client.get("/api/v1/exports/network.html", params={"street": street}, headers={"Accept-Language": "en"})
    assert told.status_code == 200, told.text[:500]
    assert told.headers["content-type"].startswith("text/html")
    board = client.get("/api/v1/scenes", params={"street": street}).json()
    page = json.loads(re.search(r'<script type="application/json"[^>]*>(.*?)</script>', told.text, re.DOTALL)[1])  # type: ignore[index]
    assert page["drawn"] == board["drawn"] < client.get("/api/v1/scenes").json()["drawn"]
    assert not re.findall(r'(?:src|href)="(?:https?:)?//', told.text)
