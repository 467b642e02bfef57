"""Where are the web pages? Files of the package, served beside the API; a browser asks for nothing from anywhere else."""

from __future__ import annotations

from pathlib import Path

from fastapi import FastAPI, Response
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

import visualizations
from graphmodel.text import Text

WEB = Path(visualizations.__file__).parent / "web"
_RUNTIME = WEB / "vendor" / "runtime.js"
_NOT_MADE = Text(
    "网页所用的库尚未取得：请运行 make pages。接口可以照常使用。",
    "The libraries of the pages were not fetched: run `make pages`. The API works without them.",
)


class _Pages(StaticFiles):
    """Files that browsers ask about again each time, since they change with the program."""

    async def get_response(self, path: str, scope: Scope) -> Response:
        response = await super().get_response(path, scope)
        response.headers["Cache-Control"] = "no-cache"
        return response


def add_pages(app: FastAPI) -> None:
    """Serve the pages at `/`; where their libraries were not fetched, say how to."""
    if _RUNTIME.is_file():
        app.mount("/", _Pages(directory=WEB, html=True), name="pages")
        return

    @app.get("/", include_in_schema=False)
    def not_made() -> Response:
        return Response(_NOT_MADE.both(), 503, media_type="text/plain; charset=utf-8")
