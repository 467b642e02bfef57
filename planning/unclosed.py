"""Which gaps does a plan leave, and why? Each gap in the questions that plans are made for, with the cheapest change."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from itertools import chain

import polars as pl

from graphmodel.paths import NodeKey
from graphmodel.rows import find_rows
from graphmodel.text import Text
from planning.plan import ASKED, Unplaced
from queries.answer import Answer
from queries.question import Question


def explained(
    then: Mapping[str, Answer], now: Mapping[str, Answer], unplaced: Iterable[Unplaced]
) -> Iterator[Unplaced]:
    """Why there is no proposal, gap by gap, for every gap that a plan leaves.

    `then` and `now` are the answers before and with the plan, `unplaced` what was said while it was made: of gaps that it
    closes all the same nothing is said. What was said of a node in the one question holds in every other that the same kinds of action
    answer. Where nothing was said, the question's own reasons and remedy are. Cost: linear in the gaps.
    """
    left = {question: _left(then[question], now[question]) for question in ASKED}
    closed = {question: set(then[question].ids("gap")) - left[question] for question in ASKED}
    told: dict[NodeKey, list[Unplaced]] = {}
    stated: set[str] = set()
    for one in unplaced:
        question, _, id_ = one.finding.split("|", 2)
        if id_ in closed.get(question, ()):
            continue
        told.setdefault(one.subject, []).append(one)
        stated.add(one.finding)
        yield one
    for question, kinds in ASKED.items():
        anchor = then[question].question.anchor.name
        silent: list[str] = []
        for id_ in sorted(left[question]):
            finding, node = f"{question}|{anchor}|{id_}", NodeKey(anchor, id_)
            if finding in stated:
                continue
            same = next((one for kind in kinds for one in told.get(node, ()) if one.kind is kind), None)
            if same is None:
                silent.append(id_)
            else:
                yield replace(same, finding=finding)
        for id_, (why, cheapest) in zip(silent, _by_question(now[question], silent), strict=True):
            yield Unplaced(kinds[0], NodeKey(anchor, id_), f"{question}|{anchor}|{id_}", why, cheapest)


def _left(then: Answer, now: Answer) -> set[str]:
    """The gaps that are not certainly closed."""
    was = set(then.ids("gap"))
    return was if now.no_data else was & set(chain(now.ids("gap"), now.ids("cannot-tell")))


def _by_question(now: Answer, ids: list[str]) -> Iterator[tuple[Text, Text]]:
    """What the question itself says of gaps that no kind of action took up."""
    asked = now.question
    assert isinstance(asked, Question)
    rows = find_rows(pl.Series(ids, dtype=pl.String), now.rows.frame["id"]).tolist()
    for row in rows:
        why = [asked.reasons[code].text for code, truth in now.reasons.items() if truth.possible[row]]
        told = Text("、".join(one.zh for one in why), ", ".join(one.en for one in why)) if why else asked.text
        yield _NOTHING.format(why=told), asked.remedy


_NOTHING = Text("方案中没有能消除它的动作：{why}", "no action of the plan ends it: {why}")
