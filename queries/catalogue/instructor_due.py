from graphmodel.schema.nodes import Organization
from graphmodel.text import Text
from queries.facts import COVER, COVERED, FILED, INSTRUCTED, INSTRUCTION, INSTRUCTOR, OPERATING, REGISTERED
from queries.given import Switch
from queries.question import Group, Question, Reason, Severity, about

INSTRUCTOR_DUE = Question(
    id="instructor-due",
    group=Group.COVERAGE,
    term="应派未派",
    text=Text(
        "哪些没有党组织覆盖的组织还没有党建指导员？",
        "Which organisations that no Party organisation covers have no instructor?",
    ),
    remedy=Text(
        "由对应的指导站安排尚有余量的指导员岗位联系。", "Let the station of its kind assign a post that has room."
    ),
    severity=Severity.MIDDLE,
    clauses=("J11", "N6"),
    anchor=about(Organization),
    tracks="RF",
    scope=OPERATING & (REGISTERED | (FILED & Switch("instructor_due_includes_filed"))) & ~COVERED,
    reasons={"none": Reason(Text("没有指导员", "no instructor"), ~INSTRUCTED)},
    columns=("industry",),
    evidence=(COVER, INSTRUCTOR),
    needs=(COVER, INSTRUCTION),
)
