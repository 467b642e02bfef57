"""Which policy is meant by parameter=value? Words of the shell and of addresses as the policy's own values."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from graphmodel.parameters import PARAMETERS, Kind
from graphmodel.text import Refusal, Text


def policy_changes(pairs: Iterable[str]) -> dict[str, object]:
    """The what-if that texts of the form parameter=value write. Errors: `Refusal` where one is not of that form."""
    changes: dict[str, object] = {}
    for pair in pairs:
        name, equals, value = pair.partition("=")
        if not equals:
            message = Text("“{pair}”不是 参数=值。", "'{pair}' is not parameter=value.").format(pair=pair)
            raise Refusal(message, code="bad-parameter")
        changes[name] = _read(PARAMETERS[name].kind, value) if name in PARAMETERS else value
    return changes


def _read(kind: Kind, value: str) -> object:
    """A value as its parameter's kind is written; as text where it cannot be read, which the policy then refuses."""
    try:
        match kind:
            case "flag":
                return {"true": True, "false": False}.get(value, value)
            case "integer":
                return int(value)
            case "number":
                return float(value)
            case "date":
                return dt.date.fromisoformat(value)
            case "table":
                return dict(entry.split("=", 1) for entry in value.replace("，", ",").split(","))
    except ValueError:
        pass
    return value
