"""Where are cases kept? As records of the store beside the network, each written by compare-and-set."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence

from graphmodel.stores.protocol import Record, RecordMoved, Store
from queries.answer import Answer
from queries.cases import Case, Found, found, open_cases, reconcile
from queries.context import Context

KIND = "case"


class CaseBook:
    """The cases of one store. What two people do to one case at once is never lost: the second gets `RecordMoved`."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def cases(self) -> list[Case]:
        """All cases, by identity."""
        return [_case(record) for record in self._store.records(KIND)]

    def get(self, identity: str) -> Case | None:
        """One case, or None where nobody follows that gap yet."""
        record = self._store.get(KIND, identity)
        return None if record is None else _case(record)

    def save(self, case: Case) -> Case:
        """Write a case over the version it was read from; gives it with its new version. Errors: `RecordMoved`."""
        record = self._store.put(KIND, case.identity, case.model_dump(mode="json"), case.version)
        return case.model_copy(update={"version": record.version})

    def open(self, answer: Answer, context: Context, ids: Sequence[str] | None = None) -> list[Case]:
        """Follow the gaps of an answer, or those of `ids`; gives their cases, those that were followed already too."""
        wanted = open_cases(answer, context, ids)
        known = {case.identity: case for case in self.cases()}
        return [known.get(case.identity) or self.save(case) for case in wanted]

    def reconcile(self, answers: Iterable[Answer], revision: int, today: dt.date) -> list[Case]:
        """Bring all cases in line with what the questions find now; gives those that changed.

        A case that somebody writes meanwhile is read again, so that neither the person's change nor this one is lost.
        """
        now = found(answers)
        return [self._settle(case, now, revision, today) for case in reconcile(self.cases(), now, revision, today)]

    def _settle(self, case: Case, now: Found, revision: int, today: dt.date) -> Case:
        while True:
            try:
                return self.save(case)
            except RecordMoved:
                newest = self.get(case.identity)
                if newest is None:  # removed meanwhile: nothing is left to follow
                    return case
                again = reconcile([newest], now, revision, today)
                if not again:
                    return newest
                case = again[0]


def _case(record: Record) -> Case:
    return Case.model_validate({**record.value, "version": record.version})
