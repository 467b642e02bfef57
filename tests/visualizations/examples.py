"""Reports to draw: a hand-made one with every verdict, one of everything hostile, an empty one."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from functools import cache
from typing import Any

from graphmodel.network import Network, Stamp
from queries.case_overview import overview
from queries.cases import Body, Case
from queries.context import Context
from tests.queries.small import DAY, context, network, values
from tests.strategies import complete
from visualizations.report import Report, compose

HOSTILE_NAMES = (
    "<img src=x onerror=\"document.title='broken'\">",
    "</script><script>document.title='broken'</script>",
    '=HYPERLINK("http://example.invalid")',
    "\u202eمرحبا\u202c 锦江",
    "👩‍👩‍👧 协会",
    "极长" * 500,
    "a\x00b\x01\tc",
    "{{ 7 * 7 }} {% raw %}",
)


def organisation(id_: str, name: str, **fields: Any) -> dict[str, Any]:
    known = {"track": "registered", "status": "operating", "category": "service", "industry": "养老服务"}
    return {"id": id_, "name": name, **known, **fields}


def small_rows() -> dict[str, list[dict[str, Any]]]:
    """Two streets, one authority, six organisations: covered, in need of a branch, uncovered, filed, not known."""
    at = {"source_type": "Organization", "target_type": "Street"}
    return {
        "Street": [{"id": "510104020", "name": "甲街道"}, {"id": "510104021", "name": "乙街道"}],
        "Authority": [{"id": "authority:教育局", "name": "教育局"}],
        "GoverningBody": [{"id": "body:区委", "name": "区委", "kind": "party-committee"}],
        "Organization": [
            organisation("o1", "甲养老服务中心", full_members=5, members=5, union=False, youth_league=False, womens_federation=False),
            organisation("o2", "乙学校", full_members=4, members=4, category="affairs"),
            organisation("o3", "丙协会", full_members=0, members=0, union=False, youth_league=False, womens_federation=False),
            organisation("o4", "丁志愿队", track="filed"),
            organisation("o5", "戊研究会"),
            organisation("o6", "己中心", full_members=1, members=2),
        ],
        "PartyOrganization": [
            {"id": "po:o2", "name": "乙学校党支部", "form": "standalone", "level": "branch", "state": "actual", "members": 4},
            {"id": "joint:1", "name": "联合党支部", "form": "joint", "level": "branch", "state": "actual", "members": 2},
            {"id": "po:o3", "name": "丙协会党支部", "form": "standalone", "level": "branch", "state": "planned"},
        ],
        "InstructorPost": [{"id": "post:1", "name": "指导员岗位1"}],
        "COVERS": [
            {"source": "po:o2", "target": "o2", "state": "actual"},
            {"source": "joint:1", "target": "o6", "state": "actual"},
            {"source": "po:o3", "target": "o3", "state": "planned"},
        ],
        "INSTRUCTS": [{"source": "post:1", "target": "o1", "state": "actual"}],
        "LICENSED_BY": [{"source": "o2", "target": "authority:教育局"}],
        "LEADS": [{"source": "body:区委", "target_type": "Street", "source_type": "GoverningBody", "target": s} for s in ("510104020", "510104021")],
        "LOCATED_IN": [
            {"source": o, "target": s, **at}
            for o, s in (("o1", "510104020"), ("o2", "510104020"), ("o3", "510104021"), ("o4", "510104021"), ("o6", "510104020"))
        ],
    }  # fmt: skip


@cache
def small() -> Report:
    return compose(context(network(DAY, **small_rows())))


@cache
def followed() -> Report:
    """The small one with more urgent cases than the first page shows, hostile texts among them."""
    late = [
        Case(
            identity=f"uncovered|Organization|o{place}",
            question="uncovered",
            anchor="Organization",
            subject=f"o{place}",
            opened_in=1,
            body=Body(type="Street", id="510104020"),
            measure=HOSTILE_NAMES[place % len(HOSTILE_NAMES)],
            deadline=DAY + dt.timedelta(days=place - 4),
        )
        for place in range(8)
    ]
    asked_of = context(network(DAY, **small_rows()))
    return compose(replace(asked_of, cases=overview(late, DAY, 14)))


@cache
def closed() -> Report:
    """The small one as those read it who are not shown restricted fields."""
    return compose(context(network(DAY, **small_rows())), include_restricted=False)


@cache
def hostile() -> Report:
    """The small one with hostile names in every place that has one, next to every extreme value of the schema."""
    rows = small_rows()
    for nodes in ("Organization", "PartyOrganization", "Street", "Authority"):
        for place, row in enumerate(rows[nodes]):
            row["name"] = HOSTILE_NAMES[place % len(HOSTILE_NAMES)]
    rows["Organization"] += [organisation(f"x{i}", name, industry=name) for i, name in enumerate(HOSTILE_NAMES)]
    return compose(context(network(DAY, **rows)))


@cache
def extreme() -> Report:
    """Every node type, edge pair and field, with every hostile text."""
    return compose(Context.of(Network.from_tables(complete(), Stamp(1, DAY)), values()))


@cache
def empty() -> Report:
    return compose(context(network()))
