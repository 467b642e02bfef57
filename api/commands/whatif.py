"""The command that supposes: other thresholds, more posts, other boundaries, before and after."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

import click
import polars as pl

from api.cli import Session, both, command
from api.commands.asking import DAY
from api.policy_words import policy_changes
from api.terminal import Terminal
from api.whatif import NewStation, Supposition, plain, proposals_of, what_if
from graphmodel.choices import StationKind
from graphmodel.parameters import PARAMETERS
from graphmodel.text import Refusal, Text
from planning.plan import ActionKind
from planning.redistrict import Redistricted, Way
from planning.whatif import Counts, Difference, Needs, WhatIf
from queries.coverage import Rates, Share
from visualizations.words import TITLES, named, parameter_in_words

NAMES = 3  # names shown beside each question


@command(
    "whatif",
    "假设：其他阈值、增派岗位、新设站点、街道调整、撤销平台、成批新增；前后逐项比较，什么都不写入",
    "suppose other thresholds, more posts, a new station, merged streets, a body gone, a batch of new organisations: "
    "before and after, question by question; nothing is stored",
    (
        "partygraph whatif --redistrict 2019",
        "partygraph whatif --set vertical_threshold=5 --set branch_min_members=5",
        "partygraph whatif --add-posts 锦江区民办学校指导站=3 --plan",
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
    help=both("成批新增：台账或数据包", "a batch: ledger or bundle files"),
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
        found, moved = what_if(context, supposed, with_plan=with_plan)
    terminal.give(plain(found, moved))
    if not terminal.as_json:
        _show(terminal, found, moved, limit or None)


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


# --- for people ---


def _show(terminal: Terminal, found: WhatIf, moved: Redistricted | None, limit: int | None) -> None:
    terminal.say(Text("假设（未写入）", "What if (nothing is stored)"), "bold")
    _say_policy(terminal, found)
    if moved is not None:
        _say_boundaries(terminal, moved)
    counts = found.changes.counts()
    if counts.height:
        titles = {name: terminal.word(title) for name, title in TITLES.items()}
        shown = counts.with_columns(pl.col("type").replace(titles))
        told = [c for c in shown.columns if c == "type" or shown[c].sum()]
        terminal.table(Text("叠加的改动", "What is laid over"), shown.select(told), _HEADS, limit)
    _rates(terminal, found.rates(), Text("覆盖率", "Coverage"))
    differing = [d for d in found.differences if d.differs]
    if differing:
        terminal.table(
            Text("逐项问题：前 → 后", "Question by question: before → after"),
            _questions(terminal, found, differing),
            _HEADS,
            limit,
            [_style(d) for d in differing],
        )
    same = len(found.differences) - len(differing)
    terminal.say(Text("其余 {n} 个问题没有变化。", "The other {n} questions do not change.").format(n=same), "dim")
    if found.plans is not None:
        _plans(terminal, found.plans)
    stamp = found.before.network.stamp
    basis = Text(
        "第 {r} 版，数据截至 {d}；以 {t} 为今天；政策 {p}。名称每项最多列 {n} 个，全部见 --json。",
        "revision {r}, as of {d}; {t} is taken as today; policy {p}. At most {n} names each, all of them by --json.",
    )
    line = basis.format(r=stamp.revision, d=stamp.as_of, t=found.before.today, p=found.before.values.title, n=NAMES)
    terminal.say(line, "dim")


def _say_policy(terminal: Terminal, found: WhatIf) -> None:
    before, after = found.before.values, found.after.values
    for name in after:
        if before[name] != after[name]:
            was, becomes = (parameter_in_words(name, side[name], terminal.word) for side in (before, after))
            line = Text("{title}：{was} → {becomes}", "{title}: {was} → {becomes}")
            terminal.say(line.format(title=PARAMETERS[name].title, was=was, becomes=becomes), "cyan")


def _say_boundaries(terminal: Terminal, moved: Redistricted) -> None:
    ways = moved.ways()
    rows: list[tuple[str, int | None, int]] = [
        (terminal.word(way.title), ways[way], moved.organizations[way.value]) for way in Way
    ]
    only = terminal.word(Text("只知街道（随街道走，推断）", "its street alone is known (goes with it, inferred)"))
    rows += [(only, None, moved.organizations["street"])] if moved.organizations["street"] else []
    frame = pl.DataFrame(rows, {"way": pl.String, "communities": pl.Int64, "organizations": pl.Int64}, orient="row")
    terminal.table(Text("社区去向", "Where communities go"), frame, _HEADS, None)
    without_name = sum(count for way, count in ways.items() if way is not Way.NAME)
    text = Text(
        "{total} 个社区中 {n} 个没有同名的后继；合并后重合的关系 {merged} 条；"
        "原在一个街道、现跨街道的联合支部 {branches} 个、指导员岗位 {posts} 个。",
        "{n} of {total} communities have no successor of the same name; {merged} relations fall together; "
        "of one street before and of several now: {branches} joint branches, {posts} instructor posts.",
    )
    branches, posts = moved.crossing
    total = sum(ways.values())
    terminal.say(text.format(total=total, n=without_name, merged=moved.merged, branches=branches, posts=posts))


def _rates(terminal: Terminal, sides: tuple[Rates, Rates], title: Text) -> None:
    before, after = sides
    rows = [
        (terminal.word(what), _rate(one), _rate(other))
        for what, one, other in (
            (Text("组织覆盖率", "coverage rate"), before.coverage, after.coverage),
            (Text("单建率", "standalone rate"), before.standalone_share, after.standalone_share),
            (Text("工作覆盖率", "work coverage rate"), before.work, after.work),
        )
    ]
    rows.append((terminal.word(Text("分母（家）", "denominator")), str(before.total), str(after.total)))
    short = terminal.word(Text("距覆盖、单建目标尚差（家）", "short of both targets"))
    one, other = (f"{side.coverage_short}、{side.standalone_short}" for side in sides)
    rows.append((short, one, other))
    terminal.table(title, pl.DataFrame(rows, ["what", "before", "after"], orient="row"), _HEADS, None)


def _rate(share: Share) -> str:
    if share.rate is None:
        return "–"
    uncertain = "" if share.lowest == share.highest else f" ({share.lowest:.1%}–{share.highest:.1%})"
    return f"{share.rate:.1%}{uncertain}"


def _questions(terminal: Terminal, found: WhatIf, differing: Iterable[Difference]) -> pl.DataFrame:
    names = _names(terminal, found)
    rows = [
        (
            terminal.word(named(d.question)),
            _arrow(terminal, d, "total"),
            _arrow(terminal, d, "gaps"),
            _arrow(terminal, d, "cannot_tell"),
            d.opened,
            d.closed,
            names.get(d.question.id, ""),
        )
        for d in differing
    ]
    columns = ["question", "total", "gaps", "cannot_tell", "opened", "closed", "names"]
    return pl.DataFrame(rows, columns, orient="row")


def _arrow(terminal: Terminal, difference: Difference, name: str) -> str:
    was, becomes = (_count(terminal, side, name) for side in (difference.before, difference.after))
    return was if was == becomes else f"{was} → {becomes}"


def _count(terminal: Terminal, counts: Counts, name: str) -> str:
    return terminal.word(Text("无数据", "no data")) if counts.no_data else str(getattr(counts, name))


def _names(terminal: Terminal, found: WhatIf) -> dict[str, str]:
    """A few names of what opens and closes, for each question."""
    told: dict[str, list[str]] = {}
    ordered = found.moved.sort(pl.col("change") == "closed", maintain_order=True)
    for (question, change), rows in ordered.group_by("question", "change", maintain_order=True):
        first = "、".join(rows.select(pl.coalesce("name", "id")).to_series().head(NAMES))
        text = f"{_SIGNS[str(change)]} {first}{'…' if rows.height > NAMES else ''}"
        absent = int((~rows["there"]).sum())
        if absent:
            text += terminal.word(_BESIDE[str(change)].format(n=absent))
        told.setdefault(str(question), []).append(text)
    return {question: "；".join(texts) for question, texts in told.items()}


def _style(difference: Difference) -> str:
    more = difference.after.gaps - difference.before.gaps
    return "red" if more > 0 else "green" if more < 0 else ""


def _plans(terminal: Terminal, plans: tuple[Needs, Needs]) -> None:
    before, after = plans
    rows = [
        (
            terminal.word(kind.title),
            *(f"{side.proposals.get(kind, 0)}" for side in plans),
            *(f"{side.unplaced.get(kind, 0)}" for side in plans),
        )
        for kind in ActionKind
        if any(kind in counts for side in plans for counts in (side.proposals, side.unplaced))
    ]
    columns = ["kind", "proposals_before", "proposals_after", "unplaced_before", "unplaced_after"]
    terminal.table(
        Text("方案需要什么", "What a plan would need"), pl.DataFrame(rows, columns, orient="row"), _HEADS, None
    )
    for title, needs in ((Text("此前缺口资源", "Short before"), before), (Text("此后缺口资源", "Short after"), after)):
        lack = [Text("{what} {n}", "{what}: {n}").format(what=s.what, n=s.short) for s in needs.shortages if s.short]
        told = Text("；".join(t.zh for t in lack) or "无", "; ".join(t.en for t in lack) or "nothing")
        terminal.say(Text("{title}：{told}", "{title}: {told}").format(title=title, told=told))
    _rates(terminal, (before.registered, after.registered), Text("方案全部落实后的覆盖率", "Coverage once all is done"))


_SIGNS = {"opened": "+", "closed": "−"}
_BESIDE = {
    "opened": Text("（其中 {n} 项是新出现的对象）", " ({n} of them are new here)"),
    "closed": Text("（其中 {n} 项因对象已不在）", " ({n} of them are gone themselves)"),
}
_HEADS = {
    "type": Text("类型", "type"),
    "added": Text("新增", "added"),
    "removed": Text("去掉", "removed"),
    "changed": Text("修改", "changed"),
    "way": Text("依据", "way"),
    "communities": Text("社区", "communities"),
    "organizations": Text("社会组织", "organisations"),
    "what": Text("指标", "figure"),
    "before": Text("此前", "before"),
    "after": Text("此后", "after"),
    "question": Text("问题", "question"),
    "total": Text("范围内", "in scope"),
    "gaps": Text("缺口", "gaps"),
    "cannot_tell": Text("待核实", "cannot tell"),
    "opened": Text("新开", "opens"),
    "closed": Text("销号", "closes"),
    "names": Text("名称（+ 新开，− 销号）", "names (+ opens, − closes)"),
    "kind": Text("措施", "action"),
    "proposals_before": Text("建议·前", "proposals before"),
    "proposals_after": Text("建议·后", "proposals after"),
    "unplaced_before": Text("无着·前", "without one before"),
    "unplaced_after": Text("无着·后", "without one after"),
}
