from graphmodel.schema.edges import Covers
from graphmodel.schema.nodes import Organization
from graphmodel.text import Text
from queries.catalogue.branch_required import BRANCH_REQUIRED
from queries.computed import Earlier
from queries.facts import COVER, ORG
from queries.given import policy
from queries.question import Group, Question, Reason, Severity, about

# unmet now and in the earlier revision that it is compared with, at least so many months old
ABNORMAL_LIST_RISK = Question(
    id="abnormal-list-risk",
    group=Group.CREDIT,
    term="异常名录风险",
    text=Text(
        "哪些组织应建党组织而超过半年仍未建立，有列入异常名录的风险？",
        "Which organisations have been due a Party organisation for half a year, and risk the abnormal list?",
    ),
    remedy=Text("限期组建，并报登记管理机关备查。", "Set a deadline for founding it and tell the registrar."),
    severity=Severity.MIDDLE,
    clauses=("N10",),
    anchor=about(Organization),
    tracks="R",
    scope=BRANCH_REQUIRED.scope,
    reasons={
        "unmet": Reason(
            Text("超期未建", "unmet for too long"),
            BRANCH_REQUIRED.gap
            & Earlier(BRANCH_REQUIRED.scope & BRANCH_REQUIRED.gap, policy("abnormal_risk_months"), ORG.registered_on),
        ),
    },
    columns=("full_members",),
    evidence=(COVER,),
    needs=(Covers,),
    in_process_only=Text(
        "须与较早的版本比较，图数据库只有最新一版。",
        "It compares with an earlier revision; a database holds the newest only.",
    ),
)
