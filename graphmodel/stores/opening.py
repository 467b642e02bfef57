"""Which store does an address name? A path is a file of SQLite; `scheme://…` goes to the store that serves the scheme.

A store is found by its file: a class in this folder with `schemes` and `at(url)` is one, and no list is kept.
"""

from __future__ import annotations

import importlib
import os
import pkgutil
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from graphmodel import stores
from graphmodel.stores.protocol import Store
from graphmodel.text import Refusal, Text

DEFAULT = "sqlite"


class NoStore(Refusal):
    """There is no file at a path that ought to hold a store."""

    def __init__(self, path: str) -> None:
        message = Text("没有这个工作区或数据库：{path}", "There is no such workspace or store: {path}")
        hint = Text(
            "请检查 --workspace（或 --store）的拼写；还没有时，先导入台账（partygraph import 文件），或试用示例（partygraph demo）。",
            "Check the spelling of --workspace (or --store). Where there is none yet, import a ledger first "
            "(partygraph import FILE), or try the example (partygraph demo).",
        )
        super().__init__(message.format(path=path), hint, code="no-store")


def open_store(where: str | os.PathLike[str], *, create: bool = True) -> Store:
    """The store at a path or address; where it is a file that does not exist yet, `create` makes it.

    Errors: `NoStore`; `Refusal` where no store serves the scheme, beside those of the store itself.
    """
    address = os.fspath(where)
    match = re.match(r"([a-z][a-z0-9+.-]+)://", address, re.IGNORECASE)
    scheme = match[1].lower() if match else DEFAULT
    path = address[match.end() :] if match else address
    if scheme == DEFAULT and not create and not Path(path).is_file():
        raise NoStore(path)
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
