"""How is a real Neo4j Community server started, reached and ended, with nothing but Java and Maven?

The server is the product's own entry point, in a child process that ends with its owner. It listens on the loopback
address only, and asks for a password only where one is given.
"""

from __future__ import annotations

import argparse
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from types import FrameType
from typing import IO, Self

from neo4j import Auth, GraphDatabase, basic_auth
from neo4j.exceptions import AuthError, DriverError, Neo4jError

from graphmodel.text import Refusal, Text
from tests.neo4j_server.build import OUTPUT_SHOWN, server_command

LOOPBACK = "127.0.0.1"
USER = "neo4j"
START_DEADLINE_S = 120.0
STOP_DEADLINE_S = 60.0
SHORTEST_PASSWORD = 8


@dataclass(frozen=True, slots=True)
class Server:
    """One running server: where a driver reaches it, and how it ends.

    `uri` is what the driver takes, `auth` its credentials (None: no password asked), `process` the server itself.
    """

    uri: str
    port: int
    auth: Auth | None
    data_dir: Path
    process: subprocess.Popen[bytes]

    @property
    def owner(self) -> IO[bytes]:
        """The pipe to the server, which lives as long as this end of it is open."""
        if self.process.stdin is None:
            raise ValueError("a server's process is started with a pipe")
        return self.process.stdin

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        self.stop()

    def stop(self) -> None:
        """Ends the server in order, with a checkpoint; nothing happens where it has ended already.

        Errors: `Refusal` with the server's output where it did not end in 60 seconds; it is killed then.
        """
        self.owner.close()
        try:
            self.process.wait(STOP_DEADLINE_S)
        except subprocess.TimeoutExpired as late:
            self.kill()
            raise _failed(
                self.data_dir, Text("没有按时停止，已强行结束", "did not stop in time and was killed")
            ) from late

    def kill(self) -> None:
        """Ends the server at once by SIGKILL, as a loss of power would."""
        self.process.kill()
        self.process.wait()
        self.owner.close()


def running_server(
    data_dir: Path,
    port: int = 0,
    heap: str = "2g",
    *,
    page_cache: str = "256m",
    password: str | None = None,
    certificate: Path | None = None,
    settings: Mapping[str, str] | None = None,
) -> Server:
    """A server on its data folder, which answers queries already (after 5 to 10 seconds); end it, or use `with`.

    Parameters: `data_dir` made where absent, one server at a time; `port` 0 for any free one; `heap` and `page_cache`
    as Java and Neo4j write sizes; `password` of the user neo4j, set at the first start of this folder and asked for
    from then on; `certificate` a folder with private.key and public.crt, whereupon only TLS is spoken; `settings` any
    lines of neo4j.conf, which win over the ones made here.
    Errors: `ToolMissing` without Java or Maven; `Refusal` with the server's output where it does not come up.
    """
    if password is not None and (len(password) < SHORTEST_PASSWORD or not password.isprintable()):
        raise Refusal(
            Text(
                "Neo4j 的密码至少要 8 个字符，且不得含换行等控制字符。",
                "A Neo4j password has at least 8 characters and no line breaks or other control characters.",
            )
        )
    command = server_command(heap)
    port = _free_port(port)
    _configure(data_dir, port, page_cache, password, certificate, settings or {})
    first = not (data_dir / "data" / "databases" / "system").exists()
    with _console(data_dir).open("wb") as console:
        process = subprocess.Popen(
            [*command, str(data_dir.resolve())],
            stdin=subprocess.PIPE,
            bufsize=0,  # what was written is sent, so that closing never has anything left to send
            stdout=console,
            stderr=subprocess.STDOUT,
            start_new_session=True,  # Ctrl-C is for the owner, who then stops the server in order
        )
    server = Server(
        uri=f"{'bolt+ssc' if certificate else 'bolt'}://{LOOPBACK}:{port}",
        port=port,
        auth=basic_auth(USER, password) if password else None,
        data_dir=data_dir,
        process=process,
    )
    try:
        with suppress(BrokenPipeError):  # a server that has ended already is reported below, with its output
            server.owner.write(f"{password or '' if first else ''}\n".encode())
        _wait(server)
    except BaseException:
        server.kill()
        raise
    return server


def _free_port(port: int) -> int:
    """The port itself, or any free one for 0. Errors: `Refusal` where something listens on it."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((LOOPBACK, port))
        except OSError as error:
            raise Refusal(
                Text(f"端口 {port} 不能使用：{error.strerror}。", f"Port {port} cannot be used: {error.strerror}."),
                Text("请结束占用它的程序，或换一个端口。", "End the program that uses it, or take another port."),
                "port-in-use",
            ) from error
        return int(probe.getsockname()[1])


def _configure(
    data_dir: Path,
    port: int,
    page_cache: str,
    password: str | None,
    certificate: Path | None,
    settings: Mapping[str, str],
) -> None:
    """Writes the server's configuration into its folder, which only its owner can read."""
    data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
    lines = {
        "server.bolt.listen_address": f"{LOOPBACK}:{port}",
        "server.bolt.advertised_address": f"{LOOPBACK}:{port}",
        "server.http.enabled": "false",
        "server.https.enabled": "false",
        "server.memory.pagecache.size": page_cache,
        "dbms.security.auth_enabled": "true" if password else "false",
        "dbms.usage_report.enabled": "false",
        # Without it a stop waits ten seconds for connections that cannot come any more.
        "internal.dbms.bolt.netty_server_shutdown_quiet_period": "0",
    }
    if certificate is not None:
        keys = data_dir / "certificates" / "bolt"
        keys.mkdir(mode=0o700, parents=True, exist_ok=True)
        for name in ("private.key", "public.crt"):
            shutil.copy(certificate / name, keys / name)
        lines |= {
            "server.bolt.tls_level": "REQUIRED",
            "dbms.ssl.policy.bolt.enabled": "true",
            "dbms.ssl.policy.bolt.base_directory": "certificates/bolt",
            "dbms.ssl.policy.bolt.client_auth": "NONE",
        }
    conf = data_dir / "conf"
    conf.mkdir(exist_ok=True)
    (conf / "neo4j.conf").write_text("".join(f"{k}={v}\n" for k, v in (lines | dict(settings)).items()), "utf-8")


def _console(data_dir: Path) -> Path:
    """Where the server's output of this run is kept."""
    return data_dir / "console.log"


def _wait(server: Server) -> None:
    """Returns when the server has answered a query. Errors: `Refusal` where it ends or the deadline passes."""
    deadline = time.monotonic() + START_DEADLINE_S
    while b"Bolt enabled on" not in _console(server.data_dir).read_bytes():
        if server.process.poll() is not None:
            raise _failed(server.data_dir, Text("没有启动", "did not start"))
        if time.monotonic() > deadline:
            raise _failed(
                server.data_dir,
                Text(f"在 {START_DEADLINE_S:.0f} 秒内没有启动", f"did not start in {START_DEADLINE_S:.0f} seconds"),
            )
        time.sleep(0.05)
    left = max(deadline - time.monotonic(), 1.0)
    try:
        with GraphDatabase.driver(server.uri, auth=server.auth, max_transaction_retry_time=left) as driver:
            driver.execute_query("RETURN 1")
    except AuthError as error:
        raise Refusal(
            Text(
                f"{server.data_dir} 里的用户 {USER} 不是这个密码。",
                f"In {server.data_dir} the user {USER} has a password that is not this one.",
            ),
            Text(
                "密码在数据文件夹第一次启动时定下：请用当时的密码，或换一个新文件夹。",
                "It is set when a data folder is first started: use that one, or another folder.",
            ),
            "neo4j-password",
        ) from error
    except (Neo4jError, DriverError) as error:
        raise _failed(
            server.data_dir, Text(f"启动了但没有回答（{error}）", f"started but did not answer ({error})")
        ) from error


def _failed(data_dir: Path, what: Text) -> Refusal:
    output = _console(data_dir).read_text("utf-8", "replace")[-OUTPUT_SHOWN:]
    return Refusal(
        Text(f"Neo4j {what.zh}，它的输出见下。", f"Neo4j {what.en}; its output:\n{output}"), code="neo4j-failed"
    )


def main(arguments: list[str] | None = None) -> int:
    """Runs a server in the foreground until it is ended (Ctrl-C, SIGTERM); NEO4J_PASSWORD makes it ask for one."""
    parser = argparse.ArgumentParser(description="本机 Neo4j · a Neo4j on this machine")
    parser.add_argument("--data", type=Path, required=True, help="数据文件夹 · data folder")
    parser.add_argument("--port", type=int, default=7687, help="端口，0 为任意 · port, 0 for any free one")
    parser.add_argument("--heap", default="2g", help="Java 堆 · Java heap")
    parser.add_argument("--page-cache", default="256m", help="页缓存 · page cache")
    given = parser.parse_args(arguments)
    password = os.environ.get("NEO4J_PASSWORD") or None

    def end(number: int, _frame: FrameType | None) -> None:
        sys.exit(128 + number)

    signal.signal(signal.SIGTERM, end)
    try:
        with running_server(
            given.data, given.port, given.heap, page_cache=given.page_cache, password=password
        ) as server:
            asked = (
                Text(f"用户 {USER}，密码见 NEO4J_PASSWORD", f"user {USER}, password as in NEO4J_PASSWORD")
                if password
                else Text(
                    "本机任何人不用密码即可进入；设 NEO4J_PASSWORD 则要密码",
                    "anyone on this machine gets in without a password; set NEO4J_PASSWORD to ask for one",
                )
            )
            sys.stdout.write(
                f"Neo4j 已就绪：{server.uri}（{asked.zh}）。按 Ctrl-C 结束。\n"
                f"Neo4j is ready: {server.uri} ({asked.en}). Ctrl-C ends it.\n"
            )
            sys.stdout.flush()
            return server.process.wait()
    except Refusal as refusal:
        sys.stderr.write(f"{refusal}\n")
        return 1
    except KeyboardInterrupt:
        return 0


if __name__ == "__main__":
    sys.exit(main())
