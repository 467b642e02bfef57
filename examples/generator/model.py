"""What is an example made of? Organisations, joint branches and what was planted, before they become rows."""

from __future__ import annotations

import datetime as dt
import random
from dataclasses import dataclass, field
from typing import Any, Literal

from examples.generator.geography import Street
from examples.generator.rows import Rows

Cover = Literal["standalone", "joint", "functional", "none"]


@dataclass(slots=True)
class Organization:
    """One generated organisation; None is unknown."""

    id: str
    name: str
    track: Literal["registered", "filed"]
    category: str
    legal_form: str | None
    industry: str | None
    status: str | None
    registration: str | None
    code: str | None
    number: str | None
    registered_on: dt.date
    authority: str | None  # id; None where there is none or it is not known
    authority_written: str  # as the ledger's column has it: a name, 直接登记, 无 or nothing
    street: str | None
    community: str | None
    full: int | None = 0
    probationary: int | None = 0
    elsewhere: int | None = 0
    staff: int = 3
    reason: str | None = None
    union: bool | None = False
    league: bool | None = False
    women: bool | None = False
    grade: str | None = None
    grade_year: int | None = None
    cover: Cover = "none"
    branch: str | None = None  # id of the Party organisation that covers it
    superior: str | None = None  # id of the Party organisation above an own branch
    founded: dt.date | None = None
    planned_for: dt.date | None = None
    supervised_by: list[str] = field(default_factory=list)
    guided_by: list[str] = field(default_factory=list)
    answered_by: list[str] = field(default_factory=list)
    incubations: list[tuple[str, dt.date, dt.date | None]] = field(default_factory=list)  # hub, since, until
    posts: list[str] = field(default_factory=list)
    stations: list[str] = field(default_factory=list)
    alliance: str | None = None
    demonstration_year: int | None = None
    extra: dict[str, Any] = field(default_factory=dict)  # what the annual inspection and the assessment say

    @property
    def registered(self) -> bool:
        """On the register, not on file."""
        return self.track == "registered"

    @property
    def operating(self) -> bool:
        """Known to operate."""
        return self.status == "operating"

    @property
    def members_here(self) -> int | None:
        """Members whose relation is here."""
        return None if self.full is None or self.probationary is None else self.full + self.probationary

    @property
    def members(self) -> int | None:
        """Members of any kind."""
        here = self.members_here
        return None if here is None or self.elsewhere is None else here + self.elsewhere

    def set_members(self, full: int | None, probationary: int | None = 0, elsewhere: int | None = 0) -> None:
        """The three counts, all None for not known."""
        self.full, self.probationary, self.elsewhere = full, probationary, elsewhere


@dataclass(slots=True)
class JointBranch:
    """A joint branch and the organisations in it."""

    id: str
    name: str
    superior: str
    members: list[Organization]
    founded: dt.date


@dataclass(slots=True)
class Example:
    """The whole plan: what will be written and what was planted in it."""

    day: dt.date
    seed: int
    streets: list[Street]
    rows: Rows = field(default_factory=Rows)
    organizations: list[Organization] = field(default_factory=list)
    joints: list[JointBranch] = field(default_factory=list)
    planted: dict[str, dict[str, str]] = field(default_factory=dict)  # question → id → reason
    unknown: dict[str, set[str]] = field(default_factory=dict)  # question → ids that nobody can judge

    def plant(self, question: str, id_: str, reason: str = "") -> None:
        """Remember a gap on purpose."""
        self.planted.setdefault(question, {})[id_] = reason

    def plant_unknown(self, question: str, id_: str) -> None:
        """Remember something that cannot be told."""
        self.unknown.setdefault(question, set()).add(id_)

    def random(self, purpose: str) -> random.Random:
        """A generator of its own for each purpose, so that one part does not shift the others."""
        return random.Random(f"{self.seed}:{purpose}")

    def of(self, track: str) -> list[Organization]:
        """The organisations of one track."""
        return [o for o in self.organizations if o.track == track]

    def street_name(self, code: str) -> str:
        """The name of a street."""
        return next(s.name for s in self.streets if s.code == code)
