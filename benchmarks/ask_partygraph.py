"""The questions as partygraph answers them: the catalogue itself, dense columns kept, every derived fact computed anew."""

from __future__ import annotations

import cProfile
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from functools import partial
from pathlib import Path
from typing import Any

import polars as pl

from benchmarks.floor import Reading, ReadNetwork
from benchmarks.measuring import Work
from benchmarks.networks import policy_values, read_network
from benchmarks.ten_questions import FIGURES, TEN, Judgement, Line, digest
from queries.answer import Answer, ask
from queries.context import Context
from queries.question import Question, Table
from queries.registry import catalogue, question


class Asked:
    """A network with its dense columns; `forget` drops every derived fact, as after a change of policy."""

    def __init__(self, network: ReadNetwork) -> None:
        self.network, self.values = network, policy_values()
        self.forget()

    def forget(self) -> None:
        """The same rows and dense columns, and no fact remembered."""
        self.network = ReadNetwork(self.network)
        self.context = Context.of(self.network, self.values)

    def answer(self, asked: Question | Table) -> Judgement | pl.DataFrame:
        """The answer with ids, gaps and cannot-tells as columns of text."""
        if isinstance(asked, Table):
            return asked.answer(self.context)
        found: Answer = ask(asked, self.context)
        ids = found.rows.frame["id"]
        return Judgement(found.total, ids.gather(found.gap_rows), ids.gather(found.unknown_rows))


def ten(folder: Path) -> Work:
    """The ten questions, one after the other; facts that several share are computed once a round."""
    return _work(folder, _ten())


def whole_catalogue(folder: Path) -> Work:
    """Every question that needs no earlier revision."""
    return _work(folder, _whole())


def profile_of_ten(folder: Path) -> Work:
    """The ten in one step under a profiler; `notes` are the seconds that each function took of its own."""
    return _profiled(folder, _ten())


def profile_of_whole_catalogue(folder: Path) -> Work:
    """The whole catalogue in one step under a profiler; `notes` as for the ten."""
    return _profiled(folder, _whole())


def _ten() -> list[Question | Table]:
    return [question(id_) for id_ in TEN]


def _whole() -> list[Question | Table]:
    return [q for q in catalogue().values() if isinstance(q, Question) or not q.needs_history]


def _profiled(folder: Path, questions: list[Question | Table]) -> Work:
    asked, profile = Asked(ReadNetwork(read_network(folder))), cProfile.Profile()

    def forget() -> None:
        asked.forget()
        profile.clear()  # so that the last round alone is told

    def one_round() -> None:
        profile.enable()
        for each in questions:
            asked.answer(each)
        profile.disable()

    return Work({"round": one_round}, forget, notes=lambda: _own_seconds(profile))


def _own_seconds(profile: cProfile.Profile) -> Mapping[str, float]:
    """By function, named by the last two parts of its file: the seconds it took without those it called."""
    taken: defaultdict[str, float] = defaultdict(float)
    for entry in profile.getstats():
        code = entry.code
        name = code if isinstance(code, str) else f"{'/'.join(Path(code.co_filename).parts[-2:])}: {code.co_qualname}"
        taken[name] += entry.inlinetime
    return taken


def _work(folder: Path, questions: Iterable[Question | Table]) -> Work:
    asked = Asked(ReadNetwork(read_network(folder)))
    steps: dict[str, Callable[[], Any]] = {q.id: partial(asked.answer, q) for q in questions}
    return Work(steps, asked.forget, _digest, lambda: Reading.of(asked.network).floor())


def _digest(answer: Judgement | pl.DataFrame) -> str:
    if isinstance(answer, Judgement):
        return digest(answer)
    if "standalone" not in answer.columns:
        return ""
    return digest(rate_lines(answer))


def rate_lines(rates: pl.DataFrame) -> list[Line]:
    """The lines of the coverage rates that every engine gives."""
    asked = rates.filter(pl.col("total") > 0).with_columns(pl.col("key").fill_null(""))
    lines: list[Line] = asked.select("track", "dimension", "key", *FIGURES).rows()
    return lines
