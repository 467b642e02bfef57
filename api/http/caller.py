"""Who asks? The account behind a request, what it may do and see; each operation names the permission that it needs."""

from __future__ import annotations

import hashlib
import hmac
import secrets
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache, cached_property, partial
from typing import Annotated, Any

from fastapi import Depends, Request
from fastapi.security import APIKeyCookie, HTTPBearer

from api.accounts import Account, Accounts, Permission
from api.audit import Audit
from api.exporting import exported
from api.http.settings import Settings
from api.imports import uploads
from api.jobs import Jobs
from api.scope import Scope
from api.scoped import NotAllowed, ScopedWorkspace
from api.workspace import Workspace
from graphmodel.text import Refusal, Text

COOKIE, CSRF_HEADER = "partygraph_session", "X-CSRF-Token"
SAFE = ("GET", "HEAD", "OPTIONS")
_MOST_KEPT = 10_000  # buckets of requests; the oldest half is forgotten beyond


class NotSignedIn(Refusal):
    """A request came without a session or a token."""

    def __init__(self) -> None:
        hint = Text(
            "请登录，或带上令牌（Authorization: Bearer …）。", "Sign in, or send a token (Authorization: Bearer …)."
        )
        super().__init__(Text("没有登录。", "Nobody is signed in."), hint, code="not-signed-in")


class BadCsrf(Refusal):
    """A session's request that alters something came without the session's own token."""

    def __init__(self) -> None:
        message = Text("请求缺少本次登录的防伪令牌。", "The request lacks the session's anti-forgery token.")
        hint = Text("请把登录时得到的 csrf 放入请求头 {h}。", "Send the csrf that signing in gave as header {h}.")
        super().__init__(message, hint.format(h=CSRF_HEADER), code="bad-csrf")


class TooManyRequests(Refusal):
    """An account or address asks more often than it may."""

    def __init__(self, seconds: int) -> None:
        message = Text("请求过于频繁，请在 {n} 秒后再试。", "Too many requests; try again in {n} seconds.")
        super().__init__(message.format(n=seconds), code="too-many-requests")
        self.members = {"retry_after": seconds}


class Rates:
    """How often each account or address has asked: a bucket that holds one minute's requests and refills steadily."""

    def __init__(self, a_minute: int, clock: Callable[[], float] = time.monotonic) -> None:
        self._size, self._clock = a_minute, clock
        self._buckets: dict[str, tuple[float, float]] = {}
        self._lock = threading.Lock()

    def take(self, key: str) -> None:
        """Count one request. Errors: `TooManyRequests` where none is left."""
        now = self._clock()
        with self._lock:
            left, seen = self._buckets.pop(key, (float(self._size), now))
            left = min(self._size, left + (now - seen) * self._size / 60)
            self._buckets[key] = (max(left - 1, 0) if left >= 1 else left, now)  # put last: the order is that of use
            if len(self._buckets) > _MOST_KEPT:
                self._buckets = dict(list(self._buckets.items())[_MOST_KEPT // 2 :])
        if left < 1:
            raise TooManyRequests(int((1 - left) * 60 / self._size) + 1)


@dataclass(eq=False)
class Served:
    """What one server process serves: the workspace, its accounts and audit trail, the settings."""

    settings: Settings
    workspace: Workspace

    def __post_init__(self) -> None:
        store = self.workspace.store
        self.accounts = Accounts(store, self.settings.login_attempts, self.settings.login_pause)
        self.jobs = Jobs(
            store, self.settings.job_lease, self.settings.job_days, (uploads(self.workspace), exported(self.workspace))
        )
        self.audit, self.rates = Audit(store), Rates(self.settings.rate)
        self.followers = set[object]()  # streams of events that go on
        self._view = cache(partial(ScopedWorkspace, self.workspace))

    def close(self) -> None:
        """Let what runs end, then let go of the store."""
        try:
            self.jobs.stop(self.settings.grace)
        finally:
            self.workspace.store.close()

    def view(self, scope: Scope) -> Workspace:
        """The workspace as a scope sees it."""
        return self.workspace if scope.whole else self._view(scope)


def served(request: Request) -> Served:
    """What this process serves."""
    found: Served = request.app.state.served
    return found


@dataclass(frozen=True, eq=False)
class Caller:
    """Who asks, and the workspace as this account sees it."""

    account: Account
    served: Served
    request_id: str

    @cached_property
    def workspace(self) -> Workspace:
        """The workspace, restricted to what the account sees."""
        return self.served.view(self.account.scope)


def csrf_of(secret: str) -> str:
    """The anti-forgery token of a session: told to its owner, of no use without the cookie."""
    return hmac.new(secret.encode(), b"csrf", hashlib.sha256).hexdigest()


_BEARER = HTTPBearer(auto_error=False, scheme_name="token", description="接口令牌 · an API token")
Bearer = Annotated[Any, Depends(_BEARER)]
"""The token that a request came with, None where it came with a session."""
_SESSION = APIKeyCookie(name=COOKIE, auto_error=False, scheme_name="session", description="登录后的会话 · a session")


def caller(
    request: Request,
    house: Annotated[Served, Depends(served)],
    bearer: Bearer,
    session: Annotated[str | None, Depends(_SESSION)],
) -> Caller:
    """Who asks. Errors: `NotSignedIn`, `BadCredentials`, `BadCsrf`, `TooManyRequests`."""
    try:
        account = _account(request, house, bearer.credentials if bearer else None, session)
    except Refusal:
        house.rates.take(address(request))
        raise
    house.rates.take(account.name)
    request.state.account = account.name
    return Caller(account, house, request.state.request_id)


def _account(request: Request, house: Served, token: str | None, session: str | None) -> Account:
    if token is not None:
        return house.accounts.account_of(token, "api")
    if session is None:
        raise NotSignedIn
    account = house.accounts.account_of(session, "session")
    told = request.headers.get(CSRF_HEADER, "")
    if request.method not in SAFE and not secrets.compare_digest(told.encode(), csrf_of(session).encode()):
        raise BadCsrf
    return account


def address(request: Request) -> str:
    """Where a request comes from, as a name for counting that no account can have."""
    return f"@{request.client.host if request.client else ''}"


def allowed(permission: Permission) -> Any:
    """The dependency that gives the caller where its role has the permission; acts beyond seeing go to the audit trail.

    Errors: `NotAllowed`; those of `caller`.
    """

    def check(request: Request, who: Annotated[Caller, Depends(caller)]) -> Iterator[Caller]:
        act = f"{request.state.method} {request.url.path}"
        heard = permission in (Permission.EXPORT, Permission.CHANGE, Permission.ADMINISTER)
        audit = who.served.audit
        try:
            if permission not in who.account.role.permissions:
                raise NotAllowed
            yield who
        except Refusal as refusal:
            if heard:
                audit.note(who.account.name, act, "refused", code=refusal.code, request=who.request_id)
            raise
        except Exception:
            if heard:
                audit.note(who.account.name, act, "failed", request=who.request_id)
            raise
        if heard:
            subject = getattr(request.state, "subject", None)  # the account that the act was on
            audit.note(who.account.name, act, "done", request=who.request_id, subject=subject)

    check.permission = permission  # type: ignore[attr-defined]  # by which tests tell that every operation has one
    return Depends(check, scope="function")


Seeing = Annotated[Caller, allowed(Permission.SEE)]
Exporting = Annotated[Caller, allowed(Permission.EXPORT)]
Changing = Annotated[Caller, allowed(Permission.CHANGE)]
Administering = Annotated[Caller, allowed(Permission.ADMINISTER)]
Auditing = Annotated[Caller, allowed(Permission.AUDIT)]
Operating = Annotated[Caller, allowed(Permission.OPERATE)]
