"""What does a network look like in Neo4j, and how is it asked and written there? Cypher derived from the schema.

A node type is a label, an edge type a relationship type, a field a property; an unknown field is absent. What is ours and
no part of the network has labels that begin with an underscore. Names in the text come from the schema alone; values
travel as parameters, whole columns at a time. Nothing here touches a server.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from typing import Literal

import polars as pl

from graphmodel.schema import EDGE_TYPES, NODE_TYPES
from graphmodel.tables import ENDS, all_types, frame_schema

FORMAT = 1  # of the system nodes below; a database with a higher one is newer than this program

STORE, REVISION, CHANGE, RECORD, LOADING = "_Store", "_Revision", "_Change", "_Record", "_Loading"
"""The system labels: the one node that says what is published and is locked by whoever writes; the acts; their payloads in
parts; records; the one node of a load that is under way."""

LOCK = f"MATCH (s:{STORE}) SET s.id = s.id"
"""Takes the write lock of the store until the transaction ends: to set a property locks its node, whatever the value."""

DIALECT = "CYPHER 5 replan=skip "
"""In front of every statement: `id()` stays in Cypher 5, and is the one way to name a node in eight bytes; and a plan is kept
while the numbers of nodes change, since each of ours starts from what it is given and has one good plan."""


MADE_MEANWHILE = "Neo.ClientError.Schema.EquivalentSchemaRuleAlreadyExists"
"""What the server says where two processes make the same index or constraint at once."""


@cache
def schema_statements() -> dict[str, str]:
    """What has to be there, by name: uniqueness of every id, revision and record key, and what finds payloads and records."""
    unique: dict[str, tuple[str, tuple[str, ...]]] = {f"{name}_id": (name, ("id",)) for name in NODE_TYPES}
    unique |= {
        f"{STORE}_id": (STORE, ("id",)),
        f"{LOADING}_id": (LOADING, ("id",)),
        f"{REVISION}_number": (REVISION, ("number",)),
        f"{RECORD}_kind_key": (RECORD, ("kind", "key")),
    }
    made = {}
    for name, (label, keys) in unique.items():
        key = ", ".join(f"n.{key}" for key in keys)
        made[name] = f"CREATE CONSTRAINT {name} IF NOT EXISTS FOR (n:{label}) REQUIRE ({key}) IS UNIQUE"
    for label, key in ((CHANGE, "revision"), (RECORD, "kind")):
        made[f"{label}_{key}"] = f"CREATE INDEX {label}_{key} IF NOT EXISTS FOR (n:{label}) ON (n.{key})"
    return made


def token_statements() -> list[tuple[str, dict[str, list[str]]]]:
    """What makes every label, relationship type and property known, so that no question about an absent one is warned of."""
    fields = sorted({field for name in all_types() for field in stored(name)})
    tokens = {"createLabel": [*NODE_TYPES], "createRelationshipType": [*EDGE_TYPES], "createProperty": fields}
    return [(f"UNWIND $names AS name CALL db.{call}(name)", {"names": names}) for call, names in tokens.items()]


def labels(names: Iterable[str] = NODE_TYPES) -> str:
    """Any of these labels, every node type's by default."""
    return "|".join(names)


# rows of the schema


@cache
def stored(name: str) -> tuple[str, ...]:
    """The properties of a type: its columns but for the ends of an edge."""
    return tuple(column for column in frame_schema(name) if column not in ENDS)


def _dated(name: str, column: str) -> bool:
    return frame_schema(name)[column] == pl.Date


def _taken(name: str) -> str:
    """A list of the properties of the map `p`, in stored order."""
    return "[" + ", ".join(f"toString(p.{c})" if _dated(name, c) else f"p.{c}" for c in stored(name)) + "]"


_PARTS = "UNWIND range(0, size(xs) - 1, $chunk) AS i WITH xs[i..i + $chunk] AS part WITH part, [x IN part | properties(x)] AS ps "


@cache
def all_nodes(name: str) -> str:
    """Every node of a type, packed: internal ids, and lists of properties; `$chunk` of them a record."""
    return (
        f"MATCH (x:{name}) WITH collect(x) AS xs {_PARTS}"
        f"RETURN [x IN part | id(x)] AS at, [p IN ps | {_taken(name)}] AS rows"
    )


@cache
def all_edges(name: str) -> str:
    """Every edge of a type, packed: internal ids of both ends, and lists of properties."""
    return (
        f"MATCH ()-[x:{name}]->() WITH collect(x) AS xs {_PARTS}"
        f"RETURN [x IN part | id(startNode(x))] AS source, [x IN part | id(endNode(x))] AS target, "
        f"[p IN ps | {_taken(name)}] AS rows"
    )


@cache
def nodes_at(name: str) -> str:
    """The nodes of a type with the ids `$ids`, as lists of properties."""
    return (
        f"UNWIND $ids AS id MATCH (x:{name} {{id: id}}) WITH properties(x) AS p RETURN collect({_taken(name)}) AS rows"
    )


@cache
def edges_between(name: str, source: str, target: str) -> str:
    """The edges of a type between the pairs `$sources[i]`, `$targets[i]`: their internal id, place i and properties."""
    return (
        f"UNWIND range(0, $n - 1) AS i MATCH (s:{source} {{id: $sources[i]}}) MATCH (t:{target} {{id: $targets[i]}}) "
        f"MATCH (s)-[x:{name}]->(t) WITH i, id(x) AS at, properties(x) AS p "
        f"RETURN collect(at) AS at, collect(i) AS places, collect({_taken(name)}) AS rows"
    )


CREATE_NODES = (
    "UNWIND $rows AS row CREATE (x:$($label)) SET x = row RETURN collect(row.id) AS ids, collect(id(x)) AS at"
)
"""Add nodes of the type `$label` with the properties `$rows`; gives their ids and internal ids."""


@cache
def create_nodes(name: str, columns: tuple[str, ...]) -> str:
    """The same of one type, its properties given as a list for each of these `columns`, `$id` among them.

    That takes a quarter less of a server's time than rows and half of a client's, but every type has a text to be planned.
    """
    return (
        f"UNWIND range(0, size($id) - 1) AS i CREATE (x:{name} {_by_column(columns)}) "
        "RETURN collect($id[i]) AS ids, collect(id(x)) AS at"
    )


_ENDS_AT = "UNWIND range(0, size($s) - 1) AS i MATCH (s) WHERE id(s) = $s[i] MATCH (t) WHERE id(t) = $t[i]"
CREATE_EDGES = f"{_ENDS_AT} CREATE (s)-[x:$($type)]->(t) SET x = $rows[i] RETURN collect(i) AS made"
"""Add edges of the type `$type` between the nodes with internal ids `$s`, `$t`; gives the places of those whose both ends are there.

One text for all types, as for nodes: to plan one for each pair of types took most of the time of a first import.
"""


@cache
def create_edges(name: str, columns: tuple[str, ...]) -> str:
    """The same of one type, its properties given as a list for each of these `columns`."""
    return f"{_ENDS_AT} CREATE (s)-[x:{name} {_by_column(columns)}]->(t) RETURN collect(i) AS made"


def _by_column(columns: Iterable[str]) -> str:
    return "{" + ", ".join(f"{column}: ${column}[i]" for column in columns) + "}"


EDGE_TYPES_IN_USE = "CALL db.relationshipTypes() YIELD relationshipType RETURN relationshipType"
"""The relationship types of which there are any. (Of labels, Neo4j also counts those that a constraint names.)"""


@cache
def set_nodes(name: str) -> str:
    """Give nodes, named by id, the properties `$rows`; the others become unknown."""
    return f"UNWIND $rows AS row MATCH (x:{name} {{id: row.id}}) SET x = row"


@cache
def places_of(name: str) -> str:
    """Ids and internal ids of those of the nodes `$ids` of a type that exist."""
    return f"UNWIND $ids AS id MATCH (x:{name} {{id: id}}) RETURN collect(id) AS ids, collect(id(x)) AS at"


@cache
def delete_nodes(name: str) -> str:
    """Remove the nodes with the ids `$ids`."""
    return f"UNWIND $ids AS id MATCH (x:{name} {{id: id}}) DETACH DELETE x"


DELETE_EDGES = "UNWIND $at AS at MATCH ()-[x]->() WHERE id(x) = at DELETE x"
"""Remove the edges with the internal ids `$at`."""


@cache
def edges_left(name: str) -> str:
    """The edges of the schema at the nodes `$ids` of a type: their type, ends and the types of the ends."""
    return (
        f"UNWIND $ids AS id MATCH (x:{name} {{id: id}})-[e]-() WHERE type(e) IN $types WITH DISTINCT e "
        "WITH type(e) AS type, startNode(e) AS s, endNode(e) AS t "
        "RETURN type, [l IN labels(s) WHERE l IN $labels][0] AS source_type, s.id AS source, "
        "[l IN labels(t) WHERE l IN $labels][0] AS target_type, t.id AS target ORDER BY type, source, target LIMIT 1000"
    )


@cache
def sharing(name: str, end: Literal["source", "target"], node_type: str) -> str:
    """Which of the nodes `$ids` of a type stand at that end of several edges of one type?"""
    edge = f"-[e:{name}]->()" if end == "source" else f"<-[e:{name}]-()"
    return (
        f"UNWIND $ids AS id MATCH (x:{node_type} {{id: id}}){edge} "
        "WITH id, count(DISTINCT e) AS edges WHERE edges > 1 RETURN collect(id)"
    )


# the log, records and the load


FOUND = f"MATCH (s:{STORE}) RETURN s.format AS format"
IS_FOREIGN = "RETURN EXISTS { () } AS foreign"
MAKE_STORE = f"MERGE (s:{STORE} {{id: 'store'}}) ON CREATE SET s.head = 0, s.format = $format"
PUBLISHED = f"MATCH (s:{STORE}) OPTIONAL MATCH (l:{LOADING}) RETURN s.head AS head, l.token AS loading"
PUBLISH = f"MATCH (s:{STORE}) SET s.head = $head"
REVISIONS = f"MATCH (r:{REVISION}) WHERE $first <= r.number <= $last RETURN properties(r) AS revision ORDER BY r.number"
ADD_REVISION = f"CREATE (r:{REVISION}) SET r = $revision"
ADD_PART = (
    f"CREATE (:{CHANGE} {{revision: $revision, place: $place, type: $type, side: $side, part: $part, data: $data}})"
)
PARTS = (
    f"MATCH (c:{CHANGE} {{revision: $revision}}) WITH c ORDER BY c.place, c.side, c.part "
    "RETURN c.type AS type, c.side AS side, c.data AS data"
)
RECORD_AT = f"MATCH (r:{RECORD} {{kind: $kind, key: $key}}) RETURN r.value AS value, r.version AS version"
RECORDS_OF = f"MATCH (r:{RECORD} {{kind: $kind}}) RETURN r.kind, r.key, r.value, r.version"
RECORDS = f"MATCH (r:{RECORD}) RETURN r.kind, r.key, r.value, r.version"
LOCK_RECORD = f"MATCH (r:{RECORD} {{kind: $kind, key: $key}}) SET r.kind = r.kind"
ADD_RECORD = f"CREATE (:{RECORD} {{kind: $kind, key: $key, value: $value, version: $version}})"
SET_RECORD = f"MATCH (r:{RECORD} {{kind: $kind, key: $key}}) SET r.value = $value, r.version = $version"
DELETE_RECORD = f"MATCH (r:{RECORD} {{kind: $kind, key: $key}}) DELETE r"

IS_EMPTY = f"RETURN NOT EXISTS {{ (:{labels()}) }} AS empty"
BEGIN_LOADING = f"CREATE (:{LOADING} {{id: 'loading', token: $token}})"
HOLD_LOADING = f"MATCH (l:{LOADING} {{token: $token}}) SET l.id = l.id RETURN count(l) AS held"
TAKE_LOADING = f"MATCH (l:{LOADING}) SET l.token = $token"
IS_LOADING = f"RETURN EXISTS {{ (:{LOADING} {{token: $token}}) }} AS loading"
END_LOADING = f"MATCH (l:{LOADING} {{token: $token}}) DELETE l"


def unpublished() -> list[str]:
    """What removes `$n` at most of what a broken load left: edges, then nodes, then log; each gives how many it removed."""
    system = f"MATCH (x:{REVISION}|{CHANGE}) WHERE coalesce(x.number, x.revision) > $head"
    return [
        *(f"MATCH ()-[x:{name}]->() WITH x LIMIT $n DELETE x RETURN count(*) AS removed" for name in EDGE_TYPES),
        *(f"MATCH (x:{name}) WITH x LIMIT $n DETACH DELETE x RETURN count(*) AS removed" for name in NODE_TYPES),
        f"{system} WITH x LIMIT $n DELETE x RETURN count(*) AS removed",
    ]
