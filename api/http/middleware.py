"""What happens to every request? A number, limits, checks of host and TLS, headers that browsers obey, one line in the log."""

from __future__ import annotations

import ipaddress
import logging
import re
import secrets
import time

from fastapi import Request
from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.http.metrics import Metrics
from api.http.problems import failure_response, problem_response
from api.http.settings import Settings
from graphmodel.text import Refusal, Text

LOG = logging.getLogger("partygraph.http")
NO_CONTENT = 204
GONE = 499  # in log and metrics: the client went away before it was answered
_METHODS = frozenset(
    {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"}
)  # what else is sent is counted as one
_HEALTH = ("/api/v1/health/live", "/api/v1/health/ready")
"""What a proxy or a container's keeper asks by itself, without the headers of a visitor; neither tells anything."""
UPLOADS = re.compile(r"/api/v1/(imports|plans/[^/]+/workbook)")
"""Where bodies may be as large as an upload."""

HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
        "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
}
_TLS_HEADERS = {"Strict-Transport-Security": "max-age=31536000; includeSubDomains"}


class TooLarge(Refusal):
    """A request's body is larger than the server takes."""

    def __init__(self, limit: int) -> None:
        message = Text("请求内容超过 {n} 字节。", "The request is larger than {n} bytes.").format(n=limit)
        super().__init__(message, Text("请分批提交。", "Send it in parts."), code="too-large")


class BadHost(Refusal):
    """A request names a host that the server does not serve, as in DNS rebinding."""

    def __init__(self) -> None:
        message = Text("本服务器不以这个主机名提供服务。", "The server is not known by this host name.")
        super().__init__(message, Text("请在设置 hosts 中加入它。", "Add it to the setting hosts."), code="bad-host")


class TlsRequired(Refusal):
    """A request came without the word of the TLS proxy that it was encrypted."""

    def __init__(self) -> None:
        message = Text("须经由 TLS 代理（https）访问。", "The server is reached by https, through its TLS proxy only.")
        super().__init__(message, code="tls-required")


class Guard:
    """Numbers a request, checks host, TLS and size, adds headers, logs and counts: pure ASGI, so that streams stay streams."""

    def __init__(self, app: ASGIApp, settings: Settings, metrics: Metrics) -> None:
        self._app, self._settings, self._metrics = app, settings, metrics
        self._headers = HEADERS if settings.local else {**HEADERS, **_TLS_HEADERS}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """See ASGI."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        number, begun = secrets.token_hex(8), time.perf_counter()
        scope.setdefault("state", {}).update(request_id=number, method=scope["method"])
        request, status = Request(scope, receive), GONE

        async def answer(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                headers = MutableHeaders(scope=message)
                headers["X-Request-ID"] = number
                for name, value in self._headers.items():
                    headers.setdefault(name, value)
                headers.setdefault("Cache-Control", "no-store")
                if status == NO_CONTENT:
                    del headers["Content-Type"]  # of no content; FastAPI names one all the same
            await send(message)

        try:
            await self._pass_on(request, receive, answer)
        except Exception as fault:
            if status != GONE:  # part of the answer is out
                raise
            refused = problem_response(request, fault) if isinstance(fault, Refusal) else None
            await (refused or failure_response(request, fault))(scope, receive, answer)
        finally:
            seconds = time.perf_counter() - begun
            route = getattr(scope.get("route"), "path", "–")
            method = scope["method"] if scope["method"] in _METHODS else "–"
            self._metrics.count(method, route, status, seconds)
            account = scope["state"].get("account", "–")
            told = {"request": number, "method": method, "route": route, "status": status, "account": account}
            LOG.info("request", extra={**told, "ms": round(seconds * 1000, 1)})

    async def _pass_on(self, request: Request, receive: Receive, answer: Send) -> None:
        self._check(request)
        body = _Body(self._limit(request), receive)

        async def unless_too_large(message: Message) -> None:
            if not body.too_large:
                await answer(message)

        await self._app(request.scope, body.give, unless_too_large)
        if body.too_large:
            raise TooLarge(body.limit)

    def _check(self, request: Request) -> None:
        if request.url.path in _HEALTH:
            return
        host = _host(request.headers.get("host", ""))
        if host != "localhost" and not _is_loopback(host) and host not in (*self._settings.hosts, self._settings.host):
            raise BadHost
        header = self._settings.tls_header
        if not self._settings.local and header and request.headers.get(header, "").lower() != "https":
            raise TlsRequired

    def _limit(self, request: Request) -> int:
        """How large the body may be. Errors: `TooLarge` where it says itself that it is larger."""
        upload = UPLOADS.fullmatch(request.url.path)
        limit = self._settings.upload_limit if upload else self._settings.body_limit
        stated = request.headers.get("content-length", "")
        if stated.isdecimal() and int(stated) > limit:
            raise TooLarge(limit)
        return limit


class _Body:
    """A request's body as it comes, up to a limit; whoever reads on beyond is cut off, and what it answers is not sent."""

    def __init__(self, limit: int, receive: Receive) -> None:
        self.limit, self.too_large = limit, False
        self._receive, self._taken = receive, 0

    async def give(self) -> Message:
        """See ASGI's receive."""
        message = await self._receive()
        self._taken += len(message.get("body", b""))
        if self._taken > self.limit:
            self.too_large = True
            raise TooLarge(self.limit)
        return message


def _host(header: str) -> str:
    if header.startswith("["):
        return header[1:].partition("]")[0]
    return header.partition(":")[0].lower()


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
