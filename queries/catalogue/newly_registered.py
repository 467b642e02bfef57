from graphmodel.schema.nodes import Organization
from graphmodel.text import Text
from queries.credit import HANDED_OVER_BY, NEW
from queries.facts import COVER, COVERED, INCUBATED, INCUBATOR, OPERATING, ORG, REGISTERED
from queries.guidance import HOME
from queries.question import Group, Question, Reason, Severity, about
from queries.responsibility import ANSWERER, GUIDE
from queries.vertical_groups import SUPERVISOR

# any of hub, authority, street and community is a responsible body here; which one it should be is responsibility-gaps
NEWLY_REGISTERED = Question(
    id="newly-registered",
    group=Group.CREDIT,
    term="新登记跟进",
    text=Text(
        "哪些新登记的组织还没有责任单位或党组织覆盖？",
        "Which newly registered organisations have no responsible body or no cover yet?",
    ),
    remedy=Text(
        "五个工作日内移交责任单位，并安排覆盖。", "Hand it over within the working days allowed, and arrange its cover."
    ),
    severity=Severity.HIGH,
    clauses=("N7",),
    anchor=about(Organization),
    tracks="R",
    scope=REGISTERED & OPERATING & NEW,
    reasons={
        "no-responsible-body": Reason(
            Text("无责任单位", "no responsible body"), (ORG.registered_on <= HANDED_OVER_BY) & ~HOME & ~INCUBATED
        ),
        "no-cover": Reason(Text("未覆盖", "not covered"), ~COVERED),
    },
    columns=("registered_on",),
    evidence=(COVER, SUPERVISOR, GUIDE, ANSWERER, INCUBATOR),
    needs=(COVER, (SUPERVISOR, GUIDE, ANSWERER, INCUBATOR)),
)
