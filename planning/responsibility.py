"""Which body should answer for whom, and whose relation ends? Vertical, territorial or by a hub (J6-J9)."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import polars as pl

from graphmodel.declare import Edge, Node
from graphmodel.paths import NodeKey
from graphmodel.schema.edges import AnswersFor, Guides, Incubates, Supervises
from graphmodel.schema.nodes import Authority, Community, Hub, Organization, Street
from graphmodel.text import Text
from graphmodel.vectors import Flags
from planning import rules
from planning.plan import ActionKind, Reason, Unplaced
from planning.problem import Draft, Ints, Part, Problem, keys, rows_of
from planning.rule import Rule
from queries.answer import ask
from queries.context import Context
from queries.facts import INCUBATING, INCUBATOR, actual
from queries.pairs import first_of
from queries.question import Question
from queries.registry import question
from queries.relations import Hop
from queries.responsibility import ANSWERER, GUIDE, Mode, Responsibility, responsibility
from queries.vertical_groups import LICENCE, MINIMUM, SUPERVISOR, groups

_QUESTIONS = ("responsibility-gaps", "managed-by-neither")
_MODES = {mode: place for place, mode in enumerate(Mode)}


def responsible_bodies(problem: Problem, later: Context, after: Callable[[Part], Context]) -> Part:
    """A body for every organisation whose responsibility is missing, doubled or wrong.

    `later` is the context with what the plan takes in for incubation, or lets go: who answers hangs on it (J9);
    `after` the same with a part confirmed too. Nothing is proposed where something else that is not known (a street, an
    authority) would leave the gap as it is: then that is the reason why not.
    """
    lack, due = _lacking(later), responsibility(later)
    wanted = np.flatnonzero(lack.any(axis=0))
    part = propose(problem, wanted, due, ActionKind.RESPONSIBILITY)
    if not part.drafts:
        return part
    left = lack & _lacking(after(part), possibly=True)
    useless: Flags = np.asarray(lack.any(axis=0) & (lack == left).all(axis=0), dtype=np.bool_)
    part = propose(problem, wanted, due, part.kind, useless) if useless.any() else part
    for place, id_ in enumerate(_QUESTIONS):
        for row in rows_of(left[place] & ~useless):
            part.unplaced.append(_why_not(problem, part.kind, int(row), due, asked=id_))
    return part


def _lacking(context: Context, *, possibly: bool = False) -> Flags:
    """bool[questions, organisations]: whose responsibility is, or possibly is, a gap."""
    lack = np.zeros((len(_QUESTIONS), len(context.network[Organization])), dtype=np.bool_)
    for place, id_ in enumerate(_QUESTIONS):
        asked = question(id_)
        assert isinstance(asked, Question)
        answer = ask(asked, context)
        lack[place, answer.gap_rows] = True
        if possibly:
            lack[place, answer.unknown_rows] = True
    return lack


def propose(
    problem: Problem, organizations: Ints, due: Responsibility, kind: ActionKind, useless: Flags | None = None
) -> Part:
    """The relations that are due to these organisations and lack, and those that are not due and end.

    `due` says who should answer, over all organisations. Vertical: the authority supervises, all other authorities
    end. Territorial: street and community, other ones end, and an authority that supervises in the street's place.
    Of several bodies of one mode the due one stays, else the first by id. `useless` are those whose gap nothing that
    can be proposed would close.
    """
    context = problem.context
    part = Part(kind)
    n = len(context.network[Organization])
    chosen = np.zeros(n, dtype=np.bool_)
    chosen[organizations] = True
    vertical, territorial = due.mode == _MODES[Mode.VERTICAL], due.mode == _MODES[Mode.TERRITORIAL]
    plans = [
        _Side(problem, SUPERVISOR, Supervises, Authority, np.where(vertical, due.authority, -1), vertical),
        _Side(problem, GUIDE, Guides, Street, np.where(territorial, due.street, -1), territorial),
        _Side(problem, ANSWERER, AnswersFor, Community, np.where(territorial, due.community, -1), territorial),
        _Side(problem, INCUBATOR, Incubates, Hub, due.hub.astype(np.int64), due.mode == _MODES[Mode.INCUBATED]),
    ]
    supervised_instead = territorial & (plans[1].count == 0)
    plans[0].end_all(supervised_instead)
    if kind is ActionKind.NEXT_HOME:
        plans[3].end_all(chosen, possible=True)
    acts = np.zeros(n, dtype=np.bool_)
    for side in plans:
        acts |= side.lacks | side.ends_any
    refused = problem.refused_subjects(kind, Organization)
    target = np.full(n, -1, dtype=np.int64)
    which = np.full(n, -1, dtype=np.int64)
    for place in (3, 2, 1, 0):
        has = plans[place].after >= 0
        target, which = np.where(has, plans[place].after, target), np.where(has, place, which)
    for place in (2, 1, 0):
        target, which = (
            np.where(plans[place].lacks, plans[place].body, target),
            np.where(plans[place].lacks, place, which),
        )
    barred = _barred(problem, kind, plans, target, which) | refused
    usable = chosen & acts & (which >= 0) & ~barred
    if useless is not None:
        usable &= ~useless
    subjects = rows_of(usable)
    _write(part, problem, plans, subjects, target, which)
    for row in rows_of(chosen & ~usable):
        part.unplaced.append(_why_not(problem, kind, int(row), due, _REFUSED if barred[row] else None))
    return part


class _Side:
    """One relation of responsibility over all organisations: who holds it, who should, what is added and ended."""

    def __init__(
        self, problem: Problem, hop: Hop, edge: type[Edge], element: type[Node], body: Ints, due: Flags
    ) -> None:
        context = problem.context
        self.problem, self.edge, self.element, self.body = problem, edge, element, body.astype(np.int64)
        self.edges, holds = hop.truth(INCUBATING if hop is INCUBATOR else actual(hop), context)
        self.holds, self.may_hold = holds.yes, holds.possible
        n = len(context.network[Organization])
        first = first_of(n, self.edges.target, self.edges.source, self.holds)
        right = self.holds & (self.edges.source == self.body[self.edges.target]) & (self.body[self.edges.target] >= 0)
        has_right = np.zeros(n, dtype=np.bool_)
        has_right[self.edges.target[right]] = True
        self.count = np.bincount(self.edges.target[self.holds], minlength=n)
        self.lacks = due & (self.body >= 0) & ~has_right & (hop is not INCUBATOR)
        self.kept = np.where(has_right | self.lacks, self.body, np.where(due & (self.body < 0), -1, first))
        self.kept = np.where((self.kept < 0) & (self.count > 0), first, self.kept)
        self.over = self.holds & (self.edges.source != self.kept[self.edges.target])
        self._count_ends(n)

    def _count_ends(self, n: int) -> None:
        self.ends_any = np.zeros(n, dtype=np.bool_)
        self.ends_any[self.edges.target[self.over]] = True

    @property
    def after(self) -> Ints:
        """int64[n]: the body that holds the relation in the end, -1 for none."""
        return self.kept

    def end_all(self, where: Flags, *, possible: bool = False) -> None:
        """End every relation of these organisations that holds, or possibly holds."""
        self.over |= (self.may_hold if possible else self.holds) & where[self.edges.target]
        self.kept = np.where(where, -1, self.kept)
        self._count_ends(len(where))


def _barred(problem: Problem, kind: ActionKind, plans: list[_Side], target: Ints, which: Ints) -> Flags:
    barred = np.zeros(len(target), dtype=np.bool_)
    for place, side in enumerate(plans):
        for organization, body in problem.refused_pairs(kind, Organization, side.element):
            barred[organization] |= which[organization] == place and target[organization] == body
    return barred


def _write(part: Part, problem: Problem, plans: list[_Side], subjects: Ints, target: Ints, which: Ints) -> None:
    n = len(problem.network[Organization])
    page = np.full(n, -1, dtype=np.int64)
    page[subjects] = np.arange(len(subjects))
    ids = problem.network[Organization].ids
    said: list[list[Text]] = [[] for _ in subjects]
    reasons: list[list[Reason]] = [[] for _ in subjects]
    for side in plans:
        rows = rows_of(side.lacks & (page >= 0))
        bodies = side.body[rows]
        names = problem.names(side.element, bodies)
        part.add(
            side.edge,
            page[rows],
            (side.element, problem.ids(side.element, bodies)),
            (Organization, ids.gather(rows).to_list()),
            responsible_body=pl.Series(names, dtype=pl.String),
        )
        ended = np.flatnonzero(side.over & (page[side.edges.target] >= 0))
        at = page[side.edges.target[ended]]
        part.end(side.edge.type_name, at, problem.edge_rows(side.edges, ended))
        for place, name in zip(at, problem.names(side.element, side.edges.source[ended]), strict=True):
            said[place].append(_END.format(body=name, relation=side.edge.title))
        _explain(problem, side, page, reasons, side.lacks | side.ends_any)
    bare = np.zeros(n, dtype=np.bool_)
    bare[[row for place, row in enumerate(subjects.tolist()) if not reasons[place]]] = True
    for side in plans:  # what only ends rests on the relations that stay
        _explain(problem, side, page, reasons, bare)
    own = problem.names(Organization, subjects)
    held = problem.held_by([side.element for side in plans], which[subjects], target[subjects])
    for place, (key, name) in enumerate(held):
        subject = NodeKey(Organization.type_name, ids[int(subjects[place])])
        title = _TITLE[plans[int(which[subjects[place]])].edge].format(org=own[place], body=name)
        part.drafts.append(Draft((subject,), key, title, tuple(reasons[place]), None, tuple(said[place])))


_TITLE: dict[type[Edge], Text] = {
    Supervises: Text("{org}：由{body}条管", "{org}: {body} supervises"),
    Guides: Text("{org}：由{body}指导", "{org}: {body} guides"),
    AnswersFor: Text("{org}：由{body}负责", "{org}: {body} answers"),
    Incubates: Text("{org}：由{body}孵化", "{org}: {body} incubates"),
}
_END = Text("终止：{body} {relation}", "ends: {body} {relation}")
_RULE: dict[type[Edge], Rule] = {
    Supervises: rules.DUE_VERTICAL,
    Guides: rules.DUE_STREET,
    AnswersFor: rules.DUE_COMMUNITY,
    Incubates: rules.DUE_HUB,
}


def _explain(problem: Problem, side: _Side, page: Ints, reasons: list[list[Reason]], where: Flags) -> None:
    """The clause that makes a body due, for each that is; one of several that stays. `where` bool[n] it is told."""
    due = rows_of(where & (page >= 0) & (side.body >= 0) & (side.kept == side.body))
    sizes = _group_sizes(problem) if side.edge is Supervises else None
    least = MINIMUM.of(problem.context)
    for row, name in zip(due, problem.names(side.element, side.body[due]), strict=True):
        figures: dict[str, object] = {"n": int(sizes[row]), "least": least} if sizes is not None else {}
        reasons[page[row]].append(_RULE[side.edge].reason(0.0, **{"body": name, **figures}))
    several = rows_of(where & (page >= 0) & (side.count >= 2) & (side.kept >= 0))
    for row, name in zip(several, problem.names(side.element, side.kept[several]), strict=True):
        reasons[page[row]].append(rules.ONE_BODY.reason(n=int(side.count[row]), body=name))


def _group_sizes(problem: Problem) -> Ints:
    """int64[n]: how many organisations of its kind its authority has."""
    found, licences = groups(problem.context), LICENCE.edges(problem.context)
    size = np.append(found.size.lo, 0)[found.of_licence]
    most = np.zeros(len(problem.network[Organization]), dtype=np.int64)
    np.maximum.at(most, licences.source, size)
    return most


def _why_not(
    problem: Problem,
    kind: ActionKind,
    row: int,
    due: Responsibility,
    said: tuple[Text, Text] | None = None,
    *,
    asked: str | None = None,
) -> Unplaced:
    mode = list(Mode)[int(due.mode[row])]
    if said is not None:
        why, cheapest = said
    elif mode is Mode.TERRITORIAL:
        why, cheapest = _NO_STREET
    else:
        why, cheapest = _CANNOT_TELL
    organization = keys(Organization, problem.ids(Organization, np.array([row])))[0]
    asked = asked or next((q for q in (*_QUESTIONS, "incubation-overdue") if problem.gap(q)[row]), _QUESTIONS[0])
    return Unplaced(kind, organization, f"{asked}|Organization|{organization.id}", why, cheapest)


_REFUSED = (
    Text("审核人已否决这一归口", "the planner rejected this body"),
    Text("撤回否决，或更正登记的主管单位、街道", "withdraw the rejection, or correct authority or street"),
)
_NO_STREET = (
    Text("属地归口，但所在街道和社区不详", "it falls to its street, which is not known"),
    Text("补录所在社区", "record its community"),
)
_CANNOT_TELL = (
    Text(
        "主管单位或行业不详，不能判定由谁负责",
        "its authority or industry is not known: who should answer cannot be told",
    ),
    Text("补录业务主管单位和行业", "record its authority and industry"),
)
