from graphmodel.schema.nodes import Organization
from graphmodel.text import Text
from queries.beside import Beside, names, of_relations
from queries.facts import COVER, COVERED, INCUBATOR, OPERATING, REGISTERED
from queries.guidance import HAS_LEFT, HOME, STAYS_TOO_LONG, TEMPORARY
from queries.question import Group, Question, Reason, Severity, about
from queries.responsibility import ANSWERER, GUIDE
from queries.vertical_groups import SUPERVISOR

# in order with either of the two: a Party organisation covers it, or an authority, street or community took it on
INCUBATION_OVERDUE = Question(
    id="incubation-overdue",
    group=Group.GUIDANCE,
    term="孵化逾期",
    text=Text(
        "哪些临时纳入孵化的组织期满仍没有党组织，也没有下一个归口？",
        "Which organisations taken in for a time are past their term, without a Party organisation or a next home?",
    ),
    remedy=Text(
        "帮助建立党组织，或移交业务主管单位、街道社区。",
        "Help it found a Party organisation, or hand it over to its authority, street or community.",
    ),
    severity=Severity.MIDDLE,
    clauses=("J9", "J10"),
    anchor=about(Organization),
    tracks="R",
    scope=REGISTERED & OPERATING & INCUBATOR.some(TEMPORARY),
    reasons={
        "over-term": Reason(Text("孵化超期", "still taken in after its term"), STAYS_TOO_LONG & ~COVERED & ~HOME),
        "left-without-home": Reason(Text("出孵无归口", "has left, and nobody took it on"), HAS_LEFT & ~COVERED & ~HOME),
    },
    columns=("registered_on",),
    beside={
        "hub": Beside(Text("孵化平台", "hub"), names((INCUBATOR, None))),
        "since": Beside(Text("入孵日期", "taken in on"), of_relations(INCUBATOR, "since")),
    },
    evidence=(INCUBATOR,),
    needs=(INCUBATOR, COVER, (SUPERVISOR, GUIDE, ANSWERER)),
)
