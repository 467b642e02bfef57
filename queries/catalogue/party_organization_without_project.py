from graphmodel.schema.nodes import PartyOrganization
from graphmodel.text import Text
from queries.assessment import CARRIED, party_building
from queries.chain import EXISTS, PO
from queries.question import Group, Question, Reason, Severity, about

# own and demonstration are read together: those with the award (J18)
PARTY_ORGANIZATION_WITHOUT_PROJECT = Question(
    id="party-organization-without-project",
    group=Group.ASSESSMENT,
    term="无承接党建项目",
    text=Text(
        "哪些单独组建的示范党组织当年没有承接党建项目？",
        "Which demonstration Party organisations with a branch of their own carry no project in the year?",
    ),
    remedy=Text("由街道社区优先委托给示范党组织。", "Let streets and communities commission demonstration ones first."),
    severity=Severity.MIDDLE,
    clauses=("J4",),
    anchor=about(PartyOrganization),
    tracks=None,
    scope=EXISTS & PO.form.is_("standalone") & PO.demonstration_year.known(),
    reasons={
        "none": Reason(Text("没有承接", "carries none"), ~CARRIED.some(party_building(CARRIED))),
    },
    columns=("demonstration_year",),
    evidence=(CARRIED,),
    needs=(CARRIED,),
)
