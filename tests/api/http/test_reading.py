"""Reads: the same answers as the service layer's, a page at a time, once for each revision."""

import io
import json
import re
import zipfile
from typing import Any
from urllib.parse import urlencode

import openpyxl
import polars as pl
import pytest
from fastapi.testclient import TestClient

from api.http import reading
from api.http.models import rows_of
from api.views import populated
from api.workspace import Workspace
from graphmodel.choices import LegalForm
from graphmodel.clauses import CLAUSES
from graphmodel.paths import NodeKey
from graphmodel.schema import NODE_TYPES
from graphmodel.schema.nodes import Authority, Community, Organization, PartyOrganization, Street
from graphmodel.stores.sqlite import SqliteStore
from queries.answer import Answer, beside
from queries.coverage import Cover, coverage
from queries.question import Question
from queries.registry import catalogue, judged, tables
from tests.queries.small import context, network, planned_cover
from visualizations.standing import street_rows

API = "/api/v1"
ONE = "/nodes/Street/510104022"


def get(client: TestClient, path: str, status: int = 200, **headers: str) -> Any:
    answer = client.get(API + path, headers=headers)
    assert answer.status_code == status, answer.text
    return answer.json()


def walked(client: TestClient, path: str, limit: int) -> list[Any]:
    """All items of a list, page after page."""
    items, cursor = [], ""
    while True:
        page = get(client, f"{path}{'&' if '?' in path else '?'}limit={limit}{cursor}")
        assert len(page["items"]) <= limit
        items += page["items"]
        if page["next"] is None:
            assert len(items) == page["total"]
            return items
        cursor = f"&cursor={page['next']}"


@pytest.mark.parametrize("type_name", NODE_TYPES)
def test_pages_hold_every_node_once_and_in_order(client: TestClient, workspace: Workspace, type_name: str) -> None:
    frame = workspace.network().nodes[type_name].frame
    items = walked(client, f"/nodes/{type_name}", max(1, frame.height // 3))
    assert [item["id"] for item in items] == frame["id"].to_list()
    fields = NODE_TYPES[type_name].columns.keys() - {"name"}
    assert all(set(item["fields"]) == fields for item in items)


@pytest.mark.parametrize(
    "sort", ["name", "-name", "staff", "-staff", "registered_on", "-registered_on", "track", "reachable"]
)
def test_any_field_orders_and_what_is_unknown_comes_last(client: TestClient, workspace: Workspace, sort: str) -> None:
    items = walked(client, f"/nodes/Organization?sort={sort}", 97)
    name = sort.removeprefix("-")
    frame = workspace.network().nodes["Organization"].frame
    expected = frame.sort([name, "id"], descending=[sort.startswith("-"), False], nulls_last=True)
    assert [item["id"] for item in items] == expected["id"].to_list()


@pytest.mark.parametrize(
    ("text", "mask"),
    [
        ("track:eq:registered", pl.col("track") == "registered"),
        ("track:ne:registered", pl.col("track") != "registered"),
        ("staff:ge:10", pl.col("staff") >= 10),
        ("staff:is:unknown", pl.col("staff").is_null()),
        ("registered_on:lt:2010-01-01", pl.col("registered_on") < pl.date(2010, 1, 1)),
        ("name:contains:商会", pl.col("name").str.contains("商会")),
        ("id:begins:usc:", pl.col("id").str.starts_with("usc:")),
        ("reachable:eq:true", pl.col("reachable")),
    ],
)
def test_any_field_filters(client: TestClient, workspace: Workspace, text: str, mask: pl.Expr) -> None:
    frame = workspace.network().nodes["Organization"].frame.filter(mask)
    items = walked(client, f"/nodes/Organization?filter={text}", 150)
    assert [item["id"] for item in items] == frame["id"].to_list()
    both = get(client, f"/nodes/Organization?filter={text}&filter=id:is:unknown")
    assert both["total"] == 0


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ("filter=track:eq:nonsense", "bad-filter"),
        ("filter=nonsense:eq:1", "bad-filter"),
        ("filter=staff:contains:1", "bad-filter"),
        ("filter=staff:eq:99999999999999999999999", "bad-filter"),
        ("filter=registered_on:eq:2010-13-01", "bad-filter"),
        ("filter=track", "bad-filter"),
        ("filter=track:is:maybe", "bad-filter"),
        ("sort=nonsense", "bad-filter"),
        ("fields=nonsense", "bad-filter"),
        ("cursor=nonsense", "bad-cursor"),
        ("cursor=WzEsMl0", "bad-cursor"),
        ("limit=0", "invalid-request"),
        ("lmit=5", "invalid-request"),
        ("strete=510104022", "invalid-request"),
        ("revision=99", "no-such-revision"),
    ],
)
def test_what_cannot_be_asked_is_told_in_either_language(client: TestClient, query: str, code: str) -> None:
    status = 404 if code == "no-such-revision" else 422
    chinese = get(client, f"/nodes/Organization?{query}", status)
    english = get(client, f"/nodes/Organization?{query}", status, **{"Accept-Language": "en-GB,en;q=0.9,zh;q=0.1"})
    assert chinese["code"] == english["code"] == code
    assert chinese["type"] == f"urn:partygraph:problem:{code}"
    assert chinese["status"] == status
    assert any("\u4e00" <= c <= "\u9fff" for c in chinese["detail"])
    assert chinese["detail"] != english["detail"]
    assert english["title"].isascii()


def test_what_is_wrong_in_a_request_is_told_in_either_language(client: TestClient) -> None:
    for query, zh, en in (
        ("limit=0", "不得小于 1", "greater than or equal to 1"),
        ("limit=x", "须为整数", "valid integer"),
        ("lmit=5", "没有这一项", "not permitted"),
        ("filter=" + "&filter=".join("x" * 21), "至多 20 项", "at most 20 items"),
        ("cursor=" + "x" * 4001, "至多 4000 个字符", "at most 4000 characters"),
    ):
        (chinese,) = get(client, f"/nodes/Street?{query}", 422)["errors"]
        (english,) = get(client, f"/nodes/Street?{query}", 422, **{"Accept-Language": "en"})["errors"]
        assert chinese == {"where": english["where"], "why": zh}
        assert en in english["why"]
    sent = client.post(f"{API}/exports", json={"what": "network"}).json()["errors"]
    assert sent[0]["why"].startswith("what=network 时 format 为：csv, xlsx")


@pytest.mark.parametrize(
    "path", ["/search?q=a&type=Nonsense", "/plans/newest?kind=nonsense", "/plans/newest?state=nonsense"]
)
def test_names_that_are_none_are_told_of_and_not_passed_over(client: TestClient, path: str) -> None:
    assert get(client, path, 422)["code"] == "invalid-request"


def test_a_filter_is_told_what_values_its_field_has(client: TestClient) -> None:
    for query, meant in (("category:eq:x", "service"), ("staff:gt:x", "须为整数"), ("union:eq:x", "true"), ("registered_on:eq:x", "2016-06-12")):  # fmt: skip
        assert meant in get(client, f"/nodes/Organization?filter={query}", 422)["detail"]


def test_hints_are_for_those_who_ask_over_http(client: TestClient) -> None:
    for path in ("/nodes/Street/none", "/questions/none", "/plans/none", "/neighbours/Street/none", "/questions/uncovered/findings?street=none"):  # fmt: skip
        hint = get(client, path, 404)["hint"]
        assert "/api/v1/" in hint, path
        assert "partygraph " not in hint, path


def test_what_is_not_sent_as_json_is_told_so(client: TestClient) -> None:
    for sent in ("text/plain", "application/x-www-form-urlencoded"):
        answer = client.post(f"{API}/newcomers", content=b'{"items": [{"name": "x"}]}', headers={"Content-Type": sent})
        assert (answer.status_code, answer.json()["code"]) == (415, "unsupported-media-type"), answer.text
    wrong = client.post(f"{API}/newcomers", json=[])
    assert (wrong.status_code, wrong.json()["code"]) == (422, "invalid-request")


def test_whole_numbers_are_sent_as_whole_numbers(client: TestClient) -> None:
    page = client.get(f"{API}/nodes/Organization?filter=staff:ge:1&fields=staff,union&limit=1").text
    assert re.search(r'"fields":\{"staff":\d+,"union":(true|false|null)\}', page), page
    assert re.search(r'"full_members":\d+[,}]', client.get(f"{API}/questions/uncovered/findings?limit=1").text)
    assert re.search(r'"source":\d+[,}]', client.get(f"{API}/scenes?street=510104022").text)


def test_findings_of_a_street_are_asked_for_by_id_or_by_the_name_they_give(client: TestClient) -> None:
    path = "/questions/responsibility-gaps/findings"
    street = next(item["street"] for item in walked(client, path, 50) if item["street"])
    by_name = walked(client, f"{path}?street={street}", 50)
    (id_,) = [item["id"] for item in get(client, "/nodes/Street?limit=100")["items"] if item["name"] == street]
    assert by_name == walked(client, f"{path}?street={id_}", 50)
    assert {item["street"] for item in by_name} == {street}


@pytest.mark.parametrize("asked", judged(), ids=lambda asked: asked.id)
def test_findings_are_chosen_by_what_their_question_has_and_by_nothing_else(
    client: TestClient, asked: Question
) -> None:
    path = f"/questions/{asked.id}"
    known = get(client, path)["places"]
    for name, there in (("street", "510104022"), ("authority", "锦江区教育局")):
        get(client, f"{path}/findings?{name}={there}", 200 if name in known else 422)
        told = get(client, f"{path}/findings?{name}=没有这个", 404 if name in known else 422)
        assert told["code"] == ("no-such-node" if name in known else "bad-filter")
    for reason in asked.reasons:
        assert all(reason in item["reasons"] for item in walked(client, f"{path}/findings?reason={reason}", 1000))
    for query in ("reason=nonsens", *(f"{name}=x" for name in ("street", "authority") if name not in known)):
        for address in (f"{path}/findings?{query}", f"/exports/findings/{asked.id}.csv?{query}"):
            told = get(client, address, 422)
            assert told["code"] == "bad-filter", address
    hint = get(client, f"{path}/findings?reason=nonsens", 422)
    assert all(code in json.dumps(hint, ensure_ascii=False) for code in asked.reasons)


def test_what_is_exported_is_what_is_listed(client: TestClient) -> None:
    question = "responsibility-gaps"
    for query in ("", "street=510104022", "verdict=gap", "reason=missing", "authority=锦江区教育局", "verdict=gap&street=春熙路街道"):  # fmt: skip
        listed = [item["id"] for item in walked(client, f"/questions/{question}/findings?{query}", 500)]
        sent = client.get(f"{API}/exports/findings/{question}.csv?{query}").content
        assert sorted(pl.read_csv(sent)["标识 / id"]) == sorted(listed), query
        assert listed, query


def test_findings_leave_as_a_workbook_too(client: TestClient) -> None:
    query = "street=510104022"
    listed = walked(client, f"/questions/responsibility-gaps/findings?{query}", 500)
    sent = client.get(f"{API}/exports/findings/responsibility-gaps.xlsx?{query}")
    assert sent.status_code == 200, sent.text
    (sheet,) = openpyxl.load_workbook(io.BytesIO(sent.content))
    rows = list(sheet.iter_rows(values_only=True))
    assert f"明细 {len(listed)} 条" in str(rows[1][0])
    assert listed
    heads = next(row for row in rows if "标识\nid" in row)
    at = heads.index("标识\nid")
    assert sorted(str(row[at]) for row in rows[rows.index(heads) + 1 :]) == sorted(item["id"] for item in listed)


def test_a_hit_is_told_apart_by_street_and_kind_and_more_are_told_of(client: TestClient) -> None:
    (street,) = get(client, "/search?q=510104022&limit=1")["items"]
    assert (street["type"], street["id"], street["street"]) == ("Street", "510104022", None)
    found = get(client, "/search?q=协会&type=Organization&limit=5")
    assert (len(found["items"]), found["more"]) == (5, True)
    for hit in found["items"]:
        placed = get(client, f"/neighbours/Organization/{hit['id']}")["items"]
        (there,) = (one for one in placed if (one["edge"], one["outward"]) == ("LOCATED_IN", True))
        if there["type"] == "Community":
            (there,) = (one for one in get(client, f"/neighbours/Community/{there['id']}")["items"] if one["edge"] == "PART_OF" and one["outward"])  # fmt: skip
        assert hit["street"] == there["name"]
        form = get(client, f"/nodes/Organization/{hit['id']}")["fields"]["legal_form"]
        assert form is None or hit["kind"]["zh"] == LegalForm.of(form).title.zh
    assert get(client, "/search?q=没有这样的")["items"] == []
    assert not get(client, "/search?q=春熙路街道&type=Street")["more"]


def test_nodes_are_listed_by_where_they_are(client: TestClient, workspace: Workspace) -> None:
    context = workspace.context()
    street, row = "510104022", context.network[Street].find(["510104022"])[0]
    for element in (Organization, Community, PartyOrganization, Street):
        there = context.network[element].frame["id"].filter(pl.Series(street_rows(context, element) == row))
        for written in (street, "春熙路街道"):
            items = walked(client, f"/nodes/{element.type_name}?street={written}", 40)
            assert [item["id"] for item in items] == there.to_list()
        assert len(there) > 0
    beside = get(client, "/neighbours/Authority/authority:锦江区教育局?limit=1000")["items"]
    licensed = {item["id"] for item in beside if item["edge"] == "LICENSED_BY"}
    of = walked(client, "/nodes/Organization?authority=锦江区教育局&filter=track:eq:registered", 100)
    assert of
    assert {item["id"] for item in of} <= licensed
    for path in ("/nodes/Authority?street=510104022", "/nodes/Street?authority=锦江区教育局", "/nodes/Organization?populated=true"):  # fmt: skip
        assert get(client, path, 422)["code"] == "bad-filter"
    assert get(client, "/nodes/Organization?street=没有这个", 404)["code"] == "no-such-node"


def test_a_cursor_of_one_order_is_none_of_another(client: TestClient) -> None:
    page = get(client, "/nodes/Organization?sort=name&limit=5")
    for order in ("staff", "-name"):
        assert get(client, f"/nodes/Organization?sort={order}&cursor={page['next']}", 422)["code"] == "bad-cursor"


@pytest.mark.parametrize(
    "address", ["/nodes/Organization?sort=name&sort=-staff", "/questions/uncovered/findings?limit=1&limit=2"]
)
def test_of_a_parameter_that_comes_twice_none_is_taken(client: TestClient, address: str) -> None:
    refused = get(client, address, 422)
    assert [fault["why"] for fault in refused["errors"]] == ["只能给一次"]


def test_what_there_is_not_is_not_known_already(client: TestClient) -> None:
    asked = client.get(f"{API}/questions/nowhere/findings", headers={"If-None-Match": "*"})
    assert asked.status_code == 404


def test_fields_can_be_chosen(client: TestClient) -> None:
    page = get(client, "/nodes/Organization?fields=track&fields=staff&limit=1")
    assert list(page["items"][0]["fields"]) == ["track", "staff"]


def test_only_streets_and_authorities_with_organisations() -> None:
    small = network(
        Organization=[{"id": "o"}],
        Street=[{"id": "s1"}, {"id": "s2"}],
        Authority=[{"id": "a1"}, {"id": "a2"}],
        LOCATED_IN=[{"source_type": "Organization", "source": "o", "target_type": "Street", "target": "s2"}],
        LICENSED_BY=[{"source_type": "Organization", "source": "o", "target_type": "Authority", "target": "a1"}],
    )
    assert populated(context(small), Street).tolist() == [False, True]
    assert populated(context(small), Authority).tolist() == [True, False]


@pytest.mark.parametrize(
    ("type_name", "field"),
    [("Organization", "legal_form"), ("PartyOrganization", "level"), ("Venue", "kind"), ("Hub", "kind")],
)
def test_a_hit_says_of_which_kind_it_is(client: TestClient, workspace: Workspace, type_name: str, field: str) -> None:
    frame = workspace.network().nodes[type_name].frame
    known = frame.filter(pl.col(field).is_not_null())
    row = known.row(0, named=True)
    hits = {hit["id"]: hit for hit in get(client, f"/search?q={row['id']}&type={type_name}")["items"]}
    choices = NODE_TYPES[type_name].columns[field].choices
    assert choices is not None
    assert hits[row["id"]]["kind"]["zh"] == choices.of(row[field]).title.zh


def test_one_node_by_address_and_by_code(client: TestClient, workspace: Workspace) -> None:
    row = workspace.network().nodes["Organization"].frame.filter(pl.col("credit_code").is_not_null()).row(0, named=True)
    one = get(client, f"/nodes/Organization/{row['id']}")
    assert (one["id"], one["name"], one["fields"]["credit_code"]) == (row["id"], row["name"], row["credit_code"])
    assert get(client, f"/organizations/by-code/{row['credit_code'].lower()}") == one
    assert get(client, "/nodes/Organization/nowhere", 404)["code"] == "no-such-node"
    assert get(client, "/organizations/by-code/nowhere", 404)["code"] == "no-such-node"
    wanted = {"ids": ["nowhere"], "codes": [row["credit_code"].lower(), "51510104m101458021 "]}
    job = client.post(f"{API}/exports", json={"what": "network", "format": "json"}).json()
    client.get(f"{API}/jobs/{job['id']}/events")  # until it has ended
    file = f"{API}/exports/{job['id']}/file"
    tag = client.get(file).headers["ETag"]
    assert [client.get(file, headers={"If-None-Match": one}).status_code for one in (tag, '"other"')] == [304, 200]
    looked = client.post(f"{API}/lookups/Organization", json=wanted).json()
    assert [item["id"] for item in looked["items"]] == [row["id"]]
    assert looked["missing"] == ["nowhere", "51510104m101458021 "]


def test_the_past_is_read_as_it_was(client: TestClient) -> None:
    assert get(client, ONE)["fields"]["aliases"] == "春熙"
    before = get(client, f"{ONE}?revision=1")
    assert (before["revision"], before["fields"]["aliases"]) == (1, "春熙路")


def test_neighbours_and_paths(client: TestClient, workspace: Workspace) -> None:
    node = NodeKey("Street", "510104022")
    found = workspace.neighbours(node)
    items = walked(client, "/neighbours/Street/510104022", 50)
    assert [(i["edge"], i["type"], i["id"]) for i in items] == found.select("edge", "type", "id").rows()
    other = f"{items[-1]['type']}/{items[-1]['id']}"
    path = get(client, f"/paths?start=Street/510104022&end={other}")["steps"]
    assert [(s["type"], s["id"]) for s in path] == [(node.type, node.id), (items[-1]["type"], items[-1]["id"])]
    assert path[0]["relations"] == []
    assert items[-1]["edge"] in path[1]["relations"]
    assert (path[0]["ties"], path[0]["state"]) == ([], None)
    assert get(client, "/paths?start=Street&end=x", 422)["code"] == "bad-node-address"
    ends = planned_cover(workspace.network())
    for (start, end), outward, label in ((ends, True, "覆盖"), (ends[::-1], False, "受其覆盖")):
        step = get(client, f"/paths?start={start}&end={end}")["steps"][1]
        tie = {
            "edge": "COVERS",
            "outward": outward,
            "label": {"zh": label, "en": "covers" if outward else "covered by"},
        }
        assert step["ties"] == [{**tie, "state": "planned"}]
        assert (step["relations"], step["state"]) == (["COVERS"], "planned")


def test_the_look_of_an_organisation_is_its_form_of_cover(client: TestClient, workspace: Workspace) -> None:
    beside = get(client, "/neighbours/Street/510104022?limit=300")["items"]
    uncovered = [row["id"] for row in get(client, "/questions/uncovered/findings?verdict=gap&limit=50")["items"]]
    ids = [*dict.fromkeys([*(row["id"] for row in beside if row["type"] == "Organization"), *uncovered])]
    looks = get(client, f"/covers?{urlencode([('id', one) for one in ids])}")["looks"]
    context = workspace.context()
    kinds = coverage(context).kind[context.network[Organization].find(ids)]
    assert looks == {
        one: [*Cover][kind].value if kind >= 0 else "cannot-tell" for one, kind in zip(ids, kinds, strict=True)
    }
    assert uncovered
    assert {looks[one] for one in uncovered} <= {"none", "work-only", "cannot-tell"}
    assert len(set(looks.values())) > 2
    assert get(client, "/covers?id=nowhere", 404)["code"] == "no-such-node"


@pytest.mark.parametrize("asked", judged(), ids=lambda q: q.id)
def test_every_question_answers_as_the_service_does(client: TestClient, workspace: Workspace, asked: Any) -> None:
    context = workspace.context()
    answer = workspace.ask(asked.id, context)
    assert isinstance(answer, Answer)
    told = get(client, f"/questions/{asked.id}/answer")
    assert (told["total"], told["gaps"], told["cannot_tell"], told["passes"]) == (
        answer.total, answer.gaps, answer.unknowns, answer.passes
    )  # fmt: skip
    assert bool(told["lacking"]) == told["no_data"] == answer.no_data
    assert told["policy_digest"] == context.values.digest
    assert set(told["parameters"]) == set(answer.used)
    items = walked(client, f"/questions/{asked.id}/findings", 200)
    expected = answer.findings()
    assert [item["identity"] for item in items] == expected["identity"].to_list()
    assert [item["reasons"] for item in items] == expected["reasons"].to_list()
    shown = [*asked.columns, *asked.beside]
    rows = rows_of(expected.hstack(beside(answer, context)))
    assert [item["values"] for item in items] == [{name: row[name] for name in shown} for row in rows]
    assert [column["name"] for column in get(client, f"/questions/{asked.id}")["columns"]] == shown


@pytest.mark.parametrize("asked", tables(), ids=lambda t: t.id)
def test_every_table_answers_as_the_service_does(client: TestClient, workspace: Workspace, asked: Any) -> None:
    context = workspace.context()
    since = "?since=1" if asked.needs_history else ""
    earlier = [workspace.context(1)] if since else []
    frame = workspace.ask(asked.id, context, earlier)
    assert isinstance(frame, pl.DataFrame)
    items = walked(client, f"/tables/{asked.id}{since}", 200)
    assert len(items) == frame.height
    assert all(list(item) == frame.columns for item in items)
    if since:
        assert get(client, f"/tables/{asked.id}", 422)["code"] == "needs-history"


def test_thresholds_days_and_revisions_are_a_question_only(client: TestClient, workspace: Workspace) -> None:
    path = "/questions/branch-required/answer"
    usual = get(client, path)
    strict = get(client, f"{path}?set=branch_min_members=50")
    assert strict["parameters"]["branch_min_members"] == 50
    assert strict["total"] < usual["total"]
    assert get(client, path) == usual
    assert get(client, f"{path}?day=2020-01-01")["today"] == "2020-01-01"
    assert get(client, f"{path}?revision=1")["revision"] == 1
    assert get(client, f"{path}?set=nonsense=1", 422)["code"] == "policy-refused"
    assert get(client, "/questions/nonsense/answer", 404)["code"] == "no-such-question"
    assert get(client, "/questions/coverage-rates/answer", 422)["code"] == "other-kind"
    assert get(client, "/tables/uncovered", 422)["code"] == "other-kind"
    whole = walked(client, "/tables/coverage-rates", 200)
    one = next(line for line in whole if line["dimension"] == "street")["key"]
    asked = get(client, f"/tables/coverage-rates?key={one}")
    assert asked["items"] == [line for line in whole if line["key"] == one]
    assert asked["total"] < len(whole)
    assert get(client, "/tables/coverage-rates?key=nobody")["items"] == []
    assert get(client, "/tables/changes?since=1&key=nobody")["items"] == []  # it has no keys


def test_catalogue_schema_and_policy_are_whole(client: TestClient, workspace: Workspace) -> None:
    items = get(client, "/questions")["items"]
    assert [item["id"] for item in items] == list(catalogue())
    assert get(client, "/questions/uncovered") == next(item for item in items if item["id"] == "uncovered")
    schema = get(client, "/schema")
    assert [t["name"] for t in schema["nodes"]] == list(NODE_TYPES)
    for t in schema["nodes"]:
        for place in ("street", "authority"):
            answer = client.get(f"{API}/nodes/{t['name']}?limit=1&{place}=nowhere")
            assert (answer.json()["code"] == "bad-filter") == (place not in t["places"]), (t["name"], place)
    assert [(c["id"], c["title"]["en"]) for c in schema["clauses"]] == [(c.id, c.title.en) for c in CLAUSES.values()]
    policy = get(client, "/policy?day=2016-06-12")
    values = workspace.policy.at(workspace.network().stamp.as_of)
    assert policy["digest"] == values.digest
    assert {p["name"] for p in policy["parameters"]} == set(values)


def test_scenes_say_what_they_leave_out(client: TestClient) -> None:
    whole = get(client, "/scenes")
    assert len(whole["glyphs"]) <= 2000
    assert whole["truncated"] == (whole["drawn"] < whole["total"])
    few = get(client, "/scenes?most=100")
    assert len(few["glyphs"]) <= 100
    assert few["total"] == whole["total"]
    street = get(client, "/scenes?street=510104022")
    assert street["total"] < whole["total"]
    assert {g["id"] for g in street["glyphs"] if g["type"] == "Street"} == {"510104022"}
    assert get(client, "/scenes?street=nowhere", 404)["code"] == "no-such-node"
    assert get(client, "/scenes?question=uncovered")["total"] < whole["total"]


def test_the_log_and_its_differences(client: TestClient) -> None:
    assert [item["revision"] for item in walked(client, "/revisions", 1)] == [2, 1]
    assert get(client, "/revisions/2")["note"] == "更名"
    assert get(client, "/revisions/3", 404)["code"] == "no-such-revision"
    changed = get(client, "/differences?old=1&new=2")
    assert changed["counts"] == {"Street": {"added": 0, "removed": 0, "changed": 1}}
    cell = {"type": "Street", "key": "510104022", "field": "aliases", "before": "春熙路", "after": "春熙"}
    assert changed["items"] == [cell]
    back = get(client, "/differences?old=2&new=1")
    assert back["items"] == [{**cell, "before": "春熙", "after": "春熙路"}]


@pytest.mark.parametrize(
    "path",
    [ONE, "/nodes/Street", "/questions", "/questions/uncovered/findings", "/tables/coverage-rates", "/scenes", "/schema",
     "/policy", "/revisions", "/search?q=教育", "/neighbours/Street/510104022", "/score-cards"],
)  # fmt: skip
def test_what_the_reader_has_is_not_sent_again(client: TestClient, monkeypatch: pytest.MonkeyPatch, path: str) -> None:
    first = client.get(API + path)
    tag = first.headers["ETag"]
    again = client.get(API + path, headers={"If-None-Match": f'"other", {tag}'})
    assert (again.status_code, again.content) == (304, b"")
    assert again.headers["ETag"] == tag
    other = client.get(API + path, headers={"If-None-Match": tag, "Accept-Language": "en"})
    assert other.status_code == 200
    assert other.headers["ETag"] != tag
    monkeypatch.setattr(reading, "_program", lambda: "the next version")
    assert client.get(API + path, headers={"If-None-Match": tag}).status_code == 200


@pytest.mark.parametrize(
    ("written", "status"),
    [
        ("{tag}", 304),
        ("{strong}", 304),
        ('W/"a,b",, {strong} ,"c"', 304),
        ("*", 304),
        ('W/"other"', 200),
        ("", 200),
        ("{bare}", 422),
        ('"other" {tag}', 422),
        ("{tag}, *", 422),
    ],
)
def test_what_the_reader_has_is_told_by_entity_tags_that_are_compared_weakly(
    client: TestClient, written: str, status: int
) -> None:
    whole = client.get(API + ONE)
    tag = whole.headers["ETag"]
    held = {"If-None-Match": written.format(tag=tag, strong=tag[2:], bare=tag[3:-1])}
    for answer in (client.get(API + ONE, headers=held), client.head(API + ONE, headers=held)):
        assert answer.status_code == status
        if status == 304:
            kept = ("etag", "cache-control", "vary")
            assert [answer.headers[name] for name in kept] == [whole.headers[name] for name in kept]
            assert (answer.content, "content-type" in answer.headers, "content-length" in answer.headers) == (
                b"",
                False,
                False,
            )
    if status == 422:
        (fault,) = get(client, ONE, 422, **held)["errors"]
        assert (fault["where"], '写作 "7"' in fault["why"]) == ("header.if-none-match", True)


def test_whoever_has_anything_is_sent_nothing_that_is_there(client: TestClient) -> None:
    held = {"If-None-Match": "*"}
    for path in ("/schema", "/scenes", "/exports/report.xlsx"):
        answer = client.get(API + path, headers=held)
        assert (answer.status_code, answer.content) == (304, b""), path
    for path in ("/nodes/Street/none", "/schema?limit=1", "/revisions/99"):
        assert client.get(API + path, headers=held).status_code == client.get(API + path).status_code != 304
    job = client.post(f"{API}/exports", json={"what": "network", "format": "json"}).json()
    client.get(f"{API}/jobs/{job['id']}/events")  # until it has ended
    file = f"{API}/exports/{job['id']}/file"
    tag = client.get(file).headers["ETag"]
    assert [client.get(file, headers={"If-None-Match": one}).status_code for one in (tag, '"other"')] == [304, 200]
    looked = client.post(f"{API}/lookups/Street", json={"ids": [ONE.rpartition("/")[2]]}, headers=held)
    assert (looked.status_code, len(looked.json()["items"])) == (200, 1)  # of which a condition on reads says nothing


@pytest.mark.parametrize(
    "path", [f"{ONE}?revision=1", "/questions/uncovered/findings?revision=1", "/differences?old=1&new=2"]
)
def test_what_is_unchanged_of_an_earlier_revision_is_not_even_read(
    client: TestClient, monkeypatch: pytest.MonkeyPatch, path: str
) -> None:
    tag = client.get(API + path).headers["ETag"]
    for name in ("read", "changes"):
        monkeypatch.setattr(SqliteStore, name, lambda *_: pytest.fail("the store was read"))
    assert client.get(API + path, headers={"If-None-Match": tag}).status_code == 304
    later = path.replace("revision=1", "revision=99").replace("new=2", "new=99")
    assert client.get(API + later).json()["code"] == "no-such-revision"


def test_the_rules_of_a_request_are_taken_once(client: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    taken, rules = [], Workspace.rules

    def counted(self: Workspace, *of: Any, **policy: Any) -> Any:
        taken.append(policy)
        return rules(self, *of, **policy)

    monkeypatch.setattr(Workspace, "rules", counted)
    get(client, "/questions/branch-required/answer?set=branch_min_members=5")
    assert taken == [{"branch_min_members": 5}]


def test_large_answers_are_packed(client: TestClient) -> None:
    packed = client.get(f"{API}/schema", headers={"Accept-Encoding": "gzip"})
    assert packed.headers["Content-Encoding"] == "gzip"
    assert "Content-Encoding" not in client.get(f"{API}/schema", headers={"Accept-Encoding": "identity"}).headers


def test_exports_are_files_that_open(client: TestClient, workspace: Workspace) -> None:
    def file(path: str) -> bytes:
        answer = client.get(f"{API}/exports/{path}")
        assert answer.status_code == 200, answer.text
        assert "attachment" in answer.headers["Content-Disposition"]
        return answer.content

    count = workspace.network().nodes["Organization"].frame.height
    assert len(json.loads(file("network/json"))["Organization"]) == count
    assert "Organization.csv" in {
        name.rpartition("/")[2] for name in zipfile.ZipFile(io.BytesIO(file("network/csv"))).namelist()
    }
    assert len(openpyxl.load_workbook(io.BytesIO(file("network/xlsx")), read_only=True).sheetnames) > 10
    assert b"<graphml" in file("network/graphml")[:400]
    assert b"<gexf" in file("network/gexf")[:400]
    assert len(openpyxl.load_workbook(io.BytesIO(file("report.xlsx")), read_only=True).sheetnames) > 20
    findings = pl.read_csv(file("findings/uncovered.csv"))
    assert findings.height == get(client, "/questions/uncovered/findings")["total"]
    assert client.get(f"{API}/exports/network/nonsense").status_code == 422


def test_a_node_and_its_relations_tell_the_rows_of_files_they_came_from(client: TestClient) -> None:
    told = client.get(f"{API}/origins/Street/510104022").json()
    assert told["items"]
    assert all(row["file"] and row["row"] > 0 for row in told["items"])
    contained = [row for row in told["relations"] if row["edge"] == "LOCATED_IN"]
    assert contained
    assert {(row["outward"], row["label"]["zh"]) for row in contained} == {(False, "辖有")}
    beside = client.get(f"{API}/neighbours/Street/510104022?limit=1000").json()
    assert {row["id"] for row in contained} <= {row["id"] for row in beside["items"]}


@pytest.mark.parametrize("day", ["0001-01-01", "1899-12-31", "2101-01-01", "9999-12-31"])
@pytest.mark.parametrize(
    "address", ["/questions/uncovered/findings", "/overview", "/cases", "/policy", "/exports/report.xlsx"]
)
def test_a_day_that_nothing_speaks_of_is_refused(client: TestClient, address: str, day: str) -> None:
    refused = get(client, f"{address}?day={day}", 422)
    assert (refused["code"], refused["detail"]) == ("bad-day", f"作为今天的日期 {day} 不在 1900 至 2100 年之间。")


@pytest.mark.parametrize("day", ["1900-01-01", "2100-12-31"])
def test_on_every_other_day_everything_is_answered(client: TestClient, day: str) -> None:
    addresses = ["/overview", "/figures", "/trend", "/matrix", "/scenes", "/cases", "/exports/report.xlsx"]
    addresses += [
        f"/questions/{asked['id']}/findings" for asked in get(client, "/questions")["items"] if asked["kind"] != "table"
    ]
    for address in addresses:
        answer = client.get(f"{API}{address}", params={"day": day})
        assert answer.status_code == 200, (address, answer.text)
