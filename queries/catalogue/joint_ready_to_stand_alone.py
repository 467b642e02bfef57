from graphmodel.schema.edges import Covers
from graphmodel.schema.nodes import Organization
from graphmodel.text import Text
from queries.beside import Beside, names
from queries.facts import COVER, COVERING, IN_JOINT, OPERATING, OWN, REGISTERED, full_members_at_least
from queries.given import policy
from queries.question import Group, Question, Reason, Severity, about

JOINT_READY_TO_STAND_ALONE = Question(
    id="joint-ready-to-stand-alone",
    group=Group.COVERAGE,
    term="联建转单建",
    text=Text(
        "哪些在联合党支部中的组织，正式党员已够单独建支部？",
        "Which organisations in a joint branch have enough full members for a branch of their own?",
    ),
    remedy=Text(
        "指导其单独组建；同时看原联合党支部余下的成员是否仍够条件，不够的并入相近的支部。",
        "Help it found its own; see at the same time whether the joint branch is still strong enough, else merge it.",
    ),
    severity=Severity.HIGH,
    clauses=("N1",),
    anchor=about(Organization),
    tracks="R",
    scope=REGISTERED & OPERATING & IN_JOINT & ~OWN,
    reasons={
        "enough-members": Reason(
            Text("正式党员已达到单建人数", "full members are enough to stand alone"),
            full_members_at_least(policy("branch_min_members")),
        )
    },
    columns=("full_members", "members_here"),
    beside={
        "branch": Beside(Text("现在的党组织", "Party organisation it is in"), names((COVER, COVERING))),
    },
    evidence=(COVER,),
    needs=(Covers,),
)
