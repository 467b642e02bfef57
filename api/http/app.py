"""The HTTP API as one app: `create_app(settings)` puts routes, security and documentation together."""

from __future__ import annotations

import importlib
import pkgutil
import threading
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from typing import Any

from fastapi import APIRouter, Depends, FastAPI
from fastapi.concurrency import run_in_threadpool
from fastapi.openapi.utils import get_openapi
from pydantic import BaseModel

from api import memory
from api.accounts import Accounts
from api.http.caller import Served
from api.http.logs import configure
from api.http.metrics import Metrics
from api.http.middleware import Guard
from api.http.pages import add_pages
from api.http.parameters import known_parameters
from api.http.problems import Problem, documented, handle_problems
from api.http.reading import handle_unchanged
from api.http.semantics import HeadAsGet, Known, Packing
from api.http.settings import Settings
from api.workspace import Workspace
from graphmodel.text import Refusal, Text

PREFIX = "/api/v1"
_COMMON = (400, 401, 403, 404, 409, 413, 415, 422, 429, 500, 503)
_DESCRIPTION = """社会组织党建网络的接口 · the API of the network of Party building among social organisations.

错误均为 RFC 9457 问题说明，按 Accept-Language 用中文或英文。 · Errors are RFC 9457 problem details, in Chinese or English by
Accept-Language. 列表按游标分页。 · Lists are paged by cursor. 读取带 ETag；修改须用 If-Match 说明所基于的版本。 · Reads carry an
ETag; writes say by If-Match which revision they rest on. 未知为 null，绝不是 0 或“否”。 · Unknown is null, never 0 or no.
"""


class UsersNeeded(Refusal):
    """The server would be reached from other machines, and lacks users or the word of a TLS proxy."""

    def __init__(self, host: str, lacks: Text) -> None:
        message = Text("监听 {host} 之前还缺：{lacks}", "Before listening on {host} there must be: {lacks}")
        hint = Text(
            "用 partygraph users add 建立账号，在设置 tls_header 中写明 TLS 代理的请求头；或只在本机使用（监听本机地址，不设 hosts 与 tls_header）。",
            "Make accounts by partygraph users add, name the TLS proxy's header as setting tls_header; or stay on this machine "
            "(listen on loopback, without hosts and tls_header).",
        )
        super().__init__(message.format(host=host, lacks=lacks), hint, code="users-needed")


def refuse_unsafe(settings: Settings, accounts: Accounts) -> None:
    """Errors: `UsersNeeded` where other machines would reach a server without users or without TLS in front."""
    if settings.local:
        return
    people, header = Text("单位账号", "accounts of units"), Text("TLS 代理的请求头", "the header of a TLS proxy")
    lacks = [what for what, there in ((people, accounts.all()), (header, settings.tls_header)) if not there]
    if lacks:
        told = Text(f"{'、'.join(each.zh for each in lacks)}。", f"{' and '.join(each.en for each in lacks)}.")
        raise UsersNeeded(settings.host, told)


def create_app(settings: Settings) -> FastAPI:
    """The API over a workspace, which is opened at once and closed when the app stops.

    Errors: `UsersNeeded`; `Refusal` where the workspace or its policy cannot be used.
    """
    workspace = Workspace(settings.workspace, store=settings.store, policy=settings.policy)
    house = Served(settings, workspace)
    try:
        refuse_unsafe(settings, house.accounts)
    except Refusal:
        house.close()
        raise

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        yield
        app.state.stopping.set()
        await run_in_threadpool(house.close)

    app = FastAPI(
        title="partygraph",
        version="1",
        description=_DESCRIPTION,
        lifespan=lifespan,
        docs_url=None,
        redoc_url=None,
        openapi_url=f"{PREFIX}/openapi.json",
        generate_unique_id_function=lambda route: route.name,
        responses=documented(*_COMMON),
    )
    metrics = Metrics(lambda: workspace.network().stamp.revision)
    app.state.served, app.state.metrics, app.state.stopping = house, metrics, threading.Event()
    handle_problems(app)
    handle_unchanged(app)
    for router in _routers():
        app.include_router(router, prefix=PREFIX, dependencies=[Depends(known_parameters)])
    add_pages(app)
    app.add_middleware(Known)
    app.add_middleware(Packing, minimum_size=1000)
    app.add_middleware(HeadAsGet)
    app.add_middleware(Guard, settings=settings, metrics=metrics)
    app.openapi = lambda: openapi(app)  # type: ignore[method-assign]  # FastAPI's documented way
    return app


def app_of_worker(settings: Settings) -> FastAPI:
    """The app of a process that serves, and its log."""
    configure()
    app = create_app(settings)
    memory.settle()
    return app


def _routers() -> Iterator[APIRouter]:
    package = importlib.import_module("api.http.routes")
    for module in pkgutil.iter_modules(package.__path__):
        yield importlib.import_module(f"{package.__name__}.{module.name}").router


def openapi(app: FastAPI) -> dict[str, Any]:
    """The OpenAPI 3.1 document: FastAPI's, with problems as errors and an example in every operation."""
    if app.openapi_schema is None:
        document = get_openapi(title=app.title, version=app.version, description=app.description, routes=app.routes)
        schemas = document["components"]["schemas"]
        schemas["Problem"] = Problem.model_json_schema(ref_template="#/components/schemas/{model}")
        schemas |= schemas["Problem"].pop("$defs", {})
        for unused in ("HTTPValidationError", "ValidationError"):
            schemas.pop(unused, None)
        for name, examples in _examples():
            if name in schemas:
                schemas[name]["examples"] = examples  # FastAPI drops what is null in them
        for operations in document["paths"].values():
            for method, operation in operations.items():
                if method != "get":
                    operation["responses"].pop("304", None)
                _complete(operation, schemas)
        app.openapi_schema = document
    return app.openapi_schema


def _examples() -> Iterator[tuple[str, list[Any]]]:
    """The examples of every shape by its name."""
    shapes = [BaseModel]
    while shapes:
        shape = shapes.pop()
        shapes += shape.__subclasses__()
        extra = shape.model_config.get("json_schema_extra")
        if isinstance(extra, dict) and isinstance(examples := extra.get("examples"), list):
            yield shape.__name__, examples


def _complete(operation: dict[str, Any], schemas: dict[str, Any]) -> None:
    """Give an operation's request and success the examples of their shapes."""
    for content in operation.get("requestBody", {}).get("content", {}).values():
        form = schemas.get(content.get("schema", {}).get("$ref", "").rpartition("/")[2], {})
        form.setdefault("description", operation["description"])  # of a form, which has no shape of its own
        for field in form.get("properties", {}).values():
            for part in (field, field.get("items", {})):
                if "contentMediaType" in part:
                    part["format"] = "binary"  # by which clients know a file that have not learnt OpenAPI 3.1's way
    bodies = [response for status, response in operation["responses"].items() if status.startswith("2")]
    for content in (*bodies, operation.get("requestBody", {})):
        for media in content.get("content", {}).values():
            named = media.get("schema", {}).get("$ref", "").rpartition("/")[2]
            if examples := schemas.get(named, {}).get("examples"):
                media["example"] = examples[0]
