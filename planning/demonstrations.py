"""Which Party organisations does an incubation centre manage as demonstrations, three to five of them? (J9, J18)."""

from __future__ import annotations

import numpy as np
import polars as pl

from graphmodel.paths import NodeKey
from graphmodel.schema.edges import Incubates
from graphmodel.schema.nodes import Hub, Organization, PartyOrganization
from graphmodel.text import Text
from graphmodel.vectors import Numbers
from planning import candidates, rules
from planning.distance import between, places
from planning.joint_state import seats
from planning.plan import ActionKind, Unplaced
from planning.problem import Draft, Ints, Part, Problem, rows_of
from queries.branches import STANDALONE, UNIT
from queries.facts import actual
from queries.guidance import HUB_RAISES, present

_QUOTA = "demonstration-quota"


def demonstrations(problem: Problem) -> Part:
    """As many own branches as the centres lack, honoured ones and near ones first; what is too much ends, those last."""
    part, context = Part(ActionKind.DEMONSTRATION), problem.context
    least, most = (context.values.integer(f"demonstration_{end}") for end in ("min", "max"))
    edges, holds = HUB_RAISES.truth(present(HUB_RAISES) & HUB_RAISES.edge.kind.is_("demonstration"), context)
    raised = np.flatnonzero(holds.yes)
    centres = rows_of(problem.gap(_QUOTA))
    candidates = _candidates(problem, edges.target[np.flatnonzero(holds.possible)].astype(np.int64))
    refused = problem.refused_pairs(part.kind, PartyOrganization, Hub)
    for centre in centres.tolist():
        here = raised[edges.source[raised] == centre]
        if len(here) > most:
            over = here[_best(problem, centre, edges.target[here].astype(np.int64))[most:]]
            ended = problem.edge_rows(edges, over)
            part.end(Incubates.type_name, len(part.drafts) + np.arange(len(over)), ended)
            _draft(part, problem, centre, edges.target[over].astype(np.int64), len(here), _LETS_GO)
            continue
        free = np.array([c for c in candidates.tolist() if (c, centre) not in refused], dtype=np.int64)
        chosen = free[_best(problem, centre, free)][: least - len(here)]
        candidates = candidates[~np.isin(candidates, chosen)]
        hub, ids = problem.ids(Hub, np.full(len(chosen), centre)), problem.ids(PartyOrganization, chosen)
        page = len(part.drafts) + np.arange(len(chosen))
        part.add(Incubates, page, (Hub, hub), (PartyOrganization, ids), kind="demonstration")
        _draft(part, problem, centre, chosen, len(here), _RAISES)
        if len(chosen) < least - len(here):
            key = NodeKey(Hub.type_name, problem.ids(Hub, np.array([centre]))[0])
            part.unplaced.append(Unplaced(part.kind, key, f"{_QUOTA}|{key.type}|{key.id}", *_TOO_FEW))
    return part


def _candidates(problem: Problem, taken: Ints) -> Ints:
    """Own branches that exist, whose chain is sound, and that no hub raises."""
    rows, context = problem.network[PartyOrganization], problem.context
    n = len(rows)
    usable = STANDALONE.evaluate(rows, context).yes & candidates.chain_sound(context, np.arange(n))
    usable &= np.asarray(problem.real.network[PartyOrganization].find(rows.ids) >= 0)
    usable[taken] = False
    return rows_of(usable)


def _awarded(problem: Problem, party: Ints) -> Ints:
    year = problem.network[PartyOrganization].vector("demonstration_year")
    assert isinstance(year, Numbers)
    awarded: Ints = (year.lo == year.hi)[party].astype(np.int64)
    return awarded


def _best(problem: Problem, centre: int, party: Ints) -> Ints:
    """Places of these Party organisations, honoured ones first, then near ones, then by id."""
    context = problem.context
    edges, holds = UNIT.truth(actual(UNIT), context)
    mine = holds.yes & np.isin(edges.source, party)
    at = places(context, Organization)
    units = pl.DataFrame({"branch": edges.source[mine], "organization": edges.target[mine]}).cast(pl.Int64)
    seat = seats(units, len(problem.network[PartyOrganization]), at)
    home = places(context, PartyOrganization).otherwise(seat).take(party)
    hub = places(context, Hub).take(np.full(len(party), centre))
    return np.lexsort((party, between(context, home, hub), -_awarded(problem, party)))


def _draft(part: Part, problem: Problem, centre: int, party: Ints, now: int, title: Text) -> None:
    """One draft each, for what was added or ended."""
    values, at = problem.context.values, np.array([centre])
    hub, name = NodeKey(Hub.type_name, problem.ids(Hub, at)[0]), problem.names(Hub, at)[0]
    least, most = values.integer("demonstration_min"), values.integer("demonstration_max")
    quota = rules.QUOTA.reason(now=now, least=least, most=most)
    honoured = _awarded(problem, party)
    ids, names = problem.ids(PartyOrganization, party), problem.names(PartyOrganization, party)
    for k, id_ in enumerate(ids):
        award = rules.AWARDED.reason(0.0 if honoured[k] else 1.0, how=_HONOURED if honoured[k] else _NOT_HONOURED)
        subject = NodeKey(PartyOrganization.type_name, id_)
        part.drafts.append(Draft((subject,), hub, title.format(party=names[k], hub=name), (quota, award)))


_RAISES = Text("{hub}：把{party}作为示范党组织孵化", "{hub}: takes in {party} for demonstration")
_LETS_GO = Text("{hub}：不再直接管理{party}", "{hub}: no longer manages {party}")
_HONOURED = Text("曾获示范党组织称号", "honoured as a demonstration before")
_NOT_HONOURED = Text("未获过示范党组织称号", "not honoured before")
_TOO_FEW = (
    Text(
        "没有更多隶属链完整的单独组建党组织可作示范", "there are no more own branches with a sound chain to choose from"
    ),
    Text("先培育或理顺一个单独组建的党组织", "bring up, or put in order, one more branch of its own"),
)
