"""How is one record changed by hand? Texts of a form as one ChangeSet, shown before it is stored."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

import polars as pl

from api.workspace import Workspace
from graphmodel.asserted import asserted
from graphmodel.changes import ChangeSet
from graphmodel.declare import SOURCES, Column
from graphmodel.network import Network
from graphmodel.paths import NodeKey, row_of
from graphmodel.schema import NODE_TYPES
from graphmodel.schema.edges import LocatedIn
from graphmodel.schema.nodes import Organization
from graphmodel.stores.guard import check_rows
from graphmodel.stores.protocol import Act, Revision
from graphmodel.tables import conform
from graphmodel.text import Refusal, Text
from loaders.columns import LEAVE_EMPTY, read_column
from loaders.errors import printable
from loaders.faults import Problem

SOURCE = "edit"
_SHOWN = 40  # characters of a refused value


class EditRefused(Refusal):
    """A record cannot be changed so; nothing was."""


@dataclass(frozen=True, slots=True)
class Edit:
    """What a record becomes: `fields` by name as text, nothing for unknown; `place` the community or street it is in."""

    node: NodeKey
    fields: Mapping[str, str | None] = field(default_factory=dict)
    place: NodeKey | None = None


def edited(network: Network, edit: Edit) -> ChangeSet:
    """What an edit changes of a network; who is renamed keeps the old name among its others, and its id.

    Errors: `NoSuchNode`; `EditRefused` for every field that is none or whose value means nothing, for a credit code that
    another organisation has, and where nothing changes; `PersonalData`, `UnfitRows`.
    """
    name, row = edit.node.type, row_of(network, edit.node)
    before = network.table(name)[row]
    wanted = {**_former_name(before, edit.fields), **edit.fields}
    values = list(_values(network, name, wanted))
    _refuse_taken_code(network, edit.node, values)
    after = before.with_columns(*values)
    changes = ChangeSet({})
    if not after.equals(before):
        changes = ChangeSet.between({name: before}, {name: _ours(name, before, after, wanted)})
    if edit.place is not None:
        changes = changes.then(_moved(network, edit.node, edit.place))
    if changes.empty:
        raise EditRefused(Text("没有任何改动。", "Nothing changes."), code="nothing-changes")
    check_rows(changes)
    network.apply(changes)
    return changes


def save(workspace: Workspace, edit: Edit, account: str, note: str, expected: int) -> Revision:
    """Store an edit as one act on revision `expected`. Errors: those of `edited` and of `Store.apply`."""
    network = workspace.network(expected)
    act = Act("edit", account, SOURCE, network.stamp.as_of, note)
    done = workspace.store.apply(edited(network, edit), act, expected)
    workspace.network(done.number)  # so that whoever saved reads what was saved
    workspace.casework(account).settle()
    return done


def _former_name(before: pl.DataFrame, fields: Mapping[str, str | None]) -> dict[str, str | None]:
    """The old name among the other names, where a record is renamed and can have several."""
    old, new = before["name"].item(), (fields.get("name") or "").strip()
    if "aliases" not in before.columns or not new or old is None or new == old:
        return {}
    known = before["aliases"].item()
    names = [one for one in (known or "").split("、") if one not in ("", new)]
    return {"aliases": "、".join(dict.fromkeys([*names, old]))}


def _values(network: Network, name: str, fields: Mapping[str, str | None]) -> Iterator[pl.Series]:
    """Every field in its own type; all that is wrong is told at once."""
    columns, wrong = NODE_TYPES[name].columns, list[Text]()
    for field_name, text in fields.items():
        column = columns.get(field_name)
        if column is None:
            unknown = Text("没有字段“{name}”。", "There is no field '{name}'.")
            wrong.append(unknown.format(name=printable(field_name, _SHOWN)))
            continue
        told = pl.Series(field_name, [(text or "").strip() or None], dtype=pl.String)
        if column.name == "name" and told.item() is None:
            wrong.append(Text("名称不能为空。", "The name cannot be empty."))
        values, problems, _ = read_column(column, told, network.stamp.as_of)
        wrong += [_worded(column, problem) for problem in problems if bool(problem.wrong.any())]
        yield values.alias(field_name)
    if wrong:
        message = Text("".join(w.zh for w in wrong), " ".join(w.en for w in wrong))
        raise EditRefused(message, LEAVE_EMPTY, code="bad-value")


def _worded(column: Column, problem: Problem) -> Text:
    message, hint = problem.explain(pl.Series([0]))[0] if problem.explain else (problem.message, problem.hint)
    said = Text("“{title}”：{message}{hint}", "'{title}': {message} {hint}")
    return said.format(title=column.title, message=message, hint=hint)


def _refuse_taken_code(network: Network, node: NodeKey, values: list[pl.Series]) -> None:
    code = next((v.item() for v in values if v.name == "credit_code"), None)
    if node.type != Organization.type_name or code is None:
        return
    others = network.table(node.type).filter((pl.col("credit_code") == code) & (pl.col("id") != node.id))
    if others.height:
        message = Text("信用代码已属于“{name}”。", "The credit code belongs to '{name}'.")
        raise EditRefused(message.format(name=others["name"][0] or others["id"][0]), code="code-taken")


def _moved(network: Network, node: NodeKey, place: NodeKey) -> ChangeSet:
    """What puts a node into another community or street."""
    row_of(network, place)
    name = LocatedIn.type_name
    old = network.table(name).filter((pl.col("source_type") == node.type) & (pl.col("source") == node.id))
    ends = {"source_type": node.type, "source": node.id, "target_type": place.type, "target": place.id}
    if old.select("target_type", "target").rows() == [(place.type, place.id)]:
        return ChangeSet({})
    return ChangeSet.between({name: old}, {name: conform(name, pl.DataFrame([{**ends, SOURCES: SOURCE}]))})


def _ours(name: str, before: pl.DataFrame, after: pl.DataFrame, fields: Iterable[str]) -> pl.DataFrame:
    """The one row as asserted by hand too in these fields, beside whoever asserts it."""
    said = {field: pl.Series([True]) for field in fields}
    return after.with_columns(asserted(name, before, after, SOURCE, said))
