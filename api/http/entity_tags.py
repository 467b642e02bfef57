"""Which entity tags does a header list? If-Match and If-None-Match as they are written (RFC 9110 8.8.3, 13.1.1 and 13.1.2)."""

from __future__ import annotations

import re
from collections.abc import Sequence

from fastapi import Request
from fastapi.exceptions import RequestValidationError
from starlette.datastructures import Headers

ANY = "*"
"""What stands alone in the place of tags: whatever there is."""

_TAG = re.compile(r'(?:W/)?"[\x21\x23-\x7e\x80-\xff]*"')
_PLACE = rf"[ \t]*(?:{_TAG.pattern}[ \t]*)?"  # of a list, and it may be empty (5.6.1.2)
_LIST = re.compile(rf"{_PLACE}(?:,{_PLACE})*")
_WHAT = 'Entity tags stand in quotes, as "7" or W/"9f86d0", several with commas between them; or * alone'


def entity_tags(request: Request, header: str) -> list[str]:
    """The tags that a header lists, each as it is written, `ANY` alone; none where the header is not there or empty.

    Errors: `RequestValidationError` for what is no list of tags.
    """
    found = listed(request.headers, header)
    if found is None:
        raise RequestValidationError([{"type": "entity_tag", "loc": ("header", header), "msg": _WHAT}])
    return found


def listed(headers: Headers, name: str) -> list[str] | None:
    """The same of headers alone; None for what is no list of tags."""
    written = ",".join(headers.getlist(name))
    if written.strip() == ANY:
        return [ANY]
    return _TAG.findall(written) if _LIST.fullmatch(written) else None


def holds(tags: Sequence[str], tag: str) -> bool:
    """Whether who lists those tags has what a tag names, by weak comparison (8.8.3.2): `ANY` is whatever there is."""
    return ANY in tags or tag.removeprefix("W/") in [one.removeprefix("W/") for one in tags]
