from graphmodel.schema.nodes import Organization
from graphmodel.text import Text
from queries.assessment import GRADE_ENDED, GRADE_ENDING, GRADED
from queries.facts import OPERATING, REGISTERED
from queries.question import Group, Question, Reason, Severity, about

GRADE_EXPIRING = Question(
    id="grade-expiring",
    group=Group.ASSESSMENT,
    term="等级到期",
    text=Text("哪些组织的评估等级已经到期或即将到期？", "Whose grade has ended or is about to end?"),
    remedy=Text("安排参加下一次评估。", "Enter it for the next grading."),
    severity=Severity.MIDDLE,
    clauses=("J16", "N8"),
    anchor=about(Organization),
    tracks="R",
    scope=REGISTERED & OPERATING & GRADED,
    reasons={
        "ended": Reason(Text("已到期", "has ended"), GRADE_ENDED),
        "ending": Reason(Text("即将到期", "about to end"), GRADE_ENDING),
    },
    columns=("grade", "grade_year"),
    needs=(Organization,),
)
