"""What was done, in words? Acts of the audit trail as people read them: of a request, what its operation says of itself."""

from __future__ import annotations

import re

from fastapi import FastAPI

from graphmodel.text import Text

_OF_NO_REQUEST = {
    "sign in": Text("登录", "sign in"),
    "sign in by link": Text("用一次性链接登录", "sign in by a one-time link"),
    "token made": Text("新建令牌", "make a token"),
    "users add": Text("在命令行新建账号", "make an account in the shell"),
    "users password": Text("在命令行更换密码", "give another password in the shell"),
    "users remove": Text("在命令行删除账号", "remove an account in the shell"),
    "users token": Text("在命令行签发令牌", "hand out a token in the shell"),
    "cancel": Text("取消任务", "cancel a job"),
}
_BETWEEN = " · "  # the languages of what an operation says of itself


def act_in_words(app: FastAPI, act: str) -> Text | None:
    """What an act, as the audit trail has it, is called; None of a request for an operation that there is no more.

    Cost: linear in the operations; of an app once, its OpenAPI document.
    """
    method, _, path = act.partition(" ")
    if (text := _OF_NO_REQUEST.get(act) or _OF_NO_REQUEST.get(method)) is not None:
        return text
    document, verb = app.openapi()["paths"], "get" if method == "HEAD" else method.lower()
    for part in ("[^/]+", ".+"):  # ids that hold a slash come second
        for known, operations in document.items():
            if (operation := operations.get(verb)) and re.fullmatch(re.sub(r"{\w+}", part, known), path):
                zh, _, en = operation["description"].rstrip(".").partition(_BETWEEN)
                return Text(zh, en)
    return None
