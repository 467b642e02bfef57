"""What does a mapping file say? Reads the TOML of a ledger's mapping and names every mistake with its line."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable
from dataclasses import replace
from importlib.resources import files
from pathlib import Path
from typing import Any, get_args

from graphmodel.policy_problems import Problem, shown, unknown
from graphmodel.tables import type_named
from graphmodel.text import Refusal, Text
from graphmodel.toml_lines import Block, locate
from loaders.headers import header_key
from loaders.ledger_mapping import DERIVED, EXISTENCE, FORMS, LEVELS, RULES, Kind, LedgerColumn, LedgerMapping

MAX_BYTES = 1_000_000
_TOP = ("name", "title_zh", "title_en", "direct", "no_authority", "planned", "sheet", "column")
_SHEET = ("kind", "name")
_COLUMN = ("sheet", "header", "use", "synonyms", "options", "says", "note_zh", "note_en", "example")


class MappingRefused(Refusal):
    """The mapping file has mistakes; `problems` holds every one of them, in order of lines."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(sorted(problems, key=lambda p: p.line or 0))
        texts = [problem.text() for problem in self.problems]
        first = Text(
            f"台账对照表有 {len(texts)} 处错误，未采用。", f"The mapping has {len(texts)} mistake(s) and is not used."
        )
        message = Text("\n".join([first.zh, *(t.zh for t in texts)]), "\n".join([first.en, *(t.en for t in texts)]))
        super().__init__(message, None, "mapping-refused")


def default_mapping() -> LedgerMapping:
    """The mapping of the staff's ledger that comes with the product."""
    return parse_mapping((files("loaders") / "mappings" / "staff-ledger.toml").read_text("utf-8"), "staff-ledger.toml")


def read_mapping(path: Path) -> LedgerMapping:
    """The mapping in a file. Errors: `MappingRefused` with every mistake, by line."""
    try:
        with path.open("rb") as file:
            content = file.read(MAX_BYTES + 1)
        if len(content) > MAX_BYTES:
            raise MappingRefused(
                [
                    _whole(
                        "too-large", "文件超过 1 MB，不像是对照表。", "It is over 1 MB, which no mapping is.", path.name
                    )
                ]
            )
        text = content.decode("utf-8-sig")
    except OSError as fault:
        zh, en = f"文件无法读取：{fault.strerror}。", f"The file cannot be read: {fault.strerror}."
        raise MappingRefused([_whole("unreadable", zh, en, path.name)]) from None
    except UnicodeDecodeError:
        raise MappingRefused(
            [_whole("encoding", "文件不是 UTF-8 编码。", "The file is not in UTF-8.", path.name)]
        ) from None
    return parse_mapping(text.replace("\r\n", "\n"), path.name)


def parse_mapping(text: str, file: str) -> LedgerMapping:
    """The mapping that this TOML states. Errors: `MappingRefused` with every mistake, by line."""
    try:
        content = tomllib.loads(text)
    except (ValueError, RecursionError) as fault:
        place = re.search(r"at line (\d+)", str(fault))
        message = Text(f"不是有效的 TOML：{shown(str(fault))}。", f"This is not valid TOML: {shown(str(fault))}.")
        hint = Text("请检查这一行的引号、等号、括号。", "Check quotes, equals signs and brackets there.")
        raise MappingRefused([Problem("syntax", message, hint, file, int(place[1]) if place else None)]) from None
    reader = _Reader(content, text)
    mapping = reader.mapping()
    if mapping is None or reader.problems:
        raise MappingRefused(replace(problem, file=file) for problem in reader.problems)
    return mapping


def _whole(code: str, zh: str, en: str, file: str) -> Problem:
    return Problem(code, Text(zh, en), Text("请检查所选的文件。", "Check that it is the right file."), file)


class _Reader:
    """Reads the parsed content of one file and notes every mistake with its line."""

    def __init__(self, content: dict[str, Any], text: str) -> None:
        self.content, self.problems = content, list[Problem]()
        self.top, self.column_blocks = locate(text, "column")
        _, self.sheet_blocks = locate(text, "sheet")
        self.places = {block.line: block for block in self.column_blocks}

    def mapping(self) -> LedgerMapping | None:
        """The mapping; its mistakes are among `problems`."""
        whole = Block(1, self.top)
        self.keys(self.content, _TOP, whole)
        name, zh, en = (self.text(self.content, key, whole) or key for key in ("name", "title_zh", "title_en"))
        direct, none = (self.texts(self.content, key, whole) for key in ("direct", "no_authority"))
        planned = self.facts(self.content.get("planned", ""), "planned", whole, (*LEVELS, *FORMS))
        names: dict[Kind, str] = {}
        for block, place in self.blocks("sheet", self.sheet_blocks):
            self.keys(block, _SHEET, place)
            kind, sheet = self.word(block, "kind", get_args(Kind), place), self.text(block, "name", place)
            if kind in names:
                self.note("sheet-twice", f"“{kind}”表写了两次。", f"The sheet {kind} is declared twice.", place, "kind")
            if kind and sheet:
                names[kind] = sheet  # type: ignore[index]  # `word` has checked that it is one of the kinds
        if "ledger" not in names:
            self.note(
                "no-ledger",
                '没有 kind = "ledger" 的表。',
                'No sheet has kind = "ledger".',
                Block(self.top.get("sheet", 1)),
                "",
            )
        columns = tuple(
            column
            for block, place in self.blocks("column", self.column_blocks)
            if (column := self.column(block, place))
        )
        mapping = LedgerMapping(name, Text(zh, en), names, columns, direct, none, planned)
        self.whole(mapping)
        return mapping

    def blocks(self, name: str, places: list[Block]) -> Iterable[tuple[dict[str, Any], Block]]:
        """Each block of that name with its place in the file."""
        listed = self.content.get(name, [])
        if not isinstance(listed, list) or not all(isinstance(block, dict) for block in listed):
            self.note(
                "wrong-type", f"{name} 要写成 [[{name}]]。", f"Write [[{name}]].", Block(self.top.get(name, 1)), ""
            )
            return []
        inline = [Block(self.top.get(name, 1))] * (len(listed) - len(places))
        return list(zip(listed, [*places, *inline], strict=True))

    def column(self, block: dict[str, Any], place: Block) -> LedgerColumn | None:
        """One column, or None with its mistakes noted."""
        before = len(self.problems)
        self.keys(block, _COLUMN, place)
        sheet = self.word(block, "sheet", get_args(Kind), place)
        header, use = self.text(block, "header", place), self.text(block, "use", place)
        if use and sheet:
            self.use(use, sheet, place)
        synonyms, options = (self.texts(block, key, place) for key in ("synonyms", "options"))
        if options and use not in ("personal", "not-imported"):
            zh = "options 只用于不读取的列；读取的列按字段的可选值或 says。"
            en = "`options` is for columns that are not read; others go by their field's words or `says`."
            self.note("options-misplaced", zh, en, place, "options")
        says = self.says(block, use, place)
        notes = tuple(self.text(block, key, place) if key in block else None for key in ("note_zh", "note_en"))
        if (notes[0] is None) != (notes[1] is None):
            self.note(
                "one-language", "note_zh 和 note_en 要同时写。", "note_zh and note_en go together.", place, "note_zh"
            )
        example = self.text(block, "example", place) if "example" in block else None
        if len(self.problems) > before or not (sheet and header and use):
            return None
        note = Text(notes[0], notes[1]) if notes[0] and notes[1] else None
        return LedgerColumn(sheet, header, use, synonyms, options, says, note, example, place.line)  # type: ignore[arg-type]

    def use(self, use: str, sheet: str, place: Block) -> None:
        """Notes a use that does not exist, or not in this sheet."""
        type_name, dot, name = use.partition(".")
        if not dot:
            if use not in RULES:
                self.add(unknown("unknown-use", Text("用法", "use"), use, RULES), place, "use")
            elif sheet not in RULES[use]:
                self.note(
                    "wrong-sheet",
                    f"{use} 不能出现在 {sheet} 表。",
                    f"{use} does not belong in the {sheet}.",
                    place,
                    "use",
                )
            return
        if type_name not in ("Organization", "PartyOrganization"):
            self.add(
                unknown("unknown-type", Text("类型", "type"), type_name, ("Organization", "PartyOrganization")),
                place,
                "use",
            )
            return
        fields = [f for f in type_named(type_name).columns if f != "name"]
        if type_name == "PartyOrganization":
            fields = [f for f in fields if f not in DERIVED]
            if sheet == "register":
                self.note(
                    "wrong-sheet",
                    "党组织的字段只能来自台账。",
                    "A Party organisation's fields come from the ledger.",
                    place,
                    "use",
                )
        if name not in fields:
            self.add(
                unknown("unknown-field", Text(f"{type_name} 的字段", f"field of {type_name}"), name, fields),
                place,
                "use",
            )

    def says(self, block: dict[str, Any], use: str | None, place: Block) -> dict[str, tuple[str, ...]]:
        """Word → what it tells."""
        says = block.get("says", {})
        if (use == "tells") != bool(says):
            self.note(
                "says-misplaced",
                'use = "tells" 的列要写 says，其他列不写。',
                'A column with use = "tells" has `says`, no other has.',
                place,
                "says",
            )
            return {}
        if not isinstance(says, dict):
            self.note(
                "wrong-type",
                'says 要写成 { 词 = "说明" }。',
                'Write says as { word = "what it tells" }.',
                place,
                "says",
            )
            return {}
        return {word: self.facts(told, "says", place, (*EXISTENCE, *LEVELS, *FORMS)) for word, told in says.items()}

    def facts(self, told: object, key: str, place: Block, known: tuple[str, ...]) -> tuple[str, ...]:
        """The facts in a text, apart by spaces."""
        if not isinstance(told, str):
            self.note(
                "wrong-type",
                f"{shown(told)} 要写成引号中的词。",
                f"{shown(told)} has to be words in quotes.",
                place,
                key,
            )
            return ()
        for word in told.split():
            if word not in known:
                self.add(unknown("unknown-fact", Text("说明", "fact"), word, known), place, key)
        return tuple(told.split())

    def whole(self, mapping: LedgerMapping) -> None:
        """Mistakes that show only when the columns are seen together."""
        lines: dict[tuple[str, str], int] = {}
        headers: dict[tuple[str, str], int] = {}
        for column in mapping.columns:
            place = self.places.get(column.line, Block(column.line))
            if column.sheet not in mapping.names:
                self.note("no-sheet", f"没有 {column.sheet} 表。", f"There is no sheet {column.sheet}.", place, "sheet")
            owner = ("", column.use) if column.field else (column.sheet, column.key)
            if owner in lines:
                zh = f"{column.use} 已由第 {lines[owner]} 行的列提供，一个字段只由一列提供。"
                self.note(
                    "fed-twice", zh, f"{column.use} is fed by the column of line {lines[owner]} already.", place, "use"
                )
            lines.setdefault(owner, column.line)
            for header in dict.fromkeys(map(header_key, (column.header, *column.synonyms))):
                if (column.sheet, header) in headers:
                    zh = f"表头“{header}”在第 {headers[column.sheet, header]} 行已经用过。"
                    en = f"The header {header} is used by line {headers[column.sheet, header]} already."
                    self.note("header-twice", zh, en, place, "header")
                headers.setdefault((column.sheet, header), column.line)
        for kind in mapping.names:
            if not any(column.use == "name" for column in mapping.of(kind)):
                self.note(
                    "no-name",
                    f'{kind} 表没有 use = "name" 的列。',
                    f'No column of the {kind} has use = "name".',
                    Block(self.top.get("sheet", 1)),
                    "",
                )

    # --- values ---

    def add(self, problem: Problem, place: Block, key: str) -> None:
        """Note a problem with its line."""
        self.problems.append(replace(problem, line=place.keys.get(key, place.line)))

    def note(self, code: str, zh: str, en: str, place: Block, key: str) -> None:
        """Note a problem that its wording explains."""
        self.add(Problem(code, Text(zh, en), Text("请改正。", "Correct it.")), place, key)

    def keys(self, block: dict[str, Any], known: tuple[str, ...], place: Block) -> None:
        """Note keys that mean nothing."""
        for key in block:
            if key not in known:
                self.add(unknown("unknown-key", Text("字段", "key"), key, known), place, key)

    def text(self, block: dict[str, Any], key: str, place: Block) -> str | None:
        """A required text."""
        value = block.get(key)
        if isinstance(value, str) and value.strip():
            return value
        if key in block:
            self.note(
                "wrong-type",
                f"{key} 的值 {shown(value)} 要是引号中的文字。",
                f"{key} is {shown(value)}: it has to be a text.",
                place,
                key,
            )
        else:
            self.note("missing-key", f"缺少 {key}。", f"The key {key} is missing.", place, key)
        return None

    def word(self, block: dict[str, Any], key: str, known: tuple[str, ...], place: Block) -> str | None:
        """A required text out of a few."""
        value = self.text(block, key, place)
        if value is not None and value not in known:
            self.add(unknown(f"unknown-{key}", Text(key, key), value, known), place, key)
            return None
        return value

    def texts(self, block: dict[str, Any], key: str, place: Block) -> tuple[str, ...]:
        """An optional list of texts."""
        value = block.get(key, [])
        if isinstance(value, list) and all(isinstance(each, str) and each.strip() for each in value):
            return tuple(value)
        self.note("wrong-type", f'{key} 要写成 ["…", "…"]。', f'Write {key} as ["…", "…"].', place, key)
        return ()
