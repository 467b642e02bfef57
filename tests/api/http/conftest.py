"""A server on the example, over a real store: the example as revision 1, an edit as revision 2."""

import datetime as dt
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import polars as pl
import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from api.accounts import LOCAL, Account
from api.examples import BUNDLE, DAY, LEDGER, SOURCE
from api.http.app import create_app
from api.http.settings import Settings
from api.intake import take_in
from api.workspace import Workspace
from graphmodel.changes import ChangeSet
from graphmodel.stores.protocol import Act
from loaders.importing import commit, preview

PASSWORD = "correct horse battery"  # noqa: S105 - of the tests
EDITED = "510104022"  # the street that revision 2 gives another name

As = Callable[[Account], TestClient]


@pytest.fixture(scope="session")
def example_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("http-example")
    with Workspace(folder, create=True) as workspace:
        network = workspace.network()
        shown = preview(network, take_in([LEDGER, BUNDLE], network).checked, SOURCE)
        commit(workspace.store, shown, Act("import", "planner-office", SOURCE, DAY), 0)
        streets = workspace.network().table("Street").filter(pl.col("id") == EDITED)
        renamed = streets.with_columns(aliases=pl.lit("春熙"))
        edit = ChangeSet.between({"Street": streets}, {"Street": renamed})
        workspace.store.apply(edit, Act("edit", "planner-office", SOURCE, DAY, "更名"), 1)
    return folder


@pytest.fixture(scope="module")
def folder(example_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return Path(shutil.copytree(example_folder, tmp_path_factory.mktemp("http") / "workspace"))


@pytest.fixture(scope="module")
def app(folder: Path) -> Iterator[FastAPI]:
    app = create_app(Settings(workspace=folder, rate=1_000_000))
    with TestClient(app, base_url="http://localhost"):
        yield app


@pytest.fixture(scope="module")
def signed_in(app: FastAPI) -> As:
    """A client that speaks as an account, by a token."""

    def client(account: Account) -> TestClient:
        token = app.state.served.accounts.issue(account, "api", dt.timedelta(hours=1))
        return TestClient(app, base_url="http://localhost", headers={"Authorization": f"Bearer {token}"})

    return client


@pytest.fixture(scope="module")
def client(signed_in: As) -> TestClient:
    return signed_in(LOCAL)


@pytest.fixture(scope="module")
def workspace(app: FastAPI) -> Workspace:
    found: Workspace = app.state.served.workspace
    return found
