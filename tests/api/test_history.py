"""Does the shell look back for questions about how long something has been so?"""

import datetime as dt
import json
from pathlib import Path

from click.testing import CliRunner

from api.cli import main
from api.views import trend
from api.workspace import STORE_FILE, Workspace
from graphmodel.changes import ChangeSet
from graphmodel.network import Network
from graphmodel.schema import EDGE_TYPES, NODE_TYPES
from graphmodel.stores.protocol import Act
from graphmodel.stores.sqlite import SqliteStore
from tests.queries.small import network
from tests.queries.verdicts import actual, registered

DAY = dt.date(2016, 6, 12)


def _due(**more: object) -> Network:
    due = [registered(o, full_members=5, **more) for o in ("a", "b")] + [registered("c", full_members=0)]
    party = [{"id": "p", "form": "standalone", "state": "actual"}]
    return network(Organization=due, PartyOrganization=party, COVERS=[actual("p", "c")])


def _told(folder: Path, *args: str) -> tuple[int, int]:
    result = CliRunner().invoke(main, ["--workspace", str(folder), "--json", "ask", "abnormal-list-risk", *args])
    assert result.exit_code == 0, result.output
    told = json.loads(result.stdout)
    return told["gaps"], told["cannot_tell"]


def test_abnormal_list_risk_compares_with_the_revision_of_half_a_year_ago(tmp_path: Path) -> None:
    half_a_year_ago, now = _due(), _due(staff=9)
    with Workspace(tmp_path, create=True) as workspace:
        before: dict[str, object] = {}
        for net, day in ((half_a_year_ago, dt.date(2015, 12, 1)), (now, DAY)):
            tables = {name: net.table(name) for name in (*NODE_TYPES, *EDGE_TYPES)}
            act = Act("import", "planner-office", "ledger", day)
            workspace.store.apply(ChangeSet.between(before, tables), act, workspace.store.head)  # type: ignore[arg-type]
            before = dict(tables)
    assert _told(tmp_path) == (2, 0)
    assert _told(tmp_path, "--revision", "1") == (0, 2)
    assert _told(tmp_path, "--day", "2016-05-01") == (0, 2)
    assert _told(tmp_path, "--set", "abnormal_risk_months=12") == (0, 2)


class _WrittenMeanwhile(SqliteStore):
    """A store in which somebody writes between the look at its newest revision and the reading."""

    _due = True

    @property
    def head(self) -> int:
        found = super().head
        if self._due:
            self._due = False
            rows = {"Organization": network(Organization=[registered("late")]).table("Organization")}
            self.apply(ChangeSet.between({}, rows), Act("edit", "planner-office", "edit", DAY), found)
        return found


def test_who_asks_for_a_revision_gets_it_though_somebody_writes_meanwhile(tmp_path: Path) -> None:
    with Workspace(tmp_path, create=True) as workspace:
        act = Act("import", "planner-office", "ledger", DAY)
        workspace.store.apply(ChangeSet.between({}, {"Organization": _due().table("Organization")}), act, 0)
    with Workspace(tmp_path, store=_WrittenMeanwhile(tmp_path / STORE_FILE)) as workspace:
        assert workspace.network(1).stamp.revision == 1
        assert workspace.network().stamp.revision == 2


def test_the_trend_has_no_point_of_what_was_undone(tmp_path: Path) -> None:
    with Workspace(tmp_path, create=True) as workspace:
        tables = [{name: net.table(name) for name in (*NODE_TYPES, *EDGE_TYPES)} for net in (_due(), _due(staff=9))]
        for before, after, day in (({}, tables[0], DAY), (tables[0], tables[1], dt.date(2026, 1, 1))):
            act = Act("import", "planner-office", "ledger", day)
            workspace.store.apply(ChangeSet.between(before, after), act, workspace.store.head)
        assert [stamp.revision for stamp, _ in trend(workspace, workspace.context())] == [1, 2]
        workspace.undo(2)
        points = trend(workspace, workspace.context())
        assert [(stamp.revision, stamp.as_of) for stamp, _ in points] == [(3, DAY)]
