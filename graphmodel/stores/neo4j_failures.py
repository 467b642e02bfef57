"""What do Neo4j's errors mean to a user? Told by class and code, never by the server's own text, which may hold data."""

from __future__ import annotations

from graphmodel.stores.refusals import StoreBusy, StoreFailed
from graphmodel.text import Refusal, Text

UNREACHABLE = (
    "ServiceUnavailable",
    "SessionExpired",
    "ReadServiceUnavailable",
    "WriteServiceUnavailable",
    "IncompleteCommit",
)


class Special(StoreFailed):
    """A failure that the store itself may know what to do about; else it is told as any other."""

    def __init__(self, said: Refusal) -> None:
        Refusal.__init__(self, said.message, said.hint, said.code)


class Undecided(Special):
    """The connection broke while committing."""


class Torn(Special):
    """A reader met what somebody removed meanwhile."""


class Taken(Special):
    """A key is there already."""


_SPECIAL: dict[str, type[Special]] = {
    "IncompleteCommit": Undecided,
    "Neo.ClientError.Schema.ConstraintValidationFailed": Taken,
    "Neo.ClientError.Statement.EntityNotFound": Torn,
}
_CONNECT_HINT = Text(
    "请确认 Neo4j 已启动、地址与加密方式（bolt、bolt+s、bolt+ssc）正确，然后重试。",
    "See that Neo4j runs and that address and encryption (bolt, bolt+s, bolt+ssc) are right, then try again.",
)
_LOGIN_HINT = Text(
    "请用环境变量 NEO4J_USER 与 NEO4J_PASSWORD 给出用户名和密码。",
    "Give user and password by the environment variables NEO4J_USER and NEO4J_PASSWORD.",
)

_BY_NAME = {
    **dict.fromkeys(
        UNREACHABLE,
        (
            Text("连接不上，或连接中断。", "it cannot be reached, or the connection broke."),
            _CONNECT_HINT,
            "unreachable",
        ),
    ),
    "UnicodeEncodeError": (
        Text("文字含有无效字符。", "a text holds characters that are not valid Unicode."),
        Text("请更正后重试。", "Correct it, then try again."),
        "bad-text",
    ),
    "ConfigurationError": (Text("地址或设置有误。", "address or settings are wrong."), _CONNECT_HINT, "bad-address"),
    "UnsupportedServerProduct": (Text("它不是 Neo4j。", "it is no Neo4j."), _CONNECT_HINT, "bad-address"),
}
_BY_CODE = {
    "Neo.ClientError.Security": (
        Text("用户名或密码不被接受。", "user or password are not accepted."),
        _LOGIN_HINT,
        "login",
    ),
    "Neo.ClientError.Database.DatabaseNotFound": (
        Text("没有这个数据库。", "it has no such database."),
        Text("请检查 NEO4J_DATABASE。", "Check NEO4J_DATABASE."),
        "no-database",
    ),
    "Neo.TransientError.General": (
        Text("服务器内存不足。", "the server is out of memory."),
        Text("请分批导入，或给 Neo4j 更多内存。", "Import in parts, or give Neo4j more memory."),
        "out-of-memory",
    ),
    "Neo.ClientError.Schema.ConstraintValidationFailed": (
        Text("与已有数据重复。", "it clashes with what is there."),
        Text("请重新读取后再试。", "Read again, then repeat the act."),
        "taken",
    ),
}
_BUSY = ("Neo.TransientError", "Neo.ClientError.Transaction")


def refusal(name: str, code: str, where: str) -> Refusal:
    """The refusal for an error of class `name` with Neo4j's `code` (empty where the driver made it)."""
    kind = _SPECIAL.get(code) or _SPECIAL.get(name)
    said = _said(name, code, where)
    return kind(said) if kind else said


def _said(name: str, code: str, where: str) -> Refusal:
    known = _BY_NAME.get(name) or next((said for prefix, said in _BY_CODE.items() if code.startswith(prefix)), None)
    if known is not None:
        why, hint, short = known
        return StoreFailed(where, why, hint, f"store-{short}")
    if code.startswith(_BUSY):
        return StoreBusy()
    why = Text("存储出错（{name}）。", "storage failed ({name}).").format(name=code or name)
    return StoreFailed(where, why, Text("请查看 Neo4j 的日志后重试。", "Look at Neo4j's log, then try again."))


def unknown_outcome(where: str, number: int) -> Refusal:
    """The connection broke while an act was being committed, and the server is not there to be asked."""
    why = Text(
        "提交第 {number} 版时连接中断，尚不知是否写入。",
        "the connection broke while revision {number} was committed; whether it was written is not known.",
    ).format(number=number)
    hint = Text("服务器恢复后，请先用 partygraph history 查看。", "Once it is back, look with: partygraph history")
    return StoreFailed(where, why, hint, "store-outcome-unknown")


def too_large(where: str, rows: int, most: int) -> Refusal:
    """An act has more rows than one transaction takes, and there is data already."""
    why = Text(
        "一次改动 {rows} 行，超过 {most} 行；更大的改动只能写入空数据库。",
        "the act has {rows} rows, over {most}; a larger one goes into an empty database only.",
    ).format(rows=f"{rows:,}", most=f"{most:,}")
    return StoreFailed(where, why, Text("请分批导入。", "Import it in parts."), "store-act-too-large")
