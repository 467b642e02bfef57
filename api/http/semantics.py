"""What does HTTP itself promise of every address? HEAD beside GET, nothing sent again or packed for those who refuse it (RFC 9110)."""

from __future__ import annotations

from starlette.datastructures import Headers, MutableHeaders
from starlette.middleware.gzip import GZipMiddleware
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.http.entity_tags import holds, listed
from api.http.weights import weights


class HeadAsGet:
    """Answers HEAD as GET would be, without the content (9.3.2).

    Whoever asks so has heard all that it wants with the headers: what is sent for long is told that nobody listens.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """See ASGI."""
        if scope["type"] != "http" or scope["method"] != "HEAD":
            await self._app(scope, receive, send)
            return
        asked, told = {**scope, "method": "GET"}, False

        async def from_client() -> Message:
            return {"type": "http.disconnect"} if told else await receive()

        async def without_content(message: Message) -> None:
            nonlocal told
            if message["type"] == "http.response.body":
                told, message = True, {**message, "body": b""}
            await send(message)

        try:
            await self._app(asked, from_client, without_content)
        finally:
            scope["route"] = asked.get("route")  # which log and metrics name


class Known:
    """Answers 304 to those who have already what an address gives, by the entity tag of the answer (13.1.2).

    What is told from what an answer rests on, before it is made, comes here as 304 already.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """See ASGI."""
        held = listed(Headers(scope=scope), "if-none-match") if scope["type"] == "http" else None
        if not held or scope["method"] != "GET":
            await self._app(scope, receive, send)
            return
        known = False

        async def unless_known(message: Message) -> None:
            nonlocal known
            if message["type"] == "http.response.start" and message["status"] == 200:
                headers = MutableHeaders(scope=message)
                known = "etag" in headers and holds(held, headers["etag"])
                if known:
                    message["status"] = 304
                    del headers["Content-Type"], headers["Content-Length"]
            elif known:
                message = {**message, "body": b""}
            await send(message)

        await self._app(scope, receive, unless_known)


class Packing(GZipMiddleware):
    """Packs answers for those who accept gzip; `gzip;q=0` says that one does not (12.5.3), which Starlette takes for the contrary."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """See ASGI."""
        if scope["type"] == "http" and not weights(Headers(scope=scope).get("accept-encoding", "")).get("gzip"):
            scope["headers"] = [header for header in scope["headers"] if header[0] != b"accept-encoding"]
        await super().__call__(scope, receive, send)
