"""How do decisions come back from an approval workbook? Through the same rules as all others, wrong cells named, whole or not at all."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from api import plans
from api.outputs import refuse_existing, whole
from api.plan_views import Choice, lacking, names, titles, view
from api.workspace import ACTOR, Workspace
from graphmodel.text import Refusal, Text
from loaders import returned_plan as layout
from loaders.errors import RowError
from loaders.returned_plan import ReturnedRow, read_returned
from planning.decisions import Decision, DecisionRefused, DecisionsMoved, DecisionState, Wish, decided
from planning.plan_book import Kept
from visualizations.plan_workbook import words, write_plan_workbook

_SHOWN = 20  # errors named in one message
_MOVED = "changed-elsewhere"


class WorkbookRefused(Refusal):
    """Nothing of a returned workbook was taken; `errors` says why, cell by cell."""

    def __init__(self, errors: Sequence[RowError]) -> None:
        rest = len(errors) - _SHOWN
        zh = [e.as_text("zh") for e in errors[:_SHOWN]] + ([f"……另有 {rest} 处"] if rest > 0 else [])
        en = [e.as_text("en") for e in errors[:_SHOWN]] + ([f"… and {rest} more"] if rest > 0 else [])
        message = Text("审批表未读入：\n{zh}", "Nothing of the workbook was taken:\n{en}")
        hint = Text("请更正这些单元格后再读入。", "Correct these cells, then read it again.")
        code = "decision-moved" if {e.code for e in errors} == {_MOVED} else "workbook-refused"
        super().__init__(message.format(zh="\n".join(zh), en="\n".join(en)), hint, code)
        self.errors = tuple(errors)


def write(
    workspace: Workspace, path: Path, name: str | None = None, choice: Choice | None = None, *, force: bool = False
) -> tuple[Kept, int]:
    """Write a plan, or what was chosen of it, for approval; gives the plan and the number of proposals.

    Errors: `NoSuchPlan`, `FileExists`, `CannotWrite`.
    """
    refuse_existing([path], force=force)
    shown = view(workspace, name, choice)
    called = names(workspace.network(), [u.subject for u in shown.unplaced])
    titled = titles(workspace.network(), [one for _, one in shown.chosen])
    chosen = [(number, replace(one, title=titled[one.id])) for number, one in shown.chosen]
    unplaced = [(called[u.subject], gaps, u.why, u.cheapest) for u, gaps in lacking(shown.unplaced)]
    with whole(path) as made:
        write_plan_workbook(shown.kept, chosen, shown.decisions, made, unplaced)
    return shown.kept, len(shown.chosen)


def read(
    workspace: Workspace, path: Path, name: str | None = None, unit: str = ACTOR
) -> tuple[Kept | None, tuple[Decision, ...]]:
    """Take the decisions of a returned workbook, of the plan that it names; gives that plan and the decisions that changed.

    None and nothing where no row was touched. `name` is the plan that it is expected to be of. Errors: `FileRefused`,
    `NoSuchPlan`; `WorkbookRefused` naming each cell; `DecisionsMoved` where somebody decides at the same moment.
    """
    rows, errors = read_returned(path, words())
    plan = name or (rows[0].plan if rows else None)
    kept = plans.book(workspace).plan(plan) if plan else None
    made: list[Decision] = []
    if kept is not None:
        now, at = plans.book(workspace).standing(kept), dt.datetime.now(dt.UTC)
        met: set[str] = set()
        for row in rows:
            one = _decided(row, kept, now.get(row.proposal), met, unit, at)
            met.add(row.proposal)
            if isinstance(one, RowError):
                errors.append(one)
            elif one is not None:
                made.append(one)
    if errors:
        raise WorkbookRefused(sorted(errors, key=lambda error: error.row or 0))
    return kept, () if kept is None else plans.book(workspace).save(made, kept.called)


def _decided(
    row: ReturnedRow, kept: Kept, now: Decision | None, met: set[str], unit: str, at: dt.datetime
) -> Decision | RowError | None:
    if row.plan != kept.name:
        message = Text("这一行属于方案 {other}，不是 {name}。", "This row is of plan {other}, not of {name}.")
        hint = Text("请分开交回各方案的审批表。", "Return the workbooks of different plans apart.")
        return row.remark(
            layout.PLAN, row.plan, "wrong-plan", message.format(other=row.plan[:40], name=kept.name), hint
        )
    if now is None:
        message = Text("方案 {name} 没有这一项。", "Plan {name} has no such proposal.").format(name=kept.name)
        hint = Text(
            "隐藏列可能被改动；请重新写出审批表。", "A hidden cell may have been changed: write the workbook anew."
        )
        return row.remark(layout.PROPOSAL, row.proposal, "unknown-proposal", message, hint)
    if row.proposal in met:
        message = Text("同一方案项写了两行。", "One proposal stands in two rows.")
        return row.remark(layout.DECISION, None, "decided-twice", message, Text("请只留一行。", "Keep one of them."))
    state = next(s for s in DecisionState if s.value == row.decision)
    try:
        return decided(now, Wish(row.proposal, state, row.reason, row.version), unit, at, kept.called)
    except DecisionsMoved as fault:
        hint = Text("请看过后重新写出审批表再填。", "Look at it, write the workbook anew, then decide.")
        message = Text("已在别处改动：{said}", "changed elsewhere: {said}").format(said=fault.moved[0].said)
        return row.remark(layout.DECISION, row.decision, _MOVED, message, hint)
    except DecisionRefused as fault:
        return row.remark(layout.REASON, None, fault.code, fault.message, fault.hint or _MEND)


_MEND = Text("请更正。", "Correct it.")
