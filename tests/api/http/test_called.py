"""Is a file called in the reader's language, and by a name that no header and no folder trips over?"""

import re
from urllib.parse import unquote

import pytest
from fastapi.testclient import TestClient
from hypothesis import given
from hypothesis import strategies as st

from api.http.called import LONGEST, saved_as
from api.workspace import Workspace
from graphmodel.text import Text

API = "/api/v1"


def names(header: str) -> tuple[str, str]:
    """A file's name in ASCII, and the one beside it."""
    found = re.fullmatch(r"attachment; filename=\"([A-Za-z0-9._-]+)\"; filename\*=UTF-8''([\w.%~-]+)", header, re.ASCII)
    assert found is not None, header
    return found[1], unquote(found[2], errors="strict")


@given(st.text(min_size=1, max_size=400), st.text(min_size=1, max_size=400))
def test_no_name_ends_the_header_or_leaves_the_folder(zh: str, en: str) -> None:
    for language in ("zh", "en"):
        header = saved_as(Text(zh, en), ".xlsx", language)
        assert len(header) < 2000
        for name in names(header):
            assert name.endswith(".xlsx")
            assert 5 < len(name) <= LONGEST + 5
            assert not name.startswith((".", "-"))
            assert name.isprintable()
            assert not set(name) & set('\\/:*?"<>|')


def test_a_name_says_what_it_is_of() -> None:
    header = saved_as(Text("“未覆盖”/春熙路\n第3版", "uncovered\r\nX: y-r3"), ".csv", "zh")
    assert names(header) == ("uncovered-X-y-r3.csv", "“未覆盖”-春熙路-第3版.csv")


@pytest.mark.parametrize(
    ("path", "zh", "en"),
    [
        ("exports/findings/uncovered.csv", "未覆盖-第{r}版.csv", "uncovered-r{r}.csv"),
        ("exports/network/csv", "党建网络-第{r}版.zip", "network-r{r}.zip"),
        ("exports/template.xlsx", "台账模板.xlsx", "ledger-template.xlsx"),
        ("exports/network.html", "党建网络图-第{r}版.html", "network-r{r}.html"),
    ],
)
def test_a_file_is_called_in_the_language_of_the_reader_or_of_the_address(
    client: TestClient, workspace: Workspace, path: str, zh: str, en: str
) -> None:
    zh, en = (name.format(r=workspace.store.head) for name in (zh, en))

    def called(language: str, more: str = "") -> tuple[str, str]:
        answer = client.get(f"{API}/{path}{more}", headers={"Accept-Language": language})
        assert answer.status_code == 200, answer.text
        return names(answer.headers["Content-Disposition"])

    assert called("zh") == called("en", "?language=zh") == (en, zh)
    assert called("en") == called("zh", "?language=en") == (en, en)
    assert client.get(f"{API}/{path}?language=fr").status_code == 422
