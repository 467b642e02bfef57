"""What does the leader's page say? The rates with all they rest on, the three worst gaps and what to do next."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import islice

import polars as pl

from graphmodel.parameters import PARAMETERS
from graphmodel.text import Text
from queries.answer import Answer
from queries.context import Context
from queries.coverage import Rates, Share, coverage, coverage_after_plans, shown
from visualizations.report import Report
from visualizations.words import context_of, listing, missing_titles, named

WORST = 3


@dataclass(frozen=True, slots=True)
class Figure:
    """One rate: `part` of `whole` for certain, the range the unknown allows, what it will be after what is planned.

    `target` and `short` (how many organisations are lacking) are None where the policy sets no target. `note` says of what the
    part is made, and who is left.
    """

    title: Text
    note: Text
    part: int
    whole: int
    share: Share
    planned: Share
    target: float | None = None
    short: int | None = None

    @property
    def rate(self) -> float | None:
        """The rate as it is shown: a target that is missed is not reached by rounding."""
        return shown(self.share.rate, self.target)

    @property
    def then(self) -> float | None:
        """The rate after what is planned, as it is shown."""
        return shown(self.planned.rate, self.target)


@dataclass(frozen=True, slots=True)
class Worst:
    """One of the worst gaps: the answer, and the streets that have most of them with their numbers."""

    answer: Answer
    streets: tuple[tuple[str, int], ...]


def figures(context: Context) -> tuple[Figure, ...]:
    """党组织覆盖率, 单建率 and 工作覆盖率 of the registered, and 工作覆盖率 of the filed, who are never mixed with them."""
    now, then = coverage(context), coverage_after_plans(context)
    registered, planned = now.rates(), then.rates()
    filed, filed_planned = now.rates(scope=now.filed), then.rates(scope=then.filed)
    counted = registered.standalone + registered.joint
    also = context.values.flag("functional_counts")
    counted += registered.functional if also else 0
    found = [
        Figure(
            Text("党组织覆盖率（登记类）", "coverage rate of the registered"),
            _parts(registered, functional=also),
            counted,
            registered.total,
            registered.coverage,
            planned.coverage,
            now.coverage_target,
            registered.coverage_short,
        ),
        Figure(
            Text("单建率", "standalone rate"),
            Text("单独组建党组织的组织", "organisations with a Party organisation of their own"),
            registered.standalone,
            registered.total,
            registered.standalone_share,
            planned.standalone_share,
            now.standalone_target,
            registered.standalone_short,
        ),
        _work(Text("党的工作覆盖率（登记类）", "work coverage rate of the registered"), registered, planned),
    ]
    if filed.total:
        found.append(_work(Text("党的工作覆盖率（备案类）", "work coverage rate of the filed"), filed, filed_planned))
    return tuple(found)


def _parts(rates: Rates, *, functional: bool) -> Text:
    text = Text("单独 {a} + 联合 {b}", "{a} standalone + {b} joint").format(a=rates.standalone, b=rates.joint)
    other = Text("功能型等 {c}", "{c} functional or other").format(c=rates.functional)
    if functional:
        text = Text(f"{text.zh} + {other.zh}", f"{text.en} + {other.en}")
    part = rates.standalone + rates.joint + (rates.functional if functional else 0)
    apart = 0 if functional else rates.functional
    perhaps = max(0, round((rates.coverage.highest or 0) * rates.total) - part)
    rest = rates.total - part
    if not rest:
        return text
    left = [_UNCOVERED.format(n=rest - apart - perhaps)]
    left += [_APART.format(n=apart)] if apart else []
    left += [_UNKNOWN.format(n=perhaps)] if perhaps else []
    zh, en = "、".join(one.zh for one in left), ", ".join(one.en for one in left)
    return Text(f"{text.zh}；其余 {rest} 家：{zh}", f"{text.en}; the other {rest}: {en}")


_UNCOVERED = Text("未覆盖 {n}", "{n} uncovered")
_APART = Text(
    "只有功能型等其他形式（本政策不计入） {n}",
    "{n} by functional or other forms alone, which this policy does not count",
)
_UNKNOWN = Text("待核实 {n}", "{n} cannot be told")


def _work(title: Text, rates: Rates, planned: Rates) -> Figure:
    note = Text(
        "有党组织、指导员、指导站或群团组织", "with a Party organisation, instructor, station or mass organisation"
    )
    part = round((rates.work.rate or 0) * rates.total)
    return Figure(title, note, part, rates.total, rates.work, planned.work)


def worst(report: Report) -> tuple[Worst, ...]:
    """The gravest gaps, three at most: by severity, then by number, as the report is ordered; without advice."""
    grave = (a for a in report.answers if a.gaps and a.question.severity.value in ("high", "middle"))
    return tuple(Worst(answer, _streets(report, answer)) for answer in islice(grave, WORST))


def _streets(report: Report, answer: Answer) -> tuple[tuple[str, int], ...]:
    frame = listing(answer, context_of(report), lambda text: text.zh, most=answer.gaps).frame
    if "street" not in frame.columns:
        return ()
    most = frame["street"].drop_nulls().value_counts(sort=True).sort("count", "street", descending=[True, False])
    return tuple((str(name), int(count)) for name, count in most.head(3).iter_rows())


def next_steps(report: Report) -> list[Text]:
    """What to do next, the most urgent first: targets that are missed, the worst gaps, what has to be found out."""
    steps = []
    for figure in figures(context_of(report)):
        if figure.short and figure.target is not None:
            words = Text(
                "{title}距 {target:.0%} 的目标还差 {short} 家",
                "{title}: {short} organisations short of the target of {target:.0%}",
            )
            after = Text("；计划落实后为 {rate:.1%}。", "; {rate:.1%} after what is planned.").format(
                rate=figure.then or 0
            )
            text = words.format(title=figure.title, target=figure.target, short=figure.short)
            steps.append(Text(text.zh + after.zh, text.en[:1].upper() + text.en[1:] + after.en))
    for gap in worst(report):
        asked = gap.answer.question
        steps.append(
            Text(
                f"{asked.term} {gap.answer.gaps} 项：{asked.remedy.zh}",
                f"{named(asked).en} ({gap.answer.gaps}): {asked.remedy.en}",
            )
        )
    unknown = sum(a.unknowns for a in report.answers)
    if unknown:
        fields = "、".join(t.zh for t in missing_most(report))
        english = ", ".join(t.en for t in missing_most(report))
        steps.append(
            Text(
                f"核实 {unknown} 项不能判断的，主要缺少：{fields}。",
                f"Find out what is missing for {unknown} answers, mostly: {english}.",
            )
        )
    return steps


def missing_most(report: Report, most: int = 3) -> list[Text]:
    """Which fields and relations, if they were known, would settle most of what cannot be told."""
    parts = []
    titles: dict[str, Text] = {}
    for answer in report.answers:
        if answer.unknowns:
            titles |= missing_titles(answer.question.anchor.fields.columns)
            parts.append(answer.findings()["missing"].explode().drop_nulls())
    if not parts:
        return []
    counts = (
        pl.concat(parts).alias("missing").value_counts(sort=True).sort("count", "missing", descending=[True, False])
    )
    return [titles[name] for name in counts["missing"].head(most) if name in titles]


def basis(report: Report) -> list[Text]:
    """What every figure of the report rests on, and its notes."""
    return [*rests_on(context_of(report)), *report.notes]


def rests_on(context: Context) -> list[Text]:
    """What every figure rests on: revision and day, policy, denominator, functional ones, the words."""
    values, stamp = context.values, context.network.stamp
    choices = PARAMETERS["coverage_denominator"].choices or {}
    lines = [
        Text(
            f"数据第 {stamp.revision} 版，截至 {stamp.as_of}；以 {context.today} 为今天。",
            f"Revision {stamp.revision}, as of {stamp.as_of}; {context.today} is taken as today.",
        ),
        Text(
            f"政策：{values.title.zh}；政策文件 {values.policy}。",
            f"Policy: {values.title.en}; policy file {values.policy}.",
        ),
        Text("覆盖率分母：{what}", "Denominator of the rates: {what}").format(
            what=choices[values.word("coverage_denominator")]
        ),
        Text("功能型党组织{what}", "Functional Party organisations {what}").format(
            what=Text("计入组织覆盖", "count as coverage")
            if values.flag("functional_counts")
            else Text("不计入组织覆盖", "do not count as coverage")
        ),
        Text(
            "“待核实”表示缺少信息，既不算缺口，也不算符合；空白不是零，也不是“否”。",
            "'Cannot tell' means that something is not known: neither gap nor pass; empty is never 0 and never no.",
        ),
    ]
    if values.changed:
        names = [PARAMETERS[n].title for n in values.changed]
        zh, en = "、".join(n.zh for n in names), ", ".join(n.en for n in names)
        lines.append(Text(f"假设改变的参数：{zh}", f"Changed for a what-if: {en}"))
    return lines
