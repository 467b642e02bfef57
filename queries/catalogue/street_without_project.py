from graphmodel.schema.edges import Commissions, PartOf
from graphmodel.schema.nodes import Community, Street
from graphmodel.text import Text
from queries.assessment import BY_COMMUNITY, BY_STREET, party_building
from queries.guidance import STREET_EXISTS
from queries.question import Group, Question, Reason, Severity, about
from queries.relations import incoming

IN_STREET = incoming(PartOf, Community, Street)

# a project of one of its communities counts for the street
STREET_WITHOUT_PROJECT = Question(
    id="street-without-project",
    group=Group.ASSESSMENT,
    term="街道无委托项目",
    text=Text("哪些街道当年没有委托党建项目？", "Which streets commissioned no Party-building project in the year?"),
    remedy=Text(
        "由街道或其社区设立项目，委托给社会组织党组织。",
        "Have the street or its communities launch one and commission it.",
    ),
    severity=Severity.MIDDLE,
    clauses=("J4",),
    anchor=about(Street),
    tracks=None,
    scope=STREET_EXISTS,
    reasons={
        "none": Reason(
            Text("没有委托", "commissioned none"),
            ~BY_STREET.some(party_building(BY_STREET))
            & ~IN_STREET.some(IN_STREET.other(BY_COMMUNITY.some(party_building(BY_COMMUNITY)))),
        ),
    },
    evidence=(BY_STREET,),
    needs=(Commissions,),
)
