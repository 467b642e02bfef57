"""One record edited by hand: previewed, stored as one act, told by its log, undone; what is wrong or personal is refused."""

import json
from collections.abc import Mapping
from typing import Any

import polars as pl
import pytest
from fastapi.testclient import TestClient

from api.workspace import Workspace
from graphmodel.asserted import names, saying
from graphmodel.network import same
from graphmodel.schema.edges import LocatedIn
from graphmodel.schema.nodes import Organization

API = "/api/v1"


@pytest.fixture
def filed(workspace: Workspace) -> dict[str, Any]:
    frame = workspace.network()[Organization].frame.filter(pl.col("track") == "filed")
    return frame.row(0, named=True)


def wanted(node: dict[str, Any], fields: Mapping[str, str | None], **more: Any) -> dict[str, Any]:
    return {"type": "Organization", "id": node["id"], "fields": fields, **more}


def head(workspace: Workspace) -> dict[str, str]:
    return {"If-Match": f'"{workspace.store.head}"'}


def test_an_edit_and_its_undoing_are_done_once_for_their_key(client: TestClient, workspace: Workspace) -> None:
    before = workspace.store.head
    edit = {"type": "Street", "id": "510104022", "fields": {"aliases": "春熙片区"}}
    write = {**head(workspace), "Idempotency-Key": "the-key-of-this-edit"}
    first = client.post(f"{API}/edits", json=edit, headers=write)
    assert (first.status_code, first.json()["revision"]) == (201, before + 1)
    assert client.post(f"{API}/edits", json=edit, headers=write).json() == first.json()
    write = {**head(workspace), "Idempotency-Key": "the-key-of-this-undo"}
    undo = f"{API}/revisions/{before + 1}/undo"
    undone = client.post(undo, json={"note": "误改"}, headers=write)
    assert (undone.status_code, undone.json()["undoes"]) == (201, before + 1)
    assert client.post(undo, json={"note": "误改"}, headers=write).json() == undone.json()
    other = client.post(undo, json={"note": "另一说明"}, headers=write)
    assert (other.status_code, other.json()["code"]) == (409, "key-reused")
    assert workspace.store.head == before + 2


def test_a_filed_one_is_renamed_registered_and_moved_in_one_act_and_undone(
    client: TestClient, workspace: Workspace, filed: dict[str, Any]
) -> None:
    before = workspace.network()
    fields = {"name": "锦江区新名称协会", "track": "登记", "registered_on": "2016/6/1", "staff": "１２人"}
    edit = wanted(filed, fields, place="Street/510104022", note="备案转登记")
    shown = client.post(f"{API}/edits/preview", json=edit).json()
    cells = {(c["type"], c["field"]): (c["before"], c["after"]) for c in shown["items"]}
    assert cells["Organization", "name"] == (filed["name"], "锦江区新名称协会")
    assert cells["Organization", "aliases"][1] == filed["name"]
    assert cells["Organization", "track"] == ("filed", "registered")
    assert cells["Organization", "staff"][1] == "12"
    assert same(workspace.network(), before)

    done = client.post(f"{API}/edits", json=edit, headers=head(workspace))
    assert done.status_code == 201, done.text
    assert (done.json()["kind"], done.json()["note"]) == ("edit", "备案转登记")
    now = workspace.network()
    row = now[Organization].frame.filter(pl.col("id") == filed["id"]).row(0, named=True)
    assert (row["name"], row["track"], row["staff"]) == ("锦江区新名称协会", "registered", 12)
    sources = now.table("Organization").filter(pl.col("id") == filed["id"])["sources"]
    assert names(sources).item() == "edit|jinjiang-2016"
    assert saying(sources, "staff").item() == "edit"
    assert saying(sources, "status").item() == "jinjiang-2016"
    assert now.table(LocatedIn.type_name).filter(pl.col("source") == filed["id"])["target"].to_list() == ["510104022"]

    undone = client.post(
        f"{API}/revisions/{done.json()['revision']}/undo", json={"note": "试"}, headers=head(workspace)
    )
    assert undone.status_code == 201
    assert same(workspace.network(), before)


def test_what_rests_on_an_older_revision_is_refused_with_what_changed(
    client: TestClient, workspace: Workspace, filed: dict[str, Any]
) -> None:
    old = workspace.store.head
    edit = wanted(filed, {"staff": "3"})
    assert client.post(f"{API}/edits", json=edit).status_code == 428
    assert client.post(f"{API}/edits", json=edit, headers=head(workspace)).status_code == 201
    late = client.post(f"{API}/edits", json=wanted(filed, {"staff": "4"}), headers={"If-Match": f'"{old}"'})
    assert late.status_code == 409
    assert late.json()["changed"][0] == {"type": "Organization", "added": 0, "removed": 0, "changed": 1}


@pytest.mark.parametrize(
    ("written", "status", "code"),
    [
        ('"{n}"', 201, None),
        ('"{before}", "{n}"', 201, None),
        ('W/"{before}" ,, "a,b","{n}"', 201, None),
        (" * ", 201, None),
        ("", 428, "revision-needed"),
        (" , ", 428, "revision-needed"),
        ('W/"{n}"', 409, "no-revision-listed"),
        ('"abc", W/"{n}"', 409, "no-revision-listed"),
        ('"0{n}"', 409, "no-revision-listed"),
        ('"{before}"', 409, "revision-moved"),
        ('"0", W/"{n}", "{before}"', 409, "revision-moved"),
        ('"999999"', 409, "revision-moved"),
        ("{n}", 422, "invalid-request"),
        ('"{n}', 422, "invalid-request"),
        ('w/"{n}"', 422, "invalid-request"),
        ('W/ "{n}"', 422, "invalid-request"),
        ('"{n}" "{before}"', 422, "invalid-request"),
        ('"{n}", *', 422, "invalid-request"),
        ('"{n} "', 422, "invalid-request"),
    ],
)
def test_a_write_says_what_it_rests_on_by_entity_tags_that_are_compared_strongly(
    client: TestClient, workspace: Workspace, filed: dict[str, Any], written: str, status: int, code: str | None
) -> None:
    newest = workspace.store.head
    edit = wanted(filed, {"staff": str(1000 + newest)})
    headers = {"If-Match": written.format(n=newest, before=newest - 1)}
    answer = client.post(f"{API}/edits", json=edit, headers=headers)
    assert (answer.status_code, answer.json().get("code")) == (status, code), answer.text
    assert workspace.store.head == newest + (status == 201)
    if status == 409:
        assert answer.json()["revision"] == newest
    if status == 422:
        assert [each["where"] for each in answer.json()["errors"]] == ["header.if-match"]
        assert '写作 "7"' in answer.json()["errors"][0]["why"]
        english = client.post(f"{API}/edits", json=edit, headers={**headers, "Accept-Language": "en"})
        assert 'in quotes, as "7"' in english.json()["errors"][0]["why"]


def test_of_several_lines_every_tag_is_read(client: TestClient, workspace: Workspace, filed: dict[str, Any]) -> None:
    newest = workspace.store.head
    lines = [("If-Match", f'"{newest - 1}"'), ("If-Match", f'"{newest}"')]
    edit = wanted(filed, {"staff": str(2000 + newest)})
    assert client.post(f"{API}/edits", json=edit, headers=lines).status_code == 201


@pytest.mark.parametrize(
    ("fields", "code", "says"),
    [
        ({"staff": "很多", "track": "什么"}, "bad-value", "从业人员数"),
        ({"staff": "-1"}, "bad-value", "从业人员数"),
        ({"name": " "}, "bad-value", "名称"),
        ({"nothing": "1"}, "bad-value", "nothing"),
        ({"registered_on": "2030-01-01"}, "bad-value", "登记日期"),
        ({"industry": "联系 13812345678"}, "personal-data", "行业"),
        ({"credit_code": "51510104M101458013"}, "code-taken", "“"),
        ({}, "nothing-changes", "没有"),
    ],
)
def test_what_is_wrong_is_refused_with_its_field_and_nothing_is_stored(
    client: TestClient, workspace: Workspace, filed: dict[str, Any], fields: dict[str, str], code: str, says: str
) -> None:
    before = workspace.store.head
    for path, headers in (("/edits/preview", {}), ("/edits", head(workspace))):
        answer = client.post(API + path, json=wanted(filed, fields), headers=headers)
        assert answer.json()["code"] == code, answer.text
        assert says in answer.json()["detail"]
        assert "13812345678" not in answer.text
    assert workspace.store.head == before


@pytest.mark.parametrize(
    ("field", "typed", "told"),
    [("staff", 12, "12"), ("staff", 12.0, "12"), ("union", True, "是"), ("union", False, "否"), ("staff", None, None),
     ("staff", 12.5, "12.5"), ("staff", -1, "-1"), ("union", 7, "7")],
)  # fmt: skip
def test_numbers_and_flags_are_read_as_their_text_is(
    client: TestClient, filed: dict[str, Any], field: str, typed: Any, told: str | None
) -> None:
    answers = [client.post(f"{API}/edits/preview", json=wanted(filed, {field: value})) for value in (typed, told)]
    assert [a.status_code for a in answers] == [answers[1].status_code] * 2, answers[0].text
    assert [a.json().get("items", a.json().get("detail")) for a in answers[:1]] == [
        a.json().get("items", a.json().get("detail")) for a in answers[1:]
    ]


@pytest.mark.parametrize("number", ["9007199254740993.5", "1e400", "NaN"])
def test_a_number_that_was_rounded_on_its_way_is_refused(
    client: TestClient, filed: dict[str, Any], number: str
) -> None:
    body = json.dumps(wanted(filed, {"staff": "?"})).replace('"?"', number)
    answer = client.post(f"{API}/edits/preview", content=body, headers={"Content-Type": "application/json"})
    assert (answer.status_code, answer.json()["code"]) == (422, "invalid-request")
    assert "舍入" in answer.json()["errors"][0]["why"]


def test_both_wrong_fields_are_told_at_once(client: TestClient, filed: dict[str, Any]) -> None:
    answer = client.post(f"{API}/edits/preview", json=wanted(filed, {"staff": "很多", "track": "什么"}))
    assert "从业人员数" in answer.json()["detail"]
    assert "登记备案" in answer.json()["detail"]


def test_an_address_that_there_is_not_is_refused(client: TestClient, filed: dict[str, Any]) -> None:
    missing = wanted({"id": "usc:none"}, {"staff": "1"})
    assert client.post(f"{API}/edits/preview", json=missing).status_code == 404
    assert client.post(f"{API}/edits/preview", json=wanted(filed, {}, place="Street/none")).status_code == 404
    assert (
        client.post(
            f"{API}/edits/preview", json=wanted(filed, {}, place="Authority/authority:锦江区教育局")
        ).status_code
        == 422
    )
