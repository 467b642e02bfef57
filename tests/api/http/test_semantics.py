"""What HTTP promises of every address: HEAD beside GET, which methods it has, nothing packed for those who refuse that."""

import datetime as dt
import threading
from collections.abc import Iterator

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from api.accounts import LOCAL
from api.http.app import openapi
from api.job_records import Job

API = "/api/v1"


@pytest.fixture
def running(app: FastAPI) -> Iterator[Job]:
    """A job that goes on for as long as the test."""
    go = threading.Event()
    yield app.state.served.jobs.start("test", LOCAL.name, lambda _: go.wait())
    go.set()


@pytest.mark.parametrize(
    "path",
    ["/health/live", "/health/ready", "/schema", "/nodes/Street/510104022", "/nodes/Street/none", "/nodes/Street?limit=none", "/openapi.json",
     "/exports/findings/uncovered.csv", "/metrics", "/nowhere", "/what-if"],
)  # fmt: skip
def test_head_tells_what_get_would_without_the_content(client: TestClient, path: str) -> None:
    head, get = client.head(API + path), client.get(API + path)
    assert (head.status_code, head.content) == (get.status_code, b"")
    own = (
        "x-request-id",
        "last-modified",
        "etag" if "exports" in path else "",
        "content-length" if path == "/metrics" else "",
    )
    told = [{name: value for name, value in each.headers.items() if name not in own} for each in (head, get)]
    assert told[0] == told[1]


def test_head_of_what_goes_on_does_not_wait_for_its_end(client: TestClient, running: Job) -> None:
    answer = client.head(f"{API}/jobs/{running.id}/events")
    assert (answer.status_code, answer.content) == (200, b"")
    assert answer.headers["Content-Type"].startswith("text/event-stream")


def test_head_is_counted_and_noted_as_such(app: FastAPI, client: TestClient) -> None:
    path = f"{API}/exports/findings/uncovered.csv"
    assert client.head(path).status_code == 200
    assert f"HEAD {path}" in {entry.act for entry in app.state.served.audit.entries()}
    assert 'method="HEAD",route="/exports/findings/' in app.state.metrics.text().decode()


def test_a_look_at_the_link_does_not_use_it_up(app: FastAPI) -> None:
    stranger = TestClient(app, base_url="http://localhost", follow_redirects=False)
    accounts = app.state.served.accounts
    link = f"{API}/session/link?token={accounts.issue(LOCAL, 'link', dt.timedelta(minutes=1))}"
    looked = stranger.head(link)
    assert (looked.status_code, "set-cookie" in looked.headers) == (303, False)
    assert stranger.head(link + "x").status_code == 401
    assert stranger.get(link).status_code == 303
    assert stranger.head(link).status_code == 401


@pytest.mark.parametrize(
    ("method", "path", "allowed"),
    [
        ("PATCH", "/accounts", "GET, HEAD, POST"),
        ("POST", "/jobs/none", "GET, HEAD, DELETE"),
        ("PUT", "/cases/uncovered/usc:none", "GET, HEAD, PATCH"),
        ("GET", "/what-if", "POST"),
        ("HEAD", "/what-if", "POST"),
        ("DELETE", "/openapi.json", "GET, HEAD"),
        ("BREW", "/schema", "GET, HEAD"),
    ],
)
def test_what_an_address_does_not_take_is_told_with_all_that_it_takes(
    client: TestClient, method: str, path: str, allowed: str
) -> None:
    answer = client.request(method, API + path)
    assert (answer.status_code, answer.headers["Allow"]) == (405, allowed)
    if method != "HEAD":
        assert answer.json()["code"] == "method-not-allowed"


def test_pages_are_only_read(client: TestClient) -> None:
    answer = client.post("/")
    assert (answer.status_code, answer.headers["Allow"]) == (405, "GET, HEAD")


@pytest.mark.parametrize(
    ("accepted", "packed"),
    [("gzip", True), ("br, gzip;q=0.5", True), ("gzip;q=0", False), ("gzip; q=0.0, identity", False), ("*;q=0", False), ("", False),
     ("gzip;q=x", False)],
)  # fmt: skip
def test_nothing_is_packed_for_those_who_refuse_it(client: TestClient, accepted: str, packed: bool) -> None:
    answer = client.get(f"{API}/schema", headers={"Accept-Encoding": accepted})
    assert (answer.headers.get("Content-Encoding") == "gzip") == packed
    assert answer.json()["nodes"]


def test_the_document_speaks_of_get_alone_and_of_no_choice_of_formats(app: FastAPI, client: TestClient) -> None:
    methods = {method for path in openapi(app)["paths"].values() for method in path}
    assert methods == {"get", "post", "put", "patch", "delete"}
    statuses = {
        s for path in openapi(app)["paths"].values() for operation in path.values() for s in operation["responses"]
    }
    assert "406" not in statuses
    assert client.get(f"{API}/schema", headers={"Accept": "application/xml"}).status_code == 200


def test_an_id_with_a_line_break_is_one_that_there_is_not(client: TestClient) -> None:
    for path in ("nodes/Organization", "neighbours/Organization", "cases/uncovered"):
        found = client.get(f"{API}/{path}/a%0Ab")
        assert (found.status_code, found.json()["code"][:8]) == (404, "no-such-"), path
    changed = client.patch(f"{API}/cases/uncovered/a%0Ab", json={"version": 1, "comment": "x"})
    assert (changed.status_code, changed.json()["code"]) == (404, "no-such-case")
