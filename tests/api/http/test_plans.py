"""Plans over HTTP: every proposal in full, decided by two planners, previewed, applied, confirmed, and by workbook."""

import dataclasses
import datetime as dt
from io import BytesIO
from typing import Any

import openpyxl
import polars as pl
import pytest
from fastapi.testclient import TestClient

from api import plans
from api.accounts import Account, Role
from api.plan_views import titles
from api.scope import Scope
from api.whatif import once_founded
from api.workspace import Workspace
from graphmodel.paths import NodeKey
from graphmodel.text import Text
from loaders.returned_plan import DECISION, HEADERS, REASON, SHEET
from planning.plan import Proposal
from planning.plan_book import Kept
from queries.context import Context
from tests.api.http.conftest import As

API = "/api/v1"
STREET = "510104022"
OTHER = Account(name="civil-affairs", role=Role.PLANNER)
CLERK = Account(name="clerk", role=Role.STREET_CLERK, body=STREET)
VIEWER = Account(name="viewer", role=Role.VIEWER)


@pytest.fixture(scope="module")
def kept(workspace: Workspace) -> Kept:
    return plans.make(workspace)


@pytest.fixture(scope="module")
def other(client: TestClient, workspace: Workspace, signed_in: As) -> TestClient:
    """Another planner, by an account of its own."""
    added = client.post(
        f"{API}/accounts", json={"name": OTHER.name, "role": "planner", "password": "another horse battery"}
    )
    assert added.status_code == 201, added.text
    return signed_in(OTHER)


def plan(client: TestClient, query: str = "limit=1000") -> Any:
    answer = client.get(f"{API}/plans/newest?{query}")
    assert answer.status_code == 200, answer.text
    return answer.json()


def decide(client: TestClient, *wishes: dict[str, Any]) -> Any:
    return client.post(f"{API}/plans/newest/decisions", json={"items": list(wishes)})


def test_a_plan_says_how_it_was_solved_and_every_proposal_why(client: TestClient, kept: Kept) -> None:
    told = plan(client)
    made = kept.plan
    assert (told["plan"], told["size"], told["total"]) == (kept.name, len(made.proposals), len(made.proposals))
    assert [s["part"] for s in told["solved"]] == [s.part for s in made.solved]
    assert [(s["short"], s["what"]["zh"]) for s in told["shortages"]] == [(s.short, s.what.zh) for s in made.shortages]
    assert [u["why"]["en"] for u in told["unplaced"]] == [u.why.en for u in made.unplaced]
    assert [told["proposals"][s["number"] - 1]["id"] for s in told["steps"]] == [s.proposal for s in made.steps]
    assert sum(kind["count"] for kind in told["kinds"]) == told["size"]
    for one, is_ in zip(told["proposals"], made.proposals, strict=True):
        assert one["id"] == is_.id
        assert [(r["rule"], r["clause"], r["hard"], r["cost"]) for r in one["reasons"]] == [
            (r.rule, r.clause, r.hard, r.cost) for r in is_.reasons
        ]
        assert (one["runner_up"] is None) == (is_.runner_up is None)
        assert all(subject["name"] for subject in one["subjects"])
    full = client.get(f"{API}/plans/{kept.name}/proposals/{told['proposals'][0]['id']}").json()
    assert full["number"] == 1
    assert full["writes"]
    assert client.get(f"{API}/plans/newest/proposals/none").status_code == 404


def test_proposals_are_chosen_and_found_by_what_they_are_about(client: TestClient, kept: Kept) -> None:
    whole = plan(client)
    by_kind = [plan(client, f"limit=1000&kind={kind['value']}")["total"] for kind in whole["kinds"]]
    assert by_kind == [kind["count"] for kind in whole["kinds"]]
    here = plan(client, f"limit=1000&street={STREET}")
    assert 0 < here["total"] < whole["total"]
    closing = [one["id"] for one in whole["proposals"] if any(c.startswith("branch-required|") for c in one["closes"])]
    assert closing
    assert [one["id"] for one in plan(client, "limit=1000&question=branch-required")["proposals"]] == closing
    subject = whole["proposals"][-1]["subjects"][0]
    about = client.get(f"{API}/proposals", params={"about": f"{subject['type']}/{subject['id']}"}).json()
    assert about["plan"] == kept.name
    assert whole["proposals"][-1]["id"] in [one["id"] for one in about["items"]]
    for address in (f"{API}/proposals", f"{API}/plans/{kept.name}", f"{API}/plans/{kept.name}/workbook.xlsx"):
        known = [] if address.endswith("proposals") else [f"{subject['type']}/{subject['id']}"]
        nowhere = client.get(address, params={"about": [*known, "Street/none"]})
        assert (nowhere.status_code, nowhere.json()["code"]) == (404, "no-such-node")


def test_what_one_planner_decided_another_is_told_and_never_overwrites(
    client: TestClient, other: TestClient, kept: Kept
) -> None:
    first, second = plan(client)["proposals"][:2]
    tag = client.get(f"{API}/plans/newest").headers["ETag"]
    assert client.get(f"{API}/plans/newest", headers={"If-None-Match": tag}).status_code == 304
    assert decide(client, {"proposal": first["id"], "state": "accepted", "seen": 0}).status_code == 200
    assert client.get(f"{API}/plans/newest", headers={"If-None-Match": tag}).status_code == 200
    late = decide(
        other,
        {"proposal": first["id"], "state": "rejected", "reason": "不同意", "seen": 0},
        {"proposal": second["id"], "state": "accepted", "seen": 0},
    )
    assert (late.status_code, late.json()["code"]) == (409, "decision-moved")
    told = late.json()["decisions"]
    assert [(d["proposal"], d["state"], d["unit"], d["version"]) for d in told] == [
        (first["id"], "accepted", "planner-office", 1)
    ]
    stands = plan(client)["proposals"][:2]
    assert [p["decision"]["state"] for p in stands] == ["accepted", "open"]  # nothing of it was taken
    seen = decide(other, {"proposal": first["id"], "state": "open", "seen": 1})
    assert seen.json()["items"][0]["version"] == 2


def test_a_board_with_a_plan_is_laid_over_once_until_somebody_decides(
    client: TestClient, kept: Kept, monkeypatch: pytest.MonkeyPatch
) -> None:
    laid: list[int] = []

    def counted(context: Context, proposals: tuple[Proposal, ...]) -> Context:
        laid.append(len(proposals))
        return once_founded(context, proposals)

    monkeypatch.setattr("api.whatif.once_founded", counted)
    path = f"{API}/scenes?plan={kept.name}"
    first = client.get(path)
    assert first.status_code == 200, first.text
    assert first.json() != client.get(f"{API}/scenes").json()
    assert client.get(path).json() == first.json()
    held = {"If-None-Match": first.headers["ETag"]}
    assert client.get(path, headers=held).status_code == 304
    last = {"proposal": kept.plan.proposals[-1].id}
    assert decide(client, {**last, "state": "rejected", "reason": "另议"}).status_code == 200
    assert client.get(path, headers=held).status_code == 200
    assert laid == [len(kept.plan.proposals), len(kept.plan.proposals) - 1]
    assert decide(client, {**last, "state": "open"}).status_code == 200


def test_what_would_be_written_is_shown_then_written_and_confirmed(client: TestClient, kept: Kept) -> None:
    nothing = client.get(f"{API}/plans/newest/preview")
    assert (nothing.status_code, nothing.json()["code"]) == (409, "nothing-accepted")
    founding = plan(client, "kind=standalone")["proposals"][:2]
    ids = [one["id"] for one in founding]
    assert decide(client, *({"proposal": id_, "state": "accepted"} for id_ in ids)).status_code == 200
    shown = client.get(f"{API}/plans/newest/preview").json()
    assert [one["id"] for one in shown["proposals"]] == ids
    assert shown["counts"]["PartyOrganization"] == {"added": 2, "removed": 0, "changed": 0}
    assert {cell["type"] for cell in shown["cells"]} == set(shown["counts"])
    base = shown["revision"]
    stale = client.post(f"{API}/plans/newest/apply", json={}, headers={"If-Match": f'"{base - 1}"'})
    assert (stale.status_code, stale.json()["revision"]) == (409, base)
    done = client.post(f"{API}/plans/newest/apply", json={}, headers={"If-Match": f'"{base}"'}).json()
    assert (done["written"], done["revision"]) == (2, base + 1)
    counts = client.get(f"{API}/revisions/{base + 1}").json()["counts"]
    assert counts == shown["counts"]
    after = {one["id"]: one for one in plan(client)["proposals"]}
    assert [(after[id_]["applied"], after[id_]["confirmed"]) for id_ in ids] == [(True, False)] * 2
    confirmed = client.post(
        f"{API}/confirmations",
        json={"what": ids[:1], "on": "2016-07-01", "plan": kept.name},
        headers={"If-Match": f'"{base + 1}"'},
    )
    assert confirmed.status_code == 201, confirmed.text
    told = plan(client)
    after = {one["id"]: one for one in told["proposals"]}
    assert [after[id_]["confirmed"] for id_ in ids] == [True, False]
    assert (told["applied"], told["confirmed"]) == (2, 1)


@pytest.mark.usefixtures("kept")
def test_who_was_renamed_since_is_called_by_both_names(client: TestClient, workspace: Workspace) -> None:
    before, new = plan(client)["proposals"], "锦江区改名之后中心"
    one = next(p for p in before if len(p["subjects"]) == 1 and p["subjects"][0]["name"] in p["title"]["zh"])
    subject, tag = one["subjects"][0], client.get(f"{API}/plans/newest").headers["ETag"]
    edit = {"type": subject["type"], "id": subject["id"], "fields": {"name": new}}
    done = client.post(f"{API}/edits", json=edit, headers={"If-Match": f'"{workspace.store.head}"'})
    assert done.status_code == 201, done.text
    assert client.get(f"{API}/plans/newest", headers={"If-None-Match": tag}).status_code == 200
    after = plan(client)["proposals"]
    changed = [(old, now) for old, now in zip(before, after, strict=True) if old["title"] != now["title"]]
    assert one["id"] in {old["id"] for old, _ in changed}
    for old, now in changed:
        assert now["title"]["zh"] == old["title"]["zh"].replace(
            subject["name"], f"{new}（拟方案时称“{subject['name']}”）"
        )
        assert f"{new} (planned as '{subject['name']}')" in now["title"]["en"]
    book = openpyxl.load_workbook(BytesIO(client.get(f"{API}/plans/newest/workbook.xlsx").content))
    assert any(new in str(cell.value) for row in book[SHEET].iter_rows() for cell in row)
    revision = done.json()["revision"]
    undo = client.post(f"{API}/revisions/{revision}/undo", json={"note": ""}, headers={"If-Match": f'"{revision}"'})
    assert undo.status_code == 201, undo.text
    assert [p["title"] for p in plan(client)["proposals"]] == [p["title"] for p in before]


def test_a_short_name_within_another_name_is_no_former_name(workspace: Workspace, kept: Kept) -> None:
    street = workspace.network().nodes["Street"].frame.filter(pl.col("id") == "510104022").row(0, named=True)
    assert street["aliases"] == "春熙"
    title = Text("“成都春熙商会”单独组建党支部", "a branch of its own for '成都春熙商会'")
    one = dataclasses.replace(kept.plan.proposals[0], title=title, target=NodeKey("Street", street["id"]))
    assert titles(workspace.network(), [one]) == {one.id: title}


def test_a_workbook_goes_out_and_comes_back_whole_or_not_at_all(client: TestClient, kept: Kept) -> None:
    sent = client.get(f"{API}/plans/newest/workbook.xlsx?kind=venue")
    assert sent.status_code == 200
    book = openpyxl.load_workbook(BytesIO(sent.content))
    sheet = book[SHEET]
    heads = next(r for r in range(1, 12) if any(str(c.value).startswith(HEADERS[DECISION].zh) for c in sheet[r]))
    titles = [str(cell.value).split("\n")[0] for cell in sheet[heads]]
    decision, reason = (titles.index(HEADERS[field].zh) + 1 for field in (DECISION, REASON))
    row = heads + 1

    def back() -> Any:
        out = BytesIO()
        book.save(out)
        return client.post(f"{API}/plans/newest/workbook", files={"file": ("审批.xlsx", out.getvalue())})

    sheet.cell(row, decision).value = "驳回"
    refused = back()
    assert (refused.status_code, refused.json()["code"]) == (422, "workbook-refused")
    sheet.cell(row, reason).value = "场地另有安排"
    taken = back()
    assert taken.status_code == 200, taken.text
    assert [(d["state"], d["reason"]) for d in taken.json()["items"]] == [("rejected", "场地另有安排")]
    assert plan(client, "state=rejected")["total"] == 1
    asked = "question=branch-required&state=open"
    chosen = openpyxl.load_workbook(BytesIO(client.get(f"{API}/plans/newest/workbook.xlsx?{asked}").content))[SHEET]
    listed = [cell for row in chosen.iter_rows(min_row=heads + 1, values_only=True) for cell in row]
    wanted = [one["id"] for one in plan(client, f"limit=1000&{asked}")["proposals"]]
    assert wanted
    assert [cell for cell in listed if cell in {one["id"] for one in plan(client, "limit=1000")["proposals"]}] == wanted
    nonsense = client.post(f"{API}/plans/newest/workbook", files={"file": ("a.xlsx", b"no workbook")})
    assert nonsense.status_code == 422


def test_plans_and_cases_are_told_to_those_who_see_the_whole_alone(
    client: TestClient, workspace: Workspace, signed_in: As, kept: Kept
) -> None:
    for account, code in ((CLERK, "district-only"), (VIEWER, "restricted")):
        body = {
            "name": account.name,
            "role": account.role.value,
            "password": "some horse battery",
            "body": account.body,
        }
        assert client.post(f"{API}/accounts", json=body).status_code == 201
        seat = signed_in(account)
        assert account.scope != Scope()
        for path in ("/plans", "/plans/newest", "/plans/newest/preview", "/plans/newest/proposals/1", "/cases",
                     f"/proposals?about=Street/{STREET}", "/plans/newest/workbook.xlsx", "/cases/uncovered/usc:none"):  # fmt: skip
            answer = seat.get(API + path)
            assert (answer.status_code, answer.json()["code"]) == (403, code), path
    assert dt.date.fromisoformat(plan(client)["day"]) == kept.plan.day
