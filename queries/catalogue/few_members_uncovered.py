from graphmodel.schema.edges import Covers
from graphmodel.schema.nodes import Organization
from graphmodel.text import Text
from queries.facts import COVER, COVERED, OPERATING, REGISTERED, full_members_at_least
from queries.given import policy
from queries.question import Group, Question, Reason, Severity, about

FEW_MEMBERS_UNCOVERED = Question(
    id="few-members-uncovered",
    group=Group.COVERAGE,
    term="有党员不足三名未覆盖",
    text=Text(
        "哪些登记组织有正式党员但人数不够单独建支部，又没有纳入任何党组织？",
        "Which registered organisations have full members, too few for a branch of their own, and are in no other "
        "Party organisation?",
    ),
    remedy=Text(
        "与相邻或同行业的组织联合组建党支部，或纳入功能型党组织。",
        "Join neighbours or organisations of the trade in a joint branch, or take it into a functional one.",
    ),
    severity=Severity.HIGH,
    clauses=("N2",),
    anchor=about(Organization),
    tracks="R",
    scope=REGISTERED & OPERATING & full_members_at_least(1) & ~full_members_at_least(policy("branch_min_members")),
    # one that has a branch of its own all the same is covered; standalone-below-strength speaks of it
    reasons={"none": Reason(Text("未纳入联合或功能型党组织", "in no joint or functional one"), ~COVERED)},
    columns=("full_members", "members_here"),
    evidence=(COVER,),
    needs=(Covers,),
)
