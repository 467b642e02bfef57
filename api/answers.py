"""What is the answer? Answers and tables as pages show them, computed once for a revision, policy and day."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from api.workspace import Workspace
from graphmodel.text import Refusal, Text
from queries.answer import Answer, beside
from queries.context import Context
from queries.pushed_down import Engine
from queries.question import Question, Table
from queries.registry import question
from visualizations.words import named


class OtherKind(Refusal):
    """A table was asked for its findings, or a question that judges rows for its table."""

    def __init__(self, asked: Text, *, table: bool) -> None:
        kind = (
            Text("统计表，没有明细", "a table and has no findings")
            if table
            else Text("逐项判断的问题，不是统计表", "no table but judges row by row")
        )
        message = Text("“{term}”是{kind}。", "'{term}' is {kind}.").format(term=asked, kind=kind)
        hint = Text("见 /api/v1/questions 中的 kind。", "See its kind at /api/v1/questions.")
        super().__init__(message, hint, code="other-kind")


def judging(id_: str) -> Question:
    """A question that judges rows. Errors: `NoSuchQuestion`, `OtherKind`."""
    asked = question(id_)
    if isinstance(asked, Table):
        raise OtherKind(named(asked), table=True)
    return asked


def answer_to(workspace: Workspace, id_: str, context: Context, engine: Engine = "process") -> Answer:
    """The answer to a question that judges rows. Errors: `NoSuchQuestion`, `OtherKind`, those of `Workspace.ask`."""
    judging(id_)

    def ask() -> Answer:
        answer = workspace.ask(id_, context, engine=engine)
        assert isinstance(answer, Answer)
        return answer

    return context.memo(("answer", id_, _since(context), engine), ask)


def findings_of(answer: Answer, context: Context) -> pl.DataFrame:
    """The findings of an answer on that context and what stands beside them, made once."""

    def made() -> pl.DataFrame:
        return answer.findings().hstack(beside(answer, context))

    return context.memo(("findings", answer.question.id, _since(context)), made)


def rows_of_table(workspace: Workspace, id_: str, context: Context, since: Sequence[int]) -> tuple[Table, pl.DataFrame]:
    """A table and its rows, compared with earlier revisions where some are given.

    Errors: `NoSuchQuestion`, `OtherKind`, `NeedsHistory`, `NoSuchRevision`, those of `Workspace.ask`.
    """
    asked = question(id_)
    if not isinstance(asked, Table):
        raise OtherKind(named(asked), table=False)
    newest_first = sorted(set(since), reverse=True)
    followed = workspace.with_cases(context)

    def ask() -> pl.DataFrame:
        earlier = [workspace.context(each) for each in newest_first]
        frame = workspace.ask(id_, followed, earlier)
        assert isinstance(frame, pl.DataFrame)
        return frame

    if followed is not context:  # cases change without a revision
        return asked, ask()
    return asked, context.memo(("table", id_, *newest_first), ask)


def _since(context: Context) -> int | None:
    return None if context.earlier is None else context.earlier.network.stamp.revision
