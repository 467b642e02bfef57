"""By which rules is judged? A policy gives every parameter its value, its clause and the time it is in force.

Dates choose only between two versions of one parameter; `Values` tells which of them is used on a day on which it was
not in force.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TypeVar

from graphmodel.parameters import PARAMETERS, Value
from graphmodel.policy_file import Version, Versions, in_force, inverted, read_policy
from graphmodel.policy_problems import PolicyRefused, Problem, bad_value, unknown
from graphmodel.text import Text

__all__ = ["DEFAULT", "Policy", "PolicyRefused", "Values", "Version", "available", "load_default"]
T = TypeVar("T")
DEFAULT = "jinjiang-2016"


@dataclass(frozen=True, slots=True)
class Values:
    """The value of every parameter on one day.

    `early` names those that came into force after that day, `lapsed` those that had ended before it; `changed` gives,
    for those that a what-if replaced, the value of the policy. `digest` is the SHA-256, in hexadecimal, of all values:
    equal where every value is equal.
    """

    policy: str
    title: Text
    day: dt.date
    versions: Mapping[str, Version]
    early: tuple[str, ...] = ()
    lapsed: tuple[str, ...] = ()
    changed: Mapping[str, Value] = field(default_factory=dict)
    digest: str = field(init=False, compare=False)

    def __post_init__(self) -> None:
        values = {name: version.value for name, version in self.versions.items()}
        canonical = json.dumps(values, sort_keys=True, ensure_ascii=False, default=_plain, separators=(",", ":"))
        object.__setattr__(self, "digest", hashlib.sha256(canonical.encode()).hexdigest())

    def __getitem__(self, name: str) -> Value:
        return self.versions[name].value

    def __iter__(self) -> Iterator[str]:
        return iter(self.versions)

    def integer(self, name: str) -> int:
        """The value of a parameter of kind *integer*; `TypeError` for any other kind."""
        return _typed(name, self[name], int)

    def number(self, name: str) -> float:
        """The value of a parameter of kind *number* or *integer*; `TypeError` for any other kind."""
        value = self[name]
        return float(value) if isinstance(value, int) and not isinstance(value, bool) else _typed(name, value, float)

    def flag(self, name: str) -> bool:
        """The value of a parameter of kind *flag*; `TypeError` for any other kind."""
        return _typed(name, self[name], bool)

    def word(self, name: str) -> str:
        """The value of a parameter of kind *choice* or *text*; `TypeError` for any other kind."""
        return _typed(name, self[name], str)

    def date(self, name: str) -> dt.date:
        """The value of a parameter of kind *date*; `TypeError` for any other kind."""
        return _typed(name, self[name], dt.date)

    def table(self, name: str) -> Mapping[str, str]:
        """The value of a parameter of kind *table*; `TypeError` for any other kind."""
        return _typed(name, self[name], dict)

    def clause(self, name: str) -> tuple[str, ...]:
        """The clauses that a parameter rests on."""
        return self.versions[name].clauses

    def replace(self, **changes: object) -> Values:
        """The same values with some replaced, for a what-if. Errors: `PolicyRefused`, naming every bad change."""
        problems: list[Problem] = []
        versions = dict(self.versions)
        for name, wanted in changes.items():
            if name not in PARAMETERS:
                problems.append(unknown("unknown-parameter", Text("参数", "parameter"), name, PARAMETERS))
                continue
            value, wrong = PARAMETERS[name].check(wanted)
            if wrong is not None:
                problems.append(bad_value(name, wanted, *wrong))
            elif value is not None:
                versions[name] = replace(versions[name], value=value)
        problems += inverted(versions)
        if problems:
            raise PolicyRefused(problems)
        original = {name: self.changed.get(name, self[name]) for name in versions}
        changed = {name: value for name, value in original.items() if versions[name].value != value}
        return replace(self, versions=versions, changed=changed)


@dataclass(frozen=True, slots=True)
class Policy:
    """A policy file that has no mistakes: for every parameter its versions, the earliest first."""

    name: str
    title: Text
    versions: Versions

    @classmethod
    def load(cls, path: Path) -> Policy:
        """The policy in a TOML file. Errors: `PolicyRefused` with every mistake, by line."""
        return cls(*read_policy(path))

    def at(self, day: dt.date) -> Values:
        """The values on a day: the newest version begun by then, else the earliest one there is."""
        versions = in_force(self.versions, day)
        early = tuple(n for n, v in versions.items() if v.first_day > day)
        lapsed = tuple(n for n, v in versions.items() if v.last_day < day)
        return Values(self.name, self.title, day, versions, early, lapsed)


def available() -> dict[str, Path]:
    """The policies that come with the project: name → file. They lie beside the package, installed or not."""
    return {path.stem: path for path in sorted((Path(__file__).parent.parent / "policies").glob("*.toml"))}


def load_default() -> Policy:
    """The policy of Jinjiang District: the article's figures and the national rules in force today."""
    return Policy.load(available()[DEFAULT])


def _typed(name: str, value: Value, kind: type[T]) -> T:
    if not isinstance(value, kind) or (kind is not bool and isinstance(value, bool)):
        raise TypeError(f"parameter {name} is {type(value).__name__}, not {kind.__name__}")
    return value


def _plain(value: object) -> str:
    return value.isoformat() if isinstance(value, dt.date) else str(value)
