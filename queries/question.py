"""What is a question? One declaration: scope, reasons for a gap, wording, remedy, clauses. One that lies does not import."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Literal

import polars as pl

from graphmodel.choices import Track
from graphmodel.clauses import CLAUSES
from graphmodel.declare import Choice, Element
from graphmodel.parameters import PARAMETERS
from graphmodel.text import Refusal, Text
from queries.anchors import Anchor
from queries.anchors import nodes as node_anchor
from queries.beside import Beside
from queries.context import Context
from queries.logic import Names, NotInCypher, Truth
from queries.needs import Needs, present, unmet
from queries.parts import givens
from queries.relations import Hop

Tracks = Literal["R", "F", "RF"]


class Severity(Choice):
    """How grave a gap is: a rule says must, should, or in general; or the rule is ours and never enters a score card."""

    HIGH = "high", "高", "high"
    MIDDLE = "middle", "中", "middle"
    ADVICE = "advice", "建议", "advice"
    PROJECT = "project-made", "本项目提示", "project-made"


class Group(Choice):
    """Under which heading of the catalogue a question stands."""

    COMPOSITION = "composition", "构成与体制", "Composition and chain"
    COVERAGE = "coverage", "覆盖", "Coverage"
    RESPONSIBILITY = "responsibility", "责任归口", "Responsibility"
    GUIDANCE = "guidance", "指导与孵化", "Guidance and incubation"
    ALLIANCE = "alliance", "联盟与依赖", "Alliance and dependence"
    ASSESSMENT = "assessment", "评估、资金、阵地、项目、培训", "Assessment, money, venues, projects, training"
    CREDIT = "credit", "信用与数据", "Credit and data"
    ACCOUNTABILITY = "accountability", "问责与时间", "Accountability and time"


@dataclass(frozen=True, slots=True, eq=False)
class Reason:
    """One way of being a gap: its wording and when it holds."""

    text: Text
    when: Truth


_FINDING = ("identity", "id", "name", "verdict", "reasons", "missing", "street", "authority", "remedy", "clauses")


class BadDeclaration(TypeError):
    """A question says something that cannot be so; raised while its file is imported."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Question:
    """A question that judges every row of its anchor: pass, gap with a reason, or cannot tell.

    `id` stable kebab-case; `term` the staff's own word; `scope` who is in question (the denominator); `reasons`
    code → reason, a gap being any of them; `columns` fields of the anchor shown beside a finding, `beside` what else
    is, by name; `evidence` the relations that show it; `needs` what must have been imported at least once, else the answer is "no data";
    `parameters` policy parameters that masks use beside those the expressions name;
    `in_process_only` why it has no Cypher form; `all_parameters` every policy parameter that the answer depends on, in
    order of first use.
    """

    id: str
    group: Group
    term: str
    text: Text
    remedy: Text
    severity: Severity
    clauses: tuple[str, ...]
    anchor: Anchor
    tracks: Tracks | None
    scope: Truth
    reasons: Mapping[str, Reason]
    columns: tuple[str, ...] = ()
    beside: Mapping[str, Beside] = field(default_factory=dict)
    evidence: tuple[Hop, ...] = ()
    needs: Needs = ()
    parameters: tuple[str, ...] = ()
    in_process_only: Text | None = None
    all_parameters: tuple[str, ...] = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "all_parameters", self._all_parameters())
        _check_words(self.id, self.clauses, self.all_parameters)
        if not self.reasons:
            raise BadDeclaration(f"{self.id}: a gap needs at least one named reason")
        declared = {} if self.anchor.fields is Element else self.anchor.fields.columns
        if declared and (strange := [name for name in self.columns if name not in declared]):
            raise BadDeclaration(f"{self.id}: {self.anchor.name} has no fields {strange}")
        if taken := [name for name in self.beside if name in declared or name in _FINDING]:
            raise BadDeclaration(f"{self.id}: beside a finding there is already {taken}")
        element = self.anchor.element
        if element is not None and (element.type_name == "Organization") != (self.tracks is not None):
            raise BadDeclaration(f"{self.id}: questions about organisations, and only they, name their tracks")
        if any(hop.near is not element for hop in self.evidence):
            raise BadDeclaration(f"{self.id}: evidence must start at {self.anchor.name}")
        if (self._cypher_lacks() is None) == (self.in_process_only is not None):
            raise BadDeclaration(f"{self.id}: in_process_only does not agree with its facts ({self._cypher_lacks()})")

    @property
    def expressions(self) -> tuple[Truth, ...]:
        """Scope and reasons: all that is asked of a row."""
        return (self.scope, *(reason.when for reason in self.reasons.values()))

    @property
    def gap(self) -> Truth:
        """Any of the reasons."""
        first, *rest = [reason.when for reason in self.reasons.values()]
        for truth in rest:
            first = first | truth
        return first

    def _all_parameters(self) -> tuple[str, ...]:
        named = (*self.anchor.givens, *givens(*self.expressions).values())
        return tuple(dict.fromkeys([p for given in named for p in given.parameters] + list(self.parameters)))

    def _cypher_lacks(self) -> str | None:
        if self.anchor.match is None:
            return f"anchor {self.anchor.name}"
        try:
            self.scope.cypher(Names("row"))
            self.gap.cypher(Names("row"))
        except NotInCypher as lack:
            return str(lack)
        return None


class NeedsHistory(Refusal):
    """A table between two revisions was asked of one."""

    def __init__(self, term: Text) -> None:
        message = Text(
            "“{term}”比较两个版本，须指明较早的一版。", "'{term}' compares two revisions: name the earlier one."
        )
        hint = Text("用 --since 给出较早的版本号。", "Give the earlier revision with --since.")
        super().__init__(message.format(term=term), hint, code="needs-history")


@dataclass(frozen=True, slots=True)
class TableColumn:
    """One column of a table's answer: its title, its unit and, for words of the schema, the choice they belong to."""

    title: Text
    unit: Text | None = None
    choices: type[Choice] | None = None


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Table:
    """A question whose answer is a table: statistics, chains, score cards.

    `build` gives the frame for one revision, `compare` for two, the earlier first, and still earlier ones after; a table has one of them or both
    (a score card without history leaves its trend empty, changes exist only between two). Either frame has exactly
    the columns named in `columns`, in that order. `restricted` that its figures are of restricted fields (settled point 8).
    """

    id: str
    group: Group
    term: str
    text: Text
    clauses: tuple[str, ...]
    tracks: Tracks | None
    columns: Mapping[str, TableColumn]
    build: Callable[[Context], pl.DataFrame] | None = None
    compare: Callable[..., pl.DataFrame] | None = None
    parameters: tuple[str, ...] = ()
    needs: Needs = ()
    restricted: bool = False
    in_process_only: Text | None = field(
        default=Text("统计表在进程内计算。", "Tables are computed in process, on a network read from whichever store.")
    )

    def __post_init__(self) -> None:
        _check_words(self.id, self.clauses, self.parameters)
        if self.build is None and self.compare is None:
            raise BadDeclaration(f"{self.id}: a table needs build, compare or both")

    @property
    def needs_history(self) -> bool:
        """Whether it is answered only between two revisions."""
        return self.build is None

    def no_data(self, context: Context) -> bool:
        """Whether what it needs was never imported; its figures then say nothing."""
        return bool(unmet(self.needs, present(context)))

    def answer(self, context: Context, earlier: Context | None = None, *before: Context) -> pl.DataFrame:
        """The table, checked against its declared columns; with `earlier`, since that revision where it compares.

        `before` are still earlier ones, the newest first, which tell what is open again. It has no rows where there is no data.
        Errors: `NeedsHistory` where it exists only between two revisions and no earlier one is given.
        """
        if earlier is not None and self.compare is not None:
            frame = self.compare(earlier, context, *before)
        elif self.build is not None:
            frame = self.build(context)
        else:
            raise NeedsHistory(Text(self.term, self.id.replace("-", " ")))
        if frame.columns != list(self.columns):
            raise ValueError(f"{self.id} gives columns {frame.columns}, declared {list(self.columns)}")
        return frame.clear() if self.no_data(context) else frame


def _check_words(id_: str, clauses: tuple[str, ...], parameters: tuple[str, ...]) -> None:
    if not re.fullmatch(r"[a-z][a-z0-9]*(-[a-z0-9]+)*", id_):
        raise BadDeclaration(f"{id_!r} is not a kebab-case id")
    if strange := [clause for clause in clauses if clause not in CLAUSES]:
        raise BadDeclaration(f"{id_}: no such clauses {strange}")
    if strange := [name for name in parameters if name not in PARAMETERS]:
        raise BadDeclaration(f"{id_}: not in the policy: {strange}")


def tracks_text(tracks: Tracks) -> Text:
    """The tracks a question is about, in words."""
    words = {"R": (Track.REGISTERED,), "F": (Track.FILED,), "RF": (Track.REGISTERED, Track.FILED)}[tracks]
    return Text("、".join(w.title.zh for w in words), " and ".join(w.title.en for w in words))


about = node_anchor
"""`about(Organization)`: the anchor of a question about nodes of a type."""
