"""What a process holds: nothing of former networks, and no library that it does not need."""

import datetime as dt
import gc
import subprocess
import sys
import weakref
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient

from api.accounts import LOCAL
from api.answers import answer_to, findings_of
from api.http.app import create_app
from api.http.settings import Settings
from api.scope import Scope
from api.scoped import ScopedWorkspace
from api.workspace import Workspace
from examples.generator import scale
from graphmodel.changes import ChangeSet
from graphmodel.network import Network
from graphmodel.paths import NodeKey
from graphmodel.stores.protocol import Act

ASKED = ("no-work-coverage", "broken-chain", "responsibility-gaps")


@pytest.fixture
def by_count_alone() -> Iterator[None]:
    """Nobody looks for circles of objects: what goes has nothing that refers to it."""
    gc.collect()
    gc.disable()
    yield
    gc.enable()


def use(workspace: Workspace) -> None:
    """Ask, search, and ask as accounts that see a part."""
    network = workspace.network()
    street = network.nodes["Street"].ids[0]
    views = (ScopedWorkspace(workspace, scope) for scope in (Scope(NodeKey("Street", street)), Scope(members=False)))
    for view in (workspace, *views):
        context = view.context()
        for id_ in ASKED:
            findings_of(answer_to(view, id_, context), context)
        view.find("示例")


@pytest.mark.usefixtures("by_count_alone")
def test_after_any_number_of_writes_only_networks_in_use_are_there(tmp_path: Path) -> None:
    act, seen = Act("edit", "office", "区", scale.DAY), list[weakref.ref[Network]]()
    with Workspace(tmp_path, create=True) as workspace:
        workspace.store.apply(ChangeSet.between({}, scale.tables(300)), act, 0)
        held: Network | None = None
        for revision in range(1, 6):
            use(workspace)
            seen.append(weakref.ref(workspace.network()))
            if revision == 2:
                held = workspace.network()
            row = workspace.network().table("Organization")[revision : revision + 1]
            changed = {"Organization": row.with_columns(aliases=row["name"])}
            workspace.store.apply(ChangeSet.between({"Organization": row}, changed), act, revision)
            workspace.network()
        there = [revision for revision, network in enumerate(seen, start=1) if network() is not None]
        assert there == [2]
        assert held is not None
        held.memo("by who still reads it", lambda: held)  # a circle
        held = None
        row = workspace.network().table("Organization")[:1]
        changed = {"Organization": row.with_columns(aliases=row["name"])}
        workspace.store.apply(ChangeSet.between({"Organization": row}, changed), act, 6)
        workspace.network()
        assert not any(network() for network in seen)


@pytest.mark.usefixtures("by_count_alone")
def test_what_was_asked_for_another_day_policy_or_revision_goes_with_the_request(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made, init = list[weakref.ref[Network]](), Network.__init__

    def noted(self: Network, *given: Any) -> None:
        init(self, *given)
        made.append(weakref.ref(self))

    with Workspace(tmp_path, create=True) as workspace:
        act = Act("import", "office", "区", scale.DAY)
        workspace.store.apply(ChangeSet.between({}, scale.tables(300)), act, 0)
        row = workspace.network().table("Organization")[:1]
        changed = {"Organization": row.with_columns(aliases=row["name"])}
        workspace.store.apply(ChangeSet.between({"Organization": row}, changed), act, 1)
    with TestClient(create_app(Settings(workspace=tmp_path)), base_url="http://localhost") as client:
        token = client.app.state.served.accounts.issue(LOCAL, "api", dt.timedelta(hours=1))  # type: ignore[attr-defined]
        client.headers["Authorization"] = f"Bearer {token}"
        address = "/api/v1/questions/uncovered/findings?limit=5"
        assert client.get(address).status_code == 200
        monkeypatch.setattr(Network, "__init__", noted)
        asked = ("day=2017-01-01", "day=2017-02-01", "set=branch_min_members=5", "revision=1")
        for each in asked:
            answer = client.get(f"{address}&{each}")
            assert answer.status_code == 200, answer.text
        assert len(made) >= len(asked)
        kept = client.app.state.served.workspace._past  # type: ignore[attr-defined]  # the one to compare with
        assert [one for ref in made if (one := ref()) is not None and one is not kept] == []


_SERVED = """
import datetime as dt
import sys
from pathlib import Path
from fastapi.testclient import TestClient
from api.accounts import LOCAL
from api.http.app import create_app
from api.http.settings import Settings

with TestClient(create_app(Settings.load(workspace=Path(sys.argv[1]))), base_url="http://localhost") as client:
    secret = client.app.state.served.accounts.issue(LOCAL, "link", dt.timedelta(minutes=1))
    client.get("/api/v1/session/link", params={"token": secret})
    answer = client.get("/api/v1/questions/uncovered/findings?limit=5")
    assert answer.status_code == 200, answer.text
    assert client.get("/api/v1/search?q=a").status_code == 200
print(*sorted(name for name in ("ortools", "pandas", "matplotlib", "IPython", "duckdb", "neo4j") if name in sys.modules))
"""


def test_a_worker_that_answers_loads_no_solver_and_no_second_library_of_tables(tmp_path: Path) -> None:
    with Workspace(tmp_path, create=True) as workspace:
        workspace.store.apply(ChangeSet.between({}, scale.tables(300)), Act("import", "office", "区", scale.DAY), 0)
    command = [sys.executable, "-c", _SERVED, str(tmp_path)]
    ran = subprocess.run(command, capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stderr
    assert ran.stdout.split() == []
