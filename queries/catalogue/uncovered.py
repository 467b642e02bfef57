from graphmodel.schema.edges import Covers
from graphmodel.schema.nodes import Organization
from graphmodel.text import Text
from queries.facts import COVER, COVERED, OPERATING, REGISTERED
from queries.question import Group, Question, Reason, Severity, about

UNCOVERED = Question(
    id="uncovered",
    group=Group.COVERAGE,
    term="未覆盖",
    text=Text(
        "哪些正常运行的登记组织没有任何党组织覆盖？",
        "Which operating registered organisations does no Party organisation cover?",
    ),
    remedy=Text(
        "有三名以上正式党员的单独组建，不足的就近或按行业联建；暂无党员的先派指导员，开展党的工作。",
        "With three full members or more found a branch; with fewer join neighbours or the trade; "
        "with none send an instructor first.",
    ),
    severity=Severity.MIDDLE,
    clauses=("J11", "N6"),
    anchor=about(Organization),
    tracks="R",
    scope=REGISTERED & OPERATING,
    reasons={"none": Reason(Text("没有党组织覆盖", "no Party organisation covers it"), ~COVERED)},
    columns=("full_members", "no_party_reason"),
    evidence=(COVER,),
    needs=(Covers,),
)
