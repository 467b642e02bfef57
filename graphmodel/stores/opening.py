"""Which store does an address name? A path is a file of SQLite; `scheme://…` goes to the store that serves the scheme.

A store is found by its file: a class in this folder with `schemes` and `at(url)` is one, and no list is kept.
"""

from __future__ import annotations

import importlib
import os
import pkgutil
import re
from collections.abc import Iterator
from typing import Any

from graphmodel import stores
from graphmodel.stores.protocol import Store
from graphmodel.text import Refusal, Text

DEFAULT = "sqlite"


def open_store(where: str | os.PathLike[str]) -> Store:
    """The store at a path or address, made where it is a file that does not exist yet.

    Errors: `Refusal` where no store serves the scheme, beside those of the store itself.
    """
    address = os.fspath(where)
    match = re.match(r"([a-z][a-z0-9+.-]+)://", address, re.IGNORECASE)
    scheme = match[1].lower() if match else DEFAULT
    for kind in _kinds(scheme):
        store: Store = kind.at(address if match else f"{DEFAULT}://{address}")
        return store
    message = Text("不支持的数据库地址：{scheme}://", "No store serves addresses of the form {scheme}://").format(
        scheme=scheme
    )
    hint = Text("请给出文件路径，或检查地址。", "Give the path of a file, or check the address.")
    raise Refusal(message, hint, code="unknown-store")


def _kinds(scheme: str) -> Iterator[Any]:
    """Store classes that serve a scheme; the module of that name is asked first, so that no other driver is loaded."""
    names = sorted((m.name for m in pkgutil.iter_modules(stores.__path__)), key=lambda name: name != scheme)
    for name in names:
        module = importlib.import_module(f"{stores.__name__}.{name}")
        yield from (kind for kind in vars(module).values() if scheme in getattr(kind, "schemes", ()))
