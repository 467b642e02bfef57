"""Which parameters does an address have? Others are refused: a misspelt filter that were ignored would answer for everything."""

from __future__ import annotations

from collections.abc import Iterator

from fastapi import Request
from fastapi.dependencies.models import Dependant
from fastapi.exceptions import RequestValidationError
from fastapi.routing import APIRoute


def known_parameters(request: Request) -> None:
    """Errors: `RequestValidationError` for what stands after `?` and is no parameter of the operation."""
    route: APIRoute = request.scope["route"]
    unknown = sorted(set(request.query_params).difference(_named(route.dependant)))
    if unknown:
        faults = [
            {"type": "extra_forbidden", "loc": ("query", name[:60]), "msg": "Extra inputs are not permitted"}
            for name in unknown
        ]
        raise RequestValidationError(faults)


def _named(part: Dependant) -> Iterator[str]:
    yield from (field.alias for field in part.query_params)
    for inner in part.dependencies:
        yield from _named(inner)
