from graphmodel.schema.nodes import Organization
from graphmodel.text import Text
from queries.alliances import IN_ALLIANCE, MEMBERSHIP
from queries.facts import COVER, COVERED, OPERATING
from queries.question import Group, Question, Reason, Severity, about

OUTSIDE_ALLIANCE = Question(
    id="outside-alliance",
    group=Group.ALLIANCE,
    term="未入联盟",
    text=Text("哪些组织没有加入任何党建联盟？", "Which organisations are in no Party-building alliance?"),
    remedy=Text(
        "就近吸收加入街道或行业的联盟，未覆盖的优先。",
        "Take it into the alliance of its street or trade, uncovered ones first.",
    ),
    severity=Severity.MIDDLE,
    clauses=("J12",),
    anchor=about(Organization),
    tracks="RF",
    scope=OPERATING,
    reasons={
        "outside": Reason(Text("未加入联盟", "in no alliance"), ~IN_ALLIANCE),
        "uncovered": Reason(Text("未加入且未覆盖", "in no alliance, and not covered either"), ~IN_ALLIANCE & ~COVERED),
    },
    columns=("track", "industry"),
    evidence=(MEMBERSHIP,),
    needs=(MEMBERSHIP, COVER),
)
