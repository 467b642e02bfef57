"""Does a plan go its whole way: decided on, solved anew, applied, confirmed and undone, over real stores?"""

from __future__ import annotations

import datetime as dt
import json
import multiprocessing
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from multiprocessing.synchronize import Barrier
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from neo4j import Driver

from api import plans
from api.examples import BUNDLE, DAY, LEDGER, SOURCE
from api.intake import take_in
from api.workspace import STORE_FILE, Workspace
from graphmodel.changes import ChangeSet
from graphmodel.network import same
from graphmodel.schema import EDGE_TYPES, NODE_TYPES
from graphmodel.stores.opening import open_store
from graphmodel.stores.protocol import Act, RecordMoved, RevisionMoved, Store
from graphmodel.stores.refusals import StoreBusy
from graphmodel.tables import conform
from graphmodel.text import Refusal
from loaders.importing import commit, preview
from planning.applying import CannotApply
from planning.confirming import NothingPlanned
from planning.decisions import DecisionRefused, DecisionsMoved, DecisionState, Wish
from planning.heeding import heed
from planning.plan import ActionKind
from planning.plan_book import Kept, NoSuchPlan, PlanBook
from planning.verify import verify
from queries.coverage import coverage, coverage_after_plans
from tests.planning.small import district
from tests.stores.server import emptied

ACCEPTED, REJECTED, PINNED, OPEN = (
    DecisionState.ACCEPTED,
    DecisionState.REJECTED,
    DecisionState.PINNED,
    DecisionState.OPEN,
)
EDIT = Act("edit", "planner-office", "hand", DAY)


@pytest.fixture(scope="module")
def example(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The generated example in a workspace that nobody writes to."""
    folder = tmp_path_factory.mktemp("example")
    with Workspace(folder, create=True) as workspace:
        shown = preview(workspace.network(), take_in([LEDGER, BUNDLE], workspace.network()).checked, SOURCE)
        commit(workspace.store, shown, Act("import", "planner-office", SOURCE, DAY), 0)
    return folder


@pytest.fixture
def workspace(example: Path, tmp_path: Path) -> Iterator[Workspace]:
    (tmp_path / STORE_FILE).write_bytes((example / STORE_FILE).read_bytes())
    with Workspace(tmp_path, create=True) as opened:
        yield opened


@pytest.fixture
def small(tmp_path: Path) -> Iterator[Workspace]:
    """Four uncovered organisations, two of them strong enough for a branch of their own."""
    with Workspace(tmp_path, create=True) as opened:
        fill(opened.store)
        yield opened


def fill(store: Store) -> None:
    orgs: dict[str, dict[str, Any]] = {"a": {"full_members": 5}, "b": {"full_members": 4}, "c": {"full_members": 3}}
    net = district(orgs, dict.fromkeys(orgs, "s1:a"))
    tables = {name: net.table(name) for name in (*NODE_TYPES, *EDGE_TYPES)}
    store.apply(ChangeSet.between({}, tables), Act("import", "planner-office", "ledger", DAY), 0)


def own(kept: Kept) -> list[str]:
    return [p.id for p in kept.plan.proposals if p.kind is ActionKind.STANDALONE]


def rates(workspace: Workspace) -> tuple[float, float]:
    """Coverage and own branches as they are; None is not expected."""
    found = coverage(workspace.context()).rates()
    return found.coverage.rate or 0.0, found.standalone_share.rate or 0.0


def rates_after(workspace: Workspace) -> tuple[float, float]:
    found = coverage_after_plans(workspace.context()).rates()
    return found.coverage.rate or 0.0, found.standalone_share.rate or 0.0


def edit(workspace: Workspace, **rows: list[dict[str, Any]]) -> None:
    """Rows upserted by hand, ends with their types."""
    tables = {name: conform(name, pl.DataFrame(given)) for name, given in rows.items()}
    changes = ChangeSet.upserting(workspace.network().tables(), tables)
    workspace.store.apply(changes, EDIT, workspace.store.head)


def test_nothing_is_kept_of_a_plan_that_is_stopped_at_any_of_its_steps(small: Workspace) -> None:
    class Stopped(Exception):
        pass

    told: list[int] = []

    def stop_at(step: int) -> Any:
        def progress(done: int, of: int, _: str) -> None:
            told.append(of)
            if done == step:
                raise Stopped

        return progress

    for step in range(3):
        with pytest.raises(Stopped):
            plans.make(small, progress=stop_at(step))
    assert len(told) >= 6  # more where a step takes long
    assert set(told) == {3}
    assert PlanBook(small.store).plans() == []


def test_a_step_goes_on_where_the_store_is_too_busy_to_say_whether_it_is_wanted(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("planning.heeding.OFTEN", 0.0)
    asked: list[int] = []

    def busy(done: int, *_: object) -> None:
        asked.append(done)
        if len(asked) > 1:
            raise StoreBusy

    with plans._step(busy, 1, plans.SOLVING):
        heed()
        heed()
    assert asked == [1, 1, 1]
    with pytest.raises(StoreBusy), plans._step(busy, 2, plans.SOLVING):
        raise AssertionError


def test_what_rests_on_an_earlier_revision_is_refused_and_writes_nothing(small: Workspace) -> None:
    kept = plans.make(small, expected=1)
    plans.decide(small, None, [Wish("1", ACCEPTED)])
    edit(small, Street=[{"id": "s9", "name": "新街道"}])
    acts: list[Any] = [
        lambda: plans.make(small, expected=1),
        lambda: plans.again(small, expected=1),
        lambda: plans.apply(small, expected=1),
        lambda: plans.confirm(small, [kept.plan.proposals[0].id], on=DAY, expected=1),
        lambda: small.undo(2, expected=1),
    ]
    for act in acts:
        with pytest.raises(RevisionMoved):
            act()
    assert small.store.head == 2
    assert PlanBook(small.store).plans() == [kept]


def test_the_example_goes_all_the_way_and_back(workspace: Workspace) -> None:
    base, before = workspace.network(), rates(workspace)
    kept = plans.make(workspace)
    assert kept.sound
    assert plans.make(workspace) == kept
    first = own(kept)
    wishes = [Wish(p.id, ACCEPTED) for p in kept.plan.proposals if p.id not in first[:2]]
    plans.decide(workspace, None, [*wishes, Wish(first[0], REJECTED, "年内并入兄弟单位"), Wish(first[1], PINNED)])

    second = plans.again(workspace)
    assert (second.series, second.number) == (kept.series, 2)
    offered = {p.id for p in second.plan.proposals}
    assert first[0] not in offered
    assert {p.id for p in kept.plan.proposals} - {first[0]} <= offered
    assert plans.again(workspace) == second
    assert second.sound

    applied = plans.apply(workspace, deadline=dt.date(2016, 9, 1), body="区委“两新”工委", note="六月会议")
    assert applied.revision is not None
    assert applied.revision.act.kind == "plan"
    assert applied.revision.act.source == f"plan:{second.name}"
    assert rates(workspace) == before
    covers = workspace.network().table("COVERS").filter(sources=f"plan:{second.name}")
    assert set(covers["deadline"]) == {dt.date(2016, 9, 1)}
    assert set(covers["responsible_body"]) == {"区委“两新”工委"}
    assert set(covers["state"]) == {"planned"}
    after = rates_after(workspace)
    assert after > before
    head = workspace.store.head
    assert plans.apply(workspace).revision is None
    assert workspace.store.head == head

    done = plans.confirm(workspace, first[2:5], on=dt.date(2016, 7, 1), number="锦两新〔2016〕12号")
    assert done.act.kind == "confirm"
    assert done.act.as_of == dt.date(2016, 7, 1)
    assert rates(workspace)[1] == pytest.approx(before[1] + 3 / coverage(workspace.context()).rates().total)
    assert rates(workspace)[0] >= before[0]
    assert rates_after(workspace) == after
    parties = workspace.network().table("PartyOrganization").filter(approval_number="锦两新〔2016〕12号")
    assert parties["state"].to_list() == ["actual"] * 3
    assert parties["founded_on"].to_list() == [dt.date(2016, 7, 1)] * 3
    with pytest.raises(NothingPlanned):
        plans.confirm(workspace, first[2:3], on=dt.date(2016, 7, 1))

    workspace.undo(done.number)
    assert rates(workspace) == before
    workspace.undo(applied.revision.number)
    assert same(workspace.network(), base)
    assert workspace.network().tables().keys() == base.tables().keys()
    assert workspace.verified()


def test_everything_confirmed_is_what_the_plan_promised(workspace: Workspace) -> None:
    kept, before = plans.make(workspace), rates(workspace)
    everything = [p.id for p in kept.plan.proposals]
    plans.decide(workspace, kept.name, [Wish(id_, ACCEPTED) for id_ in everything])
    promised = plans.apply(workspace).ready.verified
    assert promised is not None
    assert promised.line == kept.line
    assert plans.standing(workspace, kept).is_open  # what only ends relations ends when it is confirmed
    plans.confirm(workspace, everything, on=DAY)
    left = plans.standing(workspace, kept)
    assert left.in_place == len(everything)
    assert not left.is_open
    assert plans.open_plan(workspace) is None
    assert rates(workspace) > before
    ours = [frame.filter(sources=f"plan:{kept.name}") for frame in workspace.network().tables().values()]
    assert {state for frame in ours if frame.height for state in frame["state"]} == {"actual"}
    gaps = {identity for p in kept.plan.proposals for identity in p.closes}
    again = {u for p in plans.make(workspace).plan.proposals for u in p.closes}
    assert not gaps & again


def test_decisions_survive_a_restart(small: Workspace) -> None:
    kept = plans.make(small)
    plans.decide(small, None, [Wish("1", ACCEPTED), Wish("2", REJECTED, "暂缓")])
    small.store.close()
    code = (
        "import sys, json; from pathlib import Path; from api import plans; from api.workspace import Workspace\n"
        "w = Workspace(Path(sys.argv[1])); k = plans.book(w).plan()\n"
        "print(json.dumps([k.name, {i: [d.state, d.reason] for i, d in plans.book(w).standing(k).items() if d.version}]))"
    )
    told = subprocess.run(
        [sys.executable, "-c", code, str(small.folder)], capture_output=True, text=True, check=True
    ).stdout
    ids = [p.id for p in kept.plan.proposals]
    assert json.loads(told) == [kept.name, {ids[0]: ["accepted", None], ids[1]: ["rejected", "暂缓"]}]


def test_a_number_means_one_proposal_in_all_solutions_of_a_series(small: Workspace) -> None:
    kept = plans.make(small)
    numbers = {p.id: n for n, p in enumerate(kept.plan.proposals, 1)}
    assert {id_: kept.number_of(id_) for id_ in numbers} == numbers
    first, last = own(kept)[0], kept.plan.proposals[-1]
    plans.decide(small, None, [Wish("1", REJECTED, "暂缓"), Wish(last.id, ACCEPTED)])
    gone = kept.plan.proposals[0]
    second = plans.again(small)
    new = [p.id for p in second.plan.proposals if p.id not in numbers]
    assert {p.id: second.number_of(p.id) for p in second.plan.proposals if p.id in numbers}.items() <= numbers.items()
    assert sorted(map(second.number_of, new)) == list(range(len(numbers) + 1, len(numbers) + len(new) + 1))
    with pytest.raises(NoSuchPlan) as fault:
        second.proposal("1")
    assert fault.value.hint is not None
    assert f"plan show 1 --plan {kept.name}" in fault.value.hint.en
    assert plans.book(small).plan(second.name) == second

    plans.apply(small)
    third = plans.again(small)  # what is written is proposed no more, and its number still means it
    assert last.id not in {p.id for p in third.plan.proposals}
    plans.decide(small, kept.name, [Wish(gone.id, OPEN)])
    fourth = plans.again(small)
    assert fourth.number_of(gone.id) == 1  # what comes back has the number that it had
    assert first in numbers
    number = str(numbers[last.id])
    assert [one.zh for one in plans.meant(small, [number])] == [f"{fourth.name} 第 {number} 项：{last.title.zh}"]
    plans.confirm(small, [number], on=DAY)


def test_a_plan_of_an_earlier_release_is_read_and_its_proposals_counted(small: Workspace) -> None:
    kept = plans.make(small)
    record = small.store.get("plan", kept.name)
    assert record is not None
    plain = json.loads(kept.text)
    del plain["start"]
    old = {name: value for name, value in record.value.items() if name not in ("account", "numbers", "gone")}
    old["plan"] = json.dumps(plain)
    small.store.put("plan", kept.name, old, record.version)
    read = plans.book(small).plan()
    assert read.reckoning == ()
    assert [read.number_of(p.id) for p in read.plan.proposals] == list(range(1, len(read.plan.proposals) + 1))
    plans.decide(small, None, [Wish("1", REJECTED, "暂缓")])
    assert plans.again(small).gone[read.plan.proposals[0].id] == (1, 1)


def test_a_decision_says_what_it_must_and_nothing_about_persons(small: Workspace) -> None:
    plans.make(small)
    refused = (
        (Wish("1", REJECTED), "reason-missing"),
        (Wish("1", REJECTED, "  "), "reason-missing"),
        (Wish("1", REJECTED, "请联系 13800138000"), "personal-data"),
        (Wish("1", REJECTED, "长" * 2001), "bad-text"),
        (Wish("0", ACCEPTED), "no-such-plan"),
        (Wish("standalone:nobody:00000000", ACCEPTED), "no-such-plan"),
    )
    for wish, code in refused:
        with pytest.raises(Refusal) as fault:
            plans.decide(small, None, [Wish("2", ACCEPTED), wish])
        assert fault.value.code == code
    with pytest.raises(DecisionRefused):
        plans.decide(small, None, [Wish("1", ACCEPTED), Wish("1", PINNED)])
    assert small.store.records("plan-decision") == []
    with pytest.raises(NoSuchPlan):
        plans.decide(small, "nothing", [Wish("1", ACCEPTED)])


def test_nobody_decides_over_another_unseen(small: Workspace) -> None:
    kept = plans.make(small)
    first, second = (p.id for p in kept.plan.proposals[:2])
    plans.decide(small, None, [Wish(first, ACCEPTED)], unit="office-a")
    with pytest.raises(DecisionsMoved) as fault:
        plans.decide(small, None, [Wish(second, ACCEPTED), Wish(first, REJECTED, "不同意")], unit="office-b")
    assert "office-a" in fault.value.message.zh
    title = kept.plan.proposals[0].title  # named as people see it, by place and title, never by its id alone
    assert fault.value.message.en.startswith(f"1. {title.en}: office-a made it 'accepted'")
    assert first not in fault.value.message.zh + fault.value.message.en
    states = PlanBook(small.store).standing(kept)
    assert (states[first].state, states[second].state) == (ACCEPTED, OPEN)
    _, same_again = plans.decide(small, None, [Wish(first, ACCEPTED)], unit="office-b")
    assert same_again == ()
    _, own_mind = plans.decide(small, None, [Wish(first, OPEN)], unit="office-a")
    assert own_mind[0].version == 2
    plans.decide(small, None, [Wish(first, PINNED)], unit="office-a")
    with pytest.raises(DecisionsMoved):
        plans.decide(small, None, [Wish(first, OPEN, seen=1)], unit="office-b")
    _, seen = plans.decide(small, None, [Wish(first, REJECTED, "看过再定", seen=3)], unit="office-b")
    assert seen[0].unit == "office-b"


def _decide_at_once(address: str, unit: str, state: DecisionState, start: Barrier, told: Any) -> None:
    store = open_store(address)
    book = PlanBook(store)
    kept = book.plan()
    now = book.standing(kept)
    start.wait()
    wanted = [one.model_copy(update={"state": state, "unit": unit, "reason": unit}) for one in now.values()]
    try:
        told.put((unit, [d.proposal for d in book.save(wanted, kept.called)], []))
    except DecisionsMoved as fault:
        lost = [d.proposal for d in fault.moved]
        told.put((unit, [d.proposal for d in wanted if d.proposal not in lost], lost))
    store.close()


def _race(address: str) -> None:
    with_two = multiprocessing.get_context("spawn")
    start, told = with_two.Barrier(2), with_two.Queue()
    units = {"office-a": ACCEPTED, "office-b": REJECTED}
    writers = [
        with_two.Process(target=_decide_at_once, args=(address, unit, state, start, told))
        for unit, state in units.items()
    ]
    for writer in writers:
        writer.start()
    results = {unit: (set(won), set(lost)) for unit, won, lost in (told.get(timeout=120) for _ in writers)}
    for writer in writers:
        writer.join(60)
    store = open_store(address)
    book = PlanBook(store)
    standing = book.standing(book.plan())
    store.close()
    (won_a, lost_a), (won_b, lost_b) = results["office-a"], results["office-b"]
    assert won_a | won_b == set(standing)
    assert not won_a & won_b
    assert (lost_a, lost_b) == (won_b, won_a)
    for id_, decision in standing.items():
        assert decision.unit == ("office-a" if id_ in won_a else "office-b")
        assert decision.version == 1


def test_of_two_writers_at_once_each_decision_has_one(small: Workspace) -> None:
    plans.make(small)
    _race(str(small.folder / STORE_FILE))


def test_of_two_writers_at_once_each_decision_has_one_on_neo4j(
    neo4j_uri: str, neo4j_driver: Driver, tmp_path: Path
) -> None:
    emptied(neo4j_driver)
    with Workspace(tmp_path, store=neo4j_uri) as workspace:
        fill(workspace.store)
        base = workspace.network()
        kept = plans.make(workspace)
        _race(neo4j_uri)
        accepted = {i for i, d in plans.book(workspace).standing(kept).items() if d.state is ACCEPTED}
        seen = {i: d.version for i, d in plans.book(workspace).standing(kept).items()}
        wishes = [Wish(i, ACCEPTED, seen=v) for i, v in seen.items() if i not in accepted]
        plans.decide(workspace, None, wishes)
        applied = plans.apply(workspace)
        assert applied.revision is not None
        workspace.undo(applied.revision.number)
        assert same(workspace.network(), base)


def test_a_plan_of_an_older_revision_says_what_changed_and_is_looked_at_again(small: Workspace) -> None:
    kept = plans.make(small)
    by_subject = {p.subjects[0].id: p.id for p in kept.plan.proposals if p.kind is ActionKind.STANDALONE}
    a, b = by_subject["a"], by_subject["b"]
    plans.decide(small, None, [Wish(a, ACCEPTED), Wish(b, ACCEPTED)])
    organization = {"id": "a", "name": "a", "track": "registered", "status": "operating", "full_members": 6}
    edit(small, Organization=[organization])
    _, ready = plans.ready(small)
    assert {id_: [k.id for k in keys] for id_, keys in ready.since.items()} == {a: ["a"]}

    edit(small, Organization=[{**organization, "full_members": 1}])  # no longer strong enough (N1)
    head = small.store.head
    with pytest.raises(CannotApply) as fault:
        plans.apply(small)
    assert {o.proposal.id for o in fault.value.objections} == {a}
    assert "第 1 版以来有变化的：a" in fault.value.message.zh
    assert "changed since revision 1: a" in fault.value.message.en
    assert small.store.head == head
    anew = plans.again(small)  # it stays, since it is accepted, and what it breaks is told
    assert not anew.sound
    assert [one.en.startswith("a: a branch of its own: it breaks the hard rule") for one in anew.broken] == [True]
    assert plans.book(small).plan(anew.name).broken == anew.broken

    plans.decide(small, None, [Wish(a, OPEN)])
    applied = plans.apply(small)
    assert applied.revision is not None
    small.undo(applied.revision.number)
    assert plans.ready(small)[1].since == {}  # what the plan itself wrote, and its undoing, is no news


def test_what_somebody_has_mended_meanwhile_is_not_applied(small: Workspace) -> None:
    kept = plans.make(small)
    a, b = (
        next(p.id for p in kept.plan.proposals if p.kind is ActionKind.STANDALONE and p.subjects[0].id == one)
        for one in "ab"
    )
    plans.decide(small, None, [Wish(a, ACCEPTED)])
    edit(
        small,
        PartyOrganization=[{"id": "po:other", "form": "standalone", "state": "actual"}],
        COVERS=[{"source_type": "PartyOrganization", "source": "po:other", "target_type": "Organization",
                 "target": "a", "state": "actual"}],
        SUBORDINATE_TO=[{"source_type": "PartyOrganization", "source": "po:other",
                         "target_type": "PartyOrganization", "target": "po:c", "state": "actual"}],
    )  # fmt: skip
    strong = {"id": "b", "name": "b", "track": "registered", "status": "operating", "full_members": 1}
    edit(small, Organization=[strong])
    plans.decide(small, None, [Wish(b, ACCEPTED)])
    with pytest.raises(CannotApply) as fault:
        plans.apply(small)
    assert "缺口已不存在" in fault.value.message.zh
    assert {o.proposal.id for o in fault.value.objections} == {a, b}  # all that does not hold is told at once
    assert fault.value.message.zh.startswith("2 项")


def test_of_two_who_solve_anew_at_once_the_second_is_told(small: Workspace) -> None:
    kept = plans.make(small)
    book, now = PlanBook(small.store), dt.datetime.now(dt.UTC)
    verified = verify(small.context(), kept.plan)
    one, other = (replace(kept.plan, proposals=kept.plan.proposals[:n], _places={}) for n in (0, 1))
    first = book.keep(one, verified, "office-a", now, after=kept)
    assert book.keep(one, verified, "office-b", now, after=kept) == first  # the same solution is kept once
    with pytest.raises(RecordMoved):
        book.keep(other, verified, "office-b", now, after=kept)
    assert [k.name for k in book.plans()] == [kept.name, first.name]


def test_nothing_is_applied_that_nobody_accepted(small: Workspace) -> None:
    plans.make(small)
    with pytest.raises(Refusal) as fault:
        plans.apply(small)
    assert fault.value.code == "nothing-accepted"


def test_what_a_proposal_needs_must_be_accepted_with_it(small: Workspace) -> None:
    kept = plans.make(small)
    one, other = kept.plan.proposals[:2]
    made = replace(kept.plan, proposals=(replace(one, needs=(other.id,)), *kept.plan.proposals[1:]), _places={})
    book = PlanBook(small.store)
    second = book.keep(made, verify(small.context(), made), "office", dt.datetime.now(dt.UTC), after=kept)
    plans.decide(small, second.name, [Wish(one.id, ACCEPTED)])
    with pytest.raises(CannotApply) as fault:
        plans.apply(small)
    assert other.title.zh in fault.value.message.zh
    plans.decide(small, second.name, [Wish(other.id, ACCEPTED)])
    assert plans.apply(small).revision is not None


def test_a_planned_branch_is_confirmed_by_its_address_with_all_its_relations(small: Workspace) -> None:
    kept = plans.make(small)
    a = next(p for p in kept.plan.proposals if p.kind is ActionKind.STANDALONE and p.subjects[0].id == "a")
    plans.decide(small, None, [Wish(a.id, ACCEPTED)])
    plans.apply(small)
    planned = small.network()
    done = plans.confirm(small, ["Organization/a"], on=DAY, number="1号")
    assert {name: sum(count) for name, count in done.counts.items()} == {
        name: delta.after.height for name, delta in a.changes.deltas.items()
    }
    small.undo(done.number)
    assert same(small.network(), planned)
    assert small.verified()
    with pytest.raises(Refusal):
        plans.confirm(small, ["Organization/nobody"], on=DAY)
    with pytest.raises(Refusal):
        plans.confirm(small, ["Organization/a"], on=dt.date(2999, 1, 1))
