from graphmodel.schema.nodes import Organization
from graphmodel.text import Text
from queries.alliances import ALONE, COMPONENT_LED, JOINED_BY, JOINS, MEMBERSHIP
from queries.facts import OPERATING
from queries.logic import Recorded
from queries.question import Group, Question, Reason, Severity, about

# components over actual memberships and joint work; deregistered organisations join nobody
ISOLATED_COMPONENT = Question(
    id="isolated-component",
    group=Group.ALLIANCE,
    term="孤立组团",
    text=Text(
        "哪些组织与其他组织都不相连，或所在组团没有牵头单位？",
        "Which organisations are joined to nobody, or stand in a component without a lead?",
    ),
    remedy=Text("与邻近联盟对接，明确牵头单位。", "Join it to an alliance nearby and name a lead."),
    severity=Severity.MIDDLE,
    clauses=("J12",),
    anchor=about(Organization),
    tracks="RF",
    scope=OPERATING,
    reasons={
        "alone": Reason(Text("孤立", "joined to no other organisation"), ALONE),
        "no-lead": Reason(Text("组团无牵头单位", "its component has no lead"), ~COMPONENT_LED & ~Recorded(ALONE)),
    },
    columns=("track", "industry"),
    evidence=(MEMBERSHIP, JOINS, JOINED_BY),
    needs=(MEMBERSHIP,),
    in_process_only=Text(
        "连通分量须在整张图上计算。",
        "Connected components are computed over the whole graph, along paths of any length.",
    ),
)
