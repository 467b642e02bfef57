"""How is a what-if shown in a terminal? What is supposed, rates, question by question before and after, and why."""

from __future__ import annotations

from collections.abc import Iterable

import polars as pl

from api.terminal import Terminal
from api.whatif import Told
from graphmodel.parameters import PARAMETERS
from graphmodel.schema.nodes import Street
from graphmodel.text import Text
from planning.boundaries import Redistricted, Way
from planning.plan import ActionKind
from planning.whatif import Counts, Difference, Needs, Turn, WhatIf
from queries.coverage import Rates, Share
from visualizations.words import TITLES, between, named, parameter_in_words

NAMES = 3  # names shown beside each question


def show(terminal: Terminal, told: Told, limit: int | None) -> None:
    """What is supposed, what it lays over, rates, and question by question what moves and why."""
    found, moved = told.found, told.laid.moved
    terminal.say(Text("假设（未写入）", "What if (nothing is stored)"), "bold")
    for line in told.laid.said:
        terminal.say(line, "cyan")
    _say_policy(terminal, found)
    if moved is not None:
        _say_boundaries(terminal, found, moved)
    counts = found.changes.counts()
    if counts.height:
        titles = {name: terminal.word(title) for name, title in TITLES.items()}
        shown = counts.with_columns(pl.col("type").replace(titles))
        told_of = [c for c in shown.columns if c == "type" or shown[c].sum()]
        terminal.table(Text("叠加的改动", "What is laid over"), shown.select(told_of), _HEADS, limit)
    _rates(terminal, found.rates(), Text("覆盖率", "Coverage"))
    differing = [d for d in found.differences if d.differs]
    if differing:
        title = Text("逐项问题：前 → 后", "Question by question: before → after")
        styles = [_style(d) for d in differing]
        terminal.table(title, _questions(terminal, found, differing), _HEADS, limit, styles)
        why = _why(terminal, found, differing)
        terminal.table(Text("为什么变", "Why they change"), why, _HEADS, limit)
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


def _say_boundaries(terminal: Terminal, found: WhatIf, moved: Redistricted) -> None:
    """Streets merged and new, which way communities go, and from what that is inferred."""
    names = dict(found.after.network.table(Street.type_name).select("id", pl.coalesce("name", "id")).iter_rows())
    streets = Text(
        "街道 {before} → {after} 个：撤并 {ended} 个（{old}），新设 {begun} 个（{new}）。",
        "{before} → {after} streets: {ended} merged into others ({old}), {begun} new ({new}).",
    )
    old, new = ("、".join(names[id_] for id_ in ids) or "–" for ids in (moved.ended, moved.begun))
    counts = {"ended": len(moved.ended), "begun": len(moved.begun), "old": old, "new": new}
    terminal.say(streets.format(before=moved.standing[0], after=moved.standing[1], **counts))
    ways = moved.ways()
    rows: list[tuple[str, int | None, int]] = [
        (terminal.word(way.title), ways[way], moved.organizations[way.value]) for way in Way
    ]
    only = terminal.word(Text("只知街道（随街道走，推断）", "its street alone is known (goes with it, inferred)"))
    rows += [(only, None, moved.organizations["street"])] if moved.organizations["street"] else []
    frame = pl.DataFrame(rows, {"way": pl.String, "communities": pl.Int64, "organizations": pl.Int64}, orient="row")
    terminal.table(Text("社区去向", "Where communities go"), frame, _HEADS, None)
    inferred = moved.inferred().select(
        pl.col("street", "to_street").replace(names),
        pl.format("{} / {}", "there", "named").alias("from_names"),
        "communities",
    )
    title = Text(
        "推断的社区去向：随原街道同名社区的多数走；去那里的 / 有同名后继的",
        "Inferred: communities go where most of their street went that have a successor of their name; there / of so many",
    )
    if inferred.height:
        terminal.table(title, inferred, _HEADS, None)
    without_name = sum(count for way, count in ways.items() if way is not Way.NAME)
    text = Text(
        "{total} 个社区中 {n} 个没有同名的后继，其中 {inferred} 个的去向是推断的；合并后重合的关系 {merged} 条；"
        "原在一个街道、现跨街道的联合支部 {branches} 个、指导员岗位 {posts} 个。",
        "{n} of {total} communities have no successor of the same name, and where {inferred} of these go is inferred; "
        "{merged} relations fall together; "
        "of one street before and of several now: {branches} joint branches, {posts} instructor posts.",
    )
    branches, posts = moved.crossing
    told = {"inferred": ways[Way.MAJORITY], "merged": moved.merged, "branches": branches, "posts": posts}
    terminal.say(text.format(total=sum(ways.values()), n=without_name, **told))
    terminal.say(_STREETS_OWN, "dim")


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
    names = _names(found)
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


def _names(found: WhatIf) -> dict[str, str]:
    """A few names of what opens and closes, for each question."""
    told: dict[str, list[str]] = {}
    for (question, change), rows in found.moved.group_by("question", "change", maintain_order=True):
        first = "、".join(rows.select(pl.coalesce("name", "id")).to_series().head(NAMES))
        told.setdefault(str(question), []).append(f"{_SIGNS[str(change)]} {first}{'…' if rows.height > NAMES else ''}")
    return {question: "；".join(texts) for question, texts in told.items()}


def _why(terminal: Terminal, found: WhatIf, differing: Iterable[Difference]) -> pl.DataFrame:
    """For each question the reasons of what opens and closes, and what it rests on that is otherwise."""
    counts = {name: rest for name, *rest in found.changes.counts().iter_rows()}
    rows = []
    for d in differing:
        lines = [_turn(_OPENS, _FRESH, _ENTERED, d, d.opens), _turn(_CLOSES, _ABSENT, _LEFT, d, d.closes)]
        if d.before.no_data and not d.after.no_data:
            lines.append(Text("此前没有数据，不曾问", "not asked before: there was no data"))
        rests = [*(_touched(name, *counts[name]) for name in d.types), *(PARAMETERS[n].title for n in d.parameters)]
        why = between(terminal.word).join(terminal.word(line) for line in lines if line is not None)
        rows.append((terminal.word(named(d.question)), why, between(terminal.word).join(map(terminal.word, rests))))
    return pl.DataFrame(rows, dict.fromkeys(("question", "why", "rests"), pl.String), orient="row")


def _turn(what: Text, absent: Text, unasked: Text, difference: Difference, turn: Turn) -> Text | None:
    """How many gaps open or close, for which reasons, and how many of them because the row itself came or went."""
    if not turn.total:
        return None
    reasons = difference.question.reasons
    said = [Text("{text} {n}", "{text} {n}").format(text=reasons[code].text, n=n) for code, n in turn.reasons.items()]
    beside = [text.format(n=n) for text, n in ((absent, turn.absent), (unasked, turn.unasked)) if n]
    zh, en = "、".join(t.zh for t in said), ", ".join(t.en for t in said)
    line = what.format(n=turn.total, reasons=Text(zh, en))
    return Text(line.zh + "".join(t.zh for t in beside), line.en + "".join(t.en for t in beside))


def _touched(name: str, added: int, removed: int, changed: int) -> Text:
    """How many rows of a type came, went, or are otherwise; as many that went as came are taken to have moved."""
    if added == removed:
        return Text("{what} 改 {n}", "{what}: {n} changed").format(what=TITLES[name], n=added + changed)
    told = [f"+{added}"] * bool(added) + [f"−{removed}"] * bool(removed)
    zh, en = [*told, *([f"改 {changed}"] * bool(changed))], [*told, *([f"{changed} changed"] * bool(changed))]
    return Text(f"{TITLES[name].zh} {' '.join(zh)}", f"{TITLES[name].en}: {', '.join(en)}")


_OPENS, _CLOSES = (
    Text("新开 {n}：{reasons}", "opens {n}: {reasons}"),
    Text("销号 {n}：原{reasons}", "closes {n}: were {reasons}"),
)
_FRESH = Text("（其中 {n} 项是新出现的对象）", " ({n} of them are new here)")
_ENTERED = Text("（其中 {n} 项此前不在范围内）", " ({n} of them were not in scope before)")
_ABSENT = Text("（其中 {n} 项因对象已不在）", " ({n} of them are gone themselves)")
_LEFT = Text("（其中 {n} 项不再在范围内）", " ({n} of them are in scope no more)")


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
_STREETS_OWN = Text(
    "街道自己的事（指导、召集、党组织、涉及它的文件）转给继任街道，组织随社区走。因此社区去了别处的组织归口错位；"
    "文件涉及的街道变大，并入的组织当时没有征求意见。撤并的街道不删除，下表中列为“修改”。",
    "What a street itself does (whom it guides, its Party body, papers that concern it) goes to the street that continues it, and "
    "organisations go with their community. So those whose community went elsewhere have the wrong street, and papers now "
    "concern organisations that came with the merger and were not heard. Streets that end are kept: they count as changed below.",
)
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
    "why": Text("原因", "why"),
    "rests": Text("变动的依据", "rests on, and changed"),
    "street": Text("原街道", "street before"),
    "to_street": Text("推断去向", "taken to go to"),
    "from_names": Text("同名社区", "communities of the name"),
    "kind": Text("措施", "action"),
    "proposals_before": Text("建议·前", "proposals before"),
    "proposals_after": Text("建议·后", "proposals after"),
    "unplaced_before": Text("无着·前", "without one before"),
    "unplaced_after": Text("无着·后", "without one after"),
}
