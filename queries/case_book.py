"""Where are cases kept? As records of the store beside the network, each written by compare-and-set."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from graphmodel.stores.protocol import Record, RecordMoved, Store
from graphmodel.text import Text
from queries.answer import Answer
from queries.case_history import AUTOMATIC, Closing, entry, told
from queries.cases import Case, Found, found, open_cases, reconcile
from queries.context import Context

KIND = "case"
Lay = Callable[[Sequence[Case]], Mapping[str, str]]
"""Tells of cases whose subjects are gone the street in which each lay last, by the identities of those of which it is known."""


class CaseMoved(RecordMoved):
    """Somebody else wrote the case since it was read; says what they changed. Nothing was written."""

    def __init__(self, read: Case, newest: Case | None) -> None:
        version = newest.version if newest else 0
        super().__init__(KIND, read.identity, read.version, version)
        since = [each for each in newest.history if each.version > read.version] if newest else []
        lines = [
            Text("{unit} 于 {at} 改动：{what}", "{unit} changed at {at}: {what}").format(
                unit=each.unit, at=f"{each.at:%Y-%m-%d %H:%M}Z", what=told(each)
            )
            for each in since
        ]
        message = Text(
            "该缺口已是第 {actual} 次修改，而操作基于第 {expected} 次，未写入。",
            "The case has version {actual}; the act expects {expected}. Nothing was written.",
        ).format(actual=version, expected=read.version)
        self.message = Text(
            "\n".join([message.zh, *(e.zh for e in lines)]), "\n".join([message.en, *(e.en for e in lines)])
        )


class CaseBook:
    """The cases of one store, as one unit's account writes them; each writing adds to the case's history.

    What two people do to one case at once is never lost: the second gets `CaseMoved`.
    """

    def __init__(self, store: Store, unit: str) -> None:
        self._store, self._unit = store, unit

    def cases(self) -> list[Case]:
        """All cases, by identity."""
        return [_case(record) for record in self._store.records(KIND)]

    def get(self, identity: str) -> Case | None:
        """One case, or None where nobody follows that gap yet."""
        record = self._store.get(KIND, identity)
        return None if record is None else _case(record)

    def save(self, case: Case) -> Case:
        """Write a case over the version it was read from; gives it as it then is. Errors: `CaseMoved`."""
        return self._write(case, self._unit)

    def _write(self, case: Case, unit: str) -> Case:
        stored = self._store.get(KIND, case.identity)
        if (stored.version if stored else 0) != case.version:
            raise CaseMoved(case, _case(stored) if stored else None)
        happened = entry(stored.value if stored else {}, _plain(case), case.version + 1, unit, dt.datetime.now(dt.UTC))
        case = case.model_copy(update={"history": (*case.history, happened)})
        try:
            record = self._store.put(KIND, case.identity, _plain(case), case.version)
        except RecordMoved as moved:
            raise CaseMoved(case, self.get(case.identity)) from moved
        return case.model_copy(update={"version": record.version})

    def open(self, answer: Answer, context: Context, ids: Sequence[str] | None = None) -> list[Case]:
        """Follow the gaps of an answer, or those of `ids`; gives their cases, those that were followed already too."""
        wanted = open_cases(answer, context, ids)
        known = {case.identity: case for case in self.cases()}
        return [known.get(case.identity) or self.save(case) for case in wanted]

    def reconcile(
        self, answers: Iterable[Answer], revision: int, today: dt.date, lay: Lay = lambda _: {}
    ) -> list[Case]:
        """Bring all cases in line with what the questions find now, in nobody's name; gives those that changed.

        Cases of gaps that came after the revision stay as they are: it does not know of them.
        `lay` is asked where any are gone. A case that somebody writes meanwhile is read again, so that neither the
        person's change nor this one is lost.
        """
        cases = [case for case in self.cases() if case.opened_in <= revision]
        now = found(answers, cases)
        changed = reconcile(cases, now, revision, today)
        gone = [case for case in changed if case.closed_as is Closing.GONE]
        streets = lay(gone) if gone else {}
        return [self._settle(case, now, revision, today, streets.get(case.identity)) for case in changed]

    def _settle(self, case: Case, now: Found, revision: int, today: dt.date, street: str | None) -> Case:
        while True:
            try:
                return self._write(case.model_copy(update={"last_street": street}), AUTOMATIC)
            except RecordMoved:
                newest = self.get(case.identity)
                if newest is None:  # removed meanwhile: nothing is left to follow
                    return case
                again = reconcile([newest], now, revision, today) if newest.opened_in <= revision else []
                if not again:
                    return newest
                case = again[0]


def _plain(case: Case) -> dict[str, Any]:
    return case.model_dump(mode="json")


def _case(record: Record) -> Case:
    return Case.model_validate({**record.value, "version": record.version})
