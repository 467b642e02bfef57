"""What does every store keep to? A store passes by giving `fresh`, which names a new empty store each time it is called.

class TestMyStore(StoreContract):
    @pytest.fixture
    def fresh(self) -> Fresh: ...
"""

from __future__ import annotations

import datetime as dt
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager, suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from graphmodel import history
from graphmodel.changes import ChangeSet, Conflict, Delta
from graphmodel.network import DanglingEdges, deletion, same
from graphmodel.schema.nodes import Organization
from graphmodel.stores.opening import open_store
from graphmodel.stores.protocol import Act, NoSuchRevision, RecordMoved, Revision, RevisionMoved, Store
from graphmodel.stores.refusals import PersonalData, StoreClosed, UnfitRows
from graphmodel.tables import ENDS, Tables, empty_frame
from graphmodel.text import Refusal
from graphmodel.values import BadDay
from tests.stores.acts import DAY, EDIT, IMPORT, adding, assert_holds, covered, organizations
from tests.strategies import HOSTILE, complete, frame, histories

Fresh = Callable[[], str]
ROOT = Path(__file__).parents[2]

drawn = settings(
    max_examples=15,
    deadline=None,
    derandomize=True,
    suppress_health_check=[
        HealthCheck.function_scoped_fixture,  # `fresh` gives another store at every call
        HealthCheck.differing_executors,  # each store runs the same tests
        HealthCheck.too_slow,
    ],
)
json_values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**53), 2**53)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)


@contextmanager
def unchanged(store: Store) -> Iterator[None]:
    """What is refused inside leaves nothing behind."""
    before, log = store.read(), store.revisions()
    yield
    assert store.revisions() == log
    assert store.head == len(log)
    assert same(store.read(), before)


def told(store: Store, story: list[dict[str, pl.DataFrame]]) -> list[Tables]:
    """Apply what leads from each picture to the next; gives the pictures by revision, the empty one first."""
    pictures: list[Tables] = [{}]
    for picture in story:
        store.apply(ChangeSet.between(pictures[-1], picture), EDIT, len(pictures) - 1)
        pictures.append(picture)
    return pictures


class StoreContract:
    """The suite; a subclass says where stores are."""

    @pytest.fixture
    def fresh(self) -> Fresh:
        raise NotImplementedError

    @pytest.fixture
    def store(self, fresh: Fresh) -> Iterator[Store]:
        with closing(open_store(fresh())) as store:
            yield store

    # reading and writing

    def test_an_empty_store_holds_the_empty_network(self, store: Store) -> None:
        assert store.head == 0
        assert store.revisions() == []
        assert store.read().stamp.revision == 0
        assert_holds(store.read(), {})
        assert history.verified(store)

    def test_every_type_and_field_survives_exactly(self, fresh: Fresh) -> None:
        address, tables = fresh(), complete()
        with closing(open_store(address)) as store:
            store.apply(adding(tables), IMPORT, 0)
            assert_holds(store.read(), tables)
        with closing(open_store(address)) as again:
            assert_holds(again.read(), tables)
            assert_holds(again.read(0), {})
            assert history.verified(again)

    def test_everything_can_be_changed_and_removed(self, store: Store) -> None:
        tables = complete()
        turned = {name: table.with_columns(sources=pl.lit("turned")) for name, table in tables.items()}
        pictures = told(store, [tables, turned, {}])
        for number, picture in enumerate(pictures):
            assert_holds(store.read(number), picture)
        counts = [r.counts["Organization"] for r in store.revisions()]
        height = tables["Organization"].height
        assert counts == [(height, 0, 0), (0, 0, height), (0, height, 0)]

    @drawn
    @given(story=histories())
    def test_any_history_can_be_read_compared_replayed_and_undone(
        self, fresh: Fresh, story: list[dict[str, pl.DataFrame]]
    ) -> None:
        with closing(open_store(fresh())) as store:
            pictures = told(store, story)
            for number, picture in enumerate(pictures):
                assert_holds(store.read(number), picture)
                assert_holds(history.replay(store, number), picture)
                assert store.read(number).stamp.revision == number
                for start, end in ((number, store.head), (store.head, number)):
                    led, read = history.network_at(store, store.read(start), end), store.read(end)
                    assert led.stamp == read.stamp
                    assert same(led, read)
            assert history.verified(store)
            old, new = pictures[0], pictures[-1]
            assert_holds(store.read(0).apply(history.difference(store, 0, store.head)), new)
            assert_holds(store.read().apply(history.difference(store, store.head, 0)), old)
            history.undo(store, store.head, "undoer")
            assert_holds(store.read(), pictures[-2])
            assert history.verified(store)

    def test_what_the_acts_since_do_not_fit_is_read_anew(self, fresh: Fresh) -> None:
        with closing(open_store(fresh())) as other:
            told(other, [organizations("b")])
            before = other.read()
        with closing(open_store(fresh())) as store:  # one server holds one store at a time
            told(store, [organizations("a"), organizations("a", "b")])
            assert same(history.network_at(store, before), store.read())

    @drawn
    @given(story=histories(max_size=2))
    def test_changes_come_back_as_they_went_in(self, fresh: Fresh, story: list[dict[str, pl.DataFrame]]) -> None:
        before: Tables = {}
        with closing(open_store(fresh())) as store:
            for picture in story:
                changes = ChangeSet.between(before, picture)
                revision = store.apply(changes, EDIT, store.head)
                assert store.changes(revision.number).fields().equals(changes.fields())
                assert store.changes(revision.number).inverse().counts().equals(changes.inverse().counts())
                before = picture

    def test_origins_are_kept_beside_the_rows(self, store: Store) -> None:
        origin = pl.DataFrame({"id": ["a"], "file": ["台账.xlsx"], "sheet": ["一"], "row": [7]})
        store.apply(ChangeSet.between({}, organizations("a"), {"Organization": origin}), IMPORT, 0)
        assert store.changes(1).origins["Organization"].equals(origin)
        assert_holds(store.read(), organizations("a"))

    def test_parallel_edges_differ_in_key_fields_and_unknown_is_a_key_too(self, store: Store) -> None:
        ends = {"source_type": "Fund", "source": "f", "target_type": "Organization", "target": "a"}
        payments = [(None, None), ("work", None), (None, dt.date(2016, 1, 1)), ("work", dt.date(2016, 1, 1))]
        rows = [{**ends, "purpose": purpose, "paid_on": day, "amount": 1.0} for purpose, day in payments]
        tables = {**organizations("a"), "Fund": frame("Fund", [{"id": "f"}]), "FUNDS": frame("FUNDS", rows)}
        told(store, [tables, {**tables, "FUNDS": frame("FUNDS", rows[1:3])}])
        assert_holds(store.read(1), tables)
        assert_holds(store.read(), {**tables, "FUNDS": frame("FUNDS", rows[1:3])})
        with unchanged(store), pytest.raises(Conflict):
            store.apply(adding({"FUNDS": frame("FUNDS", [{**rows[1], "amount": 2.0}])}), EDIT, store.head)

    # refusals

    def test_an_act_on_an_older_revision_is_refused(self, store: Store) -> None:
        store.apply(adding(organizations("a")), EDIT, 0)
        with unchanged(store), pytest.raises(RevisionMoved) as refused:
            store.apply(adding(organizations("b")), EDIT, 0)
        assert (refused.value.expected, refused.value.actual) == (0, 1)
        with unchanged(store), pytest.raises(RevisionMoved):
            store.apply(adding(organizations("b")), EDIT, 2)

    @pytest.mark.parametrize("revision", [-1, 2, 10**12])
    def test_a_revision_that_is_not_there_is_refused(self, store: Store, revision: int) -> None:
        store.apply(adding(organizations("a")), EDIT, 0)
        for ask in (store.read, store.changes):
            with pytest.raises(NoSuchRevision):
                ask(revision)
        with pytest.raises(NoSuchRevision):
            store.changes(0)

    def test_a_key_that_exists_is_refused_by_name(self, store: Store) -> None:
        store.apply(adding(organizations("a", "b")), EDIT, 0)
        with unchanged(store), pytest.raises(Conflict) as refused:
            store.apply(adding({**organizations("b", "c"), **_alliance("x")}), EDIT, 1)
        assert refused.value.rows is not None
        assert refused.value.rows["id"].to_list() == ["b"]

    def test_rows_that_changed_or_went_meanwhile_are_refused(self, store: Store) -> None:
        seen, now = organizations("a", "b", staff=1), organizations("a", staff=2)
        store.apply(adding(now), EDIT, 0)
        for stale in (
            ChangeSet.between(seen, organizations("a", "b", staff=3)),
            ChangeSet.between(seen, {}),
            ChangeSet.between(organizations("gone"), {}),
        ):
            with unchanged(store), pytest.raises(Conflict):
                store.apply(stale, EDIT, 1)

    def test_an_edge_to_nothing_is_refused(self, store: Store) -> None:
        tables = covered("a", "b")
        missing = {**tables, "Organization": organizations("a")["Organization"]}
        with unchanged(store), pytest.raises(DanglingEdges) as refused:
            store.apply(adding(missing), EDIT, 0)
        assert refused.value.rows["target"].to_list() == ["b"]
        store.apply(adding(tables), EDIT, 0)
        for node_type in ("Organization", "PartyOrganization"):
            lonely = ChangeSet.between({node_type: tables[node_type]}, {})
            with unchanged(store), pytest.raises(DanglingEdges):
                store.apply(lonely, EDIT, 1)
        moved = tables["COVERS"].head(1).with_columns(target=pl.lit("nowhere"))
        with unchanged(store), pytest.raises(DanglingEdges):
            store.apply(adding({"COVERS": moved}), EDIT, 1)

    def test_a_node_and_an_edge_of_which_nothing_is_known_are_kept(self, store: Store) -> None:
        tables = {
            name: table.with_columns(
                pl.lit(None, dtype).alias(column)
                for column, dtype in table.schema.items()
                if column not in ("id", *ENDS)
            )
            for name, table in covered("a", "b").items()
        }
        store.apply(adding(tables), EDIT, 0)
        assert_holds(store.read(), tables)

    def test_an_edge_may_come_with_its_end_and_go_with_it(self, store: Store) -> None:
        store.apply(adding(covered("a", "b")), EDIT, 0)
        store.apply(deletion(store.read(), Organization, pl.Series(["a"])), EDIT, 1)
        assert_holds(store.read(), covered("b"))

    @pytest.mark.parametrize(
        ("name", "rows"),
        [
            ("Organization", [{"id": "a", "staff": -1}]),
            ("Organization", [{"id": "a", "grade_year": 2101}]),
            ("Organization", [{"id": "a"}, {"id": "a"}]),
            ("Organization", [{"id": ""}]),
            ("Organization", [{"id": None}]),
            ("Organization", [{"id": "长" * 201}]),
            ("Fund", [{"id": "f", "amount": float("nan")}]),
            ("Fund", [{"id": "f", "amount": float("inf")}]),
            ("COVERS", [{"source_type": "Organization", "source": "a", "target_type": "Organization", "target": "a"}]),
            ("NEIGHBOURS", [{"source_type": "Street", "source": "b", "target_type": "Street", "target": "a"}]),
        ],
    )
    def test_rows_that_break_the_schema_are_refused(self, store: Store, name: str, rows: list[dict[str, Any]]) -> None:
        changes = ChangeSet({name: Delta(empty_frame(name), frame(name, rows))})
        with unchanged(store), pytest.raises(UnfitRows):
            store.apply(changes, EDIT, 0)

    @pytest.mark.parametrize("day", [dt.date(1, 1, 1), dt.date(1899, 12, 31), dt.date(9999, 12, 31)])
    def test_data_of_a_day_that_nothing_speaks_of_are_refused(self, store: Store, day: dt.date) -> None:
        with unchanged(store), pytest.raises(BadDay, match=day.isoformat()):
            store.apply(adding(organizations("a")), replace(EDIT, as_of=day), 0)

    @pytest.mark.parametrize("secret", ["13900001111", "找 139 0000 1111", "someone@example.org", "11010519491231002X"])
    def test_personal_data_is_refused_and_not_shown(self, store: Store, secret: str) -> None:
        noted = Act("edit", "hand", "hand", DAY, f"联系 {secret}")
        rows = frame("Organization", [{"id": "a", "name": "某某协会"}, {"id": "b", "name": secret}])
        for changes, act in ((adding({"Organization": rows}), EDIT), (adding(organizations("a")), noted)):
            with unchanged(store), pytest.raises(PersonalData) as refused:
                store.apply(changes, act, 0)
            assert secret not in str(refused.value)

    @pytest.mark.parametrize("where", ["source", "actor", "sources", "file", "sheet"])
    def test_personal_data_beside_the_rows_is_refused_too(self, store: Store, where: str) -> None:
        secret = "李四13900139000"  # noqa: S105 - an invented number
        acts = {"source": replace(EDIT, source=secret), "actor": replace(EDIT, actor=secret)}
        act = acts.get(where, EDIT)
        rows = organizations("a")
        if where == "sources":
            rows = {name: table.with_columns(sources=pl.lit(secret)) for name, table in rows.items()}
        place = {"id": ["a"], "file": ["台账.xlsx"], "sheet": ["台账"], "row": [2]}
        origin = pl.DataFrame(place | ({where: [secret]} if where in place else {}))
        with unchanged(store), pytest.raises(PersonalData) as refused:
            store.apply(replace(adding(rows), origins={"Organization": origin}), act, 0)
        assert secret not in str(refused.value)

    def test_codes_that_are_long_numbers_are_no_personal_data(self, store: Store) -> None:
        code = "51510104MJX000001X"
        store.apply(adding(organizations("51510104000000001", code, credit_code=code)), EDIT, 0)
        assert store.head == 1

    def test_an_end_that_may_stand_once_stands_once(self, store: Store) -> None:
        places = {name: frame(name, [{"id": one} for one in "xy"]) for name in ("Community", "Street")}
        at = {"source_type": "Organization", "source": "a", "target_type": "Community", "target": "x"}
        first = {**organizations("a", "b"), **places, "LOCATED_IN": frame("LOCATED_IN", [at])}
        for other in ({"target": "y"}, {"target_type": "Street"}):
            both = frame("LOCATED_IN", [at, {**at, **other}])
            with unchanged(store), pytest.raises(UnfitRows):
                store.apply(adding({**first, "LOCATED_IN": both}), EDIT, store.head)
        store.apply(adding(first), EDIT, 0)
        for other in ({"target": "y"}, {"target_type": "Street"}):
            with unchanged(store), pytest.raises(UnfitRows):
                store.apply(adding({"LOCATED_IN": frame("LOCATED_IN", [{**at, **other}])}), EDIT, store.head)
        moved = {**first, "LOCATED_IN": frame("LOCATED_IN", [{**at, "target": "y"}])}
        store.apply(ChangeSet.between(first, moved), EDIT, 1)
        store.apply(adding({"LOCATED_IN": frame("LOCATED_IN", [{**at, "source": "b"}])}), EDIT, 2)
        assert store.read().table("LOCATED_IN").height == 2

    def test_a_frame_of_other_columns_is_refused(self, store: Store) -> None:
        odd = pl.DataFrame({"id": ["a"]})
        with unchanged(store), pytest.raises(ValueError, match="Organization"):
            store.apply(ChangeSet({"Organization": Delta(odd.clear(), odd)}), EDIT, 0)

    # the log

    def test_the_log_tells_who_did_what_when_and_how_much(self, store: Store) -> None:
        act = Act("plan", HOSTILE[3], HOSTILE[1], dt.date(2015, 12, 31), "，".join(HOSTILE))
        before = dt.datetime.now(dt.UTC)
        made = store.apply(adding(covered("a", "b")), act, 0)
        undone = history.undo(store, 1, "undoer", "误操作")
        after = dt.datetime.now(dt.UTC)
        assert store.revisions() == [made, undone]
        assert made == Revision(1, made.recorded_at, act, made.counts)
        assert made.counts == {"Organization": (2, 0, 0), "PartyOrganization": (1, 0, 0), "COVERS": (2, 0, 0)}
        assert undone.act == Act("undo", "undoer", act.source, act.as_of, "误操作", undoes=1)
        assert undone.counts == {"Organization": (0, 2, 0), "PartyOrganization": (0, 1, 0), "COVERS": (0, 2, 0)}
        assert before <= made.recorded_at <= undone.recorded_at <= after
        assert store.read(1).stamp.as_of == act.as_of

    def test_rows_written_are_told(self, store: Store) -> None:
        told: list[tuple[int, int]] = []
        tables = complete()
        rows = sum(frame.height for frame in tables.values())
        store.apply(adding(tables), EDIT, 0, lambda done, of: told.append((done, of)))
        assert {of for _, of in told} == {rows}
        assert [done for done, _ in told] == sorted(done for done, _ in told)
        assert told[-1] == (rows, rows)
        assert len(told) > 1

    def test_an_act_without_changes_is_logged(self, store: Store) -> None:
        store.apply(ChangeSet({}), IMPORT, 0)
        assert [r.counts for r in store.revisions()] == [{}]
        assert store.changes(1).empty

    def test_a_text_that_is_no_unicode_is_refused(self, store: Store) -> None:
        with unchanged(store), pytest.raises(Refusal):
            store.apply(adding(organizations("a")), Act("edit", "\ud800", "hand", DAY), 0)

    # undo of older acts

    def test_an_older_act_can_be_undone_where_nothing_touched_its_rows(self, store: Store) -> None:
        told(store, [organizations("a"), organizations("a", "b")])
        history.undo(store, 1, "undoer")
        assert_holds(store.read(), organizations("b"))
        history.undo(store, 3, "undoer")
        assert_holds(store.read(), organizations("a", "b"))

    def test_an_older_act_whose_rows_were_touched_cannot_be_undone(self, store: Store) -> None:
        told(store, [organizations("a", staff=1), organizations("a", staff=2)])
        with unchanged(store), pytest.raises(Conflict):
            history.undo(store, 1, "undoer")
        with unchanged(store), pytest.raises(NoSuchRevision):
            history.undo(store, 7, "undoer")

    def test_what_was_touched_and_turned_back_since_cannot_be_undone(self, store: Store) -> None:
        told(store, [organizations("a", "b", staff=staff) for staff in (1, 2, 3, 2)])
        with unchanged(store), pytest.raises(Conflict, match="先撤销第 4 版"):
            history.undo(store, 2, "undoer")

    def test_what_was_undone_since_does_not_count(self, store: Store) -> None:
        told(store, [organizations("a", staff=staff) for staff in (1, 2, 3)])
        history.undo(store, 3, "undoer")
        history.undo(store, 2, "undoer")
        assert_holds(store.read(), organizations("a", staff=1))
        history.undo(store, 5, "undoer")
        history.undo(store, 4, "undoer")
        assert_holds(store.read(), organizations("a", staff=3))

    def test_undoing_an_older_import_keeps_the_day(self, store: Store) -> None:
        days = [dt.date(2014, 12, 31), dt.date(2015, 12, 31), dt.date(2016, 12, 31)]
        for number, day in enumerate(days):
            store.apply(adding(organizations(str(number))), Act("import", "office", "ledger", day), number)
        assert history.undo(store, 1, "undoer").act.as_of == days[2]
        assert store.read().stamp.as_of == days[2]

    def test_undoing_the_newest_import_gives_the_day_before_it(self, store: Store) -> None:
        days = [dt.date(2015, 12, 31), dt.date(2016, 12, 31)]
        for number, day in enumerate(days):
            store.apply(adding(organizations(str(number))), Act("import", "office", "ledger", day), number)
        history.undo(store, 2, "undoer")
        assert store.read().stamp.as_of == days[0]
        history.undo(store, 3, "undoer")
        assert store.read().stamp.as_of == days[1]

    def test_undoing_one_after_the_other_gives_the_day_of_what_still_stands(self, store: Store) -> None:
        days = [dt.date(2014, 12, 31), dt.date(2015, 12, 31), dt.date(2016, 12, 31)]
        for number, day in enumerate(days):
            store.apply(adding(organizations(str(number))), Act("import", "office", "ledger", day), number)
        for number, day in ((3, days[1]), (2, days[0]), (5, days[1]), (4, days[2]), (1, days[2])):
            history.undo(store, number, "undoer")
            assert store.read().stamp.as_of == day

    def test_an_older_node_with_later_edges_cannot_be_undone(self, store: Store) -> None:
        tables = covered("a")
        told(store, [{n: t for n, t in tables.items() if n != "COVERS"}, tables])
        with unchanged(store), pytest.raises(DanglingEdges):
            history.undo(store, 1, "undoer")

    # several writers

    def test_of_two_threads_exactly_one_wins(self, fresh: Fresh) -> None:
        address, rounds = fresh(), 10
        with ExitStack() as stack:
            shared = stack.enter_context(closing(open_store(address)))
            stores = {"one": shared, "same": shared, "other": stack.enter_context(closing(open_store(address)))}
            for expected in range(rounds):
                answers = _race(stores, expected)
                assert sorted(answers.values()) == ["moved", "moved", "won"]
                winner = next(name for name, answer in answers.items() if answer == "won")
                assert shared.read()[Organization].find([f"{winner}-{expected}"])[0] >= 0
            assert shared.head == rounds
            assert len(shared.read()[Organization]) == rounds
            assert history.verified(shared)

    def test_of_two_processes_exactly_one_wins(self, fresh: Fresh) -> None:
        address, rounds = fresh(), 10
        with closing(open_store(address)) as store, ExitStack() as stack:
            writers = [stack.enter_context(_writer(address, name)) for name in ("left", "right")]
            for expected in range(rounds):
                for writer in writers:
                    _tell(writer, str(expected))
                assert sorted(_answer(writer) for writer in writers) == ["moved", "won"]
            assert store.head == rounds
            assert len(store.read()[Organization]) == rounds
            assert history.verified(store)

    def test_readers_see_whole_revisions_while_another_writes(self, fresh: Fresh) -> None:
        address, rounds, done = fresh(), 15, threading.Event()
        failures: list[BaseException] = []

        def write() -> None:
            try:
                with closing(open_store(address)) as writer:
                    old: Tables = {}
                    for number in range(1, rounds + 1):
                        new = {**organizations("a", "b", staff=number), **_alliance("x", pledges=number)}
                        writer.apply(ChangeSet.between(old, new), EDIT, number - 1)
                        old = new
            except BaseException as error:  # noqa: BLE001 - told by the test itself
                failures.append(error)
            finally:
                done.set()

        seen = set()
        with closing(open_store(address)) as reader:
            thread = threading.Thread(target=write)
            thread.start()
            while not done.is_set() or reader.head not in seen:
                network = reader.read()
                number = network.stamp.revision
                seen.add(number)
                values = {*network.table("Organization")["staff"], *network.table("Alliance")["pledges"]}
                assert values == ({number} if number else set())
                if failures:
                    break
            thread.join()
        assert failures == []
        assert max(seen) == rounds

    # records

    def test_records_are_written_by_compare_and_set(self, store: Store) -> None:
        assert store.get("case", "k") is None
        assert store.put("case", "k", {"步骤": ["一", None]}, 0).version == 1
        for expected in (0, 2):
            with pytest.raises(RecordMoved):
                store.put("case", "k", "lost", expected)
        assert store.put("case", "k", [1.5, True], 1).version == 2
        assert store.get("case", "k") == store.records("case")[0]
        for expected in (0, 1, 3):
            with pytest.raises(RecordMoved):
                store.remove("case", "k", expected)
        store.remove("case", "k", 2)
        assert store.records("case") == []
        with pytest.raises(RecordMoved):
            store.remove("case", "k", 2)
        assert store.head == 0

    @drawn
    @given(
        values=st.dictionaries(st.text(st.characters(exclude_categories=["Cs"]), max_size=5), json_values, max_size=4)
    )
    def test_any_json_survives_in_records(self, fresh: Fresh, values: dict[str, Any]) -> None:
        with closing(open_store(fresh())) as store:
            for key, value in values.items():
                assert store.put("kind", key, value, 0).value == value
                store.put("other", key, "apart", 0)
            by_key = {r.key: r.value for r in store.records("kind")}
            assert by_key == values
            assert list(by_key) == sorted(by_key, key=lambda key: key.encode())

    def test_of_two_threads_one_wins_a_record(self, store: Store) -> None:
        barrier, won = threading.Barrier(4), []

        def write(name: int) -> None:
            barrier.wait()
            with suppress(RecordMoved):
                won.append(store.put("job", "lease", name, 0).value)

        threads = [threading.Thread(target=write, args=(name,)) for name in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        record = store.get("job", "lease")
        assert record is not None
        assert [record.value] == won

    # closing and opening again

    def test_what_was_written_is_there_after_closing(self, fresh: Fresh) -> None:
        address = fresh()
        with closing(open_store(address)) as store:
            store.apply(adding(covered("a")), IMPORT, 0)
            store.put("case", "k", 1, 0)
            log = store.revisions()
        with closing(open_store(address)) as store:
            assert store.revisions() == log
            assert_holds(store.read(), covered("a"))
            assert store.get("case", "k") is not None

    def test_a_closed_store_answers_no_more(self, fresh: Fresh) -> None:
        store = open_store(fresh())
        store.close()
        store.close()
        calls: list[Callable[[], object]] = [
            store.read,
            store.revisions,
            lambda: store.head,
            lambda: store.changes(1),
            lambda: store.apply(ChangeSet({}), EDIT, 0),
            lambda: store.get("case", "k"),
            lambda: store.records("case"),
            lambda: store.put("case", "k", 1, 0),
            lambda: store.remove("case", "k", 1),
        ]
        for call in calls:
            with pytest.raises(StoreClosed):
                call()


def _alliance(one: str, **fields: object) -> dict[str, pl.DataFrame]:
    return {"Alliance": frame("Alliance", [{"id": one, **fields}])}


def _race(stores: dict[str, Store], expected: int) -> dict[str, str]:
    """All stores write at once on the same expected revision; gives what became of each."""
    barrier, answers = threading.Barrier(len(stores)), {}

    def write(name: str, store: Store) -> None:
        changes = adding(organizations(f"{name}-{expected}"))
        barrier.wait()
        try:
            store.apply(changes, EDIT, expected)
            answers[name] = "won"
        except RevisionMoved:
            answers[name] = "moved"

    threads = [threading.Thread(target=write, args=item) for item in stores.items()]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return answers


@contextmanager
def _writer(address: str, name: str) -> Iterator[subprocess.Popen[str]]:
    command = [sys.executable, "-m", "tests.stores.writer", address, name]
    with subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert _answer(process) == "ready"
        yield process
        assert process.stdin is not None
        process.stdin.close()
        assert process.wait(timeout=60) == 0


def _tell(process: subprocess.Popen[str], line: str) -> None:
    assert process.stdin is not None
    process.stdin.write(line + "\n")
    process.stdin.flush()


def _answer(process: subprocess.Popen[str]) -> str:
    assert process.stdout is not None
    return process.stdout.readline().strip()
