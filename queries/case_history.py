"""What happened to a case, when and by whose hand? One entry for every time it was written, derived from both versions."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from pydantic import AwareDatetime, BaseModel, ConfigDict

from graphmodel.declare import Choice
from graphmodel.schema import NODE_TYPES
from graphmodel.text import Text

AUTOMATIC = "partygraph"
"""Who writes where a question closes a case or opens it again: no unit's account."""


class CaseState(Choice):
    """How far a case has come."""

    TO_DO = "to-do", "待整改", "to do"
    UNDER_WAY = "under-way", "整改中", "under way"
    TO_VERIFY = "to-verify", "待核验", "to be verified"
    KEPT = "kept", "保留", "kept until a date"
    CLOSED = "closed", "已销号", "closed"


class Closing(Choice):
    """Why a question no longer finds a gap."""

    PASSES = "passes", "查询判定符合", "the question passes it"
    OUT_OF_SCOPE = "out-of-scope", "已不在问题范围内", "no longer what the question is about"
    GONE = "gone", "数据中已无此对象", "no longer in the data"


FIELDS = {
    "state": Text("状态", "state"),
    "body": Text("责任单位", "responsible body"),
    "measure": Text("措施", "measure"),
    "deadline": Text("期限", "deadline"),
    "comment": Text("备注", "comment"),
    "kept_until": Text("保留至", "kept until"),
    "kept_reason": Text("保留理由", "reason to keep it"),
    "opened_in": Text("立案版本", "opened in revision"),
    "closed_in": Text("销号版本", "closed in revision"),
    "closed_as": Text("销号原因", "why closed"),
    "reopened_in": Text("再次出现版本", "open again in revision"),
}
"""What of a case can change, in the order in which it is told."""

_NOTHING = Text("–", "–")
_CHOICES: dict[str, type[Choice]] = {"state": CaseState, "closed_as": Closing}
Names = Mapping[tuple[str, str], str]
"""Names of bodies, by type and id."""


class Entry(BaseModel):
    """One writing of a case: its `version`, when (with time zone), by which unit's account, and what it `changed`.

    `changed` maps a name of `FIELDS` to the value before and after, as stored; None for nothing.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    version: int
    at: AwareDatetime
    unit: str
    changed: Mapping[str, tuple[Any, Any]]


def entry(before: Mapping[str, Any], after: Mapping[str, Any], version: int, unit: str, at: dt.datetime) -> Entry:
    """What happened between two versions of a case as they are stored; `before` is empty for a new one."""
    plain = [name for name in FIELDS if name != "comment"]
    changed = {n: (before.get(n), after.get(n)) for n in plain if before.get(n) != after.get(n)}
    added = after["comments"][len(before.get("comments", ())) :]
    if added:
        changed["comment"] = (None, "；".join(comment["text"] for comment in added))
    return Entry(version=version, at=at, unit=unit, changed=changed)


def told(entry: Entry, names: Names | None = None) -> Text:
    """What an entry changed, in words; bodies that `names` lacks by their type and id."""
    parts = [_change(name, *entry.changed[name], names or {}) for name in FIELDS if name in entry.changed]
    if not parts:
        return _NOTHING
    return Text("；".join(part.zh for part in parts), "; ".join(part.en for part in parts))


def _change(name: str, old: Any, new: Any, names: Names) -> Text:
    said = _said(name, new, names)
    if old is None:
        return Text("{field}：{new}", "{field}: {new}").format(field=FIELDS[name], new=said)
    return Text("{field}：{old} → {new}", "{field}: {old} → {new}").format(
        field=FIELDS[name], old=_said(name, old, names), new=said
    )


def _said(name: str, value: Any, names: Names) -> Text | str:
    if value is None:
        return _NOTHING
    if name in _CHOICES:
        return _CHOICES[name].of(value).title
    if name == "body":
        called = names.get((value["type"], value["id"]))
        if called is not None:
            return called
        return Text("{title} {id}", "{title} {id}").format(title=NODE_TYPES[value["type"]].title, id=value["id"])
    return str(value)
