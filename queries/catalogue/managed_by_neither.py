from graphmodel.schema.nodes import Organization
from graphmodel.text import Text
from queries.facts import INCUBATED, OPERATING
from queries.question import Group, Question, Reason, Severity, about
from queries.responsibility import GUIDE, GUIDED, IN_COMMUNITY, IN_STREET, STREET_KNOWN, SUPERVISED
from queries.vertical_groups import LICENCE, SUPERVISOR

# An authority takes it on by supervising it; a licence alone does not. A street that guides it is known, wherever
# the organisation is. Incubated ones are out of scope: their hub answers (J9).
MANAGED_BY_NEITHER = Question(
    id="managed-by-neither",
    group=Group.RESPONSIBILITY,
    term="条块都不管",
    text=Text(
        "哪些组织既没有主管单位条管，也不知属于哪个街道？",
        "Which organisations are taken on by no authority, while no street is known?",
    ),
    remedy=Text("查明所在街道社区，按归口落实责任单位。", "Find out street and community, then name who answers."),
    severity=Severity.HIGH,
    clauses=("J6", "J8"),
    anchor=about(Organization),
    tracks="RF",
    scope=OPERATING & ~INCUBATED,
    reasons={
        "neither": Reason(
            Text("无条管，街道不明", "no authority takes it on, no street is known"),
            ~SUPERVISED & ~GUIDED & ~STREET_KNOWN,
        )
    },
    columns=("industry", "registration"),
    evidence=(SUPERVISOR, GUIDE, IN_STREET, IN_COMMUNITY),
    needs=((LICENCE, IN_STREET, IN_COMMUNITY), (SUPERVISOR, GUIDE)),
)
