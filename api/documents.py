"""Which documents are made from the code? Each is written by `partygraph check --write` and kept in step by `check`."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

from api.http.settings import PREFIX, Settings
from graphmodel.clauses import CLAUSES
from graphmodel.declare import Column, Edge, Element
from graphmodel.parameters import PARAMETERS
from graphmodel.policy import load_default
from graphmodel.schema import EDGE_TYPES, NODE_TYPES
from graphmodel.text import Text
from queries.lacking import needs_in_words
from queries.question import Question, Table, tracks_text
from queries.reading import reads
from queries.registry import catalogue

MADE = "<!-- 由代码生成，请勿手改：partygraph check --write · made from the code, do not edit -->\n"
KINDS = {
    "text": Text("文字", "text"),
    "integer": Text("整数", "whole number"),
    "number": Text("数值", "number"),
    "flag": Text("是/否", "yes or no"),
    "date": Text("日期", "date"),
    "choice": Text("选项", "choice"),
}


def _row(*cells: str) -> str:
    return "| " + " | ".join(cell.replace("|", "\\|").replace("\n", " ") for cell in cells) + " |"


def _table(heads: tuple[str, ...], rows: Iterator[str]) -> Iterator[str]:
    yield _row(*heads)
    yield _row(*("---" for _ in heads))
    yield from rows
    yield ""


def _limits(column: Column) -> str:
    parts = []
    if column.choices is not None:
        parts.append("；".join(f"{m.title.zh} {m.title.en} `{m.value}`" for m in column.choices))
    if column.ge is not None or column.le is not None:
        parts.append(
            f"{'' if column.ge is None else f'{column.ge:g}'} … {'' if column.le is None else f'{column.le:g}'}"
        )
    if column.code:
        parts.append(f"`{column.code}`")
    if column.key:
        parts.append("标识的一部分 / part of the identity")
    if column.restricted:
        parts.append("限本办公室与本单位查看 / shown to the planner's office and the body itself only")
    return "<br>".join(parts)


def _fields(element: type[Element]) -> Iterator[str]:
    for column in element.columns.values():
        unit = column.unit.both() if column.unit else ""
        yield _row(
            f"`{column.name}`",
            column.title.zh,
            column.title.en,
            KINDS[column.kind].both(),
            unit,
            _limits(column),
            "、".join(column.aliases),
        )


_FIELD_HEADS = ("字段 field", "中文", "English", "类型 kind", "单位 unit", "取值 values", "台账写法 ledger headers")


def _cardinality(edge: type[Edge]) -> Text:
    parts = []
    for one, side in (
        (edge.one_target, Text("每个起点", "per source")),
        (edge.one_source, Text("每个终点", "per target")),
    ):
        if one == "enforced":
            parts.append(Text(f"{side.zh}至多一条（违反则拒收）", f"at most one {side.en} (refused otherwise)"))
        elif one == "expected":
            parts.append(Text(f"{side.zh}应为一条（违反则成缺口）", f"one expected {side.en} (a gap otherwise)"))
    if not parts:
        return Text("不限", "any number")
    return Text("；".join(p.zh for p in parts), "; ".join(p.en for p in parts))


def schema_document() -> str:
    """`docs/schema.md`: every node type, edge type and field."""

    def lines() -> Iterator[str]:
        yield MADE
        yield "# 模型 · Schema\n"
        yield "任何字段都可以未知；未知不是 0，也不是“否”。 · Every field may be unknown; unknown is neither 0 nor “no”.\n"
        yield "## 节点类型 · Node types\n"
        for node in NODE_TYPES.values():
            yield f"### {node.title.zh} · {node.title.en} `{node.type_name}`\n\n{node.__doc__}\n"
            yield from _table(_FIELD_HEADS, _fields(node))
        yield "## 关系类型 · Edge types\n"
        for edge in EDGE_TYPES.values():
            yield f"### {edge.title.zh} · {edge.title.en} `{edge.type_name}`\n\n{edge.__doc__}\n"
            yield from (f"- {s.title.zh} → {t.title.zh} · `{s.type_name}` → `{t.type_name}`" for s, t in edge.pairs)
            yield f"- 反向称谓 · seen from the other end: {edge.reverse.both()}"
            yield f"- 数量 · cardinality: {_cardinality(edge).both()}"
            if edge.undirected:
                yield "- 无方向 · undirected"
            yield ""
            if edge.columns:
                yield from _table(_FIELD_HEADS, _fields(edge))

    return "\n".join(lines())


def catalogue_document() -> str:
    """`docs/catalogue.md`: every question with wording, clauses, remedy and parameters."""

    def lines() -> Iterator[str]:
        yield MADE
        yield "# 问题目录 · Catalogue of questions\n"
        group = None
        for question in catalogue().values():
            if question.group is not group:
                group = question.group
                yield f"## {group.title.zh} · {group.title.en}\n"
            yield from _described(question)

    return "\n".join(lines())


def _described(question: Question | Table) -> Iterator[str]:
    yield f"### {question.term} `{question.id}`\n"
    yield f"{question.text.zh}\n\n{question.text.en}\n"
    yield f"- 依据 · clauses: {', '.join(question.clauses) or '–'}"
    if question.tracks:
        yield f"- 范围 · tracks: {tracks_text(question.tracks).both()}"
    if isinstance(question, Question):
        yield f"- 对象 · about: {question.anchor.title.both()}"
        yield f"- 程度 · severity: {question.severity.title.both()}"
        yield from (f"- 原因 · reason `{code}`: {reason.text.both()}" for code, reason in question.reasons.items())
        yield f"- 措施 · remedy: {question.remedy.both()}"
        if question.in_process_only:
            yield f"- 仅在进程内 · in process only: {question.in_process_only.both()}"
    else:
        yield f"- 列 · columns: {'；'.join(column.title.both() for column in question.columns.values())}"
    if question.needs:
        yield f"- 需要 · needs: {'；'.join(text.both() for text in needs_in_words(question.needs))}"
    names = question.all_parameters if isinstance(question, Question) else question.parameters
    if names:
        yield f"- 参数 · parameters: {', '.join(f'`{name}`' for name in names)}"
    yield ""


def policy_document() -> str:
    """`docs/policy.md`: every parameter with its value, clause, document and dates in the default policy."""
    policy = load_default()

    def rows() -> Iterator[str]:
        for name, parameter in PARAMETERS.items():
            for version in policy.versions[name]:
                span = f"{version.begins or '…'} – {version.ends or '…'}"
                confirmed = "" if version.confirmed else "待核实 / to be confirmed"
                value, title = str(version.value), parameter.title
                yield _row(
                    f"`{name}`",
                    title.zh,
                    title.en,
                    value,
                    ", ".join(version.clauses),
                    version.document,
                    span,
                    confirmed,
                )

    heads = ("参数 parameter", "中文", "English", "值 value", "依据 clause", "文件 document", "有效期 in force", "")
    clauses = (_row(c.id, c.title.zh, c.title.en, c.document) for c in CLAUSES.values())
    return "\n".join(
        [
            MADE,
            f"# 政策参数 · Policy `{policy.name}`\n",
            *_table(heads, rows()),
            "## 依据条款 · Clauses\n",
            *_table(("条款 clause", "中文", "English", "文件 document"), clauses),
        ]
    )


def cited(element: type[Element]) -> set[str]:
    """The clauses that a type's docstring names, ranges such as J7-J9 spread out."""
    found: set[str] = set()
    for letter, first, last in re.findall(r"\b([JN])(\d+)(?:-[JN](\d+))?", element.__doc__ or ""):
        found |= {f"{letter}{number}" for number in range(int(first), int(last or first) + 1)}
    return found


def unanswered(questions: Iterable[Question | Table]) -> dict[str, list[str]]:
    """Clauses of the source (J1-J18) that these questions leave open, with the names of the types that none of them reads.

    A clause that no type models is open, too.
    """
    asked, found = list(questions), {}
    for clause in (each for each in CLAUSES if each.startswith("J")):
        read = _read_for(clause, asked)
        types = [t for t in (*NODE_TYPES.values(), *EDGE_TYPES.values()) if clause in cited(t)]
        left = [t.type_name for t in types if t not in read]
        if left or not types:
            found[clause] = left
    return found


def _read_for(clause: str, questions: Iterable[Question | Table]) -> set[type[Element]]:
    return {t for question in questions if clause in question.clauses for t in reads(question)}


def coverage_document(questions: Iterable[Question | Table] | None = None) -> str:
    """`docs/coverage.md`: for every clause the types that model it and are read for it, the questions and its parameters."""
    policy, all_asked = load_default(), list(catalogue().values() if questions is None else questions)

    def rows() -> Iterator[str]:
        for clause in CLAUSES.values():
            read = _read_for(clause.id, all_asked)
            types = [t for t in (*NODE_TYPES.values(), *EDGE_TYPES.values()) if clause.id in cited(t) and t in read]
            asked = [q for q in all_asked if clause.id in q.clauses]
            named = [n for n, versions in policy.versions.items() if any(clause.id in v.clauses for v in versions)]
            yield _row(
                clause.id,
                clause.title.both(),
                "、".join(f"{t.title.zh} `{t.type_name}`" for t in types),
                "、".join(f"{q.term} `{q.id}`" for q in asked),
                ", ".join(f"`{n}`" for n in named),
            )

    heads = ("条款 clause", "内容 about", "类型 types", "问题 questions", "参数 parameters")
    where = (
        "类型：体现该条款、且所列问题作答时确实读取的节点与关系。每个问题都可用 `partygraph ask 编号` 提出，"
        "在 `partygraph report` 的工作簿中各占一张工作表；`changes` 须用 `--since` 指明与哪一版相比。"
        " · Types: those that model the clause and are read when the questions beside are answered. Every question is "
        "asked by `partygraph ask ID` and has a sheet of its own in the workbook of `partygraph report`; `changes` where "
        "`--since` says with which revision to compare.\n"
    )
    return "\n".join(
        [MADE, "# 条款与产品 · Clauses and where the product answers them\n", where, *_table(heads, rows())]
    )


def settings_document() -> str:
    """`docs/settings.md`: every setting of the server, its environment variable, default and meaning."""

    def rows() -> Iterator[str]:
        for name, field in Settings.model_fields.items():
            default = field.default
            shown = "–" if default in (None, ()) else str(default)
            yield _row(f"`{name}`", f"`{PREFIX}{name.upper()}`", shown, field.description or "")

    about = (
        "`partygraph serve` 的设置：命令行选项优先，其次环境变量，再次 `--settings` 给出的 TOML 文件。"
        " · Settings of `partygraph serve`: its options come first, then the environment, then the TOML file of `--settings`.\n"
    )
    heads = ("设置 setting", "环境变量 variable", "默认 default", "含义 meaning")
    return "\n".join([MADE, "# 服务器设置 · Settings of the server\n", about, *_table(heads, rows())])


DOCUMENTS: dict[str, Callable[[], str]] = {
    "docs/schema.md": schema_document,
    "docs/catalogue.md": catalogue_document,
    "docs/policy.md": policy_document,
    "docs/coverage.md": coverage_document,
    "docs/settings.md": settings_document,
}


def out_of_step(root: Path) -> list[str]:
    """The generated documents that differ from what the code says now."""
    return [name for name, make in DOCUMENTS.items() if _read(root / name) != make()]


def write_all(root: Path) -> None:
    """Write every generated document."""
    for name, make in DOCUMENTS.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(make(), encoding="utf-8")


def _read(path: Path) -> str | None:
    return path.read_text(encoding="utf-8") if path.exists() else None
