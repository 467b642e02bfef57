"""What do Neo4j's errors mean to a user? Told by class and code, never by the server's own text, which may hold data."""

from __future__ import annotations

import ssl
from collections.abc import Iterator

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


LASTING = ("UntrustedCertificate", "NoEncryption")
"""What `kept_from` may say that no patience mends; what hangs up may still be starting."""

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
    "UntrustedCertificate": (
        Text("它的 TLS 证书不受信任，或与地址不符。", "its TLS certificate is not trusted, or is for another name."),
        Text(
            "由自己的 CA 签发的，用环境变量 SSL_CERT_FILE 指明 CA 文件；自签名的，用 neo4j+ssc:// 或 bolt+ssc://（加密，但不核对对方身份）。",
            "Where a CA of your own signed it, name that CA's file in SSL_CERT_FILE; for a self-signed one use neo4j+ssc:// or "
            "bolt+ssc://, which encrypt and do not check whose it is.",
        ),
        "certificate",
    ),
    "NoEncryption": (
        Text("它不接受加密连接。", "it takes no encrypted connection."),
        Text(
            "请在服务器上启用 TLS；只在本机使用时，可改用 neo4j:// 或 bolt://。",
            "Enable TLS on the server; on this machine alone, neo4j:// or bolt:// will do.",
        ),
        "encryption",
    ),
    "HungUp": (
        Text("它没有回答就关闭了连接。", "it hung up without an answer."),
        Text(
            "它可能要求 TLS：请用 neo4j+s://、bolt+s:// 或自签名时的 +ssc；否则请检查端口（Bolt 一般是 7687，7474 是网页）。",
            "It may ask for TLS: use neo4j+s:// or bolt+s://, +ssc with a self-signed certificate; else see that the port is "
            "Bolt's (7687 as a rule; 7474 is that of web pages).",
        ),
        "encryption",
    ),
    "ConfigurationError": (Text("地址或设置有误。", "address or settings are wrong."), _CONNECT_HINT, "bad-address"),
    "UnsupportedServerProduct": (Text("它不是 Neo4j。", "it is no Neo4j."), _CONNECT_HINT, "bad-address"),
}
_BY_CODE = {
    "Neo.ClientError.Security.AuthenticationRateLimit": (
        Text("登录连续失败，服务器暂不接受。", "sign-in failed several times; the server takes no more for a while."),
        Text("请稍候片刻，核对密码后重试。", "Wait a little, check the password, then try again."),
        "login",
    ),
    "Neo.ClientError.Security.CredentialsExpired": (
        Text("初始密码须先更改。", "the initial password has to be changed first."),
        Text(
            "请先在 Neo4j Browser 登录一次并改密码，再写入 NEO4J_PASSWORD。",
            "Sign in to Neo4j Browser once and change it there, then put the new one into NEO4J_PASSWORD.",
        ),
        "login",
    ),
    "Neo.ClientError.Security.Forbidden": (
        Text("该用户没有所需的权限。", "the user lacks a right that is needed."),
        Text(
            "需要读写数据、建立约束和新名称的权限。",
            "It needs to read and write data and to make constraints and new names.",
        ),
        "forbidden",
    ),
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
    "Neo.TransientError.General.DatabaseUnavailable": (
        Text("这个数据库暂时停用或正在启动。", "this database is stopped or still starting."),
        Text("请稍候片刻再试，或查看 Neo4j 的日志。", "Wait a little and try again, or look at Neo4j's log."),
        "unreachable",
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


def kept_from(error: BaseException) -> str | None:
    """What kept a first connection from being made, as a name that `refusal` knows, where it is TLS; else None."""
    causes = list(_behind(error))
    if any(isinstance(cause, ssl.SSLCertVerificationError) for cause in causes):
        return "UntrustedCertificate"
    if any(isinstance(cause, ssl.SSLError) for cause in causes):
        return "NoEncryption"
    return None if any(isinstance(cause, OSError) for cause in causes) else "HungUp"


def _behind(error: BaseException | None) -> Iterator[BaseException]:
    """An error and all that led to it."""
    if error is not None:
        yield error
        yield from _behind(error.__cause__ or error.__context__)
        for each in error.exceptions if isinstance(error, BaseExceptionGroup) else ():
            yield from _behind(each)


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
