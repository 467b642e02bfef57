"""What does HTTP itself promise of every address? HEAD beside GET, and nothing packed for those who refuse it (RFC 9110)."""

from __future__ import annotations

from starlette.datastructures import Headers
from starlette.middleware.gzip import GZipMiddleware
from starlette.types import ASGIApp, Message, Receive, Scope, Send

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


class Packing(GZipMiddleware):
    """Packs answers for those who accept gzip; `gzip;q=0` says that one does not (12.5.3), which Starlette takes for the contrary."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """See ASGI."""
        if scope["type"] == "http" and not weights(Headers(scope=scope).get("accept-encoding", "")).get("gzip"):
            scope["headers"] = [header for header in scope["headers"] if header[0] != b"accept-encoding"]
        await super().__call__(scope, receive, send)
