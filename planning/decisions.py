"""What did people decide about a proposal, and may they? Each decision stands alone, so that two planners never overwrite each other."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from graphmodel.declare import Choice
from graphmodel.personal import worded
from graphmodel.text import Refusal, Text


class DecisionState(Choice):
    """What was decided. Accepted and pinned ones stay when the rest is solved anew; rejected ones do not come again."""

    OPEN = "open", "待定", "open"
    ACCEPTED = "accepted", "采纳", "accepted"
    REJECTED = "rejected", "驳回", "rejected"
    PINNED = "pinned", "锁定", "pinned"


KEPT = (DecisionState.ACCEPTED, DecisionState.PINNED)
"""The states in which a proposal stays as it is when the rest is solved anew; only accepted ones are applied."""


Called = Callable[[str], Text]
"""What people call the proposal of an id."""


class DecisionRefused(Refusal):
    """A decision cannot be made like this; nothing was decided."""


class DecisionsMoved(Refusal):
    """Somebody else decided meanwhile: `moved` are their decisions, which stand; `written` how many others were decided.

    `called` names a proposal for people.
    """

    def __init__(self, moved: Sequence[Decision], called: Called, written: int = 0) -> None:
        said = [_of(called(decision.proposal), decision.said) for decision in moved]
        if written:
            said.append(Text("其余 {n} 项已记下。", "The other {n} were decided.").format(n=written))
        message = Text("\n".join(one.zh for one in said), "\n".join(one.en for one in said))
        versions = sorted({decision.version for decision in moved})
        seen = _SEEN.format(version=versions[0]) if len(versions) == 1 else _SEEN_EACH
        super().__init__(message, seen, code="decision-moved")
        self.moved = tuple(moved)


_SEEN = Text(
    "这些决定未被覆盖。请重新查看方案；看过之后确要更改的，加 --seen {version}。",
    "These stand as they are. Look at the plan again; having seen it, to change them all the same add --seen {version}.",
)
_SEEN_EACH = Text(
    "这些决定未被覆盖。请重新查看方案；看过之后确要更改的，逐项重做，加 --seen 和上面所写的次数。",
    "These stand as they are. Look at the plan again; having seen it, change them one by one, with --seen and the version said above.",
)


class Decision(BaseModel):
    """The decision on one proposal of a series of plans.

    `series` and `proposal` are its key; `unit` the account that decided, never a person; `at` when; `reason` why it was
    rejected, or a remark. `version` counts changes (0: nobody ever decided) and is no part of what is stored.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    series: str
    proposal: str
    state: DecisionState = DecisionState.OPEN
    reason: str | None = None
    unit: str | None = None
    at: AwareDatetime | None = None
    version: int = Field(default=0, exclude=True)

    @property
    def said(self) -> Text:
        """Who decided what, and when."""
        text = Text(
            "{unit} 于 {at} 定为“{state}”（第 {version} 次修改）",
            "{unit} made it '{state}' at {at} (version {version})",
        )
        at = "–" if self.at is None else f"{self.at:%Y-%m-%d %H:%M} UTC"
        return text.format(unit=self.unit or "–", at=at, state=self.state.title, version=self.version)


@dataclass(frozen=True, slots=True)
class Wish:
    """What somebody wants to decide: a proposal's id, the state, the reason, and the version that was `seen`.

    Without `seen`, what another unit decided is never changed; a unit may change its own mind.
    """

    proposal: str
    state: DecisionState
    reason: str | None = None
    seen: int | None = None


def decided(now: Decision, wish: Wish, unit: str, at: dt.datetime, called: Called) -> Decision | None:
    """The decision that a wish makes of the one that stands; None where it says the same already.

    `called` names the proposal where somebody else was quicker. Errors: `DecisionRefused` for a rejection without a reason
    and for a text with personal data; `DecisionsMoved` where another unit decided otherwise, or the version is not the one
    that was seen.
    """
    reason = None if wish.reason is None or not wish.reason.strip() else worded(wish.reason, DecisionRefused)
    if wish.state is DecisionState.REJECTED and reason is None:
        message = Text("驳回须写明理由。", "A rejection needs a reason.")
        raise DecisionRefused(message, Text("请填写理由。", "Give the reason."), "reason-missing")
    if (now.state, now.reason) == (wish.state, reason):
        return None
    others = now.state is not DecisionState.OPEN and now.unit != unit
    if (others and wish.seen is None) or (wish.seen is not None and wish.seen != now.version):
        raise DecisionsMoved([now], called)
    return now.model_copy(update={"state": wish.state, "reason": reason, "unit": unit, "at": at})


def decide_all(
    decisions: Mapping[str, Decision], wishes: Sequence[Wish], unit: str, at: dt.datetime, called: Called
) -> tuple[Decision, ...]:
    """The decisions to write for many wishes, those left out that change nothing. Nothing is refused in part.

    `decisions` are those that stand, by proposal, one for each wish; `called` names a proposal in what is refused.
    Errors: as `decided`, all conflicts together; `DecisionRefused` where one proposal is wished for twice.
    """
    made: list[Decision] = []
    moved: list[Decision] = []
    seen: set[str] = set()
    for wish in wishes:
        if wish.proposal in seen:
            message = _of(called(wish.proposal), Text("同一项写了两次。", "it is decided twice."))
            raise DecisionRefused(message, Text("请只保留一次。", "Keep one of them."), "decided-twice")
        seen.add(wish.proposal)
        try:
            after = decided(decisions[wish.proposal], wish, unit, at, called)
        except DecisionsMoved as fault:
            moved += fault.moved
            continue
        except DecisionRefused as fault:
            raise DecisionRefused(_of(called(wish.proposal), fault.message), fault.hint, fault.code) from None
        if after is not None:
            made.append(after)
    if moved:
        raise DecisionsMoved(moved, called)
    return tuple(made)


def _of(name: Text, said: Text) -> Text:
    return Text("{name}：{said}", "{name}: {said}").format(name=name, said=said)
