from graphmodel.schema.nodes import Organization
from graphmodel.text import Text
from queries.credit import ALIVE, SIGNS
from queries.facts import COVER, IN_JOINT, INSTRUCTED, INSTRUCTOR, OPERATING, ORG, REGISTERED
from queries.question import Group, Question, Reason, Severity, about

CAPACITY_HELD_BY_INACTIVE = Question(
    id="capacity-held-by-inactive",
    group=Group.CREDIT,
    term="僵尸占用",
    text=Text(
        "哪些“僵尸型”组织占用指导员、联合支部名额或覆盖率分母？",
        "Which inactive organisations hold an instructor, a place in a joint branch or the denominator?",
    ),
    remedy=Text(
        "调出指导员和名额，核实后改列停止活动。", "Free the post and the place; once verified, mark it inactive."
    ),
    severity=Severity.PROJECT,
    clauses=("N11",),
    anchor=about(Organization),
    tracks="R",
    scope=REGISTERED & ALIVE & (SIGNS | ORG.status.is_("inactive")),
    reasons={
        "instructor": Reason(Text("占用指导员", "holds an instructor"), INSTRUCTED),
        "joint-place": Reason(Text("占用联合支部名额", "holds a place in a joint branch"), IN_JOINT),
        "denominator": Reason(Text("计入覆盖率分母", "counts in the denominator"), OPERATING),
    },
    columns=("status",),
    evidence=(COVER, INSTRUCTOR),
    needs=(Organization,),
)
