"""Are a ledger's strange headers matched by hand, and what was matched kept until it is stored?"""

import io
from typing import Any

import openpyxl
import pytest
from fastapi.testclient import TestClient

from api.examples import LEDGER
from loaders.ledger_unmatched import UNMATCHED
from tests.api.http.processes import API
from tests.api.http.test_jobs import confirm, ended, head

STRANGE, MEANT = "哪个单位管", "业务主管单位"
FORM: dict[str, Any] = {"source": "台账", "as_of": "2016-07-01"}


@pytest.fixture
def ledger() -> bytes:
    """The example's ledger, where one header is called otherwise."""
    book = openpyxl.load_workbook(LEDGER)
    (cell,) = (c for sheet in book for row in sheet.iter_rows(max_row=4) for c in row if c.value == MEANT)
    cell.value = STRANGE
    kept = io.BytesIO()
    book.save(kept)
    return kept.getvalue()


def columns(found: dict[str, Any]) -> dict[str, str | None]:
    return {each["column"]: each["why"] for each in found["columns"]}


def test_a_strange_header_is_matched_and_the_match_is_kept_for_storing(client: TestClient, ledger: bytes) -> None:
    known = {each["header"]: each["title"] for each in client.get(f"{API}/imports/columns").json()["items"]}
    assert known[MEANT] == {"zh": MEANT, "en": MEANT}
    assert known["从业人员数/合计"]["en"] == "staff"
    files = {"files": ("台账.xlsx", ledger)}
    sent = client.post(f"{API}/imports", files=files, data=FORM).json()
    first = ended(client, sent)
    assert columns(first)[STRANGE] == UNMATCHED
    (notice,) = (each for each in first["notices"] if each["code"] == UNMATCHED)
    assert (notice["column"], "文字" in notice["message"]["zh"]) == (STRANGE, True)
    matched = client.post(f"{API}/imports/{sent['id']}/columns", json={"columns": {STRANGE: MEANT}})
    assert matched.status_code == 202, matched.text
    second = ended(client, matched.json())
    assert columns(second)[STRANGE] is None
    at_once = client.post(f"{API}/imports", files=files, data=FORM | {"columns": [f"{STRANGE}={MEANT}"]})
    assert columns(ended(client, at_once.json()))[STRANGE] is None
    stored = ended(client, confirm(client, matched.json()["id"], head(client)).json())
    assert columns(stored)[STRANGE] is None


@pytest.mark.parametrize(
    ("wanted", "code"), [({STRANGE: "没有这一列"}, "unknown-field"), ({"负责人电话": MEANT}, "personal-column")]
)
def test_a_match_that_means_nothing_or_would_read_personal_data_is_refused(
    client: TestClient, ledger: bytes, wanted: dict[str, str], code: str
) -> None:
    files = {"files": ("台账.xlsx", ledger)}
    sent = client.post(f"{API}/imports", files=files, data=FORM).json()
    ended(client, sent)
    told = client.post(f"{API}/imports/{sent['id']}/columns", json={"columns": wanted})
    assert (told.status_code, told.json()["code"]) == (422, code)


def test_headers_over_two_rows_are_offered_joined_and_matched_so(client: TestClient) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    for row in (("单位情况一览", *[None] * 4), ("单位", "证号", "哪一类", "人手", None), (None, None, None, "男", "共"),
                ("锦江区两行表头协会", "锦民证字第9002号", "登记", 5, 12), ("锦江区两行表头商会", "锦民证字第9003号", "登记", 1, 3)):  # fmt: skip
        sheet.append(row)
    for merged in ("A1:E1", "A2:A3", "B2:B3", "C2:C3", "D2:E2"):
        sheet.merge_cells(merged)
    kept = io.BytesIO()
    book.save(kept)
    sent = client.post(f"{API}/imports", files={"files": ("一览.xlsx", kept.getvalue())}, data=FORM).json()
    assert ended(client, sent, "failed")
    (seen,) = client.get(f"{API}/imports/{sent['id']}/headers").json()["items"]
    assert seen["headers"] == ["单位", "证号", "哪一类", "人手/男", "人手/共"]
    meant = {"单位": "社会组织名称", "证号": "登记证号", "哪一类": "登记备案", "人手/共": "从业人员数/合计"}
    matched = client.post(f"{API}/imports/{sent['id']}/columns", json={"columns": meant}).json()
    ended(client, matched)
    before = client.get(f"{API}/search?q=两行表头").json()["items"]
    ended(client, confirm(client, matched["id"], head(client)).json())
    found = client.get(f"{API}/search?q=两行表头").json()["items"]
    assert (before, len(found)) == ([], 2)
    staff = [client.get(f"{API}/nodes/Organization/{one['id']}").json()["fields"]["staff"] for one in found]
    assert sorted(staff) == [3, 12]
