"""Was this asked before? What a request gave, kept under its idempotency key, so that it is done once only."""

from __future__ import annotations

import datetime as dt
import hashlib
import threading
from collections.abc import Callable
from contextlib import suppress
from typing import Any

from api.runner import Runner, lives, this_process
from graphmodel.stores.protocol import Record, RecordMoved, Store
from graphmodel.stores.refusals import StoreBusy
from graphmodel.text import Refusal, Text

KIND = "idempotency"
AGAIN = 1.0  # seconds until a store that was too busy to hear how a job or a key's request ended is told again


class KeyReused(Refusal):
    """An idempotency key came with another request than the first time."""

    def __init__(self) -> None:
        message = Text("这个幂等键已用于另一个请求。", "The idempotency key belongs to another request.")
        super().__init__(message, Text("请换一个键。", "Use another key."), code="key-reused")


class KeyInUse(Refusal):
    """An idempotency key came again while its first request runs."""

    def __init__(self) -> None:
        message = Text("用这个幂等键的请求仍在进行。", "The request of this idempotency key still runs.")
        hint = Text(
            "请稍候用同一个键重发，会得到第一次的结果；换键会再做一次。",
            "Send it again with the same key a little later: it gets the first one's answer; another key would do it twice.",
        )
        super().__init__(message, hint, code="key-in-use")
        self.members = {"retry_after": 1}


class Keys:
    """The idempotency keys of one store, and those that this process holds while it does what they are for.

    Parameters: `lease` after which a hold that nobody renewed counts as let go; `closing` is set once the server stops.
    """

    def __init__(self, store: Store, lease: dt.timedelta, closing: threading.Event) -> None:
        self._store, self._lease, self._closing = store, lease, closing
        self._me = this_process()
        self._held: dict[str, Record] = {}
        self._holding = threading.Lock()  # which waits for the store

    def once(self, account: str, key: str | None, request: Any, do: Callable[[], Any]) -> Any:
        """What `do` gives, done once for an account's idempotency key: the second time the first answer is given.

        Errors: `KeyReused` where the key came with another request, `KeyInUse` while the first one runs; those of `do`,
        which leave the key free.
        """
        if key is None:
            return do()
        place = hashlib.sha256(f"{account}\0{key}".encode()).hexdigest()
        asked = hashlib.sha256(repr(request).encode()).hexdigest()
        record = self._store.get(KIND, place)
        if record is not None:
            if record.value["asked"] != asked:
                raise KeyReused
            if "answer" in record.value:
                return record.value["answer"]
            began, by = dt.datetime.fromisoformat(record.value["at"]), record.value.get("by")
            if lives(by and Runner(**by), began + self._lease):
                raise KeyInUse
        hold = {"asked": asked, "at": _now(), "by": self._me and self._me.model_dump()}
        try:
            held = self._store.put(KIND, place, hold, record.version if record else 0)
        except RecordMoved:
            raise KeyInUse from None
        with self._holding:
            self._held[place] = held
        try:
            answer = do()
        except BaseException:
            with suppress(StoreBusy):  # the key is free once its hold is not renewed any more
                self._store.remove(KIND, place, self._let_go(place).version)
            raise
        while not self._answered(place, answer):
            if self._closing.wait(AGAIN):
                break
        return answer

    def _answered(self, place: str, answer: Any) -> bool:
        """Keep the answer of a key, held until then. False where the store is too busy."""
        held = self._let_go(place)
        try:
            self._store.put(KIND, place, {**held.value, "answer": answer}, held.version)
        except StoreBusy:
            with self._holding:
                self._held[place] = held
            return False
        return True

    def _let_go(self, place: str) -> Record:
        """Renew a key's hold no more; gives its record as it stands."""
        with self._holding:
            return self._held.pop(place)

    def held(self) -> tuple[str, ...]:
        """The places of the keys that this process holds now."""
        with self._holding:
            return tuple(self._held)

    def renew(self, place: str) -> None:
        """Hold a key longer, unless it was let go meanwhile. Errors: those of the store."""
        with self._holding:  # so that no answer is written between the two
            record = self._held.get(place)
            if record is not None:
                value = {**record.value, "at": _now()}
                self._held[place] = self._store.put(KIND, place, value, record.version)

    def prune(self, before: dt.datetime) -> None:
        """Forget the keys of what was asked before a moment. Cost: linear in keys."""
        for record in self._store.records(KIND):
            if dt.datetime.fromisoformat(record.value["at"]) < before:
                with suppress(RecordMoved):  # another process was quicker
                    self._store.remove(KIND, record.key, record.version)


def _now() -> str:
    return dt.datetime.now(dt.UTC).isoformat()
