"""What is a read of? A revision, a day and a policy as the caller sees them; unchanged answers are not sent again."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Annotated, Any

from fastapi import Depends, FastAPI, Query, Request, Response

import api
from api.http.caller import Caller, Seeing
from api.http.entity_tags import ANY, entity_tags, holds
from api.http.problems import language_of
from api.policy_words import policy_changes
from graphmodel.network import Network
from queries.context import Context
from queries.pushed_down import Engine

LARGEST = 2**31 - 1

Revision = Annotated[
    int | None, Query(ge=0, le=LARGEST, description="某一版，默认最新 · an earlier revision; the newest by default")
]
Day = Annotated[
    dt.date | None, Query(description="以某日为今天 · the day that counts as today; the data's own by default")
]
Changes = Annotated[
    list[str],
    Query(
        alias="set",
        default_factory=list,
        max_length=50,
        description="改用其他政策参数，写作 参数=值 · policy parameters replaced, as name=value",
        examples=[["branch_min_members=5"]],
    ),
]
Cursor = Annotated[
    str | None, Query(max_length=4000, description="上一页给出的游标 · the cursor that the page before gave")
]
Limit = Annotated[
    int,
    Query(
        ge=1,
        le=10_000,
        description="每页最多条数，不超过服务器的 page_limit · most items of a page; never more than the server's page_limit",
    ),
]

UNCHANGED: dict[int | str, dict[str, Any]] = {
    304: {"description": "没有变化 · unchanged since the ETag of If-None-Match"}
}
"""What reads that carry an ETag may answer besides, for the OpenAPI document."""


class Unchanged(Exception):
    """What the caller has is what it would be given."""

    def __init__(self, tag: str) -> None:
        super().__init__(tag)
        self.tag = tag


def handle_unchanged(app: FastAPI) -> None:
    """Let reads of what the caller has already answer 304."""

    def unchanged(_: Request, found: Exception) -> Response:
        assert isinstance(found, Unchanged)
        return Response(status_code=304, headers=_headers(found.tag))

    app.add_exception_handler(Unchanged, unchanged)


def _headers(tag: str) -> dict[str, str]:
    return {"ETag": tag, "Cache-Control": "private, no-cache", "Vary": "Accept-Language, Authorization, Cookie"}


_SOURCES = ("graphmodel", "loaders", "queries", "planning", "visualizations", "api", "policies")


@cache
def _program() -> str:
    """A digest of the program: another one may tell the same data otherwise, and browsers keep what they were told."""
    found = hashlib.sha256()
    root = Path(api.__file__).parent.parent
    for path in sorted(p for name in _SOURCES for p in (root / name).rglob("*") if p.suffix in (".py", ".toml")):
        found.update(path.read_bytes())
    return found.hexdigest()


def give_tag(request: Request, response: Response, who: Caller, *rests_on: object) -> None:
    """Name the answer by all that it rests on, beside program, address, role, body and language.

    Errors: `Unchanged` where the caller has it already, unless that is said by `*`: whether there is anything is not known
    yet, and `semantics.Known` tells of it.
    """
    scope = who.account.scope
    parts = [
        _program(), request.url.path, sorted(request.query_params.multi_items()), who.account.role, str(scope.body), scope.members,
        language_of(request), *rests_on,
    ]  # fmt: skip
    text = json.dumps(parts, default=str, ensure_ascii=False)
    tag = f'W/"{hashlib.sha256(text.encode()).hexdigest()[:32]}"'
    held = entity_tags(request, "if-none-match") if request.method in ("GET", "HEAD") else []
    if held != [ANY] and holds(held, tag):
        raise Unchanged(tag)
    response.headers.update(_headers(tag))


@dataclass(frozen=True, eq=False)
class Reading:
    """A read of the network: by whom, and the network as that account sees it."""

    who: Caller
    network: Network


def reading(request: Request, response: Response, who: Seeing, revision: Revision = None) -> Reading:
    """The network that is read. Errors: `NoSuchRevision`, `Unchanged`, before anything is read from the store."""
    stamp = who.workspace.stamp(revision)
    give_tag(request, response, who, stamp)
    return Reading(who, who.workspace.network(stamp.revision))


@dataclass(frozen=True, eq=False)
class Asking:
    """A question's context: by whom, and the network, policy and day as that account sees them."""

    who: Caller
    context: Context


def _nothing() -> tuple[object, ...]:
    return ()


def asking(beside: Callable[..., Sequence[object]] = _nothing) -> Any:
    """The dependency that gives what is asked of; `beside` one that gives what else the answer rests on.

    Its errors: `NoSuchRevision`, `PolicyRefused`, an empty workspace; `Unchanged`, before anything is read or computed.
    """

    def asked(
        request: Request,
        response: Response,
        who: Seeing,
        changes: Changes,
        revision: Revision = None,
        day: Day = None,
        rests_on: Any = Depends(beside),  # noqa: B008 - an annotation could not name it
    ) -> Iterator[Asking]:
        workspace = who.workspace
        stamp = workspace.stamp(revision)
        values, today = workspace.rules(stamp, day, **policy_changes(changes))
        give_tag(request, response, who, stamp, values.digest, today, *rests_on)
        with workspace.passing(workspace.under(stamp.revision, values, today)) as context:
            yield Asking(who, context)

    return Depends(asked, scope="function")


Read = Annotated[Reading, Depends(reading)]
Asked = Annotated[Asking, asking()]


Engined = Annotated[
    Engine,
    Query(
        description="在本进程计算，或由存放数据的 Neo4j 自己回答最新一版 · "
        "answered in this process, or, of the newest revision, by the Neo4j that holds the data"
    ),
]


def page_size(who: Caller, wanted: int) -> int:
    """How many items a page may have."""
    return min(wanted, who.served.settings.page_limit)
