"""How does an answer read? Findings and tables with every stored value in words, and with street and authority beside."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
import polars as pl

from graphmodel.declare import SOURCES, Choice, Column, Element, Node
from graphmodel.parameters import PARAMETERS, Value
from graphmodel.schema import EDGE_TYPES, NODE_TYPES
from graphmodel.schema.edges import LicensedBy, LocatedIn
from graphmodel.schema.nodes import Authority, Community, Organization, Street
from graphmodel.text import Text
from graphmodel.vectors import Indices, Kleene
from queries.answer import Answer, beside
from queries.beside import Beside
from queries.computed import EARLIER
from queries.context import Context
from queries.question import Question, Table
from visualizations.report import Report
from visualizations.standing import street_rows

Shown = Literal["both", "zh", "en"]
Word = Callable[[Text], str]
"""In which languages a text is written: `Text.both`, or one of them."""

VERDICTS = {"gap": Text("缺口", "gap"), "cannot-tell": Text("待核实", "cannot tell")}
FLAGS = {True: Text("是", "yes"), False: Text("否", "no")}
HEADS = {
    "verdict": Text("结论", "verdict"),
    "name": Text("名称", "name"),
    "id": Text("标识", "id"),
    "street": Text("街道", "street"),
    "authority": Text("业务主管单位", "competent authority"),
    "reasons": Text("原因", "reasons"),
    "missing": Text("缺少的信息", "what is missing"),
    "remedy": Text("措施", "remedy"),
    "clauses": Text("依据", "clauses"),
}
TITLES = {name: element.title for name, element in {**NODE_TYPES, **EDGE_TYPES}.items()}
"""What node types and edge types are called."""

_STEP = " → "
_OF_ROWS = {"_row": Text("整行", "whole row"), SOURCES: Text("来源", "sources")}
MAYBE = Text("可能：{of}", "perhaps: {of}")
_SEMICOLON = Text("；", "; ")
_SHEET = Text("“{title}”表", "sheet '{title}'")
_EARLIER_DATA = Text(
    "更早的数据（导入后用 --since 比较）", "data of an earlier day (bring it in, and compare with --since)"
)
_LAST = ("remedy", "clauses")


@dataclass(frozen=True, slots=True)
class Listing:
    """A frame that people read: the title of every column, in order, and the units of those that have one."""

    heads: dict[str, Text]
    units: dict[str, Text]
    frame: pl.DataFrame


def listing(
    answer: Answer,
    context: Context,
    word: Word = Text.both,
    *,
    most: int | None = None,
) -> Listing:
    """The findings of an answer, gaps first: who, where, why, what is missing, what to do and by which clause.

    At most `most` of them, all by default. Numbers and dates keep their type, all else is text; what is unknown
    is null. Cost: linear in the findings and, once, in the network.
    """
    question = answer.question
    answer = answer if most is None else _first(answer, most)
    rows = np.concatenate([answer.gap_rows, answer.unknown_rows])
    fields = question.anchor.fields.columns if question.anchor.fields is not Element else {}
    shown: dict[str, Column | Beside] = {n: fields[n] for n in question.columns} | dict(question.beside)
    frame = (
        answer.findings()
        .head(len(rows))
        .hstack(beside(answer, context))
        .with_columns(
            _replaced("verdict", VERDICTS, word),
            _reasons(question, word),
            _in_words("missing", _missing_words(fields, word), between(word)),
            pl.lit(word(question.remedy)).alias("remedy"),
            pl.lit(", ".join(question.clauses)).alias("clauses"),
            *_places(question.anchor.element, rows, context),
        )
    )
    frame = values_in_words(frame, {n: fields[n] for n in question.columns}, word)
    worded = {n: c.choices for n, c in question.beside.items() if c.choices is not None}
    frame = frame.with_columns(_replaced(n, _words_of(choices), word) for n, choices in worded.items())
    order = [n for n in HEADS if n in frame.columns and n not in _LAST] + [*shown, *_LAST]
    titles = HEADS | {n: column.title for n, column in shown.items()}
    units = {n: column.unit for n, column in shown.items() if column.unit is not None}
    return Listing({n: titles[n] for n in order}, units, frame.select(order))


def _first(answer: Answer, most: int) -> Answer:
    """The answer as if it had found only its first gaps and doubts."""
    chosen = np.zeros(len(answer.rows), dtype=np.bool_)
    chosen[np.concatenate([answer.gap_rows, answer.unknown_rows])[:most]] = True
    return replace(answer, gap=Kleene(answer.gap.yes & chosen, answer.gap.no | ~chosen))


def table_listing(table: Table, frame: pl.DataFrame, word: Word = Text.both) -> Listing:
    """A table's answer with the words of the schema in place of stored ones."""
    choices = {n: c.choices for n, c in table.columns.items() if c.choices is not None}
    worded = frame.with_columns(_replaced(n, {m.value: m.title for m in c}, word) for n, c in choices.items())
    worded = worded.with_columns(pl.col(pl.List(pl.String)).list.join(between(word)))
    texts = [n for n, dtype in worded.schema.items() if dtype == pl.String and n not in choices]
    typed = [n for n in texts if n == "type" or n.endswith("_type")]
    flags = [n for n, dtype in worded.schema.items() if dtype == pl.Boolean]
    worded = worded.with_columns(*(_replaced(n, TITLES, word) for n in typed), *(_flag(n, word) for n in flags))
    units = {n: c.unit for n, c in table.columns.items() if c.unit is not None}
    return Listing({n: c.title for n, c in table.columns.items()}, units, worded)


def values_in_words(frame: pl.DataFrame, columns: dict[str, Column], word: Word) -> pl.DataFrame:
    """The frame with choices and flags of these fields in words; numbers, dates and texts as they are."""
    worded = [_replaced(n, _words_of(c.choices), word) for n, c in columns.items() if c.choices is not None]
    return frame.with_columns(*worded, *(_flag(n, word) for n, c in columns.items() if c.kind == "flag"))


def cells_in_words(cells: pl.DataFrame, values: tuple[str, ...], word: Word) -> pl.DataFrame:
    """Cells of a difference, one a row with its `type`, `key` and `field`, in words; `values` name its columns of text."""
    elements = {**NODE_TYPES, **EDGE_TYPES}
    known = [
        (name, column.name, value, word(text))
        for name, element in elements.items()
        for column in element.columns.values()
        for value, text in _words_of_cell(column).items()
    ]
    titles = [(n, c.name, word(c.title)) for n, e in elements.items() for c in e.columns.values()]
    titles += [(name, field, word(text)) for name in elements for field, text in _OF_ROWS.items()]
    words = pl.DataFrame(known, schema=["type", "field", "_value", "_word"], orient="row")
    heads = pl.DataFrame(titles, schema=["type", "field", "_title"], orient="row")
    for name in values:
        here = words.rename({"_value": name})
        cells = cells.join(here, on=["type", "field", name], how="left", maintain_order="left")
        cells = cells.with_columns(pl.coalesce("_word", name).alias(name)).drop("_word")
    cells = cells.join(heads, on=["type", "field"], how="left", maintain_order="left")
    types = {name: word(title) for name, title in TITLES.items()}
    ends = pl.col("key").str.split(_STEP).list.eval(pl.element().replace(types)).list.join(_STEP)
    return cells.with_columns(
        pl.coalesce("_title", "field").alias("field"), pl.col("type").replace(types), ends.alias("key")
    ).drop("_title")


def _words_of_cell(column: Column) -> dict[str, Text]:
    if column.choices is not None:
        return _words_of(column.choices)
    return {"true": FLAGS[True], "false": FLAGS[False]} if column.kind == "flag" else {}


def parameter_in_words(name: str, value: Value, word: Word) -> str:
    """A value of a policy parameter as people say it."""
    parameter = PARAMETERS[name]
    choices = parameter.choices or {}
    if isinstance(value, bool):
        return word(FLAGS[value])
    if isinstance(value, Mapping):
        return between(word).join(f"{key}→{word(choices[of])}" for key, of in value.items())
    return word(choices[value]) if isinstance(value, str) and value in choices else str(value)


def between(word: Word) -> str:
    """What stands between several texts in one cell."""
    return "; " if word(_SEMICOLON) == _SEMICOLON.en else _SEMICOLON.zh


def _flag(name: str, word: Word) -> pl.Expr:
    yes, no = pl.lit(word(FLAGS[True])), pl.lit(word(FLAGS[False]))
    return pl.when(pl.col(name)).then(yes).when(~pl.col(name)).then(no).alias(name)


def context_of(report: Report) -> Context:
    """What a report was asked of."""
    return Context(report.network, report.values, report.today)


def authority_names(context: Context) -> pl.Series:
    """Names of the competent authorities of each organisation, joined where there are several; null for none."""
    return context.memo("authority-names", lambda: _authority_names(context))


PLACED = frozenset({Street, Community, *(source for source, _ in LocatedIn.pairs)})
"""The types whose nodes lie in a street."""


def street_names(context: Context, element: type[Node], rows: Indices) -> pl.Series | None:
    """The name of the street that each of some nodes of a type lies in, null where unknown; None for types without a place."""
    return _named(context, Street, street_rows(context, element)[rows]) if element in PLACED else None


def named(question: Question | Table) -> Text:
    """What a question is called: the staff's term, in English its id as words."""
    return Text(question.term, question.id.replace("-", " "))


def _authority_names(context: Context) -> pl.Series:
    edges = context.network.edges(LicensedBy, Organization, Authority)
    licences = pl.DataFrame({"row": edges.source, "name": _named(context, Authority, edges.target)})
    joined = licences.group_by("row").agg(pl.col("name").str.join("、")).sort("row")
    names = np.full(len(context.network[Organization]), -1, dtype=np.int64)
    names[joined["row"].to_numpy()] = np.arange(joined.height)
    return joined["name"].gather(_nullable(names)).alias("authority")


def _named(context: Context, element: type[Node], rows: Indices) -> pl.Series:
    names = context.network[element].frame.select(pl.coalesce("name", "id")).to_series()
    return names.gather(_nullable(rows))


def _nullable(rows: Indices | np.ndarray) -> pl.Series:
    return pl.Series(rows).cast(pl.Int64).replace(-1, None)


def _places(element: type[Node] | None, rows: Indices, context: Context) -> list[pl.Series]:
    found = []
    if element is not None and (streets := street_names(context, element, rows)) is not None:
        found.append(streets.alias("street"))
    if element is Organization:
        found.append(authority_names(context).gather(rows).alias("authority"))
    return found


def missing_titles(fields: Mapping[str, Column]) -> dict[str, Text]:
    """What is to be entered where something is missing: label → column, sheet of relations, or earlier data."""
    sheets = {name: _SHEET.format(title=edge.title) for name, edge in EDGE_TYPES.items()}
    return sheets | {EARLIER: _EARLIER_DATA} | {name: column.title for name, column in fields.items()}


def _missing_words(fields: dict[str, Column], word: Word) -> dict[str, str]:
    return {label: word(title) for label, title in missing_titles(fields).items()}


def _in_words(name: str, words: dict[str, str], separator: str) -> pl.Expr:
    joined = pl.col(name).list.eval(pl.element().replace(words)).list.join(separator)
    return pl.when(joined != "").then(joined).alias(name)


def _reasons(question: Question, word: Word) -> pl.Expr:
    """Why it is a gap; of what cannot be told, why it may be."""
    texts = {code: reason.text for code, reason in question.reasons.items()}
    told = _in_words("reasons", {code: word(text) for code, text in texts.items()}, between(word))
    maybe = _in_words("reasons", {code: word(MAYBE.format(of=text)) for code, text in texts.items()}, between(word))
    return pl.when(pl.col("verdict") == "cannot-tell").then(maybe).otherwise(told).alias("reasons")


def _replaced(name: str, words: dict[str, Text], word: Word) -> pl.Expr:
    return pl.col(name).cast(pl.String).replace({value: word(text) for value, text in words.items()}).alias(name)


def _words_of(choices: type[Choice]) -> dict[str, Text]:
    return {member.value: member.title for member in choices}
