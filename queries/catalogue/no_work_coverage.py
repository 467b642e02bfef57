from graphmodel.schema.nodes import Organization
from graphmodel.text import Text
from queries.facts import COVER, COVERED, FILED, GUIDANCE, INSTRUCTOR, OPERATING, REGISTERED, STATION, WORK_COVER
from queries.question import Group, Question, Reason, Severity, about

NO_WORK_COVERAGE = Question(
    id="no-work-coverage",
    group=Group.COVERAGE,
    term="无党的工作覆盖",
    text=Text(
        "哪些正常运行的组织既无党组织覆盖，也无指导员、指导站和群团组织？",
        "Which operating organisations have neither cover by a Party organisation nor an instructor, a station or a "
        "mass organisation?",
    ),
    remedy=Text(
        "先派党建指导员或明确联系的指导站，或先建工会、共青团、妇联组织。",
        "Send an instructor or name a guidance station, or found a union, league or women's federation first.",
    ),
    severity=Severity.HIGH,
    clauses=("J11", "N6"),
    anchor=about(Organization),
    tracks="RF",
    scope=(REGISTERED | FILED) & OPERATING,
    reasons={"none": Reason(Text("没有任何形式的覆盖", "no coverage of any form"), ~COVERED & ~WORK_COVER)},
    columns=("union", "youth_league", "womens_federation"),
    evidence=(COVER, INSTRUCTOR, STATION),
    needs=(COVER, GUIDANCE),
)
