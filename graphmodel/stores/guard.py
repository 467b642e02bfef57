"""May these rows be stored at all? What the schema says of single rows, asked of a ChangeSet by every store.

Loaders judge files cell by cell and say what to do; this is the last gate before a store, which edits, plans and programs
pass too.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

import polars as pl
from annotated_types import MaxLen

from graphmodel.asserted import names
from graphmodel.changes import ChangeSet
from graphmodel.declare import SOURCES, Column, Node
from graphmodel.personal import is_personal, personal_shape
from graphmodel.schema import EDGE_TYPES, NODE_TYPES
from graphmodel.stores.protocol import Act
from graphmodel.stores.refusals import PersonalData, UnfitRows
from graphmodel.tables import ENDS, frame_schema, key_columns, type_named
from graphmodel.text import Text
from graphmodel.values import AS_OF, check_day

ID_LENGTH = next(m.max_length for m in Node.model_fields["id"].metadata if isinstance(m, MaxLen))
_SUSPECT = r"\pN(?:[^\pL\pN]*\pN){10}|[@＠﹫]"  # a superset of what a personal shape needs, in any width
Rule = tuple[pl.Expr, Text]  # where a row breaks it, and how that is said


def check_rows(changes: ChangeSet, act: Act | None = None) -> None:
    """Refuse a ChangeSet whose rows break the schema or tell of persons, as nothing that its act says or that its origins name may.

    Errors: `BadDay` of the act; `UnfitRows` naming type, rule and the first key; `PersonalData`, which shows no value; `ValueError` where a
    frame has other columns than its type. Cost: one pass over the new rows.
    """
    for name, delta in changes.deltas.items():
        for frame in (delta.before, delta.after):
            odd = set(frame.schema.items()) ^ set(frame_schema(name).items())
            if odd:
                raise ValueError(f"{name}: not the columns of the schema, see {sorted(column for column, _ in odd)}")
            _refuse(name, frame, pl.struct(key_columns(name)).is_duplicated(), Text("标识重复", "the key occurs twice"))
        for broken, how in _rules(name):
            _refuse(name, delta.after, broken, how)
        check_single(name, delta.after)
        _refuse_personal(name, delta.after)
    _refuse_personal_words(changes, act)
    if act is not None:
        check_day(act.as_of, AS_OF)


def single_ends(name: str) -> tuple[Literal["source", "target"], ...]:
    """The ends at which an edge of the type may stand only once: its enforced cardinality; none for a node type."""
    if name not in EDGE_TYPES:
        return ()
    edge = EDGE_TYPES[name]
    source: tuple[Literal["source"], ...] = ("source",) if edge.one_target == "enforced" else ()
    return (*source, "target") if edge.one_source == "enforced" else source


def check_single(name: str, rows: pl.DataFrame) -> None:
    """Refuse rows among which an end stands twice that may stand once only. Errors: `UnfitRows`."""
    for end in single_ends(name):
        refuse_shared(name, end, rows.filter(pl.struct(f"{end}_type", end).is_duplicated()))


def refuse_shared(name: str, end: Literal["source", "target"], rows: pl.DataFrame) -> None:
    """Refuse the edges `rows`, if there are any, that share an end which may stand once only. Errors: `UnfitRows`."""
    how = {
        "source": Text("同一起点只能有一条", "of one source there may be one only"),
        "target": Text("同一终点只能有一条", "of one target there may be one only"),
    }
    _refuse(name, rows, pl.lit(value=True), how[end])


def _refuse_personal_words(changes: ChangeSet, act: Act | None) -> None:
    """What is kept beside the rows: the act's own words, who asserts each row, and where it came from."""
    said = [(act.note, _NOTE), (act.actor, _ACTOR), (act.source, _SOURCE)] if act else []
    said += [
        (text, _SOURCE) for delta in changes.deltas.values() for text in names(delta.after[SOURCES].unique()).unique()
    ]
    said += [
        (text, where)
        for origin in changes.origins.values()
        for column, where in (("file", _FILE), ("sheet", _SHEET))
        if column in origin.columns
        for text in origin[column].unique()
    ]
    for text, where in dict.fromkeys(said):
        # what is no Unicode the store refuses; here it must not end the judging of the rest
        if text and is_personal(text.encode("utf-8", "replace").decode()):
            raise PersonalData(where)


_NOTE, _ACTOR, _SOURCE = Text("备注", "The note"), Text("账号", "The account"), Text("来源名称", "The source's name")
_FILE, _SHEET = Text("文件名", "A file's name"), Text("工作表名", "A sheet's name")


def _refuse_personal(name: str, rows: pl.DataFrame) -> None:
    """No id is judged: those made of codes are long numbers. Only cells with enough digits, or an at sign, are looked at closely."""
    columns = [c for c in type_named(name).columns.values() if c.kind == "text" and c.code is None]
    for column in columns:
        texts = rows[column.name]
        if texts.null_count() == rows.height:
            continue
        suspects = texts.filter(texts.str.contains(_SUSPECT).fill_null(value=False))
        if len(suspects) and (found := int(personal_shape(suspects).sum())):
            where = Text("{name}“{title}”有 {n} 行", "{n} rows of {name}, '{title}'")
            raise PersonalData(where.format(name=name, title=column.title, n=found))


def _refuse(name: str, frame: pl.DataFrame, broken: pl.Expr, how: Text) -> None:
    rows = frame.filter(broken) if frame.height else frame
    if rows.height:
        first = rows.select(pl.concat_str(key_columns(name), separator=" ", ignore_nulls=True)).item(0, 0)
        message = Text("{name}“{first}”等 {n} 行：{how}。", "{name} '{first}', {n} in all: {how}.")
        raise UnfitRows(message.format(name=name, first=first, n=rows.height, how=how), rows)


def _rules(name: str) -> Iterator[Rule]:
    ends = [c for c in key_columns(name) if c == "id" or c in ENDS]
    missing = pl.any_horizontal(pl.col(c).is_null() | pl.col(c).eq("") for c in ends)
    yield missing, Text("标识为空", "an id is missing")
    too_long = pl.any_horizontal(pl.col(c).str.len_chars() > ID_LENGTH for c in ends)
    yield too_long, Text(f"标识超过 {ID_LENGTH} 字", f"an id has more than {ID_LENGTH} characters")
    for column in type_named(name).columns.values():
        yield from _column_rules(column)
    if name in EDGE_TYPES:
        edge = EDGE_TYPES[name]
        allowed = pl.any_horizontal(
            pl.col("source_type").eq(source.type_name) & pl.col("target_type").eq(target.type_name)
            for source, target in edge.pairs
        )
        yield ~allowed, Text("不允许的端点类型", "the schema does not join these types")
        if edge.undirected:
            unordered = pl.col("source").ge(pl.col("target"))
            yield (
                unordered,
                Text("无向关系的起点须小于终点", "the source of an undirected edge must come before its target"),
            )


def _column_rules(column: Column) -> Iterator[Rule]:
    value = pl.col(column.name)
    if column.kind == "number":
        yield ~value.is_finite(), Text(f"“{column.title.zh}”不是数", f"'{column.title.en}' is not a number")
    if column.ge is not None:
        yield (
            value.lt(column.ge),
            Text(f"“{column.title.zh}”小于 {column.ge:g}", f"'{column.title.en}' is below {column.ge:g}"),
        )
    if column.le is not None:
        yield (
            value.gt(column.le),
            Text(f"“{column.title.zh}”大于 {column.le:g}", f"'{column.title.en}' is above {column.le:g}"),
        )


def needed_nodes(changes: ChangeSet) -> dict[str, pl.Series]:
    """By node type: the ids that new edges name and the ChangeSet itself does not bring, which must exist in the store."""
    named: dict[str, list[pl.Series]] = {name: [] for name in NODE_TYPES}
    for name in changes.deltas.keys() & EDGE_TYPES.keys():
        after = changes.deltas[name].after
        for end in ("source", "target"):
            for (node_type,), part in after.select(f"{end}_type", end).unique().group_by(f"{end}_type"):
                named[str(node_type)].append(part[end].alias("id"))
    needed = {}
    for name, parts in named.items():
        ids = pl.concat(parts).unique().to_frame() if parts else None
        if ids is not None and name in changes.deltas:
            ids = ids.join(changes.deltas[name].after.select("id"), on="id", how="anti")
        if ids is not None and ids.height:
            needed[name] = ids["id"]
    return needed


def removed_nodes(changes: ChangeSet) -> dict[str, pl.Series]:
    """By node type: the ids that the ChangeSet removes, at which no edge may be left."""
    removed = {}
    for name in changes.deltas.keys() & NODE_TYPES.keys():
        delta = changes.deltas[name]
        ids = delta.before.join(delta.after, on="id", how="anti")["id"]
        if len(ids):
            removed[name] = ids
    return removed


def edges_at(changes: ChangeSet, node_type: str, ids: pl.Series) -> Iterator[tuple[str, pl.DataFrame]]:
    """The new edges, by type, at nodes of one type with these ids."""
    for name in sorted(changes.deltas.keys() & EDGE_TYPES.keys()):
        at = [pl.col(f"{end}_type").eq(node_type) & pl.col(end).is_in(ids.implode()) for end in ("source", "target")]
        edges = changes.deltas[name].after.filter(at[0] | at[1])
        if edges.height:
            yield name, edges


def ends_at(node_type: str) -> Iterator[tuple[str, Literal["source", "target"]]]:
    """Each edge type and end at which nodes of that type may stand."""
    for name, edge in EDGE_TYPES.items():
        if any(source.type_name == node_type for source, _ in edge.pairs):
            yield name, "source"
        if any(target.type_name == node_type for _, target in edge.pairs):
            yield name, "target"
