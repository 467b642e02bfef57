"""How is the server set up? Every setting with its meaning: from the environment, else from a TOML file, else as it stands here."""

from __future__ import annotations

import os
import tomllib
from collections.abc import Mapping
from ipaddress import ip_address
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator
from pydantic.config import JsonDict
from pydantic_core import PydanticCustomError

from api.http.faults import why
from api.jobs import LEASE
from graphmodel.text import Refusal, Text

PREFIX = "PARTYGRAPH_HTTP_"
"""Of the environment variables: the setting's name in capitals follows."""


class SettingsRefused(Refusal):
    """A setting is not one, or has a value that it cannot have; names it."""

    def __init__(self, name: str, told: Text) -> None:
        message = Text("设置 {name} 有误：{why}", "Setting {name} is wrong: {why}").format(name=name, why=told)
        hint = Text("全部设置见 docs/settings.md。", "All settings are in docs/settings.md.")
        super().__init__(message, hint, code="bad-setting")


def _setting(default: Any, zh: str, en: str, **bounds: Any) -> Any:
    extra: JsonDict = {"title_zh": zh, "title_en": en}
    return Field(default, description=f"{zh} · {en}", json_schema_extra=extra, **bounds)


class Settings(BaseModel):
    """All settings of the server, checked."""

    model_config = ConfigDict(frozen=True, extra="forbid", validate_default=True)

    workspace: Path = _setting(Path("workspace"), "工作区文件夹", "folder of the workspace")
    store: str | None = _setting(None, "其他数据库地址", "address of another store, such as neo4j://…")
    policy: Path | None = _setting(None, "其他政策文件", "another policy file")
    host: str = _setting("127.0.0.1", "监听地址", "address to listen on", min_length=1)
    port: int = _setting(8614, "监听端口，0 为任意空闲端口", "port to listen on; 0 takes any free one", ge=0, le=65535)
    workers: int = _setting(1, "进程数", "how many processes answer", ge=1, le=64)
    hosts: tuple[str, ...] = _setting(
        (),
        "允许的主机名（本机名称总被允许）；写了即视为其他机器可经代理访问",
        "host names that requests may use, beside those of the machine itself; with one, a proxy lets other machines in",
    )
    tls_header: str | None = _setting(
        None,
        "TLS 代理写入的请求头，其值须为 https（例如 X-Forwarded-Proto）；其他机器可访问时必填",
        "header in which the TLS proxy says https, such as X-Forwarded-Proto; needed where other machines get in",
    )
    body_limit: int = _setting(1 << 20, "请求体上限，字节", "largest request body, bytes", ge=1024)
    upload_limit: int = _setting(64 << 20, "上传文件上限，字节", "largest upload, bytes", ge=1024)
    page_limit: int = _setting(1000, "每页最多条数", "most items of a page", ge=1, le=10_000)
    rate: int = _setting(
        1200,
        "每个进程中，每个账号或地址每分钟的请求数",
        "requests a minute for an account or address, in each process",
        ge=1,
    )
    login_attempts: int = _setting(5, "登录连续失败几次后暂停", "failed sign-ins before an account must wait", ge=1)
    login_pause: int = _setting(900, "暂停登录的秒数", "seconds that it then waits", ge=1)
    session_hours: int = _setting(12, "登录有效小时数", "hours a sign-in lasts", ge=1, le=720)
    token_days: int = _setting(90, "接口令牌有效天数", "days an API token lasts", ge=1, le=3660)
    job_lease: int = _setting(
        LEASE, "任务多少秒没有动静即视为中断", "seconds without a sign of life after which a job counts as lost", ge=1
    )
    job_days: int = _setting(
        7,
        "结束的任务、其文件和幂等键保留的天数",
        "days that jobs which ended are kept, with their files and idempotency keys",
        ge=1,
        le=3660,
    )
    grace: int = _setting(30, "关闭时等待任务结束的秒数", "seconds that running work may take to end on shutdown", ge=0)

    @field_validator("*", mode="before")
    @classmethod
    def _no_flag(cls, value: Any) -> Any:
        """Errors: `PydanticCustomError` for true and false, which else were the numbers 1 and 0; no setting is one of two."""
        if isinstance(value, bool):
            raise PydanticCustomError("no_flag", "Must not be true or false")
        return value

    @property
    def local(self) -> bool:
        """Whether only this machine can reach the server: it listens on loopback, and no proxy there lets others in."""
        if self.hosts or self.tls_header:
            return False
        return self.host == "localhost" or (_is_address(self.host) and ip_address(self.host).is_loopback)

    @staticmethod
    def load(file: Path | None = None, environment: Mapping[str, str] | None = None, **given: Any) -> Settings:
        """Settings as given, else from the environment, else from the file. Errors: `SettingsRefused`.

        `given` that are None count as not given. Lists in the environment are written with commas.
        """
        environment = os.environ if environment is None else environment
        named = {k.removeprefix(PREFIX).lower(): v for k, v in environment.items() if k.startswith(PREFIX)}
        listed = {k: v.split(",") if k == "hosts" else v for k, v in named.items()}
        told = {k: v for k, v in given.items() if v is not None}
        try:
            return Settings(**{**_read(file), **listed, **told})
        except ValidationError as fault:
            first = fault.errors(include_input=False, include_url=False)[0]
            raise SettingsRefused(".".join(map(str, first["loc"])), Text(why(first, "zh"), why(first, "en"))) from fault


def _is_address(host: str) -> bool:
    try:
        ip_address(host)
    except ValueError:
        return False
    return True


def _read(file: Path | None) -> dict[str, Any]:
    if file is None:
        return {}
    try:
        return tomllib.loads(file.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as fault:
        raise SettingsRefused(file.name, Text(str(fault)[:200], str(fault)[:200])) from fault
