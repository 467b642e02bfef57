"""What is a rule? Its name, its clause, whether it is hard, and what it says of one case."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from graphmodel.text import Text
from planning.plan import Reason


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule: its stable name, what it asks, its clause (None: ours), whether it is hard, and the rank of a soft one.

    `says` is the wording of one case; its places are filled with that case's figures.
    """

    name: str
    title: Text
    says: Text
    clause: str | None = None
    rank: int | None = None

    @property
    def hard(self) -> bool:
        """Whether it may never be broken."""
        return self.rank is None

    def reason(self, cost: float = 0.0, **figures: object) -> Reason:
        """What it says of one case."""
        return _reason(self, cost, tuple(figures.items()))


@lru_cache(maxsize=100_000)
def _reason(rule: Rule, cost: float, figures: tuple[tuple[str, object], ...]) -> Reason:
    return Reason(rule.name, rule.says.format(cost=cost, **dict(figures)), rule.clause, rule.hard, cost, rule.rank)
