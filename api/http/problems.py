"""What went wrong? Every error as an RFC 9457 problem, in the reader's language; here refusals become statuses."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from typing import Any

from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.routing import iter_route_contexts
from pydantic import BaseModel, ConfigDict, Field
from starlette.exceptions import HTTPException
from starlette.routing import Route

from api.http.bodies import unreadable
from api.http.faults import why
from api.http.weights import weights
from graphmodel.text import Language, Refusal, Text

MEDIA_TYPE = "application/problem+json"
LOG = logging.getLogger("partygraph.http")

_UNPROCESSABLE = 422
_STATUSES = {
    401: ("not-signed-in", "bad-credentials"),
    403: ("restricted", "not-allowed", "district-only", "bad-csrf", "tls-required", "bad-host"),
    404: (
        "no-such-node",
        "no-such-question",
        "no-such-revision",
        "no-such-case",
        "no-such-job",
        "files-gone",
        "no-such-plan",
        "no-such-account",
        "no-such-token",
        "not-found",
    ),
    405: ("method-not-allowed",),
    409: (
        "conflict",
        "revision-moved",
        "no-revision-listed",
        "record-moved",
        "dangling-edge",
        "case-closed",
        "bad-case-state",
        "empty-workspace",
        "rows-rejected",
        "code-taken",
        "not-empty",
        "job-ended",
        "job-not-done",
        "account-exists",
        "own-account",
        "key-reused",
        "key-in-use",
        "decision-moved",
        "cannot-apply",
        "nothing-accepted",
        "not-accepted",
    ),
    413: ("too-large",),
    415: ("unsupported-media-type",),
    428: ("revision-needed",),
    429: ("too-many-requests", "too-many-attempts", "too-many-jobs"),
    500: ("failed",),
    503: ("store-busy", "store-closed", "store-failed", "not-our-store", "newer-store", "stopping"),
}
_STATUS_OF = {code: status for status, codes in _STATUSES.items() for code in codes}
_CODE_OF = {404: "not-found", 405: "method-not-allowed", 415: "unsupported-media-type"}
_METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE")

_TITLES = {
    400: Text("请求有误", "Bad request"),
    401: Text("请先登录", "Please sign in"),
    403: Text("不允许", "Not allowed"),
    404: Text("没有找到", "Not found"),
    405: Text("不支持这种方法", "Method not allowed"),
    409: Text("与现状冲突", "Conflict with what is there"),
    413: Text("内容过大", "Too large"),
    415: Text("不支持这种内容", "Unsupported content"),
    422: Text("输入未被接受", "Input refused"),
    428: Text("须说明基于哪一版", "The expected revision is needed"),
    429: Text("请求过于频繁", "Too many requests"),
    500: Text("服务器出错", "The server failed"),
    503: Text("暂时无法使用", "Not available now"),
}


_HINTS = {
    "no-such-node": Text("用 /api/v1/search 查找。", "Look it up at /api/v1/search."),
    "no-such-question": Text("全部问题见 /api/v1/questions。", "All questions are at /api/v1/questions."),
    "no-such-plan": Text("方案见 /api/v1/plans。", "Plans are at /api/v1/plans."),
    "no-such-body": Text(
        "写全名，或写地址 类型/标识；可用 /api/v1/search 查找。",
        "Give the full name, or type/id; /api/v1/search finds it.",
    ),
    "decision-moved": Text(
        "这些决定未被覆盖。请重新读取方案；看过之后确要更改的，在各项的 seen 中写上其 version。",
        "These stand as they are. Read the plan again; having seen it, to change them send each one's version as seen.",
    ),
    "nothing-accepted": Text(
        "先在 /api/v1/plans/{name}/decisions 采纳。", "Accept some first at /api/v1/plans/{name}/decisions."
    ),
    "no-such-case": Text("先在 /api/v1/cases 立案。", "Open it first at /api/v1/cases."),
    "rows-rejected": Text(
        "请更正后重新上传；或以 accept_valid 只存通过的行。",
        "Correct them and send them again, or store the valid rows by accept_valid.",
    ),
    "nothing-supposed": Text("可假设的见 /api/v1/openapi.json。", "What can be supposed is in /api/v1/openapi.json."),
}
"""What to do about a refusal whose own hint is for the shell, by code."""


class Fault(BaseModel):
    """One wrong part of a request."""

    where: str = Field(description="在哪里 · where: query, path, header or body, then the names down to the value")
    why: str = Field(description="原因 · why, in the reader's language")


class Problem(BaseModel):
    """What is wrong, RFC 9457: `code` is for programs, `detail` and `hint` are for people."""

    model_config = ConfigDict(
        extra="allow",
        json_schema_extra={
            "examples": [
                {
                    "type": "urn:partygraph:problem:no-such-node",
                    "title": "没有找到",
                    "status": 404,
                    "detail": "没有街道“510104999”。",
                    "code": "no-such-node",
                    "hint": "用 /api/v1/search 查找。",
                    "instance": "urn:partygraph:request:0f4c2a",
                }
            ]
        },
    )

    type: str = Field(description="问题类型 · urn:partygraph:problem: and the code")
    title: str = Field(description="类别 · the kind of problem, in the reader's language")
    status: int = Field(description="HTTP 状态 · the status", ge=400, le=599)
    detail: str = Field(description="说明 · what is wrong with this request")
    code: str = Field(description="编号 · stable, for programs")
    hint: str | None = Field(default=None, description="办法 · what to do")
    instance: str | None = Field(default=None, description="请求编号 · names the request, as the log does")
    errors: list[Fault] | None = Field(default=None, description="逐项 · every wrong part of the request")


def language_of(request: Request) -> Language:
    """The language that the reader prefers by Accept-Language; Chinese where nothing is said."""
    best: tuple[float, Language] = (0.0, "zh")
    for name, weighed in weights(request.headers.get("accept-language", "")).items():
        language = name.split("-")[0]
        if weighed > best[0] and language in ("zh", "en"):
            best = (weighed, "en" if language == "en" else "zh")
    return best[1]


def status_of(refusal: Refusal) -> int:
    """The status that a refusal answers with: 422 for input that cannot be taken, unless its code says otherwise."""
    return _STATUS_OF.get(refusal.code, _UNPROCESSABLE)


def problem_response(
    request: Request,
    refusal: Refusal,
    *,
    status: int | None = None,
    errors: list[Fault] | None = None,
    headers: dict[str, str] | None = None,
) -> Response:
    """A refusal as the answer to a request; what a refusal carries as `members` is added for programs."""
    status = status or status_of(refusal)
    language = language_of(request)
    number = getattr(request.state, "request_id", None)
    members: dict[str, Any] = getattr(refusal, "members", {})
    hint = _HINTS.get(refusal.code, refusal.hint) if refusal.hint and _of_shell(refusal.hint) else refusal.hint
    problem = Problem(
        type=f"urn:partygraph:problem:{refusal.code}",
        title=_TITLES.get(status, _TITLES[400]).in_language(language),
        status=status,
        detail=refusal.message.in_language(language),
        code=refusal.code,
        hint=hint and hint.in_language(language),
        instance=number and f"urn:partygraph:request:{number}",
        errors=errors,
        **members,
    )
    told = {"Content-Language": language, "Vary": "Accept-Language", "Cache-Control": "no-store", **(headers or {})}
    if wait := members.get("retry_after"):
        told["Retry-After"] = str(wait)
    if status == 401:
        told["WWW-Authenticate"] = 'Bearer realm="partygraph"'
    return Response(problem.model_dump_json(exclude_none=True), status, told, MEDIA_TYPE)


def _of_shell(hint: Text) -> bool:
    return "partygraph " in hint.en or " --" in hint.en


def _refused(request: Request, refusal: Exception) -> Response:
    assert isinstance(refusal, Refusal)
    return problem_response(request, refusal)


def _invalid(request: Request, fault: Exception) -> Response:
    assert isinstance(fault, RequestValidationError)
    if any(e["loc"] == ("body",) and isinstance(e.get("input"), bytes) for e in fault.errors()):
        message = Text("请求内容须为 JSON。", "The request's content must be JSON.")
        hint = Text("请写明请求头 Content-Type: application/json。", "Send the header Content-Type: application/json.")
        return problem_response(request, Refusal(message, hint, code="unsupported-media-type"))
    language = language_of(request)
    errors = [Fault(where=_place(e["loc"]), why=why(e, language)) for e in fault.errors()[:20]]
    places = list(dict.fromkeys(error.where for error in errors))
    message = Text(
        f"请求中这些部分有误：{'、'.join(places)}", f"These parts of the request are wrong: {', '.join(places)}"
    )
    hint = Text("请对照 /api/v1/openapi.json。", "Compare with /api/v1/openapi.json.")
    return problem_response(request, Refusal(message, hint, code="invalid-request"), errors=errors)


def _place(names: Sequence[str | int]) -> str:
    """The names down to a value; half a character in one, which JSON can write and UTF-8 cannot, is `?`."""
    return ".".join(map(str, names)).encode(errors="replace").decode()


def _http(request: Request, fault: Exception) -> Response:
    assert isinstance(fault, HTTPException)
    if (unread := unreadable(fault.__cause__)) is not None:
        return _invalid(request, RequestValidationError([unread]))
    status, headers, methods = fault.status_code, dict(fault.headers or {}), _methods(request)
    if status == 405 or (status == 404 and methods):  # the pages, which are asked for all else, have no file there
        status, headers = 405, {"Allow": ", ".join(methods or ("GET", "HEAD"))}
    refusal = Refusal(_TITLES.get(status, _TITLES[400]), code=_CODE_OF.get(status, "bad-request"))
    return problem_response(request, refusal, status=status, headers=headers)


def _methods(request: Request) -> list[str]:
    """The methods that an address of the API has; none of what is no address of it."""
    routes = [each for each in iter_route_contexts(request.app.routes) if isinstance(each.original_route, Route)]
    found = {method for each in routes if each.path_regex.match(request.url.path) for method in each.methods or ()}
    return [method for method in _METHODS if method in found or (method == "HEAD" and "GET" in found)]


def failure_response(request: Request, fault: Exception) -> Response:
    """The answer to a request in which a fault of ours came up: the log has where, not the values it happened with."""
    LOG.error("failed", extra={"fault": type(fault).__name__, "at": _places(fault)})
    message = Text("服务器内部出错，已记入日志。", "The server failed; the log has where.")
    hint = Text("请把请求编号告诉管理员。", "Tell the administrator the number of the request.")
    return problem_response(request, Refusal(message, hint, code="failed"))


def _places(fault: Exception) -> list[str]:
    places, trace = [], fault.__traceback__
    while trace is not None:
        code = trace.tb_frame.f_code
        places.append(f"{code.co_filename.rsplit('/', 1)[-1]}:{trace.tb_lineno} {code.co_name}")
        trace = trace.tb_next
    return places[-8:]


def handle_problems(app: FastAPI) -> None:
    """Let every refusal of an app answer as a problem; faults are answered outside of it, by `middleware.Guard`."""
    app.add_exception_handler(Refusal, _refused)
    app.add_exception_handler(RequestValidationError, _invalid)
    app.add_exception_handler(HTTPException, _http)


def documented(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """The statuses that an operation may answer with beside its success, for the OpenAPI document."""
    content = {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}}
    return {status: {"description": _TITLES[status].both(), "content": content} for status in statuses}
