"""What is wrong with a policy, and where? The problems that refuse a policy file or a what-if."""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from dataclasses import dataclass

from graphmodel.parameters import PARAMETERS, Wrong
from graphmodel.text import Refusal, Text


@dataclass(frozen=True, slots=True)
class Problem:
    """One mistake of a policy: where it is, a stable `code`, what is wrong and why, and what to do."""

    code: str
    message: Text
    hint: Text
    file: str | None = None
    line: int | None = None

    def text(self) -> Text:
        """The whole of it as one text, the place first."""
        place = "" if self.file is None else self.file + (f":{self.line}" if self.line else "") + ": "
        return Text(f"{place}{self.message.zh} {self.hint.zh}", f"{place}{self.message.en} {self.hint.en}")


class PolicyRefused(Refusal):
    """The policy, or the change of one, has mistakes; `problems` holds every one of them, in order of lines."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(sorted(problems, key=lambda p: p.line or 0))
        texts = [problem.text() for problem in self.problems]
        first = Text(
            f"政策参数有 {len(texts)} 处错误，未采用。", f"The policy has {len(texts)} mistake(s) and is not used."
        )
        message = Text("\n".join([first.zh, *(t.zh for t in texts)]), "\n".join([first.en, *(t.en for t in texts)]))
        super().__init__(message, None, "policy-refused")


def shown(value: object) -> str:
    """A value as a message shows it: short, on one line, whatever it is."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int) and value.bit_length() > 64:
        return "…"
    if isinstance(value, dict | list):
        return "{…}" if isinstance(value, dict) else "[…]"
    plain = repr(value) if isinstance(value, str) else str(value)
    return plain if len(plain) <= 60 else plain[:59] + "…"


def unknown(code: str, what: Text, name: str, known: Iterable[str]) -> Problem:
    """A problem: nothing has that name; the nearest that exists is suggested."""
    names = list(known)
    message = Text(f"没有叫 {shown(name)} 的{what.zh}。", f"There is no {what.en} {shown(name)}.")
    near = difflib.get_close_matches(name[:100], names, n=1, cutoff=0.5) if len(name) > 3 else []  # J19 is near all J
    if near:
        return Problem(code, message, Text(f"是不是 {near[0]}？", f"Did you mean {near[0]}?"))
    few = names if len(names) <= 40 else [*names[:5], "…"]
    return Problem(code, message, Text(f"可用的有：{'、'.join(few)}。", f"Known: {', '.join(few)}."))


def bad_value(name: str, value: object, code: Wrong, expected: Text) -> Problem:
    """A problem: a parameter's value is not what it must be."""
    title = PARAMETERS[name].title
    message = Text(
        f"参数 {name}（{title.zh}）的值 {shown(value)} 不对：{expected.zh}。",
        f"{name} ({title.en}) is {shown(value)}: {expected.en}.",
    )
    return Problem(code.value, message, Text("请改正这个值。", "Correct this value."))
