"""Who may do what? Accounts of units (never of persons), their roles, passwords, sessions and tokens, kept as records."""

from __future__ import annotations

import datetime as dt
import hashlib
import re
import secrets
import threading
from collections.abc import Callable
from contextlib import suppress
from functools import cached_property
from typing import Literal

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from pydantic import BaseModel, ConfigDict, Field

from api.scope import BODIES, Scope
from api.workspace import ACTOR
from graphmodel.declare import Choice
from graphmodel.network import Network
from graphmodel.paths import NodeKey, row_of
from graphmodel.personal import is_personal
from graphmodel.schema.nodes import Authority, Street
from graphmodel.stores.protocol import Record, RecordMoved, Store
from graphmodel.text import Refusal, Text

USERS, TOKENS, ATTEMPTS = "user", "token", "attempts"
SHORTEST, LONGEST = 10, 200  # characters of a password
HASHES_AT_ONCE = 2  # each takes 64 MB, and strangers may ask for as many as they like
MOST_WAITING = (
    10  # sign-ins at once, those that are hashed among them: others are refused, and the server goes on answering
)
_NAME = re.compile(r"[a-z0-9][a-z0-9._-]{1,39}")

TokenKind = Literal["session", "api", "link"]


class Permission(Choice):
    """What an operation needs; every role has some."""

    SEE = "see", "查看", "see the network and ask"
    EXPORT = "export", "导出", "take data out"
    CHANGE = "change", "修改", "import, decide, undo"
    ADMINISTER = "administer", "管理账号", "keep accounts"
    AUDIT = "audit", "审计", "read who did what"
    OPERATE = "operate", "运维", "read how the server fares"


class Role(Choice):
    """What an account is for."""

    VIEWER = "viewer", "查看", "viewer"
    PLANNER = "planner", "区委组织部门", "planner"
    ADMINISTRATOR = "administrator", "系统管理", "administrator"
    AUDITOR = "auditor", "审计", "auditor"
    STREET_CLERK = "street-clerk", "街道经办", "street clerk"
    AUTHORITY_CONTACT = "authority-contact", "主管单位联络", "authority contact"
    LOCAL = "local", "本机使用", "whoever started the server on this machine"

    @property
    def permissions(self) -> frozenset[Permission]:
        """What it may do."""
        return _MAY[self]

    @property
    def body(self) -> str | None:
        """The type of the body that the role is limited to, if it is."""
        return {Role.STREET_CLERK: Street.type_name, Role.AUTHORITY_CONTACT: Authority.type_name}.get(self)


_READS = frozenset({Permission.SEE, Permission.EXPORT})
_MAY: dict[Role, frozenset[Permission]] = {
    Role.VIEWER: _READS,
    Role.PLANNER: _READS | {Permission.CHANGE},
    Role.ADMINISTRATOR: frozenset({Permission.SEE, Permission.ADMINISTER, Permission.OPERATE}),
    Role.AUDITOR: _READS | {Permission.AUDIT},
    Role.STREET_CLERK: _READS,
    Role.AUTHORITY_CONTACT: _READS,
    Role.LOCAL: frozenset(Permission),
}
GIVEN = tuple(role for role in Role if role is not Role.LOCAL)
"""The roles that an account may be given."""


class Account(BaseModel):
    """A unit's account: `body` the id of the street or authority that a body-scoped role is limited to."""

    model_config = ConfigDict(frozen=True)

    name: str
    role: Role
    body: str | None = None
    password: str | None = Field(default=None, repr=False)

    @property
    def scope(self) -> Scope:
        """What the account sees (settled point 8)."""
        if self.role.body is not None:
            return Scope(NodeKey(self.role.body, self.body or ""))
        return Scope(members=self.role in (Role.PLANNER, Role.LOCAL))


LOCAL = Account(name=ACTOR, role=Role.LOCAL)


class Token(BaseModel):
    """What a secret that was handed out stands for; the secret itself is kept nowhere."""

    model_config = ConfigDict(frozen=True)

    digest: str = Field(exclude=True)
    account: str
    kind: TokenKind
    expires: dt.datetime
    note: str = ""


class AccountRefused(Refusal):
    """An account cannot be made or changed so; nothing was."""


class BadCredentials(Refusal):
    """Name and password, token or link do not belong to an account; not told which of them is wrong."""

    def __init__(self) -> None:
        message = Text("账号、密码或令牌不正确，或已过期。", "Name, password or token is wrong or has expired.")
        super().__init__(message, Text("请核对后重新登录。", "Check them and sign in again."), code="bad-credentials")


class TooManyAttempts(Refusal):
    """An account has to wait after failed sign-ins."""

    def __init__(self, seconds: int) -> None:
        message = Text("登录失败次数过多，请在 {n} 秒后再试。", "Too many failed sign-ins; try again in {n} seconds.")
        super().__init__(message.format(n=seconds), code="too-many-attempts")
        self.members = {"retry_after": seconds}


class SignInBusy(Refusal):
    """More sign in at once than can be looked at; nothing was counted."""

    def __init__(self) -> None:
        message = Text("同时登录的太多，请几秒后再试。", "Too many sign in at once; try again in a few seconds.")
        super().__init__(message, code="too-many-requests")
        self.members = {"retry_after": 3}


def _now() -> dt.datetime:
    return dt.datetime.now(dt.UTC)


def _left(attempts: Record, pause: dt.timedelta, now: dt.datetime) -> dt.timedelta:
    """How long failed sign-ins still count."""
    return dt.datetime.fromisoformat(attempts.value["last"]) + pause - now


def digest(secret: str) -> str:
    """Under what a secret is kept: SHA-256, enough for random ones of 256 bits."""
    return hashlib.sha256(secret.encode()).hexdigest()


class Accounts:
    """The accounts of one store.

    Parameters: `attempts` failed sign-ins in a row after which a name waits `pause` seconds; `now` the clock (UTC).
    """

    def __init__(
        self, store: Store, attempts: int = 5, pause: int = 900, now: Callable[[], dt.datetime] = _now
    ) -> None:
        self._store, self._attempts, self._now = store, attempts, now
        self._pause, self._looked = dt.timedelta(seconds=pause), now()
        self._hasher, self._hashing = PasswordHasher(), threading.BoundedSemaphore(HASHES_AT_ONCE)
        self._waiting = threading.BoundedSemaphore(MOST_WAITING)

    @cached_property
    def _nobody(self) -> str:
        """What a password is compared with where there is no such account, so that both take as long."""
        return self._hasher.hash(secrets.token_hex())

    # accounts

    def all(self) -> list[Account]:
        """Every account, by name."""
        return [Account.model_validate(record.value) for record in self._store.records(USERS)]

    def get(self, name: str) -> Account | None:
        """One account by name; that of whoever started the server on this machine is kept nowhere."""
        if name == LOCAL.name:
            return LOCAL
        record = self._store.get(USERS, name)
        return None if record is None else Account.model_validate(record.value)

    def add(self, name: str, role: str, password: str, body: str | None, network: Network) -> Account:
        """Make an account. Errors: `AccountRefused`; `NoSuchNode` where the network has no such body."""
        if not _NAME.fullmatch(name) or name == LOCAL.name or is_personal(name):
            message = Text(
                "账号名须为 2–40 个小写字母、数字、点或横线，且不含个人信息。",
                "A name has 2 to 40 small letters, digits, dots or dashes, and no personal data.",
            )
            raise AccountRefused(message, code="bad-account-name")
        given = {each.value: each for each in GIVEN}.get(role)
        if given is None:
            message = Text("没有角色“{role}”。", "There is no role '{role}'.").format(role=role[:40])
            hint = Text("可用：{all}。", "The roles are {all}.").format(all=", ".join(each.value for each in GIVEN))
            raise AccountRefused(message, hint, code="bad-role")
        if (given.body is None) != (body is None):
            message = Text(
                "街道经办与主管单位联络须指明单位，其他角色不得指明。",
                "Street clerks and authority contacts name their body, other roles none.",
            )
            raise AccountRefused(message, code="bad-role")
        if given.body is not None:
            row_of(network, NodeKey(given.body, body or ""))
        account = Account(name=name, role=given, body=body, password=self._hashed(password))
        try:
            self._store.put(USERS, name, account.model_dump(mode="json"), 0)
        except RecordMoved:
            message = Text("已有名为“{name}”的账号。", "There is an account '{name}' already.").format(name=name)
            raise AccountRefused(message, code="account-exists") from None
        return account

    def set_password(self, name: str, password: str) -> Account:
        """Give an account another password; ends its sessions and tokens; gives the account. Errors: `AccountRefused`."""
        record = self._record(name)
        self._store.put(USERS, name, {**record.value, "password": self._hashed(password)}, record.version)
        self._end_all(name)
        return Account(**record.value)

    def remove(self, name: str, by: str | None = None) -> Account:
        """Remove an account and end its sessions and tokens; gives what it was.

        `by` names the account that does so: it may not remove itself, so that somebody is left to keep the accounts.
        Errors: `AccountRefused`.
        """
        if name == by:
            message = Text("不能删除自己的账号。", "An account cannot remove itself.")
            hint = Text("请由另一个系统管理账号删除。", "Let another administrator remove it.")
            raise AccountRefused(message, hint, code="own-account")
        record = self._record(name)
        self._store.remove(USERS, name, record.version)
        self._end_all(name)
        return Account(**record.value)

    def _record(self, name: str) -> Record:
        record = self._store.get(USERS, name)
        if record is None:
            message = Text("没有名为“{name}”的账号。", "There is no account '{name}'.").format(name=name[:40])
            raise AccountRefused(message, code="no-such-account")
        return record

    def _hashed(self, password: str) -> str:
        if not SHORTEST <= len(password) <= LONGEST:
            message = Text("密码须为 {a}–{b} 个字符。", "A password has {a} to {b} characters.")
            raise AccountRefused(message.format(a=SHORTEST, b=LONGEST), code="bad-password")
        with self._hashing:
            return self._hasher.hash(password)

    # signing in

    def sign_in(self, name: str, password: str) -> Account:
        """The account of a name and password. Errors: `BadCredentials`, `TooManyAttempts`, `SignInBusy`. Cost: tenths of a second.

        A name that no account has is counted and paused like any other: neither answer nor time tells which there are.
        """
        if not self._waiting.acquire(blocking=False):
            raise SignInBusy
        try:
            return self._signed_in(name, password)
        finally:
            self._waiting.release()

    def _signed_in(self, name: str, password: str) -> Account:
        self._count(name)
        record = self._store.get(USERS, name)
        account = None if record is None else Account.model_validate(record.value)
        try:
            with self._hashing:
                self._hasher.verify((account and account.password) or self._nobody, password)
        except (VerificationError, InvalidHashError):
            raise BadCredentials from None
        if account is None:
            raise BadCredentials
        self._forgive(self._store.get(ATTEMPTS, digest(name)))
        return account

    def _count(self, name: str) -> None:
        """Count an attempt before it is looked at, so that many at once count too. Errors: `TooManyAttempts`.

        Names are kept as digests: what is typed there may be a password.
        """
        now, place = self._now(), digest(name)
        if now - self._looked >= self._pause:
            self._looked = now
            for old in self._store.records(ATTEMPTS):
                if _left(old, self._pause, now) <= dt.timedelta():
                    self._forgive(old)
        while True:
            record = self._store.get(ATTEMPTS, place)
            left = dt.timedelta() if record is None else _left(record, self._pause, now)
            failed = 0 if record is None or left <= dt.timedelta() else record.value["failed"]
            if failed >= self._attempts:
                raise TooManyAttempts(int(left.total_seconds()) + 1)
            try:
                value = {"failed": failed + 1, "last": now.isoformat()}
                self._store.put(ATTEMPTS, place, value, record.version if record else 0)
            except RecordMoved:  # two attempts at once: both count
                continue
            return

    def _forgive(self, record: Record | None) -> None:
        if record is not None:
            with suppress(RecordMoved):  # another attempt came meanwhile, and stays counted
                self._store.remove(ATTEMPTS, record.key, record.version)

    # secrets

    def issue(
        self, account: Account, kind: TokenKind, lasts: dt.timedelta, note: str = "", until: dt.datetime | None = None
    ) -> str:
        """A new secret for an account, `until` then at the latest; expired ones are forgotten. The caller alone ever has it."""
        now = self._now()
        for token in self.tokens(account.name):
            if token.expires <= now:
                self._forget(token.digest)
        if is_personal(note):
            raise AccountRefused(Text("说明含有个人信息。", "The note holds personal data."), code="personal-data")
        secret = secrets.token_urlsafe(32)
        expires = now + lasts if until is None else min(now + lasts, until)
        value = Token(digest=digest(secret), account=account.name, kind=kind, expires=expires, note=note)
        self._store.put(TOKENS, value.digest, value.model_dump(mode="json"), 0)
        return secret

    def token_for(self, name: str, lasts: dt.timedelta, note: str = "") -> str:
        """A new API token for the account of that name. Errors: `AccountRefused`."""
        return self.issue(Account.model_validate(self._record(name).value), "api", lasts, note)

    def ends(self, secret: str) -> dt.datetime:
        """When a secret stops to stand for its account. Errors: `BadCredentials` where it stands for none."""
        record = self._store.get(TOKENS, digest(secret))
        if record is None:
            raise BadCredentials
        return dt.datetime.fromisoformat(record.value["expires"])

    def account_of(self, secret: str, kind: TokenKind) -> Account:
        """The account that a secret stands for. Errors: `BadCredentials`."""
        record = self._store.get(TOKENS, digest(secret))
        if (
            record is None
            or record.value["kind"] != kind
            or dt.datetime.fromisoformat(record.value["expires"]) <= self._now()
        ):
            raise BadCredentials
        account = self.get(record.value["account"])
        if account is None:
            raise BadCredentials
        return account

    def redeem(self, secret: str) -> Account:
        """The account of a one-time link, which is used up. Errors: `BadCredentials`, also for the second of two at once."""
        account = self.account_of(secret, "link")
        try:
            self._store.remove(TOKENS, digest(secret), 1)
        except RecordMoved:
            raise BadCredentials from None
        return account

    def tokens(self, name: str) -> list[Token]:
        """The secrets handed out to an account, by digest."""
        found = (Token(digest=record.key, **record.value) for record in self._store.records(TOKENS))
        return [token for token in found if token.account == name]

    def end(self, name: str, token_digest: str) -> None:
        """End one of an account's sessions or tokens. Errors: `AccountRefused` where it has no such one."""
        if token_digest not in {token.digest for token in self.tokens(name)}:
            raise AccountRefused(Text("没有这个令牌。", "There is no such token."), code="no-such-token")
        self._forget(token_digest)

    def _end_all(self, name: str) -> None:
        for token in self.tokens(name):
            self._forget(token.digest)

    def _forget(self, token_digest: str) -> None:
        record = self._store.get(TOKENS, token_digest)
        if record is not None:
            self._store.remove(TOKENS, token_digest, record.version)


assert {role.body for role in Role if role.body} == {body.type_name for body in BODIES}
