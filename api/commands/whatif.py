"""The command that supposes: other thresholds, more posts, other boundaries, before and after."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from pathlib import Path

import click

from api.cli import Session, both, command
from api.commands.asking import DAY
from api.policy_words import policy_changes
from api.whatif import NewStation, Supposition, proposals_of, what_if
from api.whatif_plain import plain
from api.whatif_terminal import show
from graphmodel.choices import StationKind
from graphmodel.text import Refusal, Text


@command(
    "whatif",
    "假设：其他阈值、增派岗位、新设站点、街道调整、撤销平台、成批新增；前后逐项比较，什么都不写入",
    "suppose other thresholds, more posts, a new station, merged streets, a body gone, a batch of new organisations: "
    "before and after, question by question; nothing is stored",
    (
        "partygraph whatif --redistrict 2019",
        "partygraph whatif --set vertical_threshold=5 --set branch_min_members=5",
        "partygraph whatif --add-posts 民办学校党建工作指导站=3 --plan",
        "partygraph whatif --new-station schools@春熙路街道=40 --without 东光街道社会组织孵化平台",
        "partygraph whatif --with 新增组织/ --planned",
        "partygraph whatif --confirmed --set coverage_target=0.98",
    ),
)
@click.option("--set", "values", multiple=True, metavar="参数=值", help=both("改用其他阈值", "with another threshold"))
@click.option("--add-posts", "posts", multiple=True, metavar="站=数", help=both("某站增加指导员岗位", "more instructor posts at a station"))  # fmt: skip
@click.option("--new-station", "stations", multiple=True, metavar="类型@街道[=容量]", help=both("新设指导站", "a new guidance station"))  # fmt: skip
@click.option("--redistrict", metavar="2019|文件夹", help=both("街道调整", "a change of street boundaries"))
@click.option(
    "--without",
    multiple=True,
    metavar="名称|类型/标识",
    help=both("某单位不在了", "a body that is gone, by name or address"),
)
@click.option(
    "--with",
    "files",
    multiple=True,
    type=click.Path(exists=True, path_type=Path),
    help=both("成批新增：与 newcomer 同样的文件，或台账、数据包", "a batch: files as for newcomer, ledgers or bundles"),
)
@click.option(
    "--confirmed",
    is_flag=False,
    flag_value="",
    metavar="[方案]",
    help=both(
        "某个方案中未驳回的都算已落实（默认最新）", "what is not rejected of a plan as if confirmed (the newest)"
    ),
)
@click.option("--planned", is_flag=True, help=both("拟定的都算已落实", "all that is planned as if confirmed"))
@click.option("--plan", "with_plan", is_flag=True, help=both("再看方案需要什么", "and what a plan would need"))
@click.option("--revision", type=int, help=both("对某一版作假设", "of an earlier revision"))
@click.option("--day", type=DAY, help=both("以某日为今天", "take this day as today"))
@click.option("--limit", default=50, show_default=True, help=both("最多显示行数，0 为全部", "rows shown, 0 for all"))
def whatif(
    session: Session,
    *,
    values: tuple[str, ...],
    posts: tuple[str, ...],
    stations: tuple[str, ...],
    redistrict: str | None,
    without: tuple[str, ...],
    files: tuple[Path, ...],
    confirmed: str | None,
    planned: bool,
    with_plan: bool,
    revision: int | None,
    day: dt.datetime | None,
    limit: int,
) -> None:
    """Suppose, ask before and after, show."""
    supposed = Supposition(
        values=policy_changes(values),
        files=files,
        without=without,
        redistrict=redistrict,
        stations=tuple(_station(text) for text in stations),
        posts=dict(_posts(text) for text in posts),
        planned=planned,
    )
    terminal = session.terminal
    with session.open() as workspace, terminal.progress() as step:
        context = workspace.context(revision, day.date() if day else None)
        if confirmed is not None:
            supposed = replace(supposed, proposals=proposals_of(workspace, confirmed or None))
        step(0, 1, terminal.word(Text("前后各问一遍", "asking before and after")))
        told = what_if(context, supposed, with_plan=with_plan)
    terminal.give(plain(told))
    if not terminal.as_json:
        show(terminal, told, limit or None)


def _posts(text: str) -> tuple[str, int]:
    station, _, number = text.rpartition("=")
    if not station or not number.strip().isdecimal():
        raise _badly_written(text, "--add-posts 站=3", "--add-posts STATION=3")
    return station, int(number)


def _station(text: str) -> NewStation:
    kind, _, rest = text.partition("@")
    street, _, capacity = rest.partition("=")
    kinds = {value: station for station in StationKind for value in (station.value, station.title.zh)}
    known = kinds.get(kind.strip())
    if known is None or not street or (capacity and not capacity.strip().isdecimal()):
        words = "、".join(f"{k.value}（{k.title.zh}）" for k in StationKind)
        raise _badly_written(
            text, f"--new-station 类型@街道=容量，类型为 {words}", "--new-station KIND@STREET=CAPACITY"
        )
    return NewStation(known, street, int(capacity) if capacity else None)


def _badly_written(text: str, zh: str, en: str) -> Refusal:
    message = Text("“{text}”看不懂。", "'{text}' cannot be read.").format(text=text[:80])
    return Refusal(message, Text("写作 {zh}。", "Write {en}.").format(zh=zh, en=en), code="bad-option")
