"""Commands about the HTTP server: serve, users."""

from __future__ import annotations

import datetime as dt
import errno
import getpass
import socket
import sys
from functools import partial
from pathlib import Path
from typing import Any, TextIO

import click
import polars as pl
import uvicorn
from click.core import ParameterSource
from uvicorn.supervisors import Multiprocess

from api.accounts import GIVEN, LOCAL, Accounts
from api.audit import Audit
from api.cli import Session, both, command, group
from api.http.app import PREFIX, app_of_worker, refuse_unsafe
from api.http.logs import configure
from api.http.settings import Settings
from api.workspace import ACTOR, Workspace
from graphmodel.text import Refusal, Text

LINK_LASTS = dt.timedelta(minutes=15)
WORKER_SILENT = (
    120  # seconds after which a worker counts as hung and is killed; a busy machine and a large network need time
)


@command(
    "serve",
    "启动网页与接口服务：默认只在本机，用一次性链接打开",
    "serve the pages and the API: on this machine alone by default, opened by a one-time link",
    (
        "partygraph serve",
        "partygraph serve --port 9000 --workers 2",
        "partygraph serve --settings server.toml",
    ),
)
@click.option("--host", help=both("监听地址", "address to listen on"))
@click.option("--port", type=click.IntRange(0, 65535), help=both("监听端口", "port to listen on"))
@click.option("--workers", type=click.IntRange(1, 64), help=both("进程数", "how many processes answer"))
@click.option(
    "--settings",
    "file",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    envvar="PARTYGRAPH_SETTINGS",
    help=both("设置文件（TOML）", "file of settings (TOML)"),
)
def serve(session: Session, *, host: str | None, port: int | None, workers: int | None, file: Path | None) -> None:
    """Check that it is safe, show the link, serve until stopped."""
    root = click.get_current_context().find_root()
    folder = None if root.get_parameter_source("folder") is ParameterSource.DEFAULT else session.folder
    given: dict[str, Any] = {"workspace": folder, "store": session.store, "policy": session.policy}
    settings = Settings.load(file, None, host=host, port=port, workers=workers, **given)
    # where nobody named another place, a first visit begins with an empty workspace; a name that is mistyped is refused
    default = folder is None and settings.workspace == Settings().workspace
    first = settings.store is None and (default or _is_empty(settings.workspace))
    with Workspace(settings.workspace, store=settings.store, policy=settings.policy, create=first) as workspace:
        accounts = Accounts(workspace.store)
        refuse_unsafe(settings, accounts)
        secret = accounts.issue(LOCAL, "link", LINK_LASTS) if settings.local else None
    configure()
    config = uvicorn.Config(
        partial(app_of_worker, settings),
        factory=True,
        host=settings.host,
        port=settings.port,
        workers=settings.workers,
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=not settings.local,
        timeout_graceful_shutdown=settings.grace,
        timeout_worker_healthcheck=WORKER_SILENT,
    )
    listening = listen(config)
    address = f"http://{_shown(settings.host)}:{listening.getsockname()[1]}"
    link = f"{address}{PREFIX}/session/link?token={secret}" if secret else None
    session.terminal.give({"address": address, "link": link})
    if link:
        told = Text("请打开（15 分钟内，只能用一次）：{link}", "Open this (within 15 minutes, once): {link}")
        session.terminal.say(told.format(link=link), "green")
    else:
        session.terminal.say(Text("正在监听 {a}。", "Listening on {a}.").format(a=address), "green")
    sys.stdout.flush()
    server = uvicorn.Server(config)
    if settings.workers > 1:
        Workers(config, sockets=[listening]).run()
    else:
        server.run(sockets=[listening])


def _is_empty(folder: Path) -> bool:
    """Whether somebody made the folder and put nothing into it, as the volume of a container is at first: no mistyped name."""
    return folder.is_dir() and not any(folder.iterdir())


_WHY = {
    errno.EADDRINUSE: Text("端口已被占用", "the port is taken"),
    errno.EADDRNOTAVAIL: Text("本机没有这个地址", "this machine does not have that address"),
    errno.EACCES: Text("没有使用这个端口的权限", "this account may not use that port"),
}
_HINTS = {
    errno.EADDRINUSE: Text(
        "也许服务器已经启动；或用 --port 换一个端口，0 为任意空闲端口。",
        "Perhaps the server runs already; or take another port by --port, 0 being any free one.",
    ),
    errno.EADDRNOTAVAIL: Text(
        "请用 --host 写本机的地址；0.0.0.0 为本机全部地址。",
        "Give an address of this machine by --host; 0.0.0.0 is all of them.",
    ),
    errno.EACCES: Text(
        "请用 --port 换一个 1024 以上的端口，0 为任意空闲端口。",
        "Take another port by --port, from 1024 on, 0 being any free one.",
    ),
}


class CannotListen(Refusal):
    """The address is another program's, or none of this machine's."""

    def __init__(self, host: str, port: int, fault: OSError) -> None:
        why = _WHY.get(fault.errno or 0, Text(f"系统报错：{fault}", str(fault)))
        message = Text("不能监听 {host}:{port}：{why}。", "Cannot listen on {host}:{port}: {why}.")
        hint = _HINTS.get(fault.errno or 0)
        super().__init__(message.format(host=host, port=port, why=why), hint, code="cannot-listen")


class Workers(Multiprocess):
    """Uvicorn's supervisor of processes; one that died is replaced at once.

    Uvicorn keeps the workers' ends of their pipes open in the parent, so that a worker which dies while it is asked whether
    it lives would be waited for as long as one that is hung.
    """

    def keep_subprocess_alive(self) -> None:
        """See `Multiprocess`, twice a second."""
        for worker in self.processes:
            worker.child_conn.close()
        super().keep_subprocess_alive()


def listen(config: uvicorn.Config) -> socket.socket:
    """The bound socket, on which connections wait from now on; what it accepts sends at once.

    Sockets that name no protocol get no TCP_NODELAY from asyncio; headers and body are two writes, and the second would
    wait some 40 ms for the other side's acknowledgement. Errors: `CannotListen`.
    """
    bound = socket.socket(socket.AF_INET6 if ":" in config.host else socket.AF_INET)
    try:
        bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        bound.bind((config.host, config.port))
    except OSError as fault:
        bound.close()
        raise CannotListen(config.host, config.port, fault) from None
    bound.set_inheritable(True)
    bound.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    bound.listen(config.backlog)  # who follows the link at once waits until the server is there, and is not refused
    return bound


def _shown(host: str) -> str:
    return f"[{host}]" if ":" in host else host


users = group(
    "users",
    "单位账号：新建、列出、改密码、删除、接口令牌",
    "accounts of units: add, list, passwords, remove, API tokens",
    ("partygraph users add street-510104022 --role street-clerk --body 510104022", "partygraph users list"),
)
_PASSWORD = click.option(
    "--password-file",
    "file",
    type=click.File("r", encoding="utf-8"),
    help=both(
        "从文件（- 为标准输入）读密码，否则询问", "read the password from a file (- for standard input), else ask"
    ),
)


def _password(file: TextIO | None) -> str:
    if file is not None:
        return str(file.readline()).rstrip("\r\n")
    if not sys.stdin.isatty():
        message = Text("没有终端可以输入密码。", "There is no terminal to type a password on.")
        raise Refusal(message, Text("请用 --password-file。", "Use --password-file."), code="not-confirmed")
    return getpass.getpass(both("密码：", "Password: "))


@users.add_command
@command(
    "add",
    "新建单位账号（不得以个人命名）",
    "make a unit's account, never a person's",
    ("partygraph users add street-510104022 --role street-clerk --body 510104022",),
)
@click.argument("name")
@click.option("--role", required=True, type=click.Choice([r.value for r in GIVEN]), help=both("角色", "role"))
@click.option("--body", help=both("街道或主管单位的标识", "id of the street or authority"))
@_PASSWORD
def _add(session: Session, name: str, *, role: str, body: str | None, file: TextIO | None) -> None:
    """Make an account."""
    with session.open(create=session.store is None and _is_empty(session.folder)) as workspace:
        made = Accounts(workspace.store).add(name, role, _password(file), body, workspace.network())
        Audit(workspace.store).note(ACTOR, "users add", "done", subject=made)
    session.terminal.give(made.model_dump(mode="json", exclude={"password"}))
    session.terminal.say(Text("已新建账号 {n}。", "Account {n} is made.").format(n=made.name), "green")


@users.add_command
@command("list", "列出全部账号", "list all accounts", ("partygraph users list",))
def _list(session: Session) -> None:
    """List accounts."""
    with session.open() as workspace:
        found = Accounts(workspace.store).all()
    session.terminal.give([account.model_dump(mode="json", exclude={"password"}) for account in found])
    rows = [(account.name, session.terminal.word(account.role.title), account.body) for account in found]
    heads = {"name": Text("账号", "account"), "role": Text("角色", "role"), "body": Text("单位", "body")}
    frame = pl.DataFrame(rows, schema=dict.fromkeys(heads, pl.String), orient="row")
    session.terminal.table(Text("单位账号", "Accounts of units"), frame, heads, None)


@users.add_command
@command(
    "password", "更换密码，结束其全部会话", "give another password; its sessions end", ("partygraph users password x",)
)
@click.argument("name")
@_PASSWORD
def _renew(session: Session, name: str, *, file: TextIO | None) -> None:
    """Change a password."""
    with session.open() as workspace:
        of = Accounts(workspace.store).set_password(name, _password(file))
        Audit(workspace.store).note(ACTOR, "users password", "done", subject=of)
    session.terminal.give({"account": name})
    session.terminal.say(Text("已更换密码。", "The password is changed."), "green")


@users.add_command
@command("remove", "删除账号，结束其全部会话", "remove an account; its sessions end", ("partygraph users remove x",))
@click.argument("name")
def _remove(session: Session, name: str) -> None:
    """Remove an account."""
    with session.open() as workspace:
        gone = Accounts(workspace.store).remove(name)
        Audit(workspace.store).note(ACTOR, "users remove", "done", subject=gone)
    session.terminal.give({"account": name})
    session.terminal.say(Text("已删除账号。", "The account is removed."), "green")


@users.add_command
@command(
    "token",
    "为账号签发接口令牌，只显示这一次",
    "hand out an API token for an account, shown this once",
    ("partygraph users token planner --days 30 --note 区政务平台",),
)
@click.argument("name")
@click.option(
    "--days", default=90, show_default=True, type=click.IntRange(1, 3660), help=both("有效天数", "days it lasts")
)
@click.option("--note", default="", help=both("用途", "what it is for"))
def _token(session: Session, name: str, *, days: int, note: str) -> None:
    """Hand out a token."""
    with session.open() as workspace:
        accounts = Accounts(workspace.store)
        secret = accounts.token_for(name, dt.timedelta(days=days), note)
        ends = accounts.ends(secret)
        Audit(workspace.store).note(ACTOR, "users token", "done", subject=accounts.get(name))
    session.terminal.give({"token": secret, "expires": ends.isoformat()})
    told = Text("令牌（只显示这一次，{day} 到期）：{t}", "Token, shown this once, until {day}: {t}")
    session.terminal.say(told.format(t=secret, day=f"{ends:%Y-%m-%d %H:%M}Z"))
