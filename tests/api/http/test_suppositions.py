"""What-ifs over HTTP: the service's own answer, nothing stored, folders not reachable by name."""

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from api.accounts import Account, Role
from api.whatif import Supposition, plain, what_if
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
    expected = plain(*what_if(workspace.context(), wanted))
    assert found["changed"] == [{"name": "branch_min_members", "before": 3, "after": 5}]
    assert found["boundaries"]["communities"] == expected["redistricted"]["communities"]
    assert found["moved_total"] == len(expected["moved"])
    shown = {
        q["question"]: (q["before"]["gaps"], q["after"]["gaps"], q["opened"], q["closed"]) for q in found["questions"]
    }
    for each in expected["questions"]:
        figures = (each["before"]["gaps"], each["after"]["gaps"], each["opened"], each["closed"])
        assert shown.get(each["question"], figures) == figures
        assert (each["question"] in shown) or each["before"] == each["after"]
    assert len(found["questions"]) + found["same"] == len(expected["questions"])
    assert found["stored"] is False
    assert workspace.store.head == head
    assert same(workspace.network(), before)


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ({}, 422, "nothing-supposed"),
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
