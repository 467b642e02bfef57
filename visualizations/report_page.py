"""How does a report become paper? One HTML file, offline, A4: the leader's page, all questions, streets, findings."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

import polars as pl
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from graphmodel.text import Text
from loaders.errors import printable
from queries.answer import Answer
from queries.breakdown import Dimension
from queries.context import Context
from queries.lacking import lacks, no_data
from visualizations.case_words import CASES, counted, urgent, urgent_rows
from visualizations.headline import Figure, Worst, basis, figures, next_steps, worst
from visualizations.report import Report
from visualizations.statistics import DIMENSIONS, statistic
from visualizations.styles import SEVERITIES
from visualizations.words import VERDICTS, Listing, Shown, context_of, listing, named

MOST_FINDINGS = 12  # of one question; the rest are counted and stand in the workbook
MOST_URGENT = 3  # cases that head the leader's page, which is one sheet
MOST_LINES = 60  # of one statistic
LONGEST = 200  # characters of a name
_ONE_LINE = 28  # characters of a code that is not broken
_VISIBLE = 0.0005  # what a rate with one decimal shows
TEMPLATES = Path(__file__).parent / "templates"

_TITLE = Text("社会组织党建缺口报告", "Gaps in Party building in social organisations")
_WORDS = {
    "cases": CASES,
    "worst": Text("最突出的三个缺口", "The three worst gaps"),
    "most": Text("最多的街道", "most in"),
    "nothing": Text("没有发现程度为高或中的缺口。", "No gap of high or middle severity was found."),
    "next": Text("下一步", "What to do next"),
    "no_steps": Text("目标均已达到，没有待办的缺口。", "All targets are reached and nothing is left to be done."),
    "questions": Text("全部问题", "All questions"),
    "question": Text("问题", "question"),
    "severity": Text("程度", "severity"),
    "total": Text("范围内", "in scope"),
    "gaps": Text("缺口", "gaps"),
    "rate": Text("占比", "share"),
    "unknown": Text("待核实", "cannot tell"),
    "clauses": Text("依据", "clauses"),
    "findings": Text("缺口明细", "The findings"),
    "clean": Text("没有缺口和待核实项的问题", "Questions that found nothing"),
}
_SHOWN_FIGURES = {
    "name": Text("名称", "name"),
    "total": Text("登记", "registered"),
    "coverage_rate": Text("覆盖率", "coverage"),
    "coverage_short": Text("差（家）", "short"),
    "planned_coverage_rate": Text("落实后", "after plan"),
    "standalone_rate": Text("单建率", "standalone"),
    "work_rate": Text("工作覆盖", "work"),
    "filed": Text("备案", "filed"),
    "filed_work_rate": Text("备案覆盖", "filed, work"),
    "gravest:high": Text("高", "gaps, high"),
    "gravest:middle": Text("中", "gaps, middle"),
    "gravest:advice": Text("建议", "gaps, advice"),
}
_HEAT = ("gravest:high", "gravest:middle")


def report_page(report: Report, *, shown: Shown = "both", label: Text | None = None) -> str:
    """The report as one HTML page without scripts that asks for nothing outside itself.

    `shown` is the language shown first, readers may switch; `label` stands under the title, such as that the data are
    generated. Lists are cut at 12 findings a question, with the rest counted. Cost: linear in the findings.
    """
    context = context_of(report)
    stamp = report.network.stamp
    subtitle = Text("数据截至 {day}，第 {revision} 版", "data as of {day}, revision {revision}")
    return (
        environment()
        .get_template("report.html")
        .render(
            shown=shown,
            as_of=stamp.as_of,
            title=_TITLE,
            subtitle=subtitle.format(day=stamp.as_of, revision=stamp.revision),
            label=label,
            words=_WORDS,
            cases=_cases(report, context),
            figures=[_figure(figure) for figure in figures(context_of(report))],
            worst=[_worst(gap) for gap in worst(report)],
            steps=next_steps(report),
            basis=basis(report),
            questions=[_question(answer, context) for answer in report.answers],
            statistics=[_statistic(report, dimension) for dimension in DIMENSIONS],
        )
    )


@cache
def environment() -> Environment:
    """Where templates come from: everything is escaped, and a name that is not there is an error."""
    return Environment(
        loader=FileSystemLoader(TEMPLATES, encoding="utf-8"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


def _percent(rate: float | None) -> str:
    return "–" if rate is None else f"{rate:.1%}"


def _cases(report: Report, context: Context) -> dict[str, Any] | None:
    """How many cases there are, the most urgent as rows, and how many more stand in the workbook."""
    if not report.cases.height:
        return None
    more = Text("另有 {n} 件见工作簿“{sheet}”。", "{n} more stand in the workbook, sheet '{sheet}'.")
    rest = urgent(report.cases).height - MOST_URGENT
    rows = urgent_rows(report.cases, context, MOST_URGENT)
    return {
        "counted": counted(report.cases),
        "rows": [[_words(cell.zh, cell.en) for cell in row] for row in rows],
        "more": more.format(n=rest, sheet=CASES.zh) if rest > 0 else None,
    }


def _figure(figure: Figure) -> dict[str, Any]:
    share, after = figure.share, figure.then
    between = None
    if share.lowest is not None and share.highest is not None and share.highest - share.lowest > _VISIBLE:
        text = Text("信息不全，实际在 {low:.1%}–{high:.1%} 之间", "some is unknown: between {low:.1%} and {high:.1%}")
        between = text.format(low=share.lowest, high=share.highest)
    planned = None
    if after is not None and share.rate is not None and after - share.rate > _VISIBLE:
        planned = Text("计划落实后 {rate:.1%}", "{rate:.1%} after what is planned").format(rate=after)
    return {
        "title": figure.title,
        "note": figure.note,
        "rate": _percent(figure.rate),
        "known": share.rate is not None,
        "lowest": share.lowest or 0,
        "highest": share.highest or 0,
        "target": figure.target,
        "fraction": f"{figure.part} / {figure.whole}",
        "range": between,
        "state": _state(figure),
        "after": planned,
    }


def _state(figure: Figure) -> Text | None:
    if figure.target is None or figure.share.rate is None:
        return None
    if figure.short:
        text = Text("目标 {target:.0%}，还差 {short} 家", "target {target:.0%}, {short} organisations short")
        return text.format(target=figure.target, short=figure.short)
    return Text("目标 {target:.0%}，已达到", "target {target:.0%}, reached").format(target=figure.target)


def _worst(gap: Worst) -> dict[str, Any]:
    asked = gap.answer.question
    return {
        "gaps": gap.answer.gaps,
        "total": gap.answer.total,
        "term": named(asked),
        "text": asked.text,
        "severity": asked.severity.title,
        "mark": SEVERITIES[asked.severity],
        "clauses": ", ".join(asked.clauses),
        "streets": "、".join(f"{_short(name)} {count}" for name, count in gap.streets),
    }


def _question(answer: Answer, context: Context) -> dict[str, Any]:
    asked = answer.question
    chinese, english = (
        listing(answer, context, word, most=MOST_FINDINGS) for word in (lambda text: text.zh, lambda text: text.en)
    )
    rest = answer.gaps + answer.unknowns - MOST_FINDINGS
    more = Text("另有 {n} 项，见工作簿“{term}”。", "{n} more stand in the workbook, sheet '{term}'.")
    figures_of = Text(
        f"范围内 {answer.total}，缺口 {answer.gaps}，待核实 {answer.unknowns}。{asked.text.zh}",
        f"{answer.total} in scope, {answer.gaps} gaps, {answer.unknowns} cannot be told. {asked.text.en}",
    )
    one_reason = next(iter(asked.reasons.values())).text if len(asked.reasons) == 1 else None
    columns = _columns(chinese, one_reason)
    return {
        "id": asked.id,
        "term": named(asked),
        "text": asked.text,
        "severity": asked.severity.title,
        "mark": SEVERITIES[asked.severity],
        "total": answer.total,
        "gaps": answer.gaps,
        "unknowns": answer.unknowns,
        "rate": _percent(answer.gaps / answer.total if answer.total else None),
        "no_data": no_data(lacks(asked.needs, context)) if answer.no_data else None,
        "clauses": ", ".join(asked.clauses),
        "figures": figures_of,
        "reason": one_reason and Text(f"原因：{one_reason.zh}", f"Reason: {one_reason.en}"),
        "remedy": Text(f"措施：{asked.remedy.zh}", f"Remedy: {asked.remedy.en}"),
        "heads": [chinese.heads[name] for name in columns],
        "street": columns.index("street") if "street" in columns else None,
        "rows": _rows(chinese, english, columns),
        "more": more.format(n=rest, term=asked.term) if rest > 0 else None,
    }


def _columns(found: Listing, one_reason: Text | None) -> list[str]:
    """What is worth its place on paper: no column that is empty, none that says the same in every row."""
    shown = found.frame
    left_out = {"id", "missing", "remedy", "clauses"} | ({"reasons"} if one_reason else set())
    left_out |= {name for name in found.heads if shown[name].null_count() == shown.height}
    if shown["verdict"].n_unique() < 2 and "缺口" in shown["verdict"].to_list():
        left_out.add("verdict")
    names = [name for name in found.heads if name not in left_out and name not in ("name", "verdict")]
    return ["name", *(["verdict"] if "verdict" not in left_out else []), *names]


def _rows(chinese: Listing, english: Listing, columns: list[str]) -> list[dict[str, Any]]:
    rows = []
    one, other = (found.frame.iter_rows(named=True) for found in (chinese, english))
    for zh, en in zip(one, other, strict=True):
        name = zh["name"] or zh["id"]
        cells = [_words(zh[column], en[column]) for column in columns if column != "name"]
        id_ = "" if name in zh["id"] else _short(zh["id"])  # many ids are made of the name
        doubt, code = zh["verdict"] == VERDICTS["cannot-tell"].zh, id_.isascii() and len(id_) <= _ONE_LINE
        lacks = Text(f"缺少：{_short(zh['missing'])}", f"missing: {_short(en['missing'])}") if zh["missing"] else None
        rows.append({"id": id_, "code": code, "lacks": lacks, "cells": [_short(name), *cells], "doubt": doubt})
    return rows


def _words(zh: Any, en: Any) -> str | Text:
    if zh is None:
        return ""
    one, other = _short(str(zh)), _short(str(en))
    return one if one == other or not (one and other) else Text(one, other)


def _short(text: str) -> str:
    return printable(text, LONGEST)


def _statistic(report: Report, dimension: Dimension) -> dict[str, Any]:
    frame = statistic(report, dimension).frame
    cut = pl.concat([frame.head(MOST_LINES), frame.tail(1)]) if frame.height > MOST_LINES + 1 else frame
    most = {name: frame[name].head(-1).max() for name in _HEAT}
    rows = []
    for row in cut.iter_rows(named=True):
        whole = row["key"] == "all"
        rows.append([_cell(name, row[name], None if whole else most.get(name)) for name in _SHOWN_FIGURES])
    note = Text(
        "“高”“中”“建议”为有缺口的组织数，每个组织按最重的缺口计一次，颜色越深越多。",
        "High, middle, advice: organisations with a gap, each counted once, by its gravest; the darker, the more.",
    )
    if dimension is Dimension.AUTHORITY:
        note = Text(
            note.zh + "有几个主管单位的在各单位都计入。", note.en + " One with several authorities counts under each."
        )
    if frame.height > MOST_LINES + 1:
        rest = frame.height - MOST_LINES - 1
        note = Text(f"{note.zh}另有 {rest} 行见工作簿。", f"{note.en} {rest} more lines stand in the workbook.")
    title = Text("按{by}统计", "By {by}").format(by=dimension.title)
    return {"title": title, "heads": list(_SHOWN_FIGURES.values()), "rows": rows, "note": note}


def _cell(name: str, value: Any, most: Any) -> dict[str, Any]:
    if value is None:
        return {"text": "–", "step": 0}
    if isinstance(value, float):
        return {"text": f"{value:.1%}", "step": 0}
    if isinstance(value, str):
        return {"text": _short(value), "step": 0}
    step = 1 + int(value / most * 3.999) if most and value else 0
    return {"text": str(value) if value or name not in _HEAT else "·", "step": step}
