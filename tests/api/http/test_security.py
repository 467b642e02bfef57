"""Who may do what, who sees what, and what a stranger, a guess or a forged page gets."""

import datetime as dt
import gzip
import io
import json
import re
import shutil
import threading
import time
import zipfile
from collections import Counter
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest
from fastapi import FastAPI
from fastapi.routing import APIRoute
from fastapi.testclient import TestClient
from httpx2 import Response

from api.accounts import (
    ATTEMPTS,
    LOCAL,
    MOST_WAITING,
    Account,
    Accounts,
    BadCredentials,
    Role,
    SignInBusy,
    TooManyAttempts,
    digest,
)
from api.http.app import UsersNeeded, create_app, openapi
from api.http.caller import COOKIE, CSRF_HEADER, Rates, TooManyRequests
from api.http.middleware import HEADERS
from api.http.settings import Settings, SettingsRefused
from api.outputs import EXPORTS
from api.scope import _WHOSE, Scope, own_rows, visible
from api.scoped import ScopedWorkspace
from api.workspace import Workspace
from graphmodel.changes import ChangeSet
from graphmodel.network import Network
from graphmodel.paths import NodeKey
from graphmodel.schema import EDGE_TYPES, NODE_TYPES
from graphmodel.schema.nodes import Organization
from graphmodel.stores.protocol import Act
from graphmodel.stores.sqlite import SqliteStore
from graphmodel.text import Refusal
from queries.answer import Answer
from queries.registry import judged, question, tables
from tests.api.http.conftest import PASSWORD, As
from tests.strategies import frame
from visualizations.report import reads_restricted

API = "/api/v1"
STREET, AUTHORITY = "510104022", "authority:锦江区教育局"
ACCOUNTS = {
    Role.VIEWER: Account(name="viewer", role=Role.VIEWER),
    Role.PLANNER: Account(name="planner", role=Role.PLANNER),
    Role.ADMINISTRATOR: Account(name="administrator", role=Role.ADMINISTRATOR),
    Role.AUDITOR: Account(name="auditor", role=Role.AUDITOR),
    Role.STREET_CLERK: Account(name="clerk", role=Role.STREET_CLERK, body=STREET),
    Role.AUTHORITY_CONTACT: Account(name="contact", role=Role.AUTHORITY_CONTACT, body=AUTHORITY),
}

SEE, EXPORT, CHANGE, ADMINISTER, AUDIT, OPERATE, SELF, ANYONE = [
    "see",
    "export",
    "change",
    "administer",
    "audit",
    "operate",
    "self",
    "anyone",
]
NEEDS = {
    SEE: """read_schema read_policy list_nodes read_node read_organization_by_code look_up_nodes list_neighbours read_path
        search list_questions read_question read_answer list_findings read_table read_score_cards read_scene list_revisions
        read_revision read_difference receive_newcomers list_plans read_plan list_proposals read_proposal preview_plan list_cases
        read_case read_legend read_status
        read_overview read_covers read_figures read_matrix read_trend read_findings_at read_origins suppose export_template
        list_jobs read_job read_job_result cancel_job follow_job""",
    EXPORT: "export_network export_view export_report export_findings export_plan begin_export export_file",
    CHANGE: """undo_revision preview_import list_ledger_columns list_headers_seen match_columns confirm_import forget_import
        make_plan decide_proposals apply_plan confirm_founded return_plan open_cases change_case
        preview_edit save_edit preview_example export_marked""",
    ADMINISTER: "list_accounts add_account set_password remove_account",
    AUDIT: "list_audit",
    OPERATE: "read_metrics",
    SELF: "read_session sign_out list_tokens make_token end_token",
    ANYONE: "sign_in use_link read_live read_ready",
}
NEEDED = {name: need for need, names in NEEDS.items() for name in names.split()}
MAY = {
    Role.VIEWER: {SEE, EXPORT},
    Role.PLANNER: {SEE, EXPORT, CHANGE},
    Role.ADMINISTRATOR: {SEE, ADMINISTER, OPERATE},
    Role.AUDITOR: {SEE, EXPORT, AUDIT},
    Role.STREET_CLERK: {SEE, EXPORT},
    Role.AUTHORITY_CONTACT: {SEE, EXPORT},
}
PATHS = {
    "type": "Street", "id": STREET, "code": "51510104M101458013", "number": "2", "format": "json", "name": "nobody", "digest": "none",
    "question": "uncovered", "subject": "usc:none",
}  # fmt: skip
QUERIES = {
    "read_path": f"?start=Street/{STREET}&end=Street/{STREET}", "search": "?q=a", "read_difference": "?old=1&new=2",
    "use_link": "?token=" + "x" * 43, "list_proposals": f"?about=Street/{STREET}",
    "read_covers": "?id=usc:51510104M101458013",
}  # fmt: skip
IDS = {"read_question": "uncovered", "read_answer": "uncovered", "list_findings": "uncovered", "export_findings": "uncovered",
       "read_table": "coverage-rates"}  # fmt: skip
BODIES: dict[str, Any] = {
    "look_up_nodes": {"ids": [STREET], "codes": []}, "undo_revision": {"note": ""}, "make_token": {"note": ""},
    "add_account": {"name": "another", "role": "viewer", "password": PASSWORD}, "set_password": {"password": PASSWORD},
    "sign_in": {"name": "nobody", "password": "nothing"}, "receive_newcomers": {"items": [{"name": "甲"}]},
    "confirm_import": {}, "match_columns": {"columns": {"某列": "行业"}}, "open_cases": {"question": "uncovered", "ids": ["usc:none"]},
    "change_case": {"version": 1, "state": "under-way"},
    "make_plan": {}, "apply_plan": {}, "confirm_founded": {"what": ["Street/x"], "on": "2016-07-01"},
    "decide_proposals": {"items": [{"proposal": "1", "state": "accepted"}]}, "suppose": {"values": {"branch_min_members": "5"}},
    "begin_export": {"what": "findings", "question": "uncovered"},
    "preview_edit": {"type": "Street", "id": STREET, "fields": {"aliases": "甲"}},
    "save_edit": {"type": "Street", "id": STREET, "fields": {"aliases": "甲"}},
}  # fmt: skip


@pytest.fixture(scope="module")
def seats(app: FastAPI, signed_in: As) -> dict[Role, TestClient]:
    """A client for every role that an account can be given."""
    house = app.state.served
    for account in ACCOUNTS.values():
        house.accounts.add(account.name, account.role.value, PASSWORD, account.body, house.workspace.network())
    return {role: signed_in(account) for role, account in ACCOUNTS.items()}


def operations(app: FastAPI) -> list[tuple[str, str, str]]:
    """Every operation of the OpenAPI document: its id, method and path."""
    paths = openapi(app)["paths"].items()
    return [(o["operationId"], method.upper(), path) for path, found in paths for method, o in found.items()]


def call(client: TestClient, operation: tuple[str, str, str]) -> Response:
    """One well-formed request of an operation."""
    name, method, path = operation
    values = {**PATHS, **({"id": IDS[name]} if name in IDS else {})}
    address = re.sub(r"\{(\w+)\}", lambda found: values[found[1]], path) + QUERIES.get(name, "")
    return client.request(method, address, json=BODIES.get(name), follow_redirects=False)


def test_every_operation_has_its_place_in_the_matrix(app: FastAPI) -> None:
    assert {name for name, _, _ in operations(app)} == NEEDED.keys()


@pytest.mark.parametrize("role", ACCOUNTS)
def test_every_role_may_do_what_it_is_for_and_nothing_else(
    app: FastAPI, seats: dict[Role, TestClient], role: Role
) -> None:
    for operation in operations(app):
        need = NEEDED[operation[0]]
        answer = call(seats[role], operation)
        if need in (SELF, ANYONE) or need in MAY[role]:
            assert answer.status_code != 403 or answer.json()["code"] in ("district-only", "restricted"), (
                operation,
                answer.text,
            )
            assert answer.status_code != 401 or need == ANYONE, (operation, answer.text)
            assert answer.status_code < 500, (operation, answer.text)
        else:
            assert (answer.status_code, answer.json()["code"]) == (403, "not-allowed"), (operation, answer.text)


def test_a_stranger_may_do_nothing(app: FastAPI) -> None:
    stranger = TestClient(app, base_url="http://localhost")
    forger = TestClient(app, base_url="http://localhost", headers={"Authorization": "Bearer " + "x" * 43})
    for operation in operations(app):
        if NEEDED[operation[0]] != ANYONE:
            answer = call(stranger, operation)
            assert (answer.status_code, answer.json()["code"]) == (401, "not-signed-in"), operation
            assert "Bearer" in answer.headers["WWW-Authenticate"]
            assert call(forger, operation).json()["code"] == "bad-credentials", operation


# what a body's account sees


@pytest.fixture(scope="module")
def whole(app: FastAPI) -> Network:
    network: Network = app.state.served.workspace.network()
    return network


def foreign_words(network: Network, body: NodeKey) -> set[str]:
    """Ids, credit codes and names of the organisations that are not that body's; no name that is part of one of its own."""
    mine = visible(network, body)[Organization.type_name]
    frame = network[Organization].frame
    own, others = frame.filter(pl.Series(mine)), frame.filter(pl.Series(~mine))
    assert own.height > 10
    assert others.height > 100
    shown = "\n".join(own["name"].drop_nulls())
    names = {name for name in others["name"].drop_nulls() if name not in shown}
    return {*others["id"], *others["credit_code"].drop_nulls(), *names}


def text_of(content: bytes) -> str:
    """All that a file says, archives and workbooks unpacked."""
    if content[:2] == b"PK":
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            return "\n".join(text_of(packed.read(name)) for name in packed.namelist())
    return (gzip.decompress(content) if content[:2] == b"\x1f\x8b" else content).decode("utf-8", "replace")


def everything_readable(client: TestClient, network: Network) -> dict[str, str]:
    """Every answer that reads give, by address: lists, single nodes, neighbours, searches, paths, questions, exports."""
    addresses = ["/schema", "/policy", "/questions", "/revisions", "/revisions/1", "/differences?old=0&new=2&limit=1000",
                 "/score-cards", "/scenes", "/session", "/overview", "/figures", "/matrix", "/trend", "/status", "/exports/report.xlsx",
                 "/exports/network.html", f"/exports/network.html?street={STREET}"]  # fmt: skip
    addresses += ["/legend", "/jobs", "/jobs/none", "/jobs/none/result", "/jobs/none/events", "/exports/none/file", "/exports/template.xlsx",
                  "/cases", "/cases/uncovered/usc:none", "/plans", "/plans/newest", "/plans/newest/preview", "/plans/newest/proposals/1",
                  "/plans/newest/workbook.xlsx", f"/proposals?about=Street/{STREET}", "/questions/uncovered", "/organizations/by-code/none",
                  f"/paths?start=Street/{STREET}&end=Authority/{AUTHORITY}"]  # fmt: skip
    addresses += [f"/nodes/{name}?limit=1000" for name in NODE_TYPES]
    addresses += [f"/nodes/{name}/{id_}" for name in NODE_TYPES for id_ in network.nodes[name].ids.head(4)]
    addresses += [
        f"/neighbours/{name}/{id_}?limit=1000" for name in NODE_TYPES for id_ in network.nodes[name].ids.head(8)
    ]
    addresses += [f"/search?q={q}&limit=200" for q in ("", "锦江", "协会", "usc:", "jj", "5151", "党支部", "zhongxin")]
    addresses += [f"/questions/{asked.id}/{part}" for asked in judged() for part in ("answer", "findings?limit=1000")]
    addresses += [f"/tables/{id_}?since=1" for id_ in (table.id for table in tables())]
    addresses += [f"/exports/findings/{asked.id}.csv" for asked in judged()]
    addresses += [f"/exports/network/{form}" for form in EXPORTS]
    addresses += [f"/findings/{name}/{id_}" for name in NODE_TYPES for id_ in network.nodes[name].ids.head(8)]
    addresses += [f"/covers?id={id_}" for id_ in network[Organization].ids.head(8)]
    addresses += [f"/origins/{name}/{id_}" for name in NODE_TYPES for id_ in network.nodes[name].ids.head(2)]
    found = {}
    for address in addresses:
        answer = client.get(API + address)
        assert answer.status_code in (200, 403, 404), (address, answer.text)
        found[address] = text_of(answer.content)
    return found


def test_where_rows_came_from_is_told_to_whoever_sees_them(seats: dict[Role, TestClient]) -> None:
    own = seats[Role.STREET_CLERK].get(f"{API}/nodes/Organization?limit=1").json()["items"][0]["id"]
    told = {role: seats[role].get(f"{API}/origins/Organization/{own}").json() for role in ACCOUNTS}
    assert told[Role.VIEWER] == told[Role.PLANNER]
    seen, clerk = told[Role.PLANNER], told[Role.STREET_CLERK]
    assert seen["items"]
    assert clerk["items"] == [row | {"file": "–", "source": "–"} for row in seen["items"]]
    veiled = [row | {"file": "–", "source": "–"} for row in seen["relations"]]
    assert clerk["relations"]
    assert all(row in veiled for row in clerk["relations"])


@pytest.mark.parametrize("role", [Role.STREET_CLERK, Role.AUTHORITY_CONTACT])
def test_nothing_tells_of_other_bodies_organisations(
    app: FastAPI, seats: dict[Role, TestClient], whole: Network, role: Role
) -> None:
    account = ACCOUNTS[role]
    body = account.scope.body
    assert body is not None
    words = foreign_words(whole, body)
    longest = re.compile("|".join(re.escape(word) for word in sorted(words, key=len, reverse=True)))
    answers = everything_readable(seats[role], whole)
    for name, method, path in operations(app):  # none was forgotten
        pattern = re.compile(re.sub(r"\{\w+(:path)?\}", ".+", path.removeprefix(API)) + r"(\?.*)?")
        if method == "GET" and NEEDED[name] in (SEE, EXPORT):
            assert any(pattern.fullmatch(address) for address in answers), name
    for address, text in answers.items():
        if (told := longest.search(text)) is not None and told[0] not in address:
            pytest.fail(f"{address} tells of {told[0]}")
    seen = Scope(body).network(whole)
    for name in NODE_TYPES:
        page = seats[role].get(f"{API}/nodes/{name}?limit=1").json()
        assert page["total"] == seen.nodes[name].frame.height
    stranger = (
        whole[Organization].frame.filter(pl.Series(~visible(whole, body)[Organization.type_name])).row(0, named=True)
    )
    for address in (f"/nodes/Organization/{stranger['id']}", f"/neighbours/Organization/{stranger['id']}", f"/covers?id={stranger['id']}",
                    f"/paths?start={body}&end=Organization/{stranger['id']}", f"/organizations/by-code/{stranger['credit_code']}"):  # fmt: skip
        real, unreal = (seats[role].get(API + a) for a in (address, address.replace(stranger["id"], "usc:none")))
        assert (real.status_code, real.json()["code"]) == (404, "no-such-node")
        assert unreal.json()["code"] == real.json()["code"]
    looked = seats[role].post(f"{API}/lookups/Organization", json={"ids": [stranger["id"]], "codes": []}).json()
    assert (looked["items"], looked["missing"]) == ([], [stranger["id"]])


@pytest.mark.parametrize("role", [Role.STREET_CLERK, Role.AUTHORITY_CONTACT])
def test_a_body_cannot_count_others_by_moving_a_threshold(seats: dict[Role, TestClient], role: Role) -> None:
    own = seats[role].get(f"{API}/nodes/Organization?limit=1").json()["items"][0]["id"]
    asked = "questions/responsibility-gaps"
    for address in (f"{asked}/findings", f"{asked}/answer", "exports/findings/responsibility-gaps.csv", "overview", "figures",
                    "matrix", "trend", "scenes", f"findings/Organization/{own}"):  # fmt: skip
        supposed = f"{API}/{address}?set=vertical_threshold=40"
        refused = seats[role].get(supposed)
        assert (refused.status_code, refused.json()["code"]) == (403, "district-only"), address
        assert seats[role].get(supposed.partition("?")[0]).status_code == 200, address
        assert seats[Role.PLANNER].get(supposed).status_code == 200, address


def test_a_job_is_its_own_accounts_and_the_planners(app: FastAPI, seats: dict[Role, TestClient]) -> None:
    def export(role: Role) -> str:
        job = seats[role].post(f"{API}/exports", json={"what": "network", "format": "json"})
        assert job.status_code == 202, job.text
        id_: str = job.json()["id"]
        told = seats[role].get(f"{API}/jobs/{id_}/events").text
        assert json.loads(told.rstrip().rpartition("data: ")[2])["state"] == "done"
        return id_

    ids = {role: export(role) for role in (Role.PLANNER, Role.AUDITOR, Role.STREET_CLERK, Role.AUTHORITY_CONTACT)}
    for role, seat in seats.items():
        sees = {id_ for owner, id_ in ids.items() if role in (owner, Role.PLANNER)}
        assert {job["id"] for job in seat.get(f"{API}/jobs?limit=1000").json()["items"]} & set(ids.values()) == sees
        for id_ in ids.values():
            paths = [f"/jobs/{id_}", f"/jobs/{id_}/result", f"/jobs/{id_}/events"]
            if role is not Role.ADMINISTRATOR:
                paths.append(f"/exports/{id_}/file")
            for path in paths:
                answer = seat.get(API + path)
                assert answer.status_code == (200 if id_ in sees else 404), (role, path, answer.text)
            if id_ not in sees:
                assert seat.delete(f"{API}/jobs/{id_}").json()["code"] == "no-such-job"
    clerk = seats[Role.STREET_CLERK]
    at_once = clerk.get(f"{API}/exports/network/json").content
    assert clerk.get(f"{API}/exports/{ids[Role.STREET_CLERK]}/file").content == at_once


def test_a_job_is_not_told_to_an_account_that_sees_less_by_now(app: FastAPI, signed_in: As, client: TestClient) -> None:
    accounts, network = app.state.served.accounts, app.state.served.workspace.network()
    before, after = Account(name="moved", role=Role.PLANNER), Account(name="moved", role=Role.STREET_CLERK, body=STREET)
    accounts.add(before.name, before.role.value, PASSWORD, before.body, network)
    seat = signed_in(before)
    job = seat.post(f"{API}/exports", json={"what": "network", "format": "json"}).json()["id"]
    seat.get(f"{API}/jobs/{job}/events")
    assert seat.get(f"{API}/exports/{job}/file").status_code == 200
    accounts.remove(before.name)
    accounts.add(after.name, after.role.value, PASSWORD, after.body, network)
    clerk = signed_in(after)
    for path in (f"/exports/{job}/file", f"/jobs/{job}", f"/jobs/{job}/result", f"/jobs/{job}/events"):
        assert clerk.get(API + path).json()["code"] == "no-such-job"
    assert job not in clerk.get(f"{API}/jobs?limit=1000").text
    assert client.get(f"{API}/exports/{job}/file").status_code == 200


def test_a_body_is_not_told_who_asserts_a_row(tmp_path: Path) -> None:
    with Workspace(tmp_path, create=True) as whole:
        for head, sources in enumerate(("区民政局", "区民政局|教育局内部台账")):
            rows = {"Street": frame("Street", [{"id": "s", "sources": sources}])}
            act = Act("import", "office", "教育局内部台账", dt.date(2016, 6, 12))
            whole.store.apply(ChangeSet.between(whole.network().tables(), rows), act, head)
        own = Scope(NodeKey("Street", "s"))
        assert whole.difference(1, 2).fields()["field"].to_list() == ["sources"]
        assert ScopedWorkspace(whole, own).difference(1, 2).fields().is_empty()


@pytest.mark.parametrize("role", [Role.STREET_CLERK, Role.AUTHORITY_CONTACT])
@pytest.mark.parametrize("asked", judged(), ids=lambda q: q.id)
def test_a_body_is_told_of_its_own_what_the_district_finds(
    seats: dict[Role, TestClient], app: FastAPI, role: Role, asked: Any
) -> None:
    workspace: Workspace = app.state.served.workspace
    body = ACCOUNTS[role].scope.body
    assert body is not None
    told = seats[role].get(f"{API}/questions/{asked.id}/findings?limit=1000")
    if asked.anchor.element is None:
        assert told.json()["code"] == "district-only"
        return
    whole = workspace.ask(asked.id, workspace.context())
    assert isinstance(whole, Answer)
    own = np.flatnonzero(own_rows(workspace.network(), body)[asked.anchor.element.type_name])
    ids = set(whole.rows.frame["id"][own])
    expected = whole.findings().filter(pl.col("id").is_in(list(ids)))
    assert [(i["identity"], i["verdict"], i["reasons"], i["missing"]) for i in told.json()["items"]] == expected.select(
        "identity", "verdict", "reasons", "missing"
    ).rows()
    # what would stand beside them is of others too, or wrong without them: nobody but the district is shown it
    assert [list(i["values"]) for i in told.json()["items"]] == [list(asked.columns)] * expected.height
    described = seats[role].get(f"{API}/questions/{asked.id}").json()["columns"]
    assert [column["name"] for column in described] == list(asked.columns)
    heads = {
        name: client.get(f"{API}/exports/findings/{asked.id}.csv").text.splitlines()[0]
        for name, client in (("body", seats[role]), ("district", seats[Role.PLANNER]))
    }
    for column in asked.beside.values():
        assert column.title.zh in heads["district"]
        assert column.title.zh not in heads["body"]


@pytest.mark.parametrize("role", [Role.VIEWER, Role.ADMINISTRATOR, Role.AUDITOR])
def test_member_counts_are_the_planners_alone(seats: dict[Role, TestClient], role: Role) -> None:
    client, planner = seats[role], seats[Role.PLANNER]
    assert (
        client.get(f"{API}/nodes/Organization?limit=1").json()["items"][0]["fields"].keys().isdisjoint({"full_members"})
    )
    assert "full_members" in planner.get(f"{API}/nodes/Organization?limit=1").json()["items"][0]["fields"]
    for query in ("sort=full_members", "sort=-full_members", "filter=full_members:ge:3", "fields=full_members"):
        answer = client.get(f"{API}/nodes/Organization?{query}")
        assert (answer.status_code, answer.json()["code"]) == (403, "restricted"), query
        assert planner.get(f"{API}/nodes/Organization?{query}").status_code == 200
    for asked in judged():
        answer = client.get(f"{API}/questions/{asked.id}/findings")
        if reads_restricted(asked):
            assert answer.json()["code"] == "restricted", asked.id
        else:
            columns = {name for item in answer.json()["items"] for name in item["values"]}
            assert columns.isdisjoint(
                {n for n, c in asked.anchor.fields.columns.items() if c.restricted} if columns else set()
            )
    assert reads_restricted(question("dues-not-returned"))  # dues are so much a member, as training money is
    for table in ("dues-by-year", "money-by-source"):
        assert client.get(f"{API}/tables/{table}").json()["code"] == "restricted"
        assert planner.get(f"{API}/tables/{table}").status_code == 200
    if role is not Role.ADMINISTRATOR:
        exported = json.loads(client.get(f"{API}/exports/network/json").content)
        whole = json.loads(planner.get(f"{API}/exports/network/json").content)
        assert not any("full_members" in row or "members" in row for rows in exported.values() for row in rows)
        assert {name for row in exported["PAYS_DUES"] for name in row}.isdisjoint({"paid", "returned"})
        purposes = [{row["purpose"] for row in rows["FUNDS"] if "amount" in row} for rows in (exported, whole)]
        assert purposes[1] - purposes[0] == {"training"}
        assert purposes[0]


def test_a_body_sees_member_counts_of_its_own_alone(seats: dict[Role, TestClient], whole: Network) -> None:
    body = NodeKey("Street", STREET)
    own = own_rows(whole, body)
    seen = Scope(body).network(whole)
    for name in ("Organization", "PartyOrganization"):
        frame = whole.nodes[name].frame
        fields = [c.name for c in NODE_TYPES[name].columns.values() if c.restricted]
        mine = set(frame.filter(pl.Series(own[name]))["id"])
        told = seen.nodes[name].frame
        assert mine
        for field in fields:
            assert told.filter(~pl.col("id").is_in(list(mine)))[field].is_null().all()
            assert told.filter(pl.col("id").is_in(list(mine)))[field].equals(
                frame.filter(pl.col("id").is_in(list(mine)))[field]
            )


@pytest.mark.parametrize(
    ("edge", "end", "payer", "fields"),
    [
        ("PAYS_DUES", "source", "PartyOrganization", ["paid", "returned"]),
        ("FUNDS", "target", "Organization", ["amount"]),
    ],
)
def test_a_body_sees_the_money_that_tells_of_members_of_its_own_alone(
    whole: Network, edge: str, end: str, payer: str, fields: list[str]
) -> None:
    body = NodeKey("Street", STREET)
    mine = whole.nodes[payer].ids.filter(pl.Series(own_rows(whole, body)[payer])).to_list()
    told, there = Scope(body).network(whole).table(edge), whole.table(edge)
    if edge == "FUNDS":
        told, there = (rows.filter(purpose="training", target_type=payer) for rows in (told, there))
    own, others = told.filter(pl.col(end).is_in(mine)), told.filter(~pl.col(end).is_in(mine))
    assert own.height
    assert own.select(fields).null_count().sum_horizontal().item() < own.height
    assert others.select(fields).null_count().sum_horizontal().item() == others.height * len(fields)
    assert (
        own.sort(end, "source")
        .select(fields)
        .equals(there.filter(pl.col(end).is_in(mine)).sort(end, "source").select(fields))
    )


def test_of_every_relation_with_hidden_fields_it_is_known_whose_members_they_tell() -> None:
    assert {edge for edge in EDGE_TYPES.values() if any(c.restricted for c in edge.columns.values())} == set(_WHOSE)


# sessions


def test_a_session_needs_its_own_token_to_alter_anything(app: FastAPI, seats: dict[Role, TestClient]) -> None:
    browser = TestClient(app, base_url="http://localhost")
    answer = browser.post(f"{API}/session", json={"name": "planner", "password": PASSWORD})
    assert answer.status_code == 201
    cookie = answer.headers["set-cookie"].lower()
    assert "httponly" in cookie
    assert "samesite=strict" in cookie
    csrf = answer.json()["csrf"]
    assert browser.get(f"{API}/session").json()["csrf"] == csrf
    lookup = {"ids": [STREET], "codes": []}
    assert browser.post(f"{API}/lookups/Street", json=lookup).json()["code"] == "bad-csrf"
    forged = browser.post(f"{API}/lookups/Street", json=lookup, headers={CSRF_HEADER: "0" * 64})
    assert (forged.status_code, forged.json()["code"]) == (403, "bad-csrf")
    assert browser.post(f"{API}/lookups/Street", json=lookup, headers={CSRF_HEADER: csrf}).status_code == 200
    held = browser.cookies[COOKIE]
    assert browser.delete(f"{API}/session", headers={CSRF_HEADER: csrf}).status_code == 204
    again = TestClient(app, base_url="http://localhost", cookies={COOKIE: held})
    assert again.get(f"{API}/session").json()["code"] == "bad-credentials"


def test_a_link_works_once(app: FastAPI) -> None:
    def noted() -> list[tuple[str, str, str | None]]:
        entries = app.state.served.audit.entries()
        return [(e.account, e.outcome, e.code) for e in entries if e.act == "sign in by link"]

    secret, before = app.state.served.accounts.issue(LOCAL, "link", dt.timedelta(minutes=1)), Counter(noted())
    browser = TestClient(app, base_url="http://localhost", follow_redirects=False)
    assert browser.get(f"{API}/session/link?token={secret}").status_code == 303
    assert browser.get(f"{API}/session").json()["role"] == "local"
    other = TestClient(app, base_url="http://localhost", follow_redirects=False)
    assert other.get(f"{API}/session/link?token={secret}").json()["code"] == "bad-credentials"
    page = other.get(f"{API}/session/link?token={secret}", headers={"Accept": "text/html,*/*;q=0.8"})
    assert (page.status_code, page.headers["location"], len(page.cookies)) == (303, "/", 0)
    assert other.get(f"{API}/session").status_code == 401
    refused = ("–", "refused", "bad-credentials")
    assert Counter(noted()) - before == Counter([("planner-office", "done", None), refused, refused])


def test_secrets_are_nowhere_in_the_store(app: FastAPI) -> None:
    house = app.state.served
    secret = house.accounts.issue(LOCAL, "api", dt.timedelta(minutes=1))
    kept = json.dumps([[r.key, r.value] for r in house.workspace.store.records()])
    assert secret not in kept
    assert PASSWORD not in kept
    assert "$argon2id$" in kept


def test_tokens_end(app: FastAPI, signed_in: As, seats: dict[Role, TestClient]) -> None:
    client = signed_in(ACCOUNTS[Role.VIEWER])
    made = client.post(f"{API}/tokens", json={"note": "试验", "days": 1}).json()
    other = TestClient(app, base_url="http://localhost", headers={"Authorization": f"Bearer {made['token']}"})
    assert other.get(f"{API}/schema").status_code == 200
    listed = [token for token in client.get(f"{API}/tokens").json()["items"] if token["note"] == "试验"]
    assert client.delete(f"{API}/tokens/{listed[0]['digest']}").status_code == 204
    assert other.get(f"{API}/schema").status_code == 401
    assert client.delete(f"{API}/tokens/{listed[0]['digest']}").status_code == 404


def test_strangers_who_sign_in_at_once_leave_the_server_answering(tmp_path: Path) -> None:
    store = SqliteStore(tmp_path / "accounts.sqlite")
    accounts, told = Accounts(store), list[type[Exception]]()

    def sign_in(number: int) -> None:
        try:
            accounts.sign_in(f"nobody-{number}", PASSWORD)
        except Refusal as refusal:
            told.append(type(refusal))

    with accounts._hashing, accounts._hashing:  # as if two were hashed for long
        waiting = [threading.Thread(target=sign_in, args=(number,)) for number in range(MOST_WAITING)]
        for thread in waiting:
            thread.start()
        while accounts._waiting._value:
            time.sleep(0.01)
        sign_in(MOST_WAITING)
        assert told == [SignInBusy]
        assert len(store.records(ATTEMPTS)) <= MOST_WAITING  # who was refused so was not counted
    for thread in waiting:
        thread.join()
    assert told == [SignInBusy, *[BadCredentials] * MOST_WAITING]
    store.close()


def test_guessing_is_slowed_down_and_noted(app: FastAPI, folder: Path) -> None:
    house = app.state.served
    clock = [dt.datetime(2016, 6, 12, tzinfo=dt.UTC)]
    accounts = Accounts(house.workspace.store, attempts=3, pause=60, now=lambda: clock[0])
    accounts.add("guessed", "viewer", PASSWORD, None, house.workspace.network())
    for _ in range(3):
        with pytest.raises(BadCredentials):
            accounts.sign_in("guessed", "wrong")
    browser = TestClient(app, base_url="http://localhost")
    with pytest.raises(Exception, match="登录失败次数过多"):
        accounts.sign_in("guessed", PASSWORD)
    clock[0] += dt.timedelta(seconds=61)
    assert accounts.sign_in("guessed", PASSWORD).name == "guessed"
    for _ in range(3):
        with pytest.raises(BadCredentials):
            accounts.sign_in("张三的密码", "wrong")
    with pytest.raises(TooManyAttempts):  # a pause does not tell which accounts there are
        accounts.sign_in("张三的密码", "wrong")
    kept = {record.key: record.value for record in house.workspace.store.records(ATTEMPTS)}
    assert digest("guessed") not in kept
    assert kept[digest("张三的密码")]["failed"] == 3
    assert "张三" not in json.dumps(kept, ensure_ascii=False)
    clock[0] += dt.timedelta(seconds=61)
    with pytest.raises(BadCredentials):
        accounts.sign_in("another", "wrong")
    kept = {record.key: record.value for record in house.workspace.store.records(ATTEMPTS)}
    assert digest("another") in kept
    assert digest("张三的密码") not in kept  # what is over is forgotten
    assert browser.post(f"{API}/session", json={"name": "guessed", "password": "wrong"}).status_code == 401
    assert browser.post(f"{API}/session", json={"name": "nobody-such", "password": "wrong"}).status_code == 401
    noted = [(e.account, e.act, e.code) for e in house.audit.entries() if e.act == "sign in"]
    assert ("guessed", "sign in", "bad-credentials") in noted
    assert "nobody-such" not in json.dumps(noted)


def test_a_token_lasts_no_longer_than_it_says(app: FastAPI) -> None:
    clock = [dt.datetime(2016, 6, 12, tzinfo=dt.UTC)]
    accounts = Accounts(app.state.served.workspace.store, now=lambda: clock[0])
    secret = accounts.issue(LOCAL, "session", dt.timedelta(hours=1))
    assert accounts.account_of(secret, "session") is LOCAL
    with pytest.raises(BadCredentials):
        accounts.account_of(secret, "api")
    clock[0] += dt.timedelta(hours=1)
    with pytest.raises(BadCredentials):
        accounts.account_of(secret, "session")


@pytest.mark.parametrize(
    ("name", "role", "body", "password", "code"),
    [
        ("张三", "viewer", None, PASSWORD, "bad-account-name"),
        ("13812345678", "viewer", None, PASSWORD, "bad-account-name"),
        ("planner-office", "viewer", None, PASSWORD, "bad-account-name"),
        ("fresh", "local", None, PASSWORD, "bad-role"),
        ("fresh", "nonsense", None, PASSWORD, "bad-role"),
        ("fresh", "viewer", STREET, PASSWORD, "bad-role"),
        ("fresh", "street-clerk", None, PASSWORD, "bad-role"),
        ("fresh", "street-clerk", "nowhere", PASSWORD, "no-such-node"),
        ("fresh", "viewer", None, "short", "bad-password"),
        ("planner", "viewer", None, PASSWORD, "account-exists"),
    ],
)
def test_accounts_are_units(
    client: TestClient, seats: Any, name: str, role: str, body: str | None, password: str, code: str
) -> None:
    answer = client.post(f"{API}/accounts", json={"name": name, "role": role, "body": body, "password": password})
    assert answer.json()["code"] == code
    assert answer.status_code < 500


def test_somebody_is_left_to_keep_the_accounts(app: FastAPI, signed_in: As) -> None:
    accounts, network = app.state.served.accounts, app.state.served.workspace.network()
    keepers = [Account(name=name, role=Role.ADMINISTRATOR) for name in ("keeper-one", "keeper-two")]
    for keeper in keepers:
        accounts.add(keeper.name, keeper.role.value, PASSWORD, None, network)
    one, two = (signed_in(keeper) for keeper in keepers)
    refused = one.delete(f"{API}/accounts/keeper-one")
    assert (refused.status_code, refused.json()["code"]) == (409, "own-account")
    assert two.delete(f"{API}/accounts/keeper-one").status_code == 204
    wrong = two.post(f"{API}/accounts", json={"name": "boss", "role": "boss", "password": PASSWORD})
    assert (wrong.status_code, wrong.json()["code"]) == (422, "bad-role")
    assert "boss" in wrong.json()["detail"]
    assert "street-clerk" in wrong.json()["hint"]


def test_a_token_makes_none_that_outlasts_it(app: FastAPI, seats: dict[Role, TestClient]) -> None:
    made = seats[Role.VIEWER].post(f"{API}/tokens", json={"days": 30}).json()
    held = {token["digest"]: token["expires"] for token in seats[Role.VIEWER].get(f"{API}/tokens").json()["items"]}
    ends = app.state.served.accounts.ends(seats[Role.VIEWER].headers["Authorization"].removeprefix("Bearer "))
    assert dt.datetime.fromisoformat(held[digest(made["token"])]) <= ends
    with pytest.raises(BadCredentials):
        app.state.served.accounts.ends("x" * 43)
    browser = TestClient(app, base_url="http://localhost")
    csrf = browser.post(f"{API}/session", json={"name": "viewer", "password": PASSWORD}).json()["csrf"]
    lasting = browser.post(f"{API}/tokens", json={"days": 30}, headers={CSRF_HEADER: csrf}).json()["expires"]
    assert dt.datetime.fromisoformat(lasting) > ends + dt.timedelta(days=20)


def test_accounts_come_and_go_and_leave_a_trail(app: FastAPI, client: TestClient) -> None:
    assert (
        client.post(f"{API}/accounts", json={"name": "passing", "role": "auditor", "password": PASSWORD}).status_code
        == 201
    )
    browser = TestClient(app, base_url="http://localhost")
    assert browser.post(f"{API}/session", json={"name": "passing", "password": PASSWORD}).status_code == 201
    assert client.put(f"{API}/accounts/passing/password", json={"password": PASSWORD + "!"}).status_code == 204
    assert browser.get(f"{API}/session").status_code == 401
    gone = client.delete(f"{API}/accounts/passing")
    assert (gone.status_code, gone.content, "Content-Type" in gone.headers) == (204, b"", False)
    assert browser.post(f"{API}/session", json={"name": "passing", "password": PASSWORD + "!"}).status_code == 401
    assert client.delete(f"{API}/accounts/passing").status_code == 404
    assert client.get(f"{API}/exports/findings/uncovered.csv").status_code == 200
    entries = client.get(f"{API}/audit?limit=1000").json()["items"]
    acts = {(e["account"], e["act"], e["outcome"], e["code"]) for e in entries}
    assert ("planner-office", f"DELETE {API}/accounts/passing", "done", None) in acts
    assert ("planner-office", f"DELETE {API}/accounts/passing", "refused", "no-such-account") in acts
    assert ("planner-office", f"GET {API}/exports/findings/uncovered.csv", "done", None) in acts
    on = [(e["act"].split()[0], e["subject"], e["role"]) for e in reversed(entries) if e["subject"]]
    assert [each for each in on if each[1] == "passing"] == [
        (method, "passing", "auditor") for method in ("POST", "PUT", "DELETE")
    ]
    assert [e["role_title"] for e in entries if e["subject"] == "passing"] == [{"zh": "审计", "en": "auditor"}] * 3
    titles = {e["act"]: e["title"] for e in entries}
    assert titles[f"DELETE {API}/accounts/passing"]["zh"] == "删除账号，并结束其全部会话"
    assert titles["sign in"] == {"zh": "登录", "en": "sign in"}
    assert all(title["zh"] and title["en"] for title in titles.values())
    assert PASSWORD not in json.dumps(entries)


# the outside


def test_every_answer_has_the_headers(client: TestClient) -> None:
    for path in (f"{API}/schema", "/nowhere", f"{API}/nodes/Street/none", f"{API}/health/live"):
        answer = client.get(path)
        assert all(answer.headers[name] == value for name, value in HEADERS.items())
        assert re.fullmatch(r"[0-9a-f]{16}", answer.headers["X-Request-ID"])
        assert "server" not in answer.headers


def test_a_fault_of_ours_is_answered_as_a_problem_without_its_text(
    folder: Path, caplog: pytest.LogCaptureFixture
) -> None:
    app = create_app(Settings(workspace=folder))

    def fails() -> None:
        raise ValueError("51510104M101458013")

    app.router.routes.insert(0, APIRoute(f"{API}/fails", fails))
    with TestClient(app, base_url="http://localhost") as client:
        answer = client.get(f"{API}/fails")
        figures = app.state.metrics.text().decode()
    assert (answer.status_code, answer.json()["code"]) == (500, "failed")
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert all(answer.headers[name] == value for name, value in HEADERS.items())
    assert answer.json()["instance"].endswith(answer.headers["X-Request-ID"])
    assert "51510104M101458013" not in answer.text + caplog.text
    assert any("test_security.py" in str(getattr(record, "at", "")) for record in caplog.records)
    assert f'partygraph_requests_total{{method="GET",route="{API}/fails",status="500"}} 1.0' in figures


def test_other_hosts_are_refused(app: FastAPI) -> None:
    rebound = TestClient(app, base_url="http://attacker.example")
    answer = rebound.get(f"{API}/openapi.json")
    assert (answer.status_code, answer.json()["code"]) == (403, "bad-host")
    for host in ("127.0.0.1:8614", "[::1]:8614", "localhost"):
        assert rebound.get(f"{API}/openapi.json", headers={"Host": host}).status_code == 200


@pytest.mark.parametrize(
    ("body", "where", "zh"),
    [
        (b'{"codes": ["\xff"]}', "body.12", "不是 UTF-8 编码"),
        (b"[" * 100_000, "body", "嵌套过深"),
        (b'{"codes": [' + b"9" * 5000 + b"]}", "body", "整数过大"),
        (b'{"codes": ', "body.10", "不是有效的 JSON"),
    ],
)
def test_a_body_that_cannot_be_read_is_told_by_its_place(client: TestClient, body: bytes, where: str, zh: str) -> None:
    headers = {"Content-Type": "application/json"}
    answer = client.post(f"{API}/lookups/Organization", content=body, headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (422, "invalid-request")
    (told,) = answer.json()["errors"]
    assert told["where"] == where
    assert zh in told["why"]


@pytest.mark.parametrize(
    ("path", "body", "where"),
    [
        ("/lookups/Organization", '{"codes": ["a"], "codes": []}', ["body.codes"]),
        ("/edits/preview", '{"type": "Street", "id": "x", "fields": {"name": "a", "aliases": "b", "name": null}}', ["body.fields.name"]),
        ("/newcomers", '{"items": [{"name": "a"}, {"name": "a", "n\\u0061me": "b"}]}', ["body.items.1.name"]),
        ("/what-if", '{"posts": {"a": 1, "a": 1}, "values": {"b": "1", "b": {"c": 1, "c": 2}, "b": "3"}, "planned": true, "planned": true}',
         ["body.posts.a", "body.values.b", "body.planned"]),
        ("/cases", '{"question": "uncovered", "\\ud800": 1, "\\ud800": 2}', ["body.?"]),
    ],
)  # fmt: skip
def test_a_member_that_is_given_twice_is_refused_by_its_place(
    client: TestClient, path: str, body: str, where: list[str]
) -> None:
    for language, says in (("zh", "只能给一次"), ("en", "Given more than once")):
        headers = {"Content-Type": "application/json", "Accept-Language": language}
        answer = client.post(API + path, content=body, headers=headers)
        assert (answer.status_code, answer.json()["code"]) == (422, "invalid-request"), answer.text
        assert answer.json()["errors"] == [{"where": place, "why": says} for place in where]
    plain = client.post(API + path, content=body, headers={"Content-Type": "text/plain"})
    assert plain.status_code == 415  # which comes first


def test_every_operation_with_a_json_body_refuses_a_member_given_twice(app: FastAPI, client: TestClient) -> None:
    asked = 0
    for path, operations in openapi(app)["paths"].items():
        for method, operation in operations.items():
            if "application/json" not in operation.get("requestBody", {}).get("content", {}):
                continue
            asked += 1
            headers = {"Content-Type": "application/json", "If-Match": '"1"'}
            address = re.sub("{[^}]*}", "none", path)
            answer = client.request(method, address, content=b'{"twice": 1, "twice": 2}', headers=headers)
            assert (answer.status_code, answer.json()["code"]) == (422, "invalid-request"), address
            assert "422" in operation["responses"]
            assert {"where": "body.twice", "why": "只能给一次"} in answer.json()["errors"], address
    assert asked > 10


def test_large_bodies_are_refused_whether_they_say_so_or_not(client: TestClient) -> None:
    large = b'{"ids": ["' + b"x" * (2 << 20) + b'"]}'
    headers = {"Content-Type": "application/json"}
    told = client.post(f"{API}/lookups/Street", content=large, headers=headers)
    assert (told.status_code, told.json()["code"]) == (413, "too-large")
    streamed = client.post(f"{API}/lookups/Street", content=iter([large[: 1 << 19]] * 5), headers=headers)
    assert (streamed.status_code, streamed.json()["code"]) == (413, "too-large")
    form = {"source": "a", "as_of": "2016-07-01"}
    for path, field in (("/imports", "files"), ("/plans/none/workbook", "file")):  # whose bodies are files
        sent = client.post(API + path, files={field: ("a.xlsx", large)}, data=form)
        assert sent.json().get("code") != "too-large", sent.text


def test_only_where_files_are_sent_bodies_may_be_as_large_as_files(client: TestClient) -> None:
    for path in ("/importsx", "/imports/x/confirm", "/plans/x/workbookx"):
        told = client.post(API + path, content=b"x" * (2 << 20), headers={"Content-Type": "application/json"})
        assert (told.status_code, told.json()["code"]) == (413, "too-large"), path


def test_made_up_methods_are_counted_as_one(app: FastAPI, client: TestClient) -> None:
    for method in ("ONE", "OTHER"):
        assert client.request(method, f"{API}/schema").status_code == 405
    figures = app.state.metrics.text().decode()
    assert 'method="–"' in figures
    assert "ONE" not in figures


def test_rates_refill_and_forget() -> None:
    now = [0.0]
    rates = Rates(60, clock=lambda: now[0])
    for _ in range(60):
        rates.take("one")
    with pytest.raises(TooManyRequests):
        rates.take("one")
    rates.take("other")
    now[0] += 1.01
    rates.take("one")
    with pytest.raises(TooManyRequests):
        rates.take("one")


def test_who_asks_too_often_is_told_when_to_come_back(folder: Path) -> None:
    app = create_app(Settings(workspace=folder, rate=3))
    with TestClient(app, base_url="http://localhost") as stranger:
        answers = [stranger.get(f"{API}/schema") for _ in range(5)]
        assert [a.status_code for a in answers] == [401, 401, 401, 429, 429]
        assert int(answers[-1].headers["Retry-After"]) >= 1


def test_other_machines_need_users_and_tls(example_folder: Path, tmp_path: Path) -> None:
    folder = Path(shutil.copytree(example_folder, tmp_path / "outside"))
    open_to_all = Settings(workspace=folder, host="0.0.0.0", hosts=("district.example",))  # noqa: S104 - it is refused
    with pytest.raises(UsersNeeded, match="单位账号、TLS 代理的请求头"):
        create_app(open_to_all)
    with Workspace(folder) as workspace:
        Accounts(workspace.store).add("planner", "planner", PASSWORD, None, workspace.network())
    with pytest.raises(UsersNeeded, match="TLS"):
        create_app(open_to_all)
    app = create_app(open_to_all.model_copy(update={"tls_header": "X-Forwarded-Proto"}))
    with TestClient(app, base_url="http://district.example") as client:
        plain = client.get(f"{API}/session")
        assert (plain.status_code, plain.json()["code"]) == (403, "tls-required")
        for kept_alive in ("live", "ready"):  # asked by what has neither header nor name
            assert client.get(f"http://10.0.0.7:8614{API}/health/{kept_alive}").status_code == 200
        client.headers["X-Forwarded-Proto"] = "https"
        answer = client.post(f"{API}/session", json={"name": "planner", "password": PASSWORD})
        assert answer.status_code == 201
        assert "secure" in answer.headers["set-cookie"].lower()
        assert "max-age" in answer.headers["Strict-Transport-Security"]


def test_a_proxy_on_the_same_machine_lets_other_machines_in(example_folder: Path, tmp_path: Path) -> None:
    folder = Path(shutil.copytree(example_folder, tmp_path / "behind"))
    assert Settings(workspace=folder).local
    for given in ({"hosts": ("district.example",)}, {"tls_header": "X-Forwarded-Proto"}):
        behind = Settings(workspace=folder, **given)
        assert not behind.local
        with pytest.raises(UsersNeeded, match="单位账号"):
            create_app(behind)


def test_settings_come_from_options_environment_and_file(tmp_path: Path) -> None:
    file = tmp_path / "server.toml"
    file.write_text('port = 1\nrate = 7\nhosts = ["a.example"]\n', encoding="utf-8")
    told = Settings.load(file, {"PARTYGRAPH_HTTP_PORT": "2", "PARTYGRAPH_HTTP_HOSTS": "b.example,c.example"}, port=3)
    assert (told.port, told.rate, told.hosts) == (3, 7, ("b.example", "c.example"))
    for wrong in ({"PARTYGRAPH_HTTP_PORT": "x"}, {"PARTYGRAPH_HTTP_NONSENSE": "1"}):
        with pytest.raises(SettingsRefused, match=r"docs/settings\.md") as refused:
            Settings.load(None, wrong)
        assert not re.search("[a-z]{4,} [a-z]{4,}", refused.value.message.zh)
    with pytest.raises(SettingsRefused):
        Settings.load(tmp_path / "none.toml", {})
    file.write_text("workers = true\n", encoding="utf-8")
    with pytest.raises(SettingsRefused, match=r"workers.*不得为 true 或 false"):
        Settings.load(file, {})


def test_a_body_that_does_not_exist_sees_no_organisation(whole: Network) -> None:
    nobody = Scope(NodeKey("Street", "nowhere")).network(whole)
    assert nobody[Organization].frame.height == 0
