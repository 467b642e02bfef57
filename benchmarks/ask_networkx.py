"""The questions as a notebook would answer them over networkx; what several share is computed once a round here too."""

# ruff: noqa: D103 - functions are named as the catalogue names questions, and described there

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import networkx as nx

from benchmarks.measuring import Work
from benchmarks.networkx_facts import Facts, Graph, Node, Truth, both, build, either, equals, neg, over, under
from benchmarks.ten_questions import SHARED, Judgement, Line, digest


def judged(rows: Iterable[tuple[str, Truth, Truth]]) -> Judgement:
    """Of id, scope and gap."""
    total, gaps, unknowns = 0, [], []
    for id_, scope, gap in rows:
        total += scope is True
        verdict = both(scope, gap)
        if verdict:
            gaps.append(id_)
        elif verdict is None:
            unknowns.append(id_)
    return Judgement(total, gaps, unknowns)


def uncovered(f: Facts) -> Judgement:
    return judged((o[1], f.inside[o], neg(f.covered[o])) for o in f.orgs)


def three_none(f: Facts) -> Judgement:
    return judged((o[1], f.inside[o], f.three_none[o]) for o in f.orgs)


def branch_required(f: Facts) -> Judgement:
    least = f.values.integer("branch_min_members")

    def strong(org: Node) -> Truth:
        row = f.row[org]
        if row["full_members"] is not None:
            return bool(row["full_members"] >= least)
        return False if under(row["members_here"], least) or under(row["members"], least) else None

    def gap(org: Node) -> Truth:
        lacks, joint = neg(f.form(org, "standalone")), f.form(org, "joint")
        return either((both(lacks, joint), both(lacks, neg(joint))))

    return judged((o[1], both(f.inside[o], strong(o)), gap(o)) for o in f.orgs)


def instructor_due(f: Facts) -> Judgement:
    return judged((o[1], both(f.inside[o], neg(f.covered[o])), neg(f.instructed[o])) for o in f.orgs)


def _served(f: Facts, node: Node, kind: str) -> list[Truth]:
    return [
        both(equals(d["state"], "actual"), neg(equals(f.row[o]["status"], "deregistered")))
        for o, d in f.out(node, kind)
    ]


def instructor_load(f: Facts) -> Judgement:
    most = f.values.integer("instructor_max_load")
    rows = ((n, _served(f, n, "INSTRUCTS")) for n in f.graph if n[0] == "InstructorPost")
    return judged((n[1], True, either((over(served, most), neg(over(served, 0))))) for n, served in rows)


def station_load(f: Facts) -> Judgement:
    def gap(node: Node) -> Truth:
        served, capacity = _served(f, node, "STATION_GUIDES"), f.row[node]["capacity"]
        return either((None if capacity is None else over(served, capacity), neg(over(served, 0))))

    return judged((n[1], True, gap(n)) for n in f.graph if n[0] == "GuidanceStation")


def vertical_not_taken_on(f: Facts) -> Judgement:
    lacking: dict[Node, dict[str | None, list[Truth]]] = defaultdict(lambda: defaultdict(list))
    for org in f.orgs:
        if f.inside[org] is not False:
            for authority in f.licences(org):
                by = (d for a, d in f.into(org, "SUPERVISES") if a == authority)
                supervised = either(equals(d["state"], "actual") for d in by)
                lacks = both(f.inside[org], f.due_where_large(org), neg(supervised))
                lacking[authority][f.row[org]["industry"]].append(lacks)

    def rows() -> Iterator[tuple[str, Truth, Truth]]:
        for authority, by_industry in lacking.items():
            perhaps: Truth = False if all(lacks is False for lacks in by_industry.pop(None, [])) else None
            for industry, lacks in by_industry.items():
                yield f"{authority[1]}|{industry}", f.large(authority, industry), either((*lacks, perhaps))

    return judged(rows())


def responsibility_gaps(f: Facts) -> Judgement:
    return judged((o[1], f.operating[o], _gap_of_responsibility(f, o)) for o in f.orgs)


def _gap_of_responsibility(f: Facts, org: Node) -> Truth:
    industry, licences = f.row[org]["industry"], f.licences(org)
    vertical, incubations = f.vertical(org), f.incubations[org]
    at_home = neg(either(incubations))
    territorial = both(at_home, neg(vertical))
    by = {kind: list(f.into(org, kind)) for kind in ("SUPERVISES", "GUIDES", "ANSWERS_FOR")}
    actual = {kind: [equals(d["state"], "actual") for _, d in edges] for kind, edges in by.items()}
    supervised, guided, answered = (either(actual[kind]) for kind in by)

    def from_own(kind: str, own: list[Node]) -> Truth:
        """By one of the own places; unknown where there is none."""
        return either(
            both(a, body in own or (False if own else None))
            for (body, _), a in zip(by[kind], actual[kind], strict=True)
        )

    due = {a: f.large(a, industry) for a in licences}
    by_due = either(
        both(a, due.get(body, False)) for (body, _), a in zip(by["SUPERVISES"], actual["SUPERVISES"], strict=True)
    )
    answerable = both(territorial, bool(f.community(org)))
    return either(
        (
            both(at_home, neg(supervised), either((vertical, neg(guided)))),
            both(answerable, neg(answered)),
            *(over(actual[kind], 1) for kind in by),
            over(incubations, 1),
            both(vertical, supervised, neg(by_due)),
            both(territorial, guided, neg(from_own("GUIDES", f.street[org]))),
            both(territorial, neg(guided), supervised),
            both(answerable, answered, neg(from_own("ANSWERS_FOR", f.community(org)))),
        )
    )


def isolated_component(f: Facts) -> Judgement:
    ties: list[tuple[Node, Node, Truth, Truth]] = []
    alive = {o: neg(equals(f.row[o]["status"], "deregistered")) for o in f.orgs}
    for org in f.orgs:
        for other, key, fields in ((t, k, d) for _, t, k, d in f.graph.out_edges(org, keys=True, data=True)):
            if key == "MEMBER_OF":
                member = both(alive[org], equals(fields["state"], "actual"))
                ties.append((org, other, member, both(member, equals(fields["role"], "lead"))))
            elif key == "JOINS_WITH":
                ties.append((org, other, both(alive[org], alive[other]), False))

    def seen(holds: Callable[[Truth], bool]) -> tuple[dict[Node, bool], dict[Node, bool]]:
        parts: Any = nx.Graph()
        parts.add_nodes_from(f.orgs)
        parts.add_edges_from((one, other) for one, other, tie, _ in ties if holds(tie))
        leads = {one for one, _, _, lead in ties if holds(lead)}
        alone, led = {}, {}
        for component in nx.connected_components(parts):
            members = [node for node in component if node[0] == "Organization"]
            has_lead = any(member in leads for member in members)
            for member in members:
                alone[member], led[member] = len(members) == 1, has_lead
        return alone, led

    (alone, led), (alone_still, led_perhaps) = seen(lambda t: t is True), seen(lambda t: t is not False)

    def gap(org: Node) -> Truth:
        by_itself: Truth = True if alone_still[org] else None if alone[org] else False
        is_led: Truth = True if led[org] else None if led_perhaps[org] else False
        return either((by_itself, both(neg(is_led), by_itself is not True)))

    return judged((o[1], f.operating[o], gap(o)) for o in f.orgs)


def grade_above_ceiling(f: Facts) -> Judgement:
    ceiling = f.values.word("ceiling_grade")

    def graded(org: Node) -> Truth:
        grade = f.row[org]["grade"]
        return None if grade is None else grade >= ceiling  # 1A to 5A sort as texts do

    def gap(org: Node) -> Truth:
        row = f.row[org]
        marks = (row["activity_regular"], row["members_visible"], row["party_life_regular"])
        return either((f.three_none[org], *(both(f.covered[org], neg(mark)) for mark in marks)))

    return judged((o[1], both(f.inside[o], graded(o)), gap(o)) for o in f.orgs)


WAYS = ("standalone", "joint", "functional", "work_only", "none")


def coverage_rates(f: Facts) -> list[Line]:
    tally: dict[tuple[str, str, str], dict[str, int]] = defaultdict(lambda: defaultdict(int))
    for org in f.orgs:
        tracks = [("registered", f.inside[org]), ("filed", both(f.filed[org], f.operating[org]))]
        track = next((track for track, inside in tracks if inside), None)
        if track is not None:
            way = _way(f, org)
            for line in _lines(f, org):
                tally[track, *line][way] += 1
    return [_figures(line, counts) for line, counts in tally.items()]


def _figures(line: tuple[str, str, str], counts: dict[str, int]) -> Line:
    own, joint, functional, work, none, unknown = (counts[way] for way in (*WAYS, "unknown"))
    return (*line, sum(counts.values()), own, joint, functional, work, none, unknown)


def _way(f: Facts, org: Node) -> str:
    own, joint = f.counted(org, "standalone"), f.counted(org, "joint")
    other, covered, work = f.counted_other(org), f.covered[org], f.work[org]
    possible = (
        own is not False,
        own is not True and joint is not False,
        own is not True and joint is not True and other is not False,
        covered is not True and work is not False,
        covered is not True and work is not True,
    )
    return WAYS[possible.index(True)] if sum(possible) == 1 else "unknown"


def _lines(f: Facts, org: Node) -> Iterator[tuple[str, str]]:
    row, streets, communities = f.row[org], f.street[org], f.community(org)
    yield "whole", "all"
    yield "category", row["category"] or ""
    yield "industry", row["industry"] or ""
    yield "street", streets[0][1] if streets else ""
    yield "community", communities[0][1] if communities else ""
    licences = f.licences(org)
    needs_none = row["registration"] == "direct" or f.filed[org]
    for authority in licences:
        yield "authority", authority[1]
    if not licences:
        yield "authority", "none" if needs_none else ""


QUESTIONS: dict[str, Callable[[Facts], Judgement | list[Line]]] = {
    "uncovered": uncovered,
    "three-none": three_none,
    "responsibility-gaps": responsibility_gaps,
    "vertical-not-taken-on": vertical_not_taken_on,
    "branch-required": branch_required,
    "instructor-due": instructor_due,
    "instructor-load": instructor_load,
    "station-load": station_load,
    "isolated-component": isolated_component,
    "grade-above-ceiling": grade_above_ceiling,
    "coverage-rates": coverage_rates,
}


class _Round:
    """The facts of the present round."""

    def __init__(self, graph: Graph) -> None:
        self.graph = graph
        self.facts: Facts | None = None

    def share(self) -> None:
        self.facts = Facts(self.graph)

    def ask(self, question: Callable[[Facts], Judgement | list[Line]]) -> Judgement | list[Line]:
        assert self.facts is not None
        return question(self.facts)


def ten(folder: Path) -> Work:
    """The ten questions over a graph built from the same files."""
    here = _Round(build(folder))
    steps: dict[str, Callable[[], Any]] = {SHARED: here.share}
    steps |= {name: partial(here.ask, question) for name, question in QUESTIONS.items()}
    return Work(steps, digest=digest)
