"""Why can a JSON body not be taken, beside its grammar and the shape that it should have? Not text, too deep, or ambiguous."""

from __future__ import annotations

import json
from collections import Counter
from typing import Any

_Place = tuple[str | int, ...]
_TWICE = object()
"""Stands for the values of a member that is given more than once."""


def unreadable(cause: BaseException | None) -> dict[str, Any] | None:
    """What hindered a body from being read as JSON, beside its grammar, which FastAPI tells by itself."""
    if isinstance(cause, UnicodeDecodeError):
        return {"type": "not_utf8", "loc": ("body", cause.start), "msg": "Not encoded as UTF-8"}
    if isinstance(cause, RecursionError):
        return {"type": "too_deep", "loc": ("body",), "msg": "Nested too deeply"}
    if isinstance(cause, ValueError):  # Python reads no number of more than 4300 digits
        return {"type": "int_parsing_size", "loc": ("body",), "msg": "A number is too large"}
    return None


def given_twice(written: bytes | str, *where: str) -> list[dict[str, Any]]:
    """The members that an object has more than once, wherever it stands, by their places from `where` on.

    Of such a member every reader keeps what it likes (RFC 8259 4): ours would keep the last, and drop the others unsaid.
    What cannot be read is told by whoever reads it. Cost: linear; parses the text.
    """
    ambiguous = False

    def noted(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        nonlocal ambiguous
        members = dict(pairs)
        if len(members) < len(pairs):
            ambiguous = True
            members |= {name: _TWICE for name, times in Counter(name for name, _ in pairs).items() if times > 1}
        return members

    try:
        read = json.loads(written, object_pairs_hook=noted)
    except (ValueError, RecursionError):
        return []
    return [
        {"type": "given_twice", "loc": (*where, *at), "msg": "Given more than once"}
        for at in (_places(read) if ambiguous else ())
    ]


def _places(read: Any) -> list[_Place]:
    """Where `_TWICE` stands, in the order of the text."""
    found, left = list[_Place](), list[tuple[_Place, Any]]([((), read)])
    while left:
        at, value = left.pop()
        if value is _TWICE:
            found.append(at)
        inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
        left += reversed([((*at, name[:60] if isinstance(name, str) else name), each) for name, each in inner])
    return found
