"""How does the shell show cases? As a table, in red what is overdue; and what a revision or a person did to them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import polars as pl

from api.terminal import Terminal
from api.workspace import Workspace
from graphmodel.text import Text
from queries.case_history import CaseState, Closing
from queries.cases import Case
from visualizations.case_words import CASES, HEADS, case_listing

_MOST_TOLD = 20
_SHOWN = (
    "urgency", "question", "subject", "name", "street", "body", "measure", "deadline", "days_left", "state",
    "closed_as", "kept_until", "version",
)  # fmt: skip
_STYLES = {"overdue": "bold red", "due_soon": "yellow"}


def show_cases(terminal: Terminal, table: pl.DataFrame, words: pl.DataFrame, limit: int | None) -> None:
    """Print cases, in red what is overdue, in yellow what is due soon; columns that nobody filled in are left out."""
    shown = [n for n in _SHOWN if words[n].null_count() < words.height]
    styles = [
        _STYLES["overdue"] if late else _STYLES["due_soon"] if soon else ""
        for late, soon in table.select("overdue", "due_soon").iter_rows()
    ]
    terminal.table(CASES, words.select(shown), HEADS, limit, styles)


def show_written(
    terminal: Terminal, workspace: Workspace, changed: Sequence[Case], done: Text, warning: Text | None = None
) -> None:
    """Say what was done, and what is odd about it, and show the cases as they now are."""
    context = workspace.context()
    table = workspace.casework().shown(changed, context)
    cases = [{**c.model_dump(mode="json"), "version": c.version} for c in changed]
    terminal.give({"done": done, "warnings": [] if warning is None else [warning], "cases": cases})
    terminal.say(done, "green")
    if warning is not None:
        terminal.say(warning, "yellow")
    show_cases(terminal, table, case_listing(table, context, terminal.word).frame, _MOST_TOLD)


def say_settled(terminal: Terminal, settled: Sequence[Case]) -> None:
    """Say how many cases the questions closed, why, and opened again on a new revision; nothing where none."""
    if settled:
        closed = Counter(case.closed_as for case in settled)
        text = Text(
            "整改台账：自动销号 {n} 件，重新打开 {m} 件。", "Cases: {n} closed by their questions, {m} open again."
        )
        terminal.say(text.format(n=len(settled) - closed[None], m=closed[None]), "green")
        for why in Closing:
            if closed[why] and why is not Closing.PASSES:
                text = Text("其中 {n} 件并非整改到位：{why}。", "{n} of them were not mended: {why}.")
                terminal.say(text.format(n=closed[why], why=why.title), "yellow")


def settled_for_programs(settled: Sequence[Case]) -> dict[str, list[str]]:
    """The identities of the cases that a new revision closed and opened again."""
    closed = {case.identity for case in settled if case.state is CaseState.CLOSED}
    return {"closed": sorted(closed), "reopened": sorted({case.identity for case in settled} - closed)}
