from graphmodel.schema.nodes import PartyOrganization
from graphmodel.text import Text
from queries.assessment import HOST
from queries.chain import EXISTS, PO
from queries.facts import actual
from queries.question import Group, Question, Reason, Severity, about

# asked of Party organisations of social organisations; those of authorities, streets and hubs have their offices
VENUE_MISSING = Question(
    id="venue-missing",
    group=Group.ASSESSMENT,
    term="无活动阵地",
    text=Text("哪些社会组织党组织没有活动阵地？", "Which Party organisations have no venue?"),
    remedy=Text(
        "安排与就近的服务中心、文化站所或学校共用。",
        "Let a service centre, cultural station or school nearby share its rooms.",
    ),
    severity=Severity.MIDDLE,
    clauses=("J15",),
    anchor=about(PartyOrganization),
    tracks=None,
    scope=EXISTS & PO.form.is_in("standalone", "joint", "functional"),
    reasons={
        "none": Reason(Text("没有阵地", "no venue hosts it"), ~HOST.some(actual(HOST))),
    },
    columns=("level", "form"),
    evidence=(HOST,),
    needs=(HOST,),
)
