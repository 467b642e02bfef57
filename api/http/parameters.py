"""Which parameters does a request have? Others are refused: a misspelt filter that were ignored would answer for everything."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, get_args, get_origin

from fastapi import Request
from fastapi.dependencies.models import Dependant
from fastapi.exceptions import RequestValidationError
from fastapi.params import Form
from fastapi.routing import APIRoute

from api.http.bodies import given_twice


async def known_parameters(request: Request) -> None:
    """Errors: `RequestValidationError` for what stands after `?`, or in a form, and is none of the operation's, or comes twice.

    Of one that comes twice a server has to choose; only those that are lists may. The same goes for the members of objects in
    a JSON body, whose names its shape knows.
    """
    route: APIRoute = request.scope["route"]
    faults = list(
        _faults("query", request.query_params.multi_items(), _fields(route.dependant, lambda p: p.query_params))
    )
    if fields := _fields(route.dependant, lambda part: [p for p in part.body_params if isinstance(p.field_info, Form)]):
        faults += _faults("body", (await request.form()).multi_items(), fields)
    elif (
        route.body_field and "json" in request.headers.get("content-type", "").lower()
    ):  # of other content there is no reading
        faults += given_twice(await request.body(), "body")
    if faults:
        raise RequestValidationError(faults)


def form_example(**values: Any) -> dict[str, Any]:
    """What the request of a form may look like, for the OpenAPI document: a form has no shape of its own to say so."""
    return {"requestBody": {"content": {"multipart/form-data": {"example": values}}}}


def _faults(where: str, given: list[tuple[str, Any]], known: dict[str, bool]) -> Iterator[dict[str, Any]]:
    names = [name for name, _ in given]
    for name in sorted(set(names)):
        if name not in known:
            yield {"type": "extra_forbidden", "loc": (where, name[:60]), "msg": "Extra inputs are not permitted"}
        elif names.count(name) > 1 and not known[name]:
            yield {"type": "given_twice", "loc": (where, name), "msg": "Given more than once"}


def _fields(part: Dependant, of: Callable[[Dependant], list[Any]]) -> dict[str, bool]:
    """The names of what an operation takes, and whether each is a list."""
    found = {field.alias: _is_list(field.field_info.annotation) for field in of(part)}
    for inner in part.dependencies:
        found |= _fields(inner, of)
    return found


def _is_list(annotation: Any) -> bool:
    return get_origin(annotation) is list or any(get_origin(each) is list for each in get_args(annotation))
