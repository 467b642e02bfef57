"""What does a policy file say? Reads `policies/*.toml` and notes every mistake with its line."""

from __future__ import annotations

import datetime as dt
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from itertools import pairwise
from pathlib import Path
from typing import Any

from graphmodel.clauses import CLAUSES
from graphmodel.parameters import PARAMETERS, Value
from graphmodel.policy_problems import PolicyRefused, Problem, bad_value, shown, unknown
from graphmodel.text import Text
from graphmodel.toml_lines import Block, locate

MAX_BYTES = 1_000_000
_TOP = ("name", "title_zh", "title_en")
_REQUIRED = ("name", "value", "clause", "document")
_OPTIONAL = ("in_force_from", "in_force_until", "confirmed", "project_made", "note")


@dataclass(frozen=True, slots=True)
class Version:
    """One value of a parameter with its clauses, its document and the days it is in force, both included.

    An absent first day means that it is not known; an absent last day that the version is still in force.
    """

    name: str
    value: Value
    clauses: tuple[str, ...]
    document: str
    begins: dt.date | None = None
    ends: dt.date | None = None
    confirmed: bool = True
    project_made: bool = False
    note: Text | None = None
    line: int | None = None

    @property
    def first_day(self) -> dt.date:
        """The first day in force, the earliest of days where it is not known."""
        return self.begins or dt.date.min

    @property
    def last_day(self) -> dt.date:
        """The last day in force, the latest of days where it is open."""
        return self.ends or dt.date.max


Versions = Mapping[str, tuple[Version, ...]]


def read_policy(path: Path) -> tuple[str, Text, Versions]:
    """Name, title and versions of every parameter in a policy file.

    Errors: `PolicyRefused` with every mistake, by line.
    """
    text = _read(path)
    try:
        content = tomllib.loads(text)
    except (ValueError, RecursionError) as error:
        raise PolicyRefused([_syntax(error, text, str(path))]) from None
    reader = _Reader(content, text)
    versions = reader.versions()
    if reader.problems:
        raise PolicyRefused(replace(problem, file=str(path)) for problem in reader.problems)
    return content["name"], Text(content["title_zh"], content["title_en"]), versions


def in_force(versions: Versions, day: dt.date) -> dict[str, Version]:
    """The version of each parameter on a day: the newest begun by then, else the earliest there is."""
    return {name: ([v for v in known if v.first_day <= day] or [known[0]])[-1] for name, known in versions.items()}


def inverted(versions: Mapping[str, Version]) -> list[Problem]:
    """Pairs of parameters whose lower one is above the upper one."""
    problems = []
    for name, upper in ((p.name, p.not_above) for p in PARAMETERS.values() if p.not_above):
        low, high = versions[name], versions[str(upper)]
        if low.value > high.value:  # type: ignore[operator] # both are numbers: the kinds are checked before
            message = Text(
                f"参数 {name} 的值 {low.value} 大于 {upper} 的值 {high.value}。",
                f"{name} is {low.value}, above {upper}, which is {high.value}.",
            )
            problems.append(
                Problem("range-inverted", message, Text("请改正其中一个。", "Correct one of the two."), line=low.line)
            )
    return problems


class _Reader:
    """Reads the parsed content of one file and notes every mistake with its line."""

    def __init__(self, content: dict[str, Any], text: str) -> None:
        self.content, self.problems = content, list[Problem]()
        self.top, self.blocks = locate(text, "parameter")
        self.last = max(1, len(text.rstrip("\n").split("\n")))

    def versions(self) -> dict[str, tuple[Version, ...]]:
        """The versions of every parameter in order of time; incomplete where there are problems."""
        for key in self.content:
            if key not in (*_TOP, "parameter"):
                self.note(unknown("unknown-key", Text("字段", "key"), key, (*_TOP, "parameter")), self.top.get(key, 1))
        for key in _TOP:
            self.text_of(self.content, key, self.top.get(key, 1), 1)
        listed = self.content.get("parameter", [])
        if not isinstance(listed, list) or not all(isinstance(block, dict) for block in listed):
            wrong = Text("parameter 不是一段一段的参数。", "`parameter` is not a list of blocks.")
            self.note(
                Problem("wrong-type", wrong, Text("请写成 [[parameter]]。", "Write [[parameter]].")),
                self.top.get("parameter", 1),
            )
            return {}
        found: dict[str, list[Version]] = {}
        named = [block["name"] for block in listed if isinstance(block.get("name"), str)]
        for n, block in enumerate(listed):
            place = self.blocks[n] if n < len(self.blocks) else Block(self.top.get("parameter", 1))
            if version := self.version(block, place):
                found.setdefault(version.name, []).append(version)
        for name in (name for name in PARAMETERS if name not in named):
            title = PARAMETERS[name].title
            missing = Text(f"缺少参数 {name}（{title.zh}）。", f"Parameter {name} ({title.en}) is missing.")
            hint = Text(
                f'请加一段 [[parameter]]，name = "{name}"。', f'Add a [[parameter]] block with name = "{name}".'
            )
            self.note(Problem("missing-parameter", missing, hint), self.last)
        ordered = {name: self.spans(found[name]) for name in PARAMETERS if name in found}
        if not self.problems:
            days = sorted({version.first_day for versions in ordered.values() for version in versions})
            pairs = (problem for day in days for problem in inverted(in_force(ordered, day)))
            self.problems += dict.fromkeys(pairs)
        return ordered

    def version(self, block: dict[str, Any], place: Block) -> Version | None:
        """One block as a version, or `None` with its problems noted."""
        before = len(self.problems)
        for key in block:
            if key not in (*_REQUIRED, *_OPTIONAL):
                self.note(
                    unknown("unknown-key", Text("字段", "key"), key, (*_REQUIRED, *_OPTIONAL)),
                    place.keys.get(key, place.line),
                )
        name = self.text_of(block, "name", place.keys.get("name", place.line), place.line)
        document = self.text_of(block, "document", place.keys.get("document", place.line), place.line)
        value = self.value(name, block, place) if name else None
        clauses = self.clauses(block, place)
        begins, ends = (self.date_of(block, key, place) for key in ("in_force_from", "in_force_until"))
        if begins and ends and begins > ends:
            wrong = Text(f"起始日 {begins} 晚于截止日 {ends}。", f"It begins on {begins}, after it ends on {ends}.")
            hint = Text("请更正其中一个日期。", "Correct one of the two dates.")
            self.note(Problem("from-after-until", wrong, hint), place.keys.get("in_force_until", place.line))
        confirmed, project_made = (
            self.flag_of(block, key, place, key == "confirmed") for key in ("confirmed", "project_made")
        )
        note = self.note_of(block, place)
        if len(self.problems) > before or name is None or document is None or value is None:
            return None
        return Version(name, value, clauses, document, begins, ends, confirmed, project_made, note, place.line)

    def note(self, problem: Problem, line: int) -> None:
        """Note a problem with its line."""
        self.problems.append(replace(problem, line=line))

    def missing(self, key: str, line: int) -> None:
        """Note that a key is missing."""
        wrong = Text(f"缺少字段 {key}。", f"The key {key} is missing.")
        self.note(Problem("missing-key", wrong, Text(f"请加一行 {key} = …", f"Add a line {key} = …")), line)

    def wrong_type(self, key: str, value: object, expected: Text, line: int) -> None:
        """Note that a key holds a value of the wrong type."""
        wrong = Text(
            f"字段 {key} 的值 {shown(value)} 不对：{expected.zh}。", f"{key} is {shown(value)}: {expected.en}."
        )
        self.note(Problem("wrong-type", wrong, Text("请改正这个值。", "Correct this value.")), line)

    def text_of(self, table: dict[str, Any], key: str, line: int, block_line: int) -> str | None:
        """A required text that is not empty."""
        if key not in table:
            self.missing(key, block_line)
            return None
        value = table[key]
        if isinstance(value, str) and value.strip():
            return value
        self.wrong_type(key, value, Text("须是引号中的非空文字", "it must be a text in quotes that is not empty"), line)
        return None

    def date_of(self, block: dict[str, Any], key: str, place: Block) -> dt.date | None:
        """An optional date."""
        value = block.get(key)
        if value is None or (isinstance(value, dt.date) and not isinstance(value, dt.datetime)):
            return value
        expected = Text("须是日期，例如 2018-05-01，不加引号", "it must be a date without quotes, such as 2018-05-01")
        self.wrong_type(key, value, expected, place.keys.get(key, place.line))
        return None

    def flag_of(self, block: dict[str, Any], key: str, place: Block, default: bool) -> bool:
        """An optional flag."""
        value = block.get(key, default)
        if isinstance(value, bool):
            return value
        self.wrong_type(
            key, value, Text("须是 true 或 false", "it must be true or false"), place.keys.get(key, place.line)
        )
        return default

    def note_of(self, block: dict[str, Any], place: Block) -> Text | None:
        """An optional note in both languages."""
        value = block.get("note")
        if value is None:
            return None
        if (
            isinstance(value, dict)
            and set(value) == {"zh", "en"}
            and all(isinstance(v, str) and v for v in value.values())
        ):
            return Text(value["zh"], value["en"])
        expected = Text('须写成 { zh = "…", en = "…" }', 'it must be { zh = "…", en = "…" }')
        self.wrong_type("note", value, expected, place.keys.get("note", place.line))
        return None

    def value(self, name: str, block: dict[str, Any], place: Block) -> Value | None:
        """The value of a parameter that exists, in its canonical type."""
        if name not in PARAMETERS:
            found = unknown("unknown-parameter", Text("参数", "parameter"), name, PARAMETERS)
            self.note(found, place.keys.get("name", place.line))
            return None
        if "value" not in block:
            self.missing("value", place.line)
            return None
        value, wrong = PARAMETERS[name].check(block["value"])
        if wrong is not None:
            self.note(bad_value(name, block["value"], *wrong), place.keys.get("value", place.line))
        return value

    def clauses(self, block: dict[str, Any], place: Block) -> tuple[str, ...]:
        """The clauses of a block; all must exist."""
        if "clause" not in block:
            self.missing("clause", place.line)
            return ()
        listed, line = block["clause"], place.keys.get("clause", place.line)
        clauses = [listed] if isinstance(listed, str) else listed
        if not isinstance(clauses, list) or not clauses or not all(isinstance(c, str) for c in clauses):
            self.wrong_type(
                "clause", listed, Text('须是 "N1" 或 ["J11", "N12"]', 'it must be "N1" or ["J11", "N12"]'), line
            )
            return ()
        for clause in clauses:
            if clause not in CLAUSES:
                self.note(unknown("unknown-clause", Text("条款", "clause"), clause, CLAUSES), line)
        return tuple(clauses)

    def spans(self, versions: list[Version]) -> tuple[Version, ...]:
        """The versions of one parameter in order of time, overlaps noted."""
        ordered = sorted(versions, key=lambda v: (v.first_day, v.last_day))
        for earlier, later in pairwise(ordered):
            where = later.line or self.last
            if (earlier.begins, earlier.ends) == (later.begins, later.ends):
                wrong = Text(
                    f"参数 {later.name} 重复：第 {earlier.line} 行已有同一时期的一段。",
                    f"Parameter {later.name} is given twice: line {earlier.line} has the same period.",
                )
                self.note(Problem("duplicate", wrong, Text("请删去一段。", "Remove one of the two blocks.")), where)
            elif later.first_day <= earlier.last_day:
                wrong = Text(
                    f"参数 {later.name} 的有效期与第 {earlier.line} 行的一段重叠，无法确定用哪个值。",
                    f"The period of {later.name} overlaps that of line {earlier.line}: which value holds is not clear.",
                )
                hint = Text(
                    f"请给第 {earlier.line} 行的一段写上 in_force_until，早于 {later.first_day}。",
                    f"Give the block of line {earlier.line} an in_force_until before {later.first_day}.",
                )
                self.note(Problem("overlap", wrong, hint), where)
        return tuple(ordered)


def _read(path: Path) -> str:
    def refused(code: str, message: Text, hint: Text, line: int | None = None) -> PolicyRefused:
        return PolicyRefused([Problem(code, message, hint, str(path), line)])

    try:
        with path.open("rb") as file:
            content = file.read(MAX_BYTES + 1)
    except OSError as error:
        message = Text(f"政策文件无法读取：{error.strerror}。", f"The policy file cannot be read: {error.strerror}.")
        raise refused("unreadable", message, Text("请检查文件名和权限。", "Check its name and permissions.")) from None
    if len(content) > MAX_BYTES:
        message = Text("政策文件超过 1 MB，不像是政策文件。", "The file is over 1 MB, which no policy file is.")
        raise refused("too-large", message, Text("请确认所选的文件。", "Check that it is the right file."))
    try:
        return content.decode("utf-8-sig").replace("\r\n", "\n")
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        message = Text("文件不是 UTF-8 编码。", "The file is not in UTF-8.")
        raise refused("encoding", message, Text("请另存为 UTF-8。", "Save it as UTF-8."), line) from None


def _syntax(error: ValueError | RecursionError, text: str, file: str) -> Problem:
    found = re.search(r"at line (\d+)", str(error))
    line = (
        int(found[1])
        if found
        else max(1, text.rstrip("\n").count("\n") + 1)
        if "end of document" in str(error)
        else None
    )
    detail = "nested too deeply" if isinstance(error, RecursionError) else shown(str(error))
    message = Text(f"不是有效的 TOML：{detail}。", f"This is not valid TOML: {detail}.")
    hint = Text("请检查这一行的引号、等号、括号。", "Check quotes, equals signs and brackets there.")
    return Problem("syntax", message, hint, file, line)
