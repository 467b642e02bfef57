"""On which line of a TOML file does a key stand? The standard parser gives values only."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

_STRING_OR_COMMENT = re.compile(
    r'"""(?:\\.|(?!""").)*"{3,5}' r"|'''(?:(?!''').)*'{3,5}" r'|"(?:\\.|[^"\\\n])*"' r"|'[^'\n]*'" r"|#[^\n]*",
    re.DOTALL,
)
_HEADER = re.compile(r"\s*(\[\[?)\s*([\w-]+)\s*(?:\.\s*([\w-]+))?.*?\]")
_KEY = re.compile(r"\s*([\w-]+)\s*[.=]")


@dataclass(slots=True)
class Block:
    """One `[[name]]` block: the line it begins on and the line of each of its keys."""

    line: int
    keys: dict[str, int] = field(default_factory=dict)


def locate(text: str, array: str) -> tuple[dict[str, int], list[Block]]:
    """Lines (from 1) of the top-level keys, and of every `[[array]]` block in order.

    `text` is TOML that parses. A key written in quotes is not found; callers fall back to its block's line.
    """
    top: dict[str, int] = {}
    blocks: list[Block] = []
    keys: dict[str, int] | None = top  # where the keys of the present table are noted; None inside a sub-table
    plain = _STRING_OR_COMMENT.sub(lambda m: '"' + "\n" * m[0].count("\n"), text)  # no key hides inside a string
    for number, line in enumerate(plain.split("\n"), start=1):
        if header := _HEADER.match(line):
            opening, name, below = header.groups()
            if name == array and opening == "[[" and below is None:
                blocks.append(Block(number))
                keys = blocks[-1].keys
            else:
                if name == array and below is not None and blocks:
                    blocks[-1].keys.setdefault(below, number)
                elif name != array:
                    top.setdefault(name, number)
                keys = None
        elif keys is not None and (key := _KEY.match(line)):
            keys.setdefault(key[1], number)
    return top, blocks
