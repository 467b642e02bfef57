"""What is true of each organisation, by loops over a networkx MultiDiGraph? As a notebook would work it out, unknown being None.

Nothing of partygraph's queries is used, so that equal answers mean something.
"""

# ruff: noqa: D102, D103 - functions are named as the catalogue names facts, and described there

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import networkx as nx

from benchmarks.networks import EDGES, FIELDS, policy_values, read_tables
from examples.generator.scale import DAY

Graph = Any  # nx.MultiDiGraph: its views are typed too loosely to help
Node = tuple[str, str]


def build(folder: Path) -> Graph:
    """The graph of a generated network: only the types and fields that the questions need."""
    tables = read_tables(folder)
    graph: Graph = nx.MultiDiGraph()
    for name, fields in FIELDS.items():
        columns = [tables[name][field].to_list() for field in fields]
        rows = zip(*columns, strict=True) if fields else ((),) * tables[name].height
        graph.add_nodes_from(
            ((name, id_), dict(zip(fields, row, strict=True)))
            for id_, row in zip(tables[name]["id"].to_list(), rows, strict=True)
        )
    for name, fields in EDGES.items():
        table = tables[name]
        ends = [table[c].to_list() for c in ("source_type", "source", "target_type", "target", *fields)]
        graph.add_edges_from(
            ((row[0], row[1]), (row[2], row[3]), name, dict(zip(fields, row[4:], strict=True)))
            for row in zip(*ends, strict=True)
            if row[0] in FIELDS and row[2] in FIELDS
        )
    return graph


# --- three values ---

Truth = bool | None


def neg(truth: Truth) -> Truth:
    return None if truth is None else not truth


def both(*truths: Truth) -> Truth:
    return False if False in truths else None if None in truths else True


def either(truths: Iterable[Truth]) -> Truth:
    unknown = False
    for truth in truths:
        if truth:
            return True
        unknown = unknown or truth is None
    return None if unknown else False


def equals(value: object, wanted: object) -> Truth:
    return None if value is None else value == wanted


def under(value: int | None, bound: int) -> Truth:
    return None if value is None else value < bound


def over(truths: Iterable[Truth], bound: int) -> Truth:
    """Are more than `bound` true?"""
    least = unknown = 0
    for truth in truths:
        least += truth is True
        unknown += truth is None
    return True if least > bound else False if least + unknown <= bound else None


# --- what questions share ---


class Facts:
    """What is true of each organisation, computed once a round by walking its edges."""

    def __init__(self, graph: Graph) -> None:
        self.graph, self.values = graph, policy_values()
        self.orgs: list[Node] = [node for node in graph if node[0] == "Organization"]
        self.row = dict(graph.nodes.data())
        self.tops = {node: self._top(node) for node in graph if node[0] == "PartyOrganization"}
        self.reaches: dict[Node, bool] = {}
        self.operating = {o: equals(self.row[o]["status"], "operating") for o in self.orgs}
        self.registered = {o: equals(self.row[o]["track"], "registered") for o in self.orgs}
        self.filed = {o: equals(self.row[o]["track"], "filed") for o in self.orgs}
        self.inside = {o: both(self.registered[o], self.operating[o]) for o in self.orgs}
        self.covers = {o: [(self.covering(p, d), p) for p, d in self.into(o, "COVERS")] for o in self.orgs}
        self.covered = {o: either(both(c, self.up(p)) for c, p in self.covers[o]) for o in self.orgs}
        self.instructed = {o: self.held(o, "INSTRUCTS") for o in self.orgs}
        self.work = {o: self._work(o) for o in self.orgs}
        self.three_none = {o: both(neg(self.covered[o]), self._no_member(o), neg(self.work[o])) for o in self.orgs}
        self.incubations = {o: [self._incubating(d) for _, d in self.into(o, "INCUBATES")] for o in self.orgs}
        self.street = {o: self._street(o) for o in self.orgs}
        self.members = self._members()

    def into(self, node: Node, kind: str) -> Iterator[tuple[Node, dict[str, Any]]]:
        """Sources and fields of the edges of a kind that arrive."""
        for source, _, key, fields in self.graph.in_edges(node, keys=True, data=True):
            if key == kind:
                yield source, fields

    def out(self, node: Node, kind: str, to: str | None = None) -> Iterator[tuple[Node, dict[str, Any]]]:
        """Targets and fields of the edges of a kind that leave."""
        for _, target, key, fields in self.graph.out_edges(node, keys=True, data=True):
            if key == kind and (to is None or target[0] == to):
                yield target, fields

    def held(self, node: Node, kind: str) -> Truth:
        return either(equals(d["state"], "actual") for _, d in self.into(node, kind))

    def covering(self, party: Node, fields: dict[str, Any]) -> Truth:
        return both(equals(fields["state"], "actual"), neg(equals(self.row[party]["state"], "planned")))

    def _top(self, party: Node) -> bool:
        bodies = self.out(party, "PARTY_BODY_OF", "GoverningBody")
        return self.row[party]["form"] == "outside" or any(self.row[b]["kind"] == "party-committee" for b, _ in bodies)

    def up(self, party: Node) -> bool:
        """Whether a top is reached over actual superiors."""
        if party not in self.reaches:
            seen, waiting = {party}, [party]
            while waiting:
                node = waiting.pop()
                if self.tops[node] or self.reaches.get(node):
                    self.reaches[party] = True
                    return True
                for above, fields in self.out(node, "SUBORDINATE_TO"):
                    if fields["state"] == "actual" and above not in seen:
                        seen.add(above)
                        waiting.append(above)
            self.reaches[party] = False
        return self.reaches[party]

    def form(self, org: Node, *forms: str) -> Truth:
        return either(both(c, self._is_form(p, forms)) for c, p in self.covers[org])

    def counted(self, org: Node, *forms: str) -> Truth:
        return either(both(c, self.up(p), self._is_form(p, forms)) for c, p in self.covers[org])

    def counted_other(self, org: Node) -> Truth:
        return either(both(c, self.up(p), neg(self._is_form(p, ("standalone", "joint")))) for c, p in self.covers[org])

    def _is_form(self, party: Node, forms: tuple[str, ...]) -> Truth:
        form = self.row[party]["form"]
        return None if form is None else form in forms

    def _work(self, org: Node) -> Truth:
        row = self.row[org]
        masses = (row["union"], row["youth_league"], row["womens_federation"])
        return either((self.instructed[org], self.held(org, "STATION_GUIDES"), *masses))

    def _no_member(self, org: Node) -> Truth:
        row = self.row[org]
        parts = (row["full_members"], row["probationary_members"], row["members_elsewhere"])
        counts = (row["members"], row["members_here"], *parts)
        if any(count is not None and count >= 1 for count in counts):
            return False
        return True if under(row["members"], 1) or all(under(part, 1) for part in parts) else None

    def _incubating(self, fields: dict[str, Any]) -> Truth:
        ended = fields["until"] is not None and fields["until"] < DAY
        return both(equals(fields["state"], "actual"), not ended)

    def _street(self, org: Node) -> list[Node]:
        places = [place for place, _ in self.out(org, "LOCATED_IN")]
        over = [s for place in places if place[0] == "Community" for s, _ in self.out(place, "PART_OF")]
        return [*over, *(place for place in places if place[0] == "Street")]

    def community(self, org: Node) -> list[Node]:
        return [place for place, _ in self.out(org, "LOCATED_IN", "Community")]

    def licences(self, org: Node) -> list[Node]:
        return [authority for authority, _ in self.out(org, "LICENSED_BY")]

    def _members(self) -> dict[Node, dict[str | None, list[Truth]]]:
        """Of each authority's organisations, by industry: whether they count for sure, those that certainly do not left out."""
        members: dict[Node, dict[str | None, list[Truth]]] = defaultdict(lambda: defaultdict(list))
        for org in self.orgs:
            if self.inside[org] is not False:
                for authority in self.licences(org):
                    members[authority][self.row[org]["industry"]].append(self.inside[org])
        return members

    def large(self, authority: Node, industry: str | None) -> Truth:
        """Whether that group is large, of unknown industry: any group; those of unknown industry may belong to each."""
        least, members = self.values.integer("vertical_threshold") + 1, self.members[authority]
        unsaid = len(members[None]) if None in members else 0
        if industry is None:
            return None if unsaid + max((len(m) for i, m in members.items() if i), default=0) >= least else False
        counted = members.get(industry, [])
        if sum(inside is True for inside in counted) >= least:
            return True
        return None if len(counted) + unsaid >= least else False

    def due_where_large(self, org: Node) -> Truth:
        mode = self.row[org]["registration"]
        dual = mode == "dual" if mode is not None else bool(self.licences(org))
        return both(neg(either(self.incubations[org])), self.registered[org], dual)

    def vertical(self, org: Node) -> Truth:
        licences, industry = self.licences(org), self.row[org]["industry"]
        in_large = either(self.large(a, industry) for a in licences) if licences else None
        return both(self.due_where_large(org), in_large)
