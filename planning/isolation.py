"""Which proposals end whose isolation? What joins an alliance may mend others too, so it is tried where it is not plain (J12)."""

from __future__ import annotations

from collections.abc import Collection, Sequence

import numpy as np
import polars as pl

from graphmodel.changes import ChangeSet, Delta
from graphmodel.schema import NODE_TYPES
from graphmodel.schema.edges import MemberOf
from graphmodel.schema.nodes import Alliance, Organization
from planning.alliances import components
from planning.plan import Proposal, together
from queries.alliances import MEMBERSHIP
from queries.answer import Answer, ask, identities
from queries.context import Context
from queries.facts import actual
from queries.planned import as_if_confirmed

ISOLATED = "isolated-component"
TRIALS = 2_000_000  # organisations times trials that the exact answer is worth


def confirmed(context: Context, proposals: Sequence[Proposal], only: Collection[str] | None = None) -> Context:
    """The context as if these proposals, and all that was planned before, were confirmed.

    Of what they change, `only` these relations, and the nodes that they found: what they end stays, without them.
    """
    changes = together(list(proposals)) if proposals else ChangeSet({})
    if only is not None:
        kept = {name: delta for name, delta in changes.deltas.items() if name in only}
        founded = {
            name: Delta(delta.before.join(delta.after, on="id", how="semi"), delta.after)
            for name, delta in changes.deltas.items()
            if name in NODE_TYPES
        }
        changes = ChangeSet(kept | founded)
    network = context.network.apply(changes) if changes.deltas else context.network
    return context.over(as_if_confirmed(network))


def declared_isolation(then: Answer, ended: set[str], context: Context, proposals: Sequence[Proposal]) -> pl.DataFrame:
    """What each proposal declares of the `ended` findings of isolation: `page`, `identity`.

    It is plain where one tied to nobody joins an alliance in which all is well: it ends its own. Any other is left out
    to see what opens again; at sizes at which that is too much, it declares the findings of its own subjects.
    """
    joining = [k for k, p in enumerate(proposals) if MemberOf.type_name in p.changes.deltas]
    plain = _plain(then, confirmed(context, ()), [proposals[k] for k in joining])
    others = len(joining) - int(plain.sum())
    found: list[tuple[int, str]] = []
    for k, simple in zip(joining, plain.tolist(), strict=True):
        if simple or others * len(then.rows) > TRIALS:
            ids = ended & {s.id for s in proposals[k].subjects}
        else:
            without = confirmed(context, [proposals[other] for other in joining if other != k], [MemberOf.type_name])
            ids = ended & set(ask(then.question, without).ids("gap"))
        found += [(k, id_) for id_ in sorted(ids)]
    frame = pl.DataFrame(found, schema={"page": pl.Int64, "id": pl.String}, orient="row")
    return frame.select("page", identities(then.question, pl.col("id")).alias("identity"))


def _plain(then: Answer, before: Context, joining: Sequence[Proposal]) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    """bool[k]: is it one organisation that is certainly tied to nobody, and its alliance one without any finding?"""
    network, label = before.network, components(before, possible=True)
    size = np.bincount(label, minlength=1)
    edges, holds = MEMBERSHIP.truth(actual(MEMBERSHIP), before)
    here = np.flatnonzero(holds.possible)
    unwell = np.zeros(len(network[Alliance]) + 1, dtype=np.bool_)
    unwell[edges.target[here[then.gap.possible[edges.source[here]]]]] = True
    empty = np.bincount(edges.target[here], minlength=len(unwell)) == 0
    subject = network[Organization].find([p.subjects[0].id for p in joining])
    target = network[Alliance].find([p.target.id if p.target is not None else "" for p in joining])
    single = np.array([len(p.subjects) == 1 for p in joining], dtype=np.bool_)
    member = np.zeros(len(label), dtype=np.bool_)
    member[edges.source[here]] = True  # others may join it in the alliance that it has to itself
    return np.asarray(single & (size[label[subject]] == 1) & ~member[subject] & ~unwell[target] & ~empty[target])
