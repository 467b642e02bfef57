"""Who changed, exported, administered or failed to sign in? One record an act, in the order of time."""

from __future__ import annotations

import datetime as dt
import secrets
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from api.accounts import Account, Role
from graphmodel.stores.protocol import Store

KIND = "audit"
Outcome = Literal["done", "refused", "failed"]


class Entry(BaseModel):
    """One act: by which account, what it was, how it ended (`code` says why it was refused), in which request.

    Of acts on accounts, on which one (`subject`), and the role that it has.
    """

    model_config = ConfigDict(frozen=True)

    key: str = Field(default="", exclude=True)
    at: dt.datetime
    account: str
    act: str
    outcome: Outcome
    code: str | None = None
    request: str | None = None
    subject: str | None = None
    role: Role | None = None


class Audit:
    """The audit trail of one store."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def note(
        self, account: str, act: str, outcome: Outcome, *, code: str | None = None, request: str | None = None,
        subject: Account | None = None,
    ) -> None:  # fmt: skip
        """Write one entry; `subject` is the account that the act was on."""
        now = dt.datetime.now(dt.UTC)
        entry = Entry(at=now, account=account, act=act, outcome=outcome, code=code, request=request,
                      subject=subject and subject.name, role=subject and subject.role)  # fmt: skip
        self._store.put(KIND, f"{now:%Y%m%dT%H%M%S.%f}-{secrets.token_hex(4)}", entry.model_dump(mode="json"), 0)

    def entries(self) -> list[Entry]:
        """All entries, the newest first. Cost: linear in them."""
        return [Entry(key=record.key, **record.value) for record in reversed(self._store.records(KIND))]
