"""How does a server answer a question itself? One Cypher statement for each, made of the same expressions as the arrays.

The statement binds the anchor's rows, puts every fact that is used twice into a variable, and gives three-valued truth: a
row drops out only where it is certainly out of scope. Answers come back as packed lists, or as a table for Neo4j Browser.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import lru_cache
from typing import Any, Literal, Protocol, runtime_checkable

import numpy as np
import polars as pl

from graphmodel.network import Network, Stamp
from graphmodel.policy import Values
from graphmodel.rows import NodeRows, Rows, find_rows
from graphmodel.stores.protocol import RevisionMoved
from graphmodel.text import Refusal, Text
from graphmodel.vectors import Flags, Indices, Kleene
from queries.answer import Answer, answered, ask
from queries.computed import Fact
from queries.context import Context
from queries.logic import Expression, Names, Truth
from queries.missing import is_leaf, missing, open_parts, unknown_cypher
from queries.needs import needs_cypher
from queries.parts import givens, prepared, shared_facts
from queries.question import Question, Table
from queries.values import Value, quoted

ROW = "row"


class InProcessOnly(Refusal):
    """The question has no Cypher form, and says why."""

    def __init__(self, question: Question | Table) -> None:
        assert question.in_process_only is not None
        message = Text("“{term}”只能在进程内计算：{why}", "'{term}' is answered in process only: {why}")
        super().__init__(message.format(term=question.term, why=question.in_process_only), code="in-process-only")


class NewestOnly(Refusal):
    """A server was asked of an earlier revision, or of what is laid over the newest."""

    def __init__(self) -> None:
        message = Text(
            "Neo4j 只能回答最新一版，不能回答以前的版本或假设。",
            "Neo4j answers for the newest revision only, not for earlier ones or what-ifs.",
        )
        hint = Text("请去掉 --engine neo4j，在进程内计算。", "Leave out --engine neo4j, and it is computed in process.")
        super().__init__(message, hint, code="newest-only")


class NoServer(Refusal):
    """The store is a file, which answers nothing itself."""

    def __init__(self) -> None:
        message = Text(
            "现用的数据库不是 Neo4j，不能由它回答。", "The store in use is no Neo4j, so that it cannot answer."
        )
        hint = Text(
            "先用 partygraph store copy 复制到 Neo4j，再加 --store neo4j://主机:7687。",
            "Copy it to a Neo4j with partygraph store copy, then add --store neo4j://host:7687.",
        )
        super().__init__(message, hint, code="no-server")


Engine = Literal["process", "neo4j"]
"""Where questions are answered: in this process, or by the store itself."""


@runtime_checkable
class Asked(Protocol):
    """A store that answers statements itself."""

    def query(self, statement: str, given: Callable[[Stamp], Mapping[str, Any]]) -> tuple[Stamp, list[list[Any]]]:
        """What a statement says of the newest revision, its parameters given for that revision."""


# the statement


def packed_statement(question: Question) -> str:
    """The statement whose one record is `rows`, a list for each row that may be in scope, and `data`, whether there is any.

    A row is its `packed_fields`, the truth of the scope, then that of each reason. Errors: `InProcessOnly`.
    """
    fields = [_plain(question, name) for name in packed_fields(question)]
    truths = ["in_scope", *_reason_names(question)]
    return "\n".join(
        [
            *_body(question),
            f"WITH collect([{', '.join([*fields, *truths])}]) AS rows",
            f"RETURN rows, {needs_cypher(question.needs)} AS data",
        ]
    )


def shown_statement(question: Question) -> str:
    """The statement that shows people gaps, then what cannot be told, with reasons; one row where there is no data.

    Errors: `InProcessOnly`.
    """
    names = _reason_names(question)
    listed = ", ".join(
        f"CASE WHEN coalesce({name}, verdict IS NULL) THEN {quoted(reason.text.zh)} END"
        for name, reason in zip(names, question.reasons.values(), strict=True)
    )
    columns = [name for name in question.columns if name not in ("id", "name")]
    found = [
        *_body(question),
        f"WITH *, in_scope AND ({' OR '.join(names)}) AS verdict",
        "WHERE coalesce(verdict, true)",
        f"RETURN {ROW}.id AS id, {ROW}.name AS name, CASE WHEN verdict THEN '缺口 gap' ELSE '待核实 cannot tell' END AS 结论,",
        f"  [reason IN [{listed}] WHERE reason IS NOT NULL] AS 原因{''.join(f', {ROW}.{name} AS {name}' for name in columns)}",
        "ORDER BY verdict IS NULL, id",
    ]
    if not question.needs:
        return "\n".join(found)
    nothing = "".join(f", null AS {name}" for name in columns)
    return "\n".join(
        [
            f"WITH {needs_cypher(question.needs)} AS data WHERE NOT data",
            f"RETURN null AS id, null AS name, '没有数据 no data' AS 结论, [] AS 原因{nothing}",
            "UNION ALL",
            f"WITH {needs_cypher(question.needs)} AS data WHERE data",
            *found,
        ]
    )


def unknown_statement(question: Question) -> str:
    """The statement whose one record is `unknown`: for each of the rows `$asked`, its id and which `open_parts` are unknown.

    Asked apart, since it is long and few rows need it. Errors: `InProcessOnly`.
    """
    names, parts = Names(ROW), open_parts(*question.expressions)
    once = _texts_of_relations(parts, names)

    def short(text: str) -> str:
        for long, variable in once.items():
            text = text.replace(long, variable)
        return text

    lines = [*_rows(question), f"WITH * WHERE {ROW}.id IN ${_ASKED}"]
    if once:
        lines.append("WITH *, " + ",\n  ".join(f"{text} AS {variable}" for text, variable in once.items()))
    for fact in shared_facts(*question.expressions, *question.expressions):
        line, names = _bind(fact, names)
        lines.append(short(line))
    unknown = (short(unknown_cypher(part, names)) for part in parts)
    return "\n".join([*lines, f"RETURN collect([{ROW}.id, {', '.join(unknown)}]) AS unknown"])


def _texts_of_relations(parts: Iterable[Expression], names: Names) -> dict[str, str]:
    """Each text that reads relations → a variable for it, the longest first: a plan searches for every one of them once."""
    texts: set[str] = set()
    for part in parts:
        if is_leaf(part):
            assert isinstance(part, Truth | Value)
            texts.update((part.cypher(names),) if isinstance(part, Truth) else part.bounds(names))
    ordered = sorted(texts, key=lambda text: (-len(text), text))
    return {text: f"part_{place}" for place, text in enumerate(ordered)}


_ASKED = "asked"


def _rows(question: Question) -> Iterator[str]:
    """Lines that prepare what facts need and bind `row`."""
    anchor = question.anchor
    if question.in_process_only is not None or anchor.match is None:
        raise InProcessOnly(question)
    for each in prepared(*question.expressions).values():
        yield f"CALL () {{ {each.text} }}"
    yield anchor.match if anchor.element is not None else f"CALL () {{ {anchor.match} RETURN {ROW} }}"


def _body(question: Question) -> Iterator[str]:
    """Lines that bind `row`, `in_scope` and each reason, for rows that may be in scope."""
    yield from _rows(question)
    reasons = question.expressions[1:]
    shared = shared_facts(*question.expressions)
    early = [fact for fact in shared if fact in shared_facts(question.scope, question.scope)]
    names = Names(ROW)
    for fact in early:
        line, names = _bind(fact, names)
        yield line
    yield f"WITH *, {question.scope.cypher(names)} AS in_scope"
    yield "WHERE coalesce(in_scope, true)"
    for fact in shared:
        if fact not in early:
            line, names = _bind(fact, names)
            yield line
    truths = zip(reasons, _reason_names(question), strict=True)
    yield "WITH *, " + ",\n  ".join(f"{when.cypher(names)} AS {name}" for when, name in truths)


def _bind(fact: Fact, names: Names) -> tuple[str, Names]:
    """The line that puts a fact into its variable, and the names that know it."""
    line = f"WITH *, {fact.of.cypher(names)} AS {fact.variable}"
    return line, Names(names.row, bound=names.bound | {fact.name})


def _reason_names(question: Question) -> list[str]:
    return ["is_" + code.replace("-", "_") for code in question.reasons]


def packed_fields(question: Question) -> list[str]:
    """The fields that come back for every row: those shown, and the track."""
    columns = question.anchor.fields.columns
    wanted = ["id", "name", *question.columns, "track"]
    return [name for name in dict.fromkeys(wanted) if name == "id" or name in columns]


def _plain(question: Question, name: str) -> str:
    column = question.anchor.fields.columns.get(name)
    text = f"{ROW}.{name}"
    return f"toString({text})" if column is not None and column.kind == "date" else text


# what it is given


def parameters(question: Question, context: Context) -> dict[str, Any]:
    """The values of the statement's `$parameters`, days reckoned already."""
    named = {given.name: given for given in question.anchor.givens} | givens(*question.expressions)
    values = {name: given.of(context) for name, given in named.items()}
    return {name: dict(value) if isinstance(value, Mapping) else value for name, value in values.items()}


def parameter_lines(values: Mapping[str, Any]) -> list[str]:
    """`:param` lines for Neo4j Browser."""
    return [f":param {name} => {_literal(value)};" for name, value in values.items()]


def saved_query(question: Question | Table, context: Context) -> str:
    """A question as Neo4j Browser keeps it: title and wording as comments, parameters, statement. Errors: `InProcessOnly`."""
    if isinstance(question, Table):
        raise InProcessOnly(question)
    lines = [
        f"// {question.term} · {question.id}",
        f"// {question.text.zh}",
        f"// {question.text.en}",
        *parameter_lines(parameters(question, context)),
    ]
    return "\n".join([*lines, f"{shown_statement(question)};"])


def _literal(value: Any) -> str:
    match value:
        case bool():
            return "true" if value else "false"
        case dt.date():
            return f"date('{value.isoformat()}')"
        case int() | float():
            return repr(value)
        case Mapping():
            return "{" + ", ".join(f"`{key.replace('`', '``')}`: {_literal(one)}" for key, one in value.items()) + "}"
        case _:
            return quoted(str(value))


# asking


def ask_server(
    question: Question, server: Asked, values: Callable[[dt.date], Values], today: dt.date | None = None
) -> Answer:
    """The answer as `ask` gives it, computed by the server; `rows` are those that may be in scope, with `packed_fields`.

    Parameters: `values` the policy's values on a day, `today` the network's own day by default.
    Errors: `InProcessOnly`; those of the store.
    """
    statement = packed_statement(question)

    def context(stamp: Stamp) -> Context:
        day = today or stamp.as_of
        return Context.of(_nowhere(stamp), values(day), day)

    stamp, [[found, data]] = server.query(statement, lambda stamp: parameters(question, context(stamp)))
    fields = packed_fields(question)
    order = sorted(range(len(found)), key=lambda place: found[place][0].encode())
    columns = list(zip(*(found[place] for place in order), strict=True)) or [()] * (
        len(fields) + 1 + len(question.reasons)
    )
    frame = pl.DataFrame([_series(question, name, cells) for name, cells in zip(fields, columns, strict=False)])
    scope, *reasons = (_truth(cells) for cells in columns[len(fields) :])
    by_code = dict(zip(question.reasons, reasons, strict=True))
    element = question.anchor.element
    rows = Rows(question.anchor.fields, frame) if element is None else NodeRows(element, frame)
    answer = answered(question, context(stamp), rows, scope, by_code, lambda _: {}, no_data=not data)
    return replace(answer, missing=_missing_there(answer, server, parameters(question, context(stamp))))


def _missing_there(answer: Answer, server: Asked, given: Mapping[str, Any]) -> Callable[[Flags], Mapping[str, Flags]]:
    """What leaves open the rows that the server cannot tell, asked of it at once. Errors: `RevisionMoved`."""
    expressions, ids = answer.question.expressions, answer.ids("cannot-tell")
    parts = open_parts(*expressions)
    unknown = {part: np.zeros(len(answer.rows), dtype=np.bool_) for part in parts}
    if ids:
        stamp, [[found]] = server.query(unknown_statement(answer.question), lambda _: {**given, _ASKED: ids})
        if stamp != answer.stamp:
            raise RevisionMoved(answer.stamp.revision, stamp.revision)
        at = find_rows(pl.Series([row[0] for row in found], dtype=pl.String), answer.rows.frame["id"])
        for place, part in enumerate(parts, start=1):
            unknown[part][at] = [row[place] for row in found]
    return lambda where: missing(expressions, unknown.__getitem__, where)


def ask_beside(question: Question, context: Context, server: Asked) -> Answer:
    """The answer on the rows of a network in process, computed by a server of the same revision where there is Cypher.

    The network has to be the server's newest as it stands, nothing laid over. Errors: `RevisionMoved` where somebody wrote
    since it was read.
    """
    if question.in_process_only is not None:
        return ask(question, context)
    answer = ask_server(question, server, lambda _: context.values, context.today)
    if answer.stamp != context.network.stamp:
        raise RevisionMoved(context.network.stamp.revision, answer.stamp.revision)
    rows = question.anchor.rows(context)
    place = find_rows(answer.rows.frame["id"], rows.frame["id"])

    def spread(truth: Kleene) -> Kleene:
        yes, no = np.zeros(len(rows), dtype=np.bool_), np.ones(len(rows), dtype=np.bool_)
        yes[place], no[place] = truth.yes, truth.no
        return Kleene(yes, no)

    reasons = {code: spread(truth) for code, truth in answer.reasons.items()}

    def left_open(where: Flags) -> Mapping[str, Flags]:
        found = answer.missing(where[place])
        return {label: _at(len(rows), place, mask) for label, mask in found.items()}

    scope, gap = spread(answer.scope), spread(answer.gap)
    return replace(answer, rows=rows, scope=scope, gap=gap, reasons=reasons, missing=left_open)


def _at(rows: int, place: Indices, mask: Flags) -> Flags:
    """bool[rows]: the mask at these places, else false."""
    all_rows = np.zeros(rows, dtype=np.bool_)
    all_rows[place] = mask
    return all_rows


@lru_cache(maxsize=4)
def _nowhere(stamp: Stamp) -> Network:
    """A network without rows, since parameters depend on policy and day alone."""
    return Network.from_tables({}, stamp)


def _series(question: Question, name: str, cells: Sequence[Any]) -> pl.Series:
    column = question.anchor.fields.columns.get(name)
    if column is None or column.kind in ("text", "choice", "date"):
        plain = pl.Series(name, cells, pl.String)
        dtype = pl.String() if column is None else column.dtype
        return plain.str.to_date("%Y-%m-%d") if dtype == pl.Date else plain.cast(dtype)
    return pl.Series(name, cells, column.dtype)


def _truth(cells: Sequence[bool | None]) -> Kleene:
    truth = pl.Series(cells, dtype=pl.Boolean)
    return Kleene(truth.fill_null(value=False).to_numpy(), (~truth).fill_null(value=False).to_numpy())
