"""How does a plan go out for approval? One row a proposal, with its reasons, and a column in which to decide."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import xlsxwriter

from graphmodel.text import Text
from loaders import returned_plan as layout
from planning.decisions import Decision, DecisionState
from planning.plan import Proposal, no_other
from planning.plan_book import Kept
from visualizations.styles import INK
from visualizations.table_sheet import neutral

_LINE = 18  # points: the height of one line of text
_SHOWN = {
    "number": (Text("号", "no."), 6),
    "kind": (Text("动作", "action"), 20),
    "title": (Text("内容", "what"), 52),
    "reasons": (Text("理由（依据）", "reasons (clauses)"), 70),
    "runner_up": (Text("次选及其代价", "runner-up and what it costs"), 36),
    "closes": (Text("销号数", "gaps closed"), 9),
    "other": (Text("另销数", "closed beside"), 9),
}
_UNPLACED = "没有方案的 Without proposal"
_LACKING = (
    (Text("对象", "for"), 36),
    (Text("缺口", "gaps"), 44),
    (Text("为何没有", "why none"), 64),
    (Text("最省的改变", "cheapest change"), 64),
)
_WIDTHS = {layout.DECISION: 18, layout.REASON: 36}


def words() -> dict[str, str]:
    """How decisions may be written in the workbook: as its drop-down has them, in either language, or as stored."""
    said = {}
    for state in DecisionState:
        for word in (_word(state), state.title.zh, state.title.en, state.value):
            said[word.lower()] = state.value
    return said


def _word(state: DecisionState) -> str:
    return f"{state.title.zh} {state.title.en}"


def write_plan_workbook(
    kept: Kept,
    proposals: Sequence[tuple[int, Proposal]],
    decisions: Mapping[str, Decision],
    path: Path,
    unplaced: Sequence[tuple[str, Text, Text, Text]] = (),
) -> None:
    """Write the proposals with their numbers for approval: decisions by drop-down, reasons beside; keys are hidden.

    `unplaced` are those without a proposal, for a sheet of their own: name, gaps, why there is none, the cheapest change.

    No cell is a formula, whatever the data says. `loaders.returned_plan` reads it back. Errors: `OSError`.
    """
    options = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    book = xlsxwriter.Workbook(path, options)
    try:
        sheet = book.add_worksheet(layout.SHEET)
        title = book.add_format({"bold": True, "font_size": 14, "font_color": INK})
        plain = book.add_format({"font_color": INK, "valign": "top", "text_wrap": True, "num_format": "@"})
        head = book.add_format({"bold": True, "text_wrap": True, "bg_color": "#DDE3EA", "border": 1})
        fill = book.add_format({"font_color": INK, "valign": "top", "bg_color": "#FFF8E1", "border": 4,
                                "text_wrap": True, "num_format": "@"})  # fmt: skip
        sheet.write_string(
            0, 0, neutral(Text(f"方案 {kept.name} 审批", f"plan {kept.name} for approval").both()), title
        )
        lines = (kept.line, *kept.reckoning, _HOW)
        for row, line in enumerate(lines, 1):
            sheet.write_string(row, 0, neutral(line.both()))
        top = len(lines) + 2
        columns = {**_SHOWN, **{f: (text, _WIDTHS.get(f, 12)) for f, text in layout.HEADERS.items()}}
        for place, (field, (text, width)) in enumerate(columns.items()):
            hidden = field in layout.HEADERS and field not in _WIDTHS
            sheet.set_column(place, place, width, None, {"hidden": hidden})
            sheet.write_string(top, place, f"{text.zh}\n{text.en}", head)
        for row, (number, one) in enumerate(proposals, top + 1):
            cells = _cells(kept, number, one, decisions[one.id])
            sheet.set_row(row, _LINE * max(2, len(one.reasons)))
            for place, field in enumerate(columns):
                value = cells[field]
                if isinstance(value, int):
                    sheet.write_number(row, place, value, plain)
                elif value or field in _WIDTHS:
                    sheet.write_string(row, place, neutral(value or ""), fill if field in _WIDTHS else plain)
        last = max(top + len(proposals), top + 1)
        at = list(columns).index(layout.DECISION)
        sheet.data_validation(
            top + 1, at, last, at,
            {"validate": "list", "source": [_word(s) for s in DecisionState], "error_title": "决定 decision",
             "error_message": "请从列表中选择 / choose from the list"},
        )  # fmt: skip
        sheet.set_row(top, 2 * _LINE)
        sheet.freeze_panes(top + 1, 3)
        sheet.autofilter(top, 0, last, len(columns) - 1)
        sheet.set_landscape()
        sheet.set_paper(9)
        sheet.fit_to_pages(1, 0)
        sheet.repeat_rows(top)
        if unplaced:
            _write_unplaced(book.add_worksheet(_UNPLACED), unplaced, head, plain)
    finally:
        book.close()


def _write_unplaced(
    sheet: xlsxwriter.worksheet.Worksheet, unplaced: Sequence[tuple[str, Text, Text, Text]], head: Any, plain: Any
) -> None:
    for place, (text, width) in enumerate(_LACKING):
        sheet.set_column(place, place, width)
        sheet.write_string(0, place, f"{text.zh}\n{text.en}", head)
    sheet.set_row(0, 2 * _LINE)
    for row, (name, *told) in enumerate(unplaced, 1):
        for place, said in enumerate((name, *(text.both() for text in told))):
            sheet.write_string(row, place, neutral(said), plain)
    sheet.freeze_panes(1, 0)
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 0)


def _cells(kept: Kept, number: int, one: Proposal, decision: Decision) -> dict[str, str | int | None]:
    reasons = [f"{r.text.both()}（{r.clause}）" if r.clause else r.text.both() for r in one.reasons]
    other, undecided = one.runner_up, decision.state is DecisionState.OPEN
    return {
        "number": number,
        "kind": one.kind.title.both(),
        "title": one.title.both(),
        "reasons": "\n".join(f"• {text}" for text in reasons),
        "runner_up": (no_other(one.kind) if other is None else other.text).both(),
        "closes": one.counted[0],
        "other": one.counted[1],
        layout.DECISION: None if undecided else _word(decision.state),
        layout.REASON: decision.reason,
        layout.PLAN: kept.name,
        layout.PROPOSAL: one.id,
        layout.VERSION: str(decision.version),
        layout.EXPORTED: layout.exported(decision.state.value, decision.reason),
    }


_HOW = Text(
    "在“决定”列选择采纳、驳回（写明理由）、锁定；留空为待定。不要写个人信息，不要删列。交回：partygraph plan read 本文件",
    "Choose in 'decision': accepted, rejected (with a reason), pinned; blank is open. No personal data; keep all columns. "
    "To return it: partygraph plan read THIS-FILE",
)
