"""Nodes: lists, one, many at once, what is beside one, how two hang together, search."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Literal

import polars as pl
from fastapi import APIRouter, Path, Query

from api.hits import hits
from api.http.caller import Caller
from api.http.models import Words, rows_of
from api.http.node_models import (
    HitOut,
    Looked,
    Lookup,
    Neighbour,
    NeighbourPage,
    NodeOut,
    NodePage,
    NodeRead,
    PathOut,
    SearchOut,
    Step,
    TieOut,
)
from api.http.reading import UNCHANGED, Cursor, Limit, Read, page_size
from api.listing import BadFilter, field_of, nodes_of_type, paged
from api.scoped import MembersHidden
from api.search import find
from api.views import places_of, standing_at
from api.views import populated as having_organizations
from graphmodel.network import Network
from graphmodel.paths import NodeKey, NoSuchNode, neighbours, row_of, shortest_path, ties_between
from graphmodel.schema import NODE_TYPES
from graphmodel.schema.nodes import Authority, Organization, Street
from graphmodel.text import Text
from graphmodel.vectors import Flags
from queries.context import Context

router = APIRouter(tags=["nodes"], responses=UNCHANGED)


if TYPE_CHECKING:
    TypeName = str
else:
    TypeName = Literal[tuple(NODE_TYPES)]
NodeType = Annotated[TypeName, Path(description="节点类型 · node type", examples=["Street"])]
NodeId = Annotated[str, Path(max_length=200, description="标识 · id", examples=["510104022"])]
Address = Annotated[
    str, Query(max_length=300, description="节点地址 · a node's address, type/id", examples=["Street/510104022"])
]


def _fields(who: Caller, type_name: str, wanted: list[str]) -> list[str]:
    """The fields that are sent: those wanted, all by default, without those that the account does not see."""
    for name in wanted:
        _refuse_hidden(who, type_name, name)
    columns = NODE_TYPES[type_name].columns
    hidden = set() if who.account.scope.members else {c.name for c in columns.values() if c.restricted}
    return [name for name in columns if (name in wanted or not wanted) and name not in hidden and name != "name"]


def _refuse_hidden(who: Caller, type_name: str, name: str) -> None:
    column = field_of(type_name, name)
    if column is not None and column.restricted and not who.account.scope.members:
        raise MembersHidden(column.title)


def _nodes(type_name: str, frame: pl.DataFrame, fields: list[str]) -> list[NodeOut]:
    return [
        NodeOut(type=type_name, id=row["id"], name=row["name"], fields={f: row[f] for f in fields})
        for row in rows_of(frame.select("id", "name", *fields))
    ]


@router.get("/nodes/{type}")
def list_nodes(
    type: NodeType,  # noqa: A002 - the name in the address
    read: Read,
    filter: Annotated[  # noqa: A002 - the name in the address
        list[str] | None,
        Query(
            max_length=20,
            description="筛选，写作 字段:运算:值 · filters, as field:operator:value",
            examples=[["code:eq:510104022"]],
        ),
    ] = None,
    sort: Annotated[
        str | None,
        Query(max_length=60, description="排序字段，前加 - 为倒序 · a field, with - before it from the greatest on"),
    ] = None,
    fields: Annotated[
        list[str] | None,
        Query(
            max_length=60, description="只要这些字段，可用逗号分隔 · these fields only, also as one text with commas"
        ),
    ] = None,
    street: Annotated[
        str | None, Query(max_length=200, description="只要一个街道里的，标识或名称 · of one street, by id or name")
    ] = None,
    authority: Annotated[
        str | None,
        Query(max_length=200, description="只要一个主管单位的社会组织 · organisations of one authority, by id or name"),
    ] = None,
    populated: Annotated[
        bool, Query(description="只要有社会组织的街道、主管单位 · streets or authorities that have organisations")
    ] = False,
    cursor: Cursor = None,
    limit: Limit = 100,
) -> NodePage:
    """某一类型的节点，可按所在、任何字段筛选、排序、选取 · nodes of a type, filtered by place and any field, ordered and cut."""
    wanted = [name for text in fields or [] for name in text.split(",")]
    for name in [*(text.partition(":")[0] for text in filter or []), (sort or "id").removeprefix("-")]:
        _refuse_hidden(read.who, type, name)
    among = _where(read, type, street, authority, populated=populated)
    page = nodes_of_type(read.network, type, filter or [], sort, cursor, page_size(read.who, limit), among)
    items = _nodes(type, page.frame, _fields(read.who, type, wanted))
    stamp = read.network.stamp
    return NodePage(revision=stamp.revision, as_of=stamp.as_of, total=page.total, next=page.next, items=items)


def _context(read: Read) -> Context:
    return Context.of(read.network, *read.who.workspace.rules(read.network.stamp))


def _where(read: Read, type_name: str, street: str | None, authority: str | None, *, populated: bool) -> Flags | None:
    """Which nodes of a type lie where they are wanted; None for all. Errors: `BadFilter` for a type that does not lie so."""
    if street is None and authority is None and not populated:
        return None
    element = NODE_TYPES[type_name]
    known = [*places_of(element), *(["populated"] if element in (Street, Authority) else [])]
    for name, asked in {"street": street, "authority": authority, "populated": populated or None}.items():
        if asked is not None and name not in known:
            why = Text("{title}不能这样筛选", "{title}: nodes of this type are not chosen so").format(
                title=element.title
            )
            raise BadFilter(name, why)
    context = _context(read)
    kept = standing_at(context, element, street, authority)
    return kept & having_organizations(context, element) if populated else kept


@router.get("/nodes/{type}/{id:path}")
def read_node(type: NodeType, id: NodeId, read: Read) -> NodeRead:  # noqa: A002 - the names in the address
    """一个节点及其全部字段 · one node with every field."""
    row = read.network.nodes[type].frame[row_of(read.network, NodeKey(type, id))]
    return _one(read, type, row)


def _one(read: Read, type_name: str, row: pl.DataFrame) -> NodeRead:
    node = _nodes(type_name, row, _fields(read.who, type_name, []))[0]
    stamp = read.network.stamp
    return NodeRead(revision=stamp.revision, as_of=stamp.as_of, **node.model_dump())


@router.get("/organizations/by-code/{code}")
def read_organization_by_code(
    code: Annotated[
        str,
        Path(max_length=40, description="统一社会信用代码 · credit code", examples=["51510104M101458013"]),
    ],
    read: Read,
) -> NodeRead:
    """按统一社会信用代码查一家组织 · one organisation by its credit code."""
    found = read.network[Organization].frame.filter(pl.col("credit_code") == code.strip().upper())
    if not found.height:
        raise NoSuchNode(NodeKey(Organization.type_name, code[:40]))
    return _one(read, Organization.type_name, found.head(1))


@router.post("/lookups/{type}")
def look_up_nodes(type: NodeType, wanted: Lookup, read: Read) -> Looked:  # noqa: A002 - the name in the address
    """一次查询多个节点，按标识或信用代码 · many nodes at once, by id or credit code."""
    frame = read.network.nodes[type].frame
    tidy = [code.strip().upper() for code in wanted.codes]
    coded = pl.col("credit_code") if "credit_code" in frame.columns else pl.lit(None, pl.String)
    found = frame.filter(pl.col("id").is_in(wanted.ids) | coded.is_in(tidy).fill_null(value=False))
    known = {*found["id"], *found.select(code=coded)["code"]}
    asked = dict.fromkeys([*zip(wanted.ids, wanted.ids, strict=True), *zip(wanted.codes, tidy, strict=True)])
    missing = [written for written, meant in asked if meant not in known]
    items = _nodes(type, found, _fields(read.who, type, []))
    stamp = read.network.stamp
    return Looked(revision=stamp.revision, as_of=stamp.as_of, items=items, missing=missing)


@router.get("/neighbours/{type}/{id:path}")
def list_neighbours(
    type: NodeType,  # noqa: A002 - the name in the address
    id: NodeId,  # noqa: A002 - the name in the address
    read: Read,
    cursor: Cursor = None,
    limit: Limit = 100,
) -> NeighbourPage:
    """一个节点的全部关系 · every relation at a node."""
    numbered = neighbours(read.network, NodeKey(type, id)).with_row_index("place")
    page = paged(numbered, ["place"], cursor, page_size(read.who, limit))
    items = [
        Neighbour(label=Words.of(Text(row.pop("label_zh"), row.pop("label_en"))), **row)
        for row in page.frame.drop("place").iter_rows(named=True)
    ]
    stamp = read.network.stamp
    return NeighbourPage(revision=stamp.revision, as_of=stamp.as_of, total=page.total, next=page.next, items=items)


@router.get("/paths")
def read_path(start: Address, end: Address, read: Read) -> PathOut:
    """两个节点之间最短的关系链 · the shortest chain of relations between two nodes."""
    network = read.network
    found = shortest_path(network, NodeKey.parse(start), NodeKey.parse(end))
    steps = None
    if found is not None:
        steps = [_step(network, before, node) for before, node in zip([None, *found], found, strict=False)]
    return PathOut(revision=network.stamp.revision, as_of=network.stamp.as_of, steps=steps)


def _step(network: Network, before: NodeKey | None, node: NodeKey) -> Step:
    ties = ties_between(network, before, node) if before else []
    states = {tie.state for tie in ties}
    return Step(
        type=node.type,
        id=node.id,
        name=network.nodes[node.type].frame["name"][row_of(network, node)],
        relations=list(dict.fromkeys(tie.edge for tie in ties)),
        ties=[TieOut(edge=t.edge, outward=t.outward, label=Words.of(t.label), state=t.state) for t in ties],
        state=states.pop() if len(states) == 1 else None,
    )


@router.get("/search")
def search(
    q: Annotated[
        str,
        Query(
            max_length=100, description="名称、代码、拼音或首字母 · name, code, pinyin, initials", examples=["nskjd"]
        ),
    ],
    read: Read,
    type: Annotated[list[TypeName] | None, Query(max_length=20, description="只要这些类型 · these types only")] = None,  # noqa: A002 - the name in the address
    limit: Annotated[int, Query(ge=1, le=200, description="最多几个 · at most so many")] = 20,
) -> SearchOut:
    """按名称、其他名称、代码、拼音或首字母查找 · find by name, other name, code, pinyin or initials."""
    found = find(read.network, q, tuple(type or ()), limit + 1)
    told = hits(found.head(limit), _context(read)) if found.height else []
    items = [HitOut(type=h.type, id=h.id, name=h.name, street=h.street, kind=Words.perhaps(h.kind)) for h in told]
    stamp = read.network.stamp
    return SearchOut(revision=stamp.revision, as_of=stamp.as_of, more=found.height > limit, items=items)
