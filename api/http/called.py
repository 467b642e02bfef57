"""What is a file called where it is saved? By a name in the reader's language, and by one in ASCII for what knows no other."""

from __future__ import annotations

import re
from typing import Annotated, Final
from urllib.parse import quote

from fastapi import Depends, Query, Request

from api.http.problems import language_of
from graphmodel.text import Language, Text

LONGEST: Final = 80  # characters of a name without its ending
_UNFIT = re.compile(r"[^\w.()（）“”、，· -]+")
_UNFIT_IN_ASCII = re.compile(r"[^A-Za-z0-9._-]+")


def _language(
    request: Request,
    language: Annotated[
        Language | None,
        Query(
            description="文件名的语言，默认看 Accept-Language · in which the file is called; else by Accept-Language"
        ),
    ] = None,
) -> Language:
    return language or language_of(request)


NamedIn = Annotated[Language, Depends(_language)]
"""The language of a file's name, which a link in a page can say in its address alone."""


def saved_as(name: Text, ending: str, language: Language) -> str:
    """The Content-Disposition of a file (RFC 6266), called in a language and in ASCII by its English name.

    What is no character of a file's name, such as a quote, a slash, a control character or one that turns the direction of
    reading, becomes "-", and a long name is cut, so that nothing in it ends the header or leaves the folder.
    """
    told, plain = _fit(_UNFIT, name.in_language(language)), _fit(_UNFIT_IN_ASCII, name.en)
    return f"attachment; filename=\"{plain}{ending}\"; filename*=UTF-8''{quote(told + ending, safe='')}"


def _fit(unfit: re.Pattern[str], name: str) -> str:
    return unfit.sub("-", name)[:LONGEST].strip("-. ") or "file"
