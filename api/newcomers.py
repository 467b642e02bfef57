"""Who takes on those who are described? The answers for shell and HTTP, and what they say of names and industries; nothing is stored."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

import polars as pl

from graphmodel.network import Network
from graphmodel.schema.nodes import Organization
from graphmodel.text import Text
from loaders.errors import printable
from loaders.names import Directory, asked_back
from planning.newcomer import Newcomer, Reception
from planning.plan import Reason
from planning.reception import name_of, receive
from queries.context import Context


def receptions(context: Context, newcomers: Sequence[Newcomer]) -> list[Reception]:
    """The answer for each newcomer, each as if it alone were added.

    An industry that nobody has is remarked on, and a name that somebody has. Cost: linear in the network for each.
    """
    strange, taken = _strange_industries(context.network, newcomers), namesakes(context.network, newcomers)
    found = [receive(context, one) for one in newcomers]
    return [replace(each, notices=(*_remarks(each.newcomer, strange, taken), *each.notices)) for each in found]


def _remarks(newcomer: Newcomer, strange: Mapping[str, Text], taken: Mapping[str, str]) -> Iterable[Text]:
    if newcomer.name in taken:
        yield _TAKEN.format(name=printable(newcomer.name, 60), id=taken[newcomer.name])
    if (remark := strange.get(str(newcomer.fields.get("industry")))) is not None:
        yield remark


def namesakes(network: Network, newcomers: Sequence[Newcomer]) -> dict[str, str]:
    """The ids of organisations that are there already, by the names of newcomers that are called as they are."""
    known = network.table(Organization.type_name).select("name", "id").drop_nulls()
    names = [one.name for one in newcomers]
    return dict(known.filter(pl.col("name").is_in(names)).sort("id").iter_rows())


_TAKEN = Text(
    "已有同名的组织（{id}）：请核对是否已经登记，或改用别的名称。",
    "An organisation of that name is there already ({id}): see whether it is registered, or choose another name.",
)


def _strange_industries(network: Network, newcomers: Sequence[Newcomer]) -> dict[str, Text]:
    """What is said of each industry told of that no organisation of the network has, with the likeliest that one has."""
    told = {one.fields["industry"]: None for one in newcomers if "industry" in one.fields}
    names = network[Organization].frame["industry"].drop_nulls().unique().sort()
    if names.is_empty():
        return {}  # nobody's industry was ever told
    known = Directory(pl.DataFrame({"id": names, "name": names, "aliases": names.clear(names.len())}))
    strange = pl.DataFrame({"industry": list(told)}, {"industry": pl.String})
    strange = strange.filter(known.find(strange["industry"])["nodes"] == 0)
    nearest = known.nearest(strange["industry"])
    nobody = Text("没有组织属于“{industry}”这个行业", "No organisation is of the industry '{industry}'")
    return {
        industry: _asked(nobody.format(industry=printable(industry, 60)), nearest.get(industry, ()))
        for industry in strange["industry"]
    }


def _asked(said: Text, near: Sequence[str]) -> Text:
    if not near:
        return Text(f"{said.zh}，请核对。", f"{said.en}: see that it is right.")
    back = asked_back(near)
    return Text(f"{said.zh}；{back.zh}", f"{said.en}. {back.en}")


def plain(context: Context, found: Reception) -> dict[str, Any]:
    """One answer for programs: every topic with verdict, bodies, reasons and clauses, papers with their days."""
    network = context.network
    return {
        "name": found.newcomer.name,
        "revision": network.stamp.revision,
        "as_of": network.stamp.as_of,
        "today": context.today,
        "policy": context.values.policy,
        "policy_digest": context.values.digest,
        "stored": False,
        "advice": [
            {
                "topic": advice.topic.value,
                "topic_title": advice.topic.title,
                "verdict": advice.verdict.value,
                "kind": advice.kind,
                "title": advice.title,
                "bodies": [{"node": str(key), "name": name_of(network, key)} for key in advice.bodies],
                "clauses": advice.clauses,
                "reasons": [_reason(reason) for reason in advice.reasons],
                "runner_up": advice.runner_up,
                "missing": advice.missing,
                "cheapest": advice.cheapest,
            }
            for advice in found.advice
        ],
        "due": [{"what": p.what, "clause": p.clause, "by": p.on} for p in found.due],
        "later": [{"what": p.what, "clause": p.clause, "from": p.on} for p in found.later],
        "notices": found.notices,
    }


def _reason(reason: Reason) -> dict[str, Any]:
    return {"rule": reason.rule, "text": reason.text, "clause": reason.clause, "hard": reason.hard, "cost": reason.cost}
