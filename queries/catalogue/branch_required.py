from graphmodel.schema.edges import Covers
from graphmodel.schema.nodes import Organization
from graphmodel.text import Text
from queries.facts import COVER, IN_JOINT, OPERATING, OWN, REGISTERED, full_members_at_least
from queries.given import policy
from queries.question import Group, Question, Reason, Severity, about

BRANCH_REQUIRED = Question(
    id="branch-required",
    group=Group.COVERAGE,
    term="应建未建",
    text=Text(
        "哪些组织应当单独建立党支部而没有建立？", "Which organisations must have a branch of their own and have none?"
    ),
    remedy=Text("指导其单独组建党支部，明确上级党组织。", "Help it found a branch of its own and name the superior."),
    severity=Severity.HIGH,
    clauses=("N1",),
    anchor=about(Organization),
    tracks="R",
    scope=REGISTERED & OPERATING & full_members_at_least(policy("branch_min_members")),
    reasons={
        "joint-only": Reason(Text("只在联合支部中", "in a joint branch only"), ~OWN & IN_JOINT),
        "none": Reason(
            Text("既未单建，也不在联合支部中", "neither a branch of its own nor in a joint one"), ~OWN & ~IN_JOINT
        ),
    },
    columns=("full_members", "members_here"),
    evidence=(COVER,),
    needs=(Covers,),
)
